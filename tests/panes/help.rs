//! Help and `docs/keys.md` say what the table of commands says.

use obdeck::app::command::COMMANDS;

use super::world::{demo, prod};

#[test]
fn keys_md_is_what_the_table_of_commands_makes() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/keys.md");
    let want = obdeck::text::keys::keys_md();
    if std::env::var_os("OBDECK_WRITE_DOCS").is_some() {
        std::fs::write(path, &want).expect("docs/keys.md");
    }
    let have = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(have, want, "run the tests once with OBDECK_WRITE_DOCS=1");
}

#[test]
fn help_opens_over_the_tree_and_closes_with_escape() {
    let mut c = prod(80, 24);
    let before = c.frame();
    c.keys("?");
    insta::assert_snapshot!("help_80x24", c.frame());
    c.keys("<esc>");
    assert_eq!(c.frame(), before);
}

#[test]
fn help_is_searched_by_typing_and_escape_clears_the_search_first() {
    let mut c = demo(80, 24);
    c.keys("?pause");
    let frame = c.frame();
    assert!(frame.contains("pause polling, or go on"), "{frame}");
    assert!(!frame.contains("draw everything again"), "{frame}");
    c.keys("<esc>");
    assert!(c.frame().contains("type to search"));
    c.keys("<esc>");
    assert!(!c.frame().contains("Help"));
}

#[test]
fn every_command_is_in_help_somewhere() {
    let mut c = demo(200, 60);
    c.keys("?");
    let frame = c.frame();
    for entry in COMMANDS {
        let what = obdeck::text::keys::describe(entry.command);
        assert!(frame.contains(what), "{what} is missing:\n{frame}");
    }
}

#[test]
fn no_word_of_help_is_cut_at_80_columns() {
    let mut c = demo(80, 24);
    c.keys("?");
    for _ in 0..4 {
        let frame = c.frame();
        assert!(!frame.contains('…'), "{frame}");
        c.keys("<pgdn>");
    }
}
