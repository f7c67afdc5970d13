//! N01 to N10, N12, N13, N17 and N18 over both control planes.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};

use obdeck::domain::id::TaskId;
use obdeck::domain::outcome::{Outcome, ReadErrorKind};

use super::*;
use crate::plane::server::{answer, bytes};

/// A port that nobody listens on.
fn closed() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

#[tokio::test]
async fn n01_a_refused_connection_is_named_and_nothing_was_sent() {
    for kind in BOTH {
        let address = closed();
        let plane = client(kind, &format!("http://{address}"), With::default());
        let e = read(&*plane).await.unwrap_err();
        assert_eq!((e.kind, e.kind.exit()), (ReadErrorKind::Unreachable, Exit::Unreachable));
        assert!(e.why.raw().contains(&address) && e.why.raw().contains("refused"), "{}", e.why);
        let outcome = plane.submit(approved(stop(kind))).await;
        assert!(is_not_sent(&outcome) && why(&outcome).contains(&address), "{outcome:?}");
    }
}

#[tokio::test]
async fn n02_a_name_without_an_address_is_named() {
    for kind in BOTH {
        // Reserved for this (RFC 2606): no resolver knows it, with or without a network.
        let plane = client(kind, "http://plane.invalid:8080", With::default());
        let e = read(&*plane).await.unwrap_err();
        assert_eq!(e.kind, ReadErrorKind::Unreachable);
        assert!(e.why.raw().starts_with("plane.invalid:8080: no address for this name"), "{}", e.why);
        assert!(is_not_sent(&plane.submit(approved(stop(kind))).await));
    }
}

#[tokio::test]
async fn n02_the_next_address_is_tried_where_the_first_is_dead() {
    for kind in BOTH {
        // Most machines give `localhost` two addresses, and only one of them is listened on.
        let server = serve(kind, move |_, _| ok(task(kind)));
        let url = format!("http://localhost:{}", server.addr.port());
        let plane = client(kind, &url, With::default());
        read(&*plane).await.unwrap();
        assert!(matches!(plane.submit(approved(stop(kind))).await, Outcome::Accepted { .. }));
        assert_eq!(server.posts().len(), 1);
    }
}

#[tokio::test]
async fn n04_what_does_not_speak_http_looks_like_https() {
    for kind in BOTH {
        // The alert that a TLS server answers plain HTTP with; others say it in words.
        for words in [None, Some("Client sent an HTTP request to an HTTPS server.")] {
            let server = Server::start(move |_, _| match words {
                None => Act::SayAndClose(vec![21, 3, 3, 0, 2, 2, 70]),
                Some(words) => answer(400, "connection: close\r\n", words),
            });
            let plane = client(kind, &server.url(), With::default());
            let e = read(&*plane).await.unwrap_err();
            assert!(e.why.raw().contains("this looks like https"), "{kind:?} {}", e.why);
            if words.is_none() {
                assert_eq!(e.kind, ReadErrorKind::Unreachable, "{kind:?}");
            }
        }
    }
}

#[tokio::test]
async fn n04_tls_to_a_plain_port_looks_like_http() {
    for kind in BOTH {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten().take(2) {
                let _ = stream.read(&mut [0; 512]);
                let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");
            }
        });
        let ca = tls::authority("a CA").pem();
        let plane = client(kind, &url, With { ca: Some(ca), ..With::default() });
        let e = read(&*plane).await.unwrap_err();
        assert_eq!(e.kind, ReadErrorKind::Unreachable);
        assert!(e.why.raw().contains("this looks like http,"), "{kind:?} {}", e.why);
        assert!(is_not_sent(&plane.submit(approved(stop(kind))).await));
    }
}

#[tokio::test]
async fn n05_n06_an_answer_that_never_ends_has_one_deadline_as_a_whole() {
    for kind in BOTH {
        let hang = serve(kind, |_, _| Act::Hang);
        // A byte every now and then for ever: never idle, never done.
        let drip =
            serve(kind, |_, _| Act::Drip(b"HTTP/1.1 200 X\r\ncontent-length: 1000000\r\n\r\n".to_vec()));
        for server in [hang, drip] {
            let plane = client(kind, &server.url(), With::short());
            assert_eq!(read(&*plane).await.unwrap_err().kind, ReadErrorKind::Timeout, "{kind:?}");
            assert_eq!(logins(&server), 1, "a timeout is not repeated");
            let outcome = plane.submit(approved(stop(kind))).await;
            assert!(is_unknown(&outcome), "{outcome:?}");
            assert_eq!(server.posts().len(), 1);
        }
    }
}

