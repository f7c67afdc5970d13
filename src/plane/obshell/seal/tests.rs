//! The worked numbers of obshell-api 3.4. The private keys are the vectors' own, made for nothing else.

use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::traits::PublicKeyParts as _;
use rsa::{Pkcs1v15Encrypt, RsaPrivateKey};

use super::*;

#[derive(serde::Deserialize)]
struct File {
    vectors: Vec<Vector>,
}
#[derive(serde::Deserialize)]
struct Vector {
    rsa: Rsa,
    request: Request,
    header: Told,
}
#[derive(serde::Deserialize)]
struct Rsa {
    public_key: String,
    private_key_test_only: String,
    max_plaintext_per_block: usize,
    cipher_block_bytes: usize,
}
#[derive(serde::Deserialize)]
struct Request {
    body_plaintext: String,
    body_on_the_wire: String,
}
#[derive(serde::Deserialize)]
struct Told {
    plaintext_json: String,
    value_on_the_wire: String,
}

fn vectors() -> Vec<Vector> {
    let text = include_str!("../../../../tests/fixtures/obshell/crypto-vector.json");
    serde_json::from_str::<File>(text).unwrap().vectors
}

fn open(key: &RsaPrivateKey, value: &str) -> String {
    let sealed = BASE64.decode(value).unwrap();
    assert_eq!(sealed.len() % key.size(), 0);
    let open = |block| key.decrypt(Pkcs1v15Encrypt, block).unwrap();
    String::from_utf8(sealed.chunks(key.size()).flat_map(open).collect()).unwrap()
}

fn private(vector: &Vector) -> RsaPrivateKey {
    RsaPrivateKey::from_pkcs1_der(&BASE64.decode(&vector.rsa.private_key_test_only).unwrap()).unwrap()
}

fn body_key() -> BodyKey {
    let mut both = [0; 32];
    for (ix, b) in (0_u8..).zip(both.iter_mut()) {
        *b = if ix < 16 { 0x10 + ix } else { 0xa0 + ix - 16 };
    }
    BodyKey(Zeroizing::new(both))
}

#[test]
fn both_vectors_are_sealed_as_written_down() {
    assert_eq!(vectors().len(), 2);
    for vector in vectors() {
        let key = PublicKey::parse(&vector.rsa.public_key).unwrap();
        assert_eq!(key.room(), vector.rsa.max_plaintext_per_block);
        assert_eq!(key.0.size(), vector.rsa.cipher_block_bytes);
        let sealed = body_key().seal(vector.request.body_plaintext.as_bytes());
        assert_eq!(sealed, vector.request.body_on_the_wire);
        assert_eq!(sealed.len(), sealed_len(vector.request.body_plaintext.len()));
        let password = Secret::new("obdeck_pw1".to_owned());
        let (expires, uri) = (1_800_000_060, "/api/v1/ob/stop");
        let header = Header { password: &password, expires, uri, body_key: Some(&body_key()) };
        let value = key.header(&header).unwrap();
        assert_eq!(open(&private(&vector), &value), vector.header.plaintext_json);
        assert_eq!(open(&private(&vector), &vector.header.value_on_the_wire), vector.header.plaintext_json);
    }
}

#[test]
fn a_header_is_split_by_the_key_and_binds_the_query() {
    for vector in vectors() {
        let key = PublicKey::parse(&vector.rsa.public_key).unwrap();
        let password = Secret::new("p\"ä\u{1}\\".repeat(20));
        let uri = "/api/v1/task/dag/unfinish?show_details=false";
        let header = Header { password: &password, expires: 7, uri, body_key: None };
        let json: serde_json::Value =
            serde_json::from_str(&open(&private(&vector), &key.header(&header).unwrap())).unwrap();
        assert_eq!(json["auth"], password.expose());
        assert_eq!((json["uri"].as_str(), json["ts"].as_str()), (Some(uri), Some("7")));
        assert!(json.get("keys").is_none());
    }
}

#[test]
fn the_first_protection_is_one_block_with_a_number_for_its_end() {
    let vector = &vectors()[1];
    let key = PublicKey::parse(&vector.rsa.public_key).unwrap();
    let value = key.old_header(&Secret::new("pw".to_owned()), 1_800_000_060).unwrap();
    assert_eq!(open(&private(vector), &value), r#"{"password":"pw","ts":1800000060}"#);
    let long = key.old_header(&Secret::new("x".repeat(40)), 1_800_000_060).unwrap_err();
    assert_eq!(long, SealError::TooLong(22));
}

#[test]
fn nothing_is_used_twice() {
    assert_ne!(*BodyKey::fresh().unwrap().told(), *BodyKey::fresh().unwrap().told());
    assert_ne!(trace(), trace());
    assert_eq!(trace().len(), 16);
}

#[test]
fn what_is_no_key_is_told_as_such() {
    for bad in ["", "!", "AAAA", "MEgCQQC/M5YQBy/L4yjDDwuW6G82ajh21+xZCsjvdzBgv5v"] {
        assert!(matches!(PublicKey::parse(bad), Err(SealError::Key(_))), "{bad}");
    }
}

#[test]
fn the_length_of_a_sealed_body_is_known_before() {
    for n in 0..100 {
        assert_eq!(body_key().seal(&vec![b'x'; n]).len(), sealed_len(n), "{n}");
    }
}
