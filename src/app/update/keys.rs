//! Keys, pasted text and the mouse: to the topmost overlay, to the console, else to the focused pane.

use super::go::{carry_out, open};
use super::orders::{dialog_step, leave};
use super::panes::{Pane, on_pane, overlays_and_facts, pane_command, to_pane};
use super::{lost, palette, papers};
use crate::app::command::Command;
use crate::app::effect::{Effect, Want};
use crate::app::facts::Notice;
use crate::app::key::Key;
use crate::app::model::Model;
use crate::app::msg::{Mouse, MouseKind};
use crate::app::overlays::Overlay;
use crate::app::overlays::find::{Find, FindStep};
use crate::app::overlays::help::{Help, HelpStep};
use crate::app::views::View;
use crate::domain::shown::Shown;
use crate::domain::time::Span;

/// Refresh rates that `+` walks through, in seconds.
const RATES: [i64; 4] = [1, 2, 5, 10];

pub(super) fn on_key(model: &mut Model, key: Key, out: &mut Vec<Effect>) {
    let command = model.keymap.command(key);
    // A chord that types nothing means the same over every overlay.
    if key.ctrl {
        match command {
            Some(Command::Suspend) => return out.push(Effect::Suspend),
            Some(Command::Redraw) => return out.push(Effect::Redraw),
            // What a dialog waits for, and what it is locked by (H02), is read again where it stands.
            Some(Command::ReadNow) => return read_now(model, true, out),
            Some(Command::Quit) if model.overlays.is_empty() || model.is_sending() => return leave(model),
            Some(Command::Quit) => {
                model.overlays.pop();
                return;
            }
            _ => {}
        }
    }
    if model.overlays.is_empty() {
        if let Some(turn) = model.replay.as_mut().and_then(|r| r.key(key, model.now)) {
            return out.push(Effect::Tape(turn));
        }
        if let Some(command) = command {
            on_command(model, command, out);
        }
    } else {
        overlay_key(model, key, out);
    }
}

pub(super) fn overlay_key(model: &mut Model, key: Key, out: &mut Vec<Effect>) {
    if let Some(Overlay::Lost(page)) = model.overlays.last_mut() {
        let step = page.key(key, &model.lost, model.now);
        return lost::step(model, step, out);
    }
    let body = model.body().size();
    let (overlays, cx) = overlays_and_facts(model, body);
    let step = match overlays.last_mut() {
        Some(Overlay::Dialog(d)) => d.key(key, &cx),
        Some(Overlay::Confirm(c)) => c.key(key, &cx),
        Some(Overlay::Actions(a)) => a.key(key, &cx),
        Some(Overlay::Note(n)) => n.key(key),
        Some(Overlay::Handoff(h)) => h.key(key),
        Some(Overlay::Card(c)) => c.key(key),
        Some(Overlay::Palette(p)) => p.key(key, &cx),
        Some(Overlay::Help(h)) => {
            if h.key(key) == HelpStep::Close {
                model.overlays.pop();
            }
            return;
        }
        Some(Overlay::Find(f)) => {
            let only = f.only;
            match f.key(key) {
                FindStep::Stay => {}
                FindStep::Close => {
                    model.overlays.pop();
                }
                FindStep::Look(text) => {
                    model.overlays.pop();
                    look(model, text, only);
                }
            }
            return;
        }
        Some(Overlay::Lost(_)) | None => return,
    };
    palette::keep(model, &step);
    dialog_step(model, step, out);
}

pub(super) fn paste(model: &mut Model, text: &str) {
    let body = model.body().size();
    let (overlays, cx) = overlays_and_facts(model, body);
    match overlays.last_mut() {
        Some(Overlay::Dialog(d)) => d.paste(text, &cx),
        Some(Overlay::Confirm(c)) => c.paste(text, &cx),
        Some(Overlay::Help(h)) => h.paste(text),
        Some(Overlay::Find(f)) => f.paste(text),
        Some(Overlay::Note(n)) => n.paste(text),
        Some(Overlay::Palette(p)) => p.paste(text),
        // Pasted text is never a row of commands (X14).
        Some(Overlay::Actions(_) | Overlay::Handoff(_) | Overlay::Card(_) | Overlay::Lost(_)) | None => {}
    }
}

