//! The demo's knowledge base: what its people ask again and again, answered once.

use super::cast::Cast;
use crate::{
    desk::{
        actor::{Actor, Origin},
        attachments::StoredFile,
        identity::{self, Person},
        knowledge::{self, ArticleChange, LibraryChange, State, Visibility},
    },
    error::Result,
    id::{ArticleCategoryId, ArticleId, PersonId},
    store::Tx,
};

/// Names of categories, and what is found there.
const CATEGORIES: [(&str, &str); 4] = [
    ("Getting started", "Your first days: accounts, devices, where to find what."),
    ("Network and remote work", "Wi-Fi, VPN, working from elsewhere."),
    ("Mail and apps", "Outlook, Teams, the business apps."),
    ("Devices and printing", "Laptops, docks, screens, printers."),
];

/// One article: category, readers, state, title, summary, tags, text.
type Written = (usize, Visibility, State, &'static str, &'static str, &'static str, &'static str);

const ARTICLES: [Written; 10] = [
    (
        0,
        Visibility::Public,
        State::Published,
        "Reset your password yourself",
        "Three minutes, without waiting for us, also when you are locked out.",
        "password account",
        "You can set another password at any time, also when you have forgotten yours or are locked out after too many tries.\n\n\
         ## On the sign-in page\n\n1. Choose **Forgot your password?**\n2. Write your mail address. A link comes within a minute.\n\
         3. Open the link and choose a new password of at least twelve characters.\n\n\
         The link works once and for an hour. If no mail comes, look into the junk folder first.\n\n\
         ## On your devices\n\nAfter that, lock and unlock your laptop once while you are in the office or connected by VPN, so that it learns \
         the new password. Telephones ask for it by themselves.\n\n\
         ## If that does not work\n\nCall us at the service desk. We ask for your staff number, never for a password.",
    ),
    (
        0,
        Visibility::Tenant,
        State::Published,
        "Your first day: what is ready for you",
        "Laptop, accounts and access on the day that you begin.",
        "onboarding account",
        "Your laptop waits at the service desk on floor 1. Bring your badge.\n\n\
         | what | where | when |\n| --- | --- | --- |\n| Laptop and dock | service desk, floor 1 | from 8:30 |\n\
         | Mail and Teams | on the laptop | at once |\n| Business apps | asked for by your manager | within a day |\n\n\
         Sign in with the address that stands in your welcome letter. The laptop asks for a second factor; have your telephone at hand.",
    ),
    (
        1,
        Visibility::Public,
        State::Published,
        "The VPN keeps dropping",
        "What to try, in this order, before you call us.",
        "vpn remote",
        "Most drops come from the network that you are in, not from the VPN itself. Try this in order; stop as soon as it holds.\n\n\
         ## 1. Is it the Wi-Fi?\n\nOpen any web page without the VPN. If that is slow as well, go closer to the router, or use a cable.\n\n\
         ## 2. Take the other gateway\n\nIn the VPN app choose **Settings → Gateway → Hamburg**. The Amsterdam gateway is fuller in the morning.\n\n\
         ## 3. Let nothing else hold the network\n\nHotel and train networks drop what is silent. Turn on **Keep the tunnel alive** \
         in the VPN app.\n\n\
         ## 4. Update the app\n\nVersions before 5.2 lose the tunnel when the laptop sleeps. The software centre has the newest.\n\n\
         ## Still dropping?\n\nLodge a ticket and write when it dropped (to the minute) and which gateway you used. With both we find it in the log.",
    ),
    (
        1,
        Visibility::Tenant,
        State::Published,
        "Wi-Fi for guests",
        "A code for visitors, good for a day.",
        "wifi guests",
        "Visitors use the network **Harbour Guest**. At the reception they get a code that is good until midnight.\n\n\
         For a group, ask for codes a day before: write how many, and for which day. Guests reach the internet and none of our systems.",
    ),
    (
        2,
        Visibility::Tenant,
        State::Published,
        "Outlook asks for the password again and again",
        "A stale sign-in; clearing it takes a minute.",
        "outlook mail password",
        "Outlook keeps an old sign-in after you have changed your password.\n\n\
         1. Close Outlook.\n2. Open **Control Panel → Credential Manager → Windows Credentials**.\n\
         3. Remove every entry that begins with `MicrosoftOffice`.\n4. Open Outlook and sign in once.\n\n\
         On a Mac: **Keychain Access**, look for `Exchange`, delete what is found.\n\n\
         If it asks again on the same day, your account may be locked: lodge a ticket.",
    ),
    (
        2,
        Visibility::Tenant,
        State::Published,
        "Send large files",
        "What is too large for mail goes by a link.",
        "mail files share",
        "Mails take 25 MB together. For more, put the file into **OneDrive** and choose **Share → Copy link**; for people outside, set a day \
         on which the link ends.\n\nNever use private services for what belongs to the company.",
    ),
    (
        3,
        Visibility::Public,
        State::Published,
        "The second screen stays black",
        "Dock, cable, or settings: find out which in two minutes.",
        "dock screen laptop",
        "## Look at the dock\n\nIs its light on? If not, take the power plug out for ten seconds.\n\n\
         ## Look at the cable\n\nPlug the screen straight into the laptop. If there is a picture, it is the dock; we exchange it on the spot \
         at the service desk.\n\n## Look at the settings\n\nPress `Windows + P` and choose **Extend**. On a Mac: **System Settings → Displays → Detect**.",
    ),
    (
        3,
        Visibility::Tenant,
        State::Published,
        "Add a printer",
        "The queue follows you: one printer for every floor.",
        "printer printing",
        "There is one queue, **Follow-Me**. Print to it, walk to any printer, hold your badge to the reader.\n\n\
         1. Open **Settings → Printers → Add**.\n2. Choose **Follow-Me (Harbour Works)**.\n3. Print a page.\n\n\
         Jobs wait for twelve hours. Colour costs your department, so the standard is black and white.",
    ),
    (
        1,
        Visibility::Agents,
        State::Published,
        "VPN gateway: restart it without cutting everybody off",
        "Drain first, restart then, watch for ten minutes.",
        "vpn gateway runbook",
        "> For agents of Infrastructure only. Tell the service desk before you begin.\n\n\
         1. Drain: `gw drain ams-1`. New tunnels go to Hamburg.\n2. Wait until `gw sessions ams-1` is below 20, at most 15 minutes.\n\
         3. Restart: `gw restart ams-1`. It takes about a minute.\n4. Undrain: `gw undrain ams-1`, and watch the log for ten minutes.\n\n\
         If the licence server does not answer, the gateway takes 25 tunnels only: call the vendor, contract HW-2211.",
    ),
    (
        2,
        Visibility::Tenant,
        State::Draft,
        "Record a meeting in Teams",
        "",
        "teams",
        "Choose **More → Record**. Everybody is told.\n\n(What about people outside? Ask Ines.)",
    ),
];

