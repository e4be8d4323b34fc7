//! What an upload cannot do is said once and clearly, with exit code 1, and the session stays as it was; what is secret
//! is said nowhere.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::clouds::faults::{Fault, Plan};
use crate::clouds::rig::{Rig, text};
use crate::clouds::servers::{self, AZURE_KEY};
use crate::clouds::sessions::contents;
use crate::clouds::{Cloud, Kind, Message, S3_ID, S3_SECRET};
use crate::simulated::simulated;
use crate::support::{Place, Ran, Running};

/// A key as Azure's are, which opens nothing.
const WRONG_KEY: &str =
    "d3JvbmcgYnV0IG9mIHRoZSByaWdodCBmb3JtLCBzaXh0eS1mb3VyIGJ5dGVzIGFzIHRoZXkgYXJlISEhISEhIQ==";

fn session(place: &Place) -> PathBuf {
    PathBuf::from(simulated(place, "out", &["acc", "--for", "3s"]))
}

/// Runs an upload that is refused: one message with each of `parts`, and nothing changed.
#[track_caller]
fn refused(rig: &Rig, session: &Path, more: &[&str], change: impl Fn(&mut Command), parts: &[&str]) {
    let before = contents(session);
    let arguments = [&["upload", text(session), &rig.cloud.url, "--retry-for", "1s"], more].concat();
    let mut command = rig.cloud.command(&rig.place, rig.proxy.as_ref(), &arguments);
    change(&mut command);
    let ran = Running::start(&mut command).wait().code(1).says(parts);
    let errors: Vec<_> = ran.stderr.lines().filter(|line| line.starts_with("error")).collect();
    assert_eq!(errors.len(), 1, "{}", ran.stderr);
    assert!(ran.stdout.is_empty(), "{}", ran.stdout);
    assert_eq!(before, contents(session));
    tells_no_secret(&ran, session);
}

fn set(command: &mut Command, name: &str, value: &str) {
    command.env(name, value);
}

/// Checks that neither what was said nor what was written has a word that only the server may see.
#[track_caller]
fn tells_no_secret(ran: &Ran, session: &Path) {
    let mut told = vec![("stdout".to_owned(), ran.stdout.clone()), ("stderr".to_owned(), ran.stderr.clone())];
    for entry in std::fs::read_dir(session).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            told.push((
                path.display().to_string(),
                String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned(),
            ));
        }
    }
    for (name, text) in told {
        for secret in [S3_SECRET, S3_ID, AZURE_KEY, WRONG_KEY, "Signature=", "SharedKey "] {
            assert!(!text.contains(secret), "{name} has {secret}:\n{text}");
        }
    }
}

#[test]
fn a_bucket_that_is_not_there() {
    for kind in [Kind::S3, Kind::Azure, Kind::Google] {
        let Some(mut rig) = Rig::new(kind) else { continue };
        let session = session(&rig.place);
        rig.cloud.url = rig.cloud.url.replace("//laps/", "//nobodys-laps/");
        refused(&rig, &session, &[], |_| (), &["no such bucket", "nobodys-laps"]);
    }
}

#[test]
fn a_folder_that_cannot_be_made() {
    let Some(mut rig) = Rig::new(Kind::Folder) else { return };
    let session = session(&rig.place);
    rig.cloud.url += "/in/nowhere";
    refused(&rig, &session, &[], |_| (), &["cannot use the folder", "nowhere"]);
}

#[test]
fn credentials_that_are_wrong() {
    let place = Place::new();
    if let Some(server) = servers::s3_that_knows_nobody() {
        let rig = Rig::of(Cloud::s3_at(server.address), place);
        let session = session(&rig.place);
        refused(&rig, &session, &[], |_| (), &["refuses access"]);
        refused(&rig, &session, &["-vv"], |_| (), &["refuses access"]);
    }
    if let Some(rig) = Rig::new(Kind::Azure) {
        let wrong = |command: &mut Command| set(command, "AZURE_STORAGE_ACCOUNT_KEY", WRONG_KEY);
        refused(&rig, &session(&rig.place), &["-vv"], wrong, &["refuses access"]);
    }
    // Google's emulator believes everybody; this is what the service says.
    if let Some(rig) = Rig::new(Kind::Google) {
        let body =
            r#"{"error":{"code":401,"message":"Invalid Credentials","errors":[{"reason":"authError"}]}}"#;
        rig.proxy.as_ref().unwrap().answer_by(move |_, _| Some(Message::answer(401, &[], body)));
        refused(&rig, &session(&rig.place), &[], |_| (), &["refuses access"]);
    }
}

