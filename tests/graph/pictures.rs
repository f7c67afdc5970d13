//! Every picture of docs/graph.md is what the program draws today. After a change: `OBDECK_WRITE_DOCS=1`.
//!
//! A picture is a block after a line `<!-- picture: GRAPH WORD... -->`: a file of `tests/fixtures/graphs`, and of the
//! words `compact`, `dot`, `lr`, `folded`, `ascii`, `rails` and `lanes` those that apply.

use obdeck::domain::status::Phase;
use obdeck::graph::{
    Collapse, Face, Form, Glyphs, LayoutOptions, Orientation, collapse, export, lanes, layout,
    layout_on_rails,
};

use super::files::dag;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/graphs");
const OPEN: &str = "<!-- picture: ";

/// What the words after `picture:` ask for.
fn drawn(asked: &str) -> String {
    let mut words = asked.split_whitespace();
    let file = format!("{FOLDER}/{}.json", words.next().unwrap_or_default());
    let words: Vec<&str> = words.collect();
    let is = |word: &str| words.contains(&word);
    let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{file}: {e}"));
    let whole = dag(&serde_json::from_str(&text).unwrap());
    let fold = if is("folded") { Collapse::Auto { width: None } } else { Collapse::None };
    let dag = collapse(&whole, fold);
    if is("lanes") {
        let sign = |ix: Option<usize>| ix.map_or(' ', |ix| Glyphs::Unicode.phase(dag.nodes[ix].phase));
        let name = |ix: Option<usize>| ix.map_or("", |ix| dag.nodes[ix].label.as_str());
        let row = |r: &lanes::LaneRow| {
            format!("{}  {}", lanes::text(r, Glyphs::Unicode, sign(r.node)), name(r.node))
                .trim_end()
                .to_owned()
        };
        return lanes::rows(&dag).iter().map(|r| row(r) + "\n").collect();
    }
    let form = match (is("compact"), is("dot")) {
        (true, _) => Form::Compact,
        (_, true) => Form::Dot,
        _ => Form::Full,
    };
    let orientation = if is("lr") { Orientation::Lr } else { Orientation::Tb };
    let options = LayoutOptions { form, orientation, ..LayoutOptions::default() };
    let scene = if is("rails") { layout_on_rails(&dag, &options) } else { layout(&dag, &options) };
    let faces: Vec<Face> = Face::all(&dag);
    if is("ascii") { export::ascii(&scene, &faces) } else { export::text(&scene, &faces) }
}

/// The document with every picture drawn anew, and how many there are.
fn renewed(document: &str) -> (String, usize) {
    let (mut out, mut count) = (String::new(), 0);
    let mut rest = document;
    while let Some(at) = rest.find(OPEN) {
        let (before, from) = rest.split_at(at);
        let asked = &from[OPEN.len()..from.find(" -->").expect("a picture's line ends with -->")];
        let begin = from.find("```text\n").expect("a block follows") + "```text\n".len();
        let end = begin + from[begin..].find("```").expect("the block ends");
        out.push_str(before);
        out.push_str(&from[..begin]);
        out.push_str(&drawn(asked));
        rest = &from[end..];
        count += 1;
    }
    out.push_str(rest);
    (out, count)
}

#[test]
fn the_pictures_of_the_document_are_what_the_program_draws() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/graph.md");
    let document = std::fs::read_to_string(path).unwrap();
    let (want, count) = renewed(&document);
    assert!(count >= 10, "{count} pictures");
    assert_eq!(document.matches("```text").count(), count, "a drawing without its `<!-- picture:` line");
    if std::env::var_os("OBDECK_WRITE_DOCS").is_some() {
        std::fs::write(path, &want).unwrap();
    }
    let have = std::fs::read_to_string(path).unwrap();
    assert!(have == want, "docs/graph.md is old: run the tests once with OBDECK_WRITE_DOCS=1");
}

#[test]
fn the_signs_that_the_document_explains_are_those_of_the_program() {
    let document = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/graph.md")).unwrap();
    for sign in ['╋', '┼', '▼', '▲', '╎', Glyphs::Unicode.again(), Glyphs::Ascii.again()] {
        assert!(document.contains(sign), "{sign}");
    }
    assert_ne!(Glyphs::Unicode.again(), Glyphs::Unicode.phase(Phase::RollingBack));
}
