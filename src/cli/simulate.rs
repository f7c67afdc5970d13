//! `obdeck simulate`: the stand-ins in the foreground, for other clients and tests.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use serde::Serialize;

use super::args::{self, Global, Scene, Simulate};
use super::fail::{Code, Ended, Fail};
use super::output::{put, say};
use super::signals::Signals;
use crate::domain::outcome::Exit;
use crate::sim::{Ocp, Options, SimError, Size, scenarios};

/// The line that says where and how to log in.
#[derive(Serialize)]
struct Serving<'a> {
    ocp: OcpLine<'a>,
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

/// Serves until SIGTERM or SIGINT, which end it with 0.
pub(crate) async fn run(global: &Global, options: &Simulate) -> Ended {
    if list(&options.scene)? {
        return Ok(Code::DONE);
    }
    if options.obshell.is_some() {
        return Err(Fail::usage(
            "the OBShell simulator comes with a later version",
            "--ocp ADDR:PORT serves the one of OCP",
        ));
    }
    // Caught before the line is printed: who reads it may send the signal at once.
    let mut signals = Signals::catch()?;
    let bind = options.ocp.unwrap_or(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0));
    let mut how = story(&options.scene, 1.0);
    how.bind = bind;
    how.bind_any = options.bind_any;
    if global.verbose > 0 {
        how.log = Some(Arc::new(|line: &str| say(line)));
    }
    let ocp = Ocp::serve(how).await.map_err(|e| failed(&e))?;
    let line = Serving {
        ocp: OcpLine {
            url: ocp.url(),
            username: ocp.username(),
            password: ocp.password(),
            access_key_id: ocp.access_key_id(),
            access_key_secret: ocp.access_key_secret(),
        },
    };
    let text = serde_json::to_string(&line)
        .map_err(|e| Fail::of(Exit::Failed, "could not write the first line", e.to_string(), ""))?;
    put::line(&text)?;
    let code = signals.next().await;
    ocp.shutdown().await;
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

/// What the options say, on loopback with a port of the system's choice.
pub(crate) fn story(scene: &Scene, speed: f64) -> Options {
    let usual = Options::default();
    Options {
        scenario: scene.scenario.clone(),
        seed: scene.seed.unwrap_or(usual.seed),
        speed: scene.speed.unwrap_or(speed),
        size: match scene.size {
            args::Size::Small => Size::Small,
            args::Size::Large => Size::Large,
            args::Size::Huge => Size::Huge,
        },
        ..usual
    }
}

/// Why a stand-in could not be started.
pub(crate) fn failed(e: &SimError) -> Fail {
    let (exit, now) = match e {
        SimError::NotLoopback(_) => (Exit::Usage, "allow it with --bind-any"),
        SimError::UnknownScenario { .. } => (Exit::Usage, "`--scenario list` prints them"),
        SimError::Speed(_) => (Exit::Usage, ""),
        SimError::Scenario { .. } | SimError::Bind { .. } | SimError::Key(_) => (Exit::Failed, ""),
    };
    Fail::of(exit, "could not start the simulator", e.to_string(), now)
}
