//! The difference of two frames as bytes: shortest cursor moves, shortest colour changes, erasing instead of spaces,
//! scrolling instead of writing again. Budgets: screens 16.
//!
//! Only sequences that xterm, the Linux console, screen, tmux, mosh and the like all know are used: no repeat
//! character (mosh lacks it), no line-drawing character set (UTF-8 terminals may lack it).

use ratatui::layout::Position;

use super::grid::{Glyph, Grid};
use super::pen::Pen;

/// Fewest changed cells at the end of a row for which erasing (3 bytes, and perhaps a reset) is worth it.
const ERASE_FROM: usize = 4;
/// Fewest blanks for which erasing that many (5 bytes, and a move over them) is worth it; in tests also fewer.
const BLANKS_FROM: usize = if cfg!(test) { 3 } else { 10 };
/// A plain difference below this is not worth looking for a scroll; in tests every one is, so that all are tried.
const SCROLL_FROM: usize = if cfg!(test) { 1 } else { 200 };
/// Fewest rows that must be found again for a scroll.
const SCROLL_ROWS: usize = 3;

/// What is known of the terminal's state between frames.
#[derive(Debug, Clone)]
pub struct Encoder {
    pen: Pen,
    /// Where the terminal shows a cursor, if it does.
    cursor: Option<Position>,
    /// Row and column of the terminal's cursor. No row: nothing is known. No column: after the last column, or after
    /// a character of uncertain width.
    row: Option<u16>,
    column: Option<u16>,
}

impl Default for Encoder {
    fn default() -> Self {
        Self { pen: Pen::PLAIN, cursor: None, row: None, column: None }
    }
}

impl Encoder {
    /// Appends to `out` what turns a terminal that shows `shown` into one that shows `want`, with its cursor where
    /// told or hidden. Without `shown` the whole screen is erased and written. Nothing changed: nothing appended.
    pub fn frame(&mut self, shown: Option<&Grid>, want: &Grid, cursor: Option<Position>, out: &mut Vec<u8>) {
        // Something else may have written since (`wall`): every frame starts with an absolute position.
        (self.row, self.column) = (None, None);
        match shown {
            Some(shown) if (shown.width(), shown.height()) == (want.width(), want.height()) => {
                self.shorter_of_scroll_and_plain(shown, want, out);
            }
            _ => {
                out.extend_from_slice(b"\x1b[m\x1b[H\x1b[2J");
                (self.pen, self.row, self.column) = (Pen::PLAIN, Some(0), Some(0));
                self.rows(&Grid::blank(want.width(), want.height()), want, out);
            }
        }
        self.place_cursor(cursor, out);
    }

    fn place_cursor(&mut self, cursor: Option<Position>, out: &mut Vec<u8>) {
        if let Some(at) = cursor {
            // It is elsewhere also when nothing but the writing of this frame moved it.
            if self.row.is_some() || self.cursor != cursor {
                self.go(at.x, at.y, out);
            }
        }
        if cursor.is_some() != self.cursor.is_some() {
            out.extend_from_slice(if cursor.is_some() { b"\x1b[?25h" } else { b"\x1b[?25l" });
        }
        self.cursor = cursor;
    }

    fn shorter_of_scroll_and_plain(&mut self, shown: &Grid, want: &Grid, out: &mut Vec<u8>) {
        let start = out.len();
        let mut plain = self.clone();
        plain.rows(shown, want, out);
        if out.len() - start >= SCROLL_FROM
            && let Some(scroll) = find_scroll(shown, want)
        {
            let mut with = self.clone();
            let mut bytes = Vec::new();
            with.scroll(scroll, &mut bytes);
            with.rows(&shown.scrolled(scroll.top, scroll.bottom, scroll.by), want, &mut bytes);
            if bytes.len() < out.len() - start {
                out.truncate(start);
                out.extend_from_slice(&bytes);
                *self = with;
                return;
            }
        }
        *self = plain;
    }

    /// Deletes or inserts lines inside a scroll region: known to more terminals than scrolling by number.
    fn scroll(&mut self, s: Scroll, out: &mut Vec<u8>) {
        self.set_pen(Pen::PLAIN, out);
        let (letter, n) = if s.by > 0 { ('M', s.by) } else { ('L', -s.by) };
        let count = if n == 1 { String::new() } else { n.to_string() };
        let (top, bottom) = (s.top + 1, s.bottom + 1);
        out.extend_from_slice(
            format!("\x1b[{top};{bottom}r\x1b[{}H\x1b[{count}{letter}\x1b[r", number(top)).as_bytes(),
        );
        // Ending the region puts the cursor into the corner.
        (self.row, self.column) = (Some(0), Some(0));
    }

    fn rows(&mut self, shown: &Grid, want: &Grid, out: &mut Vec<u8>) {
        for y in 0..want.height() {
            let (old, new) = (shown.row(y), want.row(y));
            if old != new {
                self.row(y, old, new, out);
            }
        }
    }

    fn row(&mut self, y: u16, old: &[Glyph], new: &[Glyph], out: &mut Vec<u8>) {
        let end = new.iter().rposition(|g| !g.is_erased()).map_or(0, |x| x + 1);
        let changed = |x: usize| old.get(x) != new.get(x);
        let mut x = 0;
        while let Some(glyph) = new.get(x) {
            let step = usize::from(glyph.width()).max(1);
            if !(x..x + step).any(changed) {
                x += step;
                continue;
            }
            if x >= end && (x..new.len()).filter(|&x| changed(x)).count() >= ERASE_FROM {
                self.go(x as u16, y, out);
                self.set_pen(Pen::PLAIN, out);
                out.extend_from_slice(b"\x1b[K");
                return;
            }
            let blanks = blanks_to_write(new, x, changed);
            if blanks >= BLANKS_FROM {
                self.go(x as u16, y, out);
                self.set_pen(Pen::PLAIN, out);
                out.extend_from_slice(format!("\x1b[{blanks}X").as_bytes());
                x += blanks;
                continue;
            }
            self.go_or_write(x, y, new, out);
            self.put(glyph, x, new.len(), out);
            x += step;
        }
    }

