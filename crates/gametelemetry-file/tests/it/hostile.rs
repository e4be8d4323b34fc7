//! Files made to harm: sizes, counts and schemas that lie. None panics, none makes the reader take much memory or time.

use std::fmt::Write as _;
use std::io::Cursor;

use gametelemetry_file::{
    DamageReason, End, FrameSize, MAX_RECORD_SIZE, ReadError, Schema, SessionReader, Timestamp, verify,
};
use twox_hash::XxHash32;

use crate::support::{BY_HAND, child, encoder, file_of, header, is_child, ledger, push, records, segments};

/// How much more memory a hostile file may make the process take.
const MEMORY: u64 = 8 << 20;

/// A section with a checksum that is right, as docs/format.md says.
fn section(tag: [u8; 4], body: &[u8]) -> Vec<u8> {
    let payload = [&tag, body].concat();
    let length = u32::try_from(payload.len() + 4).unwrap();
    let checksum = XxHash32::oneshot(0, &payload);
    let magic = 0x184d_2a50_u32;
    [&magic.to_le_bytes()[..], &length.to_le_bytes(), &payload, &checksum.to_le_bytes()].concat()
}

/// The head of a segment, with the checksum that belongs to `flags` and `sizes`.
fn segment_head(flags: u8, sizes: u8) -> Vec<u8> {
    vec![0x04, 0x22, 0x4d, 0x18, flags, sizes, XxHash32::oneshot(0, &[flags, sizes]).to_le_bytes()[1]]
}

/// A segment of blocks as they stand in the file, compressed or not, with checksums that are right.
fn segment(blocks: &[(bool, &[u8])]) -> Vec<u8> {
    let mut bytes = segment_head(0x54, 0x40);
    for (compressed, block) in blocks {
        let size = u32::try_from(block.len()).unwrap() | if *compressed { 0 } else { 1 << 31 };
        bytes.extend(size.to_le_bytes());
        bytes.extend(*block);
        bytes.extend(XxHash32::oneshot(0, block).to_le_bytes());
    }
    bytes
}

/// One block that decodes to 64 KiB of zeros from 270 bytes: the most that LZ4 can.
fn bomb() -> Vec<u8> {
    // A literal 0, then a match of 65,530 bytes at distance 1, then five literals.
    let mut block = vec![0x1f, 0, 1, 0];
    block.extend([0xff; 256]);
    block.extend([231, 0x50, 0, 0, 0, 0, 0]);
    block
}

fn header_with(schema: &str) -> Vec<u8> {
    let json = format!(
        r#"{{"format":1,"session":"s","game":"g","source":"x","schema":{schema},"clock":{{"started":0}}}}"#
    );
    section(*b"GTHD", json.as_bytes())
}

