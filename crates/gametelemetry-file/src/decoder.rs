//! A session file read as a state machine over bytes: push what was read, step, and get records, sections and damage.
//!
//! The mirror of [`crate::SessionEncoder`]. Knows nothing of files, so it serves a finished file, one that is still
//! being written, and a fuzzer alike. Damage is a step, not an error: the machine looks for the next segment and
//! goes on.

use std::hash::Hasher;

use twox_hash::XxHash32;

use crate::end::{Damage, DamageReason, End};
use crate::input::Input;
use crate::lz4::{self, BlockHead, Descriptor, DescriptorError, WINDOW};
use crate::search::{self, Effort};
use crate::section::{self, MAX_SECTION, Payload, SECTION_HEAD, SKIPPABLE_MAGIC, SKIPPABLE_MASK, Tag};
use crate::{FrameSize, Timestamp};

/// Timestamp and size before the data of a record.
const RECORD_HEAD: usize = 12;
/// Decoded bytes kept at once, unless a single record needs more.
const BUFFER: usize = WINDOW * 6;

/// What the decoder came to next.
#[derive(Debug)]
pub(crate) enum Step {
    /// Everything pushed is used up, as far as it is whole.
    NeedInput,
    /// A record; [`Decoder::data`] has its bytes until the next step.
    Record { timestamp: Timestamp, start: usize, end: usize },
    /// A section of ours, which started at `offset`.
    Section { tag: Tag, body: Vec<u8>, offset: u64 },
    /// A segment starts at `offset`.
    SegmentStart { offset: u64 },
    /// A segment is whole.
    SegmentEnd,
    /// Something is wrong; the decoder looks for the next segment.
    Damage(Damage),
    /// After damage, a segment or section was found at `offset`.
    Resumed { offset: u64 },
}

/// What the next input byte is.
#[derive(Debug)]
enum State {
    /// The start of an LZ4 or skippable frame, or nothing more.
    Boundary,
    /// Behind the end of a file that was cut before its first frame, at `offset`.
    Cut { offset: u64 },
    /// A block, or the end mark.
    Block(Segment),
    /// Damaged; the next frame is looked for.
    Resync { since: u64 },
}

#[derive(Debug)]
struct Segment {
    descriptor: Descriptor,
    /// Hash of the contents: a block's own checksum does not cover whether the block is compressed.
    content: Option<XxHash32>,
}

/// Takes a session file apart.
pub(crate) struct Decoder {
    input: Input,
    state: State,
    /// Decoded bytes: history, then records not yet given out, then room.
    buffer: Vec<u8>,
    /// Start of the records not yet given out.
    unread: usize,
    /// End of what is decoded.
    filled: usize,
    allowed: FrameSize,
    saw_section: bool,
    saw_index: bool,
    saw_segment_end: bool,
    effort: Effort,
}

impl Decoder {
    /// A decoder for bytes that start at `base` of a file, at the start of a frame. `headed`: the file is known to
    /// have sections, so that it is complete only with an index.
    pub(crate) fn new(base: u64, allowed: FrameSize, headed: bool) -> Self {
        Self {
            input: Input::new(base),
            state: State::Boundary,
            buffer: Vec::new(),
            unread: 0,
            filled: 0,
            allowed,
            saw_section: headed,
            saw_index: false,
            saw_segment_end: false,
            effort: Effort::default(),
        }
    }

    /// A decoder for a file that was cut before its first frame: whatever comes, the cut is at `offset`.
    pub(crate) fn cut_at(offset: u64) -> Self {
        let mut decoder = Self::new(offset, FrameSize::Fixed(0), false);
        decoder.state = State::Cut { offset };
        decoder
    }

    /// Whether the file has sections, as far as it was read, so that it is complete only with an index.
    pub(crate) fn is_headed(&self) -> bool {
        self.saw_section
    }

    /// Says which sizes records may have, once the schema is known.
    pub(crate) fn allow(&mut self, allowed: FrameSize) {
        self.allowed = allowed;
    }

    /// Where the next bytes of the file are put.
    pub(crate) fn input(&mut self) -> &mut Input {
        &mut self.input
    }

