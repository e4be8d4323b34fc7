//! [`FileWatcherSource`]: the builder, and the loop that looks, waits and takes one file after the other.

use std::collections::{HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use gametelemetry_file::{RawFrame, Timestamp};

use super::copy::{self, Attempt, Copies};
use super::frame::{FileEvent, ReplayFile};
use super::pattern::Pattern;
use super::scan::{Found, Look, Scanner, Stamp};
use super::settling::Settling;
use super::versions::Versions;
use crate::clock::{self, Clock, Pacer};
use crate::{Quality, Sample, SessionPlace, SourceDescription, SourceError, StopToken, TelemetrySource};

/// The longest time between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// The shortest.
const LOOK_AT_MOST_EVERY: Duration = Duration::from_millis(20);
/// A look may take one part in so many of the time: a huge folder, or one on a slow network, is looked at less often.
const SHARE_OF_TIME: u32 = 20;
/// But not less often than this: a look that was slow once, because the disk or the machine was busy, says little.
const LONGEST_REST: Duration = Duration::from_secs(5);
/// How long a copy that is under way may go on after a stop.
const GRACE: Duration = Duration::from_secs(5);
/// In a folder that appears later, files older than this at the start were there before: a disk was plugged in, or a
/// network drive came back. Long, because the clock of a network drive may be wrong.
const OLD: Duration = Duration::from_secs(24 * 3600);

/// What becomes of files that are there when the recording starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Existing {
    /// They are left alone, unless they change.
    #[default]
    Skip,
    /// They are taken, those excepted that an earlier session took.
    Take,
}

/// Watches folders for finished files, keeps a copy of each in the session's folder, and gives a [`ReplayFile`].
///
/// A file is taken when its size and its time have stood still, and nobody has it open for writing as far as the
/// system can tell. Each version is taken once, also across sessions: what was taken stands in the recordings beside
/// this one. A file that gets back a content that it had is no new version. Paths are kept from the watched folder
/// on: `in/match.replay` is copied to `files/in/match.replay`.
///
/// ```no_run
/// use std::time::Duration;
/// use gametelemetry::{FileWatcherSource, GameSession};
///
/// let replays = FileWatcherSource::new(["*.replay"]).folder("C:/Games/Demos").settle(Duration::from_secs(5));
/// let session = GameSession::new("my_game").source(replays).start()?;
/// # Ok::<(), gametelemetry::SessionError>(())
/// ```
pub struct FileWatcherSource {
    name: String,
    hint: String,
    existing: Existing,
    copies: bool,
    fail_fast: bool,
    scanner: Scanner,
    settling: Settling,
    versions: Versions,
    /// Where copies go; none before a session has begun.
    place: Option<Copies>,
    /// When the session began.
    started: Timestamp,
    /// The watched folders that have been there, by number.
    appeared: HashSet<usize>,
    ready: VecDeque<Found>,
    pacer: Pacer,
    /// No look before this moment, so that looks take no more than their share of time.
    rest_until: Instant,
    frame: RawFrame,
    quality: Quality,
}

impl FileWatcherSource {
    /// Watches for files whose name fits one of `patterns`: `*` is any text, `?` any one character, upper and lower
    /// case are the same.
    #[must_use]
    pub fn new<P: AsRef<str>>(patterns: impl IntoIterator<Item = P>) -> Self {
        let patterns = patterns.into_iter().map(|pattern| Pattern::new(pattern.as_ref())).collect();
        let settle = Duration::from_secs(2);
        Self {
            name: "files".to_owned(),
            hint: "name the folder with the game's files".to_owned(),
            existing: Existing::default(),
            copies: true,
            fail_fast: false,
            scanner: Scanner { patterns, ..Scanner::default() },
            settling: Settling::new(settle),
            versions: Versions::default(),
            place: None,
            started: Timestamp::MIN,
            appeared: HashSet::new(),
            ready: VecDeque::new(),
            pacer: pacer(settle),
            rest_until: clock::monotonic(),
            frame: RawFrame::new(Arc::clone(ReplayFile::schema())),
            quality: Quality::default(),
        }
    }

