//! Other programs read the records: a session file is LZ4, and an LZ4 decoder prints records and nothing else.

use std::ffi::OsString;
use std::fs;
use std::process::{Command, Output, Stdio};

use gametelemetry_file::{EncoderOptions, FrameSize};

use crate::support::{
    Records, encoder, file_of, folder, ledger, left_out, push, records, repository, segments, stream,
};

/// Records in files of every shape there is.
fn files() -> Vec<(&'static str, Records, Vec<u8>)> {
    let fixed = records(200, 800);
    let mut variable: Records = records(50, 300);
    for (number, (_, data)) in variable.iter_mut().enumerate() {
        data.truncate(number * 6);
    }
    variable.push((1, records(1, 200_000).remove(0).1));
    variable.push((2, Vec::new()));
    let variable_size = FrameSize::Variable { max: 1 << 20 };
    let mut by_default = encoder(FrameSize::Fixed(800), EncoderOptions::default());
    push(&mut by_default, &fixed);
    by_default.finish(&ledger(200));
    vec![
        ("several segments", fixed.clone(), file_of(FrameSize::Fixed(800), &fixed, 60)),
        ("as written by default", fixed, by_default.output().to_vec()),
        ("frames of any size", variable.clone(), file_of(variable_size, &variable, 20)),
        ("no records", Records::new(), file_of(variable_size, &[], 1)),
    ]
}

fn run(program: &OsString, arguments: &[&str]) -> Option<Output> {
    Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()
}

#[track_caller]
fn check(output: &Output, records: &Records, name: &str) {
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout == stream(records), "{name}: {} bytes", output.stdout.len());
}

#[test]
fn lz4_prints_exactly_the_records() {
    let lz4 = OsString::from("lz4");
    if !run(&lz4, &["--version"]).is_some_and(|output| output.status.success()) {
        return left_out("lz4 -dc", "the program lz4 is not installed");
    }
    let folder = folder();
    for (name, records, bytes) in files() {
        let path = folder.path().join("test.gtel");
        fs::write(&path, &bytes).unwrap();
        check(&run(&lz4, &["-dc", path.to_str().unwrap()]).unwrap(), &records, name);
        // Each segment is a whole LZ4 file of its own.
        let mut parts = Vec::new();
        for segment in segments(&bytes) {
            fs::write(&path, &bytes[segment]).unwrap();
            let output = run(&lz4, &["-dc", path.to_str().unwrap()]).unwrap();
            assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
            parts.extend(output.stdout);
        }
        assert!(parts == stream(&records), "{name}");
    }
}

/// The program in docs/format.md that reads a session file.
fn documented_program() -> String {
    let document = fs::read_to_string(repository("docs/format.md")).unwrap();
    let (_, from) = document.split_once("```python\n").expect("docs/format.md has a Python program");
    from.split_once("```").unwrap().0.to_owned()
}

/// A Python that has `lz4.frame`: the one that is named, Debian's, or any.
fn python() -> Option<OsString> {
    let named = std::env::var_os("GAMETELEMETRY_PYTHON");
    named
        .into_iter()
        .chain(["/usr/bin/python3", "python3", "python"].map(OsString::from))
        .find(|python| run(python, &["-c", "import lz4.frame"]).is_some_and(|output| output.status.success()))
}

#[test]
fn the_python_program_of_the_document_reads_the_records() {
    let Some(python) = python() else {
        return left_out("the Python program", "no Python with lz4.frame is installed");
    };
    let folder = folder();
    let program = folder.path().join("read.py");
    fs::write(&program, documented_program()).unwrap();
    for (name, records, bytes) in files() {
        let path = folder.path().join("test.gtel");
        fs::write(&path, &bytes).unwrap();
        let output = run(&python, &[program.to_str().unwrap(), path.to_str().unwrap()]).unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let expected: String =
            records.iter().map(|(ticks, data)| format!("{ticks} {} bytes\n", data.len())).collect();
        assert_eq!(String::from_utf8_lossy(&output.stdout).replace('\r', ""), expected, "{name}");
    }
}
