//! The packets that are sent: those of simulated F1, again and again, with frame numbers that go on.

use gametelemetry_games::f1;
use gametelemetry_games::{Game, Simulator};

/// Where the frame's numbers are in the header of F1 23 and later.
const FRAME_NUMBERS: [usize; 2] = [19, 23];

/// So many frames are simulated; a second of the game.
const FRAMES: u32 = 60;

/// Packets without an end.
pub(crate) struct Packets {
    packets: Vec<Vec<u8>>,
    next: usize,
    round: u32,
}

impl Packets {
    pub(crate) fn new() -> Self {
        let mut packets = Vec::new();
        if let Some(mut simulator) = f1::GAME.simulator(1) {
            let simulator: &mut dyn Simulator = &mut *simulator;
            // The first second has packets that come once only.
            (0..FRAMES).for_each(|_| drop(step(simulator)));
            (0..FRAMES).for_each(|_| packets.extend(step(simulator)));
        }
        Self { packets, next: 0, round: 0 }
    }

    /// The next packet.
    pub(crate) fn next(&mut self) -> &[u8] {
        if self.next == self.packets.len() {
            self.next = 0;
            self.round += 1;
            self.packets.iter_mut().for_each(|packet| advance(packet));
        }
        self.next += 1;
        self.packets.get(self.next - 1).map_or(&[], Vec::as_slice)
    }
}

fn step(simulator: &mut dyn Simulator) -> Vec<Vec<u8>> {
    simulator.step(1.0 / 60.0);
    simulator.datagrams().into_iter().map(|datagram| datagram.bytes).collect()
}

fn advance(packet: &mut [u8]) {
    for place in FRAME_NUMBERS {
        if let Some(number) = packet.get_mut(place..).and_then(|rest| rest.first_chunk_mut::<4>()) {
            *number = (u32::from_le_bytes(*number) + FRAMES).to_le_bytes();
        }
    }
}
