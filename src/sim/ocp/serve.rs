//! The HTTP side: every request goes through [`handle`], whatever its path.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::Response;
use tokio::net::TcpListener;

use super::answer::{Answer, Reply, Stamp, of_refusal, of_reply};
use super::call::{Call, decode, parse_query};
use super::{Arrival, Shared, route};
use crate::sim::faults::RateLimit;
use crate::sim::listen::{CutListener, Peer};
use crate::sim::seed::mix;
use crate::sim::stand::{self, Taken, lock};
use crate::sim::strike::{Ready, strike};
use crate::sim::time::{Ms, SECOND, iso};
use crate::sim::world::Refusal;

/// Counts requests of a user in the current window.
#[derive(Default)]
pub(super) struct Meter {
    windows: HashMap<i64, (Ms, u32)>,
}

type Headers = Vec<(&'static str, String)>;

/// Serves until told to stop.
pub(super) async fn run(listener: TcpListener, shared: Arc<Shared>) {
    let stopped = shared.stopped.clone();
    stand::serve(CutListener(listener), Router::new().fallback(handle).with_state(shared), stopped).await;
}

async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
) -> Response<Body> {
    let earlier = peer.count();
    let taken = match Taken::whole(request).await {
        Ok(taken) => taken,
        Err(answer) => return answer,
    };
    let arrival = arrive(&shared, taken);
    let lot = shared.faults.draw(arrival.number, &arrival.method, &arrival.target);
    let line = format!("{} {}", arrival.method, arrival.target);
    let wall = shared.clock.wall() + shared.faults.skew();
    let act = || {
        let (answer, headers) = real(&shared, &peer, arrival, wall);
        ready(answer, &headers)
    };
    let (response, word) = strike(&shared.stopped, &peer, lot, earlier, wall, act).await;
    if let Some(log) = &shared.log {
        log(&format!("{line} -> {word}"));
    }
    response
}

fn arrive(shared: &Shared, taken: Taken) -> Arrival {
    let at = shared.clock.now();
    let Taken { method, target, headers, body } = taken;
    lock(&shared.arrivals).keep(|number| Arrival { number, at, method, target, headers, body })
}

/// The answer of a control plane that nothing ails.
fn real(shared: &Shared, peer: &Peer, arrival: Arrival, wall: Ms) -> (Answer, Headers) {
    let (path, query) = arrival.target.split_once('?').unwrap_or((&arrival.target, ""));
    let mut call = Call {
        method: arrival.method.clone(),
        path: path.to_owned(),
        parts: path.split('/').skip(1).map(decode).collect(),
        query: parse_query(query),
        headers: arrival.headers,
        body: arrival.body,
        trace: format!("{:016x}", mix(&[shared.seed, arrival.number, 0x7ACE])),
        login: None,
    };
    let mut headers = Headers::new();
    let mut world = lock(&shared.world);
    world.advance(shared.clock.now());
    let trace = call.trace.clone();
    let stamp = Stamp {
        now: world.now(),
        trace: &trace,
        number: arrival.number,
        seed: shared.seed,
        server: "ocp-0.ocp.local",
        stack: call.header("x-returnstacktrace") == Some("true"),
        is_chinese: call.header("accept-language").is_some_and(|l| l.to_ascii_lowercase().starts_with("zh")),
    };
    let done = if route::is_open(&call) {
        let text = if call.path == "/api/status" { "okay".to_owned() } else { iso(wall) };
        Ok(Reply::Text(text))
    } else {
        let entered = lock(&shared.door).enter(&call, peer.address.ip(), wall);
        entered.and_then(|login| {
            meter(shared, login.user.id, wall, &mut headers)?;
            call.login = Some(login);
            route::answer(&mut world, &shared.product, shared.clock.start(), &call)
        })
    };
    let answer = match done {
        Ok(reply) => of_reply(reply, &stamp),
        // The sample of this one refusal has no trace ID (ocp-api 2.3).
        Err(refusal) if refusal.status == 429 => {
            of_refusal(&refusal, &shared.product, &Stamp { trace: "", ..stamp })
        }
        Err(refusal) => of_refusal(&refusal, &shared.product, &stamp),
    };
    (answer, headers)
}

/// Counts a request against the rate limit, and tells in headers how things stand (ocp-api 2.3).
fn meter(shared: &Shared, user: i64, wall: Ms, headers: &mut Headers) -> Result<(), Refusal> {
    let Some(RateLimit { limit, window_s }) = shared.faults.rate_limit() else { return Ok(()) };
    let length = Ms::from(window_s.max(1)) * SECOND;
    let begin = wall.div_euclid(length) * length;
    let mut meter = lock(&shared.meter);
    let window = meter.windows.entry(user).or_insert((begin, 0));
    if window.0 != begin {
        *window = (begin, 0);
    }
    window.1 = window.1.saturating_add(1);
    let reset = (begin + length - wall + SECOND - 1) / SECOND;
    headers.push(("ratelimit-limit", limit.to_string()));
    headers.push(("ratelimit-remaining", limit.saturating_sub(window.1).to_string()));
    headers.push(("ratelimit-reset", reset.to_string()));
    if window.1 <= limit {
        return Ok(());
    }
    Err(Refusal::new(
        429,
        0,
        "Excessive number of requests. You have exceeded the request limit for the current throttling window.",
    ))
}

/// An answer of this control plane, ready for the wire.
fn ready(answer: Answer, headers: &Headers) -> Ready {
    let mut all: Vec<(String, String)> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    all.push(("content-type".to_owned(), answer.content_type.to_owned()));
    Ready { status: answer.status, headers: all, body: answer.body }
}
