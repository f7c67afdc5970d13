//! Paths and headers of OCP's API (ocp-api 1, 3).

use super::auth::{Auth, Signed, canonical_query};
use super::wire::Context;
use crate::domain::action::{Action, Scope, SubtaskVerb, TaskVerb, Verb};
use crate::domain::capability::WhyNot;
use crate::domain::request::{Header, HeaderValue};
use crate::domain::time::Timestamp;
use crate::plane::base::{self, Base};
use crate::plane::transport::Wire;

/// Media type of every request, bodies or not (ocp-api 1.1).
const JSON: &str = "application/json";
const AGENT: &str = concat!("obdeck/", env!("CARGO_PKG_VERSION"));

/// A path of the API, each segment percent-encoded as one (X13).
pub(super) fn path(segments: &[&str]) -> Option<String> {
    base::path("/api/v2", segments)
}

/// An action's path and body.
pub(super) struct Call {
    pub(super) path: String,
    pub(super) body: Option<String>,
    /// What OCP calls the task that comes of it; empty for orders to a task (ocp-api 4).
    pub(super) task_name: &'static str,
    /// Whether the answer must hold a task (ocp-api 2.1: skip, cancel and, in X, rollback answer without data).
    pub(super) needs_task: bool,
    /// What the order is about, for answers that do not tell it (forms A2 and A3 of ocp-api 6).
    pub(super) context: Option<Context>,
}

/// The call that an action is.
pub(super) fn call(action: &Action) -> Result<Call, WhyNot> {
    let (path, body, task_name, needs_task) = match action {
        Action::Cluster(a) => {
            let (id, verb) = (a.cluster.id.raw(), a.verb.word());
            let path = match &a.scope {
                Scope::Cluster => path(&["ob", "clusters", id, verb]),
                Scope::Zone(z) => path(&["ob", "clusters", id, "zones", z.raw(), verb]),
                Scope::Server { id: server, .. } => {
                    path(&["ob", "clusters", id, "servers", server.raw(), verb])
                }
            };
            (path, force_body(a.verb, &a.scope, a.force.force), task_name(a.verb, &a.scope), true)
        }
        Action::Task { task, verb } => {
            let verb = match verb {
                TaskVerb::Retry | TaskVerb::Rollback => verb.word(),
                TaskVerb::Cancel => return Err(WhyNot::OcpCannotCancelTasks),
                TaskVerb::Pass => return Err(WhyNot::OnlyObshellPasses),
            };
            (path(&["tasks", "instances", task.id.raw(), verb]), None, "", false)
        }
        Action::Subtask { task, subtask, verb } => {
            let verb = match verb {
                SubtaskVerb::Retry | SubtaskVerb::Skip | SubtaskVerb::Cancel => verb.word(),
            };
            let path = path(&["tasks", "instances", task.id.raw(), "subtasks", subtask.raw(), verb]);
            (path, None, "", false)
        }
    };
    let context = about(action);
    Ok(Call { path: path.ok_or(WhyNot::Prohibited)?, body, task_name, needs_task, context })
}

/// The order's own target in the words of a context. Not the list of servers: their order is the server's to tell.
fn about(action: &Action) -> Option<Context> {
    let Action::Cluster(a) = action else { return None };
    let (key, value) = match &a.scope {
        Scope::Cluster => return None,
        Scope::Zone(zone) => ("zone_name", zone.raw()),
        Scope::Server { id, .. } => ("server_id", id.raw()),
    };
    let strings = [(key.to_owned(), value.to_owned())].into();
    Some(Context { strings, ..Context::default() })
}

/// `force` is documented for stop and restart of a server only, as a body (ocp-api 3.3); nothing else has one.
fn force_body(verb: Verb, scope: &Scope, force: bool) -> Option<String> {
    match (verb, scope) {
        (Verb::Stop | Verb::Restart, Scope::Server { .. }) => Some(format!("{{\"force\":{force}}}")),
        _ => None,
    }
}

