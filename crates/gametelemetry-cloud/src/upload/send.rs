//! Brings one object into a bucket and makes sure that it is there, whatever the network does. Knows nothing of files.

use gametelemetry::StopToken;

use super::cutter::Cut;
use crate::checksum::sha256;
use crate::{Bucket, CloudError, Retry};

/// Sends `cut` until the bucket has it. Asks first whether it is there if it `may_be_there`, and after every failure that leaves
/// that open, so that what arrived is not sent again. Whether anything was sent.
pub(super) fn store(
    bucket: &Bucket,
    retry: &Retry,
    stop: &StopToken,
    cut: &Cut,
    mut may_be_there: bool,
) -> Result<bool, CloudError> {
    let mut is_sent = false;
    retry.run(stop, || {
        if may_be_there && look(bucket, cut)? == Found::Whole {
            return Ok(());
        }
        may_be_there = true;
        let receipt = bucket.put(&cut.object.key, cut.bytes.clone())?;
        is_sent = true;
        if receipt.md5 == Some(cut.md5) {
            return Ok(());
        }
        match look(bucket, cut)? {
            Found::Whole => Ok(()),
            Found::Other => Err(CloudError::Damaged { key: cut.object.key.clone() }),
            // The signature covers the hash of the bytes, so what the server took it has checked.
            Found::Hidden if bucket.is_checked_by_signature() => Ok(()),
            Found::Hidden => Err(CloudError::MayNotRead { url: bucket.url().to_string() }),
        }
    })?;
    Ok(is_sent)
}

/// What is seen of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// The right bytes.
    Whole,
    /// Nothing, or other bytes.
    Other,
    /// These credentials may write and not read.
    Hidden,
}

/// Looks whether the bucket has the object with the right bytes; reads it back when the server tells no hash, or another one,
/// as one that encrypts does.
fn look(bucket: &Bucket, cut: &Cut) -> Result<Found, CloudError> {
    match is_there(bucket, cut) {
        Ok(true) => Ok(Found::Whole),
        Ok(false) => Ok(Found::Other),
        Err(CloudError::Denied { .. }) => Ok(Found::Hidden),
        Err(error) => Err(error),
    }
}

fn is_there(bucket: &Bucket, cut: &Cut) -> Result<bool, CloudError> {
    match bucket.stat(&cut.object.key)? {
        None => Ok(false),
        Some(stat) if stat.bytes != cut.object.bytes => Ok(false),
        Some(stat) if stat.md5 == Some(cut.md5) => Ok(true),
        Some(_) => Ok(sha256(&bucket.get(&cut.object.key)?) == cut.object.sha256),
    }
}