    /// The bytes of the record that the last step gave.
    pub(crate) fn data(&self, start: usize, end: usize) -> &[u8] {
        self.buffer.get(start..end).unwrap_or_default()
    }

    /// Place in the file of the next byte that is not used up.
    pub(crate) fn position(&self) -> u64 {
        self.input.position()
    }

    /// Goes on to the next thing in the file.
    pub(crate) fn step(&mut self) -> Step {
        loop {
            let step = match self.take_record() {
                Some(step) => Some(step),
                None => match self.state {
                    State::Boundary => self.boundary(),
                    State::Cut { .. } => Some(Step::NeedInput),
                    State::Block(_) => self.block(),
                    State::Resync { .. } => self.resync(),
                },
            };
            if let Some(step) = step {
                return step;
            }
        }
    }

    /// How the file ends, if the bytes pushed were its last.
    pub(crate) fn end(&self) -> End {
        let rest = !self.input.pending().is_empty();
        match &self.state {
            State::Resync { since } => End::Corrupt { offset: *since },
            State::Cut { offset } => End::PartialFrame { offset: *offset },
            State::Boundary | State::Block(_) if rest => End::PartialFrame { offset: self.position() },
            State::Boundary if self.saw_index => End::Complete,
            State::Boundary | State::Block(_) => self.end_between_frames(),
        }
    }

    /// Says that no more bytes are there for now. What waits for them may be damage instead: a length with a flipped
    /// bit reaches behind the end of the file and would hide everything that follows. Something whole in the bytes
    /// that wait tells which it is.
    pub(crate) fn at_end(&mut self) -> Option<Step> {
        let (offset, waiting) = (self.position(), self.input.pending());
        let reason = match (&self.state, waiting.first_chunk()) {
            (State::Boundary, Some(_)) => match waiting.get(SECTION_HEAD..).and_then(section::tag_of) {
                Some(_) => DamageReason::SectionChecksum,
                None => DamageReason::NotAFrame,
            },
            (State::Block(_), Some(&head)) => match BlockHead::parse(head) {
                BlockHead::Block { stored, .. } => DamageReason::BlockTooLarge { stored },
                BlockHead::EndMark => return None,
            },
            _ => return None,
        };
        if !search::has_whole_frame(waiting.get(4..)?, &mut self.effort, offset) {
            return None;
        }
        self.input.advance(4);
        self.damaged(reason, offset, 0)
    }

    fn end_between_frames(&self) -> End {
        let unread = self.buffer.get(self.unread..self.filled).unwrap_or_default();
        match unread.len() {
            0 if self.saw_segment_end && !self.saw_section => End::Complete,
            0 => End::Unfinished,
            1..8 => End::PartialTimestamp,
            8..RECORD_HEAD => End::PartialSize,
            length => End::PartialData {
                expected: record_head(unread).map_or(0, |(_, size)| u64::try_from(size).unwrap_or(0)),
                got: (length - RECORD_HEAD) as u64,
            },
        }
    }

    /// The next frame is looked for from here on, although what failed claims the next `looked` bytes: that claim
    /// may be what is damaged.
    fn damaged(&mut self, reason: DamageReason, offset: u64, looked: usize) -> Option<Step> {
        if !self.effort.spend(looked, offset) {
            // Only a file made to cost time gets here: claims inside claims, each to be hashed.
            self.input.advance(looked);
        }
        self.state = State::Resync { since: offset };
        self.unread = self.filled;
        Some(Step::Damage(Damage { offset, reason, resumed: None }))
    }

    fn take_record(&mut self) -> Option<Step> {
        let unread = self.buffer.get(self.unread..self.filled)?;
        let (timestamp, size) = record_head(unread)?;
        let Some(length) = usize::try_from(size).ok().filter(|&length| self.allowed.allows(length)) else {
            let offset = self.position();
            return self.damaged(DamageReason::SizeNotAllowed { size }, offset, 0);
        };
        let start = self.unread + RECORD_HEAD;
        let end = start + length;
        (end <= self.filled).then(|| {
            self.unread = end;
            Step::Record { timestamp, start, end }
        })
    }

