//! A session as moments: what every wanted channel is known to be, frame by frame, all sources merged by time.
//!
//! Stands between the session's files and the processors. `stream` reads one source on a thread of its own, `merge` puts
//! the sources together, `derived` adds channels worked out from others, `whole` gives
//! what is made of several records. Knows neither laps nor formats.

mod derived;
mod merge;
mod request;
mod stream;
mod whole;

use std::sync::Arc;

use gametelemetry_file::Timestamp;

pub use derived::DerivedChannel;
pub(crate) use merge::Merged;
pub use request::{ChannelRequest, Slot};
pub(crate) use stream::{Following, StreamEnd, StreamPlan};
pub(crate) use whole::{WantedWholes, Whole};

/// What is known at the moment of one frame: all that the session's frames have told so far.
///
/// Sources have different rates, so most of what is known comes from earlier frames: [`Moment::get`] gives the newest
/// value, [`Moment::fresh`] only what this very frame tells.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    pub(crate) timestamp: Timestamp,
    pub(crate) source: usize,
    pub(crate) number: u64,
    pub(crate) values: &'a [f64],
    /// The number of the moment that told each value.
    pub(crate) told: &'a [u64],
    pub(crate) texts: &'a [Option<Arc<str>>],
}

impl Moment<'_> {
    /// When the frame came.
    #[must_use]
    pub fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// The number of the frame's source in [`crate::SessionFacts::sources`].
    #[must_use]
    pub fn source(&self) -> usize {
        self.source
    }

    /// The newest value of the channel, in its unit; `None` while nothing told it.
    #[must_use]
    pub fn get(&self, slot: Slot) -> Option<f64> {
        self.values.get(slot.0).copied().filter(|value| !value.is_nan())
    }

    /// The channel's value if this frame tells it.
    #[must_use]
    pub fn fresh(&self, slot: Slot) -> Option<f64> {
        if self.told.get(slot.0) == Some(&self.number) { self.get(slot) } else { None }
    }

    /// The newest text of a text channel.
    #[must_use]
    pub fn text(&self, slot: Slot) -> Option<&str> {
        self.texts.get(slot.0)?.as_deref()
    }

    /// The text of a text channel if this frame tells it: it is another one than before.
    #[must_use]
    pub fn fresh_text(&self, slot: Slot) -> Option<&str> {
        if self.told.get(slot.0) == Some(&self.number) { self.text(slot) } else { None }
    }

    /// The newest text of a text channel, shared.
    pub(crate) fn shared_text(&self, slot: Slot) -> Option<Arc<str>> {
        self.texts.get(slot.0)?.clone()
    }
}
