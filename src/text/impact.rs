//! Words for what an action takes away. Counts come before names, and what was not looked at is said every time.

use crate::domain::action::Verb;
use crate::domain::id::ZoneName;
use crate::domain::impact::{Fact, Finding, Level};

/// One line of the impact: a mark, what it is about, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// `ok`, `! `, `!!`, `??`: the level without colour.
    pub mark: &'static str,
    /// What it is about.
    pub label: String,
    /// How it stands; may be empty.
    pub value: String,
}

/// Mark of a level.
pub fn mark(level: Level) -> &'static str {
    match level {
        Level::Loss => "!!",
        Level::Caution => "! ",
        Level::Unknown => "??",
        Level::Fine => "ok",
    }
}

/// A finding in one line.
pub fn line(finding: &Finding, ascii: bool) -> Line {
    let to = if ascii { "->" } else { "→" };
    let counts = |before: &usize, after: &usize, of: &usize| format!("{before} {to} {after} of {of}");
    let (label, value) = match &finding.fact {
        Fact::Zones { before, after, of } => ("zones with servers up".to_owned(), counts(before, after, of)),
        Fact::Servers { before, after, of } => ("OBServers up".to_owned(), counts(before, after, of)),
        Fact::OtherZonesNotWhole(zones) => {
            ("other zones not whole".to_owned(), format!("{}: would be refused (-4660)", names(zones)))
        }
        Fact::NothingElseDown => ("nothing else stopped".to_owned(), String::new()),
        Fact::MajorityOfZonesLost => {
            ("majority of zones lost".to_owned(), "tenants with a replica a zone STOP".to_owned())
        }
        Fact::WholeCluster => ("the whole cluster goes".to_owned(), "an OUTAGE, always".to_owned()),
        Fact::OtherTask(t) => (format!("held by task {}", t.at.id), format!("{} {}", t.name, t.status.word)),
        Fact::NoOtherTask => ("no other task on this cluster".to_owned(), String::new()),
        Fact::RootService { before, after, leader_goes } => {
            let leader = match (*after, *leader_goes) {
                (0, _) => "none left: the cluster STOPS",
                (_, true) => "its leader moves",
                (_, false) => "its leader stays",
            };
            ("RootService".to_owned(), format!("{before} {to} {after}, {leader}"))
        }
        Fact::TopologyUnread(why) => ("zones not read".to_owned(), why.to_string()),
        Fact::TasksUnread(why) => ("tasks not read".to_owned(), why.to_string()),
        Fact::AlreadyStopped => ("stopped already".to_owned(), "no OBServer in it serves".to_owned()),
        Fact::AlreadyUp => ("up already".to_owned(), "every OBServer in it serves".to_owned()),
        Fact::ForceSkipsCheck => ("force".to_owned(), "the control plane skips its pre-check".to_owned()),
        Fact::KillsUnchecked { freeze: false } => {
            ("force".to_owned(), "kill -9 at once; nobody checks a majority".to_owned())
        }
        Fact::KillsUnchecked { freeze: true } => {
            ("minor freeze, then kill".to_owned(), "kill -9; nobody checks a majority".to_owned())
        }
        Fact::NotChecked => {
            ("not checked: leader per log stream, log lag, arbitration, load".to_owned(), String::new())
        }
    };
    Line { mark: mark(finding.level), label, value }
}

/// What stands behind a finding, for the whole table.
pub fn meaning(fact: &Fact) -> &'static str {
    match fact {
        Fact::Zones { .. } => "a zone counts while one OBServer in it serves; more than half must stay",
        Fact::Servers { .. } => "status in service and no stop time set",
        Fact::OtherZonesNotWhole(_) => {
            "a plain stop is refused while another zone has a stopped server (-4660)"
        }
        Fact::NothingElseDown => "every other zone is in service with all its OBServers",
        Fact::MajorityOfZonesLost => "assumes one replica a zone; localities of tenants are not looked at",
        Fact::WholeCluster => "processes end without a SQL stop before; every tenant stops",
        Fact::OtherTask(_) => {
            "one task at a time holds a cluster; a failed one holds it until retried or rolled back"
        }
        Fact::NoOtherTask => "unfinished tasks of this cluster, running and failed",
        Fact::RootService { .. } => "OBServers that hold a RootService replica and serve",
        Fact::TopologyUnread(_) | Fact::TasksUnread(_) => "what is not known is treated as not alive",
        Fact::AlreadyStopped | Fact::AlreadyUp => "the action may do nothing, or be refused",
        Fact::ForceSkipsCheck => "a forced one goes on where a plain one would refuse",
        Fact::KillsUnchecked { .. } => {
            "the agents kill what they are told to; neither they nor the database look at what is left"
        }
        Fact::NotChecked => {
            "no API tells these: which server leads a log stream, whether logs are in step, member \
                             lists against localities, arbitration, sessions, room in the zones that stay"
        }
    }
}

/// The one sentence that must be read: what the worst finding means. `None` when nothing is lost for certain.
pub fn warning(findings: &[Finding], verb: Verb) -> Option<String> {
    let lost = findings.iter().filter(|f| f.level == Level::Loss);
    lost.map(|f| match &f.fact {
        Fact::WholeCluster if verb == Verb::Restart => {
            "this is an outage of the whole cluster while it restarts".to_owned()
        }
        Fact::WholeCluster => "this is an outage of the whole cluster".to_owned(),
        Fact::MajorityOfZonesLost => "this is an outage: no majority of the zones is left".to_owned(),
        Fact::RootService { .. } => "no RootService is left: this is an outage".to_owned(),
        Fact::OtherTask(t) => format!("task {} holds the cluster", t.at.id),
        Fact::OtherZonesNotWhole(zones) => format!("{} not whole: start that first", are(zones)),
        Fact::Zones { .. }
        | Fact::Servers { .. }
        | Fact::NothingElseDown
        | Fact::NoOtherTask
        | Fact::TopologyUnread(_)
        | Fact::TasksUnread(_)
        | Fact::AlreadyStopped
        | Fact::AlreadyUp
        | Fact::ForceSkipsCheck
        | Fact::KillsUnchecked { .. }
        | Fact::NotChecked => "service is lost".to_owned(),
    })
    .next()
}

/// At most three names, then how many more: counts tell more than a long list.
pub fn names(zones: &[ZoneName]) -> String {
    let first = zones.iter().take(3).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match zones.len() {
        0..=3 => first,
        all => format!("{first} and {} more", all - 3),
    }
}

/// `zone1 is`, `zone1, zone3 are`.
pub fn are(zones: &[ZoneName]) -> String {
    format!("{} {}", names(zones), if zones.len() == 1 { "is" } else { "are" })
}
