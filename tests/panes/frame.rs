//! The whole frame: sizes, top line, ASCII, what an idle console costs.

use obdeck::app::effect::Effect;
use obdeck::app::effect::Ticket;
use obdeck::app::keepsake::{Kept, NotKept};
use obdeck::app::key::Size;
use obdeck::app::msg::Msg;
use obdeck::app::panes::task::job::NotLaid;
use obdeck::domain::outcome::{Outcome, ReadErrorKind, Refused};
use obdeck::domain::shown::Shown;
use obdeck::domain::time::Span;

use super::world::{Console, demo, prod, profile, read_error, settings};
use crate::support::samples;

#[test]
fn t01_no_size_makes_it_panic_and_small_ones_say_what_is_needed() {
    let mut c = prod(80, 24);
    let sizes = (0..48).flat_map(|w| (0..18).map(move |h| (w, h)));
    let odd =
        [(1000, 1), (1, 1000), (19, 5), (200, 60), (59, 14), (60, 15), (120, 30), (160, 45), (500, 200)];
    for keys in ["", "?", "<esc>2", "1<enter>", "/"] {
        c.resize(80, 24);
        c.keys(keys);
        for (w, h) in sizes.clone().chain(odd) {
            c.resize(w, h);
            let frame = c.frame_at(w, h);
            if (w < 40 || h < 10) && w >= 26 && h > 0 {
                assert!(frame.contains("too small, 40x10 needed"), "{w}x{h}: {frame}");
            }
        }
    }
    // What a terminal tells is not believed without bound.
    c.resize(65535, 65535);
    assert_eq!(c.model.size, Size { width: 1000, height: 1000 });
}

#[test]
fn t01_a_frame_of_another_size_than_the_model_knows_is_drawn_without_a_panic() {
    let mut c = prod(200, 60);
    for (w, h) in [(80, 24), (10, 3), (1, 1), (300, 100)] {
        let _ = c.frame_at(w, h);
    }
    c.resize(40, 10);
    let _ = c.frame_at(200, 60);
}

#[test]
fn resize_keeps_selection_folds_and_what_was_typed() {
    let mut c = prod(80, 24);
    c.keys("jjjl/tra");
    c.pass(400);
    let before = c.frame();
    for (w, h) in [(30, 5), (160, 45), (50, 12), (80, 24)] {
        c.resize(w, h);
    }
    assert_eq!(c.frame(), before);
    assert!(before.contains("/tra"), "{before}");
}

#[test]
fn screens_at_their_sizes() {
    for (w, h) in [(80, 24), (120, 40), (160, 45), (40, 10), (55, 14)] {
        let mut c = prod(w, h);
        c.keys("jjjl");
        c.pass(400);
        insta::assert_snapshot!(format!("topology_{w}x{h}"), c.frame());
    }
    let mut c = demo(80, 24);
    c.keys("jjj");
    c.pass(400);
    insta::assert_snapshot!("demo_80x24", c.frame());
    let mut c = prod(80, 24);
    c.keys("jjj<enter>");
    insta::assert_snapshot!("detail_80x24", c.frame());
}

#[test]
fn t09_ascii_frames_hold_nothing_but_ascii() {
    let mut c = prod(80, 24);
    c.look.ascii = true;
    c.world.clusters[0].name = "生产 protoss".into();
    c.pass(5000);
    c.keys("jjjl");
    c.pass(400);
    let frame = c.frame();
    assert!(frame.is_ascii(), "{frame}");
    insta::assert_snapshot!("topology_80x24_ascii", frame);
    c.keys("?");
    assert!(c.frame().is_ascii());
}

#[test]
fn without_a_profile_the_page_says_what_to_do() {
    let c = Console::new(super::world::World::default(), settings(vec![]), 80, 24);
    insta::assert_snapshot!("no_profile_80x24", c.frame());
}

#[test]
fn an_idle_console_draws_nothing_for_a_minute() {
    for (w, h) in [(80, 24), (120, 40), (160, 45)] {
        let mut c = demo(w, h);
        let before = c.frame();
        c.model.take_dirty();
        let woken = c.pass(60_000);
        assert!(!c.model.take_dirty(), "{w}x{h}");
        assert_eq!(c.frame(), before, "{w}x{h}");
        assert!(woken <= 60, "{w}x{h}: {woken} wake-ups a minute");
        assert!(c.reads.borrow().len() > 30, "it does poll");
    }
}

#[test]
fn after_two_missed_polls_the_top_line_says_stale_and_why() {
    let mut c = demo(80, 24);
    c.world.down = Some(read_error(ReadErrorKind::Unreachable, 0));
    c.pass(2500);
    assert!(!c.row(0).contains("STALE"), "one missed poll: {}", c.row(0));
    c.pass(4000);
    assert!(c.row(0).contains("STALE"), "{}", c.row(0));
    assert!(c.row(0).contains("cannot be reached"), "{}", c.row(0));
    // The old facts stay, and the failed request stays with its trace ID until it is dismissed.
    assert!(c.frame().contains("calm01"));
    assert!(c.row(22).contains("71e073145dba4fc8"), "{}", c.row(22));
    c.keys("j");
    assert!(c.row(22).contains("71e073145dba4fc8"));
    c.keys("<esc>");
    assert!(!c.row(22).contains("71e073145dba4fc8"));
    c.world.down = None;
    c.pass(31_000);
    assert!(c.row(0).contains("live"), "{}", c.row(0));
}

