//! A table of the text, read key by key; whatever is not as it must be is noted with its place.
//!
//! Stands between the TOML parser and the rest of the module, which never sees TOML's own types but through this.

use std::cell::RefCell;
use std::ops::RangeInclusive;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{Mistakes, Span};
use super::guess::did_you_mean;

/// A value of the text with its place.
pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// A text of the user's with its place.
#[derive(Clone, Debug)]
pub(super) struct Text<'t> {
    pub(super) text: &'t str,
    pub(super) span: Span,
}

/// A table of the text.
pub(super) struct Table<'t> {
    table: &'t DeTable<'t>,
    /// Where it stands; of a `[table]` its head.
    pub(super) span: Span,
    pub(super) mistakes: &'t Mistakes,
    /// The keys that were asked for: those that there may be.
    known: RefCell<Vec<&'static str>>,
}

impl<'t> Table<'t> {
    pub(super) fn new(table: &'t DeTable<'t>, span: Span, mistakes: &'t Mistakes) -> Self {
        Self { table, span, mistakes, known: RefCell::default() }
    }

    /// `value` as a table; what it is called is for the message.
    pub(super) fn of(value: &'t Value<'t>, what: &str, mistakes: &'t Mistakes) -> Option<Self> {
        if let DeValue::Table(table) = value.get_ref() {
            return Some(Self::new(table, value.span(), mistakes));
        }
        mistakes.add(&value.span(), format!("{what} must be a table, as {{ name = \"…\" }}"));
        None
    }

    /// The value of `key`, which from now on is a key that there may be.
    pub(super) fn get(&self, key: &'static str) -> Option<&'t Value<'t>> {
        self.known.borrow_mut().push(key);
        self.table.get(key)
    }

    pub(super) fn has(&self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    /// The table of `key`.
    pub(super) fn table(&self, key: &'static str) -> Option<Self> {
        Table::of(self.get(key)?, &format!("`{key}`"), self.mistakes)
    }

    /// Keys and values, in the order of the text; none of the keys is unknown then.
    pub(super) fn entries(&self) -> Vec<(Text<'t>, &'t Value<'t>)> {
        let entry = |(key, value): (&'t Spanned<toml::de::DeString<'t>>, &'t Value<'t>)| {
            (Text { text: key.get_ref(), span: key.span() }, value)
        };
        let mut entries: Vec<_> = self.table.iter().map(entry).collect();
        entries.sort_by_key(|(key, _)| key.span.start);
        entries
    }

    /// Notes every key that was not asked for.
    pub(super) fn finish(&self) {
        let known = self.known.borrow();
        for (key, _) in self.entries().iter().filter(|(key, _)| !known.contains(&key.text)) {
            let mut words: Vec<&str> = known.clone();
            words.sort_unstable();
            words.dedup();
            let guess = did_you_mean(key.text, words.iter().copied());
            let help = if OF_THE_FILE.contains(&key.text) {
                // TOML's own trap: what follows a `[table]` belongs to it.
                ": it belongs to the file, so write it before the first `[…]`".to_owned()
            } else if guess.is_empty() {
                format!("; here may stand {}", words.join(", "))
            } else {
                guess
            };
            self.mistakes.add(&key.span, format!("unknown key `{}`{help}", key.text));
        }
    }

    pub(super) fn text(&self, key: &'static str) -> Option<Text<'t>> {
        text_of(self.get(key)?, &format!("`{key}`"), self.mistakes)
    }

    /// The text of `key`; empty when there is none.
    pub(super) fn words(&self, key: &'static str) -> String {
        self.text(key).map_or_else(String::new, |text| text.text.to_owned())
    }

    /// Notes that `key` must be there, unless it is.
    pub(super) fn required(&self, key: &'static str, example: &str) {
        if !self.has(key) {
            self.mistakes.add(&self.span, format!("`{key}` is missing: write {key} = {example}"));
        }
    }

    pub(super) fn flag(&self, key: &'static str) -> Option<bool> {
        let value = self.get(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.mistakes.add(&value.span(), format!("`{key}` must be true or false"));
        }
        flag
    }

    pub(super) fn integer(&self, key: &'static str, range: RangeInclusive<i128>) -> Option<i128> {
        integer_of(self.get(key)?, &format!("`{key}`"), range, self.mistakes)
    }

    /// A number of bytes or elements, from `least` to `most`.
    pub(super) fn count(&self, key: &'static str, least: u32, most: u32) -> Option<u32> {
        self.integer(key, least.into()..=most.into()).and_then(|number| u32::try_from(number).ok())
    }

    /// A number with or without a fraction.
    pub(super) fn number(&self, key: &'static str) -> Option<f64> {
        number_of(self.get(key)?, key, self.mistakes)
    }

    /// A list of texts; one text counts as a list of one.
    pub(super) fn texts(&self, key: &'static str) -> Vec<Text<'t>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let what = format!("each of `{key}`");
        items(value).filter_map(|item| text_of(item, &what, self.mistakes)).collect()
    }

    /// A list of tables.
    pub(super) fn tables(&self, key: &'static str) -> Vec<Self> {
        let Some(value) = self.get(key) else { return Vec::new() };
        tables_of(value, key, self.mistakes)
    }
}

/// `value` as a list of tables.
pub(super) fn tables_of<'t>(value: &'t Value<'t>, key: &str, mistakes: &'t Mistakes) -> Vec<Table<'t>> {
    if value.get_ref().as_array().is_none() {
        let help = format!("`{key}` must be a list of tables: write [[{key}]], or {key} = [ {{ … }}, … ]");
        mistakes.add(&value.span(), help);
        return Vec::new();
    }
    let what = format!("each of `{key}`");
    items(value).filter_map(|item| Table::of(item, &what, mistakes)).collect()
}

