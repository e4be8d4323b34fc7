//! Opens what `object_store` speaks with, by each cloud's own variables and files.
//!
//! Everything that the library reads from the environment itself stays so; here is what it leaves out: AWS profiles, Azure's connection string, and
//! which server may be asked without encryption.

use std::path::Path;
use std::sync::Arc;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::local::LocalFileSystem;
use object_store::{ClientOptions, ObjectStore, RetryConfig};

use crate::bucket::{BucketOptions, url_error};
use crate::client::Connector;
use crate::endpoint::{checked_server, without_secrets};
use crate::place::Kind;
use crate::profile::Profile;
use crate::{CloudError, CloudUrl};

/// What tells the place at `url` from every other one, also where the environment decides which it is: the folder's whole
/// path, or server and account beside the address. Has no secrets.
pub(crate) fn identity(url: &CloudUrl) -> Result<String, CloudError> {
    // Who opened the bucket has checked which server may be asked.
    let (server, account) = match &url.kind {
        Kind::Folder(path) => {
            let whole = std::fs::canonicalize(path).or_else(|_| std::path::absolute(path));
            let whole = whole.map_err(|source| CloudError::local("cannot use the folder", path, source))?;
            return Ok(format!("folder {}", whole.display()));
        }
        Kind::S3 => (s3_builder(url, true)?.get_config_value(&AmazonS3ConfigKey::S3Endpoint), None),
        Kind::Google => (variable("STORAGE_EMULATOR_HOST").or_else(|| variable("GOOGLE_BASE_URL")), None),
        Kind::Azure { account } => {
            let builder = azure_builder(url, account.as_deref(), true)?;
            let named = |key| builder.get_config_value(&key);
            (named(AzureConfigKey::Endpoint), named(AzureConfigKey::AccountName))
        }
    };
    let server = server.as_deref().map(server_without_secrets).unwrap_or_default();
    Ok(format!("{url} server {server} account {}", account.unwrap_or_default()))
}

/// Host, port and path of a server's address: what else stands in it may be a secret.
fn server_without_secrets(server: &str) -> String {
    let shown = without_secrets(server);
    let rest = shown.split_once("://").map_or(shown.as_str(), |(_, rest)| rest);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    format!("{}/{path}", host.to_ascii_lowercase()).trim_end_matches('/').to_owned()
}

/// S3 or a compatible, and whether requests to it are signed.
pub(crate) fn s3(
    url: &CloudUrl,
    options: &BucketOptions,
    connector: Connector,
) -> Result<(Arc<dyn ObjectStore>, bool), CloudError> {
    let builder = s3_builder(url, options.allow_http)?;
    let skipped = builder.get_config_value(&AmazonS3ConfigKey::SkipSignature);
    let is_signed = skipped.is_none_or(|skipped| skipped != "true");
    let builder = builder.with_retry(once()).with_client_options(anything()).with_http_connector(connector);
    Ok((built(url, builder.build())?, is_signed))
}

/// With what the variables and AWS's files say.
fn s3_builder(url: &CloudUrl, allow_http: bool) -> Result<AmazonS3Builder, CloudError> {
    // The signature covers the hash of what is sent, whatever the environment says: who may not read back relies on it.
    let builder = AmazonS3Builder::from_env().with_bucket_name(&url.container).with_unsigned_payload(false);
    let from_builder = |builder: &AmazonS3Builder, key| builder.get_config_value(&key);
    let profile = Profile::from_env()?;
    let mut builder = s3_servers(builder, &profile, allow_http)?;
    let has_other = [
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ];
    if from_builder(&builder, AmazonS3ConfigKey::AccessKeyId).is_none()
        && !has_other.into_iter().any(|name| variable(name).is_some())
        && let (Some(id), Some(secret)) =
            (profile.get("aws_access_key_id"), profile.get("aws_secret_access_key"))
    {
        builder = builder.with_access_key_id(id).with_secret_access_key(secret);
        if let Some(token) = profile.get("aws_session_token") {
            builder = builder.with_token(token);
        }
    }
    if from_builder(&builder, AmazonS3ConfigKey::Region).is_none()
        && let Some(region) = variable("AWS_DEFAULT_REGION").or_else(|| profile.get("region"))
    {
        builder = builder.with_region(region);
    }
    Ok(builder)
}

