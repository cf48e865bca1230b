//! Made-up traffic: flow records and a deterministic generator of numbers.

use ground::{MeasureName, Origin, Sealed};
use terms::{ExporterId, Fields, FlowField, Flows, Purpose, Source, Time, address};

/// All fields a flow record has.
pub(crate) const ALL: Fields = Fields::FLOW;

/// One flow record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flow {
    pub(crate) src: u128,
    pub(crate) dst: u128,
    pub(crate) src_port: u16,
    pub(crate) dst_port: u16,
    pub(crate) protocol: u8,
    pub(crate) flags: u16,
    pub(crate) bytes: u64,
    pub(crate) packets: u64,
    pub(crate) fragment: u8,
    pub(crate) input: u32,
    pub(crate) sampling: u32,
}

/// The number of an address as it is written.
pub(crate) fn at(ip: &str) -> u128 {
    address(ip.parse().unwrap())
}

impl Flow {
    /// A record of so many packets of one size, every packet sampled.
    pub(crate) fn to(dst: u128, protocol: u8, packets: u64, size: u64) -> Self {
        Self {
            src: at("203.0.113.1"),
            dst,
            src_port: 443,
            dst_port: 50_000,
            protocol,
            flags: if protocol == 6 { 0x18 } else { 0 },
            bytes: packets * size,
            packets,
            fragment: 0,
            input: 1,
            sampling: 1,
        }
    }
}

/// A batch of these records with these fields only, of exporter number `exporter`.
pub(crate) fn batch(exporter: u32, arrived: Time, fields: Fields, flows: &[Flow]) -> Flows {
    let mut batch = Flows::new(ExporterId(exporter), arrived, fields);
    batch.len = flows.len();
    batch.sampling = flows.iter().map(|f| f.sampling).collect();
    for field in fields.flow() {
        match field {
            FlowField::SrcAddress => batch.src = flows.iter().map(|f| f.src).collect(),
            FlowField::DstAddress => batch.dst = flows.iter().map(|f| f.dst).collect(),
            FlowField::SrcPort => batch.src_port = flows.iter().map(|f| f.src_port).collect(),
            FlowField::DstPort => batch.dst_port = flows.iter().map(|f| f.dst_port).collect(),
            FlowField::Protocol => batch.protocol = flows.iter().map(|f| f.protocol).collect(),
            FlowField::TcpFlags => batch.tcp_flags = flows.iter().map(|f| f.flags).collect(),
            FlowField::Bytes => batch.bytes = flows.iter().map(|f| f.bytes).collect(),
            FlowField::Packets => batch.packets = flows.iter().map(|f| f.packets).collect(),
            FlowField::Fragment => batch.fragment = flows.iter().map(|f| f.fragment).collect(),
            FlowField::InputInterface => batch.input = flows.iter().map(|f| f.input).collect(),
            FlowField::OutputInterface => batch.output = vec![0; flows.len()],
            FlowField::Timestamp => {
                batch.start = vec![arrived.0; flows.len()];
                batch.end = vec![arrived.0; flows.len()];
            }
        }
    }
    batch
}

/// Seals a batch as it arrives.
pub(crate) fn sealed(flows: Flows) -> Sealed<Flows> {
    let origin = Origin {
        measure: MeasureName::of("13-su-take-statistics"),
        source: Source::FlowExport,
        purpose: Purpose::RunNetwork,
        last_day: None,
    };
    Sealed::seal(flows, origin)
}

/// SplitMix64: the same numbers from the same seed, always.
#[derive(Debug, Clone)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// The next 64 bits.
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    /// A number below `n`.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.roll() % n
    }
    /// A number from 0 to 1.
    pub(crate) fn share(&mut self) -> f64 {
        self.below(1 << 53) as f64 / (1_u64 << 53) as f64
    }
    /// About normally spread, mean 0, spread 1 (sum of twelve).
    pub(crate) fn noise(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }
}
