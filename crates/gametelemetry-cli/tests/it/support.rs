//! What the tests share: a place of their own, processes that end with the test, and what those said.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use gametelemetry::shared_memory::Region;
use gametelemetry::{SessionReader, Timestamp, clock, files};
use serde_json::Value;

/// Longer than any honest wait, even on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long a simulator lives that cannot be asked to end, as under Windows.
const LIFE_OF_SIMULATOR: &str = "12s";

/// A folder and a prefix of region names that no other test and no other run has.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    prefix: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let prefix = format!("gametelemetry_cli_{}_{number}_", std::process::id());
        let folder = tempfile::Builder::new().prefix("cli").tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        Self { folder, prefix }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The name of a game's region in this place.
    pub(crate) fn region(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// Our command, in this place.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        self.command_of(Path::new(env!("CARGO_BIN_EXE_gametelemetry")), arguments)
    }

    /// Another program, in this place.
    pub(crate) fn command_of<S: AsRef<OsStr>>(
        &self,
        program: &Path,
        arguments: impl IntoIterator<Item = S>,
    ) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.path()).env("GAMETELEMETRY_REGION_PREFIX", &self.prefix);
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
        command
    }

    /// Starts our command.
    pub(crate) fn start<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Running {
        Running::start(&mut self.command(arguments))
    }

    /// Runs our command to its end.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Ran {
        self.start(arguments).wait()
    }

    /// Starts a simulated ACC, and waits until it publishes.
    pub(crate) fn simulate(&self, arguments: &[&str]) -> Running {
        let mut all = vec!["simulate", "acc", "--json"];
        if cfg!(windows) {
            all.extend(["--for", LIFE_OF_SIMULATOR]);
        }
        all.extend(arguments);
        let mut running = self.start(all);
        wait_until("the simulated game's first frame", || {
            assert!(running.is_running(), "the simulator ended");
            self.published_number() > 0
        });
        running
    }

    /// The number of the physics frame that is published now; 0 while there is none.
    pub(crate) fn published_number(&self) -> u32 {
        let mut number = [0; 4];
        let region = Region::open(&self.region("acpmf_physics"));
        if region.is_ok_and(|region| region.copy(0, &mut number).is_ok()) {
            u32::from_le_bytes(number)
        } else {
            0
        }
    }

    /// The one session folder in `out`.
    pub(crate) fn only_session(&self, out: &str) -> PathBuf {
        let mut folders = self.sessions(out);
        assert_eq!(folders.len(), 1, "{folders:?}");
        folders.remove(0)
    }

    /// Every session folder in `out`, sorted.
    pub(crate) fn sessions(&self, out: &str) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.path().join(out)) else { return Vec::new() };
        let mut folders: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        folders.sort();
        folders
    }
}

impl Drop for Place {
    /// A simulator that was killed leaves its regions behind.
    fn drop(&mut self) {
        let left = std::fs::read_dir("/dev/shm").into_iter().flatten().flatten();
        for region in left.filter(|file| file.file_name().to_string_lossy().starts_with(&self.prefix)) {
            let _ = std::fs::remove_file(region.path());
        }
    }
}

/// A process that ends with its test at the latest. What it says goes to files, so that it never waits for a reader.
pub(crate) struct Running(Child, File, File);

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        Self::start_with(command, Stdio::null())
    }

    /// One that reads what [`Running::type_line`] types.
    pub(crate) fn start_to_type(command: &mut Command) -> Self {
        Self::start_with(command, Stdio::piped())
    }

    fn start_with(command: &mut Command, stdin: Stdio) -> Self {
        let file = || tempfile::tempfile_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let (stdout, stderr) = (file(), file());
        command.stdin(stdin);
        command.stdout(stdout.try_clone().unwrap()).stderr(stderr.try_clone().unwrap());
        Self(command.spawn().unwrap(), stdout, stderr)
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }

    /// Kills it as a crash would.
    pub(crate) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Asks it to end as Ctrl+C does, and waits for it. A Windows program waits for its own `--for` instead.
    pub(crate) fn end(self) -> Ran {
        #[cfg(unix)]
        assert!(Command::new("kill").args(["-INT", &self.id().to_string()]).status().unwrap().success());
        self.wait()
    }

    /// Presses Enter.
    pub(crate) fn type_line(&mut self) {
        self.0.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
    }

    /// Its messages so far, on stderr.
    pub(crate) fn told(&self) -> String {
        text(&self.2)
    }

    /// What it has said so far, on stdout.
    #[cfg(unix)]
    pub(crate) fn said(&self) -> String {
        text(&self.1)
    }

    pub(crate) fn wait(mut self) -> Ran {
        let mut status = None;
        let start = clock::monotonic();
        while status.is_none() {
            status = self.0.try_wait().unwrap();
            assert!(start.elapsed() < PATIENCE, "still running, it said {} {}", text(&self.1), text(&self.2));
            std::thread::sleep(Duration::from_millis(2));
        }
        Ran { status: status.unwrap(), stdout: text(&self.1), stderr: text(&self.2) }
    }
}

