//! Orders whose outcome nobody knows: how they come to be known, are looked for, and are settled.

use super::go::{carry, open};
use super::orders::leave;
use crate::app::effect::Effect;
use crate::app::facts::{Facts, Go, Notice};
use crate::app::key::Size;
use crate::app::lost::Lost;
use crate::app::model::Model;
use crate::app::overlays::Overlay;
use crate::app::overlays::lost::{LostPage, LostStep};
use crate::domain::id::TaskRef;
use crate::domain::outcome::{Exit, Lookup, Outcome};
use crate::domain::shown::Text;
use crate::domain::timeline::{OrderId, Record, Settled, What};

/// Ends the console, but asks first if an outcome is unknown (screens 3).
pub(super) fn leave_asking(model: &mut Model) {
    if model.lost.is_empty() || model.is_sending() {
        return leave(model);
    }
    open(model, Overlay::Lost(LostPage::new(model.key, model.now, true)));
}

/// A line of the journal was written, or could not be.
pub(super) fn jotted(model: &mut Model, result: Result<Box<Record>, Text>) {
    match &result {
        Err(why) => model.notices.push(Notice::NoJournal(why.clone()), model.now),
        Ok(record) => match &record.what {
            What::Ended(e) if e.exit == Exit::Unknown => {
                let sent = model.journal.records().rev().find_map(|r| match &r.what {
                    What::Intent(i) if i.order == e.order => Some((r.at, i.clone())),
                    _ => None,
                });
                if let Some((at, intent)) = sent {
                    model.lost.add(Lost::new(&intent, at, true));
                }
            }
            What::Settled { order, .. } => model.lost.remove(order),
            _ => {}
        },
    }
    model.journal.jotted(result);
}

/// Whether this outcome is one that the page of lost orders looks for. The journal's line came before it; should it
/// have failed, the intent alone says enough.
pub(super) fn is_lost(model: &mut Model, outcome: &Outcome) -> bool {
    let Outcome::Unknown { lookup, .. } = outcome else { return false };
    let same =
        |l: &Lookup| l.profile == lookup.profile && l.cluster == lookup.cluster && l.task == lookup.task;
    if model.lost.all().iter().any(|l| l.here && same(&l.lookup)) {
        return true;
    }
    let intent = model.journal.records().rev().find_map(|r| match &r.what {
        What::Intent(i) if same(&i.lookup(r.at)) => Some(Lost::new(i, r.at, true)),
        _ => None,
    });
    let found = intent.is_some();
    if let Some(lost) = intent {
        model.lost.add(lost);
    }
    found
}

/// Takes in what was read for lost orders; one that is certain is attached to by itself (A01).
pub(super) fn look(model: &mut Model, body: Size, out: &mut Vec<Effect>) {
    let Some(place) = model.overlays.iter().position(|o| matches!(o, Overlay::Lost(_))) else { return };
    let cx = Facts::of(&model.cache, &model.settings, model.now, model.size, body);
    model.dirty |= model.lost.refresh(&cx);
    // Only what lies on top may change what is shown.
    if place + 1 == model.overlays.len()
        && let Some((order, task)) =
            model.lost.all().iter().find_map(|l| Some((l.order.clone(), l.sure()?.clone())))
    {
        model.notices.push(Notice::Attached(Box::new(task.clone())), model.now);
        take(model, order, task.at, out);
    }
}

/// A task is what came of a lost order: it is journalled and shown.
fn take(model: &mut Model, order: OrderId, task: TaskRef, out: &mut Vec<Effect>) {
    model.lost.remove(&order);
    model.overlays.retain(|o| !matches!(o, Overlay::Lost(_)));
    out.push(Effect::Jot(Box::new(What::Settled { order, how: Settled::Task(task.id.clone()) })));
    carry(model, Go::Task(task), out);
}

/// Carries out what the page asks for.
pub(super) fn step(model: &mut Model, step: LostStep, out: &mut Vec<Effect>) {
    match step {
        LostStep::Stay => {}
        LostStep::Close => drop(model.overlays.pop()),
        LostStep::Take(order, task) => take(model, order, task, out),
        LostStep::LetBe(order) => {
            model.lost.remove(&order);
            if model.lost.is_empty() {
                model.overlays.pop();
            }
            out.push(Effect::Jot(Box::new(What::Settled { order, how: Settled::LetBe })));
        }
        LostStep::Leave => leave(model),
    }
}
