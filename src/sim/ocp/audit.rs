//! Audit events (ocp-api 3.7): who asked for which task, when, and how it ended. The pages print the filters of this call
//! but no answer; the members here are named after the filters.

use serde_json::{Value, json};

use super::call::Call;
use crate::sim::engine::{Task, TaskState};
use crate::sim::time::iso;
use crate::sim::world::{Verb, World};

/// One event.
pub(super) struct Event {
    at: i64,
    operator: (i64, String),
    word: String,
    resource: String,
    status: &'static str,
    trace: String,
    id: i64,
}

/// The events that the filters leave, newest first.
pub(super) fn events(world: &World, call: &Call) -> Vec<Event> {
    let (from, to) = (call.param("startTime"), call.param("endTime"));
    let within = |at: &str| from.is_none_or(|from| at >= from) && to.is_none_or(|to| at <= to);
    let is = |name: &str, value: &str| call.param(name).is_none_or(|want| want == value);
    let mut all: Vec<Event> = world
        .tasks()
        .map(|t| of_task(world, t))
        .filter(|e| is("operationEvent", &e.word) && is("status", e.status))
        .filter(|e| is("resourceName", &e.resource) && is("operatorId", &e.operator.0.to_string()))
        // Both sides are RFC 3339 of the same length in UTC: letters compare as times do.
        .filter(|e| within(&utc(e.at)))
        .collect();
    all.sort_by_key(|e| std::cmp::Reverse((e.at, e.id)));
    all
}

fn of_task(world: &World, t: &Task) -> Event {
    let place = t.purpose.place;
    let cluster = world.cluster(t.cluster);
    let zone = place.zone.and_then(|z| cluster?.zones.get(z));
    let server = cluster.and_then(|c| c.server(place));
    let (scope, resource) = match (server, zone, cluster) {
        (Some(s), ..) => ("SERVER", s.ip.clone()),
        (None, Some(z), Some(c)) => ("ZONE", format!("{}/{}", c.name, z.name)),
        (None, _, c) => ("CLUSTER", c.map(|c| c.name.clone()).unwrap_or_default()),
    };
    Event {
        at: t.created,
        operator: (t.creator.id, t.creator.name.clone()),
        word: format!("{}_OB_{scope}", verb(t.purpose.verb)),
        resource,
        status: if t.state == TaskState::Failed { "FAILED" } else { "SUCCESS" },
        trace: t.trace.clone(),
        id: t.id,
    }
}

fn verb(verb: Verb) -> &'static str {
    match verb {
        Verb::Stop => "STOP",
        Verb::Start => "START",
        Verb::Restart => "RESTART",
    }
}

/// RFC 3339 in UTC with milliseconds.
fn utc(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .map_or_else(|_| String::new(), |t| t.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

/// One event as JSON.
pub(super) fn event(e: &Event) -> Value {
    json!({
        "eventType": "CLUSTER",
        "operationEvent": e.word,
        "operationTime": iso(e.at),
        "operatorId": e.operator.0,
        "operatorName": e.operator.1,
        "resourceName": e.resource,
        "status": e.status,
        "traceId": e.trace,
    })
}
