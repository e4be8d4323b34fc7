//! One upload at work: the session's files, the journal, and the threads that send.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use gametelemetry::StopToken;
use gametelemetry::clock::Clock;

use super::cutter::{Cut, Cutter, Piece, Until};
use super::earlier::{Earlier, Step};
use super::files::SessionFiles;
use super::journal::{Entry, Journal, Noted, Seen, Sent};
use super::{CloudUploader, UploadProgress, Uploaded, files, send};
use crate::checksum::sha256;
use crate::stores;
use crate::{CloudError, MANIFEST_SUFFIX, MANIFEST_VERSION, SessionManifest};

/// A folder's upload to one bucket.
pub(super) struct Work<'a> {
    uploader: &'a CloudUploader,
    /// The session, whose name it gets, and where the journal is.
    session: PathBuf,
    /// Where its files are: there, or in a copy.
    folder: PathBuf,
    /// Of a copy, the session's files that it was made of.
    copied_from: Option<&'a SessionFiles>,
    name: String,
    shared: Mutex<Shared>,
}

/// What the sending threads share. None holds it while it waits for the network.
struct Shared {
    journal: Journal,
    earlier: Earlier,
    cutters: Vec<Cutter>,
    total_bytes: u64,
    arrived_bytes: u64,
    sent_bytes: u64,
    sent_objects: u64,
    failed: Option<CloudError>,
}

/// A copy that is uploaded in the place of the session.
#[derive(Clone, Copy)]
pub(super) struct Copied<'a> {
    pub(super) folder: &'a Path,
    /// The session's files before the copy was made.
    pub(super) from: &'a SessionFiles,
}

impl<'a> Work<'a> {
    /// Begins to upload `session`, or `copy` in its place.
    pub(super) fn open(
        uploader: &'a CloudUploader,
        session: &Path,
        copy: Option<Copied<'a>>,
    ) -> Result<Self, CloudError> {
        // `.` and `..` have no name of their own.
        let session = fs::canonicalize(session).map_err(|source| {
            CloudError::local("cannot open the session, check the path", session, source)
        })?;
        let folder = copy.map_or(session.as_path(), |copy| copy.folder).to_owned();
        let facts = files::facts(&session, false);
        let name = files::name(&session, &facts.session, uploader.label);
        let place = stores::identity(uploader.bucket.url())?;
        let hash: String = sha256(format!("{place}{}", uploader.label).as_bytes()).chars().take(8).collect();
        let journal = Journal::open(&session.join(format!(".upload-{hash}.jsonl")), &place, &name)?;
        let shared = Shared {
            journal,
            earlier: Earlier::NotAsked,
            cutters: Vec::new(),
            total_bytes: 0,
            arrived_bytes: 0,
            sent_bytes: 0,
            sent_objects: 0,
            failed: None,
        };
        let copied_from = copy.map(|copy| copy.from);
        Ok(Self { uploader, session, folder, copied_from, name, shared: Mutex::new(shared) })
    }

    /// What there is to say when the journal knows that the session is in the bucket as it is here.
    pub(super) fn was_done(&self) -> Result<Option<Uploaded>, CloudError> {
        let seen = files::list(&self.session)?;
        let is_noted = self.shared().journal.done() == Some(&seen);
        // It may have been deleted there since. Where the bucket does not say, the journal is believed.
        let manifest = || self.uploader.bucket.stat(&format!("{}{MANIFEST_SUFFIX}", self.name));
        let is_done = is_noted && !matches!(manifest(), Ok(None));
        Ok(is_done.then(|| self.uploaded(None, SessionFiles(seen))))
    }

    /// Sends what of the files can be cut now.
    pub(super) fn send(&mut self, until: Until) -> Result<(), CloudError> {
        self.look()?;
        if matches!(self.shared().earlier, Earlier::NotAsked) {
            let earlier = Earlier::ask(&self.uploader.bucket, &self.name)?;
            self.shared().earlier = earlier;
        }
        std::thread::scope(|scope| {
            let threads: Vec<_> = (1..self.uploader.at_once.get())
                .map(|_| {
                    std::thread::Builder::new()
                        .name("upload".to_owned())
                        .spawn_scoped(scope, || self.send_all(until))
                })
                .collect();
            self.send_all(until);
            // One thread is enough; a system that gives no more is only slower.
            let ended: Vec<_> = threads.into_iter().flatten().map(|thread| thread.join()).collect();
            if let Some(panic) = ended.into_iter().find_map(Result::err) {
                // What that thread was at is not done, so nothing may go on as if it were.
                std::panic::resume_unwind(panic);
            }
        });
        match self.shared().failed.take() {
            Some(error) => Err(error),
            None if self.uploader.stop.is_stopped() => Err(CloudError::Stopped),
            None => Ok(()),
        }
    }

