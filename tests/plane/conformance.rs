//! Every sample of the documentation decodes, and every task sample folds without a defect.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use obdeck::domain::action::{Action, Scope, SubtaskVerb, TaskVerb, Verb};
use obdeck::domain::id::{ClusterId, ProfileName, ServerId, SubtaskId, TaskId, TaskRef, ZoneName};
use obdeck::domain::outcome::{Outcome, ReadError, ReadErrorKind};
use obdeck::domain::task::TaskFilter;
use obdeck::domain::time::Span;
use obdeck::domain::topology::{Relation, Zone};
use obdeck::plane::{ControlPlane, DecodedFile, decode_file};

use super::server::{Server, answer, approved, client, cluster_action, no, ok};

fn fixtures() -> PathBuf {
    PathBuf::from(std::env::var_os("OBDECK_FIXTURES").unwrap())
}

/// (file, method, path) of every OCP sample.
fn samples() -> Vec<(PathBuf, String, String)> {
    let root = fixtures().join("ocp");
    let index = std::fs::read(root.join("index.json")).unwrap();
    let index: Vec<serde_json::Value> = serde_json::from_slice(&index).unwrap();
    let text = |v: &serde_json::Value, key: &str| v[key].as_str().unwrap().to_owned();
    index.iter().map(|v| (root.join(text(v, "file")), text(v, "method"), text(v, "path"))).collect()
}

fn is_task(file: &Path) -> bool {
    let text = std::fs::read(file).unwrap();
    let value: serde_json::Value = serde_json::from_slice(&text).unwrap();
    value["data"]["subtasks"].is_array() || value["data"]["tasks"].is_array()
}

#[test]
#[ignore = "needs OBDECK_FIXTURES"]
fn every_task_sample_folds_into_a_graph_without_a_defect() {
    let mut count = 0;
    for (file, ..) in samples().into_iter().filter(|(f, ..)| is_task(f)) {
        let decoded = decode_file(&std::fs::read(&file).unwrap());
        let Ok(DecodedFile::Task { task, trace, .. }) = decoded else {
            panic!("{}: {decoded:?}", file.display())
        };
        assert!(trace.is_some(), "{}", file.display());
        assert_eq!(task.graph.defects, [], "{}", file.display());
        assert!(!task.graph.nodes.is_empty(), "{}", file.display());
        // All printed graphs are chains (ocp-api 4).
        assert_eq!(task.graph.edges.len() + 1, task.graph.nodes.len(), "{}", file.display());
        assert!(task.head.started.is_some() && !task.head.creator.is_empty(), "{}", file.display());
        count += 1;
    }
    assert!(count > 50, "only {count} task samples");
}

