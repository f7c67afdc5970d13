//! Tenant by tenant: votes now and after, what is to spare, where leaders go, and what that adds up to
//! (operator-guide 3.2).

use super::ground::{Ground, Moment, Sites};
use super::locality::{self, Locality, Voters};
use super::primary_zone::{self, PrimaryZone};
use crate::domain::action::Scope;
use crate::domain::id::{TaskId, ZoneName};
use crate::domain::shown::Text;
use crate::domain::topology::{Tenant, Unit};

/// A number that the API tells only between two bounds: which units form a group across zones is in no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// For the log stream that fares worst.
    pub worst: u32,
    /// For the one that fares best.
    pub best: u32,
}

/// What the action means for a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// No majority is left: it stops, for certain.
    Stops,
    /// It has no majority now, and the action is not about it.
    Down,
    /// At worst no majority is left, at best one is.
    MayStop,
    /// Half is left and arbitration is known to be on: it pauses, then runs downgraded.
    Pauses,
    /// A majority seems to be left, but something is moving or was not told.
    Unknown,
    /// A majority is left and no further failure is allowed.
    NoSpare,
    /// A majority is left, and more than that.
    Safe,
}

impl Standing {
    /// Machine word.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Stops => "stops",
            Standing::Down => "down",
            Standing::MayStop => "mayStop",
            Standing::Pauses => "pauses",
            Standing::Unknown => "unknown",
            Standing::NoSpare => "noSpare",
            Standing::Safe => "safe",
        }
    }
    /// Whether it is certain that no majority is left.
    pub fn is_lost(self) -> bool {
        matches!(self, Standing::Stops | Standing::Down)
    }
}

/// Why a tenant's verdict cannot be trusted: something is moving, or was not told (operator-guide 3.2, step 7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsure {
    /// Its status is not NORMAL, e.g. MODIFYING.
    Status(Text),
    /// A unfinished task changes localities, units or versions.
    Task(TaskId),
    /// Its locality names a zone in which it has no unit.
    NoUnit(ZoneName),
    /// It has a unit in a zone that its locality does not name.
    UnitElsewhere(ZoneName),
    /// A unit is not ACTIVE.
    Unit(Text),
    /// Its locality names a zone that the cluster does not list.
    NoZone(ZoneName),
    /// Its locality was not told, or is in words that are not understood.
    Locality(Text),
}

impl Unsure {
    /// The reason in machine words.
    pub fn code(&self) -> String {
        match self {
            Unsure::Status(word) => format!("status:{}", word.raw()),
            Unsure::Task(id) => format!("task:{}", id.raw()),
            Unsure::NoUnit(zone) => format!("no-unit:{}", zone.raw()),
            Unsure::UnitElsewhere(zone) => format!("unit-elsewhere:{}", zone.raw()),
            Unsure::Unit(word) => format!("unit:{}", word.raw()),
            Unsure::NoZone(zone) => format!("no-zone:{}", zone.raw()),
            Unsure::Locality(text) => format!("locality:{}", text.raw()),
        }
    }
}

/// What becomes of a tenant's leaders, by its primary zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaders {
    /// None is where the action is.
    Stay,
    /// All that are in these zones go.
    Move {
        /// From where.
        from: Vec<ZoneName>,
        /// To the next of the primary zone that serves; empty where none does.
        to: Vec<ZoneName>,
    },
    /// `RANDOM`: every zone holds some, so about this share moves. An estimate.
    Share {
        /// Zones that go.
        lost: u32,
        /// Zones that hold leaders now.
        of: u32,
    },
    /// The primary zone was not told.
    Untold,
}

impl Leaders {
    /// In machine words.
    pub fn code(&self) -> String {
        let list = |zones: &[ZoneName]| zones.iter().map(ZoneName::raw).collect::<Vec<_>>().join(",");
        match self {
            Leaders::Stay => "stay".to_owned(),
            Leaders::Move { from, to } => format!("{}>{}", list(from), list(to)),
            Leaders::Share { lost, of } => format!("random:{lost}/{of}"),
            Leaders::Untold => "untold".to_owned(),
        }
    }
}

/// What the action means for one tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantImpact {
    /// Its name.
    pub name: Text,
    /// Its locality, as told.
    pub locality: Text,
    /// Its primary zone, as told.
    pub primary_zone: Text,
    /// Replicas that vote.
    pub voters: u32,
    /// Votes that are there now.
    pub now: Bounds,
    /// Votes that would be there after.
    pub after: Bounds,
    /// What it adds up to.
    pub standing: Standing,
    /// Whether the action can reach any of its voters.
    pub is_touched: bool,
    /// Whether units were not told by server in a touched zone: the bounds are those of the zone.
    pub by_zone: bool,
    /// Whether it was not listed and one replica a zone is assumed.
    pub is_assumed: bool,
    /// What becomes of its leaders.
    pub leaders: Leaders,
    /// Why the verdict cannot be trusted.
    pub unsure: Vec<Unsure>,
}

