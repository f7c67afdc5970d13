//! The stand-in's answers beside the samples of the documentation, member by member and by JSON type.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use obdeck::sim::faults::RateLimit;
use serde_json::Value;

use super::http::Desk;
use super::raw::Got;
use super::story::to_the_end;

/// What differs, and why that is right: (sample, path in the answer, reason).
const ALLOWED: [(&str, &str, &str); 11] = [
    ("list-clusters", "+data.contents[].updateTime", "in the page's table, not in its sample"),
    ("list-clusters", "-data.contents[].alarmSummaries", "one branch only; the stand-in has no alarms"),
    ("list-cluster-tenants", "+data.contents[].obTenantId", "in the page's table, not in its sample"),
    ("list-tenants", "+data.contents[].obTenantId", "in the page's table, not in its sample"),
    ("list-tasks", "-data.contents[].tenant", "optional; no task of the stand-in belongs to a tenant"),
    ("get-task", "+data.cluster", "optional; the sample's task belongs to a host"),
    ("retry-task", "+data.cluster", "optional; the sample's task belongs to a host"),
    ("rollback-task", "+data.cluster", "optional; the sample's task belongs to a host"),
    ("retry-task", "-data.finishTime", "the sample prints an ended task; after the retry it runs"),
    ("rollback-task", "-data.finishTime", "the sample prints an ended task; after the order it runs"),
    ("retry-subtask", "-data.finishTime", "the sample prints an ended subtask; after the retry it is READY"),
];

/// Members whose keys are data.
const FREE: [&str; 3] = ["valueToServers", "listMap", "stringMap"];

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(n) if n.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

/// Every path of the document and the types found there.
fn shape(value: &Value, at: &str, into: &mut BTreeMap<String, Vec<&'static str>>) {
    let kinds = into.entry(at.to_owned()).or_default();
    if !kinds.contains(&kind(value)) {
        kinds.push(kind(value));
    }
    match value {
        Value::Object(map) if !FREE.iter().any(|free| at.ends_with(free)) => {
            for (name, inner) in map {
                let path = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                shape(inner, &path, into);
            }
        }
        Value::Array(list) => list.iter().for_each(|inner| shape(inner, &format!("{at}[]"), into)),
        _ => {}
    }
}

/// What the answer lacks (`-`) or has more (`+`) than the sample, and where types differ.
fn differences(sample: &Value, ours: &Value) -> Vec<String> {
    let (mut theirs, mut mine) = (BTreeMap::new(), BTreeMap::new());
    shape(sample, "", &mut theirs);
    shape(ours, "", &mut mine);
    let mut out = Vec::new();
    for (path, kinds) in &theirs {
        match mine.get(path) {
            None => out.push(format!("-{path}")),
            Some(here) => {
                out.extend(kinds.iter().filter(|k| !here.contains(k)).map(|k| format!("-{path}:{k}")));
            }
        }
    }
    for (path, kinds) in &mine {
        match theirs.get(path) {
            None => out.push(format!("+{path}")),
            Some(there) => {
                out.extend(kinds.iter().filter(|k| !there.contains(k)).map(|k| format!("+{path}:{k}")));
            }
        }
    }
    out
}

fn is_allowed(name: &str, difference: &str) -> bool {
    ALLOWED.iter().any(|(sample, path, _)| {
        let below = difference.strip_prefix(path);
        (sample.is_empty() || *sample == name)
            && below.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    })
}

/// Samples by name, of every branch that has them.
fn samples() -> BTreeMap<String, Vec<(PathBuf, Value)>> {
    let root = std::env::var("OBDECK_FIXTURES").unwrap();
    let mut all: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for branch in std::fs::read_dir(Path::new(&root).join("ocp")).unwrap().map(|e| e.unwrap().path()) {
        for file in std::fs::read_dir(&branch).into_iter().flatten().map(|e| e.unwrap().path()) {
            let name = file.file_stem().unwrap().to_str().unwrap().trim_end_matches("-2").to_owned();
            let value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
            all.entry(name).or_default().push((file, value));
        }
    }
    all
}

fn compare(name: &str, got: &Got) {
    let all = samples();
    let ours = got.json();
    for (file, sample) in all.get(name).unwrap_or_else(|| panic!("no sample {name}")) {
        let left: Vec<_> = differences(sample, &ours).into_iter().filter(|d| !is_allowed(name, d)).collect();
        assert!(left.is_empty(), "{}: {left:#?}", file.display());
    }
}

const OLD: &str = "/api/v2/ob/clusters/1000002";
const MIDDLE: &str = "/api/v2/ob/clusters/1000001";

#[test]
#[ignore = "needs OBDECK_FIXTURES"]
fn reads_have_the_members_and_types_of_the_samples() {
    let desk = Desk::calm();
    let tenant = desk.rows(&format!("{MIDDLE}/tenants"))[0]["id"].clone();
    let past = desk.rows("/api/v2/tasks/instances").remove(0);
    let task = format!("/api/v2/tasks/instances/{}", past["id"]);
    let host = desk.rows("/api/v2/compute/hosts")[0]["id"].clone();
    for (name, path) in [
        ("list-clusters", "/api/v2/ob/clusters".to_owned()),
        ("list-zones", format!("{MIDDLE}/zones")),
        ("list-servers", format!("{MIDDLE}/servers")),
        ("list-zone-servers", format!("{MIDDLE}/zones/zone1/servers")),
        ("list-tenants", "/api/v2/ob/tenants".to_owned()),
        ("list-cluster-tenants", format!("{MIDDLE}/tenants")),
        ("get-tenant", format!("{MIDDLE}/tenants/{tenant}")),
        ("list-tenant-units", format!("{MIDDLE}/tenants/{tenant}/units")),
        ("list-cluster-parameters", format!("{MIDDLE}/parameters")),
        ("list-tasks", "/api/v2/tasks/instances".to_owned()),
        ("get-task", task.clone()),
        ("subtask-log", format!("{task}/subtasks/{}/log", past["subtasks"][0]["id"])),
        ("list-hosts", "/api/v2/compute/hosts".to_owned()),
        ("get-host", format!("/api/v2/compute/hosts/{host}")),
        ("info", "/api/v2/info".to_owned()),
    ] {
        compare(name, &desk.get(&path));
    }
    desk.sim.faults().set_rate_limit(Some(RateLimit { limit: 0, window_s: 60 }));
    compare("error-rate-limited", &desk.get("/api/v2/ob/clusters"));
}

