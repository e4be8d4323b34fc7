//! Counts what becomes of the messages of a source: each kind, what is lost, late, repeated, incomplete.
//!
//! Looks at every message once, by the schema; keeps none. What it counts goes into the ledger.

use std::sync::Arc;

use gametelemetry_file::{Field, KindCounts, MessageCounts, Schema, Timestamp, Value};

use super::recognizer::{Kind, Recognizer};
use super::sequence::{Arrival, Count};
use crate::grouping::{GroupOptions, Grouper};
use crate::reassembly::{Reassembler, ReassemblyOptions};

/// What was noticed of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Noticed {
    /// Its kind, by the number in the schema.
    pub(crate) kind: Option<usize>,
    /// With it the game went back to an earlier moment.
    pub(crate) rewind: bool,
}

#[derive(Debug)]
pub(crate) struct Tracker {
    schema: Arc<Schema>,
    recognizer: Recognizer,
    /// Of each kind of the schema, how it is counted.
    kinds: Vec<Tracked>,
    counts: Vec<Running>,
    grouper: Grouper,
    reassembler: Reassembler,
    unknown: u64,
}

#[derive(Debug, Default)]
struct Tracked {
    received: u64,
    wrong_size: u64,
    /// Of a kind without a count: messages that came again within their group.
    repeated: u64,
    /// The count that its messages carry, and the field.
    sequence: Option<(usize, Field)>,
    restarts_with: Vec<Field>,
    moment: Option<Field>,
}

/// A count with what it belongs to.
#[derive(Debug)]
struct Running {
    name: (String, Option<u32>, Vec<String>),
    count: Count,
    /// The values of the fields whose change restarts it.
    scope: Vec<i64>,
    /// The game's own time of its newest number.
    moment: Option<f64>,
}

impl Tracker {
    pub(crate) fn new(schema: Arc<Schema>) -> Self {
        let mut counts: Vec<Running> = Vec::new();
        let kinds = schema
            .kinds
            .iter()
            .map(|kind| {
                let Some(sequence) = &kind.sequence else { return Tracked::default() };
                let name = (sequence.field.clone(), sequence.step, sequence.restarts_with.clone());
                let number = counts.iter().position(|running| running.name == name).unwrap_or_else(|| {
                    counts.push(Running {
                        name,
                        count: Count::new(sequence.step),
                        scope: Vec::new(),
                        moment: None,
                    });
                    counts.len() - 1
                });
                let restarts_with = sequence.restarts_with.iter().filter_map(|name| kind.field(name));
                Tracked {
                    sequence: kind.field(&sequence.field).map(|field| (number, field.clone())),
                    restarts_with: restarts_with.cloned().collect(),
                    moment: kind.moment.as_ref().and_then(|name| kind.field(name)).cloned(),
                    ..Tracked::default()
                }
            })
            .collect();
        Self {
            recognizer: Recognizer::new(&schema),
            grouper: Grouper::counting(Arc::clone(&schema), GroupOptions::default()),
            reassembler: Reassembler::new(Arc::clone(&schema), ReassemblyOptions::default()),
            schema,
            kinds,
            counts,
            unknown: 0,
        }
    }

    /// Takes in one message that came at `now`.
    pub(crate) fn push(&mut self, now: Timestamp, message: &[u8]) -> Noticed {
        let nothing = Noticed { kind: None, rewind: false };
        let number = match self.recognizer.recognize(&self.schema, message) {
            Kind::Known(number) => number,
            Kind::WrongSize(number) => {
                if let Some(kind) = self.kinds.get_mut(number) {
                    kind.wrong_size += 1;
                }
                return nothing;
            }
            Kind::None => {
                self.unknown += u64::from(!self.schema.kinds.is_empty());
                return nothing;
            }
        };
        let (Some(tracked), Some(kind)) = (self.kinds.get_mut(number), self.schema.kinds.get(number)) else {
            return nothing;
        };
        tracked.received += 1;
        let (arrival, rewound) = advance(&mut self.counts, tracked, number, message).unzip();
        let rewound = rewound == Some(true);
        if !kind.group.is_empty() && arrival != Some(Arrival::Again) {
            // A kind with a count was counted by it.
            let is_repeated = self.grouper.push(now, number, message);
            tracked.repeated += u64::from(is_repeated && tracked.sequence.is_none());
        }
        if kind.parts.is_some() {
            self.reassembler.push_kind(now, number, message);
        }
        let went_back = arrival == Some(Arrival::Restarted { back: true });
        Noticed { kind: Some(number), rewind: went_back || rewound }
    }

