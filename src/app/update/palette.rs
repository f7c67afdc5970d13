//! Opens the palette, and tells it what is read meanwhile.

use super::go::open;
use super::panes::pane_command;
use crate::app::command::Command;
use crate::app::effect::Effect;
use crate::app::facts::{ActionOffer, Go};
use crate::app::model::Model;
use crate::app::overlays::DialogStep;
use crate::app::overlays::Overlay;
use crate::app::overlays::palette::{Opened, Palette, keep_typed, known};

/// Opens it over what is known now. The journal is asked for where nobody did so far: IDs are looked up in it.
pub(super) fn view(model: &mut Model, out: &mut Vec<Effect>) {
    if !std::mem::replace(&mut model.has_history, true) {
        out.push(Effect::History);
    }
    let actions = actions_here(model);
    let cx = model.facts(model.body().size());
    let opened = Opened {
        card: model.card_here(),
        offers: model.offers(),
        actions,
        known: known(&model.story, &model.journal, &cx),
        typed: model.typed.clone(),
    };
    let palette = Palette::new(opened, &cx);
    open(model, Overlay::Palette(Box::new(palette)));
}

/// What was typed for what is chosen now can be brought back.
pub(super) fn keep(model: &mut Model, step: &DialogStep) {
    if let (Some(Overlay::Palette(palette)), DialogStep::CloseAnd(_)) = (model.overlays.last(), step) {
        keep_typed(&mut model.typed, palette.text().0);
    }
}

/// The journal was read: what it holds can be found too.
pub(super) fn learn(model: &mut Model) {
    let cx = model.facts(model.body().size());
    let known = known(&model.story, &model.journal, &cx);
    if let Some(Overlay::Palette(palette)) = model.overlays.last_mut() {
        palette.learn(known);
    }
}

/// What `x` lists for what is selected.
fn actions_here(model: &mut Model) -> Vec<ActionOffer> {
    let Some(slot) = model.focused() else { return Vec::new() };
    let step = pane_command(model, slot.pane, slot.area.size(), Command::Actions);
    step.go
        .into_iter()
        .find_map(|go| if let Go::Actions(offers) = go { Some(offers) } else { None })
        .unwrap_or_default()
}
