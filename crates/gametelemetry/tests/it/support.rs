//! What the tests share: a frame that shows whether it is of one piece, folders, child processes, reading back.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use gametelemetry::{
    End, PackedFrame, Sample, SessionReader, SourceDescription, SourceError, StopToken, Telemetry,
    TelemetrySource, Timestamp, clock, files, telemetry,
};

/// What the simulated game publishes: every word follows from the counter, so a frame of two pieces shows.
#[telemetry(size = 800, counter = packet_id)]
pub(crate) struct Page {
    /// Advances with each frame, from 1 on.
    packet_id: u32,
    /// Follow from the counter.
    words: [u32; 199],
}

impl Page {
    pub(crate) fn numbered(number: u32) -> Self {
        let mut page = Self::zeroed();
        page.set_packet_id(number);
        page.set_words(Self::words_of(number));
        page
    }

    /// Whether every byte is that of the frame with this counter.
    pub(crate) fn is_whole(&self) -> bool {
        self.words() == Self::words_of(self.packet_id())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        Telemetry::as_bytes(self)
    }

    /// Mixes, so that neighbours differ in every word and nothing compresses better than a real game does.
    fn words_of(number: u32) -> [u32; 199] {
        let mut state = number.wrapping_mul(0x9E37_79B9) | 1;
        std::array::from_fn(|index| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if index % 4 == 0 { state } else { number.rotate_left(7) ^ index as u32 }
        })
    }
}

/// A source that gives what a function gives.
pub(crate) struct Scripted<F> {
    description: SourceDescription,
    frame: Option<F>,
    next: Next<F>,
}

type Next<F> = Box<dyn FnMut(&StopToken) -> Result<Option<F>, SourceError> + Send>;

impl Scripted<Page> {
    pub(crate) fn new(
        name: &str,
        next: impl FnMut(&StopToken) -> Result<Option<Page>, SourceError> + Send + 'static,
    ) -> Self {
        Self {
            description: SourceDescription::new(name, Page::schema().clone()),
            frame: None,
            next: Box::new(next),
        }
    }

    /// Gives the pages of these numbers as fast as they are taken, and ends.
    pub(crate) fn pages(name: &str, mut numbers: impl Iterator<Item = u32> + Send + 'static) -> Self {
        Self::new(name, move |_| Ok(numbers.next().map(Page::numbered)))
    }

    /// Gives page 1, 2 and so on until stopped, a millisecond or more apart.
    pub(crate) fn endless(name: &str) -> Self {
        let mut numbers = 1..;
        Self::new(name, move |stop| {
            let stopped = stop.wait_for(Duration::from_millis(1));
            Ok(numbers.next().filter(|_| !stopped).map(Page::numbered))
        })
    }
}

impl<F: Telemetry> TelemetrySource for Scripted<F> {
    type Frame = F;

    fn describe(&self) -> SourceDescription {
        self.description.clone()
    }

    fn next_frame(&mut self, stop: &StopToken) -> Result<Option<Sample<'_, F>>, SourceError> {
        self.frame = (self.next)(stop)?;
        Ok(self.frame.as_ref().map(Sample::new))
    }
}

/// A name that no game, no other test and no other run has.
pub(crate) fn unique(test: &str) -> String {
    format!("gametelemetry_it_{}_{test}", std::process::id())
}

/// An empty folder on the disk of the build, which the temporary folder of the system may not be.
pub(crate) fn folder(test: &str) -> tempfile::TempDir {
    tempfile::Builder::new().prefix(test).tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

/// The one session file in the one session folder in `out`.
pub(crate) fn only_file(out: &Path) -> PathBuf {
    let mut folders: Vec<_> = std::fs::read_dir(out).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    assert_eq!(folders.len(), 1, "{folders:?}");
    let mut found = files::session_files(&folders[0]).unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

/// Everything that a session file holds.
pub(crate) struct Contents {
    pub(crate) records: Vec<(Timestamp, Vec<u8>)>,
    pub(crate) end: End,
    pub(crate) damaged: usize,
}

impl Contents {
    pub(crate) fn read(path: &Path) -> Self {
        let mut reader = SessionReader::new(std::fs::File::open(path).unwrap()).unwrap();
        let mut records = Vec::new();
        while let Some(record) = reader.next_record().unwrap() {
            records.push((record.timestamp, record.data.to_vec()));
        }
        Self { records, end: reader.end(), damaged: reader.damage().len() }
    }

    /// The counters of the records.
    pub(crate) fn counters(&self) -> Vec<u32> {
        self.pages().iter().map(Page::packet_id).collect()
    }

    /// The records as pages.
    pub(crate) fn pages(&self) -> Vec<Page> {
        self.records.iter().map(|(_, data)| *Page::view(data).unwrap()).collect()
    }
}

/// Waits until `condition` holds; a minute is longer than any honest wait, even on a loaded machine.
pub(crate) fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = clock::monotonic();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(180), "{what} did not happen");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Names the role of a child process; what it needs is in further variables.
const ROLE: &str = "GAMETELEMETRY_IT_ROLE";

/// This test binary as a child process of the role `role`, killed when it is dropped.
pub(crate) struct ChildProcess(pub(crate) Child);

impl ChildProcess {
    pub(crate) fn start(role: &str, variables: &[(&str, &str)]) -> Self {
        Self::start_by(Command::new(std::env::current_exe().unwrap()), role, variables)
    }

    /// The same, by a command that starts the binary in another way.
    pub(crate) fn start_by(mut command: Command, role: &str, variables: &[(&str, &str)]) -> Self {
        command.args(["--exact", "support::child_process", "--ignored", "--nocapture", "--quiet"]);
        command.env(ROLE, role).envs(variables.iter().copied());
        Self(command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap())
    }
}

impl Drop for ChildProcess {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a child's parent told it.
pub(crate) fn told(variable: &str) -> String {
    std::env::var(variable).unwrap()
}

#[test]
#[ignore = "the process that other tests start; it is no test by itself"]
fn child_process() {
    let Ok(role) = std::env::var(ROLE) else { return };
    match role.as_str() {
        "recorder to kill" => crate::kill::recorder(),
        #[cfg(unix)]
        "game" => crate::ledger::game(),
        #[cfg(unix)]
        "stranger" => crate::shared_memory::stranger(),
        other => panic!("no such role: {other}"),
    }
}
