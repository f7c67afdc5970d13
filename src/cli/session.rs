//! What a verb that talks to control planes starts from: the config, the profiles chosen, their connections.

use std::sync::Arc;

use super::args::Global;
use super::bound::Bindings;
use super::fail::{Code, Fail};
use super::output::{Out, tell};
use super::record;
use crate::domain::guard::Rules;
use crate::domain::outcome::{Exit, ReadError};
use crate::driver::connect::{self, ConnectError};
use crate::driver::keeper::Keeper;
use crate::plane::ControlPlane;
use crate::store::config::{self, Config, ConfigError, Profile};
use crate::store::paths::Paths;
use crate::store::recording::Recording;
use crate::store::secret::NoSecret;
use crate::text::outcome::{Told, read};

/// Config and options of one run.
pub(crate) struct Session {
    pub(crate) config: Config,
    pub(crate) global: Global,
    pub(crate) out: Out,
    /// Written to its end when this is dropped.
    pub(crate) recording: Option<Recording>,
}

/// A profile with its connection.
pub(crate) struct Link {
    pub(crate) profile: Profile,
    pub(crate) plane: Arc<dyn ControlPlane>,
}

/// The profiles that could be connected, and what became of the others.
pub(crate) struct Reached {
    pub(crate) links: Vec<Link>,
    pub(crate) failed: Vec<Fail>,
}

impl Session {
    /// Reads the config.
    pub(crate) fn open(global: &Global) -> Result<Self, Fail> {
        let config = load(&Paths::find(global.config.as_deref()))?;
        let recording = record::begin(global, &config.profiles)?;
        Ok(Self { config, global: global.clone(), out: Out::new(global), recording })
    }
    /// The journal, in the folder of the state.
    pub(crate) fn keeper(&self) -> Keeper {
        Keeper::in_folder(Paths::find(self.global.config.as_deref()).state.as_deref())
    }
    /// The profiles chosen by `--profile`, else all of them.
    pub(crate) fn profiles(&self) -> Result<Vec<&Profile>, Fail> {
        let all = &self.config.profiles;
        if let Some(name) = &self.global.profile {
            return match self.config.profile(name) {
                Some(p) => Ok(vec![p]),
                None => Err(Fail::usage(&format!("no profile is named `{name}`"), &there_are(all))),
            };
        }
        if all.is_empty() {
            return Err(Fail::usage(
                "no profile is configured",
                "`obdeck init` writes a config file; `obdeck demo` needs none",
            ));
        }
        Ok(all.iter().collect())
    }
    /// Connects the profiles chosen, `only` one where it is named. Each failure is kept, none ends the others.
    pub(crate) async fn reach(&self, only: Option<&str>) -> Result<Reached, Fail> {
        let mut reached = Reached { links: Vec::new(), failed: Vec::new() };
        let hidden = self.config.secret_variables();
        let mut bindings = Bindings::new(&self.global);
        for profile in self.profiles()? {
            if only.is_some_and(|o| o != profile.name.raw()) {
                continue;
            }
            // One after the other: two prompts at once could not be told apart.
            let pass = match bindings.ask(profile).await {
                Ok(pass) => pass,
                Err(fail) => {
                    reached.failed.push(fail);
                    continue;
                }
            };
            let options = record::options(&self.global, self.recording.as_ref());
            match connect::connect(profile, &hidden, options).await {
                Ok(plane) => {
                    bindings.used(profile, pass);
                    reached.links.push(Link { profile: profile.clone(), plane });
                }
                Err(ConnectError::Secret(NoSecret::Interrupted)) => return Err(Fail::silent(Code(130))),
                Err(e) => {
                    reached.failed.push(Fail::of(
                        Exit::Usage,
                        &format!("could not use profile {}", profile.name),
                        e.to_string(),
                        "correct the profile; `obdeck config check` checks the file",
                    ));
                }
            }
        }
        Ok(reached)
    }
    /// What a profile says about confirming; `--read-only` adds to its config.
    pub(crate) fn rules(&self, profile: &Profile) -> Rules {
        let rules = profile.rules();
        Rules { read_only: rules.read_only || self.global.read_only, ..rules }
    }
}

impl Reached {
    /// Ends with the first failure where nothing answered; otherwise tells the failures and goes on.
    pub(crate) fn settle(&mut self, answered: bool) -> Result<(), Fail> {
        let mut failed = std::mem::take(&mut self.failed);
        if !answered && !failed.is_empty() {
            let first = failed.remove(0);
            failed.iter().for_each(told);
            return Err(first);
        }
        failed.iter().for_each(told);
        Ok(())
    }
}

fn told(f: &Fail) {
    if let Some(t) = &f.told {
        tell(t);
    }
}

/// A read that gave nothing, as a failure.
pub(crate) fn read_fail(what: &str, e: &ReadError) -> Fail {
    Fail::new(e.kind.exit(), read(what, e))
}

fn there_are(all: &[Profile]) -> String {
    if all.is_empty() {
        return "none is configured; `obdeck init` writes a config file".to_owned();
    }
    format!("there are: {}", all.iter().map(|p| p.name.to_string()).collect::<Vec<_>>().join(", "))
}

/// Reads the config; every mistake goes to stderr as `file:line:column: what`.
pub(crate) fn load(paths: &Paths) -> Result<Config, Fail> {
    config::load(paths).map_err(|e| match e {
        ConfigError::Wrong { path, mistakes } => {
            super::config::tell_mistakes(&path.display().to_string(), &mistakes);
            Fail::silent(Exit::Usage)
        }
        ConfigError::Unreadable { path, why } => Fail::new(
            Exit::Usage,
            Told {
                what: format!("could not read the config {}", path.display()),
                why,
                now: "name another with --config, or write one with `obdeck init`".to_owned(),
                trace: None,
            },
        ),
    })
}
