//! How `app::panes::timeline` looks (screens 13).

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::facts::Facts;
use crate::app::panes::timeline::Timeline;
use crate::app::views::Form;
use crate::domain::incident::{Happened, Moment, Source};
use crate::domain::outcome::Exit;
use crate::domain::shown::{Shown, cut_end, cut_middle};
use crate::domain::status::{Health, Phase};
use crate::text::timeline as words;
use crate::tui::look::Look;
use crate::tui::theme::Role;
use crate::tui::widgets::edge;
use crate::tui::widgets::line::{Line, put, restyle};

/// Columns of the source, and of who.
const SOURCE: u16 = 6;
const WHO: u16 = 8;
/// From this width on what came of it has a column of its own.
const WIDE: u16 = 110;
/// Where that column begins, from the first of the words.
const RIGHT: u16 = 60;

/// Draws the pane with its frame into `area`.
pub fn draw(
    frame: &mut Frame<'_>,
    area: Rect,
    pane: &Timeline,
    cx: &Facts<'_>,
    has_focus: bool,
    look: &Look,
) {
    let buf = frame.buffer_mut();
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return;
    }
    let inner = if Form::of(cx.size) == Form::Plain {
        area
    } else {
        let border = look.theme.style(if has_focus { Role::FrameFocus } else { Role::Frame });
        let inner = edge::frame(buf, area, border, &title(pane, cx, look), &head(pane, cx, look));
        let muted = look.theme.style(Role::Muted);
        edge::foot(buf, area, &Line::new().and(words::CLOCKS, muted), &Line::new());
        inner
    };
    let (at, top) = pane.at();
    let mut y = inner.y;
    for (ix, moment) in pane.rows().iter().enumerate().skip(top) {
        if y >= inner.bottom() {
            break;
        }
        row(buf, Rect { y, height: 1, ..inner }, moment, cx, look);
        if ix == at {
            restyle(buf, inner.x, y, inner.width, look.theme.style(Role::Selected));
            put(buf, inner.x, y, if look.ascii { ">" } else { "▌" }, 1, look.theme.style(Role::Selected));
        }
        y += 1;
        for aside in moment.asides() {
            if y >= inner.bottom() {
                break;
            }
            beside(buf, Rect { y, height: 1, ..inner }, &words::aside(aside), look);
            y += 1;
        }
    }
    notes(buf, Rect { y, height: inner.bottom().saturating_sub(y), ..inner }, pane, cx, look);
}

fn title<'a>(pane: &Timeline, cx: &Facts<'_>, look: &Look) -> Line<'a> {
    let of = pane.cluster().map_or_else(
        || words::ALL_CLUSTERS.to_owned(),
        |c| cx.cache.cluster(c).map_or_else(|| c.id.to_string(), |c| c.name.to_string()),
    );
    Line::new()
        .and("3 Timeline", look.theme.style(Role::Heading))
        .and(format!(" · {of} · {}", words::back(pane.back())), look.theme.style(Role::Text))
}

fn head<'a>(pane: &Timeline, cx: &Facts<'_>, look: &Look) -> Line<'a> {
    let mut line = Line::new();
    if let Some(text) = pane.filtered_by() {
        let text = Shown::filter(text);
        line.push(format!("filter: {} · ", text.cut_end(24)), look.theme.style(Role::Caution));
    }
    line.push(words::skew(pane.skew(cx)), look.theme.style(Role::Muted));
    line
}

/// The first column of what happened, from the left edge.
fn indent(width: u16, is_long: bool) -> u16 {
    let time = if is_long { 15 } else { 9 };
    let who = if width < 60 { 0 } else { WHO };
    1 + time + 1 + SOURCE + 1 + who
}

