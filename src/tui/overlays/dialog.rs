//! How `app::overlays::dialog` looks (screens 7): Mode, Impact, Request, Confirm, always in this order.

mod answers;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::parts::{ended, head, key, leave, paragraph, request, row};
use super::sheet::{Block, Button, Sheet, columns, draw as draw_sheet, is_page};
use crate::app::facts::Facts;
use crate::app::key::KeyCode;
use crate::app::overlays::dialog::ending::Stage;
use crate::app::overlays::dialog::situation::{Lock, Situation, Typed};
use crate::app::overlays::dialog::{Dialog, Focus, Hint};
use crate::domain::capability::{Mode, PlaneKind};
use crate::domain::guard::Danger;
use crate::domain::impact::{Fact, Finding, Level};
use crate::domain::shown::Text;
use crate::text;
use crate::tui::look::Look;
use crate::tui::theme::Role;

/// Findings that are shown in the dialog; `i` shows them all (screens 7).
const MOST_ROWS: usize = 9;

/// Everything a row is made from.
struct View<'a> {
    dialog: &'a Dialog,
    situation: Situation,
    locked: Option<Lock>,
    cx: &'a Facts<'a>,
    look: &'a Look,
    columns: usize,
    is_page: bool,
    kind: PlaneKind,
    danger: Danger,
}

/// Draws the dialog into the body. Its message and keys go to the last two rows of the screen, whether `area`
/// holds them or not.
pub fn draw(frame: &mut Frame<'_>, area: Rect, overlay: &Dialog, cx: &Facts<'_>, look: &Look) {
    let columns = columns(frame, area);
    let is_page = is_page(frame);
    let sheet = match (overlay.situation(cx), cx.settings.profile(&overlay.cluster().profile)) {
        (Some(situation), Some(profile)) => {
            let locked = overlay.lock(&situation, cx);
            let (kind, danger) = (profile.capabilities.kind, profile.rules.danger);
            View { dialog: overlay, situation, locked, cx, look, columns, is_page, kind, danger }.sheet()
        }
        _ => no_profile(overlay, columns, look),
    };
    draw_sheet(frame, area, sheet, look);
}

fn no_profile(dialog: &Dialog, columns: usize, look: &Look) -> Sheet {
    let why = text::action::lock(&Lock::NoProfile);
    Sheet {
        title: text::action::title(dialog.verb(), dialog.scope(), &Text::default()),
        danger: Danger::default(),
        blocks: vec![Block::fixed("", paragraph(&why, 2, columns, Role::Danger, look))],
        buttons: (leave("Close", true), None),
        message: (why, Role::Danger),
        keys: vec![key("esc", "close")],
        focus: None,
        scroll: 0,
    }
}

