//! How many elements a field has, and what a struct becomes: the arithmetic of a layout, with its limits.

use std::rc::Rc;

use crate::{Field, FieldKind, FrameSize, MAX_DIMENSIONS, MAX_ELEMENTS, MAX_RECORD_SIZE, Schema};

use super::field::FieldText;
use super::layout::{Layout, Rules};
use super::table::Text;

/// The number of elements and the lengths of a field that is no struct.
pub(super) fn elements(text: &FieldText<'_>, kind: FieldKind, rules: &Rules<'_>) -> Option<(u32, Vec<u32>)> {
    let lengths = text.what.lengths.clone();
    if kind.is_run() && lengths.is_empty() && text.pointer.is_none() {
        let name = text.what.name;
        rules.mistakes.add(&text.type_span, format!("say how many bytes it has, as {name}[32]"));
        return None;
    }
    let count = lengths.iter().fold(1_u64, |product, &length| product.saturating_mul(length.into()));
    // The units of a text are not elements of their own.
    let listed =
        if kind.is_run() { count / u64::from(lengths.last().copied().unwrap_or(1).max(1)) } else { count };
    let bytes = count.saturating_mul(kind.size().into());
    if bytes > MAX_RECORD_SIZE.into() {
        let message = format!("this takes {bytes} bytes, at most {MAX_RECORD_SIZE} are allowed");
        rules.mistakes.add(&text.type_span, message);
        return None;
    }
    if listed > MAX_ELEMENTS.into() || lengths.len() > MAX_DIMENSIONS {
        let message = format!("an array has at most {MAX_ELEMENTS} elements and {MAX_DIMENSIONS} dimensions");
        rules.mistakes.add(&text.type_span, message);
        return None;
    }
    if !text.strides.is_empty() && !check_strides(text, kind, &lengths) {
        let message = "`strides` has the bytes from one element to the next, one number a length of the type, outermost \
                       first, each at least what lies inside it";
        rules.mistakes.add(&text.type_span, message);
        return None;
    }
    Some((u32::try_from(count).ok()?, lengths))
}

fn check_strides(text: &FieldText<'_>, kind: FieldKind, lengths: &[u32]) -> bool {
    let mut inner = u64::from(kind.size());
    let mut fits = text.strides.len() == lengths.len();
    for (&length, &stride) in lengths.iter().zip(&text.strides).rev() {
        fits &= u64::from(stride) >= inner;
        inner = u64::from(stride).saturating_mul(length.into());
    }
    fits && (!kind.is_run() || text.strides.last() == Some(&kind.size()))
}

/// Notes bits that the integer does not have.
pub(super) fn check_bits(field: &Field, name: &Text<'_>, rules: &Rules<'_>) {
    let Some(bits) = field.bits else { return };
    let has = field.kind.size() * 8;
    let last = u32::from(bits.first) + u32::from(bits.count) - 1;
    if field.kind.is_run() || field.kind.is_float() {
        rules.mistakes.add(&name.span, "only an integer has bits");
    } else if last >= has {
        let message = format!("there is no bit {last}: the integer has {has}, the first is 0");
        rules.mistakes.add(&name.span, message);
    }
}

/// Notes what a struct cannot have, but its fields can.
pub(super) fn check_struct_field(text: &FieldText<'_>, rules: &Rules<'_>) {
    let meaning = &text.meaning;
    let wrong = [
        (text.bits.is_some() || !text.parts.is_empty(), "bits"),
        (!text.strides.is_empty(), "strides"),
        (text.pointer.is_some(), "pointer"),
        (!meaning.labels.is_empty(), "labels"),
        (!meaning.unit.is_empty(), "unit"),
        (!meaning.uses.is_empty(), "channel"),
        (text.big_endian.is_some(), "endian"),
        (text.personal.is_some(), "personal"),
    ];
    for (_, key) in wrong.iter().filter(|(is_there, _)| *is_there) {
        rules
            .mistakes
            .add(&text.name.span, format!("a struct has no `{key}`: write it at the struct's fields"));
    }
}

/// The fields of the struct `inner` at `offset`, as `#[telemetry]` makes them of a nested struct, and by the same code.
pub(super) fn flatten(inner: &Rc<Layout<'_>>, text: &FieldText<'_>, offset: u32) -> Vec<Field> {
    use gametelemetry_file::__private::describe_nested;
    let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    let mut stride = inner.size();
    let mut dimensions: Vec<(usize, usize)> = Vec::new();
    for &length in text.what.lengths.iter().rev() {
        dimensions.push((length as usize, number(stride)));
        stride = stride.saturating_mul(length.into());
    }
    dimensions.reverse();
    let size = FrameSize::Fixed(0);
    let nested = Schema { fields: inner.fields.clone(), ..Schema::new("", size) };
    let mut outer = Schema::new("", size);
    describe_nested(&mut outer, text.name.text, offset as usize, &dimensions, &nested);
    let count_from = text.count_from.as_ref().or(text.length_from.as_ref());
    for field in &mut outer.fields {
        field.count_from = count_from.map(|name| name.text.to_owned());
    }
    outer.fields
}

/// Notes a field of an array of structs that is too large.
pub(super) fn check_size(field: &Field, text: &FieldText<'_>, rules: &Rules<'_>) -> bool {
    let fits = field.shape.len() <= MAX_DIMENSIONS && (field.kind.is_run() || field.count <= MAX_ELEMENTS);
    if !fits {
        let message = format!(
            "`{}` would have {} elements in {} dimensions, at most {MAX_ELEMENTS} in {MAX_DIMENSIONS} are allowed",
            field.name,
            field.count,
            field.shape.len()
        );
        rules.mistakes.add(&text.type_span, message);
    }
    fits
}
