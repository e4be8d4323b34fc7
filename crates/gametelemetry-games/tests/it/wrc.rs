//! EA SPORTS WRC: both layouts that the game brings along, and the simulator.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "clippy.toml allows these in test functions; the helpers of an integration test are tests too"
)]

use gametelemetry::{FrameSize, GameSession, Value};
use gametelemetry_games::wrc::GAME;
use gametelemetry_games::{Game as _, RecordOptions};

use crate::packets;

fn channel(packet: &[u8], name: &str) -> Option<f64> {
    packets::channel(&GAME, packet, name)
}

fn get(packet: &[u8], field: &str) -> Value {
    packets::schema(&GAME).view(packet).get(field)
}

#[test]
fn packets_have_the_sizes_of_the_games_own_files() {
    let sizes = [
        ("session_update", 237),
        ("session_start", 51),
        ("session_update_experimental", 214),
        ("session_pause", 36),
        ("session_resume", 36),
        ("session_end", 36),
    ];
    for (name, size) in sizes {
        assert_eq!(packets::schema(&GAME).kind(name).unwrap().size, FrameSize::Fixed(size), "{name}");
        packets::assert_gapless(&GAME, name, 0);
    }
    assert_eq!(packets::schema(&GAME).kinds.len(), sizes.len());
}

#[test]
fn fields_stand_where_the_games_own_files_say() {
    let update = [
        ("packet_uid", 0, 8),
        ("game_frame_count", 16, 24),
        ("shiftlights_rpm_valid", 36, 37),
        ("vehicle_gear_maximum", 40, 41),
        ("vehicle_speed", 41, 45),
        ("vehicle_up_direction_z", 117, 121),
        ("vehicle_brake_temperature_fr", 181, 185),
        ("vehicle_engine_rpm_current", 193, 197),
        ("vehicle_handbrake", 213, 217),
        ("stage_current_distance", 221, 229),
        ("stage_length", 229, 237),
    ];
    packets::assert_layout(&GAME, "session_update", &update);
    let start = [("packet_4cc", 0, 4), ("shiftlights_rpm_start", 24, 28), ("stage_length", 43, 51)];
    packets::assert_layout(&GAME, "session_start", &start);
    packets::assert_layout(&GAME, "session_end", &[("stage_current_time", 24, 28)]);
    let small =
        [("vehicle_gear_index", 33, 34), ("vehicle_speed", 34, 38), ("stage_current_distance", 206, 214)];
    packets::assert_layout(&GAME, "session_update_experimental", &small);
}

#[test]
fn channels_are_said_once() {
    packets::assert_channels_are_said_once(&GAME);
}

#[test]
fn it_is_recorded_with_nothing_set() {
    assert!(GAME.record(GameSession::new("wrc"), &RecordOptions::default()).is_ok());
}

#[test]
fn what_only_has_the_length_of_an_update_is_none() {
    assert_eq!(packets::kind(&GAME, &[0; 237]), None);
    assert_eq!(packets::kind(&GAME, &[255; 237]), None);
    let mut update = [0; 237];
    update[40] = 6;
    assert_eq!(packets::kind(&GAME, &update), Some("session_update"));
    assert_eq!(channel(&update, "gear"), Some(0.0), "neutral");
    update[37] = 10;
    assert_eq!(channel(&update, "gear"), Some(-1.0), "reverse");
}

#[test]
fn the_simulator_drives_stages_with_a_start_and_an_end() {
    let packets = packets::simulate(&GAME, 3, 260.0, &[]);
    let kinds: Vec<_> = packets.iter().map(|packet| packets::kind(&GAME, packet).unwrap()).collect();
    assert_eq!((kinds[0], kinds[1]), ("session_start", "session_update"));
    assert_eq!(get(&packets[0], "packet_4cc"), Value::Text("SESS".to_owned()));
    let end = kinds.iter().position(|kind| *kind == "session_end").unwrap();
    assert_eq!((kinds[end - 1], kinds[end + 1]), ("session_update", "session_start"));
    assert!(kinds[1..end].iter().all(|kind| *kind == "session_update"));
    assert_eq!(get(&packets[end], "stage_current_time"), get(&packets[end - 1], "stage_current_time"));
    assert_eq!(channel(&packets[end], "lap_distance"), get(&packets[0], "stage_length").as_f64());
    let uids: Vec<_> = packets.iter().map(|packet| get(packet, "packet_uid").as_f64().unwrap()).collect();
    assert!(uids.windows(2).all(|pair| pair[1] == pair[0] + 1.0));
    assert_eq!(packets[..600], packets::simulate(&GAME, 3, 11.0, &[])[..600]);
}

#[test]
fn what_the_simulator_sends_makes_sense() {
    let packets = packets::simulate(&GAME, 5, 100.0, &[]);
    for pair in packets[1..].windows(2) {
        if pair.iter().any(|packet| packets::kind(&GAME, packet) != Some("session_update"))
            || channel(&pair[1], "lap_time") <= Some(0.0)
        {
            continue;
        }
        let value = |name: &str| channel(&pair[1], name).unwrap();
        let before = |name: &str| channel(&pair[0], name).unwrap();
        let metres = ["position_x", "position_y", "position_z"]
            .map(|axis| (value(axis) - before(axis)).powi(2))
            .iter()
            .sum::<f64>()
            .sqrt();
        assert!((metres * 60.0 - value("speed")).abs() < 1.5);
        assert!(value("lap_distance") >= before("lap_distance"));
        assert!((value("wheel_rim_speed_rl") - value("speed")).abs() < 8.0);
        let field = |name: &str| get(&pair[1], name).as_f64().unwrap();
        let dot = |one: &str, other: &str| -> f64 {
            ["x", "y", "z"]
                .iter()
                .map(|axis| field(&format!("{one}_{axis}")) * field(&format!("{other}_{axis}")))
                .sum()
        };
        let left = dot("vehicle_acceleration", "vehicle_left_direction");
        assert!(dot("vehicle_left_direction", "vehicle_forward_direction").abs() < 1e-3);
        if value("speed") > 20.0 {
            assert!(dot("vehicle_velocity", "vehicle_forward_direction") > 0.97 * value("speed"));
            if left.abs() > 5.0 {
                assert_eq!(left > 0.0, value("steer_ratio") < 0.0, "to the left");
            }
        }
    }
}
