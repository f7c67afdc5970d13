//! `--record FILE`: the file is made before anything is asked, so that a mistake in its name costs nothing.

use super::args::{Do, Global};
use super::fail::Fail;
use crate::domain::outcome::Exit;
use crate::domain::tape::{Head, TapedProfile};
use crate::driver::clock;
use crate::driver::connect::Options;
use crate::driver::tape;
use crate::plane::tape::Tape;
use crate::store::config::Profile;
use crate::store::recording::Recording;

/// Refuses where there is nothing to record.
pub(crate) fn belongs(global: &Global, verb: Option<&Do>) -> Result<(), Fail> {
    let talks = match verb {
        None
        | Some(
            Do::Demo(_)
            | Do::Get { .. }
            | Do::Impact { .. }
            | Do::Stop(_)
            | Do::Start(_)
            | Do::Restart(_)
            | Do::Task { .. }
            | Do::Subtask { .. },
        ) => true,
        Some(_) => false,
    };
    if global.record.is_none() || talks {
        return Ok(());
    }
    Err(Fail::usage("--record is for what talks to a control plane", "this does not; leave it out"))
}

/// Makes the recording that was asked for, if one was.
pub(crate) fn begin(global: &Global, profiles: &[Profile]) -> Result<Option<Recording>, Fail> {
    let Some(path) = &global.record else { return Ok(None) };
    let head = Head {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        start: clock::now(),
        profiles: profiles.iter().map(taped).collect(),
    };
    Recording::create(path, &head).map(Some).map_err(|e| {
        let now = match e.kind() {
            std::io::ErrorKind::AlreadyExists => "a recording is never written over: name another file",
            _ => "",
        };
        Fail::of(Exit::Usage, &format!("could not make the recording {}", path.display()), e.to_string(), now)
    })
}

fn taped(profile: &Profile) -> TapedProfile {
    let urls = std::iter::once(&profile.url).chain(&profile.peers);
    TapedProfile {
        name: profile.name.clone(),
        kind: profile.kind,
        urls: urls.map(ToString::to_string).collect(),
        user: profile.auth.user().to_owned(),
    }
}

/// How a profile is connected.
pub(crate) fn options(global: &Global, recording: Option<&Recording>) -> Options {
    Options {
        read_only: global.read_only,
        timeout: global.timeout,
        tape: recording.map_or(Tape::Off, |r| tape::recorded(&r.spool())),
    }
}
