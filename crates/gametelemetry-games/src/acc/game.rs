//! Assetto Corsa Competizione as a [`Game`]: its sources, how it is found, and its simulator as pages.

use gametelemetry::{GameSession, MemoryMappedFileSource, PackedFrame, Schema, Telemetry};

use super::simulator::Simulator as AccSimulator;
use super::{Combined, Graphics, Physics, Static};
use crate::game::{
    Game, GameInfo, Rates, RecordError, RecordOptions, SimulatedPage, Simulator, SourceInfo, Transport, peek,
};

/// Assetto Corsa Competizione.
pub const GAME: Acc = Acc;

/// Assetto Corsa Competizione; see [`GAME`].
#[derive(Clone, Copy, Debug)]
pub struct Acc;

const PHYSICS: SourceInfo = SourceInfo {
    name: super::PHYSICS_SOURCE,
    gives: "the car's physics, published about 333 times a second",
    transport: Transport::SharedMemory { regions: &[super::PHYSICS_MAP] },
    rates: Some(Rates { default_hz: 100.0, highest_hz: 1000.0 }),
    by_default: true,
};
const GRAPHICS: SourceInfo = SourceInfo {
    name: super::GRAPHICS_SOURCE,
    gives: "laps, times, flags and all cars' positions, published once a picture",
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
const COMBINED: SourceInfo = SourceInfo {
    name: super::COMBINED_SOURCE,
    gives: "the three pages side by side in one frame, instead of three files",
    transport: Transport::SharedMemory {
        regions: &[super::PHYSICS_MAP, super::GRAPHICS_MAP, super::STATIC_MAP],
    },
    rates: Some(Rates { default_hz: 100.0, highest_hz: 1000.0 }),
    by_default: false,
};

const INFO: GameInfo = GameInfo {
    id: "acc",
    name: "Assetto Corsa Competizione",
    sources: &[PHYSICS, GRAPHICS, STATIC, COMBINED],
    enable: "Nothing to switch on: start the game and drive. Under Proton, start a bridge to /dev/shm first \
             (simshmbridge, shm-bridge or Datalink).",
    channels: super::CHANNELS,
    not_available: super::NOT_AVAILABLE,
};

impl Acc {
    /// The physics page as a source, looked at as `options` say.
    #[must_use]
    pub fn physics(&self, options: &RecordOptions) -> MemoryMappedFileSource<Physics> {
        configured(MemoryMappedFileSource::new(super::PHYSICS_MAP), &PHYSICS, options)
    }

    /// The graphics page as a source.
    #[must_use]
    pub fn graphics(&self, options: &RecordOptions) -> MemoryMappedFileSource<Graphics> {
        configured(MemoryMappedFileSource::new(super::GRAPHICS_MAP), &GRAPHICS, options)
    }

    /// The static page as a source; a version that the layout was not written for becomes a notice.
    #[must_use]
    pub fn static_info(&self, options: &RecordOptions) -> MemoryMappedFileSource<Static> {
        configured(MemoryMappedFileSource::new(super::STATIC_MAP), &STATIC, options).check(version_notice)
    }

    /// The three pages as one source.
    #[must_use]
    pub fn combined(&self, options: &RecordOptions) -> MemoryMappedFileSource<Combined> {
        let pages = [
            (super::PHYSICS_MAP, size_of::<Physics>()),
            (super::GRAPHICS_MAP, size_of::<Graphics>()),
            (super::STATIC_MAP, size_of::<Static>()),
        ];
        configured(MemoryMappedFileSource::of_pages(&pages), &COMBINED, options)
            .check(|frame| version_notice(&frame.static_info()))
    }
}

fn version_notice(page: &Static) -> Option<String> {
    super::check_version(page).err().map(|mismatch| mismatch.to_string())
}

/// `source`, named and paced as `info` and `options` say.
pub(crate) fn configured<T: PackedFrame>(
    source: MemoryMappedFileSource<T>,
    info: &SourceInfo,
    options: &RecordOptions,
) -> MemoryMappedFileSource<T> {
    source
        .name(info.name)
        .hz(options.rate(info))
        .prefix(&options.prefix)
        .guard(options.guard)
        .fail_fast(options.fail_fast)
        .keep_unchanged(options.keep_unchanged)
        .hint("start the game and enter a session; under Proton start a bridge to /dev/shm first")
}

impl Game for Acc {
    fn info(&self) -> GameInfo {
        INFO
    }

    fn record(&self, mut session: GameSession, options: &RecordOptions) -> Result<GameSession, RecordError> {
        options.check(&INFO)?;
        session = session.channels(super::CHANNELS);
        if options.wants(&PHYSICS) {
            session = session.source(self.physics(options));
        }
        if options.wants(&GRAPHICS) {
            session = session.source(self.graphics(options));
        }
        if options.wants(&STATIC) {
            session = session.source(self.static_info(options));
        }
        if options.wants(&COMBINED) {
            session = session.channels(&super::combined_channels()).source(self.combined(options));
        }
        Ok(session)
    }

    fn schemas(&self) -> Vec<(&'static str, &'static Schema)> {
        vec![
            (super::PHYSICS_SOURCE, Physics::schema()),
            (super::GRAPHICS_SOURCE, Graphics::schema()),
            (super::STATIC_SOURCE, Static::schema()),
            (super::COMBINED_SOURCE, Combined::schema()),
        ]
    }

    fn page_sizes(&self, source: &str) -> Vec<usize> {
        match source {
            super::COMBINED_SOURCE => vec![size_of::<Physics>(), size_of::<Graphics>(), size_of::<Static>()],
            _ => Vec::new(),
        }
    }

    fn is_running(&self, prefix: &str) -> bool {
        peek(prefix, super::STATIC_MAP, size_of::<Static>()).is_some_and(|bytes| super::looks_like(&bytes))
    }

    fn simulator(&self, seed: u64) -> Option<Box<dyn Simulator>> {
        Some(Box::new(AccSimulator::new(seed)))
    }
}

impl Simulator for AccSimulator {
    fn step(&mut self, seconds: f64) {
        Self::step(self, seconds);
    }

    fn pages(&self) -> Vec<SimulatedPage<'_>> {
        vec![
            SimulatedPage {
                region: super::STATIC_MAP,
                bytes: Telemetry::as_bytes(self.static_info()),
                counter_bytes: 0,
            },
            SimulatedPage {
                region: super::GRAPHICS_MAP,
                bytes: Telemetry::as_bytes(self.graphics()),
                counter_bytes: 4,
            },
            SimulatedPage {
                region: super::PHYSICS_MAP,
                bytes: Telemetry::as_bytes(self.physics()),
                counter_bytes: 4,
            },
        ]
    }

    fn hz(&self) -> f64 {
        333.0
    }

    fn status(&self) -> String {
        let (lap, speed) = (self.graphics().completed_laps() + 1, self.physics().speed_kmh());
        format!("lap {lap}, {speed:.0} km/h")
    }
}
