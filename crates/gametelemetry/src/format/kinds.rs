//! The kinds of messages of a format: how they are told apart, and what holds them together.

use toml::de::DeValue;

use crate::{
    Condition, Field, FieldKind, FrameSize, MAX_DATAGRAM, MAX_RECORD_SIZE, MessageKind, Parts, Sequence,
};

use super::error::{Mistakes, Span};
use super::field::{self, Item, check_name};
use super::layout::{Layout, Rules};
use super::structs::Structs;
use super::table::{Table, Text, Value, integer_of, items, tables_of};
use super::types;

/// Reads the entries of `fields` of a table.
pub(super) fn read_items<'t>(table: &Table<'t>) -> Vec<Item<'t>> {
    table.tables("fields").iter().filter_map(field::read).collect()
}

/// Reads one entry of `kinds`; `head` is how the head of all messages lies. Gives the kind and its layout.
pub(super) fn read<'t>(
    table: &Table<'t>,
    head: &Layout<'t>,
    structs: &mut Structs<'t>,
    rules: &Rules<'t>,
) -> Option<(MessageKind, Layout<'t>, Text<'t>)> {
    table.required("name", "\"telemetry\"");
    let name = table.text("name").filter(|name| check_name(name, "a kind", table.mistakes));
    let has_head = table.flag("head").unwrap_or(true);
    if has_head && !rules.spend(&head.fields, &table.span) {
        return None;
    }
    let mut layout = if has_head { head.clone() } else { Layout::default() };
    layout.add_all(&read_items(table), structs, rules);
    let size = read_size(table, &layout, rules);
    let kind = MessageKind {
        description: table.words("doc"),
        reference: table.words("reference"),
        when: table.get("when").map_or_else(Vec::new, |value| read_when(value, &layout, table.mistakes)),
        sequence: table.get("sequence").and_then(|value| read_sequence(value, &layout, table.mistakes)),
        group: names(&table.texts("group"), &layout, table.mistakes),
        moment: table
            .text("moment")
            .and_then(|name| layout.find(&name, table.mistakes))
            .map(|it| it.name.clone()),
        parts: table.table("parts").and_then(|table| read_parts(&table, &layout)),
        rate_hz: read_rate(table),
        fields: layout.fields.clone(),
        ..MessageKind::new(name.as_ref()?.text, size)
    };
    table.finish();
    Some((kind, layout, name?))
}

fn read_rate(table: &Table<'_>) -> Option<f64> {
    let rate = table.number("rate_hz")?;
    if !(0.0..=1_000_000.0).contains(&rate) {
        table.mistakes.add(&table.span, "`rate_hz` is how often it comes in a second");
    }
    Some(rate)
}

/// The size of a message, and whether it agrees with what the user says.
pub(super) fn read_size(table: &Table<'_>, layout: &Layout<'_>, rules: &Rules<'_>) -> FrameSize {
    let span = |key| table.get(key).map_or_else(|| table.span.clone(), toml::Spanned::span);
    let own = u32::try_from(layout.size()).unwrap_or(u32::MAX);
    let is_json = rules.json || (own == 0 && layout.fields.iter().any(|field| field.pointer.is_some()));
    let size = table.count("size", 1, MAX_RECORD_SIZE);
    let max = table.count("max_size", 1, MAX_RECORD_SIZE);
    if let Some(size) = size {
        if let Some(message) = wrong_size(size, own, max, layout) {
            table.mistakes.add(&span("size"), message);
        }
        return FrameSize::Fixed(size);
    }
    if let Some(max) = max {
        if own > max {
            let message = format!("the fields may end at byte {own}, but `max_size` says {max} bytes");
            table.mistakes.add(&span("max_size"), message);
        }
        return FrameSize::Variable { max };
    }
    if is_json {
        return FrameSize::Variable { max: MAX_DATAGRAM };
    }
    if own == 0 && !table.has("fields") {
        table
            .mistakes
            .add(&table.span, "there are no fields: write fields = [ { name = \"…\", type = \"…\" }, … ]");
    }
    if layout.varies() { FrameSize::Variable { max: own } } else { FrameSize::Fixed(own) }
}

/// What is wrong with `size`, when the fields have `own` bytes.
fn wrong_size(size: u32, own: u32, max: Option<u32>, layout: &Layout<'_>) -> Option<String> {
    if max.is_some() {
        return Some(
            "`size` is for messages of one length, `max_size` for those that vary: write one".to_owned(),
        );
    }
    if layout.varies() {
        return Some("fields vary in length, so the message does: write max_size instead".to_owned());
    }
    if own > size {
        return Some(format!("the fields end at byte {own}, but `size` says {size} bytes"));
    }
    let missing = size - own;
    (missing > 0 && own > 0 && !layout.has_gaps).then(|| {
        format!(
            "the fields have {own} bytes, but `size` says {size}: where {missing} are unused, write {{ skip = {missing} }}"
        )
    })
}

/// `{ field = value }`, `{ field = [values] }`, or a list of places that have no name.
fn read_when(value: &Value<'_>, layout: &Layout<'_>, mistakes: &Mistakes) -> Vec<Condition> {
    if value.get_ref().is_array() {
        let places = tables_of(value, "when", mistakes);
        return places.iter().filter_map(read_place).collect();
    }
    let Some(table) = Table::of(value, "`when`", mistakes) else { return Vec::new() };
    let condition = |(name, value): (Text<'_>, &Value<'_>)| {
        let field = layout.find(&name, mistakes)?;
        let kind = compared(field);
        if kind.is_none() {
            let message = format!(
                "`{}` cannot tell kinds apart: it must be one whole integer, or a text of 1, 2, 4 or 8 bytes, at a fixed place",
                name.text
            );
            mistakes.add(&name.span, message);
        }
        let values = read_values(value, kind?, field.big_endian, mistakes);
        Some(Condition { offset: field.offset, kind: kind?, big_endian: field.big_endian, values })
    };
    table.entries().into_iter().filter_map(condition).collect()
}

