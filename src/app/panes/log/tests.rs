//! Appending, following and finding in logs.

use super::*;
use crate::app::cache::Cache;
use crate::app::effect::{Answer, Reply};
use crate::app::key::Size;
use crate::app::samples::settings;
use crate::app::settings::Settings;
use crate::domain::task::LogText;

struct World {
    cache: Cache,
    settings: Settings,
    now: Timestamp,
}

impl World {
    fn new() -> Self {
        Self { cache: Cache::default(), settings: settings(Vec::new()), now: Timestamp::from_millis(0) }
    }
    fn facts(&self) -> Facts<'_> {
        let size = Size { width: 80, height: 12 };
        Facts { cache: &self.cache, settings: &self.settings, now: self.now, size, pane: size }
    }
    fn tell(&mut self, pane: &mut Log, lines: &[&str]) {
        self.now = self.now.plus(Span::from_secs(1));
        let lines = lines.iter().map(|l| Shown::log_line(l)).collect();
        let reply = Reply::Log(LogText { lines, cut: false });
        let answer = Answer { reply, trace: None, server_time: None, took: Span::ZERO };
        let (task, subtask) = subject();
        self.cache.entry(&Query::Log(task, subtask)).answer = Some((answer, self.now));
        pane.refresh(&self.facts());
    }
}

fn subject() -> (TaskRef, SubtaskId) {
    (TaskRef { profile: "p".into(), id: "1".into() }, "2".into())
}

fn opened() -> Log {
    let mut pane = Log::default();
    let (task, subtask) = subject();
    pane.open(task, subtask);
    pane
}

fn texts(pane: &Log) -> Vec<String> {
    pane.kept().iter().map(|e| e.text().map_or("--".to_owned(), |t| t.as_str().to_owned())).collect()
}

fn numbered(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("line {i}")).collect()
}

fn refs(lines: &[String]) -> Vec<&str> {
    lines.iter().map(String::as_str).collect()
}

#[test]
fn the_whole_text_of_each_poll_gives_each_line_once() {
    let (mut world, mut pane) = (World::new(), opened());
    world.tell(&mut pane, &["a", "b"]);
    world.tell(&mut pane, &["a", "b"]);
    world.tell(&mut pane, &["a", "b", "b", "c"]);
    assert_eq!(texts(&pane), ["a", "b", "b", "c"]);
}

#[test]
fn a_line_read_while_it_was_written_grows() {
    let (mut world, mut pane) = (World::new(), opened());
    world.tell(&mut pane, &["a", "still th"]);
    world.tell(&mut pane, &["a", "still there", "b"]);
    assert_eq!(texts(&pane), ["a", "still there", "b"]);
}

#[test]
fn a_text_cut_at_its_top_goes_on_where_it_was() {
    let (mut world, mut pane) = (World::new(), opened());
    world.tell(&mut pane, &["a", "b", "c"]);
    world.tell(&mut pane, &["b", "c", "d"]);
    assert_eq!(texts(&pane), ["a", "b", "c", "d"]);
}

#[test]
fn another_text_is_kept_behind_the_first_with_a_mark() {
    let (mut world, mut pane) = (World::new(), opened());
    world.tell(&mut pane, &["a", "b"]);
    world.tell(&mut pane, &["x", "y"]);
    assert_eq!(texts(&pane), ["a", "b", "--", "x", "y"]);
    assert_eq!(pane.kept().get(2), Some(&Entry::Anew));
}

#[test]
fn memory_is_bounded_and_the_newest_lines_are_kept() {
    let (mut world, mut pane) = (World::new(), opened());
    let long = "x".repeat(3_900);
    let lines: Vec<String> = (0..400).map(|i| format!("{i} {long}")).collect();
    world.tell(&mut pane, &refs(&lines));
    assert!(pane.kept().len() < 300);
    assert_eq!(pane.kept().get(0), Some(&Entry::Cut));
    world.tell(&mut pane, &refs(&lines));
    assert!(pane.kept().len() < 300, "what was dropped does not come back");
    assert!(texts(&pane).last().unwrap().starts_with("399 "));
}

#[test]
fn new_lines_are_counted_and_not_jumped_to_once_scrolled_up() {
    let (mut world, mut pane) = (World::new(), opened());
    world.tell(&mut pane, &refs(&numbered(50)));
    assert!(pane.is_following());
    pane.command(Command::Up, &world.facts());
    assert_eq!((pane.line(), pane.top()), (Some(48), Some(40)));
    world.tell(&mut pane, &refs(&numbered(62)));
    assert_eq!((pane.line(), pane.top(), pane.new_below()), (Some(48), Some(40), 12));
    pane.command(Command::Follow, &world.facts());
    assert!(pane.is_following() && pane.new_below() == 0);
}

#[test]
fn the_end_is_followed_again_by_going_there() {
    let (mut world, mut pane) = (World::new(), opened());
    world.tell(&mut pane, &refs(&numbered(50)));
    pane.command(Command::First, &world.facts());
    assert_eq!(pane.line(), Some(0));
    pane.command(Command::Last, &world.facts());
    assert!(pane.is_following());
}

#[test]
fn find_goes_round_and_counts() {
    let (mut world, mut pane) = (World::new(), opened());
    world.tell(&mut pane, &["one refused", "b", "two Refused", "c"]);
    assert!(pane.find("refused", true, &world.facts()));
    assert_eq!((pane.line(), pane.matches()), (Some(0), Some((1, 2))));
    pane.command(Command::FindNext, &world.facts());
    assert_eq!((pane.line(), pane.matches()), (Some(2), Some((2, 2))));
    pane.command(Command::FindNext, &world.facts());
    assert_eq!(pane.line(), Some(0));
    pane.command(Command::FindPrevious, &world.facts());
    assert_eq!(pane.line(), Some(2));
    assert!(!pane.find("nothing like it", true, &world.facts()));
}

#[test]
fn only_matches_can_be_shown() {
    let (mut world, mut pane) = (World::new(), opened());
    world.tell(&mut pane, &["one refused", "b", "two refused", "c"]);
    pane.find("refused", true, &world.facts());
    pane.command(Command::OnlyMatches, &world.facts());
    assert_eq!(pane.shown(), [0, 2]);
    world.tell(&mut pane, &["one refused", "b", "two refused", "c", "refused again"]);
    assert_eq!(pane.shown(), [0, 2, 4]);
    pane.command(Command::OnlyMatches, &world.facts());
    assert_eq!(pane.shown().len(), 5);
}

#[test]
fn the_line_is_copied_as_it_is_shown() {
    let (mut world, mut pane) = (World::new(), opened());
    world.tell(&mut pane, &["a", "b\u{1b}[31m"]);
    let step = pane.command(Command::Copy, &world.facts());
    assert_eq!(step.go, [Go::Copy(Shown::filter("b␛[31m"))]);
}
