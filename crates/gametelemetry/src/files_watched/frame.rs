//! The frame of a watched file: what was found, what was done, and its bytes in a recording.
//!
//! Written here and read here: a later session learns from these records which versions were taken already.

use std::sync::{Arc, LazyLock};

use gametelemetry_file::{Field, FieldKind, FrameSize, Schema, Timestamp};

/// Bytes before the texts.
const HEAD: usize = 29;
/// The longest path that is kept, in bytes; what is longer is cut.
const MAX_PATH: usize = 32_767;
/// The longest name of a copy, in bytes.
const MAX_STORED: usize = 4096;

/// What happened to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileEvent {
    /// A new version, copied into the session's folder.
    Taken,
    /// A version that was taken before now has this path; the path it had is gone.
    Renamed,
    /// A version that was taken before is here too.
    Duplicate,
    /// A new version, not copied because the source was told so.
    Seen,
}

impl FileEvent {
    fn number(self) -> u8 {
        match self {
            Self::Taken => 0,
            Self::Renamed => 1,
            Self::Duplicate => 2,
            Self::Seen => 3,
        }
    }

    fn of(number: u8) -> Option<Self> {
        [Self::Taken, Self::Renamed, Self::Duplicate, Self::Seen].get(usize::from(number)).copied()
    }
}

/// One finished version of a watched file: the frame of a [`FileWatcherSource`](crate::FileWatcherSource).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayFile {
    /// What happened.
    pub event: FileEvent,
    /// Bytes of the file.
    pub size: u64,
    /// When the file was changed last, by the clock of whoever keeps it.
    pub modified: Timestamp,
    /// XXH64 of the content with seed 0; `xxh64sum` prints it in hexadecimal.
    pub content_hash: u64,
    /// Where the file was found. What is no UTF-8 reads U+FFFD here; the copy keeps its name.
    pub path: String,
    /// Where the copy is, from the session's folder on, with `/`; empty when there is none.
    pub stored_as: String,
}

impl ReplayFile {
    /// The layout of a record.
    #[must_use]
    pub fn schema() -> &'static Arc<Schema> {
        static SCHEMA: LazyLock<Arc<Schema>> = LazyLock::new(|| Arc::new(make_schema()));
        &SCHEMA
    }

    /// Reads a record; `None` when it is no such frame.
    #[must_use]
    pub fn read(record: &[u8]) -> Option<Self> {
        let bytes = |at: usize, size: usize| record.get(at..at.checked_add(size)?);
        let number = |at: usize| Some(u64::from_le_bytes(bytes(at, 8)?.try_into().ok()?));
        let length = |at: usize| Some(usize::from(u16::from_le_bytes(bytes(at, 2)?.try_into().ok()?)));
        let text = |at: usize, size: usize| Some(String::from_utf8_lossy(bytes(at, size)?).into_owned());
        let (path_length, stored_length) = (length(25)?, length(27)?);
        Some(Self {
            event: FileEvent::of(*record.first()?)?,
            size: number(1)?,
            modified: Timestamp::from_ticks(number(9)?.cast_signed()),
            content_hash: number(17)?,
            path: text(HEAD, path_length)?,
            stored_as: text(HEAD + path_length, stored_length)?,
        })
    }

    /// Writes the record.
    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        let (path, stored_as) = (cut(&self.path, MAX_PATH), cut(&self.stored_as, MAX_STORED));
        bytes.clear();
        bytes.push(self.event.number());
        bytes.extend(self.size.to_le_bytes());
        bytes.extend(self.modified.ticks().to_le_bytes());
        bytes.extend(self.content_hash.to_le_bytes());
        for text in [path, stored_as] {
            bytes.extend(u16::try_from(text.len()).unwrap_or(u16::MAX).to_le_bytes());
        }
        bytes.extend(path.as_bytes());
        bytes.extend(stored_as.as_bytes());
    }
}

fn cut(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or_default()
}

fn make_schema() -> Schema {
    let size = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
    let field = |name: &str, kind: FieldKind, offset: usize, description: &str| Field {
        name: name.to_owned(),
        kind,
        offset: size(offset),
        count: 1,
        description: description.to_owned(),
        ..Field::default()
    };
    let labels = [(0, "taken"), (1, "renamed"), (2, "duplicate"), (3, "seen")];
    let mut schema =
        Schema::new("ReplayFile", FrameSize::Variable { max: size(HEAD + MAX_PATH + MAX_STORED) });
    schema.fields = vec![
        Field {
            labels: labels.map(|(value, label)| (value, label.to_owned())).to_vec(),
            ..field(
                "event",
                FieldKind::U8,
                0,
                "taken: a new version, copied; renamed: one taken before, under a new path; \
                 duplicate: one taken before, here too; seen: a new version, not copied as asked",
            )
        },
        Field { unit: "B".to_owned(), ..field("size", FieldKind::U64, 1, "bytes of the file") },
        field(
            "modified",
            FieldKind::I64,
            9,
            "when the file was changed last, in 100 ns since 0001-01-01 UTC, by the clock of whoever keeps it",
        ),
        field("content_hash", FieldKind::U64, 17, "XXH64 of the content, seed 0"),
        field("path_length", FieldKind::U16, 25, "bytes of path"),
        field("stored_as_length", FieldKind::U16, 27, "bytes of stored_as"),
        Field {
            count: size(MAX_PATH),
            // Folders and replays are called after who plays.
            personal: Some(true),
            count_from: Some("path_length".to_owned()),
            ..field("path", FieldKind::Utf8, HEAD, "where the file was found")
        },
        Field {
            count: size(MAX_STORED),
            personal: Some(true),
            count_from: Some("stored_as_length".to_owned()),
            after: Some("path".to_owned()),
            ..field(
                "stored_as",
                FieldKind::Utf8,
                0,
                "where the copy is, from the session's folder on; empty when there is none",
            )
        },
    ];
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> ReplayFile {
        ReplayFile {
            event: FileEvent::Renamed,
            size: 12,
            modified: Timestamp::from_ticks(-5),
            content_hash: u64::MAX - 1,
            path: "/home/jürgen/リプレイ.replay".to_owned(),
            stored_as: "files/リプレイ.replay".to_owned(),
        }
    }

    #[test]
    fn a_record_reads_as_it_was_written_by_hand_and_by_schema() {
        let mut bytes = Vec::new();
        file().write(&mut bytes);
        assert_eq!(ReplayFile::read(&bytes), Some(file()));
        let schema = ReplayFile::schema();
        schema.check().unwrap();
        let view = schema.view(&bytes);
        for (field, text) in [
            ("path", file().path),
            ("stored_as", file().stored_as),
            ("content_hash", (u64::MAX - 1).to_string()),
        ] {
            assert_eq!(view.get(field).to_string(), text, "{field}");
        }
        assert_eq!(view.get("modified").to_string(), "-5");
    }

    #[test]
    fn a_cut_record_or_one_of_an_unknown_event_is_none() {
        let mut bytes = Vec::new();
        file().write(&mut bytes);
        assert!((0..bytes.len()).all(|end| ReplayFile::read(&bytes[..end]).is_none()));
        bytes[0] = 9;
        assert_eq!(ReplayFile::read(&bytes), None);
    }

    #[test]
    fn a_path_too_long_is_cut_at_a_character() {
        let mut bytes = Vec::new();
        ReplayFile { path: "ü".repeat(20_000), ..file() }.write(&mut bytes);
        assert!(ReplayFile::schema().size.allows(bytes.len()));
        assert_eq!(ReplayFile::read(&bytes).unwrap().path.chars().count(), 16_383);
    }
}
