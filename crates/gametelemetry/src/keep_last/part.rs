//! What is held of one source: sealed segments in the order of time, and what belongs to them.
//!
//! Forgets from the front, one segment at a time. Knows no other source and writes nothing: how far back is held is
//! for `ring`, and files are made by `marker`.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use gametelemetry_file::{Gap, Header, Ledger, RecordSizeError, SealedSegment, SegmentBuilder, Timestamp};

use super::said::{Key, LastSaid, Said};

/// What a segment costs beside its bytes: the counts that are noted with it, and its place.
const OVERHEAD: usize = 2048;

/// When segments end.
#[derive(Clone, Copy, Debug)]
pub(super) struct SegmentLimits {
    pub(super) time: Duration,
    pub(super) bytes: u64,
}

/// A segment that is held.
#[derive(Debug)]
pub(super) struct HeldSegment {
    pub(super) sealed: SealedSegment,
    /// The number of its first record among all of the source.
    first_number: u64,
    said: LastSaid,
}

impl HeldSegment {
    fn cost(&self) -> usize {
        self.sealed.bytes().len() + self.said.bytes() + OVERHEAD
    }
}

/// What the ledger says of a single record.
#[derive(Clone, Copy, Debug)]
struct Flag {
    number: u64,
    suspect: bool,
    rewind: bool,
}

/// One source.
#[derive(Debug)]
pub(super) struct Part {
    header: Header,
    gap_after: Option<Duration>,
    limits: SegmentLimits,
    builder: SegmentBuilder,
    /// What is said in the open segment, and the number of its first record.
    saying: LastSaid,
    open_number: u64,
    next_number: u64,
    last: Option<Timestamp>,
    segments: VecDeque<Arc<HeldSegment>>,
    /// What the segments cost.
    bytes: usize,
    /// What was said last in segments that are forgotten.
    older: LastSaid,
    flags: VecDeque<Flag>,
    gaps: VecDeque<Gap>,
    /// The counts as they stood when records up to a time had been written.
    counts: VecDeque<(Timestamp, Arc<Ledger>)>,
    wants_counts: bool,
    /// The latest record that went because memory was short.
    forced_until: Option<Timestamp>,
}

impl Part {
    pub(super) fn new(header: Header, gap_after: Option<Duration>, limits: SegmentLimits) -> Self {
        let builder = SegmentBuilder::new(header.schema.size);
        Self {
            header,
            gap_after,
            limits,
            builder,
            saying: LastSaid::default(),
            open_number: 0,
            next_number: 0,
            last: None,
            segments: VecDeque::new(),
            bytes: 0,
            older: LastSaid::default(),
            flags: VecDeque::new(),
            gaps: VecDeque::new(),
            counts: VecDeque::new(),
            wants_counts: false,
            forced_until: None,
        }
    }

    /// Adds a record; gives whether a segment was sealed.
    pub(super) fn push(&mut self, timestamp: Timestamp, data: &[u8]) -> Result<bool, RecordSizeError> {
        let since_first = self.builder.first().and_then(|first| timestamp.duration_since(first));
        let is_over = since_first.is_some_and(|span| span >= self.limits.time) && self.seal();
        self.builder.push(timestamp, data)?;
        let silence = self.last.and_then(|last| timestamp.duration_since(last));
        if let (Some(from), Some(silence), Some(gap_after)) = (self.last, silence, self.gap_after)
            && silence > gap_after
        {
            self.gaps.push_back(Gap { from, to: timestamp });
        }
        self.last = self.last.max(Some(timestamp));
        let (key, kinds) = (Key::of(&self.header.schema, data), self.kinds());
        self.saying.note(key, timestamp, self.next_number, data, kinds);
        self.next_number += 1;
        let is_full = self.builder.record_bytes() >= self.limits.bytes && self.seal();
        Ok(is_over || is_full)
    }

    /// Notes what the ledger says of records, from number `first` on: suspect, and went back. Gives whether the
    /// counts are to be noted too.
    pub(super) fn note_flags(&mut self, first: u64, records: &[(bool, bool)]) -> bool {
        for (number, &(suspect, rewind)) in (first..).zip(records) {
            if suspect || rewind {
                self.flags.push_back(Flag { number, suspect, rewind });
            }
        }
        self.forget_what_belongs_to_nothing();
        std::mem::take(&mut self.wants_counts)
    }

    /// Notes the counts as they stand.
    pub(super) fn note_counts(&mut self, ledger: &Ledger) {
        if let Some(last) = self.last {
            let counts = Ledger { notices: Vec::new(), ..ledger.since(&Ledger::default()) };
            self.counts.push_back((last, Arc::new(counts)));
        }
    }

    /// Forgets every segment that ends before `start`.
    pub(super) fn trim(&mut self, start: Timestamp) {
        let is_over = |segment: &Arc<HeldSegment>| segment.sealed.last() < start;
        while self.segments.front().is_some_and(is_over) {
            self.forget_first();
        }
    }

    /// Forgets the first segment because memory is short.
    pub(super) fn force(&mut self) {
        let last = self.segments.front().map(|segment| segment.sealed.last());
        self.forced_until = self.forced_until.max(last);
        self.forget_first();
    }

    /// What the segments cost, and the records before them.
    pub(super) fn bytes(&self) -> usize {
        self.bytes + self.older.bytes()
    }

    /// Number of sealed segments.
    pub(super) fn segments(&self) -> usize {
        self.segments.len()
    }

    /// Time of the first record of the first sealed segment.
    pub(super) fn first_sealed(&self) -> Option<Timestamp> {
        self.segments.front().map(|segment| segment.sealed.first())
    }

