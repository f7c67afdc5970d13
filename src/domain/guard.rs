//! Judges an action against its impact, and approves it: the one constructor of [`Approved`].
//!
//! Console and command line ask the same judge. How hard it makes it (operator-guide 3.4):
//!
//! | What is found | What is asked |
//! |---|---|
//! | a majority stays everywhere, with one to spare | `y` |
//! | nothing to spare, or `danger = "high"` | the typed name |
//! | a kill or force; something is not known, or moving | the typed name and a reason |
//! | a majority is certainly lost; another zone is stopped; a task holds the cluster; zones or tasks not read | refused; the way round is the typed name and a reason for overriding |
//! | the profile may only read; the target is gone or another | refused, no way round |
//!
//! `danger = "low"` takes `y` where nothing is to spare, and differs in nothing else.

use super::action::{Action, ClusterAction};
use super::id::ZoneName;
use super::impact::{Fact, Impact, Input, Level, Missing, Moved, Standing};
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
    /// Whether the server's certificate is not judged (`tls.insecure`): with `danger = "high"` an order may then go
    /// to anybody (reliability K08).
    pub insecure: bool,
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
    /// What makes a reason necessary; empty where none is, and behind a refusal.
    pub causes: Vec<Cause>,
}

/// What makes a reason necessary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// The mode skips the server's checks, or kills.
    Unchecked,
    /// Something that must be known was not read.
    Unread(Input, Missing),
    /// Something is moving in this tenant, or was not told of it.
    Unsure(Text),
    /// Some log streams of this tenant may stop.
    MayStop(Text),
    /// This tenant pauses until arbitration has downgraded it.
    Pauses(Text),
}

impl Cause {
    /// The cause in machine words.
    pub fn code(&self) -> String {
        match self {
            Cause::Unchecked => "unchecked".to_owned(),
            Cause::Unread(input, _) => format!("{}-unread", input.word()),
            Cause::Unsure(tenant) => format!("unsure {}", tenant.raw()),
            Cause::MayStop(tenant) => format!("may-stop {}", tenant.raw()),
            Cause::Pauses(tenant) => format!("pauses {}", tenant.raw()),
        }
    }
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
    /// These tenants would have no majority.
    MajorityLost(Vec<Text>),
    /// No server of RootService would be left.
    NoRootService,
    /// The whole cluster goes.
    WholeCluster,
    /// Zones or tasks could not be read: what, and why.
    Unread(Input, Missing),
    /// What is meant is gone, or another; no way round.
    Target(Moved),
    /// The server's certificate is not judged and the profile is of danger high.
    Insecure,
}

