//! Sequence numbers of one export stream: what was lost, what came late, and whether two speak.
//!
//! NetFlow v5 and IPFIX count the records before a datagram, NetFlow v9 and sFlow count datagrams;
//! exporters that count in another way are recognised in their first datagrams. A gap no larger than could have been sent
//! meanwhile is loss. A number that fits neither what is expected nor a restart means that somebody
//! else may be sending under the exporter's address.

use crate::doubt::DoubtReason;

/// The header of a datagram as far as its sequence goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stamp {
    /// Sequence number.
    pub(crate) number: u32,
    /// Records in the datagram; `None` when a template was missing to count them.
    pub(crate) records: Option<u32>,
    /// How many of them are of options data: some exporters leave these out of their count.
    pub(crate) options: u32,
    /// Milliseconds since the exporter started, where the header says.
    pub(crate) uptime: Option<u32>,
}

/// What a stream counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counts {
    Datagrams,
    /// Records before the datagram, as RFC 7011 §3.1 has it.
    Records,
    /// Records so far, those of the datagram too: softflowd counts IPFIX this way.
    RecordsSoFar,
}

/// What a sequence number says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// As expected, or the first of its stream.
    Fits,
    /// This many are missing before it.
    Lost(u32, Counts),
    /// It fills a gap of a moment ago: so much less is lost.
    Late(u32, Counts),
    /// A number that was there before; the third within a minute is doubtful.
    Repeated,
    /// The exporter started anew.
    Restarted,
    /// Two seem to speak.
    Doubtful(DoubtReason),
}

/// More datagrams a millisecond no exporter is thought to send.
const FASTEST: u64 = 20;
/// A gap of so many datagrams is loss even within one millisecond.
const BURST: u64 = 5_000;
/// Records a datagram, for the same bounds where records are counted.
const RECORDS: u64 = 32;
/// How long (ms) a late datagram may fill a gap.
const LATE: u64 = 2_000;
/// How long (ms) the stream before a jump or restart is remembered.
const FORMER: u64 = 600_000;
/// Repeats within a minute that make a stream doubtful.
const REPEATS: u8 = 3;
/// Datagrams in which a stream may still turn out to count the other way.
const LEARN: u8 = 16;
/// Uptime going back by more than this (ms) is a restart.
const RESTART: u32 = 10_000;
/// No exporter restarts twice within this time (ms).
const AGAIN: u64 = 60_000;
/// Without an uptime (IPFIX), a count this near its start, and that far back, is a restart.
const NEAR: u32 = 1_000;

/// One stream of datagrams: one exporter, format and observation domain.
#[derive(Debug)]
pub(crate) struct Sequence {
    counts: Counts,
    learnt: u8,
    run: Option<Run>,
    former: Option<Run>,
    gaps: [Gap; 4],
    next_gap: usize,
    repeats: u8,
    repeats_since: u64,
}

#[derive(Debug, Clone, Copy)]
struct Run {
    stamp: Stamp,
    at: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Gap {
    from: u32,
    len: u32,
    at: u64,
}

impl Sequence {
    /// A stream of which nothing was heard yet.
    pub(crate) fn new(counts: Counts) -> Self {
        Self {
            counts,
            learnt: 0,
            run: None,
            former: None,
            gaps: [Gap::default(); 4],
            next_gap: 0,
            repeats: 0,
            repeats_since: 0,
        }
    }

