//! A task out of a saved answer: `obdeck graph FILE`.
//!
//! Takes the whole envelope of either control plane, or its bare `data`; tells them apart by their members.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::json::{BadJson, Word, decode};
use super::{obshell, ocp};
use crate::domain::id::{ProfileName, TraceId};
use crate::domain::task::Task;
use crate::domain::time::Timestamp;

/// The name of the profile that a file's task is said to come from.
pub const FILE_PROFILE: &str = "file";

/// What a file holds.
#[derive(Debug, Clone, PartialEq)]
pub enum DecodedFile {
    /// A task of OCP or OBShell.
    Task {
        /// The task.
        task: Box<Task>,
        /// Trace ID of the envelope.
        trace: Option<TraceId>,
        /// Time of the answer, by the server's clock.
        timestamp: Option<Timestamp>,
    },
    /// `{"nodes": …, "edges": …}`: a graph without a control plane, for the caller to read.
    Bare(serde_json::Value),
}

/// Why a file is not a task.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not JSON, or a member that does not read: path, line, column and byte offset inside.
    #[error(transparent)]
    Json(#[from] BadJson),
    /// JSON, but neither an answer of OCP or OBShell nor a bare graph: what is missing.
    #[error("not a task: {0}")]
    NotATask(&'static str),
    /// An answer that says no: the server's words.
    #[error("the answer is a refusal, not a task: {0}")]
    Refusal(String),
}

/// The members of an envelope.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    successful: Option<bool>,
    #[serde(rename = "traceId")]
    trace_id: Option<Word>,
    timestamp: Option<Word>,
    error: Option<Failure>,
}

#[derive(Deserialize)]
struct Failure {
    message: Option<Word>,
}

/// `data`, decoded where it stands, so that positions are those of the file.
#[derive(Deserialize)]
struct Body<T> {
    data: T,
}

/// The members that tell whose object it is.
#[derive(Deserialize)]
struct Members<'a> {
    #[serde(borrow)]
    nodes: Option<&'a RawValue>,
    edges: Option<&'a RawValue>,
    subtasks: Option<&'a RawValue>,
    tasks: Option<&'a RawValue>,
    dag_id: Option<&'a RawValue>,
    max_stage: Option<&'a RawValue>,
    state: Option<&'a RawValue>,
    status: Option<&'a RawValue>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ocp,
    Obshell,
    Bare,
}

impl Members<'_> {
    fn kind(&self) -> Option<Kind> {
        let is_dag = self.dag_id.is_some() || self.max_stage.is_some() || self.state.is_some();
        if self.subtasks.is_some() || self.tasks.is_some() {
            Some(Kind::Ocp)
        } else if is_dag {
            Some(Kind::Obshell)
        } else if self.nodes.is_some() || self.edges.is_some() {
            Some(Kind::Bare)
        } else {
            // A task without its steps, e.g. cut out of a list by hand.
            self.status.map(|_| Kind::Ocp)
        }
    }
}

/// Reads a file. Never panics, whatever it holds; errors name where in the file they are.
pub fn decode_file(bytes: &[u8]) -> Result<DecodedFile, DecodeError> {
    // A list of the right values would pass for an object: serde reads structs by position too.
    if bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'[') {
        return Err(DecodeError::NotATask("a list where a task is expected"));
    }
    let envelope: Envelope<'_> = decode(bytes)?;
    let profile = ProfileName::new(FILE_PROFILE);
    let timestamp = envelope.timestamp.as_ref().map(|w| w.0.as_str());
    let (kind, inside) = match envelope.data {
        Some(data) => (kind_of(data.get().as_bytes())?, true),
        None if envelope.successful == Some(false) || envelope.error.is_some() => {
            let words = envelope.error.and_then(|e| e.message).map(|w| w.0).unwrap_or_default();
            return Err(DecodeError::Refusal(words));
        }
        None if envelope.successful.is_some() => {
            return Err(DecodeError::NotATask("the envelope holds no `data`"));
        }
        None => (kind_of(bytes)?, false),
    };
    let task = match kind {
        Kind::Bare if inside => return Ok(DecodedFile::Bare(decode::<Body<_>>(bytes)?.data)),
        Kind::Bare => return Ok(DecodedFile::Bare(decode(bytes)?)),
        Kind::Ocp => ocp::file::task(&of::<ocp::file::FileTask>(bytes, inside)?, &profile, timestamp),
        Kind::Obshell => obshell::saved(of::<obshell::Dag>(bytes, inside)?, &profile),
    };
    Ok(DecodedFile::Task {
        task: Box::new(task),
        trace: envelope.trace_id.as_ref().map(|w| w.0.trim()).filter(|w| !w.is_empty()).map(TraceId::new),
        timestamp: timestamp.and_then(Timestamp::parse),
    })
}

fn of<'a, T: Deserialize<'a>>(bytes: &'a [u8], inside: bool) -> Result<T, BadJson> {
    if inside { decode::<Body<T>>(bytes).map(|b| b.data) } else { decode(bytes) }
}

