//! Flat subtasks with upstreams and downstreams made into one [`TaskGraph`], with its defects listed.

use std::collections::{BTreeMap, BTreeSet};

use super::id::SubtaskId;
use super::limits;
use super::shown::Text;
use super::task::{Defect, Node, NodeIx, Subtask, TaskGraph};

/// Order of IDs: numbers by value, then text; so that 9 comes before 10 and no list order has influence.
pub fn id_order(id: &SubtaskId) -> (bool, usize, String) {
    let raw = id.raw();
    let digits = !raw.is_empty() && raw.bytes().all(|b| b.is_ascii_digit());
    let trimmed = raw.trim_start_matches('0');
    (
        !digits,
        if digits { trimmed.len() } else { 0 },
        if digits { trimmed.to_owned() } else { raw.to_owned() },
    )
}

/// Folds OCP's flat list. Every subtask is a node of its own; edges are the union of both ends' claims
/// (ocp-api 6, reading rules); an edge to an unknown ID is drawn to a ghost.
pub fn flat(mut subtasks: Vec<Subtask>) -> TaskGraph {
    let mut defects = Vec::new();
    if subtasks.len() > limits::SUBTASKS {
        defects.push(Defect::TooMany { told: subtasks.len() });
        subtasks.truncate(limits::SUBTASKS);
    }
    let mut seen = BTreeSet::new();
    subtasks.retain(|s| {
        let first = seen.insert(s.id.clone());
        if !first {
            defects.push(Defect::DuplicateId(s.id.clone()));
        }
        first
    });
    subtasks.sort_by_cached_key(|s| id_order(&s.id));
    let mut claims = Claims::new();
    for s in &subtasks {
        for d in &s.downstreams {
            claims.entry((s.id.clone(), d.clone())).or_default().0 = true;
        }
        for u in &s.upstreams {
            claims.entry((u.clone(), s.id.clone())).or_default().1 = true;
        }
    }
    let mut ghosts: BTreeMap<_, SubtaskId> = BTreeMap::new();
    for (from, to) in claims.keys() {
        for (end, other) in [(from, to), (to, from)] {
            if !seen.contains(end) {
                defects.push(Defect::Dangling { from: other.clone(), to: end.clone() });
                ghosts.insert(id_order(end), end.clone());
            }
        }
    }
    let mut nodes: Vec<Node> = subtasks
        .into_iter()
        .map(|s| Node {
            key: s.id.clone(),
            name: s.name.clone(),
            status: None,
            operation: None,
            members: vec![s],
            inner: Vec::new(),
        })
        .collect();
    nodes.extend(ghosts.into_values().map(|id| Node {
        name: Text::new(&format!("missing {}", id.raw())),
        key: id,
        status: None,
        operation: None,
        members: Vec::new(),
        inner: Vec::new(),
    }));
    let edges = edges(&nodes, &seen, claims, &mut defects);
    let mut graph = TaskGraph { nodes, edges, defects };
    if let Some(ix) = on_a_cycle(&graph) {
        let key = graph.nodes.get(ix).map(|n| n.key.clone());
        graph.defects.extend(key.map(Defect::Cycle));
    }
    graph
}

/// What was claimed of each edge: (by its upstream end, by its downstream end).
type Claims = BTreeMap<(SubtaskId, SubtaskId), (bool, bool)>;

/// The union of both ends' claims; one-sided ones and self loops are listed.
fn edges(
    nodes: &[Node],
    known: &BTreeSet<SubtaskId>,
    claims: Claims,
    defects: &mut Vec<Defect>,
) -> Vec<(NodeIx, NodeIx)> {
    let at: BTreeMap<SubtaskId, NodeIx> =
        nodes.iter().enumerate().map(|(ix, n)| (n.key.clone(), ix)).collect();
    let mut edges = Vec::new();
    for ((from, to), (down, up)) in claims {
        if from == to {
            defects.push(Defect::SelfLoop(from));
            continue;
        }
        if down != up && known.contains(&from) && known.contains(&to) {
            defects.push(Defect::OneSided { from: from.clone(), to: to.clone() });
        }
        if let (Some(a), Some(b)) = (at.get(&from), at.get(&to)) {
            edges.push((*a, *b));
        }
    }
    edges.sort_unstable();
    edges
}

/// A node on a cycle, if there is one: what is left when nodes without open upstreams are taken away in turn.
fn on_a_cycle(graph: &TaskGraph) -> Option<NodeIx> {
    let mut open = vec![0_usize; graph.nodes.len()];
    let mut next: Vec<Vec<NodeIx>> = vec![Vec::new(); graph.nodes.len()];
    for (a, b) in &graph.edges {
        if let Some(o) = open.get_mut(*b) {
            *o += 1;
        }
        if let Some(n) = next.get_mut(*a) {
            n.push(*b);
        }
    }
    let mut free: Vec<NodeIx> = (0..open.len()).filter(|ix| open.get(*ix) == Some(&0)).collect();
    while let Some(ix) = free.pop() {
        for to in next.get(ix).into_iter().flatten() {
            if let Some(o) = open.get_mut(*to) {
                *o -= 1;
                if *o == 0 {
                    free.push(*to);
                }
            }
        }
    }
    open.iter().position(|o| *o > 0)
}

/// Chains nodes that are stages (OBShell): each waits for the one before.
pub fn chain(nodes: Vec<Node>) -> TaskGraph {
    let edges = (1..nodes.len()).map(|ix| (ix - 1, ix)).collect();
    TaskGraph { nodes, edges, defects: Vec::new() }
}
