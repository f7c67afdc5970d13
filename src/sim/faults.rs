//! What goes wrong between a client and the stand-in: set by a scenario, or by a test on the running server.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::SimError;
use super::scenario::FaultPlan;
use super::seed::{mix, word};
use super::time::{Ms, SECOND};

/// What happens to a request that a [`Fault`] strikes. Unless told otherwise, the request is never acted on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The answer comes later, by `by` and up to `jitter` more (drawn from the seed). Other faults may follow.
    Delay {
        /// At least this long, in real time.
        by: Duration,
        /// At most this much longer.
        jitter: Duration,
    },
    /// The connection is reset before anything is done.
    Reset,
    /// As [`What::Reset`], but only on a connection that has carried a request before; any other goes its way.
    ResetReused,
    /// The request is acted on at once; the answer comes so much later.
    Late(Duration),
    /// The request is acted on, then the connection is cut without one byte of answer.
    AnswerLost,
    /// The request is acted on; headers and half of the body arrive, then the connection ends.
    HalfBody,
    /// The request is acted on; so many bytes of the answer arrive, headers counted, then the connection ends.
    CutAfter(usize),
    /// The request is read and never answered.
    Silence,
    /// The request is acted on; the body arrives byte by byte, one each so often.
    Drip(Duration),
    /// The request is acted on; the body holds its document twice.
    Twice,
    /// Headers, then a body without end.
    Endless,
    /// Another answer than the real one.
    Instead {
        /// HTTP status.
        status: u16,
        /// Headers, `Content-Type` among them.
        headers: Vec<(String, String)>,
        /// Body, byte for byte.
        body: Vec<u8>,
        /// Whether the request is acted on all the same.
        acted: bool,
    },
}

impl What {
    /// An HTML page with status 200, as a captive portal or a wrong address gives.
    pub fn html() -> What {
        What::Instead {
            status: 200,
            headers: vec![("content-type".to_owned(), "text/html;charset=utf-8".to_owned())],
            body: b"<!DOCTYPE html>\n<html><head><title>Sign in to the network</title></head></html>\n"
                .to_vec(),
            acted: false,
        }
    }

    /// A gateway's plain error page with this status.
    pub fn gateway(status: u16) -> What {
        What::Instead {
            status,
            headers: vec![("content-type".to_owned(), "text/html".to_owned())],
            body: format!("<html><body><center><h1>{status}</h1></center><hr>gateway</body></html>\n")
                .into_bytes(),
            acted: false,
        }
    }

    /// A redirect to `location`.
    pub fn redirect(status: u16, location: &str) -> What {
        What::Instead {
            status,
            headers: vec![("location".to_owned(), location.to_owned())],
            body: Vec::new(),
            acted: false,
        }
    }

    /// Status 200 with this body instead of the real one; the request is acted on.
    pub fn body(content_type: &str, body: impl Into<Vec<u8>>) -> What {
        What::Instead {
            status: 200,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            body: body.into(),
            acted: true,
        }
    }
}

/// One fault and the requests it strikes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Only this method.
    pub method: Option<String>,
    /// Only where path and query contain this.
    pub path: Option<String>,
    /// How many of a hundred matching requests it strikes, drawn from the seed and the number of the request.
    pub percent: u8,
    /// Matching requests that pass first.
    pub skip: u32,
    /// How often it strikes; `None`: for ever.
    pub times: Option<u32>,
    /// What it does.
    pub what: What,
}

impl Fault {
    /// A fault that strikes every request.
    pub fn new(what: What) -> Fault {
        Fault { method: None, path: None, percent: 100, skip: 0, times: None, what }
    }

    /// Only requests of this method whose path and query contain `path`.
    #[must_use]
    pub fn on(mut self, method: &str, path: &str) -> Fault {
        self.method = Some(method.to_owned());
        self.path = Some(path.to_owned());
        self
    }

    /// Strikes once.
    #[must_use]
    pub fn once(mut self) -> Fault {
        self.times = Some(1);
        self
    }

    fn matches(&self, method: &str, target: &str) -> bool {
        self.method.as_deref().is_none_or(|m| m == method)
            && self.path.as_deref().is_none_or(|p| target.contains(p))
    }
}

/// A limit on requests, for each user (ocp-api 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests in one window.
    pub limit: u32,
    /// Length of a window, in seconds of the server's clock.
    pub window_s: u32,
}

