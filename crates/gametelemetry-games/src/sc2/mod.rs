//! StarCraft II: the replays that it saves at the end of a match.
//!
//! `Accounts/12345678/1-S2-1-1234567/Replays/Multiplayer/Ascension to Aiur LE.SC2Replay`, an archive of Blizzard's
//! MPQ kind (`MPQ\x1b`); a folder for each account and region. Folder as the users of Blizzard's s2protocol and of
//! sc2reader state it. That a file gets its name only when it is whole is assumed by the simulator, not documented.

use gametelemetry::places::{Base, Location};

use crate::game::{GameInfo, SourceInfo};
use crate::replays::{ReplayGame, SimulatedReplay, source};

/// StarCraft II.
pub const GAME: ReplayGame = ReplayGame {
    info: GameInfo {
        id: "sc2",
        name: "StarCraft II",
        sources: &[SOURCE],
        enable: "Options > Gameplay: have all replays saved. Each match is a file in Documents/StarCraft \
                 II/Accounts/NUMBER/NUMBER/Replays/Multiplayer, written at its end.",
        channels: &[],
        not_available: &[],
    },
    folders: &[Location { base: Base::Documents, path: "StarCraft II/Accounts", steam_app: None }],
    recursive: true,
    simulated: SimulatedReplay {
        path: "1/1-S2-1-1/Replays/Multiplayer/Simulated LE ({n}).SC2Replay",
        unfinished: Some("1/1-S2-1-1/Replays/Multiplayer/unfinished_{n}.tmp"),
        head: b"MPQ\x1b",
        size: 60_000,
    },
};

const SOURCE: SourceInfo =
    source("replays", "every finished replay, copied", &["*.SC2Replay"], "Documents/StarCraft II/Accounts");
