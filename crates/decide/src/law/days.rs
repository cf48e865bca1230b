//! Days, times and ends, as a request may write them.

use ground::End;
use terms::{Day, Moment, Time, Zone};

use super::tree::Fault;

/// Reads the day that `field` says.
///
/// # Errors
/// It is no day, or the calendar does not have it.
pub fn day(field: &str, said: &str) -> Result<Day, Fault> {
    let wrong = || wrong(field, said, "must be a day such as \"2026-05-01\"");
    said.parse().map_err(|_| wrong())
}

/// A time; a day alone is its first instant in Japan.
pub(super) fn time(field: &str, said: &str) -> Result<Time, Fault> {
    let what = "must be a time such as \"2026-05-01T09:00Z\", or a day such as \"2026-05-01\"";
    Time::parse(said)
        .or_else(|| said.parse().ok().map(|d| Zone::TOKYO.start(d)))
        .ok_or_else(|| wrong(field, said, what))
}

/// The end: with its cause, never, at a time, or with the end of a day.
pub(super) fn end(said: Option<&str>) -> Result<End, Fault> {
    Ok(match said {
        None => End::Unknown,
        Some("with-cause") => End::WithCause,
        Some("lasting" | "permanent") => End::Lasting,
        Some(said) => {
            let of_day = said.parse::<Day>().ok().map(|d| Zone::TOKYO.start(d.plus(1)));
            let what = "must be \"with-cause\", \"lasting\", a day such as \"2026-05-02\", or a time such as \"2026-05-01T09:00Z\"";
            let at = of_day.or_else(|| Time::parse(said));
            End::At(Moment::replayed(at.ok_or_else(|| wrong("end", said, what))?))
        }
    })
}

/// A day that is written well and does not exist is said to be that.
fn wrong(field: &str, said: &str, what: &str) -> Fault {
    let date = said.split('T').next().unwrap_or_default();
    let written = date.len() == 10
        && date.bytes().enumerate().all(|(i, b)| match i {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    match written && date.parse::<Day>().is_err() {
        true => Fault::of(field, format!("there is no such day as {date}: {what}")),
        false => Fault::of(field, what),
    }
}
