//! iRacing as a [`Game`]: so far its `.ibt` files are imported.

use gametelemetry::GameSession;

use crate::game::{Game, GameInfo, RecordError, RecordOptions, SourceInfo, Transport};

/// iRacing.
pub const GAME: Iracing = Iracing;

/// iRacing; see [`GAME`].
#[derive(Clone, Copy, Debug)]
pub struct Iracing;

const EXTENSION: &str = "ibt";

/// Where the game publishes.
const TRANSPORT: Transport = Transport::Import { extension: EXTENSION };

const INFO: GameInfo = GameInfo {
    id: "iracing",
    name: "iRacing",
    sources: &[SourceInfo {
        name: super::SOURCE,
        gives: "every variable of every tick, as the file describes them",
        transport: TRANSPORT,
        rates: None,
        by_default: true,
    }],
    enable: "Alt+L in the car starts and stops telemetry; the .ibt file is in Documents/iRacing/telemetry. Import it \
             with: gametelemetry import FILE.ibt",
    channels: super::CHANNELS,
    not_available: super::NOT_AVAILABLE,
};

impl Game for Iracing {
    fn info(&self) -> GameInfo {
        INFO
    }

    fn record(&self, _: GameSession, _: &RecordOptions) -> Result<GameSession, RecordError> {
        Err(RecordError::ImportOnly { game: INFO.id, extension: EXTENSION })
    }

    fn is_running(&self, _: &str) -> bool {
        false
    }
}
