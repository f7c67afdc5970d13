//! The clipboard at the other end of the line: OSC 52, through tmux and screen.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Bytes of text that are copied: xterm and others drop a sequence over 100,000 bytes (X15).
pub const COPY_BYTES: usize = 74_994;
/// Bytes of one piece inside GNU screen, whose own limit for a string is 768.
const SCREEN_PIECE: usize = 512;

/// What stands between us and the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Through {
    /// Nothing.
    #[default]
    Direct,
    /// tmux: wrapped, since it passes the plain sequence on only where `set-clipboard` is `on`; sent both ways.
    Tmux,
    /// GNU screen: wrapped, in pieces.
    Screen,
}

impl Through {
    /// From `TMUX`, `STY` and `TERM`.
    pub fn of(tmux: Option<&str>, sty: Option<&str>, term: &str) -> Self {
        let set = |v: Option<&str>| v.is_some_and(|v| !v.is_empty());
        if set(tmux) || term.starts_with("tmux") {
            Through::Tmux
        } else if set(sty) || term.starts_with("screen") {
            Through::Screen
        } else {
            Through::Direct
        }
    }
}

/// The bytes that put a text into the clipboard. Control characters are left out; what is over the limit is cut at
/// a character.
pub fn copy(text: &str, through: Through) -> Vec<u8> {
    let clean: String = text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    let mut end = clean.len().min(COPY_BYTES);
    while !clean.is_char_boundary(end) {
        end -= 1;
    }
    let coded = STANDARD.encode(clean.get(..end).unwrap_or_default());
    let plain = format!("\x1b]52;c;{coded}\x07");
    match through {
        Through::Direct => plain.into_bytes(),
        Through::Tmux => {
            let wrapped = plain.replace('\x1b', "\x1b\x1b");
            format!("{plain}\x1bPtmux;{wrapped}\x1b\\").into_bytes()
        }
        Through::Screen => {
            plain.as_bytes().chunks(SCREEN_PIECE).flat_map(|p| [b"\x1bP", p, b"\x1b\\"].concat()).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x15_a_copy_is_bounded_and_holds_no_control_characters() {
        assert_eq!(copy("a\x1b[2Jb", Through::Direct), b"\x1b]52;c;YVsySmI=\x07");
        let long = "é".repeat(100_000);
        assert!(copy(&long, Through::Direct).len() <= 100_000);
    }

    #[test]
    fn tmux_and_screen_are_told_to_pass_it_on() {
        assert_eq!(Through::of(Some("/tmp/tmux,1,0"), None, "screen-256color"), Through::Tmux);
        assert_eq!(Through::of(None, Some("1.pts"), "xterm"), Through::Screen);
        assert_eq!(Through::of(None, Some(""), "xterm-256color"), Through::Direct);
        assert_eq!(copy("a", Through::Tmux), b"\x1b]52;c;YQ==\x07\x1bPtmux;\x1b\x1b]52;c;YQ==\x07\x1b\\");
        let pieces = copy(&"x".repeat(3000), Through::Screen);
        assert!(pieces.starts_with(b"\x1bP\x1b]52;c;"));
    }
}
