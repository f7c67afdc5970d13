//! Judges an action against its impact, and approves it: the one constructor of [`Approved`].
//!
//! Console and command line ask the same judge. This is the simple form: the full one comes with the safe-stop issue.

use super::action::{Action, ClusterAction};
use super::id::ZoneName;
use super::impact::{Fact, Impact, Level};
use super::shown::Text;
use super::task::TaskSummary;
use super::time::Timestamp;

/// How much confirming a profile wants (`danger` in the config).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Danger {
    /// A playground.
    Low,
    /// The default.
    #[default]
    Normal,
    /// Production: the top line is reverse video with the word.
    High,
}

/// What the profile says about confirming.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rules {
    /// How much confirming is wanted.
    pub danger: Danger,
    /// Whether nothing but reads may be sent.
    pub read_only: bool,
}

/// What the guard says to an action.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It may be sent once this is answered.
    Ask(Question),
    /// It is refused; `way_round` is what must be answered to go on all the same, if anything.
    Refuse {
        /// Why.
        blockers: Vec<Blocker>,
        /// What "Stop anyway" and `--override` ask for.
        way_round: Option<Question>,
    },
}

/// What must be answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    /// The name to be typed, exactly; `None`: the single key `y` (or `--yes`).
    pub typed: Option<String>,
    /// Whether a reason is required.
    pub reason: bool,
}

/// Why an action is refused here.
#[derive(Debug, Clone, PartialEq)]
pub enum Blocker {
    /// The profile is read-only; no way round.
    ReadOnly,
    /// A task holds the cluster: the server would refuse it (ocp-api 2.2, bold codes).
    HeldBy(Box<TaskSummary>),
    /// Other zones are not whole: the server would refuse it (-4660).
    OtherZones(Vec<ZoneName>),
    /// A majority of the zones would be lost.
    MajorityLost,
    /// The whole cluster goes.
    WholeCluster,
    /// What must be known could not be read: why.
    Unread(Text),
}

impl Blocker {
    /// The blocker in machine words, raw names included.
    pub fn code(&self) -> String {
        match self {
            Blocker::ReadOnly => "read-only".to_owned(),
            Blocker::HeldBy(t) => format!("held-by {}", t.at.id.raw()),
            Blocker::OtherZones(zones) => Fact::OtherZonesNotWhole(zones.clone()).code(),
            Blocker::MajorityLost => "majority-lost".to_owned(),
            Blocker::WholeCluster => "whole-cluster".to_owned(),
            Blocker::Unread(_) => "unread".to_owned(),
        }
    }
}

/// The operator's answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// Pressed `y` or gave `--yes`.
    pub yes: bool,
    /// What was typed as the name.
    pub typed: Option<String>,
    /// The reason given.
    pub reason: Option<String>,
    /// The reason for going on against a refusal (`--override`, "Stop anyway").
    pub overriding: Option<String>,
}

/// What a yes rested on: what was in front of the operator's eyes, and what was answered. Kept in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// The impact in machine words ([`Impact::codes`]); compared with a fresh read before sending (A10).
    pub codes: Vec<String>,
    /// Why the guard had refused, in the same words; empty where it asked.
    pub refused: Vec<String>,
    /// The name that was typed.
    pub typed: Option<String>,
    /// The reason given.
    pub reason: Option<String>,
    /// The reason for going on against a refusal.
    pub overriding: Option<String>,
    /// When the yes was given.
    pub at: Timestamp,
}

/// An action that was judged and answered. Consumed by sending; cannot be made elsewhere, cannot be cloned.
#[derive(Debug, PartialEq)]
pub struct Approved {
    action: Action,
    basis: Box<Basis>,
}

impl Approved {
    /// What was approved.
    pub fn action(&self) -> &Action {
        &self.action
    }
    /// What the yes rested on.
    pub fn basis(&self) -> &Basis {
        &self.basis
    }
    /// The reason given.
    pub fn reason(&self) -> Option<&str> {
        self.basis.reason.as_deref()
    }
    /// The reason for overriding, if it was.
    pub fn overriding(&self) -> Option<&str> {
        self.basis.overriding.as_deref()
    }
    /// When it was approved.
    pub fn at(&self) -> Timestamp {
        self.basis.at
    }
}

/// Why an answer does not approve.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// Refused, and no way round was taken (or there is none).
    Blocked(Vec<Blocker>),
    /// Not confirmed with `y` or `--yes`.
    NotConfirmed,
    /// The typed name is missing: what it must be.
    NameMissing(String),
    /// The typed name is wrong: what it must be, and the first letter (from 0) that differs.
    NameWrong {
        /// What it must be.
        want: String,
        /// Index of the first character that differs.
        at: usize,
    },
    /// A reason is required.
    ReasonMissing,
}

