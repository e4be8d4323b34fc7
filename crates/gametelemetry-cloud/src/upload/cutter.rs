//! Cuts a file into objects: runs of whole segments of some MiB, with their hashes, also while the file is written.
//!
//! Reads the file once. What is cut is not changed any more, so an object is the same whoever cuts it.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{Cursor, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use gametelemetry::files::{DAT_EXTENSION, EXTENSION};
use gametelemetry::{FilePart, StopToken, part_at};
use md5::{Digest as _, Md5};

use super::journal::Seen;
use crate::checksum::{Sha256, sha256, sha256_of};
use crate::{CloudError, FileEntry, ObjectEntry, SegmentEntry};

/// An object ends with the segment that makes it this large.
const TARGET: u64 = 4 << 20;
/// The largest object: what has no segments, or larger ones, is cut here.
const LARGEST: u64 = 8 << 20;
/// A file in which no object was found is read again when it has grown by so much.
const GROWTH: u64 = 256 << 10;

/// How far a file may be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// What is sealed, as soon as it fills an object: the file is still being written.
    Filled,
    /// All that is sealed.
    Sealed,
    /// To the last byte: nobody writes the file any more.
    End,
}

/// Bytes to be sent.
pub(super) struct Cut {
    pub(super) object: ObjectEntry,
    pub(super) md5: [u8; 16],
    pub(super) bytes: Bytes,
}

/// The bytes of an object of which nothing else is known yet: hashing takes time, and each sending thread does its own.
pub(super) struct Piece {
    pub(super) file: String,
    key: String,
    offset: u64,
    parts: Vec<FilePart>,
    bytes: Vec<u8>,
}

impl Piece {
    /// Works out its hashes.
    pub(super) fn hashed(self) -> Cut {
        let Self { key, offset, parts, bytes, .. } = self;
        let segments = parts.iter().filter(|part| part.is_segment).filter_map(|part| {
            let from = usize::try_from(part.offset - offset).ok()?;
            let segment = bytes.get(from..from + usize::try_from(part.bytes).ok()?)?;
            Some(SegmentEntry { offset: part.offset, bytes: part.bytes, sha256: sha256(segment) })
        });
        let segments = segments.collect();
        let sha256 = sha256(&bytes);
        let key = format!("{key}/{offset:012}-{}", sha256.get(..16).unwrap_or_default());
        let object = ObjectEntry { key, offset, bytes: bytes.len() as u64, sha256, segments };
        Cut { object, md5: Md5::digest(&bytes).into(), bytes: bytes.into() }
    }
}

impl Cut {
    /// An object that is no part of a file.
    pub(super) fn of_whole(key: String, bytes: Vec<u8>) -> Self {
        let sha256 = sha256(&bytes);
        let object = ObjectEntry { key, offset: 0, bytes: bytes.len() as u64, sha256, segments: Vec::new() };
        Self { object, md5: Md5::digest(&bytes).into(), bytes: bytes.into() }
    }
}

/// The parts of an object that are whole, and its bytes.
type Bounds = (Vec<FilePart>, Vec<u8>);

/// A file being cut.
pub(super) struct Cutter {
    path: PathBuf,
    name: String,
    /// What stands before the keys of its objects.
    key: String,
    file: File,
    at: u64,
    hash: Sha256,
    pub(super) objects: Vec<ObjectEntry>,
    /// Objects of an earlier upload that were not come to yet.
    planned: VecDeque<ObjectEntry>,
    /// Where the file ended when it was looked at last and held too little for an object, and what was wanted.
    too_little: Option<(Until, u64)>,
    /// The file as it was when it was listed last.
    seen: Option<Seen>,
    /// Whether it was written to, and did not grow, since some of it was cut.
    may_have_changed: bool,
}

impl Cutter {
    /// Begins with the file `name` in `folder`. Where an earlier upload cut it, it is cut again: `planned` are the objects that
    /// its journal knows, in the order of the file.
    pub(super) fn open(
        folder: &Path,
        name: &str,
        session: &str,
        planned: Vec<ObjectEntry>,
    ) -> Result<Self, CloudError> {
        let path = folder.join(name);
        let file = File::open(&path).map_err(|source| unreadable(&path, source))?;
        let key = format!("{session}/{}", key_part(name));
        Ok(Self {
            path,
            name: name.to_owned(),
            key,
            file,
            at: 0,
            hash: Sha256::new(),
            objects: Vec::new(),
            planned: planned.into(),
            too_little: None,
            seen: None,
            may_have_changed: false,
        })
    }

