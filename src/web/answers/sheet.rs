//! A ticket on one sheet: for paper, as a PDF, and as it was at an earlier time.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    desk::{
        Tx,
        attachments::{self, Attachment},
        custom,
        tickets::{self, AsOf, Cast, Channel, Comment, Gap, Ticket, access, number, priority_label},
    },
    error::{Fault, Refusal, Result},
    http::{Problem, path::Path, query::Query},
    text::{
        filename::{Disposition, content_disposition},
        paper::{Paper, Passage, pdf as drawn},
        plain,
    },
    web::{
        answers::{
            happened::{self, Telling, via},
            own_fields,
            site::{Agent, Reader, page, with_mail},
            words::{Words, category},
            written::{Source, Written, beside, written},
        },
        components::moment::exact,
        sheet::{PaperLinks, Said, SheetView, Then, page as sheet_page},
        tongue::{self, Reading, t},
    },
};

/// What is put on a sheet.
struct Content<'a> {
    ticket: &'a Ticket,
    comments: &'a [Comment],
    files: &'a [Attachment],
    /// Whether the reader works tickets, and so sees how it is worked.
    works: bool,
}

fn facts(tx: &Tx, it: &Content<'_>, words: &Words, cast: &Cast) -> Result<Vec<(String, String)>> {
    let ticket = it.ticket;
    let person = |id| cast.person(id).map_or_else(|| t!("told-somebody").to_owned(), |it| format!("{} <{}>", it.name, it.email));
    let status = if it.works { words.status(ticket.kind, &ticket.state) } else { category(ticket.category).plain().to_owned() };
    let mut all = vec![
        (t!("tools-kind"), Some(tongue::word("kind-", ticket.kind.name()).to_owned())),
        (t!("ticket-status"), Some(status)),
        (t!("ticket-requester"), Some(person(ticket.requester))),
        (t!("word-organization"), ticket.organization.and_then(|id| cast.organization(id)).map(|it| it.name.clone())),
        (t!("sheet-lodged"), Some(exact(ticket.created_at))),
    ];
    if it.works {
        all.extend([
            (t!("word-priority"), Some(priority_label(ticket.priority).to_owned())),
            (t!("ticket-impact"), Some(ticket.impact.to_string())),
            (t!("ticket-urgency"), Some(ticket.urgency.to_string())),
            (t!("word-assignee"), Some(ticket.assignee.map_or_else(|| t!("word-nobody").to_owned(), person))),
            (t!("word-queue"), ticket.queue.and_then(|id| words.queue(&id.to_string()).map(str::to_owned))),
            (t!("word-category"), ticket.subtopic.or(ticket.topic).and_then(|id| words.category(id))),
            (t!("word-tags"), Some(ticket.tags.join(", ")).filter(|it| !it.is_empty())),
            (t!("list-due"), ticket.next_due().map(exact)),
        ]);
    }
    all.extend([(t!("sheet-resolved"), ticket.resolved_at.map(exact)), (t!("sheet-closed"), ticket.closed_at.map(exact))]);
    let mut facts: Vec<(String, String)> = all.into_iter().filter_map(|(label, value)| Some((label.to_owned(), value?))).collect();
    if it.works {
        let fields = custom::shared(tx)?;
        let values = custom::visible(&fields, true, ticket);
        for field in &fields.fields {
            if let Some(value) = values.get(&field.key) {
                facts.push((field.label.clone(), custom::in_words(tx, field, value)?));
            }
        }
    } else {
        facts.extend(own_fields::told(tx, ticket)?);
    }
    Ok(facts)
}

