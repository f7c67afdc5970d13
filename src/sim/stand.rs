//! What both stand-ins are made of: checks at the start, the serving of a listener, and what is remembered of requests.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::extract::connect_info::Connected;
use axum::http::{HeaderValue, Response};
use axum::serve::{IncomingStream, Listener};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::SimError;
use super::clock::Clock;
use super::faults::{self, Faults};
use super::listen::{CutListener, Peer};
use super::scenario::Scenario;
use super::strike::plain;

/// Requests remembered; older ones are dropped.
const ARRIVALS_KEPT: usize = 20_000;

/// How long connections may take to end at a shutdown: a client that reads nothing could keep its own for ever.
const GRACE: Duration = Duration::from_secs(1);

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic inside one answer must not take the others with it.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The clock that is meant: one that was given, or one that runs at a speed.
pub(crate) fn clock(given: Option<Clock>, speed: f64) -> Result<Clock, SimError> {
    match given {
        Some(clock) => Ok(clock),
        None if speed.is_finite() && speed > 0.0 => Ok(Clock::running(speed)),
        None => Err(SimError::Speed(speed)),
    }
}

/// Refuses an address that others can reach, unless they may.
pub(crate) fn reachable(bind: SocketAddr, bind_any: bool) -> Result<(), SimError> {
    if bind.ip().is_loopback() || bind_any { Ok(()) } else { Err(SimError::NotLoopback(bind)) }
}

/// The faults that a scenario comes with.
pub(crate) fn planned_faults(name: &str, scenario: &Scenario, seed: u64) -> Result<Faults, SimError> {
    let faults = Faults::new(seed);
    for plan in &scenario.fault {
        faults.add(faults::planned(name, plan)?);
    }
    Ok(faults)
}

/// Largest body of a request that is read.
const BODY_BYTES: usize = 1024 * 1024;

/// A request as it was sent, taken whole.
pub(crate) struct Taken {
    /// HTTP method.
    pub(crate) method: String,
    /// Path and query as they stood in the request line.
    pub(crate) target: String,
    /// Headers by lower-case name, in the order sent.
    pub(crate) headers: Vec<(String, String)>,
    /// Body, byte for byte.
    pub(crate) body: Vec<u8>,
}

impl Taken {
    /// Reads a request to its end; the answer to one that is too large.
    pub(crate) async fn whole(request: Request) -> Result<Self, Response<Body>> {
        let (parts, body) = request.into_parts();
        let Ok(body) = to_bytes(body, BODY_BYTES).await else { return Err(plain(413, &[], Vec::new())) };
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = parts.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value)));
        Ok(Self {
            method: parts.method.as_str().to_owned(),
            target: parts.uri.path_and_query().map_or("/", |t| t.as_str()).to_owned(),
            headers: headers.collect(),
            body: body.to_vec(),
        })
    }
}

/// Serves until told to stop; connections that are idle then are closed.
pub(crate) async fn serve<L>(listener: CutListener<L>, router: Router, stopped: CancellationToken)
where
    CutListener<L>: Listener,
    Peer: for<'a> Connected<IncomingStream<'a, CutListener<L>>>,
    <CutListener<L> as Listener>::Addr: std::fmt::Debug,
{
    let service = router.into_make_service_with_connect_info::<Peer>();
    let server =
        axum::serve(listener, service).with_graceful_shutdown(async move { stopped.cancelled().await });
    // Serving itself cannot fail: accepting retries, and a connection's error ends that connection only.
    let _ = server.await;
}

/// Waits for a server that was told to stop.
pub(crate) async fn ended(mut running: JoinHandle<()>) {
    if tokio::time::timeout(GRACE, &mut running).await.is_err() {
        running.abort();
        let _ = running.await;
    }
}

/// What has arrived: all of it counted, the newest kept.
pub(crate) struct Arrivals<T> {
    count: u64,
    kept: VecDeque<T>,
}

impl<T> Default for Arrivals<T> {
    fn default() -> Self {
        Arrivals { count: 0, kept: VecDeque::new() }
    }
}

impl<T: Clone> Arrivals<T> {
    /// Keeps one, made with its number (from 1).
    pub(crate) fn keep(&mut self, make: impl FnOnce(u64) -> T) -> T {
        self.count += 1;
        let arrival = make(self.count);
        if self.kept.len() >= ARRIVALS_KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(arrival.clone());
        arrival
    }

    /// Those that are kept, oldest first.
    pub(crate) fn all(&self) -> Vec<T> {
        self.kept.iter().cloned().collect()
    }
}
