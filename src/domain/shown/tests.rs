//! Rows X01–X12 of reliability.md, as far as the filter alone serves them.

use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

use super::*;

fn shown(raw: &str) -> String {
    Text::new(raw).shown().as_str().to_owned()
}

#[test]
fn x01_escape_sequences_lose_their_escape() {
    assert_eq!(shown("a\x1b[31mb\x1b[2J\x1b[6n\x1b[?1049l"), "a␛[31mb␛[2J␛[6n␛[?1049l");
}

#[test]
fn x02_operating_system_commands_are_inert() {
    assert_eq!(shown("\x1b]52;c;QUJD\x07"), "␛]52;c;QUJD␇");
    assert_eq!(shown("\x1bP1$r\x1b\\"), "␛P1$r␛\\");
}

#[test]
fn x03_eight_bit_controls_are_marked() {
    assert_eq!(shown("\u{9b}2J\u{9d}0;t\u{90}"), "␛2J␛0;t␛");
}

#[test]
fn x04_controls_become_pictures() {
    assert_eq!(shown("\0\x07\x08\x7f\x0b\x0c"), "␀␇␈␡␋␌");
}

#[test]
fn x05_line_breaks_are_marked_in_one_line() {
    assert_eq!(shown("a\r\n\tb\u{85}\u{2028}\u{2029}"), "a␍␊ b␤␤␤");
}

#[test]
fn x06_bidi_controls_are_removed_and_marked() {
    assert_eq!(shown("zone1\u{202e}2enoz"), "zone1‹bidi›2enoz");
    assert_eq!(shown("\u{2066}\u{2067}\u{200e}\u{61c}"), "‹bidi›");
}

#[test]
fn x07_invisible_characters_are_marked_in_names_and_joiners_kept_in_logs() {
    assert_eq!(shown("zo\u{200b}ne"), "zo‹zw›ne");
    assert_eq!(shown("a\u{e0041}\u{feff}"), "a‹zw›");
    assert_eq!(Shown::log_line("👩\u{200d}💻").as_str(), "👩\u{200d}💻");
    assert_eq!(shown("👩\u{200d}💻"), "👩‹zw›💻");
}

#[test]
fn x08_a_pile_of_marks_is_cut_at_eight() {
    let pile = format!("a{}b", "\u{301}".repeat(500));
    let s = shown(&pile);
    assert_eq!(s.chars().filter(|c| *c == '\u{301}').count(), 8);
    assert_eq!(s.width(), 2);
}

#[test]
fn x09_wide_narrow_and_combining_letters_are_counted_in_columns() {
    for (text, columns) in
        [("集群", 4), ("👍", 2), ("e\u{301}", 1), ("ส", 1), ("שלום", 4), ("─▶", 2), ("각", 2)]
    {
        assert_eq!(Text::new(text).shown().width(), columns, "{text}");
        assert_eq!(shown(text), text, "nothing of it is a mark");
    }
}

#[test]
fn x12_odd_names_are_kept_as_they_are_and_marked_where_nothing_shows() {
    for odd in ["--force", "../../x", ";rm -rf /", "{{x}}", "%s", "$(id)"] {
        assert_eq!(shown(odd), odd);
        assert!(!Text::new(odd).is_suspicious());
    }
    for hidden in ["", "   ", " a"] {
        assert!(Text::new(hidden).is_suspicious(), "{hidden:?}");
    }
}

#[test]
fn x10_a_long_name_shows_both_ends_and_keeps_its_spelling() {
    let long = format!("begin{}end", "x".repeat(1_000_000));
    let t = Text::new(&long);
    assert!(t.shown().width() <= limits::TEXT_COLUMNS);
    assert!(t.shown().as_str().starts_with("begin") && t.shown().as_str().ends_with("end"));
    assert_eq!(t.raw().len(), long.len());
    assert_eq!(Shown::whole(&long).as_str(), long);
}

#[test]
fn x11_names_that_look_alike_are_suspicious_and_unequal() {
    let (plain, cyrillic) = (Text::new("zone1"), Text::new("zon\u{435}1"));
    assert_ne!(plain, cyrillic);
    assert!(!plain.is_suspicious());
    assert!(cyrillic.is_suspicious());
    assert!(Text::new("zone1 ").is_suspicious());
    assert!(Text::new("").is_suspicious());
}