fn said(it: &Content<'_>, cast: &Cast) -> Vec<Said> {
    let all: Vec<&Attachment> = it.files.iter().collect();
    let name = |id| cast.person(id).map_or_else(|| t!("told-somebody").to_owned(), |it| it.name.clone());
    let shown = |text: Written, of: Option<crate::id::CommentId>| {
        let own: Vec<&Attachment> = it.files.iter().filter(|it| it.comment == of).collect();
        let files = beside(&own, &text).into_iter().map(|it| it.name).collect();
        // On paper nothing is opened: what is folded on the screen stands there.
        let html =
            text.html.replace("<details class=\"mail-fold\">", "<details class=\"mail-fold\" open>").replace(" loading=\"lazy\"", "");
        Said { html, mail: text.mail, files, ..Said::default() }
    };
    let way = |it: Channel| if it == Channel::Portal { String::new() } else { format!(" · {}", via(it.name())) };
    let mut found = vec![Said {
        who: name(it.ticket.requester),
        about: format!("{}{}", exact(it.ticket.created_at), way(it.ticket.channel)),
        // What judging a mail gave is for those who work tickets.
        notes: if it.works { it.ticket.mail_notes.clone() } else { Vec::new() },
        ..shown(written(&Source::of_ticket(it.ticket), &all), None)
    }];
    for comment in it.comments {
        let who = match (comment.author, &comment.third_party) {
            (Some(author), _) => name(author),
            (None, Some(from)) => from.clone(),
            (None, None) => t!("word-desk").to_owned(),
        };
        found.push(Said {
            who,
            about: format!("{}{}", exact(comment.created_at), way(comment.via)),
            inner: comment.is_private,
            notes: if it.works { comment.notes.clone() } else { Vec::new() },
            ..shown(written(&Source::of_comment(comment), &all), Some(comment.id))
        });
    }
    found
}

fn sheet(tx: &Tx, reader: &Reader, it: &Content<'_>) -> Result<SheetView> {
    let words = Words::of(tx)?;
    let mut cast = Cast::of(tx, [it.ticket])?;
    cast.meet(tx, it.comments.iter().filter_map(|it| it.author))?;
    Ok(SheetView {
        frame: reader.frame(),
        number: number::text(&reader.settings, it.ticket.kind, it.ticket.number),
        title: it.ticket.title.clone(),
        facts: facts(tx, it, &words, &cast)?,
        said: said(it, &cast),
        ..SheetView::default()
    })
}

/// Whether the reader wants notes, and may have them.
fn wants_notes(query: &Query) -> bool {
    query.get("notes") == Some("on")
}

/// The sheet for paper: with notes only for those who read them, and only where they ask.
fn for_paper(tx: &Tx, reader: &Reader, text: &str, notes: bool) -> Result<SheetView> {
    let actor = reader.actor();
    let ticket = access::named(tx, actor, text)?;
    let reads_notes = access::reads_notes(actor, &ticket);
    let notes = notes && reads_notes;
    let now = tx.now();
    let comments: Vec<_> =
        tickets::comments(tx, actor, &ticket)?.into_iter().filter(|it| notes || !(it.is_private || it.is_held(now))).collect();
    let of_shown = |it: &Attachment| it.comment.is_none_or(|id| comments.iter().any(|it| it.id == id));
    let files: Vec<_> = match ticket.has_attachments {
        true => attachments::of_ticket(tx, actor, &ticket)?.into_iter().filter(|it| (notes || !it.is_private) && of_shown(it)).collect(),
        false => Vec::new(),
    };
    let works = access::works_on(actor, &ticket) || reads_notes;
    let view = sheet(tx, reader, &Content { ticket: &ticket, comments: &comments, files: &files, works })?;
    let base = format!("/tickets/{}", view.number);
    let with = |it: bool, path: &str| format!("{base}/{path}{}", if it { "?notes=on" } else { "" });
    Ok(SheetView {
        about: t!("sheet-printed", when = exact(now)),
        back: if works { format!("/agent{base}") } else { base.clone() },
        paper: Some(PaperLinks { pdf: with(notes, "pdf"), notes: reads_notes.then(|| (notes, with(!notes, "print"))) }),
        ..view
    })
}

pub async fn print(reader: Reader, Path(text): Path<String>, query: Query) -> Result<Response, Problem> {
    let notes = wants_notes(&query);
    let view = reader.desk.read(|tx| for_paper(tx, &reader, &text, notes))?;
    Ok(with_mail(page(StatusCode::OK, sheet_page(&view))))
}

