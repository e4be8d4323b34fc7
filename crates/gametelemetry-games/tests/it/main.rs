//! The games as a user of the crate sees them; one test binary, one module a game.

mod acc;
mod dirt;
mod forza;
mod gt7;
mod iracing;
mod packets;
mod replays;
mod wrc;
