//! What a key asks of the console: the closed list, with group, default keys and name of each.

use super::key::{Key, KeyCode};

/// What a key asks of the console. An [`crate::domain::action::Action`] is something else: it changes a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Command {
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// Fold, or along an edge.
    Left,
    /// Unfold, or along an edge.
    Right,
    /// Half a page up.
    HalfPageUp,
    /// Half a page down.
    HalfPageDown,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the first.
    First,
    /// To the last.
    Last,
    /// In: open what is selected.
    Enter,
    /// Out: close the topmost thing, then go up; never quits.
    Escape,
    /// Next pane, field or tab.
    NextPane,
    /// Previous pane, field or tab.
    PreviousPane,
    /// View 1.
    ViewTopology,
    /// View 2.
    ViewTasks,
    /// View 3.
    ViewTimeline,
    /// Last view.
    LastView,
    /// Back in the history of views.
    ViewBack,
    /// Forward in it.
    ViewForward,
    /// Find.
    Find,
    /// Next match.
    FindNext,
    /// Previous match.
    FindPrevious,
    /// Show only matches.
    OnlyMatches,
    /// Help for here.
    Help,
    /// Problems only; in a task: next failed or overdue step.
    Problems,
    /// All actions on this thing.
    Actions,
    /// Stop dialog.
    Stop,
    /// Start dialog.
    Start,
    /// Restart dialog.
    Restart,
    /// Copy the value.
    Copy,
    /// Copy the block.
    CopyBlock,
    /// Write what is shown into files.
    Export,
    /// The handoff note.
    Handoff,
    /// A note into the timeline.
    Note,
    /// The runbook card about what is on the screen.
    Runbook,
    /// What can be found by its name.
    Palette,
    /// Pause polling.
    Pause,
    /// Next refresh rate.
    RefreshRate,
    /// Read now.
    ReadNow,
    /// Follow: the running subtask, or the end of a log.
    Follow,
    /// Wrap log lines.
    Wrap,
    /// Times in the log.
    Times,
    /// Layout: lanes, boxes, list.
    Layout,
    /// Critical path.
    CriticalPath,
    /// Zoom the pane.
    Zoom,
    /// Fit the drawing.
    Fit,
    /// Larger form.
    ZoomIn,
    /// Smaller form.
    ZoomOut,
    /// Runs of finished steps folded or not.
    FoldRuns,
    /// The small picture of the whole drawing, shown or not.
    Minimap,
    /// Mouse capture off and on.
    Mouse,
    /// Draw everything again.
    Redraw,
    /// Suspend to the shell.
    Suspend,
    /// Out of a view; at the top, quit.
    Back,
    /// Quit.
    Quit,
}

/// Where in the help a command stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Movement.
    Move,
    /// Views and panes.
    View,
    /// Search.
    Find,
    /// What can change something on a server, by a dialog.
    Act,
    /// Clipboard and files.
    Copy,
    /// Reading again.
    Refresh,
    /// Task and log.
    Task,
    /// The program itself.
    Program,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The command.
    pub command: Command,
    /// Where it stands in help.
    pub group: Group,
    /// Its name in `[keys]` of the config.
    pub name: &'static str,
    /// Keys it has unless the config says otherwise.
    pub keys: &'static [Key],
}

const fn entry(command: Command, group: Group, name: &'static str, keys: &'static [Key]) -> Entry {
    Entry { command, group, name, keys }
}
const fn c(ch: char) -> Key {
    Key::char(ch)
}
const fn k(code: KeyCode) -> Key {
    Key::plain(code)
}

