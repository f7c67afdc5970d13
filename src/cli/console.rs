//! `obdeck` without a verb, and the screen of `demo`: what must hold before the full-screen console may start.

use std::io::IsTerminal;
use std::sync::Arc;

use super::args::Global;
use super::config::tell_mistakes;
use super::fail::{Code, Ended, Fail};
use super::output::tell;
use super::session::Session;
use super::{keys, record};
use crate::app::panes::replay::Replay;
use crate::app::settings::{ProfileFacts, Settings};
use crate::domain::capability::Capabilities;
use crate::domain::outcome::Exit;
use crate::domain::shown::Shown;
use crate::driver::connect::{self, ConnectError};
use crate::driver::console::{self, Options};
use crate::driver::reads::{Planes, Submit};
use crate::driver::tape::{self, Player, TapeClock};
use crate::driver::{clock, submit};
use crate::store::config::{Config, Profile};
use crate::store::paths::Paths;
use crate::store::recording::{Keeper, Recording};
use crate::store::secret::NoSecret;
use crate::text::cli::{NO_TERMINAL, NO_TERMINAL_NOW, console_unsettled};
use crate::tui::environment::Environment;

/// Starts the console over every configured profile, or the one chosen.
pub(crate) async fn run(global: &Global) -> Ended {
    let session = Session::open(global)?;
    // No profile at all is a page of the console, not an error.
    let profiles = if global.profile.is_some() {
        session.profiles()?.into_iter().cloned().collect()
    } else {
        session.config.profiles.clone()
    };
    needs_terminal()?;
    show(global, &session.config, profiles, false, session.recording.as_ref()).await
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
            Ok(term) => {
                format!("TERM is `{}`, which cannot place text on a screen", Shown::filter(&term))
            }
            Err(_) => "TERM is not set".to_owned(),
        }
    };
    Err(Fail::of(Exit::Usage, NO_TERMINAL, why, NO_TERMINAL_NOW))
}

/// Connects and shows. A profile that cannot be connected is shown as broken, with the reason.
pub(crate) async fn show(
    global: &Global,
    config: &Config,
    profiles: Vec<Profile>,
    demo: bool,
    recording: Option<&Recording>,
) -> Ended {
    let mut planes = Planes::new();
    let mut facts = Vec::new();
    let hidden = config.secret_variables();
    for profile in profiles {
        let options = record::options(global, recording);
        let broken = match connect::connect(&profile, &hidden, options).await {
            Ok(plane) => {
                planes.insert(profile.name.clone(), plane);
                None
            }
            Err(ConnectError::Secret(NoSecret::Interrupted)) => return Err(Fail::silent(Code(130))),
            Err(e) => Some(e.to_string()),
        };
        facts.push(fact(global, &profile, broken));
    }
    let send: Submit = Arc::new(|plane, order| Box::pin(async move { submit::submit(&*plane, order).await }));
    let keeper = recording.map(Recording::keeper);
    screen(global, config, Scene { profiles: facts, planes, submit: send, demo, keeper, replay: None }).await
}

/// Opens a recording. Nothing is connected, and nothing can be sent.
pub(crate) async fn play(global: &Global, config: &Config, player: Player, clock: Arc<TapeClock>) -> Ended {
    let Player { replay, profiles, planes } = player;
    let submit = tape::no_orders();
    let replay = Some((replay, clock));
    screen(global, config, Scene { profiles, planes, submit, demo: false, keeper: None, replay }).await
}

/// What a screen is opened over.
struct Scene {
    profiles: Vec<ProfileFacts>,
    planes: Planes,
    submit: Submit,
    demo: bool,
    keeper: Option<Keeper>,
    replay: Option<(Replay, Arc<TapeClock>)>,
}

async fn screen(global: &Global, config: &Config, scene: Scene) -> Ended {
    let bound = keys::read(&config.keys).map_err(|mistakes| {
        let file = Paths::find(global.config.as_deref()).config.unwrap_or_default();
        tell_mistakes(&file.display().to_string(), &mistakes);
        Fail::silent(Exit::Usage)
    })?;
    let environment = Environment::read(|name| std::env::var(name).ok());
    let ui = &config.ui;
    let ascii = global.ascii || ui.ascii == Some(true) || ui.ambiguous_width == 2;
    let end = console::run(Options {
        settings: Settings {
            profiles: scene.profiles,
            refresh: ui.refresh,
            clipboard: ui.clipboard,
            demo: scene.demo,
            keys: bound,
        },
        planes: scene.planes,
        submit: scene.submit,
        look: environment.look(ascii, global.no_color || ui.theme == "mono"),
        through: environment.through(),
        start: clock::now(),
        log: global.log.clone(),
        exports: Paths::find(global.config.as_deref()).exports(),
        keeper: scene.keeper,
        replay: scene.replay,
    })
    .await
    .map_err(|e| Fail::of(Exit::Usage, "could not take the terminal", e.to_string(), NO_TERMINAL_NOW))?;
    for lost in &end.unsettled {
        tell(&console_unsettled(lost));
    }
    // Left in peace, but something that was sent is open: a script must see that.
    let unknown = end.code == 0 && !end.unsettled.is_empty();
    Ok(if unknown { Exit::Unknown.into() } else { Code(end.code) })
}

fn fact(global: &Global, profile: &Profile, broken: Option<String>) -> ProfileFacts {
    let mut rules = profile.rules();
    rules.read_only |= global.read_only;
    ProfileFacts {
        name: profile.name.clone(),
        capabilities: Capabilities { kind: profile.kind, read_only: rules.read_only },
        rules,
        origin: profile.origin(),
        user: profile.auth.user().to_owned(),
        insecure: profile.tls.insecure,
        broken: broken.map(|b| Shown::filter(&b).to_string()),
    }
}
