//! A frame made comparable: what looks the same is the same, and every wide character owns two cells.

use std::hash::{DefaultHasher, Hash, Hasher};

use ratatui::buffer::{Buffer, Cell, CellWidth};

use super::pen::Pen;

/// One cell. The second half of a wide character has an empty symbol and width 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Glyph {
    cell: Cell,
    pen: Pen,
    width: u8,
}

impl Glyph {
    fn blank(pen: Pen) -> Self {
        Self { cell: Cell::EMPTY, pen: pen.for_blank(), width: 1 }
    }
    fn half(pen: Pen) -> Self {
        Self { cell: Cell::new(""), pen, width: 0 }
    }
    /// What is written.
    pub fn symbol(&self) -> &str {
        self.cell.symbol()
    }
    /// With which pen.
    pub fn pen(&self) -> Pen {
        self.pen
    }
    /// Cells it takes: 0, 1 or 2.
    pub fn width(&self) -> u16 {
        u16::from(self.width)
    }
    /// Whether it is what an erased cell is.
    pub fn is_erased(&self) -> bool {
        self.is_blank() && self.pen == Pen::PLAIN
    }
    /// Whether it is a space.
    pub fn is_blank(&self) -> bool {
        self.width == 1 && self.symbol() == " "
    }
    /// Whether terminals agree on how far the cursor goes for it. ASCII, Latin, box lines, CJK: yes. Emoji and
    /// anything of several code points: not for sure.
    pub fn is_certain(&self) -> bool {
        let mut chars = self.symbol().chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) => (c as u32) < 0x1_0000 && self.width > 0,
            _ => false,
        }
    }
}

/// A whole frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    width: u16,
    height: u16,
    glyphs: Vec<Glyph>,
}

impl Grid {
    /// An erased screen.
    pub fn blank(width: u16, height: u16) -> Self {
        let cells = usize::from(width) * usize::from(height);
        Self { width, height, glyphs: vec![Glyph::blank(Pen::PLAIN); cells] }
    }

    /// Takes a drawn frame. Control characters, which the filter at the door never lets through, are shown as `?`
    /// here once more: nothing can make this program send a sequence it did not mean (P4).
    pub fn of(buffer: &Buffer) -> Self {
        let (width, height) = (buffer.area.width, buffer.area.height);
        let mut grid = Self::blank(width, height);
        if width == 0 {
            return grid;
        }
        let rows = grid.glyphs.chunks_mut(usize::from(width)).zip(buffer.content.chunks(usize::from(width)));
        for (to, from) in rows {
            fill_row(to, from);
        }
        grid
    }
    /// Columns.
    pub fn width(&self) -> u16 {
        self.width
    }
    /// Rows.
    pub fn height(&self) -> u16 {
        self.height
    }
    /// A row; empty beyond the last.
    pub fn row(&self, y: u16) -> &[Glyph] {
        let start = usize::from(y) * usize::from(self.width);
        self.glyphs.get(start..start + usize::from(self.width)).unwrap_or_default()
    }
    /// One number a row; equal rows have equal numbers.
    pub fn row_hashes(&self) -> Vec<u64> {
        let hash = |y| {
            let mut h = DefaultHasher::new();
            for g in self.row(y) {
                (g.symbol(), g.pen.fg, g.pen.bg, g.pen.mods).hash(&mut h);
            }
            h.finish()
        };
        (0..self.height).map(hash).collect()
    }
    /// As the terminal has it after rows `top..=bottom` were moved up by `by` (down when negative).
    #[must_use]
    pub fn scrolled(&self, top: u16, bottom: u16, by: i32) -> Self {
        let mut next = self.clone();
        let width = usize::from(self.width);
        for y in top..=bottom.min(self.height.saturating_sub(1)) {
            let from = i32::from(y) + by;
            let inside = from >= i32::from(top) && from <= i32::from(bottom);
            let start = usize::from(y) * width;
            let Some(to) = next.glyphs.get_mut(start..start + width) else { continue };
            match u16::try_from(from) {
                Ok(from) if inside => to.clone_from_slice(self.row(from)),
                _ => to.fill(Glyph::blank(Pen::PLAIN)),
            }
        }
        next
    }
}

fn fill_row(to: &mut [Glyph], from: &[Cell]) {
    let mut halves = 0;
    for (x, cell) in from.iter().enumerate() {
        if halves > 0 {
            halves -= 1;
            continue;
        }
        let pen = Pen::of(cell);
        let symbol = cell.symbol();
        let glyph = if symbol.chars().any(char::is_control) {
            Glyph { cell: Cell::new("?"), pen, width: 1 }
        } else {
            match symbol.cell_width() {
                1 if symbol == " " => Glyph::blank(pen),
                1 => Glyph { cell: plain(cell), pen, width: 1 },
                // A character that does not fit into the rest of the row is left out, never wrapped.
                2 if x + 1 < from.len() => {
                    halves = 1;
                    if let Some(next) = to.get_mut(x + 1) {
                        *next = Glyph::half(pen);
                    }
                    Glyph { cell: plain(cell), pen, width: 2 }
                }
                _ => Glyph::blank(pen),
            }
        };
        if let Some(slot) = to.get_mut(x) {
            *slot = glyph;
        }
    }
}

/// The symbol alone, so that equal looks compare equal.
fn plain(cell: &Cell) -> Cell {
    let mut c = Cell::EMPTY;
    c.set_symbol(cell.symbol());
    c
}
