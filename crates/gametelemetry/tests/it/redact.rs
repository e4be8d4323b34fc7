//! Recordings of packet formats, redacted: what a user's format says of persons holds, and one that says nothing is
//! refused.

use std::io::Cursor;

use gametelemetry::format::PacketFormat;
use gametelemetry::redact::{RedactError, Redacted, Redaction, redact};
use gametelemetry::{
    EncoderOptions, End, Header, Ledger, Schema, SessionEncoder, SessionReader, Timestamp, files, verify,
};

fn at(milliseconds: u64) -> Timestamp {
    let begin: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    begin + std::time::Duration::from_millis(milliseconds)
}

/// What is left of `records` of a game that nobody knows.
fn redacted(schema: &Schema, records: &[&[u8]]) -> Result<(Redacted, Vec<Vec<u8>>), RedactError> {
    let mut encoder = SessionEncoder::new(
        &Header::new("mine", "packets", schema.clone(), at(0)),
        EncoderOptions::default(),
    )
    .unwrap();
    for (number, record) in records.iter().enumerate() {
        encoder.push(at(number as u64), record).unwrap();
    }
    encoder.finish(&Ledger { recorded: records.len() as u64, finished: true, ..Ledger::default() });
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.gtel");
    let mut reader = SessionReader::new(Cursor::new(encoder.output().to_vec())).unwrap();
    let done = redact(&mut reader, &out, &Redaction::new(), |_| {});
    assert_eq!(done.is_ok(), out.exists(), "there is no half copy");
    let done = done?;
    assert!(verify(&mut files::open(&out).unwrap(), |_| {}).unwrap().is_whole());
    let mut copies = Vec::new();
    let mut reader = files::open(&out).unwrap();
    while let Some(record) = reader.next_record().unwrap() {
        copies.push(record.data.to_vec());
    }
    Ok((done, copies))
}

fn example(name: &str) -> Schema {
    let path = format!("{}/../../formats/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    PacketFormat::parse(&std::fs::read_to_string(path).unwrap()).unwrap().schema
}

#[test]
fn the_participants_of_project_cars_lose_their_names_only() {
    let schema = example("project_cars_2");
    let mut packet = vec![0_u8; 1136];
    packet[8] = 1;
    packet[9] = 1;
    packet[10] = 2;
    let kind = schema.kind("participants").unwrap();
    let names = kind.field("names").unwrap();
    let (start, end) = (names.offset as usize, names.end() as usize);
    // To the last byte, without a 0 behind any name.
    packet[start..end].fill(b'N');
    packet[end..].fill(7);
    let (done, copies) = redacted(&schema, &[&packet]).unwrap();
    assert_eq!((done.blanked, done.not_understood, done.end), (1, 0, End::Complete));
    assert!(copies[0][start..end].iter().all(|&byte| byte == 0));
    assert_eq!((&copies[0][..start], &copies[0][end..]), (&packet[..start], &packet[end..]));
}

#[test]
fn a_format_whose_texts_are_said_to_be_harmless_is_copied_as_it_is() {
    let (done, copies) = redacted(&example("lfs_outgauge"), &[&[b'x'; 92]]).unwrap();
    assert_eq!((done.records, done.blanked, copies[0].as_slice()), (1, 0, &[b'x'; 92][..]));
}

#[test]
fn a_format_that_says_nothing_of_its_texts_is_refused() {
    let text =
        |rest: &str| format!("name = \"mine\"\nfields = [{{ name = \"car\", type = \"utf8[4]\"{rest} }}]");
    let schema = |rest| PacketFormat::parse(&text(rest)).unwrap().schema;
    let error = redacted(&schema(""), &[b"Anna"]).unwrap_err();
    assert!(error.to_string().contains("as car of mine/packets may be"), "{error}");
    assert_eq!(redacted(&schema(", personal = true"), &[b"Anna"]).unwrap().1, [[0; 4]]);
    assert_eq!(redacted(&schema(", personal = false"), &[b"Anna"]).unwrap().1, [*b"Anna"]);
}

#[test]
fn the_keys_of_a_json_format_are_blanked_and_what_is_no_json_as_a_whole() {
    let text = r#"
name = "mine"
json = true
max_size = 1000
personal_keys = ["nick", "players/"]
fields = [
    { name = "speed", pointer = "/car/speed" },
    { name = "driver", type = "utf8", pointer = "/driver", personal = true },
]"#;
    let schema = PacketFormat::parse(text).unwrap().schema;
    let records: [&[u8]; 4] = [
        br#"{"car":{"speed":1.5},"driver":"A\"nn","was":{"driver":"Bob","nick":7}}"#,
        br#"{"players":{"Ann":1,"Bob":2},"driver":5}"#,
        b"{\"driver\":\"Ann\"",
        b"",
    ];
    let (done, copies) = redacted(&schema, &records).unwrap();
    let expected: [&[u8]; 4] = [
        br#"{"car":{"speed":1.5},"driver":""     ,"was":{"driver":""   ,"nick":0}}"#,
        br#"{"players":{"001":1,"002":2},"driver":0}"#,
        b"               ",
        b"",
    ];
    for (copy, expected) in copies.iter().zip(expected) {
        assert_eq!(String::from_utf8_lossy(copy), String::from_utf8_lossy(expected));
    }
    assert_eq!((done.records, done.blanked, done.not_understood), (4, 2, 1));
}
