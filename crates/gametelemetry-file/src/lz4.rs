//! The LZ4 frame format as far as we read and write it ourselves: frame descriptors, blocks, checksums.
//!
//! Writing goes through the library's frame encoder; reading takes frames apart here, because a damaged file must
//! say which block is bad and give everything before it. Compression itself is the library's.

use std::io::Write;

use lz4_flex::frame::{BlockMode, BlockSize, FrameEncoder, FrameInfo};
use twox_hash::XxHash32;

/// First four bytes of an LZ4 frame, as a little-endian number.
pub(crate) const MAGIC: u32 = 0x184D_2204;
/// How far back a linked block may refer.
pub(crate) const WINDOW: usize = 64 << 10;

/// What the descriptor of an LZ4 frame says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Descriptor {
    pub(crate) independent: bool,
    pub(crate) block_checksum: bool,
    pub(crate) content_checksum: bool,
    /// The largest block, uncompressed.
    pub(crate) block_max: usize,
    /// Bytes of the descriptor, magic number included.
    pub(crate) length: usize,
}

/// Why bytes are no descriptor that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DescriptorError {
    /// More bytes are needed to tell.
    Incomplete,
    /// Not one, or damaged.
    Invalid,
}

impl Descriptor {
    /// Reads the descriptor at the start of `bytes`, which begin with the magic number.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, DescriptorError> {
        let (Some(&flags), Some(&sizes)) = (bytes.get(4), bytes.get(5)) else {
            return Err(DescriptorError::Incomplete);
        };
        let has = |bit: u8| flags & (1 << bit) != 0;
        let block_max = match (sizes >> 4) & 7 {
            code @ 4..=7 => 1_usize << (8 + 2 * code),
            _ => return Err(DescriptorError::Invalid),
        };
        // Version 01, no reserved bit, no dictionary: we have none to decode with.
        if flags >> 6 != 1 || has(1) || has(0) || sizes & 0x8f != 0 {
            return Err(DescriptorError::Invalid);
        }
        let end = if has(3) { 14 } else { 6 };
        let (Some(covered), Some(&checksum)) = (bytes.get(4..end), bytes.get(end)) else {
            return Err(DescriptorError::Incomplete);
        };
        if XxHash32::oneshot(0, covered).to_le_bytes()[1] != checksum {
            return Err(DescriptorError::Invalid);
        }
        Ok(Self {
            independent: has(5),
            block_checksum: has(4),
            content_checksum: has(2),
            block_max,
            length: end + 1,
        })
    }
}

/// The four bytes before a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockHead {
    /// No further block.
    EndMark,
    /// A block of so many stored bytes.
    Block { stored: usize, compressed: bool },
}

impl BlockHead {
    pub(crate) fn parse(bytes: [u8; 4]) -> Self {
        const UNCOMPRESSED: u32 = 1 << 31;
        match u32::from_le_bytes(bytes) {
            0 => Self::EndMark,
            word => {
                Self::Block { stored: (word & !UNCOMPRESSED) as usize, compressed: word & UNCOMPRESSED == 0 }
            }
        }
    }
}

/// The checksum of blocks, contents and sections.
pub(crate) fn checksum(bytes: &[u8]) -> u32 {
    XxHash32::oneshot(0, bytes)
}

/// Decodes one block into `buffer` from `at` on, with what stands before `at` as history.
///
/// Gives the number of bytes decoded; `None` when the block is damaged or larger than `buffer` has room for.
pub(crate) fn decode_block(
    stored: &[u8],
    compressed: bool,
    independent: bool,
    buffer: &mut [u8],
    at: usize,
    block_max: usize,
) -> Option<usize> {
    let (history, room) = buffer.split_at_mut_checked(at)?;
    let room = room.get_mut(..block_max)?;
    if !compressed {
        room.get_mut(..stored.len())?.copy_from_slice(stored);
        return Some(stored.len());
    }
    if independent || history.is_empty() {
        return lz4_flex::block::decompress_into(stored, room).ok();
    }
    let history = history.get(history.len().saturating_sub(WINDOW)..)?;
    lz4_flex::block::decompress_into_with_dict(stored, room, history).ok()
}

/// Compresses one segment after the other: linked 64 KiB blocks, block checksums, content checksum.
pub(crate) struct SegmentEncoder {
    frame: FrameEncoder<Vec<u8>>,
}

impl SegmentEncoder {
    pub(crate) fn new() -> Self {
        let info = FrameInfo::new()
            .block_mode(BlockMode::Linked)
            .block_size(BlockSize::Max64KB)
            .block_checksums(true)
            .content_checksum(true);
        Self { frame: FrameEncoder::with_frame_info(info, Vec::new()) }
    }

    /// The bytes made so far and not yet taken; whoever stores them clears it.
    pub(crate) fn output(&mut self) -> &mut Vec<u8> {
        self.frame.get_mut()
    }

    /// Adds `bytes` to the segment, which the first of them opens.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        // Writing into a `Vec` cannot fail, and the encoder has no other error here.
        let _ = self.frame.write_all(bytes);
    }

    /// Ends the current block, so that everything pushed is in the output.
    pub(crate) fn flush(&mut self) {
        let _ = self.frame.flush();
    }

    /// Ends the segment; the next push opens another.
    pub(crate) fn seal(&mut self) {
        let _ = self.frame.try_finish();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_segments_have_the_promised_descriptor() {
        let mut encoder = SegmentEncoder::new();
        encoder.push(b"x");
        encoder.seal();
        let bytes = encoder.output().clone();
        let descriptor = Descriptor::parse(&bytes).unwrap();
        let expected = Descriptor {
            independent: false,
            block_checksum: true,
            content_checksum: true,
            block_max: 64 << 10,
            length: 7,
        };
        assert_eq!(descriptor, expected);
        assert_eq!(Descriptor::parse(&bytes[..6]), Err(DescriptorError::Incomplete));
        for bit in 0..24 {
            let mut damaged = bytes.clone();
            damaged[4 + bit / 8] ^= 1 << (bit % 8);
            assert!(Descriptor::parse(&damaged).is_err(), "bit {bit}");
        }
    }
}
