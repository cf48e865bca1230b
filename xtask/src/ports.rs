//! Ports for tests: below those the system gives out, and never the same one twice in a process.
//!
//! Included by path in integration test binaries: `#[path = "…/xtask/src/ports.rs"] mod ports;`.

use std::sync::atomic::{AtomicU32, Ordering};

/// The first port that is given.
const FIRST: u32 = 10_000;
/// How many there are; the system gives out those from 32768 on.
const COUNT: u32 = 20_000;

/// A port that nobody has, by TCP or UDP, at any address. A port the system chooses may be given to
/// somebody else between its choice and its use; and a socket opened only to find out would be copied
/// into any process that another test is just starting, and so stay open for a moment.
pub(crate) fn free_port() -> u16 {
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    let tables = ["tcp", "tcp6", "udp", "udp6"].map(|table| format!("/proc/net/{table}"));
    let taken = tables.map(|table| std::fs::read_to_string(table).unwrap_or_default()).concat();
    // Test programs that run at the same time begin at other places.
    let begin = std::process::id().wrapping_mul(97);
    loop {
        let next = begin.wrapping_add(GIVEN.fetch_add(1, Ordering::Relaxed)) % COUNT;
        let port = FIRST + next;
        if !taken.contains(&format!(":{port:04X} ")) {
            return u16::try_from(port).unwrap_or(u16::MAX);
        }
    }
}
