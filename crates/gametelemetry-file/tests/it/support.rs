//! What the tests of the session file share: made-up recordings, a walk over a file's bytes that owes nothing to the
//! library, and children of the test binary.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gametelemetry_file::{
    Damage, EncoderOptions, End, FrameSize, Header, Ledger, Schema, SessionEncoder, SessionReader, Timestamp,
};

/// Records as ticks and data, easy to compare.
pub(crate) type Records = Vec<(i64, Vec<u8>)>;

/// 2026-11-23 12:00:00 UTC.
pub(crate) const STARTED: i64 = 639_150_912_000_000_000;
/// 10 ms in ticks: the step of a recording at 100 Hz.
pub(crate) const STEP: i64 = 100_000;

/// Nothing is ended by itself; the test says when.
pub(crate) const BY_HAND: EncoderOptions = EncoderOptions {
    flush_records: u32::MAX,
    segment_bytes: u64::MAX,
    segment_time: std::time::Duration::MAX,
};

/// The same numbers in every run (xorshift64*).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 1).unwrap() % end
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next().to_le_bytes()[7]).collect()
    }
}

/// Records of `size` bytes that compress as telemetry does: most bytes stay as they are.
pub(crate) fn records(number: usize, size: usize) -> Records {
    let mut random = Random::new(size as u64);
    let mut data = random.bytes(size);
    let mut ticks = STARTED;
    let mut make = || {
        for _ in 0..size / 10 {
            let at = random.below(size);
            data[at] = random.next().to_le_bytes()[3];
        }
        ticks += STEP;
        (ticks, data.clone())
    };
    (0..number).map(|_| make()).collect()
}

pub(crate) fn header(size: FrameSize) -> Header {
    let schema = Schema::opaque("Demo", size);
    let mut header = Header::new("demo", "test", schema, Timestamp::from_ticks(STARTED));
    // What differs from machine to machine must not differ in a test's files.
    (header.session, header.host, header.writer) = ("s".into(), "test".into(), "test".into());
    header
}

pub(crate) fn encoder(size: FrameSize, options: EncoderOptions) -> SessionEncoder {
    SessionEncoder::new(&header(size), options).unwrap()
}

pub(crate) fn push(encoder: &mut SessionEncoder, records: &[(i64, Vec<u8>)]) {
    for (ticks, data) in records {
        encoder.push(Timestamp::from_ticks(*ticks), data).unwrap();
    }
}

/// The ledger of a recording that was ended in order.
pub(crate) fn ledger(records: usize) -> Ledger {
    let records = records as u64;
    Ledger { looks: records, frames: records, recorded: records, finished: true, ..Ledger::default() }
}

/// A finished file of `records`: blocks of 3 records, segments of `segment` records, a ledger after the second one.
pub(crate) fn file_of(size: FrameSize, records: &[(i64, Vec<u8>)], segment: usize) -> Vec<u8> {
    let mut encoder = encoder(size, BY_HAND);
    for (number, records_of_segment) in records.chunks(segment).enumerate() {
        for block in records_of_segment.chunks(3) {
            push(&mut encoder, block);
            encoder.flush();
        }
        encoder.seal();
        if number == 1 {
            encoder.ledger(&Ledger::default());
        }
    }
    encoder.finish(&ledger(records.len()));
    encoder.output().to_vec()
}

/// Everything a reader says of a file.
#[derive(Debug, PartialEq)]
pub(crate) struct Reading {
    pub(crate) records: Records,
    pub(crate) end: End,
    pub(crate) damage: Vec<Damage>,
}

pub(crate) fn read(bytes: &[u8]) -> Reading {
    read_from(&mut SessionReader::new(Cursor::new(bytes)).unwrap())
}

pub(crate) fn read_from<R: std::io::Read + std::io::Seek>(reader: &mut SessionReader<R>) -> Reading {
    let mut records = Records::new();
    while let Some(record) = reader.next_record().unwrap() {
        records.push((record.timestamp.ticks(), record.data.to_vec()));
    }
    Reading { records, end: reader.end(), damage: reader.damage().to_vec() }
}

/// The records as `lz4 -dc` prints them.
pub(crate) fn stream(records: &[(i64, Vec<u8>)]) -> Vec<u8> {
    let mut stream = Vec::new();
    for (ticks, data) in records {
        stream.extend(ticks.to_le_bytes());
        stream.extend(i32::try_from(data.len()).unwrap().to_le_bytes());
        stream.extend(data);
    }
    stream
}

/// What the bytes of a file are, by docs/format.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Section([u8; 4]),
    SegmentHead,
    Block,
    SegmentEnd,
}

/// Every piece of a whole `.gtel` with the place where it ends.
pub(crate) fn pieces(bytes: &[u8]) -> Vec<(Piece, usize)> {
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let (mut pieces, mut at, mut inside) = (Vec::new(), 0, false);
    while at < bytes.len() {
        let (piece, length) = match (inside, word(at)) {
            (true, 0) => (Piece::SegmentEnd, 8),
            (true, block) => (Piece::Block, (block & 0x7fff_ffff) as usize + 8),
            (false, 0x184d_2204) => (Piece::SegmentHead, 7),
            (false, 0x184d_2a50) => {
                (Piece::Section(bytes[at + 8..at + 12].try_into().unwrap()), word(at + 4) as usize + 8)
            }
            (false, other) => panic!("no frame starts with {other:x} at {at}"),
        };
        inside = matches!(piece, Piece::SegmentHead | Piece::Block);
        at += length;
        pieces.push((piece, at));
    }
    pieces
}

/// Where each segment of a whole `.gtel` starts and ends.
pub(crate) fn segments(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut start = 0;
    let mut segments = Vec::new();
    for (piece, end) in pieces(bytes) {
        match piece {
            Piece::SegmentHead => start = end - 7,
            Piece::SegmentEnd => segments.push(start..end),
            Piece::Section(_) | Piece::Block => {}
        }
    }
    segments
}

/// The repository's own folder `name`.
pub(crate) fn repository(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)
}

/// A folder that is gone after the test; in memory where that is possible, because thousands of small files are
/// synced to it.
pub(crate) fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

/// Set where every tool that a test could miss is known to be there.
pub(crate) fn nothing_may_be_missing() -> bool {
    std::env::var_os("GAMETELEMETRY_TEST_ALL").is_some_and(|value| value == "1")
}

/// Says that something was not tested, or fails where it must be.
pub(crate) fn left_out(what: &str, why: &str) {
    assert!(!nothing_may_be_missing(), "GAMETELEMETRY_TEST_ALL is set, but {why}");
    println!("left out: {what}, because {why}");
}

/// Set in a child of the test binary.
const CHILD: &str = "GAMETELEMETRY_TEST_CHILD";

/// Whether this process was started by [`child`].
pub(crate) fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

/// Runs the test `name` once more in a process of its own, after the shell command `before`.
pub(crate) fn child(name: &str, before: &str, environment: &[(&str, &str)]) -> Output {
    Command::new("sh")
        .args(["-c", &format!("{before}; exec \"$0\" --exact \"$1\" --nocapture")])
        .arg(std::env::current_exe().unwrap())
        .arg(name)
        .env(CHILD, "1")
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}
