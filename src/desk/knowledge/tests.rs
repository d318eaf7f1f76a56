//! The rules of the knowledge base: who reads and writes what, what is found, what is counted.

use super::*;
use crate::{
    desk::{
        actor::Actor,
        stage::{Stage, id_of},
        tickets::{self, Channel, Kind, NewComment, NewTicket},
    },
    error::{Code, Result},
    id::{ArticleCategoryId, ArticleId},
};

fn draft(title: &str, content: &str) -> ArticleChange {
    ArticleChange { title: Some(title.into()), content: Some(content.into()), ..ArticleChange::default() }
}

fn write(world: &Stage, actor: &Actor, new: ArticleChange) -> Article {
    let actor = actor.clone();
    world.write(move |tx| create(tx, &actor, new)).unwrap()
}

fn moved(world: &Stage, actor: &Actor, id: ArticleId, state: State) -> Result<Article> {
    let actor = actor.clone();
    world.write(move |tx| settle(tx, &actor, id, None, state))
}

fn published(world: &Stage, new: ArticleChange) -> Article {
    let it = write(world, &world.ada, new);
    moved(world, &world.max, it.id, State::Published).unwrap()
}

fn changed(world: &Stage, actor: &Actor, id: ArticleId, to: ArticleChange) -> Result<Article> {
    let actor = actor.clone();
    world.write(move |tx| change(tx, &actor, id, None, to))
}

fn opened(world: &Stage, public: bool) {
    let max = world.max.clone();
    world.write(move |tx| change_library(tx, &max, LibraryChange { public: Some(public), reviewed: None })).unwrap();
}

fn seen(world: &Stage, actor: Option<&Actor>, id: ArticleId) -> bool {
    world.read(|tx| Ok(read(tx, &Readership::of(tx, actor)?, id).is_ok()))
}

#[test]
fn who_reads_what() {
    let world = Stage::new();
    for visibility in Visibility::ALL {
        let new = ArticleChange { visibility: Some(visibility), ..draft(visibility.name(), "Text") };
        let it = write(&world, &world.ada, new).id;
        // Nobody in particular, a requester, an agent; the first while the base is closed and while it is open.
        let who = |open: bool| {
            opened(&world, open);
            (seen(&world, None, it), seen(&world, Some(&world.rosa), it), seen(&world, Some(&world.bob), it))
        };
        let published = match visibility {
            Visibility::Public => [(false, true, true), (true, true, true)],
            Visibility::Tenant => [(false, true, true), (false, true, true)],
            Visibility::Agents => [(false, false, true), (false, false, true)],
        };
        for (state, expected) in [
            (State::Draft, [(false, false, true); 2]),
            (State::Review, [(false, false, true); 2]),
            (State::Published, published),
            (State::Archived, [(false, false, true); 2]),
        ] {
            moved(&world, &world.max, it, state).unwrap();
            assert_eq!([who(false), who(true)], expected, "{visibility:?} {state:?}");
        }
    }
}

#[test]
fn who_may_do_what() {
    let world = Stage::new();
    let refused = |it: Result<Article>| it.err().and_then(|it| it.code());
    let rosa = world.rosa.clone();
    assert_eq!(refused(world.write(move |tx| create(tx, &rosa, draft("A", "a")))), Some(Code::Forbidden));
    let it = write(&world, &world.ada, draft("A", "a")).id;
    assert_eq!(refused(changed(&world, &world.rosa, it, draft("B", "b"))), Some(Code::NotFound), "what one may not read is not there");
    assert_eq!(refused(changed(&world, &world.bob, it, draft("B", "b"))), None, "those who write help each other");
    assert_eq!(refused(moved(&world, &world.bob, it, State::Published)), Some(Code::Forbidden));
    assert_eq!(refused(moved(&world, &world.bob, it, State::Review)), None);
    assert_eq!(refused(moved(&world, &world.max, it, State::Published)), None);
    assert_eq!(refused(changed(&world, &world.bob, it, draft("C", "c"))), Some(Code::Forbidden), "readers see it already");
    assert_eq!(refused(moved(&world, &world.bob, it, State::Archived)), Some(Code::Forbidden));
    assert_eq!(refused(changed(&world, &world.rosa, it, draft("C", "c"))), Some(Code::Forbidden), "a reader knows that it is there");
    assert_eq!(refused(moved(&world, &world.max, it, State::Review)), Some(Code::Conflict));
    let bob = world.bob.clone();
    assert_eq!(refused(world.write(move |tx| delete(tx, &bob, it))), Some(Code::Forbidden));
    let max = world.max.clone();
    world.write(move |tx| delete(tx, &max, it)).unwrap();
    assert!(!seen(&world, Some(&world.max), it));
    assert_eq!(world.read(|tx| Ok(tx.count::<Revision>()?)), 0);
}

