//! Why a session goes or stays, for programs (the values) and for people (`Display`).

use std::fmt;
use std::time::Duration;

use super::best::BestLap;
use super::folder::Hold;
use crate::bytes;

/// What becomes of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It goes, by this rule.
    Goes(Limit),
    /// It stays, for this reason.
    Stays(Staying),
}

/// A rule by which sessions go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// It began longer ago than this.
    OlderThan(Duration),
    /// There are more sessions than this.
    MaxCount(usize),
    /// All sessions together have more bytes than this.
    MaxSize(u64),
}

/// Why a session stays.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Staying {
    /// No rule asks for it.
    WithinLimits,
    /// Nobody may take it away now.
    Held(Hold),
    /// It holds one of the best laps.
    BestLap(BestLap),
    /// Its laps cannot be read, so that nobody knows whether it holds one of the best; why.
    LapsUnreadable(String),
    /// It is not wholly in a bucket.
    NotUploaded,
}

impl Fate {
    /// The reason in one word, as in `prune --json`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Goes(Limit::OlderThan(_)) => "older_than",
            Self::Goes(Limit::MaxCount(_)) => "max_count",
            Self::Goes(Limit::MaxSize(_)) => "max_size",
            Self::Stays(Staying::WithinLimits) => "within_limits",
            Self::Stays(Staying::Held(Hold::Recording)) => "recording",
            Self::Stays(Staying::Held(Hold::Uploading)) => "uploading",
            Self::Stays(Staying::Held(Hold::Foreign { .. })) => "foreign_file",
            Self::Stays(Staying::Held(Hold::Unreadable)) => "unreadable",
            Self::Stays(Staying::BestLap(_)) => "best_lap",
            Self::Stays(Staying::LapsUnreadable(_)) => "laps_unreadable",
            Self::Stays(Staying::NotUploaded) => "not_uploaded",
        }
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Goes(Limit::OlderThan(age)) => write!(f, "older than {}", Span(*age)),
            Self::Goes(Limit::MaxCount(most)) => write!(f, "the oldest, with more than {most} there"),
            Self::Goes(Limit::MaxSize(most)) => {
                write!(f, "the oldest, with more than {} there", bytes(*most))
            }
            Self::Stays(reason) => reason.fmt(f),
        }
    }
}

impl fmt::Display for Staying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WithinLimits => f.write_str("within the limits"),
            Self::Held(hold) => hold.fmt(f),
            Self::BestLap(lap) => lap.fmt(f),
            Self::LapsUnreadable(reason) => write!(f, "its laps cannot be read, {reason}"),
            Self::NotUploaded => f.write_str("not wholly uploaded"),
        }
    }
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recording => f.write_str("being recorded"),
            Self::Uploading => f.write_str("being uploaded"),
            Self::Foreign { name } => write!(f, "has something of yours in it: {name}"),
            Self::Unreadable => f.write_str("none of its files can be read as a recording"),
        }
    }
}

impl fmt::Display for BestLap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rank {
            1 => f.write_str("has the best lap")?,
            rank => write!(f, "has number {rank} of the best laps")?,
        }
        let track = [self.track.as_str(), &self.track_layout].map(str::trim);
        let track: Vec<&str> = track.into_iter().filter(|it| !it.is_empty()).collect();
        if !track.is_empty() {
            write!(f, " of {}", track.join(" "))?;
        }
        if !self.car.is_empty() {
            write!(f, " in {}", self.car)?;
        }
        let ms = crate::laps::to_milliseconds(self.time);
        write!(f, ", {}:{:02}.{:03}", ms / 60_000, ms / 1000 % 60, ms % 1000)
    }
}

/// The bound alone: `90 days`, `100 sessions`, `50.0 GB`.
impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OlderThan(age) => write!(f, "{}", Span(*age)),
            Self::MaxCount(most) => write!(f, "{most} sessions"),
            Self::MaxSize(most) => f.write_str(&bytes(*most)),
        }
    }
}

/// A time span in its largest whole units: `90 days`, `36 hours`.
struct Span(Duration);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(u64, &str); 4] = [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")];
        let seconds = self.0.as_secs();
        let whole = UNITS.iter().find(|(unit, _)| seconds >= *unit && seconds.is_multiple_of(*unit));
        let (unit, name) = whole.copied().unwrap_or((1, "second"));
        let count = seconds / unit;
        write!(f, "{count} {name}{}", if count == 1 { "" } else { "s" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_read_as_sentences_do() {
        let days = |days: u64| Fate::Goes(Limit::OlderThan(Duration::from_secs(days * 86_400))).to_string();
        assert_eq!((days(1), days(90)), ("older than 1 day".into(), "older than 90 days".into()));
        assert_eq!(Span(Duration::from_secs(129_600)).to_string(), "36 hours");
        assert_eq!(Span(Duration::from_millis(500)).to_string(), "0 seconds");
        let mut lap = BestLap {
            rank: 1,
            time: Duration::from_micros(107_832_400),
            track: "monza".into(),
            track_layout: String::new(),
            car: "ferrari_296".into(),
        };
        assert_eq!(lap.to_string(), "has the best lap of monza in ferrari_296, 1:47.832");
        (lap.rank, lap.track, lap.car) = (3, String::new(), String::new());
        assert_eq!(lap.to_string(), "has number 3 of the best laps, 1:47.832");
        let held = Fate::Stays(Staying::Held(Hold::Foreign { name: "notes.txt".into() }));
        assert_eq!(held.to_string(), "has something of yours in it: notes.txt");
    }
}