#[test]
fn h01_not_one_more_request_after_a_401_until_the_operator_asks() {
    let mut c = demo(80, 24);
    c.world.down = Some(read_error(ReadErrorKind::Unauthenticated, 401));
    c.pass(3000);
    let asked = c.reads.borrow().len();
    c.pass(120_000);
    assert_eq!(c.reads.borrow().len(), asked);
    assert!(c.row(0).contains("STOPPED 401"), "{}", c.row(0));
    c.world.down = None;
    c.keys("<ctrl-r>");
    assert!(c.effects.iter().any(|e| matches!(e, Effect::Resume(_))));
    c.pass(3000);
    assert!(c.row(0).contains("live"), "{}", c.row(0));
}

#[test]
fn a_pause_reads_nothing_until_asked() {
    let mut c = demo(80, 24);
    c.keys("p");
    let asked = c.reads.borrow().len();
    c.pass(60_000);
    assert_eq!(c.reads.borrow().len(), asked);
    assert!(c.row(0).contains("PAUSED 14:03:2"), "{}", c.row(0));
    c.keys("<ctrl-r>");
    assert!(c.reads.borrow().len() > asked);
    c.keys("p");
    assert!(c.row(22).contains("polling again"), "{}", c.row(22));
}

#[test]
fn leaving_goes_up_first_and_escape_never_quits() {
    let quit = |c: &Console| c.effects.contains(&Effect::Quit);
    let mut c = demo(80, 24);
    c.keys("jj<enter><esc><esc><esc><esc>2<esc>");
    assert!(!quit(&c));
    c.keys("2q");
    assert!(!quit(&c), "q leaves the view first");
    c.keys("q");
    assert!(quit(&c));
    let mut c = demo(80, 24);
    c.keys("?<ctrl-c>");
    assert!(!quit(&c), "ctrl-c closes what lies on top first");
    c.keys("<ctrl-c>");
    assert!(quit(&c));
}

#[test]
fn suspend_redraw_and_the_mouse_are_the_shells_business() {
    let mut c = demo(80, 24);
    c.keys("<ctrl-z><ctrl-l>m");
    assert_eq!(c.effects, vec![Effect::Suspend, Effect::Redraw, Effect::Mouse(false)]);
    c.send(Msg::Resumed);
    assert_eq!(c.effects.last(), Some(&Effect::Redraw));
}

#[test]
fn x14_pasted_text_is_never_a_row_of_commands() {
    let mut c = demo(80, 24);
    let before = c.frame();
    c.send(Msg::Paste("Sy\nqq2".to_owned()));
    assert_eq!(c.frame(), before);
    assert!(c.effects.is_empty());
}

#[test]
fn an_insecure_or_read_only_profile_says_so_on_every_screen() {
    let mut p = profile("demo");
    p.insecure = true;
    p.rules.read_only = true;
    let mut c = Console::new(super::world::calm(), settings(vec![p]), 80, 24);
    for keys in ["", "2", "1?", "<esc>jj<enter>"] {
        c.keys(keys);
        assert!(c.row(0).contains("INSECURE") && c.row(0).contains("READ-ONLY"), "{}", c.row(0));
    }
    c.keys("1");
    c.keys("jS");
    assert!(c.row(22).contains("read-only"), "{}", c.row(22));
}

#[test]
fn k08_with_several_profiles_the_mark_stands_where_none_is_selected() {
    let mut p = profile("risky");
    p.insecure = true;
    let mut c = Console::new(super::world::calm(), settings(vec![profile("demo"), p]), 80, 24);
    c.keys("2");
    assert!(c.row(0).contains("all profiles") && c.row(0).contains("INSECURE"), "{}", c.row(0));
}

/// Tickets of the orders that were handed to the shell.
fn sent(c: &Console) -> Vec<Ticket> {
    let ticket = |e: &Effect| match e {
        Effect::Submit { ticket, .. } => Some(*ticket),
        _ => None,
    };
    c.effects.iter().filter_map(ticket).collect()
}

/// Opens the stop dialog for the selection, types the name and says yes.
fn stop(c: &mut Console, name: &str) {
    c.keys("S");
    c.send(Msg::Painted);
    c.pass(1000);
    c.keys(&format!("{name}<tab>y"));
}

