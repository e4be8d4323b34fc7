//! Packets that games sent, from public repositories; see `real_data` for where they come from.
//!
//! They lie in the folder that `GAMETELEMETRY_REAL_DATA` names. Without it these tests say so and check nothing.

use std::path::{Path, PathBuf};

use gametelemetry::{Field, FrameSize, PackedFrame, Recognized, Schema, Value};
use gametelemetry_games::f1;

use super::{channel, element, name_of, number};

/// The folder with the captures of F1, or `None` with a word about it.
pub(super) fn real_data() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("GAMETELEMETRY_REAL_DATA") else {
        eprintln!("left out: F1's packets (set GAMETELEMETRY_REAL_DATA to the folder of real captures)");
        return None;
    };
    Some(PathBuf::from(folder).join("f1"))
}

/// The files of `folder` with their names, sorted.
pub(super) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).expect("the folder of captures is there");
    let mut files: Vec<_> = entries
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// One line of a file of JSON lines, as the path to each value and the value.
fn leaves(line: &str) -> Vec<(Vec<String>, Value)> {
    let schema = Schema::new("Line", FrameSize::Variable { max: 1 << 20 });
    let view = schema.view(line.as_bytes());
    let mut found = Vec::new();
    let mut open = vec![(Vec::new(), view.json().expect("a line of JSON"))];
    while let Some((path, json)) = open.pop() {
        let below = |step: String| path.iter().cloned().chain([step]).collect::<Vec<String>>();
        if let Some(members) = json.as_object() {
            open.extend(members.iter().map(|(name, value)| (below(name.clone()), value)));
        } else if let Some(values) = json.as_array() {
            open.extend(values.iter().enumerate().map(|(place, value)| (below(place.to_string()), value)));
        } else {
            found.push((path, Value::from_json(json)));
        }
    }
    found
}

/// The packet of a line: its bytes stand in `message`, or in `message.data`.
fn packet(leaves: &[(Vec<String>, Value)]) -> Vec<u8> {
    let mut bytes: Vec<(usize, u8)> = leaves
        .iter()
        .filter(|(path, _)| path[0] == "message")
        .filter_map(|(path, value)| Some((path.last()?.parse().ok()?, value.as_f64()? as u64 as u8)))
        .collect();
    bytes.sort_unstable();
    bytes.into_iter().map(|(_, byte)| byte).collect()
}

/// The unit at the end of a field's name.
const UNITS: [&str; 23] = [
    "_m", "_m_s", "_g", "_rad", "_mm", "_mm_s", "_mm_s2", "_rad_s", "_rad_s2", "_n", "_c", "_kmh",
    "_percent", "_ms", "_ms_part", "_s", "_min", "_psi", "_kg", "_j", "_w", "_laps", "_deg",
];

/// Words that we write in another way than the game, with what is left of them in both.
const OTHER_WORDS: &[(&str, &str)] = &[
    ("cartelemetrydata", "cars"),
    ("carmotiondata", "cars"),
    ("carstatusdata", "cars"),
    ("cardamagedata", "cars"),
    ("lapdata", "cars"),
    ("carsetups", "setups"),
    ("classificationdata", "classification"),
    ("laphistorydata", "laps"),
    ("tyrestintshistorydata", "tyrestints"),
    ("tyresetdata", "tyresets"),
    ("weatherforecastsamples", "weatherforecast"),
    ("eventdetails", "details"),
    ("eventstringcode", "eventcode"),
    ("drs", "drsopen"),
    ("revlightsbitvalue", "revlightsbits"),
    ("pitlimiterstatus", "pitlimiteron"),
    ("tyresagelaps", "tyresage"),
    ("fuelremaininglaps", "fuelremaining"),
    ("numlaps", "num"),
    ("totallaps", "total"),
    ("tyrestintsendlaps", "tyrestintsend"),
    ("lapvalidbitflags", "lapvalidbits"),
    ("tyreactualcompound", "actualtyrecompound"),
    ("tyrevisualcompound", "visualtyrecompound"),
    ("rainpercentage", "rain"),
    ("revlightspercent", "revlights"),
    ("warnings", "totalwarnings"),
    ("wheelslip", "wheelslipratio"),
    ("sector1timeminutes", "sector1timeminutespart"),
    ("sector2timeminutes", "sector2timeminutespart"),
    ("sector3timeminutes", "sector3timeminutespart"),
];

