//! The last section of a finished file: where each segment is and which times it holds.
//!
//! With it a reader seeks to any time by reading one segment; a file without it (a crash) is still read from the
//! front, and `recover` writes the missing index.

use crate::Timestamp;
use crate::section::{self, MAX_SECTION, SECTION_HEAD, Tag};

/// Bytes of one entry.
const ENTRY: usize = 40;
/// Count and the ledger's place, before the entries.
const FIXED: usize = 12;
/// The index's own place and the end mark, behind the entries.
const TRAILER: usize = 12;
/// Entries of the largest index that a reader takes for a section.
const MAX_ENTRIES: usize = (MAX_SECTION as usize - 8 - FIXED - TRAILER) / ENTRY;
/// The last bytes of the body; a reader recognises a finished file by them.
const END_MARK: [u8; 4] = *b"GTND";
/// Bytes at the end of a file that tell where the index starts: its place, the end mark, the checksum.
pub(crate) const TAIL: usize = TRAILER + 4;

/// One segment of a session file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexEntry {
    /// Where the LZ4 frame starts, in bytes from the start of the file.
    pub offset: u64,
    /// How many bytes the LZ4 frame has.
    pub length: u64,
    /// Time of the first record.
    pub first: Timestamp,
    /// The latest time of a record; the time of the last one, unless times go backwards.
    pub last: Timestamp,
    /// Number of records.
    pub records: u64,
}

/// Where everything is in a finished file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// Every segment, in the order of the file.
    pub entries: Vec<IndexEntry>,
    /// Where the last ledger starts; 0 when there is none.
    pub ledger_offset: u64,
}

impl Index {
    /// Records in all segments.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.entries.iter().fold(0, |sum, entry| sum.saturating_add(entry.records))
    }

    /// The number of the first segment that has a record at `time` or later; `None` when all records are earlier.
    #[must_use]
    pub fn find(&self, time: Timestamp) -> Option<usize> {
        // Not a binary search: where times go backwards, the first in the file is wanted, as by reading all of it.
        self.entries.iter().position(|entry| entry.last >= time)
    }

    /// Adds a segment. When there are too many for a section, each two neighbours become one entry.
    pub(crate) fn push(&mut self, entry: IndexEntry) {
        if self.entries.len() >= MAX_ENTRIES {
            self.entries = self.entries.chunks(2).filter_map(join).collect();
        }
        self.entries.push(entry);
    }

    /// Appends the index section, which will stand at `offset` of the file, to `out`.
    pub(crate) fn write(&self, out: &mut Vec<u8>, offset: u64) {
        let mut body = Vec::with_capacity(FIXED + self.entries.len() * ENTRY + TRAILER);
        body.extend_from_slice(&u32::try_from(self.entries.len()).unwrap_or(u32::MAX).to_le_bytes());
        body.extend_from_slice(&self.ledger_offset.to_le_bytes());
        for entry in &self.entries {
            body.extend_from_slice(&entry.offset.to_le_bytes());
            body.extend_from_slice(&entry.length.to_le_bytes());
            body.extend_from_slice(&entry.first.ticks().to_le_bytes());
            body.extend_from_slice(&entry.last.ticks().to_le_bytes());
            body.extend_from_slice(&entry.records.to_le_bytes());
        }
        body.extend_from_slice(&offset.to_le_bytes());
        body.extend_from_slice(&END_MARK);
        section::write(out, Tag::Index, &body);
    }

    /// Reads the body of the index section at `offset` of a file; `None` when it does not hold together, or belongs
    /// elsewhere, because something before it was cut out or put in.
    pub(crate) fn parse(body: &[u8], offset: u64) -> Option<Self> {
        let (count, rest) = body.split_first_chunk::<4>()?;
        let (ledger_offset, rest) = rest.split_first_chunk::<8>()?;
        let (entries, trailer) = rest.split_at_checked(rest.len().checked_sub(TRAILER)?)?;
        if *trailer != *[offset.to_le_bytes().as_slice(), &END_MARK].concat()
            || entries.len() / ENTRY != u32::from_le_bytes(*count) as usize
        {
            return None;
        }
        let (chunks, rest) = entries.as_chunks::<ENTRY>();
        let entries: Option<Vec<_>> = chunks.iter().map(parse_entry).collect();
        let index = Self { entries: entries?, ledger_offset: u64::from_le_bytes(*ledger_offset) };
        (rest.is_empty() && index.is_in_order(offset)).then_some(index)
    }

    /// Segments follow each other in the file, and the index at `offset` follows all; anything else is no index of
    /// ours.
    fn is_in_order(&self, offset: u64) -> bool {
        let mut end = 0;
        let in_order = self.entries.iter().all(|entry| {
            let follows = entry.offset >= end;
            end = entry.offset.saturating_add(entry.length);
            follows
        });
        in_order && end <= offset && self.ledger_offset <= offset
    }
}

