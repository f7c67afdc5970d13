//! The journal on real files: what is written, what is found, what is refused.

use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;
use crate::domain::guard::Basis;
use crate::domain::id::{ClusterId, ClusterRef, ProfileName, SubtaskId, TaskId, TraceId, ZoneName};
use crate::domain::outcome::Exit;
use crate::domain::shown::Text;
use crate::domain::time::Span;
use crate::domain::timeline::{Ended, Intent, OrderId, Settled, Subject};

fn writer() -> Writer {
    Writer { operator: Text::new("oncall"), host: Text::new("box"), pid: 7 }
}

fn at(folder: &Path) -> Journal {
    Journal::at(folder, writer())
}

fn note(text: &str) -> What {
    What::Note { cluster: None, text: Text::new(text) }
}

fn now() -> Timestamp {
    Timestamp::from_millis(1_700_000_000_123)
}

fn filled(lines: usize) -> (tempfile::TempDir, Journal) {
    let dir = tempfile::tempdir().unwrap();
    let journal = at(&dir.path().join("obdeck"));
    for i in 0..lines {
        journal.append(&note(&format!("n{i}")), now(), 0).unwrap();
    }
    (dir, journal)
}

fn texts(tail: &Tail) -> Vec<String> {
    let text = |r: &Record| match &r.what {
        What::Note { text, .. } => text.raw().to_owned(),
        _ => panic!("a note"),
    };
    tail.records.iter().map(text).collect()
}

fn walked(journal: &Journal) -> Walked {
    journal.walk(|_| {}).unwrap()
}

fn edit(journal: &Journal, how: impl FnOnce(&mut Vec<String>)) {
    let text = std::fs::read_to_string(journal.path()).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    how(&mut lines);
    std::fs::write(journal.path(), lines.join("\n") + "\n").unwrap();
}

fn bad(line: u64, how: Break) -> Bad {
    Bad { line, how }
}

fn subject() -> Subject {
    Subject {
        profile: ProfileName::new("prod"),
        cluster: Some(ClusterRef { profile: ProfileName::new("prod"), id: ClusterId::new("12") }),
        cluster_name: Text::new("protoss"),
        verb: Text::new("stop"),
        scope: Text::new("zone"),
        target: Text::new("zone\u{202e}2"),
        zone: Some(ZoneName::new("zone\u{202e}2")),
        task: None,
        subtask: None,
        mode: Text::new("plain"),
    }
}

fn every_kind() -> Vec<What> {
    let order = OrderId::new("o-1");
    let basis = Basis {
        codes: vec!["zones 3 2".to_owned()],
        refused: vec!["majority-lost".to_owned()],
        typed: Some("protoss/zone2".to_owned()),
        reason: Some("CHG-1 \u{1b}[31m".to_owned()),
        overriding: Some("must".to_owned()),
        at: now(),
    };
    vec![
        What::Intent(Box::new(Intent {
            order: order.clone(),
            subject: subject(),
            task_name: Text::new("Stop OB zone"),
            method: Text::new("POST"),
            origin: Text::new("https://ocp:8443"),
            path: Text::new("/api/v2/stop"),
            body: Some(Text::new("{\"force\":true}")),
            user: Text::new("oncall"),
            basis,
        })),
        What::Ended(Box::new(Ended {
            order: order.clone(),
            exit: Exit::Unknown,
            http: 500,
            code: Text::new("11020"),
            words: Text::new("lost"),
            trace: Some(TraceId::new("71e0")),
            task: Some(TaskId::new("89026504")),
            task_name: Text::new("Stop OB zone"),
            took: Some(Span::from_millis(141)),
        })),
        What::Settled { order: order.clone(), how: Settled::Task(TaskId::new("89026504")) },
        What::Settled { order, how: Settled::LetBe },
        What::Held { subject: Box::new(subject()), why: vec!["read-only".to_owned()], reason: None },
        What::TaskEnded {
            profile: ProfileName::new("prod"),
            cluster: subject().cluster,
            task: TaskId::new("89026504"),
            name: Text::new("Stop OB zone"),
            status: Text::new("FAILED"),
            took: Some(Span::from_secs(9)),
            failed: vec![SubtaskId::new("89029861")],
        },
        What::Note { cluster: subject().cluster, text: Text::new("磁盘 swap") },
    ]
}