#[test]
fn cuts_keep_wide_characters_whole() {
    assert_eq!(cut_end("集群集群", 5), "集群…");
    assert_eq!(cut_middle("集群zone1", 6), "集…ne1".replace("ne1", "e1"));
    assert_eq!(cut_end("abc", 0), "");
    // With room for less than a letter on each side, the beginning counts.
    assert_eq!((cut_middle("abcd", 2), cut_middle("abcd", 3)), ("a…".into(), "a…d".into()));
}

#[test]
fn what_is_shown_and_what_is_told_of_it_are_the_same_text() {
    let s = Shown::filter("zone1\u{202e}x");
    assert_eq!(
        (format!("{s}"), format!("{s:?}")),
        ("zone1‹bidi›x".to_owned(), "\"zone1‹bidi›x\"".to_owned())
    );
    // In a column of a table: padded and cut as a plain text would be.
    assert_eq!(
        format!("{:>6}|{:<6}|{:.2}", Shown::filter("ab"), Shown::filter("ab"), Shown::filter("abc")),
        "    ab|ab    |ab"
    );
    let t = Text::new("zone1\u{202e}x");
    assert_eq!(
        (format!("{t}"), format!("{t:?}")),
        ("zone1‹bidi›x".to_owned(), "\"zone1\\u{202e}x\"".to_owned())
    );
    assert!(Text::new("").is_empty() && !Text::new(" ").is_empty() && Text::default().is_empty());
    assert_eq!(s.cut_end(7), "zone1‹…");
    assert_eq!(s.cut_middle(7), "zon…i›x");
}

#[test]
fn a_text_that_nothing_is_filtered_from_is_kept_once() {
    for same in ["zone1", "集群", &"x".repeat(limits::TEXT_COLUMNS), &format!("e{}", "\u{301}".repeat(8))] {
        let t = Text::new(same);
        assert!(Arc::ptr_eq(&t.raw, &t.shown.0), "{same}");
        assert_eq!((t.raw(), t.shown().as_str()), (same, same));
    }
    for other in
        ["a\tb", "zone\u{200b}", &"x".repeat(limits::TEXT_COLUMNS + 1), &format!("e{}", "\u{301}".repeat(9))]
    {
        assert_eq!(Text::new(other).raw(), other);
        assert_ne!(Text::new(other).shown().as_str(), other);
    }
    assert!(matches!(clean("zone1", Place::Line), Cow::Borrowed("zone1")), "no copy of a plain name");
}

#[test]
fn texts_are_sorted_and_told_apart_by_their_exact_spelling() {
    let spellings = ["zone1", "zone1 ", "zone1\u{202d}", "zone1\u{202e}", "zone2"];
    let texts = spellings.map(Text::new);
    let mut sorted = [4, 3, 0, 2, 1].map(|ix: usize| texts[ix].clone());
    sorted.sort();
    assert_eq!(sorted, texts);
    assert!(texts[2] < texts[3], "they look the same");
    let all: std::collections::HashSet<_> = texts.iter().collect();
    assert!(all.len() == 5 && all.contains(&Text::new("zone1\u{202e}")));
    let hash = |t: &Text| {
        use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
        BuildHasherDefault::<DefaultHasher>::default().hash_one(t)
    };
    assert_ne!(hash(&texts[2]), hash(&texts[3]));
}

fn is_safe(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}')
}

proptest! {
    #[test]
    fn no_control_passes_and_filtering_twice_changes_nothing(raw in any::<String>()) {
        let once = Shown::filter(&raw);
        prop_assert!(once.as_str().chars().all(is_safe));
        prop_assert!(once.width() <= limits::TEXT_COLUMNS);
        prop_assert_eq!(Shown::filter(once.as_str()), once);
        prop_assert!(Shown::log_line(&raw).as_str().chars().all(|c| !c.is_control()));
    }

    #[test]
    fn a_cut_is_never_wider_than_asked(raw in any::<String>(), columns in 0usize..40) {
        let s = Shown::whole(&raw);
        prop_assert!(s.cut_end(columns).width() <= columns.max(s.width().min(columns)));
        prop_assert!(s.cut_middle(columns).width() <= columns);
    }
}