#[test]
fn review_is_asked_for_only_where_the_desk_wants_it() {
    let world = Stage::new();
    let max = world.max.clone();
    world.write(move |tx| change_library(tx, &max, LibraryChange { public: None, reviewed: Some(true) })).unwrap();
    let it = write(&world, &world.max, draft("A", "a")).id;
    assert_eq!(moved(&world, &world.max, it, State::Published).unwrap_err().code(), Some(Code::Conflict));
    moved(&world, &world.ada, it, State::Review).unwrap();
    let done = moved(&world, &world.max, it, State::Published).unwrap();
    assert!(done.published_at.is_some());
    let kinds = world.read(|tx| Ok(tx.history(it.0, None, 10)?.into_iter().map(|it| it.kind).collect::<Vec<_>>()));
    assert_eq!(kinds, ["kb.published", "article.submitted", "article.created"]);
}

#[test]
fn what_does_not_fit_is_refused() {
    let world = Stage::new();
    let long = |chars: usize| "x".repeat(chars);
    let nowhere = ArticleCategoryId(uuid::Uuid::from_u128(7));
    for (field, new) in [
        ("title", draft("  ", "a")),
        ("title", draft(&long(300), "a")),
        ("summary", ArticleChange { summary: Some(long(600)), ..draft("A", "a") }),
        ("content", draft("A", &long(300 * 1024))),
        ("category", ArticleChange { category: Some(Some(nowhere)), ..draft("A", "a") }),
        ("language", ArticleChange { language: Some("d e".into()), ..draft("A", "a") }),
        ("owner", ArticleChange { owner: Some(Some(crate::id::PersonId::NIL)), ..draft("A", "a") }),
        ("slug", ArticleChange { slug: Some("--".into()), ..draft("A", "a") }),
        ("translationOf", ArticleChange { translation_of: Some(Some(ArticleId::NIL)), ..draft("A", "a") }),
        ("note", ArticleChange { note: Some(long(300)), ..draft("A", "a") }),
    ] {
        let ada = world.ada.clone();
        match world.write(move |tx| create(tx, &ada, new)).unwrap_err() {
            crate::error::Error::Refused(it) => assert_eq!(it.fields.first().map(|it| it.field.as_str()), Some(field)),
            other => panic!("{field}: {other}"),
        }
    }
    let empty = write(&world, &world.ada, ArticleChange { title: Some("Empty".into()), ..ArticleChange::default() }).id;
    assert_eq!(moved(&world, &world.max, empty, State::Published).unwrap_err().code(), Some(Code::Validation));
}

#[test]
fn an_address_stays_and_old_ones_lead_on() {
    let world = Stage::new();
    let slugs = ["Größe der Anhänge", "Größe der Anhänge", "東京 VPN", "!!!"].map(|it| published(&world, draft(it, "a")));
    assert_eq!(slugs.each_ref().map(|it| it.slug.as_str()), ["groesse-der-anhaenge", "groesse-der-anhaenge-2", "東京-vpn", "article"]);
    let it = &slugs[0];
    let named = changed(&world, &world.max, it.id, ArticleChange { title: Some("How large".into()), ..ArticleChange::default() }).unwrap();
    assert_eq!(named.slug, it.slug, "another title is no other address");
    let to = |slug: &str| ArticleChange { slug: Some(slug.into()), ..ArticleChange::default() };
    assert_eq!(changed(&world, &world.max, it.id, to("東京-vpn")).unwrap_err().code(), Some(Code::Validation));
    assert_eq!(changed(&world, &world.max, it.id, to("Attachment size")).unwrap().slug, "attachment-size");
    for slug in ["attachment-size", "groesse-der-anhaenge"] {
        let found = world.read(|tx| Ok(by_slug(tx, &Readership::of(tx, Some(&world.rosa))?, slug)?.0.id));
        assert_eq!(found, it.id, "{slug}");
    }
}

