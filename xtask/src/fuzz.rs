//! `cargo xtask fuzz`: every fuzz target for a while, one line each.
//!
//! cargo-fuzz wants a nightly compiler for its sanitizer flags; the stable one takes them with RUSTC_BOOTSTRAP, so
//! the project needs one toolchain only. Does not keep what the fuzzer finds: `fuzz/artifacts` has it, and a
//! finding becomes a test of its parser.

use std::ffi::OsStr;

use anyhow::{Context, Result, bail};

use crate::{Command, run, tools};

pub(crate) const COMMAND: Command = Command {
    name: "fuzz",
    arguments: "[SECONDS] [TARGET…]",
    about: "run every fuzz target for SECONDS (60) each",
    details: "Installs cargo-fuzz below target/tools when it is missing. Prints a line each: target, runs, result. Files in
fuzz/seeds/TARGET are where a target starts from.",
    run: fuzz,
};

/// Lines of a failed target's output that are shown: the finding, its trace and where the input was written.
const SHOWN_LINES: usize = 60;

fn fuzz(arguments: &[String]) -> Result<()> {
    let (seconds, chosen) = arguments.split_first().map_or(("60", arguments), |(first, rest)| (first, rest));
    let seconds: u32 = seconds.parse().with_context(|| format!("not a number of seconds: {seconds}"))?;
    let targets = targets(chosen)?;
    let path = tools::cargo_subcommand("fuzz")?;
    // Built first, so that a target that does not compile is not mistaken for a finding.
    run::show(run::cargo(&["fuzz", "build"]).env("RUSTC_BOOTSTRAP", "1").env("PATH", &path))?;
    let mut found = 0;
    for target in &targets {
        found += u32::from(!fuzz_one(target, seconds, &path)?);
    }
    if found > 0 {
        bail!("{found} of {} targets found something; the inputs are in fuzz/artifacts", targets.len());
    }
    Ok(())
}

fn targets(chosen: &[String]) -> Result<Vec<String>> {
    let manifest = run::root().join("fuzz/Cargo.toml");
    if !manifest.exists() {
        bail!("there are no fuzz targets: fuzz/Cargo.toml does not exist");
    }
    let all = run::targets(&run::metadata(&manifest)?, "bin").into_iter().map(|(_, target)| target);
    let mut all: Vec<String> = all.collect();
    if let Some(unknown) = chosen.iter().find(|name| !all.contains(name)) {
        bail!("no such fuzz target, there are {}: {unknown}", all.join(", "));
    }
    all.retain(|name| chosen.is_empty() || chosen.contains(name));
    if all.is_empty() {
        bail!("there are no fuzz targets: fuzz/Cargo.toml lists none");
    }
    Ok(all)
}

/// Whether the target ran its time and found nothing.
fn fuzz_one(target: &str, seconds: u32, path: &OsStr) -> Result<bool> {
    let corpus = format!("fuzz/corpus/{target}");
    let seeds = format!("fuzz/seeds/{target}");
    let root = run::root();
    std::fs::create_dir_all(root.join(&corpus)).with_context(|| format!("cannot make {corpus}"))?;
    let mut command = run::cargo(&["fuzz", "run", target, &corpus]);
    if root.join(&seeds).is_dir() {
        command.arg(&seeds);
    }
    let limit = format!("-max_total_time={seconds}");
    command.args(["--", &limit, "-print_final_stats=1", "-timeout=10", "-rss_limit_mb=1024"]);
    let output = command.env("RUSTC_BOOTSTRAP", "1").env("PATH", path).output();
    let output = output.with_context(|| format!("cannot start cargo fuzz run {target}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let result = if output.status.success() { "ok" } else { "FAILED" };
    println!("{target:<28} {:>12} runs  {result}", runs(&text).unwrap_or("?"));
    if !output.status.success() {
        let lines: Vec<&str> = text.lines().collect();
        eprintln!("{}", lines.get(lines.len().saturating_sub(SHOWN_LINES)..).unwrap_or_default().join("\n"));
    }
    Ok(output.status.success())
}

/// The number in libFuzzer's final statistics.
fn runs(text: &str) -> Option<&str> {
    text.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:")).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_read_from_the_statistics() {
        let text = "Done 12 runs in 2 second(s)\nstat::number_of_executed_units: 4711\nstat::average_exec_per_sec: 2\n";
        assert_eq!(runs(text), Some("4711"));
        assert_eq!(runs("Done 12 runs"), None);
    }
}
