//! Any JSON as a header up to the first 0, any bytes behind it as a frame of that header's schema.
#![no_main]

use gametelemetry_file::{Header, Schema, Value};
use gametelemetry_fuzz::{section, use_all};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (json, frame) = match data.iter().position(|&byte| byte == 0) {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[][..]),
    };
    let mut file = Vec::new();
    section(&mut file, b"GTHD", json);
    use_all(&file);
    let Ok(header) = serde_json::from_slice::<Header>(json) else { return };
    if header.schema.check().is_err() {
        return;
    }
    read_all(&header.schema, frame);
    for channel in &header.channels {
        let _ = channel.read(&header.schema.view(frame));
    }
    let again = serde_json::to_vec(&header).expect("a header that was read can be written");
    let again: Header = serde_json::from_slice(&again).expect("and read again");
    assert_eq!(again.schema, header.schema);
});

fn read_all(schema: &Schema, frame: &[u8]) {
    for (field, value) in schema.view(frame).values() {
        let _ = (value.to_string(), serde_json::to_vec(&value).expect("a value is JSON"));
        if let Value::List(values) = &value {
            let longest = if field.pointer.is_some() { frame.len() } else { frame.len().saturating_sub(field.offset as usize) };
            assert!(values.len() <= longest, "{}: a list is no longer than its frame", field.name);
        }
    }
}
