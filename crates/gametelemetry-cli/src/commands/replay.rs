//! `replay`: plays a session back as the game, so that dashboards and recorders can be tried without it.
//!
//! Each record goes where the game would have put it, at the time it had: as a datagram, as a shared-memory page, as
//! the state that is posted, or as the answer of its server.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use gametelemetry::{FrameSize, Schema, SessionReader, StopToken, Timestamp, clock};
use gametelemetry_games::{Game, Transport, find};
use serde::Serialize;

use super::Outcome;
use super::record::stop_on_ctrl_c;
use crate::args::Replay;
use crate::output::{self, DIM, LiveLine};
use crate::publish::{Answers, Datagrams, Posts, Regions, SentDatagrams, SentPosts};
use crate::recordings::{self, Opened, Readable};
use crate::words;

/// How often those who ask for packets are looked for, and the live line changes.
const LOOK_AROUND: Duration = Duration::from_millis(50);

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
    Ok(Outcome::lost_if(unreadable > 0 || player.is_damaged()))
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
    /// Each source that posts, by its name.
    posts: BTreeMap<String, SentPosts>,
    /// Requests that were answered.
    answered: u64,
}

struct Player {
    tracks: Vec<Track>,
    regions: Regions,
    records: u64,
}

/// One source, and where its records go.
struct Track {
    name: String,
    game: Option<&'static dyn Game>,
    reader: SessionReader,
    next: Option<(Timestamp, Vec<u8>)>,
    outlet: Outlet,
}

enum Outlet {
    Datagrams(Datagrams),
    Posts(Posts),
    /// The server, and the path that the records answer.
    Answers(Rc<Answers>, String),
    /// The regions by their numbers, each with the bytes it takes of a frame.
    Pages {
        regions: Vec<(usize, usize)>,
        counter_bytes: usize,
    },
}

impl Player {
    fn new(sources: Vec<Opened>, args: &Replay) -> Result<Self> {
        let mut regions = Regions::new(None, 1);
        let mut server: Option<Rc<Answers>> = None;
        let mut tracks = Vec::new();
        for Opened { name, reader, .. } in sources {
            let game = find(&reader.header().game);
            let transport = game.and_then(|game| {
                game.info().sources.iter().find(|source| source.name == name).map(|source| source.transport)
            });
            let outlet = match (transport, &args.to) {
                (Some(Transport::SharedMemory { regions: places }), _) => {
                    let sizes = game.map(|game| game.page_sizes(&name)).unwrap_or_default();
                    pages(&mut regions, places, &sizes, reader.schema(), &args.regions.region_prefix)?
                }
                (Some(Transport::Udp { .. }) | None, Some(to)) => Outlet::Datagrams(Datagrams::to(to)?),
                (Some(Transport::Udp { port, heartbeat_port: Some(asked), .. }), None) => {
                    Outlet::Datagrams(Datagrams::to_askers(asked, port)?)
                }
                (Some(Transport::Udp { port, .. }), None) => {
                    Outlet::Datagrams(Datagrams::to(&format!("127.0.0.1:{port}"))?)
                }
                (None, None) => bail!(
                    "where {} of {} sends is not known: say it by `--to HOST:PORT`",
                    name,
                    reader.header().game
                ),
                (Some(Transport::HttpPush { port }), to) => {
                    let to = to.clone().unwrap_or_else(|| format!("127.0.0.1:{port}"));
                    Outlet::Posts(Posts::to(format!("http://{to}/"))?)
                }
                (Some(Transport::HttpPolling { urls }), to) => {
                    let url = urls.first().and_then(|url| url.strip_prefix("http://")?.split_once('/'));
                    let (address, path) = url.unwrap_or_default();
                    let server = match &server {
                        Some(server) => Rc::clone(server),
                        None => Rc::new(Answers::serve(to.as_deref().unwrap_or(address))?),
                    };
                    Outlet::Answers(server, format!("/{path}"))
                }
                (Some(Transport::Files { .. }), _) => {
                    output::say(format_args!(
                        "{DIM}the files of {name} lie in the session's folder files{DIM:#}"
                    ));
                    continue;
                }
                (Some(_), _) => bail!(
                    "{name} of {} came from a file of the game, so there is nobody to play it back to",
                    reader.header().game
                ),
            };
            if let Outlet::Answers(used, _) = &outlet {
                server = Some(Rc::clone(used));
            }
            let mut track = Track { name, game, reader, next: None, outlet };
            track.advance()?;
            tracks.push(track);
        }
        Ok(Self { tracks, regions, records: 0 })
    }

