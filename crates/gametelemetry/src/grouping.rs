//! Puts together the messages of one moment of the game: F1 sends ten packets a frame, each with the frame's number.
//!
//! Pure: messages and times in, groups out. A missing message does not hold a group up: it is closed when two later
//! groups have begun, when its time is over, or when too many wait. Keeps no more than its bounds say, whatever is
//! sent. For processors, live and from files; the recorder only counts by it.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use gametelemetry_file::{Field, Schema, Timestamp};

use crate::network::{known_kind, whole_number};

/// When groups are closed, and how much may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupOptions {
    /// A group is closed so long after its first message.
    pub deadline: Duration,
    /// A group is closed when so many later ones have begun; the most that wait at a time.
    pub later_groups: usize,
    /// The most bytes that wait in all groups together; beyond, the oldest is closed.
    pub max_bytes: usize,
}

impl Default for GroupOptions {
    /// 100 ms, two later groups, 1 MiB.
    fn default() -> Self {
        Self { deadline: Duration::from_millis(100), later_groups: 2, max_bytes: 1 << 20 }
    }
}

/// The messages of one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// The values of the fields that all its messages have in common.
    pub key: Vec<i64>,
    /// When the first of them came.
    pub first: Timestamp,
    /// The messages in the order in which they came.
    pub messages: Vec<GroupedMessage>,
    /// Every kind that comes with each moment is there.
    pub complete: bool,
    /// The kinds in it, by their number in the schema, also where messages are not kept.
    kinds: Vec<usize>,
    /// Hashes of its messages of kinds that have no count, where messages are not kept: at most [`SEEN`].
    seen: Vec<u64>,
}

/// One message of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupedMessage {
    /// When it came.
    pub timestamp: Timestamp,
    /// The message.
    pub bytes: Vec<u8>,
}

impl Group {
    /// Whether `message` is in it already; notes it where messages are not kept. One that a count tells of needs no hash.
    fn is_repeated(&mut self, message: &[u8], keeps_messages: bool, is_counted: bool) -> bool {
        if keeps_messages {
            return self.messages.iter().any(|other| other.bytes == message);
        }
        if is_counted {
            return false;
        }
        let mut hasher = DefaultHasher::new();
        message.hash(&mut hasher);
        let hash = hasher.finish();
        let is_repeated = self.seen.contains(&hash);
        if !is_repeated && self.seen.len() < SEEN {
            self.seen.push(hash);
        }
        is_repeated
    }
}

/// Puts messages into groups.
#[derive(Debug)]
pub struct Grouper {
    schema: Arc<Schema>,
    options: GroupOptions,
    keeps_messages: bool,
    /// Of each kind, the fields of its key; empty for a kind of no group.
    keys: Vec<Vec<Field>>,
    /// Of each kind, the first whose key has the same fields: such kinds make groups together. The versions of a game
    /// that share a port do not wait for each other.
    kin: Vec<usize>,
    /// Of each kind, whether it comes with every moment.
    steady: Vec<bool>,
    /// Kinds that have come so far: one that never comes is not missing.
    known: Vec<bool>,
    open: VecDeque<Group>,
    /// The keys of groups that were closed a moment ago: what comes late begins no new group.
    closed: VecDeque<Vec<i64>>,
    bytes: usize,
    ready: VecDeque<Group>,
    groups: u64,
    incomplete: u64,
}

/// Messages of a group by whose hash another is known to be the same.
const SEEN: usize = 64;
/// Closed groups that are remembered.
const REMEMBERED: usize = 64;

impl Grouper {
    /// Puts messages of `schema` together by the kinds' `group` fields.
    #[must_use]
    pub fn new(schema: Arc<Schema>, options: GroupOptions) -> Self {
        let fields = |kind: &gametelemetry_file::MessageKind| {
            kind.group.iter().filter_map(|name| kind.field(name)).cloned().collect()
        };
        let count = schema.kinds.len();
        let keys: Vec<Vec<Field>> = schema.kinds.iter().map(fields).collect();
        let first_kin = |key: &Vec<Field>| keys.iter().position(|other| other == key).unwrap_or(0);
        Self {
            kin: keys.iter().map(first_kin).collect(),
            keys,
            steady: schema.kinds.iter().map(|kind| kind.sequence.is_some()).collect(),
            known: vec![false; count],
            schema,
            options,
            keeps_messages: true,
            open: VecDeque::new(),
            closed: VecDeque::new(),
            bytes: 0,
            ready: VecDeque::new(),
            groups: 0,
            incomplete: 0,
        }
    }

