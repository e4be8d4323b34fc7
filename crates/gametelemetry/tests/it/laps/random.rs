//! Random drives: whatever happens, no lap is lost, none overlaps another, and nothing panics.

use gametelemetry::{Lap, LapKind, Laps};

use super::player::{Player, at};

/// A small generator of numbers, the same for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: f64) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64 * limit
    }
}

const GAMES: [&[&str]; 4] = [
    &["session_time", "lap_number", "lap_distance", "track_length", "lap_time", "last_lap_time", "speed"],
    &["lap_number", "lap_position", "lap_time", "last_lap_time", "speed", "sector"],
    &["session_time", "lap_position", "speed"],
    &["session_time", "laps_completed", "lap_distance", "lap_time", "last_lap_time", "speed", "lap_valid"],
];

const TRACK_M: f64 = 1500.0;

/// A drive of random stretches, pauses and flashbacks; gives the laps, and the metres from its start to its end.
fn drive(seed: u64) -> (Laps, f64) {
    let mut random = Random(seed * 977 + 5);
    let channels: Vec<String> =
        GAMES[seed as usize % GAMES.len()].iter().map(|&name| name.to_owned()).collect();
    let folder = tempfile::tempdir().unwrap();
    let begin = random.below(TRACK_M);
    let mut player = Player::new(folder.path(), &channels, TRACK_M, 20.0, begin);
    player.limits = vec![400.0, 1000.0];
    player.set("counter_late", random.below(2.0));
    player.set("time_late", random.below(9.0));
    let mut since_flashback = 0.0;
    for _ in 0..25 {
        let (metres, speed) = (60.0 + random.below(700.0), 20.0 + random.below(40.0));
        player.drive(metres, speed);
        since_flashback += metres / speed;
        match random.below(10.0) as u32 {
            0 | 1 => player.pause(1.5 + random.below(40.0), false),
            2 => player.pause(1.5 + random.below(10.0), true),
            3 | 4 if since_flashback > 12.0 => {
                player.flashback(1.0 + random.below(10.0));
                since_flashback = 0.0;
            }
            5 => player.stand(random.below(3.0)),
            _ => {}
        }
    }
    let end = player.place();
    (player.laps(), end - begin)
}

fn counts(lap: &&Lap) -> bool {
    lap.kind != LapKind::Superseded
}

/// What of the laps counts follows one upon the other, and what was taken back lies within one.
fn assert_no_overlap(laps: &Laps, seed: u64) {
    let counted: Vec<&Lap> = laps.laps.iter().filter(counts).collect();
    for pair in counted.windows(2) {
        assert!(pair[0].end <= pair[1].start, "{seed}: {pair:?}");
    }
    for lap in &laps.laps {
        assert!(lap.start <= lap.end, "{seed}: {lap:?}");
        for stretch in lap.taken_back.windows(2) {
            assert!(stretch[0].1 <= stretch[1].0, "{seed}: {lap:?}");
        }
        for (from, until) in lap.taken_back.iter().chain(&lap.paused) {
            assert!(from <= until && *until <= lap.end, "{seed}: {lap:?}");
        }
    }
}

#[test]
fn laps_of_random_drives_neither_overlap_nor_get_lost() {
    let (mut whole, mut superseded, mut taken_back) = (0, 0, 0);
    for seed in 0..120 {
        let (laps, metres) = drive(seed);
        assert_no_overlap(&laps, seed);
        let counted: Vec<&Lap> = laps.laps.iter().filter(counts).collect();
        let has_counter = seed % 4 != 2;
        let tells_flashbacks = true;
        if has_counter && tells_flashbacks {
            for pair in counted.windows(2) {
                assert_eq!(
                    pair[0].lap + 1,
                    pair[1].lap,
                    "{seed}: a lap is lost or twice\n{}",
                    super::table_of(&laps)
                );
            }
        }
        let driven: f64 = counted.iter().filter_map(|lap| lap.length_m).sum();
        if seed % 4 == 0 {
            assert!(
                (driven - metres).abs() < 60.0,
                "{seed}: {driven} of {metres} m\n{}",
                super::table_of(&laps)
            );
        }
        for lap in &counted {
            if let (Some(own), Some(official)) = (lap.time, lap.official_time) {
                let differs = own.as_secs_f64() - official.as_secs_f64();
                assert!(differs.abs() < 0.06, "{seed}: {differs} s {lap:?}");
                if lap.reason.contains("at the line") {
                    // A pause at the very line, in a game whose only clock is the lap timer that is reset there.
                    continue;
                }
                let by_span = lap.time_at(lap.end).unwrap().as_secs_f64();
                assert!((by_span - own.as_secs_f64()).abs() < 0.3, "{seed}: {by_span} s of {own:?} {lap:?}");
            }
        }
        whole += counted.iter().filter(|lap| lap.is_whole()).count();
        superseded += laps.laps.len() - counted.len();
        taken_back += counted.iter().map(|lap| lap.taken_back.len()).sum::<usize>();
        let last = counted.last().unwrap();
        assert_eq!(laps.lap_at(at(-1.0)), None);
        assert!(laps.lap_at(last.start).is_some());
    }
    assert!(whole > 500 && superseded > 10 && taken_back > 60, "{whole} {superseded} {taken_back}");
}
