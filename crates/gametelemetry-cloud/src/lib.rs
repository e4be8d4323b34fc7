//! Recordings off the machine: what a bucket or a shared folder holds, how sessions get there, and how they are read.
//!
//! Stands to the right of the exporters and to the left of the games. The client libraries of the clouds bring an
//! async runtime, which never reaches the recorder: everything here runs on threads of its own, and the functions
//! that others call block.

mod bucket;
mod client;
mod error;
mod google;
mod manifest;
mod place;
mod profile;
mod retry;
mod stores;
mod upload;

pub use bucket::{Bucket, BucketOptions, Folder, Listed, Receipt, Stat};
pub use error::CloudError;

pub use manifest::{
    FileEntry, MANIFEST_SUFFIX, MANIFEST_VERSION, ObjectEntry, SegmentEntry, SessionManifest,
};
pub use place::CloudUrl;
pub use retry::Retry;
pub use upload::{CloudUploader, UploadProgress, Uploaded};
