//! What holds for the pages, the channels and the simulator of ACC and Assetto Corsa.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "clippy.toml allows these in test functions; the helpers of an integration test are tests too"
)]

use std::collections::HashSet;

use gametelemetry::{CHANNELS as KNOWN, ChannelMapping, PackedFrame, Schema, Telemetry};
use gametelemetry_games::acc::simulator::{Simulator, is_whole};
use gametelemetry_games::{ac, acc};

/// What a C compiler, and Python's `ctypes`, make of the documented structs with a packing of 4: name here, offset.
///
/// Measured on the definitions of albertowd/live-telemetry-evo (acc.py, ac1.py), not on the structs under test.
fn check_offsets<P: PackedFrame>(size: usize, offsets: &[(&str, u32)]) {
    let schema = P::schema();
    schema.check().unwrap();
    assert_eq!(size_of::<P>(), size);
    for (name, offset) in offsets {
        let field = schema.field(name).unwrap_or_else(|| panic!("{} has no field {name}", schema.name));
        assert_eq!(field.offset, *offset, "{}.{name}", schema.name);
    }
}

/// The physics of both games begin alike.
const PHYSICS_START: &[(&str, u32)] = &[
    ("packet_id", 0),
    ("gas", 4),
    ("brake", 8),
    ("gear", 16),
    ("steer_angle", 24),
    ("speed_kmh", 28),
    ("velocity_m_s", 32),
    ("acc_g", 44),
    ("wheel_slip", 56),
    ("wheel_load_n", 72),
    ("wheel_angular_speed_rad_s", 104),
    ("tyre_core_temp_c", 152),
    ("camber_rad", 168),
    ("suspension_travel_m", 184),
    ("drs", 200),
    ("tc", 204),
    ("heading_rad", 208),
    ("cg_height_m", 220),
    ("car_damage", 224),
    ("number_of_tyres_out", 244),
    ("pit_limiter_on", 248),
    ("abs", 252),
    ("ride_height_m", 268),
    ("turbo_boost", 276),
    ("air_temp_c", 288),
    ("road_temp_c", 292),
    ("local_angular_vel_rad_s", 296),
    ("final_ff", 308),
    ("ers_heat_charging", 328),
    ("drs_enabled", 344),
    ("brake_temp_c", 348),
    ("clutch", 364),
    ("tyre_temp_inner_c", 368),
    ("tyre_temp_outer_c", 400),
    ("is_ai_controlled", 416),
    ("tyre_contact_point_m", 420),
    ("tyre_contact_heading", 516),
    ("brake_bias", 564),
    ("local_velocity_m_s", 568),
];

/// The static pages of both games begin alike.
const STATIC_START: &[(&str, u32)] = &[
    ("sm_version", 0),
    ("ac_version", 30),
    ("number_of_sessions", 60),
    ("num_cars", 64),
    ("car_model", 68),
    ("track", 134),
    ("player_name", 200),
    ("player_surname", 266),
    ("player_nick", 332),
    ("sector_count", 400),
    ("max_rpm", 412),
    ("suspension_max_travel_m", 420),
    ("tyre_radius_m", 436),
    ("max_turbo_boost", 452),
    ("deprecated_2", 460),
    ("penalties_enabled", 464),
    ("aid_mechanical_damage", 476),
    ("aid_auto_clutch", 488),
    ("kers_max_j", 508),
    ("track_spline_length_m", 520),
    ("track_configuration", 524),
    ("ers_max_j", 592),
    ("has_extra_lap", 600),
    ("car_skin", 604),
    ("reversed_grid_positions", 672),
    ("pit_window_end", 680),
];

/// The graphics pages of both games begin alike.
const GRAPHICS_START: &[(&str, u32)] = &[
    ("packet_id", 0),
    ("status", 4),
    ("session", 8),
    ("current_time", 12),
    ("last_time", 42),
    ("best_time", 72),
    ("split", 102),
    ("completed_laps", 132),
    ("position", 136),
    ("i_current_time_ms", 140),
    ("i_last_time_ms", 144),
    ("i_best_time_ms", 148),
    ("session_time_left_ms", 152),
    ("distance_traveled_m", 156),
    ("is_in_pit", 160),
    ("current_sector_index", 164),
    ("last_sector_time_ms", 168),
    ("number_of_laps", 172),
    ("tyre_compound", 176),
    ("replay_time_multiplier", 244),
    ("normalized_car_position", 248),
];

