//! A processor of one's own: how long was driven in each gear.
//!
//! `cargo run --example custom_processor [SESSION]`. The same processor runs beside a recording, too.

#![allow(clippy::print_stdout, reason = "a program of a user prints")]

mod made_up;

use std::collections::BTreeMap;

use gametelemetry::{ChannelRequest, Moment, SessionFacts, SessionPass, SessionProcessor, Slot, Timestamp};

/// Adds up the time in each gear.
#[derive(Default)]
struct Gears {
    slot: Option<Slot>,
    /// The gear since when.
    last: Option<(String, Timestamp)>,
    seconds: BTreeMap<String, f64>,
}

impl SessionProcessor for Gears {
    /// Seconds by gear.
    type Output = BTreeMap<String, f64>;

    fn begin(&mut self, channels: &mut ChannelRequest) {
        self.slot = Some(channels.want("gear"));
    }

    fn push(&mut self, moment: &Moment<'_>) {
        let Some(gear) = self.slot.and_then(|slot| moment.fresh(slot)) else { return };
        let now = moment.timestamp();
        if let Some((gear, since)) = self.last.replace((format!("{gear:>2}"), now)) {
            *self.seconds.entry(gear).or_default() += now.seconds_since(since);
        }
    }

    fn finish(self, _: &SessionFacts) -> BTreeMap<String, f64> {
        self.seconds
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let mut pass = SessionPass::open(&made_up::session(&folder)?)?;
    let gears = pass.add(Gears::default());
    let facts = pass.run()?;
    println!("{} of {}", facts.session, facts.game);
    for (gear, seconds) in gears.take().unwrap_or_default() {
        println!("gear {gear}: {seconds:6.1} s");
    }
    Ok(())
}