/// The faults of a running stand-in. Clones share them.
#[derive(Debug, Clone)]
pub struct Faults(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    seed: u64,
    rules: Vec<Rule>,
    skew: Ms,
    rate: Option<RateLimit>,
    /// How many of a hundred reads meet a fault of their own, and how often each kind of request came.
    story: Option<(u8, HashMap<u64, u64>)>,
}

#[derive(Debug)]
struct Rule {
    fault: Fault,
    seen: u32,
    struck: u32,
}

/// What one request gets.
#[derive(Debug, Default)]
pub(crate) struct Lot {
    pub(crate) delay: Duration,
    pub(crate) what: Option<What>,
}

/// A target without the long numbers in its path: agents make IDs of their ports, which are others in each run.
fn blurred(target: &str) -> String {
    let is_id = |part: &str| part.len() > 9 && part.bytes().all(|b| b.is_ascii_digit());
    target.split('/').map(|part| if is_id(part) { "#" } else { part }).collect::<Vec<_>>().join("/")
}

/// Statuses that something between here and there answers with.
const STATUSES: [u16; 8] = [403, 404, 409, 429, 500, 502, 503, 504];

impl Lot {
    /// One of the faults of a story.
    fn meet(&mut self, chance: u64) {
        let more = chance >> 8;
        self.what = Some(match chance % 8 {
            0 => return self.delay += Duration::from_millis(1 + more % 5),
            1 => What::Reset,
            2 => What::AnswerLost,
            3 => What::HalfBody,
            4 => What::gateway(STATUSES.get((more % 8) as usize).copied().unwrap_or(503)),
            5 => What::body("application/json", b"{\"data\":\xff\x1b]0;x\x07".as_slice()),
            6 => What::Twice,
            _ => What::redirect(307, "http://127.0.0.9:1/elsewhere?token=1"),
        });
    }
}

impl Faults {
    pub(crate) fn new(seed: u64) -> Faults {
        Faults(Arc::new(Mutex::new(State { seed, rules: Vec::new(), skew: 0, rate: None, story: None })))
    }

    /// Adds a fault; earlier ones come first.
    pub fn add(&self, fault: Fault) {
        self.state().rules.push(Rule { fault, seen: 0, struck: 0 });
    }

    /// Ends all faults, the wrong clock and the rate limit too.
    pub fn clear(&self) {
        let mut state = self.state();
        state.rules.clear();
        state.skew = 0;
        state.rate = None;
        state.story = None;
    }

    /// From now on, of a hundred reads so many, and four times as many of the orders, meet a fault drawn from the seed: late, reset before or after
    /// it was acted on, half a body, another status, garbage, an answer twice, a redirect. What a request meets depends
    /// on its method and target and on how often that came before, not on the order in which different ones arrive: the
    /// same seed gives the same story also to a client that asks for several things at once.
    pub fn tell_story(&self, percent: u8) {
        self.state().story = Some((percent, HashMap::new()));
    }

    /// Puts the clock of the server's machine ahead by `seconds` (behind, if negative): what signatures are judged by,
    /// `/api/v2/time`, the `Date` header. The story's own times stay consistent with each other.
    pub fn set_skew(&self, seconds: i64) {
        self.state().skew = seconds.saturating_mul(SECOND);
    }

    /// Sets or lifts the rate limit.
    pub fn set_rate_limit(&self, limit: Option<RateLimit>) {
        self.state().rate = limit;
    }

    pub(crate) fn skew(&self) -> Ms {
        self.state().skew
    }

    pub(crate) fn rate_limit(&self) -> Option<RateLimit> {
        self.state().rate
    }

