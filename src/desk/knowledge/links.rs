//! Articles on tickets: with which one a ticket was answered, and which one was made from it. It is the desk's own side: a requester reads
//! the article in the answer, not in the list.

use minicbor::{Decode, Encode};

use super::{Article, ArticleChange, Readership, article, files};
use crate::{
    desk::{
        actor::Actor,
        attachments::{self, Attachment, pictures::Pictures},
        event::{self, Changes, EventKind},
        features::{self, Feature},
        permission::Permission,
        tickets::{self, BodyFormat, Ticket, access},
    },
    error::{Code, Refusal, Result},
    id::{ArticleId, CommentId, TicketId},
    language::say,
    limits,
    store::{Index, Tx},
    text::quote,
};

/// What an article has to do with a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum How {
    /// It answers the ticket.
    #[n(0)]
    Answers,
    /// It was written because of the ticket.
    #[n(1)]
    MadeFrom,
}

impl How {
    pub const ALL: [How; 2] = [How::Answers, How::MadeFrom];

    pub fn name(self) -> &'static str {
        match self {
            How::Answers => "answered_with",
            How::MadeFrom => "made_from",
        }
    }

    pub fn named(text: &str) -> Option<How> {
        How::ALL.into_iter().find(|it| it.name() == text)
    }
}

/// A link to an article, as the ticket keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ArticleLink {
    #[n(0)]
    pub article: ArticleId,
    #[n(1)]
    pub how: How,
}

/// Tickets by the articles on them.
pub const OF_ARTICLE: Index<Ticket, ArticleId> = Index::new(0xed, "tickets_of_article");

fn worked(tx: &Tx, actor: &Actor, id: TicketId) -> Result<Ticket> {
    features::need(tx, Feature::Knowledge)?;
    let ticket = access::ticket(tx, actor, id)?;
    access::need(actor, Permission::TicketsWrite, &ticket)?;
    Ok(ticket)
}

/// Puts an article on a ticket; one that is there stays as it is.
pub fn link(tx: &mut Tx, actor: &Actor, id: TicketId, article: ArticleId, how: How) -> Result<Ticket> {
    let mut ticket = worked(tx, actor, id)?;
    let (it, _) = article::read(tx, &Readership::of(tx, Some(actor))?, article)?;
    if ticket.articles.iter().any(|it| it.article == article) {
        return Ok(ticket);
    }
    if ticket.articles.len() >= limits::TICKET_ARTICLES_MAX {
        return Err(Refusal::new(Code::Conflict, say!("refused-ticket-articles", most = limits::TICKET_ARTICLES_MAX)).into());
    }
    ticket.articles.push(ArticleLink { article, how });
    let changes = Changes::new().set("type", how.name()).set("article", article.to_string()).set("title", it.title.as_str());
    save(tx, actor, &mut ticket, changes)?;
    Ok(ticket)
}

/// Takes an article off a ticket.
pub fn unlink(tx: &mut Tx, actor: &Actor, id: TicketId, article: ArticleId) -> Result<Ticket> {
    let mut ticket = worked(tx, actor, id)?;
    let Some(at) = ticket.articles.iter().position(|it| it.article == article) else {
        return Err(Refusal::not_found("link").into());
    };
    let gone = ticket.articles.remove(at);
    let mut changes = Changes::new();
    changes.field("type", gone.how.name(), serde_json::Value::Null).field("article", article.to_string(), serde_json::Value::Null);
    save(tx, actor, &mut ticket, changes)?;
    Ok(ticket)
}

fn save(tx: &mut Tx, actor: &Actor, ticket: &mut Ticket, changes: Changes) -> Result<()> {
    ticket.touch_privately(tx.now());
    tx.put(&*ticket)?;
    event::record(tx, actor, EventKind::TicketArticle, ticket.about(), changes)?;
    Ok(())
}

/// The articles on a ticket that the actor may read.
pub fn answered(tx: &Tx, actor: &Actor, ticket: &Ticket) -> Result<Vec<(How, Article)>> {
    let readers = Readership::of(tx, Some(actor))?;
    let mut found = Vec::new();
    for link in &ticket.articles {
        if let Some(it) = tx.get::<Article>(&link.article)?.filter(|it| readers.may_read(it)) {
            found.push((link.how, it));
        }
    }
    Ok(found)
}

/// Writes an article that is made from a ticket: it takes the pictures of the ticket along that its text shows, and the ticket names it.
pub fn create_from(tx: &mut Tx, actor: &Actor, ticket: TicketId, mut new: ArticleChange) -> Result<Article> {
    let (content, pictures) = files::take_pictures(tx, actor, ticket, new.content.as_deref().unwrap_or_default())?;
    new.content = new.content.map(|_| content);
    let it = article::create(tx, actor, new)?;
    files::put_files(tx, actor, it.id, pictures)?;
    link(tx, actor, ticket, it.id, How::MadeFrom)?;
    Ok(it)
}

/// What an article made from a ticket begins with: its title, what was asked, and what was answered for everybody to read. Nothing of
/// notes, and no names: whoever writes takes out what is nobody else's business.
pub fn draft_of(tx: &Tx, actor: &Actor, id: TicketId) -> Result<ArticleChange> {
    let ticket = access::ticket(tx, actor, id)?;
    access::need(actor, Permission::TicketsRead, &ticket)?;
    let all = attachments::of_ticket(tx, actor, &ticket)?;
    let public: Vec<&Attachment> = all.iter().filter(|it| !it.is_private).collect();
    // Every message may have a picture of the same name; each text means its own.
    let said = |of: Option<CommentId>, format: BodyFormat, text: &str| match format {
        BodyFormat::Markdown => Pictures { files: &public, of }.addressed(text.trim()),
        BodyFormat::Plain => quote::visible(text).trim().to_owned(),
    };
    let mut content = said(None, ticket.description_format, &ticket.description);
    for it in tickets::comments(tx, actor, &ticket)?.into_iter().filter(|it| !it.is_private && Some(ticket.requester) != it.author) {
        let answer = said(Some(it.id), it.format, &it.body);
        if !answer.is_empty() && content.len() + answer.len() < limits::ARTICLE_BYTES_MAX {
            content.push_str("\n\n---\n\n");
            content.push_str(&answer);
        }
    }
    Ok(ArticleChange {
        title: Some(ticket.title.clone()),
        content: Some(content),
        tags: Some(ticket.tags.clone()),
        ..ArticleChange::default()
    })
}
