//! iRacing: a frame whose fields are described by the game itself, as its `.ibt` telemetry file states them.
//!
//! The way of the bytes: [`IbtHead`] reads the head of a file (headers, variable descriptions, session
//! information) and turns it into a [`Schema`](gametelemetry::Schema); every row behind the head is one frame of
//! that schema. [`CHANNELS`] says which variable is which channel, [`SessionInfo`] names track and car, and
//! [`IbtBuilder`] writes such a file, so that nobody needs the game to try or test any of it.
//!
//! Nothing here opens a file: the importer reads bytes and hands them over, and the core watches for finished files.
//! The live memory map of the game is recognised, so that a dump of it gets its own message, but is not read yet.
//!
//! Files that the game leaves, in Documents/iRacing: `telemetry/*.ibt`, `replay/*.rpy`, and `lapfiles/TRACK/*.blap`
//! and `.olap`, the best and the optimal lap of a car, which the game replaces by better ones.
//!
//! ```
//! use gametelemetry_games::iracing::{IbtBuilder, IbtHead, PROLOGUE_LEN};
//!
//! let file = IbtBuilder::sample().rows(120).finish()?;
//! let head_len = usize::try_from(IbtHead::required_len(&file[..PROLOGUE_LEN])?)?;
//! let head = IbtHead::parse(&file[..head_len], file.len() as u64)?;
//! assert_eq!(head.row_count(), 120);
//! assert_eq!(head.info().track.as_deref(), Some("Sample Oval"));
//!
//! let rows = &file[usize::try_from(head.data_offset())?..];
//! let row = rows.chunks_exact(head.row_len() as usize).next().ok_or("no row")?;
//! assert!(head.schema().field("Speed").is_some());
//! assert_eq!(head.timestamp_of(row), head.started());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod channels;
mod error;
mod game;
mod header;
mod ibt;
mod kept;
mod sample_drive;
mod session_info;
mod session_record;
mod simulator;
mod text;
mod variables;

pub use channels::{CHANNELS, NOT_AVAILABLE};
pub use error::{IbtError, IbtNotice};
pub use game::{GAME, Iracing};
pub use header::{
    DiskSubHeader, IrsdkHeader, MAX_HEAD_LEN, MAX_ROW_LEN, MAX_SESSION_INFO_LEN, MAX_VARIABLES, PROLOGUE_LEN,
};
pub use ibt::IbtHead;
pub use kept::{head_schema, session_info_schema};
pub use session_info::SessionInfo;
pub use session_record::session_schema;
pub use simulator::{IbtBuildError, IbtBuilder, IbtSignal, IbtVariable};

/// The name of the source of imported rows.
pub const SOURCE: &str = "telemetry";
/// The name of the source of what the session information says: one record a file.
pub const SESSION_SOURCE: &str = "session";
