//! From laps to insight: what was measured along a lap, how laps compare, and channels worked out from others.
//!
//! Stands on the laps ([`crate::Laps`]) and the processors, and is the same for every game, because it reads channels
//! only. A session is gone through once for its laps and a second time for the [traces](TraceProcessor) of chosen ones;
//! everything else here works on those. Draws and prints nothing.

mod align;
mod compare;
mod corner_table;
mod corners;
mod curvature;
mod enrich;
mod lap_clock;
mod math;
mod math_parse;
mod math_scan;
mod numbers;
mod position;
mod progress;
mod rates;
mod resample;
mod resampler;
mod statistics;
#[cfg(test)]
mod test_tracks;
mod theoretical;
mod trace_collect;
mod traces;

pub use compare::{ComparedLap, Comparison, ComparisonError, SectorDelta, compare};
pub use corner_table::{CornerDelta, CornerPassage};
pub use corners::{Corner, CornerRules, Direction, corners};
pub use enrich::{BUILT_IN, BuiltIn, enrich};
pub use lap_clock::LapClock;
pub use math::{MathChannel, MathError};
pub use position::Position;
pub use progress::ProgressSource;
pub use resample::{Series, between};
pub use resampler::{Resampler, Row};
pub use statistics::{Fuel, LapStatistics, Range, RangeStatistics, STATISTICS, Shares, Spread, spread};
pub use theoretical::{BestSector, TheoreticalBest, theoretical_bests};
pub use traces::{COMPARED, LapTrace, Trace, TraceProcessor};

/// Laps made by hand, for the tests.
#[cfg(test)]
pub(crate) mod test_laps {
    use std::time::Duration;

    use gametelemetry_file::Timestamp;

    use crate::laps::{Lap, LapKind};

    /// The moment so many seconds after the tests' session began.
    pub(crate) fn second(seconds: f64) -> Timestamp {
        Timestamp::from_ticks(638_000_000_000_000_000) + Duration::from_secs_f64(seconds)
    }

    /// A flying lap between two seconds.
    pub(crate) fn lap(number: u32, start_s: f64, end_s: f64) -> Lap {
        Lap {
            lap: number,
            kind: LapKind::Flying,
            valid: true,
            time: Some(Duration::from_secs_f64(end_s - start_s)),
            official_time: None,
            sectors: Vec::new(),
            reason: String::new(),
            part: 0,
            start: second(start_s),
            end: second(end_s),
            length_m: None,
            taken_back: Vec::new(),
            paused: Vec::new(),
        }
    }
}
