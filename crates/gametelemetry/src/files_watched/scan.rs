//! One look at the watched folders: which files are there, how large and how old.
//!
//! Reads folders, never files. The cost of a look is that of the folders, and bounded: so many files, so many levels.

use std::collections::HashSet;
use std::fs::{self, DirEntry, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use gametelemetry_file::Timestamp;

use super::pattern::Pattern;

/// The most entries of folders that one look goes through.
const MAX_ENTRIES: usize = 100_000;
/// The most levels of sub-folders.
const MAX_DEPTH: usize = 16;

/// What tells one version of a file from another without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Stamp {
    pub(super) size: u64,
    pub(super) modified: Timestamp,
}

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Self {
        let modified = metadata.modified().map_or(Timestamp::MIN, Timestamp::from);
        Self { size: metadata.len(), modified }
    }

    /// The stamp of the file at `path` now; `None` when there is none. On Windows the entry of a folder is behind
    /// what a file that is being written really is; this is not.
    pub(super) fn of_path(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        metadata.is_file().then(|| Self::of(&metadata))
    }
}

/// One file that fits.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    /// The path from the watched folder on.
    pub(super) within: PathBuf,
    /// Which of the watched folders it is in.
    pub(super) folder: usize,
    pub(super) stamp: Stamp,
}

/// What one look found.
#[derive(Debug, Default)]
pub(super) struct Look {
    pub(super) files: Vec<Found>,
    /// The watched folders that are there, by number.
    pub(super) present: HashSet<usize>,
    /// Folders that could not be read.
    pub(super) unreadable: Vec<(PathBuf, io::Error)>,
    /// There was more than a look goes through.
    pub(super) is_cut: bool,
    entries: usize,
}

/// Where to look, and for what.
#[derive(Debug, Default)]
pub(super) struct Scanner {
    pub(super) folders: Vec<PathBuf>,
    pub(super) patterns: Vec<Pattern>,
    pub(super) recursive: bool,
    /// Folders that are passed over, without symbolic links in their path.
    pub(super) left_out: Vec<PathBuf>,
}

impl Scanner {
    pub(super) fn look(&self) -> Look {
        let mut look = Look::default();
        let mut seen = HashSet::new();
        for (number, folder) in self.folders.iter().enumerate() {
            // Two ways to one folder are one folder: Documents is often a link to that of OneDrive. Some drives of
            // Windows cannot say what the real path is.
            let real = fs::canonicalize(folder).unwrap_or_else(|_| folder.clone());
            if seen.insert(real) {
                self.look_into(folder, number, &mut look);
            }
        }
        look
    }

    fn look_into(&self, top: &Path, folder: usize, look: &mut Look) {
        let mut open = vec![(top.to_owned(), PathBuf::new(), 0)];
        while let Some((path, within, depth)) = open.pop() {
            let entries = match fs::read_dir(&path) {
                Ok(entries) => entries,
                // It went away between two looks, or while this one was going on.
                Err(error) if is_gone(&error) => continue,
                Err(error) => {
                    look.unreadable.push((path, error));
                    continue;
                }
            };
            look.present.insert(folder);
            for entry in entries.flatten() {
                look.entries += 1;
                if look.entries > MAX_ENTRIES {
                    look.is_cut = true;
                    return;
                }
                let within = within.join(entry.file_name());
                // A link to a folder is no folder here, so that no ring of links is followed.
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    if self.recursive && !self.is_left_out(&entry) {
                        if depth < MAX_DEPTH {
                            open.push((entry.path(), within, depth + 1));
                        } else {
                            look.is_cut = true;
                        }
                    }
                } else if let Some(stamp) = self.stamp_if_wanted(&entry) {
                    look.files.push(Found { path: entry.path(), within, folder, stamp });
                }
            }
        }
    }

    fn stamp_if_wanted(&self, entry: &DirEntry) -> Option<Stamp> {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !self.patterns.iter().any(|pattern| pattern.fits(&name)) {
            return None;
        }
        if entry.file_type().ok()?.is_symlink() {
            return Stamp::of_path(&entry.path());
        }
        let metadata = entry.metadata().ok()?;
        metadata.is_file().then(|| Stamp::of(&metadata))
    }

    fn is_left_out(&self, entry: &DirEntry) -> bool {
        // The name first: asking the system for every folder would cost more than the rest of a look.
        let name = entry.file_name();
        let same_name = |path: &&PathBuf| path.file_name() == Some(&name);
        let mut candidates = self.left_out.iter().filter(same_name).peekable();
        candidates.peek().is_some()
            && fs::canonicalize(entry.path()).is_ok_and(|real| candidates.any(|path| *path == real))
    }
}

fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanner(folder: &Path, recursive: bool) -> Scanner {
        let (folders, patterns) = (vec![folder.to_owned()], vec![Pattern::new("*.rec")]);
        Scanner { folders, patterns, recursive, left_out: Vec::new() }
    }

    fn names(look: &Look) -> Vec<String> {
        let name = |file: &Found| file.within.to_string_lossy().replace('\\', "/");
        let mut names: Vec<_> = look.files.iter().map(name).collect();
        names.sort();
        names
    }

    #[test]
    fn folders_are_gone_through_as_deep_as_asked_and_what_is_left_out_is() {
        let top = tempfile::tempdir().unwrap();
        for path in ["a.rec", "b.txt", "in/c.REC", "out/d.rec", "in/deep/e.rec"] {
            let path = top.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"x").unwrap();
        }
        assert_eq!(names(&scanner(top.path(), false).look()), ["a.rec"]);
        let mut all = scanner(top.path(), true);
        all.left_out.push(fs::canonicalize(top.path().join("out")).unwrap());
        assert_eq!(names(&all.look()), ["a.rec", "in/c.REC", "in/deep/e.rec"]);
        all.folders.push(top.path().join("in").join(".."));
        assert_eq!(all.look().files.len(), 3, "a folder named twice is looked at once");
    }

    #[test]
    fn a_tree_too_deep_is_cut_and_said() {
        let top = tempfile::tempdir().unwrap();
        let mut deep = top.path().to_owned();
        (0..=MAX_DEPTH).for_each(|_| deep.push("d"));
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("a.rec"), b"x").unwrap();
        let look = scanner(top.path(), true).look();
        assert!(look.files.is_empty() && look.is_cut);
    }

    #[cfg(unix)]
    #[test]
    fn a_ring_of_links_ends() {
        let top = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(top.path(), top.path().join("ring")).unwrap();
        fs::write(top.path().join("a.rec"), b"x").unwrap();
        std::os::unix::fs::symlink(top.path().join("a.rec"), top.path().join("b.rec")).unwrap();
        assert_eq!(names(&scanner(top.path(), true).look()), ["a.rec", "b.rec"]);
    }
}
