//! The head of a vault: which format it has, whether it is sealed, and the data key as operators' keys wrap it. A key is changed by
//! writing the new wrapping before the old ones go, so that a crash in between leaves both and never none.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::keys::{DataKey, Keys, Wrapped};
use crate::{
    blobs::Objects,
    error::{Code, Fault, Refusal, Result},
    secret::Secret,
};

/// How chunks, trees and manifests are laid out. A build refuses what is newer than it knows.
const FORMAT: u32 = 1;
const HEAD: &str = "vault.json";
const KEYS: &str = "keys";
/// The shortest key that is taken.
const KEY_CHARS_MIN: usize = 16;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    format: u32,
    sealed: bool,
    id: Uuid,
    /// Which data key counts, should several have been left by whoever made the vault at the same moment.
    key: Option<String>,
}

/// The keys of the vault at this place; none where there is no vault.
pub async fn open(objects: &Objects, key: &Secret) -> Result<Option<Keys>> {
    let Some(bytes) = objects.get(HEAD).await? else { return Ok(None) };
    let head: Head = parsed(objects, HEAD, &bytes)?;
    if head.format > FORMAT {
        let text = format!("The snapshots at {} were written by a newer release of Lodge: use that release.", objects.shown());
        return Err(Refusal::new(Code::Conflict, text).into());
    }
    if !head.sealed {
        return Ok(Some(Keys::open_to_all()));
    }
    if key.is_empty() {
        let text = format!("The snapshots at {} are encrypted: set `snapshots.key` or `snapshots.key_file`.", objects.shown());
        return Err(Refusal::new(Code::Forbidden, text).into());
    }
    match unwrapped(objects, key, head.key.as_deref()).await? {
        Some(it) => Ok(Some(it.keys())),
        None => Err(wrong_key(objects).into()),
    }
}

fn wrong_key(objects: &Objects) -> Refusal {
    let text =
        format!("The key does not open the snapshots at {}: `snapshots.key` is to be the one with which they were made.", objects.shown());
    Refusal::new(Code::Forbidden, text)
}

/// The keys of the vault at this place, which is made if there is none: sealed if a key is given.
pub async fn open_or_make(objects: &Objects, key: &Secret) -> Result<Keys> {
    if let Some(it) = open(objects, key).await? {
        return Ok(it);
    }
    let sealed = !key.is_empty();
    let mut mark = None;
    if sealed {
        check(key)?;
        let data = DataKey::fresh()?;
        mark = Some(data.mark());
        objects.put_safely(&fresh_name(), json(&data.wrap(key)?)?).await?;
    }
    objects.put_new(HEAD, json(&Head { format: FORMAT, sealed, id: Uuid::new_v4(), key: mark })?).await?;
    // Whoever was first decides, should two have begun at once.
    open(objects, key).await?.ok_or_else(|| Fault::new(format!("{} does not keep what is written there", objects.shown())).into())
}

/// From here on `new` opens the vault, and nothing else does.
pub async fn change_key(objects: &Objects, key: &Secret, new: &Secret) -> Result<()> {
    check(new)?;
    let head = objects.get(HEAD).await?.map(|it| parsed::<Head>(objects, HEAD, &it)).transpose()?;
    let mark = head.and_then(|it| it.key);
    let Some(data) = unwrapped(objects, key, mark.as_deref()).await? else { return Err(wrong_key(objects).into()) };
    let name = fresh_name();
    objects.put_safely(&name, json(&data.wrap(new)?)?).await?;
    // The new one is read back before any other goes.
    if unwrapped(objects, new, mark.as_deref()).await?.is_none() {
        return Err(Fault::new(format!("{} does not keep what is written there", objects.shown())).into());
    }
    for old in names(objects).await?.into_iter().filter(|it| *it != name) {
        objects.remove(&old).await?;
    }
    Ok(())
}

fn check(key: &Secret) -> Result<()> {
    if key.reveal().chars().count() >= KEY_CHARS_MIN {
        return Ok(());
    }
    let text = format!("`snapshots.key` is shorter than {KEY_CHARS_MIN} characters; `lodge snapshot key` makes a good one.");
    Err(Refusal::field("snapshots.key", "too_short", text).into())
}

async fn unwrapped(objects: &Objects, key: &Secret, mark: Option<&str>) -> Result<Option<DataKey>> {
    for name in names(objects).await? {
        let Some(bytes) = objects.get(&name).await? else { continue };
        let wrapped: Wrapped = parsed(objects, &name, &bytes)?;
        let key = key.clone();
        let opened = tokio::task::spawn_blocking(move || DataKey::unwrap(&wrapped, &key)).await;
        let opened = opened.map_err(|it| Fault::because("opening a vault", it))??;
        if let Some(it) = opened.filter(|it| mark.is_none_or(|mark| it.mark() == mark)) {
            return Ok(Some(it));
        }
    }
    Ok(None)
}

async fn names(objects: &Objects) -> Result<Vec<String>> {
    let mut names = Vec::new();
    objects.list(KEYS, |it| names.push(it.name)).await?;
    names.sort();
    Ok(names)
}

fn fresh_name() -> String {
    format!("{KEYS}/{}.json", Uuid::now_v7().simple())
}

fn json(it: &impl Serialize) -> Result<bytes::Bytes> {
    Ok(serde_json::to_vec_pretty(it).map_err(|it| Fault::because("writing the head of a vault", it))?.into())
}

fn parsed<T: DeserializeOwned>(objects: &Objects, name: &str, bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|it| Fault::because(format!("reading {name} at {}", objects.shown()), it).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn of_two_that_make_a_vault_at_once_one_counts_and_both_know_which() {
        let folder = tempfile::tempdir().unwrap();
        let objects = Objects::in_folder(folder.path()).unwrap();
        let key = Secret::new("a key of an operator");
        let first = open_or_make(&objects, &key).await.unwrap();
        let sealed = first.seal_record("a name", b"what it says".to_vec()).unwrap();
        // The other one wrapped its own just before and just after, and was too late with the head.
        for name in ["keys/0.json", "keys/z.json"] {
            objects.put_safely(name, json(&DataKey::fresh().unwrap().wrap(&key).unwrap()).unwrap()).await.unwrap();
        }
        let second = open_or_make(&objects, &key).await.unwrap();
        assert_eq!(second.open_record("a name", &sealed).unwrap(), b"what it says");
        let new = Secret::new("another key of an operator");
        change_key(&objects, &key, &new).await.unwrap();
        assert!(open(&objects, &key).await.is_err());
        let third = open(&objects, &new).await.unwrap().unwrap();
        assert_eq!(third.open_record("a name", &sealed).unwrap(), b"what it says");
    }
}
