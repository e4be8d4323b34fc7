//! Counter-Strike 2: what the simulated game POSTs decodes through the schema, and a recording over real HTTP gives
//! every message back but for the token.

use std::collections::HashSet;

use gametelemetry::{Schema, Value};
use gametelemetry_games::cs2::{CONFIGURATION_FILE, GAME, PORT, configuration};
use gametelemetry_games::{Game, Transport};

use crate::http::{listen, post, texts, wait_until};

fn schema() -> &'static Schema {
    GAME.schemas()[0].1
}

/// The messages of the first `seconds` of a match.
fn messages(seed: u64, seconds: u32, token: &str) -> Vec<String> {
    let mut game = GAME.simulator(seed).unwrap();
    (0..seconds * 10).flat_map(|_| (game.step(0.1), game.posts(token)).1).collect()
}

fn texts_of(messages: &[String], field: &str) -> HashSet<String> {
    messages.iter().map(|message| schema().view(message.as_bytes()).get(field).to_string()).collect()
}

#[test]
fn a_simulated_match_decodes_with_its_rounds_kills_and_what_changed() {
    let messages = messages(5, 900, "t");
    let phases = texts_of(&messages, "round_phase");
    assert!(["freezetime", "live", "over"].iter().all(|phase| phases.contains(*phase)), "{phases:?}");
    let bombs = texts_of(&messages, "round_bomb");
    assert!(bombs.contains("planted") && bombs.contains("defused"), "{bombs:?}");
    assert!(texts_of(&messages, "map_phase").contains("gameover"));
    let (mut kills, mut health, mut hit, mut new) = (0, 100, false, false);
    for message in &messages {
        let view = schema().view(message.as_bytes());
        assert_eq!(view.get("provider_appid"), Value::Int(730));
        let Value::Int(now) = view.get("player_health") else {
            assert_eq!(view.get("player_activity"), Value::Text("menu".into()));
            continue;
        };
        assert!((0..=100).contains(&now));
        if now != health {
            let before = view.json().unwrap().pointer("/previously/player/state/health");
            hit |= before.and_then(serde_json::Value::as_i64) == Some(health);
        }
        new |= view.json().unwrap().pointer("/added/round/bomb") == Some(&true.into());
        health = now;
        kills = kills.max(view.get("player_kills").as_f64().unwrap() as i64);
        assert_eq!(view.get("player_weapon_1_type"), Value::Text("Rifle".into()));
        assert_eq!(view.get("allplayers"), Value::Missing);
    }
    assert!(kills > 20 && hit && new, "{kills} {hit} {new}");
}

#[test]
fn nothing_is_sent_while_nothing_changes_but_a_heartbeat() {
    let mut game = GAME.simulator(1).unwrap();
    assert_eq!(game.posts("").len(), 1);
    assert!(game.posts("").is_empty());
    assert_eq!(messages(9, 60, "t"), messages(9, 60, "t"));
    assert_ne!(messages(9, 60, "t"), messages(10, 60, "t"));
}

#[test]
fn a_recording_over_http_has_every_message_but_not_the_token() {
    let out = tempfile::tempdir().unwrap();
    let (session, mut game) = listen(&GAME, "s3cret", out.path());
    let messages = messages(5, 60, "s3cret");
    assert!(messages.len() > 50);
    assert_eq!(post(&mut game, &messages[0].replace("s3cret", "other")), 403);
    for message in &messages {
        assert_eq!(post(&mut game, message), 200);
    }
    wait_until("every message", || session.status()[0].1.frames == messages.len() as u64);
    let summary = session.stop().unwrap();
    let recorded = texts(&summary.folder.join("state.gtel"));
    let expected: Vec<_> = messages.iter().map(|message| message.replace("\"s3cret\"", "\"***\"")).collect();
    assert_eq!(recorded, expected);
    let counts = summary.sources[0].ledger.messages.as_ref().unwrap();
    assert_eq!((counts.kinds["State"].received, counts.refused), (messages.len() as u64, 1));
}

#[test]
fn the_help_has_the_same_file_as_the_function() {
    let enable = GAME.info().enable;
    assert!(enable.contains(CONFIGURATION_FILE));
    let text = configuration(PORT, None).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(enable.contains(&text), "{text}\n{enable}");
    assert_eq!(GAME.info().sources[0].transport, Transport::HttpPush { port: PORT });
}