    /// Names the source and its file; `files` unless set.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Watches `folder` too. One that is not there is waited for.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.scanner.folders.push(folder.into());
        self
    }

    /// Watches sub-folders too; not unless set. Links to folders are not followed.
    #[must_use]
    pub fn recursive(mut self, recursive: bool) -> Self {
        self.scanner.recursive = recursive;
        self
    }

    /// How long size and time of a file must have stood still; two seconds unless set.
    #[must_use]
    pub fn settle(mut self, settle: Duration) -> Self {
        self.settling.set_settle(settle);
        self.pacer = pacer(settle);
        self
    }

    /// What becomes of files that are there already; left alone unless set.
    #[must_use]
    pub fn existing(mut self, existing: Existing) -> Self {
        self.existing = existing;
        self
    }

    /// Whether files are copied into the session's folder; they are unless set.
    #[must_use]
    pub fn copy(mut self, copy: bool) -> Self {
        self.copies = copy;
        self
    }

    /// Fails when none of the folders is there, instead of waiting.
    #[must_use]
    pub fn fail_fast(mut self, fail_fast: bool) -> Self {
        self.fail_fast = fail_fast;
        self
    }

    /// What the user must do for files to appear, for the message of [`fail_fast`](Self::fail_fast).
    #[must_use]
    pub fn hint(mut self, hint: &str) -> Self {
        hint.clone_into(&mut self.hint);
        self
    }

    /// The first look: what is there already.
    fn first_look(&mut self) -> Result<(), SourceError> {
        if let Some(file) = self.scanner.folders.iter().find(|folder| folder.is_file()) {
            let what = format!("this is a file, name the folder that it is in: {}", file.display());
            return Err(SourceError::Other { what, source: None });
        }
        let look = self.scanner.look();
        if look.present.is_empty() && (self.fail_fast || self.scanner.folders.is_empty()) {
            return Err(self.no_folder());
        }
        for (number, folder) in self.scanner.folders.iter().enumerate() {
            let is_there = look.present.contains(&number);
            tracing::info!(source = %self.name, folder = %folder.display(), is_there, "watching");
        }
        self.appeared.clone_from(&look.present);
        self.quality.attached = look.present.len() as u64;
        if self.existing == Existing::Skip {
            look.files.iter().for_each(|file| self.settling.pass_over(file));
        }
        self.say_what_is_wrong(&look);
        Ok(())
    }

    fn no_folder(&self) -> SourceError {
        let folders: Vec<_> =
            self.scanner.folders.iter().map(|folder| folder.display().to_string()).collect();
        let what = match folders.as_slice() {
            [] => "a folder to watch".to_owned(),
            folders => format!("the folder {}", folders.join(", or ")),
        };
        SourceError::NotRunning { what, hint: format!("name it with --folder. {}", self.hint) }
    }

    /// Looks at the folders, and puts what is finished into `ready`.
    fn look(&mut self) {
        let started = clock::monotonic();
        let look = self.scanner.look();
        self.pass_over_what_came_with_its_folder(&look);
        let versions = &self.versions;
        let is_new = |file: &Found, stamp: &Stamp| !versions.has(&file.path, *stamp);
        let now_at = |file: &Found| {
            is_new(file, &file.stamp).then(|| Stamp::of_path(&file.path))?.filter(|stamp| is_new(file, stamp))
        };
        self.ready.extend(self.settling.look(&look.files, clock::monotonic(), now_at));
        self.say_what_is_wrong(&look);
        let ended = clock::monotonic();
        let rest = ended.saturating_duration_since(started) * (SHARE_OF_TIME - 1);
        self.rest_until = ended + rest.min(LONGEST_REST);
        if self.ready.is_empty() {
            self.quality.looks += 1;
            self.quality.unchanged += 1;
        }
    }

    /// Of a folder that appears only now, old files are not news.
    fn pass_over_what_came_with_its_folder(&mut self, look: &Look) {
        let new: Vec<usize> = look.present.difference(&self.appeared).copied().collect();
        self.quality.attached += new.len() as u64;
        self.appeared.extend(&new);
        let oldest = self.started - OLD;
        let is_old = |file: &&Found| file.stamp.modified < oldest && new.contains(&file.folder);
        if self.existing == Existing::Skip {
            look.files.iter().filter(is_old).for_each(|file| self.settling.pass_over(file));
        }
    }

    fn say_what_is_wrong(&mut self, look: &Look) {
        for (folder, error) in &look.unreadable {
            self.notice(format!("the folder cannot be read ({error}): {}", folder.display()));
        }
        if look.is_cut {
            self.notice(
                "a watched folder has more files or levels than are looked at; some are not seen".to_owned(),
            );
        }
    }

    fn notice(&mut self, notice: String) {
        if !self.quality.notices.contains(&notice) {
            tracing::warn!(source = %self.name, "{notice}");
            self.quality.notices.push(notice);
        }
    }

    /// Takes `found`; gives whether the frame says so now.
    fn take(&mut self, found: &Found, stop: &StopToken) -> Result<bool, SourceError> {
        self.quality.looks += 1;
        let path = &found.path;
        let attempt = match self.place.as_mut().filter(|_| self.copies) {
            Some(copies) => copies.copy(path, found.stamp, until_stopped(stop))?,
            None => copy::hash(path, found.stamp, until_stopped(stop)),
        };
        let Attempt::Whole(content_hash) = attempt else {
            self.settling.wait_again(path, clock::monotonic());
            self.quality.unchanged += 1;
            return Ok(false);
        };
        self.settling.done(path, found.stamp);
        let path = path.to_string_lossy().into_owned();
        let Some((event, stored_as)) = self.judge(found, &path, content_hash)? else {
            self.quality.unchanged += 1;
            return Ok(false);
        };
        let Stamp { size, modified } = found.stamp;
        let file = ReplayFile { event, size, modified, content_hash, path, stored_as };
        self.versions.add(&file);
        file.write(self.frame.bytes_mut());
        Ok(true)
    }

    /// What `found` is, now that its content is known, and where its copy is; nothing when it was only touched. Keeps
    /// the copy when it is new.
    fn judge(
        &self,
        found: &Found,
        path: &str,
        content_hash: u64,
    ) -> Result<Option<(FileEvent, String)>, SourceError> {
        let copies = self.place.as_ref().filter(|_| self.copies);
        let Some(known) = self.versions.with_content(found.stamp.size, content_hash) else {
            return Ok(Some(match copies {
                Some(copies) => (FileEvent::Taken, copies.keep(&found.within)?),
                None => (FileEvent::Seen, String::new()),
            }));
        };
        if let Some(copies) = copies {
            copies.discard();
        }
        if known.was_at(path) {
            return Ok(None);
        }
        let is_still_there = known.paths.iter().any(|path| Path::new(path).exists());
        let event = if is_still_there { FileEvent::Duplicate } else { FileEvent::Renamed };
        Ok(Some((event, known.stored_as.clone())))
    }

    /// At the end: what the user may miss.
    fn say_what_is_left(&mut self) {
        let waiting: Vec<String> =
            self.settling.waiting().into_iter().map(|path| path.display().to_string()).collect();
        for path in waiting {
            self.notice(format!("not taken, because it was not finished when the recording ended: {path}"));
        }
    }
}

