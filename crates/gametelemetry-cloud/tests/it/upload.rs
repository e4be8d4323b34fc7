//! Sessions in a bucket that is a folder: what is sent, what is not sent again, and when a session is seen.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use gametelemetry::{
    BinarySessionWriter, FrameSize, Header, Ledger, Schema, SessionWriter as _, StopToken, Timestamp,
    WriterOptions,
};
use gametelemetry_cloud::{
    Bucket, BucketOptions, CloudError, CloudUploader, CloudUrl, MANIFEST_SUFFIX, SessionFiles,
    SessionManifest,
};

/// A recording being made: frames that do not compress, so that a file has many segments.
struct Recording {
    writer: BinarySessionWriter,
    number: u32,
}

impl Recording {
    fn new(session: &Path, source: &str) -> Self {
        let schema = Schema::opaque("Noise", FrameSize::Variable { max: 1 << 20 });
        let started: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let mut header = Header::new("demo", source, schema, started);
        header.session = "5f3a09c1d2e3f405060708090a0b0c0d".to_owned();
        let path = session.join(format!("{source}.gtel"));
        let writer = BinarySessionWriter::create(&path, &header, WriterOptions::default()).unwrap();
        Self { writer, number: 0 }
    }

    /// Adds about `mib` MiB.
    fn add(&mut self, mib: u32) {
        for _ in 0..mib * 16 {
            let mut state = u64::from(self.number) + 1;
            let noise: Vec<u8> = (0..64 << 10)
                .map(|_| {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    state.to_le_bytes()[0]
                })
                .collect();
            let started: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
            let time = Timestamp::from_ticks(started.ticks() + i64::from(self.number) * 100_000);
            self.writer.write(time, &noise).unwrap();
            self.number += 1;
        }
        self.writer.flush().unwrap();
    }

    fn finish(mut self) {
        self.writer.finish(&Ledger::default()).unwrap();
    }
}

fn session(parent: &Path) -> PathBuf {
    let session = parent.join("2026-11-23_120000_demo");
    std::fs::create_dir(&session).unwrap();
    for source in ["physics", "graphics"] {
        let mut recording = Recording::new(&session, source);
        recording.add(if source == "physics" { 11 } else { 1 });
        recording.finish();
    }
    std::fs::write(session.join("Replay with spaces.rpy"), vec![7; 20 << 20]).unwrap();
    std::fs::write(session.join("empty.txt"), "").unwrap();
    std::fs::write(session.join("report.html"), "made again at any time").unwrap();
    session
}

fn bucket(folder: &Path) -> Bucket {
    Bucket::open(&CloudUrl::of_folder(&folder.join("bucket")), &BucketOptions::default()).unwrap()
}

fn manifest(bucket: &Bucket) -> SessionManifest {
    let folder = bucket.list_folder("").unwrap();
    let manifests: Vec<_> = folder.objects.iter().filter(|it| it.key.ends_with(MANIFEST_SUFFIX)).collect();
    assert_eq!(manifests.len(), 1);
    serde_json::from_slice(&bucket.get(&manifests[0].key).unwrap()).unwrap()
}

fn sha256(bytes: &[u8]) -> String {
    let hash = ring::digest::digest(&ring::digest::SHA256, bytes);
    hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Checks that the objects of `manifest` are the files of `session`, byte for byte.
fn check_whole(bucket: &Bucket, manifest: &SessionManifest, session: &Path) {
    for file in &manifest.files {
        let bytes: Vec<u8> =
            file.objects.iter().flat_map(|object| bucket.get(&object.key).unwrap().to_vec()).collect();
        assert!(bytes == std::fs::read(session.join(&file.name)).unwrap(), "{}", file.name);
        let mut at = 0;
        for object in &file.objects {
            assert_eq!(object.offset, at);
            at += object.bytes;
            for segment in &object.segments {
                let begin = usize::try_from(segment.offset).unwrap();
                let segment_bytes = &bytes[begin..begin + usize::try_from(segment.bytes).unwrap()];
                assert_eq!(segment.sha256, sha256(segment_bytes), "{} at {begin}", file.name);
            }
        }
        assert_eq!(at, file.bytes);
    }
}

fn journal(session: &Path) -> PathBuf {
    let entries = std::fs::read_dir(session).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> =
        entries.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(".upload-")).collect();
    assert_eq!(found.len(), 1);
    found.remove(0)
}

