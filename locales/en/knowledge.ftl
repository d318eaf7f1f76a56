# The knowledge base: articles, their categories, what people say of them.

# --- what the desk says ---

feature-knowledge = Knowledge base
feature-about-knowledge = Articles that answer what is asked again and again, for requesters and for agents.
permission-knowledge-write = Write articles of the knowledge base, and read its drafts.
permission-knowledge-publish = Publish articles, change what readers see, and keep the categories.
thing-article = article
thing-revision = revision
event-article-created = An article of the knowledge base was written down, as a draft.
event-article-changed = An article changed; what it said before stands in its revisions.
event-article-submitted = An article waits for somebody to look at it before it is published.
event-kb-published = An article was published: whoever may read it finds it.
event-article-withdrawn = An article is a draft again.
event-article-archived = An article was archived: nobody finds it, and it is kept.
event-article-deleted = An article was taken away, with its revisions.
event-article-rated = Somebody said whether an article helped.
event-article-solved = An article spared somebody a ticket; or it did not after all.
event-knowledge-changed = What holds for the whole knowledge base changed, or its categories.
event-ticket-article = An article was put on a ticket, or taken off it.
refused-article-title = An article needs a title.
refused-article-too-long = An article has at most { $most } KB of text.
refused-article-category = There is no such category of articles.
refused-no-such-article = There is no such article.
refused-article-owner = There is nobody like this who could keep the article.
refused-article-translated = There is one in { $language } already; each translation is in another language.
refused-article-slug = An address needs letters or digits.
refused-article-slug-taken = The address { $slug } belongs to another article.
refused-articles = A desk keeps at most { $most } articles; delete old ones.
refused-article-changed = Somebody changed this article meanwhile. Look at it again, and put your change in.
refused-article-unreviewed = On this desk an article is sent to review before it is published.
refused-article-review = Only a draft is sent to review.
refused-article-empty = An article without text is not published.
refused-article-unpublished = This article is not published.
refused-article-categories = There are at most { $most } categories of articles.
refused-article-category-in-use = Articles stand in { $name }; put them elsewhere first.
refused-ticket-articles = A ticket has at most { $most } articles.
