//! `info`, `cat`, `verify` and `recover` on a session that is whole.

use std::path::Path;

use gametelemetry::{PackedFrame, Timestamp};
use gametelemetry_games::acc::Physics;
use serde_json::Value;

use crate::sample::{FRAMES, START, drive};
use crate::support::{Place, Ran, count, find, has, records};

fn run(place: &Place, command: &str, session: &Path, arguments: &[&str]) -> Ran {
    place.run([command.as_ref(), session.as_os_str()].into_iter().chain(arguments.iter().map(AsRef::as_ref)))
}

#[test]
fn info_says_what_a_session_holds() {
    let place = Place::new();
    let session = drive(place.path());
    let ran = run(&place, "info", &session, &[]).code(0);
    let ran =
        ran.shows(&["acc recorded 2026-11-23T12:00:00Z", "physics", "600", "6.0 s", "complete", "100.0 Hz"]);
    assert_eq!(ran.stderr, "");
    let info = run(&place, "info", &session, &["--json"]).code(0).json();
    let physics = find(&info["sources"], "name", "physics");
    assert_eq!((count(physics, "records"), physics["first_utc"].as_str()), (FRAMES as u64, Some(START)));
    assert_eq!(physics["end"]["end"], "complete");
    assert!(count(physics, "segments") > 2);
    let fields = physics["header"]["schema"]["fields"].as_array().unwrap();
    let speed = fields.iter().find(|field| field["name"] == "speed_kmh").unwrap();
    assert_eq!((&speed["unit"], &speed["offset"]), (&"km/h".into(), &28.into()));
    let file = run(&place, "info", &session.join("static.gtel"), &["--json"]).code(0).json();
    assert_eq!(file["sources"].as_array().unwrap().len(), 1);
}

#[test]
fn verify_reads_everything_and_recover_leaves_it_alone() {
    let place = Place::new();
    let session = drive(place.path());
    let before = std::fs::read(session.join("physics.gtel")).unwrap();
    let _ =
        run(&place, "verify", &session, &[]).code(0).shows(&["physics.gtel: whole", "600 records, complete"]);
    let rows = run(&place, "verify", &session, &["--json"]).code(0).json();
    assert!(rows.as_array().unwrap().iter().all(|row| row["whole"] == true), "{rows:#}");
    assert_eq!(count(find(&rows, "file", "graphics.gtel"), "records"), FRAMES as u64 / 2);
    let _ = run(&place, "recover", &session, &[]).code(0).shows(&["was whole already"]);
    let rows = run(&place, "recover", &session, &["--json"]).code(0).json();
    assert!(rows.as_array().unwrap().iter().all(|row| row["untouched"] == true), "{rows:#}");
    assert_eq!(std::fs::read(session.join("physics.gtel")).unwrap(), before);
    assert_eq!(std::fs::read_dir(session).unwrap().count(), 3);
}

#[test]
fn cat_merges_the_sources_by_time() {
    let place = Place::new();
    let lines = run(&place, "cat", &drive(place.path()), &[]).code(0).json_lines();
    assert_eq!(lines.len(), FRAMES + FRAMES / 2 + 1);
    let time = |line: &Value| line["timestamp"].as_str().unwrap().parse::<Timestamp>().unwrap();
    assert!(lines.is_sorted_by_key(time));
    assert!(lines.iter().all(|line| line["source"].is_string() && line.as_object().unwrap().len() > 10));
}

#[test]
fn cat_prints_the_values_that_are_in_the_frames() {
    let place = Place::new();
    let session = drive(place.path());
    let fields = ["--source", "physics", "--fields", "speed_kmh,wheel_slip[2],gear,tyre_core_temp_c"];
    let lines = run(&place, "cat", &session, &fields).code(0).json_lines();
    let records = records(&session.join("physics.gtel"));
    assert_eq!(lines.len(), records.len());
    for (line, (timestamp, data)) in lines.iter().zip(&records) {
        let page = Physics::view(data).unwrap();
        assert_eq!(line["timestamp"], timestamp.to_string());
        assert_eq!(line["speed_kmh"].as_f64().unwrap() as f32, page.speed_kmh());
        assert_eq!(line["wheel_slip[2]"].as_f64().unwrap() as f32, page.wheel_slip()[2]);
        assert_eq!(line["gear"].as_i64().unwrap(), i64::from(page.gear()));
        assert_eq!(line["tyre_core_temp_c"].as_array().unwrap().len(), 4);
        assert_eq!(line.as_object().unwrap().len(), 6);
    }
}

