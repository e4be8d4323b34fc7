//! Writes and reads files of each kind of frames in turns with the floors.
//!
//! Does not search: that needs a long session, which `search` makes.

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use gametelemetry::{BinarySessionWriter, IndexEntry, Ledger, SessionWriter, WriterOptions, files};

use crate::common::{self, Outcome, Row, Table};
use crate::frames::{self, Frames};
use crate::search;
use crate::turns::{Turns, time};

pub(crate) fn run() -> Outcome {
    let smoke = common::is_smoke();
    let (count, rounds) = if smoke { (300, 2) } else { (3000, 200) };
    let kinds = [frames::acc_physics(count, 100.0), frames::acc_graphics(count), frames::ibt_rows(count)?];
    let mut writing = Table::new("write: format, LZ4, flush every 10 frames, to a file; floor: liblz4 alone");
    let mut reading =
        Table::new("read every frame of a file; floors: the LZ4 decoders alone, on segments in memory");
    let mut sizes = Table::new("size of the file, of the uncompressed records; floor: liblz4 alone");
    for frames in &kinds {
        write(frames, rounds, &mut writing)?;
        read(frames, rounds, &mut reading)?;
        sizes.push(Sizes::of(frames)?.row(&frames.name));
    }
    let [physics, graphics, _] = &kinds;
    let session = Sizes::of(physics)?.with(Sizes::of(graphics)?, 0.5);
    sizes.push(session.row("both as `record acc` takes them"));
    let hours = if smoke { 0.02 } else { 10.0 };
    let searching = search::search(hours, if smoke { 3 } else { 200 })?;
    [writing, reading, sizes, searching].iter().for_each(Table::print);
    Ok(())
}

/// The floor's settings: what a segment of ours has.
fn liblz4<W: Write>(out: W) -> io::Result<lz4::Encoder<W>> {
    lz4::EncoderBuilder::new()
        .block_mode(lz4::BlockMode::Linked)
        .block_size(lz4::BlockSize::Max64KB)
        .block_checksum(lz4::liblz4::BlockChecksum::BlockChecksumEnabled)
        .checksum(lz4::ContentChecksum::ChecksumEnabled)
        .build(out)
}

const FLUSH_EVERY: usize = 10;

/// Writes records of `size` bytes with our flushes.
fn compress(encoder: &mut lz4::Encoder<impl Write>, records: &[u8], size: usize) -> io::Result<()> {
    for (number, record) in records.chunks_exact(size).enumerate() {
        encoder.write_all(record)?;
        if number % FLUSH_EVERY == FLUSH_EVERY - 1 {
            encoder.flush()?;
        }
    }
    encoder.flush()
}

fn write(frames: &Frames, rounds: usize, table: &mut Table) -> Outcome {
    let records = frames.records();
    let (path, floor_path) = (common::scratch("write.gtel"), common::scratch("write.lz4"));
    let mut ours = || {
        remove(&path)?;
        let mut writer = BinarySessionWriter::create(&path, &frames.header(), WriterOptions::default())?;
        let taken = time(|| {
            frames.timed().try_for_each(|(timestamp, frame)| writer.write(timestamp, frame))?;
            Ok(writer.flush()?)
        });
        // What remains would be synced to the disk.
        drop(writer);
        taken
    };
    let mut floor = || {
        remove(&floor_path)?;
        let mut encoder = liblz4(File::create_new(&floor_path)?)?;
        time(|| Ok(compress(&mut encoder, &records, frames.record_size())?))
    };
    let turns = Turns::run(rounds, &mut [&mut ours, &mut floor])?;
    let each = |way: usize| turns.fastest(way) / as_f64(frames.len()) * 1e6;
    table.push(Row::new(frames.name.clone(), each(0), "us/frame").floor(each(1)).at_most_times(1.25));
    remove(&path)?;
    Ok(remove(&floor_path)?)
}

