//! The lines of the palette for what was typed: what matches, what matches best first, many of one kind as one line.

use super::entries::{Entries, KINDS, Sort, VERBS, Why, kind};
use super::rank::{Class, Typed};
use super::{Choice, Line};
use crate::domain::action::Scope;
use crate::domain::limits;

/// With no more targets than this, each is a line.
const FEW: usize = 8;

/// The lines.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) lines: Vec<Line>,
    /// Index of the first that is not possible now.
    pub(super) first_not: usize,
    /// Index of the line that is selected at first.
    pub(super) start: usize,
    /// Entries that match, those in a group one by one.
    pub(super) matched: usize,
    /// Lines that were left out.
    pub(super) left_out: usize,
}

/// Something that matches, before it is made a line.
struct Hit {
    is_against: bool,
    class: Class,
    sort: Sort,
    /// What it is.
    of: Of,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    /// A named entry.
    Named(usize),
    /// Targets of one verb, kind and cluster in one line: the verb, the first of them, how many.
    Group(usize, usize, usize),
    /// One target.
    One(usize, usize),
}

/// Looks for what was typed.
pub(super) fn find(entries: &Entries, text: &str) -> Found {
    let typed = Typed::new(text);
    let mut hits: Vec<Hit> = named(entries, &typed).collect();
    let mut matched = hits.len();
    matched += targets(entries, &typed, &mut hits);
    hits.sort_by(|a, b| {
        let key = |h: &Hit| (h.is_against, h.sort != Sort::Cursor, h.class, h.sort);
        key(a).cmp(&key(b)).then_with(|| place(entries, a).cmp(&place(entries, b)))
    });
    let first_not = hits.iter().position(|h| h.is_against).unwrap_or(hits.len());
    let mut against = hits.split_off(first_not);
    // However much is possible, some of what is not is told.
    let all = hits.len() + against.len();
    hits.truncate(limits::PALETTE_LINES - against.len().min(limits::PALETTE_LINES / 4));
    against.truncate(limits::PALETTE_LINES - hits.len());
    let first_not = hits.len();
    hits.append(&mut against);
    let left_out = all - hits.len();
    // Who types a verb means what is under the cursor: enter must not take another target because this one is not possible.
    let is_cursor = |h: &Hit| h.sort == Sort::Cursor && !typed.is_empty();
    let start = hits.iter().position(is_cursor).unwrap_or(0);
    let mut lines: Vec<Line> = hits.iter().filter_map(|h| line(entries, h)).collect();
    if lines.is_empty() && !typed.is_empty() {
        let text = text.trim().to_owned();
        lines.push(Line { name: format!("/{text}"), choice: Choice::Look(text), why: None });
    }
    Found { first_not: first_not.max(usize::from(matched == 0)), start, lines, matched, left_out }
}

/// The order among equals: as gathered; targets by cluster, then kind and verb.
fn place(entries: &Entries, hit: &Hit) -> (usize, usize, usize, usize) {
    match hit.of {
        Of::Named(ix) => (0, 0, 0, ix),
        Of::Group(verb, ix, _) | Of::One(verb, ix) => {
            let target = entries.targets.get(ix);
            target.map_or((1, 0, verb, ix), |t| (1 + t.place, kind(&t.scope), verb, ix))
        }
    }
}

fn named<'e>(entries: &'e Entries, typed: &'e Typed) -> impl Iterator<Item = Hit> + 'e {
    entries.named.iter().enumerate().filter_map(move |(ix, e)| {
        if e.sort == Sort::Trace && typed.is_empty() {
            return None;
        }
        let is_it = e.id.as_ref().is_some_and(|id| typed.names(id));
        let class = typed.class(&e.lower)?;
        let (class, sort) = if is_it { (Class::Prefix, Sort::Here) } else { (class, e.sort) };
        Some(Hit { is_against: e.why.is_some(), class, sort, of: Of::Named(ix) })
    })
}

/// Targets of one verb, kind and cluster.
#[derive(Clone, Copy, Default)]
struct Many {
    count: usize,
    first: usize,
    best: Option<Class>,
}

