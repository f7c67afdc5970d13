//! Tasks and subtasks as JSON, in all their forms (ocp-api 6).

use serde_json::{Map, Value, json};

use crate::sim::engine::{Subtask, Task, TaskState};
use crate::sim::time::{iso, iso_seconds};
use crate::sim::world::{Cluster, Generation, Server, World};

/// The reply to an action: form T for old clusters, A or A2 for newer ones.
pub(super) fn reply(world: &World, cluster: &Cluster, task: &Task) -> Value {
    match cluster.generation {
        Generation::Old => form_t(cluster, task),
        Generation::Middle => form_a(world, cluster, task, true),
        Generation::New => form_a(world, cluster, task, false),
    }
}

fn form_t(cluster: &Cluster, task: &Task) -> Value {
    let tasks: Vec<Value> = task.subtasks.iter().map(|s| Value::Object(edges(task, s))).collect();
    json!({
        "cluster": { "id": cluster.id, "name": cluster.name, "obClusterId": cluster.ob_id },
        "context": context_text(cluster, task),
        "creator": { "id": task.creator.id, "name": task.creator.name },
        "id": task.id,
        "name": task.name,
        "startTime": iso(task.started),
        "status": task.state.word(),
        "tasks": tasks,
    })
}

fn form_a(world: &World, cluster: &Cluster, task: &Task, is_middle: bool) -> Value {
    let subtask = |s: &Subtask| {
        let mut map = machine(task, s);
        if is_middle {
            map.insert("className".into(), json!(s.step.class()));
        }
        Value::Object(map)
    };
    let mut value = json!({
        "clusterId": cluster.id,
        "creator": task.creator.name,
        "executor": world.executor,
        "id": task.id,
        "name": task.name,
        "operation": task.operation.word(),
        "startTime": iso(task.started),
        "status": task.state.word(),
        "subtasks": task.subtasks.iter().map(subtask).collect::<Vec<_>>(),
        "taskDefinitionId": -1,
        "type": "MANUAL",
    });
    if let Some(map) = value.as_object_mut() {
        if is_middle {
            map.insert("context".into(), context(cluster, task));
        } else {
            map.insert("prohibitRollback".into(), json!(task.forbids_rollback()));
        }
    }
    value
}

/// The detail, form W.
pub(super) fn detail(world: &World, task: &Task) -> Value {
    let mut value = json!({
        "createTime": iso_seconds(task.created),
        "creator": { "id": task.creator.id, "name": task.creator.name },
        "executor": world.executor,
        "id": task.id,
        "name": task.name,
        "operation": task.operation.word(),
        "prohibitRollback": task.forbids_rollback(),
        "startTime": iso(task.started),
        "status": task.state.word(),
        "subtasks": task.subtasks.iter().map(|s| subtask(world, task, s)).collect::<Vec<_>>(),
        "taskDefinitionId": -1,
        "type": "MANUAL",
    });
    if let Some(map) = value.as_object_mut() {
        if let Some(cluster) = world.cluster(task.cluster) {
            let shown = json!({ "id": cluster.id, "name": cluster.name, "obClusterId": cluster.ob_id });
            map.insert("cluster".into(), shown);
        }
        finish(map, task);
    }
    value
}

/// An item of the list, form L: subtasks without edges.
pub(super) fn item(world: &World, task: &Task) -> Value {
    let subtasks: Vec<Value> = task.subtasks.iter().map(|s| Value::Object(bare(s))).collect();
    let mut value = json!({
        "creator": { "id": task.creator.id, "name": task.creator.name },
        "id": task.id,
        "name": task.name,
        "startTime": iso(task.started),
        "status": task.state.word(),
        "subtasks": subtasks,
    });
    if let Some(map) = value.as_object_mut() {
        if let Some(cluster) = world.cluster(task.cluster) {
            let shown = json!({
                "id": cluster.id, "name": cluster.name, "obClusterId": cluster.ob_id, "type": "PRIMARY",
            });
            map.insert("cluster".into(), shown);
        }
        finish(map, task);
    }
    value
}

fn finish(map: &mut Map<String, Value>, task: &Task) {
    if let (Some(at), true) = (task.finished, task.state != TaskState::Running) {
        map.insert("finishTime".into(), json!(iso(at)));
    }
}

