//! What every game can be asked: what it is, how it is recorded, whether it runs, and to play itself.
//!
//! The command and programs speak to games through [`Game`] only, so a new game needs no change anywhere else.

use gametelemetry::shared_memory::Region;
use gametelemetry::{ChannelMapping, GameSession, Guard, Schema};

use crate::GAMES;

/// A game that can be recorded, or whose files can be imported.
pub trait Game: Sync {
    /// What the game is and what the user must do.
    fn info(&self) -> GameInfo;

    /// Adds the game's sources and channels to `session`.
    ///
    /// # Errors
    /// When a source is asked for that the game does not have, or the game cannot be recorded live.
    fn record(&self, session: GameSession, options: &RecordOptions) -> Result<GameSession, RecordError>;

    /// Whether the game publishes at this moment; `prefix` as in [`RecordOptions::prefix`].
    fn is_running(&self, prefix: &str) -> bool;

    /// The layout of each source's frames, where it is known before the game runs.
    fn schemas(&self) -> Vec<(&'static str, &'static Schema)> {
        Vec::new()
    }

    /// The game, simulated: drives laps that depend on `seed` only. `None` when there is no simulator.
    fn simulator(&self, seed: u64) -> Option<Box<dyn Simulator>> {
        let _ = seed;
        None
    }
}

/// What a game is, and what the user must do to record it.
#[derive(Clone, Copy, Debug)]
pub struct GameInfo {
    /// The short name, as in `record acc`.
    pub id: &'static str,
    /// The full name.
    pub name: &'static str,
    /// How its frames come.
    pub transport: Transport,
    /// The sources it has.
    pub sources: &'static [SourceInfo],
    /// What to switch on in the game, and where it must run.
    pub enable: &'static str,
    /// Which channels its fields are.
    pub channels: &'static [ChannelMapping],
    /// Channels it does not have, with the reason.
    pub not_available: &'static [(&'static str, &'static str)],
}

/// How frames come from a game.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transport {
    /// Named shared memory.
    SharedMemory {
        /// The names of the regions.
        regions: &'static [&'static str],
    },
    /// Files that the game writes, to be imported afterwards.
    Import {
        /// Their extension.
        extension: &'static str,
    },
}

/// One source of a game.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SourceInfo {
    /// The name, as in `--source physics`.
    pub name: &'static str,
    /// What it gives.
    pub gives: &'static str,
    /// How often it is looked at unless told otherwise, in Hz.
    pub default_hz: f64,
    /// The highest useful rate, in Hz; a higher one asked for is lowered to this.
    pub highest_hz: f64,
    /// Whether it is recorded unless sources are named.
    pub by_default: bool,
}

/// How a game is to be recorded.
#[derive(Clone, Debug, Default)]
pub struct RecordOptions {
    /// The rate asked for, in Hz; each source's own unless set.
    pub hz: Option<f64>,
    /// The sources to record; the game's usual ones when empty.
    pub sources: Vec<String>,
    /// Put before each region's name, for bridges that do so and for tests.
    pub prefix: String,
    /// Fail when the game is not running, instead of waiting for it.
    pub fail_fast: bool,
    /// Keep looks at which the game had published nothing new.
    pub keep_unchanged: bool,
    /// How snapshots are made sure of.
    pub guard: Guard,
}

impl RecordOptions {
    /// Whether `source` is to be recorded.
    #[must_use]
    pub fn wants(&self, source: &SourceInfo) -> bool {
        if self.sources.is_empty() {
            source.by_default
        } else {
            self.sources.iter().any(|name| name == source.name)
        }
    }

    /// The rate at which `source` is to be looked at, in Hz.
    #[must_use]
    pub fn rate(&self, source: &SourceInfo) -> f64 {
        self.hz.map_or(source.default_hz, |hz| hz.min(source.highest_hz))
    }

    /// Checks that every source asked for is one of `info`'s.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self, info: &GameInfo) -> Result<(), RecordError> {
        match self.sources.iter().find(|name| !info.sources.iter().any(|source| source.name == **name)) {
            None => Ok(()),
            Some(unknown) => {
                let known: Vec<_> = info.sources.iter().map(|source| source.name).collect();
                Err(RecordError::UnknownSource {
                    game: info.id,
                    unknown: unknown.clone(),
                    known: known.join(", "),
                })
            }
        }
    }
}

