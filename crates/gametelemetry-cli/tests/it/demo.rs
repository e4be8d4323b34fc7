//! `demo`: everything on a fresh machine without a game, and the commands that it proposes work.

use crate::support::{Place, has, records};

#[test]
fn the_demo_records_verifies_and_proposes_commands_that_run() {
    let place = Place::new();
    let demo = place.start(["demo", "--for", "3s"]);
    let regions = format!("demo_{}_", demo.id());
    let ran = demo.wait().code(0);
    // The recording, and the longer drive that has laps.
    let session = place.sessions("sessions").remove(0);
    let ran =
        ran.shows(&["physics", "verified:", "every checksum is right", "flying", "best: lap", "try next"]);
    let report = ran.stdout.lines().find_map(|line| line.strip_prefix("report: ")).unwrap();
    let report = place.path().join(report.split("    ").next().unwrap());
    assert!(std::fs::read_to_string(report).unwrap().contains("</html>"));
    assert!(records(&session.join("physics.gtel")).len() > 60);
    let _ = place.run(["verify".as_ref(), session.as_os_str()]).code(0);

    let proposed = ran.stdout.lines().filter_map(|line| line.strip_prefix("  gametelemetry "));
    let proposed: Vec<_> = proposed.filter(|line| !line.contains("record")).collect();
    assert!(proposed.len() >= 3, "{}", ran.stdout);
    for command in proposed {
        let _ = place.run(words(command)).code(0);
    }
    if cfg!(unix) && has("lz4") {
        let line = ran.stdout.lines().find_map(|line| line.strip_prefix("  lz4 ")).unwrap();
        let line = line.split("    ").next().unwrap();
        let shell = place.command_of("sh".as_ref(), ["-c", &format!("lz4 {line}")]).output().unwrap();
        let bytes: usize = String::from_utf8(shell.stdout).unwrap().trim().parse().unwrap();
        assert_eq!(bytes, records(&session.join("physics.gtel")).len() * (800 + 12));
    }
    let mut left = std::fs::read_dir("/dev/shm").into_iter().flatten().flatten();
    assert!(!left.any(|file| file.file_name().to_string_lossy().starts_with(&regions)));
}

/// The arguments of a proposed command: quoted ones whole, without the remark behind them.
fn words(command: &str) -> Vec<String> {
    let command = command.split("    ").next().unwrap();
    let parts = command.split('"').enumerate();
    let words = parts.flat_map(|(number, part)| match number % 2 {
        1 => vec![part.to_owned()],
        _ => part.split_whitespace().map(str::to_owned).collect(),
    });
    words.collect()
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_demo_early_and_in_order() {
    let place = Place::new();
    let demo = place.start(["demo", "--for", "60s", "--out", "here"]);
    let size =
        || place.sessions("here").first().and_then(|session| session.join("physics.gtel").metadata().ok());
    crate::support::wait_until("some frames", || size().is_some_and(|file| file.len() > 50_000));
    let _ = demo.end().code(0).shows(&["verified:"]);
}
