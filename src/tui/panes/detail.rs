//! How the detail looks (screens 6), and the few lines of it below the tree.

mod clock;

use std::borrow::Cow;
use std::fmt::Write as _;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::topology::servers_now;
use crate::app::effect::Query;
use crate::app::facts::{DetailOf, Facts};
use crate::app::overlays::dialog::situation;
use crate::app::panes::detail::{Detail, HEAD_ROWS, Tab, list_rows};
use crate::app::panes::topology::{NodeId, Topology, cluster, server, task_of, unfinished, zones};
use crate::app::views::Form;
use crate::domain::action::{ClusterAction, Force, Scope, Verb};
use crate::domain::id::ClusterRef;
use crate::domain::impact::{Impact, Standing, TenantImpact};
use crate::domain::offline;
use crate::domain::shown::{Shown, Text};
use crate::domain::status::{Health, Phase};
use crate::domain::topology::{Server, Tenant};
use crate::text::impact::tenant;
use crate::text::task::phase as word;
use crate::text::{self, console};
use crate::tui::chrome::{cluster_word, counted};
use crate::tui::look::Look;
use crate::tui::theme::{Role, symbol};
use crate::tui::widgets::paint::{self, Cell};

/// A line with what it is.
type Said = (String, Role);

/// Draws the pane with its frame into `area`.
pub fn draw(frame: &mut Frame<'_>, area: Rect, pane: &Detail, cx: &Facts<'_>, has_focus: bool, look: &Look) {
    let Some(of) = pane.of() else { return };
    let buf = frame.buffer_mut();
    if Form::of(cx.size) == Form::Plain {
        for (y, (words, role)) in (area.y..area.bottom()).zip(head(of, cx).into_iter().take(1)) {
            paint::text(buf, area.x, y, area.width, &words, look.theme.style(role));
        }
        let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        list(buf, below, pane, pane.tab(), Some(true), cx, look);
        return;
    }
    let edge = look.theme.style(if has_focus { Role::FrameFocus } else { Role::Frame });
    let inner = paint::frame(buf, area, &title(of, cx), "", edge, edge);
    if inner.height == 0 {
        return;
    }
    for (y, (words, role)) in (inner.y..inner.bottom()).zip(head(of, cx).into_iter().take(HEAD_ROWS)) {
        paint::text(buf, inner.x + 1, y, inner.width.saturating_sub(2), &words, look.theme.style(role));
    }
    if matches!(of, DetailOf::Profile(_)) {
        return;
    }
    let y = inner.y + HEAD_ROWS as u16;
    if y < area.bottom().saturating_sub(1) {
        paint::rule(buf, area, y, &tabs(pane, cx), "", edge, look.theme.style(Role::Heading));
        let rows = area.bottom().saturating_sub(y + 2);
        let main = Rect { y: y + 1, height: rows, ..inner };
        let used = list(buf, main, pane, pane.tab(), Some(has_focus), cx, look);
        others(
            buf,
            area,
            Rect { y: y + 1 + used, height: rows.saturating_sub(used), ..inner },
            pane,
            cx,
            look,
        );
    }
}

/// The other lists below the chosen one, where there is room for them.
fn others(buf: &mut Buffer, frame: Rect, free: Rect, pane: &Detail, cx: &Facts<'_>, look: &Look) {
    let mut free = free;
    for tab in Tab::ALL.into_iter().filter(|t| *t != pane.tab()) {
        // A rule, the names of the columns, a row.
        if free.height < 4 {
            return;
        }
        let style = look.theme.style(Role::Frame);
        paint::rule(buf, frame, free.y, tab.title(), "", style, look.theme.style(Role::Heading));
        let below = Rect { y: free.y + 1, height: free.height - 1, ..free };
        let used = 1 + list(buf, below, pane, tab, None, cx, look);
        free = Rect { y: free.y + used, height: free.height.saturating_sub(used), ..free };
    }
}

