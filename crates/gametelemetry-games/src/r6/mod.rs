//! Rainbow Six Siege: its match replays, a folder a match and a file a round.
//!
//! `Match-2026-11-23_12-00-00-12345/Match-2026-11-23_12-00-00-12345-R01.rec`, in the folder that the game is
//! installed in: names and folder as Ubisoft stated them with the replays of the Six Invitational 2021; sizes from
//! users of the reader r6-dissect.

use gametelemetry::places::{Base, Location};

use crate::game::{GameInfo, SourceInfo};
use crate::replays::{ReplayGame, SimulatedReplay, source};

/// Tom Clancy's Rainbow Six Siege.
pub const GAME: ReplayGame = ReplayGame {
    info: GameInfo {
        id: "r6",
        name: "Tom Clancy's Rainbow Six Siege",
        sources: &[SOURCE],
        enable: "Options > General > Match Replay: switch it on. Each round is a file, 5 to 9 MB, in a folder \
                 for the match. The game keeps the last twelve matches and removes all at a patch. Where it is \
                 installed elsewhere than in Steam's libraries or Program Files, name the folder MatchReplay \
                 with --folder.",
        channels: &[],
        not_available: &[],
    },
    folders: &[
        Location {
            base: Base::SteamCommon,
            path: "Tom Clancy's Rainbow Six Siege/MatchReplay",
            steam_app: Some(359_550),
        },
        Location {
            base: Base::Programs,
            path: "Ubisoft/Ubisoft Game Launcher/games/Tom Clancy's Rainbow Six Siege/MatchReplay",
            steam_app: Some(359_550),
        },
    ],
    recursive: true,
    simulated: SimulatedReplay {
        path: "Match-2026-11-23_12-00-00-{n}/Match-2026-11-23_12-00-00-{n}-R01.rec",
        unfinished: None,
        head: b"dissect",
        size: 180_000,
    },
};

const SOURCE: SourceInfo = source(
    "replays",
    "every finished round of every match, copied",
    &["*.rec"],
    "MatchReplay in the folder that the game is installed in",
);
