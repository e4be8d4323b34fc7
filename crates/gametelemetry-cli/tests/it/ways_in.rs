//! Further ways in: a bad network, games that are asked, that post, that leave files, and formats that a user writes.

use std::net::UdpSocket;
use std::path::Path;

use gametelemetry_games::f1;
use serde_json::Value;

use crate::packets::{Recorder, free_port, simulate};
use crate::support::{Place, count, find, records, wait_until};

#[test]
fn the_ledger_of_f1_says_what_the_network_did() {
    let place = Place::new();
    let recorder = Recorder::start(&place, "f1", "out", &[]);
    let faults = ["--loss", "10", "--reorder", "10", "--duplicate", "10", "--seed", "7"];
    let to = recorder.to();
    let arguments = [&["f1", "--for", "5s", "--to", &to][..], &faults].concat();
    let published = simulate(&place, &arguments).json();
    let summary = recorder.end(&place, count(&published["datagrams"]["packets"], "sent"));
    let messages = &summary["sources"][0]["messages"];
    let mut compared = 0;
    for (kind, injected) in published["injected"].as_object().unwrap() {
        let found = &messages["kinds"][kind];
        // Of a kind that comes once in five seconds nothing may be left, and then nobody knows of it.
        let received = found["received"].as_u64().unwrap_or(0);
        assert_eq!(received, count(injected, "received"), "{kind}");
        // Only packets that come with every frame have a number that shows what is missing.
        if f1::schema().kind(kind).unwrap().sequence.is_some() {
            assert_eq!(found, injected, "{kind}");
            println!("{kind}: {injected}");
            compared += count(injected, "lost");
        }
    }
    assert!(compared > 60, "{compared} lost");
    assert!(count(messages, "incomplete_groups") > 60 && count(messages, "groups") > 60);
    assert_eq!(count(messages, "unknown"), 0);
    // Not every system says what it dropped.
    assert_eq!(messages["dropped_by_system"].as_u64().unwrap_or(0), 0);
}

#[test]
fn a_format_that_a_user_wrote_records_and_prints_without_a_line_of_rust() {
    let place = Place::new();
    let formats = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../formats");
    let format = formats.join("lfs_outgauge.toml");
    let format = format.to_str().unwrap();
    let _ = place.run(["format", "check", format]).code(0).shows(&["is right", "lfs_outgauge"]);
    let recorder = Recorder::start(&place, "", "out", &["--format", format]);
    let game = UdpSocket::bind("127.0.0.1:0").unwrap();
    for gear in 0..20_u8 {
        let mut packet = vec![0; 92];
        packet[4..7].copy_from_slice(b"XRT");
        packet[10] = gear % 5;
        packet[12..16].copy_from_slice(&(f32::from(gear) * 2.5).to_le_bytes());
        game.send_to(&packet, recorder.to()).unwrap();
    }
    let summary = recorder.end(&place, 20);
    assert_eq!(summary["game"], "lfs_outgauge");
    let session = place.only_session("out");
    let session = session.to_str().unwrap();
    let lines = place.run(["cat", session, "--channels", "speed,gear"]).code(0).json_lines();
    assert_eq!((lines.len(), &lines[4]["speed"], &lines[4]["gear"]), (20, &10.0.into(), &3.0.into()));
    let csv = [
        "cat",
        session,
        "--kind",
        "dashboard",
        "--fields",
        "car,speed_ms",
        "--format",
        "csv",
        "--limit",
        "2",
    ];
    let _ = place.run(csv).code(0).shows(&["timestamp,car,speed_ms", ",XRT,2.5"]);
    let _ = place.run(["info", session]).code(0).shows(&["dashboard", "20"]);
}

