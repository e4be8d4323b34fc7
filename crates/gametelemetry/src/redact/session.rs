//! A whole session as a redacted copy: every session file of its folder, and nothing that cannot be redacted.

use std::fs;
use std::path::{Path, PathBuf};

use super::{RedactError, Redacted, Redaction, redact};
use crate::files;

/// What of a session's folder can be given away redacted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionContents {
    /// The session files, from the folder on, sorted.
    pub redactable: Vec<PathBuf>,
    /// Everything else, from the folder on, sorted: files of the game (replays, logs), of which nobody knows who is named
    /// in them.
    pub left_out: Vec<PathBuf>,
}

/// What [`redact_session`] wrote.
#[derive(Clone, Debug, PartialEq)]
pub struct RedactedSession {
    /// The session files, in the order of their names.
    pub files: Vec<RedactedFile>,
    /// What is not in the copy, from the folder on.
    pub left_out: Vec<PathBuf>,
}

/// One file of a redacted session.
#[derive(Clone, Debug, PartialEq)]
pub struct RedactedFile {
    /// Its name in both folders.
    pub name: PathBuf,
    /// What was written.
    pub redacted: Redacted,
}

/// What of the session folder (or the single session file) `session` can be redacted, and what must be left out.
///
/// # Errors
/// When nothing is there, it has no session file, or it may not be read.
pub fn contents(session: &Path) -> Result<SessionContents, RedactError> {
    let found = files::session_files(session)?;
    let name = |path: &Path| PathBuf::from(path.file_name().unwrap_or_default());
    let mut contents =
        SessionContents { redactable: found.iter().map(|path| name(path)).collect(), left_out: Vec::new() };
    if session.is_dir() {
        list(session, Path::new(""), &mut contents)?;
        contents.left_out.sort();
    }
    Ok(contents)
}

/// Adds what lies in the folder `within` of `session` and is no session file.
fn list(session: &Path, within: &Path, contents: &mut SessionContents) -> Result<(), RedactError> {
    let folder = session.join(within);
    let failed = |source| RedactError::Open { path: folder.clone(), source };
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = within.join(entry.file_name());
        // A link is not followed: where it leads is none of the session's.
        if entry.file_type().map_err(failed)?.is_dir() {
            list(session, &path, contents)?;
        } else if !contents.redactable.contains(&path) {
            contents.left_out.push(path);
        }
    }
    Ok(())
}

/// Writes a redacted copy of the session folder (or the single session file) `session` into the folder `out`, which is
/// made when it is not there; none of the files may be there yet.
///
/// # Errors
/// When nobody knows what of one of its files is personal, before anything is written; or when a file cannot be read or
/// written, and then `out` has no half file, but may have files before it.
pub fn redact_session(
    session: &Path,
    out: &Path,
    redaction: &Redaction<'_>,
    mut progress: impl FnMut(u64),
) -> Result<RedactedSession, RedactError> {
    let SessionContents { redactable, left_out } = contents(session)?;
    let path_of = |name: &Path| if session.is_dir() { session.join(name) } else { session.to_owned() };
    for name in &redactable {
        redaction.header(files::open(&path_of(name))?.header())?;
    }
    fs::create_dir_all(out).map_err(|source| RedactError::Open { path: out.to_owned(), source })?;
    let (mut done, mut redacted_files) = (0, Vec::new());
    for name in redactable {
        let mut reader = files::open(&path_of(&name))?;
        // A `.dat` is a `.gtel` in all but its name now.
        let copy = out.join(name.with_extension(files::EXTENSION));
        let redacted = redact(&mut reader, &copy, redaction, |records| progress(done + records))?;
        done += redacted.records;
        redacted_files.push(RedactedFile { name: name.with_extension(files::EXTENSION), redacted });
    }
    Ok(RedactedSession { files: redacted_files, left_out })
}