impl TenantImpact {
    /// How many more failures it survives after the action, at worst; negative when it survives not even that.
    pub fn spare(&self) -> i64 {
        i64::from(self.after.worst) - i64::from(self.voters / 2 + 1)
    }
    /// In machine words that stay the same while the situation does.
    pub fn code(&self) -> String {
        let span = |b: Bounds| {
            if b.worst == b.best { b.best.to_string() } else { format!("{}..{}", b.worst, b.best) }
        };
        let mut code = format!(
            "tenant {} {}>{}/{} {} leaders={}",
            self.name.raw(),
            span(self.now),
            span(self.after),
            self.voters,
            self.standing.word(),
            self.leaders.code(),
        );
        if self.is_assumed {
            code.push_str(" assumed");
        }
        for why in &self.unsure {
            code.push(' ');
            code.push_str(&why.code());
        }
        code
    }
}

/// What all tenants of a cluster have in common.
pub(super) struct Common<'a> {
    pub(super) ground: Ground<'a>,
    /// `None` where units were not read.
    pub(super) units: Option<&'a [Unit]>,
    /// Unfinished tasks that change localities, units or versions.
    pub(super) moving: Vec<TaskId>,
    pub(super) arbitration: bool,
}

impl<'a> Common<'a> {
    /// What the action means for a tenant that is listed.
    pub(super) fn tenant(&self, tenant: &Tenant) -> TenantImpact {
        let sites = self.units.map_or_else(Sites::default, |u| Sites::of(&tenant.id, u, self.ground.zones));
        let mut unsure = Vec::new();
        let status = tenant.status.raw();
        if !status.is_empty() && !status.eq_ignore_ascii_case("NORMAL") {
            unsure.push(Unsure::Status(tenant.status.clone()));
        }
        let told = locality::parse(tenant.locality.raw());
        if told.is_none() {
            unsure.push(Unsure::Locality(tenant.locality.clone()));
        }
        let locality = told.unwrap_or_else(|| Locality::one_each(tenant.zones.iter()));
        self.mismatches(&locality, &sites, &mut unsure);
        self.of(
            About { name: &tenant.name, locality: &tenant.locality, primary_zone: &tenant.primary_zone },
            &locality,
            &sites,
            unsure,
        )
    }

    /// The sys tenant where it is not listed: one replica a zone is assumed, and said so.
    pub(super) fn assumed_sys(&self) -> TenantImpact {
        let locality = Locality::one_each(self.ground.zones.iter().map(|z| &z.name));
        let (name, none) = (Text::new("sys"), Text::default());
        let about = About { name: &name, locality: &none, primary_zone: &none };
        let of = self.of(about, &locality, &Sites::default(), Vec::new());
        TenantImpact { is_assumed: true, ..of }
    }

    /// Locality against units, both ways.
    fn mismatches(&self, locality: &Locality, sites: &Sites<'a>, unsure: &mut Vec<Unsure>) {
        for zone in locality.zones() {
            if self.ground.zone(zone).is_none() {
                unsure.push(Unsure::NoZone(zone.clone()));
            }
        }
        if sites.is_empty() {
            return;
        }
        // Replicas that may be in one of several zones are in none for certain.
        let certain = locality.voters.iter().filter_map(|v| match v.zones.as_slice() {
            [one] => Some(one),
            _ => None,
        });
        for zone in certain {
            let missing = Unsure::NoUnit(zone.clone());
            if sites.in_zone(zone).next().is_none() && !unsure.contains(&missing) {
                unsure.push(missing);
            }
        }
        for site in sites.iter() {
            let elsewhere = Unsure::UnitElsewhere(site.zone.clone());
            if !locality.names(site.zone) && !unsure.contains(&elsewhere) {
                unsure.push(elsewhere);
            }
            let status = &site.unit.status;
            let odd = Unsure::Unit(status.clone());
            if !status.is_empty() && !status.raw().eq_ignore_ascii_case("ACTIVE") && !unsure.contains(&odd) {
                unsure.push(odd);
            }
        }
    }

