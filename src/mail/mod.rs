//! The wires of mail: bytes to a parsed message, a composed mail to a server. No rule about tickets is here; those are the desk's.

pub mod smtp;