/// Which servers are asked, each of them checked: S3's own name goes before the one for every service.
fn s3_servers(
    builder: AmazonS3Builder,
    profile: &Profile,
    allow_http: bool,
) -> Result<AmazonS3Builder, CloudError> {
    use AmazonS3ConfigKey::{Endpoint, S3Endpoint, StsEndpoint};
    let named = |key| builder.get_config_value(&key).filter(|server| !server.is_empty());
    let of_objects = named(S3Endpoint).or_else(|| named(Endpoint)).or_else(|| profile.get("endpoint_url"));
    let of_tokens = named(StsEndpoint);
    let mut builder = builder;
    if let Some(server) = of_objects {
        builder = builder.with_config(S3Endpoint, checked_server(&server, allow_http)?);
    }
    if let Some(server) = of_tokens {
        builder = builder.with_config(StsEndpoint, checked_server(&server, allow_http)?);
    }
    Ok(builder)
}

/// Azure Blob Storage.
pub(crate) fn azure(
    url: &CloudUrl,
    account: Option<&str>,
    options: &BucketOptions,
    connector: Connector,
) -> Result<Arc<dyn ObjectStore>, CloudError> {
    let builder = azure_builder(url, account, options.allow_http)?;
    if builder.get_config_value(&AzureConfigKey::AccountName).is_none() {
        return Err(url_error(
            url,
            "which account? set AZURE_STORAGE_ACCOUNT, or write https://ACCOUNT.blob.core.windows.net/CONTAINER/PATH",
        ));
    }
    let builder = builder.with_retry(once()).with_client_options(anything()).with_http_connector(connector);
    built(url, builder.build())
}

/// With what the variables and the address say.
fn azure_builder(
    url: &CloudUrl,
    account: Option<&str>,
    allow_http: bool,
) -> Result<MicrosoftAzureBuilder, CloudError> {
    let mut builder = MicrosoftAzureBuilder::from_env().with_container_name(&url.container);
    // The names that Azure's own tools know; the library has longer ones, which go before them.
    for (key, name) in [
        (AzureConfigKey::AccountName, "AZURE_STORAGE_ACCOUNT"),
        (AzureConfigKey::AccessKey, "AZURE_STORAGE_KEY"),
    ] {
        if let Some(value) = variable(name).filter(|_| builder.get_config_value(&key).is_none()) {
            builder = builder.with_config(key, value);
        }
    }
    for (key, value) in
        variable("AZURE_STORAGE_CONNECTION_STRING").as_deref().map(connection).unwrap_or_default()
    {
        builder = match key {
            "AccountName" => builder.with_account(value),
            "AccountKey" => builder.with_access_key(value),
            "BlobEndpoint" => builder.with_endpoint(value.to_owned()),
            "SharedAccessSignature" => builder.with_config(AzureConfigKey::SasKey, value),
            _ => builder,
        };
    }
    if let Some(account) = account {
        builder = builder.with_account(account);
    }
    for key in [AzureConfigKey::Endpoint, AzureConfigKey::AuthorityHost] {
        if let Some(server) = builder.get_config_value(&key) {
            builder = builder.with_config(key, checked_server(&server, allow_http)?);
        }
    }
    // Read by the library itself, when it is told that there is an emulator.
    if let Some(emulator) = variable("AZURITE_BLOB_STORAGE_URL") {
        checked_server(&emulator, allow_http)?;
    }
    Ok(builder)
}

/// A folder of this machine; made when only its last part is not there.
pub(crate) fn folder(path: &Path) -> Result<Arc<dyn ObjectStore>, CloudError> {
    let failed = |source| {
        let what = "cannot use the folder, check that it is there and may be written";
        CloudError::local(what, path, source)
    };
    match std::fs::create_dir(path) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed(error)),
    }
    let store = LocalFileSystem::new_with_prefix(path);
    let store = store.map_err(|error| failed(std::io::Error::other(error)))?;
    Ok(Arc::new(store.with_fsync(true)))
}