/// The chosen tab in brackets: the eye needs a mark that is no colour.
fn tabs(pane: &Detail, cx: &Facts<'_>) -> String {
    // No count where nothing was read: 0 would be a fact.
    let count = |tab| {
        let n = match tab {
            Tab::Servers => pane.servers(cx.cache).len(),
            Tab::Tenants => pane.tenants(cx.cache).len(),
            Tab::Tasks => pane.tasks(cx.cache).len(),
        };
        if n > 0 { format!(" {n}") } else { String::new() }
    };
    let words: Vec<String> = Tab::ALL
        .into_iter()
        .map(|t| {
            let words = format!("{}{}", t.title(), count(t));
            if t == pane.tab() { format!("[{words}]") } else { words }
        })
        .collect();
    words.join("  ")
}

fn title(of: &DetailOf, cx: &Facts<'_>) -> String {
    match of {
        DetailOf::Profile(p) => p.to_string(),
        DetailOf::Cluster(c) => cluster_name(c, cx),
        DetailOf::Part(c, scope) => match scope {
            Scope::Cluster => cluster_name(c, cx),
            Scope::Zone(z) => format!("{} › {z}", cluster_name(c, cx)),
            Scope::Server { id, zone, .. } => {
                let node = NodeId::Server(c.clone(), zone.clone(), id.clone());
                let address =
                    server(cx.cache, &node).map_or_else(|| id.to_string(), |(_, s)| s.address.to_string());
                format!("{} › {zone} › {address}", cluster_name(c, cx))
            }
        },
    }
}

fn cluster_name(at: &ClusterRef, cx: &Facts<'_>) -> String {
    cluster(cx.cache, at).map_or_else(|| at.id.to_string(), |c| c.name.to_string())
}

fn dash(text: &Text) -> &str {
    if text.is_empty() { "-" } else { text.shown().as_str() }
}

/// What the thing is, in three lines.
fn head(of: &DetailOf, cx: &Facts<'_>) -> Vec<Said> {
    match of {
        DetailOf::Profile(p) => profile_lines(p, cx),
        DetailOf::Cluster(at) | DetailOf::Part(at, Scope::Cluster) => {
            vec![status_line(at, None, cx), cluster_line(at, cx), plane_line(at, cx)]
        }
        DetailOf::Part(at, scope) => {
            // Of a stopped OBServer the clock is what counts; the plane stands in the top line too.
            let last = clock::line(at, scope, cx).unwrap_or_else(|| plane_line(at, cx));
            vec![status_line(at, Some(scope), cx), part_line(at, scope, cx), last]
        }
    }
}

fn profile_lines(name: &crate::domain::id::ProfileName, cx: &Facts<'_>) -> Vec<Said> {
    let Some(p) = cx.settings.profile(name) else { return Vec::new() };
    let mut lines = vec![(
        format!(
            "{} {}   user {}",
            p.capabilities.kind.word(),
            Shown::filter(&p.origin),
            Shown::filter(&p.user)
        ),
        Role::Text,
    )];
    if let Some(broken) = &p.broken {
        lines.push((Shown::filter(broken).to_string(), Role::Danger));
    }
    if let Some((e, _)) = cx.cache.get(&Query::Clusters(name.clone())).and_then(|k| k.error.as_ref()) {
        lines.push((console::read_error(e), Role::Danger));
    }
    if let Some(list) = cx.cache.clusters(name) {
        lines.push((counted(list.len(), "cluster"), Role::Text));
    }
    if let Some((answer, _)) = cx.cache.answer(&Query::Info(name.clone()))
        && let crate::app::effect::Reply::Info(info) = &answer.reply
    {
        let skew =
            info.skew.map(|s| format!("   clock {:+.1} s", s.millis() as f64 / 1000.0)).unwrap_or_default();
        lines.push((format!("version {}{skew}", dash(&info.version)), Role::Muted));
    }
    lines
}

fn status_line(at: &ClusterRef, scope: Option<&Scope>, cx: &Facts<'_>) -> Said {
    let (word, role) = status_of(at, scope, cx);
    let task = task_of(cx.cache, at).map(|t| {
        let p = t.progress;
        let steps =
            if p.all > 0 { format!(" step {} of {}", p.done + p.skipped, p.all) } else { String::new() };
        format!("   task {} {}{steps}", t.at.id, t.name)
    });
    (format!("Status   {word}{}", task.unwrap_or_default()), role)
}

