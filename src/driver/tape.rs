//! A recording being made, and one being played: the glue between the planes, the file and the clocks.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::clock;
use super::connect::ConnectError;
use super::reads::Planes;
use super::steady::ticks;
use crate::app::panes::replay::{Replay, Turn};
use crate::app::settings::ProfileFacts;
use crate::domain::capability::{Capabilities, PlaneKind};
use crate::domain::guard::Rules;
use crate::domain::secret::Secret;
use crate::domain::shown::Shown;
use crate::domain::tape::{Event, Exchange, Tape, TapedProfile};
use crate::domain::time::{Span, Timestamp};
use crate::plane::obshell::{Obshell, ObshellProfile};
use crate::plane::ocp::{Auth, Ocp, OcpProfile};
use crate::plane::tape::{Deck, Now, Recorder, Tape as Wired};
use crate::plane::{ControlPlane, ocp};
use crate::store::recording::Spool;

/// What a plane is connected with so that its exchanges go into a recording.
pub fn recorded(spool: &Spool) -> Wired {
    let spool = spool.clone();
    let keep = move |e: Exchange| spool.keep(e.at, Event::Exchange(Box::new(e)));
    Wired::Record(Recorder { now: Arc::new(clock::now), keep: Arc::new(keep) })
}

/// The time of a recording: runs at a speed, stands still, is moved; never before its start or after its end.
#[derive(Debug)]
pub struct TapeClock {
    start: Timestamp,
    end: Timestamp,
    state: Mutex<Playhead>,
}

#[derive(Debug, Clone, Copy)]
struct Playhead {
    at: Timestamp,
    /// When it stood there.
    since: Duration,
    speed: u32,
    paused: bool,
}

impl TapeClock {
    /// Runs from the start.
    pub fn new(start: Timestamp, end: Timestamp) -> Self {
        let state = Playhead { at: start, since: ticks(), speed: 1, paused: false };
        Self { start, end: end.max(start), state: Mutex::new(state) }
    }

    /// Where it stands now.
    pub fn now(&self) -> Timestamp {
        self.at(*self.state())
    }

    /// How long until it comes to a time, by a real clock; `None`: it does not.
    pub fn until(&self, at: Timestamp) -> Option<Duration> {
        let state = *self.state();
        let left = at.since(self.at(state));
        if left <= Span::ZERO {
            return Some(Duration::ZERO);
        }
        (!state.paused && at <= self.end).then(|| left.to_std() / state.speed.max(1))
    }

    /// Does what the operator asked for.
    pub fn turn(&self, turn: Turn) {
        let mut state = self.state();
        state.at = self.at(*state);
        state.since = ticks();
        match turn {
            Turn::Pause(paused) => state.paused = paused,
            Turn::Speed(speed) => state.speed = speed,
            Turn::Seek(at) => state.at = at.clamp(self.start, self.end),
        }
    }

    fn at(&self, state: Playhead) -> Timestamp {
        if state.paused {
            return state.at;
        }
        let passed = ticks().saturating_sub(state.since).saturating_mul(state.speed);
        let passed = Span::from_millis(i64::try_from(passed.as_millis()).unwrap_or(i64::MAX));
        state.at.plus(passed).min(self.end)
    }

    fn state(&self) -> MutexGuard<'_, Playhead> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A recording as a console plays it.
pub struct Player {
    /// What the machine knows of it.
    pub replay: Replay,
    /// Its profiles: nothing but reads.
    pub profiles: Vec<ProfileFacts>,
    /// Control planes without a network.
    pub planes: Planes,
}

impl Player {
    /// Over a recording; `now` is where the playhead stands. `name` is what the screen calls it.
    pub fn new(tape: Tape, name: &str, now: &Now) -> Result<Self, ConnectError> {
        let (start, end) = (tape.head.start, tape.end());
        let mut keys = Vec::new();
        let mut exchanges = Vec::new();
        for (at, event) in tape.events {
            match event {
                Event::Exchange(e) => exchanges.push(*e),
                Event::Key(key) => keys.push((at, Shown::filter(&key))),
                Event::Paste(_) | Event::Size(..) | Event::Lost(_) => {}
            }
        }
        let deck = Wired::Play(Arc::new(Deck::new(exchanges, Arc::clone(now))));
        let mut player =
            Self { replay: Replay::new(name, start, end, keys), profiles: Vec::new(), planes: Planes::new() };
        for profile in &tape.head.profiles {
            let plane = plane(profile, &deck, now)?;
            player.profiles.push(facts(profile));
            player.planes.insert(profile.name.clone(), plane);
        }
        Ok(player)
    }
}

fn facts(profile: &TapedProfile) -> ProfileFacts {
    let url = profile.urls.first().map_or("", String::as_str);
    ProfileFacts {
        name: profile.name.clone(),
        capabilities: Capabilities { kind: profile.kind, read_only: true },
        rules: Rules { read_only: true, ..Rules::default() },
        origin: url.trim_end_matches('/').to_owned(),
        user: profile.user.clone(),
        insecure: false,
        broken: None,
    }
}

fn plane(profile: &TapedProfile, deck: &Wired, now: &Now) -> Result<Arc<dyn ControlPlane>, ConnectError> {
    let setting = |e: ocp::ConnectError| ConnectError::Setting(format!("profile {}: {e}", profile.name));
    // A recording holds no secret, and needs none.
    let none = || Secret::new(String::new());
    let mut urls = profile.urls.iter().cloned();
    let url = urls.next().unwrap_or_default();
    Ok(match profile.kind {
        PlaneKind::Ocp => {
            let auth = Auth::Basic { username: profile.user.clone(), password: none() };
            let mut settings = OcpProfile::new(profile.name.clone(), url, auth);
            settings.read_only = true;
            settings.tape = deck.clone();
            Arc::new(Ocp::connect(settings, Arc::clone(now)).map_err(setting)?)
        }
        PlaneKind::Obshell => {
            let mut settings = ObshellProfile::new(profile.name.clone(), url, none());
            settings.peers = urls.collect();
            settings.read_only = true;
            settings.tape = deck.clone();
            Arc::new(Obshell::connect(settings, Arc::clone(now)).map_err(setting)?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: i64) -> Timestamp {
        Timestamp::from_millis(s * 1000)
    }

    #[test]
    fn a_tape_s_clock_stays_between_its_start_and_its_end() {
        let clock = TapeClock::new(at(100), at(200));
        clock.turn(Turn::Pause(true));
        clock.turn(Turn::Seek(at(150)));
        assert_eq!((clock.now(), clock.until(at(160))), (at(150), None), "it stands still");
        assert_eq!(clock.until(at(150)), Some(Duration::ZERO));
        clock.turn(Turn::Seek(at(900)));
        assert_eq!(clock.now(), at(200));
        clock.turn(Turn::Seek(at(1)));
        assert_eq!(clock.now(), at(100));
        clock.turn(Turn::Speed(10));
        clock.turn(Turn::Pause(false));
        assert!(clock.until(at(200)).is_some_and(|d| d <= Duration::from_secs(10)));
        assert_eq!(clock.until(at(201)), None, "beyond its end");
        assert!(clock.now() >= at(100));
    }
}
