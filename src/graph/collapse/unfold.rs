//! What the operator asked for beyond folding of siblings: lists inside of boxes, and runs of finished steps.

use std::collections::{BTreeMap, BTreeSet};

use super::contract;
use crate::domain::shown::Shown;
use crate::domain::status::Phase;
use crate::graph::dag::{Dag, DagNode, Member};
use crate::graph::layer;

/// Fewest steps that fold to one.
const SHORTEST: usize = 3;
/// Layers beyond which finished runs are folded at the first drawing.
const MANY_LAYERS: usize = 40;

/// Gives the groups and stages that hold one of the IDs in `open` a list of what is in them, of which at most `rows`
/// are in view. Each stays one node, so that nothing around it changes its order.
pub fn list(dag: &mut Dag, open: &BTreeSet<String>, rows: u16) {
    for node in &mut dag.nodes {
        let count = node.members.len().max(node.parts.len()) / usize::from(node.columns.max(1));
        let is_open = open.contains(&node.id) || node.members.iter().any(|m| open.contains(&m.id));
        node.rows = if is_open && count > 1 { rows.min(u16::try_from(count).unwrap_or(rows)) } else { 0 };
    }
}

/// Chains of groups in which each server goes its own way from step to step, as one node with a row for each server and
/// a column for each step: those of which one is in `open`. `whole` is the graph before anything was folded.
pub fn tables(dag: Dag, whole: &Dag, open: &BTreeSet<String>) -> Dag {
    if open.is_empty() {
        return dag;
    }
    let (ups, downs) = dag.neighbours();
    let ways = ways(whole);
    let next = |ix: usize| {
        let [down] = downs.get(ix)?.as_slice() else { return None };
        let (a, b) = (dag.nodes.get(ix)?, dag.nodes.get(*down)?);
        let alone = ups.get(*down).is_some_and(|u| u.len() == 1) && a.members.len() == b.members.len();
        let leads = |(from, to): (&Member, &Member)| {
            from.parallel == to.parallel && ways.get(from.id.as_str()) == Some(&to.id.as_str())
        };
        (alone && a.members.len() > 1 && a.members.iter().zip(&b.members).all(leads)).then_some(*down)
    };
    let is_inner = |ix: usize| match ups.get(ix).map(Vec::as_slice) {
        Some([up]) => next(*up) == Some(ix),
        _ => false,
    };
    let is_open =
        |ix: &usize| dag.nodes.get(*ix).is_some_and(|n| n.members.iter().any(|m| open.contains(&m.id)));
    let chains: Vec<Vec<usize>> = (0..dag.nodes.len())
        .filter(|ix| !is_inner(*ix))
        .map(|first| std::iter::successors(Some(first), |ix| next(*ix)).collect::<Vec<usize>>())
        .filter(|chain| chain.len() > 1 && chain.iter().any(is_open))
        .collect();
    if chains.is_empty() { dag } else { contract(&dag, chains.into_iter(), table) }
}

/// For each node with one downstream that waits for it alone: that downstream.
fn ways(dag: &Dag) -> BTreeMap<&str, &str> {
    let (ups, downs) = dag.neighbours();
    let id = |ix: usize| dag.nodes.get(ix).map(|n| n.id.as_str());
    let way = |ix: usize| match downs.get(ix).map(Vec::as_slice) {
        Some([down]) if ups.get(*down).is_some_and(|u| u.len() == 1) => Some((id(ix)?, id(*down)?)),
        _ => None,
    };
    (0..dag.nodes.len()).filter_map(way).collect()
}

/// Groups of equal length as one node, server by server.
fn table(dag: &Dag, first: &DagNode, steps: &[usize]) -> DagNode {
    let groups: Vec<&DagNode> = steps.iter().filter_map(|ix| dag.nodes.get(*ix)).collect();
    let servers = first.members.len();
    let cell = |row: usize| groups.iter().filter_map(move |g| g.members.get(row).cloned());
    let names: Vec<&str> = groups.iter().filter_map(|g| Some(g.members.first()?.label.as_str())).collect();
    let (from, to) = (names.first().unwrap_or(&""), names.last().unwrap_or(&""));
    let label = format!("{from} … {to} ×{servers}");
    let phase = groups.iter().map(|g| g.phase).min_by_key(|p| p.concern()).unwrap_or(Phase::Unknown);
    DagNode {
        members: (0..servers).flat_map(cell).collect(),
        columns: u16::try_from(groups.len()).unwrap_or(u16::MAX),
        has_self_loop: groups.iter().any(|g| g.has_self_loop),
        ..DagNode::new(&first.id, Shown::filter(&label), phase, None)
    }
}

