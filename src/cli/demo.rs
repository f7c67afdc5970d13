//! `obdeck demo`: the console over an embedded simulator.

use url::Url;

use super::args::{Demo, Global};
use super::console;
use super::fail::{Code, Ended, Fail};
use super::simulate::{failed, list, story};
use crate::domain::capability::PlaneKind;
use crate::domain::guard::Danger;
use crate::domain::id::ProfileName;
use crate::domain::outcome::Exit;
use crate::domain::secret::Secret;
use crate::sim::Ocp;
use crate::store::config::{Auth, Config, Profile, SecretSource, Tls};

/// Serves a simulator on loopback and opens the console over it. Reads no config and writes no file.
pub(crate) async fn run(global: &Global, options: &Demo) -> Ended {
    if list(&options.scene)? {
        return Ok(Code::DONE);
    }
    if options.tour {
        return Err(super::later("--tour"));
    }
    console::needs_terminal()?;
    let ocp = Ocp::serve(story(&options.scene, 20.0)).await.map_err(|e| failed(&e))?;
    let ended = console::show(global, &Config::default(), vec![profile(&ocp)?], true).await;
    ocp.shutdown().await;
    ended
}

/// The simulator's own login, as a profile like any other.
fn profile(ocp: &Ocp) -> Result<Profile, Fail> {
    let url = Url::parse(&ocp.url())
        .map_err(|e| Fail::of(Exit::Failed, "could not start the simulator", e.to_string(), ""))?;
    Ok(Profile {
        name: ProfileName::new("demo"),
        kind: PlaneKind::Ocp,
        url,
        peers: Vec::new(),
        read_only: false,
        danger: Danger::Normal,
        auth: Auth::Basic {
            username: ocp.username().to_owned(),
            password: SecretSource::Inline(Secret::new(ocp.password().to_owned())),
        },
        tls: Tls::default(),
        no_proxy: true,
    })
}
