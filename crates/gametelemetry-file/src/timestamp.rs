//! The one kind of time in a session file: 100 ns ticks since 0001-01-01 UTC, as .NET counts them.
//!
//! Stands at the very start of the pipeline: a session stamps each frame once, and everything later (records,
//! index, ledger, readers) only carries the stamp. Does not read any clock; that is the recorder's business.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Ticks in one second.
const TICKS_PER_SECOND: i64 = 10_000_000;
/// Ticks from 0001-01-01 to 1970-01-01, both UTC.
const UNIX_EPOCH_TICKS: i64 = 621_355_968_000_000_000;

/// A moment in UTC, counted in 100 ns ticks since 0001-01-01 00:00:00 (the `Ticks` of a .NET `DateTime`).
///
/// Every `i64` is a valid value, so bytes from a damaged file can never panic here; moments outside the years
/// 1 to 9999 print as their number of ticks.
///
/// ```
/// use gametelemetry_file::Timestamp;
/// let start: Timestamp = "2026-11-23T12:00:00Z".parse()?;
/// let later = start + std::time::Duration::from_millis(1500);
/// assert_eq!(later.to_string(), "2026-11-23T12:00:01.5Z");
/// # Ok::<(), gametelemetry_file::TimestampParseError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The earliest value there is.
    pub const MIN: Self = Self(i64::MIN);
    /// The latest value there is.
    pub const MAX: Self = Self(i64::MAX);

    /// The moment that is `ticks` × 100 ns after 0001-01-01 UTC.
    #[must_use]
    pub const fn from_ticks(ticks: i64) -> Self {
        Self(ticks)
    }

    /// 100 ns ticks since 0001-01-01 UTC.
    #[must_use]
    pub const fn ticks(self) -> i64 {
        self.0
    }

    /// The moment `nanoseconds` after 1970-01-01 UTC, rounded down to 100 ns.
    #[must_use]
    pub fn from_unix_nanoseconds(nanoseconds: i128) -> Self {
        let ticks = nanoseconds.div_euclid(100) + i128::from(UNIX_EPOCH_TICKS);
        Self(i64::try_from(ticks).unwrap_or(if ticks < 0 { i64::MIN } else { i64::MAX }))
    }

    /// Nanoseconds since 1970-01-01 UTC; negative before it.
    #[must_use]
    pub fn unix_nanoseconds(self) -> i128 {
        (i128::from(self.0) - i128::from(UNIX_EPOCH_TICKS)) * 100
    }

    /// Seconds from `earlier` to `self`; negative when `earlier` is in fact later.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> f64 {
        let ticks = i128::from(self.0) - i128::from(earlier.0);
        #[expect(clippy::cast_precision_loss, reason = "a span is shown and divided, never used as a key")]
        let seconds = ticks as f64 / TICKS_PER_SECOND as f64;
        seconds
    }

    /// The time from `earlier` to `self`, or `None` when `earlier` is later.
    #[must_use]
    pub fn duration_since(self, earlier: Self) -> Option<Duration> {
        let ticks = u64::try_from(i128::from(self.0) - i128::from(earlier.0)).ok()?;
        Some(ticks_to_duration(ticks))
    }

    /// The UTC date and time as `2026-11-23_120000`, the form of a session folder's name.
    #[must_use]
    pub fn folder_name(self) -> String {
        match self.to_jiff() {
            Some(moment) => moment.strftime("%Y-%m-%d_%H%M%S").to_string(),
            None => format!("ticks_{}", self.0),
        }
    }

    fn to_jiff(self) -> Option<jiff::Timestamp> {
        jiff::Timestamp::from_nanosecond(self.unix_nanoseconds()).ok()
    }
}

fn ticks_to_duration(ticks: u64) -> Duration {
    let per_second = TICKS_PER_SECOND.unsigned_abs();
    let nanoseconds = u32::try_from(ticks % per_second * 100).unwrap_or(0);
    Duration::new(ticks / per_second, nanoseconds)
}

fn duration_to_ticks(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos() / 100).unwrap_or(i64::MAX)
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration_to_ticks(duration)))
    }
}

impl std::ops::Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(duration_to_ticks(duration)))
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Self(UNIX_EPOCH_TICKS) + after,
            Err(before) => Self(UNIX_EPOCH_TICKS) - before.duration(),
        }
    }
}

impl From<Timestamp> for SystemTime {
    /// Clamps to what the system's clock can hold.
    fn from(timestamp: Timestamp) -> Self {
        let ticks = i128::from(timestamp.0) - i128::from(UNIX_EPOCH_TICKS);
        let distance = ticks_to_duration(u64::try_from(ticks.unsigned_abs()).unwrap_or(u64::MAX));
        let moved =
            if ticks >= 0 { UNIX_EPOCH.checked_add(distance) } else { UNIX_EPOCH.checked_sub(distance) };
        moved.unwrap_or(UNIX_EPOCH)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_jiff() {
            Some(moment) => write!(f, "{moment}"),
            None => write!(f, "{} ticks", self.0),
        }
    }
}

/// Why a text is no [`Timestamp`].
#[derive(Debug, thiserror::Error)]
#[error("not a moment in time, write it as 2026-11-23T12:00:00Z: {text}")]
pub struct TimestampParseError {
    text: String,
    #[source]
    source: jiff::Error,
}

impl std::str::FromStr for Timestamp {
    type Err = TimestampParseError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let moment: jiff::Timestamp =
            text.parse().map_err(|source| TimestampParseError { text: text.to_owned(), source })?;
        Ok(Self::from_unix_nanoseconds(moment.as_nanosecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unix_epoch_has_dotnet_s_number_of_ticks() {
        assert_eq!(Timestamp::from(UNIX_EPOCH).ticks(), 621_355_968_000_000_000);
        assert_eq!(Timestamp::from_ticks(0).to_string(), "0001-01-01T00:00:00Z");
    }

    #[test]
    fn system_time_round_trips_before_and_after_the_epoch() {
        for offset in [0, 100, 999_999_900, 86_400_000_000_000] {
            let duration = Duration::from_nanos(offset);
            for time in [UNIX_EPOCH + duration, UNIX_EPOCH - duration] {
                assert_eq!(SystemTime::from(Timestamp::from(time)), time);
            }
        }
    }

    #[test]
    fn no_value_of_the_wire_panics() {
        for ticks in [i64::MIN, -1, 0, i64::MAX] {
            let timestamp = Timestamp::from_ticks(ticks);
            let _ = (timestamp.to_string(), timestamp.folder_name(), SystemTime::from(timestamp));
            let _ = (timestamp + Duration::MAX, timestamp - Duration::MAX);
            let _ = timestamp.seconds_since(Timestamp::MIN) + timestamp.seconds_since(Timestamp::MAX);
        }
    }
}
