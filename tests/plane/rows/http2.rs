//! N14: what HTTP/2 may do to reads, and that orders have nothing to do with it.

use obdeck::domain::outcome::Outcome;

use super::tls::{Came, Plan, Tls, Trouble, authority, no_trouble};
use super::*;

const BOTH_HTTP: [&str; 2] = ["h2", "http/1.1"];

async fn desk(kind: PlaneKind, alpn: &[&str], plan: Plan) -> (Tls, Box<dyn ControlPlane>) {
    let ca = authority("a CA");
    let tls = Tls::start(kind, ca.server(alpn, |_| {}), plan).await;
    let plane = client(kind, &tls.url(), With { ca: Some(ca.pem()), ..With::default() });
    (tls, plane)
}

fn over(came: &[Came]) -> Vec<bool> {
    came.iter().map(|c| c.is_h2).collect()
}

#[tokio::test]
async fn n14_reads_speak_what_the_server_prefers_and_orders_always_http_1_1() {
    for kind in BOTH {
        for (alpn, is_h2) in [(&BOTH_HTTP[..], true), (&["http/1.1"], false), (&[], false)] {
            let (tls, plane) = desk(kind, alpn, no_trouble()).await;
            read(&*plane).await.unwrap();
            let outcome = plane.submit(approved(stop(kind))).await;
            assert!(matches!(outcome, Outcome::Accepted { .. }), "{kind:?} {alpn:?} {outcome:?}");
            read(&*plane).await.unwrap();
            assert_eq!(over(&tls.came()), [is_h2, false, is_h2], "{kind:?} {alpn:?}");
        }
    }
}

#[tokio::test]
async fn n14_a_refused_stream_is_asked_again_for_reads_alone() {
    for kind in BOTH {
        let plan: Plan = Arc::new(|came, n| (came.is_h2 && n == 1).then_some(Trouble::RefusedStream));
        let (tls, plane) = desk(kind, &BOTH_HTTP, plan).await;
        read(&*plane).await.unwrap();
        read(&*plane).await.unwrap();
        assert_eq!(tls.came().len(), 3, "{kind:?}: the refused one, and it again");
        plane.submit(approved(stop(kind))).await;
        assert_eq!(tls.came().iter().filter(|c| c.method == "POST").count(), 1);
    }
}

#[tokio::test]
async fn n14_a_connection_that_is_told_to_go_away_is_followed_by_another() {
    for kind in BOTH {
        let plan: Plan = Arc::new(|came, _| came.is_h2.then_some(Trouble::GoAway));
        let (tls, plane) = desk(kind, &BOTH_HTTP, plan).await;
        for _ in 0..3 {
            read(&*plane).await.unwrap();
        }
        assert_eq!(over(&tls.came()), [true; 3], "{kind:?}");
    }
}

#[tokio::test]
async fn n14_a_server_that_was_on_http_2_and_is_on_1_1_now_is_read_on() {
    for kind in BOTH {
        let ca = authority("a CA");
        let mut tls = Tls::start(kind, ca.server(&BOTH_HTTP, |_| {}), no_trouble()).await;
        let plane = client(kind, &tls.url(), With { ca: Some(ca.pem()), ..With::default() });
        read(&*plane).await.unwrap();
        tls.down().await;
        tls.up(ca.server(&["http/1.1"], |_| {})).await;
        read(&*plane).await.unwrap();
        assert_eq!(over(&tls.came()), [true, false], "{kind:?}");
    }
}

#[tokio::test]
async fn n14_an_order_to_a_server_that_wants_nothing_but_http_2_is_not_sent_and_says_why() {
    for kind in BOTH {
        let (tls, plane) = desk(kind, &["h2"], no_trouble()).await;
        read(&*plane).await.unwrap();
        let outcome = plane.submit(approved(stop(kind))).await;
        assert!(is_not_sent(&outcome), "{kind:?} {outcome:?}");
        assert!(why(&outcome).contains("HTTP/1.1"), "{}", why(&outcome));
        assert!(tls.came().iter().all(|c| c.method == "GET"));
    }
}
