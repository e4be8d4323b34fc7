//! The crates form one line, and each depends only on those to its left.
//!
//! Read from cargo's metadata, so dependencies of every kind and platform count.

use serde_json::Value;

use crate::run::{list, name};

/// From left to right. A further crate needs a reason, written in ARCHITECTURE.md, before it comes here.
const LINE: &[&str] = &[
    "gametelemetry-derive",
    "gametelemetry-file",
    "gametelemetry",
    "gametelemetry-export",
    "gametelemetry-cloud",
    "gametelemetry-games",
    "gametelemetry-cli",
];

/// Beside the line: depends on none of it, and none of it on this.
const BESIDE: &str = "xtask";

pub(super) fn problems(metadata: &Value) -> Vec<String> {
    let packages: Vec<(&Value, &str)> =
        list(metadata, "packages").filter_map(|package| Some((package, name(package)?))).collect();
    let known = LINE.iter().copied().chain([BESIDE]);
    let mut problems: Vec<String> = known
        .filter(|known| !packages.iter().any(|(_, name)| name == known))
        .map(|name| format!("Cargo.toml: the workspace has no crate {name}"))
        .collect();
    for (package, name) in &packages {
        problems.extend(problems_of(package, name));
    }
    problems
}

fn problems_of(package: &Value, crate_name: &str) -> Vec<String> {
    let place = LINE.iter().position(|known| *known == crate_name);
    if place.is_none() && crate_name != BESIDE {
        return vec![format!(
            "Cargo.toml: {crate_name} is not in the line of crates (xtask/src/tidy/crates.rs)"
        )];
    }
    let allowed = LINE.get(..place.unwrap_or(0)).unwrap_or_default();
    let kind = |dependency: &Value| dependency.get("kind").and_then(Value::as_str).map(str::to_owned);
    list(package, "dependencies")
        .filter_map(|dependency| Some((name(dependency)?, kind(dependency))))
        .filter(|(dependency, _)| LINE.contains(dependency) || *dependency == BESIDE)
        .filter(|(dependency, _)| !allowed.contains(dependency))
        .map(|(dependency, kind)| {
            let kind = kind.map(|kind| format!("{kind}-")).unwrap_or_default();
            format!(
                "Cargo.toml: {crate_name} has a {kind}dependency on {dependency}, which is not to its left"
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The workspace as it should be, with one more dependency.
    fn workspace(of: &str, on: &str, kind: Option<&str>) -> Value {
        let package = |name: &&str| {
            let more = (*name == of).then(|| json!({ "name": on, "kind": kind }));
            json!({ "name": name, "dependencies": more.into_iter().collect::<Vec<_>>() })
        };
        json!({ "packages": LINE.iter().chain([&BESIDE]).map(package).collect::<Vec<_>>() })
    }

    #[test]
    fn dependency_to_the_left_is_fine() {
        assert!(problems(&workspace("gametelemetry-cli", "gametelemetry-file", None)).is_empty());
        assert!(problems(&workspace("gametelemetry-file", "serde", None)).is_empty());
    }

    #[test]
    fn dependency_to_the_right_is_found_even_for_tests() {
        for kind in [None, Some("dev"), Some("build")] {
            let found = problems(&workspace("gametelemetry", "gametelemetry-games", kind));
            assert_eq!(found.len(), 1, "{kind:?}");
        }
        assert_eq!(problems(&workspace("gametelemetry-cli", "xtask", None)).len(), 1);
        assert_eq!(problems(&workspace("xtask", "gametelemetry-file", None)).len(), 1);
    }

    #[test]
    fn crate_too_many_and_crate_too_few_are_found() {
        let mut workspace = workspace("", "", None);
        workspace["packages"][0]["name"] = json!("gametelemetry-sixth");
        assert_eq!(problems(&workspace).len(), 2);
    }
}
