//! What users write for times, rates and moments, and what they may have meant by a word that is unknown.

use std::time::Duration;

use gametelemetry::{Timestamp, nearest_word};

/// A time span as `30s`, `10m`, `1h30m`, `500ms`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let parsed: jiff::SignedDuration =
        text.parse().map_err(|_| format!("`{text}` is no time, write it as 30s, 10m or 1h30m"))?;
    Duration::try_from(parsed).map_err(|_| format!("`{text}` is before now, write a time above 0"))
}

/// A rate in Hz.
pub(crate) fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(hz) if (0.01..=10_000.0).contains(&hz) => Ok(hz),
        _ => Err(format!("`{text}` is no rate, write a number from 0.01 to 10000")),
    }
}

/// How many times as fast as it was.
pub(crate) fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if (0.01..=1000.0).contains(&speed) => Ok(speed),
        _ => Err(format!("`{text}` is no speed, write a number from 0.01 to 1000")),
    }
}

/// A share in percent.
pub(crate) fn percent(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(percent),
        _ => Err(format!("`{text}` is no share, write a number from 0 to 100")),
    }
}

/// A moment of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// By the clock.
    At(Timestamp),
    /// After the recording's start.
    After(Duration),
}

impl Moment {
    /// The moment in a recording that started at `start`.
    pub(crate) fn resolve(self, start: Timestamp) -> Timestamp {
        match self {
            Self::At(timestamp) => timestamp,
            Self::After(duration) => start + duration,
        }
    }
}

/// A moment as `2026-11-23T12:00:00Z` or `90s`.
pub(crate) fn moment(text: &str) -> Result<Moment, String> {
    if let Ok(timestamp) = text.parse() {
        return Ok(Moment::At(timestamp));
    }
    duration(text).map(Moment::After).map_err(|_| {
        format!(
            "`{text}` is no moment, write a time as 2026-11-23T12:00:00Z or an offset from the start as 90s"
        )
    })
}

/// `, did you mean …?` with the word of `known` that is nearest to `word`; empty when none is near.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest_word(word, known).map_or_else(String::new, |known| format!(", did you mean {known}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        assert_eq!(duration("1h30m").unwrap(), Duration::from_secs(5400));
        assert_eq!(duration("500ms").unwrap(), Duration::from_millis(500));
        assert!(duration("-1s").is_err() && duration("soon").is_err());
        assert_eq!(moment("90s").unwrap(), Moment::After(Duration::from_secs(90)));
        assert!(matches!(moment("2026-11-23T12:00:00Z"), Ok(Moment::At(_))));
    }

    #[test]
    fn a_typo_is_understood_and_nonsense_is_not() {
        let games = ["ac", "acc", "iracing"];
        assert_eq!(did_you_mean("irracing", games), ", did you mean iracing?");
        assert_eq!(did_you_mean("ACCC", games), ", did you mean acc?");
        assert_eq!(did_you_mean("flightsim", games), "");
    }
}
