//! How a game's fields become channels: the mapping that is stored beside the schema in every file.
//!
//! Laps, exports and the report speak of channels (speed in m/s), never of a game's packets. A recording carries
//! the mapping that was known when it was made, so it can be read without the program that made it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::lookup::{is_unit_scale, unit_scale};
use crate::{Field, FrameView, Lookup, Plus, Value};

/// One channel of one source: which field it comes from, and how the stored number becomes the channel's unit.
///
/// The channel's value is `stored * scale + offset`, and there is none where the stored value equals `missing`
/// (games write -1, 0 or `INT_MAX` for "unknown"). With `plus` there is none where both stored values do.
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
    /// A second field that is added: the minutes of a time whose milliseconds stand elsewhere, a driver's surname.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plus: Option<Plus>,
    /// Ascending values that part what is stored: the channel is how many of them it has reached. Empty for most.
    /// The sector, where the game says at which share of the lap each begins.
    #[serde(default, skip_serializing_if = "<[f64]>::is_empty")]
    pub bounds: Cow<'static, [f64]>,
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
            plus: None,
            bounds: Cow::Borrowed(&[]),
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
            plus: None,
            bounds: Cow::Borrowed(&[]),
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

    /// Adds `field` times `scale`; of a text channel it is the text behind a space. The field is of the same array as
    /// the first one, if that is of any.
    #[must_use]
    pub const fn plus(mut self, field: &'static str, scale: f64) -> Self {
        // A table is a constant, in which nothing can be dropped; what a second call replaces is not.
        std::mem::forget(self.plus.replace(Plus::new(field, scale)));
        self
    }

    /// The channel is 0, 1 where `bound` is stored or more, and so on.
    #[must_use]
    pub fn bounds(mut self, bounds: impl Into<Cow<'static, [f64]>>) -> Self {
        self.bounds = bounds.into();
        self
    }

    /// The channel's value in `frame`, in the channel's unit; `None` where the game says it does not know, or the
    /// frame is of a kind that does not have it.
    #[must_use]
    pub fn read(&self, frame: &FrameView<'_>) -> Option<f64> {
        let (field, element) = self.place(frame)?;
        let stored = frame.read_element(field, element).as_f64()?;
        let more = match &self.plus {
            None => None,
            Some(plus) => Some(frame.read_element(frame.field(&plus.field)?, element).as_f64()?),
        };
        self.convert(stored, more)
    }

    /// The channel's value where the field has the number `stored`, and the one to be added `more`.
    pub(crate) fn convert(&self, stored: f64, more: Option<f64>) -> Option<f64> {
        if let Some((_, channel)) = self.instead.into_iter().flatten().find(|(value, _)| *value == stored) {
            return Some(channel);
        }
        let is_missing = |stored: f64| self.missing == Some(stored);
        if stored.is_nan() || (is_missing(stored) && more.is_none_or(is_missing)) {
            return None;
        }
        if !self.bounds.is_empty() {
            let reached = self.bounds.iter().take_while(|bound| stored >= **bound).count();
            return u32::try_from(reached).ok().map(f64::from);
        }
        let scale = self.plus.as_ref().map_or(0.0, |plus| plus.scale);
        let value = stored * self.scale + self.offset;
        Some(more.map_or(value, |more| value + more * scale)).filter(|value| !value.is_nan())
    }

    /// The text that a text channel has in `frame`: the field's own, or the label of its number, or the number where
    /// it has none; `None` for an empty one and where [`ChannelMapping::read`] gives none.
    #[must_use]
    pub fn read_text(&self, frame: &FrameView<'_>) -> Option<String> {
        let (field, element) = self.place(frame)?;
        let text = self.text_of(frame, field, element)?;
        let more = self.plus.as_ref().and_then(|plus| frame.field(&plus.field));
        let more = more.and_then(|field| self.text_of(frame, field, element)).unwrap_or_default();
        let text = format!("{text} {more}");
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// What element `element` of `field` is as a text; empty for an empty one.
    fn text_of(&self, frame: &FrameView<'_>, field: &Field, element: u32) -> Option<String> {
        let is_one = field.kind.is_text() && field.shape.len() < 2;
        let value = if is_one { frame.read(field) } else { frame.read_element(field, element) };
        if value == Value::Missing {
            return None;
        }
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
        Some(text.trim().to_owned())
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

    #[test]
    fn a_time_in_two_fields_is_one() {
        let mut schema = Schema::new("T", FrameSize::Fixed(6));
        let field = |name: &str, kind, offset| Field {
            name: name.into(),
            kind,
            offset,
            count: 2,
            ..Field::default()
        };
        schema.fields.extend([field("ms_part", FieldKind::U16, 0), field("minutes_part", FieldKind::U8, 4)]);
        let mapping = ChannelMapping::new("sector_1_time", "t", "ms_part").element(1).scale(0.001);
        let mapping = mapping.missing(0.0).plus("minutes_part", 60.0);
        let read = |ms: u16, minutes: u8| {
            let frame = [[9, 9], ms.to_le_bytes(), [9, minutes]].concat();
            mapping.read(&schema.view(&frame))
        };
        // A whole minute is a time; nothing of both is none.
        assert_eq!(
            [read(5500, 1), read(0, 1), read(250, 0), read(0, 0)],
            [Some(65.5), Some(60.0), Some(0.25), None]
        );
        assert_eq!(mapping.read(&schema.view(&[1, 0, 1, 0])), None, "half a time is none");
        let json = serde_json::to_string(&mapping).unwrap();
        assert!(json.ends_with(r#""missing":0.0,"plus":{"field":"minutes_part","scale":60.0}}"#), "{json}");
        assert_eq!(serde_json::from_str::<ChannelMapping>(&json).unwrap(), mapping);
    }

    #[test]
    fn a_name_in_two_fields_is_one() {
        let mut schema = Schema::new("T", FrameSize::Fixed(8));
        let field = |name: &str, offset| Field {
            name: name.into(),
            kind: FieldKind::Utf8,
            offset,
            count: 4,
            ..Field::default()
        };
        schema.fields.extend([field("name", 0), field("surname", 4)]);
        let mapping = ChannelMapping::new("driver", "t", "name").plus("surname", 1.0);
        let read = |frame: &[u8; 8]| mapping.read_text(&schema.view(frame));
        assert_eq!(read(b"Ann\0Bee\0").as_deref(), Some("Ann Bee"));
        assert_eq!(read(b"Ann\0\0\0\0\0").as_deref(), Some("Ann"));
        assert_eq!(read(b"\0\0\0\0Bee\0").as_deref(), Some("Bee"));
        assert_eq!(read(&[0; 8]), None);
    }

    #[test]
    fn bounds_part_the_lap_into_sectors() {
        let mut schema = Schema::new("T", FrameSize::Fixed(8));
        schema.fields.push(Field {
            name: "share".into(),
            kind: FieldKind::F64,
            count: 1,
            ..Field::default()
        });
        let mapping = ChannelMapping::new("sector", "t", "share").missing(-1.0).bounds(vec![0.25, 0.5]);
        let read = |share: f64| mapping.read(&schema.view(&share.to_le_bytes()));
        let sectors = [0.0, 0.2499, 0.25, 0.4, 0.5, 1.0, -1.0, f64::NAN].map(read);
        assert_eq!(sectors, [Some(0.0), Some(0.0), Some(1.0), Some(1.0), Some(2.0), Some(2.0), None, None]);
        let json = serde_json::to_string(&mapping).unwrap();
        assert!(json.ends_with(r#""missing":-1.0,"bounds":[0.25,0.5]}"#), "{json}");
        assert_eq!(serde_json::from_str::<ChannelMapping>(&json).unwrap(), mapping);
    }

    #[test]
    fn what_is_missing_is_no_text() {
        let schema = Schema::new("T", FrameSize::Fixed(1));
        assert_eq!(ChannelMapping::new("track", "t", "none").read_text(&schema.view(&[0])), None);
    }
}