#[test]
fn a_session_arrives_whole_and_is_not_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path());
    let bucket = bucket(folder.path());
    let uploader = CloudUploader::new(bucket.clone());
    let first = uploader.upload(&session).unwrap();
    // A folder is written as the system writes folders.
    let url = first.url.to_string().replace('\\', "/");
    assert!(url.contains("/2026-11-23_120000_demo-") && !first.was_there, "{url}");

    let manifest = manifest(&bucket);
    assert_eq!(Some(&manifest), first.manifest.as_ref());
    check_whole(&bucket, &manifest, &session);
    let names: Vec<&str> = manifest.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["Replay with spaces.rpy", "empty.txt", "graphics.gtel", "physics.gtel"]);
    assert_eq!((manifest.game.as_str(), manifest.frames), ("demo", 12 * 16));
    assert!((manifest.seconds - 1.75).abs() < 1e-9, "{}", manifest.seconds);
    let physics = &manifest.files[3];
    // Some MiB each, of whole segments, each with its hash.
    assert_eq!(physics.objects.len(), 3);
    assert!(physics.objects.iter().all(|object| !object.segments.is_empty()));

    let again = uploader.upload(&session).unwrap();
    assert!(again.was_there && again.sent_objects == 0 && again.manifest.is_none());
    // A journal that was lost costs questions, no bytes.
    std::fs::remove_file(journal(&session)).unwrap();
    let without = uploader.upload(&session).unwrap();
    assert!(!without.was_there && without.sent_objects == 0);
}

#[test]
fn what_was_recovered_since_is_sent_from_where_it_differs() {
    let folder = tempfile::tempdir().unwrap();
    let session = folder.path().join("2026-11-23_120000_demo");
    std::fs::create_dir(&session).unwrap();
    let mut recording = Recording::new(&session, "physics");
    recording.add(9);
    let path = session.join("physics.gtel");
    let cut = std::fs::read(&path).unwrap();
    // As a killed recorder leaves it: no end, no index.
    drop(recording);
    std::fs::write(&path, &cut[..cut.len() - 1000]).unwrap();
    let bucket = bucket(folder.path());
    let uploader = CloudUploader::new(bucket.clone());
    let first = uploader.upload(&session).unwrap();
    check_whole(&bucket, &manifest(&bucket), &session);

    gametelemetry::recover(&path, |_| ()).unwrap();
    let second = uploader.upload(&session).unwrap();
    check_whole(&bucket, &manifest(&bucket), &session);
    assert!(second.sent_bytes < first.sent_bytes / 2, "{} of {}", second.sent_bytes, first.sent_bytes);
}

#[test]
fn a_recording_is_followed_and_seen_only_when_it_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let session = folder.path().join("2026-11-23_120000_demo");
    std::fs::create_dir(&session).unwrap();
    let mut recording = Recording::new(&session, "physics");
    recording.add(6);
    let bucket = bucket(folder.path());
    let is_over = AtomicBool::new(false);
    let (sender, arrived) = std::sync::mpsc::channel();
    let uploader = CloudUploader::new(bucket.clone()).on_progress(move |progress| {
        let _ = sender.send(progress);
    });
    let uploaded = std::thread::scope(|scope| {
        let following = scope.spawn(|| uploader.follow(&session, || is_over.load(Ordering::Acquire)));
        let progress = arrived.recv_timeout(std::time::Duration::from_secs(60)).unwrap();
        assert!(progress.bytes >= 4 << 20 && progress.bytes < progress.total_bytes);
        let below = bucket.list("").unwrap();
        assert!(!below.is_empty() && !below.iter().any(|it| it.key.ends_with(MANIFEST_SUFFIX)), "{below:?}");
        recording.add(2);
        recording.finish();
        is_over.store(true, Ordering::Release);
        following.join().unwrap().unwrap()
    });
    check_whole(&bucket, &manifest(&bucket), &session);
    // What had arrived before the end was not sent once more.
    assert_eq!(uploaded.sent_bytes, std::fs::metadata(session.join("physics.gtel")).unwrap().len());
}

