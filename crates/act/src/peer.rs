//! The task of one peer: connect, speak, and connect again after a wait.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustbgpd_wire::RouteRefreshSubtype;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::book::Table;
use crate::config::Peer;
use crate::flowspec::Family;
use crate::peers::{SessionState, Shared};
use crate::rib_out::Change;
use crate::session::{End, Heard, Session};
use crate::update;

/// How long a TCP connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// First wait before connecting again; it doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// Longest wait before connecting again.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// A session that stood this long starts the waits over.
const STEADY: Duration = Duration::from_secs(30);
/// With this many bytes queued, the rest waits until TCP has taken them.
const FULL: usize = 64 * 1024;
/// How long the peer may take to close its side once we have closed ours.
const CLOSING: Duration = Duration::from_secs(1);
/// A sleep nobody waits for the end of.
const LONG: Duration = Duration::from_secs(3600);

/// What the peer still has to be told besides rules.
#[derive(Default)]
struct Owed {
    end_of_rib: bool,
    refresh: BTreeSet<Family>,
}

/// Runs until the speaker stops.
pub(crate) async fn run(shared: Arc<Shared>, index: usize) {
    let Some(peer) = shared.config.peers.get(index) else { return };
    let mut wait = FIRST_WAIT;
    while !shared.stopping() {
        shared.enter(index, SessionState::Connecting);
        let began = Instant::now();
        let end = match unless_stopping(&shared, index, connect(peer)).await {
            None => End::Stopped,
            Some(Err(end)) => end,
            Some(Ok(stream)) => talk(&shared, index, peer, stream).await,
        };
        if began.elapsed() >= STEADY {
            wait = FIRST_WAIT;
        }
        shared.down(index, &end, wait);
        let _ = unless_stopping(&shared, index, sleep(wait)).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
    shared.enter(index, SessionState::Stopped);
}

/// The outcome of `work`, or `None` as soon as the speaker stops.
async fn unless_stopping<T>(
    shared: &Shared,
    index: usize,
    work: impl Future<Output = T>,
) -> Option<T> {
    let mut work = std::pin::pin!(work);
    while !shared.stopping() {
        tokio::select! {
            done = &mut work => return Some(done),
            () = shared.woken(index) => {}
        }
    }
    None
}

async fn connect(peer: &Peer) -> Result<TcpStream, End> {
    let socket = if peer.address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() };
    let socket = socket.map_err(End::Connect)?;
    if let Some(own) = peer.local_address {
        socket.bind(SocketAddr::new(own, 0)).map_err(End::Connect)?;
    }
    let connecting = socket.connect(SocketAddr::new(peer.address, peer.port));
    let stream = match timeout(CONNECT, connecting).await {
        Ok(connected) => connected.map_err(End::Connect)?,
        Err(_) => return Err(End::Timeout(CONNECT)),
    };
    // A rule must not wait for more bytes to travel with (RFC 896).
    stream.set_nodelay(true).map_err(End::Connect)?;
    Ok(stream)
}

/// Speaks on `stream` until the session is over.
async fn talk(shared: &Shared, index: usize, peer: &Peer, mut stream: TcpStream) -> End {
    shared.enter(index, SessionState::Opening);
    let (mut read, mut write) = stream.split();
    let mut session = Session::open(&shared.config, peer, Instant::now());
    let mut owed = Owed::default();
    let mut buffer = vec![0; FULL];
    let mut look = true;
    loop {
        if look {
            fill(shared, index, &mut session, &mut owed);
        }
        if session.over() && session.unwritten().is_empty() {
            break;
        }
        let due = session.due().unwrap_or_else(|| Instant::now() + LONG);
        // What was only heard changes nothing that has to be told, except where `hear` says so.
        look = true;
        tokio::select! {
            () = shared.woken(index) => {}
            () = sleep_until(due) => session.pass(Instant::now()),
            got = read.read(&mut buffer), if !session.over() => match got {
                Ok(0) => session.lost(End::Closed, Instant::now()),
                Ok(n) => {
                    look = false;
                    for heard in session.received(&buffer[..n], Instant::now()) {
                        look |= hear(shared, index, &session, heard, &mut owed);
                    }
                }
                Err(error) => session.lost(End::Broken(error), Instant::now()),
            },
            took = write.write(session.unwritten()), if !session.unwritten().is_empty() => {
                match took {
                    Ok(n) => session.wrote(n, Instant::now()),
                    Err(error) => session.lost(End::Broken(error), Instant::now()),
                }
            }
        }
    }
    // Closed at once, unread bytes would turn our last words into a reset.
    if write.shutdown().await.is_ok() {
        let drained = async { while read.read(&mut buffer).await.is_ok_and(|n| n > 0) {} };
        let _ = timeout(CLOSING, drained).await;
    }
    session.into_end()
}

/// Takes down what was heard; does the peer have to be told something now?
fn hear(shared: &Shared, index: usize, session: &Session, heard: Heard, owed: &mut Owed) -> bool {
    match heard {
        Heard::Established => {
            owed.end_of_rib = true;
            shared.up(index, session.families());
        }
        Heard::Refresh(family) => {
            owed.refresh.insert(family);
        }
        Heard::Alive => shared.with(index, |record| {
            record.out.written(session.written());
            record.out.heard();
        }),
        Heard::Routes => shared.with(index, |record| record.updates_ignored += 1),
    }
    matches!(heard, Heard::Established | Heard::Refresh(_))
}

/// Queues what the peer has to be told, as far as there is room.
fn fill(shared: &Shared, index: usize, session: &mut Session, owed: &mut Owed) {
    if !session.established() {
        if shared.stopping() && !session.over() {
            session.stop(Instant::now());
        }
        return;
    }
    let (families, dialect, now) = (session.families(), session.dialect(), Instant::now());
    let mut state = shared.lock();
    let mut want = if state.stopping { Table::new() } else { state.book.table(shared.at()) };
    want.retain(|key, _| families.contains(&key.family));
    let stopping = state.stopping;
    let Some(record) = state.peers.get_mut(index) else { return };
    record.out.written(session.written());
    for change in record.out.changes(&want) {
        if session.unwritten().len() > FULL {
            return;
        }
        let message = match &change {
            Change::Withdraw(rule) => update::withdraw(rule, dialect),
            Change::Announce(rule) => update::announce(rule, dialect),
        };
        let end = session.queue(message, now);
        record.out.told(&change, end);
        match change {
            Change::Withdraw(_) => record.withdrawals += 1,
            Change::Announce(_) => record.announcements += 1,
        }
    }
    while let Some(family) = owed.refresh.pop_first() {
        let marks = session.marks_refresh();
        if marks {
            session.queue(update::refresh_mark(family, RouteRefreshSubtype::BoRR), now);
        }
        for rule in record.out.rules().filter(|r| r.family() == family) {
            session.queue(update::announce(rule, dialect), now);
        }
        if marks {
            session.queue(update::refresh_mark(family, RouteRefreshSubtype::EoRR), now);
        }
    }
    if std::mem::take(&mut owed.end_of_rib) {
        for &family in &families {
            session.queue(update::end_of_rib(family, dialect), now);
        }
    }
    if stopping {
        session.stop(now);
    }
}