#[test]
fn acc_pages_are_laid_out_as_documented() {
    check_offsets::<acc::Physics>(800, PHYSICS_START);
    check_offsets::<acc::Physics>(
        800,
        &[
            ("fuel_kg", 12),
            ("rpm", 20),
            ("wheel_pressure_psi", 88),
            ("p2p_activation", 580),
            ("p2p_status", 584),
            ("current_max_rpm", 588),
            ("mz_n_m", 592),
            ("slip_ratio", 640),
            ("slip_angle_rad", 656),
            ("tc_in_action", 672),
            ("suspension_damage", 680),
            ("tyre_temp_c", 696),
            ("water_temp_c", 712),
            ("brake_pressure", 716),
            ("front_brake_compound", 732),
            ("pad_life", 740),
            ("disc_life", 756),
            ("is_engine_running", 780),
            ("abs_vibrations", 796),
        ],
    );
    check_offsets::<acc::Graphics>(1588, GRAPHICS_START);
    check_offsets::<acc::Graphics>(
        1588,
        &[
            ("active_cars", 252),
            ("car_coordinates_m", 256),
            ("car_id", 976),
            ("player_car_id", 1216),
            ("penalty_time", 1220),
            ("flag", 1224),
            ("penalty", 1228),
            ("is_in_pit_lane", 1236),
            ("wind_speed_m_s", 1248),
            ("tc_level", 1268),
            ("fuel_per_lap_l", 1284),
            ("exhaust_temp_c", 1300),
            ("rain_tyres", 1316),
            ("delta_lap_time", 1328),
            ("i_delta_lap_time_ms", 1360),
            ("estimated_lap_time", 1364),
            ("i_estimated_lap_time_ms", 1396),
            ("is_valid_lap", 1408),
            ("track_status", 1416),
            ("missing_mandatory_pits", 1484),
            ("clock_s", 1488),
            ("global_yellow", 1500),
            ("global_red", 1528),
            ("mfd_tyre_pressure_rr_psi", 1552),
            ("track_grip_status", 1556),
            ("rain_intensity_in_30_min", 1568),
            ("gap_behind_ms", 1584),
        ],
    );
    check_offsets::<acc::Static>(820, STATIC_START);
    check_offsets::<acc::Static>(
        820,
        &[("max_fuel", 416), ("is_online", 684), ("dry_tyres_name", 688), ("wet_tyres_name", 754)],
    );
    check_offsets::<acc::Combined>(
        3208,
        &[
            ("physics.packet_id", 0),
            ("graphics.packet_id", 800),
            ("static_info.sm_version", 2388),
            ("static_info.wet_tyres_name", 3142),
        ],
    );
}

#[test]
fn assetto_corsa_pages_are_laid_out_as_documented() {
    check_offsets::<ac::Physics>(580, PHYSICS_START);
    check_offsets::<ac::Physics>(580, &[("fuel_l", 12), ("rpms", 20), ("wheels_pressure_psi", 88)]);
    check_offsets::<ac::Graphics>(296, GRAPHICS_START);
    check_offsets::<ac::Graphics>(
        296,
        &[
            ("car_coordinates_m", 252),
            ("penalty_time", 264),
            ("flag", 268),
            ("is_in_pit_lane", 276),
            ("wind_direction_degrees", 292),
        ],
    );
    check_offsets::<ac::Static>(684, STATIC_START);
}

/// All fields, without the padding, are named, described, and cover the page.
fn check_described<P: PackedFrame>(padding: u32) {
    let schema = P::schema();
    let bytes: u32 = schema.fields.iter().map(|field| field.count * field.kind.size()).sum();
    assert_eq!(bytes + padding, schema.size.max(), "{}", schema.name);
    for field in &schema.fields {
        assert!(field.description.ends_with('.'), "{}.{}", schema.name, field.name);
    }
}

#[test]
fn every_byte_of_a_page_is_described() {
    check_described::<acc::Physics>(0);
    check_described::<acc::Graphics>(8);
    check_described::<acc::Static>(6);
    check_described::<ac::Physics>(0);
    check_described::<ac::Graphics>(2);
    check_described::<ac::Static>(6);
}

