//! What the verifier reads of an entry: version, number, time, kind.

use serde::Deserialize;

/// The version of the entry format this verifier reads.
const VERSION: u32 = 1;
/// The kind of entry after which times may be earlier than before.
const CLOCK_JUMP: &str = "clock-jump";

#[derive(Deserialize)]
struct Head {
    v: u32,
    seq: u64,
    time: i64,
    kind: String,
}

/// What must hold from one entry to the next.
#[derive(Default)]
pub(crate) struct Order {
    next: u64,
    pub(crate) first: Option<i64>,
    pub(crate) last: Option<i64>,
}

impl Order {
    /// The index the next entry must have.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// Reads the next entry; says what is wrong with it.
    pub(crate) fn check(&mut self, entry: &[u8]) -> Result<(), String> {
        let head: Head = serde_json::from_slice(entry)
            .map_err(|e| format!("it is not an entry of version {VERSION} ({e})"))?;
        if head.v != VERSION {
            return Err(format!("it has version {}; this verifier reads {VERSION}", head.v));
        }
        if head.seq != self.next {
            return Err(format!("it calls itself number {}, not {}", head.seq, self.next));
        }
        if let Some(last) = self.last
            && head.time < last
            && head.kind != CLOCK_JUMP
        {
            return Err(format!(
                "its time is {} ms before the entry ahead of it, and no clock jump is booked",
                last.saturating_sub(head.time)
            ));
        }
        self.first.get_or_insert(head.time);
        self.last = Some(head.time);
        self.next += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(entries: &[(u64, i64, &str)]) -> Result<(), String> {
        let mut order = Order::default();
        for (seq, time, kind) in entries {
            let text = format!(r#"{{"v":1,"seq":{seq},"time":{time},"kind":"{kind}"}}"#);
            order.check(text.as_bytes())?;
        }
        Ok(())
    }

    #[test]
    fn entries_are_numbered_from_zero_without_a_gap() {
        check(&[(0, 5, "a"), (1, 5, "b")]).unwrap();
        assert!(check(&[(1, 5, "a")]).unwrap_err().contains("calls itself number 1, not 0"));
        assert!(check(&[(0, 5, "a"), (0, 5, "a")]).is_err());
        assert!(check(&[(0, 5, "a"), (2, 5, "a")]).is_err());
    }

    #[test]
    fn time_goes_back_only_where_a_clock_jump_is_booked() {
        check(&[(0, 9, "a"), (1, 3, "clock-jump"), (2, 4, "a")]).unwrap();
        let fault = check(&[(0, 9, "a"), (1, 3, "clock-jump"), (2, 2, "a")]).unwrap_err();
        assert!(fault.contains("1 ms before"), "{fault}");
    }

    #[test]
    fn what_is_no_entry_of_version_1_is_refused() {
        let mut order = Order::default();
        assert!(order.check(b"{}").is_err());
        assert!(order.check(b"\xff").is_err());
        let later = br#"{"v":2,"seq":0,"time":0,"kind":"a"}"#;
        assert!(order.check(later).unwrap_err().contains("version 2"));
    }
}
