//! The best lap that nobody drove: the best sectors of several laps put together.
//!
//! Works on laps alone. Sectors only; smaller pieces would add up to a lap that nobody can drive.

use std::time::Duration;

use serde::Serialize;

use crate::laps::{Lap, Laps, SessionPart};

/// The best sectors of one track and car.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TheoreticalBest {
    /// The numbers of the session's parts that it is of, in [`Laps::parts`].
    pub parts: Vec<usize>,
    /// The sum of the best sectors, in whole milliseconds as JSON.
    #[serde(rename = "time_ms", serialize_with = "milliseconds")]
    pub time: Duration,
    /// The sectors, in their order.
    pub sectors: Vec<BestSector>,
}

/// The best time of one sector.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BestSector {
    /// Its number, 1 first.
    pub number: u32,
    /// Its time, in whole milliseconds as JSON.
    #[serde(rename = "time_ms", serialize_with = "milliseconds")]
    pub time: Duration,
    /// The number of the lap it is from, in [`Laps::laps`].
    pub lap: usize,
}

/// The theoretical best lap of each track and car of a session, in the order in which they were driven; of one without a
/// valid lap with sectors there is none. Parts whose track the game does not name are each for themselves.
#[must_use]
pub fn theoretical_bests(laps: &Laps) -> Vec<TheoreticalBest> {
    groups(&laps.parts).into_iter().filter_map(|parts| theoretical_best(laps, parts)).collect()
}

fn theoretical_best(laps: &Laps, parts: Vec<usize>) -> Option<TheoreticalBest> {
    let numbered = laps.laps.iter().enumerate();
    let valid: Vec<(usize, &Lap)> =
        numbered.filter(|(_, lap)| lap.valid && lap.is_whole() && parts.contains(&lap.part)).collect();
    // A lap that has fewer sectors than others missed one of them; its numbers may be off.
    let count = valid.iter().map(|(_, lap)| lap.sectors.len()).max().filter(|count| *count > 0)?;
    let best = |place: usize| {
        let times = valid.iter().filter(|(_, lap)| lap.sectors.len() == count).filter_map(|(number, lap)| {
            let sector = lap.sectors.get(place)?;
            Some(BestSector { number: sector.number, time: sector.time?, lap: *number })
        });
        times.min_by_key(|sector| (sector.time, sector.lap))
    };
    let sectors: Vec<BestSector> = (0..count).map(best).collect::<Option<_>>()?;
    Some(TheoreticalBest { parts, time: sectors.iter().map(|sector| sector.time).sum(), sectors })
}

/// The numbers of the parts, those of one track, layout and car together.
fn groups(parts: &[SessionPart]) -> Vec<Vec<usize>> {
    let mut groups: Vec<(&SessionPart, Vec<usize>)> = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        let is_same = |other: &SessionPart| {
            !part.track.is_empty()
                && (&part.track, &part.track_layout, &part.car)
                    == (&other.track, &other.track_layout, &other.car)
        };
        match groups.iter_mut().find(|(other, _)| is_same(other)) {
            Some((_, numbers)) => numbers.push(number),
            None => groups.push((part, vec![number])),
        }
    }
    groups.into_iter().map(|(_, numbers)| numbers).collect()
}

fn milliseconds<S: serde::Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(crate::laps::to_milliseconds(*time))
}

#[cfg(test)]
mod tests {
    use super::super::test_laps::lap;
    use super::*;
    use crate::laps::Sector;

    fn with_sectors(number: u32, valid: bool, part: usize, times_ms: &[Option<u64>]) -> Lap {
        let mut lap = lap(number, 0.0, 90.0);
        (lap.valid, lap.part) = (valid, part);
        let sector = |(number, time): (u32, &Option<u64>)| Sector {
            number,
            time: time.map(Duration::from_millis),
            end: None,
            is_official: true,
        };
        lap.sectors = (1..).zip(times_ms).map(sector).collect();
        lap
    }

    #[test]
    fn best_sectors_of_valid_laps_of_one_track_and_car() {
        let part = |track: &str, car: &str| SessionPart {
            track: track.to_owned(),
            car: car.to_owned(),
            ..SessionPart::default()
        };
        let laps = Laps {
            laps: vec![
                with_sectors(1, true, 0, &[Some(30_000), Some(31_000), Some(32_000)]),
                with_sectors(2, false, 0, &[Some(1), Some(1), Some(1)]),
                with_sectors(3, true, 0, &[Some(1), Some(2)]),
                with_sectors(4, true, 1, &[Some(10_000), Some(1_000), Some(1_000)]),
                with_sectors(5, true, 2, &[Some(31_000), None, Some(29_500)]),
                with_sectors(6, true, 2, &[Some(31_000), Some(30_500), Some(29_500)]),
                with_sectors(7, true, 3, &[]),
            ],
            parts: vec![part("spa", "a"), part("spa", "b"), part("spa", "a"), part("monza", "a")],
        };
        let found = theoretical_bests(&laps);
        assert_eq!(found.iter().map(|best| best.parts.clone()).collect::<Vec<_>>(), [vec![0, 2], vec![1]]);
        assert_eq!(found[0].time, Duration::from_millis(90_000));
        assert_eq!(found[0].sectors.iter().map(|sector| sector.lap).collect::<Vec<_>>(), [0, 5, 4]);
        let json = serde_json::to_string(&found[1].sectors[0]).unwrap();
        assert_eq!(json, r#"{"number":1,"time_ms":10000,"lap":3}"#);
        assert!(theoretical_bests(&Laps::default()).is_empty());
    }
}
