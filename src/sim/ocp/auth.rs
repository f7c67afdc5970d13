//! Who asks, and what they may: Basic and AK/SK (ocp-api 1.2, 1.3), lock-out, rights (1.5).

use std::collections::HashMap;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::call::Call;
use super::sign::Signed;
use crate::sim::scenario::Product;
use crate::sim::seed::{Rng, mix, word};
use crate::sim::time::{Ms, SECOND, parse_http_date};
use crate::sim::world::{Refusal, User};

/// Furthest that a signed request's `Date` may be from the server's clock.
const DATE_SLACK: Ms = 15 * 60 * SECOND;
/// How long a user is locked.
const USER_LOCK: Ms = 30 * 60 * SECOND;
/// How long a client address is blocked.
const CLIENT_LOCK: Ms = 10 * 60 * SECOND;

/// What a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    /// Look at clusters, tenants, hosts and tasks.
    Look,
    /// Stop, start, restart.
    Manage,
    /// Retry, roll back, skip, cancel.
    ManageTasks,
    /// Read audit events.
    Audit,
}

/// Name and secrets of a user of the stand-in.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// User name.
    pub username: String,
    /// Password for Basic authentication.
    pub password: String,
    /// Access key.
    pub access_key_id: String,
    /// Its secret.
    pub access_key_secret: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("username", &self.username).finish_non_exhaustive()
    }
}

/// A user who has been let in.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) user: User,
    rights: &'static [Right],
}

impl Login {
    pub(crate) fn may(&self, right: Right) -> Result<(), Refusal> {
        if self.rights.contains(&right) {
            return Ok(());
        }
        let name = &self.user.name;
        let message = format!("The user {name} is not authorized to perform the operation.");
        Err(Refusal::new(403, 3100, message).zh(format!("用户 {name} 没有权限执行该操作。")))
    }
}

struct Account {
    id: i64,
    credentials: Credentials,
    rights: &'static [Right],
}

#[derive(Default)]
struct Failures {
    count: u32,
    locked_until: Option<Ms>,
}

/// The user table and its lock-outs.
pub(crate) struct Door {
    accounts: Vec<Account>,
    max_attempts: u32,
    client_max_attempts: u32,
    users: HashMap<String, Failures>,
    clients: HashMap<IpAddr, Failures>,
}

/// Users counted for lock-out; a stand-in that is shot at with made-up names must not grow.
const USERS_COUNTED: usize = 1000;

impl Door {
    /// Three users, with secrets that depend on the seed: `admin` may all, `oncall` may not touch tasks, `viewer` only
    /// looks.
    pub(crate) fn new(seed: u64, product: &Product) -> Door {
        const ALL: &[Right] = &[Right::Look, Right::Manage, Right::ManageTasks, Right::Audit];
        const ONCALL: &[Right] = &[Right::Look, Right::Manage, Right::Audit];
        let accounts = [("admin", 100, ALL), ("oncall", 101, ONCALL), ("viewer", 102, &[Right::Look])];
        Door {
            accounts: accounts
                .into_iter()
                .map(|(name, id, rights)| Account { id, credentials: credentials(seed, name), rights })
                .collect(),
            max_attempts: product.max_attempts,
            client_max_attempts: product.client_max_attempts,
            users: HashMap::new(),
            clients: HashMap::new(),
        }
    }

    pub(crate) fn credentials(&self, name: &str) -> Option<&Credentials> {
        self.accounts.iter().map(|a| &a.credentials).find(|c| c.username == name)
    }

