//! Words for what an action takes away. Counts come before names, and what was not looked at is said every time.

pub mod tenant;

use super::task::phase;
use crate::domain::action::Verb;
use crate::domain::id::ZoneName;
use crate::domain::impact::{Fact, Finding, Input, Level, Missing, Moved};
use crate::domain::topology::{Standby, SyncState};

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
    let to = arrow(ascii);
    let counts = |before: &usize, after: &usize, of: &usize| format!("{before} {to} {after} of {of}");
    let (label, value) = match &finding.fact {
        Fact::Target(Moved::Gone) => ("the target is gone".to_owned(), "no longer listed".to_owned()),
        Fact::Target(Moved::Renamed(now)) => {
            ("the target is another".to_owned(), format!("the same ID is now {now}"))
        }
        Fact::Target(Moved::Elsewhere(zone)) => {
            ("the target moved".to_owned(), format!("it is now in {zone}"))
        }
        Fact::Zones { before, after, of } => ("zones with servers up".to_owned(), counts(before, after, of)),
        Fact::Servers { before, after, of } => ("OBServers up".to_owned(), counts(before, after, of)),
        Fact::OtherZonesNotWhole(zones) => {
            ("other zones not whole".to_owned(), format!("{}: a plain stop is refused (-4660)", names(zones)))
        }
        Fact::NothingElseDown => ("nothing else stopped".to_owned(), String::new()),
        Fact::WholeCluster => ("the whole cluster goes".to_owned(), "an OUTAGE, always".to_owned()),
        Fact::Tenant(t) => (tenant::label(t, ascii), tenant::value(t, ascii)),
        Fact::StandbyOf { primary, sync } if primary.is_empty() => {
            ("a standby cluster".to_owned(), state(sync))
        }
        Fact::StandbyOf { primary, sync } => (format!("standby of {primary}"), state(sync)),
        Fact::PrimaryOf(standbys) => {
            let s = if standbys.len() == 1 { "" } else { "s" };
            (format!("primary of {} standby{s}", standbys.len()), copies(standbys))
        }
        Fact::OtherTask(t) => (format!("held by task {}", t.at.id), format!("{} {}", t.name, t.status.word)),
        Fact::NoOtherTask => ("no other task on this cluster".to_owned(), String::new()),
        Fact::RootService { before, after, leader_goes } => {
            let leader = match (finding.level, *after, *leader_goes) {
                (Level::Loss, ..) => "none left: the cluster STOPS",
                (_, 0, _) | (_, _, true) => "its leader moves",
                (_, _, false) => "its leader stays",
            };
            ("RootService".to_owned(), format!("{before} {to} {after}, {leader}"))
        }
        Fact::OfflineLimit(limit) => {
            ("offline limit".to_owned(), format!("{} from the process end", limit.short()))
        }
        Fact::NoOfflineLimit => ("offline limit".to_owned(), "not among the parameters".to_owned()),
        Fact::Unread(input, why) => (format!("{} not read", input_word(*input)), missing(why)),
        Fact::AlreadyStopped => ("stopped already".to_owned(), "no OBServer in it serves".to_owned()),
        Fact::AlreadyUp => ("up already".to_owned(), "every OBServer in it serves".to_owned()),
        Fact::ForceSkipsCheck => ("force".to_owned(), "the control plane skips its pre-check".to_owned()),
        Fact::KillsUnchecked { freeze: false } => {
            ("force".to_owned(), "kill -9 at once; nobody checks a majority".to_owned())
        }
        Fact::KillsUnchecked { freeze: true } => {
            ("minor freeze, then kill".to_owned(), "kill -9; nobody checks a majority".to_owned())
        }
        Fact::Stands(stand) => {
            let (what, id) = match &stand.subtask {
                Some((id, _)) => ("subtask", id.shown()),
                None => ("task", stand.task.shown()),
            };
            (format!("{what} {id}"), format!("{} {}", phase(stand.phase), stand.name).trim_end().to_owned())
        }
        Fact::NotChecked => {
            ("not checked: leader per log stream, log lag, arbitration, load".to_owned(), String::new())
        }
    };
    Line { mark: mark(finding.level), label, value }
}

/// A finding as a sentence: label and value, without the blanks that put one below the other.
pub fn sentence(finding: &Finding, ascii: bool) -> String {
    let line = line(finding, ascii);
    let joined = if line.value.is_empty() { line.label } else { format!("{}: {}", line.label, line.value) };
    joined.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn arrow(ascii: bool) -> &'static str {
    if ascii { "->" } else { "→" }
}

/// What an input is called: `zones and servers`, `tenants`.
pub fn input_word(input: Input) -> &'static str {
    match input {
        Input::Topology => "zones and servers",
        Input::Tasks => "tasks",
        Input::Tenants => "tenants",
        Input::Units => "units",
        Input::Parameters => "parameters",
    }
}

/// Why an input is not known.
pub fn missing(why: &Missing) -> String {
    match why {
        Missing::Failed(why) => why.to_string(),
        Missing::Old(age) => format!("read {} ago, too long", age.short()),
    }
}

