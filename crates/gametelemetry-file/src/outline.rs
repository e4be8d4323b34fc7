//! Where the whole parts of a session file are, found by their heads alone: nothing is decoded, no checksum is looked at.
//!
//! For whoever moves files in pieces that decode alone, also while they are written. What is in a part belongs to the
//! reader.

use std::io::{self, Read, Seek, SeekFrom};

use crate::lz4::{self, BlockHead, Descriptor};
use crate::section::{MAX_SECTION, SECTION_HEAD, SKIPPABLE_MAGIC, SKIPPABLE_MASK};

/// A whole part of a session file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilePart {
    /// Where it starts.
    pub offset: u64,
    /// Its length in bytes.
    pub bytes: u64,
    /// Whether it holds records: a segment, and no header, ledger or index.
    pub is_segment: bool,
}

/// The part of `file` that starts at `offset`; `None` when it is not whole, not yet or no more, or is none.
///
/// ```
/// # use gametelemetry_file::*;
/// # let started: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
/// # let schema = Schema::opaque("Text", FrameSize::Variable { max: 100 });
/// # let mut encoder = SessionEncoder::new(&Header::new("demo", "text", schema, started), EncoderOptions::default())?;
/// # encoder.push(started, b"hello").unwrap();
/// # encoder.finish(&Ledger::default());
/// # let mut file = std::io::Cursor::new(encoder.output().to_vec());
/// let (mut offset, mut segments) = (0, 0);
/// while let Some(part) = part_at(&mut file, offset)? {
///     segments += u32::from(part.is_segment);
///     offset += part.bytes;
/// }
/// assert_eq!((offset, segments), (file.get_ref().len() as u64, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When the operating system fails to read.
pub fn part_at(file: &mut (impl Read + Seek), offset: u64) -> io::Result<Option<FilePart>> {
    file.seek(SeekFrom::Start(offset))?;
    let mut head = [0; 15];
    let got = read_up_to(file, &mut head)?;
    let head = head.get(..got).unwrap_or_default();
    let Some(magic) = head.first_chunk::<4>().map(|bytes| u32::from_le_bytes(*bytes)) else {
        return Ok(None);
    };
    let (bytes, is_segment) = if magic & SKIPPABLE_MASK == SKIPPABLE_MAGIC {
        let length =
            head.get(4..).and_then(|rest| rest.first_chunk::<4>()).map(|bytes| u32::from_le_bytes(*bytes));
        let Some(length) = length.filter(|length| *length <= MAX_SECTION) else { return Ok(None) };
        (SECTION_HEAD as u64 + u64::from(length), false)
    } else if magic == lz4::MAGIC {
        let Ok(descriptor) = Descriptor::parse(head) else { return Ok(None) };
        match segment_length(file, offset, descriptor)? {
            Some(bytes) => (bytes, true),
            None => return Ok(None),
        }
    } else {
        return Ok(None);
    };
    let end = file.seek(SeekFrom::End(0))?;
    let is_whole = offset.checked_add(bytes).is_some_and(|part_end| part_end <= end);
    Ok(is_whole.then_some(FilePart { offset, bytes, is_segment }))
}

/// Steps from block to block; `None` when the file ends before the segment does.
fn segment_length(
    file: &mut (impl Read + Seek),
    offset: u64,
    descriptor: Descriptor,
) -> io::Result<Option<u64>> {
    let checksum = if descriptor.block_checksum { 4 } else { 0 };
    let mut length = descriptor.length as u64;
    loop {
        file.seek(SeekFrom::Start(offset.saturating_add(length)))?;
        let mut head = [0; 4];
        if read_up_to(file, &mut head)? < head.len() {
            return Ok(None);
        }
        length = length.saturating_add(4);
        match BlockHead::parse(head) {
            BlockHead::EndMark => {
                return Ok(Some(length.saturating_add(if descriptor.content_checksum { 4 } else { 0 })));
            }
            BlockHead::Block { stored, .. } if stored > descriptor.block_max => return Ok(None),
            BlockHead::Block { stored, .. } => length = length.saturating_add(stored as u64 + checksum),
        }
    }
}

/// Fills `buffer` as far as the file goes.
fn read_up_to(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while let Some(rest) = buffer.get_mut(got..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(bytes) => got += bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(got)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::{EncoderOptions, FrameSize, Header, Ledger, Schema, SessionEncoder, Timestamp};

    fn file() -> Vec<u8> {
        let schema = Schema::opaque("Text", FrameSize::Variable { max: 100_000 });
        let header = Header::new("demo", "text", schema, Timestamp::from_ticks(0));
        let mut encoder = SessionEncoder::new(&header, EncoderOptions::default()).unwrap();
        for number in 0..400_u32 {
            let noise: Vec<u8> =
                (0..9000_u32).map(|byte| (byte.wrapping_mul(number) >> 7).to_le_bytes()[0]).collect();
            encoder.push(Timestamp::from_ticks(i64::from(number)), &noise).unwrap();
        }
        encoder.finish(&Ledger::default());
        encoder.output().to_vec()
    }

    fn parts(bytes: &[u8]) -> Vec<FilePart> {
        let mut file = Cursor::new(bytes);
        let next = |last: Option<&FilePart>| last.map_or(0, |part| part.offset + part.bytes);
        let mut parts: Vec<FilePart> = Vec::new();
        while let Some(part) = part_at(&mut file, next(parts.last())).unwrap() {
            parts.push(part);
        }
        parts
    }

    #[test]
    fn parts_follow_each_other_and_cover_a_whole_file() {
        let bytes = file();
        let parts = parts(&bytes);
        assert!(!parts[0].is_segment && parts.iter().filter(|part| part.is_segment).count() > 1);
        assert_eq!(parts.iter().map(|part| part.bytes).sum::<u64>(), bytes.len() as u64);
    }

    #[test]
    fn of_a_cut_file_only_whole_parts_are_found() {
        let bytes = file();
        let whole = parts(&bytes);
        for cut in (0..bytes.len()).step_by(997) {
            let expected: Vec<_> =
                whole.iter().copied().filter(|part| part.offset + part.bytes <= cut as u64).collect();
            assert_eq!(parts(&bytes[..cut]), expected, "cut at {cut}");
        }
    }
}