fn status_of(at: &ClusterRef, scope: Option<&Scope>, cx: &Facts<'_>) -> Said {
    let by_health = |word: &Text, is: Health| {
        let role = match is {
            Health::Up => Role::Text,
            Health::Changing | Health::Unknown => Role::Caution,
            Health::Stopped | Health::Down => Role::Danger,
        };
        (dash(word).to_owned(), role)
    };
    let gone = ("not in the last answer".to_owned(), Role::Stale);
    match scope {
        None | Some(Scope::Cluster) => match cluster(cx.cache, at) {
            Some(c) => {
                let (word, role) = cluster_word(c, zones(cx.cache, at));
                let told = if word == c.status.word.shown().as_str() {
                    String::new()
                } else {
                    format!(" (told: {})", c.status.word)
                };
                (format!("{word}{told}"), role.unwrap_or(Role::Text))
            }
            None => gone,
        },
        Some(Scope::Zone(z)) => match zones(cx.cache, at).iter().find(|o| o.name == *z) {
            Some(z) => by_health(&z.status.word, z.status.is),
            None => gone,
        },
        Some(Scope::Server { id, zone, .. }) => {
            let node = NodeId::Server(at.clone(), zone.clone(), id.clone());
            match server(cx.cache, &node) {
                Some((_, s)) => {
                    let (word, role) = by_health(&s.status.word, s.status.is);
                    let inner = if s.inner_status.is_empty() {
                        String::new()
                    } else {
                        format!("   inner {}", s.inner_status)
                    };
                    (format!("{word}{inner}"), role)
                }
                None => gone,
            }
        }
    }
}

fn cluster_line(at: &ClusterRef, cx: &Facts<'_>) -> Said {
    let Some(c) = cluster(cx.cache, at) else { return (String::new(), Role::Text) };
    let zones = zones(cx.cache, at);
    let servers: usize = zones.iter().map(|z| z.servers.len()).sum();
    let limit = cx.cache.parameters(at).and_then(|l| offline::limit(l));
    let limit = limit.map(|l| format!("   offline limit {} s", l.secs())).unwrap_or_default();
    let role = if c.role.is_empty() { String::new() } else { format!("   {}", c.role) };
    (
        format!(
            "ID {}   version {}{role}   {}   {}{limit}",
            at.id,
            dash(&c.version),
            counted(zones.len(), "zone"),
            counted(servers, "OBServer")
        ),
        Role::Text,
    )
}

fn part_line(at: &ClusterRef, scope: &Scope, cx: &Facts<'_>) -> Said {
    let all = zones(cx.cache, at);
    let text = match scope {
        Scope::Cluster => String::new(),
        Scope::Zone(name) => all.iter().find(|z| z.name == *name).map_or_else(String::new, |z| {
            let primary = primary_of(at, name, cx);
            format!(
                "Region   {}   IDC {}   {}{primary}",
                dash(&z.region),
                dash(&z.idc),
                counted(z.servers.len(), "OBServer")
            )
        }),
        Scope::Server { id, zone, .. } => {
            let node = NodeId::Server(at.clone(), zone.clone(), id.clone());
            server(cx.cache, &node).map_or_else(String::new, |(z, s)| {
                let rs = if s.with_root_server { "   RootService" } else { "" };
                format!("ID {id}   zone {}   IDC {}   version {}{rs}", z.name, dash(&z.idc), dash(&s.version))
            })
        }
    };
    (text, Role::Text)
}

/// Tenants whose leaders prefer a zone, as a phrase.
fn primary_of(at: &ClusterRef, zone: &crate::domain::id::ZoneName, cx: &Facts<'_>) -> String {
    let names: Vec<String> = cx
        .cache
        .tenants(at)
        .into_iter()
        .flatten()
        .filter(|t| {
            t.primary_zone
                .raw()
                .split(';')
                .next()
                .is_some_and(|z| z.split(',').any(|z| z.trim() == zone.raw()))
        })
        .map(|t| t.name.to_string())
        .collect();
    if names.is_empty() { String::new() } else { format!("   primary of: {}", names.join(" ")) }
}