impl Refusal {
    /// The refusal in machine words, for the journal.
    pub fn codes(&self) -> Vec<String> {
        match self {
            Refusal::Blocked(blockers) => blockers.iter().map(Blocker::code).collect(),
            Refusal::NotConfirmed => vec!["not-confirmed".to_owned()],
            Refusal::NameMissing(_) => vec!["name-missing".to_owned()],
            Refusal::NameWrong { .. } => vec!["name-wrong".to_owned()],
            Refusal::ReasonMissing => vec!["reason-missing".to_owned()],
        }
    }
}

/// Judges an action.
pub fn judge(action: &Action, impact: &Impact, rules: &Rules) -> Verdict {
    if rules.read_only {
        return Verdict::Refuse { blockers: vec![Blocker::ReadOnly], way_round: None };
    }
    let Action::Cluster(a) = action else {
        return Verdict::Ask(Question::default());
    };
    let blockers: Vec<Blocker> = impact.findings.iter().filter_map(|f| blocker(a, &f.fact)).collect();
    let hard = a.force.is_unchecked() || impact.findings.iter().any(|f| f.level == Level::Loss);
    let question = Question {
        typed: (a.verb.takes_away() || rules.danger == Danger::High).then(|| a.confirm_name()),
        reason: a.verb.takes_away() && hard,
    };
    if blockers.is_empty() {
        Verdict::Ask(question)
    } else {
        Verdict::Refuse {
            blockers,
            way_round: Some(Question { typed: Some(a.confirm_name()), reason: true }),
        }
    }
}

fn blocker(a: &ClusterAction, fact: &Fact) -> Option<Blocker> {
    match fact {
        Fact::OtherTask(t) => Some(Blocker::HeldBy(t.clone())),
        Fact::OtherZonesNotWhole(z) if a.verb.takes_away() => Some(Blocker::OtherZones(z.clone())),
        Fact::MajorityOfZonesLost => Some(Blocker::MajorityLost),
        Fact::WholeCluster => Some(Blocker::WholeCluster),
        // "Could not read" is treated as "not alive": never green (A12).
        Fact::TopologyUnread(why) | Fact::TasksUnread(why) => Some(Blocker::Unread(why.clone())),
        Fact::OtherZonesNotWhole(_)
        | Fact::Zones { .. }
        | Fact::Servers { .. }
        | Fact::NothingElseDown
        | Fact::NoOtherTask
        | Fact::RootService { .. }
        | Fact::AlreadyStopped
        | Fact::AlreadyUp
        | Fact::ForceSkipsCheck
        | Fact::KillsUnchecked { .. }
        | Fact::NotChecked => None,
    }
}

/// Makes the one value a control plane accepts, if the answer satisfies the verdict.
///
/// A name that was given but is wrong refuses even where none was asked for: it was meant to protect.
pub fn approve(
    action: Action,
    impact: &Impact,
    verdict: &Verdict,
    answer: &Answer,
    now: Timestamp,
) -> Result<Approved, Refusal> {
    let question = match verdict {
        Verdict::Ask(q) => q,
        Verdict::Refuse { blockers, way_round } => match (way_round, filled(answer.overriding.as_ref())) {
            (Some(q), Some(_)) => q,
            _ => return Err(Refusal::Blocked(blockers.clone())),
        },
    };
    if !answer.yes {
        return Err(Refusal::NotConfirmed);
    }
    let given_name = match &action {
        Action::Cluster(a) => Some(a.confirm_name()),
        Action::Task { .. } | Action::Subtask { .. } => None,
    };
    if let Some(want) = question.typed.clone().or(given_name) {
        match &answer.typed {
            Some(typed) if *typed == want => {}
            Some(typed) => return Err(Refusal::NameWrong { at: first_difference(&want, typed), want }),
            None if question.typed.is_some() => return Err(Refusal::NameMissing(want)),
            None => {}
        }
    }
    let reason = filled(answer.reason.as_ref()).or_else(|| filled(answer.overriding.as_ref()));
    if question.reason && reason.is_none() {
        return Err(Refusal::ReasonMissing);
    }
    let (overriding, refused) = match verdict {
        Verdict::Ask(_) => (None, Vec::new()),
        Verdict::Refuse { blockers, .. } => {
            (filled(answer.overriding.as_ref()), blockers.iter().map(Blocker::code).collect())
        }
    };
    let typed = question.typed.is_some().then(|| answer.typed.clone()).flatten();
    let basis = Basis { codes: impact.codes(), refused, typed, reason, overriding, at: now };
    Ok(Approved { action, basis: Box::new(basis) })
}

fn filled(text: Option<&String>) -> Option<String> {
    text.filter(|t| !t.trim().is_empty()).cloned()
}

/// Index of the first character in which two names differ.
pub fn first_difference(want: &str, typed: &str) -> usize {
    want.chars().zip(typed.chars()).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests;
