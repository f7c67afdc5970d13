//! Every recorded answer of real agents decodes and converts as the reference says.

use std::collections::{BTreeMap, BTreeSet};

use obdeck::domain::action::{Force, TaskVerb, Verb};
use obdeck::domain::id::{ClusterId, ProfileName, SubtaskId, TaskId, TaskRef};
use obdeck::domain::outcome::{Outcome, ReadErrorKind};
use obdeck::domain::status::{Health, Phase};
use obdeck::domain::task::TaskFilter;
use obdeck::plane::ControlPlane as _;
use serde_json::Value;

use super::super::server::{Server, approved, json};
use super::agent::{agent, client, order, zone};

/// All exchanges of all scenes: (scene, exchange).
fn exchanges() -> Vec<(String, Value)> {
    let folder = std::env::var("OBDECK_FIXTURES").unwrap() + "/obshell";
    let mut all = Vec::new();
    for file in std::fs::read_dir(folder).unwrap().flatten() {
        let doc: Value = serde_json::from_str(&std::fs::read_to_string(file.path()).unwrap()).unwrap();
        for e in doc["exchanges"].as_array().into_iter().flatten() {
            if e["response"]["body"].is_object() {
                all.push((doc["scene"].as_str().unwrap().to_owned(), e.clone()));
            }
        }
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(all.len() > 700, "{}", all.len());
    all
}

/// Answers every read of one path with a recorded answer, and everything else with 404.
fn serves(path: &str, e: &Value) -> Server {
    let (path, status) = (path.to_owned(), e["response"]["status"].as_u64().unwrap() as u16);
    let body = e["response"]["body"].to_string();
    agent(move |o, _| {
        if o.seen.path().split('?').next() == Some(path.as_str()) {
            json(status, &body)
        } else {
            json(
                404,
                r#"{"successful":false,"status":404,"error":{"errCode":"Common.NotFound","message":"x"}}"#,
            )
        }
    })
}

/// A sub DAG that is opened by itself: its meeting points are no failures while nobody says that the main DAG failed, and
/// PASS at the last of them ends it well where every stage ran (obshell-api 7.3).
fn of_sub(data: &Value, plain: Phase) -> Phase {
    let stages = data["nodes"].as_array().map_or(&[][..], Vec::as_slice);
    let ran = |n: &Value| {
        let subs = n["sub_tasks"].as_array().map_or(&[][..], Vec::as_slice);
        !subs.is_empty() && subs.iter().all(|s| s["execute_times"].as_u64() > Some(0))
    };
    match plain {
        Phase::Failed => Phase::Ready,
        Phase::Skipped if text(data, "operator") == "PASS" && stages.iter().all(ran) => Phase::Done,
        other => other,
    }
}

fn phase_of(state: &str, operator: &str) -> Phase {
    match (state, operator) {
        ("PENDING", _) => Phase::Pending,
        ("READY", _) => Phase::Ready,
        ("RUNNING", "ROLLBACK") => Phase::RollingBack,
        ("RUNNING", "CANCEL") => Phase::Canceling,
        ("RUNNING", _) => Phase::Running,
        ("FAILED", _) => Phase::Failed,
        ("SUCCEED", "PASS" | "ROLLBACK") => Phase::Skipped,
        ("SUCCEED", _) => Phase::Done,
        other => panic!("{other:?}"),
    }
}

fn text<'a>(v: &'a Value, member: &str) -> &'a str {
    v[member].as_str().unwrap_or("")
}

