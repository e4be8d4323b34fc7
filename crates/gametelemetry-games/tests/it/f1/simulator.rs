//! The simulator: what it sends is what the game would, and a car drives like one.

use std::collections::BTreeMap;

use gametelemetry::PackedFrame;
use gametelemetry_games::f1::simulator::Simulator;
use gametelemetry_games::f1::{self, Format, f25};

use super::{channel, element, name_of, number};

const FRAME_S: f64 = 1.0 / 60.0;

/// The packets of the next `seconds` of the game.
fn packets_of(game: &mut Simulator, seconds: f64) -> Vec<Vec<u8>> {
    let mut packets = Vec::new();
    for _ in 0..(seconds * 60.0).round() as u32 {
        game.step(FRAME_S);
        packets.extend(game.packets());
    }
    packets
}

/// How many of each kind.
fn counted(packets: &[Vec<u8>]) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for packet in packets {
        *kinds.entry(name_of(packet)).or_default() += 1;
    }
    kinds
}

/// The values of the channel `name` in all packets that have it.
fn values(packets: &[Vec<u8>], name: &str) -> Vec<f64> {
    packets.iter().filter_map(|packet| channel(&f1::schema().view(packet), name)).collect()
}

/// Plays until the classification has come, at most `seconds` long.
fn race(game: &mut Simulator, seconds: u32) -> Vec<Vec<u8>> {
    let mut packets = Vec::new();
    for _ in 0..seconds {
        packets.extend(packets_of(game, 1.0));
        if packets.iter().rev().take(3000).any(|packet| name_of(packet).ends_with("event.SEND")) {
            return packets;
        }
    }
    panic!("no end after {seconds} s");
}

#[test]
fn every_packet_of_every_format_is_recognized() {
    for format in Format::ALL {
        let mut game = Simulator::of_format(format, 3);
        let kinds = counted(&packets_of(&mut game, 20.0));
        let year = format.year();
        assert!(kinds.keys().all(|kind| kind.starts_with(&format!("{year}."))), "{kinds:?}");
        assert!(!kinds.contains_key(&format!("{year}.event")), "{kinds:?}");
        let expected = match format {
            Format::F2022 => 9,
            Format::F2023 | Format::F2024 => 11,
            Format::F2025 => 12,
            _ => 13,
        };
        let packets = kinds.keys().filter(|kind| !kind.contains("event")).count();
        assert_eq!(packets, expected, "{kinds:?}");
        for code in ["SSTA", "STLG", "LGOT", "BUTN"] {
            assert!(kinds.contains_key(&format!("{year}.event.{code}")), "{year} {code}");
        }
    }
}

#[test]
fn packets_come_as_often_as_the_game_sends_them() {
    let mut game = Simulator::new(1);
    let kinds = counted(&packets_of(&mut game, 10.0));
    let expected = [
        ("motion", 600),
        ("lap_data", 600),
        ("car_telemetry", 600),
        ("car_status", 600),
        ("motion_ex", 600),
        ("session_history", 200),
        ("tyre_sets", 200),
        ("car_damage", 100),
        ("session", 20),
        ("car_setups", 20),
        ("lap_positions", 10),
        ("participants", 2),
        ("event.STLG", 5),
        ("event.SSTA", 1),
        ("event.LGOT", 1),
    ];
    for (name, times) in expected {
        assert_eq!(kinds.get(&format!("2025.{name}")), Some(&times), "{name}: {kinds:?}");
    }
    let mut first = Simulator::new(1);
    first.step(FRAME_S);
    let kinds = counted(&first.packets());
    assert!(kinds.len() >= 11, "the first frame has everything: {kinds:?}");
    assert!(first.packets().is_empty(), "packets are given once");
}

#[test]
fn the_same_seed_sends_the_same_packets_and_another_sends_others() {
    let [mut one, mut two, mut other] = [5, 5, 6].map(Simulator::new);
    for _ in 0..900 {
        for game in [&mut one, &mut two, &mut other] {
            game.step(FRAME_S);
        }
        let packets = one.packets();
        assert_eq!(packets, two.packets());
        assert_ne!(packets, other.packets());
    }
}

#[test]
fn a_race_is_driven_to_its_end() {
    let mut game = Simulator::new(11).laps(2);
    let packets = race(&mut game, 400);
    let kinds = counted(&packets);
    for code in ["FTLP", "SPTP", "CHQF", "RCWN", "SEND", "DRSE"] {
        assert!(kinds.contains_key(&format!("2025.event.{code}")), "{code}: {kinds:?}");
    }
    assert_eq!(kinds["2025.final_classification"], 1);
    check_laps(&packets, game.track_length_m());
    check_classification(&packets);
    check_driving(&packets);
    // Silence in the menus, then another session.
    let silent = packets_of(&mut game, 4.0);
    assert!(silent.is_empty());
    let next = packets_of(&mut game, 2.0);
    let uid = |packet: &[u8]| f25::Header::view(&packet[..29]).unwrap().session_uid();
    assert_ne!(uid(&next[0]), uid(&packets[0]));
    assert_eq!(name_of(&next[0]), "2025.event.SSTA");
}

