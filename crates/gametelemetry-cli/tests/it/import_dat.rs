//! `import` of the .NET implementation's `.dat` files: with head, without, cut, and what is none.

use std::io::Write;
use std::path::{Path, PathBuf};

use gametelemetry::{Telemetry, Timestamp};
use gametelemetry_games::acc::simulator::Simulator;
use lz4_flex::frame::FrameEncoder;

use crate::support::{Place, find, records};

const FRAMES: usize = 300;

/// Frames as ACC publishes them, 10 ms apart.
fn frames() -> Vec<(Timestamp, Vec<u8>)> {
    let start: Timestamp = "2024-05-01T18:30:00Z".parse().unwrap();
    let mut game = Simulator::new(3);
    let frame = |number: u64| {
        game.step(0.02);
        (start + std::time::Duration::from_millis(10 * number), game.physics().as_bytes().to_vec())
    };
    (0..FRAMES as u64).map(frame).collect()
}

fn dat(head: &[u8], frames: &[(Timestamp, Vec<u8>)]) -> Vec<u8> {
    let mut encoder = FrameEncoder::new(head.to_vec());
    for (timestamp, data) in frames {
        encoder.write_all(&timestamp.ticks().to_le_bytes()).unwrap();
        encoder.write_all(&i32::try_from(data.len()).unwrap().to_le_bytes()).unwrap();
        encoder.write_all(data).unwrap();
    }
    encoder.finish().unwrap()
}

fn head(game: &str, type_name: &str, size: i32) -> Vec<u8> {
    let mut head = b"GDT\0\x01\0".to_vec();
    head.push(game.len() as u8);
    head.extend_from_slice(game.as_bytes());
    head.extend_from_slice(&(type_name.len() as u16).to_le_bytes());
    head.extend_from_slice(type_name.as_bytes());
    head.extend_from_slice(&(1_u32 << 24 | 8 << 16 | 12).to_le_bytes());
    head.extend_from_slice(&size.to_le_bytes());
    head.extend_from_slice(&[0; 16]);
    head
}

fn write(place: &Place, name: &str, bytes: &[u8]) -> PathBuf {
    let path = place.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn import(place: &Place, file: &Path) -> crate::support::Ran {
    place.run(["import".as_ref(), file.as_os_str()])
}

#[test]
fn a_file_with_a_head_gets_the_known_layout() {
    let place = Place::new();
    let frames = frames();
    let file = write(&place, "lap 1.dat", &dat(&head("ACC", "GameTelemetry.Acc.Physics", 800), &frames));
    let ran = import(&place, &file).code(0);
    let session = place.only_session("sessions");
    assert!(session.ends_with("2024-05-01_183000_acc"), "{}", session.display());
    // The folder alone, so that it can be handed on.
    assert_eq!(ran.stdout, format!("{}\n", Path::new("sessions").join("2024-05-01_183000_acc").display()));
    assert_eq!(ran.stderr, "");
    assert!(records(&session.join("physics.gtel")) == frames);
    let _ = place.run(["verify".as_ref(), session.as_os_str()]).code(0);
    let fields = ["--fields", "packet_id,speed_kmh", "--channels", "speed"];
    let arguments = |count: usize| {
        ["cat".as_ref(), session.as_os_str()]
            .into_iter()
            .chain(fields[count..count + 2].iter().map(AsRef::as_ref))
    };
    assert_eq!(place.run(arguments(0)).code(0).json_lines()[7]["packet_id"], 9);
    assert!(place.run(arguments(2)).code(0).json_lines()[0]["speed"].is_number());
    let _ =
        place.run(["info".as_ref(), session.as_os_str()]).code(0).shows(&["imported from lap 1.dat", "300"]);
}

#[test]
fn a_file_without_a_head_keeps_its_bytes() {
    let place = Place::new();
    let frames = frames();
    let file = write(&place, "old.dat", &dat(&[], &frames));
    // As it stands it is read too.
    assert_eq!(place.run(["cat".as_ref(), file.as_os_str()]).code(0).stdout.lines().count(), FRAMES);
    let from = ["cat".as_ref(), file.as_os_str(), "--from".as_ref(), "2s".as_ref()];
    assert_eq!(place.run(from).code(0).stdout.lines().count(), FRAMES - 200);
    let _ = place.run(["info".as_ref(), file.as_os_str()]).code(0).shows(&["old", "300", "complete"]);
    let _ = import(&place, &file).code(0);
    let session = place.only_session("sessions");
    assert!(records(&session.join("old.gtel")) == frames);
}

#[test]
fn a_layout_that_is_not_known_keeps_its_bytes() {
    let place = Place::new();
    let frames: Vec<_> =
        frames().into_iter().map(|(timestamp, data)| (timestamp, data[..100].to_vec())).collect();
    for (game, size) in [("Unheard Of/2", 100), ("acc", 100), ("", -1)] {
        let file = write(&place, "odd.dat", &dat(&head(game, "Odd", size), &frames));
        let ran = import(&place, &file).code(0);
        let session = place.path().join(ran.stdout.trim());
        assert!(records(&session.join("odd.gtel")) == frames, "{game}");
        let info = place.run(["info".as_ref(), session.as_os_str(), "--json".as_ref()]).code(0).json();
        assert_eq!(find(&info["sources"], "name", "odd")["header"]["schema"]["name"], "Odd");
    }
}

#[test]
fn a_cut_file_keeps_every_whole_record_and_says_what_is_missing() {
    let place = Place::new();
    let frames = frames();
    let bytes = dat(&head("acc", "Physics", 800), &frames);
    let file = write(&place, "cut.dat", &bytes[..bytes.len() * 2 / 3]);
    let ran = import(&place, &file).code(3).says(&["note:", "cut inside", "every whole record was kept"]);
    assert_eq!(ran.stdout.lines().count(), 1);
    let session = place.only_session("sessions");
    let kept = records(&session.join("physics.gtel"));
    assert!(frames.starts_with(&kept));
    println!("{} of {FRAMES} records kept", kept.len());
    let _ = place.run(["verify".as_ref(), session.as_os_str()]).code(0);
    let _ = place.run(["info".as_ref(), session.as_os_str()]).code(0).shows(&["cut inside"]);
}

#[test]
fn what_cannot_be_imported_is_told_and_leaves_no_folder() {
    let place = Place::new();
    let check = |name: &str, bytes: &[u8], says: &[&str]| {
        let file = write(&place, name, bytes);
        let ran = import(&place, &file).code(1).says(says);
        assert_eq!(ran.stdout, "");
        assert!(!place.path().join("sessions").exists(), "{name}");
    };
    check("photo.jpg", b"\xff\xd8\xff\xe0 no telemetry", &["photo.jpg", "is not known", ".ibt", ".dat"]);
    check("empty", b"", &["is empty"]);
    check("broken.dat", b"no such thing", &["broken.dat", "damaged"]);
    check("head only.dat", &head("acc", "Physics", 800), &["no whole record"]);
    check("start only.dat", &head("acc", "Physics", 800)[..9], &["no whole record"]);
    check("no records.dat", &dat(&[], &[]), &["no whole record"]);
    let _ =
        import(&place, &place.path().join("missing.ibt")).code(1).says(&["missing.ibt", "check the path"]);
    let _ = import(&place, place.path()).code(1).says(&["folder"]);
    let session = crate::sample::drive(place.path());
    let ran = import(&place, &session.join("physics.gtel")).code(1);
    let _ = ran.says(&["a session file already", "gametelemetry info"]);
}