/// One subtask as in form W.
pub(super) fn subtask(world: &World, task: &Task, one: &Subtask) -> Value {
    let mut map = machine(task, one);
    map.insert("createTime".into(), json!(iso_seconds(task.created)));
    if let Some(at) = one.started {
        map.insert("executor".into(), json!(world.executor));
        map.insert("startTime".into(), json!(iso(at)));
    }
    if let Some(at) = one.finished {
        map.insert("finishTime".into(), json!(iso(at)));
    }
    Value::Object(map)
}

fn bare(one: &Subtask) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("description".into(), json!(one.step.name()));
    map.insert("id".into(), json!(one.id));
    map.insert("name".into(), json!(one.step.name()));
    map.insert("operation".into(), json!(one.operation.word()));
    map.insert("status".into(), json!(one.state.word()));
    map
}

fn edges(task: &Task, one: &Subtask) -> Map<String, Value> {
    let ids = |list: &[usize]| -> Vec<i64> {
        list.iter().filter_map(|ix| task.subtasks.get(*ix)).map(|s| s.id).collect()
    };
    let mut map = bare(one);
    map.insert("upstreams".into(), json!(ids(&one.upstreams)));
    map.insert("downstreams".into(), json!(ids(&one.downstreams)));
    map
}

fn machine(task: &Task, one: &Subtask) -> Map<String, Value> {
    let mut map = edges(task, one);
    map.insert("nodeType".into(), json!("JAVA_TASK"));
    map.insert("parallelIdx".into(), json!(one.parallel_ix));
    map.insert("prohibitRollback".into(), json!(one.prohibits_rollback));
    map.insert("runTime".into(), json!(one.runs));
    map.insert("seriesId".into(), json!(one.series));
    map.insert("timeout".into(), json!(one.step.timeout_s()));
    map
}

/// Texts and lists that a task works with, by the names seen in samples (ocp-api 4, "context keys").
struct Context {
    texts: Vec<(&'static str, String)>,
    lists: Vec<(&'static str, Vec<String>)>,
}

impl Context {
    fn of(cluster: &Cluster, task: &Task) -> Context {
        let place = task.purpose.place;
        let mut texts = vec![
            ("cluster_name", cluster.name.clone()),
            ("cluster_id", cluster.id.to_string()),
            ("ocpagent_service_name", "agent".to_owned()),
            ("prohibit_rollback", task.forbids_rollback().to_string()),
            ("former_cluster_status", task.former.cluster.word().to_owned()),
        ];
        let zone = place.zone.and_then(|zone| cluster.zones.get(zone));
        if let Some(zone) = zone {
            texts.push(("zone_name", zone.name.clone()));
            texts.push(("target_cluster_status", "RUNNING".to_owned()));
        }
        let former_zone = place.zone.and_then(|zone| task.former.zones.get(zone));
        if let (Some(server), Some((status, _))) = (cluster.server(place), former_zone) {
            texts.push(("former_zone_status", status.word().to_owned()));
            texts.push(("target_zone_status", "RUNNING".to_owned()));
            texts.push(("server_id", server.id.to_string()));
        }
        let touched: Vec<&Server> =
            task.former.servers.iter().filter_map(|(p, ..)| cluster.server(*p)).collect();
        let mut lists = vec![
            ("server_ids", touched.iter().map(|s| s.id.to_string()).collect()),
            ("host_ids", touched.iter().map(|s| s.host_id.to_string()).collect()),
        ];
        if zone.is_none() {
            lists.push(("zone_names", cluster.zones.iter().map(|z| z.name.clone()).collect()));
        }
        Context { texts, lists }
    }
}

fn context(cluster: &Cluster, task: &Task) -> Value {
    let context = Context::of(cluster, task);
    let texts: Map<String, Value> =
        context.texts.into_iter().map(|(k, v)| (k.to_owned(), json!(v))).collect();
    let lists: Map<String, Value> =
        context.lists.into_iter().map(|(k, v)| (k.to_owned(), json!(v))).collect();
    json!({ "listMap": lists, "parallel": false, "parallelIdx": -1, "stringMap": texts })
}

fn context_text(cluster: &Cluster, task: &Task) -> String {
    let context = Context::of(cluster, task);
    let texts: Vec<String> = context.texts.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let lists: Vec<String> = context.lists.iter().map(|(k, v)| format!("{k}=[{}]", v.join(", "))).collect();
    format!("Context(parallelIdx=-1, stringMap={{{}}}, listMap={{{}}})", texts.join(", "), lists.join(", "))
}
