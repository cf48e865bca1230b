//! Entry bundles: entries one after another, each behind its length in two bytes, big end first.

/// An entry in its bundle.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    /// Where its length prefix begins.
    pub(crate) byte: u64,
    /// The entry itself.
    pub(crate) text: &'a [u8],
}

/// Splits a bundle into exactly `count` entries.
///
/// # Errors
/// The byte where the bundle stops making sense, and why.
pub(crate) fn split(bundle: &[u8], count: usize) -> Result<Vec<Entry<'_>>, (u64, String)> {
    let mut entries = Vec::with_capacity(count);
    let mut rest = bundle;
    for i in 0..count {
        let byte = (bundle.len() - rest.len()) as u64;
        let cut = |what| (byte, format!("the bundle ends inside {what} of entry {i} of {count}"));
        let Some((prefix, after)) = rest.split_first_chunk::<2>() else {
            return Err(cut("the length"));
        };
        let len = usize::from(u16::from_be_bytes(*prefix));
        let Some((text, after)) = after.split_at_checked(len) else {
            return Err(cut("the text"));
        };
        entries.push(Entry { byte, text });
        rest = after;
    }
    if !rest.is_empty() {
        let byte = (bundle.len() - rest.len()) as u64;
        return Err((byte, format!("{} bytes too many after the last entry", rest.len())));
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_has_the_entries_it_says_and_not_a_byte_more() {
        let bundle = [0, 1, b'a', 0, 0, 0, 2, b'b', b'c'];
        let entries = split(&bundle, 3).unwrap();
        let expected: [(u64, &[u8]); 3] = [(0, b"a"), (3, b""), (5, b"bc")];
        assert_eq!(entries, expected.map(|(byte, text)| Entry { byte, text }));
        assert_eq!(split(&bundle, 2).unwrap_err().0, 5);
        assert_eq!(split(&bundle, 4).unwrap_err().0, 9);
        assert_eq!(split(&bundle[..8], 3).unwrap_err().0, 5);
        assert!(split(&[], 0).unwrap().is_empty());
    }
}
