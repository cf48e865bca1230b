//! sFlow v5: decodes datagrams, encodes what was decoded, decodes that, and compares.
#![no_main]

use libfuzzer_sys::fuzz_target;
use observe::{encode::compare, flow::Format};

fuzz_target!(|datagrams: &[u8]| assert_eq!(compare(Format::Sflow5, datagrams), Ok(())));
