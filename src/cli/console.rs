//! `obdeck` without a verb, and the screen of `demo`: what must hold before the full-screen console may start.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;

use super::args::Global;
use super::bound::Bindings;
use super::config::tell_mistakes;
use super::fail::{Code, Ended, Fail};
use super::output::{say, tell};
use super::session::Session;
use super::{keys, record};
use crate::app::panes::replay::Replay;
use crate::app::settings::{ProfileFacts, Settings};
use crate::app::tour::Tour;
use crate::domain::capability::{Capabilities, PlaneKind};
use crate::domain::outcome::Exit;
use crate::domain::shown::Shown;
use crate::driver::clock;
use crate::driver::connect::{self, ConnectError};
use crate::driver::console::{self, Options};
use crate::driver::keeper::Keeper;
use crate::driver::reads::Planes;
use crate::driver::tape::{Player, TapeClock};
use crate::plane::tape::Now;
use crate::plane::{Proxy, proxy_words};
use crate::store::config::{Config, Profile};
use crate::store::paths::Paths;
use crate::store::recording::{Recording, Spool};
use crate::store::secret::NoSecret;
use crate::text::cli::{NO_TERMINAL, NO_TERMINAL_NOW, console_unsettled};
use crate::text::lost::left_open;
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
    let state = Paths::find(global.config.as_deref()).state;
    let recording = session.recording.as_ref();
    show(
        global,
        &session.config,
        profiles,
        At { state: state.as_deref(), ground: Ground::Profiles, recording },
    )
    .await
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

/// What a console stands on. A tour presses keys by itself, a yes among them: there is a place for one over the demo's
/// own simulators, and none over the profiles of a config.
pub(crate) enum Ground {
    /// Control planes of a config.
    Profiles,
    /// Simulators of this process, and the tour of them if one is to play.
    Simulators(Option<Box<Tour>>),
}

/// Where a console keeps its state, what it stands on, and the recording that is made of it.
pub(crate) struct At<'a> {
    pub(crate) state: Option<&'a Path>,
    pub(crate) ground: Ground,
    pub(crate) recording: Option<&'a Recording>,
}

/// Connects and shows. A profile that cannot be connected is shown as broken, with the reason.
pub(crate) async fn show(global: &Global, config: &Config, profiles: Vec<Profile>, at: At<'_>) -> Ended {
    let mut planes = Planes::new();
    let mut facts = Vec::new();
    let hidden = config.secret_variables();
    let mut bindings = match at.ground {
        Ground::Simulators(_) => Bindings::none(),
        Ground::Profiles => Bindings::new(global),
    };
    for profile in profiles {
        let options = record::options(global, at.recording);
        let pass = match bindings.ask(&profile).await {
            Ok(pass) => pass,
            Err(fail) => {
                facts.push(fact(global, &profile, Some(fail.told.map_or_else(String::new, |t| t.line()))));
                continue;
            }
        };
        let broken = match connect::connect(&profile, &hidden, options).await {
            Ok(plane) => {
                bindings.used(&profile, pass);
                planes.insert(profile.name.clone(), plane);
                None
            }
            Err(ConnectError::Secret(NoSecret::Interrupted)) => return Err(Fail::silent(Code(130))),
            Err(e) => Some(e.to_string()),
        };
        facts.push(fact(global, &profile, broken));
    }
    let keeper = Keeper::in_folder(at.state);
    let spool = at.recording.map(Recording::spool);
    let scene = Scene { profiles: facts, planes, keeper, ground: at.ground, spool, replay: None };
    screen(global, config, scene).await
}

/// Opens a recording. Nothing is connected, and nothing can be sent; the journal is left alone.
pub(crate) async fn play(
    global: &Global,
    config: &Config,
    player: Player,
    clock: Arc<TapeClock>,
    now: Now,
) -> Ended {
    let Player { replay, profiles, planes } = player;
    let keeper = Keeper::in_memory(now);
    let replay = Some((replay, clock));
    screen(global, config, Scene { profiles, planes, keeper, ground: Ground::Profiles, spool: None, replay })
        .await
}

