//! Made-up traffic from the world to the ISP's own prefixes, packet by packet, link by link.

use std::net::IpAddr;

use terms::Span;

use super::addresses::{LINKS, Link};
use super::random::Random;

mod scenes;

pub(crate) use scenes::Scene;

use scenes::{Sort, TCP, Talk, USUAL, added};

/// How fast time goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    /// How long the daily pattern takes.
    pub(crate) day: Span,
    /// How often exporters export.
    pub(crate) tick: Span,
}

impl Pace {
    /// A day of so many seconds, and an export five times a second.
    pub(crate) const fn demo(day: u64) -> Self {
        Self { day: Span::seconds(day), tick: Span(200) }
    }
}

/// One packet on a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Packet {
    /// Milliseconds since the tick began.
    pub(crate) after: u32,
    /// Where it comes from.
    pub(crate) src: IpAddr,
    /// Where it goes.
    pub(crate) dst: IpAddr,
    /// Port it comes from.
    pub(crate) src_port: u16,
    /// Port it goes to; of ICMP, type and code as NetFlow puts them there.
    pub(crate) dst_port: u16,
    /// IP protocol number.
    pub(crate) protocol: u8,
    /// TCP control bits.
    pub(crate) tcp_flags: u16,
    /// Octets of the IP packet.
    pub(crate) octets: u32,
    /// Is it a fragment?
    pub(crate) fragment: bool,
}

/// What comes in by one link.
#[derive(Debug)]
pub(crate) struct Traffic {
    random: Random,
    link: usize,
    capacity: f64,
    usual: Vec<Stream>,
    extra: Vec<Stream>,
    scene: Scene,
    /// How far the scene has risen, 0 to 1.
    level: f64,
    /// How much more or less there is than the pattern says, by chance.
    noise: f64,
    /// Packets, less than one, still to come from the tick before.
    owed: f64,
}

impl Traffic {
    /// The traffic of the link at this place of [`LINKS`]; the same for the same seed and ticks.
    pub(crate) fn of(link: usize, seed: u64) -> Self {
        let mut random = Random::of(seed.wrapping_add(link as u64));
        let usual = USUAL.iter().map(|sort| Stream::of(sort, &mut random)).collect();
        #[expect(clippy::cast_precision_loss, reason = "capacities are far below 2^53")]
        let capacity = LINKS.get(link).map_or(0.0, |l: &Link| l.capacity as f64);
        Self {
            random,
            link,
            capacity,
            usual,
            extra: Vec::new(),
            scene: Scene::Usual,
            level: 0.0,
            noise: 0.0,
            owed: 0.0,
        }
    }

    /// Gives the packets of the next `span` to `see`, in order of time. `phase` is how much of the
    /// day is over, 0 to 1. What the link cannot carry is dropped before anybody sees it.
    pub(crate) fn tick(
        &mut self,
        scene: Scene,
        phase: f64,
        span: Span,
        mut see: impl FnMut(Packet),
    ) {
        let seconds = ms(span) / 1000.0;
        self.turn(scene, seconds);
        self.noise = 0.9 * self.noise + 0.04 * (self.random.share() - 0.5);
        let daily = 1.0 + SWING * (core::f64::consts::TAU * phase).sin() + self.noise;
        let extra = if scene == Scene::FlashCrowd { self.level * daily } else { self.level };

        let (mut rates, mut packets, mut bits) = (Vec::new(), 0.0, 0.0);
        let streams = self.usual.iter().map(|s| (s, daily));
        for (stream, factor) in streams.chain(self.extra.iter().map(|s| (s, extra))) {
            let wanted = stream.sort.mbps.get(self.link).unwrap_or(&0.0) * 1e6 * factor;
            packets += wanted / (8.0 * stream.sort.mean());
            bits += wanted;
            rates.push(packets);
        }
        let fits = if bits > self.capacity { self.capacity / bits } else { 1.0 };
        self.owed += packets * fits * seconds;
        let count = self.owed.floor();
        self.owed -= count;
        let mut room = self.capacity * seconds;
        let mut nth = 0.0;
        while nth < count {
            let at = self.random.share() * packets;
            let stream = rates.partition_point(|up_to| *up_to <= at);
            let usual = self.usual.len();
            let stream = match stream.checked_sub(usual) {
                Some(extra) => self.extra.get_mut(extra),
                None => self.usual.get_mut(stream),
            };
            let Some(stream) = stream else { break };
            let packet = stream.packet(whole(nth / count * ms(span)), &mut self.random);
            room -= f64::from(packet.octets) * 8.0;
            if room < 0.0 {
                break;
            }
            see(packet);
            nth += 1.0;
        }
    }

