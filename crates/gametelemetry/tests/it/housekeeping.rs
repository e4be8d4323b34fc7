//! Housekeeping on real folders: what is seen as a session, what is never touched, and what a crash leaves.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use gametelemetry::housekeeping::{
    Fate, Hold, PrunePolicy, Quota, QuotaEnd, Removal, RemoveError, SessionLaps, SessionOnDisk, Staying,
    free_bytes, remove_leftovers, remove_session, sessions_in,
};
use gametelemetry::{
    BinarySessionWriter, GameSession, Header, Ledger, PackedFrame as _, SessionWriter as _, StopToken,
    Timestamp, WriterOptions, clock,
};

use crate::laps::player::Player;
use crate::support::{Page, Scripted, folder, wait_until};

fn now() -> Timestamp {
    clock::Clock::system().now()
}

/// Begins a session called `name` that began at `started`; it is locked until it is finished or dropped.
fn begin(out: &Path, name: &str, started: &str, pages: u32) -> BinarySessionWriter {
    let session = out.join(name);
    fs::create_dir_all(&session).unwrap();
    let header = Header::new("testgame", "physics", Page::schema().clone(), started.parse().unwrap());
    let path = session.join("physics.gtel");
    let mut writer = BinarySessionWriter::create(&path, &header, WriterOptions::default()).unwrap();
    for number in 0..pages {
        writer.write(header.clock.started, Page::numbered(number).bytes()).unwrap();
    }
    writer.flush().unwrap();
    writer
}

/// A finished session of the year 2020 and so many pages.
fn session(out: &Path, name: &str, day: u32, pages: u32) -> PathBuf {
    let mut writer = begin(out, name, &format!("2020-01-{day:02}T10:00:00Z"), pages);
    writer.finish(&Ledger { finished: true, ..Ledger::default() }).unwrap();
    out.join(name)
}

fn sessions(out: &Path) -> Vec<SessionOnDisk> {
    sessions_in(out, now()).unwrap()
}

fn names(out: &Path) -> Vec<String> {
    sessions(out).into_iter().map(|session| session.name).collect()
}

