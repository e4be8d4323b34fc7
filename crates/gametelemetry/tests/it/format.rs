//! Packet formats as text: what is written is what is read, and printed it is the same.

mod examples;
mod generated;
mod mistakes;

use std::time::Duration;

use gametelemetry::format::{Ask, FormatErrors, PacketFormat, SharedMemory, Tcp, Transport, Udp};
use gametelemetry::{
    BitRange, Boundary, Condition, FieldKind, FrameSize, Framing, Parts, Recognized, Sequence, Value,
};

fn parse(text: &str) -> PacketFormat {
    PacketFormat::parse(text).unwrap_or_else(|errors| panic!("{errors}"))
}

fn errors(text: &str) -> FormatErrors {
    PacketFormat::parse(text).expect_err("the text has mistakes")
}

/// Printed and parsed again it is the same.
fn check_round_trip(format: &PacketFormat) {
    let text = format.to_toml();
    let again = PacketFormat::parse(&text).unwrap_or_else(|errors| panic!("{errors}\n\n{text}"));
    assert_eq!(&again, format, "{text}");
    assert_eq!(again.to_toml(), text, "printing is stable");
}

/// Everything that the language has, made up.
const EVERYTHING: &str = r#"
name = "everything"
title = "Everything \"there\" is"
version = "1.2"
reference = "made up"
enable = "nothing"
source = "stream"
schema = "Everything"
endian = "big"
max_size = 70000
personal_keys = ["name", "players/"]

transport.udp = { port = 33740, multicast = "224.0.0.150", ask = { host = "192.168.1.20", port = 33739, greeting = ["hex: 00 ff"], message = "A", every_s = 10 } }

fields = [
    { name = "magic", type = "ascii[4]" },
    { name = "session", type = "u64" },
    { name = "frame", type = "u32" },
    { name = "id", type = "u8" },
    { name = "small", type = "u16", endian = "little" },
]

[[kinds]]
name = "cars"
doc = "All cars."
reference = "page 7"
when = { magic = "BNG1", id = [1, 2] }
rate_hz = 59.94
sequence = { field = "frame", step = 2, restarts_with = ["session"] }
group = ["session", "frame"]
moment = "frame"
fields = [
    { name = "count", type = "u8" },
    { name = "player", type = "i8" },
    { name = "cars", type = "car[22]", count_from = "count" },
    { name = "leader", type = "wheel" },
    { name = "weather", type = "u8", labels = { 0 = "dry", 2 = "wet", -1 = "unknown" }, channel = { name = "track_grip", missing = -1.5 } },
    { skip = 3 },
    { name = "samples", type = "f32[6]", samples_per_frame = 6 },
    { name = "names", type = "utf16[2][8]", personal = true, channel = { name = "driver", lookup = { key = "player" } } },
    { name = "again", type = "u32", at = 8, overlaps = true },
    { name = "high", type = "u8", at = 16, bits = [4, 4] },
    { name = "apart", type = "u16[3]", at = 20, strides = [10], overlaps = true },
]

[[kinds]]
name = "driver"
when = { magic = "BNG1", id = 3 }
parts = { number = "part", count = "parts", first = 1, message = ["session"], running = "frame" }
fields = [
    { name = "part", type = "u8" },
    { name = "parts", type = "u8" },
    { name = "name_length", type = "u16" },
    { name = "name", type = "utf8[300]", length_from = "name_length", personal = false, channel = "car" },
    { name = "gear", type = "i8", channel = { name = "gear", instead = [[15, 0], [-3, -1.5]] } },
    { skip = 2 },
    { name = "sectors", type = "u8" },
    { name = "times_ms", type = "u32[3]", length_from = "sectors" },
    { name = "end", type = "u8", channel = { name = "lap_time", missing = 0, plus = { field = "times_ms", scale = 60 } } },
]

[[kinds]]
name = "odd"
head = false
when = [{ at = 40, type = "i16", endian = "big", values = [-2, 3] }]
size = 60
fields = [{ name = "speed", type = "f64", at = 12, channel = "speed" }]

