//! What was sent and what arrived, in a file beside the session, so that an upload goes on where it was stopped.
//!
//! One JSON object a line, each with the operating system before the next step is taken. A line that was cut by a crash is
//! as if it had never been written. Losing the journal costs a question for each object, and nothing is sent twice: keys are made of contents. Holds no credentials.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::{CloudError, ObjectEntry};

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub(super) enum Entry {
    /// Where to, under which name. Earlier versions had the text of the address as `url` here, which may be that of several
    /// places: a journal of theirs is not believed.
    Begin { place: String, name: String },
    /// An object is about to be sent.
    Sending(Sent),
    /// The object with this key is in the bucket, and its hash is right.
    Stored { key: String },
    /// The manifest is there: the session is visible.
    Done {
        files: Vec<Seen>,
        /// A copy without names is there: the session itself is nowhere else.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_redacted: bool,
    },
}

/// An object of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Sent {
    /// The file's name below the session's folder.
    pub(super) file: String,
    #[serde(flatten)]
    pub(super) object: ObjectEntry,
}

/// A file as it was when it was cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen {
    pub(super) name: String,
    pub(super) bytes: u64,
    /// When it was changed last, in nanoseconds since 1970; 0 when the system does not say.
    pub(super) modified: u64,
}

/// What a journal has of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noted {
    Never,
    /// It was being sent when an earlier upload ended.
    Sending,
    /// It arrived, and its hash was right. It may have been deleted there since.
    Stored,
}

/// An open journal. Locked, so that two uploads of one session to one place do not meet.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    path: PathBuf,
    /// Objects that were being sent, by key.
    sending: BTreeMap<String, Sent>,
    /// Objects that are in the bucket, by key.
    stored: BTreeMap<String, Sent>,
    done: Option<Vec<Seen>>,
}

impl Journal {
    /// Opens the journal at `path`, or begins one. One that is about another place or name begins anew.
    pub(super) fn open(path: &Path, place: &str, name: &str) -> Result<Self, CloudError> {
        let failed = |source| {
            CloudError::local(
                "cannot keep the upload's journal beside the session, check that the folder may be written",
                path,
                source,
            )
        };
        let mut options = OpenOptions::new();
        let mut file =
            options.read(true).write(true).create(true).truncate(false).open(path).map_err(failed)?;
        if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
            let source = io::Error::new(io::ErrorKind::ResourceBusy, "its journal is in use");
            return Err(CloudError::local("another upload of this session is at work", path, source));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        let mut journal =
            Self { file, path: path.into(), sending: BTreeMap::new(), stored: BTreeMap::new(), done: None };
        let begin = Entry::Begin { place: place.to_owned(), name: name.to_owned() };
        let lines = bytes.get(..whole).unwrap_or_default();
        let mut entries =
            lines.split(|byte| *byte == b'\n').map(|line| serde_json::from_slice::<Entry>(line).ok());
        let length = if entries.next().flatten() == Some(begin.clone()) {
            entries.flatten().for_each(|entry| journal.note(entry));
            whole
        } else {
            0
        };
        journal.file.set_len(length as u64).map_err(failed)?;
        journal.file.seek(SeekFrom::End(0)).map_err(failed)?;
        if length == 0 {
            journal.add(begin)?;
        }
        Ok(journal)
    }

    /// Objects of `file` that were sent or about to be, in the order of the file.
    pub(super) fn objects_of(&self, file: &str) -> Vec<ObjectEntry> {
        let of_file = self.stored.values().chain(self.sending.values()).filter(|sent| sent.file == file);
        let mut objects: Vec<ObjectEntry> = of_file.map(|sent| sent.object.clone()).collect();
        objects.sort_by_key(|object| object.offset);
        objects
    }

    /// What became of the object with this key, as far as was noted.
    pub(super) fn noted(&self, key: &str) -> Noted {
        if self.sending.contains_key(key) {
            Noted::Sending
        } else if self.stored.contains_key(key) {
            Noted::Stored
        } else {
            Noted::Never
        }
    }

    /// The files that were there when the session became visible, if nothing was sent since.
    pub(super) fn done(&self) -> Option<&[Seen]> {
        self.done.as_deref()
    }

    /// Adds `entry`; only that everything is there goes to the disk at once. What a power cut takes of the others, the list
    /// of the bucket tells again.
    pub(super) fn add(&mut self, entry: Entry) -> Result<(), CloudError> {
        let mut line = serde_json::to_vec(&entry).unwrap_or_default();
        line.push(b'\n');
        let is_last = matches!(entry, Entry::Done { .. });
        let written =
            self.file.write_all(&line).and_then(|()| if is_last { self.file.sync_data() } else { Ok(()) });
        written
            .map_err(|source| CloudError::local("cannot write the upload's journal", &self.path, source))?;
        self.note(entry);
        Ok(())
    }

    fn note(&mut self, entry: Entry) {
        match entry {
            Entry::Begin { .. } => {}
            Entry::Sending(sent) => {
                self.done = None;
                self.sending.insert(sent.object.key.clone(), sent);
            }
            Entry::Stored { key } => {
                if let Some(sent) = self.sending.remove(&key) {
                    self.stored.insert(key, sent);
                }
            }
            Entry::Done { files, .. } => self.done = Some(files),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(key: &str) -> Sent {
        let object = ObjectEntry {
            key: key.to_owned(),
            offset: 0,
            bytes: 3,
            sha256: "ab".to_owned(),
            segments: Vec::new(),
        };
        Sent { file: "physics.gtel".to_owned(), object }
    }

    #[test]
    fn a_journal_cut_anywhere_holds_what_its_whole_lines_say() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = Journal::open(&path, "s3://laps", "monza").unwrap();
        for entry in [
            Entry::Sending(sent("a")),
            Entry::Stored { key: "a".to_owned() },
            Entry::Sending(sent("b")),
            Entry::Done { files: Vec::new(), is_redacted: false },
        ] {
            journal.add(entry).unwrap();
        }
        drop(journal);
        let bytes = std::fs::read(&path).unwrap();
        let line_ends: Vec<usize> =
            bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
        for cut in 0..=bytes.len() {
            std::fs::write(&path, &bytes[..cut]).unwrap();
            let journal = Journal::open(&path, "s3://laps", "monza").unwrap();
            let lines = line_ends.iter().filter(|end| **end <= cut).count();
            let a = [Noted::Never, Noted::Never, Noted::Sending, Noted::Stored][lines.min(3)];
            assert_eq!(journal.noted("a"), a, "cut at {cut}");
            assert_eq!(journal.noted("b") == Noted::Sending, lines >= 4, "cut at {cut}");
            assert_eq!(journal.done().is_some(), lines >= 5, "cut at {cut}");
        }
    }

    #[test]
    fn a_journal_of_an_earlier_version_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let begin = r#"{"step":"begin","url":"s3://laps","name":"monza"}"#;
        std::fs::write(&path, format!("{begin}\n{{\"step\":\"done\",\"files\":[]}}\n")).unwrap();
        assert_eq!(Journal::open(&path, "s3://laps", "monza").unwrap().done(), None);
    }

    #[test]
    fn another_place_begins_anew_and_two_uploads_do_not_meet() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = Journal::open(&path, "s3://laps", "monza").unwrap();
        journal.add(Entry::Sending(sent("a"))).unwrap();
        let error = Journal::open(&path, "s3://laps", "monza").unwrap_err();
        assert!(error.to_string().starts_with("another upload"), "{error}");
        drop(journal);
        let other = Journal::open(&path, "s3://other", "monza").unwrap();
        assert_eq!(other.noted("a"), Noted::Never);
    }
}
