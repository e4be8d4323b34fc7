//! `record`, when all goes well: what is kept, what the summary says, how it ends.

use gametelemetry::{PackedFrame, Timestamp};
use gametelemetry_games::acc::simulator::is_whole;
use gametelemetry_games::acc::{Combined, Graphics, Physics};
use serde_json::Value;

use crate::support::{Place, count, find, records};

/// Records the simulated game of `place`, and gives the summary.
fn record(place: &Place, arguments: &[&str]) -> Value {
    let all = ["record", "acc", "--json", "--out", "out"].iter().chain(arguments);
    place.run(all).code(0).json()
}

fn counters(place: &Place, session: &str, source: &str) -> Vec<i64> {
    let records = records(&place.path().join(session).join(format!("{source}.gtel")));
    records.iter().map(|(_, data)| i64::from(i32::from_le_bytes(*data.first_chunk().unwrap()))).collect()
}

#[test]
fn the_summary_says_what_was_recorded_and_how_well() {
    let place = Place::new();
    let _game = place.simulate(&[]);
    let ran = place.run(["record", "acc", "--for", "1500ms"]).code(0);
    let folder = place.only_session("sessions");
    let name = folder.file_name().unwrap().to_str().unwrap();
    assert!(ran.stdout.lines().next().unwrap().ends_with(name), "{}", ran.stdout);
    let ran = ran.shows(&[
        "rate",
        "unchanged",
        "missed",
        "torn",
        "dropped",
        "ratio",
        "of 100 Hz",
        "of 50 Hz",
        "kB",
    ]);
    assert!(!ran.stdout.contains('\x1b'), "colours without a terminal");
    let _ = ran.says(&["recording Assetto Corsa Competizione into", name, "`--hz 1000` records all of it"]);
}

#[test]
fn the_json_summary_agrees_with_the_files() {
    let place = Place::new();
    let _game = place.simulate(&[]);
    let summary = record(&place, &["--for", "1500ms"]);
    assert_eq!((summary["game"].as_str(), summary["lost_data"].as_bool()), (Some("acc"), Some(false)));
    let folder = summary["folder"].as_str().unwrap();
    for source in ["physics", "graphics", "static"] {
        let said = find(&summary["sources"], "name", source);
        let path = place.path().join(folder).join(format!("{source}.gtel"));
        let records = records(&path);
        assert_eq!(count(said, "recorded"), records.len() as u64);
        assert_eq!(count(said, "file_bytes"), std::fs::metadata(&path).unwrap().len());
        assert_eq!(count(said, "looks"), count(said, "frames") + count(said, "unchanged"));
        assert_eq!(count(said, "frames"), count(said, "recorded") + count(said, "dropped"));
        assert!(records.is_sorted_by_key(|(timestamp, _)| *timestamp));
    }
    assert_eq!(count(find(&summary["sources"], "name", "static"), "recorded"), 1);
}

#[test]
fn for_counts_from_the_first_frame_not_from_the_start_of_the_wait() {
    let place = Place::new();
    let recorder = place.start(["record", "acc", "--for", "1500ms", "--source", "physics"]);
    std::thread::sleep(std::time::Duration::from_millis(1000));
    let _game = place.simulate(&[]);
    let _ = recorder.wait().recorded();
    let records = records(&place.only_session("sessions").join("physics.gtel"));
    let span = |(from, to): (Timestamp, Timestamp)| to.seconds_since(from);
    let seconds = span((records[0].0, records[records.len() - 1].0));
    assert!((1.0..3.0).contains(&seconds), "{seconds} s");
}