#[tokio::test]
#[ignore = "needs OBDECK_FIXTURES"]
async fn every_recorded_dag_converts_as_written() {
    let mut count = 0;
    for (scene, e) in exchanges() {
        let path = text(&e["request"], "path").split('?').next().unwrap().to_owned();
        let data = &e["response"]["body"]["data"];
        if text(&e["request"], "method") != "GET"
            || !path.starts_with("/api/v1/task/dag/")
            || !data["dag_id"].is_number()
            || !path.ends_with(text(data, "id"))
        {
            continue;
        }
        // Thousands of polls of a few shapes: the last digit of the clock picks a sixth of them.
        count += 1;
        if count % 6 != 0 {
            continue;
        }
        let server = serves(&path, &e);
        let task = client(&server).task(&TaskId::new(text(data, "id"))).await;
        let task = task.unwrap_or_else(|e| panic!("{scene} {path}: {e:?}")).value;
        assert_eq!(task.head.name.raw(), text(data, "name"));
        let plain = phase_of(text(data, "state"), text(data, "operator"));
        let phase =
            if data["additional_data"]["main_dag_id"].is_string() { of_sub(data, plain) } else { plain };
        assert_eq!(task.phase(), phase, "{scene} {path}");
        assert_eq!(u64::from(task.stage.unwrap().max), data["max_stage"].as_u64().unwrap());
        let nodes = data["nodes"].as_array().map_or(&[][..], Vec::as_slice);
        assert_eq!(task.graph.nodes.len(), nodes.len());
        assert_eq!(task.graph.edges.len(), nodes.len().saturating_sub(1));
        assert_eq!(task.graph.defects, [], "{scene}");
        for (node, told) in task.graph.nodes.iter().zip(nodes) {
            assert_eq!(node.name.raw(), text(told, "name"));
            assert_eq!(node.members.len(), told["sub_tasks"].as_array().map_or(0, Vec::len));
            for (member, told) in node.members.iter().zip(told["sub_tasks"].as_array().into_iter().flatten())
            {
                assert_eq!(member.id.raw(), text(told, "id"));
                assert_eq!(u64::from(member.runs), told["execute_times"].as_u64().unwrap());
                assert_eq!(member.status.word.raw(), text(told, "state"));
                let started = member.started.is_some();
                let may = !matches!(text(told, "state"), "PENDING" | "READY");
                assert!(may || !started);
                if let (Some(from), Some(to)) = (member.started, member.finished) {
                    assert!(to >= from, "{scene} {path}: ended before it began");
                }
            }
        }
        let subs = data["additional_data"]["sub_dags"].as_object().map_or(0, serde_json::Map::len);
        assert_eq!(task.graph.nodes.iter().map(|n| n.inner.len()).sum::<usize>(), subs);
    }
    assert!(count > 400, "{count}");
}