    /// Closes what has waited long enough; to be called now and then, also while nothing comes.
    pub(crate) fn tick(&mut self, now: Timestamp) {
        self.grouper.tick(now);
        self.reassembler.tick(now);
    }

    /// No further messages come: closes everything.
    pub(crate) fn finish(&mut self) {
        self.grouper.finish();
        self.reassembler.finish();
    }

    /// Writes what was counted into `into`; what the source itself counts there is left alone.
    pub(crate) fn report(&self, into: &mut MessageCounts) {
        let mut all = vec![KindCounts::default(); self.kinds.len()];
        for (number, counts) in self.counts.iter().flat_map(|running| running.count.counts()) {
            if let Some(of_kind) = all.get_mut(number) {
                *of_kind = counts;
            }
        }
        into.kinds.clear();
        for ((kind, tracked), mut counts) in self.schema.kinds.iter().zip(&self.kinds).zip(all) {
            (counts.received, counts.wrong_size) = (tracked.received, tracked.wrong_size);
            counts.duplicated += tracked.repeated;
            if counts != KindCounts::default() {
                into.kinds.insert(kind.name.clone(), counts);
            }
        }
        into.unknown = self.unknown;
        (into.groups, into.incomplete_groups) = self.grouper.counted();
        (into.reassembled, into.incomplete) = self.reassembler.counted();
    }
}

/// Takes in the number of a message of a kind that carries one; gives also whether the game went back with it.
fn advance(
    counts: &mut [Running],
    tracked: &Tracked,
    kind: usize,
    message: &[u8],
) -> Option<(Arrival, bool)> {
    let (running, field) = tracked.sequence.as_ref()?;
    let running = counts.get_mut(*running)?;
    let number = whole_number(&field.read(message))?;
    let mut scope = tracked.restarts_with.iter().map(|field| whole_number(&field.read(message)).unwrap_or(0));
    let same = running.scope.iter().all(|value| scope.next() == Some(*value)) && scope.next().is_none();
    if !same {
        running.count.restart();
        running.moment = None;
        running.scope = tracked
            .restarts_with
            .iter()
            .map(|field| whole_number(&field.read(message)).unwrap_or(0))
            .collect();
    }
    let arrival = running.count.push(kind, number);
    let moment = tracked.moment.as_ref().and_then(|field| field.read(message).as_f64());
    // Of a late message an earlier moment is no wonder.
    let Some(moment) = moment.filter(|_| arrival == Arrival::InOrder) else { return Some((arrival, false)) };
    let before = running.moment.replace(moment);
    Some((arrival, before.is_some_and(|before| moment < before)))
}

