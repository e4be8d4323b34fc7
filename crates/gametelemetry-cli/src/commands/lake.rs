//! `publish` and `compact`: sessions into a lake of Parquet, and its small files into large ones.

use std::io::Write;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use gametelemetry::{SessionPass, StopToken, bytes};
use gametelemetry_cloud::Bucket;
use gametelemetry_cloud::lake::{
    CompactOptions, Compacted, MergedFiles, Objects, PublishInput, PublishOptions, Published, compact,
    content_of, content_of_files, publish,
};
use serde::Serialize;

use super::record::stop_on_ctrl_c;
use super::{Outcome, laps};
use crate::args::{Compact, Publish};
use crate::output::{self, DIM};
use crate::session_arg::{Session, SessionArg};

/// Publishes each session, the others too when one cannot be.
pub(crate) fn run_publish(args: &Publish) -> Result<Outcome> {
    let lake: Arc<dyn Objects> = Arc::new(Bucket::open(&args.url, &args.cloud.options())?);
    let stop = StopToken::new();
    stop_on_ctrl_c(&stop)?;
    let options = PublishOptions { hz: args.hz, redact: args.redact, ..PublishOptions::default() };
    let (mut all, mut failed, mut is_damaged) = (Vec::new(), 0, false);
    for session in &args.sessions {
        match publish_one(&lake, session, args, &options, &stop) {
            Ok(published) => {
                laps::say_what_is_lost(&published.facts);
                is_damaged |= laps::is_damaged(&published.facts);
                if !args.json {
                    print_published(session, &published)?;
                }
                all.push(PublishedSession::new(session, &published));
            }
            Err(error) if stop.is_stopped() || args.sessions.len() == 1 => return Err(error),
            Err(error) => {
                output::error(&error);
                failed += 1;
            }
        }
    }
    if args.json {
        output::json(&all)?;
    }
    if failed > 0 {
        bail!("{failed} of {} sessions could not be published", args.sessions.len());
    }
    Ok(Outcome::lost_if(is_damaged))
}

fn publish_one(
    lake: &Arc<dyn Objects>,
    named: &SessionArg,
    args: &Publish,
    options: &PublishOptions,
    stop: &StopToken,
) -> Result<Published> {
    let session = named.open(&args.cloud)?;
    let content = match &session {
        Session::Local(path) => content_of(path),
        // The manifest knows the hashes; nothing has to be read for them.
        Session::Remote(remote) => {
            let files = remote.session_files().into_iter();
            Ok(content_of_files(files.map(|file| (file.name.as_str(), file.sha256.as_str()))))
        }
    };
    let input = content.map(|content| (content, || SessionPass::open(&session)));
    let published = input
        .and_then(|(content, open)| publish(lake, &PublishInput { content, open: &open }, options, stop));
    published.with_context(|| format!("cannot publish {named}"))
}

fn print_published(session: &SessionArg, published: &Published) -> Result<()> {
    let mut out = output::stdout();
    if published.is_already_there {
        writeln!(out, "{}: already published", session)?;
    } else {
        writeln!(
            out,
            "{}: {} laps, {} samples, {} in {} files",
            session,
            published.laps,
            published.samples,
            bytes(published.bytes),
            published.files.len()
        )?;
    }
    Ok(out.flush()?)
}

/// A session that was published, as JSON.
#[derive(Serialize)]
struct PublishedSession {
    path: String,
    session: String,
    version: u32,
    already_published: bool,
    laps: u64,
    samples: u64,
    bytes: u64,
    files: Vec<String>,
}

impl PublishedSession {
    fn new(session: &SessionArg, published: &Published) -> Self {
        Self {
            path: session.to_string(),
            session: published.session.clone(),
            version: published.version,
            already_published: published.is_already_there,
            laps: published.laps,
            samples: published.samples,
            bytes: published.bytes,
            files: published.files.clone(),
        }
    }
}

/// Merges the small files of a lake.
pub(crate) fn run_compact(args: &Compact) -> Result<Outcome> {
    let lake = Bucket::open(&args.url, &args.cloud.options())?;
    let stop = StopToken::new();
    stop_on_ctrl_c(&stop)?;
    let options =
        CompactOptions { target_bytes: args.target_size, dry_run: args.dry_run, ..CompactOptions::default() };
    let done = compact(&lake, &options, &stop)?;
    if args.json {
        output::json(&CompactedLake::new(&done))?;
    } else {
        print_compacted(&done, args.dry_run)?;
    }
    Ok(Outcome::Done)
}

fn print_compacted(done: &Compacted, dry_run: bool) -> Result<()> {
    let mut out = output::stdout();
    let would = if dry_run { "would be " } else { "" };
    for merged in &done.merged {
        let folder =
            merged.from.first().and_then(|key| key.rsplit_once('/')).map_or("", |(folder, _)| folder);
        let into = if dry_run { String::new() } else { format!(", {} now", bytes(merged.bytes)) };
        let (count, size) = (merged.from.len(), bytes(merged.from_bytes));
        writeln!(out, "{folder}: {count} files of {size} {would}merged, {} rows{into}", merged.rows)?;
    }
    if !done.removed.is_empty() {
        writeln!(out, "{} files that were left over {would}removed", done.removed.len())?;
    }
    if done.merged.is_empty() && done.removed.is_empty() {
        writeln!(out, "nothing to merge in {} partitions", done.partitions)?;
    }
    out.flush()?;
    if !done.unfinished.is_empty() {
        output::say(format_args!(
            "{DIM}{} files do not count yet: their session is being published, or its publisher was stopped, and publishing \
             it again mends that{DIM:#}",
            done.unfinished.len()
        ));
    }
    Ok(())
}

/// What was done, as JSON.
#[derive(Serialize)]
struct CompactedLake<'a> {
    partitions: u64,
    merged: Vec<MergedJson<'a>>,
    removed: &'a [String],
    unfinished: &'a [String],
}

#[derive(Serialize)]
struct MergedJson<'a> {
    from: &'a [String],
    from_bytes: u64,
    into: Option<&'a str>,
    bytes: u64,
    rows: u64,
}

impl<'a> CompactedLake<'a> {
    fn new(done: &'a Compacted) -> Self {
        let merged = |it: &'a MergedFiles| MergedJson {
            from: &it.from,
            from_bytes: it.from_bytes,
            into: (!it.into.is_empty()).then_some(it.into.as_str()),
            bytes: it.bytes,
            rows: it.rows,
        };
        Self {
            partitions: done.partitions,
            merged: done.merged.iter().map(merged).collect(),
            removed: &done.removed,
            unfinished: &done.unfinished,
        }
    }
}
