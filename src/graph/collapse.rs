//! Parallel siblings folded into one node (graph.md 8).
//!
//! Partition refinement: steps that run once a server start in one class by name and layer, every other node in a
//! class of its own; classes are split by the classes of their neighbours until nothing changes. What is left in one
//! class does the same at the same place, and per-server chains fold to one chain.

mod unfold;

use std::collections::{BTreeMap, BTreeSet};

pub use unfold::{finished, fold_runs, is_long, list, tables};

use super::dag::{Dag, DagNode, Member};
use super::layer;
use crate::domain::shown::Shown;
use crate::domain::status::Phase;

/// Which siblings fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collapse {
    /// None.
    None,
    /// Groups of more than four, and smaller ones in layers wider than `width` columns.
    Auto {
        /// Columns of the viewport, where there is one.
        width: Option<u16>,
    },
    /// Groups of two and more: what lanes show.
    Pairs,
}

/// Groups of at most this many stay unfolded as long as they fit.
const SMALL: usize = 4;
/// Splitting stops after this many rounds; what is coarser then is still a true contraction of the graph.
const ROUNDS: usize = 64;

/// Folds parallel siblings. The group's ID is that of its first member, so that a selection survives folding.
pub fn collapse(dag: &Dag, policy: Collapse) -> Dag {
    collapse_except(dag, policy, &BTreeSet::new())
}

/// Folds parallel siblings, but not the groups that hold one of the IDs in `open`.
pub fn collapse_except(dag: &Dag, policy: Collapse, open: &BTreeSet<String>) -> Dag {
    if policy == Collapse::None || dag.nodes.len() < 2 {
        return dag.clone();
    }
    let layers = layer::longest(dag.nodes.len(), &dag.edges);
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (ix, class) in classes(dag, &layers).into_iter().enumerate() {
        groups.entry(class).or_default().push(ix);
    }
    let wide = too_wide(dag, &layers, policy);
    groups.retain(|_, members| {
        let layer = members.first().and_then(|ix| layers.get(*ix)).copied().unwrap_or(0);
        let folds = match policy {
            Collapse::None => false,
            Collapse::Pairs => members.len() > 1,
            Collapse::Auto { .. } => members.len() > SMALL || (members.len() > 1 && wide.contains(&layer)),
        };
        folds
            && !members
                .iter()
                .any(|ix| dag.nodes.get(*ix).is_some_and(|n| n.is_ghost || open.contains(&n.id)))
    });
    contract(dag, groups.into_values(), group)
}

/// Layers whose boxes side by side pass the viewport.
fn too_wide(dag: &Dag, layers: &[usize], policy: Collapse) -> BTreeSet<usize> {
    let Collapse::Auto { width: Some(width) } = policy else { return BTreeSet::new() };
    let mut widths: BTreeMap<usize, usize> = BTreeMap::new();
    for (node, layer) in dag.nodes.iter().zip(layers) {
        *widths.entry(*layer).or_default() += node.label.width().min(super::scene::LABEL_COLUMNS) + 8;
    }
    widths.into_iter().filter(|(_, w)| *w > usize::from(width)).map(|(layer, _)| layer).collect()
}

/// A class for each node; equal classes may fold.
fn classes(dag: &Dag, layers: &[usize]) -> Vec<usize> {
    let (ups, downs) = dag.neighbours();
    let indexed = dag.nodes.iter().any(|n| n.parallel.is_some());
    let none = Vec::new();
    let mut first: BTreeMap<_, usize> = BTreeMap::new();
    let mut class: Vec<usize> = Vec::with_capacity(dag.nodes.len());
    for (ix, node) in dag.nodes.iter().enumerate() {
        let foldable = !node.is_ghost && node.parts.is_empty() && (!indexed || node.parallel.is_some());
        let of = |list: &[Vec<usize>]| list.get(ix).unwrap_or(&none).clone();
        // Without an index only the very same neighbours tell siblings from chance namesakes.
        let around = if indexed { (none.clone(), none.clone()) } else { (of(&ups), of(&downs)) };
        let own = if foldable { None } else { Some(ix) };
        let key = (node.label.as_str(), layers.get(ix).copied(), around, own);
        let next = first.len();
        class.push(*first.entry(key).or_insert(next));
    }
    let mut count = first.len();
    for _ in 0..ROUNDS {
        let mut split: BTreeMap<_, usize> = BTreeMap::new();
        let of = |list: &[Vec<usize>], ix: usize| -> BTreeSet<usize> {
            list.get(ix).into_iter().flatten().filter_map(|n| class.get(*n).copied()).collect()
        };
        let next: Vec<usize> = (0..class.len())
            .map(|ix| {
                let fresh = split.len();
                *split.entry((class.get(ix).copied(), of(&ups, ix), of(&downs, ix))).or_insert(fresh)
            })
            .collect();
        class = next;
        if split.len() == count {
            break;
        }
        count = split.len();
    }
    class
}

