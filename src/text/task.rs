//! Sentences about tasks, their steps and logs.

use std::fmt::Write as _;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::app::panes::task::LIVE_COLUMNS;
use crate::app::panes::task::times::{Clock, Limit};
use crate::domain::id::TraceId;
use crate::domain::outcome::{ReadError, ReadErrorKind};
use crate::domain::shown::Shown;
use crate::domain::status::{Operation, Phase};
use crate::domain::task::{Defect, Inner, Subtask, Task, TaskSummary};
use crate::domain::time::{Span, Timestamp};

/// No list was read yet.
pub const READING_TASKS: &str = "reading tasks …";
/// The lists are empty.
pub const NO_TASKS: &str = "no tasks";
/// The lists are not empty, but what is looked for is not in them.
pub const NO_TASK_MATCHES: &str = "no task matches, esc shows all";
/// A task was not read yet.
pub const READING_TASK: &str = "reading the task …";
/// A task without steps (D04; OBShell's first answer has `nodes: null`).
pub const NO_STEPS: &str = "no steps told yet";
/// A log was not read yet.
pub const READING_LOG: &str = "reading the log …";
/// A log without lines.
pub const NO_LOG: &str = "no log lines yet";
/// A subtask that was never started has no log.
pub const NOT_STARTED: &str = "not started yet: no log";

/// The word of a phase in the screens' spelling (screens 4).
pub fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Done => "done",
        Phase::Running => "RUNNING",
        Phase::Pending => "pending",
        Phase::Ready => "ready",
        Phase::Failed => "FAILED",
        Phase::Skipped => "skipped",
        Phase::RollingBack => "rolling back",
        Phase::Canceling => "canceling",
        Phase::Unknown => "unknown",
    }
}

/// State of a task in a list or head: rolled back and skipped steps are said, an unknown word stands as it came.
pub fn task_state(task: &TaskSummary) -> String {
    let rolled_back = matches!(task.operation.is, Operation::Rollback | Operation::RollbackSkip);
    match task.phase() {
        Phase::Skipped if rolled_back => "rolled back".to_owned(),
        Phase::Skipped => phase(Phase::Skipped).to_owned(),
        Phase::Done if task.progress.skipped > 0 => format!("done, {} skipped", task.progress.skipped),
        Phase::Failed if rolled_back => "FAILED undo".to_owned(),
        Phase::Unknown => unknown(&task.status.word),
        p => phase(p).to_owned(),
    }
}

/// The same in at most twelve columns, words of other programs excepted.
pub fn task_state_short(task: &TaskSummary) -> String {
    match task.phase() {
        Phase::Done if task.progress.skipped > 0 => format!("{} skipped", task.progress.skipped),
        _ => task_state(task),
    }
}

/// State of a subtask.
pub fn subtask_state(subtask: &Subtask) -> String {
    match subtask.phase() {
        Phase::Skipped if matches!(subtask.operation.is, Operation::Rollback | Operation::RollbackSkip) => {
            "undone".to_owned()
        }
        Phase::Unknown => unknown(&subtask.status.word),
        p => phase(p).to_owned(),
    }
}

/// The plane's own word, or that there is none.
fn unknown(word: &crate::domain::shown::Text) -> String {
    if word.is_empty() { "unknown".to_owned() } else { word.shown().as_str().to_owned() }
}

/// `4/10`: steps really done of all; blank where no steps are told.
pub fn steps(task: &TaskSummary) -> String {
    if task.progress.all == 0 {
        String::new()
    } else {
        format!("{}/{}", task.progress.done, task.progress.all)
    }
}

