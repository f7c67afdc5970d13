//! A tenant's locality: which zones hold how many replicas, and which of them vote.
//!
//! Spellings met: `FULL{1}@zone1, FULL{1}@zone2` (both control planes), `F@zone1,F{2}@zone2,R@zone3,L@zone4` (SQL),
//! `F,R{ALL}@[z1,z2]` (several types or zones at one sign).

use crate::domain::id::ZoneName;

/// More replicas of a kind in one place than this is a number that was not meant.
const REPLICAS: u32 = 100;

/// Voting replicas somewhere in a list of zones; with one zone, exactly there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voters {
    /// How many.
    pub count: u32,
    /// Where.
    pub zones: Vec<ZoneName>,
}

/// A locality, as far as it matters to a majority.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Locality {
    /// Full, log-only and encryption-voting replicas: they vote.
    pub voters: Vec<Voters>,
    /// Zones with replicas that do not vote only.
    pub readers: Vec<ZoneName>,
}

impl Locality {
    /// One voter in each zone: what is assumed of a tenant that is not listed.
    pub fn one_each<'a>(zones: impl Iterator<Item = &'a ZoneName>) -> Self {
        let voters = zones.map(|z| Voters { count: 1, zones: vec![z.clone()] }).collect();
        Self { voters, readers: Vec::new() }
    }
    /// Votes in all.
    pub fn count(&self) -> u32 {
        self.voters.iter().map(|v| v.count).sum()
    }
    /// Every zone with a voter, each once, in the order told.
    pub fn zones(&self) -> Vec<&ZoneName> {
        let mut zones: Vec<&ZoneName> = Vec::new();
        for zone in self.voters.iter().flat_map(|v| &v.zones) {
            if !zones.contains(&zone) {
                zones.push(zone);
            }
        }
        zones
    }
    /// Whether any replica may be in a zone.
    pub fn names(&self, zone: &ZoneName) -> bool {
        self.voters.iter().any(|v| v.zones.contains(zone)) || self.readers.contains(zone)
    }
}

/// Reads a locality. `None` for an empty one and for any word that is not understood: half a locality would make a
/// majority out of nothing.
pub fn parse(text: &str) -> Option<Locality> {
    let mut locality = Locality::default();
    // `F,R{ALL}@zone1`: types wait for the sign that says where.
    let mut waiting: Vec<Replica> = Vec::new();
    for part in split(text)? {
        let (kind, zones) = match part.split_once('@') {
            Some((kind, place)) => (kind, Some(names(place)?)),
            None => (part, None),
        };
        waiting.push(replica(kind.trim())?);
        let Some(zones) = zones else { continue };
        for replica in waiting.drain(..) {
            match replica {
                Replica::Voting(count) => locality.voters.push(Voters { count, zones: zones.clone() }),
                Replica::Reading => locality.readers.extend(zones.iter().cloned()),
            }
        }
    }
    (waiting.is_empty() && !(locality.voters.is_empty() && locality.readers.is_empty())).then_some(locality)
}

enum Replica {
    Voting(u32),
    Reading,
}

fn replica(text: &str) -> Option<Replica> {
    let (kind, count) = match text.split_once('{') {
        Some((kind, rest)) => (kind.trim(), Some(rest.strip_suffix('}')?.trim())),
        None => (text, None),
    };
    match kind.to_ascii_uppercase().as_str() {
        "F" | "FULL" | "L" | "LOGONLY" | "E" | "ENCRYPTION_LOGONLY" => {
            let count = match count {
                None => 1,
                Some(digits) => digits.parse().ok().filter(|n| *n <= REPLICAS)?,
            };
            Some(Replica::Voting(count))
        }
        "R" | "READONLY" | "C" | "COLUMNSTORE" => Some(Replica::Reading),
        _ => None,
    }
}

fn names(place: &str) -> Option<Vec<ZoneName>> {
    let place = place.trim();
    let list = match place.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']')?,
        None => place,
    };
    let names: Vec<ZoneName> =
        list.split(',').map(|n| n.trim().trim_matches(['\'', '"'])).map(ZoneName::new).collect();
    (!names.iter().any(|n| n.raw().is_empty())).then_some(names)
}

/// Parts between commas that stand in no bracket; `None` where a bracket is not closed.
fn split(text: &str) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    let (mut depth, mut from) = (0_i32, 0);
    for (at, c) in text.char_indices() {
        match c {
            '[' | '{' => depth += 1,
            ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text.get(from..at)?.trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    let last = text.get(from..)?.trim();
    if !last.is_empty() {
        parts.push(last);
    }
    (depth == 0 && !parts.iter().any(|p| p.is_empty())).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(u32, String)> {
        let zones = |v: &Voters| v.zones.iter().map(ZoneName::raw).collect::<Vec<_>>().join("+");
        parse(text).expect(text).voters.iter().map(|v| (v.count, zones(v))).collect()
    }
    fn one(zone: &str) -> (u32, String) {
        (1, zone.to_owned())
    }

    #[test]
    fn the_long_and_the_short_spelling_read_the_same() {
        let long = told("FULL{1}@zone1, FULL{1}@zone2,FULL{1}@zone3");
        assert_eq!(long, [one("zone1"), one("zone2"), one("zone3")]);
        assert_eq!(told("F@zone1,F@zone2,F@zone3"), long);
        assert_eq!(told(" full@'zone1' , f{1}@zone2, F@\"zone3\""), long);
    }

    #[test]
    fn full_and_log_only_replicas_vote_and_read_only_ones_do_not() {
        let l = parse("F@zone1,F{2}@zone2,READONLY{1}@zone3,L@z, C@col").expect("read");
        assert_eq!(l.count(), 4);
        let readers: Vec<&str> = l.readers.iter().map(ZoneName::raw).collect();
        assert_eq!(readers, ["zone3", "col"]);
        assert!(l.names(&"zone3".into()) && !l.names(&"zone9".into()));
    }

    #[test]
    fn several_types_or_zones_stand_at_one_sign() {
        assert_eq!(told("F,R{ALL}@[z2, z1],F@z3"), [(1, "z2+z1".to_owned()), one("z3")]);
        assert_eq!(told("FULL{2},READONLY{1}@zone1"), [(2, "zone1".to_owned())]);
    }

    #[test]
    fn what_is_not_understood_is_no_locality() {
        for text in [
            "",
            " ",
            ",",
            "F",
            "F@",
            "X@zone1",
            "F@zone1,X@zone2",
            "F{@z",
            "F{x}@z",
            "F@[z1",
            "F{999}@z",
            "F@z1,,F@z2",
            "F@z1}",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
