//! A disk that becomes full while exporting: the error says so, and no file stays, neither whole nor half.
#![cfg(target_os = "linux")]

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use gametelemetry::ExportOptions;
use gametelemetry_export::EXPORTERS;

use crate::support::{folder, go, names_in, session};

/// A file system of 64 KiB, unmounted when it is dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` when this user may not mount.
    fn mount(at: &Path) -> Option<Self> {
        let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=64k", "gametelemetry-test"]).arg(at);
        (is_root && mount.status().is_ok_and(|status| status.success())).then(|| Self(at.into()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_is_said_and_no_file_stays() {
    let (place, disk) = (folder(), folder());
    let session = session(place.path(), 20_000);
    let Some(_disk) = SmallDisk::mount(disk.path()) else {
        println!("left out: only root may mount a small disk");
        return;
    };
    for info in EXPORTERS {
        for raw in [false, true] {
            let options = ExportOptions { raw, ..ExportOptions::default() };
            if raw && (info.make)().needs().constant_rate {
                continue;
            }
            let out = disk.path().join(format!("export.{}", info.extension));
            let error = go(&session, &out, info.name, options).unwrap_err();
            assert!(
                error.to_string().contains("the disk is full: free some space"),
                "{}: {error:?}",
                info.name
            );
            assert_eq!(names_in(disk.path()), Vec::<String>::new(), "{} {raw}", info.name);
        }
    }
}
