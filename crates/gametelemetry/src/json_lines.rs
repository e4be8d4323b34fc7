//! The worked example of a user's own [`SessionWriter`]: one JSON object a frame, every field by name.
//!
//! Readable by anything, larger and slower than `.gtel`. To write another format, copy this file and change it.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use gametelemetry_file::{Header, Schema, SessionWriter, Timestamp, Value, WriteError, Written, files};
use serde::Serialize;
use serde::ser::SerializeMap;

/// Writes `SOURCE.jsonl`: each line has the time and every field of one frame.
///
/// ```
/// # use gametelemetry::{GameSession, JsonLinesWriter};
/// let session = GameSession::new("demo").writer(|header, folder| JsonLinesWriter::create(header, folder));
/// ```
pub struct JsonLinesWriter {
    out: BufWriter<Counted>,
    path: PathBuf,
    schema: Schema,
    written: Written,
}

impl JsonLinesWriter {
    /// Creates the file of the source that `header` describes, in `folder`; an existing one is never touched.
    ///
    /// # Errors
    /// When the file exists or cannot be created.
    pub fn create(header: &Header, folder: &Path) -> Result<Box<dyn SessionWriter>, WriteError> {
        let path = folder.join(format!("{}.jsonl", files::file_name(&header.source)));
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        let file = file.map_err(|source| WriteError::Create { path: path.clone(), source })?;
        let out = BufWriter::new(Counted { file, bytes: 0 });
        Ok(Box::new(Self { out, path, schema: header.schema.clone(), written: Written::default() }))
    }

    fn failed(&self, source: io::Error) -> WriteError {
        WriteError::Io { path: self.path.clone(), safe: self.out.get_ref().bytes, source }
    }
}

impl SessionWriter for JsonLinesWriter {
    fn write(&mut self, timestamp: Timestamp, data: &[u8]) -> Result<(), WriteError> {
        let line = Line { timestamp, schema: &self.schema, data };
        let stored = serde_json::to_writer(&mut self.out, &line).map_err(io::Error::from);
        stored.and_then(|()| self.out.write_all(b"\n")).map_err(|source| self.failed(source))?;
        self.written.records += 1;
        self.written.record_bytes += data.len() as u64 + 12;
        Ok(())
    }

    fn flush(&mut self) -> Result<(), WriteError> {
        self.out.flush().map_err(|source| self.failed(source))
    }

    fn finish(&mut self, _ledger: &gametelemetry_file::Ledger) -> Result<Written, WriteError> {
        self.flush()?;
        self.written.file_bytes = self.out.get_ref().bytes;
        Ok(self.written)
    }
}

/// One frame as one JSON object.
struct Line<'a> {
    timestamp: Timestamp,
    schema: &'a Schema,
    data: &'a [u8],
}

impl Serialize for Line<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let view = self.schema.view(self.data);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("timestamp", &self.timestamp.to_string())?;
        if let Some(kind) = view.kind() {
            map.serialize_entry("kind", &kind.name)?;
        }
        for (field, value) in view.values() {
            map.serialize_entry::<str, Value>(&field.name, &value)?;
        }
        map.end()
    }
}

/// A file that knows how many bytes went into it.
struct Counted {
    file: File,
    bytes: u64,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
