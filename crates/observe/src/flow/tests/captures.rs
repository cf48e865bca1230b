//! Small captures in `testdata/`, and what they say, as text beside them.
//!
//! They were written by hand, not with our own encoders. `NAME.txt` begins with the datagrams that
//! are heard, in order, each after a `<`; then come the rows, flaws and counters.

use core::fmt::Write as _;
use std::path::{Path, PathBuf};

use terms::ip;

use super::*;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

#[test]
fn every_capture_says_what_is_written_beside_it() {
    for format in Format::ALL {
        let path = folder().join(format!("{format}.txt"));
        let expected = std::fs::read_to_string(&path).unwrap();
        let heard = expected.lines().filter_map(|l| l.strip_prefix("< "));
        let said = say(heard);
        assert_eq!(said, expected, "{}", path.display());
    }
}

#[test]
fn every_capture_is_heard_somewhere() {
    let texts: String = Format::ALL
        .iter()
        .map(|f| std::fs::read_to_string(folder().join(format!("{f}.txt"))).unwrap())
        .collect();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let heard = texts.lines().any(|l| l == format!("< {name}"));
        assert!(heard || name.ends_with(".txt"), "{name} is in no text");
    }
}

fn say<'a>(files: impl Iterator<Item = &'a str>) -> String {
    let mut ear = Ear::under(Fields::FLOW);
    let (mut said, mut flaws) = (String::new(), String::new());
    for file in files {
        writeln!(said, "< {file}").unwrap();
        let format = Format::of(&std::fs::read(folder().join(file)).unwrap());
        ear.hear(&std::fs::read(folder().join(file)).unwrap());
        assert!(format.is_some(), "{file}");
        for (flaw, seen) in ear.tally.flaws() {
            writeln!(flaws, "! {flaw} at {} of {file}, {} octets", seen.offset, seen.octets)
                .unwrap();
        }
    }
    let f = &ear.flows;
    for i in 0..f.len {
        let (from, to) = (ip(f.src[i]), ip(f.dst[i]));
        let (start, end) = (f.start[i] - AT.0, f.end[i] - AT.0);
        writeln!(
            said,
            "{from} {} > {to} {}, protocol {} flags {:#05x}, {} octets {} packets 1/{}, \
             fragment {}, {} > {}, {start} to {end} ms",
            f.src_port[i],
            f.dst_port[i],
            f.protocol[i],
            f.tcp_flags[i],
            f.bytes[i],
            f.packets[i],
            f.sampling[i],
            f.fragment[i],
            f.input[i],
            f.output[i],
        )
        .unwrap();
    }
    said.push_str(&flaws);
    for c in &ear.counters {
        writeln!(said, "{c:?}").unwrap();
    }
    said
}
