//! Sessions of simulated games, and what is made of them by a crash or a disk.

use std::path::{Path, PathBuf};

use gametelemetry::{BinarySessionWriter, Ledger, SessionWriter, WriterOptions, files};

use crate::support::Place;

/// A session of minutes, written at once into the folder `name`; `arguments` begin with the game.
pub(crate) fn simulated(place: &Place, name: &str, arguments: &[&str]) -> String {
    let saved = ["simulate", "--save", name].into_iter().chain(arguments.iter().copied());
    let _ = place.run(saved).code(0);
    place.only_session(name).to_str().unwrap().to_owned()
}

/// A copy of a session in the folder `name`; of each source only the records for which `keep`, given its name, holds, as
/// `keep` leaves them.
pub(crate) fn rewritten(
    session: &str,
    name: &Path,
    mut keep: impl FnMut(&str, &mut Vec<u8>) -> bool,
) -> PathBuf {
    std::fs::create_dir(name).unwrap();
    for path in files::session_files(Path::new(session)).unwrap() {
        let mut reader = files::open(&path).unwrap();
        let header = reader.header().clone();
        let copy = name.join(path.file_name().unwrap());
        let mut writer = BinarySessionWriter::create(&copy, &header, WriterOptions::default()).unwrap();
        while let Some(record) = reader.next_record().unwrap() {
            let (time, mut data) = (record.timestamp, record.data.to_vec());
            if keep(&header.source, &mut data) {
                writer.write(time, &data).unwrap();
            }
        }
        writer.finish(&Ledger { finished: true, ..Ledger::default() }).unwrap();
    }
    name.to_owned()
}

/// A copy of every file of a session in the folder `name`.
pub(crate) fn copied(session: &str, name: &Path) -> PathBuf {
    std::fs::create_dir(name).unwrap();
    for path in files::session_files(Path::new(session)).unwrap() {
        std::fs::copy(&path, name.join(path.file_name().unwrap())).unwrap();
    }
    name.to_owned()
}

/// A file system of 64 KiB, unmounted when it is dropped.
#[cfg(target_os = "linux")]
pub(crate) struct SmallDisk(PathBuf);

#[cfg(target_os = "linux")]
impl SmallDisk {
    /// `None` when this user may not mount.
    pub(crate) fn mount(at: PathBuf) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        std::fs::create_dir(&at).unwrap();
        let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=64k", "gametelemetry-test"]).arg(&at);
        let is_mounted = is_root && mount.status().is_ok_and(|status| status.success());
        if !is_mounted {
            println!("left out: only root may mount a small disk");
        }
        is_mounted.then_some(Self(at))
    }

    /// The names of what is on it.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// A file on it, as an argument.
    pub(crate) fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
