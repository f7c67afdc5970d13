//! One HTTP exchange, bounded in time, size and number; shared by the adapters.
//!
//! Two clients a profile. *Reads* keep connections and may be tried three times. *Actions* have a client that can
//! send only once: HTTP/1.1, no connection kept, no retry below us, redirects off (dependencies, traps 1, 9, 10;
//! reliability P1). Nothing waits without a limit.
//!
//! Retry of reads (reliability 2, "Retry"): only what is certain to be harmless and likely to help, i.e. a
//! connection that ended before an answer, and 502, 503, 504 without a told wait. At most three attempts, full
//! jitter, all inside the one deadline of the read, paid from a token bucket (10 tokens, a retry costs 1, a success
//! gives back 0.1). A timeout is not repeated: the deadline is spent. Refused connections are left to the next poll.
//!
//! The first 401 closes the gate: nothing more is sent for the profile until [`Transport::resume`]. So that a wrong
//! password costs one logon and not four (OCP blocks the address after 5: ocp-api 1.2), reads go one at a time until
//! the login has proved good.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, ClientBuilder, Method, Url};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};

use super::base::{Base, ConnectError};
use super::fault::{Fault, FaultKind};
use super::tape::Reel;
use super::tls::{self, install_tls_provider};
use crate::domain::limits;
use crate::domain::time::{Span, Timestamp};

/// Whether and how a proxy is used. Loopback never goes through one (N11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Proxy {
    /// `HTTPS_PROXY` and its kin, `NO_PROXY` honoured.
    #[default]
    System,
    /// None, whatever the environment says (`proxy = "none"`).
    None,
}

/// What a transport is made of.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) url: String,
    pub(crate) ca_pem: Option<Vec<u8>>,
    pub(crate) insecure: bool,
    pub(crate) proxy: Proxy,
    pub(crate) read_timeout: Span,
    pub(crate) action_timeout: Span,
    /// Longest pause before a read is repeated.
    pub(crate) pause_max: Span,
    /// Which answers say that the login was refused, so that nothing more may be sent (H01).
    pub(crate) login_refused: fn(&Answer) -> bool,
    /// What stands between this and the network.
    pub(crate) reel: Reel,
}

/// A request as it goes out. Not `Debug`: its headers hold secrets.
pub(crate) struct Wire {
    pub(crate) method: Method,
    pub(crate) path_and_query: String,
    /// In the order they are sent.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<String>,
    /// The body as it may be told: before it was sealed.
    pub(crate) told: Option<String>,
    /// Whether it carries the login: only then a 401 is about the login.
    pub(crate) authenticated: bool,
}

/// A whole answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// A header's value, if it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }
}

/// Reads of all profiles together: a console over many control planes must not open a connection to each at once.
static IN_FLIGHT: Semaphore = Semaphore::const_new(limits::IN_FLIGHT);

/// Tenths of a token in a full bucket.
const BUCKET_FULL: u32 = 100;
/// Tenths a retry costs.
const BUCKET_RETRY: u32 = 10;
/// Attempts of one read in all.
const ATTEMPTS: u32 = 3;
/// First pause before a retry; quadruples, then jittered down to a fifth at most.
const PAUSE_FIRST: Duration = Duration::from_secs(1);
/// Shortest pause, unless the longest is shorter ([`Settings::pause_max`]).
const PAUSE_MIN: Duration = Duration::from_millis(200);

/// The connections of one profile.
pub(crate) struct Transport {
    base: Base,
    reads: Client,
    actions: Client,
    read_timeout: Duration,
    action_timeout: Duration,
    pause_max: Duration,
    slots: Semaphore,
    /// One read at a time until the login has proved good.
    probe: Semaphore,
    proved: AtomicBool,
    /// What the 401 said that closed the gate.
    closed: Mutex<Option<String>>,
    tokens: AtomicU32,
    noise: AtomicU64,
    /// The environment's variable that may send requests through a proxy.
    proxy_set_by: Option<&'static str>,
    login_refused: fn(&Answer) -> bool,
    reel: Reel,
}

