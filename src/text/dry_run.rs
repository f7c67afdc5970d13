//! What an action would be and take away, in words: the exact request, the impact, the guard's verdict. The command line
//! prints it, the dialog saves it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::action::{blocker, cause, checked};
use super::impact::{input_word, meaning, missing};
use super::outcome as text;
use crate::app::paper::DryRun;
use crate::domain::action::Action;
use crate::domain::guard::{Question, Verdict};
use crate::domain::id::ZoneName;
use crate::domain::impact::{Fact, Finding, Input, Leaders, Level, Missing, TenantImpact, Unsure};
use crate::domain::request::{HeaderValue, Planned};
use crate::domain::shown::Shown;
use crate::domain::time::Timestamp;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Doc {
    profile: String,
    action: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    dry_run: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<RequestDoc>,
    impact: Vec<FindingDoc>,
    /// Tenant by tenant, worst first; only where something is taken away.
    #[serde(skip_serializing_if = "Option::is_none")]
    tenants: Option<Vec<TenantDoc>>,
    /// What is not known, by name; empty where everything was read.
    unknowns: Vec<UnknownDoc>,
    /// What the impact rests on, and how old it was.
    inputs: Vec<InputDoc>,
    /// What the control plane's own check says, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<CheckDoc>,
    verdict: VerdictDoc,
}

