//! Cells with a character and a tone: the part of a [`Scene`] that a window shows.

use super::dag::Dag;
use super::glyph::Glyphs;
use super::scene::Scene;
use crate::domain::shown::Shown;
use crate::domain::status::Phase;

/// The part of a scene to paint, in cells of the scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    /// First column; may be negative.
    pub x: i32,
    /// First row; may be negative.
    pub y: i32,
    /// Columns.
    pub w: u16,
    /// Rows.
    pub h: u16,
}

/// What a cell is, for a theme to colour. Never a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Nothing.
    #[default]
    Blank,
    /// A line with the flow.
    Edge,
    /// A line with the flow on the critical path.
    Critical,
    /// A line that closes a cycle.
    BackEdge,
    /// Border of a box in this state.
    Frame(Phase),
    /// Sign of a state.
    Sign(Phase),
    /// Name in a box.
    Name,
    /// Live text in a box in this state.
    Live(Phase),
    /// Bar of used time.
    Bar,
    /// ID and the like.
    Muted,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// First character of what stands there; a blank where nothing is, `'\0'` in the second cell of a wide one.
    pub ch: char,
    /// Combining marks that follow it; almost never any.
    pub marks: Option<Box<str>>,
    /// What it is.
    pub tone: Tone,
    /// Whether it belongs to the selected box.
    pub is_selected: bool,
}

impl Default for Cell {
    fn default() -> Self {
        Self { ch: ' ', marks: None, tone: Tone::Blank, is_selected: false }
    }
}

impl Cell {
    /// Whether it is covered by the wide character before it, and is to be left alone.
    pub fn is_covered(&self) -> bool {
        self.ch == '\0'
    }
    /// Appends what stands here; nothing for a covered cell.
    pub fn push_to(&self, out: &mut String) {
        if !self.is_covered() {
            out.push(self.ch);
            out.push_str(self.marks.as_deref().unwrap_or(""));
        }
    }
}

/// A painted window, row by row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Canvas {
    /// Columns.
    pub w: u16,
    /// Rows.
    pub h: u16,
    /// `w * h` cells.
    pub cells: Vec<Cell>,
}

impl Canvas {
    /// A cell; `None` outside.
    pub fn at(&self, x: u16, y: u16) -> Option<&Cell> {
        if x >= self.w || y >= self.h {
            return None;
        }
        self.cells.get(usize::from(y) * usize::from(self.w) + usize::from(x))
    }
}

/// The live part of one box. Replacing it never moves a cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Face {
    /// State: sign and tone of the box.
    pub phase: Phase,
    /// Text of the middle row (full form) or behind the name (compact): times, a histogram.
    pub line: Shown,
    /// Text in the lower border of a full box in place of the ID, where something is of more concern.
    pub foot: Option<Shown>,
    /// The list inside the box, as many rows of it as are in view; empty where the box has none.
    pub rows: Vec<FaceRow>,
    /// Part of the allowed time that is used, 0 to 1: drawn as a bar at the end of the middle row where there is room.
    pub bar: Option<f32>,
    /// Whether it is the selected box.
    pub is_selected: bool,
    /// Whether it is on the critical path.
    pub is_critical: bool,
}

/// One row of a list inside a box.
#[derive(Debug, Clone, PartialEq)]
pub struct FaceRow {
    /// State: sign and tone.
    pub phase: Phase,
    /// What stands behind the sign.
    pub text: Shown,
    /// Whether it is the selected one.
    pub is_selected: bool,
}

impl Face {
    /// A face of a state alone.
    pub fn of(phase: Phase) -> Self {
        Self {
            phase,
            line: Shown::filter(""),
            foot: None,
            rows: Vec::new(),
            bar: None,
            is_selected: false,
            is_critical: false,
        }
    }
    /// Faces of all nodes by their state alone.
    pub fn all(dag: &Dag) -> Vec<Face> {
        dag.nodes.iter().map(|n| Face::of(n.phase)).collect()
    }
}

/// Paints what `window` shows of `scene`. `faces` stand at the index of their box; a missing one is of unknown state.
/// Costs what the window shows, whatever the size of the scene.
pub fn paint(scene: &Scene, faces: &[Face], window: Window, glyphs: Glyphs) -> Canvas {
    let count = usize::from(window.w) * usize::from(window.h);
    let mut brush = Brush {
        canvas: Canvas { w: window.w, h: window.h, cells: vec![Cell::default(); count] },
        window,
        glyphs,
        arms: vec![Arms::default(); count],
    };
    if count == 0 {
        return brush.canvas;
    }
    let area = (window.x, window.y, window.x + i32::from(window.w) - 1, window.y + i32::from(window.h) - 1);
    for ix in scene.index.touching(&scene.index.lines, area) {
        if let Some(line) = scene.lines.get(ix) {
            brush.line(*line);
        }
    }
    brush.glyphs();
    brush.critical(scene, faces);
    for ix in scene.index.touching(&scene.index.heads, area) {
        if let Some(head) = scene.heads.get(ix) {
            let tone = if head.back { Tone::BackEdge } else { Tone::Edge };
            brush.put(head.x, head.y, glyphs.arrow(head.towards), tone, false);
        }
    }
    let unknown = Face::of(Phase::Unknown);
    for ix in scene.index.touching(&scene.index.boxes, area) {
        if let Some(b) = scene.boxes.get(ix) {
            brush.node(scene, b, faces.get(ix).unwrap_or(&unknown));
        }
    }
    brush.canvas
}

mod brush;
use brush::{Arms, Brush};

#[cfg(test)]
mod tests;