#[test]
fn a_clock_that_is_wrong() {
    let Some(rig) = Rig::new(Kind::S3) else { return };
    let body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>RequestTimeTooSkewed</Code><Message>The difference \
                between the request time and the current time is too large.</Message></Error>";
    rig.proxy.as_ref().unwrap().answer_by(move |_, _| Some(Message::answer(403, &[], body)));
    refused(&rig, &session(&rig.place), &[], |_| (), &["clock"]);
}

#[test]
fn a_server_without_multipart_is_no_hindrance() {
    let Some(rig) = Rig::new(Kind::S3) else { return };
    rig.proxy.as_ref().unwrap().answer_by(|_, target| {
        let is_multipart = ["uploads", "uploadId=", "partNumber="].iter().any(|word| target.contains(word));
        is_multipart.then(|| Message::answer(501, &[], "<Error><Code>NotImplemented</Code></Error>"))
    });
    let session = PathBuf::from(simulated(&rig.place, "out", &["acc", "--for", "2m"]));
    let _ = rig.upload(&session).code(0);
    rig.assert_holds(&contents(&session));
}

#[test]
fn a_server_that_is_away_for_longer_than_patience() {
    let Some(rig) = Rig::new(Kind::S3) else { return };
    rig.proxy.as_ref().unwrap().set_plan(Plan::always(Fault::DropBefore));
    let server = rig.proxy.as_ref().unwrap().address().to_string();
    refused(&rig, &session(&rig.place), &[], |_| (), &["cannot reach the server", &server]);
}

/// Loopback under an address that is none, which only some systems have.
#[cfg(target_os = "linux")]
#[test]
fn plain_http_to_what_is_not_this_machine() {
    let Some(rig) = Rig::new(Kind::S3) else { return };
    let session = session(&rig.place);
    let endpoint = format!("http://0.0.0.0:{}", rig.proxy.as_ref().unwrap().address().port());
    let elsewhere = |command: &mut Command| set(command, "AWS_ENDPOINT_URL", &endpoint);
    for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_STS"] {
        for endpoint in [&endpoint, &endpoint.replace("http", "HTTP")] {
            refused(&rig, &session, &[], |command| set(command, name, endpoint), &["--allow-http"]);
        }
    }
    assert!(rig.log().is_empty());
    let allowed = ["upload", text(&session), &rig.cloud.url, "--allow-http"];
    let mut command = rig.cloud.command(&rig.place, None, &allowed);
    elsewhere(&mut command);
    let _ = Running::start(&mut command).wait().code(0);
    rig.assert_holds(&contents(&session));
}

#[test]
fn a_certificate_that_nobody_vouches_for() {
    let Some(server) = servers::tls() else { return };
    let rig = Rig::of(Cloud::s3_at(server.address), Place::new());
    let endpoint = format!("https://{}", server.address);
    let over_tls = |command: &mut Command| set(command, "AWS_ENDPOINT_URL", &endpoint);
    refused(&rig, &session(&rig.place), &[], over_tls, &["certificate"]);
}

#[test]
fn secrets_are_said_nowhere() {
    for kind in [Kind::S3, Kind::Azure, Kind::Google, Kind::Folder] {
        let Some(rig) = Rig::new(kind) else { continue };
        let session = session(&rig.place);
        if let Some(proxy) = &rig.proxy {
            proxy.set_plan(Plan::rough(5));
        }
        let ran = rig.run(&["upload", text(&session), &rig.cloud.url, "--timeout", "1s", "-vv"]).code(0);
        tells_no_secret(&ran, &session);
        let ran = rig.run(&["list", &rig.cloud.url, "-vv"]).code(0);
        tells_no_secret(&ran, &session);
    }
    let Some(rig) = Rig::new(Kind::S3) else { return };
    let session = session(&rig.place);
    // Who writes them into an address is told not to, without an echo.
    for url in [
        format!("s3://rig:{S3_SECRET}@laps/team"),
        format!("s3://{S3_ID}:abc/def{S3_SECRET}@laps/team"),
        format!("s3://{S3_ID}:123/{S3_SECRET}@laps/team"),
        format!("https://rigs.blob.core.windows.net/laps/team?sp=rw&sig={S3_SECRET}"),
    ] {
        for arguments in [["upload", text(&session), &url], ["info", &url, "--json"]] {
            let ran = rig.run(&arguments).code(2).says(&["credentials", "do not belong into the address"]);
            tells_no_secret(&ran, &session);
        }
    }
}

#[test]
fn an_endpoint_with_credentials_in_it() {
    for (kind, name, path) in [
        (Kind::S3, "AWS_ENDPOINT_URL", ""),
        (Kind::Azure, "AZURE_STORAGE_ENDPOINT", "/devstoreaccount1"),
        (Kind::Google, "STORAGE_EMULATOR_HOST", ""),
    ] {
        let Some(rig) = Rig::new(kind) else { continue };
        let server = rig.proxy.as_ref().unwrap().address();
        let endpoint = format!("http://{S3_ID}:{S3_SECRET}@{server}{path}");
        let told = ["credentials do not belong", &server.to_string()];
        refused(&rig, &session(&rig.place), &[], |command| set(command, name, &endpoint), &told);
        assert!(rig.log().is_empty());
    }
}

