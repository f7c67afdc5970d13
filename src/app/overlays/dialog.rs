//! The dialog that stops, starts or restarts something: Mode, Impact, Request, Confirm, always in this order (screens 7).
//!
//! Bound to profile, IDs and names from the moment it is opened (A11). It reads the impact, asks, sends once, and
//! shows how it ended. The only way to an order is [`guard::approve`]; `y` asks for it, and Enter never does.

mod curl;
pub mod ending;
mod field;
mod gate;
pub mod situation;
mod view;

pub(crate) use curl::curl;
pub(crate) use field::Field;
pub(crate) use gate::Gate;

use super::DialogStep;
use crate::app::effect::{Query, Ticket, Want};
use crate::app::facts::{Facts, Go};
use crate::app::keepsake::Saved;
use crate::app::key::{Key, KeyCode};
use crate::app::paper::{DryRun, Paper, To};
use crate::domain::action::{Action, ClusterAction, Scope, Verb};
use crate::domain::capability::Mode;
use crate::domain::guard::{self, Answer, Blocker, Refusal, Verdict};
use crate::domain::id::{ClusterRef, TaskId, TaskRef};
use crate::domain::outcome::Outcome;
use crate::domain::shown::{Shown, Text};
use crate::domain::time::{Span, Timestamp};
use crate::domain::timeline::{Subject, What};
use ending::{Back, Settled, Stage};
use situation::{Lock, Request, Situation};

/// How old what the impact rests on may get before it is read again: well inside the limit of
/// [`crate::domain::limits::IMPACT_MAX_AGE`], so that the button does not lock in the middle of a yes.
const REREAD: Span = Span::from_secs(5);
/// A request does not change with time, only with its action.
const PLAN_MAX_AGE: Span = Span::from_secs(3600);

/// What the keys go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// The task that holds the cluster: enter opens it.
    Holder,
    /// How hard.
    Mode,
    /// Whether the task that holds the cluster is passed over in the same request.
    Pass,
    /// The reason.
    Reason,
    /// The typed name.
    Name,
    /// The button with the deed.
    Deed,
    /// The button that leaves.
    Cancel,
}

/// What is to be said of the last key: why it did not do what it may have been meant to, or what it did.
#[derive(Debug, Clone, PartialEq)]
pub enum Hint {
    /// A yes did not count.
    Locked(Lock),
    /// Enter was pressed on the deed.
    EnterIsNoYes,
    /// Something was pasted into the name field.
    PasteRefused,
    /// The guard did not accept the answer.
    Refused(Refusal),
    /// It did: this was copied. Said here, because the dialog covers the message line.
    Copied(Shown),
    /// It did: files were written, or could not be. Said here for the same reason.
    Saved(Saved),
}

impl Hint {
    /// What is to be said of a step that leaves the dialog open.
    pub(crate) fn of(step: &DialogStep) -> Option<Hint> {
        match step {
            DialogStep::Go(Go::Copy(value)) => Some(Hint::Copied(value.clone())),
            DialogStep::Nothing
            | DialogStep::Close
            | DialogStep::Submit(_)
            | DialogStep::Go(_)
            | DialogStep::CloseAnd(_) => None,
        }
    }
}

/// Asks for the files of a dry run, or says why there is none.
pub(crate) fn save(run: Result<DryRun, Lock>, saving: &mut bool, hint: &mut Option<Hint>) -> DialogStep {
    match run {
        Ok(run) => {
            *saving = true;
            DialogStep::Go(Go::Paper(Box::new(Paper::DryRun(Box::new(run))), To::Files))
        }
        Err(lock) => {
            *hint = Some(Hint::Locked(lock));
            DialogStep::Nothing
        }
    }
}

/// The dialog.
#[derive(Debug)]
pub struct Dialog {
    verb: Verb,
    cluster: ClusterRef,
    scope: Scope,
    /// Bound at the first look at the facts, which is when the operator sees it.
    name: Option<Text>,
    /// As chosen; `None`: the mildest that the plane has for it.
    mode: Option<Mode>,
    /// Tasks that hold the cluster and are to be passed over; never filled in by itself (H04).
    pass: Vec<TaskId>,
    focus: Focus,
    /// Whether the operator moved the focus; it then stays where it is.
    moved_focus: bool,
    reason: Field,
    typed: Field,
    gate: Gate,
    stage: Stage,
    /// Rows the whole impact is scrolled by, when it is open.
    table: Option<usize>,
    /// Rows the page of an end is scrolled by.
    scroll: usize,
    hint: Option<Hint>,
    /// Files were asked for, and nothing came of it yet.
    saving: bool,
    /// What a yes would confirm, as last looked at.
    seen: Option<Box<Situation>>,
    /// When the impact became another than what was shown first.
    changed: Option<Timestamp>,
    back: Option<Back>,
    /// Why the guard refused when a yes was last given against it.
    told: Vec<String>,
    /// What the last yes confirmed, in machine words: what is new beside it is marked when the order was held back.
    confirmed: Vec<String>,
}

