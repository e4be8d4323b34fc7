//! War Thunder: what the simulated game answers decodes through the schemas, and a recording over real HTTP gives
//! every answer back.

use std::collections::HashSet;

use gametelemetry::{GameSession, Schema, Value};
use gametelemetry_games::war_thunder::{CHANNELS, GAME, INDICATORS_SOURCE, STATE_SOURCE};
use gametelemetry_games::{Game, RecordOptions, Transport};

use crate::http::{WebServer, texts, wait_until};

fn schema(source: &str) -> &'static Schema {
    GAME.schemas().into_iter().find(|(name, _)| *name == source).unwrap().1
}

/// The path that `source` asks for.
fn path(source: &str) -> &'static str {
    let info = GAME.info().sources.iter().find(|info| info.name == source).unwrap();
    let Transport::HttpPolling { urls } = info.transport else { panic!("{info:?}") };
    urls[0].strip_prefix("http://127.0.0.1:8111").unwrap()
}

#[test]
fn keys_with_units_in_them_are_found() {
    let schema = schema(STATE_SOURCE);
    let json = br#"{"valid":true,"TAS, km/h":237,"Vy, m/s":3.2,"throttle 3, %":100,"Mfuel 1, kg":5}"#;
    let view = schema.view(json);
    assert_eq!(view.get("tas_kmh"), Value::Int(237));
    assert_eq!(view.get("climb_m_s"), Value::F64(3.2));
    assert_eq!(view.get("engine_3_throttle_percent"), Value::Int(100));
    assert_eq!(view.get("tank_1_fuel_kg"), Value::Int(5));
    assert_eq!(view.get("engine_1_throttle_percent"), Value::Missing);
    let view = schema.view(br#"{"valid": false}"#);
    assert_eq!(view.values().filter(|(_, value)| *value != Value::Missing).count(), 1);
}

/// The value of a channel in an answer.
fn channel(name: &str, answer: &str) -> Option<f64> {
    let mapping = CHANNELS.iter().find(|mapping| mapping.channel == name).unwrap();
    mapping.read(&schema(&mapping.source).view(answer.as_bytes()))
}

#[test]
fn a_simulated_flight_decodes_and_what_is_not_there_is_missing() {
    let mut game = GAME.simulator(7).unwrap();
    let (mut highest, mut fastest, mut phases) = (0.0_f64, 0.0_f64, HashSet::new());
    for _ in 0..4400 {
        game.step(0.05);
        let state = game.answer("/state").unwrap();
        let view = schema(STATE_SOURCE).view(state.as_bytes());
        let is_in_aircraft = view.get("valid") == Value::Bool(true);
        let has_air = view.get("aoa_deg") != Value::Missing;
        phases.insert((is_in_aircraft, has_air));
        assert_eq!(channel("altitude", &state).is_some(), is_in_aircraft);
        highest = highest.max(channel("altitude", &state).unwrap_or(0.0));
        fastest = fastest.max(channel("speed", &state).unwrap_or(0.0));
        let heading = channel("heading", &game.answer("/indicators").unwrap());
        assert!(
            heading.is_none_or(|heading| (0.0..=std::f64::consts::TAU).contains(&heading)),
            "{heading:?}"
        );
    }
    assert!((2000.0..2500.0).contains(&highest), "{highest}");
    assert!((80.0..130.0).contains(&fastest), "{fastest}");
    assert_eq!(phases, HashSet::from([(false, false), (true, false), (true, true)]));
}

#[test]
fn every_page_of_the_simulated_game_has_only_fields_that_are_described() {
    let mut game = GAME.simulator(3).unwrap();
    game.step(60.0);
    for source in [STATE_SOURCE, INDICATORS_SOURCE, "map_info", "mission", "hudmsg"] {
        let answer = game.answer(path(source)).unwrap();
        let json: serde_json::Value = answer.parse().unwrap();
        let view = schema(source).view(answer.as_bytes());
        let found = view.values().filter(|(_, value)| *value != Value::Missing).count();
        assert_eq!(found, json.as_object().unwrap().len(), "{source}: {answer}");
    }
    let map = game.answer(path("map")).unwrap();
    let objects = schema("map").view(map.as_bytes()).get("objects");
    assert!(matches!(&objects, Value::List(objects) if objects.len() == 2), "{objects:?}");
    assert_eq!(game.answer("/nothing"), None);
    let all = game.answer("/hudmsg?lastEvt=0&lastDmg=0").unwrap();
    let none = game.answer("/hudmsg?lastEvt=0&lastDmg=999999").unwrap();
    assert!(all.len() > none.len() && none.contains("\"damage\":[]"), "{all} {none}");
}

#[test]
fn one_seed_gives_one_flight() {
    let fly = |seed| {
        let mut game = GAME.simulator(seed).unwrap();
        (0..100).map(|_| (game.step(0.5), game.answer("/indicators").unwrap()).1).collect::<Vec<_>>()
    };
    assert_eq!(fly(1), fly(1));
    assert_ne!(fly(1), fly(2));
}

#[test]
fn a_recording_over_http_has_every_answer_once() {
    let out = tempfile::tempdir().unwrap();
    let server = WebServer::of(GAME.simulator(11).unwrap());
    let sources: Vec<_> = GAME.info().sources.iter().map(|source| source.name.to_owned()).collect();
    let options = RecordOptions {
        host: Some("127.0.0.1".to_owned()),
        port: Some(server.address.port()),
        hz: Some(60.0),
        sources: sources.clone(),
        ..RecordOptions::default()
    };
    let session = GAME.record(GameSession::new("war_thunder"), &options).unwrap().save_to(out.path());
    let session = session.start().unwrap();
    let frames = |index: usize| session.status()[index].1.frames;
    wait_until("answers of every page", || {
        frames(0) >= 40 && frames(1) >= 40 && (2..7).all(|it| frames(it) >= 1)
    });
    let summary = session.stop().unwrap();
    for source in sources {
        let recorded = texts(&summary.folder.join(format!("{source}.gtel")));
        let answered = server.answered(path(&source));
        // One that came as the session ended was answered, and is not wanted any more.
        let missing = answered.len() - recorded.len();
        assert!(missing <= 1 && recorded == answered[..recorded.len()], "{source}: {missing} missing");
    }
}
