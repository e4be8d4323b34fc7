//! League of Legends: the replays that the client downloads when it is asked to.
//!
//! `EUW1-7123456789.rofl`, which begins with `RIOT`. Nothing is written by the match itself: the client fetches the
//! file from the server. The folder is the client's usual one, as tools that read the files state it; the client's
//! settings can name another, which `--folder` takes.

use gametelemetry::places::{Base, Location};

use crate::game::{GameInfo, SourceInfo};
use crate::replays::{ReplayGame, SimulatedReplay, source};

/// League of Legends.
pub const GAME: ReplayGame = ReplayGame {
    info: GameInfo {
        id: "lol",
        name: "League of Legends",
        sources: &[SOURCE],
        enable: "A replay comes when you ask for it: download it at the end of a match, or in the client \
                 under Profile > Match History. It can be watched until the next patch only.",
        channels: &[],
        not_available: &[],
    },
    folders: &[Location { base: Base::Documents, path: "League of Legends/Replays", steam_app: None }],
    recursive: false,
    simulated: SimulatedReplay {
        path: "EUW1-70000000{n}.rofl",
        unfinished: None,
        head: b"RIOT\x02\0",
        size: 150_000,
    },
};

const SOURCE: SourceInfo =
    source("replays", "every downloaded replay, copied", &["*.rofl"], "Documents/League of Legends/Replays");