    /// Notes how the file is listed now. A recording only grows; what else becomes of a file that was cut may have
    /// changed its bytes.
    pub(super) fn look(&mut self, seen: &Seen) {
        let has_grown = |before: &Seen| seen.bytes > before.bytes;
        if self.at > 0 && self.seen.as_ref().is_some_and(|before| before != seen && !has_grown(before)) {
            self.may_have_changed = true;
        }
        self.seen = Some(seen.clone());
    }

    /// Whether what was cut is the file as it was listed last, to its end.
    pub(super) fn is_whole(&mut self, stop: &StopToken) -> Result<bool, CloudError> {
        if self.seen.as_ref().is_none_or(|seen| seen.bytes != self.at) {
            return Ok(false);
        }
        if self.may_have_changed {
            // By its path: the file may be another one by now.
            let now = File::open(&self.path).and_then(|file| sha256_of(file, stop));
            let now = now.map_err(|source| {
                if stop.is_stopped() { CloudError::Stopped } else { unreadable(&self.path, source) }
            })?;
            self.may_have_changed = now != self.sha256();
        }
        Ok(!self.may_have_changed)
    }

    /// The file's name below the session's folder.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What a manifest says of what has been cut.
    pub(super) fn entry(&self) -> FileEntry {
        let (name, objects) = (self.name.clone(), self.objects.clone());
        FileEntry { name, bytes: self.at, sha256: self.sha256(), objects }
    }

    /// SHA-256 of what has been cut.
    fn sha256(&self) -> String {
        self.hash.clone().finish()
    }

    /// The bytes of the next object; `None` when there is none yet, or no more.
    pub(super) fn next(&mut self, until: Until) -> Result<Option<Piece>, CloudError> {
        let next = match self.planned()? {
            Some(planned) => Some(planned),
            None => self.cut(until)?,
        };
        let Some((parts, bytes)) = next else { return Ok(None) };
        let (offset, length) = (self.at, bytes.len() as u64);
        self.hash.update(&bytes);
        self.at += length;
        self.objects.push(ObjectEntry {
            key: String::new(),
            offset,
            bytes: length,
            sha256: String::new(),
            segments: Vec::new(),
        });
        Ok(Some(Piece { file: self.name.clone(), key: self.key.clone(), offset, parts, bytes }))
    }

    /// What an earlier upload cut here, if the file still has the bytes that it had then.
    fn planned(&mut self) -> Result<Option<Bounds>, CloudError> {
        while let Some(object) = self.planned.pop_front_if(|object| object.offset <= self.at) {
            // What it says of its length is from a file that may be damaged.
            let is_possible = object.offset == self.at
                && (1..=LARGEST).contains(&object.bytes)
                && self.left()? >= object.bytes;
            if !is_possible {
                continue;
            }
            let bytes = self.read(object.bytes)?;
            if sha256(&bytes) == object.sha256 {
                let part =
                    |it: &SegmentEntry| FilePart { offset: it.offset, bytes: it.bytes, is_segment: true };
                return Ok(Some((object.segments.iter().map(part).collect(), bytes)));
            }
        }
        Ok(None)
    }

    /// The whole parts that make up the next object, else at the end of a file what is left of it.
    fn cut(&mut self, until: Until) -> Result<Option<Bounds>, CloudError> {
        let left = self.left()?;
        if left == 0 || !self.may_have_enough(until, left) {
            return Ok(None);
        }
        // Looked at in memory: a block of a segment may be of a few hundred bytes.
        let mut ahead = Cursor::new(self.read(left.min(LARGEST))?);
        let (mut parts, mut length) = (Vec::new(), 0);
        while length < TARGET {
            let part = part_at(&mut ahead, length).map_err(|source| unreadable(&self.path, source))?;
            let Some(part) = part.filter(|part| part.bytes > 0) else { break };
            length += part.bytes;
            parts.push(FilePart { offset: self.at + part.offset, ..part });
        }
        let is_enough = match until {
            Until::Filled => length >= TARGET,
            // A header alone is nothing that anybody waits for.
            Until::Sealed => parts.iter().any(|part| part.is_segment),
            Until::End => true,
        };
        // A part that is larger than what is looked at is not found whole before the end.
        let end = if length == 0 && left >= LARGEST { u64::MAX } else { self.at + left };
        self.too_little = (!is_enough).then_some((until, end));
        let mut bytes = ahead.into_inner();
        if length > 0 {
            bytes.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        }
        Ok(is_enough.then_some((parts, bytes)))
    }