/// IDs of the steps that are over. Taken once: what is folded must not depend on a later status.
pub fn finished(dag: &Dag) -> BTreeSet<String> {
    let is_over = |n: &&DagNode| matches!(n.phase, Phase::Done | Phase::Skipped) && !n.is_ghost;
    dag.nodes.iter().filter(is_over).map(|n| n.id.clone()).collect()
}

/// Whether a drawing is so long that its finished runs are folded without being asked for.
pub fn is_long(dag: &Dag) -> bool {
    layer::longest(dag.nodes.len(), &dag.edges).into_iter().max().is_some_and(|last| last >= MANY_LAYERS)
}

/// Folds every run of three and more steps that follow each other alone and are all in `over`.
pub fn fold_runs(dag: Dag, over: &BTreeSet<String>) -> Dag {
    if over.is_empty() {
        return dag;
    }
    let runs = runs(&dag, over);
    if runs.is_empty() {
        return dag;
    }
    contract(&dag, runs.into_iter(), run)
}

fn runs(dag: &Dag, over: &BTreeSet<String>) -> Vec<Vec<usize>> {
    let (ups, downs) = dag.neighbours();
    let is_over = |ix: usize| {
        dag.nodes.get(ix).is_some_and(|n| match n.members.as_slice() {
            [] => over.contains(&n.id),
            members => members.iter().all(|m| over.contains(&m.id)),
        })
    };
    let next = |ix: usize| match downs.get(ix).map(Vec::as_slice) {
        Some([down]) if ups.get(*down).is_some_and(|u| u.len() == 1) && is_over(ix) && is_over(*down) => {
            Some(*down)
        }
        _ => None,
    };
    let is_inner = |ix: usize| match ups.get(ix).map(Vec::as_slice) {
        Some([up]) => next(*up) == Some(ix),
        _ => false,
    };
    // A ring has no beginning, and is left alone.
    let starts = (0..dag.nodes.len()).filter(|ix| is_over(*ix) && !is_inner(*ix));
    starts
        .map(|first| std::iter::successors(Some(first), |ix| next(*ix)).collect::<Vec<usize>>())
        .filter(|run| run.len() >= SHORTEST)
        .collect()
}

