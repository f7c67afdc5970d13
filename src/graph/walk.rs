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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::shown::Shown;
    use crate::domain::status::Phase;
    use crate::graph::dag::{Dag, DagNode, from_parts};
    use crate::graph::scene::{LayoutOptions, layout};

    /// A fan of three with a node that stands alone.
    fn fan() -> Dag {
        let nodes = ["0", "1", "2", "3", "4", "9"];
        let edges = [("0", "1"), ("0", "2"), ("0", "3"), ("1", "4"), ("2", "4"), ("3", "4")];
        from_parts(
            nodes.map(|id| DagNode::new(id, Shown::filter("Wait node"), Phase::Pending, None)),
            edges.map(|(a, b)| (a.to_owned(), b.to_owned())),
        )
    }

    #[test]
    fn steps_follow_edges_with_the_flow_and_neighbours_across_it() {
        let tb = layout(&fan(), &LayoutOptions::default());
        let middle = step(&tb, 0, Direction::Down).unwrap();
        assert_eq!(tb.boxes[middle].layer, 1);
        let left = step(&tb, middle, Direction::Left).unwrap();
        assert!(tb.boxes[left].x < tb.boxes[middle].x && tb.boxes[left].layer == 1);
        assert_eq!(step(&tb, left, Direction::Right), Some(middle));
        assert_eq!(step(&tb, left, Direction::Down), Some(4));
        assert_eq!(step(&tb, middle, Direction::Up), Some(0));
        let lr = layout(&fan(), &LayoutOptions { orientation: Orientation::Lr, ..LayoutOptions::default() });
        assert_eq!(step(&lr, 4, Direction::Left).map(|ix| lr.boxes[ix].layer), Some(1));
        assert!(step(&lr, 0, Direction::Left).is_none());
    }

    #[test]
    fn a_step_past_the_last_edge_goes_on_to_the_next_part() {
        let tb = layout(&fan(), &LayoutOptions::default());
        assert_eq!(step(&tb, 4, Direction::Down), Some(5));
        assert_eq!(step(&tb, 5, Direction::Down), None);
        assert_eq!(step(&tb, 77, Direction::Down), None);
    }
}
