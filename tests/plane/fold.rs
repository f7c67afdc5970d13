//! The fold of flat subtasks: nothing is lost, and the answer's order has no influence.

use std::collections::BTreeSet;

use obdeck::domain::fold::flat;
use obdeck::domain::id::SubtaskId;
use obdeck::domain::task::{Defect, Subtask};
use proptest::prelude::*;

use crate::support::samples;

fn subtask(id: u64, up: &[u64], down: &[u64]) -> Subtask {
    let ids = |list: &[u64]| list.iter().map(|i| SubtaskId::new(&i.to_string())).collect();
    let told = samples::subtask(&id.to_string(), "step", "PENDING");
    Subtask { upstreams: ids(up), downstreams: ids(down), ..told }
}

/// Subtasks with unique IDs and edges to anywhere, also to nobody and to themselves.
fn answers() -> impl Strategy<Value = Vec<Subtask>> {
    let edges = || prop::collection::vec(0..14_u64, 0..4);
    prop::collection::vec((edges(), edges()), 0..12).prop_map(|list| {
        list.iter().enumerate().map(|(id, (up, down))| subtask(id as u64, up, down)).collect()
    })
}

proptest! {
    #[test]
    fn every_subtask_is_kept_and_every_claimed_edge_is_drawn(list in answers()) {
        let graph = flat(list.clone());
        let kept: BTreeSet<_> = graph.nodes.iter().flat_map(|n| &n.members).map(|s| s.id.clone()).collect();
        prop_assert_eq!(kept, list.iter().map(|s| s.id.clone()).collect::<BTreeSet<_>>());
        let mut claimed = BTreeSet::new();
        for s in &list {
            claimed.extend(s.upstreams.iter().map(|u| (u.clone(), s.id.clone())));
            claimed.extend(s.downstreams.iter().map(|d| (s.id.clone(), d.clone())));
        }
        claimed.retain(|(a, b)| a != b);
        let drawn: BTreeSet<_> =
            graph.edges.iter().map(|(a, b)| (graph.nodes[*a].key.clone(), graph.nodes[*b].key.clone())).collect();
        prop_assert_eq!(drawn.len(), graph.edges.len());
        prop_assert_eq!(drawn, claimed);
    }

    #[test]
    fn the_order_of_the_answer_has_no_influence((list, shuffled) in answers().prop_flat_map(|l| (Just(l.clone()), Just(l).prop_shuffle()))) {
        prop_assert_eq!(flat(list), flat(shuffled));
    }

    #[test]
    fn a_graph_that_agrees_with_itself_has_no_defect(pairs in prop::collection::vec((0..10_u64, 0..10_u64), 0..20)) {
        let pairs: BTreeSet<(u64, u64)> = pairs.into_iter().filter(|(a, b)| a < b).collect();
        let list = (0..10).map(|id| {
            let up: Vec<u64> = pairs.iter().filter(|(_, b)| *b == id).map(|(a, _)| *a).collect();
            let down: Vec<u64> = pairs.iter().filter(|(a, _)| *a == id).map(|(_, b)| *b).collect();
            subtask(id, &up, &down)
        });
        prop_assert_eq!(flat(list.collect()).defects, []);
    }
}

#[test]
fn ids_are_ordered_by_number() {
    let graph = flat(vec![subtask(10, &[9], &[]), subtask(9, &[], &[10])]);
    let keys: Vec<&str> = graph.nodes.iter().map(|n| n.key.raw()).collect();
    assert_eq!(keys, ["9", "10"]);
}

#[test]
fn d01_d02_d03_what_is_wrong_is_listed_and_nothing_is_dropped() {
    let id = |n: u64| SubtaskId::new(&n.to_string());
    let one_sided = flat(vec![subtask(1, &[], &[2]), subtask(2, &[], &[])]);
    assert_eq!(one_sided.defects, [Defect::OneSided { from: id(1), to: id(2) }]);
    assert_eq!(one_sided.edges, [(0, 1)]);

    let dangling = flat(vec![subtask(1, &[], &[7])]);
    assert_eq!(dangling.defects, [Defect::Dangling { from: id(1), to: id(7) }]);
    assert!(dangling.nodes[1].is_ghost());
    assert_eq!(dangling.nodes[1].name.raw(), "missing 7");

    let double = flat(vec![subtask(1, &[], &[]), subtask(1, &[], &[])]);
    assert_eq!(double.defects, [Defect::DuplicateId(id(1))]);

    let own = flat(vec![subtask(1, &[1], &[1])]);
    assert_eq!((own.defects, own.edges.len()), (vec![Defect::SelfLoop(id(1))], 0));

    let cycle = flat(vec![subtask(1, &[2], &[2]), subtask(2, &[1], &[1])]);
    assert!(matches!(cycle.defects[..], [Defect::Cycle(_)]));
    assert_eq!(cycle.edges.len(), 2);
}
