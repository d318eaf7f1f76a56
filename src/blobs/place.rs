//! Where bytes lie: in a folder, or in a store elsewhere that an operator names (ATT-15). The blobs of every desk have a prefix of their own
//! there.

use std::{path::Path, sync::Arc};

use object_store::{ObjectStore, parse_url_opts, path::Path as ObjectPath, prefix::PrefixStore};
use url::Url;

use super::Blobs;
use crate::{
    config::ObjectPlace,
    error::{Fault, Refusal, Result},
    id::DeskId,
};

/// What a store calls the settings of a [`ObjectPlace`].
struct Names {
    endpoint: &'static str,
    region: Option<&'static str>,
    account: Option<&'static str>,
    secret: &'static str,
    allow_http: &'static str,
}

const S3: Names = Names {
    endpoint: "aws_endpoint",
    region: Some("aws_region"),
    account: Some("aws_access_key_id"),
    secret: "aws_secret_access_key",
    allow_http: "aws_allow_http",
};
const AZURE: Names = Names {
    endpoint: "azure_storage_endpoint",
    region: None,
    account: Some("azure_storage_account_name"),
    secret: "azure_storage_account_key",
    allow_http: "azure_allow_http",
};
const GOOGLE: Names = Names {
    endpoint: "google_base_url",
    region: None,
    account: None,
    secret: "google_service_account_key",
    allow_http: "google_allow_http",
};

/// The store at an address such as `s3://bucket/prefix`, and the prefix. `key` names the settings in errors.
pub(super) fn elsewhere(place: &ObjectPlace, key: &str) -> Result<(Arc<dyn ObjectStore>, ObjectPath)> {
    let url = place.url.as_deref().unwrap_or_default();
    let url = Url::parse(url).map_err(|it| Refusal::field(key, "invalid", format!("`{key}`: `{url}` is no address: {it}.")))?;
    let names = match url.scheme() {
        "s3" => &S3,
        "gs" => &GOOGLE,
        _ => &AZURE,
    };
    let secret = Some(place.secret.reveal().to_owned()).filter(|it| !it.is_empty());
    let is_plain = place.endpoint.as_deref().is_some_and(|it| it.starts_with("http:"));
    let options = [
        (Some(names.endpoint), place.endpoint.clone()),
        (names.region, place.region.clone()),
        (names.account, place.account.clone()),
        (Some(names.secret), secret),
        (Some(names.allow_http), is_plain.then(|| "true".to_owned())),
    ];
    let options = options.into_iter().filter_map(|(name, value)| Some((name?, value?)));
    let (store, prefix) = parse_url_opts(&url, options).map_err(|it| Fault::because(format!("opening the object store {url}"), it))?;
    Ok((Arc::from(store), prefix))
}

impl Blobs {
    /// The blobs of a desk whose own folder is this.
    pub fn at(place: &ObjectPlace, desk: DeskId, folder: &Path) -> Result<Blobs> {
        if place.url.is_none() {
            return Blobs::in_folder(folder);
        }
        let (store, prefix) = elsewhere(place, "blobs.url")?;
        Blobs::on(Arc::new(PrefixStore::new(store, prefix.join(desk.to_string()))), folder)
    }
}
