//! Games that say nothing while they run, but leave a file: a replay, a highlight, a saved game.
//!
//! Such a game is data: what its files are called, where they lie, and what the user must do for one to be written.
//! [`ReplayGame`] makes the [`Game`] of that; watching is the core's. A game that has a live source too adds a
//! watcher by `files`. Does not look into the files: they are kept byte for byte, for programs that can.

mod simulator;

use gametelemetry::places::{Location, Places};
use gametelemetry::{Existing, FileWatcherSource, GameSession, ReplayFile, Schema};

pub(crate) use simulator::{ReplaySimulator, SimulatedReplay, WithReplays};

use crate::game::{Game, GameInfo, RecordError, RecordOptions, Simulator, SourceInfo, Transport};

/// A game whose files are watched.
#[derive(Clone, Copy, Debug)]
pub struct ReplayGame {
    pub(crate) info: GameInfo,
    pub(crate) folders: &'static [Location],
    /// Whether files lie in sub-folders too.
    pub(crate) recursive: bool,
    pub(crate) simulated: SimulatedReplay,
}

impl ReplayGame {
    /// Where the game keeps its files, whatever the machine.
    #[must_use]
    pub fn folders(&self) -> &'static [Location] {
        self.folders
    }
}

impl Game for ReplayGame {
    fn info(&self) -> GameInfo {
        self.info
    }

    fn record(&self, session: GameSession, options: &RecordOptions) -> Result<GameSession, RecordError> {
        options.check(&self.info)?;
        let wanted = self.info.sources.iter().filter(|source| options.wants(source));
        Ok(wanted.fold(session, |session, source| {
            session.source(files(source, self.folders, options, self.info.enable).recursive(self.recursive))
        }))
    }

    fn schemas(&self) -> Vec<(&'static str, &'static Schema)> {
        let schema: &'static Schema = ReplayFile::schema();
        self.info.sources.iter().map(|source| (source.name, schema)).collect()
    }

    fn simulator(&self, seed: u64) -> Option<Box<dyn Simulator>> {
        Some(Box::new(ReplaySimulator::new(self.simulated, seed)))
    }
}

/// The source `name` of files called as `patterns` say, in `folder` (in words).
pub(crate) const fn source(
    name: &'static str,
    gives: &'static str,
    patterns: &'static [&'static str],
    folder: &'static str,
) -> SourceInfo {
    SourceInfo {
        name,
        gives,
        transport: Transport::Files { patterns, folder },
        rates: None,
        by_default: true,
    }
}

/// The same beside a live source: `None` where the user asks neither for the source nor for a folder, and the game's own
/// is not found here. The match is recorded all the same.
pub(crate) fn files_beside(
    info: &SourceInfo,
    locations: &[Location],
    options: &RecordOptions,
    enable: &str,
) -> Option<FileWatcherSource> {
    let is_asked_for = !options.sources.is_empty() || !options.folders.is_empty();
    let is_here = is_asked_for || !Places::of_this_machine().find(locations).is_empty();
    is_here.then(|| files(info, locations, options, enable))
}

/// Watches for the files of `info`: in the folders that the user names, else in those that `locations` mean here.
pub(crate) fn files(
    info: &SourceInfo,
    locations: &[Location],
    options: &RecordOptions,
    enable: &str,
) -> FileWatcherSource {
    let patterns = match info.transport {
        Transport::Files { patterns, .. } => patterns,
        _ => &[],
    };
    let folders = match options.folders.as_slice() {
        [] => Places::of_this_machine().find(locations),
        named => named.to_vec(),
    };
    let source = FileWatcherSource::new(patterns)
        .name(info.name)
        .existing(if options.existing { Existing::Take } else { Existing::Skip })
        .fail_fast(options.fail_fast)
        .hint(enable);
    let source = folders.into_iter().fold(source, FileWatcherSource::folder);
    match options.settle {
        Some(settle) => source.settle(settle),
        None => source,
    }
}
