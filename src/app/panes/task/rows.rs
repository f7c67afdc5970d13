//! The rows of the lane view and of the list: which row stands for which node, with its lanes.

use std::collections::{BTreeSet, HashMap};

use super::picture::{Item, Picture, Sort};
use crate::graph::glyph::{DOWN, UP};
use crate::graph::lanes::{self, LaneCell, LaneRow};

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A node, folded or single.
    Step,
    /// Head of a pair drawn as two lanes; [`Kind::PairMembers`] and [`Kind::PairEnd`] follow.
    Pair,
    /// The two of a pair side by side.
    PairMembers,
    /// Where a pair joins.
    PairEnd,
    /// What a folded group holds, told in one line under it.
    Members,
    /// Head of an unfolded group; its members follow, a row each.
    Open,
    /// One item by itself: a member of an unfolded group, or a row of the list.
    Item(usize),
    /// Head of a stage's sub DAGs, with their count.
    Nest(usize),
    /// One of them.
    Inner(usize),
    /// Lanes part or join.
    Join,
    /// Room between two steps.
    Gap,
    /// What is wrong with the answer: which of its defects.
    Defect(usize),
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is.
    pub kind: Kind,
    /// Node of the drawing; `None` for a row that belongs to no step.
    pub node: Option<usize>,
    /// Lanes from the left.
    pub lanes: Vec<LaneCell>,
    /// Which of them is the node's own.
    pub lane: usize,
    /// Whether lanes further right were left out.
    pub is_cut: bool,
    /// Earlier nodes that this one leads back to: edges that close a cycle.
    pub back_to: Vec<usize>,
}

impl Row {
    /// Whether the selection can stand on it.
    pub fn is_selectable(&self) -> bool {
        matches!(self.kind, Kind::Step | Kind::Pair | Kind::Item(_) | Kind::Nest(_) | Kind::Inner(_))
    }
    fn under(kind: Kind, node: Option<usize>, lanes: Vec<LaneCell>) -> Self {
        Self { kind, node, lanes, lane: 0, is_cut: false, back_to: Vec::new() }
    }
}

/// What a group shows under its head.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extra {
    None,
    Pair,
    Members,
    Open,
}

impl Extra {
    fn rows(self, size: usize) -> usize {
        match self {
            Extra::None => 0,
            Extra::Pair => 2,
            Extra::Members => 1,
            Extra::Open => size,
        }
    }
}

/// Rows of the lane view. What does not depend on the room is decided first; what is left of `height` is given to
/// groups from the top, then to sub DAGs, then to gaps: by structure and size alone, so that no status moves a row.
pub(crate) fn lanes(picture: &Picture, open: &BTreeSet<String>, height: usize) -> Vec<Row> {
    let dag = &picture.dag;
    let plain = lanes::rows(dag);
    let size = |node: usize| picture.items_of(node).len();
    let mut extras = vec![Extra::None; dag.nodes.len()];
    let mut nests = vec![0; dag.nodes.len()];
    let mut total = plain.len();
    for node in plain.iter().filter_map(|r| r.node) {
        if let (Some(d), Some(e)) = (dag.nodes.get(node).filter(|_| size(node) > 1), extras.get_mut(node))
            && open.contains(&d.id)
        {
            *e = Extra::Open;
            total += size(node);
        }
        if let Some(n) = nests.get_mut(node) {
            *n = nest_rows(picture, node, false);
            total += *n;
        }
    }
    for row in &plain {
        let Some(node) = row.node.filter(|n| size(*n) > 1) else { continue };
        let Some(e) = extras.get_mut(node).filter(|e| **e == Extra::None) else { continue };
        let at = row.gutter.iter().position(|c| c.is_node);
        let is_last_lane = at.is_some_and(|at| at + 1 == row.gutter.len());
        let wanted = if size(node) == 2 && is_last_lane { Extra::Pair } else { Extra::Members };
        for extra in [wanted, Extra::Members] {
            if total + extra.rows(0) <= height {
                *e = extra;
                total += extra.rows(0);
                break;
            }
        }
    }
    for node in plain.iter().filter_map(|r| r.node) {
        let Some(n) = nests.get_mut(node) else { continue };
        let more = nest_rows(picture, node, true).saturating_sub(*n);
        if total + more <= height {
            *n += more;
            total += more;
        }
    }
    let gaps = total + plain.len().saturating_sub(1) <= height;
    build(picture, plain, (&extras, &nests), gaps)
}

/// Rows that a node's sub DAGs take: none, their head, or all.
fn nest_rows(picture: &Picture, node: usize, has_room: bool) -> usize {
    let all = picture.nest_of(node).len();
    if picture.is_nest_open(node, has_room) { all } else { all.min(1) }
}

/// A row for each of the first of a node's sub DAGs, their head counted.
fn nest(picture: &Picture, node: usize, rows: usize, lanes: &[LaneCell]) -> impl Iterator<Item = Row> {
    picture.nest_of(node).take(rows).map(move |ix| {
        let is_head = picture.items.get(ix).is_some_and(|i| i.sort == Sort::Nest);
        let kind = if is_head { Kind::Nest(ix) } else { Kind::Inner(ix) };
        Row::under(kind, Some(node), lanes.to_vec())
    })
}

