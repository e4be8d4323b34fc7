//! How long it takes to open a long session and to go to any time of it, and how much is read for that.
//!
//! Makes the session once and keeps it.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use gametelemetry::{EncoderOptions, Ledger, SessionEncoder, SessionReader, Timestamp, clock, files};

use crate::common::{self, Outcome, Row, Table};
use crate::frames;
use crate::measure::{as_f64, remove};

/// Opens a long session and goes to times all over it.
pub(crate) fn search(hours: f64, tries: u32) -> Outcome<Table> {
    let path = long_session(hours)?;
    let (mut opening, mut seeking) = (Vec::new(), Vec::new());
    let mut most_read = 0;
    let index = files::open(&path)?.index().cloned().ok_or("a finished file has an index")?;
    let (Some(first), Some(last)) = (index.entries.first(), index.entries.last()) else {
        return Err("a session without segments".into());
    };
    let span = last.last.duration_since(first.first).unwrap_or_default();
    for number in 0..tries {
        // Multiples of the golden ratio are spread evenly.
        let time = first.first + span.mul_f64(f64::from(number) * 0.618_033_988_75 % 1.0);
        let (mut opened, mut sought) = (Duration::MAX, Duration::MAX);
        // The best of three is what it takes when nobody disturbs it.
        for _ in 0..3 {
            let (open, seek, read) = open_and_seek(&path, time)?;
            (opened, sought, most_read) = (opened.min(open), sought.min(seek), most_read.max(read));
        }
        opening.push(opened.as_secs_f64() * 1e3);
        seeking.push(sought.as_secs_f64() * 1e3);
    }
    let largest = index.entries.iter().map(|entry| entry.length).max().unwrap_or(0);
    let longest = |times: &[f64]| times.iter().copied().fold(0.0, f64::max);
    let title = format!("a session of {hours} hours, {} MB", fs::metadata(&path)?.len() >> 20);
    let mut table = Table::new(title);
    table.push(Row::new("open it, median", common::median(opening.clone()), "ms").at_most(5.0));
    table.push(Row::new("open it, slowest", longest(&opening), "ms").at_most(5.0));
    table.push(
        Row::new("seek anywhere and read the record there, median", common::median(seeking.clone()), "ms")
            .at_most(5.0),
    );
    table.push(
        Row::new("seek anywhere and read the record there, slowest", longest(&seeking), "ms").at_most(5.0),
    );
    let kib = |bytes: u64| as_f64(usize::try_from(bytes).unwrap_or(usize::MAX)) / 1024.0;
    // A read of 64 KiB may reach behind the segment's end.
    table.push(
        Row::new("bytes read by a seek, at most; floor: a segment", kib(most_read), "KiB")
            .floor(kib(largest))
            .at_most_times(1.25),
    );
    Ok(table)
}

/// Time to open the file, time to go to the first record at `time`, and bytes read for the latter.
fn open_and_seek(path: &Path, time: Timestamp) -> Outcome<(Duration, Duration, u64)> {
    let start = clock::monotonic();
    let (file, read) = Counted::open(path)?;
    let mut reader = SessionReader::new(file)?;
    let opened = start.elapsed();
    let before = read.load(Ordering::Relaxed);
    let start = clock::monotonic();
    reader.seek(time)?;
    let found = reader.next_record()?.map(|record| record.timestamp);
    let sought = start.elapsed();
    check_found(found, time)?;
    Ok((opened, sought, read.load(Ordering::Relaxed) - before))
}

/// The record found must be the first one at `time` or later: within one interval.
fn check_found(found: Option<Timestamp>, time: Timestamp) -> Outcome {
    let late = found.and_then(|found| found.duration_since(time)).ok_or("no record at or after the time")?;
    if late < Duration::from_millis(10) { Ok(()) } else { Err(format!("found {late:?} behind").into()) }
}

/// A finished session of ACC physics at 100 Hz, made once and kept in the target folder.
fn long_session(hours: f64) -> Outcome<PathBuf> {
    let path = common::scratch(&format!("{hours}_hours.gtel"));
    if path.exists() && files::open(&path)?.index().is_some() {
        return Ok(path);
    }
    remove(&path)?;
    let frames = frames::acc_physics(6000, 100.0);
    let mut encoder = SessionEncoder::new(&frames::physics_header(), EncoderOptions::default())?;
    let mut file = io::BufWriter::new(File::create_new(&path)?);
    let mut time = Timestamp::from_unix_nanoseconds(1_795_435_200_000_000_000);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few million")]
    let count = (hours * 3600.0 * 100.0) as usize;
    for frame in frames.iter().collect::<Vec<_>>().into_iter().cycle().take(count) {
        encoder.push(time, frame)?;
        time = time + frames.interval;
        if encoder.is_flushed() {
            file.write_all(encoder.output())?;
            encoder.clear_output();
        }
    }
    encoder.finish(&Ledger::default());
    file.write_all(encoder.output())?;
    file.flush()?;
    Ok(path)
}

/// A file that counts the bytes read from it.
struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Counted {
    fn open(path: &Path) -> io::Result<(Self, Arc<AtomicU64>)> {
        let read = Arc::new(AtomicU64::new(0));
        Ok((Self { file: File::open(path)?, read: Arc::clone(&read) }, read))
    }
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let got = self.file.read(into)?;
        self.read.fetch_add(got as u64, Ordering::Relaxed);
        Ok(got)
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
