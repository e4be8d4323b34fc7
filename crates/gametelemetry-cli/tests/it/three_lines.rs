//! The README's three-line program records ACC from regions that another process writes, under their real names.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use gametelemetry::{End, files};
use gametelemetry_games::acc::simulator::{SealedPage, is_whole};
use gametelemetry_games::acc::{Graphics, Physics, Static};

use crate::support::{Place, Running, records, wait_until};

#[path = "../../examples/three_lines.rs"]
mod program;

/// Tells the process that it is meant.
const ROLE: &str = "GAMETELEMETRY_THREE_LINES";

#[test]
#[ignore = "the process that another test starts; it is no test by itself"]
fn process() {
    if std::env::var_os(ROLE).is_some() {
        program::main().unwrap();
    }
}

#[test]
fn three_lines_record_a_game_under_its_real_names() {
    let place = Place::new();
    // The names belong to the whole machine: another run of this test must wait.
    let lock = File::create(std::env::temp_dir().join("gametelemetry_three_lines.lock")).unwrap();
    lock.lock().unwrap();
    let game = simulate_under_real_names(&place);
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "three_lines::process", "--ignored", "--nocapture"]);
    let recorder = Running::start(command.env(ROLE, "1").current_dir(place.path()));
    let file = |source: &str| recorded_file(&place, source);
    wait_until("200 frames of physics", || count(&file("physics")) >= 200);
    wait_until("the other pages", || count(&file("graphics")) > 0 && count(&file("static")) > 0);
    let expected_end = end(recorder);
    drop(game);
    check::<Physics>(&file("physics").unwrap(), expected_end);
    check::<Graphics>(&file("graphics").unwrap(), expected_end);
    check::<Static>(&file("static").unwrap(), expected_end);
}

/// Waits while somebody else publishes ACC on this machine.
fn simulate_under_real_names(place: &Place) -> Running {
    let mut running = None;
    wait_until("ACC's real names being free", || {
        let mut started = place.start(["simulate", "acc", "--region-prefix", ""]);
        wait_until("an answer of the simulator", || {
            !started.is_running() || started.told().contains("publishing")
        });
        running = started.is_running().then_some(started);
        running.is_some()
    });
    running.unwrap()
}

/// Ctrl+C, and the summary it prints.
#[cfg(unix)]
fn end(recorder: Running) -> Option<End> {
    let _ = recorder.end().recorded().shows(&["sessions", "physics", "graphics", "static"]);
    Some(End::Complete)
}

/// A Windows program cannot be sent Ctrl+C by another one, so it is killed: every frame but the last ten reads back.
#[cfg(windows)]
fn end(recorder: Running) -> Option<End> {
    recorder.kill();
    None
}

fn recorded_file(place: &Place, source: &str) -> Option<PathBuf> {
    Some(place.sessions("sessions").first()?.join(format!("{source}.gtel"))).filter(|path| path.exists())
}

fn count(path: &Option<PathBuf>) -> usize {
    path.as_ref().filter(|path| files::open(path).is_ok()).map_or(0, |path| records(path).len())
}

fn check<P: SealedPage>(path: &Path, expected_end: Option<End>) {
    let mut reader = files::open(path).unwrap();
    let mut whole = 0;
    while let Some(record) = reader.next_record().unwrap() {
        assert!(is_whole(P::view(record.data).unwrap()), "record {whole} of {}", path.display());
        whole += 1;
    }
    println!("{whole} frames in {}", path.display());
    assert!(whole > 0 && reader.damage().is_empty());
    assert!(expected_end.is_none_or(|end| reader.end() == end), "{:?}", reader.end());
}
