//! The control socket, spoken to as the command line does and as it never should.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use console::control::{AskError, Control, Extra, LONGEST, SocketError, ask};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::house::House;

struct Spoken {
    path: PathBuf,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// A socket that is served.
fn serve(house: &House) -> Spoken {
    let path = house.folder.path().join("control");
    let extra: Extra = Arc::new(|query, request| match query {
        "standing" => Some(Ok(json!({ "asked-by": request["as"] }))),
        "ledger" => Some(Err("the ledger cannot be read".to_owned())),
        "crash" => panic!("made to fail"),
        _ => None,
    });
    let (stop, stopped) = oneshot::channel();
    let control = Control::bind(&path).unwrap();
    let task = tokio::spawn(control.serve(Arc::clone(&house.desk), extra, house.clock(), async {
        let _ = stopped.await;
    }));
    Spoken { path, stop, task }
}

impl Spoken {
    async fn ask(&self, request: Value) -> Result<Value, AskError> {
        let path = self.path.clone();
        spawn_blocking(move || ask(&path, &request)).await.unwrap()
    }

    /// Sends raw lines over one connection and gives the replies.
    async fn say(&self, lines: Vec<Vec<u8>>) -> Vec<Value> {
        let path = self.path.clone();
        spawn_blocking(move || {
            let mut stream = UnixStream::connect(path).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
            let mut replies = BufReader::new(stream.try_clone().unwrap()).lines();
            let say = |line: Vec<u8>| {
                stream.write_all(&line).unwrap();
                serde_json::from_str(&replies.next().unwrap().unwrap()).unwrap()
            };
            lines.into_iter().map(say).collect()
        })
        .await
        .unwrap()
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap();
        assert!(!self.path.exists());
    }
}

fn leftovers(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name());
    names.map(|n| n.into_string().unwrap()).filter(|n| n.starts_with(".c")).collect()
}

#[tokio::test]
async fn a_command_goes_to_the_desk_and_a_query_to_the_app() {
    let house = House::attacked();
    let socket = serve(&house);
    let mode = std::fs::metadata(&socket.path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(leftovers(house.folder.path()).is_empty());

    let cases = socket.ask(json!({ "as": "noc", "command": { "command": "cases" } })).await;
    assert_eq!(cases.unwrap()[0]["case"], 1);
    let open = json!({ "command": "decline", "case": 1, "reason": "a test" });
    socket.ask(json!({ "as": "noc", "command": open })).await.unwrap();
    assert!(house.desk.lock().unwrap().case(terms::CaseId(1)).unwrap().declined);
    let answer = socket.ask(json!({ "as": "noc", "query": "standing" })).await.unwrap();
    assert_eq!(answer, json!({ "asked-by": "noc" }));
    socket.stop().await;
}

#[tokio::test]
async fn what_is_not_done_is_said_with_its_reason() {
    let house = House::quiet();
    let socket = serve(&house);
    let cases = [
        (json!({ "as": "nobody", "command": { "command": "cases" } }), "nobody called nobody"),
        (json!({ "as": "noc", "query": "weather" }), "there is no query weather"),
        (json!({ "as": "noc", "query": "ledger" }), "the ledger cannot be read"),
        (json!({ "as": "noc", "query": 7 }), "`query` must be a word"),
        (json!({ "as": "noc" }), "it needs a `command` or a `query`"),
        (json!({ "as": "noc", "command": { "command": "explode" } }), "unknown variant `explode`"),
        (json!({ "command": { "command": "cases" } }), "missing field `as`"),
        (json!({ "as": "noc", "query": "crash" }), "after a failure inside"),
    ];
    for (request, why) in cases {
        let said = socket.ask(request).await.unwrap_err();
        assert!(matches!(said, AskError::Said { .. }), "{said:?}");
        assert!(said.to_string().contains(why), "{said}");
    }
    socket.stop().await;
}

#[tokio::test]
async fn bad_input_is_answered_and_the_connection_goes_on() {
    let house = House::quiet();
    let socket = serve(&house);
    let good = b"\n{\"as\":\"noc\",\"query\":\"standing\"}\n".to_vec();
    let mut long = vec![b' '; LONGEST];
    long.push(b'\n');
    let mut longest = good.clone();
    longest.pop();
    longest.resize(LONGEST, b' ');
    longest.push(b'\n');
    let deep = [vec![b'['; 10_000], b"\n".to_vec()].concat();
    let lines = vec![
        good.clone(),
        b"{\"as\":\"noc\",]\n".to_vec(),
        b"\xff\xfe\n".to_vec(),
        deep,
        long,
        b"{\"as\":\"noc\",\"command\":{\"command\":\"answer\",\"case\":1,\"fact\":\"no-such-fact\",\"so\":true}}\n".to_vec(),
        longest,
        good,
    ];
    let replies = socket.say(lines).await;
    let error = |i: usize| replies[i]["error"].as_str().unwrap();
    for done in [0, 6, 7] {
        assert_eq!(replies[done], json!({ "ok": { "asked-by": "noc" } }));
    }
    assert!(error(1).contains("line 1 column 13"), "{}", error(1));
    assert!(error(2).contains("line 1 column 1"), "{}", error(2));
    assert!(error(3).contains("recursion limit"), "{}", error(3));
    assert!(error(4).contains("longer than 65536 bytes"), "{}", error(4));
    assert!(error(5).contains("`no-such-fact`") && error(5).contains("column 8"), "{}", error(5));
    socket.stop().await;
}

#[tokio::test]
async fn a_last_line_without_its_end_is_answered_too() {
    let house = House::quiet();
    let socket = serve(&house);
    let path = socket.path.clone();
    let reply = spawn_blocking(move || {
        let mut stream = UnixStream::connect(path).unwrap();
        stream.write_all(b"{\"as\":\"noc\",\"query\":\"standing\"}").unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut reply = String::new();
        BufReader::new(stream).read_line(&mut reply).unwrap();
        reply
    });
    assert_eq!(reply.await.unwrap(), "{\"ok\":{\"asked-by\":\"noc\"}}\n");
    socket.stop().await;
}

#[tokio::test]
async fn a_stale_socket_is_replaced_and_a_living_one_is_not() {
    let house = House::quiet();
    let path = house.folder.path().join("control");
    let nobody = ask(&path, &json!({})).unwrap_err();
    let words = format!(
        "no sekisho runs on this data folder ({}); start it with `sekisho up`",
        path.display()
    );
    assert_eq!(nobody.to_string(), words);
    drop(UnixListener::bind(&path).unwrap());
    assert_eq!(ask(&path, &json!({})).unwrap_err().to_string(), words);
    let socket = serve(&house);
    let second = Control::bind(&path).unwrap_err();
    assert!(matches!(second, SocketError::InUse(_)), "{second}");
    assert!(second.to_string().contains("already answers"));
    socket.ask(json!({ "as": "noc", "query": "standing" })).await.unwrap();
    socket.stop().await;
}

#[tokio::test]
async fn what_is_not_a_socket_is_left_alone() {
    let house = House::quiet();
    let path = house.folder.path().join("precious");
    std::fs::write(&path, "a file").unwrap();
    let refused = Control::bind(&path).unwrap_err();
    assert!(matches!(refused, SocketError::NotASocket(_)), "{refused}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "a file");
    let nowhere = Control::bind(&house.folder.path().join("no/such/folder")).unwrap_err();
    assert!(nowhere.to_string().starts_with("cannot make a folder for the control socket"));
}
