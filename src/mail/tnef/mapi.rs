//! Properties of Outlook as they lie in a TNEF file (MS-OXTNEF, 2.1.3.4): a number and a value, or several. Only what a mail is
//! made of is kept. Invariant: one pass; what does not fit ends the reading and keeps what was found.

use std::collections::BTreeMap;

use crate::mail::charset;

/// Properties of one list that are looked at.
const COUNT_MAX: usize = 4096;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    Number(u32),
    Text(String),
    Bytes(&'a [u8]),
}

/// The properties of a message or of a file, by their number. Named ones are passed over.
#[derive(Debug, Default)]
pub struct Properties<'a> {
    found: BTreeMap<u16, Value<'a>>,
}

struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    /// Bytes with their length before them, filled up to four.
    fn padded(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.u32()?).ok()?;
        let data = self.take(length.min(self.rest.len()))?;
        let fill = length.wrapping_neg() % 4;
        self.take(fill.min(self.rest.len()))?;
        Some(data)
    }
}

impl<'a> Properties<'a> {
    pub fn read(data: &'a [u8], codepage: &str) -> Properties<'a> {
        let mut cursor = Cursor { rest: data };
        let mut properties = Properties::default();
        let count = cursor.u32().unwrap_or(0) as usize;
        for _ in 0..count.min(COUNT_MAX) {
            if properties.one(&mut cursor, codepage).is_none() {
                break;
            }
        }
        properties
    }

    fn one(&mut self, cursor: &mut Cursor<'a>, codepage: &str) -> Option<()> {
        let (kind, id) = (cursor.u16()?, cursor.u16()?);
        let named = id >= 0x8000;
        if named {
            cursor.take(16)?;
            match cursor.u32()? {
                0 => drop(cursor.u32()?),
                _ => drop(cursor.padded()?),
            }
        }
        let value = value(cursor, kind, codepage)?;
        if let Some(value) = value.filter(|_| !named) {
            self.found.entry(id).or_insert(value);
        }
        Some(())
    }

    pub fn get(&self, id: u16) -> Option<&Value<'a>> {
        self.found.get(&id)
    }

    pub fn text(&self, id: u16) -> Option<String> {
        match self.found.get(&id)? {
            Value::Text(text) => Some(text.clone()).filter(|it| !it.is_empty()),
            _ => None,
        }
    }

    pub fn number(&self, id: u16) -> Option<u32> {
        match self.found.get(&id)? {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }
}

/// The first value of a property; none outside if the list ends here, none inside if it is of no use.
fn value<'a>(cursor: &mut Cursor<'a>, kind: u16, codepage: &str) -> Option<Option<Value<'a>>> {
    let single = kind & 0x0fff;
    let many = kind & 0x1000 != 0;
    let fixed = match single {
        0x0002 | 0x000b | 0x0003 | 0x0004 | 0x000a | 0x0001 => Some(4),
        0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => Some(8),
        0x0048 => Some(16),
        0x000d | 0x001e | 0x001f | 0x0102 => None,
        _ => return None,
    };
    let variable = fixed.is_none();
    // Values of no fixed length have a count even if there is one.
    let count = if many || variable { cursor.u32()? as usize } else { 1 };
    let mut first = None;
    for index in 0..count.min(COUNT_MAX) {
        let data = match fixed {
            Some(length) => cursor.take(length)?,
            None => cursor.padded()?,
        };
        if index == 0 {
            first = Some(data);
        }
    }
    Some(first.map(|data| match single {
        0x001f => Value::Text(unicode(data)),
        0x001e => Value::Text(charset::decode(data.strip_suffix(b"\0").unwrap_or(data), Some(codepage)).text.replace('\0', "")),
        0x000d | 0x0102 => Value::Bytes(data),
        0x0002 | 0x0003 | 0x000b => Value::Number(u32::from_le_bytes([data[0], data[1], data[2], data[3]])),
        _ => Value::Bytes(data),
    }))
}

fn unicode(data: &[u8]) -> String {
    let units: Vec<u16> = data.chunks_exact(2).map(|it| u16::from_le_bytes([it[0], it[1]])).collect();
    String::from_utf16_lossy(&units).trim_end_matches('\0').replace('\0', "")
}
