//! Boxes of the task view: the live part of each box, made from the newest answer.

use std::fmt::Write as _;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

use super::Scope;
use super::rows::phase_of;
use crate::app::panes::task::picture::Picture;
use crate::app::panes::task::times::Clock;
use crate::domain::capability::PlaneKind;
use crate::domain::shown::{Shown, cut_middle};
use crate::domain::status::Phase;
use crate::domain::task::{Inner, Subtask};
use crate::domain::time::{Span, Timestamp};
use crate::graph::{Face, FaceRow, Scene, path};
use crate::text::task as words;
use crate::tui::theme::symbol;
use crate::tui::widgets::{boxes, minimap};

/// Columns of a time behind the signs of a table, `1:02:03`.
const TIME_COLUMNS: usize = 7;

/// Draws the part of the scene that the camera shows.
pub(super) fn draw(buf: &mut Buffer, area: Rect, picture: &Picture, scene: &Scene, s: &Scope<'_>) {
    let camera = s.pane.camera();
    let critical = if s.pane.shows_critical() {
        path::critical(s.seen.task, &picture.dag, s.seen.now)
    } else {
        Vec::new()
    };
    let selected = s.pane.selected().map(|i| i.node);
    let faces: Vec<Face> = (0..picture.dag.nodes.len())
        .map(|node| {
            let mut face = Face::of(phase_of(picture, node, s));
            // Text is made for what is in view only: the rest of a large graph costs a state each.
            let in_view = scene.boxes.get(node).is_some_and(|b| {
                b.x < camera.0 + i32::from(area.width)
                    && b.x + b.w > camera.0
                    && b.y < camera.1 + i32::from(area.height)
                    && b.y + b.h > camera.1
            });
            if in_view {
                let subtasks: Vec<&Subtask> = picture.subtasks(s.seen.task, node).collect();
                let first = picture.items.get(picture.items_of(node).start);
                let inner = first.map_or(&[][..], |i| i.nest(s.seen.task));
                dress(&mut face, &subtasks, inner, (s.seen.now, s.seen.kind), s.look.ascii);
                face.is_selected = selected == Some(node);
                listed(&mut face, picture, node, scene, &subtasks, s);
            }
            face.is_critical = critical.contains(&node);
            face
        })
        .collect();
    boxes::draw(buf, area, scene, &faces, camera, s.look);
    if s.pane.shows_map() {
        minimap::draw(buf, area, scene, &faces, (camera, selected), s.look);
    }
}

/// The list inside of an unfolded box: the page of it that holds the selection.
fn listed(
    face: &mut Face,
    picture: &Picture,
    node: usize,
    scene: &Scene,
    subtasks: &[&Subtask],
    s: &Scope<'_>,
) {
    let (chosen, all) = (s.pane.selected_ix(), picture.items_of(node));
    let shown = picture.list_of(node, chosen);
    let Some(b) = scene.boxes.get(node).filter(|_| !shown.is_empty()) else { return };
    let from = shown.start - all.start;
    let page = subtasks.get(from..(from + shown.len()).min(subtasks.len())).unwrap_or_default();
    let per_row = picture.dag.nodes.get(node).map_or(1, |n| usize::from(n.columns.max(1)));
    let place = chosen.filter(|ix| shown.contains(ix)).map(|ix| ix - shown.start);
    let list = List { per_row, columns: b.w - 6, chosen: place, is_run: is_run(subtasks) };
    face.rows = list.rows(page, (s.seen.now, s.seen.kind), s.look.ascii);
    if shown.len() < all.len() {
        let place = words::page(from / per_row, shown.len() / per_row, all.len() / per_row);
        // A failed member is named whatever page is shown.
        let named =
            subtasks.iter().any(|t| t.phase() == Phase::Failed).then_some(face.foot.as_ref()).flatten();
        face.foot = Some(
            named.map_or_else(|| Shown::filter(&place), |foot| Shown::filter(&format!("{foot} · {place}"))),
        );
    }
}

/// Whether these are steps of many names: a run, and no group.
pub(in crate::tui) fn is_run(subtasks: &[&Subtask]) -> bool {
    subtasks.windows(2).any(|w| matches!(w, [a, b] if a.name != b.name))
}

/// A list inside of a box.
pub(in crate::tui) struct List {
    /// Subtasks in a row: one, or the steps of a server.
    pub(in crate::tui) per_row: usize,
    /// Columns of a row.
    pub(in crate::tui) columns: i32,
    /// Which of what is shown is selected.
    pub(in crate::tui) chosen: Option<usize>,
    /// Whether the rows are told apart by names of steps.
    pub(in crate::tui) is_run: bool,
}

