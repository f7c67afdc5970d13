//! A file as a task, or as bare nodes and edges.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use serde_json::Value;

use crate::cli::fail::Fail;
use crate::cli::output::json::{self, BareDoc, BareNode, Id, TaskDoc};
use crate::cli::words;
use crate::domain::id::TraceId;
use crate::domain::limits;
use crate::domain::outcome::Exit;
use crate::domain::shown::{Shown, Text};
use crate::domain::status::{Operation, phase, status};
use crate::domain::task::Task;
use crate::domain::time::Timestamp;
use crate::graph::dag::{Dag, DagNode, from_parts};
use crate::graph::task::from_task;
use crate::plane::{DecodedFile, decode_file};

/// What the file holds.
pub(super) enum Given {
    /// A task of a control plane.
    Task { task: Box<Task>, trace: Option<TraceId>, timestamp: Option<Timestamp> },
    /// Nodes and edges alone.
    Bare { name: Text, nodes: Vec<BareNode>, edges: Vec<(String, String)> },
}

/// Reads the file; every mistake is exit 2, with a position where there is one.
pub(super) fn file(path: &Path) -> Result<Given, Fail> {
    let shown = if path == Path::new("-") { "stdin".to_owned() } else { path.display().to_string() };
    let fail = |why: String| {
        Fail::of(
            Exit::Usage,
            &format!("could not read {}", Shown::filter(&shown)),
            Shown::whole(&why).to_string(),
            "a task as OCP or OBShell answers with it is expected, or {\"nodes\": […], \"edges\": […]}",
        )
    };
    let bytes = bytes(path).map_err(|e| fail(e.to_string()))?;
    if bytes.len() > limits::READ_BODY_BYTES {
        return Err(fail(format!("larger than {} MiB", limits::READ_BODY_BYTES >> 20)));
    }
    match decode_file(&bytes).map_err(|e| fail(e.to_string()))? {
        DecodedFile::Task { task, trace, timestamp } => Ok(Given::Task { task, trace, timestamp }),
        DecodedFile::Bare(value) => bare(&value).map_err(fail),
    }
}