/// The same in German as the first of them.
const GERMAN: (&str, &str, &str) = (
    "Kennwort selbst zurücksetzen",
    "Drei Minuten, ohne auf uns zu warten, auch wenn Sie ausgesperrt sind.",
    "Sie können Ihr Kennwort jederzeit neu setzen, auch wenn Sie es vergessen haben oder nach zu vielen Versuchen ausgesperrt sind.\n\n\
     ## Auf der Anmeldeseite\n\n1. Wählen Sie **Kennwort vergessen?**\n2. Geben Sie Ihre Mailadresse ein. Binnen einer Minute kommt ein Link.\n\
     3. Öffnen Sie den Link und wählen Sie ein neues Kennwort mit mindestens zwölf Zeichen.\n\n\
     Der Link gilt einmal und eine Stunde lang. Kommt keine Mail, sehen Sie zuerst im Spamordner nach.\n\n\
     ## Auf Ihren Geräten\n\nSperren und entsperren Sie danach einmal Ihren Laptop, im Büro oder per VPN verbunden, damit er das neue Kennwort \
     lernt. Telefone fragen von selbst danach.\n\n\
     ## Wenn das nicht hilft\n\nRufen Sie uns an. Wir fragen nach Ihrer Personalnummer, nie nach einem Kennwort.",
);