impl Dialog {
    /// Opens the dialog for a verb on something. Call [`Dialog::refresh`] next: it binds the cluster's name.
    pub fn new(verb: Verb, cluster: ClusterRef, scope: Scope, opened_with: Key, now: Timestamp) -> Self {
        Self {
            verb,
            cluster,
            scope,
            name: None,
            mode: None,
            pass: Vec::new(),
            focus: Focus::Cancel,
            moved_focus: false,
            reason: Field::default(),
            typed: Field::default(),
            gate: Gate::new(opened_with, now),
            stage: Stage::Asking,
            table: None,
            scroll: 0,
            hint: None,
            saving: false,
            seen: None,
            changed: None,
            back: None,
            told: Vec::new(),
            confirmed: Vec::new(),
        }
    }

    /// Does what a key asks.
    pub fn key(&mut self, key: Key, cx: &Facts<'_>) -> DialogStep {
        self.refresh(cx);
        // The way out is never deaf (reliability P9).
        if key == Key::plain(KeyCode::Esc) || key == Key::ctrl('c') {
            return self.leave(key);
        }
        if self.gate.drops(key, cx.now) {
            return DialogStep::Nothing;
        }
        match &self.stage {
            Stage::Sending { .. } => DialogStep::Nothing,
            Stage::Ended(ended) => {
                self.scroll = rolled(self.scroll, key);
                let step = ending::key(ended, &self.place(), key, cx);
                self.hint = Hint::of(&step);
                step
            }
            Stage::Asking => {
                self.hint = None;
                let step = self.asked(key, cx);
                self.refresh(cx);
                step
            }
        }
    }

    /// Takes pasted text: into the reason only; the name must be typed.
    pub fn paste(&mut self, text: &str, cx: &Facts<'_>) {
        self.refresh(cx);
        if self.stage != Stage::Asking || self.table.is_some() || !self.gate.hears(cx.now) {
            return;
        }
        match self.focus {
            Focus::Reason => self.reason.paste(text),
            Focus::Name => self.hint = Some(Hint::PasteRefused),
            Focus::Holder | Focus::Mode | Focus::Pass | Focus::Deed | Focus::Cancel => {}
        }
    }

    /// A frame with the dialog in it was drawn: from here the deaf time runs. May be called for every frame.
    pub fn painted(&mut self, now: Timestamp) {
        self.gate.painted(now);
    }

    /// An operator takes over from the tour by this key: what the tour typed confirms nothing.
    pub(crate) fn handed_over(&mut self, key: Key, now: Timestamp) {
        self.gate.handed_over(key, now);
        self.typed.clear();
    }

    /// What it needs to have read.
    pub fn wants(&self, cx: &Facts<'_>) -> Vec<Want> {
        match &self.stage {
            Stage::Sending { .. } => return Vec::new(),
            Stage::Ended(ended) => return ending::wants(ended, &self.place()),
            Stage::Asking => {}
        }
        let action = self.action(cx);
        let mut wants: Vec<Want> =
            situation::queries(&action).into_iter().map(|query| Want { query, max_age: REREAD }).collect();
        if !action.cluster_name.is_empty() {
            let query = Query::Plan(Box::new(Action::Cluster(action)));
            wants.push(Want { query, max_age: PLAN_MAX_AGE });
            wants.extend(self.check(cx).map(|query| Want { query, max_age: REREAD }));
        }
        wants
    }

