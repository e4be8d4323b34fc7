//! `list`: the sessions of a bucket.

use std::io::Write;

use anyhow::Result;
use gametelemetry::{StopToken, bytes};
use gametelemetry_cloud::{
    Bucket, CloudUrl, ListedSession, Listing, RemoteError, RemoteSession, list_sessions,
};
use serde::Serialize;

use super::Outcome;
use crate::args::List;
use crate::output::{self, BAD, DIM};

pub(crate) fn run(args: &List) -> Result<Outcome> {
    let bucket = Bucket::open(&args.url, &args.cloud.options())?;
    let listing = list_sessions(&bucket, &RemoteSession::patience(), &StopToken::new())?;
    if args.json {
        output::json(&Listed::new(&args.url, &listing))?;
    } else {
        print(&args.url, &listing)?;
    }
    Ok(Outcome::lost_if(!listing.unreadable.is_empty()))
}

/// The listing as JSON.
#[derive(Serialize)]
struct Listed<'a> {
    url: String,
    sessions: Vec<Session<'a>>,
    unreadable: Vec<Unreadable<'a>>,
    unfinished: &'a [String],
}

/// What is told of one session.
#[derive(Serialize)]
struct Session<'a> {
    url: String,
    #[serde(flatten)]
    listed: &'a ListedSession,
    started_utc: String,
    uploaded_utc: String,
}

#[derive(Serialize)]
struct Unreadable<'a> {
    name: &'a str,
    error: String,
}

impl<'a> Listed<'a> {
    fn new(url: &CloudUrl, listing: &'a Listing) -> Self {
        let session = |listed: &'a ListedSession| Session {
            url: url.join(&listed.name).to_string(),
            listed,
            started_utc: listed.started.to_string(),
            uploaded_utc: listed.uploaded.to_string(),
        };
        let unreadable =
            |(name, error): &'a (String, RemoteError)| Unreadable { name, error: output::causes(error) };
        Self {
            url: url.to_string(),
            sessions: listing.sessions.iter().map(session).collect(),
            unreadable: listing.unreadable.iter().map(unreadable).collect(),
            unfinished: &listing.unfinished,
        }
    }
}

fn print(url: &CloudUrl, listing: &Listing) -> Result<()> {
    let mut out = output::stdout();
    if listing.sessions.is_empty() {
        writeln!(out, "no session below {url}")?;
    } else {
        let rows: Vec<Vec<String>> = listing.sessions.iter().map(row).collect();
        output::table(&mut out, &["session", "game", "started", "time", "frames", "size", "names"], &rows)?;
    }
    for name in &listing.unfinished {
        writeln!(out, "  {name}: {DIM}is still being uploaded{DIM:#}")?;
    }
    for (name, error) in &listing.unreadable {
        writeln!(out, "  {BAD}{name}{BAD:#}: {}", output::causes(error))?;
    }
    Ok(out.flush()?)
}

fn row(session: &ListedSession) -> Vec<String> {
    let started = session.started.to_string();
    // Nobody looks for a session by its milliseconds.
    let started = started.split_once('.').map_or(started.as_str(), |(seconds, _)| seconds);
    vec![
        session.name.clone(),
        session.game.clone(),
        started.trim_end_matches('Z').replace('T', " "),
        format!("{:.0} s", session.seconds),
        session.frames.to_string(),
        bytes(session.bytes),
        if session.is_redacted { "taken out" } else { "" }.to_owned(),
    ]
}
