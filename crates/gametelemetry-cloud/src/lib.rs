//! Recordings off the machine: what a bucket or a shared folder holds, how sessions get there, and how they are read.
//!
//! Stands to the right of the exporters and to the left of the games. The client libraries of the clouds bring an
//! async runtime, which never reaches the recorder: everything here runs on threads of its own, and the functions
//! that others call block.

mod block_cache;
mod bucket;
mod checksum;
mod client;
mod download;
mod endpoint;
mod error;
mod google;
pub mod lake;
mod list;
mod manifest;
mod manifest_check;
mod parallel;
mod place;
mod profile;
mod progress;
mod remote;
mod remote_file;
mod retry;
mod stores;
mod upload;

pub use bucket::{Bucket, BucketOptions, Folder, Listed, Receipt, Stat};
pub use download::{Downloaded, OnDisk, download, downloaded};
pub use error::CloudError;
pub use list::{ListedSession, Listing, list_sessions};
pub use manifest::{
    FileEntry, MANIFEST_SUFFIX, MANIFEST_VERSION, ObjectEntry, SegmentEntry, SessionManifest,
};
pub use manifest_check::ManifestError;
pub use place::CloudUrl;
pub use remote::{RemoteError, RemoteSession, Traffic};
pub use remote_file::RemoteFile;
pub use retry::Retry;
pub use upload::{CloudUploader, SessionFiles, UploadProgress, Uploaded};
