//! A line of the journal as JSON. The shape is a file format: fields are added, never renamed.
//!
//! Texts are escaped so that not even `cat` shows a control or a bidi character as itself (X16).

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::domain::guard::Basis;
use crate::domain::id::{ClusterId, ClusterRef, ProfileName, SubtaskId, TaskId, TraceId, ZoneName};
use crate::domain::limits;
use crate::domain::outcome::Exit;
use crate::domain::shown::{Shown, Text};
use crate::domain::time::{Span, Timestamp};
use crate::domain::timeline::{Ended, Intent, OrderId, Record, Settled, Subject, What};

/// Version of the format.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    v: u32,
    seq: u64,
    time: String,
    #[serde(default)]
    offset_minutes: i32,
    #[serde(default)]
    operator: String,
    #[serde(default)]
    host: String,
    #[serde(default)]
    pid: u32,
    kind: String,
    data: Box<RawValue>,
    /// Hash of the half line before this one, left by a crash; it is explained by this and never rewritten (F02).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    torn: Option<String>,
    prev: String,
}

/// What the chain needs of a line.
#[derive(Deserialize)]
pub(super) struct Link {
    pub(super) seq: u64,
    pub(super) prev: String,
    #[serde(default)]
    pub(super) torn: Option<String>,
}

/// One list of fields for every kind: each kind fills its own.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SubjectLine {
    profile: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster_id: Option<String>,
    cluster: String,
    verb: String,
    scope: String,
    target: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subtask_id: Option<String>,
    mode: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct IntentLine {
    order: String,
    subject: SubjectLine,
    #[serde(default)]
    task_name: String,
    method: String,
    origin: String,
    path: String,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    user: String,
    #[serde(default)]
    codes: Vec<String>,
    #[serde(default)]
    refused: Vec<String>,
    #[serde(default)]
    typed: Option<String>,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    overriding: Option<String>,
    #[serde(default)]
    confirmed: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EndedLine {
    order: String,
    exit: u8,
    #[serde(default)]
    http: u16,
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    trace_id: Option<String>,
    #[serde(default)]
    task_id: Option<String>,
    #[serde(default)]
    task_name: String,
    #[serde(default)]
    took_ms: Option<i64>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SettledLine {
    order: String,
    /// The task that was taken; absent: nothing was seen and a person let it be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    task_id: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct HeldLine {
    subject: SubjectLine,
    #[serde(default)]
    why: Vec<String>,
    #[serde(default)]
    reason: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TaskEndedLine {
    profile: String,
    #[serde(default)]
    cluster_id: Option<String>,
    task_id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    took_ms: Option<i64>,
    #[serde(default)]
    failed: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct NoteLine {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cluster_id: Option<String>,
    text: String,
}

/// The record as a JSON object without line feed and without seal.
pub(super) fn write(record: &Record, prev: &str, torn: Option<String>) -> Result<String, serde_json::Error> {
    let (kind, data) = data(&record.what)?;
    let line = Line {
        v: VERSION,
        seq: record.seq,
        time: record.at.rfc3339(),
        offset_minutes: record.offset_minutes,
        operator: cut(record.operator.raw()),
        host: cut(record.host.raw()),
        pid: record.pid,
        kind: kind.to_owned(),
        data,
        torn,
        prev: prev.to_owned(),
    };
    Ok(escaped(&serde_json::to_string(&line)?))
}

fn data(what: &What) -> Result<(&'static str, Box<RawValue>), serde_json::Error> {
    Ok(match what {
        What::Intent(i) => ("intent", to_raw_value(&intent(i))?),
        What::Ended(e) => ("ended", to_raw_value(&ended(e))?),
        What::Settled { order, how } => {
            let task_id = match how {
                Settled::Task(t) => Some(cut(t.raw())),
                Settled::LetBe => None,
            };
            ("settled", to_raw_value(&SettledLine { order: cut(order.raw()), task_id })?)
        }
        What::Held { subject: s, why, reason } => {
            let line = HeldLine { subject: subject(s), why: codes(why), reason: reason.as_deref().map(cut) };
            ("held", to_raw_value(&line)?)
        }
        What::TaskEnded { profile, cluster, task, name, status, took, failed } => {
            let line = TaskEndedLine {
                profile: cut(profile.raw()),
                cluster_id: cluster.as_ref().map(|c| cut(c.id.raw())),
                task_id: cut(task.raw()),
                name: cut(name.raw()),
                status: cut(status.raw()),
                took_ms: took.map(Span::millis),
                failed: codes(&failed.iter().map(|s| s.raw().to_owned()).collect::<Vec<_>>()),
            };
            ("taskEnded", to_raw_value(&line)?)
        }
        What::Note { cluster, text } => {
            let line = NoteLine {
                profile: cluster.as_ref().map(|c| cut(c.profile.raw())),
                cluster_id: cluster.as_ref().map(|c| cut(c.id.raw())),
                text: cut(text.raw()),
            };
            ("note", to_raw_value(&line)?)
        }
    })
}

fn subject(s: &Subject) -> SubjectLine {
    SubjectLine {
        profile: cut(s.profile.raw()),
        cluster_id: s.cluster.as_ref().map(|c| cut(c.id.raw())),
        cluster: cut(s.cluster_name.raw()),
        verb: cut(s.verb.raw()),
        scope: cut(s.scope.raw()),
        target: cut(s.target.raw()),
        zone: s.zone.as_ref().map(|z| cut(z.raw())),
        task_id: s.task.as_ref().map(|t| cut(t.raw())),
        subtask_id: s.subtask.as_ref().map(|t| cut(t.raw())),
        mode: cut(s.mode.raw()),
    }
}

fn intent(i: &Intent) -> IntentLine {
    IntentLine {
        order: cut(i.order.raw()),
        subject: subject(&i.subject),
        task_name: cut(i.task_name.raw()),
        method: cut(i.method.raw()),
        origin: cut(i.origin.raw()),
        path: cut(i.path.raw()),
        body: i.body.as_ref().map(|b| cut_at(&masked(b.raw()), limits::JOURNAL_BODY_BYTES)),
        user: cut(i.user.raw()),
        codes: codes(&i.basis.codes),
        refused: codes(&i.basis.refused),
        typed: i.basis.typed.as_deref().map(cut),
        reason: i.basis.reason.as_deref().map(cut),
        overriding: i.basis.overriding.as_deref().map(cut),
        confirmed: Some(i.basis.at.rfc3339()),
    }
}

fn ended(e: &Ended) -> EndedLine {
    EndedLine {
        order: cut(e.order.raw()),
        exit: e.exit as u8,
        http: e.http,
        code: cut(e.code.raw()),
        message: cut_at(e.words.raw(), limits::ERROR_TEXT_BYTES),
        trace_id: e.trace.as_ref().map(|t| cut(t.raw())),
        task_id: e.task.as_ref().map(|t| cut(t.raw())),
        task_name: cut(e.task_name.raw()),
        took_ms: e.took.map(Span::millis),
    }
}

/// What a line says.
pub(super) enum Said {
    /// A record of a kind that is known.
    Record(Box<Record>),
    /// A whole line of a kind that a later version writes.
    Unknown,
}

/// Reads a line. `None`: it is no line of a journal.
pub(super) fn read(line: &[u8]) -> Option<Said> {
    let line: Line = serde_json::from_slice(line).ok()?;
    let Some(what) = what(&line.kind, line.data.get()) else { return Some(Said::Unknown) };
    Some(Said::Record(Box::new(Record {
        seq: line.seq,
        at: Timestamp::parse(&line.time)?,
        offset_minutes: line.offset_minutes,
        operator: Text::new(&line.operator),
        host: Text::new(&line.host),
        pid: line.pid,
        what,
    })))
}

fn what(kind: &str, data: &str) -> Option<What> {
    fn part<'a, T: Deserialize<'a>>(data: &'a str) -> Option<T> {
        serde_json::from_str(data).ok()
    }
    Some(match kind {
        "intent" => What::Intent(Box::new(intent_of(part(data)?))),
        "ended" => What::Ended(Box::new(ended_of(&part(data)?)?)),
        "settled" => {
            let line: SettledLine = part(data)?;
            let how = line.task_id.map_or(Settled::LetBe, |t| Settled::Task(TaskId::new(&t)));
            What::Settled { order: OrderId::new(&line.order), how }
        }
        "held" => {
            let line: HeldLine = part(data)?;
            What::Held { subject: Box::new(subject_of(&line.subject)), why: line.why, reason: line.reason }
        }
        "taskEnded" => {
            let line: TaskEndedLine = part(data)?;
            What::TaskEnded {
                cluster: cluster_of(&line.profile, line.cluster_id.as_deref()),
                profile: ProfileName::new(&line.profile),
                task: TaskId::new(&line.task_id),
                name: Text::new(&line.name),
                status: Text::new(&line.status),
                took: line.took_ms.map(Span::from_millis),
                failed: line.failed.iter().map(|s| SubtaskId::new(s)).collect(),
            }
        }
        "note" => {
            let line: NoteLine = part(data)?;
            let cluster = line.profile.and_then(|p| cluster_of(&p, line.cluster_id.as_deref()));
            What::Note { cluster, text: Text::new(&line.text) }
        }
        _ => return None,
    })
}

fn cluster_of(profile: &str, id: Option<&str>) -> Option<ClusterRef> {
    id.map(|id| ClusterRef { profile: ProfileName::new(profile), id: ClusterId::new(id) })
}

fn subject_of(s: &SubjectLine) -> Subject {
    Subject {
        cluster: cluster_of(&s.profile, s.cluster_id.as_deref()),
        profile: ProfileName::new(&s.profile),
        cluster_name: Text::new(&s.cluster),
        verb: Text::new(&s.verb),
        scope: Text::new(&s.scope),
        target: Text::new(&s.target),
        zone: s.zone.as_deref().map(ZoneName::new),
        task: s.task_id.as_deref().map(TaskId::new),
        subtask: s.subtask_id.as_deref().map(SubtaskId::new),
        mode: Text::new(&s.mode),
    }
}

fn intent_of(i: IntentLine) -> Intent {
    Intent {
        order: OrderId::new(&i.order),
        subject: subject_of(&i.subject),
        task_name: Text::new(&i.task_name),
        method: Text::new(&i.method),
        origin: Text::new(&i.origin),
        path: Text::new(&i.path),
        body: i.body.as_deref().map(Text::new),
        user: Text::new(&i.user),
        basis: Basis {
            codes: i.codes,
            refused: i.refused,
            typed: i.typed,
            reason: i.reason,
            overriding: i.overriding,
            at: i.confirmed.as_deref().and_then(Timestamp::parse).unwrap_or(Timestamp::from_millis(0)),
        },
    }
}

fn ended_of(e: &EndedLine) -> Option<Ended> {
    Some(Ended {
        order: OrderId::new(&e.order),
        exit: exit_of(e.exit)?,
        http: e.http,
        code: Text::new(&e.code),
        words: Text::new(&e.message),
        trace: e.trace_id.as_deref().map(TraceId::new),
        task: e.task_id.as_deref().map(TaskId::new),
        task_name: Text::new(&e.task_name),
        took: e.took_ms.map(Span::from_millis),
    })
}

fn exit_of(code: u8) -> Option<Exit> {
    use Exit::{
        Conflict, Done, Failed, NotFound, NotPermitted, Panic, RefusedHere, Unknown, Unreachable, Usage,
        WaitTimeout,
    };
    [
        Done,
        Failed,
        Usage,
        RefusedHere,
        NotPermitted,
        Unreachable,
        Unknown,
        WaitTimeout,
        NotFound,
        Conflict,
        Panic,
    ]
    .into_iter()
    .find(|e| *e as u8 == code)
}

fn cut(text: &str) -> String {
    cut_at(text, limits::TEXT_BYTES)
}

/// At most so many bytes, whole characters, with a mark where something was left out.
fn cut_at(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let end =
        (0..=bytes.saturating_sub('…'.len_utf8())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
    format!("{}…", text.get(..end).unwrap_or_default())
}

fn codes(all: &[String]) -> Vec<String> {
    let mut kept: Vec<String> =
        all.iter().take(limits::JOURNAL_CODES).map(|c| cut_at(c, limits::TEXT_COLUMNS)).collect();
    if all.len() > kept.len() {
        kept.push(format!("…and {} more", all.len() - kept.len()));
    }
    kept
}

/// A body whose secret fields are masked. No body of an action has one (ocp-api 2.1, obshell-api 5); should one ever
/// come, it does not come to the disk.
fn masked(body: &str) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(body) else { return body.to_owned() };
    if mask(&mut value) { value.to_string() } else { body.to_owned() }
}

fn mask(value: &mut Value) -> bool {
    match value {
        Value::Object(fields) => fields.iter_mut().fold(false, |any, (name, value)| {
            let name = name.to_ascii_lowercase();
            let secret = ["passw", "pwd", "secret", "token", "credential", "authorization", "accesskey"]
                .iter()
                .any(|s| name.replace(['_', '-'], "").contains(s));
            if secret {
                *value = Value::from("***");
            }
            secret || mask(value) || any
        }),
        Value::Array(list) => list.iter_mut().filter_map(|v| mask(v).then_some(())).count() > 0,
        _ => false,
    }
}

/// JSON has text only inside its strings, so every character that is not to be seen as itself can be escaped there.
fn escaped(json: &str) -> String {
    if json.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return json.to_owned();
    }
    let mut out = String::with_capacity(json.len() + 64);
    let mut units = [0_u16; 2];
    for c in json.chars() {
        if (c.is_ascii() && c != '\x7f') || is_shown_as_itself(c) {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

fn is_shown_as_itself(c: char) -> bool {
    let mut bytes = [0_u8; 4];
    let text = c.encode_utf8(&mut bytes);
    Shown::whole(text).as_str() == text
}
