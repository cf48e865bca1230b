//! The other end of the control socket: what the command line asks, and what it is told.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

/// How long to wait for the answer: a command waits for the disk, and for whoever is at the desk.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes an answer may have.
const LONGEST_ANSWER: u64 = 64 * 1024 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Nobody is there.
    #[error(
        "no sekisho runs on this data folder ({}); start it with `sekisho up`",
        .0.display()
    )]
    NotRunning(PathBuf),
    /// The socket is another user's.
    #[error("may not speak to sekisho at {}: do it as the user sekisho runs as", .0.display())]
    NotAllowed(PathBuf),
    /// The connection failed.
    #[error("sekisho at {} gave no answer; look at its log whether it was carried out", path.display())]
    Broken {
        /// The socket.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The answer makes no sense.
    #[error("what answers at {} does not speak as sekisho does; is it another version?", path.display())]
    Garbled {
        /// The socket.
        path: PathBuf,
        /// Why.
        #[source]
        cause: Option<serde_json::Error>,
    },
    /// It says why it did not do it.
    #[error("{error}")]
    Said {
        /// In its words.
        error: String,
        /// What caused it.
        #[source]
        cause: Option<Cause>,
    },
}

/// What caused an error on the other side.
#[derive(Debug, thiserror::Error)]
#[error("{words}")]
pub struct Cause {
    words: String,
    #[source]
    cause: Option<Box<Cause>>,
}

/// Asks the sekisho behind the socket at `path`, and waits for what it says. `request` is as the
/// socket takes it.
///
/// # Errors
/// When nobody answers there, or what it says is an error.
pub fn ask(path: &Path, request: &Value) -> Result<Value, AskError> {
    let broken = |cause| AskError::Broken { path: path.to_owned(), cause };
    let garbled = |cause| AskError::Garbled { path: path.to_owned(), cause };
    let mut stream = UnixStream::connect(path).map_err(|cause| not_connected(path, cause))?;
    let timed = stream.set_read_timeout(Some(PATIENCE));
    timed.and_then(|()| stream.set_write_timeout(Some(PATIENCE))).map_err(broken)?;
    stream.write_all(format!("{request}\n").as_bytes()).map_err(broken)?;
    let mut line = Vec::new();
    let mut reading = BufReader::new(stream.take(LONGEST_ANSWER));
    reading.read_until(b'\n', &mut line).map_err(broken)?;
    if !line.ends_with(b"\n") {
        return Err(broken(io::ErrorKind::UnexpectedEof.into()));
    }
    let mut reply: Value = serde_json::from_slice(&line).map_err(|e| garbled(Some(e)))?;
    if let Some(error) = reply["error"].as_str() {
        return Err(AskError::Said { error: error.to_owned(), cause: chain(&reply["causes"]) });
    }
    reply.get_mut("ok").map(Value::take).ok_or_else(|| garbled(None))
}

fn not_connected(path: &Path, cause: io::Error) -> AskError {
    use io::ErrorKind::{ConnectionRefused, NotFound, PermissionDenied};
    let path = path.to_owned();
    if matches!(cause.kind(), NotFound | ConnectionRefused) {
        AskError::NotRunning(path)
    } else if cause.kind() == PermissionDenied {
        AskError::NotAllowed(path)
    } else {
        AskError::Broken { path, cause }
    }
}

fn chain(causes: &Value) -> Option<Cause> {
    let words = causes.as_array()?.iter().rev().filter_map(Value::as_str);
    words.fold(None, |cause, words| {
        Some(Cause { words: words.to_owned(), cause: cause.map(Box::new) })
    })
}
