//! The quality ledger: what was seen, kept, torn, dropped, late, and when nothing came.
//!
//! Written into the file now and then and at the end, so that a recording says itself how far it can be trusted.
//! The recorder counts; this module only defines what the counts mean and how they are stored.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// The most gaps, and the most suspect records, that are listed one by one; further ones are only counted.
pub const MAX_LISTED: usize = 1000;

/// What happened while one source was recorded.
///
/// Every look at the game ends in one of two ways, `looks == frames + unchanged`, and every frame in one of two:
/// `frames == recorded + dropped`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ledger {
    /// How often the source looked at the game.
    pub looks: u64,
    /// Frames that the source delivered.
    pub frames: u64,
    /// Frames that are in the file.
    pub recorded: u64,
    /// Looks that found the frame of the look before.
    pub unchanged: u64,
    /// Looks that caught the game while it was writing; the copy was made again until two agreed.
    pub torn: u64,
    /// Copies made again because the game wrote while they were made.
    pub retried: u64,
    /// Frames recorded although no quiet copy could be had; `suspects` says which.
    pub suspect: u64,
    /// Frames delivered but not kept, because the writer could not keep up or had failed.
    pub dropped: u64,
    /// Frames that the game published between two looks and nobody saw, by the game's own counter.
    pub missed: u64,
    /// Frames that a callback did not get, because it was too slow; the file has them.
    pub missed_by_callbacks: u64,
    /// How often the source found the game (again).
    pub attached: u64,
    /// Numbers (from 0) of the suspect records, the first [`MAX_LISTED`] of them.
    pub suspects: Vec<u64>,
    /// How often the game went back to an earlier moment (a flashback, a rewind); what came before is kept.
    #[serde(skip_serializing_if = "is_zero")]
    pub rewind_count: u64,
    /// Numbers (from 0) of the records with which the game had gone back, the first [`MAX_LISTED`] of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rewinds: Vec<u64>,
    /// Times without a new frame although the source looked, the first [`MAX_LISTED`] of them.
    pub gaps: Vec<Gap>,
    /// Number of gaps, with those that are not listed.
    pub gap_count: u64,
    /// How late each look was behind its time.
    pub lateness: Lateness,
    /// The rate that was asked for, in Hz.
    pub requested_hz: Option<f64>,
    /// Time of the first and of the last frame.
    pub first_frame: Option<Timestamp>,
    /// Time of the last frame.
    pub last_frame: Option<Timestamp>,
    /// How far the wall clock has moved against the session's clock since the start, in milliseconds; timestamps
    /// do not follow such a move.
    pub wall_clock_moved_ms: i64,
    /// What the user should know, as sentences: a version that differs, a disk that was full.
    pub notices: Vec<String>,
    /// What became of messages that came over a network; none for a source that gets none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages: Option<MessageCounts>,
    /// Whether this is the last ledger of a recording that was ended in order.
    pub finished: bool,
}

/// What became of the messages that were sent to a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MessageCounts {
    /// Each kind by its name.
    pub kinds: BTreeMap<String, KindCounts>,
    /// Messages of no known kind; they are recorded.
    pub unknown: u64,
    /// Messages longer than the buffer, of which the end was lost; they are recorded as far as they came.
    pub truncated: u64,
    /// Messages from senders that are not allowed, which were not recorded.
    pub refused: u64,
    /// Messages that the operating system dropped because they came faster than they were taken; none where the
    /// system does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropped_by_system: Option<u64>,
    /// Groups of messages of one moment that were closed with every message, by their kinds, that they should have.
    pub groups: u64,
    /// Groups closed without a message that they should have.
    pub incomplete_groups: u64,
    /// Messages that were put together from their parts.
    pub reassembled: u64,
    /// Messages of which parts were missing when the time was over or the room was needed.
    pub incomplete: u64,
    /// Messages that could not be passed on to a further receiver.
    pub not_forwarded: u64,
}

impl MessageCounts {
    /// The sum of what `count` says of each kind.
    #[must_use]
    pub fn sum(&self, count: impl Fn(&KindCounts) -> u64) -> u64 {
        self.kinds.values().map(count).sum()
    }
}

/// What is worth knowing, in one line; nothing when everything came as it should.
impl fmt::Display for MessageCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.sum(|kind| kind.lost), "lost on the way"),
            (self.sum(|kind| kind.reordered), "out of order"),
            (self.sum(|kind| kind.duplicated), "repeated"),
            (self.unknown, "of no known kind"),
            (self.sum(|kind| kind.wrong_size), "of a wrong length"),
            (self.truncated, "cut"),
            (self.refused, "refused"),
            (self.dropped_by_system.unwrap_or(0), "dropped by the system"),
            (self.incomplete, "incomplete"),
            (self.not_forwarded, "not sent on"),
        ];
        let told = counts.iter().filter(|(count, _)| *count > 0);
        let told: Vec<String> = told.map(|(count, what)| format!("{count} {what}")).collect();
        f.write_str(&told.join(", "))
    }
}

/// What became of the messages of one kind.
///
/// Loss and order are known of kinds that the game counts. Of others (F1's slow kinds and events) it is not known that one
/// is missing or late; one that comes again is known when it has the bytes of another of the same moment, as long as
/// that moment's group is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KindCounts {
    /// Messages that came, repeated ones included.
    pub received: u64,
    /// Messages that never came, by the number that the game counts them with.
    pub lost: u64,
    /// Messages that came after a later one.
    pub reordered: u64,
    /// Messages that came again.
    pub duplicated: u64,
    /// Messages that are of this kind by their content, but not by their length.
    pub wrong_size: u64,
}

