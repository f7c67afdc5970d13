//! A row of the journal as an object (cli.md: `history -o json`). Values are exact; what a terminal could take for an
//! order is escaped, since the journal holds what others wrote.

use serde::Serialize;

use crate::cli::fail::Fail;
use crate::cli::output::json::{Id, told};
use crate::cli::output::put;
use crate::domain::history::Row;
use crate::domain::outcome::Exit;
use crate::domain::shown::Shown;
use crate::domain::time::{Span, Timestamp};
use crate::domain::timeline::{Ended, Intent, Settled, Subject, What};

/// What the guard said, with what was in front of the operator's eyes.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct VerdictDoc {
    codes: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refused: Vec<String>,
}

/// One row. Fields that do not apply are left out.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RowDoc {
    #[serde(rename = "type")]
    kind: &'static str,
    seq: u64,
    time: String,
    local_time: String,
    operator: String,
    host: String,
    pid: u32,
    #[serde(flatten)]
    about: AboutDoc,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    sent: Option<SentDoc>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    ended: Option<EndedDoc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    settled: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    why: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed_subtasks: Vec<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct AboutDoc {
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verb: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subtask_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<String>,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct SentDoc {
    order: String,
    method: String,
    origin: String,
    path: String,
    body: Option<String>,
    user: String,
    verdict: VerdictDoc,
    typed: Option<String>,
    #[serde(rename = "override")]
    overriding: Option<String>,
    confirmed_time: String,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct EndedDoc {
    exit: u8,
    http: u16,
    code: Option<String>,
    message: Option<String>,
    trace_id: Option<String>,
    took_ms: Option<i64>,
    answer_time: String,
}

impl RowDoc {
    /// The row.
    pub(crate) fn new(row: &Row) -> Self {
        let r = &row.record;
        let bare = Self {
            seq: r.seq,
            time: r.at.rfc3339(),
            local_time: r.at.rfc3339_at(r.offset_minutes),
            operator: r.operator.raw().to_owned(),
            host: r.host.raw().to_owned(),
            pid: r.pid,
            outcome: row.outcome(),
            ended: row.ended.as_ref().map(|(at, e)| ended(*at, e)),
            settled: row.settled.as_ref().map(|(_, s)| match s {
                Settled::Task(_) => "task",
                Settled::LetBe => "letBe",
            }),
            task_id: row.task().map(|t| Id::new(t.raw())),
            ..Self::default()
        };
        match &r.what {
            What::Intent(i) => Self {
                kind: "order",
                about: about(&i.subject),
                sent: Some(sent(i)),
                reason: i.basis.reason.clone(),
                ..bare
            },
            What::Held { subject, why, reason } => {
                Self { kind: "held", about: about(subject), why: why.clone(), reason: reason.clone(), ..bare }
            }
            What::TaskEnded { name, status, took, failed, .. } => Self {
                kind: "taskEnded",
                about: place(row),
                name: told(name),
                status: told(status),
                duration_ms: took.map(Span::millis),
                failed_subtasks: failed.iter().map(|s| Id::new(s.raw())).collect(),
                ..bare
            },
            What::Note { text, .. } => {
                Self { kind: "note", about: place(row), text: Some(text.raw().to_owned()), ..bare }
            }
            What::Ended(_) | What::Settled { .. } => bare,
        }
    }
}

fn place(row: &Row) -> AboutDoc {
    AboutDoc {
        profile: row.profile().map(|p| p.raw().to_owned()),
        cluster_id: row.cluster().map(|c| Id::new(c.id.raw())),
        ..AboutDoc::default()
    }
}

fn about(s: &Subject) -> AboutDoc {
    AboutDoc {
        profile: Some(s.profile.raw().to_owned()),
        cluster: told(&s.cluster_name),
        cluster_id: s.cluster.as_ref().map(|c| Id::new(c.id.raw())),
        verb: told(&s.verb),
        scope: told(&s.scope),
        target: told(&s.target),
        zone: s.zone.as_ref().map(|z| z.raw().to_owned()),
        subtask_id: s.subtask.as_ref().map(|t| Id::new(t.raw())),
        mode: told(&s.mode),
    }
}

fn sent(i: &Intent) -> SentDoc {
    SentDoc {
        order: i.order.raw().to_owned(),
        method: i.method.raw().to_owned(),
        origin: i.origin.raw().to_owned(),
        path: i.path.raw().to_owned(),
        body: i.body.as_ref().map(|b| b.raw().to_owned()),
        user: i.user.raw().to_owned(),
        verdict: VerdictDoc { codes: i.basis.codes.clone(), refused: i.basis.refused.clone() },
        typed: i.basis.typed.clone(),
        overriding: i.basis.overriding.clone(),
        confirmed_time: i.basis.at.rfc3339(),
    }
}

fn ended(at: Timestamp, e: &Ended) -> EndedDoc {
    EndedDoc {
        exit: e.exit as u8,
        http: e.http,
        code: told(&e.code),
        message: told(&e.words),
        trace_id: e.trace.as_ref().map(|t| t.raw().to_owned()),
        took_ms: e.took.map(Span::millis),
        answer_time: at.rfc3339(),
    }
}

/// `{"contents":[…]}`.
pub(crate) fn list(rows: &[Row]) -> Result<(), Fail> {
    #[derive(Serialize)]
    struct List {
        contents: Vec<RowDoc>,
    }
    let list = List { contents: rows.iter().map(RowDoc::new).collect() };
    let text = serde_json::to_string_pretty(&list).map_err(|e| unwritable(&e))?;
    put::line(&plain(&text))
}

/// One row in a line.
pub(crate) fn line(row: &Row) -> Result<String, Fail> {
    serde_json::to_string(&RowDoc::new(row)).map(|t| plain(&t)).map_err(|e| unwritable(&e))
}

fn unwritable(e: &serde_json::Error) -> Fail {
    Fail::of(Exit::Failed, "could not write the result as JSON", e.to_string(), "")
}

/// JSON has characters that are not ASCII only inside its strings, where each can be escaped: those that no screen
/// may show as themselves are (X16).
fn plain(json: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(json.len());
    let (mut bytes, mut units) = ([0_u8; 4], [0_u16; 2]);
    for c in json.chars() {
        let odd = c == '\x7f'
            || (!c.is_ascii() && Shown::whole(c.encode_utf8(&mut bytes)).as_str() != c.to_string());
        if odd {
            for unit in c.encode_utf16(&mut units) {
                // Writing into a string does not fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}
