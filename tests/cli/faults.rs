//! Actions whose answer does not come back, and reads that fail meanwhile.

use obdeck::sim::faults::{Fault, What};

use super::run::{Bench, CLUSTER, CONFIRM, ZONE};

const STOP: [&str; 7] = ["stop", "zone", CLUSTER, ZONE, "--yes", "--confirm", CONFIRM];
const PATH: &str = "/stop";

fn bench_with(what: What) -> Bench {
    let bench = Bench::new();
    bench.sim.faults().add(Fault::new(what).on("POST", PATH).once());
    bench
}

#[test]
fn a02_exit_6_an_answer_lost_after_the_send_is_unknown_and_looked_for() {
    for what in [What::AnswerLost, What::HalfBody] {
        let bench = bench_with(what);
        let ran = bench.run(&STOP).exit(6);
        ran.says(&[
            "outcome unknown",
            "not sent again",
            "obdeck get tasks --profile ocp --cluster meta01",
            "probably yours: task ",
            "\"Stop OB zone\"",
        ]);
        assert_eq!(bench.actions().len(), 1, "never sent twice");
    }
}

#[test]
fn h06_exit_6_a_gateway_may_have_passed_it_on() {
    let bench = bench_with(What::gateway(502));
    bench.hasty(&[&STOP[..], &["--timeout", "5s"]].concat()).exit(6).says(&["no such task seen"]);
    assert_eq!(bench.actions().len(), 1);
}

#[test]
fn n10_a_redirect_is_a_refusal_and_never_followed() {
    let bench = bench_with(What::redirect(307, "http://127.0.0.1:9/elsewhere"));
    bench.run(&STOP).exit(1).says(&["127.0.0.1:9"]);
    assert_eq!(bench.actions().len(), 1);
}

#[test]
fn reads_that_fail_do_not_end_the_following() {
    let bench = Bench::new();
    let cut = Fault { skip: 1, times: Some(2), ..Fault::new(What::HalfBody).on("GET", "/tasks/instances/") };
    bench.sim.faults().add(cut);
    let ran = bench.run(&[&STOP[..], &["--wait", "-o", "ndjson"]].concat()).exit(0);
    assert_eq!(ran.events().last().unwrap()["status"], "SUCCESSFUL");
    assert_eq!(bench.actions().len(), 1);
}

#[test]
fn a12_zones_that_cannot_be_read_are_no_green_light() {
    let bench = Bench::new();
    let html = Fault { times: None, ..Fault::new(What::gateway(500)).on("GET", "/clusters/1/zones") };
    bench.sim.faults().add(html);
    bench.run(&STOP).exit(3).says(&["not known:"]);
    assert!(bench.actions().is_empty());
}

#[test]
fn n12_a_captive_page_is_no_control_plane() {
    let bench = Bench::new();
    bench.sim.faults().add(Fault { times: None, ..Fault::new(What::html()).on("GET", "/clusters") });
    bench.run(&["get", "clusters"]).exit(1).says(&["check `url`"]);
}

/// Waits until a request with this method has arrived, then sends SIGTERM.
fn terminate_after(bench: &Bench, method: &str, path: &str, args: &[&str]) -> (Option<i32>, String) {
    use rustix::process::{Pid, Signal, kill_process};
    let mut child = bench.start(args);
    let arrived = || bench.sim.arrivals().iter().any(|a| a.method == method && a.target.contains(path));
    while !arrived() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it asked");
        std::thread::yield_now();
    }
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    let done = child.wait_with_output().unwrap();
    (done.status.code(), String::from_utf8(done.stderr).unwrap())
}

#[test]
fn t04_a_signal_ends_a_read_that_hangs() {
    let bench = Bench::new();
    bench.sim.faults().add(Fault { times: None, ..Fault::new(What::Silence).on("GET", "/clusters") });
    let (code, err) = terminate_after(&bench, "GET", "/clusters", &["get", "clusters"]);
    assert_eq!((code, err.as_str()), (Some(143), ""));
}

#[test]
fn a07_a_signal_before_the_send_sends_nothing() {
    let bench = Bench::new();
    // The first read is the impact's, the second the last look before the send.
    let hangs = Fault { skip: 1, times: None, ..Fault::new(What::Silence).on("GET", "/clusters/1/zones") };
    bench.sim.faults().add(hangs);
    let mut child = bench.start(&STOP);
    let asked = || bench.sim.arrivals().iter().filter(|a| a.target.contains("/clusters/1/zones")).count();
    while asked() < 2 {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it looked again");
        std::thread::yield_now();
    }
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::TERM)
        .unwrap();
    let done = child.wait_with_output().unwrap();
    let err = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(143), "{err}");
    assert!(err.contains("before anything was sent") && !err.contains("outcome unknown"), "{err}");
    assert!(bench.actions().is_empty());
    assert!(!bench.all(&["history", "-o", "json"]).exit(0).err.contains("outcome unknown"));
}

#[test]
fn a07_a_signal_while_sending_waits_for_the_answer_and_calls_it_unknown() {
    let bench = bench_with(What::Silence);
    let (code, err) = terminate_after(&bench, "POST", PATH, &STOP);
    assert_eq!(code, Some(143));
    assert!(err.contains("outcome unknown") && err.contains("obdeck get tasks"), "{err}");
    assert_eq!(bench.actions().len(), 1);
    let history = bench.all(&["history", "-o", "json"]).exit(0);
    assert_eq!(history.json()["contents"][0]["outcome"], "unknown");
    assert_eq!(history.json()["contents"][0]["exit"], 6, "said, not only left open");
    history.says(&["outcome unknown: STOP zone3 of meta01"]);
}

/// What a script confirmed was not seen: now that it is, a person looks first. Two reads, no order.
#[test]
fn a10_exit_3_a_task_that_reads_otherwise_than_when_it_was_confirmed() {
    let bench = Bench::new();
    bench.sim.faults().add(Fault::new(What::gateway(403)).on("GET", "23785027").once());
    let ran = bench.run(&["task", "retry", "23785027", "--yes"]).exit(3);
    ran.says(&["nothing was sent", "the task changed since it was confirmed: now task 23785027"]);
    assert!(bench.actions().is_empty());
    let reads = bench.sim.arrivals().iter().filter(|a| a.target.contains("23785027")).count();
    assert_eq!(reads, 2);
}
