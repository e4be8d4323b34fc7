//! Every game is in the list of games: a folder that nobody lists is a game that nobody finds.

use super::code::{code_only, has_word};
use super::repository::Repository;

const SOURCE: &str = "crates/gametelemetry-games/src";

/// Where the list may be.
const LISTS: &[&str] = &["lib.rs", "games.rs"];

/// Folders beside the games that are none, each with the reason.
const NO_GAMES: &[(&str, &str)] = &[("replays", "what all games that leave files share")];

pub(super) fn problems(repository: &Repository) -> Vec<String> {
    let folders = repository.folders(SOURCE);
    let games: Vec<&str> =
        folders.into_iter().filter(|name| !NO_GAMES.iter().any(|(folder, _)| folder == name)).collect();
    let texts = LISTS.iter().filter_map(|file| repository.text(&format!("{SOURCE}/{file}")));
    let Some(list) = texts.map(code_only).find_map(|code| list(&code).map(str::to_owned)) else {
        let missing = format!("{SOURCE}/lib.rs: has no list `GAMES = …;`, but there are games");
        return if games.is_empty() { Vec::new() } else { vec![missing] };
    };
    let unlisted = games.into_iter().filter(|game| !has_word(&list, game));
    unlisted.map(|game| format!("{SOURCE}/{game}: is not in the list GAMES")).collect()
}

/// What stands between the `=` and the `;` of `GAMES`.
fn list(code: &str) -> Option<&str> {
    let definition = code.split_once(" GAMES:").map(|(_, rest)| rest)?;
    let value = definition.split_once('=')?.1;
    value.split_once(';').map(|(list, _)| list)
}

#[cfg(test)]
mod tests {
    use super::super::repository::tests::repository;
    use super::*;

    #[track_caller]
    fn check(lib: &str, expected: usize) {
        let lib = (&*format!("{SOURCE}/lib.rs"), lib);
        let found = problems(&repository(&[
            lib,
            (&format!("{SOURCE}/acc/mod.rs"), ""),
            (&format!("{SOURCE}/f1/mod.rs"), ""),
        ]));
        assert_eq!(found.len(), expected, "{found:?}");
    }

    #[test]
    fn every_folder_must_be_listed() {
        check("pub static GAMES: &[&dyn Game] = &[&acc::Acc, &f1::F1];", 0);
        check("pub static GAMES: [&dyn Game; 1] = [\n    &acc::Acc,\n    // &f1::F1,\n];", 1);
        check("mod acc; mod f1; pub const GAMES: &[Game] = &[];", 2);
    }

    #[test]
    fn missing_list_is_found_once_there_is_a_game() {
        check("mod acc; mod f1;", 1);
        assert!(problems(&repository(&[])).is_empty());
    }
}
