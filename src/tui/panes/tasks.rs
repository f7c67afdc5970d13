//! How `app::panes::tasks` looks.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use crate::app::facts::Facts;
use crate::app::panes::tasks::{self, Tasks};
use crate::domain::shown::{cut_end, cut_middle};
use crate::domain::status::Phase;
use crate::domain::task::TaskSummary;
use crate::domain::time::Span;
use crate::text::task as words;
use crate::tui::look::Look;
use crate::tui::theme::{Role, symbol};
use crate::tui::widgets::edge;
use crate::tui::widgets::line::{Line, pad, put, restyle};

/// Draws the pane with its frame into `area`.
pub fn draw(frame: &mut Frame<'_>, area: Rect, pane: &Tasks, cx: &Facts<'_>, has_focus: bool, look: &Look) {
    let buf = frame.buffer_mut();
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return;
    }
    let rows = pane.rows(cx);
    let border = look.theme.style(if has_focus { Role::FrameFocus } else { Role::Frame });
    let inner = edge::frame(buf, area, border, &title(look), &head(pane, &rows, look));
    let columns = Columns::fit(inner.width, cx.settings.profiles.len() > 1);
    columns.heading(buf, inner, look);
    let list = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
    let notes = notes(cx, rows.is_empty(), pane);
    if rows.is_empty() || list.height == 0 {
        draw_notes(buf, list, 0, &notes, look);
        return;
    }
    let selected = pane.selected_ix(&rows);
    let in_view = usize::from(list.height);
    let top = crate::app::panes::scroll::keep(pane.top(), selected, rows.len(), in_view);
    for (line, task) in rows.iter().skip(top).take(in_view).enumerate() {
        let y = list.y + line as u16;
        columns.row(buf, Rect { y, height: 1, ..list }, task, cx, look);
        if top + line == selected {
            restyle(buf, list.x, y, list.width, look.theme.style(Role::Selected));
            put(buf, list.x, y, if look.ascii { ">" } else { "▌" }, 1, look.theme.style(Role::Selected));
        }
    }
    let used = rows.len().saturating_sub(top).min(in_view) as u16;
    draw_notes(buf, list, used, &notes, look);
}

fn title<'a>(look: &Look) -> Line<'a> {
    Line::new()
        .and("2 Tasks", look.theme.style(Role::Heading))
        .and(" · all profiles", look.theme.style(Role::Muted))
}

fn head<'a>(pane: &Tasks, rows: &[&TaskSummary], look: &Look) -> Line<'a> {
    let counts = Tasks::counts(rows);
    let plain = look.theme.style(Role::Text);
    let failed = if counts.failed > 0 { look.theme.style(Role::Phase(Phase::Failed)) } else { plain };
    let mut line = Line::new()
        .and(format!("{} running", counts.running), plain)
        .and(" · ", plain)
        .and(format!("{} failed", counts.failed), failed);
    if pane.is_problems_only() {
        line.push(" · problems only", look.theme.style(Role::Caution));
    }
    if let Some(text) = pane.filtered_by() {
        let text = crate::domain::shown::Shown::filter(text);
        line.push(" · filter: ", plain);
        line.push(text.cut_end(24).into_owned(), look.theme.style(Role::Caution));
    }
    line
}

/// What could not be read, and why the list is empty.
fn notes(cx: &Facts<'_>, is_empty: bool, pane: &Tasks) -> Vec<(String, Role)> {
    let mut notes = Vec::new();
    let errors = Tasks::errors(cx);
    if is_empty && errors.is_empty() && Tasks::is_unread(cx) {
        notes.push((words::READING_TASKS.to_owned(), Role::Muted));
    } else if is_empty && (pane.filtered_by().is_some() || pane.is_problems_only()) {
        notes.push((words::NO_TASK_MATCHES.to_owned(), Role::Muted));
    } else if is_empty && !Tasks::is_unread(cx) {
        notes.push((words::NO_TASKS.to_owned(), Role::Muted));
    }
    for (profile, error) in errors {
        notes.push((words::read_failed(profile.shown(), error), Role::Danger));
    }
    notes
}

/// Notes stand under the rows, or over the last of them: an error must be seen in a full list too.
fn draw_notes(buf: &mut Buffer, list: Rect, used: u16, notes: &[(String, Role)], look: &Look) {
    let room = list.height.saturating_sub(used).max(list.height.min(notes.len() as u16).min(2));
    for (line, (text, role)) in notes.iter().take(usize::from(room)).enumerate() {
        let first = list.bottom().saturating_sub(room.min(notes.len() as u16)).min(list.y + used);
        let y = first.max(list.y) + line as u16;
        put(buf, list.x, y, &pad("", usize::from(list.width)), list.width, Style::new());
        let text = cut_end(text, usize::from(list.width.saturating_sub(2)));
        put(buf, list.x + 1, y, &text, list.width.saturating_sub(1), look.theme.style(*role));
    }
}

