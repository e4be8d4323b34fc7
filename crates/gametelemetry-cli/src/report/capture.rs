//! How good the recording of one source is, as the report shows it: its ledger, the file's end, and its damage.

use gametelemetry::{Lateness, Ledger, Timestamp};
use serde::Serialize;

/// One file of a session.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Capture {
    /// Index into [`super::data::Report::sessions`].
    pub(crate) session: usize,
    /// Name of the source.
    pub(crate) source: String,
    /// Size of the file.
    pub(crate) file_bytes: Option<u64>,
    /// How the file ended: `complete`, or what is wrong with its end.
    pub(crate) end: String,
    /// Whether the file ended as it should.
    pub(crate) complete: bool,
    /// What of the file is damaged, a sentence each.
    pub(crate) damage: Vec<String>,
    /// What was counted while recording; `None` for files without a ledger.
    pub(crate) counts: Option<Counts>,
}

/// What was counted while recording.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Counts {
    /// How often the source looked at the game.
    pub(crate) looks: u64,
    /// Frames that the source delivered.
    pub(crate) frames: u64,
    /// Frames in the file.
    pub(crate) recorded: u64,
    /// Looks that found the frame of the look before.
    pub(crate) unchanged: u64,
    /// Looks that caught the game while it was writing.
    pub(crate) torn: u64,
    /// Copies made again.
    pub(crate) retried: u64,
    /// Frames recorded although no quiet copy could be had.
    pub(crate) suspect: u64,
    /// Frames delivered but not kept.
    pub(crate) dropped: u64,
    /// Frames that the game published and nobody saw.
    pub(crate) missed: u64,
    /// Messages lost on the way; `None` for a source that gets none.
    pub(crate) lost: Option<u64>,
    /// Messages out of order; `None` for a source that gets none.
    pub(crate) reordered: Option<u64>,
    /// The rate that was asked for, in Hz.
    pub(crate) requested_hz: Option<f64>,
    /// The rate that came, in Hz.
    pub(crate) achieved_hz: Option<f64>,
    /// Number of times without a new frame.
    pub(crate) gap_count: u64,
    /// The first of them.
    pub(crate) gaps: Vec<GapShown>,
    /// How late looks were; `None` for a source that does not look.
    pub(crate) lateness: Option<LatenessShown>,
    /// What the user should know, as sentences.
    pub(crate) notices: Vec<String>,
}

/// A time without a new frame.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct GapShown {
    /// Seconds from the start of the recording.
    pub(crate) at_s: f64,
    /// How long it was, in seconds.
    pub(crate) seconds: f64,
}

/// How late looks were behind their times, in microseconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct LatenessShown {
    /// Half of the looks were no later.
    pub(crate) p50_us: u64,
    /// 99 of 100 looks were no later.
    pub(crate) p99_us: u64,
    /// No look was later.
    pub(crate) max_us: u64,
}

impl Counts {
    /// What `ledger` says of a recording that began at `start`.
    pub(crate) fn new(ledger: &Ledger, start: Timestamp) -> Self {
        let messages = ledger.messages.as_ref();
        let gaps = ledger.gaps.iter().map(|gap| GapShown {
            at_s: gap.from.seconds_since(start),
            seconds: gap.to.seconds_since(gap.from),
        });
        Self {
            looks: ledger.looks,
            frames: ledger.frames,
            recorded: ledger.recorded,
            unchanged: ledger.unchanged,
            torn: ledger.torn,
            retried: ledger.retried,
            suspect: ledger.suspect,
            dropped: ledger.dropped,
            missed: ledger.missed,
            lost: messages.map(|messages| messages.sum(|kind| kind.lost)),
            reordered: messages.map(|messages| messages.sum(|kind| kind.reordered)),
            requested_hz: ledger.requested_hz,
            achieved_hz: ledger.achieved_hz(),
            gap_count: ledger.gap_count,
            gaps: gaps.collect(),
            lateness: LatenessShown::new(&ledger.lateness),
            notices: notices(ledger),
        }
    }
}

impl LatenessShown {
    fn new(lateness: &Lateness) -> Option<Self> {
        let late = |quantile| {
            lateness.quantile(quantile).map(|late| u64::try_from(late.as_micros()).unwrap_or(u64::MAX))
        };
        Some(Self { p50_us: late(0.5)?, p99_us: late(0.99)?, max_us: late(1.0)? })
    }
}

/// The ledger's own, what came over the network otherwise than it should, and a clock that moved.
fn notices(ledger: &Ledger) -> Vec<String> {
    let mut notices = ledger.notices.clone();
    let messages = ledger.messages.as_ref().map(ToString::to_string).filter(|text| !text.is_empty());
    notices.extend(messages.map(|text| format!("packets: {text}")));
    if ledger.rewind_count > 0 {
        notices.push(format!("the game went back to an earlier moment {} times", ledger.rewind_count));
    }
    if ledger.wall_clock_moved_ms.abs() > 1000 {
        let moved = ledger.wall_clock_moved_ms;
        notices.push(format!("the machine's clock moved by {moved} ms while recording; timestamps did not"));
    }
    notices
}

#[cfg(test)]
mod tests {
    use super::*;
    use gametelemetry::Gap;
    use std::time::Duration;

    #[test]
    fn ledger_is_told_in_seconds_from_the_start() {
        let second = |number: i64| Timestamp::from_ticks(number * 10_000_000);
        let mut ledger = Ledger { recorded: 5, wall_clock_moved_ms: -2000, ..Ledger::default() };
        ledger.push_gap(Gap { from: second(12), to: second(15) });
        (0..100).for_each(|_| ledger.lateness.record(Duration::from_micros(80)));
        let counts = Counts::new(&ledger, second(10));
        assert_eq!(counts.gaps, [GapShown { at_s: 2.0, seconds: 3.0 }]);
        assert_eq!((counts.recorded, counts.lost), (5, None));
        assert!(counts.lateness.is_some_and(|late| (80..=96).contains(&late.p99_us)));
        assert_eq!(counts.notices.len(), 1, "{:?}", counts.notices);
    }

    #[test]
    fn ledger_without_looks_has_no_lateness() {
        assert_eq!(Counts::new(&Ledger::default(), Timestamp::from_ticks(0)).lateness, None);
    }
}