[structs]
car = [
    { name = "speed_kmh", type = "u16", channel = { name = "speed", scale = 0.2777, lookup = { key = "player", cars = "count" } } },
    { name = "wheels", type = "wheel[4]" },
    { name = "flags", type = "u8", bits = { abs = 0, mode = { bits = [1, 3], labels = { 1 = "soft" }, doc = "How." } } },
]
wheel = [
    { name = "pressure_psi", type = "f32", unit = "psi" },
    { skip = 1 },
]
"#;

#[test]
fn everything_is_the_same_after_printing() {
    let format = parse(EVERYTHING);
    check_round_trip(&format);
    assert_eq!(format.channels.len(), 7);
}

#[test]
fn structs_become_arrays_with_strides_as_in_rust() {
    let format = parse(EVERYTHING);
    let cars = format.schema.kind("cars").unwrap();
    let field = cars.field("cars.wheels.pressure_psi").unwrap();
    // A wheel has 5 bytes, a car 2 + 4 * 5 + 1.
    assert_eq!((field.offset, field.count), (21 + 2, 88));
    assert_eq!((field.shape.as_slice(), field.strides.as_slice()), (&[22, 4][..], &[23, 5][..]));
    assert_eq!(field.count_from.as_deref(), Some("count"));
    assert!(field.big_endian && !cars.field("small").unwrap().big_endian);
    assert_eq!(cars.field("cars.flags.mode").unwrap().bits, Some(BitRange { first: 1, count: 3 }));
    assert_eq!(cars.field("samples").unwrap().samples_per_frame, 6);
    let magic = Condition { offset: 0, kind: FieldKind::U32, big_endian: false, values: vec![0x3147_4e42] };
    assert_eq!(
        cars.when,
        [magic, Condition { offset: 16, kind: FieldKind::U8, big_endian: false, values: vec![1, 2] }]
    );
    let sequence = Sequence { field: "frame".into(), step: Some(2), restarts_with: vec!["session".into()] };
    assert_eq!((cars.sequence.as_ref(), cars.rate_hz), (Some(&sequence), Some(59.94)));
    let driver = format.schema.kind("driver").unwrap();
    let parts = Parts {
        number: "part".into(),
        count: "parts".into(),
        first: 1,
        message: vec!["session".into()],
        running: Some("frame".into()),
    };
    assert_eq!(driver.parts, Some(parts));
    assert_eq!(cars.moment.as_deref(), Some("frame"));
    let gear = format.channels.iter().find(|channel| channel.channel == "gear").unwrap();
    assert_eq!(gear.instead, [Some((15.0, 0.0)), Some((-3.0, -1.5))]);
    let lookup = format.channels[0].lookup.as_ref().unwrap();
    assert_eq!((lookup.key.as_ref(), lookup.cars.as_ref(), lookup.stride), ("player", "count", 1));
    assert_eq!(format.channels[0].field, "cars/cars.speed_kmh");
}

#[test]
fn fields_behind_a_text_of_any_length_are_found() {
    let format = parse(EVERYTHING);
    let mut packet = b"BNG1\0\0\0\0\0\0\0\x09\0\0\0\x01\x03\0\0".to_vec();
    packet.extend(b"\x01\x02\0\x03Ann\x04??\x02\0\0\0\x07\0\0\0\x08\x2a");
    let view = format.schema.view(&packet);
    assert_eq!(view.kind().unwrap().name, "driver");
    let text = |name: &str| view.get(name).to_string();
    assert_eq!(
        (text("name"), text("gear"), text("times_ms"), text("end")),
        ("Ann".into(), "4".into(), "[7 8]".into(), "42".into())
    );
    let driver = view.kind().unwrap();
    assert_eq!(driver.size, FrameSize::Variable { max: 19 + 4 + 300 + 1 + 2 + 1 + 12 + 1 });
}

#[test]
fn an_array_of_structs_may_vary_in_length_at_the_end() {
    let text = "name = \"a\"\nfields = [{ name = \"n\", type = \"u8\" }, { name = \"c\", type = \"s[3]\", length_from = \"n\" }]\n[structs]\ns = [{ name = \"x\", type = \"u8\" }, { name = \"y\", type = \"u8\" }]";
    let format = parse(text);
    assert_eq!(format.schema.size, FrameSize::Variable { max: 7 });
    assert_eq!(format.schema.view(&[2, 1, 2, 3, 4]).get("c.y").to_string(), "[2 4]");
    check_round_trip(&format);
}

