//! What a POP3 server may say, and what is made of it.

use proptest::prelude::*;
use tokio::io::{AsyncWriteExt, duplex};

use super::{
    Listed, named, pairs,
    reader::{Failure, Reader},
};

fn read(text: &[u8], bytes_max: usize) -> Result<Vec<u8>, Failure> {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
        let (here, mut there) = duplex(64 * 1024);
        there.write_all(text).await.unwrap();
        drop(there);
        Reader::new(here).many(bytes_max).await
    })
}

#[test]
fn answers_of_many_lines() {
    for (text, expected) in [
        ("a\r\nb\r\n.\r\n", Some("a\r\nb\r\n")),
        (".\r\n", Some("")),
        ("..a\r\n.b\r\n..\r\n.\r\n", Some(".a\r\nb\r\n.\r\n")),
        ("a\n.\n", Some("a\n")),
        ("a\r\n.\r", None),
        ("a\r\n", None),
        ("", None),
        ("0123456789\r\n.\r\n", None),
    ] {
        assert_eq!(read(text.as_bytes(), 10).ok().as_deref(), expected.map(str::as_bytes), "{text:?}");
    }
}

#[test]
fn lists_of_numbers() {
    let text = b"1 abc\r\n2 d e\r\nx y\r\n3\r\n99999999999 z\r\n\xff\r\n4 last\r\n";
    assert_eq!(pairs(text).collect::<Vec<_>>(), [(1, "abc"), (2, "d e"), (4, "last")]);
}

#[test]
fn a_word_that_is_used_twice_is_nobodys_own() {
    let found = named(b"1 a\r\n2 b\r\n3 a\r\n", b"1 10\r\n2 20\r\n");
    let listed = |number, uidl: &str, is_sole, size| Listed { number, uidl: uidl.into(), is_sole, size };
    assert_eq!(found, [listed(1, "a", false, 10), listed(2, "b", true, 20), listed(3, "a 2", false, 0)]);
}

proptest! {
    #[test]
    fn garbage_ends(text in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = read(&text, 500);
        pairs(&text).count();
    }

    #[test]
    fn what_was_stuffed_comes_back(lines in prop::collection::vec("[.a]{0,5}", 0..20)) {
        let plain: String = lines.iter().map(|it| format!("{it}\r\n")).collect();
        let stuffed: String = lines.iter().map(|it| if it.starts_with('.') { format!(".{it}\r\n") } else { format!("{it}\r\n") }).collect();
        prop_assert_eq!(read(format!("{stuffed}.\r\n").as_bytes(), 10_000).unwrap(), plain.as_bytes());
    }
}