impl Transport {
    /// Builds both clients. Opens no connection.
    pub(crate) fn new(settings: &Settings) -> Result<Self, ConnectError> {
        install_tls_provider();
        let base = Base::parse(&settings.url)?;
        let certs = certificates(settings)?;
        let tls = |e: reqwest::Error| ConnectError::Tls(words(&e));
        let read_timeout = settings.read_timeout.to_std();
        let action_timeout = settings.action_timeout.to_std();
        let reads =
            builder(&base, settings, &certs, read_timeout, &["h2", "http/1.1"])?.build().map_err(tls)?;
        let actions = builder(&base, settings, &certs, action_timeout, &["http/1.1"])?
            .http1_only()
            .pool_max_idle_per_host(0)
            .retry(reqwest::retry::never())
            .build()
            .map_err(tls)?;
        let proxy_set_by = proxy_variable(&base, settings.proxy, |name| std::env::var(name).ok());
        Ok(Self {
            base,
            proxy_set_by,
            login_refused: settings.login_refused,
            reel: settings.reel.clone(),
            reads,
            actions,
            read_timeout,
            action_timeout,
            pause_max: settings.pause_max.to_std(),
            slots: Semaphore::new(limits::IN_FLIGHT_PER_PROFILE),
            probe: Semaphore::new(1),
            proved: AtomicBool::new(false),
            closed: Mutex::new(None),
            tokens: AtomicU32::new(BUCKET_FULL),
            noise: AtomicU64::new(RandomState::new().build_hasher().finish() | 1),
        })
    }

    /// Where requests go.
    pub(crate) fn base(&self) -> &Base {
        &self.base
    }

    /// Whether a recording answers, and nothing is sent.
    pub(crate) fn is_replay(&self) -> bool {
        matches!(self.reel, Reel::Play(..))
    }

    /// Closes the gate with the words of the refusal.
    pub(crate) fn close(&self, why: &str) {
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        closed.get_or_insert_with(|| why.to_owned());
    }

