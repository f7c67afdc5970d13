//! The journal and the life of an order, as processes: what is on disk when, and what is told.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Child;
use std::time::Duration;

use obdeck::sim::faults::{Fault, What};
use serde_json::Value;

use super::run::{Bench, CLUSTER, CONFIRM, Ran, ZONE, finish};

const STOP: [&str; 9] =
    ["stop", "zone", CLUSTER, ZONE, "--yes", "--confirm", CONFIRM, "--reason", "disk swap CHG-4411"];
const PATH: &str = "/stop";

fn bench_with(what: What) -> Bench {
    let bench = Bench::new();
    bench.sim.faults().add(Fault::new(what).on("POST", PATH).once());
    bench
}

fn state(bench: &Bench) -> PathBuf {
    bench.home.path().join(".local/state/obdeck")
}

fn journal(bench: &Bench) -> PathBuf {
    state(bench).join("journal.jsonl")
}

fn history(bench: &Bench) -> Vec<Value> {
    rows(&bench.all(&["history", "-o", "json"]).exit(0))
}

fn rows(ran: &Ran) -> Vec<Value> {
    ran.json()["contents"].as_array().unwrap().clone()
}

/// Starts it and waits until its order has arrived.
fn in_flight(bench: &Bench, args: &[&str]) -> Child {
    let before = bench.actions().len();
    let mut child = bench.start(args);
    while bench.actions().len() == before {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it sent");
        std::thread::yield_now();
    }
    child
}

