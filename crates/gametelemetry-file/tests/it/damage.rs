//! Damage of the kinds that happen: flipped bits, zeros after a power cut, missing and added parts. At most the
//! damaged segment is lost; everything else is intact.

use std::fs;
use std::io::Cursor;
use std::ops::Range;

use gametelemetry_file::{
    DamageReason, EncoderOptions, End, FrameSize, Ledger, SessionReader, Timestamp, files, recover, verify,
};

use crate::support::{
    BY_HAND, Piece, Random, Reading, Records, encoder, file_of, folder, header, ledger, pieces, push, read,
    records, segments,
};

const SIZE: FrameSize = FrameSize::Fixed(40);
/// Records of one segment of [`sample`].
const SEGMENT: usize = 12;

/// A small file of six segments, its records, and where each segment is.
fn sample() -> (Vec<u8>, Records, Vec<Range<usize>>) {
    let records = records(70, 40);
    let bytes = file_of(SIZE, &records, SEGMENT);
    let segments = segments(&bytes);
    assert_eq!(segments.len(), 6);
    (bytes, records, segments)
}

/// What must be left of `records` when the segments `lost` are damaged: all of the others, and of each damaged one
/// a part from its start.
#[track_caller]
fn check_others_are_intact(reading: &Reading, records: &Records, lost: &[usize], context: &str) {
    let mut rest = reading.records.as_slice();
    for (number, segment) in records.chunks(SEGMENT).enumerate() {
        let same = segment.iter().zip(rest).take_while(|(expected, got)| expected == got).count();
        assert!(
            same == segment.len() || lost.contains(&number),
            "{context}: segment {number} has {same} records"
        );
        rest = &rest[same..];
    }
    assert_eq!(rest, [], "{context}: records that were never written");
}

/// The segments that a place of the file is in.
fn touched(segments: &[Range<usize>], at: usize) -> Vec<usize> {
    (0..segments.len()).filter(|&number| segments[number].contains(&at)).collect()
}

#[test]
fn one_flipped_bit_anywhere_costs_at_most_its_segment_and_is_noticed() {
    let (bytes, records, segments) = sample();
    let pieces = pieces(&bytes);
    for at in 0..bytes.len() {
        // Every third bit: all of them are hit in turn, at a third of the time.
        for bit in (at % 3..8).step_by(3) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << bit;
            let context = format!("byte {at} bit {bit}");
            let Ok(mut reader) = SessionReader::new(Cursor::new(&damaged)) else { panic!("{context}") };
            let verdict = verify(&mut reader, |_| {}).unwrap();
            check_others_are_intact(&read(&damaged), &records, &touched(&segments, at), &context);
            let place = pieces.iter().position(|(_, end)| *end > at).unwrap();
            let start = if place == 0 { 0 } else { pieces[place - 1].1 };
            let is_ledger = pieces[place].0 == Piece::Section(*b"GTLG");
            // Two kinds of damage change nothing: the four lowest bits of a skippable frame's magic number are
            // free, and a tag that is not ours makes of a ledger somebody else's frame.
            let is_free = matches!(pieces[place].0, Piece::Section(_)) && at == start && bit < 4;
            let is_foreign = is_ledger && (start + 8..start + 12).contains(&at);
            assert!(is_free || is_foreign || !verdict.is_whole(), "{context}: {verdict:?}");
        }
    }
}

#[test]
fn many_flipped_bits_cost_at_most_their_segments() {
    let (bytes, records, segments) = sample();
    let mut random = Random::new(1);
    for round in 0..5000 {
        let mut damaged = bytes.clone();
        let mut lost = Vec::new();
        for _ in 0..=random.below(5) {
            let at = random.below(bytes.len());
            damaged[at] ^= 1 << random.below(8);
            lost.extend(touched(&segments, at));
        }
        let Ok(mut reader) = SessionReader::new(Cursor::new(&damaged)) else { continue };
        check_others_are_intact(&read(&damaged), &records, &lost, &format!("round {round}"));
        let target = Timestamp::from_ticks(records[random.below(records.len())].0);
        reader.seek(target).unwrap();
        while let Some(record) = reader.next_record().unwrap() {
            assert!(records.iter().any(|(_, data)| data == record.data), "round {round}");
        }
    }
}