/// Why a read gave nothing, in few words.
pub fn cause(error: &ReadError) -> String {
    let word = match error.kind {
        ReadErrorKind::Unreachable => "not reachable",
        ReadErrorKind::Timeout => "no answer in time",
        ReadErrorKind::CutOff => "answer cut off",
        ReadErrorKind::Unauthenticated => "login refused (401)",
        ReadErrorKind::Forbidden => "not permitted (403)",
        ReadErrorKind::NotFound => "not found (404)",
        ReadErrorKind::Conflict => "refused for its state",
        ReadErrorKind::BadRequest => "request refused (400)",
        ReadErrorKind::RateLimited => "told to wait",
        ReadErrorKind::Redirected => "redirected, not followed",
        ReadErrorKind::NotAPlane => "answer is not a control plane's",
        ReadErrorKind::BadAnswer => "answer does not read",
        ReadErrorKind::TooLarge => "answer too large",
        ReadErrorKind::Server => "server error",
        ReadErrorKind::PollingStopped => "not asked: login was refused (401)",
    };
    if error.kind == ReadErrorKind::Server && error.http > 0 {
        return format!("{word} ({})", error.http);
    }
    word.to_owned()
}

/// What failed, why, and the trace ID, in one line.
pub fn read_failed(of: &Shown, error: &ReadError) -> String {
    let mut out = format!("{of}: {}", cause(error));
    if !error.why.is_empty() {
        out.push_str(": ");
        out.push_str(error.why.shown().as_str());
    }
    if let Some(trace) = &error.trace {
        out.push_str(" · trace ");
        out.push_str(trace.shown().as_str());
    }
    out
}

/// What is wrong with an answer.
pub fn defect(defect: &Defect) -> String {
    match defect {
        Defect::Dangling { from, to } => format!("subtask {from} names {to}, which is missing"),
        Defect::OneSided { from, to } => format!("edge {from} → {to} is told by one end only"),
        Defect::DuplicateId(id) => format!("subtask {id} is there twice, the first counts"),
        Defect::SelfLoop(id) => format!("subtask {id} waits for itself"),
        Defect::Cycle(id) => format!("a cycle runs through subtask {id}"),
        Defect::BadField { path, word } => {
            format!("field {} does not read: {}", path.shown(), word.shown())
        }
        Defect::TooMany { told } => format!("{told} subtasks told, not all are kept"),
    }
}

/// A node that edges name and no answer holds.
pub const MISSING: &str = "missing";

/// `[1] 10.0.2.12`: index and target of one of several, or its ID where no target is known.
pub fn member(subtask: &Subtask) -> String {
    let who = if subtask.target.is_empty() { subtask.id.shown() } else { subtask.target.shown() };
    match subtask.parallel_ix {
        Some(ix) => format!("[{ix}] {who}"),
        None => who.as_str().to_owned(),
    }
}

/// `20:00`, or `~1h` where it is assumed and seconds would say more than is known; blank where no limit is known.
pub fn limit(limit: Option<Limit>) -> String {
    limit.map_or_else(String::new, |l| match (l.is_assumed, l.span.secs()) {
        (false, _) => l.span.clock(),
        (true, s) if s >= 3600 && s % 3600 == 0 => format!("~{}h", s / 3600),
        (true, _) => format!("~{}", l.span.clock()),
    })
}

/// `1:14 of 20:00`.
pub fn time_of(clock: &Clock) -> String {
    let of = limit(clock.limit);
    match (clock.elapsed, of.is_empty()) {
        (Some(t), false) => format!("{} of {of}", t.clock()),
        (Some(t), true) => t.clock(),
        (None, false) => format!("of {of}"),
        (None, true) => String::new(),
    }
}

/// The live row of a box: its target and times; its state where it has no target.
pub fn box_line(subtask: &Subtask, clock: &Clock) -> String {
    let who = match subtask.phase() {
        Phase::Pending | Phase::Ready => "waiting".to_owned(),
        Phase::Running | Phase::Done if !subtask.target.is_empty() => {
            subtask.target.shown().cut_middle(15).into_owned()
        }
        _ => subtask_state(subtask),
    };
    in_box(&format!("{who:<6}"), clock)
}

