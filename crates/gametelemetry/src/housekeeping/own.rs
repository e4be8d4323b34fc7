//! Which files of a session's folder are ours: those that recording, repairing, uploading and the report leave there.
//!
//! Only names are looked at. Everything else in the folder is somebody's own, and keeps the session.

use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};

use gametelemetry_file::files::EXTENSION;

/// The page that `record` and `report` write into a session's folder.
const REPORT: &str = "report.html";
/// What an upload notes, and whatever it writes on the way, is hidden and begins so.
pub(super) const UPLOAD: &str = ".upload-";
/// What file managers leave behind in every folder that was looked at.
const DROPPINGS: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];

/// What lies directly in a folder, sorted by name.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// Session files.
    pub(super) recordings: Vec<PathBuf>,
    /// What uploads noted.
    pub(super) journals: Vec<PathBuf>,
    /// Other files that are ours.
    pub(super) others: Vec<PathBuf>,
    /// Names of what is not ours: files, folders, links.
    pub(super) foreign: Vec<String>,
}

impl Contents {
    /// Looks into `folder`.
    pub(super) fn of(folder: &Path) -> io::Result<Self> {
        let mut contents = Self::default();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            contents.sort_in(entry.path(), name, entry.file_type()?);
        }
        for list in [&mut contents.recordings, &mut contents.journals, &mut contents.others] {
            list.sort();
        }
        contents.foreign.sort();
        Ok(contents)
    }

    fn sort_in(&mut self, path: PathBuf, name: String, kind: FileType) {
        match name {
            name if !kind.is_file() => self.foreign.push(name),
            name if is_recording(&name) => self.recordings.push(path),
            name if name.starts_with(UPLOAD) && name.ends_with(".jsonl") => self.journals.push(path),
            name if is_own(&name) => self.others.push(path),
            name => self.foreign.push(name),
        }
    }

    /// Every file that is ours.
    pub(super) fn into_own(self) -> Vec<PathBuf> {
        [self.recordings, self.journals, self.others].concat()
    }
}

fn is_recording(name: &str) -> bool {
    name.strip_suffix(EXTENSION).is_some_and(|stem| stem.len() > 1 && stem.ends_with('.'))
}

fn is_own(name: &str) -> bool {
    let is_repaired = [".gtel.damaged", ".gtel.recovering"].iter().any(|part| name.contains(part));
    let is_report = name == REPORT || (name.starts_with(".report.html.") && name.ends_with(".tmp"));
    is_repaired || is_report || name.starts_with(UPLOAD) || DROPPINGS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ours_is_known_by_its_name() {
        let ours = [
            "physics.gtel.damaged",
            "physics.gtel.damaged.2",
            "physics.gtel.recovering",
            "report.html",
            ".report.html.77.tmp",
            ".upload-3f.lock",
            ".DS_Store",
        ];
        for name in ours {
            assert!(is_own(name) && !is_recording(name), "{name}");
        }
        for name in ["notes.txt", "physics.gtel.bak", "lap.csv", "my report.html", "upload-1.jsonl"] {
            assert!(!is_own(name) && !is_recording(name), "{name}");
        }
        assert!(is_recording("physics.gtel") && !is_recording(".gtel") && !is_recording("gtel"));
    }
}