/// The one to whom a server that encrypts tells no hash of what it took, and shows nothing.
fn answers_only_writes(rig: &Rig, taken: u16) {
    let tag = [("ETag", "\"00000000000000000000000000000000\"")];
    rig.proxy.as_ref().unwrap().answer_by(move |method, _| {
        Some(match method {
            "PUT" => Message::answer(taken, &tag, ""),
            _ => Message::answer(403, &[], "<Error><Code>AccessDenied</Code></Error>"),
        })
    });
}

#[test]
fn a_rig_that_may_only_write_sends_once_where_the_signature_has_the_hash() {
    let Some(rig) = Rig::new(Kind::S3) else { return };
    let session = session(&rig.place);
    answers_only_writes(&rig, 200);
    let _ = rig.upload(&session).code(0);
    let mut puts = rig.puts(&rig.log());
    let all = puts.len();
    puts.sort();
    puts.dedup();
    assert!(all > 1 && puts.len() == all, "{all} {puts:?}");
}

#[test]
fn a_rig_that_may_only_write_is_told_where_nothing_proves_what_arrived() {
    let Some(rig) = Rig::new(Kind::Azure) else { return };
    answers_only_writes(&rig, 201);
    refused(&rig, &session(&rig.place), &[], |_| (), &["may not read it back"]);
    let Some(rig) = Rig::new(Kind::S3) else { return };
    answers_only_writes(&rig, 200);
    let unsigned = |command: &mut Command| set(command, "AWS_SKIP_SIGNATURE", "true");
    refused(&rig, &session(&rig.place), &[], unsigned, &["may not read it back"]);
}

/// Runs `script` with `$1` and so on, in a place where `full` is a file system of its own; `None` where that cannot be.
#[cfg(target_os = "linux")]
fn beside_a_small_disk(rig: &Rig, size: &str, script: &str, arguments: &[&str]) -> Option<Ran> {
    let unshare = |words: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(words).args(["mount", "-t", "tmpfs", "none", "/mnt"]);
        command.output().is_ok_and(|output| output.status.success())
    };
    // A user's own namespace, where there is such a thing; else root's right.
    let ways: [&[&str]; 2] = [&["--user", "--map-root-user", "--mount"], &["--mount"]];
    let Some(way) = ways.into_iter().find(|way| unshare(way)) else {
        eprintln!("left out: nobody lets us mount a small disk");
        return None;
    };
    std::fs::create_dir_all(rig.place.path().join("full")).unwrap();
    let script = format!("mount -t tmpfs -o size={size} none full || exit 98\n{script}");
    let mut command = rig.cloud.command(&rig.place, rig.proxy.as_ref(), &[]);
    let ours = command.get_program().to_owned();
    let mut wrapped = Command::new("unshare");
    wrapped.args(way).args(["sh", "-c", &script, text(Path::new(&ours))]).args(arguments);
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => wrapped.env(name, value),
            None => wrapped.env_remove(name),
        };
    }
    wrapped.current_dir(command.current_dir(rig.place.path()).get_current_dir().unwrap());
    Some(Running::start(&mut wrapped).wait())
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_without_room_for_the_journal() {
    let Some(rig) = Rig::new(Kind::S3) else { return };
    let session = session(&rig.place);
    let script = r#"cp -r "$1" full/session && cat /dev/zero > full/filler 2>/dev/null
        "$0" upload full/session "$2"; code=$?
        diff -r --exclude='.upload-*' "$1" full/session >&2 || exit 99
        exit $code"#;
    let Some(ran) = beside_a_small_disk(&rig, "2m", script, &[text(&session), &rig.cloud.url]) else {
        return;
    };
    let ran = ran.code(1).says(&["the disk is full"]);
    assert_eq!(ran.stderr.lines().filter(|line| line.starts_with("error")).count(), 1, "{}", ran.stderr);
    assert_eq!(rig.cloud.objects(), []);
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_without_room_for_a_download() {
    let Some(rig) = Rig::new(Kind::S3) else { return };
    let session = session(&rig.place);
    let _ = rig.upload(&session).code(0);
    let url = rig.only_session();
    // What is there afterwards is no session that anybody would take for whole.
    let script = r#""$0" download "$1" --out full; code=$?
        ls full >&2
        "$0" verify full/* >&2 && exit 99
        exit $code"#;
    let Some(ran) = beside_a_small_disk(&rig, "64k", script, &[&url]) else { return };
    let _ = ran.code(1).says(&["the disk is full"]);
}
