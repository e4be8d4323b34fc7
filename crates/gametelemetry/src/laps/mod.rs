//! Laps: what they are, and how a session is split into them.
//!
//! Stands on the processors and reads channels only, so that it is the same for every game.

mod model;

pub use model::{Lap, LapKind, Laps, Sector, SessionPart};
