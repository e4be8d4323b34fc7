//! Files of every version ever shipped are read as on the day they were made; `corpus/README.md` has the rule.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use gametelemetry_file::{
    BitRange, ChannelMapping, EncoderOptions, Field, FieldKind, FrameSize, Gap, Header, KindCounts, Ledger,
    Lookup, MessageCounts, MessageKind, Parts, Schema, SessionEncoder, SessionReader, Timestamp,
};
use serde_json::{Value, json};

use crate::support::{
    BY_HAND, Random, Records, STARTED, STEP, header, ledger, push, repository, segments, stream,
};

/// The bytes, or of many their number and checksum.
fn hexadecimal(bytes: &[u8]) -> String {
    if bytes.len() > 1000 {
        return format!("{} bytes, xxh32 {:08x}", bytes.len(), twox_hash::XxHash32::oneshot(0, bytes));
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Everything that a reader says of a file.
fn reading(bytes: &[u8]) -> Value {
    let mut reader = SessionReader::new(Cursor::new(bytes)).unwrap();
    let mut records = Vec::new();
    while let Some(record) = reader.next_record().unwrap() {
        records.push((record.timestamp, record.data.to_vec()));
    }
    let schema = reader.schema().clone();
    let described = |(timestamp, data): &(Timestamp, Vec<u8>)| {
        let mut described = json!({"timestamp": timestamp, "data": hexadecimal(data)});
        if !schema.kinds.is_empty() {
            let view = schema.view(data);
            let values = view.values().map(|(field, value)| (field.name.clone(), json!(value)));
            described["kind"] = json!(view.kind().map(|kind| &kind.name));
            described["values"] = values.collect();
        }
        described
    };
    let records: Vec<Value> = records.iter().map(described).collect();
    json!({
        "header": reader.header(),
        "has_header": reader.has_header(),
        "records": records,
        "end": reader.end(),
        "damage": reader.damage(),
        "ledger": reader.ledger(),
        "indexed_records": reader.index().map(gametelemetry_file::Index::records),
    })
}

/// Whether `found` has everything that is `expected`; members that readers learned to say later are no difference.
fn agrees(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            expected.iter().all(|(name, value)| found.get(name).is_some_and(|found| agrees(value, found)))
        }
        (Value::Array(expected), Value::Array(found)) => {
            expected.len() == found.len()
                && expected.iter().zip(found).all(|(expected, found)| agrees(expected, found))
        }
        _ => expected == found,
    }
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn every_file_ever_shipped_is_read_as_on_the_day_it_was_made() {
    let mut compared = 0;
    for version in files_in(&repository("corpus")).iter().filter(|path| path.is_dir()) {
        for path in files_in(version) {
            if path.extension().is_some_and(|extension| extension == "json") {
                continue;
            }
            let expected = fs::read(path.with_extension("json")).unwrap();
            let expected: Value = serde_json::from_slice(&expected).unwrap();
            let found = reading(&fs::read(&path).unwrap());
            assert!(agrees(&expected, &found), "{}:\n{expected:#}\nis now\n{found:#}", path.display());
            compared += 1;
        }
    }
    assert!(compared >= 7, "{compared} files");
}

#[test]
fn what_this_version_writes_is_read_as_what_was_shipped() {
    for (name, bytes) in corpus() {
        let shipped = fs::read(repository("corpus").join(name)).unwrap();
        // Not compared byte by byte: how well LZ4 compresses is no part of the format.
        let members = ["header", "records", "end", "ledger", "indexed_records"];
        let (now, then) = (reading(&bytes), reading(&shipped));
        members.iter().for_each(|member| assert_eq!(now[member], then[member], "{name}: {member}"));
    }
}

#[test]
#[ignore = "writes the corpus"]
fn writes_the_corpus() {
    for (name, bytes) in corpus() {
        let path = repository("corpus").join(name);
        if path.exists() {
            continue;
        }
        fs::write(&path, &bytes).unwrap();
        let mut json = serde_json::to_vec_pretty(&reading(&bytes)).unwrap();
        json.push(b'\n');
        fs::write(path.with_extension("json"), json).unwrap();
    }
}

/// Every file of the corpus, as the version that made it wrote it.
fn corpus() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("v1/finished.gtel", finished()),
        ("v1/unfinished.gtel", unfinished()),
        ("v1/damaged.gtel", damaged()),
        ("v1/variable.gtel", variable()),
        ("v1/empty.gtel", encoded(&described_header(), BY_HAND, &[])),
        ("v1/foreign.gtel", foreign()),
        ("v1/legacy.dat", legacy()),
        ("v2/kinds.gtel", kinds()),
    ]
}

