//! RETRY, ROLLBACK, CANCEL and PASS of OBShell through the binary: on a task, and PASS on a stage.

use std::time::Duration;

use obdeck::sim::Clock;
use obdeck::sim::obshell::{Arrival, Obshell, Options};
use serde_json::Value;

use super::agents::{Edge, SURE};

/// A clock moved by hand: a DAG stays where it is until the test goes on. It stands far in the past, so that what the
/// binary seals by the real clock has not expired.
fn still() -> Edge {
    Edge::of(Options { clock: Some(Clock::manual_at(1_000_000_000_000)), ..Options::default() })
}

/// Second by second, as the agents' engines tick.
fn pass(sim: &Obshell, seconds: u32) {
    for _ in 0..seconds {
        sim.clock().advance(Duration::from_secs(1));
    }
}

/// A DAG that failed in its third stage, where every operator is known; its ID.
fn failed(edge: &Edge) -> String {
    let id = edge.sim.plant_init(0);
    pass(&edge.sim, 30);
    assert_eq!(status(edge, &id), "FAILED");
    id
}

/// IDs are numbers where they are exact as such.
fn id_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn status(edge: &Edge, id: &str) -> String {
    edge.run(&["get", "task", id]).exit(0).json()["status"].as_str().unwrap().to_owned()
}

/// The one order that arrived: its path and what was in it.
fn ordered(edge: &Edge) -> (String, String) {
    let posts: Vec<Arrival> = edge.sim.arrivals().into_iter().filter(|a| a.method == "POST").collect();
    assert_eq!(posts.len(), 1, "{posts:?}");
    let body = posts[0].body_clear.clone().unwrap();
    (posts[0].target.clone(), String::from_utf8(body).unwrap())
}

