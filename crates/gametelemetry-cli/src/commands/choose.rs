//! Which game `record` records: the one named, or whichever appears; and what must be right before it starts.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use gametelemetry::files::SessionFolderError;
use gametelemetry::{StopToken, clock};
use gametelemetry_games::{GAMES, Game, RecordOptions, Transport, WrittenGame, find, running};

use super::listen::Listener;
use crate::args::Record;
use crate::output::LiveLine;
use crate::{formats, words};

/// How often a game that is not there is looked for.
const LOOK_FOR_GAME: Duration = Duration::from_millis(250);

/// The game named, or the first one that appears.
pub(crate) fn choose(args: &Record, options: &RecordOptions, stop: &StopToken) -> Result<&'static dyn Game> {
    if let Some(path) = &args.format {
        let game = WrittenGame::new(formats::load(path)?);
        check_sources(&[game], options)?;
        check_packet(game, options)?;
        return Ok(game);
    }
    if let Some(name) = args.game.as_deref().filter(|name| !name.eq_ignore_ascii_case("auto")) {
        let game = known(name)?;
        check_sources(&[game], options)?;
        check_packet(game, options)?;
        check_who_is_running(game, &options.prefix)?;
        return Ok(game);
    }
    check_sources(GAMES, options)?;
    let out = OutFolder::new(&args.out);
    out.make()?;
    match wait_for_any(args, options, stop) {
        Some(game) => check_packet(game, options).map(|()| game),
        None => {
            out.remove_if_new();
            bail!(nothing_appeared(args, stop))
        }
    }
}

/// The first game that appears; `None` when stopped or out of time before.
fn wait_for_any(args: &Record, options: &RecordOptions, stop: &StopToken) -> Option<&'static dyn Game> {
    let deadline = args.duration.and_then(|duration| clock::monotonic().checked_add(duration));
    let line = LiveLine::new();
    let mut listener = Listener::open();
    loop {
        if let Some(game) = running(&options.prefix).next().or_else(|| listener.heard().into_iter().next()) {
            return Some(game);
        }
        line.show(|| "waiting for a game; `gametelemetry games` lists what is supported".to_owned());
        let late = deadline.is_some_and(|deadline| clock::monotonic() >= deadline);
        if args.fail_fast || late || stop.wait_for(LOOK_FOR_GAME) {
            return None;
        }
    }
}

fn nothing_appeared(args: &Record, stop: &StopToken) -> String {
    let when = match args.duration {
        _ if args.fail_fast => "is running".to_owned(),
        Some(duration) if !stop.is_stopped() => format!("appeared within {duration:?}"),
        _ => "appeared".to_owned(),
    };
    format!("no supported game {when}, so nothing is recorded; `gametelemetry games` says what to switch on")
}

/// The game called `name`, or an error with a guess.
pub(crate) fn known(name: &str) -> Result<&'static dyn Game> {
    find(name).with_context(|| {
        let ids: Vec<_> = GAMES.iter().map(|game| game.info().id).collect();
        let guess = words::did_you_mean(name, ids.iter().copied());
        format!("there is no game {name} here{guess} (known: {})", ids.join(", "))
    })
}

/// Checks that one of `games` has all the sources asked for, before anything is waited for.
fn check_sources(games: &[&dyn Game], options: &RecordOptions) -> Result<()> {
    let mut checks = games.iter().map(|game| options.check(&game.info()));
    let Some(Err(error)) = checks.next() else { return Ok(()) };
    if checks.any(|check| check.is_ok()) {
        return Ok(());
    }
    let known: Vec<_> = games.iter().flat_map(|game| game.info().sources).map(|source| source.name).collect();
    let unknown = options.sources.iter().find(|name| !known.contains(&name.as_str()));
    let guess = unknown.map_or_else(String::new, |unknown| words::did_you_mean(unknown, known));
    match games {
        [_] => bail!("{error}{guess}"),
        _ => bail!(
            "no game has the source {}{guess} (`gametelemetry games` lists them)",
            options.sources.join(" and ")
        ),
    }
}

/// Refuses to ask a game for packets that nobody can ask.
fn check_packet(game: &dyn Game, options: &RecordOptions) -> Result<()> {
    if options.packet.is_some() && game.packets_to_ask_for().is_empty() {
        bail!(
            "{} sends what it sends and cannot be asked for other packets: leave out --packet",
            game.info().id
        );
    }
    Ok(())
}

/// Refuses to take another game's frames for those of `game`: some games publish under the same names, and only the
/// version that they state tells them apart.
fn check_who_is_running(game: &dyn Game, prefix: &str) -> Result<()> {
    if game.is_running(prefix) {
        return Ok(());
    }
    let ours = regions(game);
    let shares_a_name = |other: &&dyn Game| regions(*other).iter().any(|region| ours.contains(region));
    let Some(other) = running(prefix).find(shares_a_name) else { return Ok(()) };
    let (wanted, found) = (game.info(), other.info());
    bail!(
        "{} is running, not {}, and both publish under the same names: record it by `gametelemetry record {}`, or \
         end it first",
        found.name,
        wanted.name,
        found.id
    )
}

/// The shared-memory regions in which `game` publishes.
fn regions(game: &dyn Game) -> Vec<&'static str> {
    let regions = game.info().sources.iter().filter_map(|source| match source.transport {
        Transport::SharedMemory { regions } => Some(regions),
        _ => None,
    });
    regions.flatten().copied().collect()
}

/// The folder in which sessions are made, and whether it was there before.
pub(crate) struct OutFolder<'a> {
    path: &'a Path,
    is_new: bool,
}

impl<'a> OutFolder<'a> {
    pub(crate) fn new(path: &'a Path) -> Self {
        Self { path, is_new: !path.exists() }
    }

    /// Finds out now, and not when the game appears, that no session can be stored.
    fn make(&self) -> Result<()> {
        let failed = |source| SessionFolderError::Create { path: self.path.into(), source };
        Ok(std::fs::create_dir_all(self.path).map_err(failed)?)
    }

    /// Takes away a session without a frame: its files help nobody.
    pub(crate) fn discard(&self, session: &Path) {
        let _ = std::fs::remove_dir_all(session);
        self.remove_if_new();
    }

    /// Takes away the folder when it was made for nothing.
    pub(crate) fn remove_if_new(&self) {
        if self.is_new {
            // Only when it is empty: another recorder may have used it meanwhile.
            let _ = std::fs::remove_dir(self.path);
        }
    }
}