#[tokio::test]
async fn n06_while_one_read_drips_the_others_are_answered() {
    for kind in BOTH {
        // Set by the request itself: an agent counts it only once it is opened, and the next must not come before.
        let has_it = Arc::new(AtomicBool::new(false));
        let taken = Arc::clone(&has_it);
        let server = serve(kind, move |_, n| match n {
            1 => {
                taken.store(true, Ordering::Release);
                Act::Drip(b"HTTP/1.1 200 X\r\ncontent-length: 1000000\r\n\r\n".to_vec())
            }
            _ => ok(task(kind)),
        });
        let plane = client(kind, &server.url(), With { limit: Span::from_secs(600), ..With::default() });
        read(&*plane).await.unwrap();
        let mut dripping = Box::pin(read(&*plane));
        assert!(futures_util::poll!(&mut dripping).is_pending());
        while !has_it.load(Ordering::Acquire) {
            assert!(futures_util::poll!(&mut dripping).is_pending());
            tokio::task::yield_now().await;
        }
        for _ in 0..5 {
            read(&*plane).await.unwrap();
        }
        // Dropped, as on `Esc`: it does not keep its place.
        drop(dripping);
        read(&*plane).await.unwrap();
    }
}

#[tokio::test]
async fn n07_nothing_of_a_cut_answer_is_shown_and_an_order_is_unknown_unless_the_envelope_was_whole() {
    for kind in BOTH {
        let whole = bytes(200, "", &envelope(kind));
        for at in [0, 5, 20, whole.len() - 40] {
            let part = whole[..at].to_vec();
            let cut = part.clone();
            let (result, _) = read_from(kind, move || Act::SayAndClose(part.clone())).await;
            assert_eq!(result.unwrap_err().kind, ReadErrorKind::CutOff, "{kind:?} at {at}");
            assert!(is_unknown(&order_to(kind, move || Act::SayAndClose(cut.clone())).await));
        }
        let chunked = b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{\"succ".to_vec();
        let (result, _) = read_from(kind, move || Act::SayAndClose(chunked.clone())).await;
        assert!(result.unwrap_err().why.raw().contains("cut off after"), "{kind:?}");
        let body = envelope(kind);
        let longer = format!("HTTP/1.1 200 X\r\ncontent-length: {}\r\n\r\n{body}", body.len() + 10);
        let outcome = order_to(kind, move || Act::SayAndClose(longer.clone().into_bytes())).await;
        assert!(matches!(outcome, Outcome::Accepted { task: Some(_), .. }), "{outcome:?}");
    }
}

/// Resets every connection as soon as it is there.
async fn resetting() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // Closed without lingering, it ends with a reset.
            let _ = stream.set_zero_linger();
        }
    });
    place
}

#[tokio::test]
async fn n08_cut_before_a_byte_of_the_order_was_written_is_not_sent() {
    for kind in BOTH {
        // Inside the handshake of TLS nothing of ours can have been written yet.
        let ca = Some(tls::authority("a CA").pem());
        let plane = client(kind, &format!("https://{}", resetting().await), With { ca, ..With::default() });
        let outcome = plane.submit(approved(stop(kind))).await;
        assert!(is_not_sent(&outcome), "{kind:?} {outcome:?}");
    }
    // Without TLS it is a race between the reset and the first write: "never written" or "unknown", and the first is told
    // where it can be.
    let address = resetting().await;
    let mut not_sent = 0;
    for _ in 0..50 {
        let plane = client(PlaneKind::Ocp, &format!("http://{address}"), With::default());
        let outcome = plane.submit(approved(stop(PlaneKind::Ocp))).await;
        assert!(is_not_sent(&outcome) || is_unknown(&outcome), "{outcome:?}");
        not_sent += usize::from(is_not_sent(&outcome));
    }
    assert!(not_sent > 0);
}

#[tokio::test]
async fn n09_a_read_on_a_dead_connection_is_repeated_and_an_order_has_one_of_its_own() {
    for kind in BOTH {
        let server = serve(kind, move |_, n| if n == 1 { Act::Close } else { ok(task(kind)) });
        let plane = client(kind, &server.url(), With::default());
        read(&*plane).await.unwrap();
        read(&*plane).await.unwrap();
        assert_eq!(logins(&server), 3, "the second is repeated once");
        for _ in 0..2 {
            assert!(matches!(plane.submit(approved(stop(kind))).await, Outcome::Accepted { .. }));
        }
        let seen = server.seen();
        let of_orders: Vec<u16> = seen.iter().filter(|s| s.is_post()).map(|s| s.from).collect();
        assert_ne!(of_orders[0], of_orders[1]);
        assert!(seen.iter().filter(|s| !s.is_post()).all(|s| !of_orders.contains(&s.from)), "{kind:?}");
    }
}

#[tokio::test]
async fn n10_a_redirect_is_named_and_nothing_of_ours_arrives_elsewhere() {
    for kind in BOTH {
        for status in [301, 302, 303, 307, 308] {
            let other = Server::start(move |_, _| ok(task(kind)));
            let to = format!("location: {}/x?token=canary-4711\r\n", other.url());
            let host = other.addr.to_string();
            let header = to.clone();
            let (result, count) = read_from(kind, move || answer(status, &to, "")).await;
            let e = result.unwrap_err();
            assert_eq!((e.kind, count), (ReadErrorKind::Redirected, 1));
            assert!(e.why.raw().contains(&host) && !e.why.raw().contains("canary"), "{}", e.why);
            let outcome = order_to(kind, move || answer(status, &header, "")).await;
            assert_eq!(refused(&outcome), (ReadErrorKind::Redirected, Exit::Failed));
            assert_eq!(other.count(), 0);
        }
    }
}

