//! Which node lies left, right, above, below: the selection follows the picture.

use super::scene::{NodeBox, Orientation, Scene};

/// A key's direction on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Towards the first row.
    Up,
    /// Towards the last row.
    Down,
    /// Towards the first column.
    Left,
    /// Towards the last column.
    Right,
}

/// The node that a step from `from` leads to: along an edge where the direction is that of the edges, else to the
/// nearest box of the same layer on that side, else to the nearest box there at all. `None` at the rim.
pub fn step(scene: &Scene, from: usize, direction: Direction) -> Option<usize> {
    let here = scene.boxes.get(from)?;
    let lr = scene.orientation == Orientation::Lr;
    let with_flow = if lr { Direction::Right } else { Direction::Down };
    let against = if lr { Direction::Left } else { Direction::Up };
    let forward = scene.paths.iter().filter(|p| !p.back);
    let ends: Vec<usize> = if direction == with_flow {
        forward.filter(|p| p.from == from).map(|p| p.to).collect()
    } else if direction == against {
        forward.filter(|p| p.to == from).map(|p| p.from).collect()
    } else {
        Vec::new()
    };
    let distance = |ix: &usize| {
        let there = scene.boxes.get(*ix);
        let (across, along) = there.map_or((i32::MAX, i32::MAX), |b| away(here, b, lr));
        if direction == with_flow || direction == against {
            (across, along, *ix)
        } else {
            (along, across, *ix)
        }
    };
    if let Some(best) = ends.into_iter().min_by_key(distance) {
        return Some(best);
    }
    let on_side = |b: &NodeBox| match direction {
        Direction::Up => b.y + b.h <= here.y,
        Direction::Down => b.y >= here.y + here.h,
        Direction::Left => b.x + b.w <= here.x,
        Direction::Right => b.x >= here.x + here.w,
    };
    (0..scene.boxes.len())
        .filter(|ix| *ix != from && scene.boxes.get(*ix).is_some_and(on_side))
        .min_by_key(distance)
}

/// How far two boxes lie apart: across the flow by centres, along the flow by first cells.
fn away(a: &NodeBox, b: &NodeBox, lr: bool) -> (i32, i32) {
    let across = if lr { (2 * a.y + a.h) - (2 * b.y + b.h) } else { (2 * a.x + a.w) - (2 * b.x + b.w) };
    let along = if lr { a.x - b.x } else { a.y - b.y };
    (across.abs(), along.abs())
}

/// The first or last node of the picture: top left, or bottom right.
pub fn end(scene: &Scene, last: bool) -> Option<usize> {
    let key = |ix: &usize| scene.boxes.get(*ix).map(|b| (b.layer, b.y, b.x));
    let all = 0..scene.boxes.len();
    if last { all.max_by_key(key) } else { all.min_by_key(key) }
}