/// Adds what matches among the targets; gives how many do.
fn targets(entries: &Entries, typed: &Typed, hits: &mut Vec<Hit>) -> usize {
    let near = entries.cursor.and_then(|ix| entries.targets.get(ix)).map(|t| t.place);
    let mut many = vec![[[Many::default(); VERBS.len()]; KINDS]; entries.places.len()];
    let mut classes: Vec<[Option<Class>; VERBS.len()]> = Vec::with_capacity(entries.targets.len());
    let (mut matched, mut each) = (0, Vec::new());
    for (ix, target) in entries.targets.iter().enumerate() {
        typed.each(&target.lower, &mut each);
        let of = VERBS.map(|verb| typed.joined(verb.word(), &target.lower, &each));
        for (verb, class) in of.iter().enumerate() {
            let Some(class) = class else { continue };
            matched += 1;
            let group =
                many.get_mut(target.place).and_then(|m| m.get_mut(kind(&target.scope))?.get_mut(verb));
            // What is under the cursor has a line of its own.
            if let Some(group) = group.filter(|_| entries.cursor != Some(ix)) {
                if group.count == 0 {
                    group.first = ix;
                }
                group.count += 1;
                group.best = Some(group.best.map_or(*class, |best| best.min(*class)));
            }
        }
        classes.push(of);
    }
    let groups = || many.iter().flatten().flatten().filter(|g| g.count > 0);
    let all = groups().count();
    let is_few = matched <= FEW;
    let is_open = |group: &Many, verb: usize, place: usize| {
        group.count == 1
            || all == 1
            || is_few
            || (near == Some(place) && group.count <= FEW)
            || is_gone_into(entries, typed, verb, group.first)
    };
    let sort = |place| if near == Some(place) { Sort::Near } else { Sort::Far };
    for (place, kinds) in many.iter_mut().enumerate() {
        for (verb, group) in kinds.iter_mut().flat_map(|verbs| verbs.iter_mut().enumerate()) {
            let Some(class) = group.best.filter(|_| !is_open(group, verb, place)) else {
                // Each is a line.
                group.count = 0;
                continue;
            };
            let first = entries.targets.get(group.first).map_or(&Scope::Cluster, |t| &t.scope);
            // Of a group only what holds for all of it.
            let is_against = entries.is_against_all(verb, place, first);
            hits.push(Hit {
                is_against,
                class,
                sort: sort(place),
                of: Of::Group(verb, group.first, group.count),
            });
        }
    }
    for (ix, (target, of)) in entries.targets.iter().zip(&classes).enumerate() {
        for (verb, class) in of.iter().enumerate() {
            let Some(class) = *class else { continue };
            let is_cursor = entries.cursor == Some(ix);
            let group = many.get(target.place).and_then(|m| m.get(kind(&target.scope))?.get(verb));
            if is_cursor || group.is_none_or(|g| g.count == 0) {
                let sort = if is_cursor { Sort::Cursor } else { sort(target.place) };
                let is_against = entries.is_against(verb, target.place, &target.scope);
                hits.push(Hit { is_against, class, sort, of: Of::One(verb, ix) });
            }
        }
    }
    matched
}

/// Whether what was typed names the group: tab has gone into it.
fn is_gone_into(entries: &Entries, typed: &Typed, verb: usize, first: usize) -> bool {
    let (Some(verb), Some(target)) = (VERBS.get(verb), entries.targets.get(first)) else { return false };
    typed.goes_into(&entries.head(*verb, target).to_lowercase())
}

fn line(entries: &Entries, hit: &Hit) -> Option<Line> {
    match hit.of {
        Of::Named(ix) => {
            let e = entries.named.get(ix)?;
            Some(Line { name: e.name.clone(), choice: e.choice.clone(), why: e.why.clone() })
        }
        Of::Group(verb, ix, count) => {
            let (word, target) = (*VERBS.get(verb)?, entries.targets.get(ix)?);
            let head = entries.head(word, target);
            let why = if hit.is_against { entries.why(verb, target.place, &target.scope) } else { None };
            Some(Line { name: format!("{head} …"), choice: Choice::Group { head, count }, why })
        }
        Of::One(verb, ix) => {
            let (word, target) = (*VERBS.get(verb)?, entries.targets.get(ix)?);
            let why: Option<Why> = entries.why(verb, target.place, &target.scope);
            let cluster = entries.places.get(target.place)?.cluster.clone();
            let scope = target.scope.clone();
            let choice = Choice::Dialog { verb: word, cluster, scope, is_here: hit.sort == Sort::Cursor };
            Some(Line { name: entries.name(word, target), choice, why })
        }
    }
}
