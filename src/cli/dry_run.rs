//! What an action would be and take away: the exact request, the impact, the guard's verdict. Sends nothing.

use super::args::Format;
use super::fail::Fail;
use super::order::Case;
use super::output::{Out, put, say};
use crate::app::paper::DryRun;
use crate::domain::capability::WhyNot;
use crate::domain::outcome::Exit;
use crate::domain::request::Planned;
use crate::text::dry_run::{document, impact_lines, lines, request_lines};
use crate::text::outcome as text;

/// The request an action will be.
fn planned(case: &Case) -> Result<Planned, Fail> {
    case.plane.plan(&case.action).map_err(|why| {
        // A read-only profile can still be asked what the request would be, if the adapter tells it.
        let exit = match why {
            WhyNot::ReadOnly => Exit::RefusedHere,
            _ => Exit::Usage,
        };
        Fail::of(exit, &format!("cannot {} like this", text::action(&case.action)), text::why_not(&why), "")
    })
}

fn run(case: &Case, request: Option<Planned>) -> DryRun {
    DryRun {
        profile: case.profile.name.clone(),
        action: case.action.clone(),
        request,
        impact: case.impact.clone(),
        inputs: case.inputs.clone(),
        now: case.now,
        verdict: case.verdict.clone(),
        checked: case.checked.clone(),
    }
}

/// Prints request, impact and verdict on stdout.
pub(crate) fn print(out: Out, case: &Case) -> Result<(), Fail> {
    let run = run(case, Some(planned(case)?));
    match out.format {
        Format::Table => put::text(&(lines(&run).join("\n") + "\n")),
        Format::Json => put::document(&document(&run)),
        Format::Ndjson => put::event("dryRun", &document(&run)),
    }
}

/// Prints impact and verdict on stdout.
pub(crate) fn impact(out: Out, case: &Case) -> Result<(), Fail> {
    let run = run(case, None);
    match out.format {
        Format::Table => put::text(&(impact_lines(&run).join("\n") + "\n")),
        Format::Json => put::document(&document(&run)),
        Format::Ndjson => put::event("impact", &document(&run)),
    }
}

/// The same on stderr, before a question.
pub(crate) fn show(case: &Case) {
    if let Ok(request) = planned(case) {
        say(&request_lines(&request).join("\n"));
    }
    say(&impact_lines(&run(case, None)).join("\n"));
}
