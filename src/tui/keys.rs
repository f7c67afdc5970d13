//! From the terminal's bytes to keys, pastes, clicks and answers.
//!
//! Written here rather than taken from the terminal crate, because that one keeps the answers to queries to itself
//! (and waits for them), and reads on without end where a terminal is gone. Pure: bytes in, inputs out. What is not
//! known is swallowed whole, by the grammar of control sequences, so that an answer or a report never becomes a
//! command (X14, T16).

use crate::app::key::{Key, KeyCode};
use crate::app::msg::{Mouse, MouseKind};

/// Bytes of one paste that are kept.
const PASTE_BYTES: usize = 64 * 1024;
/// Bytes of one control sequence; a longer one is no sequence.
const SEQUENCE_BYTES: usize = 64;

/// Something the terminal sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A key.
    Key(Key),
    /// Pasted text without control characters; line ends and tabs are spaces.
    Paste(String),
    /// A click or a turn of the wheel.
    Mouse(Mouse),
    /// Where the cursor is, counted from 1: the answer to a question of ours (or a key with a modifier, ignored).
    CursorAt {
        /// Row.
        row: u16,
        /// Column.
        column: u16,
    },
    /// Whether the terminal knows a private mode: 0 it does not, 1 set, 2 reset, 3 and 4 for ever.
    Mode {
        /// Which.
        mode: u16,
        /// Its state.
        state: u16,
    },
}

/// What the bytes so far leave open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// Nothing: every byte was understood.
    Nothing,
    /// A lone escape: a key, unless more comes at once.
    Escape,
    /// The beginning of a sequence, a character or a paste; more is on its way.
    Sequence,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Ground,
    Escape,
    /// After `ESC [`.
    Csi(Vec<u8>),
    /// After `ESC O`.
    Ss3,
    /// In OSC, DCS, APC, PM or SOS until BEL or ST; the flag: an escape was seen.
    Text(bool),
    /// The three bytes after an old mouse report.
    OldMouse(u8),
    Paste(Vec<u8>),
    /// Inside a character of several bytes: what came, how many still come.
    Utf8(Vec<u8>, usize),
}

/// Reads a terminal's bytes. Never fails, never keeps more than one paste.
#[derive(Debug, Default)]
pub struct Parser {
    state: State,
}

impl Parser {
    /// Takes bytes in any portions.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<Input>) {
        for &byte in bytes {
            self.byte(byte, out);
        }
    }
    /// What the bytes so far leave open.
    pub fn open(&self) -> Open {
        match self.state {
            State::Ground => Open::Nothing,
            State::Escape => Open::Escape,
            _ => Open::Sequence,
        }
    }
    /// Nothing more came for a while: a lone escape is the key, a half sequence is dropped, a paste ends.
    pub fn settle(&mut self, out: &mut Vec<Input>) {
        match std::mem::take(&mut self.state) {
            State::Escape => out.push(plain(KeyCode::Esc)),
            State::Paste(text) => out.push(Input::Paste(clean_paste(&text))),
            _ => {}
        }
    }

    fn byte(&mut self, b: u8, out: &mut Vec<Input>) {
        self.state = match std::mem::take(&mut self.state) {
            State::Ground => ground(b, out),
            State::Escape => match b {
                b'[' => State::Csi(Vec::new()),
                b'O' => State::Ss3,
                b']' | b'P' | b'_' | b'^' | b'X' => State::Text(false),
                // Escape, then a key at once (or Alt with a key, which is never bound): both, in that order.
                _ => {
                    out.push(plain(KeyCode::Esc));
                    ground(b, out)
                }
            },
            State::Ss3 => {
                out.extend(ss3(b));
                State::Ground
            }
            State::Csi(seen) => csi_byte(seen, b, out),
            State::Text(escaped) => match b {
                0x07 | 0x18 | 0x1a => State::Ground,
                b'\\' if escaped => State::Ground,
                _ => State::Text(b == 0x1b),
            },
            State::OldMouse(1) => State::Ground,
            State::OldMouse(left) => State::OldMouse(left.saturating_sub(1)),
            State::Paste(text) => paste_byte(text, b, out),
            State::Utf8(seen, left) => utf8_byte(seen, left, b, out),
        };
    }
}

const fn plain(code: KeyCode) -> Input {
    Input::Key(Key::plain(code))
}

