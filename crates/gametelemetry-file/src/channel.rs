//! How a game's fields become channels: the mapping that is stored beside the schema in every file.
//!
//! Laps, exports and the report speak of channels (speed in m/s), never of a game's packets. A recording carries
//! the mapping that was known when it was made, so it can be read without the program that made it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{Field, FrameView};

/// One channel of one source: which field it comes from, and how the stored number becomes the channel's unit.
///
/// The channel's value is `stored * scale + offset`, and there is none where the stored value equals `missing`
/// (games write -1, 0 or `INT_MAX` for "unknown").
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChannelMapping {
    /// The channel's name, from the table of channels.
    pub channel: Cow<'static, str>,
    /// The source whose frames have the field.
    pub source: Cow<'static, str>,
    /// The field's name in that source's schema; `kind/field` takes it only from messages of that kind.
    pub field: Cow<'static, str>,
    /// Which element of an array field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<u32>,
    /// What the stored value is multiplied by.
    #[serde(default = "unit_scale", skip_serializing_if = "is_unit_scale")]
    pub scale: f64,
    /// What is added after scaling.
    #[serde(default, skip_serializing_if = "is_no_offset")]
    pub offset: f64,
    /// The stored value that means "not known".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<f64>,
    /// Stored values that stand outside the scale, each with what the channel is then: the number of a gearbox's
    /// neutral, or of its reverse.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub instead: [Option<(f64, f64)>; 2],
    /// Where in an array of many cars the player's part is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lookup: Option<Lookup>,
}

/// Finds the player's part of an array that has all cars: the place of `key` in `list`, times `stride`.
///
/// ACC lists coordinates of 60 cars in one array, their ids in another, and the player's id in a third field. Where
/// `list` is empty, `key` is the place itself, as in F1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lookup {
    /// The array field with the cars' ids; empty when `key` is the place.
    pub list: Cow<'static, str>,
    /// The field with the player's id.
    pub key: Cow<'static, str>,
    /// The field with the number of cars in `list`; what stands behind them is left over, and often a valid id. Empty
    /// when nothing says it.
    pub cars: Cow<'static, str>,
    /// Elements of one car; [`ChannelMapping::element`] counts within them.
    pub stride: u32,
}

impl Lookup {
    /// The player's part is where `key` stands among the first `cars` of `list`, `stride` elements a car.
    #[must_use]
    pub const fn new(list: &'static str, key: &'static str, cars: &'static str, stride: u32) -> Self {
        Self { list: Cow::Borrowed(list), key: Cow::Borrowed(key), cars: Cow::Borrowed(cars), stride }
    }

    /// The player's part is at place `key`, `stride` elements a car.
    #[must_use]
    pub const fn at(key: &'static str, stride: u32) -> Self {
        Self::new("", key, "", stride)
    }

    /// The first element of the player's part; `None` when the player is not in the list.
    fn first_element(&self, frame: &FrameView<'_>) -> Option<u32> {
        let key = frame.get(&self.key).as_f64()?;
        let cars = if self.cars.is_empty() { f64::INFINITY } else { frame.get(&self.cars).as_f64()? };
        if self.list.is_empty() {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "checked to be in the range"
            )]
            let place = (key >= 0.0 && key < cars.min(f64::from(u32::MAX))).then_some(key as u32)?;
            return place.checked_mul(self.stride);
        }
        let list = frame.field(&self.list)?;
        let mut listed = (0..list.count).take_while(|&place| f64::from(place) < cars);
        let place = listed.find(|&place| frame.read_element(list, place).as_f64() == Some(key))?;
        place.checked_mul(self.stride)
    }
}

fn unit_scale() -> f64 {
    1.0
}

fn is_unit_scale(scale: &f64) -> bool {
    *scale == 1.0
}

fn is_nothing(instead: &[Option<(f64, f64)>; 2]) -> bool {
    instead.iter().all(Option::is_none)
}

fn is_no_offset(offset: &f64) -> bool {
    *offset == 0.0
}

