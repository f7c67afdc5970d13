//! What must not be in a recording: headers that are not known to be harmless, password fields, the secrets in use.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::domain::secret::Secret;
use crate::plane::base::encode;

/// What stands for what is left out.
pub(super) const STARS: &str = "***";

/// Headers whose values say nothing that must be kept secret. A list of what is harmless, not of what is harmful: a
/// header that nobody thought of is masked.
const HARMLESS: [&str; 18] = [
    "accept",
    "accept-language",
    "cache-control",
    "connection",
    "content-encoding",
    "content-language",
    "content-length",
    "content-type",
    "date",
    "host",
    "ratelimit-limit",
    "ratelimit-remaining",
    "ratelimit-reset",
    "retry-after",
    "server",
    "transfer-encoding",
    "user-agent",
    "x-obshell-trace-id",
];

/// A header's value as it may be kept, by its lower-case name.
pub(super) fn header(name: &str, value: &str) -> Option<String> {
    if HARMLESS.contains(&name) {
        return Some(value.to_owned());
    }
    // Where a redirect points matters; what stands behind the path may be a token, what before the host a password.
    (name == "location").then(|| {
        let bare = value.split(['?', '#']).next().unwrap_or_default();
        match bare.split_once("://") {
            Some((scheme, rest)) => {
                let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
                let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
                format!("{scheme}://{host}/{path}")
            }
            None => bare.to_owned(),
        }
    })
}

/// Members of JSON objects whose values are secrets, wherever they stand: a part of the name, without `-` and `_`.
const SECRET_NAMES: [&str; 8] =
    ["password", "passwd", "pwd", "secret", "token", "credential", "privatekey", "accesskey"];

fn is_secret_name(name: &[u8]) -> bool {
    let bare: String = String::from_utf8_lossy(name)
        .chars()
        .filter(|c| !matches!(c, '-' | '_'))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    SECRET_NAMES.iter().any(|s| bare.contains(s))
}

/// JSON, whole or cut off, with the texts and numbers of secret members replaced; anything else as it is. Not a parser: what an
/// answer breaks off in must be masked too, and what is not masked must stay byte for byte.
pub(super) fn fields<'a>(json: &[u8], text: &'a str) -> Cow<'a, str> {
    match masked(json) {
        Some(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        None => Cow::Borrowed(text),
    }
}

/// `None`: nothing to mask.
fn masked(json: &[u8]) -> Option<Vec<u8>> {
    let mut out: Vec<u8> = Vec::new();
    let mut kept = 0;
    let mut at = 0;
    while let Some(begin) = find(json, at, b'"') {
        let end = string_end(json, begin);
        at = end;
        let Some(colon) = skip_blanks(json, end).filter(|c| json.get(*c) == Some(&b':')) else { continue };
        if !is_secret_name(json.get(begin + 1..end.saturating_sub(1)).unwrap_or_default()) {
            continue;
        }
        let Some(value) = skip_blanks(json, colon + 1) else { continue };
        let after = value_end(json, value);
        let literal = json.get(value..after).unwrap_or_default();
        if !matches!(literal, b"null" | b"true" | b"false" | b"\"\"" | b"") {
            out.extend_from_slice(json.get(kept..value).unwrap_or_default());
            out.extend_from_slice(b"\"***\"");
            kept = after;
        }
        at = after;
    }
    (kept > 0).then(|| {
        out.extend_from_slice(json.get(kept..).unwrap_or_default());
        out
    })
}

fn find(json: &[u8], from: usize, byte: u8) -> Option<usize> {
    json.get(from..)?.iter().position(|b| *b == byte).map(|p| from + p)
}

fn skip_blanks(json: &[u8], from: usize) -> Option<usize> {
    json.get(from..)?.iter().position(|b| !b.is_ascii_whitespace()).map(|p| from + p)
}

/// Behind the closing quote of the string that begins here, or the end of what there is.
fn string_end(json: &[u8], begin: usize) -> usize {
    let mut at = begin + 1;
    while let Some(byte) = json.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    json.len()
}

/// Behind the value that begins here: a string, a number or word, or a whole object or list.
fn value_end(json: &[u8], begin: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = begin;
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => at = string_end(json, at),
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' | b',' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                at += 1;
            }
            _ => {
                at += 1;
                continue;
            }
        }
        if depth == 0 {
            return at;
        }
    }
    json.len()
}

/// Shorter secrets are not looked for: they would be found in half of all words.
const SHORTEST: usize = 6;

/// A profile's secrets, in the forms in which one could come back.
#[derive(Debug, Clone)]
pub(super) struct Mask(Vec<Secret>);