/// Words and times in the columns that a box keeps for them. The limit is left out where it would be cut, since half of
/// it would be read as another one, and where nobody told it; the strip tells it.
pub fn in_box(words: &str, clock: &Clock) -> String {
    let line = |limit| format!("{words} {}", time_of(&Clock { limit, ..*clock })).trim_end().to_owned();
    let whole = line(clock.limit.filter(|l| !l.is_assumed));
    if whole.width() <= usize::from(LIVE_COLUMNS) { whole } else { line(None) }
}

/// How many things are wrong with an answer.
pub fn defects(count: usize) -> String {
    if count == 1 { "1 defect".to_owned() } else { format!("{count} defects") }
}

/// Why what is shown is old.
pub fn stale(age: Span, error: &ReadError) -> String {
    format!("STALE, {} old · {}", age.short(), because(error))
}

/// The plane knows the task no more.
pub fn gone(since: Timestamp) -> String {
    format!(
        "gone since {}Z: the control plane knows this task no more (404); shown as last seen",
        since.clock()
    )
}

fn because(error: &ReadError) -> String {
    let mut out = cause(error);
    if !error.why.is_empty() {
        out.push_str(": ");
        out.push_str(error.why.shown().as_str());
    }
    if let Some(trace) = &error.trace {
        out.push_str(" · last trace ");
        out.push_str(trace.shown().as_str());
    }
    out
}

/// How often the task is read.
pub fn pace(is_unfinished: bool) -> &'static str {
    if is_unfinished { "poll 1s" } else { "ended, not polled" }
}

/// A text in lines of at most `columns`, broken at blanks where there are some.
pub fn wrapped(text: &str, columns: usize) -> impl Iterator<Item = &str> {
    let mut rest = text;
    let columns = columns.max(1);
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut used = 0;
        let mut end = rest.len();
        let mut blank = None;
        for (at, g) in rest.grapheme_indices(true) {
            used += g.width();
            if used > columns && at > 0 {
                end = at;
                break;
            }
            if g == " " {
                blank = Some(at + 1);
            }
        }
        if end < rest.len() {
            end = blank.unwrap_or(end);
        }
        let (line, more) = rest.split_at(end);
        rest = more;
        Some(line.trim_end())
    })
}

/// The head of a task: name, cluster, status, times, trace ID.
pub fn task_lines(t: &Task, trace: Option<&TraceId>, now: Timestamp) -> Vec<String> {
    let h = &t.head;
    let mut lines = vec![format!("task {}  {}", h.at.id, h.name)];
    let mut about = Vec::new();
    if !h.cluster_name.is_empty() {
        about.push(format!("cluster {}", h.cluster_name));
    }
    if !h.target.is_empty() {
        about.push(h.target.to_string());
    }
    if !h.creator.is_empty() {
        about.push(format!("by {}", h.creator));
    }
    if !about.is_empty() {
        lines.push(about.join("  "));
    }
    let p = h.progress;
    let mut state = vec![format!("{}  ({})", h.status.word, t.phase().word())];
    if p.all > 0 {
        let skipped = if p.skipped > 0 { format!(", {} of them skipped", p.skipped) } else { String::new() };
        state.push(format!("{} of {} steps{skipped}", p.done + p.skipped, p.all));
    }
    if let Some(s) = h.started {
        let to = h.finished.unwrap_or(now);
        state.push(format!("started {}Z, {}", s.day_clock(), to.since(s).short()));
    }
    lines.push(state.join("  "));
    if let Some(t) = trace {
        lines.push(format!("trace {t}"));
    }
    lines
}

/// `as of 11-21 14:03:22Z`: a drawing of something that went on.
pub fn as_of(at: Timestamp) -> String {
    format!("as of {}Z", at.day_clock())
}