/// A name without what only one side writes: case, `m_`, underscores, units.
fn plain(name: &str) -> String {
    let name = name.strip_prefix("m_").unwrap_or(name);
    let lower = name.to_lowercase().replace('_', "").replace("idx", "index");
    let lower = lower.strip_suffix("inms").unwrap_or(&lower).to_owned();
    let other = OTHER_WORDS.iter().find(|(theirs, _)| *theirs == lower);
    other.map_or(lower, |(_, ours)| (*ours).to_owned())
}

/// Our name of a field in the same form.
fn ours(field: &Field) -> Vec<String> {
    let unitless = |word: &str| {
        let unit = UNITS.iter().filter(|unit| word.ends_with(**unit)).max_by_key(|unit| unit.len());
        unit.map_or(word, |unit| word.strip_suffix(unit).unwrap_or(word)).replace('_', "")
    };
    // The parts that a packet was cut into for several years have no name in the game.
    let parts = ["session", "settings", "periods", "rules", "car", "chassis"];
    let words = field.name.split('.').filter(|word| !parts.contains(word));
    words.map(unitless).collect()
}

#[test]
fn every_value_is_the_one_that_an_independent_decoder_read() {
    let Some(folder) = real_data() else { return };
    let mut compared = 0;
    for (year, packets) in [(2022, 17), (2023, 30)] {
        let text =
            std::fs::read_to_string(folder.join(format!("racehub/racehub_mocks_{year}.json"))).unwrap();
        assert_eq!(text.lines().count(), packets);
        for line in text.lines() {
            let leaves = leaves(line);
            let packet = packet(&leaves);
            let view = f1::schema().view(&packet);
            let kind = view.kind().unwrap_or_else(|| panic!("{year}: {}", name_of(&packet)));
            assert!(kind.name.starts_with(&format!("{year}.")), "{}", kind.name);
            assert_ne!(kind.name, format!("{year}.event"), "every event has a known code");
            for (path, expected) in leaves.iter().filter(|(path, _)| path[0] == "parsed") {
                let (places, names): (Vec<&String>, Vec<&String>) =
                    path[1..].iter().partition(|step| step.parse::<u32>().is_ok());
                let theirs: Vec<String> = names.iter().map(|name| plain(name)).collect();
                let field = kind.fields.iter().find(|field| field.bits.is_none() && ours(field) == theirs);
                let field =
                    field.unwrap_or_else(|| panic!("{}: no field for {path:?} {theirs:?}", kind.name));
                let places: Vec<u32> = places.iter().map(|place| place.parse().unwrap()).collect();
                check_value(field, &places, &packet, expected);
                compared += 1;
            }
        }
    }
    assert!(compared > 10_000, "{compared} values");
    eprintln!("compared {compared} values");
}

/// Compares one value; what a list has beyond its count is compared too.
fn check_value(field: &Field, places: &[u32], packet: &[u8], expected: &Value) {
    let field = Field { count_from: None, ..field.clone() };
    let value = match (places, field.shape.as_slice()) {
        ([], _) => field.read(packet),
        ([place], [_, _]) if field.kind.is_text() => field.read_element(packet, *place),
        ([outer, inner], [_, length]) => field.read_element(packet, outer * length + inner),
        ([place], _) => field.read_element(packet, *place),
        _ => panic!("{}: {places:?}", field.name),
    };
    let same = match (expected, &value) {
        (Value::Text(text), value) => value.to_string() == *text,
        // JSON readers may be wrong in the last digit of an f64, which is far beyond those of an f32.
        (number, Value::F32(value)) => number.as_f64().map(|number| number as f32) == Some(*value),
        (number, Value::F64(value)) => {
            number.as_f64().is_some_and(|it| (it - value).abs() <= 1e-12 * value.abs())
        }
        (number, value) => number.as_f64().is_some() && value.as_f64() == number.as_f64(),
    };
    assert!(same, "{} {places:?}: {value:?}, expected {expected:?}", field.name);
}

