//! What is kept of an exchange, and what a recording answers.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use reqwest::Method;

use super::*;
use crate::domain::limits;
use crate::domain::time::Span;
use crate::plane::transport::{Proxy, Settings, Transport};

fn wire(path: &str, told: Option<&str>) -> Wire {
    Wire {
        method: Method::GET,
        path_and_query: path.to_owned(),
        headers: vec![
            ("Accept".to_owned(), "application/json".to_owned()),
            ("authorization".to_owned(), "Basic canary".to_owned()),
        ],
        body: told.map(|_| "sealed-canary".to_owned()),
        told: told.map(ToOwned::to_owned),
        authenticated: true,
    }
}

fn exchange(at: i64, took: i64, end: End) -> Exchange {
    Exchange {
        at: Timestamp::from_millis(at),
        took: Span::from_millis(took),
        profile: ProfileName::new("p"),
        origin: "http://127.0.0.1:1".to_owned(),
        method: "GET".to_owned(),
        path: "/x".to_owned(),
        headers: Vec::new(),
        body: None,
        end,
    }
}

fn answer(body: &str) -> End {
    End::Answer(Answered {
        status: 200,
        headers: vec![
            ("date".to_owned(), "now".to_owned()),
            ("set-cookie".to_owned(), "***".to_owned()),
            ("bad name".to_owned(), "x\ny".to_owned()),
        ],
        body: body.as_bytes().into(),
    })
}

fn transport(reel: Reel) -> Transport {
    Transport::new(&Settings {
        url: "http://127.0.0.1:1".to_owned(),
        ca_pem: None,
        insecure: false,
        proxy: Proxy::None,
        read_timeout: limits::READ_TIMEOUT,
        action_timeout: limits::ACTION_TIMEOUT,
        pause_max: limits::READ_PAUSE_MAX,
        login_refused: |a| a.status == 401,
        reel,
    })
    .unwrap()
}

#[tokio::test]
async fn f09_a_recording_answers_as_the_network_did_by_then_and_sends_nothing() {
    let head = Arc::new(AtomicI64::new(0));
    let now: Now = {
        let head = head.clone();
        Arc::new(move || Timestamp::from_millis(head.load(Ordering::Relaxed)))
    };
    let cut = End::Failed {
        how: Failure::CutOff,
        why: "cut off".to_owned(),
        partial: Some(Answered { status: 200, headers: Vec::new(), body: b"{\"a\"".as_slice().into() }),
    };
    let all = [exchange(300, 0, answer("third")), exchange(100, 50, answer("first")), exchange(200, 10, cut)];
    let deck = Arc::new(Deck::new(all, now));
    let t = transport(Tape::Play(deck).of(&ProfileName::new("p"), &[]));
    let at = |ms| head.store(ms, Ordering::Relaxed);
    at(149);
    let early = t.read(&wire("/x", None)).await.err().unwrap();
    assert_eq!((early.kind, early.why.as_str()), (FaultKind::NotSent, "not on the recording by then"));
    at(150);
    let first = t.read(&wire("/x", None)).await.ok().unwrap();
    assert_eq!((first.status, first.body.as_slice()), (200, b"first".as_slice()));
    assert_eq!((first.header("date"), first.headers.len()), (Some("now"), 1));
    at(299);
    let cut = t.read(&wire("/x", None)).await.err().unwrap();
    assert_eq!((cut.kind, cut.partial), (FaultKind::CutOff, Some((200, b"{\"a\"".to_vec()))));
    at(1000);
    assert_eq!(t.read(&wire("/x", None)).await.ok().unwrap().body, b"third");
    assert!(t.read(&wire("/y", None)).await.is_err());
    assert!(t.read(&wire("/x", Some("{}"))).await.is_err(), "another body is another request");
    let order = t.send_once(&wire("/x", None)).await.err().unwrap();
    assert!(order.is_not_sent());
    assert_eq!(order.why, "a recording sends nothing");
}

#[tokio::test]
async fn k02_what_is_kept_of_an_exchange_holds_no_secret() {
    let kept: Arc<Mutex<Vec<Exchange>>> = Arc::default();
    let keep: Keep = {
        let kept = kept.clone();
        Arc::new(move |e| kept.lock().unwrap().push(e))
    };
    let now: Now = Arc::new(|| Timestamp::from_millis(5));
    let reel =
        Tape::Record(Recorder { now, keep }).of(&ProfileName::new("p"), &[Secret::new("canary".to_owned())]);
    let body = br#"{"password":"canary","why":"canary","n":9007199254740993}"#.to_vec();
    let headers = [("set-cookie", "canary"), ("content-type", "application/json")]
        .map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v)));
    let end = Ok(Answer { status: 200, headers: headers.into_iter().collect(), body });
    reel.keep(reel.now(), "http://h:1", &wire("/x?q=canary", Some(r#"{"pwd":"other"}"#)), &end);
    let fault = Err(Fault {
        partial: Some((500, b"canary".to_vec())),
        ..Fault::new(FaultKind::CutOff, "canary".into())
    });
    reel.keep(reel.now(), "http://h:1", &wire("/x", None), &fault);
    let kept = kept.lock().unwrap();
    let all = format!("{kept:?}");
    assert!(!all.contains("canary") && !all.contains("other") && !all.contains("sealed"), "{all}");
    let End::Answer(a) = &kept[0].end else { panic!("{all}") };
    assert_eq!(&*a.body, br#"{"password":"***","why":"***","n":9007199254740993}"#);
    assert_eq!(kept[0].headers[1], ("authorization".to_owned(), "***".to_owned()));
    assert_eq!(kept[0].path, "/x?q=***");
}