/// The elements of a list; what is none is its own only element.
pub(super) fn items<'t>(value: &'t Value<'t>) -> impl Iterator<Item = &'t Value<'t>> {
    let list = value.get_ref().as_array();
    let alone = if list.is_none() { Some(value) } else { None };
    list.into_iter().flat_map(|list| list.iter()).chain(alone)
}

/// Keys that are the file's and no table's.
const OF_THE_FILE: &[&str] = &[
    "title",
    "personal_keys",
    "enable",
    "source",
    "schema",
    "transport",
    "packing",
    "json",
    "counter",
    "fields",
    "structs",
    "kinds",
    "channels",
];

/// The texts that are kept are stored in every recording; a novel is none of them.
const LONGEST_TEXT: usize = 10_000;

pub(super) fn text_of<'t>(value: &'t Value<'t>, what: &str, mistakes: &Mistakes) -> Option<Text<'t>> {
    match value.get_ref() {
        DeValue::String(text) if text.len() > LONGEST_TEXT => {
            let got = text.len();
            mistakes
                .add(&value.span(), format!("{what} has {got} bytes, at most {LONGEST_TEXT} are allowed"));
            None
        }
        DeValue::String(text) => Some(Text { text, span: value.span() }),
        _ => {
            mistakes.add(&value.span(), format!("{what} must be a text in quotes"));
            None
        }
    }
}

/// A number with or without a fraction.
pub(super) fn number_of(value: &Value<'_>, key: &str, mistakes: &Mistakes) -> Option<f64> {
    let number = match value.get_ref() {
        DeValue::Float(float) => float.as_str().parse().ok().filter(|number: &f64| number.is_finite()),
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix()).ok().map(whole),
        _ => None,
    };
    if number.is_none() {
        mistakes.add(&value.span(), format!("`{key}` must be a number, as 0.001"));
    }
    number
}

pub(super) fn integer_of(
    value: &Value<'_>,
    what: &str,
    range: RangeInclusive<i128>,
    mistakes: &Mistakes,
) -> Option<i128> {
    let (least, most) = range.clone().into_inner();
    let DeValue::Integer(integer) = value.get_ref() else {
        mistakes.add(&value.span(), format!("{what} must be a whole number"));
        return None;
    };
    let number = i128::from_str_radix(integer.as_str(), integer.radix()).ok();
    let number = number.filter(|number| range.contains(number));
    if number.is_none() {
        let text = format!("{what} must be from {least} to {most}, not {}", integer.as_str());
        mistakes.add(&value.span(), text);
    }
    number
}

#[expect(clippy::cast_precision_loss, reason = "a scale or a rate; nobody writes one with 17 digits")]
fn whole(number: i64) -> f64 {
    number as f64
}
