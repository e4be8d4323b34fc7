//! A disk that takes no more: what is in the file by then stays readable, and the error says what to do.

use std::fs;
use std::path::Path;
use std::process::Command;

use gametelemetry_file::{
    EncoderOptions, End, FrameSize, SessionWriter as _, Timestamp, WriteError, recover,
};

use crate::support::{Records, STARTED, STEP, child, folder, is_child, ledger, read};
use crate::writer::create;

const SIZE: FrameSize = FrameSize::Fixed(800);

/// Writes until nothing more can be stored, then checks what is left.
#[track_caller]
fn check_full_disk(path: &Path, advice: &str) {
    let mut random = crate::support::Random::new(6);
    let mut writer = create(path, SIZE, EncoderOptions::default()).unwrap();
    let mut stored = Records::new();
    let error = loop {
        let record = (STARTED + STEP * i64::try_from(stored.len()).unwrap(), random.bytes(800));
        match writer.write(Timestamp::from_ticks(record.0), &record.1) {
            Ok(()) => stored.push(record),
            Err(error) => break error,
        }
        assert!(stored.len() < 10_000, "the disk is never full");
    };
    let WriteError::Io { safe, .. } = &error else { panic!("{error}") };
    assert!(error.is_fatal() && error.to_string().contains(advice), "{error}");
    // The file ends behind the last block that fits, and says so.
    assert_eq!((*safe, *safe), (fs::metadata(path).unwrap().len(), writer.file_bytes()));
    let reading = read(&fs::read(path).unwrap());
    assert_eq!((reading.end, reading.damage.len()), (End::Unfinished, 0));
    stored.truncate(stored.len() / 10 * 10);
    assert!(reading.records == stored);
    // Once failed it stays failed, so that no hole can come into the file.
    let again = writer.write(Timestamp::MIN, &[0; 800]).unwrap_err();
    assert!(
        again.is_fatal() && std::error::Error::source(&again).unwrap().to_string().contains("earlier write")
    );
    assert!(writer.finish(&ledger(0)).is_err());
    drop(writer);
}

#[test]
fn a_file_that_may_not_grow_ends_between_two_records() {
    let folder = folder();
    if is_child() {
        return check_full_disk(&folder.path().join("test.gtel"), "check the disk");
    }
    // The signal would end the process; ignored, the write fails as on a full disk.
    let name = "full_disk::a_file_that_may_not_grow_ends_between_two_records";
    let output = child(name, "trap '' XFSZ; ulimit -f 200", &[]);
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named_and_the_file_ends_between_two_records() {
    let folder = folder();
    let mount = |program: &str, arguments: &[&str]| {
        Command::new(program)
            .args(arguments)
            .arg(folder.path())
            .output()
            .is_ok_and(|output| output.status.success())
    };
    if !mount("mount", &["-t", "tmpfs", "-o", "size=256k", "none"]) {
        // Not a tool that can be installed, so nobody is made to have it; the file that may not grow stands in.
        println!("left out: a full disk, because mounting one is not allowed");
        return;
    }
    let result = std::panic::catch_unwind(|| {
        let path = folder.path().join("test.gtel");
        check_full_disk(&path, "the disk is full: free some space");
        // Recovery needs room that is not there: the file stays as it was, and nothing is left beside it.
        let before = fs::read(&path).unwrap();
        assert!(recover(&path, |_| {}).is_err());
        assert!(fs::read(&path).unwrap() == before);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    });
    assert!(mount("umount", &[]));
    result.unwrap();
}