/// The integer that `field` is compared as.
pub(super) fn compared(field: &Field) -> Option<FieldKind> {
    let is_fixed = field.after.is_none() && field.count_from.is_none() && field.pointer.is_none();
    if !is_fixed || field.bits.is_some() || field.shape.len() > 1 || !field.strides.is_empty() {
        return None;
    }
    match field.kind {
        FieldKind::F32 | FieldKind::F64 | FieldKind::Utf16 => None,
        kind if !kind.is_run() => (field.count == 1).then_some(kind),
        _ => match field.count {
            1 => Some(FieldKind::U8),
            2 => Some(FieldKind::U16),
            4 => Some(FieldKind::U32),
            8 => Some(FieldKind::U64),
            _ => None,
        },
    }
}

fn read_place(table: &Table<'_>) -> Option<Condition> {
    table.required("at", "0");
    table.required("type", "\"u8\"");
    table.required("values", "[1]");
    let offset = table.count("at", 0, MAX_RECORD_SIZE);
    let kind = table.text("type").and_then(|text| {
        let kind = types::kind(text.text).filter(|kind| !kind.is_run() && !kind.is_float());
        if kind.is_none() {
            table.mistakes.add(&text.span, "what is compared is an integer, as \"u32\"");
        }
        kind
    });
    let big_endian = field::read_endian(table).unwrap_or_default();
    let values = table.get("values").zip(kind);
    let values = values.map(|(value, kind)| read_values(value, kind, big_endian, table.mistakes));
    table.finish();
    Some(Condition { offset: offset?, kind: kind?, big_endian, values: values? })
}

/// The values that an integer of `kind` may have.
fn read_values(value: &Value<'_>, kind: FieldKind, big_endian: bool, mistakes: &Mistakes) -> Vec<i64> {
    let one = |item: &Value<'_>| match item.get_ref() {
        DeValue::String(text) => packed_text(text, kind, big_endian, &item.span(), mistakes),
        DeValue::Boolean(value) => Some(i64::from(*value)),
        _ => {
            let number = integer_of(item, "what is compared", range(kind), mistakes)?;
            // A reader compares 64-bit numbers as signed ones.
            i64::try_from(number).ok().or_else(|| u64::try_from(number).ok().map(u64::cast_signed))
        }
    };
    let values: Vec<i64> = items(value).filter_map(one).collect();
    if values.is_empty() && mistakes.count() == 0 {
        mistakes.add(&value.span(), "write the values that the field may have, as [1, 2]");
    }
    values
}

/// The numbers that an integer of `kind` can be.
fn range(kind: FieldKind) -> std::ops::RangeInclusive<i128> {
    let bits = kind.size() * 8;
    match kind {
        FieldKind::I8 | FieldKind::I16 | FieldKind::I32 | FieldKind::I64 => {
            -(1_i128 << (bits - 1))..=(1_i128 << (bits - 1)) - 1
        }
        FieldKind::Bool8 | FieldKind::Bool32 => 0..=1,
        _ => 0..=(1_i128 << bits) - 1,
    }
}

/// The integer whose bytes are `text`.
fn packed_text(
    text: &str,
    kind: FieldKind,
    big_endian: bool,
    span: &Span,
    mistakes: &Mistakes,
) -> Option<i64> {
    let size = kind.size() as usize;
    if text.len() != size || !text.is_ascii() {
        let message =
            format!("\"{text}\" is compared with {size} bytes: write a text of {size} ASCII characters");
        mistakes.add(span, message);
        return None;
    }
    let append = |number: u64, byte: u8| number << 8 | u64::from(byte);
    let number = if big_endian { text.bytes().fold(0, append) } else { text.bytes().rev().fold(0, append) };
    Some(number.cast_signed())
}

/// The names of fields, those that there are.
fn names(texts: &[Text<'_>], layout: &Layout<'_>, mistakes: &Mistakes) -> Vec<String> {
    texts.iter().filter_map(|name| layout.find(name, mistakes)).map(|field| field.name.clone()).collect()
}

fn read_sequence(value: &Value<'_>, layout: &Layout<'_>, mistakes: &Mistakes) -> Option<Sequence> {
    if let DeValue::String(text) = value.get_ref() {
        let field = layout.find(&Text { text, span: value.span() }, mistakes)?;
        return Some(Sequence { field: field.name.clone(), step: None, restarts_with: Vec::new() });
    }
    let table = Table::of(value, "`sequence`", mistakes)?;
    table.required("field", "\"packet_number\"");
    let field = table.text("field").and_then(|name| layout.find(&name, mistakes));
    let step = table.count("step", 0, u32::MAX);
    let restarts_with = names(&table.texts("restarts_with"), layout, mistakes);
    table.finish();
    Some(Sequence { field: field?.name.clone(), step, restarts_with })
}

fn read_parts(table: &Table<'_>, layout: &Layout<'_>) -> Option<Parts> {
    table.required("number", "\"part\"");
    table.required("count", "\"parts\"");
    let find = |key| {
        table.text(key).and_then(|name| layout.find(&name, table.mistakes)).map(|field| field.name.clone())
    };
    let (number, count, running) = (find("number"), find("count"), find("running"));
    let first = table.count("first", 0, u32::MAX).unwrap_or_default();
    let message = names(&table.texts("message"), layout, table.mistakes);
    table.finish();
    Some(Parts { number: number?, count: count?, first, message, running })
}