#[test]
fn mistakes_in_a_format_are_all_told_with_their_place() {
    let place = Place::new();
    let text =
        "name = \"x\"\ntransport.udp = { port = 70000 }\nfields = [ { name = \"a\", type = \"f23\" } ]\n";
    std::fs::write(place.path().join("wrong.toml"), text).unwrap();
    for arguments in [&["format", "check", "wrong.toml"][..], &["record", "--format", "wrong.toml"]] {
        let ran = place.run(arguments).code(1);
        let _ = ran.says(&["2 mistakes in wrong.toml", "line 2, column 26", "line 3, column 33", "^^^"]);
    }
    let _ = place
        .run(["format", "check", "none.toml"])
        .code(1)
        .says(&["cannot read the packet format none.toml"]);
    let _ = place.run(["format", "check", "."]).code(1).says(&["channels.json"]);
    let _ = place.run(["record", "f1", "--format", "wrong.toml"]).code(2);
}

#[test]
fn the_format_of_every_game_can_be_printed_and_is_read_again() {
    let place = Place::new();
    let games = place.run(["games", "--json"]).code(0).json();
    let mut printed = 0;
    for game in games.as_array().unwrap() {
        let id = game["id"].as_str().unwrap();
        let ran = place.run(["format", "print", id]);
        if id == "iracing" {
            let _ = ran.code(1).says(&["differs from file to file", "format print FILE.ibt"]);
            continue;
        }
        let file = format!("{id}.toml");
        std::fs::write(place.path().join(&file), ran.code(0).stdout).unwrap();
        let _ = place.run(["format", "check", &file]).code(0).shows(&["is right"]);
        printed += 1;
    }
    assert_eq!(printed, games.as_array().unwrap().len() - 1);
}

#[test]
fn the_format_of_an_ibt_and_of_a_recording_is_printed_and_is_read_again() {
    let place = Place::new();
    let ibt = gametelemetry_games::iracing::IbtBuilder::sample().rows(60).finish().unwrap();
    std::fs::write(place.path().join("lap.ibt"), ibt).unwrap();
    let _ = place.run(["import", "lap.ibt", "--out", "imported"]).code(0);
    let session = place.only_session("imported");
    let session = session.to_str().unwrap();
    let printed = |arguments: &[&str]| {
        let text = place.run([&["format", "print"], arguments].concat()).code(0).stdout;
        std::fs::write(place.path().join("printed.toml"), &text).unwrap();
        let _ = place.run(["format", "check", "printed.toml"]).code(0).shows(&["is right"]);
        text
    };
    let of_file = printed(&["lap.ibt"]);
    assert!(of_file.contains("\"LapDistPct\"") && of_file.contains("name = \"iracing\""), "{of_file}");
    // The numbers of channels may differ in their last digit: JSON stands between the two.
    let of_session = printed(&[session, "--source", "telemetry"]);
    let fields = |text: &str| text.split("\nchannels = [").next().unwrap().to_owned();
    assert_eq!(fields(&of_session), fields(&of_file));
    let _ = place.run(["format", "print", session, "--source", "none"]).code(1).says(&["none"]);
}

#[test]
fn a_game_with_a_server_is_asked_and_played_back_as_a_server() {
    let place = Place::new();
    let server = format!("127.0.0.1:{}", free_port());
    let port = server.rsplit(':').next().unwrap();
    let simulator = place.start(["simulate", "war_thunder", "--to", &server, "--for", "8s", "--json"]);
    let record = |out: &str| {
        let ran = place.run(["record", "war_thunder", "--port", port, "--for", "2s", "--out", out, "--json"]);
        ran.code(0).json()
    };
    let summary = record("first");
    assert!(count(find(&summary["sources"], "name", "state"), "recorded") > 0);
    assert!(count(&simulator.wait().code(0).json(), "answered") > 20);
    let session = place.only_session("first");
    let replay = place.start(["replay", session.to_str().unwrap(), "--to", &server, "--loop"]);
    let again = record("second");
    assert!(count(find(&again["sources"], "name", "indicators"), "recorded") > 0);
    drop(replay);
}

