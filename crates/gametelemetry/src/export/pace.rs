//! Rows at the moments of the source that tells the most: each other channel has its newest value.
//!
//! A processor like any other. Interpolates nothing; that is `resample`.

use super::plan::Plan;
use super::rows::{RowSink, Target};
use super::{ExportInfo, Values};
use crate::moments::{ChannelRequest, Moment, Slot};
use crate::processor::{SessionFacts, SessionProcessor};

/// What an export of channels wants of each moment.
#[derive(Debug)]
pub(super) struct Wanted {
    names: Vec<String>,
    pace: Vec<usize>,
    /// The slot of each column.
    pub(super) slots: Vec<Slot>,
    /// The slots that make a row due.
    due: Vec<Slot>,
}

impl Wanted {
    pub(super) fn new(plan: &Plan) -> Self {
        let names = plan.table.columns.iter().map(|column| column.name.clone()).collect();
        Self { names, pace: plan.pace.clone(), slots: Vec::new(), due: Vec::new() }
    }

    pub(super) fn begin(&mut self, channels: &mut ChannelRequest) {
        self.slots = self.names.iter().map(|name| channels.want(name)).collect();
        self.due = self.pace.iter().filter_map(|column| self.slots.get(*column)).copied().collect();
    }

    /// Whether `moment` is one of the source that sets the pace.
    pub(super) fn is_due(&self, moment: &Moment<'_>) -> bool {
        self.due.iter().any(|slot| moment.fresh(*slot).is_some() || moment.fresh_text(*slot).is_some())
    }
}

/// Makes a row at each moment that is due.
pub(super) struct AtPace {
    wanted: Wanted,
    sink: RowSink,
    target: Target,
}

impl AtPace {
    pub(super) fn new(plan: &Plan, info: &ExportInfo, target: Target) -> Self {
        let sink = RowSink::new(0, &plan.table, info.facts.started);
        Self { wanted: Wanted::new(plan), sink, target }
    }

    /// Measures the intervals between the rows.
    pub(super) fn measured(mut self) -> Self {
        self.sink.measure();
        self
    }
}

impl SessionProcessor for AtPace {
    type Output = (RowSink, Target);

    fn begin(&mut self, channels: &mut ChannelRequest) {
        self.wanted.begin(channels);
    }

    fn push(&mut self, moment: &Moment<'_>) {
        let time = moment.timestamp();
        if self.target.error.is_some() || !self.target.laps.is_chosen(time) || !self.wanted.is_due(moment) {
            return;
        }
        self.sink.rows.times.push(time);
        for (values, slot) in self.sink.rows.columns.iter_mut().zip(&self.wanted.slots) {
            match values {
                Values::F64(values) => values.push(moment.get(*slot).unwrap_or(f64::NAN)),
                Values::Text(values) => values.push(moment.shared_text(*slot)),
                _ => {}
            }
        }
        if self.sink.is_full() {
            self.sink.hand_over(&mut self.target);
        }
    }

    fn finish(mut self, _: &SessionFacts) -> Self::Output {
        self.sink.hand_over(&mut self.target);
        (self.sink, self.target)
    }
}
