//! Watched folders: each finished version of a file is copied once, whole, and nothing else is.
//!
//! That something does *not* happen is seen by what happens after it: a further file is taken, and nothing was before.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use gametelemetry::{
    Existing, FileEvent, FileWatcherSource, GameSession, ReplayFile, RunningSession, SessionError,
    SourceError, Timestamp, files,
};

use crate::support::{folder, wait_until};

/// Short, where it is not the point how long.
const SETTLE: Duration = Duration::from_millis(120);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A folder with a game's files, and one with sessions.
struct Place {
    top: tempfile::TempDir,
}

impl Place {
    fn new(test: &str) -> Self {
        let place = Self { top: folder(test) };
        fs::create_dir(place.game()).unwrap();
        place
    }

    fn game(&self) -> PathBuf {
        self.top.path().join("game")
    }

    fn sessions(&self) -> PathBuf {
        self.top.path().join("sessions")
    }

    fn write(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.game().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        // Windows keeps the name of a deleted file for as long as somebody still reads it, and refuses it meanwhile.
        wait_until("the file's name being free", || match fs::write(&path, content) {
            Err(error) if cfg!(windows) && error.kind() == std::io::ErrorKind::PermissionDenied => false,
            written => {
                written.unwrap();
                true
            }
        });
        path
    }

    fn source(&self) -> FileWatcherSource {
        FileWatcherSource::new(["*.rec"]).folder(self.game()).settle(SETTLE)
    }

    fn start(&self, source: FileWatcherSource) -> Watching {
        let session = GameSession::new("replays").source(source).save_to(self.sessions()).start().unwrap();
        Watching { session, last: self.game().join("last.rec") }
    }
}

/// A session that watches.
struct Watching {
    session: RunningSession,
    /// The file that is written when nothing more is expected.
    last: PathBuf,
}

impl Watching {
    /// What is recorded so far.
    fn frames(&self) -> Vec<ReplayFile> {
        frames(self.session.folder())
    }

    fn wait_for(&self, number: usize) {
        wait_until("taking files", || self.frames().len() >= number);
    }

    /// Writes one more file, waits until it is taken, and gives what was recorded before it, with the copies.
    fn end(self) -> Vec<(ReplayFile, Vec<u8>)> {
        // Of another content in each session, or it would be no new version.
        fs::write(&self.last, self.session.folder().to_string_lossy().as_bytes()).unwrap();
        let is_last = |frame: &ReplayFile| frame.path.ends_with("last.rec");
        wait_until("taking the last file", || self.frames().iter().any(is_last));
        let folder = self.session.folder().to_owned();
        self.session.stop().unwrap();
        let mut frames = frames(&folder);
        assert!(frames.pop().is_some_and(|frame| is_last(&frame)), "{frames:?}");
        let copy = |frame: ReplayFile| {
            let bytes = fs::read(folder.join(&frame.stored_as)).unwrap();
            assert_eq!(bytes.len() as u64, frame.size);
            (frame, bytes)
        };
        frames.into_iter().map(copy).collect()
    }
}

fn frames(session: &Path) -> Vec<ReplayFile> {
    let Ok(mut reader) = files::open(&session.join("files.gtel")) else { return Vec::new() };
    let mut frames = Vec::new();
    while let Some(record) = reader.next_record().unwrap() {
        frames.push(ReplayFile::read(record.data).unwrap());
    }
    frames
}

/// Events and the names of copies.
fn events(frames: &[(ReplayFile, Vec<u8>)]) -> Vec<(FileEvent, &str)> {
    frames.iter().map(|(frame, _)| (frame.event, frame.stored_as.as_str())).collect()
}

