//! Dota 2: what the simulated game POSTs decodes through the schema, and a recording over real HTTP gives every
//! message back but for the token.

use std::collections::HashSet;

use gametelemetry::{Schema, Value};
use gametelemetry_games::dota2::{CONFIGURATION_FILE, GAME, LAUNCH_OPTION, PORT, configuration};
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

fn number(message: &str, field: &str) -> Option<i64> {
    schema().view(message.as_bytes()).get(field).as_f64().map(|value| value as i64)
}

#[test]
fn a_simulated_match_decodes_with_its_phases_gold_deaths_and_items() {
    let messages = messages(4, 184, "t");
    let text = |field| -> HashSet<String> {
        messages.iter().map(|message| schema().view(message.as_bytes()).get(field).to_string()).collect()
    };
    let phases = text("map_game_state");
    for phase in ["HERO_SELECTION", "STRATEGY_TIME", "PRE_GAME", "GAME_IN_PROGRESS", "POST_GAME"] {
        assert!(phases.contains(&format!("DOTA_GAMERULES_STATE_{phase}")), "{phases:?}");
    }
    assert!(text("item_1_name").contains("item_boots") && text("item_1_name").contains("empty"));
    assert_eq!(schema().view(messages[0].as_bytes()).get("hero_health"), Value::Missing);
    let last = messages.last().unwrap();
    assert!(number(last, "hero_level") > Some(5) && number(last, "player_kills") > Some(2), "{last}");
    assert!(number(last, "player_deaths") > Some(0), "{last}");
    for message in &messages {
        let (health, most) = (number(message, "hero_health"), number(message, "hero_max_health"));
        assert!(health <= most && health.is_none_or(|health| health >= 0), "{message}");
        assert_eq!(
            health == Some(0),
            schema().view(message.as_bytes()).get("hero_alive") == Value::Bool(false)
        );
    }
    let dies = |message: &&String| number(message, "hero_health") == Some(0);
    let death = schema().view(messages.iter().find(dies).unwrap().as_bytes());
    assert_eq!(death.json().unwrap().pointer("/previously/hero/alive"), Some(&true.into()));
}

#[test]
fn a_spectator_s_message_has_ten_players() {
    let json = br#"{"player":{"team2":{"player4":{"kills":3}},"team3":{"player9":{"net_worth":5000}}},
                    "hero":{"team3":{"player5":{"xpos":-12,"alive":false}}},"draft":{"activeteam":2}}"#;
    let view = schema().view(json);
    assert_eq!(view.get("player4_kills"), Value::Int(3));
    assert_eq!(view.get("player9_net_worth"), Value::Int(5000));
    assert_eq!((view.get("hero5_xpos"), view.get("hero5_alive")), (Value::Int(-12), Value::Bool(false)));
    assert_eq!((view.get("draft_activeteam"), view.get("player_kills")), (Value::Int(2), Value::Missing));
}

#[test]
fn one_seed_gives_one_match() {
    assert_eq!(messages(9, 60, "t"), messages(9, 60, "t"));
    assert_ne!(messages(9, 60, "t"), messages(10, 60, "t"));
}

#[test]
fn a_recording_over_http_has_every_message_but_not_the_token() {
    let out = tempfile::tempdir().unwrap();
    let (session, mut game) = listen(&GAME, "s3cret", out.path());
    let messages = messages(5, 30, "s3cret");
    assert!(messages.len() > 100);
    assert_eq!(post(&mut game, &messages[0].replace("\"auth\"", "\"oath\"")), 401);
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
    assert!(enable.contains(CONFIGURATION_FILE) && enable.contains(LAUNCH_OPTION));
    let text = configuration(PORT, None).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(enable.contains(&text), "{text}\n{enable}");
    assert_eq!(GAME.info().sources[0].transport, Transport::HttpPush { port: PORT });
}
