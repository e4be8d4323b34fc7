//! PUBG: Battlegrounds: the replays that it records during a match, a folder each.
//!
//! `match.bro.official.2026.steam.eu.squad.…/` holds `PUBG.replayinfo` (JSON), and `data/`, `events/`
//! and `checkpoints/` with many small files without an ending. All are taken, because none of them is a replay alone.
//! From the community's documentation of the files (EpicKitten/PUBG-Resources).

use gametelemetry::places::{Base, Location};

use crate::game::{GameInfo, SourceInfo};
use crate::replays::{ReplayGame, SimulatedReplay, source};

/// PUBG: Battlegrounds.
pub const GAME: ReplayGame = ReplayGame {
    info: GameInfo {
        id: "pubg",
        name: "PUBG: Battlegrounds",
        sources: &[SOURCE],
        enable: "Settings > Gameplay > Replay: switch it on. A replay is a folder with many files, written \
                 while the match goes on; each is copied when it is finished, under the folder's own name.",
        channels: &[],
        not_available: &[],
    },
    folders: &[Location { base: Base::LocalAppData, path: "TslGame/Saved/Demos", steam_app: Some(578_080) }],
    recursive: true,
    simulated: SimulatedReplay {
        path: "match.bro.custom.simulated.{n}/PUBG.replayinfo",
        unfinished: None,
        head: b"{\"LengthInMS\":1500000,\"NetworkVersion\":2,",
        size: 20_000,
    },
};

const SOURCE: SourceInfo = source(
    "replays",
    "every finished file of every replay, copied",
    &["*"],
    "%LOCALAPPDATA%/TslGame/Saved/Demos",
);