#[test]
fn every_kind_of_record_is_read_back_as_it_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let journal = at(dir.path());
    let written: Vec<Record> = every_kind().iter().map(|w| journal.append(w, now(), 480).unwrap()).collect();
    assert_eq!(written.iter().map(|r| r.seq).collect::<Vec<_>>(), (1..=7).collect::<Vec<_>>());
    assert_eq!(written.iter().map(|r| r.what.clone()).collect::<Vec<_>>(), every_kind());
    let tail = journal.tail(limits::JOURNAL_TAIL_BYTES).unwrap();
    assert_eq!((tail.records, tail.damaged, tail.unknown), (written, 0, 0));
    assert_eq!(walked(&journal), Walked { lines: 7, ..Walked::default() });
}

#[test]
fn x16_no_control_or_bidi_character_stands_in_the_file_as_itself() {
    let dir = tempfile::tempdir().unwrap();
    let journal = at(dir.path());
    journal.append(&note("\u{1b}[2J\u{9b}31m\u{7f}\u{202e}\u{200b}\u{e0041}磁盘é"), now(), 0).unwrap();
    let text = std::fs::read_to_string(journal.path()).unwrap();
    let odd: Vec<char> = text.chars().filter(|c| !c.is_ascii() || (c.is_control() && *c != '\n')).collect();
    assert_eq!(odd, ['磁', '盘', 'é']);
    assert!(text.contains(r"\u001b[2J\u009b31m\u007f\u202e\u200b\udb40\udc41"), "{text}");
    assert_eq!(
        texts(&journal.tail(9999).unwrap()),
        ["\u{1b}[2J\u{9b}31m\u{7f}\u{202e}\u{200b}\u{e0041}磁盘é"]
    );
}

