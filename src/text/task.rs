//! Sentences about tasks, their steps and logs.

use crate::domain::outcome::{ReadError, ReadErrorKind};
use crate::domain::shown::Shown;
use crate::domain::status::{Operation, Phase, Status};
use crate::domain::task::{Defect, Subtask, TaskSummary};

/// No list was read yet.
pub const READING_TASKS: &str = "reading tasks …";
/// The lists are empty.
pub const NO_TASKS: &str = "no tasks";
/// The lists are not empty, but what is looked for is not in them.
pub const NO_TASK_MATCHES: &str = "no task matches, esc shows all";
/// A task was not read yet.
pub const READING_TASK: &str = "reading the task …";
/// A task without steps (D04; OBShell's first answer has `nodes: null`).
pub const NO_STEPS: &str = "no steps told yet";
/// A log was not read yet.
pub const READING_LOG: &str = "reading the log …";
/// A log without lines.
pub const NO_LOG: &str = "no log lines yet";
/// A subtask that was never started has no log.
pub const NOT_STARTED: &str = "not started yet: no log";

/// The word of a phase in the screens' spelling (screens 4).
pub fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Done => "done",
        Phase::Running => "RUNNING",
        Phase::Pending => "pending",
        Phase::Ready => "ready",
        Phase::Failed => "FAILED",
        Phase::Skipped => "skipped",
        Phase::RollingBack => "rolling back",
        Phase::Canceling => "canceling",
        Phase::Unknown => "unknown",
    }
}

/// State of a task in a list or head: rolled back and skipped steps are said, an unknown word stands as it came.
pub fn task_state(task: &TaskSummary) -> String {
    let rolled_back = matches!(task.operation.is, Operation::Rollback | Operation::RollbackSkip);
    match task.phase() {
        Phase::Skipped if rolled_back => "rolled back".to_owned(),
        Phase::Skipped => phase(Phase::Skipped).to_owned(),
        Phase::Done if task.progress.skipped > 0 => format!("done, {} skipped", task.progress.skipped),
        Phase::Failed if rolled_back => "FAILED undo".to_owned(),
        Phase::Unknown => unknown(&task.status.word),
        p => phase(p).to_owned(),
    }
}

/// State of a subtask.
pub fn subtask_state(subtask: &Subtask) -> String {
    match subtask.phase() {
        Phase::Skipped
            if matches!(subtask.operation.is, Operation::Rollback | Operation::RollbackSkip) =>
        {
            "undone".to_owned()
        }
        Phase::Unknown => unknown(&subtask.status.word),
        p => phase(p).to_owned(),
    }
}

/// The plane's own word, or that there is none.
fn unknown(word: &crate::domain::shown::Text) -> String {
    if word.is_empty() { "unknown".to_owned() } else { word.shown().as_str().to_owned() }
}

/// `4/10`: steps really done of all; blank where no steps are told.
pub fn steps(task: &TaskSummary) -> String {
    if task.progress.all == 0 { String::new() } else { format!("{}/{}", task.progress.done, task.progress.all) }
}

/// Why a read gave nothing, in few words.
pub fn cause(error: &ReadError) -> String {
    let word = match error.kind {
        ReadErrorKind::Unreachable => "not reachable",
        ReadErrorKind::Timeout => "no answer in time",
        ReadErrorKind::CutOff => "answer cut off",
        ReadErrorKind::Unauthenticated => "login refused (401)",
        ReadErrorKind::Forbidden => "not permitted (403)",
        ReadErrorKind::NotFound => "not found (404)",
        ReadErrorKind::Conflict => "refused for its state",
        ReadErrorKind::BadRequest => "request refused (400)",
        ReadErrorKind::RateLimited => "told to wait",
        ReadErrorKind::Redirected => "redirected, not followed",
        ReadErrorKind::NotAPlane => "answer is not a control plane's",
        ReadErrorKind::BadAnswer => "answer does not read",
        ReadErrorKind::TooLarge => "answer too large",
        ReadErrorKind::Server => "server error",
        ReadErrorKind::PollingStopped => "not asked: login was refused (401)",
    };
    if error.kind == ReadErrorKind::Server && error.http > 0 {
        return format!("{word} ({})", error.http);
    }
    word.to_owned()
}

/// What failed, why, and the trace ID, in one line.
pub fn read_failed(of: &Shown, error: &ReadError) -> String {
    let mut out = format!("{of}: {}", cause(error));
    if !error.why.is_empty() {
        out.push_str(": ");
        out.push_str(error.why.shown().as_str());
    }
    if let Some(trace) = &error.trace {
        out.push_str(" · trace ");
        out.push_str(trace.shown().as_str());
    }
    out
}

/// What is wrong with an answer.
pub fn defect(defect: &Defect) -> String {
    match defect {
        Defect::Dangling { from, to } => format!("subtask {from} names {to}, which is missing"),
        Defect::OneSided { from, to } => format!("edge {from} → {to} is told by one end only"),
        Defect::DuplicateId(id) => format!("subtask {id} is there twice, the first counts"),
        Defect::SelfLoop(id) => format!("subtask {id} waits for itself"),
        Defect::Cycle(id) => format!("a cycle runs through subtask {id}"),
        Defect::BadField { path, word } => {
            format!("field {} does not read: {}", path.shown(), word.shown())
        }
        Defect::TooMany { told } => format!("{told} subtasks told, not all are kept"),
    }
}

/// What a status says about its end: for the log's marks and the head.
pub fn is_end(status: &Status) -> bool {
    matches!(status, Status::Succeeded | Status::Failed)
}
