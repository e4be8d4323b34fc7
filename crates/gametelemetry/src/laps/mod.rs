//! Laps: what they are, and how a session is split into them.
//!
//! Stands on the processors and reads channels only, so that it is the same for every game. `processor` takes moments,
//! `sample` reads them, `game_clock` keeps the game's time, `signals` says what each channel tells of the line, `turn`
//! makes them agree, `returns` undoes what the game undid, `settle` and `label` end and name a lap, `span` says where a
//! moment lies.

mod build;
mod game_clock;
mod label;
mod model;
mod processor;
mod returns;
mod sample;
mod sectors;
mod settle;
mod signals;
mod span;
mod splitter;
mod turn;

pub(crate) use model::to_milliseconds;
pub use model::{Lap, LapKind, Laps, Sector, SessionPart};
pub use processor::LapProcessor;