fn ground(b: u8, out: &mut Vec<Input>) -> State {
    let key = match b {
        0x1b => return State::Escape,
        b'\r' | b'\n' => Key::plain(KeyCode::Enter),
        b'\t' => Key::plain(KeyCode::Tab),
        0x7f | 0x08 => Key::plain(KeyCode::Backspace),
        0x01..=0x1a => Key::ctrl(char::from(b | 0x60)),
        0x1c..=0x1f => Key::ctrl(char::from(b | 0x40)),
        0x20..=0x7e => Key::char(char::from(b)),
        0xc2..=0xdf => return State::Utf8(vec![b], 1),
        0xe0..=0xef => return State::Utf8(vec![b], 2),
        0xf0..=0xf4 => return State::Utf8(vec![b], 3),
        // Control-space, and bytes that no character begins with.
        _ => Key::plain(KeyCode::Other),
    };
    out.push(Input::Key(key));
    State::Ground
}

fn utf8_byte(mut seen: Vec<u8>, left: usize, b: u8, out: &mut Vec<Input>) -> State {
    if b & 0xc0 != 0x80 {
        out.push(plain(KeyCode::Other));
        return ground(b, out);
    }
    seen.push(b);
    if left > 1 {
        return State::Utf8(seen, left - 1);
    }
    let c = std::str::from_utf8(&seen).ok().and_then(|s| s.chars().next()).filter(|c| !c.is_control());
    out.push(Input::Key(c.map_or(Key::plain(KeyCode::Other), Key::char)));
    State::Ground
}

fn paste_byte(mut text: Vec<u8>, b: u8, out: &mut Vec<Input>) -> State {
    const END: &[u8] = b"\x1b[201~";
    text.push(b);
    if text.ends_with(END) {
        text.truncate(text.len() - END.len());
        out.push(Input::Paste(clean_paste(&text)));
        return State::Ground;
    }
    if text.len() > PASTE_BYTES + END.len() {
        // The tail stays, so that the end is still seen; what was over the limit is dropped.
        text.remove(PASTE_BYTES);
    }
    State::Paste(text)
}

/// Without control characters (X14): neither an escape nor a line end can act.
fn clean_paste(text: &[u8]) -> String {
    let text = text.get(..PASTE_BYTES).unwrap_or(text);
    String::from_utf8_lossy(text)
        .chars()
        .filter_map(|c| match c {
            '\n' | '\t' => Some(' '),
            c if c.is_control() => None,
            c => Some(c),
        })
        .collect()
}

fn csi_byte(mut seen: Vec<u8>, b: u8, out: &mut Vec<Input>) -> State {
    match b {
        0x1b => return State::Escape,
        0x18 | 0x1a => return State::Ground,
        0x20..=0x3f if seen.len() < SEQUENCE_BYTES => {
            seen.push(b);
            return State::Csi(seen);
        }
        b'M' if seen.is_empty() => return State::OldMouse(3),
        // The Linux console's F1 to F5: `ESC [ [ A`.
        b'[' if seen.is_empty() => return State::Ss3,
        b'~' if seen == b"200" => return State::Paste(Vec::new()),
        0x40..=0x7e => out.extend(csi(&seen, b)),
        _ => {}
    }
    State::Ground
}

fn ss3(b: u8) -> Option<Input> {
    Some(plain(match b {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'H' => KeyCode::Home,
        b'F' => KeyCode::End,
        b'M' => KeyCode::Enter,
        b'P'..=b'S' => KeyCode::Other,
        _ => return None,
    }))
}

fn csi(seen: &[u8], last: u8) -> Option<Input> {
    let text = std::str::from_utf8(seen).ok()?;
    let numbers =
        |t: &str| -> Vec<u16> { t.split(';').map(|n| n.parse().unwrap_or(0)).collect::<Vec<u16>>() };
    if let Some(rest) = text.strip_prefix('<') {
        return mouse(&numbers(rest), last);
    }
    if let Some(rest) = text.strip_prefix('?') {
        let rest = rest.strip_suffix('$')?;
        return match (numbers(rest).as_slice(), last) {
            ([mode, state], b'y') => Some(Input::Mode { mode: *mode, state: *state }),
            _ => None,
        };
    }
    let n = numbers(text);
    let code = match (last, n.first().copied().unwrap_or(0)) {
        (b'R', row) => return Some(Input::CursorAt { row, column: n.get(1).copied().unwrap_or(1) }),
        (b'A', _) => KeyCode::Up,
        (b'B', _) => KeyCode::Down,
        (b'C', _) => KeyCode::Right,
        (b'D', _) => KeyCode::Left,
        (b'H', _) | (b'~', 1 | 7) => KeyCode::Home,
        (b'F', _) | (b'~', 4 | 8) => KeyCode::End,
        (b'Z', _) => KeyCode::BackTab,
        (b'~', 3) => KeyCode::Delete,
        (b'~', 5) => KeyCode::PageUp,
        (b'~', 6) => KeyCode::PageDown,
        (b'~', 2 | 11..=34) | (b'P' | b'Q' | b'S', _) => KeyCode::Other,
        _ => return None,
    };
    // With a modifier (`1;5A`) an arrow is another key: unbound, but for Shift, which many terminals add by habit.
    let with = n.get(1).copied().unwrap_or(1);
    Some(plain(if with <= 2 { code } else { KeyCode::Other }))
}

