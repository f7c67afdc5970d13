//! The narrow view: one row a node with a gutter of lanes on its left, as in commit graphs.
//!
//! A lane waits for one node and is taken by all edges that lead there, so that a lane never says anything false.
//! Costs O(V + E) and needs no layout: the drawing exists before any other is ready.

use super::dag::Dag;
use super::glyph::{DOWN, Glyphs, LEFT, RIGHT, UP};
use super::layer;

/// Lanes shown; what lies further right is cut with a mark.
pub const LANES: usize = 12;

/// One row of the lane view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneRow {
    /// The node of this row; `None` for a row that only joins or parts lanes.
    pub node: Option<usize>,
    /// The lanes from the left, at most [`LANES`]; two columns each when painted.
    pub gutter: Vec<LaneCell>,
    /// Whether lanes further right were cut off.
    pub is_cut: bool,
    /// Earlier nodes that this row's node leads back to, and itself where it leads there: not drawn as lanes.
    pub back_to: Vec<usize>,
}

/// One lane in one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LaneCell {
    /// Arms of the line in the lane's own column.
    pub arms: u8,
    /// Whether a horizontal line runs on to the next lane.
    pub runs_on: bool,
    /// Whether two lines cross here without touching.
    pub crosses: bool,
    /// Whether the row's node stands here.
    pub is_node: bool,
}

/// Nodes in the order of the lane view: by layer, then ID.
pub fn order(dag: &Dag) -> Vec<usize> {
    let layers = layer::longest(dag.nodes.len(), &dag.edges);
    let mut order: Vec<usize> = (0..dag.nodes.len()).collect();
    order.sort_by_key(|ix| (layers.get(*ix).copied(), *ix));
    order
}

/// The rows of the lane view, from the top. Every node has one row, in the order of [`order`].
pub fn rows(dag: &Dag) -> Vec<LaneRow> {
    let n = dag.nodes.len();
    let (edges, _) = layer::acyclic(n, &dag.edges);
    let down = layer::Flat::new(n, edges.iter().copied());
    let mut back: Vec<Vec<usize>> = vec![Vec::new(); n];
    let forward: std::collections::BTreeSet<(usize, usize)> = edges.into_iter().collect();
    for (a, b) in dag.edges.iter().filter(|e| !forward.contains(*e)) {
        if let Some(list) = back.get_mut(*a) {
            list.push(*b);
        }
    }
    for (ix, list) in back.iter_mut().enumerate() {
        if dag.nodes.get(ix).is_some_and(|node| node.has_self_loop) {
            list.push(ix);
        }
    }
    let mut state = Lanes::default();
    let mut rows = Vec::with_capacity(n * 2);
    for ix in order(dag) {
        let at = state.arrive(ix);
        rows.push(LaneRow { back_to: back.get(ix).cloned().unwrap_or_default(), ..state.node_row(ix, at) });
        let targets: Vec<usize> = down.of(ix).iter().map(|t| *t as usize).collect();
        state.leave(at, &targets, &mut rows);
    }
    rows
}

/// A row's gutter as text, two columns a lane, without trailing blanks; `node` stands where the row's node is.
pub fn text(row: &LaneRow, glyphs: Glyphs, node: char) -> String {
    let mut out = String::new();
    for cell in &row.gutter {
        out.push(match (cell.is_node, cell.crosses) {
            (true, _) => node,
            (false, true) => glyphs.crossing(),
            (false, false) => rounded(glyphs.line(cell.arms, false), glyphs),
        });
        out.push(if cell.runs_on { glyphs.line(LEFT | RIGHT, false) } else { ' ' });
    }
    if row.is_cut {
        out.push(glyphs.own('»'));
    }
    out.truncate(out.trim_end().len());
    out
}

/// Lanes bend round: there are no back edges here that rounded corners are kept for.
fn rounded(c: char, glyphs: Glyphs) -> char {
    match (glyphs, c) {
        (Glyphs::Unicode, '┌') => '╭',
        (Glyphs::Unicode, '┐') => '╮',
        (Glyphs::Unicode, '└') => '╰',
        (Glyphs::Unicode, '┘') => '╯',
        _ => c,
    }
}

/// Which node each lane waits for.
#[derive(Default)]
struct Lanes(Vec<Option<usize>>);

