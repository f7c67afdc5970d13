//! Keys and the mouse as the machine knows them: no terminal crate in here.

/// A key press.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// Which key.
    pub code: KeyCode,
    /// With Control held.
    pub ctrl: bool,
}

/// Which key. Anything else a terminal can send is [`KeyCode::Other`] and does nothing (T16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyCode {
    /// A printable character, case told by the character itself.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift-Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Home.
    Home,
    /// End.
    End,
    /// Unknown.
    Other,
}

/// Names of keys that are no printable character.
const NAMES: [(&str, KeyCode); 15] = [
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("shift-tab", KeyCode::BackTab),
    ("backspace", KeyCode::Backspace),
    ("del", KeyCode::Delete),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("pgup", KeyCode::PageUp),
    ("pgdn", KeyCode::PageDown),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("space", KeyCode::Char(' ')),
];

impl Key {
    /// A plain character.
    pub const fn char(c: char) -> Self {
        Self { code: KeyCode::Char(c), ctrl: false }
    }
    /// Control and a character.
    pub const fn ctrl(c: char) -> Self {
        Self { code: KeyCode::Char(c), ctrl: true }
    }
    /// As the config spells it, so that it can be read back; `other` for what has no name there.
    pub fn name(self) -> String {
        let name = match self.code {
            KeyCode::Char(' ') => "space".to_owned(),
            KeyCode::Char(c) => c.to_string(),
            code => NAMES.iter().find(|(_, c)| *c == code).map_or("other", |(n, _)| n).to_owned(),
        };
        if self.ctrl { format!("ctrl-{name}") } else { name }
    }
    /// A key that is no character.
    pub const fn plain(code: KeyCode) -> Self {
        Self { code, ctrl: false }
    }
}

impl std::str::FromStr for Key {
    type Err = ();

    /// Reads a key as the config spells it: one character (`S`, `/`), a name (`enter`, `pgdn`), or `ctrl-` before
    /// either. Keys that terminals and multiplexers keep for themselves are not refused here.
    fn from_str(word: &str) -> Result<Self, ()> {
        let (ctrl, name) = match word.strip_prefix("ctrl-") {
            Some(rest) => (true, rest),
            None => (false, word),
        };
        let mut chars = name.chars();
        let code = match (NAMES.iter().find(|(n, _)| *n == name), chars.next(), chars.next()) {
            (Some((_, code)), ..) => *code,
            (None, Some(c), None) if !c.is_control() => KeyCode::Char(c),
            (None, ..) => return Err(()),
        };
        Ok(Self { code, ctrl })
    }
}

/// Size of the screen in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Size {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_s_name_is_read_back_as_that_key() {
        let named = NAMES.iter().map(|(_, code)| *code);
        for code in named.chain(['a', 'S', '-', '?', '集'].map(KeyCode::Char)) {
            for ctrl in [false, true] {
                let key = Key { code, ctrl };
                assert_eq!(key.name().parse(), Ok(key));
            }
        }
        assert_eq!("other".parse::<Key>(), Err(()));
    }
}
