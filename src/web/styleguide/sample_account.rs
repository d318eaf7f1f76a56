//! Pages about an account, as the tests of all pages see them.

use maud::Markup;

use super::sample::{frame, requester_frame};
use crate::{
    time::Instant,
    web::{
        account::{
            profile::{AccountView, SecondFactor, page as account},
            second_factor::{SecondFactorView, SeedView, Stage, codes_page, page as second_factor},
        },
        components::field::Choice,
        layout::Frame,
        portal::{
            door::{self, AskView, ChooseView, Choosing},
            sign_in::{CodeView, code_page},
        },
    },
};

/// Every page about an account, with its name.
pub fn pages(now: Instant) -> Vec<(&'static str, Markup)> {
    let outside = || Frame { viewer: None, ..frame(now) };
    let ask = |error: Option<(&str, &str)>| AskView {
        frame: outside(),
        name: "Mina Park".into(),
        email: "mina@example.com".into(),
        error: error.map(|it| (it.0.into(), it.1.into())),
    };
    let choose = |what, error| ChooseView { ask: ask(error), what, action: "/reset/x".into(), chars_min: 10 };
    let factor = |stage, required| SecondFactorView { frame: requester_frame(now), stage, required, error: Some("Not right.".into()) };
    let seed = SeedView { uri: "otpauth://totp/a?secret=GEZDGNBV".into(), typed: "GEZD GNBV".into() };
    let own = AccountView {
        frame: requester_frame(now),
        email: "mina@example.com".into(),
        name: "Mina Park".into(),
        locales: vec![Choice::new("", "The desk's"), Choice::new("en", "English")],
        has_password: true,
        password_chars_min: 10,
        second: SecondFactor { since: Some(now), codes_left: 1, required: false },
        error: Some(("current".into(), "This is not your password.".into())),
        ..AccountView::default()
    };
    vec![
        ("code", code_page(&CodeView { frame: outside(), error: Some("Not right.".into()), next: "/".into() })),
        ("register", door::register(&ask(Some(("email", "Not here."))))),
        ("forgot", door::forgot(&ask(None))),
        ("asked", door::asked(&outside(), "mina@example.com")),
        ("verify", door::choose(&choose(Choosing::Account, Some(("password", "Too short."))))),
        ("invitation", door::choose(&choose(Choosing::Invitation, Some(("", "Too many."))))),
        ("reset", door::choose(&choose(Choosing::NewPassword, None))),
        ("over", door::over(&outside(), "It was used.")),
        ("account", account(&own)),
        (
            "account-elsewhere",
            account(&AccountView { has_password: false, second: SecondFactor { required: true, ..Default::default() }, ..own }),
        ),
        ("factor-none", second_factor(&factor(Stage::None, true))),
        ("factor-begun", second_factor(&factor(Stage::Begun(seed), true))),
        ("factor-set-up", second_factor(&factor(Stage::SetUp { codes_left: 3 }, false))),
        ("recovery-codes", codes_page(&requester_frame(now), &["abcd-efgh-ijkl-mnop".into()])),
    ]
}
