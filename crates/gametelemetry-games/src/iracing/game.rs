//! iRacing as a [`Game`]: its files are watched while it runs; its `.ibt` files can be imported afterwards.

use gametelemetry::places::{Base, Location};
use gametelemetry::{GameSession, Schema};

use super::IbtBuilder;
use crate::game::{Game, GameInfo, RecordError, RecordOptions, Simulator, SourceInfo, Transport};
use crate::replays::{self, ReplaySimulator};

/// iRacing.
pub const GAME: Iracing = Iracing;

/// iRacing; see [`GAME`].
#[derive(Clone, Copy, Debug)]
pub struct Iracing;

const EXTENSION: &str = "ibt";

/// Telemetry, replays, and the best and the optimal lap of each car on each track.
const FILES: SourceInfo = replays::source(
    "files",
    "every finished file of telemetry, replay and best lap, copied",
    &["*.ibt", "*.rpy", "*.blap", "*.olap"],
    "telemetry, replay and lapfiles in Documents/iRacing",
);

const TELEMETRY: SourceInfo = SourceInfo {
    name: super::SOURCE,
    gives: "every variable of every tick, as the file describes them",
    transport: Transport::Import { extension: EXTENSION },
    rates: None,
    by_default: false,
};

const SESSION: SourceInfo = SourceInfo {
    name: super::SESSION_SOURCE,
    gives: "track, car, driver and sectors, as the file's session information names them",
    transport: Transport::Import { extension: EXTENSION },
    rates: None,
    by_default: false,
};

/// Of the game's folder only what is asked for: paints and setups are many files.
const FOLDERS: &[Location] = &[
    Location { base: Base::Documents, path: "iRacing/telemetry", steam_app: Some(266_410) },
    Location { base: Base::Documents, path: "iRacing/replay", steam_app: Some(266_410) },
    // A folder for each track.
    Location { base: Base::Documents, path: "iRacing/lapfiles", steam_app: Some(266_410) },
];

const INFO: GameInfo = GameInfo {
    id: "iracing",
    name: "iRacing",
    sources: &[FILES, TELEMETRY, SESSION],
    enable: "Alt+L in the car starts and stops telemetry; the .ibt file is in Documents/iRacing/telemetry. Import it \
             with: gametelemetry import FILE.ibt. Replays come to Documents/iRacing/replay when you save them.",
    channels: super::CHANNELS,
    not_available: super::NOT_AVAILABLE,
};

impl Iracing {
    /// Where the game keeps its files, whatever the machine.
    #[must_use]
    pub fn folders(&self) -> &'static [Location] {
        FOLDERS
    }
}

impl Game for Iracing {
    fn info(&self) -> GameInfo {
        INFO
    }

    fn record(&self, session: GameSession, options: &RecordOptions) -> Result<GameSession, RecordError> {
        options.check(&INFO)?;
        if options.wants(&TELEMETRY) || options.wants(&SESSION) {
            return Err(RecordError::ImportOnly { game: INFO.id, extension: EXTENSION });
        }
        Ok(session.source(replays::files(&FILES, FOLDERS, options, INFO.enable).recursive(true)))
    }

    fn known_schema(&self, name: &str) -> Option<Schema> {
        super::kept::known_schema(name)
    }

    fn simulator(&self, seed: u64) -> Option<Box<dyn Simulator>> {
        // The content is that of a file with so many rows; one that cannot be built is empty, and a test would see it.
        let rows = move |number: u32| 60 + number + u32::try_from(seed % 600).unwrap_or(0);
        let content = move |number| IbtBuilder::sample().rows(rows(number)).finish().unwrap_or_default();
        Some(Box::new(ReplaySimulator::of("telemetry/sample_{n}.ibt", content)))
    }
}
