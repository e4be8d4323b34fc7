//! `upload`: brings sessions into a bucket, those of a folder too, and with `--follow` each as it is recorded.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use gametelemetry::{StopToken, bytes, clock, files};
use gametelemetry_cloud::{Bucket, CloudError, CloudUploader, Retry, UploadProgress, Uploaded};
use serde::Serialize;

use super::Outcome;
use super::bring::Bringer;
use super::record::stop_on_ctrl_c;
use crate::args::Upload;
use crate::output::{self, DIM, Progress};
use crate::recordings;

/// How often a folder is looked into for new sessions.
const LOOK: Duration = Duration::from_secs(2);
/// A file without an end, and without a lock that tells, that has not grown for so long is not written any more.
const SILENCE: Duration = Duration::from_secs(60);
/// Sessions that are uploaded at the same time while a folder is followed.
const AT_ONCE: usize = 4;

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
        follow(&bringer, &sessions, &stop, |it| told.push(it))
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
struct Told {
    session: String,
    url: String,
    bytes: Option<u64>,
    frames: Option<u64>,
    sent_bytes: u64,
    sent_objects: u64,
    was_there: bool,
}

impl Told {
    fn new(session: &Path, uploaded: &Uploaded) -> Self {
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
    fn say(&self) {
        if self.was_there {
            output::say(format_args!("{DIM}{} is there already: {}{DIM:#}", self.session, self.url));
        } else {
            let sent = bytes(self.sent_bytes);
            output::say(format_args!("{} uploaded, {sent} sent: {}", self.session, self.url));
        }
    }
}

/// What the user named.
struct Sessions {
    /// Folders of sessions.
    named: Vec<PathBuf>,
    /// Folders with folders of sessions.
    parents: Vec<PathBuf>,
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
    fn now(&self) -> Result<BTreeSet<PathBuf>> {
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
        if is_being_recorded(session) {
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
fn is_of_session(error: &anyhow::Error) -> bool {
    error.downcast_ref::<CloudError>().is_none_or(|error| matches!(error, CloudError::Local { .. }))
}

fn upload_one(bringer: &Bringer, session: &Path) -> Result<Told> {
    let size = folder_size(session);
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

/// Uploads sessions as they are recorded: the named ones to their end, those of a folder until `stop`.
fn follow(
    bringer: &Bringer,
    sessions: &Sessions,
    stop: &StopToken,
    mut tell: impl FnMut(Told),
) -> Result<()> {
    if !sessions.parents.is_empty() {
        let parents = list(&sessions.parents);
        output::say(format_args!("{DIM}following {parents}; Ctrl+C ends it{DIM:#}"));
    }
    let at_work = AtomicU64::new(0);
    let done = Mutex::new(Vec::new());
    let mut known = BTreeSet::new();
    std::thread::scope(|scope| {
        loop {
            let now = sessions.now().inspect_err(|_| stop.stop())?;
            for session in now.difference(&known.clone()) {
                if at_work.load(Ordering::Acquire) >= AT_ONCE as u64 {
                    break;
                }
                known.insert(session.clone());
                at_work.fetch_add(1, Ordering::AcqRel);
                let (session, at_work, done) = (session.clone(), &at_work, &done);
                let work = move || {
                    let ending = Mutex::new(Ending::new(&session));
                    let is_over = || ending.lock().unwrap_or_else(PoisonError::into_inner).is_over();
                    let result = bringer.bring(&session, is_over);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((session, result));
                    at_work.fetch_sub(1, Ordering::AcqRel);
                };
                std::thread::Builder::new()
                    .name("follow".to_owned())
                    .spawn_scoped(scope, work)
                    .inspect_err(|_| stop.stop())?;
            }
            let is_idle = at_work.load(Ordering::Acquire) == 0;
            let results = std::mem::take(&mut *done.lock().unwrap_or_else(PoisonError::into_inner));
            for (session, result) in results {
                match result {
                    Ok(uploaded) => {
                        let told = Told::new(&session, &uploaded);
                        told.say();
                        tell(told);
                    }
                    Err(error) if !sessions.parents.is_empty() && is_stopped(&error) => {}
                    // The next session may be fine.
                    Err(error) if !sessions.parents.is_empty() && is_of_session(&error) => {
                        output::error(&error.context(session.display().to_string()));
                    }
                    Err(error) => {
                        // The scope ends when its threads have.
                        stop.stop();
                        return Err(error);
                    }
                }
            }
            if is_idle && (sessions.parents.is_empty() || stop.is_stopped()) && now.len() <= known.len() {
                return Ok(());
            }
            if stop.wait_for(LOOK) && is_idle {
                return Ok(());
            }
        }
    })
}

fn is_stopped(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(CloudError::Stopped))
}

/// Watches whether a session is still being written.
struct Ending<'a> {
    folder: &'a Path,
    size: u64,
    since: Instant,
}

impl<'a> Ending<'a> {
    fn new(folder: &'a Path) -> Self {
        Self { folder, size: 0, since: clock::monotonic() }
    }

    fn is_over(&mut self) -> bool {
        if !is_being_recorded(self.folder) {
            return true;
        }
        let size = folder_size(self.folder);
        if size != self.size {
            (self.size, self.since) = (size, clock::monotonic());
        }
        // Where locks tell, the recorder is there however long the game is silent.
        cfg!(windows) && self.since.elapsed() >= SILENCE
    }
}

/// Whether a recorder has a file of the session open; where no lock tells, whether one has no end yet.
fn is_being_recorded(session: &Path) -> bool {
    let files = files::session_files(session).unwrap_or_default();
    files.iter().any(|path| {
        if cfg!(unix) {
            return recordings::is_being_written(path);
        }
        let is_fresh = std::fs::metadata(path)
            .and_then(|it| it.modified())
            .is_ok_and(|at| at.elapsed().is_ok_and(|age| age < SILENCE));
        is_fresh && files::open(path).is_ok_and(|reader| reader.has_header() && reader.index().is_none())
    })
}

fn folder_size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.metadata().ok()?.len())).sum()
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}
