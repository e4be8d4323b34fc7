//! On a terminal: a live line while recording, colours unless they are not wanted, and no panic.
//!
//! `script` of util-linux gives a command a terminal and passes on what it prints there.

#![cfg(unix)]

use crate::support::{Place, Running, has};

/// What the command prints on a terminal; `setting` is a variable of its environment.
fn on_a_terminal(place: &Place, arguments: &str, setting: Option<(&str, &str)>) -> String {
    let program = env!("CARGO_BIN_EXE_gametelemetry");
    let mut command =
        place.command_of("script".as_ref(), ["-qec", &format!("'{program}' {arguments}"), "/dev/null"]);
    command.env("TERM", "xterm-256color");
    Running::start(command.envs(setting)).wait().code(0).stdout
}

#[test]
fn the_live_line_shows_rate_frames_and_size() {
    if !has("script") {
        return;
    }
    let place = Place::new();
    let _game = place.simulate(&[]);
    let said = on_a_terminal(&place, "record acc --for 1500ms", None);
    let line =
        said.split(['\r', '\n']).rfind(|line| line.contains("00:01  ")).unwrap_or_else(|| panic!("{said}"));
    for part in ["kB  physics ", " Hz  graphics ", " Hz  static 1"] {
        assert!(line.contains(part), "no {part:?} in {line:?}");
    }
}

#[test]
fn colours_are_shown_unless_they_are_not_wanted() {
    if !has("script") {
        return;
    }
    let place = Place::new();
    let colour = |text: &str| text.contains("\x1b[3") || text.contains("\x1b[1m") || text.contains("\x1b[2m");
    assert!(colour(&on_a_terminal(&place, "games", None)));
    assert!(!colour(&on_a_terminal(&place, "games", Some(("NO_COLOR", "1")))));
    let _game = place.simulate(&[]);
    assert!(!colour(&on_a_terminal(&place, "record acc --for 600ms", Some(("NO_COLOR", "1")))));
}