    /// Moves to a cell of the row, by writing the unchanged cells between again where that is shorter.
    fn go_or_write(&mut self, x: usize, y: u16, row: &[Glyph], out: &mut Vec<u8>) {
        let from = match (self.row, self.column) {
            (Some(r), Some(c)) if r == y && usize::from(c) < x => usize::from(c),
            _ => return self.go(x as u16, y, out),
        };
        let mut way = Vec::new();
        self.way(x as u16, y, &mut way);
        let between = row.get(from..x).unwrap_or_default();
        let bytes: usize = between.iter().map(|g| g.symbol().len()).sum();
        let writable = |g: &Glyph| g.is_certain() && self.fits(g);
        if bytes <= way.len()
            && between.first().is_some_and(|g| g.width() > 0)
            && between.iter().all(writable)
        {
            for g in between {
                out.extend_from_slice(g.symbol().as_bytes());
            }
            self.column = Some(x as u16);
        } else {
            self.go(x as u16, y, out);
        }
    }

    /// Whether the pen as it is writes this glyph right.
    fn fits(&self, glyph: &Glyph) -> bool {
        glyph.pen() == self.pen || (glyph.is_blank() && glyph.pen() == self.pen.for_blank())
    }

    fn put(&mut self, glyph: &Glyph, x: usize, width: usize, out: &mut Vec<u8>) {
        if !self.fits(glyph) {
            self.set_pen(glyph.pen(), out);
        }
        out.extend_from_slice(glyph.symbol().as_bytes());
        let next = x + usize::from(glyph.width());
        self.column = (next < width && glyph.is_certain()).then_some(next as u16);
    }

    fn set_pen(&mut self, pen: Pen, out: &mut Vec<u8>) {
        self.pen.change(pen, out);
        self.pen = pen;
    }

    fn go(&mut self, x: u16, y: u16, out: &mut Vec<u8>) {
        self.way(x, y, out);
        (self.row, self.column) = (Some(y), Some(x));
    }

    /// Appends the shortest move: absolute, or along the row and then down or up.
    fn way(&self, x: u16, y: u16, out: &mut Vec<u8>) {
        if (self.row, self.column) == (Some(y), Some(x)) {
            return;
        }
        let mut best = match (x, y) {
            (0, 0) => "\x1b[H".to_owned(),
            (0, _) => format!("\x1b[{}H", y + 1),
            _ => format!("\x1b[{};{}H", number(y + 1), x + 1),
        };
        if let Some(row) = self.row {
            let relative = self.along(x) + &down(row, y);
            if relative.len() < best.len() {
                best = relative;
            }
        }
        out.extend_from_slice(best.as_bytes());
    }

    fn along(&self, x: u16) -> String {
        let mut best = if x == 0 { "\r".to_owned() } else { format!("\x1b[{}G", x + 1) };
        if let Some(from) = self.column {
            let relative = if x == from {
                String::new()
            } else if x > from {
                format!("\x1b[{}C", number(x - from))
            } else if from - x <= 3 {
                "\x08".repeat(usize::from(from - x))
            } else {
                format!("\x1b[{}D", from - x)
            };
            if relative.len() <= best.len() {
                best = relative;
            }
        }
        best
    }
}

/// Erased cells from `x` on, up to the last of them that changed.
fn blanks_to_write(row: &[Glyph], x: usize, changed: impl Fn(usize) -> bool) -> usize {
    let blank = row.iter().skip(x).take_while(|g| g.is_erased()).count();
    (x..x + blank).rev().find(|&x| changed(x)).map_or(0, |last| last + 1 - x)
}

/// Rows down by line feeds (raw mode: the column stays), further by number; up by number.
fn down(from: u16, to: u16) -> String {
    match to.cmp(&from) {
        std::cmp::Ordering::Equal => String::new(),
        std::cmp::Ordering::Greater if to - from <= 4 => "\n".repeat(usize::from(to - from)),
        std::cmp::Ordering::Greater => format!("\x1b[{}B", to - from),
        std::cmp::Ordering::Less => format!("\x1b[{}A", number(from - to)),
    }
}

/// A number of which 1 may be left out.
fn number(n: u16) -> String {
    if n == 1 { String::new() } else { n.to_string() }
}

/// Rows `top..=bottom` move up by `by`, or down when negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Scroll {
    top: u16,
    bottom: u16,
    by: i32,
}

/// The move that puts most rows where they belong.
fn find_scroll(shown: &Grid, want: &Grid) -> Option<Scroll> {
    let (old, new) = (shown.row_hashes(), want.row_hashes());
    let height = new.len() as i32;
    let mut best: Option<(usize, Scroll)> = None;
    for by in (-height / 2..=height / 2).filter(|by| *by != 0) {
        let mut run = 0_usize;
        for y in 0..=height {
            let same = y < height
                && usize::try_from(y + by).is_ok_and(|from| old.get(from) == new.get(y as usize))
                && old.get(y as usize) != new.get(y as usize);
            if same {
                run += 1;
                continue;
            }
            if run >= SCROLL_ROWS && best.is_none_or(|(most, _)| run > most) {
                let (first, last) = (y - run as i32, y - 1);
                let scroll =
                    Scroll { top: first.min(first + by) as u16, bottom: last.max(last + by) as u16, by };
                best = Some((run, scroll));
            }
            run = 0;
        }
    }
    best.map(|(_, s)| s)
}
