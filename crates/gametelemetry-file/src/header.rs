//! The first section of a session file: what was recorded, with which layout, when and by whom.
//!
//! JSON, so that any language reads the schema without our code, and members that a later version adds are passed
//! over by an earlier reader.

use serde::{Deserialize, Serialize};

use crate::{ChannelMapping, RecordedTransport, Schema, SchemaError, Timestamp};

/// The newest version of the file format that this library reads and writes; see `docs/format.md`. What an earlier
/// reader would read right is written as the earlier version.
pub const FORMAT_VERSION: u32 = 2;

/// What a session file says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Version of the file format; a reader refuses what is newer than [`FORMAT_VERSION`].
    pub format: u32,
    /// Names the session; equal in every file of one recording.
    pub session: String,
    /// The game's short name, as `acc`.
    pub game: String,
    /// The source's name, as `physics`; also the file's name.
    pub source: String,
    /// The layout of the frames.
    pub schema: Schema,
    /// The channels that this source's fields are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<ChannelMapping>,
    /// The clock when recording started.
    pub clock: ClockAnchor,
    /// The machine that recorded: its system, as `linux x86_64`.
    #[serde(default)]
    pub host: String,
    /// The program that wrote the file, with its version.
    #[serde(default)]
    pub writer: String,
    /// The rate that was asked for, in Hz; none for a source that comes when it comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_hz: Option<f64>,
    /// How the frames came; none when it is not known, or known of the game.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transport: Option<RecordedTransport>,
    /// The file that was imported, if this is an import.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub imported_from: String,
    /// Whether this is a copy in which what names somebody is blanked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub redacted: bool,
}

/// What ties the timestamps of a session to the clocks of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockAnchor {
    /// The wall clock when the session started; timestamps count from here on a clock that never runs backwards.
    pub started: Timestamp,
    /// How far local time was ahead of UTC, in seconds; none when it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub utc_offset_seconds: Option<i32>,
}

impl Header {
    /// A header for frames of `schema` from `source` of `game`, started at `started`.
    #[must_use]
    pub fn new(game: &str, source: &str, schema: Schema, started: Timestamp) -> Self {
        Self {
            format: needed_format(&schema),
            session: String::new(),
            game: game.to_owned(),
            source: source.to_owned(),
            schema,
            channels: Vec::new(),
            clock: ClockAnchor { started, utc_offset_seconds: None },
            host: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            writer: concat!("gametelemetry ", env!("CARGO_PKG_VERSION")).to_owned(),
            requested_hz: None,
            transport: None,
            imported_from: String::new(),
            redacted: false,
        }
    }

    /// Checks what a reader relies on: the schema, and that JSON can hold every number.
    pub(crate) fn check(&self) -> Result<(), SchemaError> {
        self.schema.check()?;
        let unstorable = |mapping: &&ChannelMapping| {
            let instead = mapping.instead.iter().flatten().flat_map(|&(stored, channel)| [stored, channel]);
            let numbers = [mapping.scale, mapping.offset].into_iter().chain(instead);
            let more = mapping.plus.iter().map(|plus| plus.scale).chain(mapping.bounds.iter().copied());
            !numbers.chain(more).all(f64::is_finite)
        };
        match self.channels.iter().find(unstorable) {
            Some(mapping) => Err(SchemaError::NotFinite { channel: mapping.channel.to_string() }),
            None => Ok(()),
        }
    }
}

/// The earliest format whose readers read frames of `schema` right.
pub(crate) fn needed_format(schema: &Schema) -> u32 {
    if schema.is_of_format_1() { 1 } else { 2 }
}
