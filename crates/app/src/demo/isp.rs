//! The made-up ISP: three exporters that send real NetFlow v9, IPFIX and sFlow v5 over loopback.
//!
//! Each speaks from an address of its own (127.0.0.11 to .13), a replayed capture from 127.0.0.14.
//! They see traffic where it comes in, before any filter; an attack ends when another scene is
//! played, not because a rule drops it.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Context;
use terms::{Moment, Span, Time};

use super::addresses::{CAPTURE, LINE_9, LINKS, STRANGER, V6_HOST};
use super::capture::{Capture, Replay};
use super::exporter::{Exporter, strange};
use super::traffic::Traffic;

pub(crate) use super::traffic::{Pace, Scene};

/// The running ISP. It stops when this is dropped.
#[derive(Debug)]
pub(crate) struct Isp {
    orders: Option<Sender<Order>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
enum Order {
    Play(Scene),
    Replay(Box<Capture>),
    Stranger,
    Forge,
}

/// Where every made-up world begins.
const SEED: u64 = 20_220_601;
/// After a pause (a laptop asleep) no more than this is caught up.
const MOST: Span = Span::seconds(1);

impl Isp {
    /// Starts sending the usual traffic: NetFlow v9 to the first destination, IPFIX, and a capture,
    /// to the second, sFlow to the third.
    ///
    /// # Errors
    /// When an exporter's loopback address cannot be used, or no thread be started.
    pub(crate) fn start(
        to: [SocketAddr; 3],
        clock: observe::Clock,
        pace: Pace,
    ) -> anyhow::Result<Self> {
        let mut sockets = Vec::new();
        for (link, to) in LINKS.iter().zip(to).chain([(&CAPTURE, to[1])]) {
            sockets.push((socket(link.address)?, to));
        }
        let (orders, given) = mpsc::channel();
        let world = World::of(pace, clock());
        let thread = thread::Builder::new()
            .name("made-up-isp".to_owned())
            .spawn(move || run(world, &sockets, &given, &clock))
            .context("cannot start a thread for the made-up isp")?;
        Ok(Self { orders: Some(orders), thread: Some(thread) })
    }

    /// Plays a scene until another is played.
    pub(crate) fn play(&self, scene: Scene) {
        self.order(Order::Play(scene));
    }
    /// Replays a capture once, as another exporter (127.0.0.14, IPFIX, every packet) saw it; the
    /// made-up traffic goes on. What it has most of goes to line-9, or, of IPv6, to [`V6_HOST`].
    ///
    /// # Errors
    /// As [`Capture::open`]: the whole file is read first.
    pub(crate) fn replay(&self, file: &Path) -> anyhow::Result<()> {
        let capture = Capture::open(file, &[LINE_9, V6_HOST])?;
        self.order(Order::Replay(Box::new(capture)));
        Ok(())
    }
    /// An address on no allow-list (127.0.0.99) sends a few datagrams that tell of an attack.
    pub(crate) fn stranger(&self) {
        self.order(Order::Stranger);
    }
    /// Somebody sends datagrams under the address of the first exporter, from another port and with
    /// another sequence, that tell of an attack.
    pub(crate) fn forge(&self) {
        self.order(Order::Forge);
    }
    /// Stops sending, and waits for it.
    pub(crate) fn stop(mut self) {
        self.end();
    }

    fn order(&self, order: Order) {
        if self.orders.as_ref().is_none_or(|orders| orders.send(order).is_err()) {
            tracing::error!("the made-up isp had stopped");
        }
    }

    fn end(&mut self) {
        self.orders = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the made-up isp had failed");
        }
    }
}

impl Drop for Isp {
    fn drop(&mut self) {
        self.end();
    }
}

/// Everything but sockets and clock: the same seed and ticks give the same datagrams.
#[derive(Debug)]
struct World {
    pace: Pace,
    scene: Scene,
    began: Moment,
    last: Moment,
    links: Vec<(Traffic, Exporter)>,
    replay: Option<Replay>,
}

impl World {
    fn of(pace: Pace, at: Moment) -> Self {
        let [border_1, border_2, switch_1] = LINKS;
        let exporters = [
            Exporter::netflow9(border_1, at.wall),
            Exporter::ipfix(border_2),
            Exporter::sflow5(switch_1, at.wall),
        ];
        let links = exporters.into_iter().enumerate();
        let links = links.map(|(n, exporter)| (Traffic::of(n, SEED), exporter)).collect();
        Self { pace, scene: Scene::Usual, began: at, last: at, links, replay: None }
    }

