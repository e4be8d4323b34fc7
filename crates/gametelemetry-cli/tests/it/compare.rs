//! `compare` as a user sees it: laps of one session and of several, and what cannot be compared.

use serde_json::Value;

use crate::simulated::simulated;
use crate::support::Place;

fn monday(place: &Place) -> String {
    simulated(place, "monday", &["acc", "--for", "5m", "--hz", "50"])
}

fn lap(session: &str, lap: &str) -> String {
    format!("{session}:{lap}")
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().unwrap().iter().map(number).collect()
}

/// The time of a lap as `laps` gives it, in seconds.
fn time_s(place: &Place, session: &str, wanted: u64) -> f64 {
    let laps = place.run(["laps", session, "--json"]).code(0).json();
    let lap = laps.as_array().unwrap().iter().find(|lap| lap["lap"] == wanted).unwrap().clone();
    number(&lap["official_time_ms"]) / 1000.0
}

/// Checks a comparison: the curves have a value at every place, and begin and end where they must.
fn check(compared: &Value) {
    let progress = numbers(&compared["progress_m"]);
    let length_m = number(&compared["length_m"]);
    assert!(progress.windows(2).all(|pair| pair[0] < pair[1]));
    assert!(progress[0].abs() < 1e-9 && (progress[progress.len() - 1] - length_m).abs() < 1e-6);
    let corners = compared["corners"].as_array().unwrap().len();
    assert!(corners >= 5, "{corners} corners");
    for lap in compared["laps"].as_array().unwrap() {
        let delta = numbers(&lap["delta_s"]);
        let difference = number(&lap["difference_s"]);
        assert_eq!((delta.len(), lap["corners"].as_array().unwrap().len()), (progress.len(), corners));
        assert!(delta[0].abs() < 1e-6 && (delta[delta.len() - 1] - difference).abs() < 1e-6, "{difference}");
        let sectors = lap["sectors"].as_array().unwrap();
        let lost: f64 = sectors.iter().map(|sector| number(&sector["lost_s"])).sum();
        assert!(sectors.len() == 3 && (lost - difference).abs() < 0.01, "{lost} {difference}");
    }
}

#[test]
fn laps_of_one_session_differ_by_their_times() {
    let place = Place::new();
    let session = monday(&place);
    let laps = [lap(&session, "2"), lap(&session, "3"), lap(&session, "2")];
    let run = |more: &[&str]| {
        place.run(["compare"].into_iter().chain(laps.iter().map(String::as_str)).chain(more.iter().copied()))
    };
    let compared = run(&["--json"]).code(0).json();
    check(&compared);
    assert_eq!(compared["sessions"], serde_json::json!([session, session, session]));
    let expected = time_s(&place, &session, 3) - time_s(&place, &session, 2);
    let difference = |number: usize| compared["laps"][number]["difference_s"].as_f64().unwrap();
    assert!((difference(1) - expected).abs() < 1e-6, "{} {expected}", difference(1));
    // The reference, and the same lap once more.
    for same in [0, 2] {
        assert!(difference(same).abs() < 1e-12);
        assert!(numbers(&compared["laps"][same]["delta_s"]).iter().all(|delta| delta.abs() < 1e-9));
    }
    let _ = run(&[]).code(0).shows(&[
        "lap 3 against lap 2",
        &format!("{expected:+.3}"),
        "sector 3",
        "entry km/h",
        "1 at ",
    ]);
}

#[test]
fn the_best_laps_of_two_sessions_are_compared() {
    let place = Place::new();
    let monday = monday(&place);
    let friday = simulated(&place, "friday", &["acc", "--seed", "2", "--for", "5m", "--hz", "50"]);
    let ran = place.run(["compare", &lap(&monday, "best"), &lap(&friday, "best"), "--json"]).code(0);
    let compared = ran.json();
    check(&compared);
    let best = |session: &str| f64::min(time_s(&place, session, 2), time_s(&place, session, 3));
    let expected = best(&friday) - best(&monday);
    assert!(expected != 0.0, "another seed drives other laps");
    assert!((number(&compared["laps"][1]["difference_s"]) - expected).abs() < 1e-6);
    assert_eq!(compared["sessions"], serde_json::json!([monday, friday]));
    let _ = place
        .run(["compare", &lap(&monday, "best"), &lap(&friday, "best")])
        .code(0)
        .shows(&["monday", "friday"]);
}

#[test]
fn what_cannot_be_compared_is_told_with_what_can_be_done() {
    let place = Place::new();
    let session = monday(&place);
    let stage = simulated(&place, "stage", &["dirt", "--for", "2m"]);
    let shooter = simulated(&place, "shooter", &["cs2", "--for", "20s"]);
    let whole = lap(&session, "2");
    for (other, code, said) in [
        (lap(&session, "9"), 1, &["there is no lap 9", "`gametelemetry laps` lists"][..]),
        (lap(&session, "4"), 1, &["lap 4 was not driven from line to line", "the session ended in it"]),
        (lap(&stage, "1"), 1, &["compare laps of one"]),
        (lap(&shooter, "best"), 1, &["no lap of the session counts", "shooter"]),
        (lap("nowhere", "2"), 1, &["cannot open the session, check the path", "nowhere"]),
        (session.clone(), 2, &["names no lap, write SESSION:5, SESSION:best"]),
        (lap(&session, "fast"), 2, &["names no lap, write SESSION:5, SESSION:best"]),
        (":2".to_owned(), 2, &["names no lap"]),
    ] {
        for laps in [[&whole, &other], [&other, &whole]] {
            let ran = place.run(["compare"].into_iter().chain(laps.map(String::as_str))).code(code);
            assert_eq!(ran.says(said).stdout, "", "{other}");
        }
    }
    let _ = place.run(["compare", &whole]).code(2).says(&["2 values required"]);
}

#[test]
fn a_damaged_session_is_compared_and_the_exit_code_says_so() {
    let place = Place::new();
    let session = monday(&place);
    let damaged = crate::simulated::copied(&session, &place.path().join("damaged"));
    std::fs::write(damaged.join("static.gtel"), "these are no frames").unwrap();
    let ran = place.run(["compare", &lap(&session, "2"), "damaged:2"]).code(3);
    let _ = ran.says(&["cannot read", "static.gtel"]).shows(&["lap 2 against lap 2"]);
}
