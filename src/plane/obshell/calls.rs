//! Paths, bodies and headers of OBShell's API (obshell-api 3, 6.6, 7.1).

use serde::Serialize;

use super::seal::sealed_len;
use super::{Login, Protection};
use crate::domain::action::{Action, ClusterAction, Force, Scope, TaskVerb, Verb};
use crate::domain::capability::WhyNot;
use crate::domain::request::{Header, HeaderValue};
use crate::plane::base::{self, Base};

const JSON: &str = "application/json";
const AGENT: &str = concat!("obdeck/", env!("CARGO_PKG_VERSION"));
/// Header of our own trace ID; the agent echoes it (obshell-api 4).
pub(super) const TRACE: &str = "x-obshell-trace-id";

/// A path of the API, each segment percent-encoded as one (X13).
pub(super) fn path(segments: &[&str]) -> Option<String> {
    base::path("/api/v1", segments)
}

/// An action's path and body.
pub(super) struct Call {
    pub(super) path: String,
    /// Before it is sealed.
    pub(super) body: String,
    /// What OBShell calls the DAG that comes of it; empty for orders to a task (obshell-api 7.2).
    pub(super) dag_name: &'static str,
    /// Whether the answer must hold a DAG (obshell-api 6.6: operators answer without data).
    pub(super) needs_dag: bool,
}

#[derive(Serialize)]
struct StopBody<'a> {
    scope: ScopeBody<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    force: Option<bool>,
    /// Not in the documents, and ignored by agents that do not know it: sent only when it is meant.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    terminate: bool,
    #[serde(rename = "forcePassDag", skip_serializing_if = "Option::is_none")]
    pass: Option<PassBody<'a>>,
}

#[derive(Serialize)]
struct ScopeBody<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    target: Vec<&'a str>,
}

/// An object with `id`, whatever the documents say (obshell-api 7.1).
#[derive(Serialize)]
struct PassBody<'a> {
    id: &'a [String],
}

#[derive(Serialize)]
struct ZoneBody<'a> {
    freeze_server: bool,
    #[serde(rename = "forcePassDag", skip_serializing_if = "Option::is_none")]
    pass: Option<PassBody<'a>>,
}

#[derive(Serialize)]
struct OperatorBody {
    operator: &'static str,
}

fn json(body: &impl Serialize) -> Result<String, WhyNot> {
    // Texts, flags and lists of texts: there is nothing in them that JSON cannot say.
    serde_json::to_string(body).map_err(|_| WhyNot::Prohibited)
}

/// The call that an action is. `node` is the stage that a subtask stands for: PASS is for stages.
pub(super) fn call(action: &Action, node: Option<&str>) -> Result<Call, WhyNot> {
    match action {
        Action::Cluster(a) => cluster_call(a),
        Action::Task { task, verb } => {
            let operator = match verb {
                TaskVerb::Retry => "RETRY",
                TaskVerb::Rollback => "ROLLBACK",
                TaskVerb::Cancel => "CANCEL",
                TaskVerb::Pass => "PASS",
            };
            operator_call(&["task", "dag", task.id.raw()], operator)
        }
        // The judge let no other verb through (`Capabilities::can`).
        Action::Subtask { .. } => {
            operator_call(&["task", "node", node.ok_or(WhyNot::NothingSelected)?], "PASS")
        }
    }
}

fn operator_call(segments: &[&str], operator: &'static str) -> Result<Call, WhyNot> {
    Ok(Call {
        path: path(segments).ok_or(WhyNot::Prohibited)?,
        body: json(&OperatorBody { operator })?,
        dag_name: "",
        needs_dag: false,
    })
}

