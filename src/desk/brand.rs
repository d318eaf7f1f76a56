//! How the desk looks: its colour and its sign (PUI-09, UX-03). A colour is a hue and how much of it; how light it is belongs to the design,
//! so that contrast holds whatever somebody chooses.

use minicbor::{Decode, Encode, bytes::ByteVec};

use super::{
    actor::Actor,
    event::{self, About, Changes, EventKind},
    permission::Permission,
    raster,
};
use crate::{
    error::{Refusal, Result},
    language::say,
    limits,
    store::{Record, Table, Tx},
};

/// Lodge's own green.
pub const HUE: u16 = 163;
pub const HUE_MAX: u16 = 359;
pub const CHROMA: u16 = 85;
/// The most colour that is not garish and still has contrast, in thousandths (OKLCH).
pub const CHROMA_MAX: u16 = 160;

/// A picture in the place of the desk's sign.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Logo {
    /// Its media type, found in its bytes.
    #[n(0)]
    pub content_type: String,
    #[n(1)]
    pub bytes: ByteVec,
    /// The first letters of its BLAKE3, by which its address changes; none where it was kept before there was one.
    #[n(2)]
    digest: Option<String>,
}

impl Logo {
    pub fn digest(&self) -> String {
        self.digest.clone().unwrap_or_else(|| raster::digest(&self.bytes))
    }
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Brand {
    /// 0 to 359 (OKLCH).
    #[n(0)]
    pub hue: u16,
    /// Thousandths; 0 is grey.
    #[n(1)]
    pub chroma: u16,
    #[n(2)]
    pub logo: Option<Logo>,
}

impl Default for Brand {
    fn default() -> Self {
        Brand { hue: HUE, chroma: CHROMA, logo: None }
    }
}

impl Record for Brand {
    type Key = ();
    const TABLE: Table = Table::journalled(0x26, "brand");

    fn key(&self) {}
}

impl Brand {
    /// The style sheet that makes the design this desk's; empty for Lodge's own look.
    pub fn css(&self) -> String {
        if (self.hue, self.chroma) == (HUE, CHROMA) {
            return String::new();
        }
        format!(":root{{--accent-hue:{};--accent-chroma:{}.{:03}}}", self.hue, self.chroma / 1000, self.chroma % 1000)
    }
}

/// The desk's look.
pub fn brand(tx: &Tx) -> Result<std::sync::Arc<Brand>> {
    Ok(tx.get_shared::<Brand>(&())?.unwrap_or_default())
}

/// What changes; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct BrandChange {
    pub hue: Option<u16>,
    pub chroma: Option<u16>,
    /// The bytes of a picture, or its end.
    pub logo: Option<Option<Vec<u8>>>,
}

pub fn change(tx: &mut Tx, actor: &Actor, change: BrandChange) -> Result<Brand> {
    actor.need(Permission::SettingsWrite)?;
    let before = Brand::clone(&*brand(tx)?);
    let mut after = before.clone();
    if let Some(it) = change.hue {
        if it > HUE_MAX {
            return Err(Refusal::field("hue", "out_of_range", say!("refused-hue")).into());
        }
        after.hue = it;
    }
    if let Some(it) = change.chroma {
        if it > CHROMA_MAX {
            return Err(Refusal::field("chroma", "out_of_range", say!("refused-chroma", most = CHROMA_MAX)).into());
        }
        after.chroma = it;
    }
    if let Some(it) = change.logo {
        after.logo = it.map(logo).transpose()?;
    }
    let digest = |it: &Brand| it.logo.as_ref().map(|it| blake3::hash(&it.bytes).to_hex().to_string());
    let mut changes = Changes::new();
    changes.field("hue", before.hue, after.hue).field("chroma", before.chroma, after.chroma).field("logo", digest(&before), digest(&after));
    if !changes.is_empty() {
        tx.put(&after)?;
        let about = About { entity_kind: "brand", entity: uuid::Uuid::nil(), subject: None };
        event::record(tx, actor, EventKind::BrandChanged, about, changes)?;
    }
    Ok(after)
}

fn logo(bytes: Vec<u8>) -> Result<Logo> {
    let content_type = raster::checked("logo", &bytes, limits::LOGO_BYTES_MAX)?;
    Ok(Logo { content_type, digest: Some(raster::digest(&bytes)), bytes: bytes.into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::stage::Stage;

    #[test]
    fn a_look_is_a_hue_some_colour_and_a_picture() {
        let world = Stage::new();
        let system = Actor::system("test");
        let set = |it: BrandChange| {
            let system = system.clone();
            world.write(move |tx| change(tx, &system, it))
        };
        assert_eq!(Brand::default().css(), "");
        let after = set(BrandChange { hue: Some(250), chroma: Some(90), ..BrandChange::default() }).unwrap();
        assert_eq!(after.css(), ":root{--accent-hue:250;--accent-chroma:0.090}");
        let png = raster::png(64, 64);
        assert_eq!(set(BrandChange { logo: Some(Some(png)), ..BrandChange::default() }).unwrap().logo.unwrap().content_type, "image/png");
        for wrong in [
            BrandChange { hue: Some(360), ..BrandChange::default() },
            BrandChange { chroma: Some(CHROMA_MAX + 1), ..BrandChange::default() },
            BrandChange { logo: Some(Some(b"<svg onload=x>".to_vec())), ..BrandChange::default() },
            BrandChange { logo: Some(Some(vec![0; limits::LOGO_BYTES_MAX + 1])), ..BrandChange::default() },
        ] {
            assert!(set(wrong).is_err());
        }
        assert!(set(BrandChange { logo: Some(None), ..BrandChange::default() }).unwrap().logo.is_none());
    }
}