#[test]
fn a_secret_field_of_a_body_never_comes_to_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let journal = at(dir.path());
    let What::Intent(mut intent) = every_kind().remove(0) else { panic!("an intent") };
    intent.body =
        Some(Text::new(r#"{"a":[{"rootPassword":"canary"}],"accessKey_secret":"canary","force":true}"#));
    journal.append(&What::Intent(intent), now(), 0).unwrap();
    let text = std::fs::read_to_string(journal.path()).unwrap();
    assert!(!text.contains("canary") && text.contains("force"), "{text}");
}

#[test]
fn f03_an_edited_removed_or_inserted_line_is_found_the_last_one_too() {
    type Edit = fn(&mut Vec<String>);
    let edits: [(Edit, Option<Bad>); 9] = [
        (|_| {}, None),
        (|l| l[1] = l[1].replace("n1", "nX"), Some(bad(2, Break::Changed))),
        (|l| l[3] = l[3].replace("n3", "nX"), Some(bad(4, Break::Changed))),
        (|l| drop(l.remove(1)), Some(bad(2, Break::NotNext))),
        (|l| drop(l.remove(0)), Some(bad(1, Break::NotNext))),
        (|l| drop(l.remove(3)), Some(bad(3, Break::EndMissing))),
        (|l| l.insert(2, l[0].clone()), Some(bad(3, Break::NotNext))),
        (|l| l.insert(2, "garbage".to_owned()), Some(bad(3, Break::Changed))),
        (|l| l.push("garbage".to_owned()), Some(bad(5, Break::Changed))),
    ];
    for (n, (how, want)) in edits.into_iter().enumerate() {
        let (_dir, journal) = filled(4);
        edit(&journal, how);
        assert_eq!(walked(&journal).bad, want, "edit {n}");
        assert_eq!(journal.tail(limits::JOURNAL_TAIL_BYTES).unwrap().is_broken, want.is_some(), "edit {n}");
        // What is appended later does not hide it.
        journal.append(&note("later"), now(), 0).unwrap();
        let after = walked(&journal).bad;
        assert_eq!(after.is_some(), want.is_some(), "edit {n}, after another line: {after:?}");
    }
}

#[test]
fn f03_a_journal_that_is_gone_as_a_whole_is_missed() {
    let (_dir, journal) = filled(3);
    std::fs::remove_file(journal.path()).unwrap();
    assert_eq!(walked(&journal).bad, Some(bad(0, Break::EndMissing)));
    journal.append(&note("later"), now(), 0).unwrap();
    assert_eq!(walked(&journal).bad, Some(bad(1, Break::NotNext)));
}

#[test]
fn f03_the_end_alone_is_no_break() {
    let (_dir, journal) = filled(20);
    for bytes in [700, 1_500, 3_000] {
        let tail = journal.tail(bytes).unwrap();
        assert!(!tail.is_broken && tail.damaged == 0 && !tail.records.is_empty(), "{bytes}: {tail:?}");
    }
}

#[test]
fn f02_half_a_last_line_is_kept_and_a_fresh_one_begun_after_it() {
    for cut in [1, 40, 200] {
        let (_dir, journal) = filled(3);
        let whole = std::fs::read(journal.path()).unwrap();
        // The crash came inside the third line's write: its number was not told to the head.
        std::fs::write(journal.path(), &whole[..whole.len() - cut]).unwrap();
        let head = journal.folder.join(HEAD);
        let second = whole.split(|b| *b == b'\n').nth(1).unwrap();
        std::fs::write(head, format!("{:020} {}\n", 2, chain::sealed(second).unwrap())).unwrap();
        let before = std::fs::read(journal.path()).unwrap();
        if cut > 1 {
            assert_eq!((walked(&journal).damaged, walked(&journal).bad), (1, None), "cut {cut}");
        }
        journal.append(&note("next"), now(), 0).unwrap();
        let after = std::fs::read(journal.path()).unwrap();
        assert!(after.starts_with(&before), "nothing was rewritten");
        let walked = walked(&journal);
        assert_eq!(walked.bad, None, "cut {cut}");
        if cut > 1 {
            assert_eq!((walked.lines, walked.damaged), (4, 1));
            let tail = journal.tail(limits::JOURNAL_TAIL_BYTES).unwrap();
            assert_eq!((texts(&tail), tail.damaged), (vec!["n0".into(), "n1".into(), "next".into()], 1));
            assert!(!tail.is_broken, "nobody is alarmed by what a crash left");
        }
    }
}

#[test]
fn a_line_of_a_later_version_is_kept_and_counted() {
    let (_dir, journal) = filled(1);
    let text = std::fs::read_to_string(journal.path()).unwrap();
    let object = text.trim_end().rsplit_once(",\"hash\"").unwrap().0.replace("\"note\"", "\"dream\"") + "}";
    let (line, hash) = chain::seal(&object);
    std::fs::write(journal.path(), line + "\n").unwrap();
    std::fs::write(journal.folder.join(HEAD), format!("{:020} {hash}\n", 1)).unwrap();
    journal.append(&note("next"), now(), 0).unwrap();
    let tail = journal.tail(9999).unwrap();
    assert_eq!((texts(&tail), tail.unknown, tail.damaged), (vec!["next".to_owned()], 1, 0));
    assert_eq!(walked(&journal), Walked { lines: 2, unknown: 1, ..Walked::default() });
}

#[test]
fn f04_modes_are_repaired_and_what_is_not_ours_or_a_symlink_is_refused() {
    let (dir, journal) = filled(1);
    let mode = |p: &Path| std::fs::metadata(p).unwrap().permissions().mode() & 0o777;
    let folder = dir.path().join("obdeck");
    assert_eq!((mode(&folder), mode(&journal.path())), (0o700, 0o600));
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::set_permissions(journal.path(), std::fs::Permissions::from_mode(0o644)).unwrap();
    journal.append(&note("x"), now(), 0).unwrap();
    assert_eq!((mode(&folder), mode(&journal.path())), (0o700, 0o600));

    let linked = at(&dir.path().join("link"));
    symlink(&folder, dir.path().join("link")).unwrap();
    assert_eq!(linked.check(), Err(JournalError::Symlink { path: dir.path().join("link") }));
    let other = at(&dir.path().join("other"));
    std::fs::create_dir(dir.path().join("other")).unwrap();
    symlink(journal.path(), other.path()).unwrap();
    assert_eq!(other.append(&note("x"), now(), 0), Err(JournalError::Symlink { path: other.path() }));
    assert!(other.tail(10).is_err());
    assert_eq!(texts(&journal.tail(9999).unwrap()), ["n0", "x"]);
}

#[test]
fn f04_a_file_of_somebody_else_is_refused() {
    // Of user 0 for everybody but root, and root can give one away.
    let (_dir, journal) = filled(1);
    if rustix::process::geteuid().is_root() {
        rustix::fs::chown(journal.path(), Some(rustix::fs::Uid::from_raw(12345)), None).unwrap();
        assert_eq!(
            journal.append(&note("x"), now(), 0),
            Err(JournalError::Foreign { path: journal.path(), uid: 12345 })
        );
    }
}

#[test]
fn a_folder_a_pipe_or_a_place_below_a_file_is_refused_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("file"), "").unwrap();
    let below = at(&dir.path().join("file").join("obdeck"));
    let error = below.append(&note("x"), now(), 0).unwrap_err().to_string();
    assert!(error.contains("XDG_STATE_HOME"), "{error}");
    assert_eq!(below.tail(10), Ok(Tail::default()));
    let folder = at(&dir.path().join("a"));
    std::fs::create_dir_all(folder.path()).unwrap();
    assert!(folder.check().is_err());
}

