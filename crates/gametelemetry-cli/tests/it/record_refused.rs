//! `record`, when something is in the way: each time a message that says what to do, and the right exit code.

use gametelemetry::shared_memory::PublishedRegion;
use gametelemetry::{PackedFrame, Telemetry, Utf16};
use gametelemetry_games::acc::simulator::Simulator;
use gametelemetry_games::{ac, acc};

use crate::support::{Place, find};

/// Takes the place of a game: writes `bytes` into a region of its own.
fn publish(place: &Place, name: &str, bytes: &[u8]) -> PublishedRegion {
    let mut region = PublishedRegion::create(&place.region(name), bytes.len()).unwrap();
    region.write(0, bytes);
    region
}

#[test]
fn fail_fast_says_what_to_start() {
    let place = Place::new();
    let ran = place.run(["record", "acc", "--fail-fast"]).code(1);
    assert!(!ran.stderr.contains("recording"), "{}", ran.stderr);
    let _ = ran.says(&[" is not there", "acpmf_", "start the game", "Proton"]);
    assert_eq!(place.sessions("sessions").len(), 0);
    let _ = place
        .run(["record", "--fail-fast"])
        .code(1)
        .says(&["no supported game is running", "gametelemetry games"]);
    assert!(!place.path().join("sessions").exists());
}

#[test]
fn nothing_published_leaves_no_folder_and_says_what_to_do() {
    let place = Place::new();
    let ran = place.run(["record", "acc", "--for", "500ms"]).code(1);
    let _ = ran.says(&[
        "waiting for Assetto Corsa Competizione",
        "published nothing within 500ms",
        "start the game",
    ]);
    assert!(!place.path().join("sessions").exists());
    let ran = place.run(["record", "auto", "--for", "500ms", "--json"]).code(1);
    let ran = ran.says(&["no supported game appeared within 500ms", "gametelemetry games"]);
    assert_eq!(ran.stdout, "");
    assert!(!place.path().join("sessions").exists());
}

#[test]
fn a_folder_that_was_there_before_stays() {
    let place = Place::new();
    std::fs::create_dir(place.path().join("mine")).unwrap();
    let _ = place.run(["record", "acc", "--for", "100ms", "--out", "mine"]).code(1);
    assert!(place.path().join("mine").exists() && place.sessions("mine").is_empty());
}

#[cfg(unix)]
#[test]
fn ctrl_c_before_the_game_came_is_told_as_it_is() {
    let place = Place::new();
    let recorder = place.start(["record", "--out", "out"]);
    crate::support::wait_until("the start", || place.path().join("out").exists());
    // The folder is made after Ctrl+C is taken care of.
    let _ = recorder.end().code(1).says(&["no supported game appeared, so nothing is recorded"]);
}

#[test]
fn a_name_with_a_slip_gets_a_guess() {
    let place = Place::new();
    let _ = place.run(["record", "accc"]).code(1).says(&["there is no game accc here, did you mean acc?"]);
    let _ =
        place.run(["record", "flightsim"]).code(1).says(&["there is no game flightsim here (known: ac, acc"]);
    let ran = place.run(["record", "acc", "--source", "phisics"]).code(1);
    let _ = ran.says(&["acc has no source phisics", "did you mean physics?", "graphics"]);
    // At once, not when the game appears.
    let _ =
        place.run(["record", "--source", "phisics"]).code(1).says(&["source phisics, did you mean physics?"]);
    let _ = place
        .run(["record", "iracing", "--source", "telemetry"])
        .code(1)
        .says(&["gametelemetry import FILE.ibt"]);
    let _ = place.run(["simulate", "accd"]).code(1).says(&["did you mean acc?"]);
    let _ = place.run(["simulate", "ac"]).code(1).says(&["no simulator of Assetto Corsa"]);
}

#[test]
fn wrong_usage_has_its_own_exit_code_and_a_suggestion() {
    let place = Place::new();
    let _ = place.run(["record", "acc", "--souce", "physics"]).code(2).says(&["--source"]);
    let _ = place.run(["recrod"]).code(2).says(&["record"]);
    let _ = place.run(["record", "acc", "--for", "soon"]).code(2).says(&["write it as 30s, 10m or 1h30m"]);
    let _ = place.run(["record", "acc", "--hz", "fast"]).code(2).says(&["write a number from"]);
    let _ = place.run(["record", "acc", "--flush-frames", "0"]).code(2).says(&["--flush-frames"]);
    let _ = place.run(["cat"]).code(2).says(&["SESSION"]);
    let _ = place.run(["cat", "x", "--from", "noon"]).code(2).says(&["write a time as"]);
    let _ =
        place.run(["cat", "x", "--fields", "a", "--channels", "b"]).code(2).says(&["cannot be used with"]);
}

