//! `download`: sessions of a bucket as folders of this machine.

use std::io::Write;

use anyhow::{Result, bail};
use gametelemetry::{StopToken, files};
use gametelemetry_cloud::{
    Bucket, CloudError, CloudUrl, Downloaded, OnDisk, RemoteError, RemoteSession, download, downloaded,
    list_sessions,
};
use serde::Serialize;

use super::Outcome;
use super::record::stop_on_ctrl_c;
use crate::args::Download;
use crate::output::{self, DIM, Progress};
use crate::session_arg::{open_at, split};

pub(crate) fn run(args: &Download) -> Result<Outcome> {
    let stop = StopToken::new();
    stop_on_ctrl_c(&stop)?;
    let mut run = Run { args, stop, rows: Vec::new(), errors: Vec::new(), is_lost: false };
    for url in &args.urls {
        let done = if args.all { run.all(url) } else { run.one(url) };
        if let Err(error) = done {
            run.errors.push(error);
        }
        if run.stop.is_stopped() {
            break;
        }
    }
    if args.json {
        output::json(&run.rows)?;
    }
    // The last one is returned; an error is told once.
    let returned = run.errors.pop();
    run.errors.iter().for_each(output::error);
    returned.map_or(Ok(Outcome::lost_if(run.is_lost)), Err)
}

struct Run<'a> {
    args: &'a Download,
    stop: StopToken,
    rows: Vec<Row>,
    errors: Vec<anyhow::Error>,
    /// Whether a session of a bucket could not even be looked at.
    is_lost: bool,
}

/// What was downloaded, as JSON.
#[derive(Serialize)]
struct Row {
    url: String,
    folder: String,
    bytes: u64,
    fetched: u64,
}

impl Run<'_> {
    /// Downloads the session at `url`.
    fn one(&mut self, url: &CloudUrl) -> Result<()> {
        let (place, name) = split(url)?;
        let suffix = format!(".{}", files::EXTENSION);
        if name.ends_with(&suffix) {
            bail!("this is one file of a session, download the session: {place}");
        }
        self.session(&open_at(&place, &name, &self.args.cloud)?)
    }

    /// Downloads every session below `url` that is not there yet. One that fails does not keep the others away.
    fn all(&mut self, url: &CloudUrl) -> Result<()> {
        let bucket = Bucket::open(url, &self.args.cloud.options())?;
        let patience = RemoteSession::patience();
        let listing = list_sessions(&bucket, &patience, &self.stop)?;
        for name in &listing.unfinished {
            output::say(format_args!("{DIM}{name} is still being uploaded, it is left out{DIM:#}"));
        }
        for (name, error) in &listing.unreadable {
            output::say(format_args!("{name} is left out: {}", output::causes(error)));
            self.is_lost = true;
        }
        for listed in &listing.sessions {
            let opened = RemoteSession::open(&bucket, &listed.name, &patience, &self.stop);
            match opened.map_err(Into::into).and_then(|session| self.session_if_new(&session)) {
                Err(error) if is_stop(&error) => return Err(error),
                Err(error) => self.errors.push(error.context(format!("cannot download {}", listed.name))),
                Ok(()) => {}
            }
        }
        Ok(())
    }

    /// Downloads `session` unless it is here with the same content. What is here with another one stays as it is.
    fn session_if_new(&mut self, session: &RemoteSession) -> Result<()> {
        match downloaded(session, &self.args.out, &self.stop)? {
            OnDisk::Same(_) => return Ok(()),
            OnDisk::Different(folder) => output::say(format_args!(
                "{} of the bucket has other content than {}, it comes into a folder of its own",
                session.manifest().name,
                folder.display()
            )),
            OnDisk::Missing => {}
        }
        self.session(session)
    }

    fn session(&mut self, session: &RemoteSession) -> Result<()> {
        let manifest = session.manifest();
        let progress = Progress::new(&format!("downloading {}", manifest.name), Some(manifest.bytes));
        let done = download(session, &self.args.out, &self.stop, &|bytes| progress.set(bytes))?;
        drop(progress);
        let Downloaded { folder, bytes, fetched } = done;
        let folder = folder.display().to_string();
        if !self.args.json {
            let mut out = output::stdout();
            writeln!(out, "{folder}")?;
            out.flush()?;
        }
        self.rows.push(Row { url: session.url().to_string(), folder, bytes, fetched });
        Ok(())
    }
}

/// Whether the user ended it.
fn is_stop(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(RemoteError::Cloud(CloudError::Stopped)))
}
