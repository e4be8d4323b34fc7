//! Capture what a game says about itself, and keep every frame.
//!
//! A [`GameSession`] runs any number of typed [`TelemetrySource`]s, each on its own thread, and stores each one's
//! frames in its own `.gtel` file. Games live in the crate `gametelemetry-games`; this one knows none.
//!
//! ```no_run
//! # use gametelemetry::{GameSession, MemoryMappedFileSource, telemetry};
//! # /// What the game publishes.
//! # #[telemetry(size = 4, counter = packet_id)]
//! # struct Page {
//! #     /// Advances with each frame.
//! #     packet_id: i32,
//! # }
//! # fn main() -> Result<(), gametelemetry::SessionError> {
//! let source = MemoryMappedFileSource::<Page>::new("my_game_physics").hz(100.0);
//! let session = GameSession::new("my_game").source(source).start()?;
//! session.wait_for_ctrl_c()?;
//! println!("{}", session.stop()?);
//! # Ok(())
//! # }
//! ```
//!
//! What is recorded is worked out by [`SessionProcessor`]s, any number of them in one [`SessionPass`]; [`analysis`] has
//! those that turn laps into curves, comparisons and figures.
//!
//! To store frames elsewhere implement [`SessionWriter`] ([`JsonLinesWriter`] is the worked example); for another
//! transport implement [`TelemetrySource`].

#[allow(
    unused_extern_crates,
    reason = "the code that `#[telemetry]` makes names this crate, in its own tests too"
)]
extern crate self as gametelemetry;

pub mod analysis;
mod callbacks;
mod channels;
pub mod clock;
mod export;
mod files_watched;
pub mod format;
mod grouping;
mod guard;
pub mod housekeeping;
mod http;
mod json_lines;
mod keep_last;
mod laps;
mod live;
mod memory_mapped;
mod moments;
mod nearest;
mod network;
pub mod places;
mod processor;
mod queue;
mod reassembly;
pub mod redact;
mod runner;
mod running;
mod session;
mod session_error;
pub mod shared_memory;
mod source;
mod stop;
mod store;
#[cfg(feature = "stream")]
mod stream;
mod summary;
mod syncer;

#[doc(hidden)]
pub use gametelemetry_file::__private;
/// What the fuzz targets call beside the public parsers; not for use by hand.
#[doc(hidden)]
pub mod __fuzz {
    pub use crate::http::{mask, texts_at};
}
pub use gametelemetry_file::*;

pub use analysis::{Comparison, LapStatistics, LapTrace, MathChannel, Resampler, TraceProcessor};
pub use channels::{CHANNELS, Channel, ChannelKind, channel};
pub use export::{
    Cell, Column, DataType, Element, ExportError, ExportInfo, ExportOptions, ExportSummary, Exporter,
    ExporterNeeds, OutputFile, OutputFiles, RateRows, RateRowsEnd, Rows, Table, Values, export,
};
pub use files_watched::{Existing, FileEvent, FileWatcherSource, ReplayFile};
pub use grouping::{Group, GroupOptions, GroupedMessage, Grouper};
pub use guard::Guard;
pub use http::{
    HttpLimits, HttpPollingSource, HttpProgress, HttpPushSource, HttpRefusal, HttpRequest, HttpRequestParser,
    put_text,
};
pub use json_lines::JsonLinesWriter;
pub use keep_last::{Held, MarkError, Marker};
pub use laps::{Lap, LapKind, LapProcessor, Laps, Sector, SessionPart};
pub use memory_mapped::MemoryMappedFileSource;
pub use moments::{ChannelRequest, DerivedChannel, Moment, Slot};
pub use nearest::nearest_word;
pub use network::{
    Boundary, DecodeDatagram, Deframer, Forward, ForwardParseError, Framing, FramingError, Greeting,
    Heartbeat, NetworkSource,
};
pub use processor::{PassError, ProcessorHandle, SessionFacts, SessionPass, SessionProcessor, SourceFacts};
pub use reassembly::{Reassembled, Reassembler, ReassemblyOptions};
pub use running::RunningSession;
pub use session::{GameSession, SessionOptions};
pub use session_error::SessionError;
pub use source::{Quality, Sample, SessionPlace, SourceDescription, SourceError, TelemetrySource};
pub use stop::{CtrlCError, StopToken};
#[cfg(feature = "stream")]
pub use stream::{FrameStream, into_stream};
pub use summary::{SourceSummary, Summary, bytes};
