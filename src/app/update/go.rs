//! What panes and overlays ask for, carried out: where to go, what to open, what to say.

use super::keys::{look, on_command};
use super::panes::{Pane, on_pane};
use super::papers;
use crate::app::effect::Effect;
use crate::app::facts::{Go, Notice, Step};
use crate::app::model::Model;
use crate::app::overlays::Overlay;
use crate::app::overlays::actions::Actions;
use crate::app::overlays::card::CardSheet;
use crate::app::overlays::confirm::Confirm;
use crate::app::overlays::dialog::Dialog;
use crate::app::views::{PaneId, View};
use crate::domain::limits;

/// Ways to go that one message may set off; a circle ends here.
const GOES: usize = 16;

pub(super) fn carry_out(model: &mut Model, step: Step, out: &mut Vec<Effect>) {
    out.extend(step.effects);
    for go in step.go.into_iter().take(GOES) {
        carry(model, go, out);
    }
}

pub(super) fn carry(model: &mut Model, go: Go, out: &mut Vec<Effect>) {
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

pub(super) fn view(model: &mut Model, view: View) {
    model.zoomed = false;
    model.views.go(view);
}

pub(super) fn open(model: &mut Model, overlay: Overlay) {
    if model.overlays.len() < limits::OVERLAYS {
        model.overlays.push(overlay);
    }
}
