//! Puts messages together that are too long for one datagram: Project CARS 2 sends its participants sixteen at a time.
//!
//! Pure: parts and times in, whole messages out. Parts may come in any order, twice, or never; what waits is bounded
//! in number, bytes and time, whatever is sent. The parts themselves are recorded as they came.

use std::sync::Arc;
use std::time::Duration;

use gametelemetry_file::{Field, Schema, Timestamp};

use crate::network::{known_kind, whole_number};

/// How much may wait for missing parts, and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReassemblyOptions {
    /// A message whose parts are not there by so long after the first is given up.
    pub deadline: Duration,
    /// The most messages that wait; beyond, the oldest is given up.
    pub max_messages: usize,
    /// The most bytes that wait in all messages together.
    pub max_bytes: usize,
    /// The most parts of a message; one that claims more is not waited for.
    pub max_parts: u32,
}

impl Default for ReassemblyOptions {
    /// 1 s, 64 messages, 1 MiB, 256 parts.
    fn default() -> Self {
        Self { deadline: Duration::from_secs(1), max_messages: 64, max_bytes: 1 << 20, max_parts: 256 }
    }
}

/// A message of which every part has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reassembled {
    /// The name of its kind.
    pub kind: String,
    /// When the last part came.
    pub timestamp: Timestamp,
    /// The parts, each as it came, in their order.
    pub parts: Vec<Vec<u8>>,
}

/// Puts parts together.
#[derive(Debug)]
pub struct Reassembler {
    schema: Arc<Schema>,
    options: ReassemblyOptions,
    waiting: Vec<Waiting>,
    bytes: usize,
    reassembled: u64,
    incomplete: u64,
}

#[derive(Debug)]
struct Waiting {
    kind: usize,
    key: Vec<i64>,
    since: Timestamp,
    /// Each part, once it has come.
    parts: Vec<Option<Vec<u8>>>,
}

impl Waiting {
    fn bytes(&self) -> usize {
        self.parts.iter().flatten().map(Vec::len).sum()
    }
}

/// Which part of which message a datagram is.
struct Place {
    key: Vec<i64>,
    index: usize,
    count: usize,
}

impl Reassembler {
    /// Puts messages of `schema` together, of the kinds that say how they are split.
    #[must_use]
    pub fn new(schema: Arc<Schema>, options: ReassemblyOptions) -> Self {
        Self { schema, options, waiting: Vec::new(), bytes: 0, reassembled: 0, incomplete: 0 }
    }

    /// Takes in a datagram that came at `timestamp`; gives the message that it completes. One that is of no kind that
    /// is split is passed over.
    pub fn push(&mut self, timestamp: Timestamp, datagram: &[u8]) -> Option<Reassembled> {
        self.tick(timestamp);
        let number = known_kind(&self.schema, datagram)?;
        self.push_kind(timestamp, number, datagram)
    }

    pub(crate) fn push_kind(
        &mut self,
        timestamp: Timestamp,
        kind: usize,
        datagram: &[u8],
    ) -> Option<Reassembled> {
        let Some(place) = self.place_of(kind, datagram) else {
            // A part that cannot be: its message will never be whole.
            let is_split = self.schema.kinds.get(kind).is_some_and(|kind| kind.parts.is_some());
            self.incomplete += u64::from(is_split);
            return None;
        };
        let Place { key, index, count } = place;
        let same = |waiting: &Waiting| waiting.kind == kind && waiting.key == key;
        let at = match self.waiting.iter().position(same) {
            Some(at) => {
                if self.waiting.get(at).is_some_and(|waiting| waiting.parts.len() != count) {
                    // Another message under the same key: the old one will not be whole any more.
                    self.give_up(at);
                    self.wait_for(Waiting { kind, key, since: timestamp, parts: vec![None; count] })
                } else {
                    at
                }
            }
            None => self.wait_for(Waiting { kind, key, since: timestamp, parts: vec![None; count] }),
        };
        let waiting = self.waiting.get_mut(at)?;
        let part = waiting.parts.get_mut(index)?;
        if part.is_none() {
            *part = Some(datagram.to_vec());
            self.bytes += datagram.len();
        }
        if waiting.parts.iter().any(Option::is_none) {
            while self.bytes > self.options.max_bytes && !self.waiting.is_empty() {
                self.give_up(0);
            }
            return None;
        }
        let done = self.waiting.remove(at);
        self.bytes = self.bytes.saturating_sub(done.bytes());
        self.reassembled += 1;
        let kind = self.schema.kinds.get(kind)?.name.clone();
        Some(Reassembled { kind, timestamp, parts: done.parts.into_iter().flatten().collect() })
    }

    /// Gives up what has waited too long at `now`.
    pub fn tick(&mut self, now: Timestamp) {
        let deadline = self.options.deadline;
        let over = |waiting: &Waiting| now.duration_since(waiting.since).is_some_and(|age| age >= deadline);
        while let Some(at) = self.waiting.iter().position(over) {
            self.give_up(at);
        }
    }

    /// Gives up whatever waits: no further part comes.
    pub fn finish(&mut self) {
        while !self.waiting.is_empty() {
            self.give_up(0);
        }
    }

