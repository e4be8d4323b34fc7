//! Packets that games sent, against what their bytes state when they are read by hand.

use gametelemetry::Value;
use gametelemetry_games::f1;

use super::captures::{files, real_data};
use super::{element, number};

/// All were sent in one session; most of them in one frame. The classification and the history come after it, without a
/// time, and the lobby before it, without a session.
#[test]
fn packets_of_2022_are_of_one_session_and_its_times() {
    let Some(folder) = real_data() else { return };
    let mut times = Vec::new();
    for (file, packet) in files(&folder.join("mathieulemay")) {
        let Some(kind) = file.strip_prefix("2022_").and_then(|rest| rest.strip_suffix("_packet.bin")) else {
            continue;
        };
        let view = f1::schema().view(&packet);
        assert_eq!(number(&view, "header.packet_format"), 2022.0);
        let uid = if kind == "lobby_info" { 0 } else { 11_806_450_127_748_078_130 };
        assert_eq!(view.get("header.session_uid"), Value::UInt(uid), "{kind}");
        times.push((
            number(&view, "header.session_time_s") as f32,
            number(&view, "header.frame_identifier"),
            kind.to_owned(),
        ));
    }
    for (time, frame, kind) in &times {
        let expected = match kind.as_str() {
            "event" => (25.030_546, 513.0),
            "lobby_info" | "final_classification" | "session_history" => (0.0, 0.0),
            _ => (37.040_42, 763.0),
        };
        assert!((time - expected.0).abs() < 1e-5 && *frame == expected.1, "{kind}: {time} {frame}");
    }
    assert_eq!(times.len(), 12);
}

/// Two's complement and order of bytes by hand, beside the schema.
#[test]
fn the_final_classification_of_2026_is_what_its_bytes_state() {
    const CAR: usize = 46;
    let Some(folder) = real_data() else { return };
    let packet = std::fs::read(folder.join("larslaskowski_2026/F1-2026-FinalClassification.packet")).unwrap();
    assert_eq!((packet.len(), &packet[..6]), (1134, &[0xea, 0x07, 25, 1, 20, 1][..]));
    let view = f1::schema().view(&packet);
    let version = ["header.game_major_version", "header.game_minor_version"].map(|name| number(&view, name));
    assert_eq!(version, [1.0, 20.0]);
    assert_eq!((packet[29], number(&view, "num_cars")), (10, 10.0));
    let mut positions = Vec::new();
    for car in 0..10 {
        let bytes = &packet[30 + car * CAR..30 + (car + 1) * CAR];
        let best_ms = u32::from_le_bytes(bytes[7..11].try_into().unwrap());
        let total_s = f64::from_le_bytes(bytes[11..19].try_into().unwrap());
        let small = [
            ("position", 0),
            ("num_laps", 1),
            ("grid_position", 2),
            ("points", 3),
            ("num_pit_stops", 4),
            ("result_status", 5),
            ("result_reason", 6),
            ("penalties_time_s", 19),
            ("num_penalties", 20),
            ("num_tyre_stints", 21),
        ];
        let value = |name: &str| element(&view, &format!("classification.{name}"), car);
        for (name, place) in small {
            assert_eq!(value(name), f64::from(bytes[place]), "car {car}: {name}");
        }
        assert_eq!((value("best_lap_time_ms"), value("total_race_time_s")), (f64::from(best_ms), total_s));
        positions.push(bytes[0]);
        let laps = f64::from(bytes[1]);
        if laps > 0.0 && best_ms > 0 {
            assert!((60_000..200_000).contains(&best_ms), "car {car}: {best_ms} ms");
            // The game gives the winner here no time at all.
            let is_told = total_s > 0.0 || bytes[0] == 1;
            assert!(
                is_told && (total_s == 0.0 || total_s + 0.01 >= laps * f64::from(best_ms) / 1000.0),
                "car {car}: {total_s} s"
            );
        }
        assert!((1..=7).contains(&bytes[5]) && bytes[21] <= 8, "car {car}");
    }
    positions.sort_unstable();
    assert_eq!(positions, (1..=10).collect::<Vec<u8>>(), "each position once");
    // The second is what the history of car 7 has for its best lap.
    let best = |car| element(&view, "classification.best_lap_time_ms", car);
    assert_eq!((best(0), best(7)), (81_893.0, 83_233.0));
    assert!((element(&view, "classification.total_race_time_s", 0) - 165.389).abs() < 0.001);
}
