//! `obdeck demo`: the console over embedded simulators, OCP and OBShell side by side.

use url::Url;

use super::args::{Demo, Global};
use super::console::{self, At, Ground};
use super::fail::{Code, Ended, Fail};
use super::record;
use super::simulate::{Story, failed, list};
use crate::app::tour::Tour;
use crate::domain::capability::PlaneKind;
use crate::domain::guard::Danger;
use crate::domain::id::ProfileName;
use crate::domain::outcome::Exit;
use crate::domain::secret::Secret;
use crate::sim::{Obshell, Ocp};
use crate::store::config::{Auth, Config, Profile, SecretSource, Tls};
use crate::store::scratch::Scratch;

/// Serves the simulators on loopback and opens the console over it. Reads no config; what it keeps is in a folder
/// that is removed at the end, but for the files asked for with `E`.
pub(crate) async fn run(global: &Global, options: &Demo) -> Ended {
    if list(&options.scene)? {
        return Ok(Code::DONE);
    }
    console::needs_terminal()?;
    let story = Story::new(&options.scene, 20.0).map_err(|e| failed(&e))?;
    let ocp = Ocp::serve(story.ocp()).await.map_err(|e| failed(&e))?;
    let agents = Obshell::serve(story.obshell()).await.map_err(|e| failed(&e))?;
    let profiles = vec![ocp_profile(&ocp)?, obshell_profile(&agents)?];
    let scratch = Scratch::new().map_err(|e| {
        Fail::of(Exit::Failed, "could not make a temporary folder", e.to_string(), "set TMPDIR")
    })?;
    let ended = match record::begin(global, &profiles) {
        Ok(recording) => {
            let ground = Ground::Simulators(options.tour.then(|| Box::new(Tour::new(story.speed()))));
            let at = At { state: Some(scratch.path()), ground, recording: recording.as_ref() };
            console::show(global, &Config::default(), profiles, at).await
        }
        Err(fail) => Err(fail),
    };
    ocp.shutdown().await;
    agents.shutdown().await;
    ended
}

/// The simulator's own login, as a profile like any other.
fn ocp_profile(ocp: &Ocp) -> Result<Profile, Fail> {
    Ok(Profile {
        name: ProfileName::new("demo"),
        kind: PlaneKind::Ocp,
        url: url(&ocp.url())?,
        peers: Vec::new(),
        read_only: false,
        danger: Danger::Normal,
        auth: Auth::Basic { username: ocp.username().to_owned(), password: secret(ocp.password()) },
        tls: Tls::default(),
        no_proxy: true,
    })
}

/// The agents beside it, each known to the profile.
fn obshell_profile(agents: &Obshell) -> Result<Profile, Fail> {
    let mut urls = agents.urls().iter().map(|u| url(u)).collect::<Result<Vec<Url>, Fail>>()?.into_iter();
    let first =
        urls.next().ok_or_else(|| Fail::of(Exit::Failed, "could not start the simulator", "no agent", ""))?;
    Ok(Profile {
        name: ProfileName::new("edge"),
        kind: PlaneKind::Obshell,
        url: first,
        peers: urls.collect(),
        read_only: false,
        danger: Danger::Normal,
        auth: Auth::Password { password: secret(agents.password()) },
        tls: Tls::default(),
        no_proxy: true,
    })
}

fn url(text: &str) -> Result<Url, Fail> {
    Url::parse(text).map_err(|e| Fail::of(Exit::Failed, "could not start the simulator", e.to_string(), ""))
}

fn secret(text: &str) -> SecretSource {
    SecretSource::Inline(Secret::new(text.to_owned()))
}
