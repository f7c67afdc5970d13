//! One TOML table being read: typed access by key, every mistake kept with its place.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::{Mistake, Place, Wrong, near};

/// A value with its place.
pub(super) type Value<'t> = (&'t DeValue<'t>, Range<usize>);

/// Collects mistakes.
pub(super) struct Mistakes<'t> {
    text: &'t str,
    pub(super) found: Vec<Mistake>,
}

impl<'t> Mistakes<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, found: Vec::new() }
    }
    pub(super) fn add(&mut self, at: &Range<usize>, wrong: Wrong) {
        let at = Place::of(self.text, at.start);
        self.found.push(Mistake { at, wrong });
    }
    pub(super) fn place(&self, at: &Range<usize>) -> Place {
        Place::of(self.text, at.start)
    }
    pub(super) fn line(&self, at: &Range<usize>) -> usize {
        Place::of(self.text, at.start).line
    }
}

/// A table being read.
#[derive(Clone)]
pub(super) struct Table<'t> {
    members: &'t DeTable<'t>,
    /// Its place.
    pub(super) at: Range<usize>,
    /// How messages call it: `profile "prod"`.
    pub(super) name: String,
}

impl<'t> Table<'t> {
    pub(super) fn new(table: &'t DeTable<'t>, at: Range<usize>, name: &str) -> Self {
        Self { members: table, at, name: name.to_owned() }
    }
    /// A member's value.
    pub(super) fn get(&self, key: &str) -> Option<Value<'t>> {
        self.members.iter().find(|(k, _)| k.get_ref() == key).map(|(_, v)| (v.get_ref(), v.span()))
    }
    /// Names every key that is not among the known ones.
    pub(super) fn only(&self, known: &[&str], out: &mut Mistakes<'_>) {
        for (k, _) in self.members {
            let key: &str = k.get_ref();
            if !known.contains(&key) {
                out.add(
                    &k.span(),
                    Wrong::UnknownKey {
                        key: key.to_owned(),
                        table: self.name.clone(),
                        near: near(key, known.iter().copied()),
                    },
                );
            }
        }
    }
    /// Every member.
    pub(super) fn members(&self) -> impl Iterator<Item = (&'t str, Value<'t>)> + use<'t> {
        self.members.iter().map(|(k, v)| (k.get_ref().as_ref(), (v.get_ref(), v.span())))
    }
    /// A needed member, told when it is missing.
    pub(super) fn need(
        &self,
        key: &'static str,
        hint: &'static str,
        out: &mut Mistakes<'_>,
    ) -> Option<Value<'t>> {
        let value = self.get(key);
        if value.is_none() {
            out.add(&self.at, Wrong::Missing { key, table: self.name.clone(), hint_text: hint });
        }
        value
    }
    /// A text.
    pub(super) fn text(&self, key: &str, out: &mut Mistakes<'_>) -> Option<(&'t str, Range<usize>)> {
        let (v, at) = self.get(key)?;
        as_text(key, v, &at, out).map(|t| (t, at))
    }
    /// A flag.
    pub(super) fn flag(&self, key: &str, out: &mut Mistakes<'_>) -> Option<bool> {
        let (v, at) = self.get(key)?;
        let flag = v.as_bool();
        if flag.is_none() {
            out.add(&at, wrong_type(key, "true or false", v));
        }
        flag
    }
    /// A list of texts.
    pub(super) fn texts(&self, key: &str, out: &mut Mistakes<'_>) -> Option<Vec<(&'t str, Range<usize>)>> {
        let (v, at) = self.get(key)?;
        as_texts(key, v, &at, out)
    }
    /// A table inside.
    pub(super) fn inner(&self, key: &str, out: &mut Mistakes<'_>) -> Option<Table<'t>> {
        let (v, at) = self.get(key)?;
        if let Some(t) = v.as_table() {
            return Some(Table::new(t, at, &format!("`{key}` of {}", self.name)));
        }
        out.add(&at, wrong_type(key, "a table", v));
        None
    }
    /// One word of a list.
    pub(super) fn word(
        &self,
        key: &str,
        list: &[&'static str],
        out: &mut Mistakes<'_>,
    ) -> Option<&'static str> {
        let (got, at) = self.text(key, out)?;
        let word = list.iter().find(|w| **w == got).copied();
        if word.is_none() {
            let near = near(got, list.iter().copied());
            out.add(&at, Wrong::Word { key: key.to_owned(), list: list.to_vec(), got: got.to_owned(), near });
        }
        word
    }
}

/// A text, or a mistake.
pub(super) fn as_text<'t>(
    key: &str,
    v: &'t DeValue<'t>,
    at: &Range<usize>,
    out: &mut Mistakes<'_>,
) -> Option<&'t str> {
    let text = v.as_str();
    if text.is_none() {
        out.add(at, wrong_type(key, "a text in quotes", v));
    }
    text
}

/// A list of texts, or mistakes.
pub(super) fn as_texts<'t>(
    key: &str,
    v: &'t DeValue<'t>,
    at: &Range<usize>,
    out: &mut Mistakes<'_>,
) -> Option<Vec<(&'t str, Range<usize>)>> {
    let Some(list) = v.as_array() else {
        out.add(at, wrong_type(key, "a list of texts", v));
        return None;
    };
    Some(
        list.iter()
            .filter_map(|item: &Spanned<DeValue<'t>>| {
                let at = item.span();
                as_text(key, item.get_ref(), &at, out).map(|t| (t, at))
            })
            .collect(),
    )
}

pub(super) fn wrong_type(key: &str, want: &'static str, got: &DeValue<'_>) -> Wrong {
    let got = match got.type_str() {
        "string" => "a text",
        "integer" => "a whole number",
        "float" => "a number",
        "boolean" => "true or false",
        "datetime" => "a time",
        "array" => "a list",
        _ => "a table",
    };
    Wrong::Type { key: key.to_owned(), want, got }
}
