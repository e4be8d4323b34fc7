//! The arguments of `record`.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::ValueHint;
use gametelemetry::Forward;

use super::Regions;
use super::cloud::UploadBeside;
use super::housekeeping::{DiskSpace, KeepLast};
use crate::words;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gametelemetry record                       whichever supported game appears
  gametelemetry record acc --hz 1000         every physics step of ACC, not 100 a second
  gametelemetry record acc --source physics --for 10m --out D:\\laps
  gametelemetry record f1 --forward 127.0.0.1:20778       the dashboard listens there, and gets every packet
  gametelemetry record acc --laps --report                each lap when it is done, and a report at the end
  gametelemetry record acc --upload s3://laps/team        in the bucket minutes after the race
  gametelemetry record gt7 --host 192.168.1.20            asks the console for its packets
  gametelemetry record acc --keep-last 10m                Enter keeps the last ten minutes, the rest is forgotten
  gametelemetry record --format my_game.toml              a game that you have described yourself")]
pub(crate) struct Record {
    /// The game's short name (`gametelemetry games` lists them); without it, or as `auto`, whichever game appears
    pub(crate) game: Option<String>,
    /// Record what this packet format describes: a .toml file, or the telemetry folder of EA SPORTS WRC
    #[arg(long, value_name = "FILE", conflicts_with = "game", value_hint = ValueHint::AnyPath)]
    pub(crate) format: Option<PathBuf>,
    /// Folder in which the session's folder is made
    #[arg(long, value_name = "DIR", default_value = "sessions", value_hint = ValueHint::DirPath)]
    pub(crate) out: PathBuf,
    /// Record this long, as 30s, 10m or 1h30m; give up when no game comes for as long. Without it, until Ctrl+C
    #[arg(long = "for", value_name = "TIME", value_parser = words::duration)]
    pub(crate) duration: Option<Duration>,
    /// Look at the game this many times a second; twice the game's own rate misses nothing
    #[arg(long, value_name = "N", value_parser = words::rate)]
    pub(crate) hz: Option<f64>,
    /// Record only these sources of the game, as physics,graphics
    #[arg(long = "source", value_name = "NAMES", value_delimiter = ',')]
    pub(crate) sources: Vec<String>,
    /// Print the summary as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Say each lap when it is done
    #[arg(long)]
    pub(crate) laps: bool,
    /// Write the report when the recording ends
    #[arg(long)]
    pub(crate) report: bool,
    /// Fail at once when the game is not running, instead of waiting for it
    #[arg(long)]
    pub(crate) fail_fast: bool,
    /// Keep looks at which the game had published nothing new
    #[arg(long)]
    pub(crate) keep_unchanged: bool,
    /// The most frames that a crash of this program may lose
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) flush_frames: u32,
    /// How often files are synced to the disk, which is about what a power cut loses; 0s leaves it to the system
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = words::duration)]
    pub(crate) sync: Duration,
    #[command(flatten)]
    pub(crate) regions: Regions,
    #[command(flatten)]
    pub(crate) upload: UploadBeside,
    #[command(flatten)]
    pub(crate) disk: DiskSpace,
    #[command(flatten)]
    pub(crate) keep: KeepLast,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// What matters for games that send, answer or write files.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Games that send packets, answer, or write files")]
pub(crate) struct Network {
    /// Listen on this address of this machine; 0.0.0.0 listens to games on other devices (consoles) too
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<IpAddr>,
    /// Listen on this port instead of the game's usual one
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) port: Option<u16>,
    /// Record packets of these senders only
    #[arg(long, value_name = "ADDRESSES", value_delimiter = ',')]
    pub(crate) allow: Vec<IpAddr>,
    /// Where the game runs, for a console that must be asked for its packets or a game with a server
    #[arg(long, value_name = "HOST")]
    pub(crate) host: Option<String>,
    /// Ask for these packets, of a game that sends what it is asked for: A, B, ~ or C of Gran Turismo 7, the longest unless set
    #[arg(long, value_name = "NAME")]
    pub(crate) packet: Option<String>,
    /// Send every packet on to another program, at most HZ of each kind a second; may be given several times
    #[arg(long, value_name = "HOST:PORT[@HZ]")]
    pub(crate) forward: Vec<Forward>,
    /// What a game that posts its state must say to be believed
    #[arg(long, value_name = "TEXT", env = "GAMETELEMETRY_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
    /// Take files too that were there before
    #[arg(long)]
    pub(crate) existing: bool,
    /// Where the game writes its files; found by itself unless given; may be given several times
    #[arg(long = "folder", value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) folders: Vec<PathBuf>,
}
