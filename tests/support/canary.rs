//! The search for secrets in what the program leaves behind (reliability P7): raw, as base64 at any offset, URL-encoded and
//! in hex; in bytes as they are, with what a screen or a page breaks over lines put together, and in clipboard sequences.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// What must be nowhere: what it is called, and what it looks like.
pub struct Needles(Vec<(String, String)>);

impl Needles {
    /// Of these secrets, each with a name for the report, in every form.
    pub fn of(secrets: &[(String, String)]) -> Self {
        let mut all = Vec::new();
        for (name, secret) in secrets {
            assert!(secret.len() >= 8, "{name} is too short to be looked for");
            let mut add = |form: &str, text: String| all.push((format!("{name}, {form}"), text));
            add("raw", secret.clone());
            add("URL-encoded", secret.bytes().map(percent).collect());
            add("in hex", hex(secret));
            add("in HEX", hex(secret).to_uppercase());
            for offset in 0..3 {
                add("base64", inside_base64(secret, offset, |b| STANDARD.encode(b)));
                add("base64 of URLs", inside_base64(secret, offset, |b| URL_SAFE_NO_PAD.encode(b)));
            }
        }
        Self(all)
    }
    /// And these, as they are: what was made of a secret for one exchange.
    pub fn and_raw(mut self, made: Vec<(String, String)>) -> Self {
        self.0.extend(made);
        self
    }
    /// The first that stands in some bytes, by name and form.
    pub fn found_in(&self, bytes: &[u8]) -> Option<&str> {
        let text = String::from_utf8_lossy(bytes);
        let mut texts = vec![joined(&text)];
        texts.extend(copied(bytes));
        texts.push(text.into_owned());
        let found = self.0.iter().find(|(_, needle)| texts.iter().any(|t| t.contains(needle.as_str())));
        found.map(|(name, _)| name.as_str())
    }
    /// Fails if one stands in some bytes.
    pub fn none_in(&self, what: &str, bytes: &[u8]) {
        if let Some(name) = self.found_in(bytes) {
            panic!("{name}: it stands in {what}");
        }
    }
    /// Looks through every file below a folder, names included, but for these; gives what was looked through. `Err`: what
    /// stands where.
    pub fn look_below(&self, folder: &Path, but: &[&Path]) -> Result<Vec<PathBuf>, String> {
        let looked: Vec<PathBuf> =
            files(folder).into_iter().filter(|p| !but.contains(&p.as_path())).collect();
        for path in &looked {
            let name = path.display().to_string();
            for bytes in [name.clone().into_bytes(), std::fs::read(path).expect("read")] {
                if let Some(found) = self.found_in(&bytes) {
                    return Err(format!("{found}: it stands in {name}"));
                }
            }
        }
        Ok(looked)
    }
    /// The same; fails if there is one.
    pub fn none_below(&self, folder: &Path, but: &[&Path]) -> Vec<PathBuf> {
        self.look_below(folder, but).unwrap_or_else(|found| panic!("{found}"))
    }
}

/// Every file below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}

/// What clipboard sequences put into the clipboard, in order.
pub fn copied(bytes: &[u8]) -> Vec<String> {
    const START: &[u8] = b"\x1b]52;c;";
    let mut all = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(START.len()).position(|w| w == START) {
        rest = &rest[at + START.len()..];
        // One that is still on its way comes with the next look.
        let Some(end) = rest.iter().position(|b| *b == 0x07) else { break };
        let text = STANDARD.decode(&rest[..end]).expect("base64");
        all.push(String::from_utf8(text).expect("UTF-8"));
    }
    all
}

/// Without blanks, line ends and frame lines: what a page breaks over lines is whole again.
fn joined(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !('\u{2500}'..='\u{259f}').contains(c)).collect()
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |all, b| all + &format!("{b:02x}"))
}

fn percent(b: u8) -> String {
    match b {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' => char::from(b).to_string(),
        b => format!("%{b:02X}"),
    }
}

/// What stays the same of a text's base64 whatever stands before and after it, `offset` bytes into a group of three.
fn inside_base64(text: &str, offset: usize, encode: impl Fn(&[u8]) -> String) -> String {
    let whole = encode(&[&vec![0; offset], text.as_bytes()].concat());
    let (first, bits) = ([0, 2, 3][offset], (offset + text.len()) * 8);
    whole[first..bits / 6].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "pä/ss+word?4711";

    fn needles(secret: &str) -> Needles {
        Needles::of(&[("it".to_owned(), secret.to_owned())])
    }
    fn finds(bytes: &[u8]) -> Option<String> {
        needles(SECRET).found_in(bytes).map(str::to_owned)
    }

    #[test]
    fn p7_the_search_finds_a_planted_secret_in_every_form() {
        let hex = hex(SECRET);
        let url = "p%C3%A4%2Fss%2Bword%3F4711";
        for planted in [SECRET, url, &hex, &hex.to_uppercase()] {
            assert!(finds(format!("before{planted}after").as_bytes()).is_some(), "{planted}");
        }
        for user in ["", "a", "ab", "abc", "admin:"] {
            for coded in [
                STANDARD.encode(format!("{user}{SECRET}!x")),
                URL_SAFE_NO_PAD.encode(format!("{user}{SECRET}")),
            ] {
                assert!(finds(coded.as_bytes()).is_some(), "after {user:?}: {coded}");
            }
        }
        let clipboard = format!("\x1b[H\x1b]52;c;{}\x07", STANDARD.encode(format!("curl -u a:{SECRET}")));
        assert_eq!(copied(clipboard.as_bytes()), [format!("curl -u a:{SECRET}")]);
        assert!(finds(clipboard.as_bytes()).is_some());
        assert!(finds("│ pä/ss+  │\n│ word?4711 │".as_bytes()).is_some(), "broken over two lines of a box");
        assert_eq!(finds(b"nothing of it: p\xc3\xa4/ss+word?471"), None);
    }

    #[test]
    fn p7_the_search_looks_into_every_file_and_its_name() {
        for (name, text) in [("deep/er/file", "a canary-4711 b"), ("canary-4711.svg", "")] {
            let folder = tempfile::tempdir().expect("a folder");
            let looked_for = needles("canary-4711");
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            std::fs::write(&path, text).expect("written");
            assert!(looked_for.look_below(folder.path(), &[]).is_err(), "{name}");
            assert_eq!(looked_for.look_below(folder.path(), &[&path]), Ok(Vec::new()));
        }
    }
}
