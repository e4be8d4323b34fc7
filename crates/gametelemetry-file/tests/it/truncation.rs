//! A file cut at any byte: every whole block before the cut is read, the end is named, recovery makes it whole.

use std::fs;

use gametelemetry_file::{End, FrameSize, ReadError, SessionReader, files, recover, verify};

use crate::support::{
    BY_HAND, Piece, Records, encoder, file_of, folder, header, ledger, pieces, push, read, records, stream,
};

const SIZE: FrameSize = FrameSize::Fixed(40);

/// Four segments, two ledgers, an index.
fn small_file() -> (Records, Vec<u8>) {
    let records = records(20, 40);
    let bytes = file_of(SIZE, &records, 6);
    (records, bytes)
}

/// How a file of `pieces` ends when it is cut at `cut`, and how many of its blocks are whole.
fn expected(pieces: &[(Piece, usize)], cut: usize) -> (End, usize) {
    let blocks = pieces.iter().filter(|(piece, end)| *piece == Piece::Block && *end <= cut).count();
    let start = pieces.iter().map(|(_, end)| *end).take_while(|end| *end <= cut).last().unwrap_or(0);
    let end = match pieces.last() {
        Some((_, length)) if *length == cut => End::Complete,
        _ if start == cut => End::Unfinished,
        _ => End::PartialFrame { offset: start as u64 },
    };
    (end, blocks)
}

#[test]
fn cut_at_any_byte_every_whole_block_is_read_and_the_end_is_named() {
    let (records, bytes) = small_file();
    let pieces = pieces(&bytes);
    for cut in 1..=bytes.len() {
        let (end, blocks) = expected(&pieces, cut);
        let reading = read(&bytes[..cut]);
        assert_eq!(reading.end, end, "cut at {cut}");
        assert_eq!(reading.damage, [], "cut at {cut}");
        // Segments of six records have two blocks of three; the last segment has two records.
        let whole = (blocks * 3).min(records.len());
        assert_eq!(reading.records, records[..whole], "cut at {cut}");
    }
}

#[test]
fn nothing_at_all_is_said_to_be_nothing() {
    let error = SessionReader::new(std::io::Cursor::new([])).err().unwrap();
    assert!(matches!(error, ReadError::Empty));
}

