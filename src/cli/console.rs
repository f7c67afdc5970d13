//! `obdeck` without a verb: what must hold before the full-screen console may start, and what it is started with.

use std::io::IsTerminal;
use std::sync::Arc;

use super::args::Global;
use super::fail::{Code, Ended, Fail};
use super::output::tell;
use super::session::Session;
use crate::app::command::{COMMANDS, Command};
use crate::app::key::{Key, KeyCode};
use crate::app::settings::{ProfileFacts, Settings};
use crate::domain::capability::{Capabilities, PlaneKind};
use crate::domain::guard::{Danger, Rules};
use crate::domain::id::ProfileName;
use crate::domain::outcome::Exit;
use crate::domain::secret::Secret;
use crate::driver::connect::{self, connect};
use crate::driver::console::{self, End, Options};
use crate::driver::reads::{Planes, Submit};
use crate::driver::{clock, submit};
use crate::plane::ControlPlane;
use crate::plane::ocp::{Auth, Ocp, OcpProfile};
use crate::store::config::{Profile, Ui};
use crate::text::cli::{NO_TERMINAL, NO_TERMINAL_NOW};
use crate::text::outcome;
use crate::tui::environment::Environment;

/// Starts the console over every configured profile, or the one chosen. A profile that cannot be set up is shown
/// with its reason; the others work.
pub(crate) async fn run(global: &Global) -> Ended {
    let session = Session::open(global)?;
    let chosen: Vec<&Profile> = match &session.global.profile {
        Some(_) => session.profiles()?,
        None => session.config.profiles.iter().collect(),
    };
    needs_terminal()?;
    let keys = keys(&session)?;
    let hidden = session.config.secret_variables();
    let mut planes = Planes::new();
    let mut facts = Vec::new();
    for profile in chosen {
        let options = connect::Options { read_only: global.read_only, timeout: global.timeout };
        // Before the screen is up: a secret may be asked for here.
        let plane = connect(profile, &hidden, options).await;
        facts.push(facts_of(&session, profile, plane.as_ref().err().map(ToString::to_string)));
        if let Ok(plane) = plane {
            planes.insert(profile.name.clone(), plane);
        }
    }
    let ui = &session.config.ui;
    let settings =
        Settings { profiles: facts, refresh: ui.refresh, clipboard: ui.clipboard, demo: false, keys };
    start(global, ui, settings, planes).await
}

/// The console over one profile: the simulator's, with its own login.
pub(crate) async fn over_simulator(global: &Global, ocp: &crate::sim::Ocp) -> Ended {
    let name = ProfileName::new("demo");
    let password = Secret::new(ocp.password().to_owned());
    let auth = Auth::Basic { username: ocp.username().to_owned(), password };
    let mut profile = OcpProfile::new(name.clone(), ocp.url(), auth);
    profile.read_only = global.read_only;
    if let Some(limit) = global.timeout {
        profile.read_timeout = limit;
        profile.action_timeout = limit;
    }
    let plane = Ocp::connect(profile, Arc::new(clock::now))
        .map_err(|e| Fail::of(Exit::Failed, "could not connect to the simulator", e.to_string(), ""))?;
    let facts = ProfileFacts {
        name: name.clone(),
        capabilities: plane.capabilities(),
        rules: Rules { danger: Danger::Normal, read_only: global.read_only },
        origin: ocp.url(),
        user: ocp.username().to_owned(),
        insecure: false,
        broken: None,
    };
    let ui = Ui::default();
    let settings = Settings {
        profiles: vec![facts],
        refresh: ui.refresh,
        clipboard: ui.clipboard,
        demo: true,
        keys: Vec::new(),
    };
    let plane: Arc<dyn ControlPlane> = Arc::new(plane);
    start(global, &ui, settings, Planes::from([(name, plane)])).await
}

