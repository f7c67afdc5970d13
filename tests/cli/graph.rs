//! `graph` over the five sample answers and hostile files.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::run::{Ran, bare};

/// The five sample answers with (subtasks, ID, trace ID).
const SEEDS: [(&str, usize, &str, &str); 5] = [
    ("000", 10, "89026504", "71e073145dba4fc8"),
    ("001", 11, "107302", "1551f7149ed5483b"),
    ("002", 8, "111102", "139d82c5f88f42f4"),
    ("003", 0, "22130706433028869", "d0991236cc3983cf"),
    ("004", 8, "111102", "139d82c5f88f42f4"),
];

fn seed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/seeds").join(format!("{name}.json"))
}

fn graph(name: &str, args: &[&str]) -> Ran {
    let file = seed(name).display().to_string();
    bare(&[&["graph", &file], args].concat(), None)
}

#[test]
fn every_sample_is_drawn_in_every_form_orientation_and_format() {
    for (name, subtasks, ..) in SEEDS {
        let given: Value = serde_json::from_str(&std::fs::read_to_string(seed(name)).unwrap()).unwrap();
        let data = &given["data"];
        let list = data["subtasks"].as_array().or(data["tasks"].as_array());
        let names: Vec<&str> = list.into_iter().flatten().filter_map(|s| s["name"].as_str()).collect();
        assert_eq!(names.len(), subtasks);
        for form in ["full", "compact", "lanes", "list"] {
            for orientation in ["tb", "lr"] {
                for format in ["text", "ascii"] {
                    let args = ["--form", form, "--orientation", orientation, "--format", format];
                    let ran = graph(name, &args).exit(0);
                    for n in &names {
                        assert!(ran.out.contains(n), "{name} {args:?} lacks {n}:\n{}", ran.out);
                    }
                    assert!(format != "ascii" || ran.out.is_ascii(), "{}", ran.out);
                    assert_eq!(ran.out.is_empty(), subtasks == 0);
                }
            }
        }
    }
}

#[test]
fn nothing_of_a_sample_is_lost_in_json() {
    for (name, subtasks, id, trace) in SEEDS {
        let given: Value = serde_json::from_str(&std::fs::read_to_string(seed(name)).unwrap()).unwrap();
        let doc = graph(name, &["--format", "json"]).exit(0).json();
        assert_eq!((doc["id"].to_string(), doc["traceId"].as_str()), (id.to_owned(), Some(trace)));
        assert_eq!(doc["name"], given["data"]["name"]);
        let status = given["data"].get("status").or(given["data"].get("state")).unwrap();
        assert_eq!(doc["status"], *status);
        assert!(doc.get("profile").is_none(), "a file has no profile");
        let of = |list: &Value| -> Vec<Value> { list.as_array().cloned().unwrap_or_default() };
        let have = of(&doc["subtasks"]);
        assert_eq!(have.len(), subtasks);
        let told = [of(&given["data"]["subtasks"]), of(&given["data"]["tasks"])].concat();
        for s in told {
            let o = have.iter().find(|o| o["id"] == s["id"]).unwrap();
            for key in [
                "name",
                "status",
                "operation",
                "description",
                "timeout",
                "parallelIdx",
                "upstreams",
                "downstreams",
            ] {
                if let Some(want) = s.get(key) {
                    assert_eq!(&o[key], want, "{name}: {key} of {}", s["id"]);
                }
            }
        }
    }
}

#[test]
fn the_title_and_warnings_go_to_stderr_and_the_same_file_gives_the_same_bytes() {
    let one = graph("000", &[]).exit(0).says(&["Stop OB zone", "protoss", "71e073145dba4fc8"]);
    assert!(!one.out.contains("71e073145dba4fc8"));
    assert_eq!(one.out, graph("000", &[]).out);
    graph("003", &[]).exit(0).says(&["no steps told yet"]);
}

#[test]
fn several_formats_at_once_leave_stdout_empty_unless_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let file = |f: &str| dir.path().join(f).display().to_string();
    let (text, layout) = (format!("text={}", file("t")), format!("layout={}", file("l")));
    let ran = graph("000", &["--out", &text, "--out", &layout]).exit(0);
    assert!(ran.out.is_empty());
    let drawn = std::fs::read_to_string(file("t")).unwrap();
    assert_eq!(graph("000", &["--out", &text, "--format", "text"]).out, drawn);
    let l: Value = serde_json::from_str(&std::fs::read_to_string(file("l")).unwrap()).unwrap();
    assert_eq!(l["height"].as_u64().unwrap() as usize, drawn.lines().count());
    graph("000", &["--out", "text=/no/such/folder/t"]).exit(1).says(&["/no/such/folder/t"]);
}

#[test]
fn usage_errors_of_graph() {
    graph("000", &["--form", "lanes", "--format", "layout"]).exit(2).says(&["no layout"]);
    graph("000", &["--form", "list", "--format", "svg"]).exit(2).says(&["no picture"]);
}

