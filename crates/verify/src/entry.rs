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
