//! What an action would be and take away: the exact request, the impact, the guard's verdict. Sends nothing.

use std::collections::BTreeMap;

use serde::Serialize;

use super::args::Format;
use super::fail::Fail;
use super::order::Case;
use super::output::{Out, put, say};
use crate::domain::guard::{Question, Verdict};
use crate::domain::impact::{Finding, Level};
use crate::domain::outcome::Exit;
use crate::domain::request::{HeaderValue, Planned};
use crate::domain::shown::Shown;
use crate::text::action::{blocker, checked};
use crate::text::outcome as text;

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
struct VerdictDoc {
    /// `ask` or `refuse`.
    verdict: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    blockers: Vec<String>,
    /// The name `--confirm` must give; null: none is asked for.
    confirm: Option<String>,
    needs_reason: bool,
    /// Whether `--override` goes on against a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    can_override: Option<bool>,
}

/// The request an action will be.
fn planned(case: &Case) -> Result<Planned, Fail> {
    case.plane.plan(&case.action).map_err(|why| {
        // A read-only profile can still be asked what the request would be, if the adapter tells it.
        let exit = match why {
            crate::domain::capability::WhyNot::ReadOnly => Exit::RefusedHere,
            _ => Exit::Usage,
        };
        Fail::of(exit, &format!("cannot {} like this", text::action(&case.action)), text::why_not(why), "")
    })
}

/// Prints request, impact and verdict on stdout.
pub(crate) fn print(out: Out, case: &Case) -> Result<(), Fail> {
    let request = planned(case)?;
    match out.format {
        Format::Table => {
            let mut lines = request_lines(&request);
            lines.extend(impact_lines(case));
            lines.push("dry run: nothing was sent".to_owned());
            put::text(&(lines.join("\n") + "\n"))
        }
        Format::Json => put::document(&doc(case, Some(&request))),
        Format::Ndjson => put::event("dryRun", &doc(case, Some(&request))),
    }
}

/// Prints impact and verdict on stdout.
pub(crate) fn impact(out: Out, case: &Case) -> Result<(), Fail> {
    match out.format {
        Format::Table => put::text(&(impact_lines(case).join("\n") + "\n")),
        Format::Json => put::document(&doc(case, None)),
        Format::Ndjson => put::event("impact", &doc(case, None)),
    }
}

/// The same on stderr, before a question.
pub(crate) fn show(case: &Case) {
    if let Ok(request) = planned(case) {
        say(&request_lines(&request).join("\n"));
    }
    say(&impact_lines(case).join("\n"));
}

fn header(value: &HeaderValue) -> &str {
    match value {
        HeaderValue::Plain(v) => v,
        HeaderValue::Masked(hint) => hint,
    }
}

fn request_lines(r: &Planned) -> Vec<String> {
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

fn impact_lines(case: &Case) -> Vec<String> {
    let mut lines = vec![format!("{} through profile {}", text::action(&case.action), case.profile.name)];
    lines.extend(case.impact.findings.iter().map(|f| format!("  {}", text::finding(f))));
    lines.extend(case.checked.as_ref().map(|c| format!("  its own check: {}", checked(c.as_ref()))));
    lines.push(match &case.verdict {
        Verdict::Ask(q) => format!("verdict: asks for {}", asks(q)),
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

fn doc(case: &Case, request: Option<&Planned>) -> Doc {
    Doc {
        profile: case.profile.name.raw().to_owned(),
        action: text::action(&case.action),
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
        impact: case.impact.findings.iter().map(finding).collect(),
        check: case
            .checked
            .as_ref()
            .map(|c| CheckDoc { passed: c.as_ref().ok().map(|c| c.passed), text: checked(c.as_ref()) }),
        verdict: verdict(&case.verdict),
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
        can_override,
    }
}