fn plane_line(at: &ClusterRef, cx: &Facts<'_>) -> Said {
    let failed = [Query::Zones(at.clone()), Query::Tenants(at.clone()), Query::Parameters(at.clone())]
        .iter()
        .find_map(|q| cx.cache.get(q)?.error.as_ref().map(|(e, _)| console::read_error(e)));
    if let Some(words) = failed {
        return (words, Role::Danger);
    }
    let Some(p) = cx.settings.profile(&at.profile) else { return (String::new(), Role::Text) };
    (
        format!(
            "Plane    {}:{} {}   user {}",
            p.capabilities.kind.word(),
            p.name,
            Shown::filter(&p.origin),
            Shown::filter(&p.user)
        ),
        Role::Muted,
    )
}

/// A list with the names of its columns; gives the rows it took. `chosen`: it is the tab's, and whether it has the focus.
fn list(
    buf: &mut Buffer,
    area: Rect,
    pane: &Detail,
    tab: Tab,
    chosen: Option<bool>,
    cx: &Facts<'_>,
    look: &Look,
) -> u16 {
    if area.height == 0 {
        return 0;
    }
    let columns = columns(tab, area.width);
    let heading: Vec<Cell<'_>> = columns
        .iter()
        .map(|(at, name)| Cell {
            at: *at,
            text: Cow::Borrowed(*name),
            style: look.theme.style(Role::Heading),
        })
        .collect();
    paint::cells(buf, Rect { height: 1, ..area }, &heading);
    let rows = rows(tab, pane, cx, look);
    let (at, offset) = if chosen.is_some() { pane.at() } else { (usize::MAX, 0) };
    let room = usize::from(area.height - 1).min(if chosen.is_some() { list_rows(cx).max(1) } else { 5 });
    if rows.is_empty() {
        let (words, role) = empty(tab, pane, cx);
        paint::text(
            buf,
            area.x + 1,
            area.y + 1,
            area.width.saturating_sub(2),
            &words,
            look.theme.style(role),
        );
        return 2.min(area.height);
    }
    for (ix, cells) in rows.iter().enumerate().skip(offset).take(room) {
        let y = area.y + 1 + (ix - offset) as u16;
        let line = Rect { y, height: 1, ..area };
        let placed: Vec<Cell<'_>> = columns
            .iter()
            .zip(cells)
            .map(|((at, _), (text, role))| Cell {
                at: *at,
                text: Cow::Borrowed(text.as_str()),
                style: look.theme.style(*role),
            })
            .collect();
        paint::cells(buf, line, &placed);
        if ix == at && chosen == Some(true) {
            paint::text(buf, area.x, y, 1, "▌", look.theme.style(Role::Selected));
            buf.set_style(line.intersection(buf.area), look.theme.style(Role::Selected));
        }
    }
    1 + rows.len().saturating_sub(offset).min(room) as u16
}

/// Columns of a list: where each begins, and its name.
fn columns(tab: Tab, width: u16) -> Vec<(u16, &'static str)> {
    match tab {
        Tab::Servers if width < 76 => {
            vec![(1, "ADDRESS"), (23, "STATUS"), (36, "ROOT"), (41, "UP"), (46, "STOP TIME"), (63, "LIMIT")]
        }
        Tab::Servers => {
            vec![(1, "ADDRESS"), (23, "STATUS"), (39, "ROOT"), (45, "UP"), (50, "STOP TIME"), (68, "LIMIT")]
        }
        Tab::Tenants if width < 60 => {
            vec![(1, "TENANT"), (16, "PRIMARY ZONE"), (34, "NOW"), (40, "AFTER"), (47, "SPARE")]
        }
        Tab::Tenants => {
            let votes = width - 20;
            vec![
                (1, "TENANT"),
                (16, "PRIMARY ZONE"),
                (32, "LOCALITY"),
                (votes, "NOW"),
                (votes + 6, "AFTER"),
                (votes + 13, "SPARE"),
            ]
        }
        Tab::Tasks => vec![(1, "ID"), (15, "TASK"), (39, "STATE"), (54, "STEP"), (62, "BY")],
    }
}

