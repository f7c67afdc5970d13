//! The frame around the panes: the top line, the message line, the keys.

use std::fmt::Write as _;

use ratatui::buffer::Buffer;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::look::Look;
use super::theme::Role;
use super::widgets::paint;
use crate::app::command::Command;
use crate::app::facts::Offer;
use crate::app::model::{Freshness, Model};
use crate::app::panes::topology::{cluster, is_degraded, zones};
use crate::app::views::{Form, View};
use crate::domain::guard::Danger;
use crate::domain::offline::Level;
use crate::domain::status::Health;
use crate::domain::topology::{Cluster, Zone};
use crate::text::{console, keys, lost, offline, runbook};

/// A part of the top line, and how soon it is left out when there is no room: the highest first.
struct Part {
    text: String,
    role: Option<Role>,
    give_way: u8,
}

fn part(text: impl Into<String>, role: Option<Role>, give_way: u8) -> Part {
    Part { text: text.into(), role, give_way }
}

/// Row 1: which cluster a key would hit, and how fresh that is known (screens 1, rule 1).
pub fn top(buf: &mut Buffer, model: &Model, look: &Look) {
    let width = buf.area.width;
    let danger = model.profile().map_or(Danger::Normal, |p| p.rules.danger);
    let base = look.theme.style(Role::Context(danger));
    for x in 0..width {
        paint::text(buf, x, 0, 1, " ", base);
    }
    let left = left_parts(model, Form::of(model.size) >= Form::Two);
    let right = right_parts(model);
    let room = usize::from(width);
    let total = |left: &[Part], right: &[Part]| -> usize {
        left.iter().chain(right).filter(|p| !p.text.is_empty()).map(|p| p.text.width() + 2).sum()
    };
    let (mut left, mut right) = (left, right);
    while total(&left, &right) > room + 1 {
        let worst = left.iter().chain(&right).map(|p| p.give_way).max().unwrap_or(0);
        if worst == 0 {
            break;
        }
        left.retain(|p| p.give_way != worst);
        right.retain(|p| p.give_way != worst);
    }
    let style = |role: Option<Role>| role.map_or(base, |r| base.patch(look.theme.style(r)));
    let mut end = width.saturating_sub(1);
    for p in right.iter().rev() {
        end = paint::text_right(buf, 1, end, 0, &p.text, style(p.role)).saturating_sub(2);
    }
    let mut x = 1;
    for p in &left {
        if x >= end {
            break;
        }
        let room = end.saturating_sub(x);
        // A name may be long: it is cut, the state behind it is not lost silently.
        x = paint::text(buf, x, 0, room, &p.text, style(p.role)) + 2;
    }
}

fn left_parts(model: &Model, wide: bool) -> Vec<Part> {
    let mut parts = Vec::new();
    if model.settings.demo {
        parts.push(part("DEMO", None, 3));
    }
    match model.profile() {
        Some(p) => {
            if p.rules.danger == Danger::High {
                parts.push(part("PROD", None, 0));
            }
            let mut who = format!("{}:{}", p.capabilities.kind.word(), p.name);
            if wide {
                let _ = write!(
                    who,
                    " {} {}",
                    crate::domain::shown::Shown::filter(&p.origin),
                    crate::domain::shown::Shown::filter(&p.user)
                );
            }
            parts.push(part(who, None, 0));
        }
        None if model.settings.profiles.is_empty() => parts.push(part("no profile", None, 0)),
        None => parts.push(part("all profiles", None, 0)),
    }
    if let Some(at) = model.cluster() {
        match cluster(&model.cache, &at) {
            Some(c) => {
                parts.push(part(c.name.to_string(), None, 0));
                parts.push(part(at.id.to_string(), None, 1));
                if !c.version.is_empty() {
                    parts.push(part(c.version.shown().as_str(), None, 6));
                }
                let (word, role) = cluster_word(c, zones(&model.cache, &at));
                parts.push(part(word, role, 0));
            }
            None => parts.push(part(format!("cluster {}", at.id), None, 0)),
        }
    } else if *model.views.now() == View::Topology && model.profile().is_some() {
        let n = model.profile().and_then(|p| model.cache.clusters(&p.name)).map(Vec::len);
        if let Some(n) = n {
            parts.push(part(counted(n, "cluster"), None, 6));
        }
    }
    parts
}