impl ChannelMapping {
    /// `channel` is `field` of `source` as it stands.
    #[must_use]
    pub const fn new(channel: &'static str, source: &'static str, field: &'static str) -> Self {
        Self {
            channel: Cow::Borrowed(channel),
            source: Cow::Borrowed(source),
            field: Cow::Borrowed(field),
            element: None,
            scale: 1.0,
            offset: 0.0,
            missing: None,
            instead: [None; 2],
            lookup: None,
        }
    }

    /// `channel` is the player's part of `field`, an array of all cars that `lookup` finds it in.
    #[must_use]
    pub const fn of_player(
        channel: &'static str,
        source: &'static str,
        field: &'static str,
        lookup: Lookup,
    ) -> Self {
        Self {
            channel: Cow::Borrowed(channel),
            source: Cow::Borrowed(source),
            field: Cow::Borrowed(field),
            element: None,
            scale: 1.0,
            offset: 0.0,
            missing: None,
            instead: [None; 2],
            lookup: Some(lookup),
        }
    }

    /// Takes element `element` of an array field.
    #[must_use]
    pub const fn element(mut self, element: u32) -> Self {
        self.element = Some(element);
        self
    }

    /// Multiplies the stored value by `scale`.
    #[must_use]
    pub const fn scale(mut self, scale: f64) -> Self {
        self.scale = scale;
        self
    }

    /// Adds `offset` after scaling.
    #[must_use]
    pub const fn offset(mut self, offset: f64) -> Self {
        self.offset = offset;
        self
    }

    /// Takes the stored value `missing` for "not known".
    #[must_use]
    pub const fn missing(mut self, missing: f64) -> Self {
        self.missing = Some(missing);
        self
    }

    /// Takes `channel` where the stored value is `stored`, whatever the scale makes of it; at most twice.
    #[must_use]
    pub const fn instead(mut self, stored: f64, channel: f64) -> Self {
        let [first, second] = self.instead;
        self.instead = match first {
            None => [Some((stored, channel)), second],
            Some(_) => [first, Some((stored, channel))],
        };
        self
    }

    /// The channel's value in `frame`, in the channel's unit; `None` where the game says it does not know, or the
    /// frame is of a kind that does not have it.
    #[must_use]
    pub fn read(&self, frame: &FrameView<'_>) -> Option<f64> {
        let (field, element) = self.place(frame)?;
        self.convert(frame.read_element(field, element).as_f64()?)
    }

    /// The channel's value where the field has the number `stored`.
    pub(crate) fn convert(&self, stored: f64) -> Option<f64> {
        if let Some((_, channel)) = self.instead.into_iter().flatten().find(|(value, _)| *value == stored) {
            return Some(channel);
        }
        let unknown = stored.is_nan() || self.missing == Some(stored);
        (!unknown).then_some(stored * self.scale + self.offset)
    }

