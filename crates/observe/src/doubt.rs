//! When an exporter is not believed: somebody else may be sending under its address.

use serde::Serialize;
use terms::{Moment, Time, words};

use crate::flow::Format;

words! {
    /// Why an exporter is doubtful.
    DoubtReason {
        /// Two sequences of numbers go back and forth, or numbers come twice.
        TwoSequences = "two-sequences", "シーケンス番号が二系統", "two sequences of numbers at once";
        /// The sequence number jumped, and neither loss nor a restart explains it.
        SequenceJump = "sequence-jump", "シーケンス番号の飛躍", "sequence number jumped";
        /// Two source ports are in use at the same time, or one after another in quick succession.
        SecondPort = "second-port", "送信元ポートが二つ", "a second source port in use";
        /// Two definitions of one template alternate.
        TemplateFlipFlop = "template-flip-flop", "テンプレートの入れ替わり", "a template flips between two definitions";
    }
}

/// That an exporter is not believed, why, and since when. It stands until the operator says
/// otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Doubt {
    /// Why.
    pub reason: DoubtReason,
    /// Since when.
    pub since: Time,
}

/// How long (ms) stray datagrams of the port before may still arrive after a change.
const STRAY: u64 = 1_000;
/// Within this time (ms) a port that comes back is in use beside the other; later it is a change.
const MEMORY: u64 = 600_000;
/// So many different ports within [`MEMORY`] are doubtful in themselves.
const CROWD: usize = 8;

/// Source ports of one exporter, and whether it is doubted. Shared between shards; touched only
/// when a port changes or a doubt arises.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    ports: Vec<Port>,
    doubt: Option<Doubt>,
}

#[derive(Debug, Clone, Copy)]
struct Port {
    format: Format,
    number: u16,
    /// Monotonic: when it came into use.
    since: u64,
    /// Monotonic: when another took its place; `None` for the one in use.
    left: Option<u64>,
    trusted: bool,
}

impl Standing {
    /// Takes up a datagram from a source port other than the one in use; answers whether that port
    /// is in use now, and what is doubtful about it.
    pub(crate) fn port(
        &mut self,
        format: Format,
        number: u16,
        at: Moment,
    ) -> (bool, Option<DoubtReason>) {
        let now = at.mono;
        self.ports
            .retain(|p| p.trusted || p.left.is_none_or(|left| now.saturating_sub(left) <= MEMORY));
        let known = self.ports.iter().position(|p| p.format == format && p.number == number);
        let doubtful = match known.and_then(|i| self.ports.get(i)) {
            None => self.ports.iter().filter(|p| p.format == format && !p.trusted).count() >= CROWD,
            Some(Port { left: None, .. }) => return (true, None),
            Some(Port { trusted: true, .. }) => false,
            Some(Port { left: Some(left), .. }) => {
                if now.saturating_sub(*left) <= STRAY {
                    return (false, None);
                }
                true
            }
        };
        for p in self.ports.iter_mut().filter(|p| p.format == format && p.left.is_none()) {
            p.left = Some(now);
        }
        match known.and_then(|i| self.ports.get_mut(i)) {
            Some(p) => p.left = None,
            None => {
                if self.ports.len() >= 4 * CROWD
                    && let Some(i) = self.ports.iter().position(|p| !p.trusted && p.left.is_some())
                {
                    self.ports.remove(i);
                }
                self.ports.push(Port { format, number, since: now, left: None, trusted: false });
            }
        }
        (true, doubtful.then_some(DoubtReason::SecondPort))
    }

    /// Notes a doubt; answers whether it is the first. The first stands.
    pub(crate) fn doubt(&mut self, reason: DoubtReason, at: Moment) -> bool {
        let first = self.doubt.is_none();
        if first {
            self.doubt = Some(Doubt { reason, since: at.wall });
        }
        first
    }
    /// The doubt there is.
    pub(crate) fn doubtful(&self) -> Option<Doubt> {
        self.doubt
    }
    /// The source ports of the last ten minutes, oldest first.
    pub(crate) fn ports(&self) -> Vec<u16> {
        let mut ports: Vec<&Port> = self.ports.iter().collect();
        ports.sort_by_key(|p| p.since);
        let mut numbers = Vec::with_capacity(ports.len());
        for p in ports {
            if !numbers.contains(&p.number) {
                numbers.push(p.number);
            }
        }
        numbers
    }
    /// The operator trusts the exporter, and so the ports it was heard from.
    pub(crate) fn trust(&mut self) {
        self.doubt = None;
        for p in &mut self.ports {
            p.trusted = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hear(s: &mut Standing, port: u16, at: i64) -> Option<DoubtReason> {
        s.port(Format::NetFlow9, port, Moment::replayed(Time(at))).1
    }

    #[test]
    fn an_old_port_seen_again_after_a_new_one_is_doubtful() {
        let mut s = Standing::default();
        assert_eq!(hear(&mut s, 1, 0), None);
        assert_eq!(hear(&mut s, 2, 10), None);
        assert_eq!(hear(&mut s, 1, 500), None, "a stray datagram of a moment ago");
        assert_eq!(hear(&mut s, 1, 5_000), Some(DoubtReason::SecondPort));
        assert_eq!(s.ports(), [1, 2]);
    }

    #[test]
    fn a_plain_change_is_not_doubtful_and_neither_is_a_return_much_later() {
        let mut s = Standing::default();
        for (port, at) in [(1, 0), (2, 10_000), (1, 2_000_000), (2, 9_000_000)] {
            assert_eq!(hear(&mut s, port, at), None);
        }
    }

    #[test]
    fn ports_that_were_trusted_may_alternate_but_a_third_may_not() {
        let mut s = Standing::default();
        hear(&mut s, 1, 0);
        hear(&mut s, 2, 10);
        assert!(s.doubt(DoubtReason::SecondPort, Moment::replayed(Time(11))));
        assert!(!s.doubt(DoubtReason::SequenceJump, Moment::replayed(Time(12))));
        assert_eq!(s.doubtful().map(|d| d.reason), Some(DoubtReason::SecondPort));
        s.trust();
        assert_eq!(s.doubtful(), None);
        for i in 1..20_u16 {
            assert_eq!(hear(&mut s, i % 2 + 1, i64::from(i) * 5_000), None);
        }
        assert_eq!(hear(&mut s, 3, 200_000), None);
        assert_eq!(hear(&mut s, 1, 210_000), None, "a trusted port comes back");
        assert_eq!(hear(&mut s, 3, 220_000), Some(DoubtReason::SecondPort));
    }

    #[test]
    fn a_new_port_with_each_datagram_is_doubtful() {
        let mut s = Standing::default();
        assert!((0..20).any(|i| hear(&mut s, i, i64::from(i)).is_some()));
    }

    #[test]
    fn each_format_has_a_port_of_its_own() {
        let mut s = Standing::default();
        for i in 0..10 {
            let at = Moment::replayed(Time(i * 10_000));
            assert_eq!(s.port(Format::NetFlow9, 1, at).1, None);
            assert_eq!(s.port(Format::Sflow5, 2, at).1, None);
        }
    }
}