/// A run as one node: all that was in it, in its order.
fn run(dag: &Dag, first: &DagNode, steps: &[usize]) -> DagNode {
    let list: Vec<&DagNode> = steps.iter().filter_map(|ix| dag.nodes.get(*ix)).collect();
    let phase = list.iter().map(|n| n.phase).min_by_key(|p| p.concern()).unwrap_or(Phase::Unknown);
    let own = |n: &DagNode| Member {
        id: n.id.clone(),
        label: n.label.clone(),
        phase: n.phase,
        parallel: n.parallel,
    };
    let members = list
        .iter()
        .flat_map(|n| if n.members.is_empty() { vec![own(n)] } else { n.members.clone() })
        .collect();
    let label = Shown::filter(&format!("{} steps", list.len()));
    DagNode {
        members,
        has_self_loop: list.iter().any(|n| n.has_self_loop),
        ..DagNode::new(&first.id, label, phase, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::collapse::{Collapse, collapse};
    use crate::graph::dag::from_parts;

    /// A chain, its first `done` steps over.
    fn chain(n: usize, done: usize) -> Dag {
        let phase = |ix| if ix < done { Phase::Done } else { Phase::Pending };
        from_parts(
            (0..n).map(|ix| DagNode::new(&format!("{ix:03}"), Shown::filter("Step"), phase(ix), None)),
            (1..n).map(|ix| (format!("{:03}", ix - 1), format!("{ix:03}"))),
        )
    }

    #[test]
    fn a_run_of_finished_steps_folds_and_what_is_open_does_not() {
        let dag = chain(50, 14);
        assert!(is_long(&dag) && !is_long(&chain(40, 14)));
        let over = finished(&dag);
        let folded = fold_runs(dag.clone(), &over);
        assert_eq!(folded.nodes.len(), 37);
        assert_eq!(folded.edges.len(), 36);
        let run = folded.nodes.iter().find(|n| n.id == "000").unwrap();
        assert_eq!((run.label.as_str(), run.members.len(), run.phase), ("14 steps", 14, Phase::Done));
        assert_eq!(fold_runs(dag.clone(), &BTreeSet::new()), dag);
    }

    #[test]
    fn a_later_status_unfolds_nothing_and_the_worst_state_wins() {
        let over = finished(&chain(20, 10));
        let mut later = chain(20, 15);
        later.nodes[4].phase = Phase::Failed;
        let folded = fold_runs(later, &over);
        assert_eq!(folded.nodes.len(), 11);
        assert_eq!(folded.nodes.iter().find(|n| n.id == "000").unwrap().phase, Phase::Failed);
    }

    #[test]
    fn a_run_ends_where_the_graph_branches_and_a_ring_is_left_alone() {
        let nodes = (0..7).map(|ix| DagNode::new(&ix.to_string(), Shown::filter("S"), Phase::Done, None));
        let edges = [(0, 1), (1, 2), (2, 3), (2, 4), (3, 5), (4, 5), (5, 6)];
        let dag = from_parts(nodes, edges.iter().map(|(a, b)| (a.to_string(), b.to_string())));
        assert_eq!(fold_runs(dag.clone(), &finished(&dag)).nodes.len(), 5);
        let nodes = (0..3).map(|ix| DagNode::new(&ix.to_string(), Shown::filter("S"), Phase::Done, None));
        let ring = from_parts(nodes, [("0", "1"), ("1", "2"), ("2", "0")].map(|(a, b)| (a.into(), b.into())));
        assert_eq!(fold_runs(ring.clone(), &finished(&ring)), ring);
    }

    #[test]
    fn chains_of_servers_are_a_table_with_a_row_for_each() {
        let mut nodes = vec![("s".to_owned(), "Begin", None), ("z".to_owned(), "End", None)];
        let mut edges = Vec::new();
        for server in 0..4 {
            for (step, name) in (0..).zip(["Stop", "Wait", "Start"]) {
                nodes.push((format!("{step}{server}"), name, Some(server)));
                let up = if step == 0 { "s".to_owned() } else { format!("{}{server}", step - 1) };
                edges.push((up, format!("{step}{server}")));
            }
            edges.push((format!("2{server}"), "z".to_owned()));
        }
        let nodes =
            nodes.into_iter().map(|(id, name, ix)| DagNode::new(&id, Shown::filter(name), Phase::Done, ix));
        let whole = from_parts(nodes, edges);
        let folded = collapse(&whole, Collapse::Pairs);
        assert_eq!(folded.nodes.len(), 5);
        assert_eq!(tables(folded.clone(), &whole, &BTreeSet::new()), folded);
        let mut dag = tables(folded, &whole, &BTreeSet::from(["12".to_owned()]));
        assert_eq!((dag.nodes.len(), dag.edges.len()), (3, 2));
        list(&mut dag, &BTreeSet::from(["12".to_owned()]), 20);
        let table = dag.nodes.iter().find(|n| n.columns > 1).unwrap();
        assert_eq!((table.label.as_str(), table.columns, table.rows), ("Stop … Start ×4", 3, 4));
        let row: Vec<&str> = table.members.iter().skip(3).take(3).map(|m| m.id.as_str()).collect();
        assert_eq!(row, ["01", "11", "21"]);
    }

    #[test]
    fn a_list_is_one_node_with_a_row_for_each_member_as_far_as_there_is_room() {
        let nodes = (0..14).map(|ix| {
            let parallel = (1..13).contains(&ix).then_some(ix);
            DagNode::new(&format!("{ix:02}"), Shown::filter("Stop"), Phase::Running, parallel)
        });
        let edges = (1..13)
            .flat_map(|ix| [("00".to_owned(), format!("{ix:02}")), (format!("{ix:02}"), "13".to_owned())]);
        let mut dag = collapse(&from_parts(nodes, edges), Collapse::Pairs);
        for (open, rows, want) in [("01", 20, 12), ("07", 5, 5), ("00", 20, 0)] {
            list(&mut dag, &BTreeSet::from([open.to_owned()]), rows);
            assert_eq!(dag.nodes.iter().map(|n| n.rows).max(), Some(want));
        }
    }
}
