//! A disk that becomes full: the recording ends by itself, says why, and what was written stays readable.

use std::error::Error;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use gametelemetry::{End, GameSession, SessionError};

use crate::support::{Contents, Scripted, folder, only_file};

/// A file system of one megabyte, unmounted when it is dropped.
pub(crate) struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` when this user may not mount.
    pub(crate) fn mount(at: &Path) -> Option<Self> {
        let is_root = std::fs::metadata("/proc/self").is_ok_and(|own: Metadata| own.uid() == 0);
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=1m", "gametelemetry-test"]).arg(at);
        (is_root && mount.status().is_ok_and(|status| status.success())).then(|| Self(at.into()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily, so that a file left open by a failed test does not keep it.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_ends_the_recording_and_what_was_written_stays_readable() {
    let out = folder("disk_full");
    let Some(_disk) = SmallDisk::mount(out.path()) else {
        println!("left out: only root may mount a small disk");
        return;
    };
    let session = GameSession::new("full").source(Scripted::pages("physics", 1..)).save_to(out.path());
    let session = session.start().unwrap();
    session.wait();
    let error = session.stop().unwrap_err();
    let said = error.source().unwrap().to_string();
    assert!(said.contains("the disk is full"), "{said}");
    let SessionError::Write { source_name, summary: Some(summary), .. } = error else { panic!("{error:?}") };
    let ledger = &summary.sources[0].ledger;
    assert_eq!(source_name, "physics");
    assert!(summary.lost_data() && summary.sources[0].written.is_none());
    assert!(ledger.dropped > 0);
    assert_eq!(ledger.frames, ledger.recorded + ledger.dropped);

    let contents = Contents::read(&only_file(out.path()));
    assert_eq!((contents.end, contents.damaged), (End::Unfinished, 0));
    let counters = contents.counters();
    assert!(counters.len() as u64 >= ledger.recorded && counters.len() > 500, "{}", counters.len());
    assert!(counters.iter().copied().eq(1..=counters.len() as u32), "a frame in the middle is missing");
}
