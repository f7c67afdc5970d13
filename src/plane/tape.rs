//! Between a control plane and the network: a tap that keeps each exchange, or a deck that answers from a recording.
//!
//! Both sit at the transport, so that an adapter decodes the very bytes that came. What is kept is masked here, when
//! it is made: headers by a list of those that are harmless, password fields of bodies, and the profile's own secrets
//! in whatever form they come back (reliability K02, P7). A deck has no connection and sends nothing.

mod mask;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::fault::{Fault, FaultKind};
use super::transport::{Answer, Wire};
use crate::domain::id::ProfileName;
use crate::domain::secret::Secret;
use crate::domain::tape::{Answered, End, Exchange, Failure};
use crate::domain::time::Timestamp;
use mask::Mask;

/// Where time comes from: the driver's clock, or a recording's.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;
/// Takes each exchange, and never waits.
pub type Keep = Arc<dyn Fn(Exchange) + Send + Sync>;

/// What stands between a profile and the network.
#[derive(Debug, Clone, Default)]
pub enum Tape {
    /// Nothing.
    #[default]
    Off,
    /// Each exchange is kept.
    Record(Recorder),
    /// Nothing is sent: a recording answers.
    Play(Arc<Deck>),
}

impl Tape {
    /// The same for one profile: what it keeps carries the profile's name and is free of these secrets.
    pub(crate) fn of(&self, profile: &ProfileName, secrets: &[Secret]) -> Reel {
        match self {
            Tape::Off => Reel::Off,
            Tape::Record(to) => {
                Reel::Record(Tap { to: to.clone(), profile: profile.clone(), mask: Mask::new(secrets) })
            }
            Tape::Play(deck) => Reel::Play(Arc::clone(deck), profile.clone()),
        }
    }
}

/// What keeps exchanges.
#[derive(Clone)]
pub struct Recorder {
    /// The time.
    pub now: Now,
    /// Where they go.
    pub keep: Keep,
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recorder")
    }
}

/// A [`Tape`] in the hands of one profile.
#[derive(Debug, Clone, Default)]
pub(crate) enum Reel {
    #[default]
    Off,
    Record(Tap),
    Play(Arc<Deck>, ProfileName),
}

/// Keeps what one profile exchanges.
#[derive(Debug, Clone)]
pub(crate) struct Tap {
    to: Recorder,
    profile: ProfileName,
    mask: Mask,
}

impl Reel {
    /// The time now, where exchanges are kept.
    pub(crate) fn now(&self) -> Option<Timestamp> {
        match self {
            Reel::Record(tap) => Some((tap.to.now)()),
            Reel::Off | Reel::Play(..) => None,
        }
    }

    /// Keeps an exchange that began at `at`, if exchanges are kept.
    pub(crate) fn keep(&self, at: Option<Timestamp>, origin: &str, wire: &Wire, end: &Result<Answer, Fault>) {
        let (Reel::Record(tap), Some(at)) = (self, at) else { return };
        let end = match end {
            Ok(answer) => End::Answer(tap.answered(answer.status, &answer.headers, &answer.body)),
            Err(fault) => {
                let Some(how) = failure(fault.kind) else { return };
                let partial = fault
                    .partial
                    .as_ref()
                    .map(|(status, body)| tap.answered(*status, &HeaderMap::new(), body));
                End::Failed { how, why: tap.mask.text(&fault.why), partial }
            }
        };
        (tap.to.keep)(Exchange {
            at,
            took: (tap.to.now)().since(at),
            profile: tap.profile.clone(),
            origin: origin.to_owned(),
            method: wire.method.as_str().to_owned(),
            path: tap.mask.text(&wire.path_and_query),
            headers: wire.headers.iter().map(|(name, value)| tap.header(name, value)).collect(),
            body: wire.told.as_deref().map(|b| tap.mask.text(&mask::fields(b.as_bytes(), b))),
            end,
        });
    }
}

