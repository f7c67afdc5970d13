//! Text from outside as it may be shown: the one filter (reliability.md, X rows).
//!
//! [`Shown`] can be made by the filter alone, and the canvas, the tables and the exports take nothing else.
//! [`Text`] keeps the exact spelling beside it, because a request must name a zone byte for byte.
//! The filter is idempotent: filtering what is already filtered changes nothing.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::limits;

/// Mark put where a bidirectional control was: `zone1` + U+202E + `2enoz` must not pose as another zone (X06).
pub const BIDI_MARK: &str = "‹bidi›";
/// Mark put where an invisible character was (X07).
pub const INVISIBLE_MARK: &str = "‹zw›";

/// Text that holds no control, bidi or invisible character and at most 256 columns.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shown(Arc<str>);

impl Shown {
    /// Filters a text for a place of one line: a name, a status word, a message.
    pub fn filter(raw: &str) -> Self {
        Self(cut_middle(&clean(raw, Place::Line), limits::TEXT_COLUMNS).into())
    }
    /// Filters one line of a log: emoji keep their joiners, and the limit is 4,000 columns with the cut marked
    /// at the end, since a log line's beginning is what matters.
    pub fn log_line(raw: &str) -> Self {
        Self(cut_end(&clean(raw, Place::Log), limits::LOG_LINE_COLUMNS).into())
    }
    /// Filters a text whole, without cutting: for the detail view and for exports that must lose nothing (X10).
    pub fn whole(raw: &str) -> Self {
        Self(clean(raw, Place::Line).as_ref().into())
    }
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// Columns it takes.
    pub fn width(&self) -> usize {
        self.0.width()
    }
    /// At most `columns` wide, cut at the end with `…`.
    pub fn cut_end(&self, columns: usize) -> Cow<'_, str> {
        cut_end(&self.0, columns)
    }
    /// At most `columns` wide, cut in the middle with `…`, so that both ends can be compared.
    pub fn cut_middle(&self, columns: usize) -> Cow<'_, str> {
        cut_middle(&self.0, columns)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A text from outside: exact, and beside it as it may be shown. Compared by the exact spelling.
#[derive(Clone)]
pub struct Text {
    raw: Arc<str>,
    shown: Shown,
}

impl Text {
    /// Keeps `raw` and filters it once. A text that the filter leaves as it is is stored once.
    pub fn new(raw: &str) -> Self {
        let shown = Shown::filter(raw);
        let raw = if *shown.0 == *raw { Arc::clone(&shown.0) } else { raw.into() };
        Self { raw, shown }
    }
    /// The exact spelling: for requests, comparison and machine output, never for the screen.
    pub fn raw(&self) -> &str {
        &self.raw
    }
    /// The filtered spelling.
    pub fn shown(&self) -> &Shown {
        &self.shown
    }
    /// Whether nothing was told.
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }
    /// Whether what is shown could be taken for something else: changed by the filter, non-ASCII letters, or
    /// spaces at an edge (X11). Dialogs mark such names and show the ID beside them.
    pub fn is_suspicious(&self) -> bool {
        *self.raw != *self.shown.0
            || !self.raw.is_ascii()
            || self.raw.trim() != &*self.raw
            || self.raw.is_empty()
    }
}

impl Default for Text {
    fn default() -> Self {
        Text::new("")
    }
}
impl From<&str> for Text {
    fn from(raw: &str) -> Self {
        Text::new(raw)
    }
}
impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}
impl Eq for Text {}
impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Text {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.raw.cmp(&other.raw)
    }
}
impl std::hash::Hash for Text {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.raw.hash(state);
    }
}
/// Shows the filtered spelling.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.shown.as_str())
    }
}
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.raw, f)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Line,
    Log,
}

/// What becomes of one character.
enum Fate {
    Keep,
    Mark(&'static str),
    Char(char),
}

fn fate(c: char, place: Place) -> Fate {
    match c {
        '\t' => Fate::Char(' '),
        '\0'..='\x1f' => Fate::Char(char::from_u32(0x2400 + c as u32).unwrap_or('␀')),
        '\x7f' => Fate::Char('␡'),
        '\u{85}' | '\u{2028}' | '\u{2029}' => Fate::Char('␤'),
        // C1: the eight-bit forms of ESC sequences (X03).
        '\u{80}'..='\u{9f}' => Fate::Char('␛'),
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' => {
            Fate::Mark(BIDI_MARK)
        }
        // ZWJ and variation selector 16 build emoji; only a log may keep them (X07).
        '\u{200d}' | '\u{fe0f}' if place == Place::Log => Fate::Keep,
        '\u{200b}'..='\u{200d}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}'
        | '\u{feff}'
        | '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{3164}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => Fate::Mark(INVISIBLE_MARK),
        _ => Fate::Keep,
    }
}

/// Whether nothing of it can be filtered: most names are printable ASCII, and cost no copy.
fn is_plain(raw: &str) -> bool {
    raw.bytes().all(|b| (0x20..0x7f).contains(&b))
}

fn clean(raw: &str, place: Place) -> Cow<'_, str> {
    if is_plain(raw) {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len() + 16);
    let mut marks = 0;
    let mut last_mark = "";
    for c in raw.chars() {
        match fate(c, place) {
            Fate::Keep => {
                marks = if c.width() == Some(0) { marks + 1 } else { 0 };
                if marks <= limits::MARKS_A_CELL {
                    out.push(c);
                }
                last_mark = "";
            }
            Fate::Char(p) => {
                out.push(p);
                marks = 0;
                last_mark = "";
            }
            // A run of the same invisible things is one mark: 4,000 of them must not push the name away.
            Fate::Mark(m) => {
                if last_mark != m {
                    out.push_str(m);
                }
                marks = 0;
                last_mark = m;
            }
        }
    }
    Cow::Owned(out)
}

/// At most `columns` wide, cut at the end with `…`. Whole grapheme clusters only.
pub fn cut_end(text: &str, columns: usize) -> Cow<'_, str> {
    if text.width() <= columns {
        return Cow::Borrowed(text);
    }
    if columns == 0 {
        return Cow::Borrowed("");
    }
    let mut out = String::new();
    let mut used = 0;
    for g in text.graphemes(true) {
        let w = g.width();
        if used + w + 1 > columns {
            break;
        }
        out.push_str(g);
        used += w;
    }
    out.push('…');
    Cow::Owned(out)
}

/// At most `columns` wide, cut in the middle with `…`. Whole grapheme clusters only.
pub fn cut_middle(text: &str, columns: usize) -> Cow<'_, str> {
    if text.width() <= columns {
        return Cow::Borrowed(text);
    }
    if columns < 3 {
        return cut_end(text, columns);
    }
    let tail_columns = (columns - 1) / 2;
    let mut head = cut_end(text, columns - tail_columns).into_owned();
    let mut tail: Vec<&str> = Vec::new();
    let mut used = 0;
    for g in text.graphemes(true).rev() {
        let w = g.width();
        if used + w > tail_columns {
            break;
        }
        tail.push(g);
        used += w;
    }
    head.extend(tail.into_iter().rev());
    Cow::Owned(head)
}

#[cfg(test)]
mod tests;
