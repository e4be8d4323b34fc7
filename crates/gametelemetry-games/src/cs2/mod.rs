//! Counter-Strike 2: game state integration, by which the game POSTs its state to a port of this machine.
//!
//! A file in the game's folder switches it on; [`configuration`] gives its text. The game sends what the player may
//! know: everything of himself, and everything of all when he watches. Each message is kept as it came, but for the
//! token, which is not. Opens no port: it knows fields and the file.

mod game;
mod replays;
mod simulator;
mod state;

use gametelemetry::ChannelMapping;

pub use game::{Cs2, GAME};

/// Name of the source with the state of the match, as the files of a session call it.
pub const STATE_SOURCE: &str = "state";

/// The port that the game is told to send to unless the user says otherwise. Not 3000, which half of all tutorials
/// and web servers use; 730 is the game's number on Steam, and the port lies below those that systems give away.
pub const PORT: u16 = 32_730;

/// The name of the file that switches it on.
pub const CONFIGURATION_FILE: &str = "gamestate_integration_gametelemetry.cfg";

/// Channels are about vehicles: there are none.
pub const CHANNELS: &[ChannelMapping] = &[];

/// Nobody looks for a vehicle's channels here.
pub const NOT_AVAILABLE: &[(&str, &str)] = &[];

/// The sections that the game is asked for; what the player may not know it leaves out.
const DATA: &[&str] = &[
    "provider",
    "tournamentdraft",
    "map",
    "map_round_wins",
    "round",
    "player_id",
    "player_state",
    "player_weapons",
    "player_match_stats",
    "player_position",
    "phase_countdowns",
    "allplayers_id",
    "allplayers_state",
    "allplayers_match_stats",
    "allplayers_weapons",
    "allplayers_position",
    "allgrenades",
    "bomb",
];

/// The text of [`CONFIGURATION_FILE`] for a recorder that listens on `port`. A `token` (letters and digits) is sent
/// with each message, so that the recorder knows the game by it.
///
/// ```
/// let text = gametelemetry_games::cs2::configuration(32730, Some("any1secret"));
/// assert!(text.contains("http://127.0.0.1:32730/"));
/// ```
#[must_use]
pub fn configuration(port: u16, token: Option<&str>) -> String {
    crate::gsi::configuration(port, token, DATA)
}
