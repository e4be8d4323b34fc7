//! `replay`: plays a session back as the game, so that dashboards and recorders can be tried without it.
//!
//! Each record goes where the game would have put it, at the time it had: as a datagram, as a message of a stream, as a
//! shared-memory page, as the state that is posted, or as the answer of its server. `replay_outlet` knows which.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use gametelemetry::{SessionReader, StopToken, Timestamp, clock};
use serde::Serialize;

use super::Outcome;
use super::record::stop_on_ctrl_c;
use super::replay_outlet::{Outlet, Outlets};
use crate::args::Replay;
use crate::output::{self, DIM, LiveLine};
use crate::publish::{Regions, SentDatagrams, SentMessages, SentPosts};
use crate::recordings::{self, Opened, Readable};
use crate::words;

/// How often those who ask for packets are looked for, and the live line changes.
const LOOK_AROUND: Duration = Duration::from_millis(50);
/// The last page stands as long as the one before it did, but no longer than this.
const LONGEST_LAST_PAGE: Duration = Duration::from_secs(1);

pub(crate) fn run(args: &Replay) -> Result<Outcome> {
    let session = args.session.open(&args.cloud)?;
    let Readable { sources, unreadable } = recordings::open_readable(&session, None)?;
    let mut player = Player::new(chosen(sources, args)?, args)?;
    let stop = StopToken::new();
    stop_on_ctrl_c(&stop)?;
    if !player.wait_for_asker(&stop) {
        return Ok(Outcome::lost_if(unreadable > 0));
    }
    loop {
        let played = player.play(args.speed, &stop)?;
        if played == 0 {
            bail!("the session has no records to play: {}", session);
        }
        if !args.again || stop.is_stopped() {
            break;
        }
        player.rewind()?;
    }
    let played = player.finish();
    if args.json {
        output::json(&played)?;
    } else {
        output::say(format_args!("played {} records", played.records));
    }
    let refused = played.say_refused();
    Ok(Outcome::lost_if(unreadable > 0 || refused || player.is_damaged()))
}

/// The sources that are to be played.
fn chosen(mut sources: Vec<Opened>, args: &Replay) -> Result<Vec<Opened>> {
    let names: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
    if let Some(unknown) = args.sources.iter().find(|wanted| !names.contains(wanted)) {
        let guess = words::did_you_mean(unknown, names.iter().map(String::as_str));
        bail!("the session has no source {unknown}{guess} (it has {})", names.join(", "));
    }
    sources.retain(|source| args.sources.is_empty() || args.sources.contains(&source.name));
    Ok(sources)
}

/// What was played.
#[derive(Debug, Default, Serialize)]
struct Played {
    records: u64,
    /// Each source that sends, by its name.
    datagrams: BTreeMap<String, SentDatagrams>,
    /// Each source that is a stream, by its name.
    messages: BTreeMap<String, SentMessages>,
    /// Each source that posts, by its name.
    posts: BTreeMap<String, SentPosts>,
    /// Requests that were answered.
    answered: u64,
}

impl Played {
    /// Whether anybody did not take what was posted; says how much, and why.
    fn say_refused(&self) -> bool {
        let refused = self.posts.iter().filter(|(_, posts)| posts.failed > 0);
        let said = refused.map(|(name, SentPosts { taken, failed, reason })| {
            let reason = reason.as_deref().unwrap_or("nobody knows why");
            output::say(format_args!("{name}: {failed} of {} posts failed: {reason}", taken + failed));
        });
        said.count() > 0
    }
}

struct Player {
    tracks: Vec<Track>,
    regions: Regions,
    records: u64,
}

/// One source, and where its records go.
struct Track {
    name: String,
    reader: SessionReader,
    next: Option<(Timestamp, Vec<u8>)>,
    outlet: Outlet,
}

impl Player {
    fn new(sources: Vec<Opened>, args: &Replay) -> Result<Self> {
        let mut outlets = Outlets::new(args)?;
        let mut tracks = Vec::new();
        for Opened { name, reader, .. } in sources {
            let outlet = outlets.open(&name, &reader)?;
            if matches!(outlet, Outlet::Files) {
                output::say(format_args!(
                    "{DIM}the files of {name} lie in the session's folder files{DIM:#}"
                ));
                continue;
            }
            let mut track = Track { name, reader, next: None, outlet };
            track.advance()?;
            tracks.push(track);
        }
        Ok(Self { tracks, regions: outlets.regions, records: 0 })
    }

