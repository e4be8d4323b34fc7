//! `info`, `cat`, `verify` and `recover` on what is cut, damaged, empty, missing or of another time: what can be
//! shown is shown, and the exit code says that something is wrong.

use std::path::{Path, PathBuf};

use crate::sample::{FRAMES, cut, drive, flip};
use crate::support::{Place, Ran, count, find};

fn run(place: &Place, command: &str, session: &Path) -> Ran {
    place.run([command.as_ref(), session.as_os_str()])
}

fn kept(session: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(session).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension != "gtel")).collect()
}

#[test]
fn a_cut_file_is_read_to_its_cut_and_recovered() {
    let place = Place::new();
    let session = drive(place.path());
    let size = session.join("physics.gtel").metadata().unwrap().len();
    cut(&session.join("physics.gtel"), size / 3);
    let _ = run(&place, "info", &session).code(3).shows(&["unfinished", "complete", "gametelemetry recover"]);
    let _ =
        run(&place, "verify", &session).code(3).shows(&["physics.gtel: not whole", "graphics.gtel: whole"]);
    let ran = run(&place, "cat", &session.join("physics.gtel")).code(3);
    let ran = ran.says(&["physics: cut inside", "gametelemetry recover"]);
    let frames = ran.stdout.lines().count();
    assert!((1..FRAMES).contains(&frames), "{frames}");
    let _ =
        run(&place, "recover", &session).code(0).shows(&[&format!("{frames} records"), "was whole already"]);
    let _ = run(&place, "verify", &session).code(0);
    let _ = run(&place, "info", &session).code(0).shows(&["recovered: the file was cut"]);
    assert_eq!(run(&place, "cat", &session.join("physics.gtel")).code(0).stdout.lines().count(), frames);
    assert_eq!(
        kept(&session),
        [""; 0].map(PathBuf::from),
        "a cut file has nothing that the repaired one lacks"
    );
}

#[test]
fn a_flipped_bit_loses_a_segment_at_most_and_is_told() {
    let place = Place::new();
    let session = drive(place.path());
    let file = session.join("physics.gtel");
    flip(&file);
    let rows = place.run(["verify".as_ref(), session.as_os_str(), "--json".as_ref()]).code(3).json();
    let row = find(&rows, "file", "physics.gtel");
    assert_eq!((row["whole"].as_bool(), row["damage"].as_array().unwrap().len()), (Some(false), 1));
    let left = count(row, "records");
    // A segment has 80 frames.
    assert!((FRAMES as u64 - 85..FRAMES as u64).contains(&left), "{left}");
    let ran = run(&place, "cat", &file).code(3).says(&["physics: corrupt", "reading went on at byte"]);
    assert_eq!(ran.stdout.lines().count() as u64, left);
    // Data was lost, so recovering says so too; once it is told, the file is whole.
    let _ = run(&place, "recover", &session).code(3).shows(&["recovered", "lost: corrupt", "is kept as"]);
    let _ = run(&place, "verify", &session).code(0);
    let _ = run(&place, "recover", &session).code(0);
    assert_eq!(kept(&session), [session.join("physics.gtel.damaged")]);
}

#[test]
fn one_unreadable_file_of_three_does_not_hide_the_others() {
    for message in
        ["this is no session file", "the file is empty", "cannot read the session file", "version 99"]
    {
        let place = Place::new();
        let session = drive(place.path());
        make_unreadable(&session.join("graphics.gtel"), message);
        let _ = run(&place, "info", &session).code(3).shows(&[
            "physics",
            "600",
            "unreadable",
            "complete",
            message,
        ]);
        let _ = run(&place, "verify", &session).code(3).shows(&[
            "physics.gtel: whole",
            "graphics.gtel: not",
            message,
        ]);
        let ran = run(&place, "cat", &session).code(3).says(&["graphics.gtel", message]);
        assert_eq!(ran.stdout.lines().count(), FRAMES + 1, "{message}");
        let _ =
            run(&place, "recover", &session).code(3).shows(&["not recovered", message, "was whole already"]);
        // Alone it is a failure, told once. A folder is a session then, and has no file.
        if session.join("graphics.gtel").is_dir() {
            continue;
        }
        for command in ["info", "cat", "verify", "recover"] {
            let ran = run(&place, command, &session.join("graphics.gtel")).code(1);
            let said = ran.stdout + &ran.stderr;
            assert_eq!(said.matches(message).count(), 1, "{command}: {said}");
        }
    }
}