#[test]
fn a_stopped_upload_leaves_the_session_unseen_and_goes_on_later() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path());
    let bucket = bucket(folder.path());
    let stop = StopToken::new();
    let stopping = stop.clone();
    let first = CloudUploader::new(bucket.clone()).stop_token(&stop).on_progress(move |_| stopping.stop());
    assert!(matches!(first.upload(&session), Err(CloudError::Stopped)));
    let arrived: u64 = bucket.list("").unwrap().iter().map(|it| it.bytes).sum();
    assert!(arrived > 0 && !bucket.list("").unwrap().iter().any(|it| it.key.ends_with(MANIFEST_SUFFIX)));

    let second = CloudUploader::new(bucket.clone()).upload(&session).unwrap();
    let manifest = manifest(&bucket);
    check_whole(&bucket, &manifest, &session);
    assert_eq!(second.sent_bytes, manifest.bytes - arrived);
}

#[test]
fn what_was_deleted_in_the_bucket_is_sent_again_when_the_session_changes() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path());
    let bucket = bucket(folder.path());
    let uploader = CloudUploader::new(bucket.clone());
    uploader.upload(&session).unwrap();
    // Everything, then one object that is cut short.
    for object in bucket.list("").unwrap() {
        bucket.delete(&object.key).unwrap();
    }
    std::fs::write(session.join("notes.txt"), "the rear is loose").unwrap();
    uploader.upload(&session).unwrap();
    check_whole(&bucket, &manifest(&bucket), &session);
    let key = manifest(&bucket).files[0].objects[0].key.clone();
    bucket.put(&key, "short".into()).unwrap();
    std::fs::write(session.join("notes.txt"), "the front is loose").unwrap();
    uploader.upload(&session).unwrap();
    check_whole(&bucket, &manifest(&bucket), &session);
}

#[test]
fn the_journal_of_one_folder_is_not_believed_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path());
    let other = Bucket::open(&CloudUrl::of_folder(&folder.path().join("other")), &BucketOptions::default());
    let (one, other) = (bucket(folder.path()), other.unwrap());
    CloudUploader::new(one.clone()).upload(&session).unwrap();
    let journal = journal(&session);
    let text = std::fs::read_to_string(&journal).unwrap();
    let begin: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let whole = folder.path().canonicalize().unwrap();
    assert!(begin["place"].as_str().unwrap().contains(whole.to_str().unwrap()), "{text}");
    CloudUploader::new(other.clone()).upload(&session).unwrap();
    check_whole(&other, &manifest(&other), &session);
}

#[test]
fn an_edit_that_keeps_the_length_is_found_while_and_after_a_session_is_uploaded() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path());
    let notes = session.join("notes.txt");
    std::fs::write(&notes, "the rear is loose").unwrap();
    let bucket = bucket(folder.path());
    let edit = |text: &str, seconds: u64| {
        std::fs::write(&notes, text).unwrap();
        // Another moment, however coarse the clock of the file system is.
        let at = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        std::fs::File::options().write(true).open(&notes).unwrap().set_modified(at).unwrap();
    };
    // Small files are cut first, and this is called when something has arrived.
    let last = session.join("zzz.txt");
    std::fs::write(&last, "last").unwrap();
    let (edited, other) = (notes.clone(), last.clone());
    let uploader = CloudUploader::new(bucket.clone()).at_once(std::num::NonZeroUsize::MIN);
    let editing = uploader.clone().on_progress(move |progress| {
        if progress.bytes == progress.total_bytes {
            std::fs::write(&edited, "the rear is tight").unwrap();
            for path in [&edited, &other] {
                let at = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(5);
                std::fs::File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
            }
        }
    });
    let error = editing.upload(&session).unwrap_err();
    assert!(matches!(&error, CloudError::Local { path, .. } if path.ends_with("notes.txt")), "{error:?}");
    assert!(!bucket.list("").unwrap().iter().any(|it| it.key.ends_with(MANIFEST_SUFFIX)));
    // One that was only touched is as it was.
    uploader.upload(&session).unwrap();
    check_whole(&bucket, &manifest(&bucket), &session);
    assert!(uploader.upload(&session).unwrap().was_there);
    edit("the rear is right", 10);
    assert!(!uploader.upload(&session).unwrap().was_there);
    check_whole(&bucket, &manifest(&bucket), &session);
}