#[derive(Serialize)]
struct CheckDoc {
    /// Null: it could not be asked.
    passed: Option<bool>,
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestDoc {
    method: &'static str,
    url: String,
    /// The unix socket it goes through, where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    socket: Option<String>,
    /// Secrets masked.
    headers: BTreeMap<String, String>,
    /// Byte for byte; null where none is sent.
    body: Option<String>,
    user: String,
    timeout_ms: i64,
}

#[derive(Serialize)]
struct FindingDoc {
    level: &'static str,
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TenantDoc {
    name: String,
    locality: String,
    primary_zone: String,
    /// Replicas that vote.
    voters: u32,
    /// Votes now, at worst.
    now: u32,
    now_best: u32,
    /// Votes after, for the log stream that fares worst.
    after: u32,
    /// For the one that fares best.
    after_best: u32,
    /// Further failures survived after, at worst; negative: not even this.
    spare: i64,
    /// `safe noSpare pauses mayStop stops down unknown`.
    verdict: &'static str,
    /// Whether the action can reach any of its voters.
    touched: bool,
    /// Not listed; one replica a zone is assumed.
    assumed: bool,
    leaders: LeadersDoc,
    /// Why the verdict cannot be trusted.
    unsure: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LeadersDoc {
    /// `stay`, `move`, `share` (an estimate) or `untold`.
    what: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    from: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    to: Vec<String>,
    /// Zones that go, of those that hold leaders.
    #[serde(skip_serializing_if = "Option::is_none")]
    share: Option<[u32; 2]>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UnknownDoc {
    /// An input, `tenant NAME`, or `notChecked` for what no API tells.
    what: String,
    why: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InputDoc {
    input: &'static str,
    /// Null: not known.
    read_at: Option<String>,
    age_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VerdictDoc {
    /// `ask` or `refuse`.
    verdict: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    blockers: Vec<String>,
    /// The name `--confirm` must give; null: none is asked for.
    confirm: Option<String>,
    needs_reason: bool,
    /// What makes a reason necessary.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<String>,
    /// Whether `--override` goes on against a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    can_override: Option<bool>,
}

/// Request, impact and verdict in lines, as `--dry-run` prints them.
pub fn lines(run: &DryRun) -> Vec<String> {
    let mut lines = run.request.as_ref().map(request_lines).unwrap_or_default();
    lines.extend(impact_lines(run));
    lines.push("dry run: nothing was sent".to_owned());
    lines
}

/// The same as a document, as `--dry-run -o json` prints it.
pub fn document(run: &DryRun) -> impl Serialize {
    let request = run.request.as_ref();
    let takes_away = matches!(&run.action, Action::Cluster(a) if a.verb.takes_away());
    Doc {
        profile: run.profile.raw().to_owned(),
        action: text::action(&run.action),
        dry_run: request.map(|_| true),
        request: request.map(|r| RequestDoc {
            method: r.method,
            url: r.url(),
            socket: r.socket.clone(),
            headers: r.headers.iter().map(|h| (h.name.clone(), header(&h.value).to_owned())).collect(),
            body: r.body.clone(),
            user: r.user.clone(),
            timeout_ms: r.timeout.millis(),
        }),
        impact: run.impact.findings.iter().map(finding).collect(),
        tenants: takes_away.then(|| run.impact.tenants().map(tenant).collect()),
        unknowns: unknowns(run),
        inputs: run.inputs.iter().map(|(input, read)| input_doc(run, *input, read)).collect(),
        check: run
            .checked
            .as_ref()
            .map(|c| CheckDoc { passed: c.as_ref().ok().map(|c| c.passed), text: checked(c.as_ref()) }),
        verdict: verdict(&run.verdict),
    }
}

fn header(value: &HeaderValue) -> &str {
    match value {
        HeaderValue::Plain(v) => v,
        HeaderValue::Masked(hint) => hint,
    }
}

/// The request in lines, secrets masked.
pub fn request_lines(r: &Planned) -> Vec<String> {
    let clean = |s: &str| Shown::whole(s).to_string();
    let mut lines = vec![format!("{} {}", r.method, clean(&r.url()))];
    lines.extend(r.socket.as_ref().map(|path| format!("  through the socket {}", clean(path))));
    lines.extend(r.headers.iter().map(|h| format!("  {}: {}", clean(&h.name), clean(header(&h.value)))));
    lines.push(match &r.body {
        Some(b) => format!("  {}", clean(b)),
        None => "  (no body)".to_owned(),
    });
    lines.push(format!("  as {}, an answer is awaited for {}", clean(&r.user), r.timeout.short()));
    lines
}

/// Impact and verdict in lines.
pub fn impact_lines(run: &DryRun) -> Vec<String> {
    let mut lines = vec![format!("{} through profile {}", text::action(&run.action), run.profile)];
    lines.extend(run.impact.findings.iter().map(|f| format!("  {}", text::finding(f))));
    lines.extend(inputs_line(run));
    lines.extend(run.checked.as_ref().map(|c| format!("  its own check: {}", checked(c.as_ref()))));
    lines.push(match &run.verdict {
        Verdict::Ask(q) if q.causes.is_empty() => format!("verdict: asks for {}", asks(q)),
        Verdict::Ask(q) => {
            let since = q.causes.iter().map(cause).collect::<Vec<_>>().join("; ");
            format!("verdict: asks for {}, since {since}", asks(q))
        }
        Verdict::Refuse { blockers, way_round } => {
            let why = blockers.iter().map(|b| blocker(b).0).collect::<Vec<_>>().join("; ");
            match way_round {
                Some(q) => format!("verdict: refused: {why} · with --override it asks for {}", asks(q)),
                None => format!("verdict: refused: {why}"),
            }
        }
    });
    lines
}

/// What the impact rests on, and how old each of it was.
fn inputs_line(run: &DryRun) -> Option<String> {
    let told = run.inputs.iter().map(|(input, read)| {
        let how = match read {
            Ok(at) => run.now.since(*at).short(),
            Err(_) => "not known".to_owned(),
        };
        format!("{} {how}", input_word(*input))
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| format!("  ages: {}", told.join(" · ")))
}

fn asks(q: &Question) -> String {
    let mut parts = vec!["--yes".to_owned()];
    if let Some(name) = &q.typed {
        parts.push(format!("--confirm '{}'", Shown::filter(name)));
    }
    if q.reason {
        parts.push("--reason TEXT".to_owned());
    }
    parts.join(" ")
}

fn tenant(t: &TenantImpact) -> TenantDoc {
    let raw = |zones: &[ZoneName]| zones.iter().map(|z| z.raw().to_owned()).collect::<Vec<_>>();
    let leaders = |what| LeadersDoc { what, from: Vec::new(), to: Vec::new(), share: None };
    TenantDoc {
        name: t.name.raw().to_owned(),
        locality: t.locality.raw().to_owned(),
        primary_zone: t.primary_zone.raw().to_owned(),
        voters: t.voters,
        now: t.now.worst,
        now_best: t.now.best,
        after: t.after.worst,
        after_best: t.after.best,
        spare: t.spare(),
        verdict: t.standing.word(),
        touched: t.is_touched,
        assumed: t.is_assumed,
        leaders: match &t.leaders {
            Leaders::Stay => leaders("stay"),
            Leaders::Untold => leaders("untold"),
            Leaders::Move { from, to } => LeadersDoc { from: raw(from), to: raw(to), ..leaders("move") },
            Leaders::Share { lost, of } => LeadersDoc { share: Some([*lost, *of]), ..leaders("share") },
        },
        unsure: t.unsure.iter().map(Unsure::code).collect(),
    }
}

fn unknowns(run: &DryRun) -> Vec<UnknownDoc> {
    let unknown = run.impact.findings.iter().filter(|f| f.level == Level::Unknown);
    let named = unknown.map(|f| {
        let what = match &f.fact {
            Fact::Unread(input, _) => input.word().to_owned(),
            Fact::Tenant(t) => format!("tenant {}", t.name.raw()),
            Fact::NotChecked => "notChecked".to_owned(),
            other => other.code(),
        };
        let why = if f.fact == Fact::NotChecked { meaning(&f.fact) } else { text::bare(f) };
        UnknownDoc { what, why }
    });
    named.collect()
}

fn input_doc(run: &DryRun, input: Input, read: &Result<Timestamp, Missing>) -> InputDoc {
    InputDoc {
        input: input.word(),
        read_at: read.as_ref().ok().map(|at| at.rfc3339()),
        age_ms: read.as_ref().ok().map(|at| run.now.since(*at).millis()),
        why: read.as_ref().err().map(missing),
    }
}

fn finding(f: &Finding) -> FindingDoc {
    let level = match f.level {
        Level::Loss => "loss",
        Level::Caution => "caution",
        Level::Unknown => "unknown",
        Level::Fine => "fine",
    };
    FindingDoc { level, text: text::bare(f) }
}

fn verdict(v: &Verdict) -> VerdictDoc {
    let (word, blockers, q, can_override) = match v {
        Verdict::Ask(q) => ("ask", Vec::new(), Some(q), None),
        Verdict::Refuse { blockers, way_round } => (
            "refuse",
            blockers.iter().map(|b| blocker(b).0).collect(),
            way_round.as_ref(),
            Some(way_round.is_some()),
        ),
    };
    VerdictDoc {
        verdict: word,
        blockers,
        confirm: q.and_then(|q| q.typed.clone()),
        needs_reason: q.is_some_and(|q| q.reason),
        causes: q.map_or_else(Vec::new, |q| q.causes.iter().map(cause).collect()),
        can_override,
    }
}
