//! Places the fields: from what the user wrote, in its order, to offsets, shapes and strides.
//!
//! Works by itself on one list of fields: the head of all packets, a kind, or a struct. What cannot be placed is
//! noted and left out, so that the rest is checked too.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::{Field, FieldKind, MAX_FIELDS, MAX_RECORD_SIZE};

use super::elements::{check_bits, check_size, check_struct_field, elements, flatten};
use super::error::{Mistakes, Span};
use super::field::{FieldText, Item};
use super::guess::did_you_mean;
use super::mapping::Use;
use super::structs::Structs;
use super::table::Text;
use super::types;

/// How a list of fields lies.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout<'t> {
    pub(super) fields: Vec<Field>,
    /// Channels, each with the number of its field.
    pub(super) uses: Vec<(usize, Use<'t>)>,
    /// Each name with the byte behind its last one, at the most.
    ends: HashMap<String, u64>,
    /// The structs' names, which are no fields but may not stand twice either.
    groups: HashSet<String>,
    taken: Taken,
    /// Where the next field goes: bytes behind `after`, or from the start.
    offset: u64,
    after: Option<String>,
    /// The byte at which `after` ends at the most.
    base: u64,
    /// The byte behind the last one.
    reach: u64,
    /// The largest alignment of a field.
    align: u64,
    /// There may be bytes that no field has, because the user said where fields are.
    pub(super) has_gaps: bool,
    /// An array of structs whose length varies has no end that what follows could begin at.
    endless: Option<String>,
}

/// What holds for all lists of fields of a format.
#[derive(Debug)]
pub(super) struct Rules<'t> {
    pub(super) mistakes: &'t Mistakes,
    pub(super) big_endian: bool,
    /// The largest alignment: 1 is packed.
    pub(super) packing: u32,
    /// Frames are JSON texts.
    pub(super) json: bool,
    /// What may still be made, of the whole format: fields, and bytes of their texts.
    pub(super) budget: Cell<Option<(usize, usize)>>,
}

/// Bytes that the names and descriptions of a format may have, those of structs counted each time they are used: the
/// header of a recording, which has them all, has no room for more.
const MAX_WORDS: usize = 8 << 20;

impl<'t> Rules<'t> {
    pub(super) fn new(mistakes: &'t Mistakes, big_endian: bool, packing: u32, json: bool) -> Self {
        Self { mistakes, big_endian, packing, json, budget: Cell::new(Some((MAX_FIELDS, MAX_WORDS))) }
    }

    /// Whether as many fields as `fields`, with as much text, may be made; said once when not.
    pub(super) fn spend(&self, fields: &[Field], span: &Span) -> bool {
        let Some((left, words)) = self.budget.get() else { return false };
        let rest = left.checked_sub(fields.len()).zip(words.checked_sub(fields.iter().map(words_of).sum()));
        if rest.is_none() {
            let message = format!(
                "the format has more than {MAX_FIELDS} fields, or {MAX_WORDS} bytes of text at them; structs count each \
                 time they are used, and what all kinds begin with for each kind"
            );
            self.mistakes.add(span, message);
        }
        self.budget.set(rest);
        rest.is_some()
    }
}

/// Bytes of the texts of a field.
pub(super) fn words_of(field: &Field) -> usize {
    let labels: usize = field.labels.iter().map(|(_, label)| label.len() + 16).sum();
    field.name.len() + field.unit.len() + field.description.len() + labels
}

/// Bytes that fields have taken, for each `after` by their first byte: the byte behind, and who has them.
#[derive(Clone, Debug, Default)]
pub(super) struct Taken(BTreeMap<(Option<String>, u64), (u64, String)>);

