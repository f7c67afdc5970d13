//! A recording written and read back, and every way in which a file can be none.

use std::os::unix::fs::PermissionsExt as _;

use proptest::prelude::*;

use super::*;
use crate::domain::capability::PlaneKind;
use crate::domain::id::ProfileName;
use crate::domain::tape::{Answered, Exchange, Failure, Tape, TapedProfile};
use crate::domain::time::Span;

fn head() -> Head {
    Head {
        program: "0.1.0".to_owned(),
        start: Timestamp::from_millis(1_000),
        profiles: vec![TapedProfile {
            name: ProfileName::new("prod"),
            kind: PlaneKind::Ocp,
            urls: vec!["http://h:8080".to_owned()],
            user: "oncall".to_owned(),
        }],
    }
}

fn exchange(end: End) -> Event {
    Event::Exchange(Box::new(Exchange {
        at: Timestamp::from_millis(2_000),
        took: Span::from_millis(12),
        profile: ProfileName::new("prod"),
        origin: "http://h:8080".to_owned(),
        method: "GET".to_owned(),
        path: "/api?x=\u{202e}".to_owned(),
        headers: vec![("accept".to_owned(), "*/*".to_owned())],
        body: Some("{}".to_owned()),
        end,
    }))
}

fn answered(body: &[u8]) -> Answered {
    Answered { status: 200, headers: vec![("date".to_owned(), "x".to_owned())], body: body.into() }
}

fn events() -> Vec<(Timestamp, Event)> {
    let failed = |partial| End::Failed { how: Failure::CutOff, why: "cut\noff".to_owned(), partial };
    let at = Timestamp::from_millis(2_000);
    [
        exchange(End::Answer(answered("{\"a\":\"\u{1b}[2J\"}\n".as_bytes()))),
        exchange(End::Answer(answered(&[0xff, 0, 1]))),
        exchange(End::Answer(answered(&[0; 5000]))),
        exchange(failed(None)),
        exchange(failed(Some(answered(b"{")))),
        Event::Key("S".to_owned()),
        Event::Paste(12),
        Event::Size(80, 24),
        Event::Lost(3),
    ]
    .map(|e| (at, e))
    .to_vec()
}

#[test]
fn what_was_kept_is_read_back_and_the_file_is_ones_own() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tape");
    let recording = Recording::create(&path, &head()).unwrap();
    let spool = recording.spool();
    for (at, e) in events() {
        spool.keep(at, e);
    }
    drop(recording);
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let tape = read(&path).unwrap();
    assert_eq!(tape, Tape { head: head(), events: events() });
    assert_eq!(tape.end(), Timestamp::from_millis(2_012));
    // One that is there is never written over, nor through a link.
    let again = Recording::create(&path, &head()).unwrap_err();
    assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
    let link = dir.path().join("link");
    std::os::unix::fs::symlink(dir.path().join("elsewhere"), &link).unwrap();
    assert_eq!(Recording::create(&link, &head()).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn f08_a_full_disk_ends_the_recording_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tape");
    let (to, jobs) = sync_channel(8);
    let (broken, _) = watch::channel(None);
    let spool = Spool(Arc::new(Inner { to, waiting: AtomicUsize::new(0), lost: AtomicU64::new(0), broken }));
    let mut full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    spool.keep(Timestamp::from_millis(1), Event::Size(1, 1));
    let why = write(&mut full, 0, &jobs, &spool.0).unwrap_err();
    assert!(why.contains("No space left"), "{why}");
    spool.0.broken.send_replace(Some(why.clone()));
    assert_eq!(spool.broken().await, why);
    // Nobody takes from the queue any more: what comes is counted, and nobody waits.
    (0..100).for_each(|_| spool.keep(Timestamp::from_millis(1), Event::Size(1, 1)));
    assert_eq!(spool.0.lost.load(Ordering::Relaxed), 92);
    // A limit of ours ends it in the same way.
    let mut file = File::create(&path).unwrap();
    let why = write(&mut file, limits::RECORDING_BYTES, &jobs, &spool.0).unwrap_err();
    assert!(why.contains("full: 256 MiB"), "{why}");
    assert_eq!(file.metadata().unwrap().len(), 0);
}

