//! Which sessions go and which stay: the rules, as a pure function over a list.

use std::time::Duration;

use gametelemetry_file::Timestamp;

use super::best::{BestLap, best_laps};
use super::folder::SessionOnDisk;
use super::laps::SessionLaps;
use super::reason::{Fate, Limit, Staying};

/// By which rules sessions go and stay. The first three say what goes, and a session goes when one of them says so;
/// the others say what stays all the same.
///
/// ```
/// use gametelemetry::Timestamp;
/// use gametelemetry::housekeeping::PrunePolicy;
///
/// let policy = PrunePolicy { max_count: Some(100), only_uploaded: true, ..PrunePolicy::default() };
/// let plan = policy.plan(Vec::new(), Timestamp::default());
/// assert_eq!(plan.going().count(), 0);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrunePolicy {
    /// Sessions go that began longer ago than this.
    pub older_than: Option<Duration>,
    /// The oldest go until all sessions together have at most so many bytes.
    pub max_bytes: Option<u64>,
    /// The oldest go until there are at most so many.
    pub max_count: Option<usize>,
    /// Sessions stay that hold one of so many best laps of their game, track, layout and car. Wants the laps of every
    /// session, see [`SessionOnDisk::read_laps`]; one without stays.
    pub keep_best: Option<usize>,
    /// Sessions stay that are not wholly uploaded.
    pub only_uploaded: bool,
}

/// What becomes of each session, decided but not done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PrunePlan {
    /// Every session, the oldest first.
    pub sessions: Vec<PlannedSession>,
    /// Which bounds of size and number are still exceeded afterwards, because what is left has to stay.
    pub still_exceeded: Vec<Limit>,
}

/// A session, and what becomes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedSession {
    /// The session.
    pub session: SessionOnDisk,
    /// Whether it goes, and why or why not.
    pub fate: Fate,
}

impl PrunePolicy {
    /// Whether a rule says what goes; without one nothing ever does.
    #[must_use]
    pub fn lets_sessions_go(&self) -> bool {
        self.older_than.is_some() || self.max_bytes.is_some() || self.max_count.is_some()
    }

    /// Decides about `sessions`, in any order, at the moment `now`. What has to stay counts for size and number all
    /// the same.
    #[must_use]
    pub fn plan(&self, mut sessions: Vec<SessionOnDisk>, now: Timestamp) -> PrunePlan {
        sessions.sort_by(|a, b| (a.started, &a.name).cmp(&(b.started, &b.name)));
        let best = self.keep_best.map(|most| best_laps(&sessions, most)).unwrap_or_default();
        let mut best = best.into_iter();
        let mut planned: Vec<Planned> =
            sessions.into_iter().map(|session| self.protected(session, best.next().flatten())).collect();
        self.by_age(&mut planned, now);
        let exceeded = [self.by_count(&mut planned), self.by_size(&mut planned)];
        let still_exceeded = exceeded.into_iter().flatten().collect();
        PrunePlan { sessions: planned.into_iter().map(Planned::into_fate).collect(), still_exceeded }
    }

    fn protected(&self, session: SessionOnDisk, best: Option<BestLap>) -> Planned {
        let protection = match (&session.hold, &session.laps) {
            (Some(hold), _) => Some(Staying::Held(hold.clone())),
            (None, SessionLaps::Unreadable(reason)) if self.keep_best.is_some() => {
                Some(Staying::LapsUnreadable(reason.clone()))
            }
            (None, SessionLaps::NotRead) if self.keep_best.is_some() => {
                Some(Staying::LapsUnreadable("they were not looked at".to_owned()))
            }
            (None, _) => best.map(Staying::BestLap),
        };
        let is_wanted = self.only_uploaded && !session.is_uploaded;
        let protection = protection.or(is_wanted.then_some(Staying::NotUploaded));
        Planned { session, protection, limit: None, is_reached: false }
    }

    fn by_age(&self, sessions: &mut [Planned], now: Timestamp) {
        let Some(oldest) = self.older_than else { return };
        let is_old = |it: &SessionOnDisk| now.duration_since(it.started).is_some_and(|age| age > oldest);
        for session in sessions.iter_mut().filter(|it| is_old(&it.session)) {
            session.reach(Limit::OlderThan(oldest));
        }
    }