fn schema_with(field: &str) -> Vec<u8> {
    header_with(&format!(r#"{{"name":"T","size":{{"variable":{{"max":1000}}}},"fields":[{field}]}}"#))
}

/// An index section that is right but for what it says.
fn index(count: u32, ledger_offset: u64, entries: &[[u64; 5]], offset: u64) -> Vec<u8> {
    let mut body = count.to_le_bytes().to_vec();
    body.extend(ledger_offset.to_le_bytes());
    body.extend(entries.iter().flatten().flat_map(|word| word.to_le_bytes()));
    body.extend(offset.to_le_bytes());
    body.extend(*b"GTND");
    section(*b"GTIX", &body)
}

/// A whole small file of two segments, without its index.
fn small_file() -> Vec<u8> {
    let mut bytes = file_of(FrameSize::Fixed(40), &records(20, 40), 12);
    let index = u64::from_le_bytes(*bytes[..bytes.len() - 8].last_chunk().unwrap());
    bytes.truncate(usize::try_from(index).unwrap());
    bytes
}

fn with_index(make: impl Fn(u64) -> Vec<u8>) -> Vec<u8> {
    let bytes = small_file();
    let offset = bytes.len() as u64;
    [bytes, make(offset)].concat()
}

/// Record heads that claim `size` bytes, in blocks that decode to nothing but them.
fn record_claiming(size: i32) -> Vec<u8> {
    let mut head = 5_i64.to_le_bytes().to_vec();
    head.extend(size.to_le_bytes());
    head.extend([1; 30]);
    let allows = FrameSize::Variable { max: 100 };
    [encoder(allows, BY_HAND).output(), &segment(&[(false, &head)])].concat()
}

fn many(what: &str, number: usize) -> String {
    vec![what; number].join(",")
}

fn cases() -> Vec<(&'static str, Vec<u8>)> {
    let opaque = header(FrameSize::Variable { max: 100 });
    let opaque = section(*b"GTHD", &serde_json::to_vec(&opaque).unwrap());
    let bomb = bomb();
    let bombs: Vec<(bool, &[u8])> = (0..100).map(|_| (true, bomb.as_slice())).collect();
    let deep = |open: &str, depth| {
        section(*b"GTHD", format!(r#"{{"format":1,"x":{}"#, open.repeat(depth)).as_bytes())
    };
    vec![
        ("record of a negative size", record_claiming(-1)),
        ("record of the smallest size", record_claiming(i32::MIN)),
        ("record of a huge size", record_claiming(i32::MAX)),
        ("bombs of zeros, which are records of no bytes", [opaque.clone(), segment(&bombs)].concat()),
        ("section of 4 GiB", [b"P*M\x18\xff\xff\xff\xffGTHD".as_slice(), &[0; 500]].concat()),
        ("foreign frame of 4 GiB", [b"P*M\x18\xff\xff\xff\xffABCD".as_slice(), &[0; 500]].concat()),
        ("section of 15 MiB", [b"P*M\x18\0\0\xf0\0GTLG".as_slice(), &[0; 500]].concat()),
        ("section of no bytes", [b"P*M\x18\0\0\0\0".as_slice(), &small_file()].concat()),
        (
            "blocks of 4 MiB, of which none comes",
            [segment_head(0x40, 0x70).as_slice(), b"\0\0\x40\0abc"].concat(),
        ),
        ("header nested deep in arrays", deep("[", 100_000)),
        ("header nested deep in objects", deep(r#"{"x":"#, 100_000)),
        (
            "schema of a frame of 4 GiB",
            header_with(r#"{"name":"T","size":{"fixed":4294967295},"fields":[]}"#),
        ),
        (
            "schema with an offset that overflows",
            schema_with(r#"{"name":"a","kind":"f64","offset":4294967295,"count":4294967295}"#),
        ),
        (
            "schema with a shape that overflows",
            schema_with(
                r#"{"name":"a","kind":"u8","offset":0,"count":0,"shape":[65536,65536,65536,65536,65536,0]}"#,
            ),
        ),
        (
            "schema with a shape of 4 billion rows of nothing",
            schema_with(r#"{"name":"a","kind":"u8","offset":0,"count":0,"shape":[4294967295,0]}"#),
        ),
        (
            "schema with a shape of 100,000 dimensions",
            schema_with(&format!(
                r#"{{"name":"a","kind":"u8","offset":0,"count":1,"shape":[{}]}}"#,
                many("1", 100_000)
            )),
        ),
        ("schema of a million fields", schema_with(&many(r#"{"name":"","kind":"u8","offset":0}"#, 30_000))),
        (
            "ledger with numbers that are too large",
            [
                small_file(),
                section(*b"GTLG", br#"{"looks":1e300,"lateness":{"65535":18446744073709551615}}"#),
            ]
            .concat(),
        ),
        (
            "ledger with steps that do not exist",
            [
                small_file(),
                section(
                    *b"GTLG",
                    br#"{"lateness":{"65535":18446744073709551615,"65534":18446744073709551615}}"#,
                ),
            ]
            .concat(),
        ),
        ("index with a huge count", with_index(|offset| index(u32::MAX, 0, &[], offset))),
        (
            "index whose sums overflow",
            with_index(|offset| index(2, 0, &[[0, u64::MAX, 0, 0, u64::MAX]; 2], offset)),
        ),
        (
            "index that names places behind the file",
            with_index(|offset| index(1, 0, &[[u64::MAX, 5, 0, 0, 9]], offset)),
        ),
        (
            "index that names places with nothing there",
            with_index(|offset| index(1, 7, &[[3, 5, 0, u64::MAX >> 1, 9]], offset)),
        ),
        ("index whose ledger is itself", with_index(|offset| index(0, offset, &[], offset))),
        ("index that stands elsewhere", with_index(|_| index(0, 0, &[], u64::MAX))),
        (
            "index too short for its trailer",
            [small_file(), section(*b"GTIX", b"\0\0\0\0\0\0\0\0\0\0\0\0GTND")].concat(),
        ),
        ("head of a .dat that claims more than there is", b"GDT\0\x01\0\xffACC".to_vec()),
    ]
}

/// Does everything with a file that a user could.
fn use_all(bytes: &[u8]) -> Option<End> {
    let mut reader = SessionReader::new(Cursor::new(bytes)).ok()?;
    let verdict = verify(&mut reader, |_| {}).unwrap();
    for ticks in [i64::MIN, 0, 5, i64::MAX] {
        reader.seek(Timestamp::from_ticks(ticks)).unwrap();
        let schema = reader.schema().clone();
        while let Some(record) = reader.next_record().unwrap() {
            if schema.fields.len() < 100 {
                let view = schema.view(record.data);
                let _ = view.values().map(|(_, value)| value.to_string().len()).sum::<usize>();
            }
        }
        let _ = (
            reader.ledger().and_then(|ledger| ledger.lateness.quantile(0.99)),
            reader.index().map(gametelemetry_file::Index::records),
        );
    }
    Some(verdict.end)
}

/// A number of KiB that Linux states of this process.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_matches(|c: char| !c.is_ascii_digit()).parse::<u64>().unwrap() << 10
}

#[test]
fn hostile_files_need_little_memory() {
    if !cfg!(target_os = "linux") {
        println!("left out: the peak of memory is read from Linux");
        cases().iter().for_each(|(_, bytes)| _ = use_all(bytes));
        return;
    }
    if !is_child() {
        // In a process of its own, in which every larger piece of memory is asked of the system, so that the
        // system's own count of the highest peak tells. A counting allocator would need `unsafe`.
        let environment =
            [("MALLOC_ARENA_MAX", "1"), ("MALLOC_MMAP_THRESHOLD_", "65536"), ("RUST_BACKTRACE", "0")];
        let output = child("hostile::hostile_files_need_little_memory", "ulimit -v 4000000", &environment);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("highest peak"), "{said}");
        return;
    }
    let cases = cases();
    // Once for what is set up only once.
    use_all(&small_file());
    let mut highest = String::new();
    let before = memory("VmPeak:").max(memory("VmSize:"));
    let mut peak = before;
    for (name, bytes) in &cases {
        let end = use_all(bytes);
        let now = memory("VmPeak:");
        if now > peak {
            writeln!(highest, "{name}: {} KiB more, ended {end:?}", (now - peak) >> 10).unwrap();
        }
        peak = now;
    }
    println!("highest peak: {} KiB\n{highest}", (peak - before) >> 10);
    assert!(peak - before < MEMORY, "{highest}");
}

#[test]
fn a_header_that_does_not_hold_together_is_damage_and_the_records_are_read() {
    let records = records(6, 40);
    let mut whole = encoder(FrameSize::Fixed(40), BY_HAND);
    push(&mut whole, &records);
    whole.finish(&ledger(6));
    let bytes = whole.output().to_vec();
    let segment = &bytes[segments(&bytes)[0].clone()];
    for (name, header) in
        cases().iter().filter(|(name, _)| name.starts_with("schema") || name.starts_with("header"))
    {
        let file = [header.as_slice(), segment].concat();
        let mut reader = SessionReader::new(Cursor::new(&file)).unwrap();
        // A shape of nothing and a schema of many fields are odd, but nothing is wrong with them.
        if reader.has_header() {
            assert!(name.contains("nothing") || name.contains("overflows"), "{name}");
            continue;
        }
        assert_eq!(reader.damage()[0].reason, DamageReason::SectionChecksum, "{name}");
        assert_eq!(reader.damage()[0].resumed, Some(header.len() as u64), "{name}");
        let mut number = 0;
        while let Some(record) = reader.next_record().unwrap() {
            assert_eq!(record.data, records[number].1, "{name}");
            number += 1;
        }
        assert_eq!(number, 6, "{name}");
    }
}

#[test]
fn a_record_as_large_as_the_format_allows_is_read() {
    let size = FrameSize::Variable { max: MAX_RECORD_SIZE };
    let mut encoder = encoder(size, BY_HAND);
    let data = vec![7; MAX_RECORD_SIZE as usize];
    encoder.push(Timestamp::from_ticks(1), &data).unwrap();
    encoder.finish(&ledger(1));
    let mut reader = SessionReader::new(Cursor::new(encoder.output())).unwrap();
    assert!(reader.next_record().unwrap().unwrap().data == data);
    assert_eq!(reader.next_record().unwrap(), None);
    let larger = Schema::opaque("T", FrameSize::Fixed(MAX_RECORD_SIZE + 1));
    assert!(larger.check().is_err());
}

/// Starts of frames at every few bytes, each claiming all that follows, in a file of `length` bytes.
fn claims(start: &[u8], length: usize) -> Vec<u8> {
    let mut bytes = small_file();
    while bytes.len() < length {
        bytes.extend(start);
    }
    bytes
}

#[test]
fn claims_inside_claims_cost_time_in_proportion_to_the_file() {
    // Hashing every claim would be 100 GB and more, which takes minutes on any machine; a second pass over the
    // claims with four times the file would take sixteen times as long.
    let block =
        |flags, sizes, stored: u32| [segment_head(flags, sizes), stored.to_le_bytes().to_vec()].concat();
    for (name, start) in [
        ("sections of 1 MiB", b"P*M\x18\0\0\x10\0GTLG".to_vec()),
        ("segments with a block of 64 KiB", block(0x54, 0x40, 0x8001_0000)),
        ("segments with a block of 2 MiB", block(0x54, 0x70, 0x8020_0000)),
        ("segments with a compressed block of 1 MiB without checksum", block(0x40, 0x70, 0x0010_0000)),
    ] {
        let reading = crate::support::read(&claims(&start, 4 << 20));
        assert_eq!(reading.records.len(), 20, "{name}");
        assert!((1..=10_000).contains(&reading.damage.len()), "{name}: {}", reading.damage.len());
    }
}

#[test]
fn a_later_format_is_refused_and_unknown_members_and_foreign_frames_are_passed_over() {
    let newer = |json: &str| SessionReader::new(Cursor::new(section(*b"GTHD", json.as_bytes()))).err();
    for json in [r#"{"format":3}"#, r#"{"format":7,"schema":[1,2]}"#] {
        let error = newer(json).unwrap();
        assert!(matches!(error, ReadError::TooNew { supported: 2, .. }), "{error}");
    }
    let records = records(6, 40);
    let mut json = serde_json::to_value(header(FrameSize::Fixed(40))).unwrap();
    json["later"] = serde_json::json!({"a": [1, 2]});
    json["schema"]["fields"][0]["later"] = serde_json::json!(null);
    let mut whole = encoder(FrameSize::Fixed(40), BY_HAND);
    push(&mut whole, &records);
    whole.seal();
    let bytes = whole.output().to_vec();
    let mut file = section(*b"GTHD", &serde_json::to_vec(&json).unwrap());
    file.extend(b"\x5f\x2a\x4d\x18\x03\0\0\0abc");
    file.extend(&bytes[segments(&bytes)[0].clone()]);
    file.extend(section(*b"LATR", b"a tag of a later version"));
    file.extend(section(*b"GTLG", br#"{"looks":3,"later":true}"#));
    let mut reader = SessionReader::new(Cursor::new(file)).unwrap();
    let verdict = verify(&mut reader, |_| {}).unwrap();
    assert_eq!((verdict.records, verdict.end, verdict.damage.len()), (6, End::Unfinished, 0));
    assert_eq!(verdict.ledger.unwrap().looks, 3);
}

#[test]
fn what_is_no_recording_is_refused_with_its_first_bytes() {
    for (bytes, start) in [
        (b"PK\x03\x04zip".as_slice(), "50 4b 03 04 7a 69 70"),
        (b"x", "78"),
        (&[0; 100], "00 00 00 00 00 00 00 00"),
    ] {
        let error = SessionReader::new(Cursor::new(bytes)).err().unwrap();
        let expected =
            format!("this is no session file: it starts with {start}; expected a .gtel or .dat recording");
        assert_eq!(error.to_string(), expected);
    }
}