/// A header that has every member.
fn described_header() -> Header {
    let field =
        |name: &str, kind, offset| Field { name: name.into(), kind, offset, count: 1, ..Field::default() };
    let mut schema = Schema::new("Demo", FrameSize::Fixed(36));
    (schema.version, schema.reference) = ("1.2.3".into(), "made up".into());
    schema.counter = Some("packet_id".into());
    schema.fields = vec![
        field("packet_id", FieldKind::I32, 0),
        Field {
            unit: "km/h".into(),
            description: "Speed over ground.".into(),
            ..field("speed_kmh", FieldKind::F32, 4)
        },
        Field { count: 4, unit: "kPa".into(), ..field("tyre.pressure_kpa", FieldKind::F32, 8) },
        Field { labels: vec![(0, "off".into()), (2, "live".into())], ..field("status", FieldKind::U8, 24) },
        field("in_pit", FieldKind::Bool8, 25),
        Field { count: 5, ..field("track", FieldKind::Utf16, 26) },
    ];
    let mut header = header(FrameSize::Fixed(36));
    header.schema = schema;
    header.channels = vec![
        ChannelMapping::new("speed", "test", "speed_kmh").scale(1.0 / 3.6),
        ChannelMapping::new("tyre_pressure_fr", "test", "tyre.pressure_kpa")
            .element(1)
            .scale(1000.0)
            .missing(0.0),
    ];
    header.clock.utc_offset_seconds = Some(3600);
    header.requested_hz = Some(100.0);
    header
}

fn described_records(number: usize) -> Records {
    let frame = |index: usize| {
        let number = u16::try_from(index).unwrap();
        let mut frame = i32::from(number).to_le_bytes().to_vec();
        frame.extend((200.0 + f32::from(number) / 8.0).to_le_bytes());
        frame.extend([180.5_f32, 181.0, 179.25, 0.0].iter().flat_map(|value| value.to_le_bytes()));
        frame.extend([2, u8::from(index > 10)]);
        frame.extend("Monza".encode_utf16().flat_map(u16::to_le_bytes));
        (STARTED + STEP * i64::from(number), frame)
    };
    (0..number).map(frame).collect()
}

fn encoded(header: &Header, options: EncoderOptions, records: &[(i64, Vec<u8>)]) -> Vec<u8> {
    let mut encoder = SessionEncoder::new(header, options).unwrap();
    push(&mut encoder, records);
    encoder.finish(&ledger(records.len()));
    encoder.output().to_vec()
}

fn finished() -> Vec<u8> {
    let records = described_records(30);
    let options = EncoderOptions { segment_bytes: 500, flush_records: 4, ..BY_HAND };
    let mut encoder = SessionEncoder::new(&described_header(), options).unwrap();
    push(&mut encoder, &records[..20]);
    encoder.ledger(&Ledger { finished: false, ..ledger(20) });
    push(&mut encoder, &records[20..]);
    let mut last =
        Ledger { looks: 35, unchanged: 5, torn: 1, retried: 2, missed: 3, attached: 1, ..ledger(30) };
    let at = |number: usize| Timestamp::from_ticks(records[number].0);
    last.push_suspect(7);
    last.push_gap(Gap { from: at(3), to: at(4) });
    for microseconds in [20, 90, 95, 400] {
        last.lateness.record(std::time::Duration::from_micros(microseconds));
    }
    (last.requested_hz, last.first_frame, last.last_frame) = (Some(100.0), Some(at(0)), Some(at(29)));
    (last.wall_clock_moved_ms, last.notices) = (-2, vec!["the game was restarted".into()]);
    encoder.finish(&last);
    encoder.output().to_vec()
}

fn unfinished() -> Vec<u8> {
    let options = EncoderOptions { segment_bytes: 500, flush_records: 4, ..BY_HAND };
    let mut encoder = SessionEncoder::new(&described_header(), options).unwrap();
    push(&mut encoder, &described_records(27));
    encoder.output().to_vec()
}

fn damaged() -> Vec<u8> {
    let options = EncoderOptions { segment_bytes: 500, flush_records: 4, ..BY_HAND };
    let mut bytes = encoded(&described_header(), options, &described_records(30));
    let second = segments(&bytes)[1].clone();
    bytes[second.start + second.len() / 2] ^= 0x08;
    bytes
}

fn variable() -> Vec<u8> {
    let mut random = Random::new(7);
    let mut records: Records =
        (0_i64..).zip([0, 1, 12, 300]).map(|(at, size)| (STARTED + at, random.bytes(size))).collect();
    // Larger than a block, and small in the file.
    records.push((STARTED + 4, vec![0x5a; 70_000]));
    records.push((STARTED + 3, b"earlier than the one before".to_vec()));
    encoded(&header(FrameSize::Variable { max: 100_000 }), EncoderOptions::default(), &records)
}

