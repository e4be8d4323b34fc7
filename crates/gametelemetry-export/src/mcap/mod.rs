//! MCAP: what Foxglove and PlotJuggler open.
//!
//! Messages are JSON with a JSON Schema, which both plot without a plugin: a topic a group of channels, or a topic a
//! source and kind of a raw export. An unknown value is left out. Where the game knows places on Earth, `/location` has
//! them as Foxglove's map wants them. The session and each lap are metadata records. `topics` says which there are.

mod topics;

use std::collections::BTreeMap;
use std::io;

use gametelemetry::{Cell, ExportInfo, Exporter, Lap, OutputFile, OutputFiles, Rows};
use mcap::records::{MessageHeader, Metadata};
use mcap::{Compression, McapError, WriteOptions, Writer};
use topics::{Location, Topic};

use crate::metadata;

/// Bytes of a chunk before it is compressed: what a reader that jumps must read at least.
const CHUNK: u64 = 1 << 20;

/// Writes one MCAP file.
#[derive(Default)]
pub struct McapExporter {
    writer: Option<Writer<OutputFile>>,
    /// The topics of each table, with their channels' ids and the number of their next message.
    topics: Vec<Vec<(Topic, u16, u32)>>,
    location: Option<(Location, u16, u32)>,
    message: Vec<u8>,
}

impl Exporter for McapExporter {
    fn begin(&mut self, info: &ExportInfo, files: &OutputFiles) -> io::Result<()> {
        let options = WriteOptions::new()
            .compression(Some(Compression::Zstd))
            .compression_threads(0)
            .chunk_size(Some(CHUNK))
            .library(info.program());
        let mut writer = options.create(files.create()?).map_err(io_error)?;
        self.write_metadata(&mut writer, info).map_err(io_error)?;
        self.add_topics(&mut writer, info).map_err(io_error)?;
        self.writer = Some(writer);
        Ok(())
    }

    fn rows(&mut self, table: usize, rows: &Rows) -> io::Result<()> {
        let (Some(writer), Some(topics)) = (&mut self.writer, self.topics.get_mut(table)) else {
            return Ok(());
        };
        for (row, time) in rows.times().iter().enumerate() {
            let time = u64::try_from(time.unix_nanoseconds()).unwrap_or(0);
            let mut write = |channel_id: u16, number: &mut u32, message: &[u8]| {
                let header =
                    MessageHeader { channel_id, sequence: *number, log_time: time, publish_time: time };
                *number = number.wrapping_add(1);
                writer.write_to_known_channel(&header, message).map_err(io_error)
            };
            let lap =
                rows.laps().get(row).copied().flatten().map_or(Cell::Empty, |lap| Cell::UInt(lap.into()));
            for (topic, id, number) in topics.iter_mut() {
                self.message.clear();
                topic.message(rows, row, lap, &mut self.message);
                write(*id, number, &self.message)?;
            }
            if let Some((location, id, number)) = &mut self.location {
                self.message.clear();
                if location.message(rows, row, time, &mut self.message) {
                    write(*id, number, &self.message)?;
                }
            }
        }
        Ok(())
    }

    fn finish(&mut self, _: &ExportInfo) -> io::Result<()> {
        let Some(mut writer) = self.writer.take() else { return Ok(()) };
        writer.finish().map_err(io_error)?;
        io::Write::flush(&mut writer.into_inner())
    }
}

impl McapExporter {
    fn write_metadata(&self, writer: &mut Writer<OutputFile>, info: &ExportInfo) -> Result<(), McapError> {
        let texts = metadata::texts(info).into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
        writer.write_metadata(&Metadata { name: "session".to_owned(), metadata: texts })?;
        for lap in &info.laps.laps {
            writer.write_metadata(&Metadata { name: "lap".to_owned(), metadata: lap_texts(lap) })?;
        }
        Ok(())
    }

    fn add_topics(&mut self, writer: &mut Writer<OutputFile>, info: &ExportInfo) -> Result<(), McapError> {
        for table in &info.tables {
            let mut added = Vec::new();
            for topic in Topic::of(table) {
                let schema = writer.add_schema(&topic.schema_name, "jsonschema", topic.schema.as_bytes())?;
                let id = writer.add_channel(schema, &topic.name, "json", &topic.metadata)?;
                added.push((topic, id, 0));
            }
            self.topics.push(added);
        }
        let first = info.tables.first().filter(|_| !info.raw);
        if let Some(location) = first.and_then(Location::of) {
            let schema =
                writer.add_schema(Location::SCHEMA_NAME, "jsonschema", Location::SCHEMA.as_bytes())?;
            let id = writer.add_channel(schema, "/location", "json", &BTreeMap::new())?;
            self.location = Some((location, id, 0));
        }
        Ok(())
    }
}

/// A lap as names and texts; what is not known is left out.
fn lap_texts(lap: &Lap) -> BTreeMap<String, String> {
    let milliseconds = |time: Option<std::time::Duration>| {
        time.map(|time| ((time.as_nanos() + 500_000) / 1_000_000).to_string()).unwrap_or_default()
    };
    let all = [
        ("lap", lap.lap.to_string()),
        ("kind", lap.kind.name().to_owned()),
        ("valid", lap.valid.to_string()),
        ("time_ms", milliseconds(lap.time)),
        ("official_time_ms", milliseconds(lap.official_time)),
        ("reason", lap.reason.clone()),
        ("start_ns", lap.start.unix_nanoseconds().to_string()),
        ("end_ns", lap.end.unix_nanoseconds().to_string()),
    ];
    all.into_iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| (name.to_owned(), text)).collect()
}

/// What the disk said, where it was the disk.
fn io_error(error: McapError) -> io::Error {
    match error {
        McapError::Io(error) => error,
        other => io::Error::other(other),
    }
}
