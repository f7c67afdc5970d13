//! Confirms an action on a task or subtask: what it really does, the exact request, and `y` (operator-guide 4.2).

use super::DialogStep;
use super::dialog::ending::{self, Back, Place, Settled, Stage};
use super::dialog::situation::{Lock, Read, Request, planned, read};
use super::dialog::{Field, Gate, Hint, curl, rolled, save};
use crate::app::effect::{Query, Ticket, Want};
use crate::app::facts::{Facts, Go};
use crate::app::keepsake::Saved;
use crate::app::key::{Key, KeyCode};
use crate::app::paper::DryRun;
use crate::domain::action::Action;
use crate::domain::guard::{self, Answer, Blocker, Verdict};
use crate::domain::id::{SubtaskId, TaskRef};
use crate::domain::impact::{self, Impact};
use crate::domain::outcome::Outcome;
use crate::domain::shown::Text;
use crate::domain::time::{Span, Timestamp};

/// How old the state of the task may get before it is read again; see the stop dialog.
const REREAD: Span = Span::from_secs(5);
/// A request does not change with time, only with its action.
const PLAN_MAX_AGE: Span = Span::from_secs(3600);

/// The confirmation.
#[derive(Debug)]
pub struct Confirm {
    action: Action,
    reason: Field,
    /// Whether the reason is being typed; else letters are commands.
    in_reason: bool,
    gate: Gate,
    stage: Stage,
    /// Rows a small page is scrolled by.
    scroll: usize,
    hint: Option<Hint>,
    /// Files were asked for, and nothing came of it yet.
    saving: bool,
    /// The request as last looked at, and how the task stood.
    seen: Option<(Request, Vec<String>)>,
    back: Option<Back>,
}

impl Confirm {
    /// Opens it for an action, which it is bound to from here on (A11).
    pub fn new(action: Action, opened_with: Key, now: Timestamp) -> Self {
        Self {
            action,
            reason: Field::default(),
            in_reason: false,
            gate: Gate::new(opened_with, now),
            stage: Stage::Asking,
            scroll: 0,
            hint: None,
            saving: false,
            seen: None,
            back: None,
        }
    }

    /// Does what a key asks.
    pub fn key(&mut self, key: Key, cx: &Facts<'_>) -> DialogStep {
        self.refresh(cx);
        if key == Key::plain(KeyCode::Esc) || key == Key::ctrl('c') {
            return DialogStep::Close;
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
            Stage::Asking => self.asked(key, cx),
        }
    }

    /// Takes pasted text into the reason.
    pub fn paste(&mut self, text: &str, cx: &Facts<'_>) {
        if self.stage == Stage::Asking && self.in_reason && self.gate.hears(cx.now) {
            self.reason.paste(text);
        }
    }

    /// A frame with the dialog in it was drawn. May be called for every frame.
    pub fn painted(&mut self, now: Timestamp) {
        self.gate.painted(now);
    }

    /// An operator takes over from the tour by this key.
    pub(crate) fn handed_over(&mut self, key: Key, now: Timestamp) {
        self.gate.handed_over(key, now);
    }

    /// What it needs to have read.
    pub fn wants(&self, _cx: &Facts<'_>) -> Vec<Want> {
        match &self.stage {
            Stage::Sending { .. } => Vec::new(),
            Stage::Ended(ended) => ending::wants(ended, &self.place()),
            Stage::Asking => {
                let plan = Query::Plan(Box::new(self.action.clone()));
                let mut wants = vec![Want { query: plan, max_age: PLAN_MAX_AGE }];
                if let Some((task, _)) = self.target() {
                    wants.push(Want { query: Query::Task(task.clone()), max_age: REREAD });
                }
                wants
            }
        }
    }

