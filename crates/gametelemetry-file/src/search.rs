//! Looks for the start of a frame in bytes that are damaged, so that what is whole behind the damage is found.
//!
//! Stands beside the decoder. A hostile file may have something that looks like a frame at every byte; [`Effort`]
//! keeps the work of looking in proportion to the file.

use crate::lz4::{self, BlockHead, Descriptor, DescriptorError};
use crate::section::{self, Payload, SECTION_HEAD, SKIPPABLE_MAGIC};

/// The work that has been for nothing: bytes hashed or decoded of what then turned out to be damaged.
#[derive(Debug, Default)]
pub(crate) struct Effort {
    vain: u64,
}

impl Effort {
    /// Vain work that every file may cost. Real damage stays far below: a flipped bit costs a block.
    const FREE: u64 = 64 << 20;
    /// Vain work for each byte of the file that may come on top.
    const FACTOR: u64 = 8;

    /// Counts `bytes` of work for nothing, with the decoder at `position` of the file. `false` when there was so
    /// much of it that no honest file has come to this.
    pub(crate) fn spend(&mut self, bytes: usize, position: u64) -> bool {
        self.vain = self.vain.saturating_add(bytes as u64);
        self.vain <= position.saturating_mul(Self::FACTOR).saturating_add(Self::FREE)
    }
}

/// The first place of `bytes` that has the magic number of a frame.
pub(crate) fn magic(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| {
        let word = <[u8; 4]>::try_from(window).map_or(0, u32::from_le_bytes);
        matches!(word, lz4::MAGIC | SKIPPABLE_MAGIC)
    })
}

/// Whether `bytes`, which start with a magic number, are a frame; `None` when there are too few to tell.
pub(crate) fn is_frame_start(bytes: &[u8]) -> Option<bool> {
    let (magic, rest) = bytes.split_first_chunk::<4>()?;
    if u32::from_le_bytes(*magic) == lz4::MAGIC {
        return match Descriptor::parse(bytes) {
            Ok(_) => Some(true),
            Err(DescriptorError::Invalid) => Some(false),
            Err(DescriptorError::Incomplete) => None,
        };
    }
    let tag = rest.get(4..8)?;
    Some(section::tag_of(tag).is_some())
}

/// Whether a section, or a segment's head and first block, stands in `bytes` with a checksum that proves it.
pub(crate) fn has_whole_frame(bytes: &[u8], effort: &mut Effort, position: u64) -> bool {
    let mut rest = bytes;
    while let Some(at) = magic(rest) {
        let Some(candidate) = rest.get(at..) else { return false };
        let (whole, looked) = is_whole_frame(candidate).unwrap_or((false, 0));
        if whole {
            return true;
        }
        if !effort.spend(looked, position) {
            return false;
        }
        rest = candidate.get(1..).unwrap_or_default();
    }
    false
}

/// Whether `bytes` start with a whole frame, and how many of them were hashed to tell; `None` when there are too few.
fn is_whole_frame(bytes: &[u8]) -> Option<(bool, usize)> {
    let (magic, rest) = bytes.split_first_chunk::<4>()?;
    if u32::from_le_bytes(*magic) == SKIPPABLE_MAGIC {
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let payload = rest.get(..u32::from_le_bytes(*length) as usize)?;
        let whole = matches!(section::parse(payload), Payload::Section(..));
        let hashed = section::tag_of(payload).map_or(0, |_| payload.len());
        return Some((whole, SECTION_HEAD + hashed));
    }
    let descriptor = Descriptor::parse(bytes).ok()?;
    let (head, rest) = bytes.get(descriptor.length..)?.split_first_chunk::<4>()?;
    let BlockHead::Block { stored, .. } = BlockHead::parse(*head) else { return Some((false, 0)) };
    if stored > descriptor.block_max || !descriptor.block_checksum {
        return Some((false, 0));
    }
    let (data, rest) = rest.split_at_checked(stored)?;
    let checksum = rest.first_chunk::<4>()?;
    Some((lz4::checksum(data) == u32::from_le_bytes(*checksum), stored))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lz4::SegmentEncoder;
    use crate::section::Tag;

    #[test]
    fn only_a_frame_with_its_checksum_is_whole() {
        let mut encoder = SegmentEncoder::new();
        encoder.push(b"records");
        encoder.seal();
        let segment = encoder.output().clone();
        let mut section = Vec::new();
        section::write(&mut section, Tag::Ledger, b"{}");
        for frame in [segment, section] {
            let has = |bytes: &[u8]| has_whole_frame(bytes, &mut Effort::default(), 0);
            assert!(has(&[b"garbage".as_slice(), &frame, b"more"].concat()));
            let mut damaged = frame.clone();
            damaged[13] ^= 1;
            assert!(!has(&damaged));
            assert!(!has(&frame[..frame.len().min(16)]));
        }
    }

    #[test]
    fn effort_ends_in_proportion_to_the_file() {
        let mut effort = Effort::default();
        assert!(effort.spend(64 << 20, 0));
        assert!(!effort.spend(1, 0));
        assert!(effort.spend(0, 1));
    }
}
