//! How `gametelemetry mark` reaches a recording that holds what came last: through a hidden folder beside the sessions.
//!
//! Whoever can write sessions there can mark, on every system, and a script needs no port and no rights. The recorder has
//! a folder `.mark-…` with a file that it keeps locked, so that one that crashed is told from one that runs; a file
//! `ask-ID` in it asks, and `answer-ID` appears when the session is written. Knows nothing of what is written.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use gametelemetry::Timestamp;
use gametelemetry::clock::{self, Clock};
use serde::{Deserialize, Serialize};

/// How the folders of recorders begin.
const FOLDER: &str = ".mark-";
/// The file that a recorder keeps locked.
const LOCK: &str = "recorder";
const ASK: &str = "ask-";
const ANSWER: &str = "answer-";
/// How often an answer is looked for.
const LOOK: Duration = Duration::from_millis(50);
/// How long the last answers are left to be read.
const READ_WITHIN: Duration = Duration::from_secs(1);
/// A folder that nobody has locked for so long was left by a crash; a younger one may just be made.
const LEFT_BEHIND: Duration = Duration::from_secs(10);

/// What a recorder answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// A session was written.
    Kept(Kept),
    /// None was, for this reason.
    Refused(String),
}

/// A session that was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// The folder's name in the folder of sessions.
    pub(crate) name: String,
    /// Seconds between the first and the last frame.
    pub(crate) seconds: f64,
    /// Frames of all sources.
    pub(crate) frames: u64,
    /// Whether frames of it were lost or are not to be trusted.
    pub(crate) lost_data: bool,
}

/// Where a recorder is asked; gone when it is dropped.
pub(crate) struct MarkDesk {
    folder: PathBuf,
    /// Locked as long as it is open.
    lock: Option<File>,
}

impl MarkDesk {
    /// Opens a desk in the folder of sessions `out`, which is there.
    pub(crate) fn open(out: &Path) -> Result<Self> {
        sweep(out);
        let folder = make_folder(out).with_context(|| {
            format!("cannot write here, choose another folder with --out: {}", out.display())
        })?;
        let opened = OpenOptions::new().write(true).create_new(true).open(folder.join(LOCK));
        let lock = opened.with_context(|| format!("cannot write here: {}", folder.display()))?;
        // Where the file system has no locks, the recorder is taken for one that runs.
        let _ = lock.try_lock();
        Ok(Self { folder, lock: Some(lock) })
    }

    /// Takes what is asked, each once.
    pub(crate) fn asked(&self) -> Vec<String> {
        let names = names(&self.folder);
        let ids = names.iter().filter_map(|name| name.strip_prefix(ASK));
        let is_taken = |id: &&str| fs::remove_file(self.folder.join(format!("{ASK}{id}"))).is_ok();
        ids.filter(is_taken).map(str::to_owned).collect()
    }

    /// Answers who asked as `id`. Nobody is told when that fails: who asked gives up by itself.
    pub(crate) fn answer(&self, id: &str, answer: &Answer) {
        let hidden = self.folder.join(format!("writing-{id}"));
        let written = serde_json::to_vec(answer).map_err(io::Error::from);
        let written = written.and_then(|bytes| fs::write(&hidden, bytes));
        // Appears whole.
        let written = written.and_then(|()| fs::rename(&hidden, self.folder.join(format!("{ANSWER}{id}"))));
        if let Err(error) = written {
            tracing::warn!(%error, folder = %self.folder.display(), "cannot answer a mark");
        }
    }
}

