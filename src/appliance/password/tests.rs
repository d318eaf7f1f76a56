//! Passwords that fit and such that do not, in every form in which they may be stored.

use proptest::prelude::*;

use super::*;

/// "correct horse", as other systems store it: made with Python's `hashlib` and the C library's `crypt`.
const FOREIGN: &[&str] = &[
    "$pbkdf2-sha256$i=1000,l=32$MDEyMzQ1Njc4OWFiY2RlZg$cBg8D2DungRB9k76szThf5ehfyBz991ay6PT8Srwk4M",
    "$pbkdf2-sha256$1000$MDEyMzQ1Njc4OWFiY2RlZg$cBg8D2DungRB9k76szThf5ehfyBz991ay6PT8Srwk4M",
    "pbkdf2_sha256$1000$NaClNaCl$DFRHyP75NhhP9KfmBQVw3DRMTlplRxD2m0/X6CUIpWg=",
    "$pbkdf2-sha512$i=1000,l=64$MDEyMzQ1Njc4OWFiY2RlZg$OM0FAoIqCVK1sWtxDiffVlBejtLa+ks4TP71JiecwuSZCG8iLbnlIEPOMoVX+i2B2wkSxjQ8CRGR9OkNGuIPMQ",
    "$pbkdf2-sha512$1000$MDEyMzQ1Njc4OWFiY2RlZg$OM0FAoIqCVK1sWtxDiffVlBejtLa.ks4TP71JiecwuSZCG8iLbnlIEPOMoVX.i2B2wkSxjQ8CRGR9OkNGuIPMQ",
    "pbkdf2_sha512$1000$NaClNaCl$VHxchAxAXSgQneBx5TSuHBIsUfKGaZ7UuMVTGJLSbVXwzuReJ4EwAEvEWN1PulOV7mv+taDqxdKDIs7KF5uAFQ==",
    "$2a$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e",
    "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e",
    "$2y$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e",
];

#[tokio::test]
async fn only_the_right_password_fits() {
    let phc = hash(&Secret::new("correct horse")).unwrap();
    assert!(phc.starts_with("$argon2id$"));
    for (password, stored, expected) in [
        ("correct horse", Some(phc.clone()), Verdict::Right),
        ("wrong horse", Some(phc), Verdict::Wrong),
        ("nobody has this password", None, Verdict::Wrong),
    ] {
        assert_eq!(verify(Secret::new(password), stored).await.unwrap(), expected, "{password}");
    }
    assert_eq!(verify(Secret::new("x".repeat(2000)), None).await.unwrap(), Verdict::Wrong);
}

#[tokio::test]
async fn other_systems_hashes_fit_and_are_made_anew() {
    for stored in FOREIGN {
        assert_eq!(verify(Secret::new("Correct horse"), Some((*stored).into())).await.unwrap(), Verdict::Wrong, "{stored}");
        let Verdict::RightButOld(fresh) = verify(Secret::new("correct horse"), Some((*stored).into())).await.unwrap() else {
            panic!("{stored} does not fit");
        };
        assert_eq!(verify(Secret::new("correct horse"), Some(fresh)).await.unwrap(), Verdict::Right);
    }
}

#[tokio::test]
async fn a_cheaper_hash_is_made_anew() {
    let cheap = argon2(Cost { memory_kib: 1024, passes: 1, lanes: 1 }).unwrap();
    let cheap = cheap.hash_password(b"correct horse").unwrap().to_string();
    let Verdict::RightButOld(fresh) = verify(Secret::new("correct horse"), Some(cheap)).await.unwrap() else { panic!("it is old") };
    assert!(Cost::of(&fresh).unwrap().is_at_least(Cost::LEAST));
}

#[tokio::test]
async fn what_would_take_too_long_is_nobodys() {
    let began = std::time::Instant::now();
    for stored in [
        "$2b$31$abcdefghijklmnopqrstuuNnTUFBKjW1zJwF4CUyQJYOOOtDvo0d6",
        "$pbkdf2-sha256$i=4000000000,l=32$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "pbkdf2_sha256$99999999$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "pbkdf2_sha256$1$salt$",
        "$argon2id$v=19$m=4194304,t=99,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ] {
        assert_eq!(verify(Secret::new("x"), Some(stored.into())).await.unwrap(), Verdict::Wrong, "{stored}");
    }
    assert!(began.elapsed().as_secs() < 5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn garbage_hashes_fit_nobody(
        kind in prop::sample::select(vec!["", "$2a$", "$2b$04$", "$argon2id$v=19$", "$argon2id$v=19$m=8,t=1,p=1$", "$pbkdf2-sha256$", "$pbkdf2-sha512$i=1$", "pbkdf2_sha256$", "pbkdf2_sha256$1$"]),
        rest in "[ -~]{0,80}|[$=,a-z0-9]{0,80}|.{0,60}",
        password in ".{0,20}",
    ) {
        prop_assert_eq!(compare(&Secret::new(password), Some(&format!("{kind}{rest}"))), Verdict::Wrong);
    }
}