/// What stands for a node that no answer holds.
pub const GHOST: &str = "the answer names this subtask, but does not hold it";
/// A log could not be read.
pub const LOG_UNREAD: &str = "the log could not be read";
/// The plane's text does not go on from the one before.
pub const LOG_ANEW: &str = "── the log began anew (seen here) ──";
/// Older lines are not kept.
pub const LOG_CUT: &str = "── older lines are not kept ──";
/// Times after a retry count from the first start (ocp-api 6).
pub const FROM_FIRST_START: &str = "from first start";

/// `── 14:03:40Z subtask RUNNING → FAILED (seen here) ──`.
pub fn change(from: Phase, to: Phase, at: Timestamp) -> String {
    format!("── {}Z subtask {} → {} (seen here) ──", at.clock(), phase(from), phase(to))
}

/// `12 subtasks`.
pub fn subtasks(count: usize) -> String {
    if count == 1 { "1 subtask".to_owned() } else { format!("{count} subtasks") }
}

/// `sub DAGs ×3`.
pub fn sub_dags(count: usize) -> String {
    format!("sub DAGs ×{count}")
}

/// `3 sub DAGs 2/3`: how many of a stage's are done.
pub fn sub_dags_done(inner: &[Inner]) -> String {
    let done = inner.iter().filter(|i| i.phase() == Phase::Done).count();
    let plural = if inner.len() == 1 { "" } else { "s" };
    format!("{} sub DAG{plural} {done}/{}", inner.len(), inner.len())
}

/// An agent that does not answer; while hosts are being stopped that is no error.
pub const AGENT_AWAY: &str = "agent away";

/// State of a sub DAG.
pub fn inner_state(inner: &Inner) -> String {
    match &inner.task {
        Ok(task) => task_state_short(&task.head),
        Err(unread) if unread.is_away => AGENT_AWAY.to_owned(),
        Err(_) => "not read".to_owned(),
    }
}

/// `2/3`: the stage that a sub DAG is in.
pub fn inner_stage(inner: &Inner) -> String {
    inner.stage().map_or_else(String::new, |s| format!("{}/{}", s.now, s.max))
}

/// `2/3 Stop observer`: the stage that it is in by name, or why nothing is known of it.
pub fn inner_step(inner: &Inner) -> String {
    match &inner.task {
        Err(unread) if unread.is_away => String::new(),
        Err(unread) => unread.why.shown().as_str().to_owned(),
        Ok(_) => {
            let name = inner.step().map_or("", |n| n.name.shown().as_str());
            format!("{} {name}", inner_stage(inner)).trim().to_owned()
        }
    }
}

/// How many of a stage's sub DAGs are in which state, what moves last first; no phase for those not read.
pub fn inner_counts(inner: &[Inner]) -> Vec<(usize, String, Option<Phase>)> {
    let mut counts: Vec<(usize, String, Option<Phase>)> = Vec::new();
    let order = [
        Phase::Failed,
        Phase::Done,
        Phase::Skipped,
        Phase::Canceling,
        Phase::RollingBack,
        Phase::Running,
        Phase::Unknown,
        Phase::Ready,
        Phase::Pending,
    ];
    for wanted in order {
        for one in inner.iter().filter(|i| i.phase() == wanted) {
            let word = match &one.task {
                Ok(_) => phase(wanted).to_lowercase(),
                Err(_) => inner_state(one),
            };
            match counts.iter_mut().find(|(_, w, _)| *w == word) {
                Some((count, ..)) => *count += 1,
                None => counts.push((1, word, one.task.is_ok().then_some(wanted))),
            }
        }
    }
    counts
}

/// Why a sub DAG reads FAILED and is none (obshell-api 7.3).
pub fn rendezvous(word: &str) -> String {
    format!("as {word}: it waits for the main task to send it on")
}

/// Where a sub DAG's log is.
pub const INNER_LOG: &str = "a sub DAG opens with enter: each of its steps has a log";