/// Mappings name fields of their source and elements that these have; each channel is known, and is either given
/// or explained.
fn check_channels(
    given: &[ChannelMapping],
    missing: &[(&str, &str)],
    schema: impl Fn(&str) -> &'static Schema,
) {
    let mut names = HashSet::new();
    for mapping in given {
        assert!(names.insert(mapping.channel.as_ref()), "{} twice", mapping.channel);
        let schema = schema(&mapping.source);
        let field = schema.field(&mapping.field).unwrap_or_else(|| panic!("no field {}", mapping.field));
        assert!(!field.description.contains("Never filled"), "{} is never filled", field.name);
        match mapping.element {
            Some(element) => assert!(element < field.count, "{}", mapping.channel),
            None => {
                assert!(field.count == 1 || field.kind.is_text(), "{} needs an element", mapping.channel)
            }
        }
    }
    for (name, reason) in missing {
        assert!(names.insert(name), "{name} is both given and not");
        assert!(!reason.is_empty());
    }
    let known: HashSet<&str> = KNOWN.iter().map(|channel| channel.name).collect();
    let unknown: Vec<_> = names.iter().filter(|name| !known.contains(**name)).collect();
    assert!(unknown.is_empty(), "not in the table of channels: {unknown:?}");
}

#[test]
fn acc_channels_name_fields_that_are_filled() {
    check_channels(acc::CHANNELS, acc::NOT_AVAILABLE, |source| match source {
        acc::PHYSICS_SOURCE => acc::Physics::schema(),
        acc::GRAPHICS_SOURCE => acc::Graphics::schema(),
        acc::STATIC_SOURCE => acc::Static::schema(),
        _ => panic!("no source {source}"),
    });
    check_channels(&acc::combined_channels(), acc::NOT_AVAILABLE, |_| acc::Combined::schema());
}

#[test]
fn assetto_corsa_channels_name_fields_that_are_filled() {
    check_channels(ac::CHANNELS, ac::NOT_AVAILABLE, |source| match source {
        ac::PHYSICS_SOURCE => ac::Physics::schema(),
        ac::GRAPHICS_SOURCE => ac::Graphics::schema(),
        ac::STATIC_SOURCE => ac::Static::schema(),
        _ => panic!("no source {source}"),
    });
}

fn value(game: &Simulator, channel: &str) -> Option<f64> {
    let mapping = acc::CHANNELS.iter().find(|mapping| mapping.channel == channel).unwrap();
    match mapping.source.as_ref() {
        acc::PHYSICS_SOURCE => mapping.read(&acc::Physics::schema().view(game.physics().as_bytes())),
        acc::STATIC_SOURCE => mapping.read(&acc::Static::schema().view(game.static_info().as_bytes())),
        _ => mapping.read(&acc::Graphics::schema().view(game.graphics().as_bytes())),
    }
}

#[test]
fn channels_are_in_their_units() {
    let mut game = Simulator::new(1);
    assert_eq!(value(&game, "gear"), Some(0.0), "the car stands in neutral");
    assert_eq!(value(&game, "last_lap_time"), None, "there is no lap yet");
    run(&mut game, 60.0, 0.003);
    let is = |channel: &str, from: f64, to: f64| {
        let value = value(&game, channel).unwrap();
        assert!((from..=to).contains(&value), "{channel} = {value}");
    };
    is("speed", 10.0, 80.0);
    is("gear", 1.0, 6.0);
    is("tyre_pressure_fl", 160e3, 200e3);
    is("lap_time", 59.0, 61.0);
    is("lap_number", 1.0, 1.0);
    is("fuel_mass", 40.0, 44.0);
    let combined = game.combined();
    for mapping in acc::combined_channels() {
        let together = mapping.read(&acc::Combined::schema().view(combined.as_bytes()));
        assert_eq!(together, value(&game, &mapping.channel), "{}", mapping.channel);
    }
    let driver = acc::combined_channels().into_iter().find(|mapping| mapping.channel == "driver").unwrap();
    let name = driver.read_text(&acc::Combined::schema().view(combined.as_bytes()));
    assert_eq!(name.as_deref(), Some("Zoë Ångström-Dvořáková"));
}

/// Lets `seconds` pass in steps of `dt`.
fn run(game: &mut Simulator, seconds: f64, dt: f64) {
    let mut passed = 0.0;
    while passed < seconds {
        game.step(dt);
        passed += dt;
    }
}

/// The car's own position at the rate of the physics: the middle of the four contact points.
fn position(page: &acc::Physics) -> [f64; 3] {
    let points = page.tyre_contact_point_m();
    std::array::from_fn(|axis| points.iter().map(|point| f64::from(point[axis])).sum::<f64>() / 4.0)
}

