//! The one function that changes the [`Model`]: a message and its time in, effects out.

mod go;
mod keys;
mod lost;
mod orders;
mod palette;
mod panes;
mod papers;
mod tour;

use go::carry_out;
use keys::{on_key, on_mouse, paste, read_now};
use orders::{leave, on_outcome};
use panes::{Pane, on_pane, overlays_and_facts, show_selection};

use super::effect::Effect;
use super::facts::Notice;
use super::key::Key;
use super::model::{Model, clamp};
use super::msg::Msg;
use super::overlays::Overlay;
use super::panes::replay::Replay;
use super::story::Story;
use crate::domain::outcome::ReadErrorKind;
use crate::domain::shown::Shown;
use crate::domain::time::{Span, Timestamp};

/// A sleep longer than this is cut into several.
const LONGEST_SLEEP: Span = Span::from_secs(3600);

/// Takes one message. Nothing else changes the model.
pub fn update(model: &mut Model, msg: Msg, now: Timestamp) -> Vec<Effect> {
    model.now = now;
    let mut out = Vec::new();
    if tour::is_taken_over(model, &msg, &mut out) {
        finish(model, &mut out);
        return out;
    }
    match msg {
        Msg::Key(key) => press(model, key, &mut out),
        Msg::Paste(text) => {
            model.dirty = true;
            paste(model, &text);
        }
        Msg::Mouse(mouse) => on_mouse(model, mouse, &mut out),
        Msg::Resize(size) => {
            model.dirty = true;
            model.size = clamp(size);
        }
        Msg::Wake => {}
        Msg::Painted => {
            // Only the topmost can be confirmed, so only its painting counts (A06).
            match model.overlays.last_mut() {
                Some(Overlay::Dialog(d)) => d.painted(now),
                Some(Overlay::Confirm(c)) => c.painted(now),
                Some(Overlay::Lost(p)) => p.painted(now),
                _ => return out,
            }
        }
        Msg::Reply { ticket, mut result } => {
            if let (Some(query), Ok(answer)) = (model.poll.asked(ticket), &mut result) {
                model.cache.carry(query, answer, now);
                model.story.saw(&model.cache, query, answer, now);
            }
            let Some(came) = model.poll.reply(&mut model.cache, ticket, result, now) else { return out };
            model.dirty |= came.changed;
            if came.changed {
                model.timeline.stale();
            }
            // What a recording does not hold is no news; a pane says it where it would stand.
            let news = came.error.filter(|e| is_worth_a_notice(e.kind) && model.replay.is_none());
            if let Some(error) = news {
                model.notices.push(Notice::ReadFailed(Box::new(error)), now);
            }
        }
        Msg::Outcome { ticket, outcome } => on_outcome(model, ticket, &outcome, &mut out),
        Msg::Jotted(_)
        | Msg::AlsoSending { .. }
        | Msg::History(_)
        | Msg::Laid(_)
        | Msg::NotLaid(..)
        | Msg::Saved(_)
        | Msg::Fault(_)
        | Msg::Told { .. } => {
            model.dirty = true;
            told(model, msg, now);
        }
        Msg::Resumed => {
            model.dirty = true;
            read_now(model, false, &mut out);
            out.push(Effect::Redraw);
        }
        Msg::Rewound => {
            model.dirty = true;
            let (wants, _) = model.wants();
            model.poll.rewind(&mut model.cache, &wants, now);
            // What was seen to change was so on the way there.
            model.story = Story::default();
            model.wake = None;
        }
        Msg::Terminate => leave(model),
    }
    finish(model, &mut out);
    tour::play(model, &mut out);
    out
}

/// A key was pressed, by an operator or by the tour.
fn press(model: &mut Model, key: Key, out: &mut Vec<Effect>) {
    model.dirty = true;
    model.key = key;
    model.notices.seen();
    on_key(model, key, out);
}

