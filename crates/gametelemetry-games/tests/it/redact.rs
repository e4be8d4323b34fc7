//! Redacted recordings of every game: no name that the game used is left, and nothing else is changed.

mod decided;
mod real;
mod simulated;

use std::io::Cursor;
use std::path::Path;

use gametelemetry::redact::{Redacted, redact};
use gametelemetry::{
    BinarySessionWriter, EncoderOptions, FieldKind, Header, Ledger, PackedFrame as _, Schema, SessionEncoder,
    SessionReader, SessionWriter as _, Timestamp, Value, WriterOptions, files, verify,
};
use gametelemetry_games::redaction;

/// The moment `milliseconds` after an arbitrary one.
fn at(milliseconds: usize) -> Timestamp {
    let begin: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    begin + std::time::Duration::from_millis(milliseconds as u64)
}

/// `schema` as a recording had it before there were marks.
fn without_marks(schema: &Schema) -> Schema {
    let mut schema = schema.clone();
    schema.personal_keys.clear();
    let kinds = schema.kinds.iter_mut().flat_map(|kind| &mut kind.fields);
    schema.fields.iter_mut().chain(kinds).for_each(|field| field.personal = None);
    schema
}

fn session_file(game: &str, source: &str, schema: &Schema, records: &[Vec<u8>]) -> Vec<u8> {
    let header = Header::new(game, source, schema.clone(), at(0));
    let mut encoder = SessionEncoder::new(&header, EncoderOptions::default()).unwrap();
    for (number, record) in records.iter().enumerate() {
        encoder.push(at(number), record).unwrap();
    }
    let recorded = records.len() as u64;
    encoder.finish(&Ledger {
        looks: recorded,
        frames: recorded,
        recorded,
        finished: true,
        ..Ledger::default()
    });
    encoder.output().to_vec()
}

fn records_of(path: &Path) -> (Header, Vec<(Timestamp, Vec<u8>)>) {
    let mut reader = files::open(path).unwrap();
    let mut records = Vec::new();
    while let Some(record) = reader.next_record().unwrap() {
        records.push((record.timestamp, record.data.to_vec()));
    }
    (reader.header().clone(), records)
}

/// Redacts a file of `records`, with and without marks in its header, and checks that no name is left, that what is not
/// personal is as it was, and that the copy is whole; gives the redacted records.
fn check(
    game: &str,
    source: &str,
    schema: &Schema,
    records: &[Vec<u8>],
    names: &[&str],
) -> (Redacted, Vec<Vec<u8>>) {
    let folder = tempfile::tempdir().unwrap();
    let mut made = Vec::new();
    for (number, schema) in [schema.clone(), without_marks(schema)].iter().enumerate() {
        let file = session_file(game, source, schema, records);
        let out = folder.path().join(format!("{number}.gtel"));
        let mut reader = SessionReader::new(Cursor::new(file)).unwrap();
        let redacted = redact(&mut reader, &out, &redaction(), |_| {}).unwrap();
        assert!(verify(&mut files::open(&out).unwrap(), |_| {}).unwrap().is_whole());
        let (header, copies) = records_of(&out);
        assert!(header.redacted && redacted.is_whole() && redacted.records == records.len() as u64);
        assert_eq!(copies.len(), records.len());
        for (number, ((timestamp, copy), record)) in copies.iter().zip(records).enumerate() {
            assert_eq!((*timestamp, copy.len()), (at(number), record.len()));
            check_same(&header.schema, record, copy);
        }
        let header_text = serde_json::to_vec(&header).unwrap();
        for name in names {
            for spelled in spellings(name) {
                assert!(!contains(&header_text, &spelled), "{game}/{source}: the header names {name}");
                let leak = copies.iter().position(|(_, copy)| contains(copy, &spelled));
                assert_eq!(leak, None, "{game}/{source}: {name} is still there");
            }
        }
        made.push((redacted, copies.into_iter().map(|(_, copy)| copy).collect::<Vec<_>>()));
    }
    let [with, without] = made.try_into().unwrap();
    assert_eq!(with.1, without.1, "{game}/{source}: the marks of today do for older recordings");
    with
}

/// Every field that is not personal reads as before; a part of a JSON text with more parts in it has its own fields.
fn check_same(schema: &Schema, record: &[u8], copy: &[u8]) {
    let (before, after) = (schema.view(record), schema.view(copy));
    assert_eq!(before.kind().map(|kind| &kind.name), after.kind().map(|kind| &kind.name));
    for field in before.fields() {
        let is_part = |value: &Value| {
            let pointer = field.pointer.as_deref();
            let json = pointer.and_then(|pointer| before.json()?.pointer(pointer));
            json.is_some_and(|json| json.is_object() || json.is_array()) || *value == Value::Missing
        };
        let (was, is) = (before.read(field), after.read(field));
        let is_whole_text = field.kind == FieldKind::Windows1252 && field.name == "yaml";
        if field.personal == Some(true) {
            let is_blank = matches!(is.to_string().trim_matches(['0', ' ', '[', ']']), "");
            assert!(is_blank || is_part(&was), "{} is {is}", field.name);
        } else if !is_part(&was) && !is_whole_text {
            assert_eq!(was.to_string(), is.to_string(), "{}", field.name);
        }
    }
}