fn row(buf: &mut Buffer, area: Rect, m: &Moment, cx: &Facts<'_>, look: &Look) {
    let theme = &look.theme;
    let time = words::time(m.at, cx.now);
    let is_long = time.len() > 9;
    let column = indent(area.width, is_long);
    let role = role(m);
    put(buf, area.x + 1, area.y, &time, 15, theme.style(Role::Muted));
    let x = area.x + 1 + if is_long { 16 } else { 10 };
    let source = if m.source == Source::Sent { Role::Heading } else { Role::Muted };
    put(buf, x, area.y, m.source.word(), SOURCE, theme.style(source));
    if area.width >= 60 {
        let who = m.who.shown().cut_end(usize::from(WHO - 1)).into_owned();
        put(buf, x + SOURCE + 1, area.y, &who, WHO - 1, theme.style(Role::Text));
    }
    let room = area.width.saturating_sub(column + 1);
    let (what, mut right) = words::line(m, area.width < WIDE);
    let text = area.x + column;
    let width = |t: &str| unicode_width::UnicodeWidthStr::width(t);
    // What was done counts more than what came of it, but of an order.
    let fits = |right: &str| m.source == Source::Sent || width(&what) + width(right) + 2 <= usize::from(room);
    if let Happened::Changed(change) = &m.what
        && !fits(&right)
    {
        right = words::within(change);
    }
    if right.is_empty() || !fits(&right) {
        // Of a change both ends count: what it was about, and what it is now.
        let cut = match &m.what {
            Happened::Changed(_) => cut_middle(&what, usize::from(room)),
            _ => cut_end(&what, usize::from(room)),
        };
        put(buf, text, area.y, &cut, room, theme.style(role));
        return;
    }
    let right_columns = width(&right) as u16;
    let at = if area.width >= WIDE && RIGHT + right_columns <= room {
        RIGHT
    } else {
        // What came of it counts more than the whole path.
        (width(&what) as u16 + 3).min(room.saturating_sub(right_columns))
    };
    let cut = cut_middle(&what, usize::from(at.saturating_sub(2)));
    put(buf, text, area.y, &cut, at, theme.style(if m.source == Source::Sent { Role::Text } else { role }));
    put(buf, text + at, area.y, &right, room.saturating_sub(at), theme.style(role));
}

/// What is to be known beside an order, below its words.
fn beside(buf: &mut Buffer, area: Rect, text: &str, look: &Look) {
    let muted = look.theme.style(Role::Muted);
    put(buf, area.x + 1, area.y, "│", 1, muted);
    let column = indent(area.width, false);
    let room = area.width.saturating_sub(column + 1);
    put(buf, area.x + column, area.y, &cut_end(text, usize::from(room)), room, muted);
}

fn role(m: &Moment) -> Role {
    match &m.what {
        Happened::Sent { ended, settled, .. } => match ended.as_ref().map(|e| e.1.exit) {
            Some(Exit::Done) => Role::Fine,
            None | Some(Exit::Unknown) if settled.is_none() => Role::Danger,
            _ => Role::Caution,
        },
        Happened::Held { .. } => Role::Caution,
        Happened::TaskEnded { phase: Some(phase), .. } => Role::Phase(*phase),
        Happened::Step(step) if step.phase == Phase::Failed => Role::Phase(Phase::Failed),
        Happened::Changed(c) => match c.is {
            Health::Up => Role::Text,
            Health::Changing | Health::Unknown => Role::Caution,
            Health::Stopped | Health::Down => Role::Danger,
        },
        Happened::TaskEnded { phase: None, .. }
        | Happened::TaskBegan { .. }
        | Happened::Step(_)
        | Happened::Audit(_)
        | Happened::Note(_) => Role::Text,
    }
}

/// What is not in it, and why; or that there is nothing.
fn notes(buf: &mut Buffer, area: Rect, pane: &Timeline, cx: &Facts<'_>, look: &Look) {
    let mut lines = Vec::new();
    if pane.rows().is_empty() {
        let empty = if pane.filtered_by().is_some() { words::NO_MATCH } else { words::NOTHING };
        lines.push((empty.to_owned(), Role::Muted));
    }
    if let Some(error) = pane.audit_error(cx) {
        lines.push((words::no_audit(error), Role::Caution));
    }
    for (y, (text, role)) in (area.y..area.bottom()).zip(lines) {
        let room = area.width.saturating_sub(2);
        put(buf, area.x + 1, y, &cut_end(&text, usize::from(room)), room, look.theme.style(role));
    }
}
