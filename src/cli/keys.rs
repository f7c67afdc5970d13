//! `[keys]` of the config: names to commands, words to keys.

use std::collections::BTreeMap;

use crate::app::command::{COMMANDS, Command};
use crate::app::key::Key;
use crate::app::keymap::KeyMap;
use crate::store::config::{Binding, Mistake, Wrong, near};
use crate::text::keys::{describe, key_name};

/// Bindings as the console takes them.
pub(crate) type Bound = Vec<(Command, Vec<Key>)>;

/// Reads the bindings; `Err` holds every mistake with its place.
pub(crate) fn read(keys: &BTreeMap<String, Binding>) -> Result<Bound, Vec<Mistake>> {
    let mut bound = Vec::new();
    let mut mistakes = Vec::new();
    for (name, binding) in keys {
        let Some(entry) = COMMANDS.iter().find(|e| e.name == name) else {
            let wrong = Wrong::UnknownKey {
                key: name.clone(),
                table: "[keys]".to_owned(),
                near: near(name, COMMANDS.iter().map(|e| e.name)),
            };
            mistakes.push(Mistake { at: binding.at, wrong });
            continue;
        };
        let mut list = Vec::new();
        for word in &binding.keys {
            match word.parse() {
                Ok(key) => list.push(key),
                Err(()) => mistakes.push(Mistake {
                    at: binding.at,
                    wrong: Wrong::Value {
                        key: name.clone(),
                        why: format!(
                            "holds `{word}`, which is no key: one character, ctrl- and a letter, or a word like enter, tab, up, pgdn"
                        ),
                    },
                }),
            }
        }
        bound.push((entry.command, list));
    }
    mistakes.sort_by_key(|m| m.at);
    if mistakes.is_empty() { Ok(bound) } else { Err(mistakes) }
}

/// Keys that two commands want, in words.
pub(crate) fn clashes(bound: &[(Command, Vec<Key>)]) -> Vec<String> {
    KeyMap::new(bound)
        .clashes()
        .iter()
        .map(|c| {
            format!(
                "[keys]: `{}` is wanted twice: it is for \"{}\" and not for \"{}\"",
                key_name(c.key, true),
                describe(c.kept),
                describe(c.lost)
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::config::{Around, parse};

    fn of(text: &str) -> Result<Bound, Vec<String>> {
        let config = parse(&format!("[keys]\n{text}\n"), &Around::default()).unwrap();
        read(&config.keys).map_err(|m| m.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn every_default_key_can_be_written_as_the_help_names_it() {
        for entry in COMMANDS {
            for k in entry.keys {
                assert_eq!(key_name(*k, true).parse().ok(), Some(*k), "{}", entry.name);
            }
        }
    }

    #[test]
    fn a_command_is_bound_anew() {
        let bound = of("stop = [\"K\", \"ctrl-x\"]").unwrap();
        assert_eq!(bound, [(Command::Stop, vec![Key::char('K'), Key::ctrl('x')])]);
    }

    #[test]
    fn mistakes_have_a_place_and_a_near_name() {
        let found = of("stpo = [\"K\"]\nfind = [\"F13\"]").unwrap_err();
        assert!(found[0].starts_with("2:") && found[0].contains("did you mean `stop`?"), "{found:?}");
        assert!(found[1].starts_with("3:") && found[1].contains("`F13`"), "{found:?}");
    }

    #[test]
    fn a_key_that_two_commands_want_is_named() {
        let found = clashes(&of("stop = [\"K\"]\nstart = [\"K\"]").unwrap());
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("`K` is wanted twice"), "{found:?}");
    }
}