    /// Whether there may be an object in the `left` bytes: reading them is work beside a recording.
    fn may_have_enough(&self, until: Until, left: u64) -> bool {
        let (least, growth) = match until {
            Until::End => return true,
            Until::Filled => (TARGET, GROWTH),
            Until::Sealed => (1, 1),
        };
        // Other files have no parts that are whole before their end.
        let extension = Path::new(&self.name).extension().unwrap_or_default();
        let has_parts = extension == EXTENSION || extension == DAT_EXTENSION;
        let is_as_before = self.too_little.is_some_and(|(wanted, end)| {
            // Where there was not even a segment, there was no whole object.
            (wanted == until || wanted == Until::Sealed) && (self.at + left).saturating_sub(end) < growth
        });
        has_parts && left >= least && !is_as_before
    }

    /// Keeps what is known now of an object that was cut.
    pub(super) fn set(&mut self, object: &ObjectEntry) {
        if let Some(known) = self.objects.iter_mut().find(|known| known.offset == object.offset) {
            known.clone_from(object);
        }
    }

    fn read(&mut self, length: u64) -> Result<Vec<u8>, CloudError> {
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
        let read = self.file.seek(SeekFrom::Start(self.at)).and_then(|_| self.file.read_exact(&mut bytes));
        read.map_err(|source| unreadable(&self.path, source))?;
        Ok(bytes)
    }

    /// Bytes behind what has been cut.
    fn left(&self) -> Result<u64, CloudError> {
        let metadata = self.file.metadata().map_err(|source| unreadable(&self.path, source))?;
        Ok(metadata.len().saturating_sub(self.at))
    }
}

fn unreadable(path: &Path, source: std::io::Error) -> CloudError {
    CloudError::local("cannot read the session's file", path, source)
}

/// `name` as part of a key: what a server or a disk may not like becomes `-`.
pub(super) fn key_part(name: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let part: String = name.chars().map(|c| if allowed(c) { c } else { '-' }).collect();
    if part.trim_matches('.').is_empty() { "unnamed".to_owned() } else { part }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn cutter(folder: &Path, name: &str) -> Cutter {
        Cutter::open(folder, name, "session", Vec::new()).unwrap()
    }

    /// A part that readers step over, of so many bytes.
    fn part(bytes: usize) -> Vec<u8> {
        let mut part = 0x184D_2A50_u32.to_le_bytes().to_vec();
        part.extend(u32::try_from(bytes - 8).unwrap().to_le_bytes());
        part.resize(bytes, 0);
        part
    }

    #[test]
    fn a_file_without_whole_parts_is_left_until_its_end() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("replay.rpy"), vec![0; 5 << 20]).unwrap();
        let mut cutter = cutter(folder.path(), "replay.rpy");
        for until in [Until::Filled, Until::Sealed] {
            assert!(cutter.next(until).unwrap().is_none());
        }
        assert!(cutter.too_little.is_none(), "it was not even read");
        assert_eq!(cutter.next(Until::End).unwrap().unwrap().bytes.len(), 5 << 20);
    }

    #[test]
    fn what_was_too_little_is_read_again_when_it_has_grown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("physics.gtel");
        // A part that is not whole yet.
        let whole = part(6 << 20);
        std::fs::write(&path, &whole[..5 << 20]).unwrap();
        let mut cutter = cutter(folder.path(), "physics.gtel");
        assert!(cutter.next(Until::Filled).unwrap().is_none());
        // Nobody looks, so nobody sees that the same bytes would do now.
        std::fs::write(&path, [part(4 << 20), part(1 << 20)].concat()).unwrap();
        assert!(cutter.next(Until::Filled).unwrap().is_none());
        let mut file = File::options().append(true).open(&path).unwrap();
        file.write_all(&part(1 << 20)).unwrap();
        assert_eq!(cutter.next(Until::Filled).unwrap().unwrap().bytes.len(), 4 << 20);
    }
}