fn foreign() -> Vec<u8> {
    let section = |tag: &[u8; 4], body: &[u8]| {
        let payload = [tag, body].concat();
        let length = u32::try_from(payload.len() + 4).unwrap();
        let checksum = twox_hash::XxHash32::oneshot(0, &payload);
        [b"\x50\x2a\x4d\x18", &length.to_le_bytes()[..], &payload, &checksum.to_le_bytes()].concat()
    };
    let mut later = serde_json::to_value(described_header()).unwrap();
    later["later"] = json!({"a": [1, null, "b"]});
    later["schema"]["fields"][0]["later"] = json!(true);
    let whole = encoded(&described_header(), BY_HAND, &described_records(5));
    let mut bytes = section(b"GTHD", &serde_json::to_vec(&later).unwrap());
    bytes.extend(section(b"GTZZ", b"a tag of a later version"));
    bytes.extend(&whole[segments(&whole)[0].clone()]);
    bytes.extend(b"\x5e\x2a\x4d\x18\x0d\0\0\0somebody else");
    bytes.extend(section(b"GTLG", br#"{"looks":5,"frames":5,"recorded":5,"later":1}"#));
    bytes
}

/// Everything that format 2 has: kinds of messages, arrays of structs, varying lengths, bits, byte order, JSON.
fn kinds() -> Vec<u8> {
    let field = |name: &str, kind, offset, count| Field {
        name: name.into(),
        kind,
        offset,
        count,
        ..Field::default()
    };
    let head = || vec![field("kind", FieldKind::U8, 0, 1), field("frame", FieldKind::U32, 1, 1)];
    let mut cars = MessageKind::new("cars", FrameSize::Fixed(17)).when(0, FieldKind::U8, &[1]);
    cars = cars
        .description("Two cars.")
        .sequence("frame", Some(1), &[])
        .group(&["frame"])
        .moment("frame")
        .rate_hz(60.0);
    cars.fields = head();
    cars.fields.extend([
        Field {
            shape: vec![2],
            strides: vec![6],
            big_endian: true,
            ..field("cars.speed", FieldKind::U16, 5, 2)
        },
        Field { shape: vec![2, 2], strides: vec![6, 1], ..field("cars.tyre", FieldKind::U8, 7, 4) },
        Field { shape: vec![2, 2], strides: vec![6, 1], ..field("cars.name", FieldKind::Utf8, 9, 4) },
    ]);
    let mut names =
        MessageKind::new("names", FrameSize::Variable { max: 64 }).when(0, FieldKind::U8, &[2, 3]);
    names.parts = Some(Parts {
        number: "gear".into(),
        count: "suggested".into(),
        first: 1,
        message: vec!["frame".into()],
        running: None,
    });
    names.fields = head();
    names.fields.extend([
        field("length", FieldKind::U8, 5, 1),
        Field { count_from: Some("length".into()), ..field("driver", FieldKind::Utf8, 6, 50) },
        Field {
            after: Some("driver".into()),
            bits: Some(BitRange { first: 0, count: 4 }),
            ..field("gear", FieldKind::U8, 0, 1)
        },
        Field {
            after: Some("driver".into()),
            bits: Some(BitRange { first: 4, count: 4 }),
            ..field("suggested", FieldKind::U8, 0, 1)
        },
        Field { after: Some("driver".into()), ..field("lights", FieldKind::Bits16, 1, 1) },
    ]);
    let mut state =
        MessageKind::new("state", FrameSize::Variable { max: 64 }).when(0, FieldKind::U8, &[0x7b]);
    state.fields = vec![Field { pointer: Some("/map/name".into()), ..field("map", FieldKind::Utf8, 0, 1) }];
    let mut header = header(FrameSize::Fixed(1));
    header.schema = Schema::of_kinds("Packets", vec![cars, names, state]);
    header.schema.fields = head();
    header.channels =
        vec![ChannelMapping::of_player("speed", "test", "cars/cars.speed", Lookup::at("kind", 1)).scale(0.5)];
    let records = [
        b"\x01\x01\0\0\0\x01\x02\x03\x04AB\x05\x06\x07\x08CD".to_vec(),
        b"\x02\x01\0\0\0\x03Ann\x53\x01\x80".to_vec(),
        br#"{"map":{"name":"Nuerburgring"}}"#.to_vec(),
        b"\x01 of no length that is known".to_vec(),
        b"\x09".to_vec(),
    ];
    let records: Records =
        (0_i64..).zip(records).map(|(number, data)| (STARTED + STEP * number, data)).collect();
    let mut encoder = SessionEncoder::new(&header, BY_HAND).unwrap();
    push(&mut encoder, &records);
    let mut last = ledger(records.len());
    last.push_rewind(2);
    let counts = KindCounts { received: 1, lost: 2, reordered: 3, duplicated: 4, wrong_size: 1 };
    last.messages = Some(MessageCounts {
        kinds: [("cars".to_owned(), counts)].into(),
        unknown: 1,
        dropped_by_system: Some(0),
        ..MessageCounts::default()
    });
    encoder.finish(&last);
    encoder.output().to_vec()
}

fn legacy() -> Vec<u8> {
    let mut bytes = b"GDT\0\x01\0\x03ACC\x04\0Demo".to_vec();
    bytes.extend((1_u32 << 24 | 8 << 16 | 12).to_le_bytes());
    bytes.extend(36_i32.to_le_bytes());
    bytes.extend([0; 16]);
    let info = lz4_flex::frame::FrameInfo::new().block_mode(lz4_flex::frame::BlockMode::Linked);
    let mut encoder = lz4_flex::frame::FrameEncoder::with_frame_info(info, bytes);
    encoder.write_all(&stream(&described_records(20))).unwrap();
    encoder.finish().unwrap()
}