impl Taken {
    /// Takes the bytes for `name`; gives who has some of them already.
    pub(super) fn take(
        &mut self,
        after: Option<&str>,
        bytes: std::ops::Range<u64>,
        name: &str,
    ) -> Option<&str> {
        if bytes.is_empty() {
            return None;
        }
        let key = |at| (after.map(str::to_owned), at);
        let taken = self.0.range(..key(bytes.end)).next_back();
        let is_hit =
            taken.is_some_and(|((other, _), (end, _))| other.as_deref() == after && *end > bytes.start);
        if !is_hit {
            self.0.insert(key(bytes.start), (bytes.end, name.to_owned()));
            return None;
        }
        self.0.range(..key(bytes.end)).next_back().map(|(_, (_, owner))| owner.as_str())
    }
}

impl<'t> Layout<'t> {
    /// Places all of `items` behind what is there.
    pub(super) fn add_all(&mut self, items: &[Item<'t>], structs: &mut Structs<'t>, rules: &Rules<'t>) {
        for item in items {
            match item {
                Item::Skip { bytes, at, span } => self.skip(*bytes, *at, span, rules),
                Item::Field(field) => self.add(field, structs, rules),
            }
        }
    }

    /// Bytes of the whole, with the padding that C has at the end of a struct.
    pub(super) fn size(&self) -> u64 {
        self.reach.next_multiple_of(self.align.max(1))
    }

    /// The largest alignment of a field, at least 1.
    pub(super) fn align(&self) -> u64 {
        self.align.max(1)
    }

    /// Whether fields vary in length.
    pub(super) fn varies(&self) -> bool {
        self.endless.is_some()
            || self.after.is_some()
            || self.fields.iter().any(|field| field.after.is_some())
    }

    /// The fields' names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|field| field.name.as_str())
    }

    /// The field called `name`; a mistake, with what it may have meant, when there is none.
    pub(super) fn find(&self, name: &Text<'_>, mistakes: &Mistakes) -> Option<&Field> {
        if !self.ends.contains_key(name.text) {
            let guess = did_you_mean(name.text, self.names());
            mistakes.add(&name.span, format!("there is no field `{}` here{guess}", name.text));
            return None;
        }
        self.fields.iter().find(|field| field.name == name.text)
    }

    fn skip(&mut self, bytes: u32, at: Option<u32>, span: &Span, rules: &Rules<'_>) {
        if let Some(at) = at {
            (self.offset, self.after, self.base) = (at.into(), None, 0);
            self.has_gaps = true;
        }
        let end = self.offset + u64::from(bytes);
        if self.is_inside(end, span, rules) {
            self.advance(end);
        }
    }

    /// Sets where the next field goes.
    fn advance(&mut self, end: u64) {
        self.offset = end;
        self.reach = self.reach.max(self.base + end);
    }

    fn is_inside(&self, end: u64, span: &Span, rules: &Rules<'_>) -> bool {
        let end = self.base.saturating_add(end);
        let fits = end <= MAX_RECORD_SIZE.into();
        if !fits {
            let text = format!("this ends at byte {end}, at most {MAX_RECORD_SIZE} bytes are allowed");
            rules.mistakes.add(span, text);
        }
        fits
    }

    fn add(&mut self, text: &FieldText<'t>, structs: &mut Structs<'t>, rules: &Rules<'t>) {
        if self.ends.contains_key(text.name.text) || self.groups.contains(text.name.text) {
            rules.mistakes.add(&text.name.span, format!("two fields are called `{}`", text.name.text));
            return;
        }
        if let Some(endless) = self.endless.as_ref().filter(|_| text.at.is_none() && text.pointer.is_none()) {
            let message = format!(
                "nothing can follow `{endless}`: where an array of structs ends that varies in length cannot be said"
            );
            rules.mistakes.add(&text.name.span, message);
        }
        self.check_references(text, rules);
        if let Some(kind) = types::kind(text.what.name) {
            self.add_plain(text, kind, rules);
        } else if structs.has(text.what.name) {
            self.add_struct(text, structs, rules);
        } else {
            rules.mistakes.add(&text.type_span, types::unknown(text.what.name, structs.names()));
            self.ends.insert(text.name.text.to_owned(), self.reach);
        }
    }

