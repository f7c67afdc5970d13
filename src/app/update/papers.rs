//! What is remembered and handed on: the timeline, notes, the handoff, runbook cards.

use super::go::open;
use crate::app::effect::Effect;
use crate::app::facts::{Facts, Notice};
use crate::app::key::Size;
use crate::app::model::Model;
use crate::app::overlays::Overlay;
use crate::app::overlays::card::CardSheet;
use crate::app::overlays::handoff::{HandoffSheet, gather};
use crate::app::overlays::note::Note;
use crate::app::paper::{Paper, To};
use crate::app::views::{PaneId, View};
use crate::domain::capability::WhyNot;
use crate::domain::id::ClusterRef;
use crate::domain::shown::{Shown, Text};
use crate::domain::timeline::{Record, What};

/// Opens view 3 on the cluster that a key here would be about.
pub(super) fn view(model: &mut Model, out: &mut Vec<Effect>) {
    if *model.views.now() != View::Timeline {
        model.timeline.show(model.cluster());
        model.views.go(View::Timeline);
    }
    // Others write the same journal.
    model.has_history = true;
    out.push(Effect::History);
}

/// Opens view 3 of a cluster at the newest line that holds a text.
pub(super) fn moment(model: &mut Model, cluster: Option<ClusterRef>, text: Shown, out: &mut Vec<Effect>) {
    model.timeline.show(cluster);
    model.timeline.seek(text);
    model.views.go(View::Timeline);
    model.has_history = true;
    out.push(Effect::History);
}

/// Asks for the journal once, when the first timeline comes on the screen.
pub(super) fn first_history(model: &mut Model, out: &mut Vec<Effect>) {
    if !model.has_history && model.slots().iter().any(|s| s.pane == PaneId::Timeline) {
        model.has_history = true;
        out.push(Effect::History);
    }
}

/// Opens the handoff note of the cluster that a key here would be about.
pub(super) fn handoff(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(cluster) = model.cluster() else {
        return model.notices.push(Notice::NotPossible(WhyNot::NothingSelected), model.now);
    };
    out.push(Effect::History);
    open(model, Overlay::Handoff(Box::new(HandoffSheet::new(cluster))));
}

/// Opens the line for a note, bound to the cluster it is about.
pub(super) fn note(model: &mut Model) {
    let about = model.cluster().map(|c| {
        let name = model.cache.cluster(&c).map(|c| c.name).unwrap_or_default();
        (c, name)
    });
    open(model, Overlay::Note(Note::new(about)));
}

/// Opens the card about what is on the screen.
pub(super) fn card(model: &mut Model) {
    match model.card_here() {
        Some(card) => open(model, Overlay::Card(CardSheet::new(card))),
        None => model.notices.push(Notice::NothingThere, model.now),
    }
}

/// Asks for a line of the journal.
pub(super) fn jot(model: &mut Model, what: Box<What>, out: &mut Vec<Effect>) {
    model.jotting = true;
    out.push(Effect::Jot(what));
}

/// A line was written, be it a note or an order's: what is to be said of the note that was asked for.
pub(super) fn noted(model: &mut Model, result: &Result<Box<Record>, Text>) -> Option<Notice> {
    let is_note = match result {
        Ok(record) => matches!(record.what, What::Note { .. }),
        Err(_) => true,
    };
    if !is_note || !std::mem::take(&mut model.jotting) {
        return None;
    }
    Some(match result {
        Ok(_) => Notice::Jotted,
        Err(why) => Notice::NotJotted(why.clone()),
    })
}

/// Hands a paper to the shell, which makes words of it.
pub(super) fn send(model: &mut Model, mut paper: Box<Paper>, to: To, out: &mut Vec<Effect>) {
    if to == To::Clipboard {
        model.notices.push(Notice::NoteCopied(model.settings.clipboard), model.now);
        if !model.settings.clipboard {
            return;
        }
    }
    if let Paper::Incident(incident) = paper.as_mut()
        && let Some((cluster, _)) = &incident.cluster
    {
        let cx = model.facts(model.body().size());
        incident.handoff = Some(Box::new(gather(cluster, &model.story, &model.journal, &cx)));
    }
    out.push(Effect::Paper(paper, to));
}

/// Brings an open handoff note up to date.
pub(super) fn refresh(model: &mut Model, body: Size) {
    let cx = Facts::of(&model.cache, &model.settings, model.now, model.size, body);
    for overlay in &mut model.overlays {
        if let Overlay::Handoff(sheet) = overlay {
            sheet.refresh(&model.story, &model.journal, &cx);
        }
    }
}
