//! Cuts a file into objects: runs of whole segments of some MiB, with their hashes, also while the file is written.
//!
//! Reads the file once. What is cut is not changed any more, so an object is the same whoever cuts it.

use std::fs::File;
use std::io::{Cursor, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use gametelemetry::{FilePart, part_at};
use md5::{Digest as _, Md5};

use crate::checksum::{Sha256, sha256};
use crate::{CloudError, ObjectEntry, SegmentEntry};

/// An object ends with the segment that makes it this large.
const TARGET: u64 = 4 << 20;
/// The largest object: what has no segments, or larger ones, is cut here.
const LARGEST: u64 = 8 << 20;

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
}

impl Cutter {
    /// Begins with the file `name` in `folder`, behind the objects that are `stored` already, as far as the file still
    /// has what they have.
    pub(super) fn open(
        folder: &Path,
        name: &str,
        session: &str,
        stored: &[ObjectEntry],
    ) -> Result<Self, CloudError> {
        let path = folder.join(name);
        let file = File::open(&path).map_err(|source| unreadable(&path, source))?;
        let key = format!("{session}/{}", key_part(name));
        let hash = Sha256::new();
        let mut cutter = Self { path, name: name.to_owned(), key, file, at: 0, hash, objects: Vec::new() };
        for object in stored {
            if object.offset != cutter.at || !cutter.has(object)? {
                break;
            }
        }
        Ok(cutter)
    }

    /// Whether the file has the bytes of `object` where it stands; goes behind them then.
    fn has(&mut self, object: &ObjectEntry) -> Result<bool, CloudError> {
        // What it says of its length is from a file that may be damaged.
        if object.bytes == 0
            || object.bytes > LARGEST
            || self.length()?.saturating_sub(self.at) < object.bytes
        {
            return Ok(false);
        }
        let bytes = self.read(object.bytes)?;
        if sha256(&bytes) != object.sha256 {
            return Ok(false);
        }
        self.pass(&bytes, object.clone());
        Ok(true)
    }

    /// The file's name below the session's folder.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// How much of the file has been cut, in bytes.
    pub(super) fn position(&self) -> u64 {
        self.at
    }

    /// SHA-256 of what has been cut.
    pub(super) fn sha256(&self) -> String {
        self.hash.clone().finish()
    }

    /// The bytes of the next object; `None` when there is none yet, or no more.
    pub(super) fn next(&mut self, until: Until) -> Result<Option<Piece>, CloudError> {
        let parts = self.parts(until)?;
        let mut length: u64 = parts.iter().map(|part| part.bytes).sum();
        if length == 0 && until == Until::End {
            length = self.length()?.saturating_sub(self.at).min(LARGEST);
        }
        if length == 0 {
            return Ok(None);
        }
        let offset = self.at;
        let bytes = self.read(length)?;
        let unknown = ObjectEntry {
            key: String::new(),
            offset,
            bytes: length,
            sha256: String::new(),
            segments: Vec::new(),
        };
        self.pass(&bytes, unknown);
        Ok(Some(Piece { file: self.name.clone(), key: self.key.clone(), offset, parts, bytes }))
    }

    /// Keeps what is known now of an object that was cut.
    pub(super) fn set(&mut self, object: &ObjectEntry) {
        if let Some(known) = self.objects.iter_mut().find(|known| known.offset == object.offset) {
            known.clone_from(object);
        }
    }

    /// The whole parts that make up the next object; none when there is none of whole parts.
    fn parts(&mut self, until: Until) -> Result<Vec<FilePart>, CloudError> {
        // Looked at in memory: a block of a segment may be of a few hundred bytes.
        let ahead = self.length()?.saturating_sub(self.at).min(LARGEST);
        let mut ahead = Cursor::new(self.read(ahead)?);
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
        if !is_enough {
            parts.clear();
        }
        Ok(parts)
    }

    fn read(&mut self, length: u64) -> Result<Vec<u8>, CloudError> {
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
        let read = self.file.seek(SeekFrom::Start(self.at)).and_then(|_| self.file.read_exact(&mut bytes));
        read.map_err(|source| unreadable(&self.path, source))?;
        Ok(bytes)
    }

    fn pass(&mut self, bytes: &[u8], object: ObjectEntry) {
        self.hash.update(bytes);
        self.at += object.bytes;
        self.objects.push(object);
    }

    /// The file's length now.
    pub(super) fn length(&self) -> Result<u64, CloudError> {
        self.file.metadata().map(|metadata| metadata.len()).map_err(|source| unreadable(&self.path, source))
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
