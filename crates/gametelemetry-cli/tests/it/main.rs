//! How the command behaves: each test runs it as its own process, in a folder and under region names of its own.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "clippy.toml allows these in test functions; the helpers of an integration test are tests too"
)]

mod buckets;
mod clouds;
mod clouds_themselves;
mod compare;
mod crash;
mod damage;
mod demo;
mod engines;
mod export;
mod export_command;
mod follow;
mod help;
mod housekeeping;
mod import_dat;
mod import_ibt;
mod import_ld;
mod keep_last;
mod lake;
mod laps;
mod packets;
mod read;
mod record;
mod record_refused;
mod redacted;
mod replay;
mod report;
mod report_command;
mod sample;
mod simulated;
mod support;
mod terminal;
mod three_lines;
mod torn;
mod upload;
mod upload_again;
mod upload_faults;
mod upload_follow;
mod upload_refused;
#[path = "../../../gametelemetry-cloud/tests/it/uploaded.rs"]
mod uploaded;
mod url;
mod variants;
mod ways_in;
mod written_formats;
