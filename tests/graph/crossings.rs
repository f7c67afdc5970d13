//! Counts crossings the way layouts are compared: strict inversions between consecutive layers.

use std::collections::{BTreeMap, BTreeSet};

use obdeck::graph::{Orientation, Scene};

/// Inversions of all forward edges, a long one counted where it passes each layer.
pub(crate) fn between_layers(scene: &Scene) -> usize {
    let tb = scene.orientation == Orientation::Tb;
    let turn = |p: (i32, i32)| if tb { p } else { (p.1, p.0) };
    // Twice the middle row of each layer, by first row of its boxes.
    let rows: BTreeSet<i32> = scene.boxes.iter().map(|b| turn((b.x, b.y)).1).collect();
    let mut gaps: BTreeMap<(i32, i32), Vec<(i32, i32)>> = BTreeMap::new();
    for path in scene.paths.iter().filter(|p| !p.back) {
        let middle = |ix: usize| {
            let b = &scene.boxes[ix];
            if tb { 2 * b.x + b.w - 1 } else { 2 * b.y + b.h - 1 }
        };
        let (a, b) = (&scene.boxes[path.from], &scene.boxes[path.to]);
        let (top, bottom) = (turn((a.x, a.y)).1, turn((b.x, b.y)).1);
        let (mut at, mut x) = (top, middle(path.from));
        for row in rows.range(top + 1..=bottom).copied() {
            let next = if row == bottom {
                middle(path.to)
            } else {
                let over = path.points.windows(2).map(|w| (turn(w[0]), turn(w[1])));
                let mut there = over.filter(|(p, q)| p.1 <= row && row <= q.1);
                there.next().map_or(x, |(p, _)| 2 * p.0)
            };
            gaps.entry((at, row)).or_default().push((x, next));
            (at, x) = (row, next);
        }
    }
    let inversions = |list: &Vec<(i32, i32)>| {
        let pairs = list.iter().enumerate().flat_map(|(ix, p)| list[ix + 1..].iter().map(move |q| (p, q)));
        pairs.filter(|(p, q)| (p.0 - q.0).signum() * (p.1 - q.1).signum() < 0).count()
    };
    gaps.values().map(inversions).sum()
}