/// What `error` of the library means when no request has failed before it.
pub(crate) fn meaning(url: &CloudUrl, key: &str, error: object_store::Error) -> CloudError {
    if let Some(folder) = url.folder() {
        let path = folder.join(key);
        if cfg!(windows) && is_denied(&error) && path.metadata().is_ok_and(|it| !it.permissions().readonly())
        {
            return CloudError::InUse { path };
        }
        return CloudError::local("cannot read or write here", folder, std::io::Error::other(error));
    }
    url_error(url, &first_sentence(&error))
}

/// Whether the operating system refused access.
fn is_denied(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |error| error.source());
    causes.any(|cause| {
        let cause = cause.downcast_ref::<std::io::Error>();
        cause.is_some_and(|cause| cause.kind() == std::io::ErrorKind::PermissionDenied)
    })
}

pub(crate) fn no_credentials(kind: &Kind) -> CloudError {
    let (cloud, advice) = match kind {
        Kind::Azure { .. } => (
            "Azure",
            "set AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN or AZURE_STORAGE_CONNECTION_STRING, or sign in by AZURE_USE_AZURE_CLI=true and `az login`",
        ),
        Kind::Google => (
            "Google Cloud",
            "set GOOGLE_APPLICATION_CREDENTIALS, or sign in by `gcloud auth application-default login`",
        ),
        Kind::S3 | Kind::Folder(_) => (
            "S3",
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write them to ~/.aws/credentials and name the profile by AWS_PROFILE",
        ),
    };
    CloudError::NoCredentials { cloud, advice }
}

/// The library asks once: [`crate::Retry`] asks again, and knows how long the user is patient.
pub(crate) fn once() -> RetryConfig {
    RetryConfig { max_retries: 0, ..RetryConfig::default() }
}

/// Limits of time and protocol are the connector's and the bucket's.
pub(crate) fn anything() -> ClientOptions {
    ClientOptions::new().with_allow_http(true).with_timeout_disabled()
}

pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn built(
    url: &CloudUrl,
    store: object_store::Result<impl ObjectStore>,
) -> Result<Arc<dyn ObjectStore>, CloudError> {
    match store {
        Ok(store) => Ok(Arc::new(store)),
        Err(error) => Err(url_error(url, &first_sentence(&error))),
    }
}

/// The innermost cause: what the user can mend stands there.
fn first_sentence(error: &object_store::Error) -> String {
    let mut error: &dyn std::error::Error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// The settings of a connection string, `Name=value;Name=value`.
fn connection(text: &str) -> Vec<(&str, &str)> {
    text.split(';').filter_map(|part| part.trim().split_once('=')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_known_by_the_whole_path_of_a_folder_and_by_a_server_without_secrets() {
        let relative = identity(&CloudUrl::of_folder(Path::new("src"))).unwrap();
        let whole = std::fs::canonicalize("src").unwrap();
        assert_eq!(relative, identity(&CloudUrl::of_folder(&whole)).unwrap());
        assert!(relative.contains(whole.to_str().unwrap()), "{relative}");
        let account = |name: &str| format!("https://{name}.blob.core.windows.net/laps").parse().unwrap();
        assert_ne!(identity(&account("one")).unwrap(), identity(&account("other")).unwrap());
        for (server, shown) in [
            ("http://127.0.0.1:5000", "127.0.0.1:5000"),
            ("https://rig:hunter2@Minio.local/base/?sig=hunter2#hunter2", "minio.local/base"),
            ("localhost:4443", "localhost:4443"),
        ] {
            assert_eq!(server_without_secrets(server), shown);
        }
    }

    #[test]
    fn a_connection_string_keeps_the_equals_signs_of_its_key() {
        let text =
            "DefaultEndpointsProtocol=https;AccountName=rig;AccountKey=abc==;EndpointSuffix=core.windows.net";
        let settings = connection(text);
        assert_eq!(settings[1..3], [("AccountName", "rig"), ("AccountKey", "abc==")]);
    }
}
