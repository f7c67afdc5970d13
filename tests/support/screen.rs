//! A terminal emulator with the modes that matter and, if wanted, answers.

use std::num::NonZeroU16;

/// What a person sees, and what they would feel after the program ended.
pub struct Emulator {
    parser: vt100::Parser,
    answers: Option<u16>,
    /// Bytes of a question that came cut in two.
    tail: Vec<u8>,
}

/// Questions of the program that are answered.
const CURSOR: &[u8] = b"\x1b[6n";
const MARKS: &[u8] = b"\x1b[?2026$p";

fn cells(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n.clamp(1, 2000)).expect("clamped")
}

impl Emulator {
    /// `answers`: columns that a line character takes; `None` answers nothing.
    pub fn new(cols: u16, rows: u16, answers: Option<u16>) -> Self {
        Self { parser: vt100::Parser::new(cells(rows), cells(cols), 0), answers, tail: Vec::new() }
    }
    /// Takes bytes; gives what it answers.
    pub fn process(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.tail.extend_from_slice(bytes);
        let mut out = Vec::new();
        loop {
            let next = [CURSOR, MARKS]
                .iter()
                .filter_map(|q| self.tail.windows(q.len()).position(|w| w == *q).map(|at| (at, *q)))
                .min();
            let Some((at, question)) = next else { break };
            let rest = self.tail.split_off(at + question.len());
            self.parser.process(&self.tail[..at]);
            self.tail = rest;
            out.extend(self.answer(question));
        }
        // What could be the beginning of a question waits for the rest of it.
        let keep = (1..=MARKS.len().min(self.tail.len()))
            .rev()
            .find(|n| [CURSOR, MARKS].iter().any(|q| q.starts_with(&self.tail[self.tail.len() - n..])))
            .unwrap_or(0);
        let rest = self.tail.split_off(self.tail.len() - keep);
        self.parser.process(&self.tail);
        self.tail = rest;
        out
    }
    fn answer(&self, question: &[u8]) -> Vec<u8> {
        let Some(wide) = self.answers else { return Vec::new() };
        if question == MARKS {
            return b"\x1b[?2026;2$y".to_vec();
        }
        let (row, column) = self.parser.screen().cursor_position();
        format!("\x1b[{};{}R", row + 1, column * wide + 1).into_bytes()
    }
    /// Rows of text without trailing blanks.
    pub fn text(&self) -> String {
        self.parser.screen().contents()
    }
    /// A row; empty beyond the last.
    pub fn row(&self, row: usize) -> String {
        self.text().lines().nth(row).unwrap_or_default().to_owned()
    }
    /// Whether any cell has a colour.
    pub fn has_colour(&self) -> bool {
        let s = self.parser.screen();
        let (rows, cols) = s.size();
        let plain = |c: vt100::Color| c == vt100::Color::Default;
        (0..rows.get())
            .flat_map(|y| (0..cols.get()).map(move |x| (y, x)))
            .filter_map(|(y, x)| s.cell(y, x))
            .any(|c| !plain(c.fgcolor()) || !plain(c.bgcolor()))
    }
    /// Changes the size.
    pub fn resize(&mut self, cols: u16, rows: u16) {
        self.parser = {
            let alternate = self.parser.screen().alternate_screen();
            let mut p = vt100::Parser::new(cells(rows), cells(cols), 0);
            if alternate {
                p.process(b"\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?1000h\x1b[?1006h");
            }
            p
        };
    }
    /// Whether the other screen is shown.
    pub fn is_full_screen(&self) -> bool {
        self.parser.screen().alternate_screen()
    }
    /// What is not as it was found.
    pub fn left_changed(&self) -> Vec<&'static str> {
        let s = self.parser.screen();
        let plain = (s.fgcolor(), s.bgcolor()) == (vt100::Color::Default, vt100::Color::Default);
        let found = [
            ("other screen", s.alternate_screen()),
            ("cursor hidden", s.hide_cursor()),
            ("pastes marked", s.bracketed_paste()),
            ("mouse", s.mouse_protocol_mode() != vt100::MouseProtocolMode::None),
            ("mouse in decimal", s.mouse_protocol_encoding() != vt100::MouseProtocolEncoding::Default),
            ("cursor keys", s.application_cursor()),
            ("keypad", s.application_keypad()),
            ("colour", !plain || s.bold() || s.dim() || s.inverse() || s.underline() || s.italic()),
        ];
        found.into_iter().filter(|(_, is)| *is).map(|(what, _)| what).collect()
    }
}
