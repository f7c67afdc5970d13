//! The timeline (view 3, screens 13): what happened, from every source, in one order.

use super::scroll;
use super::tasks::{recent, unfinished};
use crate::app::command::Command;
use crate::app::effect::{Query, Want};
use crate::app::facts::{Facts, Go, Notice, Offer, Step};
use crate::app::journal::Journal;
use crate::app::paper::{Incident, Paper, To};
use crate::app::story::{Story, skew};
use crate::app::views::Form;
use crate::domain::capability::WhyNot;
use crate::domain::id::{ClusterRef, TaskRef};
use crate::domain::incident::{Moment, Wanted};
use crate::domain::outcome::ReadError;
use crate::domain::shown::Shown;
use crate::domain::time::{Span, Timestamp};

/// How old audit events may be: they are for what others did, not for what runs.
const AUDIT_AGE: Span = Span::from_secs(30);
/// How old the list of finished tasks may be.
const RECENT_AGE: Span = Span::from_secs(10);
/// How old parameters may be.
const PARAMETERS_AGE: Span = Span::from_secs(300);

/// Running tasks whose steps are read for it.
const FOLLOWED: usize = 3;

/// How far back is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Back {
    /// Two hours: an incident.
    #[default]
    TwoHours,
    /// A day: a shift and the one before it.
    Day,
    /// All there is.
    All,
}

impl Back {
    const EACH: [Back; 3] = [Back::TwoHours, Back::Day, Back::All];
    /// How long; `None`: without end.
    pub fn span(self) -> Option<Span> {
        match self {
            Back::TwoHours => Some(Span::from_secs(2 * 3600)),
            Back::Day => Some(Span::from_secs(86_400)),
            Back::All => None,
        }
    }
    fn turn(self, by: isize) -> Self {
        let at = Self::EACH.iter().position(|b| *b == self).unwrap_or(0) as isize + by;
        Self::EACH.get(at.clamp(0, 2) as usize).copied().unwrap_or_default()
    }
}

/// State of the pane. Its lines are made anew from the facts whenever something is read.
#[derive(Debug, Default)]
pub struct Timeline {
    of: Option<ClusterRef>,
    back: Back,
    rows: Vec<Moment>,
    at: usize,
    top: usize,
    /// The operator moved: the selection stays on its line instead of going with the newest.
    is_held: bool,
    filter: Option<String>,
    /// What the selection is to go to, once a line with it is there.
    sought: Option<Shown>,
    /// Whether the lines are made of what is known now: a key must not cost a merge of everything.
    is_fresh: bool,
}