#[test]
fn recovered_at_any_cut_a_file_is_whole_and_a_second_recovery_leaves_it_alone() {
    let (records, bytes) = small_file();
    let pieces = pieces(&bytes);
    let folder = folder();
    let path = folder.path().join("test.gtel");
    for cut in 1..=bytes.len() {
        fs::write(&path, &bytes[..cut]).unwrap();
        let (end, blocks) = expected(&pieces, cut);
        let whole = (blocks * 3).min(records.len());
        let recovered = recover(&path, |_| {}).unwrap();
        assert_eq!((recovered.end, recovered.records), (end, whole as u64), "cut at {cut}");
        assert_eq!(recovered.untouched, cut == bytes.len(), "cut at {cut}");

        let repaired = fs::read(&path).unwrap();
        let mut reader = files::open(&path).unwrap();
        let verdict = verify(&mut reader, |_| {}).unwrap();
        assert!(verdict.is_whole() && verdict.indexed == Some(whole as u64), "cut at {cut}: {verdict:?}");
        assert_eq!(read(&repaired).records, records[..whole], "cut at {cut}");
        // A file whose header was cut has an unknown layout from then on, and is kept as it was.
        let headed = cut >= pieces[0].1;
        assert_eq!(reader.header().game, if headed { "demo" } else { "unknown" });
        assert_eq!(recovered.kept.is_some(), !headed, "cut at {cut}");
        recovered.kept.map_or(Ok(()), fs::remove_file).unwrap();

        assert!(recover(&path, |_| {}).unwrap().untouched, "cut at {cut}");
        assert_eq!(fs::read(&path).unwrap(), repaired, "cut at {cut}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn recovery_keeps_the_last_ledger_and_says_so_in_it() {
    let records = records(12, 40);
    let mut encoder = encoder(SIZE, BY_HAND);
    push(&mut encoder, &records[..6]);
    let mut middle = ledger(6);
    (middle.finished, middle.torn) = (false, 3);
    encoder.ledger(&middle);
    push(&mut encoder, &records[6..]);
    encoder.flush();
    let folder = folder();
    let path = folder.path().join("test.gtel");
    fs::write(&path, encoder.output()).unwrap();
    assert!(!recover(&path, |_| {}).unwrap().untouched);
    let reader = files::open(&path).unwrap();
    let ledger = reader.ledger().unwrap();
    assert_eq!((ledger.recorded, ledger.torn, ledger.finished), (12, 3, false));
    assert!(ledger.notices[0].starts_with("recovered: the file was unfinished"), "{:?}", ledger.notices);
}

#[test]
fn cut_between_two_blocks_of_one_record_the_end_says_where_in_the_record() {
    const BLOCK: usize = 64 << 10;
    // The first block is full after `before` bytes of the second record; the file is cut behind that block.
    for (before, end) in [
        (0, End::Unfinished),
        (1, End::PartialTimestamp),
        (7, End::PartialTimestamp),
        (8, End::PartialSize),
        (11, End::PartialSize),
        (12, End::PartialData { expected: 500, got: 0 }),
        (13, End::PartialData { expected: 500, got: 1 }),
        (511, End::PartialData { expected: 500, got: 499 }),
        (512, End::Unfinished),
    ] {
        let first = BLOCK - 12 - before;
        let records = vec![(1, vec![7; first]), (2, vec![8; 500])];
        let mut encoder = encoder(FrameSize::Variable { max: 1 << 20 }, BY_HAND);
        push(&mut encoder, &records);
        encoder.finish(&ledger(2));
        let bytes = encoder.output().to_vec();
        let block = pieces(&bytes).iter().find(|(piece, _)| *piece == Piece::Block).unwrap().1;
        let reading = read(&bytes[..block]);
        assert_eq!(reading.end, end, "{before} bytes");
        assert_eq!(reading.records.len(), if before == 512 { 2 } else { 1 });
        assert_eq!(stream(&read(&bytes).records), stream(&records));
    }
}

#[test]
fn a_recording_without_records_is_whole() {
    let mut encoder = encoder(SIZE, BY_HAND);
    encoder.finish(&ledger(0));
    let bytes = encoder.output().to_vec();
    let mut reader = SessionReader::new(std::io::Cursor::new(bytes)).unwrap();
    assert_eq!(reader.header(), &header(SIZE));
    assert_eq!(reader.index().unwrap().entries, []);
    let verdict = verify(&mut reader, |_| {}).unwrap();
    assert!(verdict.is_whole(), "{verdict:?}");
    assert_eq!((verdict.records, verdict.first, verdict.end), (0, None, End::Complete));
}

#[test]
fn a_header_alone_is_an_unfinished_recording_that_can_be_recovered() {
    let folder = folder();
    let path = folder.path().join("test.gtel");
    fs::write(&path, encoder(SIZE, BY_HAND).output()).unwrap();
    let recovered = recover(&path, |_| {}).unwrap();
    assert_eq!((recovered.end, recovered.records, recovered.untouched), (End::Unfinished, 0, false));
    assert!(recover(&path, |_| {}).unwrap().untouched);
}

#[test]
fn a_file_that_is_being_written_is_not_repaired() {
    use gametelemetry_file::{BinarySessionWriter, RecoverError, SessionWriter as _, WriterOptions};
    if cfg!(windows) {
        println!("left out: there is no lock on Windows");
        return;
    }
    let folder = folder();
    let path = folder.path().join("test.gtel");
    let mut writer = BinarySessionWriter::create(&path, &header(SIZE), WriterOptions::default()).unwrap();
    assert!(matches!(recover(&path, |_| {}), Err(RecoverError::InUse { .. })));
    // A handle for syncing may live on; the file is free once it is ended.
    let _handle = writer.sync_handle().unwrap();
    writer.finish(&ledger(0)).unwrap();
    assert!(recover(&path, |_| {}).unwrap().untouched);
}
