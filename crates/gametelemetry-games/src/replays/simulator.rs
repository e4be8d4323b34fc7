//! A game that writes one replay after the other: each grows in pieces for three seconds, and is finished.
//!
//! What is in them is made up, but for the first bytes, where a game's are known. The same seed gives the same files.

use std::time::Duration;

use crate::game::{SimulatedDatagram, SimulatedPage, SimulatedWrite, Simulator};

/// How long a replay grows.
const GROWS: Duration = Duration::from_secs(3);
/// From the start of one replay to that of the next.
const EVERY: Duration = Duration::from_secs(6);
/// The longest step; a longer one is made of several.
const LONGEST_STEP: Duration = Duration::from_millis(100);

/// What a game's replay is like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SimulatedReplay {
    /// Its path in the game's folder, with `{n}` for the number of the match.
    pub(crate) path: &'static str,
    /// Its path until it is finished, if it has another then.
    pub(crate) unfinished: Option<&'static str>,
    /// What it begins with.
    pub(crate) head: &'static [u8],
    /// Its bytes.
    pub(crate) size: usize,
}

/// Writes replays.
pub(crate) struct ReplaySimulator {
    path: &'static str,
    unfinished: Option<&'static str>,
    content: Content,
    /// Of the match with the number.
    current: Vec<u8>,
    number: u32,
    written: usize,
    /// Since the match with the number began.
    elapsed: Duration,
    writes: Vec<SimulatedWrite>,
}

/// The content of the replay of a match.
type Content = Box<dyn Fn(u32) -> Vec<u8> + Send>;

impl ReplaySimulator {
    pub(crate) fn new(replay: SimulatedReplay, seed: u64) -> Self {
        let content = move |number| made_up(replay.head, replay.size, seed, number);
        Self { unfinished: replay.unfinished, ..Self::of(replay.path, content) }
    }

    /// Writes files at `path` (with `{n}` for the number of the match) that have this content.
    pub(crate) fn of(path: &'static str, content: impl Fn(u32) -> Vec<u8> + Send + 'static) -> Self {
        let current = content(1);
        Self {
            path,
            unfinished: None,
            content: Box::new(content),
            current,
            number: 1,
            written: 0,
            elapsed: Duration::ZERO,
            writes: Vec::new(),
        }
    }

    fn small_step(&mut self, step: Duration) {
        self.elapsed += step;
        if self.elapsed >= EVERY {
            self.elapsed -= EVERY;
            self.number = self.number.saturating_add(1);
            (self.current, self.written) = ((self.content)(self.number), 0);
        }
        let millis = |duration: Duration| usize::try_from(duration.as_millis()).unwrap_or(usize::MAX);
        let grown = self.current.len().saturating_mul(millis(self.elapsed.min(GROWS))) / millis(GROWS);
        let Some(bytes) = self.current.get(self.written..grown).filter(|bytes| !bytes.is_empty()) else {
            return;
        };
        let is_finished = grown == self.current.len();
        let name = |path: &str| path.replace("{n}", &self.number.to_string());
        self.writes.push(SimulatedWrite {
            path: name(self.unfinished.unwrap_or(self.path)),
            bytes: bytes.to_vec(),
            rename_to: self.unfinished.filter(|_| is_finished).map(|_| name(self.path)),
        });
        self.written = grown;
    }
}

impl Simulator for ReplaySimulator {
    fn step(&mut self, seconds: f64) {
        self.writes.clear();
        let mut left = Duration::try_from_secs_f64(seconds).unwrap_or_default();
        while !left.is_zero() {
            let step = left.min(LONGEST_STEP);
            self.small_step(step);
            left -= step;
        }
    }

    fn writes(&mut self) -> Vec<SimulatedWrite> {
        std::mem::take(&mut self.writes)
    }

    fn hz(&self) -> f64 {
        10.0
    }

    fn status(&self) -> String {
        format!("match {}, {} of {} bytes of its replay", self.number, self.written, self.current.len())
    }
}

/// A game that says something while it runs, and leaves files too.
pub(crate) struct WithReplays<G> {
    pub(crate) game: G,
    pub(crate) replays: ReplaySimulator,
}

impl<G: Simulator> Simulator for WithReplays<G> {
    fn step(&mut self, seconds: f64) {
        self.game.step(seconds);
        self.replays.step(seconds);
    }

    fn pages(&self) -> Vec<SimulatedPage<'_>> {
        self.game.pages()
    }

    fn datagrams(&mut self) -> Vec<SimulatedDatagram> {
        self.game.datagrams()
    }

    fn heartbeat(&mut self, message: &[u8]) {
        self.game.heartbeat(message);
    }

    fn answer(&self, path: &str) -> Option<String> {
        self.game.answer(path)
    }

    fn posts(&mut self, token: &str) -> Vec<String> {
        self.game.posts(token)
    }

    fn writes(&mut self) -> Vec<SimulatedWrite> {
        self.replays.writes()
    }

    fn hz(&self) -> f64 {
        self.game.hz()
    }

    fn status(&self) -> String {
        self.game.status()
    }
}

/// `size` bytes that depend on all of this, and do not compress.
fn made_up(head: &[u8], size: usize, seed: u64, number: u32) -> Vec<u8> {
    let mut state = (seed ^ u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15)) | 1;
    let mut bytes = head.to_vec();
    while bytes.len() < size {
        // xorshift64.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes.truncate(size.max(head.len()));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPLAY: SimulatedReplay =
        SimulatedReplay { path: "Match-{n}.rec", unfinished: Some("temp.rec"), head: b"head", size: 1000 };

    /// Everything that is written in `seconds`, in steps of `step`.
    fn writes(seed: u64, seconds: f64, step: f64) -> Vec<SimulatedWrite> {
        let (mut simulator, mut left, mut writes) = (ReplaySimulator::new(REPLAY, seed), seconds, Vec::new());
        while left > 0.0 {
            simulator.step(step.min(left));
            writes.extend(simulator.writes());
            left -= step;
        }
        writes
    }

    #[test]
    fn a_replay_grows_for_three_seconds_and_gets_its_name_with_the_last_piece() {
        let all = writes(1, 5.5, 0.1);
        assert!(all.len() >= 29, "{}", all.len());
        let (last, others) = all.split_last().unwrap();
        assert!(all.iter().all(|write| write.path == "temp.rec"));
        assert!(others.iter().all(|write| write.rename_to.is_none()));
        assert_eq!(last.rename_to.as_deref(), Some("Match-1.rec"));
        let bytes: Vec<u8> = all.iter().flat_map(|write| write.bytes.clone()).collect();
        assert_eq!((bytes.len(), &bytes[..4]), (1000, &b"head"[..]));
    }

    #[test]
    fn the_seed_and_the_match_make_the_content_and_the_steps_do_not() {
        let content = |seed, step| {
            writes(seed, 12.0, step).iter().flat_map(|write| write.bytes.clone()).collect::<Vec<u8>>()
        };
        assert_eq!(content(1, 0.1), content(1, 12.0));
        assert_ne!(content(1, 0.1), content(2, 0.1));
        let both = content(1, 0.1);
        assert_eq!(both.len(), 2000);
        assert_ne!(both[..1000], both[1000..]);
    }
}