impl Tap {
    fn answered(&self, status: u16, headers: &HeaderMap, body: &[u8]) -> Answered {
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = headers.iter().map(|(name, value)| self.header(name.as_str(), &text(value))).collect();
        Answered { status, headers, body: self.mask.body(body).into() }
    }

    fn header(&self, name: &str, value: &str) -> (String, String) {
        let name = name.to_ascii_lowercase();
        let value = mask::header(&name, value).map_or_else(|| mask::STARS.to_owned(), |v| self.mask.text(&v));
        (name, value)
    }
}

/// What of a fault a recording tells; `None`: nothing was tried.
fn failure(kind: FaultKind) -> Option<Failure> {
    match kind {
        FaultKind::NotSent => Some(Failure::NotSent),
        FaultKind::Timeout => Some(Failure::Timeout),
        FaultKind::CutOff => Some(Failure::CutOff),
        FaultKind::TooLarge => Some(Failure::TooLarge),
        FaultKind::NotHttp => Some(Failure::NotHttp),
        FaultKind::Stopped | FaultKind::Busy => None,
    }
}

/// Which exchanges are about the same thing: profile, origin, method, path and query, body.
type About = (ProfileName, String, String, String, Option<String>);

/// A recording that answers as the network did at the time of a playhead.
pub struct Deck {
    now: Now,
    /// Sorted by the time their ends were known.
    exchanges: HashMap<About, Vec<Exchange>>,
}

impl fmt::Debug for Deck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deck").field("requests", &self.exchanges.len()).finish_non_exhaustive()
    }
}

impl Deck {
    /// Over these exchanges; `now` is where the playhead stands.
    pub fn new(exchanges: impl IntoIterator<Item = Exchange>, now: Now) -> Self {
        let mut all: HashMap<About, Vec<Exchange>> = HashMap::new();
        for e in exchanges {
            let about =
                (e.profile.clone(), e.origin.clone(), e.method.clone(), e.path.clone(), e.body.clone());
            all.entry(about).or_default().push(e);
        }
        for list in all.values_mut() {
            list.sort_by_key(Exchange::known_at);
        }
        Self { now, exchanges: all }
    }

    /// The newest end of this request at or before the playhead.
    pub(crate) fn answer(&self, profile: &ProfileName, origin: &str, wire: &Wire) -> Result<Answer, Fault> {
        let about = (
            profile.clone(),
            origin.to_owned(),
            wire.method.as_str().to_owned(),
            wire.path_and_query.clone(),
            wire.told.clone(),
        );
        let now = (self.now)();
        let list = self.exchanges.get(&about).map_or(&[][..], Vec::as_slice);
        let known = list.partition_point(|e| e.known_at() <= now);
        match known.checked_sub(1).and_then(|ix| list.get(ix)) {
            Some(e) => played(e),
            None => Err(Fault::new(FaultKind::NotSent, "not on the recording by then".to_owned())),
        }
    }
}

fn played(exchange: &Exchange) -> Result<Answer, Fault> {
    match &exchange.end {
        End::Answer(a) => Ok(Answer { status: a.status, headers: headers(a), body: a.body.to_vec() }),
        End::Failed { how, why, partial } => Err(Fault {
            kind: match how {
                Failure::NotSent => FaultKind::NotSent,
                Failure::Timeout => FaultKind::Timeout,
                Failure::CutOff => FaultKind::CutOff,
                Failure::TooLarge => FaultKind::TooLarge,
                Failure::NotHttp => FaultKind::NotHttp,
            },
            why: why.clone(),
            partial: partial.as_ref().map(|p| (p.status, p.body.to_vec())),
        }),
    }
}

/// What was masked tells nothing and is left out; so is what HTTP could not have carried.
fn headers(answered: &Answered) -> HeaderMap {
    let known = answered.headers.iter().filter(|(_, value)| value != mask::STARS);
    known
        .filter_map(|(name, value)| {
            Some((HeaderName::try_from(name.as_str()).ok()?, HeaderValue::from_str(value).ok()?))
        })
        .collect()
}

#[cfg(test)]
mod tests;
