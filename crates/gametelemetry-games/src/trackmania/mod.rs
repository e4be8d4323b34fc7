//! Trackmania (2020): the replays that are saved, and those of personal bests that the game saves by itself.
//!
//! `Autosaves/LOGIN_MAP_PersonalBest_TimeAttack.Replay.Gbx` has no time in its name, so the next best of the map
//! replaces it: each becomes a version of its own. Files begin with `GBX`. Folder and names as tools that watch them
//! state; where the older Trackmania is installed too, the game's folder is `Trackmania2020`.

use gametelemetry::places::{Base, Location};

use crate::game::{GameInfo, SourceInfo};
use crate::replays::{ReplayGame, SimulatedReplay, source};

/// Trackmania.
pub const GAME: ReplayGame = ReplayGame {
    info: GameInfo {
        id: "trackmania",
        name: "Trackmania",
        sources: &[SOURCE],
        enable: "Nothing to switch on: each personal best comes to Replays/Autosaves, where the next one of \
                 the same map replaces it (both are kept here). Save Replay after a run adds others to My \
                 Replays.",
        channels: &[],
        not_available: &[],
    },
    folders: &[
        Location { base: Base::Documents, path: "Trackmania/Replays", steam_app: Some(2_225_070) },
        Location { base: Base::Documents, path: "Trackmania2020/Replays", steam_app: Some(2_225_070) },
    ],
    recursive: true,
    simulated: SimulatedReplay {
        path: "Autosaves/driver_Map{n}_PersonalBest_TimeAttack.Replay.Gbx",
        unfinished: None,
        head: b"GBX\x06\0BUCR",
        size: 70_000,
    },
};

const SOURCE: SourceInfo = source(
    "replays",
    "every saved replay and every personal best, copied",
    &["*.Replay.Gbx"],
    "Documents/Trackmania/Replays, or Trackmania2020/Replays",
);