impl Timeline {
    /// Shows a cluster's, or everything.
    pub fn show(&mut self, of: Option<ClusterRef>) {
        if self.of != of {
            *self = Self { of, back: self.back, filter: self.filter.take(), ..Self::default() };
        }
    }
    /// Goes to the newest line that holds a text, however far back.
    pub fn seek(&mut self, text: Shown) {
        self.back = Back::All;
        self.sought = Some(text);
        self.is_fresh = false;
    }
    /// Something was read or written: the next [`Self::refresh`] makes the lines anew.
    pub fn stale(&mut self) {
        self.is_fresh = false;
    }
    /// The cluster it is about; `None`: all.
    pub fn cluster(&self) -> Option<&ClusterRef> {
        self.of.as_ref()
    }
    /// How far back it goes.
    pub fn back(&self) -> Back {
        self.back
    }
    /// The lines, oldest first.
    pub fn rows(&self) -> &[Moment] {
        &self.rows
    }
    /// Index of the selected line and of the first one shown.
    pub fn at(&self) -> (usize, usize) {
        (self.at, self.top)
    }
    /// The filter in force.
    pub fn filtered_by(&self) -> Option<&str> {
        self.filter.as_deref()
    }
    /// The selected line.
    pub fn selected(&self) -> Option<&Moment> {
        self.rows.get(self.at)
    }
    /// What it shows, as it is asked for.
    pub fn wanted(&self, now: Timestamp) -> Wanted {
        let since = self.back.span().map(|s| now.plus(Span::ZERO.minus(s)));
        Wanted { cluster: self.of.clone(), since }
    }
    /// How far the clock of the control plane is ahead, where it is known.
    pub fn skew(&self, cx: &Facts<'_>) -> Option<Span> {
        skew(cx.cache, &self.of.as_ref()?.profile)
    }
    /// Why audit events are not in it, where a plane has some.
    pub fn audit_error<'a>(&self, cx: &Facts<'a>) -> Option<&'a ReadError> {
        let query = Query::Audit(self.of.clone()?);
        cx.cache.get(&query)?.error.as_ref().map(|(e, _)| e)
    }

    /// Does what a key asks.
    pub fn command(&mut self, command: Command, cx: &Facts<'_>) -> Step {
        let page = page(cx);
        self.sought = None;
        if let Some(to) = scroll::step(command, self.at, self.rows.len(), page) {
            self.is_held = to + 1 < self.rows.len();
            self.select(to, page);
            return Step::none();
        }
        let nothing = || Step::go(Go::Notice(Notice::NotPossible(WhyNot::NothingSelected)));
        match command {
            Command::Left | Command::Right => {
                self.back = self.back.turn(if command == Command::Left { 1 } else { -1 });
                self.is_fresh = false;
                Step::none()
            }
            Command::Follow => {
                self.is_held = false;
                self.select(usize::MAX, page);
                Step::none()
            }
            Command::Enter => match self.selected().and_then(|m| m.task.clone()) {
                Some(task) => Step::go(Go::Task(task)),
                None => Step::go(Go::Notice(Notice::NothingThere)),
            },
            Command::Export => {
                let paper = Paper::Incident(Box::new(self.incident(cx)));
                Step::go(Go::Paper(Box::new(paper), To::Files))
            }
            Command::Copy => self.value().map_or_else(nothing, |v| Step::go(Go::Copy(v))),
            Command::Escape if self.is_held => {
                self.is_held = false;
                self.select(usize::MAX, page);
                Step::none()
            }
            _ => Step::none(),
        }
    }
    /// A click: the line under it; on the selected one, opens its task.
    pub fn click(&mut self, _x: u16, y: u16, cx: &Facts<'_>) -> Step {
        let bare = Form::of(cx.size) == Form::Plain;
        let Some(line) = usize::from(y).checked_sub(usize::from(!bare)) else { return Step::none() };
        let mut row = 0;
        for ix in self.top..self.rows.len() {
            row += self.rows.get(ix).map_or(1, lines);
            if row > line {
                if ix == self.at {
                    return self.command(Command::Enter, cx);
                }
                self.is_held = true;
                self.select(ix, page(cx));
                break;
            }
        }
        Step::none()
    }
    /// What it needs to have read.
    pub fn wants(&self, cx: &Facts<'_>) -> Vec<Want> {
        let pace = cx.settings.refresh;
        let mut wants = Vec::new();
        if let Some(c) = &self.of {
            wants.push(Want { query: Query::Zones(c.clone()), max_age: pace });
            wants.push(Want { query: Query::Audit(c.clone()), max_age: AUDIT_AGE.max(pace) });
            wants.push(Want { query: Query::Parameters(c.clone()), max_age: PARAMETERS_AGE });
        }
        // Steps of what runs: they are what an incident is waiting for.
        wants.extend(self.running(cx).map(|at| Want { query: Query::Task(at.clone()), max_age: pace }));
        for p in &cx.settings.profiles {
            if self.of.as_ref().is_none_or(|c| c.profile == p.name) {
                wants.push(Want { query: unfinished(&p.name), max_age: pace });
                wants.push(Want { query: recent(&p.name), max_age: RECENT_AGE.max(pace) });
            }
        }
        wants
    }
    /// What can be done here, most used first.
    pub fn offers(&self, _cx: &Facts<'_>) -> Vec<Offer> {
        let task = self.selected().is_some_and(|m| m.task.is_some());
        let needs_task = if task { Ok(()) } else { Err(WhyNot::NothingSelected) };
        [
            (Command::Enter, "open task", needs_task),
            (Command::Find, "filter", Ok(())),
            // Its own key, as long as no find is open.
            (Command::FindPrevious, "note", Ok(())),
            (Command::Handoff, "handoff", Ok(())),
            (Command::Export, "export", Ok(())),
            (Command::Left, "longer ago", Ok(())),
            (Command::Right, "newer only", Ok(())),
            (Command::Copy, "copy", Ok(())),
            (Command::Follow, "newest", Ok(())),
        ]
        .map(|(command, word, can)| Offer { command, word, can })
        .to_vec()
    }
    /// Something was read: the lines are made anew; the selection stays on its line, or goes with the newest.
    pub fn refresh(&mut self, story: &Story, journal: &Journal, cx: &Facts<'_>) -> Step {
        let page = page(cx);
        if std::mem::replace(&mut self.is_fresh, true) {
            self.select(self.at, page);
            return Step::none();
        }
        let mut rows = story.moments(journal, cx.cache, cx.settings, &self.wanted(cx.now));
        if let Some(filter) = &self.filter {
            rows.retain(|m| m.matches(filter));
        }
        if let Some(ix) = self.sought.as_ref().and_then(|s| rows.iter().rposition(|m| m.matches(s.as_str())))
        {
            (self.sought, self.is_held, self.rows) = (None, true, rows);
            self.select(ix, page);
            return Step::none();
        }
        if rows == self.rows {
            self.select(self.at, page);
            return Step::none();
        }
        let stays = self.selected().filter(|_| self.is_held).cloned();
        let at = stays.and_then(|was| rows.iter().rposition(|m| is_same(m, &was)));
        self.rows = rows;
        self.select(at.unwrap_or(if self.is_held { self.at } else { usize::MAX }), page);
        Step::none()
    }
    /// Looks for a text, from the selection on; `false` when nothing matches.
    pub fn find(&mut self, text: &str, forward: bool, cx: &Facts<'_>) -> bool {
        let n = self.rows.len();
        let around = (1..=n).map(|i| if forward { (self.at + i) % n } else { (self.at + n - i) % n });
        let Some(ix) = around.into_iter().find(|ix| self.rows.get(*ix).is_some_and(|m| m.matches(text)))
        else {
            return false;
        };
        self.is_held = true;
        self.select(ix, page(cx));
        true
    }
    /// Shows only what matches; `None` shows all again.
    pub fn filter(&mut self, text: Option<&str>) {
        self.filter = text.filter(|t| !t.is_empty()).map(str::to_owned);
        self.is_fresh = false;
    }
    /// What is selected, for copy: the trace ID, else the task's.
    pub fn value(&self) -> Option<Shown> {
        let m = self.selected()?;
        m.trace().map(|t| t.shown().clone()).or_else(|| m.task.as_ref().map(|t| t.id.shown().clone()))
    }

    /// What is shown, as a paper of its own; the handoff is added by who can gather it.
    fn incident(&self, cx: &Facts<'_>) -> Incident {
        let name = |c: &ClusterRef| cx.cache.cluster(c).map(|c| c.name).unwrap_or_default();
        Incident {
            cluster: self.of.as_ref().map(|c| (c.clone(), name(c))),
            now: cx.now,
            since: self.wanted(cx.now).since,
            skew: self.skew(cx),
            moments: self.rows.clone(),
            handoff: None,
        }
    }
    /// Unfinished tasks of the cluster, a few.
    fn running<'a>(&self, cx: &Facts<'a>) -> impl Iterator<Item = &'a TaskRef> + use<'a> {
        let of = self.of.clone();
        let open = of.as_ref().and_then(|c| match unfinished(&c.profile) {
            Query::Tasks(profile, filter) => cx.cache.tasks(&profile, &filter),
            _ => None,
        });
        open.into_iter().flatten().filter(move |t| t.cluster == of).map(|t| &t.at).take(FOLLOWED)
    }
    fn select(&mut self, to: usize, page: usize) {
        self.at = to.min(self.rows.len().saturating_sub(1));
        self.top = self.top.min(self.at);
        // Lines above the selection, itself included, must fit.
        let mut used: usize = self.rows.get(self.top..=self.at).map_or(0, |r| r.iter().map(lines).sum());
        while used > page && self.top < self.at {
            used -= self.rows.get(self.top).map_or(0, lines);
            self.top += 1;
        }
        // A page that has room left shows what is above.
        let below: usize = self.rows.get(self.at + 1..).map_or(0, |r| r.iter().map(lines).sum());
        while let Some(above) = self.top.checked_sub(1) {
            let more = self.rows.get(above).map_or(1, lines);
            if used + below + more > page {
                break;
            }
            used += more;
            self.top = above;
        }
    }
}

/// Rows of the screen that a line takes with what is to be known beside it.
pub fn lines(m: &Moment) -> usize {
    1 + m.asides().len()
}

/// Rows for lines in a pane of this size: the frame takes two.
fn page(cx: &Facts<'_>) -> usize {
    let frame = if Form::of(cx.size) == Form::Plain { 0 } else { 2 };
    usize::from(cx.pane.height).saturating_sub(frame).max(1)
}

/// Whether two lines tell the same, though one may know more of it by now.
fn is_same(a: &Moment, b: &Moment) -> bool {
    a.at == b.at && a.source == b.source && a.task == b.task && a.who == b.who && {
        use crate::domain::incident::Happened::{Sent, Step};
        match (&a.what, &b.what) {
            (Sent { intent: a, .. }, Sent { intent: b, .. }) => a.order == b.order,
            (Step(a), Step(b)) => a.id == b.id,
            (a, b) => a == b,
        }
    }
}