/// Lap numbers, distances and times go as they must.
fn check_laps(packets: &[Vec<u8>], length_m: f64) {
    let laps = values(packets, "lap_number");
    assert_eq!((laps[0], *laps.last().unwrap()), (1.0, 2.0));
    assert!(laps.is_sorted(), "the lap's number never goes back");
    let distance = values(packets, "distance");
    assert!(distance[0] < 0.0, "on the grid it is negative");
    assert!(distance.windows(2).all(|pair| pair[1] >= pair[0] && pair[1] - pair[0] < 2.0));
    assert!(*distance.last().unwrap() > 2.0 * length_m);
    let along = values(packets, "lap_distance");
    assert!(along.iter().all(|way| (-300.0..length_m + 1.0).contains(way)));
    let wraps = along.windows(2).filter(|pair| pair[1] < pair[0] - length_m / 2.0).count();
    assert!((1..=3).contains(&wraps), "{wraps}");
    let last = values(packets, "last_lap_time");
    assert!(last.iter().all(|time| (60.0..120.0).contains(time)), "{:?}", last.first());
    let times = values(packets, "session_time");
    assert_eq!(times[0], 0.0, "the clock stands until the lights go out");
}

/// The result says what the histories say, and those add up.
fn check_classification(packets: &[Vec<u8>]) {
    let result = packets.iter().find(|packet| name_of(packet) == "2025.final_classification").unwrap();
    let result = f25::FinalClassification::view(result).unwrap();
    assert_eq!(result.num_cars(), 22);
    let mut places: Vec<u8> = result.classification().iter().map(|car| car.position()).collect();
    places.sort_unstable();
    assert_eq!(places, (1..=22).collect::<Vec<u8>>());
    let finals = packets.iter().rev().filter_map(|packet| f25::SessionHistory::view(packet).ok()).take(22);
    for history in finals {
        let car = result.classification()[usize::from(history.car_index())];
        let laps = history.laps();
        let laps = &laps[..usize::from(car.num_laps())];
        let total: u32 = laps.iter().map(|lap| lap.lap_time_ms()).sum();
        assert!((car.total_race_time_s() - f64::from(total) / 1000.0).abs() < 1e-9);
        for lap in laps {
            let sectors = [
                (lap.sector1_time_ms_part(), lap.sector1_time_minutes_part()),
                (lap.sector2_time_ms_part(), lap.sector2_time_minutes_part()),
                (lap.sector3_time_ms_part(), lap.sector3_time_minutes_part()),
            ];
            let sum: u32 = sectors.iter().map(|&(ms, min)| u32::from(ms) + 60_000 * u32::from(min)).sum();
            assert_eq!(sum, lap.lap_time_ms());
        }
        if history.best_lap_time_lap_num() > 0 {
            let best = laps[usize::from(history.best_lap_time_lap_num()) - 1].lap_time_ms();
            assert_eq!(best, car.best_lap_time_ms());
        }
    }
}

/// The player's car does what a car can.
fn check_driving(packets: &[Vec<u8>]) {
    let limits = [
        ("speed", 0.0, 97.0),
        ("throttle", 0.0, 1.0),
        ("brake", 0.0, 1.0),
        ("steer_ratio", -1.0, 1.0),
        ("gear", 0.0, 8.0),
        ("engine_rpm", 3000.0, 13_000.0),
        ("g_lat", -6.0, 6.0),
        ("g_lon", -6.0, 2.0),
        ("brake_temperature_fl", 40.0, 1100.0),
        ("tyre_temperature_rr", 60.0, 130.0),
        ("tyre_pressure_fl", 140_000.0, 190_000.0),
        ("tyre_load_fr", 0.0, 14_000.0),
        ("suspension_travel_rl", -0.005, 0.1),
        ("fuel_mass", 0.0, 60.0),
        ("tyre_wear_rl", 0.0, 100.0),
        ("sector", 0.0, 2.0),
        ("race_position", 1.0, 22.0),
    ];
    for (name, low, high) in limits {
        let values = values(packets, name);
        assert!(!values.is_empty(), "{name}");
        let wrong = values.iter().find(|value| !(low..=high).contains(*value));
        assert_eq!(wrong, None, "{name}");
        assert!(values.iter().any(|value| *value != values[0]), "{name} is always {}", values[0]);
    }
    let speed = values(packets, "speed");
    assert!(speed.iter().copied().fold(0.0, f64::max) > 78.0);
    // The speed is that of the places.
    let (x, z) = (values(packets, "position_x"), values(packets, "position_z"));
    for (place, speed) in speed.iter().enumerate().skip(1) {
        let way = (x[place] - x[place - 1]).hypot(z[place] - z[place - 1]);
        assert!(
            (way - speed * FRAME_S).abs() < 0.12 * speed * FRAME_S + 0.05,
            "{way} m at {speed} m/s, {place}"
        );
    }
    // To the left: the steering wheel goes below 0, the acceleration above.
    let lateral = values(packets, "g_lat");
    let steer = values(packets, "steer_ratio");
    let opposite = lateral.iter().zip(&steer).filter(|(g, _)| g.abs() > 0.5);
    assert!(opposite.clone().count() > 500 && opposite.into_iter().all(|(g, steer)| g * steer < 0.0));
}