pub(super) fn on_mouse(model: &mut Model, mouse: Mouse, out: &mut Vec<Effect>) {
    if !model.overlays.is_empty() {
        return;
    }
    let Some(slot) = model.slots().into_iter().find(|s| s.area.holds(mouse.x, mouse.y)) else { return };
    model.dirty = true;
    let (x, y) = (mouse.x - slot.area.x, mouse.y - slot.area.y);
    let wheel = |command| (0..3).map(|_| command).collect::<Vec<Command>>();
    let commands = match mouse.kind {
        MouseKind::Click => {
            model.focus = slot.pane;
            let step = on_pane(model, slot.pane, slot.area.size(), |pane, cx| match pane {
                Pane::Topology(p) => p.click(x, y, cx),
                Pane::Detail(p) => p.click(x, y, cx),
                Pane::Tasks(p) => p.click(x, y, cx),
                Pane::Task(p) => p.click(x, y, cx),
                Pane::Log(p) => p.click(x, y, cx),
                Pane::Timeline(p, ..) => p.click(x, y, cx),
            });
            return carry_out(model, step, out);
        }
        MouseKind::WheelUp => wheel(Command::Up),
        MouseKind::WheelDown => wheel(Command::Down),
    };
    for command in commands {
        let step = pane_command(model, slot.pane, slot.area.size(), command);
        carry_out(model, step, out);
    }
}

/// What the console itself does; everything else is the focused pane's.
pub(super) fn on_command(model: &mut Model, command: Command, out: &mut Vec<Effect>) {
    match command {
        Command::Quit => leave(model),
        Command::Back => {
            if !model.views.up() {
                lost::leave_asking(model);
            }
        }
        Command::Escape => escape(model, out),
        Command::ViewTopology => model.views.go(View::Topology),
        Command::ViewTasks => model.views.go(View::Tasks),
        Command::ViewTimeline => papers::view(model, out),
        Command::Handoff => papers::handoff(model, out),
        Command::Note => papers::note(model),
        Command::Runbook => papers::card(model),
        Command::Palette => palette::view(model, out),
        Command::LastView => model.views.last(),
        Command::ViewBack => drop(model.views.back()),
        Command::ViewForward => drop(model.views.forward()),
        Command::NextPane | Command::PreviousPane => turn_focus(model, command, out),
        Command::Zoom if *model.views.now() == View::Topology => model.zoomed = !model.zoomed,
        // A timeline is read by thinning it out.
        Command::Find => open(model, Overlay::Find(Find::new(*model.views.now() == View::Timeline))),
        // What is thinned out has no match to go back to.
        Command::FindPrevious if model.found.is_none() || *model.views.now() == View::Timeline => {
            papers::note(model);
        }
        Command::FindNext | Command::FindPrevious => {
            if model.found.is_some() {
                find(model, command == Command::FindNext);
            } else {
                open(model, Overlay::Find(Find::new(false)));
            }
        }
        Command::OnlyMatches => match (model.only_matches, model.found.is_some()) {
            (true, _) => set_only_matches(model, false),
            (false, true) => set_only_matches(model, true),
            (false, false) => open(model, Overlay::Find(Find::new(true))),
        },
        Command::Help => {
            let help = Help::new(model.offers(), model.key);
            open(model, Overlay::Help(help));
        }
        Command::Pause => {
            model.poll.paused = !model.poll.paused;
            model.notices.push(Notice::Paused(model.poll.paused), model.now);
        }
        Command::RefreshRate => {
            let now = model.settings.refresh.secs();
            let next = RATES.into_iter().find(|r| *r > now).unwrap_or(RATES[0]);
            model.settings.refresh = Span::from_secs(next);
            model.notices.push(Notice::RefreshRate(model.settings.refresh), model.now);
        }
        Command::ReadNow => read_now(model, true, out),
        Command::Mouse => {
            model.mouse = !model.mouse;
            model.notices.push(Notice::Mouse(model.mouse), model.now);
            out.push(Effect::Mouse(model.mouse));
        }
        Command::Redraw => out.push(Effect::Redraw),
        Command::Suspend => out.push(Effect::Suspend),
        _ => to_pane(model, command, out),
    }
}

