//! Forza: layouts, a real capture of a Horizon game, and the simulator.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "clippy.toml allows these in test functions; the helpers of an integration test are tests too"
)]
#![allow(clippy::cast_possible_truncation, reason = "a capture holds a packet's 32 bits as 64")]

use gametelemetry::{ChannelMapping, GameSession, PackedFrame as _, Telemetry as _, Value};
use gametelemetry_games::forza::{Dash, GAME, HorizonExtra, HorizonTail, Sled};
use gametelemetry_games::{Game as _, RecordOptions};

use crate::packets;

fn channel(packet: &[u8], name: &str) -> Option<f64> {
    packets::channel(&GAME, packet, name)
}

#[test]
fn each_length_is_a_kind_and_no_other_length_is() {
    for size in 0..400 {
        let expected = match size {
            232 => Some("sled"),
            311 => Some("dash"),
            324 => Some("horizon"),
            331 => Some("motorsport"),
            _ => None,
        };
        assert_eq!(packets::kind(&GAME, &vec![0; size]), expected, "{size}");
    }
}

#[test]
fn fields_stand_where_the_documentation_says() {
    let sled = [
        ("is_race_on", 0, 4),
        ("timestamp_ms", 4, 8),
        ("engine_rpm", 16, 20),
        ("yaw_rad", 56, 60),
        ("wheel_rotation_speed_rad_s", 100, 116),
        ("suspension_travel_m", 196, 212),
        ("num_cylinders", 228, 232),
    ];
    for kind in ["sled", "dash", "horizon", "motorsport"] {
        packets::assert_layout(&GAME, kind, &sled);
        packets::assert_gapless(&GAME, kind, 0);
    }
    let dash = [("position_m", 232, 244), ("speed_m_s", 244, 248), ("gear", 307, 308)];
    packets::assert_layout(&GAME, "dash", &dash);
    packets::assert_layout(&GAME, "motorsport", &dash);
    packets::assert_layout(&GAME, "motorsport", &[("tire_wear", 311, 327), ("track_ordinal", 327, 331)]);
    let horizon =
        [("car_group", 232, 236), ("speed_m_s", 256, 260), ("gear", 319, 320), ("unknown", 323, 324)];
    packets::assert_layout(&GAME, "horizon", &horizon);
}

#[test]
fn channels_are_said_once() {
    packets::assert_channels_are_said_once(&GAME);
}

#[test]
fn it_is_recorded_with_nothing_set() {
    assert!(GAME.record(GameSession::new("forza"), &RecordOptions::default()).is_ok());
    assert!(GAME.info().enable.contains(&gametelemetry_games::forza::PORT.to_string()));
}

/// The packet that a line of the capture was made from. The capture leaves out what was unknown: two numbers behind
/// the car's group, and the last byte.
fn packet(line: &[serde_json::Value]) -> Vec<u8> {
    let kind = packets::schema(&GAME).kind("horizon").unwrap();
    let left_out = ["smashable_velocity_difference_m_s", "smashable_mass_kg", "unknown"];
    let mut bytes = vec![0; 324];
    let mut values = line.iter();
    for field in kind.fields.iter().filter(|field| !left_out.contains(&field.name.as_str())) {
        for element in 0..field.count {
            let value = values.next().unwrap();
            let number = value.as_f64().unwrap_or_else(|| f64::from(u8::from(value.as_bool().unwrap())));
            let at = (field.offset + element * field.kind.size()) as usize;
            let bytes = &mut bytes[at..at + field.kind.size() as usize];
            if field.kind.is_float() {
                bytes.copy_from_slice(&(number as f32).to_le_bytes());
            } else {
                let whole = (number as i64).to_le_bytes();
                bytes.copy_from_slice(&whole[..bytes.len()]);
            }
        }
    }
    assert!(values.next().is_none());
    bytes
}

