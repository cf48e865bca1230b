//! What is stored and does not read: an error that names the stream, never a case less.

use decide::DeskError;

use crate::house::{House, LINE_7};

/// Writes this to the end of a stream, as a later version or a damaged disk would leave it.
fn left(stream: &str, body: &[u8], first: bool) -> Result<(), DeskError> {
    let mut house = House::begun();
    if !first {
        house.attacked(LINE_7);
    }
    let House { folder, account, desk, at, telemetry } = house;
    account.append(stream, at.wall, body).unwrap();
    let house = House { folder, account, desk, at, telemetry };
    house.reopened().map(drop)
}

#[test]
fn a_damaged_event_is_an_error_that_names_its_stream_and_number() {
    for (stream, first) in [("standing", false), ("case/1", false), ("case/1", true)] {
        for body in [&b""[..], b"{", b"null", b"[]", br#"{"event":"of-a-later-version"}"#, b"\xff"]
        {
            match left(stream, body, first) {
                Err(DeskError::Damaged { stream: named, seq, .. }) => {
                    assert_eq!(named, stream);
                    assert_eq!(seq == 1, first, "{stream}: event {seq}");
                }
                other => panic!("{stream}: {body:?}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_case_whose_first_event_does_not_open_it_is_an_error_and_not_a_case_less() {
    let said = left("case/1", br#"{"event":"calm"}"#, true);
    assert!(
        matches!(&said, Err(DeskError::Damaged { stream, .. }) if stream == "case/1"),
        "{said:?}"
    );
    let text = said.unwrap_err().to_string();
    assert!(text.contains("case/1"), "{text}");
}

#[test]
fn a_stream_that_is_nobodys_is_left_alone() {
    left("case/of-mine", b"{", true).unwrap();
    left("elsewhere", b"{", true).unwrap();
}
