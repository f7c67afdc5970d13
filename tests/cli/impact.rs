//! `obdeck impact`: what a stop would take away, tenant by tenant, for people and for scripts.

use obdeck::sim::Options;
use obdeck::sim::faults::{Fault, What};
use serde_json::Value;

use super::run::{Bench, CLUSTER, CONFIRM, ZONE};

fn tenant<'a>(doc: &'a Value, name: &str) -> &'a Value {
    let all = doc["tenants"].as_array().expect("tenants");
    all.iter().find(|t| t["name"] == name).unwrap_or_else(|| panic!("{name} in {all:?}"))
}

#[test]
fn a_zone_stop_is_told_tenant_by_tenant() {
    let bench = Bench::new();
    let j = bench.run(&["impact", "stop", "zone", "trade12", "zone2"]).exit(0).json();
    let coupon = tenant(&j, "coupon");
    assert_eq!((&coupon["voters"], &coupon["now"], &coupon["after"]), (&1.into(), &1.into(), &0.into()));
    assert_eq!((&coupon["afterBest"], &coupon["spare"]), (&0.into(), &(-1).into()));
    assert_eq!((&coupon["verdict"], &coupon["locality"]), (&"stops".into(), &"FULL{1}@zone2".into()));
    assert_eq!(j["tenants"][0]["name"], "coupon", "worst first");
    let trade = tenant(&j, "trade");
    assert_eq!(
        (&trade["after"], &trade["spare"], &trade["verdict"]),
        (&2.into(), &0.into(), &"noSpare".into())
    );
    assert_eq!(trade["leaders"]["what"], "move");
    assert_eq!(trade["leaders"]["from"], serde_json::json!(["zone2"]));
    assert_eq!(j["verdict"]["verdict"], "refuse");
    assert_eq!(j["verdict"]["blockers"], serde_json::json!(["coupon STOPS: no majority is left"]));
    let inputs = j["inputs"].as_array().expect("inputs");
    assert_eq!(inputs.len(), 5);
    assert!(
        inputs.iter().all(|i| i["readAt"].is_string() && i["ageMs"].as_i64() < Some(10_000)),
        "{inputs:?}"
    );
    let unknowns = j["unknowns"].as_array().expect("unknowns");
    assert_eq!(unknowns.len(), 1);
    assert_eq!(unknowns[0]["what"], "notChecked");
    assert!(bench.actions().is_empty());
}

#[test]
fn the_table_and_a_dry_run_say_the_same() {
    let bench = Bench::new();
    let table = bench.run(&["impact", "stop", "zone", "trade12", "zone2", "-o", "table"]).exit(0).out;
    assert!(table.contains("!!  coupon"), "{table}");
    assert!(table.contains("1 \u{2192} 0 of 1   STOPS"), "{table}");
    assert!(table.contains("verdict: refused: coupon STOPS: no majority is left"), "{table}");
    assert!(table.contains("ages: zones and servers "), "{table}");
    let lines: Vec<&str> = table.lines().filter(|l| l.starts_with("  !") || l.starts_with("  ok")).collect();
    let dry = bench.run(&["stop", "zone", "trade12", "zone2", "--dry-run", "-o", "table"]).exit(0).out;
    assert!(lines.iter().all(|l| dry.contains(l)), "{dry}");
    let unchecked = table.lines().position(|l| l.contains("not checked:")).expect("said");
    assert!(table.lines().skip(unchecked + 1).all(|l| !l.contains("  ok  ")), "always last: {table}");
}

