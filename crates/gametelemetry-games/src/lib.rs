//! The games GameTelemetry knows: one folder a game, one line in [`GAMES`].
//!
//! A game says how its frames are laid out, which channels its fields are, and what the user must switch on; its
//! simulator fills the same frames. It opens no socket and no file: transports are the core's.
//!
//! ```no_run
//! use gametelemetry::GameSession;
//! use gametelemetry_games::{Game, RecordOptions, acc};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let session = acc::GAME.record(GameSession::new("acc"), &RecordOptions::default())?.start()?;
//! session.wait_for_ctrl_c()?;
//! println!("{}", session.stop()?);
//! # Ok(())
//! # }
//! ```

pub mod ac;
pub mod acc;
pub mod aoe4;
pub mod brawlhalla;
pub mod cs2;
pub mod dirt;
pub mod dota2;
mod drive;
pub mod f1;
pub mod fortnite;
pub mod forza;
mod game;
mod gsi;
pub mod gt7;
mod http;
pub mod iracing;
mod json_fields;
mod kinds;
pub mod lol;
pub mod overwatch2;
mod personal;
pub mod pubg;
pub mod r6;
mod replays;
pub mod rocket_league;
pub mod sc2;
mod simulated;
pub mod tekken8;
pub mod trackmania;
pub mod valorant;
pub mod war_thunder;
pub mod wrc;
mod written;

pub use game::{
    Game, GameInfo, Rates, RecordError, RecordOptions, SimulatedDatagram, SimulatedPage, SimulatedWrite,
    Simulator, SourceInfo, Transport, find, running,
};
pub use http::with_token;
pub use personal::{is_personal, known_schema, redaction};
pub use replays::ReplayGame;
pub use written::WrittenGame;

/// Every game, sorted by its short name. A new game is a folder beside this file and a line here.
pub const GAMES: &[&dyn Game] = &[
    &ac::GAME,
    &acc::GAME,
    &aoe4::GAME,
    &brawlhalla::GAME,
    &cs2::GAME,
    &dirt::GAME,
    &dota2::GAME,
    &f1::GAME,
    &fortnite::GAME,
    &forza::GAME,
    &gt7::GAME,
    &iracing::GAME,
    &lol::GAME,
    &overwatch2::GAME,
    &pubg::GAME,
    &r6::GAME,
    &rocket_league::GAME,
    &sc2::GAME,
    &tekken8::GAME,
    &trackmania::GAME,
    &valorant::GAME,
    &war_thunder::GAME,
    &wrc::GAME,
];

/// The README's Rust code compiles and its file names are right.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