/// Reads a sample through the client, as the read that its path belongs to; gives how much it held.
async fn read(path: &str, text: String) -> Option<Result<usize, ReadError>> {
    let server = Server::start(move |seen, _| match seen.path() {
        // The lists of servers are asked for where the zones come without them.
        "/api/v2/ob/clusters/7/zones" | "/api/v2/ob/clusters/8/zones" => {
            ok(r#"{"contents":[{"name":"zone1"}]}"#)
        }
        "/api/v2/ob/clusters/8/servers" => no(404, "0", "not offered"),
        "/api/v2/time" => answer(200, "", "2026-11-21T10:00:00+08:00"),
        _ => answer(200, "content-type: application/json\r\n", &text),
    });
    let plane = client(&server);
    let id = ClusterId::new("1");
    let task = TaskId::new("1");
    let filter = TaskFilter::default();
    let servers = |zones: Vec<Zone>| zones.iter().map(|z| z.servers.len()).sum();
    Some(match path {
        "/api/v2/info" => plane.info().await.map(|f| f.value.version.raw().len()),
        "/api/v2/ob/clusters" => plane.clusters().await.map(|f| f.value.len()),
        "/api/v2/ob/clusters/{id}/zones" => plane.zones(&id).await.map(|f| servers(f.value)),
        p if p.ends_with("/zones/{zoneName}/servers") => {
            plane.zones(&ClusterId::new("8")).await.map(|f| servers(f.value))
        }
        p if p.ends_with("/servers") => plane.zones(&ClusterId::new("7")).await.map(|f| servers(f.value)),
        p if p.ends_with("/tenants") && p.contains("/clusters/") => {
            plane.tenants(&id).await.map(|f| f.value.len())
        }
        p if p.ends_with("/units") => plane.units(&id).await.map(|f| f.value.len()),
        "/api/v2/ob/clusters/{id}/parameters" => plane.parameters(&id).await.map(|f| f.value.len()),
        "/api/v2/tasks/instances" => plane.tasks(&filter).await.map(|f| f.value.len()),
        "/api/v2/tasks/instances/{taskInstanceId}" => {
            plane.task(&task).await.map(|f| f.value.graph.nodes.len())
        }
        p if p.ends_with("/log") => plane.log(&task, &SubtaskId::new("1")).await.map(|f| f.value.lines.len()),
        _ => return None,
    })
}

#[tokio::test]
#[ignore = "needs OBDECK_FIXTURES"]
async fn every_sample_of_a_read_is_read() {
    let mut read_of = BTreeSet::new();
    for (file, method, path) in samples() {
        if method != "GET" || file.ends_with("error-rate-limited.json") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        // Some pages say "3 pages" beside a single sample: one page is all there is here.
        let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
        if let Some(page) = value["data"].get_mut("page") {
            page["totalPages"] = 1.into();
        }
        if let Some(read) = read(&path, value.to_string()).await {
            let items = read.unwrap_or_else(|e| panic!("{}: {e:?}", file.display()));
            assert!(items > 0, "{}", file.display());
            read_of.insert(path);
        }
    }
    assert_eq!(read_of.len(), 11, "{read_of:?}");
}

#[tokio::test]
#[ignore = "needs OBDECK_FIXTURES"]
async fn every_sample_of_a_cluster_list_is_of_a_primary_without_a_standby() {
    let lists = samples().into_iter().filter(|(_, m, p)| m == "GET" && p == "/api/v2/ob/clusters");
    let mut count = 0;
    for (file, ..) in lists {
        let text = std::fs::read_to_string(&file).unwrap();
        let text = text.replace("\"totalPages\": 3", "\"totalPages\": 1");
        let server = Server::start(move |_, _| answer(200, "content-type: application/json\r\n", &text));
        for c in client(&server).clusters().await.unwrap().value {
            assert_eq!((c.role.raw(), c.relation), ("PRIMARY", Relation::default()), "{}", file.display());
            count += 1;
        }
    }
    assert!(count >= 3, "only {count}");
}

/// The order whose answer a path's sample is.
fn order(path: &str) -> Option<Action> {
    let verb = match path.rsplit('/').next()? {
        "stop" => Verb::Stop,
        "start" => Verb::Start,
        "restart" => Verb::Restart,
        _ => return task_order(path),
    };
    let zone = ZoneName::new("zone1");
    let scope = match path.strip_prefix("/api/v2/ob/clusters/{id}/")?.split('/').next()? {
        "zones" => Scope::Zone(zone),
        "servers" => Scope::Server { id: ServerId::new("2"), address: "10.0.0.1:2882".into(), zone },
        _ => Scope::Cluster,
    };
    Some(cluster_action(verb, scope, false))
}

fn task_order(path: &str) -> Option<Action> {
    let task = TaskRef { profile: ProfileName::new("test"), id: TaskId::new("1") };
    let subtask = SubtaskId::new("2");
    let rest = path.strip_prefix("/api/v2/tasks/instances/{taskInstanceId}/")?;
    Some(match rest {
        "retry" => Action::Task { task, verb: TaskVerb::Retry },
        "rollback" => Action::Task { task, verb: TaskVerb::Rollback },
        "subtasks/{subtaskInstanceId}/retry" => Action::Subtask { task, subtask, verb: SubtaskVerb::Retry },
        "subtasks/{subtaskInstanceId}/skip" => Action::Subtask { task, subtask, verb: SubtaskVerb::Skip },
        "subtasks/{subtaskInstanceId}/cancel" => Action::Subtask { task, subtask, verb: SubtaskVerb::Cancel },
        _ => return None,
    })
}

#[tokio::test]
#[ignore = "needs OBDECK_FIXTURES"]
async fn every_sample_of_an_order_is_accepted() {
    let mut orders = BTreeSet::new();
    for (file, method, path) in samples() {
        let Some(action) = order(&path).filter(|_| method == "POST") else { continue };
        let text = std::fs::read_to_string(&file).unwrap();
        let server = Server::start(move |_, _| answer(200, "content-type: application/json\r\n", &text));
        let outcome = client(&server).submit(approved(action.clone())).await;
        let Outcome::Accepted { task, trace, .. } = outcome else {
            panic!("{}: {outcome:?}", file.display())
        };
        assert!(trace.is_some(), "{}", file.display());
        let whole = !matches!(action, Action::Subtask { .. });
        assert_eq!(task.is_some(), whole, "{}", file.display());
        orders.insert(path);
    }
    assert_eq!(orders.len(), 14, "{orders:?}");
}

#[tokio::test]
#[ignore = "needs OBDECK_FIXTURES"]
async fn the_sample_of_a_rate_limit_is_one() {
    let file = fixtures().join("ocp/v4.0.0/error-rate-limited.json");
    let text = std::fs::read_to_string(file).unwrap();
    let server = Server::start(move |_, _| answer(429, "ratelimit-reset: 4\r\n", &text));
    let err = client(&server).clusters().await.unwrap_err();
    assert_eq!((err.kind, err.wait), (ReadErrorKind::RateLimited, Some(Span::from_secs(4))));
    assert!(err.why.raw().starts_with("Excessive number"), "{:?}", err.why);
}

#[test]
#[ignore = "needs OBDECK_FIXTURES"]
fn every_recorded_dag_of_obshell_is_read() {
    let mut count = 0;
    for entry in std::fs::read_dir(fixtures().join("obshell")).unwrap().flatten() {
        let scene: serde_json::Value = serde_json::from_slice(&std::fs::read(entry.path()).unwrap()).unwrap();
        for exchange in scene["exchanges"].as_array().into_iter().flatten() {
            let body = &exchange["response"]["body"];
            let data = &body["data"];
            if !data["dag_id"].is_number() {
                continue;
            }
            let decoded = decode_file(body.to_string().as_bytes());
            let Ok(DecodedFile::Task { task, .. }) = decoded else {
                panic!("{:?}: {decoded:?}", entry.path())
            };
            assert_eq!(task.graph.nodes.len(), data["nodes"].as_array().map_or(0, Vec::len));
            assert_eq!(task.graph.defects, [], "{:?}", entry.path());
            assert_eq!(task.head.at.id.raw(), data["id"].as_str().unwrap());
            count += 1;
        }
    }
    assert!(count > 100, "only {count} DAGs");
}
