//! The command line: one file a verb. Parses, runs, and turns what came of it into an exit code (cli.md).

pub mod args;
mod bound;
mod config;
mod confirm;
mod console;
mod demo;
mod dry_run;
mod fail;
mod follow;
mod get;
mod graph;
mod history;
mod keys;
mod logging;
mod order;
mod output;
mod process;
mod record;
mod refs;
mod replay;
mod runtime;
mod session;
mod signals;
mod simulate;
mod task;
mod unsettled;
mod words;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Cli, Do, ImpactOf};
use fail::{Code, Ended, Fail};
use output::put;
use session::Session;
use signals::Signals;

use crate::domain::outcome::Exit;
use crate::store::recording::Recording;

/// Runs the program as the command line asks; gives its exit code. `Err`: the hook for panics could not be set.
pub fn start() -> color_eyre::Result<ExitCode> {
    process::protect();
    process::report_panics()?;
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            // Help and version go to stdout and end with 0; a closed pipe is no failure of theirs.
            let _ = e.print();
            return Ok(ExitCode::from(u8::try_from(e.exit_code()).unwrap_or(Exit::Usage as u8)));
        }
    };
    let tty = process::Tty::save();
    let runtime = match runtime::build() {
        Ok(runtime) => runtime,
        Err(fail) => {
            if let Some(told) = &fail.told {
                output::tell(told);
            }
            return Ok(ExitCode::from(fail.code.0));
        }
    };
    let code = match runtime.block_on(run(&cli)) {
        Ok(code) => code,
        Err(fail) => {
            if let Some(told) = &fail.told {
                output::tell(told);
            }
            fail.code
        }
    };
    // A prompt may still wait for the terminal in a thread of its own: it must not hold the program back.
    runtime.shutdown_background();
    if code.0 > Code::SIGNALS {
        tty.restore();
    }
    Ok(ExitCode::from(code.0))
}

async fn run(cli: &Cli) -> Ended {
    let global = &cli.global;
    logging::start(global, cli.verb.as_ref())?;
    record::belongs(global, cli.verb.as_ref())?;
    let Some(verb) = &cli.verb else {
        return console::run(global).await;
    };
    match verb {
        Do::Demo(options) => demo::run(global, options).await,
        Do::Simulate(options) => simulate::run(global, options).await,
        Do::Graph(options) => graph::run(global, options),
        Do::History(options) => history::run(global, options),
        Do::Replay(options) => replay::run(global, options).await,
        Do::Init(options) => config::init(global, options),
        Do::Config { what } => config::run(global, *what),
        Do::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "obdeck", &mut script);
            print(&script)
        }
        Do::Man => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command())
                .render(&mut page)
                .map_err(|e| Fail::of(Exit::Failed, "could not write the man page", e.to_string(), ""))?;
            print(&page)
        }
        Do::Get { .. }
        | Do::Impact { .. }
        | Do::Stop(_)
        | Do::Start(_)
        | Do::Restart(_)
        | Do::Task { .. }
        | Do::Subtask { .. } => talk(cli, verb).await,
    }
}

/// The verbs that talk to control planes. Those that send or follow mind signals themselves.
async fn talk(cli: &Cli, verb: &Do) -> Ended {
    let mut signals = Signals::catch()?;
    let mut session = Session::open(&cli.global)?;
    let ended = talk_in(&session, verb, &mut signals).await;
    if let Some(why) = session.recording.take().and_then(Recording::finish) {
        output::say(&format!("obdeck: the recording ends before its time: {why}"));
    }
    ended
}

async fn talk_in(session: &Session, verb: &Do, signals: &mut Signals) -> Ended {
    if let Some((what, order)) = verb.order() {
        return order::cluster(session, what, order, signals).await;
    }
    match verb {
        Do::Get { what, cluster } => signals.or(get::run(session, what, cluster.as_deref())).await?,
        Do::Impact { of: ImpactOf::Stop { target, hard } } => {
            signals.or(order::impact(session, target, hard)).await?
        }
        Do::Task { what, how } => task::task(session, what, how, signals).await,
        Do::Subtask { what, how } => task::subtask(session, what, how, signals).await,
        _ => Ok(Code::DONE),
    }
}

fn print(bytes: &[u8]) -> Ended {
    put::text(&String::from_utf8_lossy(bytes))?;
    Ok(Code::DONE)
}
