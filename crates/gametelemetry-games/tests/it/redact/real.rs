//! Real captures, redacted. They lie in the folder that `GAMETELEMETRY_REAL_DATA` names; without it these tests say so and
//! check nothing.

use std::path::{Path, PathBuf};

use gametelemetry_games::iracing::IbtHead;
use gametelemetry_games::{Game as _, f1};

use super::check;
use super::simulated::check_ibt;
use crate::packets::real_file;

/// Every value of `key` in the session information `text`, as it stands there.
fn values(text: &[u8], key: &str) -> Vec<String> {
    let text: String = text.iter().map(|&byte| char::from(byte)).collect();
    let lines = text.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix(key));
    lines.filter_map(|rest| rest.strip_prefix(':')).map(|value| value.trim().to_owned()).collect()
}

#[test]
fn no_real_file_of_iracing_names_anybody_when_it_is_redacted() {
    for path in ["racedirector_telemetry", "teamjorge_valid_test_file"] {
        let Some(bytes) = real_file(&format!("ibt/{path}.ibt")) else { return };
        let needed = IbtHead::required_len(&bytes[..144]).unwrap() as usize;
        let head = IbtHead::parse(&bytes[..needed], bytes.len() as u64).unwrap();
        let keys = ["UserName", "AbbrevName", "UserID", "TeamName", "DriverUserID"];
        let mut names: Vec<String> = keys.iter().flat_map(|key| values(head.session_info(), key)).collect();
        names.sort();
        names.dedup();
        // Short numbers stand for much else too.
        names.retain(|name| name.len() > 4 && name != "-1");
        eprintln!("{path}: {} names", names.len());
        assert!(!names.is_empty());
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        check_ibt(&bytes, &names);
    }
}

/// Every packet below `folder`.
fn packets(folder: &Path, found: &mut Vec<Vec<u8>>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            packets(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "bin" || extension == "packet") {
            found.push(std::fs::read(path).unwrap());
        }
    }
}

#[test]
fn no_real_packet_of_f1_names_anybody_when_it_is_redacted() {
    let Some(folder) = std::env::var_os("GAMETELEMETRY_REAL_DATA") else {
        eprintln!("left out: F1's packets (set GAMETELEMETRY_REAL_DATA to the folder of real captures)");
        return;
    };
    let mut found = Vec::new();
    packets(&PathBuf::from(folder).join("f1"), &mut found);
    let schema = f1::GAME.schemas()[0].1;
    let mut names: Vec<String> = Vec::new();
    for packet in &found {
        let text = schema.view(packet).get("participants.name").to_string();
        names.extend(text.trim_matches(['[', ']']).split(' ').map(str::to_owned));
    }
    names.sort();
    names.dedup();
    names.retain(|name| name.len() > 3);
    eprintln!("{} packets, {} words of names", found.len(), names.len());
    assert!(!names.is_empty());
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (redacted, _) = check("f1", "packets", schema, &found, &names);
    assert!(redacted.blanked > 0);
}
