//! A secret goes where it went before, or somebody on a terminal said that it may go elsewhere (K07).

use std::io::IsTerminal;

use super::args::Global;
use super::confirm;
use super::fail::Fail;
use super::output::say;
use crate::domain::outcome::Exit;
use crate::domain::shown::Shown;
use crate::store::config::Profile;
use crate::store::known::{Known, KnownHosts, Owner};
use crate::store::paths::Paths;
use crate::text::cli::{moved_question, moved_refused, not_bound};

/// What is remembered of where secrets went, for one run.
pub(crate) struct Bindings {
    /// `None`: nothing is asked and nothing remembered.
    hosts: Option<KnownHosts>,
    /// The config file; two files may each have a profile of the same name.
    config: String,
    /// Whether it was said already that nothing can be remembered.
    told: bool,
}

/// Leave to get a profile's secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pass {
    /// As before.
    Same,
    /// To be remembered once the secret is used.
    New,
}

impl Bindings {
    /// Over the file in the folder of the state.
    pub(crate) fn new(global: &Global) -> Self {
        let paths = Paths::find(global.config.as_deref());
        let config = paths.config.map(|c| c.canonicalize().unwrap_or(c));
        let config = config.map_or_else(String::new, |c| c.display().to_string());
        Self { hosts: Some(KnownHosts::at(paths.state.as_deref())), config, told: false }
    }
    /// For profiles of our own making, whose secrets are for our own servers.
    pub(crate) fn none() -> Self {
        Self { hosts: None, config: String::new(), told: true }
    }
    /// Asks, before the secret is got, whether it may go where the profile points now. What cannot be read is as
    /// forgotten, and told: reads work where no state can be kept (F05).
    pub(crate) async fn ask(&mut self, profile: &Profile) -> Result<Pass, Fail> {
        let (Some(hosts), Some(_)) = (&self.hosts, profile.auth.secret()) else { return Ok(Pass::Same) };
        let now = profile.origins();
        let (was, loopback) = match hosts.look(&self.owner(profile), &now) {
            Ok(Known::Same) => return Ok(Pass::Same),
            Ok(Known::New) => return Ok(Pass::New),
            Ok(Known::Moved { was, loopback }) => (was, loopback),
            Err(e) => {
                self.note(&e.to_string());
                return Ok(Pass::New);
            }
        };
        let name = profile.name.to_string();
        let (now, was) = (list(&now), list(&was));
        let terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        let yes = if terminal {
            yes(moved_question(&name, &now, &was)).await
        } else {
            // Simulators and tunnels of this machine take the port they get.
            loopback
        };
        if yes {
            return Ok(Pass::New);
        }
        let told = moved_refused(&name, &now, &was, &hosts.file().display().to_string());
        Err(Fail::new(Exit::RefusedHere, told))
    }
    /// The secret is used from here on.
    pub(crate) fn used(&mut self, profile: &Profile, pass: Pass) {
        let (Some(hosts), Pass::New) = (&self.hosts, pass) else { return };
        if profile.auth.secret().is_none() {
            return;
        }
        if let Err(e) = hosts.remember(&self.owner(profile), &profile.origins()) {
            self.note(&e.to_string());
        }
    }
    fn owner(&self, profile: &Profile) -> Owner {
        Owner { config: self.config.clone(), profile: profile.name.raw().to_owned() }
    }
    fn note(&mut self, why: &str) {
        if !std::mem::replace(&mut self.told, true) {
            say(&not_bound(why));
        }
    }
}

/// Reading a terminal blocks: it is done beside the runtime, so that a signal still ends the program.
async fn yes(question: String) -> bool {
    let asked = tokio::task::spawn_blocking(move || confirm::line(&question)).await;
    matches!(asked, Ok(Ok(answer)) if matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn list(origins: &[String]) -> String {
    Shown::whole(&origins.join(", ")).to_string()
}
