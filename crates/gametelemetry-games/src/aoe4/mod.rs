//! Age of Empires IV: the replays that it keeps and downloads.
//!
//! Replays that the game records lie in `playback/replays` and end in `.rec`; downloaded ones lie in `playback`
//! itself and have no ending (`AgeIV_Replay_123456789`). Both begin with four bytes and `AOE4_RE`. Seen on real
//! installations by the tools of AoE4 World's replay extension and others; Relic documents no of it. Under Proton the
//! folder is in the prefix of Steam's game 1466860. Commands are kept, not positions, so a replay is read by the
//! game's own version only.

use gametelemetry::places::{Base, Location};

use crate::game::{GameInfo, SourceInfo};
use crate::replays::{ReplayGame, SimulatedReplay, source};

/// Age of Empires IV.
pub const GAME: ReplayGame = ReplayGame {
    info: GameInfo {
        id: "aoe4",
        name: "Age of Empires IV",
        sources: &[SOURCE],
        enable: "Nothing to switch on: the game keeps the replay of a match in Documents/My Games/Age of \
                 Empires IV/playback, and one that is downloaded from the match history comes there too.",
        channels: &[],
        not_available: &[],
    },
    folders: &[Location {
        base: Base::Documents,
        path: "My Games/Age of Empires IV/playback",
        steam_app: Some(1_466_860),
    }],
    recursive: true,
    simulated: SimulatedReplay {
        path: "replays/match_{n}.rec",
        unfinished: None,
        head: b"\0\0,,AOE4_RE\0",
        size: 40_000,
    },
};

const SOURCE: SourceInfo = source(
    "replays",
    "every finished replay, copied",
    &["*.rec", "AgeIV_Replay_*"],
    "Documents/My Games/Age of Empires IV/playback",
);