/// Leaving a dialog while it sends cancels nothing, and its answer must not be taken for that of the next one.
#[test]
fn the_answer_to_one_order_never_ends_another() {
    let mut c = demo(80, 24);
    c.keys("jj");
    c.pass(400);
    stop(&mut c, "calm01/zone1");
    c.keys("<esc>j");
    c.pass(400);
    stop(&mut c, "calm01/zone2");
    let tickets = sent(&c);
    assert_eq!(tickets.len(), 2, "{}", c.frame());
    let refused = |words: &str| {
        Outcome::Refused(Refused {
            kind: ReadErrorKind::Conflict,
            http: 409,
            code: "11020".into(),
            message: words.into(),
            trace: None,
        })
    };
    c.send(Msg::Outcome { ticket: tickets[0], outcome: refused("the first") });
    let dialog = |c: &Console| c.frame().lines().take(21).collect::<Vec<_>>().join("\n");
    assert!(c.model.is_sending() && !dialog(&c).contains("the first"), "{}", c.frame());
    assert!(dialog(&c).contains("zone2 of calm01"), "{}", c.frame());
    c.send(Msg::Outcome { ticket: tickets[1], outcome: refused("the second") });
    assert!(dialog(&c).contains("the second"), "{}", c.frame());
    assert!(!c.model.is_sending());
}

/// The story of a stop: a key opens the dialog, the dialog sends once, the task that came back opens.
#[test]
fn a_stop_is_sent_once_after_the_typed_name_and_its_task_opens() {
    let mut c = demo(80, 24);
    c.keys("jj");
    c.pass(400);
    c.keys("S");
    c.send(Msg::Painted);
    c.pass(1000);
    let frame = c.frame();
    assert!(frame.contains("POST /api/v2/ob/clusters/1/zones/zone1/stop"), "{frame}");
    assert!(c.row(0).contains("calm01"), "the top line stays over every overlay");
    c.keys("<ctrl-u>calm01/zonX<tab>y<enter>");
    assert!(c.effects.is_empty(), "a wrong name sends nothing: {:?}", c.effects);
    c.keys("<esc>S");
    c.send(Msg::Painted);
    c.pass(1000);
    c.keys("calm01/zone1<tab>y");
    let tickets = sent(&c);
    assert_eq!(tickets.len(), 1, "{}", c.frame());
    c.keys("yyyy<enter><enter>y");
    c.send(Msg::Paste("y\n".repeat(50)));
    assert_eq!(sent(&c).len(), 1, "deaf while it is sending");
    let head = super::world::task("demo", "1", "89026504", "RUNNING", "zone1");
    let whole = samples::task(head.clone(), obdeck::domain::task::TaskGraph::default());
    c.world.whole = Some(whole.clone());
    c.world.tasks.push(head);
    let outcome = Outcome::Accepted {
        task: Some(Box::new(whole)),
        trace: Some("71e073145dba4fc8".into()),
        took: Span::from_millis(141),
    };
    let ticket = sent(&c)[0];
    c.send(Msg::Outcome { ticket, outcome });
    assert!(c.model.overlays.is_empty());
    let frame = c.frame();
    assert!(frame.contains("Task 89026504"), "{frame}");
    assert!(c.row(22).contains("trace 71e073145dba4fc8"), "{}", c.row(22));
    assert!(c.row(0).contains("calm01"), "{}", c.row(0));
    // Leaving the view cancels nothing, and the tree shows the task.
    c.keys("q");
    assert!(c.frame().contains("task 89026504"), "{}", c.frame());
}

#[test]
fn files_that_were_written_are_told_by_their_path_until_the_next_key() {
    let mut c = prod(120, 30);
    let folder = Shown::filter("~/.local/state/obdeck/exports");
    let names = ["task-1-20261121T140322Z.svg", "task-1-20261121T140322Z.txt"].map(Shown::filter).to_vec();
    c.send(Msg::Saved(Ok(Kept { folder, names })));
    let wanted = "saved ~/.local/state/obdeck/exports/task-1-20261121T140322Z.{svg,txt}";
    assert!(c.frame().contains(wanted), "{}", c.frame());
    c.keys("j");
    assert!(!c.frame().contains("saved"));
}

#[test]
fn files_that_could_not_be_written_are_told_until_that_is_dismissed() {
    let mut c = prod(120, 30);
    let why = Shown::filter("No space left on device");
    c.send(Msg::Saved(Err(NotKept::Refused { what: Shown::filter("~/x/task-1.svg"), why })));
    c.keys("jk");
    let wanted = "not saved: No space left on device: ~/x/task-1.svg";
    assert!(c.frame().contains(wanted), "{}", c.frame());
    c.keys("<esc>");
    c.send(Msg::Saved(Err(NotKept::NoFolder)));
    assert!(c.frame().contains("set XDG_STATE_HOME"), "{}", c.frame());
}

#[test]
fn t10_a_layout_that_failed_is_told_until_that_is_dismissed() {
    let mut c = prod(120, 30);
    c.send(Msg::NotLaid(7, NotLaid::Fault(Shown::filter("src/graph/route.rs:1: out of cells"))));
    c.keys("jk");
    assert!(c.frame().contains("the boxes could not be laid out, the lanes stay"), "{}", c.frame());
    c.send(Msg::NotLaid(8, NotLaid::TooMany(90_600)));
    assert!(c.frame().contains("90600 steps and links are too many for boxes"), "{}", c.frame());
}
