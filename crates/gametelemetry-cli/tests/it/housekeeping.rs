//! `prune`, and the quota of `record`: what goes, what stays, and what the user is told.

use std::path::{Path, PathBuf};

use gametelemetry::{
    BinarySessionWriter, FrameSize, Header, Ledger, Schema, SessionWriter as _, WriterOptions, bytes,
};

#[cfg(unix)]
use crate::support::has;
use crate::support::{Place, Ran, count, find};

/// A finished session in `sessions` that began on this day of January 2020, with so many bytes that do not compress.
fn session(place: &Place, name: &str, day: u32, size: u32) -> PathBuf {
    let folder = place.path().join("sessions").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let schema = Schema::opaque("Noise", FrameSize::Fixed(1000));
    let started = format!("2020-01-{day:02}T10:00:00Z").parse().unwrap();
    let header = Header::new("testgame", "physics", schema, started);
    let path = folder.join("physics.gtel");
    let mut writer = BinarySessionWriter::create(&path, &header, WriterOptions::default()).unwrap();
    let mut random = u64::from(day) | 1;
    let mut noise = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random.to_le_bytes()[0]
    };
    for _ in 0..size / 1000 {
        let frame: Vec<u8> = (0..1000).map(|_| noise()).collect();
        writer.write(started, &frame).unwrap();
    }
    writer.finish(&Ledger { finished: true, ..Ledger::default() }).unwrap();
    folder
}

fn three(place: &Place) {
    for (name, day) in [("a", 1), ("b", 2), ("c", 3)] {
        session(place, name, day, 10_000);
    }
}

/// Everything in `sessions`, hidden names too.
fn names(place: &Place) -> Vec<String> {
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    place.sessions("sessions").iter().map(|path| name(path)).collect()
}

fn prune(place: &Place, arguments: &[&str]) -> Ran {
    place.run(["prune"].iter().chain(arguments))
}

#[test]
fn without_a_rule_the_command_says_which_there_are() {
    let place = Place::new();
    three(&place);
    let rules = ["--older-than", "--max-size", "--max-count"];
    let _ = prune(&place, &["--yes"]).code(2).says(&rules);
    let _ = prune(&place, &["--yes", "--keep-best", "3", "--only-uploaded"]).code(2).says(&rules);
    let _ = prune(&place, &["--max-size", "lots", "--yes"]).code(2).says(&["`lots` is no size", "50GB"]);
    let _ = prune(&place, &["--older-than", "90", "--yes"]).code(2).says(&["`90` is no age", "90d"]);
    assert_eq!(names(&place), ["a", "b", "c"]);
}

#[test]
fn without_a_terminal_nothing_is_deleted_unless_the_user_says_yes() {
    let place = Place::new();
    three(&place);
    let _ = prune(&place, &["--max-count", "1"]).code(2).says(&["no terminal", "--yes", "--dry-run"]);
    assert_eq!(names(&place), ["a", "b", "c"]);
    let ran = prune(&place, &["--max-count", "1", "--yes"]).code(0).says(&["deleted 2 sessions"]);
    let _ = ran.shows(&["goes", "stays", "the oldest, with more than 1 there", "within the limits"]);
    assert_eq!(names(&place), ["c"]);
}

#[test]
fn a_dry_run_shows_the_plan_with_reasons_and_deletes_nothing() {
    let place = Place::new();
    three(&place);
    std::fs::write(place.path().join("sessions/a/notes.txt"), "mine").unwrap();
    std::fs::create_dir(place.path().join("sessions/.x.deleting")).unwrap();
    let ran = prune(&place, &["--older-than", "90d", "--max-size", "1kB", "--dry-run"]).code(0);
    let ran = ran.shows(&["has something of yours in it: notes.txt", "older than 90 days"]);
    let lines: Vec<&str> = ran.stdout.lines().map(str::trim).collect();
    assert!(
        lines[0].starts_with("goes") && lines[1].starts_with("b ") && lines[2].starts_with("c "),
        "{lines:?}"
    );
    assert!(lines[3].starts_with("stays") && lines[4].starts_with("a "), "{lines:?}");
    let size = std::fs::metadata(place.path().join("sessions/b/physics.gtel")).unwrap().len();
    assert!(lines[1].contains(&bytes(size)), "{lines:?}");
    let _ = ran.says(&["nothing was deleted", "still more than 1.0 kB"]);
    assert_eq!(names(&place), [".x.deleting", "a", "b", "c"]);
}