/// The graph with each group as one node, which `make` makes of its first member and all of them.
fn contract(
    dag: &Dag,
    groups: impl Iterator<Item = Vec<usize>>,
    make: fn(&Dag, &DagNode, &[usize]) -> DagNode,
) -> Dag {
    let mut to: Vec<usize> = (0..dag.nodes.len()).collect();
    let mut groups: BTreeMap<usize, Vec<usize>> =
        groups.filter_map(|g| g.first().copied().map(|f| (f, g))).collect();
    for (first, members) in &groups {
        for ix in members {
            if let Some(t) = to.get_mut(*ix) {
                *t = *first;
            }
        }
    }
    let mut nodes = Vec::new();
    let mut at: BTreeMap<usize, usize> = BTreeMap::new();
    for (ix, node) in dag.nodes.iter().enumerate() {
        if to.get(ix) == Some(&ix) {
            at.insert(ix, nodes.len());
            nodes.push(match groups.remove(&ix) {
                Some(members) => make(dag, node, &members),
                None => node.clone(),
            });
        }
    }
    let end = |ix: &usize| to.get(*ix).and_then(|t| at.get(t)).copied();
    let mut edges: Vec<(usize, usize)> =
        dag.edges.iter().filter_map(|(a, b)| Some((end(a)?, end(b)?))).filter(|(a, b)| a != b).collect();
    edges.sort_unstable();
    edges.dedup();
    Dag { nodes, edges, dropped: dag.dropped.clone() }
}

fn group(dag: &Dag, first: &DagNode, members: &[usize]) -> DagNode {
    let mut list: Vec<&DagNode> = members.iter().filter_map(|ix| dag.nodes.get(*ix)).collect();
    list.sort_by_key(|n| n.parallel);
    let phase = list.iter().map(|n| n.phase).min_by_key(|p| p.concern()).unwrap_or(Phase::Unknown);
    DagNode {
        label: Shown::filter(&format!("{} ×{}", first.label, members.len())),
        phase,
        parallel: None,
        members: list
            .iter()
            .map(|n| Member {
                id: n.id.clone(),
                label: n.label.clone(),
                phase: n.phase,
                parallel: n.parallel,
            })
            .collect(),
        has_self_loop: list.iter().any(|n| n.has_self_loop),
        ..DagNode::new(&first.id, first.label.clone(), phase, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::dag::from_parts;

    /// `n` servers, each with `steps` steps in a row, between a start and an end.
    fn lanes(n: u32, steps: u32, indexed: bool) -> Dag {
        let mut nodes = vec![("s".to_owned(), "Start", None), ("z".to_owned(), "End", None)];
        let mut edges = Vec::new();
        for i in 0..n {
            for step in 0..steps {
                nodes.push((format!("{step}-{i}"), ["A", "B", "C"][step as usize % 3], Some(i)));
                let up = if step == 0 { "s".to_owned() } else { format!("{}-{i}", step - 1) };
                edges.push((up, format!("{step}-{i}")));
            }
            edges.push((format!("{}-{i}", steps - 1), "z".to_owned()));
        }
        from_parts(
            nodes.into_iter().map(|(id, label, parallel)| {
                DagNode::new(&id, Shown::filter(label), Phase::Done, parallel.filter(|_| indexed))
            }),
            edges,
        )
    }

    #[test]
    fn chains_of_many_servers_fold_to_one_chain() {
        let dag = collapse(&lanes(12, 5, true), Collapse::Auto { width: None });
        assert_eq!(dag.nodes.len(), 7);
        assert_eq!(dag.edges.len(), 6);
        assert!(dag.nodes.iter().any(|n| n.label.as_str() == "A ×12" && n.members.len() == 12));
    }

    #[test]
    fn small_groups_fold_only_where_they_do_not_fit_or_in_lanes() {
        let dag = lanes(3, 1, true);
        assert_eq!(collapse(&dag, Collapse::Auto { width: None }).nodes.len(), 5);
        assert_eq!(collapse(&dag, Collapse::Auto { width: Some(20) }).nodes.len(), 3);
        assert_eq!(collapse(&dag, Collapse::Pairs).nodes.len(), 3);
        assert_eq!(collapse(&dag, Collapse::None), dag);
    }

    #[test]
    fn without_an_index_only_the_same_neighbours_make_siblings() {
        assert_eq!(collapse(&lanes(5, 1, false), Collapse::Pairs).nodes.len(), 3);
        assert_eq!(collapse(&lanes(5, 2, false), Collapse::Pairs).nodes.len(), 12);
    }

    #[test]
    fn a_group_never_hides_a_failure() {
        let mut dag = lanes(6, 1, true);
        if let Some(n) = dag.nodes.iter_mut().find(|n| n.parallel == Some(4)) {
            n.phase = Phase::Failed;
        }
        let folded = collapse(&dag, Collapse::Pairs);
        let group = folded.nodes.iter().find(|n| !n.members.is_empty()).unwrap();
        assert_eq!(group.phase, Phase::Failed);
        assert_eq!(group.histogram(), [(Phase::Failed, 1), (Phase::Done, 5)]);
        let open = BTreeSet::from(["0-4".to_owned()]);
        assert_eq!(collapse_except(&dag, Collapse::Pairs, &open).nodes.len(), 8);
    }
}
