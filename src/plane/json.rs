//! Strict about the document, loose about the words in it: one decoder for every answer and file.
//!
//! The document must be whole, single, UTF-8 and not nested without end (reliability H10, H11); an error names the
//! path of the first bad field, its line, column and byte offset. [`Id`] and [`Word`] take what servers really
//! send: an integer or a string of digits, never through `f64` (H13, H14).

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::value::RawValue;

use crate::domain::limits;

/// Longest ID taken, in bytes: an OBShell ID over IPv6 has some 50 digits (obshell-api 5).
const ID_BYTES: usize = 128;

/// What is wrong with a document, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why} at {path} (line {line}, column {column}, byte {offset})")]
pub struct BadJson {
    /// Path of the first bad field, `.` for the document itself.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in bytes, from 1.
    pub column: usize,
    /// Offset in bytes, from 0.
    pub offset: usize,
    /// What is wrong.
    pub why: String,
}

impl BadJson {
    /// A complaint about the document as a whole.
    pub(crate) fn whole(why: &str) -> Self {
        Self { path: ".".to_owned(), line: 1, column: 1, offset: 0, why: why.to_owned() }
    }

    fn of(bytes: &[u8], path: String, err: &serde_json::Error) -> Self {
        let text = err.to_string();
        // The position is told in words of ours; serde_json appends its own.
        let why = text.rsplit_once(" at line ").map_or(text.as_str(), |(head, _)| head);
        let (line, column) = (err.line().max(1), err.column().max(1));
        let offset = if err.is_eof() { bytes.len() } else { offset(bytes, line, column) };
        // `?` is what stands for a path that was not reached.
        let path = if path == "?" { ".".to_owned() } else { path };
        Self { path, line, column, offset, why: why.to_owned() }
    }
}

/// Byte offset of a line and column, both from 1.
fn offset(bytes: &[u8], line: usize, column: usize) -> usize {
    let start = match line {
        0 | 1 => 0,
        _ => bytes.iter().enumerate().filter(|(_, b)| **b == b'\n').nth(line - 2).map_or(0, |(ix, _)| ix + 1),
    };
    (start + column.saturating_sub(1)).min(bytes.len())
}

/// Decodes one whole document and nothing after it.
pub(crate) fn decode<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, BadJson> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(BadJson::whole("the document is empty"));
    }
    if bytes.starts_with(b"\xef\xbb\xbf") || bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff")
    {
        return Err(BadJson::whole("the document starts with a byte order mark"));
    }
    if let Some(at) = too_deep(bytes) {
        let why = format!("nested deeper than {}", limits::JSON_DEPTH);
        return Err(BadJson { offset: at, ..BadJson::whole(&why) });
    }
    let mut de = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut de).map_err(|e| {
        let path = e.path().to_string();
        BadJson::of(bytes, path, e.inner())
    })?;
    de.end().map_err(|e| BadJson::of(bytes, ".".to_owned(), &e))?;
    Ok(value)
}

/// Offset of the bracket that opens one level too many. Brackets inside strings do not count.
fn too_deep(bytes: &[u8]) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (at, b) in bytes.iter().enumerate() {
        if in_string {
            match b {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match b {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > limits::JSON_DEPTH {
                    return Some(at);
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// An ID as a server spells it: the digits of an integer of any size, or a string of digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Id(pub(crate) String);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(d)?.get();
        let text = if raw.starts_with('"') {
            serde_json::from_str::<String>(raw).map_err(D::Error::custom)?
        } else {
            raw.to_owned()
        };
        let digits = text.strip_prefix('-').unwrap_or(&text);
        if digits.is_empty() || text.len() > ID_BYTES || !digits.bytes().all(|b| b.is_ascii_digit()) {
            let seen: String = raw.chars().take(40).collect();
            return Err(D::Error::custom(format!("an ID is an integer or a string of digits, not {seen}")));
        }
        Ok(Id(text))
    }
}

/// A word that servers send as text, number or bool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word(pub(crate) String);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(d)?.get();
        match raw.as_bytes().first() {
            Some(b'"') => serde_json::from_str(raw).map(Word).map_err(D::Error::custom),
            Some(b'{' | b'[') => Err(D::Error::custom("a text is expected here, not a list or an object")),
            _ => Ok(Word(raw.to_owned())),
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Row {
        id: Id,
        code: Option<Word>,
    }
    #[derive(Debug, serde::Deserialize)]
    struct List {
        #[serde(rename = "rows")]
        _rows: Vec<Row>,
    }

    fn id(text: &str) -> Result<String, BadJson> {
        decode::<Row>(format!("{{\"id\":{text}}}").as_bytes()).map(|r| r.id.0)
    }

    #[test]
    fn h14_ids_are_exact_whatever_their_size() {
        for text in ["9007199254740993", "0", "-1", "9223372036854775807", "18446744073709551616"] {
            assert_eq!(id(text).as_deref(), Ok(text));
            assert_eq!(id(&format!("\"{text}\"")).as_deref(), Ok(text));
        }
    }

    #[test]
    fn h13_a_float_a_bool_or_a_word_is_no_id() {
        for text in ["1.0", "1e3", "true", "null", "[]", "{}", "\"abc\"", "\"\"", "\"-\"", "\"1 \""] {
            let err = id(text).unwrap_err();
            assert_eq!(err.path, "id", "{text}: {err}");
        }
    }

    #[test]
    fn h13_an_error_names_path_line_and_offset() {
        let text = b"{\"rows\": [\n  {\"id\": 1},\n  {\"id\": 2.5}\n]}";
        let err = decode::<List>(text).unwrap_err();
        assert_eq!(err.path, "rows[1].id");
        assert_eq!(err.line, 3);
        assert!(err.offset > 24 && err.offset < text.len(), "{err}");
    }

    #[test]
    fn a_word_may_be_a_number() {
        let row: Row = decode(br#"{"id":1,"code":11020}"#).unwrap();
        assert_eq!(row.code, Some(Word("11020".to_owned())));
    }

    #[test]
    fn h10_half_two_or_marked_documents_are_refused() {
        for bad in [
            &b"{\"id\":1"[..],
            b"{\"id\":1}{\"id\":2}",
            b"{\"id\":1} x",
            b"\xef\xbb\xbf{\"id\":1}",
            b"{\"id\":NaN}",
            b"{/* */\"id\":1}",
            b"{\"id\":1,\"id\":2}",
            b"",
            b"\xff\xfe{\x00",
            b"{\"id\":\"\xff\"}",
        ] {
            assert!(decode::<Row>(bad).is_err(), "{}", String::from_utf8_lossy(bad));
        }
    }

    #[test]
    fn a_document_nested_without_end_is_refused() {
        let deep = format!("{{\"id\":1,\"x\":{}{}}}", "[".repeat(80), "]".repeat(80));
        assert!(decode::<Row>(deep.as_bytes()).unwrap_err().why.contains("nested"));
        let fine = format!("{{\"id\":1,\"x\":\"{}\"}}", "[".repeat(80));
        assert!(decode::<Row>(fine.as_bytes()).is_ok());
    }
}
