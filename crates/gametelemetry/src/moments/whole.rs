//! What the records of one source belong to: the packets of one moment of the game, and messages of several datagrams.
//!
//! Stands in the thread that reads a source, where records are whole. Deadlines are counted by the records' own times,
//! so that a file gives the same groups as the game did. Keeps no more than grouping and reassembly are bounded by.

use std::collections::VecDeque;
use std::sync::Arc;

use gametelemetry_file::{Schema, Timestamp};

use crate::grouping::{Group, GroupOptions, Grouper};
use crate::reassembly::{Reassembled, Reassembler, ReassemblyOptions};

/// Something that is made of several records.
#[derive(Clone, Debug)]
pub(crate) enum Whole {
    /// The packets of one moment.
    Group(Group),
    /// A message whose parts are all there.
    Message(Reassembled),
}

impl Whole {
    /// When it was known.
    pub(crate) fn timestamp(&self) -> Timestamp {
        match self {
            Self::Group(group) => group.first,
            Self::Message(message) => message.timestamp,
        }
    }
}

/// What of a source is to be put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct WantedWholes {
    pub(crate) groups: bool,
    pub(crate) messages: bool,
}

/// Puts the records of one source together; each whole waits with the number of the row after which it is told.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    grouper: Option<Grouper>,
    reassembler: Option<Reassembler>,
}

impl Assembly {
    /// For records of `schema`: what is wanted, as far as the schema says how records belong together.
    pub(super) fn new(schema: &Schema, wanted: WantedWholes) -> Self {
        let (groups, parts) = (
            schema.kinds.iter().any(|kind| !kind.group.is_empty()),
            schema.kinds.iter().any(|kind| kind.parts.is_some()),
        );
        let schema = Arc::new(schema.clone());
        Self {
            grouper: (wanted.groups && groups)
                .then(|| Grouper::new(Arc::clone(&schema), GroupOptions::default())),
            reassembler: (wanted.messages && parts)
                .then(|| Reassembler::new(schema, ReassemblyOptions::default())),
        }
    }

    /// Whether records are of any use to it.
    pub(super) fn is_wanted(&self) -> bool {
        self.grouper.is_some() || self.reassembler.is_some()
    }

    /// Takes in a record; what it completes or closes goes to `into`, to be told after `row` rows.
    pub(super) fn push(
        &mut self,
        timestamp: Timestamp,
        record: &[u8],
        row: usize,
        into: &mut VecDeque<(usize, Whole)>,
    ) {
        if let Some(grouper) = &mut self.grouper {
            grouper.push_message(timestamp, record);
        }
        self.take_groups(row, into);
        let message = self.reassembler.as_mut().and_then(|it| it.push(timestamp, record));
        into.extend(message.map(|message| (row, Whole::Message(message))));
    }

    /// No record before `now` comes any more: closes what has waited long enough then.
    pub(super) fn tick(&mut self, now: Timestamp, row: usize, into: &mut VecDeque<(usize, Whole)>) {
        if let Some(grouper) = &mut self.grouper {
            grouper.tick(now);
        }
        if let Some(reassembler) = &mut self.reassembler {
            reassembler.tick(now);
        }
        self.take_groups(row, into);
    }

    /// No record comes any more.
    pub(super) fn finish(&mut self, row: usize, into: &mut VecDeque<(usize, Whole)>) {
        if let Some(grouper) = &mut self.grouper {
            grouper.finish();
        }
        self.take_groups(row, into);
    }

    fn take_groups(&mut self, row: usize, into: &mut VecDeque<(usize, Whole)>) {
        let Some(grouper) = &mut self.grouper else { return };
        into.extend(std::iter::from_fn(|| grouper.next_group()).map(|group| (row, Whole::Group(group))));
    }
}
