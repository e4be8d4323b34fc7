//! Whatever the network does, and wherever the uploader dies: the session is in the cloud in the end, and nothing that
//! was acknowledged is sent again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use gametelemetry_cloud::{Bucket, BucketOptions, CloudError, CloudUploader, CloudUrl, Retry, Uploaded};

use crate::clouds::faults::{Plan, Random};
use crate::clouds::proxy::{Entry, When};
use crate::clouds::rig::{Rig, text};
use crate::clouds::sessions::{assert_same, contents};
use crate::clouds::{Kind, assert_nothing_acknowledged_is_sent_again};
use crate::simulated::simulated;
use crate::support::{Place, Ran, Running, wait_until};

/// How many uploads go through a hostile network, most of them to S3.
const RUNS: u64 = 200;
/// How many of them are under way at the same time: they mostly wait.
const AT_ONCE: usize = 12;

/// A session of several objects, all of them small but for one seed in 25, whose file of physics takes two.
fn small_session(rig: &Rig, seed: u64) -> PathBuf {
    // Driving it takes longer than sending it, and every run may have the same frames.
    static SHORT: OnceLock<BTreeMap<String, Vec<u8>>> = OnceLock::new();
    static LONG: OnceLock<BTreeMap<String, Vec<u8>>> = OnceLock::new();
    let (frames, time) = if seed % 25 == 24 { (&LONG, "1m") } else { (&SHORT, "3s") };
    let frames = frames.get_or_init(|| {
        let place = Place::new();
        contents(Path::new(&simulated(&place, "out", &["acc", "--for", time])))
    });
    let session = rig.place.path().join(format!("session{seed}"));
    write(&session, frames);
    let mut random = Random::new(seed);
    for number in 0..5 {
        let bytes: Vec<u8> = (0..1 + random.below(20_000)).map(|_| random.next() as u8).collect();
        std::fs::write(session.join(format!("setup{number}.json")), bytes).unwrap();
    }
    session
}

/// Tells the process that is to upload what and where, and says where that is then.
const SESSION: &str = "GAMETELEMETRY_UPLOADED_SESSION";
const URL: &str = "GAMETELEMETRY_UPLOADED_URL";
const UPLOADED_TO: &str = "uploaded to ";

#[test]
#[ignore = "the process that another test starts; it is no test by itself"]
fn process() {
    let (Some(session), Ok(url)) = (std::env::var_os(SESSION), std::env::var(URL)) else { return };
    let options = BucketOptions { timeout: Duration::from_secs(1), ..BucketOptions::default() };
    let bucket = Bucket::open(&url.parse().unwrap(), &options).unwrap();
    let retry = Retry { first: Duration::from_millis(2), most: Duration::from_millis(50), patience: None };
    let uploaded = CloudUploader::new(bucket).retry(retry).upload(Path::new(&session)).unwrap();
    println!("{UPLOADED_TO}{}", uploaded.url);
}

/// What the command does, in a process of its own too, with waits that suit a test: the command's own are for networks
/// that are away for hours.
fn impatient_upload(rig: &Rig, session: &Path) -> Ran {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "upload_faults::process", "--ignored", "--nocapture"]);
    rig.cloud.prepare(&mut command, &rig.place, rig.proxy.as_ref());
    Running::start(command.env(SESSION, session).env(URL, &rig.cloud.url)).wait()
}

