//! The frames of a pcap or pcapng file, one after another, and the IP packet in each.

use std::fs::File;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use etherparse::{EtherType, LaxNetSlice, LaxSlicedPacket};
use pcap_parser::traits::{PcapNGPacketBlock, PcapReaderIterator};
use pcap_parser::{Block, PcapBlockOwned, PcapError, create_reader};

use crate::demo::traffic::Packet;

/// A frame as it was captured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    /// Microseconds since 1970.
    pub(crate) at: u64,
    /// Its IP packet, if it has one.
    pub(crate) packet: Option<Packet>,
}

/// A file being read. It is read as it is needed: only a block of it is in memory.
pub(crate) struct Frames {
    path: PathBuf,
    reader: Box<dyn PcapReaderIterator + Send>,
    /// Of a pcap file one, of a pcapng file those of the section.
    interfaces: Vec<Interface>,
    /// Microseconds since 1970 of the last frame that had a time.
    at: u64,
}

#[derive(Debug, Clone, Copy)]
struct Interface {
    begins: Begins,
    /// Units of time a second.
    resolution: u64,
}

/// How a frame begins (the link types of tcpdump.org).
#[derive(Debug, Clone, Copy)]
enum Begins {
    Ethernet,
    /// With so many octets before the IP header.
    Ip(usize),
    /// With an EtherType at the first offset and its payload at the second.
    EtherType(usize, usize),
}

/// No block of a file is longer.
const LONGEST: usize = 1 << 19;

impl Frames {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be opened, or is neither pcap nor pcapng.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        let named = || format!("cannot read the capture {}", path.display());
        let file = File::open(path).with_context(named)?;
        let reader = create_reader(LONGEST, file).map_err(|e| fault(e, 0)).with_context(named)?;
        Ok(Self { path: path.to_owned(), reader, interfaces: Vec::new(), at: 0 })
    }

    /// The next frame; `None` at the end.
    ///
    /// # Errors
    /// When the file is cut short, damaged, or of a link type not known here.
    pub(crate) fn next(&mut self) -> anyhow::Result<Option<Frame>> {
        let named = |path: &Path| format!("cannot read the capture {}", path.display());
        loop {
            let offset = self.reader.consumed();
            let held = self.reader.data().len();
            let (len, found) = match self.reader.next() {
                Ok((len, block)) => {
                    let found = block_read(&block, &mut self.interfaces, &mut self.at);
                    (len, found)
                }
                Err(PcapError::Eof) => return Ok(None),
                Err(PcapError::UnexpectedEof) if held == 0 => return Ok(None),
                Err(PcapError::Incomplete(_)) => {
                    self.refill(held, offset).with_context(|| named(&self.path))?;
                    continue;
                }
                Err(e) => return Err(fault(e, offset)).with_context(|| named(&self.path)),
            };
            self.reader.consume(len);
            let found = found.with_context(|| format!("in the block at offset {offset}"));
            if let Some(frame) = found.with_context(|| named(&self.path))? {
                return Ok(Some(frame));
            }
        }
    }

    fn refill(&mut self, held: usize, offset: usize) -> anyhow::Result<()> {
        self.reader.refill().map_err(|e| fault(e, offset))?;
        if self.reader.data().len() == held && !self.reader.reader_exhausted() {
            return Err(fault(PcapError::<&[u8]>::BufferTooSmall, offset));
        }
        Ok(())
    }
}

impl core::fmt::Debug for Frames {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Frames").field("path", &self.path).finish_non_exhaustive()
    }
}

/// What is wrong with the file, in words.
fn fault<I>(error: PcapError<I>, offset: usize) -> anyhow::Error {
    match error {
        PcapError::Eof => anyhow!("it is empty"),
        PcapError::HeaderNotRecognized => {
            anyhow!("it is neither pcap nor pcapng: its first octets are of neither")
        }
        PcapError::UnexpectedEof | PcapError::Incomplete(_) => anyhow!(
            "it is cut short: it ends in the middle of the block that begins at offset {offset}"
        ),
        PcapError::BufferTooSmall => {
            anyhow!("the block at offset {offset} says it is longer than {LONGEST} octets")
        }
        PcapError::ReadError => anyhow!("it could not be read on at offset {offset}"),
        PcapError::NomError(..) | PcapError::OwnedNomError(..) => {
            anyhow!("the block at offset {offset} is damaged")
        }
    }
}

