//! Panes and overlays, lent out together with the facts, and what those beside the tree are about.

use super::go::carry_out;
use crate::app::command::Command;
use crate::app::effect::Effect;
use crate::app::facts::{Facts, Step};
use crate::app::journal::Journal;
use crate::app::model::Model;
use crate::app::overlays::Overlay;
use crate::app::story::Story;
use crate::app::views::{Form, PaneId, View};

/// Beside the tree the detail and the task are those of what is selected.
pub(super) fn show_selection(model: &mut Model) {
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

pub(super) fn open_task(model: &mut Model, task: crate::domain::id::TaskRef) {
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
pub(super) enum Pane<'a> {
    Topology(&'a mut crate::app::panes::topology::Topology),
    Detail(&'a mut crate::app::panes::detail::Detail),
    Tasks(&'a mut crate::app::panes::tasks::Tasks),
    Task(&'a mut crate::app::panes::task::TaskPane),
    Log(&'a mut crate::app::panes::log::Log),
    Timeline(&'a mut crate::app::panes::timeline::Timeline, &'a Story, &'a Journal),
}

pub(super) fn on_pane<T>(
    model: &mut Model,
    pane: PaneId,
    size: crate::app::key::Size,
    act: impl FnOnce(Pane<'_>, &Facts<'_>) -> T,
) -> T {
    let cx = Facts::of(&model.cache, &model.settings, model.now, model.size, size);
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

pub(super) fn overlays_and_facts(
    model: &mut Model,
    body: crate::app::key::Size,
) -> (&mut Vec<Overlay>, Facts<'_>) {
    let cx = Facts::of(&model.cache, &model.settings, model.now, model.size, body);
    (&mut model.overlays, cx)
}

pub(super) fn pane_command(
    model: &mut Model,
    pane: PaneId,
    size: crate::app::key::Size,
    command: Command,
) -> Step {
    on_pane(model, pane, size, |pane, cx| match pane {
        Pane::Topology(p) => p.command(command, cx),
        Pane::Detail(p) => p.command(command, cx),
        Pane::Tasks(p) => p.command(command, cx),
        Pane::Task(p) => p.command(command, cx),
        Pane::Log(p) => p.command(command, cx),
        Pane::Timeline(p, ..) => p.command(command, cx),
    })
}

pub(super) fn to_pane(model: &mut Model, command: Command, out: &mut Vec<Effect>) {
    let Some(slot) = model.focused() else { return };
    let step = pane_command(model, slot.pane, slot.area.size(), command);
    carry_out(model, step, out);
}
