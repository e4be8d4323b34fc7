//! Reads many channels out of each record: every mapping is resolved against the schema once, beforehand.
//!
//! Stands behind the reader, for whatever goes through millions of records. Gives the same values as
//! [`ChannelMapping::read`], which looks names up each time. Reads any bytes by any checked schema without a panic.

use crate::value::Scalar;
use crate::{ChannelMapping, Field, FrameView, MessageKind, Schema};

/// What a channel has when a record does not tell it.
const UNTOLD: f64 = f64::NAN;

/// The channels of one source, ready to be read out of its records.
///
/// Each channel has a slot, the place of its value in what [`ChannelReader::read`] fills.
#[derive(Debug)]
pub struct ChannelReader {
    schema: Schema,
    /// Of each kind of message, in their order; one entry when the schema has no kinds.
    kinds: Vec<KindReadings>,
}

/// What is read out of the messages of one kind.
#[derive(Debug, Default)]
struct KindReadings {
    numbers: Vec<Reading>,
    texts: Vec<(usize, ChannelMapping)>,
}

impl ChannelReader {
    /// Reads the channels of `numbers` and the text channels of `texts`, each with its slot. A channel may stand there
    /// several times: the first mapping that tells it holds.
    #[must_use]
    pub fn new(
        schema: &Schema,
        numbers: &[(usize, ChannelMapping)],
        texts: &[(usize, ChannelMapping)],
    ) -> Self {
        let of_kind = |kind: Option<&MessageKind>| KindReadings {
            numbers: numbers
                .iter()
                .filter_map(|(slot, mapping)| Reading::new(*slot, mapping, schema, kind))
                .collect(),
            texts: texts
                .iter()
                .filter(|(_, mapping)| field_of(&mapping.field, schema, kind).is_some())
                .cloned()
                .collect(),
        };
        let kinds = if schema.kinds.is_empty() {
            vec![of_kind(None)]
        } else {
            schema.kinds.iter().map(|kind| of_kind(Some(kind))).collect()
        };
        Self { schema: schema.clone(), kinds }
    }

    /// Whether any record of the source can tell one of the channels.
    #[must_use]
    pub fn reads_something(&self) -> bool {
        self.kinds.iter().any(|kind| !kind.numbers.is_empty() || !kind.texts.is_empty())
    }

    /// Puts what `record` tells into `slots`, in the channels' units, and NaN where it tells nothing; `text` gets each
    /// text channel's slot and text. Gives whether it told anything.
    pub fn read(&mut self, record: &[u8], slots: &mut [f64], mut text: impl FnMut(usize, String)) -> bool {
        slots.fill(UNTOLD);
        let Some(kind) = kind_of(&self.schema, record).and_then(|number| self.kinds.get_mut(number)) else {
            return false;
        };
        let mut tells = false;
        let view = Lazy { schema: &self.schema, record, view: std::cell::OnceCell::new() };
        for reading in &mut kind.numbers {
            let Some(slot) = slots.get_mut(reading.slot).filter(|slot| slot.is_nan()) else { continue };
            if let Some(value) = reading.read(record, &view) {
                *slot = value;
                tells = true;
            }
        }
        for (slot, mapping) in &kind.texts {
            if let Some(told) = mapping.read_text(view.get()) {
                text(*slot, told);
                tells = true;
            }
        }
        tells
    }
}

/// The number of the kind that `record` is of; 0 when the schema has no kinds.
fn kind_of(schema: &Schema, record: &[u8]) -> Option<usize> {
    if schema.kinds.is_empty() {
        return Some(0);
    }
    // The size first: it is the cheapest to ask for, and leaves few kinds.
    schema.kinds.iter().position(|kind| {
        kind.size.allows(record.len()) && kind.when.iter().all(|condition| condition.holds(record))
    })
}

/// The field called `name`, as [`FrameView::field`] finds it in messages of `kind`.
fn field_of<'a>(name: &str, schema: &'a Schema, kind: Option<&'a MessageKind>) -> Option<&'a Field> {
    let (wanted, name) = name.split_once('/').map_or((None, name), |(kind, name)| (Some(kind), name));
    if wanted.is_some_and(|wanted| kind.is_none_or(|kind| kind.name != wanted)) {
        return None;
    }
    kind.map_or_else(|| schema.field(name), |kind| kind.field(name))
}

