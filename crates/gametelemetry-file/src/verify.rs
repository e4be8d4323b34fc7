//! Reads a session file to its end and says what is in it and how good it is.

use std::io::{Read, Seek};

use serde::Serialize;

use crate::{Damage, End, Ledger, ReadError, SessionReader, Timestamp};

/// What a session file holds, found by reading all of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// Whole records.
    pub records: u64,
    /// Bytes of the records, with 12 bytes of time and size each.
    pub record_bytes: u64,
    /// Time of the first record.
    pub first: Option<Timestamp>,
    /// Time of the last record.
    pub last: Option<Timestamp>,
    /// Records whose time is before that of the record before them.
    pub backwards: u64,
    /// Records by the index, if there is one.
    pub indexed: Option<u64>,
    /// How the file ends.
    pub end: End,
    /// Damaged places.
    pub damage: Vec<Damage>,
    /// What the recorder said of the capture.
    pub ledger: Option<Ledger>,
}

impl Verdict {
    /// Whether the file is finished, undamaged, and has the records that its index and its ledger promise.
    ///
    /// A `.dat` has neither: it is whole when its one LZ4 frame is. A file that was not finished is never whole, even
    /// when nothing of it is missing.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.end == End::Complete
            && self.damage.is_empty()
            && self.indexed.is_none_or(|indexed| indexed == self.records)
            && self.ledger.as_ref().is_none_or(|ledger| !ledger.finished || ledger.recorded == self.records)
    }
}

/// Reads all of `reader`'s file, checking every checksum there is. `progress` is told the records read so far now and
/// then.
///
/// # Errors
/// Only when the operating system fails to read.
pub fn verify<R: Read + Seek>(
    reader: &mut SessionReader<R>,
    mut progress: impl FnMut(u64),
) -> Result<Verdict, ReadError> {
    reader.rewind()?;
    let (mut records, mut record_bytes, mut backwards) = (0_u64, 0, 0);
    let (mut first, mut last) = (None, None);
    while let Some(record) = reader.next_record()? {
        records += 1;
        record_bytes += record.data.len() as u64 + 12;
        first.get_or_insert(record.timestamp);
        backwards += u64::from(last.is_some_and(|last| record.timestamp < last));
        last = Some(record.timestamp);
        if records.is_multiple_of(4096) {
            progress(records);
        }
    }
    Ok(Verdict {
        records,
        record_bytes,
        first,
        last,
        backwards,
        indexed: reader.index().map(crate::Index::records),
        end: reader.end(),
        damage: reader.damage().to_vec(),
        ledger: reader.ledger().cloned(),
    })
}
