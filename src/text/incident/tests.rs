//! The exports of an incident: nothing of it leaves its line, and programs get it whole.

use super::*;
use crate::domain::id::ClusterRef;
use crate::domain::incident::{By, Change, Source};
use crate::domain::shown::Text;
use crate::domain::status::Health;
use crate::domain::time::{Span, Timestamp};

fn at(clock: &str) -> Timestamp {
    Timestamp::parse(&format!("2026-11-21T{clock}Z")).unwrap()
}

fn moment(source: Source, by: By, what: Happened) -> Moment {
    let cluster = Some(ClusterRef { profile: "prod".into(), id: "1".into() });
    Moment { at: at("14:02:32"), by, source, who: "oncall".into(), cluster, task: None, what }
}

fn incident(moments: Vec<Moment>) -> Incident {
    Incident {
        cluster: Some((ClusterRef { profile: "prod".into(), id: "1".into() }, "protoss".into())),
        now: at("14:03:22"),
        since: Some(at("12:03:22")),
        skew: Some(Span::from_millis(2400)),
        moments,
        handoff: None,
    }
}

#[test]
fn an_incident_reads_as_a_list_with_its_clocks_told() {
    let change = Change {
        at: at("14:02:32"),
        within: Span::from_secs(2),
        cluster: ClusterRef { profile: "prod".into(), id: "1".into() },
        zone: "zone2".into(),
        server: Some("10.0.2.11:2882".into()),
        from: "RUNNING".into(),
        to: "STOPPED".into(),
        is: Health::Stopped,
        limit_ends: Some(at("15:02:31")),
    };
    let note = Happened::Note("storage team replaces disk".into());
    let i = incident(vec![
        moment(Source::Seen, By::Here, Happened::Changed(change)),
        moment(Source::Note, By::Here, note),
    ]);
    insta::assert_snapshot!("an_incident", markdown(&i));
    let value = json(&i);
    assert_eq!(value["moments"][0]["clock"], "here");
    assert_eq!(value["moments"][1]["text"], "storage team replaces disk");
    assert_eq!(value["skewSeconds"], 2.4);
}

#[test]
fn x16_a_hostile_note_stays_on_its_line_in_markdown_and_is_escaped_in_json() {
    let hostile = "x\n# Head\n- [a](http://e) <b> \u{1b}]52;c;AA\u{7} | `c` \u{202e}";
    let i = incident(vec![moment(Source::Note, By::Here, Happened::Note(Text::new(hostile)))]);
    let text = markdown(&i);
    let line = text.lines().last().unwrap();
    assert!(line.starts_with("- 2026-11-21T14:02:32.000Z **note** oncall: x"), "{line}");
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text}");
    assert!(!text.contains("[a](") && !text.contains("<b>"), "{text}");
    let out = json(&i).to_string();
    assert!(!out.contains('\n') && !out.contains('\u{1b}'), "{out}");
}
