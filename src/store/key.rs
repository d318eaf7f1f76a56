//! Keys: order-preserving bytes of tuples. Comparing the bytes compares the tuples, so a range of keys is a range of values,
//! and a prefix of a tuple is a prefix of its bytes.

use uuid::Uuid;

use crate::{id, time::Instant};

/// A value that can stand in a key.
pub trait Key: Sized {
    fn write(&self, out: &mut Vec<u8>);
    /// Takes its bytes from the front; `None` if they are not such a value.
    fn read(from: &mut &[u8]) -> Option<Self>;

    fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(24);
        self.write(&mut out);
        out
    }
}

/// Takes the first `n` bytes.
fn take<'a>(from: &mut &'a [u8], n: usize) -> Option<&'a [u8]> {
    let (head, tail) = from.split_at_checked(n)?;
    *from = tail;
    Some(head)
}

macro_rules! unsigned {
    ($($ty:ty)*) => {$(
        impl Key for $ty {
            fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_be_bytes());
            }
            fn read(from: &mut &[u8]) -> Option<Self> {
                Some(<$ty>::from_be_bytes(take(from, size_of::<$ty>())?.try_into().ok()?))
            }
        }
    )*};
}

unsigned! { u8 u16 u32 u64 }

impl Key for i64 {
    /// The sign bit is flipped, so that negative numbers come first.
    fn write(&self, out: &mut Vec<u8>) {
        ((*self as u64) ^ (1 << 63)).write(out);
    }
    fn read(from: &mut &[u8]) -> Option<Self> {
        Some((u64::read(from)? ^ (1 << 63)) as i64)
    }
}

impl Key for bool {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn read(from: &mut &[u8]) -> Option<Self> {
        Some(u8::read(from)? != 0)
    }
}

impl Key for Instant {
    fn write(&self, out: &mut Vec<u8>) {
        self.as_millis().write(out);
    }
    fn read(from: &mut &[u8]) -> Option<Self> {
        i64::read(from).map(Instant::from_millis)
    }
}

impl Key for Uuid {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
    fn read(from: &mut &[u8]) -> Option<Self> {
        Uuid::from_slice(take(from, 16)?).ok()
    }
}

impl<const N: usize> Key for [u8; N] {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self);
    }
    fn read(from: &mut &[u8]) -> Option<Self> {
        take(from, N)?.try_into().ok()
    }
}

impl Key for id::BlobHash {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
    fn read(from: &mut &[u8]) -> Option<Self> {
        Key::read(from).map(id::BlobHash)
    }
}

impl Key for String {
    /// Ends with 0x00 0x00; a zero byte inside becomes 0x00 0xff, so that a longer text comes after its own beginning.
    fn write(&self, out: &mut Vec<u8>) {
        for byte in self.bytes() {
            out.push(byte);
            if byte == 0 {
                out.push(0xff);
            }
        }
        out.extend_from_slice(&[0, 0]);
    }
    fn read(from: &mut &[u8]) -> Option<Self> {
        let mut text = Vec::new();
        loop {
            match take(from, 1)?[0] {
                0 => match take(from, 1)?[0] {
                    0 => return String::from_utf8(text).ok(),
                    0xff => text.push(0),
                    _ => return None,
                },
                byte => text.push(byte),
            }
        }
    }
}

impl<T: Key> Key for Option<T> {
    /// `None` comes before every `Some`.
    fn write(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.is_some()));
        if let Some(it) = self {
            it.write(out);
        }
    }
    fn read(from: &mut &[u8]) -> Option<Self> {
        match u8::read(from)? {
            0 => Some(None),
            _ => T::read(from).map(Some),
        }
    }
}

impl Key for () {
    fn write(&self, _: &mut Vec<u8>) {}
    fn read(_: &mut &[u8]) -> Option<Self> {
        Some(())
    }
}

impl<A: Key, B: Key> Key for (A, B) {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
        self.1.write(out);
    }
    fn read(from: &mut &[u8]) -> Option<Self> {
        Some((A::read(from)?, B::read(from)?))
    }
}

impl<A: Key, B: Key, C: Key> Key for (A, B, C) {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
        self.1.write(out);
        self.2.write(out);
    }
    fn read(from: &mut &[u8]) -> Option<Self> {
        Some((A::read(from)?, B::read(from)?, C::read(from)?))
    }
}

macro_rules! typed_ids {
    ($($name:ident)*) => {$(
        impl Key for id::$name {
            fn write(&self, out: &mut Vec<u8>) {
                self.0.write(out);
            }
            fn read(from: &mut &[u8]) -> Option<Self> {
                Uuid::read(from).map(id::$name)
            }
        }
    )*};
}

typed_ids! { DeskId PersonId OrganizationId DepartmentId TeamId QueueId CategoryId RoleId TicketId CommentId AttachmentId SessionId TokenId JobId MailId MailboxId MailFilterId MoveId LetterId DkimKeyId RoutingRuleId RotationId LinkId FactorId ProviderId CalendarId RegionId PolicyId OutageId TimeEntryId TimeCategoryId AnnouncementId RecurrenceId CustomFieldId ViewId MacroId SnippetId TicketTemplateId ChecklistId UndoId DraftId NotificationId SubscriptionId ReminderId CalendarFeedId UploadId ExportId ArticleId ArticleCategoryId ArticleFileId }

/// The first key after every key that begins with `prefix`.
pub fn after_prefix(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < 0xff {
            end.push(last + 1);
            return end;
        }
    }
    // A prefix of nothing but 0xff ends with the keyspace; table tags are below 0xff, so this is out of every table.
    vec![0xff; 40]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bytes_order_as_tuples_do(a: (String, i64, u16), b: (String, i64, u16)) {
            prop_assert_eq!(a.to_bytes().cmp(&b.to_bytes()), a.cmp(&b));
        }

        #[test]
        fn options_order_as_they_do(a: (Option<u64>, bool), b: (Option<u64>, bool)) {
            prop_assert_eq!(a.to_bytes().cmp(&b.to_bytes()), a.cmp(&b));
        }

        #[test]
        fn reads_what_it_wrote(it: (String, i64, Option<u32>)) {
            let bytes = it.to_bytes();
            let mut rest = bytes.as_slice();
            prop_assert_eq!(Key::read(&mut rest), Some(it));
            prop_assert!(rest.is_empty());
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = <(String, Option<i64>, Uuid)>::read(&mut bytes.as_slice());
        }

        #[test]
        fn a_prefix_ends_where_it_should(prefix in proptest::collection::vec(any::<u8>(), 1..6), tail: Vec<u8>) {
            prop_assume!(prefix.iter().any(|it| *it < 0xff));
            let inside = [prefix.clone(), tail].concat();
            prop_assert!(inside < after_prefix(&prefix));
        }
    }
}