/// The same as a PDF, which is drawn where no other answer waits for it.
pub async fn pdf(reader: Reader, Path(text): Path<String>, query: Query) -> Result<Response, Problem> {
    let notes = wants_notes(&query);
    let reading = Reading::ambient();
    let drawing = tokio::task::spawn_blocking(move || {
        reading.within(|| {
            let view = reader.desk.read(|tx| for_paper(tx, &reader, &text, notes))?;
            let bytes = drawn(&on_paper(&view)).ok_or_else(|| Fault::new("a PDF could not be drawn"))?;
            Ok::<_, crate::error::Error>((view.number, bytes))
        })
    });
    let (number, bytes) = drawing.await.map_err(|it| Fault::because("drawing a PDF", it))??;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    let name = content_disposition(Disposition::Inline, &format!("{number}.pdf"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(|it| Fault::because("naming a PDF", it))?);
    Ok(response)
}

fn on_paper(view: &SheetView) -> Paper {
    let passage = |it: &Said| {
        let inner = if it.inner { format!(" · {}", t!("thread-internal-note")) } else { String::new() };
        let mut text = it.notes.join("\n");
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&plain::from_html(&it.html));
        if !it.files.is_empty() {
            text.push_str(&format!("\n{}: {}", t!("word-files"), it.files.join(", ")));
        }
        Passage { head: format!("{} · {}{inner}", it.who, it.about), inner: it.inner, text }
    };
    Paper {
        language: tongue::language().tag().to_owned(),
        title: format!("{} {}", view.number, view.title),
        about: format!("{} · {}", view.frame.desk, view.about),
        facts: view.facts.clone(),
        passages: view.said.iter().map(passage).collect(),
        missing: t!("sheet-missing").to_owned(),
        cut: t!("sheet-cut").to_owned(),
    }
}

/// The ticket as it was right after an event of its history.
pub async fn then(agent: Agent, Path((text, event)): Path<(String, u64)>) -> Result<Response, Problem> {
    let view = agent.desk.read(|tx| {
        let id = access::named(tx, agent.actor(), &text)?.id;
        let AsOf { ticket, comments, files, event: it, gaps } = tickets::as_of(tx, agent.actor(), id, event)?;
        // An address names an event of this ticket; another number is no address.
        if it.seq != event {
            return Err(Refusal::not_found("event").into());
        }
        let view = sheet(tx, &agent, &Content { ticket: &ticket, comments: &comments, files: &files, works: true })?;
        let back = format!("/agent/tickets/{}/history", view.number);
        let (words, mut cast) = (Words::of(tx)?, Cast::of(tx, [&ticket])?);
        cast.meet(tx, happened::people(std::slice::from_ref(&it)))?;
        let telling = Telling { words: &words, cast: &cast, kind: ticket.kind };
        let address = |seq: u64| format!("{back}/{seq}");
        let present = access::named(tx, agent.actor(), &text)?;
        let earlier = tickets::history(tx, agent.actor(), &present, Some(event), 0, 1)?.entries.first().map(|it| address(it.seq));
        let later = next_after(tx, &agent, &present, event)?.map(address);
        Ok(SheetView {
            about: t!("as-of-about", when = exact(it.at)),
            gaps: gaps.into_iter().map(gap).chain([t!("as-of-always")]).collect(),
            then: Some(Then { what: format!("{} {}", telling.who(&it), telling.in_full(&it)), earlier, later }),
            back,
            ..view
        })
    })?;
    Ok(with_mail(page(StatusCode::OK, sheet_page(&view))))
}

/// The number of the next event that the reader may know of.
fn next_after(tx: &Tx, agent: &Agent, ticket: &Ticket, event: u64) -> Result<Option<u64>> {
    let all = tickets::history(tx, agent.actor(), ticket, None, 0, crate::limits::AS_OF_EVENTS_MAX)?.entries;
    Ok(all.iter().map(|it| it.seq).filter(|it| *it > event).min())
}

fn gap(it: Gap) -> &'static str {
    match it {
        Gap::Redacted => t!("as-of-gap-redacted"),
        Gap::Moved => t!("as-of-gap-moved"),
        Gap::Erased => t!("as-of-gap-erased"),
        Gap::FileRemoved => t!("as-of-gap-file"),
        Gap::Beside => t!("as-of-gap-beside"),
    }
}
