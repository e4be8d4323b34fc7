//! `upload --follow` goes on: with a session that failed before, with one that has changed, and when the bucket was not to be
//! used for a while.

use std::fs::File;

use crate::clouds::rig::{Rig, text};
use crate::clouds::sessions::contents;
use crate::clouds::{Kind, Message};
use crate::simulated::simulated;
use crate::support::{Place, wait_until};
use crate::upload_again::journal;

fn session(place: &Place) -> std::path::PathBuf {
    simulated(place, "out", &["acc", "--for", "3s"]).into()
}

#[test]
fn a_session_that_failed_is_uploaded_later_and_again_when_it_changes() {
    let Some(rig) = Rig::new(Kind::Folder) else { return };
    let session = session(&rig.place);
    let _ = rig.upload(&session).code(0);
    let other = File::options().append(true).open(journal(&session)).unwrap();
    other.lock().unwrap();
    let follow = rig.start(&["upload", "out", &rig.cloud.url, "--follow"]);
    wait_until("that another upload is told", || follow.told().contains("another upload of this session"));
    drop(other);
    wait_until("the session", || follow.told().contains("is there already"));
    for (number, notes) in ["the rear is loose", "the front is loose"].into_iter().enumerate() {
        std::fs::write(session.join("notes.txt"), notes).unwrap();
        wait_until("the change", || follow.told().matches(" uploaded, ").count() > number);
    }
    if cfg!(unix) {
        let _ = follow.end().code(0);
    } else {
        follow.kill();
    }
    rig.assert_holds(&contents(&session));
}

#[test]
fn a_bucket_that_refuses_for_a_while_is_told_once_and_tried_again() {
    let Some(rig) = Rig::new(Kind::S3) else { return };
    let proxy = rig.proxy.as_ref().unwrap();
    let session = session(&rig.place);
    let body = "<Error><Code>ExpiredToken</Code></Error>";
    // That the bucket can be used is asked first, and is true.
    proxy.answer_by(move |method, _| (method == "PUT").then(|| Message::answer(403, &[], body)));
    let follow = rig.start(&["upload", "out", &rig.cloud.url, "--follow"]);
    wait_until("the refusal", || follow.told().contains("refuses access"));
    let puts = || proxy.seen().iter().filter(|entry| entry.method == "PUT").count();
    let before = puts();
    wait_until("another attempt", || puts() > before);
    assert_eq!(follow.told().matches("refuses access").count(), 1, "{}", follow.told());
    proxy.answer_by(|_, _| None);
    wait_until("the session", || follow.told().contains(" uploaded, "));
    if cfg!(unix) {
        let _ = follow.end().code(0);
    } else {
        follow.kill();
    }
    rig.assert_holds(&contents(&session));
    // Without it there is somebody to read what is wrong.
    proxy.answer_by(move |_, _| Some(Message::answer(403, &[], body)));
    std::fs::write(session.join("notes.txt"), "new").unwrap();
    let _ = rig.run(&["upload", text(&session), &rig.cloud.url]).code(1).says(&["refuses access"]);
}
