//! Fans to both sides on two tracks.
//!
//! Lines to the right should leave above those that leave further left, and lines to the left the other way round: a fan
//! that goes both ways is wrong for one of them on any single track, and crosses lines twice that the order of the boxes
//! does not make it cross. Two tracks on one stem say nothing else than one.

use super::arrange::cost;
use super::{Part, Port, Run};

/// What parting a fan must save: more than one cell, or the second row is not worth looking at.
const WORTH: i64 = 3;

/// Parts the fans for which it is worth it, each half put to its best place in `order`. Says whether any was.
pub(super) fn branch(runs: &mut Vec<Run>, order: &mut Vec<usize>) -> bool {
    let mut any = false;
    for run in 0..runs.len() {
        let Some(halves) = halves(&runs[run]) else { continue };
        let Some(at) = order.iter().position(|r| *r == run) else { continue };
        let others: Vec<&Run> = order.iter().filter(|r| **r != run).map(|r| &runs[*r]).collect();
        let now: i64 = others[..at].iter().map(|o| between(o, &runs[run])).sum::<i64>()
            + others[at..].iter().map(|o| between(&runs[run], o)).sum::<i64>();
        if now < WORTH {
            continue;
        }
        let [left, right] = halves;
        let (to_left, to_right) = (place(&left, &others, at), place(&right, &others, at));
        if now - to_left.1 - to_right.1 < WORTH {
            continue;
        }
        any = true;
        order.remove(at);
        order.insert(to_left.0, run);
        order.insert(to_right.0 + usize::from(to_left.0 <= to_right.0), runs.len());
        runs[run] = left;
        runs.push(right);
    }
    any
}

/// The two halves of a fan with ends on both sides of its single port.
fn halves(run: &Run) -> Option<[Run; 2]> {
    let (stem, ends, down) = match (run.upper.as_slice(), run.lower.as_slice()) {
        ([stem], ends) => (stem.column, ends, true),
        (ends, [stem]) => (stem.column, ends, false),
        _ => return None,
    };
    if run.part != Part::Whole || ends.len() < 2 {
        return None;
    }
    let (left, right) = ends.split_at(ends.partition_point(|p| p.column <= stem));
    // What is in line with the stem goes with the left: without more there the right is all there is.
    if left.iter().all(|p| p.column == stem) || right.is_empty() {
        return None;
    }
    Some([(Part::Left, left), (Part::Right, right)].map(|(part, ends)| half(run.net, part, stem, ends, down)))
}

fn half(net: usize, part: Part, stem: i32, ends: &[Port], down: bool) -> Run {
    let list = || ends.iter().map(|p| (p.column, p.edges as u32));
    let stem = std::iter::once((stem, list().map(|p| p.1).sum()));
    if down { Run::new(net, part, stem, list()) } else { Run::new(net, part, list(), stem) }
}

fn between(above: &Run, below: &Run) -> i64 {
    if above.meets(below) { i64::from(cost(above, below)) } else { 0 }
}

/// Where among the others a run crosses least, nearest to `near`, and how much that costs.
fn place(run: &Run, others: &[&Run], near: usize) -> (usize, i64) {
    let low = others.iter().rposition(|o| is_forced(o, run)).map_or(0, |ix| ix + 1);
    let high = others.iter().position(|o| is_forced(run, o)).unwrap_or(others.len());
    let mut sum: i64 = others[..low].iter().map(|o| between(o, run)).sum::<i64>()
        + others[low..].iter().map(|o| between(run, o)).sum::<i64>();
    let mut best = (sum, near.abs_diff(low), low);
    for (at, other) in others.iter().enumerate().take(high).skip(low) {
        sum += between(other, run) - between(run, other);
        best = best.min((sum, near.abs_diff(at + 1), at + 1));
    }
    (best.2, best.0)
}

/// Whether a shared column forces `above` above `below`.
fn is_forced(above: &Run, below: &Run) -> bool {
    let hangs = |p: &Port| above.upper.binary_search_by_key(&p.column, |u| u.column).is_ok();
    above.part != Part::Lower && below.lower.iter().any(hangs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(net: usize, upper: &[i32], lower: &[i32]) -> Run {
        let ports = |list: &[i32], each: usize| list.iter().map(|c| (*c, each as u32)).collect::<Vec<_>>();
        let (u, l) = (ports(upper, lower.len()), ports(lower, upper.len()));
        Run::new(net, Part::Whole, u.into_iter(), l.into_iter())
    }

    /// Order of the runs as (net, part), after parting.
    fn parted(mut runs: Vec<Run>, mut order: Vec<usize>) -> Vec<(usize, Part)> {
        branch(&mut runs, &mut order);
        order.iter().map(|r| (runs[*r].net, runs[*r].part)).collect()
    }

    #[test]
    fn a_fan_with_a_line_above_one_side_and_below_the_other_takes_two_tracks() {
        // Column 1 forces net 1 above net 2; the right of net 0 belongs above net 1, its left below net 2.
        let runs = vec![run(0, &[10], &[2, 20]), run(1, &[1], &[15]), run(2, &[8], &[1])];
        let halves = [(0, Part::Right), (1, Part::Whole), (2, Part::Whole), (0, Part::Left)];
        assert_eq!(parted(runs, vec![1, 2, 0]), halves);
    }

    #[test]
    fn a_fan_in_is_parted_as_well() {
        // The same from below to above.
        let runs = vec![run(0, &[2, 20], &[10]), run(1, &[15], &[1]), run(2, &[1], &[8])];
        let halves = [(0, Part::Left), (2, Part::Whole), (1, Part::Whole), (0, Part::Right)];
        assert_eq!(parted(runs, vec![0, 2, 1]), halves);
    }

    #[test]
    fn a_fan_that_would_save_nothing_stays_on_one_track() {
        let runs = vec![run(0, &[10], &[2, 20]), run(1, &[1], &[15])];
        assert_eq!(parted(runs, vec![0, 1]), [(0, Part::Whole), (1, Part::Whole)]);
    }

    #[test]
    fn halves_keep_what_a_shared_column_forces() {
        // As the first, but its right ends below the port of net 3, which must stay above it.
        let mut runs = vec![run(0, &[10], &[2, 20]), run(1, &[1], &[15]), run(2, &[8], &[1])];
        runs.push(run(3, &[20], &[30]));
        let order = parted(runs, vec![3, 1, 2, 0]);
        let at = |net, part| order.iter().position(|r| *r == (net, part));
        assert!(at(3, Part::Whole) < at(0, Part::Right), "{order:?}");
    }
}