fn cluster_call(a: &ClusterAction) -> Result<Call, WhyNot> {
    let force: &Force = &a.force;
    let pass = (!force.pass_dags.is_empty()).then_some(PassBody { id: &force.pass_dags });
    let scope = match &a.scope {
        Scope::Cluster => ScopeBody { r#type: "GLOBAL", target: Vec::new() },
        Scope::Zone(zone) => ScopeBody { r#type: "ZONE", target: vec![zone.raw()] },
        Scope::Server { id, .. } => ScopeBody { r#type: "SERVER", target: vec![id.raw()] },
    };
    let (path, body, dag_name) = match (a.verb, &a.scope) {
        (Verb::Restart, _) => return Err(WhyNot::ObshellHasNoRestart),
        (Verb::Stop, Scope::Zone(zone)) if force.process => (
            path(&["ob", "zone", zone.raw(), "stop"]),
            json(&ZoneBody { freeze_server: force.freeze, pass })?,
            STOP,
        ),
        (Verb::Stop, _) => {
            let body = StopBody { scope, force: Some(force.force), terminate: force.freeze, pass };
            (path(&["ob", "stop"]), json(&body)?, STOP)
        }
        (Verb::Start, _) => {
            let body = StopBody { scope, force: None, terminate: false, pass };
            (path(&["ob", "start"]), json(&body)?, "Start OB")
        }
    };
    Ok(Call { path: path.ok_or(WhyNot::Prohibited)?, body, dag_name, needs_dag: true })
}

const STOP: &str = "Stop OB";

/// The check that comes before a zone's stop: a read that is a POST, the only one there is (obshell-api 7.1).
pub(super) fn check(a: &ClusterAction) -> Option<(String, String)> {
    match (a.verb, &a.scope) {
        (Verb::Stop, Scope::Zone(zone)) => {
            let path = path(&["ob", "zone", zone.raw(), "stop", "check"])?;
            let body = json(&ZoneBody { freeze_server: a.force.freeze, pass: None }).ok()?;
            Some((path, body))
        }
        _ => None,
    }
}

/// The headers of a request, in the order they are sent. The one list for the dialog, `--dry-run` and the wire.
pub(super) fn headers(base: &Base, protection: Protection, login: Login, body: Option<&str>) -> Vec<Header> {
    let plain = |name: &str, value: &str| Header {
        name: name.to_owned(),
        value: HeaderValue::Plain(value.to_owned()),
    };
    let masked =
        |name: &str, hint: &'static str| Header { name: name.to_owned(), value: HeaderValue::Masked(hint) };
    let mut out = Vec::new();
    if body.is_some() {
        out.push(plain("host", &base.host));
    }
    out.push(plain("accept", JSON));
    if body.is_some() {
        out.push(plain("content-type", JSON));
    }
    out.push(plain("user-agent", AGENT));
    out.push(masked(TRACE, "(made when sent)"));
    out.extend(match (protection, login) {
        (Protection::Socket, _) => None,
        (Protection::V1, _) => Some(masked("x-ocs-auth", "*** (RSA: password, expiry)")),
        (Protection::V2, Login::Root) => {
            Some(masked("x-ocs-header", "*** (RSA: password, expiry, URI, the body's key)"))
        }
        (Protection::V2, Login::Agent) => {
            Some(masked("x-ocs-agent-header", "*** (RSA: agent password, expiry, URI, the body's key)"))
        }
    });
    if let Some(body) = body {
        let length = if protection == Protection::V2 { sealed_len(body.len()) } else { body.len() };
        out.push(plain("content-length", &length.to_string()));
    }
    out
}

/// What is filled into [`HeaderValue::Masked`] at the last moment: the trace ID and the sealed login.
pub(super) fn filled(headers: &[Header], trace: &str, sealed: &str) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|h| {
            let value = match &h.value {
                HeaderValue::Plain(v) => v.clone(),
                HeaderValue::Masked(_) if h.name == TRACE => trace.to_owned(),
                HeaderValue::Masked(_) => sealed.to_owned(),
            };
            (h.name.clone(), value)
        })
        .collect()
}

/// The headers of a read that needs no login.
pub(super) fn open_headers(trace: &str) -> Vec<(String, String)> {
    [("accept", JSON), ("user-agent", AGENT), (TRACE, trace)]
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .to_vec()
}
