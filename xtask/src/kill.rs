//! `cargo xtask kill`: kills a recording over and over and counts the frames that are missing afterwards.
//!
//! The test itself belongs to the crate `gametelemetry` and runs a few times with the others; here it runs often
//! enough to meet rare moments. Does not judge: the test does.

use anyhow::{Context, Result};

use crate::counts::Counts;
use crate::{Command, run};

pub(crate) const COMMAND: Command = Command {
    name: "kill",
    arguments: "[N]",
    about: "kill a recording N times (1000) and check what is left each time",
    details: "Runs the tests of the crate gametelemetry whose names contain `sigkill`, ignored ones too, in the release
profile, with GAMETELEMETRY_KILLS=N.",
    run: kill,
};

fn kill(arguments: &[String]) -> Result<()> {
    let kills = arguments.first().map_or("1000", String::as_str);
    let kills: u32 = kills.parse().with_context(|| format!("not a number of kills: {kills}"))?;
    let mut command = run::cargo(&["test", "--release", "-p", "gametelemetry", "--tests", "sigkill"]);
    command.args(["--", "--include-ignored", "--nocapture"]).env("GAMETELEMETRY_KILLS", kills.to_string());
    let (status, output) = run::watch(&mut command)?;
    run::check(status, &command)?;
    let counts = Counts::read(&output).require_some("no test of gametelemetry has `sigkill` in its name")?;
    println!("{kills} kills: {counts}");
    Ok(())
}
