//! `record --upload`: a thread that brings the session into a bucket while it is recorded, and its end.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use gametelemetry::{StopToken, bytes};
use gametelemetry_cloud::{Bucket, CloudUploader, CloudUrl, Retry, Uploaded};

use super::bring::Bringer;
use crate::args::UploadBeside;
use crate::output::{self, DIM, LiveLine};

/// How often the live line changes.
const REFRESH: Duration = Duration::from_millis(250);

/// An upload that is wanted, before there is a session.
pub(crate) struct UploadThread(Option<(Bringer, CloudUrl)>);

/// An upload beside a recording.
pub(crate) struct UploadingThread(Option<Running>);

struct Running {
    thread: JoinHandle<Result<Uploaded>>,
    folder: PathBuf,
    url: CloudUrl,
    stop: StopToken,
    is_over: Arc<AtomicBool>,
    left: Arc<AtomicU64>,
}

impl UploadThread {
    /// Looks whether the bucket can be used at all, before anything is recorded.
    pub(crate) fn prepare(args: &UploadBeside) -> Result<Self> {
        let Some(url) = &args.upload else { return Ok(Self(None)) };
        let mut options = args.cloud.options();
        options.bytes_per_second = args.upload_limit;
        let bucket = Bucket::open(url, &options)?;
        // However long the network is away: what is recorded waits on the disk.
        let retry = Retry { patience: None, ..Retry::default() };
        let uploader = CloudUploader::new(bucket).retry(retry);
        uploader.check().context("nothing is recorded, because it could not be uploaded")?;
        let bringer = Bringer { uploader, redact: args.redact, stop: StopToken::new() };
        Ok(Self(Some((bringer, url.clone()))))
    }

    /// Uploads the session in `folder` from now on.
    pub(crate) fn start(self, folder: &Path) -> Result<UploadingThread> {
        let Some((mut bringer, url)) = self.0 else { return Ok(UploadingThread(None)) };
        let (stop, is_over, left) =
            (bringer.stop.clone(), Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let shown = Arc::clone(&left);
        bringer.uploader = bringer.uploader.stop_token(&stop).on_progress(move |progress| {
            shown.store(progress.total_bytes.saturating_sub(progress.bytes), Ordering::Relaxed);
        });
        let (session, over) = (folder.to_owned(), Arc::clone(&is_over));
        let work = move || bringer.bring(&session, || over.load(Ordering::Acquire));
        let thread = std::thread::Builder::new().name("upload".to_owned()).spawn(work)?;
        Ok(UploadingThread(Some(Running { thread, folder: folder.into(), url, stop, is_over, left })))
    }
}

impl UploadingThread {
    /// Ends it: there is nothing worth uploading.
    pub(crate) fn discard(self) {
        if let Some(running) = self.0 {
            running.stop.stop();
            let _ = running.thread.join();
        }
    }

    /// Uploads what is left of the session, which is whole now.
    pub(crate) fn finish(self) -> Result<()> {
        let Some(running) = self.0 else { return Ok(()) };
        running.is_over.store(true, Ordering::Release);
        let again = format!("gametelemetry upload \"{}\" {}", running.folder.display(), running.url);
        output::say(format_args!("{DIM}uploading the rest; Ctrl+C leaves it for later: {again}{DIM:#}"));
        let line = LiveLine::new();
        while !running.thread.is_finished() {
            line.show(|| format!("uploading, {} left", bytes(running.left.load(Ordering::Relaxed))));
            running.stop.wait_for(REFRESH);
        }
        drop(line);
        let uploaded = running.thread.join().map_err(|_| anyhow!("the thread that uploads broke off"))?;
        let uploaded = uploaded
            .with_context(|| format!("the recording is whole, but not uploaded; to try again: {again}"))?;
        output::say(format_args!("uploaded: {}", uploaded.url));
        Ok(())
    }
}
