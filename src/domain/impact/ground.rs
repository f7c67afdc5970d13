//! The ground an action is judged on: which servers serve now, which would after it, and on which a tenant's units are.

use crate::domain::action::Scope;
use crate::domain::id::{TenantId, ZoneName};
use crate::domain::topology::{Server, Unit, Zone};

/// Before or after the action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    Now,
    After,
}

/// Zones with what the action hits.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) zones: &'a [Zone],
    pub(super) scope: &'a Scope,
}

/// How much of something is gone: some of it, all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lost {
    /// Any part: the voter of some log stream may be lost.
    pub(super) worst: bool,
    /// Every part: the voter of each log stream is lost.
    pub(super) best: bool,
}

impl<'a> Ground<'a> {
    pub(super) fn zone(&self, name: &ZoneName) -> Option<&'a Zone> {
        self.zones.iter().find(|z| z.name == *name)
    }
    /// Whether a server is in the target.
    pub(super) fn is_hit(&self, server: &Server) -> bool {
        match self.scope {
            Scope::Cluster => true,
            Scope::Zone(z) => *z == server.zone,
            Scope::Server { id, .. } => *id == server.id,
        }
    }
    /// Whether the target is in a zone, or is it.
    pub(super) fn touches(&self, zone: &ZoneName) -> bool {
        self.scope.touches(zone)
    }
    /// Stopped, unavailable or being deleted already, or hit by the action (operator-guide 3.2, *gone*).
    pub(super) fn is_gone(&self, server: &Server, moment: Moment) -> bool {
        !server.is_up() || (moment == Moment::After && self.is_hit(server))
    }
    /// Servers of a zone that serve.
    pub(super) fn up(&self, zone: &Zone, moment: Moment) -> usize {
        zone.servers.iter().filter(|s| !self.is_gone(s, moment)).count()
    }
    /// Whether a zone serves at all.
    pub(super) fn serves(&self, zone: &Zone, moment: Moment) -> bool {
        !self.zone_lost(zone, moment).best
    }
    fn zone_lost(&self, zone: &Zone, moment: Moment) -> Lost {
        if zone.servers.is_empty() {
            // Its servers were not told: its own word counts, and an action on the whole of it.
            let whole = matches!(self.scope, Scope::Cluster | Scope::Zone(_)) && self.touches(&zone.name);
            let gone =
                zone.status.is != crate::domain::status::Health::Up || (moment == Moment::After && whole);
            return Lost { worst: gone || (moment == Moment::After && self.touches(&zone.name)), best: gone };
        }
        let up = self.up(zone, moment);
        Lost { worst: up < zone.servers.len(), best: up == 0 }
    }
    /// How much of a tenant is lost in a zone, by its units there; by the zone's servers where no unit is told.
    pub(super) fn lost(&self, name: &ZoneName, sites: &Sites<'a>, moment: Moment) -> Lost {
        // A zone that is not listed may be anything.
        let Some(zone) = self.zone(name) else { return Lost { worst: true, best: false } };
        let here: Vec<Lost> = sites.in_zone(name).map(|site| self.site_lost(zone, site, moment)).collect();
        if here.is_empty() {
            return self.zone_lost(zone, moment);
        }
        Lost { worst: here.iter().any(|l| l.worst), best: here.iter().all(|l| l.best) }
    }
    fn site_lost(&self, zone: &Zone, site: &Site<'a>, moment: Moment) -> Lost {
        match site.server {
            Some(server) => {
                let gone = self.is_gone(server, moment);
                Lost { worst: gone, best: gone }
            }
            None => self.zone_lost(zone, moment),
        }
    }
    /// Whether the target may hold something of a tenant in a zone.
    pub(super) fn may_hit(&self, name: &ZoneName, sites: &Sites<'a>) -> bool {
        if !self.touches(name) {
            return false;
        }
        let mut here = sites.in_zone(name).peekable();
        if here.peek().is_none() {
            return true;
        }
        here.any(|site| site.server.is_none_or(|s| self.is_hit(s)))
    }
}

/// A unit's place: the server, where it was told and is listed.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    pub(super) zone: &'a ZoneName,
    server: Option<&'a Server>,
    pub(super) unit: &'a Unit,
}

/// Where a tenant's units are. Empty where none was told: then zones are all there is to go by.
#[derive(Clone, Default)]
pub(super) struct Sites<'a> {
    all: Vec<Site<'a>>,
}

impl<'a> Sites<'a> {
    pub(super) fn of(tenant: &TenantId, units: &'a [Unit], zones: &'a [Zone]) -> Self {
        let place = |unit: &'a Unit| {
            let servers = || zones.iter().flat_map(|z| &z.servers);
            let server = match &unit.server {
                Some(id) => servers().find(|s| s.id == *id),
                None if unit.address.is_empty() => None,
                None => servers().find(|s| s.address == unit.address),
            };
            let zone = if unit.zone.raw().is_empty() { server.map(|s| &s.zone)? } else { &unit.zone };
            Some(Site { zone, server, unit })
        };
        Self { all: units.iter().filter(|u| u.tenant.as_ref() == Some(tenant)).filter_map(place).collect() }
    }
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
    pub(super) fn iter(&self) -> impl Iterator<Item = &Site<'a>> {
        self.all.iter()
    }
    pub(super) fn in_zone<'s>(&'s self, zone: &'s ZoneName) -> impl Iterator<Item = &'s Site<'a>> {
        self.all.iter().filter(move |site| site.zone == zone)
    }
    /// Whether a zone is known by its servers alone.
    pub(super) fn is_by_zone(&self, zone: &ZoneName) -> bool {
        self.in_zone(zone).all(|site| site.server.is_none())
    }
}