#[test]
fn each_saved_text_is_a_revision_and_can_come_back() {
    let world = Stage::new();
    let it = write(&world, &world.ada, draft("VPN", "one\ntwo")).id;
    changed(&world, &world.bob, it, ArticleChange { note: Some("a word".into()), ..draft("VPN", "one\n2") }).unwrap();
    // What is no text makes no revision; what is the same makes nothing.
    changed(&world, &world.bob, it, ArticleChange { visibility: Some(Visibility::Agents), ..ArticleChange::default() }).unwrap();
    let same = changed(&world, &world.bob, it, draft("VPN", "one\n2")).unwrap();
    assert_eq!((same.version, same.revision), (3, 2));
    let bob = world.bob.clone();
    let back = world.write(move |tx| restore(tx, &bob, it, 1)).unwrap();
    assert_eq!(back.revision, 3);
    let all = world.read(|tx| revisions(tx, &world.ada, it));
    let told: Vec<_> =
        all.iter().map(|it| (it.number, it.author, it.content.as_str(), it.note.as_str(), it.restored, it.current)).collect();
    let (ada, bob) = (Some(id_of(&world.ada)), Some(id_of(&world.bob)));
    assert_eq!(
        told,
        [(3, bob, "one\ntwo", "", Some(1), true), (2, bob, "one\n2", "a word", None, false), (1, ada, "one\ntwo", "", None, false)]
    );
    for (from, to, expected) in [(None, 2, (Some(1), 2)), (Some(3), 1, (Some(1), 3)), (None, 1, (None, 1))] {
        let it = world.read(|tx| difference(tx, &world.ada, it, from, to));
        assert_eq!((it.before.as_ref().map(|it| it.number), it.after.number), expected);
    }
    let refused = world.read(|tx| Ok(revisions(tx, &world.rosa, it).unwrap_err().code()));
    assert_eq!(refused, Some(Code::NotFound));
}

#[test]
fn a_stale_change_is_refused() {
    let world = Stage::new();
    let it = write(&world, &world.ada, draft("VPN", "one"));
    changed(&world, &world.bob, it.id, draft("VPN", "two")).unwrap();
    let (ada, id) = (world.ada.clone(), it.id);
    let refused = world.write(move |tx| change(tx, &ada, id, Some(1), draft("VPN", "three"))).unwrap_err();
    assert_eq!(refused.code(), Some(Code::Stale));
}

#[test]
fn search_ranks_folds_and_keeps_secrets() {
    let world = Stage::new();
    let new = |title: &str, tags: &str, summary: &str, content: &str, visibility| ArticleChange {
        tags: Some(tags.split_whitespace().map(str::to_owned).collect()),
        summary: Some(summary.into()),
        visibility: Some(visibility),
        ..draft(title, content)
    };
    published(&world, new("Set up the printer", "hardware", "", "Choose the queue and print.", Visibility::Public));
    published(&world, new("Paper jams", "printers", "", "Open the lid.", Visibility::Tenant));
    published(&world, new("Order toner", "", "For every printer in the house.", "Ask the front desk.", Visibility::Tenant));
    published(&world, new("Floor plan", "", "", "Each printer has a room.", Visibility::Agents));
    published(&world, new("Größe der Anhänge", "", "", "Höchstens 25 MB.", Visibility::Tenant));
    write(&world, &world.ada, new("Printer draft", "", "", "", Visibility::Tenant));
    let found = |actor: Option<&Actor>, text: &str, loosely: bool| {
        let question = Question { text: text.into(), state: Some(State::Published), loosely, ..Question::default() };
        world.read(|tx| find(tx, &Readership::of(tx, actor)?, &question, 10)).iter().map(|it| it.article.title.clone()).collect::<Vec<_>>()
    };
    let rosa = Some(&world.rosa);
    let (setup, jams, toner) = ("Set up the printer", "Paper jams", "Order toner");
    for (text, loosely, expected) in [
        ("printer", false, vec![setup, jams, toner]),
        ("PRINTERS ", false, vec![setup, jams, toner]),
        ("pri", false, vec![setup, jams, toner]),
        ("pri ", false, vec![]),
        ("printer lid", false, vec![jams]),
        ("printer lid", true, vec![jams, setup, toner]),
        ("groesse", false, vec!["Größe der Anhänge"]),
        ("größe anhang", false, vec!["Größe der Anhänge"]),
        ("nothing like it", false, vec![]),
        ("room", false, vec![]),
    ] {
        assert_eq!(found(rosa, text, loosely), expected, "{text}");
    }
    assert_eq!(found(Some(&world.bob), "room", false), ["Floor plan"]);
    assert_eq!(found(None, "printer", false), [""; 0], "nothing is shown to everybody yet");
    opened(&world, true);
    assert_eq!(found(None, "printer", false), [setup]);
    let previews = world.read(|tx| find(tx, &Readership::of(tx, rosa)?, &Question { text: "queue".into(), ..Question::default() }, 10));
    assert_eq!(previews[0].preview, "Choose the queue and print.");
}