    /// Takes up the next datagram's stamp; `at` is on the monotonic clock, in milliseconds.
    pub(crate) fn hear(&mut self, stamp: Stamp, at: u64) -> Heard {
        let this = Run { stamp, at };
        let Some(run) = self.run else {
            self.run = Some(this);
            return Heard::Fits;
        };
        let silent = stamp.number == 0 && run.stamp.number == 0;
        let mut fitting = Counts::ALL.into_iter().filter(|c| run.is_followed_by(&stamp, *c));
        if silent || run.is_followed_by(&stamp, self.counts) {
            // Only what fits no other way says which way it is.
            self.learnt = self.learnt.saturating_add((fitting.count() == 1).into());
            self.run = Some(this);
            return Heard::Fits;
        }
        if self.learnt < LEARN
            && let Some(counts) = fitting.next()
        {
            self.counts = counts;
            self.run = Some(this);
            return Heard::Fits;
        }
        let next = run.next(&stamp, self.counts);
        let expected = next.unwrap_or(run.stamp.number);
        let ahead = stamp.number.wrapping_sub(expected);
        if run.started_anew(&stamp) {
            return self.restart(run, this);
        }
        if u64::from(ahead) <= self.plausible(at.saturating_sub(run.at)) {
            self.run = Some(this);
            if next.is_none() {
                return Heard::Fits;
            }
            let from = self.begin(&stamp).wrapping_sub(ahead);
            self.gaps[self.next_gap] = Gap { from, len: ahead, at };
            self.next_gap = (self.next_gap + 1) % self.gaps.len();
            return Heard::Lost(ahead, self.counts);
        }
        if stamp.uptime.is_none() && begins(stamp.number, expected) {
            return self.restart(run, this);
        }
        if self.former.is_some_and(|f| self.continues(&f, &stamp, at)) {
            self.former = Some(run);
            self.run = Some(this);
            return Heard::Doubtful(DoubtReason::TwoSequences);
        }
        let behind = ahead.wrapping_neg();
        if u64::from(behind) <= self.plausible(0) {
            return self.behind(&stamp, at);
        }
        self.former = Some(run);
        self.run = Some(this);
        Heard::Doubtful(DoubtReason::SequenceJump)
    }

    /// Forgets all that was heard: the operator said the exporter is to be trusted.
    pub(crate) fn forget(&mut self) {
        *self = Self::new(self.counts);
    }

    fn behind(&mut self, stamp: &Stamp, at: u64) -> Heard {
        let begin = self.begin(stamp);
        let fills = |g: &Gap| begin.wrapping_sub(g.from) < g.len && at.saturating_sub(g.at) <= LATE;
        if self.gaps.iter().any(fills) {
            let n = match self.counts {
                Counts::Datagrams => 1,
                Counts::Records | Counts::RecordsSoFar => stamp.records.unwrap_or(0),
            };
            return Heard::Late(n, self.counts);
        }
        if at.saturating_sub(self.repeats_since) > 60_000 {
            self.repeats = 0;
            self.repeats_since = at;
        }
        self.repeats = self.repeats.saturating_add(1);
        if self.repeats >= REPEATS {
            Heard::Doubtful(DoubtReason::TwoSequences)
        } else {
            Heard::Repeated
        }
    }

    /// Two restarts within a minute are two that speak.
    fn restart(&mut self, run: Run, this: Run) -> Heard {
        let again = self.former.is_some_and(|f| this.at.saturating_sub(f.at) <= AGAIN);
        self.former = Some(run);
        self.run = Some(this);
        if again { Heard::Doubtful(DoubtReason::TwoSequences) } else { Heard::Restarted }
    }

    fn continues(&self, former: &Run, stamp: &Stamp, at: u64) -> bool {
        let since = at.saturating_sub(former.at);
        let expected = former.next(stamp, self.counts).unwrap_or(former.stamp.number);
        since <= FORMER && u64::from(stamp.number.wrapping_sub(expected)) <= self.plausible(since)
    }

    fn plausible(&self, elapsed: u64) -> u64 {
        let datagrams = BURST.saturating_add(elapsed.saturating_mul(FASTEST));
        match self.counts {
            Counts::Datagrams => datagrams.min(1 << 30),
            Counts::Records | Counts::RecordsSoFar => {
                datagrams.saturating_mul(RECORDS).min(1 << 30)
            }
        }
    }

