//! From a drawing function to the bytes of a frame, without what ratatui's own backend sends with each (41 bytes:
//! synchronised output, colour reset, hidden cursor; screens 16).
//!
//! ratatui draws into its buffers as ever. The backend below it writes nothing: what is sent is the difference
//! between the finished buffer and what the terminal was really given, made by [`super::screen`].

use std::convert::Infallible;

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Rect, Size};
use ratatui::{Frame, Terminal, TerminalOptions, Viewport};

use super::screen::encode::Encoder;
use super::screen::grid::Grid;

/// A frame smaller than this arrives in one piece anyway: marking it would cost more than it saves.
const WORTH_MARKING: usize = 400;
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// Takes ratatui's calls and keeps what matters: where the cursor is to be.
#[derive(Debug, Default)]
struct Recorder {
    size: Size,
    cursor: Option<Position>,
}

impl Backend for Recorder {
    type Error = Infallible;

    fn draw<'a, I: Iterator<Item = (u16, u16, &'a Cell)>>(&mut self, _: I) -> Result<(), Infallible> {
        Ok(())
    }
    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.cursor = None;
        Ok(())
    }
    fn show_cursor(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        Ok(self.cursor.unwrap_or_default())
    }
    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        self.cursor = Some(position.into());
        Ok(())
    }
    fn clear(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
    fn clear_region(&mut self, _: ClearType) -> Result<(), Infallible> {
        Ok(())
    }
    fn size(&self) -> Result<Size, Infallible> {
        Ok(self.size)
    }
    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::default() })
    }
    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Makes frames, and knows what the terminal shows.
#[derive(Debug)]
pub struct Painter {
    terminal: Terminal<Recorder>,
    encoder: Encoder,
    shown: Option<Grid>,
    marked: bool,
}

impl Painter {
    /// For a screen of this size of which nothing is known.
    pub fn new(width: u16, height: u16) -> Self {
        let size = Size { width, height };
        Self { terminal: terminal(size), encoder: Encoder::default(), shown: None, marked: false }
    }
    /// Nothing is known of the screen any more: the next frame writes all of it.
    pub fn forget(&mut self) {
        self.shown = None;
        self.encoder = Encoder::default();
    }
    /// The screen has another size (or the same, told again): the next frame writes all of it.
    pub fn resize(&mut self, width: u16, height: u16) {
        self.terminal = terminal(Size { width, height });
        self.shown = None;
    }
    /// The terminal said that it can show a frame at once (mode 2026).
    pub fn mark_frames(&mut self) {
        self.marked = true;
    }
    /// Draws a frame and gives the bytes that show it; none when nothing changed. They must be written whole, or
    /// [`Self::forget`] be called.
    pub fn paint(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> Vec<u8> {
        let want = match self.terminal.draw(draw) {
            Ok(frame) => Grid::of(frame.buffer),
            Err(never) => match never {},
        };
        let cursor = self.terminal.backend().cursor;
        let mut out = Vec::new();
        self.encoder.frame(self.shown.as_ref(), &want, cursor, &mut out);
        self.shown = Some(want);
        if self.marked && out.len() >= WORTH_MARKING {
            out = [BEGIN, &out, END].concat();
        }
        out
    }
}

fn terminal(size: Size) -> Terminal<Recorder> {
    let area = Rect::new(0, 0, size.width, size.height);
    let options = TerminalOptions { viewport: Viewport::Fixed(area) };
    match Terminal::with_options(Recorder { size, cursor: None }, options) {
        Ok(t) => t,
        Err(never) => match never {},
    }
}

#[cfg(test)]
mod tests {
    use ratatui::widgets::Paragraph;

    use super::*;

    #[test]
    fn a_frame_that_changes_nothing_sends_nothing() {
        let mut p = Painter::new(20, 3);
        let draw =
            |text: &'static str| move |f: &mut Frame<'_>| f.render_widget(Paragraph::new(text), f.area());
        assert!(!p.paint(draw("task")).is_empty());
        assert_eq!(p.paint(draw("task")), b"");
        assert_eq!(p.paint(draw("tusk")), b"\x1b[;2Hu");
    }

    #[test]
    fn only_a_large_frame_is_marked_and_only_where_the_terminal_knows_the_mark() {
        let mut p = Painter::new(80, 24);
        let full = |f: &mut Frame<'_>| {
            f.render_widget(
                Paragraph::new("x".repeat(800)).wrap(ratatui::widgets::Wrap { trim: false }),
                f.area(),
            );
        };
        assert!(!p.paint(full).starts_with(BEGIN));
        p.mark_frames();
        p.forget();
        let bytes = p.paint(full);
        assert!(bytes.starts_with(BEGIN) && bytes.ends_with(END));
    }

    #[test]
    fn the_cursor_is_shown_where_a_field_wants_it_and_hidden_again() {
        let mut p = Painter::new(10, 2);
        p.paint(|_| {});
        assert_eq!(p.paint(|f| f.set_cursor_position((3, 1))), b"\x1b[2;4H\x1b[?25h");
        assert_eq!(p.paint(|f| f.set_cursor_position((4, 1))), b"\x1b[2;5H");
        assert_eq!(p.paint(|_| {}), b"\x1b[?25l");
    }
}