    /// A crowd gathers over four seconds; an attack is there within half a second.
    fn turn(&mut self, scene: Scene, seconds: f64) {
        if scene != self.scene {
            self.scene = scene;
            self.level = 0.0;
            self.extra = added(scene).iter().map(|s| Stream::of(s, &mut self.random)).collect();
        }
        let rise = if scene == Scene::FlashCrowd { 4.0 } else { 0.5 };
        self.level = (self.level + seconds / rise).min(1.0);
    }
}

/// How far the daily pattern goes up and down.
const SWING: f64 = 0.35;

/// A sort of traffic and its conversations.
#[derive(Debug)]
struct Stream {
    sort: &'static Sort,
    talks: Vec<Talk>,
}

impl Stream {
    fn of(sort: &'static Sort, random: &mut Random) -> Self {
        Self { sort, talks: (0..sort.talks).map(|_| sort.talk(random)).collect() }
    }

    fn packet(&mut self, after: u32, random: &mut Random) -> Packet {
        let sort = self.sort;
        // Of two picks the lower: some conversations have more to say than others.
        let many = self.talks.len() as u64;
        let nth = random.below(many).min(random.below(many));
        let talk = match usize::try_from(nth).ok().and_then(|n| self.talks.get_mut(n)) {
            Some(talk) => {
                if random.below(256) == 0 {
                    *talk = sort.talk(random);
                }
                *talk
            }
            None => sort.talk(random),
        };
        let octets = sort.sizes.pick(random);
        let tcp_flags = match (sort.protocol, random.share()) {
            (TCP, opens) if opens < sort.opens => SYN,
            (TCP, _) if octets > 200 => ACK | PSH,
            (TCP, _) => ACK,
            _ => 0,
        };
        let Talk { src, dst, src_port, dst_port } = talk;
        let protocol = sort.protocol;
        let octets = octets.into();
        Packet { after, src, dst, src_port, dst_port, protocol, tcp_flags, octets, fragment: false }
    }
}

const SYN: u16 = 0x02;
const PSH: u16 = 0x08;
const ACK: u16 = 0x10;

fn ms(span: Span) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "ticks and days are far below 2^53 ms")]
    let ms = span.0 as f64;
    ms
}

