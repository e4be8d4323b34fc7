//! What laps are made of: every simulated game drives some, and what its channels tell of them agrees with itself.
//!
//! Only channels are read, as laps, exports and the report read them: the lap's number advances where its time and its
//! distance begin anew, the last lap's time is that of the lap that was driven, and sectors are parts of it.

use std::collections::BTreeMap;

use gametelemetry_games::f1::{self, Format};
use gametelemetry_games::{Game, acc, dirt, forza, gt7, wrc};

use crate::told::{STEP_S, Told};

/// A circuit game, and what is expected of it.
struct Circuit {
    game: &'static dyn Game,
    seed: u64,
    /// Laps to be driven, an out lap among them.
    laps: u32,
    /// What it must tell; more is checked where it is told.
    tells: &'static [&'static str],
    texts: &'static [(&'static str, &'static str)],
    /// A lap that does not count is among them.
    has_invalid: bool,
    /// It begins in the pit box, and tells so where it can.
    from_pit: bool,
}

const CIRCUITS: &[Circuit] = &[
    Circuit {
        game: &acc::GAME,
        seed: 2,
        laps: 4,
        tells: &[
            "lap_number",
            "lap_time",
            "last_lap_time",
            "lap_position",
            "sector",
            "split_time",
            "lap_valid",
        ],
        texts: &[
            ("track", "gametelemetry_ring"),
            ("car", "audi_r8_lms_evo_ii"),
            ("driver", "Zoë Ångström-Dvořáková"),
            ("session_type", "practice"),
            ("tyre_compound", "dry_compound"),
        ],
        has_invalid: true,
        from_pit: true,
    },
    Circuit {
        game: &f1::GAME,
        seed: 19,
        laps: 3,
        tells: &[
            "lap_number",
            "lap_time",
            "last_lap_time",
            "lap_distance",
            "track_length",
            "sector",
            "sector_1_time",
            "sector_2_time",
            "lap_valid",
            "session_id",
            "laps_total",
        ],
        texts: &[("session_type", "Race"), ("tyre_compound", "soft")],
        has_invalid: true,
        from_pit: false,
    },
    Circuit {
        game: &forza::GAME,
        seed: 2,
        laps: 4,
        tells: &["lap_number", "lap_time", "last_lap_time", "best_lap_time"],
        texts: &[("car", "2267"), ("track", "530")],
        has_invalid: false,
        from_pit: true,
    },
    Circuit {
        game: &gt7::GAME,
        seed: 4,
        laps: 4,
        tells: &["lap_number", "lap_time", "last_lap_time", "best_lap_time", "laps_total"],
        texts: &[("car", "3298")],
        has_invalid: false,
        from_pit: true,
    },
];

/// What is seen at the line: the last look before it and the first behind it.
struct Line {
    before: BTreeMap<String, f64>,
    behind: BTreeMap<String, f64>,
    /// The lap that ended counted.
    valid: bool,
}

/// Drives until `laps` lines are crossed; says what was seen at each, and checks every look between them.
fn drive(circuit: &Circuit, told: &mut Told) -> Vec<Line> {
    let (mut lines, mut before, mut valid) = (Vec::new(), BTreeMap::new(), true);
    for look in 0..60 * 900 {
        told.step();
        // Nothing that a paused game says means anything, nor before the first lap.
        if told.get("paused") == Some(1.0) || told.get("lap_time").is_none() {
            continue;
        }
        let now = told.moment();
        let advanced = before.get("lap_number").is_some_and(|number| now["lap_number"] != *number);
        if advanced {
            lines.push(Line { before, behind: now.clone(), valid });
            valid = true;
        } else if !before.is_empty() {
            check_between(circuit, look, &before, &now);
        }
        valid &= now.get("lap_valid") != Some(&0.0);
        before = now;
        if lines.len() == circuit.laps as usize {
            return lines;
        }
    }
    panic!("{}: {} laps only", circuit.game.info().id, lines.len());
}

