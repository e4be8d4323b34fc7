//! Fortnite: the replays that it records during a match.
//!
//! The local replay of the Unreal engine: `UnsavedReplay-2026.11.23-12.00.00.replay`, which begins with the number
//! 0x1CA2E27F and grows while the match goes on. The folder is stated by the readers of the format
//! (Shiqan/FortniteReplayDecompressor).

use gametelemetry::places::{Base, Location};

use crate::game::{GameInfo, SourceInfo};
use crate::replays::{ReplayGame, SimulatedReplay, source};

/// Fortnite.
pub const GAME: ReplayGame = ReplayGame {
    info: GameInfo {
        id: "fortnite",
        name: "Fortnite",
        sources: &[SOURCE],
        enable: "Settings > Game > Replays: switch Record Replays on. A replay grows while the match goes on \
                 and is finished at its end; Career > Replays lists them.",
        channels: &[],
        not_available: &[],
    },
    folders: &[Location { base: Base::LocalAppData, path: "FortniteGame/Saved/Demos", steam_app: None }],
    recursive: false,
    simulated: SimulatedReplay {
        path: "UnsavedReplay-2026.11.23-12.00.{n}.replay",
        unfinished: None,
        head: &0x1CA2_E27F_u32.to_le_bytes(),
        size: 120_000,
    },
};

const SOURCE: SourceInfo = source(
    "replays",
    "every finished replay, copied",
    &["*.replay"],
    "%LOCALAPPDATA%/FortniteGame/Saved/Demos",
);