    /// The number before whatever a datagram counts itself.
    fn begin(&self, stamp: &Stamp) -> u32 {
        match self.counts {
            Counts::Datagrams | Counts::Records => stamp.number,
            Counts::RecordsSoFar => stamp.number.wrapping_sub(stamp.records.unwrap_or(0)),
        }
    }
}

impl Run {
    /// The number the datagram of `stamp` has if it comes right after this one.
    fn next(&self, stamp: &Stamp, counts: Counts) -> Option<u32> {
        let step = match counts {
            Counts::Datagrams => 1,
            Counts::Records => self.stamp.records?,
            Counts::RecordsSoFar => stamp.records?,
        };
        Some(self.stamp.number.wrapping_add(step))
    }
    /// Does the datagram of `stamp` come right after this one, options data counted or not?
    fn is_followed_by(&self, stamp: &Stamp, counts: Counts) -> bool {
        let uncounted = match counts {
            Counts::Datagrams => 0,
            Counts::Records => self.stamp.options,
            Counts::RecordsSoFar => stamp.options,
        };
        let next = self.next(stamp, counts);
        next.is_some_and(|next| [0, uncounted].contains(&next.wrapping_sub(stamp.number)))
    }
    /// Did the uptime go back?
    fn started_anew(&self, stamp: &Stamp) -> bool {
        let (Some(before), Some(now)) = (self.stamp.uptime, stamp.uptime) else { return false };
        (RESTART..1 << 31).contains(&before.wrapping_sub(now))
    }
}

/// Is a count near its start again?
fn begins(number: u32, expected: u32) -> bool {
    number == 0 || (number < NEAR && expected > number + NEAR)
}

impl Counts {
    const ALL: [Self; 3] = [Self::Datagrams, Self::Records, Self::RecordsSoFar];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(number: u32, uptime: u32) -> Stamp {
        Stamp { number, records: Some(20), options: 0, uptime: Some(uptime) }
    }

    fn heard(counts: Counts, stamps: &[(u32, u32)]) -> Vec<Heard> {
        let mut s = Sequence::new(counts);
        stamps.iter().map(|&(n, up)| s.hear(stamp(n, up), u64::from(up))).collect()
    }

    #[test]
    fn a_small_gap_is_loss_and_what_fills_it_is_late() {
        use Counts::Datagrams as D;
        assert_eq!(
            heard(D, &[(7, 0), (8, 1), (11, 2), (9, 3), (12, 4), (u32::MAX - 2, 5)])[1..5],
            [Heard::Fits, Heard::Lost(2, D), Heard::Late(1, D), Heard::Fits]
        );
        assert_eq!(heard(D, &[(u32::MAX, 0), (0, 1), (1, 2)]), [Heard::Fits; 3]);
    }

    #[test]
    fn a_long_outage_is_loss_not_doubt() {
        let n = 3_600_000 * 10;
        assert_eq!(
            heard(Counts::Datagrams, &[(7, 0), (8 + n, 3_600_000)])[1],
            Heard::Lost(n, Counts::Datagrams)
        );
    }

    #[test]
    fn two_interleaved_sequences_are_doubtful_even_after_a_feigned_restart() {
        let jump = heard(Counts::Datagrams, &[(7, 1000), (900_000_000, 1001), (8, 1002)]);
        assert_eq!(jump[1], Heard::Doubtful(DoubtReason::SequenceJump));
        assert_eq!(jump[2], Heard::Doubtful(DoubtReason::TwoSequences));
        let mut s = Sequence::new(Counts::Records);
        for (number, uptime, at, expected) in [
            (5_000_000, 90_000_000, 0, Heard::Fits),
            (0, 100, 10, Heard::Restarted),
            (5_000_020, 90_000_020, 20, Heard::Doubtful(DoubtReason::TwoSequences)),
        ] {
            assert_eq!(s.hear(stamp(number, uptime), at), expected);
        }
    }

    #[test]
    fn a_sequence_that_shadows_another_closely_is_doubtful_in_the_end() {
        let mut s = Sequence::new(Counts::Datagrams);
        let mut doubts = 0;
        for i in 0..3_000_u32 {
            let number = if i % 2 == 0 { 100 + i / 2 } else { 600 + i / 2 };
            let h = s.hear(stamp(number, i), u64::from(i) * 5);
            doubts += u32::from(matches!(h, Heard::Doubtful(_)));
        }
        assert!(doubts > 0);
    }