impl List {
    /// A row for each of `page`, or for each server: who it is, its steps, and how long it takes or took.
    pub(in crate::tui) fn rows(
        &self,
        page: &[&Subtask],
        (now, kind): (Timestamp, PlaneKind),
        ascii: bool,
    ) -> Vec<FaceRow> {
        let columns = usize::try_from(self.columns).unwrap_or(0);
        let row = |(nth, steps): (usize, &[&Subtask])| {
            // What counts of a server's steps: the one of most concern, of equals the last.
            let t = steps.iter().rev().min_by_key(|t| t.phase().concern())?;
            let signs = if self.per_row > 1 { self.signs(steps, nth, ascii) } else { String::new() };
            let is_named = self.is_run && self.per_row == 1;
            let who = if is_named { words::subtask_name(t) } else { words::member(t) };
            let mut time = Clock::of(t, now, kind).elapsed.map_or_else(String::new, Span::clock);
            if t.runs > 1 {
                time = format!("run {} {time}", t.runs);
            }
            if self.per_row > 1 {
                // The signs stand under each other whatever the time takes.
                time = format!("{time:>TIME_COLUMNS$}");
            }
            let room = columns.saturating_sub(signs.width());
            let who = cut_middle(&who, room.saturating_sub(time.width() + 1)).into_owned();
            let blank = room.saturating_sub(who.width() + time.width());
            let text = Shown::filter(&format!("{who}{}{signs}{time}", " ".repeat(blank)));
            let is_selected = self.chosen.is_some_and(|c| c / self.per_row == nth);
            Some(FaceRow { phase: t.phase(), text, is_selected })
        };
        page.chunks(self.per_row.max(1)).enumerate().filter_map(row).collect()
    }
    /// A sign for each step of a server; the selected one in brackets.
    fn signs(&self, steps: &[&Subtask], row: usize, ascii: bool) -> String {
        let sign = |(nth, t): (usize, &&Subtask)| {
            let sign = symbol(t.phase(), ascii);
            if self.chosen == Some(row * self.per_row + nth) {
                format!("[{sign}]")
            } else {
                format!(" {sign} ")
            }
        };
        steps.iter().enumerate().map(sign).collect::<String>() + " "
    }
}

/// The live part of a box that stands for `subtasks` with sub DAGs `inner`; `now` is the server's clock.
pub(in crate::tui) fn dress(
    face: &mut Face,
    subtasks: &[&Subtask],
    inner: &[Inner],
    (now, kind): (Timestamp, PlaneKind),
    ascii: bool,
) {
    let clock = Clock::of_all(subtasks.iter().copied(), now, kind);
    face.bar = clock.used();
    face.line = match subtasks {
        [] => Shown::filter(words::MISSING),
        [one] => Shown::filter(&words::box_line(one, &clock)),
        many => Shown::filter(&histogram(many, &clock, ascii)),
    };
    if subtasks.len() < 2 && inner.is_empty() {
        return;
    }
    // The ID in a group's border would be that of its first member alone.
    let of = |f: &dyn Fn(Phase) -> bool| -> Vec<&Subtask> {
        subtasks.iter().copied().filter(|t| f(t.phase())).collect()
    };
    let failed = of(&|p| p == Phase::Failed);
    if failed.is_empty() && !inner.is_empty() {
        // They do the stage's work: how far they are tells more than who waits for them.
        face.foot = Some(Shown::filter(&words::sub_dags_done(inner)));
        return;
    }
    let named = if failed.is_empty() { of(&Phase::is_active) } else { failed };
    face.foot = Some(match named.split_first() {
        None => Shown::filter(&words::subtasks(subtasks.len())),
        Some((first, rest)) => {
            let more = if rest.is_empty() { String::new() } else { format!(" +{}", rest.len()) };
            let sign = symbol(first.phase(), ascii);
            Shown::filter(&format!("{sign} {}{more}", words::member(first)))
        }
    });
}

/// `✓10 ▶2 1:14 of 20:00`.
fn histogram(subtasks: &[&Subtask], clock: &Clock, ascii: bool) -> String {
    let mut out = String::new();
    let order = [
        Phase::Failed,
        Phase::Done,
        Phase::Skipped,
        Phase::Running,
        Phase::RollingBack,
        Phase::Canceling,
        Phase::Unknown,
        Phase::Ready,
        Phase::Pending,
    ];
    for phase in order {
        let count = subtasks.iter().filter(|t| t.phase() == phase).count();
        if count > 0 {
            let _ = write!(out, "{}{count} ", symbol(phase, ascii));
        }
    }
    words::in_box(out.trim_end(), clock)
}