    /// One that only counts, and gives no groups.
    pub(crate) fn counting(schema: Arc<Schema>, options: GroupOptions) -> Self {
        Self { keeps_messages: false, ..Self::new(schema, options) }
    }

    /// Takes in a message that came at `timestamp`; take closed groups by [`Grouper::next_group`]. A message of a kind
    /// that belongs to no group is passed over, and so is one that is in its group already, byte for byte.
    pub fn push_message(&mut self, timestamp: Timestamp, message: &[u8]) {
        if let Some(number) = known_kind(&self.schema, message) {
            self.push(timestamp, number, message);
        }
        self.tick(timestamp);
    }

    /// Gives whether the message is in its group already, byte for byte: it was sent twice on the way, for no game says
    /// the same twice in one moment.
    pub(crate) fn push(&mut self, timestamp: Timestamp, kind: usize, message: &[u8]) -> bool {
        let Some(fields) = self.keys.get(kind).filter(|fields| !fields.is_empty()) else { return false };
        let same = |group: &Group| {
            group
                .key
                .iter()
                .zip(fields)
                .all(|(value, field)| whole_number(&field.read(message)) == Some(*value))
        };
        if let Some(known) = self.known.get_mut(kind) {
            *known = true;
        }
        let place = match self.open.iter().rposition(same) {
            Some(place) => place,
            None => {
                let key: Vec<i64> =
                    fields.iter().map(|field| whole_number(&field.read(message)).unwrap_or(0)).collect();
                if self.closed.contains(&key) {
                    return false;
                }
                self.open.push_back(Group { key, first: timestamp, ..Group::default() });
                self.open.len() - 1
            }
        };
        if let Some(group) = self.open.get_mut(place) {
            let is_counted = self.steady.get(kind).is_some_and(|steady| *steady);
            if group.is_repeated(message, self.keeps_messages, is_counted) {
                return true;
            }
            if !group.kinds.contains(&kind) {
                group.kinds.push(kind);
            }
            if self.keeps_messages {
                group.messages.push(GroupedMessage { timestamp, bytes: message.to_vec() });
                self.bytes += message.len();
            }
        }
        while self.open.len() > self.options.later_groups.max(1) || self.bytes > self.options.max_bytes {
            self.close_oldest();
        }
        false
    }

    /// Closes the groups whose time is over at `now`.
    pub fn tick(&mut self, now: Timestamp) {
        let deadline = self.options.deadline;
        let over = |group: &Group| now.duration_since(group.first).is_some_and(|age| age >= deadline);
        while self.open.front().is_some_and(over) {
            self.close_oldest();
        }
    }

    /// Closes every group: no further message comes.
    pub fn finish(&mut self) {
        while !self.open.is_empty() {
            self.close_oldest();
        }
    }

    /// The next group that is closed, in their order.
    pub fn next_group(&mut self) -> Option<Group> {
        self.ready.pop_front()
    }

    /// Groups closed so far, and how many of them were incomplete.
    #[must_use]
    pub fn counted(&self) -> (u64, u64) {
        (self.groups, self.incomplete)
    }

    /// What it holds: groups that wait, keys and hashes that are remembered, and bytes.
    #[cfg(test)]
    pub(crate) fn held(&self) -> [usize; 4] {
        let seen = self.open.iter().map(|group| group.seen.len()).sum();
        [self.open.len() + self.ready.len(), self.closed.len(), seen, self.bytes]
    }

