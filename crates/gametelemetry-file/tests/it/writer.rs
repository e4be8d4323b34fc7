//! The writer: when blocks and segments end, what a full disk and a dropped writer leave behind.

use std::fs;
use std::path::Path;
use std::time::Duration;

use gametelemetry_file::{
    BinarySessionWriter, ChannelMapping, EncoderOptions, End, FrameSize, RecordSizeError, SchemaError,
    SessionEncoder, SessionWriter as _, Timestamp, WriteError, WriterOptions, files, verify,
};

use crate::support::{
    BY_HAND, Piece, Records, STARTED, STEP, encoder, folder, header, ledger, pieces, push, read, read_from,
    records, segments, stream,
};

const SIZE: FrameSize = FrameSize::Fixed(800);
const VARIABLE: FrameSize = FrameSize::Variable { max: 1 << 20 };

pub(crate) fn create(
    path: &Path,
    size: FrameSize,
    encoder: EncoderOptions,
) -> Result<BinarySessionWriter, WriteError> {
    BinarySessionWriter::create(path, &header(size), WriterOptions { encoder })
}

fn write_all(writer: &mut BinarySessionWriter, records: &[(i64, Vec<u8>)]) {
    for (ticks, data) in records {
        writer.write(Timestamp::from_ticks(*ticks), data).unwrap();
    }
}

#[test]
fn an_existing_file_is_never_touched() {
    let folder = folder();
    let path = folder.path().join("test.gtel");
    fs::write(&path, b"somebody's").unwrap();
    let error = create(&path, SIZE, BY_HAND).err().unwrap();
    assert!(
        matches!(&error, WriteError::Create { source, .. } if source.kind() == std::io::ErrorKind::AlreadyExists)
    );
    assert!(error.is_fatal());
    assert_eq!(fs::read(&path).unwrap(), b"somebody's");
}

#[test]
fn what_is_finished_is_whole_and_counted() {
    let records = records(95, 800);
    let folder = folder();
    let path = folder.path().join("test.gtel");
    let mut writer = create(&path, SIZE, EncoderOptions::default()).unwrap();
    write_all(&mut writer, &records);
    let written = writer.finish(&ledger(95)).unwrap();
    let length = fs::metadata(&path).unwrap().len();
    assert_eq!((written.records, written.record_bytes, written.file_bytes), (95, 95 * 812, length));
    let verdict = verify(&mut files::open(&path).unwrap(), |_| {}).unwrap();
    assert!(verdict.is_whole(), "{verdict:?}");
    assert_eq!((verdict.records, verdict.indexed, verdict.record_bytes), (95, Some(95), 95 * 812));
    // Nothing can be added to a finished file.
    assert!(writer.write(Timestamp::MIN, &records[0].1).is_err());
    assert!(writer.finish(&ledger(95)).is_err());
    drop(writer);
    assert_eq!(fs::metadata(&path).unwrap().len(), length);
}

#[test]
fn a_dropped_writer_ends_its_file() {
    let records = records(15, 800);
    let folder = folder();
    let path = folder.path().join("test.gtel");
    let mut writer = create(&path, SIZE, EncoderOptions::default()).unwrap();
    write_all(&mut writer, &records[..5]);
    let mut middle = ledger(5);
    middle.torn = 2;
    writer.ledger(&middle).unwrap();
    write_all(&mut writer, &records[5..]);
    drop(writer);
    let mut reader = files::open(&path).unwrap();
    assert!(verify(&mut reader, |_| {}).unwrap().is_whole());
    // The last ledger given, but for what the writer knows better.
    let ledger = reader.ledger().unwrap();
    assert_eq!((ledger.recorded, ledger.torn, ledger.finished), (15, 2, false));
}

#[test]
fn a_frame_that_the_schema_does_not_allow_is_refused_and_the_rest_is_written() {
    let folder = folder();
    let path = folder.path().join("test.gtel");
    let mut writer = create(&path, SIZE, EncoderOptions::default()).unwrap();
    for length in [0, 799, 801] {
        let error = writer.write(Timestamp::MIN, &vec![0; length]).unwrap_err();
        let expected = RecordSizeError { got: length, allowed: SIZE };
        assert!(matches!(&error, WriteError::RecordSize(found) if *found == expected), "{error}");
        assert!(!error.is_fatal());
    }
    write_all(&mut writer, &records(3, 800));
    assert_eq!(writer.finish(&ledger(3)).unwrap().records, 3);
}

