//! Looks at a folder of sessions: what each one is, how large, and whether somebody is at work in it.
//!
//! Nothing is changed here. A session is a folder, and no link to one, that is not hidden and has `.gtel` files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gametelemetry_file::{SessionReader, Timestamp, files};

use super::in_use::is_in_use;
use super::journal::{Uploaded, uploaded};
use super::laps::SessionLaps;
use super::own::Contents;

/// Where there are no locks, a file without an end that was written to within this time is being recorded. A recorder
/// stores its ledger every 10 seconds, whatever the game does.
const FRESH: Duration = Duration::from_secs(300);

/// A session as it lies in a folder.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionOnDisk {
    /// Its folder.
    pub path: PathBuf,
    /// Its folder's name.
    pub name: String,
    /// Bytes of everything in its folder.
    pub bytes: u64,
    /// When the recording began; when its files last changed, if they do not say.
    pub started: Timestamp,
    /// The game's short name; empty when its files do not say.
    pub game: String,
    /// Whether it is wholly in a bucket.
    pub is_uploaded: bool,
    /// Why it stays whatever the rules say; `None` when it may go.
    pub hold: Option<Hold>,
    /// Its laps, when somebody read them.
    pub laps: SessionLaps,
}

/// Why a session must not be taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hold {
    /// A recorder writes to it.
    Recording,
    /// An upload reads it.
    Uploading,
    /// Something in its folder is not ours.
    Foreign {
        /// Its name; of several, the first.
        name: String,
    },
    /// None of its files can be read as a recording, so that nobody knows what it is.
    Unreadable,
}

/// The sessions directly in `folder`, the oldest first; of several that began at once, by name. `now` tells what was
/// changed a moment ago.
///
/// # Errors
/// When the folder cannot be read. A folder in it that cannot be read is taken for no session.
pub fn sessions_in(folder: &Path, now: Timestamp) -> io::Result<Vec<SessionOnDisk>> {
    let mut sessions = Vec::new();
    for entry in fs::read_dir(folder)? {
        sessions.extend(look(&entry?.path(), now));
    }
    sessions.sort_by(|a: &SessionOnDisk, b| (a.started, &a.name).cmp(&(b.started, &b.name)));
    Ok(sessions)
}

/// Whether a recorder writes to the session in `folder`, as all housekeeping tells it: by the locks of its files, and where
/// there are none by how fresh a file without an end is. `now` tells what was changed a moment ago. A folder that cannot be
/// read is not being recorded.
#[must_use]
pub fn is_being_recorded(folder: &Path, now: Timestamp) -> bool {
    let recordings = Contents::of(folder).map(|contents| contents.recordings).unwrap_or_default();
    recordings.iter().any(|file| {
        // First what costs less: a long recording's end is looked for only when somebody may be at work on it.
        modified(file).is_ok_and(|changed| is_in_use(file, now.duration_since(changed.into()), FRESH))
            && !files::open(file).is_ok_and(|reader| reader.index().is_some())
    })
}

/// What is at `path`; `None` when it is no session, nothing any more, or not ours to read.
pub(super) fn look(path: &Path, now: Timestamp) -> Option<SessionOnDisk> {
    let contents = Contents::of_session(path).ok()??;
    found(path, &contents, now).ok()
}

/// Bytes of all sessions in `folder`, from what the file system tells: quick enough to ask every few seconds. A folder
/// that is not there has none.
pub(super) fn bytes_of_sessions(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        // One that is gone meanwhile, or not ours to read, does not count.
        if let Ok(Some(_)) = Contents::of_session(&path) {
            bytes += size_of_folder(&path);
        }
    }
    Ok(bytes)
}

impl Contents {
    /// What is in the session at `path`; `None` when that is none.
    fn of_session(path: &Path) -> io::Result<Option<Self>> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') || !fs::symlink_metadata(path)?.is_dir() {
            return Ok(None);
        }
        let contents = Self::of(path)?;
        Ok((!contents.recordings.is_empty()).then_some(contents))
    }
}

fn found(path: &Path, contents: &Contents, now: Timestamp) -> io::Result<SessionOnDisk> {
    let mut session = SessionOnDisk {
        path: path.into(),
        name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        bytes: size_of_folder(path),
        started: Timestamp::MAX,
        game: String::new(),
        is_uploaded: false,
        hold: None,
        laps: SessionLaps::NotRead,
    };
    let (mut changed, mut is_readable, mut is_recorded) = (Timestamp::MIN, false, false);
    for file in &contents.recordings {
        let modified = Timestamp::from(modified(file)?);
        changed = changed.max(modified);
        let reader = files::open(file).ok();
        is_readable |= reader.is_some();
        let is_finished = reader.as_ref().is_some_and(|reader| reader.index().is_some());
        is_recorded |= !is_finished && is_in_use(file, now.duration_since(modified), FRESH);
        session.take_header(reader.as_ref());
    }
    if session.started == Timestamp::MAX {
        session.started = changed;
    }
    let uploaded = uploaded(contents, now);
    session.is_uploaded = uploaded == Uploaded::Wholly && !is_recorded;
    session.hold = match contents.foreign.first() {
        _ if is_recorded => Some(Hold::Recording),
        _ if uploaded == Uploaded::Running => Some(Hold::Uploading),
        Some(name) => Some(Hold::Foreign { name: name.clone() }),
        None => (!is_readable).then_some(Hold::Unreadable),
    };
    Ok(session)
}

impl SessionOnDisk {
    fn take_header(&mut self, reader: Option<&SessionReader>) {
        let Some(header) = reader.filter(|it| it.has_header()).map(SessionReader::header) else { return };
        self.started = self.started.min(header.clock.started);
        if self.game.is_empty() {
            self.game.clone_from(&header.game);
        }
    }
}

/// Asked by the path: what Windows lists with a folder is old as long as a file is open.
fn modified(path: &Path) -> io::Result<std::time::SystemTime> {
    fs::symlink_metadata(path)?.modified()
}

/// Bytes of all files in `folder` and the folders in it; links count as themselves. What vanishes meanwhile, or cannot
/// be looked at, counts nothing.
fn size_of_folder(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match fs::symlink_metadata(entry.path()) {
        Ok(metadata) if metadata.is_dir() => size_of_folder(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    });
    sizes.sum()
}
