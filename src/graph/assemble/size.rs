//! Sizes of boxes. They depend on names and structure only, never on a status.

use crate::graph::dag::{Dag, DagNode};
use crate::graph::scene::{Form, ID_COLUMNS};

/// Columns of a row of a list: sign, index, address, time.
const LIST_COLUMNS: usize = 36;
/// Columns of a step in a row of a table, and what all of them may take.
const STEP_COLUMNS: usize = 3;
const TABLE_COLUMNS: usize = 48;
/// Columns kept for the mark of a node that has an edge to itself.
const AGAIN_COLUMNS: usize = 2;

/// Form, direction and room of all boxes of a drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::graph) struct Look {
    /// Never `Auto`.
    pub(in crate::graph) form: Form,
    /// Whether the flow runs from left to right.
    pub(in crate::graph) lr: bool,
    /// Columns a name may take.
    pub(in crate::graph) label: usize,
    /// Columns kept for the live part.
    pub(in crate::graph) live: usize,
}

/// What a box shows and how large it is on the screen, before ports ask for more.
pub(in crate::graph) struct Content {
    pub(in crate::graph) label: String,
    pub(in crate::graph) foot: String,
    pub(in crate::graph) width: i32,
    pub(in crate::graph) height: i32,
    /// Rows of a list inside.
    pub(in crate::graph) rows: i32,
    /// Cells at each end of a border that carry no port: the corners.
    pub(in crate::graph) corner: i32,
}

impl Look {
    fn corner(&self) -> i32 {
        match self.form {
            Form::Full | Form::Auto => 1,
            Form::Compact if !self.lr => 1,
            Form::Compact | Form::Dot => 0,
        }
    }
    /// What the box of a node holds.
    pub(in crate::graph) fn content(&self, node: &DagNode) -> Content {
        let label = if self.form == Form::Dot { String::new() } else { short(node, self.label) };
        let foot = match self.form {
            Form::Full | Form::Auto => node.shown_id().cut_middle(ID_COLUMNS.min(self.label)).into_owned(),
            Form::Compact | Form::Dot => String::new(),
        };
        let wide = |text: &str| unicode_width::UnicodeWidthStr::width(text);
        let again = if node.has_self_loop && self.form != Form::Dot { AGAIN_COLUMNS } else { 0 };
        // A cell has no room for a list; a row becomes a box for it.
        let rows = if self.form == Form::Dot { 0 } else { i32::from(node.rows) };
        if rows > 0 {
            let width =
                (wide(&label) + 6).max(wide(&foot) + 4).max(list_columns(node) + 4).max(self.live + 4)
                    + again;
            return Content { label, foot, width: width as i32, height: 3 + rows, rows, corner: 1 };
        }
        let (width, height) = match self.form {
            Form::Full | Form::Auto => (
                (wide(&label) + 6).max(wide(&foot) + 4).max(if self.live > 0 { self.live + 4 } else { 0 }),
                3,
            ),
            Form::Compact => (wide(&label) + 4 + if self.live > 0 { self.live + 1 } else { 0 }, 1),
            Form::Dot => (1, 1),
        };
        Content { label, foot, width: (width + again) as i32, height, rows, corner: self.corner() }
    }
}

/// Columns of a row of the list in a box.
fn list_columns(node: &DagNode) -> usize {
    let steps = if node.columns > 1 { usize::from(node.columns) } else { 0 };
    LIST_COLUMNS + (STEP_COLUMNS * steps).min(TABLE_COLUMNS)
}

/// A name cut at the end; of a group the name is cut and its `×N` kept.
fn short(node: &DagNode, columns: usize) -> String {
    let whole = node.label.as_str();
    if node.members.is_empty() || node.label.width() <= columns {
        return node.label.cut_end(columns).into_owned();
    }
    let Some((name, count)) = whole.rsplit_once(" ×") else {
        return node.label.cut_end(columns).into_owned();
    };
    let rest = columns.saturating_sub(count.len() + 2).max(1);
    format!("{} ×{count}", crate::domain::shown::cut_end(name, rest))
}

/// Sizes of all boxes without ports: (columns, rows).
pub(in crate::graph) fn bare(dag: &Dag, look: &Look) -> Vec<(i32, i32)> {
    dag.nodes
        .iter()
        .map(|n| {
            let c = look.content(n);
            (c.width, c.height)
        })
        .collect()
}