#[test]
fn a_header_that_no_reader_would_take_is_refused_and_no_file_is_made() {
    let folder = folder();
    let path = folder.path().join("test.gtel");
    let mut infinite = header(SIZE);
    infinite.channels.push(ChannelMapping::new("speed", "test", "data").scale(f64::INFINITY));
    let mut added = header(SIZE);
    added.channels.push(ChannelMapping::new("lap_time", "test", "data").plus("data", f64::NAN));
    let mut parted = header(SIZE);
    parted.channels.push(ChannelMapping::new("sector", "test", "data").bounds(vec![0.5, f64::INFINITY]));
    let mut long = header(SIZE);
    long.schema.reference = "x".repeat(17 << 20);
    for (header, expected) in [
        (infinite, SchemaError::NotFinite { channel: "speed".into() }),
        (added, SchemaError::NotFinite { channel: "lap_time".into() }),
        (parted, SchemaError::NotFinite { channel: "sector".into() }),
        (long, SchemaError::TooLong { got: 0, most: 0 }),
    ] {
        let error = BinarySessionWriter::create(&path, &header, WriterOptions::default()).err().unwrap();
        let WriteError::Schema(found) = error else { panic!("{error}") };
        assert_eq!(std::mem::discriminant(&found), std::mem::discriminant(&expected), "{found}");
        assert!(!path.exists());
    }
}

#[test]
fn every_tenth_record_ends_a_block_that_is_in_the_file_at_once() {
    let records = records(40, 800);
    let folder = folder();
    let path = folder.path().join("test.gtel");
    let mut writer = create(&path, SIZE, EncoderOptions::default()).unwrap();
    for (number, record) in records.iter().enumerate() {
        write_all(&mut writer, std::slice::from_ref(record));
        let stored = read(&fs::read(&path).unwrap());
        assert_eq!(stored.records, records[..(number + 1) / 10 * 10]);
        assert_eq!(stored.end, End::Unfinished);
        assert_eq!(writer.file_bytes(), fs::metadata(&path).unwrap().len());
    }
}

#[test]
fn what_waits_for_a_block_to_end_does_not_pile_up_in_memory() {
    // As recovery writes: nothing ends a block but its size.
    let mut records = records(40, 100_000);
    let mut random = crate::support::Random::new(4);
    records.iter_mut().for_each(|(_, data)| *data = random.bytes(100_000));
    let folder = folder();
    let path = folder.path().join("test.gtel");
    let mut writer = create(&path, VARIABLE, BY_HAND).unwrap();
    let mut before = 0;
    for record in &records {
        write_all(&mut writer, std::slice::from_ref(record));
        before += record.1.len() as u64;
        assert!(before.saturating_sub(writer.file_bytes()) < 512 << 10, "{before} {}", writer.file_bytes());
    }
    writer.finish(&ledger(40)).unwrap();
    assert!(read(&fs::read(&path).unwrap()).records == records);
}

#[test]
fn segments_are_sealed_by_size_and_by_time() {
    let options = |segment_bytes, seconds| EncoderOptions {
        segment_bytes,
        segment_time: Duration::from_secs(seconds),
        ..EncoderOptions::default()
    };
    // 300 records of 812 bytes, three seconds.
    for (name, options, expected) in [
        ("by default", EncoderOptions::default(), vec![300]),
        ("after 100 records' bytes", options(81_200, 1000), vec![100, 100, 100]),
        ("after a byte more than that", options(81_201, 1000), vec![101, 101, 98]),
        ("each second", options(u64::MAX, 1), vec![100, 100, 100]),
        ("two seconds", options(u64::MAX, 2), vec![200, 100]),
        ("each record", options(1, 1000), vec![1; 300]),
    ] {
        let records = records(300, 800);
        let mut encoder = encoder(SIZE, options);
        push(&mut encoder, &records);
        encoder.finish(&ledger(300));
        let bytes = encoder.output().to_vec();
        let index = gametelemetry_file::SessionReader::new(std::io::Cursor::new(&bytes)).unwrap();
        let entries = &index.index().unwrap().entries;
        assert_eq!(entries.iter().map(|entry| entry.records).collect::<Vec<_>>(), expected, "{name}");
        // The index is true: each segment stands where it says and decodes alone to the records it says.
        let ranges = segments(&bytes);
        let mut number = 0;
        for (entry, range) in entries.iter().zip(&ranges) {
            assert_eq!((entry.offset, entry.length), (range.start as u64, range.len() as u64), "{name}");
            let alone = read(&bytes[range.clone()]);
            assert_eq!(alone.end, End::Complete, "{name}");
            assert_eq!(alone.records, records[number..number + alone.records.len()], "{name}");
            assert_eq!(entry.first.ticks(), alone.records.first().unwrap().0, "{name}");
            assert_eq!(entry.last.ticks(), alone.records.last().unwrap().0, "{name}");
            number += alone.records.len();
        }
        assert_eq!((number, ranges.len()), (300, entries.len()), "{name}");
    }
}

