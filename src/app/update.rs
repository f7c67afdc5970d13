//! The one function that changes the [`Model`]: a message and its time in, effects out.

mod lost;
mod palette;
mod papers;
mod tour;

use super::command::Command;
use super::effect::{Effect, Ticket, Want};
use super::facts::{Facts, Go, Notice, Step};
use super::journal::Journal;
use super::key::Key;
use super::model::{Model, clamp};
use super::msg::{Mouse, MouseKind, Msg};
use super::overlays::DialogStep;
use super::overlays::Overlay;
use super::overlays::actions::Actions;
use super::overlays::card::CardSheet;
use super::overlays::confirm::Confirm;
use super::overlays::dialog::Dialog;
use super::overlays::find::{Find, FindStep};
use super::overlays::help::{Help, HelpStep};
use super::overlays::lost::LostPage;
use super::panes::replay::Replay;
use super::story::Story;
use super::views::{Form, PaneId, View};
use crate::domain::guard::Approved;
use crate::domain::limits;
use crate::domain::outcome::{Outcome, ReadErrorKind};
use crate::domain::shown::Shown;
use crate::domain::time::{Span, Timestamp};

/// Refresh rates that `+` walks through, in seconds.
const RATES: [i64; 4] = [1, 2, 5, 10];
/// Ways to go that one message may set off; a circle ends here.
const GOES: usize = 16;

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

/// Beside the tree the detail and the task are those of what is selected.
fn show_selection(model: &mut Model) {
    match model.views.now().clone() {
        View::Topology => {
            if matches!(Form::of(model.size), Form::Two | Form::Three)
                && let Some(of) = model.topology.detail()
            {
                model.detail.show(of);
            }
            if let Some(task) = model.running_here() {
                open_task(model, task);
            }
            if Form::of(model.size) == Form::Three {
                model.timeline.show(model.topology.cluster().cloned());
            }
        }
        View::Detail(of) => model.detail.show(of),
        View::Task(task) => open_task(model, task),
        View::Log(task, subtask) => {
            let at = (task, subtask);
            if model.log_open.as_ref() != Some(&at) {
                model.log.open(at.0.clone(), at.1.clone());
                model.log_open = Some(at);
            }
        }
        View::Tasks | View::Timeline => {}
    }
}

fn open_task(model: &mut Model, task: crate::domain::id::TaskRef) {
    if model.task_open.as_ref() != Some(&task) {
        model.task.open(task.clone());
        // The trace ID of the order belongs to the exchange, not to the task: nobody else can tell it.
        if let Some((made, trace)) = &model.made
            && *made == task
        {
            model.task.made_by(trace.clone());
        }
        model.task_open = Some(task);
    }
}