#[test]
fn every_sample_is_a_picture_in_every_format() {
    for (name, subtasks, id, _) in SEEDS {
        let given: Value = serde_json::from_str(&std::fs::read_to_string(seed(name)).unwrap()).unwrap();
        let list = given["data"]["subtasks"].as_array().or(given["data"]["tasks"].as_array());
        let names: Vec<&str> = list.into_iter().flatten().filter_map(|s| s["name"].as_str()).collect();
        for (format, begin) in [("svg", "<svg "), ("dot", "digraph "), ("mermaid", "---\ntitle: ")] {
            let ran = graph(name, &["--format", format, "--collapse", "none"]).exit(0);
            assert!(ran.out.starts_with(begin), "{format}: {}", ran.out);
            assert!(ran.out.contains(id), "{format} has no title:\n{}", ran.out);
            for n in &names {
                assert!(ran.out.contains(n), "{name} {format} lacks {n}:\n{}", ran.out);
            }
            assert_eq!(names.len(), subtasks);
            assert_eq!(ran.out, graph(name, &["--format", format, "--collapse", "none"]).out);
        }
        let svg = graph(name, &["--format", "svg"]).out;
        assert_eq!(svg.matches("<g>").count(), svg.matches("</g>").count() - 1, "{svg}");
    }
}

#[test]
fn x01_no_name_gets_out_of_its_place_in_a_picture() {
    let text = r#"{"nodes":[{"id":"a\"];x","label":"</text><script>alert(1)</script>\u001b[31m \"q\" \\n #35; `b` &"},
        {"id":"b","label":"two"}],"edges":[["a\"];x","b"],["b","b"]]}"#;
    let out = |format: &str| bare(&["graph", "-", "--format", format], Some(text)).exit(0).out;
    let all = [out("svg"), out("dot"), out("mermaid")];
    for text in &all {
        assert!(!text.contains('\u{1b}') && !text.contains('\0'));
    }
    let [svg, dot, mermaid] = &all;
    assert!(!svg.contains("<script") && svg.contains("&lt;script&gt;") && svg.contains('↻'));
    assert!(dot.contains(r#""a\"];x" -> "b";"#), "{dot}");
    assert!(dot.contains(r"\\n #35;"), "{dot}");
    assert!(!mermaid.contains("<script") && mermaid.contains("#35;35;") && mermaid.contains("#quot;q#quot;"));
    assert!(mermaid.contains("n0 --> n1"), "{mermaid}");
}

#[test]
fn what_does_not_fit_is_printed_whole_with_a_line_on_stderr() {
    let whole = ["--form", "full", "--orientation", "tb"];
    let ran = graph("000", &[&whole[..], &["--height", "5"]].concat()).exit(0).says(&["more than asked for"]);
    assert_eq!(ran.out, graph("000", &whole).out);
}

#[test]
fn h10_a_broken_file_is_refused_with_a_position() {
    let cut = "{\"data\": {\"subtasks\": [{\"id\": 1, \"name\": ";
    for bad in
        [cut, "", "not json", "{\"data\": {\"subtasks\": 7}}", "{\"nodes\": [{\"label\": \"x\"}]}", "[1]"]
    {
        let ran = bare(&["graph", "-"], Some(bad)).exit(2).says(&["could not read stdin"]);
        assert!(ran.out.is_empty());
    }
    bare(&["graph", "-"], Some(cut)).exit(2).says(&["line 1"]);
    bare(&["graph", "/no/such/file"], None).exit(2).says(&["/no/such/file"]);
}

#[test]
fn a_bare_graph_is_drawn_with_its_defects_told() {
    let text = r#"{"nodes":[{"id":1,"label":"one","status":"SUCCESSFUL"},{"id":"2","label":"two"},{"id":2,"label":"again"}],
        "edges":[[1,2],["1","2"],[2,77],[2,2]]}"#;
    let ran = bare(&["graph", "-"], Some(text)).exit(0);
    assert!(
        ran.out.contains("✓ one") && ran.out.contains("· two") && ran.out.contains("missing 77"),
        "{}",
        ran.out
    );
    let ran =
        ran.says(&["the ID 2 occurs twice", "from 1 to 2 is told more than once", "2 waits for itself"]);
    assert!(!ran.out.contains("again"));
    let doc = bare(&["graph", "-", "--format", "json"], Some(text)).exit(0).json();
    assert_eq!(doc["subtasks"][0]["downstreams"][0], 2);
}

#[test]
fn many_defects_do_not_push_the_drawing_off_the_screen() {
    let nodes: Vec<String> = (0..50).map(|n| format!(r#"{{"id":{n},"label":"step"}}"#)).collect();
    let edges: Vec<String> = (1..50).map(|n| format!("[{0},{n}],[{0},{n}]", n - 1)).collect();
    let text = format!(r#"{{"nodes":[{}],"edges":[{}]}}"#, nodes.join(","), edges.join(","));
    let ran = bare(&["graph", "-"], Some(&text)).exit(0);
    assert!(ran.err.lines().count() < 20, "{}", ran.err);
    ran.says(&["from 0 to 1 is told more than once", "and 37 more"]);
}

#[test]
fn x01_a_hostile_name_is_shown_as_marks_and_kept_in_json() {
    let text = "{\"nodes\":[{\"id\":\"1\",\"label\":\"a\\u001b[2Jb\\u202ec\"}],\"edges\":[],\"name\":\"\\u001b]0;x\\u0007\"}";
    let ran = bare(&["graph", "-"], Some(text)).exit(0);
    assert!(ran.out.contains("a␛[2Jb‹bidi›c"), "{}", ran.out);
    assert!(!format!("{}{}", ran.out, ran.err).contains('\u{1b}'));
    let doc = bare(&["graph", "-", "--format", "json"], Some(text)).exit(0);
    assert!(doc.out.contains("a\\u001b[2Jb") && !doc.out.contains('\u{1b}'));
    assert_eq!(doc.json()["subtasks"][0]["name"], "a\u{1b}[2Jb\u{202e}c");
}