    /// Looks for files that are new, and how long all are.
    fn look(&self) -> Result<(), CloudError> {
        let seen = files::list(&self.folder)?;
        let mut shared = self.shared();
        shared.total_bytes = seen.iter().map(|file| file.bytes).sum();
        for file in &seen {
            if let Some(cutter) = shared.cutters.iter_mut().find(|cutter| cutter.name() == file.name) {
                cutter.look(file);
                continue;
            }
            let planned = shared.journal.objects_of(&file.name);
            let mut cutter = Cutter::open(&self.folder, &file.name, &self.name, planned)?;
            cutter.look(file);
            shared.cutters.push(cutter);
        }
        Ok(())
    }

    /// Sends one object after the other until there is none, or something fails.
    fn send_all(&self, until: Until) {
        while let Some((cut, may_be_there)) = self.next(until) {
            let uploader = self.uploader;
            let result = send::store(&uploader.bucket, &uploader.retry, &uploader.stop, &cut, may_be_there);
            let mut shared = self.shared();
            let noted = result.and_then(|is_sent| {
                shared.journal.add(Entry::Stored { key: cut.object.key.clone() })?;
                shared.note(&cut, is_sent);
                Ok(UploadProgress { bytes: shared.arrived_bytes, total_bytes: shared.total_bytes })
            });
            match noted {
                Ok(progress) => {
                    drop(shared);
                    (self.uploader.on_progress)(progress);
                }
                Err(error) => {
                    shared.failed.get_or_insert(error);
                    return;
                }
            }
        }
    }

    /// The next object to send, noted in the journal, and whether an earlier upload may have sent it.
    fn next(&self, until: Until) -> Option<(Cut, bool)> {
        loop {
            let piece = self.shared().next(&self.uploader.stop, until)?;
            let file = piece.file.clone();
            let cut = piece.hashed();
            let mut shared = self.shared();
            match shared.begin(file, &cut) {
                Ok(Some(may_be_there)) => return Some((cut, may_be_there)),
                Ok(None) => {}
                Err(error) => {
                    shared.failed.get_or_insert(error);
                    return None;
                }
            }
        }
    }

    /// Makes the session visible: everything is there.
    pub(super) fn finish(&mut self) -> Result<Uploaded, CloudError> {
        let seen = files::list(&self.folder)?;
        self.check_unchanged(&seen)?;
        let manifest = self.show(self.manifest(&seen))?;
        let files = self.copied_from.cloned().unwrap_or(SessionFiles(seen));
        let is_redacted = !self.uploader.label.is_empty();
        self.shared().journal.add(Entry::Done { files: files.0.clone(), is_redacted })?;
        Ok(self.uploaded(Some(manifest), files))
    }

    /// Sends the manifest, unless the bucket has the same: an earlier upload may have ended before it could note that. Gives
    /// the one that is there.
    fn show(&self, manifest: SessionManifest) -> Result<SessionManifest, CloudError> {
        let CloudUploader { bucket, retry, stop, .. } = self.uploader;
        let key = format!("{}{MANIFEST_SUFFIX}", self.name);
        let unreadable = |error| CloudError::Unreadable {
            key: key.clone(),
            why: format!("it cannot be written: {error}"),
        };
        let body = serde_json::to_vec(&manifest).map_err(unreadable)?;
        if self.shared().earlier.may_be_visible() {
            let there = match retry.run(stop, || bucket.get(&key)) {
                Ok(bytes) => serde_json::from_slice::<SessionManifest>(&bytes).ok(),
                Err(CloudError::Missing { .. } | CloudError::Denied { .. }) => None,
                Err(error) => return Err(error),
            };
            // Read back, because a number may lose its last bit on the way through a text.
            let ours: SessionManifest = serde_json::from_slice(&body).map_err(unreadable)?;
            if let Some(there) = there
                && (SessionManifest { uploaded: there.uploaded, writer: there.writer.clone(), ..ours })
                    == there
            {
                return Ok(there);
            }
        }
        send::store(bucket, retry, stop, &Cut::of_whole(key, body), false)?;
        Ok(manifest)
    }

