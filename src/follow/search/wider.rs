//! Articles and people beside tickets, words that mean the same, and languages.

use uuid::Uuid;

use crate::{
    desk::{
        knowledge::{State, Visibility},
        query::{Cond, Sort, TextQuery, TextScope},
        tickets::access::{Grant, Scope},
    },
    id::PersonId,
    time::Instant,
};

use super::{tests::ticket, *};

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub(super) fn article(number: u128, title: &str, visibility: Visibility, state: State) -> ArticleDocument {
    ArticleDocument {
        id: id(20_000 + number),
        title: title.to_owned(),
        summary: String::new(),
        text: String::new(),
        tags: Vec::new(),
        category: None,
        language: "en".to_owned(),
        visibility,
        state,
        created: Instant::EPOCH,
        updated: Instant::EPOCH,
    }
}

pub(super) fn person(number: u128, name: &str, names: &[&str], places: &[&str]) -> PersonDocument {
    PersonDocument {
        id: id(30_000 + number),
        name: name.to_owned(),
        names: names.iter().map(|it| (*it).to_owned()).collect(),
        places: places.iter().map(|it| (*it).to_owned()).collect(),
        active: number != 9,
        created: Instant::EPOCH,
        updated: Instant::EPOCH,
    }
}

fn filled(changes: Vec<Change>) -> (tempfile::TempDir, SearchIndex) {
    let folder = tempfile::tempdir().unwrap();
    let (index, _) = SearchIndex::open(folder.path(), 16_000_000).unwrap();
    index.apply(&changes, 1).unwrap();
    (folder, index)
}

fn words(text: &str) -> Cond {
    let each = |it: &str| {
        let phrase = it.contains('_');
        Cond::Text(TextQuery { text: it.replace('_', " "), phrase, prefix: false, scope: TextScope::All })
    };
    Cond::And(text.split(' ').map(each).collect())
}

/// What was found, by what it is and its last digits, in order.
fn found(index: &SearchIndex, cond: &Cond, scope: Scope, among: &Among, vocabulary: &Vocabulary) -> String {
    let page = Page::Rows { offset: 0, limit: 100 };
    let notes = Scope::Any(Vec::new());
    let request = SearchRequest { cond, scope, notes, among, vocabulary, spelling: Spelling::Forgiving, sort: Sort::RELEVANCE, page };
    let found = index.search(&request).unwrap();
    assert_eq!(found.total, found.hits.len().into());
    let letter = |it: &Hit| match it.found {
        Found::Ticket => 't',
        Found::Article => 'a',
        Found::Person => 'p',
    };
    found.hits.iter().map(|it| format!("{}{}", letter(it), it.id.as_u128() % 10_000)).collect::<Vec<_>>().join(" ")
}

fn sorted(found: &str) -> String {
    let mut all: Vec<&str> = found.split(' ').collect();
    all.sort_unstable();
    all.join(" ")
}

fn desk() -> (tempfile::TempDir, SearchIndex) {
    let put = |it| Change::PutArticle(Box::new(it));
    let people = [
        person(1, "Anna Müller", &["anna.mueller@example.org", "+49 911 4711", "499114711", "4711"], &["Contoso", "Finance"]),
        person(2, "Ben Vpn", &["ben@example.org"], &[]),
        person(9, "Anna Gone", &["gone@example.org"], &[]),
    ];
    let mut changes: Vec<Change> = people.into_iter().map(|it| Change::PutPerson(Box::new(it))).collect();
    changes.extend([
        put(ArticleDocument { tags: vec!["remote".to_owned()], ..article(1, "Set up the VPN", Visibility::Public, State::Published) }),
        put(ArticleDocument { text: "When the VPN drops".to_owned(), ..article(2, "Tunnels", Visibility::Tenant, State::Published) }),
        put(article(3, "VPN for agents", Visibility::Agents, State::Published)),
        put(article(4, "VPN draft", Visibility::Public, State::Draft)),
        put(ArticleDocument { language: "de-AT".to_owned(), ..article(5, "VPN einrichten", Visibility::Public, State::Published) }),
    ]);
    let mine = TicketDocument { participants: vec![id(1)], ..ticket(1, "VPN of Anna") };
    changes.extend([mine, ticket(2, "VPN of somebody")].map(|it| Change::Put(Box::new(it))));
    filled(changes)
}

