//! The HTTP side: every request goes through [`handle`], whatever its path.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use futures_util::{StreamExt, stream};
use tokio::net::TcpListener;

use super::answer::{Answer, Reply, Stamp, of_refusal, of_reply};
use super::call::{Call, decode, parse_query};
use super::listen::{Cut, CutListener, Peer};
use super::{ARRIVALS_KEPT, Arrival, Shared, lock, route};
use crate::sim::faults::{RateLimit, What};
use crate::sim::seed::mix;
use crate::sim::time::{Ms, SECOND, http_date, iso};
use crate::sim::world::Refusal;

/// Largest body of a request that is read.
const BODY_BYTES: usize = 1024 * 1024;

/// Counts requests of a user in the current window.
#[derive(Default)]
pub(super) struct Meter {
    windows: HashMap<i64, (Ms, u32)>,
}

type Headers = Vec<(&'static str, String)>;

/// Serves until told to stop; connections that are idle then are closed.
pub(super) async fn run(listener: TcpListener, shared: Arc<Shared>) {
    let stopped = shared.stopped.clone();
    let router = Router::new().fallback(handle).with_state(shared);
    let service = router.into_make_service_with_connect_info::<Peer>();
    let server = axum::serve(CutListener(listener), service)
        .with_graceful_shutdown(async move { stopped.cancelled().await });
    // Serving itself cannot fail: accepting retries, and a connection's error ends that connection only.
    let _ = server.await;
}

async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
) -> Response<Body> {
    let earlier = peer.count();
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES).await else { return plain(413, &[], Vec::new()) };
    let target = parts.uri.path_and_query().map_or("/", |t| t.as_str()).to_owned();
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = parts.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    let arrival = arrive(&shared, parts.method.as_str(), target, headers, body.to_vec());
    let lot = shared.faults.draw(arrival.number, &arrival.method, &arrival.target);
    if !lot.delay.is_zero() {
        wait(&shared, lot.delay).await;
    }
    let line = format!("{} {}", arrival.method, arrival.target);
    // A connection's first request is not the one that this fault is for.
    let what = lot.what.filter(|what| earlier > 0 || *what != What::ResetReused);
    let (response, word) = match what {
        None => {
            let (answer, headers) = real(&shared, &peer, arrival);
            let word = answer.status.to_string();
            (respond(answer, &headers), word)
        }
        Some(what) => strike(&shared, &peer, arrival, what).await,
    };
    if let Some(log) = &shared.log {
        log(&format!("{line} -> {word}"));
    }
    response
}

/// Waits, but not beyond the stand-in's end.
async fn wait(shared: &Shared, by: Duration) {
    tokio::select! {
        () = tokio::time::sleep(by) => {}
        () = shared.stopped.cancelled() => {}
    }
}

fn arrive(
    shared: &Shared,
    method: &str,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
) -> Arrival {
    let mut arrivals = lock(&shared.arrivals);
    arrivals.count += 1;
    let at = shared.clock.now();
    let arrival = Arrival { number: arrivals.count, at, method: method.to_owned(), target, headers, body };
    if arrivals.kept.len() >= ARRIVALS_KEPT {
        arrivals.kept.pop_front();
    }
    arrivals.kept.push_back(arrival.clone());
    arrival
}

/// The answer of a control plane that nothing ails.
fn real(shared: &Shared, peer: &Peer, arrival: Arrival) -> (Answer, Headers) {
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
    let wall = shared.clock.wall() + shared.faults.skew();
    // Set here, not by the HTTP layer: a wrong clock shows in it, and a hand-moved one makes it reproducible.
    let mut headers: Headers = vec![("date", http_date(wall))];
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

/// An answer that something happens to. The word is for the request log.
async fn strike(shared: &Arc<Shared>, peer: &Peer, arrival: Arrival, what: What) -> (Response<Body>, String) {
    let acted = |arrival| real(shared, peer, arrival);
    match what {
        // Delays are drawn apart; one that comes here would only repeat what was waited for.
        What::Delay { .. } | What::Reset | What::ResetReused => {
            peer.cut(Cut::Reset);
            (plain(500, &[], Vec::new()), "reset".to_owned())
        }
        What::Late(by) => {
            let (answer, headers) = acted(arrival);
            wait(shared, by).await;
            let word = format!("{}, late", answer.status);
            (respond(answer, &headers), word)
        }
        What::AnswerLost => {
            let (answer, _) = acted(arrival);
            peer.cut(Cut::Close);
            (plain(500, &[], Vec::new()), format!("{}, lost", answer.status))
        }
        What::HalfBody => {
            let (answer, headers) = acted(arrival);
            peer.cut(Cut::HalfOf(answer.body.len()));
            let word = format!("{}, half", answer.status);
            (respond(answer, &headers), word)
        }
        What::CutAfter(bytes) => {
            let (answer, headers) = acted(arrival);
            peer.cut(Cut::After(bytes));
            let word = format!("{}, cut after {bytes} bytes", answer.status);
            (respond(answer, &headers), word)
        }
        What::Silence => {
            shared.stopped.cancelled().await;
            peer.cut(Cut::Close);
            (plain(500, &[], Vec::new()), "silence".to_owned())
        }
        What::Drip(every) => {
            let (answer, headers) = acted(arrival);
            let word = format!("{}, dripping", answer.status);
            (drip(shared, answer, &headers, every), word)
        }
        What::Endless => {
            let chunk = Bytes::from_static(&[b' '; 16 * 1024]);
            let chunks = stream::repeat_with(move || Ok::<_, Infallible>(chunk.clone()));
            let body = Body::from_stream(chunks.take_until(shared.stopped.clone().cancelled_owned()));
            (
                with_headers(200, &[("content-type".to_owned(), "application/json".to_owned())], body),
                "endless".to_owned(),
            )
        }
        What::Instead { status, headers, body, acted: is_acted } => {
            if is_acted {
                acted(arrival);
            }
            (plain(status, &headers, body), format!("{status}, instead"))
        }
    }
}

fn drip(shared: &Shared, answer: Answer, headers: &Headers, every: Duration) -> Response<Body> {
    let bytes = stream::unfold((answer.body, 0), move |(body, at)| async move {
        let byte = *body.get(at)?;
        tokio::time::sleep(every).await;
        Some((Ok::<_, Infallible>(Bytes::copy_from_slice(&[byte])), (body, at + 1)))
    });
    let mut all = owned(headers);
    all.push(("content-type".to_owned(), answer.content_type.to_owned()));
    let bytes = bytes.take_until(shared.stopped.clone().cancelled_owned());
    with_headers(answer.status, &all, Body::from_stream(bytes))
}

fn respond(answer: Answer, headers: &Headers) -> Response<Body> {
    let mut all = owned(headers);
    all.push(("content-type".to_owned(), answer.content_type.to_owned()));
    plain(answer.status, &all, answer.body)
}

fn owned(headers: &Headers) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn plain(status: u16, headers: &[(String, String)], body: Vec<u8>) -> Response<Body> {
    with_headers(status, headers, Body::from(body))
}

fn with_headers(status: u16, headers: &[(String, String)], body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        // A header that a test made up and HTTP cannot carry is left out.
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
