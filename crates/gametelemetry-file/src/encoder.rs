//! The bytes of a session file as a pure function of what is pushed: header, segments, ledgers, index.
//!
//! Stands between records and the file. Opens nothing and reads no clock, so that every property of the format can
//! be tested on bytes; [`crate::BinarySessionWriter`] puts the output into a file.

use std::time::Duration;

use crate::header::needed_format;
use crate::lz4::SegmentEncoder;
use crate::section::{self, MAX_SECTION, Tag};
use crate::{FrameSize, Header, Index, IndexEntry, Ledger, SealedSegment, Timestamp};

/// The longest header that a reader takes for one, in bytes of JSON.
const MAX_HEADER: usize = MAX_SECTION as usize - 8;

/// When blocks and segments end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncoderOptions {
    /// Records after which the current block is ended, so that it can reach the operating system; at least 1.
    pub flush_records: u32,
    /// Bytes of records after which a segment is sealed.
    pub segment_bytes: u64,
    /// Time between the first and the last record of a segment after which it is sealed.
    pub segment_time: Duration,
}

impl Default for EncoderOptions {
    /// Blocks of 10 records; segments of 1 MiB or 10 s.
    fn default() -> Self {
        Self { flush_records: 10, segment_bytes: 1 << 20, segment_time: Duration::from_secs(10) }
    }
}

/// A record whose size the schema does not allow; it is not in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a frame of {got} bytes does not fit the schema, which allows {allowed:?}")]
pub struct RecordSizeError {
    /// Bytes of the frame.
    pub got: usize,
    /// What the schema allows.
    pub allowed: FrameSize,
}

/// Makes the bytes of one session file.
pub struct SessionEncoder {
    segments: SegmentEncoder,
    options: EncoderOptions,
    allowed: FrameSize,
    index: Index,
    open: Option<OpenSegment>,
    /// Records since the last flush.
    unflushed: u32,
    /// Bytes of the file before the first byte of the output.
    taken: u64,
    /// Bytes of all records, with their 12 bytes of time and size.
    record_bytes: u64,
}

struct OpenSegment {
    offset: u64,
    first: Timestamp,
    last: Timestamp,
    records: u64,
    bytes: u64,
}

impl SessionEncoder {
    /// Starts a file with `header`, which is in the output at once.
    ///
    /// # Errors
    /// When the header's schema does not hold together, or a reader would refuse it for its length.
    pub fn new(header: &Header, options: EncoderOptions) -> Result<Self, crate::SchemaError> {
        header.check()?;
        let mut segments = SegmentEncoder::new();
        // Whatever the header was made for: what its schema needs now.
        let header = Header { format: needed_format(&header.schema), ..header.clone() };
        let json = serde_json::to_vec(&header).unwrap_or_default();
        if json.len() > MAX_HEADER {
            return Err(crate::SchemaError::TooLong { got: json.len(), most: MAX_HEADER });
        }
        section::write(segments.output(), Tag::Header, &json);
        Ok(Self {
            segments,
            options,
            allowed: header.schema.size,
            index: Index::default(),
            open: None,
            unflushed: 0,
            taken: 0,
            record_bytes: 0,
        })
    }

    /// Adds one record. Ends the block after every [`EncoderOptions::flush_records`] of them.
    ///
    /// # Errors
    /// When the schema does not allow a frame of this size; nothing is added then.
    pub fn push(&mut self, timestamp: Timestamp, data: &[u8]) -> Result<(), RecordSizeError> {
        let head = record_head(self.allowed, timestamp, data)?;
        if self.segment_is_full(timestamp) {
            self.seal();
        }
        let offset = self.position();
        let bytes = data.len() as u64 + 12;
        let open = self.open.get_or_insert(OpenSegment {
            offset,
            first: timestamp,
            last: timestamp,
            records: 0,
            bytes: 0,
        });
        open.last = open.last.max(timestamp);
        open.records += 1;
        open.bytes += bytes;
        self.record_bytes += bytes;
        self.segments.push(&head);
        self.segments.push(data);
        self.unflushed += 1;
        if self.unflushed >= self.options.flush_records {
            self.flush();
        }
        Ok(())
    }

    /// Ends the current block, so that every record pushed is in the output.
    pub fn flush(&mut self) {
        self.segments.flush();
        self.unflushed = 0;
    }

    /// Whether every record pushed is in the output or taken from it.
    #[must_use]
    pub fn is_flushed(&self) -> bool {
        self.unflushed == 0
    }

    /// Ends the current segment, if one is open.
    pub fn seal(&mut self) {
        let Some(open) = self.open.take() else { return };
        self.segments.seal();
        self.unflushed = 0;
        let length = self.position() - open.offset;
        self.index.push(IndexEntry {
            offset: open.offset,
            length,
            first: open.first,
            last: open.last,
            records: open.records,
        });
    }

    /// Puts `segment` behind what there is, as it was compressed; it was made for frames of this file's schema.
    pub fn append(&mut self, segment: &SealedSegment) {
        self.seal();
        let offset = self.position();
        self.segments.output().extend_from_slice(segment.bytes());
        self.record_bytes += segment.record_bytes();
        self.index.push(IndexEntry {
            offset,
            length: segment.bytes().len() as u64,
            first: segment.first(),
            last: segment.last(),
            records: segment.records(),
        });
    }

    /// Seals the segment and puts `ledger` behind it.
    pub fn ledger(&mut self, ledger: &Ledger) {
        self.seal();
        self.index.ledger_offset = self.position();
        let json = serde_json::to_vec(ledger).unwrap_or_default();
        section::write(self.segments.output(), Tag::Ledger, &json);
    }

    /// Ends the file: last segment, `ledger`, index. Nothing may be pushed afterwards.
    pub fn finish(&mut self, ledger: &Ledger) {
        self.ledger(ledger);
        let offset = self.position();
        self.index.write(self.segments.output(), offset);
    }

    /// The bytes made and not yet taken. Whoever stores them calls [`SessionEncoder::clear_output`].
    #[must_use]
    pub fn output(&mut self) -> &[u8] {
        self.segments.output()
    }

    /// Forgets the output, because it is stored.
    pub fn clear_output(&mut self) {
        let output = self.segments.output();
        self.taken += output.len() as u64;
        output.clear();
    }

    /// Records pushed so far.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.index.records() + self.open.as_ref().map_or(0, |open| open.records)
    }

    /// Bytes that the records pushed so far have uncompressed, with 12 bytes of time and size each.
    #[must_use]
    pub fn record_bytes(&self) -> u64 {
        self.record_bytes
    }

    /// Bytes from the start of the file to the end of the output.
    fn position(&mut self) -> u64 {
        self.taken + self.segments.output().len() as u64
    }

    fn segment_is_full(&self, next: Timestamp) -> bool {
        self.open.as_ref().is_some_and(|open| {
            open.bytes >= self.options.segment_bytes
                || next.duration_since(open.first).is_some_and(|span| span >= self.options.segment_time)
        })
    }
}

/// What stands before the data of a record: its time and size, when `allowed` allows that.
pub(crate) fn record_head(
    allowed: FrameSize,
    timestamp: Timestamp,
    data: &[u8],
) -> Result<[u8; 12], RecordSizeError> {
    let size = match i32::try_from(data.len()) {
        Ok(size) if allowed.allows(data.len()) => size,
        _ => return Err(RecordSizeError { got: data.len(), allowed }),
    };
    let mut head = [0; 12];
    head[..8].copy_from_slice(&timestamp.ticks().to_le_bytes());
    head[8..].copy_from_slice(&size.to_le_bytes());
    Ok(head)
}
