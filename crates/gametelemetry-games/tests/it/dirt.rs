//! DiRT: the layout, a real stage of DiRT Rally 2.0, and the simulator.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "clippy.toml allows these in test functions; the helpers of an integration test are tests too"
)]
#![allow(clippy::cast_possible_truncation, reason = "a capture holds a packet's 32 bits as 64")]

use std::io::Read as _;

use gametelemetry::{GameSession, Value};
use gametelemetry_games::dirt::GAME;
use gametelemetry_games::{Game as _, RecordOptions};

use crate::packets;

fn channel(packet: &[u8], name: &str) -> Option<f64> {
    packets::channel(&GAME, packet, name)
}

#[test]
fn fields_stand_where_the_sources_say() {
    let places = [
        ("run_time_s", 0, 4),
        ("position_m", 16, 28),
        ("suspension_position_mm", 68, 84),
        ("throttle", 116, 120),
        ("gear", 132, 136),
        ("engine_rate_10_rpm", 148, 152),
        ("brake_temperature_c", 204, 220),
        ("track_length_m", 244, 248),
        ("max_gears", 260, 264),
    ];
    packets::assert_layout(&GAME, "telemetry", &places);
    packets::assert_gapless(&GAME, "telemetry", 0);
}

#[test]
fn channels_are_said_once() {
    packets::assert_channels_are_said_once(&GAME);
}

#[test]
fn it_is_recorded_with_nothing_set() {
    assert!(GAME.record(GameSession::new("dirt"), &RecordOptions::default()).is_ok());
}

#[test]
fn a_packet_of_zeros_is_the_end_of_a_stage_and_has_no_values() {
    let zeros = [0; 264];
    assert_eq!(packets::kind(&GAME, &zeros), Some("stage_end"));
    assert!(GAME.info().channels.iter().all(|mapping| channel(&zeros, &mapping.channel).is_none()));
    let mut waiting = zeros;
    waiting[244..248].copy_from_slice(&5236.9_f32.to_le_bytes());
    assert_eq!(packets::kind(&GAME, &waiting), Some("telemetry"));
    assert_eq!(packets::kind(&GAME, &zeros[..256]), None);
}

/// The member `name` of a zip file, unpacked: the few of its head's fields that it takes.
fn unzip(zip: &[u8], name: &str) -> Vec<u8> {
    let number = |at: usize, bytes: usize| {
        zip[at..at + bytes].iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte))
    };
    // The list at the end, because the sizes in front of a member may be left empty.
    let end = (0..zip.len() - 3).rev().find(|&at| zip[at..].starts_with(b"PK\x05\x06")).unwrap();
    let mut at = number(end + 16, 4);
    loop {
        assert!(zip[at..].starts_with(b"PK\x01\x02"), "no {name}");
        let (method, packed, name_len) = (number(at + 10, 2), number(at + 20, 4), number(at + 28, 2));
        let (extra_len, comment_len, local) = (number(at + 30, 2), number(at + 32, 2), number(at + 42, 4));
        if &zip[at + 46..at + 46 + name_len] == name.as_bytes() {
            let data = local + 30 + number(local + 26, 2) + number(local + 28, 2);
            let packed = &zip[data..data + packed];
            assert!(method == 0 || method == 8);
            let mut bytes = Vec::new();
            if method == 0 {
                bytes.extend_from_slice(packed);
            } else {
                flate2::read::DeflateDecoder::new(packed).read_to_end(&mut bytes).unwrap();
            }
            return bytes;
        }
        at += 46 + name_len + extra_len + comment_len;
    }
}

/// The packets of a whole stage, from a matrix with a row for each of the 66 numbers.
pub(crate) fn stage() -> Option<Vec<Vec<u8>>> {
    let zip = packets::real_file("dirt/dr2_noorinbee_r5turbo_202.5s.npz")?;
    let matrix = unzip(&zip, "samples.npy");
    let head_len = 10 + usize::from(u16::from_le_bytes([matrix[8], matrix[9]]));
    let head = String::from_utf8_lossy(&matrix[..head_len]).into_owned();
    assert!(head.contains("'<f8'") && head.contains("(66, 12151)") && head.contains("False"), "{head}");
    let numbers: Vec<f32> = matrix[head_len..]
        .chunks_exact(8)
        .map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap()) as f32)
        .collect();
    let packet = |at: usize| (0..66).flat_map(|row| numbers[row * 12151 + at].to_le_bytes()).collect();
    Some((0..12151).map(packet).collect())
}

