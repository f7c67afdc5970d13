//! One line of text in pieces, each with its own style, cut by width and never by bytes.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use crate::domain::shown;

/// A line under construction.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line<'a>(Vec<(Cow<'a, str>, Style)>);

impl<'a> Line<'a> {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }
    /// The line with one more piece.
    pub(crate) fn and(mut self, text: impl Into<Cow<'a, str>>, style: Style) -> Self {
        self.push(text, style);
        self
    }
    /// One more piece.
    pub(crate) fn push(&mut self, text: impl Into<Cow<'a, str>>, style: Style) {
        let text = text.into();
        if !text.is_empty() {
            self.0.push((text, style));
        }
    }
    /// Another line's pieces behind.
    pub(crate) fn extend(&mut self, other: Line<'a>) {
        self.0.extend(other.0);
    }
    /// Columns it takes.
    pub(crate) fn width(&self) -> usize {
        self.0.iter().map(|(t, _)| t.width()).sum()
    }
    /// Whether there is nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// Draws it in at most `columns`; what does not fit is cut with `…`. Returns the columns used.
    pub(crate) fn draw(&self, buf: &mut Buffer, x: u16, y: u16, columns: u16) -> u16 {
        let mut used = 0;
        let fits = self.width() <= usize::from(columns);
        for (text, style) in &self.0 {
            let left = usize::from(columns - used);
            let next = text.width();
            let cut = if fits || next < left { Cow::Borrowed(&**text) } else { shown::cut_end(text, left) };
            // A piece that just fits before more text would hide that something was cut.
            let cut = if !fits && next == left { mark_end(&cut, left) } else { cut };
            put(buf, x + used, y, &cut, columns - used, *style);
            used += (cut.width() as u16).min(columns - used);
            if used == columns {
                break;
            }
        }
        used
    }
}

fn mark_end<'t>(text: &str, columns: usize) -> Cow<'t, str> {
    if columns == 0 {
        return Cow::Borrowed("");
    }
    let mut kept = shown::cut_end(text, columns).into_owned();
    if !kept.ends_with('…') {
        while kept.width() + 1 > columns && kept.pop().is_some() {}
        kept.push('…');
    }
    Cow::Owned(kept)
}

/// Draws a text; outside of the buffer nothing is drawn.
pub(crate) fn put(buf: &mut Buffer, x: u16, y: u16, text: &str, columns: u16, style: Style) {
    let area = buf.area;
    if y < area.y || y >= area.bottom() || x < area.x || x >= area.right() {
        return;
    }
    buf.set_stringn(x, y, text, usize::from(columns.min(area.right() - x)), style);
}

/// Gives a stretch of cells a style, keeping their text.
pub(crate) fn restyle(buf: &mut Buffer, x: u16, y: u16, columns: u16, style: Style) {
    let area = ratatui::layout::Rect::new(x, y, columns, 1).intersection(buf.area);
    buf.set_style(area, style);
}

/// `text` in exactly `columns`, cut at the end or filled with blanks.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    let cut = shown::cut_end(text, columns);
    let fill = columns.saturating_sub(cut.width());
    let mut out = cut.into_owned();
    out.extend(std::iter::repeat_n(' ', fill));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;

    fn drawn(line: &Line<'_>, columns: u16) -> String {
        let mut buf = Buffer::empty(Rect::new(0, 0, 20, 1));
        line.draw(&mut buf, 0, 0, columns);
        buf.content().iter().map(ratatui::buffer::Cell::symbol).collect::<String>().trim_end().to_owned()
    }

    #[test]
    fn a_cut_is_always_marked() {
        let line = Line::new().and("abc", Style::new()).and("def", Style::new());
        assert_eq!(drawn(&line, 6), "abcdef");
        assert_eq!(drawn(&line, 5), "abcd…");
        assert_eq!(drawn(&line, 3), "ab…");
        assert_eq!(drawn(&line, 0), "");
    }

    #[test]
    fn a_wide_letter_is_never_halved() {
        let line = Line::new().and("区域区域", Style::new());
        assert_eq!(drawn(&line, 4).replace(' ', ""), "区…");
        assert_eq!(pad("区域", 3), "区…");
        assert_eq!(pad("a", 3), "a  ");
    }
}