/// `13-24 of 200`: the part of a list that is in view.
pub fn page(from: usize, count: usize, all: usize) -> String {
    format!("{}-{} of {all}", from + 1, from + count)
}

/// `214 lines`.
pub fn lines(count: usize) -> String {
    if count == 1 { "1 line".to_owned() } else { format!("{count} lines") }
}

/// `12 new lines below, f to follow`.
pub fn below(count: usize) -> String {
    match count {
        0 => "f to follow".to_owned(),
        1 => "1 new line below, f to follow".to_owned(),
        n => format!("{n} new lines below, f to follow"),
    }
}

/// OCP's log line as far as it helps on a screen: time, level, message. `2026-11-21 14:02:58.113  INFO 626 --- [thread,
/// trace,span] c.o.o.Logger : text` (ocp-api 2.4) spends 110 columns before its text. Any other line is given whole.
pub fn brief(line: &str) -> std::borrow::Cow<'_, str> {
    let short = || {
        let (head, rest) = line.split_once(" --- [")?;
        let (_, rest) = rest.split_once("] ")?;
        let (_, message) = rest.split_once(": ")?;
        let mut words = head.split_whitespace();
        let (_date, time, level) = (words.next()?, words.next()?, words.next()?);
        Some(format!("{time} {level:<5} {}", message.trim_start()))
    };
    short().map_or(std::borrow::Cow::Borrowed(line), std::borrow::Cow::Owned)
}

/// A log line without the date and time at its beginning.
pub fn without_time(line: &str) -> &str {
    let is_time = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_digit())
            && word.contains([':', '-'])
            && word.chars().all(|c| c.is_ascii_digit() || ":-.,+TZ".contains(c))
    };
    let mut rest = line;
    for _ in 0..2 {
        match rest.split_once(' ') {
            Some((word, more)) if is_time(word) => rest = more.trim_start(),
            _ => break,
        }
    }
    rest
}

/// `Stop observer process [1] 10.0.2.12`.
pub fn subtask_name(subtask: &Subtask) -> String {
    let mut out = subtask.name.shown().as_str().to_owned();
    if let Some(ix) = subtask.parallel_ix {
        let _ = write!(out, " [{ix}]");
    }
    if !subtask.target.is_empty() {
        let _ = write!(out, " {}", subtask.target.shown());
    }
    out
}

/// `[1] 89029861 Stop observer process · 10.0.2.12`.
pub fn subtask_title(subtask: &Subtask) -> String {
    let ix = subtask.parallel_ix.map_or_else(String::new, |ix| format!("[{ix}] "));
    let target =
        if subtask.target.is_empty() { String::new() } else { format!(" · {}", subtask.target.shown()) };
    format!("{ix}{} {}{target}", subtask.id, subtask.name.shown())
}

/// `EXECUTE run 2`.
pub fn run(subtask: &Subtask) -> String {
    let runs = if subtask.runs == 0 { String::new() } else { format!("run {}", subtask.runs) };
    format!("{} {runs}", subtask.operation.word.shown()).trim().to_owned()
}

/// `14:02:08Z   1:14   limit 20:00`.
pub fn started(subtask: &Subtask, clock: &Clock) -> String {
    let Some(at) = subtask.started else {
        let of = limit(clock.limit);
        return if of.is_empty() { "not yet".to_owned() } else { format!("not yet   limit {of}") };
    };
    let mut out = format!("{}Z", at.clock());
    if let Some(t) = clock.elapsed {
        let _ = write!(out, "   {}", t.clock());
    }
    if subtask.is_later_run() {
        let _ = write!(out, " {FROM_FIRST_START}");
    }
    let of = limit(clock.limit);
    if !of.is_empty() {
        let _ = write!(out, "   limit {of}");
    }
    out
}

