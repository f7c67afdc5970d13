//! Stop and start as they are asked for: how the body is read, and what is refused before a DAG is made (obshell-api 7.1).

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::{Map, Value};

use super::Identity;
use super::order::{Mode, Order, Scope, Verb};
use super::refusal::Refusal;
use super::work::needs_database;
use super::world::World;
use crate::sim::scenario::EdgeStop;
use crate::sim::time::SECOND;

/// Port of an agent when an address has none.
const AGENT_PORT: u16 = 2886;

type Members = Map<String, Value>;

/// The body's members; none for an empty one.
pub(super) fn members(body: &[u8]) -> Result<Members, Refusal> {
    if body.trim_ascii().is_empty() {
        return Ok(Map::new());
    }
    let value: Value = serde_json::from_slice(body).map_err(|e| {
        if e.is_eof() { Refusal::bind("EOF") } else { Refusal::bind(format!("invalid character: {e}")) }
    })?;
    match value {
        Value::Object(members) => Ok(members),
        Value::Null => Ok(Map::new()),
        other => Err(wrong(&other, "", "param.Param")),
    }
}

fn wrong(value: &Value, field: &str, wanted: &str) -> Refusal {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    Refusal::bind(format!("json: cannot unmarshal {kind} into Go struct field {field} of type {wanted}"))
}

/// As Go finds a member: whatever the case of its name.
fn member<'a>(members: &'a Members, name: &str) -> Option<&'a Value> {
    members.iter().find(|(k, _)| k.eq_ignore_ascii_case(name)).map(|(_, v)| v).filter(|v| !v.is_null())
}

fn flag(members: &Members, name: &str) -> Result<bool, Refusal> {
    match member(members, name) {
        None => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(other) => Err(wrong(other, &format!("ObStopParam.{name}"), "bool")),
    }
}

pub(super) fn text(members: &Members, name: &str) -> Result<String, Refusal> {
    match member(members, name) {
        None => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(other) => Err(wrong(other, name, "string")),
    }
}

fn texts(members: &Members, name: &str) -> Result<Vec<String>, Refusal> {
    let list = match member(members, name) {
        None => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        Some(other) => return Err(wrong(other, name, "[]string")),
    };
    list.iter().map(|v| v.as_str().map(str::to_owned).ok_or_else(|| wrong(v, name, "string"))).collect()
}

fn object(members: &Members, name: &str, wanted: &str) -> Result<Members, Refusal> {
    match member(members, name) {
        None => Ok(Map::new()),
        Some(Value::Object(inner)) => Ok(inner.clone()),
        Some(other) => Err(wrong(other, &format!("ObStopParam.{name}"), wanted)),
    }
}

fn pass_list(members: &Members) -> Result<Vec<String>, Refusal> {
    texts(&object(members, "forcePassDag", "param.ForcePassDagParam")?, "id")
}

impl World {
    /// `POST /ob/stop`: gives the number of the main DAG.
    pub(super) fn stop(&mut self, asked: usize, body: &[u8]) -> Result<u64, Refusal> {
        let body = members(body)?;
        let (force, terminate) = (flag(&body, "force")?, flag(&body, "terminate")?);
        let pass = pass_list(&body)?;
        let mut order = self.scoped(Verb::Stop, &body)?;
        self.must_be_cluster(asked).map_err(Refusal::with_null)?;
        order.pass = pass;
        order.mode = match (force, terminate) {
            (true, true) => {
                let why = "Cannot stop observer with 'force' and 'terminate' at the same time";
                return Err(Refusal::new(400, "OB.Cluster.StopModeConflict", why).with_null());
            }
            (true, false) => Mode::Force,
            (false, true) => Mode::Terminate,
            (false, false) if order.scope == Scope::Global => {
                let why = "Cannot stop all observers without 'force' and 'terminate'";
                return Err(Refusal::new(400, "OB.Cluster.ForceStopOrTerminateRequired", why).with_null());
            }
            (false, false) => Mode::Plain,
        };
        if needs_database(order.scope, order.mode) && !self.connected(asked, self.now) {
            let why = "The current observer is not available, please stop with 'force'";
            return Err(Refusal::new(400, "OB.Cluster.ForceStopRequired", why).with_null());
        }
        // Kill modes are checked by nobody (obshell-api 7.1).
        if order.mode == Mode::Plain {
            self.must_be_safe(&order.zones)?;
        }
        Ok(self.begin(asked, order))
    }

    /// `POST /ob/start`.
    pub(super) fn start(&mut self, asked: usize, body: &[u8]) -> Result<u64, Refusal> {
        let body = members(body)?;
        let pass = pass_list(&body)?;
        let mut order = self.scoped(Verb::Start, &body)?;
        if self.identity == Identity::Single {
            let why = "Cluster has not been initialized, please initialize it first";
            return Err(Refusal::new(400, "OB.Cluster.NotInitialized", why));
        }
        order.pass = pass;
        Ok(self.begin(asked, order))
    }

    /// `POST /ob/zone/{zone}/stop`; checks alone for `…/check`.
    pub(super) fn stop_zone(
        &mut self,
        asked: usize,
        zone: &str,
        body: &[u8],
        only_check: bool,
    ) -> Result<Option<u64>, Refusal> {
        let body = members(body)?;
        let (freeze, pass) = (flag(&body, "freeze_server")?, pass_list(&body)?);
        let checked = self.may_stop_zone(asked, zone);
        if only_check {
            return checked.map(|_| None);
        }
        let order = self.zone_stop(checked.map_err(Refusal::with_null)?, freeze, pass);
        Ok(Some(self.begin(asked, order)))
    }

