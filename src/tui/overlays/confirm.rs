//! How `app::overlays::confirm` looks: what the verb really does, the exact request, and `y`.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::parts::{ended, key, label, leave, paragraph, reason, request, row};
use super::sheet::{Block, Button, Sheet, columns, draw as draw_sheet, is_page};
use crate::app::facts::Facts;
use crate::app::key::KeyCode;
use crate::app::overlays::confirm::Confirm;
use crate::app::overlays::dialog::ending::Stage;
use crate::domain::action::Action;
use crate::domain::guard::Danger;
use crate::domain::status::Phase;
use crate::text;
use crate::text::task::phase as word;
use crate::tui::look::Look;
use crate::tui::theme::{Role, symbol};

/// Draws the confirmation into the body. Its message and keys go to the last two rows of the screen.
pub fn draw(frame: &mut Frame<'_>, area: Rect, overlay: &Confirm, cx: &Facts<'_>, look: &Look) {
    let columns = columns(frame, area);
    let is_page = is_page(frame);
    let sheet = match overlay.stage() {
        Stage::Ended(end) => {
            let e = ended(end, &overlay.place(), columns, cx, look);
            let sent = request(&overlay.request(cx), is_page, columns, look);
            let request = Block::fixed("Request, as it was sent", sent);
            Sheet {
                title: format!("{}: {}", title(overlay), e.word),
                danger: danger(overlay, cx),
                blocks: std::iter::once(e.block).chain(e.runbook).chain([request]).collect(),
                buttons: (leave("Close", false), e.deed),
                message: match overlay.hint() {
                    Some(hint) => (text::action::hint(hint, 'y'), Role::Text),
                    None => (format!("{}: {}", title(overlay), e.word.to_lowercase()), Role::Danger),
                },
                keys: e.keys,
                focus: None,
                scroll: overlay.scroll(),
            }
        }
        Stage::Asking | Stage::Sending { .. } => asking(overlay, cx, look, columns, is_page),
    };
    draw_sheet(frame, area, sheet, look);
}

fn danger(confirm: &Confirm, cx: &Facts<'_>) -> Danger {
    cx.settings.profile(confirm.action().profile()).map_or(Danger::default(), |p| p.rules.danger)
}

fn title(confirm: &Confirm) -> String {
    match confirm.action() {
        Action::Cluster(a) => text::action::title(a.verb, &a.scope, &a.cluster_name),
        Action::Task { task, verb } => format!("{} task {}", verb.word().to_uppercase(), task.id),
        Action::Subtask { task, subtask, verb } => {
            format!("{} subtask {subtask} of task {}", verb.word().to_uppercase(), task.id)
        }
    }
}

fn asking(confirm: &Confirm, cx: &Facts<'_>, look: &Look, columns: usize, is_page: bool) -> Sheet {
    let meaning = match confirm.action() {
        Action::Task { verb, .. } => text::action::task_meaning(*verb),
        Action::Subtask { verb, .. } => text::action::subtask_meaning(*verb),
        Action::Cluster(_) => "",
    };
    let locked = confirm.lock(cx);
    let yes = match confirm.yes_key().code {
        KeyCode::Char(c) => c,
        _ => 'y',
    };
    let sending = confirm.is_sending();
    let in_reason = confirm.is_in_reason() && !sending;
    let press = vec![
        label("Press", !in_reason && !sending, look),
        (format!("{yes} to {}", word_of(confirm)), Role::Text),
    ];
    let blockers = confirm.blockers(cx);
    let mut rows = Vec::new();
    for blocker in &blockers {
        let (what, out) = text::action::blocker(blocker);
        rows.extend(paragraph(&format!("Refused: {what} · {out}"), 2, columns, Role::Danger, look));
    }
    let reason_at = rows.len();
    rows.push(reason(confirm.reason(), !blockers.is_empty(), in_reason, columns, look));
    rows.push(row(press, look));
    let deed = match (confirm.stage(), &locked) {
        (Stage::Sending { since, .. }, _) => format!("sending since {}Z", since.clock()),
        (_, Some(why)) => {
            format!("{}: locked, {}", capital(word_of(confirm)), text::action::lock_word(why))
        }
        (_, None) => format!("{}  {yes}", capital(word_of(confirm))),
    };
    let role = if locked.is_some() { Role::Muted } else { Role::Danger };
    Sheet {
        title: title(confirm),
        danger: danger(confirm, cx),
        blocks: vec![
            Block::fixed("", target(confirm, cx, look)),
            Block::fixed("What it does", paragraph(meaning, 2, columns, Role::Caution, look)),
            Block::fixed("Request", request(&confirm.request(cx), is_page, columns, look)),
            Block::fixed("Confirm", rows),
        ],
        buttons: (
            leave(if sending { "Leave" } else { "Cancel" }, false),
            Some(Button { word: deed, has_focus: !in_reason && !sending, role }),
        ),
        message: message(confirm, locked.as_ref(), yes, sending),
        keys: keys(in_reason, sending, locked.is_none(), yes, word_of(confirm)),
        focus: in_reason.then_some((3, reason_at)),
        scroll: confirm.scroll(),
    }
}