    fn by_count(&self, sessions: &mut [Planned]) -> Option<Limit> {
        let most = self.max_count?;
        let there = sessions.iter().filter(|session| session.limit.is_none()).count();
        take(sessions, Limit::MaxCount(most), there.saturating_sub(most) as u64, |_| 1)
    }

    fn by_size(&self, sessions: &mut [Planned]) -> Option<Limit> {
        let most = self.max_bytes?;
        let there = sessions.iter().filter(|session| session.limit.is_none());
        let there: u64 = there.map(|session| session.session.bytes).sum();
        take(sessions, Limit::MaxSize(most), there.saturating_sub(most), |session| session.bytes)
    }
}

/// Lets the oldest go until `excess` is gone; the limit if it is not.
fn take(
    sessions: &mut [Planned],
    limit: Limit,
    mut excess: u64,
    worth: impl Fn(&SessionOnDisk) -> u64,
) -> Option<Limit> {
    for session in sessions.iter_mut().filter(|session| session.limit.is_none()) {
        if excess == 0 {
            return None;
        }
        if session.reach(limit) {
            excess = excess.saturating_sub(worth(&session.session));
        }
    }
    (excess > 0).then_some(limit)
}

impl PrunePlan {
    /// The sessions that go, the oldest first.
    pub fn going(&self) -> impl Iterator<Item = &SessionOnDisk> {
        let goes = |planned: &&PlannedSession| matches!(planned.fate, Fate::Goes(_));
        self.sessions.iter().filter(goes).map(|planned| &planned.session)
    }

    /// Bytes of the sessions that go.
    #[must_use]
    pub fn going_bytes(&self) -> u64 {
        self.going().map(|session| session.bytes).sum()
    }
}

/// A session about which is being decided.
struct Planned {
    session: SessionOnDisk,
    protection: Option<Staying>,
    /// The rule by which it goes.
    limit: Option<Limit>,
    /// A rule would have it go, were it not protected.
    is_reached: bool,
}

impl Planned {
    /// A rule asks for the session; whether it goes.
    fn reach(&mut self, limit: Limit) -> bool {
        self.is_reached = true;
        if self.protection.is_none() {
            self.limit = Some(limit);
        }
        self.limit.is_some()
    }

    fn into_fate(self) -> PlannedSession {
        let fate = match (self.limit, self.protection) {
            (Some(limit), _) => Fate::Goes(limit),
            // That a session is not uploaded yet is no news as long as nobody asks for it.
            (None, Some(Staying::NotUploaded)) if !self.is_reached => Fate::Stays(Staying::WithinLimits),
            (None, Some(reason)) => Fate::Stays(reason),
            (None, None) => Fate::Stays(Staying::WithinLimits),
        };
        PlannedSession { session: self.session, fate }
    }
}

#[cfg(test)]
mod tests {
    use super::super::folder::Hold;
    use super::super::laps::CountedLap;
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    /// A session of so many days ago and so many bytes.
    fn session(name: &str, days: u32, bytes: u64) -> SessionOnDisk {
        SessionOnDisk {
            path: name.into(),
            name: name.into(),
            bytes,
            started: now() - DAY * days,
            game: "acc".into(),
            is_uploaded: false,
            hold: None,
            laps: SessionLaps::NotRead,
        }
    }

    /// Five sessions of 10 bytes, of 5 days ago (a) to 1 day ago (e).
    fn five() -> Vec<SessionOnDisk> {
        ["e", "a", "c", "b", "d"]
            .iter()
            .zip([1, 5, 3, 4, 2])
            .map(|(name, days)| session(name, days, 10))
            .collect()
    }

    fn lap(track: &str, car: &str, seconds: u64) -> CountedLap {
        let (track, car) = (track.to_owned(), car.to_owned());
        CountedLap { track, track_layout: String::new(), car, time: Duration::from_secs(seconds) }
    }

    /// Name and fate of each, as `a older_than`.
    fn fates(plan: &PrunePlan) -> String {
        let fates = plan.sessions.iter().map(|it| format!("{} {}", it.session.name, it.fate.name()));
        fates.collect::<Vec<_>>().join(", ").replace("within_limits", "-")
    }

