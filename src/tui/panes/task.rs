//! How `app::panes::task` looks.

pub(in crate::tui) mod boxes;
mod detail;
mod head;
mod nest;
mod rows;
mod tail;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::facts::Facts;
use crate::app::key::Size;
use crate::app::panes::task::TaskPane;
use crate::app::panes::task::plan::{Area, Below, Plan};
use crate::app::panes::task::seen::{Seen, unread};
use crate::text::task as words;
use crate::tui::look::Look;
use crate::tui::theme::Role;
use crate::tui::widgets::edge;
use crate::tui::widgets::line::{Line, put};

/// What every part of the pane is drawn from.
struct Scope<'a> {
    pane: &'a TaskPane,
    seen: Seen<'a>,
    cx: &'a Facts<'a>,
    look: &'a Look,
}

/// Draws the pane with its frame into `area`.
pub fn draw(
    frame: &mut Frame<'_>,
    area: Rect,
    pane: &TaskPane,
    cx: &Facts<'_>,
    has_focus: bool,
    look: &Look,
) {
    let buf = frame.buffer_mut();
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return;
    }
    let plan = Plan::of(Size { width: area.width, height: area.height });
    let border = look.theme.style(if has_focus { Role::FrameFocus } else { Role::Frame });
    let outer = place(area, plan.outer);
    let Some(seen) = pane.seen(cx) else {
        draw_unread(buf, area, pane, cx, border, look);
        return;
    };
    let scope = Scope { pane, seen, cx, look };
    edge::frame(buf, outer, border, &head::title(&scope), &head::state(&scope, outer.width));
    if let Some(head) = plan.head {
        head::banner(buf, place(area, head), &scope);
    }
    draw_graph(buf, place(area, plan.graph), &scope);
    match plan.below {
        Below::Nothing => {}
        Below::Strip(strip) => {
            let strip = place(area, strip);
            let parting = Rect { x: outer.x, width: outer.width, ..strip };
            let (left, right) = detail::strip_titles(&scope);
            edge::part(buf, parting, strip.y, border, &left, &right);
            let body = Rect { y: strip.y + 1, height: strip.height.saturating_sub(1), ..strip };
            detail::strip(buf, body, &scope);
        }
        Below::Panes(left, right) => {
            let thin = look.theme.style(Role::Frame);
            detail::pane(buf, place(area, left), thin, &scope);
            tail::pane(buf, place(area, right), thin, &scope);
        }
    }
    let (left, right) = head::foot(&scope, matches!(plan.below, Below::Panes(..)), outer.width);
    edge::foot(buf, outer, &left, &right);
}

fn draw_graph(buf: &mut Buffer, area: Rect, scope: &Scope<'_>) {
    let picture = scope.pane.picture();
    if scope.seen.task.graph.nodes.is_empty() {
        note(buf, area, words::NO_STEPS, scope.look);
        return;
    }
    let Some(picture) = picture else { return };
    match &picture.scene {
        Some(scene) => boxes::draw(buf, area, picture, scene, scope),
        None => rows::draw(buf, area, picture, scope),
    }
}

fn draw_unread(
    buf: &mut Buffer,
    area: Rect,
    pane: &TaskPane,
    cx: &Facts<'_>,
    border: ratatui::style::Style,
    look: &Look,
) {
    let title = pane.task().map_or_else(Line::new, |t| {
        Line::new().and(format!("Task {}", t.id), look.theme.style(Role::Heading))
    });
    let inner = edge::frame(buf, area, border, &title, &Line::new());
    match pane.task().and_then(|t| Some((t, unread(t, cx)?))) {
        Some((task, error)) => {
            let text = words::read_failed(task.id.shown(), error);
            for (row, part) in words::wrapped(&text, usize::from(inner.width.saturating_sub(2))).enumerate() {
                let y = inner.y + row as u16;
                if y < inner.bottom() {
                    put(
                        buf,
                        inner.x + 1,
                        y,
                        part,
                        inner.width.saturating_sub(2),
                        look.theme.style(Role::Danger),
                    );
                }
            }
        }
        None => note(buf, inner, words::READING_TASK, look),
    }
}

fn note(buf: &mut Buffer, area: Rect, text: &str, look: &Look) {
    if !area.is_empty() {
        put(buf, area.x + 1, area.y, text, area.width.saturating_sub(2), look.theme.style(Role::Muted));
    }
}

/// A part of the pane on the screen.
fn place(pane: Rect, part: Area) -> Rect {
    Rect { x: pane.x + part.x, y: pane.y + part.y, width: part.w, height: part.h }.intersection(pane)
}
