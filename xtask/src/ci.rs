//! `cargo xtask ci`: everything that must hold before a change lands, each step with its time.
//!
//! `.ci/run` starts this and nothing else of weight, so that the same can be run at home. All steps are run even after
//! one failed: who waits for twenty minutes wants to know all that is wrong.

use std::process::Command as Process;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::counts::Counts;
use crate::{Command, bench, deny, run, test, tools, windows};

pub(crate) const COMMAND: Command = Command {
    name: "ci",
    arguments: "[STEP…]",
    about: "run the whole pipeline: tests, lints, licences, docs, Windows, benchmarks",
    details: "Steps: tools, test, format, clippy, deny, doc, windows, bench. Without a name: all, in this order. Ends with a
line a step (seconds, result) and the number of tests.",
    run: ci,
};

/// One part of the pipeline. Returns how many tests it ran.
struct Step {
    name: &'static str,
    run: fn() -> Result<Counts>,
}

const STEPS: &[Step] = &[
    Step { name: "tools", run: || tools().map(no_tests) },
    Step { name: "test", run: || test::run(&[]) },
    Step { name: "format", run: || run::show(&mut run::cargo(&["fmt", "--all", "--check"])).map(no_tests) },
    Step { name: "clippy", run: || run::show(&mut clippy()).map(no_tests) },
    Step { name: "deny", run: || deny::deny().map(no_tests) },
    Step { name: "doc", run: || run::show(&mut doc()).map(no_tests) },
    Step { name: "windows", run: || windows::run(&[]) },
    Step { name: "bench", run: || (bench::COMMAND.run)(&["--smoke".to_owned()]).map(no_tests) },
];

/// How a step ended.
struct Outcome {
    name: &'static str,
    seconds: f64,
    error: Option<anyhow::Error>,
}

fn ci(chosen: &[String]) -> Result<()> {
    if let Some(unknown) = chosen.iter().find(|name| !STEPS.iter().any(|step| step.name == **name)) {
        bail!("no such step, `cargo xtask ci --help` lists them: {unknown}");
    }
    let is_chosen = |name: &str| chosen.is_empty() || chosen.iter().any(|chosen| chosen == name);
    let mut counts = Counts::default();
    let mut outcomes = Vec::new();
    let mut ahead = None;
    for step in STEPS.iter().filter(|step| is_chosen(step.name)) {
        if step.name == "test" && is_chosen("windows") {
            // Without it the step only takes longer.
            ahead = windows::build_ahead().inspect_err(|error| eprintln!("warning: {error:#}")).ok();
        }
        outcomes.push(run_step(step, &mut counts));
    }
    if let Some(mut ahead) = ahead {
        // It has ended long ago: the step waited for it.
        ahead.kill()?;
        ahead.wait()?;
    }
    summarise(&outcomes, counts)
}

fn run_step(step: &Step, counts: &mut Counts) -> Outcome {
    println!("\n=== {} ===", step.name);
    let started = now();
    let result = (step.run)();
    let seconds = started.elapsed().as_secs_f64();
    match &result {
        Ok(ran) => {
            *counts += *ran;
            println!("=== {}: ok, {seconds:.0} s ===", step.name);
        }
        Err(error) => println!("=== {}: FAILED, {seconds:.0} s: {error:#} ===", step.name),
    }
    Outcome { name: step.name, seconds, error: result.err() }
}

fn summarise(outcomes: &[Outcome], counts: Counts) -> Result<()> {
    let total: f64 = outcomes.iter().map(|outcome| outcome.seconds).sum();
    println!("\n=== summary ===");
    for Outcome { name, seconds, error } in outcomes {
        let result = error.as_ref().map_or_else(|| "ok".to_owned(), |error| format!("FAILED: {error:#}"));
        println!("{name:<8} {seconds:>6.0} s  {result}");
    }
    println!("{:<8} {total:>6.0} s  {:.1} minutes", "all", total / 60.0);
    let failed: Vec<&str> = outcomes.iter().filter(|o| o.error.is_some()).map(|o| o.name).collect();
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    println!("tests: {counts}");
    Ok(())
}

/// Everything that Debian has for us in one go; each step would install its own part otherwise.
fn tools() -> Result<()> {
    let mut all = tools::missing_for_tests();
    all.extend(tools::FOR_WINDOWS);
    tools::debian(&all)
}

fn clippy() -> Process {
    run::cargo(&["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"])
}

fn doc() -> Process {
    // Libraries only: the command and the core have the same name, and so the same page.
    let mut command = run::cargo(&["doc", "--workspace", "--lib", "--no-deps", "--all-features"]);
    command.env("RUSTDOCFLAGS", "-Dwarnings");
    command
}

fn no_tests((): ()) -> Counts {
    Counts::default()
}

#[expect(clippy::disallowed_methods, reason = "the `clock` module is for sessions; this times the pipeline")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_named_in_the_help() {
        for step in STEPS {
            assert!(COMMAND.details.contains(step.name), "{}", step.name);
        }
    }

    #[test]
    fn a_failed_step_fails_the_pipeline_and_is_named() {
        let failed = Step { name: "doc", run: || bail!("no") };
        let mut counts = Counts::default();
        let outcome = run_step(&failed, &mut counts);
        assert_eq!(summarise(&[outcome], counts).unwrap_err().to_string(), "failed: doc");
    }

    #[test]
    fn unknown_step_is_refused() {
        assert!(ci(&["tset".to_owned()]).is_err());
    }
}
