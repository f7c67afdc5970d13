//! Stop, start and restart of a target: whether they can be done, and the way to their dialog.

use crate::app::facts::{ActionOffer, Facts, Go, Notice, Step};
use crate::domain::action::{Action, ClusterAction, Force, Scope, Verb};
use crate::domain::capability::WhyNot;
use crate::domain::id::ClusterRef;

/// Whether an action can be done, or why not.
pub(super) fn can(cx: &Facts<'_>, action: &Action) -> Result<(), WhyNot> {
    match cx.settings.profile(action.profile()) {
        Some(p) if p.rules.read_only => Err(WhyNot::ReadOnly),
        Some(p) => p.capabilities.can(action).and_then(|()| cx.cache.forbidden.may(action)),
        None => Err(WhyNot::NothingSelected),
    }
}

/// Whether a verb can be done to a target, or why not.
pub(crate) fn may(target: Option<&(ClusterRef, Scope)>, verb: Verb, cx: &Facts<'_>) -> Result<(), WhyNot> {
    let (cluster, scope) = target.ok_or(WhyNot::NothingSelected)?;
    can(cx, &mildest(verb, cluster, scope, cx))
}

/// Opens the dialog for a verb, or says why it cannot be.
pub fn ask(target: Option<(ClusterRef, Scope)>, verb: Verb, cx: &Facts<'_>) -> Step {
    let Some((cluster, scope)) = target else {
        return Step::go(Go::Notice(Notice::NotPossible(WhyNot::NothingSelected)));
    };
    match can(cx, &mildest(verb, &cluster, &scope, cx)) {
        Ok(()) => Step::go(Go::Dialog(verb, cluster, scope)),
        Err(why) => Step::go(Go::Notice(Notice::NotPossible(why))),
    }
}

/// Every action on a target: possible, or why not.
pub fn actions(target: Option<(ClusterRef, Scope)>, cx: &Facts<'_>) -> Step {
    let Some((cluster, scope)) = target else {
        return Step::go(Go::Notice(Notice::NotPossible(WhyNot::NothingSelected)));
    };
    let offers = [Verb::Stop, Verb::Start, Verb::Restart].map(|verb| ActionOffer {
        word: match (verb, &scope) {
            (Verb::Stop, Scope::Cluster) => "stop cluster",
            (Verb::Stop, Scope::Zone(_)) => "stop zone",
            (Verb::Stop, Scope::Server { .. }) => "stop OBServer",
            (Verb::Start, Scope::Cluster) => "start cluster",
            (Verb::Start, Scope::Zone(_)) => "start zone",
            (Verb::Start, Scope::Server { .. }) => "start OBServer",
            (Verb::Restart, Scope::Cluster) => "restart cluster",
            (Verb::Restart, Scope::Zone(_)) => "restart zone",
            (Verb::Restart, Scope::Server { .. }) => "restart OBServer",
        },
        go: Go::Dialog(verb, cluster.clone(), scope.clone()),
        can: can(cx, &mildest(verb, &cluster, &scope, cx)),
    });
    Step::go(Go::Actions(offers.into()))
}

/// A verb on a target in the mildest way that its control plane has: agents stop a cluster by a kill or not at all, and
/// that is for the dialog to say.
pub(super) fn mildest(verb: Verb, cluster: &ClusterRef, scope: &Scope, cx: &Facts<'_>) -> Action {
    let modes = cx.settings.profile(&cluster.profile).map_or(&[][..], |p| p.capabilities.modes(verb, scope));
    Action::Cluster(ClusterAction {
        verb,
        cluster: cluster.clone(),
        cluster_name: crate::domain::shown::Text::default(),
        scope: scope.clone(),
        force: modes.first().map_or_else(Force::default, |mode| mode.force(Vec::new())),
    })
}
