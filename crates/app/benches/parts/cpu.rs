//! How long work took: of the processor, or by the clock where it mostly waits.

use std::fs;
use std::time::Instant;

/// Nanoseconds of processor time that `work` took on this thread, so that others on the machine
/// count less; by the clock where the kernel does not keep that account.
pub(crate) fn spent(work: impl FnOnce()) -> f64 {
    let before = account();
    let clocked = clocked(work);
    match (before, account()) {
        (Some(before), Some(after)) => after.saturating_sub(before) as f64,
        (None, _) | (_, None) => clocked,
    }
}

/// Nanoseconds that `work` took by the clock, waiting included.
#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
pub(crate) fn clocked(work: impl FnOnce()) -> f64 {
    let before = Instant::now();
    work();
    before.elapsed().as_nanos() as f64
}

/// Nanoseconds this thread has had a processor so far.
fn account() -> Option<u64> {
    // `schedstat` is as old as the last tick of the scheduler; reading the process's `stat` first
    // makes the kernel bring the account of the running thread up to date.
    fs::read("/proc/self/stat").ok()?;
    let account = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    account.split_ascii_whitespace().next()?.parse().ok()
}