#[test]
fn kinds_may_differ_in_their_length_only() {
    let format = parse(
        "name = \"a\"\nfields = [{ name = \"x\", type = \"u8\" }]\n[[kinds]]\nname = \"short\"\n[[kinds]]\nname = \"long\"\nfields = [{ name = \"y\", type = \"u8\" }]",
    );
    let kind = |bytes: &[u8]| match format.schema.recognize(bytes) {
        Recognized::Kind(kind) => kind.name.clone(),
        _ => "none".to_owned(),
    };
    assert_eq!((kind(&[1]), kind(&[1, 2]), kind(&[1, 2, 3])), ("short".into(), "long".into(), "none".into()));
    check_round_trip(&format);
}

#[test]
fn c_alignment_is_that_of_c() {
    let format = parse(
        "name = \"a\"\npacking = 8\nsize = 40\nfields = [{ name = \"a\", type = \"u8\" }, { name = \"b\", type = \"f64\" }, { name = \"c\", type = \"s[2]\" }, { name = \"d\", type = \"u8\" }]\n[structs]\ns = [{ name = \"x\", type = \"u32\" }, { name = \"y\", type = \"u8\" }]",
    );
    let places: Vec<u32> = format.schema.fields.iter().map(|field| field.offset).collect();
    assert_eq!(places, [0, 8, 16, 20, 32]);
    assert_eq!(format.schema.field("c.y").unwrap().strides, [8]);
    check_round_trip(&format);
}

#[test]
fn frames_may_be_json() {
    let format = parse(
        r#"
        name = "state"
        json = true
        max_size = 5000
        transport.tcp = { connect = "127.0.0.1:8111", frame = { delimiter = "\n", max_message = 5000 } }
        fields = [
            { name = "speed", pointer = "/car/speed kmh", channel = { name = "speed", scale = 0.5 } },
            { name = "map", pointer = "/map", type = "utf8" },
        ]
        "#,
    );
    check_round_trip(&format);
    let view = format.schema.view(br#"{"car":{"speed kmh":90},"map":"de_dust2"}"#);
    assert_eq!(
        (format.channels[0].read(&view), view.get("map")),
        (Some(45.0), Value::Text("de_dust2".into()))
    );
    let framing = Framing { boundary: Boundary::Delimiter(b"\n".to_vec()), max_message: 5000 };
    let tcp = Tcp { connect: "127.0.0.1:8111".into(), framing, greeting: vec![] };
    assert_eq!(format.transport, Some(Transport::Tcp(tcp)));
}

#[test]
fn transports_are_what_is_written() {
    let Some(Transport::Udp(udp)) = parse(EVERYTHING).transport else { panic!("it is UDP") };
    let ask = Ask {
        host: "192.168.1.20".into(),
        port: 33739,
        greeting: vec![vec![0, 255]],
        heartbeat: Some((b"A".to_vec(), Duration::from_secs(10))),
    };
    assert_eq!(udp, Udp { port: 33740, multicast: Some("224.0.0.150".parse().unwrap()), ask: Some(ask) });
    let fields = "fields = [{ name = \"x\", type = \"u32\" }]";
    let format = parse(&format!(
        "name = \"a\"\ncounter = \"x\"\ntransport.shared_memory = {{ map = \"m\", hz = 333 }}\n{fields}"
    ));
    let memory = SharedMemory { map: "m".into(), hz: 333.0 };
    assert_eq!(format.transport, Some(Transport::SharedMemory(memory)));
    assert_eq!((format.schema.counter.as_deref(), format.source.as_str()), (Some("x"), "frames"));
    check_round_trip(&format);
    let format = parse(&format!(
        "name = \"a\"\ntransport.tcp = {{ connect = \"h:1\", greeting = [\"hi\\n\"], frame = {{ length = \"u16\", endian = \"big\", includes_itself = true, offset = 2 }} }}\n{fields}"
    ));
    let boundary = Boundary::Length { bytes: 2, big_endian: true, includes_itself: true, offset: 2 };
    let Some(Transport::Tcp(tcp)) = &format.transport else { panic!("it is TCP") };
    assert_eq!((&tcp.framing.boundary, tcp.greeting.as_slice()), (&boundary, &[b"hi\n".to_vec()][..]));
    check_round_trip(&format);
}