    fn boundary(&mut self) -> Option<Step> {
        let Some((magic, _)) = self.input.pending().split_first_chunk::<4>() else {
            return Some(Step::NeedInput);
        };
        match u32::from_le_bytes(*magic) {
            lz4::MAGIC => self.segment_start(),
            magic if magic & SKIPPABLE_MASK == SKIPPABLE_MAGIC => self.skippable(),
            _ => {
                let offset = self.position();
                self.input.advance(1);
                self.damaged(DamageReason::NotAFrame, offset, 0)
            }
        }
    }

    fn segment_start(&mut self) -> Option<Step> {
        let offset = self.position();
        match Descriptor::parse(self.input.pending()) {
            Err(DescriptorError::Incomplete) => Some(Step::NeedInput),
            Err(DescriptorError::Invalid) => {
                self.input.advance(4);
                self.damaged(DamageReason::NotAFrame, offset, 0)
            }
            Ok(_) if self.unread < self.filled => {
                // Without sections a record may be cut at the end of the file only.
                self.damaged(DamageReason::RecordCut, offset, 0)
            }
            Ok(descriptor) => {
                self.input.advance(descriptor.length);
                let content = descriptor.content_checksum.then(|| XxHash32::with_seed(0));
                self.state = State::Block(Segment { descriptor, content });
                (self.unread, self.filled) = (0, 0);
                (self.saw_index, self.saw_segment_end) = (false, false);
                Some(Step::SegmentStart { offset })
            }
        }
    }

    fn skippable(&mut self) -> Option<Step> {
        let pending = self.input.pending();
        let Some((head, rest)) = pending.split_first_chunk::<SECTION_HEAD>() else {
            return Some(Step::NeedInput);
        };
        let [_, _, _, _, length @ ..] = *head;
        let length = u32::from_le_bytes(length);
        let Some(tag) = rest.get(..length.min(4) as usize) else { return Some(Step::NeedInput) };
        let offset = self.position();
        if length > MAX_SECTION {
            let is_ours = section::tag_of(tag).is_some();
            let reason = if is_ours { DamageReason::SectionChecksum } else { DamageReason::NotAFrame };
            self.input.advance(4);
            return self.damaged(reason, offset, 0);
        }
        let Some(payload) = rest.get(..length as usize) else { return Some(Step::NeedInput) };
        match section::parse(payload) {
            Payload::Section(tag, body) => {
                let body = body.to_vec();
                self.input.advance(SECTION_HEAD + length as usize);
                self.saw_section = true;
                self.saw_index = tag == Tag::Index;
                Some(Step::Section { tag, body, offset })
            }
            Payload::Corrupt(_) => {
                self.input.advance(4);
                self.saw_section = true;
                self.damaged(DamageReason::SectionChecksum, offset, length as usize)
            }
            Payload::Foreign => {
                self.input.advance(SECTION_HEAD + length as usize);
                None
            }
        }
    }

    fn block(&mut self) -> Option<Step> {
        let State::Block(segment) = &self.state else { return None };
        let Descriptor { block_checksum, block_max, .. } = segment.descriptor;
        let Some((head, rest)) = self.input.pending().split_first_chunk::<4>() else {
            return Some(Step::NeedInput);
        };
        let (stored, compressed) = match BlockHead::parse(*head) {
            BlockHead::EndMark => return self.segment_end(),
            BlockHead::Block { stored, compressed } => (stored, compressed),
        };
        let offset = self.position();
        if stored > block_max {
            return self.damaged(DamageReason::BlockTooLarge { stored }, offset, 0);
        }
        let length = stored + if block_checksum { 4 } else { 0 };
        let Some(block) = rest.get(..length) else { return Some(Step::NeedInput) };
        let (data, checksum) = block.split_at_checked(stored)?;
        if let Ok(checksum) = <[u8; 4]>::try_from(checksum)
            && lz4::checksum(data) != u32::from_le_bytes(checksum)
        {
            return self.damaged(DamageReason::BlockChecksum, offset, 4 + length);
        }
        if self.decode(stored, compressed) {
            self.input.advance(4 + length);
            None
        } else {
            self.effort.spend(block_max, offset);
            self.damaged(DamageReason::BlockUndecodable, offset, 4 + length)
        }
    }

