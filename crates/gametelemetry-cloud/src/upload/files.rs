//! Which files of a session's folder are uploaded, and what they say of the session.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use gametelemetry::{SessionReader, Timestamp, files};

use super::cutter::key_part;
use super::journal::Seen;
use crate::CloudError;
use crate::checksum::sha256;

/// Made from the session, and made again from it at any time.
const LEFT_OUT: &str = "report.html";
/// The deepest folder in a session that is looked into.
const DEEPEST: usize = 8;

/// The files of a session that are uploaded, as they are at one moment: names, lengths, and when they were changed last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionFiles(pub(super) Vec<Seen>);

impl SessionFiles {
    /// Those in the folder `session`, as they are now.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn of(session: &Path) -> Result<Self, CloudError> {
        list(session).map(Self)
    }

    /// Bytes of all of them.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.0.iter().map(|file| file.bytes).sum()
    }
}

/// What is uploaded of the session in `folder`, sorted by name. Hidden files and those still being made are left out.
pub(super) fn list(folder: &Path) -> Result<Vec<Seen>, CloudError> {
    let mut seen = Vec::new();
    let listed = add(folder, "", DEEPEST, &mut seen);
    listed.map_err(|source| CloudError::local("cannot read the session's folder", folder, source))?;
    seen.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(seen)
}

fn add(folder: &Path, before: &str, depth: usize, seen: &mut Vec<Seen>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            tracing::warn!(file = %entry.path().display(), "not uploaded: its name is no text");
            continue;
        };
        // Of the entry, not of what a link points to: what lies elsewhere is not part of the session.
        let kind = entry.file_type()?;
        let is_left_out = name.starts_with('.') || name.ends_with(".partial") || name == LEFT_OUT;
        if is_left_out {
            continue;
        }
        if kind.is_dir() && depth > 0 {
            add(&entry.path(), &format!("{before}{name}/"), depth - 1, seen)?;
        } else if kind.is_file() {
            let metadata = entry.metadata()?;
            let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            seen.push(Seen {
                name: format!("{before}{name}"),
                bytes: metadata.len(),
                modified: modified.map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or(0)),
            });
        }
    }
    Ok(())
}

/// What is known of a session by its files.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) session: String,
    pub(super) game: String,
    pub(super) started: Timestamp,
    pub(super) first: Option<Timestamp>,
    pub(super) last: Option<Timestamp>,
    pub(super) frames: u64,
}

/// Reads headers and indexes of the session in `folder`; counts the records of a file without an index if `counts`.
pub(super) fn facts(folder: &Path, counts: bool) -> Facts {
    let mut facts = Facts::default();
    for path in files::session_files(folder).unwrap_or_default() {
        let Ok(mut reader) = files::open(&path) else { continue };
        if facts.session.is_empty() {
            facts.session.clone_from(&reader.header().session);
            facts.game.clone_from(&reader.header().game);
            facts.started = reader.header().clock.started;
        }
        if counts {
            facts.count(&mut reader);
        }
    }
    if facts.session.is_empty() {
        facts.session = content_id(folder);
    }
    facts
}

impl Facts {
    /// Seconds from the first to the last frame; what a recorder held from before the session counts as of its start.
    pub(super) fn seconds(&self) -> f64 {
        let first = self
            .first
            .map(|first| if self.last > Some(self.started) { first.max(self.started) } else { first });
        self.last.zip(first).map_or(0.0, |(last, first)| last.seconds_since(first))
    }

    fn count(&mut self, reader: &mut SessionReader) {
        let (records, first, last) = match reader.index() {
            Some(index) => {
                let (first, last) = (index.entries.first(), index.entries.last());
                (index.records(), first.map(|entry| entry.first), last.map(|entry| entry.last))
            }
            None => match gametelemetry::verify(reader, |_| ()) {
                Ok(verdict) => (verdict.records, verdict.first, verdict.last),
                Err(_) => (0, None, None),
            },
        };
        self.frames += records;
        self.first = self.first.into_iter().chain(first).min();
        self.last = self.last.into_iter().chain(last).max();
    }
}

/// Names a session that has no id, as one of the .NET implementation: by the beginning of its first file.
fn content_id(folder: &Path) -> String {
    let first = list(folder).ok().and_then(|seen| Some(folder.join(&seen.first()?.name)));
    let mut bytes = Vec::new();
    if let Some(file) = first.and_then(|path: PathBuf| fs::File::open(path).ok()) {
        let _ = file.take(64 << 10).read_to_end(&mut bytes);
    }
    sha256(&bytes)
}

/// The session's name in a bucket: that of its folder, and what its id is hashed to.
pub(super) fn name(folder: &Path, session: &str, label: &str) -> String {
    let own = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let id: String = sha256(session.as_bytes()).chars().take(8).collect();
    key_part(&format!("{own}-{id}{label}"))
}