#[test]
fn random_bytes_in_a_row_cost_at_most_the_segments_they_are_in() {
    let (bytes, records, segments) = sample();
    let mut random = Random::new(2);
    for round in 0..5000 {
        let mut damaged = bytes.clone();
        let start = random.below(bytes.len());
        let length = (1 + random.below(600)).min(bytes.len() - start);
        let zeros = round % 3 == 0;
        let noise = if zeros { vec![0; length] } else { random.bytes(length) };
        damaged[start..start + length].copy_from_slice(&noise);
        if SessionReader::new(Cursor::new(&damaged)).is_err() {
            continue;
        }
        let lost: Vec<_> = (start..start + length).flat_map(|at| touched(&segments, at)).collect();
        check_others_are_intact(&read(&damaged), &records, &lost, &format!("round {round}"));
    }
}

#[test]
fn a_damaged_file_is_recovered_with_what_can_be_read_and_kept_as_it_was() {
    let (bytes, _, segments) = sample();
    let folder = folder();
    let path = folder.path().join("test.gtel");
    let mut damaged = bytes.clone();
    damaged[segments[2].start + 60] ^= 4;
    fs::write(&path, &damaged).unwrap();
    let expected = read(&damaged).records;
    let recovered = recover(&path, |_| {}).unwrap();
    assert_eq!(recovered.end, End::Complete);
    assert_eq!(recovered.damage.len(), 1);
    assert_eq!(recovered.damage[0].resumed, Some(segments[3].start as u64));
    assert_eq!(fs::read(recovered.kept.unwrap()).unwrap(), damaged);
    let reading = read(&fs::read(&path).unwrap());
    assert_eq!((reading.records, reading.damage), (expected, Vec::new()));
    let reader = files::open(&path).unwrap();
    assert!(reader.ledger().unwrap().notices[1].starts_with("recovered: corrupt block at byte"));
    assert!(recover(&path, |_| {}).unwrap().untouched);
}

/// A change to a whole file, the segments it costs, the end, and the first damage that is named.
type Case = (&'static str, fn(&mut Vec<u8>, &[Range<usize>]), &'static [usize], Ending, Option<DamageReason>);

#[derive(Debug)]
enum Ending {
    Complete,
    Corrupt,
}

const CASES: &[Case] = &[
    (
        "zeros at the end, as after a power cut",
        |bytes, segments| bytes[segments[4].start + 30..].fill(0),
        &[4, 5],
        Ending::Corrupt,
        None,
    ),
    (
        "garbage behind the index",
        |bytes, _| bytes.extend(Random::new(3).bytes(5000)),
        &[],
        Ending::Corrupt,
        Some(DamageReason::NotAFrame),
    ),
    (
        "a segment taken out of the middle",
        |bytes, segments| drop(bytes.drain(segments[3].clone())),
        &[3],
        Ending::Complete,
        Some(DamageReason::SectionChecksum),
    ),
    (
        "bytes put in between two segments",
        |bytes, segments| drop(bytes.splice(segments[3].start..segments[3].start, *b"not a frame")),
        &[],
        Ending::Complete,
        Some(DamageReason::NotAFrame),
    ),
    (
        "the start of a segment missing",
        |bytes, segments| drop(bytes.drain(segments[3].start..segments[3].start + 20)),
        &[3],
        Ending::Complete,
        Some(DamageReason::NotAFrame),
    ),
    (
        "the end of a segment missing",
        |bytes, segments| drop(bytes.drain(segments[3].end - 20..segments[3].end)),
        &[3],
        Ending::Complete,
        None,
    ),
    (
        "header with a wrong letter",
        |bytes, _| bytes[30] ^= 1,
        &[],
        Ending::Complete,
        Some(DamageReason::SectionChecksum),
    ),
    (
        "header that is not even a section",
        |bytes, _| bytes[0] = b'x',
        &[],
        Ending::Complete,
        Some(DamageReason::NotAFrame),
    ),
    (
        "header that claims to be longer than the file",
        |bytes, _| bytes[6] = 0x70,
        &[],
        Ending::Complete,
        Some(DamageReason::SectionChecksum),
    ),
    (
        "header that claims 4 GiB",
        |bytes, _| bytes[4..8].fill(0xff),
        &[],
        Ending::Complete,
        Some(DamageReason::SectionChecksum),
    ),
    (
        "header with another tag",
        |bytes, _| bytes[8] = b'X',
        &[],
        Ending::Complete,
        Some(DamageReason::SectionChecksum),
    ),
    (
        "block that claims to reach behind the end of the file",
        |bytes, segments| bytes[segments[5].start + 8] = 0xff,
        &[5],
        Ending::Complete,
        Some(DamageReason::BlockTooLarge { stored: 0xff00 }),
    ),
    (
        "block that claims more than a block may have",
        |bytes, segments| bytes[segments[1].start + 9] = 0x7f,
        &[1],
        Ending::Complete,
        None,
    ),
];

