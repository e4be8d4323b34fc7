//! Any bytes as the manifest of a session in a bucket: refused, or every byte of every file is named exactly once.
#![no_main]

use gametelemetry_cloud::SessionManifest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let manifest = match SessionManifest::parse(data) {
        Ok(manifest) => manifest,
        Err(error) => return drop(error.to_string()),
    };
    let mut bytes = 0_u64;
    for file in &manifest.files {
        assert!(!file.name.starts_with('/') && file.name.split('/').all(|part| part != ".."));
        let mut end = 0_u64;
        for object in &file.objects {
            assert_eq!(object.offset, end);
            assert!(object.key.split('/').all(|part| part != ".."));
            end = object.offset.checked_add(object.bytes).expect("checked");
            for segment in &object.segments {
                let segment_end = segment.offset.checked_add(segment.bytes).expect("checked");
                assert!(segment.offset >= object.offset && segment_end <= end);
            }
        }
        assert_eq!(end, file.bytes);
        bytes = bytes.checked_add(end).expect("checked");
    }
    assert_eq!(bytes, manifest.bytes);
    let again = serde_json::to_vec(&manifest).expect("it was JSON");
    assert_eq!(SessionManifest::parse(&again).expect("it is one").files, manifest.files);
});
