//! `obdeck demo`: the console over an embedded simulator.

use super::args::{Demo, Global};
use super::console;
use super::fail::{Code, Ended};
use super::simulate::{failed, list, story};
use crate::sim::Ocp;

/// Serves a simulator on loopback and opens the console over it.
pub(crate) async fn run(global: &Global, options: &Demo) -> Ended {
    if list(&options.scene)? {
        return Ok(Code::DONE);
    }
    if options.tour {
        return Err(super::later("--tour"));
    }
    console::needs_terminal()?;
    let ocp = Ocp::serve(story(&options.scene, 20.0)).await.map_err(|e| failed(&e))?;
    let ended = console::over_simulator(global, &ocp).await;
    ocp.shutdown().await;
    ended
}