    /// Opens the gate again: the user acted.
    pub(crate) fn resume(&self) {
        self.proved.store(false, Ordering::Release);
        *self.closed.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whether a 401 closed the gate.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn gate(&self) -> Result<(), Fault> {
        match &*self.closed.lock().unwrap_or_else(PoisonError::into_inner) {
            None => Ok(()),
            Some(why) => Err(Fault::new(FaultKind::Stopped, why.clone())),
        }
    }

    /// Sends a read, repeating it where that is harmless. Answers of any status are answers.
    pub(crate) async fn read(&self, wire: &Wire) -> Result<Answer, Fault> {
        if let Reel::Play(deck, profile) = &self.reel {
            return deck.answer(profile, &self.base.origin, wire);
        }
        self.gate()?;
        let busy = || {
            let why = format!("{}: earlier requests are still waiting for their answers", self.base.place);
            Fault::new(FaultKind::Busy, why)
        };
        let queue_end = Instant::now() + self.read_timeout;
        let _slot = timeout_at(queue_end, self.slots.acquire()).await.map_err(|_| busy())?;
        let _one_of_all = timeout_at(queue_end, IN_FLIGHT.acquire()).await.map_err(|_| busy())?;
        let mut probe = None;
        if wire.authenticated && !self.proved.load(Ordering::Acquire) {
            probe = Some(timeout_at(queue_end, self.probe.acquire()).await.map_err(|_| busy())?);
            if self.proved.load(Ordering::Acquire) {
                probe = None;
            }
        }
        let end = Instant::now() + self.read_timeout;
        let begun = self.reel.now();
        let result = match timeout_at(end, self.attempts(wire, end)).await {
            Ok(result) => result,
            Err(_) => self.late(begun, self.read_timeout, wire),
        };
        drop(probe);
        result
    }

    async fn attempts(&self, wire: &Wire, end: Instant) -> Result<Answer, Fault> {
        let mut attempt = 1;
        loop {
            self.gate()?;
            let result = self.exchange(&self.reads, wire).await;
            self.learn(wire, &result);
            let pause = self.pause(attempt);
            let again = attempt < ATTEMPTS
                && is_worth_repeating(&result)
                && Instant::now() + pause < end
                && self.take_token();
            if !again {
                return result;
            }
            attempt += 1;
            tokio::time::sleep(pause).await;
        }
    }

    /// Sends an action: one attempt, ever. It does not queue behind reads.
    pub(crate) async fn send_once(&self, wire: &Wire) -> Result<Answer, Fault> {
        if self.is_replay() {
            return Err(Fault::new(FaultKind::NotSent, "a recording sends nothing".to_owned()));
        }
        self.gate()?;
        let begun = self.reel.now();
        let result = match timeout(self.action_timeout, self.exchange(&self.actions, wire)).await {
            Ok(result) => result,
            Err(_) => self.late(begun, self.action_timeout, wire),
        };
        self.learn(wire, &result);
        result
    }

    fn late(&self, begun: Option<Timestamp>, limit: Duration, wire: &Wire) -> Result<Answer, Fault> {
        let why = format!("{}: no whole answer within {:?}", self.base.place, limit);
        let late = Err(Fault::new(FaultKind::Timeout, why));
        self.reel.keep(begun, &self.base.origin, wire, &late);
        late
    }

    /// One exchange, kept where exchanges are kept.
    async fn exchange(&self, client: &Client, wire: &Wire) -> Result<Answer, Fault> {
        let begun = self.reel.now();
        let end = self.exchanged(client, wire).await;
        self.reel.keep(begun, &self.base.origin, wire, &end);
        end
    }

    async fn exchanged(&self, client: &Client, wire: &Wire) -> Result<Answer, Fault> {
        let place = &self.base.place;
        let request = self.request(client, wire)?;
        let mut response = client
            .execute(request)
            .await
            .map_err(|e| self.blamed(Fault::of_send(&e.without_url(), place, self.base.https)))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let too_large = || {
            let why = format!("{place}: the answer is larger than {} bytes", limits::READ_BODY_BYTES);
            Fault::new(FaultKind::TooLarge, why)
        };
        if response.content_length().is_some_and(|n| n > limits::READ_BODY_BYTES as u64) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > limits::READ_BODY_BYTES => {
                    return Err(too_large());
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => return Ok(Answer { status, headers, body }),
                Err(e) => return Err(Fault::of_body(&e.without_url(), place, status, body)),
            }
        }
    }

    /// A connection that failed may be one to a proxy: the variable is named, its value may hold a password (N11).
    fn blamed(&self, mut fault: Fault) -> Fault {
        if let (FaultKind::NotSent, Some(variable)) = (fault.kind, self.proxy_set_by) {
            fault.why.push_str("; ");
            fault.why.push_str(variable);
            fault.why.push_str(" is set, so this may be the proxy");
        }
        fault
    }

    fn request(&self, client: &Client, wire: &Wire) -> Result<reqwest::Request, Fault> {
        let url = format!("{}{}", self.base.origin, wire.path_and_query);
        let not_sent =
            |what: &str| Fault::new(FaultKind::NotSent, format!("the request cannot be made: {what}"));
        let parsed = Url::parse(&url).map_err(|_| not_sent("its path"))?;
        // What the URL type would tidy up is not what was planned and signed: refuse it.
        if parsed.as_str() != url {
            return Err(not_sent("its path would be changed on the way"));
        }
        let mut headers = HeaderMap::with_capacity(wire.headers.len());
        for (name, value) in &wire.headers {
            let name = HeaderName::try_from(name.as_str()).map_err(|_| not_sent("a header's name"))?;
            let mut value = HeaderValue::from_str(value).map_err(|_| not_sent("a header's value"))?;
            value.set_sensitive(name == "authorization" || name.as_str().starts_with("x-ocs-"));
            headers.append(name, value);
        }
        let mut builder = client.request(wire.method.clone(), parsed).headers(headers);
        if let Some(body) = &wire.body {
            builder = builder.body(body.clone());
        }
        builder.build().map_err(|_| not_sent("its parts do not fit"))
    }