    /// Decodes the block whose `stored` bytes stand behind its head in the input.
    fn decode(&mut self, stored: usize, compressed: bool) -> bool {
        let State::Block(segment) = &mut self.state else { return false };
        let Descriptor { independent, block_max, .. } = segment.descriptor;
        make_room(&mut self.buffer, &mut self.unread, &mut self.filled, block_max);
        let Some(data) = self.input.pending().get(4..4 + stored) else { return false };
        let decoded =
            lz4::decode_block(data, compressed, independent, &mut self.buffer, self.filled, block_max);
        let Some(length) = decoded else { return false };
        if let (Some(hash), Some(bytes)) =
            (&mut segment.content, self.buffer.get(self.filled..self.filled + length))
        {
            hash.write(bytes);
        }
        self.filled += length;
        true
    }

    /// At the end mark: checks the contents and goes on behind the segment.
    fn segment_end(&mut self) -> Option<Step> {
        let State::Block(segment) = &self.state else { return None };
        let offset = self.position();
        let length = if segment.descriptor.content_checksum { 8 } else { 4 };
        let Some(end) = self.input.pending().get(4..length) else { return Some(Step::NeedInput) };
        let expected = <[u8; 4]>::try_from(end).ok().map(u32::from_le_bytes);
        let matches = match (&segment.content, expected) {
            (Some(hash), Some(expected)) => hash.finish_32() == expected,
            _ => true,
        };
        self.input.advance(length);
        if !matches {
            // The frame itself is whole, so the next one follows at once.
            (self.state, self.unread) = (State::Boundary, self.filled);
            let resumed = Some(self.position());
            return Some(Step::Damage(Damage { offset, reason: DamageReason::ContentChecksum, resumed }));
        }
        if self.unread < self.filled && self.saw_section {
            return self.damaged(DamageReason::RecordCut, offset, 0);
        }
        self.saw_segment_end = true;
        self.state = State::Boundary;
        Some(Step::SegmentEnd)
    }

    /// Looks for the next thing that is surely the start of a frame of ours.
    fn resync(&mut self) -> Option<Step> {
        let pending = self.input.pending();
        let Some(at) = search::magic(pending) else {
            self.input.advance(pending.len().saturating_sub(3));
            return Some(Step::NeedInput);
        };
        self.input.advance(at);
        match search::is_frame_start(self.input.pending()) {
            Some(true) => {
                self.state = State::Boundary;
                Some(Step::Resumed { offset: self.position() })
            }
            Some(false) => {
                self.input.advance(1);
                None
            }
            None => Some(Step::NeedInput),
        }
    }
}

fn record_head(bytes: &[u8]) -> Option<(Timestamp, i32)> {
    let (ticks, rest) = bytes.split_first_chunk::<8>()?;
    let (size, _) = rest.split_first_chunk::<4>()?;
    Some((Timestamp::from_ticks(i64::from_le_bytes(*ticks)), i32::from_le_bytes(*size)))
}

/// Makes room for a block of `block_max` bytes behind what is filled: by moving history and unread records to the
/// front, and when that is not enough by growing to twice the size, so that a long record costs linear time.
fn make_room(buffer: &mut Vec<u8>, unread: &mut usize, filled: &mut usize, block_max: usize) {
    if *filled + block_max <= buffer.len() {
        return;
    }
    let keep = (*unread).min(filled.saturating_sub(WINDOW));
    if keep > 0 {
        buffer.copy_within(keep..*filled, 0);
        *unread -= keep;
        *filled -= keep;
    }
    let wanted = *filled + block_max;
    if wanted > buffer.len() {
        // Of a file with blocks of 4 MiB two are not kept, only one with its history and a record before it.
        let grown = if buffer.is_empty() { wanted + 2 * WINDOW } else { buffer.len().saturating_mul(2) };
        let mut larger = vec![0; grown.max(wanted).max(BUFFER)];
        if let (Some(to), Some(from)) = (larger.get_mut(..*filled), buffer.get(..*filled)) {
            to.copy_from_slice(from);
        }
        *buffer = larger;
    }
}