fn task_name(verb: Verb, scope: &Scope) -> &'static str {
    match (verb, scope) {
        (Verb::Stop, Scope::Cluster) => "Stop OB cluster",
        (Verb::Stop, Scope::Zone(_)) => "Stop OB zone",
        (Verb::Stop, Scope::Server { .. }) => "Stop OB server",
        (Verb::Start, Scope::Cluster) => "Start OB cluster",
        (Verb::Start, Scope::Zone(_)) => "Start OB zone",
        (Verb::Start, Scope::Server { .. }) => "Start OB server",
        (Verb::Restart, Scope::Cluster) => "Restart OB cluster",
        (Verb::Restart, Scope::Zone(_)) => "Restart OB zone",
        (Verb::Restart, Scope::Server { .. }) => "Restart OB server",
    }
}

/// The headers of a request, in the order they are sent. The one list for the dialog, `--dry-run` and the wire.
pub(super) fn headers(
    base: &Base,
    auth: &Auth,
    language: &str,
    body: Option<&str>,
    post: bool,
) -> Vec<Header> {
    let plain = |name: &str, value: &str| Header {
        name: name.to_owned(),
        value: HeaderValue::Plain(value.to_owned()),
    };
    let mut out = Vec::new();
    if post {
        // HTTP/1.1 by construction. Reads may go over HTTP/2, where the stack itself says the host.
        out.push(plain("host", &base.host));
    }
    out.push(plain("accept", JSON));
    out.push(plain("accept-language", language));
    out.push(plain("content-type", JSON));
    out.push(plain("user-agent", AGENT));
    if matches!(auth, Auth::AccessKey { .. }) {
        out.push(Header { name: "date".to_owned(), value: HeaderValue::Masked("(time of sending)") });
    }
    out.push(Header { name: "authorization".to_owned(), value: HeaderValue::Masked(auth.hint()) });
    if post {
        out.push(plain("content-length", &body.map_or(0, str::len).to_string()));
    }
    out
}

/// What is filled into [`HeaderValue::Masked`] at the last moment: the date and the login.
pub(super) fn filled(
    headers: &[Header],
    auth: &Auth,
    signed: Signed<'_>,
    now: Timestamp,
) -> Vec<(String, String)> {
    let date = now.http_date();
    let authorization = auth.header(&Signed { content_type: JSON, date: &date, ..signed });
    headers
        .iter()
        .map(|h| {
            let value = match &h.value {
                HeaderValue::Plain(v) => v.clone(),
                HeaderValue::Masked(_) if h.name == "date" => date.clone(),
                HeaderValue::Masked(_) => authorization.clone(),
            };
            (h.name.clone(), value)
        })
        .collect()
}

/// A read, ready to go out.
pub(super) fn read(
    base: &Base,
    auth: &Auth,
    language: &str,
    path: &str,
    query: &[(&str, String)],
    now: Timestamp,
) -> Wire {
    let query = canonical_query(query);
    let sign = if query.is_empty() { "" } else { "?" };
    let path_and_query = format!("{}{path}{sign}{query}", base.prefix);
    let headers = headers(base, auth, language, None, false);
    let signed = Signed {
        method: "GET",
        body: b"",
        content_type: "",
        date: "",
        host: &base.host,
        ocp_headers: &[],
        path_and_query: &path_and_query,
    };
    let headers = filled(&headers, auth, signed, now);
    Wire {
        method: reqwest::Method::GET,
        path_and_query,
        headers,
        body: None,
        told: None,
        authenticated: true,
    }
}

/// A read that needs no login (`/api/v2/time`; ocp-api 1.1): none is sent, so that it can never lock one out.
pub(super) fn open_read(base: &Base, language: &str, path: &str) -> Wire {
    let headers = [("accept", "*/*"), ("accept-language", language), ("user-agent", AGENT)];
    Wire {
        method: reqwest::Method::GET,
        path_and_query: format!("{}{path}", base.prefix),
        headers: headers.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec(),
        body: None,
        told: None,
        authenticated: false,
    }
}
