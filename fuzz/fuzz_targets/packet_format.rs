//! Any text as a packet format up to the first 0, any bytes behind it as a packet of that format.
#![no_main]

use gametelemetry::format::PacketFormat;
use gametelemetry_games::wrc;
use gametelemetry::{Deframer, Framing, Value};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (text, packet) = match data.iter().position(|&byte| byte == 0) {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[][..]),
    };
    let text = String::from_utf8_lossy(text);
    cut(packet);
    match PacketFormat::parse(&text) {
        Ok(format) => use_format(&format, packet),
        Err(errors) => {
            assert!(!errors.errors.is_empty());
            let _ = errors.to_string();
        }
    }
    // The channels up to the first `$`, a structure, and the list of packets.
    let mut files = text.splitn(3, '$');
    if let (Some(channels), Some(structure)) = (files.next(), files.next()) {
        let packets = files.next().map(|packets| ("packets.json", packets));
        let structures: Vec<(&str, &str)> = [("wrc.json", structure)].into_iter().chain(packets).collect();
        match wrc::described(channels, &structures) {
            Ok(format) => use_format(&format, packet),
            Err(error) => drop(error.to_string()),
        }
    }
});

fn use_format(format: &PacketFormat, packet: &[u8]) {
    format.schema.check().expect("a format that is read is right");
    let view = format.schema.view(packet);
    for (field, value) in view.values() {
        let _ = value.to_string();
        if let Value::List(values) = &value {
            let longest = if field.pointer.is_some() { packet.len() } else { packet.len() + 1 };
            assert!(values.len() <= longest, "{}: a list is no longer than its packet", field.name);
        }
    }
    for channel in &format.channels {
        let _ = channel.read(&view);
    }
    let text = format.to_toml();
    match PacketFormat::parse(&text) {
        Ok(again) => assert_eq!(&again, format, "printed and parsed it is the same:\n{text}"),
        Err(errors) => panic!("what is printed can be parsed:\n{errors}\n\n{text}"),
    }
}

/// Messages of any stream are bounded, and all of it is taken.
fn cut(stream: &[u8]) {
    for framing in [
        Framing { max_message: 100, ..Framing::delimiter(b"\r\n") },
        Framing { max_message: 100, ..Framing::length(2) },
    ] {
        let mut deframer = Deframer::new(framing);
        for bytes in stream.chunks(7) {
            deframer.push(bytes);
            // An error of a length is lasting.
            for _ in 0..8 {
                if let Ok(Some(message)) = deframer.next_message() {
                    assert!(!message.is_empty() && message.len() <= 100);
                }
            }
        }
    }
}