fn right_parts(model: &Model) -> Vec<Part> {
    let mut parts = Vec::new();
    // On every screen (K08): where nothing is selected, for any profile of which it is so.
    if model.profile().map_or_else(|| model.settings.profiles.iter().any(|p| p.insecure), |p| p.insecure) {
        parts.push(part("INSECURE", Some(Role::Danger), 0));
    }
    if let Some(p) = model.profile() {
        let read_only = p.rules.read_only || p.capabilities.read_only;
        parts.push(part(if read_only { "READ-ONLY" } else { "rw" }, None, u8::from(!read_only) * 7));
    }
    if !model.lost.is_empty() {
        parts.push(part(lost::count(model.lost.all().len()), Some(Role::Danger), 0));
    }
    if model.journal.broken.is_some() {
        parts.push(part("NO JOURNAL", Some(Role::Danger), 0));
    }
    let fresh = model.freshness();
    let words = console::freshness(&fresh);
    if !words.is_empty() {
        let role = match fresh {
            Freshness::Nothing | Freshness::Reading | Freshness::Live => None,
            Freshness::Old(_) | Freshness::Stale(..) | Freshness::Stopped(_) | Freshness::Paused(_) => {
                Some(Role::Stale)
            }
        };
        parts.push(part(words, role, u8::from(role.is_none()) * 4));
    }
    let (warnings, failures) = counts(model);
    if warnings > 0 {
        parts.push(part(format!("▲{warnings}"), Some(Role::Caution), 5));
    }
    if failures > 0 {
        parts.push(part(format!("■{failures}"), Some(Role::Danger), 2));
    }
    if model.clock_runs() {
        parts.push(part(format!("{}Z", model.now.clock_minutes()), None, 8));
    }
    parts
}

/// Clusters that are degraded, and tasks that failed and still hold a cluster.
fn counts(model: &Model) -> (usize, usize) {
    let mut warnings = 0;
    let mut failures = 0;
    for p in &model.settings.profiles {
        let list = model.cache.clusters(&p.name).map_or(&[][..], Vec::as_slice);
        warnings += list.iter().filter(|c| is_degraded(c, zones_of(model, c))).count();
        if let crate::app::effect::Query::Tasks(name, filter) =
            crate::app::panes::topology::unfinished(&p.name)
        {
            let tasks = model.cache.tasks(&name, &filter).map_or(&[][..], Vec::as_slice);
            failures += tasks.iter().filter(|t| t.phase() == crate::domain::status::Phase::Failed).count();
        }
    }
    (warnings, failures)
}

fn zones_of<'a>(model: &'a Model, c: &'a Cluster) -> &'a [Zone] {
    model.cache.zones(&c.at).unwrap_or(&c.zones)
}

/// The word for a cluster: DEGRADED is ours, for one that says it runs while something of it is down.
pub fn cluster_word(c: &Cluster, zones: &[Zone]) -> (String, Option<Role>) {
    match c.status.is {
        Health::Up if is_degraded(c, zones) => ("DEGRADED".to_owned(), Some(Role::Caution)),
        Health::Up => (c.status.word.to_string(), None),
        Health::Changing | Health::Unknown => (c.status.word.to_string(), Some(Role::Caution)),
        Health::Stopped | Health::Down => (c.status.word.to_string(), Some(Role::Danger)),
    }
}

