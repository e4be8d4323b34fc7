//! One field as the user wrote it: read and checked for itself, not yet placed.

use toml::de::DeValue;

use crate::{BitRange, MAX_RECORD_SIZE};

use super::error::{Mistakes, Span};
use super::mapping::Use;
use super::table::{Table, Text, Value, integer_of, items, text_of};
use super::types::{self, TypeText};

/// The longest name of a field, a kind or a struct, in bytes.
const LONGEST_NAME: usize = 128;

/// One entry of `fields`.
#[derive(Debug)]
pub(super) enum Item<'t> {
    /// Bytes that nobody needs.
    Skip { bytes: u32, at: Option<u32>, span: Span },
    /// A field, or a struct of them.
    Field(Box<FieldText<'t>>),
}

/// A field as it is written.
#[derive(Debug)]
pub(super) struct FieldText<'t> {
    pub(super) span: Span,
    pub(super) name: Text<'t>,
    pub(super) what: TypeText<'t>,
    pub(super) type_span: Span,
    pub(super) at: Option<u32>,
    pub(super) after: Option<Text<'t>>,
    pub(super) overlaps: bool,
    pub(super) big_endian: Option<bool>,
    pub(super) bits: Option<BitRange>,
    pub(super) parts: Vec<BitsText<'t>>,
    pub(super) strides: Vec<u32>,
    pub(super) count_from: Option<Text<'t>>,
    pub(super) length_from: Option<Text<'t>>,
    pub(super) pointer: Option<String>,
    pub(super) samples_per_frame: u32,
    pub(super) personal: Option<bool>,
    pub(super) meaning: Meaning<'t>,
}

/// What a value means, wherever it stands.
#[derive(Debug, Default)]
pub(super) struct Meaning<'t> {
    pub(super) unit: String,
    pub(super) description: String,
    pub(super) labels: Vec<(i64, String)>,
    pub(super) uses: Vec<Use<'t>>,
}

/// Some bits of a field that have a name of their own.
#[derive(Debug)]
pub(super) struct BitsText<'t> {
    pub(super) name: Text<'t>,
    pub(super) bits: BitRange,
    pub(super) meaning: Meaning<'t>,
}

/// Reads one entry of `fields`; `None` when it is too wrong to be placed.
pub(super) fn read<'t>(table: &Table<'t>) -> Option<Item<'t>> {
    if let Some(bytes) = table.count("skip", 1, MAX_RECORD_SIZE) {
        let at = table.count("at", 0, MAX_RECORD_SIZE);
        let _ = table.get("doc");
        table.finish();
        return Some(Item::Skip { bytes, at, span: table.span.clone() });
    }
    table.required("name", "\"speed\"");
    let name = table.text("name").filter(|name| check_name(name, "a field", table.mistakes));
    let pointer = table.text("pointer").map(|text| text.text.to_owned());
    let what = read_type(table, pointer.is_some());
    let (bits, parts) =
        table.get("bits").map_or_else(Default::default, |value| read_bits(value, table.mistakes));
    let field = FieldText {
        span: table.span.clone(),
        at: table.count("at", 0, MAX_RECORD_SIZE),
        after: table.text("after"),
        overlaps: table.flag("overlaps").unwrap_or_default(),
        big_endian: read_endian(table),
        strides: read_strides(table),
        count_from: table.text("count_from"),
        length_from: table.text("length_from"),
        samples_per_frame: table.count("samples_per_frame", 0, 1000).unwrap_or_default(),
        personal: table.flag("personal"),
        meaning: read_meaning(table),
        type_span: table.get("type").map_or_else(|| table.span.clone(), toml::Spanned::span),
        name: name.unwrap_or(Text { text: "", span: table.span.clone() }),
        what: what.unwrap_or(TypeText { name: "", lengths: Vec::new() }),
        bits,
        parts,
        pointer,
    };
    if let Some(count) = table.get("count") {
        table.mistakes.add(&count.span(), "write the number behind the type, as type = \"f32[4]\"");
    }
    table.finish();
    let is_whole = !field.name.text.is_empty() && !field.what.name.is_empty();
    is_whole.then(|| Item::Field(Box::new(field)))
}

fn read_type<'t>(table: &Table<'t>, in_json: bool) -> Option<TypeText<'t>> {
    if in_json && !table.has("type") {
        // JSON says itself what a value is.
        return Some(TypeText { name: "f64", lengths: Vec::new() });
    }
    table.required("type", "\"f32\"");
    let text = table.text("type")?;
    types::split(text.text).map_err(|message| table.mistakes.add(&text.span, message)).ok()
}

/// Whether `name` can be one, of `what`.
pub(super) fn check_name(name: &Text<'_>, what: &str, mistakes: &Mistakes) -> bool {
    let message = if name.text.trim().is_empty() {
        format!("{what} needs a name")
    } else if name.text.len() > LONGEST_NAME {
        format!("the name of {what} has {} bytes, at most {LONGEST_NAME} are allowed", name.text.len())
    } else if name.text.contains(|c: char| c == '/' || c.is_control()) {
        format!(
            "the name of {what} has a character that it must not: write it with letters, digits, `_` and `.`"
        )
    } else {
        return true;
    };
    mistakes.add(&name.span, message);
    false
}