    /// Waits until those who must ask for packets have; gives `false` when stopped before.
    fn wait_for_asker(&mut self, stop: &StopToken) -> bool {
        let mut has_said = false;
        loop {
            self.take_heartbeats();
            let waits = self.tracks.iter().any(|track| match &track.outlet {
                Outlet::Datagrams(datagrams) => !datagrams.has_receiver(),
                _ => false,
            });
            if !waits {
                return true;
            }
            if !std::mem::replace(&mut has_said, true) {
                output::say(format_args!(
                    "{DIM}waiting for somebody who asks for packets, Ctrl+C ends it{DIM:#}"
                ));
            }
            if stop.wait_for(LOOK_AROUND) {
                return false;
            }
        }
    }

    fn take_heartbeats(&mut self) {
        for track in &mut self.tracks {
            if let Outlet::Datagrams(datagrams) = &mut track.outlet {
                datagrams.take_heartbeats(|_| {});
            }
        }
    }

    /// Plays from the first record to the last; gives how many there were.
    fn play(&mut self, speed: f64, stop: &StopToken) -> Result<u64> {
        let before = self.records;
        let line = LiveLine::new();
        let started = clock::monotonic();
        let mut looked = started;
        let Some((first, _)) = self.earliest() else { return Ok(0) };
        while let Some((timestamp, number)) = self.earliest() {
            let deadline = moment_of(started, first, timestamp, speed);
            while clock::monotonic() < deadline || clock::monotonic().duration_since(looked) >= LOOK_AROUND {
                looked = clock::monotonic();
                self.take_heartbeats();
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
            match &mut track.outlet {
                Outlet::Datagrams(datagrams) => match track.game {
                    Some(game) => datagrams.send(&game.packet(&track.name, record)),
                    None => datagrams.send(record),
                },
                Outlet::Posts(posts) => posts.send(String::from_utf8_lossy(record).into_owned()),
                Outlet::Answers(answers, path) => {
                    answers.set(path, String::from_utf8_lossy(record).into_owned());
                }
                Outlet::Pages { regions, counter_bytes } => {
                    let mut rest = record.as_slice();
                    for &(region, size) in regions.iter() {
                        let (page, behind) = rest.split_at(size.min(rest.len()));
                        self.regions.publish(region, page, *counter_bytes);
                        rest = behind;
                    }
                }
            }
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
            let nowhere = Outlet::Pages { regions: Vec::new(), counter_bytes: 0 };
            match std::mem::replace(&mut track.outlet, nowhere) {
                Outlet::Datagrams(datagrams) => {
                    played.datagrams.insert(track.name.clone(), datagrams.sent);
                }
                Outlet::Posts(posts) => {
                    played.posts.insert(track.name.clone(), posts.finish());
                }
                Outlet::Answers(answers, _) => played.answered = answers.served(),
                Outlet::Pages { .. } => {}
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

/// Publishes the regions of one source.
fn pages(
    regions: &mut Regions,
    places: &[&str],
    sizes: &[usize],
    schema: &Schema,
    prefix: &str,
) -> Result<Outlet> {
    let FrameSize::Fixed(frame_size) = schema.size else {
        bail!("frames of {} have no fixed size, so they are no shared memory", schema.name)
    };
    let whole = [frame_size as usize];
    let sizes = if sizes.is_empty() { &whole } else { sizes };
    let mut made = Vec::new();
    for (place, &size) in places.iter().zip(sizes) {
        made.push((regions.create(&format!("{prefix}{place}"), size)?, size));
    }
    let counter = schema.counter.as_deref().and_then(|name| schema.field(name));
    // Only a counter at the start can be written last.
    let counter_bytes =
        counter.filter(|field| field.offset == 0).map_or(0, |field| field.kind.size() as usize);
    Ok(Outlet::Pages { regions: made, counter_bytes })
}

/// When the record of `timestamp` is to be played.
fn moment_of(started: Instant, first: Timestamp, timestamp: Timestamp, speed: f64) -> Instant {
    let after = (timestamp.seconds_since(first) / speed).max(0.0);
    let after = Duration::try_from_secs_f64(after).unwrap_or(Duration::MAX);
    started.checked_add(after).unwrap_or(started)
}
