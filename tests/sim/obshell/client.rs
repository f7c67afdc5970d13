//! The smallest v2 client that serves: its own sealing, one connection for each request.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockDecryptMut, BlockEncryptMut, KeyIvInit};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use obdeck::sim::Clock;
use obdeck::sim::obshell::{Identity, Obshell, Options};
use rand_core::{OsRng, RngCore};
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Encrypt, RsaPublicKey};
use serde_json::{Value, json};

use super::super::raw::{self, Got};

pub(super) struct Desk {
    pub(super) sim: Obshell,
    pub(super) runtime: tokio::runtime::Runtime,
    /// Where the first agent has its socket, if it has one.
    pub(super) socket: Option<tempfile::TempDir>,
}

/// Its name in there.
pub(super) const SOCKET: &str = "obshell.sock";

/// What is put into a request; every member may be made wrong.
#[derive(Clone)]
pub(super) struct Sealing {
    pub(super) header: &'static str,
    pub(super) auth: String,
    pub(super) ts: String,
    pub(super) uri: Option<String>,
    pub(super) with_keys: bool,
    pub(super) session: Option<String>,
    pub(super) plain_body: bool,
    pub(super) extra: Vec<(String, String)>,
}

pub(super) fn keys(key: [u8; 16], iv: [u8; 16]) -> String {
    STANDARD.encode([key, iv].concat())
}

pub(super) fn seal_body(key: [u8; 16], iv: [u8; 16], clear: &[u8]) -> String {
    let cipher = cbc::Encryptor::<aes::Aes128>::new(&key.into(), &iv.into());
    STANDARD.encode(cipher.encrypt_padded_vec_mut::<Pkcs7>(clear))
}

pub(super) fn open_body(key: [u8; 16], iv: [u8; 16], sealed: &str) -> Vec<u8> {
    let cipher = cbc::Decryptor::<aes::Aes128>::new(&key.into(), &iv.into());
    cipher.decrypt_padded_vec_mut::<Pkcs7>(&STANDARD.decode(sealed).unwrap()).unwrap()
}

pub(super) fn seal_header(public: &RsaPublicKey, clear: &[u8]) -> String {
    let blocks = clear.chunks(public.size() - 11);
    let sealed: Vec<u8> =
        blocks.flat_map(|part| public.encrypt(&mut OsRng, Pkcs1v15Encrypt, part).unwrap()).collect();
    STANDARD.encode(sealed)
}

impl Desk {
    pub(super) fn edge() -> Desk {
        Desk::with(Options::default())
    }

    pub(super) fn single() -> Desk {
        Desk::with(Options { identity: Identity::Single, ..Options::default() })
    }

    pub(super) fn single_behind_a_socket() -> Desk {
        let home = tempfile::tempdir().unwrap();
        let socket = Some(home.path().join(SOCKET));
        let desk = Desk::with(Options { identity: Identity::Single, socket, ..Options::default() });
        Desk { socket: Some(home), ..desk }
    }

    pub(super) fn with(options: Options) -> Desk {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let options = Options { clock: Some(Clock::manual()), ..options };
        let sim = runtime.block_on(Obshell::serve(options)).unwrap();
        Desk { sim, runtime, socket: None }
    }

    pub(super) fn pass_ms(&self, ms: u64) {
        self.sim.clock().advance(Duration::from_millis(ms));
    }

    pub(super) fn down(&self, agent: usize) {
        assert!(self.runtime.block_on(self.sim.agent_down(agent)));
    }

    pub(super) fn up(&self, agent: usize) {
        assert!(self.runtime.block_on(self.sim.agent_up(agent)).unwrap());
    }

    /// Address of an agent, as it names itself.
    pub(super) fn name(&self, agent: usize) -> String {
        self.sim.addresses()[agent].to_string()
    }

    pub(super) fn sealing(&self) -> Sealing {
        Sealing {
            header: "X-OCS-Header",
            auth: self.sim.password().to_owned(),
            ts: (self.sim.clock().wall() / 1000 + 60).to_string(),
            uri: None,
            with_keys: true,
            session: None,
            plain_body: false,
            extra: Vec::new(),
        }
    }

