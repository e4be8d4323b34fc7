//! `cargo xtask bench`: every benchmark of the workspace, one after the other.
//!
//! Benchmarks are plain programs (`harness = false`) that print their own figures; this only finds and starts them.

use anyhow::Result;

use crate::{Command, run};

pub(crate) const COMMAND: Command = Command {
    name: "bench",
    arguments: "[--smoke] [ARGUMENTS OF THE BENCHMARKS…]",
    about: "run every benchmark",
    details: "With --smoke each runs just long enough to show that it still works, in the development profile, so that
nothing is built twice; its figures mean nothing then.",
    run: bench,
};

fn bench(arguments: &[String]) -> Result<()> {
    let benches = run::targets(&run::metadata(&run::root().join("Cargo.toml"))?, "bench");
    if benches.is_empty() {
        println!("no benchmark yet");
    }
    let smoke = arguments.iter().any(|argument| argument == "--smoke");
    for (package, bench) in &benches {
        let mut command = run::cargo(&["bench", "-p", package, "--bench", bench]);
        if smoke {
            command.args(["--profile", "dev"]);
        }
        run::show(command.arg("--").args(arguments))?;
    }
    Ok(())
}
