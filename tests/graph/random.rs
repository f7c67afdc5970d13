//! Random graphs against the oracle: layered, cyclic, dense, disconnected, with repeated edges and hostile names.
//!
//! `OBDECK_GRAPHS=10000` asks for more than the normal number.

use obdeck::domain::shown::Shown;
use obdeck::domain::status::Phase;
use obdeck::graph::{Collapse, Dag, DagNode, Form, LayoutOptions, Orientation, collapse, from_parts, layout};

use super::oracle::complaints;

/// Graphs in a normal run.
const GRAPHS: u64 = 500;
/// Threads that draw them.
const THREADS: u64 = 4;

/// A small generator: the same graphs on every machine.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }
    fn label(&mut self) -> String {
        const HOSTILE: [&str; 8] = [
            "",
            "停止 OBServer 进程",
            "e\u{301} combining",
            "tab\there",
            "line\nbreak",
            "\u{1b}[31mred",
            "\u{202e}RTL",
            "a│b─c┼d▼",
        ];
        if self.below(12) == 0 {
            return HOSTILE[self.below(8) as usize].to_owned();
        }
        let wide = self.below(25) as usize;
        "Stop observer process on zone".chars().take(wide).collect()
    }
}

/// A graph of `n` steps of one name.
pub(crate) fn plain(n: u64, edges: impl Iterator<Item = (u64, u64)>) -> Dag {
    let node = |v: u64| DagNode::new(&v.to_string(), Shown::filter("Stop observer"), Phase::Pending, None);
    from_parts((0..n).map(node), edges.map(|(a, b)| (a.to_string(), b.to_string())))
}

/// Nodes in layers with edges downward, some of them long, and `back` edges upward for each hundred.
fn layered(r: &mut Random, n: u64, per_layer: u64, edges: u64, back: u64) -> Vec<(u64, u64)> {
    let mut out = Vec::new();
    for _ in 0..edges {
        let (a, b) = (r.below(n), r.below(n));
        let (a, b) = (a.min(b), a.max(b));
        if a / per_layer == b / per_layer {
            continue;
        }
        let far = b / per_layer - a / per_layer > 2;
        if far && r.below(3) > 0 {
            continue;
        }
        out.push(if r.below(100) < back { (b, a) } else { (a, b) });
    }
    out
}

/// Steps over servers with waits between.
fn fan(r: &mut Random) -> (u64, Vec<(u64, u64)>) {
    let (servers, steps) = (1 + r.below(6), 1 + r.below(3));
    let mut edges = Vec::new();
    let (mut last, mut next) = (0, 1);
    for _ in 0..steps {
        let wait = next + servers;
        for server in next..wait {
            edges.push((last, server));
            edges.push((server, wait));
        }
        (last, next) = (wait, wait + 1);
    }
    (next, edges)
}

pub(crate) fn graph(seed: u64) -> Dag {
    let mut r = Random(seed);
    let n = 1 + r.below(45);
    let (n, mut edges) = match seed % 8 {
        0 => (n, layered(&mut r, n, 4, n + n / 2, 0)),
        1 => (n, layered(&mut r, n, 6, n, 8)),
        2 => (n, layered(&mut r, n, 5, n * 3, 3)),
        3 => (n, layered(&mut r, n, 3, n / 2, 5)),
        4 => {
            let half = n.div_ceil(2);
            (
                n,
                (0..n * 2)
                    .map(|_| (r.below(half), half + r.below(half.max(1))))
                    .filter(|e| e.1 < n)
                    .collect(),
            )
        }
        5 => fan(&mut r),
        6 => (n, (0..n + 5).map(|_| (r.below(n), r.below(n))).collect()),
        _ => (n, (1..n).map(|v| (r.below(v), v)).collect()),
    };
    for _ in 0..r.below(3) {
        let pick = r.below(edges.len() as u64) as usize;
        if let Some(e) = edges.get(pick).copied() {
            edges.push(if r.below(2) == 0 { e } else { (e.1, e.0) });
        }
    }
    let nodes: Vec<DagNode> = (0..n)
        .map(|v| DagNode::new(&v.to_string(), Shown::filter(&r.label()), Phase::Pending, None))
        .collect();
    from_parts(nodes, edges.into_iter().map(|(a, b)| (a.to_string(), b.to_string())))
}

