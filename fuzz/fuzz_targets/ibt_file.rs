//! Any bytes as an iRacing `.ibt`: the head is read as the importer reads it, then every row is used.
#![no_main]

use gametelemetry_games::iracing::{IbtHead, PROLOGUE_LEN, SessionInfo};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    SessionInfo::scan(data);
    let prologue = &data[..data.len().min(PROLOGUE_LEN)];
    let Ok(needed) = IbtHead::required_len(prologue) else { return };
    let needed = usize::try_from(needed).unwrap_or(usize::MAX).min(data.len());
    let Ok(head) = IbtHead::parse(&data[..needed], data.len() as u64) else { return };
    let start = usize::try_from(head.data_offset()).expect("the head was inside the data");
    let rows = data[start..].chunks_exact(head.row_len() as usize);
    assert_eq!(rows.len() as u64, head.row_count());
    for row in rows.take(64) {
        let _ = (head.timestamp_of(row), head.tick_of(row));
        assert_eq!(head.schema().view(row).values().count(), head.schema().fields.len());
    }
});
