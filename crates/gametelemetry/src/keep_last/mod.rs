//! A recording of which only the last part is kept: held in memory as compressed segments, written when it is marked.
//!
//! Takes the place of the session's files: `ring` holds what all sources gave last (`part` one of them, `said` what a
//! source said before that and still holds), and `marker` makes a session of it whenever somebody asks. When to mark
//! is the caller's business.

mod marker;
mod part;
mod ring;
mod said;

pub use marker::{Held, MarkError, Marker};
pub(crate) use ring::{Ring, RingPart, RingWriter};