#[test]
fn what_waits_is_bounded_by_its_bytes() {
    let (to, _jobs) = sync_channel(64);
    let (broken, _) = watch::channel(None);
    let spool = Spool(Arc::new(Inner { to, waiting: AtomicUsize::new(0), lost: AtomicU64::new(0), broken }));
    let body: Arc<[u8]> = vec![0; limits::READ_BODY_BYTES].into();
    for _ in 0..6 {
        let a = Answered { status: 200, headers: Vec::new(), body: body.clone() };
        spool.keep(Timestamp::from_millis(1), exchange(End::Answer(a)));
    }
    assert_eq!(spool.0.lost.load(Ordering::Relaxed), 2);
}

fn of(text: &str) -> Result<Tape, BadTape> {
    read::from(text.as_bytes())
}

fn first() -> String {
    String::from_utf8(line::of_head(&head()).unwrap()).unwrap()
}

#[test]
fn f09_a_hostile_or_cut_recording_is_an_error_with_its_line() {
    let key = r#"{"time":"2026-11-21T00:00:00Z","type":"key","key":"S"}"#;
    assert_eq!(of(&format!("{}{key}\n", first())).unwrap().events.len(), 1);
    let ends = r#""time":"2026-11-21T00:00:00Z","type":"exchange","tookMs":1,"profile":"p","origin":"o","method":"GET","path":"/","headers":[]"#;
    let deep = format!("{{\"x\":{}", "[".repeat(100_000));
    for (line, text, words) in [
        (1, String::new(), "empty"),
        (1, "{}\n".to_owned(), "not the head"),
        (1, first().replace("\"recording\":1", "\"recording\":2"), "form 2"),
        (1, first().replace("\"ocp\"", "\"k8s\""), "no kind of control plane"),
        (1, first().replace("[\"http://h:8080\"]", "[]"), "no URL"),
        (2, format!("{}{key}", first()), "cut off in its middle"),
        (2, format!("{}{key}\n", first()).replace("21T", "32T"), "time"),
        (3, format!("{}{key}\n{{\"time\"\n", first()), "EOF"),
        (2, format!("{}\u{1b}[2J\n", first()), "column 1"),
        (2, format!("{}{deep}\n", first()), "column"),
        (2, format!("{}{{{ends}}}\n", first()), "without an end"),
        (2, format!("{}{{{ends},\"failed\":\"tired\"}}\n", first()), "no way to fail"),
        (2, format!("{}{{{ends},\"answer\":{{\"status\":200,\"headers\":[]}}}}\n", first()), "either"),
        (
            2,
            format!("{}{{{ends},\"answer\":{{\"status\":70000,\"headers\":[],\"text\":\"\"}}}}\n", first()),
            "70000",
        ),
        (
            2,
            format!("{}{{{ends},\"answer\":{{\"status\":200,\"headers\":[],\"base64\":\"%\"}}}}\n", first()),
            "base64",
        ),
    ] {
        match of(&text) {
            Err(BadTape::Line { line: at, why }) => {
                assert_eq!(at, line, "{why}");
                assert!(why.contains(words), "{why}");
            }
            other => panic!("{words}: {other:?}"),
        }
    }
}

#[test]
fn f09_the_limits_of_the_network_hold_for_a_recording() {
    let mut long = first().into_bytes();
    long.extend(std::iter::repeat_n(b' ', limits::RECORDING_LINE_BYTES + 1));
    long.push(b'\n');
    let Err(BadTape::Line { line: 2, why }) = read::from(long.as_slice()) else { panic!("taken") };
    assert!(why.contains("longer than"), "{why}");
    let head = first();
    let endless = head.as_bytes().chain(io::repeat(b'\n'));
    assert!(matches!(read::from(endless), Err(BadTape::Line { line: 2, .. })));
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(read(dir.path()), Err(BadTape::Unreadable(_))));
    assert!(matches!(read(Path::new("/dev/zero")), Err(BadTape::Unreadable(_))));
    assert!(matches!(read(&dir.path().join("none")), Err(BadTape::Unreadable(_))));
}

use std::io::Read as _;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Whatever stands in the file: an error or a tape, never a panic.
    #[test]
    fn f09_no_bytes_make_the_reader_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        at in 0_usize..3000,
        whole in any::<bool>(),
    ) {
        let mut file = first().into_bytes();
        for (time, event) in events().into_iter().filter(|(_, e)| size(e) < 1000) {
            file.extend(line::of_event(time, &event).unwrap());
        }
        let at = at.min(file.len());
        let end = if whole { (at + bytes.len()).min(file.len()) } else { file.len() };
        file.splice(at..end, bytes);
        if let Err(BadTape::Line { line, .. }) = read::from(file.as_slice()) {
            prop_assert!(line >= 1 && line <= file.split(|b| *b == b'\n').count());
        }
    }
}
