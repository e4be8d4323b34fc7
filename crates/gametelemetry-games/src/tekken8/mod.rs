//! TEKKEN 8: its saved game, which holds the replays.
//!
//! The folder is known (tools that back it up: `SaveGames/STEAMID`), but which of its files are replays, and what
//! they are called, is documented nowhere that we found. So everything in it is taken, each version as its own copy.

use gametelemetry::places::{Base, Location};

use crate::game::{GameInfo, SourceInfo};
use crate::replays::{ReplayGame, SimulatedReplay, source};

/// TEKKEN 8.
pub const GAME: ReplayGame = ReplayGame {
    info: GameInfo {
        id: "tekken8",
        name: "TEKKEN 8",
        sources: &[SOURCE],
        enable: "Replays are kept in the saved game, and no document says which of its files they are; so \
                 each new version of any of them is copied. In the game: My Replay & Tips.",
        channels: &[],
        not_available: &[],
    },
    folders: &[Location {
        base: Base::LocalAppData,
        path: "TEKKEN 8/Saved/SaveGames",
        steam_app: Some(1_778_820),
    }],
    recursive: true,
    simulated: SimulatedReplay {
        path: "76561190000000000/replay_{n}.sav",
        unfinished: None,
        head: b"GVAS",
        size: 50_000,
    },
};

const SOURCE: SourceInfo = source(
    "saves",
    "every version of every file of the saved game, copied",
    &["*"],
    "%LOCALAPPDATA%/TEKKEN 8/Saved/SaveGames",
);
