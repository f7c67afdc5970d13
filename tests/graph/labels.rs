//! Names of a server in the drawing: the X rows. Nothing in a name reaches a cell as a control, and none moves a border.

use obdeck::domain::shown::Shown;
use obdeck::domain::status::Phase;
use obdeck::graph::{
    Dag, DagNode, Face, Form, Glyphs, LayoutOptions, Window, export, from_parts, layout, paint,
};
use unicode_width::UnicodeWidthStr;

use super::random::{ALL, drawn};

/// A step of this name between two of ours.
fn between(name: &str) -> Dag {
    let node = |id: &str, label: &str| DagNode::new(id, Shown::filter(label), Phase::Pending, None);
    let edges = [("1", "2"), ("2", "3")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    from_parts([node("1", "Stop zone"), node("2", name), node("3", "Wait node")], edges)
}

fn full(name: &str) -> String {
    let dag = between(name);
    export::text(&layout(&dag, &LayoutOptions::default()), &Face::all(&dag))
}

/// Draws a name in every form and checks what must hold of any name.
fn harmless(name: &str) -> String {
    let dag = between(name);
    let bad = drawn(&format!("{name:?}"), &dag, &ALL);
    assert!(bad.is_empty(), "{}", bad.join("\n"));
    for (form, orientation) in ALL {
        let scene = layout(&dag, &LayoutOptions { form, orientation, ..LayoutOptions::default() });
        let (w, h) = (scene.width as u16, scene.height as u16);
        for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
            let canvas = paint(&scene, &Face::all(&dag), Window { x: 0, y: 0, w, h }, glyphs);
            for y in 0..h {
                let mut row = String::new();
                for x in 0..w {
                    let cell = canvas.at(x, y).unwrap();
                    assert!(cell.is_covered() || !cell.ch.is_control(), "{name:?}: {:?} in a cell", cell.ch);
                    cell.push_to(&mut row);
                }
                assert!(!row.chars().any(char::is_control), "{name:?}: {row:?}");
                assert_eq!(UnicodeWidthStr::width(row.as_str()), usize::from(w), "{name:?}: {row:?}");
            }
        }
    }
    // The borders of the box stand one above the other.
    let text = full(name);
    let rows: Vec<&str> = text.lines().skip_while(|l| !l.contains('┌')).take(3).collect();
    let end = |row: &str| UnicodeWidthStr::width(row.trim_end());
    assert_eq!(end(rows[0]), end(rows[1]), "{text}");
    text
}

#[test]
fn x01_x02_escape_sequences_in_a_name_are_marks_in_its_box() {
    for name in [
        "\u{1b}[31mred",
        "\u{1b}[2J",
        "\u{1b}]0;title\u{7}",
        "\u{1b}]52;c;aGk=\u{1b}\\",
        "\u{1b}P1$r\u{1b}\\",
    ] {
        assert!(harmless(name).contains('␛'), "{name:?}");
    }
}

#[test]
fn x03_x04_controls_of_both_sets_are_marks_in_the_box() {
    for c in (0_u32..0x20).chain(0x7f..0xa0).filter_map(char::from_u32) {
        harmless(&format!("Stop{c}zone"));
    }
    assert!(harmless("a\u{0}b").contains('␀'));
}

#[test]
fn x05_line_breaks_and_tabs_do_not_break_the_box() {
    let text = harmless("two\nlines\rand\ta tab\u{2028}and more");
    assert!(text.contains("two␊lines␍and a tab"), "{text}");
}

#[test]
fn x06_x07_what_turns_or_hides_text_is_marked_in_the_box() {
    assert!(harmless("zone\u{202e}2enoz").contains("‹bidi›"));
    for c in ['\u{200b}', '\u{200e}', '\u{2066}', '\u{feff}', '\u{2060}'] {
        let text = harmless(&format!("zone{c}1"));
        assert!(!text.contains(c), "{text:?}");
    }
}

#[test]
fn x08_a_pile_of_marks_stays_in_its_cell() {
    let name = format!("e{}nd", "\u{301}".repeat(500));
    let text = harmless(&name);
    assert!(text.matches('\u{301}').count() <= 8, "{text}");
}

#[test]
fn x09_wide_letters_keep_the_borders_in_line() {
    for name in ["停止 OBServer 进程", "เริ่มต้น", "한글 단계", "e\u{301}tape", "🚀 start", "שלב", "ｶﾞ"]
    {
        harmless(name);
    }
    assert!(harmless("停止 OBServer 进程").contains("停止 OBServer 进程"));
}

#[test]
fn x10_a_very_long_name_is_cut_at_its_end_in_a_box_of_bounded_width() {
    let name = "Stop observer process ".repeat(500);
    let dag = between(&name);
    for form in [Form::Full, Form::Compact] {
        let scene = layout(&dag, &LayoutOptions { form, ..LayoutOptions::default() });
        assert!(scene.width <= 48, "{}", scene.width);
        assert!(export::text(&scene, &Face::all(&dag)).contains('…'));
    }
    harmless(&name);
}

#[test]
fn x12_odd_names_are_names() {
    for name in
        ["", "   ", "--force", "../../x", ";rm -rf", "{{x}}", "%s", "]", "]──▶[", "a│b─c┼d▼", "]]>\"'<&"]
    {
        harmless(name);
    }
}