/// Something of the shell beside answers and outcomes came: what it wrote, laid out or has to say.
fn told(model: &mut Model, msg: Msg, now: Timestamp) {
    match msg {
        Msg::Jotted(result) => {
            model.timeline.stale();
            let note = papers::noted(model, &result);
            lost::jotted(model, result);
            // Behind what it means for orders: this is what was asked for.
            if let Some(note) = note {
                model.notices.push(note, now);
            }
        }
        Msg::AlsoSending { pid, since } => model.notices.push(Notice::AlsoSending(pid, since), now),
        Msg::History(result) => match result {
            Ok(records) => {
                model.journal.read(records);
                model.timeline.stale();
                palette::learn(model);
            }
            Err(why) => model.notices.push(Notice::NoHistory(why), now),
        },
        Msg::Laid(laid) => {
            model.task.laid(*laid);
        }
        Msg::NotLaid(job, why) => {
            model.task.not_laid(job);
            model.notices.push(Notice::NotLaid(why), now);
        }
        Msg::Saved(saved) => {
            // A dialog covers the message line.
            match model.overlays.last_mut() {
                Some(Overlay::Dialog(d)) => d.saved(&saved),
                Some(Overlay::Confirm(c)) => c.saved(&saved),
                _ => {}
            }
            model.notices.push(saved.map_or_else(Notice::NotSaved, Notice::Saved), now);
        }
        Msg::Fault(words) => {
            model.notices.push(Notice::Fault(Shown::filter(&words)), now);
        }
        Msg::Told { profile, words } => {
            model.notices.push(Notice::Told(profile, words), now);
        }
        Msg::Key(_)
        | Msg::Paste(_)
        | Msg::Mouse(_)
        | Msg::Resize(_)
        | Msg::Wake
        | Msg::Painted
        | Msg::Reply { .. }
        | Msg::Outcome { .. }
        | Msg::Resumed
        | Msg::Rewound
        | Msg::Terminate => {}
    }
}

/// A pane shows what is forbidden or gone where it would stand; the message line is for the rest.
fn is_worth_a_notice(kind: ReadErrorKind) -> bool {
    !matches!(kind, ReadErrorKind::Forbidden | ReadErrorKind::NotFound | ReadErrorKind::PollingStopped)
}

/// Brings derived state up to date, then asks for what the screen needs and for the next time to look.
fn finish(model: &mut Model, out: &mut Vec<Effect>) {
    refresh(model, out);
    let (wants, urgent) = model.wants();
    let due = model.poll.run(&mut model.cache, &model.settings, &wants, urgent, model.now);
    out.extend(due.effects);
    let ticks = model.ticks(&wants);
    // A recording that runs fast is looked at once a second of life, not of its own.
    let second_long = 1000 * i64::from(model.replay.as_ref().map_or(1, Replay::speed));
    let second = model.now.millis().div_euclid(second_long);
    if ticks && second != model.ticked {
        model.dirty = true;
    }
    model.ticked = second;
    if model.quit_at.is_some_and(|at| at <= model.now) {
        model.quit = true;
    }
    if model.quit {
        out.push(Effect::Quit);
        return;
    }
    let tick = ticks.then(|| Timestamp::from_millis((second + 1) * second_long));
    if model.dialog_wake.is_some_and(|at| at <= model.now) {
        model.dirty = true;
    }
    model.dialog_wake = dialog_wake(model);
    let times = [
        due.next,
        tick,
        model.quit_at,
        model.dialog_wake,
        model.live_until(&wants),
        model.topology.settles_at(model.now),
        model.tour.as_ref().and_then(|t| t.wakes_at(model.now)),
    ];
    // What is never due must not set a timer beyond what a timer can hold.
    let wake = times.into_iter().flatten().min().map(|at| at.min(model.now.plus(LONGEST_SLEEP)));
    // Told again once it has passed: the shell's timer is spent then.
    if let Some(at) = wake
        && (model.wake != Some(at) || at <= model.now)
    {
        out.push(Effect::WakeAt(at));
    }
    model.wake = wake;
}

/// When the topmost dialog would look otherwise though nothing happens.
fn dialog_wake(model: &Model) -> Option<Timestamp> {
    match model.overlays.last()? {
        Overlay::Dialog(d) => d.wakes_at(&model.facts(model.body().size())),
        Overlay::Lost(_) => model.lost.wakes_at(model.now),
        _ => None,
    }
}

/// Lets every pane and overlay on the screen take in what was read.
fn refresh(model: &mut Model, out: &mut Vec<Effect>) {
    show_selection(model);
    papers::first_history(model, out);
    let body = model.body().size();
    for slot in model.slots() {
        let step = on_pane(model, slot.pane, slot.area.size(), |pane, cx| match pane {
            Pane::Topology(p) => p.refresh(cx),
            Pane::Detail(p) => p.refresh(cx),
            Pane::Tasks(p) => p.refresh(cx),
            Pane::Task(p) => p.refresh(cx),
            Pane::Log(p) => p.refresh(cx),
            Pane::Timeline(p, story, journal) => p.refresh(story, journal, cx),
        });
        carry_out(model, step, out);
    }
    show_selection(model);
    papers::refresh(model, body);
    let (overlays, cx) = overlays_and_facts(model, body);
    for overlay in overlays {
        match overlay {
            Overlay::Dialog(d) => d.refresh(&cx),
            Overlay::Confirm(c) => c.refresh(&cx),
            _ => {}
        }
    }
    lost::look(model, body, out);
}

#[cfg(test)]
mod tests;