/// What the plane forbids for a subtask, where it forbids something.
pub fn prohibitions(subtask: &Subtask, task_rollback: bool) -> Vec<&'static str> {
    let mut out = Vec::new();
    if subtask.prohibit_rollback || task_rollback {
        out.push("no rollback");
    }
    if subtask.prohibit_skip {
        out.push("no skip");
    }
    out
}

/// Whether rollback and skip are allowed, and the step's class.
pub fn rollback(subtask: &Subtask, of_task: bool) -> String {
    let mut out = match (subtask.prohibit_rollback, of_task) {
        (true, _) => "prohibited, cannot be undone once it ran".to_owned(),
        (false, true) => "prohibited for the task".to_owned(),
        (false, false) => "allowed".to_owned(),
    };
    if subtask.prohibit_skip {
        out.push_str(", skip prohibited");
    }
    if !subtask.class_name.is_empty() {
        let class = subtask.class_name.shown().as_str();
        let class = class.rsplit('.').next().unwrap_or(class);
        let _ = write!(out, "   class {class}");
    }
    out
}

/// `89026504   by admin   MANUAL`.
pub fn task_line(task: &Task) -> String {
    let mut out = task.head.at.id.shown().as_str().to_owned();
    if !task.head.creator.is_empty() {
        let _ = write!(out, "   by {}", task.head.creator.shown());
    }
    if !task.kind.is_empty() {
        let _ = write!(out, "   {}", task.kind.shown());
    }
    if let Some(stage) = task.stage {
        let _ = write!(out, "   stage {} of {}", stage.now, stage.max);
    }
    out
}

/// The first few of a list, and how many more there are.
pub fn some_of(names: &[String], most: usize) -> String {
    let mut out = names.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > most {
        let _ = write!(out, " and {} more", names.len() - most);
    }
    out
}

/// A task that ended well, and servers that are otherwise than it meant (A19).
pub const DIFFERS: &str = "though the task says otherwise";

/// `task done 14:03:19Z · list 14:03:20Z`: both words with since when each is known here.
pub fn both_words(head: &TaskSummary, task: Option<Timestamp>, list: Option<Timestamp>) -> String {
    let time = |t: Timestamp| format!(" {}Z", t.clock());
    let list = list.map(|t| format!(" · list{}", time(t))).unwrap_or_default();
    format!("task {}{}{list}", task_state(head), task.map(time).unwrap_or_default())
}

/// `2 OBServers up`.
pub fn servers_up(count: usize) -> String {
    match count {
        0 => "no OBServer".to_owned(),
        1 => "1 OBServer up".to_owned(),
        n => format!("{n} OBServers up"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_line_of_ocp_is_brief_and_any_other_is_whole() {
        let line = "2026-11-21 20:22:37.353  INFO 62621 --- [pool-6,29eaa928cb80314b,0d5e88877aa4] c.o.AgentClient     : \
                    POST http://10.84.3.12:62888/api/v1/process/stop, signal=SIGTERM";
        let want = "20:22:37.353 INFO  POST http://10.84.3.12:62888/api/v1/process/stop, signal=SIGTERM";
        assert_eq!(brief(line), want);
        for whole in ["############{EXECUTE}{2026}####", "14:02:58.113 INFO  pid 1 --- [x", ""] {
            assert_eq!(brief(whole), whole);
        }
    }

    #[test]
    fn a_box_has_no_half_of_a_limit() {
        let minutes = |m: i64| Span::from_secs(60 * m);
        let limit = Some(Limit { span: minutes(30), is_assumed: false });
        let clock = Clock { elapsed: Some(Span::from_secs(7)), limit, left: None };
        let on = |target: &str| {
            let one = crate::domain::samples::subtask("1", "Stop observer process", "RUNNING");
            box_line(&Subtask { target: target.into(), ..one }, &clock)
        };
        assert_eq!(on("10.0.0.1:2882"), "10.0.0.1:2882 0:07");
        assert_eq!(on("10.0.0.1"), "10.0.0.1 0:07 of 30:00");
    }
}
