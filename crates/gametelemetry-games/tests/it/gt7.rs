//! Gran Turismo 7: layouts, a real lap, encryption both ways, and the simulated console.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "clippy.toml allows these in test functions; the helpers of an integration test are tests too"
)]

use std::borrow::Cow;
use std::io::Read as _;

use gametelemetry::{GameSession, Value};
use gametelemetry_games::gt7::{GAME, HEARTBEAT, SOURCE, decrypt, encrypt};
use gametelemetry_games::{Game as _, RecordError, RecordOptions};

use crate::packets;

fn channel(packet: &[u8], name: &str) -> Option<f64> {
    packets::channel(&GAME, packet, name)
}

fn get(packet: &[u8], field: &str) -> Value {
    packets::schema(&GAME).view(packet).get(field)
}

#[test]
fn fields_stand_where_the_sources_say() {
    let a = [
        ("position_m", 0x04, 0x10),
        ("angular_velocity_rad_s", 0x2C, 0x38),
        ("seed", 0x40, 0x44),
        ("speed_m_s", 0x4C, 0x50),
        ("packet_id", 0x70, 0x74),
        ("last_lap_time_ms", 0x7C, 0x80),
        ("flags", 0x8E, 0x90),
        ("brake", 0x92, 0x93),
        ("wheel_speed_rad_s", 0xA4, 0xB4),
        ("clutch_pedal", 0xF4, 0xF8),
        ("car_id", 0x124, 0x128),
    ];
    for (kind, unused) in [("a", 33), ("b", 33), ("tilde", 33), ("c", 33)] {
        packets::assert_layout(&GAME, kind, &a);
        packets::assert_gapless(&GAME, kind, unused);
    }
    packets::assert_layout(&GAME, "b", &[("steering_wheel_rad", 0x128, 0x12C), ("surge_m_s2", 0x138, 0x13C)]);
    packets::assert_layout(
        &GAME,
        "tilde",
        &[("throttle_input", 0x13C, 0x13D), ("unknown_154", 0x154, 0x158)],
    );
    packets::assert_layout(&GAME, "c", &[("surface", 0x158, 0x15C), ("category", 0x16C, 0x170)]);
}

#[test]
fn channels_are_said_once() {
    packets::assert_channels_are_said_once(&GAME);
}

#[test]
fn the_consoles_address_is_asked_for() {
    let error = GAME.record(GameSession::new("gt7"), &RecordOptions::default()).err().unwrap();
    assert_eq!(error, RecordError::NeedsHost { game: "gt7" });
    assert!(error.to_string().contains("--host"), "{error}");
    let options = RecordOptions { host: Some("192.168.1.20".to_owned()), ..RecordOptions::default() };
    assert!(GAME.record(GameSession::new("gt7"), &options).is_ok());
}

/// The packets of a replay of one whole lap, decrypted.
pub(crate) fn lap() -> Option<Vec<Vec<u8>>> {
    let packed = packets::real_file("gt7/zetetos_demo.gtz")?;
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes.len() % 368, 0);
    Some(bytes.chunks_exact(368).map(<[u8]>::to_vec).collect())
}

#[test]
fn a_real_lap_is_read() {
    let Some(lap) = lap() else { return };
    assert_eq!(lap.len(), 6914);
    for (packet, id) in lap.iter().zip(704_544..) {
        assert_eq!(packets::kind(&GAME, packet), Some("c"));
        assert_eq!(get(packet, "packet_id"), Value::Int(id));
        assert_eq!(get(packet, "car_id"), Value::Int(3582));
        assert_eq!(get(packet, "category"), Value::Text("GRX".to_owned()));
        let last = id == 711_457;
        assert_eq!(channel(packet, "lap_number"), Some(if last { 2.0 } else { 1.0 }));
        assert_eq!(channel(packet, "last_lap_time"), last.then_some(115.244));
        // A replay: the player does not drive, and nothing is paused or loading.
        assert_eq!((channel(packet, "on_track"), get(packet, "loading")), (Some(0.0), Value::UInt(0)));
        assert_eq!(
            (get(packet, "has_turbo"), get(packet, "suggested_gear")),
            (Value::UInt(1), Value::UInt(15))
        );
        assert!((2.0..=6.0).contains(&channel(packet, "gear").unwrap()));
    }
    assert!((channel(&lap[6912], "lap_time").unwrap() - 115.234).abs() < 1e-9);
}