    #[test]
    fn each_rule_alone_and_with_others() {
        let policy = |days: Option<u32>, max_count, max_bytes| PrunePolicy {
            older_than: days.map(|days| DAY * days),
            max_count,
            max_bytes,
            ..PrunePolicy::default()
        };
        let cases = [
            (policy(None, None, None), "a -, b -, c -, d -, e -"),
            // Of just this age is not older.
            (policy(Some(3), None, None), "a older_than, b older_than, c -, d -, e -"),
            (policy(Some(5), None, None), "a -, b -, c -, d -, e -"),
            (
                policy(Some(0), None, None),
                "a older_than, b older_than, c older_than, d older_than, e older_than",
            ),
            (policy(None, Some(5), None), "a -, b -, c -, d -, e -"),
            (policy(None, Some(3), None), "a max_count, b max_count, c -, d -, e -"),
            (policy(None, Some(0), None), "a max_count, b max_count, c max_count, d max_count, e max_count"),
            (policy(None, None, Some(50)), "a -, b -, c -, d -, e -"),
            (policy(None, None, Some(49)), "a max_size, b -, c -, d -, e -"),
            (policy(None, None, Some(0)), "a max_size, b max_size, c max_size, d max_size, e max_size"),
            // What went by one rule counts no more for the next.
            (policy(Some(4), Some(3), Some(20)), "a older_than, b max_count, c max_size, d -, e -"),
            (policy(Some(3), Some(3), Some(30)), "a older_than, b older_than, c -, d -, e -"),
        ];
        for (policy, expected) in cases {
            let plan = policy.plan(five(), now());
            assert_eq!(fates(&plan), expected, "{policy:?}");
            assert_eq!(plan.still_exceeded, []);
            assert_eq!(plan.going_bytes(), 10 * plan.going().count() as u64);
        }
    }

    #[test]
    fn what_is_held_stays_counts_all_the_same_and_what_is_exceeded_is_told() {
        let holds = [
            (Hold::Recording, "recording"),
            (Hold::Uploading, "uploading"),
            (Hold::Foreign { name: "notes.txt".into() }, "foreign_file"),
            (Hold::Unreadable, "unreadable"),
        ];
        for (hold, word) in holds {
            let mut sessions = five();
            sessions
                .iter_mut()
                .filter(|it| "ab".contains(&it.name))
                .for_each(|it| it.hold = Some(hold.clone()));
            let by_count = PrunePolicy { max_count: Some(4), ..PrunePolicy::default() };
            let plan = by_count.plan(sessions.clone(), now());
            assert_eq!(fates(&plan), format!("a {word}, b {word}, c max_count, d -, e -"));
            let all = PrunePolicy {
                older_than: Some(Duration::ZERO),
                max_count: Some(1),
                max_bytes: Some(19),
                ..PrunePolicy::default()
            };
            let plan = all.plan(sessions, now());
            assert_eq!(fates(&plan), format!("a {word}, b {word}, c older_than, d older_than, e older_than"));
            assert_eq!(plan.still_exceeded, [Limit::MaxCount(1), Limit::MaxSize(19)]);
        }
    }

    #[test]
    fn only_what_is_uploaded_goes_when_that_is_asked() {
        let mut sessions = five();
        sessions.iter_mut().filter(|it| "bd".contains(&it.name)).for_each(|it| it.is_uploaded = true);
        let mut policy = PrunePolicy { only_uploaded: true, max_count: Some(4), ..PrunePolicy::default() };
        assert_eq!(
            fates(&policy.plan(sessions.clone(), now())),
            "a not_uploaded, b max_count, c -, d -, e -"
        );
        policy.max_count = Some(2);
        let plan = policy.plan(sessions, now());
        let expected = "a not_uploaded, b max_count, c not_uploaded, d max_count, e not_uploaded";
        assert_eq!((fates(&plan).as_str(), plan.still_exceeded), (expected, vec![Limit::MaxCount(2)]));
    }

    #[test]
    fn a_policy_that_only_says_what_stays_lets_nothing_go() {
        let policy = PrunePolicy { only_uploaded: true, keep_best: Some(1), ..PrunePolicy::default() };
        assert!(!policy.lets_sessions_go());
        assert_eq!(policy.plan(five(), now()).going().count(), 0);
        assert!(PrunePolicy { max_bytes: Some(0), ..policy }.lets_sessions_go());
    }