    /// Time of the first record that is held.
    pub(super) fn first(&self) -> Option<Timestamp> {
        self.first_sealed().or(self.builder.first())
    }

    /// Whether records from `start` on had to go.
    pub(super) fn is_short(&self, start: Timestamp) -> bool {
        self.forced_until.is_some_and(|until| until >= start)
    }

    /// All that is held from `start` on.
    pub(super) fn snapshot(&mut self, start: Timestamp) -> Snapshot {
        self.seal();
        self.trim(start);
        let first = self.segments.front();
        Snapshot {
            header: self.header.clone(),
            older: self.older.without(first.map(|segment| &segment.said)),
            first_number: self.first_number(),
            segments: self.segments.iter().cloned().collect(),
            flags: self.flags.iter().copied().collect(),
            gaps: self.gaps.iter().copied().collect(),
            before: self.counts_before(),
            is_short: self.is_short(start),
        }
    }

    /// Ends the open segment; gives whether there was one.
    fn seal(&mut self) -> bool {
        let Some(sealed) = self.builder.seal() else { return false };
        let said = std::mem::take(&mut self.saying);
        let segment = HeldSegment { sealed, first_number: self.open_number, said };
        self.bytes += segment.cost();
        self.segments.push_back(Arc::new(segment));
        (self.open_number, self.wants_counts) = (self.next_number, true);
        true
    }

    fn forget_first(&mut self) {
        let Some(segment) = self.segments.pop_front() else { return };
        self.bytes = self.bytes.saturating_sub(segment.cost());
        self.older.take_over(&segment.said, self.kinds());
        self.forget_what_belongs_to_nothing();
    }

    fn forget_what_belongs_to_nothing(&mut self) {
        let (number, first) = (self.first_number(), self.first());
        while let Some(flag) = self.flags.pop_front_if(|flag| flag.number < number) {
            if flag.suspect {
                self.older.suspect(flag.number);
            }
        }
        let Some(first) = first else { return };
        while self.gaps.pop_front_if(|gap| gap.from < first).is_some() {}
        while self.counts.get(1).is_some_and(|(until, _)| *until <= first) {
            self.counts.pop_front();
        }
    }

    /// The number of the first record that is held.
    fn first_number(&self) -> u64 {
        self.segments.front().map_or(self.open_number, |segment| segment.first_number)
    }

    /// The counts as they stood nearest to the first record that is held; none when that is the first of all.
    fn counts_before(&self) -> Option<Arc<Ledger>> {
        let first = self.first().filter(|_| self.first_number() > 0)?;
        let distance = |(until, _): &&(Timestamp, Arc<Ledger>)| until.ticks().abs_diff(first.ticks());
        self.counts.iter().min_by_key(distance).map(|(_, counts)| Arc::clone(counts))
    }

    fn kinds(&self) -> usize {
        // One more for what is of no known kind.
        self.header.schema.kinds.len() + 1
    }
}

/// What was held of a source at one moment.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) header: Header,
    /// What was said last before the segments, where they do not begin with it.
    pub(super) older: Vec<Said>,
    pub(super) segments: Vec<Arc<HeldSegment>>,
    first_number: u64,
    flags: Vec<Flag>,
    gaps: Vec<Gap>,
    before: Option<Arc<Ledger>>,
    /// Records that should be here had to go because memory was short.
    pub(super) is_short: bool,
}

impl Snapshot {
    /// Number of records.
    pub(super) fn records(&self) -> u64 {
        let held: u64 = self.segments.iter().map(|segment| segment.sealed.records()).sum();
        held + self.older.len() as u64
    }

    /// Time of the first record that is not older than what is kept.
    pub(super) fn first(&self) -> Option<Timestamp> {
        self.segments.first().map(|segment| segment.sealed.first())
    }

    /// What `now`, the source's ledger, has to say of this part of the recording.
    pub(super) fn ledger(&self, now: &Ledger) -> Ledger {
        let mut ledger = match &self.before {
            Some(before) => now.since(before),
            None => now.since(&Ledger::default()),
        };
        ledger.recorded = self.records();
        ledger.frames = ledger.recorded + ledger.dropped;
        // A source that has given one frame and then waits may not have said how often it looked.
        ledger.looks = ledger.frames + ledger.unchanged;
        let (first_older, last_older) = (self.older.first(), self.older.last());
        ledger.first_frame = self.first().or(first_older.map(|said| said.timestamp));
        let last = self.segments.iter().map(|segment| segment.sealed.last()).max();
        ledger.last_frame = last.or(last_older.map(|said| said.timestamp));
        self.list(&mut ledger);
        ledger.finished = true;
        ledger
    }

    /// Fills in what belongs to single records and moments.
    fn list(&self, ledger: &mut Ledger) {
        for (number, _) in (0..).zip(&self.older).filter(|(_, said)| said.is_suspect) {
            ledger.push_suspect(number);
        }
        for flag in &self.flags {
            // None is before the first that is held.
            let number = flag.number.saturating_sub(self.first_number) + self.older.len() as u64;
            if flag.suspect {
                ledger.push_suspect(number);
            }
            if flag.rewind {
                ledger.push_rewind(number);
            }
        }
        self.gaps.iter().for_each(|gap| ledger.push_gap(*gap));
        match self.older.len() {
            0 => {}
            1 => ledger.notices.push("the first record is older than the part that was kept".to_owned()),
            older => {
                ledger
                    .notices
                    .push(format!("the first {older} records are older than the part that was kept"));
            }
        }
    }
}
