//! What a session information names, as the one record of the source `session`: a JSON text with a field a value.
//!
//! So that track, car, driver and sectors are read through channels as everything else; the session information itself
//! is kept byte for byte beside it. Made from what [`SessionInfo`] found, writes no file.

use gametelemetry::FieldKind::{F64, I64, Utf8};
use gametelemetry::Schema;
use serde_json::{Map, Value};

use super::SessionInfo;
use crate::json_fields::{Row, fields, personal, schema};

const FIELDS: &[Row] = &[
    ("track", "/track", Utf8, "", "The track's name as shown to the driver."),
    ("track_layout", "/track_layout", Utf8, "", "The layout of the track."),
    (
        "track_length_m",
        "/track_length_m",
        F64,
        "m",
        "The length of a lap; LapDist and LapDistPct agree with it.",
    ),
    ("sector_count", "/sector_count", I64, "", "How many timed sectors the track has."),
    (
        "sector_starts",
        "/sector_starts",
        F64,
        "",
        "Where each sector begins, as a share of the lap; the first is 0.",
    ),
    ("event", "/event", Utf8, "", "The kind of event, as Race or Test."),
    ("car", "/car", Utf8, "", "The recorded car's name."),
    ("driver", "/driver", Utf8, "", "The recorded driver's name."),
    ("setup", "/setup", Utf8, "", "The name of the setup file."),
    ("build_version", "/build_version", Utf8, "", "The build of the game."),
];

/// The layout of a record of at most `max` bytes; a value that the file does not have is missing.
#[must_use]
pub fn session_schema(max: u32) -> Schema {
    let schema =
        schema("Session", "session information of iRacing, as .ibt files hold it", max, fields(FIELDS));
    // Setups are called after who made them.
    personal(schema, &["driver", "setup"], &[])
}

impl SessionInfo {
    /// What is known, as the record that [`session_schema`] describes.
    #[must_use]
    pub fn record(&self) -> Vec<u8> {
        let texts = [
            ("track", &self.track),
            ("track_layout", &self.track_config),
            ("event", &self.event),
            ("car", &self.car),
            ("driver", &self.driver),
            ("setup", &self.setup),
            ("build_version", &self.build_version),
        ];
        let mut record = Map::new();
        for (name, text) in texts {
            if let Some(text) = text {
                record.insert(name.to_owned(), Value::from(text.as_str()));
            }
        }
        if let Some(length_m) = self.track_length_m {
            record.insert("track_length_m".to_owned(), Value::from(length_m));
        }
        if !self.sector_starts.is_empty() {
            record.insert("sector_count".to_owned(), Value::from(self.sector_starts.len()));
            record.insert("sector_starts".to_owned(), Value::from(self.sector_starts.as_slice()));
        }
        Value::Object(record).to_string().into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iracing::{CHANNELS, IbtBuilder, IbtHead, SESSION_SOURCE};

    #[test]
    fn channels_name_track_car_and_driver() {
        let bytes = IbtBuilder::sample().rows(1).finish().unwrap();
        let head = IbtHead::parse(&bytes, bytes.len() as u64).unwrap();
        let record = head.info().record();
        let schema = session_schema(u32::try_from(record.len()).unwrap());
        let view = schema.view(&record);
        let mapping = |name: &str| {
            CHANNELS
                .iter()
                .find(|mapping| mapping.source == SESSION_SOURCE && mapping.channel == name)
                .unwrap()
        };
        let texts = ["track", "track_layout", "car", "driver", "session_type"]
            .map(|name| mapping(name).read_text(&view).unwrap());
        assert_eq!(texts, ["Sample Oval", "Full", "Sample GT", "José Müller – 2nd", "Test"]);
        assert_eq!(mapping("track_length").read(&view), Some(5000.0));
        assert_eq!(mapping("sector_count").read(&view), Some(3.0));
        assert!(
            CHANNELS
                .iter()
                .filter(|it| it.source == SESSION_SOURCE)
                .all(|it| schema.field(&it.field).is_some())
        );
    }

    #[test]
    fn what_is_not_known_is_missing() {
        let record = SessionInfo::default().record();
        assert_eq!(record, b"{}");
        let schema = session_schema(100);
        let view = schema.view(&record);
        let values = CHANNELS.iter().filter(|mapping| mapping.source == SESSION_SOURCE);
        assert!(values.clone().count() > 5);
        for mapping in values {
            assert_eq!((mapping.read(&view), mapping.read_text(&view)), (None, None), "{}", mapping.channel);
        }
    }
}
