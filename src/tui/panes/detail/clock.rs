//! The offline clock in the detail: to the second for the OBServer that is shown, in minutes in a list.

use unicode_width::UnicodeWidthStr;

use super::Said;
use crate::app::facts::Facts;
use crate::app::panes::topology::{NodeId, server};
use crate::domain::action::Scope;
use crate::domain::id::ClusterRef;
use crate::domain::offline::{self, Level};
use crate::domain::topology::Server;
use crate::text::offline as said;
use crate::tui::panes::topology::{offline_clock, servers_now};
use crate::tui::theme::Role;
use crate::tui::widgets::timeout::{bar, bar_in_frame};

/// The offline clock of the OBServer that is shown, to the second, and what to do about it.
pub(super) fn line(at: &ClusterRef, scope: &Scope, cx: &Facts<'_>) -> Option<Said> {
    let Scope::Server { id, zone, .. } = scope else { return None };
    let (_, s) = server(cx.cache, &NodeId::Server(at.clone(), zone.clone(), id.clone()))?;
    s.away_since()?;
    let now = servers_now(cx, at);
    let Some(clock) = offline_clock(cx, at, s) else {
        return offline::is_process_there(s).then(|| (said::NO_CLOCK.to_owned(), Role::Muted));
    };
    let level = clock.level(now);
    let bar = bar_in_frame(1.0 - clock.used(now), 12, false);
    let role = if level >= Level::Late { Role::Danger } else { Role::Caution };
    let words = format!("{}  {bar}  {}", said::line(&clock, now), said::advice(level, "U"));
    if words.width() <= usize::from(cx.pane.width).saturating_sub(4) {
        return Some((words, role));
    }
    Some((format!("{}; {}", said::line(&clock, now), said::advice_short(level, "U")), role))
}

/// What is left of the offline limit, in minutes, with a bar of what is left: in eighths of a cell it moves about as
/// seldom as the minutes do.
pub(super) fn left(s: &Server, at: Option<&ClusterRef>, cx: &Facts<'_>) -> String {
    let Some(at) = at else { return String::new() };
    let now = servers_now(cx, at);
    match offline_clock(cx, at, s) {
        Some(clock) => {
            let left = format!("{}{}", said::coarse(&clock, now), said::mark(clock.level(now)));
            let bar = bar(1.0 - clock.used(now), 6, false);
            if cx.pane.width < 86 { left } else { format!("{left:<9}{bar}") }
        }
        None if s.stopped.is_some() && offline::is_process_there(s) => said::SERVICE_ONLY.to_owned(),
        None => String::new(),
    }
}
