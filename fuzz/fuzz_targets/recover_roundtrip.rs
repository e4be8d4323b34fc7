//! Records are written, the file is cut and scratched, and recovered: it is whole then, has only records that went
//! in, and a second recovery leaves it alone.
#![no_main]

use std::fs;
use std::sync::OnceLock;

use gametelemetry_file::{
    EncoderOptions, FrameSize, Header, Ledger, Schema, SessionEncoder, Timestamp, files, recover, verify,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [flush, segment, cut @ .., scratches, _] = data else { return };
    let [cut_low, cut_high, records @ ..] = cut else { return };
    let mut records = records;
    let options = EncoderOptions {
        flush_records: u32::from(*flush % 8),
        segment_bytes: u64::from(*segment) * 8,
        ..EncoderOptions::default()
    };
    let schema = Schema::opaque("T", FrameSize::Variable { max: 1 << 20 });
    let header = Header::new("g", "s", schema, Timestamp::from_ticks(0));
    let mut encoder = SessionEncoder::new(&header, options).expect("the schema holds together");
    let mut written = Vec::new();
    while let [time, size, rest @ ..] = records {
        // Now and then one that is larger than a block.
        let repeat = if *size == 255 { 700 } else { 1 };
        let (data, rest) = rest.split_at(rest.len().min(usize::from(*size)));
        records = rest;
        let data = data.repeat(repeat);
        let time = Timestamp::from_ticks(i64::from(*time) * 20_000_000);
        encoder.push(time, &data).expect("of a size that is allowed");
        written.push((time, data));
        if size % 16 == 15 {
            encoder.ledger(&Ledger::default());
        }
    }
    encoder.finish(&Ledger::default());
    let mut file = encoder.output().to_vec();
    let cut = usize::from(u16::from_le_bytes([*cut_low, *cut_high]));
    file.truncate(file.len().saturating_sub(cut).max(1));
    // Not the highest bit: whether a block is compressed is covered by the contents' checksum only, so its records
    // may be wrong, and are kept, where that bit is flipped.
    for scratch in 0..usize::from(scratches % 4) {
        let at = (data.len() * 7919 + scratch * 104_729) % file.len();
        file[at] ^= 1 << ((scratch + usize::from(*segment)) % 7);
    }
    check(&file, &written, scratches % 4 == 0 && cut == 0);
});

fn check(file: &[u8], written: &[(Timestamp, Vec<u8>)], untouched: bool) {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let memory = std::path::Path::new("/dev/shm");
        if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.expect("a folder")
    });
    let path = folder.path().join("fuzz.gtel");
    fs::write(&path, file).expect("room for a small file");
    let Ok(recovered) = recover(&path, |_| {}) else { return };
    // A scratch where nothing is lost (free bits, the tag of a ledger) leaves a file whole.
    assert!(recovered.untouched || !untouched, "{recovered:?}");
    let mut reader = files::open(&path).expect("a recovered file can be read");
    let verdict = verify(&mut reader, |_| {}).expect("a file in memory does not fail");
    assert!(verdict.is_whole(), "{verdict:?}");
    assert_eq!(verdict.records, recovered.records);
    reader.seek(Timestamp::MIN).expect("a file in memory does not fail");
    let mut written = written.iter();
    while let Some(record) = reader.next_record().expect("a file in memory does not fail") {
        let same = |(time, data): &(Timestamp, Vec<u8>)| *time == record.timestamp && data == record.data;
        assert!(written.any(same), "a record that was never written, or out of order");
    }
    drop(reader);
    assert!(recover(&path, |_| {}).expect("whole now").untouched);
    if let Some(kept) = recovered.kept {
        assert_eq!(fs::read(&kept).expect("kept"), file);
        fs::remove_file(kept).expect("kept");
    }
}
