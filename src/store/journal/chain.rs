//! The seal of a line: its own SHA-256 at its end, and inside it the one of the line before.
//!
//! The hash covers the line's bytes up to itself, so a line is checked as it stands, whatever a later version adds.

use sha2::{Digest, Sha256};

/// `prev` of the first line.
pub(super) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const MARK: &[u8] = b",\"hash\":\"";
const END: &[u8] = b"\"}";
const HEX: usize = GENESIS.len();

/// SHA-256 in hexadecimal.
pub(super) fn digest(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| char::from(DIGITS.get(usize::from(n)).copied().unwrap_or(b'0'));
    Sha256::digest(bytes).iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}

/// Ends a JSON object with its hash; gives the line (without line feed) and the hash.
pub(super) fn seal(object: &str) -> (String, String) {
    let body = object.strip_suffix('}').unwrap_or(object);
    let hash = digest(body.as_bytes());
    (format!("{body},\"hash\":\"{hash}\"}}"), hash)
}

/// The hash of a line that is what it was when it was written; `None` for any other bytes.
pub(super) fn sealed(line: &[u8]) -> Option<&str> {
    let rest = line.strip_suffix(END)?;
    let at = rest.len().checked_sub(HEX)?;
    let (body, hash) = rest.split_at_checked(at)?;
    let body = body.strip_suffix(MARK)?;
    let hash = std::str::from_utf8(hash).ok()?;
    (digest(body) == hash).then_some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_line_is_known_again_and_a_changed_one_is_not() {
        let (line, hash) = seal(r#"{"seq":1,"prev":"0"}"#);
        assert_eq!(sealed(line.as_bytes()), Some(hash.as_str()));
        assert_eq!(hash, digest(br#"{"seq":1,"prev":"0""#));
        for at in 0..line.len() {
            let mut other = line.clone().into_bytes();
            other[at] ^= 1;
            assert_eq!(sealed(&other), None, "byte {at}");
        }
        for short in 0..line.len() {
            assert_eq!(sealed(&line.as_bytes()[..short]), None);
        }
    }

    #[test]
    fn the_digest_is_sha_256() {
        assert_eq!(digest(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