fn make_unreadable(path: &Path, message: &str) {
    match message {
        "this is no session file" => std::fs::write(path, b"these are no frames at all").unwrap(),
        "the file is empty" => std::fs::write(path, b"").unwrap(),
        "version 99" => newer_version(path),
        _ => {
            std::fs::remove_file(path).unwrap();
            std::fs::create_dir(path).unwrap();
        }
    }
}

/// The header's version becomes 99, with a checksum that holds.
fn newer_version(path: &Path) {
    let bytes = std::fs::read(path).unwrap();
    let length = u32::from_le_bytes(*bytes[4..].first_chunk().unwrap()) as usize;
    let body = std::str::from_utf8(&bytes[12..8 + length - 4]).unwrap();
    let body = body.replacen("\"format\":1,", "\"format\":99,", 1);
    let mut payload = b"GTHD".to_vec();
    payload.extend_from_slice(body.as_bytes());
    let checksum = xxhash32(&payload);
    payload.extend_from_slice(&checksum.to_le_bytes());
    let mut changed = bytes[..4].to_vec();
    changed.extend_from_slice(&(payload.len() as u32).to_le_bytes());
    changed.extend_from_slice(&payload);
    changed.extend_from_slice(&bytes[8 + length..]);
    std::fs::write(path, changed).unwrap();
}

/// xxHash of 32 bits with seed 0, from its specification.
fn xxhash32(bytes: &[u8]) -> u32 {
    const P: [u32; 5] = [0x9E37_79B1, 0x85EB_CA77, 0xC2B2_AE3D, 0x27D4_EB2F, 0x1656_67B1];
    let word = |bytes: &[u8]| u32::from_le_bytes(*bytes.first_chunk().unwrap());
    let mut lanes = [P[0].wrapping_add(P[1]), P[1], 0, 0_u32.wrapping_sub(P[0])];
    let stripes = bytes.chunks_exact(16);
    let mut rest = stripes.remainder();
    for stripe in stripes {
        for (lane, bytes) in lanes.iter_mut().zip(stripe.chunks_exact(4)) {
            *lane = lane.wrapping_add(word(bytes).wrapping_mul(P[1])).rotate_left(13).wrapping_mul(P[0]);
        }
    }
    let mut hash = match bytes.len() {
        16.. => lanes
            .iter()
            .zip([1, 7, 12, 18])
            .fold(0_u32, |sum, (lane, by)| sum.wrapping_add(lane.rotate_left(by))),
        _ => P[4],
    };
    hash = hash.wrapping_add(bytes.len() as u32);
    while let Some((four, behind)) = rest.split_at_checked(4) {
        hash = hash.wrapping_add(word(four).wrapping_mul(P[2])).rotate_left(17).wrapping_mul(P[3]);
        rest = behind;
    }
    for &byte in rest {
        hash = hash.wrapping_add(u32::from(byte).wrapping_mul(P[4])).rotate_left(11).wrapping_mul(P[0]);
    }
    hash = (hash ^ (hash >> 15)).wrapping_mul(P[1]);
    hash = (hash ^ (hash >> 13)).wrapping_mul(P[2]);
    hash ^ (hash >> 16)
}

#[test]
fn what_is_not_there_is_told_with_its_path() {
    let place = Place::new();
    let empty = place.path().join("empty folder");
    std::fs::create_dir(&empty).unwrap();
    for command in ["info", "cat", "verify", "recover"] {
        let _ = run(&place, command, &empty).code(1).says(&["no .gtel file in this folder", "empty folder"]);
        let ran = run(&place, command, &place.path().join("nowhere")).code(1);
        let ran = ran.says(&["cannot open the session, check the path", "nowhere"]);
        assert_eq!(ran.stdout, "", "{command}");
    }
}

/// A folder of sessions is an easy slip: it has no session file, but its folders have.
#[test]
fn the_folder_of_all_sessions_is_no_session() {
    let place = Place::new();
    let _session = drive(place.path());
    let _ = run(&place, "info", place.path()).code(1).says(&["name a session's own folder"]);
}
