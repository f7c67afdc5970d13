//! One line of a recording as JSON, both ways. The only place that knows its names.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use crate::domain::capability::PlaneKind;
use crate::domain::id::ProfileName;
use crate::domain::limits;
use crate::domain::tape::{Answered, End, Event, Exchange, Failure, Head, TapedProfile};
use crate::domain::time::{Span, Timestamp};

/// The form of a recording; another one is not read.
pub(super) const FORM: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct HeadLine {
    /// The form of what follows.
    recording: u32,
    obdeck: String,
    start: String,
    /// Whose clock the times are of.
    clock: String,
    profiles: Vec<ProfileLine>,
}

#[derive(Serialize, Deserialize)]
struct ProfileLine {
    name: String,
    kind: String,
    urls: Vec<String>,
    user: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    time: String,
    #[serde(flatten)]
    what: What,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum What {
    Exchange(Box<ExchangeLine>),
    Key { key: String },
    Paste { characters: usize },
    Size { width: u16, height: u16 },
    Lost { events: u64 },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExchangeLine {
    took_ms: i64,
    profile: String,
    origin: String,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failed: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<AnswerLine>,
}

#[derive(Serialize, Deserialize)]
struct AnswerLine {
    status: u16,
    headers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// Bytes that are no text, or would take more room as one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
}

/// The first line, its end included.
pub(super) fn of_head(head: &Head) -> io::Result<Vec<u8>> {
    let profiles = head.profiles.iter().map(|p| ProfileLine {
        name: p.name.raw().to_owned(),
        kind: p.kind.word().to_owned(),
        urls: p.urls.clone(),
        user: p.user.clone(),
    });
    ended(&HeadLine {
        recording: FORM,
        obdeck: head.program.clone(),
        start: head.start.rfc3339(),
        clock: "of the machine that recorded, UTC".to_owned(),
        profiles: profiles.collect(),
    })
}

/// A line, its end included.
pub(super) fn of_event(at: Timestamp, event: &Event) -> io::Result<Vec<u8>> {
    let what = match event {
        Event::Exchange(e) => What::Exchange(Box::new(exchange_line(e))),
        Event::Key(key) => What::Key { key: key.clone() },
        Event::Paste(characters) => What::Paste { characters: *characters },
        Event::Size(width, height) => What::Size { width: *width, height: *height },
        Event::Lost(events) => What::Lost { events: *events },
    };
    ended(&Line { time: at.rfc3339(), what })
}

fn ended(line: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn exchange_line(e: &Exchange) -> ExchangeLine {
    let (failed, why, answer) = match &e.end {
        End::Answer(a) => (None, None, Some(answer_line(a))),
        End::Failed { how, why, partial } => {
            (Some(how.word().to_owned()), Some(why.clone()), partial.as_ref().map(answer_line))
        }
    };
    ExchangeLine {
        took_ms: e.took.millis(),
        profile: e.profile.raw().to_owned(),
        origin: e.origin.clone(),
        method: e.method.clone(),
        path: e.path.clone(),
        headers: e.headers.clone(),
        body: e.body.clone(),
        failed,
        why,
        answer,
    }
}

fn answer_line(a: &Answered) -> AnswerLine {
    // A control character takes six bytes in JSON: a body full of them would not fit into a line.
    let text = std::str::from_utf8(&a.body)
        .ok()
        .filter(|t| t.bytes().filter(|b| *b < 0x20 && !matches!(b, b'\n' | b'\r' | b'\t')).count() < 1024);
    AnswerLine {
        status: a.status,
        headers: a.headers.clone(),
        text: text.map(ToOwned::to_owned),
        base64: text.is_none().then(|| BASE64.encode(&a.body)),
    }
}

/// The head that a first line is; `Err`: what is wrong with it.
pub(super) fn head(line: &[u8]) -> Result<Head, String> {
    let told: HeadLine =
        serde_json::from_slice(line).map_err(|e| format!("not the head of a recording: {}", of(&e)))?;
    if told.recording != FORM {
        return Err(format!("a recording of form {}; this version reads form {FORM}", told.recording));
    }
    let profile = |p: ProfileLine| {
        let kind = [PlaneKind::Ocp, PlaneKind::Obshell].into_iter().find(|k| k.word() == p.kind);
        let kind = kind.ok_or_else(|| format!("`{}` is no kind of control plane", p.kind))?;
        if p.urls.is_empty() {
            return Err(format!("profile `{}` has no URL", p.name));
        }
        Ok(TapedProfile { name: ProfileName::new(&p.name), kind, urls: p.urls, user: p.user })
    };
    Ok(Head {
        program: told.obdeck,
        start: time(&told.start)?,
        profiles: told.profiles.into_iter().map(profile).collect::<Result<_, String>>()?,
    })
}

/// The event that a line is; `Err`: what is wrong with it.
pub(super) fn event(line: &[u8]) -> Result<(Timestamp, Event), String> {
    let told: Line = serde_json::from_slice(line).map_err(|e| of(&e))?;
    let at = time(&told.time)?;
    let event = match told.what {
        What::Exchange(e) => Event::Exchange(Box::new(exchange(at, *e)?)),
        What::Key { key } => Event::Key(key),
        What::Paste { characters } => Event::Paste(characters),
        What::Size { width, height } => Event::Size(width, height),
        What::Lost { events } => Event::Lost(events),
    };
    Ok((at, event))
}

fn exchange(at: Timestamp, e: ExchangeLine) -> Result<Exchange, String> {
    let answer = e.answer.map(answered).transpose()?;
    let end = match (e.failed, answer) {
        (None, Some(answer)) => End::Answer(answer),
        (None, None) => return Err("an exchange without an end".to_owned()),
        (Some(word), partial) => {
            let how = Failure::ALL.iter().find(|(_, w)| *w == word).map(|(f, _)| *f);
            let how = how.ok_or_else(|| format!("`{word}` is no way to fail"))?;
            End::Failed { how, why: e.why.unwrap_or_default(), partial }
        }
    };
    Ok(Exchange {
        at,
        took: Span::from_millis(e.took_ms.max(0)),
        profile: ProfileName::new(&e.profile),
        origin: e.origin,
        method: e.method,
        path: e.path,
        headers: e.headers,
        body: e.body,
        end,
    })
}

fn answered(a: AnswerLine) -> Result<Answered, String> {
    let body = match (a.text, a.base64) {
        (Some(text), None) => text.into_bytes(),
        (None, Some(coded)) => BASE64.decode(coded).map_err(|e| format!("base64: {e}"))?,
        (None, None) | (Some(_), Some(_)) => {
            return Err("an answer has either `text` or `base64`".to_owned());
        }
    };
    if body.len() > limits::READ_BODY_BYTES {
        return Err(format!("an answer is larger than {} bytes", limits::READ_BODY_BYTES));
    }
    Ok(Answered { status: a.status, headers: a.headers, body: body.into() })
}

fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "a time that cannot be read".to_owned())
}

/// A parser's complaint without its own line number: it counts from this line.
fn of(e: &serde_json::Error) -> String {
    let all = e.to_string();
    let words = all.split(" at line ").next().unwrap_or_default();
    format!("{words} (column {})", e.column())
}