#[test]
fn a_packet_of_each_kind_of_2022_is_recognized_and_makes_sense() {
    let Some(folder) = real_data() else { return };
    let mut kinds = 0;
    for (file, packet) in files(&folder.join("mathieulemay")) {
        let (year, rest) = file.split_once('_').unwrap();
        if year != "2022" {
            assert_eq!(f1::schema().recognize(&packet), Recognized::Unknown, "{file}");
            continue;
        }
        let expected = match rest.strip_suffix("_packet.bin").unwrap() {
            "lap" => "2022.lap_data".to_owned(),
            "event" => format!("2022.event.{}", String::from_utf8_lossy(&packet[24..28])),
            name => format!("2022.{name}"),
        };
        assert_eq!(name_of(&packet), expected, "{file}");
        check_plausible(&packet);
        kinds += 1;
    }
    assert_eq!(kinds, 12);
}

#[test]
fn a_packet_of_each_kind_of_2025_is_recognized_and_makes_sense() {
    let Some(folder) = real_data() else { return };
    let names = [
        "motion",
        "session",
        "lap_data",
        "",
        "participants",
        "car_setups",
        "car_telemetry",
        "car_status",
        "final_classification",
        "lobby_info",
        "car_damage",
        "session_history",
        "tyre_sets",
        "motion_ex",
        "time_trial",
        "lap_positions",
    ];
    let mut events = 0;
    for (file, packet) in files(&folder.join("gamesdat_2025")) {
        let id: usize = file[7..].split(['-', '.']).next().unwrap().parse().unwrap();
        let expected = match file.split_once("-3-") {
            Some((_, code)) => format!("2025.event.{}", code.strip_suffix(".bin").unwrap()),
            None if id == 3 => format!("2025.event.{}", String::from_utf8_lossy(&packet[29..33])),
            None => format!("2025.{}", names[id]),
        };
        assert_eq!(name_of(&packet), expected, "{file}");
        events += usize::from(id == 3);
        check_plausible(&packet);
    }
    assert_eq!(events, 15);
}

#[test]
fn real_packets_tell_laps_what_they_know() {
    let Some(folder) = real_data() else { return };
    let packet = |id: u32| std::fs::read(folder.join(format!("gamesdat_2025/packet-{id}.bin"))).unwrap();
    let text = |packet: &[u8], name: &str| {
        let view = f1::schema().view(packet);
        f1::CHANNELS
            .iter()
            .filter(|mapping| mapping.channel == name)
            .find_map(|mapping| mapping.read_text(&view))
    };
    let (session, lap, participants, status) = (packet(1), packet(2), packet(4), packet(7));
    assert_eq!(text(&session, "track").as_deref(), Some("Melbourne"));
    assert_eq!(text(&session, "session_type").as_deref(), Some("Race"));
    assert_eq!(text(&participants, "driver").as_deref(), Some("LECLERC"));
    assert_eq!(text(&participants, "car").as_deref(), Some("Ferrari"));
    assert!(
        text(&status, "tyre_compound")
            .is_some_and(|tyres| ["soft", "medium", "hard"].contains(&tyres.as_str()))
    );
    let told = |packet: &[u8], name: &str| channel(&f1::schema().view(packet), name);
    let expected = [("laps_total", 20.0), ("track_length", 5276.0), ("paused", 1.0), ("safety_car", 0.0)];
    for (name, value) in expected {
        assert_eq!(told(&session, name), Some(value), "{name}");
    }
    // An out lap is called so in a race too. Both sectors are driven, and the third is.
    let expected = [
        ("lap_number", 15.0),
        ("sector", 2.0),
        ("sector_1_time", 33.711),
        ("sector_2_time", 18.41),
        ("lap_phase", 3.0),
        ("on_track", 1.0),
        ("in_pit", 0.0),
        ("in_pit_lane", 0.0),
        ("lap_valid", 1.0),
    ];
    for (name, value) in expected {
        let got = told(&lap, name).unwrap();
        assert!((got - value).abs() < 1e-9, "{name}: {got}");
    }
    assert!(told(&lap, "session_id").is_some_and(|id| id > 0.0) && told(&lap, "red_flag").is_none());
}