fn block_read(
    block: &PcapBlockOwned<'_>,
    interfaces: &mut Vec<Interface>,
    at: &mut u64,
) -> anyhow::Result<Option<Frame>> {
    match block {
        PcapBlockOwned::LegacyHeader(header) => {
            let resolution =
                if header.is_nanosecond_precision() { 1_000_000_000 } else { 1_000_000 };
            // The upper octets of the field are flags.
            let begins = begins(header.network.0 & 0xffff)?;
            *interfaces = vec![Interface { begins, resolution }];
            Ok(None)
        }
        PcapBlockOwned::Legacy(frame) => {
            let Some(interface) = interfaces.first() else { return Ok(None) };
            let fraction = u64::from(frame.ts_usec).saturating_mul(1_000_000);
            let seconds = u64::from(frame.ts_sec).saturating_mul(1_000_000);
            *at = seconds.saturating_add(fraction / interface.resolution);
            Ok(Some(Frame { at: *at, packet: packet(interface.begins, frame.data, frame.origlen) }))
        }
        PcapBlockOwned::NG(Block::SectionHeader(_)) => {
            interfaces.clear();
            Ok(None)
        }
        PcapBlockOwned::NG(Block::InterfaceDescription(described)) => {
            let resolution = described.ts_resolution().filter(|r| *r > 0);
            let resolution = resolution.context("its resolution of time is not known here")?;
            interfaces.push(Interface { begins: begins(described.linktype.0)?, resolution });
            Ok(None)
        }
        PcapBlockOwned::NG(Block::EnhancedPacket(frame)) => {
            let interface = usize::try_from(frame.if_id).ok().and_then(|id| interfaces.get(id));
            let interface = interface.context("its interface was not described")?;
            let units = u64::from(frame.ts_high) << 32 | u64::from(frame.ts_low);
            let micros = u128::from(units) * 1_000_000 / u128::from(interface.resolution);
            *at = u64::try_from(micros).unwrap_or(u64::MAX);
            let packet = packet(interface.begins, frame.packet_data(), frame.origlen);
            Ok(Some(Frame { at: *at, packet }))
        }
        PcapBlockOwned::NG(Block::SimplePacket(frame)) => {
            let interface = interfaces.first().context("its interface was not described")?;
            let packet = packet(interface.begins, frame.packet_data(), frame.origlen);
            Ok(Some(Frame { at: *at, packet }))
        }
        PcapBlockOwned::NG(_) => Ok(None),
    }
}

fn begins(link_type: i32) -> anyhow::Result<Begins> {
    Ok(match link_type {
        1 => Begins::Ethernet,
        // BSD loopback, with the address family before; raw IP.
        0 | 108 => Begins::Ip(4),
        12 | 14 | 101 | 228 | 229 => Begins::Ip(0),
        // Linux cooked, first and second version.
        113 => Begins::EtherType(14, 16),
        276 => Begins::EtherType(0, 20),
        other => bail!(
            "link type {other} is not known here; known are Ethernet, raw IP, loopback and Linux \
             cooked captures"
        ),
    })
}

/// The IP packet of a frame that may have been captured in part; `None` when there is none.
fn packet(begins: Begins, frame: &[u8], captured_of: u32) -> Option<Packet> {
    let sliced = match begins {
        Begins::Ethernet => LaxSlicedPacket::from_ethernet(frame).ok()?,
        Begins::Ip(skip) => LaxSlicedPacket::from_ip(frame.get(skip..)?).ok()?,
        Begins::EtherType(at, payload) => {
            let &[high, low] = frame.get(at..at + 2)? else { return None };
            let kind = EtherType(u16::from_be_bytes([high, low]));
            LaxSlicedPacket::from_ether_type(kind, frame.get(payload..)?)
        }
    };
    let (src, dst, octets, payload, later): (IpAddr, IpAddr, u32, _, bool) =
        match sliced.net.as_ref()? {
            LaxNetSlice::Ipv4(ip) => {
                let header = ip.header();
                let later = header.fragments_offset().value() > 0;
                let octets = header.total_len().into();
                let (src, dst) = (header.source_addr(), header.destination_addr());
                (src.into(), dst.into(), octets, ip.payload().clone(), later)
            }
            LaxNetSlice::Ipv6(ip) => {
                let header = ip.header();
                // Its extension headers are not walked: in a frame that was cut inside one of them
                // etherparse 0.21 reads past the end. A first fragment counts as a fragment.
                let later = ip.payload().fragmented;
                let octets = match header.payload_length() {
                    0 => 0,
                    len => 40 + u32::from(len),
                };
                let (src, dst) = (header.source_addr(), header.destination_addr());
                (src.into(), dst.into(), octets, ip.payload().clone(), later)
            }
            LaxNetSlice::Arp(_) => return None,
        };
    // Cards that cut up packets themselves leave the length 0 in what the system captures.
    let octets = if octets == 0 { captured_of } else { octets };
    let protocol = payload.ip_number.0;
    let two = |at: usize| match payload.payload.get(at..at + 2) {
        Some(&[high, low]) if !later => u16::from_be_bytes([high, low]),
        _ => 0,
    };
    let (src_port, dst_port) = match protocol {
        6 | 17 | 33 | 132 | 136 => (two(0), two(2)),
        1 | 58 => (0, two(0)),
        _ => (0, 0),
    };
    let tcp_flags = if protocol == 6 { two(12) & 0x0fff } else { 0 };
    let fragment = payload.fragmented;
    Some(Packet { after: 0, src, dst, src_port, dst_port, protocol, tcp_flags, octets, fragment })
}
