//! What the command says of itself: help that teaches, completions, the list of games.

use crate::support::{Place, find};

const COMMANDS: [&str; 19] = [
    "demo",
    "record",
    "mark",
    "games",
    "simulate",
    "replay",
    "format",
    "import",
    "info",
    "cat",
    "verify",
    "recover",
    "publish",
    "compact",
    "upload",
    "prune",
    "list",
    "download",
    "completions",
];

#[test]
fn help_lists_every_command_and_the_first_steps() {
    let place = Place::new();
    let ran = place.run(["--help"]).code(0);
    let ran = ran.shows(&COMMANDS);
    let _ = ran.shows(&["First steps", "gametelemetry demo", "Exit codes: 0 done"]);
    let _ = place.run([""; 0]).code(2).says(&["Usage", "demo"]);
}

#[test]
fn the_help_of_every_command_explains_each_argument_and_has_an_example() {
    let place = Place::new();
    for command in COMMANDS {
        let ran = place.run([command, "--help"]).code(0).shows(&["Usage: gametelemetry", "Example"]);
        // Below its name, or behind it, every argument has a text.
        let lines: Vec<_> = ran.stdout.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let text = line.trim_start();
            let is_argument = line.starts_with("  ") && (text.starts_with('<') || text.starts_with("--"));
            let is_explained =
                text.contains("  ") || lines.get(number + 1).is_some_and(|next| next.starts_with("     "));
            assert!(!is_argument || is_explained, "{command}: {line}");
        }
        assert!(!ran.stdout.contains('\x1b'), "colours without a terminal");
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    let place = Place::new();
    let version = format!("gametelemetry {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(place.run(["--version"]).code(0).stdout, version);
}

#[test]
fn there_are_completions_for_each_shell() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran =
            place.run(["completions", shell]).code(0).shows(&["gametelemetry", "recover", "region-prefix"]);
        assert!(ran.stdout.len() > 1000, "{shell}");
    }
    let _ = place.run(["completions", "cmd"]).code(2).says(&["bash"]);
}

#[test]
fn games_are_listed_with_what_to_switch_on_and_what_is_running() {
    let place = Place::new();
    let ran = place.run(["games"]).code(0);
    let ran = ran.shows(&[
        "acc  Assetto Corsa Competizione",
        "iracing",
        "Nothing to switch on",
        "--source physics",
    ]);
    assert!(!ran.stdout.contains("running now"));
    let _game = place.simulate(&[]);
    let _ = place.run(["games"]).code(0).shows(&["Assetto Corsa Competizione  running now"]);
    let games = place.run(["games", "--json"]).code(0).json();
    assert_eq!(find(&games, "id", "acc")["running"], true);
    assert!(games.as_array().unwrap().iter().filter(|game| game["running"] == true).count() == 1);
    assert!(find(&games, "id", "iracing")["channels"].as_array().unwrap().len() > 20);
}

#[test]
fn a_second_simulator_is_refused() {
    let place = Place::new();
    let _game = place.simulate(&[]);
    let ran = place.run(["simulate", "acc", "--for", "1s"]).code(1);
    let _ = ran.says(&["cannot publish", "acpmf_static", "other simulator"]);
}
