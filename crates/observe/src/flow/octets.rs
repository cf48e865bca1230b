//! Big-endian numbers read from untrusted octets, never past their end.

/// A place in a slice of octets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Octets<'a> {
    all: &'a [u8],
    at: usize,
}

impl<'a> Octets<'a> {
    /// From the first octet of `all`.
    pub(crate) fn of(all: &'a [u8]) -> Self {
        Self { all, at: 0 }
    }
    /// How many octets were read.
    pub(crate) fn at(&self) -> usize {
        self.at
    }
    /// How many octets are left.
    pub(crate) fn left(&self) -> usize {
        self.all.len() - self.at
    }
    /// The octets that are left.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.all.get(self.at..).unwrap_or_default()
    }
    /// The next `n` octets; `None` and nothing read when there are fewer.
    pub(crate) fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(n)?;
        let taken = self.all.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }
    /// The next octet.
    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_be_bytes)
    }
    /// The next two octets as a number.
    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }
    /// The next four octets as a number.
    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }
    /// The next eight octets as a number.
    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }
}

/// The number that `octets` are, most significant first; of more than eight, the last eight
/// (reduced-size encoding, RFC 7011 §6.2, only ever makes a number shorter).
pub(crate) fn number(octets: &[u8]) -> u64 {
    octets.iter().fold(0, |n, &o| n << 8 | u64::from(o))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_read_when_too_little_is_left() {
        let mut o = Octets::of(&[1, 2, 3]);
        assert_eq!(o.u32(), None);
        assert_eq!(o.take(usize::MAX), None);
        assert_eq!((o.at(), o.left()), (0, 3));
        assert_eq!(o.u16(), Some(0x0102));
        assert_eq!((o.u16(), o.u8(), o.left()), (None, Some(3), 0));
        assert_eq!(number(&[1, 0, 0]), 65_536);
    }
}
