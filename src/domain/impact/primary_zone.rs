//! Where a tenant's leaders prefer to be: `zone1;zone2,zone3`, or `RANDOM`.

use crate::domain::id::ZoneName;

/// A primary zone setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrimaryZone {
    /// Every zone holds some leaders.
    Random,
    /// Zones by priority, the first group first; those of a group are equal.
    Order(Vec<Vec<ZoneName>>),
    /// Not told.
    Untold,
}

/// Reads it: `;` separates priorities, `,` equals (operator-guide 3.2, step 5; ocp-api 3.5).
pub fn parse(text: &str) -> PrimaryZone {
    let text = text.trim();
    if text.eq_ignore_ascii_case("RANDOM") {
        return PrimaryZone::Random;
    }
    let group = |g: &str| -> Vec<ZoneName> {
        g.split(',')
            .map(|z| z.trim().trim_matches(['\'', '"']))
            .filter(|z| !z.is_empty())
            .map(ZoneName::new)
            .collect()
    };
    let groups: Vec<Vec<ZoneName>> = text.split(';').map(group).filter(|g| !g.is_empty()).collect();
    if groups.is_empty() { PrimaryZone::Untold } else { PrimaryZone::Order(groups) }
}

/// Where leaders are when only some zones can hold them: those of the first group that has one; behind the list,
/// anywhere.
pub(super) fn seat<'a>(
    groups: &'a [Vec<ZoneName>],
    others: &[&'a ZoneName],
    can_lead: impl Fn(&ZoneName) -> bool,
) -> Vec<&'a ZoneName> {
    for group in groups {
        let here: Vec<&ZoneName> = group.iter().filter(|z| can_lead(z)).collect();
        if !here.is_empty() {
            return here;
        }
    }
    others.iter().copied().filter(|z| can_lead(z)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semicolons_separate_priorities_and_commas_equals() {
        let z = |names: &[&str]| names.iter().map(|n| ZoneName::new(n)).collect::<Vec<_>>();
        assert_eq!(
            parse("zone1; zone2,zone3"),
            PrimaryZone::Order(vec![z(&["zone1"]), z(&["zone2", "zone3"])])
        );
        assert_eq!(parse("random"), PrimaryZone::Random);
        assert_eq!(parse(" ; "), PrimaryZone::Untold);
        assert_eq!(parse(""), PrimaryZone::Untold);
    }

    #[test]
    fn leaders_sit_in_the_first_group_that_can_hold_them() {
        let PrimaryZone::Order(groups) = parse("zone1;zone2,zone3") else { panic!() };
        let rest = ZoneName::new("zone4");
        let seat = |up: &[&str]| {
            seat(&groups, &[&rest], |z| up.contains(&z.raw()))
                .iter()
                .map(|z| z.raw().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(seat(&["zone1", "zone2"]), ["zone1"]);
        assert_eq!(seat(&["zone2", "zone3", "zone4"]), ["zone2", "zone3"]);
        assert_eq!(seat(&["zone4"]), ["zone4"]);
        assert!(seat(&[]).is_empty());
    }
}
