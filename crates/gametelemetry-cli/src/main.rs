//! The `gametelemetry` command: arguments in, one command run, an exit code out.
//!
//! Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but data was lost or damaged. Results go to stdout, everything
//! else to stderr.

mod args;
mod commands;
mod formats;
mod marks;
mod output;
mod publish;
mod recordings;
mod report;
mod session_arg;
mod session_report;
mod words;

use std::process::ExitCode;

use clap::Parser;
use clap::error::{ContextKind, ContextValue};

use crate::commands::Outcome;

fn main() -> ExitCode {
    let args = args::Args::try_parse().unwrap_or_else(|error| without_secrets(error).exit());
    start_logging(args.verbose);
    match commands::run(args.command) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::DataLost) => ExitCode::from(3),
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::error(&error);
            ExitCode::FAILURE
        }
    }
}

/// The error without what a user wrote into an address that belongs into no address: it would be seen, and logged.
fn without_secrets(mut error: clap::Error) -> clap::Error {
    let Some(ContextValue::String(given)) = error.get(ContextKind::InvalidValue) else { return error };
    let Some((scheme, rest)) = given.split_once("://") else { return error };
    let rest = rest.split('?').next().unwrap_or_default();
    let place = match rest.rsplit_once('@') {
        // Azure's containers stand there too, alone.
        Some((user, place)) if user.contains(':') => place,
        _ => rest,
    };
    let shown = format!("{scheme}://{place}");
    error.insert(ContextKind::InvalidValue, ContextValue::String(shown));
    error
}

/// Warnings always, more with `-v`.
fn start_logging(verbose: u8) {
    let level = match verbose {
        0 => tracing::Level::WARN,
        1 => tracing::Level::INFO,
        2 => tracing::Level::DEBUG,
        _ => tracing::Level::TRACE,
    };
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(output::LogLines::new)
        // Colours are a feature of that crate which is not worth its weight; asking for them would panic.
        .with_ansi(false)
        .without_time()
        .with_target(false)
        .init();
}
