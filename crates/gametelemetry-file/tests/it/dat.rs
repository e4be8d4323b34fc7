//! Files of the .NET implementation: with and without a head, as its LZ4 library (K4os) writes them, cut anywhere.

use std::fs;
use std::io::{Cursor, Write as _};

use gametelemetry_file::{
    DamageReason, End, FrameSize, ReadError, SessionReader, Timestamp, files, recover, verify,
};
use lz4_flex::frame::{BlockMode, BlockSize, FrameEncoder, FrameInfo};

use crate::support::{Records, folder, read, read_from, records, stream};

/// A head for game `ACC`, type `Physics`, version 1.8.12, as the .NET implementation writes it.
fn head(struct_size: i32) -> Vec<u8> {
    let mut head = b"GDT\0\x01\0\x03ACC\x07\0Physics".to_vec();
    head.extend((1_u32 << 24 | 8 << 16 | 12).to_le_bytes());
    head.extend(struct_size.to_le_bytes());
    head.extend([0; 16]);
    head
}

/// How a .NET program may set up its LZ4 encoder.
const SHAPES: &[(&str, BlockMode, BlockSize, bool, bool)] = &[
    ("independent 4 MiB", BlockMode::Independent, BlockSize::Max4MB, false, false),
    ("independent 4 MiB with checksums", BlockMode::Independent, BlockSize::Max4MB, true, true),
    ("linked 64 KiB, the default of K4os", BlockMode::Linked, BlockSize::Max64KB, false, false),
    ("linked 1 MiB with a content checksum", BlockMode::Linked, BlockSize::Max1MB, false, true),
    ("independent 256 KiB with block checksums", BlockMode::Independent, BlockSize::Max256KB, true, false),
];

