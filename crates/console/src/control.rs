//! The control socket: what staff say by command line, one JSON value a line each way.
//!
//! `{"as":"name","command":{…}}` or `{"as":"name","query":"word"}` is answered by `{"ok":…}` or
//! `{"error":"…","causes":["…"]}`. Whoever can open the socket can speak as anybody: it is open to
//! the user sekisho runs as, and to nobody else.

mod ask;
mod socket;

use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use decide::{Command, Desk};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::sync::watch;
use tokio::task::{JoinSet, spawn_blocking};

use crate::Clock;

pub use ask::{AskError, Cause, ask};
pub use socket::{Control, SocketError};

/// Answers a query by its word, given the whole request; `None` when there is no such query. It is
/// called without the desk's lock, on a thread that may wait.
pub type Extra = Arc<dyn Fn(&str, &Value) -> Option<Result<Value, String>> + Send + Sync>;

/// Bytes a request may have, its end of line included.
pub const LONGEST: usize = 64 * 1024;

/// How long answers may take to go out after the shutdown.
const LAST: Duration = Duration::from_secs(3);
/// Pause after the system gave no connection, as when there are too many open files.
const PAUSE: Duration = Duration::from_millis(200);

/// Binds the socket at `path` and serves it until `shutdown`; [`Control::bind`] and
/// [`Control::serve`] in one.
///
/// # Errors
/// When the socket cannot be bound.
pub async fn serve(
    path: &Path,
    desk: Arc<Mutex<Desk>>,
    extra: Extra,
    clock: Clock,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), SocketError> {
    Control::bind(path)?.serve(desk, extra, clock, shutdown).await;
    Ok(())
}

impl Control {
    /// Answers requests until `shutdown`; then what is being carried out is still answered, and the
    /// socket is gone.
    pub async fn serve(
        self,
        desk: Arc<Mutex<Desk>>,
        extra: Extra,
        clock: Clock,
        shutdown: impl Future<Output = ()> + Send,
    ) {
        let said = Said { desk, extra, clock };
        let (stop, stopped) = watch::channel(());
        let mut talks = JoinSet::new();
        let mut shutdown = core::pin::pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                Some(_) = talks.join_next() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        talks.spawn(talk(stream, said.clone(), stopped.clone()));
                    }
                    Err(why) => {
                        tracing::warn!(%why, "the control socket got no connection");
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            }
        }
        drop(stop);
        drop(self);
        let all = async { while talks.join_next().await.is_some() {} };
        // What is cut off here was carried out or not, and the ledger says which.
        let _ = tokio::time::timeout(LAST, all).await;
    }
}

/// Who is spoken to.
#[derive(Clone)]
struct Said {
    desk: Arc<Mutex<Desk>>,
    extra: Extra,
    clock: Clock,
}

/// Answers one connection, request after request.
async fn talk(mut stream: UnixStream, said: Said, mut stopped: watch::Receiver<()>) {
    let (reading, mut writing) = stream.split();
    let mut reading = BufReader::new(reading);
    loop {
        let line = tokio::select! {
            line = next_line(&mut reading) => line,
            _ = stopped.changed() => return,
        };
        let reply = match line {
            Ok(Line::Whole(line)) if line.trim_ascii().is_empty() => continue,
            Ok(Line::Whole(line)) => said.answer(line).await,
            Ok(Line::TooLong) => Err(Failure::of(format!(
                "the request is longer than {LONGEST} bytes; nothing was done"
            ))),
            Ok(Line::End) | Err(_) => return,
        };
        let reply = match reply {
            Ok(value) => json!({ "ok": value }),
            Err(Failure { error, causes }) => json!({ "error": error, "causes": causes }),
        };
        if writing.write_all(format!("{reply}\n").as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Why a request was not carried out.
struct Failure {
    error: String,
    causes: Vec<String>,
}

impl Failure {
    fn of(error: impl Into<String>) -> Self {
        Self { error: error.into(), causes: Vec::new() }
    }

    fn with_causes(why: &dyn core::error::Error) -> Self {
        let causes = core::iter::successors(why.source(), |cause| cause.source());
        Self { error: why.to_string(), causes: causes.map(ToString::to_string).collect() }
    }

    fn unreadable(why: &serde_json::Error) -> Self {
        Self::of(format!("the request does not read, nothing was done: {why}"))
    }

    fn inside() -> Self {
        Self::of("the desk stopped after a failure inside sekisho; its log says more: restart it")
    }
}

#[derive(Deserialize)]
struct Order {
    #[serde(rename = "as")]
    name: String,
    command: Command,
}

impl Said {
    async fn answer(&self, line: Vec<u8>) -> Result<Value, Failure> {
        let request: Value = serde_json::from_slice(&line).map_err(|e| Failure::unreadable(&e))?;
        let said = self.clone();
        let done = if let Some(query) = request.get("query") {
            let Some(query) = query.as_str().map(str::to_owned) else {
                return Err(Failure::of("the request does not read: `query` must be a word"));
            };
            spawn_blocking(move || said.query(&query, &request)).await
        } else if request.get("command").is_some() {
            // Read again from the line, so that an error says in which column.
            let order = serde_json::from_slice(&line).map_err(|e| Failure::unreadable(&e))?;
            spawn_blocking(move || said.command(order)).await
        } else {
            return Err(Failure::of(
                "the request does not read: it needs a `command` or a `query`",
            ));
        };
        done.unwrap_or_else(|_| Err(Failure::inside()))
    }

    fn query(&self, query: &str, request: &Value) -> Result<Value, Failure> {
        match (self.extra)(query, request) {
            Some(answer) => answer.map_err(Failure::of),
            None => Err(Failure::of(format!("there is no query {query}"))),
        }
    }

    fn command(&self, order: Order) -> Result<Value, Failure> {
        let mut desk = self.desk.lock().map_err(|_| Failure::inside())?;
        let at = (self.clock)();
        desk.command(&order.name, order.command, at).map_err(|e| Failure::with_causes(&e))
    }
}

/// What was read.
enum Line {
    Whole(Vec<u8>),
    TooLong,
    End,
}

/// The next line; one that is too long is read to its end and thrown away.
async fn next_line(reading: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<Line> {
    let mut line = Vec::new();
    let mut too_long = false;
    loop {
        let chunk = reading.fill_buf().await?;
        let end = chunk.iter().position(|b| *b == b'\n');
        let taken = end.map_or(chunk.len(), |i| i + 1);
        let over = chunk.is_empty();
        too_long |= line.len() + taken > LONGEST;
        if too_long {
            line.clear();
        } else {
            line.extend_from_slice(&chunk[..taken]);
        }
        reading.consume(taken);
        if end.is_some() || over {
            return Ok(match (too_long, over && line.is_empty()) {
                (true, _) => Line::TooLong,
                (false, true) => Line::End,
                (false, false) => Line::Whole(line),
            });
        }
    }
}