fn capture() -> Option<Vec<Vec<serde_json::Value>>> {
    let bytes = packets::real_file("forza/forza_open_telemetry_telemetrycapture.json")?;
    Some(String::from_utf8(bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// The numbers of a view, arrays flattened, without what the capture leaves out.
fn numbers(packet: &[u8]) -> Vec<f64> {
    fn push(numbers: &mut Vec<f64>, value: Value) {
        match value {
            Value::List(values) => values.into_iter().for_each(|value| push(numbers, value)),
            value => numbers.push(value.as_f64().unwrap()),
        }
    }
    let mut numbers = Vec::new();
    for (field, value) in packets::schema(&GAME).view(packet).values() {
        if !field.name.starts_with("smashable") && field.name != "unknown" {
            push(&mut numbers, value);
        }
    }
    numbers
}

#[test]
fn all_values_of_a_horizon_capture_are_read() {
    let Some(lines) = capture() else { return };
    assert_eq!(lines.len(), 803);
    for line in &lines {
        let packet = packet(line);
        assert_eq!(packets::kind(&GAME, &packet), Some("horizon"));
        let read = numbers(&packet);
        assert_eq!(read.len(), 86);
        for (place, (read, value)) in read.iter().zip(line).enumerate() {
            let expected = value.as_f64().unwrap_or_else(|| f64::from(u8::from(value.as_bool().unwrap())));
            assert_eq!(*read as f32, expected as f32, "value {place}");
        }
    }
}

#[test]
fn a_horizon_capture_is_as_long_as_its_clock_says_and_ends_in_a_menu() {
    let Some(lines) = capture() else { return };
    let schema = packets::schema(&GAME);
    let packets: Vec<Vec<u8>> = lines.iter().map(|line| packet(line)).collect();
    assert_eq!(packets.len(), 803);
    let number = |packet: &[u8], name: &str| schema.view(packet).get(name).as_f64().unwrap();
    let times: Vec<f64> = packets.iter().map(|it| number(it, "timestamp_ms")).collect();
    // The last is a menu's, of zeros.
    let driven = &times[..802];
    assert!(driven.is_sorted() && times[0] == 3_117_906.0);
    let newest = times.iter().copied().fold(0.0, f64::max);
    assert_eq!((newest, newest - times[0]), (3_144_656.0, 26_750.0));
    let racing = |place: usize| number(&packets[place], "is_race_on");
    assert_eq!((racing(0), racing(802)), (1.0, 0.0));
}

#[test]
fn a_horizon_capture_means_what_the_fields_say() {
    let Some(lines) = capture() else { return };
    let packets: Vec<Vec<u8>> = lines.iter().map(|line| packet(line)).collect();
    let last = packets.last().unwrap();
    assert_eq!(channel(last, "on_track"), Some(0.0));
    assert_eq!((channel(last, "engine_rpm_max"), channel(last, "tyre_temperature_fl")), (None, None));
    let mut moving = 0;
    for pair in packets.windows(2) {
        let both = |name: &str| Some((channel(&pair[0], name)?, channel(&pair[1], name)?));
        let (Some((speed, next_speed)), Some((x, next_x)), Some((z, next_z))) =
            (both("speed"), both("position_x"), both("position_z"))
        else {
            panic!("a place without coordinates")
        };
        if speed < 5.0 || next_speed < 5.0 {
            continue;
        }
        moving += 1;
        let course = (next_x - x).atan2(next_z - z);
        assert!((course - channel(&pair[0], "yaw").unwrap()).abs() < 0.1, "yaw is not the way: {course}");
        let celsius = channel(&pair[0], "tyre_temperature_rl").unwrap();
        assert!((30.0..60.0).contains(&celsius), "{celsius} °C");
    }
    assert!(moving > 20, "{moving}");
    // Its tyres spin: speeding up is forwards and makes speed.
    let fastest = |name: &str| packets.iter().filter_map(|it| channel(it, name)).fold(0.0, f64::max);
    assert!((13.0..13.3).contains(&fastest("speed")) && fastest("g_lon") > 0.3);
}

#[test]
fn the_simulator_drives_laps_that_make_sense() {
    let packets = packets::simulate(&GAME, 1, 260.0, &[]);
    assert!((packets.len() as f64 - 260.0 * 60.0).abs() < 2.0);
    assert!(packets.iter().all(|packet| packets::kind(&GAME, packet) == Some("motorsport")));
    assert_eq!(channel(&packets[10], "on_track"), Some(0.0));
    let driven = &packets[100..];
    let (mut laps, mut fastest) = (0.0, 0.0);
    for pair in driven.windows(2) {
        let value = |name: &str| channel(&pair[1], name).unwrap();
        let before = |name: &str| channel(&pair[0], name).unwrap();
        assert_eq!(value("on_track"), 1.0);
        let way = [("position_x"), ("position_y"), ("position_z")].map(|axis| value(axis) - before(axis));
        let metres = way.iter().map(|part| part * part).sum::<f64>().sqrt();
        assert!((metres * 60.0 - value("speed")).abs() < 1.5, "{} m/s, {metres} m", value("speed"));
        assert!((0.0..=1.0).contains(&value("throttle")) && value("steer_ratio").abs() <= 1.0);
        assert!((0.0..=6.0).contains(&value("gear")));
        assert!(value("laps_completed") >= laps);
        if value("laps_completed") > laps && laps > 0.0 {
            assert!((before("lap_time") - value("last_lap_time")).abs() < 0.1);
        }
        (laps, fastest) = (value("laps_completed"), value("speed").max(fastest));
    }
    assert!(laps >= 2.0 && fastest > 50.0, "{laps} laps, {fastest} m/s");
    let last = driven.last().unwrap();
    assert!((60.0..120.0).contains(&channel(last, "best_lap_time").unwrap()));
    assert!(channel(last, "distance").unwrap() > 8000.0 && channel(last, "tyre_wear_rr").unwrap() > 0.0);
    assert!((0.6..0.95).contains(&channel(last, "fuel_level").unwrap()));
    assert_eq!(packets[..600], packets::simulate(&GAME, 1, 10.0, &[])[..600]);
}

#[test]
fn a_horizon_packet_gives_the_same_channels_as_the_others() {
    let packet = packets::simulate(&GAME, 1, 60.0, &[]).pop().unwrap();
    let (sled, dash) = (Sled::view(&packet[..232]).unwrap(), Dash::view(&packet[232..311]).unwrap());
    let extra = (HorizonExtra::zeroed(), HorizonTail::zeroed());
    let horizon = [sled.as_bytes(), extra.0.as_bytes(), dash.as_bytes(), extra.1.as_bytes()].concat();
    let of_all = |mapping: &&ChannelMapping| !mapping.field.starts_with("motorsport/");
    for mapping in GAME.info().channels.iter().filter(of_all) {
        let name = &mapping.channel;
        assert_eq!(channel(&horizon, name), channel(&packet, name), "{name}");
        assert_eq!(channel(&packet[..311], name), channel(&packet, name), "{name}");
    }
    assert_eq!(channel(&packet[..232], "speed"), None);
    assert!(channel(&packet[..232], "engine_rpm").unwrap() > 1000.0);
}