/// Everything in `file`, which somebody else may be writing through the same handle.
fn text(file: &File) -> String {
    let mut bytes = vec![0; usize::try_from(file.metadata().unwrap().len()).unwrap()];
    #[cfg(unix)]
    let got = std::os::unix::fs::FileExt::read_at(file, &mut bytes, 0).unwrap();
    // Moves the place in the file, which only programs that still write would mind.
    #[cfg(windows)]
    let got = std::os::windows::fs::FileExt::seek_read(file, &mut bytes, 0).unwrap();
    bytes.truncate(got);
    String::from_utf8(bytes).unwrap()
}

impl Drop for Running {
    /// Asks first, so that a simulator takes its regions away.
    fn drop(&mut self) {
        let has_ended = |child: &mut Child| !matches!(child.try_wait(), Ok(None));
        if cfg!(unix) && !has_ended(&mut self.0) {
            let _ = Command::new("kill").args(["-INT", &self.0.id().to_string()]).status();
            let start = clock::monotonic();
            while !has_ended(&mut self.0) && start.elapsed() < Duration::from_secs(5) {
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A process that has ended.
#[derive(Debug)]
pub(crate) struct Ran {
    status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Checks the exit code, and shows everything when it is another.
    #[track_caller]
    pub(crate) fn code(self, expected: i32) -> Self {
        assert_eq!(self.status.code(), Some(expected), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Checks that it ended as a recorder whose session is there. On a busy machine the game is stopped in the middle of a
    /// write, and a recorder that is honest about such frames ends with 3; a test that is not about that must not mind.
    #[track_caller]
    pub(crate) fn recorded(self) -> Self {
        let expected = if self.status.code() == Some(3) { 3 } else { 0 };
        let ran = self.code(expected);
        if expected == 3 { ran.shows(&["not to be trusted"]) } else { ran }
    }

    /// Whether it ended by itself, with nothing to complain about.
    pub(crate) fn succeeded(&self) -> bool {
        self.status.success()
    }

    /// Checks that the message for people has each of `parts`.
    #[track_caller]
    pub(crate) fn says(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.stderr.contains(part), "no {part:?} in\n{}", self.stderr);
        }
        self
    }

    /// Checks that the result has each of `parts`.
    #[track_caller]
    pub(crate) fn shows(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.stdout.contains(part), "no {part:?} in\n{}", self.stdout);
        }
        self
    }

    /// The result, which is JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in\n{}", self.stdout))
    }

    /// The result, which is one JSON value a line.
    #[track_caller]
    pub(crate) fn json_lines(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// The member of the list `list` whose `key` is `value`.
#[track_caller]
pub(crate) fn find<'a>(list: &'a Value, key: &str, value: &str) -> &'a Value {
    let found = list
        .as_array()
        .unwrap()
        .iter()
        .find(|member| member[key].as_str().is_some_and(|is| is.ends_with(value)));
    found.unwrap_or_else(|| panic!("no {key} {value} in {list:#}"))
}

/// A count in `value`.
#[track_caller]
pub(crate) fn count(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap_or_else(|| panic!("no {key} in {value:#}"))
}

/// Waits until `condition` holds.
pub(crate) fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = clock::monotonic();
    while !condition() {
        assert!(start.elapsed() < PATIENCE, "{what} did not happen");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Whether somebody has the UDP port `port`. Looks without taking it: who wants it at this moment would be refused.
pub(crate) fn is_udp_port_taken(port: u16) -> bool {
    let taken_in = |list: &str| {
        let tables = std::fs::read_to_string(list).ok()?;
        let address = |line: &str| line.split_whitespace().nth(1).map(str::to_owned);
        Some(tables.lines().filter_map(address).any(|address| address.ends_with(&format!(":{port:04X}"))))
    };
    // Wine shows the host's files. A system without these lists can only be asked by trying.
    match (taken_in("/proc/net/udp"), taken_in("/proc/net/udp6")) {
        (None, None) => std::net::UdpSocket::bind(("127.0.0.1", port)).is_err(),
        (ipv4, ipv6) => ipv4 == Some(true) || ipv6 == Some(true),
    }
}

/// Every record of a session file, read by the library.
pub(crate) fn records(path: &Path) -> Vec<(Timestamp, Vec<u8>)> {
    let mut reader: SessionReader = files::open(path).unwrap();
    let mut records = Vec::new();
    while let Some(record) = reader.next_record().unwrap() {
        records.push((record.timestamp, record.data.to_vec()));
    }
    records
}

/// Whether `program` can be started. What needs it is left out otherwise, unless everything is to be tested.
pub(crate) fn has(program: &str) -> bool {
    let has =
        Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !has {
        left_out(program);
    }
    has
}

/// Says that a test is left out because `what` is not installed; fails when everything is to be tested.
pub(crate) fn left_out(what: &str) {
    let must_be_there = std::env::var_os("GAMETELEMETRY_TEST_ALL").is_some() && !cfg!(windows);
    assert!(!must_be_there, "{what} is missing");
    eprintln!("left out: {what} is not installed");
}
