//! Brawlhalla: the replays that it saves at the end of a match.
//!
//! A file is called after the game's version and the stage (`[10.09] SmallFortress.replay`) and is written at once,
//! under its final name: zlib, then a key of 64 bytes, then bits. The folder and that order are stated by the readers
//! of the format (itselectroz/brawlhalla-replay-reader and others), not by the maker.

use gametelemetry::places::{Base, Location};

use crate::game::{GameInfo, SourceInfo};
use crate::replays::{ReplayGame, SimulatedReplay, source};

/// Brawlhalla.
pub const GAME: ReplayGame = ReplayGame {
    info: GameInfo {
        id: "brawlhalla",
        name: "Brawlhalla",
        sources: &[SOURCE],
        enable: "A replay is written at the end of a match when the options have replays saved; they are \
                 listed in the main menu under Replays.",
        channels: &[],
        not_available: &[],
    },
    folders: &[Location { base: Base::Home, path: "BrawlhallaReplays", steam_app: Some(291_550) }],
    recursive: false,
    simulated: SimulatedReplay {
        path: "[10.09] SmallFortress ({n}).replay",
        unfinished: None,
        head: b"\x78\xda",
        size: 30_000,
    },
};

const SOURCE: SourceInfo =
    source("replays", "every finished replay, copied", &["*.replay"], "BrawlhallaReplays in your own folder");