#[test]
fn a_file_in_the_place_of_the_folder_is_told() {
    let place = Place::new();
    std::fs::write(place.path().join("taken"), b"mine").unwrap();
    for game in ["acc", "auto"] {
        let ran = place.run(["record", game, "--out", "taken", "--for", "5s"]).code(1);
        let _ = ran.says(&["cannot make a folder for the session", "--out", "taken"]);
    }
    assert_eq!(std::fs::read(place.path().join("taken")).unwrap(), b"mine");
}

/// Windows rounds regions up to 4096 bytes, so there the version below is what tells.
#[cfg(unix)]
#[test]
fn a_region_smaller_than_the_frame_ends_the_recording_at_once() {
    let place = Place::new();
    let _region = publish(&place, "acpmf_physics", &[1; 580]);
    let ran = place.run(["record", "acc"]).code(1);
    let _ =
        ran.says(&["acpmf_physics", "580 bytes", "Physics has 800", "another game", "gametelemetry games"]);
    assert_eq!(place.sessions("sessions").len(), 0);
}

#[test]
fn another_game_under_the_same_names_is_not_recorded_as_this_one() {
    let place = Place::new();
    let mut page = ac::Static::zeroed();
    page.set_sm_version(Utf16::new("1.7"));
    let mut map = page.as_bytes().to_vec();
    map.resize(2048, 0);
    let _region = publish(&place, "acpmf_static", &map);
    let ran = place.run(["record", "acc", "--for", "10s"]).code(1);
    let _ =
        ran.says(&["Assetto Corsa is running, not Assetto Corsa Competizione", "gametelemetry record ac"]);
    assert!(!place.path().join("sessions").exists());
    let summary = place.run(["record", "ac", "--for", "1s", "--json"]).code(0).json();
    assert_eq!(find(&summary["sources"], "name", "static")["recorded"], 1);
}

#[test]
fn a_version_that_is_not_known_is_recorded_and_told() {
    let place = Place::new();
    let mut game = Simulator::new(1);
    game.step(0.01);
    let mut page = *game.static_info();
    page.set_sm_version(Utf16::new("2.3"));
    let _static = publish(&place, acc::STATIC_MAP, page.as_bytes());
    let _physics = publish(&place, acc::PHYSICS_MAP, game.physics().as_bytes());
    let _graphics = publish(&place, acc::GRAPHICS_MAP, game.graphics().as_bytes());
    let notice = "shared memory version 2.3";
    let ran = place.run(["record", "acc", "--for", "1s"]).code(0).shows(&[notice, "values may be wrong"]);
    let folder = ran.stdout.lines().next().unwrap();
    let _ = place.run(["info", folder]).code(0).shows(&[notice, "1.8 and 1.9"]);
    let info = place.run(["info", folder, "--json"]).code(0).json();
    let notices = &find(&info["sources"], "name", "static")["ledger"]["notices"];
    assert!(notices[0].as_str().unwrap().contains(notice), "{notices}");
    assert_eq!(find(&info["sources"], "name", "physics")["records"], 1);
}

/// As another user, which only root can become.
#[cfg(unix)]
#[test]
fn a_region_that_may_not_be_read_is_told() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    let place = Place::new();
    let is_root = std::fs::metadata(place.path()).unwrap().uid() == 0;
    if !is_root || !crate::support::has("setpriv") {
        eprintln!("left out: only root can become another user");
        return;
    }
    let allow = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap()
    };
    let _game = place.simulate(&[]);
    allow(&std::path::Path::new("/dev/shm").join(place.region("acpmf_physics")), 0o600);
    let open = tempfile::tempdir().unwrap();
    allow(open.path(), 0o777);
    let program = open.path().join("gametelemetry");
    std::fs::copy(env!("CARGO_BIN_EXE_gametelemetry"), &program).unwrap();
    allow(&program, 0o755);

    let setpriv = std::path::Path::new("setpriv");
    let as_nobody = ["--reuid=65534", "--clear-groups", program.to_str().unwrap()];
    let mut command = place.command_of(setpriv, as_nobody.iter().chain(&["record", "acc"]));
    let ran = crate::support::Running::start(command.current_dir(open.path())).wait().code(1);
    let _ = ran.says(&["not allowed to read", "acpmf_physics", "as the same user", "ermission denied"]);
}
