//! Games that leave files: each one's simulated replays are taken once and whole, and its folders are found.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "clippy.toml allows these in test functions; the helpers of an integration test are tests too"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gametelemetry::places::{Base, Location, Places};
use gametelemetry::{FileEvent, GameSession, ReplayFile, RunningSession, clock, files};
use gametelemetry_games::{
    GAMES, Game, RecordError, RecordOptions, SimulatedWrite, Simulator, SourceInfo, Transport, aoe4,
    brawlhalla, cs2, dota2, find, fortnite, iracing, lol, overwatch2, pubg, r6, rocket_league, sc2, tekken8,
    trackmania, valorant,
};

/// The games, with where they keep their files.
fn games() -> [(&'static dyn Game, &'static [Location]); 15] {
    [
        (&aoe4::GAME, aoe4::GAME.folders()),
        (&brawlhalla::GAME, brawlhalla::GAME.folders()),
        (&cs2::GAME, cs2::GAME.folders()),
        (&dota2::GAME, dota2::GAME.folders()),
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

/// The name of the source of `game` that watches for files.
fn source_of_files(game: &dyn Game) -> Option<&'static str> {
    let is_of_files = |source: &&SourceInfo| matches!(source.transport, Transport::Files { .. });
    game.info().sources.iter().find(is_of_files).map(|source| source.name)
}

/// Records the files that `game` leaves in `played`, also those `existing` there, and nothing else of it.
fn start(game: &dyn Game, played: &Path, sessions: &Path, existing: bool) -> RunningSession {
    let options = RecordOptions {
        sources: vec![source_of_files(game).unwrap().to_owned()],
        folders: vec![played.to_owned()],
        settle: Some(Duration::from_millis(500)),
        existing,
        ..RecordOptions::default()
    };
    let session = GameSession::new(game.info().id).save_to(sessions);
    game.record(session, &options).unwrap().start().unwrap()
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

    let session = start(game, &played, &sessions, false);
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
    let all = GAMES.iter().filter(|game| source_of_files(**game).is_some()).map(|game| game.info().id);
    let all: BTreeSet<&str> = all.collect();
    let ours: BTreeSet<&str> = games().iter().map(|(game, _)| game.info().id).collect();
    assert_eq!(ours, all);
    let with_names: BTreeSet<&str> = NAMES.iter().map(|(id, ..)| *id).collect();
    assert_eq!(with_names, all, "each has names of files");
    for id in ours {
        let info = find(id).unwrap().info();
        let files = source_of_files(find(id).unwrap()).unwrap();
        let is_usual = info.sources.iter().any(|source| source.name == files && source.by_default);
        assert!(is_usual && !info.enable.is_empty(), "{id}");
    }
}

/// Of each game, names that its files have, as its documentation in `src` states them, and names that lie beside them
/// and are none.
const NAMES: &[(&str, &[&str], &[&str])] = &[
    (
        "aoe4",
        &["AgeIV_Replay_123456789", "replays/match_1.rec", "replays/temp.REC"],
        &["ageiv_replay", "replays/match_1.rec.tmp", "warnings.log"],
    ),
    (
        "brawlhalla",
        &["[8.05] BrawlhavenFull.replay", "[9.01] MammothFortress (2).replay"],
        &["a.replay.bak", "replay"],
    ),
    (
        "cs2",
        &["mymatch.dem", "match730_003640123456789012345_1234567890_274.dem"],
        &["match730_003640123456789012345_1234567890_274.dem.info", "a.dem.bz2", "cfg.vdf"],
    ),
    ("dota2", &["7412345678.dem", "7412345679.dem"], &["7412345678.dem.bz2", "7412345678.txt"]),
    (
        "fortnite",
        &["UnsavedReplay-2026.11.23-12.00.00.replay", "My win.replay"],
        &["UnsavedReplay-2026.11.23-12.00.00.replay.tmp", "Demos.log"],
    ),
    (
        "iracing",
        &[
            "telemetry/bmwm4gt4_sebring international 2025-11-23 12-00-00.ibt",
            "replay/subses12345678.rpy",
            "lapfiles/sebring international/bmwm4gt4.olap",
            "lapfiles/sebring international/bmwm4gt4.blap",
            "LAST.IBT",
        ],
        &["telemetry/a.ibt.tmp", "replay/a.rpy.session", "setups/baseline.sto", "paint/car.tga", "a.lap"],
    ),
    ("lol", &["EUW1-7123456789.rofl", "NA1_5123456789.rofl"], &["EUW1-7123456789.rofl.part", "rofl"]),
    (
        "overwatch2",
        &["overwatch/highlight_26-11-23_12-00-00.mp4", "overwatch/highlight_26-11-23_12-05-00.webm"],
        &["overwatch/highlight_26-11-23_12-00-00.jpg", "overwatch/a.mp4.tmp"],
    ),
    (
        "pubg",
        // Files of one replay have no ending in common, so all of them are taken.
        &[
            "match.bro.official.2026/PUBG.replayinfo",
            "match.bro.official.2026/data/0",
            "match.bro.official.2026/events/kill0",
        ],
        &[],
    ),
    (
        "r6",
        &[
            "Match-2026-11-23_12-00-00-12345/Match-2026-11-23_12-00-00-12345-R01.rec",
            "Match-2026-11-23_12-00-00-12345/Match-2026-11-23_12-00-00-12345-R02.rec",
        ],
        &["Match-2026-11-23_12-00-00-12345/Match-2026-11-23_12-00-00-12345-R02.rec.tmp", "GameSettings.ini"],
    ),
    (
        "rocket_league",
        &["0123456789ABCDEF0123456789ABCDEF.replay", "FEDCBA9876543210FEDCBA9876543210.replay"],
        &["0123456789ABCDEF0123456789ABCDEF.replay.tmp", "0123456789ABCDEF0123456789ABCDEF.json"],
    ),
    (
        "sc2",
        &[
            "12345678/1-S2-1-1234567/Replays/Multiplayer/Ascension to Aiur LE.SC2Replay",
            "12345678/1-S2-1-1234567/Replays/Multiplayer/Ascension to Aiur LE (2).SC2Replay",
        ],
        &[
            "12345678/1-S2-1-1234567/Replays/Multiplayer/a.SC2Replay.writeCacheBackup",
            "12345678/Variables.txt",
            "a.SC2Save",
        ],
    ),
    // Which of its files are replays is not known, so all of them are taken.
    ("tekken8", &["76561190000000000/replay_1.sav", "76561190000000000/anything"], &[]),
    (
        "trackmania",
        &["Autosaves/driver_Map1_PersonalBest_TimeAttack.Replay.Gbx", "My Replays/best.replay.gbx"],
        &["Autosaves/driver.Ghost.Gbx", "My Replays/map.Map.Gbx", "a.Replay.Gbx.tmp"],
    ),
    (
        "valorant",
        &["01234567-89ab-4cde-8f01-23456789abcd.vrf", "11234567-89ab-4cde-8f01-23456789abcd.vrf"],
        &["01234567-89ab-4cde-8f01-23456789abcd.vrf.tmp", "01234567-89ab-4cde-8f01-23456789abcd.json"],
    ),
];

/// Records a folder in which `fits` and `others` lie. The last of `fits` comes when the rest of them is taken, so that
/// when it is taken too every other file has been looked at.
fn record_names(id: &str, fits: &[&str], others: &[&str]) {
    let game = find(id).unwrap();
    let top = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let (played, sessions) = (top.path().join("game"), top.path().join("sessions"));
    // Of one size and of the same tick of the system's clock, two files would pass for one that was renamed.
    let names: Vec<&str> = fits.iter().chain(others).copied().collect();
    let put = |name: &str| {
        let size = 100 + names.iter().position(|other| *other == name).unwrap();
        write(&played, &SimulatedWrite { path: name.into(), bytes: vec![b'x'; size], rename_to: None });
    };
    let (last, first) = fits.split_last().unwrap();
    first.iter().chain(others).for_each(|name| put(name));
    let session = start(game, &played, &sessions, true);
    wait_for(id, || frames(session.folder()).len() >= first.len());
    put(last);
    wait_for(id, || frames(session.folder()).len() > first.len());
    let folder = session.folder().to_owned();
    session.stop().unwrap();
    let path = |name: &&str| played.join(name);
    let taken: BTreeSet<PathBuf> =
        frames(&folder).into_iter().map(|frame| PathBuf::from(frame.path)).collect();
    assert_eq!(taken, fits.iter().map(path).collect(), "{id}");
}

#[test]
fn each_kind_of_file_of_each_game_is_taken_and_what_lies_beside_it_is_not() {
    std::thread::scope(|scope| {
        for (id, fits, others) in NAMES {
            scope.spawn(move || record_names(id, fits, others));
        }
    });
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
    let installed = [
        "Tom Clancy's Rainbow Six Siege/MatchReplay",
        "Counter-Strike Global Offensive/game/csgo/replays",
        "dota 2 beta/game/dota/replays",
    ];
    installed.iter().for_each(|path| fs::create_dir_all(common.join(path)).unwrap());
    let mut places = Places::of_windows(home, &home.join("Steam"));
    places.programs = vec![home.join("Programs")];
    places.profile.as_mut().unwrap().documents = vec![home.join("OneDrive/Dokumente")];
    let found = folders(&places, home);
    let expected: &[(&str, &[&str])] = &[
        ("aoe4", &["OneDrive/Dokumente/My Games/Age of Empires IV/playback"]),
        ("brawlhalla", &["BrawlhallaReplays"]),
        (
            "cs2",
            &[
                "Steam/steamapps/common/Counter-Strike Global Offensive/game/csgo",
                "Steam/steamapps/common/Counter-Strike Global Offensive/game/csgo/replays",
            ],
        ),
        ("dota2", &["Steam/steamapps/common/dota 2 beta/game/dota/replays"]),
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
        let in_steam = matches!(locations[0].base, Base::SteamCommon);
        let count = locations.iter().filter(|location| !matches!(location.base, Base::Programs)).count();
        assert_eq!(found.len(), count, "{found:?}");
        let expected = if in_steam { format!("{steam}/common") } else { prefix };
        assert!(found.iter().all(|path| path.starts_with(&expected)), "{found:?}");
    }
}