fn entries(out: &Path) -> Vec<String> {
    let entries = fs::read_dir(out).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn journal(session: &Path, lines: &str) -> PathBuf {
    let path = session.join(".upload-3f2a.jsonl");
    fs::write(&path, lines).unwrap();
    path
}

/// Moves the file's last change so far into the past.
fn age(path: &Path, by: Duration) {
    let modified = SystemTime::from(now() - by);
    File::options().write(true).open(path).unwrap().set_modified(modified).unwrap();
}

const DONE: &str = "{\"step\":\"begun\"}\n{\"step\":\"done\"}\n";

#[test]
fn a_session_is_listed_with_its_size_start_and_game_the_oldest_first() {
    let out = folder("list");
    session(out.path(), "b", 2, 10);
    session(out.path(), "a", 3, 100);
    let found = sessions(out.path());
    let seen: Vec<_> = found.iter().map(|it| (it.name.as_str(), it.game.as_str(), it.hold.clone())).collect();
    assert_eq!(seen, [("b", "testgame", None), ("a", "testgame", None)]);
    assert_eq!(found[0].started, "2020-01-02T10:00:00Z".parse().unwrap());
    assert_eq!(found[1].path, out.path().join("a"));
    assert!(!found[0].is_uploaded && found[0].laps == SessionLaps::NotRead);

    let physics = fs::metadata(out.path().join("a/physics.gtel")).unwrap().len();
    assert_eq!(found[1].bytes, physics);
    fs::write(out.path().join("a/report.html"), [0; 500]).unwrap();
    fs::create_dir(out.path().join("a/more")).unwrap();
    fs::write(out.path().join("a/more/notes.txt"), [0; 50]).unwrap();
    assert_eq!(sessions(out.path())[1].bytes, physics + 550);
    assert!(sessions_in(&out.path().join("nowhere"), now()).is_err());
}

#[test]
fn what_is_no_session_is_not_seen_and_not_touched() {
    let out = folder("foreign");
    let path = out.path();
    session(path, "real", 1, 10);
    fs::write(path.join("readme.txt"), "mine").unwrap();
    fs::create_dir(path.join("empty")).unwrap();
    fs::create_dir(path.join("pictures")).unwrap();
    fs::write(path.join("pictures/1.jpg"), "mine").unwrap();
    fs::create_dir(path.join("dat")).unwrap();
    fs::write(path.join("dat/physics.dat"), "an older program's").unwrap();
    session(path, ".hidden", 1, 10);
    fs::create_dir(path.join("folder.gtel")).unwrap();
    let before = entries(path);
    let plan = PrunePolicy { max_count: Some(0), ..PrunePolicy::default() }.plan(sessions(path), now());
    assert_eq!(plan.going().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["real"]);
    for name in ["empty", "pictures", "dat", ".hidden", "folder.gtel", "nowhere"] {
        let error = remove_session(&path.join(name), now()).unwrap_err();
        assert!(matches!(error, RemoveError::NoSession { .. }), "{name}: {error}");
    }
    assert_eq!((remove_leftovers(path).unwrap(), entries(path)), (0, before));
    remove_session(&path.join("real"), now()).unwrap();
    assert_eq!(names(path), [""; 0]);
}

#[cfg(unix)]
#[test]
fn links_are_neither_sessions_nor_followed() {
    let (out, elsewhere) = (folder("links"), folder("elsewhere"));
    let real = session(elsewhere.path(), "real", 1, 10);
    std::os::unix::fs::symlink(&real, out.path().join("linked")).unwrap();
    assert_eq!(names(out.path()), [""; 0]);
    assert!(remove_session(&out.path().join("linked"), now()).is_err());
    // A left-over that is a link.
    std::os::unix::fs::symlink(&real, out.path().join(".x.deleting")).unwrap();
    assert_eq!(remove_leftovers(out.path()).unwrap(), 0);
    // A session with a link in it: not ours, though it is called like a recording.
    let session = session(out.path(), "session", 1, 10);
    std::os::unix::fs::symlink(real.join("physics.gtel"), session.join("other.gtel")).unwrap();
    let hold = Hold::Foreign { name: "other.gtel".into() };
    assert_eq!(sessions(out.path())[0].hold, Some(hold));
    assert!(remove_session(&session, now()).is_err());
    assert!(real.join("physics.gtel").exists() && session.join("physics.gtel").exists());
}

#[test]
fn a_session_with_a_file_of_the_user_stays_and_says_which() {
    let out = folder("notes");
    let path = session(out.path(), "a", 1, 10);
    for ours in ["report.html", "physics.gtel.damaged", ".upload-1.jsonl", ".DS_Store"] {
        fs::write(path.join(ours), "").unwrap();
    }
    age(&path.join(".upload-1.jsonl"), Duration::from_secs(3600));
    assert_eq!(sessions(out.path())[0].hold, None);
    fs::write(path.join("notes.txt"), "best setup").unwrap();
    let hold = Hold::Foreign { name: "notes.txt".into() };
    assert_eq!(sessions(out.path())[0].hold, Some(hold.clone()));
    let error = remove_session(&path, now()).unwrap_err();
    assert!(matches!(error, RemoveError::Held { hold: held, .. } if held == hold));
    fs::remove_file(path.join("notes.txt")).unwrap();
    remove_session(&path, now()).unwrap();
    assert_eq!(entries(out.path()), [""; 0]);
}

#[test]
fn a_file_that_comes_between_the_look_and_the_deletion_brings_the_session_back() {
    let out = folder("between");
    let path = session(out.path(), "a", 1, 10);
    let mut removal = Removal::begin(&path, now()).unwrap();
    fs::write(path.join("notes.txt"), "best setup").unwrap();
    assert!(matches!(removal.step().unwrap_err(), RemoveError::Held { .. }));
    assert_eq!(entries(out.path()), ["a"]);
    assert_eq!(entries(&path), ["notes.txt", "physics.gtel"]);
}

#[test]
fn a_session_that_is_being_recorded_is_held_until_it_ends() {
    let out = folder("recorded");
    let mut writer = begin(out.path(), "a", "2020-01-01T10:00:00Z", 10);
    let file = out.path().join("a/physics.gtel");
    let hold = || sessions(out.path())[0].hold.clone();
    assert_eq!(hold(), Some(Hold::Recording), "just made");
    if cfg!(unix) {
        age(&file, Duration::from_secs(3600));
        assert_eq!(hold(), Some(Hold::Recording), "locked");
    }
    assert!(remove_session(&out.path().join("a"), now()).is_err());
    writer.finish(&Ledger { finished: true, ..Ledger::default() }).unwrap();
    // However young it is: its end is there.
    assert_eq!(hold(), None);
    // Windows removes no file that is open.
    drop(writer);
    remove_session(&out.path().join("a"), now()).unwrap();
}

#[test]
fn a_session_that_a_crash_ended_may_go_after_a_while() {
    let out = folder("crashed");
    session(out.path(), "a", 1, 200);
    let file = out.path().join("a/physics.gtel");
    let length = fs::metadata(&file).unwrap().len();
    File::options().write(true).open(&file).unwrap().set_len(length / 2).unwrap();
    assert_eq!(sessions(out.path())[0].hold, Some(Hold::Recording));
    age(&file, Duration::from_secs(3600));
    assert_eq!(sessions(out.path())[0].hold, None);
}

#[test]
fn files_that_nobody_can_read_stay() {
    let out = folder("unreadable");
    fs::create_dir(out.path().join("a")).unwrap();
    fs::write(out.path().join("a/physics.gtel"), "this is no recording at all").unwrap();
    age(&out.path().join("a/physics.gtel"), Duration::from_secs(3600));
    let found = sessions(out.path());
    assert_eq!((found[0].hold.clone(), found[0].game.as_str()), (Some(Hold::Unreadable), ""));
    let changed = now().duration_since(found[0].started).unwrap();
    assert!((3590..3800).contains(&changed.as_secs()), "without a header its start is its last change");
}

#[test]
fn a_session_is_uploaded_when_a_journal_says_so_and_nothing_changed_since() {
    let out = folder("uploaded");
    let path = session(out.path(), "a", 1, 10);
    let file = path.join("physics.gtel");
    let seen = || {
        let found = sessions(out.path()).remove(0);
        (found.is_uploaded, found.hold)
    };
    assert_eq!(seen(), (false, None));
    journal(&path, "{\"step\":\"begin\"}\n{\"step\":\"stored\"}\n");
    assert_eq!(seen(), (false, Some(Hold::Uploading)), "just begun");
    let old = |path: &Path| age(path, Duration::from_secs(3600));
    let begun = path.join(".upload-3f2a.jsonl");
    old(&begun);
    assert_eq!(seen(), (false, None), "an upload that ended long ago");
    if cfg!(unix) {
        let upload = File::options().append(true).open(&begun).unwrap();
        upload.lock().unwrap();
        assert_eq!(seen(), (false, Some(Hold::Uploading)), "an upload that waits for the network");
    }
    let listed = |bytes: u64| {
        let metadata = fs::metadata(&file).unwrap();
        let modified =
            metadata.modified().unwrap().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos();
        let name = "\"name\":\"physics.gtel\"";
        format!(
            "{{\"step\":\"begin\"}}\n{{\"step\":\"done\",\"files\":[{{{name},\"bytes\":{bytes},\"modified\":{modified}}}]}}\n"
        )
    };
    let size = fs::metadata(&file).unwrap().len();
    old(&file);
    for (text, is_uploaded) in [(listed(size), true), (listed(size + 1), false), (DONE.to_owned(), true)] {
        age(&journal(&path, &text), Duration::from_secs(1800));
        assert_eq!(seen(), (is_uploaded, None), "{text}");
    }
    // A second upload that never came to its end does not count against the first.
    fs::write(path.join(".upload-other.jsonl"), "{\"step\":\"begin\"}\n").unwrap();
    old(&path.join(".upload-other.jsonl"));
    assert_eq!(seen(), (true, None));
    // Recovered, or otherwise changed, after it was uploaded; or another file came.
    let text = listed(size);
    old(&journal(&path, &text));
    assert_eq!(seen(), (true, None));
    fs::copy(&file, path.join("graphics.gtel")).unwrap();
    assert_eq!(seen(), (false, None));
    fs::remove_file(path.join("graphics.gtel")).unwrap();
    age(&file, Duration::from_secs(60));
    assert_eq!(seen(), (false, None));
    old(&journal(&path, DONE));
    assert_eq!(seen(), (false, None), "changed after a journal without a list");
}

/// Whatever step a crash comes behind, the session is there whole or not at all, and the rest is removed next time.
#[test]
fn a_deletion_that_is_cut_short_at_any_step_leaves_a_whole_session_or_none() {
    let out = folder("cut_short");
    for steps in 0.. {
        let path = session(out.path(), "a", 1, 10);
        for file in ["graphics.gtel", "static.gtel"] {
            fs::copy(path.join("physics.gtel"), path.join(file)).unwrap();
        }
        fs::write(path.join("report.html"), "").unwrap();
        journal(&path, DONE);
        let whole = sessions(out.path());
        let mut removal = Removal::begin(&path, now()).unwrap();
        let mut is_over = false;
        for _ in 0..steps {
            is_over = !removal.step().unwrap();
        }
        drop(removal);
        assert_eq!(sessions(out.path()), if steps == 0 { whole } else { Vec::new() }, "after {steps} steps");
        let leftovers = remove_leftovers(out.path()).unwrap();
        assert_eq!(leftovers, usize::from(steps > 0 && !is_over), "after {steps} steps");
        let _ = remove_session(&path, now());
        assert_eq!(entries(out.path()), [""; 0], "after {steps} steps");
        if is_over {
            assert_eq!(steps, 7, "hidden, five files, the folder");
            return;
        }
    }
}

#[test]
fn a_leftover_of_the_same_name_is_not_in_the_way() {
    let out = folder("again");
    let path = session(out.path(), "a", 1, 10);
    let mut removal = Removal::begin(&path, now()).unwrap();
    removal.step().unwrap();
    drop(removal);
    let path = session(out.path(), "a", 1, 20);
    remove_session(&path, now()).unwrap();
    assert_eq!(entries(out.path()), [""; 0]);
}

#[test]
fn a_hidden_folder_with_other_files_is_no_leftover() {
    let out = folder("mine");
    let mine = out.path().join(".mine.deleting");
    fs::create_dir(&mine).unwrap();
    fs::write(mine.join("novel.txt"), "mine").unwrap();
    fs::create_dir(out.path().join("deleting")).unwrap();
    fs::create_dir(out.path().join(".deleting")).unwrap();
    assert_eq!(remove_leftovers(out.path()).unwrap(), 0);
    assert_eq!(entries(out.path()), [".deleting", ".mine.deleting", "deleting"]);
    assert_eq!(remove_leftovers(&out.path().join("nowhere")).unwrap(), 0);
}

/// Windows refuses to rename a folder in which another one is just looking at a file.
#[cfg(unix)]
#[test]
fn many_housekeepings_at_once_delete_each_session_once() {
    let out = folder("at_once");
    for number in 0..20 {
        session(out.path(), &format!("{number:02}"), 1, 10);
    }
    let all = sessions(out.path());
    let removed: usize = std::thread::scope(|scope| {
        let worker = || {
            let one = |it: &&SessionOnDisk| {
                let _ = remove_leftovers(out.path());
                remove_session(&it.path, now()).is_ok()
            };
            all.iter().filter(one).count()
        };
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    assert_eq!(removed, 20);
    remove_leftovers(out.path()).unwrap();
    assert_eq!(entries(out.path()), [""; 0]);
}

/// A session of three laps at this speed, in m/s.
fn drive(out: &Path, name: &str, speed: f64) -> PathBuf {
    let path = out.join(name);
    fs::create_dir_all(&path).unwrap();
    let channels = ["lap_number", "lap_distance", "lap_time", "last_lap_time", "speed"].map(str::to_owned);
    let mut player = Player::new(&path, &channels, 1000.0, 20.0, 0.0);
    player.drive(3500.0, speed);
    let counted = player.laps().laps.iter().filter(|lap| lap.counted_time().is_some()).count();
    assert!(counted >= 2, "{counted}");
    path
}

#[test]
fn the_best_laps_are_read_from_the_sessions_and_keep_them() {
    let out = folder("best");
    for (name, speed) in [("a", 50.0), ("b", 60.0), ("c", 40.0)] {
        drive(out.path(), name, speed);
    }
    session(out.path(), "d", 1, 10);
    // A second file that is no recording may hide a better lap.
    drive(out.path(), "e", 30.0);
    fs::write(out.path().join("e/other.gtel"), "what is this").unwrap();
    age(&out.path().join("e/other.gtel"), Duration::from_secs(3600));
    let mut all = sessions(out.path());
    all.iter_mut().for_each(SessionOnDisk::read_laps);
    let policy = PrunePolicy { max_count: Some(0), keep_best: Some(1), ..PrunePolicy::default() };
    let plan = policy.plan(all.clone(), now());
    let fates: Vec<(&str, &str)> =
        plan.sessions.iter().map(|it| (it.session.name.as_str(), it.fate.name())).collect();
    let of = |name: &str| fates.iter().find(|(known, _)| *known == name).unwrap().1;
    assert_eq!(
        ["a", "b", "c", "d", "e"].map(of),
        ["max_count", "best_lap", "max_count", "max_count", "laps_unreadable"]
    );
    let SessionLaps::Read(laps) = &all.iter().find(|it| it.name == "b").unwrap().laps else { panic!() };
    let best = laps.iter().map(|lap| lap.time).min().unwrap();
    assert!((best.as_secs_f64() - 1000.0 / 60.0).abs() < 0.1, "{best:?}");
    let without_laps = all.iter().find(|it| it.name == "d").unwrap();
    assert_eq!(without_laps.laps, SessionLaps::Read(Vec::new()), "no laps are no reason to stay");
    let Fate::Stays(Staying::LapsUnreadable(reason)) =
        &plan.sessions.iter().find(|it| it.session.name == "e").unwrap().fate
    else {
        panic!()
    };
    assert!(reason.starts_with("other.gtel: "), "{reason}");
}

fn quota(out: &Path, max_bytes: u64) -> Quota {
    Quota { folder: out.into(), max_bytes: Some(max_bytes), min_free_bytes: 0, only_uploaded: false }
}

#[test]
fn a_quota_takes_the_oldest_and_no_more_than_it_must() {
    let out = folder("quota");
    for (name, day) in [("c", 3), ("a", 1), ("b", 2)] {
        session(out.path(), name, day, 100);
    }
    let each = sessions(out.path())[0].bytes;
    let report = quota(out.path(), 3 * each).enforce(None);
    assert_eq!((report.removed.len(), report.end), (0, None));
    let report = quota(out.path(), 2 * each + 10).enforce(None);
    assert_eq!((report.removed[0].name.as_str(), report.removed.len(), report.end), ("a", 1, None));
    assert_eq!(entries(out.path()), ["b", "c"]);
    // Only what is uploaded: then the older one stays, and with nothing else to take that is said.
    journal(&out.path().join("c"), DONE);
    let careful = Quota { only_uploaded: true, ..quota(out.path(), each / 2) };
    let report = careful.enforce(None);
    assert_eq!((report.removed[0].name.as_str(), report.removed.len()), ("c", 1));
    assert!(matches!(report.end, Some(QuotaEnd::Full { not_uploaded: 1, held: 0, .. })), "{:?}", report.end);
    assert_eq!(entries(out.path()), ["b"]);
    // A folder that is not there yet has no sessions, and a disk.
    let nowhere = Quota { min_free_bytes: 1, ..quota(&out.path().join("not/yet"), 0) };
    assert_eq!(nowhere.enforce(None).end, None);
}

#[test]
fn a_disk_with_too_little_space_is_told_and_nothing_is_deleted_for_it() {
    let out = folder("low");
    session(out.path(), "a", 1, 10);
    assert!(free_bytes(out.path()).unwrap() > 0);
    let greedy = Quota { min_free_bytes: u64::MAX, ..quota(out.path(), u64::MAX) };
    let report = greedy.enforce(None);
    assert!(matches!(report.end, Some(QuotaEnd::LowDisk { needed: u64::MAX, .. })), "{:?}", report.end);
    assert_eq!(names(out.path()), ["a"]);
}

/// The sessions before go one after the other while the recording grows; when only it is left, it ends, whole.
#[test]
fn a_recording_outlives_the_sessions_before_it_and_ends_in_order_when_nothing_else_may_go() {
    let out = folder("watched");
    for day in 1..=3 {
        session(out.path(), &format!("old{day}"), day, 300);
    }
    fs::write(out.path().join("old2/notes.txt"), "mine").unwrap();
    let total: u64 = sessions(out.path()).iter().map(|it| it.bytes).sum();
    let stop = StopToken::new();
    let running = GameSession::new("testgame").source(Scripted::endless("physics")).save_to(out.path());
    let running = running.stop_token(&stop).start().unwrap();
    let path = running.folder().to_owned();
    let watch =
        quota(out.path(), total + 20_000).watch(path.clone(), &stop, Duration::from_millis(10)).unwrap();
    wait_until("the end of the recording", || stop.is_stopped());
    let summary = running.stop().unwrap();
    let report = watch.finish();
    assert_eq!(report.removed.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["old1", "old3"]);
    assert!(matches!(report.end, Some(QuotaEnd::Full { not_uploaded: 0, held: 1, .. })), "{:?}", report.end);
    let left = sessions(out.path());
    assert_eq!((left.len(), left[0].name.as_str(), left[1].path.clone()), (2, "old2", path));
    assert!(!summary.lost_data() && summary.recorded() > 0);
    let contents = crate::support::Contents::read(&left[1].path.join("physics.gtel"));
    assert_eq!(contents.records.len() as u64, summary.recorded());
    assert_eq!(contents.end, gametelemetry::End::Complete);
}

#[test]
fn a_quota_that_holds_ends_nothing() {
    let out = folder("holds");
    let stop = StopToken::new();
    let watch =
        quota(out.path(), u64::MAX).watch(out.path().join("a"), &stop, Duration::from_millis(1)).unwrap();
    let report = watch.finish();
    assert!(report.end.is_none() && report.removed.is_empty() && !stop.is_stopped());
}