    /// Messages put together so far, and messages given up.
    #[must_use]
    pub fn counted(&self) -> (u64, u64) {
        (self.reassembled, self.incomplete)
    }

    /// What it holds: messages that wait, their places for parts, and bytes.
    #[cfg(test)]
    pub(crate) fn held(&self) -> [usize; 3] {
        let places = self.waiting.iter().map(|waiting| waiting.parts.len()).sum();
        [self.waiting.len(), places, self.bytes]
    }

    fn wait_for(&mut self, message: Waiting) -> usize {
        if self.waiting.len() >= self.options.max_messages.max(1) {
            self.give_up(0);
        }
        self.waiting.push(message);
        self.waiting.len() - 1
    }

    /// The messages are in the order in which they began, so the first is the oldest.
    fn give_up(&mut self, at: usize) {
        let given_up = self.waiting.remove(at);
        self.bytes = self.bytes.saturating_sub(given_up.bytes());
        self.incomplete += 1;
    }

    fn place_of(&self, kind: usize, datagram: &[u8]) -> Option<Place> {
        let kind = self.schema.kinds.get(kind)?;
        let parts = kind.parts.as_ref()?;
        let value = |name: &String| kind.field(name).map(|field: &Field| whole_number(&field.read(datagram)));
        let count = u32::try_from(value(&parts.count)??).ok()?;
        let number = value(&parts.number)??;
        let index = u32::try_from(number.checked_sub(parts.first.into())?).ok()?;
        if count == 0 || count > self.options.max_parts || index >= count {
            return None;
        }
        let mut key = parts.message.iter().map(|name| value(name)?).collect::<Option<Vec<i64>>>()?;
        if let Some(running) = &parts.running {
            key.push(value(running)??.wrapping_sub(number));
        }
        Some(Place { key, index: index as usize, count: count as usize })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gametelemetry_file::{FrameSize, MessageKind, Parts};

    /// `[running number, part from 1, parts, data]`.
    fn reassembler(options: ReassemblyOptions) -> Reassembler {
        let field = |name: &str, offset| Field { name: name.into(), offset, count: 1, ..Field::default() };
        let mut kind = MessageKind::new("participants", FrameSize::Fixed(4));
        kind.fields = vec![field("running", 0), field("part", 1), field("parts", 2)];
        kind.parts = Some(Parts {
            number: "part".into(),
            count: "parts".into(),
            first: 1,
            message: Vec::new(),
            running: Some("running".into()),
        });
        Reassembler::new(Arc::new(Schema::of_kinds("P", vec![kind])), options)
    }

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_ticks(milliseconds * 10_000)
    }

    fn data(message: &Reassembled) -> Vec<u8> {
        message.parts.iter().map(|part| part[3]).collect()
    }

    #[test]
    fn parts_in_any_order_and_twice_make_one_message() {
        let mut reassembler = reassembler(ReassemblyOptions::default());
        assert_eq!(reassembler.push(at(0), &[6, 2, 3, b'b']), None);
        assert_eq!(reassembler.push(at(1), &[6, 2, 3, b'b']), None);
        assert_eq!(reassembler.push(at(2), &[8, 1, 2, b'x']), None, "a part of the next message");
        assert_eq!(reassembler.push(at(3), &[7, 3, 3, b'c']), None);
        let message = reassembler.push(at(4), &[5, 1, 3, b'a']).unwrap();
        assert_eq!((data(&message), message.timestamp), (b"abc".to_vec(), at(4)));
        let next = reassembler.push(at(5), &[9, 2, 2, b'y']).unwrap();
        assert_eq!(data(&next), b"xy");
        assert_eq!(reassembler.counted(), (2, 0));
        assert_eq!(reassembler.bytes, 0);
    }

    #[test]
    fn a_message_is_given_up_in_time_and_what_cannot_be_is_counted() {
        let mut reassembler = reassembler(ReassemblyOptions::default());
        reassembler.push(at(0), &[5, 1, 3, 0]);
        reassembler.push(at(999), &[6, 2, 3, 0]);
        reassembler.tick(at(1000));
        assert_eq!(reassembler.counted(), (0, 1));
        for impossible in [[5, 0, 3, 0], [5, 4, 3, 0], [5, 1, 0, 0]] {
            assert_eq!(reassembler.push(at(1001), &impossible), None);
        }
        assert_eq!(reassembler.counted(), (0, 4));
        reassembler.push(at(1002), &[5, 1, 3, 0]);
        reassembler.push(at(1003), &[5, 1, 2, 0]);
        reassembler.finish();
        assert_eq!(reassembler.counted(), (0, 6), "another count under the same key is another message");
    }

    #[test]
    fn a_million_bogus_messages_keep_the_memory_flat() {
        let mut reassembler =
            reassembler(ReassemblyOptions { max_bytes: 100, ..ReassemblyOptions::default() });
        for number in 0..1_000_000_u32 {
            let [running, parts, ..] = number.to_le_bytes();
            reassembler.push(at(0), &[running, 1, parts.max(2), 0]);
        }
        assert!(reassembler.waiting.len() <= 64 && reassembler.bytes <= 100, "{}", reassembler.bytes);
        assert!(reassembler.counted().1 > 900_000);
    }
}