#[tokio::test]
#[ignore = "needs OBDECK_FIXTURES"]
async fn every_recorded_refusal_has_its_kind() {
    let want: BTreeMap<&str, ReadErrorKind> = [
        ("Agent.Identify.NotSupportOperation", ReadErrorKind::Conflict),
        ("Agent.NotExist", ReadErrorKind::NotFound),
        ("Agent.OceanBase.NotHold", ReadErrorKind::Conflict),
        ("Agent.UnderMaintenance", ReadErrorKind::Conflict),
        ("Common.BindJsonFailed", ReadErrorKind::BadRequest),
        ("Common.IllegalArgument", ReadErrorKind::BadRequest),
        ("Common.InvalidIp", ReadErrorKind::BadRequest),
        ("Common.NotFound", ReadErrorKind::NotFound),
        ("OB.Cluster.ForceStopOrTerminateRequired", ReadErrorKind::Conflict),
        ("OB.Cluster.ForceStopRequired", ReadErrorKind::Conflict),
        ("OB.Cluster.NotInitialized", ReadErrorKind::Conflict),
        ("OB.Cluster.Scope.Invalid", ReadErrorKind::BadRequest),
        ("OB.Cluster.StopModeConflict", ReadErrorKind::BadRequest),
        ("OB.Server.StoppedInMultiZone", ReadErrorKind::Conflict),
        ("OB.Tenant.NotExist", ReadErrorKind::NotFound),
        ("OB.Zone.NotExist", ReadErrorKind::NotFound),
        ("Request.Body.Decrypt.AES.ContentLength.Invalid", ReadErrorKind::Server),
        ("Request.Body.Decrypt.AES.KeyAndIv.Invalid", ReadErrorKind::Server),
        ("Request.Header.NotFound", ReadErrorKind::BadRequest),
        ("Task.Dag.Operator.CancelFinishedDag", ReadErrorKind::Conflict),
        ("Task.Dag.Operator.NotSupport", ReadErrorKind::BadRequest),
        ("Task.Dag.Operator.PassNotAllowed", ReadErrorKind::Conflict),
        ("Task.Dag.Operator.PassNotFailedDag", ReadErrorKind::Conflict),
        ("Task.Dag.Operator.RetryNotAllowed", ReadErrorKind::Conflict),
        ("Task.Dag.Operator.RetryNotFailedDag", ReadErrorKind::Conflict),
        ("Task.Dag.Operator.RollbackNotAllowed", ReadErrorKind::Conflict),
        ("Task.Dag.Operator.RollbackNotFailedDag", ReadErrorKind::Conflict),
        ("Task.Node.Operator.NotSupport", ReadErrorKind::BadRequest),
        ("Task.Node.Operator.PassNotAllowed", ReadErrorKind::Conflict),
        ("Task.Node.Operator.PassNotFailedDag", ReadErrorKind::Conflict),
        ("Task.Node.Operator.PassNotFailedNode", ReadErrorKind::Conflict),
        ("Task.NotFound", ReadErrorKind::NotFound),
    ]
    .into();
    let mut seen = BTreeSet::new();
    for (scene, e) in exchanges() {
        let code = text(&e["response"]["body"]["error"], "errCode").to_owned();
        if code.is_empty() || !seen.insert(code.clone()) {
            continue;
        }
        let (status, body) =
            (e["response"]["status"].as_u64().unwrap() as u16, e["response"]["body"].to_string());
        let server = agent(move |_, _| json(status, &body));
        let outcome = client(&server).submit(approved(order(Verb::Stop, zone(), Force::default()))).await;
        let Outcome::Refused(r) = &outcome else { panic!("{scene} {code}: {outcome:?}") };
        let expected = match code.as_str() {
            c if c.starts_with("Security.") => ReadErrorKind::Unauthenticated,
            "Common.Unexpected" if r.message.raw().contains("dial tcp") => ReadErrorKind::Unreachable,
            "Common.Unexpected" => ReadErrorKind::Server,
            c => *want.get(c).unwrap_or_else(|| panic!("{scene}: {c} is not in the table")),
        };
        assert_eq!(r.kind, expected, "{scene} {code}");
        assert_eq!(r.code.raw(), code);
        assert_eq!(server.posts().len(), 1);
    }
    assert!(seen.len() > 30, "{}", seen.len());
}

#[tokio::test]
#[ignore = "needs OBDECK_FIXTURES"]
async fn every_recorded_cluster_converts() {
    let mut words = BTreeMap::new();
    for (scene, e) in exchanges() {
        let data = &e["response"]["body"]["data"];
        if text(&e["request"], "path") != "/api/v1/obcluster/info" || data.is_null() {
            continue;
        }
        let server = serves("/api/v1/obcluster/info", &e);
        let plane = client(&server);
        let c = plane.clusters().await.unwrap_or_else(|e| panic!("{scene}: {e:?}")).value.remove(0);
        assert_eq!(c.name.raw(), text(data, "cluster_name"));
        assert_eq!(c.unreachable.is_some(), data["tenants"].is_null());
        let zones = data["zones"].as_array().unwrap();
        assert_eq!(c.zones.len(), zones.len());
        for zone in &c.zones {
            for s in &zone.servers {
                assert!(s.id.raw().ends_with(":2886") && s.address.raw().ends_with(":2882"));
                if zone.status.is == Health::Stopped {
                    assert_ne!(s.status.is, Health::Up, "{scene} {s:?}");
                } else {
                    words.insert(s.status.word.raw().to_owned(), s.status.is);
                }
                let by_sql = s.status.word.raw() == "SERVICE_STOPPED";
                assert!(!by_sql || s.stopped.is_some(), "{scene} {s:?}");
            }
        }
        let units = plane.units(&c.at.id).await;
        if let Some(tenants) = data["tenants"].as_array() {
            let units = units.unwrap().value;
            assert_eq!(units.len(), tenants.len() * 3);
            assert!(units.iter().all(|u| u.server.is_some() && !u.zone.raw().is_empty()));
        }
    }
    assert_eq!(words.get("RUNNING"), Some(&Health::Up));
    assert_eq!(words.get("SERVICE_STOPPING"), Some(&Health::Changing));
    assert_eq!(words.get("PROCESS_STOPPED"), Some(&Health::Stopped));
}

