//! Records Assetto Corsa Competizione until Ctrl+C: the three lines of the README. Needs the game, or
//! `gametelemetry simulate acc` beside it.

#![allow(clippy::print_stdout, reason = "a program of a user prints")]

use gametelemetry::GameSession;
use gametelemetry_games::{Game, RecordOptions, acc};

// Visible, so that a test can run it as it stands in a process of its own.
pub(crate) fn main() -> Result<(), Box<dyn std::error::Error>> {
    let session = acc::GAME.record(GameSession::new("acc"), &RecordOptions::default())?.start()?;
    session.wait_for_ctrl_c()?;
    println!("{}", session.stop()?);
    Ok(())
}