fn kill(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

fn edit(bench: &Bench, how: impl FnOnce(&mut Vec<String>)) {
    let text = std::fs::read_to_string(journal(bench)).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    how(&mut lines);
    std::fs::write(journal(bench), lines.join("\n") + "\n").unwrap();
}

#[test]
fn the_journal_tells_who_stopped_what_when_how_and_what_came_of_it() {
    let bench = Bench::new();
    bench.run(&[&STOP[..], &["--wait", "-o", "ndjson"]].concat()).exit(0);
    let all = history(&bench);
    assert_eq!(all.len(), 2, "{all:#?}");
    let order = &all[0];
    for (field, want) in [
        ("type", "order"),
        ("profile", "ocp"),
        ("cluster", CLUSTER),
        ("scope", "zone"),
        ("target", ZONE),
        ("zone", ZONE),
        ("mode", "plain"),
        ("method", "POST"),
        ("path", "/api/v2/ob/clusters/1/zones/zone3/stop"),
        ("typed", CONFIRM),
        ("reason", "disk swap CHG-4411"),
        ("outcome", "accepted"),
    ] {
        assert_eq!(order[field], want, "{field}: {order:#}");
    }
    assert_eq!((&order["exit"], &order["http"]), (&Value::from(0), &Value::from(200)));
    for field in ["time", "localTime", "operator", "host", "pid", "verdict", "traceId", "taskId", "tookMs"] {
        assert!(!order[field].is_null(), "{field} is missing: {order:#}");
    }
    assert!(!order["verdict"]["codes"].as_array().unwrap().is_empty());
    assert_eq!((&all[1]["type"], &all[1]["status"]), (&Value::from("taskEnded"), &Value::from("SUCCESSFUL")));
    assert_eq!(all[1]["taskId"], order["taskId"]);

    let task = order["taskId"].to_string();
    for (args, count) in [
        (vec!["--cluster", CLUSTER], 1),
        (vec!["--cluster", "ocp/1"], 2),
        (vec!["--cluster", "elsewhere"], 0),
        (vec!["--task", task.as_str()], 2),
        (vec!["--task", "1"], 0),
        (vec!["--since", "1h"], 2),
        (vec!["--since", "2999-01-01T00:00:00Z"], 0),
        (vec!["--profile", "key"], 0),
    ] {
        let ran = bench.all(&[&["history", "-o", "json"][..], &args].concat()).exit(0);
        assert_eq!(rows(&ran).len(), count, "{args:?}");
    }
    let table = bench.all(&["history", "-o", "table"]).exit(0);
    assert!(table.out.contains("STOP zone3 of meta01") && table.out.contains("CHG-4411"), "{}", table.out);
    let lines = bench.all(&["history", "-o", "ndjson"]).exit(0).events();
    assert!(lines.iter().all(|l| l["type"].is_string() && l["time"].is_string()));
    let md = bench.all(&["history", "export", "--format", "md"]).exit(0);
    assert!(
        md.out.contains("`POST http://") && md.out.contains("guard") | md.out.contains("typed"),
        "{}",
        md.out
    );
    let json = bench.all(&["history", "export", "--format", "json", "--task", &task]).exit(0);
    assert_eq!(rows(&json).len(), 2);
    bench.all(&["history", "--verify"]).exit(0);

    // Private, and without a secret.
    for file in [journal(&bench), state(&bench).join("journal.head")] {
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        bench.no_secret_in("the journal", &std::fs::read_to_string(file).unwrap());
    }
    assert_eq!(std::fs::metadata(state(&bench)).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn an_order_that_the_guard_refused_is_in_the_journal_too() {
    let bench = Bench::new();
    bench.run(&["stop", "cluster", CLUSTER, "--yes", "--reason", "CHG-7"]).exit(3);
    let rows = history(&bench);
    assert_eq!((&rows[0]["type"], &rows[0]["reason"]), (&Value::from("held"), &Value::from("CHG-7")));
    assert!(!rows[0]["why"].as_array().unwrap().is_empty(), "{:#}", rows[0]);
    assert!(bench.actions().is_empty());
}

#[test]
fn a_refusal_is_in_the_journal_with_the_servers_words() {
    let bench = Bench::new();
    let answer = r#"{"successful":false,"error":{"code":11020,"message":"held by \u001b[31m task 9"},"traceId":"abc1"}"#;
    let refuse = What::Instead {
        status: 409,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: answer.as_bytes().to_vec(),
        acted: false,
    };
    bench.sim.faults().add(Fault::new(refuse).on("POST", PATH).once());
    bench.run(&STOP).exit(9);
    let row = &history(&bench)[0];
    assert_eq!((&row["outcome"], &row["exit"], &row["http"]), (&"refused".into(), &9.into(), &409.into()));
    assert_eq!((&row["code"], &row["traceId"]), (&"11020".into(), &"abc1".into()));
    assert_eq!(row["message"], "held by \u{1b}[31m task 9");
    let raw = std::fs::read_to_string(journal(&bench)).unwrap();
    assert!(!raw.contains('\u{1b}'));
}

#[test]
fn x16_hostile_text_in_the_journal_reaches_no_terminal_and_no_markup() {
    let bench = Bench::new();
    let hostile = "**b** \u{1b}[31m\u{9b}2J \u{202e}enoz [x](http://evil)\u{7f}";
    bench.run(&["stop", "zone", CLUSTER, ZONE, "--yes", "--confirm", CONFIRM, "--reason", hostile]).exit(0);
    for args in [&["history", "-o", "table"][..], &["history", "-o", "json"], &["history", "-o", "ndjson"]] {
        let ran = bench.all(args).exit(0);
        let odd = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!ran.out.contains(odd), "{args:?}: {:?}", ran.out);
    }
    assert_eq!(history(&bench)[0]["reason"], hostile, "programs get it exact");
    let md = bench.all(&["history", "export", "--format", "md"]).exit(0);
    assert!(md.out.contains("\\*\\*b\\*\\*") && md.out.contains("\\[x\\]"), "{}", md.out);
    assert!(!md.out.contains('\u{1b}') && !md.out.contains('\u{202e}'));
}

#[test]
fn f01_no_journal_no_action_and_reads_go_on() {
    let bench = Bench::new();
    // A place below a file, which no privilege makes a folder.
    let nowhere = bench.config().join("state");
    let run = |args: &[&str]| {
        let mut c = bench.command(&[args, &["--profile", "ocp"]].concat());
        c.env("XDG_STATE_HOME", &nowhere);
        finish(c, None)
    };
    run(&STOP).exit(3).says(&["the journal cannot be written", "XDG_STATE_HOME", "nothing was sent"]);
    assert!(bench.actions().is_empty(), "sent without a journal");
    run(&["get", "clusters"]).exit(0);
    run(&["history"]).exit(0);
    bench.run(&STOP).exit(0);
    assert_eq!(bench.actions().len(), 1);
}

#[test]
fn f01_a_disk_that_takes_no_byte_holds_the_order_back() {
    let bench = Bench::new();
    // A file may not grow at all: what a full disk or a spent quota is, for root too.
    let words = STOP.map(|w| format!("'{w}'")).join(" ");
    let script = format!("trap '' XFSZ; ulimit -f 0; exec \"$0\" {words} --profile ocp");
    let usual = bench.command(&[]);
    let mut c = std::process::Command::new("/bin/sh");
    c.arg("-c").arg(script).arg(usual.get_program()).env_clear().current_dir(bench.home.path());
    c.envs(usual.get_envs().filter_map(|(k, v)| Some((k, v?))));
    c.stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    finish(c, None).exit(3).says(&["the journal cannot be written"]);
    assert!(bench.actions().is_empty(), "sent without a journal");
}

#[test]
fn f05_without_a_usable_home_actions_are_refused_with_how_to_set_it() {
    let bench = Bench::new();
    let home = bench.config().join("home");
    for state in [None, Some(""), Some("relative/state")] {
        let run = |args: &[&str]| {
            let mut c = bench.command(&[args, &["--profile", "ocp"]].concat());
            c.env("HOME", &home);
            if let Some(state) = state {
                c.env("XDG_STATE_HOME", state);
            }
            finish(c, None)
        };
        run(&STOP).exit(3).says(&["set XDG_STATE_HOME"]);
        run(&["get", "zones", "--cluster", CLUSTER]).exit(0);
    }
    assert!(bench.actions().is_empty());
    assert!(!bench.home.path().join("relative").exists());
}

#[test]
fn f02_half_a_last_line_is_counted_and_the_chain_goes_on() {
    let bench = Bench::new();
    bench.run(&STOP).exit(0);
    let mut half = std::fs::read(journal(&bench)).unwrap();
    half.extend_from_slice(b"{\"v\":1,\"seq\":3,\"ti");
    std::fs::write(journal(&bench), &half).unwrap();
    bench.run(&["start", "zone", CLUSTER, ZONE, "--yes", "--override", "x", "--confirm", CONFIRM]);
    assert!(std::fs::read(journal(&bench)).unwrap().starts_with(&half), "nothing was rewritten");
    let ran = bench.all(&["history", "-o", "json"]).exit(0);
    assert!(rows(&ran).len() >= 2);
    ran.says(&["1 of ", "damaged"]);
    bench.all(&["history", "--verify"]).exit(0).says(&["1 damaged"]);
}

#[test]
fn f03_verify_names_the_first_line_that_is_not_as_written() {
    type Edit = fn(&mut Vec<String>);
    let edits: [(Edit, &str); 4] = [
        (|l| l[0] = l[0].replace("CHG-4411", "CHG-0000"), "line 1 "),
        (|l| drop(l.remove(0)), "line 1 "),
        (|l| drop(l.pop()), "line 1 "),
        (|l| l.insert(1, l[0].clone()), "line 2 "),
    ];
    for (how, line) in edits {
        let bench = Bench::new();
        bench.run(&STOP).exit(0);
        bench.all(&["history", "--verify"]).exit(0);
        edit(&bench, how);
        bench.all(&["history", "--verify"]).exit(1).says(&["the chain is broken", line]);
        // It is said, and work goes on.
        bench.all(&["history", "-o", "json"]).exit(0).says(&["the chain is broken"]);
    }
}

#[test]
fn f04_an_open_journal_is_closed_and_a_symlink_is_refused() {
    let bench = Bench::new();
    bench.run(&STOP).exit(0);
    std::fs::set_permissions(journal(&bench), std::fs::Permissions::from_mode(0o666)).unwrap();
    std::fs::set_permissions(state(&bench), std::fs::Permissions::from_mode(0o777)).unwrap();
    bench.run(&["stop", "cluster", CLUSTER, "--yes"]).exit(3);
    assert_eq!(std::fs::metadata(journal(&bench)).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(state(&bench)).unwrap().permissions().mode() & 0o777, 0o700);

    let bench = Bench::new();
    let elsewhere = bench.home.path().join("elsewhere");
    std::fs::create_dir_all(state(&bench)).unwrap();
    std::fs::write(&elsewhere, "").unwrap();
    std::os::unix::fs::symlink(&elsewhere, journal(&bench)).unwrap();
    bench.run(&STOP).exit(3).says(&["symbolic link"]);
    assert!(bench.actions().is_empty());
    assert_eq!(std::fs::read(elsewhere).unwrap(), b"");
}

#[test]
fn a01_an_answer_after_the_deadline_is_unknown_looked_for_and_settled() {
    let bench = bench_with(What::Late(Duration::from_secs(30)));
    bench.run(&[&STOP[..], &["--timeout", "1s"]].concat()).exit(6).says(&["probably yours: task "]);
    assert_eq!(bench.actions().len(), 1, "never sent twice");
    let row = &history(&bench)[0];
    assert_eq!(
        (&row["outcome"], &row["exit"], &row["settled"]),
        (&"unknown".into(), &6.into(), &"task".into())
    );
    assert!(row["taskId"].is_number(), "{row:#}");
    // Settled: nobody is asked again.
    assert!(!bench.all(&["history", "-o", "json"]).exit(0).err.contains("outcome unknown"));
}

#[test]
fn a03_half_an_answer_is_unknown_and_settled_by_the_list() {
    let bench = bench_with(What::HalfBody);
    bench.run(&STOP).exit(6).says(&["outcome unknown", "probably yours: task "]);
    assert_eq!(bench.actions().len(), 1);
    assert_eq!(history(&bench)[0]["settled"], "task");
}

#[test]
fn a04_an_order_that_nobody_saw_stays_unknown_and_open() {
    let bench = bench_with(What::Silence);
    let ran = bench.hasty(&[&STOP[..], &["--timeout", "1s"]].concat()).exit(6);
    ran.says(&["outcome unknown", "no such task seen within 30s"]);
    assert_eq!(bench.actions().len(), 1);
    // Looked for once a second, for 30 s, among the tasks of that cluster alone.
    let sent = bench.sim.arrivals().into_iter().skip_while(|a| a.method == "GET");
    let lists: Vec<_> = sent.filter(|a| a.target.starts_with("/api/v2/tasks/instances")).collect();
    assert!((5..=32).contains(&lists.len()), "{} lists", lists.len());
    assert!(lists.iter().all(|a| a.target.contains("clusterId=")), "{}", lists[0].target);
    let row = &history(&bench)[0];
    assert_eq!((&row["outcome"], &row["settled"]), (&"unknown".into(), &Value::Null));
    bench
        .all(&["history", "-o", "json"])
        .says(&["outcome unknown: STOP zone3 of meta01", "obdeck get tasks"]);
}

#[test]
fn a08_a_kill_between_intent_and_outcome_is_named_at_the_next_start() {
    let bench = bench_with(What::Silence);
    let mut child = in_flight(&bench, &STOP);
    // What has arrived is on disk already.
    let text = std::fs::read_to_string(journal(&bench)).unwrap();
    assert!(text.contains("\"kind\":\"intent\"") && !text.contains("\"kind\":\"ended\""), "{text}");
    kill(&mut child);
    let ran = bench.run(&["stop", "cluster", CLUSTER, "--yes"]).exit(3);
    ran.says(&["outcome unknown: STOP zone3 of meta01", "\"Stop OB zone\""]);
    assert_eq!(history(&bench)[0]["outcome"], "unknown");
    bench.all(&["history", "--verify"]).exit(0);
    assert_eq!(bench.actions().len(), 1);
}

#[test]
fn a09_two_at_once_each_send_their_own_once_and_the_second_is_warned() {
    let bench = bench_with(What::Late(Duration::from_secs(8)));
    let mut first = in_flight(&bench, &STOP);
    let second = bench.run(&[&STOP[..], &["--override", "surely"]].concat()).exit(9);
    let pid = first.id();
    second.says(&[
        &format!("also running, pid {pid}"),
        &format!("process {pid} has an order to the same target"),
    ]);
    assert_eq!(first.wait().unwrap().code(), Some(0));
    assert_eq!(bench.actions().len(), 2, "each its own, once");
    let rows = history(&bench);
    let ends: Vec<&Value> = rows.iter().map(|r| &r["outcome"]).collect();
    assert_eq!(ends, ["accepted", "refused"]);
    bench.all(&["history", "--verify"]).exit(0);
}

#[test]
fn t14_what_another_instance_has_on_its_way_is_not_called_lost() {
    let bench = bench_with(What::Silence);
    let mut first = in_flight(&bench, &STOP);
    let ran = bench.run(&["stop", "cluster", CLUSTER, "--yes"]).exit(3);
    assert!(ran.err.contains("also running, pid") && !ran.err.contains("outcome unknown"), "{}", ran.err);
    kill(&mut first);
    let ran = bench.run(&["stop", "cluster", CLUSTER, "--yes"]).exit(3);
    assert!(!ran.err.contains("also running") && ran.err.contains("outcome unknown"), "{}", ran.err);
}
