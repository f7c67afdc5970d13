//! OCP's answers as they come: all generations of each object in one loose type (ocp-api 6, 7).
//!
//! Everything but an ID, a name and a status may be missing; null is missing; unknown members are ignored.
//! Spellings that differ between versions are separate members, because an answer may hold both.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::value::RawValue;

pub(super) use crate::plane::answer::{Body, Head};
use crate::plane::json::{Id, Word};

/// A list, paged or not (ocp-api 2.1).
#[derive(Debug, Deserialize)]
pub(super) struct Contents<T> {
    pub(super) contents: Option<Vec<T>>,
    pub(super) page: Option<Page>,
}

/// Which page of how many; the tables write `totalPage`, the samples `totalPages`.
#[derive(Debug, Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    total_pages: Option<i64>,
    total_page: Option<i64>,
}

impl Page {
    /// How many pages there are; 1 when none was told.
    pub(super) fn total(self) -> u32 {
        let told = self.total_pages.or(self.total_page).unwrap_or(1);
        u32::try_from(told.max(1)).unwrap_or(u32::MAX)
    }
}

/// `GET /api/v2/info`: no envelope (ocp-api 3.7).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Info {
    pub(super) build_version: Option<Word>,
}

/// An item of the cluster list (ocp-api 3.1).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cluster {
    pub(super) id: Id,
    pub(super) name: Word,
    pub(super) status: Word,
    pub(super) ob_cluster_id: Option<Word>,
    pub(super) ob_version: Option<Word>,
    #[serde(rename = "type")]
    pub(super) role: Option<Word>,
    #[serde(rename = "primaryCluster")]
    pub(super) primary: Option<Peer>,
    #[serde(rename = "standbyClusters")]
    pub(super) standbys: Option<Vec<Option<Peer>>>,
    pub(super) sync_status: Option<Word>,
    pub(super) delay_time: Option<Word>,
    pub(super) server_count: Option<i64>,
    pub(super) root_servers: Option<Vec<RootServer>>,
    pub(super) zones: Option<Vec<Zone>>,
    pub(super) fail_to_query_from_ob_reason: Option<Word>,
}

/// A cluster that another one names as its primary or standby. The tables call it "object" and "array" and no sample
/// holds one, so nothing of it is required: what cannot be read leaves a peer without a name, never a list unread.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Peer {
    pub(super) name: Option<Word>,
    pub(super) sync_status: Option<Word>,
    pub(super) delay_time: Option<Word>,
}

impl<'de> Deserialize<'de> for Peer {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Told<'a> {
            #[serde(borrow)]
            name: Option<&'a RawValue>,
            #[serde(borrow)]
            sync_status: Option<&'a RawValue>,
            #[serde(borrow)]
            delay_time: Option<&'a RawValue>,
        }
        let raw = <&RawValue>::deserialize(d)?.get();
        let word = |w: Option<&RawValue>| serde_json::from_str::<Option<Word>>(w?.get()).ok().flatten();
        // A name alone is as good as an object with one.
        if !raw.starts_with('{') {
            return Ok(Self { name: serde_json::from_str(raw).ok(), ..Self::default() });
        }
        Ok(serde_json::from_str::<Told<'_>>(raw).map_or_else(
            |_| Self::default(),
            |t| Self { name: word(t.name), sync_status: word(t.sync_status), delay_time: word(t.delay_time) },
        ))
    }
}

/// A RootService server.
#[derive(Debug, Deserialize)]
pub(super) struct RootServer {
    pub(super) address: Option<Word>,
    pub(super) role: Option<Word>,
}

/// A zone (ocp-api 3.2).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Zone {
    pub(super) name: Word,
    pub(super) region_name: Option<Word>,
    pub(super) idc_name: Option<Word>,
    pub(super) status: Option<Word>,
    pub(super) inner_status: Option<Word>,
    pub(super) server_count: Option<i64>,
    pub(super) servers: Option<Vec<Server>>,
}

/// A server (ocp-api 3.3).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Server {
    pub(super) id: Id,
    pub(super) ip: Option<Word>,
    pub(super) port: Option<Word>,
    pub(super) version: Option<Word>,
    /// The samples' spelling.
    #[serde(rename = "withRootserver")]
    pub(super) rootserver_in_samples: Option<bool>,
    /// The tables' spelling.
    #[serde(rename = "withRootServer")]
    pub(super) rootserver_in_tables: Option<bool>,
    pub(super) status: Option<Word>,
    pub(super) inner_status: Option<Word>,
    pub(super) zone_name: Option<Word>,
    pub(super) start_time: Option<Word>,
    pub(super) stop_time: Option<Word>,
}

/// A tenant (ocp-api 3.5).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tenant {
    pub(super) id: Id,
    pub(super) cluster_id: Option<Id>,
    pub(super) name: Word,
    pub(super) mode: Option<Word>,
    pub(super) status: Option<Word>,
    pub(super) primary_zone: Option<Word>,
    pub(super) zone_list: Option<Word>,
    pub(super) locality: Option<Word>,
}