#[test]
#[ignore = "needs OBDECK_FIXTURES"]
fn action_replies_have_the_members_and_types_of_the_samples() {
    for (cluster, prefix, zone_verbs, server_verbs, cluster_verbs) in [
        (MIDDLE, "protoss", &["stop", "start", "restart"][..], &["restart"][..], &[][..]),
        (OLD, "trade12", &[][..], &["stop", "start"][..], &["stop", "start", "restart"][..]),
    ] {
        let desk = Desk::calm();
        assert_eq!(desk.cluster(prefix), cluster);
        let server = desk.rows(&format!("{cluster}/servers"))[0]["id"].clone();
        let groups = [
            ("zone", format!("{cluster}/zones/zone3"), zone_verbs),
            ("server", format!("{cluster}/servers/{server}"), server_verbs),
            ("cluster", cluster.to_owned(), cluster_verbs),
        ];
        for (what, path, verbs) in groups {
            for verb in verbs {
                let got = desk.post(&format!("{path}/{verb}"), "");
                compare(&format!("{verb}-{what}"), &got);
                assert_eq!(to_the_end(&desk, &got.data()["id"])["status"], "SUCCESSFUL");
            }
        }
    }
}

#[test]
#[ignore = "needs OBDECK_FIXTURES"]
fn task_orders_have_the_members_and_types_of_the_samples() {
    let failed = || {
        let desk = Desk::scenario("incident");
        let task = desk.rows("/api/v2/tasks/instances?status=FAILED").remove(0);
        let sub =
            task["subtasks"].as_array().unwrap().iter().find(|s| s["status"] == "FAILED").unwrap()["id"]
                .clone();
        (desk, format!("/api/v2/tasks/instances/{}", task["id"]), sub)
    };
    let (desk, path, _) = failed();
    compare("retry-task", &desk.post(&format!("{path}/retry"), ""));
    let (desk, path, _) = failed();
    compare("rollback-task", &desk.post(&format!("{path}/rollback"), ""));
    let (desk, path, sub) = failed();
    compare("retry-subtask", &desk.post(&format!("{path}/subtasks/{sub}/retry"), ""));
    desk.pass(2);
    compare("cancel-subtask", &desk.post(&format!("{path}/subtasks/{sub}/cancel"), ""));
    desk.pass(10);
    compare("skip-subtask", &desk.post(&format!("{path}/subtasks/{sub}/skip"), ""));
}

/// The steps of a sample's chain from its root on; siblings have one name.
fn chain(task: &Value) -> Vec<String> {
    let list = task.get("subtasks").or(task.get("tasks")).unwrap().as_array().unwrap();
    let mut now: Vec<&Value> =
        list.iter().filter(|s| s["upstreams"].as_array().unwrap().is_empty()).collect();
    let mut names = Vec::new();
    while let Some(first) = now.first() {
        names.push(first["name"].as_str().unwrap().to_owned());
        let next = first["downstreams"].as_array().unwrap().clone();
        now = list.iter().filter(|s| next.contains(&s["id"])).collect();
    }
    names
}

#[test]
#[ignore = "needs OBDECK_FIXTURES"]
fn chains_and_timeouts_are_those_of_the_samples() {
    let all = samples();
    let desk = Desk::calm();
    // One OBServer a zone, as in every sample; a cluster restart has three zones here and one there.
    let cluster = desk.cluster("meta01");
    for (name, path) in [
        ("stop-zone", format!("{cluster}/zones/zone2")),
        ("start-zone", format!("{cluster}/zones/zone2")),
        ("restart-zone", format!("{cluster}/zones/zone2")),
        ("stop-server", format!("{cluster}/servers/2")),
        ("start-server", format!("{cluster}/servers/2")),
        ("restart-server", format!("{cluster}/servers/2")),
        ("stop-cluster", cluster.clone()),
        ("start-cluster", cluster.clone()),
    ] {
        let verb = name.split('-').next().unwrap();
        let reply = desk.post(&format!("{path}/{verb}"), "").data();
        to_the_end(&desk, &reply["id"]);
        for (file, sample) in &all[name] {
            assert_eq!(chain(&reply), chain(&sample["data"]), "{}", file.display());
            for theirs in sample["data"]["subtasks"].as_array().into_iter().flatten() {
                let same = |s: &&Value| s["name"] == theirs["name"];
                let ours = reply["subtasks"].as_array().unwrap().iter().find(same).unwrap();
                assert_eq!(ours["timeout"], theirs["timeout"], "{} {}", file.display(), theirs["name"]);
                assert_eq!(
                    ours["parallelIdx"],
                    theirs["parallelIdx"],
                    "{} {}",
                    file.display(),
                    theirs["name"]
                );
            }
        }
    }
}