fn somebody(tx: &Tx, id: PersonId) -> Result<Actor> {
    match tx.get::<Person>(&id)? {
        Some(it) => identity::actor_of(tx, &it, Origin::default()),
        None => Ok(Actor::system("demo")),
    }
}

/// The article that shows what people see, and the file that it shows.
const PICTURED: (&str, &str) = ("The VPN keeps dropping", "error-dialog.png");
/// What is put to its text.
const PICTURE: &str = "\n\n## What you may see\n\n![The dialog of the VPN client: the connection was lost](error-dialog.png)\n\n\
                       A log that we can read something in looks like the one below; send us yours if you can.";
/// A file beside it.
const BESIDE: &str = "vpn-client.log";

/// Writes all of it; `files` lie in the store.
pub fn write(tx: &mut Tx, cast: &Cast, files: &[StoredFile]) -> Result<()> {
    let admin = Actor::system("demo");
    let places = shelves(tx, &admin)?;
    let mut first: Option<ArticleId> = None;
    for (nth, (place, visibility, state, title, summary, tags, text)) in ARTICLES.into_iter().enumerate() {
        let author = somebody(tx, cast.agents.get(nth % cast.agents.len().max(1)).copied().unwrap_or(cast.admin))?;
        let with: Vec<StoredFile> = match title == PICTURED.0 {
            true => files.iter().filter(|it| [PICTURED.1, BESIDE].contains(&it.filename.as_str())).cloned().collect(),
            false => Vec::new(),
        };
        let shown = if with.is_empty() { "" } else { PICTURE };
        let new = ArticleChange {
            title: Some(title.into()),
            summary: Some(summary.into()),
            content: Some(format!("{text}{shown}")),
            tags: Some(tags.split(' ').map(str::to_owned).collect()),
            category: Some(places.get(place).copied()),
            language: Some("en".into()),
            visibility: Some(visibility),
            ..ArticleChange::default()
        };
        let it = knowledge::create(tx, &author, new)?;
        knowledge::add_files(tx, &author, it.id, with)?;
        if state != State::Draft {
            knowledge::settle(tx, &admin, it.id, None, state)?;
        }
        first = first.or(Some(it.id));
        said(tx, cast, it.id, nth)?;
    }
    let (title, summary, text) = GERMAN;
    let german = ArticleChange {
        title: Some(title.into()),
        summary: Some(summary.into()),
        content: Some(text.into()),
        tags: Some(vec!["kennwort".into(), "konto".into()]),
        category: Some(places.first().copied()),
        language: Some("de".into()),
        translation_of: Some(first),
        visibility: Some(Visibility::Public),
        ..ArticleChange::default()
    };
    let german = knowledge::create(tx, &admin, german)?;
    knowledge::settle(tx, &admin, german.id, None, State::Published)?;
    Ok(())
}

fn shelves(tx: &mut Tx, admin: &Actor) -> Result<Vec<ArticleCategoryId>> {
    knowledge::change_library(tx, admin, LibraryChange { public: Some(true), reviewed: None })?;
    CATEGORIES.iter().map(|(name, about)| Ok(knowledge::add_category(tx, admin, name, about)?.id)).collect()
}

/// What people said of it: more helped than not, and one says why.
fn said(tx: &mut Tx, cast: &Cast, id: ArticleId, nth: usize) -> Result<()> {
    let votes = [12, 3, 17, 2, 8, 1, 6, 4, 0, 0].get(nth).copied().unwrap_or_default();
    for (at, person) in cast.requesters.iter().take(votes).enumerate() {
        let reader = somebody(tx, *person)?;
        let helped = at % 6 != 5;
        let words = if at != 5 { "" } else { "It still drops on the train. The setting is not there on my version." };
        knowledge::rate(tx, Some(&reader), id, helped, Some(words))?;
    }
    Ok(())
}
