//! What the fuzz targets share: frames with right checksums around arbitrary bytes, and everything a user does with
//! a file.
//!
//! A fuzzer hardly ever guesses a checksum. Bytes that start with `BLT` are therefore not a file but the plan of one.

use std::io::{Cursor, Read, Seek};

use gametelemetry_file::{End, SessionReader, Timestamp, verify};
use twox_hash::XxHash32;

/// The file that `data` is, or is the plan of.
pub fn file(data: &[u8]) -> Vec<u8> {
    match data.strip_prefix(b"BLT") {
        Some(plan) => build(plan),
        None => data.to_vec(),
    }
}

/// Pieces of kind, length and bytes, made into sections, heads of segments, blocks, ends of segments and garbage.
fn build(mut plan: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut contents = Vec::new();
    while let [kind, low, high, rest @ ..] = plan {
        let (body, rest) = rest.split_at(rest.len().min(usize::from(u16::from_le_bytes([*low, *high]))));
        plan = rest;
        match kind % 8 {
            0 => section(&mut file, b"GTHD", body),
            1 => section(&mut file, b"GTLG", body),
            2 => index(&mut file, body),
            3 => {
                let flags = [0x54, 0x40, 0x44, 0x70][usize::from(body.first().copied().unwrap_or(0) % 4)];
                let descriptor = [flags & 0x7d | 0x40, body.get(1).copied().unwrap_or(0x40) & 0x70];
                file.extend(0x184d_2204_u32.to_le_bytes());
                file.extend(descriptor);
                file.push(XxHash32::oneshot(0, &descriptor).to_le_bytes()[1]);
                contents.clear();
            }
            // A block as it stands in the file, plain or compressed.
            4 | 5 => {
                let plain = kind % 8 == 4;
                file.extend((u32::try_from(body.len()).unwrap_or(0) | u32::from(plain) << 31).to_le_bytes());
                file.extend(body);
                file.extend(XxHash32::oneshot(0, body).to_le_bytes());
                contents.extend(body);
            }
            6 => {
                file.extend([0; 4]);
                file.extend(XxHash32::oneshot(0, &contents).to_le_bytes());
            }
            _ => file.extend(body),
        }
    }
    file
}

/// Appends a section whose checksum is right.
pub fn section(file: &mut Vec<u8>, tag: &[u8; 4], body: &[u8]) {
    file.extend(0x184d_2a50_u32.to_le_bytes());
    file.extend(u32::try_from(body.len() + 8).unwrap_or(u32::MAX).to_le_bytes());
    let start = file.len();
    file.extend(tag);
    file.extend(body);
    let checksum = XxHash32::oneshot(0, &file[start..]);
    file.extend(checksum.to_le_bytes());
}

/// An index of arbitrary entries that stands where it says.
fn index(file: &mut Vec<u8>, body: &[u8]) {
    let entries = &body[..body.len() / 40 * 40];
    let mut index = u32::try_from(entries.len() / 40).unwrap_or(0).to_le_bytes().to_vec();
    index.extend((body.len() as u64).to_le_bytes());
    index.extend(entries);
    index.extend((file.len() as u64).to_le_bytes());
    index.extend(b"GTND");
    section(file, b"GTIX", &index);
}

/// Reads everything there is in every way there is, and checks that the ways agree.
pub fn use_all(bytes: &[u8]) {
    let Ok(mut reader) = SessionReader::new(Cursor::new(bytes)) else { return };
    let records = count(&mut reader);
    let end = reader.end();
    let _ = (end.to_string(), reader.damage().iter().map(ToString::to_string).collect::<String>());
    let verdict = verify(&mut reader, |_| {}).expect("a cursor does not fail");
    assert_eq!(verdict.records, records, "reading twice gives the same");
    if reader.damage().is_empty() && verdict.end == End::Complete && verdict.indexed == Some(records) {
        check_seeks(&mut reader);
    }
    for ticks in [i64::MIN, 0, 639_150_912_000_000_000, i64::MAX] {
        reader.seek(Timestamp::from_ticks(ticks)).expect("a cursor does not fail");
        read_fields(&mut reader);
    }
    let trickled = SessionReader::new(Trickle(Cursor::new(bytes)));
    let mut trickled = trickled.expect("opened before");
    assert_eq!(count(&mut trickled), records, "byte by byte gives the same");
    assert_eq!(trickled.end(), end);
}

fn count<R: Read + Seek>(reader: &mut SessionReader<R>) -> u64 {
    let mut records = 0;
    while reader.next_record().expect("a cursor does not fail").is_some() {
        records += 1;
    }
    records
}

/// Whatever an index says, nothing but records at or after the time comes first.
fn check_seeks(reader: &mut SessionReader<Cursor<&[u8]>>) {
    let entries = reader.index().map(|index| index.entries.clone()).unwrap_or_default();
    for entry in entries.iter().take(8) {
        reader.seek(entry.last).expect("a cursor does not fail");
        if let Some(record) = reader.next_record().expect("a cursor does not fail") {
            assert!(record.timestamp >= entry.last);
        }
    }
}

/// Reads the fields of the first records.
fn read_fields(reader: &mut SessionReader<Cursor<&[u8]>>) {
    let (schema, channels) = (reader.schema().clone(), reader.header().channels.clone());
    for _ in 0..3 {
        let Some(record) = reader.next_record().expect("a cursor does not fail") else { return };
        let view = schema.view(record.data);
        for (_, value) in view.values().take(100) {
            let _ = value.to_string();
        }
        for channel in channels.iter().take(100) {
            let _ = channel.read(&view);
        }
    }
    if let Some(ledger) = reader.ledger() {
        let _ = (ledger.lateness.quantile(0.5), ledger.achieved_hz(), ledger.lost_data());
    }
}

/// Gives few bytes at a time, as a file that is being written does.
struct Trickle<'a>(Cursor<&'a [u8]>);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let few = usize::try_from(self.0.position() % 13).unwrap_or(0) + 1;
        let length = buffer.len().min(few);
        self.0.read(&mut buffer[..length])
    }
}

impl Seek for Trickle<'_> {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}
