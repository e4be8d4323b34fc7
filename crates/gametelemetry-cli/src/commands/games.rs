//! `games`: what is supported, what to switch on, what is running.

use std::io::Write;
use std::time::Duration;

use anyhow::Result;
use gametelemetry::shared_memory::Region;
use gametelemetry_games::{GAMES, Game, GameInfo, Transport};
use serde::Serialize;

use super::Outcome;
use super::choose::known;
use super::listen::Listener;
use crate::args::Games;
use crate::output::{self, DIM, GOOD, HEAD};

/// How long games that send are listened to: each sends several times in that.
const LISTEN_FOR: Duration = Duration::from_millis(200);

pub(crate) fn run(args: &Games) -> Result<Outcome> {
    let games = match &args.game {
        Some(name) => vec![known(name)?],
        None => GAMES.to_vec(),
    };
    let mut listener = Listener::open();
    std::thread::sleep(LISTEN_FOR);
    let heard: Vec<&str> = listener.heard().iter().map(|game| game.info().id).collect();
    drop(listener);
    let is_running =
        |game: &dyn Game| game.is_running(&args.regions.region_prefix) || heard.contains(&game.info().id);
    let rows: Vec<Row> = games.into_iter().map(|game| Row::new(game, is_running(game))).collect();
    if args.json {
        output::json(&rows)?;
        return Ok(Outcome::Done);
    }
    let mut out = output::stdout();
    for row in &rows {
        let running = if row.running { format!("  {GOOD}running now{GOOD:#}") } else { String::new() };
        writeln!(out, "{HEAD}{}{HEAD:#}  {}{running}", row.id, row.name)?;
        for sentence in row.enable.split_inclusive(". ") {
            writeln!(out, "  {}", sentence.trim_end())?;
        }
        for source in &row.sources {
            let more = if source.by_default { "" } else { ", only when asked for" };
            let rate = source.default_hz.map_or_else(String::new, |hz| format!(", {hz} Hz"));
            writeln!(
                out,
                "  {DIM}--source{DIM:#} {:<10} {} {DIM}({}{rate}{more}){DIM:#}",
                source.name, source.gives, source.transport
            )?;
        }
        writeln!(out, "  {DIM}{} channels{DIM:#}\n", row.channels.len())?;
    }
    out.flush()?;
    Ok(Outcome::Done)
}

#[derive(Serialize)]
struct Row {
    id: &'static str,
    name: &'static str,
    enable: &'static str,
    running: bool,
    simulated: bool,
    sources: Vec<Source>,
    channels: Vec<String>,
    not_available: Vec<Missing>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
    gives: &'static str,
    transport: String,
    /// None for a source whose frames come when they come.
    default_hz: Option<f64>,
    highest_hz: Option<f64>,
    by_default: bool,
}

#[derive(Serialize)]
struct Missing {
    channel: &'static str,
    reason: &'static str,
}

impl Row {
    fn new(game: &dyn Game, running: bool) -> Self {
        let GameInfo { id, name, sources, enable, channels, not_available } = game.info();
        let sources = sources.iter().map(|source| Source {
            name: source.name,
            gives: source.gives,
            transport: describe(source.transport),
            default_hz: source.rates.map(|rates| rates.default_hz),
            highest_hz: source.rates.map(|rates| rates.highest_hz),
            by_default: source.by_default,
        });
        let missing = not_available.iter().map(|&(channel, reason)| Missing { channel, reason });
        Self {
            id,
            name,
            enable,
            running,
            simulated: game.simulator(0).is_some(),
            sources: sources.collect(),
            channels: channels.iter().map(|mapping| mapping.channel.to_string()).collect(),
            not_available: missing.collect(),
        }
    }
}

fn describe(transport: Transport) -> String {
    match transport {
        Transport::SharedMemory { regions } => {
            let places: Vec<_> = regions.iter().map(|region| Region::location(region)).collect();
            format!("shared memory {}", places.join(", "))
        }
        Transport::Udp { port, heartbeat_port: Some(asked), over_network: true } => format!(
            "UDP port {port}, asked for at port {asked} of the console; listens on the local network, to the console only"
        ),
        Transport::Udp { port, heartbeat_port: Some(asked), .. } => {
            format!("UDP port {port}, asked for at port {asked}")
        }
        Transport::Udp { port, .. } => format!("UDP port {port}"),
        Transport::HttpPolling { urls } => format!("HTTP {}", urls.join(", ")),
        Transport::HttpPush { port } => format!("HTTP POST to port {port}"),
        Transport::Files { patterns, folder } => format!("files {} in {folder}", patterns.join(", ")),
        Transport::Tcp { connect } => format!("TCP {connect}"),
        Transport::Import { extension } => format!("import of .{extension} files"),
        _ => "unknown".to_owned(),
    }
}
