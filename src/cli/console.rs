//! The full-screen console: what must hold before it may start, what it is given, how its end is told.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::sync::Arc;

use super::args::Global;
use super::fail::{Code, Ended, Fail};
use super::output::{say, tell};
use super::session::Session;
use crate::app::command::COMMANDS;
use crate::app::key::Key;
use crate::app::settings::{ProfileFacts, Settings};
use crate::domain::capability::Capabilities;
use crate::domain::guard::{Danger, Rules};
use crate::domain::id::ProfileName;
use crate::domain::outcome::Exit;
use crate::domain::secret::Secret;
use crate::driver::console::{self, Options};
use crate::driver::reads::{Planes, Submit};
use crate::driver::{clock, connect, submit};
use crate::plane::ocp::{self, Ocp, OcpProfile, Proxy};
use crate::store::config::{Profile, Ui};
use crate::text::cli::{NO_TERMINAL, NO_TERMINAL_NOW, console_unsettled};
use crate::tui::environment::Environment;

/// Starts the console over every configured profile.
pub(crate) async fn run(global: &Global) -> Ended {
    let session = Session::open(global)?;
    if session.global.profile.is_some() {
        session.profiles()?;
    }
    needs_terminal()?;
    let keys = keys(&session.config.keys)?;
    let chosen: Vec<&Profile> = match &global.profile {
        Some(_) => session.profiles()?,
        None => session.config.profiles.iter().collect(),
    };
    let hidden = session.config.secret_variables();
    let options = connect::Options { read_only: global.read_only, timeout: global.timeout };
    let (mut profiles, mut planes) = (Vec::new(), Planes::new());
    for profile in chosen {
        // One after the other and before the screen is taken: a secret may be asked for on the terminal. A profile
        // that fails stands in the tree with its reason; the others go on.
        let broken = match connect::connect(profile, &hidden, options).await {
            Ok(plane) => {
                planes.insert(profile.name.clone(), plane);
                None
            }
            Err(e) => Some(e.to_string()),
        };
        profiles.push(facts(profile, session.read_only(profile), broken));
    }
    let settings = Settings {
        profiles,
        refresh: session.config.ui.refresh,
        clipboard: session.config.ui.clipboard,
        demo: false,
        keys,
    };
    open(global, &session.config.ui, settings, planes).await
}

/// The console over one profile: the simulator's, with its own login.
pub(crate) async fn over_simulator(global: &Global, sim: &crate::sim::Ocp) -> Ended {
    let name = ProfileName::new("demo");
    let auth = ocp::Auth::Basic {
        username: sim.username().to_owned(),
        password: Secret::new(sim.password().to_owned()),
    };
    let mut profile = OcpProfile::new(name.clone(), sim.url(), auth);
    profile.proxy = Proxy::None;
    profile.read_only = global.read_only;
    let facts = ProfileFacts {
        name: name.clone(),
        capabilities: Capabilities {
            kind: crate::domain::capability::PlaneKind::Ocp,
            read_only: global.read_only,
        },
        rules: Rules { danger: Danger::Normal, read_only: global.read_only },
        origin: sim.url(),
        user: sim.username().to_owned(),
        insecure: false,
        broken: None,
    };
    let plane = Ocp::connect(profile, Arc::new(clock::now))
        .map_err(|e| Fail::of(Exit::Failed, "could not set up the demo", e.to_string(), ""))?;
    let ui = Ui::default();
    let settings = Settings {
        profiles: vec![facts],
        refresh: ui.refresh,
        clipboard: ui.clipboard,
        demo: true,
        keys: Vec::new(),
    };
    let planes: Planes = HashMap::from([(name, Arc::new(plane) as Arc<dyn crate::plane::ControlPlane>)]);
    open(global, &ui, settings, planes).await
}

/// Takes the terminal until the operator leaves; then tells of orders whose answer did not come.
async fn open(global: &Global, ui: &Ui, settings: Settings, planes: Planes) -> Ended {
    let environment = Environment::read(|name| std::env::var(name).ok());
    let ascii = global.ascii || ui.ascii == Some(true) || ui.ambiguous_width == 2;
    let send: Submit =
        Arc::new(|plane, order| Box::pin(async move { submit::submit(plane.as_ref(), order).await }));
    let options = Options {
        settings,
        planes,
        submit: send,
        look: environment.look(ascii, global.no_color || ui.theme == "mono"),
        through: environment.through(),
        start: clock::now(),
        log: global.log.clone(),
    };
    let end = console::run(options)
        .await
        .map_err(|e| Fail::of(Exit::Failed, "could not take the terminal", e.to_string(), NO_TERMINAL_NOW))?;
    if end.unsettled.is_empty() {
        return Ok(Code(end.code));
    }
    for action in &end.unsettled {
        tell(&console_unsettled(action));
    }
    Ok(if end.code == 0 { Exit::Unknown.into() } else { Code(end.code) })
}

fn facts(profile: &Profile, read_only: bool, broken: Option<String>) -> ProfileFacts {
    ProfileFacts {
        name: profile.name.clone(),
        capabilities: Capabilities { kind: profile.kind, read_only },
        rules: Rules { read_only, ..profile.rules() },
        origin: profile.url.origin().ascii_serialization(),
        user: profile.auth.user().to_owned(),
        insecure: profile.tls.insecure,
        broken,
    }
}

/// `[keys]` of the config: names of commands and keys that exist.
fn keys(
    config: &std::collections::BTreeMap<String, Vec<String>>,
) -> Result<Vec<(crate::app::command::Command, Vec<Key>)>, Fail> {
    let mut out = Vec::new();
    let mut wrong = false;
    for (name, keys) in config {
        let Some(entry) = COMMANDS.iter().find(|e| e.name == name) else {
            say(&format!("[keys]: no command is named `{}`; docs/keys.md lists them", name.escape_debug()));
            wrong = true;
            continue;
        };
        let mut read = Vec::new();
        for key in keys {
            if let Ok(k) = key.parse() {
                read.push(k);
            } else {
                say(&format!(
                    "[keys]: {name}: `{}` is no key; e.g. \"S\", \"ctrl-r\", \"pgdn\"",
                    key.escape_debug()
                ));
                wrong = true;
            }
        }
        out.push((entry.command, read));
    }
    if wrong { Err(Fail::silent(Exit::Usage)) } else { Ok(out) }
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