#[test]
fn packets_of_the_2026_season_have_the_laps_that_are_known_of_them() {
    let Some(folder) = real_data() else { return };
    for (file, packet) in files(&folder.join("larslaskowski_2026")) {
        let name = name_of(&packet);
        let view = f1::schema().view(&packet);
        assert_eq!(number(&view, "header.game_year"), 25.0, "{file}");
        let version =
            ["header.game_major_version", "header.game_minor_version"].map(|name| number(&view, name));
        assert_eq!(version, [1.0, 20.0], "{file}");
        match file.rsplit('-').next().unwrap() {
            "FinalClassification.packet" => assert_eq!(name, "2026.final_classification"),
            "SessionHistory.packet" => {
                assert_eq!(name, "2026.session_history");
                assert_eq!(number(&view, "car_index"), 7.0);
                assert_eq!(element(&view, "laps.lap_time_ms", 0), 83_435.0);
                assert_eq!(element(&view, "laps.lap_time_ms", 1), 83_233.0);
                assert_eq!(number(&view, "best_lap_time_lap_num"), 2.0);
                assert_eq!(element(&view, "laps.lap_valid", 1), 1.0);
                check_history_adds_up(&packet);
            }
            _ => {
                assert_eq!(name, "2026.session", "{file}");
                assert!((3000.0..8000.0).contains(&number(&view, "session.track_length_m")));
                assert!(number(&view, "rules.sector2_lap_distance_start_m") > 500.0);
            }
        }
        check_plausible(&packet);
    }
}

/// Packets of one frame agree with each other, which they would not if a field were at a wrong place.
#[test]
fn packets_of_one_frame_agree() {
    let Some(folder) = real_data() else { return };
    let read = |file: &str| std::fs::read(folder.join(file)).unwrap();
    let frames = [
        ("mathieulemay/2022_motion_packet.bin", "mathieulemay/2022_car_telemetry_packet.bin"),
        ("gamesdat_2025/packet-0.bin", "gamesdat_2025/packet-6.bin"),
    ];
    for (motion, telemetry) in frames {
        let (motion, telemetry) = (read(motion), read(telemetry));
        let (motion, telemetry) = (f1::schema().view(&motion), f1::schema().view(&telemetry));
        assert_eq!(motion.get("header.frame_identifier"), telemetry.get("header.frame_identifier"));
        for car in 0..22 {
            let velocity =
                ["x", "y", "z"].map(|axis| element(&motion, &format!("cars.world_velocity_{axis}_m_s"), car));
            let speed_kmh = 3.6 * velocity.iter().map(|part| part * part).sum::<f64>().sqrt();
            assert!((speed_kmh - element(&telemetry, "cars.speed_kmh", car)).abs() < 2.0, "car {car}");
            // To the left of the car, so against the steering wheel.
            let (lateral, steer) =
                (element(&motion, "cars.g_force_lateral_g", car), element(&telemetry, "cars.steer", car));
            assert!(lateral.abs() < 1.0 || lateral * steer < 0.0, "car {car}: {lateral} g, {steer}");
        }
    }
    check_2025(
        &read("gamesdat_2025/packet-13.bin"),
        &read("gamesdat_2025/packet-6.bin"),
        &read("gamesdat_2025/packet-12.bin"),
    );
}

/// The player's wheels turn as fast as the car goes, and one set of tyres is on the car.
fn check_2025(motion_ex: &[u8], telemetry: &[u8], tyre_sets: &[u8]) {
    let (view, telemetry) = (f1::schema().view(motion_ex), f1::schema().view(telemetry));
    let (ahead, speed) = (number(&view, "car.local_velocity_z_m_s"), channel(&telemetry, "speed").unwrap());
    for wheel in ["fl", "fr", "rl", "rr"] {
        let tread = channel(&view, &format!("wheel_rim_speed_{wheel}")).unwrap();
        assert!((tread - ahead).abs() < 0.1 * ahead.abs() + 1.0, "{wheel}: {tread}, {ahead}, {speed}");
        assert!(channel(&view, &format!("tyre_load_{wheel}")).unwrap() > 1000.0);
    }
    assert!((0..4).all(|wheel| element(&view, "wheel_camber_rad", wheel).abs() < 0.1));
    assert!((-0.05..0.2).contains(&channel(&view, "ride_height_front").unwrap()));
    let view = f1::schema().view(tyre_sets);
    let fitted: Vec<usize> = (0..20).filter(|&set| element(&view, "tyre_sets.fitted", set) == 1.0).collect();
    assert_eq!(fitted, [number(&view, "fitted_index") as usize]);
}