fn kind_of(object: &[u8]) -> Result<Kind, DecodeError> {
    if object.first().is_some_and(|b| *b == b'[') {
        return Err(DecodeError::NotATask("a list where a task is expected"));
    }
    decode::<Members<'_>>(object)?.kind().ok_or(DecodeError::NotATask(
        "it has neither `subtasks` or `tasks` (OCP), nor `dag_id` or `state` (OBShell), nor `nodes` and `edges`",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::task::Stage;

    fn task(text: &str) -> (Task, Option<TraceId>, Option<Timestamp>) {
        match decode_file(text.as_bytes()).unwrap() {
            DecodedFile::Task { task, trace, timestamp } => (*task, trace, timestamp),
            DecodedFile::Bare(v) => panic!("bare: {v}"),
        }
    }

    const OCP: &str = r#"{"id":7,"name":"Stop OB zone","status":"RUNNING","clusterId":3,"creator":"admin",
        "context":{"stringMap":{"zone_name":"zone2"},"listMap":{"server_ids":["5"]}},
        "subtasks":[{"id":2,"name":"b","status":"PENDING","operation":"EXECUTE","upstreams":[1],"downstreams":[],
                     "parallelIdx":0,"timeout":30},
                    {"id":1,"name":"a","status":"RUNNING","operation":"EXECUTE","upstreams":[],"downstreams":[2],
                     "parallelIdx":-1,"timeout":0}]}"#;

    #[test]
    fn an_ocp_task_reads_the_same_bare_and_in_its_envelope() {
        let (bare, none, _) = task(OCP);
        let (whole, trace, at) = task(&format!(
            r#"{{"data":{OCP},"successful":true,"traceId":"ab12","timestamp":"2021-09-05T22:22:21.0+08:00"}}"#
        ));
        assert_eq!(bare, whole);
        assert_eq!((none, trace), (None, Some(TraceId::new("ab12"))));
        assert!(at.is_some());
        assert_eq!(whole.graph.edges, [(0, 1)]);
        assert_eq!(whole.graph.defects, []);
        assert_eq!(whole.head.target.raw(), "zone2");
        let b = whole.graph.nodes[1].members.first().unwrap();
        assert_eq!((b.target.raw(), b.parallel_ix), ("5", Some(0)));
        assert_eq!(whole.graph.nodes[0].members[0].timeout, None);
    }

    #[test]
    fn an_obshell_dag_is_one_node_a_stage() {
        let (dag, trace, _) = task(
            r#"{"successful":true,"traceId":"5f45","timestamp":"2026-11-21T02:57:23.2Z","data":{"id":"221307064330288630",
            "dag_id":30,"name":"Stop OB","stage":1,"max_stage":2,"state":"RUNNING","operator":"RUN",
            "start_time":"2026-11-21T02:57:23Z","end_time":"1970-01-01T00:00:00Z","additional_data":null,"nodes":[
            {"id":"11","node_id":1,"name":"Pre","state":"RUNNING","operator":"RUN","sub_tasks":[
              {"id":"11","name":"Pre","state":"SUCCEED","operator":"RUN","execute_times":1,
               "start_time":"2026-11-21T02:57:23Z","end_time":"2026-11-21T02:57:24Z",
               "execute_agent":{"ip":"10.0.0.1","port":2886}},
              {"id":"12","name":"Pre","state":"PENDING","operator":"RUN","execute_agent":{"ip":"::1","port":2886}}]},
            {"id":"13","node_id":2,"name":"Stop","state":"PENDING","operator":"RUN","sub_tasks":null}]}}"#,
        );
        assert_eq!(trace, Some(TraceId::new("5f45")));
        assert_eq!(dag.stage, Some(Stage { now: 1, max: 2 }));
        assert_eq!(dag.graph.edges, [(0, 1)]);
        assert_eq!(dag.graph.nodes[0].members[1].target.raw(), "[::1]:2886");
        assert!(!dag.graph.nodes[1].is_ghost());
        assert_eq!((dag.head.finished, dag.head.progress.done, dag.head.progress.all), (None, 1, 2));
    }

    #[test]
    fn nodes_that_are_null_give_a_graph_without_steps() {
        let (dag, ..) = task(
            r#"{"data":{"id":"1","dag_id":1,"name":"Stop OB","stage":1,"max_stage":6,"state":"READY","operator":"RUN",
            "start_time":"2024-01-01T00:00:00+08:00","end_time":"2024-01-01T00:00:00+08:00","nodes":null},"successful":true}"#,
        );
        assert!(dag.graph.nodes.is_empty());
        assert_eq!(dag.head.status.word.raw(), "READY");
    }

    #[test]
    fn a_bare_graph_is_handed_on() {
        let graph = decode_file(br#"{"nodes":[{"id":"a"}],"edges":[]}"#).unwrap();
        assert!(matches!(graph, DecodedFile::Bare(_)));
    }

    #[test]
    fn what_is_no_task_is_told_why_and_where() {
        let err = |t: &str| decode_file(t.as_bytes()).unwrap_err();
        assert!(matches!(err("{}"), DecodeError::NotATask(_)));
        assert!(matches!(err(r#"{"successful":true}"#), DecodeError::NotATask(_)));
        assert!(matches!(err(r#"{"data":[],"successful":true}"#), DecodeError::NotATask(_)));
        assert!(
            matches!(err(r#"{"successful":false,"error":{"message":"no"}}"#), DecodeError::Refusal(w) if w == "no")
        );
        let DecodeError::Json(json) = err(
            "{\"data\":{\n\"id\":1,\"name\":\"a\",\"status\":\"RUNNING\",\n\"subtasks\":[{\"id\":1.5}]}}",
        ) else {
            panic!("not a JSON error")
        };
        assert_eq!((json.path.as_str(), json.line), ("data.subtasks[0].id", 3));
        assert!(matches!(err(" []"), DecodeError::NotATask(_)));
        assert!(matches!(err(""), DecodeError::Json(_)));
    }
}