#[test]
fn each_operator_on_a_failed_task_is_sent_once_and_taken() {
    for (verb, word) in [("retry", "RETRY"), ("rollback", "ROLLBACK")] {
        let edge = still();
        let id = failed(&edge);
        edge.run(&["task", verb, &id]).exit(3).says(&["nothing was sent"]);
        let ran = edge.run(&["task", verb, &id, "--yes"]).exit(0);
        assert_eq!(ran.json()["accepted"], true);
        let path = format!("/api/v1/task/dag/{id}");
        assert_eq!(ordered(&edge), (path, format!(r#"{{"operator":"{word}"}}"#)));
        assert_eq!(status(&edge, &id), "READY", "{verb}");
    }
}

#[test]
fn a_rollback_is_followed_to_its_end_and_is_no_success() {
    let edge = Edge::new();
    let id = edge.sim.plant_init(0);
    edge.run(&["task", "watch", &id, "-o", "ndjson"]).exit(1);
    let events = edge.run(&["task", "rollback", &id, "--yes", "--wait", "-o", "ndjson"]).events();
    let last = events.last().unwrap();
    assert_eq!((last["type"].as_str(), last["status"].as_str()), (Some("end"), Some("SUCCEED")));
    let task = edge.run(&["get", "task", &id]).exit(0).json();
    assert_eq!((task["operation"].as_str(), task["phase"].as_str()), (Some("ROLLBACK"), Some("skipped")));
}

#[test]
fn a_running_task_is_cancelled_and_its_sub_dags_passed() {
    let edge = still();
    edge.sim.set_freeze_hangs(true);
    let mut args = vec!["stop", "zone", "edge", "zone3", "--process", "--freeze", "-o", "json"];
    args.extend(SURE);
    args.push("edge/zone3");
    let id = edge.run(&args).exit(0).json()["id"].clone();
    let id = id_of(&id);
    pass(&edge.sim, 20);
    edge.run(&["task", "retry", &id, "--yes"]).exit(9).says(&["RetryNotFailedDag"]);
    edge.run(&["task", "cancel", &id, "--yes"]).exit(0);
    pass(&edge.sim, 5);
    assert_eq!(status(&edge, &id), "FAILED");
    let task = edge.run(&["get", "task", &id]).exit(0).json();
    assert_eq!(task["operation"], "CANCEL");
    // What is left of it: a sub DAG on each agent, which holds it until it is passed.
    let subs: Vec<String> = edge.sim.arrivals().iter().filter_map(|a| sub_dag(&a.target, &id)).collect();
    let sub = subs.first().unwrap();
    edge.run(&["task", "pass", sub, "--yes"]).exit(0);
    let task = edge.run(&["get", "task", sub]).exit(0).json();
    assert_eq!((task["status"].as_str(), task["operation"].as_str()), (Some("SUCCEED"), Some("PASS")));
    assert_eq!(task["phase"], "skipped", "a task that was passed is not done");
}

/// The ID of another DAG that a read asked for.
fn sub_dag(target: &str, main: &str) -> Option<String> {
    let id = target.strip_prefix("/api/v1/task/dag/2")?;
    let id = format!("2{}", id.split('?').next()?);
    (id != main && id.bytes().all(|b| b.is_ascii_digit())).then_some(id)
}

#[test]
fn a_refused_operator_is_told_in_the_agents_words() {
    let edge = still();
    let id = failed(&edge);
    // Its last stage cannot be passed, and what has ended cannot be cancelled.
    edge.run(&["task", "pass", &id, "--yes"]).exit(9).says(&["PassNotAllowed", "trace "]);
    edge.run(&["task", "cancel", &id, "--yes"]).exit(9).says(&["CancelFinishedDag"]);
    edge.run(&["task", "retry", "22130706433028869999", "--yes"]).exit(5).says(&["127.0.0.1:2886"]);
    let unknown = format!("{id}999");
    edge.run(&["task", "retry", &unknown, "--yes"]).exit(8).says(&["Task.NotFound"]);
    for verb in ["retry", "cancel"] {
        edge.run(&["subtask", verb, &id, "1", "--yes"]).exit(2).says(&["whole tasks"]);
    }
}

#[test]
fn a_failed_stage_is_passed_by_a_sub_task_of_it_or_by_its_name() {
    for by_name in [false, true] {
        let edge = still();
        let id = failed(&edge);
        let task = edge.run(&["get", "task", &id]).exit(0).json();
        let of_stage = |s: &&Value| s["status"] == "FAILED";
        let sub = task["subtasks"].as_array().unwrap().iter().find(of_stage).unwrap().clone();
        let name = if by_name { sub["name"].as_str().unwrap().to_owned() } else { id_of(&sub["id"]) };
        edge.run(&["subtask", "skip", &id, &name, "--yes"]).exit(0);
        let (path, body) = ordered(&edge);
        assert!(path.starts_with("/api/v1/task/node/2"), "{path}");
        assert_eq!(body, r#"{"operator":"PASS"}"#);
        pass(&edge.sim, 30);
        assert_eq!(status(&edge, &id), "SUCCEED");
        let task = edge.run(&["get", "task", &id]).exit(0).json();
        let now = task["subtasks"].as_array().unwrap().iter().find(|s| s["id"] == sub["id"]).unwrap();
        assert_eq!(now["phase"], "skipped", "{now}");
    }
}

#[test]
fn a_stage_that_cannot_be_passed_is_told_before_or_by_the_agent() {
    let edge = still();
    let id = failed(&edge);
    edge.run(&["subtask", "skip", &id, "no-such", "--yes"]).exit(8).says(&["no-such", "get task"]);
    let task = edge.run(&["get", "task", &id]).exit(0).json();
    let done =
        task["subtasks"].as_array().unwrap().iter().find(|s| s["status"] == "SUCCEED").unwrap().clone();
    let of = id_of(&done["id"]);
    edge.run(&["subtask", "skip", &id, &of, "--yes"]).exit(9).says(&["PassNotFailedNode"]);
    let dry = edge.run(&["subtask", "skip", &id, &of, "--dry-run"]).exit(0).json();
    assert!(dry["request"]["url"].as_str().unwrap().contains("/api/v1/task/node/2"));
}
