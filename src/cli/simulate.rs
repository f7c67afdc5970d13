//! `obdeck simulate`: the stand-ins in the foreground, for other clients and tests.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use serde::Serialize;

use super::args::{self, Global, Scene, Simulate};
use super::fail::{Code, Ended, Fail};
use super::output::{put, say};
use super::signals::Signals;
use crate::domain::outcome::Exit;
use crate::sim::obshell::{self, Obshell};
use crate::sim::ocp::RequestLog;
use crate::sim::{Clock, Ocp, Options, SimError, Size, scenarios};

/// The line that says where and how to log in: those that are served.
#[derive(Serialize)]
struct Serving<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    ocp: Option<OcpLine<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    obshell: Option<ObshellLine<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OcpLine<'a> {
    url: String,
    username: &'a str,
    password: &'a str,
    access_key_id: &'a str,
    access_key_secret: &'a str,
}

/// The first agent; the others are in its `/ob/agents`.
#[derive(Serialize)]
struct ObshellLine<'a> {
    url: String,
    password: &'a str,
}

/// Serves until SIGTERM or SIGINT, which end it with 0.
pub(crate) async fn run(global: &Global, options: &Simulate) -> Ended {
    if list(&options.scene)? {
        return Ok(Code::DONE);
    }
    // Caught before the line is printed: who reads it may send the signal at once.
    let mut signals = Signals::catch()?;
    let anywhere = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
    let (ocp, obshell) = match (options.ocp, options.obshell) {
        (None, None) => (Some(anywhere), Some(anywhere)),
        chosen => chosen,
    };
    let log = (global.verbose > 0).then(|| -> RequestLog { Arc::new(|line: &str| say(line)) });
    let story = Story::new(&options.scene, 1.0).map_err(|e| failed(&e))?;
    let ocp = match ocp {
        Some(bind) => {
            let how = Options { bind, bind_any: options.bind_any, log: log.clone(), ..story.ocp() };
            Some(Ocp::serve(how).await.map_err(|e| failed(&e))?)
        }
        None => None,
    };
    let obshell = match obshell {
        Some(bind) => {
            let socket = options.obshell_socket.clone();
            let how = obshell::Options { bind, bind_any: options.bind_any, log, socket, ..story.obshell() };
            Some(Obshell::serve(how).await.map_err(|e| failed(&e))?)
        }
        None => None,
    };
    let line = Serving {
        ocp: ocp.as_ref().map(|ocp| OcpLine {
            url: ocp.url(),
            username: ocp.username(),
            password: ocp.password(),
            access_key_id: ocp.access_key_id(),
            access_key_secret: ocp.access_key_secret(),
        }),
        obshell: obshell.as_ref().map(|o| ObshellLine { url: o.url(), password: o.password() }),
    };
    let text = serde_json::to_string(&line)
        .map_err(|e| Fail::of(Exit::Failed, "could not write the first line", e.to_string(), ""))?;
    put::line(&text)?;
    let code = signals.next().await;
    if let Some(ocp) = ocp {
        ocp.shutdown().await;
    }
    if let Some(obshell) = obshell {
        obshell.shutdown().await;
    }
    // SIGINT and SIGTERM are how it is meant to end (cli.md).
    Ok(if matches!(code, Code(130 | 143)) { Code::DONE } else { code })
}

/// Prints the scenarios where `--scenario list` was asked for.
pub(crate) fn list(scene: &Scene) -> Result<bool, Fail> {
    if scene.scenario != "list" {
        return Ok(false);
    }
    for s in scenarios() {
        put::line(&format!("{:<10} {}", s.name, s.about))?;
    }
    Ok(true)
}

/// What the options say, for both stand-ins: one story, one clock.
pub(crate) struct Story<'a> {
    scene: &'a Scene,
    speed: f64,
    clock: Clock,
}

impl<'a> Story<'a> {
    /// `speed` counts where none is named.
    pub(crate) fn new(scene: &'a Scene, speed: f64) -> Result<Self, SimError> {
        let speed = scene.speed.unwrap_or(speed);
        if !(speed.is_finite() && speed > 0.0) {
            return Err(SimError::Speed(speed));
        }
        Ok(Self { scene, speed, clock: Clock::running(speed) })
    }
    /// How many times as fast as life it goes.
    pub(crate) fn speed(&self) -> f64 {
        self.speed
    }
    /// On loopback with a port of the system's choice.
    pub(crate) fn ocp(&self) -> Options {
        let usual = Options::default();
        Options {
            scenario: self.scene.scenario.clone(),
            seed: self.scene.seed.unwrap_or(usual.seed),
            clock: Some(self.clock.clone()),
            size: match self.scene.size {
                args::Size::Small => Size::Small,
                args::Size::Large => Size::Large,
                args::Size::Huge => Size::Huge,
            },
            ..usual
        }
    }
    /// The same for the agents of the `edge` cluster.
    pub(crate) fn obshell(&self) -> obshell::Options {
        let usual = obshell::Options::default();
        obshell::Options {
            scenario: self.scene.scenario.clone(),
            seed: self.scene.seed.unwrap_or(usual.seed),
            clock: Some(self.clock.clone()),
            ..usual
        }
    }
}

/// Why a stand-in could not be started.
pub(crate) fn failed(e: &SimError) -> Fail {
    let (exit, now) = match e {
        SimError::NotLoopback(_) => (Exit::Usage, "allow it with --bind-any"),
        SimError::UnknownScenario { .. } => (Exit::Usage, "`--scenario list` prints them"),
        SimError::Speed(_) => (Exit::Usage, ""),
        SimError::Scenario { .. } | SimError::Bind { .. } | SimError::Socket { .. } | SimError::Key(_) => {
            (Exit::Failed, "")
        }
    };
    Fail::of(exit, "could not start the simulator", e.to_string(), now)
}
