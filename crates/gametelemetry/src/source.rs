//! Where frames come from: the trait that every transport and every user's own source implements.
//!
//! A source is pulled: the session's thread asks for the next frame and the source blocks until there is one. It
//! paces itself, waits for its game, and counts what it sees; it does not stamp, store or share frames.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use gametelemetry_file::{Lateness, MessageCounts, Schema, Telemetry};

use crate::StopToken;

/// Gives one frame after the other. Runs on its own thread, so it may block; it must return soon after `stop`.
///
/// ```
/// use gametelemetry::{RawFrame, Sample, Schema, SourceDescription, SourceError, StopToken, TelemetrySource};
///
/// /// Counts down, one frame a number.
/// struct Countdown(RawFrame, u8);
///
/// impl TelemetrySource for Countdown {
///     type Frame = RawFrame;
///     fn describe(&self) -> SourceDescription {
///         SourceDescription::new("countdown", self.0.schema().as_ref().clone())
///     }
///     fn next_frame(&mut self, _stop: &StopToken) -> Result<Option<Sample<'_, RawFrame>>, SourceError> {
///         let Some(next) = self.1.checked_sub(1) else { return Ok(None) };
///         self.1 = next;
///         *self.0.bytes_mut() = vec![next];
///         Ok(Some(Sample::new(&self.0)))
///     }
/// }
/// ```
pub trait TelemetrySource: Send {
    /// What it gives.
    type Frame: Telemetry;

    /// What it is called and how its frames are laid out; asked once, before the first frame.
    fn describe(&self) -> SourceDescription;

    /// Called once before the first frame, while the session starts: the place to open what may be missing or taken,
    /// so that starting fails and not the recording.
    ///
    /// # Errors
    /// When the session must not start.
    fn begin(&mut self, place: &SessionPlace) -> Result<(), SourceError> {
        let _ = place;
        Ok(())
    }

    /// Blocks until there is a new frame, and lends it. `None` ends the source: it was stopped, or has no more.
    ///
    /// # Errors
    /// When it cannot go on. A game that is not running (yet) is no error: it is waited for.
    fn next_frame(&mut self, stop: &StopToken) -> Result<Option<Sample<'_, Self::Frame>>, SourceError>;

    /// What it counted since its start; `None` for a source that does not count.
    fn quality(&self) -> Option<&Quality> {
        None
    }
}

/// Where a session that starts keeps its files.
#[derive(Clone, Debug)]
pub struct SessionPlace {
    /// The session's own folder.
    pub folder: PathBuf,
    /// The folder with all sessions.
    pub sessions: PathBuf,
    /// The game's short name.
    pub game: String,
    /// Nothing is written before somebody marks ([`crate::GameSession::keep_last`]): a source that keeps files of its
    /// own beside its frames cannot do so, and must not start.
    pub is_held: bool,
}

/// What a source is called, and what its frames look like.
#[derive(Clone, Debug)]
pub struct SourceDescription {
    /// The name; also that of its file. Two sources of one name become `name` and `name_2`.
    pub name: String,
    /// The layout of its frames.
    pub schema: Schema,
    /// The rate it was asked for, in Hz; `None` when frames come when they come.
    pub requested_hz: Option<f64>,
    /// How long without a new frame counts as a gap; `None` when silence is normal.
    pub gap_after: Option<Duration>,
}

impl SourceDescription {
    /// A source of frames of `schema`, which come when they come.
    #[must_use]
    pub fn new(name: impl Into<String>, schema: Schema) -> Self {
        Self { name: name.into(), schema, requested_hz: None, gap_after: None }
    }
}

/// One frame, lent by its source until the next is asked for.
#[derive(Debug)]
pub struct Sample<'a, F> {
    /// The frame.
    pub frame: &'a F,
    /// When it was taken; `None` stamps it when the session gets it.
    pub taken: Option<Instant>,
    /// The game's own number of the frame, if it has one; a jump shows what nobody saw.
    pub counter: Option<u64>,
    /// The source could not make sure that the frame is of one piece.
    pub suspect: bool,
    /// With this frame the game went back to an earlier moment: a flashback, a rewind.
    pub rewind: bool,
    /// Frames come in a rush, thousands a second: handing each few of them to the writer's thread would cost more than
    /// to write them at once.
    pub rush: bool,
}

impl<'a, F> Sample<'a, F> {
    /// A frame that is as good as it comes, taken now.
    #[must_use]
    pub fn new(frame: &'a F) -> Self {
        Self { frame, taken: None, counter: None, suspect: false, rewind: false, rush: false }
    }
}

/// What a source has counted since its start; see [`gametelemetry_file::Ledger`] for what each count means.
#[derive(Clone, Debug, Default)]
pub struct Quality {
    /// How often it looked at the game.
    pub looks: u64,
    /// Looks that found nothing new.
    pub unchanged: u64,
    /// Looks that caught the game writing.
    pub torn: u64,
    /// Copies made again.
    pub retried: u64,
    /// How often it found the game.
    pub attached: u64,
    /// How late the looks were.
    pub lateness: Lateness,
    /// What the user should know.
    pub notices: Vec<String>,
    /// What became of the messages, for a source that gets such.
    pub messages: Option<MessageCounts>,
}

/// Why a source cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The game is not there, and the source was told not to wait.
    #[error("{what} is not there: {hint}")]
    NotRunning {
        /// What was looked for.
        what: String,
        /// What to start, and which setting to enable.
        hint: String,
    },
    /// The region may not be read.
    #[error("not allowed to read {what}: run the game and this program as the same user")]
    NotAllowed {
        /// What was opened.
        what: String,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The game publishes fewer bytes than a frame has.
    #[error(
        "{what} has {got} bytes, a frame {frame} has {expected}: this is another game, or another version of it; \
         `gametelemetry games` lists what is running"
    )]
    TooSmall {
        /// The region.
        what: String,
        /// The type of frame.
        frame: String,
        /// Bytes of a frame.
        expected: u64,
        /// Bytes there are.
        got: u64,
    },
    /// The operating system failed.
    #[error("cannot read {what}")]
    Io {
        /// What was read.
        what: String,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The port belongs to another program.
    #[error(
        "{address} is taken by another program: end it, or choose another port with `--port`; a program that wants \
         the same UDP packets can be sent them with `--forward`"
    )]
    PortTaken {
        /// What was to be listened on.
        address: String,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// There is no such network or address here.
    #[error(
        "cannot listen on {address}: `--listen` takes an address of this machine, or 0.0.0.0 for all of them"
    )]
    Address {
        /// What was to be listened on.
        address: String,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A further receiver that cannot be sent to.
    #[error("cannot send on to {to}: `--forward` takes HOST:PORT of another program or machine")]
    Forward {
        /// The receiver.
        to: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The address to connect to means nothing.
    #[error("cannot connect to {to}: give HOST:PORT of the game")]
    Connect {
        /// The address.
        to: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The game is to be asked for its packets, but not at this address.
    #[error(
        "cannot ask the game at {to} for its packets: give the address of the console or computer, as 192.168.1.20"
    )]
    Heartbeat {
        /// Where the game was said to be.
        to: String,
        /// Why not.
        source: std::io::Error,
    },
    /// Whatever a user's own source has to say.
    #[error("{what}")]
    Other {
        /// What failed, and what to do.
        what: String,
        /// The cause.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}