/// The bytes of `text` in the encodings that games use.
fn spellings(text: &str) -> Vec<Vec<u8>> {
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut spelled = vec![text.as_bytes().to_vec(), utf16];
    if text.chars().all(|c| u32::from(c) < 256) {
        spelled.push(text.chars().map(|c| c as u8).collect());
    }
    spelled
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    // Looking for one byte is fast without optimization too.
    let mut rest = bytes;
    while rest.contains(&part[0]) {
        let Some(at) = rest.iter().position(|byte| *byte == part[0]) else { return false };
        if rest[at..].starts_with(part) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}

fn contains_name(records: &[Vec<u8>], name: &str) -> bool {
    spellings(name).iter().any(|spelled| records.iter().any(|record| contains(record, spelled)))
}

#[test]
fn a_session_folder_is_copied_without_what_cannot_be_redacted() {
    use gametelemetry::redact::{contents, redact_session};
    let folder = tempfile::tempdir().unwrap();
    let session = folder.path().join("session");
    std::fs::create_dir_all(session.join("files/deep")).unwrap();
    for file in ["files/deep/Ann.rpy", "files/a.ibt", "notes.txt"] {
        std::fs::write(session.join(file), "Ann").unwrap();
    }
    let schema = gametelemetry::ReplayFile::schema();
    let mut header = Header::new("iracing", "files", schema.as_ref().clone(), at(0));
    header.imported_from = "/home/ann/ann.ibt".to_owned();
    let path = session.join("files.gtel");
    let mut writer = BinarySessionWriter::create(&path, &header, WriterOptions::default()).unwrap();
    let mut record = vec![0; 25];
    record.extend([9, 0, 3, 0]);
    record.extend(b"/home/AnnAnn");
    writer.write(at(0), &record).unwrap();
    let notices = vec!["the folder cannot be read (denied): /home/Ann".to_owned()];
    writer.finish(&Ledger { recorded: 1, notices, finished: true, ..Ledger::default() }).unwrap();

    let left_out = ["files/a.ibt", "files/deep/Ann.rpy", "notes.txt"].map(std::path::PathBuf::from);
    assert_eq!(contents(&session).unwrap().left_out, left_out);
    let out = folder.path().join("out/copy");
    let redacted = redact_session(&session, &out, &redaction(), |_| {}).unwrap();
    assert_eq!((redacted.files.len(), redacted.left_out.as_slice()), (1, left_out.as_slice()));
    let (header, records) = records_of(&out.join("files.gtel"));
    assert_eq!(header.imported_from, "*.ibt");
    assert_eq!(records[0].1[29..], [0; 12]);
    let ledger = files::open(&out.join("files.gtel")).unwrap().ledger().unwrap().clone();
    assert_eq!(ledger.notices, ["the folder cannot be read (denied)"]);
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 1);
    // Once more into the same folder: what is there is never touched.
    assert!(redact_session(&session, &out, &redaction(), |_| {}).is_err());
    assert_eq!(records_of(&out.join("files.gtel")).1, records);
}

#[test]
fn a_recording_of_an_unknown_game_is_refused_before_anything_is_written() {
    use gametelemetry::redact::{RedactError, redact_session};
    let folder = tempfile::tempdir().unwrap();
    let session = folder.path().join("session");
    std::fs::create_dir(&session).unwrap();
    let numbers = Schema::new("A", gametelemetry::FrameSize::Fixed(1));
    let opaque = Schema::opaque("B", gametelemetry::FrameSize::Fixed(1));
    std::fs::write(session.join("a.gtel"), session_file("gone", "a", &numbers, &[vec![1]])).unwrap();
    std::fs::write(session.join("b.gtel"), session_file("gone", "b", &opaque, &[vec![1]])).unwrap();
    let out = folder.path().join("out");
    let error = redact_session(&session, &out, &redaction(), |_| {}).unwrap_err();
    assert!(matches!(error, RedactError::Unjudged { .. }), "{error}");
    assert!(error.to_string().contains("data of gone/b"), "{error}");
    assert!(!out.exists());
}

#[test]
fn of_a_cut_and_damaged_file_every_whole_record_is_copied() {
    let schema = gametelemetry_games::known_schema("acc", "Static").unwrap();
    let mut frame = gametelemetry_games::acc::Static::zeroed();
    frame.set_player_name(gametelemetry::Utf16::new("Zoë"));
    let record = gametelemetry::Telemetry::as_bytes(&frame).to_vec();
    let whole = session_file("acc", "static", &schema, &vec![record; 200]);
    let folder = tempfile::tempdir().unwrap();
    for (number, cut) in (1..whole.len()).step_by(397).rev().take(12).enumerate() {
        let file = whole[..cut].to_vec();
        let mut expected = SessionReader::new(Cursor::new(file.clone())).unwrap();
        let kept = verify(&mut expected, |_| {}).unwrap();
        if !expected.has_header() {
            continue;
        }
        let out = folder.path().join(format!("{number}.gtel"));
        let mut reader = SessionReader::new(Cursor::new(file)).unwrap();
        let redacted = redact(&mut reader, &out, &redaction(), |_| {}).unwrap();
        assert_eq!((redacted.records, redacted.blanked), (kept.records, kept.records));
        let verdict = verify(&mut files::open(&out).unwrap(), |_| {}).unwrap();
        assert!(verdict.is_whole() && verdict.records == kept.records);
        let notices = verdict.ledger.unwrap().notices;
        assert!(
            redacted.is_whole() || notices.iter().any(|it| it.contains("redacted: the file was")),
            "{notices:?}"
        );
        assert!(records_of(&out).1.iter().all(|(_, copy)| !contains_name(std::slice::from_ref(copy), "Zoë")));
    }
}