    /// Something was read, or time went on: binds the name, notices that what would be confirmed is another now.
    pub fn refresh(&mut self, cx: &Facts<'_>) {
        if self.name.is_none() {
            self.name = self.listed_name(cx);
        }
        if self.stage != Stage::Asking {
            return;
        }
        let Some(mut now) = self.situation(cx) else { return };
        if now.verdict.is_some() && !self.pass.is_empty() {
            // What has ended meanwhile holds nothing: it is not passed over.
            let held = holders(&now);
            let before = self.pass.len();
            self.pass.retain(|id| held.contains(id));
            if self.pass.len() < before {
                self.typed.clear();
                let Some(again) = self.situation(cx) else { return };
                now = again;
            }
        }
        match &self.seen {
            Some(then) if now.is_same(then) => {}
            then => {
                let first = then.as_ref().is_none_or(|t| t.verdict.is_none());
                if let Some(then) = then
                    && !first
                    && then.action == now.action
                    && !now.has_same_impact(then)
                {
                    self.changed = Some(cx.now);
                }
                self.gate.content_changed();
                if first && now.verdict.is_some() && !self.moved_focus {
                    self.focus = first_focus(&now, cx);
                }
                self.seen = Some(Box::new(now));
            }
        }
        if let Some(seen) = &self.seen
            && !self.stops(seen, cx).contains(&self.focus)
        {
            self.focus = Focus::Cancel;
        }
    }

    /// The shell has the order under this ticket.
    pub fn sent(&mut self, ticket: Ticket) {
        self.stage.sent(ticket);
    }

    /// The order ended.
    pub fn outcome(&mut self, outcome: &Outcome, cx: &Facts<'_>) -> DialogStep {
        if !self.is_sending() {
            return DialogStep::Nothing;
        }
        self.gate.page_changed();
        match ending::settle(outcome) {
            Settled::Step(step) => return step,
            Settled::Ended(ended) => self.stage = Stage::Ended(ended),
            Settled::Back(back) => {
                // A new yes is needed, and with it a new name: nothing of the old one counts.
                self.stage = Stage::Asking;
                self.back = Some(back);
                self.typed.clear();
                self.moved_focus = false;
                self.seen = None;
                self.refresh(cx);
            }
        }
        DialogStep::Nothing
    }

    /// Whether the yes was given and the outcome is not known yet.
    pub fn is_sending(&self) -> bool {
        self.stage.is_sending()
    }

    fn leave(&mut self, key: Key) -> DialogStep {
        if self.table.take().is_some() && key.code == KeyCode::Esc && self.stage == Stage::Asking {
            return DialogStep::Nothing;
        }
        DialogStep::Close
    }

    fn asked(&mut self, key: Key, cx: &Facts<'_>) -> DialogStep {
        let Some(situation) = self.situation(cx) else { return DialogStep::Nothing };
        if let Some(row) = self.table {
            self.table = scrolled(row, key);
            return DialogStep::Nothing;
        }
        match (self.focus, key.code) {
            (_, KeyCode::Tab) | (Focus::Reason | Focus::Name, KeyCode::Enter | KeyCode::Down) => {
                self.walk(&situation, cx, 1);
            }
            (_, KeyCode::BackTab) | (Focus::Reason | Focus::Name, KeyCode::Up) => {
                self.walk(&situation, cx, -1);
            }
            (Focus::Reason, _) => self.reason.key(key),
            (Focus::Name, _) => self.typed.key(key),
            (Focus::Deed, KeyCode::Enter) => self.hint = Some(Hint::EnterIsNoYes),
            (Focus::Cancel, KeyCode::Enter) => return DialogStep::Close,
            (Focus::Holder, KeyCode::Enter) => {
                return holder(&situation).map_or(DialogStep::Nothing, |t| DialogStep::CloseAnd(Go::Task(t)));
            }
            (Focus::Mode, KeyCode::Char(' ') | KeyCode::Right | KeyCode::Down) => self.choose(cx, 1),
            (Focus::Mode, KeyCode::Left | KeyCode::Up) => self.choose(cx, -1),
            (Focus::Pass, KeyCode::Char(' ') | KeyCode::Left | KeyCode::Right) => {
                self.toggle_pass(&situation);
            }
            (_, KeyCode::Char(_)) => return self.letter(key, &situation, cx),
            (_, _) => {}
        }
        DialogStep::Nothing
    }