#[test]
fn two_hundred_uploads_survive_a_hostile_network() {
    let next = AtomicUsize::new(0);
    let requests = AtomicUsize::new(0);
    let suffered = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed) as u64;
                    if seed >= RUNS {
                        return;
                    }
                    if let Some(log) = hostile_run(seed) {
                        let faults = log.iter().filter(|entry| entry.fault.is_some()).count();
                        let _ = requests.fetch_add(log.len(), Ordering::Relaxed);
                        let _ = suffered.fetch_add(faults, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    println!("{RUNS} runs, {requests:?} requests, {suffered:?} of them suffered");
}

/// One upload, disturbed as its seed says; the log of its requests.
fn hostile_run(seed: u64) -> Option<Vec<Entry>> {
    let kind = match seed % 10 {
        3 => Kind::Azure,
        7 => Kind::Google,
        _ => Kind::S3,
    };
    let rig = Rig::new(kind)?;
    let proxy = rig.proxy.as_ref().unwrap();
    let session = small_session(&rig, seed);
    proxy.set_plan(Plan::hostile(seed));
    let ran = impatient_upload(&rig, &session);
    assert!(ran.succeeded(), "seed {seed} {kind:?}: {ran:?}\n{:#?}", proxy.seen());
    let log = rig.log();
    assert_nothing_acknowledged_is_sent_again(&rig.cloud, &log);
    // Some come back over the same line.
    if !seed.is_multiple_of(4) {
        proxy.set_plan(Plan::peace());
    }
    let (_, url) = ran.stdout.split_once(UPLOADED_TO).unwrap();
    rig.assert_holds_at(url.lines().next().unwrap(), &contents(&session));
    Some(log)
}

/// The test's uploader waits hundreds of times shorter than the command, so each attempt of it that fails stands for one of the
/// command's, which makes at most two in a minute once it waits its longest.
#[test]
fn one_uploader_outlasts_an_hour_without_a_network() {
    const THREADS: usize = 4;
    const ATTEMPTS_IN_AN_HOUR: usize = 120;
    for begins in [0, 7] {
        let Some(rig) = Rig::new(Kind::S3) else { return };
        let session = small_session(&rig, 5);
        let ends = begins + THREADS * ATTEMPTS_IN_AN_HOUR;
        rig.proxy.as_ref().unwrap().set_plan(Plan::outage(begins..ends));
        let ran = impatient_upload(&rig, &session);
        assert!(ran.succeeded(), "{begins}: {ran:?}");
        let log = rig.log();
        assert!(log.len() > ends, "{begins}: {}", log.len());
        let sent: Vec<_> = log.iter().filter(|entry| entry.fault.is_none()).cloned().collect();
        let mut puts = rig.puts(&sent);
        puts.sort();
        assert!(puts.len() > 5 && puts.windows(2).all(|two| two[0] != two[1]), "{begins}: {puts:?}");
        assert_nothing_acknowledged_is_sent_again(&rig.cloud, &log);
        rig.proxy.as_ref().unwrap().set_plan(Plan::peace());
        rig.assert_holds(&contents(&session));
    }
}

/// Several objects share what the user allows, so each takes longer than a request by itself may wait.
#[test]
fn a_limit_is_no_reason_to_give_up() {
    let Some(rig) = Rig::new(Kind::S3) else { return };
    let session = small_session(&rig, 6);
    let files = (0..4_u8).map(|number| (format!("setup{number}.json"), vec![number; 120_000]));
    write(&session, &files.collect());
    let arguments = ["upload", text(&session), &rig.cloud.url, "--limit", "70KB", "--timeout", "2s"];
    let _ = rig.run(&arguments).code(0);
    let log = rig.log();
    assert!(log.iter().all(|entry| entry.is_delivered), "{log:#?}");
    let mut puts = rig.puts(&log);
    puts.sort();
    assert!(puts.len() > 5 && puts.windows(2).all(|two| two[0] != two[1]), "{puts:?}");
}

#[test]
fn an_uploader_killed_at_any_step_goes_on_where_it_was() {
    let Some(rig) = Rig::new(Kind::S3) else { return };
    let session = small_session(&rig, 1);
    let _ = rig.upload(&session).code(0);
    let requests = rig.log().len();
    assert!(requests >= 9, "{requests}");
    let steps = (0..requests).flat_map(|number| [(number, When::Before), (number, When::After)]);
    // Every step with one cloud, some with the others: what differs between them is not the order of things.
    let mut steps: Vec<_> = steps.map(|(number, when)| (Kind::S3, number, when)).collect();
    for kind in [Kind::Azure, Kind::Google] {
        steps.extend((1..requests).step_by(3).map(|number| (kind, number, When::After)));
    }
    println!("{} steps", steps.len());
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some((kind, number, when)) = steps.get(next.fetch_add(1, Ordering::Relaxed)) {
                    killed_at(&session, *kind, *number, *when);
                }
            });
        }
    });
}

