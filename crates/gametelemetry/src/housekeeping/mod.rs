//! Housekeeping of a folder of sessions on the local disk: what there is, what may go, and taking it away.
//!
//! Stands beside the recorder and after it. Deciding is pure: [`PrunePolicy::plan`] and [`Quota::decide`] see a list and
//! give words; [`sessions_in`] looks at the disk, [`remove_session`] deletes. Never touched are a session that is being
//! recorded or uploaded, whatever is no session, and links. What each rule means stands in `docs/housekeeping.md`.

mod best;
mod folder;
mod in_use;
mod journal;
mod laps;
mod own;
mod plan;
mod quota;
mod reason;
mod removal;
mod watch;

pub use best::BestLap;
pub use folder::{Hold, SessionOnDisk, is_being_recorded, sessions_in};
pub use laps::{CountedLap, SessionLaps};
pub use plan::{PlannedSession, PrunePlan, PrunePolicy};
pub use quota::{Quota, QuotaDecision, QuotaEnd};
pub use reason::{Fate, Limit, Staying};
pub use removal::{Removal, RemoveError, remove_leftovers, remove_session};
pub use watch::{QuotaReport, QuotaWatch};

/// Bytes that may still be written to the disk of `path`, which exists.
///
/// # Errors
/// When the operating system does not say.
pub fn free_bytes(path: &std::path::Path) -> std::io::Result<u64> {
    fs4::available_space(path)
}
