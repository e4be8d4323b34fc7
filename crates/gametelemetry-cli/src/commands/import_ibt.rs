//! Imports an iRacing `.ibt`: every row as it stands, the session information byte for byte and what it names, and the
//! head.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use anyhow::{Context, Result};
use gametelemetry::{
    BinarySessionWriter, Header, Ledger, Schema, SessionWriter, Timestamp, WriterOptions, files,
};
use gametelemetry_games::iracing::{self, IbtHead, PROLOGUE_LEN};

use super::import::{Imported, session_id};
use crate::output::Progress;

/// Source of the session information, one record a file.
const SESSION_INFO: &str = "session_info";
/// Source of the head (headers and variable descriptions), one record a file.
const HEAD: &str = "ibt_head";

/// Whether the first bytes are those of an `.ibt`: version 1 or 2, as a little-endian number.
pub(crate) fn looks_like(start: &[u8]) -> bool {
    matches!(start.first_chunk::<4>(), Some([1 | 2, 0, 0, 0]))
}

pub(crate) fn import(path: &Path, out: &Path) -> Result<Imported> {
    let mut file = BufReader::with_capacity(1 << 20, File::open(path)?);
    let length = file.get_ref().metadata()?.len();
    let head_bytes = read_head(&mut file)?;
    let head = IbtHead::parse(&head_bytes, length)?;
    // A file whose start date makes no sense still has rows that are a tick apart.
    let started = head.started().unwrap_or_else(|| Timestamp::from_unix_nanoseconds(0));
    let session = session_id("ibt", path, started)?;
    let folder = files::create_session_folder(out, started, "iracing")?;
    let imported_from = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let make = |source: &str, schema: Schema| -> Result<BinarySessionWriter> {
        let mut header = Header::new("iracing", source, schema, started);
        header.session.clone_from(&session);
        header.imported_from.clone_from(&imported_from);
        header.channels = match source {
            iracing::SOURCE => head.channels(),
            _ => iracing::CHANNELS.iter().filter(|mapping| mapping.source == source).cloned().collect(),
        };
        let path = folder.join(format!("{source}.{}", files::EXTENSION));
        Ok(BinarySessionWriter::create(&path, &header, WriterOptions::default())?)
    };
    let text = iracing::session_info_schema(length_of(head.session_info()));
    write_one(make(SESSION_INFO, text)?, started, head.session_info())?;
    let fixed = &head_bytes;
    write_one(make(HEAD, iracing::head_schema(head.header(), length_of(fixed)))?, started, fixed)?;
    let named = head.info().record();
    let schema = iracing::session_schema(length_of(&named));
    write_one(make(iracing::SESSION_SOURCE, schema)?, started, &named)?;
    let mut rows = make(iracing::SOURCE, head.schema().clone())?;
    file.seek(SeekFrom::Start(head.data_offset()))?;
    let mut ledger = copy_rows(&mut file, &head, started, &mut rows)?;
    let notices: Vec<String> = head.notices().iter().map(ToString::to_string).collect();
    ledger.notices.clone_from(&notices);
    rows.finish(&ledger)?;
    Ok(Imported { folder, notices, lost_data: head.cut_row_len() > 0 })
}

/// What the `.ibt` at `path` says of its rows.
pub(super) fn head_of(path: &Path) -> Result<IbtHead> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    Ok(IbtHead::parse(&read_head(&mut BufReader::new(file))?, length)?)
}

/// Everything before the rows.
fn read_head(file: &mut impl Read) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.by_ref().take(PROLOGUE_LEN as u64).read_to_end(&mut bytes)?;
    let needed = IbtHead::required_len(&bytes)?;
    file.take(needed.saturating_sub(bytes.len() as u64)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn length_of(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

fn write_one(mut writer: BinarySessionWriter, timestamp: Timestamp, data: &[u8]) -> Result<()> {
    writer.write(timestamp, data)?;
    let ledger = Ledger {
        looks: 1,
        frames: 1,
        recorded: 1,
        first_frame: Some(timestamp),
        last_frame: Some(timestamp),
        finished: true,
        ..Ledger::default()
    };
    writer.finish(&ledger)?;
    Ok(())
}

/// Copies every whole row; its time is the file's start plus the game's session time, but never before the row
/// before it.
fn copy_rows(
    file: &mut impl Read,
    head: &IbtHead,
    started: Timestamp,
    writer: &mut BinarySessionWriter,
) -> Result<Ledger> {
    let progress = Progress::new("importing", Some(head.row_count()));
    let mut row = vec![0; head.row_len() as usize];
    let mut ledger = Ledger { finished: true, ..Ledger::default() };
    let mut last = Timestamp::MIN;
    for number in 0..head.row_count() {
        file.read_exact(&mut row).context("the file became shorter while it was imported")?;
        let timestamp = head.timestamp_of(&row).unwrap_or(started + head.nominal_time(number)).max(last);
        writer.write(timestamp, &row)?;
        last = timestamp;
        ledger.first_frame.get_or_insert(timestamp);
        if number.is_multiple_of(1024) {
            progress.set(number);
        }
    }
    ledger.last_frame = ledger.first_frame.map(|_| last);
    (ledger.looks, ledger.frames, ledger.recorded) = (head.row_count(), head.row_count(), head.row_count());
    Ok(ledger)
}