#[test]
fn damage_of_every_kind_is_named_and_passed_over() {
    for (name, change, lost, ending, reason) in CASES {
        let (mut bytes, records, segments) = sample();
        change(&mut bytes, &segments);
        let reading = read(&bytes);
        check_others_are_intact(&reading, &records, lost, name);
        match ending {
            Ending::Complete => assert_eq!(reading.end, End::Complete, "{name}"),
            Ending::Corrupt => {
                assert!(matches!(reading.end, End::Corrupt { .. }), "{name}: {:?}", reading.end)
            }
        }
        assert!(!reading.damage.is_empty(), "{name}");
        if let Some(reason) = reason {
            let named = reading.damage[0].reason;
            // The number of bytes is the block's own, of which the case sets one.
            let same_block = matches!(
                (named, reason),
                (DamageReason::BlockTooLarge { .. }, DamageReason::BlockTooLarge { .. })
            );
            assert!(named == *reason || same_block, "{name}: {:?}", reading.damage);
        }
        let last_resumed = reading.damage.last().unwrap().resumed.is_some();
        assert_eq!(last_resumed, matches!(ending, Ending::Complete), "{name}: {:?}", reading.damage);
        let mut reader = SessionReader::new(Cursor::new(bytes)).unwrap();
        let verdict = verify(&mut reader, |_| {}).unwrap();
        assert!(!verdict.is_whole(), "{name}");
        assert_eq!(verdict.records, reading.records.len() as u64, "{name}");
        // A second pass over the file must not list what the first one has listed.
        assert_eq!(verify(&mut reader, |_| {}).unwrap(), verdict, "{name}");
    }
}

#[test]
fn a_file_with_an_index_and_damage_is_read_by_its_index_and_around_the_damage() {
    let (mut bytes, records, segments) = sample();
    bytes[segments[2].start + 40] ^= 0x10;
    let mut reader = SessionReader::new(Cursor::new(bytes)).unwrap();
    assert!(reader.index().is_some());
    // A time in the damaged segment: the next one that can be read is given, and the damage is listed once.
    for _ in 0..3 {
        reader.seek(Timestamp::from_ticks(records[2 * SEGMENT + 11].0)).unwrap();
        let record = reader.next_record().unwrap().unwrap();
        assert_eq!(record.timestamp.ticks(), records[3 * SEGMENT].0);
        assert_eq!(reader.damage().len(), 1);
    }
    reader.seek(Timestamp::from_ticks(records[0].0)).unwrap();
    assert_eq!(reader.next_record().unwrap().unwrap().data, records[0].1);
}

#[test]
fn contents_that_differ_from_their_checksum_are_noticed() {
    // Only the checksum of the contents is wrong: every record is given, and the segment is said to be damaged.
    let (mut bytes, records, segments) = sample();
    bytes[segments[1].end - 1] ^= 1;
    let mut reader = SessionReader::new(Cursor::new(&bytes)).unwrap();
    reader.seek(Timestamp::MIN).unwrap();
    let mut number = 0;
    while reader.next_record().unwrap().is_some() {
        number += 1;
    }
    assert_eq!(number, records.len());
    let offset = segments[1].end as u64 - 8;
    assert_eq!(
        (reader.damage()[0].reason, reader.damage()[0].offset),
        (DamageReason::ContentChecksum, offset)
    );
    assert_eq!(
        verify(&mut SessionReader::new(Cursor::new(&bytes)).unwrap(), |_| {}).unwrap().damage.len(),
        1
    );
}

