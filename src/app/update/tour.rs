//! The tour at the keys, and the operator who takes them from it.

use super::orders::leave;
use super::{finish, lost, press};
use crate::app::command::Command;
use crate::app::effect::Effect;
use crate::app::facts::Notice;
use crate::app::key::{Key, KeyCode};
use crate::app::model::Model;
use crate::app::msg::Msg;
use crate::app::overlays::Overlay;
use crate::app::tour::Next;

/// Turns of the tour within one message: it presses one key at most, and rests after it.
const TURNS: usize = 16;

/// Lets the tour do what is due.
pub(super) fn play(model: &mut Model, out: &mut Vec<Effect>) {
    let mut has_moved = false;
    for _ in 0..TURNS {
        let Some(next) = model.tour.as_ref().filter(|_| !model.quit).map(|t| t.next(model)) else { break };
        if next == Next::Rest {
            break;
        }
        has_moved = true;
        if let Some(tour) = &mut model.tour {
            model.dirty |= tour.did(next, model.now);
        }
        match next {
            Next::Press(key) => {
                press(model, key, out);
                out.push(Effect::Pressed(key));
                break;
            }
            Next::End(_) => hand_over(model, Key::plain(KeyCode::Other)),
            _ => {}
        }
    }
    if has_moved {
        finish(model, out);
    }
}

/// Whether a message takes the keys from the tour and is used up by that: what was on the screen when it was sent is
/// not what the operator asked for, and a `y` meant for the tour must not answer a dialog. Quitting is obeyed.
pub(super) fn is_taken_over(model: &mut Model, msg: &Msg, out: &mut Vec<Effect>) -> bool {
    let Some(tour) = &model.tour else { return false };
    let is_playing = tour.ended().is_none();
    let key = match msg {
        Msg::Key(key) => *key,
        Msg::Paste(_) | Msg::Mouse(_) | Msg::Resumed | Msg::Terminate => Key::plain(KeyCode::Other),
        _ => return false,
    };
    // Nobody's key: it ends the tour, and does what it does.
    let is_from_the_system = matches!(msg, Msg::Resumed | Msg::Terminate);
    let command = model.keymap.command(key);
    if command == Some(Command::Redraw) && is_playing {
        out.push(Effect::Redraw);
        return true;
    }
    model.tour = None;
    model.dirty = true;
    if !is_playing {
        // It has ended by itself: the console was the operator's before this key.
        return false;
    }
    model.key = key;
    model.notices.seen();
    match command {
        Some(Command::Quit) => leave(model),
        Some(Command::Back) => lost::leave_asking(model),
        Some(Command::Suspend) => out.push(Effect::Suspend),
        _ if is_from_the_system => {}
        _ => model.notices.push(Notice::TakenOver, model.now),
    }
    hand_over(model, key);
    !is_from_the_system
}

/// What lies on top was opened and filled in by the tour: it hears nobody until it was seen again.
fn hand_over(model: &mut Model, key: Key) {
    match model.overlays.last_mut() {
        Some(Overlay::Dialog(d)) => d.handed_over(key, model.now),
        Some(Overlay::Confirm(c)) => c.handed_over(key, model.now),
        Some(Overlay::Lost(p)) => p.handed_over(key, model.now),
        _ => {}
    }
}