/// Kills the uploader when request `number` is so far, and starts it again.
fn killed_at(original: &Path, kind: Kind, number: usize, when: When) {
    let Some(rig) = Rig::new(kind) else { return };
    let proxy = rig.proxy.as_ref().unwrap();
    // Without the journal of the upload that was not disturbed.
    let session = rig.place.path().join("copy");
    write(&session, &contents(original));
    let id = Arc::new(OnceLock::new());
    let victim = Arc::clone(&id);
    proxy.at(number, when, move || {
        kill(*victim.wait());
        false
    });
    let uploader = rig.start(&["upload", text(&session), &rig.cloud.url]);
    id.set(uploader.id()).unwrap();
    let killed = uploader.wait();
    assert!(!killed.succeeded(), "{kind:?} {number} {when:?}: it was not killed");
    let _ = rig.upload(&session).code(0);
    let log = rig.log();
    assert_nothing_acknowledged_is_sent_again(&rig.cloud, &log);
    rig.assert_holds(&contents(original));
}

fn kill(id: u32) {
    let killed = std::process::Command::new("kill").args(["-KILL", &id.to_string()]).status();
    assert!(killed.unwrap().success());
}

#[test]
fn a_journal_cut_between_two_lines_sends_nothing_again() {
    let Some(rig) = Rig::new(Kind::S3) else { return };
    let session = small_session(&rig, 2);
    let _ = rig.upload(&session).code(0);
    let _ = rig.log();
    let journal = journals(&session).remove(0);
    let whole = std::fs::read(&journal).unwrap();
    let ends = (0..whole.len()).filter(|at| whole[*at] == b'\n');
    for cut in ends.flat_map(|end| [end, end + 1]).chain([0, whole.len() / 2]) {
        std::fs::write(&journal, &whole[..cut]).unwrap();
        let _ = rig.upload(&session).code(0);
        assert_eq!(rig.puts(&rig.log()), [""; 0], "cut at {cut} of {}", whole.len());
        assert_eq!(lines(&std::fs::read(&journal).unwrap()), lines(&whole));
    }
    rig.assert_holds(&contents(&session));
}

/// In one process and in a folder, so that every length of a journal can be tried.
#[test]
fn a_journal_cut_at_any_byte_sends_nothing_again() {
    let Some(rig) = Rig::new(Kind::Folder) else { return };
    let files = contents(&small_session(&rig, 3));
    // Every step is waited for until it is on the disk, thousands of times: in memory where there is such a place.
    let memory =
        tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir_in(rig.place.path())).unwrap();
    let (session, folder) = (memory.path().join("session"), memory.path().join("bucket"));
    write(&session, &files);
    let url = CloudUrl::of_folder(&folder);
    let uploader = CloudUploader::new(Bucket::open(&url, &BucketOptions::default()).unwrap());
    let sent = upload_alone(&uploader, &session).sent_objects;
    assert!(sent >= 8, "{sent}");
    let before = contents(&folder);
    let journal = journals(&session).remove(0);
    let whole = std::fs::read(&journal).unwrap();
    // Under Wine each takes a tenth of a second.
    let step = if cfg!(windows) { 101 } else { 1 };
    for cut in (0..=whole.len()).rev().step_by(step) {
        std::fs::write(&journal, &whole[..cut]).unwrap();
        let again = upload_alone(&uploader, &session);
        assert_eq!(again.sent_objects, 0, "cut at {cut} of {}", whole.len());
        assert_eq!(again.was_there, cut == whole.len(), "cut at {cut} of {}", whole.len());
    }
    // The manifest too, which says when it was written.
    assert_same(&before, &contents(&folder));
    assert_eq!(files, contents(&session));
}

/// Uploads, when nobody else holds the journal: a process that another test is starting has everything open that this one
/// has, for the moment until it is its own program.
fn upload_alone(uploader: &CloudUploader, session: &Path) -> Uploaded {
    let mut uploaded = None;
    wait_until("the journal's lock", || match uploader.upload(session) {
        Err(CloudError::Local { what, .. }) if what.starts_with("another upload") => false,
        result => {
            uploaded = Some(result.unwrap());
            true
        }
    });
    uploaded.unwrap()
}

fn lines(journal: &[u8]) -> usize {
    journal.iter().filter(|byte| **byte == b'\n').count()
}

/// The journals of uploads beside a session.
fn journals(session: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(session).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(".upload-")).collect()
}

fn write(folder: &Path, files: &BTreeMap<String, Vec<u8>>) {
    for (name, bytes) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}
