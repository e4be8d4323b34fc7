//! Whether a session is in a bucket, by what uploads noted in its folder.
//!
//! An upload keeps a journal, a hidden file `.upload-….jsonl` with a JSON object a line, locked while it is at work. The
//! last line of one that is over says `"step":"done"`, and which `files` are there as they were: name, bytes, and last
//! change in nanoseconds since 1970; and `is_redacted` if only a copy without names is there. Nothing else of it is read here.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use gametelemetry_file::Timestamp;
use serde_json::Value;

use super::in_use::is_in_use;
use super::own::Contents;

/// Where there are no locks, a journal that is not over and was written to within this time belongs to an upload that
/// runs.
const FRESH: Duration = Duration::from_secs(600);
/// The last line is looked for in so much of a journal.
const TAIL_BYTES: u64 = 64 << 10;

/// How far a session has come into a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Uploaded {
    /// Not, or not wholly, or it has changed since.
    No,
    /// It is on its way.
    Running,
    /// Wholly.
    Wholly,
}

/// What the journals in a session's folder tell.
pub(super) fn uploaded(contents: &Contents, now: Timestamp) -> Uploaded {
    let mut uploaded = Uploaded::No;
    for path in &contents.journals {
        let done = tail(path).ok().and_then(|text| done_line(&text));
        if done.is_some_and(|line| is_as_it_was(&line, path, contents)) {
            return Uploaded::Wholly;
        }
        let age = modified(path).and_then(|written| now.duration_since(written));
        if is_in_use(path, age, FRESH) {
            uploaded = Uploaded::Running;
        }
    }
    uploaded
}

/// The journal's last line if it says that everything is there.
fn done_line(journal: &str) -> Option<Value> {
    let last = journal.lines().rfind(|line| !line.trim().is_empty())?;
    let last: Value = serde_json::from_str(last).ok()?;
    // A copy without names in a bucket does not stand for the session.
    let is_copy = last.get("is_redacted").is_some_and(|it| it == true);
    (last.get("step").is_some_and(|step| step == "done") && !is_copy).then_some(last)
}

/// Whether every recording is listed in the last line as it is now. Of a line without a list, that nothing has changed
/// since it was written.
fn is_as_it_was(done: &Value, journal: &Path, contents: &Contents) -> bool {
    match done.get("files").and_then(Value::as_array) {
        Some(files) => contents.recordings.iter().all(|path| files.iter().any(|file| is_same(file, path))),
        None => contents.recordings.iter().all(|path| modified(path) <= modified(journal)),
    }
}

/// Whether `listed` is the file at `path` as it is now.
fn is_same(listed: &Value, path: &Path) -> bool {
    let Ok(metadata) = fs::symlink_metadata(path) else { return false };
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let modified = modified.and_then(|since| u64::try_from(since.as_nanos()).ok());
    let number = |key: &str| listed.get(key).and_then(Value::as_u64);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    listed.get("name").is_some_and(|listed| *listed == *name)
        && number("bytes") == Some(metadata.len())
        && number("modified") == modified
}

fn modified(path: &Path) -> Option<Timestamp> {
    Some(Timestamp::from(fs::symlink_metadata(path).ok()?.modified().ok()?))
}

fn tail(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
    let mut bytes = Vec::new();
    file.take(TAIL_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_last_line_that_says_done_counts() {
        let done = "{\"step\":\"begun\"}\n{\"step\":\"done\",\"objects\":3}\n";
        assert!(
            [done, done.trim_end(), &format!("{done}\n \n")].iter().all(|text| done_line(text).is_some())
        );
        for journal in [
            "",
            "\n",
            "{\"step\":\"begun\"}",
            "{\"step\":\"done\"}\n{\"step\":\"begun\"}",
            "{\"step\":\"done\"}\n{\"step\":\"do",
            "{\"state\":\"done\"}",
            "done",
            "[\"done\"]",
        ] {
            assert!(done_line(journal).is_none(), "{journal:?}");
        }
    }
}