/// Between two lines nothing goes back, and a sector's time is that at which the sector changed.
fn check_between(circuit: &Circuit, look: u32, before: &BTreeMap<String, f64>, now: &BTreeMap<String, f64>) {
    let id = circuit.game.info().id;
    for channel in ["lap_time", "lap_distance", "lap_position", "distance", "sector", "laps_completed"] {
        let pair = before.get(channel).zip(now.get(channel));
        assert!(pair.is_none_or(|(before, now)| now >= before), "{id}, look {look}: {channel} {pair:?}");
    }
    let entered = before.get("sector").zip(now.get("sector")).filter(|(before, now)| before != now);
    let Some((_, sector)) = entered else { return };
    let split = match now.get("split_time") {
        Some(split) => Some(*split),
        None if *sector == 1.0 => now.get("sector_1_time").copied(),
        None => now.get("sector_1_time").zip(now.get("sector_2_time")).map(|(first, second)| first + second),
    };
    let split = split.unwrap_or_else(|| panic!("{id}: no time at the start of sector {sector}"));
    let (from, to) = (before["lap_time"] - 0.002, now["lap_time"] + 0.002);
    assert!((from..=to).contains(&split), "{id}: {split} s at the start of sector {sector}, {from} to {to}");
}

#[test]
fn what_is_told_of_laps_agrees_with_itself() {
    for circuit in CIRCUITS {
        let id = circuit.game.info().id;
        let mut told = Told::new(circuit.game, circuit.seed);
        if circuit.from_pit {
            told.step();
            // Where the game tells it.
            for channel in ["in_pit", "in_pit_lane"] {
                assert_eq!(told.get(channel).unwrap_or(1.0), 1.0, "{id}: {channel}");
            }
        }
        let lines = drive(circuit, &mut told);
        for channel in circuit.tells {
            let is_told = lines.iter().any(|line| line.before.contains_key(*channel));
            assert!(is_told, "{id} does not tell {channel}");
        }
        for (channel, text) in circuit.texts {
            assert_eq!(told.text(channel), Some(*text), "{id}: {channel}");
        }
        for (number, line) in lines.iter().enumerate() {
            check_line(circuit, number, line);
        }
        let invalid = lines.iter().filter(|line| !line.valid).count();
        assert_eq!(
            invalid > usize::from(circuit.from_pit),
            circuit.has_invalid,
            "{id}: {invalid} invalid laps"
        );
    }
}

/// At the line the counters advance by one, the clock and the way begin anew, and the last lap is the one driven.
fn check_line(circuit: &Circuit, number: usize, Line { before, behind, .. }: &Line) {
    let id = circuit.game.info().id;
    let told = |channel: &str| Some((*before.get(channel)?, *behind.get(channel)?));
    for channel in ["lap_number", "laps_completed"] {
        assert!(told(channel).is_none_or(|(before, behind)| behind == before + 1.0), "{id}: {channel}");
    }
    // A picture may be a step older than the look.
    let (driven, lap_time) = told("lap_time").unwrap();
    assert!((0.0..=2.0 * STEP_S).contains(&lap_time), "{id}, line {number}: {lap_time} s behind the line");
    let last = behind.get("last_lap_time").copied();
    let window = driven - 0.002..=driven + 2.0 * STEP_S + 0.002;
    match last {
        Some(last) => assert!(window.contains(&last), "{id}, line {number}: {last} s, driven {driven} s"),
        // ACC gives an out lap no time.
        None => assert!(number == 0 && id == "acc", "{id}, line {number}: no time"),
    }
    if let Some((before, behind)) = told("lap_position") {
        assert!(before > 0.99 && behind < 0.01, "{id}: {before} to {behind} of the lap");
    }
    if let Some((before, behind_m)) = told("lap_distance") {
        let length_m = behind["track_length"];
        let step_m = behind["speed"] * 2.0 * STEP_S;
        // The length is told in whole metres.
        assert!(
            (length_m - step_m - 1.0..=length_m + 1.0).contains(&before),
            "{id}: {before} of {length_m} m"
        );
        assert!((0.0..=step_m).contains(&behind_m), "{id}: {behind_m} m behind the line");
    }
    let sectors = before.get("sector_1_time").zip(before.get("sector_2_time")).zip(last);
    if let Some(((first, second), last)) = sectors {
        let third = last - *first - *second;
        assert!([*first, *second, third].iter().all(|time| *time > 10.0), "{id}: {first} {second} {third}");
    }
    assert_eq!(behind.get("sector").copied().unwrap_or(0.0), 0.0, "{id}");
}

