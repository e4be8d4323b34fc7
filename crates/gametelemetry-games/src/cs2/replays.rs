//! Counter-Strike 2's demos: those that `record NAME` writes, and those that are downloaded.
//!
//! A demo that is recorded at the console lies in `game/csgo`, one that is downloaded from Watch > Your Matches in
//! `game/csgo/replays` (`match730_…_274.dem`). Both begin with `PBDEMS2`. The game keeps its old folder's name in
//! Steam. Where they lie is stated by the tools that read them (demoparser). Natively under Linux the folders are the
//! same.

use gametelemetry::places::{Base, Location};

use crate::game::SourceInfo;
use crate::replays::{SimulatedReplay, source};

/// The demos; not in sub-folders.
pub(crate) const REPLAYS: SourceInfo = source(
    "replays",
    "every finished demo, copied",
    &["*.dem"],
    "game/csgo of the game in Steam, and game/csgo/replays",
);

/// Where they lie.
pub(crate) fn folders() -> &'static [Location] {
    &[
        Location {
            base: Base::SteamCommon,
            path: "Counter-Strike Global Offensive/game/csgo",
            steam_app: Some(730),
        },
        Location {
            base: Base::SteamCommon,
            path: "Counter-Strike Global Offensive/game/csgo/replays",
            steam_app: Some(730),
        },
    ]
}

/// What the simulated game leaves, in the one of these folders that is for downloads.
pub(crate) const SIMULATED: SimulatedReplay = SimulatedReplay {
    path: "match730_0036{n}_0123456789_274.dem",
    unfinished: None,
    head: b"PBDEMS2\0",
    size: 200_000,
};
