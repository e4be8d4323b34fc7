//! A process whose processor time and memory are read from `/proc`.
//!
//! Starts and ends it; does not know what it does.

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use super::common::Outcome;

/// A process that is killed when this is dropped.
pub(crate) struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
}

/// What a process holds in memory, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memory {
    pub(crate) resident: u64,
    pub(crate) most_resident: u64,
}

impl Process {
    pub(crate) fn start(command: &mut Command) -> Outcome<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let stdin = child.stdin.take();
        Ok(Self { child, stdin })
    }

    /// Processor time so far of all threads that live.
    pub(crate) fn cpu(&self) -> Outcome<Duration> {
        let mut nanoseconds = 0;
        for task in fs::read_dir(self.proc("task"))? {
            // Time on the processor, time spent waiting for it, turns.
            let Ok(text) = fs::read_to_string(task?.path().join("schedstat")) else { continue };
            nanoseconds += text.split(' ').next().ok_or("no time in schedstat")?.trim().parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanoseconds))
    }

    pub(crate) fn memory(&self) -> Outcome<Memory> {
        let status = fs::read_to_string(self.proc("status"))?;
        let kib = |name: &str| -> Outcome<u64> {
            let line =
                status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line in status")?;
            Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
        };
        Ok(Memory { resident: kib("VmRSS:")?, most_resident: kib("VmHWM:")? })
    }

    /// Ends its input, waits until it has ended, and gives what it printed.
    pub(crate) fn finish(mut self) -> Outcome<String> {
        drop(self.stdin.take());
        let mut printed = String::new();
        if let Some(stdout) = &mut self.child.stdout {
            stdout.read_to_string(&mut printed)?;
        }
        let status = self.child.wait()?;
        match status.code() {
            Some(0) => Ok(printed),
            // The command recorded what it could; its figures count all the same.
            Some(3) => {
                println!("a recording had frames that are lost or not to be trusted: {printed}");
                Ok(printed)
            }
            _ => Err(format!("a measured process ended with {status}").into()),
        }
    }

    fn proc(&self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}", self.child.id())).join(name)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
