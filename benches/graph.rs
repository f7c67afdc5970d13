//! Benches of layout, folding and painting over the graph families, up to 10,000 nodes.

use divan::{Bencher, black_box};
use obdeck::domain::shown::Shown;
use obdeck::domain::status::Phase;
use obdeck::graph::{
    Collapse, Dag, DagNode, Face, Glyphs, LayoutOptions, Window, collapse, from_parts, lanes, layout, paint,
};

fn main() {
    divan::main();
}

/// A small generator: the same graphs on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n.max(1)
    }
}

fn dag(nodes: impl Iterator<Item = (u64, &'static str, Option<u32>)>, edges: &[(u64, u64)]) -> Dag {
    from_parts(
        nodes.map(|(id, name, parallel)| {
            DagNode::new(&id.to_string(), Shown::filter(name), Phase::Pending, parallel)
        }),
        edges.iter().map(|(a, b)| (a.to_string(), b.to_string())),
    )
}

fn chain(n: u64) -> Dag {
    let edges: Vec<_> = (1..n).map(|v| (v - 1, v)).collect();
    dag((0..n).map(|v| (v, "Stop observer process", None)), &edges)
}

/// Three steps over `n` servers with a wait after each.
fn fan(n: u64) -> Dag {
    let mut edges = Vec::new();
    let mut nodes = vec![(0, "Stop zone", None)];
    for step in 0..3 {
        let wait = (step + 1) * (n + 1);
        for server in 0..n {
            let id = step * (n + 1) + 1 + server;
            nodes.push((id, "Stop observer process", Some(server as u32)));
            edges.push((step * (n + 1), id));
            edges.push((id, wait));
        }
        nodes.push((wait, "Wait node", None));
    }
    dag(nodes.into_iter(), &edges)
}

/// Layers of about the square root of `n` nodes, each with one or two upstreams, some of them further up.
fn layered(n: u64) -> Dag {
    let mut r = Random(n);
    let wide = ((n as f64).sqrt() as u64).max(2);
    let mut edges = Vec::new();
    for v in wide..n {
        for _ in 0..=r.below(3) / 2 {
            let up = 1 + u64::from(r.below(10) == 0) * r.below(3);
            let layer = (v / wide).saturating_sub(up);
            edges.push((layer * wide + r.below(wide), v));
        }
    }
    dag((0..n).map(|v| (v, "Update cluster info", None)), &edges)
}

#[divan::bench(args = [10, 30, 1000], sample_count = 10)]
fn layout_chain(bencher: Bencher, n: u64) {
    let dag = chain(n);
    bencher.bench(|| layout(black_box(&dag), &LayoutOptions::default()));
}

#[divan::bench(args = [3, 10, 50, 200], sample_count = 10)]
fn layout_fan(bencher: Bencher, n: u64) {
    let dag = fan(n);
    bencher.bench(|| layout(black_box(&dag), &LayoutOptions::default()));
}

#[divan::bench(args = [12, 30, 100, 300, 1000, 3000, 10_000], sample_count = 5, sample_size = 1)]
fn layout_layered(bencher: Bencher, n: u64) {
    let dag = layered(n);
    bencher.bench(|| layout(black_box(&dag), &LayoutOptions::default()));
}

/// All in one cycle, more or less: three edges a node between any two.
fn tangle(n: u64) -> Dag {
    let mut r = Random(n);
    let edges: Vec<_> = (0..3 * n).map(|_| (r.below(n), r.below(n))).collect();
    dag((0..n).map(|v| (v, "Update cluster info", None)), &edges)
}

/// Two layers of `n`, with twice as many edges.
fn two_layers(n: u64) -> Dag {
    let mut r = Random(n);
    let edges: Vec<_> = (0..2 * n).map(|_| (r.below(n), n + r.below(n))).collect();
    dag((0..2 * n).map(|v| (v, "Update cluster info", None)), &edges)
}

/// A chain whose every step tells the last one.
fn reports(n: u64) -> Dag {
    let edges: Vec<_> = (1..n).map(|v| (v - 1, v)).chain((2..n).map(|v| (v - 2, n - 1))).collect();
    dag((0..n).map(|v| (v, "Update cluster info", None)), &edges)
}

/// Five steps on each of `n` servers, with no wait between.
fn chains(n: u64) -> Dag {
    let mut edges = Vec::new();
    let mut nodes = vec![(0, "Stop zone", None), (5 * n + 1, "Wait node", None)];
    for server in 0..n {
        for (step, name) in ["Prepare", "Flush", "Stop", "Check", "Report"].into_iter().enumerate() {
            let id = step as u64 * n + server + 1;
            nodes.push((id, name, Some(server as u32)));
            edges.push((if step == 0 { 0 } else { id - n }, id));
        }
        edges.push((4 * n + server + 1, 5 * n + 1));
    }
    dag(nodes.into_iter(), &edges)
}

#[divan::bench(args = [20, 200, 2000], sample_count = 5, sample_size = 1)]
fn layout_tangle(bencher: Bencher, n: u64) {
    let dag = tangle(n);
    bencher.bench(|| layout(black_box(&dag), &LayoutOptions::default()));
}

#[divan::bench(args = [20, 200, 2000], sample_count = 5, sample_size = 1)]
fn layout_two_layers(bencher: Bencher, n: u64) {
    let dag = two_layers(n);
    bencher.bench(|| layout(black_box(&dag), &LayoutOptions::default()));
}

#[divan::bench(args = [20, 200, 2000], sample_count = 5, sample_size = 1)]
fn layout_reports(bencher: Bencher, n: u64) {
    let dag = reports(n);
    bencher.bench(|| layout(black_box(&dag), &LayoutOptions::default()));
}

#[divan::bench(args = [4, 40, 2000], sample_count = 10)]
fn fold_chains(bencher: Bencher, n: u64) {
    let dag = chains(n);
    bencher.bench(|| collapse(black_box(&dag), Collapse::Auto { width: Some(80) }));
}

#[divan::bench(args = [100, 1000, 10_000], sample_count = 10)]
fn fold_layered(bencher: Bencher, n: u64) {
    let dag = layered(n);
    bencher.bench(|| collapse(black_box(&dag), Collapse::Auto { width: Some(80) }));
}

#[divan::bench(args = [10, 200, 3000])]
fn fold_fan(bencher: Bencher, n: u64) {
    let dag = fan(n);
    bencher.bench(|| collapse(black_box(&dag), Collapse::Auto { width: Some(80) }));
}

#[divan::bench(args = [100, 1000, 10_000])]
fn lane_rows(bencher: Bencher, n: u64) {
    let dag = layered(n);
    bencher.bench(|| lanes::rows(black_box(&dag)));
}

/// One redraw of 160x50 in the middle of the drawing.
fn redrawn(bencher: Bencher, dag: &Dag) {
    let scene = layout(dag, &LayoutOptions::default());
    let faces = Face::all(dag);
    let window = Window { x: scene.width / 2 - 80, y: scene.height / 2 - 25, w: 160, h: 50 };
    bencher.bench(|| paint(black_box(&scene), &faces, window, Glyphs::Unicode));
}

#[divan::bench(args = [100, 1000, 10_000])]
fn redraw_layered(bencher: Bencher, n: u64) {
    redrawn(bencher, &layered(n));
}

#[divan::bench(args = [10, 200])]
fn redraw_fan(bencher: Bencher, n: u64) {
    redrawn(bencher, &fan(n));
}

#[divan::bench(args = [200, 2000])]
fn redraw_tangle(bencher: Bencher, n: u64) {
    redrawn(bencher, &tangle(n));
}