impl View<'_> {
    fn sheet(&self) -> Sheet {
        match self.dialog.stage() {
            Stage::Ended(end) => {
                let e = ended(end, &self.dialog.place(), self.columns, self.cx, self.look);
                let mut keys = e.keys;
                if self.is_page {
                    keys.push(key("j k", "scroll"));
                }
                let mut blocks: Vec<Block> = std::iter::once(e.block).chain(e.runbook).collect();
                let sent = request(&self.situation.request, self.is_page, self.columns, self.look);
                blocks.push(Block::fixed("Request, as it was sent", sent));
                Sheet {
                    title: format!("{}: {}", self.title(), e.word),
                    danger: self.danger,
                    blocks,
                    buttons: (leave("Close", false), e.deed),
                    message: match self.dialog.hint() {
                        Some(hint) => (text::action::hint(hint, self.yes()), Role::Text),
                        None => (format!("{}: {}", self.title(), e.word.to_lowercase()), Role::Danger),
                    },
                    keys,
                    focus: None,
                    scroll: self.dialog.scroll(),
                }
            }
            Stage::Asking if self.dialog.table().is_some() => self.table(),
            Stage::Asking | Stage::Sending { .. } => self.asking(),
        }
    }

    fn title(&self) -> String {
        text::action::title(self.dialog.verb(), self.dialog.scope(), &self.situation.action.cluster_name)
    }

    fn asking(&self) -> Sheet {
        let (confirm, focus) = self.confirm();
        let blocks = vec![
            self.mode(),
            self.impact(),
            Block::fixed("Request", request(&self.situation.request, self.is_page, self.columns, self.look)),
            Block::fixed("Confirm", confirm),
        ];
        Sheet {
            title: self.title(),
            danger: self.danger,
            blocks,
            buttons: self.buttons(),
            message: self.message(),
            keys: self.keys(),
            focus: match self.dialog.focus() {
                Focus::Mode => Some((0, 0)),
                Focus::Cancel => None,
                Focus::Holder | Focus::Pass | Focus::Reason | Focus::Name | Focus::Deed => Some((3, focus)),
            },
            scroll: 0,
        }
    }

    fn mode(&self) -> Block {
        let (verb, scope) = (self.dialog.verb(), self.dialog.scope());
        let modes = self.dialog.modes(self.cx);
        let chosen = self.dialog.mode(self.cx);
        let has_focus = self.dialog.focus() == Focus::Mode;
        let dot = |on: bool| match (on, self.look.ascii) {
            (true, false) => "(•) ",
            (true, true) => "(*) ",
            (false, _) => "( ) ",
        };
        let words = |mode| text::action::mode(self.kind, verb, scope, mode);
        if self.is_page {
            // Without a choice the one mode is told by the title; `i` tells the rest.
            let mark = head("", 1, has_focus, self.look);
            let rows =
                vec![row(vec![mark, (format!("{}{}", dot(true), words(chosen).0), Role::Text)], self.look)];
            return Block::fixed("", if modes.len() > 1 { rows } else { Vec::new() });
        }
        let line = |first: (String, Role), on: bool, name: &str, meaning: &str, role: Role| {
            let meaning = (meaning.to_owned(), if role == Role::Text { Role::Muted } else { role });
            row(vec![first, (format!("{}{name:<22}", dot(on)), role), meaning], self.look)
        };
        let indent = || (" ".repeat(8), Role::Text);
        let mut rows = Vec::new();
        let shown = if modes.is_empty() { &[Mode::Plain] } else { modes };
        for mode in shown {
            let first = if rows.is_empty() { head("Mode", 8, has_focus, self.look) } else { indent() };
            let (name, meaning) = words(*mode);
            let force;
            let meaning = if *mode == Mode::Force {
                force = text::action::force_mode(self.kind, verb, scope, true);
                &force
            } else {
                meaning
            };
            rows.push(line(first, *mode == chosen, name, meaning, Role::Text));
        }
        if !modes.contains(&Mode::Force) {
            let force = text::action::force_mode(self.kind, verb, scope, false);
            rows.push(line(indent(), false, "force", &force, Role::Muted));
        }
        Block::fixed("", rows)
    }

    /// What the plane's own check says, before what was worked out here: evidence, not a verdict.
    fn check(&self) -> Option<Line<'static>> {
        self.dialog.check(self.cx)?;
        let (mark, words, role) = match self.dialog.checked(self.cx) {
            None => ("??", "being asked".to_owned(), Role::Muted),
            Some(checked) => {
                let (mark, role) = match checked {
                    Ok(c) if c.passed => ("ok", Role::Fine),
                    Ok(_) => ("!!", Role::Danger),
                    Err(_) => ("??", Role::Caution),
                };
                (mark, text::action::checked(checked), role)
            }
        };
        let (indent, label) =
            if self.is_page { (" ", "check ") } else { ("  ", "its own check                  ") };
        let first = (format!("{indent}{mark}  "), role);
        Some(row(vec![first, (label.to_owned(), Role::Text), (words, Role::Text)], self.look))
    }

    fn impact(&self) -> Block {
        let mut block = Block::fixed(&self.impact_title(), Vec::new());
        block.is_elastic = true;
        match &self.situation.impact {
            None => block.rows.push(self.waiting()),
            Some(impact) => {
                // Evidence of the plane itself, on every screen: the rest is worked out here, worst first.
                block.rows.extend(self.check());
                let (last, findings): (Vec<_>, Vec<_>) =
                    impact.findings.iter().partition(|f| f.fact == Fact::NotChecked);
                block.rows.extend(findings.iter().take(MOST_ROWS).map(|f| self.finding(f)));
                block.beyond = findings.len().saturating_sub(MOST_ROWS);
                block.pinned.extend(last.into_iter().map(|f| self.finding(f)));
            }
        }
        block
    }

    fn waiting(&self) -> Line<'static> {
        Line::styled("  ??  reading zones, servers and tasks", self.look.theme.style(Role::Muted))
    }

    fn impact_title(&self) -> String {
        match (self.situation.read_at, &self.situation.impact) {
            (Some(at), _) => {
                let age = self.cx.now.since(at).short();
                let old = if self.situation.old.is_some() { ", too old" } else { " old" };
                format!("Impact  read {}Z, {age}{old}", at.clock())
            }
            (None, Some(_)) => "Impact  not read".to_owned(),
            (None, None) => "Impact  being read".to_owned(),
        }
    }

    fn finding(&self, finding: &Finding) -> Line<'static> {
        let mut l = text::impact::line(finding, self.look.ascii);
        if let (true, Some(t)) = (self.is_page, finding.fact.tenant()) {
            l.label = t.name.to_string();
            l.value = text::impact::tenant::short(t, self.look.ascii);
        }
        let role = level_role(finding.level);
        let mut label = l.label;
        if finding.fact == Fact::NotChecked && !self.is_page {
            label.push_str("   (i why)");
        }
        let label = match (l.value.is_empty(), self.is_page) {
            (true, _) => label,
            (false, true) => format!("{label} "),
            (false, false) => format!("{label:<31}"),
        };
        let indent = if self.is_page { " " } else { "  " };
        row(
            vec![
                (format!("{indent}{}{} ", l.mark, if self.dialog.is_new(finding) { "*" } else { " " }), role),
                (label, if finding.level == Level::Loss { Role::Danger } else { Role::Text }),
                (l.value, if finding.level == Level::Loss { Role::Danger } else { Role::Text }),
            ],
            self.look,
        )
    }

    fn yes(&self) -> char {
        match self.dialog.yes_key().code {
            KeyCode::Char(c) => c,
            _ => 'y',
        }
    }

    fn buttons(&self) -> (Button, Option<Button>) {
        let focus = self.dialog.focus();
        let sending = self.dialog.is_sending();
        let word = match (self.is_page, sending) {
            (true, _) => "",
            (false, true) => "Leave",
            (false, false) => "Cancel",
        };
        let cancel = leave(word, focus == Focus::Cancel && !sending);
        if let Stage::Sending { since, .. } = self.dialog.stage() {
            let word = format!("sending since {}Z", since.clock());
            return (cancel, Some(Button { word, has_focus: false, role: Role::Caution }));
        }
        if self.situation.verdict.is_some() && self.situation.question().is_none() {
            return (cancel, None);
        }
        let deed = text::action::deed(self.dialog.verb(), self.situation.is_refused());
        let word = match &self.locked {
            Some(lock) if self.is_page => format!("{deed}: {}", text::action::lock_word(lock)),
            Some(lock) => format!("{deed}: locked, {}", text::action::lock_word(lock)),
            None => format!("{deed}  {}", self.yes()),
        };
        let role = if self.locked.is_some() { Role::Muted } else { Role::Danger };
        (cancel, Some(Button { word, has_focus: focus == Focus::Deed, role }))
    }

    fn message(&self) -> (String, Role) {
        if self.dialog.is_sending() {
            return ("sent once; leaving does not cancel it".to_owned(), Role::Caution);
        }
        if let Some(hint) = self.dialog.hint() {
            let role = if matches!(hint, Hint::Refused(_)) { Role::Danger } else { Role::Caution };
            return (text::action::hint(hint, self.yes()), role);
        }
        // A wrong letter, and what no answer here can open (H02), before what would have to be answered.
        if let Some(lock @ (Lock::Name(Typed::Differs { .. }) | Lock::NotOffered(_))) = &self.locked {
            return (text::action::lock(lock), Role::Danger);
        }
        if let Some(back) = self.dialog.back() {
            return (text::ending::back(back), Role::Danger);
        }
        if let Some(at) = self.dialog.changed() {
            return (format!("the impact changed at {}Z: read it again", at.clock()), Role::Caution);
        }
        let findings = self.situation.impact.as_ref().map_or(&[][..], |i| i.findings.as_slice());
        if let Some(warning) = text::impact::warning(findings, self.dialog.verb()) {
            return (warning, Role::Danger);
        }
        match &self.locked {
            Some(lock) => (text::action::lock(lock), Role::Muted),
            None => (format!("{} to {} it, sent once", self.yes(), self.dialog.verb().word()), Role::Text),
        }
    }

    fn keys(&self) -> Vec<(String, String)> {
        if self.dialog.is_sending() {
            return vec![key("esc", "leave (the order goes on)")];
        }
        let mut keys = Vec::new();
        match self.dialog.focus() {
            Focus::Reason | Focus::Name => {
                keys.push(key("tab", "next field"));
                keys.push(key("ctrl-u", "clear"));
            }
            focus => {
                if self.locked.is_none() {
                    keys.push((self.yes().to_string(), self.dialog.verb().word().to_owned()));
                }
                match focus {
                    Focus::Holder => keys.push(key("enter", "open the task")),
                    Focus::Mode => keys.push(key("space", "change mode")),
                    Focus::Pass => keys.push(key("space", "pass it over or not")),
                    Focus::Reason | Focus::Name | Focus::Deed | Focus::Cancel => {}
                }
                keys.extend([key("tab", "next field"), key("i", "impact"), key("c", "copy request")]);
                keys.push(key("d", "dry run"));
            }
        }
        keys.push(key("esc", "cancel (nothing sent)"));
        keys
    }

    /// What the impact rests on, and how old each of it is.
    fn inputs(&self) -> Vec<Line<'static>> {
        let told = self.situation.inputs.iter().map(|(input, read)| {
            let how = match read {
                Ok(at) => format!("{}Z, {} old", at.clock(), self.cx.now.since(*at).short()),
                Err(why) => format!("not known: {}", text::impact::missing(why)),
            };
            format!("{} {how}", text::impact::input_word(*input))
        });
        let told: Vec<String> = told.collect();
        if told.is_empty() {
            return Vec::new();
        }
        paragraph(&format!("read: {}", told.join(" · ")), 1, self.columns, Role::Muted, self.look)
    }

    /// The whole impact with what stands behind each line, and the whole request.
    fn table(&self) -> Sheet {
        let mut rows = Vec::new();
        let findings = self.situation.impact.as_ref().map_or(&[][..], |i| i.findings.as_slice());
        if findings.is_empty() {
            rows.push(self.waiting());
        }
        for finding in findings {
            let mark = text::impact::mark(finding.level);
            let said = text::impact::sentence(finding, self.look.ascii);
            let mut lines = paragraph(&format!("{mark}  {said}"), 1, self.columns, Role::Text, self.look);
            if let Some(first) = lines.first_mut() {
                first.style = self.look.theme.style(level_role(finding.level));
            }
            rows.append(&mut lines);
            rows.extend(paragraph(
                &text::impact::meaning(&finding.fact),
                5,
                self.columns,
                Role::Muted,
                self.look,
            ));
        }
        rows.extend(self.inputs());
        let mode = self.dialog.mode(self.cx);
        let (name, meaning) = text::action::mode(self.kind, self.dialog.verb(), self.dialog.scope(), mode);
        rows.extend(paragraph(&format!("mode {name}: {meaning}"), 1, self.columns, Role::Text, self.look));
        rows.extend(request(&self.situation.request, false, self.columns, self.look));
        let title = if self.is_page { String::new() } else { self.impact_title() };
        Sheet {
            title: self.title(),
            danger: self.danger,
            blocks: vec![Block::fixed("", Vec::new()), Block::fixed(&title, rows)],
            buttons: (leave("Back", true), None),
            message: (self.impact_title(), Role::Muted),
            keys: vec![key("j k", "scroll"), key("i", "back"), key("esc", "back")],
            focus: None,
            scroll: self.dialog.table().unwrap_or(0),
        }
    }
}

fn level_role(level: Level) -> Role {
    match level {
        Level::Loss => Role::Danger,
        Level::Caution | Level::Unknown => Role::Caution,
        Level::Fine => Role::Fine,
    }
}