impl Lanes {
    fn free(&mut self, from: usize) -> usize {
        let found = (from..self.0.len()).find(|lane| self.0.get(*lane) == Some(&None));
        found.unwrap_or_else(|| {
            while self.0.len() < from {
                self.0.push(None);
            }
            self.0.push(None);
            self.0.len() - 1
        })
    }
    fn set(&mut self, lane: usize, to: Option<usize>) {
        if let Some(l) = self.0.get_mut(lane) {
            *l = to;
        }
        while self.0.last() == Some(&None) {
            self.0.pop();
        }
    }
    /// The lane that waits for the node; there is at most one, since edges to one node share a lane.
    fn arrive(&mut self, ix: usize) -> usize {
        if let Some(lane) = self.0.iter().position(|l| *l == Some(ix)) {
            return lane;
        }
        let lane = self.free(0);
        if let Some(l) = self.0.get_mut(lane) {
            *l = Some(ix);
        }
        lane
    }
    fn node_row(&self, ix: usize, at: usize) -> LaneRow {
        let cells = self.0.iter().enumerate().map(|(lane, to)| LaneCell {
            arms: if to.is_some() { UP | DOWN } else { 0 },
            is_node: lane == at,
            ..LaneCell::default()
        });
        cut(Some(ix), cells.collect())
    }
    /// The node's lane goes on to its targets: one row in which it parts into lanes for those that have none yet, then
    /// one row for each lane it joins. Two joins in one row would say that what is above one lane leads to the other.
    fn leave(&mut self, at: usize, targets: &[usize], rows: &mut Vec<LaneRow>) {
        let lane_of = |lanes: &[Option<usize>], t: usize| lanes.iter().position(|l| *l == Some(t));
        let (joins, fresh): (Vec<usize>, Vec<usize>) =
            targets.iter().copied().partition(|t| lane_of(&self.0, *t).is_some());
        let joins: Vec<usize> = joins.into_iter().filter_map(|t| lane_of(&self.0, t)).collect();
        let before = self.taken();
        let mut parts = Vec::new();
        for (nth, target) in fresh.iter().enumerate() {
            let lane = if nth == 0 { at } else { self.free(at + 1) };
            self.set(lane, Some(*target));
            parts.push(lane);
        }
        if parts.len() > 1 {
            rows.push(connector(at, &parts, &before, &self.taken()));
        }
        for (nth, lane) in joins.iter().enumerate() {
            let before = self.taken();
            if fresh.is_empty() && nth + 1 == joins.len() {
                self.set(at, None);
            }
            rows.push(connector(at, &[*lane], &before, &self.taken()));
        }
        if targets.is_empty() {
            self.set(at, None);
        }
    }
    fn taken(&self) -> Vec<bool> {
        self.0.iter().map(Option::is_some).collect()
    }
}

/// The row in which lane `at` parts into or joins the lanes `ends`.
fn connector(at: usize, ends: &[usize], before: &[bool], after: &[bool]) -> LaneRow {
    let first = ends.iter().copied().min().unwrap_or(at).min(at);
    let last = ends.iter().copied().max().unwrap_or(at).max(at);
    let has = |list: &[bool], lane: usize| list.get(lane).copied().unwrap_or(false);
    let wide = after.len().max(before.len());
    let cells = (0..wide).map(|lane| {
        let (above, below) = (has(before, lane), has(after, lane));
        let inside = first <= lane && lane <= last;
        let joined = lane == at || ends.contains(&lane);
        let mut arms = if above { UP } else { 0 } | if below { DOWN } else { 0 };
        if inside {
            arms |= if lane > first { LEFT } else { 0 } | if lane < last { RIGHT } else { 0 };
        }
        LaneCell {
            arms,
            runs_on: inside && lane < last,
            crosses: inside && !joined && above && below,
            is_node: false,
        }
    });
    cut(None, cells.collect())
}

fn cut(node: Option<usize>, mut gutter: Vec<LaneCell>) -> LaneRow {
    let is_cut = gutter.len() > LANES;
    gutter.truncate(LANES);
    LaneRow { node, gutter, is_cut, back_to: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::shown::Shown;
    use crate::domain::status::Phase;
    use crate::graph::dag::{DagNode, from_parts};

    fn drawn(edges: &[(&str, &str)]) -> Vec<String> {
        let ids: std::collections::BTreeSet<_> = edges.iter().flat_map(|(a, b)| [*a, *b]).collect();
        let dag = from_parts(
            ids.into_iter().map(|id| DagNode::new(id, Shown::filter(id), Phase::Pending, None)),
            edges.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())),
        );
        let name = |r: &LaneRow| r.node.map_or(' ', |ix| dag.nodes[ix].id.chars().next().unwrap());
        rows(&dag).iter().map(|r| text(r, Glyphs::Unicode, name(r))).collect()
    }

    #[test]
    fn a_fan_parts_and_joins() {
        let fan = [("a", "b"), ("a", "c"), ("a", "d"), ("b", "e"), ("c", "e"), ("d", "e"), ("e", "f")];
        let want = ["a", "├─┬─╮", "b │ │", "│ c │", "├─╯ │", "│   d", "├───╯", "e", "f"];
        assert_eq!(drawn(&fan), want);
    }

    #[test]
    fn a_line_over_a_foreign_lane_crosses_it() {
        let edges = [("a", "d"), ("a", "e"), ("b", "f"), ("c", "d")];
        let rows = drawn(&edges);
        assert!(rows.iter().any(|r| r.contains('┼')), "{rows:#?}");
    }

    #[test]
    fn a_cycle_is_told_at_the_row_that_leads_back() {
        let edges = [("a", "b"), ("b", "c"), ("c", "a")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        let nodes = ["a", "b", "c"].map(|id| DagNode::new(id, Shown::filter(id), Phase::Pending, None));
        let rows = rows(&from_parts(nodes, edges));
        assert_eq!(rows.last().map(|r| r.back_to.clone()), Some(vec![0]));
    }

    #[test]
    fn more_lanes_than_fit_are_cut_with_a_mark() {
        let edges: Vec<(String, String)> = (0..20).map(|i| ("a".to_owned(), format!("b{i}"))).collect();
        let nodes = (0..20).map(|i| format!("b{i}")).chain(["a".to_owned()]);
        let dag =
            from_parts(nodes.map(|id| DagNode::new(&id, Shown::filter(&id), Phase::Pending, None)), edges);
        let rows = rows(&dag);
        assert!(rows.iter().any(|r| r.is_cut && text(r, Glyphs::Unicode, 'o').ends_with('»')));
        assert!(rows.iter().all(|r| r.gutter.len() <= LANES));
    }
}