#[test]
fn a_stop_goes_through_the_pit_lane_at_its_speed() {
    let mut game = Simulator::new(2).laps(20);
    let (mut status, mut fastest_kmh, mut frames) = (0, 0, [0; 3]);
    for _ in 0..60 * 600 {
        game.step(FRAME_S);
        for packet in game.packets() {
            if let Ok(lap_data) = f25::LapData::view(&packet) {
                let car = lap_data.cars()[usize::from(lap_data.header().player_car_index())];
                status = usize::from(car.pit_status());
                frames[status] += 1;
                assert_eq!(car.pit_lane_timer_active(), status > 0);
                assert_eq!(u32::from(car.num_pit_stops()), u32::from(frames[2] > 0));
            } else if let Ok(telemetry) = f25::CarTelemetry::view(&packet).map(|packet| packet.cars()[19]) {
                fastest_kmh = fastest_kmh.max(if status > 0 { telemetry.speed_kmh() } else { 0 });
            }
        }
        if frames[2] > 0 && status == 0 {
            break;
        }
    }
    assert!((150..=165).contains(&frames[2]), "a stop of 2.6 s: {frames:?}");
    assert!((500..2000).contains(&frames[1]), "{frames:?}");
    assert!((78..=80).contains(&fastest_kmh), "{fastest_kmh} km/h");
}

#[test]
fn a_flashback_goes_back_but_the_overall_frame_does_not() {
    let mut game = Simulator::new(4);
    let before = packets_of(&mut game, 30.0);
    let gone_s = game.flashback(5.0);
    assert!((5.0..5.6).contains(&gone_s), "{gone_s}");
    let after = packets_of(&mut game, 1.0);
    assert_eq!(name_of(&after[0]), "2025.event.FLBK");

    let head = |packet: &[u8]| *f25::Header::view(&packet[..29]).unwrap();
    let (last, event, next) = (head(before.last().unwrap()), head(&after[0]), head(&after[1]));
    assert_eq!(event.frame_identifier(), last.frame_identifier());
    assert_eq!(next.overall_frame_identifier(), last.overall_frame_identifier() + 1);
    let view = f1::schema().view(&after[0]);
    assert_eq!(number(&view, "details.flashback_frame_identifier"), f64::from(next.frame_identifier()) - 1.0);
    assert!(next.frame_identifier() + 290 < last.frame_identifier());
    assert!(next.session_time_s() < last.session_time_s() - 4.5);
    let (then, now) = (values(&before, "distance"), values(&after, "distance"));
    assert!(now[0] < then.last().unwrap() - 50.0);
    // There is no way back beyond what is kept.
    assert_eq!(Simulator::new(4).flashback(5.0), 0.0);
}

#[test]
fn in_2022_the_only_frame_number_goes_back() {
    let mut game = Simulator::of_format(Format::F2022, 4);
    let before = packets_of(&mut game, 20.0);
    assert!(game.flashback(3.0) > 0.0);
    let after = packets_of(&mut game, 0.1);
    assert_eq!(name_of(&after[0]), "2022.event.FLBK");
    let frame = |packet: &[u8]| number(&f1::schema().view(packet), "header.frame_identifier");
    assert!(frame(&after[1]) + 170.0 < frame(before.last().unwrap()));
}

#[test]
fn a_paused_game_sends_nothing_and_goes_on_where_it_was() {
    let mut game = Simulator::new(8);
    let before = packets_of(&mut game, 10.0);
    game.pause(true);
    assert!(packets_of(&mut game, 5.0).is_empty());
    game.pause(false);
    let after = packets_of(&mut game, 1.0);
    let (then, now) = (values(&before, "session_time"), values(&after, "session_time"));
    assert!((now[0] - then.last().unwrap() - FRAME_S).abs() < 1e-3);
}

#[test]
fn all_cars_have_a_place_a_name_and_a_team() {
    for format in [Format::F2025, Format::F2026] {
        let mut game = Simulator::of_format(format, 9);
        for packet in packets_of(&mut game, 12.0) {
            let view = f1::schema().view(&packet);
            if name_of(&packet).ends_with(".lap_data") {
                let mut places: Vec<u32> =
                    (0..format.cars()).map(|car| element(&view, "cars.car_position", car) as u32).collect();
                places.sort_unstable();
                assert!(places.into_iter().eq(1..=u32::try_from(format.cars()).unwrap()));
            }
            if name_of(&packet).ends_with(".participants") {
                assert_eq!(number(&view, "num_active_cars") as usize, format.cars());
                assert!(view.get("participants.name").to_string().contains("PLAYER"));
                let team = view.field("participants.team_id").unwrap();
                for car in 0..format.cars() {
                    let id = element(&view, "participants.team_id", car) as i64;
                    assert!(team.labels.iter().any(|(label, _)| *label == id), "{id}");
                }
            }
        }
    }
}