#[test]
fn each_finds_what_they_may_read_and_nothing_of_the_rest() {
    let (_folder, index) = desk();
    let requester = || Scope::Any(vec![Grant::Participant(PersonId(id(1)))]);
    let nothing = || Scope::Any(Vec::new());
    let reading = |read: &[Visibility]| Some(Articles { read: read.to_vec(), ..Articles::default() });
    let all = Some(Articles { all: true, ..Articles::default() });
    let (public, tenant, agents) = (Visibility::Public, Visibility::Tenant, Visibility::Agents);
    for (asked, scope, among, expected) in [
        ("vpn", Scope::All, Among::TICKETS, "t1 t2"),
        ("anna", Scope::All, Among::TICKETS, "t1"),
        ("vpn", requester(), Among::TICKETS, "t1"),
        ("vpn", requester(), Among { articles: reading(&[public, tenant]), ..Among::TICKETS }, "a1 a2 a5 t1"),
        ("vpn", nothing(), Among { articles: reading(&[public]), ..Among::default() }, "a1 a5"),
        ("vpn", nothing(), Among { articles: reading(&[]), ..Among::default() }, ""),
        ("vpn", nothing(), Among { articles: reading(&[public, tenant, agents]), ..Among::default() }, "a1 a2 a3 a5"),
        ("vpn", nothing(), Among { articles: all.clone(), ..Among::default() }, "a1 a2 a3 a4 a5"),
        ("vpn", Scope::All, Among { tickets: true, articles: all, people: Some(People::default()) }, "a1 a2 a3 a4 a5 p2 t1 t2"),
        ("anna", requester(), Among { articles: reading(&[public]), ..Among::TICKETS }, "t1"),
        ("anna", nothing(), Among { people: Some(People::default()), ..Among::default() }, "p1 p9"),
        ("anna", nothing(), Among { people: Some(People { active: true }), ..Among::default() }, "p1"),
        ("anna", Scope::All, Among::default(), ""),
    ] {
        assert_eq!(sorted(&found(&index, &words(asked), scope, &among, Vocabulary::english())), expected, "{asked} {among:?}");
    }
}

#[test]
fn articles_are_narrowed_down() {
    let (_folder, index) = desk();
    let all = || Articles { all: true, ..Articles::default() };
    for (wanted, expected) in [
        (Articles { state: Some(State::Draft), ..all() }, "a4"),
        (Articles { tags: vec!["Remote".to_owned()], ..all() }, "a1"),
        (Articles { language: Some("de".to_owned()), ..all() }, "a5"),
        (Articles { category: Some(id(7)), ..all() }, ""),
    ] {
        let among = Among { articles: Some(wanted), ..Among::default() };
        assert_eq!(found(&index, &words("vpn"), Scope::Any(Vec::new()), &among, Vocabulary::english()), expected, "{among:?}");
    }
}

#[test]
fn people_are_found_by_what_is_known_of_them() {
    let (_folder, index) = desk();
    let among = Among { people: Some(People::default()), ..Among::default() };
    for (asked, expected) in [
        ("muller", "p1"),
        ("müller", "p1"),
        ("mueller", "p1"),
        ("mullre", "p1"),
        ("4711", "p1"),
        ("anna contoso", "p1"),
        ("finance", "p1"),
        ("zzz", ""),
    ] {
        assert_eq!(found(&index, &words(asked), Scope::Any(Vec::new()), &among, Vocabulary::english()), expected, "{asked}");
    }
}

