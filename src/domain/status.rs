//! Status and operation of tasks, and the one [`Phase`] they add up to; cluster, zone and server status.
//!
//! Every list is open: a word of a newer server is kept and shown as it came (reference: ocp-api 5).

use super::shown::Text;

/// Status of a task, stage or subtask, in the words of either control plane.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Status {
    /// Not begun; upstreams are open.
    Pending,
    /// May begin, waits for a worker.
    Ready,
    /// Runs.
    Running,
    /// A cancel was ordered and is not through.
    Canceling,
    /// Ended badly; resting, since retry, skip and rollback wake it again.
    Failed,
    /// Ended well, or was declared to have: see [`phase`].
    Succeeded,
    /// A word this program does not know.
    Unknown,
}

/// What is being done to a task or subtask.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Operation {
    /// OCP `EXECUTE`, OBShell `RUN`.
    Execute,
    /// Run again.
    Retry,
    /// Undone.
    Rollback,
    /// Stopped.
    Cancel,
    /// OCP: one subtask declared successful without doing it.
    Skip,
    /// OCP: an undoing declared done without doing it.
    RollbackSkip,
    /// OBShell: a DAG or node declared successful without doing it.
    Pass,
    /// None told, or a word this program does not know.
    Unknown,
}

/// A status or operation with the plane's own word beside it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Worded<T> {
    /// What the word means here.
    pub is: T,
    /// The plane's own word, exactly; empty when none was told.
    pub word: Text,
}

/// What the eye is told: status and operation in one word, the same for both planes (cli.md, Output).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Waits for its upstreams.
    Pending,
    /// Waits for a worker.
    Ready,
    /// Runs.
    Running,
    /// Runs backward.
    RollingBack,
    /// Is being stopped.
    Canceling,
    /// Failed.
    Failed,
    /// Done, really.
    Done,
    /// Declared successful, nothing was done.
    Skipped,
    /// Not known.
    Unknown,
}

impl Phase {
    /// All of them, in order of appearance in legends.
    pub const ALL: [Phase; 9] = [
        Phase::Pending,
        Phase::Ready,
        Phase::Running,
        Phase::RollingBack,
        Phase::Canceling,
        Phase::Failed,
        Phase::Done,
        Phase::Skipped,
        Phase::Unknown,
    ];
    /// The word of machine output (cli.md: `pending ready running rollingBack canceling failed done skipped unknown`).
    pub fn word(self) -> &'static str {
        match self {
            Phase::Pending => "pending",
            Phase::Ready => "ready",
            Phase::Running => "running",
            Phase::RollingBack => "rollingBack",
            Phase::Canceling => "canceling",
            Phase::Failed => "failed",
            Phase::Done => "done",
            Phase::Skipped => "skipped",
            Phase::Unknown => "unknown",
        }
    }
    /// Whether a clock runs in it.
    pub fn is_active(self) -> bool {
        matches!(self, Phase::Running | Phase::RollingBack | Phase::Canceling)
    }
    /// Whether nothing more happens by itself.
    pub fn is_resting(self) -> bool {
        matches!(self, Phase::Failed | Phase::Done | Phase::Skipped)
    }
    /// Order of concern: the first of a group is the one to show (architecture, "two kinds of task").
    pub fn concern(self) -> u8 {
        match self {
            Phase::Failed => 0,
            Phase::Canceling => 1,
            Phase::RollingBack => 2,
            Phase::Running => 3,
            Phase::Unknown => 4,
            Phase::Ready => 5,
            Phase::Pending => 6,
            Phase::Skipped => 7,
            Phase::Done => 8,
        }
    }
}

/// Reads a status word of OCP or OBShell, case ignored (reference: ocp-api 5.4, 5.5; obshell-api 6).
pub fn status(word: &str) -> Worded<Status> {
    let is = match word.to_ascii_uppercase().as_str() {
        "PENDING" => Status::Pending,
        "READY" => Status::Ready,
        "RUNNING" => Status::Running,
        "CANCELING" | "CANCELLING" => Status::Canceling,
        "FAILED" => Status::Failed,
        "SUCCESSFUL" | "SUCCEED" => Status::Succeeded,
        _ => Status::Unknown,
    };
    Worded { is, word: Text::new(word) }
}

