//! `obdeck config check|path` and `obdeck init`.

use std::io::{BufRead, IsTerminal, Write};

use serde::Serialize;

use super::args::{ConfigVerb, Format, Global, Init};
use super::fail::{Code, Ended, Fail};
use super::keys;
use super::output::{Out, put, say};
use crate::domain::outcome::Exit;
use crate::domain::shown::Shown;
use crate::store::config::{self, Config, ConfigError, Mistake};
use crate::store::paths::Paths;
use crate::store::sample::{self, Wanted};

/// `obdeck config …`.
pub(crate) fn run(global: &Global, what: ConfigVerb) -> Ended {
    let paths = Paths::find(global.config.as_deref());
    let out = Out::new(global);
    match what {
        ConfigVerb::Check => check(out, &paths),
        ConfigVerb::Path => {
            path(out, &paths)?;
            Ok(Code::DONE)
        }
    }
}

#[derive(Serialize)]
struct MistakeDoc {
    line: usize,
    column: usize,
    message: String,
}

#[derive(Serialize)]
struct CheckDoc {
    file: Option<String>,
    ok: bool,
    profiles: Vec<String>,
    mistakes: Vec<MistakeDoc>,
}

fn check(out: Out, paths: &Paths) -> Ended {
    let file = paths.config.as_ref().map(|p| p.display().to_string());
    match config::load(paths) {
        Ok(c) => match keys::read(&c.keys) {
            Ok(bound) => {
                for clash in keys::clashes(&bound) {
                    say(&format!("warning: {clash}"));
                }
                good(out, file, &c, paths)?;
                Ok(Code::DONE)
            }
            Err(mistakes) => wrong(out, file, &mistakes),
        },
        Err(ConfigError::Wrong { mistakes, .. }) => wrong(out, file, &mistakes),
        Err(ConfigError::Unreadable { path, why }) => Err(Fail::of(
            Exit::Usage,
            &format!("could not read the config {}", path.display()),
            why,
            "name another with --config, or write one with `obdeck init`",
        )),
    }
}

fn wrong(out: Out, file: Option<String>, mistakes: &[Mistake]) -> Ended {
    tell_mistakes(file.as_deref().unwrap_or_default(), mistakes);
    let doc = CheckDoc {
        file,
        ok: false,
        profiles: Vec::new(),
        mistakes: mistakes
            .iter()
            .map(|m| MistakeDoc { line: m.at.line, column: m.at.column, message: m.wrong.to_string() })
            .collect(),
    };
    match out.format {
        Format::Table => {}
        Format::Json => put::document(&doc)?,
        Format::Ndjson => put::event("config", &doc)?,
    }
    Err(Fail::silent(Exit::Usage))
}

/// Every mistake as `file:line:column: what`.
pub(crate) fn tell_mistakes(file: &str, mistakes: &[Mistake]) {
    for m in mistakes {
        say(Shown::whole(&format!("{file}:{m}")).as_str());
    }
}

fn good(out: Out, file: Option<String>, c: &Config, paths: &Paths) -> Result<(), Fail> {
    let there = paths.config.as_ref().is_some_and(|p| p.exists());
    let profiles: Vec<String> = c.profiles.iter().map(|p| p.name.raw().to_owned()).collect();
    match out.format {
        Format::Table if !there => put::line(&format!(
            "{}: not there, so no profile is configured; `obdeck init` writes it",
            file.unwrap_or_default()
        )),
        Format::Table => {
            put::line(&format!("{}: no mistakes, {} profiles", file.unwrap_or_default(), profiles.len()))
        }
        Format::Json => put::document(&CheckDoc { file, ok: true, profiles, mistakes: Vec::new() }),
        Format::Ndjson => put::event("config", &CheckDoc { file, ok: true, profiles, mistakes: Vec::new() }),
    }
}

#[derive(Serialize)]
struct PathDoc {
    config: Option<String>,
    state: Option<String>,
    logs: Option<String>,
}

fn path(out: Out, paths: &Paths) -> Result<(), Fail> {
    let word = |p: Option<&std::path::Path>| p.map(|p| p.display().to_string());
    let logs = paths.logs();
    let doc = PathDoc {
        config: word(paths.config.as_deref()),
        state: word(paths.state.as_deref()),
        logs: word(logs.as_deref()),
    };
    let none = || "unknown: there is no home directory; name it with --config or XDG_STATE_HOME".to_owned();
    match out.format {
        Format::Table => put::text(&format!(
            "config  {}\nstate   {}\nlogs    {}\n",
            doc.config.unwrap_or_else(none),
            doc.state.unwrap_or_else(none),
            doc.logs.unwrap_or_else(none)
        )),
        Format::Json => put::document(&doc),
        Format::Ndjson => put::event("paths", &doc),
    }
}

/// `obdeck init`.
pub(crate) fn init(global: &Global, options: &Init) -> Ended {
    let paths = Paths::find(global.config.as_deref());
    let Some(path) = &paths.config else {
        return Err(Fail::usage(
            "there is no home directory to write the config into",
            "name a file with --config",
        ));
    };
    let exists = || {
        Fail::usage(
            &format!("{} is there already", path.display()),
            "it is never overwritten by itself; `obdeck init --force` does",
        )
    };
    if !options.force && path.exists() {
        return Err(exists());
    }
    let asked = if std::io::stdin().is_terminal() && std::io::stderr().is_terminal() {
        ask().map_err(|e| Fail::of(Exit::Failed, "could not ask", e.to_string(), ""))?
    } else {
        None
    };
    let text = sample::text(asked.as_ref());
    // What was typed is checked like any other config, before anything is written.
    if let Err(mistakes) = config::parse(&text, &config::Around::default()) {
        for m in mistakes {
            say(&format!("obdeck: {}", m.wrong));
        }
        return Err(Fail::silent(Exit::Usage));
    }
    sample::write(path, &text, options.force).map_err(|e| match e.kind() {
        std::io::ErrorKind::AlreadyExists => exists(),
        _ => Fail::of(Exit::Failed, &format!("could not write {}", path.display()), e.to_string(), ""),
    })?;
    put::line(&path.display().to_string())?;
    say("written with mode 0600; edit it, then `obdeck config check`");
    Ok(Code::DONE)
}

/// Asks for a first profile; an empty URL means none.
fn ask() -> std::io::Result<Option<Wanted>> {
    let url = line("URL of the control plane (empty: none now): ", "")?;
    if url.is_empty() {
        return Ok(None);
    }
    let kind = line("Kind, ocp or obshell [ocp]: ", "ocp")?;
    let user = if kind == "obshell" { "root".to_owned() } else { line("User [admin]: ", "admin")? };
    let name = line("Name of the profile [prod]: ", "prod")?;
    Ok(Some(Wanted { name, kind, url, user }))
}

fn line(prompt: &str, default: &str) -> std::io::Result<String> {
    let mut stderr = std::io::stderr().lock();
    write!(stderr, "{prompt}")?;
    stderr.flush()?;
    let mut text = String::new();
    std::io::stdin().lock().read_line(&mut text)?;
    let text = text.trim();
    Ok(if text.is_empty() { default } else { text }.to_owned())
}
