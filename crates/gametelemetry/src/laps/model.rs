//! What a lap is, for everybody who shows, compares or exports laps.

use std::time::Duration;

use gametelemetry_file::Timestamp;
use serde::{Serialize, Serializer};

/// What was driven between two crossings of the line, or what there is of it.
///
/// No lap is ever left out: what is not worth comparing is labelled, with the reason.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lap {
    /// The lap's number, as the game counts; the first is 1. A lap that was driven again has the same number.
    pub lap: u32,
    /// What was driven.
    pub kind: LapKind,
    /// Whether its time counts: it was driven whole, and the game does not call it invalid.
    pub valid: bool,
    /// The time between its two crossings as we measured it; `None` when one of them is missing.
    #[serde(rename = "time_ms", serialize_with = "milliseconds")]
    pub time: Option<Duration>,
    /// The time that the game gave it, as soon or late as it did.
    #[serde(rename = "official_time_ms", serialize_with = "milliseconds")]
    pub official_time: Option<Duration>,
    /// Its sectors as far as they were driven, in their order.
    #[serde(rename = "sectors_ms")]
    pub sectors: Vec<Sector>,
    /// Why it has its kind, and why it does not count; empty for a plain flying lap.
    pub reason: String,
    /// The number of the session's part it belongs to, in [`Laps::parts`].
    #[serde(skip)]
    pub part: usize,
    /// When it began: the crossing of the line, between two frames, or the first frame of it.
    #[serde(skip)]
    pub start: Timestamp,
    /// When it ended: the next crossing, or the last frame of it.
    #[serde(skip)]
    pub end: Timestamp,
    /// What was driven in it, in metres, when that is known.
    #[serde(skip)]
    pub length_m: Option<f64>,
    /// The stretches of it that were taken back by a flashback, from and to: not part of what counts.
    #[serde(skip)]
    pub taken_back: Vec<(Timestamp, Timestamp)>,
    /// The stretches in which the game stood still, from and to.
    #[serde(skip)]
    pub paused: Vec<(Timestamp, Timestamp)>,
}

impl Lap {
    /// Its time: the game's, or ours where the game gave none.
    #[must_use]
    pub fn best_known_time(&self) -> Option<Duration> {
        self.official_time.or(self.time)
    }

    /// Its time if it counts: it was driven whole, and the game does not call it invalid.
    #[must_use]
    pub fn counted_time(&self) -> Option<Duration> {
        self.best_known_time().filter(|_| self.valid && self.is_whole())
    }

    /// Our time less the game's, in seconds.
    #[must_use]
    pub fn difference_s(&self) -> Option<f64> {
        Some(self.time?.as_secs_f64() - self.official_time?.as_secs_f64())
    }

    /// Whether it was driven from line to line, so that it can be compared with another.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.time.is_some() && !matches!(self.kind, LapKind::Partial | LapKind::Superseded)
    }
}

/// What was driven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LapKind {
    /// From line to line at full speed.
    Flying,
    /// Began in the pits.
    Out,
    /// Ended in the pits.
    In,
    /// Began and ended in the pits.
    OutIn,
    /// The first lap of a race: from the grid.
    StandingStart,
    /// Went through the pit lane.
    Pit,
    /// Not driven from line to line: the recording, the session or the drive began or ended in it.
    Partial,
    /// Driven whole, but the game does not count it.
    Invalid,
    /// Taken back: a flashback, a restart or a saved game began it again.
    Superseded,
    /// A stage from its start to its finish.
    Stage,
}

impl LapKind {
    /// The name, as in `laps --json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Flying => "flying",
            Self::Out => "out",
            Self::In => "in",
            Self::OutIn => "out_in",
            Self::StandingStart => "standing_start",
            Self::Pit => "pit",
            Self::Partial => "partial",
            Self::Invalid => "invalid",
            Self::Superseded => "superseded",
            Self::Stage => "stage",
        }
    }
}

/// One sector of a lap. As JSON: its time in milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Sector {
    /// Its number, 1 first.
    pub number: u32,
    /// How long it took; `None` when its beginning or end was not seen.
    pub time: Option<Duration>,
    /// When it ended.
    pub end: Option<Timestamp>,
    /// Whether the game said the time; else it was measured.
    pub is_official: bool,
}

impl Serialize for Sector {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        milliseconds(&self.time, serializer)
    }
}

/// A part of a session: practice, qualifying, race, or what came after a restart.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SessionPart {
    /// What the game calls it; empty when it does not.
    pub session_type: String,
    /// The track, as the game calls it; empty when it does not.
    pub track: String,
    /// The layout of the track; empty when the game does not say.
    pub track_layout: String,
    /// The car; empty when the game does not say.
    pub car: String,
    /// Who drove; empty when the game does not say.
    pub driver: String,
    /// Length of a lap or stage, in metres: the game's, or measured over whole laps.
    pub track_length_m: Option<f64>,
    /// A run from a start to a finish, and no circuit.
    pub point_to_point: bool,
    /// When it began.
    pub start: Timestamp,
    /// When it ended.
    pub end: Timestamp,
}

/// A session split into laps.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Laps {
    /// Every lap, in the order in which they were driven.
    pub laps: Vec<Lap>,
    /// The parts of the session.
    pub parts: Vec<SessionPart>,
}

impl Laps {
    /// The number of the fastest lap that counts, in [`Laps::laps`].
    #[must_use]
    pub fn best(&self) -> Option<usize> {
        let times = self.laps.iter().enumerate();
        times.filter_map(|(number, lap)| Some((lap.counted_time()?, number))).min().map(|(_, number)| number)
    }
}

/// Whole milliseconds, rounded, or null.
#[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
fn milliseconds<S: Serializer>(time: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serializer.serialize_u64(to_milliseconds(*time)),
        None => serializer.serialize_none(),
    }
}

/// `time` in whole milliseconds, rounded.
pub(crate) fn to_milliseconds(time: Duration) -> u64 {
    u64::try_from((time.as_nanos() + 500_000) / 1_000_000).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lap_as_json_has_whole_milliseconds_and_nulls() {
        let sector = |number, micros: Option<u64>| Sector {
            number,
            time: micros.map(Duration::from_micros),
            end: None,
            is_official: false,
        };
        let lap = Lap {
            lap: 3,
            kind: LapKind::OutIn,
            valid: false,
            time: Some(Duration::from_micros(83_233_500)),
            official_time: None,
            sectors: vec![sector(1, Some(30_000_499)), sector(2, None)],
            reason: "began and ended in the pits".to_owned(),
            part: 0,
            start: Timestamp::default(),
            end: Timestamp::default(),
            length_m: None,
            taken_back: Vec::new(),
            paused: Vec::new(),
        };
        assert_eq!(
            serde_json::to_string(&lap).unwrap(),
            r#"{"lap":3,"kind":"out_in","valid":false,"time_ms":83234,"official_time_ms":null,"sectors_ms":[30000,null],"reason":"began and ended in the pits"}"#
        );
        assert_eq!(serde_json::to_value(lap.kind).unwrap(), lap.kind.name());
    }
}