#[test]
fn what_changes_is_found_as_it_is_and_what_goes_is_gone() {
    let (_folder, index) = desk();
    let among = Among { articles: Some(Articles { read: vec![Visibility::Public], ..Articles::default() }), ..Among::default() };
    let ask = || found(&index, &words("draft"), Scope::Any(Vec::new()), &among, Vocabulary::english());
    assert_eq!(ask(), "");
    index.apply(&[Change::PutArticle(Box::new(article(4, "VPN draft", Visibility::Public, State::Published)))], 2).unwrap();
    assert_eq!(ask(), "a4");
    index.apply(&[Change::PutArticle(Box::new(article(4, "VPN draft", Visibility::Agents, State::Published)))], 3).unwrap();
    assert_eq!(ask(), "");
    index
        .apply(
            &[Change::PutArticle(Box::new(article(4, "VPN draft", Visibility::Public, State::Published))), Change::Remove(id(20_004))],
            4,
        )
        .unwrap();
    assert_eq!(ask(), "");
}

fn tickets(titles: &[&str]) -> (tempfile::TempDir, SearchIndex) {
    let changes = titles.iter().enumerate().map(|(at, title)| Change::Put(Box::new(ticket(at as u128 + 1, title)))).collect();
    filled(changes)
}

#[test]
fn what_means_the_same_is_found_behind_the_word_itself() {
    let (_folder, index) = tickets(&[
        "The tunnel is down",
        "The VPN is down",
        "Any connect fails",
        "Remote desktop black",
        "RDP black",
        "The remote printer on a desktop",
    ]);
    let vocabulary = Vocabulary::new(
        ["en"],
        [
            ("vpn", vec!["tunnel", "any connect"]),
            ("tunnel", vec!["vpn", "any connect"]),
            ("remote desktop", vec!["rdp"]),
            ("ws", vec!["printer"]),
        ],
    );
    for (asked, expected) in [
        ("vpn", "t2 t3 t1"),
        ("tunnels", "t1 t3 t2"),
        ("vpn down", "t2 t1"),
        ("remote desktop", "t4 t6 t5"),
        ("rdp", "t5"),
        ("ws", "t6"),
        ("printer", "t6"),
        ("vpn_is", "t2"),
    ] {
        assert_eq!(found(&index, &words(asked), Scope::All, &Among::TICKETS, &vocabulary), expected, "{asked}");
    }
    let excluded = Cond::And(vec![words("down"), Cond::Not(Box::new(words("vpn")))]);
    assert_eq!(found(&index, &excluded, Scope::All, &Among::TICKETS, &vocabulary), "t1", "what is left out is what was written");
    let marked = Highlighter::new(&words("remote desktop vpn"), Spelling::Forgiving, &vocabulary).title("RDP over a tunnel").unwrap();
    assert_eq!(marked.to_html(), "<mark>RDP</mark> over a <mark>tunnel</mark>");
}

#[test]
fn words_are_found_in_the_forms_of_the_desks_languages() {
    let (_folder, index) = tickets(&[
        "Die Drucker im Haus",
        "Druckerpatrone leer",
        "Alle Häuser ohne Netz",
        "Les imprimantes sont en panne",
        "Принтеры не работают",
        "Herr Mueller und die Gruesse",
    ]);
    for (tags, asked, expected) in [
        (&["en", "de"][..], "druckern", "t1"),
        (&["en", "de"], "drucker", "t1 t2"),
        (&["en", "de"], "haus", "t1 t3"),
        (&["en"], "haus", "t1"),
        (&["en", "fr"], "imprimante", "t4"),
        (&["en", "ru"], "принтера", "t5"),
        (&["en"], "müller", "t6"),
        (&["en"], "grüße", "t6"),
    ] {
        let vocabulary = Vocabulary::new(tags.iter().copied(), []);
        let cond = words(asked);
        let request = SearchRequest {
            cond: &cond,
            scope: Scope::All,
            notes: Scope::All,
            among: &Among::TICKETS,
            vocabulary: &vocabulary,
            spelling: Spelling::AsWritten,
            sort: Sort::RELEVANCE,
            page: Page::Rows { offset: 0, limit: 10 },
        };
        let hits = index.search(&request).unwrap().hits;
        let all = hits.iter().map(|it| format!("t{}", it.id.as_u128() % 10_000)).collect::<Vec<_>>().join(" ");
        assert_eq!(all, expected, "{asked} {tags:?}");
    }
}
