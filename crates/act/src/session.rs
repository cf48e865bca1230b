//! One BGP session without its socket: bytes in, bytes out, time from outside (RFC 4271).

use std::collections::BTreeSet;
use std::time::Duration;

use rustbgpd_fsm::{Action, Event, NegotiatedSession, SessionState, TimerType};
use rustbgpd_wire::notification::{
    cease_subcode, description, encode_shutdown_communication, extract_shutdown_communication,
};
use rustbgpd_wire::{
    DecodeError, EXTENDED_MAX_MESSAGE_LEN, EncodeError, MAX_MESSAGE_LEN, Message, NotificationCode,
    NotificationMessage, RouteRefreshSubtype, decode_message, encode_message, peek_message_length,
};
use tokio::time::Instant;

use crate::config::{Config, Peer};
use crate::flowspec::Family;
use crate::update::Dialect;

/// How long the last message, a NOTIFICATION, may take to be written.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Longest reason a peer may give us that is shown (RFC 9003 allows 255 bytes).
const REASON_SHOWN: usize = 255;

/// Why a session ended or did not begin.
#[derive(Debug, thiserror::Error)]
pub(crate) enum End {
    #[error("cannot connect: {0}; check the address, and that the router expects us")]
    Connect(#[source] std::io::Error),
    #[error("no answer to the connection within {} s; check the address and the way there", .0.as_secs())]
    Timeout(Duration),
    #[error("the connection broke: {0}")]
    Broken(#[source] std::io::Error),
    #[error("the peer closed the connection without a word")]
    Closed,
    #[error("the peer ended the session: {0}")]
    Told(String),
    #[error("we ended the session: {0}")]
    Objected(String),
    #[error("the peer sent something that is not BGP: {0}")]
    Malformed(#[source] DecodeError),
    #[error("the peer took nothing for {} s, so the session was ended (RFC 9687)", .0.as_secs())]
    Stuck(Duration),
    #[error("a message could not be written: {0}; please report this")]
    Encode(#[from] EncodeError),
    #[error("stopped by us")]
    Stopped,
}

/// What was heard from the peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// The session is open; rules may be sent.
    Established,
    /// A KEEPALIVE.
    Alive,
    /// Asked to hear a family again (RFC 2918).
    Refresh(Family),
    /// Routes for us, ignored.
    Routes,
}

/// A session over a TCP connection that stands.
pub(crate) struct Session {
    fsm: rustbgpd_fsm::Session,
    remote_asn: u32,
    hard_reset: bool,
    dialect: Dialect,
    input: Vec<u8>,
    output: Vec<u8>,
    written: u64,
    hold: Option<Instant>,
    keepalive: Option<Instant>,
    /// When the peer is taken for stuck; runs while there is something to write.
    stuck: Option<Instant>,
    send_hold: Duration,
    negotiated: Option<Box<NegotiatedSession>>,
    end: Option<End>,
    closing: bool,
}

impl Session {
    /// TCP has just connected: queues our OPEN.
    pub(crate) fn open(config: &Config, peer: &Peer, now: Instant) -> Self {
        let settings = peer.session(config);
        let send_hold =
            Duration::from_secs(rustbgpd_fsm::default_send_hold_time(peer.hold_seconds).into());
        let mut session = Self {
            fsm: rustbgpd_fsm::Session::new(settings),
            remote_asn: peer.remote_asn,
            hard_reset: peer.graceful_restart.is_some(),
            dialect: Dialect::between(config.local_asn, peer.remote_asn),
            input: Vec::new(),
            output: Vec::new(),
            written: 0,
            hold: None,
            keepalive: None,
            stuck: None,
            send_hold,
            negotiated: None,
            end: None,
            closing: false,
        };
        session.event(Event::ManualStart, now);
        session.event(Event::TcpConnectionConfirmed, now);
        session
    }

    /// Takes what was read from TCP. Never panics, whatever it is.
    pub(crate) fn received(&mut self, bytes: &[u8], now: Instant) -> Vec<Heard> {
        let mut input = std::mem::take(&mut self.input);
        input.extend_from_slice(bytes);
        let (mut rest, mut heard) = (&input[..], Vec::new());
        while !self.closing {
            let most = match &self.negotiated {
                Some(n) if n.peer_extended_message => EXTENDED_MAX_MESSAGE_LEN,
                _ => MAX_MESSAGE_LEN,
            };
            let message = match peek_message_length(rest, most) {
                Ok(Some(length)) => rest.split_off(..usize::from(length)),
                Ok(None) => None,
                Err(error) => {
                    self.malformed(error, now);
                    break;
                }
            };
            let Some(message) = message else { break };
            match decode_message(&mut message.to_vec().into(), most) {
                Ok(message) => heard.extend(self.message(message, now)),
                Err(error) => self.malformed(error, now),
            }
        }
        self.input = rest.to_vec();
        heard
    }

    /// Path attributes and prefixes of an UPDATE are not decoded: we take no routes, so nothing in
    /// them can end the session (RFC 7606 in its strongest form).
    fn message(&mut self, message: Message, now: Instant) -> Option<Heard> {
        match message {
            Message::Open(open) => {
                let asn = open.four_byte_as();
                self.event(Event::OpenReceived(open), now);
                if let Some(End::Objected(text)) = &mut self.end
                    && asn != self.remote_asn
                {
                    let set = self.remote_asn;
                    text.push_str(&format!("; the peer is AS {asn}, our settings say {set}"));
                }
                None
            }
            Message::Keepalive => {
                let before = self.fsm.state();
                self.event(Event::KeepaliveReceived, now);
                match (before, self.fsm.state()) {
                    (SessionState::OpenConfirm, SessionState::Established) => {
                        Some(Heard::Established)
                    }
                    (_, SessionState::Established) => Some(Heard::Alive),
                    _ => None,
                }
            }
            Message::Notification(notification) => {
                self.end.get_or_insert_with(|| End::Told(told(&notification)));
                self.output.clear();
                self.event(Event::NotificationReceived(notification), now);
                self.closing = true;
                None
            }
            Message::Update(_) => {
                self.event(Event::UpdateReceived, now);
                self.established().then_some(Heard::Routes)
            }
            Message::RouteRefresh(refresh) => {
                let family = Family::ALL.into_iter().find(|family| {
                    (refresh.afi(), refresh.safi())
                        == (Some(family.afi()), Some(family.afi_safi().1))
                });
                let asks = refresh.subtype() == RouteRefreshSubtype::Normal;
                let (afi, safi) = family.unwrap_or(Family::Ipv4).afi_safi();
                self.event(Event::RouteRefreshReceived { afi, safi }, now);
                family.filter(|f| asks && self.families().contains(f)).map(Heard::Refresh)
            }
            // A message type added to the library later; the peer was heard, nothing more.
            _ => None,
        }
    }

    fn malformed(&mut self, error: DecodeError, now: Instant) {
        self.end.get_or_insert_with(|| End::Malformed(error.clone()));
        self.event(Event::DecodeError(error), now);
        self.closing = true;
    }

    /// TCP said that the connection is over.
    pub(crate) fn lost(&mut self, end: End, now: Instant) {
        self.end.get_or_insert(end);
        self.output.clear();
        self.event(Event::TcpConnectionFails, now);
        self.closing = true;
    }

    /// Lets timers expire that are due at `now`.
    pub(crate) fn pass(&mut self, now: Instant) {
        let due = |timer: &mut Option<Instant>| timer.take_if(|at| *at <= now).is_some();
        if due(&mut self.stuck) {
            let words = if self.closing { LAST_WORDS } else { self.send_hold };
            self.lost(End::Stuck(words), now);
        }
        if due(&mut self.hold) {
            self.event(Event::HoldTimerExpires, now);
        }
        if due(&mut self.keepalive) {
            self.event(Event::KeepaliveTimerExpires, now);
        }
    }

    /// When [`Session::pass`] is due next.
    pub(crate) fn due(&self) -> Option<Instant> {
        [self.hold, self.keepalive, self.stuck].into_iter().flatten().min()
    }

    /// Ends the session from our side: Cease, administrative shutdown (RFC 9003).
    pub(crate) fn stop(&mut self, now: Instant) {
        self.end.get_or_insert(End::Stopped);
        let reason = encode_shutdown_communication("all rules withdrawn, speaker stopped");
        self.event(Event::ManualStop { reason: Some(reason) }, now);
        self.closing = true;
    }

    /// Why the session is over, if it is; what is unwritten should still be written.
    pub(crate) fn over(&self) -> bool {
        self.closing
    }

    /// Why it ended, when it is over.
    pub(crate) fn into_end(self) -> End {
        self.end.unwrap_or(End::Closed)
    }

    /// May rules be sent?
    pub(crate) fn established(&self) -> bool {
        !self.closing && self.fsm.state() == SessionState::Established
    }

    /// The families both sides speak.
    pub(crate) fn families(&self) -> BTreeSet<Family> {
        let Some(negotiated) = &self.negotiated else { return BTreeSet::new() };
        let both = |f: &Family| negotiated.negotiated_families.contains(&f.afi_safi());
        Family::ALL.into_iter().filter(both).collect()
    }

    /// Did the peer offer enhanced route refresh (RFC 7313)?
    pub(crate) fn marks_refresh(&self) -> bool {
        self.negotiated.as_ref().is_some_and(|n| n.peer_enhanced_route_refresh)
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Queues a message; returns how many bytes of the session are written once it is.
    pub(crate) fn queue(&mut self, message: Result<Vec<u8>, EncodeError>, now: Instant) -> u64 {
        match message {
            Ok(bytes) => {
                if self.output.is_empty() {
                    self.stuck = Some(now + self.send_hold);
                }
                self.output.extend_from_slice(&bytes);
            }
            Err(error) => {
                self.end.get_or_insert(End::Encode(error));
                self.closing = true;
            }
        }
        self.written + self.output.len() as u64
    }

    /// What is to be written to TCP.
    pub(crate) fn unwritten(&self) -> &[u8] {
        &self.output
    }

    /// How many bytes of the session were handed to TCP.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// TCP took `n` bytes of [`Session::unwritten`].
    pub(crate) fn wrote(&mut self, n: usize, now: Instant) {
        let n = n.min(self.output.len());
        self.output.drain(..n);
        self.written += n as u64;
        let wait = if self.closing { LAST_WORDS } else { self.send_hold };
        self.stuck = (!self.output.is_empty()).then(|| now + wait);
    }

    fn event(&mut self, event: Event, now: Instant) {
        for action in self.fsm.handle_event(event) {
            self.act(action, now);
        }
    }

    fn act(&mut self, action: Action, now: Instant) {
        match action {
            Action::SendOpen(open) => self.say(&Message::Open(open), now),
            Action::SendKeepalive => self.say(&Message::Keepalive, now),
            Action::SendNotification(notification) => self.notify(notification, now),
            Action::StartTimer(timer, seconds) => {
                let at = Some(now + Duration::from_secs(seconds.into()));
                match timer {
                    TimerType::Hold => self.hold = at,
                    TimerType::Keepalive => self.keepalive = at,
                    // Connecting again is the caller's: a session is one connection.
                    TimerType::ConnectRetry | _ => {}
                }
            }
            Action::StopTimer(timer) => match timer {
                TimerType::Hold => self.hold = None,
                TimerType::Keepalive => self.keepalive = None,
                TimerType::ConnectRetry | _ => {}
            },
            Action::CloseTcpConnection => {
                self.closing = true;
                (self.hold, self.keepalive) = (None, None);
                self.stuck = Some(now + LAST_WORDS);
            }
            Action::SessionEstablished(negotiated) => {
                self.dialect.four_octet = negotiated.four_octet_as;
                self.negotiated = Some(negotiated);
            }
            Action::InitiateTcpConnection
            | Action::StateChanged { .. }
            | Action::SessionDown
            | Action::StaleTimerIgnored { .. }
            | Action::RoleMismatchObserved { .. }
            | _ => {}
        }
    }

    fn say(&mut self, message: &Message, now: Instant) {
        self.queue(encode_message(message).map(|bytes| bytes.to_vec()), now);
    }

    fn notify(&mut self, mut notification: NotificationMessage, now: Instant) {
        self.end.get_or_insert_with(|| End::Objected(said(&notification)));
        let shutdown = (NotificationCode::Cease, cease_subcode::ADMINISTRATIVE_SHUTDOWN);
        if self.hard_reset && (notification.code, notification.subcode) == shutdown {
            // RFC 8538 §3.1: without a Hard Reset a peer would keep our rules through a stop.
            let mut inner = vec![shutdown.0.as_u8(), shutdown.1];
            inner.extend_from_slice(&notification.data);
            notification =
                NotificationMessage::new(shutdown.0, cease_subcode::HARD_RESET, inner.into());
        }
        self.say(&Message::Notification(notification), now);
    }
}

/// What the code and subcode of a NOTIFICATION mean.
fn said(notification: &NotificationMessage) -> String {
    let (code, subcode) = (notification.code, notification.subcode);
    format!("{} ({}/{subcode})", description(code, subcode), code.as_u8())
}

/// The peer's reason, its own words included.
fn told(notification: &NotificationMessage) -> String {
    let mut text = said(notification);
    if let Ok(Some(words)) = extract_shutdown_communication(notification) {
        let words: String = words.chars().filter(|c| !c.is_control()).take(REASON_SHOWN).collect();
        text.push_str(&format!(", saying \"{words}\""));
    }
    text
}

#[cfg(test)]
mod tests;
