//! One upload at work: the session's files, the journal, and the threads that send.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use gametelemetry::StopToken;
use gametelemetry::clock::Clock;

use super::cutter::{Cut, Cutter, Piece, Until};
use super::journal::{Entry, Journal, Seen, Sent};
use super::{CloudUploader, UploadProgress, Uploaded, files, send};
use crate::checksum::sha256;
use crate::{Bucket, CloudError, FileEntry, MANIFEST_SUFFIX, MANIFEST_VERSION, SessionManifest};

/// A folder's upload to one bucket.
pub(super) struct Work<'a> {
    uploader: &'a CloudUploader,
    /// The session, whose name it gets, and where the journal is.
    session: PathBuf,
    /// Where its files are: there, or in a copy.
    folder: PathBuf,
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

/// What is in the bucket of this session that the journal may not know, because it was lost or cut.
enum Earlier {
    NotAsked,
    /// The keys of objects.
    These(BTreeSet<String>),
    /// The bucket could not be asked now.
    Unknown,
}

impl Earlier {
    fn ask(bucket: &Bucket, name: &str) -> Result<Self, CloudError> {
        match bucket.list(name) {
            Ok(listed) => Ok(Self::These(listed.into_iter().map(|it| it.key).collect())),
            // Who may only write is not told; then an object is sent once more at worst.
            Err(CloudError::Missing { .. } | CloudError::Denied { .. }) => Ok(Self::These(BTreeSet::new())),
            Err(error) if error.is_transient() => Ok(Self::Unknown),
            Err(error) => Err(error),
        }
    }

    fn may_have(&self, key: &str) -> bool {
        match self {
            Self::These(keys) => keys.contains(key),
            Self::NotAsked | Self::Unknown => true,
        }
    }
}

impl<'a> Work<'a> {
    /// Begins to upload `session`, or `copy` in its place.
    pub(super) fn open(
        uploader: &'a CloudUploader,
        session: &Path,
        copy: Option<&Path>,
    ) -> Result<Self, CloudError> {
        // `.` and `..` have no name of their own.
        let session = fs::canonicalize(session).map_err(|source| {
            CloudError::local("cannot open the session, check the path", session, source)
        })?;
        let folder = copy.unwrap_or(&session).to_owned();
        let facts = files::facts(&session, false);
        let name = files::name(&session, &facts.session, uploader.label);
        let url = uploader.bucket.url().to_string();
        let place: String = sha256(format!("{url}{}", uploader.label).as_bytes()).chars().take(8).collect();
        let journal = Journal::open(&session.join(format!(".upload-{place}.jsonl")), &url, &name)?;
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
        Ok(Self { uploader, session, folder, name, shared: Mutex::new(shared) })
    }

    /// What there is to say when the journal knows that the session is in the bucket as it is here.
    pub(super) fn was_done(&self) -> Result<Option<Uploaded>, CloudError> {
        let seen = files::list(&self.session)?;
        let is_done = self.shared().journal.done() == Some(&seen);
        Ok(is_done.then(|| self.uploaded(None, true)))
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
            threads.into_iter().flatten().for_each(|thread| drop(thread.join()));
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
            if shared.cutters.iter().any(|cutter| cutter.name() == file.name) {
                continue;
            }
            let planned = shared.journal.objects_of(&file.name);
            let cutter = Cutter::open(&self.folder, &file.name, &self.name, planned)?;
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
        // Before the files are looked at: what changes meanwhile is no longer as it was.
        let session = files::list(&self.session)?;
        let manifest = self.manifest(&files::list(&self.folder)?)?;
        let key = format!("{}{MANIFEST_SUFFIX}", self.name);
        let body = serde_json::to_vec(&manifest).map_err(|error| CloudError::Unreadable {
            key: key.clone(),
            why: format!("it cannot be written: {error}"),
        })?;
        let cut = Cut::of_whole(key, body);
        send::store(&self.uploader.bucket, &self.uploader.retry, &self.uploader.stop, &cut, false)?;
        let is_redacted = !self.uploader.label.is_empty();
        self.shared().journal.add(Entry::Done { files: session, is_redacted })?;
        Ok(self.uploaded(Some(manifest), false))
    }

    /// What the bucket is to say of the session.
    fn manifest(&self, seen: &[Seen]) -> Result<SessionManifest, CloudError> {
        let facts = files::facts(&self.folder, true);
        let shared = self.shared();
        let mut entries = Vec::with_capacity(seen.len());
        for file in seen {
            let cutter = shared.cutters.iter().find(|cutter| cutter.name() == file.name);
            let Some(cutter) = cutter.filter(|cutter| cutter.position() == file.bytes) else {
                let source = std::io::Error::other("it has grown, shrunk or appeared while it was uploaded");
                let what = "somebody still writes the session: upload it again when that has ended";
                return Err(CloudError::local(what, self.folder.join(&file.name), source));
            };
            let objects = cutter.objects.clone();
            entries.push(FileEntry {
                name: file.name.clone(),
                bytes: file.bytes,
                sha256: cutter.sha256(),
                objects,
            });
        }
        let folder = self.session.file_name().map(|name| name.to_string_lossy().into_owned());
        let seconds = facts.seconds();
        Ok(SessionManifest {
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
        })
    }

    fn uploaded(&self, manifest: Option<SessionManifest>, was_there: bool) -> Uploaded {
        let url = self.uploader.bucket.url().join(&self.name);
        let shared = self.shared();
        Uploaded {
            url,
            manifest,
            sent_bytes: shared.sent_bytes,
            sent_objects: shared.sent_objects,
            was_there,
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

    /// Notes that `cut` is about to be sent, and says whether it may be there; `None` when it is known to be.
    fn begin(&mut self, file: String, cut: &Cut) -> Result<Option<bool>, CloudError> {
        if let Some(cutter) = self.cutters.iter_mut().find(|cutter| cutter.name() == file) {
            cutter.set(&cut.object);
        }
        let key = &cut.object.key;
        if self.journal.is_stored(key) {
            self.arrived_bytes += cut.object.bytes;
            return Ok(None);
        }
        let is_noted = self.journal.may_be_there(key);
        if !is_noted {
            self.journal.add(Entry::Sending(Sent { file, object: cut.object.clone() }))?;
        }
        Ok(Some(is_noted || self.earlier.may_have(key)))
    }

    fn note(&mut self, cut: &Cut, is_sent: bool) {
        self.arrived_bytes += cut.object.bytes;
        if is_sent {
            self.sent_bytes += cut.object.bytes;
            self.sent_objects += 1;
        }
    }
}
