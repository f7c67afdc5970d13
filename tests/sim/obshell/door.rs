//! Who gets in, and what the others are told (obshell-api 3 and 4).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use obdeck::sim::obshell::{Options, Protection};
use rsa::pkcs1::{DecodeRsaPrivateKey, DecodeRsaPublicKey};
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Encrypt, RsaPrivateKey, RsaPublicKey};
use serde_json::{Value, json};

use super::client::{Desk, Sealing, keys, open_body, seal_body, seal_header};

const INFO: &str = "/api/v1/ob/info";

fn err(desk: &Desk, change: impl FnOnce(&mut Sealing)) -> (u16, String) {
    let mut how = desk.sealing();
    change(&mut how);
    desk.ask(0, "GET", INFO, None, &how).err()
}

fn is(got: (u16, String), status: u16, err: &str) {
    assert_eq!(got, (status, err.to_owned()));
}

#[test]
fn without_a_header_only_five_paths_answer() {
    let desk = Desk::edge();
    for path in ["status", "info", "secret", "time", "git-info"] {
        assert_eq!(desk.plain(0, "GET", &format!("/api/v1/{path}"), "", "").status, 200, "{path}");
    }
    assert_eq!(desk.plain(0, "POST", "/api/v1/status", "", "").status, 200);
    is(desk.plain(0, "GET", INFO, "", "").err(), 400, "Request.Header.NotFound");
    let body = desk.plain(0, "GET", INFO, "", "").json();
    assert!(body.get("data").is_none() && body["error"].get("code").is_none(), "{body}");
}

#[test]
fn each_agent_has_a_key_of_1024_bits_in_pkcs1_form() {
    let desk = Desk::edge();
    let keys: Vec<RsaPublicKey> = (0..3).map(|agent| desk.public(agent)).collect();
    assert!(keys.iter().all(|k| k.size() == 128), "{keys:?}");
    assert!(keys[0] != keys[1] && keys[1] != keys[2]);
    let old = Desk::with(Options { key_bits: 512, ..Options::default() });
    assert_eq!(old.public(0).size(), 64);
    assert_eq!(old.get(INFO).status, 200);
}

#[test]
fn what_cannot_be_opened_is_told_from_what_may_not_pass() {
    let desk = Desk::edge();
    let sealed = |header: &str| desk.plain(0, "GET", INFO, &format!("X-OCS-Header: {header}\r\n"), "");
    for bad in
        ["AAAA", "not base64!", &seal_header(&desk.public(1), b"{}"), &seal_header(&desk.public(0), b"x")]
    {
        let got = sealed(bad);
        is(got.err(), 401, "Security.Authentication.Header.DecryptFailed");
        assert_eq!(
            (got.json()["error"]["code"].clone(), got.json()["traceId"].clone()),
            (json!(1), json!(""))
        );
        assert!(got.headers.contains("application/json; charset=utf-8"), "{}", got.headers);
    }
    is(
        err(&desk, |h| h.uri = Some("/api/v1/ob/other".into())),
        401,
        "Security.Authentication.Header.UriMismatch",
    );
    is(err(&desk, |h| h.auth = "wrong".into()), 401, "Security.Authentication.IncorrectOceanbasePassword");
    is(err(&desk, |h| h.auth = String::new()), 401, "Security.Authentication.IncorrectOceanbasePassword");
    is(err(&desk, |h| h.ts = "1000".into()), 401, "Security.Authentication.Expired");
    is(err(&desk, |h| h.ts = "soon".into()), 401, "Security.Authentication.Timestamp.Invalid");
    assert_eq!(err(&desk, |h| h.ts = "9999999999".into()).0, 200);
    is(err(&desk, |h| h.header = "X-OCS-Auth"), 400, "Request.Header.NotFound");
    is(err(&desk, |h| h.header = "X-OCS-Agent-Header"), 401, "Security.Authentication.WithOceanBasePassword");
}

#[test]
fn the_uri_in_the_header_carries_the_query() {
    let desk = Desk::edge();
    let path = "/api/v1/task/dag/unfinish?show_details=false";
    assert_eq!(desk.get(path).data(), json!({ "contents": null }));
    let short = Sealing { uri: Some("/api/v1/task/dag/unfinish".into()), ..desk.sealing() };
    is(desk.ask(0, "GET", path, None, &short).err(), 401, "Security.Authentication.Header.UriMismatch");
}