    /// When the next tick is due, on the monotonic clock. Ticks keep just after round times, so
    /// that whoever counts by the second has the same number of them in each.
    fn next(&self) -> u64 {
        let tick = self.pace.tick.0.max(1);
        let past = tick / 20;
        match self.last.mono.checked_sub(past) {
            Some(since) => (since / tick + 1).saturating_mul(tick).saturating_add(past),
            None => past,
        }
    }

    /// What happened since the tick before, as each exporter tells it: its place in the list of
    /// sockets, and a datagram.
    fn tick(&mut self, now: Moment) -> Vec<(usize, Vec<u8>)> {
        let span = Span(now.mono.saturating_sub(self.last.mono)).min(MOST);
        self.last = now;
        let mut datagrams = Vec::new();
        let since = Time(now.wall.0 - i64::try_from(span.0).unwrap_or(0));
        let phase = share(now.mono.saturating_sub(self.began.mono), self.pace.day);
        for (n, (traffic, exporter)) in self.links.iter_mut().enumerate() {
            traffic.tick(self.scene, phase, span, |packet| {
                exporter.see(&packet, since.after(Span(packet.after.into())));
            });
            datagrams.extend(exporter.export(now).into_iter().map(|d| (n, d)));
        }
        if let Some(replay) = &mut self.replay {
            let more = replay.tick(now);
            datagrams.extend(more.into_iter().map(|d| (LINKS.len(), d)));
            if replay.is_over() {
                self.replay = None;
            }
        }
        datagrams
    }
}

/// Which part of a day this is, 0 to 1.
fn share(elapsed: u64, day: Span) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a demo lasts no 2^53 milliseconds")]
    let (elapsed, day) = ((elapsed % day.0.max(1)) as f64, day.0.max(1) as f64);
    elapsed / day
}

fn run(
    mut world: World,
    sockets: &[(UdpSocket, SocketAddr)],
    orders: &Receiver<Order>,
    clock: &observe::Clock,
) {
    loop {
        let wait = world.next().saturating_sub(clock().mono);
        match orders.recv_timeout(Duration::from_millis(wait)) {
            Ok(order) => carry_out(order, &mut world, sockets, clock()),
            Err(RecvTimeoutError::Timeout) => {
                for (n, datagram) in world.tick(clock()) {
                    if let Some((socket, to)) = sockets.get(n) {
                        send(socket, *to, &datagram);
                    }
                }
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn carry_out(order: Order, world: &mut World, sockets: &[(UdpSocket, SocketAddr)], now: Moment) {
    let to = |n: usize| sockets.get(n).map(|(_, to)| *to);
    match order {
        Order::Play(scene) => world.scene = scene,
        Order::Replay(capture) => world.replay = Some(Replay::of(*capture, now)),
        Order::Stranger => send_from(STRANGER, to(1), &strange(&LINKS[1], now.wall)),
        Order::Forge => {
            if let Some((_, exporter)) = world.links.first() {
                send_from(LINKS[0].address, to(0), &exporter.forged(now.wall));
            }
        }
    }
}

/// Sends from a socket, and so a port, of its own.
fn send_from(address: Ipv4Addr, to: Option<SocketAddr>, datagrams: &[Vec<u8>]) {
    let Some(to) = to else { return };
    match socket(address) {
        Ok(socket) => datagrams.iter().for_each(|d| send(&socket, to, d)),
        Err(e) => tracing::warn!("{e:#}"),
    }
}

fn send(socket: &UdpSocket, to: SocketAddr, datagram: &[u8]) {
    if let Err(e) = socket.send_to(datagram, to) {
        tracing::warn!(error = %e, "the made-up isp could not send a datagram");
    }
}

fn socket(address: Ipv4Addr) -> anyhow::Result<UdpSocket> {
    UdpSocket::bind((address, 0)).with_context(|| {
        format!(
            "the made-up isp cannot send from {address}; where loopback has 127.0.0.1 only, add it: \
             ip address add {address}/8 dev lo"
        )
    })
}

#[cfg(test)]
mod tests;
