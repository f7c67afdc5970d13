//! What is drawn: nodes and edges, normalised.
//!
//! The first of a repeated ID wins, an unknown end becomes a ghost, repeats and self loops are listed as dropped.
//! Everything is sorted by ID, so that the answer's list order has no influence on the drawing.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::fold::id_order;
use crate::domain::id::SubtaskId;
use crate::domain::shown::Shown;
use crate::domain::status::Phase;

/// A graph ready to be folded and drawn.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dag {
    /// Nodes in order of ID; indices into this list name nodes everywhere in this room.
    pub nodes: Vec<DagNode>,
    /// (upstream, downstream), each pair once, sorted, no self loop. Cycles are allowed.
    pub edges: Vec<(usize, usize)>,
    /// Edges that are not drawn, with the reason.
    pub dropped: Vec<Dropped>,
}

/// One box or row of the drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DagNode {
    /// Exact ID, unique in the graph; of a group: that of its first member.
    pub id: String,
    /// Name as it may be shown, whole; a group's ends with `×N`.
    pub label: Shown,
    /// State for the first painting; never has influence on the layout.
    pub phase: Phase,
    /// Which of several equal steps it is (OCP `parallelIdx` from 0); `None` where the step is not split.
    pub parallel: Option<u32>,
    /// Nodes folded into this one, in order of ID; empty where nothing is folded.
    pub members: Vec<Member>,
    /// Work inside an undivided node: OBShell's sub tasks of a stage; empty for OCP.
    pub parts: Vec<Member>,
    /// Rows of a list of what is in it, drawn inside its box; 0 where it is folded.
    pub rows: u16,
    /// Members in one row of that list: the steps of a server, where it is a table; else 1.
    pub columns: u16,
    /// Whether edges name it but the answer does not hold it.
    pub is_ghost: bool,
    /// Whether an edge leads from it to itself; not drawn as a line.
    pub has_self_loop: bool,
}

/// One of the nodes in a group, or one of the parts of a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Exact ID.
    pub id: String,
    /// Name as it may be shown.
    pub label: Shown,
    /// State.
    pub phase: Phase,
    /// Which of several equal steps it is.
    pub parallel: Option<u32>,
}

impl DagNode {
    /// A node with nothing but an ID and a name.
    pub fn new(id: &str, label: Shown, phase: Phase, parallel: Option<u32>) -> Self {
        Self {
            id: id.to_owned(),
            label,
            phase,
            parallel,
            members: Vec::new(),
            parts: Vec::new(),
            rows: 0,
            columns: 1,
            is_ghost: false,
            has_self_loop: false,
        }
    }
    /// The ID as it may be shown.
    pub fn shown_id(&self) -> Shown {
        Shown::filter(&self.id)
    }
    /// The states of what it holds: members, else parts, else its own.
    pub fn phases(&self) -> Vec<Phase> {
        let of = |list: &[Member]| list.iter().map(|m| m.phase).collect();
        if !self.members.is_empty() {
            of(&self.members)
        } else if !self.parts.is_empty() {
            of(&self.parts)
        } else {
            vec![self.phase]
        }
    }
    /// How many of what it holds are in which state, in the order of [`Phase::ALL`], states without any left out.
    pub fn histogram(&self) -> Vec<(Phase, usize)> {
        let phases = self.phases();
        Phase::ALL
            .iter()
            .map(|p| (*p, phases.iter().filter(|q| *q == p).count()))
            .filter(|(_, n)| *n > 0)
            .collect()
    }
    /// Whether `id` is this node or folded into it.
    pub fn holds(&self, id: &str) -> bool {
        self.id == id || self.members.iter().chain(&self.parts).any(|m| m.id == id)
    }
}

impl Dag {
    /// The node with this ID, or that has it folded in.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.nodes.iter().position(|n| n.id == id).or_else(|| self.nodes.iter().position(|n| n.holds(id)))
    }
    /// For each node, the nodes it waits for and the nodes that wait for it, in order.
    pub fn neighbours(&self) -> (Vec<Vec<usize>>, Vec<Vec<usize>>) {
        let mut ups = vec![Vec::new(); self.nodes.len()];
        let mut downs = vec![Vec::new(); self.nodes.len()];
        for (a, b) in &self.edges {
            if let (Some(d), Some(u)) = (downs.get_mut(*a), ups.get_mut(*b)) {
                d.push(*b);
                u.push(*a);
            }
        }
        (ups, downs)
    }
}

/// An edge of the input that is not drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// Exact ID of the upstream end.
    pub from: String,
    /// Exact ID of the downstream end.
    pub to: String,
    /// The reason.
    pub why: Why,
}