#[tokio::test]
async fn n12_a_web_page_is_no_control_plane_and_an_order_to_it_is_unknown() {
    for kind in BOTH {
        let page = || answer(200, "content-type: text/html\r\n", "\n<html>\u{1b}[2J pay here</html>");
        let (result, _) = read_from(kind, page).await;
        let e = result.unwrap_err();
        assert_eq!(e.kind, ReadErrorKind::NotAPlane);
        assert!(e.why.shown().as_str().contains("<html>␛[2J pay here"), "{}", e.why);
        let outcome = order_to(kind, page).await;
        assert!(is_unknown(&outcome) && why(&outcome).contains("not a control plane"), "{outcome:?}");
    }
}

#[tokio::test]
async fn n13_a_body_over_the_limit_is_not_read_on_and_nothing_packed_is_asked_for() {
    for kind in BOTH {
        let endless = || Act::Endless(b"HTTP/1.1 200 X\r\ncontent-type: application/json\r\n\r\n".to_vec());
        let told = || Act::Endless(b"HTTP/1.1 200 X\r\ncontent-length: 100000000\r\n\r\n".to_vec());
        assert_eq!(read_from(kind, endless).await.0.unwrap_err().kind, ReadErrorKind::TooLarge);
        assert_eq!(read_from(kind, told).await.0.unwrap_err().kind, ReadErrorKind::TooLarge);
        let outcome = order_to(kind, endless).await;
        assert!(is_unknown(&outcome) && why(&outcome).contains("larger than"), "{outcome:?}");
        // What is packed all the same is never unpacked: a small body cannot become a large one.
        let packed = || answer(200, "content-encoding: gzip\r\n", "\u{1f}\u{8b} not really");
        assert_eq!(read_from(kind, packed).await.0.unwrap_err().kind, ReadErrorKind::BadAnswer);
        let server = serve(kind, move |_, _| ok(task(kind)));
        read(&*client(kind, &server.url(), With::default())).await.unwrap();
        assert!(server.seen().iter().all(|s| s.header("accept-encoding").is_none()));
    }
}

#[tokio::test]
async fn n17_a_clock_that_jumps_ends_no_wait_and_the_next_login_follows_it() {
    for kind in BOTH {
        let clock = Arc::new(AtomicI64::new(now().millis()));
        let (ours, theirs) = (Arc::clone(&clock), Arc::clone(&clock));
        let server = serve(kind, move |_, n| {
            // An hour goes by between question and answer, then the clock is set back by two.
            theirs.fetch_add(if n == 0 { 3_600_000 } else { -7_200_000 }, Ordering::AcqRel);
            ok(task(kind))
        });
        let time = Arc::new(move || Timestamp::from_millis(ours.load(Ordering::Acquire)));
        let plane = client(kind, &server.url(), With { now: time, ..With::short() });
        // Deadlines go by a clock that only goes forward: an hour of sleep is no hour of waiting.
        assert_eq!(read(&*plane).await.unwrap().took, Span::from_secs(3600));
        assert_eq!(read(&*plane).await.unwrap().took, Span::ZERO, "never less than nothing");
        assert_eq!(logins(&server), 2, "one read each, whatever the clock says");
        let key = &agent::keys()[0].1;
        let expiries: Vec<i64> = server
            .seen()
            .iter()
            .filter_map(|s| agent::open(key, s)?.header["ts"].as_str()?.parse().ok())
            .collect();
        if kind == PlaneKind::Obshell {
            let start = now().millis() / 1000 + 60;
            assert_eq!(expiries, [start, start + 3600]);
        }
    }
}

#[tokio::test]
async fn n18_no_more_than_four_reads_of_a_profile_are_under_way() {
    for kind in BOTH {
        let (under_way, most) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
        let seen_most = Arc::clone(&most);
        let server = serve(kind, move |_, _| {
            seen_most.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            // Only so that they overlap; nothing depends on how long.
            std::thread::sleep(std::time::Duration::from_millis(5));
            under_way.fetch_sub(1, Ordering::SeqCst);
            ok(task(kind))
        });
        let plane = client(kind, &server.url(), With::default());
        read(&*plane).await.unwrap();
        let ids: Vec<TaskId> = (0..60).map(|n| TaskId::new(&n.to_string())).collect();
        let reads = futures_util::future::join_all(ids.iter().map(|id| plane.task(id))).await;
        assert!(reads.iter().all(Result::is_ok));
        let most = most.load(Ordering::SeqCst);
        assert!((2..=4).contains(&most), "{kind:?} {most}");
    }
}
