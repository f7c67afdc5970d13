//! The smallest HTTP client that serves: bytes out, bytes in, one connection for each request, no retry.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

/// Wide deadline against hanging; no test waits for it.
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer as read from the socket.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: String,
    pub(crate) body: String,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }

    pub(crate) fn data(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.json()["data"].clone()
    }

    /// Status and OCP's code.
    pub(crate) fn code(&self) -> (u16, i64) {
        (self.status, self.json()["error"]["code"].as_i64().unwrap())
    }

    /// Status and OBShell's `errCode`.
    pub(crate) fn err(&self) -> (u16, String) {
        (self.status, self.json()["error"]["errCode"].as_str().unwrap_or_default().to_owned())
    }
}

/// What came back, byte for byte, until the connection ended; `None` where there was none.
pub(crate) fn exchange(
    at: SocketAddr,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> Option<Vec<u8>> {
    let stream = TcpStream::connect(at).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    Some(talk(stream, &at.to_string(), method, path, headers, body))
}

/// The same through a unix socket.
pub(crate) fn through(socket: &Path, method: &str, path: &str, body: &str) -> Option<Got> {
    let stream = UnixStream::connect(socket).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    parse(&talk(stream, "localhost", method, path, "Content-Type: application/json\r\n", body))
}

fn talk(
    mut stream: impl Read + Write,
    host: &str,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> Vec<u8> {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut raw = Vec::new();
    // A reset while writing or reading is an answer too: nothing, or a part.
    let _ = stream.write_all(request.as_bytes());
    let _ = stream.read_to_end(&mut raw);
    raw
}

/// A whole answer; `None` where the connection ended before its end.
pub(crate) fn parse(raw: &[u8]) -> Option<Got> {
    let text = String::from_utf8_lossy(raw).into_owned();
    let (headers, body) = text.split_once("\r\n\r\n")?;
    let status = headers.split(' ').nth(1)?.parse().ok()?;
    let length =
        headers.lines().find_map(|l| l.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
    let whole = length.and_then(|l| l.parse().ok()).is_none_or(|l: usize| l == body.len());
    whole.then(|| Got { status, headers: headers.to_owned(), body: body.to_owned() })
}
