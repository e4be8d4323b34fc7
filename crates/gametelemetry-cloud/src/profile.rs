//! The files in which AWS's own tools keep credentials: `~/.aws/credentials` and `~/.aws/config`.
//!
//! `object_store` reads variables only. Formats as AWS's documentation of shared files states them.

use std::collections::HashMap;
use std::path::PathBuf;

use crate::CloudError;
use crate::stores::variable;

/// The settings of one profile; those of `credentials` go before those of `config`.
#[derive(Debug, Default)]
pub(crate) struct Profile(HashMap<String, String>);

impl Profile {
    /// The profile that `AWS_PROFILE` names, else `default`.
    pub(crate) fn from_env() -> Result<Self, CloudError> {
        let named = variable("AWS_PROFILE").or_else(|| variable("AWS_DEFAULT_PROFILE"));
        let name = named.as_deref().unwrap_or("default");
        let home = variable("HOME").or_else(|| variable("USERPROFILE")).map(PathBuf::from);
        let file = |variable_name: &str, file_name: &str| {
            variable(variable_name)
                .map(PathBuf::from)
                .or_else(|| Some(home.as_ref()?.join(".aws").join(file_name)))
        };
        let mut profile = Self::default();
        let mut is_found = false;
        for (variable_name, file_name, section) in [
            ("AWS_SHARED_CREDENTIALS_FILE", "credentials", name.to_owned()),
            (
                "AWS_CONFIG_FILE",
                "config",
                if name == "default" { name.to_owned() } else { format!("profile {name}") },
            ),
        ] {
            let Some(path) = file(variable_name, file_name) else { continue };
            match std::fs::read_to_string(&path) {
                Ok(text) => is_found |= profile.add(&text, &section),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(source) => {
                    return Err(CloudError::local("cannot read credentials, check the file", path, source));
                }
            }
        }
        match named {
            Some(name) if !is_found && variable("AWS_ACCESS_KEY_ID").is_none() => Err(CloudError::Url {
                url: format!("AWS_PROFILE={name}"),
                why: "there is no such profile in ~/.aws/credentials or ~/.aws/config".to_owned(),
            }),
            _ => Ok(profile),
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<String> {
        self.0.get(key).filter(|value| !value.is_empty()).cloned()
    }

    /// Adds the settings of `section`; whether there is such a section.
    fn add(&mut self, text: &str, section: &str) -> bool {
        let (mut is_inside, mut is_found) = (false, false);
        for line in text.lines() {
            let trimmed = line.trim();
            if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
                continue;
            }
            if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
                is_inside = name.split_whitespace().eq(section.split_whitespace());
                is_found |= is_inside;
            } else if is_inside
                // What is indented belongs to a setting with parts, such as `s3 =`.
                && !line.starts_with([' ', '\t'])
                && let Some((key, value)) = trimmed.split_once('=')
            {
                let key = key.trim().to_ascii_lowercase();
                self.0.entry(key).or_insert_with(|| value.trim().to_owned());
            }
        }
        is_found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_read_as_aws_writes_it() {
        let credentials = "[default]\naws_access_key_id = A\n\n[rig] # the rig's\naws_access_key_id=B\naws_secret_access_key = s=cr/t\n";
        let config =
            "[profile rig]\nregion = eu-west-1\naws_access_key_id = C\ns3 =\n  region = no\n; comment\n";
        let mut profile = Profile::default();
        assert!(profile.add(credentials, "rig"));
        assert!(profile.add(config, "profile rig"));
        assert!(!profile.add(config, "default"));
        let get = |key: &str| profile.get(key).unwrap_or_default();
        assert_eq!(
            [get("aws_access_key_id"), get("aws_secret_access_key"), get("region"), get("s3")],
            ["B", "s=cr/t", "eu-west-1", ""]
        );
    }
}
