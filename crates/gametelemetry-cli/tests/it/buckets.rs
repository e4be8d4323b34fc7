//! The same holds of a bucket in every cloud: one suite, run against each of the servers and a folder.
//!
//! The cloud crate asks the environment where servers are, which belongs to a whole process; so each suite runs in a
//! process of its own, which is this one started once more.

use std::process::Command;

use gametelemetry_cloud::{Bucket, BucketOptions, CloudError, CloudUrl};

use crate::clouds::faults::{Fault, Plan};
use crate::clouds::{Cloud, Kind};
use crate::support::{Place, Running};

/// Tells the process that it is meant, by the URL that it is to use.
const URL: &str = "GAMETELEMETRY_BUCKET_URL";
/// Which suite it is to run.
const SUITE: &str = "GAMETELEMETRY_BUCKET_SUITE";

#[test]
#[ignore = "the process that other tests start; it is no test by itself"]
fn process() {
    let (Ok(url), Ok(suite)) = (std::env::var(URL), std::env::var(SUITE)) else { return };
    let bucket = |url: &str| Bucket::open(&url.parse().unwrap(), &BucketOptions::default()).unwrap();
    match suite.as_str() {
        "contract" => contract(&bucket(&url)),
        "nowhere" => nowhere(&bucket(&url)),
        "torn" => torn(&bucket(&url)),
        other => panic!("{other}"),
    }
}

#[test]
fn s3_is_a_bucket() {
    run(Kind::S3, "contract");
}

#[test]
fn azure_is_a_bucket() {
    run(Kind::Azure, "contract");
}

#[test]
fn google_is_a_bucket() {
    run(Kind::Google, "contract");
}

#[test]
fn a_folder_is_a_bucket() {
    run(Kind::Folder, "contract");
}

#[test]
fn a_bucket_that_is_not_there_is_told_from_an_object_that_is_not() {
    for kind in [Kind::S3, Kind::Azure, Kind::Google] {
        run(kind, "nowhere");
    }
}

#[test]
fn an_answer_that_was_cut_is_no_object() {
    for kind in [Kind::S3, Kind::Azure, Kind::Google] {
        run(kind, "torn");
    }
}

fn run(kind: Kind, suite: &str) {
    let place = Place::new();
    let Some(cloud) = Cloud::of(kind, &place) else { return };
    let proxy = cloud.proxy(Plan::peace());
    let url =
        if suite == "nowhere" { cloud.url.replace("//laps/", "//nobodys-laps/") } else { cloud.url.clone() };
    let start = || {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "buckets::process", "--ignored", "--nocapture"]).current_dir(place.path());
        cloud.prepare(&mut command, &place, proxy.as_ref());
        Running::start(command.env(URL, &url).env(SUITE, suite)).wait()
    };
    if suite == "torn" {
        let _ = start().code(0);
        proxy.as_ref().unwrap().set_plan(Plan::always(Fault::TruncateAnswer));
    }
    let ran = start().code(0);
    assert!(ran.stdout.contains("1 passed"), "{kind:?}: {}", ran.stdout);
}

fn contract(bucket: &Bucket) {
    let key = "monza_acc/physics.gtel/0-ab=1.x";
    let received = bucket.put(key, "abcdefgh".into()).unwrap();
    let stat = bucket.stat(key).unwrap().unwrap();
    assert_eq!(stat.bytes, 8);
    assert!(
        received.md5.is_none() || stat.md5.is_none() || stat.md5 == received.md5,
        "{received:?} {stat:?}"
    );
    assert_eq!(bucket.get(key).unwrap(), "abcdefgh");
    for (range, expected) in [(0..8, "abcdefgh"), (2..5, "cde"), (7..8, "h")] {
        assert_eq!(bucket.get_range(key, range).unwrap(), expected);
    }
    assert!(bucket.get_range(key, 6..10).is_err() && bucket.get_range(key, 20..21).is_err());
    let _ = bucket.put(key, "new".into()).unwrap();
    assert_eq!(bucket.get(key).unwrap(), "new");
    once_only(bucket);
    missing(bucket);
    at_once(bucket);
    lists(bucket);
}

