//! Listeners: UDP sockets, a thread each, that give datagrams to a decoder and hand on what it seals.

use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
use core::time::Duration;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Sender, TrySendError};
use ground::{Mask, Origin, Sealed};
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use terms::{Flows, Moment, Span};

use crate::flow::Decoder;
use crate::{Config, Exporter, Exporters, ExportersError, Health, InterfaceCounters};

/// Reads both clocks; `app` has the only one.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// No record waits longer than this for others to fill its batch.
const PATIENCE: Span = Span(100);
/// A datagram is never longer.
const LONGEST: usize = 65_535;

/// Why flow export cannot be received.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// Another program listens there.
    #[error(
        "cannot listen for flow export on {address}: another program holds this port; stop it, or set another address"
    )]
    InUse {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The address is not one of this machine, the port needs a right, or the like.
    #[error(
        "cannot listen for flow export on {address}; set an address of this machine and a port above 1023"
    )]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// No thread could be started.
    #[error("cannot start a thread for flow export on {address}")]
    Thread {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The list of exporters cannot be.
    #[error("the list of exporters cannot be used")]
    Exporters(#[from] ExportersError),
}

/// The running listeners.
#[derive(Debug)]
pub struct Intake {
    exporters: Arc<Exporters>,
    addresses: Vec<SocketAddr>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Intake {
    /// Listens on every address of `config` and hands sealed batches on through `out`. When `out`
    /// is full, batches are counted and thrown away: receiving never waits.
    ///
    /// # Errors
    /// When an address cannot be listened on, or the list of exporters cannot be.
    pub fn start(
        config: &Config,
        exporters: &[Exporter],
        mask: Arc<Mask>,
        origin: Origin,
        clock: Clock,
        out: Sender<Sealed<Flows>>,
    ) -> Result<Self, IntakeError> {
        let mut intake = Self {
            exporters: Arc::new(Exporters::of(exporters)?),
            addresses: Vec::new(),
            stop: Arc::default(),
            threads: Vec::new(),
        };
        for &address in &config.listen {
            let sockets = sockets(address, config)?;
            let address = sockets
                .first()
                .map_or(Ok(address), UdpSocket::local_addr)
                .map_err(|source| IntakeError::Listen { address, source })?;
            intake.addresses.push(address);
            for (shard, socket) in sockets.into_iter().enumerate() {
                let exporters = Arc::clone(&intake.exporters);
                let listener = Listener {
                    decoder: Decoder::new(exporters, Arc::clone(&mask), origin.clone()),
                    socket,
                    clock: Arc::clone(&clock),
                    out: out.clone(),
                    stop: Arc::clone(&intake.stop),
                };
                let thread = thread::Builder::new()
                    .name(format!("flow-{}-{shard}", address.port()))
                    .spawn(move || listener.run())
                    .map_err(|source| IntakeError::Thread { address, source })?;
                intake.threads.push(thread);
            }
        }
        Ok(intake)
    }

    /// How each exporter on the allow-list is doing.
    #[must_use]
    pub fn health(&self) -> Vec<Health> {
        self.exporters.health()
    }
    /// Datagrams from addresses that are not on the allow-list: counted, never decoded.
    #[must_use]
    pub fn strangers(&self) -> u64 {
        self.exporters.strangers()
    }
    /// The addresses of strangers, as far as they are counted one by one; most datagrams first.
    #[must_use]
    pub fn stranger_addresses(&self) -> Vec<(IpAddr, u64)> {
        self.exporters.stranger_addresses()
    }
    /// The latest counters of each interface of each exporter.
    #[must_use]
    pub fn counters(&self) -> Vec<InterfaceCounters> {
        self.exporters.counters()
    }
    /// Puts another allow-list in the place of the one before, from the next datagram on.
    ///
    /// # Errors
    /// When two exporters have the same name or address; the list before stays.
    pub fn allow(&self, exporters: &[Exporter]) -> Result<(), ExportersError> {
        self.exporters.allow(exporters)
    }
    /// Clears the doubt about an exporter; `false` when there is none of this name.
    pub fn trust(&self, name: &str) -> bool {
        self.exporters.trust(name)
    }
    /// Where it listens: the addresses of the settings, with the port the system gave for port 0.
    #[must_use]
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.addresses.clone()
    }

    /// Stops listening, hands on what is there, and waits for the threads to end.
    pub fn stop(mut self) {
        self.stop.store(true, Relaxed);
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a listener for flow export had failed");
            }
        }
    }
}

