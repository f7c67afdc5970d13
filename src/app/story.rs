//! What the console remembers for the timeline beside the journal: tasks that were looked at, and what was seen to change
//! between two polls. Everything here is bounded.

use std::collections::VecDeque;

use super::cache::Cache;
use super::effect::{Answer, Query, Reply};
use super::journal::Journal;
use super::panes::tasks::{recent, unfinished};
use super::settings::Settings;
use crate::domain::id::{ClusterRef, ProfileName};
use crate::domain::incident::{self, Change, Followed, Moment, Sources, Wanted};
use crate::domain::limits;
use crate::domain::shown::Text;
use crate::domain::task::TaskSummary;
use crate::domain::time::{Span, Timestamp};
use crate::domain::topology::Cluster;

/// The memory.
#[derive(Debug, Default)]
pub struct Story {
    followed: Vec<Followed>,
    changes: VecDeque<Change>,
}

impl Story {
    /// What was seen to change, oldest first.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter()
    }
    /// Tasks that were looked at, as last told.
    pub fn followed(&self) -> impl Iterator<Item = &TaskSummary> {
        self.followed.iter().map(|f| &f.head)
    }
    /// An answer comes in; the cache still holds the one before.
    pub fn saw(&mut self, cache: &Cache, query: &Query, answer: &Answer, now: Timestamp) {
        match (query, &answer.reply) {
            (Query::Zones(cluster), Reply::Zones(zones)) => {
                let Some((Answer { reply: Reply::Zones(before), .. }, at)) = cache.answer(query) else {
                    return;
                };
                let parameters = cache.parameters(cluster).map_or(&[][..], Vec::as_slice);
                let found = incident::changes(cluster, (before, zones), parameters, now, now.since(*at));
                for change in found {
                    if self.changes.len() >= limits::CHANGES_SEEN {
                        self.changes.pop_front();
                    }
                    self.changes.push_back(change);
                }
            }
            (Query::Task(at), Reply::Task(task)) => {
                let before = cache.answer(query).map(|(a, _)| &a.reply);
                let place = self.followed.iter().position(|f| f.head.at == *at);
                if place.is_some() && before == Some(&answer.reply) {
                    return;
                }
                if let Some(place) = place {
                    self.followed.remove(place);
                } else if self.followed.len() >= limits::TIMELINE_TASKS {
                    self.followed.remove(0);
                }
                self.followed.push(Followed::of(task));
            }
            _ => {}
        }
    }
    /// The timeline.
    pub fn moments(
        &self,
        journal: &Journal,
        cache: &Cache,
        settings: &Settings,
        wanted: &Wanted,
    ) -> Vec<Moment> {
        let mut sources =
            Sources { journal: journal.records().collect(), followed: &self.followed, ..Sources::default() };
        let changes: Vec<Change> = self.changes.iter().cloned().collect();
        sources.changes = &changes;
        for p in &settings.profiles {
            sources.listed.extend(listed(cache, &p.name));
            if let Some(skew) = skew(cache, &p.name) {
                sources.skews.set(p.name.clone(), skew);
            }
        }
        for (query, known) in cache.iter() {
            if let (Query::Audit(cluster), Some((Answer { reply: Reply::Audit(Some(events)), .. }, _))) =
                (query, &known.answer)
            {
                let mine = events.iter().filter(|e| !is_of_another(cache, cluster, &e.target));
                sources.audit.extend(mine.map(|e| (cluster, e)));
            }
        }
        incident::merge(&sources, wanted)
    }
}

/// Whether what an audit event was about is another cluster's: OCP tells all of them together. What names nothing that is
/// known is shown with each, since it may be about any.
fn is_of_another(cache: &Cache, of: &ClusterRef, target: &Text) -> bool {
    let Some(clusters) = cache.clusters(&of.profile) else { return false };
    let names = |c: &Cluster| {
        let zones = cache.zones(&c.at).unwrap_or(&c.zones);
        let parts = zones.iter().flat_map(|z| z.servers.iter().map(|s| host(&s.address)));
        std::iter::once(c.name.raw()).chain(parts).any(|n| has_word(target.raw(), n))
    };
    let is_mine = clusters.iter().any(|c| c.at == *of && names(c));
    !is_mine && clusters.iter().any(|c| c.at != *of && names(c))
}

fn host(address: &Text) -> &str {
    address.raw().rsplit_once(':').map_or(address.raw(), |(host, _)| host)
}

/// Whether a name stands in a text by itself: `10.0.0.1` is not in `10.0.0.12`.
fn has_word(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    !name.is_empty()
        && text.match_indices(name).any(|(at, _)| {
            let before = text.get(..at).and_then(|t| t.chars().next_back());
            let after = text.get(at + name.len()..).and_then(|t| t.chars().next());
            !before.is_some_and(part) && !after.is_some_and(part)
        })
}

/// Tasks as the newer of the two lists tells each.
fn listed<'a>(cache: &'a Cache, profile: &ProfileName) -> Vec<&'a TaskSummary> {
    let mut out: Vec<&TaskSummary> = Vec::new();
    for query in [recent(profile), unfinished(profile)] {
        let Some((Answer { reply: Reply::Tasks(tasks), .. }, _)) = cache.answer(&query) else { continue };
        for task in tasks {
            match out.iter_mut().find(|t| t.at == task.at) {
                // An end is never taken back by an older list.
                Some(known) if known.finished < task.finished => *known = task,
                Some(_) => {}
                None => out.push(task),
            }
        }
    }
    out
}

/// How far a control plane's clock is ahead of ours, by its newest answer; half of an answer's way is taken as its age.
pub fn skew(cache: &Cache, profile: &ProfileName) -> Option<Span> {
    let of_info = match cache.answer(&Query::Info(profile.clone())) {
        Some((Answer { reply: Reply::Info(info), .. }, at)) => info.skew.map(|s| (*at, s)),
        _ => None,
    };
    let of_answers = cache.iter().filter(|(q, _)| q.profile() == profile).filter_map(|(_, known)| {
        let (answer, at) = known.answer.as_ref()?;
        let half = Span::from_millis(answer.took.millis() / 2);
        Some((*at, answer.server_time?.plus(half).since(*at)))
    });
    of_answers.max_by_key(|(at, _)| *at).or(of_info).map(|(_, skew)| skew)
}

#[cfg(test)]
mod tests;