fn rows(tab: Tab, pane: &Detail, cx: &Facts<'_>, look: &Look) -> Vec<Vec<Said>> {
    let narrow = cx.pane.width < 62;
    match tab {
        Tab::Servers => {
            pane.servers(cx.cache).into_iter().map(|s| server_row(s, pane.cluster(), cx)).collect()
        }
        Tab::Tenants => {
            let impact = pane.cluster().and_then(|at| glance(at, pane.scope(), cx));
            let of = |t: &Tenant| impact.as_ref()?.tenants().find(|i| i.name == t.name);
            let whole = pane.scope() == Scope::Cluster;
            pane.tenants(cx.cache).into_iter().map(|t| tenant_row(t, of(t), whole, narrow)).collect()
        }
        Tab::Tasks => pane
            .tasks(cx.cache)
            .into_iter()
            .map(|t| {
                let p = t.progress;
                let phase = t.phase();
                let steps =
                    if p.all > 0 { format!("{}/{}", p.done + p.skipped, p.all) } else { "-".to_owned() };
                vec![
                    (t.at.id.to_string(), Role::Text),
                    (t.name.to_string(), Role::Text),
                    (format!("{} {}", symbol(phase, look.ascii), word(phase)), Role::Phase(phase)),
                    (steps, Role::Text),
                    (dash(&t.creator).to_owned(), Role::Text),
                ]
            })
            .collect(),
    }
}

fn server_row(s: &Server, at: Option<&ClusterRef>, cx: &Facts<'_>) -> Vec<Said> {
    let role = match s.status.is {
        Health::Up if s.stopped.is_none() => Role::Fine,
        Health::Up | Health::Changing | Health::Unknown => Role::Caution,
        Health::Stopped | Health::Down => Role::Danger,
    };
    let mark = if s.is_up() || s.status.is == Health::Changing { "" } else { " !" };
    let up = s.started.filter(|_| s.is_up()).map_or_else(String::new, |t| console::uptime(cx.now.since(t)));
    let (stop, limit) = match s.away_since() {
        Some(t) => {
            let now = at.map_or(cx.now, |at| servers_now(cx, at));
            let words = format!("{}Z  {}", t.clock(), console::coarse(now.since(t)));
            (text::offline::since(s, words), clock::left(s, at, cx))
        }
        None => (String::new(), String::new()),
    };
    vec![
        (s.address.to_string(), Role::Text),
        (format!("{}{mark}", dash(&s.status.word)), role),
        (if s.with_root_server { "RS" } else { "" }.to_owned(), Role::Text),
        (up, Role::Text),
        (stop, if s.away_since().is_some() { Role::Caution } else { Role::Text }),
        (limit, Role::Caution),
    ]
}

/// A tenant with its votes: now, and after a stop of what is shown; of a whole cluster only what is there now.
fn tenant_row(t: &Tenant, impact: Option<&TenantImpact>, whole: bool, narrow: bool) -> Vec<Said> {
    let mut row = vec![(t.name.to_string(), Role::Text), (dash(&t.primary_zone).to_owned(), Role::Text)];
    if !narrow {
        let locality = tenant::short_locality(t.locality.shown().as_str());
        row.push((if locality.is_empty() { "-".to_owned() } else { locality }, Role::Text));
    }
    let Some(i) = impact else {
        row.extend((0..3).map(|_| ("-".to_owned(), Role::Muted)));
        return row;
    };
    let votes = |b| format!("{}/{}", tenant::span(b), i.voters);
    row.push((votes(i.now), Role::Text));
    if whole {
        let spare = i64::from(i.now.worst) - i64::from(i.voters / 2 + 1);
        row.push(("-".to_owned(), Role::Muted));
        row.push((spare.to_string(), if spare < 0 { Role::Danger } else { Role::Text }));
        return row;
    }
    let role = match i.standing {
        Standing::Stops | Standing::Down => Role::Danger,
        Standing::MayStop | Standing::Pauses | Standing::Unknown | Standing::NoSpare => Role::Caution,
        Standing::Safe => Role::Text,
    };
    row.push((votes(i.after), role));
    row.push((tenant::spare(i), role));
    row
}

/// What a plain stop of something would take away, as far as the screen knows.
fn glance(at: &ClusterRef, scope: Scope, cx: &Facts<'_>) -> Option<Impact> {
    let action = ClusterAction {
        verb: Verb::Stop,
        cluster: at.clone(),
        cluster_name: cluster(cx.cache, at).map(|c| c.name.clone()).unwrap_or_default(),
        scope,
        force: Force::default(),
    };
    situation::glance(&action, cx)
}

