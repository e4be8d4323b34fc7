//! What a lake needs of a bucket: few requests, each tried again, and objects of JSON.
//!
//! [`Objects`] is the seam at which tests let requests fail. Knows nothing of tables.

use std::fmt;

use bytes::Bytes;
use gametelemetry::StopToken;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::LakeError;
use crate::{Bucket, CloudError, Listed, Retry};

/// The requests that a lake makes; a [`Bucket`] answers them.
///
/// What it must promise: an object appears whole or not at all, `put_new` lets one of several win, and a list has every
/// object whose put was answered before. Every cloud does.
pub trait Objects: Send + Sync {
    /// Stores an object; one that is there is replaced.
    ///
    /// # Errors
    /// When it cannot be stored, or nobody knows whether it was.
    fn put(&self, key: &str, bytes: Bytes) -> Result<(), CloudError>;

    /// Stores an object that must not be there yet.
    ///
    /// # Errors
    /// [`CloudError::Exists`] when it is; else as [`Objects::put`].
    fn put_new(&self, key: &str, bytes: Bytes) -> Result<(), CloudError>;

    /// Reads an object.
    ///
    /// # Errors
    /// [`CloudError::Missing`] when it is not there; when it cannot be read.
    fn get(&self, key: &str) -> Result<Bytes, CloudError>;

    /// Every object below `folder`, sorted by key.
    ///
    /// # Errors
    /// When the server cannot be asked.
    fn list(&self, folder: &str) -> Result<Vec<Listed>, CloudError>;

    /// Removes an object; one that is not there is no error.
    ///
    /// # Errors
    /// When the server cannot be asked, or does not let us.
    fn delete(&self, key: &str) -> Result<(), CloudError>;
}

impl Objects for Bucket {
    fn put(&self, key: &str, bytes: Bytes) -> Result<(), CloudError> {
        Self::put(self, key, bytes).map(drop)
    }

    fn put_new(&self, key: &str, bytes: Bytes) -> Result<(), CloudError> {
        Self::put_new(self, key, bytes).map(drop)
    }

    fn get(&self, key: &str) -> Result<Bytes, CloudError> {
        Self::get(self, key)
    }

    fn list(&self, folder: &str) -> Result<Vec<Listed>, CloudError> {
        Self::list(self, folder)
    }

    fn delete(&self, key: &str) -> Result<(), CloudError> {
        Self::delete(self, key)
    }
}

/// The objects of a lake, asked for until they answer.
#[derive(Clone)]
pub(super) struct Store<'a> {
    objects: &'a dyn Objects,
    retry: &'a Retry,
    stop: &'a StopToken,
}

impl<'a> Store<'a> {
    pub(super) fn new(objects: &'a dyn Objects, retry: &'a Retry, stop: &'a StopToken) -> Self {
        Self { objects, retry, stop }
    }

    pub(super) fn put(&self, key: &str, bytes: &Bytes) -> Result<(), CloudError> {
        self.retry.run(self.stop, || self.objects.put(key, bytes.clone()))
    }

    pub(super) fn get(&self, key: &str) -> Result<Bytes, CloudError> {
        self.retry.run(self.stop, || self.objects.get(key))
    }

    pub(super) fn list(&self, folder: &str) -> Result<Vec<Listed>, CloudError> {
        match self.retry.run(self.stop, || self.objects.list(folder)) {
            // A bucket in a folder has no folder where there is no object.
            Err(CloudError::Missing { .. }) => Ok(Vec::new()),
            listed => listed,
        }
    }

    pub(super) fn delete(&self, key: &str) -> Result<(), CloudError> {
        self.retry.run(self.stop, || self.objects.delete(key))
    }

    pub(super) fn put_json(&self, key: &str, value: &impl Serialize) -> Result<(), LakeError> {
        Ok(self.put(key, &json(key, value)?)?)
    }

    /// Whether `value` became the new object `key`. When the answer was lost that is not known: an object that stands
    /// there already may be this one.
    pub(super) fn put_new_json(&self, key: &str, value: &impl Serialize) -> Result<bool, LakeError> {
        let bytes = json(key, value)?;
        match self.retry.run(self.stop, || self.objects.put_new(key, bytes.clone())) {
            Ok(()) => Ok(true),
            Err(CloudError::Exists { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The object `key`, unless there is none.
    pub(super) fn get_json<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, LakeError> {
        let bytes = match self.get(key) {
            Ok(bytes) => bytes,
            Err(CloudError::Missing { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let unreadable =
            |error: serde_json::Error| LakeError::Unreadable { key: key.to_owned(), why: error.to_string() };
        serde_json::from_slice(&bytes).map(Some).map_err(unreadable)
    }
}

impl fmt::Debug for Store<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

fn json(key: &str, value: &impl Serialize) -> Result<Bytes, LakeError> {
    let unreadable =
        |error: serde_json::Error| LakeError::Unreadable { key: key.to_owned(), why: error.to_string() };
    serde_json::to_vec_pretty(value).map(Bytes::from).map_err(unreadable)
}