    fn zone_stop(&self, zone: usize, freeze: bool, pass: Vec<String>) -> Order {
        Order {
            verb: Verb::Stop,
            scope: Scope::Zone,
            mode: Mode::Zone { freeze },
            zones: vec![zone],
            targets: self.servers_in(&[zone]),
            pass,
        }
    }

    /// Lets a zone stop begin in the past and go on until now.
    pub(super) fn was_stopping(&mut self, stop: EdgeStop) {
        let now = self.now;
        self.now = now - stop.ago_s * SECOND;
        self.stepped = self.now;
        let order = self.zone_stop(stop.zone.saturating_sub(1), true, Vec::new());
        self.begin(0, order);
        self.advance(now);
    }

    fn may_stop_zone(&self, asked: usize, zone: &str) -> Result<usize, Refusal> {
        self.must_be_cluster(asked)?;
        if !self.connected(asked, self.now) {
            let refusal = Refusal::not_hold();
            let message = format!("check if zone exist failed: {}", refusal.message);
            return Err(Refusal { message, ..refusal });
        }
        let zone = self.zone_named(zone)?;
        self.must_be_safe(&[zone])?;
        Ok(zone)
    }

    pub(super) fn must_be_cluster(&self, asked: usize) -> Result<(), Refusal> {
        if self.identity == Identity::Cluster {
            return Ok(());
        }
        Err(Refusal::identity(&self.place_of(asked), self.identity_word(), "CLUSTER AGENT"))
    }

    /// The scope of the body: what it names must exist.
    fn scoped(&self, verb: Verb, body: &Members) -> Result<Order, Refusal> {
        let scope = object(body, "scope", "param.Scope")?;
        let (kind, target) = (text(&scope, "type")?, texts(&scope, "target")?);
        // De-duplicated; the order of the names does not count.
        let names: BTreeSet<&str> = target.iter().map(String::as_str).collect();
        let mut order = Order {
            verb,
            scope: Scope::Global,
            mode: Mode::Plain,
            zones: (0..self.zones.len()).collect(),
            targets: (0..self.agents.len()).collect(),
            pass: Vec::new(),
        };
        match kind.to_ascii_uppercase().as_str() {
            "GLOBAL" => return Ok(order),
            "ZONE" => order.scope = Scope::Zone,
            "SERVER" => order.scope = Scope::Server,
            _ => {
                return Err(Refusal::new(
                    400,
                    "OB.Cluster.Scope.Invalid",
                    format!("Scope '{kind}' is invalid"),
                ));
            }
        }
        if names.is_empty() {
            let why = "The input parameter 'target' is illegal: target is empty";
            return Err(Refusal::new(400, "Common.IllegalArgument", why));
        }
        if order.scope == Scope::Zone {
            order.zones = names.iter().map(|name| self.zone_named(name)).collect::<Result<_, _>>()?;
            order.targets = self.servers_in(&order.zones);
            return Ok(order);
        }
        order.targets = names.iter().map(|name| self.agent_named(name)).collect::<Result<_, _>>()?;
        let zones: BTreeSet<usize> =
            order.targets.iter().filter_map(|ix| self.agents.get(*ix)).map(|a| a.zone).collect();
        order.zones = zones.into_iter().collect();
        Ok(order)
    }

    fn zone_named(&self, name: &str) -> Result<usize, Refusal> {
        let found = self.zones.iter().position(|z| z.name == name && self.identity == Identity::Cluster);
        found.ok_or_else(|| Refusal::new(400, "OB.Zone.NotExist", format!("Zone '{name}' does not exist")))
    }

    fn agent_named(&self, name: &str) -> Result<usize, Refusal> {
        let (ip, port) = match name.rsplit_once(':') {
            Some((ip, port)) if !ip.contains(':') || ip.starts_with('[') => (ip, Some(port)),
            _ => (name, None),
        };
        let bare = ip.trim_start_matches('[').trim_end_matches(']');
        let ip: IpAddr = bare.parse().map_err(|_| {
            Refusal::new(400, "Common.InvalidIp", format!("'{bare}' is not a valid IP address"))
        })?;
        let port = match port {
            None => AGENT_PORT,
            Some(port) => port.parse().map_err(|_| {
                Refusal::new(400, "Common.InvalidPort", format!("'{port}' is not a valid port"))
            })?,
        };
        let found = self.agents.iter().position(|a| a.place.ip == ip && a.place.port == port);
        let address = std::net::SocketAddr::new(ip, port);
        found.ok_or_else(|| Refusal::new(400, "Agent.NotExist", format!("Server '{address}' does not exist")))
    }

    fn servers_in(&self, zones: &[usize]) -> Vec<usize> {
        let is_in = |ix: &usize| self.agents.get(*ix).is_some_and(|a| zones.contains(&a.zone));
        (0..self.agents.len()).filter(is_in).collect()
    }

    /// One zone at a time, and a majority must stay.
    fn must_be_safe(&self, zones: &[usize]) -> Result<(), Refusal> {
        let is_other = |zone: usize| !zones.contains(&zone);
        let other_stopped = self.zones.iter().enumerate().any(|(ix, z)| is_other(ix) && !z.active)
            || self.agents.iter().any(|a| is_other(a.zone) && a.observer.stopped.is_some());
        if zones.len() > 1 || other_stopped {
            let why = "Cannot stop server or stop zone in multiple zones";
            return Err(Refusal::new(400, "OB.Server.StoppedInMultiZone", why).with_null());
        }
        let alive = self.agents.iter().filter(|a| is_other(a.zone) && a.observer.running).count();
        if alive * 2 <= self.agents.len() {
            // This one text is an untranslated key in the real agent (obshell-api 4).
            let why = "err.ob.cluster.tenant.replica.invalid";
            return Err(Refusal::new(400, "OB.Cluster.Tenant.Replica.Invalid", why).with_null());
        }
        Ok(())
    }
}