/// Why a list is empty: nothing there, not read yet, or not readable.
fn empty(tab: Tab, pane: &Detail, cx: &Facts<'_>) -> Said {
    let Some(c) = pane.cluster() else { return (String::new(), Role::Muted) };
    let query = match tab {
        Tab::Servers => Query::Zones(c.clone()),
        Tab::Tenants => Query::Tenants(c.clone()),
        Tab::Tasks => unfinished(&c.profile),
    };
    let nothing = match tab {
        Tab::Servers => "no OBServer here",
        Tab::Tenants => "no tenant here",
        Tab::Tasks => "no unfinished task",
    };
    match cx.cache.get(&query) {
        Some(k) => match (&k.error, &k.answer) {
            (Some((e, _)), _) => (console::read_error(e), Role::Danger),
            (None, Some(_)) => (nothing.to_owned(), Role::Muted),
            (None, None) => ("reading…".to_owned(), Role::Muted),
        },
        None => ("reading…".to_owned(), Role::Muted),
    }
}

/// The strip below the tree: title, then what is selected and what a stop of it would leave.
pub(super) fn summary(pane: &Topology, cx: &Facts<'_>) -> (String, Vec<Said>) {
    let Some(id) = pane.selected() else { return (String::new(), Vec::new()) };
    let Some(of) = pane.detail() else { return (String::new(), Vec::new()) };
    let title = title(&of, cx);
    let lines = match (id, pane.target(cx)) {
        (NodeId::Profile(p) | NodeId::Note(p, None), _) => profile_lines(p, cx),
        (_, Some((at, scope))) => {
            let first = match &scope {
                Scope::Cluster => cluster_line(&at, cx),
                Scope::Zone(z) => {
                    (format!("{}{}", zone_words(&at, z, cx), tenants_here(&at, z, cx)), Role::Text)
                }
                Scope::Server { .. } => part_line(&at, &scope, cx),
            };
            let clock = clock::line(&at, &scope, cx);
            vec![first, clock.unwrap_or_else(|| loss(&at, scope, cx))]
        }
        (_, None) => vec![status_line(
            id.cluster().unwrap_or(&ClusterRef { profile: id.profile().clone(), id: "".into() }),
            None,
            cx,
        )],
    };
    (title, lines)
}

fn zone_words(at: &ClusterRef, zone: &crate::domain::id::ZoneName, cx: &Facts<'_>) -> String {
    let n = zones(cx.cache, at).iter().find(|z| z.name == *zone).map_or(0, |z| z.servers.len());
    counted(n, "OBServer")
}

fn tenants_here(at: &ClusterRef, zone: &crate::domain::id::ZoneName, cx: &Facts<'_>) -> String {
    let Some(list) = cx.cache.tenants(at) else { return String::new() };
    let names: Vec<String> =
        list.iter().filter(|t| t.zones.contains(zone)).map(|t| t.name.to_string()).collect();
    if names.is_empty() {
        return String::new();
    }
    // Whole phrases only: what has no room is left to the detail.
    let replicas = format!(" · tenants with replicas: {}", names.join(" "));
    let primary = primary_of(at, zone, cx).replace("   primary of", " · primary zone of");
    let room = usize::from(cx.pane.width).saturating_sub(4 + zone_words(at, zone, cx).width());
    if replicas.width() + primary.width() <= room { replicas + &primary } else { replicas }
}

/// What a stop would leave, in one line, worst word last where the eye ends.
fn loss(at: &ClusterRef, scope: Scope, cx: &Facts<'_>) -> Said {
    let Some(impact) = glance(at, scope, cx) else {
        return ("stop would leave: not known yet".to_owned(), Role::Muted);
    };
    let (mut words, is_bad) =
        text::impact::glance(&impact.findings, usize::from(cx.pane.width).saturating_sub(6));
    let mut role = if is_bad { Role::Danger } else { Role::Text };
    if let Some(t) = task_of(cx.cache, at) {
        let what = if t.phase() == Phase::Failed { "failed" } else { "running" };
        let _ = write!(words, " · task {} {what}", t.at.id);
        role = Role::Caution;
    }
    (words, role)
}