/// The whole number that `value` is.
pub(crate) fn whole_number(value: &Value) -> Option<i64> {
    match *value {
        Value::Int(value) => Some(value),
        Value::UInt(value) => Some(value.cast_signed()),
        #[expect(clippy::cast_possible_truncation, reason = "a float is cut to the range")]
        Value::F32(value) => Some(value as i64),
        #[expect(clippy::cast_possible_truncation, reason = "a float is cut to the range")]
        Value::F64(value) => Some(value as i64),
        Value::Bool(value) => Some(value.into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gametelemetry_file::{FieldKind, FrameSize, MessageKind, Parts};

    /// Kinds 1 and 2 come with every frame and are counted, 3 now and then, 4 in parts: `[kind, session, frame (4 bytes),
    /// part, parts]`.
    fn tracker() -> Tracker {
        let field = |name: &str, kind, offset| Field {
            name: name.into(),
            kind,
            offset,
            count: 1,
            ..Field::default()
        };
        let kind = |id: i64| {
            let mut kind =
                MessageKind::new(format!("kind{id}"), FrameSize::Fixed(8)).when(0, FieldKind::U8, &[id]);
            kind.fields = vec![
                field("session", FieldKind::U8, 1),
                field("frame", FieldKind::U32, 2),
                field("part", FieldKind::U8, 6),
                field("parts", FieldKind::U8, 7),
            ];
            if id == 4 {
                let parts = Parts {
                    number: "part".into(),
                    count: "parts".into(),
                    first: 1,
                    message: vec!["frame".into()],
                    running: None,
                };
                return MessageKind { parts: Some(parts), ..kind };
            }
            let kind = kind.group(&["session", "frame"]);
            if id < 3 { kind.sequence("frame", None, &["session"]) } else { kind }
        };
        Tracker::new(Arc::new(Schema::of_kinds("P", (1..=4).map(kind).collect())))
    }

    fn packet(kind: u8, frame: u32, part: u8, parts: u8) -> [u8; 8] {
        let [a, b, c, d] = frame.to_le_bytes();
        [kind, 7, a, b, c, d, part, parts]
    }

    fn at(milliseconds: u32) -> Timestamp {
        Timestamp::from_ticks(i64::from(milliseconds) * 10_000)
    }

    fn report(tracker: &Tracker) -> MessageCounts {
        let mut counts = MessageCounts::default();
        tracker.report(&mut counts);
        counts
    }

    /// The most of each thing that was held while `frames` frames came, 60 a second, each tenth packet missing.
    fn most_held(frames: u32) -> Vec<usize> {
        let mut tracker = tracker();
        let mut most = vec![0; 7];
        for frame in 0..frames {
            for kind in 1..=4 {
                if (frame * 4 + kind) % 10 != 0 {
                    tracker.push(
                        at(frame * 16),
                        &packet(kind.to_le_bytes()[0], frame, 1, 1 + (frame % 2) as u8),
                    );
                }
            }
            let held = tracker.grouper.held().into_iter().chain(tracker.reassembler.held());
            most.iter_mut().zip(held).for_each(|(most, now)| *most = now.max(*most));
        }
        most
    }

    #[test]
    fn what_is_held_is_the_same_after_ten_times_as_many_packets() {
        let (few, many) = (most_held(2_000), most_held(20_000));
        assert_eq!(few, many);
        assert!(few[0] <= 2 && few[4] <= 64, "{few:?}");
    }

    #[test]
    fn a_million_bogus_groups_and_messages_hold_no_more_than_a_thousand() {
        let most = |count: u32| {
            let mut tracker = tracker();
            for number in 0..count {
                tracker
                    .push(at(0), &packet(1 + (number % 4) as u8, number.wrapping_mul(2_654_435_761), 1, 255));
            }
            let held: Vec<_> = tracker.grouper.held().into_iter().chain(tracker.reassembler.held()).collect();
            tracker.finish();
            let counts = report(&tracker);
            let groups = counts.groups + counts.incomplete_groups;
            assert_eq!((groups, counts.incomplete), (u64::from(count) / 4 * 3, u64::from(count) / 4));
            held
        };
        assert_eq!(most(1_000_000), most(1_000));
    }

    #[test]
    fn incomplete_groups_are_closed_by_their_deadline_while_nothing_of_them_comes() {
        let mut tracker = tracker();
        tracker.push(at(0), &packet(1, 1, 0, 0));
        tracker.push(at(0), &packet(2, 1, 0, 0));
        tracker.push(at(16), &packet(1, 2, 0, 0));
        tracker.tick(at(99));
        assert_eq!((report(&tracker).groups, report(&tracker).incomplete_groups), (0, 0));
        tracker.tick(at(100));
        assert_eq!((report(&tracker).groups, report(&tracker).incomplete_groups), (1, 0));
        tracker.tick(at(116));
        assert_eq!((report(&tracker).groups, report(&tracker).incomplete_groups), (1, 1));
    }

    #[test]
    fn of_a_kind_without_a_count_the_same_bytes_in_one_moment_came_twice() {
        let mut tracker = tracker();
        for (frame, part) in [(1, 0), (1, 0), (1, 1), (2, 0), (2, 0), (2, 0)] {
            tracker.push(at(0), &packet(3, frame, part, 0));
        }
        let counts = report(&tracker).kinds["kind3"];
        assert_eq!(counts, KindCounts { received: 6, duplicated: 3, ..KindCounts::default() });
    }
}
