//! Words for what an action means to a tenant.

use unicode_width::UnicodeWidthStr;

use super::arrow;
use crate::domain::impact::{Bounds, Finding, Leaders, Standing, TenantImpact, Unsure};
use crate::domain::shown::{Text, cut_middle};

/// Columns of a tenant's name in a line; what is behind it then stands below each other.
const NAME: usize = 10;
/// Columns of name and what is said of it.
const LABEL: usize = 30;

/// Name, and where its leaders go; where they stay, its locality.
pub fn label(t: &TenantImpact, ascii: bool) -> String {
    let about = if t.is_assumed {
        "not listed, assumed".to_owned()
    } else {
        let locality = short_locality(t.locality.shown().as_str());
        let fits = locality.width() <= LABEL - NAME;
        match leaders(t, ascii) {
            Some(leaders) if leaders.width() <= LABEL - NAME => leaders,
            // Where they go matters more than where from, which is what goes away.
            Some(leaders) => leaders_to(t, ascii).unwrap_or(leaders),
            None if fits => locality,
            None if t.leaders == Leaders::Stay => "leaders stay".to_owned(),
            None => "leaders not told".to_owned(),
        }
    };
    let name = t.name.to_string();
    let name = cut_middle(&name, LABEL / 2);
    let label = format!("{name:<NAME$}{}{about}", if name.len() >= NAME { " " } else { "" });
    cut_middle(label.trim_end(), LABEL).into_owned()
}

/// `3 → 2 of 3   spare 0: no more failures`.
pub fn value(t: &TenantImpact, ascii: bool) -> String {
    if t.voters == 0 {
        return unsure(t).unwrap_or_else(|| "no replica that votes was told".to_owned());
    }
    format!("{} {} {} of {}   {}", span(t.now), arrow(ascii), span(t.after), t.voters, verdict(t))
}

/// The same in less room, what matters first: `STOPS 1 → 0 of 1`.
pub fn short(t: &TenantImpact, ascii: bool) -> String {
    if t.voters == 0 {
        return value(t, ascii);
    }
    format!("{} {} {} {} of {}", verdict(t), span(t.now), arrow(ascii), span(t.after), t.voters)
}

/// `2`, or `1-2` where the API does not tell.
pub fn span(b: Bounds) -> String {
    if b.worst == b.best { b.best.to_string() } else { format!("{}-{}", b.worst, b.best) }
}

/// What it adds up to, in a few words.
pub fn verdict(t: &TenantImpact) -> String {
    let by_zone = if t.by_zone { ", by zone" } else { "" };
    match t.standing {
        Standing::Stops => "STOPS".to_owned(),
        Standing::Down => "has no majority now".to_owned(),
        Standing::MayStop => format!("some log streams may STOP{by_zone}"),
        Standing::Pauses => "pauses about 5 s, then downgraded".to_owned(),
        Standing::Unknown => unsure(t).unwrap_or_else(|| "not known".to_owned()),
        Standing::NoSpare => format!("spare 0: no more failures{by_zone}"),
        Standing::Safe if !t.is_touched => "untouched".to_owned(),
        Standing::Safe => format!("spare {}{by_zone}", t.spare()),
    }
}

/// What is to spare, or the word that stands for it.
pub fn spare(t: &TenantImpact) -> String {
    match t.standing {
        Standing::Stops => "STOPS".to_owned(),
        Standing::Down => "down".to_owned(),
        Standing::MayStop => "may STOP".to_owned(),
        Standing::Pauses => "pauses".to_owned(),
        Standing::Unknown => "??".to_owned(),
        Standing::NoSpare | Standing::Safe => t.spare().to_string(),
    }
}

/// The first reason why its verdict cannot be trusted.
fn unsure(t: &TenantImpact) -> Option<String> {
    Some(match t.unsure.first()? {
        Unsure::Status(word) => format!("moving: status {word}"),
        Unsure::Task(id) => format!("moving: task {id}"),
        Unsure::NoUnit(zone) => format!("locality names {zone}, no unit there"),
        Unsure::UnitElsewhere(zone) => format!("a unit in {zone}, not in its locality"),
        Unsure::Unit(word) => format!("moving: a unit is {word}"),
        Unsure::NoZone(zone) => format!("locality names {zone}, not listed"),
        Unsure::Locality(told) if told.is_empty() => "locality not told".to_owned(),
        Unsure::Locality(_) => "locality not understood".to_owned(),
    })
}

/// Where leaders go; `None` where they stay, or have nowhere to go.
pub fn leaders(t: &TenantImpact, ascii: bool) -> Option<String> {
    let list = |zones: &[crate::domain::id::ZoneName]| super::names(zones).replace(", ", ",");
    match &t.leaders {
        Leaders::Stay | Leaders::Untold => None,
        Leaders::Move { to, .. } if to.is_empty() => None,
        Leaders::Move { from, to } => Some(format!("leaders {}{}{}", list(from), arrow(ascii), list(to))),
        Leaders::Share { lost, of } => Some(format!("RANDOM, about {lost}/{of}")),
    }
}

