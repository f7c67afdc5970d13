//! Who may ask: the sealed header, the password, the session (obshell-api 3).

use serde_json::{Map, Value};

use super::key::{BadBody, Key, Seal, Unopened};
use super::refusal::{From, Refusal};
use super::world::World;
use super::{Identity, Protection};
use crate::sim::seed::{Rng, mix};
use crate::sim::time::{Ms, SECOND};

/// A session without use ends after so long.
const SESSION: Ms = 30 * 60 * SECOND;

/// What the sealed header says.
#[derive(Debug, Clone)]
pub(super) struct Header {
    /// Whether it came as `X-OCS-Agent-Header`.
    is_agent: bool,
    auth: String,
    ts: String,
    uri: String,
    session: String,
    pub(super) seal: Option<Seal>,
    /// As it was, for those who look at arrivals.
    pub(super) clear: String,
}

/// A request, opened.
#[derive(Debug, Clone, Default)]
pub(super) struct Opened {
    pub(super) header: Option<Header>,
    pub(super) body: Vec<u8>,
}

/// Opens header and body; the first two checks of an agent.
pub(super) fn open(
    key: &Key,
    protection: Protection,
    headers: &[(String, String)],
    body: &[u8],
) -> (Opened, Result<(), Refusal>) {
    let named = |name: &str| headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let mut opened = Opened { header: None, body: body.to_vec() };
    let text = match protection {
        Protection::V1 => named("x-ocs-auth").map(|text| (text, false)),
        Protection::V2 => named("x-ocs-agent-header")
            .map(|text| (text, true))
            .or_else(|| named("x-ocs-header").map(|text| (text, false))),
    };
    let Some((text, is_agent)) = text else { return (opened, Ok(())) };
    match read_header(key, text, is_agent) {
        Ok(header) => opened.header = Some(header),
        Err(refusal) => return (opened, Err(refusal)),
    }
    if protection == Protection::V1 || body.is_empty() {
        return (opened, Ok(()));
    }
    let seal = opened.header.as_ref().and_then(|h| h.seal);
    let clear = seal.ok_or(BadBody::NoKey).and_then(|seal| seal.open(body));
    match clear {
        Ok(clear) => {
            opened.body = clear;
            (opened, Ok(()))
        }
        Err(bad) => (opened, Err(bad_body(bad))),
    }
}

