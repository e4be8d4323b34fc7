//! A competitive match from the warm-up to the thirteenth round won, as the game would tell its player.
//!
//! Pure: rounds, hits and kills follow from the seed. Times are shorter than in the game, so that a minute shows
//! several rounds.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::game::Simulator;
use crate::gsi::{Chance, Messages};

/// Phases of a round, in seconds.
const MENU_S: f64 = 1.0;
const WARMUP_S: f64 = 3.0;
const FREEZE_S: f64 = 2.0;
const LIVE_S: f64 = 20.0;
const BOMB_S: f64 = 8.0;
const OVER_S: f64 = 2.0;
/// Rounds that win the match.
const WINNING: u32 = 13;
/// Seconds since 1970 at which the match begins; whatever the clock says, it is the same match.
const BEGUN: i64 = 1_700_000_000;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Menu,
    Warmup,
    Freeze,
    Live,
    Bomb,
    Over,
    GameOver,
}

impl Phase {
    fn length_s(self) -> f64 {
        match self {
            Self::Menu => MENU_S,
            Self::Warmup => WARMUP_S,
            Self::Freeze => FREEZE_S,
            Self::Live => LIVE_S,
            Self::Bomb => BOMB_S,
            Self::Over => OVER_S,
            Self::GameOver => 5.0,
        }
    }
}

/// The player of this machine, a Counter-Terrorist.
#[derive(Debug)]
struct Player {
    health: i64,
    armor: i64,
    money: i64,
    round_kills: i64,
    kills: i64,
    deaths: i64,
    ammo: i64,
    flashed: i64,
}

pub(super) struct MatchSimulator {
    chance: Chance,
    messages: Messages,
    time_s: f64,
    phase: Phase,
    left_s: f64,
    player: Player,
    enemies: i64,
    wins: BTreeMap<u32, &'static str>,
    winner: Option<&'static str>,
}

impl MatchSimulator {
    pub(super) fn new(seed: u64) -> Self {
        let mut game = Self {
            chance: Chance::new(seed),
            messages: Messages::default(),
            time_s: 0.0,
            phase: Phase::Menu,
            left_s: MENU_S,
            player: Player {
                health: 100,
                armor: 0,
                money: 800,
                round_kills: 0,
                kills: 0,
                deaths: 0,
                ammo: 30,
                flashed: 0,
            },
            enemies: 5,
            wins: BTreeMap::new(),
            winner: None,
        };
        game.enter(Phase::Menu);
        game
    }

    fn enter(&mut self, phase: Phase) {
        (self.phase, self.left_s) = (phase, phase.length_s());
        if matches!(phase, Phase::Warmup | Phase::Freeze) {
            let player = &mut self.player;
            (player.health, player.armor, player.ammo, player.flashed) = (100, 100, 30, 0);
            (player.round_kills, self.enemies, self.winner) = (0, 5, None);
        }
        if phase == Phase::Menu {
            self.wins.clear();
            (self.player.kills, self.player.deaths, self.player.money) = (0, 0, 800);
        }
    }

    fn score(&self, team: &str) -> u32 {
        let won = self.wins.values().filter(|how| how.starts_with(team)).count();
        u32::try_from(won).unwrap_or(u32::MAX)
    }

    fn win(&mut self, how: &'static str) {
        let round = u32::try_from(self.wins.len()).unwrap_or(u32::MAX) + 1;
        self.wins.insert(round, how);
        let ours = how.starts_with("ct");
        self.winner = Some(if ours { "CT" } else { "T" });
        self.player.money = (self.player.money + if ours { 3250 } else { 1400 }).min(16_000);
        self.enter(Phase::Over);
    }

    fn fight(&mut self, seconds: f64) {
        let is_alive = self.player.health > 0;
        if is_alive && self.chance.happens(6.0, seconds) {
            let hit = self.chance.between(8, 60);
            self.player.health = (self.player.health - hit).max(0);
            self.player.armor = (self.player.armor - hit / 3).max(0);
            self.player.deaths += i64::from(self.player.health == 0);
        }
        if is_alive && self.chance.happens(60.0, seconds) {
            self.player.ammo -= self.chance.between(1, 4);
            if self.player.ammo < 0 {
                self.player.ammo = 30;
            }
        }
        self.player.flashed = (self.player.flashed - 25).max(0);
        if is_alive && self.chance.happens(4.0, seconds) {
            self.player.flashed = 255;
        }
        if self.chance.happens(12.0, seconds) {
            self.enemies -= 1;
            if is_alive {
                self.player.round_kills += 1;
                self.player.kills += 1;
                self.player.money = (self.player.money + 300).min(16_000);
            }
        }
        if self.enemies == 0 {
            self.win("ct_win_elimination");
        }
    }

