//! The time line: what is pressed, what must be on the screen then, and how long its caption takes to read.
//!
//! The names are those of the calm fleet of the demo; in another one the tour ends where it does not find them.

use super::sight::{Sight, Target};
use crate::app::key::{Key, KeyCode};
use crate::domain::time::Span;

/// A zone that holds the only replica of a tenant.
const SOLE: Target = Target { cluster: "trade12", zone: "zone2", name: "trade12/zone2" };
/// A zone without which every tenant keeps its majority.
const SAFE: Target = Target { cluster: "protoss", zone: "zone2", name: "protoss/zone2" };

/// A zone that must not follow it.
const THEN: Target = Target { cluster: "protoss", zone: "zone1", name: "protoss/zone1" };

/// What is said of a scene; its words are in `text::tour`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caption {
    /// The tree.
    Fleet,
    /// What a stop would leave, before one is asked for.
    Foresight,
    /// A stop that the guard refuses.
    Refused,
    /// Back in the tree, on a zone that can be stopped.
    Unsent,
    /// The stop dialog.
    Dialog,
    /// The typed name.
    Name,
    /// The button that is unlocked.
    Deed,
    /// The task in lanes.
    Lanes,
    /// The task in boxes.
    Boxes,
    /// Its critical path.
    Critical,
    /// The log of a subtask.
    Log,
    /// What is left once the zone is stopped.
    Aftermath,
    /// The timeline.
    Timeline,
    /// The handoff note.
    Handoff,
    /// The palette.
    Palette,
    /// The help.
    Help,
    /// The end.
    Yours,
}

/// One thing shown.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) caption: Caption,
    pub(super) strokes: Vec<Stroke>,
    /// What the caption speaks of: the time to read begins when it is there.
    pub(super) seen: Sight,
    pub(super) reads: Span,
}

/// A key on the time line.
#[derive(Debug)]
pub(super) struct Stroke {
    pub(super) key: Key,
    /// What must be there for the key to be pressed.
    pub(super) on: Sight,
    /// Pressed again and again until this is there, and not at all if it is; `None`: pressed once.
    pub(super) until: Option<Sight>,
}

fn once(key: Key, on: Sight) -> Stroke {
    Stroke { key, on, until: None }
}

fn until(key: Key, on: Sight, until: Sight) -> Stroke {
    Stroke { key, on, until: Some(until) }
}

/// Types a text: each letter where all before it stand, and nothing else.
fn typed(text: &'static str, on: impl Fn(&'static str) -> Sight) -> Vec<Stroke> {
    let letters = text.char_indices();
    letters.map(|(at, c)| once(Key::char(c), on(text.get(..at).unwrap_or_default()))).collect()
}

/// From the tree to a zone, as an operator goes there: find the cluster, unfold it, walk down.
fn go_to(target: Target) -> Vec<Stroke> {
    let mut strokes = vec![once(Key::char('/'), Sight::Tree)];
    strokes.extend(typed(target.cluster, Sight::Finding));
    strokes.extend([
        once(ENTER, Sight::Finding(target.cluster)),
        until(Key::char('l'), Sight::Cluster(target), Sight::Unfolded(target)),
        until(Key::char('j'), Sight::Inside(target), Sight::Zone(target)),
    ]);
    strokes
}

/// What the palette is asked for.
const CARDS: &str = "runbook";

const ENTER: Key = Key::plain(KeyCode::Enter);
const ESC: Key = Key::plain(KeyCode::Esc);

/// The whole tour.
pub(super) fn all() -> Vec<Scene> {
    let mut scenes = before();
    scenes.extend(order());
    scenes.extend(task());
    scenes.extend(after());
    scenes
}

fn scene(caption: Caption, strokes: Vec<Stroke>, seen: Sight, millis: i64) -> Scene {
    Scene { caption, strokes, seen, reads: Span::from_millis(millis) }
}

/// What there is, and a stop that is refused.
fn before() -> Vec<Scene> {
    let mut to_the_safe_one = vec![once(ESC, Sight::Refused(SOLE))];
    to_the_safe_one.extend(go_to(SAFE));
    vec![
        scene(Caption::Fleet, Vec::new(), Sight::Tree, 4500),
        scene(Caption::Foresight, go_to(SOLE), Sight::Foreseen(SOLE), 5000),
        scene(
            Caption::Refused,
            vec![once(Key::char('S'), Sight::Foreseen(SOLE))],
            Sight::Refused(SOLE),
            6000,
        ),
        scene(Caption::Unsent, to_the_safe_one, Sight::Idle(SAFE), 4500),
    ]
}

/// A stop, from the question to the yes.
fn order() -> Vec<Scene> {
    let name = typed(SAFE.name, |so_far| Sight::Asks(SAFE, so_far));
    vec![
        scene(
            Caption::Dialog,
            vec![once(Key::char('S'), Sight::Foreseen(SAFE))],
            Sight::Asks(SAFE, ""),
            6000,
        ),
        scene(Caption::Name, name, Sight::Asks(SAFE, SAFE.name), 4500),
        scene(Caption::Deed, vec![once(ENTER, Sight::Asks(SAFE, SAFE.name))], Sight::Unlocked(SAFE), 4500),
    ]
}

/// The task that the yes makes.
fn task() -> Vec<Scene> {
    let layout = Key::char('o');
    vec![
        scene(
            Caption::Lanes,
            vec![once(Key::char('y'), Sight::Unlocked(SAFE)), until(layout, Sight::Task, Sight::Lanes)],
            Sight::Lanes,
            5000,
        ),
        scene(Caption::Boxes, vec![until(layout, Sight::Task, Sight::ChoseBoxes)], Sight::Boxes, 4500),
        scene(
            Caption::Critical,
            vec![until(Key::char('c'), Sight::Task, Sight::Critical)],
            Sight::Critical,
            4500,
        ),
        scene(Caption::Log, vec![once(ENTER, Sight::Task)], Sight::Log, 4500),
    ]
}

/// What is left behind, and how to find the way.
fn after() -> Vec<Scene> {
    let mut to_the_cards = vec![once(ESC, Sight::Handoff), once(Key::char(':'), Sight::Timeline)];
    to_the_cards.extend(typed(CARDS, Sight::Palette));
    vec![
        scene(
            Caption::Aftermath,
            vec![
                once(Key::char('1'), Sight::Log),
                until(Key::char('k'), Sight::Stopped(SAFE), Sight::Zone(THEN)),
            ],
            Sight::Foreseen(THEN),
            6000,
        ),
        scene(Caption::Timeline, vec![once(Key::char('3'), Sight::Tree)], Sight::Timeline, 5000),
        scene(Caption::Handoff, vec![once(Key::char('H'), Sight::Timeline)], Sight::Handoff, 5000),
        scene(Caption::Palette, to_the_cards, Sight::Palette(CARDS), 4500),
        scene(
            Caption::Help,
            vec![once(ESC, Sight::Palette(CARDS)), once(Key::char('?'), Sight::Timeline)],
            Sight::Help,
            4500,
        ),
        scene(
            Caption::Yours,
            vec![once(ESC, Sight::Help), once(Key::char('1'), Sight::Timeline)],
            Sight::Tree,
            1000,
        ),
    ]
}
