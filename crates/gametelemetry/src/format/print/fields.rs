//! Lists of fields: where each lies is written only when it is not where it would lie anyhow.

use crate::Field;

use super::super::layout::Taken;
use super::super::types;
use super::toml::{Entry, decimal_list, key, quoted};

/// Writes lists of fields one after the other; knows where the next field would lie.
#[derive(Clone, Debug, Default)]
pub(super) struct FieldPrinter {
    /// What fields are unless they say otherwise.
    big_endian: bool,
    offset: u64,
    after: Option<String>,
    taken: Taken,
    has_gaps: bool,
}

impl FieldPrinter {
    pub(super) fn new(big_endian: bool) -> Self {
        Self { big_endian, ..Self::default() }
    }

    /// The entries of `fields`; `channel` gives what stands behind `channel =` at a field.
    pub(super) fn entries(
        &mut self,
        fields: &[Field],
        channel: impl Fn(&Field) -> Option<String>,
    ) -> Vec<String> {
        let mut entries = Vec::new();
        let mut rest = fields;
        while let Some((field, behind)) = rest.split_first() {
            let parts = behind.iter().take_while(|part| is_part_of(part, field)).count();
            let (parts, behind) = behind.split_at_checked(parts).unwrap_or((&[], behind));
            rest = behind;
            let varies = behind.first().is_some_and(|next| next.after.as_ref() == Some(&field.name));
            self.field(field, varies, parts, &channel, &mut entries);
        }
        entries
    }

    /// The bytes that are left of a message of `size` bytes, as an entry.
    pub(super) fn rest(&self, size: u32) -> Option<String> {
        let missing = u64::from(size).checked_sub(self.offset).filter(|missing| *missing > 0)?;
        let is_told = self.has_gaps || self.after.is_some() || self.offset == 0;
        (!is_told).then(|| format!("{{ skip = {missing} }}"))
    }

    fn field(
        &mut self,
        field: &Field,
        varies: bool,
        parts: &[Field],
        channel: &impl Fn(&Field) -> Option<String>,
        entries: &mut Vec<String>,
    ) {
        let mut entry = Entry::default();
        entry.text("name", &field.name);
        if let Some(pointer) = &field.pointer {
            entry.text("pointer", pointer);
        }
        if field.pointer.is_none() || type_text(field) != "f64" {
            entry.text("type", &type_text(field));
        }
        self.place(field, &mut entry, entries);
        if field.big_endian != (self.big_endian && field.kind.size() > 1) {
            entry.text("endian", if field.big_endian { "big" } else { "little" });
        }
        if let Some(count) = &field.count_from {
            entry.text(if varies { "length_from" } else { "count_from" }, count);
        }
        if !field.strides.is_empty() {
            entry.raw("strides", decimal_list(&field.strides));
        }
        if field.samples_per_frame > 0 {
            entry.raw("samples_per_frame", field.samples_per_frame);
        }
        if let Some(bits) = field.bits {
            entry.raw("bits", format!("[{}, {}]", bits.first, bits.count));
        }
        if let Some(personal) = field.personal {
            entry.raw("personal", personal);
        }
        meaning(&mut entry, field, channel);
        if !parts.is_empty() {
            entry.raw("bits", parts_entry(field, parts, channel));
        }
        entries.push(entry.to_string());
        if varies && field.count_from.is_some() && field.pointer.is_none() {
            (self.offset, self.after) = (0, Some(field.name.clone()));
        }
    }

    /// Writes where `field` lies, when it is not where the one before ends.
    fn place(&mut self, field: &Field, entry: &mut Entry, entries: &mut Vec<String>) {
        let offset = u64::from(field.offset);
        if field.pointer.is_some() {
            if let Some(after) = &field.after {
                entry.text("after", after);
            }
            if offset > 0 {
                entry.raw("at", offset);
            }
            return;
        }
        let follows = field.after == self.after;
        if follows && offset > self.offset {
            entries.push(format!("{{ skip = {} }}", offset - self.offset));
        } else if !(follows && offset == self.offset) {
            if let Some(after) = &field.after {
                entry.text("after", after);
            }
            if field.after.is_none() || offset > 0 {
                entry.raw("at", offset);
            }
            self.has_gaps |= field.after.is_none();
        }
        let end = u64::from(field.offset) + (field.end() - offset);
        let shares = field.bits.is_some() || !field.strides.is_empty();
        if !shares && self.taken.take(field.after.as_deref(), offset..end, &field.name).is_some() {
            entry.raw("overlaps", true);
        }
        (self.offset, self.after) = (end, field.after.clone());
    }
}

/// The type as users write it: `f32[4]`.
fn type_text(field: &Field) -> String {
    let alone = field.count == 1 && (!field.kind.is_run() || field.pointer.is_some());
    let count = [field.count];
    let lengths = match field.shape.as_slice() {
        [] if alone => &[],
        [] => &count[..],
        shape => shape,
    };
    let lengths: String = lengths.iter().map(|length| format!("[{length}]")).collect();
    format!("{}{lengths}", types::name(field.kind))
}

/// Whether `part` is some bits of `whole` that are written at it.
fn is_part_of(part: &Field, whole: &Field) -> bool {
    let named = part.name.strip_prefix(whole.name.as_str()).and_then(|rest| rest.strip_prefix('.'));
    let same = Field {
        name: part.name.clone(),
        bits: part.bits,
        unit: part.unit.clone(),
        description: part.description.clone(),
        labels: part.labels.clone(),
        ..whole.clone()
    };
    named.is_some_and(|name| !name.is_empty()) && part.bits.is_some() && whole.bits.is_none() && *part == same
}

fn parts_entry(whole: &Field, parts: &[Field], channel: &impl Fn(&Field) -> Option<String>) -> Entry {
    let mut all = Entry::default();
    for part in parts {
        let name = part.name.get(whole.name.len() + 1..).unwrap_or_default();
        let bits = part.bits.map_or_else(String::new, |bits| match bits.count {
            1 => bits.first.to_string(),
            count => format!("[{}, {count}]", bits.first),
        });
        let mut entry = Entry::default();
        meaning(&mut entry, part, channel);
        let plain = entry.to_string() == "{}";
        let mut full = Entry::default();
        full.raw("bits", &bits);
        meaning(&mut full, part, channel);
        all.raw(&key(name), if plain { bits } else { full.to_string() });
    }
    all
}

/// Unit, description, labels and channel.
fn meaning(entry: &mut Entry, field: &Field, channel: &impl Fn(&Field) -> Option<String>) {
    entry.words("unit", &field.unit);
    if let Some(channel) = channel(field) {
        entry.raw("channel", channel);
    }
    if !field.labels.is_empty() {
        entry.raw("labels", labels(&field.labels));
    }
    entry.words("doc", &field.description);
}

/// A table, or a list of pairs when a number stands twice.
fn labels(labels: &[(i64, String)]) -> String {
    let mut numbers: Vec<i64> = labels.iter().map(|(number, _)| *number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.len() < labels.len() {
        let pairs: Vec<String> =
            labels.iter().map(|(number, text)| format!("[{number}, {}]", quoted(text))).collect();
        return format!("[{}]", pairs.join(", "));
    }
    let mut entry = Entry::default();
    for (number, text) in labels {
        entry.text(&number.to_string(), text);
    }
    entry.to_string()
}