/// Whether numbers are big-endian, when it is said.
pub(super) fn read_endian(table: &Table<'_>) -> Option<bool> {
    let text = table.text("endian")?;
    match text.text {
        "little" => Some(false),
        "big" => Some(true),
        other => {
            let message = format!("`endian` is \"little\" or \"big\", not \"{other}\"");
            table.mistakes.add(&text.span, message);
            None
        }
    }
}

fn read_strides(table: &Table<'_>) -> Vec<u32> {
    let Some(value) = table.get("strides") else { return Vec::new() };
    let stride = |item| integer_of(item, "each of `strides`", 1..=MAX_RECORD_SIZE.into(), table.mistakes);
    items(value).filter_map(stride).filter_map(|number| u32::try_from(number).ok()).collect()
}

fn read_meaning<'t>(table: &Table<'t>) -> Meaning<'t> {
    Meaning {
        unit: table.words("unit"),
        description: table.words("doc"),
        labels: table.get("labels").map_or_else(Vec::new, |value| read_labels(value, table.mistakes)),
        uses: table.get("channel").map_or_else(Vec::new, |value| Use::read(value, table.mistakes)),
    }
}

/// `{ 0 = "off", 1 = "on" }`, or `[[0, "off"], [1, "on"]]`, which may have a number twice.
fn read_labels(value: &Value<'_>, mistakes: &Mistakes) -> Vec<(i64, String)> {
    if let DeValue::Table(_) = value.get_ref() {
        let Some(table) = Table::of(value, "`labels`", mistakes) else { return Vec::new() };
        let label = |(key, value): (Text<'_>, &Value<'_>)| {
            let number = key.text.parse().ok();
            if number.is_none() {
                mistakes.add(&key.span, "the key of a label is a whole number, as labels = { 0 = \"off\" }");
            }
            Some((number?, text_of(value, "a label", mistakes)?.text.to_owned()))
        };
        return table.entries().into_iter().filter_map(label).collect();
    }
    let pair = |item: &Value<'_>| {
        let pair: Vec<_> = item.get_ref().as_array().map(|list| list.iter().collect()).unwrap_or_default();
        let [number, text] = pair.as_slice() else {
            mistakes.add(&item.span(), "`labels` must be { 0 = \"off\", 1 = \"on\" }");
            return None;
        };
        let number = integer_of(number, "a label's number", i64::MIN.into()..=i64::MAX.into(), mistakes)?;
        Some((i64::try_from(number).ok()?, text_of(text, "a label", mistakes)?.text.to_owned()))
    };
    items(value).filter_map(pair).collect()
}

/// `[first, count]` are the bits of the field itself; a table has bits with names.
fn read_bits<'t>(value: &'t Value<'t>, mistakes: &'t Mistakes) -> (Option<BitRange>, Vec<BitsText<'t>>) {
    if value.get_ref().is_array() {
        return (read_range(value, mistakes), Vec::new());
    }
    let help = "`bits` is [first, count], or the bits by name, as { abs = 0, gear = [4, 4] }";
    if !value.get_ref().is_table() {
        mistakes.add(&value.span(), help);
        return (None, Vec::new());
    }
    let Some(table) = Table::of(value, "`bits`", mistakes) else { return (None, Vec::new()) };
    let part = |(name, value): (Text<'t>, &'t Value<'t>)| read_part(name, value, mistakes);
    (None, table.entries().into_iter().filter_map(part).collect())
}

/// A bit with a name: its number, `[first, count]`, or a table that says more.
fn read_part<'t>(name: Text<'t>, value: &'t Value<'t>, mistakes: &'t Mistakes) -> Option<BitsText<'t>> {
    if !check_name(&name, "a bit", mistakes) {
        return None;
    }
    if !value.get_ref().is_table() {
        let bits = read_range(value, mistakes)?;
        return Some(BitsText { name, bits, meaning: Meaning::default() });
    }
    let table = Table::of(value, "a bit", mistakes)?;
    table.required("bits", "0");
    let bits = table.get("bits").and_then(|value| read_range(value, mistakes));
    let meaning = read_meaning(&table);
    table.finish();
    Some(BitsText { name, bits: bits?, meaning })
}

/// `[first, count]`, or the number of a single bit.
fn read_range(value: &Value<'_>, mistakes: &Mistakes) -> Option<BitRange> {
    let numbers: Vec<_> = items(value).collect();
    let number = |value: &Value<'_>, least| {
        integer_of(value, "a bit", least..=64, mistakes).and_then(|number| u8::try_from(number).ok())
    };
    match numbers.as_slice() {
        [first] => Some(BitRange { first: number(first, 0)?, count: 1 }),
        [first, count] => Some(BitRange { first: number(first, 0)?, count: number(count, 1)? }),
        _ => {
            mistakes.add(&value.span(), "bits are [first, count], the least significant bit is 0");
            None
        }
    }
}