impl Drop for MarkDesk {
    fn drop(&mut self) {
        // Who asked last is to read the answer.
        let since = clock::monotonic();
        let is_answer = |name: &String| name.starts_with(ANSWER);
        while names(&self.folder).iter().any(is_answer) && since.elapsed() < READ_WITHIN {
            std::thread::sleep(LOOK);
        }
        // Windows removes no file that is open. What stays all the same is swept by the next recorder or mark.
        drop(self.lock.take());
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Asks every recorder that keeps its sessions in `out`, and waits for each at most `timeout`.
///
/// # Errors
/// When there is none.
pub(crate) fn ask_all(out: &Path, timeout: Duration) -> Result<Vec<Answer>> {
    sweep(out);
    let recorders: Vec<PathBuf> = desks(out).into_iter().filter(|desk| is_held(desk)).collect();
    if recorders.is_empty() {
        bail!(
            "nothing to mark: no `gametelemetry record --keep-last` keeps its sessions in this folder, name its own \
             with --out: {}",
            out.display()
        );
    }
    let id = format!("{}-{}", std::process::id(), Clock::system().now().ticks());
    // All of them are asked before any is waited for, so that they keep the same moment.
    let asked: Vec<_> =
        // Closed at once: Windows would not let the recorder take away what is open.
        recorders.iter().map(|desk| (desk, File::create_new(desk.join(format!("{ASK}{id}"))).map(drop))).collect();
    let since = clock::monotonic();
    let answer = |(desk, asked): (&PathBuf, io::Result<()>)| match asked {
        Ok(()) => wait_for_answer(desk, &id, since, timeout),
        Err(error) => Answer::Refused(format!("the recording cannot be asked, {error}: {}", desk.display())),
    };
    Ok(asked.into_iter().map(answer).collect())
}

fn wait_for_answer(desk: &Path, id: &str, since: Instant, timeout: Duration) -> Answer {
    let answer = desk.join(format!("{ANSWER}{id}"));
    loop {
        // Asked before looking: what it wrote until then is there.
        let has_ended = !is_held(desk);
        if let Some(given) = read(&answer) {
            return given;
        }
        if has_ended {
            return Answer::Refused("the recording ended before it answered".to_owned());
        }
        if since.elapsed() >= timeout {
            // Nobody is to keep something later that nobody waits for.
            let _ = fs::remove_file(desk.join(format!("{ASK}{id}")));
            return Answer::Refused(format!(
                "the recording did not answer within {timeout:?}; is its disk slow? --timeout waits longer"
            ));
        }
        std::thread::sleep(LOOK);
    }
}

fn read(answer: &Path) -> Option<Answer> {
    let given = serde_json::from_slice(&fs::read(answer).ok()?).ok()?;
    let _ = fs::remove_file(answer);
    Some(given)
}

fn make_folder(out: &Path) -> io::Result<PathBuf> {
    for number in 1_u32.. {
        let folder = out.join(format!("{FOLDER}{}-{number}", std::process::id()));
        match fs::create_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|()| folder),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Removes what recorders that were killed have left behind.
fn sweep(out: &Path) {
    let now = Clock::system().now();
    for desk in desks(out) {
        let made = fs::metadata(&desk).and_then(|it| it.modified()).map(Timestamp::from);
        let is_old = made.is_ok_and(|made| now.duration_since(made).is_some_and(|age| age > LEFT_BEHIND));
        if is_old && !is_held(&desk) {
            let _ = fs::remove_dir_all(&desk);
        }
    }
}

/// Whether the recorder of `desk` runs.
fn is_held(desk: &Path) -> bool {
    match OpenOptions::new().write(true).open(desk.join(LOCK)) {
        // The lock that is got goes with the file. No locks here: only asking can tell.
        Ok(file) => matches!(file.try_lock(), Err(TryLockError::WouldBlock | TryLockError::Error(_))),
        Err(_) => false,
    }
}

fn desks(out: &Path) -> Vec<PathBuf> {
    let names = names(out);
    names.iter().filter(|name| name.starts_with(FOLDER)).map(|name| out.join(name)).collect()
}

/// The names in `folder`, sorted; none of one that cannot be read.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desk_that_is_open_is_asked_and_one_that_is_closed_is_not_there() {
        let out = tempfile::tempdir().unwrap();
        let desk = MarkDesk::open(out.path()).unwrap();
        let asking = {
            let out = out.path().to_owned();
            std::thread::spawn(move || ask_all(&out, Duration::from_secs(60)))
        };
        let kept = Answer::Kept(Kept { name: "a".to_owned(), seconds: 1.5, frames: 7, lost_data: false });
        let mut asked = Vec::new();
        while asked.is_empty() {
            asked = desk.asked();
        }
        assert_eq!((asked.len(), desk.asked().len()), (1, 0), "each is taken once");
        desk.answer(&asked[0], &kept);
        assert_eq!(asking.join().unwrap().unwrap(), [kept]);
        drop(desk);
        assert_eq!(names(out.path()), [""; 0]);
        let error = ask_all(out.path(), Duration::from_secs(60)).unwrap_err();
        assert!(error.to_string().contains("record --keep-last"), "{error}");
    }

    #[test]
    fn a_recorder_that_ends_or_never_answers_is_not_waited_for_without_an_end() {
        let out = tempfile::tempdir().unwrap();
        let desk = MarkDesk::open(out.path()).unwrap();
        let refused = |timeout| match ask_all(out.path(), timeout).unwrap().remove(0) {
            Answer::Refused(why) => why,
            kept => panic!("{kept:?}"),
        };
        assert!(refused(Duration::from_millis(1)).contains("did not answer within 1ms"));
        assert!(desk.asked().is_empty(), "what nobody waits for is not asked any more");
        // A folder that a crash left has no lock.
        let left = out.path().join(".mark-0-1");
        fs::create_dir(&left).unwrap();
        fs::write(left.join(LOCK), b"").unwrap();
        assert!(!is_held(&left) && is_held(&desk.folder));
        sweep(out.path());
        assert!(left.exists(), "it might just be made");
    }
}
