//! A session that was uploaded is in the cloud as it was here: it is listed, comes back, and is read in parts.

use std::path::{Path, PathBuf};

use crate::clouds::faults::{Fault, Plan};
use crate::clouds::rig::{Rig, text};
use crate::clouds::sessions::contents;
use crate::clouds::{Kind, Message, assert_nothing_acknowledged_is_sent_again};
use crate::simulated::simulated;
use crate::support::{Running, count, wait_until};

#[test]
fn s3_gives_back_what_was_uploaded() {
    gives_back(Kind::S3);
}

#[test]
fn azure_gives_back_what_was_uploaded() {
    gives_back(Kind::Azure);
}

#[test]
fn google_gives_back_what_was_uploaded() {
    gives_back(Kind::Google);
}

#[test]
fn a_folder_gives_back_what_was_uploaded() {
    gives_back(Kind::Folder);
}

#[test]
fn azure_is_found_by_the_names_that_its_own_tools_know() {
    let Some(rig) = Rig::new(Kind::Azure) else { return };
    let session = session(&rig, "out");
    let arguments = ["upload", text(&session), &rig.cloud.url];
    let mut command = rig.cloud.command(&rig.place, rig.proxy.as_ref(), &arguments);
    for (long, short) in [
        ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT"),
        ("AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_KEY"),
    ] {
        let values: Vec<_> =
            command.get_envs().map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned))).collect();
        let (_, value) = values.into_iter().find(|(name, _)| name == long).unwrap();
        command.env_remove(long).env(short, value.unwrap());
    }
    let _ = Running::start(&mut command).wait().code(0);
    rig.assert_holds(&contents(&session));
}

fn gives_back(kind: Kind) {
    let Some(rig) = Rig::new(kind) else { return };
    let session = session(&rig, "out");
    let before = contents(&session);
    let total: usize = before.values().map(Vec::len).sum();

    let told = rig.run(&["upload", text(&session), &rig.cloud.url, "--json"]).code(0).json();
    assert_eq!(count(&told[0], "sent_bytes"), total as u64, "{told}");
    assert_eq!(before, contents(&session));
    the_manifest_was_last(&rig);
    let url = rig.only_session();
    assert_eq!(told[0]["url"], url.as_str());
    rig.assert_holds(&before);

    nothing_is_sent_again(&rig, &session);
    half_a_session_is_not_there(&rig, &url);
}

/// A minute of ACC, of which one file takes several objects; and what a user may have laid beside.
fn session(rig: &Rig, out: &str) -> PathBuf {
    let session = PathBuf::from(simulated(&rig.place, out, &["acc", "--for", "1m"]));
    std::fs::create_dir(session.join("setups")).unwrap();
    std::fs::write(session.join("setups/monza quali.json"), "{\"wing\": 3}").unwrap();
    std::fs::write(session.join("empty.txt"), "").unwrap();
    session
}

/// The request that made the session visible came when every object was acknowledged.
fn the_manifest_was_last(rig: &Rig) {
    let objects = rig.cloud.objects();
    let manifests: Vec<_> = objects.iter().filter(|(key, _)| key.ends_with(".session.json")).collect();
    assert_eq!(manifests.len(), 1, "{objects:?}");
    assert!(objects.len() > 5, "{objects:?}");
    if rig.proxy.is_none() {
        return;
    }
    let log = rig.log();
    let mut puts = rig.puts(&log);
    assert_eq!(puts.last(), Some(&manifests[0].0));
    let manifest = log.iter().rposition(|entry| rig.cloud.put_key(entry).is_some()).unwrap();
    let objects_put = log.iter().filter(|entry| rig.cloud.put_key(entry).is_some()).take(puts.len() - 1);
    assert!(
        objects_put.clone().all(|entry| entry.is_delivered && entry.answered_before <= manifest),
        "{log:#?}"
    );
    puts.sort();
    puts.dedup();
    assert_eq!(puts, objects.into_iter().map(|(key, _)| key).collect::<Vec<_>>());
}

fn nothing_is_sent_again(rig: &Rig, session: &Path) {
    let objects = rig.cloud.objects();
    let _ = rig.log();
    let _ = rig.upload(session).code(0).says(&["there already"]);
    let log = rig.log();
    assert_eq!(rig.puts(&log), [""; 0]);
    // Another rig with the same session has no journal; the bucket has the objects all the same.
    for entry in std::fs::read_dir(session).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with(".upload-") {
            std::fs::remove_file(path).unwrap();
        }
    }
    let told = rig.run(&["upload", text(session), &rig.cloud.url, "--json"]).code(0).json();
    let log = rig.log();
    assert_eq!((rig.puts(&log), count(&told[0], "sent_objects")), (Vec::new(), 0));
    let keys = |objects: &[(String, u64)]| objects.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>();
    assert_eq!(keys(&objects), keys(&rig.cloud.objects()));
}

