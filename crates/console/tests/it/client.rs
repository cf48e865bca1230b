//! A browser that keeps nothing: one request a connection, over loopback.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer.
pub(crate) struct Answer {
    pub(crate) code: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// Fetches a page.
pub(crate) async fn get(server: SocketAddr, path: &str) -> Answer {
    send(server, &format!("GET {path} HTTP/1.1\r\n"), "").await
}

/// Fetches a page, wanting a language.
pub(crate) async fn get_in(server: SocketAddr, path: &str, accepts: &str) -> Answer {
    send(server, &format!("GET {path} HTTP/1.1\r\nAccept-Language: {accepts}\r\n"), "").await
}

/// Sends a form.
pub(crate) async fn post(server: SocketAddr, path: &str, form: &str) -> Answer {
    let head = format!(
        "POST {path} HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
        form.len()
    );
    send(server, &head, form).await
}

/// Sends a JSON document.
pub(crate) async fn post_json(server: SocketAddr, path: &str, document: &str) -> Answer {
    let length = document.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n"
    );
    send(server, &head, document).await
}

async fn send(server: SocketAddr, head: &str, body: &str) -> Answer {
    let mut stream = TcpStream::connect(server).await.unwrap();
    let request = format!("{head}Host: {server}\r\nConnection: close\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let code = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { code, head: head.to_owned(), body: body.to_owned() }
}