#[test]
fn a_game_that_posts_is_believed_when_it_knows_the_token() {
    let place = Place::new();
    let start = |out: &str| {
        let folder = place.path().join("none");
        let more = ["--token", "right", "--folder", folder.to_str().unwrap()];
        let recorder = Recorder::start_http(&place, "cs2", out, &more);
        let to = recorder.to();
        (recorder, to)
    };
    let post = |to: &str, token: &str| {
        let arguments = ["simulate", "cs2", "--to", to, "--token", token, "--for", "2s", "--json"];
        place.run(arguments).code(0).json()["posts"]["state"].clone()
    };
    let (recorder, to) = start("out");
    let refused = post(&to, "wrong");
    assert!(count(&refused, "taken") == 0 && count(&refused, "failed") > 0, "{refused}");
    let taken = count(&post(&to, "right"), "taken");
    assert!(taken > 0);
    let summary = recorder.stop();
    let state = find(&summary["sources"], "name", "state");
    assert_eq!(
        (count(state, "recorded"), count(&state["messages"], "refused")),
        (taken, count(&refused, "failed"))
    );
    // The secret is in no recording.
    let file = place.only_session("out").join("state.gtel");
    let texts: Vec<String> =
        records(&file).into_iter().map(|(_, data)| String::from_utf8(data).unwrap()).collect();
    assert!(texts.iter().all(|text| !text.contains("right\"") && text.contains("\"token\"")), "{}", texts[0]);
}

#[test]
fn a_finished_replay_is_copied_into_the_session_once() {
    let place = Place::new();
    let folder = place.path().join("Demos");
    let folder = folder.to_str().unwrap();
    let record = |out: &str| {
        let lasts = if cfg!(windows) { "14s" } else { "60s" };
        place.start(["record", "rocket_league", "--folder", folder, "--out", out, "--json", "--for", lasts])
    };
    let recorder = record("out");
    wait_until("the recorder has begun", || !place.sessions("out").is_empty());
    let simulated = place.run(["simulate", "rocket_league", "--folder", folder, "--for", "5s", "--json"]);
    assert!(count(&simulated.code(0).json(), "files") > 0);
    let copies = || {
        let files = place.only_session("out").join("files");
        let entries = std::fs::read_dir(files).into_iter().flatten().flatten();
        entries.filter(|entry| entry.path().extension().is_some_and(|it| it == "replay")).collect::<Vec<_>>()
    };
    wait_until("the replay copied", || !copies().is_empty());
    let summary = recorder.end().code(0).json();
    for copy in copies() {
        let original = Path::new(folder).join(copy.file_name());
        assert!(std::fs::read(copy.path()).unwrap() == std::fs::read(original).unwrap(), "{copy:?}");
    }
    let frames: u64 = count(&summary["sources"][0], "recorded");
    assert!(frames >= copies().len() as u64);
    let session = place.only_session("out");
    let lines = place.run(["cat", session.to_str().unwrap()]).code(0).json_lines();
    assert!(
        lines.iter().any(|line| line["stored_as"].as_str().is_some_and(|name| name.ends_with(".replay"))),
        "{lines:?}"
    );
}