#[test]
fn a_body_is_opened_before_the_password_is_looked_at() {
    let desk = Desk::edge();
    let stop = "/api/v1/ob/stop";
    let body = json!({ "scope": { "type": "GLOBAL" }, "force": true }).to_string();
    let wrong = Sealing { auth: "wrong".into(), ..desk.sealing() };
    let no_keys = Sealing { with_keys: false, ..wrong.clone() };
    is(
        desk.ask(0, "POST", stop, Some(body.as_bytes()), &no_keys).err(),
        500,
        "Request.Body.Decrypt.AES.KeyAndIv.Invalid",
    );
    let plain = Sealing { plain_body: true, ..wrong.clone() };
    is(
        desk.ask(0, "POST", stop, Some(b"AAAA"), &plain).err(),
        500,
        "Request.Body.Decrypt.AES.ContentLength.Invalid",
    );
    let crash = desk.ask(0, "POST", stop, Some(body.as_bytes()), &plain);
    is(crash.err(), 500, "Common.Unexpected");
    assert_eq!(crash.json()["traceId"], "");
    // The crash handler tells the agent's start.
    assert!(crash.json()["timestamp"].as_str().unwrap() < "2026-11-20", "{}", crash.body);
    let got = desk.ask(0, "POST", stop, Some(body.as_bytes()), &wrong);
    is(got.err(), 401, "Security.Authentication.IncorrectOceanbasePassword");
    let seen = desk.sim.arrivals();
    assert_eq!(seen.last().unwrap().body_clear.as_deref(), Some(body.as_bytes()));
}

