//! F1 22, 23, 24, 25 and the 2026 season pack: their UDP packets, and a simulator that sends them.
//!
//! The game sends packets of some sixteen kinds to one port ([`PORT`]): how cars move, laps and times, pedals and
//! temperatures many times a second, and what changes seldom now and then. Which year's layout they have the player
//! chooses in the menu, and each packet says it in its first two bytes. [`schema`] knows all of them as kinds, so one
//! recording reads the same whichever year sent it.
//!
//! Layouts follow the documents "Data Output from F1 22 Game" to "F1 25 2026 Season DLC" of EA and Codemasters; the
//! formats 2022, 2023, 2025 and parts of 2026 were compared with packets that games sent. Wheels come in the order RL,
//! RR, FL, FR.
//!
//! # Typed access
//!
//! The packets are structs too: [`f25`] has those of format 2025 and so on. A record is viewed as one of them when its
//! kind says that it is one:
//!
//! ```
//! use gametelemetry::PackedFrame;
//! use gametelemetry_games::f1::{self, f25};
//!
//! fn player_speed_kmh(record: &[u8]) -> Option<u16> {
//!     let view = f1::schema().view(record);
//!     if view.kind()?.name != "2025.car_telemetry" {
//!         return None;
//!     }
//!     let packet = f25::CarTelemetry::view(record).ok()?;
//!     let player = usize::from(packet.header().player_car_index());
//!     packet.cars().get(player).map(|car| car.speed_kmh())
//! }
//!
//! let mut game = f1::simulator::Simulator::new(1);
//! for _ in 0..600 {
//!     game.step(1.0 / 60.0);
//! }
//! assert!(game.packets().iter().filter_map(|packet| player_speed_kmh(packet)).any(|speed| speed > 20));
//! ```
//!
//! Of an event [`f25::Event`] has the code and twelve bytes, which [`event::details`] turns into the struct of its
//! code. Opens no socket.

mod channels;
mod format;
mod game;
mod labels;
pub mod packets;
mod schema;
pub mod simulator;
mod years;

pub use channels::{CHANNELS, NOT_AVAILABLE};
pub use format::Format;
pub use game::{F1, GAME};
pub use packets::event;
pub use schema::schema;
pub use years::{f22, f23, f24, f25, f26};

/// Name of the source, as [`CHANNELS`] and the files of a session call it.
pub const SOURCE: &str = "packets";
/// The port that the game sends to unless told otherwise.
pub const PORT: u16 = 20777;
