//! Assetto Corsa as a [`Game`]: its sources, and how it is told apart from ACC, which uses the same names.

use gametelemetry::{GameSession, MemoryMappedFileSource, PackedFrame, Schema};

use super::{Graphics, Physics, Static};
use crate::acc::configured;
use crate::game::{Game, GameInfo, Rates, RecordError, RecordOptions, SourceInfo, Transport, peek};

/// Assetto Corsa.
pub const GAME: Ac = Ac;

/// Assetto Corsa; see [`GAME`].
#[derive(Clone, Copy, Debug)]
pub struct Ac;

const PHYSICS: SourceInfo = SourceInfo {
    name: super::PHYSICS_SOURCE,
    gives: "the car's physics, published about 333 times a second",
    transport: Transport::SharedMemory { regions: &[super::PHYSICS_MAP] },
    rates: Some(Rates { default_hz: 100.0, highest_hz: 1000.0 }),
    by_default: true,
};
const GRAPHICS: SourceInfo = SourceInfo {
    name: super::GRAPHICS_SOURCE,
    gives: "laps, times and flags, published once a picture",
    transport: Transport::SharedMemory { regions: &[super::GRAPHICS_MAP] },
    rates: Some(Rates { default_hz: 50.0, highest_hz: 150.0 }),
    by_default: true,
};
const STATIC: SourceInfo = SourceInfo {
    name: super::STATIC_SOURCE,
    gives: "car, track and driver, recorded once a change",
    transport: Transport::SharedMemory { regions: &[super::STATIC_MAP] },
    rates: Some(Rates { default_hz: 1.0, highest_hz: 1.0 }),
    by_default: true,
};

const INFO: GameInfo = GameInfo {
    id: "ac",
    name: "Assetto Corsa",
    sources: &[PHYSICS, GRAPHICS, STATIC],
    enable: "Nothing to switch on: start the game and drive. Under Proton, start a bridge to /dev/shm first \
             (simshmbridge, shm-bridge or Datalink).",
    channels: super::CHANNELS,
    not_available: super::NOT_AVAILABLE,
};

impl Game for Ac {
    fn info(&self) -> GameInfo {
        INFO
    }

    fn record(&self, mut session: GameSession, options: &RecordOptions) -> Result<GameSession, RecordError> {
        options.check(&INFO)?;
        session = session.channels(super::CHANNELS);
        if options.wants(&PHYSICS) {
            let source = MemoryMappedFileSource::<Physics>::new(super::PHYSICS_MAP);
            session = session.source(configured(source, &PHYSICS, options));
        }
        if options.wants(&GRAPHICS) {
            let source = MemoryMappedFileSource::<Graphics>::new(super::GRAPHICS_MAP);
            session = session.source(configured(source, &GRAPHICS, options));
        }
        if options.wants(&STATIC) {
            let source = MemoryMappedFileSource::<Static>::new(super::STATIC_MAP)
                .check(|page| super::check_version(page).err().map(|mismatch| mismatch.to_string()));
            session = session.source(configured(source, &STATIC, options));
        }
        Ok(session)
    }

    fn schemas(&self) -> Vec<(&'static str, &'static Schema)> {
        vec![
            (super::PHYSICS_SOURCE, Physics::schema()),
            (super::GRAPHICS_SOURCE, Graphics::schema()),
            (super::STATIC_SOURCE, Static::schema()),
        ]
    }

    fn is_running(&self, prefix: &str) -> bool {
        peek(prefix, super::STATIC_MAP, size_of::<Static>()).is_some_and(|bytes| super::looks_like(&bytes))
    }
}
