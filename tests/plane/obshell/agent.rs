//! An agent below HTTP: it has a key, opens what is sealed for it, and does what a test tells it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cbc::cipher::{BlockDecryptMut as _, KeyIvInit as _, block_padding::Pkcs7};
use obdeck::domain::action::{Action, ClusterAction, Force, Scope, Verb};
use obdeck::domain::id::{ClusterId, ClusterRef, ProfileName, ServerId, ZoneName};
use obdeck::domain::secret::Secret;
use obdeck::domain::shown::Text;
use obdeck::domain::time::Span;
use obdeck::plane::obshell::{Obshell, ObshellProfile};
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::traits::PublicKeyParts as _;
use rsa::{Pkcs1v15Encrypt, RsaPrivateKey};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::server::{Act, Seen, Server, now, ok};

pub(in crate::plane) const PASSWORD: &str = "canary-4711";

/// Public and private key of both vectors: 1024 and 512 bit.
pub(in crate::plane) fn keys() -> [(String, RsaPrivateKey); 2] {
    let text = include_str!("../../fixtures/obshell/crypto-vector.json");
    let file: serde_json::Value = serde_json::from_str(text).unwrap();
    [0, 1].map(|ix| {
        let rsa = &file["vectors"][ix]["rsa"];
        let der = BASE64.decode(rsa["private_key_test_only"].as_str().unwrap()).unwrap();
        (rsa["public_key"].as_str().unwrap().to_owned(), RsaPrivateKey::from_pkcs1_der(&der).unwrap())
    })
}

/// A request as the agent understands it.
#[derive(Debug, Clone)]
pub(in crate::plane) struct Opened {
    pub(in crate::plane) seen: Seen,
    /// The header's JSON; null where it could not be opened.
    pub(in crate::plane) header: serde_json::Value,
    /// The body after opening.
    pub(in crate::plane) body: String,
}

/// Opens a request; `None` where it was sealed for another key.
pub(in crate::plane) fn open(key: &RsaPrivateKey, seen: &Seen) -> Option<Opened> {
    let value = seen.header("x-ocs-header").or_else(|| seen.header("x-ocs-agent-header"));
    let sealed = BASE64.decode(value.or_else(|| seen.header("x-ocs-auth"))?).ok()?;
    let mut json = Vec::new();
    for block in sealed.chunks(key.size()) {
        json.extend(key.decrypt(Pkcs1v15Encrypt, block).ok()?);
    }
    let header: serde_json::Value = serde_json::from_slice(&json).ok()?;
    let body = match header["keys"].as_str() {
        Some(keys) if !seen.body.is_empty() => {
            let both = BASE64.decode(keys).unwrap();
            let sealed = BASE64.decode(&seen.body).unwrap();
            let cipher = cbc::Decryptor::<aes::Aes128>::new_from_slices(&both[..16], &both[16..]).unwrap();
            cipher.decrypt_padded_vec_mut::<Pkcs7>(&sealed).unwrap()
        }
        _ => seen.body.clone(),
    };
    Some(Opened { seen: seen.clone(), header, body: String::from_utf8(body).unwrap() })
}

pub(in crate::plane) const INFO: &str =
    r#"{"version":"4.5.0.0-0","identity":"CLUSTER AGENT","supportedAuth":["v2"],"security":false}"#;
pub(in crate::plane) const DECRYPT_FAILED: &str = r#"{"successful":false,"status":401,"traceId":"","error":{"code":1,"errCode":"Security.Authentication.Header.DecryptFailed","message":"Decrypt http header failed: crypto/rsa: decryption error"}}"#;

/// An agent with the 1024-bit key that announces v2; `script` is given what it could open.
pub(in crate::plane) fn agent(script: impl Fn(&Opened, usize) -> Act + Send + Sync + 'static) -> Server {
    agent_with(0, INFO, script)
}

