//! Imports a `.dat` of the .NET implementation: the same records in a session file with an index and a schema.

use std::path::Path;

use anyhow::{Result, bail};
use gametelemetry::{
    BinarySessionWriter, End, FrameSize, Header, Ledger, Schema, SessionReader, SessionWriter, Timestamp,
    WriterOptions, files,
};
use gametelemetry_games::find;

use super::import::{Imported, session_id};
use crate::output::Progress;
use crate::recordings::file_stem;

pub(crate) fn import(path: &Path, out: &Path) -> Result<Imported> {
    let mut reader = files::open(path)?;
    let Some(start) = reader.next_record()?.map(|record| record.timestamp) else {
        bail!("there is no whole record in it: the file is {}", reader.end());
    };
    let mut header = header_for(&reader, path, start);
    header.session = session_id("dat", path, start)?;
    let folder = files::create_session_folder(out, start, &header.game)?;
    let file = folder.join(format!("{}.{}", files::file_name(&header.source), files::EXTENSION));
    let mut writer = BinarySessionWriter::create(&file, &header, WriterOptions::default())?;
    reader.seek(Timestamp::MIN)?;
    let mut ledger = copy(&mut reader, &mut writer)?;
    let mut notices: Vec<String> = reader.damage().iter().map(ToString::to_string).collect();
    if reader.end() != End::Complete {
        notices.push(format!("the file is {}; every whole record was kept", reader.end()));
    }
    ledger.notices.clone_from(&notices);
    writer.finish(&ledger)?;
    let lost_data = !notices.is_empty();
    Ok(Imported { folder, notices, lost_data })
}

/// What the new file says of itself: the layout of a known game where size and game agree, else bytes.
fn header_for(reader: &SessionReader, path: &Path, start: Timestamp) -> Header {
    let old = reader.header();
    let known = find(&old.game).and_then(|game| match old.schema.size {
        FrameSize::Fixed(size) => {
            game.schemas().into_iter().find(|(_, schema)| schema.size == FrameSize::Fixed(size))
        }
        FrameSize::Variable { .. } => None,
    });
    let (source, schema) = match known {
        Some((source, schema)) => (source.to_owned(), schema.clone()),
        None if reader_has_type(&old.schema) => (file_stem(path), old.schema.clone()),
        None => (file_stem(path), Schema::opaque("Unknown", old.schema.size)),
    };
    let mut header = Header::new(&old.game, &source, schema, start);
    header.channels = find(&old.game).map_or_else(Vec::new, |game| {
        game.info().channels.iter().filter(|mapping| mapping.source == header.source).cloned().collect()
    });
    header.imported_from = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    header
}

fn reader_has_type(schema: &Schema) -> bool {
    !schema.name.is_empty()
}

fn copy(reader: &mut SessionReader, writer: &mut BinarySessionWriter) -> Result<Ledger> {
    let progress = Progress::new("importing", None);
    let mut ledger = Ledger { finished: true, ..Ledger::default() };
    while let Some(record) = reader.next_record()? {
        writer.write(record.timestamp, record.data)?;
        ledger.recorded += 1;
        ledger.first_frame.get_or_insert(record.timestamp);
        ledger.last_frame = Some(record.timestamp);
        if ledger.recorded.is_multiple_of(1024) {
            progress.set(ledger.recorded);
        }
    }
    (ledger.looks, ledger.frames) = (ledger.recorded, ledger.recorded);
    Ok(ledger)
}
