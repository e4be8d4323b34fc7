//! What the numbers of the game mean: teams, drivers, tracks, nationalities, modes, sessions and tyres.
//!
//! From the appendices of the documents "Data Output from F1 22 Game" to "F1 25 2026 Season DLC". Numbers are seldom
//! given anew, so a table has all years together; where a number did change its meaning, a short table of the earlier
//! one goes before it. Labels that are alike in all years stand with their fields in [`packets`](super::packets).

mod drivers;
mod places;
mod teams;

use drivers::{DRIVERS, DRIVERS_2022};
use places::{NATIONALITIES, TRACKS};
use teams::{TEAMS, TEAMS_2022, TEAMS_TO_2023};

/// Numbers and their names.
type Table = &'static [(i64, &'static str)];

/// The names for the values of the field whose last word is `field`, in packets of `format`; empty when it has none
/// here.
pub(super) fn labels(format: u16, field: &str) -> Vec<(i64, String)> {
    let tables: &[Table] = match field {
        "team_id" if format <= 2022 => &[TEAMS_2022, TEAMS_TO_2023, TEAMS],
        "team_id" if format <= 2023 => &[TEAMS_TO_2023, TEAMS],
        "team_id" => &[TEAMS],
        "driver_id" if format <= 2022 => &[DRIVERS_2022, DRIVERS],
        "driver_id" => &[DRIVERS],
        "track_id" => &[TRACKS],
        "nationality" => &[NATIONALITIES],
        "game_mode" => &[GAME_MODES],
        "rule_set" => &[RULE_SETS],
        "session_type" | "weekend_structure" | "recommended_session" if format <= 2023 => &[SESSIONS_TO_2023],
        "session_type" | "weekend_structure" | "recommended_session" => &[SESSIONS],
        "actual_tyre_compound" | "tyre_stints_actual" => &[ACTUAL_TYRES],
        "visual_tyre_compound" | "tyre_stints_visual" => &[VISUAL_TYRES],
        _ => &[],
    };
    let mut labels: Vec<(i64, String)> = Vec::new();
    for &(value, name) in tables.iter().copied().flatten() {
        if labels.iter().all(|(known, _)| *known != value) {
            labels.push((value, name.to_owned()));
        }
    }
    labels.sort_unstable_by_key(|(value, _)| *value);
    labels
}

/// Kinds of sessions up to format 2023.
const SESSIONS_TO_2023: Table = &[
    (0, "Unknown"),
    (1, "Practice 1"),
    (2, "Practice 2"),
    (3, "Practice 3"),
    (4, "Short Practice"),
    (5, "Qualifying 1"),
    (6, "Qualifying 2"),
    (7, "Qualifying 3"),
    (8, "Short Qualifying"),
    (9, "One-Shot Qualifying"),
    (10, "Race"),
    (11, "Race 2"),
    (12, "Race 3"),
    (13, "Time Trial"),
];

/// Kinds of sessions from format 2024 on.
const SESSIONS: Table = &[
    (0, "Unknown"),
    (1, "Practice 1"),
    (2, "Practice 2"),
    (3, "Practice 3"),
    (4, "Short Practice"),
    (5, "Qualifying 1"),
    (6, "Qualifying 2"),
    (7, "Qualifying 3"),
    (8, "Short Qualifying"),
    (9, "One-Shot Qualifying"),
    (10, "Sprint Shootout 1"),
    (11, "Sprint Shootout 2"),
    (12, "Sprint Shootout 3"),
    (13, "Short Sprint Shootout"),
    (14, "One-Shot Sprint Shootout"),
    (15, "Race"),
    (16, "Race 2"),
    (17, "Race 3"),
    (18, "Time Trial"),
];

/// Compounds as they are.
const ACTUAL_TYRES: Table = &[
    (7, "inter"),
    (8, "wet"),
    (9, "classic dry"),
    (10, "classic wet"),
    (11, "F2 super soft"),
    (12, "F2 soft"),
    (13, "F2 medium"),
    (14, "F2 hard"),
    (15, "F2 wet"),
    (16, "C5"),
    (17, "C4"),
    (18, "C3"),
    (19, "C2"),
    (20, "C1"),
    (21, "C0"),
    (22, "C6"),
];

/// Compounds as they are marked.
const VISUAL_TYRES: Table = &[
    (7, "inter"),
    (8, "wet"),
    (9, "classic dry"),
    (10, "classic wet"),
    (15, "F2 wet"),
    (16, "soft"),
    (17, "medium"),
    (18, "hard"),
    (19, "F2 super soft"),
    (20, "F2 soft"),
    (21, "F2 medium"),
    (22, "F2 hard"),
];

/// What is driven by.
const RULE_SETS: Table = &[
    (0, "Practice and Qualifying"),
    (1, "Race"),
    (2, "Time Trial"),
    (4, "Time Attack"),
    (6, "Checkpoint Challenge"),
    (8, "Autocross"),
    (9, "Drift"),
    (10, "Average Speed Zone"),
    (11, "Rival Duel"),
    (12, "Elimination"),
];

/// What is chosen in the menu.
const GAME_MODES: Table = &[
    (0, "Event Mode"),
    (3, "Grand Prix"),
    (4, "Grand Prix '23"),
    (5, "Time Trial"),
    (6, "Splitscreen"),
    (7, "Online Custom"),
    (8, "Online League"),
    (11, "Career Invitational"),
    (12, "Championship Invitational"),
    (13, "Championship"),
    (14, "Online Championship"),
    (15, "Online Weekly Event"),
    (17, "Story Mode"),
    (19, "Career '22"),
    (20, "Career '22 Online"),
    (21, "Career '23"),
    (22, "Career '23 Online"),
    (23, "Driver Career '24"),
    (24, "Career '24 Online"),
    (25, "My Team Career '24"),
    (26, "Curated Career '24"),
    (27, "My Team Career '25"),
    (28, "Driver Career '25"),
    (29, "Career '25 Online"),
    (30, "Challenge Career '25"),
    (75, "Story Mode (APXGP)"),
    (127, "Benchmark"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn name(format: u16, field: &str, value: i64) -> String {
        let labels = labels(format, field);
        labels.into_iter().find(|label| label.0 == value).map(|label| label.1).unwrap()
    }

    #[test]
    fn numbers_that_changed_their_meaning_have_that_of_the_format() {
        assert_eq!(name(2022, "team_id", 118), "Prema '22");
        assert_eq!(name(2023, "team_id", 118), "Mercedes '22");
        assert_eq!(
            (name(2023, "team_id", 9).as_str(), name(2024, "team_id", 9).as_str()),
            ("Alfa Romeo", "Sauber")
        );
        assert_eq!(name(2022, "driver_id", 138), "Mika Hakkinen");
        assert_eq!(name(2025, "driver_id", 138), "Dennis Hauger");
        assert_eq!(
            (name(2023, "session_type", 10).as_str(), name(2025, "session_type", 15).as_str()),
            ("Race", "Race")
        );
        assert_eq!(name(2026, "team_id", 486), "Cadillac '26");
    }

    #[test]
    fn tables_are_in_order_and_without_repetition() {
        for field in
            ["team_id", "driver_id", "track_id", "nationality", "game_mode", "rule_set", "session_type"]
        {
            let labels = labels(2026, field);
            assert!(labels.is_sorted_by(|a, b| a.0 < b.0), "{field}");
            assert!(labels.iter().all(|(_, name)| !name.is_empty()), "{field}");
        }
    }
}