    /// Something was read, or time went on.
    pub fn refresh(&mut self, cx: &Facts<'_>) {
        if self.stage != Stage::Asking {
            return;
        }
        let seen = (self.request(cx), self.impact(cx).codes());
        if self.seen.as_ref() != Some(&seen) {
            self.gate.content_changed();
            self.seen = Some(seen);
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
            // What was said and what is true then are to be seen together (A19), also where the answer has no task.
            Settled::Step(DialogStep::CloseAnd(Go::Notice(_))) if self.target().is_some() => {
                let task = self.target().map(|(task, _)| task.clone());
                return task.map_or(DialogStep::Close, |task| DialogStep::CloseAnd(Go::Task(task)));
            }
            Settled::Step(step) => return step,
            Settled::Ended(ended) => self.stage = Stage::Ended(ended),
            Settled::Back(back) => {
                self.stage = Stage::Asking;
                self.back = Some(back);
                self.refresh(cx);
            }
        }
        DialogStep::Nothing
    }

    /// Whether the yes was given and the outcome is not known yet.
    pub fn is_sending(&self) -> bool {
        self.stage.is_sending()
    }

    fn asked(&mut self, key: Key, cx: &Facts<'_>) -> DialogStep {
        self.hint = None;
        match (self.in_reason, key.code) {
            (_, KeyCode::Tab | KeyCode::BackTab) => self.in_reason = !self.in_reason,
            (true, KeyCode::Enter) => self.in_reason = false,
            (true, _) => self.reason.key(key),
            (false, KeyCode::Enter) => self.hint = Some(Hint::EnterIsNoYes),
            (false, KeyCode::Char(_)) if key == self.gate.yes() => return self.yes(cx),
            (false, KeyCode::Char('q')) if !key.ctrl => return DialogStep::Close,
            (false, KeyCode::Char('c')) if !key.ctrl => {
                if let Request::Ready(planned) = self.request(cx) {
                    let curl = curl(&planned);
                    self.hint = Some(Hint::Copied(curl.clone()));
                    return DialogStep::Go(Go::Copy(curl));
                }
            }
            (false, KeyCode::Char('d')) if !key.ctrl => return self.dry_run(cx),
            (false, _) => self.scroll = rolled(self.scroll, key),
        }
        DialogStep::Nothing
    }

    /// Writes what would be sent, and what the guard says to it, into files. Nothing is sent.
    fn dry_run(&mut self, cx: &Facts<'_>) -> DialogStep {
        let Some(verdict) = self.verdict(cx) else { return DialogStep::Nothing };
        let run = self.request(cx).ready().map(|planned| DryRun {
            profile: self.action.profile().clone(),
            action: self.action.clone(),
            request: Some(planned.clone()),
            impact: self.impact(cx),
            inputs: Vec::new(),
            now: cx.now,
            verdict,
            checked: None,
        });
        save(run, &mut self.saving, &mut self.hint)
    }

    /// The files it asked for were written, or could not be.
    pub fn saved(&mut self, saved: &Saved) {
        if std::mem::take(&mut self.saving) {
            self.hint = Some(Hint::Saved(saved.clone()));
        }
    }

    fn yes(&mut self, cx: &Facts<'_>) -> DialogStep {
        if let Some(lock) = self.lock(cx) {
            self.hint = Some(Hint::Locked(lock));
            return DialogStep::Nothing;
        }
        let Some(verdict) = self.verdict(cx) else { return DialogStep::Nothing };
        let reason = (!self.reason.is_blank()).then(|| self.reason.value().to_owned());
        let (reason, overriding) = match verdict {
            Verdict::Ask(_) => (reason, None),
            Verdict::Refuse { .. } => (None, reason),
        };
        let answer = Answer { yes: true, reason, overriding, ..Answer::default() };
        match guard::approve(self.action.clone(), &self.impact(cx), &verdict, &answer, cx.now) {
            Ok(approved) => {
                self.gate.used(self.gate.yes(), cx.now);
                self.stage = Stage::Sending { ticket: None, since: cx.now };
                self.back = None;
                DialogStep::Submit(approved)
            }
            Err(refusal) => {
                self.hint = Some(Hint::Refused(refusal));
                DialogStep::Nothing
            }
        }
    }

    fn verdict(&self, cx: &Facts<'_>) -> Option<Verdict> {
        let profile = cx.settings.profile(self.action.profile())?;
        Some(guard::judge(&self.action, &self.impact(cx), &profile.rules))
    }