impl Mask {
    pub(super) fn new(secrets: &[Secret]) -> Self {
        let long = secrets.iter().filter(|s| s.expose().len() >= SHORTEST);
        Self(long.flat_map(|s| forms(s.expose())).map(Secret::new).collect())
    }

    /// A text without them.
    pub(super) fn text(&self, text: &str) -> String {
        let mut text = Cow::Borrowed(text);
        for form in &self.0 {
            if text.contains(form.expose()) {
                text = Cow::Owned(text.replace(form.expose(), STARS));
            }
        }
        text.into_owned()
    }

    /// A body without them and without password fields.
    pub(super) fn body(&self, body: &[u8]) -> Vec<u8> {
        let mut body = masked(body).map_or(Cow::Borrowed(body), Cow::Owned);
        for form in &self.0 {
            if let Some(without) = replaced(&body, form.expose().as_bytes()) {
                body = Cow::Owned(without);
            }
        }
        body.into_owned()
    }
}

/// As it is, as JSON and URLs spell it, in base64 and in hex.
fn forms(secret: &str) -> Vec<String> {
    let hex = |upper: bool| {
        secret
            .bytes()
            .fold(String::new(), |all, b| all + &if upper { format!("{b:02X}") } else { format!("{b:02x}") })
    };
    let json = serde_json::to_string(secret).unwrap_or_default();
    let mut forms = vec![
        secret.to_owned(),
        json.trim_matches('"').to_owned(),
        encode(secret),
        STANDARD_NO_PAD.encode(secret),
        hex(false),
        hex(true),
    ];
    forms.sort_by_key(|f| std::cmp::Reverse(f.len()));
    forms.dedup();
    forms
}

/// `None`: not in there.
fn replaced(body: &[u8], what: &[u8]) -> Option<Vec<u8>> {
    let first = *what.first()?;
    let mut out = Vec::new();
    let (mut kept, mut at) = (0, 0);
    while let Some(here) = find(body, at, first) {
        if body.get(here..here + what.len()) == Some(what) {
            out.extend_from_slice(body.get(kept..here).unwrap_or_default());
            out.extend_from_slice(STARS.as_bytes());
            kept = here + what.len();
            at = kept;
        } else {
            at = here + 1;
        }
    }
    (kept > 0).then(|| {
        out.extend_from_slice(body.get(kept..).unwrap_or_default());
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> String {
        fields(json.as_bytes(), json).into_owned()
    }

    #[test]
    fn k02_password_fields_are_masked_wherever_they_stand() {
        let cases = [
            (r#"{"password":"canary"}"#, r#"{"password":"***"}"#),
            (r#"{"a":[{"rootPassword" : "can\"ary","b":1}]}"#, r#"{"a":[{"rootPassword" : "***","b":1}]}"#),
            (r#"{"access_key_secret":4711,"b":2}"#, r#"{"access_key_secret":"***","b":2}"#),
            (r#"{"credentials":{"u":"x","p":["canary"]},"b":2}"#, r#"{"credentials":"***","b":2}"#),
            (r#"{"passwd":"cana"#, r#"{"passwd":"***""#),
            (r#"{"password":null,"x":"y"}"#, r#"{"password":null,"x":"y"}"#),
            (r#"{"public_key":"MEgC","name":"password"}"#, r#"{"public_key":"MEgC","name":"password"}"#),
        ];
        for (json, want) in cases {
            assert_eq!(of(json), want);
        }
    }

    #[test]
    fn k02_a_header_nobody_thought_of_is_masked() {
        assert_eq!(header("authorization", "Basic x"), None);
        assert_eq!(header("x-ocs-header", "x"), None);
        assert_eq!(header("set-cookie", "x"), None);
        assert_eq!(header("x-new", "x"), None);
        assert_eq!(header("date", "now").as_deref(), Some("now"));
        let to = header("location", "https://u:canary@h:1/login?token=canary#canary");
        assert_eq!(to.as_deref(), Some("https://h:1/login"));
    }

    #[test]
    fn p7_a_secret_that_comes_back_is_masked_in_every_form() {
        let secret = "can/ary \"4711\"";
        let mask = Mask::new(&[Secret::new(secret.to_owned())]);
        for form in forms(secret) {
            assert_eq!(mask.text(&format!("a {form} b")), "a *** b", "{form}");
            assert_eq!(mask.body(format!("a {form} b").as_bytes()), b"a *** b", "{form}");
        }
        assert_eq!(Mask::new(&[Secret::new("abc".to_owned())]).text("abcabc"), "abcabc");
    }
}
