//! VALORANT: the replays that the game downloads when it is asked to.
//!
//! `01234567-89ab-4cde-8f01-23456789abcd.vrf`, called after the match, some 20 MB. Not for custom games. The folder
//! is stated by the tools that archive the files before the game removes them.

use gametelemetry::places::{Base, Location};

use crate::game::{GameInfo, SourceInfo};
use crate::replays::{ReplayGame, SimulatedReplay, source};

/// VALORANT.
pub const GAME: ReplayGame = ReplayGame {
    info: GameInfo {
        id: "valorant",
        name: "VALORANT",
        sources: &[SOURCE],
        enable: "A replay comes when you ask for it: Career > the match > Replay downloads it (since patch \
                 11.06, September 2025). The game removes old ones and all of an older patch, so they are kept \
                 here only.",
        channels: &[],
        not_available: &[],
    },
    folders: &[Location { base: Base::LocalAppData, path: "VALORANT/Saved/Demos", steam_app: None }],
    recursive: false,
    simulated: SimulatedReplay {
        path: "00000000-0000-4000-8000-00000000000{n}.vrf",
        unfinished: None,
        head: b"",
        size: 170_000,
    },
};

const SOURCE: SourceInfo =
    source("replays", "every downloaded replay, copied", &["*.vrf"], "%LOCALAPPDATA%/VALORANT/Saved/Demos");
