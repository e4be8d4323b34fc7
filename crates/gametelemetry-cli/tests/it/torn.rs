//! A game that pauses in the middle of its writes: no frame of two halves is recorded as good, and the ledger says
//! what the guard caught.

use std::collections::HashSet;

use gametelemetry::{SessionReader, files};
use gametelemetry_games::acc::simulator::{SealedPage, is_whole};
use gametelemetry_games::acc::{Graphics, Physics};
use serde_json::Value;

use crate::support::{Place, count, find};

/// What became of the frames of one source.
#[derive(Debug, Default)]
#[expect(dead_code, reason = "all of them are printed")]
struct Figures {
    frames: usize,
    torn: u64,
    retried: u64,
    suspect: u64,
    /// Neither whole, nor suspect, nor of a write that the system interrupted for longer than the guard waits.
    wrong: Vec<u32>,
    /// Not whole, because the system interrupted the write.
    excused: usize,
    torn_writes: u64,
    long_writes: usize,
}

fn figures<P: SealedPage>(
    mut reader: SessionReader,
    number_of: fn(&P) -> i32,
    ledger: &Value,
    published: &Value,
    region: &str,
) -> Figures {
    let long: Vec<i64> = published["long_writes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|write| write["region"].as_str().unwrap().ends_with(region))
        .map(|write| write["counter"].as_i64().unwrap())
        .collect();
    let suspects: HashSet<u64> =
        ledger["suspects"].as_array().unwrap().iter().map(|number| number.as_u64().unwrap()).collect();
    let mut figures = Figures {
        torn: count(ledger, "torn"),
        retried: count(ledger, "retried"),
        suspect: count(ledger, "suspect"),
        torn_writes: count(find(&published["regions"], "region", region), "torn_writes"),
        long_writes: long.len(),
        ..Figures::default()
    };
    let mut record_number = 0;
    while let Some(record) = reader.next_record().unwrap() {
        let page = P::view(record.data).unwrap();
        let number = i64::from(number_of(page));
        // With the counter written last, the halves are of this write and the next.
        let is_excused = long.contains(&number) || long.contains(&(number + 1));
        match (is_whole(page), suspects.contains(&record_number)) {
            (true, _) | (false, true) => {}
            (false, false) if is_excused => figures.excused += 1,
            (false, false) => figures.wrong.push(number as u32),
        }
        record_number += 1;
    }
    figures.frames = record_number as usize;
    figures
}

/// Records a game that tears its writes; `order` as `--torn` has it.
fn check(order: &str, rates: &[&str]) {
    let mut caught = 0;
    for hz in rates {
        let place = Place::new();
        let game = place.simulate(&[order]);
        let arguments =
            ["record", "acc", "--json", "--for", "3s", "--hz", hz, "--source", "physics,graphics"];
        let recorder = place.run(arguments);
        let published = game.end().code(0).json();
        // Suspect frames are data that is not to be trusted, which has an exit code.
        let summary = recorder.json();
        let is_suspect = summary["lost_data"].as_bool().unwrap();
        let _ = recorder.code(if is_suspect { 3 } else { 0 });
        let ledger = |source: &str| find(&summary["sources"], "name", source).clone();
        let folder = place.path().join(summary["folder"].as_str().unwrap());
        let open = |source: &str| files::open(&folder.join(format!("{source}.gtel"))).unwrap();
        let physics =
            figures(open("physics"), Physics::packet_id, &ledger("physics"), &published, "acpmf_physics");
        let graphics =
            figures(open("graphics"), Graphics::packet_id, &ledger("graphics"), &published, "acpmf_graphics");
        println!("{order} at {hz} Hz\n  physics {physics:?}\n  graphics {graphics:?}");
        assert!(physics.frames > 100 && physics.torn_writes > 0);
        assert_eq!((physics.wrong, graphics.wrong), (Vec::new(), Vec::new()), "{order} at {hz} Hz");
        assert!(physics.torn <= physics.retried, "a torn look was not repeated");
        caught += physics.torn;
    }
    // At 333 Hz the looks can run in step with the game, and then none falls into a write.
    assert!(caught > 0, "the guard never caught a write");
}

/// Under Wine a simulator cannot be asked to end, and each rate takes its whole life.
const RATES: &[&str] = if cfg!(windows) { &["1000"] } else { &["100", "333", "1000"] };

#[test]
fn no_torn_frame_is_recorded_as_good_with_the_counter_written_last() {
    check("--torn", RATES);
}

#[test]
fn no_torn_frame_is_recorded_as_good_with_the_counter_written_first() {
    check("--torn=first", RATES);
}
