//! `record --keep-last` and `mark`: only what is marked reaches the folder, whole; and who marks in vain is told why.

use std::path::PathBuf;

use serde_json::Value;

use crate::support::{Place, Running, count, find, records, wait_until};

/// A recorder that holds the last two seconds of the simulated ACC.
fn recorder(place: &Place, out: &str, more: &[&str]) -> Running {
    let mut arguments = vec!["record", "acc", "--keep-last", "2s", "--out", out];
    arguments.extend(more);
    if cfg!(windows) && !more.contains(&"--for") {
        arguments.extend(["--for", "10s"]);
    }
    let running = Running::start_to_type(&mut place.command(arguments));
    wait_until("the game's first frame", || running.told().contains("holding the last 00:02"));
    running
}

/// The sessions in `out`, without what is hidden.
fn sessions(place: &Place, out: &str) -> Vec<PathBuf> {
    let is_hidden = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with('.');
    place.sessions(out).into_iter().filter(|path| !is_hidden(path)).collect()
}

/// Waits until the simulated game has published for `seconds` more.
fn let_pass(place: &Place, seconds: u32) {
    // It makes 333 steps a second.
    let until = place.published_number() + 333 * seconds;
    wait_until("driving on", || place.published_number() > until);
}

/// Checks that a session is whole, and holds two seconds and the page that was told once.
fn check(place: &Place, session: &str) {
    let _ = place.run(["verify", session]).code(0);
    let info = place.run(["info", session, "--json"]).code(0).json();
    for source in ["physics", "graphics", "static"] {
        let source = find(&info["sources"], "name", source);
        let ledger = &source["ledger"];
        assert_eq!(source["end"]["end"], "complete", "{source:#}");
        assert_eq!(count(ledger, "looks"), count(ledger, "frames") + count(ledger, "unchanged"));
        assert_eq!(count(ledger, "frames"), count(ledger, "recorded") + count(ledger, "dropped"));
        assert_eq!(count(ledger, "recorded"), count(source, "records"));
        assert!(source["seconds"].as_f64().unwrap() <= 2.1, "{source:#}");
    }
    let of = |source: &str| records(&place.path().join(session).join(format!("{source}.gtel")));
    assert_eq!(of("static").len(), 1);
    let physics = of("physics");
    assert!(physics.len() > 50, "{}", physics.len());
    let _ = place.run(["laps", session]).code(0);
}