#[test]
fn the_json_says_what_goes_why_and_what_is_gone() {
    let place = Place::new();
    three(&place);
    std::fs::write(place.path().join("sessions/b/.upload-1.jsonl"), "{\"step\":\"done\"}\n").unwrap();
    std::fs::create_dir(place.path().join("sessions/.x.deleting")).unwrap();
    let arguments = ["--max-count", "0", "--only-uploaded", "--json"];
    let plan = prune(&place, &[arguments.as_slice(), &["--dry-run"]].concat()).code(0).json();
    assert_eq!((plan["dry_run"].as_bool(), plan["removed"].as_array().unwrap().len()), (Some(true), 0));
    assert_eq!(names(&place).len(), 4);
    let done = prune(&place, &[arguments.as_slice(), &["--yes"]].concat()).code(0).json();
    assert_eq!(plan["sessions"], done["sessions"]);
    let b = find(&done["sessions"], "session", "b");
    assert_eq!(
        (b["goes"].as_bool(), b["uploaded"].as_bool(), b["reason"].as_str()),
        (Some(true), Some(true), Some("max_count"))
    );
    assert_eq!((b["game"].as_str(), b["started"].as_str()), (Some("testgame"), Some("2020-01-02T10:00:00Z")));
    assert_eq!(find(&done["sessions"], "session", "a")["reason"], "not_uploaded");
    assert_eq!(
        (done["removed"].clone(), count(&done, "removed_bytes")),
        (serde_json::json!(["b"]), count(b, "bytes"))
    );
    assert_eq!(
        (count(&done, "leftovers"), done["still_exceeded"].clone()),
        (1, serde_json::json!(["max_count"]))
    );
    assert_eq!(names(&place), ["a", "c"]);
}

#[test]
fn an_empty_folder_is_done_and_a_missing_one_is_told() {
    let place = Place::new();
    let _ = prune(&place, &["--max-count", "1", "--yes"]).code(1).says(&["check the path", "sessions"]);
    std::fs::create_dir(place.path().join("sessions")).unwrap();
    let _ = prune(&place, &["--max-count", "1", "--yes"])
        .code(0)
        .shows(&["no session"])
        .says(&["deleted 0 sessions"]);
}

