//! The drawing as a picture for a report: boxes in the colours of their states, title, times and a legend.
//!
//! Places are the scene's, a cell is `CELL` in size; a line ends at the edge of its box. Joints have a dot and
//! crossings have none, so that the picture says what the drawing in cells says.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::paint::{again, class, colours, inside};
use crate::domain::shown::Shown;
use crate::domain::status::Phase;
use crate::graph::canvas::Face;
use crate::graph::dag::{Dag, DagNode};
use crate::graph::glyph::Glyphs;
use crate::graph::scene::{Form, NodeBox, Scene};

/// Size of a cell in the units of the picture.
const CELL: (i32, i32) = (8, 16);
/// Free room around all.
const MARGIN: i32 = 16;
/// Height of a line of the title and of the legend.
const TEXT_ROW: i32 = 20;
/// Columns that a letter of the title and the legend takes at most.
const LETTER: i32 = 8;

/// Attributes of text: a name, something of less concern, and that at the right end.
const BOLD: &str = "class=\"n\" ";
const MUTED: &str = "class=\"m\" ";
const MUTED_END: &str = "class=\"m e\" ";

/// A rectangle: left, top, right, bottom.
type Rect = (i32, i32, i32, i32);

/// The picture. `faces` stand at the index of their box; `title` is the task in lines.
pub fn svg(scene: &Scene, dag: &Dag, faces: &[Face], title: &[Shown]) -> String {
    let top = MARGIN + TEXT_ROW * title.len() as i32 + if title.is_empty() { 0 } else { TEXT_ROW / 2 };
    let legend = legend(scene, dag);
    let wide = title.iter().map(|t| t.width() as i32 * LETTER).max().unwrap_or(0);
    let legend_wide: i32 = legend.iter().map(|(_, text)| legend_step(text)).sum();
    let width = 2 * MARGIN + (scene.width * CELL.0).max(wide).max(legend_wide);
    let below = top + scene.height * CELL.1 + TEXT_ROW;
    let height = below + if legend.is_empty() { MARGIN } else { TEXT_ROW + MARGIN };
    let mut out = head(width, height, title, dag);
    let _ = writeln!(out, "<g transform=\"translate({MARGIN} {top})\">");
    edges(scene, faces, &mut out);
    for (ix, (b, node)) in scene.boxes.iter().zip(&dag.nodes).enumerate() {
        boxed(scene, b, node, faces.get(ix), &mut out);
    }
    out.push_str("</g>\n");
    let mut x = MARGIN;
    for (phase, text) in &legend {
        if let Some(phase) = phase {
            let _ = writeln!(
                out,
                "<rect class=\"{}\" x=\"{x}\" y=\"{}\" width=\"14\" height=\"14\" rx=\"3\"/>",
                class(*phase),
                below + 2
            );
        } else {
            let _ = writeln!(out, "<path class=\"edge back\" d=\"M{x} {}h14\"/>", below + 9);
        }
        let _ = writeln!(out, "<text x=\"{}\" y=\"{}\">{}</text>", x + 20, below + 14, xml(text));
        x += legend_step(text);
    }
    out.push_str("</svg>\n");
    out
}

fn head(width: i32, height: i32, title: &[Shown], dag: &Dag) -> String {
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">\n"
    );
    if let Some(first) = title.first() {
        let _ = writeln!(out, "<title>{}</title>", xml(first.as_str()));
    }
    out.push_str(
        "<style>\ntext{font:13px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;fill:#1b1b1b}\n\
         .h{font-weight:bold;font-size:15px}.n{font-weight:bold}.m{fill:#5f5f5f}.e{text-anchor:end}\n\
         .edge{fill:none;stroke:#6b6b6b;stroke-width:1.2}.back{stroke-dasharray:5 3;stroke:#9a5b00}\n\
         .critical{stroke:#1b1b1b;stroke-width:2.4}.tip{fill:#6b6b6b}.joint{fill:#6b6b6b}\n\
         .ghost{stroke-dasharray:4 3}\n",
    );
    let present: BTreeSet<usize> = dag
        .nodes
        .iter()
        .flat_map(DagNode::phases)
        .chain(dag.nodes.iter().map(|n| n.phase))
        .filter_map(|p| Phase::ALL.iter().position(|q| *q == p))
        .collect();
    for phase in present.into_iter().filter_map(|ix| Phase::ALL.get(ix)) {
        let (fill, line) = colours(*phase);
        let _ = writeln!(out, ".{}{{fill:{fill};stroke:{line};stroke-width:1.5}}", class(*phase));
    }
    let _ = writeln!(out, "</style>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>");
    for (ix, line) in title.iter().enumerate() {
        let look = if ix == 0 { "h" } else { "m" };
        let y = MARGIN + TEXT_ROW * ix as i32 + 14;
        let _ =
            writeln!(out, "<text class=\"{look}\" x=\"{MARGIN}\" y=\"{y}\">{}</text>", xml(line.as_str()));
    }
    out
}