    /// Single letters act only while no text field has the focus.
    fn letter(&mut self, key: Key, situation: &Situation, cx: &Facts<'_>) -> DialogStep {
        if key == self.gate.yes() {
            return self.yes(situation, cx);
        }
        if key == Key::char('i') {
            self.table = Some(0);
        }
        if key == Key::char('q') {
            return DialogStep::Close;
        }
        if key == Key::char('d') {
            return self.dry_run(situation, cx);
        }
        match &situation.request {
            Request::Ready(planned) if key == Key::char('c') => {
                let curl = curl(planned);
                self.hint = Some(Hint::Copied(curl.clone()));
                DialogStep::Go(Go::Copy(curl))
            }
            Request::Ready(_) | Request::Reading | Request::NotOffered(_) | Request::Failed(_) => {
                DialogStep::Nothing
            }
        }
    }

    /// Writes what would be sent, and what the guard says to it, into files. Nothing is sent.
    fn dry_run(&mut self, situation: &Situation, cx: &Facts<'_>) -> DialogStep {
        let run = match (&situation.impact, &situation.verdict) {
            (Some(impact), Some(verdict)) => situation.request.ready().map(|planned| DryRun {
                profile: self.cluster.profile.clone(),
                action: Action::Cluster(situation.action.clone()),
                request: Some(planned.clone()),
                impact: impact.clone(),
                inputs: situation.inputs.clone(),
                now: cx.now,
                verdict: verdict.clone(),
                checked: self.checked(cx).map(|c| c.cloned().map_err(Clone::clone)),
            }),
            _ => Err(Lock::Reading),
        };
        save(run, &mut self.saving, &mut self.hint)
    }

    /// The files it asked for were written, or could not be.
    pub fn saved(&mut self, saved: &Saved) {
        if std::mem::take(&mut self.saving) {
            self.hint = Some(Hint::Saved(saved.clone()));
        }
    }

    fn yes(&mut self, situation: &Situation, cx: &Facts<'_>) -> DialogStep {
        if let Some(lock) = self.lock(situation, cx) {
            self.hint = Some(Hint::Locked(lock));
            return self.refused(situation);
        }
        let (Some(impact), Some(verdict)) = (&situation.impact, &situation.verdict) else {
            return DialogStep::Nothing;
        };
        let reason = (!self.reason.is_blank()).then(|| self.reason.value().to_owned());
        let asked = situation.question().and_then(|q| q.typed.as_ref());
        let (reason, overriding) = match verdict {
            Verdict::Ask(_) => (reason, None),
            Verdict::Refuse { .. } => (None, reason),
        };
        let answer =
            Answer { yes: true, typed: asked.map(|_| self.typed.value().to_owned()), reason, overriding };
        match guard::approve(Action::Cluster(situation.action.clone()), impact, verdict, &answer, cx.now) {
            Ok(approved) => {
                self.gate.used(self.gate.yes(), cx.now);
                self.stage = Stage::Sending { ticket: None, since: cx.now };
                self.back = None;
                self.confirmed = impact.codes();
                DialogStep::Submit(approved)
            }
            Err(refusal) => {
                self.hint = Some(Hint::Refused(refusal));
                self.refused(situation)
            }
        }
    }

    /// A yes against the guard's refusal is a line of the journal, once for each refusal that was shown.
    fn refused(&mut self, situation: &Situation) -> DialogStep {
        let Some(Verdict::Refuse { blockers, .. }) = &situation.verdict else { return DialogStep::Nothing };
        let why: Vec<String> = blockers.iter().map(Blocker::code).collect();
        if self.told == why {
            return DialogStep::Nothing;
        }
        self.told.clone_from(&why);
        let subject = Box::new(Subject::of(&Action::Cluster(situation.action.clone())));
        let reason = (!self.reason.is_blank()).then(|| self.reason.value().to_owned());
        DialogStep::Go(Go::Jot(Box::new(What::Held { subject, why, reason })))
    }

    /// The next or the previous mode, round and round.
    fn choose(&mut self, cx: &Facts<'_>, step: isize) {
        let modes = self.modes(cx);
        let len = modes.len() as isize;
        let at = modes.iter().position(|m| *m == self.mode(cx)).unwrap_or(0) as isize;
        self.mode = modes.get((at + step).rem_euclid(len.max(1)) as usize).copied();
        // What was typed confirmed the other mode.
        self.typed.clear();
    }

    /// Every task that holds the cluster now, or none of them.
    fn toggle_pass(&mut self, situation: &Situation) {
        self.pass = if self.pass.is_empty() { holders(situation) } else { Vec::new() };
        self.typed.clear();
    }

