//! `--record` and `replay` as a process (F09, K02, P7).

use std::os::unix::fs::PermissionsExt;

use obdeck::sim::Options;
use obdeck::sim::faults::{Fault, What};
use serde_json::Value;

use super::agents::{Edge, SURE};
use super::run::{Bench, CLUSTER, CONFIRM, ZONE, bare};

fn lines(path: &std::path::Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}"))).collect()
}

fn exchanges(lines: &[Value]) -> Vec<&Value> {
    lines.iter().filter(|l| l["type"] == "exchange").collect()
}

#[test]
fn k02_p7_a_recorded_stop_holds_every_exchange_and_no_secret() {
    let bench = Bench::new();
    let path = bench.home.path().join("tape.jsonl");
    let file = path.display().to_string();
    bench
        .run(&[
            "stop",
            "zone",
            CLUSTER,
            ZONE,
            "--yes",
            "--confirm",
            CONFIRM,
            "--reason",
            "CHG-1",
            "--record",
            &file,
        ])
        .exit(0);
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let lines = lines(&path);
    assert_eq!(lines[0]["recording"], 1);
    assert_eq!(lines[0]["profiles"][0]["name"], "ocp");
    let all = exchanges(&lines);
    assert_eq!(all.len(), bench.sim.arrivals().len(), "each exchange once");
    let posts: Vec<_> = all.iter().filter(|e| e["method"] == "POST").collect();
    assert_eq!(posts.len(), 1);
    assert!(posts[0]["path"].as_str().unwrap().ends_with("/zones/zone3/stop"), "{}", posts[0]);
    assert_eq!(posts[0]["answer"]["status"], 200);
    let header = |e: &Value, name: &str| {
        let all = e["headers"].as_array().unwrap();
        all.iter().find(|h| h[0] == name).map(|h| h[1].as_str().unwrap().to_owned())
    };
    assert_eq!(header(posts[0], "authorization").as_deref(), Some("***"));
    assert_eq!(header(posts[0], "accept").as_deref(), Some("application/json"));
    bench.no_secret_in("the recording", &std::fs::read_to_string(&path).unwrap());

    // A recording is never written over, and nothing is asked for one that cannot be made.
    let before = (std::fs::read(&path).unwrap(), bench.sim.arrivals().len());
    bench
        .run(&["get", "clusters", "--record", &file])
        .exit(2)
        .says(&["could not make the recording", "never written over"]);
    let nowhere = bench.home.path().join("none/tape").display().to_string();
    bench.run(&["get", "clusters", "--record", &nowhere]).exit(2);
    assert_eq!((std::fs::read(&path).unwrap(), bench.sim.arrivals().len()), before);
}

#[test]
fn k02_the_access_key_s_secret_and_its_signatures_are_not_recorded() {
    let bench = Bench::new();
    let path = bench.home.path().join("tape.jsonl");
    bench.all(&["get", "servers", "--profile", "key", "--record", &path.display().to_string()]).exit(0);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(exchanges(&lines(&path)).len() > 1);
    bench.no_secret_in("the recording", &text);
    for arrival in bench.sim.arrivals() {
        for (name, value) in &arrival.headers {
            assert!(name != "authorization" || !text.contains(value), "a signature");
        }
    }
}

#[test]
fn k02_of_a_sealed_request_the_planned_form_is_kept() {
    let edge = Edge::new();
    let path = edge.home.path().join("tape.jsonl");
    let file = path.display().to_string();
    edge.run(&[&["stop", "zone", "edge", "zone2", "--record", &file], &SURE[..], &["edge/zone2"]].concat())
        .exit(0);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains(edge.sim.password()));
    let lines = lines(&path);
    let order = exchanges(&lines).into_iter().find(|e| e["path"] == "/api/v1/ob/stop").expect("the order");
    let body: Value = serde_json::from_str(order["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["scope"]["target"][0], "zone2");
    for arrival in edge.sim.arrivals() {
        let sealed = String::from_utf8_lossy(&arrival.body);
        assert!(sealed.len() < 20 || !text.contains(&*sealed), "a sealed body");
        for (name, value) in arrival.headers.iter().filter(|(n, _)| n.starts_with("x-ocs")) {
            assert!(!text.contains(value), "{name}");
        }
    }
}

#[test]
fn a_lost_answer_and_a_redirect_are_recorded_as_what_they_were() {
    let bench = Bench::of(Options { speed: 500.0, ..Options::default() });
    let path = bench.home.path().join("tape.jsonl");
    bench.sim.faults().add(Fault::new(What::AnswerLost).on("POST", "/stop").once());
    let args =
        ["stop", "zone", CLUSTER, ZONE, "--yes", "--confirm", CONFIRM, "--reason", "CHG-1", "--record"];
    bench.run(&[&args[..], &[&path.display().to_string()]].concat()).exit(6);
    let lines = lines(&path);
    let post = exchanges(&lines).into_iter().find(|e| e["method"] == "POST").unwrap();
    assert_eq!((&post["failed"], post.get("answer")), (&Value::from("cut-off"), None), "{post}");
}

#[test]
fn f09_a_file_that_is_no_recording_is_told_with_its_line_and_exit_2() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("tape");
    let file = path.display().to_string();
    bare(&["replay", &file], None).exit(2).says(&["could not play the recording", "No such file"]);
    std::fs::write(&path, "\u{1b}]0;x\u{7}{\"recording\":1}\n").unwrap();
    let ran = bare(&["replay", &file], None).exit(2).says(&["line 1"]);
    assert!(!ran.err.contains('\u{1b}'));
    bare(&["replay", "/dev/zero"], None).exit(2).says(&["not a file"]);
    // A real one, whole and then cut, where there is no terminal.
    let bench = Bench::new();
    let real = bench.home.path().join("tape.jsonl");
    let real_file = real.display().to_string();
    bench.run(&["get", "clusters", "--record", &real_file]).exit(0);
    let arrived = bench.sim.arrivals().len();
    bench.all(&["replay", &real_file]).exit(2).says(&["needs a terminal"]);
    let whole = std::fs::read(&real).unwrap();
    let last = String::from_utf8_lossy(&whole).lines().count();
    std::fs::write(&real, &whole[..whole.len() - 10]).unwrap();
    bench.all(&["replay", &real_file]).exit(2).says(&[&format!("line {last}"), "cut off"]);
    assert_eq!(bench.sim.arrivals().len(), arrived);
    bench.all(&["config", "check", "--record", &real_file]).exit(2).says(&["--record is for"]);
    bench.all(&["replay", &real_file, "--record", &file]).exit(2).says(&["--record is for"]);
}