/// Why an edge is not drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// An end is no node.
    Dangling,
    /// The same pair was there before.
    Duplicate,
    /// From a node to itself.
    SelfLoop,
}

impl Why {
    /// The word of the layout export (graph.md 11).
    pub fn word(self) -> &'static str {
        match self {
            Why::Dangling => "dangling",
            Why::Duplicate => "duplicate",
            Why::SelfLoop => "self",
        }
    }
}

/// Order of IDs as the fold of tasks has it: numbers by value, then text.
pub(crate) fn id_key(id: &str) -> ((bool, usize, String), String) {
    (id_order(&SubtaskId::new(id)), id.to_owned())
}

/// Normalises a bare list of nodes and edges.
///
/// An edge to an unknown ID is drawn to a ghost named `missing ID` (reliability, D02); an unknown ID that only waits
/// for itself is listed as dangling. Repeated edges and self loops are listed once each.
pub fn from_parts(
    nodes: impl IntoIterator<Item = DagNode>,
    edges: impl IntoIterator<Item = (String, String)>,
) -> Dag {
    let mut seen = BTreeSet::new();
    let mut nodes: Vec<DagNode> = nodes.into_iter().filter(|n| seen.insert(n.id.clone())).collect();
    let mut told: BTreeMap<(String, String), usize> = BTreeMap::new();
    for edge in edges {
        *told.entry(edge).or_default() += 1;
    }
    let mut ghosts = BTreeSet::new();
    for (from, to) in told.keys().filter(|(from, to)| from != to) {
        ghosts.extend([from, to].into_iter().filter(|id| !seen.contains(*id)).cloned());
    }
    nodes.extend(ghosts.into_iter().map(|id| DagNode {
        is_ghost: true,
        ..DagNode::new(&id, Shown::filter(&format!("missing {id}")), Phase::Unknown, None)
    }));
    nodes.sort_by_cached_key(|n| id_key(&n.id));
    let at: BTreeMap<String, usize> = nodes.iter().enumerate().map(|(ix, n)| (n.id.clone(), ix)).collect();
    let mut dag = Dag { nodes, edges: Vec::new(), dropped: Vec::new() };
    for ((from, to), times) in told {
        let why = match (at.get(&from), at.get(&to)) {
            (Some(a), Some(b)) if a == b => {
                if let Some(n) = dag.nodes.get_mut(*a) {
                    n.has_self_loop = true;
                }
                Some(Why::SelfLoop)
            }
            (Some(a), Some(b)) => {
                dag.edges.push((*a, *b));
                (times > 1).then_some(Why::Duplicate)
            }
            _ => Some(Why::Dangling),
        };
        dag.dropped.extend(why.map(|why| Dropped { from, to, why }));
    }
    dag.edges.sort_unstable();
    dag
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(id: &str, label: &str) -> DagNode {
        DagNode::new(id, Shown::filter(label), Phase::Pending, None)
    }
    fn edge(a: &str, b: &str) -> (String, String) {
        (a.to_owned(), b.to_owned())
    }

    #[test]
    fn the_first_of_an_id_wins_and_numbers_sort_by_value() {
        let dag = from_parts([node("10", "ten"), node("9", "nine"), node("10", "again")], [edge("9", "10")]);
        let ids: Vec<_> = dag.nodes.iter().map(|n| (n.id.as_str(), n.label.as_str())).collect();
        assert_eq!(ids, [("9", "nine"), ("10", "ten")]);
        assert_eq!(dag.edges, [(0, 1)]);
    }

    #[test]
    fn d02_an_unknown_end_is_a_ghost() {
        let dag = from_parts([node("1", "a")], [edge("1", "77"), edge("88", "88")]);
        assert_eq!(dag.nodes.len(), 2);
        assert!(dag.nodes[1].is_ghost);
        assert_eq!(dag.nodes[1].label.as_str(), "missing 77");
        assert_eq!(dag.dropped.iter().map(|d| d.why).collect::<Vec<_>>(), [Why::Dangling]);
    }

    #[test]
    fn d03_repeats_and_self_loops_are_told_once() {
        let parts = [node("1", "a"), node("2", "b")];
        let dag = from_parts(parts, [edge("1", "2"), edge("1", "2"), edge("2", "2"), edge("2", "2")]);
        assert_eq!(dag.edges, [(0, 1)]);
        assert_eq!(dag.dropped.iter().map(|d| d.why).collect::<Vec<_>>(), [Why::Duplicate, Why::SelfLoop]);
        assert!(dag.nodes[1].has_self_loop);
    }
}
