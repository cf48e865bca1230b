//! A made-up network: what is usual in it, what goes wrong in it, and a detector that watches it.

use ground::Ground;
use terms::{Class, Fields, Finding, Moment, Span, Time};

use super::gate_for_tests::{START, for_analysis, for_statistics};
use super::traffic::{ALL, Dice, Flow, at, batch, sealed};
use crate::{
    Addressing, Attack, Change, Collector, Config, DETECTORS, Interval, Numbers, Observed, Own,
};

/// Length of an interval.
pub(crate) const TEN: Span = Span::seconds(10);
/// A dynamic pool.
pub(crate) const POOL: &str = "192.0.2.0/24";
/// A prefix of static lines.
pub(crate) const STATIC: &str = "198.51.100.0/24";
/// IPv6 hosting.
pub(crate) const V6: &str = "2001:db8::/48";

/// The operator's numbers: five spreads, 50 Mbit/s.
pub(crate) const NUMBERS: Numbers = Numbers { band: 5.0, floor_bits: 50e6 };

/// The network, its detector, and the time in it.
pub(crate) struct World {
    pub(crate) attack: Attack,
    pub(crate) dice: Dice,
    pub(crate) number: u64,
    pub(crate) length: Span,
    collector: Collector,
    ground: Ground,
}

/// Settings of the made-up network, without a shape of the day.
pub(crate) fn config() -> Config {
    let own = |prefix: &str, addressing| Own { prefix: prefix.parse().unwrap(), addressing };
    let own = vec![
        own(POOL, Addressing::Dynamic),
        own(STATIC, Addressing::Static),
        own(V6, Addressing::Static),
    ];
    Config { own, slots: 0, ..Config::default() }
}

impl World {
    /// A network nothing is known of.
    pub(crate) fn of(config: &Config) -> Self {
        Self {
            attack: Attack::new(config),
            dice: Dice(7),
            number: 0,
            length: TEN,
            collector: Collector::new(config),
            ground: for_statistics(DETECTORS[0].fields),
        }
    }
    /// A network that was usual for long enough to be known.
    pub(crate) fn known() -> Self {
        let mut world = Self::of(&config());
        for _ in 0..60 {
            let usual = world.usual();
            let observed = world.pass(&usual);
            assert!(observed.changes.is_empty() && observed.surges.is_empty());
        }
        world
    }

    /// When the next interval begins.
    pub(crate) fn time(&self) -> Time {
        Time(START.0 + i64::try_from(self.number * self.length.0).unwrap())
    }

    /// What the three prefixes receive in an ordinary interval: 1 Gbit/s, 300 and 200 Mbit/s.
    pub(crate) fn usual(&mut self) -> Vec<Flow> {
        let mut flows = self.mix(at("192.0.2.5"), 1e9, 0.1);
        flows.extend(self.mix(at("198.51.100.20"), 2e8, 0.1));
        flows.extend(self.mix(at("198.51.100.30"), 1e8, 0.1));
        flows.extend(self.mix(at("2001:db8::5"), 2e8, 0.1));
        flows
    }

    /// The usual mix to one address at so many bits a second, each kind with its own noise.
    pub(crate) fn mix(&mut self, to: u128, bits: f64, noise: f64) -> Vec<Flow> {
        let kinds = [
            (Class::Tcp, 0.70, 900),
            (Class::Udp, 0.25, 1_100),
            (Class::TcpSyn, 0.003, 60),
            (Class::UdpAmplifier, 0.01, 200),
            (Class::Icmp, 0.002, 84),
            (Class::Fragment, 0.005, 1_400),
            (Class::Other, 0.03, 1_000),
        ];
        let flow = |(class, share, size)| {
            let noisy = (1.0 + noise * self.dice.noise()).max(0.0);
            self.flow(to, class, bits * share * noisy, size)
        };
        kinds.map(flow).to_vec()
    }

    /// One record, sampled at 1 in 1,000, for traffic of one kind at so many bits a second.
    pub(crate) fn flow(&self, to: u128, class: Class, bits: f64, size: u64) -> Flow {
        let protocol = match class {
            Class::Tcp | Class::TcpSyn => 6,
            Class::Udp | Class::UdpAmplifier | Class::Fragment => 17,
            Class::Icmp => 1,
            Class::Other => 50,
        };
        let seconds = self.length.0 as f64 / 1000.0;
        let packets = (bits * seconds / 8.0 / size as f64 / 1_000.0).round() as u64;
        Flow {
            sampling: 1_000,
            src_port: if class == Class::UdpAmplifier { 123 } else { 443 },
            flags: if class == Class::TcpSyn { 0x02 } else { 0x18 },
            fragment: u8::from(class == Class::Fragment),
            ..Flow::to(to, protocol, packets, size)
        }
    }

    /// An interval with these records, of exporter 4.
    pub(crate) fn pass(&mut self, flows: &[Flow]) -> Observed {
        self.pass_by(&[(4, flows)])
    }
    /// The same with other numbers of the operator's.
    pub(crate) fn pass_with(&mut self, flows: &[Flow], numbers: Numbers) -> Observed {
        let interval = self.interval(&[(4, flows)]);
        self.attack.observe(&self.ground, &interval, numbers)
    }
    /// An interval with the records of each of these exporters.
    pub(crate) fn pass_by(&mut self, exported: &[(u32, &[Flow])]) -> Observed {
        let interval = self.interval(exported);
        self.attack.observe(&self.ground, &interval, NUMBERS)
    }

    fn interval(&mut self, exported: &[(u32, &[Flow])]) -> Interval {
        let since = self.time();
        self.number += 1;
        for (exporter, flows) in exported {
            let batch = sealed(batch(*exporter, since, ALL, flows));
            self.collector.take(&self.ground, &batch, Moment::replayed(since)).unwrap();
        }
        self.collector.close(since, self.length)
    }

    /// So many intervals of what is usual and `more`; what changed, with the interval's number from 1.
    pub(crate) fn run(
        &mut self,
        intervals: u64,
        more: impl Fn(&mut Self) -> Vec<Flow>,
    ) -> Vec<(u64, Change)> {
        let mut changes = Vec::new();
        for number in 1..=intervals {
            let mut flows = self.usual();
            flows.extend(more(self));
            changes.extend(self.pass(&flows).changes.into_iter().map(|change| (number, change)));
        }
        changes
    }
}

/// What a change says, in a line.
pub(crate) fn said(change: &Change) -> String {
    match change {
        Change::Began { target, .. } => format!("began {target}"),
        Change::Continues { target, .. } => format!("continues {target}"),
        Change::Ended { target, .. } => format!("ended {target}"),
    }
}

/// Looks into a finding, with the ground a case would have.
pub(crate) fn look(change: &Change) -> Finding {
    match change {
        Change::Began { target, finding } | Change::Continues { target, finding } => {
            let ground = for_analysis(*target, Fields::of(terms::Field::ALL).common(ALL));
            ground.read(finding, Moment::replayed(START)).unwrap().clone()
        }
        Change::Ended { .. } => panic!("an end is no finding"),
    }
}