/// The states that occur with how many steps are in them, and what a dashed line means where there is one.
fn legend(scene: &Scene, dag: &Dag) -> Vec<(Option<Phase>, String)> {
    let phases: Vec<Phase> = dag.nodes.iter().flat_map(DagNode::phases).collect();
    let count = |p: Phase| phases.iter().filter(|q| **q == p).count();
    let mut out: Vec<(Option<Phase>, String)> = Phase::ALL
        .iter()
        .filter(|p| count(**p) > 0)
        .map(|p| (Some(*p), format!("{} {} {}", Glyphs::Unicode.phase(*p), p.word(), count(*p))))
        .collect();
    if scene.paths.iter().any(|p| p.back) {
        out.push((None, "closes a cycle".to_owned()));
    }
    out
}

fn legend_step(text: &str) -> i32 {
    text.chars().count() as i32 * LETTER + 40
}

/// The part of its cells that a box fills: a border runs through the middle of its cells.
fn rect(scene: &Scene, b: &NodeBox) -> Rect {
    let (x, y) = (b.x * CELL.0, b.y * CELL.1);
    let (right, bottom) = ((b.x + b.w) * CELL.0, (b.y + b.h) * CELL.1);
    if b.h >= 3 && scene.form != Form::Dot {
        (x + CELL.0 / 2, y + CELL.1 / 2 - 4, right - CELL.0 / 2, bottom - CELL.1 / 2 + 4)
    } else {
        (x, y + 1, right, bottom - 1)
    }
}

fn middle(p: (i32, i32)) -> (i32, i32) {
    (p.0 * CELL.0 + CELL.0 / 2, p.1 * CELL.1 + CELL.1 / 2)
}

/// Where a line that runs from `end` towards `next` meets the edge of the box it starts on.
fn clipped(end: (i32, i32), next: (i32, i32), r: Rect) -> (i32, i32) {
    match ((next.0 - end.0).signum(), (next.1 - end.1).signum()) {
        (0, 1) => (end.0, r.3),
        (0, -1) => (end.0, r.1),
        (1, _) => (r.2, end.1),
        (-1, _) => (r.0, end.1),
        _ => end,
    }
}

/// Lines with arrowheads, and dots where lines of one net join.
fn edges(scene: &Scene, faces: &[Face], out: &mut String) {
    let critical = |ix: usize| faces.get(ix).is_some_and(|f| f.is_critical);
    let mut tips = BTreeSet::new();
    for path in &scene.paths {
        let mut points: Vec<(i32, i32)> = path.points.iter().map(|p| middle(*p)).collect();
        let (Some(from), Some(to)) = (scene.boxes.get(path.from), scene.boxes.get(path.to)) else { continue };
        let (from, to) = (rect(scene, from), rect(scene, to));
        if let [first, second, ..] = points.as_mut_slice() {
            *first = clipped(*first, *second, from);
        }
        if let [.., before, last] = points.as_mut_slice() {
            *last = clipped(*last, *before, to);
            tips.insert((*last, ((last.0 - before.0).signum(), (last.1 - before.1).signum())));
        }
        let look = match (path.back, critical(path.from) && critical(path.to)) {
            (true, _) => "edge back",
            (false, true) => "edge critical",
            (false, false) => "edge",
        };
        let list: Vec<String> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
        let _ = writeln!(out, "<polyline class=\"{look}\" points=\"{}\"/>", list.join(" "));
    }
    for (x, y) in joints(scene).into_iter().map(middle) {
        let _ = writeln!(out, "<circle class=\"joint\" cx=\"{x}\" cy=\"{y}\" r=\"2.2\"/>");
    }
    for ((x, y), (dx, dy)) in tips {
        let (bx, by) = (x - 7 * dx, y - 7 * dy);
        let _ = writeln!(
            out,
            "<path class=\"tip\" d=\"M{x} {y}L{} {}L{} {}Z\"/>",
            bx - 4 * dy,
            by + 4 * dx,
            bx + 4 * dy,
            by - 4 * dx
        );
    }
}

/// Cells in which three or four arms of one net meet.
fn joints(scene: &Scene) -> BTreeSet<(i32, i32)> {
    let mut ends: BTreeMap<(u32, i32, i32), u8> = BTreeMap::new();
    for l in scene.lines.iter().filter(|l| l.x0 == l.x1 && l.y0 < l.y1) {
        *ends.entry((l.net, l.x0, l.y0)).or_default() |= 1;
        *ends.entry((l.net, l.x1, l.y1)).or_default() |= 2;
    }
    let mut out = BTreeSet::new();
    for l in scene.lines.iter().filter(|l| l.y0 == l.y1 && l.x0 < l.x1) {
        for ((_, x, y), arms) in ends.range((l.net, l.x0, i32::MIN)..=(l.net, l.x1, i32::MAX)) {
            let sides = i32::from(*x > l.x0) + i32::from(*x < l.x1) + arms.count_ones() as i32;
            if *y == l.y0 && sides > 2 {
                out.insert((*x, *y));
            }
        }
    }
    // From left to right the long runs are level and the tracks upright.
    let mut ends: BTreeMap<(u32, i32, i32), u8> = BTreeMap::new();
    for l in scene.lines.iter().filter(|l| l.y0 == l.y1 && l.x0 < l.x1) {
        *ends.entry((l.net, l.y0, l.x0)).or_default() |= 1;
        *ends.entry((l.net, l.y1, l.x1)).or_default() |= 2;
    }
    for l in scene.lines.iter().filter(|l| l.x0 == l.x1 && l.y0 < l.y1) {
        for ((_, y, x), arms) in ends.range((l.net, l.y0, i32::MIN)..=(l.net, l.y1, i32::MAX)) {
            let sides = i32::from(*y > l.y0) + i32::from(*y < l.y1) + arms.count_ones() as i32;
            if *x == l.x0 && sides > 2 {
                out.insert((*x, *y));
            }
        }
    }
    out
}

