//! Slow channels over the time of a session, thinned out while they are read: however long it is, as many points.

use std::collections::BTreeMap;

use gametelemetry::{ChannelRequest, Moment, SessionFacts, SessionProcessor, Slot, Timestamp};

/// The most points that are kept.
const MOST_POINTS: usize = 2000;
/// Time between two points at first, in seconds.
const FINEST_S: f64 = 0.5;

/// Collects the channels called `names`.
pub(super) struct OverTimeProcessor {
    names: Vec<String>,
    slots: Vec<Slot>,
    step_s: f64,
    start: Option<Timestamp>,
    times_s: Vec<f64>,
    /// A row of values for each time.
    rows: Vec<Vec<f64>>,
}

/// What was collected.
#[derive(Debug, Default)]
pub(super) struct SeriesOverTime {
    /// The time of the first moment.
    pub(super) start: Timestamp,
    /// Seconds from there on.
    pub(super) times_s: Vec<f64>,
    /// Values at each time, NaN where nothing was known; only channels that were told at all.
    pub(super) values: BTreeMap<String, Vec<f64>>,
    /// From the first moment to the last, in seconds.
    pub(super) duration_s: f64,
}

impl OverTimeProcessor {
    pub(super) fn new(names: Vec<String>) -> Self {
        Self {
            names,
            slots: Vec::new(),
            step_s: FINEST_S,
            start: None,
            times_s: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Keeps every second point.
    fn thin_out(&mut self) {
        let mut number = 0_usize;
        self.rows.retain(|_| {
            number += 1;
            number % 2 == 1
        });
        number = 0;
        self.times_s.retain(|_| {
            number += 1;
            number % 2 == 1
        });
        self.step_s *= 2.0;
    }
}

impl SessionProcessor for OverTimeProcessor {
    type Output = SeriesOverTime;

    fn begin(&mut self, channels: &mut ChannelRequest) {
        self.names.retain(|name| channels.is_available(name));
        self.slots = self.names.iter().map(|name| channels.want(name)).collect();
    }

    fn push(&mut self, moment: &Moment<'_>) {
        let start = *self.start.get_or_insert(moment.timestamp());
        let time = moment.timestamp().seconds_since(start);
        if self.times_s.last().is_some_and(|last| time < last + self.step_s) {
            return;
        }
        let row: Vec<f64> = self.slots.iter().map(|slot| moment.get(*slot).unwrap_or(f64::NAN)).collect();
        self.times_s.push(time);
        self.rows.push(row);
        if self.times_s.len() > MOST_POINTS {
            self.thin_out();
        }
    }

    fn finish(self, facts: &SessionFacts) -> SeriesOverTime {
        let column = |place: usize| -> Vec<f64> {
            self.rows.iter().map(|row| row.get(place).copied().unwrap_or(f64::NAN)).collect()
        };
        let columns = self.names.iter().enumerate().map(|(place, name)| (name.clone(), column(place)));
        let last = facts.sources.iter().filter_map(|source| source.last).max();
        let first = facts.sources.iter().filter_map(|source| source.first).min();
        let duration_s = match (first, last) {
            (Some(first), Some(last)) => last.seconds_since(first),
            _ => 0.0,
        };
        SeriesOverTime {
            start: self.start.unwrap_or_default(),
            values: columns.filter(|(_, values)| values.iter().any(|value| value.is_finite())).collect(),
            times_s: self.times_s,
            duration_s,
        }
    }
}
