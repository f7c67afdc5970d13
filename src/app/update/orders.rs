//! What dialogs ask for, and orders on their way: handed to the shell once, and what came of them.

use super::go::{carry_out, open};
use super::lost;
use super::panes::overlays_and_facts;
use crate::app::effect::{Effect, Ticket};
use crate::app::facts::{Notice, Step};
use crate::app::model::Model;
use crate::app::overlays::lost::LostPage;
use crate::app::overlays::{DialogStep, Overlay};
use crate::domain::guard::Approved;
use crate::domain::limits;
use crate::domain::outcome::Outcome;

/// Carries out what the topmost dialog asks for.
pub(super) fn dialog_step(model: &mut Model, step: DialogStep, out: &mut Vec<Effect>) {
    let place = model.overlays.len().saturating_sub(1);
    dialog_step_of(model, place, step, out);
}

/// The same for the dialog at a place: an answer comes to the one that waits for it, which need not be on top.
pub(super) fn dialog_step_of(model: &mut Model, place: usize, step: DialogStep, out: &mut Vec<Effect>) {
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
pub(super) fn submit(model: &mut Model, order: Approved, out: &mut Vec<Effect>) {
    let ticket = model.poll.ticket();
    model.orders.insert(ticket, order.action().clone());
    match model.overlays.last_mut() {
        Some(Overlay::Dialog(d)) => d.sent(ticket),
        Some(Overlay::Confirm(c)) => c.sent(ticket),
        _ => {}
    }
    out.push(Effect::Submit { ticket, order });
}

pub(super) fn on_outcome(model: &mut Model, ticket: Ticket, outcome: &Outcome, out: &mut Vec<Effect>) {
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
        Overlay::Dialog(d) if d.stage().is_sending_as(ticket) => Some((place, d.outcome(outcome, &cx))),
        Overlay::Confirm(c) if c.stage().is_sending_as(ticket) => Some((place, c.outcome(outcome, &cx))),
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
pub(super) fn leave(model: &mut Model) {
    if model.is_sending() {
        model.dirty = true;
        model.notices.push(Notice::QuitWaits, model.now);
        let at = model.now.plus(limits::QUIT_WAITS_FOR_ACTION);
        model.quit_at = Some(model.quit_at.map_or(at, |q| q.min(at)));
    } else {
        model.quit = true;
    }
}