    /// Waits until those who must ask for packets have; gives `false` when stopped before.
    fn wait_for_asker(&mut self, stop: &StopToken) -> bool {
        let mut has_said = false;
        loop {
            self.look_around();
            if self.tracks.iter().all(|track| track.outlet.has_receiver()) {
                return true;
            }
            if !std::mem::replace(&mut has_said, true) {
                output::say(format_args!(
                    "{DIM}waiting for somebody who asks or connects, Ctrl+C ends it{DIM:#}"
                ));
            }
            if stop.wait_for(LOOK_AROUND) {
                return false;
            }
        }
    }

    fn look_around(&mut self) {
        self.tracks.iter_mut().for_each(|track| track.outlet.look_around());
    }

    /// Plays from the first record to the last; gives how many there were.
    fn play(&mut self, speed: f64, stop: &StopToken) -> Result<u64> {
        let before = self.records;
        let line = LiveLine::new();
        let started = clock::monotonic();
        let (mut looked, mut last) = (started, (started, started));
        let Some((first, _)) = self.earliest() else { return Ok(0) };
        while let Some((timestamp, number)) = self.earliest() {
            let deadline = moment_of(started, first, timestamp, speed);
            while clock::monotonic() < deadline || clock::monotonic().duration_since(looked) >= LOOK_AROUND {
                looked = clock::monotonic();
                self.look_around();
                let played = timestamp.seconds_since(first);
                line.show(|| format!("{played:.1} s played, {} records", self.records));
                if stop.wait_until(deadline.min(looked + LOOK_AROUND)) {
                    return Ok(self.records - before);
                }
            }
            if stop.is_stopped() {
                break;
            }
            self.publish(number)?;
            last = (last.1, deadline);
        }
        let shows_pages = self.tracks.iter().any(|track| matches!(track.outlet, Outlet::Pages { .. }));
        if shows_pages && !stop.is_stopped() {
            // A page that is gone at once, nobody sees.
            let _ = stop.wait_for(last.1.duration_since(last.0).min(LONGEST_LAST_PAGE));
        }
        Ok(self.records - before)
    }

    /// The time of the earliest record that waits, and whose it is.
    fn earliest(&self) -> Option<(Timestamp, usize)> {
        let times = self.tracks.iter().enumerate();
        times.filter_map(|(number, track)| Some((track.next.as_ref()?.0, number))).min()
    }

    fn publish(&mut self, number: usize) -> Result<()> {
        let Some(track) = self.tracks.get_mut(number) else { return Ok(()) };
        if let Some((_, record)) = &track.next {
            track.outlet.publish(record, &mut self.regions)?;
            self.records += 1;
        }
        track.advance()
    }

    fn rewind(&mut self) -> Result<()> {
        for track in &mut self.tracks {
            track.reader.seek(Timestamp::MIN)?;
            track.advance()?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Played {
        let mut played = Played { records: self.records, ..Played::default() };
        for track in &mut self.tracks {
            match std::mem::replace(&mut track.outlet, Outlet::Files) {
                Outlet::Datagrams(datagrams, _) => {
                    played.datagrams.insert(track.name.clone(), datagrams.sent);
                }
                Outlet::Messages(stream, _) => {
                    played.messages.insert(track.name.clone(), stream.finish());
                }
                Outlet::Posts(posts, _) => {
                    played.posts.insert(track.name.clone(), posts.finish());
                }
                Outlet::Answers(answers, _) => played.answered = answers.served(),
                Outlet::Pages { .. } | Outlet::Files => {}
            }
        }
        played
    }

    /// Whether anything of the recording could not be played; says what.
    fn is_damaged(&self) -> bool {
        let damage =
            self.tracks.iter().flat_map(|track| track.reader.damage().iter().map(|it| (&track.name, it)));
        damage.map(|(name, damage)| output::say(format_args!("{name}: {damage}"))).count() > 0
    }
}

impl Track {
    fn advance(&mut self) -> Result<()> {
        self.next = self.reader.next_record()?.map(|record| (record.timestamp, record.data.to_vec()));
        Ok(())
    }
}

/// When the record of `timestamp` is to be played.
fn moment_of(started: Instant, first: Timestamp, timestamp: Timestamp, speed: f64) -> Instant {
    let after = (timestamp.seconds_since(first) / speed).max(0.0);
    let after = Duration::try_from_secs_f64(after).unwrap_or(Duration::MAX);
    started.checked_add(after).unwrap_or(started)
}
