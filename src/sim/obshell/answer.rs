//! The envelope of an agent's answers (obshell-api 4).

use serde_json::{Map, Value, json};

use super::refusal::{From, Refusal};
use super::route::Reply;
use super::task::time;
use crate::sim::strike::Ready;
use crate::sim::time::Ms;

/// What the envelope tells beside the data.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp<'a> {
    pub(super) now: Ms,
    /// Start of the agent: crash answers carry it.
    pub(super) started: Ms,
    pub(super) trace: &'a str,
    /// Milliseconds.
    pub(super) duration: u64,
    pub(super) is_chinese: bool,
}

const JSON: &str = "application/json";
/// Crash handler and door write it so.
const JSON_UTF8: &str = "application/json; charset=utf-8";

impl Stamp<'_> {
    fn envelope(&self, status: u16) -> Map<String, Value> {
        let mut map = Map::new();
        map.insert("successful".into(), json!(status < 400));
        map.insert("timestamp".into(), json!(time(self.now)));
        map.insert("duration".into(), json!(self.duration));
        map.insert("status".into(), json!(status));
        map.insert("traceId".into(), json!(self.trace));
        map
    }
}

pub(super) fn of_reply(reply: Reply, stamp: &Stamp<'_>) -> Ready {
    let data = match reply {
        Reply::Page => {
            return Ready {
                status: 200,
                headers: vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())],
                body: b"<html></html>\n".to_vec(),
            };
        }
        Reply::Data(data) => Some(data),
        Reply::Bare => None,
    };
    let mut map = stamp.envelope(200);
    if let Some(data) = data {
        map.insert("data".into(), data);
    }
    ready(200, JSON, map)
}

pub(super) fn of_refusal(refusal: &Refusal, stamp: &Stamp<'_>) -> Ready {
    let mut stamp = *stamp;
    if refusal.from != From::Handler {
        stamp.trace = "";
        stamp.duration = 0;
    }
    if refusal.from == From::Crash {
        stamp.now = stamp.started;
    }
    let mut map = stamp.envelope(refusal.status);
    if refusal.null {
        map.insert("data".into(), Value::Null);
    }
    let chinese = refusal.chinese.as_ref().filter(|_| stamp.is_chinese);
    let mut error = Map::new();
    if refusal.code != 0 {
        error.insert("code".into(), json!(refusal.code));
    }
    error.insert("errCode".into(), json!(refusal.err));
    error.insert("message".into(), json!(chinese.unwrap_or(&refusal.message)));
    map.insert("error".into(), Value::Object(error));
    ready(refusal.status, if refusal.from == From::Handler { JSON } else { JSON_UTF8 }, map)
}

fn ready(status: u16, kind: &str, map: Map<String, Value>) -> Ready {
    Ready {
        status,
        headers: vec![("content-type".to_owned(), kind.to_owned())],
        body: Value::Object(map).to_string().into_bytes(),
    }
}
