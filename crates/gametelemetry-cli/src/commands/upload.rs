//! `upload`: brings sessions into a bucket, those of a folder too, and with `--follow` each as it is recorded.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, bail};
use gametelemetry::housekeeping::is_being_recorded;
use gametelemetry::{StopToken, bytes, clock, files};
use gametelemetry_cloud::{Bucket, CloudError, CloudUploader, Retry, SessionFiles, UploadProgress, Uploaded};
use serde::Serialize;

use super::Outcome;
use super::bring::Bringer;
use super::record::stop_on_ctrl_c;
use super::upload_follow::follow;
use crate::args::Upload;
use crate::output::{self, DIM, Progress};

pub(crate) fn run(args: &Upload) -> Result<Outcome> {
    let stop = StopToken::new();
    stop_on_ctrl_c(&stop)?;
    let mut options = args.cloud.options();
    options.bytes_per_second = args.limit;
    let bucket = Bucket::open(&args.url, &options)?;
    let mut retry = Retry::default();
    if args.retry_for.is_some() || args.follow {
        retry.patience = args.retry_for;
    }
    let uploader = CloudUploader::new(bucket).retry(retry).stop_token(&stop);
    let sessions = Sessions::of(&args.sessions)?;
    uploader.check()?;
    let bringer = Bringer { uploader, redact: args.redact, stop: stop.clone() };
    let mut told = Vec::new();
    let result = if args.follow {
        follow(&bringer, &sessions, args.retry_for, |it| told.push(it))
    } else {
        upload_all(&bringer, &sessions, |it| told.push(it))
    };
    if args.json {
        output::json(&told)?;
    } else {
        let mut out = output::stdout();
        for it in &told {
            writeln!(out, "{}", it.url)?;
        }
        out.flush()?;
    }
    result.map(|()| Outcome::Done)
}

/// What is printed of a session that is in the bucket.
#[derive(Serialize)]
pub(super) struct Told {
    session: String,
    url: String,
    bytes: Option<u64>,
    frames: Option<u64>,
    sent_bytes: u64,
    sent_objects: u64,
    was_there: bool,
}

impl Told {
    pub(super) fn new(session: &Path, uploaded: &Uploaded) -> Self {
        Self {
            session: session.display().to_string(),
            url: uploaded.url.to_string(),
            bytes: uploaded.manifest.as_ref().map(|manifest| manifest.bytes),
            frames: uploaded.manifest.as_ref().map(|manifest| manifest.frames),
            sent_bytes: uploaded.sent_bytes,
            sent_objects: uploaded.sent_objects,
            was_there: uploaded.was_there,
        }
    }

    /// Says what was done, for whoever watches.
    pub(super) fn say(&self) {
        if self.was_there {
            output::say(format_args!("{DIM}{} is there already: {}{DIM:#}", self.session, self.url));
        } else {
            let sent = bytes(self.sent_bytes);
            output::say(format_args!("{} uploaded, {sent} sent: {}", self.session, self.url));
        }
    }
}

/// What the user named.
pub(super) struct Sessions {
    /// Folders of sessions.
    named: Vec<PathBuf>,
    /// Folders with folders of sessions.
    pub(super) parents: Vec<PathBuf>,
}

impl Sessions {
    fn of(paths: &[PathBuf]) -> Result<Self> {
        let (mut named, mut parents) = (Vec::new(), Vec::new());
        for path in paths {
            match files::session_files(path) {
                Ok(_) if path.is_dir() => named.push(path.clone()),
                Ok(_) => bail!("sessions are uploaded whole, name the session's folder: {}", path.display()),
                Err(files::SessionFolderError::NoFiles { .. }) => parents.push(path.clone()),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Self { named, parents })
    }

    /// The sessions that there are now, sorted.
    pub(super) fn now(&self) -> Result<BTreeSet<PathBuf>> {
        let mut sessions: BTreeSet<PathBuf> = self.named.iter().cloned().collect();
        for parent in &self.parents {
            let entries = std::fs::read_dir(parent)
                .with_context(|| format!("cannot read the folder: {}", parent.display()))?;
            for entry in entries {
                let path = entry?.path();
                let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
                if !is_hidden && path.is_dir() && files::session_files(&path).is_ok() {
                    sessions.insert(path);
                }
            }
        }
        Ok(sessions)
    }
}

/// Uploads each session that is not being recorded.
fn upload_all(bringer: &Bringer, sessions: &Sessions, mut tell: impl FnMut(Told)) -> Result<()> {
    let now = sessions.now()?;
    if now.is_empty() {
        bail!("there is no session in {}", list(&sessions.parents));
    }
    let mut failed = 0_usize;
    for session in &now {
        if is_being_recorded(session, clock::Clock::system().now()) {
            let hint = "is still being recorded; --follow uploads it beside that";
            if now.len() == 1 {
                bail!("the session {hint}: {}", session.display());
            }
            output::say(format_args!("{} {hint}", session.display()));
            continue;
        }
        match upload_one(bringer, session) {
            Ok(told) => {
                told.say();
                tell(told);
            }
            // What one session does not let, another may: a file that cannot be read.
            Err(error) if now.len() > 1 && is_of_session(&error) => {
                failed += 1;
                output::error(&error.context(session.display().to_string()));
            }
            Err(error) => return Err(error),
        }
    }
    if failed > 0 {
        bail!("{failed} of {} sessions could not be uploaded", now.len());
    }
    Ok(())
}

/// Whether `error` is about the session alone, and not about the bucket or the user's wish to stop.
pub(super) fn is_of_session(error: &anyhow::Error) -> bool {
    error.downcast_ref::<CloudError>().is_none_or(|error| matches!(error, CloudError::Local { .. }))
}

fn upload_one(bringer: &Bringer, session: &Path) -> Result<Told> {
    let size = SessionFiles::of(session)?.bytes();
    let progress = Arc::new(Mutex::new(Progress::new("uploading", Some(size))));
    let shown = Arc::clone(&progress);
    let report = move |it: UploadProgress| {
        shown.lock().unwrap_or_else(PoisonError::into_inner).set(it.bytes);
    };
    let mut bringer = bringer.clone();
    bringer.uploader = bringer.uploader.on_progress(report);
    let uploaded = bringer.bring(session, || true)?;
    Ok(Told::new(session, &uploaded))
}

pub(super) fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}
