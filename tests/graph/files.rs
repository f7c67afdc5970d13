//! Reads the shared graph files.

use obdeck::domain::shown::Shown;
use obdeck::domain::status::{Phase, operation, phase, status};
use obdeck::graph::{Dag, DagNode, from_parts};
use serde_json::Value;

/// A member as text: IDs come as strings or numbers.
fn word(v: Option<&Value>) -> String {
    match v {
        Some(Value::String(s)) => s.clone(),
        Some(v) => v.to_string(),
        None => String::new(),
    }
}

/// The graph of a `{"nodes","edges"}` document.
pub(crate) fn dag(json: &Value) -> Dag {
    let empty = Vec::new();
    let list = |key: &str| json.get(key).and_then(Value::as_array).unwrap_or(&empty);
    let nodes = list("nodes").iter().map(|n| {
        let state: Phase = phase(&status(&word(n.get("status"))).is, &operation("").is);
        let parallel = n.get("parallel").and_then(Value::as_u64).map(|p| p as u32);
        DagNode::new(&word(n.get("id")), Shown::filter(&word(n.get("label"))), state, parallel)
    });
    from_parts(nodes, list("edges").iter().map(|e| (word(e.get(0)), word(e.get(1)))))
}