/// The same with a key of choice and an info of choice.
pub(in crate::plane) fn agent_with(
    key: usize,
    info: &'static str,
    script: impl Fn(&Opened, usize) -> Act + Send + Sync + 'static,
) -> Server {
    let (public, private) = keys()[key].clone();
    let count = AtomicUsize::new(0);
    Server::start(move |seen, _| match seen.path() {
        "/api/v1/secret" => ok(&format!(r#"{{"ip":"127.0.0.1","port":2886,"public_key":"{public}"}}"#)),
        "/api/v1/info" => ok(info),
        _ => match open(&private, seen) {
            Some(opened) => script(&opened, count.fetch_add(1, Ordering::AcqRel)),
            // Needs no header; agents under test know nothing beyond what their script says.
            None if seen.path() == "/api/v1/status" => refuse(404, "Common.NotFound"),
            None => super::super::server::json(401, DECRYPT_FAILED),
        },
    })
}

/// Requests but those that ask for key and info.
pub(in crate::plane) fn sealed(server: &Server) -> Vec<Seen> {
    let open = ["/api/v1/secret", "/api/v1/info"];
    server.seen().into_iter().filter(|s| !open.contains(&s.path())).collect()
}

/// What the agent opened of the one action it got.
pub(in crate::plane) fn action_of(server: &Server) -> Opened {
    let posts = server.posts();
    assert_eq!(posts.len(), 1, "{posts:?}");
    open(&keys()[0].1, &posts[0]).unwrap()
}

/// An envelope that says no.
pub(in crate::plane) fn refuse(status: u16, code: &str) -> Act {
    super::super::server::json(
        status,
        &format!(
            r#"{{"successful":false,"status":{status},"traceId":"0bc49000675d41af","error":{{"errCode":"{code}","message":"words of {code}"}}}}"#
        ),
    )
}

/// What an agent says of a task whose owner is down: its transport's words (obshell-api 4.1).
pub(super) fn owner_away() -> Act {
    super::super::server::json(
        500,
        r#"{"successful":false,"status":500,"traceId":"0bc49000675d41af","error":{"errCode":"Common.Unexpected",
        "message":"Get \"http://127.0.0.2:2886/rpc/v1/task\": dial tcp 127.0.0.2:2886: connect: connection refused"}}"#,
    )
}

pub(in crate::plane) fn profile(url: &str) -> ObshellProfile {
    ObshellProfile::new(ProfileName::new("test"), url.to_owned(), Secret::new(PASSWORD.to_owned()))
}

pub(in crate::plane) fn connect(profile: ObshellProfile) -> Obshell {
    Obshell::connect(profile, Arc::new(now)).unwrap()
}

pub(in crate::plane) fn client(server: &Server) -> Obshell {
    connect(profile(&server.url()))
}

/// A client whose limits are short enough for tests that wait them out.
pub(in crate::plane) fn impatient(url: &str) -> ObshellProfile {
    ObshellProfile {
        read_timeout: Span::from_millis(1500),
        action_timeout: Span::from_millis(1500),
        ..profile(url)
    }
}

pub(in crate::plane) fn order(verb: Verb, scope: Scope, force: Force) -> Action {
    Action::Cluster(ClusterAction {
        verb,
        cluster: ClusterRef { profile: ProfileName::new("test"), id: ClusterId::new("1") },
        cluster_name: Text::new("obdeck"),
        scope,
        force,
    })
}

pub(in crate::plane) fn zone() -> Scope {
    Scope::Zone(ZoneName::new("zone2"))
}

pub(in crate::plane) fn server() -> Scope {
    Scope::Server {
        id: ServerId::new("127.0.0.2:2886"),
        address: Text::new("127.0.0.2:2882"),
        zone: ZoneName::new("zone2"),
    }
}

/// A main DAG as an agent answers a stop with.
pub(in crate::plane) const DAG: &str = r#"{"id":"221307064330288636","dag_id":36,"name":"Stop OB","stage":1,"max_stage":5,"maintenance_type":1,
  "maintenance_key":"","state":"READY","operator":"RUN","start_time":"2026-11-21T02:58:52.571690561Z",
  "end_time":"2026-11-21T02:58:52.571690561Z","additional_data":null,"nodes":null}"#;