#[test]
fn a_fresh_agent_looks_at_neither_password_nor_time_and_may_not_stop() {
    let desk = Desk::single();
    assert_eq!(err(&desk, |h| h.auth = "whatever".into()).0, 200);
    assert_eq!(err(&desk, |h| h.ts = "1000".into()).0, 200);
    is(err(&desk, |h| h.uri = Some("/x".into())), 401, "Security.Authentication.Header.UriMismatch");
    let stop = |zh: bool| {
        let mut how = desk.sealing();
        if zh {
            how.extra.push(("Accept-Language".into(), "zh-CN".into()));
        }
        desk.ask(0, "POST", "/api/v1/ob/stop", Some(br#"{"scope":{"type":"global"},"force":true}"#), &how)
    };
    is(stop(false).err(), 400, "Agent.Identify.NotSupportOperation");
    assert!(stop(true).body.contains("身份是"));
    is(desk.get("/api/v1/obcluster/info").err(), 400, "Agent.Identify.NotSupportOperation");
    is(
        desk.post("/api/v1/ob/start", &json!({ "scope": { "type": "GLOBAL" } })).err(),
        400,
        "OB.Cluster.NotInitialized",
    );
    assert_eq!(desk.get("/api/v1/task/dag/unfinish").data(), json!({ "contents": [] }));
    assert_eq!(desk.get("/api/v1/task/dags/ob").status, 500);
}

#[test]
fn a_session_stands_for_the_password_at_its_own_agent_until_logout() {
    let desk = Desk::edge();
    let (login, key, iv) = desk.ask_sealed(0, "POST", "/api/v1/login", None, &desk.sealing());
    let id = String::from_utf8(open_body(key, iv, login.data().as_str().unwrap())).unwrap();
    assert_eq!(id.len(), 64);
    let with = |agent: usize| {
        let how = Sealing { auth: String::new(), session: Some(id.clone()), ..desk.sealing() };
        desk.ask(agent, "GET", INFO, None, &how)
    };
    assert_eq!(with(0).status, 200);
    is(with(1).err(), 401, "Security.Authentication.SessionInvalid");
    let body = json!({ "session_id": id });
    assert!(desk.post("/api/v1/logout", &body).json().get("data").is_none());
    is(with(0).err(), 401, "Security.Authentication.SessionInvalid");
}

#[test]
fn an_agent_password_opens_with_its_own_header_and_is_changed_only_by_it() {
    let desk = Desk::edge();
    assert_eq!(desk.post("/api/v1/agent/password", &json!({ "password": "agent_pw1" })).status, 200);
    let own = |pw: &str| Sealing { header: "X-OCS-Agent-Header", auth: pw.to_owned(), ..desk.sealing() };
    assert_eq!(desk.ask(0, "GET", INFO, None, &own("agent_pw1")).status, 200);
    is(
        desk.ask(0, "GET", INFO, None, &own("x")).err(),
        401,
        "Security.Authentication.IncorrectAgentPassword",
    );
    assert_eq!(desk.get(INFO).status, 200);
    is(
        desk.post("/api/v1/agent/password", &json!({ "password": "x" })).err(),
        401,
        "Security.Authentication.WithAgentPassword",
    );
    assert_eq!(desk.plain(0, "GET", "/api/v1/info", "", "").data()["security"], true);
}

#[test]
fn a_new_key_makes_the_old_headers_unreadable() {
    let desk = Desk::edge();
    let old = desk.public(0);
    desk.sim.change_key(0).unwrap();
    assert!(desk.public(0) != old);
    let header = seal_header(&old, b"{}");
    let got = desk.plain(0, "GET", INFO, &format!("X-OCS-Header: {header}\r\n"), "");
    is(got.err(), 401, "Security.Authentication.Header.DecryptFailed");
    assert_eq!(desk.get(INFO).status, 200);
}

#[test]
fn agents_of_the_first_kind_announce_nothing_and_take_the_body_in_clear() {
    let desk = Desk::with(Options { protection: Protection::V1, key_bits: 512, ..Options::default() });
    assert!(desk.plain(0, "GET", "/api/v1/info", "", "").data().get("supportedAuth").is_none());
    let ts = desk.sim.clock().wall() / 1000 + 60;
    let clear = json!({ "password": desk.sim.password(), "ts": ts }).to_string();
    let header = format!("X-OCS-Auth: {}\r\n", seal_header(&desk.public(0), clear.as_bytes()));
    assert_eq!(desk.plain(0, "GET", INFO, &header, "").status, 200);
    let body = r#"{"scope":{"type":"GLOBAL"},"force":true}"#;
    assert_eq!(desk.plain(0, "POST", "/api/v1/ob/stop", &header, body).data()["name"], "Stop OB");
}

#[test]
fn trace_ids_are_echoed_except_for_the_plain_status() {
    let desk = Desk::edge();
    let ask = |path: &str| {
        desk.plain(0, "GET", path, "X-OBSHELL-Trace-ID: obdeck-0001\r\n", "").json()["traceId"].clone()
    };
    assert_eq!(ask("/api/v1/info"), "obdeck-0001");
    assert_eq!(ask("/api/v1/status"), "");
    assert_eq!(ask("/api/v1/status?ob_query_timeout=1"), "obdeck-0001");
    let own = desk.plain(0, "GET", "/api/v1/info", "", "").json()["traceId"].clone();
    assert_eq!(own.as_str().unwrap().len(), 16);
}

#[test]
fn unknown_paths_are_a_page_outside_the_api_and_404_inside() {
    let desk = Desk::edge();
    let page = desk.plain(0, "GET", "/nope", "", "");
    assert!(page.status == 200 && page.headers.contains("text/html") && page.body.starts_with("<html>"));
    is(desk.get("/api/v1/nope").err(), 404, "Common.NotFound");
    is(desk.get("/api/v1/ob/stop").err(), 404, "Common.NotFound");
    desk.sim.crash_on("/ob/info", 1);
    is(desk.get(INFO).err(), 500, "Common.Unexpected");
    assert_eq!(desk.get(INFO).status, 200);
}

/// Holds this client's sealing, with which everything here is tested, against the worked numbers.
#[test]
fn the_worked_vectors_of_both_sizes_come_out() {
    let text = include_str!("../../fixtures/obshell/crypto-vector.json");
    let all: Value = serde_json::from_str(text).unwrap();
    let vectors = all["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 2);
    for vector in vectors {
        let at = |path: &str| vector.pointer(path).unwrap().as_str().unwrap();
        let bytes = |path: &str| STANDARD.decode(at(path)).unwrap();
        let hex = |path: &str| -> [u8; 16] {
            let digits = at(path);
            std::array::from_fn(|ix| u8::from_str_radix(&digits[2 * ix..2 * ix + 2], 16).unwrap())
        };
        let (key, iv) = (hex("/aes/key_hex"), hex("/aes/iv_hex"));
        assert_eq!(keys(key, iv), at("/aes/keys_base64"));
        let wire = at("/request/body_on_the_wire");
        assert_eq!(seal_body(key, iv, at("/request/body_plaintext").as_bytes()), wire);
        assert_eq!(open_body(key, iv, wire), at("/request/body_plaintext").as_bytes());
        let private = RsaPrivateKey::from_pkcs1_der(&bytes("/rsa/private_key_test_only")).unwrap();
        let open = |sealed: &[u8]| -> Vec<u8> {
            sealed.chunks(private.size()).flat_map(|b| private.decrypt(Pkcs1v15Encrypt, b).unwrap()).collect()
        };
        let clear = at("/header/plaintext_json").as_bytes();
        assert_eq!(open(&bytes("/header/value_on_the_wire")), clear);
        let public = RsaPublicKey::from_pkcs1_der(&bytes("/rsa/public_key")).unwrap();
        assert_eq!(open(&STANDARD.decode(seal_header(&public, clear)).unwrap()), clear);
    }
}