#[tokio::test]
#[ignore = "needs OBDECK_FIXTURES"]
async fn every_recorded_list_reads() {
    let id = ClusterId::new("1");
    let mut read = 0;
    for (scene, e) in exchanges() {
        let path = text(&e["request"], "path").split('?').next().unwrap().to_owned();
        if text(&e["request"], "method") != "GET" || e["response"]["status"] != 200 {
            continue;
        }
        let plane_of = || serves(&path, &e);
        match path.as_str() {
            "/api/v1/tenants/overview" => {
                let server = plane_of();
                let tenants = client(&server).tenants(&id).await.unwrap().value;
                assert_eq!(tenants[0].zones.len(), 3);
            }
            "/api/v1/obcluster/parameters" => {
                let server = plane_of();
                assert_eq!(client(&server).parameters(&id).await.unwrap().value.len(), 5);
            }
            "/api/v1/task/dag/unfinish" => {
                let server = plane_of();
                let filter = TaskFilter { unfinished: true, ..TaskFilter::default() };
                let plane = client(&server);
                let tasks = plane.tasks(&filter).await.unwrap_or_else(|e| panic!("{scene}: {e:?}")).value;
                assert!(tasks.iter().all(obdeck::domain::task::TaskSummary::is_unfinished));
            }
            p if p.starts_with("/api/v1/task/sub_task/") && p.ends_with("/logs") => {
                let server = plane_of();
                let sub = p.split('/').nth(5).unwrap();
                let log = client(&server).log(&TaskId::new("1"), &SubtaskId::new(sub)).await.unwrap().value;
                let told = e["response"]["body"]["data"]["contents"].as_array().map_or(0, Vec::len);
                assert!(told == 0 || log.lines.len() >= told);
            }
            _ => continue,
        }
        read += 1;
    }
    assert!(read > 20, "{read}");
}

#[tokio::test]
#[ignore = "needs OBDECK_FIXTURES"]
async fn every_recorded_yes_to_an_order_is_accepted() {
    let mut count = 0;
    for (scene, e) in exchanges() {
        let path = text(&e["request"], "path");
        if text(&e["request"], "method") != "POST" || e["response"]["status"] != 200 {
            continue;
        }
        let body = e["response"]["body"].to_string();
        let action = match path {
            "/api/v1/ob/stop" | "/api/v1/ob/start" | "/api/v1/ob/zone/zone2/stop" => {
                order(Verb::Stop, zone(), Force::default())
            }
            p if p.starts_with("/api/v1/task/dag/") => obdeck::domain::action::Action::Task {
                task: TaskRef { profile: ProfileName::new("test"), id: TaskId::new("7") },
                verb: TaskVerb::Cancel,
            },
            _ => continue,
        };
        let server = agent(move |_, _| json(200, &body));
        let outcome = client(&server).submit(approved(action)).await;
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{scene} {path}: {outcome:?}");
        count += 1;
    }
    assert!(count > 15, "{count}");
}
