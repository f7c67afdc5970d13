//! Sentences of a recording being played.

use crate::app::key::{Key, KeyCode};
use crate::app::panes::replay::Replay;
use crate::domain::time::Timestamp;
use crate::text::keys::key_name;

/// Where it stands: `14:03:22Z  0:42 of 5:10  playing 10x`.
pub fn place(replay: &Replay, now: Timestamp) -> String {
    let (at, all) = (now.since(replay.start).clock(), replay.end.since(replay.start).clock());
    let how = match () {
        () if now >= replay.end => "at its end".to_owned(),
        () if replay.paused => "paused".to_owned(),
        () => format!("playing {}x", replay.speed()),
    };
    format!("{}Z  {at} of {all}  {how}", now.day_clock())
}

/// What was pressed while it was made.
pub fn pressed(replay: &Replay, now: Timestamp) -> String {
    let keys: Vec<&str> = replay.pressed(now).iter().map(|(_, key)| key.as_str()).collect();
    if keys.is_empty() { String::new() } else { format!("pressed {}", keys.join(" ")) }
}

/// The keys that move it.
pub fn keys(ascii: bool) -> String {
    let name = |code| key_name(Key::plain(code), ascii);
    format!("space pause  {} {} 10s  home end  + - speed", name(KeyCode::Left), name(KeyCode::Right))
}