/// A unit, in both forms: of one tenant, and of the whole cluster (ocp-api 3.5).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Unit {
    pub(super) id: Option<Id>,
    pub(super) ob_unit_id: Option<Id>,
    pub(super) tenant_id: Option<Id>,
    pub(super) server_id: Option<Id>,
    pub(super) server_ip: Option<Word>,
    pub(super) svr_ip: Option<Word>,
    pub(super) server_port: Option<Word>,
    pub(super) svr_port: Option<Word>,
    pub(super) zone_name: Option<Word>,
    pub(super) zone: Option<Word>,
    pub(super) status: Option<Word>,
}

/// A cluster parameter (ocp-api 3.7).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Parameter {
    pub(super) name: Word,
    pub(super) current_value: Option<CurrentValue>,
}

/// What a parameter is set to.
#[derive(Debug, Deserialize)]
pub(super) struct CurrentValue {
    pub(super) values: Option<Vec<Option<Word>>>,
}

/// An audit event (ocp-api 3.7). The pages list the filters of this call but print no answer: names of members are read in
/// every spelling that the filters and the rest of the API suggest, and none is required.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AuditEvent {
    pub(super) operation_event: Option<Word>,
    pub(super) event_type: Option<Word>,
    pub(super) resource_name: Option<Word>,
    pub(super) operator_name: Option<Word>,
    pub(super) operator: Option<Word>,
    pub(super) user_name: Option<Word>,
    pub(super) username: Option<Word>,
    pub(super) operator_id: Option<Word>,
    pub(super) status: Option<Word>,
    pub(super) operation_time: Option<Word>,
    pub(super) start_time: Option<Word>,
    pub(super) request_time: Option<Word>,
    pub(super) create_time: Option<Word>,
    pub(super) trace_id: Option<Word>,
}

/// `data` of a subtask's log (ocp-api 3.4).
#[derive(Debug, Deserialize)]
pub(super) struct Log {
    pub(super) log: Option<String>,
}

/// A task in every form: T, A, A2, A3, W, L, X of ocp-api 6.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Task {
    pub(super) id: Id,
    pub(super) name: Word,
    pub(super) status: Word,
    pub(super) cluster: Option<NamedId>,
    pub(super) cluster_id: Option<Id>,
    pub(super) context: Option<Context>,
    pub(super) creator: Option<Creator>,
    pub(super) executor: Option<Word>,
    #[serde(rename = "type")]
    pub(super) kind: Option<Word>,
    pub(super) operation: Option<Word>,
    pub(super) prohibit_rollback: Option<bool>,
    pub(super) start_time: Option<Word>,
    pub(super) finish_time: Option<Word>,
    pub(super) subtasks: Option<Vec<Subtask>>,
    /// What form T calls the list.
    pub(super) tasks: Option<Vec<Subtask>>,
}

/// A subtask.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Subtask {
    pub(super) id: Id,
    pub(super) name: Option<Word>,
    pub(super) description: Option<Word>,
    pub(super) status: Option<Word>,
    pub(super) operation: Option<Word>,
    pub(super) timeout: Option<i64>,
    pub(super) run_time: Option<i64>,
    pub(super) parallel_idx: Option<i64>,
    pub(super) prohibit_rollback: Option<bool>,
    pub(super) prohibit_skip: Option<bool>,
    pub(super) class_name: Option<Word>,
    pub(super) executor: Option<Word>,
    pub(super) start_time: Option<Word>,
    pub(super) finish_time: Option<Word>,
    pub(super) upstreams: Option<Vec<Id>>,
    pub(super) downstreams: Option<Vec<Id>>,
}

/// `{id, name}`.
#[derive(Debug, Deserialize)]
pub(super) struct NamedId {
    pub(super) id: Option<Id>,
    pub(super) name: Option<Word>,
}

/// Who asked for a task: a name, or an object with one.
#[derive(Debug)]
pub(super) struct Creator(pub(super) String);

impl<'de> Deserialize<'de> for Creator {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Named {
            name: Option<Word>,
        }
        let raw = <&RawValue>::deserialize(d)?.get();
        let name = if raw.starts_with('{') {
            serde_json::from_str::<Named>(raw).map(|n| n.name.map(|w| w.0).unwrap_or_default())
        } else {
            serde_json::from_str::<Word>(raw).map(|w| w.0)
        };
        name.map(Creator).map_err(serde::de::Error::custom)
    }
}

/// A task's context: an object, or text of the form `Context(parallelIdx=-1, stringMap={k=v}, listMap={k=[a, b]})`.
///
/// It only helps to name what a step works on, so what cannot be read of it is left out and breaks nothing.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Context {
    pub(super) strings: BTreeMap<String, String>,
    pub(super) lists: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ContextObject {
    string_map: Option<BTreeMap<String, Option<Word>>>,
    list_map: Option<BTreeMap<String, Option<Vec<Option<Word>>>>>,
}

