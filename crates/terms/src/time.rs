//! Time as a value: nothing here reads a clock; `at` always comes in from outside.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00Z on the wall clock.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Time(pub i64);

/// A length of time in milliseconds.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Span(pub u64);

/// One instant on both clocks: the wall clock, which people set, and the monotonic one, which they
/// cannot. An end is over as soon as either says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Wall clock.
    pub wall: Time,
    /// Milliseconds since an arbitrary start, never going back.
    pub mono: u64,
}

/// A calendar day in the law's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub Date);

/// The fixed offset in which law and retention days are counted; Asia/Tokyo unless set otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(Offset);

impl Span {
    /// `n` seconds.
    #[must_use]
    pub const fn seconds(n: u64) -> Self {
        Self(n.saturating_mul(1000))
    }
    /// `n` minutes.
    #[must_use]
    pub const fn minutes(n: u64) -> Self {
        Self::seconds(n.saturating_mul(60))
    }
    /// `n` days of 24 hours.
    #[must_use]
    pub const fn days(n: u64) -> Self {
        Self::minutes(n.saturating_mul(1440))
    }
}

impl Time {
    /// This time later by `span`; stays at the last representable time when there is none later.
    #[must_use]
    pub fn after(self, span: Span) -> Self {
        Self(self.0.saturating_add_unsigned(span.0))
    }
    /// This time earlier by `span`.
    #[must_use]
    pub fn before(self, span: Span) -> Self {
        Self(self.0.saturating_sub_unsigned(span.0))
    }
    /// How long after `earlier` this is; zero when it is not after.
    #[must_use]
    pub fn since(self, earlier: Self) -> Span {
        Span(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
    /// RFC 3339 in UTC with seconds, for people and logs.
    #[must_use]
    pub fn rfc3339(self) -> String {
        Timestamp::from_millisecond(self.0)
            .map_or_else(|_| format!("{} ms", self.0), |t| format!("{t:.0}"))
    }
    /// Parses an RFC 3339 time such as `2026-05-01T09:00Z`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<Timestamp>().ok().map(|t| Self(t.as_millisecond()))
    }
}

impl Moment {
    /// A moment for replays and tests: both clocks run alike.
    #[must_use]
    pub fn replayed(wall: Time) -> Self {
        Self { wall, mono: u64::try_from(wall.0).unwrap_or(0) }
    }
    /// Both clocks later by `span`.
    #[must_use]
    pub fn after(self, span: Span) -> Self {
        Self { wall: self.wall.after(span), mono: self.mono.saturating_add(span.0) }
    }
}

impl Day {
    /// The last day that can be written.
    pub const MAX: Self = Self(Date::MAX);
    /// Year, month, day; `None` when there is no such day.
    #[must_use]
    pub fn of(year: i16, month: i8, day: i8) -> Option<Self> {
        Date::new(year, month, day).ok().map(Self)
    }
    /// The day `n` days later (earlier when negative).
    #[must_use]
    pub fn plus(self, n: i32) -> Self {
        Self(self.0.saturating_add(n.days()))
    }
}

impl core::fmt::Display for Day {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

impl core::str::FromStr for Day {
    type Err = jiff::Error;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        s.parse().map(Self)
    }
}

impl Zone {
    /// Japan Standard Time, UTC+9; Japan has had no summer time since 1951.
    pub const TOKYO: Self = Self(Offset::constant(9));

    /// A zone this many whole hours east of UTC.
    #[must_use]
    pub fn hours(hours: i8) -> Option<Self> {
        Offset::from_hours(hours).ok().map(Self)
    }
    /// The day it is in this zone at `time`.
    #[must_use]
    pub fn day(self, time: Time) -> Day {
        let stamp = Timestamp::from_millisecond(time.0).unwrap_or(Timestamp::UNIX_EPOCH);
        Day(self.0.to_datetime(stamp).date())
    }
    /// `time` as clocks in this zone show it, as in `2026-05-01 18:00:00 +09`, for people.
    #[must_use]
    pub fn clock(self, time: Time) -> String {
        Timestamp::from_millisecond(time.0).map_or_else(
            |_| format!("{} ms", time.0),
            |t| format!("{} {}", self.0.to_datetime(t).strftime("%Y-%m-%d %H:%M:%S"), self.0),
        )
    }
    /// The first instant of `day` in this zone.
    #[must_use]
    pub fn start(self, day: Day) -> Time {
        self.0
            .to_timestamp(day.0.at(0, 0, 0, 0))
            .map_or(Time(i64::MAX), |t| Time(t.as_millisecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_in_tokyo_begins_at_three_in_the_afternoon_utc() {
        let day = Day::of(2026, 5, 1).unwrap();
        let start = Zone::TOKYO.start(day);
        assert_eq!(start.rfc3339(), "2026-04-30T15:00:00Z");
        assert_eq!(Zone::TOKYO.day(start), day);
        assert_eq!(Zone::TOKYO.day(Time(start.0 - 1)), day.plus(-1));
        assert_eq!(Zone::TOKYO.clock(Time(start.0 - 1)), "2026-04-30 23:59:59 +09");
    }
}