/// The four drawings of a graph.
pub(crate) const ALL: [(Form, Orientation); 4] = [
    (Form::Full, Orientation::Tb),
    (Form::Compact, Orientation::Lr),
    (Form::Compact, Orientation::Tb),
    (Form::Full, Orientation::Lr),
];

/// Complaints about drawings of a graph.
pub(crate) fn drawn(name: &str, dag: &Dag, forms: &[(Form, Orientation)]) -> Vec<String> {
    let mut bad = Vec::new();
    for (form, orientation) in forms.iter().copied() {
        let options = LayoutOptions { form, orientation, ..LayoutOptions::default() };
        let found = complaints(dag, &layout(dag, &options));
        bad.extend(found.into_iter().take(3).map(|c| format!("{name} {form:?} {orientation:?}: {c}")));
    }
    bad
}

#[test]
fn random_graphs_are_drawn_truthfully() {
    let asked: Option<u64> = std::env::var("OBDECK_GRAPHS").ok().and_then(|n| n.parse().ok());
    let count = asked.unwrap_or(GRAPHS);
    let part = |first: u64| {
        let mut bad = Vec::new();
        for seed in (first..count).step_by(THREADS as usize) {
            // A normal run draws each graph in one of four ways, in turn, to stay quick.
            let turn = (seed / 8 % 4) as usize;
            let forms = if asked.is_some() { &ALL[..] } else { &ALL[turn..=turn] };
            bad.extend(drawn(&format!("graph {seed}"), &graph(seed), forms));
            if bad.len() > 30 {
                break;
            }
        }
        bad
    };
    let bad: Vec<String> = std::thread::scope(|s| {
        let threads: Vec<_> = (0..THREADS).map(|first| s.spawn(move || part(first))).collect();
        threads.into_iter().flat_map(|t| t.join().unwrap()).collect()
    });
    assert!(bad.is_empty(), "{} complaints\n{}", bad.len(), bad.join("\n"));
}

#[test]
fn folded_random_graphs_are_drawn_truthfully() {
    for seed in (5..GRAPHS / 3).step_by(8) {
        let dag = collapse(&graph(seed), Collapse::Pairs);
        let bad = drawn(&format!("graph {seed} folded"), &dag, &ALL);
        assert!(bad.is_empty(), "{}", bad.join("\n"));
    }
}

#[test]
fn the_oracle_sees_what_is_wrong() {
    let dag = graph(5);
    let scene = layout(&dag, &LayoutOptions::default());
    assert!(complaints(&dag, &scene).is_empty());
    let longest = (0..scene.paths.len()).max_by_key(|ix| scene.paths[*ix].points.len()).unwrap();
    let found = |change: &dyn Fn(&mut obdeck::graph::Scene), word: &str| {
        let mut wrong = scene.clone();
        change(&mut wrong);
        let bad = complaints(&dag, &wrong);
        assert!(bad.iter().any(|b| b.contains(word)), "{word} is not among {bad:?}");
    };
    found(&|s| s.boxes[1].x = s.boxes[0].x - s.width, "outside");
    found(&|s| (s.boxes[2].x, s.boxes[2].y) = (s.boxes[1].x + 1, s.boxes[1].y), "overlap");
    found(&|s| s.paths[longest].points.reverse(), "does not end on its boxes");
    found(&|s| s.paths[0].back = true, "without a cycle");
    found(&|s| s.boxes[0].label.clear(), "is cut");
    found(&|s| s.boxes[0].layer = 99, "layer");
    found(
        &|s| (s.paths[0].from, s.paths[0].to) = (s.paths[0].to, s.paths[0].from),
        "paths are not the edges",
    );
}