fn distance(one: [f64; 3], other: [f64; 3]) -> f64 {
    one.iter().zip(other).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn position_velocity_and_acceleration_agree() {
    const DT: f64 = 0.003;
    let mut game = Simulator::new(5);
    let (mut way, mut before) = (0.0, *game.physics());
    for step in 0..80_000 {
        game.step(DT);
        let page = *game.physics();
        let moved = distance(position(&before), position(&page));
        let speed = f64::from(page.speed_kmh()) / 3.6;
        assert!((moved - speed * DT).abs() < 0.004, "step {step}: {moved} m at {speed} m/s");
        let length = page.velocity_m_s().map(|part| f64::from(part).powi(2)).iter().sum::<f64>().sqrt();
        assert!((length - speed).abs() < 0.001);
        let local = page.local_velocity_m_s().map(|part| f64::from(part).powi(2)).iter().sum::<f64>().sqrt();
        assert!((local - speed).abs() < 0.001);
        let change = distance(before.velocity_m_s().map(f64::from), page.velocity_m_s().map(f64::from));
        let felt = page.acc_g().map(|part| f64::from(part).powi(2)).iter().sum::<f64>().sqrt() * 9.80665;
        assert!((felt - change / DT).abs() < 0.05, "step {step}: {felt} and {}", change / DT);
        assert!(page.acc_g().iter().all(|part| part.abs() < 4.0), "step {step}: {:?} g", page.acc_g());
        way += speed * DT;
        before = page;
    }
    let driven = f64::from(game.graphics().distance_traveled_m());
    assert!((driven - way).abs() < 3.0, "{driven} m driven, {way} m by speed");
}

/// The position channels of a page; none unless all three are known.
fn player_position(page: &acc::Graphics) -> Option<[f64; 3]> {
    let read = |name: &str| {
        let mapping = acc::CHANNELS.iter().find(|mapping| mapping.channel == name).unwrap();
        mapping.read(&acc::Graphics::schema().view(Telemetry::as_bytes(page)))
    };
    Some([read("position_x")?, read("position_y")?, read("position_z")?])
}

#[test]
fn the_player_is_found_by_id_among_active_cars_only() {
    let mut graphics = acc::Graphics::zeroed();
    assert_eq!(player_position(&graphics), None, "an empty page has no player, although all ids are 0");

    let mut ids = [0; 60];
    ids[..3].copy_from_slice(&[12, 7, 0]);
    let mut places = [[0.0; 3]; 60];
    places[2] = [1.0, 2.0, 3.0];
    graphics.set_car_id(ids);
    graphics.set_car_coordinates_m(places);
    graphics.set_active_cars(3);
    assert_eq!(player_position(&graphics), Some([1.0, 2.0, 3.0]));

    graphics.set_player_car_id(99);
    assert_eq!(player_position(&graphics), None);
    graphics.set_active_cars(-1);
    assert_eq!(player_position(&graphics), None);
}

#[test]
fn the_player_is_where_the_wheels_are_and_not_first_on_the_list() {
    let mut game = Simulator::new(2);
    for _ in 0..2000 {
        // A step as long as a picture, so that both pages are of the same moment.
        game.step(1.0 / 59.0);
        let page = game.graphics();
        assert_ne!(page.car_id()[0], page.player_car_id());
        let player = player_position(page).unwrap();
        assert!(distance(player, position(game.physics())) < 0.01);
        let first = page.car_coordinates_m()[0].map(f64::from);
        assert!(distance(player, first) > 1.0 || page.completed_laps() > 0);
    }
}

#[test]
fn heading_is_where_the_car_goes_but_for_its_slip() {
    let mut game = Simulator::new(3);
    for _ in 0..40_000 {
        game.step(0.003);
        let page = game.physics();
        let [x, _, z] = page.velocity_m_s();
        if page.speed_kmh() > 20.0 {
            let apart = (page.heading_rad() - (-x).atan2(z)).sin().abs();
            assert!(apart < 0.1, "{apart} rad");
        }
    }
}

#[test]
fn laps_close_and_add_up() {
    let mut game = Simulator::new(11);
    let mut starts: Vec<[f64; 3]> = Vec::new();
    let (mut sum_ms, mut times, mut since, mut before) = (0_i64, Vec::new(), 0.0, *game.graphics());
    let mut offsets = Vec::new();
    for _ in 0..120_000 {
        game.step(0.005);
        since += 0.005;
        let page = *game.graphics();
        assert!((0.0..=1.0).contains(&page.normalized_car_position()));
        if page.completed_laps() > before.completed_laps() {
            assert!(before.normalized_car_position() > 0.99 && page.normalized_car_position() < 0.01);
            starts.push(position(game.physics()));
            if page.completed_laps() == 1 {
                assert_eq!(page.i_last_time_ms(), i32::MAX, "an out lap has no time");
                assert_eq!(page.last_time().to_string(), "35791:23:647");
            } else {
                sum_ms += i64::from(page.i_last_time_ms());
                times.push(page.i_last_time_ms());
                offsets.push((since * 1000.0 - sum_ms as f64).round());
            }
        }
        before = page;
    }
    assert!(times.len() >= 4, "{times:?}");
    assert!(times.iter().all(|time| (70_000..110_000).contains(time)), "{times:?}");
    assert!(times.iter().collect::<HashSet<_>>().len() > 1, "laps differ");
    let spread = times.iter().max().unwrap() - times.iter().min().unwrap();
    assert!((20..3000).contains(&spread), "laps differ by tenths: {times:?}");
    // A picture comes up to 17 ms after the line, therefore the start of the first flying lap moves that much.
    assert!(offsets.iter().all(|offset| (offset - offsets[0]).abs() <= 20.0), "{offsets:?}");
    for start in &starts {
        assert!(distance(*start, starts[0]) < 6.0, "every lap crosses the line at the same place");
    }
}

#[test]
fn sectors_count_from_the_start_of_the_lap() {
    let mut game = Simulator::new(8);
    let (mut before, mut splits, mut checked) = (*game.graphics(), Vec::new(), 0);
    for _ in 0..60_000 {
        game.step(0.005);
        let page = *game.graphics();
        if page.current_sector_index() > before.current_sector_index() {
            splits.push(page.last_sector_time_ms());
        }
        assert!((0..3).contains(&page.current_sector_index()));
        assert_eq!(
            page.split().to_string().replace(':', "").parse::<i32>().unwrap() % 1000,
            page.i_split_ms() % 1000
        );
        if page.completed_laps() > before.completed_laps() {
            if page.completed_laps() > 1 {
                assert_eq!(splits.len(), 2);
                assert!(
                    0 < splits[0] && splits[0] < splits[1] && splits[1] < page.i_last_time_ms(),
                    "{splits:?}"
                );
                checked += 1;
            }
            splits.clear();
        }
        before = page;
    }
    assert!(checked >= 2);
}

#[test]
fn best_lap_and_difference_follow_the_valid_laps() {
    let mut game = Simulator::new(21);
    let (mut best, mut before, mut invalid) = (i32::MAX, *game.graphics(), 0);
    for _ in 0..140_000 {
        game.step(0.01);
        let page = *game.graphics();
        if page.completed_laps() > before.completed_laps() && page.completed_laps() > 1 {
            if before.is_valid_lap() {
                best = best.min(page.i_last_time_ms());
            } else {
                invalid += 1;
            }
            assert_eq!(page.i_best_time_ms(), best);
        }
        if best != i32::MAX {
            assert!(page.i_delta_lap_time_ms().abs() < 60_000);
            assert_eq!(page.i_estimated_lap_time_ms(), best + page.i_delta_lap_time_ms());
            assert_eq!(page.is_delta_positive(), page.i_delta_lap_time_ms() >= 0);
        }
        before = page;
    }
    assert!(invalid >= 1, "some laps do not count");
}

#[test]
fn a_stint_ends_with_a_pit_stop() {
    let mut game = Simulator::new(4);
    let (mut lowest, mut refuelled, mut limit) = (f32::MAX, false, 0.0_f32);
    let mut stops = 0;
    let mut before = *game.graphics();
    for _ in 0..200_000 {
        game.step(0.01);
        let (physics, graphics) = (game.physics(), *game.graphics());
        lowest = lowest.min(physics.fuel_kg());
        refuelled |= physics.fuel_kg() > lowest + 20.0;
        if graphics.is_in_pit() && !before.is_in_pit() {
            stops += 1;
        }
        if graphics.is_in_pit_lane() {
            limit = limit.max(physics.speed_kmh());
            assert!(!graphics.is_valid_lap());
        }
        before = graphics;
    }
    assert!(refuelled && stops >= 1, "{lowest} kg, {stops} stops");
    assert!(lowest > 0.5, "the car never runs dry: {lowest} kg");
    assert!(limit < 56.0, "{limit} km/h in the pit lane");
}

#[test]
fn the_wheels_carry_the_car() {
    let mut game = Simulator::new(6);
    for _ in 0..40_000 {
        game.step(0.005);
        let page = game.physics();
        let sum: f64 = game.wheel_loads_n().iter().sum();
        let speed = f64::from(page.speed_kmh()) / 3.6;
        let weight = (1345.0 + f64::from(page.fuel_kg())) * 9.81 + 1.5 * speed * speed;
        assert!((0.75..1.25).contains(&(sum / weight)), "{sum} N of {weight} N");
        assert_eq!(page.wheel_load_n(), [0.0; 4], "a field that the game never fills");
        assert!((1500..=8700).contains(&page.rpm()), "{} rpm", page.rpm());
        assert!(page.tyre_core_temp_c().iter().all(|tyre| (30.0..130.0).contains(tyre)));
        assert!(page.wheel_pressure_psi().iter().all(|tyre| (23.0..30.0).contains(tyre)));
        assert!(page.brake_temp_c().iter().all(|brake| (20.0..800.0).contains(brake)));
        assert!(page.suspension_travel_m().iter().all(|travel| (0.0..0.08).contains(travel)));
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let (mut one, mut same, mut other) = (Simulator::new(9), Simulator::new(9), Simulator::new(10));
    for _ in 0..20_000 {
        for game in [&mut one, &mut same, &mut other] {
            game.step(0.003);
        }
        assert_eq!(one.physics().as_bytes(), same.physics().as_bytes());
        assert_eq!(one.graphics().as_bytes(), same.graphics().as_bytes());
    }
    assert_ne!(one.physics().as_bytes(), other.physics().as_bytes());
    assert_eq!(one.static_info().as_bytes(), same.static_info().as_bytes());
}

#[test]
fn pages_are_sealed_and_count_their_steps() {
    let mut game = Simulator::new(12);
    let (mut pictures, first) = (1, game.graphics().packet_id());
    for step in 0..3330 {
        let before = *game.graphics();
        game.step(0.003);
        assert_eq!(game.physics().packet_id(), 2 + step);
        assert!(is_whole(game.physics()) && is_whole(game.graphics()) && is_whole(game.static_info()));
        if game.graphics().packet_id() != before.packet_id() {
            pictures += 1;
        } else {
            assert_eq!(game.graphics().as_bytes(), before.as_bytes());
        }
    }
    assert_eq!(game.graphics().packet_id() - first + 1, pictures);
    assert!((550..610).contains(&pictures), "{pictures} pictures in 10 s");
}

#[test]
fn a_page_mixed_of_two_steps_is_torn() {
    let mut game = Simulator::new(13);
    run(&mut game, 30.0, 0.003);
    let before = *game.physics();
    game.step(0.003);
    let after = *game.physics();
    for cut in [4, 100, 399, 580, 700] {
        let mut torn = after.as_bytes().to_vec();
        torn[cut..].copy_from_slice(&before.as_bytes()[cut..]);
        assert!(!is_whole(acc::Physics::view(&torn).unwrap()), "cut at {cut}");
    }
}

#[test]
fn any_length_of_a_step_is_taken() {
    let mut game = Simulator::new(14);
    for dt in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
        game.step(dt);
        assert_eq!(game.physics().packet_id(), 1, "{dt} is no step");
    }
    for dt in [1e-9, 0.001, 0.01, 0.25, 1.0, 1e9, f64::INFINITY] {
        for _ in 0..200 {
            game.step(dt);
            let page = game.physics();
            assert!(page.acc_g().iter().all(|part| part.abs() < 4.0), "{dt} s: {:?} g", page.acc_g());
            assert!(page.speed_kmh().is_finite() && page.speed_kmh() < 320.0);
        }
    }
}

#[test]
fn the_static_page_is_accs_and_has_a_driver_with_a_name() {
    let game = Simulator::new(15);
    let page = game.static_info();
    assert!(acc::looks_like(page.as_bytes()) && !ac::looks_like(page.as_bytes()));
    acc::check_version(page).unwrap();
    assert!(!page.player_surname().to_string().is_ascii());
    assert_eq!((page.sector_count(), page.track_spline_length_m()), (3, 0.0));
}