async fn start(global: &Global, ui: &Ui, settings: Settings, planes: Planes) -> Ended {
    let environment = Environment::read(|name| std::env::var(name).ok());
    let ascii = global.ascii || ui.ascii.unwrap_or(false) || ui.ambiguous_width == 2;
    let submit: Submit =
        Arc::new(|plane, order| Box::pin(async move { submit::submit(&*plane, order).await }));
    let options = Options {
        settings,
        planes,
        submit,
        look: environment.look(ascii, global.no_color || ui.theme == "mono"),
        through: environment.through(),
        start: clock::now(),
        log: global.log.clone(),
    };
    let end = console::run(options)
        .await
        .map_err(|e| Fail::of(Exit::Usage, NO_TERMINAL, e.to_string(), NO_TERMINAL_NOW))?;
    Ok(told(&end))
}

/// Orders that were still on their way are named: nobody knows what became of them (P2).
fn told(end: &End) -> Code {
    for action in &end.unsettled {
        tell(&outcome::Told {
            what: format!("outcome unknown: {}", outcome::action(action)),
            why: "the console ended before the control plane answered".to_owned(),
            now: "`obdeck get tasks --unfinished` shows whether it was taken".to_owned(),
            trace: None,
        });
    }
    if end.code == 0 && !end.unsettled.is_empty() { Exit::Unknown.into() } else { Code(end.code) }
}

fn facts_of(session: &Session, profile: &Profile, broken: Option<String>) -> ProfileFacts {
    let read_only = session.read_only(profile);
    ProfileFacts {
        name: profile.name.clone(),
        capabilities: Capabilities { kind: profile.kind, read_only },
        rules: Rules { read_only, ..profile.rules() },
        origin: profile.url.origin().ascii_serialization(),
        user: if profile.kind == PlaneKind::Obshell { String::new() } else { profile.auth.user().to_owned() },
        insecure: profile.tls.insecure,
        broken,
    }
}

/// `[keys]` of the config: names of commands with their keys.
fn keys(session: &Session) -> Result<Vec<(Command, Vec<Key>)>, Fail> {
    let mut keys = Vec::new();
    for (name, spelt) in &session.config.keys {
        let wrong = |what: String| {
            Fail::usage(&what, "`docs/keys.md` lists the names, `[keys]` in the config sets them")
        };
        let entry = COMMANDS
            .iter()
            .find(|e| e.name == *name)
            .ok_or_else(|| wrong(format!("[keys]: there is no command `{name}`")))?;
        let read = |k: &String| key(k).ok_or_else(|| wrong(format!("[keys]: {name}: `{k}` is no key")));
        keys.push((entry.command, spelt.iter().map(read).collect::<Result<_, _>>()?));
    }
    Ok(keys)
}

/// `q`, `ctrl-l`, `enter`, `pgdn`: a key as the help spells it.
fn key(spelt: &str) -> Option<Key> {
    let only = |text: &str| {
        let mut chars = text.chars();
        chars.next().filter(|c| chars.next().is_none() && !c.is_control())
    };
    if let Some(c) = only(spelt) {
        return Some(Key::char(c));
    }
    let name = spelt.to_ascii_lowercase();
    if let Some(c) = name.strip_prefix("ctrl-").and_then(only) {
        return Some(Key::ctrl(c));
    }
    let code = match name.as_str() {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "shift-tab" => KeyCode::BackTab,
        "backspace" => KeyCode::Backspace,
        "delete" => KeyCode::Delete,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "pgup" => KeyCode::PageUp,
        "pgdn" => KeyCode::PageDown,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "space" => KeyCode::Char(' '),
        _ => return None,
    };
    Some(Key::plain(code))
}

/// Refuses where a screen cannot be drawn (T07, T08); no byte has gone to stdout by then.
pub(crate) fn needs_terminal() -> Result<(), Fail> {
    let why = if !std::io::stdin().is_terminal() {
        "stdin is not a terminal".to_owned()
    } else if !std::io::stdout().is_terminal() {
        "stdout is not a terminal".to_owned()
    } else {
        match std::env::var("TERM") {
            Ok(term) if !matches!(term.as_str(), "" | "dumb") => return Ok(()),
            Ok(term) => format!(
                "TERM is `{}`, which cannot place text on a screen",
                crate::domain::shown::Shown::filter(&term)
            ),
            Err(_) => "TERM is not set".to_owned(),
        }
    };
    Err(Fail::of(Exit::Usage, NO_TERMINAL, why, NO_TERMINAL_NOW))
}
