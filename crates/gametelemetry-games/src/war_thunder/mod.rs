//! War Thunder: the game's own web server on port 8111, which serves its second-screen page.
//!
//! [`state`](STATE_SOURCE) and [`indicators`](INDICATORS_SOURCE) say how the player's vehicle moves, the others what
//! is on the map and what happens. Each answer is kept as it came; fields come and go with the vehicle, and one that
//! is not there is missing. Asks nothing itself: it knows addresses, fields and channels.

mod channels;
mod game;
mod indicators;
mod others;
mod simulator;
mod state;

pub use channels::{CHANNELS, NOT_AVAILABLE};
pub use game::{GAME, WarThunder};

/// Name of the source with the flight, as [`CHANNELS`] and the files of a session call it.
pub const STATE_SOURCE: &str = "state";
/// Name of the source with the instruments, as [`CHANNELS`] and the files of a session call it.
pub const INDICATORS_SOURCE: &str = "indicators";
/// Name of the source with everything on the map.
pub const MAP_SOURCE: &str = "map";
/// Name of the source with the size of the map.
pub const MAP_INFO_SOURCE: &str = "map_info";
/// Name of the source with the mission's objectives.
pub const MISSION_SOURCE: &str = "mission";
/// Name of the source with hits and losses.
pub const HUDMSG_SOURCE: &str = "hudmsg";
/// Name of the source with what players write to each other.
pub const GAMECHAT_SOURCE: &str = "gamechat";

/// Where the fields are stated.
pub(crate) const REFERENCE: &str = "github.com/lucasvmx/WarThunder-localhost-documentation";

/// The longest answer that is kept, in bytes.
pub(crate) const MAX_ANSWER: u32 = 1 << 20;