fn build(
    picture: &Picture,
    plain: Vec<LaneRow>,
    (extras, nests): (&[Extra], &[usize]),
    gaps: bool,
) -> Vec<Row> {
    let live = live_lanes(picture, &plain);
    let count = plain.len();
    let mut rows = Vec::with_capacity(count * 2);
    for (ix, row) in plain.into_iter().enumerate() {
        let after = live.get(ix).cloned().unwrap_or_default();
        let at = row.gutter.iter().position(|c| c.is_node);
        let extra = row.node.and_then(|n| extras.get(n)).copied().unwrap_or(Extra::None);
        let kind = match (row.node, extra) {
            (None, _) => Kind::Join,
            (Some(_), Extra::Pair) => Kind::Pair,
            (Some(_), Extra::Open) => Kind::Open,
            (Some(_), Extra::None | Extra::Members) => Kind::Step,
        };
        let node = row.node;
        let is_join = node.is_none();
        let lane = at.unwrap_or(0);
        rows.push(Row { kind, node, lanes: row.gutter, lane, is_cut: row.is_cut, back_to: row.back_to });
        let Some(node) = node else { continue };
        let inside = hung(&after, lane);
        let under = |kind, lanes| Row { lane, ..Row::under(kind, Some(node), lanes) };
        match extra {
            Extra::None => {}
            Extra::Members => rows.push(under(Kind::Members, after.clone())),
            Extra::Pair => {
                rows.push(under(Kind::PairMembers, inside));
                rows.push(under(Kind::PairEnd, after.clone()));
            }
            Extra::Open => {
                let last = picture.items_of(node).end.saturating_sub(1);
                rows.extend(picture.items_of(node).map(|i| {
                    let lanes = if i == last { after.clone() } else { inside.clone() };
                    under(Kind::Item(i), lanes)
                }));
            }
        }
        let shown = nests.get(node).copied().unwrap_or(0);
        rows.extend(nest(picture, node, shown, &after).map(|r| Row { lane, ..r }));
        if gaps && !is_join && ix + 1 < count {
            rows.push(Row::under(Kind::Gap, None, after));
        }
    }
    rows
}

/// Under a group's head its own lane goes on to the last member, even when nothing follows the group.
fn hung(after: &[LaneCell], lane: usize) -> Vec<LaneCell> {
    let mut lanes = after.to_vec();
    if lanes.len() <= lane {
        lanes.resize(lane + 1, LaneCell::default());
    }
    if let Some(c) = lanes.get_mut(lane) {
        c.arms = UP | DOWN;
    }
    lanes
}

/// The lanes that run from each row to the next. A lane that ends at a node, and one that begins at the next, are not
/// the same line even where they stand in the same column.
fn live_lanes(picture: &Picture, plain: &[LaneRow]) -> Vec<Vec<LaneCell>> {
    let n = picture.dag.nodes.len();
    let back: BTreeSet<(usize, usize)> =
        plain.iter().flat_map(|r| r.back_to.iter().filter_map(|t| Some((r.node?, *t)))).collect();
    let (mut has_up, mut has_down) = (vec![false; n], vec![false; n]);
    for edge in picture.dag.edges.iter().filter(|e| !back.contains(e)) {
        if let (Some(d), Some(u)) = (has_down.get_mut(edge.0), has_up.get_mut(edge.1)) {
            (*d, *u) = (true, true);
        }
    }
    let ends = |row: &LaneRow, lane: usize, goes_on: &[bool], arm: u8| {
        row.gutter.get(lane).is_some_and(|c| {
            let open = row.node.and_then(|n| goes_on.get(n)).copied().unwrap_or(false);
            if c.is_node { open } else { c.arms & arm != 0 }
        })
    };
    plain
        .iter()
        .enumerate()
        .map(|(ix, row)| {
            let Some(next) = plain.get(ix + 1) else { return Vec::new() };
            let lanes = row.gutter.len().max(next.gutter.len());
            (0..lanes)
                .map(|lane| {
                    let runs = ends(row, lane, &has_down, DOWN) && ends(next, lane, &has_up, UP);
                    LaneCell { arms: if runs { UP | DOWN } else { 0 }, ..LaneCell::default() }
                })
                .collect()
        })
        .collect()
}

/// Rows of the list: every item, then what is wrong with the answer.
pub(crate) fn list(picture: &Picture, defects: usize) -> Vec<Row> {
    let back: HashMap<usize, Vec<usize>> = lanes::rows(&picture.dag)
        .into_iter()
        .filter(|r| !r.back_to.is_empty())
        .filter_map(|r| Some((r.node?, r.back_to)))
        .collect();
    let row = |(ix, item): (usize, &Item)| {
        let kind = match item.sort {
            Sort::Step => Kind::Item(ix),
            Sort::Nest => Kind::Nest(ix),
            Sort::Inner => Kind::Inner(ix),
        };
        let back_to = back.get(&item.node).filter(|_| item.sort == Sort::Step).cloned().unwrap_or_default();
        Row { back_to, ..Row::under(kind, Some(item.node), Vec::new()) }
    };
    let is_shown = |(_, i): &(usize, &Item)| i.sort != Sort::Inner || picture.is_nest_open(i.node, true);
    let mut rows: Vec<Row> = picture.items.iter().enumerate().filter(is_shown).map(row).collect();
    rows.extend((0..defects).map(|ix| Row::under(Kind::Defect(ix), None, Vec::new())));
    rows
}
