//! Going to a time: the same record as by reading everything, at the cost of one segment.

use std::cell::Cell;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;

use gametelemetry_file::{EncoderOptions, End, FrameSize, SessionReader, Timestamp};

use crate::support::{
    BY_HAND, Random, Records, STARTED, STEP, encoder, file_of, ledger, push, read_from, records,
};

const SIZE: FrameSize = FrameSize::Fixed(40);

/// Every time that could matter: before, at, between and behind all records.
fn times(records: &Records) -> Vec<i64> {
    let around = |(ticks, _): &(i64, Vec<u8>)| [ticks - 1, *ticks, ticks + 1];
    let mut times: Vec<i64> = records.iter().flat_map(around).collect();
    times.extend([i64::MIN, 0, STARTED, i64::MAX]);
    times
}

#[track_caller]
fn check_seeks(bytes: &[u8], records: &Records, has_index: bool) {
    let mut reader = SessionReader::new(Cursor::new(bytes)).unwrap();
    assert_eq!(reader.index().is_some(), has_index);
    let end = if has_index { End::Complete } else { End::Unfinished };
    for time in times(records) {
        reader.seek(Timestamp::from_ticks(time)).unwrap();
        let reading = read_from(&mut reader);
        let from = records.iter().position(|(ticks, _)| *ticks >= time).unwrap_or(records.len());
        assert_eq!(reading.records, records[from..], "sought {time}");
        assert_eq!((reading.end, reading.damage.len()), (end, 0), "sought {time}");
    }
}

/// `bytes` of a file as a crash leaves it: with its last segment whole, without ledger and index.
fn without_end(bytes: &[u8]) -> &[u8] {
    &bytes[..crate::support::segments(bytes).last().unwrap().end]
}

#[test]
fn any_time_is_found_as_by_reading_everything_with_and_without_an_index() {
    let records = records(50, 40);
    let bytes = file_of(SIZE, &records, 7);
    check_seeks(&bytes, &records, true);
    check_seeks(without_end(&bytes), &records, false);
}

#[test]
fn times_that_go_backwards_or_stand_still_are_found_as_by_reading_everything() {
    let mut random = Random::new(5);
    for round in 0..10 {
        let mut records = records(40, 40);
        for (ticks, _) in &mut records {
            *ticks += STEP * i64::try_from(random.below(20)).unwrap() * (round % 5);
            *ticks -= *ticks % (STEP * (1 + round));
        }
        let bytes = file_of(SIZE, &records, 7);
        check_seeks(&bytes, &records, true);
        check_seeks(without_end(&bytes), &records, false);
    }
}

#[test]
fn times_at_the_ends_of_what_a_number_holds_are_found() {
    let data = vec![1; 40];
    let records: Records = [i64::MIN, -1, 0, i64::MAX].map(|ticks| (ticks, data.clone())).to_vec();
    let mut encoder = encoder(SIZE, EncoderOptions::default());
    push(&mut encoder, &records);
    encoder.finish(&ledger(4));
    let bytes = encoder.output().to_vec();
    let mut reader = SessionReader::new(Cursor::new(&bytes)).unwrap();
    // Every one is more than ten seconds after the one before, so each has a segment; but -1 and 0.
    assert_eq!(reader.index().unwrap().entries.len(), 3);
    for (number, (ticks, _)) in records.iter().enumerate() {
        reader.seek(Timestamp::from_ticks(*ticks)).unwrap();
        assert_eq!(read_from(&mut reader).records, records[number..]);
    }
}

/// Counts what is read of a file.
struct Counted {
    file: Cursor<Vec<u8>>,
    read: Rc<Cell<usize>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.file.read(buffer)?;
        self.read.set(self.read.get() + got);
        Ok(got)
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

#[test]
fn one_record_of_a_long_file_costs_its_index_and_one_segment() {
    // The index of ten hours, one segment each ten seconds; smaller segments, so that the test is quick.
    const SEGMENTS: usize = 3600;
    let mut encoder = encoder(FrameSize::Fixed(800), BY_HAND);
    let mut random = Random::new(9);
    let mut ticks = STARTED;
    for _ in 0..SEGMENTS {
        for _ in 0..4 {
            ticks += 25 * 100 * STEP / 10;
            encoder.push(Timestamp::from_ticks(ticks), &random.bytes(800)).unwrap();
        }
        encoder.seal();
    }
    encoder.finish(&ledger(4 * SEGMENTS));
    let bytes = encoder.output().to_vec();
    let length = bytes.len();
    let read = Rc::new(Cell::new(0));
    let mut reader = SessionReader::new(Counted { file: Cursor::new(bytes), read: read.clone() }).unwrap();
    let index = reader.index().unwrap();
    assert_eq!(index.entries.len(), SEGMENTS);
    let (segment, time) = (index.entries[2000].length, index.entries[2000].last);
    // The start of the file twice (to tell what it is, and for the header), index and ledger.
    let opened = read.get();
    assert!(opened < 40 * SEGMENTS + (160 << 10), "{opened} bytes to open");
    reader.seek(time).unwrap();
    assert_eq!(reader.next_record().unwrap().unwrap().timestamp, time);
    let sought = read.get() - opened;
    assert!(sought as u64 <= segment.next_multiple_of(64 << 10), "{sought} bytes to seek");
    assert!(read.get() < length / 20, "{} of {length} bytes", read.get());
}

#[test]
fn after_a_seek_reading_goes_on_to_the_end_and_back() {
    let records = records(50, 40);
    let bytes = file_of(SIZE, &records, 7);
    let mut reader = SessionReader::new(Cursor::new(&bytes)).unwrap();
    for number in [30, 3, 49, 0, 30] {
        reader.seek(Timestamp::from_ticks(records[number].0)).unwrap();
        for expected in records.iter().skip(number).take(9) {
            let record = reader.next_record().unwrap().unwrap();
            assert_eq!((record.timestamp.ticks(), record.data), (expected.0, expected.1.as_slice()));
        }
    }
    assert_eq!(read_from(&mut reader).records, records[39..]);
    assert_eq!(reader.next_record().unwrap(), None);
    reader.seek(Timestamp::MIN).unwrap();
    assert_eq!(read_from(&mut reader).records, records);
}
