//! Where the personal fields of a layout lie in one record.
//!
//! Places are found in the untouched record first, because a length that stands in it may say where a text is.

use std::collections::HashSet;
use std::ops::Range;

use crate::{Field, FrameView};

/// The personal fields of one layout.
#[derive(Debug)]
pub(super) struct Layout<'s> {
    fields: &'s [Field],
    /// Those that lie in bytes, and whether what follows moves with their length.
    in_bytes: Vec<(&'s Field, bool)>,
    /// Those that are some bits of an integer.
    in_bits: Vec<&'s Field>,
    /// Whether records are JSON texts.
    pub(super) is_text: bool,
}

impl<'s> Layout<'s> {
    pub(super) fn new(fields: &'s [Field]) -> Self {
        let moving: HashSet<&str> = fields.iter().filter_map(|field| field.after.as_deref()).collect();
        let personal = |field: &&Field| field.personal == Some(true) && field.pointer.is_none();
        let whole = fields.iter().filter(personal).filter(|field| field.bits.is_none());
        Self {
            fields,
            in_bytes: whole.map(|field| (field, moving.contains(field.name.as_str()))).collect(),
            in_bits: fields.iter().filter(personal).filter(|field| field.bits.is_some()).collect(),
            is_text: fields.iter().any(|field| field.pointer.is_some()),
        }
    }

    /// Blanks the personal fields of `record`, which `view` has as it was: whether there are any; `None` when it does not
    /// say where one is, and others may be blank then.
    pub(super) fn blank(&self, view: &FrameView<'_>, record: &mut [u8]) -> Option<bool> {
        let length = record.len();
        let mut blanked = false;
        let mut blank = |place: Range<usize>| {
            if let Some(bytes) = record.get_mut(place) {
                bytes.fill(0);
                blanked = true;
            }
        };
        for (field, moves) in &self.in_bytes {
            // Behind the elements that count there may be old ones, unless other fields lie there.
            let located = if *moves { view.locate(field) } else { view.locate_room(field) };
            located?.each_place(length, &mut blank);
        }
        for field in &self.in_bits {
            view.locate_room(field)?.each_place(length, &mut |place| {
                if let (Some(bytes), Some(bits)) = (record.get_mut(place), field.bits) {
                    let values = bytes.chunks_mut(field.kind.size() as usize);
                    values.for_each(|value| clear_bits(value, field.big_endian, bits));
                    blanked = true;
                }
            });
        }
        Some(blanked)
    }

    /// Gives the places of the fields that are neither personal nor texts or bytes of any content.
    pub(super) fn each_harmless(&self, length: usize, give: &mut impl FnMut(Range<usize>)) {
        let is_placed = |field: &&Field| field.after.is_none() && field.pointer.is_none();
        let harmless =
            self.fields.iter().filter(|field| field.personal != Some(true) && !field.kind.is_run());
        harmless.filter(is_placed).for_each(|field| field.each_place(length, give));
    }
}

/// Clears `bits` of the integer `value`.
fn clear_bits(value: &mut [u8], big_endian: bool, bits: crate::BitRange) {
    let is_cleared = |bit: usize| {
        let first = usize::from(bits.first);
        (first..first + usize::from(bits.count)).contains(&bit)
    };
    let last = value.len().saturating_sub(1);
    for (number, byte) in value.iter_mut().enumerate() {
        let place = if big_endian { last - number } else { number };
        for bit in (0..8).filter(|bit| is_cleared(place * 8 + bit)) {
            *byte &= !(1 << bit);
        }
    }
}

impl Field {
    /// Gives where its elements lie in a record of `length` bytes, as far as they lie in it. Elements that touch each
    /// other are one place.
    fn each_place(&self, length: usize, give: &mut impl FnMut(Range<usize>)) {
        let start = u64::from(self.offset);
        if self.strides.is_empty() {
            let size = u64::from(self.count).saturating_mul(self.kind.size().into());
            give_one(start, size, length, give);
            return;
        }
        let (dimensions, run) = self.dimensions();
        let size = u64::from(run) * u64::from(self.kind.size());
        give_all(&dimensions, start, size, length, give);
    }
}

fn give_all(
    dimensions: &[(u32, u64)],
    start: u64,
    size: u64,
    length: usize,
    give: &mut impl FnMut(Range<usize>),
) {
    let Some((&(count, stride), inner)) = dimensions.split_first() else {
        give_one(start, size, length, give);
        return;
    };
    // Elements without bytes are none.
    for number in (0..u64::from(count)).take_while(|_| stride > 0) {
        let start = start.saturating_add(number.saturating_mul(stride));
        if start >= length as u64 {
            return;
        }
        give_all(inner, start, size, length, give);
    }
}

fn give_one(start: u64, size: u64, length: usize, give: &mut impl FnMut(Range<usize>)) {
    let within = |place: u64| usize::try_from(place).unwrap_or(usize::MAX).min(length);
    let place = within(start)..within(start.saturating_add(size));
    if !place.is_empty() {
        give(place);
    }
}
