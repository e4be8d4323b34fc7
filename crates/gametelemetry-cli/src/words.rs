//! What users write for times, rates and moments, and what they may have meant by a word that is unknown.

use std::time::Duration;

use gametelemetry::{Timestamp, nearest_word};

use crate::session_arg::SessionArg;

/// A time span as `30s`, `10m`, `1h30m`, `500ms`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let parsed: jiff::SignedDuration =
        text.parse().map_err(|_| format!("`{text}` is no time, write it as 30s, 10m or 1h30m"))?;
    Duration::try_from(parsed).map_err(|_| format!("`{text}` is before now, write a time above 0"))
}

/// An age as `90d`, `2w`, `12h` or `1d12h`; a day has 24 hours.
pub(crate) fn age(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no age, write it as 90d, 2w or 12h");
    let span: jiff::Span = text.parse().map_err(|_| wrong())?;
    let age = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?;
    Duration::try_from(age).map_err(|_| wrong())
}

/// A number of bytes as `500MB`, `50 GB` or `1.5GiB`: kB, MB, GB and TB count in thousands, KiB to TiB in 1024s.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u64); 9] = [
        ("kib", 1 << 10),
        ("mib", 1 << 20),
        ("gib", 1 << 30),
        ("tib", 1 << 40),
        ("kb", 1_000),
        ("mb", 1_000_000),
        ("gb", 1_000_000_000),
        ("tb", 1_000_000_000_000),
        ("b", 1),
    ];
    let wrong = || format!("`{text}` is no size, write it as 500MB, 50GB or 1.5GiB");
    let lower = text.trim().to_ascii_lowercase();
    let unit = UNITS.iter().find_map(|(unit, worth)| Some((lower.strip_suffix(unit)?, *worth)));
    let (number, worth) = match unit {
        Some((number, worth)) => (number.trim_end(), worth),
        // Nothing has no unit.
        None if lower == "0" => return Ok(0),
        None => return Err(wrong()),
    };
    scaled(number, worth).ok_or_else(wrong)
}

/// `number`, digits with at most one point, times `worth`, rounded down.
fn scaled(number: &str, worth: u64) -> Option<u64> {
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(part) || part.len() > 9 {
        return None;
    }
    let tenths = 10_u128.pow(u32::try_from(part.len()).ok()?);
    let part = part.parse::<u128>().ok()? * u128::from(worth) / tenths;
    whole.parse::<u64>().ok()?.checked_mul(worth)?.checked_add(u64::try_from(part).ok()?)
}

/// A time span that is not nothing.
pub(crate) fn time_above_zero(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err(format!("`{text}` is no time at all, write it as 30s, 10m or 1h30m")),
        time => Ok(time),
    }
}

/// A lap's time as `1:55.244`.
pub(crate) fn lap_time(time: Duration) -> String {
    let ms = (time.as_micros() + 500) / 1000;
    let (minutes, seconds, ms) = (ms / 60_000, ms / 1000 % 60, ms % 1000);
    if minutes >= 60 {
        return format!("{}:{:02}:{seconds:02}.{ms:03}", minutes / 60, minutes % 60);
    }
    format!("{minutes}:{seconds:02}.{ms:03}")
}

/// A lap as users name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhichLap {
    /// The fastest that counts.
    Best,
    /// By the number that `laps` shows.
    Number(u32),
    /// By its place in the list that `laps` shows, 1 first: runs of a stage are all number 1.
    Place(usize),
}

/// A lap of a session as users name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LapOfSession {
    pub(crate) session: SessionArg,
    pub(crate) lap: WhichLap,
}