/// The view of a record, made when somebody needs it.
struct Lazy<'a> {
    schema: &'a Schema,
    record: &'a [u8],
    view: std::cell::OnceCell<FrameView<'a>>,
}

impl<'a> Lazy<'a> {
    fn get(&self) -> &FrameView<'a> {
        self.view.get_or_init(|| self.schema.view(self.record))
    }
}

/// One mapping in messages of one kind.
#[derive(Debug)]
struct Reading {
    slot: usize,
    mapping: ChannelMapping,
    place: Place,
}

#[derive(Debug)]
enum Place {
    /// Always this one number.
    Fixed(Scalar),
    /// The player's, found again only when the player has moved.
    OfPlayer { key: Scalar, cars: Option<Scalar>, known: Option<Known> },
    /// To be looked up in each record.
    LookedUp,
}

/// Where the player was found.
#[derive(Debug)]
struct Known {
    key: f64,
    /// The player's place in the list of cars.
    place: f64,
    /// The player's id in that list, where there is one.
    listed: Option<Scalar>,
    target: Scalar,
}

impl Reading {
    /// `None` when messages of `kind` do not have the field.
    fn new(
        slot: usize,
        mapping: &ChannelMapping,
        schema: &Schema,
        kind: Option<&MessageKind>,
    ) -> Option<Self> {
        let field = field_of(&mapping.field, schema, kind)?;
        let place = match &mapping.lookup {
            _ if mapping.plus.is_some() => Place::LookedUp,
            None => field.scalar_at(mapping.element.unwrap_or(0)).map_or(Place::LookedUp, Place::Fixed),
            Some(lookup) => {
                let scalar = |name: &str| field_of(name, schema, kind).and_then(|field| field.scalar_at(0));
                let cars = (!lookup.cars.is_empty()).then(|| scalar(&lookup.cars));
                match (scalar(&lookup.key), cars) {
                    (Some(key), None) => Place::OfPlayer { key, cars: None, known: None },
                    (Some(key), Some(Some(cars))) => Place::OfPlayer { key, cars: Some(cars), known: None },
                    _ => Place::LookedUp,
                }
            }
        };
        Some(Self { slot, mapping: mapping.clone(), place })
    }

    fn read(&mut self, record: &[u8], view: &Lazy<'_>) -> Option<f64> {
        match &mut self.place {
            Place::Fixed(field) => self.mapping.convert(field.read(record)?, None),
            Place::LookedUp => self.mapping.read(view.get()),
            Place::OfPlayer { key, cars, known } => {
                let key = key.read(record)?;
                let cars = cars.as_ref().map_or(Some(f64::INFINITY), |cars| cars.read(record))?;
                if known.as_ref().is_none_or(|known| !known.holds(key, cars, record)) {
                    *known = Known::find(key, &self.mapping, view.get());
                }
                match known {
                    Some(known) => self.mapping.convert(known.target.read(record)?, None),
                    None => self.mapping.read(view.get()),
                }
            }
        }
    }
}

impl Known {
    fn holds(&self, key: f64, cars: f64, record: &[u8]) -> bool {
        let is_listed = |listed: &Scalar| listed.read(record) == Some(key);
        self.key == key && self.place < cars && self.listed.as_ref().is_none_or(is_listed)
    }

