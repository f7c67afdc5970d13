//! The painting itself: arms of lines gathered in cells, looked up once, boxes over them.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::{Canvas, Face, FaceRow, Tone, Window};
use crate::domain::shown::cut_middle;
use crate::graph::glyph::{DOWN, Glyphs, LEFT, RIGHT, UP};
use crate::graph::scene::{Form, Line, NodeBox, Orientation, Scene};

/// What meets in a cell.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Arms {
    mask: u8,
    /// Net of the level and of the upright line, plus one.
    level: u32,
    upright: u32,
    /// Whether a line with the flow is among them.
    forward: bool,
}

pub(super) struct Brush {
    pub(super) canvas: Canvas,
    pub(super) window: Window,
    pub(super) glyphs: Glyphs,
    pub(super) arms: Vec<Arms>,
}

impl Brush {
    /// Index of a cell of the scene; `None` outside the window.
    fn ix(&self, x: i32, y: i32) -> Option<usize> {
        let (x, y) = (x - self.window.x, y - self.window.y);
        let inside = x >= 0 && y >= 0 && x < i32::from(self.window.w) && y < i32::from(self.window.h);
        inside.then(|| y as usize * usize::from(self.window.w) + x as usize)
    }
    pub(super) fn put(&mut self, x: i32, y: i32, ch: char, tone: Tone, selected: bool) {
        if let Some(cell) = self.ix(x, y).and_then(|ix| self.canvas.cells.get_mut(ix)) {
            cell.ch = ch;
            cell.marks = None;
            cell.tone = tone;
            cell.is_selected = selected;
        }
    }
    /// Adds the arms of a line to the cells that show it.
    pub(super) fn line(&mut self, line: Line) {
        let level = line.y0 == line.y1 && line.x0 != line.x1;
        let (left, top) = (self.window.x, self.window.y);
        let (right, bottom) = (left + i32::from(self.window.w) - 1, top + i32::from(self.window.h) - 1);
        let (before, after) = if level { (LEFT, RIGHT) } else { (UP, DOWN) };
        for y in line.y0.max(top)..=line.y1.min(bottom) {
            for x in line.x0.max(left)..=line.x1.min(right) {
                let Some(arms) = self.ix(x, y).and_then(|ix| self.arms.get_mut(ix)) else { continue };
                if (x, y) != (line.x0, line.y0) {
                    arms.mask |= before;
                }
                if (x, y) != (line.x1, line.y1) {
                    arms.mask |= after;
                }
                *(if level { &mut arms.level } else { &mut arms.upright }) = line.net + 1;
                arms.forward |= !line.back;
            }
        }
    }
    /// Turns arms into characters.
    pub(super) fn glyphs(&mut self) {
        for (arms, cell) in self.arms.iter().zip(&mut self.canvas.cells) {
            if arms.mask == 0 {
                continue;
            }
            let both = arms.mask & (LEFT | RIGHT) != 0 && arms.mask & (UP | DOWN) != 0;
            cell.ch = if both && arms.level != arms.upright {
                self.glyphs.crossing()
            } else {
                self.glyphs.line(arms.mask, !arms.forward)
            };
            cell.tone = if arms.forward { Tone::Edge } else { Tone::BackEdge };
        }
    }
    /// Gives the lines between two critical nodes their tone.
    pub(super) fn critical(&mut self, scene: &Scene, faces: &[Face]) {
        if !faces.iter().any(|f| f.is_critical) {
            return;
        }
        let is = |ix: usize| faces.get(ix).is_some_and(|f| f.is_critical);
        for path in scene.paths.iter().filter(|p| !p.back && is(p.from) && is(p.to)) {
            for pair in path.points.windows(2) {
                let [a, b] = pair else { continue };
                for y in a.1.min(b.1)..=a.1.max(b.1) {
                    for x in a.0.min(b.0)..=a.0.max(b.0) {
                        if let Some(cell) = self.ix(x, y).and_then(|ix| self.canvas.cells.get_mut(ix)) {
                            cell.tone = Tone::Critical;
                        }
                    }
                }
            }
        }
    }
    /// Writes a text of at most `columns`; says how many it took. Half a wide character is a blank.
    fn text(&mut self, (x, y): (i32, i32), text: &str, columns: i32, tone: Tone, selected: bool) -> i32 {
        let mut used = 0;
        for cluster in text.graphemes(true) {
            let wide = cluster.width() as i32;
            let mut chars = cluster.chars();
            let Some(ch) = chars.next() else { continue };
            if wide == 0 {
                continue;
            }
            if used + wide > columns {
                break;
            }
            let rest = chars.as_str();
            let whole = wide < 2 || (self.ix(x + used, y).is_some() && self.ix(x + used + 1, y).is_some());
            self.put(x + used, y, if whole { self.glyphs.own(ch) } else { ' ' }, tone, selected);
            if !rest.is_empty()
                && whole
                && let Some(cell) = self.ix(x + used, y).and_then(|ix| self.canvas.cells.get_mut(ix))
            {
                cell.marks = Some(rest.into());
            }
            for covered in 1..wide {
                self.put(x + used + covered, y, if whole { '\0' } else { ' ' }, tone, selected);
            }
            used += wide;
        }
        used
    }
    /// Paints a box over the lines.
    pub(super) fn node(&mut self, scene: &Scene, b: &NodeBox, face: &Face) {
        match scene.form {
            Form::Full | Form::Auto => self.full(scene, b, face),
            Form::Compact if b.rows > 0 => self.full(scene, b, face),
            Form::Compact => self.compact(b, face),
            Form::Dot => self.dot(b, face),
        }
    }
    fn full(&mut self, scene: &Scene, b: &NodeBox, face: &Face) {
        let tone = Tone::Frame(face.phase);
        let selected = face.is_selected;
        let (right, bottom) = (b.x + b.w - 1, b.y + b.h - 1);
        for y in b.y..=bottom {
            for x in b.x..=right {
                let up_or_down = |arm: u8, at: bool| if at { arm } else { 0 };
                let edge_x = x == b.x || x == right;
                let edge_y = y == b.y || y == bottom;
                let mask = if edge_x { up_or_down(UP, y > b.y) | up_or_down(DOWN, y < bottom) } else { 0 }
                    | if edge_y { up_or_down(LEFT, x > b.x) | up_or_down(RIGHT, x < right) } else { 0 };
                // Where a line leaves, the border has an arm for it.
                let leaving = if edge_x ^ edge_y { self.leaving(scene, (x, y), b) } else { 0 };
                self.put(x, y, self.glyphs.line(mask | leaving, false), tone, selected);
            }
        }
        let mut x = b.x + 1;
        x += self.text((x, b.y), " ", 1, tone, selected);
        self.put(x, b.y, self.glyphs.phase(face.phase), Tone::Sign(face.phase), selected);
        self.put(x + 1, b.y, ' ', tone, selected);
        let again = if b.again { 2 } else { 0 };
        let room = right - 1 - again - (x + 2);
        let took = self.text((x + 2, b.y), &b.label, room, Tone::Name, selected);
        if b.again {
            self.text((right - 3, b.y), " ", 1, tone, selected);
            self.put(right - 2, b.y, self.glyphs.again(), Tone::BackEdge, selected);
            self.put(right - 1, b.y, ' ', tone, selected);
        }
        if took > 0 {
            self.put(x + 2 + took, b.y, ' ', tone, selected);
        }
        let took =
            self.text((b.x + 2, b.y + 1), face.line.as_str(), b.w - 4, Tone::Live(face.phase), selected);
        if let Some(bar) = face.bar {
            let from = b.x + 2 + took + i32::from(took > 0);
            self.bar(from, b.y + 1, right - 1 - from, bar, selected);
        }
        self.list(b, &face.rows);
        let foot = face.foot.as_ref().map_or(b.foot.as_str(), |f| f.as_str());
        if !foot.is_empty() {
            let (at, room) = match &face.foot {
                Some(_) => self.room_for_foot(scene, b),
                None => (b.x + b.foot_at, right - 1 - b.x - b.foot_at),
            };
            // Index and end of an address tell members apart.
            let foot = cut_middle(foot, room.max(0) as usize);
            let took = self.text((at, bottom), &foot, room, Tone::Muted, selected);
            self.put(at - 1, bottom, ' ', tone, selected);
            self.put(at + took, bottom, ' ', tone, selected);
        }
    }
    /// The list inside of a box, a row each.
    fn list(&mut self, b: &NodeBox, rows: &[FaceRow]) {
        for (y, row) in (b.y + 2..b.y + 2 + b.rows).zip(rows) {
            for x in b.x + 1..b.x + b.w - 1 {
                self.put(x, y, ' ', Tone::Name, row.is_selected);
            }
            let sign = self.glyphs.phase(row.phase);
            self.put(b.x + 2, y, sign, Tone::Sign(row.phase), row.is_selected);
            self.text((b.x + 4, y), row.text.as_str(), b.w - 6, Tone::Live(row.phase), row.is_selected);
        }
    }
    /// The longest part of the lower border that no line leaves through, the first of equals: first column and columns
    /// of a text in it. A line that leaves is a fact too.
    fn room_for_foot(&self, scene: &Scene, b: &NodeBox) -> (i32, i32) {
        let (right, bottom) = (b.x + b.w - 1, b.y + b.h - 1);
        let mut best = (b.x + 2, 0);
        let mut from = b.x;
        for x in b.x + 1..=right {
            if x == right || self.leaving(scene, (x, bottom), b) != 0 {
                let room = x - from - 3;
                if room > best.1 {
                    best = (from + 2, room);
                }
                from = x;
            }
        }
        best
    }
    /// The arm of a line that leaves the box through this border cell.
    fn leaving(&self, scene: &Scene, (x, y): (i32, i32), b: &NodeBox) -> u8 {
        let Some(arms) = self.ix(x, y).and_then(|ix| self.arms.get(ix)) else { return 0 };
        let lr = scene.orientation == Orientation::Lr;
        let outward = match lr {
            false if y == b.y => UP,
            false if y == b.y + b.h - 1 => DOWN,
            true if x == b.x => LEFT,
            true if x == b.x + b.w - 1 => RIGHT,
            _ => 0,
        };
        arms.mask & outward
    }
    fn bar(&mut self, x: i32, y: i32, columns: i32, part: f32, selected: bool) {
        const LEAST: i32 = 4;
        const MOST: i32 = 16;
        if columns < LEAST {
            return;
        }
        let columns = columns.min(MOST);
        let eighths = (part.clamp(0.0, 1.0) * columns as f32 * 8.0).round() as i32;
        for ix in 0..columns {
            let fill = (eighths - ix * 8).clamp(0, 8);
            let ch = match self.glyphs {
                Glyphs::Ascii => {
                    if fill >= 4 {
                        '#'
                    } else {
                        ' '
                    }
                }
                Glyphs::Unicode => [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'][fill as usize],
            };
            self.put(x + ix, y, ch, Tone::Bar, selected);
        }
    }
    fn compact(&mut self, b: &NodeBox, face: &Face) {
        let tone = Tone::Frame(face.phase);
        let selected = face.is_selected;
        for y in b.y..b.y + b.h {
            for x in b.x..b.x + b.w {
                self.put(x, y, ' ', tone, selected);
            }
            self.put(b.x, y, '[', tone, selected);
            self.put(b.x + b.w - 1, y, ']', tone, selected);
        }
        let y = b.y + b.h / 2;
        self.put(b.x + 1, y, self.glyphs.phase(face.phase), Tone::Sign(face.phase), selected);
        let end = b.x + b.w - 1 - if b.again { 2 } else { 0 };
        if b.again {
            self.put(end + 1, y, self.glyphs.again(), Tone::BackEdge, selected);
        }
        let took = self.text((b.x + 3, y), &b.label, end - b.x - 3, Tone::Name, selected);
        let live = face.line.width() as i32;
        let from = (end - live).max(b.x + 3 + took + 1);
        self.text((from, y), face.line.as_str(), end - from, Tone::Live(face.phase), selected);
    }
    fn dot(&mut self, b: &NodeBox, face: &Face) {
        for y in b.y..b.y + b.h {
            for x in b.x..b.x + b.w {
                self.put(x, y, '·', Tone::Frame(face.phase), face.is_selected);
            }
        }
        let sign = self.glyphs.phase(face.phase);
        self.put(b.x + b.w / 2, b.y + b.h / 2, sign, Tone::Sign(face.phase), face.is_selected);
    }
}