/// Each game with how its first source comes, and a word of what must be switched on.
const GAMES: [(&str, &str, &str); 23] = [
    ("ac", "shared memory acpmf_physics", "Nothing to switch on"),
    ("acc", "shared memory acpmf_physics", "Nothing to switch on"),
    ("aoe4", "files *.rec, AgeIV_Replay_* in ", "Nothing to switch on"),
    ("brawlhalla", "files *.replay in ", "options"),
    ("cs2", "HTTP POST to port 32730", "gamestate_integration_gametelemetry.cfg"),
    ("dirt", "UDP port 20777", "hardware_settings_config.xml"),
    ("dota2", "HTTP POST to port 32570", "gamestate_integration_gametelemetry.cfg"),
    ("f1", "UDP port 20777", "UDP Telemetry: On"),
    ("fortnite", "files *.replay in ", "Record Replays"),
    ("forza", "UDP port 20127", "Data Out to On"),
    ("gt7", "UDP port 33740, asked for at port 33739 of the console; listens on the local network", "--host"),
    ("iracing", "files *.ibt, *.rpy, *.blap, *.olap in ", "Alt+L"),
    ("lol", "files *.rofl in ", "download"),
    ("overwatch2", "files *.mp4, *.webm in ", "Highlights"),
    ("pubg", "files * in ", "Settings > Gameplay > Replay"),
    ("r6", "files *.rec in ", "Match Replay"),
    ("rocket_league", "files *.replay in ", "Save the replay"),
    ("sc2", "files *.SC2Replay in ", "all replays saved"),
    ("tekken8", "files * in ", "saved game"),
    ("trackmania", "files *.Replay.Gbx in ", "Nothing to switch on"),
    ("valorant", "files *.vrf in ", "Career"),
    ("war_thunder", "HTTP http://127.0.0.1:8111/state", "Nothing to switch on"),
    ("wrc", "UDP port 20777", "config.json"),
];

#[test]
fn every_game_of_the_list_says_how_it_comes_and_what_to_switch_on() {
    let place = Place::new();
    let games = place.run(["games", "--json"]).code(0).json();
    let games: Vec<&Value> = games.as_array().unwrap().iter().collect();
    let ids: Vec<&str> = games.iter().map(|game| game["id"].as_str().unwrap()).collect();
    assert_eq!(ids, GAMES.map(|(id, _, _)| id));
    for (game, (id, comes, switch)) in games.iter().zip(GAMES) {
        // Where shared memory is differs by system; what it is called does not.
        let comes: Vec<&str> = comes.split("shared memory ").collect();
        let first = game["sources"][0]["transport"].as_str().unwrap();
        assert!(comes.iter().all(|part| first.contains(part)), "{id}: {first}");
        assert!(game["enable"].as_str().unwrap().contains(switch), "{id}: {}", game["enable"]);
        for source in game["sources"].as_array().unwrap() {
            let transport = source["transport"].as_str().unwrap();
            let known =
                ["shared memory ", "UDP port ", "HTTP http://", "HTTP POST to port ", "files ", "import of "];
            assert!(known.iter().any(|known| transport.starts_with(known)), "{game}");
        }
        assert_eq!(game["simulated"], id != "ac", "{id}");
    }
}

#[test]
fn the_readme_lists_the_games_that_the_command_lists() {
    let place = Place::new();
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let table = readme.split("## Games").nth(1).unwrap().split("\n\n").nth(1).unwrap();
    for (id, _, _) in GAMES {
        assert_eq!(table.matches(&format!("(`{id}`")).count(), 1, "{id} is in the table of README.md once");
    }
    let forza =
        place.run(["games", "forza", "--json"]).code(0).json()[0]["name"].as_str().unwrap().to_owned();
    assert!(table.contains(&forza), "{forza} is not in README.md as it is in `games`");
}

#[test]
fn a_simulated_game_is_saved_as_a_session_without_waiting_for_it() {
    for (game, hz) in [("acc", 100.0), ("f1", 60.0), ("gt7", 60.0), ("dirt", 60.0), ("cs2", 10.0)] {
        let place = Place::new();
        let hz_text = hz.to_string();
        let arguments = ["simulate", game, "--save", "out", "--for", "20s", "--hz", &hz_text, "--json"];
        let saved = place.run(arguments).code(0).json();
        let session = place.only_session("out");
        let verified = place.run(["verify", session.to_str().unwrap(), "--json"]).code(0).json();
        let records: u64 = verified.as_array().unwrap().iter().map(|file| count(file, "records")).sum();
        assert!(records > 0 && records == count(&saved, "records"), "{game} {saved}");
    }
    let place = Place::new();
    let _ = place.run(["simulate", "rocket_league", "--save", "out"]).code(1).says(&["can only be recorded"]);
    let _ = place.run(["simulate", "acc", "--save", "out", "--torn"]).code(2);
}