/// Columns of the list; 0 for one that is left out. All widths follow from the pane's, so that no answer moves one.
#[derive(Debug, Clone, Copy, Default)]
struct Columns {
    profile: u16,
    id: u16,
    task: u16,
    target: u16,
    state: u16,
    step: u16,
    time: u16,
    started: u16,
    by: u16,
}

/// Cells before the first column: selection mark, symbol and blanks.
const LEAD: u16 = 3;

impl Columns {
    fn fit(width: u16, many_profiles: bool) -> Self {
        // The widest word of ours in STATE is "rolling back".
        let mut c = Columns { id: 10, task: 12, state: 13, ..Columns::default() };
        let mut left = width.saturating_sub(LEAD + c.id + c.task + c.state);
        let mut take = |field: &mut u16, columns: u16| {
            if left >= columns {
                *field += columns;
                left -= columns;
            }
        };
        take(&mut c.step, 6);
        take(&mut c.time, 8);
        take(&mut c.target, 14);
        take(&mut c.by, 6);
        take(&mut c.task, 6);
        if many_profiles {
            take(&mut c.profile, 12);
        }
        take(&mut c.id, 2);
        take(&mut c.target, 8);
        take(&mut c.started, 16);
        take(&mut c.task, 8);
        take(&mut c.id, 12);
        take(&mut c.by, 8);
        take(&mut c.target, 12);
        c.task += left.min(16);
        c
    }
    /// Name, place and width of every column that is drawn, in order.
    fn places(self) -> impl Iterator<Item = (&'static str, u16, u16)> {
        let mut x = LEAD;
        [
            ("ID", self.id),
            ("TASK", self.task),
            ("TARGET", self.target),
            ("STATE", self.state),
            ("STEP", self.step),
            ("TIME", self.time),
            ("STARTED", self.started),
            ("BY", self.by),
            ("PROFILE", self.profile),
        ]
        .into_iter()
        .filter(|(_, w)| *w > 0)
        .map(move |(name, w)| {
            let at = x;
            x += w;
            (name, at, w)
        })
    }
    fn heading(self, buf: &mut Buffer, inner: Rect, look: &Look) {
        if inner.height == 0 {
            return;
        }
        for (name, x, w) in self.places() {
            let w = w.min(inner.width.saturating_sub(x));
            put(buf, inner.x + x, inner.y, name, w, look.theme.style(Role::Heading));
        }
    }
    fn row(self, buf: &mut Buffer, row: Rect, task: &TaskSummary, cx: &Facts<'_>, look: &Look) {
        let phase = shown_phase(task);
        let plain = look.theme.style(Role::Text);
        let tone = look.theme.style(Role::Phase(phase));
        put(buf, row.x + 1, row.y, symbol(phase, look.ascii), 1, tone);
        let mut state = words::task_state(task);
        let mut spills = state.width() + 1 > usize::from(self.state);
        if spills && self.step + self.time == 0 {
            // No room to spill into: the shorter words, so that ours are never cut.
            state = words::task_state_short(task);
            spills = false;
        }
        for (name, x, w) in self.places() {
            // The last column needs no blank behind it.
            let gap = u16::from(x + w < row.width);
            let room = usize::from(w.min(row.width.saturating_sub(x)).saturating_sub(gap));
            let text = match name {
                "ID" => cut_end(task.at.id.shown().as_str(), room).into_owned(),
                "TASK" => cut_end(task.name.shown().as_str(), room).into_owned(),
                "TARGET" => cut_middle(tasks::target(task, cx).as_str(), room).into_owned(),
                "STATE" => {
                    // "done, 1 skipped 9/10" takes the place of STEP and TIME: the words count more than the length.
                    let room =
                        if spills { usize::from(self.state + self.step + self.time - 1) } else { room };
                    let text = if spills { format!("{state} {}", words::steps(task)) } else { state.clone() };
                    cut_end(&text, room).into_owned()
                }
                "STEP" if !spills => words::steps(task),
                "TIME" if !spills => tasks::elapsed(task, cx).map_or_else(String::new, Span::clock),
                "STARTED" => task.started.map_or_else(String::new, |t| format!("{}Z", t.day_clock())),
                "BY" => cut_end(task.creator.shown().as_str(), room).into_owned(),
                "PROFILE" => cut_end(task.at.profile.shown().as_str(), room).into_owned(),
                _ => continue,
            };
            let columns = row.width.saturating_sub(x);
            put(buf, row.x + x, row.y, &text, columns, if name == "STATE" { tone } else { plain });
        }
    }
}

/// A task that ended with steps skipped is not done without reserve (screens 1, rule 7).
fn shown_phase(task: &TaskSummary) -> Phase {
    match task.phase() {
        Phase::Done if task.progress.skipped > 0 => Phase::Skipped,
        phase => phase,
    }
}