    /// The text that a text channel has in `frame`: the field's own, or the label of its number, or the number where
    /// it has none; `None` for an empty one and where [`ChannelMapping::read`] gives none.
    #[must_use]
    pub fn read_text(&self, frame: &FrameView<'_>) -> Option<String> {
        let (field, element) = self.place(frame)?;
        let is_one = field.kind.is_text() && field.shape.len() < 2;
        let value = if is_one { frame.read(field) } else { frame.read_element(field, element) };
        let number = value.as_f64();
        if number.is_some_and(|number| number.is_nan() || self.missing == Some(number)) {
            return None;
        }
        let label = |(stored, label): &(i64, String)| {
            #[expect(clippy::cast_precision_loss, reason = "labels stand for small numbers")]
            let is_it = number == Some(*stored as f64);
            is_it.then(|| label.clone())
        };
        let text = field.labels.iter().find_map(label).unwrap_or_else(|| value.to_string());
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The field in `frame`, and which element of it is meant.
    pub(crate) fn place<'a>(&self, frame: &FrameView<'a>) -> Option<(&'a Field, u32)> {
        let field = frame.field(&self.field)?;
        let first = match &self.lookup {
            Some(lookup) => lookup.first_element(frame)?,
            None => 0,
        };
        Some((field, first.checked_add(self.element.unwrap_or(0))?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FieldKind, FrameSize, Schema};

    #[test]
    fn unknown_is_not_zero() {
        let mut schema = Schema::new("T", FrameSize::Fixed(4));
        let field = Field { name: "last_time_ms".into(), kind: FieldKind::I32, count: 1, ..Field::default() };
        schema.fields.push(field);
        let mapping = ChannelMapping::new("last_lap_time", "t", "last_time_ms").scale(0.001).missing(-1.0);
        assert_eq!(mapping.read(&schema.view(&1500_i32.to_le_bytes())), Some(1.5));
        assert_eq!(mapping.read(&schema.view(&(-1_i32).to_le_bytes())), None);
    }

    #[test]
    fn a_text_channel_reads_texts_and_labels() {
        let mut schema = Schema::new("T", FrameSize::Fixed(9));
        let labels = vec![(3, "Monza".to_owned())];
        let field = Field { name: "track".into(), kind: FieldKind::I8, count: 1, labels, ..Field::default() };
        schema.fields.push(field);
        let name =
            Field { name: "name".into(), kind: FieldKind::Utf8, offset: 1, count: 8, ..Field::default() };
        schema.fields.push(name);
        let read = |field: &'static str, frame: &[u8; 9]| {
            ChannelMapping::new("track", "t", field).missing(-1.0).read_text(&schema.view(frame))
        };
        assert_eq!(read("track", b"\x03Spa\0\0\0\0\0").as_deref(), Some("Monza"));
        assert_eq!(read("track", b"\x04Spa\0\0\0\0\0").as_deref(), Some("4"));
        assert_eq!(read("track", b"\xffSpa\0\0\0\0\0"), None);
        assert_eq!(read("name", b"\x03Spa \0\0\0\0").as_deref(), Some("Spa"));
        assert_eq!(read("name", b"\x03\0\0\0\0\0\0\0\0"), None);
    }

    #[test]
    fn a_number_outside_the_scale_has_its_own_value() {
        let mut schema = Schema::new("T", FrameSize::Fixed(1));
        schema.fields.push(Field { name: "gear".into(), count: 1, ..Field::default() });
        let mapping = ChannelMapping::new("gear", "t", "gear").instead(15.0, 0.0).instead(0.0, -1.0);
        let gears = [0, 15, 1, 6].map(|gear| mapping.read(&schema.view(&[gear])));
        assert_eq!(gears, [Some(-1.0), Some(0.0), Some(1.0), Some(6.0)]);
        let json = serde_json::to_string(&mapping).unwrap();
        assert!(json.ends_with(r#""instead":[[15.0,0.0],[0.0,-1.0]]}"#), "{json}");
        assert_eq!(serde_json::from_str::<ChannelMapping>(&json).unwrap(), mapping);
        let plain = ChannelMapping::new("gear", "t", "gear");
        let json = serde_json::to_string(&plain).unwrap();
        assert!(!json.contains("instead"), "{json}");
        assert_eq!(serde_json::from_str::<ChannelMapping>(&json).unwrap(), plain);
    }

    #[test]
    fn the_player_is_found_among_all_cars() {
        let mut schema = Schema::new("T", FrameSize::Fixed(11));
        let field = |name: &str, offset, count| Field {
            name: name.into(),
            kind: FieldKind::U8,
            offset,
            count,
            ..Field::default()
        };
        schema.fields.extend([
            field("ids", 0, 3),
            field("places", 3, 6),
            field("player", 9, 1),
            field("cars", 10, 1),
        ]);
        let mapping =
            ChannelMapping::of_player("position_y", "t", "places", Lookup::new("ids", "player", "cars", 2))
                .element(1);
        let frame = |player| [7, 9, 5, 10, 11, 20, 21, 30, 31, player, 3];
        assert_eq!(mapping.read(&schema.view(&frame(5))), Some(31.0));
        assert_eq!(mapping.read(&schema.view(&frame(7))), Some(11.0));
        assert_eq!(mapping.read(&schema.view(&frame(8))), None);
        // Of an empty page every id is 0, the player's too; no car is listed.
        assert_eq!(mapping.read(&schema.view(&[0; 11])), None);
    }
}
