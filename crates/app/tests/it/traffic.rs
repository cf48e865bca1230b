//! A made-up exporter: usual traffic to fixed lines, and attacks on some of them, as NetFlow v9 or IPFIX.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use observe::encode::{Ipfix, NetFlow9, Record};
use terms::Time;

/// Where the allowed exporter speaks from.
pub(crate) const EDGE: [u8; 4] = [127, 0, 0, 21];
/// The fixed address that is attacked.
pub(crate) const LINE: &str = "198.51.100.77";
/// Its neighbour.
pub(crate) const NEIGHBOUR: &str = "198.51.100.78";
/// A fixed IPv6 address.
pub(crate) const LINE_V6: &str = "2001:db8:5a3c:17e9::4b7d";

/// Datagrams are sent so often.
const TICK: Duration = Duration::from_millis(50);
/// Senders of an attack.
const SENDERS: u8 = 20;

/// An exporter that sends until it is dropped.
pub(crate) struct Traffic {
    attacked: Arc<Mutex<Vec<IpAddr>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Traffic {
    /// The allowed exporter, sending usual traffic in NetFlow v9 to this port.
    pub(crate) fn start(port: u16) -> Self {
        Self::from(EDGE, port, Format::V9(netflow9()))
    }

    /// The same in IPFIX, from another address.
    pub(crate) fn ipfix(from: [u8; 4], port: u16) -> Self {
        Self::from(from, port, Format::Ipfix(Ipfix { sequence: 0, domain: 7, sampling: Some(1) }))
    }

    fn from(from: [u8; 4], port: u16, mut format: Format) -> Self {
        let socket = socket(from);
        let attacked: Arc<Mutex<Vec<IpAddr>>> = Arc::default();
        let stop: Arc<AtomicBool> = Arc::default();
        let (targets, ended) = (Arc::clone(&attacked), Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            for tick in 0_u32.. {
                if ended.load(Ordering::Acquire) {
                    return;
                }
                let targets = targets.lock().expect("targets").clone();
                // A restarted program has heard no template: they come every second.
                for datagram in format.datagrams(&records(&targets), tick % 20 == 0) {
                    let _nobody_listens_now = socket.send_to(&datagram, to(port));
                }
                std::thread::sleep(TICK);
            }
        });
        Self { attacked, stop, thread: Some(thread) }
    }

    /// Attacks these addresses from now on, and no others.
    pub(crate) fn attack(&self, targets: &[&str]) {
        let targets = targets.iter().map(|t| t.parse().expect("an address")).collect();
        *self.attacked.lock().expect("targets") = targets;
    }

    /// Only the usual again.
    pub(crate) fn calm(&self) {
        self.attack(&[]);
    }
}

impl Drop for Traffic {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        let _gone = self.thread.take().map(JoinHandle::join);
    }
}

enum Format {
    V9(NetFlow9),
    Ipfix(Ipfix),
}

impl Format {
    fn datagrams(&mut self, records: &[Record], templates: bool) -> Vec<Vec<u8>> {
        let at = now();
        let mut all = Vec::new();
        match self {
            Self::V9(v9) => {
                all.extend(templates.then(|| v9.templates(at)));
                all.extend(v9.datagrams(at, records));
            }
            Self::Ipfix(ipfix) => {
                all.extend(templates.then(|| ipfix.templates(at)));
                all.extend(ipfix.datagrams(at, records));
            }
        }
        all
    }
}

/// An exporter of NetFlow v9 that has just started, for datagrams made by hand.
pub(crate) fn netflow9() -> NetFlow9 {
    NetFlow9 { boot: now(), sequence: 0, source: 1, sampling: Some(1) }
}

/// A socket that speaks from this address.
pub(crate) fn socket(from: [u8; 4]) -> UdpSocket {
    UdpSocket::bind(SocketAddr::from((from, 0))).expect("an address of loopback")
}

/// A port on loopback, as a place to send to.
pub(crate) fn to(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// What is sent in one tick: about 2 Mbit/s of usual traffic, and 150 Mbit/s to each target.
pub(crate) fn records(targets: &[IpAddr]) -> Vec<Record> {
    let usual = [LINE, NEIGHBOUR, "198.51.100.80", LINE_V6].into_iter().enumerate();
    let usual = usual.map(|(i, to)| {
        let port = 40_000 + u16::try_from(i).unwrap_or(0);
        record(outside(to, 200), to.parse().expect("an address"), (443, port), 6, (3_000, 3))
    });
    let attack = targets.iter().flat_map(|&target| {
        (0..SENDERS).map(move |sender| {
            let from = outside(&target.to_string(), sender + 1);
            record(from, target, (53, 4_444), 17, (48_000, 40))
        })
    });
    usual.chain(attack).collect()
}

/// Somebody outside, in the same family as `to`.
fn outside(to: &str, host: u8) -> IpAddr {
    let v6 = to.contains(':');
    let text = if v6 { format!("2001:db8:f000::{host:x}") } else { format!("192.0.2.{host}") };
    text.parse().expect("an address")
}

fn record(
    src: IpAddr,
    dst: IpAddr,
    (src_port, dst_port): (u16, u16),
    protocol: u8,
    (bytes, packets): (u64, u64),
) -> Record {
    let at = now();
    Record {
        src,
        dst,
        src_port,
        dst_port,
        protocol,
        tcp_flags: if protocol == 6 { 0x18 } else { 0 },
        bytes,
        packets,
        fragment: false,
        input: 1,
        output: 2,
        start: at,
        end: at,
    }
}

/// The time exporters put on what they send.
#[expect(clippy::disallowed_methods, reason = "an exporter has a clock of its own")]
pub(crate) fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since.as_millis()).unwrap_or(0))
}

/// Random numbers from a seed that is printed, so that a failure can be tried again with
/// `SEKISHO_SEED`.
pub(crate) struct Random(u64);

impl Random {
    /// A new seed, or the one of the environment.
    #[expect(clippy::disallowed_methods, reason = "a seed may be given to try a failure again")]
    #[expect(clippy::print_stdout, reason = "whoever tries it again needs the seed")]
    pub(crate) fn seeded(what: &str) -> Self {
        let given = std::env::var("SEKISHO_SEED").ok().and_then(|s| s.parse().ok());
        let seed = given.unwrap_or_else(|| u64::try_from(now().0).unwrap_or(1)) | 1;
        println!("{what}: SEKISHO_SEED={seed}");
        Self(seed)
    }

    /// A number below `most` (xorshift64*).
    pub(crate) fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16) % most.max(1)
    }

    /// So many random octets.
    pub(crate) fn octets(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| u8::try_from(self.below(256)).unwrap_or(0)).collect()
    }
}

/// Waits a random time, at most so many milliseconds: the moment is what is tried.
pub(crate) fn some_time(random: &mut Random, most: u64) {
    std::thread::sleep(Duration::from_millis(random.below(most)));
}
