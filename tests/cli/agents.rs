//! OBShell through the binary: every mode, what is not offered, and what a followed stop prints.

use obdeck::sim::Obshell;
use obdeck::sim::obshell::Options;
use serde_json::Value;
use tempfile::TempDir;

use super::run::{Ran, command, finish, private};

/// Agents of one cluster with a config that points to them: profile `shell`.
pub struct Edge {
    pub sim: Obshell,
    pub home: TempDir,
    _runtime: tokio::runtime::Runtime,
}

impl Edge {
    pub fn new() -> Self {
        Self::of(Options { speed: 500.0, ..Options::default() })
    }
    pub fn of(options: Options) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let sim = runtime.block_on(Obshell::serve(options)).unwrap();
        let home = tempfile::tempdir().unwrap();
        let peers: Vec<String> = sim.urls()[1..].iter().map(|u| format!("\"{u}\"")).collect();
        let text = format!(
            "[[profile]]\nname = \"shell\"\nkind = \"obshell\"\nurl = \"{}\"\npeers = [{}]\nauth = {{ type = \"password\", password_env = \"T_SHELL\" }}\n",
            sim.url(),
            peers.join(", ")
        );
        private(&home.path().join("config.toml"), &text);
        Self { sim, home, _runtime: runtime }
    }
    pub fn run_as(&self, password: &str, args: &[&str]) -> Ran {
        self.run_with(&[("T_SHELL", password)], args)
    }
    /// Runs with more, or other, environment.
    pub fn run_with(&self, env: &[(&str, &str)], args: &[&str]) -> Ran {
        let mut c = command(self.home.path());
        c.env("OBDECK_CONFIG", self.home.path().join("config.toml")).env("T_SHELL", self.sim.password());
        c.envs(env.iter().copied()).args(args);
        let ran = finish(c, None);
        assert!(!ran.out.contains(self.sim.password()) && !ran.err.contains(self.sim.password()));
        ran
    }
    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_as(self.sim.password(), args)
    }
    pub fn orders(&self) -> usize {
        self.sim.arrivals().iter().filter(|a| a.method == "POST" && !a.target.ends_with("/check")).count()
    }
}

/// What a stop needs beside the typed name, which follows.
pub const SURE: [&str; 6] = ["--yes", "--reason", "CHG-1", "--override", "CHG-1", "--confirm"];

