//! The bytes held against a terminal emulator: what it shows must be what was drawn.

use std::num::NonZeroU16;

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};

use super::encode::Encoder;
use super::grid::Grid;
use super::pen::Pen;

fn emulator(width: u16, height: u16) -> vt100::Parser {
    let n = |v| NonZeroU16::new(v).expect("not zero");
    vt100::Parser::new(n(height), n(width), 0)
}

fn color(c: vt100::Color) -> Color {
    const NAMED: [Color; 16] = [
        Color::Black,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::Gray,
        Color::DarkGray,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
        Color::White,
    ];
    match c {
        vt100::Color::Default => Color::Reset,
        vt100::Color::Idx(i) => NAMED.get(usize::from(i)).copied().unwrap_or(Color::Indexed(i)),
        vt100::Color::Rgb(r, g, b) => Color::Rgb(r, g, b),
    }
}

/// What the emulator shows, as a frame.
fn seen(screen: &vt100::Screen, width: u16, height: u16) -> Grid {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    for y in 0..height {
        for x in 0..width {
            let Some(cell) = screen.cell(y, x) else { continue };
            if cell.is_wide_continuation() {
                continue;
            }
            let mut mods = Modifier::empty();
            mods.set(Modifier::BOLD, cell.bold());
            mods.set(Modifier::DIM, cell.dim());
            mods.set(Modifier::ITALIC, cell.italic());
            mods.set(Modifier::UNDERLINED, cell.underline());
            mods.set(Modifier::REVERSED, cell.inverse());
            let text = if cell.contents().is_empty() { " " } else { cell.contents() };
            buffer[(x, y)].set_symbol(text);
            buffer[(x, y)].fg = color(cell.fgcolor());
            buffer[(x, y)].bg = color(cell.bgcolor());
            buffer[(x, y)].modifier = mods;
        }
    }
    Grid::of(&buffer)
}

fn style() -> impl Strategy<Value = Style> {
    let colors = prop_oneof![
        6 => Just(Color::Reset),
        1 => Just(Color::Red),
        1 => Just(Color::LightCyan),
        1 => Just(Color::Indexed(200)),
        1 => Just(Color::Rgb(1, 2, 3)),
    ];
    let mods = prop_oneof![
        4 => Just(Modifier::empty()),
        1 => Just(Modifier::BOLD),
        1 => Just(Modifier::DIM),
        1 => Just(Modifier::REVERSED),
        1 => Just(Modifier::UNDERLINED),
        1 => Just(Modifier::ITALIC),
    ];
    (colors.clone(), colors, mods).prop_map(|(fg, bg, m)| Style::new().fg(fg).bg(bg).add_modifier(m))
}

/// A piece of text put somewhere, wide and narrow, over whatever was there.
type Piece = (u16, u16, String, Style);

fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    let text = "[ a-c│─✓集群é]{0,14}";
    prop::collection::vec((0_u16..24, 0_u16..9, text, style()), 0..12)
}