fn mouse(n: &[u16], last: u8) -> Option<Input> {
    let [button, x, y] = n else { return None };
    let kind = match (button, last) {
        (0, b'M') => MouseKind::Click,
        (64, b'M') => MouseKind::WheelUp,
        (65, b'M') => MouseKind::WheelDown,
        _ => return None,
    };
    Some(Input::Mouse(Mouse { x: x.saturating_sub(1), y: y.saturating_sub(1), kind }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8]) -> Vec<Input> {
        let (mut p, mut out) = (Parser::default(), Vec::new());
        p.feed(bytes, &mut out);
        p.settle(&mut out);
        out
    }
    fn key(code: KeyCode) -> Input {
        Input::Key(Key::plain(code))
    }
    fn char(c: char) -> Input {
        Input::Key(Key::char(c))
    }

    #[test]
    fn keys_of_every_kind_are_read() {
        assert_eq!(read(b"q"), [char('q')]);
        assert_eq!(read("é集".as_bytes()), [char('é'), char('集')]);
        assert_eq!(read(b"\x03\x1a\x1c"), [Key::ctrl('c'), Key::ctrl('z'), Key::ctrl('\\')].map(Input::Key));
        assert_eq!(
            read(b"\x1b[A\x1bOB\x1b[5~\x1b[1;2C"),
            [key(KeyCode::Up), key(KeyCode::Down), key(KeyCode::PageUp), key(KeyCode::Right)]
        );
        assert_eq!(
            read(b"\r\x7f\t\x1b[Z"),
            [key(KeyCode::Enter), key(KeyCode::Backspace), key(KeyCode::Tab), key(KeyCode::BackTab)]
        );
    }

    #[test]
    fn a_lone_escape_is_the_key_only_once_nothing_follows() {
        let (mut p, mut out) = (Parser::default(), Vec::new());
        p.feed(b"\x1b", &mut out);
        assert_eq!((p.open(), out.len()), (Open::Escape, 0));
        p.feed(b"[", &mut out);
        p.feed(b"B", &mut out);
        assert_eq!((p.open(), out.as_slice()), (Open::Nothing, [key(KeyCode::Down)].as_slice()));
        assert_eq!(read(b"\x1b"), [key(KeyCode::Esc)]);
        assert_eq!(read(b"\x1bq"), [key(KeyCode::Esc), char('q')]);
    }

    #[test]
    fn x14_a_paste_holds_no_control_character_and_no_command() {
        assert_eq!(
            read(b"\x1b[200~y\r\nS\x1b]52;c;x\x07\x9b\x1b[201~k"),
            [Input::Paste("y S]52;c;x\u{fffd}".to_owned()), char('k')]
        );
    }

    #[test]
    fn x14_answers_of_a_terminal_are_never_keys() {
        assert_eq!(read(b"\x1b[12;3R"), [Input::CursorAt { row: 12, column: 3 }]);
        assert_eq!(read(b"\x1b[?2026;2$y"), [Input::Mode { mode: 2026, state: 2 }]);
        for answer in [
            &b"\x1b[?62;22c"[..],
            b"\x1b[>41;379;0c",
            b"\x1bP>|XTerm(379)\x1b\\",
            b"\x1b]11;rgb:0000/0000/0000\x1b\\",
            b"\x1b]10;rgb:ff/ff/ff\x07",
            b"\x1b[0n",
            b"\x1b[I",
            b"\x1b[O",
            b"\x1b[M !!",
            b"\x1b[?0u",
            b"\x1b_Gi=1;OK\x1b\\",
        ] {
            assert_eq!(read(answer), [], "{}", answer.escape_ascii());
        }
    }

    #[test]
    fn t16_clicks_and_the_wheel_are_read_and_other_reports_ignored() {
        assert_eq!(
            read(b"\x1b[<0;5;2M\x1b[<0;5;2m\x1b[<65;1;1M\x1b[<35;9;9M"),
            [
                Input::Mouse(Mouse { x: 4, y: 1, kind: MouseKind::Click }),
                Input::Mouse(Mouse { x: 0, y: 0, kind: MouseKind::WheelDown })
            ]
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_the_same_in_any_portions(bytes: Vec<u8>, cut in 0_usize..64) {
            let whole = read(&bytes);
            let (mut p, mut out) = (Parser::default(), Vec::new());
            let (a, b) = bytes.split_at(cut.min(bytes.len()));
            p.feed(a, &mut out);
            p.feed(b, &mut out);
            p.settle(&mut out);
            prop_assert_eq!(out, whole);
        }
    }
}