#[test]
fn the_newest_text_is_found_and_the_one_before_is_not() {
    let world = Stage::new();
    let it = published(&world, draft("VPN", "anyconnect"));
    changed(&world, &world.max, it.id, draft("VPN", "wireguard")).unwrap();
    let found = |text: &str| {
        let question = Question { text: text.into(), ..Question::default() };
        world.read(|tx| find(tx, &Readership::of(tx, Some(&world.rosa))?, &question, 10)).len()
    };
    assert_eq!((found("wireguard"), found("anyconnect")), (1, 0));
}

#[test]
fn a_list_goes_on_where_it_ended() {
    let world = Stage::new();
    for nth in 0..5 {
        world.pass(1);
        published(&world, draft(&format!("A{nth}"), "a"));
    }
    let part = |after: Option<&str>| world.read(|tx| list(tx, &Readership::of(tx, Some(&world.rosa))?, &Question::default(), after, 0, 2));
    let (mut titles, mut after) = (Vec::new(), None);
    for _ in 0..3 {
        let (items, total, next) = part(after.as_deref());
        assert_eq!(total, 5);
        titles.extend(items.into_iter().map(|it| it.article.title));
        after = next;
    }
    assert_eq!((titles.join(" ").as_str(), after), ("A4 A3 A2 A1 A0", None));
}

#[test]
fn translations_know_each_other() {
    let world = Stage::new();
    let english = published(&world, ArticleChange { language: Some("en".into()), ..draft("Reset a password", "a") });
    let of = |language: &str| ArticleChange {
        language: Some(language.into()),
        translation_of: Some(Some(english.id)),
        ..draft("Kennwort zurücksetzen", "a")
    };
    let german = published(&world, of("de"));
    let ada = world.ada.clone();
    let again = of("DE");
    assert_eq!(world.write(move |tx| create(tx, &ada, again)).unwrap_err().code(), Some(Code::Validation));
    let readers = world.read(|tx| Readership::of(tx, Some(&world.rosa)));
    let others = |it: &Article| world.read(|tx| Ok(translations(tx, &readers, it)?.iter().map(|it| it.id).collect::<Vec<_>>()));
    assert_eq!((others(&english), others(&german)), (vec![german.id], vec![english.id]));
    for (language, expected) in [("de-AT", german.id), ("en", english.id)] {
        let shown = world.read(|tx| shelves(tx, &readers, language)).1;
        assert_eq!(shown.iter().map(|it| it.id).collect::<Vec<_>>(), [expected], "{language}");
    }
    assert_eq!(world.read(|tx| shelves(tx, &readers, "fr")).1.len(), 2, "whoever reads neither gets both");
    let (max, id) = (world.max.clone(), english.id);
    world.write(move |tx| delete(tx, &max, id)).unwrap();
    assert_eq!(world.read(|tx| Ok(tx.get::<Article>(&german.id)?.unwrap())).original, german.id);
}

#[test]
fn categories_have_names_order_and_articles() {
    let world = Stage::new();
    let added = |name: &'static str| {
        let max = world.max.clone();
        world.write(move |tx| add_category(tx, &max, name, "")).unwrap()
    };
    let (a, b) = (added("Network"), added("Devices"));
    let bob = world.bob.clone();
    let refused = world.write(move |tx| add_category(tx, &bob, "Mine", "")).unwrap_err();
    assert_eq!(refused.code(), Some(Code::Forbidden));
    published(&world, ArticleChange { category: Some(Some(b.id)), ..draft("Dock", "a") });
    published(&world, ArticleChange { category: Some(Some(a.id)), ..draft("VPN", "a") });
    published(&world, draft("Stray", "a"));
    let max = world.max.clone();
    world.write(move |tx| change_category(tx, &max, b.id, Some("Hardware"), Some("What stands on a table"), Some(1))).unwrap();
    let readers = world.read(|tx| Readership::of(tx, Some(&world.rosa)));
    let (shelves, rest) = world.read(|tx| shelves(tx, &readers, "en"));
    let names: Vec<_> = shelves.iter().map(|it| (it.place.name.as_str(), it.articles.len())).collect();
    assert_eq!((names, rest.len()), (vec![("Hardware", 1), ("Network", 1)], 1));
    let max = world.max.clone();
    let refused = world.write(move |tx| delete_category(tx, &max, a.id)).unwrap_err();
    assert_eq!(refused.code(), Some(Code::Conflict), "something stands there");
}

