//! Text from outside inside Markdown: filtered, and with every mark of the language made plain (X16).

use std::fmt::Write as _;

use crate::domain::shown::Shown;

/// Marks that mean something inside a line of Markdown, in tickets and chats.
const MARKS: &[char] = &['\\', '`', '*', '_', '{', '}', '[', ']', '<', '>', '#', '|', '~', '!', '&', '$'];

/// A text as plain words inside a line of Markdown.
///
/// Marks get a backslash; `@` is followed by nothing that a chat could take for a name, and `://` makes no link.
pub fn escape(text: &str) -> String {
    let text = Shown::whole(text);
    let mut out = String::with_capacity(text.as_str().len() + 16);
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        let len = c.len_utf8();
        if MARKS.contains(&c) {
            out.push('\\');
            out.push(c);
        } else if c == '@' {
            // The entity shows the same letter and calls nobody.
            out.push_str("&#64;");
        } else if rest.starts_with("://") {
            out.push_str("&#58;");
        } else {
            out.push(c);
        }
        rest = rest.get(len..).unwrap_or("");
    }
    // At the start of a line these would make a list, a heading or a rule.
    let starts = |s: &str| s.starts_with(['-', '+', '=']) || starts_numbered(s);
    if starts(&out) { format!("\\{out}") } else { out }
}

/// `1.` and `1)` begin a list.
fn starts_numbered(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < text.len() && rest.starts_with(". ") | rest.starts_with(") ")
}

/// A text as code inside a line: for paths and IDs, which must be read letter by letter. Longer backtick runs inside
/// are enclosed by a longer one.
pub fn code(text: &str) -> String {
    let text = Shown::whole(text);
    let text = text.as_str();
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() { " " } else { "" };
    let mut out = String::new();
    let _ = write!(out, "{fence}{pad}{text}{pad}{fence}");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x16_hostile_text_stays_plain_words_in_markdown() {
        let hostile = "x\u{1b}[31m**bold** [a](http://evil) <img> `c` # h | t @all \u{202e}zone";
        let out = escape(hostile);
        assert_eq!(
            out,
            "x␛\\[31m\\*\\*bold\\*\\* \\[a\\](http&#58;//evil) \\<img\\> \\`c\\` \\# h \\| t &#64;all ‹bidi›zone"
        );
        assert_eq!(escape("- item\n# head"), "\\- item␊\\# head");
        assert_eq!(escape("1. x"), "\\1. x");
        assert_eq!(escape("zone2 of 10.0.0.1:2882"), "zone2 of 10.0.0.1:2882");
    }

    #[test]
    fn x16_code_cannot_be_left_by_backticks() {
        assert_eq!(code("/api/v2"), "`/api/v2`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("``"), "``` `` ```");
        assert_eq!(code(""), "`  `");
    }
}
