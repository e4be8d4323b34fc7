//! Games that leave files: each one's simulated replays are taken once and whole, and its folders are found.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "clippy.toml allows these in test functions; the helpers of an integration test are tests too"
)]

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gametelemetry::places::{Location, Places};
use gametelemetry::{FileEvent, GameSession, ReplayFile, clock, files};
use gametelemetry_games::{
    GAMES, Game, RecordError, RecordOptions, SimulatedWrite, Simulator, Transport, aoe4, brawlhalla, find,
    fortnite, iracing, lol, overwatch2, pubg, r6, rocket_league, sc2, tekken8, trackmania, valorant,
};

/// The games, with where they keep their files.
fn games() -> [(&'static dyn Game, &'static [Location]); 13] {
    [
        (&aoe4::GAME, aoe4::GAME.folders()),
        (&brawlhalla::GAME, brawlhalla::GAME.folders()),
        (&fortnite::GAME, fortnite::GAME.folders()),
        (&iracing::GAME, iracing::GAME.folders()),
        (&lol::GAME, lol::GAME.folders()),
        (&overwatch2::GAME, overwatch2::GAME.folders()),
        (&pubg::GAME, pubg::GAME.folders()),
        (&r6::GAME, r6::GAME.folders()),
        (&rocket_league::GAME, rocket_league::GAME.folders()),
        (&sc2::GAME, sc2::GAME.folders()),
        (&tekken8::GAME, tekken8::GAME.folders()),
        (&trackmania::GAME, trackmania::GAME.folders()),
        (&valorant::GAME, valorant::GAME.folders()),
    ]
}

/// Does with the files in `folder` what a simulated game says.
fn write(folder: &Path, write: &SimulatedWrite) {
    let path = folder.join(&write.path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut file = OpenOptions::new().append(true).create(true).open(&path).unwrap();
    file.write_all(&write.bytes).unwrap();
    drop(file);
    if let Some(name) = &write.rename_to {
        fs::rename(path, folder.join(name)).unwrap();
    }
}

/// Plays until `matches` replays are finished.
fn play(simulator: &mut dyn Simulator, folder: &Path, matches: u32) {
    for _ in 0..matches * 60 {
        simulator.step(0.1);
        simulator.writes().iter().for_each(|it| write(folder, it));
    }
}

/// Every file below `folder`, by its path from there on.
fn files_below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut found, mut open) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(path) = open.pop() {
        for entry in fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// The frames of every source of the session in `folder`.
fn frames(folder: &Path) -> Vec<ReplayFile> {
    let mut frames = Vec::new();
    for file in files::session_files(folder).unwrap_or_default() {
        let Ok(mut reader) = files::open(&file) else { continue };
        while let Some(record) = reader.next_record().unwrap() {
            frames.push(ReplayFile::read(record.data).unwrap());
        }
    }
    frames
}

fn wait_for(what: &str, mut condition: impl FnMut() -> bool) {
    let start = clock::monotonic();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(180), "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Records a simulated match of `game`; what was played before the recording must not be in it.
fn record_matches(game: &dyn Game) {
    let id = game.info().id;
    let top = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let (played, sessions) = (top.path().join("game"), top.path().join("sessions"));
    fs::create_dir(&played).unwrap();
    let mut simulator = game.simulator(7).expect(id);
    play(&mut *simulator, &played, 1);
    let before = files_below(&played);
    assert_eq!(before.len(), 1, "{id}: {:?}", before.keys());
    // A new file of the same size and of the very same tick of the system's clock would pass for this one, renamed.
    for path in before.keys() {
        let file = OpenOptions::new().append(true).open(played.join(path)).unwrap();
        file.set_modified(std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)).unwrap();
    }

    let settle = Some(Duration::from_millis(500));
    let options = RecordOptions { folders: vec![played.clone()], settle, ..RecordOptions::default() };
    let session = game.record(GameSession::new(id).save_to(&sessions), &options).unwrap().start().unwrap();
    play(&mut *simulator, &played, 2);
    wait_for(id, || frames(session.folder()).len() >= 2);
    let folder = session.folder().to_owned();
    session.stop().unwrap();

    let mut expected = files_below(&played);
    expected.retain(|path, _| !before.contains_key(path));
    let taken = frames(&folder);
    assert!(taken.len() == 2 && expected.len() == 2, "{id}: {taken:?}");
    for (path, content) in &expected {
        assert!(content.len() > 1000, "{id}");
        let frame = taken.iter().find(|frame| frame.path == played.join(path).to_string_lossy()).expect(id);
        assert_eq!((frame.event, frame.size), (FileEvent::Taken, content.len() as u64), "{id}");
        assert!(fs::read(folder.join(&frame.stored_as)).unwrap() == *content, "{id}: {path:?} differs");
    }
    assert!(files_below(&folder.join("files")) == expected, "{id}: copies have the names that the game gave");
}

#[test]
fn every_game_s_replays_are_taken_once_and_whole() {
    // At the same time: each waits more than it works.
    std::thread::scope(|scope| {
        for (game, _) in games() {
            scope.spawn(move || record_matches(game));
        }
    });
}

#[test]
fn every_game_that_leaves_files_is_among_these() {
    let leaves_files = |game: &&&dyn Game| {
        game.info().sources.iter().any(|source| matches!(source.transport, Transport::Files { .. }))
    };
    let ids = |games: Vec<&'static dyn Game>| games.iter().map(|game| game.info().id).collect::<Vec<_>>();
    let ours = ids(games().map(|(game, _)| game).to_vec());
    let all = ids(GAMES.iter().filter(leaves_files).copied().collect());
    assert!(ours.iter().all(|id| all.contains(id)), "{ours:?} {all:?}");
    for id in ours {
        let info = find(id).unwrap().info();
        assert!(info.sources[0].by_default && !info.enable.is_empty(), "{id}");
    }
}

#[test]
fn rows_of_iracing_are_imported_and_not_recorded() {
    let options = RecordOptions { sources: vec!["telemetry".to_owned()], ..RecordOptions::default() };
    let error = iracing::GAME.record(GameSession::new("iracing"), &options).err().unwrap();
    assert!(matches!(error, RecordError::ImportOnly { .. }));
}

/// The folders of each game on `places`, from `home` on.
fn folders(places: &Places, home: &Path) -> BTreeMap<&'static str, Vec<String>> {
    let from_home = |path: PathBuf| path.strip_prefix(home).unwrap().to_string_lossy().replace('\\', "/");
    let of = |locations| places.find(locations).into_iter().map(from_home).collect();
    games().iter().map(|(game, locations)| (game.info().id, of(locations))).collect()
}