    /// Notes what refers to a field that does not stand before it.
    fn check_references(&self, text: &FieldText<'_>, rules: &Rules<'_>) {
        for name in [&text.count_from, &text.length_from, &text.after].into_iter().flatten() {
            if !self.ends.contains_key(name.text) {
                let guess = did_you_mean(name.text, self.names());
                let message = format!("there is no field `{}` before this one{guess}", name.text);
                rules.mistakes.add(&name.span, message);
            }
        }
        if rules.json && text.pointer.is_none() {
            let example = text.name.text;
            let message =
                format!("frames are JSON texts: say where the value is, as pointer = \"/{example}\"");
            rules.mistakes.add(&text.name.span, message);
        }
        if text.length_from.is_some() && text.count_from.is_some() {
            let message = "`count_from` says how much of a fixed room is used, `length_from` how long the field is: write one";
            rules.mistakes.add(&text.name.span, message);
        }
    }

    /// A field of one of the known types.
    fn add_plain(&mut self, text: &FieldText<'t>, kind: FieldKind, rules: &Rules<'t>) {
        let Some(field) = unplaced(text, kind, rules) else {
            self.ends.insert(text.name.text.to_owned(), self.reach);
            return;
        };
        let Some((offset, after)) = self.place_plain(text, &field, rules) else { return };
        let field = Field { offset, after, ..field };
        if !rules.spend(std::slice::from_ref(&field), &text.span) {
            return;
        }
        check_bits(&field, &text.name, rules);
        self.push(field.clone(), &text.meaning.uses);
        self.add_parts(&field, text, rules);
        if text.length_from.is_some() {
            self.vary(text, rules);
        }
    }

    /// Where `field` lies, and behind which field that varies in length.
    fn place_plain(
        &mut self,
        text: &FieldText<'_>,
        field: &Field,
        rules: &Rules<'_>,
    ) -> Option<(u32, Option<String>)> {
        if field.pointer.is_some() {
            // JSON has no places; what is said of one is kept.
            return Some((text.at.unwrap_or(0), text.after.as_ref().map(|name| name.text.to_owned())));
        }
        let align = u64::from(field.kind.size().min(rules.packing));
        let offset = self.place(text, field.end(), align, rules)?;
        Some((offset, self.after.clone()))
    }