#[test]
fn t14_lines_of_many_writers_never_interleave_and_the_chain_is_one() {
    let (_dir, journal) = filled(0);
    std::thread::scope(|scope| {
        for t in 0..4 {
            let journal = &journal;
            scope.spawn(move || {
                for i in 0..25 {
                    journal.append(&note(&format!("{t}-{i}")), now(), 0).unwrap();
                }
            });
        }
    });
    assert_eq!(walked(&journal), Walked { lines: 100, ..Walked::default() });
}

#[test]
fn a_start_and_an_append_read_the_end_of_100_000_lines_only() {
    let dir = tempfile::tempdir().unwrap();
    let journal = at(dir.path());
    let first = journal.append(&note("n"), now(), 0).unwrap();
    // 100,000 lines in one write: the same chain that as many appends make.
    let (mut prev, mut text) = (chain::GENESIS.to_owned(), String::new());
    for seq in 1..=100_000 {
        let object = wire::write(&Record { seq, ..first.clone() }, &prev, None).unwrap();
        let (line, hash) = chain::seal(&object);
        text += &line;
        text.push('\n');
        prev = hash;
    }
    std::fs::write(journal.path(), &text).unwrap();
    std::fs::write(dir.path().join(HEAD), format!("{:020} {prev}\n", 100_000)).unwrap();
    let tail = journal.tail(limits::JOURNAL_TAIL_BYTES).unwrap();
    assert_eq!(tail.read, limits::JOURNAL_TAIL_BYTES);
    assert_eq!((tail.records.last().map(|r| r.seq), tail.is_broken), (Some(100_000), false));
    let mut file = File::open(journal.path()).unwrap();
    let before = rchar();
    assert_eq!(end_of(&mut file).unwrap().newest.map(|n| n.seq), Some(100_000));
    let read = rchar() - before;
    assert!(read < 1024 * 1024, "an append read {read} bytes of {}", text.len());
    let mut met = 0;
    let walked = journal.walk(|_| met += 1).unwrap();
    assert_eq!((walked.bad, walked.lines, met), (None, 100_000, 100_000));
}

/// Bytes this thread has read, by the system's own count.
fn rchar() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/io").unwrap_or_default();
    text.lines().find_map(|l| l.strip_prefix("rchar: ")?.parse().ok()).unwrap_or_default()
}
