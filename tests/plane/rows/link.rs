//! N15 and N16: a bad line, and a server that comes back as another.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use obdeck::domain::outcome::ReadErrorKind;
use obdeck::sim;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::tls::{Tls, authority, no_trouble};
use super::*;

/// What went over a line.
#[derive(Default)]
struct Line {
    connections: AtomicUsize,
    up: AtomicUsize,
    down: AtomicUsize,
}

/// A line in front of a server that counts what goes over it.
async fn line(to: SocketAddr) -> (String, Arc<Line>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let line = Arc::new(Line::default());
    let counted = Arc::clone(&line);
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let Ok(far) = TcpStream::connect(to).await else { continue };
            counted.connections.fetch_add(1, Ordering::AcqRel);
            let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
            let (up, down) = (Arc::clone(&counted), Arc::clone(&counted));
            tokio::spawn(async move { carry(near_in, far_out, &up.up).await });
            tokio::spawn(async move { carry(far_in, near_out, &down.down).await });
        }
    });
    (url, line)
}

async fn carry(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    count: &AtomicUsize,
) {
    let mut buffer = [0; 4096];
    while let Ok(n @ 1..) = from.read(&mut buffer).await {
        count.fetch_add(n, Ordering::AcqRel);
        if to.write_all(&buffer[..n]).await.is_err() {
            return;
        }
    }
}

/// Seconds that so much takes over 9.6 kB/s with 300 ms each way for a connection and for each question: counted, not
/// measured.
fn seconds(line: &Line, questions: usize) -> f64 {
    let bytes = line.up.load(Ordering::Acquire) + line.down.load(Ordering::Acquire);
    let turns = line.connections.load(Ordering::Acquire) + questions;
    // One packet in twenty is lost and sent again.
    bytes as f64 * 1.05 / 9_600.0 + turns as f64 * 0.3
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n15_the_first_list_is_a_few_questions_and_a_few_kilobytes() {
    let options = sim::Options { clock: Some(sim::Clock::manual()), ..sim::Options::default() };
    let ocp = sim::Ocp::serve(options).await.unwrap();
    let (url, counted) = line(ocp.address()).await;
    let wall = ocp.clock().wall();
    let profile = OcpProfile {
        proxy: Proxy::None,
        ..OcpProfile::new(
            obdeck::domain::id::ProfileName::new("p"),
            url,
            obdeck::plane::ocp::Auth::Basic {
                username: ocp.username().to_owned(),
                password: obdeck::domain::secret::Secret::new(ocp.password().to_owned()),
            },
        )
    };
    let plane = Ocp::connect(profile, Arc::new(move || Timestamp::from_millis(wall))).unwrap();
    assert!(!plane.clusters().await.unwrap().value.is_empty());
    let told = seconds(&counted, ocp.arrivals().len());
    assert!(told < 5.0, "OCP: {told}");

    let options =
        sim::obshell::Options { clock: Some(sim::Clock::manual()), ..sim::obshell::Options::default() };
    let agents = sim::Obshell::serve(options).await.unwrap();
    let (url, counted) = line(agents.addresses()[0]).await;
    let wall = agents.clock().wall();
    let secret = obdeck::domain::secret::Secret::new(agents.password().to_owned());
    let profile = ObshellProfile::new(obdeck::domain::id::ProfileName::new("p"), url, secret);
    let plane = Obshell::connect(profile, Arc::new(move || Timestamp::from_millis(wall))).unwrap();
    assert_eq!(plane.clusters().await.unwrap().value.len(), 1);
    let told = seconds(&counted, agents.arrivals().len());
    assert!(told < 5.0, "OBShell: {told}");
}

#[tokio::test]
async fn n16_a_server_that_is_back_on_its_port_with_a_new_certificate_is_read_at_the_next_poll() {
    for kind in BOTH {
        let ca = authority("a CA");
        let mut tls = Tls::start(kind, ca.server(&["http/1.1"], |_| {}), no_trouble()).await;
        let plane = client(kind, &tls.url(), With { ca: Some(ca.pem()), ..With::default() });
        read(&*plane).await.unwrap();
        tls.down().await;
        let e = read(&*plane).await.unwrap_err();
        assert_eq!(e.kind, ReadErrorKind::Unreachable, "{kind:?} {}", e.why);
        tls.up(ca.server(&["http/1.1"], |_| {})).await;
        // Not one poll is lost to connections that were left over.
        read(&*plane).await.unwrap();
        assert_eq!(tls.came().len(), 2, "{kind:?}");
        // The same without a poll in between that could notice.
        tls.down().await;
        tls.up(ca.server(&["http/1.1"], |_| {})).await;
        read(&*plane).await.unwrap();
    }
}

#[tokio::test]
async fn n16_a_new_certificate_is_judged_afresh() {
    for kind in BOTH {
        let (ca, stranger) = (authority("a CA"), authority("another CA"));
        let mut tls = Tls::start(kind, ca.server(&["http/1.1"], |_| {}), no_trouble()).await;
        let plane = client(kind, &tls.url(), With { ca: Some(ca.pem()), ..With::default() });
        read(&*plane).await.unwrap();
        tls.down().await;
        tls.up(stranger.server(&["http/1.1"], |_| {})).await;
        let e = read(&*plane).await.unwrap_err();
        assert!(e.why.raw().contains("unknown CA"), "{kind:?} {}", e.why);
        let outcome = plane.submit(approved(stop(kind))).await;
        assert!(is_not_sent(&outcome) && why(&outcome).contains("unknown CA"), "{outcome:?}");
        assert_eq!(tls.came().len(), 1);
    }
}

#[tokio::test]
async fn n03_each_fault_of_a_certificate_is_told_apart() {
    for kind in BOTH {
        let (ca, stranger) = (authority("a CA"), authority("another CA"));
        let name = |p: &mut rcgen::CertificateParams| {
            p.subject_alt_names = vec![rcgen::SanType::DnsName("other.example".try_into().unwrap())];
        };
        let expired = |p: &mut rcgen::CertificateParams| {
            p.not_before = rcgen::date_time_ymd(2001, 1, 1);
            p.not_after = rcgen::date_time_ymd(2002, 1, 1);
        };
        let early = |p: &mut rcgen::CertificateParams| {
            p.not_before = rcgen::date_time_ymd(2201, 1, 1);
            p.not_after = rcgen::date_time_ymd(2202, 1, 1);
        };
        for (acceptor, words) in [
            (
                stranger.server(&[], |_| {}),
                "is signed by an unknown CA, `another CA` (UnknownIssuer); name its CA in tls.ca_file",
            ),
            (ca.server(&[], name), "is for another name"),
            (ca.server(&[], expired), "has expired"),
            (ca.server(&[], early), "is not valid yet"),
        ] {
            let tls = Tls::start(kind, acceptor, no_trouble()).await;
            let plane = client(kind, &tls.url(), With { ca: Some(ca.pem()), ..With::default() });
            let e = read(&*plane).await.unwrap_err();
            assert_eq!(e.kind, ReadErrorKind::Unreachable);
            assert!(e.why.raw().contains("made out to `obdeck test`"), "{kind:?} {}", e.why);
            assert!(e.why.raw().contains(words) && !e.why.raw().contains("insecure"), "{kind:?} {}", e.why);
            assert!(is_not_sent(&plane.submit(approved(stop(kind))).await));
            assert!(tls.came().is_empty());
        }
    }
}