impl Drop for Intake {
    fn drop(&mut self) {
        self.stop.store(true, Relaxed);
    }
}

struct Listener {
    decoder: Decoder,
    socket: UdpSocket,
    clock: Clock,
    out: Sender<Sealed<Flows>>,
    stop: Arc<AtomicBool>,
}

impl Listener {
    fn run(mut self) {
        let mut buffer = vec![0; LONGEST];
        while !self.stop.load(Relaxed) {
            let received = self.socket.recv_from(&mut buffer);
            let at = (self.clock)();
            match received {
                Ok((len, from)) => {
                    let datagram = buffer.get(..len).unwrap_or_default();
                    self.decoder.take_in(datagram, from, at);
                    if self.decoder.is_due(at, PATIENCE) {
                        self.decoder.close(at, PATIENCE);
                    }
                }
                Err(e) if is_timeout(&e) => self.decoder.close(at, Span(0)),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => {
                    tracing::warn!(error = %e, "could not receive flow export; trying again");
                    self.decoder.close(at, Span(0));
                    thread::sleep(Duration::from_millis(PATIENCE.0));
                }
            }
            self.hand_on();
        }
        self.decoder.close((self.clock)(), Span(0));
        self.hand_on();
    }

    fn hand_on(&mut self) {
        for ready in self.decoder.ready() {
            match self.out.try_send(ready.sealed) {
                Ok(()) => ready.entry.account().out(ready.records),
                Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                    ready.entry.account().dropped(ready.records);
                }
            }
        }
    }
}

fn is_timeout(e: &io::Error) -> bool {
    matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

/// The sockets of one address, one a shard.
fn sockets(address: SocketAddr, config: &Config) -> Result<Vec<UdpSocket>, IntakeError> {
    let failed = |source: io::Error| {
        if source.kind() == io::ErrorKind::AddrInUse {
            IntakeError::InUse { address, source }
        } else {
            IntakeError::Listen { address, source }
        }
    };
    // A shared port may be bound by a second copy of this program without anyone noticing, so the
    // first bind is not shared; with port 0 it also chooses the port.
    let first = socket(address, false, config).map_err(failed)?;
    if config.shards <= 1 {
        return Ok(vec![first]);
    }
    let chosen = first.local_addr().map_err(failed)?;
    // It is shared from here on, without having been free in between.
    SockRef::from(&first).set_reuse_port(true).map_err(failed)?;
    let others = (1..config.shards).map(|_| socket(chosen, true, config).map_err(failed));
    core::iter::once(Ok(first)).chain(others).collect()
}

fn socket(address: SocketAddr, shared: bool, config: &Config) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_reuse_port(shared)?;
    socket.set_recv_buffer_size(config.receive_buffer)?;
    socket.set_read_timeout(Some(Duration::from_millis(PATIENCE.0)))?;
    socket.bind(&address.into())?;
    let granted = socket.recv_buffer_size()?;
    // The kernel doubles what is asked for, for its own bookkeeping.
    if granted / 2 < config.receive_buffer {
        tracing::warn!(
            %address,
            asked = config.receive_buffer,
            granted = granted / 2,
            "the kernel grants a smaller receive buffer; raise net.core.rmem_max to lose less in bursts"
        );
    }
    Ok(socket.into())
}
