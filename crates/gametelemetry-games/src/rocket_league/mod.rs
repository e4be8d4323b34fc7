//! Rocket League: the replays that it saves, on request or after every match.
//!
//! One file a match, called after a long number in hexadecimal; bought from Steam they lie in `Demos`, from Epic in
//! `DemosEpic`. Both folders are stated by many readers of the format (boxcars, Ballchasing's uploader). Under Proton
//! they are in the prefix of Steam's game 252950.

use gametelemetry::places::{Base, Location};

use crate::game::{GameInfo, SourceInfo};
use crate::replays::{ReplayGame, SimulatedReplay, source};

/// Rocket League.
pub const GAME: ReplayGame = ReplayGame {
    info: GameInfo {
        id: "rocket_league",
        name: "Rocket League",
        sources: &[SOURCE],
        enable: "Save the replay on the screen after the match, or have the game do so in Settings > \
                 Gameplay. It comes to Documents/My Games/Rocket League/TAGame/Demos (from Epic: DemosEpic).",
        channels: &[],
        not_available: &[],
    },
    folders: &[
        Location {
            base: Base::Documents,
            path: "My Games/Rocket League/TAGame/Demos",
            steam_app: Some(252_950),
        },
        Location {
            base: Base::Documents,
            path: "My Games/Rocket League/TAGame/DemosEpic",
            steam_app: Some(252_950),
        },
    ],
    recursive: false,
    simulated: SimulatedReplay {
        path: "A1B2C3D4000000000000000000000{n}.replay",
        unfinished: None,
        head: b"",
        size: 160_000,
    },
};

const SOURCE: SourceInfo = source(
    "replays",
    "every saved replay, copied",
    &["*.replay"],
    "Documents/My Games/Rocket League/TAGame/Demos, or DemosEpic",
);
