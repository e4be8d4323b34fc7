//! Packet formats that users write as text: one language for UDP, TCP and shared memory.
//!
//! A league's engineer who has a game's documentation writes down what stands where, and has everything that a game
//! built in has: recording, channels, laps. The language is explained in `docs/formats.md`; examples are in `formats/`.
//! This module turns the text into a [`Schema`] with its channels and back; it opens nothing, and reads no bytes of a
//! game.
//!
//! ```
//! use gametelemetry::format::PacketFormat;
//!
//! let format = PacketFormat::parse(
//!     r#"
//!     name = "my_game"
//!     transport.udp = { port = 30000 }
//!     fields = [
//!         { name = "time_ms", type = "u32", unit = "ms" },
//!         { name = "speed_kmh", type = "f32", unit = "km/h", channel = { name = "speed", scale = 0.2777 } },
//!     ]
//!     "#,
//! )?;
//! let frame = [0_u32.to_le_bytes(), 180_f32.to_le_bytes()].concat();
//! assert_eq!(format.schema.view(&frame).get("speed_kmh").as_f64(), Some(180.0));
//! assert_eq!(PacketFormat::parse(&format.to_toml())?, format);
//! # Ok::<(), gametelemetry::format::FormatErrors>(())
//! ```

mod elements;
mod error;
mod field;
mod guess;
mod kinds;
mod layout;
mod mapping;
mod parse;
mod print;
mod structs;
mod table;
mod transport;
mod types;

use crate::{ChannelMapping, Schema};

pub use error::{FormatError, FormatErrors};
pub use transport::{Ask, SharedMemory, Tcp, Transport, Udp};

/// The longest text of a format, in bytes.
pub const MAX_TEXT: usize = 1 << 20;

/// A packet format: what comes from where, what its bytes mean, and which channels they are.
#[derive(Clone, Debug, PartialEq)]
pub struct PacketFormat {
    /// The short name, as `lfs_outgauge`; the game's name in recordings.
    pub name: String,
    /// The name for people; may be empty.
    pub title: String,
    /// What the user must do for the game to send; may be empty.
    pub enable: String,
    /// The name of the source, and of its file.
    pub source: String,
    /// How the bytes come; `None` for a layout alone.
    pub transport: Option<Transport>,
    /// What the bytes mean.
    pub schema: Schema,
    /// Which channels the fields are; all of [`PacketFormat::source`].
    pub channels: Vec<ChannelMapping>,
}

impl PacketFormat {
    /// A format of `schema` that has no transport and no channels yet.
    #[must_use]
    pub fn new(name: &str, schema: Schema) -> Self {
        Self {
            name: name.to_owned(),
            title: String::new(),
            enable: String::new(),
            source: parse::default_source(None),
            transport: None,
            schema,
            channels: Vec::new(),
        }
    }

    /// The format of one source of a game: its schema, and those of the game's `channels` that come from `source`.
    #[must_use]
    pub fn of_source(name: &str, source: &str, schema: Schema, channels: &[ChannelMapping]) -> Self {
        let channels = channels.iter().filter(|channel| channel.source == source).cloned().collect();
        Self { source: source.to_owned(), channels, ..Self::new(name, schema) }
    }

    /// Reads the text of a format.
    ///
    /// # Errors
    /// Everything that is wrong with the text, each with its place and what to write. The text may have
    /// [`MAX_TEXT`] bytes, and what it describes is bounded as every [`Schema`] is.
    pub fn parse(text: &str) -> Result<Self, FormatErrors> {
        parse::parse(text)
    }

    /// The text of the format; parsed, it gives an equal one. Structs are written as the fields they are.
    #[must_use]
    pub fn to_toml(&self) -> String {
        print::to_toml(self)
    }
}