fn kept(ran: &Value) -> Vec<String> {
    let kept = ran.as_array().unwrap();
    kept.iter().map(|kept| kept["folder"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_command_and_the_key_each_keep_the_last_two_seconds_and_nothing_else_is_written() {
    let place = Place::new();
    let _game = place.simulate(&[]);
    // Much happens before the end, where a program cannot be told to end by another, and on a busy machine.
    let life: &[&str] = if cfg!(windows) { &["--for", "30s"] } else { &[] };
    let mut recorder = recorder(&place, "out", life);
    let_pass(&place, 3);
    assert_eq!(sessions(&place, "out"), Vec::<PathBuf>::new());
    let first = kept(&place.run(["mark", "--out", "out", "--json"]).code(0).json());
    assert_eq!((first.len(), sessions(&place, "out").len()), (1, 1));
    let before = records(&place.path().join(&first[0]).join("physics.gtel"));

    let_pass(&place, 1);
    recorder.type_line();
    wait_until("the second session", || recorder.told().matches("kept 00:0").count() == 2);
    let ran = recorder.end().recorded();
    let sessions = sessions(&place, "out");
    assert_eq!(sessions.len(), 2, "{sessions:?}");
    let second =
        sessions.iter().find(|path| !path.ends_with(std::path::Path::new(&first[0]).file_name().unwrap()));
    let second = second.unwrap().to_str().unwrap();
    check(&place, &first[0]);
    check(&place, second);
    let after = records(&PathBuf::from(second).join("physics.gtel"));
    assert!(after[0].0 > before[0].0 && after.last().unwrap().0 > before.last().unwrap().0);
    // Frames of both are the same ones, with the same times. On a busy machine there may be none: they are seconds apart then.
    let of_both = after.iter().filter(|record| record.0 <= before.last().unwrap().0);
    let of_both: Vec<_> = of_both.collect();
    assert!(of_both.iter().all(|record| before.contains(record)), "{} frames", of_both.len());
    let name = |path: &str| path.rsplit(['/', '\\']).next().unwrap().to_owned();
    let _ = ran.shows(&["kept", "time", "frames", "size", &name(&first[0]), &name(second)]);
    assert_eq!(place.sessions("out").len(), 2, "nothing hidden is left");
}

#[test]
fn the_command_prints_the_folder_alone_and_reaches_every_recorder_of_the_folder() {
    let place = Place::new();
    let _game = place.simulate(&[]);
    let recorders =
        [recorder(&place, "out", &[]), recorder(&place, "out", &["--source", "static", "--json"])];
    let ran = place.run(["mark", "--out", "out"]).code(0).says(&["kept 00:0", " frames"]);
    let mut folders: Vec<_> = ran.stdout.lines().map(|line| place.path().join(line)).collect();
    folders.sort();
    assert_eq!(folders, sessions(&place, "out"));
    assert_eq!(folders.len(), 2);
    let [first, second] = recorders;
    let _ = first.end().recorded().says(&["laps and report: gametelemetry report"]);
    let told = second.end().code(0).json();
    assert_eq!((told["game"].as_str(), told["lost_data"].as_bool()), (Some("acc"), Some(false)));
    let source = find(&told["kept"][0]["sources"], "name", "static");
    assert_eq!(count(source, "recorded"), 1);
}

#[test]
fn a_mark_where_nothing_is_held_says_what_to_start() {
    let place = Place::new();
    let hint = ["nothing to mark", "record --keep-last", "sessions"];
    let _ = place.run(["mark"]).code(1).says(&hint);
    let _game = place.simulate(&[]);
    let recorder = place.start(["record", "acc", "--for", if cfg!(windows) { "3s" } else { "60s" }]);
    wait_until("the first frame", || recorder.told().contains("recording Assetto"));
    let _ = place.run(["mark"]).code(1).says(&hint);
    let _ = recorder.end().recorded();
}

#[test]
fn without_a_mark_nothing_is_written_and_it_is_said_how_to() {
    let place = Place::new();
    let _game = place.simulate(&[]);
    let ran = place.run(["record", "acc", "--keep-last", "10m", "--for", "600ms"]).code(0);
    let ran = ran.says(&[
        "holding the last 10:00 of Assetto",
        "nothing is written",
        "Enter",
        "`gametelemetry mark`",
    ]);
    assert_eq!(ran.stdout, "");
    assert!(!place.path().join("sessions").exists());
}

#[test]
fn a_recorder_that_was_killed_is_not_waited_for() {
    let place = Place::new();
    let _game = place.simulate(&[]);
    recorder(&place, "out", &[]).kill();
    let _ = place.run(["mark", "--out", "out"]).code(1).says(&["nothing to mark"]);
    // The next one works all the same.
    let next = recorder(&place, "out", &[]);
    let _ = place.run(["mark", "--out", "out"]).code(0);
    let _ = next.end().recorded();
}

#[test]
fn a_mark_before_the_game_gave_anything_says_so() {
    let place = Place::new();
    let life = if cfg!(windows) { "4s" } else { "60s" };
    let recorder = place.start(["record", "acc", "--keep-last", "2s", "--for", life]);
    wait_until("the wait for the game", || recorder.told().contains("waiting for Assetto"));
    wait_until("its desk", || !place.sessions("sessions").is_empty());
    let refused = place.run(["mark"]).code(1).says(&["not kept", "nothing has come from the game yet"]);
    assert_eq!(refused.stdout, "");
    let _ = recorder.end().code(1).says(&["published nothing"]);
    assert!(!place.path().join("sessions").exists());
}

#[test]
fn what_makes_no_sense_together_is_refused() {
    let place = Place::new();
    for (arguments, why) in [
        (&["--keep-last", "10m", "--laps"][..], "--laps"),
        (&["--keep-last", "10m", "--report"], "--report"),
        (&["--keep-last", "10m", "--sync", "2s"], "--sync"),
        (&["--keep-last", "0s"], "no time at all"),
        (&["--keep-memory", "64"], "--keep-last"),
    ] {
        let _ = place.run([&["record", "acc"], arguments].concat()).code(2).says(&[why]);
    }
}
