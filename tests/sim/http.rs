//! An OCP stand-in, and requests with its logins.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use obdeck::sim::{Clock, Ocp, Options};
use serde_json::Value;

use super::raw::{self, Got};

/// A stand-in with a clock moved by hand, in a runtime of its own thread.
pub(super) struct Desk {
    pub(super) sim: Ocp,
    _runtime: tokio::runtime::Runtime,
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
        raw::parse(&self.exchange(method, path, headers, body))
    }

    /// What came back, byte for byte, until the connection ended.
    pub(super) fn exchange(&self, method: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
        let kind = if headers.to_lowercase().contains("content-type:") {
            ""
        } else {
            "Content-Type: application/json\r\n"
        };
        raw::exchange(self.sim.address(), method, path, &format!("{kind}{headers}"), body).unwrap()
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