#[test]
fn a_real_lap_means_what_the_fields_say() {
    let Some(lap) = lap() else { return };
    let (mut corners, mut agree, mut sum_g) = (0, 0, 0.0);
    for step in lap.windows(2).step_by(7) {
        let value = |name: &str| channel(&step[1], name).unwrap();
        let velocity = ["velocity_x", "velocity_y", "velocity_z"].map(value);
        let speed = velocity.iter().map(|part| part * part).sum::<f64>().sqrt();
        assert!((speed - value("speed")).abs() < 0.2, "{speed} m/s");
        let rolling = value("wheel_speed_fl") * element(&step[1], "tyre_radius_m", 0);
        assert!((rolling - speed).abs() < 0.25 * speed, "{rolling} m/s of {speed}");
        // The nose looks along the velocity, but for a slide.
        let nose = nose(&step[1]);
        let along: f64 = nose.iter().zip(velocity).map(|(nose, velocity)| nose * velocity).sum();
        assert!(along > 0.9 * speed, "{along} of {speed} m/s");
        if value("g_lat").abs() > 1.5 {
            corners += 1;
            agree += i32::from((value("g_lat") > 0.0) == (value("yaw_rate") > 0.0));
        }
        let steered = value("steer") - channel(&step[0], "steer").unwrap();
        assert!((steered * 60.0 - element(&step[1], "steering_wheel_rate_rad_s", 0)).abs() < 0.05);
        sum_g += value("g_lon");
    }
    // It slides and jumps, so that not every moment of a corner agrees.
    assert!(
        corners > 100 && agree * 20 > corners * 19,
        "{agree} of {corners}: both are positive to the left"
    );
    assert!(sum_g.abs() < 100.0, "{sum_g} g: what is gained is lost in braking");
}

fn element(packet: &[u8], field: &str, index: u32) -> f64 {
    let view = packets::schema(&GAME).view(packet);
    view.read_element(view.field(field).unwrap(), index).as_f64().unwrap()
}

/// The direction that the quaternion turns "against z" to.
fn nose(packet: &[u8]) -> [f64; 3] {
    let [x, y, z, w] = [0, 1, 2, 3].map(|part| element(packet, "rotation", part));
    assert!((x * x + y * y + z * z + w * w - 1.0).abs() < 1e-3);
    [-2.0 * (x * z + w * y), -2.0 * (y * z - w * x), -1.0 + 2.0 * (x * x + y * y)]
}

/// Encrypts as the console does, and expects both ways to lead back.
fn assert_travels(packet: &[u8]) {
    let datagram = GAME.packet(SOURCE, packet).into_owned();
    assert_ne!(datagram[..0x40], packet[..0x40]);
    assert_eq!(datagram[0x40..0x44], packet[0x40..0x44]);
    let mut record = datagram.clone();
    assert!(decrypt(&mut record));
    assert_eq!(record, packet);
    assert_eq!(GAME.packet(SOURCE, &record), datagram);
}

#[test]
fn each_packet_of_a_real_lap_travels_and_comes_back() {
    let Some(lap) = lap() else { return };
    for packet in &lap {
        for size in [296, 316, 344, 368] {
            assert_travels(&packet[..size]);
        }
    }
}

#[test]
fn what_is_no_packet_is_kept_and_sent_as_it_came() {
    for record in [&b"hello"[..], &[7; 296], &[0; 368], &[]] {
        assert!(matches!(GAME.packet(SOURCE, record), Cow::Borrowed(bytes) if bytes == record));
        let mut datagram = record.to_vec();
        assert!(!decrypt(&mut datagram));
        assert_eq!(datagram, record);
    }
}

