//! The wire of mail: bytes as they come from IMAP, a hook, an mbox or a Maildir, taken apart into the desk's types.
//! Nothing here decides what becomes of a mail. Invariant: reading is total, any bytes give a message (BEY-06).

pub mod address;
pub mod authentication;
pub mod automatic;
pub mod bounce;
pub mod calendar;
pub mod charset;
pub mod cms;
pub mod dkim;
pub mod dns;
pub mod flowed;
pub mod header;
pub mod imap;
pub mod maildir;
pub mod mbox;
pub mod mime;
pub mod oauth;
pub mod parameter;
pub mod parts;
pub mod pop3;
pub mod smtp;
pub mod stream;
pub mod tnef;
pub mod transfer;