    fn find(key: f64, mapping: &ChannelMapping, view: &FrameView<'_>) -> Option<Self> {
        let lookup = mapping.lookup.as_ref()?;
        let (field, element) = mapping.place(view)?;
        let place = element.checked_sub(mapping.element.unwrap_or(0))?.checked_div(lookup.stride)?;
        let listed = match lookup.list.as_ref() {
            "" => None,
            list => Some(view.field(list)?.scalar_at(place)?),
        };
        Some(Self { key, place: place.into(), listed, target: field.scalar_at(element)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FieldKind, FrameSize, Lookup};

    fn field(name: &str, offset: u32, count: u32) -> Field {
        Field { name: name.into(), kind: FieldKind::U8, offset, count, ..Field::default() }
    }

    /// What the reader gives must be what the mappings give.
    fn check(schema: &Schema, mappings: &[ChannelMapping], records: &[&[u8]]) {
        schema.check().unwrap();
        let numbers: Vec<_> = mappings.iter().cloned().enumerate().collect();
        let mut reader = ChannelReader::new(schema, &numbers, &[]);
        let mut slots = vec![0.0; mappings.len()];
        for record in records {
            let tells = reader.read(record, &mut slots, |_, _| {});
            let view = schema.view(record);
            for (slot, mapping) in slots.iter().zip(mappings) {
                let expected = mapping.read(&view);
                assert_eq!(
                    Some(*slot).filter(|value| !value.is_nan()),
                    expected,
                    "{} of {record:?}",
                    mapping.field
                );
            }
            assert_eq!(tells, slots.iter().any(|slot| !slot.is_nan()));
        }
    }

    #[test]
    fn what_is_read_is_what_each_mapping_reads() {
        let mut schema = Schema::new("T", FrameSize::Variable { max: 12 });
        let mut matrix = field("matrix", 2, 4);
        (matrix.shape, matrix.strides) = (vec![2, 2], vec![3, 1]);
        schema.fields = vec![field("a", 0, 1), field("b", 1, 1), matrix];
        let mappings = [
            ChannelMapping::new("speed", "t", "a").scale(2.0).offset(1.0),
            ChannelMapping::new("gear", "t", "b").missing(9.0).instead(1.0, -1.0),
            ChannelMapping::new("fuel_mass", "t", "matrix").element(3),
            ChannelMapping::new("fuel_volume", "t", "none"),
            ChannelMapping::new("sector_1_time", "t", "a").plus("b", 60.0),
            ChannelMapping::new("sector", "t", "b").bounds(vec![2.0, 9.0]),
        ];
        check(&schema, &mappings, &[b"\x01\x02345678", b"\x01\x09345678", b"\x01\x01345", b""]);
    }

    #[test]
    fn a_player_who_moves_in_the_list_is_found_again() {
        let mut schema = Schema::new("T", FrameSize::Fixed(11));
        schema.fields =
            vec![field("ids", 0, 3), field("places", 3, 6), field("player", 9, 1), field("cars", 10, 1)];
        let listed = Lookup::new("ids", "player", "cars", 2);
        let mappings = [
            ChannelMapping::of_player("position_x", "t", "places", listed.clone()),
            ChannelMapping::of_player("position_y", "t", "places", listed).element(1),
            ChannelMapping::of_player("position_z", "t", "places", Lookup::at("player", 2)),
        ];
        check(
            &schema,
            &mappings,
            &[
                &[7, 9, 5, 10, 11, 20, 21, 30, 31, 5, 3],
                &[7, 5, 9, 10, 11, 20, 21, 30, 31, 5, 3],
                &[7, 5, 9, 10, 11, 20, 21, 30, 31, 5, 1],
                &[7, 5, 9, 10, 11, 20, 21, 30, 31, 0, 3],
                &[0; 11],
                &[7, 5, 9, 10, 11, 20, 21, 30, 31, 1, 3],
            ],
        );
    }

    #[test]
    fn each_kind_of_message_tells_its_own_channels() {
        let kind = |name: &str, id, size, field| {
            let mut kind = MessageKind::new(name, FrameSize::Fixed(size)).when(0, FieldKind::U8, &[id]);
            kind.fields = vec![field];
            kind
        };
        let kinds = vec![kind("motion", 1, 2, field("x", 1, 1)), kind("laps", 2, 3, field("lap", 2, 1))];
        let schema = Schema::of_kinds("P", kinds);
        let mappings = [
            ChannelMapping::new("position_x", "t", "x"),
            ChannelMapping::new("lap_number", "t", "laps/lap"),
            ChannelMapping::new("gear", "t", "motion/lap"),
        ];
        check(&schema, &mappings, &[&[1, 8], &[2, 8, 9], &[3, 1], &[1, 8, 9], &[]]);
    }
}
