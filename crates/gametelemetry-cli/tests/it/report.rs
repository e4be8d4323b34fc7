//! The report's page in a real browser: what it draws, what a click and a key do, and that it asks for nothing.
//!
//! `report_page.py` does the checking, of pages made of [`samples`], which hold what recordings rarely do together.

#[path = "../../src/report/mod.rs"]
#[allow(dead_code, reason = "the page is compiled in for its samples; the command uses the rest")]
mod made;

use std::ffi::OsString;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Place, has, left_out};
use made::data::Report;
use made::samples;

#[test]
fn page_of_a_circuit_works_in_a_browser() {
    check("circuit", &samples::circuit());
}

#[test]
fn page_of_an_hour_works_in_a_browser() {
    check("hour", &samples::hour());
}

#[test]
fn page_of_a_stage_works_in_a_browser() {
    check("stage", &samples::stage());
}

#[test]
fn page_without_positions_works_in_a_browser() {
    check("no_positions", &samples::without_positions());
}

#[test]
fn page_without_laps_works_in_a_browser() {
    check("no_laps", &samples::without_laps());
}

#[test]
fn page_of_hostile_texts_works_in_a_browser() {
    check("hostile", &samples::hostile());
}

#[test]
fn page_of_nothing_works_in_a_browser() {
    check("empty", &samples::empty());
}

/// Writes the page of `report`, and has the script use it. The name is for what the script says and leaves.
fn check(name: &str, report: &Report) {
    let place = Place::new();
    let path = kept().as_deref().unwrap_or(place.path()).join(format!("{name}.html"));
    made::page::write(report, &mut BufWriter::new(File::create(&path).unwrap())).unwrap();
    check_page(name, &path);
}

/// Where the pages and their pictures are to stay.
fn kept() -> Option<PathBuf> {
    std::env::var_os("GAMETELEMETRY_REPORT_SHOTS").map(PathBuf::from)
}

/// Has the script use the page at `path`.
pub(crate) fn check_page(name: &str, path: &Path) {
    let Some((python, chromium)) = browser() else { return };
    let mut script = Command::new(python);
    script.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/report_page.py"));
    script.env("GAMETELEMETRY_CHROMIUM", chromium).arg(format!("{name}={}", path.display()));
    if let Some(folder) = kept() {
        script.arg("--shots").arg(folder);
    }
    // Not by `Running`, whose patience is for a command of ours; the script gives up by itself where a browser hangs.
    let ran = script.output().unwrap();
    println!("{}", String::from_utf8_lossy(&ran.stdout));
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

/// A Python that can drive a browser, and the browser.
fn browser() -> Option<(OsString, OsString)> {
    let named = |name: &str, otherwise: &str| std::env::var_os(name).unwrap_or_else(|| otherwise.into());
    let (python, chromium) =
        (named("GAMETELEMETRY_PYTHON", "python3"), named("GAMETELEMETRY_CHROMIUM", "chromium"));
    let imports = Command::new(&python).args(["-c", "import playwright"]).output();
    if !imports.is_ok_and(|output| output.status.success()) {
        left_out("the Python package playwright");
        return None;
    }
    has(chromium.to_str()?).then_some((python, chromium))
}