#[test]
fn a_stage_is_told_as_one_run_from_start_to_finish() {
    for game in [&dirt::GAME as &'static dyn Game, &wrc::GAME] {
        let id = game.info().id;
        let mut told = Told::new(game, 6);
        let (mut stages, mut before) = (0, told.moment());
        for look in 0..60 * 600 {
            told.step();
            let now = told.moment();
            let pair = |channel: &str| before.get(channel).copied().zip(now.get(channel).copied());
            if let Some((then_s, now_s)) = pair("lap_time") {
                let (then_m, now_m) = pair("lap_distance").unwrap();
                if now_s < then_s {
                    // The next stage: the one before was driven to its end.
                    stages += 1;
                    let length_m = before["track_length"];
                    let step_m = before["speed"] * 2.0 * STEP_S;
                    assert!(
                        (length_m - step_m..=length_m + 0.01).contains(&then_m),
                        "{id}: {then_m} of {length_m}"
                    );
                    assert!(
                        then_s > 60.0 && now_s == 0.0 && now_m < 1.0,
                        "{id}: {then_s} s, {now_s} s, {now_m} m"
                    );
                } else {
                    assert!(now_m >= then_m && now_s - then_s < 2.0 * STEP_S, "{id}, look {look}");
                }
                assert_eq!(now["point_to_point"], 1.0, "{id}");
            }
            if let Some((0.0, 1.0)) = pair("sector") {
                let times = (now["sector_1_time"], now["lap_time"]);
                assert!((times.0 - times.1).abs() < 2.0 * STEP_S, "{id}: {times:?}");
            }
            before = now;
        }
        assert!(stages >= 2, "{id}: {stages} stages");
    }
}

#[test]
fn pit_stops_are_told_from_the_lane_to_the_box_and_back() {
    let mut told = Told::new(&acc::GAME, 1);
    let mut seen = Vec::new();
    for _ in 0..60 * 45 {
        told.step();
        let now = (told.get("in_pit").unwrap(), told.get("in_pit_lane").unwrap());
        if seen.last() != Some(&now) {
            seen.push(now);
        }
    }
    assert_eq!(seen, [(1.0, 1.0), (0.0, 1.0), (0.0, 0.0)]);

    let mut told = Told::new(&f1::GAME, 1);
    let mut seen = Vec::new();
    while seen.len() < 7 {
        told.step();
        let Some(now) = told.get("in_pit").zip(told.get("in_pit_lane")) else { continue };
        let now = (now.0, now.1, told.get("lap_phase").unwrap());
        if seen.last() != Some(&now) {
            seen.push(now);
        }
        assert!(told.get("session_time") < Some(1500.0), "no stop: {seen:?}");
    }
    // Racing, the in lap, the lane, the box, the lane, the out lap, racing.
    let phases = [
        (0.0, 0.0, 4.0),
        (0.0, 0.0, 2.0),
        (0.0, 1.0, 2.0),
        (1.0, 1.0, 3.0),
        (0.0, 1.0, 3.0),
        (0.0, 0.0, 3.0),
        (0.0, 0.0, 4.0),
    ];
    assert_eq!(seen, phases);
}

/// The mapping of `channel` in a packet of the kind that has it.
fn told_by_f1(packets: &[Vec<u8>], channel: &str) -> Option<f64> {
    let mappings = || f1::CHANNELS.iter().filter(|mapping| mapping.channel == channel);
    let read = |packet: &Vec<u8>| {
        let view = f1::schema().view(packet);
        mappings().find_map(|mapping| mapping.read(&view))
    };
    packets.iter().rev().find_map(read)
}

#[test]
fn a_flashback_takes_the_lap_back_and_nothing_else_breaks() {
    for format in Format::ALL {
        let mut game = f1::simulator::Simulator::of_format(format, 9);
        let mut packets = Vec::new();
        let mut run = |game: &mut f1::simulator::Simulator, frames: u32| {
            for _ in 0..frames {
                game.step(STEP_S);
                packets = game.packets();
            }
            ["lap_time", "lap_distance", "session_time", "lap_number", "session_id"]
                .map(|channel| told_by_f1(&packets, channel).unwrap())
        };
        let [lap_s, lap_m, session_s, lap, id] = run(&mut game, 60 * 60);
        let gone_s = game.flashback(10.0);
        assert!((9.0..12.0).contains(&gone_s), "{gone_s}");
        let now = run(&mut game, 1);
        let step = |now: f64, then: f64| (now - (then - gone_s + STEP_S)).abs() < 0.002;
        assert!(step(now[0], lap_s) && step(now[2], session_s), "{format:?}: {now:?}, {gone_s} s back");
        assert!(now[1] < lap_m - 100.0 && now[3] == lap && now[4] == id, "{format:?}: {now:?}");
    }
}