#[test]
fn lists_of_2025_and_2026_hold_what_such_lists_hold() {
    let Some(folder) = real_data() else { return };
    let read = |file: &str| std::fs::read(folder.join(file)).unwrap();
    let participants = read("gamesdat_2025/packet-4.bin");
    let packet = f1::f25::Participants::view(&participants).unwrap();
    for participant in packet.participants().iter().take(packet.num_active_cars().into()) {
        assert!(participant.name().to_string().chars().count() > 1, "{participant:?}");
        assert!((1..=4).contains(&participant.num_colours()), "{participant:?}");
    }
    for (file, sessions) in
        [("gamesdat_2025/packet-1.bin", 1..=12), ("larslaskowski_2026/F1-2026-Session.packet", 1..=12)]
    {
        let packet = read(file);
        let view = f1::schema().view(&packet);
        let length = number(&view, "session.track_length_m");
        let (second, third) = (
            number(&view, "rules.sector2_lap_distance_start_m"),
            number(&view, "rules.sector3_lap_distance_start_m"),
        );
        assert!(0.0 < second && second < third && third < length, "{file}: {second} {third} {length}");
        assert!(sessions.contains(&(number(&view, "rules.num_sessions_in_weekend") as usize)), "{file}");
        let zones = number(&view, "session.num_marshal_zones") as usize;
        // The list may begin anywhere on the lap.
        let starts: Vec<f64> =
            (0..zones).map(|zone| element(&view, "session.marshal_zones.zone_start", zone)).collect();
        assert!(starts.iter().all(|start| (0.0..=1.0).contains(start)), "{file}: {starts:?}");
        let track = view.field("session.track_id").unwrap();
        let id = number(&view, "session.track_id") as i64;
        assert!(track.labels.iter().any(|(label, _)| *label == id), "{file}: track {id}");
    }
}

/// The sectors of each finished lap are the lap.
fn check_history_adds_up(packet: &[u8]) {
    let view = f1::schema().view(packet);
    for lap in 0..number(&view, "num_laps") as usize {
        let total = element(&view, "laps.lap_time_ms", lap);
        let sectors = (1..=3).map(|sector| {
            element(&view, &format!("laps.sector{sector}_time_ms_part"), lap)
                + 60_000.0 * element(&view, &format!("laps.sector{sector}_time_minutes_part"), lap)
        });
        let sum: f64 = sectors.sum();
        assert!(total == 0.0 || (total - sum).abs() <= 2.0, "lap {lap}: {total} and {sum}");
    }
}

/// What holds of any packet: its channels are within what a car can do, or not there.
fn check_plausible(packet: &[u8]) {
    let view = f1::schema().view(packet);
    let limits = [
        ("speed", 0.0, 110.0),
        ("throttle", 0.0, 1.0),
        ("brake", 0.0, 1.0),
        ("clutch", 0.0, 1.0),
        ("steer_ratio", -1.001, 1.001),
        ("gear", -1.0, 8.0),
        ("engine_rpm", 0.0, 14_000.0),
        ("lap_number", 0.0, 100.0),
        ("lap_distance", -8000.0, 8000.0),
        ("lap_valid", 0.0, 1.0),
        ("sector", 0.0, 2.0),
        ("race_position", 1.0, 24.0),
        ("g_lat", -7.0, 7.0),
        ("g_lon", -7.0, 7.0),
        ("yaw", -3.2, 3.2),
        ("tyre_pressure_fl", 0.0, 250_000.0),
        ("tyre_load_fl", -2000.0, 20_000.0),
        ("wheel_rim_speed_rr", -10.0, 110.0),
        ("suspension_travel_fl", -0.2, 0.2),
        ("fuel_mass", 0.0, 120.0),
        ("brake_bias", 0.0, 1.0),
        ("air_temperature", -10.0, 60.0),
        ("time_of_day", 0.0, 86_400.0),
        ("session_time", 0.0, 100_000.0),
    ];
    for (name, low, high) in limits {
        if let Some(value) = channel(&view, name) {
            assert!((low..=high).contains(&value), "{name} is {value} in {}", name_of(packet));
        }
    }
}