#[test]
fn the_console_sends_what_it_is_asked_for_and_nothing_unasked() {
    assert!(packets::simulate(&GAME, 2, 5.0, b"").is_empty());
    assert!(packets::simulate(&GAME, 2, 5.0, b"X").is_empty());
    assert_eq!(HEARTBEAT, b'C');
    for (letter, size, name) in [(b'A', 296, "a"), (b'B', 316, "b"), (b'~', 344, "tilde"), (b'C', 368, "c")] {
        let packets = packets::simulate(&GAME, 2, 5.0, &[letter]);
        assert!((299..=301).contains(&packets.len()));
        for mut packet in packets {
            assert_eq!(packet.len(), size);
            assert_eq!(packets::kind(&GAME, &packet), None, "encrypted");
            assert!(decrypt(&mut packet));
            assert_eq!(packets::kind(&GAME, &packet), Some(name));
            assert_travels(&packet);
        }
    }
}

#[test]
fn the_console_stops_without_heartbeats_and_then_takes_another_letter() {
    let mut console = GAME.simulator(2).unwrap();
    let mut sent = |heartbeat: &[u8], seconds: u32| {
        console.heartbeat(heartbeat);
        let mut sizes = Vec::new();
        for _ in 0..seconds * 60 {
            console.step(1.0 / 60.0);
            sizes.extend(console.datagrams().iter().map(|datagram| datagram.bytes.len()));
        }
        sizes
    };
    assert_eq!(sent(b"A", 5).first(), Some(&296));
    assert_eq!(sent(b"C", 5).last(), Some(&296), "the first letter holds while packets come");
    let rest = sent(b"", 60);
    assert!((300..420).contains(&rest.len()), "{}", rest.len());
    assert_eq!(sent(b"C", 5).last(), Some(&368));
}

#[test]
fn the_simulator_drives_laps_that_make_sense() {
    let mut console = GAME.simulator(1).unwrap();
    let (mut before, mut laps, mut fastest): (Option<Vec<u8>>, _, f64) = (None, 0, 0.0);
    for step in 0..250 * 60 {
        if step % 300 == 0 {
            console.heartbeat(b"C");
        }
        console.step(1.0 / 60.0);
        for mut datagram in console.datagrams() {
            assert!(decrypt(&mut datagram.bytes));
            let packet = datagram.bytes;
            let value = |name: &str| channel(&packet, name).unwrap();
            if let Some(before) = &before {
                let then = |name: &str| channel(before, name).unwrap();
                assert_eq!(element(&packet, "packet_id", 0), element(before, "packet_id", 0) + 1.0);
                let moved = ["position_x", "position_y", "position_z"].map(|axis| value(axis) - then(axis));
                let metres = moved.iter().map(|part| part * part).sum::<f64>().sqrt();
                assert!((metres * 60.0 - value("speed")).abs() < 1.5);
                if value("lap_number") > then("lap_number") {
                    laps += 1;
                }
            }
            let along: f64 = ["velocity_x", "velocity_y", "velocity_z"]
                .map(value)
                .iter()
                .zip(nose(&packet))
                .map(|(a, b)| a * b)
                .sum();
            assert!(value("speed") < 5.0 || along > 0.97 * value("speed"), "{along} of {}", value("speed"));
            if value("speed") > 20.0 && value("g_lat").abs() > 0.5 {
                assert_eq!(value("g_lat") > 0.0, value("yaw_rate") > 0.0);
                assert_eq!(value("g_lat") > 0.0, value("steer") > 0.0);
            }
            fastest = fastest.max(value("wheel_speed_fl"));
            before = Some(packet);
        }
    }
    let last = before.unwrap();
    assert!(laps >= 2 && fastest > 150.0, "{laps} laps, {fastest} rad/s");
    assert!((60.0..120.0).contains(&channel(&last, "best_lap_time").unwrap()));
    assert!((20.0..60.0).contains(&channel(&last, "fuel_volume").unwrap()));
    assert_eq!(get(&last, "car_on_track"), Value::UInt(1));
    let gear = |gears: u8| {
        let mut packet = last.clone();
        packet[0x90] = gears;
        channel(&packet, "gear")
    };
    assert_eq!([0xF0, 0xFF, 0xF1].map(gear), [Some(-1.0), Some(0.0), Some(1.0)]);
    assert!(encrypt(&mut last.clone()));
}