fn bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let limit = limits::READ_BODY_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    } else {
        std::fs::File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// An ID of a bare graph: a text, or a whole number exactly as written.
fn id(v: &Value) -> Option<String> {
    match v {
        Value::String(s) => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        _ => None,
    }
}

fn bare(value: &Value) -> Result<Given, String> {
    let list = |key: &str| match value.get(key) {
        None | Some(Value::Null) => Ok(&[][..]),
        Some(Value::Array(list)) => Ok(list.as_slice()),
        Some(_) => Err(format!("`{key}` is not a list")),
    };
    let mut nodes = Vec::new();
    for (ix, node) in list("nodes")?.iter().enumerate() {
        let key = node.get("id").and_then(id).ok_or_else(|| format!("nodes[{ix}] has no `id`"))?;
        let text = |key: &str| node.get(key).and_then(Value::as_str).map(str::to_owned);
        let word = text("status").unwrap_or_default();
        let parallel = ["parallel", "parallelIdx"].iter().find_map(|k| node.get(k)).and_then(Value::as_i64);
        nodes.push(BareNode {
            label: text("label").or_else(|| text("name")).unwrap_or_else(|| key.clone()),
            id: key,
            // Nothing told is a step that has not begun: the drawing must not claim that something is wrong.
            phase: if word.is_empty() {
                crate::domain::status::Phase::Pending
            } else {
                phase(&status(&word).is, &Operation::Unknown)
            },
            status: word,
            parallel: parallel.and_then(|p| u32::try_from(p).ok()),
        });
    }
    let mut edges = Vec::new();
    for (ix, edge) in list("edges")?.iter().enumerate() {
        let end = |at: usize, key: &str| edge.get(at).or_else(|| edge.get(key)).and_then(id);
        match (end(0, "from"), end(1, "to")) {
            (Some(from), Some(to)) => edges.push((from, to)),
            _ => return Err(format!("edges[{ix}] is not [from, to]")),
        }
    }
    let name = value.get("name").and_then(Value::as_str).unwrap_or_default();
    Ok(Given::Bare { name: Text::new(name), nodes, edges })
}

impl Given {
    /// What is drawn, unfolded.
    pub(super) fn dag(&self) -> Dag {
        match self {
            Given::Task { task, .. } => from_task(task),
            Given::Bare { nodes, edges, .. } => {
                let nodes =
                    nodes.iter().map(|n| DagNode::new(&n.id, Shown::whole(&n.label), n.phase, n.parallel));
                from_parts(nodes, edges.iter().cloned())
            }
        }
    }
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Given::Task { task, .. } => task.graph.nodes.is_empty(),
            Given::Bare { nodes, edges, .. } => nodes.is_empty() && edges.is_empty(),
        }
    }
    /// The task's head in lines; a bare graph's name.
    pub(super) fn title(&self) -> String {
        match self {
            Given::Task { task, trace, .. } => {
                words::task_lines(task, trace.as_ref(), self.now(task)).join("\n")
            }
            Given::Bare { name, .. } => name.to_string(),
        }
    }
    /// The time elapsed times run to: the answer's, never the clock's; else the latest the task tells.
    pub(super) fn now(&self, task: &Task) -> Timestamp {
        let told = match self {
            Given::Task { timestamp, .. } => *timestamp,
            Given::Bare { .. } => None,
        };
        let times = task.subtasks().flat_map(|s| [s.started, s.finished]);
        let latest = times.chain([task.head.started, task.head.finished]).flatten().max();
        told.or(latest).unwrap_or_else(|| Timestamp::from_millis(0))
    }
    pub(super) fn warnings(&self) -> Vec<String> {
        match self {
            Given::Task { task, .. } => task.graph.defects.iter().map(json::defect).collect(),
            Given::Bare { nodes, .. } => {
                let mut seen = std::collections::BTreeSet::new();
                let twice: std::collections::BTreeSet<&str> =
                    nodes.iter().filter(|n| !seen.insert(&n.id)).map(|n| n.id.as_str()).collect();
                let twice = twice.into_iter().map(|id| format!("the ID {id} occurs twice; the first counts"));
                let dropped = self.dag().dropped;
                let dropped = dropped.iter().map(|d| match d.why {
                    crate::graph::Why::Dangling => {
                        format!("the edge from {} to {} leads nowhere", d.from, d.to)
                    }
                    crate::graph::Why::Duplicate => {
                        format!("the edge from {} to {} is told more than once", d.from, d.to)
                    }
                    crate::graph::Why::SelfLoop => format!("{} waits for itself", d.from),
                });
                twice.chain(dropped).collect()
            }
        }
    }
    /// The document of `get task -o json`.
    pub(super) fn json(&self) -> Result<String, serde_json::Error> {
        let text = match self {
            Given::Task { task, trace, .. } => {
                serde_json::to_string_pretty(&TaskDoc::new(task, trace.as_ref(), false))
            }
            Given::Bare { name, nodes, edges } => {
                let (mut ups, mut downs) = (Ends::default(), Ends::default());
                for (from, to) in edges {
                    ups.entry(to).or_default().push(Id::new(from));
                    downs.entry(from).or_default().push(Id::new(to));
                }
                let of = |ends: &Ends<'_>, id: &str| ends.get(id).cloned().unwrap_or_default();
                let doc = |n: &BareNode| n.doc(of(&ups, &n.id), of(&downs, &n.id));
                let subtasks = nodes.iter().map(doc).collect();
                serde_json::to_string_pretty(&BareDoc { name: json::told(name), subtasks })
            }
        };
        text.map(|t| t + "\n")
    }
}

/// The other ends of a node's edges, by its ID.
type Ends<'a> = HashMap<&'a str, Vec<Id>>;
