//! The handoff note as it stands now: made anew with every read, copied by a key (operator-guide 5.3).

use super::DialogStep;
use crate::app::effect::{Query, Want};
use crate::app::facts::{Facts, Go};
use crate::app::journal::Journal;
use crate::app::key::{Key, KeyCode};
use crate::app::panes::tasks::{recent, unfinished};
use crate::app::paper::{Paper, To};
use crate::app::story::Story;
use crate::domain::handoff::{Handoff, Running, Seen};
use crate::domain::id::ClusterRef;
use crate::domain::incident::Wanted;
use crate::domain::limits;
use crate::domain::time::{Span, Timestamp};
use crate::graph::path::longest_left;

/// How far back it looks for what was done.
const BACK: Span = Span::from_secs(2 * 3600);
/// How old parameters may be.
const PARAMETERS_AGE: Span = Span::from_secs(300);

/// The overlay.
#[derive(Debug)]
pub struct HandoffSheet {
    of: ClusterRef,
    note: Option<Handoff>,
    scroll: usize,
    is_copied: bool,
}

impl HandoffSheet {
    /// Opens it over a cluster.
    pub fn new(of: ClusterRef) -> Self {
        Self { of, note: None, scroll: 0, is_copied: false }
    }
    /// The facts as last gathered.
    pub fn note(&self) -> Option<&Handoff> {
        self.note.as_ref()
    }
    /// Rows it is scrolled by, where it does not fit.
    pub fn scroll(&self) -> usize {
        self.scroll
    }
    /// Whether it was handed to the clipboard.
    pub fn is_copied(&self) -> bool {
        self.is_copied
    }
    /// Does what a key asks.
    pub fn key(&mut self, key: Key) -> DialogStep {
        match key.code {
            KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q' | 'H') => DialogStep::Close,
            KeyCode::Char('c') if key.ctrl => DialogStep::Close,
            KeyCode::Char('y') if !key.ctrl => match &self.note {
                Some(note) => {
                    self.is_copied = true;
                    let paper = Paper::Handoff(Box::new(note.clone()));
                    DialogStep::Go(Go::Paper(Box::new(paper), To::Clipboard))
                }
                None => DialogStep::Nothing,
            },
            _ => {
                self.scroll = super::dialog::rolled(self.scroll, key);
                DialogStep::Nothing
            }
        }
    }
    /// What it needs to have read: it must not be older than what a decision may rest on.
    pub fn wants(&self) -> Vec<Want> {
        let (c, pace) = (&self.of, limits::POLL_LIST);
        vec![
            Want { query: Query::Zones(c.clone()), max_age: pace },
            Want { query: Query::Clusters(c.profile.clone()), max_age: pace },
            Want { query: unfinished(&c.profile), max_age: pace },
            Want { query: recent(&c.profile), max_age: limits::IMPACT_MAX_AGE },
            Want { query: Query::Parameters(c.clone()), max_age: PARAMETERS_AGE },
        ]
    }
    /// Something was read, or time went on.
    pub fn refresh(&mut self, story: &Story, journal: &Journal, cx: &Facts<'_>) {
        self.note = Some(gather(&self.of, story, journal, cx));
    }
}

/// The facts of a handoff note about a cluster, as they are known now.
pub fn gather(of: &ClusterRef, story: &Story, journal: &Journal, cx: &Facts<'_>) -> Handoff {
    let since: Timestamp = cx.now.plus(Span::ZERO.minus(BACK));
    let wanted = Wanted { cluster: Some(of.clone()), since: Some(since) };
    let moments = story.moments(journal, cx.cache, cx.settings, &wanted);
    let cluster = cx.cache.cluster(of);
    let read_at = cx.cache.answer(&Query::Zones(of.clone())).map(|(_, at)| *at);
    let Query::Tasks(profile, filter) = unfinished(&of.profile) else {
        return Handoff::of(&bare(of, &moments), cx.now);
    };
    let open = cx.cache.tasks(&profile, &filter).map_or(&[][..], Vec::as_slice);
    let running = open
        .iter()
        .filter(|t| t.cluster.as_ref() == Some(of) && t.is_unfinished())
        .map(|t| {
            let whole = cx.cache.task(&t.at);
            let now = cx.cache.server_now(&Query::Task(t.at.clone()), cx.now);
            Running { head: t.clone(), left: whole.and_then(|w| longest_left(w, now)) }
        })
        .collect();
    let parameters = cx.cache.parameters(of).map_or(&[][..], Vec::as_slice);
    let seen = Seen { cluster: cluster.as_ref().zip(read_at), parameters, running, ..bare(of, &moments) };
    Handoff::of(&seen, cx.now)
}

fn bare<'a>(at: &'a ClusterRef, moments: &'a [crate::domain::incident::Moment]) -> Seen<'a> {
    Seen { at, cluster: None, parameters: &[], running: Vec::new(), moments }
}
