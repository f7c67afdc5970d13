//! Long edges beside the boxes: as truthful as between them, and bounded where nothing else is.

use obdeck::graph::{Dag, LayoutOptions, Orientation, Scene, layout, layout_on_rails};

use super::oracle::complaints;
use super::random::{ALL, Random, graph, plain};

#[test]
fn random_graphs_on_rails_are_drawn_truthfully() {
    let mut beside = 0;
    for seed in 0..160 {
        let dag = graph(seed);
        let (form, orientation) = ALL[(seed / 8 % 4) as usize];
        let options = LayoutOptions { form, orientation, ..LayoutOptions::default() };
        let scene = layout_on_rails(&dag, &options);
        let bad = complaints(&dag, &scene);
        assert!(bad.is_empty(), "graph {seed} {form:?} {orientation:?}: {}", bad.join("\n"));
        beside += usize::from(scene != layout(&dag, &options));
    }
    assert!(beside > 40, "only {beside} of 160 have long edges");
}

/// `n` nodes, `m` edges between any two of them.
fn tangle(n: u64, m: u64) -> Dag {
    let mut r = Random(1);
    plain(n, (0..m).map(|_| (r.below(n), r.below(n))))
}

fn corners(scene: &Scene) -> usize {
    scene.paths.iter().map(|p| p.points.len()).sum()
}

#[test]
fn d01_thousands_of_nodes_in_one_cycle_make_a_drawing_of_a_bounded_size() {
    let dag = tangle(2_000, 6_000);
    for orientation in [Orientation::Tb, Orientation::Lr] {
        let scene = layout(&dag, &LayoutOptions { orientation, ..LayoutOptions::default() });
        assert_eq!(scene.boxes.len(), 2_000);
        assert_eq!(scene.paths.len(), dag.edges.len());
        assert!(scene.paths.iter().any(|p| p.back));
        // With a dummy in every layer: 280,000 rows and 2.3 million corners.
        let along = if orientation == Orientation::Tb { scene.height } else { scene.width };
        assert!(along < 40_000, "{orientation:?}: {}x{}", scene.width, scene.height);
        assert!(corners(&scene) < 40_000, "{orientation:?}: {} corners", corners(&scene));
    }
}

#[test]
fn a_step_that_waits_for_all_of_a_long_chain_costs_a_column_each() {
    let n = 600;
    let chain = (1..n).map(|v| (v - 1, v));
    let dag = plain(n, chain.chain((1..n - 1).map(|v| (v - 1, n - 1))));
    let scene = layout(&dag, &LayoutOptions::default());
    assert!(
        scene.width < 4 * n as i32 + 100 && scene.height < 8 * n as i32,
        "{}x{}",
        scene.width,
        scene.height
    );
    assert!(corners(&scene) < 10 * dag.edges.len(), "{}", corners(&scene));
}