#[test]
fn a_block_that_is_taken_for_compressed_or_not_by_a_flipped_bit_is_noticed() {
    // The checksum of a block does not cover the bit, and in a file of frames of any size garbage may look like them.
    let mut random = Random::new(8);
    let mut records = records(60, 40);
    records.iter_mut().step_by(5).for_each(|(_, data)| {
        let length = random.below(90);
        *data = random.bytes(length);
    });
    let bytes = file_of(FrameSize::Variable { max: 1 << 20 }, &records, SEGMENT);
    let mut start = 0;
    for (piece, end) in pieces(&bytes) {
        if piece == Piece::Block {
            let mut damaged = bytes.clone();
            damaged[start + 3] ^= 0x80;
            let mut reader = SessionReader::new(Cursor::new(&damaged)).unwrap();
            let verdict = verify(&mut reader, |_| {}).unwrap();
            assert!(!verdict.is_whole() && !verdict.damage.is_empty(), "block at {start}: {verdict:?}");
        }
        start = end;
    }
}

#[test]
fn a_ledger_before_the_end_does_not_replace_the_last_one() {
    let records = records(12, 40);
    let mut encoder = encoder(SIZE, EncoderOptions::default());
    push(&mut encoder, &records[..6]);
    encoder.ledger(&Ledger { looks: 1, ..Ledger::default() });
    push(&mut encoder, &records[6..]);
    encoder.finish(&ledger(12));
    let bytes = encoder.output().to_vec();
    let mut reader = SessionReader::new(Cursor::new(&bytes)).unwrap();
    while reader.next_record().unwrap().is_some() {
        assert_eq!(reader.ledger().unwrap().looks, 12);
    }
    // Without an index the one read last is the newest known.
    let cut = bytes.len() - 1;
    let mut reader = SessionReader::new(Cursor::new(&bytes[..cut])).unwrap();
    assert_eq!(reader.ledger(), None);
    for _ in 0..7 {
        reader.next_record().unwrap();
    }
    assert_eq!(reader.ledger().unwrap().looks, 1);
    while reader.next_record().unwrap().is_some() {}
    assert_eq!(reader.ledger().unwrap().looks, 12);
}

#[test]
fn a_record_of_a_size_that_the_schema_does_not_allow_ends_its_segment() {
    // Two files of the same records, one of which lies about their size in its schema.
    let records = records(6, 40);
    let mut honest = encoder(SIZE, BY_HAND);
    push(&mut honest, &records);
    honest.finish(&ledger(6));
    let bytes = honest.output().to_vec();
    let mut lying = encoder(FrameSize::Fixed(41), BY_HAND).output().to_vec();
    lying.extend(&bytes[segments(&bytes)[0].clone()]);
    let reading = read(&lying);
    assert_eq!(reading.records, []);
    assert_eq!(reading.damage[0].reason, DamageReason::SizeNotAllowed { size: 40 });
    assert!(matches!(reading.end, End::Corrupt { .. }));
}

#[test]
fn two_files_in_one_are_read_one_after_the_other() {
    let (bytes, records, _) = sample();
    let twice = [bytes.clone(), bytes.clone()].concat();
    let reading = read(&twice);
    assert_eq!(reading.records, [records.clone(), records.clone()].concat());
    // The second index does not stand where it says.
    assert_eq!((reading.damage.len(), reading.end), (1, End::Complete));
    let cut = [bytes.clone(), bytes[..bytes.len() - 100].to_vec()].concat();
    assert!(matches!(read(&cut).end, End::PartialFrame { .. }));
    assert_eq!(SessionReader::new(Cursor::new(twice)).unwrap().header(), &header(SIZE));
}
