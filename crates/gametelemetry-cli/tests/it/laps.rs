//! `laps` as a user sees it: kinds, times and reasons of every lap, and what is said when a recording is not whole.

use std::path::Path;

use serde_json::Value;

use crate::sample::{cut, flip};
use crate::simulated::{copied, rewritten, simulated};
use crate::support::{Place, Ran};

/// What every lap of `laps --json` has, and nothing else.
const KEYS: [&str; 7] = ["lap", "kind", "valid", "time_ms", "official_time_ms", "sectors_ms", "reason"];

const ACC: [&str; 5] = ["acc", "--for", "5m", "--hz", "50"];

fn laps(place: &Place, session: impl AsRef<Path>) -> Ran {
    place.run(["laps".as_ref(), session.as_ref().as_os_str()])
}

/// The laps as JSON, each checked for its members; `code` is how the command ended.
fn as_json(place: &Place, session: impl AsRef<Path>, code: i32) -> Vec<Value> {
    let ran = place.run(["laps".as_ref(), session.as_ref().as_os_str(), "--json".as_ref()]).code(code);
    let laps = ran.json().as_array().unwrap().clone();
    for lap in &laps {
        let members = lap.as_object().unwrap();
        assert!(members.len() == KEYS.len() && KEYS.iter().all(|key| members.contains_key(*key)), "{lap:#}");
        assert!(lap["lap"].is_u64() && lap["valid"].is_boolean() && lap["reason"].is_string(), "{lap:#}");
    }
    laps
}

fn kinds(laps: &[Value]) -> Vec<(u64, &str, bool)> {
    laps.iter()
        .map(|lap| (lap["lap"].as_u64().unwrap(), lap["kind"].as_str().unwrap(), lap["valid"] == true))
        .collect()
}

/// Checks that our time of each lap is the game's, within 10 ms, and the sectors sum up to it; gives the number of laps
/// for which the game told one.
fn check_times(laps: &[Value]) -> usize {
    let mut told = 0;
    for lap in laps {
        let Some(time) = lap["time_ms"].as_u64() else { continue };
        if let Some(official) = lap["official_time_ms"].as_u64() {
            assert!(time.abs_diff(official) <= 10, "{lap:#}");
            told += 1;
        }
        let sectors = lap["sectors_ms"].as_array().unwrap();
        if !sectors.is_empty() {
            let sum: u64 = sectors.iter().map(|sector| sector.as_u64().unwrap()).sum();
            assert!(sum.abs_diff(time) <= 10, "{lap:#}");
        }
    }
    told
}

#[test]
fn laps_of_a_circuit_have_the_games_times_and_the_best_is_marked() {
    let place = Place::new();
    let session = simulated(&place, "out", &ACC);
    let listed = as_json(&place, &session, 0);
    let expected = [(1, "out", false), (2, "flying", true), (3, "flying", true), (4, "partial", false)];
    assert_eq!(kinds(&listed), expected);
    assert_eq!(check_times(&listed), 2, "{listed:#?}");
    assert!(listed[1]["sectors_ms"].as_array().unwrap().len() == 3 && listed[1]["reason"] == "");
    let ran = laps(&place, &session).code(0);
    let ran = ran.shows(&["gametelemetry_ring", "practice", "lap", "official", "sector 3", "1*", "partial"]);
    let ran = ran.shows(&["lap 1: it began in the pits", "lap 4: the session ended in it"]);
    assert_eq!(ran.stderr, "");
    let best = listed.iter().filter(|lap| lap["valid"] == true);
    let best = best.min_by_key(|lap| lap["official_time_ms"].as_u64()).unwrap();
    let line = ran.stdout.lines().find(|line| line.contains("best: lap")).unwrap();
    assert!(line.contains(&format!("lap {},", best["lap"])), "{line}");
    // A file of the session will do when it says everything.
    let graphics = Path::new(&session).join("graphics.gtel");
    assert_eq!(kinds(&as_json(&place, graphics, 0)), expected);
}

#[test]
fn a_race_begins_from_the_grid_and_goes_through_the_pits() {
    let place = Place::new();
    let session = simulated(&place, "out", &["f1", "--for", "5m", "--hz", "20"]);
    let listed = as_json(&place, &session, 0);
    assert_eq!(
        kinds(&listed),
        [(1, "standing_start", true), (2, "in", true), (3, "out", true), (4, "partial", false)]
    );
    assert_eq!(check_times(&listed), 3);
    let _ = laps(&place, &session).code(0).shows(&[
        "Race",
        "standing start",
        "lap 1: it began from a standstill",
        "lap 2: it ended in the pits",
        "lap 3: it began in the pits",
    ]);
}

#[test]
fn a_stage_is_one_run_with_splits() {
    let place = Place::new();
    let session = simulated(&place, "out", &["dirt", "--for", "4m"]);
    let listed = as_json(&place, &session, 0);
    assert_eq!(kinds(&listed), [(1, "stage", true), (1, "stage", true), (1, "partial", false)]);
    assert!(listed[0]["sectors_ms"].as_array().unwrap().len() >= 3, "{listed:#?}");
    check_times(&listed);
    let _ = laps(&place, &session).code(0).shows(&["stage", "the stage was not driven to its finish"]);
}

