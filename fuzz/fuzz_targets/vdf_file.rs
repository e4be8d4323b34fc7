//! Any text as Steam's list of libraries: what is read is no deeper and no larger than the text, and reads the same when
//! it is written again.
#![no_main]

use gametelemetry::places::{VdfValue, parse_vdf};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let Ok(read) = parse_vdf(&text) else { return };
    let mut count = 0;
    let written = write(&read, &mut count);
    assert!(count <= text.len() + 1, "more keys than there are letters");
    assert_eq!(parse_vdf(&written).as_ref(), Ok(&read), "{written}");
});

fn write(value: &VdfValue, count: &mut usize) -> String {
    let mut written = String::new();
    for (key, value) in value.keys() {
        *count += 1;
        assert!(value.get("").is_none_or(|inner| value.keys().iter().any(|(_, other)| other == inner)));
        written.push_str(&quoted(key));
        match value.text() {
            Some(text) => written.push_str(&quoted(text)),
            None => written.push_str(&format!("{{{}}}", write(value, count))),
        }
    }
    written
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
