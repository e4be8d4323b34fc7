//! The version of a lake, which says whether this program knows what is in it.

use serde::{Deserialize, Serialize};

use super::LakeError;
use super::names::VERSION_KEY;
use super::store::Store;
use super::table::LAKE_VERSION;

#[derive(Serialize, Deserialize)]
struct Note {
    version: u32,
}

/// Refuses a lake that is newer than this program.
pub(super) fn check(store: &Store<'_>) -> Result<(), LakeError> {
    match store.get_json::<Note>(VERSION_KEY)? {
        Some(Note { version }) if version > LAKE_VERSION => {
            Err(LakeError::Newer { found: version, known: LAKE_VERSION })
        }
        _ => Ok(()),
    }
}

/// Notes that rows of this program's version are in the lake; to be called before the first is written.
pub(super) fn note(store: &Store<'_>) -> Result<(), LakeError> {
    let own = Note { version: LAKE_VERSION };
    loop {
        match store.get_json::<Note>(VERSION_KEY)? {
            Some(Note { version }) if version > LAKE_VERSION => {
                return Err(LakeError::Newer { found: version, known: LAKE_VERSION });
            }
            Some(Note { version }) if version == LAKE_VERSION => return Ok(()),
            Some(_) => return store.put_json(VERSION_KEY, &own),
            None if store.put_new_json(VERSION_KEY, &own)? => return Ok(()),
            None => {}
        }
    }
}
