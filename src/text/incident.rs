//! An incident as Markdown and as JSON: what the timeline showed, for a ticket or a review (operator-guide 5.2).

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::markdown::{code, escape};
use super::{handoff, timeline as words};
use crate::app::paper::Incident;
use crate::domain::incident::{Happened, Moment};
use crate::domain::time::Timestamp;

/// The whole as Markdown: the handoff note first, then every line.
pub fn markdown(i: &Incident) -> String {
    let name = match &i.cluster {
        Some((_, name)) if !name.is_empty() => escape(name.raw()),
        Some((at, _)) => escape(at.id.raw()),
        None => words::ALL_CLUSTERS.to_owned(),
    };
    let since = i.since.map_or_else(|| "the beginning".to_owned(), Timestamp::rfc3339);
    let mut out = format!(
        "# Incident: {name}\n\nFrom {since} to {}. {}. Sources `task` and `ocp` tell the server's time, the rest this machine's; the order is by this machine's.\n",
        i.now.rfc3339(),
        words::skew(i.skew),
    );
    if let Some(note) = &i.handoff {
        out.push('\n');
        out.push_str(&handoff::note(note));
    }
    out.push_str("\n## Timeline\n\n");
    for m in &i.moments {
        out.push_str(&line(m));
    }
    out
}

/// One line of a Markdown list, with what is to be known beside it.
pub fn line(m: &Moment) -> String {
    let (what, right) = words::line(m, false);
    let who = if m.who.is_empty() { String::new() } else { format!(" {}", escape(m.who.raw())) };
    let what = if matches!(m.what, Happened::Sent { .. }) { code(&what) } else { escape(&what) };
    let right = if right.is_empty() { String::new() } else { format!(" · {}", escape(&right)) };
    let mut out = format!("- {} **{}**{who}: {what}{right}\n", m.at.rfc3339(), m.source.word());
    for aside in m.asides() {
        let _ = writeln!(out, "  - {}", escape(&words::aside(aside)));
    }
    out
}

/// The whole as JSON, for programs: exact spellings, times with their clock.
pub fn json(i: &Incident) -> Value {
    json!({
        "cluster": i.cluster.as_ref().map(|(at, name)| json!({
            "profile": at.profile.raw(), "id": at.id.raw(), "name": name.raw(),
        })),
        "from": i.since.map(Timestamp::rfc3339),
        "to": i.now.rfc3339(),
        "skewSeconds": i.skew.map(|s| s.millis() as f64 / 1000.0),
        "handoff": i.handoff.as_ref().map(|h| handoff::note(h)),
        "moments": i.moments.iter().map(moment).collect::<Vec<_>>(),
    })
}

fn moment(m: &Moment) -> Value {
    let (what, right) = words::line(m, false);
    let mut value = json!({
        "time": m.at.rfc3339(),
        "clock": words::clock(m.by),
        "source": m.source.word(),
        "who": m.who.raw(),
        "text": what,
        "result": right,
        "beside": m.asides().into_iter().map(words::aside).collect::<Vec<_>>(),
        "task": m.task.as_ref().map(|t| t.id.raw()),
        "trace": m.trace().map(crate::domain::id::TraceId::raw),
    });
    if let (Some(map), Happened::Sent { intent, ended, .. }) = (value.as_object_mut(), &m.what) {
        map.insert("order".to_owned(), json!(intent.order.raw()));
        map.insert("method".to_owned(), json!(intent.method.raw()));
        map.insert("path".to_owned(), json!(intent.path.raw()));
        map.insert("exit".to_owned(), json!(ended.as_ref().map(|e| e.1.exit as u8)));
    }
    value
}

#[cfg(test)]
mod tests;