/// One entry for segments that follow each other.
fn join(entries: &[IndexEntry]) -> Option<IndexEntry> {
    let (first, last) = (entries.first()?, entries.last()?);
    Some(IndexEntry {
        offset: first.offset,
        length: last.offset.saturating_add(last.length).saturating_sub(first.offset),
        first: first.first,
        last: entries.iter().map(|entry| entry.last).max()?,
        records: entries.iter().fold(0, |sum, entry| sum.saturating_add(entry.records)),
    })
}

fn parse_entry(bytes: &[u8; ENTRY]) -> Option<IndexEntry> {
    let mut words = bytes.as_chunks::<8>().0.iter().map(|&word| u64::from_le_bytes(word));
    Some(IndexEntry {
        offset: words.next()?,
        length: words.next()?,
        first: Timestamp::from_ticks(words.next()?.cast_signed()),
        last: Timestamp::from_ticks(words.next()?.cast_signed()),
        records: words.next()?,
    })
}

/// Where the last [`TAIL`] bytes of a file say that the index section starts; `None` for an unfinished file.
pub(crate) fn offset_from_tail(tail: &[u8; TAIL]) -> Option<u64> {
    let (offset, rest) = tail.split_first_chunk::<8>()?;
    rest.starts_with(&END_MARK).then(|| u64::from_le_bytes(*offset))
}

/// The smallest index section there is, in bytes.
pub(crate) const SMALLEST: u64 = (SECTION_HEAD + 4 + FIXED + TRAILER + 4) as u64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::section::Payload;

    fn entry(offset: u64, first: i64, last: i64) -> IndexEntry {
        let (first, last) = (Timestamp::from_ticks(first), Timestamp::from_ticks(last));
        IndexEntry { offset, length: 10, first, last, records: 3 }
    }

    #[test]
    fn an_index_round_trips_and_its_tail_names_its_place() {
        let index = Index { entries: vec![entry(100, 5, 9), entry(200, 10, 30)], ledger_offset: 300 };
        let mut bytes = Vec::new();
        index.write(&mut bytes, 4711);
        let Payload::Section(Tag::Index, body) = section::parse(&bytes[SECTION_HEAD..]) else { panic!() };
        assert_eq!(Index::parse(body, 4712), None);
        assert_eq!(Index::parse(body, 4711), Some(index));
        assert_eq!(offset_from_tail(bytes.last_chunk().unwrap()), Some(4711));
    }

    #[test]
    fn a_time_is_found_in_the_segment_that_has_it_or_in_the_next() {
        let index = Index { entries: vec![entry(100, 5, 9), entry(200, 20, 30)], ledger_offset: 0 };
        let find = |ticks| index.find(Timestamp::from_ticks(ticks));
        assert_eq!(
            (find(0), find(9), find(10), find(30), find(31)),
            (Some(0), Some(0), Some(1), Some(1), None)
        );
    }

    #[test]
    fn a_count_that_the_body_does_not_have_is_refused() {
        let mut bytes = Vec::new();
        Index { entries: vec![entry(100, 5, 9)], ledger_offset: 0 }.write(&mut bytes, 200);
        let body = &mut bytes[SECTION_HEAD + 4..];
        let length = body.len() - 4;
        assert!(Index::parse(&body[..length], 200).is_some());
        for count in [0, 2, u32::MAX] {
            body[..4].copy_from_slice(&count.to_le_bytes());
            assert_eq!(Index::parse(&body[..length], 200), None);
        }
    }

    #[test]
    fn an_index_that_grows_too_large_is_joined_and_still_finds_times() {
        let mut index = Index::default();
        let number = MAX_ENTRIES as u64 + 10;
        for segment in 0..number {
            let ticks = i64::try_from(segment).unwrap();
            index.push(entry(segment * 10, ticks, ticks));
        }
        assert!(index.entries.len() <= MAX_ENTRIES);
        assert_eq!(index.records(), number * 3);
        assert!(index.is_in_order(number * 10));
        let found = index.entries[index.find(Timestamp::from_ticks(1001)).unwrap()];
        assert_eq!((found.offset, found.length, found.records), (10_000, 20, 6));
    }
}