#[test]
fn the_best_laps_of_a_track_and_car_stay() {
    let place = Place::new();
    for seed in ["1", "2", "3"] {
        let arguments =
            ["simulate", "acc", "--save", "sessions", "--for", "8m", "--hz", "20", "--seed", seed];
        let _ = place.run(arguments).code(0);
    }
    let best = |session: &str| {
        let laps = place.run(["laps", "--json", &format!("sessions/{session}")]).code(0).json();
        let laps = laps.as_array().unwrap().clone().into_iter().filter(|lap| lap["valid"] == true);
        laps.filter_map(|lap| lap["official_time_ms"].as_u64().or(lap["time_ms"].as_u64())).min().unwrap()
    };
    let mut sessions: Vec<(u64, String)> =
        names(&place).into_iter().map(|name| (best(&name), name)).collect();
    sessions.sort();
    assert_eq!(sessions.len(), 3);
    let plan = prune(&place, &["--max-count", "0", "--keep-best", "1", "--yes", "--json"]).code(0).json();
    // The simulated tracks differ by nothing but the driving, so that one session holds the best lap of all.
    let kept: Vec<&str> = plan["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["goes"] == false)
        .map(|it| it["session"].as_str().unwrap())
        .collect();
    assert_eq!(kept, [sessions[0].1.as_str()], "{plan:#} {sessions:?}");
    let told = find(&plan["sessions"], "session", &sessions[0].1);
    assert!(told["text"].as_str().unwrap().starts_with("has the best lap of "), "{told:#}");
    assert_eq!(names(&place), kept);
}

/// What is locked on one system is only young on another; here it is both.
#[test]
fn a_session_that_is_being_recorded_stays_and_is_told() {
    let place = Place::new();
    session(&place, "a", 1, 10_000);
    let game = place.simulate(&[]);
    let recorder = place.start(["record", "acc", "--for", "6s", "--source", "physics"]);
    crate::support::wait_until("the recording's session", || {
        place.sessions("sessions").iter().any(|it| it.join("physics.gtel").exists() && !it.ends_with("a"))
    });
    let plan = prune(&place, &["--max-count", "0", "--yes", "--json"]).code(0).json();
    assert_eq!(plan["removed"], serde_json::json!(["a"]));
    assert_eq!(find(&plan["sessions"], "session", "_acc")["reason"], "recording");
    let _ = recorder.wait().recorded();
    drop(game);
    let left = place.only_session("sessions");
    let _ = place.run(["verify".as_ref(), left.as_os_str()]).code(0);
}

#[cfg(unix)]
#[test]
fn at_a_terminal_the_command_asks_and_only_a_yes_deletes() {
    if !has("script") {
        return;
    }
    let place = Place::new();
    three(&place);
    let answer = |text: &str| {
        let program = env!("CARGO_BIN_EXE_gametelemetry");
        let prune = format!("'{program}' prune --max-count 1");
        let line = format!("printf '{text}\\n' | script -qec \"{prune}\" /dev/null");
        let ran = crate::support::Running::start(&mut place.command_of("sh".as_ref(), ["-c", &line]));
        let said = ran.wait().code(0).stdout;
        assert!(said.contains("delete 2 sessions, ") && said.contains("[y/N]"), "{said}");
        names(&place)
    };
    assert_eq!(answer(""), ["a", "b", "c"]);
    assert_eq!(answer("n"), ["a", "b", "c"]);
    assert_eq!(answer("yes"), ["c"]);
}

#[test]
fn a_quota_takes_old_sessions_and_the_recording_goes_on() {
    let place = Place::new();
    for (name, day) in [("a", 1), ("b", 2), ("c", 3)] {
        session(&place, name, day, 2_000_000);
    }
    let _game = place.simulate(&[]);
    // Room for two old sessions and the new one, which stays far below 1 MB.
    let arguments = ["record", "acc", "--for", "1500ms", "--quota", "5MB", "--min-free", "0", "--json"];
    let ran = place.run(arguments).code(0).says(&["removed the oldest session", "session=\"a\""]);
    assert_eq!(ran.json()["lost_data"], false);
    let names = names(&place);
    assert_eq!((names.len(), &names[1..]), (3, ["b".to_owned(), "c".to_owned()].as_slice()), "{names:?}");
}

#[test]
fn a_recording_ends_in_order_when_the_quota_is_full_and_nothing_may_go() {
    let place = Place::new();
    three(&place);
    std::fs::write(place.path().join("sessions/b/notes.txt"), "mine").unwrap();
    let _game = place.simulate(&[]);
    // The new session alone is soon too large, though not by its headers (40 kB) alone; it would go on for a minute.
    let arguments = ["record", "acc", "--for", "60s", "--hz", "1000", "--quota", "250kB", "--min-free", "0"];
    let ran = place.run(arguments).code(3);
    let ran = ran.says(&["the recording ended:", "the quota is full", "allows 250.0 kB", "prune", "--quota"]);
    let _ = ran.shows(&["physics", "Hz"]);
    let names = names(&place);
    assert_eq!((names.len(), names[1].as_str()), (2, "b"), "{names:?}");
    let recorded = place.path().join("sessions").join(&names[0]);
    let _ = place.run(["verify".as_ref(), recorded.as_os_str()]).code(0);
}

#[test]
fn what_leaves_no_room_to_begin_with_is_refused() {
    let place = Place::new();
    three(&place);
    for name in ["a", "b", "c"] {
        std::fs::write(place.path().join("sessions").join(name).join("notes.txt"), "mine").unwrap();
    }
    let _game = place.simulate(&[]);
    let record = |arguments: &[&str]| place.run(["record", "acc", "--for", "1s"].iter().chain(arguments));
    let _ =
        record(&["--quota", "1kB"]).code(1).says(&["nothing is recorded", "the quota is full", "3 in use"]);
    let _ =
        record(&["--min-free", "16000TB"]).code(1).says(&["nothing is recorded", "the disk is nearly full"]);
    assert_eq!(names(&place), ["a", "b", "c"]);
}