fn read_header(key: &Key, text: &str, is_agent: bool) -> Result<Header, Refusal> {
    let bytes = key.open(text).map_err(|e| match e {
        Unopened::Base64(at) => Refusal::sealed(&format!("illegal base64 data at input byte {at}")),
        Unopened::Rsa => Refusal::sealed("crypto/rsa: decryption error"),
    })?;
    let members: Map<String, Value> =
        serde_json::from_slice(&bytes).map_err(|_| Refusal::sealed("unexpected EOF"))?;
    // Go matches the names of members whatever their case.
    let member = |name: &str| members.iter().find(|(k, _)| k.eq_ignore_ascii_case(name)).map(|(_, v)| v);
    let string = |name: &str| member(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let ts = match member("ts") {
        Some(Value::Number(n)) => n.to_string(),
        _ => string("ts"),
    };
    let auth = member("password").and_then(Value::as_str).map_or_else(|| string("auth"), str::to_owned);
    Ok(Header {
        is_agent,
        auth,
        ts,
        uri: string("uri"),
        session: string("session_id"),
        seal: Seal::read(&string("keys")),
        clear: String::from_utf8_lossy(&bytes).into_owned(),
    })
}

fn bad_body(bad: BadBody) -> Refusal {
    let (err, text) = match bad {
        BadBody::Crash => return Refusal::crash(),
        BadBody::NoKey => ("Request.Body.Decrypt.AES.KeyAndIv.Invalid", "AES key and IV size error"),
        BadBody::Length => (
            "Request.Body.Decrypt.AES.ContentLength.Invalid",
            "Decrypted string length is not a multiple of the block size",
        ),
    };
    Refusal { from: From::Door, ..Refusal::new(500, err, format!("Unauthorized: {text}")) }
}

impl World {
    /// The checks behind the opening: header there, URI, password or session.
    pub(super) fn enter(
        &mut self,
        agent: usize,
        protection: Protection,
        header: Option<&Header>,
        target: &str,
        wall: Ms,
    ) -> Result<(), Refusal> {
        let Some(header) = header else {
            return Err(Refusal::new(
                400,
                "Request.Header.NotFound",
                "X-OCS-Agent-Header or X-OCS-Header not found in http request header",
            ));
        };
        if protection == Protection::V2 && header.uri != target {
            return Err(Refusal::unauthorized("Security.Authentication.Header.UriMismatch", "URI mismatch"));
        }
        let path = target.split('?').next().unwrap_or_default();
        let own = self.agents.get(agent).and_then(|a| a.password.clone());
        if self.identity == Identity::Single && own.is_none() && !header.is_agent {
            return Ok(());
        }
        if !header.session.is_empty() {
            return self.session(agent, header, wall);
        }
        let wrong = |err, text: &str| Err(Refusal::unauthorized(err, format!("Unauthorized: {text}")));
        if header.is_agent {
            let Some(own) = own else {
                return wrong(
                    "Security.Authentication.WithOceanBasePassword",
                    "Should use oceanbase_password to verify: agent password is not initialized",
                );
            };
            if header.auth != own {
                return wrong(
                    "Security.Authentication.IncorrectAgentPassword",
                    "Agent password is incorrect",
                );
            }
        } else {
            let only_agent = path == "/api/v1/agent/password"
                || path.split('/').any(|p| p.len() > 15 && p.starts_with(['4', '5']));
            if only_agent && own.is_some() {
                return wrong(
                    "Security.Authentication.WithAgentPassword",
                    "Should use agent_password to verify: agent password has been set",
                );
            }
            if header.auth != self.password {
                return wrong(
                    "Security.Authentication.IncorrectOceanbasePassword",
                    "OceanBase password is incorrect",
                );
            }
        }
        if header.auth.is_empty() { Ok(()) } else { fresh(header, "Unauthorized: ", wall) }
    }

    fn session(&mut self, agent: usize, header: &Header, wall: Ms) -> Result<(), Refusal> {
        fresh(header, "", wall)?;
        let sessions = self.agents.get_mut(agent).map(|a| &mut a.sessions);
        match sessions.and_then(|s| s.get_mut(&header.session)) {
            Some(until) if *until >= wall => {
                *until = wall + SESSION;
                Ok(())
            }
            Some(_) => {
                Err(Refusal::unauthorized("Security.Authentication.SessionExpired", "Session is expired"))
            }
            None => {
                Err(Refusal::unauthorized("Security.Authentication.SessionInvalid", "Session is invalid"))
            }
        }
    }

    /// A new session, sealed for the one who asked.
    pub(super) fn login(
        &mut self,
        agent: usize,
        number: u64,
        seal: Option<Seal>,
        wall: Ms,
    ) -> Result<Value, Refusal> {
        let seed = self.seed;
        let id = Rng::new(mix(&[seed, number, 77])).hex(64);
        let seal = seal.ok_or_else(|| bad_body(BadBody::NoKey))?;
        if let Some(agent) = self.agents.get_mut(agent) {
            agent.sessions.insert(id.clone(), wall + SESSION);
        }
        Ok(Value::String(seal.close(id.as_bytes())))
    }
}

/// Whether the header has not expired; seconds count whole.
fn fresh(header: &Header, prefix: &str, wall: Ms) -> Result<(), Refusal> {
    let ts = &header.ts;
    let until: i64 = ts.parse().map_err(|_| {
        Refusal::unauthorized(
            "Security.Authentication.Timestamp.Invalid",
            format!(
                "{prefix}Invalid timestamp: {ts}, err: strconv.ParseInt: parsing \"{ts}\": invalid syntax"
            ),
        )
    })?;
    if wall.div_euclid(SECOND) > until {
        let text = format!("{prefix}Authentication expired");
        return Err(Refusal::unauthorized("Security.Authentication.Expired", text));
    }
    Ok(())
}