/// What a screen is opened over.
struct Scene {
    profiles: Vec<ProfileFacts>,
    planes: Planes,
    keeper: Keeper,
    ground: Ground,
    spool: Option<Spool>,
    replay: Option<(Replay, Arc<TapeClock>)>,
}

async fn screen(global: &Global, config: &Config, scene: Scene) -> Ended {
    let bound = keys::read(&config.keys).map_err(|mistakes| {
        let file = Paths::find(global.config.as_deref()).config.unwrap_or_default();
        tell_mistakes(&file.display().to_string(), &mistakes);
        Fail::silent(Exit::Usage)
    })?;
    let journal = scene.keeper.at_start().await;
    let (demo, tour) = match scene.ground {
        Ground::Profiles => (false, None),
        Ground::Simulators(tour) => (true, tour),
    };
    let environment = Environment::read(|name| std::env::var(name).ok());
    let ui = &config.ui;
    let ascii = global.ascii || ui.ascii == Some(true) || ui.ambiguous_width == 2;
    let end = console::run(Options {
        settings: Settings {
            profiles: scene.profiles,
            refresh: ui.refresh,
            clipboard: ui.clipboard,
            demo,
            keys: bound,
            journal,
        },
        planes: scene.planes,
        keeper: scene.keeper,
        look: environment.look(ascii, global.no_color || ui.theme == "mono"),
        through: environment.through(),
        start: clock::now(),
        log: global.log.clone(),
        exports: Paths::find(global.config.as_deref()).exports(),
        spool: scene.spool,
        replay: scene.replay,
        tour,
    })
    .await
    .map_err(|e| Fail::of(Exit::Usage, "could not take the terminal", e.to_string(), NO_TERMINAL_NOW))?;
    for lost in &end.unsettled {
        tell(&console_unsettled(lost));
    }
    // Left in peace, but something that was sent is open: a script must see that.
    for lost in &end.lost {
        say(&format!("obdeck: {}", left_open(lost)));
    }
    let open = !end.unsettled.is_empty() || end.lost.iter().any(|lost| lost.here);
    let unknown = end.code == 0 && open;
    Ok(if unknown { Exit::Unknown.into() } else { Code(end.code) })
}

/// Where a profile's requests go, and the proxy variable that has a say in it (N11). Agents are never asked through one.
fn origin(profile: &Profile, get: impl Fn(&str) -> Option<String>) -> String {
    let proxy = if profile.no_proxy { Proxy::None } else { Proxy::System };
    let words = match profile.kind {
        PlaneKind::Ocp => proxy_words(profile.url.as_str(), proxy, get),
        PlaneKind::Obshell => None,
    };
    words.map_or_else(|| profile.origin(), |words| format!("{} {words}", profile.origin()))
}

fn fact(global: &Global, profile: &Profile, broken: Option<String>) -> ProfileFacts {
    let mut rules = profile.rules();
    rules.read_only |= global.read_only;
    ProfileFacts {
        name: profile.name.clone(),
        capabilities: Capabilities { kind: profile.kind, read_only: rules.read_only },
        rules,
        origin: origin(profile, |name| std::env::var(name).ok()),
        user: profile.auth.user().to_owned(),
        insecure: profile.tls.insecure,
        broken: broken.map(|b| Shown::filter(&b).to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::config::{Around, parse};

    #[test]
    fn n11_the_proxy_in_the_way_is_named_with_the_profile_and_its_password_is_not() {
        let text = "[[profile]]\nname = \"a\"\nkind = \"KIND\"\nurl = \"http://far.example:8080\"\nauth = { AUTH }\n";
        let of = |kind: &str, auth: &str, more: &str| {
            let text = text.replace("KIND", kind).replace("AUTH", auth) + more;
            let config = parse(&text, &Around::default()).unwrap();
            let proxy = |name: &str| (name == "ALL_PROXY").then(|| "http://u:canary@p:3128".to_owned());
            origin(&config.profiles[0], proxy)
        };
        let basic = "type = \"basic\", username = \"u\"";
        assert_eq!(of("ocp", basic, ""), "http://far.example:8080 via ALL_PROXY");
        assert_eq!(of("ocp", basic, "proxy = \"none\"\n"), "http://far.example:8080");
        assert_eq!(of("obshell", "type = \"password\"", ""), "http://far.example:8080");
    }
}