fn whole(n: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates; never negative"
    )]
    let n = n as u32;
    n
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::addresses::{LINE_7, LINE_9, POOL};
    use super::*;

    /// What came in by all links in one whole day, after the scene had risen.
    #[derive(Default)]
    struct Seen {
        seconds: f64,
        link_bits: [f64; 3],
        /// Bits, packets and packets with SYN only, by destination.
        to: BTreeMap<IpAddr, (f64, f64, f64)>,
    }

    impl Seen {
        fn of(scene: Scene) -> Self {
            // A short day, so that the test is short: rates do not depend on its length.
            let (day, tick) = (25, Span(200));
            let mut seen = Self { seconds: 5.0, ..Self::default() };
            for link in 0..3 {
                let mut traffic = Traffic::of(link, 7);
                for n in 0..50 {
                    traffic.tick(scene, f64::from(n % day) / f64::from(day), tick, |p| {
                        if n < 25 {
                            return;
                        }
                        let bits = f64::from(p.octets) * 8.0;
                        seen.link_bits[link] += bits;
                        let to = seen.to.entry(p.dst).or_default();
                        to.0 += bits;
                        to.1 += 1.0;
                        to.2 += f64::from(u8::from(p.tcp_flags == SYN));
                    });
                }
            }
            seen
        }
        /// Megabits and packets a second, and the share of packets that open a connection.
        fn rates(&self, of: impl Fn(&IpAddr) -> bool) -> (f64, f64, f64) {
            let mut sum = (0.0, 0.0, 0.0);
            for (_, n) in self.to.iter().filter(|(to, _)| of(to)) {
                sum = (sum.0 + n.0, sum.1 + n.1, sum.2 + n.2);
            }
            (sum.0 / self.seconds / 1e6, sum.1 / self.seconds, sum.2 / sum.1)
        }
        /// How full each link was, in per cent.
        fn load(&self) -> [f64; 3] {
            self.link_bits.map(|bits| bits / self.seconds / 1e7)
        }
    }

    fn near(found: f64, expected: f64, percent: f64) {
        let off = (found / expected - 1.0).abs() * 100.0;
        assert!(off <= percent, "{found} is {off:.1} % off {expected}");
    }

    #[test]
    fn every_scene_has_the_rates_that_are_written_down() {
        let usual = Seen::of(Scene::Usual);
        near(usual.rates(|_| true).0, 394.5, 4.0);
        near(usual.rates(|to| *to == LINE_7).0, 8.0, 6.0);
        near(usual.rates(|to| *to == LINE_9).0, 16.0, 6.0);
        assert!(usual.load().iter().all(|load| (8.0..18.0).contains(load)));

        let crowd = Seen::of(Scene::FlashCrowd);
        let (more, before) = (crowd.rates(|to| *to == LINE_9), usual.rates(|to| *to == LINE_9));
        near(more.0, 21.0 * before.0, 6.0);
        near(more.0 / more.1, before.0 / before.1, 3.0);
        near(more.2, before.2, 20.0);

        let amplified = Seen::of(Scene::Amplification);
        let [transit, others @ ..] = amplified.load();
        assert!((99.0..=100.0).contains(&transit) && others.iter().all(|l| *l < 60.0));
        assert!(amplified.rates(|to| *to == LINE_9).0 > 50.0 * 16.0);

        let flood = Seen::of(Scene::SynFlood);
        let (bits, packets, syn) = flood.rates(|to| *to == LINE_7);
        near(bits, 84.8, 3.0);
        near(packets, 163_000.0, 3.0);
        assert!(syn > 0.97 && flood.load().iter().all(|load| *load < 40.0));

        let carpet = Seen::of(Scene::CarpetBombing);
        let pool = |to: &IpAddr| POOL.contains(to);
        near(carpet.rates(pool).0 - usual.rates(pool).0, 1_170.0, 3.0);
        let [transit, others @ ..] = carpet.load();
        assert!((75.0..90.0).contains(&transit) && others.iter().all(|l| *l < 60.0));
        let each = carpet.rates(pool).0 / 128.0;
        assert_eq!(carpet.to.keys().filter(|to| pool(to)).count(), 128);
        for (to, (bits, ..)) in carpet.to.iter().filter(|(to, _)| pool(to)) {
            assert!((0.6..1.4).contains(&(bits / carpet.seconds / 1e6 / each)), "{to}");
        }
        near(carpet.rates(|to| *to == LINE_7).0, 8.0, 6.0);
    }

    #[test]
    fn a_day_goes_up_and_down_by_a_third() {
        let mut traffic = Traffic::of(0, 7);
        let mut octets = |phase| {
            let mut sum = 0.0;
            for _ in 0..10 {
                let see = |p: Packet| sum += f64::from(p.octets);
                traffic.tick(Scene::Usual, phase, Span(200), see);
            }
            sum
        };
        let [noon, midnight, mean] = [octets(0.25), octets(0.75), octets(0.5)];
        near(noon / mean, 1.35, 8.0);
        near(midnight / mean, 0.65, 8.0);
    }

    #[test]
    fn the_same_seed_gives_the_same_packets_in_order_of_time() {
        let packets = |seed| {
            let (mut traffic, mut all) = (Traffic::of(1, seed), Vec::new());
            traffic.tick(Scene::SynFlood, 0.3, Span(200), |p| all.push(p));
            all
        };
        assert_eq!(packets(3), packets(3));
        assert_ne!(packets(3), packets(4));
        assert!(packets(3).is_sorted_by_key(|p| p.after) && packets(3).len() > 1_000);
    }
}
