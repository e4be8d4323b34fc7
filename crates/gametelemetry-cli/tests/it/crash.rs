//! A recorder that is killed: what it had recorded reads back, and the exit codes say how things stand.

use gametelemetry::{PackedFrame, files};
use gametelemetry_games::acc::Physics;
use gametelemetry_games::acc::simulator::is_whole;

use crate::support::{Place, wait_until};

#[test]
fn a_killed_recording_reads_and_recovers() {
    let place = Place::new();
    let _game = place.simulate(&["--hz", "1000"]);
    // Under Wine each process takes a second to start.
    let kills = if cfg!(windows) { 2 } else { 10 };
    for number in 0..kills {
        let out = format!("out{number}");
        let recorder = place.start(["record", "acc", "--hz", "1000", "--source", "physics", "--out", &out]);
        let size =
            || place.sessions(&out).first().and_then(|session| session.join("physics.gtel").metadata().ok());
        wait_until("some frames", || size().is_some_and(|file| file.len() > 20_000 + number * 7001));
        recorder.kill();
        check(&place, &out);
    }
}

fn check(place: &Place, out: &str) {
    let session = place.only_session(out);
    let run = |command: &str| place.run([command.as_ref(), session.as_os_str()]);
    let _ = run("info").code(3).shows(&["unfinished", "gametelemetry recover"]);
    let _ = run("verify").code(3).shows(&["not whole", "gametelemetry recover"]);
    let before = frames(&session.join("physics.gtel"));
    let _ = run("recover").code(0).shows(&["recovered", &before.to_string()]);
    let _ = run("verify").code(0).shows(&["whole"]);
    assert_eq!(frames(&session.join("physics.gtel")), before);
    let _ = run("recover").code(0).shows(&["was whole already"]);
    let _ = run("info").code(0).shows(&["complete"]);
}

fn frames(path: &std::path::Path) -> usize {
    let mut reader = files::open(path).unwrap();
    let (mut count, mut last) = (0, 0);
    while let Some(record) = reader.next_record().unwrap() {
        let page = Physics::view(record.data).unwrap();
        assert!(is_whole(page) && page.packet_id() > last, "record {count}");
        (count, last) = (count + 1, page.packet_id());
    }
    assert!(reader.damage().is_empty());
    count
}

#[cfg(unix)]
#[test]
fn a_session_that_is_being_recorded_is_not_repaired() {
    let place = Place::new();
    let _game = place.simulate(&[]);
    let recorder = place.start(["record", "acc", "--source", "physics"]);
    let size = || {
        place.sessions("sessions").first().and_then(|session| session.join("physics.gtel").metadata().ok())
    };
    wait_until("some frames", || size().is_some_and(|file| file.len() > 20_000));
    let session = place.only_session("sessions");
    let run = |command: &str| place.run([command.as_ref(), session.as_os_str()]);
    let _ = run("recover").code(1).shows(&["still in use", "end the recording first"]);
    let _ = run("info").code(0).shows(&["recording now"]);
    let _ = run("verify").code(3).shows(&["still being recorded"]);
    assert!(run("cat").code(0).stdout.lines().count() > 5);
    let _ = recorder.end().recorded();
    let _ = run("verify").code(0);
}