#[test]
fn each_game_s_folders_are_found_on_a_windows() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let common = home.join("Steam/steamapps/common");
    fs::create_dir_all(common.join("Tom Clancy's Rainbow Six Siege/MatchReplay")).unwrap();
    let mut places = Places::of_windows(home, &home.join("Steam"));
    places.programs = vec![home.join("Programs")];
    places.profile.as_mut().unwrap().documents = vec![home.join("OneDrive/Dokumente")];
    let found = folders(&places, home);
    let expected: &[(&str, &[&str])] = &[
        ("aoe4", &["OneDrive/Dokumente/My Games/Age of Empires IV/playback"]),
        ("brawlhalla", &["BrawlhallaReplays"]),
        ("fortnite", &["AppData/Local/FortniteGame/Saved/Demos"]),
        (
            "iracing",
            &[
                "OneDrive/Dokumente/iRacing/telemetry",
                "OneDrive/Dokumente/iRacing/replay",
                "OneDrive/Dokumente/iRacing/lapfiles",
            ],
        ),
        ("lol", &["OneDrive/Dokumente/League of Legends/Replays"]),
        ("overwatch2", &["OneDrive/Dokumente/Overwatch/videos"]),
        ("pubg", &["AppData/Local/TslGame/Saved/Demos"]),
        ("r6", &["Steam/steamapps/common/Tom Clancy's Rainbow Six Siege/MatchReplay"]),
        (
            "rocket_league",
            &[
                "OneDrive/Dokumente/My Games/Rocket League/TAGame/Demos",
                "OneDrive/Dokumente/My Games/Rocket League/TAGame/DemosEpic",
            ],
        ),
        ("sc2", &["OneDrive/Dokumente/StarCraft II/Accounts"]),
        ("tekken8", &["AppData/Local/TEKKEN 8/Saved/SaveGames"]),
        (
            "trackmania",
            &["OneDrive/Dokumente/Trackmania/Replays", "OneDrive/Dokumente/Trackmania2020/Replays"],
        ),
        ("valorant", &["AppData/Local/VALORANT/Saved/Demos"]),
    ];
    for (id, paths) in expected {
        assert_eq!(found[id], *paths, "{id}");
    }
    assert_eq!(found.len(), expected.len());
    let ubisoft = "Programs/Ubisoft/Ubisoft Game Launcher/games/Tom Clancy's Rainbow Six Siege/MatchReplay";
    fs::create_dir_all(home.join(ubisoft)).unwrap();
    assert!(folders(&places, home)["r6"].contains(&ubisoft.to_owned()));
}

#[test]
fn each_steam_game_s_folders_are_found_under_proton() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let steam = ".local/share/Steam/steamapps";
    for (game, locations) in games() {
        let places = Places::of_linux(home);
        assert!(places.find(locations).is_empty(), "{}", game.info().id);
        let Some(app) = locations[0].steam_app else { continue };
        let prefix = format!("{steam}/compatdata/{app}/pfx/drive_c/users/steamuser");
        fs::create_dir_all(home.join(&prefix)).unwrap();
        fs::write(home.join(steam).join(format!("appmanifest_{app}.acf")), "").unwrap();
        let found = &folders(&places, home)[game.info().id];
        assert_eq!(found.len(), if game.info().id == "r6" { 1 } else { locations.len() }, "{found:?}");
        let expected = if game.info().id == "r6" { format!("{steam}/common") } else { prefix };
        assert!(found.iter().all(|path| path.starts_with(&expected)), "{found:?}");
    }
}