impl<'de> Deserialize<'de> for Context {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(d)?.get();
        if raw.starts_with('{') {
            return Ok(Context::from_json(raw));
        }
        let text: String = serde_json::from_str(raw).unwrap_or_default();
        // The tables describe the text as JSON; the samples show Java's own form.
        Ok(if text.starts_with('{') { Context::from_json(&text) } else { Context::from_java(&text) })
    }
}

impl Context {
    fn from_json(text: &str) -> Self {
        let Ok(object) = serde_json::from_str::<ContextObject>(text) else { return Self::default() };
        let strings = object.string_map.unwrap_or_default().into_iter();
        let lists = object.list_map.unwrap_or_default().into_iter();
        Self {
            strings: strings.filter_map(|(k, v)| Some((k, v?.0))).collect(),
            lists: lists
                .filter_map(|(k, v)| Some((k, v?.into_iter().flatten().map(|w| w.0).collect())))
                .collect(),
        }
    }

    fn from_java(text: &str) -> Self {
        Self {
            strings: entries(block(text, "stringMap=")),
            lists: entries(block(text, "listMap="))
                .into_iter()
                .map(|(k, v)| {
                    let inner = v.trim_start_matches('[').trim_end_matches(']');
                    (k, inner.split(", ").filter(|s| !s.is_empty()).map(str::to_owned).collect())
                })
                .collect(),
        }
    }
}

/// What stands between the braces after `name`.
fn block<'a>(text: &'a str, name: &str) -> &'a str {
    let Some((_, rest)) = text.split_once(name) else { return "" };
    let Some(rest) = rest.strip_prefix('{') else { return "" };
    let mut depth = 1_usize;
    for (at, c) in rest.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return rest.get(..at).unwrap_or("");
        }
    }
    ""
}

/// `k=v, k=v`; a comma inside brackets does not separate, and a piece without `=` belongs to the value before.
fn entries(block: &str) -> BTreeMap<String, String> {
    let mut out: Vec<(String, String)> = Vec::new();
    for piece in block.split(", ") {
        let open = out.last().is_some_and(|(_, v)| v.starts_with('[') && !v.ends_with(']'));
        match (piece.split_once('='), out.last_mut()) {
            (Some((k, v)), _) if !open => out.push((k.to_owned(), v.to_owned())),
            (_, Some((_, last))) => {
                last.push_str(", ");
                last.push_str(piece);
            }
            _ => {}
        }
    }
    out.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plane::json::decode;

    fn context(text: &str) -> Context {
        decode(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_context_reads_the_same_as_text_and_as_object() {
        let java = context(
            r#""Context(parallelIdx=-1, stringMap={cluster_id=21, note=a, b, zone_name=zone1}, listMap={server_ids=[5, 7], zone_names=[zone1], none=[]})""#,
        );
        let json = context(
            r#"{"listMap":{"server_ids":["5",7],"zone_names":["zone1"],"none":[]},"parallel":false,"parallelIdx":-1,
                "stringMap":{"cluster_id":"21","note":"a, b","zone_name":"zone1","gone":null}}"#,
        );
        assert_eq!(java, json);
        assert_eq!(java.lists["server_ids"], ["5", "7"]);
    }

    #[test]
    fn a_context_of_another_shape_breaks_nothing() {
        for text in
            ["\"\"", "\"Context(\"", "\"Context(stringMap={a\"", "7", "[1]", "{\"stringMap\":3}", "\"{\""]
        {
            assert_eq!(context(text), Context::default(), "{text}");
        }
    }

    #[test]
    fn a_peer_is_an_object_or_a_name_and_breaks_no_list() {
        let peer = |t: &str| decode::<Peer>(t.as_bytes()).unwrap();
        let word = |w: &str| Some(Word(w.to_owned()));
        let told = Peer { name: word("dr"), sync_status: word("VALID"), delay_time: word("2.5") };
        assert_eq!(peer(r#"{"id":7,"name":"dr","syncStatus":"VALID","delayTime":2.5,"zones":[]}"#), told);
        assert_eq!(peer(r#""dr""#), Peer { name: word("dr"), ..Peer::default() });
        assert_eq!(peer(r#"{"name":{"en":"dr"},"syncStatus":null,"delayTime":[1]}"#), Peer::default());
        for other in ["7.5", "[1]", "true", r#"{"name":"a","name":"b"}"#] {
            assert_eq!(peer(other).sync_status, None, "{other}");
        }
    }

    #[test]
    fn a_creator_is_a_name_or_an_object() {
        let name = |t: &str| decode::<Creator>(t.as_bytes()).unwrap().0;
        assert_eq!(name(r#""admin""#), "admin");
        assert_eq!(name(r#"{"id":100,"name":"admin"}"#), "admin");
        assert_eq!(name(r#"{"id":100}"#), "");
    }
}
