//! Where blobs lie: in the desk's folder, or in a store elsewhere that an operator names (ATT-15). Every desk has a prefix of its own there.

use std::{path::Path, sync::Arc};

use object_store::{ObjectStore, parse_url_opts, prefix::PrefixStore};
use url::Url;

use super::Blobs;
use crate::{
    config::BlobPlace,
    error::{Fault, Refusal, Result},
    id::DeskId,
};

/// What a store calls the settings of a [`BlobPlace`].
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

impl Blobs {
    /// The blobs of a desk whose own folder is this.
    pub fn at(place: &BlobPlace, desk: DeskId, folder: &Path) -> Result<Blobs> {
        let Some(url) = &place.url else { return Blobs::in_folder(folder) };
        let url =
            Url::parse(url).map_err(|it| Refusal::field("blobs.url", "invalid", format!("`blobs.url`: `{url}` is no address: {it}.")))?;
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
        let (store, prefix) = parse_url_opts(&url, options).map_err(|it| Fault::because(format!("opening the blob store {url}"), it))?;
        let store: Arc<dyn ObjectStore> = Arc::new(PrefixStore::new(store, prefix.join(desk.to_string())));
        Blobs::on(store, folder)
    }
}
