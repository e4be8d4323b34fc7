//! Dota 2's replays: those that are downloaded in the game, from a match's page.
//!
//! `1234567890.dem`, called after the match, up to some 200 MB, begins with `PBDEMS2`. It comes compressed
//! (`.dem.bz2`) and gets this name when it is unpacked. Where it lies is stated by the tools that read it (clarity,
//! OpenDota). Natively under Linux the folder is the same.

use gametelemetry::places::{Base, Location};

use crate::game::SourceInfo;
use crate::replays::{SimulatedReplay, source};

/// The demos; not in sub-folders.
pub(crate) const REPLAYS: SourceInfo = source(
    "replays",
    "every downloaded replay, copied",
    &["*.dem"],
    "game/dota/replays of the game in Steam",
);

/// Where they lie.
pub(crate) fn folders() -> &'static [Location] {
    &[Location { base: Base::SteamCommon, path: "dota 2 beta/game/dota/replays", steam_app: Some(570) }]
}

/// What the simulated game leaves, in the one of these folders that is for downloads.
pub(crate) const SIMULATED: SimulatedReplay =
    SimulatedReplay { path: "74000000{n}.dem", unfinished: None, head: b"PBDEMS2\0", size: 200_000 };