#[test]
fn lists_name_zones_servers_tenants_and_tasks() {
    let edge = Edge::new();
    let clusters = edge.run(&["get", "clusters"]).exit(0).json();
    assert_eq!(
        (clusters["contents"][0]["name"].as_str(), clusters["contents"][0]["profile"].as_str()),
        (Some("edge"), Some("shell"))
    );
    for what in ["zones", "servers"] {
        let list = edge.run(&["get", what, "--cluster", "edge"]).exit(0).json();
        assert_eq!(list["contents"].as_array().unwrap().len(), 3, "{what}");
    }
    assert!(
        !edge.run(&["get", "tenants", "--cluster", "edge"]).exit(0).json()["contents"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    edge.run(&["get", "tasks"]).exit(0);
    edge.run_as("wrong", &["get", "clusters"]).exit(4);
}

#[test]
fn a_stop_is_followed_through_its_stages_and_started_again() {
    let edge = Edge::new();
    let zone = |verb: &'static str, more: &[&'static str]| {
        let mut args = vec![verb, "zone", "edge", "zone3", "--wait", "-o", "ndjson"];
        args.extend(SURE);
        args.push("edge/zone3");
        args.extend(more);
        edge.run(&args)
    };
    for more in [&["--process", "--freeze"][..], &["--process"], &["--freeze"], &["--force"], &[]] {
        let before = edge.orders();
        let events = zone("stop", more).exit(0).events();
        assert_eq!(edge.orders(), before + 1, "{more:?}");
        let (first, last) = (events.first().unwrap(), events.last().unwrap());
        assert_eq!((first["type"].as_str(), last["type"].as_str()), (Some("task"), Some("end")));
        assert_eq!(last["status"], "SUCCEED");
        assert!(events.iter().any(|e| e["type"] == "subtask"));
        zone("start", &[]).exit(0);
    }
}

#[test]
fn what_is_not_offered_is_a_usage_error_that_says_what_is() {
    let edge = Edge::new();
    for (args, words) in [
        (&["stop", "cluster", "edge"][..], "--force"),
        (&["restart", "zone", "edge", "zone3"], "stop, then start"),
        (&["start", "zone", "edge", "zone3", "--force"], "one way only"),
        (&["stop", "zone", "edge", "zone3", "--force", "--freeze"], "one of them"),
        (&["stop", "cluster", "edge", "--process"], "zone"),
    ] {
        let mut all = args.to_vec();
        all.extend(["--yes", "--reason", "x", "--override", "x"]);
        edge.run(&all).exit(2).says(&[words]);
    }
    // A kill asks for the name and a reason, and nothing less will do.
    edge.run(&["stop", "zone", "edge", "zone3", "--force", "--yes"]).exit(3);
    edge.run(&["stop", "zone", "edge", "zone3", "--force", "--yes", "--confirm", "edge/zone3"]).exit(3);
    edge.run(&["stop", "zone", "edge", "zone9", "--yes"]).exit(8);
    assert_eq!(edge.orders(), 0);
}

#[test]
fn a_dry_run_shows_the_body_before_it_is_sealed_and_what_the_check_says() {
    let edge = Edge::new();
    let dry = edge
        .run(&[
            "stop",
            "zone",
            "edge",
            "zone3",
            "--process",
            "--force-pass-dag",
            "22130706433028861",
            "--dry-run",
        ])
        .exit(0)
        .json();
    let body: Value = serde_json::from_str(dry["request"]["body"].as_str().unwrap()).unwrap();
    assert_eq!(
        body,
        serde_json::json!({"freeze_server": false, "forcePassDag": {"id": ["22130706433028861"]}})
    );
    assert!(dry["request"]["url"].as_str().unwrap().ends_with("/api/v1/ob/zone/zone3/stop"));
    assert!(dry["request"]["headers"]["x-ocs-header"].as_str().unwrap().starts_with("***"));
    assert_eq!(dry["check"]["passed"], true);
    assert_eq!(edge.orders(), 0);
}

#[test]
fn a_cluster_is_stopped_by_force_and_a_task_read_with_its_stages() {
    let edge = Edge::new();
    let mut args = vec!["stop", "cluster", "edge", "--force", "-o", "json"];
    args.extend(SURE);
    args.push("edge");
    let task = edge.run(&args).exit(0).json();
    let id = task["id"].as_str().map_or_else(|| task["id"].to_string(), str::to_owned);
    assert!(task["traceId"].as_str().is_some_and(|t| t.len() == 16));
    let seen = edge.run(&["get", "task", &id]).exit(0).json();
    assert!(!seen["subtasks"].as_array().unwrap().is_empty());
    edge.run(&["task", "watch", &id, "-o", "ndjson"]).exit(0);
    edge.run(&["task", "retry", &id, "--yes"]).exit(9).says(&["RetryNotFailedDag"]);
}

#[test]
fn the_agents_own_password_and_its_socket_are_ways_in() {
    let home = tempfile::tempdir().unwrap();
    let socket = home.path().join("run.sock");
    let edge = Edge::of(Options { speed: 500.0, socket: Some(socket.clone()), ..Options::default() });
    edge.sim.set_agent_password(0, "canary-agent");
    let config = |more: &str| {
        let text = format!("[[profile]]\nname = \"shell\"\nkind = \"obshell\"\n{more}\n");
        private(&edge.home.path().join("config.toml"), &text);
        edge.run(&["config", "check"]).exit(0);
    };
    let stop = ["stop", "zone", "edge", "zone3", "--wait", "-o", "ndjson"].into_iter().chain(SURE);
    let stop: Vec<&str> = stop.chain(["edge/zone3"]).collect();
    config(&format!(
        "url = \"{}\"\nauth = {{ type = \"agent-password\", password_env = \"T_SHELL\" }}",
        edge.sim.url()
    ));
    edge.run_as("wrong", &["get", "clusters"]).exit(4).says(&["Agent password is incorrect"]);
    edge.run_as("canary-agent", &["get", "clusters"]).exit(0);
    edge.run_as("canary-agent", &stop).exit(0);
    config(&format!("url = \"unix://{}\"", socket.display()));
    // No secret is looked for.
    edge.run_as("", &["start", "zone", "edge", "zone3", "--wait", "--yes", "-o", "ndjson"]).exit(0);
    let dry = edge.run_as("", &[&stop[..4], &["--dry-run"]].concat()).exit(0).json();
    assert_eq!(dry["request"]["socket"].as_str(), socket.to_str());
    assert_eq!(dry["request"]["url"], "http://localhost/api/v1/ob/stop");
    assert!(!dry["request"]["headers"].as_object().unwrap().keys().any(|h| h.starts_with("x-ocs")));
    assert_eq!(edge.orders(), 2);
    drop(edge);
    assert!(!socket.exists(), "the stand-in takes its socket away");
}

/// A zone stop in which every agent works, as it is read after its end: its ID and the document of `get task`.
fn with_sub_dags(edge: &Edge) -> (String, Value) {
    let mut args = vec!["stop", "zone", "edge", "zone3", "--process", "--wait", "-o", "json"];
    args.extend(SURE);
    args.push("edge/zone3");
    edge.run(&args).exit(0);
    let list = edge.run(&["get", "tasks"]).exit(0).json();
    let id = list["contents"][0]["id"].clone();
    let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
    let doc = edge.run(&["get", "task", &id, "-o", "json"]).exit(0).json();
    (id, doc)
}

#[test]
fn sub_dags_stand_in_the_json_of_a_task_with_agent_stage_and_steps() {
    let edge = Edge::new();
    let (_, doc) = with_sub_dags(&edge);
    let subs = doc["subDags"].as_array().unwrap_or_else(|| panic!("{doc:#}"));
    let agents: std::collections::BTreeSet<&str> = subs.iter().filter_map(|s| s["agent"].as_str()).collect();
    let wanted: Vec<String> = edge.sim.addresses().iter().map(ToString::to_string).collect();
    assert_eq!(agents, wanted.iter().map(String::as_str).collect(), "one for each agent");
    let stages: Vec<&Value> = doc["subtasks"].as_array().unwrap().iter().map(|s| &s["node"]).collect();
    for sub in subs {
        assert_eq!(sub["status"], "SUCCEED", "{sub:#}");
        assert_eq!(sub["phase"], "done", "{sub:#}");
        assert!(stages.contains(&&sub["node"]), "{sub:#}");
        assert_eq!(sub["stage"]["now"], sub["stage"]["max"], "{sub:#}");
        assert!(!sub["subtasks"].as_array().unwrap().is_empty(), "{sub:#}");
        assert!(sub.get("unread").is_none() && sub.get("agentAway").is_none(), "{sub:#}");
    }
}

#[test]
fn sub_dags_stand_in_the_table_under_the_stage_that_waits_for_them() {
    let edge = Edge::new();
    let (id, doc) = with_sub_dags(&edge);
    let table = edge.run(&["get", "task", &id, "-o", "table"]).exit(0).out;
    let rows: Vec<&str> = table.lines().collect();
    let subs = doc["subDags"].as_array().unwrap();
    let stage =
        rows.iter().rposition(|r| r.contains("Wait for all agents")).unwrap_or_else(|| panic!("{table}"));
    for (at, sub) in subs.iter().enumerate() {
        let row = rows[stage + 1 + at];
        let sub_id = sub["id"].as_str().map_or_else(|| sub["id"].to_string(), str::to_owned);
        assert!(row.starts_with(&sub_id) && row.contains("  sub DAG "), "{row}\n{table}");
        assert!(row.contains("SUCCEED") && row.contains(sub["agent"].as_str().unwrap()), "{row}\n{table}");
    }
}

#[test]
fn a_saved_answer_drawn_as_json_names_its_sub_dags_and_says_they_are_not_in_it() {
    let edge = Edge::new();
    let (id, doc) = with_sub_dags(&edge);
    let tape = edge.home.path().join("tape.jsonl").display().to_string();
    edge.run(&["get", "task", &id, "--record", &tape]).exit(0);
    let lines = std::fs::read_to_string(&tape).unwrap();
    let exchange = lines
        .lines()
        .map(|l| serde_json::from_str::<Value>(l).unwrap())
        .find(|l| l["path"].as_str().is_some_and(|p| p.contains(&format!("/task/dag/{id}"))))
        .unwrap_or_else(|| panic!("{lines}"));
    let body = exchange["answer"]["text"].as_str().unwrap_or_else(|| panic!("{exchange:#}"));
    let drawn = super::run::bare(&["graph", "-", "--format", "json"], Some(body)).exit(0).json();
    let named = |doc: &Value| -> Vec<(Value, Value, Value)> {
        let subs = doc["subDags"].as_array().cloned().unwrap_or_default();
        subs.iter().map(|s| (s["agent"].clone(), s["id"].clone(), s["node"].clone())).collect()
    };
    assert_eq!(named(&drawn).len(), 3);
    assert_eq!(named(&drawn), named(&doc));
    for sub in drawn["subDags"].as_array().unwrap() {
        assert_eq!(sub["unread"], "a saved answer holds its ID alone");
        assert!(sub.get("status").is_none() && sub["subtasks"].as_array().unwrap().is_empty(), "{sub:#}");
    }
}