fn once_only(bucket: &Bucket) {
    let _ = bucket.put_new("lock", "first".into()).unwrap();
    let second = bucket.put_new("lock", "second".into());
    assert!(matches!(second, Err(CloudError::Exists { .. })), "{second:?}");
    assert_eq!(bucket.get("lock").unwrap(), "first");
}

fn missing(bucket: &Bucket) {
    for key in ["nothing", "monza_acc/nothing"] {
        let got = bucket.get(key);
        assert!(matches!(got, Err(CloudError::Missing { .. })), "{key}: {got:?}");
        assert_eq!(bucket.stat(key).unwrap(), None, "{key}");
        bucket.delete(key).unwrap();
    }
    // There are objects below it, but it is none.
    assert_eq!(bucket.stat("monza_acc").unwrap(), None);
    let range = bucket.get_range("nothing", 0..1);
    assert!(matches!(range, Err(CloudError::Missing { .. })), "{range:?}");
    assert!(bucket.list("nothing").unwrap().is_empty());
    assert_eq!(bucket.list_folder("nothing").unwrap(), gametelemetry_cloud::Folder::default());
}

/// Several threads at once, which want one object to be new: exactly one gets it.
fn at_once(bucket: &Bucket) {
    let won = std::thread::scope(|scope| {
        let threads = (0..8_u8).map(|number| {
            scope.spawn(move || {
                let _ = bucket.put(&format!("many/{number}/object"), vec![number; 100_000].into()).unwrap();
                bucket.put_new("won", vec![number].into()).is_ok()
            })
        });
        let threads: Vec<_> = threads.collect();
        threads.into_iter().map(|thread| usize::from(thread.join().unwrap())).sum::<usize>()
    });
    assert_eq!(won, 1);
    assert!(
        (0..8_u8)
            .all(|number| bucket.get(&format!("many/{number}/object")).unwrap() == vec![number; 100_000])
    );
}

fn lists(bucket: &Bucket) {
    let keys = |listed: Vec<gametelemetry_cloud::Listed>| -> Vec<String> {
        assert!(
            listed.iter().all(|object| object.bytes > 0 && object.modified.to_string().starts_with("20"))
        );
        listed.into_iter().map(|object| object.key).collect()
    };
    let many: Vec<String> = (0..8).map(|number| format!("many/{number}/object")).collect();
    assert_eq!(keys(bucket.list("many").unwrap()), many);
    // A name that begins alike is another folder.
    let _ = bucket.put("many-more", "a".into()).unwrap();
    assert_eq!(keys(bucket.list("many").unwrap()), many);
    let all = keys(bucket.list("").unwrap());
    assert_eq!(all.len(), 8 + 4, "{all:?}");
    assert!(all.is_sorted());
    let top = bucket.list_folder("").unwrap();
    assert_eq!(
        (top.folders, keys(top.objects)),
        (
            vec!["many".to_owned(), "monza_acc".to_owned()],
            ["lock", "many-more", "won"].map(str::to_owned).into(),
        )
    );
    let inner = bucket.list_folder("many").unwrap();
    assert_eq!(inner.folders, (0..8).map(|number| format!("many/{number}")).collect::<Vec<_>>());
    bucket.delete("won").unwrap();
    assert_eq!(bucket.stat("won").unwrap(), None);
    assert_eq!(keys(bucket.list("").unwrap()).len(), 11);
}

fn nowhere(bucket: &Bucket) {
    let put = bucket.put("a", "a".into());
    assert!(matches!(put, Err(CloudError::NoBucket { .. })), "{} {put:?}", bucket.url());
    // Google's emulator does not say what it is that it has not found.
    let list = bucket.list("");
    assert!(matches!(list, Err(CloudError::NoBucket { .. } | CloudError::Missing { .. })), "{list:?}");
}

/// The first time over a good line, the second over one that cuts every answer.
fn torn(bucket: &Bucket) {
    let url: &CloudUrl = bucket.url();
    if bucket.stat("a").is_ok_and(|stat| stat.is_none()) {
        let _ = bucket.put("a", vec![7; 100_000].into()).unwrap();
        return;
    }
    let errors = [
        bucket.get("a").unwrap_err(),
        bucket.get_range("a", 10..90_000).unwrap_err(),
        bucket.list("").unwrap_err(),
    ];
    assert!(errors.iter().all(CloudError::is_transient), "{url}: {errors:?}");
}