fn frame(data: &[u8], shape: usize, size_in_head: bool) -> Vec<u8> {
    let (_, mode, size, block_checksums, content_checksum) = SHAPES[shape];
    let info = FrameInfo::new()
        .block_mode(mode)
        .block_size(size)
        .block_checksums(block_checksums)
        .content_checksum(content_checksum)
        .content_size(size_in_head.then_some(data.len() as u64));
    let mut encoder = FrameEncoder::with_frame_info(info, Vec::new());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn files_of_every_shape_are_read_to_the_last_record() {
    // 6 MB: more than one block of the largest size.
    let records = records(7500, 800);
    let data = stream(&records);
    for (number, (name, ..)) in SHAPES.iter().enumerate() {
        for size_in_head in [false, true] {
            for head in [Vec::new(), head(800)] {
                let bytes = [head, frame(&data, number, size_in_head)].concat();
                let mut reader = SessionReader::new(Cursor::new(bytes)).unwrap();
                let verdict = verify(&mut reader, |_| {}).unwrap();
                assert!(verdict.is_whole(), "{name}: {verdict:?}");
                assert_eq!(
                    (verdict.end, verdict.indexed, verdict.ledger),
                    (End::Complete, None, None),
                    "{name}"
                );
                reader.seek(Timestamp::MIN).unwrap();
                assert!(read_from(&mut reader).records == records, "{name}");
                reader.seek(Timestamp::from_ticks(records[5000].0)).unwrap();
                assert_eq!(reader.next_record().unwrap().unwrap().data, records[5000].1, "{name}");
            }
        }
    }
}

#[test]
fn the_head_becomes_the_header() {
    let with_head = |struct_size| [head(struct_size), frame(&[], 2, false)].concat();
    let reader = SessionReader::new(Cursor::new(with_head(800))).unwrap();
    assert!(!reader.has_header());
    let header = reader.header();
    assert_eq!((header.game.as_str(), header.source.as_str()), ("acc", "Physics"));
    assert_eq!((header.schema.name.as_str(), header.schema.version.as_str()), ("Physics", "1.8.12"));
    assert_eq!(header.schema.size, FrameSize::Fixed(800));
    assert_eq!(header.schema.fields.len(), 1);
    for struct_size in [0, -1, i32::MIN, i32::MAX] {
        let reader = SessionReader::new(Cursor::new(with_head(struct_size))).unwrap();
        assert!(matches!(reader.schema().size, FrameSize::Variable { .. }), "{struct_size}");
    }
    // The oldest files say nothing of themselves.
    let reader = SessionReader::new(Cursor::new(frame(&[], 2, false))).unwrap();
    assert_eq!((reader.header().game.as_str(), reader.schema().name.as_str()), ("unknown", "Unknown"));
}

#[test]
fn cut_anywhere_every_record_of_every_whole_block_is_read() {
    let records = records(300, 800);
    let data = stream(&records);
    for (number, (name, ..)) in SHAPES.iter().enumerate() {
        for head in [Vec::new(), head(800)] {
            let bytes = [head.clone(), frame(&data, number, false)].concat();
            let mut before = 0;
            // Every byte of heads, of the first block's start and of the end; some of the blocks' insides.
            let length = bytes.len();
            for cut in (1..200).chain((200..length - 50).step_by(211)).chain(length - 50..length) {
                let reading = read(&bytes[..cut]);
                assert!(reading.records.len() >= before, "{name} cut at {cut}");
                before = reading.records.len();
                assert!(reading.records == records[..before], "{name} cut at {cut}");
                assert_eq!(reading.damage, [], "{name} cut at {cut}");
                assert_ne!(reading.end, End::Complete, "{name} cut at {cut}");
                if cut < head.len() {
                    assert_eq!(reading.end, End::PartialFrame { offset: 0 }, "{name} cut at {cut}");
                }
            }
        }
    }
}

#[test]
fn a_block_that_ends_inside_a_record_at_the_cut_names_the_place() {
    // 64 KiB blocks of records of 812 bytes: the first one ends 576 bytes into the 81st.
    let data = stream(&records(300, 800));
    let bytes = frame(&data, 2, false);
    let block = u32::from_le_bytes(bytes[7..11].try_into().unwrap()) & 0x7fff_ffff;
    let reading = read(&bytes[..11 + block as usize]);
    assert_eq!(reading.records.len(), 80);
    assert_eq!(reading.end, End::PartialData { expected: 800, got: 564 });
    // And so does a whole frame whose writer was stopped inside a record.
    assert_eq!(read(&frame(&data[..812 * 2 + 5], 2, false)).end, End::PartialTimestamp);
    assert_eq!(read(&frame(&data[..812 * 2], 2, false)).end, End::Complete);
}

#[test]
fn damage_is_found_where_there_is_a_checksum_or_an_impossible_size() {
    let records = records(300, 800);
    let data = stream(&records);
    let mut bytes = frame(&data, 4, false);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    assert_eq!(read(&bytes).damage[0].reason, DamageReason::BlockChecksum);
    // Only the contents have a checksum; the records before are given all the same.
    let mut bytes = frame(&data, 3, false);
    *bytes.last_mut().unwrap() ^= 1;
    let reading = read(&bytes);
    assert_eq!((reading.records.len(), reading.damage[0].reason), (300, DamageReason::ContentChecksum));
    let mut lying = data;
    lying[812 * 7 + 8] = 33;
    let reading = read(&[head(800), frame(&lying, 2, false)].concat());
    assert_eq!(reading.records, records[..7]);
    assert_eq!(reading.damage[0].reason, DamageReason::SizeNotAllowed { size: 0x321 | 33 });
    assert!(matches!(reading.end, End::Corrupt { .. }));
}

#[test]
fn a_record_that_goes_on_in_a_second_frame_is_damage() {
    let records = records(4, 800);
    let data = stream(&records);
    let bytes = [frame(&data[..1000], 2, false), frame(&data[812 * 2..], 2, false)].concat();
    let reading = read(&bytes);
    assert_eq!(reading.records, [&records[..1], &records[2..]].concat());
    assert_eq!(reading.damage[0].reason, DamageReason::RecordCut);
    assert_eq!(reading.end, End::Complete);
}

#[test]
fn a_whole_dat_is_left_alone_and_a_cut_one_is_recovered_beside_its_old_bytes() {
    let records: Records = records(300, 800);
    let folder = folder();
    let path = folder.path().join("physics.dat");
    let whole = [head(800), frame(&stream(&records), 2, false)].concat();
    fs::write(&path, &whole).unwrap();
    assert!(recover(&path, |_| {}).unwrap().untouched);
    assert_eq!(fs::read(&path).unwrap(), whole);

    let cut = &whole[..whole.len() * 3 / 4];
    fs::write(&path, cut).unwrap();
    let expected = read(cut).records;
    let recovered = recover(&path, |_| {}).unwrap();
    assert_eq!((recovered.records, recovered.untouched), (expected.len() as u64, false));
    assert_eq!(fs::read(recovered.kept.unwrap()).unwrap(), cut);
    let mut reader = files::open(&path).unwrap();
    assert_eq!((reader.header().game.as_str(), reader.schema().version.as_str()), ("acc", "1.8.12"));
    assert!(verify(&mut reader, |_| {}).unwrap().is_whole());
    assert_eq!(read(&fs::read(&path).unwrap()).records, expected);
    assert!(recover(&path, |_| {}).unwrap().untouched);
}

#[test]
fn a_head_followed_by_something_else_than_lz4_is_damage() {
    let reading = read(&[head(800), b"not lz4 at all".to_vec()].concat());
    assert_eq!((reading.records.len(), reading.damage[0].reason), (0, DamageReason::NotAFrame));
    let error = SessionReader::new(Cursor::new(b"GDX\0 is no head")).err().unwrap();
    assert!(matches!(error, ReadError::NotASession { .. }));
}
