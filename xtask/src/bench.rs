//! `cargo xtask bench`: every benchmark of the workspace, one after the other.
//!
//! Benchmarks are plain programs (`harness = false`) that print their own figures; this only finds and starts them.

use std::collections::BTreeSet;

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
    let benches: BTreeSet<String> = benches.into_iter().map(|(_, bench)| bench).collect();
    if benches.is_empty() {
        println!("no benchmark yet");
    }
    let smoke = arguments.iter().any(|argument| argument == "--smoke");
    for bench in &benches {
        // By the workspace and not by the crate: other features would build much of it another time.
        let mut command = run::cargo(&["bench", "--workspace", "--all-features", "--bench", bench]);
        if smoke {
            command.args(["--profile", "dev"]);
        }
        run::show(command.arg("--").args(arguments))?;
    }
    Ok(())
}
