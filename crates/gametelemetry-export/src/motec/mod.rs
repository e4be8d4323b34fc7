//! MoTeC's log files: `.ld` with the samples, `.ldx` with the laps, and the CSV that MoTeC i2 exports.
//!
//! Stands between whoever has channels at constant rates and the bytes of those files, both ways. Opens no file, knows
//! no session and resamples nothing: the exporter does. `docs/motec.md` has the layouts byte by byte, their sources, and
//! what nobody here could verify.
//!
//! ```
//! use std::io::Cursor;
//! use gametelemetry_export::motec::{LdChannel, LdFile, LdInfo, LdWriter, Ldx};
//!
//! let speed = LdChannel { samples: 3, hz: 50, ..LdChannel::of("speed", "m/s") };
//! let info = LdInfo { venue: "Spa".to_owned(), ..LdInfo::default() };
//! let mut file = LdWriter::create(Cursor::new(Vec::new()), &info, std::slice::from_ref(&speed))?;
//! for speed_kmh in [180.0, 181.5, f64::NAN] {
//!     file.push(0, speed_kmh)?;
//! }
//! let (out, summary) = file.finish()?;
//! assert_eq!(summary.channels[0].held, 1);
//!
//! let bytes = out.into_inner();
//! let file = LdFile::read(&bytes)?;
//! assert_eq!(file.channels[0].name, "Ground Speed");
//! assert_eq!(file.samples(&file.channels[0]).collect::<Vec<_>>(), [180.0, 181.5, 181.5]);
//!
//! let laps = Ldx::from_crossings(&[30_000_000_000, 120_500_000_000], 0);
//! assert_eq!(Ldx::read(laps.to_xml().as_bytes())?.lap_times_us(), [90_500_000]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod channel;
mod csv;
mod damage;
mod header;
mod import;
mod info;
mod layout;
mod ldx;
mod names;
mod reader;
mod sample;
mod text;
mod writer;
mod xml;

pub use channel::{LdChannel, Storage};
pub use csv::{MotecCsvRange, MotecCsvSummary, MotecCsvWriter};
pub use damage::{LdDamage, LdReadError};
pub use import::channel_of;
pub use info::LdInfo;
pub use ldx::{Ldx, LdxError};
pub use names::{CHANNEL_NAMES, MotecName, motec_name};
pub use reader::{LdChannelData, LdFile, LdHeader};
pub use sample::SampleType;
pub use writer::{LdChannelSummary, LdSummary, LdWriteError, LdWriter};
