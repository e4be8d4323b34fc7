//! What a bucket says of a session: one JSON object, written last, that makes the session visible.
//!
//! Below the URL that a user uploads to, `NAME.session.json` is the manifest of the session `NAME`, and `NAME/…` are the
//! objects with its files' bytes. An object is a run of whole segments, never changed once it is there: its key has the
//! hash of what it holds. The objects of a file, one behind the other, are the file. Whoever reads a bucket goes by manifests, so a session that
//! is only half there does not exist for them. Nothing here speaks with a server.

use gametelemetry::Timestamp;
use serde::{Deserialize, Serialize};

/// The newest version of the manifest that this library reads and writes.
pub const MANIFEST_VERSION: u32 = 1;

/// What a manifest's key ends with.
pub const MANIFEST_SUFFIX: &str = ".session.json";

/// One session of a bucket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionManifest {
    /// Version of the manifest; a reader refuses what is newer than [`MANIFEST_VERSION`].
    pub version: u32,
    /// The session's name in the bucket: the folder's, and what its id is hashed to.
    pub name: String,
    /// The name of the folder that was uploaded.
    pub folder: String,
    /// The session's id, equal in all its files.
    pub session: String,
    /// The game's short name.
    pub game: String,
    /// When it began.
    pub started: Timestamp,
    /// Seconds from the first to the last frame.
    pub seconds: f64,
    /// Frames of all sources.
    pub frames: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// Whether names of people were taken out before it was uploaded.
    #[serde(default)]
    pub is_redacted: bool,
    /// When the manifest was written, by the uploader's clock.
    pub uploaded: Timestamp,
    /// The program that uploaded it, with its version.
    pub writer: String,
    /// Its files, sorted by name.
    pub files: Vec<FileEntry>,
}

/// One file of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its name below the session's folder, with `/` between folders.
    pub name: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-256 of the whole file, in hexadecimal.
    pub sha256: String,
    /// The objects with its bytes, in the order of the file, without gap or overlap.
    pub objects: Vec<ObjectEntry>,
}

/// One object: a run of bytes of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectEntry {
    /// Its key below the URL that the session was uploaded to.
    pub key: String,
    /// Where its bytes start in the file.
    pub offset: u64,
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-256 of the object, in hexadecimal.
    pub sha256: String,
    /// The segments in it, in the order of the file; of a file without segments none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<SegmentEntry>,
}

/// One segment of a session file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SegmentEntry {
    /// Where it starts in the file.
    pub offset: u64,
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}
