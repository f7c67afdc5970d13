//! Words for keys and commands: the foot line, help and `docs/keys.md`, all from the one table.

use std::fmt::Write as _;

use crate::app::command::{COMMANDS, Command, Group};
use crate::app::key::{Key, KeyCode};
use crate::app::keymap::KeyMap;

/// A key as the screen names it.
pub fn key_name(key: Key, ascii: bool) -> String {
    let plain = |symbol: &str, word: &str| if ascii { word.to_owned() } else { symbol.to_owned() };
    let name = match key.code {
        KeyCode::Char(' ') => "space".to_owned(),
        KeyCode::Char(c) => c.to_string(),
        KeyCode::Enter => plain("↵", "enter"),
        KeyCode::Esc => "esc".to_owned(),
        KeyCode::Tab => "tab".to_owned(),
        KeyCode::BackTab => "shift-tab".to_owned(),
        KeyCode::Backspace => "backspace".to_owned(),
        KeyCode::Delete => "del".to_owned(),
        KeyCode::Up => plain("↑", "up"),
        KeyCode::Down => plain("↓", "down"),
        KeyCode::Left => plain("←", "left"),
        KeyCode::Right => plain("→", "right"),
        KeyCode::PageUp => "pgup".to_owned(),
        KeyCode::PageDown => "pgdn".to_owned(),
        KeyCode::Home => "home".to_owned(),
        KeyCode::End => "end".to_owned(),
        KeyCode::Other => "?".to_owned(),
    };
    if key.ctrl { format!("ctrl-{name}") } else { name }
}

/// The keys of a command as the screen names them, the usual one first.
pub fn keys_of(map: &KeyMap, command: Command, ascii: bool) -> String {
    let names: Vec<String> = map.keys(command).iter().map(|k| key_name(*k, ascii)).collect();
    names.join(" ")
}

/// What a command does, in a few words.
pub fn describe(command: Command) -> &'static str {
    match command {
        Command::Up => "one row up",
        Command::Down => "one row down",
        Command::Left => "fold; left in a drawing",
        Command::Right => "unfold; right in a drawing",
        Command::HalfPageUp => "half a page up",
        Command::HalfPageDown => "half a page down",
        Command::PageUp => "a page up",
        Command::PageDown => "a page down",
        Command::First => "first",
        Command::Last => "last",
        Command::Enter => "open what is selected",
        Command::Escape => "close the topmost, go up",
        Command::NextPane => "next pane, tab, field",
        Command::PreviousPane => "previous pane, tab, field",
        Command::ViewTopology => "view 1: topology",
        Command::ViewTasks => "view 2: tasks",
        Command::ViewTimeline => "view 3: timeline",
        Command::LastView => "last view",
        Command::ViewBack => "back in the views' history",
        Command::ViewForward => "forward in it",
        Command::Find => "find",
        Command::FindNext => "next match",
        Command::FindPrevious => "previous match, or a note",
        Command::OnlyMatches => "only matches, or all",
        Command::Problems => "problems; task: next one",
        Command::Actions => "all actions on this",
        Command::Stop => "stop: opens the dialog",
        Command::Start => "start: opens the dialog",
        Command::Restart => "restart: opens the dialog",
        Command::Copy => "copy the value",
        Command::CopyBlock => "copy the block or row",
        Command::Export => "save to files",
        Command::Handoff => "handoff note; y copies it",
        Command::Note => "note for the timeline",
        Command::Runbook => "runbook card for here",
        Command::Palette => "find anything by its name",
        Command::Pause => "pause polling, or go on",
        Command::RefreshRate => "next refresh rate",
        Command::ReadNow => "read now",
        Command::Follow => "follow what runs",
        Command::Wrap => "log: wrap lines",
        Command::Times => "log: times",
        Command::Layout => "task: lanes, boxes, list",
        Command::CriticalPath => "task: critical path",
        Command::Zoom => "zoom this pane",
        Command::Fit => "drawing: fit",
        Command::ZoomIn => "drawing: larger",
        Command::ZoomOut => "drawing: smaller",
        Command::FoldRuns => "task: fold what is done",
        Command::Minimap => "drawing: small map",
        Command::Help => "help for here",
        Command::Mouse => "mouse capture off, on",
        Command::Redraw => "draw everything again",
        Command::Suspend => "suspend to the shell",
        Command::Back => "out of a view; quit",
        Command::Quit => "quit; cancel a dialog",
    }
}

/// The groups in the order of help, with their titles.
pub const GROUPS: [(Group, &str); 8] = [
    (Group::Move, "Move"),
    (Group::View, "Views and panes"),
    (Group::Find, "Find"),
    (Group::Act, "Act (opens a dialog)"),
    (Group::Copy, "Copy, save"),
    (Group::Refresh, "Read"),
    (Group::Task, "Task and log"),
    (Group::Program, "Program"),
];

/// The content of `docs/keys.md`.
pub fn keys_md() -> String {
    let mut out = String::from(
        "# Keys\n\nMade from the table of commands (`src/app/command.rs`); a test compares the two. Every key can be bound anew in\n\
         `[keys]` of the config by the command's name. Never bound: ctrl-a, ctrl-b, ctrl-s, ctrl-q, ctrl-\\, Alt chords, function keys.\n",
    );
    for (group, title) in GROUPS {
        let _ = write!(out, "\n## {title}\n\n| Keys | Command | What it does |\n|---|---|---|\n");
        for entry in COMMANDS.iter().filter(|e| e.group == group) {
            let keys: Vec<String> = entry.keys.iter().map(|k| format!("`{}`", key_name(*k, false))).collect();
            let _ = writeln!(out, "| {} | `{}` | {} |", keys.join(" "), entry.name, describe(entry.command));
        }
    }
    out
}