#[test]
fn a_game_without_laps_is_no_failure() {
    let place = Place::new();
    let session = simulated(&place, "out", &["cs2", "--for", "20s"]);
    let ran = laps(&place, &session).code(0);
    assert_eq!(ran.stdout, "no lap: the session has no frames that tell of one\n");
    assert_eq!(as_json(&place, &session, 0), [Value::Null; 0]);
}

#[test]
fn what_is_no_session_is_told_with_its_path() {
    let place = Place::new();
    let _session = simulated(&place, "out", &["acc", "--for", "1s"]);
    for json in [&[][..], &["--json"]] {
        let ran = place.run(["laps", "nowhere"].iter().chain(json)).code(1);
        let ran = ran.says(&["cannot open the session, check the path", "nowhere"]);
        assert_eq!(ran.stdout, "");
    }
    let _ = laps(&place, "out").code(1).says(&["name a session's own folder", "out"]);
}

#[test]
fn a_cut_session_has_the_laps_before_the_cut_and_says_where_it_ends() {
    let place = Place::new();
    let session = copied(&simulated(&place, "out", &ACC), &place.path().join("cut"));
    for file in ["physics.gtel", "graphics.gtel"] {
        let path = session.join(file);
        // Four fifths of it: the third lap's end is in it.
        cut(&path, path.metadata().unwrap().len() / 5);
    }
    let listed = as_json(&place, &session, 3);
    assert_eq!(kinds(&listed)[..2], [(1, "out", false), (2, "flying", true)]);
    let last = listed.last().unwrap();
    assert_eq!((last["kind"].as_str(), last["valid"].as_bool()), (Some("partial"), Some(false)), "{last:#}");
    assert_eq!(check_times(&listed), 1);
    let _ = laps(&place, &session).code(3).shows(&["best: lap 2"]).says(&[
        "physics: cut inside",
        "graphics: cut inside",
        "`gametelemetry recover` makes it whole",
    ]);
    // Repaired, it is a session like any other, with the same laps.
    let _ = place.run(["recover".as_ref(), session.as_os_str()]).code(0);
    assert_eq!(as_json(&place, &session, 0), listed);
}

#[test]
fn a_damaged_segment_costs_nothing_elsewhere() {
    let place = Place::new();
    let whole = simulated(&place, "out", &ACC);
    let expected = as_json(&place, &whole, 0);
    for file in ["physics.gtel", "graphics.gtel"] {
        let session = copied(&whole, &place.path().join(format!("damaged {file}")));
        flip(&session.join(file));
        let listed = as_json(&place, &session, 3);
        let name = file.trim_end_matches(".gtel");
        let said = format!("{name} is damaged in 1 place; the rest is used");
        let _ = laps(&place, &session).code(3).says(&[&said]);
        assert_eq!(kinds(&listed), kinds(&expected), "{file}");
        for (lap, expected) in listed.iter().zip(&expected) {
            // The middle of the recording lies in the second lap.
            if lap["lap"] != 2 {
                assert_eq!(lap, expected, "{file}");
            }
            assert_eq!(lap["official_time_ms"], expected["official_time_ms"], "{file}");
        }
        assert!(check_times(&listed) == 2);
    }
}

#[test]
fn one_unreadable_file_does_not_hide_the_laps() {
    let place = Place::new();
    let whole = simulated(&place, "out", &ACC);
    let session = copied(&whole, &place.path().join("unreadable"));
    std::fs::write(session.join("physics.gtel"), "these are no frames").unwrap();
    let ran = laps(&place, &session).code(3).shows(&["best: lap"]);
    let _ = ran.says(&["cannot read", "physics.gtel", "this is no session file"]);
    assert_eq!(kinds(&as_json(&place, &session, 3)), kinds(&as_json(&place, &whole, 0)));
    let _ = laps(&place, session.join("physics.gtel")).code(1).says(&["this is no session file"]);
}

#[test]
fn a_session_of_zero_frames_has_no_laps() {
    let place = Place::new();
    let whole = simulated(&place, "out", &["acc", "--for", "2s"]);
    let empty = rewritten(&whole, &place.path().join("empty"), |_, _| false);
    let _ = laps(&place, &empty).code(0).shows(&["no lap"]);
    assert_eq!(as_json(&place, &empty, 0), [Value::Null; 0]);
}

#[cfg(unix)]
#[test]
fn a_session_that_is_being_recorded_has_its_laps_until_now() {
    let place = Place::new();
    let _game = place.simulate(&[]);
    let recorder = place.start(["record", "acc", "--out", "out"]);
    let size = || {
        let session = place.sessions("out").first()?.join("physics.gtel");
        Some(session.metadata().ok()?.len())
    };
    crate::support::wait_until("some frames", || size().is_some_and(|bytes| bytes > 50_000));
    let session = place.only_session("out");
    let ran = laps(&place, &session).code(0);
    let _ = ran.says(&["physics is still being recorded; what there is until now is used"]);
    assert_eq!(kinds(&as_json(&place, &session, 0)), [(1, "partial", false)]);
    let _ = recorder.end().recorded();
    assert_eq!(laps(&place, &session).code(0).stderr, "");
}