    /// Makes sure that what was cut is what the folder has, listed now: every file, each as it was when it was cut.
    fn check_unchanged(&self, seen: &[Seen]) -> Result<(), CloudError> {
        let changed = |name: &str, what: &str| {
            let source = std::io::Error::other(format!("it has {what} while it was uploaded"));
            let what = "somebody still writes the session: upload it again when that has ended";
            Err(CloudError::local(what, self.folder.join(name), source))
        };
        let mut shared = self.shared();
        for cutter in &mut shared.cutters {
            let Some(file) = seen.iter().find(|file| file.name == cutter.name()) else {
                return changed(cutter.name(), "vanished");
            };
            cutter.look(file);
            if !cutter.is_whole(&self.uploader.stop)? {
                return changed(cutter.name(), "grown, shrunk or changed");
            }
        }
        let is_cut = |file: &&Seen| shared.cutters.iter().any(|cutter| cutter.name() == file.name);
        match seen.iter().find(|file| !is_cut(file)) {
            Some(file) => changed(&file.name, "appeared"),
            None => Ok(()),
        }
    }

    /// What the bucket is to say of the session, whose files are `seen`.
    fn manifest(&self, seen: &[Seen]) -> SessionManifest {
        let facts = files::facts(&self.folder, true);
        let shared = self.shared();
        let cutters = seen.iter().filter_map(|file| shared.cutters.iter().find(|it| it.name() == file.name));
        let entries = cutters.map(Cutter::entry).collect();
        let folder = self.session.file_name().map(|name| name.to_string_lossy().into_owned());
        let seconds = facts.seconds();
        SessionManifest {
            version: MANIFEST_VERSION,
            name: self.name.clone(),
            folder: folder.unwrap_or_default(),
            session: facts.session,
            game: facts.game,
            started: facts.started,
            seconds,
            frames: facts.frames,
            bytes: seen.iter().map(|file| file.bytes).sum(),
            is_redacted: !self.uploader.label.is_empty(),
            uploaded: Clock::system().now(),
            writer: concat!("gametelemetry ", env!("CARGO_PKG_VERSION")).to_owned(),
            files: entries,
        }
    }

    /// What was done; without a `manifest` nothing had to be.
    fn uploaded(&self, manifest: Option<SessionManifest>, files: SessionFiles) -> Uploaded {
        let url = self.uploader.bucket.url().join(&self.name);
        let shared = self.shared();
        Uploaded {
            url,
            was_there: manifest.is_none(),
            manifest,
            sent_bytes: shared.sent_bytes,
            sent_objects: shared.sent_objects,
            files,
        }
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    /// The bytes of the next object; `None` when there is none now, or the upload ends.
    fn next(&mut self, stop: &StopToken, until: Until) -> Option<Piece> {
        if self.failed.is_some() || stop.is_stopped() {
            return None;
        }
        for cutter in &mut self.cutters {
            match cutter.next(until) {
                Ok(None) => {}
                Ok(piece) => return piece,
                Err(error) => {
                    self.failed.get_or_insert(error);
                    return None;
                }
            }
        }
        None
    }

    /// Notes that `cut` is about to be sent, and says whether it may be there; `None` when it is.
    fn begin(&mut self, file: String, cut: &Cut) -> Result<Option<bool>, CloudError> {
        if let Some(cutter) = self.cutters.iter_mut().find(|cutter| cutter.name() == file) {
            cutter.set(&cut.object);
        }
        let noted = self.journal.noted(&cut.object.key);
        let step = self.earlier.step(&cut.object, noted);
        if step == Step::Skip {
            self.arrived_bytes += cut.object.bytes;
            return Ok(None);
        }
        if noted != Noted::Sending {
            self.journal.add(Entry::Sending(Sent { file, object: cut.object.clone() }))?;
        }
        Ok(Some(step == Step::Ask))
    }

    fn note(&mut self, cut: &Cut, is_sent: bool) {
        self.arrived_bytes += cut.object.bytes;
        if is_sent {
            self.sent_bytes += cut.object.bytes;
            self.sent_objects += 1;
        }
    }
}