fn boxed(scene: &Scene, b: &NodeBox, node: &DagNode, face: Option<&Face>, out: &mut String) {
    let phase = face.map_or(node.phase, |f| f.phase);
    let (left, top, right, bottom) = rect(scene, b);
    let (w, h) = (right - left, bottom - top);
    let ghost = if node.is_ghost { " ghost" } else { "" };
    let look = class(phase);
    let live = face.map_or("", |f| f.line.as_str());
    out.push_str("<g>");
    let mut tip = format!("{} · {} · {}", node.label, node.shown_id(), phase.word());
    for more in [inside(node).as_deref(), Some(live)].into_iter().flatten().filter(|t| !t.is_empty()) {
        tip.push_str(" · ");
        tip.push_str(more);
    }
    let _ = write!(out, "<title>{}</title>", xml(&tip));
    if !node.members.is_empty() {
        // A group is a stack.
        let _ = write!(
            out,
            "<rect class=\"{look}\" x=\"{}\" y=\"{}\" width=\"{w}\" height=\"{h}\" rx=\"4\"/>",
            left + 3,
            top - 3
        );
    }
    let _ = write!(
        out,
        "<rect class=\"{look}{ghost}\" x=\"{left}\" y=\"{top}\" width=\"{w}\" height=\"{h}\" rx=\"4\"/>"
    );
    labels(scene, b, node, face, out);
    out.push_str("</g>\n");
}

/// What is written in a box.
fn labels(scene: &Scene, b: &NodeBox, node: &DagNode, face: Option<&Face>, out: &mut String) {
    let (left, top, right, bottom) = rect(scene, b);
    let sign = Glyphs::Unicode.phase(face.map_or(node.phase, |f| f.phase));
    let live = face.map_or("", |f| f.line.as_str());
    let again = again(node);
    let name = xml(&format!("{sign} {}{again}", b.label));
    let mut text = |look: &str, x: i32, y: i32, text: &str| {
        if !text.is_empty() {
            let _ = write!(out, "<text {look}x=\"{x}\" y=\"{y}\">{text}</text>");
        }
    };
    let middle = i32::midpoint(top, bottom);
    match (scene.form, face.and_then(|f| f.foot.as_ref())) {
        (Form::Dot, _) => {}
        (_, _) if b.rows > 0 => {
            let at = |row: i32| (b.y + row) * CELL.1 + 13;
            text(BOLD, left + 8, at(0) + 4, &name);
            text("", left + 8, at(1) + 2, &xml(live));
            for (nth, row) in (2..).zip(face.map_or(&[][..], |f| f.rows.as_slice())) {
                // Columns stand under each other by their blanks.
                let row = xml(&format!("{} {}", Glyphs::Unicode.phase(row.phase), row.text));
                text("xml:space=\"preserve\" ", left + 8, at(nth), &row);
            }
        }
        (Form::Compact, _) => {
            text(BOLD, left + 6, middle + 4, &name);
            text(MUTED_END, right - 6, middle + 4, &xml(live));
        }
        (Form::Full | Form::Auto, Some(foot)) => {
            // Three lines are close: a failed member is named all the same.
            text(BOLD, left + 8, middle - 7, &name);
            text("", left + 8, middle + 5, &xml(live));
            text(MUTED, left + 8, middle + 17, &xml(foot.as_str()));
        }
        (Form::Full | Form::Auto, None) => {
            text(BOLD, left + 8, middle - 4, &name);
            text("", left + 8, middle + 13, &xml(live));
            let rest = b.w - 4 - Shown::whole(live).width() as i32;
            let id = node.shown_id();
            if rest > id.width() as i32 {
                text(MUTED_END, right - 8, middle + 13, &xml(id.as_str()));
            }
        }
    }
}

/// Text inside an element or a quoted attribute; what XML cannot hold becomes a replacement character.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_element() {
        assert_eq!(xml("</text><script>'\"&\u{1b}"), "&lt;/text&gt;&lt;script&gt;&#39;&quot;&amp;\u{fffd}");
    }

    #[test]
    fn a_line_ends_at_the_edge_of_its_box() {
        let r = (10, 20, 90, 60);
        assert_eq!(clipped((40, 55), (40, 80), r), (40, 60));
        assert_eq!(clipped((40, 25), (40, 2), r), (40, 20));
        assert_eq!(clipped((80, 30), (120, 30), r), (90, 30));
        assert_eq!(clipped((12, 30), (2, 30), r), (10, 30));
    }
}