#[test]
fn a_copy_from_which_a_file_vanishes_does_not_become_visible() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path());
    let copy = folder.path().join("copy");
    std::fs::create_dir(&copy).unwrap();
    for name in ["graphics.gtel", "empty.txt", "physics.gtel"] {
        std::fs::copy(session.join(name), copy.join(name)).unwrap();
    }
    let bucket = bucket(folder.path());
    let before = SessionFiles::of(&session).unwrap();
    let vanishing = copy.join("graphics.gtel");
    let uploader = CloudUploader::new(bucket.clone()).redacted();
    // Windows removes no open file under its name.
    let taking = uploader.clone().on_progress(move |_| {
        let _ = std::fs::rename(&vanishing, vanishing.with_file_name(".gone"));
    });
    let error = taking.upload_copy(&session, &copy, &before).unwrap_err();
    assert!(matches!(&error, CloudError::Local { path, .. } if path.ends_with("graphics.gtel")), "{error:?}");
    assert!(!bucket.list("").unwrap().iter().any(|it| it.key.ends_with(MANIFEST_SUFFIX)));
    std::fs::rename(copy.join(".gone"), copy.join("graphics.gtel")).unwrap();
    let uploaded = uploader.upload_copy(&session, &copy, &before).unwrap();
    check_whole(&bucket, &manifest(&bucket), &copy);
    assert_eq!(uploaded.files, before);
    assert!(uploader.earlier(&session).unwrap().is_some());
    std::fs::write(session.join("notes.txt"), "new").unwrap();
    assert!(uploader.earlier(&session).unwrap().is_none());
}

#[test]
fn a_thread_that_breaks_off_makes_no_session_visible() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path());
    let bucket = bucket(folder.path());
    let uploader = CloudUploader::new(bucket.clone()).on_progress(|_| {
        let is_helper = std::thread::current().name() == Some("upload");
        assert!(!is_helper, "as if there were a defect");
    });
    let upload = || uploader.upload(&session);
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(upload));
    assert!(ended.is_err());
    assert!(!bucket.list("").unwrap().iter().any(|it| it.key.ends_with(MANIFEST_SUFFIX)));
}

#[test]
fn a_manifest_that_is_there_is_not_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path());
    let bucket = bucket(folder.path());
    let uploader = CloudUploader::new(bucket.clone());
    let first = uploader.upload(&session).unwrap();
    // As if it had been killed before it could note that the manifest is there.
    let journal = journal(&session);
    let text = std::fs::read_to_string(&journal).unwrap();
    let cut = text.trim_end().rfind('\n').unwrap() + 1;
    std::fs::write(&journal, &text[..cut]).unwrap();
    let second = uploader.upload(&session).unwrap();
    assert!(!second.was_there && second.sent_objects == 0);
    assert_eq!(
        (first.manifest.as_ref(), manifest(&bucket)),
        (second.manifest.as_ref(), second.manifest.clone().unwrap())
    );
    // Another one is.
    std::fs::write(session.join("notes.txt"), "new").unwrap();
    let third = uploader.upload(&session).unwrap();
    assert_eq!(Some(manifest(&bucket)), third.manifest);
    assert_ne!(first.manifest, third.manifest);
}

#[test]
fn a_damaged_object_is_found_and_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path());
    let bucket = bucket(folder.path());
    CloudUploader::new(bucket.clone()).upload(&session).unwrap();
    let before = manifest(&bucket);
    let object = &before.files[3].objects[1];
    let mut bytes = bucket.get(&object.key).unwrap().to_vec();
    bytes[1000] ^= 1;
    bucket.put(&object.key, bytes.into()).unwrap();
    // Without the journal every object is asked for, and looked at.
    std::fs::remove_file(journal(&session)).unwrap();
    CloudUploader::new(bucket.clone()).upload(&session).unwrap();
    check_whole(&bucket, &manifest(&bucket), &session);
}

#[test]
fn a_folder_without_a_session_and_a_bucket_without_a_parent_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let missing = CloudUploader::new(bucket(folder.path())).upload(&folder.path().join("none")).unwrap_err();
    assert!(missing.to_string().starts_with("cannot open the session, check the path"), "{missing}");
    let url = CloudUrl::of_folder(&folder.path().join("no/such/place"));
    let error = Bucket::open(&url, &BucketOptions::default()).unwrap_err().to_string();
    assert!(error.starts_with("cannot use the folder, check that it is there"), "{error}");
}
