//! Who is let in (ocp-api 1), and how often (2.3).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use obdeck::sim::faults::RateLimit;

use super::http::Desk;
use super::raw::Got;

const LIST: &str = "/api/v2/ob/clusters";
/// The hand-moved clock's start, as a header.
const NOW: &str = "Sat, 21 Nov 2026 02:00:00 GMT";

fn wrong(user: &str) -> String {
    format!("Authorization: Basic {}\r\n", STANDARD.encode(format!("{user}:wrong")))
}

fn get(desk: &Desk, headers: &str) -> Got {
    desk.send("GET", LIST, headers, "").unwrap()
}

/// A GET of the list without query, signed by hand.
fn signed(desk: &Desk, user: &str, date: &str) -> String {
    let c = desk.sim.user(user).unwrap();
    let message = format!("GET\n\napplication/json\n{date}\n{}\n\n{LIST}", desk.sim.address());
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(c.access_key_secret.as_bytes()).unwrap();
    mac.update(message.as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    format!("Authorization: OCP-ACCESS-KEY-HMACSHA1 {}:{signature}\r\nDate: {date}\r\n", c.access_key_id)
}

#[test]
fn wrong_and_missing_credentials_get_401_in_an_envelope() {
    let desk = Desk::calm();
    for headers in [String::new(), wrong("admin"), wrong("nobody"), "Authorization: Bearer x\r\n".to_owned()]
    {
        let got = get(&desk, &headers);
        assert_eq!(got.code(), (401, 0), "{headers}");
        assert_eq!(got.json()["successful"], false);
        assert!(got.json()["error"]["debugMessage"].is_string());
    }
}

#[test]
fn a_signature_counts_only_within_fifteen_minutes_of_the_server() {
    let desk = Desk::calm();
    assert_eq!(get(&desk, &signed(&desk, "admin", NOW)).status, 200);
    assert_eq!(get(&desk, &signed(&desk, "admin", NOW).replace("02:00", "02:01")).status, 401, "altered");
    desk.pass(14 * 60 + 59);
    assert_eq!(get(&desk, &signed(&desk, "admin", NOW)).status, 200);
    desk.pass(1);
    assert_eq!(get(&desk, &signed(&desk, "admin", NOW)).status, 401);
    desk.sim.faults().set_skew(-900);
    assert_eq!(get(&desk, &signed(&desk, "admin", NOW)).status, 200, "the server's clock is behind");
    let time = desk.send("GET", "/api/v2/time", "", "").unwrap();
    assert_eq!((time.status, time.body.as_str()), (200, "2026-11-21T10:00:00+08:00"));
}

#[test]
fn a_user_who_fails_too_often_is_locked_and_so_is_the_address() {
    let desk = Desk::calm();
    for _ in 0..19 {
        assert_eq!(get(&desk, &wrong("admin")).code(), (401, 0));
    }
    assert_eq!(get(&desk, &desk.basic("admin")).status, 200, "a success forgives");
    for _ in 0..20 {
        assert_eq!(get(&desk, &wrong("admin")).code(), (401, 0));
    }
    assert_eq!(get(&desk, &desk.basic("admin")).code(), (401, 3014));
    assert_eq!(get(&desk, &desk.basic("viewer")).code(), (401, 3014), "the address, whoever asks");
    assert_eq!(desk.send("GET", "/api/v2/time", "", "").unwrap().status, 200);
    desk.pass(10 * 60);
    assert_eq!(get(&desk, &desk.basic("viewer")).status, 200);
    assert_eq!(get(&desk, &desk.basic("admin")).code(), (401, 3006), "the user for longer");
    desk.pass(20 * 60);
    assert_eq!(get(&desk, &desk.basic("admin")).status, 200);
}

#[test]
fn rights_differ_by_user() {
    let desk = Desk::scenario("incident");
    let failed = desk.rows("/api/v2/tasks/instances?status=FAILED")[0]["id"].clone();
    let retry = format!("/api/v2/tasks/instances/{failed}/retry");
    let stop = format!("{}/zones/zone1/stop", desk.cluster("trade12"));
    let send = |user: &str, path: &str| desk.send("POST", path, &desk.basic(user), "").unwrap();
    for user in ["viewer", "oncall"] {
        assert_eq!(get(&desk, &desk.basic(user)).status, 200);
        assert_eq!(send(user, &retry).code(), (403, 3100));
    }
    assert_eq!(send("viewer", &stop).code(), (403, 3100));
    assert_eq!(send("oncall", &stop).status, 409, "may, but the down OBServer's tenants need the zone");
    assert_eq!(send("admin", &retry).status, 200);
}

#[test]
fn secrets_differ_by_user_kind_and_seed() {
    let desk = Desk::calm();
    let mut all = Vec::new();
    for user in ["admin", "oncall", "viewer"] {
        let c = desk.sim.user(user).unwrap();
        all.extend([c.password, c.access_key_id, c.access_key_secret]);
    }
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 9);
    assert!(!format!("{:?}", desk.sim.user("admin")).contains(desk.sim.password()));
}

#[test]
fn a_rate_limit_is_told_in_headers_and_ends_in_429_until_the_next_window() {
    let desk = Desk::calm();
    assert!(!get(&desk, &desk.basic("admin")).headers.contains("ratelimit"));
    desk.sim.faults().set_rate_limit(Some(RateLimit { limit: 2, window_s: 60 }));
    desk.pass(45);
    let first = get(&desk, &desk.basic("admin"));
    assert!(first.headers.contains("ratelimit-limit: 2") && first.headers.contains("ratelimit-remaining: 1"));
    assert!(first.headers.contains("ratelimit-reset: 15"), "{}", first.headers);
    assert_eq!(get(&desk, &desk.basic("admin")).status, 200);
    let over = get(&desk, &desk.basic("admin"));
    assert_eq!(over.code(), (429, 0));
    assert_eq!(over.json()["traceId"], "");
    assert!(over.headers.contains("ratelimit-remaining: 0"));
    assert_eq!(get(&desk, &desk.basic("viewer")).status, 200, "counted for each user");
    desk.pass(15);
    assert_eq!(get(&desk, &desk.basic("admin")).status, 200);
}