    /// What an answer says about the login and the bucket.
    fn learn(&self, wire: &Wire, result: &Result<Answer, Fault>) {
        let Ok(answer) = result else { return };
        if wire.authenticated && (self.login_refused)(answer) {
            return self.close(&format!("{}: the login was refused (401)", self.base.place));
        }
        match answer.status {
            401 => {}
            200..=499 => {
                if wire.authenticated {
                    self.proved.store(true, Ordering::Release);
                }
                let _ = self
                    .tokens
                    .fetch_update(Ordering::AcqRel, Ordering::Acquire, |t| Some((t + 1).min(BUCKET_FULL)));
            }
            _ => {}
        }
    }

    fn take_token(&self) -> bool {
        let take = |t: u32| t.checked_sub(BUCKET_RETRY);
        self.tokens.fetch_update(Ordering::AcqRel, Ordering::Acquire, take).is_ok()
    }

    /// Full jitter between the shortest pause and 1 s, 4 s, at most the longest.
    fn pause(&self, attempt: u32) -> Duration {
        let shortest = PAUSE_MIN.min(self.pause_max);
        let top = (PAUSE_FIRST * 4_u32.saturating_pow(attempt.saturating_sub(1))).min(self.pause_max);
        let width = top.saturating_sub(shortest).as_millis().max(1) as u64;
        // xorshift: nothing here needs to be hard to guess, only different between two consoles.
        let mut x = self.noise.load(Ordering::Relaxed);
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        self.noise.store(x, Ordering::Relaxed);
        shortest + Duration::from_millis(x % width)
    }
}

fn is_worth_repeating(result: &Result<Answer, Fault>) -> bool {
    match result {
        Ok(a) => {
            matches!(a.status, 502..=504)
                && a.header("retry-after").is_none()
                && a.header("ratelimit-reset").is_none()
        }
        Err(f) => f.kind == FaultKind::CutOff && f.partial.is_none(),
    }
}

/// Which variable sets a proxy for this place, if one does; `NO_PROXY` is left to the stack.
fn proxy_variable(base: &Base, proxy: Proxy, get: impl Fn(&str) -> Option<String>) -> Option<&'static str> {
    const PLAIN: [&str; 4] = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
    const TLS: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
    if base.loopback || proxy == Proxy::None {
        return None;
    }
    let names = if base.https { TLS } else { PLAIN };
    names.into_iter().find(|name| get(name).is_some_and(|value| !value.is_empty()))
}

/// How requests to an OCP of this URL leave here, in words, where a proxy variable has a say in it: the variable's name,
/// never its value, which may hold a password (N11).
pub fn proxy_words(url: &str, proxy: Proxy, get: impl Fn(&str) -> Option<String>) -> Option<String> {
    let base = Base::parse(url).ok()?;
    let variable = proxy_variable(&base, proxy, &get)?;
    let excepts = ["no_proxy", "NO_PROXY"].into_iter().find(|n| get(n).is_some_and(|v| !v.is_empty()));
    Some(match excepts {
        Some(name) => format!("via {variable} unless {name} excepts it"),
        None => format!("via {variable}"),
    })
}

/// What both clients have in common. `alpn`: which HTTP versions are offered over TLS, the best first.
fn builder(
    base: &Base,
    settings: &Settings,
    certs: &[reqwest::Certificate],
    whole: Duration,
    alpn: &[&str],
) -> Result<ClientBuilder, ConnectError> {
    let mut b = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(limits::CONNECT_TIMEOUT.to_std().min(whole))
        .tls_danger_accept_invalid_certs(settings.insecure);
    if base.loopback || settings.proxy == Proxy::None {
        b = b.no_proxy();
    }
    if let Some(socket) = &base.socket {
        b = b.unix_socket(socket.clone());
    }
    // A CA named for a profile vouches alone: it replaces the system's roots, as `curl --cacert` does, so that no
    // public CA can stand in for an inner one. Plain http needs no roots at all, and loading the system's would
    // fail on a machine that has none.
    if base.https && !settings.insecure && !matches!(settings.reel, Reel::Play(..)) {
        b = b.tls_backend_preconfigured(tls::config(settings.ca_pem.as_deref(), alpn)?);
    } else if !base.https || !certs.is_empty() || matches!(settings.reel, Reel::Play(..)) {
        b = b.tls_certs_only(certs.iter().cloned());
    }
    Ok(b)
}

