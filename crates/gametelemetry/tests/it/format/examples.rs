//! The formats in `formats/` and in the documentation: they are right, and decode real packets.
//!
//! Real packets lie in the folder that `GAMETELEMETRY_REAL_DATA` names; their facts were read from the bytes with
//! independent code. Without it those tests say so and check nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gametelemetry::format::PacketFormat;
use gametelemetry::{Reassembler, ReassemblyOptions, Timestamp, Value};

use super::check_round_trip;

fn formats() -> BTreeMap<String, PacketFormat> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../formats");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            let format =
                PacketFormat::parse(&text).unwrap_or_else(|errors| panic!("{}\n{errors}", path.display()));
            assert_eq!(format.name, name, "a file is called as its format");
            (name, format)
        })
        .collect()
}

fn format(name: &str) -> PacketFormat {
    formats().remove(name).unwrap()
}

/// The bytes of a real capture, or `None` with a word about it when there are none here.
fn real_file(path: &str) -> Option<Vec<u8>> {
    let Some(folder) = std::env::var_os("GAMETELEMETRY_REAL_DATA") else {
        println!("left out: {path} (set GAMETELEMETRY_REAL_DATA to the folder of real captures)");
        return None;
    };
    Some(std::fs::read(PathBuf::from(folder).join(path)).expect(path))
}

#[test]
fn examples_have_the_sizes_that_their_games_document() {
    let sizes = |format: &PacketFormat| -> Vec<u32> {
        if format.schema.kinds.is_empty() {
            return vec![format.schema.size.max()];
        }
        format.schema.kinds.iter().map(|kind| kind.size.max()).collect()
    };
    let found: Vec<(String, Vec<u32>)> =
        formats().into_iter().map(|(name, format)| (name, sizes(&format))).collect();
    let expected = [
        ("assetto_corsa_remote", vec![328, 408]),
        ("beamng_outgauge", vec![92, 96]),
        ("lfs_outgauge", vec![92, 96]),
        ("lfs_outsim", vec![64, 68]),
        ("project_cars_2", vec![559, 308, 1136, 1063, 24, 1040, 1164, 1452]),
        ("richard_burns_rally", vec![664]),
    ];
    assert_eq!(found, expected.map(|(name, sizes)| (name.to_owned(), sizes)));
}

#[test]
fn examples_are_the_same_after_printing() {
    for format in formats().values() {
        check_round_trip(format);
        assert!(!format.title.is_empty() && !format.schema.reference.is_empty() && !format.enable.is_empty());
        assert!(format.channels.len() > 5, "{} has channels", format.name);
    }
}

#[test]
fn examples_have_fields_where_their_games_document_them() {
    let offset = |format: &PacketFormat, kind: &str, field: &str| {
        let fields = format.schema.kind(kind).map_or(&format.schema.fields, |kind| &kind.fields);
        fields.iter().find(|candidate| candidate.name == field).unwrap_or_else(|| panic!("{field}")).offset
    };
    let ac = format("assetto_corsa_remote");
    let places =
        ["lap_time_ms", "last_lap_ms", "lap_count", "gear", "car_position_normalized", "car_coordinates_m"];
    assert_eq!(places.map(|field| offset(&ac, "car", field)), [40, 44, 52, 76, 308, 316]);

    let rbr = format("richard_burns_rally");
    let places = ["gear", "speed_kmh", "rpm", "wheels.spring_deflection_m", "wheels.tyre_segments.wear"];
    assert_eq!(places.map(|field| offset(&rbr, "", field)), [44, 60, 136, 152, 220]);
    let wear = rbr.schema.field("wheels.tyre_segments.wear").unwrap();
    assert_eq!((wear.shape.as_slice(), wear.strides.as_slice()), (&[4, 8][..], &[128, 8][..]));

    let pc2 = format("project_cars_2");
    let places =
        ["speed_ms", "steering", "tyre_flags", "brake_temperature_c", "air_pressure", "wings", "tick_count"];
    assert_eq!(places.map(|field| offset(&pc2, "telemetry", field)), [36, 44, 136, 208, 352, 368, 555]);
    assert_eq!(offset(&pc2, "timings", "cars.current_time_s"), 33 + 22);
    assert_eq!(offset(&pc2, "participants", "nationalities"), 1040);
}

#[test]
fn the_players_part_of_all_cars_is_found() {
    let format = format("project_cars_2");
    let mut packet = vec![0; 1063];
    packet[10] = 3;
    packet[12] = 5;
    packet[1057] = 2;
    let car = 33 + 2 * 32;
    packet[car + 14] = 0x80 | 7;
    packet[car + 20] = 0x08 | 2;
    packet[car + 22..car + 26].copy_from_slice(&61.5_f32.to_le_bytes());
    let view = format.schema.view(&packet);
    assert_eq!(view.kind().unwrap().name, "timings");
    let channel =
        |name: &str| format.channels.iter().find(|channel| channel.channel == name).unwrap().read(&view);
    assert_eq!((channel("race_position"), channel("lap_time")), (Some(7.0), Some(61.5)));
    assert_eq!(channel("lap_valid"), Some(0.0));
    // No more cars than there are.
    assert!(matches!(view.get("cars.participant"), Value::List(cars) if cars.len() == 5));
}