#[test]
fn cat_prints_channels_in_their_own_units() {
    let place = Place::new();
    let session = drive(place.path());
    let channels = ["--channels", "speed,gear", "--source", "physics"];
    let lines = run(&place, "cat", &session, &channels).code(0).json_lines();
    for (line, (_, data)) in lines.iter().zip(records(&session.join("physics.gtel"))) {
        let page = Physics::view(&data).unwrap();
        let speed = line["speed"].as_f64().unwrap();
        assert!((speed - f64::from(page.speed_kmh()) / 3.6).abs() < 1e-4, "{line}");
        assert_eq!(line["gear"].as_f64().unwrap(), f64::from(page.gear() - 1));
    }
    // Only the sources that have one of them.
    let lines = run(&place, "cat", &session, &["--channels", "speed"]).code(0).json_lines();
    assert_eq!(lines.len(), FRAMES);
}

#[test]
fn cat_prints_csv_of_one_source() {
    let place = Place::new();
    let session = drive(place.path());
    let _ = run(&place, "cat", &session, &["--format", "csv"])
        .code(1)
        .says(&["--source", "graphics, physics, static"]);
    let arguments = ["--source", "physics", "--fields", "packet_id,wheel_slip", "--format", "csv"];
    let ran = run(&place, "cat", &session, &arguments).code(0);
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert_eq!((lines.len(), lines[0]), (FRAMES + 1, "timestamp,packet_id,wheel_slip"));
    assert!(lines[1].starts_with("2026-11-23T12:00:00Z,") && lines[1].ends_with(']'), "{}", lines[1]);
    assert!(lines.iter().skip(1).all(|line| line.split(',').count() == 3));
    // One source is enough to need no name.
    let one = ["--fields", "track,player_name", "--format", "csv"];
    let ran = run(&place, "cat", &session, &one).code(0);
    assert_eq!(ran.stdout.lines().count(), 2);
}

#[test]
fn cat_prints_a_part() {
    let place = Place::new();
    let session = drive(place.path());
    let check = |arguments: &[&str], expected: std::ops::Range<usize>| {
        let arguments = [&["--source", "physics", "--fields", "gear"], arguments].concat();
        let lines = run(&place, "cat", &session, &arguments).code(0).json_lines();
        let times: Vec<_> =
            records(&session.join("physics.gtel")).iter().map(|(time, _)| time.to_string()).collect();
        let got: Vec<_> = lines.iter().map(|line| line["timestamp"].as_str().unwrap().to_owned()).collect();
        assert_eq!(got, times[expected], "{arguments:?}");
    };
    check(&["--from", "1s", "--to", "2s"], 100..201);
    check(&["--from", "4990ms"], 499..600);
    check(&["--to", "2026-11-23T12:00:00.05Z"], 0..6);
    check(&["--from", "2026-11-23T12:00:03Z", "--to", "2026-11-23T12:00:03.015Z"], 300..302);
    check(&["--from", "2026-11-23T13:00:03+01:00", "--limit", "3"], 300..303);
    check(&["--from", "1h"], 600..600);
    check(&["--to", "2020-01-01T00:00:00Z"], 0..0);
    check(&["--limit", "0"], 0..0);
}

#[test]
fn an_unknown_name_gets_a_guess() {
    let place = Place::new();
    let session = drive(place.path());
    let check =
        |arguments: &[&str], says: &[&str]| drop(run(&place, "cat", &session, arguments).code(1).says(says));
    check(
        &["--fields", "speed_kph"],
        &["no source has a field speed_kph, did you mean speed_kmh?", "info --json"],
    );
    check(&["--fields", "gear,wheel_slip[4]"], &["no source has a field wheel_slip[4]"]);
    check(&["--fields", "xyzzyxyzzy"], &["no source has a field xyzzyxyzzy ("]);
    check(&["--channels", "sped"], &["no source has a channel sped, did you mean speed?"]);
    check(
        &["--source", "phisics"],
        &["no source phisics, did you mean physics?", "it has graphics, physics, static"],
    );
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_no_failure() {
    let place = Place::new();
    let session = drive(place.path());
    let script = format!("{{ \"$0\" cat '{}'; echo code $? >&2; }} | head -n 1", session.display());
    let program = env!("CARGO_BIN_EXE_gametelemetry");
    let shell = place.command_of("sh".as_ref(), ["-c", &script, program]).output().unwrap();
    assert_eq!(String::from_utf8(shell.stderr).unwrap(), "code 0\n");
    assert_eq!(String::from_utf8(shell.stdout).unwrap().lines().count(), 1);
}

#[test]
fn the_ordinary_lz4_prints_as_many_records() {
    if !has("lz4") {
        return;
    }
    let place = Place::new();
    let file = drive(place.path()).join("physics.gtel");
    let lz4 = place.command_of("lz4".as_ref(), ["-dc".as_ref(), file.as_os_str()]).output().unwrap();
    assert!(lz4.status.success());
    assert_eq!(lz4.stdout.len(), FRAMES * (12 + size_of::<Physics>()));
    assert_eq!(run(&place, "cat", &file, &[]).code(0).stdout.lines().count(), FRAMES);
}
