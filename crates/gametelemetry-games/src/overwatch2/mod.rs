//! Overwatch 2: the highlights that are exported as videos. It has no replay file.
//!
//! A match is replayed by a code from the server, until the next patch; nothing of it reaches this machine as a file.
//! Exported highlights are `videos/overwatch/NAME_26-11-23_12-00-00.mp4` in the game's folder in Documents, as
//! programs that watch for them state (GfyWatch).

use gametelemetry::places::{Base, Location};

use crate::game::{GameInfo, SourceInfo};
use crate::replays::{ReplayGame, SimulatedReplay, source};

/// Overwatch 2.
pub const GAME: ReplayGame = ReplayGame {
    info: GameInfo {
        id: "overwatch2",
        name: "Overwatch 2",
        sources: &[SOURCE],
        enable: "Replays are codes on the server, not files, so there is none to record. What is kept are \
                 videos: Career Profile > History > Highlights, record one, and it comes to \
                 Documents/Overwatch/videos.",
        channels: &[],
        not_available: &[],
    },
    folders: &[Location { base: Base::Documents, path: "Overwatch/videos", steam_app: Some(2_357_570) }],
    recursive: true,
    simulated: SimulatedReplay {
        path: "overwatch/highlight_26-11-23_12-00-{n}.mp4",
        unfinished: None,
        head: b"\0\0\0\x18ftypmp42",
        size: 200_000,
    },
};

const SOURCE: SourceInfo = source(
    "highlights",
    "every exported highlight, a video, copied",
    &["*.mp4", "*.webm"],
    "Documents/Overwatch/videos",
);
