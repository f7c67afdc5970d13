//! What the drawing asks of the dialog: questions only, nothing changes.

use super::ending::{Back, Place, Stage};
use super::situation::{self, Lock, Situation, Typed};
use super::{Dialog, Focus, Hint};
use crate::app::effect::{Query, Reply};
use crate::app::facts::Facts;
use crate::app::key::Key;
use crate::domain::action::{Action, ClusterAction, Scope, Verb};
use crate::domain::capability::Mode;
use crate::domain::id::{ClusterRef, TaskId};
use crate::domain::impact::Finding;
use crate::domain::limits;
use crate::domain::outcome::Held;
use crate::domain::request::Checked;
use crate::domain::shown::Text;
use crate::domain::time::{Span, Timestamp};

impl Dialog {
    /// What is known now; `None` when the profile is no longer configured.
    pub fn situation(&self, cx: &Facts<'_>) -> Option<Situation> {
        situation::look(self.action(cx), cx)
    }
    /// Why a yes would not count now; `None` when it would.
    pub fn lock(&self, situation: &Situation, cx: &Facts<'_>) -> Option<Lock> {
        if let Some(lock) = situation::lock(situation, cx) {
            return Some(lock);
        }
        let question = situation.question()?;
        let name = question.typed.as_ref().and_then(|want| situation::typed(want, self.typed.value()));
        match name {
            Some(wrong @ Typed::Differs { .. }) => Some(Lock::Name(wrong)),
            _ if question.reason && self.reason.is_blank() => Some(Lock::Reason),
            Some(short) => Some(Lock::Name(short)),
            None if !self.gate.is_settled(cx.now) => Some(Lock::Settling),
            None => None,
        }
    }
    /// What is to be done.
    pub fn verb(&self) -> Verb {
        self.verb
    }
    /// To what.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
    /// On which cluster.
    pub fn cluster(&self) -> &ClusterRef {
        &self.cluster
    }
    /// What the control plane offers for this, the mildest first; empty where it offers nothing.
    pub fn modes(&self, cx: &Facts<'_>) -> &'static [Mode] {
        let profile = cx.settings.profile(&self.cluster.profile);
        profile.map_or(&[], |p| p.capabilities.modes(self.verb, &self.scope))
    }
    /// The mode chosen, else the mildest.
    pub fn mode(&self, cx: &Facts<'_>) -> Mode {
        self.mode.or_else(|| self.modes(cx).first().copied()).unwrap_or(Mode::Plain)
    }
    /// Tasks chosen to be passed over.
    pub fn passes(&self) -> &[TaskId] {
        &self.pass
    }
    /// Whether a task holds the cluster, and the plane can pass it over in the same request.
    pub fn can_pass(&self, situation: &Situation, cx: &Facts<'_>) -> bool {
        let offered =
            cx.settings.profile(&self.cluster.profile).is_some_and(|p| p.capabilities.passes_dags());
        offered && (!self.pass.is_empty() || !super::holders(situation).is_empty())
    }
    /// The plane's own check to ask for: where it has one, whatever the mode, since it looks at what would be left.
    pub fn check(&self, cx: &Facts<'_>) -> Option<Query> {
        let profile = cx.settings.profile(&self.cluster.profile)?;
        let action = self.action(cx);
        profile.capabilities.checks(self.verb, &self.scope).then(|| {
            let force = Mode::Plain.force(Vec::new());
            Query::Check(Box::new(Action::Cluster(ClusterAction { force, ..action })))
        })
    }
    /// What that check said; `Err` why it could not be asked; `None` while it is asked, or where there is none.
    pub fn checked<'c>(&self, cx: &'c Facts<'_>) -> Option<Result<&'c Checked, &'c Text>> {
        let known = cx.cache.get(&self.check(cx)?)?;
        match (&known.answer, &known.error) {
            (Some((_, at)), Some((error, failed))) if failed > at => Some(Err(&error.why)),
            (Some((answer, _)), _) => match &answer.reply {
                Reply::Check(checked) => checked.as_ref().map(Ok),
                _ => None,
            },
            (None, Some((error, _))) => Some(Err(&error.why)),
            (None, None) => None,
        }
    }
    /// What the keys go to.
    pub fn focus(&self) -> Focus {
        self.focus
    }
    /// The reason as typed, and the characters before its cursor.
    pub fn reason(&self) -> (&str, usize) {
        (self.reason.value(), self.reason.cursor())
    }
    /// The name as typed, and the characters before its cursor.
    pub fn typed_name(&self) -> (&str, usize) {
        (self.typed.value(), self.typed.cursor())
    }
    /// Where it is in its life.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }
    /// Rows the whole impact is scrolled by, when it is open.
    pub fn table(&self) -> Option<usize> {
        self.table
    }
    /// Rows the page of an end is scrolled by.
    pub fn scroll(&self) -> usize {
        self.scroll
    }
    /// Why the last key did not do what it may have been meant to.
    pub fn hint(&self) -> Option<&Hint> {
        self.hint.as_ref()
    }
    /// When the impact became another than what was shown first.
    pub fn changed(&self) -> Option<Timestamp> {
        self.changed
    }
    /// Why the last order did not leave here.
    pub fn back(&self) -> Option<&Back> {
        self.back.as_ref()
    }
    /// Whether a finding was not there when the order was confirmed that was then held back (A10).
    pub fn is_new(&self, finding: &Finding) -> bool {
        let held = matches!(self.back, Some(Back::Held(Held::Changed { .. })));
        held && !self.confirmed.contains(&finding.fact.code())
    }
    /// Whether keys count: it has been on the screen long enough for them to be meant for it.
    pub fn hears(&self, now: Timestamp) -> bool {
        self.gate.hears(now)
    }
    /// The key that means yes.
    pub fn yes_key(&self) -> Key {
        self.gate.yes()
    }
    /// Where the tasks are that matter after the end.
    pub fn place(&self) -> Place {
        Place { profile: self.cluster.profile.clone(), cluster: Some(self.cluster.id.clone()), task: None }
    }
    /// When it would look otherwise though nothing happens: the end of its deaf time, or of the age its data may have.
    pub fn wakes_at(&self, cx: &Facts<'_>) -> Option<Timestamp> {
        if self.stage != Stage::Asking {
            return None;
        }
        let read_at = self.situation(cx)?.read_at?;
        let old = read_at.plus(limits::IMPACT_MAX_AGE).plus(Span::from_millis(1));
        self.gate.opens_at().into_iter().chain([old]).filter(|at| *at > cx.now).min()
    }
}
