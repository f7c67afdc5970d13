//! A frame as an SVG picture: the same frame gives the same bytes on every machine.
//!
//! Cells have fixed measures, and every piece of text is told its length, so that a browser's own monospace font
//! cannot move anything out of its column.

use std::fmt::Write as _;

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

use super::screen::grid::{Glyph, Grid};
use super::screen::pen::Pen;

/// Cell, in tenths of a pixel, and the font's size and baseline in pixels.
const CELL: (u32, u32) = (84, 170);
const FONT_SIZE: u32 = 14;
const BASELINE: u32 = 130;
/// Free space around, in tenths of a pixel.
const MARGIN: u32 = 100;
const BACKGROUND: &str = "#11151c";
const FOREGROUND: &str = "#d3d7de";
/// The sixteen colours on a dark background.
const PALETTE: [&str; 16] = [
    "#1c2128", "#f2777a", "#7ec699", "#e6c07b", "#6cb6ff", "#d2a8ff", "#66d9ef", "#c9d1d9", "#768390",
    "#ff938a", "#8ddb8c", "#f2d98d", "#96d0ff", "#e2c5ff", "#8be9fd", "#ffffff",
];

/// The frame as a picture with a title for readers that do not see it.
pub fn svg(buffer: &Buffer, title: &str) -> String {
    let grid = Grid::of(buffer);
    let width = u32::from(grid.width()) * CELL.0 + 2 * MARGIN;
    let height = u32::from(grid.height()) * CELL.1 + 2 * MARGIN;
    let mut out = String::new();
    let (w, h, title) = (tenths(width), tenths(height), escape(title));
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\" \
         font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"{FONT_SIZE}\" fill=\"{FOREGROUND}\" \
         xml:space=\"preserve\">\n<title>{title}</title>\n<rect width=\"100%\" height=\"100%\" rx=\"6\" \
         fill=\"{BACKGROUND}\"/>"
    );
    for y in 0..grid.height() {
        for run in runs(grid.row(y)) {
            run.draw(u32::from(y), &mut out);
        }
    }
    out.push_str("</svg>\n");
    out
}

/// Neighbouring cells of one style.
struct Run<'a> {
    x: u32,
    columns: u32,
    glyphs: &'a [Glyph],
}

fn runs(row: &[Glyph]) -> Vec<Run<'_>> {
    let mut x = 0;
    row.chunk_by(|a, b| a.pen() == b.pen())
        .map(|glyphs| {
            let columns = glyphs.iter().map(|g| u32::from(g.width())).sum();
            let run = Run { x, columns, glyphs };
            x += columns;
            run
        })
        .collect()
}

impl Run<'_> {
    fn draw(&self, y: u32, out: &mut String) {
        let Some(pen) = self.glyphs.first().map(Glyph::pen) else { return };
        let (mut ink, mut paper) = (color(pen.fg), color(pen.bg));
        if pen.mods.contains(Modifier::REVERSED) {
            (ink, paper) = (
                Some(paper.unwrap_or_else(|| BACKGROUND.to_owned())),
                Some(ink.unwrap_or_else(|| FOREGROUND.to_owned())),
            );
        }
        let (top, left) = (MARGIN + y * CELL.1, MARGIN + self.x * CELL.0);
        if let Some(paper) = paper {
            let (x, y, w, h) = (tenths(left), tenths(top), tenths(self.columns * CELL.0), tenths(CELL.1));
            let _ =
                writeln!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" fill=\"{paper}\"/>");
        }
        for piece in self.pieces() {
            piece.write(pen, ink.as_deref(), top, out);
        }
    }

    /// The parts between two blanks or more, each placed by itself: a reader that drops blanks or does not stretch a
    /// text to its length must not move what stands behind it.
    fn pieces(&self) -> Vec<Run<'_>> {
        let mut out = Vec::new();
        let (mut from, mut at) = (0, 0);
        while at <= self.glyphs.len() {
            let blanks = self.glyphs.iter().skip(at).take_while(|g| g.is_blank()).count();
            if blanks >= 2 || at + blanks >= self.glyphs.len() {
                out.extend(self.part(from, at));
                from = at + blanks;
            }
            at += blanks.max(1);
        }
        out
    }

    /// Glyphs `from..to` without blanks at their ends; `None` where there is nothing else.
    fn part(&self, from: usize, to: usize) -> Option<Run<'_>> {
        let all = self.glyphs.get(from..to)?;
        let first = all.iter().position(|g| !g.is_blank())?;
        let last = all.iter().rposition(|g| !g.is_blank() && g.width() > 0)?;
        let width = |glyphs: &[Glyph]| glyphs.iter().map(|g| u32::from(g.width())).sum::<u32>();
        let before = width(self.glyphs.get(..from + first)?);
        let glyphs = all.get(first..=last)?;
        Some(Run { x: self.x + before, columns: width(glyphs), glyphs })
    }

    fn write(&self, pen: Pen, ink: Option<&str>, top: u32, out: &mut String) {
        let text: String = self.glyphs.iter().map(Glyph::symbol).collect();
        let (x, y) = (tenths(MARGIN + self.x * CELL.0), tenths(top + BASELINE));
        let _ = write!(out, "<text x=\"{x}\" y=\"{y}\" textLength=\"{}\"", tenths(self.columns * CELL.0));
        let _ = write!(out, " lengthAdjust=\"spacingAndGlyphs\"");
        if let Some(ink) = ink {
            let _ = write!(out, " fill=\"{ink}\"");
        }
        for (modifier, attribute) in [
            (Modifier::BOLD, " font-weight=\"bold\""),
            (Modifier::DIM, " fill-opacity=\"0.6\""),
            (Modifier::ITALIC, " font-style=\"italic\""),
            (Modifier::UNDERLINED, " text-decoration=\"underline\""),
            (Modifier::CROSSED_OUT, " text-decoration=\"line-through\""),
        ] {
            if pen.mods.contains(modifier) {
                out.push_str(attribute);
            }
        }
        let _ = writeln!(out, ">{}</text>", escape(&text));
    }
}

