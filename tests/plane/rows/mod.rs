//! Rows N and H of the reliability table where both control planes must do the same: each test runs over both.

mod answers;
mod http2;
mod link;
mod network;
mod tls;

use obdeck::domain::action::{Action, Force, Verb};
use obdeck::domain::capability::PlaneKind;
use obdeck::domain::id::TaskId;
use obdeck::domain::outcome::{Exit, Outcome, ReadError, ReadErrorKind};
use obdeck::domain::task::Task;
use obdeck::domain::time::{Span, Timestamp};
use obdeck::plane::obshell::{Obshell, ObshellProfile};
use obdeck::plane::ocp::{Ocp, OcpProfile, Proxy};
use obdeck::plane::{ControlPlane, Fetched};
use std::sync::Arc;

use super::obshell::agent;
use super::server::{self, Act, Seen, Server, approved, json, now, ok};

pub(super) const BOTH: [PlaneKind; 2] = [PlaneKind::Ocp, PlaneKind::Obshell];

/// A control plane of this kind that does what the script says with whatever carries a login. Keys and versions of
/// agents are told as they should be.
fn serve(kind: PlaneKind, script: impl Fn(&Seen, usize) -> Act + Send + Sync + 'static) -> Server {
    match kind {
        PlaneKind::Ocp => Server::start(script),
        PlaneKind::Obshell => agent::agent(move |opened, n| script(&opened.seen, n)),
    }
}

/// How a client differs from the usual.
#[derive(Clone)]
struct With {
    limit: Span,
    ca: Option<Vec<u8>>,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl Default for With {
    fn default() -> Self {
        Self { limit: Span::from_secs(20), ca: None, now: Arc::new(now) }
    }
}

impl With {
    /// Short enough for tests that wait it out.
    fn short() -> Self {
        Self { limit: Span::from_millis(1500), ..Self::default() }
    }
}

fn client(kind: PlaneKind, url: &str, with: With) -> Box<dyn ControlPlane> {
    match kind {
        PlaneKind::Ocp => {
            let profile = OcpProfile {
                read_timeout: with.limit,
                action_timeout: with.limit,
                ca_pem: with.ca,
                proxy: Proxy::None,
                ..server::profile(url)
            };
            Box::new(Ocp::connect(profile, with.now).unwrap())
        }
        PlaneKind::Obshell => {
            let profile = ObshellProfile {
                read_timeout: with.limit,
                action_timeout: with.limit,
                ca_pem: with.ca,
                ..agent::profile(url)
            };
            Box::new(Obshell::connect(profile, with.now).unwrap())
        }
    }
}

/// A zone stop.
fn stop(kind: PlaneKind) -> Action {
    match kind {
        PlaneKind::Ocp => server::zone_stop("zone2"),
        PlaneKind::Obshell => agent::order(Verb::Stop, agent::zone(), Force::default()),
    }
}

/// The task that a zone stop and a read of a task are answered with.
fn task(kind: PlaneKind) -> &'static str {
    match kind {
        PlaneKind::Ocp => server::TASK,
        PlaneKind::Obshell => agent::DAG,
    }
}

/// The same in a whole envelope.
fn envelope(kind: PlaneKind) -> String {
    format!(r#"{{"successful":true,"status":200,"traceId":"340849601d4d4ffe","data":{}}}"#, task(kind))
}

/// A refusal as this plane words it.
fn no(kind: PlaneKind, status: u16, code: &str, message: &str) -> Act {
    let error = match kind {
        PlaneKind::Ocp => format!(r#"{{"code":"{code}","message":"{message}"}}"#),
        PlaneKind::Obshell => format!(r#"{{"errCode":"{code}","message":"{message}"}}"#),
    };
    json(
        status,
        &format!(r#"{{"successful":false,"status":{status},"traceId":"0bc49000675d41af","error":{error}}}"#),
    )
}

/// A read that is one request.
async fn read(plane: &dyn ControlPlane) -> Result<Fetched<Task>, ReadError> {
    plane.task(&TaskId::new("22130706433028869")).await
}

/// A read of something that always answers like this: what came of it, and how often it was asked.
async fn read_from(
    kind: PlaneKind,
    act: impl Fn() -> Act + Send + Sync + 'static,
) -> (Result<Fetched<Task>, ReadError>, usize) {
    let server = serve(kind, move |_, _| act());
    let result = read(&*client(kind, &server.url(), With::default())).await;
    (result, logins(&server))
}

/// An order to something that always answers like this; it arrives once.
async fn order_to(kind: PlaneKind, act: impl Fn() -> Act + Send + Sync + 'static) -> Outcome {
    let server = serve(kind, move |_, _| act());
    let outcome = client(kind, &server.url(), With::default()).submit(approved(stop(kind))).await;
    assert_eq!(server.posts().len(), 1, "{kind:?} {outcome:?}");
    outcome
}

/// Requests that carried a login.
fn logins(server: &Server) -> usize {
    let open = ["/api/v1/secret", "/api/v1/info", "/api/v1/status"];
    server.seen().iter().filter(|s| !open.contains(&s.path())).count()
}

fn refused(outcome: &Outcome) -> (ReadErrorKind, Exit) {
    match outcome {
        Outcome::Refused(r) => (r.kind, outcome.exit()),
        other => panic!("{other:?}"),
    }
}

fn why(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Unknown { why, .. } | Outcome::NotSent { why } => why.raw().to_owned(),
        Outcome::Refused(r) => r.message.raw().to_owned(),
        Outcome::Accepted { .. } | Outcome::Held(_) => String::new(),
    }
}

fn is_unknown(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Unknown { .. }) && outcome.exit() == Exit::Unknown
}

fn is_not_sent(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::NotSent { .. }) && outcome.exit() == Exit::Unreachable
}
