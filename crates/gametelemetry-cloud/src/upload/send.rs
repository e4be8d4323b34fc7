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
        if may_be_there && is_there(bucket, cut)? {
            return Ok(());
        }
        may_be_there = true;
        let receipt = bucket.put(&cut.object.key, cut.bytes.clone())?;
        is_sent = true;
        if receipt.md5 == Some(cut.md5) || is_there(bucket, cut)? {
            return Ok(());
        }
        Err(CloudError::Damaged { key: cut.object.key.clone() })
    })?;
    Ok(is_sent)
}

/// Whether the bucket has the object with the right bytes; reads it back when the server tells no hash, or another one, as
/// one that encrypts does.
fn is_there(bucket: &Bucket, cut: &Cut) -> Result<bool, CloudError> {
    let stat = match bucket.stat(&cut.object.key) {
        // Some rigs may write and not read; then only what the server says of a new object can be known.
        Err(CloudError::Denied { .. }) => return Ok(false),
        other => other?,
    };
    match stat {
        None => Ok(false),
        Some(stat) if stat.bytes != cut.object.bytes => Ok(false),
        Some(stat) if stat.md5 == Some(cut.md5) => Ok(true),
        Some(_) => Ok(sha256(&bucket.get(&cut.object.key)?) == cut.object.sha256),
    }
}
