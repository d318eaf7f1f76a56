//! Values on disk: a version byte, then CBOR with numbered fields (minicbor). A field may be added (as an `Option` or with a
//! default) or dropped without a migration; anything more is a numbered migration in `migrate/`.

use minicbor::{Decode, Encode};

use super::StoreError;

/// The layout of values. Another value here needs a migration that rewrites all of them.
const VERSION: u8 = 1;

pub fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut out = vec![VERSION];
    if let Err(never) = minicbor::encode(value, &mut out) {
        // Writing to a Vec cannot fail, and our types have no custom encoder errors.
        unreachable!("encoding to memory: {never}");
    }
    out
}

/// `what` names the record in the error.
pub fn decode<T: for<'b> Decode<'b, ()>>(what: &str, bytes: &[u8]) -> Result<T, StoreError> {
    let [VERSION, rest @ ..] = bytes else {
        return Err(StoreError::Corrupt(format!("{what}: unknown layout {:?}", bytes.first())));
    };
    minicbor::decode(rest).map_err(|it| StoreError::Corrupt(format!("{what}: {it}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Encode, Decode, Debug, PartialEq)]
    struct Old {
        #[n(0)]
        name: String,
        #[n(1)]
        dropped: u32,
    }

    #[derive(Encode, Decode, Debug, PartialEq)]
    struct New {
        #[n(0)]
        name: String,
        #[n(2)]
        added: Option<String>,
        #[n(3)]
        #[cbor(default)]
        list: Vec<u8>,
    }

    #[test]
    fn reads_across_added_and_dropped_fields() {
        let old = encode(&Old { name: "VPN".into(), dropped: 7 });
        assert_eq!(decode::<New>("x", &old).unwrap(), New { name: "VPN".into(), added: None, list: vec![] });
        let new = encode(&New { name: "VPN".into(), added: Some("a".into()), list: vec![1] });
        assert!(decode::<Old>("x", &new).is_err(), "a required field cannot be invented");
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for bytes in [&[][..], &[0, 1, 2], &[1], &[9, 0x80]] {
            assert!(decode::<New>("x", bytes).is_err());
        }
    }
}
