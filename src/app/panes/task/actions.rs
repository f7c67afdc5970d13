//! Which actions a task and its subtasks offer in their state, and why not (screens 1, rule 11; operator-guide 4.2).

use crate::app::facts::{ActionOffer, Facts, Go};
use crate::domain::action::{Action, SubtaskVerb, TaskVerb};
use crate::domain::capability::{PlaneKind, WhyNot};
use crate::domain::id::ProfileName;
use crate::domain::status::Phase;
use crate::domain::task::{Subtask, TaskSummary};

/// Actions on a task as a whole. `prohibit_rollback` is known once the task itself was read.
pub(crate) fn of_task(head: &TaskSummary, prohibit_rollback: bool, cx: &Facts<'_>) -> Vec<ActionOffer> {
    let phase = head.phase();
    let failed = only_after_failure(phase);
    let state = |verb| match verb {
        TaskVerb::Rollback if prohibit_rollback => Err(WhyNot::Prohibited),
        TaskVerb::Retry | TaskVerb::Pass | TaskVerb::Rollback => failed,
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

/// Actions on one subtask of a task.
pub(crate) fn of_subtask(head: &TaskSummary, subtask: &Subtask, cx: &Facts<'_>) -> Vec<ActionOffer> {
    let phase = subtask.phase();
    let state = |verb| match verb {
        SubtaskVerb::Skip if subtask.prohibit_skip => Err(WhyNot::Prohibited),
        SubtaskVerb::Retry | SubtaskVerb::Skip => only_after_failure(phase),
        SubtaskVerb::Cancel => only_while_running(phase),
    };
    [
        (SubtaskVerb::Retry, "retry subtask"),
        (SubtaskVerb::Skip, "skip subtask"),
        (SubtaskVerb::Cancel, "cancel subtask"),
    ]
    .into_iter()
    .map(|(verb, word)| {
        let action = Action::Subtask { task: head.at.clone(), subtask: subtask.id.clone(), verb };
        offer(word, action, state(verb), cx)
    })
    .collect()
}

/// Whether single subtasks can be acted on at all: OBShell takes orders for a whole DAG only (obshell-api 6.6).
pub(crate) fn has_subtask_actions(profile: &ProfileName, cx: &Facts<'_>) -> bool {
    cx.settings.profile(profile).is_none_or(|p| p.capabilities.kind == PlaneKind::Ocp)
}

/// What the plane never offers is the reason that stands before a state that may pass.
fn offer(word: &'static str, action: Action, state: Result<(), WhyNot>, cx: &Facts<'_>) -> ActionOffer {
    let plane = cx.settings.profile(action.profile()).map_or(Ok(()), |p| p.capabilities.can(&action));
    ActionOffer { word, can: plane.and(state), go: Go::Confirm(action) }
}

fn only_after_failure(phase: Phase) -> Result<(), WhyNot> {
    if phase == Phase::Failed { Ok(()) } else { Err(WhyNot::OnlyAfterFailure) }
}

fn only_while_running(phase: Phase) -> Result<(), WhyNot> {
    if matches!(phase, Phase::Running | Phase::RollingBack) { Ok(()) } else { Err(WhyNot::OnlyWhileRunning) }
}
