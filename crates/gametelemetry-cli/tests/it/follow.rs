//! `cat --follow`: prints a recording while it is made, to its end.

#![cfg(unix)]

use crate::support::{Place, records, wait_until};

#[test]
fn a_followed_recording_is_printed_to_its_end_once() {
    let place = Place::new();
    let _game = place.simulate(&[]);
    let recorder = place.start(["record", "acc", "--source", "physics"]);
    let size = || {
        place.sessions("sessions").first().and_then(|session| session.join("physics.gtel").metadata().ok())
    };
    wait_until("some frames", || size().is_some_and(|file| file.len() > 20_000));
    let session = place.only_session("sessions");
    let arguments = ["--follow", "--fields", "packet_id"];
    let follow =
        place.start(["cat".as_ref(), session.as_os_str()].into_iter().chain(arguments.map(AsRef::as_ref)));
    let printed = || follow.said().lines().count();
    wait_until("the first lines", || printed() > 0);
    let before = printed();
    wait_until("lines that are recorded meanwhile", || printed() > before + 50);
    let _ = recorder.end().recorded();
    // It ends by itself when the recording does.
    let lines = follow.wait().code(0).json_lines();
    let counters: Vec<_> = lines.iter().map(|line| line["packet_id"].as_i64().unwrap()).collect();
    let recorded = records(&session.join("physics.gtel"));
    let expected: Vec<_> = recorded
        .iter()
        .map(|(_, data)| i64::from(i32::from_le_bytes(*data.first_chunk().unwrap())))
        .collect();
    assert_eq!(counters, expected);
}

#[test]
fn following_is_ended_by_ctrl_c_and_is_no_failure() {
    let place = Place::new();
    let _game = place.simulate(&[]);
    let recorder = place.start(["record", "acc"]);
    let size = || {
        place.sessions("sessions").first().and_then(|session| session.join("physics.gtel").metadata().ok())
    };
    wait_until("some frames", || size().is_some_and(|file| file.len() > 20_000));
    let session = place.only_session("sessions");
    let follow = place.start(["cat".as_ref(), session.as_os_str(), "--follow".as_ref()]);
    wait_until("the first lines", || follow.said().lines().count() > 20);
    let ran = follow.end().code(0);
    for source in ["physics", "graphics", "static"] {
        assert!(ran.stdout.contains(&format!("\"source\":\"{source}\"")), "{source}");
    }
    let _ = recorder.end().recorded();
}
