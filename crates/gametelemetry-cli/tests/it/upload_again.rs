//! A session that is uploaded again, after something has changed: in the bucket, in the session, or which bucket is meant.

use std::path::{Path, PathBuf};

use crate::clouds::Kind;
use crate::clouds::faults::Plan;
use crate::clouds::rig::{Rig, text};
use crate::clouds::sessions::contents;
use crate::simulated::simulated;
use crate::support::{Place, Running, count};

fn session(place: &Place) -> PathBuf {
    PathBuf::from(simulated(place, "out", &["acc", "--for", "3s"]))
}

#[test]
fn a_session_is_whole_in_a_bucket_that_was_cleared() {
    let Some(rig) = Rig::new(Kind::Folder) else { return };
    let session = session(&rig.place);
    let _ = rig.upload(&session).code(0);
    std::fs::remove_dir_all(&rig.cloud.url).unwrap();
    std::fs::write(session.join("notes.txt"), "the rear is loose").unwrap();
    let _ = rig.upload(&session).code(0);
    let _ = rig.run(&["verify", &rig.only_session()]).code(0);
    rig.assert_holds(&contents(&session));
}

#[test]
fn a_relative_folder_is_another_bucket_in_another_working_directory() {
    let place = Place::new();
    let session = session(&place);
    let upload_in = |folder: &str| {
        let folder = place.path().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        let mut command = place.command(["upload", text(&session), "bucket", "--json"]);
        Running::start(command.current_dir(folder)).wait().code(0).json()
    };
    let (one, other) = (upload_in("one"), upload_in("other"));
    assert!(count(&one[0], "sent_objects") > 0);
    assert_eq!(count(&one[0], "sent_objects"), count(&other[0], "sent_objects"));
    assert_eq!(count(&upload_in("one")[0], "sent_objects"), 0);
    let keys = |name: &str| contents(&place.path().join(name).join("bucket")).into_keys().collect::<Vec<_>>();
    assert_eq!(keys("one"), keys("other"));
}

#[test]
fn the_same_address_at_another_server_is_another_bucket() {
    let Some(rig) = Rig::new(Kind::S3) else { return };
    let session = session(&rig.place);
    let _ = rig.upload(&session).code(0);
    // The bucket behind another address, which for all the journal knows has nothing.
    let elsewhere = rig.cloud.proxy(Plan::peace());
    let arguments = ["upload", text(&session), &rig.cloud.url, "--json"];
    let mut command = rig.cloud.command(&rig.place, elsewhere.as_ref(), &arguments);
    let told = Running::start(&mut command).wait().code(0).json();
    assert_eq!(told[0]["was_there"], false, "{told}");
    assert!(!elsewhere.unwrap().clear().is_empty(), "it was asked");
}

/// The journal is one more file in the session's folder.
pub(crate) fn journal(session: &Path) -> PathBuf {
    let entries = std::fs::read_dir(session).unwrap().map(|entry| entry.unwrap().path());
    let is_journal = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(".upload-");
    entries.filter(is_journal).collect::<Vec<_>>().remove(0)
}