#[test]
fn frames_of_every_size_come_back() {
    for sizes in [
        vec![0],
        vec![0, 0, 0, 1, 0],
        vec![65_523, 65_524, 65_525, 1],
        vec![65_536, 0, 200_000, 3, 1 << 20],
        (0..300).collect(),
    ] {
        let records: Records =
            (0_i64..).zip(&sizes).map(|(ticks, size)| (ticks, records(1, *size).remove(0).1)).collect();
        for options in [EncoderOptions::default(), EncoderOptions { flush_records: 1, ..BY_HAND }, BY_HAND] {
            let mut encoder = encoder(VARIABLE, options);
            push(&mut encoder, &records);
            encoder.finish(&ledger(records.len()));
            let bytes = encoder.output().to_vec();
            let reading = read(&bytes);
            assert!(reading.records == records, "{sizes:?}");
            assert_eq!((reading.end, reading.damage.len()), (End::Complete, 0), "{sizes:?}");
        }
    }
}

#[test]
fn a_ledger_in_the_middle_stands_between_two_segments() {
    let records = records(20, 800);
    let mut encoder = encoder(SIZE, EncoderOptions::default());
    // A ledger before any record, and two in a row, open no segment.
    encoder.ledger(&ledger(0));
    push(&mut encoder, &records[..7]);
    encoder.ledger(&ledger(7));
    encoder.ledger(&ledger(7));
    encoder.flush();
    encoder.seal();
    push(&mut encoder, &records[7..]);
    encoder.finish(&ledger(20));
    let bytes = encoder.output().to_vec();
    let ledger = Piece::Section(*b"GTLG");
    let expected = [
        Piece::Section(*b"GTHD"),
        ledger,
        Piece::SegmentHead,
        Piece::Block,
        Piece::SegmentEnd,
        ledger,
        ledger,
        Piece::SegmentHead,
        Piece::Block,
        Piece::Block,
        Piece::SegmentEnd,
        ledger,
        Piece::Section(*b"GTIX"),
    ];
    assert_eq!(pieces(&bytes).iter().map(|(piece, _)| *piece).collect::<Vec<_>>(), expected);
    assert_eq!(read(&bytes).records, records);
}

#[test]
fn times_that_go_backwards_are_kept_as_they_are_and_counted() {
    let mut records = records(30, 800);
    records[10].0 -= 5 * STEP;
    records[20].0 = STARTED - 1;
    let mut encoder = encoder(SIZE, EncoderOptions::default());
    push(&mut encoder, &records);
    encoder.finish(&ledger(30));
    let mut reader = gametelemetry_file::SessionReader::new(std::io::Cursor::new(encoder.output())).unwrap();
    let entry = reader.index().unwrap().entries[0];
    assert_eq!((entry.first.ticks(), entry.last.ticks()), (records[0].0, records[29].0));
    let verdict = verify(&mut reader, |_| {}).unwrap();
    assert_eq!((verdict.backwards, verdict.is_whole()), (2, true));
    reader.seek(Timestamp::MIN).unwrap();
    assert_eq!(read_from(&mut reader).records, records);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = folder();
    let missing = folder.path().join("no such folder").join("test.gtel");
    let error = create(&missing, SIZE, BY_HAND).err().unwrap().to_string();
    assert!(error.starts_with("cannot create the session file, check that the folder exists"), "{error}");
    assert!(error.ends_with("test.gtel"), "{error}");
}

#[test]
fn the_output_of_the_encoder_does_not_depend_on_when_it_is_taken() {
    let records = records(100, 800);
    let options = EncoderOptions { segment_bytes: 20_000, ..EncoderOptions::default() };
    let mut once = SessionEncoder::new(&header(SIZE), options).unwrap();
    push(&mut once, &records);
    once.finish(&ledger(100));
    let mut often = SessionEncoder::new(&header(SIZE), options).unwrap();
    let mut taken = Vec::new();
    for record in &records {
        push(&mut often, std::slice::from_ref(record));
        taken.extend_from_slice(often.output());
        often.clear_output();
    }
    often.finish(&ledger(100));
    taken.extend_from_slice(often.output());
    assert!(taken == once.output());
    assert_eq!((often.records(), often.record_bytes()), (100, stream(&records).len() as u64));
}
