//! What comes before the first race when it is asked for: a lobby, then a time trial that nobody drives.
//!
//! Its packets are those that a race never has.

use super::Simulator;
use super::car::Car;
use super::number::count;
use super::packet::Packet;
use super::packets::Scene;

/// Frames of the lobby.
const LOBBY_FRAMES: u32 = 60;
/// Frames of the lobby and the time trial.
pub(super) const FRAMES: u32 = LOBBY_FRAMES + 120;
/// Tells the time trial from the race behind it.
const TIME_TRIAL: u64 = 1 << 63;

impl Simulator {
    /// One frame before the first race.
    pub(super) fn opening_frame(&mut self) {
        let frame = FRAMES - self.opening_frames;
        self.opening_frames -= 1;
        if frame < LOBBY_FRAMES {
            if frame.is_multiple_of(30) {
                self.send_of_opening(0, "lobby_info");
            }
            return;
        }
        let (frame, session) = (frame - LOBBY_FRAMES, (self.session_uid ^ TIME_TRIAL) | 1);
        let due = [
            ("event.SSTA", frame == 0),
            ("session", frame.is_multiple_of(30)),
            ("participants", frame == 0),
            ("time_trial", frame.is_multiple_of(60)),
            ("final_classification", self.opening_frames == 0),
            ("event.SEND", self.opening_frames == 0),
        ];
        self.overall_frame = frame;
        for (name, _) in due.into_iter().filter(|(_, due)| *due) {
            self.send_of_opening(session, name);
        }
        if self.opening_frames == 0 {
            self.overall_frame = 0;
        }
    }

    /// Sends the packet `name` of `session`, if the format has it.
    fn send_of_opening(&mut self, session_uid: u64, name: &str) {
        let scene = Scene { session_uid, time_trial: true, ..self.scene(false) };
        let packet: Option<Packet> = scene.full(name);
        self.send(packet);
    }
}

impl Scene<'_> {
    /// One who waits in the lobby.
    pub(super) fn lobby_player(&self, packet: &mut Packet, index: usize, _: &Car) {
        let is_player = index == self.race.player;
        packet.put_at("players.ai_controlled", index, u8::from(!is_player));
        packet.put_at("players.team_id", index, 255);
        packet.put_at("players.nationality", index, 10);
        packet.put_at("players.platform", index, if is_player { 1 } else { 255 });
        let name = if is_player { "PLAYER".to_owned() } else { format!("DRIVER {}", index + 2) };
        packet.put_text("players.name", index, &name);
        packet.put_at("players.car_number", index, count(index + 2));
        packet.put_at("players.your_telemetry", index, 1);
        packet.put_at("players.ready_status", index, 1);
    }

    /// The player has driven a lap before, a rival a better one, and no lap of this session is done.
    pub(super) fn time_trial(&self, packet: &mut Packet) {
        for (lap, sectors_ms) in
            [("personal_best", [27_900, 31_200, 29_400]), ("rival", [27_500, 30_800, 29_100])]
        {
            packet.put(&format!("{lap}.car_index"), count(self.race.player));
            packet.put(&format!("{lap}.lap_time_ms"), sectors_ms.iter().sum::<u32>());
            for (sector, time_ms) in (1..).zip(sectors_ms) {
                packet.put(&format!("{lap}.sector{sector}_time_ms"), time_ms);
            }
            packet.put(&format!("{lap}.equal_car_performance"), 1);
            packet.put(&format!("{lap}.valid"), 1);
        }
    }
}
