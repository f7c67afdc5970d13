//! The last block of the dialog: why it is refused, and the fields that are to be answered.

use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::super::parts::{field, head, label, paragraph, reason, row};
use super::View;
use crate::app::overlays::dialog::Focus;
use crate::domain::action::Scope;
use crate::domain::guard::{Blocker, Question, Verdict};
use crate::domain::shown::{Text, cut_end};
use crate::text;
use crate::tui::theme::Role;

impl View<'_> {
    /// The rows of the last block, and which of them keys go to.
    pub(super) fn confirm(&self) -> (Vec<Line<'static>>, usize) {
        let mut rows = Vec::new();
        let mut at = 0;
        let focus = self.dialog.focus();
        if let Some(Verdict::Refuse { blockers, .. }) = &self.situation.verdict {
            let most = if self.is_page { 1 } else { 2 };
            for blocker in blockers.iter().take(most) {
                if matches!(blocker, Blocker::HeldBy(_)) && focus == Focus::Holder {
                    at = rows.len();
                }
                rows.extend(self.blocker(blocker));
            }
            if blockers.len() > most {
                let more = format!("          and {} more, i", blockers.len() - most);
                rows.push(Line::styled(more, self.look.theme.style(Role::Caution)));
            }
        }
        if self.dialog.can_pass(&self.situation, self.cx) {
            if focus == Focus::Pass {
                at = rows.len();
            }
            rows.push(self.pass());
        }
        let Some(question) = self.situation.question() else {
            if self.situation.verdict.is_none() {
                let role = self.look.theme.style(Role::Muted);
                rows.push(Line::styled("  what it asks for depends on the impact", role));
            }
            return (rows, at);
        };
        if focus == Focus::Reason {
            at = rows.len();
        }
        let has_focus = focus == Focus::Reason && !self.dialog.is_sending();
        rows.push(reason(self.dialog.reason(), question.reason, has_focus, self.columns, self.look));
        rows.extend(self.odd_names());
        rows.extend(self.name(question));
        if matches!(focus, Focus::Name | Focus::Deed) {
            at = rows.len().saturating_sub(1);
        }
        (rows, at)
    }

    /// The toggle that passes over what holds the cluster: it names the task, and is off until it is switched on.
    fn pass(&self) -> Line<'static> {
        let chosen = self.dialog.passes();
        let held = match &self.situation.verdict {
            Some(Verdict::Refuse { blockers, .. }) => blockers
                .iter()
                .filter_map(|b| match b {
                    Blocker::HeldBy(task) => Some(task.at.id.clone()),
                    _ => None,
                })
                .collect(),
            Some(Verdict::Ask(_)) | None => Vec::new(),
        };
        let mark = if chosen.is_empty() { "[ ] " } else { "[x] " };
        let words = text::action::pass(if chosen.is_empty() { &held } else { chosen });
        let has_focus = self.dialog.focus() == Focus::Pass;
        let indent = if self.is_page { 1 } else { 10 };
        let first = if self.is_page {
            head("", indent, has_focus, self.look)
        } else {
            label("Pass", has_focus, self.look)
        };
        let room = self.columns.saturating_sub(indent + 5);
        row(vec![first, (format!("{mark}{}", cut_end(&words, room)), Role::Caution)], self.look)
    }

    fn blocker(&self, blocker: &Blocker) -> Vec<Line<'static>> {
        let (what, out) = text::action::blocker(blocker);
        let has_focus = matches!(blocker, Blocker::HeldBy(_)) && self.dialog.focus() == Focus::Holder;
        let indent = if self.is_page { 1 } else { 10 };
        let first = if self.is_page {
            head("", indent, has_focus, self.look)
        } else {
            label("Refused", has_focus, self.look)
        };
        let whole = format!("{what} · {out}");
        if indent + whole.width() <= self.columns {
            return vec![row(
                vec![first, (what, Role::Danger), (format!(" · {out}"), Role::Text)],
                self.look,
            )];
        }
        let room = self.columns.saturating_sub(indent + 1);
        let what = cut_end(&what, room).into_owned();
        vec![
            row(vec![first, (what, Role::Danger)], self.look),
            row(vec![(" ".repeat(indent), Role::Text), (out.to_owned(), Role::Text)], self.look),
        ]
    }

    /// What is odd about the names, with the IDs that are not (X11).
    fn odd_names(&self) -> Vec<Line<'static>> {
        let cluster = &self.situation.action.cluster_name;
        let (word, target) = match self.dialog.scope() {
            Scope::Cluster => ("cluster", None),
            Scope::Zone(zone) => ("zone", Some(zone.text())),
            Scope::Server { address, .. } => ("OBServer", Some(address)),
        };
        let mut told: Vec<String> = Vec::new();
        if let Some(odd) = text::action::oddity(cluster) {
            told.push(format!("cluster: {odd}"));
        }
        if let Some(odd) = target.and_then(text::action::oddity) {
            told.push(format!("{word}: {odd}"));
        }
        if told.is_empty() {
            return Vec::new();
        }
        told.push(format!("cluster ID {}", self.dialog.cluster().id));
        if let Scope::Server { id, .. } = self.dialog.scope() {
            told.push(format!("server ID {id}"));
        }
        if text::action::cannot_be_typed(cluster) || target.is_some_and(text::action::cannot_be_typed) {
            told.push("It cannot be typed here: the command line takes it, with --confirm".to_owned());
        }
        let indent = if self.is_page { 1 } else { 10 };
        let mut rows = paragraph(&told.join(" · "), indent, self.columns, Role::Caution, self.look);
        if let Some(first) = rows.first_mut()
            && !self.is_page
        {
            let text = first.spans.iter().map(|s| s.content.as_ref()).collect::<String>();
            *first = row(
                vec![label("Name", false, self.look), (text.trim_start().to_owned(), Role::Caution)],
                self.look,
            );
        }
        rows
    }

    fn name(&self, question: &Question) -> Vec<Line<'static>> {
        let verb = self.dialog.verb().word();
        let has_focus = self.dialog.focus() == Focus::Name && !self.dialog.is_sending();
        let Some(want) = &question.typed else {
            let yes = self.yes();
            let press = format!("{yes} to {verb} it");
            let first = label("Press", self.dialog.focus() == Focus::Deed, self.look);
            return vec![row(vec![first, (press, Role::Text)], self.look)];
        };
        let want = text::action::quoted(&Text::new(want));
        let first = label("Type", has_focus, self.look);
        let to = format!("to {verb} it:  ");
        let gap = 19_usize.max(want.width() + 6);
        let one_row = 10 + gap + to.width() + want.width() < self.columns;
        let style = |role| self.look.theme.style(role);
        let edit = |room: usize| field(self.dialog.typed_name(), room, has_focus, self.look);
        if one_row {
            let pad = " ".repeat(gap - want.width());
            let mut spans = vec![
                Span::styled(first.0, style(first.1)),
                Span::styled(want, style(Role::Heading)),
                Span::raw(pad),
                Span::raw(to.clone()),
            ];
            spans.extend(edit(self.columns.saturating_sub(10 + gap + to.width())));
            return vec![Line::from(spans)];
        }
        let mut rows = paragraph(&want, 10, self.columns, Role::Heading, self.look);
        if let Some(line) = rows.first_mut() {
            let text = line.spans.iter().map(|s| s.content.as_ref()).collect::<String>();
            *line = row(vec![first, (text.trim_start().to_owned(), Role::Heading)], self.look);
        }
        // On a small page the typed name stands under the wanted one, letter under letter.
        let to = if self.is_page { String::new() } else { to };
        let room = self.columns.saturating_sub(10 + to.width());
        let mut spans = vec![Span::raw(" ".repeat(10)), Span::raw(to)];
        spans.extend(edit(room));
        rows.push(Line::from(spans));
        rows
    }
}