    /// What request number `number` gets: all delays up to the first fault of another kind, and that.
    pub(crate) fn draw(&self, number: u64, method: &str, target: &str) -> Lot {
        let mut state = self.state();
        let seed = state.seed;
        let mut lot = Lot::default();
        for (ix, rule) in state.rules.iter_mut().enumerate() {
            if !rule.fault.matches(method, target) || rule.fault.times.is_some_and(|n| rule.struck >= n) {
                continue;
            }
            rule.seen += 1;
            let chance = mix(&[seed, number, ix as u64, word(method)]);
            if rule.seen <= rule.fault.skip || chance % 100 >= u64::from(rule.fault.percent) {
                continue;
            }
            rule.struck += 1;
            if let What::Delay { by, jitter } = &rule.fault.what {
                let most = u64::try_from(jitter.as_millis()).unwrap_or(u64::MAX - 1);
                lot.delay += *by + Duration::from_millis((chance >> 8) % (most + 1));
            } else {
                lot.what = Some(rule.fault.what.clone());
                break;
            }
        }
        if let (None, Some((percent, met))) = (&lot.what, &mut state.story) {
            let kind = mix(&[word(method), word(&blurred(target))]);
            let times = met.entry(kind).or_default();
            *times += 1;
            let chance = mix(&[seed, kind, *times]);
            let is_order = method != "GET" && !target.ends_with("/check");
            let percent = u64::from(*percent) * if is_order { 4 } else { 1 };
            if chance % 100 < percent {
                lot.meet(chance >> 8);
            }
        }
        lot
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The fault that a scenario file names.
pub(crate) fn planned(scenario: &str, plan: &FaultPlan) -> Result<Fault, SimError> {
    let what = match plan.what.as_str() {
        "delay" => What::Delay {
            by: Duration::from_millis(plan.delay_ms.unwrap_or(0)),
            jitter: Duration::from_millis(plan.jitter_ms.unwrap_or(0)),
        },
        "reset" => What::Reset,
        "answer-lost" => What::AnswerLost,
        "half-body" => What::HalfBody,
        "silence" => What::Silence,
        "html" => What::html(),
        "status" => What::gateway(plan.status.unwrap_or(503)),
        other => {
            return Err(SimError::Scenario {
                name: scenario.to_owned(),
                why: format!("fault what = {other:?} is unknown"),
            });
        }
    };
    Ok(Fault {
        method: plan.method.clone(),
        path: plan.path.clone(),
        percent: plan.percent,
        skip: 0,
        times: None,
        what,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_after_its_skip_and_as_often_as_told() {
        let faults = Faults::new(1);
        faults.add(Fault { skip: 1, times: Some(2), ..Fault::new(What::Reset).on("POST", "/stop") });
        let struck: Vec<bool> = (0..5).map(|n| faults.draw(n, "POST", "/x/stop").what.is_some()).collect();
        assert_eq!(struck, [false, true, true, false, false]);
        assert!(faults.draw(9, "GET", "/x/stop").what.is_none());
    }

    #[test]
    fn p12_a_story_is_the_same_in_any_order_of_arrival_and_knows_every_fault() {
        let faults = |seed| {
            let faults = Faults::new(seed);
            faults.tell_story(60);
            faults
        };
        let (one, other) = (faults(7), faults(7));
        let a: Vec<_> = (0..40).map(|n| one.draw(n, "GET", "/a").what).collect();
        let b: Vec<_> = (40..80).map(|n| one.draw(n, "GET", "/b").what).collect();
        let both =
            (0..40).map(|n| (other.draw(2 * n, "GET", "/b").what, other.draw(2 * n + 1, "GET", "/a").what));
        assert_eq!(both.collect::<Vec<_>>(), b.into_iter().zip(a).collect::<Vec<_>>());
        let met = Faults::new(1);
        met.tell_story(15);
        let all: Vec<_> = (0..500).map(|n| met.draw(n, "POST", "/x/stop")).collect();
        for kind in [What::Reset, What::AnswerLost, What::HalfBody, What::Twice] {
            assert!(all.iter().any(|l| l.what.as_ref() == Some(&kind)), "{kind:?}");
        }
        let instead = |l: &Lot, s: u16| matches!(&l.what, Some(What::Instead { status, .. }) if *status == s);
        for status in [200, 307, 409, 502, 504] {
            assert!(all.iter().any(|l| instead(l, status)), "{status}");
        }
        assert!(all.iter().any(|l| !l.delay.is_zero()));
        let passed = all.iter().filter(|l| l.what.is_none() && l.delay.is_zero()).count();
        assert!((120..280).contains(&passed), "{passed} of 500 passed");
    }

    #[test]
    fn delays_add_up_and_the_draw_is_the_same_for_the_same_seed() {
        let draw = |seed| {
            let faults = Faults::new(seed);
            let by = Duration::from_millis(100);
            faults.add(Fault { percent: 50, ..Fault::new(What::Delay { by, jitter: by }) });
            faults.add(Fault::new(What::Delay { by, jitter: Duration::ZERO }));
            (0..50).map(|n| faults.draw(n, "GET", "/").delay).collect::<Vec<_>>()
        };
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
        assert!(draw(3).iter().all(|d| *d >= Duration::from_millis(100)));
    }
}
