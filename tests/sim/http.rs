//! The smallest HTTP client that serves: bytes out, bytes in, no pool, no retry.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use obdeck::sim::{Clock, Ocp, Options};
use serde_json::Value;

/// Wide deadline against hanging; no test waits for it.
const PATIENCE: Duration = Duration::from_secs(20);

/// A stand-in with a clock moved by hand, in a runtime of its own thread.
pub(super) struct Desk {
    pub(super) sim: Ocp,
    _runtime: tokio::runtime::Runtime,
}

/// An answer as read from the socket.
#[derive(Debug, Clone)]
pub(super) struct Got {
    pub(super) status: u16,
    pub(super) headers: String,
    pub(super) body: String,
}

impl Got {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }

    pub(super) fn data(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.json()["data"].clone()
    }

    pub(super) fn code(&self) -> (u16, i64) {
        (self.status, self.json()["error"]["code"].as_i64().unwrap())
    }
}

impl Desk {
    pub(super) fn calm() -> Desk {
        Desk::open(Options { clock: Some(Clock::manual()), ..Options::default() })
    }

    pub(super) fn scenario(name: &str) -> Desk {
        Desk::open(Options { scenario: name.to_owned(), clock: Some(Clock::manual()), ..Options::default() })
    }

    pub(super) fn open(options: Options) -> Desk {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let sim = runtime.block_on(Ocp::serve(options)).unwrap();
        Desk { sim, _runtime: runtime }
    }

    pub(super) fn pass(&self, seconds: u64) {
        self.sim.clock().advance(Duration::from_secs(seconds));
    }

    pub(super) fn basic(&self, user: &str) -> String {
        let c = self.sim.user(user).unwrap();
        format!("Authorization: Basic {}\r\n", STANDARD.encode(format!("{}:{}", c.username, c.password)))
    }

    pub(super) fn get(&self, path: &str) -> Got {
        self.send("GET", path, &self.basic("admin"), "").unwrap()
    }

    pub(super) fn post(&self, path: &str, body: &str) -> Got {
        self.send("POST", path, &self.basic("admin"), body).unwrap()
    }

    /// `None`: the connection ended without a whole answer.
    pub(super) fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> Option<Got> {
        parse(&self.exchange(method, path, headers, body))
    }

    /// What came back, byte for byte, until the connection ended.
    pub(super) fn exchange(&self, method: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.sim.address()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let kind = if headers.to_lowercase().contains("content-type:") {
            ""
        } else {
            "Content-Type: application/json\r\n"
        };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{kind}{headers}Content-Length: {}\r\n\r\n{body}",
            self.sim.address(),
            body.len()
        );
        let mut raw = Vec::new();
        // A reset while writing or reading is an answer too: nothing, or a part.
        let _ = stream.write_all(request.as_bytes());
        let _ = stream.read_to_end(&mut raw);
        raw
    }

    pub(super) fn rows(&self, path: &str) -> Vec<Value> {
        self.get(path).data()["contents"].as_array().unwrap().clone()
    }

    /// Path of the cluster with this name.
    pub(super) fn cluster(&self, name: &str) -> String {
        let rows = self.rows("/api/v2/ob/clusters?size=2000");
        let id = rows.iter().find(|c| c["name"] == name).unwrap()["id"].clone();
        format!("/api/v2/ob/clusters/{id}")
    }
}

fn parse(raw: &[u8]) -> Option<Got> {
    let text = String::from_utf8_lossy(raw).into_owned();
    let (headers, body) = text.split_once("\r\n\r\n")?;
    let status = headers.split(' ').nth(1)?.parse().ok()?;
    let length =
        headers.lines().find_map(|l| l.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
    let whole = length.and_then(|l| l.parse().ok()).is_none_or(|l: usize| l == body.len());
    whole.then(|| Got { status, headers: headers.to_owned(), body: body.to_owned() })
}
