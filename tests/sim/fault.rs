//! What the network does: each fault as a client sees it, and what the stand-in had done by then.

use std::time::Duration;

use obdeck::sim::faults::{Fault, What};
use obdeck::sim::{Clock, Ocp, Options};

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
fn a_gateways_page_tells_the_stand_ins_clock_not_the_machines() {
    let clock = Some(obdeck::sim::Clock::manual());
    let desk = Desk::open(obdeck::sim::Options { clock, ..obdeck::sim::Options::default() });
    let date = |raw: Vec<u8>| {
        let text = String::from_utf8(raw).unwrap();
        text.lines().find(|l| l.starts_with("date: ")).map(str::to_owned)
    };
    let own = date(desk.exchange("GET", "/api/v2/time", "", ""));
    desk.sim.faults().add(Fault::new(What::gateway(503)).once());
    let page = desk.exchange("GET", "/api/v2/time", "", "");
    assert!(page.starts_with(b"HTTP/1.1 503 "));
    assert_eq!(date(page), own);
    assert!(own.is_some());
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
        told
    };
    assert_eq!(tell(5), tell(5));
    assert_ne!(tell(5), tell(6));
}

#[test]
fn n16_a_restart_on_the_same_port_ends_what_is_open_and_tells_the_same_story() {
    use std::io::{Read, Write};
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let options = |bind| Options { bind, clock: Some(Clock::manual()), ..Options::default() };
    let first = runtime.block_on(Ocp::serve(options("127.0.0.1:0".parse().unwrap()))).unwrap();
    let (address, password) = (first.address(), first.password().to_owned());
    first.faults().add(Fault::new(What::Silence));
    let mut waiting = std::net::TcpStream::connect(address).unwrap();
    write!(waiting, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    while first.arrivals().is_empty() {
        std::thread::yield_now();
    }
    runtime.block_on(first.shutdown());
    let mut rest = Vec::new();
    let _ = waiting.read_to_end(&mut rest);
    assert!(rest.is_empty(), "never answered");
    let second = runtime.block_on(Ocp::serve(options(address))).unwrap();
    assert_eq!((second.address(), second.password()), (address, password.as_str()));
}

#[test]
fn n09_only_a_reused_connection_is_reset() {
    use std::io::{Read, Write};
    let desk = Desk::calm();
    desk.sim.faults().add(Fault::new(What::ResetReused));
    assert_eq!(desk.get("/api/v2/ob/clusters").status, 200);
    let mut stream = std::net::TcpStream::connect(desk.sim.address()).unwrap();
    let ask = "GET /api/v2/time HTTP/1.1\r\nHost: x\r\n\r\n";
    stream.write_all(ask.as_bytes()).unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    stream.write_all(ask.as_bytes()).unwrap();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert!(!String::from_utf8_lossy(&rest).contains("HTTP/1.1"), "no second answer");
    assert_eq!(desk.sim.arrivals().len(), 3);
}

#[test]
fn a01_a_late_answer_was_acted_on_at_once() {
    use std::io::Write;
    let desk = Desk::calm();
    desk.sim.faults().add(Fault::new(What::Late(Duration::from_secs(3600))).on("POST", "/stop"));
    let mut stream = std::net::TcpStream::connect(desk.sim.address()).unwrap();
    write!(stream, "POST {STOP} HTTP/1.1\r\nHost: x\r\n{}Content-Length: 0\r\n\r\n", desk.basic("admin"))
        .unwrap();
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while running(&desk) == 0 {
        assert!(std::time::Instant::now() < deadline, "never acted on");
    }
    drop(stream);
    assert_eq!(running(&desk), 1);
}

#[test]
fn a_test_can_have_a_step_fail_or_hang() {
    let desk = Desk::calm();
    assert!(desk.sim.fail_next("Stop zone", "because") && desk.sim.hang_next("Stop observer process"));
    assert!(!desk.sim.fail_next("Stop everything", "because"));
    let id = desk.post(STOP, "").data()["id"].clone();
    let state = || desk.get(&format!("/api/v2/tasks/instances/{id}")).data()["status"].clone();
    desk.pass(600);
    assert_eq!(state(), "FAILED");
    desk.post(&format!("/api/v2/tasks/instances/{id}/retry"), "").data();
    desk.pass(1100);
    assert_eq!(state(), "RUNNING");
    desk.pass(600);
    assert_eq!(state(), "FAILED");
}