#[test]
fn a_real_stage_is_read() {
    let Some(stage) = stage() else { return };
    let values = |name: &str| -> Vec<f64> {
        stage.iter().map(|packet| channel(packet, name).unwrap_or_else(|| panic!("no {name}"))).collect()
    };
    let greatest = |name: &str| values(name).into_iter().fold(f64::MIN, f64::max);
    assert_eq!(stage.len(), 12151);
    assert!(stage.iter().all(|packet| packets::kind(&GAME, packet) == Some("telemetry")));
    assert!((greatest("lap_time") - 202.525).abs() < 5e-4, "{}", greatest("lap_time"));
    assert!((greatest("lap_position") - 0.99999).abs() < 5e-6, "{}", greatest("lap_position"));
    let length = packets::schema(&GAME).view(&stage[0]).get("track_length_m");
    assert_eq!(length, Value::F32(5236.91), "{length}");
    assert_eq!((greatest("gear"), greatest("sector"), greatest("laps_completed")), (5.0, 3.0, 0.0));
    assert!((8636.0..8637.0).contains(&greatest("engine_rpm")), "{}", greatest("engine_rpm"));
    assert!((8377.0..8378.0).contains(&greatest("engine_rpm_max")));
    assert!(greatest("suspension_travel_fl") < 0.1 && greatest("brake_temperature_rl") < 220.0);
    assert!(values("lap_time").is_sorted() && values("session_time").is_sorted());
    assert_eq!(channel(&stage[0], "last_lap_time"), None);
    for (name, value) in
        [("point_to_point", 1.0), ("laps_total", 1.0), ("track_length", f64::from(5236.91_f32))]
    {
        assert!(values(name).iter().all(|told| *told == value), "{name}");
    }
    // A sector's time is told from the packet on in which the next one begins: 0 before is no time.
    let told_from = |name: &str| stage.iter().position(|packet| channel(packet, name).is_some());
    let sector_begins = |sector: f64| values("sector").iter().position(|told| *told == sector);
    assert_eq!(told_from("sector_1_time"), sector_begins(1.0));
    assert_eq!(told_from("sector_2_time"), sector_begins(2.0));
    let split =
        channel(&stage[6543], "sector_1_time").unwrap() + channel(&stage[6543], "sector_2_time").unwrap();
    assert!((0.0..0.02).contains(&(channel(&stage[6543], "lap_time").unwrap() - split)), "{split}");
}

#[test]
fn a_real_stage_means_what_the_fields_say() {
    let Some(stage) = stage() else { return };
    let view = |packet: &[u8], field: &str, index: u32| {
        let view = packets::schema(&GAME).view(packet);
        view.read_element(view.field(field).unwrap(), index).as_f64().unwrap()
    };
    let (mut agree, mut corners, mut rolling) = (0, 0, 0);
    for pair in stage.windows(4) {
        let (packet, later) = (&pair[0], &pair[3]);
        let velocity = |packet: &[u8]| {
            ["velocity_x", "velocity_y", "velocity_z"].map(|axis| channel(packet, axis).unwrap())
        };
        let (now, then) = (velocity(packet), velocity(later));
        let speed = now.iter().map(|part| part * part).sum::<f64>().sqrt();
        assert!((speed - channel(packet, "speed").unwrap()).abs() < 1e-3);
        rolling += i32::from((channel(packet, "wheel_rim_speed_fl").unwrap() - speed).abs() < 3.0);
        let seconds = channel(later, "session_time").unwrap() - channel(packet, "session_time").unwrap();
        let right: f64 = (0..3)
            .map(|axis| (then[axis as usize] - now[axis as usize]) * view(packet, "right_direction", axis))
            .sum();
        let lateral = channel(packet, "g_lat").unwrap();
        if seconds > 0.0 && lateral.abs() > 0.4 && (right / seconds).abs() > 3.0 {
            corners += 1;
            agree += i32::from((right > 0.0) == (lateral < 0.0));
        }
    }
    assert!(
        corners > 1000 && agree * 10 > corners * 9,
        "{agree} of {corners}: g_lat is positive to the left"
    );
    assert!(rolling > 11_000, "{rolling}");
}

#[test]
fn the_simulator_drives_stages_that_end_with_zeros() {
    let packets = packets::simulate(&GAME, 3, 260.0, &[]);
    let ends: Vec<usize> =
        (0..packets.len()).filter(|&at| packets::kind(&GAME, &packets[at]) == Some("stage_end")).collect();
    assert!(ends.len() >= 2, "{ends:?}");
    let first = &packets[..ends[0]];
    assert_eq!(channel(&first[0], "lap_time"), Some(0.0));
    let last = first.last().unwrap();
    assert!(channel(last, "lap_position").unwrap() > 0.999 && channel(last, "lap_time").unwrap() > 60.0);
    assert_eq!(channel(last, "sector"), Some(3.0));
    for pair in first.windows(2) {
        let value = |name: &str| channel(&pair[1], name).unwrap();
        let before = |name: &str| channel(&pair[0], name).unwrap();
        assert_eq!(packets::kind(&GAME, &pair[1]), Some("telemetry"));
        assert!(value("lap_distance") >= before("lap_distance") && value("sector") >= before("sector"));
        let metres = ["position_x", "position_y", "position_z"]
            .map(|axis| (value(axis) - before(axis)).powi(2))
            .iter()
            .sum::<f64>()
            .sqrt();
        assert!((metres * 60.0 - value("speed")).abs() < 1.5);
        assert!((value("wheel_rim_speed_rr") - value("speed")).abs() < 8.0);
        if value("speed") > 20.0 && value("g_lat").abs() > 0.5 {
            assert_eq!(value("g_lat") > 0.0, value("steer_ratio") < 0.0, "to the left");
        }
        assert!((-1.0..=6.0).contains(&value("gear")) && value("engine_rpm") < 9000.0);
    }
    assert_eq!(packets[..600], packets::simulate(&GAME, 3, 11.0, &[])[..600]);
}