/// Makes `path` look as if it had been written `age` ago.
fn set_age(path: &Path, age: Duration) {
    #[allow(clippy::disallowed_methods, reason = "the file system keeps wall time")]
    let time = SystemTime::now() - age;
    File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

#[test]
fn a_file_written_slowly_over_three_seconds_is_taken_once_and_whole() {
    let place = Place::new("watch_slow");
    let watching = place.start(place.source().settle(Duration::from_secs(2)));
    let mut file = File::create(place.game().join("match.rec")).unwrap();
    let mut expected = Vec::new();
    for piece in 0..30_u8 {
        let bytes = vec![piece; 10_000];
        file.write_all(&bytes).unwrap();
        expected.extend(bytes);
        // The game's own pace; only a stall of two seconds could make this look finished.
        std::thread::sleep(Duration::from_millis(100));
    }
    drop(file);
    watching.wait_for(1);
    let taken = watching.end();
    assert_eq!(events(&taken), [(FileEvent::Taken, "files/match.rec")]);
    let (frame, copy) = &taken[0];
    assert!(*copy == expected, "{} of {} bytes", copy.len(), expected.len());
    let path = place.game().join("match.rec");
    assert_eq!(frame.path, path.to_string_lossy());
    let modified = Timestamp::from(fs::metadata(path).unwrap().modified().unwrap());
    assert_eq!(frame.modified, modified);
    // What xxh64sum prints of the same bytes.
    assert_eq!(format!("{:016x}", frame.content_hash), "52cbb7c9be256253");
}

#[test]
fn what_is_there_already_is_left_alone_until_it_changes_or_taken_when_asked() {
    let place = Place::new("watch_existing");
    let old = place.write("old.rec", b"old");
    place.write("changed.rec", b"before");
    let watching = place.start(place.source());
    fs::rename(&old, place.game().join("renamed.rec")).unwrap();
    place.write("changed.rec", b"after it");
    place.write("other.txt", b"no replay");
    watching.wait_for(1);
    assert_eq!(events(&watching.end()), [(FileEvent::Taken, "files/changed.rec")]);

    let watching = place.start(place.source().existing(Existing::Take));
    let taken = watching.end();
    assert_eq!(events(&taken), [(FileEvent::Taken, "files/renamed.rec")], "the others were taken before");
}

#[test]
fn a_file_rewritten_is_a_second_version_and_one_only_touched_is_none() {
    let place = Place::new("watch_rewritten");
    let watching = place.start(place.source());
    let path = place.write("autosave.rec", b"first");
    watching.wait_for(1);
    fs::write(&path, b"second").unwrap();
    watching.wait_for(2);
    set_age(&path, Duration::from_secs(60));
    let taken = watching.end();
    let expected = [(FileEvent::Taken, "files/autosave.rec"), (FileEvent::Taken, "files/autosave_2.rec")];
    assert_eq!(events(&taken), expected);
    assert_eq!((taken[0].1.as_slice(), taken[1].1.as_slice()), (&b"first"[..], &b"second"[..]));
}

#[test]
fn a_recorder_started_again_takes_nothing_twice() {
    let place = Place::new("watch_again");
    let watching = place.start(place.source());
    place.write("one.rec", b"one");
    watching.wait_for(1);
    let first = watching.session.folder().join("files.gtel");
    assert_eq!(watching.end().len(), 1);
    // As a recorder leaves it that is killed: without an end.
    let cut = fs::metadata(&first).unwrap().len() - 10;
    File::options().write(true).open(first).unwrap().set_len(cut).unwrap();
    // A file of a session that nobody can read is no reason to fail.
    fs::create_dir(place.sessions().join("0000-broken")).unwrap();
    fs::write(place.sessions().join("0000-broken/files.gtel"), b"not a recording").unwrap();

    let between = place.write("between.rec", b"written between two sessions");
    fs::rename(place.game().join("one.rec"), place.game().join("one_renamed.rec")).unwrap();
    let watching = place.start(place.source().existing(Existing::Take));
    watching.wait_for(2);
    let taken = watching.end();
    assert_eq!(taken.len(), 2, "{taken:?}");
    let find = |path: &Path| &taken.iter().find(|(frame, _)| frame.path == path.to_string_lossy()).unwrap().0;
    assert_eq!(find(&between).event, FileEvent::Taken);
    let renamed = find(&place.game().join("one_renamed.rec"));
    assert_eq!(renamed.event, FileEvent::Renamed);
    assert!(
        renamed.stored_as.starts_with("../") && renamed.stored_as.ends_with("/files/one.rec"),
        "{renamed:?}"
    );

    let watching = place.start(place.source().existing(Existing::Take));
    assert!(watching.end().is_empty());
}

#[test]
fn a_rename_is_noted_and_not_copied_and_so_is_a_second_file_of_the_same_content() {
    let place = Place::new("watch_rename");
    let watching = place.start(place.source());
    let path = place.write("unsaved.rec", b"a match");
    watching.wait_for(1);
    let saved = place.game().join("saved.rec");
    fs::rename(path, &saved).unwrap();
    watching.wait_for(2);
    fs::copy(&saved, place.game().join("again.rec")).unwrap();
    watching.wait_for(3);
    set_age(&saved, Duration::from_secs(60));
    let taken = watching.end();
    let copy = "files/unsaved.rec";
    let expected = [FileEvent::Taken, FileEvent::Renamed, FileEvent::Duplicate].map(|event| (event, copy));
    assert_eq!(events(&taken), expected);
    assert_eq!(taken[1].0.path, saved.to_string_lossy());
}

#[test]
fn a_file_that_gets_its_name_when_it_is_finished_is_taken_under_that_name() {
    let place = Place::new("watch_temporary");
    let watching = place.start(place.source());
    let temporary = place.write("match.rec.tmp", b"half");
    fs::write(&temporary, b"half and half").unwrap();
    fs::rename(temporary, place.game().join("match.rec")).unwrap();
    watching.wait_for(1);
    let taken = watching.end();
    assert_eq!(events(&taken), [(FileEvent::Taken, "files/match.rec")]);
    assert_eq!(taken[0].1, b"half and half");
}

#[test]
fn a_folder_that_appears_later_is_watched_and_what_is_old_in_it_is_not_news() {
    let place = Place::new("watch_later");
    let later = place.top.path().join("mnt/later");
    let watching = place.start(place.source().folder(&later));
    let aside = place.top.path().join("aside");
    fs::create_dir(&aside).unwrap();
    fs::write(aside.join("old.rec"), b"old").unwrap();
    fs::write(aside.join("new.rec"), b"new").unwrap();
    set_age(&aside.join("old.rec"), 2 * DAY);
    fs::create_dir_all(later.parent().unwrap()).unwrap();
    fs::rename(aside, &later).unwrap();
    watching.wait_for(1);
    assert_eq!(events(&watching.end()), [(FileEvent::Taken, "files/new.rec")]);
}

#[test]
fn sub_folders_keep_their_names_and_two_files_of_one_name_do_not_overwrite_each_other() {
    let place = Place::new("watch_folders");
    let second = place.top.path().join("second");
    fs::create_dir(&second).unwrap();
    let watching = place.start(place.source().folder(&second).recursive(true));
    place.write("match.rec", b"first");
    watching.wait_for(1);
    fs::write(second.join("match.rec"), b"second").unwrap();
    watching.wait_for(2);
    place.write("Match-1/round.rec", b"round one");
    watching.wait_for(3);
    place.write("Match-2/round.rec", b"round two");
    watching.wait_for(4);
    let taken = watching.end();
    let copies: Vec<_> =
        taken.iter().map(|(frame, copy)| (frame.stored_as.as_str(), copy.as_slice())).collect();
    let expected: [(&str, &[u8]); 4] = [
        ("files/match.rec", b"first"),
        ("files/match_2.rec", b"second"),
        ("files/Match-1/round.rec", b"round one"),
        ("files/Match-2/round.rec", b"round two"),
    ];
    assert_eq!(copies, expected);
}

#[test]
fn sub_folders_are_not_watched_unless_asked() {
    let place = Place::new("watch_flat");
    let watching = place.start(place.source());
    place.write("in/match.rec", b"not this one");
    assert!(watching.end().is_empty());
}

#[test]
fn a_file_deleted_before_it_is_finished_leaves_nothing() {
    let place = Place::new("watch_deleted");
    let watching = place.start(place.source());
    for number in 0..5 {
        let path = place.write("match.rec", &[number; 100]);
        // While the recorder has it open, Windows only notes the deletion; when it is carried out, it may have been the
        // next file of the name that went.
        let removed = fs::remove_file(path);
        let is_gone = removed.as_ref().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
        assert!(removed.is_ok() || (cfg!(windows) && is_gone), "{removed:?}");
    }
    place.write("empty.rec", b"");
    let folder = watching.session.folder().to_owned();
    assert!(watching.end().is_empty());
    let copies: Vec<_> =
        fs::read_dir(folder.join("files")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(copies, ["last.rec"]);
}

#[test]
fn names_of_any_language_survive() {
    let place = Place::new("watch_names");
    let watching = place.start(place.source());
    place.write("Größe リプレイ 🏁.rec", b"umlauts and more");
    watching.wait_for(1);
    let taken = watching.end();
    assert_eq!(events(&taken), [(FileEvent::Taken, "files/Größe リプレイ 🏁.rec")]);
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_text_survive_in_the_copy() {
    use std::os::unix::ffi::OsStrExt as _;

    let place = Place::new("watch_bytes");
    let name = std::ffi::OsStr::from_bytes(b"match \xff\xfe.rec");
    let watching = place.start(place.source());
    fs::write(place.game().join(name), b"bytes").unwrap();
    watching.wait_for(1);
    assert_eq!(fs::read(watching.session.folder().join("files").join(name)).unwrap(), b"bytes");
    assert_eq!(watching.frames()[0].stored_as, "files/match \u{fffd}\u{fffd}.rec");
    watching.session.stop().unwrap();
}

#[cfg(windows)]
#[test]
fn a_file_that_is_open_for_writing_or_locked_is_waited_for() {
    use std::os::windows::fs::OpenOptionsExt as _;

    for (test, share) in [("watch_open", 7), ("watch_locked", 0)] {
        let place = Place::new(test);
        let watching = place.start(place.source());
        let path = place.game().join("match.rec");
        let mut file =
            File::options().write(true).create(true).truncate(true).share_mode(share).open(&path).unwrap();
        file.write_all(b"a match").unwrap();
        place.write("other.rec", b"finished");
        watching.wait_for(1);
        place.write("third.rec", b"finished too");
        watching.wait_for(2);
        drop(file);
        watching.wait_for(3);
        let expected = ["files/other.rec", "files/third.rec", "files/match.rec"];
        let taken = watching.end();
        assert_eq!(events(&taken), expected.map(|copy| (FileEvent::Taken, copy)), "{test}");
    }
}

#[test]
fn copies_are_not_copied_when_sessions_lie_in_the_watched_folder() {
    let place = Place::new("watch_inside");
    let source = place.source().recursive(true);
    let sessions = place.game().join("sessions");
    let session = GameSession::new("replays").source(source).save_to(&sessions).start().unwrap();
    let watching = Watching { session, last: place.game().join("last.rec") };
    place.write("match.rec", b"a match");
    watching.wait_for(1);
    assert_eq!(events(&watching.end()), [(FileEvent::Taken, "files/match.rec")]);
}

#[test]
fn without_copies_files_are_seen_where_they_are_and_may_be_copied_later() {
    let place = Place::new("watch_seen");
    let watching = place.start(place.source().copy(false));
    place.write("match.rec", b"a match");
    watching.wait_for(1);
    let frames = watching.frames();
    assert_eq!((frames[0].event, frames[0].stored_as.as_str()), (FileEvent::Seen, ""));
    assert!(!watching.session.folder().join("files").exists());
    watching.session.stop().unwrap();
    let watching = place.start(place.source().existing(Existing::Take));
    watching.wait_for(1);
    assert_eq!(events(&watching.end()), [(FileEvent::Taken, "files/match.rec")]);
}

#[test]
fn what_was_not_finished_at_the_end_is_said() {
    let place = Place::new("watch_end");
    let path = place.write("match.rec", b"half a match");
    let expected =
        format!("not taken, because it was not finished when the recording ended: {}", path.display());
    let mut long_enough = Duration::from_millis(20);
    // How long the first look takes to come is the machine's affair.
    wait_until("the notice", || {
        let source = place.source().settle(Duration::from_secs(3600)).existing(Existing::Take);
        let watching = place.start(source);
        std::thread::sleep(long_enough);
        long_enough *= 2;
        let summary = watching.session.stop().unwrap();
        summary.sources[0].ledger.notices == [expected.clone()]
    });
}

#[test]
fn no_folder_is_an_error_when_it_is_not_to_be_waited_for() {
    let place = Place::new("watch_none");
    let refused = |source: FileWatcherSource| {
        let session = GameSession::new("replays").source(source).save_to(place.sessions());
        let Err(SessionError::Begin { source, .. }) = session.start() else { panic!("it started") };
        assert!(matches!(source, SourceError::NotRunning { .. } | SourceError::Other { .. }), "{source:?}");
        source.to_string()
    };
    let source = || FileWatcherSource::new(["*.rec"]).hint("save a replay in the game");
    let said = refused(source().folder(place.top.path().join("none")).fail_fast(true));
    assert!(
        said.starts_with("the folder ") && said.contains("none is not there: name it with --folder. save"),
        "{said}"
    );
    let file = place.write("match.rec", b"a match");
    assert!(refused(source().folder(file)).starts_with("this is a file, name the folder that it is in: "));
    assert!(refused(source()).starts_with("a folder to watch is not there"));
    assert!(fs::read_dir(place.sessions()).unwrap().next().is_none(), "no empty session is left behind");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_ends_the_recording_and_what_was_taken_before_stays() {
    let place = Place::new("watch_full");
    let sessions = place.top.path().join("disk");
    fs::create_dir(&sessions).unwrap();
    let Some(_disk) = crate::disk_full::SmallDisk::mount(&sessions) else {
        println!("left out: only root may mount a small disk");
        return;
    };
    let session = GameSession::new("replays").source(place.source()).save_to(&sessions).start().unwrap();
    let watching = Watching { session, last: PathBuf::new() };
    place.write("small.rec", b"fits");
    watching.wait_for(1);
    place.write("large.rec", &vec![7; 2 << 20]);
    watching.session.wait();
    let folder = watching.session.folder().to_owned();
    let error = watching.session.stop().unwrap_err();
    let said = std::error::Error::source(&error).unwrap().to_string();
    assert!(said.contains("the disk is full: free some space"), "{said}");
    assert_eq!(frames(&folder).len(), 1);
    let copies: Vec<_> =
        fs::read_dir(folder.join("files")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(copies, ["small.rec"], "no half copy is left");
}