#[test]
fn a_real_packet_of_live_for_speed_decodes() {
    let Some(packet) = real_file("lfs/insimrs_outgauge_92.bin") else { return };
    let format = format("lfs_outgauge");
    let view = format.schema.view(&packet);
    assert_eq!(view.kind().unwrap().name, "dashboard");
    let text = |name: &str| view.get(name).to_string();
    assert_eq!(
        (text("time_ms"), text("car"), text("gear"), text("player_id")),
        ("67480".into(), "XRT".into(), "3".into(), "1".into())
    );
    assert_eq!((view.get("flags"), view.get("lights_there")), (Value::UInt(0xe000), Value::UInt(0x766)));
    assert_eq!((text("flags.prefers_bar"), text("flags.shift_key")), ("1".to_owned(), "0".to_owned()));
    // The game fills up with blanks.
    assert_eq!(
        (text("display_1").trim_end(), text("display_2").trim_end()),
        ("Fuel 99.9%", "Brake Bal Fr 75%")
    );
    let near = |name: &str, expected: f64| {
        let got = view.get(name).as_f64().unwrap();
        assert!((got - expected).abs() < 0.005, "{name}: {got}");
    };
    near("speed_ms", 11.197);
    near("rpm", 2450.39);
    near("fuel", 0.99985);
    let gear = format.channels.iter().find(|channel| channel.channel == "gear").unwrap();
    assert_eq!(gear.read(&view), Some(2.0));
}

#[test]
fn a_real_lap_of_assetto_corsa_decodes() {
    let Some(packets) = real_file("ac_udp/vthinsel_AssettoCorsa_monza_A8LMS.raw") else { return };
    let format = format("assetto_corsa_remote");
    let mapping = |name: &str| format.channels.iter().find(|channel| channel.channel == name).unwrap();
    let mut laps = Vec::new();
    let mut gears = Vec::new();
    let mut fastest = 0.0_f64;
    for packet in packets.chunks(328) {
        let view = format.schema.view(packet);
        assert_eq!(view.kind().unwrap().name, "car");
        laps.push(mapping("laps_completed").read(&view).unwrap());
        gears.push(view.get("gear").as_f64().unwrap());
        fastest = fastest.max(view.get("speed_kmh").as_f64().unwrap());
    }
    assert_eq!(laps.len(), 8641);
    assert_eq!(laps.iter().position(|lap| *lap == 1.0), Some(7899));
    assert!(laps[7899..].iter().all(|lap| *lap == 1.0));
    assert!((fastest - 252.173).abs() < 0.001, "{fastest}");
    gears.sort_by(f64::total_cmp);
    gears.dedup();
    assert_eq!(gears, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let times: Vec<f64> =
        packets.chunks(328).map(|it| format.schema.view(it).get("lap_time_ms").as_f64().unwrap()).collect();
    assert_eq!((times[0], times[times.len() - 1]), (212_240.0, 4380.0));
    // The clock starts again at the line, and nowhere else.
    let restarts: Vec<usize> = (1..times.len()).filter(|&place| times[place] < times[place - 1]).collect();
    assert!(restarts.iter().all(|place| place.abs_diff(7899) <= 1) && restarts.len() == 1, "{restarts:?}");
    let (before, after) = (&packets[328 * 7898..328 * 7899], &packets[328 * 7899..328 * 7900]);
    let best = |packet| format.schema.view(packet).get("best_lap_ms").as_f64();
    assert_eq!((best(before), best(after)), (Some(0.0), Some(344_684.0)));
    let last = |packet| mapping("last_lap_time").read(&format.schema.view(packet));
    assert_eq!((last(before), last(after).map(|time| (time * 1000.0).round())), (None, Some(344_684.0)));
}

#[test]
fn the_examples_of_the_documentation_are_formats() {
    let pages = ["formats.md", "privacy.md"].map(|page| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(page);
        std::fs::read_to_string(path).unwrap()
    });
    let page = pages.concat();
    let examples: Vec<&str> =
        page.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(examples.len() >= 10);
    for example in examples {
        check_round_trip(
            &PacketFormat::parse(example).unwrap_or_else(|errors| panic!("{errors}\n\n{example}")),
        );
    }
}

#[test]
fn the_drivers_of_project_cars_2_are_put_together_from_their_parts() {
    let format = format("project_cars_2");
    let part = |message: u32, number: u8, name: &str| {
        let mut packet = vec![0; 1136];
        packet[4..8].copy_from_slice(&message.to_le_bytes());
        (packet[8], packet[9], packet[10]) = (number, 2, 2);
        packet[16..16 + name.len()].copy_from_slice(name.as_bytes());
        packet
    };
    let at = |milliseconds: i64| Timestamp::from_ticks(milliseconds * 10_000);
    let schema = Arc::new(format.schema);
    let mut reassembler = Reassembler::new(Arc::clone(&schema), ReassemblyOptions::default());
    // Out of order, one part twice, and one of the message before that was never whole.
    assert_eq!(reassembler.push(at(0), &part(6, 1, "Nobody")), None);
    assert_eq!(reassembler.push(at(10), &part(7, 2, "Ben")), None);
    assert_eq!(reassembler.push(at(11), &part(7, 2, "Ben")), None);
    let message = reassembler.push(at(12), &part(7, 1, "Ann")).unwrap();
    assert_eq!((message.kind.as_str(), message.parts.len()), ("participants", 2));
    let first_names: Vec<String> = message
        .parts
        .iter()
        .map(|part| match schema.view(part).get("names") {
            Value::List(names) => names[0].to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(first_names, ["Ann", "Ben"]);
    reassembler.tick(at(1000));
    assert_eq!(reassembler.counted(), (1, 1));
}
