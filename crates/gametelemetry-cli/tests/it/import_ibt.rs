//! `import` of iRacing's `.ibt`: a built file on any machine, real ones where they are at hand.

use std::path::{Path, PathBuf};

use gametelemetry_games::iracing::IbtBuilder;

use crate::support::{Place, count, find, records};

/// An independent reading of an `.ibt`: its own few numbers, from the places that the SDK's header states.
struct Ibt(Vec<u8>);

impl Ibt {
    fn number(&self, at: usize) -> usize {
        usize::try_from(i32::from_le_bytes(*self.0[at..].first_chunk().unwrap())).unwrap()
    }

    fn session_info(&self) -> &[u8] {
        let (length, offset) = (self.number(16), self.number(20));
        &self.0[offset..offset + length]
    }

    fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.0[self.number(52)..].chunks_exact(self.number(36))
    }

    /// Kind and place in a row of the variable `name`.
    fn variable(&self, name: &str) -> (usize, usize) {
        let heads = (0..self.number(24)).map(|number| self.number(28) + number * 144);
        let named = |&head: &usize| {
            self.0[head + 16..].starts_with(name.as_bytes()) && self.0[head + 16 + name.len()] == 0
        };
        let head = heads.into_iter().find(named).unwrap();
        (self.number(head), self.number(head + 4))
    }

    fn column(&self, name: &str) -> Vec<f64> {
        let (kind, at) = self.variable(name);
        let value = |row: &[u8]| match kind {
            2 => f64::from(i32::from_le_bytes(*row[at..].first_chunk().unwrap())),
            4 => f64::from(f32::from_le_bytes(*row[at..].first_chunk().unwrap())),
            5 => f64::from_le_bytes(*row[at..].first_chunk().unwrap()),
            other => panic!("{name} is of kind {other}"),
        };
        self.rows().map(value).collect()
    }
}

/// Imports `file` and checks everything that holds for every `.ibt`.
fn check(place: &Place, file: &Path, columns: &[&str]) -> PathBuf {
    let ibt = Ibt(std::fs::read(file).unwrap());
    let ran = place.run(["import".as_ref(), file.as_os_str(), "--out".as_ref(), "out".as_ref()]).code(0);
    assert_eq!(ran.stdout.lines().count(), 1);
    let session = place.path().join(ran.stdout.trim_end());
    let file = |source: &str| session.join(format!("{source}.gtel"));
    assert!(records(&file("telemetry")).iter().map(|(_, row)| row.as_slice()).eq(ibt.rows()), "rows differ");
    assert!(records(&file("telemetry")).is_sorted_by_key(|(timestamp, _)| *timestamp));
    let [(_, text)] = records(&file("session_info")).try_into().unwrap();
    assert!(text == ibt.session_info(), "the session information differs");
    let [(_, head)] = records(&file("ibt_head")).try_into().unwrap();
    assert!(ibt.0.starts_with(&head) && head.len() >= ibt.number(28) + ibt.number(24) * 144);

    let fields = columns.join(",");
    let arguments = ["--source", "telemetry", "--fields", &fields];
    let cat = ["cat".as_ref(), session.as_os_str()].into_iter().chain(arguments.iter().map(AsRef::as_ref));
    let lines = place.run(cat).code(0).json_lines();
    for column in columns {
        let printed = lines.iter().map(|line| line[column].as_f64().unwrap());
        // A number of 32 bits is printed by its own digits.
        let same = |(printed, stored): (f64, f64)| printed == stored || printed as f32 == stored as f32;
        assert_eq!(lines.len(), ibt.rows().count());
        assert!(printed.zip(ibt.column(column)).all(same), "{column}");
    }
    let _ = place.run(["verify".as_ref(), session.as_os_str()]).code(0);
    session
}

