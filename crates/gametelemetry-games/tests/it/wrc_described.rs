//! The files by which EA SPORTS WRC describes its own packets.

use gametelemetry::format::PacketFormat;
use gametelemetry::{FrameSize, Value};
use gametelemetry_games::wrc;

/// What is printed of a format is the same format again.
fn check_round_trip(format: &PacketFormat) {
    let text = format.to_toml();
    let again = PacketFormat::parse(&text).unwrap_or_else(|errors| panic!("{errors}\n\n{text}"));
    assert_eq!(&again, format, "{text}");
}

/// Made up, in the shape that EA documents.
const WRC_CHANNELS: &str = r#"{
    "versions": { "schema": 1, "data": 3 },
    "channels": [
        { "id": "packet_4cc", "type": "fourcc", "units": "", "description": "Code of the packet." },
        { "id": "packet_uid", "type": "uint64", "units": "", "description": "Number of the packet." },
        { "id": "shiftlights_rpm_valid", "type": "boolean", "units": "", "description": "" },
        { "id": "vehicle_gear_index", "type": "uint8", "units": "", "description": "" },
        { "id": "vehicle_speed", "type": "float32", "units": "Metres per second", "description": "" },
        { "id": "vehicle_brake_temperature_bl", "type": "float32", "units": "Degrees Celsius", "description": "" },
        { "id": "stage_current_distance", "type": "float64", "units": "Metres", "description": "" },
        { "id": "route_id", "type": "uint16", "units": "", "description": "" }
    ]
}"#;

/// Made up, in the shape that EA documents.
const WRC_STRUCTURE: &str = r#"{
    "versions": { "schema": 1, "data": 3 },
    "id": "custom1",
    "header": { "channels": ["packet_4cc"] },
    "packets": [
        { "id": "session_start", "channels": ["packet_uid", "route_id"] },
        { "id": "session_update", "channels": ["packet_uid", "shiftlights_rpm_valid", "vehicle_gear_index",
            "vehicle_speed", "vehicle_brake_temperature_bl", "stage_current_distance"] },
        { "id": "session_pause", "channels": [] }
    ]
}"#;

/// Made up, in the shape that EA documents.
const WRC_PACKETS: &str = r#"{
    "versions": { "schema": 1, "data": 3 },
    "packets": [{ "id": "session_start", "fourCC": "AAAA" }, { "id": "session_update", "fourCC": "BBBB" }]
}"#;

#[test]
fn the_json_files_of_ea_sports_wrc_are_a_format() {
    let format = wrc::described(
        WRC_CHANNELS,
        &[("udp/custom1.json", WRC_STRUCTURE), ("readme/packets.json", WRC_PACKETS)],
    )
    .unwrap();
    check_round_trip(&format);
    let update = format.schema.kind("session_update").unwrap();
    assert_eq!(update.size, FrameSize::Fixed(4 + 8 + 1 + 1 + 4 + 4 + 8));
    let mut packet = b"BBBB\x07\0\0\0\0\0\0\0\x01\x0a".to_vec();
    packet.extend(33.5_f32.to_le_bytes());
    packet.extend(80_f32.to_le_bytes());
    packet.extend(1234.5_f64.to_le_bytes());
    let view = format.schema.view(&packet);
    assert_eq!(view.kind().unwrap().name, "session_update");
    let values: Vec<(&str, Option<f64>)> =
        format.channels.iter().map(|channel| (channel.channel.as_ref(), channel.read(&view))).collect();
    // Reverse is no tenth gear. The stage is named by another packet.
    let expected = [
        ("speed", Some(33.5)),
        ("gear", Some(-1.0)),
        ("track", None),
        ("lap_distance", Some(1234.5)),
        ("brake_temperature_rl", Some(80.0)),
    ];
    assert_eq!(values, expected);
    assert_eq!((format.schema.version.as_str(), view.get("packet_4cc")), ("3", Value::Text("BBBB".into())));
}

#[test]
fn mistakes_in_the_json_files_of_ea_sports_wrc_have_places() {
    let message = |channels: &str, structure: &str| {
        wrc::described(channels, &[("my.json", structure)]).unwrap_err().to_string()
    };
    let unknown = WRC_STRUCTURE.replace("\"route_id\"", "\"root_id\"");
    assert_eq!(
        message(WRC_CHANNELS, &unknown),
        "line 6, column 61: channels.json has no channel `root_id`, did you mean `route_id`?: my.json"
    );
    let odd = WRC_CHANNELS.replace("\"uint16\"", "\"quaternion\"");
    assert!(message(&odd, WRC_STRUCTURE).contains("`route_id` has the type `quaternion`"));
    let newer = WRC_CHANNELS.replace("\"schema\": 1", "\"schema\": 2");
    assert_eq!(
        message(&newer, WRC_STRUCTURE),
        "the file is of version 2, this program knows 1: channels.json"
    );
    assert!(
        message(WRC_CHANNELS, "{ \"id\": \"x\",\n \"packets\": 3 }")
            .starts_with("line 2, column 13: invalid type")
    );
    assert!(
        message(WRC_CHANNELS, "{ \"id\": \"x\", \"packets\": [] }").starts_with("no structure has a packet")
    );
}

#[test]
fn packets_that_nothing_tells_apart_are_one_kind() {
    let structure = r#"{ "id": "x", "header": { "channels": ["packet_uid"] }, "packets": [
        { "id": "session_pause" }, { "id": "session_resume" }, { "id": "session_update", "channels": ["vehicle_speed"] }] }"#;
    let format = wrc::described(WRC_CHANNELS, &[("x.json", structure)]).unwrap();
    let names: Vec<&str> = format.schema.kinds.iter().map(|kind| kind.name.as_str()).collect();
    assert_eq!(names, ["session_update", "session_pause"]);
    assert!(format.schema.kinds[1].description.contains("session_resume"));
    check_round_trip(&format);
}

#[test]
fn files_that_would_become_gigabytes_are_refused() {
    let channels = format!(
        r#"{{ "channels": [{{ "id": "x", "type": "uint8", "description": "{}" }}] }}"#,
        "word ".repeat(100_000)
    );
    let packets: Vec<String> =
        (0..1_000).map(|n| format!(r#"{{ "id": "p{n}", "channels": ["x"] }}"#)).collect();
    let structure = format!(r#"{{ "id": "x", "packets": [{}] }}"#, packets.join(","));
    let error = wrc::described(&channels, &[("x.json", &structure)]).unwrap_err();
    assert_eq!(error.to_string(), "what the files describe is too large");
}
