//! Dota 2: game state integration, by which the game POSTs its state to a port of this machine.
//!
//! A file in the game's folder and a launch option switch it on; [`configuration`] gives the file's text. The game
//! sends what the player may know: his own hero, and every hero when he watches. Each message is kept as it came, but
//! for the token, which is not. Opens no port: it knows fields and the file.

mod game;
mod replays;
mod simulator;
mod state;

use gametelemetry::ChannelMapping;

pub use game::{Dota2, GAME};

/// Name of the source with the state of the match, as the files of a session call it.
pub const STATE_SOURCE: &str = "state";

/// The port that the game is told to send to unless the user says otherwise. Not 3000, which half of all tutorials
/// and web servers use; 570 is the game's number on Steam, and the port lies below those that systems give away.
pub const PORT: u16 = 32_570;

/// The name of the file that switches it on.
pub const CONFIGURATION_FILE: &str = "gamestate_integration_gametelemetry.cfg";

/// Without this launch option the game sends nothing.
pub const LAUNCH_OPTION: &str = "-gamestateintegration";

/// Channels are about vehicles: there are none.
pub const CHANNELS: &[ChannelMapping] = &[];

/// Nobody looks for a vehicle's channels here.
pub const NOT_AVAILABLE: &[(&str, &str)] = &[];

/// The sections that the game is asked for; what the player may not know it leaves out.
const DATA: &[&str] = &[
    "provider",
    "map",
    "player",
    "hero",
    "abilities",
    "items",
    "events",
    "buildings",
    "league",
    "draft",
    "wearables",
    "minimap",
    "roshan",
    "couriers",
    "neutralitems",
];

/// The text of [`CONFIGURATION_FILE`] for a recorder that listens on `port`. A `token` (letters and digits) is sent
/// with each message, so that the recorder knows the game by it.
///
/// ```
/// let text = gametelemetry_games::dota2::configuration(32570, None);
/// assert!(text.contains("http://127.0.0.1:32570/"));
/// ```
#[must_use]
pub fn configuration(port: u16, token: Option<&str>) -> String {
    crate::gsi::configuration(port, token, DATA)
}