    fn of(
        &self,
        about: About<'_>,
        locality: &Locality,
        sites: &Sites<'a>,
        mut unsure: Vec<Unsure>,
    ) -> TenantImpact {
        unsure.extend(self.moving.iter().cloned().map(Unsure::Task));
        let ground = &self.ground;
        let zones = locality.zones();
        let voters = locality.count();
        let votes = |moment| {
            let mut lost = Bounds { worst: 0, best: 0 };
            for group in &locality.voters {
                let l = self.lost_of(group, sites, moment);
                lost.worst += l.worst;
                lost.best += l.best;
            }
            Bounds { worst: voters - lost.worst, best: voters - lost.best }
        };
        let (now, after) = (votes(Moment::Now), votes(Moment::After));
        let is_touched = zones.iter().any(|z| ground.may_hit(z, sites));
        let tenant = TenantImpact {
            name: about.name.clone(),
            locality: about.locality.clone(),
            primary_zone: about.primary_zone.clone(),
            voters,
            now,
            after,
            standing: Standing::Unknown,
            is_touched,
            by_zone: zones.iter().any(|z| self.is_by_zone(z, sites)),
            is_assumed: false,
            leaders: self.leaders(about.primary_zone, &zones, sites),
            unsure,
        };
        TenantImpact { standing: self.standing(&tenant), ..tenant }
    }

    /// Whether a part of a zone goes and nothing tells which of the tenant's units are in that part.
    fn is_by_zone(&self, zone: &ZoneName, sites: &Sites<'a>) -> bool {
        let has_peers = self.ground.zone(zone).is_some_and(|z| z.servers.len() > 1);
        let is_part = matches!(self.ground.scope, Scope::Server { .. });
        is_part && has_peers && self.ground.touches(zone) && sites.is_by_zone(zone)
    }

    /// Votes of a group that are lost. In a list of zones each is taken to hold one of them at most, or where there
    /// are more votes than zones, any number.
    fn lost_of(&self, group: &Voters, sites: &Sites<'a>, moment: Moment) -> Bounds {
        let zones = group.zones.len() as u32;
        let gone: Vec<_> = group.zones.iter().map(|z| self.ground.lost(z, sites, moment)).collect();
        let worst = gone.iter().filter(|l| l.worst).count() as u32;
        let best = gone.iter().filter(|l| l.best).count() as u32;
        if zones == 1 || group.count > zones {
            let all = |is: bool| if is { group.count } else { 0 };
            return Bounds { worst: all(worst > 0), best: all(best == zones) };
        }
        Bounds { worst: group.count.min(worst), best: group.count.saturating_sub(zones - best) }
    }

    fn standing(&self, t: &TenantImpact) -> Standing {
        if t.voters == 0 {
            return Standing::Unknown;
        }
        let has_majority = |left: u32| left > t.voters / 2;
        let goes_on = |left: u32| has_majority(left) || (self.arbitration && 2 * left == t.voters);
        match (goes_on(t.after.worst), goes_on(t.after.best)) {
            (_, false) if t.unsure.iter().any(|u| matches!(u, Unsure::Locality(_))) => Standing::Unknown,
            (_, false) if t.is_touched => Standing::Stops,
            (_, false) => Standing::Down,
            (false, true) => Standing::MayStop,
            (true, true) if !has_majority(t.after.worst) => Standing::Pauses,
            (true, true) if !t.unsure.is_empty() => Standing::Unknown,
            (true, true) if t.is_touched && t.spare() <= 0 => Standing::NoSpare,
            (true, true) => Standing::Safe,
        }
    }

    fn leaders(&self, told: &Text, zones: &[&ZoneName], sites: &Sites<'a>) -> Leaders {
        let leads = |z: &ZoneName, moment| zones.contains(&z) && !self.ground.lost(z, sites, moment).best;
        let goes = |z: &ZoneName| leads(z, Moment::Now) && !leads(z, Moment::After);
        match primary_zone::parse(told.raw()) {
            PrimaryZone::Untold => Leaders::Untold,
            PrimaryZone::Random => {
                let of = zones.iter().filter(|z| leads(z, Moment::Now)).count() as u32;
                let lost = zones.iter().filter(|z| goes(z)).count() as u32;
                if lost == 0 { Leaders::Stay } else { Leaders::Share { lost, of } }
            }
            PrimaryZone::Order(groups) => {
                let own = |seat: Vec<&ZoneName>| seat.into_iter().cloned().collect::<Vec<_>>();
                let now = primary_zone::seat(&groups, zones, |z| leads(z, Moment::Now));
                let from: Vec<ZoneName> = now.into_iter().filter(|z| goes(z)).cloned().collect();
                if from.is_empty() {
                    return Leaders::Stay;
                }
                let to = primary_zone::seat(&groups, zones, |z| leads(z, Moment::After));
                Leaders::Move { from, to: own(to) }
            }
        }
    }
}

#[derive(Clone, Copy)]
struct About<'t> {
    name: &'t Text,
    locality: &'t Text,
    primary_zone: &'t Text,
}