fn certificates(settings: &Settings) -> Result<Vec<reqwest::Certificate>, ConnectError> {
    let Some(pem) = &settings.ca_pem else { return Ok(Vec::new()) };
    let certs = reqwest::Certificate::from_pem_bundle(pem).map_err(|e| ConnectError::Ca(words(&e)))?;
    if certs.is_empty() {
        return Err(ConnectError::Ca("holds no certificate in PEM form".to_owned()));
    }
    Ok(certs)
}

fn words(err: &reqwest::Error) -> String {
    use std::error::Error as _;
    err.source().map_or_else(|| err.to_string(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_end_when_the_bucket_is_empty_and_come_back_slowly() {
        let t = Transport::new(&Settings {
            url: "http://127.0.0.1:1".to_owned(),
            ca_pem: None,
            insecure: false,
            proxy: Proxy::None,
            read_timeout: limits::READ_TIMEOUT,
            action_timeout: limits::ACTION_TIMEOUT,
            pause_max: limits::READ_PAUSE_MAX,
            login_refused: |a| a.status == 401,
            reel: Reel::Off,
        })
        .unwrap();
        assert_eq!((0..20).filter(|_| t.take_token()).count(), 10);
        let wire = Wire {
            method: Method::GET,
            path_and_query: "/".to_owned(),
            headers: Vec::new(),
            body: None,
            told: None,
            authenticated: true,
        };
        for _ in 0..10 {
            t.learn(&wire, &Ok(Answer { status: 200, headers: HeaderMap::new(), body: Vec::new() }));
        }
        assert_eq!((0..20).filter(|_| t.take_token()).count(), 1);
        for attempt in 1..5 {
            let p = t.pause(attempt);
            assert!(p >= PAUSE_MIN && p <= limits::READ_PAUSE_MAX.to_std(), "{p:?}");
        }
    }

    #[test]
    fn n11_a_proxy_is_named_by_its_variable_and_never_used_for_loopback() {
        let set = |name: &str| (name == "HTTPS_PROXY").then(|| "http://u:canary@proxy:3128".to_owned());
        let of = |url: &str, proxy| proxy_variable(&Base::parse(url).unwrap(), proxy, set);
        assert_eq!(of("https://ocp.example", Proxy::System), Some("HTTPS_PROXY"));
        assert_eq!(of("http://ocp.example", Proxy::System), None);
        assert_eq!(of("https://ocp.example", Proxy::None), None);
        assert_eq!(of("https://127.0.0.1", Proxy::System), None);
        assert_eq!(of("https://[::1]:8080", Proxy::System), None);
        assert_eq!(of("https://localhost", Proxy::System), None);
        let words = |url: &str| proxy_words(url, Proxy::System, set);
        assert_eq!(words("https://ocp.example").as_deref(), Some("via HTTPS_PROXY"));
        assert_eq!(words("http://ocp.example"), None);
        let both = |name: &str| set(name).or_else(|| (name == "NO_PROXY").then(|| "x".to_owned()));
        let words = proxy_words("https://ocp.example", Proxy::System, both);
        assert_eq!(words.as_deref(), Some("via HTTPS_PROXY unless NO_PROXY excepts it"));
    }

    #[test]
    fn the_gate_closes_with_the_first_words_and_opens_again() {
        let t = Transport::new(&Settings {
            url: "http://127.0.0.1:1".to_owned(),
            ca_pem: None,
            insecure: false,
            proxy: Proxy::System,
            read_timeout: limits::READ_TIMEOUT,
            action_timeout: limits::ACTION_TIMEOUT,
            pause_max: limits::READ_PAUSE_MAX,
            login_refused: |a| a.status == 401,
            reel: Reel::Off,
        })
        .unwrap();
        t.close("first");
        t.close("second");
        assert_eq!(t.gate().unwrap_err().why, "first");
        t.resume();
        assert!(t.gate().is_ok());
    }
}
