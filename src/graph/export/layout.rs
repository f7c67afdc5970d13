//! The layout as JSON (graph.md 11), for tools that judge or redraw it.

use serde_json::{Map, Value, json};

use crate::graph::dag::Dag;
use crate::graph::scene::{Orientation, Scene};

/// The layout of `scene`, which was made from `dag`.
pub fn layout_json(scene: &Scene, dag: &Dag) -> Value {
    let nodes: Vec<Value> = scene
        .boxes
        .iter()
        .zip(&dag.nodes)
        .map(|(b, node)| {
            let mut o = Map::new();
            o.insert("id".into(), json!(b.id));
            for (key, n) in [("x", b.x), ("y", b.y), ("w", b.w), ("h", b.h)] {
                o.insert(key.into(), json!(n));
            }
            o.insert("label".into(), json!(b.label));
            o.insert("layer".into(), json!(b.layer));
            if !node.members.is_empty() {
                let ids: Vec<&str> = node.members.iter().map(|m| m.id.as_str()).collect();
                o.insert("members".into(), json!(ids));
            }
            if node.is_ghost {
                o.insert("ghost".into(), json!(true));
            }
            Value::Object(o)
        })
        .collect();
    let id = |ix: usize| scene.boxes.get(ix).map_or("", |b| b.id.as_str());
    let edges: Vec<Value> = scene
        .paths
        .iter()
        .map(|p| {
            let points: Vec<[i32; 2]> = p.points.iter().map(|(x, y)| [*x, *y]).collect();
            let mut o = Map::new();
            o.insert("from".into(), json!(id(p.from)));
            o.insert("to".into(), json!(id(p.to)));
            o.insert("points".into(), json!(points));
            if p.back {
                o.insert("back".into(), json!(true));
            }
            Value::Object(o)
        })
        .collect();
    let dropped: Vec<Value> =
        scene.dropped.iter().map(|d| json!({"from": d.from, "to": d.to, "why": d.why.word()})).collect();
    json!({
        "orientation": if scene.orientation == Orientation::Lr { "LR" } else { "TB" },
        "width": scene.width, "height": scene.height, "nodes": nodes, "edges": edges, "dropped": dropped,
    })
}