    #[test]
    fn a_restart_is_not_doubtful() {
        let all = heard(Counts::Records, &[(40_000, 900_000), (0, 1_000), (20, 2_000)]);
        assert_eq!(all, [Heard::Fits, Heard::Restarted, Heard::Fits]);
        let mut s = Sequence::new(Counts::Records);
        for (n, expected) in [(40_000, Heard::Fits), (0, Heard::Restarted), (20, Heard::Fits)] {
            let stamp = Stamp { uptime: None, ..stamp(n, 0) };
            assert_eq!(s.hear(stamp, 0), expected);
        }
    }

    #[test]
    fn restarting_again_and_again_is_doubtful() {
        let mut s = Sequence::new(Counts::Records);
        let all: Vec<_> = [3_000, 0, 3_020, 20, 3_040]
            .map(|n| s.hear(Stamp { uptime: None, ..stamp(n, 0) }, 0))
            .to_vec();
        assert!(all.iter().any(|h| matches!(h, Heard::Doubtful(_))), "{all:?}");
    }

    #[test]
    fn a_stream_that_counts_the_other_way_or_not_at_all_is_neither_lossy_nor_doubtful() {
        let by_datagram: Vec<_> = (0..100).map(|i| (i + 1, i)).collect();
        assert!(heard(Counts::Records, &by_datagram).iter().all(|h| *h == Heard::Fits));
        let by_record: Vec<_> = (0..100).map(|i| (i * 20, i)).collect();
        assert!(heard(Counts::Datagrams, &by_record).iter().all(|h| *h == Heard::Fits));
        let none: Vec<_> = (0..100).map(|i| (0, i)).collect();
        assert!(heard(Counts::Datagrams, &none).iter().all(|h| *h == Heard::Fits));
    }

    #[test]
    fn after_a_datagram_whose_records_could_not_be_counted_no_loss_is_claimed() {
        let mut s = Sequence::new(Counts::Records);
        let mut hear =
            |number, records| s.hear(Stamp { number, records, options: 0, uptime: None }, 0);
        assert_eq!(hear(10, Some(5)), Heard::Fits);
        assert_eq!(hear(15, None), Heard::Fits);
        assert_eq!(hear(40, Some(1)), Heard::Fits);
        assert_eq!(hear(42, Some(1)), Heard::Lost(1, Counts::Records));
    }

    #[test]
    fn a_count_of_all_records_so_far_is_learnt_and_options_may_be_left_out_of_it() {
        // As softflowd numbers IPFIX: twenty flows a datagram, fewer in the last of a second, and one
        // uncounted record of options data in every fourth.
        let (mut s, mut all, mut number) = (Sequence::new(Counts::Records), Vec::new(), 0);
        for i in 0..400_u32 {
            let flows = if i < 30 || i % 5 > 0 { 20 } else { 7 };
            number += flows;
            let options = u32::from(i % 4 == 0);
            let stamp = Stamp { number, records: Some(flows + options), options, uptime: None };
            all.push(s.hear(stamp, u64::from(i) * 100));
        }
        assert!(all.iter().all(|h| *h == Heard::Fits), "{all:?}");
        // What it loses, and what comes late, is told as of any other.
        let mut hear = |number, flows, at| {
            s.hear(Stamp { number, records: Some(flows), options: 0, uptime: None }, at)
        };
        let lost = Heard::Lost(27, Counts::RecordsSoFar);
        assert_eq!(hear(number + 20 + 7 + 20, 20, 40_001), lost);
        assert_eq!(hear(number + 20, 20, 40_002), Heard::Late(20, Counts::RecordsSoFar));
        assert_eq!(hear(number + 20 + 7 + 20 + 3, 3, 40_003), Heard::Fits);
    }
}
