//! Which actions a task and its subtasks offer in their state, and why not (screens 1, rule 11; operator-guide 4.2).

use crate::app::facts::{ActionOffer, Facts, Go};
use crate::domain::action::{Action, SubtaskVerb, TaskVerb};
use crate::domain::capability::{PlaneKind, WhyNot};
use crate::domain::id::ProfileName;
use crate::domain::status::Phase;
use crate::domain::task::{Subtask, Task, TaskSummary};

/// Actions on a task as a whole. `prohibit_rollback` is known once the task itself was read.
pub(crate) fn of_task(head: &TaskSummary, prohibit_rollback: bool, cx: &Facts<'_>) -> Vec<ActionOffer> {
    let phase = head.phase();
    let failed = only_after_failure(phase);
    let state = |verb| match verb {
        TaskVerb::Rollback if prohibit_rollback => Err(WhyNot::Prohibited),
        TaskVerb::Retry | TaskVerb::Pass | TaskVerb::Rollback => failed.clone(),
        TaskVerb::Cancel => only_while_running(phase),
    };
    [
        (TaskVerb::Retry, "retry task"),
        (TaskVerb::Rollback, "roll back task"),
        (TaskVerb::Cancel, "cancel task"),
        (TaskVerb::Pass, "pass task"),
    ]
    .into_iter()
    .map(|(verb, word)| offer(word, Action::Task { task: head.at.clone(), verb }, state(verb), cx))
    .collect()
}

/// Actions on a sub DAG: the same verbs, never taken for the outer task's.
pub(crate) fn of_inner(inner: &Task, cx: &Facts<'_>) -> Vec<ActionOffer> {
    let word = |offer: &ActionOffer| match &offer.go {
        Go::Confirm(Action::Task { verb: TaskVerb::Retry, .. }) => "retry sub DAG",
        Go::Confirm(Action::Task { verb: TaskVerb::Rollback, .. }) => "roll back sub DAG",
        Go::Confirm(Action::Task { verb: TaskVerb::Cancel, .. }) => "cancel sub DAG",
        _ => "pass sub DAG",
    };
    let open = ActionOffer { word: "open sub DAG", go: Go::Task(inner.head.at.clone()), can: Ok(()) };
    let verbs = of_task(&inner.head, inner.prohibit_rollback, cx);
    std::iter::once(open).chain(verbs.into_iter().map(|o| ActionOffer { word: word(&o), ..o })).collect()
}

/// Actions on one subtask of a task. OBShell passes whole stages and nothing else (obshell-api 6.6).
pub(crate) fn of_subtask(head: &TaskSummary, subtask: &Subtask, cx: &Facts<'_>) -> Vec<ActionOffer> {
    let phase = subtask.phase();
    let state = |verb| match verb {
        SubtaskVerb::Skip if subtask.prohibit_skip => Err(WhyNot::Prohibited),
        SubtaskVerb::Retry | SubtaskVerb::Skip => only_after_failure(phase),
        SubtaskVerb::Cancel => only_while_running(phase),
    };
    let verbs: &[(SubtaskVerb, &'static str)] = if is_obshell(&head.at.profile, cx) {
        &[(SubtaskVerb::Skip, "pass stage")]
    } else {
        &[
            (SubtaskVerb::Retry, "retry subtask"),
            (SubtaskVerb::Skip, "skip subtask"),
            (SubtaskVerb::Cancel, "cancel subtask"),
        ]
    };
    let offers = verbs.iter().map(|(verb, word)| {
        let (verb, word) = (*verb, *word);
        let action = Action::Subtask { task: head.at.clone(), subtask: subtask.id.clone(), verb };
        offer(word, action, state(verb), cx)
    });
    offers.collect()
}

fn is_obshell(profile: &ProfileName, cx: &Facts<'_>) -> bool {
    cx.settings.profile(profile).is_some_and(|p| p.capabilities.kind == PlaneKind::Obshell)
}

/// What the plane never offers is the reason that stands before a state that may pass.
fn offer(word: &'static str, action: Action, state: Result<(), WhyNot>, cx: &Facts<'_>) -> ActionOffer {
    let plane = cx.settings.profile(action.profile()).map_or(Ok(()), |p| p.capabilities.can(&action));
    let can = plane.and_then(|()| cx.cache.forbidden.may(&action)).and(state);
    ActionOffer { word, can, go: Go::Confirm(action) }
}

fn only_after_failure(phase: Phase) -> Result<(), WhyNot> {
    if phase == Phase::Failed { Ok(()) } else { Err(WhyNot::OnlyAfterFailure) }
}

fn only_while_running(phase: Phase) -> Result<(), WhyNot> {
    if matches!(phase, Phase::Running | Phase::RollingBack) { Ok(()) } else { Err(WhyNot::OnlyWhileRunning) }
}
