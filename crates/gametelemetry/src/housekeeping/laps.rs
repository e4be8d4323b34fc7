//! The laps of a stored session that count, for the rule that keeps the best.

use std::time::Duration;

use super::folder::SessionOnDisk;
use crate::laps::{LapProcessor, Laps};
use crate::processor::{PassError, SessionFacts, SessionPass};

/// What is known of a session's laps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SessionLaps {
    /// Nobody looked.
    #[default]
    NotRead,
    /// Those that count, in the order in which they were driven.
    Read(Vec<CountedLap>),
    /// They cannot be read, and why.
    Unreadable(String),
}

/// A lap whose time counts, and where and with what it was driven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedLap {
    /// The track; empty when the game does not say.
    pub track: String,
    /// The layout of the track; empty when the game does not say.
    pub track_layout: String,
    /// The car; empty when the game does not say.
    pub car: String,
    /// How long it took.
    pub time: Duration,
}

impl SessionOnDisk {
    /// Goes through the session and notes the laps that count. Of a cut or damaged session those that are whole; one
    /// of whose files cannot be read at all is not trusted, for it may hide the best.
    pub fn read_laps(&mut self) {
        self.laps = match split(self) {
            Ok((Some(laps), facts)) => match reason_not_to_trust(&facts) {
                Some(reason) => SessionLaps::Unreadable(reason),
                None => SessionLaps::Read(counted(&laps)),
            },
            Ok((None, _)) => SessionLaps::Unreadable("they were not worked out".to_owned()),
            Err(error) => SessionLaps::Unreadable(error.to_string()),
        };
    }
}

fn split(session: &SessionOnDisk) -> Result<(Option<Laps>, SessionFacts), PassError> {
    let mut pass = SessionPass::open(&session.path)?;
    let laps = pass.add(LapProcessor::new());
    let facts = pass.run()?;
    Ok((laps.take(), facts))
}

fn reason_not_to_trust(facts: &SessionFacts) -> Option<String> {
    let unreadable = facts.unreadable.first().map(|(path, error)| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        format!("{name}: {error}")
    });
    let broken = |source: &crate::SourceFacts| {
        source.error.as_ref().map(|error| format!("{}: {error}", source.header.source))
    };
    unreadable.or_else(|| facts.sources.iter().find_map(broken))
}

fn counted(laps: &Laps) -> Vec<CountedLap> {
    let counted = laps.laps.iter().filter_map(|lap| {
        let part = laps.parts.get(lap.part)?;
        Some(CountedLap {
            track: part.track.clone(),
            track_layout: part.track_layout.clone(),
            car: part.car.clone(),
            time: lap.counted_time()?,
        })
    });
    counted.collect()
}