/// Why a game cannot be recorded as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// A source that the game does not have.
    #[error("{game} has no source {unknown}, it has {known}")]
    UnknownSource {
        /// The game.
        game: &'static str,
        /// What was asked for.
        unknown: String,
        /// The sources it has.
        known: String,
    },
    /// A game whose files are imported.
    #[error(
        "{game} is not recorded live yet, import its .{extension} files: gametelemetry import FILE.{extension}"
    )]
    ImportOnly {
        /// The game.
        game: &'static str,
        /// The files' extension.
        extension: &'static str,
    },
}

/// A game that plays itself. Pure: it fills pages, and whoever runs it publishes them.
pub trait Simulator: Send {
    /// Lets `seconds` of game time pass.
    fn step(&mut self, seconds: f64);

    /// The pages as the game would publish them now.
    fn pages(&self) -> Vec<SimulatedPage<'_>>;

    /// How often the game itself steps, in Hz.
    fn hz(&self) -> f64;

    /// What is happening, for people: the lap, the speed.
    fn status(&self) -> String;
}

/// One region that a simulated game publishes.
#[derive(Clone, Copy, Debug)]
pub struct SimulatedPage<'a> {
    /// The region's name.
    pub region: &'static str,
    /// Everything in it.
    pub bytes: &'a [u8],
    /// Bytes at its start that are the game's frame number; 0 when it has none.
    pub counter_bytes: usize,
}

/// The game called `id`, in any case.
#[must_use]
pub fn find(id: &str) -> Option<&'static dyn Game> {
    GAMES.iter().copied().find(|game| game.info().id.eq_ignore_ascii_case(id))
}

/// Every game that publishes at this moment.
pub fn running(prefix: &str) -> impl Iterator<Item = &'static dyn Game> {
    GAMES.iter().copied().filter(move |game| game.is_running(prefix))
}

/// The first `size` bytes of `region`; `None` when it is not there or smaller.
pub(crate) fn peek(prefix: &str, region: &str, size: usize) -> Option<Vec<u8>> {
    let region = Region::open(&format!("{prefix}{region}")).ok()?;
    let mut bytes = vec![0; size];
    region.copy(0, &mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gametelemetry::channel;

    #[test]
    fn games_are_listed_once_in_the_order_of_their_names() {
        let ids: Vec<_> = GAMES.iter().map(|game| game.info().id).collect();
        assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
        assert!(ids.iter().all(|id| find(&id.to_uppercase()).is_some()));
    }

    #[test]
    fn every_game_speaks_of_channels_that_the_table_has() {
        for game in GAMES {
            let info = game.info();
            let mapped = info.channels.iter().map(|mapping| mapping.channel.as_ref());
            for name in mapped.chain(info.not_available.iter().map(|&(name, _)| name)) {
                assert!(channel(name).is_some(), "{}: {name}", info.id);
            }
        }
    }

    #[test]
    fn every_mapping_leads_to_a_field_that_its_source_has() {
        for game in GAMES {
            let (info, schemas) = (game.info(), game.schemas());
            for mapping in info.channels.iter().filter(|_| !schemas.is_empty()) {
                let schema = schemas.iter().find(|(source, _)| *source == mapping.source);
                let field = schema.and_then(|(_, schema)| schema.field(&mapping.field));
                let field = field.unwrap_or_else(|| panic!("{}: {mapping:?}", info.id));
                assert!(mapping.element.unwrap_or(0) < field.count, "{}: {mapping:?}", info.id);
            }
        }
    }

    #[test]
    fn a_source_that_a_game_does_not_have_is_refused_with_those_it_has() {
        let options = RecordOptions { sources: vec!["fysics".to_owned()], ..RecordOptions::default() };
        let error = crate::acc::GAME.record(GameSession::new("acc"), &options).err().unwrap();
        let expected = "acc has no source fysics, it has physics, graphics, static, combined";
        assert_eq!(error.to_string(), expected);
    }
}
