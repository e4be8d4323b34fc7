//! What a header and a ledger say beside the layout: names of files and folders, which have users' names in them.

use std::path::Path;

use crate::{Header, Schema};

/// `header` as that of a redacted copy whose layout is `schema`.
pub(super) fn cleaned(header: &Header, schema: Schema) -> Header {
    let imported_from = kind_of_file(&header.imported_from);
    Header { schema, imported_from, redacted: true, ..header.clone() }
}

/// Of a file's name what it ends with: what stands before it a person chose.
fn kind_of_file(name: &str) -> String {
    // Whatever system the name is from.
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_kind = |kind: &&str| kind.len() <= 8 && kind.chars().all(|c| c.is_ascii_alphanumeric());
    let kind = Path::new(name).extension().and_then(|kind| kind.to_str()).filter(is_kind);
    kind.map_or_else(String::new, |kind| format!("*.{kind}"))
}

/// `notice` without the path that it ends with, if it does.
pub(super) fn without_path(notice: &str) -> String {
    // Notices have a path behind a colon, and a file's name has a dot or stands in a folder.
    let is_path = |text: &str| text.contains(['/', '\\', '.']);
    if let Some((what, rest)) = notice.split_once(": ")
        && is_path(rest)
        && !what.contains(['/', '\\'])
    {
        return what.to_owned();
    }
    let place = notice.find(['/', '\\']);
    let start = place.and_then(|place| notice.get(..place)).map(|before| before.rfind([' ', '(', '"', '\'']));
    match start {
        None => notice.to_owned(),
        Some(space) => notice.get(..space.unwrap_or(0)).unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_imported_file_only_its_kind_is_kept() {
        let cases = [
            ("/home/ann/ann.ibt", "*.ibt"),
            (r"C:\Users\Ann\log.ld", "*.ld"),
            ("ann.dat", "*.dat"),
            ("race of Ann.Ann Smith", ""),
            ("", ""),
        ];
        for (name, kept) in cases {
            assert_eq!(kind_of_file(name), kept);
        }
    }

    #[test]
    fn notices_lose_their_paths_and_nothing_else() {
        let cases = [
            ("the folder cannot be read (denied): /home/Ann Smith/x", "the folder cannot be read (denied)"),
            (r"cannot open C:\Users\Ann", "cannot open"),
            ("not taken: Ann.rpy", "not taken"),
            ("/home/ann", ""),
            (
                "a callback panicked and gets no further frames",
                "a callback panicked and gets no further frames",
            ),
            ("recovered: the file was cut", "recovered: the file was cut"),
        ];
        for (notice, kept) in cases {
            assert_eq!(without_path(notice), kept);
        }
    }
}
