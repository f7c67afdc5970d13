//! The journal in words: a row of a table, a line of Markdown.

use std::fmt::Write as _;

use super::markdown::{code, escape};
use super::timeline::{about, answer};
use crate::domain::history::Row;
use crate::domain::shown::Text;
use crate::domain::time::Timestamp;
use crate::domain::timeline::{Intent, Subject, What};

/// Columns of the table.
pub const HEAD: [&str; 6] = ["TIME", "OPERATOR", "PROFILE", "WHAT", "RESULT", "REASON"];

/// A row of the table, filtered.
pub fn cells(row: &Row) -> Vec<String> {
    let (what, result, reason) = parts(row);
    vec![
        row.record.at.rfc3339(),
        row.record.operator.to_string(),
        row.profile().map_or_else(String::new, ToString::to_string),
        what,
        result,
        reason,
    ]
}

fn parts(row: &Row) -> (String, String, String) {
    let shown = |text: &Option<String>| text.as_ref().map(|t| Text::new(t).to_string()).unwrap_or_default();
    match &row.record.what {
        What::Intent(i) => (about(&i.subject), result(row), reason(i)),
        What::Held { subject, why, reason } => (about(subject), held(why), shown(reason)),
        What::TaskEnded { task, name, status, failed, .. } => {
            let failed = match failed.as_slice() {
                [] => String::new(),
                some => format!(
                    " · failed: {}",
                    some.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
                ),
            };
            (format!("task {task} {name}"), format!("{status}{failed}"), String::new())
        }
        What::Note { text, .. } => ("note".to_owned(), text.to_string(), String::new()),
        What::Ended(_) | What::Settled { .. } => <(String, String, String)>::default(),
    }
}

fn result(row: &Row) -> String {
    answer(row.ended.as_ref().map(|(_, e)| e), row.settled.as_ref().map(|(_, s)| s))
}

fn held(why: &[String]) -> String {
    format!("held back: {}", why.iter().map(|w| Text::new(w).to_string()).collect::<Vec<_>>().join(", "))
}

/// Why it was sent, and that the guard was overridden.
fn reason(i: &Intent) -> String {
    let mut parts: Vec<String> =
        i.basis.reason.iter().map(|r| Text::new(r).to_string()).filter(|r| !r.is_empty()).collect();
    parts.extend(i.basis.overriding.iter().map(|o| format!("overridden: {}", Text::new(o))));
    parts.join(" · ")
}

/// Rows as Markdown for a ticket; every text from outside is escaped (X16).
pub fn markdown(rows: &[Row], now: Timestamp) -> String {
    let mut out = format!("# Journal of obdeck, {}\n", now.rfc3339());
    for row in rows {
        out.push('\n');
        line(&mut out, row);
    }
    out
}

fn line(out: &mut String, row: &Row) {
    let (what, result, _) = parts(row);
    let at = row.record.at.rfc3339();
    let local = row.record.at.rfc3339_at(row.record.offset_minutes);
    let who = escape(row.record.operator.raw());
    // Writing into a string does not fail.
    let _ = writeln!(out, "- **{at}** ({local}) {who}: {} — {}", escape(&what), escape(&result));
    match &row.record.what {
        What::Intent(i) => sent(out, row, i),
        What::Held { subject, reason, .. } => {
            place(out, subject);
            if let Some(reason) = reason {
                let _ = writeln!(out, "  - reason: {}", escape(reason));
            }
        }
        What::TaskEnded { .. } | What::Note { .. } | What::Ended(_) | What::Settled { .. } => {}
    }
}

fn sent(out: &mut String, row: &Row, i: &Intent) {
    place(out, &i.subject);
    let request = format!("{} {}{}", i.method.raw(), i.origin.raw(), i.path.raw());
    let _ = writeln!(out, "  - request: {} as {}", code(&request), escape(i.user.raw()));
    if let Some(body) = &i.body {
        let _ = writeln!(out, "  - body: {}", code(body.raw()));
    }
    for (word, value) in
        [("typed", &i.basis.typed), ("reason", &i.basis.reason), ("guard overridden", &i.basis.overriding)]
    {
        if let Some(value) = value {
            let _ = writeln!(out, "  - {word}: {}", escape(value));
        }
    }
    if !i.basis.refused.is_empty() {
        let _ = writeln!(out, "  - guard refused: {}", escape(&i.basis.refused.join(", ")));
    }
    if let Some((_, e)) = &row.ended {
        let took = e.took.map(|t| format!(" after {} ms", t.millis())).unwrap_or_default();
        let trace = e.trace.as_ref().map(|t| format!(", trace {}", code(t.raw()))).unwrap_or_default();
        let words =
            if e.words.is_empty() { String::new() } else { format!(": \"{}\"", escape(e.words.raw())) };
        let _ = writeln!(out, "  - answer: HTTP {}{took}{trace}{words}", e.http);
    }
    if let Some(task) = row.task() {
        let _ = writeln!(out, "  - task: {}", code(task.raw()));
    }
}

fn place(out: &mut String, s: &Subject) {
    let mode = if s.mode.is_empty() { String::new() } else { format!(", {}", escape(s.mode.raw())) };
    let id = s.cluster.as_ref().map(|c| format!(" ({})", code(c.id.raw()))).unwrap_or_default();
    let _ = writeln!(
        out,
        "  - {} of {}{id} through {}{mode}",
        escape(s.scope.raw()),
        escape(s.cluster_name.raw()),
        escape(s.profile.raw())
    );
}
