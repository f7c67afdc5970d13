//! TLS: an unknown CA is named, a named CA is taken, `insecure` takes anything.

use std::sync::Arc;

use obdeck::domain::outcome::{Outcome, ReadErrorKind};
use obdeck::plane::ControlPlane;
use obdeck::plane::ocp::{ConnectError, Ocp, OcpProfile};
use rcgen::{CertificateParams, DnType, KeyPair};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::server::{approved, connect, now, profile, zone_stop};

struct Tls {
    url: String,
    pem: Vec<u8>,
}

/// An HTTPS server with a certificate that nobody else signed, for the given name.
async fn server(name: &str) -> Tls {
    server_of(name, |_| {}).await
}

async fn server_of(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Tls {
    obdeck::plane::install_tls_provider();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, "obdeck test");
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let cert = params.self_signed(&key).unwrap();
    let chain = vec![CertificateDer::from(cert.der().to_vec())];
    let private = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, private).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer).await;
                let body = r#"{"data":{"contents":[]},"successful":true}"#;
                let head =
                    format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
                let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    Tls { url, pem: cert.pem().into_bytes() }
}

/// A profile that trusts one certificate of its own making, so that no test needs the system's roots.
async fn stranger(url: &str) -> OcpProfile {
    let other = |p: &mut CertificateParams| p.distinguished_name.push(DnType::CommonName, "another CA");
    OcpProfile { ca_pem: Some(server_of("127.0.0.1", other).await.pem), ..profile(url) }
}

#[tokio::test]
async fn n03_an_unknown_ca_is_named_with_the_setting_that_answers_it() {
    let tls = server("127.0.0.1").await;
    let plane = connect(stranger(&tls.url).await);
    let err = plane.clusters().await.unwrap_err();
    assert_eq!(err.kind, ReadErrorKind::Unreachable);
    assert!(err.why.raw().contains("UnknownIssuer"), "{:?}", err.why);
    assert!(err.why.raw().contains("tls.ca_file"), "{:?}", err.why);
    let who = "made out to `obdeck test`, is signed by itself";
    assert!(err.why.raw().contains(who), "{:?}", err.why);
    assert!(!err.why.raw().contains("insecure"), "{:?}", err.why);
    let outcome = plane.submit(approved(zone_stop("z"))).await;
    assert!(matches!(outcome, Outcome::NotSent { .. }), "{outcome:?}");
}

#[tokio::test]
async fn n03_a_wrong_name_and_an_expired_certificate_are_told_apart() {
    let tls = server("other.example").await;
    let plane = connect(OcpProfile { ca_pem: Some(tls.pem), ..profile(&tls.url) });
    let why = plane.clusters().await.unwrap_err().why;
    assert!(why.raw().contains("for another name") && why.raw().contains("other.example"), "{why:?}");
    let tls = server_of("127.0.0.1", |p| {
        p.not_before = rcgen::date_time_ymd(2001, 1, 1);
        p.not_after = rcgen::date_time_ymd(2002, 1, 1);
    })
    .await;
    let plane = connect(OcpProfile { ca_pem: Some(tls.pem), ..profile(&tls.url) });
    let why = plane.clusters().await.unwrap_err().why;
    assert!(why.raw().contains("has expired"), "{why:?}");
}

#[tokio::test]
async fn a_named_ca_is_taken() {
    let tls = server("127.0.0.1").await;
    let plane = connect(OcpProfile { ca_pem: Some(tls.pem), ..profile(&tls.url) });
    plane.clusters().await.unwrap();
}

#[tokio::test]
async fn insecure_takes_any_certificate() {
    let tls = server("other.example").await;
    let plane = connect(OcpProfile { insecure: true, ..profile(&tls.url) });
    plane.clusters().await.unwrap();
}

#[test]
fn a_ca_file_without_a_certificate_is_refused() {
    let profile = OcpProfile { ca_pem: Some(b"no certificate".to_vec()), ..profile("https://127.0.0.1:1") };
    assert!(matches!(Ocp::connect(profile, Arc::new(now)), Err(ConnectError::Ca(_))));
}