impl Blocker {
    /// The blocker in machine words, raw names included.
    pub fn code(&self) -> String {
        match self {
            Blocker::ReadOnly => "read-only".to_owned(),
            Blocker::HeldBy(t) => format!("held-by {}", t.at.id.raw()),
            Blocker::OtherZones(zones) => Fact::OtherZonesNotWhole(zones.clone()).code(),
            Blocker::MajorityLost(tenants) => {
                format!("majority-lost {}", tenants.iter().map(Text::raw).collect::<Vec<_>>().join(","))
            }
            Blocker::NoRootService => "no-root-service".to_owned(),
            Blocker::WholeCluster => "whole-cluster".to_owned(),
            Blocker::Unread(input, _) => format!("{}-unread", input.word()),
            Blocker::Target(moved) => Fact::Target(moved.clone()).code(),
            Blocker::Insecure => "tls-insecure".to_owned(),
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
    /// A reason is required: what for.
    ReasonMissing(Vec<Cause>),
}

impl Refusal {
    /// The refusal in machine words, for the journal.
    pub fn codes(&self) -> Vec<String> {
        match self {
            Refusal::Blocked(blockers) => blockers.iter().map(Blocker::code).collect(),
            Refusal::NotConfirmed => vec!["not-confirmed".to_owned()],
            Refusal::NameMissing(_) => vec!["name-missing".to_owned()],
            Refusal::NameWrong { .. } => vec!["name-wrong".to_owned()],
            Refusal::ReasonMissing(causes) => {
                std::iter::once("reason-missing".to_owned()).chain(causes.iter().map(Cause::code)).collect()
            }
        }
    }
}

/// Judges an action.
pub fn judge(action: &Action, impact: &Impact, rules: &Rules) -> Verdict {
    if rules.read_only {
        return Verdict::Refuse { blockers: vec![Blocker::ReadOnly], way_round: None };
    }
    let mut blockers = Vec::new();
    if rules.insecure && rules.danger == Danger::High {
        blockers.push(Blocker::Insecure);
    }
    let (name, question) = match action {
        Action::Cluster(a) => {
            blockers.splice(0..0, blockers_of(a, impact));
            (Some(a.confirm_name()), question(a, impact, *rules))
        }
        Action::Task { .. } | Action::Subtask { .. } => (None, Question::default()),
    };
    if blockers.is_empty() {
        return Verdict::Ask(question);
    }
    let is_final = blockers.iter().any(|b| matches!(b, Blocker::Target(_)));
    let way_round = Question { typed: name, reason: true, causes: Vec::new() };
    Verdict::Refuse { blockers, way_round: (!is_final).then_some(way_round) }
}

/// What must be answered where nothing refuses.
fn question(a: &ClusterAction, impact: &Impact, rules: Rules) -> Question {
    let is_high = rules.danger == Danger::High;
    if !a.verb.takes_away() {
        return Question { typed: is_high.then(|| a.confirm_name()), ..Question::default() };
    }
    let mut causes = Vec::new();
    if a.force.is_unchecked() {
        causes.push(Cause::Unchecked);
    }
    let mut is_tight = false;
    for finding in &impact.findings {
        match &finding.fact {
            // The offline limit has no part in whether a majority stays.
            Fact::Unread(Input::Parameters, _) | Fact::NoOfflineLimit => is_tight = true,
            Fact::Unread(input, why) => causes.push(Cause::Unread(*input, why.clone())),
            Fact::Tenant(t) => match t.standing {
                Standing::Unknown => causes.push(Cause::Unsure(t.name.clone())),
                Standing::MayStop => causes.push(Cause::MayStop(t.name.clone())),
                Standing::Pauses => causes.push(Cause::Pauses(t.name.clone())),
                Standing::NoSpare => is_tight = true,
                Standing::Safe | Standing::Stops | Standing::Down => {}
            },
            _ => {}
        }
    }
    let typed = is_high || !causes.is_empty() || (is_tight && rules.danger != Danger::Low);
    Question { typed: typed.then(|| a.confirm_name()), reason: !causes.is_empty(), causes }
}

/// Everything that refuses, worst first.
fn blockers_of(a: &ClusterAction, impact: &Impact) -> Vec<Blocker> {
    let lost: Vec<Text> = impact.tenants().filter(|t| t.standing.is_lost()).map(|t| t.name.clone()).collect();
    let is_whole = impact.findings.iter().any(|f| f.fact == Fact::WholeCluster);
    let mut blockers: Vec<Blocker> = Vec::new();
    if !is_whole && !lost.is_empty() {
        blockers.push(Blocker::MajorityLost(lost));
    }
    blockers.extend(impact.findings.iter().filter_map(|f| match &f.fact {
        Fact::Target(moved) => Some(Blocker::Target(moved.clone())),
        Fact::OtherTask(t) => Some(Blocker::HeldBy(t.clone())),
        // The server would refuse it; one that skips its checks would not (operator-guide 3.4).
        Fact::OtherZonesNotWhole(z) if a.verb.takes_away() && !a.force.is_unchecked() => {
            Some(Blocker::OtherZones(z.clone()))
        }
        Fact::WholeCluster => Some(Blocker::WholeCluster),
        Fact::RootService { .. } if f.level == Level::Loss && !is_whole => Some(Blocker::NoRootService),
        // "Could not read" is treated as "not alive": never green (A12).
        Fact::Unread(input @ (Input::Topology | Input::Tasks), why) => {
            Some(Blocker::Unread(*input, why.clone()))
        }
        _ => None,
    }));
    blockers
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
        return Err(Refusal::ReasonMissing(question.causes.clone()));
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