/// Every command. Never bound: ctrl-a, ctrl-b, ctrl-s, ctrl-q, ctrl-\, Alt chords, function keys (screens 3).
pub const COMMANDS: &[Entry] = &[
    entry(Command::Up, Group::Move, "up", &[k(KeyCode::Up), c('k')]),
    entry(Command::Down, Group::Move, "down", &[k(KeyCode::Down), c('j')]),
    entry(Command::Left, Group::Move, "left", &[k(KeyCode::Left), c('h')]),
    entry(Command::Right, Group::Move, "right", &[k(KeyCode::Right), c('l')]),
    entry(Command::HalfPageUp, Group::Move, "half-page-up", &[Key::ctrl('u')]),
    entry(Command::HalfPageDown, Group::Move, "half-page-down", &[Key::ctrl('d')]),
    entry(Command::PageUp, Group::Move, "page-up", &[k(KeyCode::PageUp)]),
    entry(Command::PageDown, Group::Move, "page-down", &[k(KeyCode::PageDown)]),
    entry(Command::First, Group::Move, "first", &[c('g'), k(KeyCode::Home)]),
    entry(Command::Last, Group::Move, "last", &[c('G'), k(KeyCode::End)]),
    entry(Command::Enter, Group::View, "enter", &[k(KeyCode::Enter)]),
    entry(Command::Escape, Group::View, "escape", &[k(KeyCode::Esc)]),
    entry(Command::NextPane, Group::View, "next-pane", &[k(KeyCode::Tab)]),
    entry(Command::PreviousPane, Group::View, "previous-pane", &[k(KeyCode::BackTab)]),
    entry(Command::ViewTopology, Group::View, "topology", &[c('1')]),
    entry(Command::ViewTasks, Group::View, "tasks", &[c('2')]),
    entry(Command::ViewTimeline, Group::View, "timeline", &[c('3')]),
    entry(Command::LastView, Group::View, "last-view", &[c('-')]),
    entry(Command::ViewBack, Group::View, "view-back", &[c('[')]),
    entry(Command::ViewForward, Group::View, "view-forward", &[c(']')]),
    entry(Command::Find, Group::Find, "find", &[c('/')]),
    entry(Command::FindNext, Group::Find, "find-next", &[c('n')]),
    entry(Command::FindPrevious, Group::Find, "find-previous", &[c('N')]),
    entry(Command::OnlyMatches, Group::Find, "only-matches", &[c('&')]),
    entry(Command::Problems, Group::Find, "problems", &[c('!')]),
    entry(Command::Actions, Group::Act, "actions", &[c('x')]),
    entry(Command::Stop, Group::Act, "stop", &[c('S')]),
    entry(Command::Start, Group::Act, "start", &[c('U')]),
    entry(Command::Restart, Group::Act, "restart", &[c('R')]),
    entry(Command::Copy, Group::Copy, "copy", &[c('y')]),
    entry(Command::CopyBlock, Group::Copy, "copy-block", &[c('Y')]),
    entry(Command::Export, Group::Copy, "export", &[c('E')]),
    entry(Command::Handoff, Group::Copy, "handoff", &[c('H')]),
    entry(Command::Note, Group::Copy, "note", &[]),
    entry(Command::Runbook, Group::Program, "runbook", &[c('b')]),
    entry(Command::Palette, Group::Program, "palette", &[c(':'), Key::ctrl('p')]),
    entry(Command::Pause, Group::Refresh, "pause", &[c('p')]),
    entry(Command::RefreshRate, Group::Refresh, "refresh-rate", &[c('+')]),
    entry(Command::ReadNow, Group::Refresh, "read-now", &[Key::ctrl('r')]),
    entry(Command::Follow, Group::Task, "follow", &[c('f')]),
    entry(Command::Wrap, Group::Task, "wrap", &[c('w')]),
    entry(Command::Times, Group::Task, "times", &[c('t')]),
    entry(Command::Layout, Group::Task, "layout", &[c('o')]),
    entry(Command::CriticalPath, Group::Task, "critical-path", &[c('c')]),
    entry(Command::Zoom, Group::Task, "zoom", &[c('z')]),
    entry(Command::Fit, Group::Task, "fit", &[c('0')]),
    entry(Command::ZoomIn, Group::Task, "zoom-in", &[c(')')]),
    entry(Command::ZoomOut, Group::Task, "zoom-out", &[c('(')]),
    entry(Command::FoldRuns, Group::Task, "fold-runs", &[c('d')]),
    entry(Command::Minimap, Group::Task, "minimap", &[c('M')]),
    entry(Command::Help, Group::Program, "help", &[c('?')]),
    entry(Command::Mouse, Group::Program, "mouse", &[c('m')]),
    entry(Command::Redraw, Group::Program, "redraw", &[Key::ctrl('l')]),
    entry(Command::Suspend, Group::Program, "suspend", &[Key::ctrl('z')]),
    entry(Command::Back, Group::Program, "back", &[c('q')]),
    entry(Command::Quit, Group::Program, "quit", &[Key::ctrl('c')]),
];