fn read(frames: &Frames, rounds: usize, table: &mut Table) -> Outcome {
    let path = recording(frames)?;
    let index = files::open(&path)?.index().cloned().ok_or("a finished file has an index")?;
    let file = fs::read(&path)?;
    let segments = || index.entries.iter().map(|entry| segment(&file, entry));
    let expected = frames.len() * frames.record_size();
    let mut ours = || time(|| same(read_all(&path)?, expected));
    let mut flex =
        || time(|| same(decode_all(segments().map(lz4_flex::frame::FrameDecoder::new))?, expected));
    let mut c = || {
        let decoders = segments().map(lz4::Decoder::new).collect::<io::Result<Vec<_>>>()?;
        time(|| same(decode_all(decoders.into_iter())?, expected))
    };
    let turns = Turns::run(rounds, &mut [&mut ours, &mut flex, &mut c])?;
    let each = |way: usize| turns.fastest(way) / as_f64(frames.len()) * 1e6;
    for (floor, name) in [(1, "lz4_flex"), (2, "liblz4")] {
        let what = format!("{}; {name}", frames.name);
        table.push(Row::new(what, each(0), "us/frame").floor(each(floor)).at_most_times(1.3));
    }
    Ok(remove(&path)?)
}

/// The bytes of one segment.
fn segment<'a>(file: &'a [u8], entry: &IndexEntry) -> &'a [u8] {
    let start = usize::try_from(entry.offset).unwrap_or(usize::MAX);
    let length = usize::try_from(entry.length).unwrap_or(usize::MAX);
    file.get(start..start.saturating_add(length)).unwrap_or_default()
}

/// Bytes of all records, each touched.
fn read_all(path: &Path) -> Outcome<usize> {
    let mut reader = files::open(path)?;
    let mut bytes = 0;
    while let Some(record) = reader.next_record()? {
        bytes += black_box(record.data).len() + 12;
    }
    Ok(bytes)
}

/// Bytes that all segments decode to.
fn decode_all(decoders: impl Iterator<Item = impl Read>) -> Outcome<usize> {
    let mut buffer = vec![0; 64 << 10];
    let mut bytes = 0;
    for mut decoder in decoders {
        loop {
            match decoder.read(&mut buffer)? {
                0 => break,
                got => bytes += black_box(buffer.get(..got).unwrap_or_default()).len(),
            }
        }
    }
    Ok(bytes)
}

fn same(got: usize, expected: usize) -> Outcome {
    if got == expected { Ok(()) } else { Err(format!("read {got} bytes, {expected} were written").into()) }
}

/// A finished file of `frames`.
fn recording(frames: &Frames) -> Outcome<PathBuf> {
    let path = common::scratch("read.gtel");
    remove(&path)?;
    let mut writer = BinarySessionWriter::create(&path, &frames.header(), WriterOptions::default())?;
    frames.timed().try_for_each(|(timestamp, frame)| writer.write(timestamp, frame))?;
    writer.finish(&Ledger::default())?;
    Ok(path)
}

/// Bytes of the same records: uncompressed, in a file of ours, and as liblz4 makes them with the same flushes.
#[derive(Clone, Copy, Default)]
struct Sizes {
    records: f64,
    file: f64,
    floor: f64,
}

impl Sizes {
    fn of(frames: &Frames) -> Outcome<Self> {
        let path = recording(frames)?;
        let file = as_f64(usize::try_from(fs::metadata(&path)?.len())?);
        remove(&path)?;
        let mut encoder = liblz4(Vec::new())?;
        compress(&mut encoder, &frames.records(), frames.record_size())?;
        let floor = as_f64(encoder.finish().0.len());
        Ok(Self { records: as_f64(frames.len() * frames.record_size()), file, floor })
    }

    /// With the records of another source, of which there come `times` as many.
    fn with(self, other: Self, times: f64) -> Self {
        Self {
            records: self.records + other.records * times,
            file: self.file + other.file * times,
            floor: self.floor + other.floor * times,
        }
    }

    fn row(self, name: &str) -> Row {
        let share = |bytes: f64| bytes / self.records * 100.0;
        let what = format!("{name} ({:.1} times smaller)", self.records / self.file);
        Row::new(what, share(self.file), "%").floor(share(self.floor)).at_most(33.3)
    }
}

/// Removes a file; one that is not there is no error.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
pub(crate) fn as_f64(count: usize) -> f64 {
    count as f64
}