    /// Where the focus can stand, in the order Tab walks.
    fn stops(&self, situation: &Situation, cx: &Facts<'_>) -> Vec<Focus> {
        let question = situation.question();
        let mut stops = Vec::with_capacity(6);
        if holder(situation).is_some() {
            stops.push(Focus::Holder);
        }
        if self.modes(cx).len() > 1 {
            stops.push(Focus::Mode);
        }
        if self.can_pass(situation, cx) {
            stops.push(Focus::Pass);
        }
        if question.is_some() || situation.verdict.is_none() {
            stops.push(Focus::Reason);
        }
        if question.is_some_and(|q| q.typed.is_some()) {
            stops.push(Focus::Name);
        }
        if question.is_some() {
            stops.push(Focus::Deed);
        }
        stops.push(Focus::Cancel);
        stops
    }

    fn walk(&mut self, situation: &Situation, cx: &Facts<'_>, step: isize) {
        let stops = self.stops(situation, cx);
        let len = stops.len() as isize;
        let at = stops.iter().position(|f| *f == self.focus).map_or(len - 1, |at| at as isize);
        let next = (at + step).rem_euclid(len.max(1));
        self.focus = stops.get(next as usize).copied().unwrap_or(Focus::Cancel);
        self.moved_focus = true;
    }

    fn listed_name(&self, cx: &Facts<'_>) -> Option<Text> {
        let clusters = cx.cache.clusters(&self.cluster.profile)?;
        clusters.iter().find(|c| c.at == self.cluster).map(|c| c.name.clone())
    }

    fn action(&self, cx: &Facts<'_>) -> ClusterAction {
        ClusterAction {
            verb: self.verb,
            cluster: self.cluster.clone(),
            cluster_name: self.name.clone().or_else(|| self.listed_name(cx)).unwrap_or_default(),
            scope: self.scope.clone(),
            force: self.mode(cx).force(self.pass.iter().map(|id| id.raw().to_owned()).collect()),
        }
    }
}

/// Where the operator most likely has to answer first; never on a deed that goes against a refusal.
fn first_focus(situation: &Situation, cx: &Facts<'_>) -> Focus {
    if situation::lock(situation, cx).is_some_and(|l| !matches!(l, Lock::Planning | Lock::Old(_))) {
        return Focus::Cancel;
    }
    match &situation.verdict {
        Some(Verdict::Ask(q)) if q.reason => Focus::Reason,
        Some(Verdict::Ask(q)) if q.typed.is_some() => Focus::Name,
        Some(Verdict::Ask(_)) => Focus::Deed,
        Some(Verdict::Refuse { .. }) if holder(situation).is_some() => Focus::Holder,
        Some(Verdict::Refuse { .. }) | None => Focus::Cancel,
    }
}

/// The task that holds the cluster, when the guard refuses for it.
fn holder(situation: &Situation) -> Option<TaskRef> {
    let Some(Verdict::Refuse { blockers, .. }) = &situation.verdict else { return None };
    blockers.iter().find_map(|b| match b {
        Blocker::HeldBy(task) => Some(task.at.clone()),
        _ => None,
    })
}

/// Every task that the guard refuses for.
fn holders(situation: &Situation) -> Vec<TaskId> {
    let Some(Verdict::Refuse { blockers, .. }) = &situation.verdict else { return Vec::new() };
    let held = blockers.iter().filter_map(|b| match b {
        Blocker::HeldBy(task) => Some(task.at.id.clone()),
        _ => None,
    });
    held.collect()
}

/// Where a key scrolls the whole impact to; `None` closes it.
fn scrolled(row: usize, key: Key) -> Option<usize> {
    (!matches!(key.code, KeyCode::Char('i' | 'q'))).then(|| rolled(row, key))
}

/// Most rows a page of prose is scrolled by; the drawing stops at its last row anyway.
const PROSE_ROWS: usize = 60;

/// Where a key scrolls a page of prose to.
pub(crate) fn rolled(row: usize, key: Key) -> usize {
    let row = match key.code {
        KeyCode::Down | KeyCode::Char('j') => row.saturating_add(1),
        KeyCode::Up | KeyCode::Char('k') => row.saturating_sub(1),
        KeyCode::PageDown => row.saturating_add(10),
        KeyCode::PageUp => row.saturating_sub(10),
        KeyCode::Home | KeyCode::Char('g') => 0,
        _ => row,
    };
    row.min(PROSE_ROWS)
}
