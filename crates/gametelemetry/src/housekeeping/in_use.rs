//! Whether somebody is at work on a file: by its lock, or where there is none, by its age.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

/// A file as young as this may not be locked yet, and asking for its lock could take it from its owner.
const JUST_MADE: Duration = Duration::from_secs(2);

/// Whether somebody has locked `path`, which was changed so long ago; `None` when that is in the future. Windows has no
/// locks that leave readers alone, and some file systems none at all: there a file that is younger than `fresh` is in use.
pub(super) fn is_in_use(path: &Path, age: Option<Duration>, fresh: Duration) -> bool {
    // One from the future was changed just now, by another clock.
    let age = age.unwrap_or_default();
    if age < JUST_MADE || cfg!(windows) {
        return age < fresh;
    }
    match File::open(path).map(|file| file.try_lock_shared()) {
        Ok(Ok(())) => false,
        Ok(Err(TryLockError::WouldBlock)) => true,
        // A file system without locks, or a file that is not for us.
        Ok(Err(TryLockError::Error(_))) | Err(_) => age < fresh,
    }
}
