//! How fast a session is published into a lake in a folder, beside how long it took to drive.
//!
//! `cargo run --release -p gametelemetry-cloud --example publish_speed -- SESSION FOLDER`, under `time` for the processor's
//! seconds, which are what a core is asked for.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use gametelemetry::{SessionPass, StopToken, clock};
use gametelemetry_cloud::lake::{Objects, PublishInput, PublishOptions, content_of, publish};
use gametelemetry_cloud::{Bucket, BucketOptions, CloudUrl};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [session, folder] = arguments.as_slice() else {
        return Err("usage: publish_speed SESSION FOLDER".into());
    };
    let lake: Arc<dyn Objects> =
        Arc::new(Bucket::open(&CloudUrl::of_folder(folder), &BucketOptions::default())?);
    let began = clock::monotonic();
    let open = || SessionPass::open(session);
    let input = PublishInput { content: content_of(session)?, open: &open };
    let published = publish(&lake, &input, &PublishOptions::default(), &StopToken::new())?;
    let seconds = began.elapsed().as_secs_f64();
    let times = |pick: fn(&gametelemetry::SourceFacts) -> Option<gametelemetry::Timestamp>| {
        published.facts.sources.iter().filter_map(pick)
    };
    let first = times(|source| source.first).min().unwrap_or_default();
    let driven = times(|source| source.last).max().unwrap_or_default().seconds_since(first);
    writeln!(
        std::io::stdout(),
        "{} rows, {} bytes, {driven:.0} s driven, {seconds:.2} s: {:.0} × real time",
        published.samples,
        published.bytes,
        driven / seconds
    )?;
    Ok(())
}
