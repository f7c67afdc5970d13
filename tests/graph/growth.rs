//! A task that grows while it is looked at: what was there stays in order and in place.

use obdeck::graph::{Before, Dag, LayoutOptions, Scene, from_parts, layout, layout_after};

use super::oracle::complaints;
use super::random::graph;

/// The graph without its last `less` nodes.
fn without(dag: &Dag, less: usize) -> Dag {
    let kept = dag.nodes.len() - less;
    let id = |ix: usize| dag.nodes[ix].id.clone();
    let edges = dag.edges.iter().filter(|(a, b)| *a < kept && *b < kept).map(|(a, b)| (id(*a), id(*b)));
    from_parts(dag.nodes[..kept].to_vec(), edges)
}

/// Pairs of known nodes in one layer before and after, and how many of them changed sides.
fn swapped(a: &Scene, b: &Scene) -> (usize, usize) {
    let (mut pairs, mut swaps) = (0, 0);
    let at = |id: &str| b.boxes.iter().find(|n| n.id == id).unwrap();
    for (ix, one) in a.boxes.iter().enumerate() {
        for two in &a.boxes[ix + 1..] {
            let (new_one, new_two) = (at(&one.id), at(&two.id));
            // Of separate parts the shelves decide, so only what stands in one row counts.
            if one.layer == two.layer
                && one.y == two.y
                && new_one.layer == new_two.layer
                && new_one.y == new_two.y
            {
                pairs += 1;
                swaps += usize::from((one.x < two.x) != (new_one.x < new_two.x));
            }
        }
    }
    (pairs, swaps)
}

#[test]
fn growth_swaps_no_two_known_nodes_and_is_drawn_truthfully() {
    let (mut pairs, mut swaps, mut moved, mut known) = (0, 0, 0, 0);
    // Layered ones in one part: with parts that join, shelves must move.
    for seed in (7..600).step_by(8) {
        let whole = graph(seed);
        if whole.nodes.len() < 12 {
            continue;
        }
        let first = layout(&without(&whole, 6), &LayoutOptions::default());
        let mut before = Before::of(&first);
        let mut last = first;
        for less in [4, 2, 0] {
            let dag = without(&whole, less);
            let next = layout_after(&dag, &LayoutOptions::default(), &before);
            let bad = complaints(&dag, &next);
            assert!(bad.is_empty(), "graph {seed} less {less}: {}", bad.join("\n"));
            let found = swapped(&last, &next);
            pairs += found.0;
            swaps += found.1;
            let shift =
                |s: &Scene, id: &str| s.boxes.iter().find(|b| b.id == id).map_or(0, |b| 2 * b.x + b.w);
            // The whole may move to the right for what is new on the left; the camera goes with it.
            let mut shifts: Vec<i32> =
                last.boxes.iter().map(|b| shift(&next, &b.id) - shift(&last, &b.id)).collect();
            shifts.sort_unstable();
            let whole = shifts[shifts.len() / 2];
            known += shifts.len();
            moved += shifts.iter().filter(|s| (*s - whole).abs() > 2).count();
            before = Before::of(&next);
            last = next;
        }
    }
    assert!(pairs > 1_000, "{pairs}");
    assert_eq!(swaps, 0, "of {pairs} pairs");
    assert!(moved * 4 < known, "{moved} of {known} nodes moved across");
}

#[test]
fn the_same_structure_after_itself_moves_nothing_across() {
    for seed in 0..40 {
        let dag = graph(seed);
        let first = layout(&dag, &LayoutOptions::default());
        let again = layout_after(&dag, &LayoutOptions::default(), &Before::of(&first));
        assert_eq!(swapped(&first, &again).1, 0, "graph {seed}");
        assert!(complaints(&dag, &again).is_empty(), "graph {seed}");
    }
}
