//! A game that plays itself: what every simulator makes, as the real game would publish it.
//!
//! Whoever runs one publishes that; nothing here opens a socket or a region.

/// A game that plays itself. Pure: it makes what the game would publish, and whoever runs it publishes that.
pub trait Simulator: Send {
    /// Lets `seconds` of game time pass.
    fn step(&mut self, seconds: f64);

    /// The shared-memory pages as the game would publish them now.
    fn pages(&self) -> Vec<SimulatedPage<'_>> {
        Vec::new()
    }

    /// The datagrams that the game sent in the last step, in their order, as they travel.
    fn datagrams(&mut self) -> Vec<SimulatedDatagram> {
        Vec::new()
    }

    /// What a receiver that asks for packets has sent: which packets it wants.
    fn heartbeat(&mut self, message: &[u8]) {
        let _ = message;
    }

    /// What the game's HTTP server answers to `path` (with its query) now; `None` for a path that it does not have.
    fn answer(&self, path: &str) -> Option<String> {
        let _ = path;
        None
    }

    /// The texts that the game POSTed in the last step; `token` is what its configuration tells it to say.
    fn posts(&mut self, token: &str) -> Vec<String> {
        let _ = token;
        Vec::new()
    }

    /// What the game wrote to files in the last step.
    fn writes(&mut self) -> Vec<SimulatedWrite> {
        Vec::new()
    }

    /// How often the game itself steps, in Hz.
    fn hz(&self) -> f64;

    /// What is happening, for people: the lap, the speed.
    fn status(&self) -> String;
}

/// One region that a simulated game publishes.
#[derive(Clone, Copy, Debug)]
pub struct SimulatedPage<'a> {
    /// The region's name.
    pub region: &'static str,
    /// Everything in it.
    pub bytes: &'a [u8],
    /// Bytes at its start that are the game's frame number; 0 when it has none.
    pub counter_bytes: usize,
}

/// One datagram that a simulated game sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimulatedDatagram {
    /// The source that gets it; its transport says to which port.
    pub source: &'static str,
    /// The bytes as they travel.
    pub bytes: Vec<u8>,
}

/// Bytes that a simulated game appends to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimulatedWrite {
    /// The file, from the game's folder on.
    pub path: String,
    /// What is appended; the file is made when it is not there.
    pub bytes: Vec<u8>,
    /// The name that the file gets afterwards, when it is finished.
    pub rename_to: Option<String>,
}
