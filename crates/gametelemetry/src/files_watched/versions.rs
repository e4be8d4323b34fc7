//! Which versions of files were taken already, by this session and by earlier ones of the same game.
//!
//! Learnt from the recordings themselves: there is no second place that could disagree with them, and who deletes a
//! recording may have its files taken again. What cannot be read is passed over.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use gametelemetry_file::{SessionReader, files};

use super::frame::ReplayFile;
use super::scan::Stamp;
use crate::SessionPlace;

/// The most earlier sessions that are looked at, the newest first.
const MAX_SESSIONS: usize = 2000;
/// The most versions that are remembered.
const MAX_VERSIONS: usize = 200_000;

/// What was taken.
#[derive(Debug, Default)]
pub(super) struct Versions {
    /// By path and stamp: what need not even be read.
    stamps: HashSet<(String, Stamp)>,
    /// By size and hash: where it was found and is kept.
    contents: HashMap<(u64, u64), Taken>,
}

/// A version that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    /// Every path that it was found at.
    pub(super) paths: Vec<String>,
    /// From this session's folder on.
    pub(super) stored_as: String,
}

impl Versions {
    /// Reads the recordings of source `name` in the earlier sessions beside `place`; with `needs_copies` what was seen
    /// and not copied does not count.
    pub(super) fn of_earlier_sessions(place: &SessionPlace, name: &str, needs_copies: bool) -> Self {
        let mut versions = Self::default();
        let mut folders: Vec<PathBuf> =
            fs::read_dir(&place.sessions).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        // Their names begin with the date.
        folders.sort();
        let earlier = folders.into_iter().rev().filter(|folder| *folder != place.folder);
        for folder in earlier.take(MAX_SESSIONS) {
            for number in 1.. {
                let number = if number == 1 { String::new() } else { format!("_{number}") };
                let file = format!("{}{number}.{}", files::file_name(name), files::EXTENSION);
                if !versions.read(&folder.join(file), &folder, &place.game, needs_copies) {
                    break;
                }
            }
        }
        versions
    }

    /// Reads one recording; gives whether there is one.
    fn read(&mut self, path: &Path, folder: &Path, game: &str, needs_copies: bool) -> bool {
        let Ok(file) = fs::File::open(path) else { return false };
        let Ok(mut reader) = SessionReader::new(file) else { return true };
        let is_ours = reader.header().game == game && reader.schema().name == ReplayFile::schema().name;
        let session = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        while is_ours
            && self.stamps.len() < MAX_VERSIONS
            && let Ok(Some(record)) = reader.next_record()
        {
            let Some(mut file) = ReplayFile::read(record.data) else { continue };
            if file.stored_as.is_empty() && needs_copies {
                continue;
            }
            // One that was renamed may be kept in a session before that one.
            if !file.stored_as.is_empty() && !file.stored_as.starts_with("../") {
                file.stored_as = format!("../{session}/{}", file.stored_as);
            }
            self.add(&file);
        }
        true
    }

    /// Remembers `file`.
    pub(super) fn add(&mut self, file: &ReplayFile) {
        let stamp = Stamp { size: file.size, modified: file.modified };
        self.stamps.insert((key(&file.path), stamp));
        let new = || Taken { paths: Vec::new(), stored_as: file.stored_as.clone() };
        let taken = self.contents.entry((file.size, file.content_hash)).or_insert_with(new);
        if !taken.was_at(&file.path) {
            taken.paths.push(file.path.clone());
        }
    }

    /// Whether this version was taken, as far as can be told without reading it.
    pub(super) fn has(&self, path: &Path, stamp: Stamp) -> bool {
        self.stamps.contains(&(key(&path.to_string_lossy()), stamp))
    }

    /// The file with this content that was taken.
    pub(super) fn with_content(&self, size: u64, hash: u64) -> Option<&Taken> {
        self.contents.get(&(size, hash))
    }
}

impl Taken {
    pub(super) fn was_at(&self, path: &str) -> bool {
        self.paths.iter().any(|known| key(known) == key(path))
    }
}

/// A path as it is compared: Windows does not tell cases apart.
fn key(path: &str) -> String {
    if cfg!(windows) { path.to_lowercase() } else { path.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files_watched::frame::FileEvent;
    use gametelemetry_file::Timestamp;

    #[test]
    fn a_content_is_known_at_every_path_it_was_found_at() {
        let mut versions = Versions::default();
        let file = |path: &str, modified: i64| ReplayFile {
            event: FileEvent::Taken,
            size: 3,
            modified: Timestamp::from_ticks(modified),
            content_hash: 7,
            path: path.to_owned(),
            stored_as: format!("files/{path}"),
        };
        versions.add(&file("a", 1));
        versions.add(&file("b", 2));
        let taken = versions.with_content(3, 7).unwrap();
        assert!(taken.was_at("a") && taken.was_at("b") && !taken.was_at("c"));
        assert_eq!(taken.stored_as, "files/a");
        let stamp = |ticks| Stamp { size: 3, modified: Timestamp::from_ticks(ticks) };
        assert!(versions.has(Path::new("b"), stamp(2)) && !versions.has(Path::new("b"), stamp(1)));
        assert!(versions.with_content(3, 8).is_none());
    }
}