    #[test]
    fn the_best_laps_of_every_track_and_car_keep_their_sessions() {
        let laps = [
            ("a", vec![lap("monza", "ferrari", 107), lap("monza", "ferrari", 100), lap("spa", "bmw", 140)]),
            ("b", vec![lap("monza", "ferrari", 101)]),
            ("c", vec![lap("monza", "bmw", 120)]),
            ("d", vec![lap("monza", "ferrari", 102)]),
            ("e", vec![]),
        ];
        let mut sessions = five();
        for session in &mut sessions {
            let (_, laps) = laps.iter().find(|(name, _)| *name == session.name).unwrap();
            session.laps = SessionLaps::Read(laps.clone());
        }
        let fates_of = |sessions: &[SessionOnDisk], keep_best| {
            let policy = PrunePolicy {
                older_than: Some(DAY / 2),
                keep_best: Some(keep_best),
                ..PrunePolicy::default()
            };
            fates(&policy.plan(sessions.to_vec(), now()))
        };
        let none = "a older_than, b older_than, c older_than, d older_than, e older_than";
        assert_eq!(fates_of(&sessions, 0), none);
        assert_eq!(
            fates_of(&sessions, 1),
            "a best_lap, b older_than, c best_lap, d older_than, e older_than"
        );
        assert_eq!(fates_of(&sessions, 2), "a best_lap, b best_lap, c best_lap, d older_than, e older_than");
        assert_eq!(fates_of(&sessions, 99), "a best_lap, b best_lap, c best_lap, d best_lap, e older_than");

        // A lap as fast as the last of the best, one of another game, one that nobody could read.
        let tie = |session: &mut SessionOnDisk| {
            session.laps = SessionLaps::Read(vec![lap("monza", "ferrari", 100)])
        };
        sessions.iter_mut().filter(|it| it.name == "d").for_each(tie);
        assert_eq!(fates_of(&sessions, 1), "a best_lap, b older_than, c best_lap, d best_lap, e older_than");
        sessions.iter_mut().filter(|it| it.name == "d").for_each(|it| it.game = "iracing".into());
        sessions
            .iter_mut()
            .filter(|it| it.name == "e")
            .for_each(|it| it.laps = SessionLaps::Unreadable("cut".into()));
        sessions.iter_mut().filter(|it| it.name == "b").for_each(|it| it.laps = SessionLaps::NotRead);
        let expected = "a best_lap, b laps_unreadable, c best_lap, d best_lap, e laps_unreadable";
        assert_eq!(fates_of(&sessions, 1), expected);
    }

    #[test]
    fn a_session_is_told_by_the_best_rank_that_it_has() {
        let mut session = session("a", 1, 10);
        session.laps =
            SessionLaps::Read(vec![lap("monza", "bmw", 2), lap("monza", "bmw", 1), lap("spa", "bmw", 9)]);
        let policy = PrunePolicy { keep_best: Some(2), max_count: Some(0), ..PrunePolicy::default() };
        let plan = policy.plan(vec![session], now());
        assert_eq!(plan.sessions[0].fate.to_string(), "has the best lap of monza in bmw, 0:01.000");
        assert_eq!(plan.still_exceeded, [Limit::MaxCount(0)]);
    }

    #[test]
    fn of_sessions_that_began_at_once_the_first_by_name_goes_first() {
        let sessions = ["c", "a", "b"].map(|name| session(name, 3, 10)).to_vec();
        let policy = PrunePolicy { max_count: Some(1), ..PrunePolicy::default() };
        assert_eq!(fates(&policy.plan(sessions, now())), "a max_count, b max_count, c -");
    }

    #[test]
    fn no_sessions_and_sessions_from_the_future_are_no_trouble() {
        let policy = PrunePolicy {
            older_than: Some(Duration::ZERO),
            max_bytes: Some(0),
            max_count: Some(0),
            keep_best: Some(3),
            only_uploaded: true,
        };
        assert_eq!(policy.plan(Vec::new(), now()), PrunePlan::default());
        let mut ahead = session("ahead", 0, u64::MAX / 2);
        ahead.started = now() + DAY;
        let by_age = PrunePolicy { older_than: Some(Duration::ZERO), ..PrunePolicy::default() };
        assert_eq!(fates(&by_age.plan(vec![ahead], now())), "ahead -");
    }
}