/// A pane, lent out together with the facts.
enum Pane<'a> {
    Topology(&'a mut super::panes::topology::Topology),
    Detail(&'a mut super::panes::detail::Detail),
    Tasks(&'a mut super::panes::tasks::Tasks),
    Task(&'a mut super::panes::task::TaskPane),
    Log(&'a mut super::panes::log::Log),
    Timeline(&'a mut super::panes::timeline::Timeline, &'a Story, &'a Journal),
}

fn on_pane<T>(
    model: &mut Model,
    pane: PaneId,
    size: super::key::Size,
    act: impl FnOnce(Pane<'_>, &Facts<'_>) -> T,
) -> T {
    let cx = Facts {
        cache: &model.cache,
        settings: &model.settings,
        now: model.now,
        size: model.size,
        pane: size,
    };
    let pane = match pane {
        PaneId::Topology => Pane::Topology(&mut model.topology),
        PaneId::Detail => Pane::Detail(&mut model.detail),
        PaneId::Tasks => Pane::Tasks(&mut model.tasks),
        PaneId::Task => Pane::Task(&mut model.task),
        PaneId::Log => Pane::Log(&mut model.log),
        PaneId::Timeline => Pane::Timeline(&mut model.timeline, &model.story, &model.journal),
    };
    act(pane, &cx)
}

fn overlays_and_facts(model: &mut Model, body: super::key::Size) -> (&mut Vec<Overlay>, Facts<'_>) {
    let cx = Facts {
        cache: &model.cache,
        settings: &model.settings,
        now: model.now,
        size: model.size,
        pane: body,
    };
    (&mut model.overlays, cx)
}

fn on_key(model: &mut Model, key: Key, out: &mut Vec<Effect>) {
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

fn overlay_key(model: &mut Model, key: Key, out: &mut Vec<Effect>) {
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

/// Carries out what the topmost dialog asks for.
fn dialog_step(model: &mut Model, step: DialogStep, out: &mut Vec<Effect>) {
    let place = model.overlays.len().saturating_sub(1);
    dialog_step_of(model, place, step, out);
}

/// The same for the dialog at a place: an answer comes to the one that waits for it, which need not be on top.
fn dialog_step_of(model: &mut Model, place: usize, step: DialogStep, out: &mut Vec<Effect>) {
    let close = |model: &mut Model| {
        if place < model.overlays.len() {
            model.overlays.remove(place);
        }
    };
    match step {
        DialogStep::Nothing => {}
        DialogStep::Close => close(model),
        DialogStep::Submit(order) => submit(model, order, out),
        DialogStep::Go(go) => carry_out(model, Step::go(go), out),
        DialogStep::CloseAnd(go) => {
            close(model);
            carry_out(model, Step::go(go), out);
        }
    }
}

/// Hands an order to the shell. The only value there is to hand over is one that was approved.
fn submit(model: &mut Model, order: Approved, out: &mut Vec<Effect>) {
    let ticket = model.poll.ticket();
    model.orders.insert(ticket, order.action().clone());
    match model.overlays.last_mut() {
        Some(Overlay::Dialog(d)) => d.sent(ticket),
        Some(Overlay::Confirm(c)) => c.sent(ticket),
        _ => {}
    }
    out.push(Effect::Submit { ticket, order });
}

fn on_outcome(model: &mut Model, ticket: Ticket, outcome: &Outcome, out: &mut Vec<Effect>) {
    // An outcome nobody waits for would be of another run: it is not shown as this one's.
    let Some(action) = model.orders.remove(&ticket) else { return };
    model.dirty = true;
    model.cache.forbidden.saw(&action, outcome);
    model.notices.push(Notice::Outcome(Box::new(outcome.clone())), model.now);
    if let Outcome::Accepted { task: Some(task), trace, .. } = outcome {
        model.made = Some((task.head.at.clone(), trace.clone()));
    }
    let body = model.body().size();
    let (overlays, cx) = overlays_and_facts(model, body);
    // By ticket: the operator may have left that dialog and sent another order meanwhile.
    let waiting = overlays.iter_mut().enumerate().find_map(|(place, overlay)| match overlay {
        Overlay::Dialog(d) if d.is_sending_as(ticket) => Some((place, d.outcome(outcome, &cx))),
        Overlay::Confirm(c) if c.is_sending_as(ticket) => Some((place, c.outcome(outcome, &cx))),
        _ => None,
    });
    if lost::is_lost(model, outcome) {
        // The page of lost orders takes the dialog's place: it looks for what became of it. Over something else that
        // was opened meanwhile it does not come; the top line tells.
        let waited = waiting.is_some();
        if let Some((place, _)) = waiting {
            model.overlays.remove(place);
        }
        if waited || model.overlays.is_empty() {
            open(model, Overlay::Lost(LostPage::new(model.key, model.now, false)));
        }
    } else if let Some((place, step)) = waiting {
        dialog_step_of(model, place, step, out);
    }
    // Whatever came of it.
    model.poll.hurry_all(&model.cache);
    if model.quit_at.is_some() && model.orders.is_empty() {
        model.quit = true;
    }
}

/// Ends the console, or waits for the order on its way (A07).
fn leave(model: &mut Model) {
    if model.is_sending() {
        model.dirty = true;
        model.notices.push(Notice::QuitWaits, model.now);
        let at = model.now.plus(limits::QUIT_WAITS_FOR_ACTION);
        model.quit_at = Some(model.quit_at.map_or(at, |q| q.min(at)));
    } else {
        model.quit = true;
    }
}

fn paste(model: &mut Model, text: &str) {
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

fn on_mouse(model: &mut Model, mouse: Mouse, out: &mut Vec<Effect>) {
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

fn pane_command(model: &mut Model, pane: PaneId, size: super::key::Size, command: Command) -> Step {
    on_pane(model, pane, size, |pane, cx| match pane {
        Pane::Topology(p) => p.command(command, cx),
        Pane::Detail(p) => p.command(command, cx),
        Pane::Tasks(p) => p.command(command, cx),
        Pane::Task(p) => p.command(command, cx),
        Pane::Log(p) => p.command(command, cx),
        Pane::Timeline(p, ..) => p.command(command, cx),
    })
}

fn to_pane(model: &mut Model, command: Command, out: &mut Vec<Effect>) {
    let Some(slot) = model.focused() else { return };
    let step = pane_command(model, slot.pane, slot.area.size(), command);
    carry_out(model, step, out);
}

/// What the console itself does; everything else is the focused pane's.
fn on_command(model: &mut Model, command: Command, out: &mut Vec<Effect>) {
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
fn escape(model: &mut Model, out: &mut Vec<Effect>) {
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
fn turn_focus(model: &mut Model, command: Command, out: &mut Vec<Effect>) {
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

fn open(model: &mut Model, overlay: Overlay) {
    if model.overlays.len() < limits::OVERLAYS {
        model.overlays.push(overlay);
    }
}

/// Looks for a text where the operator is; `only`: leaves out what does not match.
fn look(model: &mut Model, text: String, only: bool) {
    model.found = Some(text);
    if only {
        set_only_matches(model, true);
    } else {
        find(model, true);
    }
}

fn find(model: &mut Model, forward: bool) {
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

fn set_only_matches(model: &mut Model, on: bool) {
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
fn read_now(model: &mut Model, by_operator: bool, out: &mut Vec<Effect>) {
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

fn carry_out(model: &mut Model, step: Step, out: &mut Vec<Effect>) {
    out.extend(step.effects);
    for go in step.go.into_iter().take(GOES) {
        carry(model, go, out);
    }
}

fn carry(model: &mut Model, go: Go, out: &mut Vec<Effect>) {
    model.dirty = true;
    match go {
        Go::Topology(cluster) => {
            model.views.go(View::Topology);
            if let Some(cluster) = cluster {
                model.topology.select_cluster(&cluster);
            }
        }
        Go::Detail(of) => view(model, View::Detail(of)),
        Go::Tasks => view(model, View::Tasks),
        Go::Task(task) => view(model, View::Task(task)),
        Go::Log(task, subtask) => view(model, View::Log(task, subtask)),
        Go::Up => drop(model.views.up()),
        Go::Dialog(verb, cluster, scope) => {
            let dialog = Dialog::new(verb, cluster, scope, model.key, model.now);
            open(model, Overlay::Dialog(Box::new(dialog)));
        }
        Go::Confirm(action) => {
            let confirm = Confirm::new(action, model.key, model.now);
            open(model, Overlay::Confirm(Box::new(confirm)));
        }
        Go::Actions(offers) => open(model, Overlay::Actions(Actions::new(offers))),
        Go::CloseOverlay => drop(model.overlays.pop()),
        Go::Notice(notice) => model.notices.push(notice, model.now),
        Go::Files(offers) => open(model, Overlay::Actions(Actions::files(offers))),
        Go::Export(formats) => {
            let body = model.body().size();
            let step = on_pane(model, PaneId::Task, body, |pane, cx| match pane {
                Pane::Task(p) => p.export(formats, cx),
                _ => Step::none(),
            });
            carry_out(model, step, out);
        }
        Go::Save(keepsake) => out.push(Effect::Save(keepsake)),
        Go::Jot(what) => papers::jot(model, what, out),
        Go::Paper(paper, to) => papers::send(model, paper, to, out),
        Go::Moment(cluster, text) => papers::moment(model, cluster, text, out),
        // A timeline is read by thinning it out.
        Go::Look(text) => look(model, text, *model.views.now() == View::Timeline),
        Go::Card(card) => open(model, Overlay::Card(CardSheet::new(card))),
        Go::Command(command) => on_command(model, command, out),
        Go::Copy(value) => {
            if model.settings.clipboard {
                out.push(Effect::Copy(value.as_str().to_owned()));
            }
            model.notices.push(Notice::Copied(value), model.now);
        }
    }
}

fn view(model: &mut Model, view: View) {
    model.zoomed = false;
    model.views.go(view);
}

#[cfg(test)]
mod tests;