/// What it is about, and how that stands by the newest read.
fn target(confirm: &Confirm, cx: &Facts<'_>, look: &Look) -> Vec<Line<'static>> {
    let Some((at, subtask)) = confirm.target() else { return Vec::new() };
    let line = |heading: &str, name: String, phase: Phase| {
        let state = format!("{} {}  ", symbol(phase, look.ascii), word(phase));
        row(vec![label(heading, false, look), (state, Role::Phase(phase)), (name, Role::Text)], look)
    };
    let Some(task) = cx.cache.task(at) else {
        return vec![row(vec![label("Task", false, look), ("? not read".to_owned(), Role::Caution)], look)];
    };
    let told = [&task.head.name, &task.head.cluster_name, &task.head.target];
    let told: Vec<String> = told.into_iter().filter(|t| !t.is_empty()).map(ToString::to_string).collect();
    let name = told.join(" · ");
    let mut rows = vec![line("Task", name, task.phase())];
    if let Some((_, s)) = subtask.and_then(|id| task.subtask(id)) {
        let target = if s.target.is_empty() { String::new() } else { format!(" · {}", s.target) };
        rows.push(line("Subtask", format!("{}{target}", s.name), s.phase()));
    }
    rows
}

fn word_of(confirm: &Confirm) -> &'static str {
    match confirm.action() {
        Action::Cluster(a) => a.verb.word(),
        Action::Task { verb, .. } => verb.word(),
        Action::Subtask { verb, .. } => verb.word(),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

fn message(
    confirm: &Confirm,
    lock: Option<&crate::app::overlays::dialog::situation::Lock>,
    yes: char,
    sending: bool,
) -> (String, Role) {
    if sending {
        return ("sent once; leaving does not cancel it".to_owned(), Role::Caution);
    }
    if let Some(hint) = confirm.hint() {
        return (text::action::hint(hint, yes), Role::Caution);
    }
    if let Some(back) = confirm.back() {
        return (text::ending::back(back), Role::Danger);
    }
    match lock {
        Some(lock) => (text::action::lock(lock), Role::Muted),
        None => (format!("{yes} to {}, sent once", word_of(confirm)), Role::Text),
    }
}

fn keys(in_reason: bool, sending: bool, open: bool, yes: char, word: &str) -> Vec<(String, String)> {
    if sending {
        return vec![key("esc", "leave (the order goes on)")];
    }
    let mut keys = Vec::new();
    if in_reason {
        keys.extend([key("tab", "leave the field"), key("ctrl-u", "clear")]);
    } else {
        if open {
            keys.push((yes.to_string(), word.to_owned()));
        }
        keys.extend([key("tab", "reason"), key("c", "copy request"), key("d", "dry run")]);
    }
    keys.push(key("esc", "cancel (nothing sent)"));
    keys
}
