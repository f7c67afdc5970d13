//! The question before an action: options in a script, typed answers on a terminal.

use std::io::{BufRead, IsTerminal, Write};

use super::args::How;
use super::dry_run;
use super::fail::Fail;
use super::order::Case;
use super::output::say;
use crate::domain::guard::{Answer, Question, Verdict};
use crate::domain::outcome::Exit;
use crate::domain::shown::Text;
use crate::text::outcome as text;

/// Gets the answer: from the options where there is no terminal or `--yes` was given, else by asking for what they
/// do not answer yet.
pub(crate) async fn ask(case: &Case, how: &How) -> Result<Answer, Fail> {
    let answer = Answer {
        yes: how.yes,
        typed: how.confirm.clone(),
        reason: how.reason.clone(),
        overriding: how.overriding.clone(),
    };
    if how.yes || !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Ok(answer);
    }
    let question = match &case.verdict {
        Verdict::Ask(q) | Verdict::Refuse { way_round: Some(q), .. } => q.clone(),
        // No way round: approve will say why.
        Verdict::Refuse { way_round: None, .. } => return Ok(answer),
    };
    dry_run::show(case);
    let refused = match &case.verdict {
        Verdict::Ask(_) => false,
        Verdict::Refuse { .. } => answer.overriding.is_none(),
    };
    let what = text::action(&case.action);
    // Reading a terminal blocks: it is done beside the runtime, so that a signal still ends the program.
    let asked = tokio::task::spawn_blocking(move || dialogue(&what, &question, answer, refused)).await;
    asked
        .unwrap_or_else(|e| Err(std::io::Error::other(e)))
        .map_err(|e| Fail::of(Exit::RefusedHere, "could not ask", e.to_string(), "nothing was sent"))
}

fn dialogue(what: &str, q: &Question, mut answer: Answer, refused: bool) -> std::io::Result<Answer> {
    if refused {
        let given = line("Refused. A reason to go on all the same (empty: no): ")?;
        if given.trim().is_empty() {
            return Ok(answer);
        }
        answer.overriding = Some(given);
    }
    if q.reason && answer.reason.is_none() && answer.overriding.is_none() {
        answer.reason = Some(line("Reason (journalled): ")?);
    }
    if let Some(want) = &q.typed {
        if answer.typed.is_none() {
            answer.typed = Some(line(&format!("To {what}, type {}: ", Text::new(want).shown()))?);
        }
        // A wrong name is refused by the guard, which tells the letter.
        answer.yes = true;
    } else {
        answer.yes = matches!(line(&format!("{what}? [y/N] "))?.trim(), "y" | "Y" | "yes");
    }
    Ok(answer)
}

/// One line from the terminal, without its line end; an end of input is an empty answer.
pub(crate) fn line(prompt: &str) -> std::io::Result<String> {
    let mut stderr = std::io::stderr().lock();
    write!(stderr, "{prompt}")?;
    stderr.flush()?;
    let mut text = String::new();
    std::io::stdin().lock().read_line(&mut text)?;
    if !text.ends_with('\n') {
        say("");
    }
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
