//! What a source said last, of each kind of message: what is held begins in the middle, and track, car and driver may
//! have been told long before.
//!
//! One record a kind, and one a part where a kind comes in parts, as it came. Which of them are too old is for `part`.

use std::sync::Arc;

use gametelemetry_file::{Recognized, Schema, Timestamp, Value};

/// Records beyond one a kind that are remembered: parts of messages whose number comes from outside.
const MOST_PARTS: usize = 64;

/// Which record takes the place of which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    kind: usize,
    part: i64,
}

impl Key {
    /// That of `record` by `schema`.
    pub(super) fn of(schema: &Schema, record: &[u8]) -> Self {
        let (Recognized::Kind(kind) | Recognized::WrongSize(kind)) = schema.recognize(record) else {
            return Self { kind: usize::MAX, part: 0 };
        };
        let number = schema.kinds.iter().position(|known| std::ptr::eq(known, kind));
        let part = kind.parts.as_ref().map(|parts| match schema.view(record).get(&parts.number) {
            Value::Int(number) => number,
            Value::UInt(number) => number.cast_signed(),
            _ => 0,
        });
        Self { kind: number.unwrap_or(usize::MAX), part: part.unwrap_or(0) }
    }
}

/// One record.
#[derive(Clone, Debug)]
pub(super) struct Said {
    key: Key,
    pub(super) timestamp: Timestamp,
    /// Its number among all records of the source.
    number: u64,
    pub(super) is_suspect: bool,
    pub(super) data: Arc<[u8]>,
}

/// The last record of each kind.
#[derive(Clone, Debug, Default)]
pub(super) struct LastSaid(Vec<Said>);

impl LastSaid {
    /// Notes record `number`; of `kinds` kinds.
    pub(super) fn note(&mut self, key: Key, timestamp: Timestamp, number: u64, data: &[u8], kinds: usize) {
        let Some(said) = self.0.iter_mut().find(|said| said.key == key) else {
            if self.0.len() < kinds.saturating_add(MOST_PARTS) {
                self.0.push(Said { key, timestamp, number, is_suspect: false, data: data.into() });
            }
            return;
        };
        (said.timestamp, said.number) = (timestamp, number);
        match Arc::get_mut(&mut said.data) {
            Some(place) if place.len() == data.len() => place.copy_from_slice(data),
            _ => said.data = data.into(),
        }
    }

    /// Puts what `later` has in the place of what there is.
    pub(super) fn take_over(&mut self, later: &Self, kinds: usize) {
        for new in &later.0 {
            if let Some(said) = self.0.iter_mut().find(|said| said.key == new.key) {
                said.clone_from(new);
            } else if self.0.len() < kinds.saturating_add(MOST_PARTS) {
                self.0.push(new.clone());
            }
        }
    }

    /// What `later` does not say too, in the order in which it came.
    pub(super) fn without(&self, later: Option<&Self>) -> Vec<Said> {
        let is_said_later = |said: &&Said| later.is_some_and(|it| it.0.iter().any(|new| new.key == said.key));
        let mut rest: Vec<Said> = self.0.iter().filter(|said| !is_said_later(said)).cloned().collect();
        rest.sort_by_key(|said| said.number);
        rest
    }

    /// Record `number`, if it is one of these, is suspect.
    pub(super) fn suspect(&mut self, number: u64) {
        self.0.iter_mut().filter(|said| said.number == number).for_each(|said| said.is_suspect = true);
    }

    /// Bytes of the records.
    pub(super) fn bytes(&self) -> usize {
        self.0.iter().map(|said| said.data.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use gametelemetry_file::{FieldKind, FrameSize, MessageKind};

    use super::*;

    #[test]
    fn the_last_record_of_each_kind_is_remembered_and_what_is_said_later_left_out() {
        let kind = |name: &str, id| MessageKind::new(name, FrameSize::Fixed(2)).when(0, FieldKind::U8, &[id]);
        let schema = Schema::of_kinds("Packets", vec![kind("car", 1), kind("motion", 2)]);
        let said = |records: &[[u8; 2]]| {
            let mut said = LastSaid::default();
            for (number, record) in (0..).zip(records) {
                let (key, at) = (Key::of(&schema, record), Timestamp::from_ticks(0));
                said.note(key, at, number, record, 2);
            }
            said
        };
        let mut early = said(&[[2, 0], [1, 7], [2, 1], [9, 9]]);
        let records = |said: Vec<Said>| said.iter().map(|said| said.data.to_vec()).collect::<Vec<_>>();
        assert_eq!(records(early.without(None)), [[1, 7], [2, 1], [9, 9]]);
        let late = said(&[[2, 5]]);
        assert_eq!(records(early.without(Some(&late))), [[1, 7], [9, 9]]);
        early.take_over(&late, 2);
        assert_eq!((records(early.without(Some(&late))), early.bytes()), (vec![vec![1, 7], vec![9, 9]], 6));
    }
}