#[test]
fn each_person_has_one_voice_and_visitors_are_counted_apart() {
    let world = Stage::new();
    opened(&world, true);
    let it = published(&world, ArticleChange { visibility: Some(Visibility::Public), ..draft("VPN", "a") });
    let say = |actor: Option<&Actor>, helped: bool, words: Option<&'static str>| {
        let (actor, id) = (actor.cloned(), it.id);
        world.write(move |tx| Ok(rate(tx, actor.as_ref(), id, helped, words)?.reception)).unwrap()
    };
    say(Some(&world.rosa), true, None);
    say(Some(&world.rosa), true, Some("Clear"));
    say(Some(&world.rosa), false, None);
    say(Some(&world.otto), true, None);
    let now = say(None, true, Some("buy this"));
    assert_eq!((now.helped, now.not_helped, now.anonymous_helped, now.anonymous_not_helped), (1, 1, 1, 0));
    for _ in 0..crate::limits::ARTICLE_UNKNOWN_VOTES_A_DAY + 5 {
        say(None, false, None);
    }
    let most = crate::limits::ARTICLE_UNKNOWN_VOTES_A_DAY;
    assert_eq!(say(None, false, None).anonymous_not_helped, most - 1, "a day takes so many");
    world.pass(86_400);
    assert_eq!(say(None, false, None).anonymous_not_helped, most);
    let words = world.read(|tx| votes(tx, &world.ada, it.id, 10));
    assert_eq!(words.iter().map(|it| it.words.as_str()).collect::<Vec<_>>(), ["Clear"]);
    assert_eq!(world.read(|tx| Ok(tx.get::<Article>(&it.id)?.unwrap())).version, it.version, "a vote is no change of the article");
}

#[test]
fn a_ticket_that_is_lodged_after_all_was_not_spared() {
    let world = Stage::new();
    let it = published(&world, draft("VPN", "a")).id;
    let say = |actor: &Actor| {
        let actor = actor.clone();
        world.write(move |tx| Ok(solved(tx, &actor, it)?.reception.solved)).unwrap()
    };
    let now = || world.read(|tx| Ok(tx.get::<Article>(&it)?.unwrap())).reception.solved;
    assert_eq!((say(&world.rosa), say(&world.rosa), say(&world.otto)), (1, 1, 2), "once per person and day");
    world.lodge("VPN is down");
    assert_eq!(now(), 1, "Rosa lodged one at once");
    world.lodge("And something else");
    assert_eq!(now(), 1, "it is taken back once");
    assert_eq!(say(&world.rosa), 2);
    world.pass(2 * 3600);
    world.lodge("Another matter, hours later");
    assert_eq!(now(), 2);
    // What an agent lodges for somebody says nothing about what they read.
    world.pass(86_400);
    assert_eq!(say(&world.rosa), 3);
    world.ticket(None);
    assert_eq!(now(), 3);
}

#[test]
fn an_article_is_made_from_a_ticket_without_its_notes() {
    let world = Stage::new();
    let (rosa, ada) = (world.rosa.clone(), world.ada.clone());
    let ticket = world.write(move |tx| {
        let new = NewTicket { description: "It drops.".into(), ..NewTicket::new(Kind::Incident, "VPN drops", Channel::Portal) };
        let ticket = tickets::create(tx, &rosa, new)?;
        for (actor, text, is_private) in [(&ada, "Restart it.", false), (&ada, "Her laptop is old.", true), (&rosa, "Thanks!", false)] {
            tickets::add_comment(tx, actor, ticket.id, NewComment::new(text, is_private, Channel::Portal))?;
        }
        Ok(ticket)
    });
    let id = ticket.unwrap().id;
    let new = world.read(|tx| draft_of(tx, &world.ada, id));
    assert_eq!((new.title.as_deref(), new.content.as_deref()), (Some("VPN drops"), Some("It drops.\n\n---\n\nRestart it.")));
    let article = write(&world, &world.ada, new).id;
    let (ada, rosa) = (world.ada.clone(), world.rosa.clone());
    world.write(move |tx| link(tx, &ada, id, article, How::MadeFrom)).unwrap();
    assert_eq!(world.write(move |tx| link(tx, &rosa, id, article, How::Answers)).unwrap_err().code(), Some(Code::Forbidden));
    let on = |actor: &Actor| world.read(|tx| Ok(answered(tx, actor, &world.stored(id))?.len()));
    assert_eq!((on(&world.ada), on(&world.rosa)), (1, 0), "a draft is for those who write");
    assert_eq!(world.read(|tx| Ok(tx.find(&OF_ARTICLE, &article)?.len())), 1);
    let ada = world.ada.clone();
    world.write(move |tx| unlink(tx, &ada, id, article)).unwrap();
    assert_eq!(on(&world.ada), 0);
}