/// The simulator's steps are what there was; what is not in the file must be counted as missed.
#[test]
fn a_thousand_looks_a_second_see_every_step_or_say_which_were_missed() {
    let place = Place::new();
    let game = place.simulate(&[]);
    let summary = record(&place, &["--for", "2s", "--hz", "1000", "--source", "physics"]);
    let published = game.end().code(0).json();
    let counters = counters(&place, summary["folder"].as_str().unwrap(), "physics");
    let (first, last) = (counters[0], counters[counters.len() - 1]);
    let region = find(&published["regions"], "region", "acpmf_physics");
    let steps = count(region, "last_counter") - count(region, "first_counter") + 1;
    assert_eq!(
        (count(region, "writes"), count(&published, "steps")),
        (steps, steps),
        "a number for each step"
    );
    let published_as = |key: &str| region[key].as_i64().unwrap();
    assert!(published_as("first_counter") <= first && last <= published_as("last_counter"));
    assert!(counters.is_sorted_by(|before, after| before < after), "a step was recorded twice");

    let missed = (last - first + 1) as u64 - counters.len() as u64;
    let physics = find(&summary["sources"], "name", "physics");
    println!(
        "{} of {steps} steps recorded, {missed} missed, {} torn",
        counters.len(),
        count(physics, "torn")
    );
    assert_eq!(count(physics, "missed"), missed);
    // 1000 looks a second at 333 steps: only a machine that cannot keep up misses any.
    assert!(missed < counters.len() as u64 / 2, "{missed} missed of {}", counters.len());
    assert_eq!(physics["requested_hz"].as_f64(), Some(1000.0));
}

#[test]
fn a_hundred_looks_a_second_count_the_steps_between_them() {
    let place = Place::new();
    let _game = place.simulate(&[]);
    let summary = record(&place, &["--for", "2s", "--source", "physics"]);
    let counters = counters(&place, summary["folder"].as_str().unwrap(), "physics");
    let span = (counters[counters.len() - 1] - counters[0] + 1) as u64;
    let physics = find(&summary["sources"], "name", "physics");
    assert_eq!(count(physics, "missed"), span - counters.len() as u64);
    let achieved = physics["achieved_hz"].as_f64().unwrap();
    let seconds = 10_000_000.0 * (counters.len() - 1) as f64 / ticks(physics) as f64;
    assert!((achieved - seconds).abs() < 0.01, "{achieved} said, {seconds} counted");
    assert!((30.0..=101.0).contains(&achieved), "{achieved} Hz");
}

/// Ticks between the first and the last frame.
fn ticks(ledger: &Value) -> i64 {
    ledger["last_frame"].as_i64().unwrap() - ledger["first_frame"].as_i64().unwrap()
}

#[test]
fn only_the_sources_asked_for_are_recorded() {
    let place = Place::new();
    let _game = place.simulate(&[]);
    let summary = record(&place, &["--for", "500ms", "--source", "physics,static"]);
    let names: Vec<_> =
        summary["sources"].as_array().unwrap().iter().map(|source| source["name"].clone()).collect();
    assert_eq!(names, ["physics", "static"]);
    assert_eq!(std::fs::read_dir(place.path().join(summary["folder"].as_str().unwrap())).unwrap().count(), 2);
}

#[test]
fn the_combined_source_has_the_three_pages_of_each_moment() {
    let place = Place::new();
    let _game = place.simulate(&[]);
    let summary = record(&place, &["--for", "1s", "--source", "combined"]);
    let file = place.path().join(summary["folder"].as_str().unwrap()).join("combined.gtel");
    let records = records(&file);
    assert!(records.len() > 20, "{}", records.len());
    for (_, data) in &records {
        let frame = Combined::view(data).unwrap();
        assert!(is_whole(&frame.physics()) && is_whole(&frame.graphics()) && is_whole(&frame.static_info()));
    }
    let fields = ["--fields", "physics.speed_kmh,graphics.completed_laps,static_info.track", "--limit", "1"];
    let arguments = ["cat".as_ref(), file.as_os_str()].into_iter().chain(fields.iter().map(AsRef::as_ref));
    let line = place.run(arguments).code(0).json_lines().remove(0);
    assert!(line["physics.speed_kmh"].is_number() && line["static_info.track"].is_string(), "{line}");
}

#[test]
fn unchanged_looks_are_kept_when_asked_for() {
    let place = Place::new();
    let _game = place.simulate(&["--hz", "20"]);
    let summary = record(&place, &["--for", "1s", "--source", "physics", "--keep-unchanged"]);
    let physics = find(&summary["sources"], "name", "physics");
    assert_eq!(count(physics, "unchanged"), 0);
    assert!(count(physics, "recorded") > 40, "{physics:#}");
}