/// A session of which everything is there but the manifest.
fn half_a_session_is_not_there(rig: &Rig, whole: &str) {
    let Some(proxy) = &rig.proxy else { return };
    let before = rig.cloud.objects();
    let half = session(rig, "half");
    proxy.answer_by(|method, target| {
        let is_manifest = method != "GET" && target.contains(".session.json");
        is_manifest.then(|| Message::answer(503, &[], "not now"))
    });
    let _ = rig.run(&["upload", text(&half), &rig.cloud.url, "--retry-for", "1s"]).code(1).says(&["503"]);
    proxy.answer_by(|_, _| None);
    let objects = rig.cloud.objects();
    let of_half = objects.iter().find(|object| !before.contains(object)).unwrap();
    assert_eq!(rig.only_session(), whole);
    let name = of_half.0.split('/').next().unwrap();
    let _ = rig.run(&["download", &format!("{}/{name}", rig.cloud.url)]).code(1);
    let _ = rig.log();
    let _ = rig.upload(&half).code(0);
    let log = rig.log();
    assert_eq!(rig.puts(&log), [format!("{name}.session.json")]);
}

#[test]
fn a_session_at_a_url_is_read_in_parts() {
    for kind in [Kind::S3, Kind::Azure, Kind::Google] {
        let Some(rig) = Rig::new(kind) else { continue };
        let session = PathBuf::from(simulated(&rig.place, "out", &["acc", "--for", "5m"]));
        let total: usize = contents(&session).values().map(Vec::len).sum();
        let _ = rig.upload(&session).code(0);
        let url = rig.only_session();
        let _ = rig.log();
        let arguments = ["--source", "physics", "--from", "200s", "--to", "200500ms"];
        // The most that each may read of the whole, in percent.
        for (command, more, most) in [("info", &[][..], 3), ("cat", &arguments[..], 12)] {
            let run = |session: &str| rig.run(&[&[command, session], more].concat()).code(0).stdout;
            let of_url = run(&url);
            let served: usize = rig.log().iter().map(|entry| entry.served_bytes).sum();
            println!("{kind:?}: {command} of {total} bytes read {served}");
            assert!(served * 100 < total * most, "{kind:?} {command}: {served} of {total} bytes");
            if command == "cat" {
                assert_eq!(of_url, run(text(&session)));
                assert!(of_url.lines().count() > 100, "{of_url}");
            }
        }
    }
}

#[test]
fn a_recording_is_in_every_cloud_before_it_ends_and_whole_soon_after() {
    let rigs: Vec<Rig> =
        [Kind::S3, Kind::Azure, Kind::Google, Kind::Folder].into_iter().filter_map(Rig::new).collect();
    let recorder = &rigs.last().unwrap().place;
    let _game = recorder.simulate(&["--hz", "1000"]);
    // Where a program cannot be told to end by another, it ends by itself.
    let life = if cfg!(windows) { "20s" } else { "10m" };
    let recording = recorder.start(["record", "acc", "--hz", "1000", "--out", "out", "--for", life]);
    let file = || recorder.sessions("out").first().map(|session| session.join("physics.gtel"));
    wait_until("some frames", || {
        file().and_then(|it| it.metadata().ok()).is_some_and(|it| it.len() > 20_000)
    });
    let session = recorder.only_session("out");
    let follow = |rig: &Rig| rig.start(&["upload", text(&session), &rig.cloud.url, "--follow"]);
    let followers: Vec<_> = rigs.iter().map(follow).collect();
    for rig in &rigs {
        wait_until("an object of a recording", || !rig.cloud.objects().is_empty());
        let objects = rig.cloud.objects();
        assert!(!objects.iter().any(|(key, _)| key.ends_with(".session.json")), "{objects:?}");
    }
    // Whoever follows may die meanwhile.
    followers.into_iter().for_each(Running::kill);
    let followers: Vec<_> = rigs.iter().map(follow).collect();
    let _ = recording.end().recorded();
    for follower in followers {
        let _ = follower.wait().code(0);
    }
    let recorded = contents(&session);
    for rig in &rigs {
        rig.assert_holds(&recorded);
        assert_nothing_acknowledged_is_sent_again(&rig.cloud, &rig.log());
    }
}

#[test]
fn a_recorder_uploads_what_it_records() {
    let Some(rig) = Rig::new(Kind::S3) else { return };
    let _game = rig.place.simulate(&["--hz", "1000"]);
    // A line that breaks again and again must not be the recording's concern.
    rig.proxy.as_ref().unwrap().set_plan(Plan::rough(11));
    let recorder = rig.start(&[
        "record",
        "acc",
        "--hz",
        "1000",
        "--out",
        "out",
        "--upload",
        &rig.cloud.url,
        "--for",
        "4s",
    ]);
    let _ = recorder.wait().recorded().says(&["uploaded"]);
    rig.proxy.as_ref().unwrap().set_plan(Plan::peace());
    rig.assert_holds(&contents(&rig.place.only_session("out")));
}

#[test]
fn a_recording_that_cannot_be_uploaded_is_whole_here() {
    let Some(rig) = Rig::new(Kind::S3) else { return };
    let _game = rig.place.simulate(&["--hz", "1000"]);
    rig.proxy.as_ref().unwrap().set_plan(Plan::always(Fault::DropBefore));
    let recorder = rig.start(&["record", "acc", "--hz", "1000", "--out", "out", "--upload", &rig.cloud.url]);
    let file = || rig.place.sessions("out").first().map(|session| session.join("physics.gtel"));
    wait_until("some frames", || {
        file().and_then(|it| it.metadata().ok()).is_some_and(|it| it.len() > 20_000)
    });
    recorder.kill();
    let session = rig.place.only_session("out");
    let _ = rig.run(&["recover", text(&session)]).code(0);
    rig.proxy.as_ref().unwrap().set_plan(Plan::peace());
    let _ = rig.upload(&session).code(0);
    rig.assert_holds(&contents(&session));
}
