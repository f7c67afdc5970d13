//! The HTTP side of one agent: every request goes through [`handle`], whatever its path.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::Response;
use tokio::net::{TcpListener, UnixListener};
use tokio_util::sync::CancellationToken;

use super::answer::{Stamp, of_refusal, of_reply};
use super::auth::{Opened, open};
use super::refusal::Refusal;
use super::route::{Ask, answer};
use super::{Arrival, Shared};
use crate::sim::listen::{CutListener, Peer};
use crate::sim::seed::mix;
use crate::sim::stand::{self, Taken, lock};
use crate::sim::strike::{Ready, strike};
use crate::sim::time::Ms;

/// What one agent's handler needs.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) agent: usize,
    /// Whether it is the agent's unix socket, where nothing is sealed and no login is asked for (obshell-api 2).
    pub(super) is_socket: bool,
    pub(super) shared: Arc<Shared>,
    pub(super) stopped: CancellationToken,
}

/// Serves a port until told to stop.
pub(super) async fn run(listener: TcpListener, door: Door) {
    let stopped = door.stopped.clone();
    stand::serve(CutListener(listener), Router::new().fallback(handle).with_state(door), stopped).await;
}

/// Serves a unix socket until told to stop.
pub(super) async fn run_socket(listener: UnixListener, door: Door) {
    let stopped = door.stopped.clone();
    stand::serve(CutListener(listener), Router::new().fallback(handle).with_state(door), stopped).await;
}

async fn handle(
    State(door): State<Door>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
) -> Response<Body> {
    let earlier = peer.count();
    let Taken { method, target, headers, body } = match Taken::whole(request).await {
        Ok(taken) => taken,
        Err(answer) => return answer,
    };
    let shared = &door.shared;
    let mut arrival = Arrival {
        number: 0,
        at: shared.clock.now(),
        agent: door.agent,
        method,
        target,
        headers,
        body,
        header_clear: None,
        body_clear: None,
    };
    let opened = unseal(&door, &mut arrival);
    let lot = shared.faults.draw(arrival.number, &arrival.method, &arrival.target);
    let line = format!("agent {} {} {}", door.agent + 1, arrival.method, arrival.target);
    let wall = shared.clock.wall() + shared.faults.skew();
    let act = || real(&door, &arrival, opened, wall);
    let (response, word) = strike(&door.stopped, &peer, lot, earlier, wall, act).await;
    if let Some(log) = &shared.log {
        log(&format!("{line} -> {word}"));
    }
    response
}

type Unsealed = (Opened, Result<(), Refusal>);

/// Opens what is sealed and remembers the arrival.
fn unseal(door: &Door, arrival: &mut Arrival) -> Unsealed {
    let key = lock(&door.shared.keys).get(door.agent).cloned();
    let opened = match key {
        Some(_) if door.is_socket => (Opened { header: None, body: arrival.body.clone() }, Ok(())),
        Some(key) => open(&key, door.shared.protection, &arrival.headers, &arrival.body),
        None => (Opened::default(), Err(Refusal::crash())),
    };
    arrival.header_clear = opened.0.header.as_ref().map(|h| h.clear.clone());
    arrival.body_clear = opened.1.is_ok().then(|| opened.0.body.clone());
    *arrival = lock(&door.shared.arrivals).keep(|number| Arrival { number, ..arrival.clone() });
    opened
}

/// The answer of an agent that nothing ails.
fn real(door: &Door, arrival: &Arrival, (opened, unsealed): Unsealed, wall: Ms) -> Ready {
    let shared = &door.shared;
    let header = |name: &str| arrival.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let public = lock(&shared.keys).get(door.agent).map(|k| k.public().to_owned()).unwrap_or_default();
    let ask = Ask {
        number: arrival.number,
        method: &arrival.method,
        target: &arrival.target,
        opened: &opened,
        is_socket: door.is_socket,
        protection: shared.protection,
        public_key: &public,
        wall,
    };
    let mut world = lock(&shared.world);
    world.advance(shared.clock.now());
    let own = format!("{:016x}", mix(&[shared.seed, arrival.number, 0x7ACE]));
    // The header is not passed on with a request that another agent answers (obshell-api 4).
    let trace = match header("x-obshell-trace-id") {
        Some(given) if !world.passes_on(door.agent, &arrival.target) => given,
        _ => own.as_str(),
    };
    let stamp = Stamp {
        now: world.now,
        started: world.agents.get(door.agent).map_or(world.now, |a| a.started),
        trace: if arrival.target == "/api/v1/status" { "" } else { trace },
        duration: mix(&[shared.seed, arrival.number, 3]) % 12,
        is_chinese: header("accept-language").is_some_and(|l| l.to_ascii_lowercase().starts_with("zh")),
    };
    let done = unsealed.and_then(|()| answer(&mut world, door.agent, &ask));
    match done {
        Ok(reply) => of_reply(reply, &stamp),
        Err(refusal) => of_refusal(&refusal, &stamp),
    }
}
