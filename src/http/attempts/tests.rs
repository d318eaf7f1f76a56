//! Attacks and mistakes, in virtual time.

use proptest::prelude::*;

use super::*;

const START: Instant = Instant::EPOCH;

fn at(secs: u64) -> Instant {
    START.plus(Duration::from_secs(secs))
}

fn ada() -> Account {
    Account::of(DeskId::NIL, "ada@example.com")
}

fn ip(n: u32) -> Option<IpAddr> {
    Some(IpAddr::V4((0x0a00_0000 + n).into()))
}

#[test]
fn one_address_waits_longer_each_time_and_is_forgiven() {
    let attempts = Attempts::default();
    let mut now = 0;
    let mut waits = Vec::new();
    for _ in 0..18 {
        while let Err(slowed) = attempts.begin(at(now), ada(), ip(1), Known::Address) {
            assert_eq!((slowed.first, slowed.everybody), (waits.is_empty(), false), "it is said once");
            waits.push(slowed.seconds);
            now += slowed.seconds;
        }
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
    assert!(attempts.begin(at(now), ada(), ip(2), Known::Address).is_ok(), "another address has its own count");
    assert!(attempts.begin(at(now), Account::of(DeskId::NIL, "otto@example.com"), ip(1), Known::Stranger).is_ok());
    assert!(attempts.begin(at(now + limits::SIGN_IN_REMEMBERED_SECS), ada(), ip(1), Known::Address).is_ok());
}

#[test]
fn the_owner_gets_in_while_strangers_guess_from_everywhere() {
    let attempts = Attempts::default();
    let let_through = (0..5_000).filter(|n| attempts.begin(at(u64::from(*n) / 10), ada(), ip(*n), Known::Stranger).is_ok()).count();
    let (secs, most) = (500, limits::SIGN_IN_STRANGERS_MAX as usize);
    assert!((most..=most + secs / limits::SIGN_IN_STRANGER_SECS as usize + 1).contains(&let_through), "{let_through}");
    let now = at(500);
    let slowed = attempts.begin(now, ada(), ip(9_999), Known::Stranger).unwrap_err();
    assert!(slowed.everybody && !slowed.first && slowed.seconds <= limits::SIGN_IN_STRANGER_SECS);
    // Even from an address from which the guesses come.
    for known in [Known::Device([1; 8]), Known::Address] {
        let attempt = attempts.begin(now, ada(), ip(1), known).unwrap();
        attempts.succeeded(attempt);
    }
}

#[test]
fn failures_of_an_address_do_not_slow_a_device_there() {
    let attempts = Attempts::default();
    while attempts.begin(START, ada(), ip(1), Known::Stranger).is_ok() {}
    for _ in 0..limits::SIGN_IN_FREE_FAILURES {
        attempts.begin(START, ada(), ip(1), Known::Device([1; 8])).unwrap();
    }
    assert!(attempts.begin(START, ada(), ip(1), Known::Device([1; 8])).is_err(), "a stolen mark guesses no better");
    assert!(attempts.begin(START, ada(), ip(1), Known::Device([2; 8])).is_ok());
}

#[test]
fn success_clears_and_a_right_password_alone_does_not() {
    let attempts = Attempts::default();
    let begin = || attempts.begin(START, ada(), ip(1), Known::Address);
    for _ in 0..limits::SIGN_IN_FREE_FAILURES - 1 {
        begin().unwrap();
    }
    for _ in 0..50 {
        attempts.withdrawn(begin().unwrap());
    }
    begin().unwrap();
    assert!(begin().is_err(), "the failures before still count");
    let attempt = attempts.begin(at(1), ada(), ip(1), Known::Address).unwrap();
    attempts.succeeded(attempt);
    assert!((0..limits::SIGN_IN_FREE_FAILURES).all(|_| attempts.begin(at(1), ada(), ip(1), Known::Address).is_ok()));
}

#[test]
fn memory_is_bounded() {
    let attempts = Attempts::default();
    for n in 0..limits::SIGN_IN_REMEMBERED_MAX as u32 + 10 {
        let account = Account::of(DeskId::NIL, &n.to_string());
        attempts.begin(START, account, ip(n), Known::Stranger).unwrap();
    }
    let books = attempts.lock();
    for (held, aged) in
        [(books.lines.entries.len(), books.lines.by_age.len()), (books.strangers.entries.len(), books.strangers.by_age.len())]
    {
        assert_eq!((held, aged), (limits::SIGN_IN_REMEMBERED_MAX, limits::SIGN_IN_REMEMBERED_MAX));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever others do, and in whatever order, somebody on a known device who types the right password gets in.
    #[test]
    fn nobody_locks_anybody_out(others in prop::collection::vec((0..40_u32, 0..3_u8, 0..20_u64), 0..200)) {
        let attempts = Attempts::default();
        let mut now = 0;
        for (address, known, later) in others {
            now += later;
            let known = match known { 0 => Known::Stranger, 1 => Known::Address, _ => Known::Device([7; 8]) };
            let _ = attempts.begin(at(now), ada(), ip(address), known);
            let mine = attempts.begin(at(now), ada(), ip(address), Known::Device([1; 8]));
            prop_assert!(mine.is_ok());
            attempts.succeeded(mine.unwrap());
        }
    }
}
