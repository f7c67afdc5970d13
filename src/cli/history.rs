//! `obdeck history`: the journal, read only. Needs neither a config nor a control plane.

mod doc;

use super::args::{ExportForm, Format, Global, History, HistoryDo, Since};
use super::fail::{Code, Ended, Fail};
use super::output::{Out, put, say, table};
use crate::domain::history::{Filter, Row, Rows};
use crate::domain::outcome::Exit;
use crate::domain::shown::Shown;
use crate::domain::timeline::What;
use crate::driver::clock;
use crate::store::journal::{Bad, Break, Journal, JournalError, Seen, Walked, Writer};
use crate::store::paths::Paths;
use crate::text::{history as text, journal as words};

/// Runs it.
pub(crate) fn run(global: &Global, options: &History) -> Ended {
    let state = Paths::find(global.config.as_deref()).state;
    let state = state.ok_or_else(|| unread(&JournalError::NoPlace))?;
    let journal = Journal::at(&state, Writer::here());
    if options.verify {
        return verify(&journal);
    }
    let (rows, walked) = read(&journal)?;
    let open: Vec<&Row> = rows.iter().filter(|r| r.is_unsettled()).collect();
    tell(&journal, &walked, &open);
    let filter = filter(global, options);
    let rows: Vec<Row> = rows.into_iter().filter(|r| filter.wants(r)).collect();
    match &options.what {
        Some(HistoryDo::Export { form: ExportForm::Md }) => {
            put::text(&text::markdown(&rows, clock::now()))?;
        }
        Some(HistoryDo::Export { form: ExportForm::Json }) => doc::list(&rows)?,
        None => print(Out::new(global), &rows)?,
    }
    Ok(Code::DONE)
}

fn filter(global: &Global, options: &History) -> Filter {
    let since = options.since.map(|s| match s {
        Since::Ago(span) => clock::now().plus(crate::domain::time::Span::ZERO.minus(span)),
        Since::At(at) => at,
    });
    Filter {
        since,
        profile: global.profile.clone(),
        cluster: options.cluster.clone(),
        task: options.task.clone(),
    }
}

fn read(journal: &Journal) -> Result<(Vec<Row>, Walked), Fail> {
    let mut rows = Rows::default();
    let walked = journal.walk(|seen| match seen {
        Seen::Record(record) => rows.add(*record),
        Seen::Unknown | Seen::Damaged => {}
    });
    walked.map(|w| (rows.done(), w)).map_err(|e| unread(&e))
}

fn unread(e: &JournalError) -> Fail {
    Fail::of(Exit::Failed, "could not read the journal", e.to_string(), "")
}

fn print(out: Out, rows: &[Row]) -> Result<(), Fail> {
    match out.format {
        Format::Table => {
            let cells: Vec<Vec<String>> = rows.iter().map(text::cells).collect();
            put::text(&(table::lines(&text::HEAD, &cells).join("\n") + "\n"))
        }
        Format::Json => doc::list(rows),
        Format::Ndjson => rows.iter().try_for_each(|r| put::line(&doc::line(r)?)),
    }
}

/// What is to be known beside the rows: damage, and orders whose outcome nobody knows.
fn tell(journal: &Journal, walked: &Walked, open: &[&Row]) {
    if walked.damaged > 0 {
        say(&format!(
            "obdeck: {} of {} lines of {} are damaged and left out",
            walked.damaged,
            walked.lines,
            journal.path().display()
        ));
    }
    if walked.unknown > 0 {
        say(&format!("obdeck: {} lines are of a later version and left out", walked.unknown));
    }
    if let Some(bad) = &walked.bad {
        say(&format!("obdeck: {}", broken(journal, bad)));
    }
    for row in open {
        if let What::Intent(i) = &row.record.what {
            say(&format!("obdeck: {}", words::unsettled(row.record.at, i)));
            say(&format!("  {}", words::find_out(row.record.at, i)));
        }
    }
}

fn broken(journal: &Journal, bad: &Bad) -> String {
    let how = match bad.how {
        Break::Changed => "is not as it was written",
        Break::NotNext => "does not follow the one before: a line was removed or put in",
        Break::EndMissing => "is the last one, but later ones were written and are gone",
    };
    format!("{}: the chain is broken: line {} {how}", journal.path().display(), bad.line)
}

fn verify(journal: &Journal) -> Ended {
    let walked = journal.walk(|_| {}).map_err(|e| unread(&e))?;
    if walked.damaged > 0 {
        say(&format!("obdeck: {} damaged lines", walked.damaged));
    }
    match &walked.bad {
        None => {
            put::line(&format!(
                "{}: {} lines, the chain is whole",
                Shown::filter(&journal.path().display().to_string()),
                walked.lines
            ))?;
            Ok(Code::DONE)
        }
        Some(bad) => Err(Fail::of(Exit::Failed, &broken(journal, bad), "", "")),
    }
}