#[test]
fn a_built_file_keeps_every_row_and_the_session_information() {
    let place = Place::new();
    let file = place.path().join("Sprint – Ω.ibt");
    std::fs::write(&file, IbtBuilder::sample().finish().unwrap()).unwrap();
    let session = check(&place, &file, &["Speed", "Lap", "SessionTime"]);
    let ran = place.run(["info".as_ref(), session.as_os_str()]).code(0);
    let _ = ran.shows(&["iracing recorded 2026-11-23T", "imported from Sprint – Ω.ibt", "600", "telemetry"]);
    let channels = ["cat".as_ref(), session.as_os_str(), "--channels".as_ref(), "speed,lap_number".as_ref()];
    assert_eq!(place.run(channels).code(0).json_lines()[0]["lap_number"], 1.0);
    let channels =
        ["cat".as_ref(), session.as_os_str(), "--channels".as_ref(), "track,driver,track_length".as_ref()];
    let lines = place.run(channels).code(0).json_lines();
    let [names] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!(names["track"], "Sample Oval");
    assert_eq!(names["driver"], "José Müller – 2nd");
    assert_eq!(names["track_length"], 5000.0);
    let channels = ["cat".as_ref(), session.as_os_str(), "--channels".as_ref(), "sector".as_ref()];
    let lines = place.run(channels).code(0).json_lines();
    // Five seconds before the line and five behind it.
    assert_eq!((&lines[0]["sector"], &lines[599]["sector"]), (&2.0.into(), &0.0.into()));
}

#[test]
fn a_cut_row_is_left_out_and_told() {
    let place = Place::new();
    let file = place.path().join("cut.ibt");
    let bytes = IbtBuilder::sample().finish().unwrap();
    std::fs::write(&file, &bytes[..bytes.len() - 3]).unwrap();
    let ran = place.run(["import".as_ref(), file.as_os_str()]).code(3).says(&["note:"]);
    assert_eq!(records(&place.path().join(ran.stdout.trim_end()).join("telemetry.gtel")).len(), 599);
}

#[test]
fn a_broken_head_is_told_and_leaves_no_folder() {
    let place = Place::new();
    let bytes = IbtBuilder::sample().finish().unwrap();
    for length in [0, 3, 50, 200, 2000] {
        let file = place.path().join("broken.ibt");
        std::fs::write(&file, &bytes[..length]).unwrap();
        let ran =
            place.run(["import".as_ref(), file.as_os_str()]).code(1).says(&["cannot import", "broken.ibt"]);
        assert_eq!(ran.stdout, "");
        assert!(!place.path().join("sessions").exists());
    }
}

/// A real file, or `None` with a word about it when there are none here.
fn real(name: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("GAMETELEMETRY_REAL_DATA") else {
        eprintln!("left out: {name} (set GAMETELEMETRY_REAL_DATA to the folder of real captures)");
        return None;
    };
    Some(std::path::absolute(PathBuf::from(folder).join("ibt").join(name)).unwrap())
}

fn greatest(file: &Path, column: &str) -> f64 {
    Ibt(std::fs::read(file).unwrap()).column(column).into_iter().fold(f64::MIN, f64::max)
}

#[test]
fn real_files_have_what_is_known_of_them() {
    let facts = [
        ("racedirector_telemetry.ibt", 2683, 285, [("Speed", 54.302), ("LapBestLapTime", 130.8341)]),
        ("teamjorge_valid_test_file.ibt", 390, 276, [("Speed", 1.9447), ("LapBestLapTime", 68.6711)]),
    ];
    for (name, rows, variables, values) in facts {
        let Some(file) = real(name) else { return };
        let place = Place::new();
        let session = check(&place, &file, &["Speed", "LapBestLapTime", "Lap", "SessionTime", "SessionTick"]);
        let info = place.run(["info".as_ref(), session.as_os_str(), "--json".as_ref()]).code(0).json();
        let telemetry = find(&info["sources"], "name", "telemetry");
        assert_eq!(count(telemetry, "records"), rows);
        let fields = telemetry["header"]["schema"]["fields"].as_array().unwrap();
        assert_eq!(fields.iter().filter(|field| field["bits"].is_null()).count(), variables);
        for (column, expected) in values {
            assert!((greatest(&file, column) - expected).abs() < 1e-3, "{column} of {name}");
        }
    }
}

#[test]
fn the_real_damaged_file_is_told_what_is_wrong_with_it() {
    let Some(file) = real("teamjorge_invalid_test_file.ibt") else { return };
    let place = Place::new();
    let ran = place.run(["import".as_ref(), file.as_os_str()]).code(1);
    println!("{}", ran.stderr);
    let _ = ran.says(&["cannot import", "because"]);
    assert!(!place.path().join("sessions").exists());
}
