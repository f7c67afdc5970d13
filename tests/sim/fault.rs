//! What the network does: each fault as a client sees it, and what the stand-in had done by then.

use std::time::Duration;

use obdeck::sim::faults::{Fault, What};

use super::http::Desk;

const STOP: &str = "/api/v2/ob/clusters/1000001/zones/zone3/stop";

fn running(desk: &Desk) -> usize {
    desk.rows("/api/v2/tasks/instances?status=RUNNING").len()
}

fn posts(desk: &Desk) -> usize {
    desk.sim.arrivals().iter().filter(|a| a.method == "POST").count()
}

/// Sends the stop through a fault; gives the bytes that came back.
fn stop_through(desk: &Desk, what: What) -> Vec<u8> {
    desk.sim.faults().add(Fault::new(what).on("POST", "/stop").once());
    desk.exchange("POST", STOP, &desk.basic("admin"), "")
}

#[test]
fn a02_an_answer_lost_leaves_no_byte_but_the_action_was_taken_once() {
    let desk = Desk::calm();
    assert_eq!(stop_through(&desk, What::AnswerLost), b"");
    assert_eq!((posts(&desk), running(&desk)), (1, 1));
}

#[test]
fn n08_a_reset_before_the_answer_leaves_nothing_done() {
    let desk = Desk::calm();
    assert_eq!(stop_through(&desk, What::Reset), b"");
    assert_eq!((posts(&desk), running(&desk)), (1, 0));
}

#[test]
fn a03_half_a_body_ends_where_the_headers_promised_more() {
    let desk = Desk::calm();
    let raw = String::from_utf8(stop_through(&desk, What::HalfBody)).unwrap();
    let (head, body) = raw.split_once("\r\n\r\n").unwrap();
    let promised: usize = head
        .to_lowercase()
        .lines()
        .find_map(|l| l.strip_prefix("content-length: ").map(str::to_owned))
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(body.len(), promised / 2);
    assert!(body.starts_with("{\"data\":"));
    assert_eq!(running(&desk), 1);
}

#[test]
fn n07_an_answer_is_cut_in_its_headers() {
    let desk = Desk::calm();
    assert_eq!(stop_through(&desk, What::CutAfter(15)), b"HTTP/1.1 200 OK");
    assert_eq!(running(&desk), 1);
}

#[test]
fn pages_redirects_and_gateways_answer_instead_and_nothing_is_done() {
    let desk = Desk::calm();
    for (what, status, word) in [
        (What::html(), "200", "text/html"),
        (What::redirect(307, "http://127.0.0.9:1/x"), "307", "location: http://127.0.0.9:1/x"),
        (What::gateway(502), "502", "text/html"),
    ] {
        let raw = String::from_utf8(stop_through(&desk, what)).unwrap();
        assert!(raw.starts_with(&format!("HTTP/1.1 {status}")) && raw.contains(word), "{raw}");
    }
    assert_eq!((posts(&desk), running(&desk)), (3, 0));
    let raw = stop_through(&desk, What::body("application/json", "{\"successful\":"));
    assert!(raw.ends_with(b"{\"successful\":"));
    assert_eq!(running(&desk), 1, "this one acts");
}

#[test]
fn n06_a_dripping_answer_arrives_whole() {
    let desk = Desk::calm();
    desk.sim.faults().add(Fault::new(What::Drip(Duration::from_micros(50))).on("GET", "/info").once());
    let raw = String::from_utf8(desk.exchange("GET", "/api/v2/info", &desk.basic("admin"), "")).unwrap();
    assert!(raw.contains("transfer-encoding: chunked") && raw.contains("\r\n1\r\n{\r\n"), "{raw}");
}

#[test]
fn n05_n13_a_silent_and_an_endless_answer_do_not_keep_the_others_waiting() {
    use std::io::{Read, Write};
    let desk = Desk::calm();
    desk.sim.faults().add(Fault::new(What::Silence).on("GET", "/silent"));
    desk.sim.faults().add(Fault::new(What::Endless).on("GET", "/endless"));
    let open = |path: &str| {
        let mut stream = std::net::TcpStream::connect(desk.sim.address()).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        stream
    };
    let _silent = open("/silent");
    let mut endless = open("/endless");
    let mut taken = vec![0; 4 * 1024 * 1024];
    endless.read_exact(&mut taken).unwrap();
    assert_eq!(desk.get("/api/v2/ob/clusters").status, 200);
}

#[test]
fn arrivals_hold_every_request_byte_for_byte() {
    let desk = Desk::calm();
    desk.post("/api/v2/ob/clusters/1000001/servers/4/stop?x=%2F", "{\"force\": false}");
    let arrivals = desk.sim.arrivals();
    assert_eq!(arrivals.len(), 1);
    let one = &arrivals[0];
    assert_eq!((one.number, one.method.as_str()), (1, "POST"));
    assert_eq!(one.target, "/api/v2/ob/clusters/1000001/servers/4/stop?x=%2F");
    assert_eq!(one.body, b"{\"force\": false}");
    assert!(one.headers.iter().any(|(n, v)| n == "content-type" && v == "application/json"));
}

#[test]
fn p12_the_same_seed_and_requests_give_the_same_bytes() {
    let tell = |seed| {
        let clock = Some(obdeck::sim::Clock::manual());
        let desk = Desk::open(obdeck::sim::Options { seed, clock, ..obdeck::sim::Options::default() });
        for (what, percent) in [(What::AnswerLost, 20), (What::HalfBody, 20), (What::gateway(503), 20)] {
            desk.sim.faults().add(Fault { percent, ..Fault::new(what) });
        }
        let mut told = Vec::new();
        for _ in 0..3 {
            told.push(desk.exchange("POST", STOP, &desk.basic("admin"), ""));
            desk.pass(40);
            for path in
                ["/api/v2/ob/clusters", "/api/v2/tasks/instances", "/api/v2/ob/clusters/1000001/zones"]
            {
                told.push(desk.exchange("GET", path, &desk.basic("admin"), ""));
            }
        }
        told.into_iter().map(|raw| without_date(&raw)).collect::<Vec<_>>()
    };
    assert_eq!(tell(5), tell(5));
    assert_ne!(tell(5), tell(6));
}

/// The HTTP layer stamps its own `date` by the real clock.
fn without_date(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw).into_owned();
    text.lines().filter(|l| !l.starts_with("date: ")).collect::<Vec<_>>().join("\n")
}
