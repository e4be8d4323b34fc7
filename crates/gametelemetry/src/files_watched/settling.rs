//! Which files have stood still for long enough to be finished, and which are known already.
//!
//! Gets what each look found, with the time of the look; opens nothing and reads no clock.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::scan::{Found, Stamp};

/// The files between having been noticed and having been taken.
#[derive(Debug)]
pub(super) struct Settling {
    settle: Duration,
    /// What is done with, by path: taken, or there before.
    known: HashMap<PathBuf, Stamp>,
    /// The stamps of files that were there before, so that one of them is not new when it is renamed or copied.
    there_before: HashSet<Stamp>,
    waiting: HashMap<PathBuf, Waiting>,
}

#[derive(Debug)]
struct Waiting {
    found: Found,
    /// Since when it has this stamp.
    since: Instant,
}

impl Settling {
    pub(super) fn new(settle: Duration) -> Self {
        let (known, there_before, waiting) = (HashMap::new(), HashSet::new(), HashMap::new());
        Self { settle, known, there_before, waiting }
    }

    pub(super) fn set_settle(&mut self, settle: Duration) {
        self.settle = settle;
    }

    /// `found` was there before and is not taken unless it changes.
    pub(super) fn pass_over(&mut self, found: &Found) {
        self.there_before.insert(found.stamp);
        self.known.insert(found.path.clone(), found.stamp);
    }

    /// The version `stamp` of `path` is done with.
    pub(super) fn done(&mut self, path: &Path, stamp: Stamp) {
        self.waiting.remove(path);
        self.known.insert(path.to_owned(), stamp);
    }

    /// `path` could not be taken; it is waited for once more.
    pub(super) fn wait_again(&mut self, path: &Path, now: Instant) {
        if let Some(waiting) = self.waiting.get_mut(path) {
            waiting.since = now;
        }
    }

    /// Files that were noticed and not taken, sorted.
    pub(super) fn waiting(&self) -> Vec<&Path> {
        let mut paths: Vec<_> = self.waiting.keys().map(PathBuf::as_path).collect();
        paths.sort();
        paths
    }

    /// Gives those of `files` that have stood still, the oldest first. `now_at` gives a file's stamp at this moment,
    /// which the entry of a folder may be behind, or nothing for a file that is of no interest; it is asked only for
    /// files that seem new or are waited for.
    pub(super) fn look(
        &mut self,
        files: &[Found],
        now: Instant,
        now_at: impl Fn(&Found) -> Option<Stamp>,
    ) -> Vec<Found> {
        let there: HashSet<&Path> = files.iter().map(|file| file.path.as_path()).collect();
        self.waiting.retain(|path, _| there.contains(path.as_path()));
        let mut ready = Vec::new();
        for file in files {
            if self.known.get(&file.path) == Some(&file.stamp) && !self.waiting.contains_key(&file.path) {
                continue;
            }
            let Some(stamp) = now_at(file) else { continue };
            let file = Found { stamp, ..file.clone() };
            if self.is_settled(&file, now) {
                ready.push(file);
            }
        }
        ready.sort_by(|a, b| (a.stamp.modified, &a.path).cmp(&(b.stamp.modified, &b.path)));
        ready
    }

    fn is_settled(&mut self, file: &Found, now: Instant) -> bool {
        if self.known.get(&file.path) == Some(&file.stamp) {
            self.waiting.remove(&file.path);
            return false;
        }
        if self.there_before.contains(&file.stamp) {
            self.done(&file.path, file.stamp);
            return false;
        }
        let waiting = self
            .waiting
            .entry(file.path.clone())
            .or_insert_with(|| Waiting { found: file.clone(), since: now });
        if waiting.found.stamp != file.stamp {
            *waiting = Waiting { found: file.clone(), since: now };
        }
        // An empty file is one that somebody is about to write.
        file.stamp.size > 0 && now.saturating_duration_since(waiting.since) >= self.settle
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gametelemetry_file::Timestamp;

    const SETTLE: Duration = Duration::from_secs(2);

    fn found(path: &str, size: u64, modified: i64) -> Found {
        let stamp = Stamp { size, modified: Timestamp::from_ticks(modified) };
        Found { path: path.into(), within: path.into(), folder: 0, stamp }
    }

    /// Looks `seconds` after `start` at files that are as their folder says.
    fn look(settling: &mut Settling, start: Instant, seconds: u64, files: &[Found]) -> Vec<PathBuf> {
        let ready = settling.look(files, start + Duration::from_secs(seconds), |file| Some(file.stamp));
        ready.into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn a_file_is_ready_once_size_and_time_have_stood_still_long_enough() {
        let (mut settling, start) = (Settling::new(SETTLE), crate::clock::monotonic());
        assert!(look(&mut settling, start, 0, &[found("a", 10, 1)]).is_empty());
        assert!(look(&mut settling, start, 1, &[found("a", 20, 1)]).is_empty(), "it grew");
        assert!(look(&mut settling, start, 2, &[found("a", 20, 2)]).is_empty(), "it was written over");
        assert!(look(&mut settling, start, 3, &[found("a", 20, 2)]).is_empty());
        let ready = look(&mut settling, start, 4, &[found("a", 20, 2)]);
        assert_eq!(ready, [PathBuf::from("a")]);
        settling.done(Path::new("a"), found("a", 20, 2).stamp);
        assert!(look(&mut settling, start, 60, &[found("a", 20, 2)]).is_empty());
    }

    #[test]
    fn what_was_there_before_is_passed_over_also_under_another_name_until_it_changes() {
        let (mut settling, start) = (Settling::new(Duration::ZERO), crate::clock::monotonic());
        settling.pass_over(&found("a", 10, 1));
        assert!(look(&mut settling, start, 0, &[found("a", 10, 1)]).is_empty());
        assert!(look(&mut settling, start, 1, &[found("renamed", 10, 1)]).is_empty());
        assert_eq!(look(&mut settling, start, 2, &[found("a", 11, 2)]), [PathBuf::from("a")]);
    }

    #[test]
    fn deleted_and_empty_files_are_not_ready() {
        let (mut settling, start) = (Settling::new(SETTLE), crate::clock::monotonic());
        assert!(look(&mut settling, start, 0, &[found("a", 0, 1), found("b", 5, 1)]).is_empty());
        assert_eq!(settling.waiting().len(), 2);
        assert!(look(&mut settling, start, 9, &[found("a", 0, 1)]).is_empty());
        assert_eq!(settling.waiting(), [Path::new("a")], "b is forgotten: it was deleted");
        assert!(look(&mut settling, start, 10, &[found("b", 5, 1)]).is_empty(), "and waited for from anew");
    }

    #[test]
    fn a_file_that_could_not_be_taken_is_waited_for_again() {
        let (mut settling, start) = (Settling::new(SETTLE), crate::clock::monotonic());
        let files = [found("a", 5, 1)];
        look(&mut settling, start, 0, &files);
        assert_eq!(look(&mut settling, start, 2, &files).len(), 1);
        settling.wait_again(Path::new("a"), start + Duration::from_secs(2));
        assert!(look(&mut settling, start, 3, &files).is_empty());
        assert_eq!(look(&mut settling, start, 4, &files).len(), 1);
    }
}
