//! The one place that reads the clocks, and notices when the wall clock jumps.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use terms::{Moment, Time};

/// How far the wall clock may drift from the monotonic one before it counts as a jump.
const JUMP_MS: i64 = 2_000;

/// Both clocks. The monotonic one counts from when this was made.
#[derive(Debug)]
pub(crate) struct Clock {
    start: Instant,
    /// Wall minus monotonic, in milliseconds, as last accepted.
    offset: AtomicI64,
}

impl Clock {
    /// Starts counting.
    pub(crate) fn start() -> Self {
        let clock = Self { start: mono(), offset: AtomicI64::new(0) };
        let now = clock.now();
        clock.offset.store(now.wall.0, Ordering::Relaxed);
        clock
    }

    /// This moment.
    pub(crate) fn now(&self) -> Moment {
        let elapsed = mono().duration_since(self.start);
        Moment { wall: wall(), mono: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX) }
    }

    /// By how many milliseconds the wall clock jumped since this was last asked, if it did.
    pub(crate) fn jumped(&self) -> Option<i64> {
        let now = self.now();
        let offset = now.wall.0 - i64::try_from(now.mono).unwrap_or(i64::MAX);
        let moved = offset - self.offset.load(Ordering::Relaxed);
        if moved.abs() < JUMP_MS {
            return None;
        }
        self.offset.store(offset, Ordering::Relaxed);
        Some(moved)
    }
}

#[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
fn wall() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
fn mono() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_clock_that_is_set_is_noticed_once_and_by_how_much() {
        let clock = Clock::start();
        assert_eq!(clock.jumped(), None);
        // Setting the wall clock by so much is as if the offset had been accepted so much less.
        for set in [3_600_000, -86_400_000] {
            clock.offset.fetch_sub(set, Ordering::Relaxed);
            let by = clock.jumped().unwrap_or_default();
            assert!((by - set).abs() < JUMP_MS, "{by}");
            assert_eq!(clock.jumped(), None, "told once");
        }
        clock.offset.fetch_sub(JUMP_MS / 2, Ordering::Relaxed);
        assert_eq!(clock.jumped(), None, "a slow drift is no jump");
    }

    #[test]
    fn the_monotonic_clock_begins_at_zero_and_the_wall_clock_in_this_century() {
        let now = Clock::start().now();
        assert!(now.mono < 60_000 && now.wall > Time(946_684_800_000));
    }
}
