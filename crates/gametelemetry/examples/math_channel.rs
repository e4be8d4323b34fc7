//! A channel of one's own, written as a formula: how hard the car is pushed, from its speed alone.
//!
//! `cargo run --example math_channel [SESSION] ["name [unit] = expression"]`

#![allow(clippy::print_stdout, reason = "a program of a user prints")]

mod made_up;

use gametelemetry::analysis::MathChannel;
use gametelemetry::{ChannelRequest, Moment, SessionFacts, SessionPass, SessionProcessor, Slot};

/// The least and the most that a channel comes to.
struct Extent {
    channel: String,
    slot: Option<Slot>,
    least: f64,
    most: f64,
}

impl SessionProcessor for Extent {
    type Output = (f64, f64);

    fn begin(&mut self, channels: &mut ChannelRequest) {
        self.slot = Some(channels.want(&self.channel));
    }

    fn push(&mut self, moment: &Moment<'_>) {
        if let Some(value) = self.slot.and_then(|slot| moment.fresh(slot)) {
            (self.least, self.most) = (self.least.min(value), self.most.max(value));
        }
    }

    fn finish(self, _: &SessionFacts) -> (f64, f64) {
        (self.least, self.most)
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let mut pass = SessionPass::open(&made_up::session(&folder)?)?;
    let formula = std::env::args().nth(2);
    let formula = formula.as_deref().unwrap_or("push [g] = derivative(smooth(speed, 0.2)) / 9.80665");
    let channel = MathChannel::parse(formula)?;
    let (name, unit) = (channel.name().to_owned(), channel.unit().to_owned());
    channel.add_to(&mut pass)?;
    let (least, most) = (f64::INFINITY, f64::NEG_INFINITY);
    let extent = pass.add(Extent { channel: name.clone(), slot: None, least, most });
    pass.run()?;
    if let Some((least, most)) = extent.take() {
        println!("{name}: {least:.3} to {most:.3} {unit}");
    }
    Ok(())
}