    /// What a yes rests on: how the task stands, by the newest read.
    fn impact(&self, cx: &Facts<'_>) -> Impact {
        let task = match (self.state(cx), self.target()) {
            (Read::Fresh(_) | Read::Old(_), Some((at, _))) => cx.cache.task(at).ok_or_else(Text::default),
            (Read::Failed(why), _) => Err(why),
            (Read::Waiting | Read::Fresh(_) | Read::Old(_), _) => Err(Text::new("not read yet")),
        };
        impact::standing(&self.action, task)
    }
}

/// What the drawing asks.
impl Confirm {
    /// Why a yes would not count now; `None` when it would.
    pub fn lock(&self, cx: &Facts<'_>) -> Option<Lock> {
        let Some(profile) = cx.settings.profile(self.action.profile()) else {
            return Some(Lock::NoProfile);
        };
        let may = || cx.cache.forbidden.may(&self.action);
        if let Err(why) = profile.capabilities.can(&self.action).and_then(|()| may()) {
            return Some(Lock::NotOffered(why));
        }
        match self.verdict(cx) {
            Some(Verdict::Refuse { way_round: Some(_), .. }) if self.reason.is_blank() => {
                return Some(Lock::Reason);
            }
            Some(Verdict::Refuse { way_round: None, .. }) | None => return Some(Lock::NoWayRound),
            Some(Verdict::Ask(_) | Verdict::Refuse { .. }) => {}
        }
        match self.state(cx) {
            Read::Waiting => return Some(Lock::Reading),
            Read::Old(at) => return Some(Lock::Old(cx.now.since(at))),
            // A task that cannot be read may still be ordered about: the server judges its state.
            Read::Fresh(_) | Read::Failed(_) => {}
        }
        match self.request(cx).ready() {
            Ok(_) => (!self.gate.is_settled(cx.now)).then_some(Lock::Settling),
            Err(lock) => Some(lock),
        }
    }
    /// Why the guard refuses; empty where it asks.
    pub fn blockers(&self, cx: &Facts<'_>) -> Vec<Blocker> {
        match self.verdict(cx) {
            Some(Verdict::Refuse { blockers, .. }) => blockers,
            Some(Verdict::Ask(_)) | None => Vec::new(),
        }
    }
    /// The action it is bound to.
    pub fn action(&self) -> &Action {
        &self.action
    }
    /// The request as far as it is known.
    pub fn request(&self, cx: &Facts<'_>) -> Request {
        planned(cx, self.action.clone())
    }
    /// How well the state of the task is known.
    pub(crate) fn state(&self, cx: &Facts<'_>) -> Read {
        match self.target() {
            Some((task, _)) => read(cx, &Query::Task(task.clone())),
            None => Read::Waiting,
        }
    }
    /// The task it is about, and the subtask if it is one.
    pub fn target(&self) -> Option<(&TaskRef, Option<&SubtaskId>)> {
        match &self.action {
            Action::Cluster(_) => None,
            Action::Task { task, .. } => Some((task, None)),
            Action::Subtask { task, subtask, .. } => Some((task, Some(subtask))),
        }
    }
    /// The reason as typed, and the characters before its cursor.
    pub fn reason(&self) -> (&str, usize) {
        (self.reason.value(), self.reason.cursor())
    }
    /// Whether the reason is being typed.
    pub fn is_in_reason(&self) -> bool {
        self.in_reason
    }
    /// Rows a small page is scrolled by.
    pub fn scroll(&self) -> usize {
        self.scroll
    }
    /// Where it is in its life.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }
    /// Why the last key did not do what it may have been meant to.
    pub fn hint(&self) -> Option<&Hint> {
        self.hint.as_ref()
    }
    /// Why the last order did not leave here.
    pub fn back(&self) -> Option<&Back> {
        self.back.as_ref()
    }
    /// The key that means yes.
    pub fn yes_key(&self) -> Key {
        self.gate.yes()
    }
    /// Where the tasks are that matter after the end.
    pub fn place(&self) -> Place {
        Place {
            profile: self.action.profile().clone(),
            cluster: None,
            task: self.target().map(|(task, _)| task.clone()),
        }
    }
}