/// `1 cluster`, `2 clusters`.
pub fn counted(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// Row n-1: what there is to say. On a screen without borders it is the last row, and only while there is something.
pub fn message(buf: &mut Buffer, model: &Model, look: &Look) {
    let row = match Form::of(model.size) {
        Form::TooSmall => return,
        Form::Plain => buf.area.height.saturating_sub(1),
        Form::One | Form::Two | Form::Three => buf.area.height.saturating_sub(2),
    };
    let used = notice(buf, row, model, look);
    beside(buf, row, used, model, look);
}

/// The notice; gives the column after it.
fn notice(buf: &mut Buffer, row: u16, model: &Model, look: &Look) -> u16 {
    let Some((notice, at)) = model.notices.shown() else { return 0 };
    let role = if notice.is_error() { Role::Danger } else { Role::Text };
    let mut words = console::notice(notice, look.ascii);
    if notice.is_error() {
        let more = model.notices.errors().saturating_sub(1);
        let more = if more > 0 { format!(" +{more}") } else { String::new() };
        words = format!("{}Z{more} {words}", at.clock_minutes());
    }
    let width = buf.area.width.saturating_sub(2);
    let words = crate::domain::shown::cut_middle(&words, usize::from(width)).into_owned();
    paint::text(buf, 1, row, width, &words, look.theme.style(role))
}

/// At the right of the message line, where there is room: the offline clock beside a task, and the runbook card about
/// what is on the screen.
fn beside(buf: &mut Buffer, row: u16, used: u16, model: &Model, look: &Look) {
    if Form::of(model.size) == Form::Plain {
        return;
    }
    let mut parts = Vec::new();
    if let Some(card) = model.card_here() {
        let key = model.keymap.keys(Command::Runbook).first();
        let key = key.map_or_else(String::new, |k| format!("  {}", keys::key_name(*k, look.ascii)));
        parts.push((format!("{}{key}", runbook::hint(card)), Role::Caution));
    }
    if let Some((server, clock, now)) = model.clock_beside() {
        let role = if clock.level(now) >= Level::Late { Role::Danger } else { Role::Caution };
        parts.push((offline::beside(&server.address, &clock, now), role));
    }
    let mut end = buf.area.width.saturating_sub(1);
    for (words, role) in parts.into_iter().rev() {
        let width = words.width() as u16;
        if used + 2 + width > end {
            continue;
        }
        end = paint::text_right(buf, used, end, row, &words, look.theme.style(role)).saturating_sub(3);
    }
}

/// Row n: keys that work here, most used first, cut from the right at whole entries.
pub fn foot(buf: &mut Buffer, model: &Model, look: &Look) {
    if Form::of(model.size) < Form::One || model.size.height < 3 {
        return;
    }
    let row = buf.area.height - 1;
    let named = |offers: Vec<Offer>| -> Vec<(String, &'static str, bool)> {
        offers
            .into_iter()
            .filter_map(|o| {
                let key = model.keymap.keys(o.command).first()?;
                Some((keys::key_name(*key, look.ascii), o.word, o.can.is_ok()))
            })
            .collect()
    };
    let everywhere = model.offers_everywhere();
    let here =
        model.offers().into_iter().filter(|o| everywhere.iter().all(|e| e.command != o.command)).collect();
    let tail = named(everywhere);
    let room =
        usize::from(buf.area.width).saturating_sub(1 + tail.iter().map(|e| 2 + columns(e)).sum::<usize>());
    let mut entries = Vec::new();
    let mut used = 1;
    for entry in named(here) {
        used += columns(&entry) + 2;
        if used > room + 2 {
            break;
        }
        entries.push(entry);
    }
    entries.extend(tail);
    entries_line(buf, row, &entries, look);
}

fn columns((key, word, _): &(String, &str, bool)) -> usize {
    key.width() + 1 + word.width()
}

/// A line of keys with their words; an entry that has no room is left out whole.
fn entries_line(buf: &mut Buffer, row: u16, entries: &[(String, &str, bool)], look: &Look) {
    let width = usize::from(buf.area.width);
    let mut x = 1;
    for entry in entries {
        let (key, word, can) = entry;
        let needs = columns(entry);
        if usize::from(x) + needs > width {
            break;
        }
        let muted = look.theme.style(Role::Muted);
        let (key_style, word_style): (Style, Style) =
            if *can { (look.theme.style(Role::Key), look.theme.style(Role::Text)) } else { (muted, muted) };
        let after = paint::pieces(
            buf,
            x,
            row,
            needs as u16,
            &[(key, key_style), (" ", word_style), (word, word_style)],
        );
        x = after + 2;
    }
}

/// The one line of a screen that is too small, with the state of what is selected.
pub fn too_small(buf: &mut Buffer, model: &Model) {
    let state = model.cluster().and_then(|at| {
        let c = cluster(&model.cache, &at)?;
        Some(format!(" {} {}", c.name, cluster_word(c, zones(&model.cache, &at)).0))
    });
    let words = format!("too small, 40x10 needed{}", state.unwrap_or_default());
    paint::text(buf, 0, 0, buf.area.width, &words, Style::default());
}
