//! A segment by itself: records compressed in memory, to be put into a file later, or never.
//!
//! For a recorder that holds what came last and writes it only when it is wanted. A segment decodes alone, so the
//! oldest ones can be forgotten and the rest still makes a file. Opens nothing; [`crate::BinarySessionWriter::append`]
//! puts segments into a file.

use crate::encoder::record_head;
use crate::lz4::SegmentEncoder;
use crate::{FrameSize, RecordSizeError, Timestamp};

/// Records of one source, compressed; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedSegment {
    bytes: Box<[u8]>,
    span: Span,
}

/// What is known of the records of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    first: Timestamp,
    last: Timestamp,
    records: u64,
    bytes: u64,
}

impl SealedSegment {
    /// The LZ4 frame, as it stands in a file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Time of the first record.
    #[must_use]
    pub fn first(&self) -> Timestamp {
        self.span.first
    }

    /// The latest time of a record.
    #[must_use]
    pub fn last(&self) -> Timestamp {
        self.span.last
    }

    /// Number of records; at least 1.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.span.records
    }

    /// Bytes that the records have uncompressed, with 12 bytes of time and size each.
    #[must_use]
    pub fn record_bytes(&self) -> u64 {
        self.span.bytes
    }
}

/// Makes one segment after the other.
///
/// ```
/// use gametelemetry_file::{FrameSize, SegmentBuilder, Timestamp};
///
/// let mut builder = SegmentBuilder::new(FrameSize::Fixed(3));
/// builder.push(Timestamp::from_ticks(1), b"abc")?;
/// let segment = builder.seal().ok_or("nothing was pushed")?;
/// assert_eq!((segment.records(), segment.first()), (1, Timestamp::from_ticks(1)));
/// assert!(builder.seal().is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SegmentBuilder {
    encoder: SegmentEncoder,
    allowed: FrameSize,
    open: Option<Span>,
}

impl SegmentBuilder {
    /// For frames of `size`.
    #[must_use]
    pub fn new(size: FrameSize) -> Self {
        Self { encoder: SegmentEncoder::new(), allowed: size, open: None }
    }

    /// Adds one record to the open segment, or opens one with it.
    ///
    /// # Errors
    /// When a frame of this size is not allowed; nothing is added then.
    pub fn push(&mut self, timestamp: Timestamp, data: &[u8]) -> Result<(), RecordSizeError> {
        let head = record_head(self.allowed, timestamp, data)?;
        let new = Span { first: timestamp, last: timestamp, records: 0, bytes: 0 };
        let open = self.open.get_or_insert(new);
        open.last = open.last.max(timestamp);
        open.records += 1;
        open.bytes += data.len() as u64 + 12;
        self.encoder.push(&head);
        self.encoder.push(data);
        Ok(())
    }

    /// Time of the first record of the open segment, if there is one.
    #[must_use]
    pub fn first(&self) -> Option<Timestamp> {
        self.open.map(|open| open.first)
    }

    /// Bytes of the records of the open segment, uncompressed.
    #[must_use]
    pub fn record_bytes(&self) -> u64 {
        self.open.map_or(0, |open| open.bytes)
    }

    /// Ends the open segment and gives it; `None` when nothing was pushed since the last one.
    pub fn seal(&mut self) -> Option<SealedSegment> {
        let span = self.open.take()?;
        self.encoder.seal();
        let bytes = std::mem::take(self.encoder.output()).into_boxed_slice();
        Some(SealedSegment { bytes, span })
    }
}

impl std::fmt::Debug for SegmentBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SegmentBuilder").field("open", &self.open).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::{EncoderOptions, Header, Ledger, Schema, SessionEncoder, SessionReader, verify};

    #[test]
    fn appended_segments_are_read_as_if_their_records_had_been_written() {
        let at = Timestamp::from_ticks;
        let mut builder = SegmentBuilder::new(FrameSize::Fixed(3));
        assert!(builder.seal().is_none());
        builder.push(at(20), b"two").unwrap();
        builder.push(at(30), b"333").unwrap();
        assert_eq!((builder.first(), builder.record_bytes()), (Some(at(20)), 30));
        assert!(builder.push(at(40), b"of a wrong size").is_err());
        let first = builder.seal().unwrap();
        builder.push(at(50), b"555").unwrap();
        let second = builder.seal().unwrap();
        assert_eq!((first.records(), first.last(), second.first()), (2, at(30), at(50)));

        let schema = Schema::opaque("Three", FrameSize::Fixed(3));
        let header = Header::new("demo", "three", schema, at(0));
        let mut encoder = SessionEncoder::new(&header, EncoderOptions::default()).unwrap();
        encoder.push(at(10), b"one").unwrap();
        encoder.append(&first);
        encoder.append(&second);
        encoder.push(at(60), b"666").unwrap();
        assert_eq!((encoder.records(), encoder.record_bytes()), (5, 75));
        encoder.finish(&Ledger { recorded: 5, finished: true, ..Ledger::default() });
        let mut reader = SessionReader::new(Cursor::new(encoder.output().to_vec())).unwrap();
        let mut records = Vec::new();
        while let Some(record) = reader.next_record().unwrap() {
            records.push((record.timestamp.ticks(), record.data.to_vec()));
        }
        let expected: [(i64, &[u8]); 5] =
            [(10, b"one"), (20, b"two"), (30, b"333"), (50, b"555"), (60, b"666")];
        assert!(records.iter().map(|(at, data)| (*at, data.as_slice())).eq(expected), "{records:?}");
        let verdict = verify(&mut reader, |_| ()).unwrap();
        assert!(verdict.is_whole() && verdict.indexed == Some(5), "{verdict:?}");
        assert_eq!(reader.index().unwrap().entries.len(), 4);
    }
}