/// Reads an operation word of OCP or OBShell, case ignored.
pub fn operation(word: &str) -> Worded<Operation> {
    let is = match word.to_ascii_uppercase().as_str() {
        "EXECUTE" | "RUN" => Operation::Execute,
        "RETRY" => Operation::Retry,
        "ROLLBACK" => Operation::Rollback,
        "CANCEL" => Operation::Cancel,
        "SKIP" => Operation::Skip,
        "ROLLBACK_SKIP" => Operation::RollbackSkip,
        "PASS" => Operation::Pass,
        _ => Operation::Unknown,
    };
    Worded { is, word: Text::new(word) }
}

/// Adds status and operation up to what the eye is told.
///
/// `Succeeded` by Skip or Pass is *skipped*, never *done* (screens 1, rule 7); running under Rollback is
/// *rolling back*; a task that ended its rollback is `Skipped` for the eye too: it was not done (ocp-api 5.4).
pub fn phase(status: &Status, operation: &Operation) -> Phase {
    match (status, operation) {
        (Status::Pending, _) => Phase::Pending,
        (Status::Ready, _) => Phase::Ready,
        (Status::Running, Operation::Rollback | Operation::RollbackSkip) => Phase::RollingBack,
        (Status::Running, Operation::Cancel) | (Status::Canceling, _) => Phase::Canceling,
        (Status::Running, _) => Phase::Running,
        (Status::Failed, _) => Phase::Failed,
        (
            Status::Succeeded,
            Operation::Skip | Operation::Pass | Operation::RollbackSkip | Operation::Rollback,
        ) => Phase::Skipped,
        (Status::Succeeded, _) => Phase::Done,
        (Status::Unknown, _) => Phase::Unknown,
    }
}

/// How a cluster, zone or server is, in one family for both planes; the plane's word stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Health {
    /// In service.
    Up,
    /// Between two states (`STARTING`, `STOPPING`, `OPERATING`, …).
    Changing,
    /// Stopped on purpose (service or process).
    Stopped,
    /// Not reachable, or inactive, without an order.
    Down,
    /// A word this program does not know.
    Unknown,
}

/// Reads a cluster, zone or server status word (reference: ocp-api 5.1–5.3).
pub fn health(word: &str) -> Worded<Health> {
    let is = match word.to_ascii_uppercase().as_str() {
        "RUNNING" | "ACTIVE" | "AVAILABLE" => Health::Up,
        "STOPPED" | "SERVICE_STOPPED" | "PROCESS_STOPPED" => Health::Stopped,
        "UNAVAILABLE" | "INACTIVE" | "DELETED" | "ABANDONED" => Health::Down,
        w if w.ends_with("ING") || matches!(w, "SWITCHOVER" | "FAILOVER" | "STARTING_IN_READ_ONLY") => {
            Health::Changing
        }
        _ => Health::Unknown,
    };
    Worded { is, word: Text::new(word) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(s: &str, o: &str) -> Phase {
        phase(&status(s).is, &operation(o).is)
    }

    #[test]
    fn a_skipped_or_passed_step_is_never_done() {
        assert_eq!(of("SUCCESSFUL", "SKIP"), Phase::Skipped);
        assert_eq!(of("SUCCEED", "PASS"), Phase::Skipped);
        assert_eq!(of("SUCCESSFUL", "EXECUTE"), Phase::Done);
        assert_eq!(of("SUCCESSFUL", ""), Phase::Done);
    }

    #[test]
    fn a_rolled_back_task_that_reads_successful_is_not_done() {
        assert_eq!(of("SUCCESSFUL", "ROLLBACK"), Phase::Skipped);
        assert_eq!(of("RUNNING", "rollback"), Phase::RollingBack);
    }

    #[test]
    fn unknown_words_are_kept() {
        let s = status("TERMINATED");
        assert_eq!(s.is, Status::Unknown);
        assert_eq!(s.word.raw(), "TERMINATED");
        assert_eq!(health("REINSTALLING").is, Health::Changing);
        assert_eq!(health("SERVICE_STOPPED").is, Health::Stopped);
        assert_eq!(health("weird").is, Health::Unknown);
    }
}