/// A lap as `SESSION:5`, `SESSION:best`, or `SESSION:#3` for the third that `laps` lists. What stands before the last colon is the session's path or URL, which may
/// have colons of its own.
pub(crate) fn lap_of_session(text: &str) -> Result<LapOfSession, String> {
    let wrong = || {
        format!(
            "`{text}` names no lap, write SESSION:5, SESSION:best, or SESSION:#3 for the third in the list"
        )
    };
    let (session, lap) = text.rsplit_once(':').ok_or_else(wrong)?;
    let lap = match lap {
        "best" => WhichLap::Best,
        place if place.starts_with('#') => match place.trim_start_matches('#').parse() {
            Ok(place) if place > 0 => WhichLap::Place(place),
            _ => return Err(wrong()),
        },
        number => WhichLap::Number(number.parse().map_err(|_| wrong())?),
    };
    if session.is_empty() {
        return Err(wrong());
    }
    let session = SessionArg::parse(session.into()).map_err(|error| error.to_string())?;
    Ok(LapOfSession { session, lap })
}

/// A number of bytes a second, as `500KB`.
pub(crate) fn bytes_per_second(text: &str) -> Result<std::num::NonZeroU64, String> {
    let number = text.trim().trim_end_matches("/s");
    std::num::NonZeroU64::new(size(number)?)
        .ok_or_else(|| format!("`{text}` would send nothing, write it as 500KB or 2MB"))
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
    fn ages_have_days_and_weeks() {
        let day = Duration::from_secs(86_400);
        let cases = [
            ("90d", day * 90),
            ("2w", day * 14),
            ("12h", day / 2),
            ("1d12h", day * 3 / 2),
            ("0s", Duration::ZERO),
        ];
        for (text, expected) in cases {
            assert_eq!(age(text), Ok(expected), "{text}");
        }
        for text in ["", "90", "d", "-1d", "3 moons", "1y", "2mo", "99999999999999999999d"] {
            assert!(age(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_have_units_of_thousands_or_1024s() {
        let cases = [
            ("0", 0),
            ("0B", 0),
            ("812 B", 812),
            ("500KB", 500_000),
            ("500kb", 500_000),
            ("3MB", 3_000_000),
            ("50GB", 50_000_000_000),
            ("50 gb", 50_000_000_000),
            ("1.5GiB", 1_610_612_736),
            ("1KiB", 1024),
            ("0.5MiB", 524_288),
            ("2TB", 2_000_000_000_000),
            ("1TiB", 1 << 40),
            ("1.0001kB", 1000),
        ];
        for (text, expected) in cases {
            assert_eq!(size(text), Ok(expected), "{text}");
        }
        let wrong = [
            "",
            "50",
            "GB",
            "-1GB",
            "1e3GB",
            "1,5GB",
            ".5GB",
            "1.GB",
            "5PB",
            "infGB",
            "99999999999TB",
            "1.1.1GB",
        ];
        for text in wrong {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn laps_are_written_and_read_as_people_do() {
        assert_eq!(lap_time(Duration::from_millis(115_244)), "1:55.244");
        assert_eq!(lap_time(Duration::from_micros(59_999_500)), "1:00.000");
        assert_eq!(lap_time(Duration::from_secs(3_661)), "1:01:01.000");
        let lap = lap_of_session("C:\\laps\\monza:5").unwrap();
        assert_eq!((lap.session.to_string().as_str(), lap.lap), ("C:\\laps\\monza", WhichLap::Number(5)));
        let lap = lap_of_session("s3://laps/monza:best").unwrap();
        assert_eq!((lap.session.to_string().as_str(), lap.lap), ("s3://laps/monza", WhichLap::Best));
        assert_eq!(lap_of_session("monza:best").unwrap().lap, WhichLap::Best);
        assert_eq!(lap_of_session("monza:#3").unwrap().lap, WhichLap::Place(3));
        assert!(
            ["monza", "monza:", ":5", "monza:fast", "monza:#0", "s3://laps/monza", "s4://laps/monza:5"]
                .iter()
                .all(|text| lap_of_session(text).is_err())
        );
    }

    #[test]
    fn a_typo_is_understood_and_nonsense_is_not() {
        let games = ["ac", "acc", "iracing"];
        assert_eq!(did_you_mean("irracing", games), ", did you mean iracing?");
        assert_eq!(did_you_mean("ACCC", games), ", did you mean acc?");
        assert_eq!(did_you_mean("flightsim", games), "");
    }
}