#[test]
fn without_a_game_s_name_the_one_that_appears_is_recorded() {
    let place = Place::new();
    let recorder = place.start(["record", "--for", "1s", "--json"]);
    let _game = place.simulate(&[]);
    assert_eq!(recorder.wait().code(0).json()["game"], "acc");
}

/// On Linux only: on Windows a recorder that holds the old game's mapping keeps a simulator, which makes its own, out.
#[cfg(unix)]
#[test]
fn a_game_that_starts_later_and_starts_again_is_one_recording() {
    let place = Place::new();
    let mut recorder = place.start(["record", "acc", "--source", "physics", "--for", "8s", "--json"]);
    // Fast at first and slow then, so that the second game's numbers stay below the first one's.
    let game = place.simulate(&["--hz", "1000"]);
    let number = || place.published_number();
    let start = number();
    crate::support::wait_until("a thousand steps", || number() > start + 1000);
    drop(game.end());
    let _again = place.simulate(&["--seed", "2", "--hz", "20"]);
    assert!(recorder.is_running());
    let summary = recorder.wait().code(0).json();
    let physics = find(&summary["sources"], "name", "physics");
    let counters = counters(&place, summary["folder"].as_str().unwrap(), "physics");
    assert!(counters.windows(2).any(|pair| pair[1] < pair[0]), "the second game's counter starts again");
    assert_eq!(count(physics, "attached"), 2);
    assert!(count(physics, "gap_count") >= 1, "{physics:#}");
}

#[test]
fn two_recorders_at_once_get_a_folder_each() {
    let place = Place::new();
    let _game = place.simulate(&[]);
    let recorders = [0; 2].map(|_| place.start(["record", "acc", "--for", "1s", "--source", "physics"]));
    for recorder in recorders {
        let _ = recorder.wait().recorded();
    }
    let sessions = place.sessions("sessions");
    assert_eq!(sessions.len(), 2, "{sessions:?}");
    assert!(sessions.iter().all(|session| records(&session.join("physics.gtel")).len() > 20));
}

#[test]
fn paths_with_spaces_and_letters_of_any_language_work_everywhere() {
    let place = Place::new();
    let _game = place.simulate(&[]);
    let out = "Meine Rennen/Nürburgring 日本 – Ω";
    let ran = place.run(["record", "acc", "--for", "500ms", "--out", out]).code(0);
    let session = place.only_session(out);
    assert!(ran.stdout.lines().next().unwrap().contains("Nürburgring 日本 – Ω"), "{}", ran.stdout);
    for command in ["info", "verify", "recover", "cat"] {
        let _ = place.run([command.as_ref(), session.as_os_str()]).code(0);
    }
    let _ = place.run(["cat".as_ref(), session.join("graphics.gtel").as_os_str()]).code(0);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_recording_in_order() {
    let place = Place::new();
    let _game = place.simulate(&[]);
    let recorder = place.start(["record", "acc", "--json"]);
    let size = || {
        place.sessions("sessions").first().and_then(|session| session.join("physics.gtel").metadata().ok())
    };
    crate::support::wait_until("some frames", || size().is_some_and(|file| file.len() > 50_000));
    let summary = recorder.end().code(0).says(&["Ctrl+C ends it"]).json();
    assert!(count(find(&summary["sources"], "name", "physics"), "recorded") > 20);
    let _ = place.run(["verify".as_ref(), place.only_session("sessions").as_os_str()]).code(0);
}

#[test]
fn every_frame_of_a_calm_game_is_whole() {
    let place = Place::new();
    let _game = place.simulate(&[]);
    let summary = record(&place, &["--for", "1s"]);
    let file =
        |source: &str| place.path().join(summary["folder"].as_str().unwrap()).join(format!("{source}.gtel"));
    let physics = records(&file("physics"));
    assert!(physics.iter().all(|(_, data)| is_whole(Physics::view(data).unwrap())));
    let graphics = records(&file("graphics"));
    assert!(graphics.iter().all(|(_, data)| is_whole(Graphics::view(data).unwrap())));
}
