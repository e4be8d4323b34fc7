//! `report` as a user sees it: pages of recorded sessions in a real browser, where they go, and what is refused.

use std::path::{Path, PathBuf};

use crate::report::check_page;
use crate::simulated::{rewritten, simulated};
use crate::support::{Place, Ran};

fn report(place: &Place, session: &str, more: &[&str]) -> Ran {
    place.run(["report", session].iter().chain(more))
}

/// The page that was written, checked in a browser under `name`.
fn check(place: &Place, name: &str, ran: &Ran) -> String {
    assert_eq!(ran.stderr, "", "{name}");
    let page = place.path().join(ran.stdout.trim());
    check_page(name, &page);
    std::fs::read_to_string(page).unwrap()
}

#[test]
fn report_of_a_circuit_works_in_a_browser() {
    let place = Place::new();
    let session = simulated(&place, "out", &["acc", "--for", "5m", "--hz", "50"]);
    let ran = report(&place, &session, &[]).code(0);
    assert_eq!(PathBuf::from(ran.stdout.trim()), Path::new(&session).join("report.html"));
    let page = check(&place, "recorded_circuit", &ran);
    assert!(page.len() < 6_000_000, "{} bytes", page.len());
    // Once more, over the first one; a formula's channel is in it.
    let formula = "double [m/s] = speed * 2";
    let ran = report(&place, &session, &["--math", formula]).code(0);
    let _ = check(&place, "recorded_math", &ran);
    let _ = place.run(["verify", &session]).code(0);
}

#[test]
fn report_of_two_sessions_works_in_a_browser() {
    let place = Place::new();
    let monday = simulated(&place, "monday", &["acc", "--for", "5m", "--hz", "50"]);
    let friday = simulated(&place, "friday", &["acc", "--seed", "2", "--for", "5m", "--hz", "50"]);
    let ran = report(&place, &monday, &["--compare", &friday, "--out", "both.html"]).code(0);
    assert_eq!(ran.stdout, "both.html\n");
    let _ = check(&place, "recorded_two_sessions", &ran);
}

#[test]
fn report_of_a_stage_works_in_a_browser() {
    let place = Place::new();
    let session = simulated(&place, "out", &["dirt", "--for", "2m"]);
    let _ = check(&place, "recorded_stage", &report(&place, &session, &[]).code(0));
}

/// GT7 tells no distance from the line and no sectors; CS2 has no laps at all.
#[test]
fn reports_of_games_that_tell_less_work_in_a_browser() {
    let place = Place::new();
    for (game, minutes) in [("gt7", "5m"), ("cs2", "30s"), ("forza", "4m")] {
        let session = simulated(&place, game, &[game, "--for", minutes]);
        let _ = check(&place, &format!("recorded_{game}"), &report(&place, &session, &[]).code(0));
    }
}

/// What the session's texts hold is text on the page, whatever it looks like.
#[test]
fn report_of_a_hostile_driver_works_in_a_browser() {
    const NAME: &str = "</script><img src=x onerror=x()>";
    let place = Place::new();
    let session = simulated(&place, "out", &["acc", "--for", "4m", "--hz", "50"]);
    let name = utf16(NAME);
    let hostile = rewritten(&session, &place.path().join("hostile"), |source, record| {
        if source == "static" {
            // The driver's first name, of 33 characters at most.
            let at = find(record, &utf16("Zo\u{eb}")).unwrap();
            record[at..at + name.len()].copy_from_slice(&name);
            record[at + name.len()..at + 66].fill(0);
        }
        true
    });
    let laps = place.run(["laps", hostile.to_str().unwrap()]).code(0);
    let _ = laps.shows(&["</script><img src=x"]);
    let ran = report(&place, hostile.to_str().unwrap(), &[]).code(0);
    let page = check(&place, "recorded_hostile", &ran);
    assert!(!page.contains("<img src=x"), "the name is markup");
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[test]
fn report_of_zero_frames_works_in_a_browser() {
    let place = Place::new();
    let whole = simulated(&place, "out", &["acc", "--for", "2s"]);
    let empty = rewritten(&whole, &place.path().join("empty"), |_, _| false);
    let _ = check(&place, "recorded_empty", &report(&place, empty.to_str().unwrap(), &[]).code(0));
}

#[test]
fn what_cannot_be_reported_is_told() {
    let place = Place::new();
    let session = simulated(&place, "out", &["acc", "--for", "10s"]);
    for (session, more, said) in [
        ("nowhere", &[][..], &["cannot open the session, check the path", "nowhere"][..]),
        (&session, &["--compare", "nowhere"], &["cannot open the session, check the path", "nowhere"]),
        (&session, &["--math", "a = speed *"], &["--math \"a = speed *\"", "a value is missing"]),
        (&session, &["--math", "a = sped"], &["no channel \"sped\""]),
        (&session, &["--out", "no/such/report.html"], &["cannot write the report", "--out", "report.html"]),
        (&session, &["--out", "out"], &["cannot write the report", "--out"]),
    ] {
        let ran = report(&place, session, more).code(1).says(said);
        assert_eq!(ran.stdout, "", "{more:?}");
    }
    let names = std::fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(names.collect::<Vec<_>>(), ["out"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_no_report_stays() {
    let place = Place::new();
    let session = simulated(&place, "out", &["acc", "--for", "10s"]);
    let Some(disk) = crate::simulated::SmallDisk::mount(place.path().join("disk")) else { return };
    let ran = report(&place, &session, &["--out", &disk.file("report.html")]).code(1);
    let ran = ran.says(&["cannot write the report", "choose another place with --out", "No space left"]);
    assert_eq!((ran.stdout.as_str(), disk.names()), ("", Vec::new()));
}