    fn close_oldest(&mut self) {
        let Some(mut group) = self.open.pop_front() else { return };
        let expected = self.steady.iter().zip(&self.known).enumerate();
        let missing = expected
            .filter(|(kind, (steady, known))| **steady && **known && self.is_kin(*kind, &group))
            .any(|(kind, _)| !group.kinds.contains(&kind));
        group.complete = !missing;
        self.groups += u64::from(group.complete);
        self.incomplete += u64::from(missing);
        self.bytes =
            self.bytes.saturating_sub(group.messages.iter().map(|message| message.bytes.len()).sum());
        self.closed.push_back(std::mem::take(&mut group.key));
        if self.closed.len() > REMEMBERED {
            self.closed.pop_front();
        }
        if self.keeps_messages {
            group.key.clone_from(self.closed.back().unwrap_or(&Vec::new()));
            self.ready.push_back(group);
        }
    }

    /// Whether `kind` belongs to groups as `group` is one.
    fn is_kin(&self, kind: usize, group: &Group) -> bool {
        let of_group = group.kinds.first().and_then(|first| self.kin.get(*first));
        of_group.is_some() && self.kin.get(kind) == of_group
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gametelemetry_file::{FieldKind, FrameSize, MessageKind};

    /// Kinds 1 and 2 come with every frame, 3 now and then: `[kind, session, frame]`.
    fn grouper(options: GroupOptions) -> Grouper {
        let field = |name: &str, offset| Field { name: name.into(), offset, count: 1, ..Field::default() };
        let kind = |id: i64| {
            let mut kind =
                MessageKind::new(format!("k{id}"), FrameSize::Fixed(3)).when(0, FieldKind::U8, &[id]);
            kind.fields = vec![field("session", 1), field("frame", 2)];
            let kind = kind.group(&["session", "frame"]);
            if id < 3 { kind.sequence("frame", None, &["session"]) } else { kind }
        };
        Grouper::new(Arc::new(Schema::of_kinds("P", (1..=3).map(kind).collect())), options)
    }

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_ticks(milliseconds * 10_000)
    }

    fn groups(grouper: &mut Grouper) -> Vec<(i64, usize, bool)> {
        std::iter::from_fn(|| grouper.next_group())
            .map(|group| (group.key[1], group.messages.len(), group.complete))
            .collect()
    }

    #[test]
    fn messages_of_one_moment_come_together_also_out_of_order() {
        let mut grouper = grouper(GroupOptions::default());
        for message in [[1, 7, 1], [2, 7, 1], [1, 7, 2], [3, 7, 1], [1, 7, 3], [2, 7, 2], [2, 7, 3]] {
            grouper.push_message(at(0), &message);
        }
        grouper.finish();
        assert_eq!(groups(&mut grouper), [(1, 3, true), (2, 2, true), (3, 2, true)]);
        assert_eq!(grouper.counted(), (3, 0));
    }

    #[test]
    fn a_missing_message_holds_nothing_up() {
        let mut grouper = grouper(GroupOptions::default());
        grouper.push_message(at(0), &[2, 7, 1]);
        grouper.push_message(at(0), &[1, 7, 1]);
        grouper.push_message(at(16), &[1, 7, 2]);
        grouper.tick(at(115));
        assert_eq!(groups(&mut grouper), [(1, 2, true)]);
        grouper.tick(at(116));
        assert_eq!(groups(&mut grouper), [(2, 1, false)], "by its deadline");
        grouper.push_message(at(117), &[2, 7, 2]);
        grouper.finish();
        assert_eq!(groups(&mut grouper), [], "what comes after that begins no second group of the moment");
    }

    #[test]
    fn a_message_that_is_sent_twice_on_the_way_is_in_its_group_once() {
        let mut grouper = grouper(GroupOptions::default());
        for message in [[1, 7, 1], [3, 7, 1], [3, 7, 1], [1, 7, 1], [2, 7, 1]] {
            grouper.push_message(at(0), &message);
        }
        grouper.finish();
        assert_eq!(groups(&mut grouper), [(1, 3, true)]);
    }

    #[test]
    fn a_million_bogus_groups_keep_the_memory_flat() {
        let mut grouper = grouper(GroupOptions::default());
        for number in 0..1_000_000_u32 {
            let [a, b, ..] = number.to_le_bytes();
            grouper.push_message(at(0), &[1, a, b]);
            let _ = grouper.next_group();
        }
        assert!(grouper.open.len() <= 2 && grouper.closed.len() <= REMEMBERED && grouper.bytes <= 6);
    }
}