impl Ledger {
    /// New frames a second between the first and the last frame; `None` with fewer than two frames.
    #[must_use]
    pub fn achieved_hz(&self) -> Option<f64> {
        let seconds = self.last_frame?.seconds_since(self.first_frame?);
        #[expect(clippy::cast_precision_loss, reason = "a rate is shown, not counted with")]
        let intervals = self.frames.checked_sub(1)? as f64;
        (seconds > 0.0 && intervals > 0.0).then(|| intervals / seconds)
    }

    /// Whether anything that the source delivered is not in the file, or not to be trusted.
    #[must_use]
    pub fn lost_data(&self) -> bool {
        let not_taken = self.messages.as_ref().and_then(|messages| messages.dropped_by_system).unwrap_or(0);
        self.dropped > 0 || self.suspect > 0 || not_taken > 0
    }

    /// Lists a gap, or only counts it when the list is full.
    pub fn push_gap(&mut self, gap: Gap) {
        self.gap_count += 1;
        if self.gaps.len() < MAX_LISTED {
            self.gaps.push(gap);
        }
    }

    /// Marks record number `record` as the first after the game went back to an earlier moment.
    pub fn push_rewind(&mut self, record: u64) {
        self.rewind_count += 1;
        if self.rewinds.len() < MAX_LISTED {
            self.rewinds.push(record);
        }
    }

    /// Marks record number `record` as suspect.
    pub fn push_suspect(&mut self, record: u64) {
        self.suspect += 1;
        if self.suspects.len() < MAX_LISTED {
            self.suspects.push(record);
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// A time without a new frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The last frame before.
    pub from: Timestamp,
    /// The first frame after.
    pub to: Timestamp,
}

/// How late looks were: a histogram with four steps an octave, so that a percentile is right within a fifth.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lateness {
    /// Number of looks by the step's number; the step ends at [`Lateness::upper_bound`].
    pub(crate) steps: BTreeMap<u16, u64>,
}

impl Lateness {
    /// Counts one look that was `late` behind its time.
    pub fn record(&mut self, late: Duration) {
        *self.steps.entry(step_of(late)).or_default() += 1;
    }

    /// Number of looks counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.steps.values().fold(0, |sum, &count| sum.saturating_add(count))
    }

    /// The lateness that the share `quantile` (0 to 1) of all looks did not exceed; `None` without looks.
    #[must_use]
    pub fn quantile(&self, quantile: f64) -> Option<Duration> {
        #[expect(clippy::cast_precision_loss, reason = "a share of a count is a float")]
        let wanted = quantile.clamp(0.0, 1.0) * self.count() as f64;
        let mut seen = 0_u64;
        for (&step, &count) in &self.steps {
            seen = seen.saturating_add(count);
            #[expect(clippy::cast_precision_loss, reason = "compared with a share of a count")]
            if seen as f64 >= wanted {
                return Some(Self::upper_bound(step));
            }
        }
        None
    }

    /// The longest lateness that step number `step` counts.
    #[must_use]
    pub fn upper_bound(step: u16) -> Duration {
        let (octave, quarter) = (u32::from(step / 4), u64::from(step % 4));
        let microseconds = (4 + quarter + 1).checked_shl(octave).unwrap_or(u64::MAX) / 4;
        Duration::from_micros(microseconds.max(1))
    }
}

/// Step 4·n + q holds lateness from 2ⁿ·(1 + q/4) µs on.
fn step_of(late: Duration) -> u16 {
    let microseconds = u64::try_from(late.as_micros()).unwrap_or(u64::MAX).clamp(1, 1 << 40);
    let octave = microseconds.ilog2();
    let quarter = ((microseconds * 4) >> octave) & 3;
    u16::try_from(u64::from(octave) * 4 + quarter).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_right_within_a_fifth() {
        let mut lateness = Lateness::default();
        (1..=1000).for_each(|microseconds| lateness.record(Duration::from_micros(microseconds)));
        let p99 = lateness.quantile(0.99).unwrap().as_micros();
        assert!((990..=1200).contains(&p99), "{p99}");
        assert!(lateness.quantile(0.5).unwrap() >= Duration::from_micros(500));
        assert_eq!(lateness.count(), 1000);
        assert_eq!(Lateness::default().quantile(0.99), None);
    }

    #[test]
    fn the_longest_lateness_and_a_hostile_step_are_counted_without_a_panic() {
        let mut lateness = Lateness::default();
        lateness.record(Duration::MAX);
        lateness.record(Duration::ZERO);
        assert!(lateness.quantile(1.0).unwrap() > Duration::from_secs(1));
        let _ = Lateness::upper_bound(u16::MAX);
    }

    #[test]
    fn a_full_list_still_counts() {
        let mut ledger = Ledger::default();
        let moment = Timestamp::from_ticks(0);
        (0..MAX_LISTED as u64 + 5).for_each(|record| {
            ledger.push_suspect(record);
            ledger.push_gap(Gap { from: moment, to: moment });
        });
        assert_eq!((ledger.suspects.len(), ledger.suspect), (MAX_LISTED, MAX_LISTED as u64 + 5));
        assert_eq!((ledger.gaps.len(), ledger.gap_count), (MAX_LISTED, MAX_LISTED as u64 + 5));
    }
}