/// What stands behind a finding, for the whole table.
pub fn meaning(fact: &Fact) -> String {
    let words = match fact {
        Fact::Tenant(t) => return tenant::meaning(t),
        Fact::Target(_) => "what was chosen is not what is there now: choose again",
        Fact::Zones { .. } => "a zone counts while one OBServer in it serves",
        Fact::Servers { .. } => "status in service and no stop time set",
        Fact::OtherZonesNotWhole(_) => {
            "a plain stop is refused while another zone has a stopped server (-4660)"
        }
        Fact::NothingElseDown => "every other zone is in service with all its OBServers",
        Fact::WholeCluster => "processes end without a SQL stop before; every tenant stops",
        Fact::StandbyOf { .. } => {
            "its primary has no copy in it while it is away; sync state and delay as the control plane tells them"
        }
        Fact::PrimaryOf(_) => {
            "what they copy comes from here; sync state and delay as the control plane tells them"
        }
        Fact::OtherTask(_) => {
            "one task at a time holds a cluster; a failed one holds it until retried or rolled back"
        }
        Fact::NoOtherTask => "unfinished tasks of this cluster, running and failed",
        Fact::RootService { .. } => "OBServers that are told to hold RootService and serve",
        Fact::OfflineLimit(_) => {
            "server_permanent_offline_time: away for longer, and replicas are thrown out and rebuilt elsewhere"
        }
        Fact::NoOfflineLimit => "server_permanent_offline_time is 3600 s where nobody changed it",
        Fact::Unread(..) => "what is not known is treated as not alive",
        Fact::AlreadyStopped | Fact::AlreadyUp => "the action may do nothing, or be refused",
        Fact::ForceSkipsCheck => "a forced one goes on where a plain one would refuse",
        Fact::KillsUnchecked { .. } => {
            "the agents kill what they are told to; neither they nor the database look at what is left"
        }
        Fact::Stands(_) => "what was confirmed for one state is not sent to another",
        Fact::NotChecked => {
            "no API tells these: which server leads a log stream, whether logs are in step, member \
             lists against localities, arbitration, sessions, disks, room in the zones that stay"
        }
    };
    words.to_owned()
}

/// The one sentence that must be read: what the worst finding means. `None` when nothing is lost for certain.
pub fn warning(findings: &[Finding], verb: Verb) -> Option<String> {
    let worst = findings.iter().find(|f| f.level == Level::Loss)?;
    Some(match &worst.fact {
        Fact::WholeCluster if verb == Verb::Restart => {
            "this is an outage of the whole cluster while it restarts".to_owned()
        }
        Fact::WholeCluster => "this is an outage of the whole cluster".to_owned(),
        Fact::Tenant(_) => tenant::warning(findings),
        Fact::RootService { .. } => "no RootService is left: this is an outage".to_owned(),
        Fact::OtherTask(t) => format!("task {} holds the cluster", t.at.id),
        Fact::OtherZonesNotWhole(zones) => format!("{} not whole: start that first", are(zones)),
        Fact::Target(_) => "what was chosen is gone, or another now".to_owned(),
        _ => "service is lost".to_owned(),
    })
}

/// What a stop would leave, in as many columns as there are: tenants by name with their votes, those that stop last,
/// where the eye ends. And whether service is lost for certain.
pub fn glance(findings: &[Finding], room: usize) -> (String, bool) {
    let has = |wanted: &dyn Fn(&Fact) -> bool| findings.iter().any(|f| wanted(&f.fact));
    if has(&|f| *f == Fact::AlreadyStopped) {
        return ("stopped already, or being stopped".to_owned(), false);
    }
    if has(&|f| *f == Fact::WholeCluster) {
        return ("stop would leave: nothing: OUTAGE".to_owned(), true);
    }
    let blocked = findings.iter().find_map(|f| match &f.fact {
        Fact::OtherZonesNotWhole(zones) => Some(format!("{} not whole", are(zones))),
        _ => None,
    });
    let (words, stops) =
        tenant::glance(findings, room.saturating_sub(18 + blocked.as_ref().map_or(0, |b| b.len() + 3)));
    let mut line = format!("stop would leave: {words}");
    if let Some(blocked) = &blocked {
        line.push_str(" · ");
        line.push_str(blocked);
    }
    (line, stops || blocked.is_some())
}

/// `VALID, 3s behind`; a state that is not the good one is said to be none.
fn state(sync: &SyncState) -> String {
    let word = match (sync.word.is_empty(), sync.is_valid()) {
        (true, _) => "sync state not told".to_owned(),
        (false, true) => sync.word.to_string(),
        (false, false) => format!("not in sync: {}", sync.word),
    };
    match sync.delay {
        Some(delay) if sync.is_falling_back => format!("{word}, {} behind and growing", delay.short()),
        Some(delay) => format!("{word}, {} behind", delay.short()),
        None => word,
    }
}

/// The standbys, those that do not keep up first: at most three, then how many more.
fn copies(standbys: &[Standby]) -> String {
    let mut all: Vec<&Standby> = standbys.iter().collect();
    all.sort_by_key(|s| s.sync.is_valid() && !s.sync.is_falling_back);
    let named = |s: &&Standby| {
        let name = if s.name.is_empty() { "one without a name".to_owned() } else { s.name.to_string() };
        format!("{name} {}", state(&s.sync))
    };
    let first = all.iter().take(3).map(named).collect::<Vec<_>>().join(" · ");
    match all.len() {
        0..=3 => first,
        n => format!("{first} · {} more", n - 3),
    }
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