/// Looks four times while a file settles.
fn pacer(settle: Duration) -> Pacer {
    Pacer::new(1.0 / (settle / 4).clamp(LOOK_AT_MOST_EVERY, LOOK_EVERY).as_secs_f64())
}

/// Goes on until some time after `stop`: the copy of a match is worth a moment.
fn until_stopped(stop: &StopToken) -> impl FnMut() -> bool {
    let mut stopped: Option<Instant> = None;
    move || {
        if !stop.is_stopped() {
            return true;
        }
        let now = clock::monotonic();
        now.saturating_duration_since(*stopped.get_or_insert(now)) < GRACE
    }
}

impl TelemetrySource for FileWatcherSource {
    type Frame = RawFrame;

    fn describe(&self) -> SourceDescription {
        SourceDescription::new(&self.name, self.frame.schema().as_ref().clone())
    }

    fn begin(&mut self, place: &SessionPlace) -> Result<(), SourceError> {
        if place.is_held && self.copies {
            return Err(SourceError::Other {
                what: format!(
                    "{} copies the game's files into the session, and nothing is written before a mark: record \
                     other sources with `--source`, or all of it without `--keep-last`",
                    self.name
                ),
                source: None,
            });
        }
        self.started = Clock::system().now();
        self.versions = Versions::of_earlier_sessions(place, &self.name, self.copies);
        // Copies are not to be copied again when the sessions lie in a watched folder.
        let own = [&place.folder, &place.sessions];
        self.scanner.left_out = own.into_iter().filter_map(|path| std::fs::canonicalize(path).ok()).collect();
        self.place = Some(Copies::new(place.folder.join(super::COPIES)));
        self.first_look()
    }

    fn next_frame(&mut self, stop: &StopToken) -> Result<Option<Sample<'_, RawFrame>>, SourceError> {
        loop {
            while let Some(found) = self.ready.pop_front() {
                let is_news = self.take(&found, stop)?;
                if stop.is_stopped() {
                    self.say_what_is_left();
                }
                if is_news {
                    return Ok(Some(Sample::new(&self.frame)));
                }
                if stop.is_stopped() {
                    return Ok(None);
                }
            }
            let deadline = self.pacer.next_deadline().max(self.rest_until);
            if stop.wait_until(deadline) {
                self.say_what_is_left();
                return Ok(None);
            }
            self.look();
        }
    }

    fn quality(&self) -> Option<&Quality> {
        Some(&self.quality)
    }
}