/// `leaders →zone3 +1`: the first zone they go to, and how many more it may be.
fn leaders_to(t: &TenantImpact, ascii: bool) -> Option<String> {
    let Leaders::Move { to, .. } = &t.leaders else { return None };
    let more = if to.len() > 1 { format!(" +{}", to.len() - 1) } else { String::new() };
    to.first().map(|zone| format!("leaders {}{zone}{more}", arrow(ascii)))
}

/// `F@zone1,F@zone2`: types by their letter, one replica unsaid.
pub fn short_locality(told: &str) -> String {
    let short = told.replace("FULL", "F").replace("READONLY", "R").replace("LOGONLY", "L");
    short.replace("{1}", "").replace(", ", ",")
}

/// Everything behind a tenant's line.
pub fn meaning(t: &TenantImpact) -> String {
    let or_dash = |text: &Text| if text.is_empty() { "not told".to_owned() } else { text.to_string() };
    let mut said = Vec::new();
    if t.is_assumed {
        said.push("sys: not listed, assumed one replica a zone".to_owned());
    } else {
        said.push(format!("locality {}", or_dash(&t.locality)));
        said.push(format!("primary zone {}", or_dash(&t.primary_zone)));
    }
    if matches!(&t.leaders, Leaders::Move { to, .. } if to.is_empty()) {
        said.push("its leaders have nowhere to go".to_owned());
    }
    if matches!(t.leaders, Leaders::Share { .. }) {
        said.push("the share of leaders is an estimate".to_owned());
    }
    if t.after.worst != t.after.best {
        said.push("two numbers: for the log stream that fares worst and best".to_owned());
    }
    if t.by_zone {
        said.push("units are not told by OBServer: any part of the zone may hold its vote".to_owned());
    }
    said.extend(t.unsure.iter().map(|why| match why {
        Unsure::Status(word) => format!("its status is {word}"),
        Unsure::Task(id) => format!("task {id} changes localities, units or versions"),
        Unsure::NoUnit(zone) => format!("its locality names {zone}, where it has no unit"),
        Unsure::UnitElsewhere(zone) => format!("it has a unit in {zone}, which its locality does not name"),
        Unsure::Unit(word) => format!("a unit of it is {word}"),
        Unsure::NoZone(zone) => format!("its locality names {zone}, which the cluster does not list"),
        Unsure::Locality(_) => "its locality is not told in words that are understood".to_owned(),
    }));
    said.join("; ")
}

/// `2 tenants STOP. This is an outage for: report, trade`.
pub fn warning(findings: &[Finding]) -> String {
    let of = |standing| {
        let tenants = findings.iter().filter_map(|f| f.fact.tenant());
        tenants.filter(|t| t.standing == standing).map(|t| t.name.clone()).collect::<Vec<_>>()
    };
    let stops = of(Standing::Stops);
    match stops.len() {
        0 => format!("no majority already: {}", names(&of(Standing::Down))),
        1 => format!("1 tenant STOPS. This is an outage for: {}", names(&stops)),
        n => format!("{n} tenants STOP. This is an outage for: {}", names(&stops)),
    }
}

/// At most three names, then how many more.
pub fn names(tenants: &[Text]) -> String {
    let first = tenants.iter().take(3).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match tenants.len() {
        0..=3 => first,
        all => format!("{first} and {} more", all - 3),
    }
}

/// Tenants with what a stop leaves them: `sys 2/3  trade 2/3  report 0/1 STOPS`. What has no room is counted, and what
/// stops is never left out before what does not. Whether any stops for certain.
pub fn glance(findings: &[Finding], room: usize) -> (String, bool) {
    let all: Vec<&TenantImpact> = findings.iter().filter_map(|f| f.fact.tenant()).collect();
    let stops = all.iter().any(|t| t.standing.is_lost());
    let part = |t: &&TenantImpact| {
        let word = match t.standing {
            Standing::Stops => " STOPS",
            Standing::Down => " down",
            Standing::MayStop => " may STOP",
            Standing::Unknown => " ?",
            Standing::Pauses => " pauses",
            Standing::NoSpare | Standing::Safe => "",
        };
        format!("{} {}/{}{word}", t.name, span(t.after), t.voters)
    };
    // Worst first is the order of the findings: from there on as many as fit.
    let mut parts: Vec<String> = Vec::new();
    let mut used = 0;
    for (ix, one) in all.iter().map(part).enumerate() {
        let more = if ix + 1 < all.len() { "+99 more  ".len() } else { 0 };
        if used + one.width() + 2 + more > room && !parts.is_empty() {
            parts.push(format!("+{} more", all.len() - ix));
            break;
        }
        used += one.width() + 2;
        parts.push(one);
    }
    parts.reverse();
    (parts.join("  "), stops)
}