    fn push(&mut self, field: Field, uses: &[Use<'t>]) {
        let number = self.fields.len();
        self.uses.extend(uses.iter().map(|one| (number, one.clone())));
        self.ends.insert(field.name.clone(), self.base.saturating_add(field.end()));
        self.fields.push(field);
    }

    /// The named bits of `whole`.
    fn add_parts(&mut self, whole: &Field, text: &FieldText<'t>, rules: &Rules<'t>) {
        for part in &text.parts {
            let field = Field {
                name: format!("{}.{}", whole.name, part.name.text),
                bits: Some(part.bits),
                unit: part.meaning.unit.clone(),
                description: part.meaning.description.clone(),
                labels: part.meaning.labels.clone(),
                ..whole.clone()
            };
            if !rules.spend(std::slice::from_ref(&field), &part.name.span) {
                return;
            }
            if self.ends.contains_key(&field.name) {
                rules.mistakes.add(&part.name.span, format!("two fields are called `{}`", field.name));
                continue;
            }
            check_bits(&field, &part.name, rules);
            self.push(field, &part.meaning.uses);
        }
    }

    /// What follows begins where this field ends.
    fn vary(&mut self, text: &FieldText<'t>, rules: &Rules<'_>) {
        if rules.packing > 1 {
            let message = "fields that vary in length are packed: leave `packing` out, and write `skip` where bytes are unused";
            rules.mistakes.add(&text.name.span, message);
        }
        self.base = self.reach.max(self.base + self.offset);
        self.after = Some(text.name.text.to_owned());
        self.offset = 0;
    }

    /// Finds the place of `extent` bytes, and takes it; gives the offset.
    fn place(&mut self, text: &FieldText<'_>, extent: u64, align: u64, rules: &Rules<'_>) -> Option<u32> {
        if let Some(after) = &text.after {
            self.base = self.ends.get(after.text).copied().unwrap_or(self.reach);
            self.after = Some(after.text.to_owned());
            self.offset = text.at.unwrap_or(0).into();
        } else if let Some(at) = text.at {
            (self.offset, self.after, self.base) = (at.into(), None, 0);
            self.has_gaps = true;
        } else {
            self.offset = self.offset.next_multiple_of(align);
        }
        let start = self.offset;
        let end = start.saturating_add(extent);
        if !self.is_inside(end, &text.name.span, rules) {
            self.ends.insert(text.name.text.to_owned(), self.reach);
            return None;
        }
        // Bits share their integer, and arrays of structs that are written by hand interleave.
        let shares = text.overlaps || text.bits.is_some() || !text.strides.is_empty();
        if !shares && let Some(owner) = self.taken.take(self.after.as_deref(), start..end, text.name.text) {
            let last = end.saturating_sub(1);
            let message = format!(
                "bytes {start} to {last} overlap `{owner}`: mend `at`, or write overlaps = true if the game means it"
            );
            rules.mistakes.add(&text.name.span, message);
        }
        self.align = self.align.max(align);
        self.advance(end);
        u32::try_from(start).ok()
    }

    /// The fields of a struct, or of an array of them.
    fn add_struct(&mut self, text: &FieldText<'t>, structs: &mut Structs<'t>, rules: &Rules<'t>) {
        let inner = structs.layout(text.what.name, &text.type_span, rules);
        check_struct_field(text, rules);
        self.groups.insert(text.name.text.to_owned());
        let Some(inner) = inner else { return };
        let copies =
            text.what.lengths.iter().fold(1_u64, |product, &length| product.saturating_mul(length.into()));
        let Some(offset) = self.place(text, inner.size().saturating_mul(copies), inner.align(), rules) else {
            return;
        };
        if !rules.spend(&inner.fields, &text.span) {
            return;
        }
        if text.length_from.is_some() {
            self.endless = Some(text.name.text.to_owned());
        }
        let first = self.fields.len();
        for field in flatten(&inner, text, offset) {
            if self.ends.contains_key(&field.name) {
                rules.mistakes.add(&text.name.span, format!("two fields are called `{}`", field.name));
                return;
            }
            if !check_size(&field, text, rules) {
                return;
            }
            self.push(Field { after: self.after.clone(), ..field }, &[]);
        }
        self.uses.extend(inner.uses.iter().map(|(number, one)| (first + number, one.clone())));
    }
}

/// The field that is written, at no place yet.
fn unplaced(text: &FieldText<'_>, kind: FieldKind, rules: &Rules<'_>) -> Option<Field> {
    let (count, shape) = elements(text, kind, rules)?;
    let has_shape = shape.len() > 1 || !text.strides.is_empty();
    let count_from = text.count_from.as_ref().or(text.length_from.as_ref());
    Some(Field {
        name: text.name.text.to_owned(),
        kind,
        count,
        shape: if has_shape { shape } else { Vec::new() },
        strides: text.strides.clone(),
        count_from: count_from.map(|name| name.text.to_owned()),
        bits: text.bits,
        big_endian: text.big_endian.unwrap_or(rules.big_endian && kind.size() > 1),
        pointer: text.pointer.clone(),
        unit: text.meaning.unit.clone(),
        description: text.meaning.description.clone(),
        labels: text.meaning.labels.clone(),
        samples_per_frame: text.samples_per_frame,
        personal: text.personal,
        ..Field::default()
    })
}