/// Closes the topmost thing: an error on the message line, a filter, a zoom, then the view. Never the program.
pub(super) fn escape(model: &mut Model, out: &mut Vec<Effect>) {
    if model.notices.dismiss() {
        return;
    }
    // The find is over: `N` is a note again.
    model.found = None;
    if model.only_matches {
        return set_only_matches(model, false);
    }
    if std::mem::take(&mut model.zoomed) {
        return;
    }
    if *model.views.now() == View::Topology {
        return to_pane(model, Command::Escape, out);
    }
    model.views.up();
}

/// With one pane on the screen, tab is that pane's own (tabs, fields); with several it walks between them.
pub(super) fn turn_focus(model: &mut Model, command: Command, out: &mut Vec<Effect>) {
    let slots = model.slots();
    if slots.len() < 2 {
        return to_pane(model, command, out);
    }
    let at = slots.iter().position(|s| s.pane == model.focus).unwrap_or(0);
    let step = if command == Command::NextPane { 1 } else { slots.len() - 1 };
    if let Some(slot) = slots.get((at + step) % slots.len()) {
        model.focus = slot.pane;
    }
}

/// Looks for a text where the operator is; `only`: leaves out what does not match.
pub(super) fn look(model: &mut Model, text: String, only: bool) {
    model.found = Some(text);
    if only {
        set_only_matches(model, true);
    } else {
        find(model, true);
    }
}

pub(super) fn find(model: &mut Model, forward: bool) {
    let (Some(text), Some(slot)) = (model.found.clone(), model.focused()) else { return };
    let hit = on_pane(model, slot.pane, slot.area.size(), |pane, cx| match pane {
        Pane::Topology(p) => p.find(&text, forward, cx),
        Pane::Detail(p) => p.find(&text, forward, cx),
        Pane::Tasks(p) => p.find(&text, forward, cx),
        Pane::Task(p) => p.find(&text, forward, cx),
        Pane::Log(p) => p.find(&text, forward, cx),
        Pane::Timeline(p, ..) => p.find(&text, forward, cx),
    });
    if !hit {
        model.notices.push(Notice::NoMatch(Shown::filter(&text)), model.now);
    }
}

pub(super) fn set_only_matches(model: &mut Model, on: bool) {
    model.only_matches = on;
    let text = if on { model.found.clone() } else { None };
    model.topology.filter(text.as_deref());
    model.detail.filter(text.as_deref());
    model.tasks.filter(text.as_deref());
    model.task.filter(text.as_deref());
    model.log.filter(text.as_deref());
    model.timeline.filter(text.as_deref());
}

/// Reads everything on the screen again. By the operator's key it also lifts the stop after a 401, of the profile
/// in question only: each try may count against an account.
pub(super) fn read_now(model: &mut Model, by_operator: bool, out: &mut Vec<Effect>) {
    let (wants, _) = model.wants();
    for Want { query, .. } in wants {
        model.poll.hurry(query);
    }
    if !by_operator {
        return;
    }
    let here = model.profile().map(|p| p.name.clone());
    model.cache.forbidden.forget(here.as_ref());
    let stopped: Vec<_> =
        model.poll.stopped().filter(|p| here.as_ref().is_none_or(|h| h == *p)).cloned().collect();
    for profile in stopped {
        model.poll.resume(&profile, &mut model.cache);
        out.push(Effect::Resume(profile));
    }
}
