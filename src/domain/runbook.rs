//! Runbook cards: which refusal, state or end has a card that says what to do (operator-guide 5.4).
//!
//! A card is found by the database's codes and the control planes' own words, wherever they stand: in a refusal, or in
//! the log of a failed subtask, since OCP takes a stop first and meets the database's answer in one of its steps. The
//! cards themselves are files; what is made of them for the screen is `text`'s.

use super::outcome::{ReadErrorKind, Refused};
use super::status::Phase;
use super::task::Subtask;
use super::time::Timestamp;

/// One card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Card {
    /// -4660: something in another zone is stopped already.
    StoppedElsewhere,
    /// -4179, no enough valid paxos member: a replica is missing.
    ReplicaMissing,
    /// -4179, log not sync.
    LogNotInSync,
    /// -4179, a log stream has no leader.
    NoLeader,
    /// -4179, a locality is changing.
    LocalityChanging,
    /// OBShell: another task holds the cluster.
    UnderMaintenance,
    /// OBShell: the whole cluster can only be killed.
    KillRequired,
    /// OBShell: the agent has no database.
    NoDatabase,
    /// A subtask ran into its time limit.
    StepTimedOut,
    /// The answer to an order was lost.
    AnswerLost,
    /// Less than a fifth of the offline limit is left.
    OfflineClock,
}

impl Card {
    /// All of them, in the order of the operator guide.
    pub const ALL: [Card; 11] = [
        Card::StoppedElsewhere,
        Card::ReplicaMissing,
        Card::LogNotInSync,
        Card::NoLeader,
        Card::LocalityChanging,
        Card::UnderMaintenance,
        Card::KillRequired,
        Card::NoDatabase,
        Card::StepTimedOut,
        Card::AnswerLost,
        Card::OfflineClock,
    ];
    /// Its name: that of its file, and what the palette takes after `runbook`.
    pub fn name(self) -> &'static str {
        match self {
            Card::StoppedElsewhere => "stopped-elsewhere",
            Card::ReplicaMissing => "replica-missing",
            Card::LogNotInSync => "log-not-in-sync",
            Card::NoLeader => "no-leader",
            Card::LocalityChanging => "locality-changing",
            Card::UnderMaintenance => "under-maintenance",
            Card::KillRequired => "kill-required",
            Card::NoDatabase => "no-database",
            Card::StepTimedOut => "step-timed-out",
            Card::AnswerLost => "answer-lost",
            Card::OfflineClock => "offline-clock",
        }
    }
    /// Its file, Markdown.
    pub fn markdown(self) -> &'static str {
        match self {
            Card::StoppedElsewhere => include_str!("../../assets/runbook/stopped-elsewhere.md"),
            Card::ReplicaMissing => include_str!("../../assets/runbook/replica-missing.md"),
            Card::LogNotInSync => include_str!("../../assets/runbook/log-not-in-sync.md"),
            Card::NoLeader => include_str!("../../assets/runbook/no-leader.md"),
            Card::LocalityChanging => include_str!("../../assets/runbook/locality-changing.md"),
            Card::UnderMaintenance => include_str!("../../assets/runbook/under-maintenance.md"),
            Card::KillRequired => include_str!("../../assets/runbook/kill-required.md"),
            Card::NoDatabase => include_str!("../../assets/runbook/no-database.md"),
            Card::StepTimedOut => include_str!("../../assets/runbook/step-timed-out.md"),
            Card::AnswerLost => include_str!("../../assets/runbook/answer-lost.md"),
            Card::OfflineClock => include_str!("../../assets/runbook/offline-clock.md"),
        }
    }
    /// The SQL of a card, ready to copy; several statements are several lines.
    pub fn sql(self) -> Option<&'static str> {
        let (_, rest) = self.markdown().split_once("```sql\n")?;
        rest.split_once("\n```").map(|(sql, _)| sql)
    }
}

/// The card for words of a server or a database, in any case; `None` where no card is about them.
pub fn of_words(words: &str) -> Option<Card> {
    let words = words.to_ascii_lowercase();
    let has = |w: &str| words.contains(w);
    let code = |n: &str| has_number(&words, n);
    // OBShell's own sentence about its targets has the same words and another cause.
    let is_about_targets = has("cannot stop server or stop zone in multiple zones");
    let card = match () {
        () if has("valid paxos member") => Card::ReplicaMissing,
        () if has("log not sync") || has("log is not sync") || has("logs are not in sync") => {
            Card::LogNotInSync
        }
        () if has("has no leader") => Card::NoLeader,
        () if has("locality is changing")
            || has("locality is being changed")
            || has("in locality change") =>
        {
            Card::LocalityChanging
        }
        () if code("4660") || (has("in multiple zones") && !is_about_targets) => Card::StoppedElsewhere,
        () if has("under maintenance by dag") => Card::UnderMaintenance,
        () if has("without 'force'") || has("force or terminate") => Card::KillRequired,
        () if has("current observer is not available") => Card::NoDatabase,
        // The bare code: the commonest of its causes, and the one that is looked for first.
        () if code("4179") => Card::ReplicaMissing,
        () => return None,
    };
    Some(card)
}

/// Whether a number stands in the words by itself, not inside a longer one.
fn has_number(words: &str, number: &str) -> bool {
    words.match_indices(number).any(|(at, _)| {
        let before = words.get(..at).and_then(|w| w.chars().next_back());
        let after = words.get(at + number.len()..).and_then(|w| w.chars().next());
        let part = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        !part(before) && !part(after)
    })
}

/// The card for a refusal.
pub fn of_refusal(refused: &Refused) -> Option<Card> {
    let about = matches!(
        refused.kind,
        ReadErrorKind::Conflict
            | ReadErrorKind::BadRequest
            | ReadErrorKind::Server
            | ReadErrorKind::NotFound
            | ReadErrorKind::BadAnswer
    );
    about.then(|| of_words(&format!("{} {}", refused.code.raw(), refused.message.raw()))).flatten()
}

/// The card for a subtask: what the last lines of its log say, else that it ran into its limit. `now` is the server's.
pub fn of_subtask<'a>(
    subtask: &Subtask,
    last_lines: impl IntoIterator<Item = &'a str>,
    now: Timestamp,
) -> Option<Card> {
    if subtask.phase() != Phase::Failed {
        let overdue = subtask.left(now).is_some_and(|left| left.millis() < 0);
        return overdue.then_some(Card::StepTimedOut);
    }
    let mut timed_out = ran_out(subtask);
    for line in last_lines {
        if let Some(card) = of_words(line) {
            return Some(card);
        }
        timed_out |= tells_timeout(line);
    }
    timed_out.then_some(Card::StepTimedOut)
}

/// Whether a step that failed took as long as it was allowed to. Times of a later run count from the first start and
/// prove nothing (ocp-api 6).
fn ran_out(subtask: &Subtask) -> bool {
    match (subtask.timeout, subtask.started, subtask.finished) {
        (Some(limit), Some(from), Some(to)) if !subtask.is_later_run() => to.since(from) >= limit,
        _ => false,
    }
}

/// `TSK10012`: the subtask ran into its timeout (ocp-api 2.2).
fn tells_timeout(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    line.contains("tsk10012")
        || line.contains("task timeout")
        || line.contains("subtask timed out")
        || line.contains("run into timeout")
}

#[cfg(test)]
mod tests;
