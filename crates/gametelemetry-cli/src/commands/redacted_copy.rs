//! A copy of a session without the names of people, beside it while it is uploaded.
//!
//! Each is in a hidden folder of its own, `.NAME.redacted-PROCESS`, so that two programs that bring one session to two
//! places do not take each other's copy away. A lock in it tells whether its program still lives; what a killed one
//! left is removed by the next.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use gametelemetry::redact::redact_session;

use crate::output;

/// Stands between the session's name and the number of the process.
const REDACTED: &str = ".redacted-";
/// Held by the program whose copy it is.
const LOCK: &str = "lock";
/// A lock as young as this may not be held yet.
const JUST_MADE: Duration = Duration::from_secs(10);
/// Where there are no locks, a copy as old as this is nobody's.
const ABANDONED: Duration = Duration::from_secs(24 * 3600);

/// A redacted copy, removed at the end.
pub(super) struct RedactedCopy {
    home: PathBuf,
    /// `None` once it is given back.
    lock: Option<File>,
}

impl RedactedCopy {
    /// Makes one of `session`.
    pub(super) fn of(session: &Path) -> Result<Self> {
        let session = fs::canonicalize(session)?;
        if let Some(parent) = session.parent() {
            remove_abandoned(parent);
        }
        let copy = Self::beside(&session)?;
        let redacted = redact_session(&session, &copy.folder(), &gametelemetry_games::redaction(), |_| ())
            .with_context(|| format!("cannot take names out of the session: {}", session.display()))?;
        let named = redacted
            .left_out
            .iter()
            .filter(|it| !it.to_string_lossy().starts_with('.') && it.as_path() != Path::new("report.html"));
        for file in named {
            output::say(format_args!("left out, nobody knows who is named in it: {}", file.display()));
        }
        Ok(copy)
    }

    /// Where the copy's files are.
    pub(super) fn folder(&self) -> PathBuf {
        self.home.join("session")
    }

    /// An empty folder that nobody else has.
    fn beside(session: &Path) -> Result<Self> {
        let name = session.file_name().unwrap_or_default().to_string_lossy();
        let base = session.with_file_name(format!(".{name}{REDACTED}{}", std::process::id()));
        let failed = || format!("cannot make a copy beside the session: {}", base.display());
        let mut home = base.clone();
        // An earlier process of the same number may have left one that looks as if it were in use.
        for number in 2_u32.. {
            match fs::create_dir(&home) {
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                    home = PathBuf::from(format!("{}-{number}", base.display()));
                }
                made => {
                    made.with_context(failed)?;
                    break;
                }
            }
        }
        let mut copy = Self { home, lock: None };
        let lock = OpenOptions::new().write(true).create_new(true).open(copy.home.join(LOCK));
        let lock = lock.with_context(failed)?;
        // A file system without locks is no obstacle.
        let _ = lock.try_lock();
        copy.lock = Some(lock);
        Ok(copy)
    }
}

impl Drop for RedactedCopy {
    fn drop(&mut self) {
        // Windows removes no file that is open.
        drop(self.lock.take());
        // Left-overs are hidden and harm nobody.
        let _ = fs::remove_dir_all(&self.home);
    }
}

/// Removes the copies in `parent` whose programs are no more.
fn remove_abandoned(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && is_copy(&name) && is_abandoned(&entry.path()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Whether a folder called so holds a copy of ours.
fn is_copy(name: &str) -> bool {
    let number = name.strip_prefix('.').and_then(|name| Some(name.rsplit_once(REDACTED)?.1));
    number.is_some_and(|it| !it.is_empty() && it.chars().all(|c| c.is_ascii_digit() || c == '-'))
}

fn is_abandoned(home: &Path) -> bool {
    let path = home.join(LOCK);
    let age = |path: &Path| path.metadata().and_then(|it| it.modified()).ok()?.elapsed().ok();
    let is_older_than = |path: &Path, limit| age(path).is_some_and(|age| age > limit);
    match OpenOptions::new().write(true).open(&path).map(|lock| lock.try_lock()) {
        Ok(Ok(())) => is_older_than(&path, JUST_MADE),
        Ok(Err(TryLockError::WouldBlock)) => false,
        Ok(Err(TryLockError::Error(_))) => is_older_than(&path, ABANDONED),
        // Killed before there was a lock, or while it was being removed.
        Err(_) => is_older_than(home, JUST_MADE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn age(path: &Path) {
        let past = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(3600);
        File::options().write(true).open(path).unwrap().set_modified(past).unwrap();
    }

    #[test]
    fn each_copy_is_its_own_and_what_a_killed_program_left_goes() {
        let parent = tempfile::tempdir().unwrap();
        let session = parent.path().join("monza");
        let (one, other) = (RedactedCopy::beside(&session).unwrap(), RedactedCopy::beside(&session).unwrap());
        assert_ne!(one.home, other.home);
        assert!([&one, &other].iter().all(|it| is_copy(it.home.file_name().unwrap().to_str().unwrap())));
        let left = parent.path().join(".spa.redacted-4711");
        fs::create_dir_all(left.join("session")).unwrap();
        fs::write(left.join(LOCK), "").unwrap();
        remove_abandoned(parent.path());
        assert!(left.exists(), "its program may be about to lock it");
        for home in [&one.home, &other.home, &left] {
            age(&home.join(LOCK));
        }
        remove_abandoned(parent.path());
        assert!(!left.exists() && one.home.exists() && other.home.exists());
        drop((one, other));
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
        assert!(!is_copy("monza.redacted-1") && !is_copy(".monza.redacted") && !is_copy(".a.redacted-x"));
    }
}