    fn play(&mut self, seconds: f64) {
        self.time_s += seconds;
        self.left_s -= seconds;
        if matches!(self.phase, Phase::Live | Phase::Bomb) {
            self.fight(seconds);
        }
        if self.left_s > 0.0 {
            return;
        }
        match self.phase {
            Phase::Menu => self.enter(Phase::Warmup),
            Phase::Warmup => self.enter(Phase::Freeze),
            Phase::Freeze => self.enter(Phase::Live),
            Phase::Live if self.chance.between(0, 3) > 0 => self.enter(Phase::Bomb),
            Phase::Live => self.win("ct_win_time"),
            Phase::Bomb if self.player.health > 0 => self.win("ct_win_defuse"),
            Phase::Bomb => self.win("t_win_bomb"),
            Phase::Over if self.score("ct").max(self.score("t_")) >= WINNING => self.enter(Phase::GameOver),
            Phase::Over => self.enter(Phase::Freeze),
            Phase::GameOver => self.enter(Phase::Menu),
        }
    }

    fn provider(&self) -> Value {
        let seconds = format!("{:.0}", self.time_s.floor()).parse::<i64>().unwrap_or(0);
        json!({
            "name": "Counter-Strike: Global Offensive", "appid": 730, "version": 14_000,
            "steamid": "76561190000000001", "timestamp": BEGUN + seconds
        })
    }

    fn state(&self) -> Value {
        let player = json!({ "steamid": "76561190000000001", "name": "Simulated", "activity": "menu" });
        if self.phase == Phase::Menu {
            return json!({ "player": player });
        }
        let mut state = json!({ "map": self.map(), "player": self.player() });
        if !matches!(self.phase, Phase::Warmup | Phase::GameOver)
            && let Some(sections) = state.as_object_mut()
        {
            sections.insert("round".to_owned(), self.round());
        }
        state
    }

    fn map(&self) -> Value {
        let phase = match self.phase {
            Phase::Warmup => "warmup",
            Phase::GameOver => "gameover",
            _ => "live",
        };
        let team = |score| json!({ "score": score, "consecutive_round_losses": 0, "timeouts_remaining": 1, "matches_won_this_series": 0 });
        let wins: BTreeMap<String, _> =
            self.wins.iter().map(|(round, how)| (round.to_string(), *how)).collect();
        let mut map = json!({
            "mode": "competitive", "name": "de_simulated", "phase": phase, "round": self.wins.len(),
            "team_ct": team(self.score("ct")), "team_t": team(self.score("t_")), "num_matches_to_win_series": 0
        });
        if let (false, Some(map)) = (wins.is_empty(), map.as_object_mut()) {
            map.insert("round_wins".to_owned(), json!(wins));
        }
        map
    }

    fn round(&self) -> Value {
        let phase = match self.phase {
            Phase::Freeze => "freezetime",
            Phase::Over => "over",
            _ => "live",
        };
        let bomb = match (self.phase, self.wins.last_key_value()) {
            (Phase::Bomb, _) => Some("planted"),
            (Phase::Over, Some((_, &"t_win_bomb"))) => Some("exploded"),
            (Phase::Over, Some((_, &"ct_win_defuse"))) => Some("defused"),
            _ => None,
        };
        let mut round = serde_json::Map::new();
        round.insert("phase".to_owned(), phase.into());
        round.extend(bomb.map(|bomb| ("bomb".to_owned(), bomb.into())));
        round.extend(self.winner.map(|team| ("win_team".to_owned(), team.into())));
        Value::Object(round)
    }

    fn player(&self) -> Value {
        let player = &self.player;
        json!({
            "steamid": "76561190000000001", "name": "Simulated", "observer_slot": 1, "team": "CT",
            "activity": "playing",
            "state": {
                "health": player.health, "armor": player.armor, "helmet": player.armor > 0, "flashed": player.flashed,
                "smoked": 0, "burning": 0, "money": player.money, "round_kills": player.round_kills,
                "round_killhs": player.round_kills / 2, "equip_value": 4400
            },
            "weapons": {
                "weapon_0": { "name": "weapon_knife", "paintkit": "default", "type": "Knife", "state": "holstered" },
                "weapon_1": {
                    "name": "weapon_m4a1", "paintkit": "default", "type": "Rifle", "ammo_clip": player.ammo,
                    "ammo_clip_max": 30, "ammo_reserve": 90, "state": "active"
                }
            },
            "match_stats": {
                "kills": player.kills, "assists": 0, "deaths": player.deaths, "mvps": self.score("ct") / 3,
                "score": player.kills * 2
            }
        })
    }
}

impl Simulator for MatchSimulator {
    fn step(&mut self, seconds: f64) {
        let mut left = seconds;
        while left > 0.0 {
            self.play(left.min(0.1));
            left -= 0.1;
        }
        self.messages.step(seconds);
    }

    fn posts(&mut self, token: &str) -> Vec<String> {
        let (provider, state) = (self.provider(), self.state());
        self.messages.next(provider, state, token).into_iter().collect()
    }

    fn hz(&self) -> f64 {
        10.0
    }

    fn status(&self) -> String {
        let (ours, theirs) = (self.score("ct"), self.score("t_"));
        format!("{ours}:{theirs}, health {}, {} kills", self.player.health, self.player.kills)
    }
}
