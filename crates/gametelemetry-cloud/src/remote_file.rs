//! One file of a session in a bucket, as something to read and to seek in.
//!
//! Reads whole blocks, keeps them for all readers of the session, and reads the further ahead the longer it goes
//! straight on: looking into a file costs a few small ranges, all of it few requests. Where a segment begins, all of it
//! is read at once, and nothing behind it. Knows nothing of what the bytes mean.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::{Arc, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::block_cache::{BLOCK, BlockCache, ROOM};
use crate::parallel::in_parallel;
use crate::remote::Shared;
use crate::{CloudError, FileEntry, ObjectEntry};

/// The most blocks that are read ahead: 4 MiB.
const MOST_AHEAD: u64 = 128;
/// Requests at once when a range is spread over small objects.
const REQUESTS_AT_ONCE: usize = 8;

/// The bytes of one file of a [`crate::RemoteSession`].
pub struct RemoteFile {
    shared: Arc<Shared>,
    /// Its number in the manifest.
    number: usize,
    position: u64,
    /// The block that was read from last.
    last: Option<u64>,
    /// Blocks that the last request read.
    ahead: u64,
    /// Where the present run of reading straight on began.
    run_start: u64,
}

impl RemoteFile {
    pub(crate) fn new(shared: Arc<Shared>, number: usize) -> Self {
        Self { shared, number, position: 0, last: None, ahead: 0, run_start: 0 }
    }

    fn entry(&self) -> Option<&FileEntry> {
        self.shared.manifest.files.get(self.number)
    }

    fn length(&self) -> u64 {
        self.entry().map_or(0, |entry| entry.bytes)
    }

    fn cache(&self) -> MutexGuard<'_, BlockCache> {
        self.shared.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The block, from the bucket if need be.
    fn block(&mut self, block: u64) -> io::Result<Bytes> {
        if let Some(bytes) = self.cache().get((self.number, block)) {
            return Ok(bytes);
        }
        let blocks = self.wanted(block);
        let start = blocks.start * BLOCK;
        let range = start..(blocks.end.saturating_mul(BLOCK)).min(self.length());
        let bytes = self.fetch(range).map_err(io::Error::other)?;
        let mut found = None;
        let mut cache = self.cache();
        for (number, piece) in
            (blocks.start..).zip(bytes.chunks(usize::try_from(BLOCK).unwrap_or(usize::MAX)))
        {
            // A copy: a slice would keep the whole of what came in memory.
            let piece = Bytes::copy_from_slice(piece);
            if number == block {
                found = Some(piece.clone());
            }
            cache.insert((self.number, number), piece);
        }
        found.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    /// The blocks to read now that `block` is needed.
    fn wanted(&mut self, block: u64) -> Range<u64> {
        // All sources may be read at once, and what one reads ahead must not drive out what another did.
        let most = MOST_AHEAD.min(ROOM as u64 / 4 / self.shared.sources.max(1) as u64).max(8);
        let last = self.length().saturating_sub(1) / BLOCK;
        let goes_on = self.last.is_some_and(|before| block == before || block == before + 1);
        let mut first = block;
        if goes_on {
            self.ahead = (self.ahead * 2).clamp(1, most);
        } else {
            (self.ahead, self.run_start) = (1, self.position);
            // What stands at the end of a file goes on before its last block, which may be short.
            first = if block == last { block.saturating_sub(1) } else { block };
        }
        let mut end = block + self.ahead;
        if let Some(segment_end) = self.segment_end().filter(|end| *end > self.position) {
            let segment_end = segment_end.div_ceil(BLOCK).max(block + 1);
            // From its beginning a segment is read whole; one that goes on is not read beyond.
            end = if goes_on { end.min(segment_end) } else { segment_end.min(block + most) };
            self.ahead = end - block;
        }
        end = end.min(last + 1);
        let cache = self.cache();
        if cache.has((self.number, first)) {
            first = block;
        }
        let known = (block + 1..end).find(|next| cache.has((self.number, *next)));
        first..known.unwrap_or(end)
    }

    /// The end of the segment in which the present run began.
    fn segment_end(&self) -> Option<u64> {
        let objects = &self.entry()?.objects;
        let object = objects.get(object_at(objects, self.run_start)?)?;
        let before = object.segments.partition_point(|segment| segment.offset <= self.run_start);
        let segment = object.segments.get(before.checked_sub(1)?)?;
        Some(segment.offset.saturating_add(segment.bytes)).filter(|end| *end > self.run_start)
    }

    /// The bytes `range` of the file.
    fn fetch(&self, range: Range<u64>) -> Result<Vec<u8>, CloudError> {
        let Some(entry) = self.entry() else { return Ok(Vec::new()) };
        let first = object_at(&entry.objects, range.start).unwrap_or(0);
        let objects = entry.objects.iter().skip(first).take_while(|object| object.offset < range.end);
        let pieces: Vec<&ObjectEntry> = objects.collect();
        let came = in_parallel(&pieces, REQUESTS_AT_ONCE, |object| {
            let start = range.start.max(object.offset) - object.offset;
            let end = range.end.min(object.offset.saturating_add(object.bytes)) - object.offset;
            let key = self.shared.key(&object.key);
            self.shared.retry.run(&self.shared.stop, || {
                let bytes = self.shared.bucket.get_range(&key, start..end)?;
                self.shared.count(1, bytes.len() as u64);
                Ok(bytes)
            })
        });
        let mut whole = Vec::new();
        for piece in came {
            whole.extend_from_slice(&piece?);
        }
        Ok(whole)
    }
}

/// The number of the object that has the byte at `offset`.
fn object_at(objects: &[ObjectEntry], offset: u64) -> Option<usize> {
    objects.partition_point(|object| object.offset <= offset).checked_sub(1)
}

impl Read for RemoteFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.position >= self.length() {
            return Ok(0);
        }
        let number = self.position / BLOCK;
        let block = self.block(number)?;
        let start = usize::try_from(self.position % BLOCK).unwrap_or(usize::MAX);
        let rest = block.get(start..).filter(|rest| !rest.is_empty());
        let rest = rest.ok_or(io::ErrorKind::UnexpectedEof)?;
        let got = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..got), rest.get(..got)) {
            to.copy_from_slice(from);
        }
        self.position += got as u64;
        self.last = Some(number);
        Ok(got)
    }
}

impl Seek for RemoteFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.length().checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

impl std::fmt::Debug for RemoteFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RemoteFile")
            .field("name", &self.entry().map(|entry| &entry.name))
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}