#[test]
fn primary_and_standbys_are_told_with_state_and_delay() {
    let bench = Bench::of(Options { scenario: "standby".to_owned(), ..Options::default() });
    let said = |cluster: &str, scope: &[&str]| {
        let args = [&["impact", "stop"][..], &scope[..1], &[cluster], &scope[1..], &["-o", "json"]].concat();
        let all = bench.run(&args).exit(0).json();
        let found: Vec<(String, String)> = all["impact"]
            .as_array()
            .expect("findings")
            .iter()
            .map(|f| (f["level"].as_str().unwrap().to_owned(), f["text"].as_str().unwrap().to_owned()))
            .filter(|(_, text)| text.contains("standby"))
            .collect();
        assert_eq!(found.len(), usize::from(cluster != "meta01"), "{all:#}");
        found.first().cloned().unwrap_or_default()
    };
    let (level, text) = said("trade12", &["zone", "zone1"]);
    assert_eq!(level, "caution");
    assert!(text.contains("primary of 2 standbys"), "{text}");
    assert!(
        text.contains("trade12-far not in sync: DISABLED, 1h3")
            && text.ends_with("trade12-dr VALID, 1s behind"),
        "{text}"
    );
    let (level, text) = said("trade12-dr", &["cluster"]);
    assert_eq!((level.as_str(), text.as_str()), ("caution", "standby of trade12: VALID, 1s behind"));
    said("meta01", &["zone", "zone1"]);
    let list = bench.run(&["get", "clusters", "-o", "json"]).exit(0).json();
    let of =
        |name: &str| list["contents"].as_array().unwrap().iter().find(|c| c["name"] == name).unwrap().clone();
    assert_eq!(
        (&of("trade12-dr")["syncStatus"], &of("trade12-dr")["delayTime"]),
        (&"VALID".into(), &1.4.into())
    );
    assert_eq!(of("trade12-dr")["primaryCluster"], "trade12");
    assert_eq!(of("trade12")["standbyClusters"][1]["syncStatus"], "DISABLED");
    assert!(of("meta01").get("standbyClusters").is_none() && of("meta01").get("syncStatus").is_none());
}

#[test]
fn a_server_is_judged_by_where_units_are() {
    let bench = Bench::new();
    let servers = bench.run(&["get", "servers", "--cluster", "trade12"]).json();
    let mut spared = 0;
    for s in servers["contents"].as_array().expect("servers").iter().take(12) {
        let address = s["address"].as_str().expect("an address");
        let j = bench.run(&["impact", "stop", "server", "trade12", address]).exit(0).json();
        let touched = j["tenants"].as_array().expect("tenants").iter().any(|t| t["touched"] == true);
        if !touched {
            spared += 1;
            assert!(j["verdict"]["confirm"].is_null(), "y alone: {j}");
        }
    }
    assert!(spared > 0, "some OBServer of twelve has no unit");
}

#[test]
fn a12_tenants_that_cannot_be_read_need_a_reason_and_exit_3_names_them() {
    let bench = Bench::new();
    bench.sim.faults().add(Fault::new(What::gateway(403)).on("GET", "/tenants"));
    let stop = ["stop", "zone", CLUSTER, ZONE, "--yes", "--confirm", CONFIRM];
    bench.run(&stop).exit(3).says(&["a reason is required", "tenants were not read"]);
    let j = bench.run(&["impact", "stop", "zone", CLUSTER, ZONE]).exit(0).json();
    assert_eq!(j["verdict"]["needsReason"], true);
    assert_eq!(j["unknowns"][0]["what"], "tenants");
    assert_eq!(tenant(&j, "sys")["assumed"], true);
    assert!(bench.actions().is_empty());
    bench.run(&[&stop[..], &["--reason", "CHG-1"]].concat()).exit(0);
    assert_eq!(bench.actions().len(), 1);
}

#[test]
fn a12_zones_that_cannot_be_read_are_refused_until_overridden() {
    let bench = Bench::new();
    bench.sim.faults().add(Fault::new(What::gateway(503)).on("GET", "/zones"));
    let stop = ["stop", "zone", CLUSTER, ZONE, "--yes", "--confirm", CONFIRM];
    bench.run(&stop).exit(3).says(&["zones and servers not known", "--override"]);
    assert!(bench.actions().is_empty());
    bench.run(&[&stop[..], &["--override", "the zones answer 503, checked by SQL"]].concat()).exit(0);
    assert_eq!(bench.actions().len(), 1);
}

#[test]
fn k08_an_unjudged_certificate_is_overridden_by_name() {
    let bench = Bench::new();
    bench.more(&format!(
        "[[profile]]\nname = \"risky\"\nkind = \"ocp\"\nurl = \"{}\"\ndanger = \"high\"\ntls = {{ insecure = true }}\nauth = {{ type = \"basic\", username = \"admin\", password_env = \"T_OCP\" }}\n",
        bench.sim.url()
    ));
    let stop = ["stop", "zone", CLUSTER, ZONE, "--yes", "--confirm", CONFIRM, "--profile", "risky"];
    bench.all(&stop).exit(3).says(&["tls.insecure", "tls.ca_file"]);
    let j = bench.all(&["impact", "stop", "zone", CLUSTER, ZONE, "--profile", "risky"]).exit(0).json();
    assert!(j["verdict"]["blockers"][0].as_str().is_some_and(|b| b.contains("tls.insecure")), "{j}");
    assert!(bench.actions().is_empty());
    bench.all(&[&stop[..], &["--override", "lab network"]].concat()).exit(0);
    assert_eq!(bench.actions().len(), 1);
}