fn put(buffer: &mut Buffer, pieces: &[Piece]) {
    for (x, y, text, style) in pieces {
        if *x < buffer.area.width && *y < buffer.area.height {
            // The emulator knows bold or dim, not both: styles replace each other.
            buffer.set_string(*x, *y, text, Style::reset().patch(*style));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_emulator_shows_what_was_drawn_after_any_frames(
        (width, height) in (1_u16..30, 1_u16..10),
        frames in prop::collection::vec((pieces(), any::<bool>(), -2_i32..=2, prop::option::of((0_u16..30, 0_u16..10))), 1..6),
    ) {
        let mut terminal = emulator(width, height);
        let mut encoder = Encoder::default();
        let mut shown: Option<Grid> = None;
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        for (pieces, clear, move_by, cursor) in frames {
            if clear { buffer.reset(); }
            // Rows moved up or down, as a list that scrolls does.
            let before = buffer.clone();
            for y in 0..height {
                if let Ok(from) = u16::try_from(i32::from(y) + move_by)
                    && from < height {
                        for x in 0..width { buffer[(x, y)] = before[(x, from)].clone(); }
                }
            }
            put(&mut buffer, &pieces);
            let want = Grid::of(&buffer);
            let cursor = cursor.filter(|(x, y)| *x < width && *y < height).map(|(x, y)| Position { x, y });
            let mut bytes = Vec::new();
            encoder.frame(shown.as_ref(), &want, cursor, &mut bytes);
            terminal.process(&bytes);
            prop_assert!(seen(terminal.screen(), width, height) == want, "bytes {:?} for {:?}", String::from_utf8_lossy(&bytes), buffer);
            if let Some(at) = cursor {
                prop_assert_eq!(terminal.screen().cursor_position(), (at.y, at.x));
            }
            let mut again = Vec::new();
            encoder.frame(Some(&want), &want, cursor, &mut again);
            prop_assert_eq!(again, Vec::<u8>::new(), "nothing changed, nothing is sent");
            shown = Some(want);
        }
    }

    #[test]
    fn a_pen_is_changed_to_exactly_what_was_asked(a in style(), b in style()) {
        let pen = |s: Style| Pen { fg: s.fg.unwrap_or_default(), bg: s.bg.unwrap_or_default(), mods: s.add_modifier };
        let mut bytes = Vec::new();
        Pen::PLAIN.change(pen(a), &mut bytes);
        pen(a).change(pen(b), &mut bytes);
        bytes.push(b'x');
        let mut terminal = emulator(4, 1);
        terminal.process(&bytes);
        let mut want = Buffer::empty(Rect::new(0, 0, 4, 1));
        want[(0, 0)].set_symbol("x").set_style(b);
        prop_assert_eq!(seen(terminal.screen(), 4, 1), Grid::of(&want));
    }
}

fn lines(rows: &[&str]) -> Buffer {
    Buffer::with_lines(rows.iter().copied())
}

fn bytes(shown: &Buffer, want: &Buffer) -> String {
    let mut out = Vec::new();
    Encoder::default().frame(Some(&Grid::of(shown)), &Grid::of(want), None, &mut out);
    String::from_utf8(out).expect("text")
}

#[test]
fn a_clock_that_moves_on_costs_its_digits_and_one_cursor_move() {
    let (a, b) = (lines(&["left 18:46 ", "           "]), lines(&["left 18:47 ", "           "]));
    assert_eq!(bytes(&a, &b), "\x1b[;10H7");
}

#[test]
fn a_row_that_empties_is_erased_not_overwritten() {
    let (a, b) = (lines(&["abcdefghij", "x         "]), lines(&["          ", "x         "]));
    assert_eq!(bytes(&a, &b), "\x1b[H\x1b[K");
}

#[test]
fn a_list_that_scrolls_by_one_is_scrolled() {
    let rows: Vec<String> =
        (0..30).map(|i| format!("{i:02} a row of the list with some text in it")).collect();
    let page = |from: usize| Buffer::with_lines(rows.iter().skip(from).take(20).map(String::as_str));
    let sent = bytes(&page(0), &page(1));
    assert!(sent.len() < 100, "{} bytes: {sent:?}", sent.len());
}

#[test]
fn x02_a_control_character_in_a_cell_never_leaves_the_program() {
    let mut b = Buffer::empty(Rect::new(0, 0, 4, 1));
    b[(0, 0)].set_symbol("\x1b]52;c;aGk=\x07");
    b[(1, 0)].set_symbol("\u{9b}2J");
    assert_eq!(bytes(&Buffer::empty(b.area), &b), "\x1b[H??");
}

#[test]
fn t01_a_screen_without_cells_is_no_panic() {
    for (w, h) in [(0, 0), (0, 10), (10, 0), (1, 1)] {
        let b = Buffer::empty(Rect::new(0, 0, w, h));
        let mut out = Vec::new();
        Encoder::default().frame(None, &Grid::of(&b), None, &mut out);
    }
}
