//! What the tour looks for before it goes on: questions to the model, nothing changes.

use crate::app::model::Model;
use crate::app::overlays::Overlay;
use crate::app::overlays::dialog::situation::{Request, Situation};
use crate::app::overlays::dialog::{Dialog, Focus};
use crate::app::panes::task;
use crate::app::panes::topology::{NodeId, Row, cluster, task_of, zones};
use crate::app::views::{Form, View};
use crate::domain::action::{Scope, Verb};
use crate::domain::id::ClusterRef;
use crate::domain::status::Health;
use crate::domain::topology::{Server, Tenant, Zone};

/// A zone of the demo, by its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The cluster's.
    pub cluster: &'static str,
    /// The zone's.
    pub zone: &'static str,
    /// What a dialog asks to be typed for it.
    pub name: &'static str,
}

/// Something that can be on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// The tree, with the clusters of every profile read.
    Tree,
    /// The line that asks what to look for, with this in it.
    Finding(&'static str),
    /// The row of the target's cluster is selected.
    Cluster(Target),
    /// And unfolded.
    Unfolded(Target),
    /// A row of the cluster is selected, itself or below it.
    Inside(Target),
    /// The row of the zone is selected.
    Zone(Target),
    /// And what its stop would leave is read.
    Foreseen(Target),
    /// And its cluster is whole: everything up, no task on it, every tenant in as many zones as there are.
    Idle(Target),
    /// The dialog refuses its stop, and a tenant has its only replica there.
    Refused(Target),
    /// The dialog takes the name, of which this is typed.
    Asks(Target, &'static str),
    /// A yes counts, and sends what was asked for and nothing else.
    Unlocked(Target),
    /// The task that an order of this console made.
    Task,
    /// In lanes.
    Lanes,
    /// Boxes were asked for: they may be laid out still.
    ChoseBoxes,
    /// In boxes.
    Boxes,
    /// With its critical path.
    Critical,
    /// A subtask's log, read.
    Log,
    /// The tree on the zone, which is stopped.
    Stopped(Target),
    /// The timeline, with something in it.
    Timeline,
    /// The handoff note.
    Handoff,
    /// The palette, with this in its line.
    Palette(&'static str),
    /// The help.
    Help,
}

impl Sight {
    /// Whether it is on the screen.
    pub(super) fn is_met(self, model: &Model) -> bool {
        if Form::of(model.size) == Form::TooSmall {
            return false;
        }
        match self {
            Sight::Finding(_)
            | Sight::Refused(_)
            | Sight::Asks(..)
            | Sight::Unlocked(_)
            | Sight::Handoff
            | Sight::Palette(_)
            | Sight::Help => model.overlays.last().is_some_and(|top| self.is_on_top(top, model)),
            Sight::Task | Sight::Lanes | Sight::ChoseBoxes | Sight::Boxes | Sight::Critical => {
                model.overlays.is_empty() && self.is_of_task(model)
            }
            Sight::Log => {
                model.overlays.is_empty() && matches!(model.views.now(), View::Log(..)) && model.log.is_read()
            }
            Sight::Timeline => {
                model.overlays.is_empty()
                    && *model.views.now() == View::Timeline
                    && !model.timeline.rows().is_empty()
            }
            Sight::Tree
            | Sight::Cluster(_)
            | Sight::Unfolded(_)
            | Sight::Inside(_)
            | Sight::Zone(_)
            | Sight::Foreseen(_)
            | Sight::Idle(_)
            | Sight::Stopped(_) => {
                model.overlays.is_empty() && *model.views.now() == View::Topology && self.is_in_tree(model)
            }
        }
    }
    /// Whether it comes by the work of a cluster, which takes as long as it takes.
    pub(super) fn is_of_the_cluster(self) -> bool {
        matches!(self, Sight::Stopped(_))
    }

    fn is_on_top(self, top: &Overlay, model: &Model) -> bool {
        match (self, top) {
            (Sight::Finding(text), Overlay::Find(find)) => find.text() == text,
            (Sight::Handoff, Overlay::Handoff(sheet)) => sheet.note().is_some(),
            (Sight::Palette(text), Overlay::Palette(palette)) => palette.text().0 == text,
            (Sight::Help, Overlay::Help(_)) => true,
            (
                Sight::Refused(target) | Sight::Asks(target, _) | Sight::Unlocked(target),
                Overlay::Dialog(d),
            ) => is_stop_of(d, target, model) && self.is_in_dialog(d, model),
            _ => false,
        }
    }
    fn is_in_dialog(self, dialog: &Dialog, model: &Model) -> bool {
        let cx = model.facts(model.body().size());
        let Some(situation) = dialog.situation(&cx) else { return false };
        let is_ready = matches!(situation.request, Request::Ready(_)) && dialog.hears(model.now);
        is_ready
            && match self {
                Sight::Refused(t) => {
                    let tenants = model.cache.tenants(dialog.cluster());
                    let is_sole =
                        |tenant: &Tenant| matches!(tenant.zones.as_slice(), [z] if z.raw() == t.zone);
                    situation.is_refused() && tenants.is_some_and(|all| all.iter().any(is_sole))
                }
                Sight::Asks(target, so_far) => {
                    dialog.focus() == Focus::Name
                        && dialog.typed_name().0 == so_far
                        && asks(&situation, target)
                }
                Sight::Unlocked(target) => {
                    dialog.focus() == Focus::Deed
                        && !dialog.is_sending()
                        && dialog.lock(&situation, &cx).is_none()
                        && asks(&situation, target)
                }
                _ => false,
            }
    }
    fn is_of_task(self, model: &Model) -> bool {
        let View::Task(at) = model.views.now() else { return false };
        let is_ours = model.made.as_ref().is_some_and(|(made, _)| made == at);
        let Some(picture) = model.task.picture().filter(|_| is_ours && model.task.task() == Some(at)) else {
            return false;
        };
        match self {
            Sight::Task => true,
            Sight::Lanes => model.task.view() == task::View::Lanes,
            Sight::ChoseBoxes => model.task.view() == task::View::Boxes,
            Sight::Boxes => model.task.view() == task::View::Boxes && picture.scene.is_some(),
            Sight::Critical => model.task.shows_critical(),
            _ => false,
        }
    }
    fn is_in_tree(self, model: &Model) -> bool {
        let mut profiles = model.settings.profiles.iter();
        if self == Sight::Tree {
            return profiles.all(|p| model.cache.clusters(&p.name).is_some());
        }
        let Some(selected) = model.topology.selected() else { return false };
        let is_cluster = |at: &ClusterRef, target| is_named(at, target, model);
        match (self, selected) {
            (Sight::Cluster(t), NodeId::Cluster(c)) => is_cluster(c, t),
            (Sight::Unfolded(t), NodeId::Cluster(c)) => {
                let is_open = |row: &Row| row.id == *selected && row.open == Some(true);
                is_cluster(c, t) && model.topology.rows().iter().any(is_open)
            }
            (Sight::Inside(t), id) => id.cluster().is_some_and(|c| is_cluster(c, t)),
            (Sight::Zone(t), NodeId::Zone(c, z)) => is_cluster(c, t) && z.raw() == t.zone,
            (Sight::Foreseen(t), NodeId::Zone(c, _)) => {
                Sight::Zone(t).is_in_tree(model)
                    && model.topology.settles_at(model.now).is_none()
                    && model.cache.zones(c).is_some()
                    && model.cache.tenants(c).is_some()
                    && model.cache.parameters(c).is_some()
            }
            (Sight::Idle(t), NodeId::Zone(c, _)) => {
                Sight::Foreseen(t).is_in_tree(model) && is_whole(c, model)
            }
            (Sight::Stopped(t), NodeId::Zone(c, z)) => {
                let is_stopped = |zone: &Zone| zone.name == *z && zone.status.is == Health::Stopped;
                Sight::Zone(t).is_in_tree(model) && zones(&model.cache, c).iter().any(is_stopped)
            }
            _ => false,
        }
    }
}

/// Whether nothing of a cluster is down, missing or being worked on.
fn is_whole(at: &ClusterRef, model: &Model) -> bool {
    let zones = zones(&model.cache, at);
    let is_up = |z: &Zone| z.status.is == Health::Up && z.servers.iter().all(Server::is_up);
    let tenants = model.cache.tenants(at).map_or(&[][..], Vec::as_slice);
    zones.len() >= 3
        && zones.iter().all(is_up)
        && tenants.iter().all(|t| t.zones.len() == zones.len())
        && task_of(&model.cache, at).is_none()
}

/// Whether the dialog is the plain stop of that zone.
fn is_stop_of(dialog: &Dialog, target: Target, model: &Model) -> bool {
    let is_zone = matches!(dialog.scope(), Scope::Zone(z) if z.raw() == target.zone);
    dialog.verb() == Verb::Stop && is_zone && is_named(dialog.cluster(), target, model)
}

/// Whether a yes is asked for by that name, and not against a refusal.
fn asks(situation: &Situation, target: Target) -> bool {
    let name = situation.question().and_then(|q| q.typed.as_deref());
    !situation.is_refused() && name == Some(target.name)
}

fn is_named(at: &ClusterRef, target: Target, model: &Model) -> bool {
    cluster(&model.cache, at).is_some_and(|c| c.name.raw() == target.cluster)
}