    pub(super) fn public(&self, agent: usize) -> RsaPublicKey {
        let text = self.plain(agent, "GET", "/api/v1/secret", "", "").data()["public_key"].clone();
        RsaPublicKey::from_pkcs1_der(&STANDARD.decode(text.as_str().unwrap()).unwrap()).unwrap()
    }

    pub(super) fn get(&self, path: &str) -> Got {
        self.ask(0, "GET", path, None, &self.sealing())
    }

    pub(super) fn get_at(&self, agent: usize, path: &str) -> Got {
        self.ask(agent, "GET", path, None, &self.sealing())
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Got {
        self.ask(0, "POST", path, Some(body.to_string().as_bytes()), &self.sealing())
    }

    pub(super) fn post_at(&self, agent: usize, path: &str, body: &Value) -> Got {
        self.ask(agent, "POST", path, Some(body.to_string().as_bytes()), &self.sealing())
    }

    pub(super) fn ask(
        &self,
        agent: usize,
        method: &str,
        path: &str,
        body: Option<&[u8]>,
        how: &Sealing,
    ) -> Got {
        self.ask_sealed(agent, method, path, body, how).0
    }

    /// The answer, and the key and IV that it may be sealed with.
    pub(super) fn ask_sealed(
        &self,
        agent: usize,
        method: &str,
        path: &str,
        body: Option<&[u8]>,
        how: &Sealing,
    ) -> (Got, [u8; 16], [u8; 16]) {
        let (mut key, mut iv) = ([0; 16], [0; 16]);
        OsRng.fill_bytes(&mut key);
        OsRng.fill_bytes(&mut iv);
        let mut clear = json!({
            "auth": how.auth,
            "ts": how.ts,
            "uri": how.uri.clone().unwrap_or_else(|| path.to_owned()),
        });
        if how.with_keys {
            clear["keys"] = json!(keys(key, iv));
        }
        if let Some(session) = &how.session {
            clear["session_id"] = json!(session);
        }
        let header = seal_header(&self.public(agent), clear.to_string().as_bytes());
        let mut headers = format!("{}: {header}\r\nContent-Type: application/json\r\n", how.header);
        for (name, value) in &how.extra {
            let _ = write!(headers, "{name}: {value}\r\n");
        }
        let body = match body {
            Some(body) if how.plain_body => String::from_utf8_lossy(body).into_owned(),
            Some(body) => seal_body(key, iv, body),
            None => String::new(),
        };
        (self.plain(agent, method, path, &headers, &body), key, iv)
    }

    pub(super) fn plain(&self, agent: usize, method: &str, path: &str, headers: &str, body: &str) -> Got {
        exchange(self.sim.addresses()[agent], method, path, headers, body).unwrap()
    }

    /// A DAG's detail, asked at the first agent.
    pub(super) fn dag(&self, id: &Value) -> Value {
        self.get(&format!("/api/v1/task/dag/{}", id.as_str().unwrap())).data()
    }

    /// Lets time pass until the DAG is over.
    pub(super) fn finish(&self, id: &Value) -> Value {
        for _ in 0..4000 {
            let dag = self.dag(id);
            if dag["state"] == "SUCCEED" || dag["state"] == "FAILED" {
                return dag;
            }
            self.pass_ms(1000);
        }
        panic!("{id} does not end");
    }

    pub(super) fn zones(&self) -> Vec<Value> {
        self.get("/api/v1/obcluster/info").data()["zones"].as_array().unwrap().clone()
    }

    /// Statuses of the zones' only servers.
    pub(super) fn servers(&self) -> Vec<String> {
        self.zones().iter().map(|z| z["servers"][0]["status"].as_str().unwrap().to_owned()).collect()
    }
}

/// `None`: the connection was refused, or ended without a whole answer.
pub(super) fn exchange(at: SocketAddr, method: &str, path: &str, headers: &str, body: &str) -> Option<Got> {
    let got = raw::parse(&raw::exchange(at, method, path, headers, body)?)?;
    Some(Got { headers: got.headers.to_lowercase(), ..got })
}