    /// Lets a request in, or not. `now` is the server's own clock.
    pub(crate) fn enter(&mut self, call: &Call, from: IpAddr, now: Ms) -> Result<Login, Refusal> {
        if self.clients.get(&from).is_some_and(|f| f.is_locked(now)) {
            return Err(Refusal::new(
                401,
                3014,
                "The client address is blocked after too many failed logons.",
            ));
        }
        let given = call.header("authorization").unwrap_or("");
        let (claimed, verdict) = match given.split_once(' ') {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("basic") => self.basic(rest.trim()),
            Some(("OCP-ACCESS-KEY-HMACSHA1", rest)) => self.access_key(call, rest, now),
            // A request without any claim is no failed logon.
            _ => return Err(not_logged_on("no credentials were given")),
        };
        if claimed.as_ref().and_then(|name| self.users.get(name)).is_some_and(|f| f.is_locked(now)) {
            return Err(Refusal::new(401, 3006, "The user is locked after too many failed logons."));
        }
        match verdict {
            Ok(login) => {
                self.users.remove(&login.user.name);
                self.clients.remove(&from);
                Ok(login)
            }
            Err(why) => {
                self.count(claimed, from, now);
                Err(not_logged_on(why))
            }
        }
    }

    fn basic(&self, token: &str) -> (Option<String>, Result<Login, &'static str>) {
        let text = STANDARD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let Some((name, password)) = text.as_deref().and_then(|t| t.split_once(':')) else {
            return (None, Err("the Authorization header cannot be read"));
        };
        let account = self
            .accounts
            .iter()
            .find(|a| a.credentials.username == name && a.credentials.password == password);
        (Some(name.to_owned()), account.map(Account::login).ok_or("username or password is wrong"))
    }

    fn access_key(&self, call: &Call, rest: &str, now: Ms) -> (Option<String>, Result<Login, &'static str>) {
        let Some((key, signature)) = rest.split_once(':') else {
            return (None, Err("the Authorization header cannot be read"));
        };
        let Some(account) = self.accounts.iter().find(|a| a.credentials.access_key_id == key) else {
            return (None, Err("the access key does not exist"));
        };
        let name = Some(account.credentials.username.clone());
        let date = call.header("date").unwrap_or("");
        let Some(at) = parse_http_date(date) else {
            return (name, Err("the Date header is missing or no HTTP date"));
        };
        if (at - now).abs() >= DATE_SLACK {
            return (name, Err("the Date header is 15 minutes or more off the server's time"));
        }
        let signed = Signed {
            method: &call.method,
            body: &call.body,
            content_type: call.header("content-type").unwrap_or(""),
            date,
            host: call.header("host").unwrap_or(""),
            headers: &call.headers,
            path: &call.path,
            query: &call.query,
        };
        let is_right = signed.is_by(&account.credentials.access_key_secret, signature);
        (name, if is_right { Ok(account.login()) } else { Err("the signature does not match") })
    }

    fn count(&mut self, claimed: Option<String>, from: IpAddr, now: Ms) {
        self.clients.entry(from).or_default().count(self.client_max_attempts, now + CLIENT_LOCK);
        if let Some(name) =
            claimed.filter(|name| self.users.len() < USERS_COUNTED || self.users.contains_key(name))
        {
            self.users.entry(name).or_default().count(self.max_attempts, now + USER_LOCK);
        }
    }
}

impl Account {
    fn login(&self) -> Login {
        let user = User { id: self.id, name: self.credentials.username.clone() };
        Login { user, rights: self.rights }
    }
}

impl Failures {
    fn count(&mut self, most: u32, locked_until: Ms) {
        self.count += 1;
        if self.count >= most {
            *self = Failures { count: 0, locked_until: Some(locked_until) };
        }
    }

    fn is_locked(&self, now: Ms) -> bool {
        self.locked_until.is_some_and(|until| now < until)
    }
}

/// As the sibling product words it: code 0, the cause in `debugMessage` (ocp-api 1.5).
fn not_logged_on(why: &str) -> Refusal {
    Refusal {
        debug: Some(why.to_owned()),
        ..Refusal::new(401, 0, "Authentication failed, log on first.").zh("认证失败，请先登录。")
    }
}

pub(super) fn credentials(seed: u64, name: &str) -> Credentials {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    let mut rng = Rng::new(mix(&[seed, word(name), 0x5EC]));
    Credentials {
        username: name.to_owned(),
        password: rng.letters(14, LETTERS),
        access_key_id: rng.letters(16, LETTERS),
        access_key_secret: rng.hex(32),
    }
}
