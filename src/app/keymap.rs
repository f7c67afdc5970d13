//! Which key asks for which command: the table of commands, with what the config binds anew.

use std::collections::HashMap;

use super::command::{COMMANDS, Command};
use super::key::{Key, KeyCode};

/// A key that two commands want. The later one has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clash {
    /// The key.
    pub key: Key,
    /// Who has it.
    pub kept: Command,
    /// Who wanted it too.
    pub lost: Command,
}

/// The bindings in force.
#[derive(Debug, Clone, Default)]
pub struct KeyMap {
    by_key: HashMap<Key, Command>,
    keys: HashMap<Command, Vec<Key>>,
    clashes: Vec<Clash>,
}

/// The one key that cannot be taken away: a console that cannot be left is a trap.
const QUIT: Key = Key::ctrl('c');

impl KeyMap {
    /// The defaults, then what the config says. A command named in the config has those keys and no others; a key it
    /// takes from another command is listed as a clash only when the config names both, or leaves the other without a key.
    pub fn new(config: &[(Command, Vec<Key>)]) -> Self {
        let mut map = Self::default();
        for entry in COMMANDS {
            if !config.iter().any(|(c, _)| *c == entry.command) {
                for key in entry.keys {
                    map.by_key.insert(*key, entry.command);
                }
            }
        }
        let mut told: HashMap<Key, Command> = HashMap::new();
        for (command, keys) in config {
            for key in keys.iter().filter(|k| **k != QUIT) {
                if let Some(first) = told.insert(*key, *command)
                    && first != *command
                {
                    map.clashes.push(Clash { key: *key, kept: *command, lost: first });
                }
                map.by_key.insert(*key, *command);
            }
        }
        map.by_key.insert(QUIT, Command::Quit);
        // In the table's order first, so that help names the usual key first.
        for entry in COMMANDS {
            let wanted = config.iter().find(|(c, _)| *c == entry.command).map(|(_, k)| k.as_slice());
            let mut keys: Vec<Key> = wanted
                .unwrap_or(entry.keys)
                .iter()
                .copied()
                .filter(|k| map.by_key.get(k) == Some(&entry.command))
                .collect();
            if entry.command == Command::Quit && !keys.contains(&QUIT) {
                keys.push(QUIT);
            }
            if keys.is_empty()
                && let Some((key, kept)) = entry.keys.iter().find_map(|k| map.by_key.get(k).map(|c| (*k, *c)))
            {
                map.clashes.push(Clash { key, kept, lost: entry.command });
            }
            map.keys.insert(entry.command, keys);
        }
        map
    }
    /// What a key asks for.
    pub fn command(&self, key: Key) -> Option<Command> {
        self.by_key.get(&key).copied()
    }
    /// The keys of a command, the usual one first.
    pub fn keys(&self, command: Command) -> &[Key] {
        self.keys.get(&command).map_or(&[], Vec::as_slice)
    }
    /// Keys that two commands wanted.
    pub fn clashes(&self) -> &[Clash] {
        &self.clashes
    }
}

/// Whether a key types a character into a field.
pub fn types(key: Key) -> Option<char> {
    match key.code {
        KeyCode::Char(c) if !key.ctrl => Some(c),
        KeyCode::Char(_)
        | KeyCode::Enter
        | KeyCode::Esc
        | KeyCode::Tab
        | KeyCode::BackTab
        | KeyCode::Backspace
        | KeyCode::Delete
        | KeyCode::Up
        | KeyCode::Down
        | KeyCode::Left
        | KeyCode::Right
        | KeyCode::PageUp
        | KeyCode::PageDown
        | KeyCode::Home
        | KeyCode::End
        | KeyCode::Other => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_key_has_one_command_and_none_is_taken_from_the_terminal() {
        let map = KeyMap::new(&[]);
        assert_eq!(map.clashes(), &[]);
        let all: usize = COMMANDS.iter().map(|e| e.keys.len()).sum();
        assert_eq!(map.by_key.len(), all, "two commands share a default key");
        for c in ['a', 'b', 's', 'q', '\\'] {
            assert_eq!(map.command(Key::ctrl(c)), None);
        }
    }

    #[test]
    fn the_config_binds_anew_and_a_clash_names_both() {
        let keys = vec![(Command::Pause, vec![Key::char('Z')]), (Command::Zoom, vec![Key::char('Z')])];
        let map = KeyMap::new(&keys);
        assert_eq!(map.command(Key::char('p')), None);
        assert!(map.clashes().contains(&Clash {
            key: Key::char('Z'),
            kept: Command::Zoom,
            lost: Command::Pause
        }));
    }

    #[test]
    fn ctrl_c_quits_whatever_the_config_says() {
        let map = KeyMap::new(&[(Command::Quit, vec![]), (Command::Pause, vec![QUIT])]);
        assert_eq!(map.command(QUIT), Some(Command::Quit));
    }
}