/// A length in pixels; only tenths occur, so that no machine's floating point shows.
fn tenths(n: u32) -> String {
    match n % 10 {
        0 => (n / 10).to_string(),
        t => format!("{}.{t}", n / 10),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// `None`: the default.
fn color(c: Color) -> Option<String> {
    let named = |i: usize| PALETTE.get(i).map(|s| (*s).to_owned());
    match c {
        Color::Reset => None,
        Color::Black => named(0),
        Color::Red => named(1),
        Color::Green => named(2),
        Color::Yellow => named(3),
        Color::Blue => named(4),
        Color::Magenta => named(5),
        Color::Cyan => named(6),
        Color::Gray => named(7),
        Color::DarkGray => named(8),
        Color::LightRed => named(9),
        Color::LightGreen => named(10),
        Color::LightYellow => named(11),
        Color::LightBlue => named(12),
        Color::LightMagenta => named(13),
        Color::LightCyan => named(14),
        Color::White => named(15),
        Color::Rgb(r, g, b) => Some(format!("#{r:02x}{g:02x}{b:02x}")),
        Color::Indexed(i) => Some(indexed(i)),
    }
}

/// The colours of xterm's table of 256.
fn indexed(i: u8) -> String {
    let level = |n: u8| if n == 0 { 0 } else { 55 + n * 40 };
    match i {
        0..=15 => PALETTE.get(usize::from(i)).copied().unwrap_or(FOREGROUND).to_owned(),
        16..=231 => {
            let n = i - 16;
            format!("#{:02x}{:02x}{:02x}", level(n / 36), level(n / 6 % 6), level(n % 6))
        }
        232.. => {
            let v = 8 + (i - 232) * 10;
            format!("#{v:02x}{v:02x}{v:02x}")
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    #[test]
    fn a_frame_is_drawn_with_fixed_measures_and_nothing_of_it_is_markup() {
        let mut b = Buffer::empty(Rect::new(0, 0, 12, 2));
        b.set_string(0, 0, "  a<b&集 ", Style::new().fg(Color::Red).add_modifier(Modifier::BOLD));
        b.set_string(0, 1, "sel", Style::new().add_modifier(Modifier::REVERSED));
        let svg = svg(&b, "a \"title\"");
        assert!(svg.contains("<title>a &quot;title&quot;</title>"));
        assert!(svg.contains(
            "<text x=\"26.8\" y=\"23\" textLength=\"50.4\" lengthAdjust=\"spacingAndGlyphs\" fill=\"#f2777a\" \
             font-weight=\"bold\">a&lt;b&amp;集</text>"
        ));
        assert!(svg.contains("<rect x=\"10\" y=\"27\" width=\"25.2\" height=\"17\" fill=\"#d3d7de\"/>"));
        assert_eq!(svg, super::svg(&b, "a \"title\""));
    }

    #[test]
    fn the_256_colours_are_those_of_xterm() {
        assert_eq!(indexed(196), "#ff0000");
        assert_eq!(indexed(232), "#080808");
        assert_eq!(indexed(255), "#eeeeee");
    }
}
