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
event-article-file-added = A file was put to an article, or took the place of one of the same name.
event-article-file-removed = A file was taken off an article.
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
refused-article-files = An article has at most { $most } files; remove some.
refused-articles = A desk keeps at most { $most } articles; delete old ones.
refused-article-changed = Somebody changed this article meanwhile. Look at it again, and put your change in.
refused-article-unreviewed = On this desk an article is sent to review before it is published.
refused-article-review = Only a draft is sent to review.
refused-article-empty = An article without text is not published.
refused-article-unpublished = This article is not published.
refused-article-categories = There are at most { $most } categories of articles.
refused-article-category-in-use = Articles stand in { $name }; put them elsewhere first.
refused-ticket-articles = A ticket has at most { $most } articles.
refused-article-state = An article is a draft, in review, published or archived.
refused-article-visibility = Readers are public, tenant or agents.
refused-article-day = Write a day as 2026-03-31.
refused-article-helped = Say whether it helped: yes or no.

# --- for whoever reads ---

knowledge-nav = Knowledge
knowledge-title = Knowledge base
knowledge-search = Search the knowledge base
knowledge-popular = What helps most
knowledge-further = More
knowledge-found = What was found
knowledge-so-many =
    { $count ->
        [0] No articles
        [one] One article
       *[other] { $count } articles
    }
knowledge-all-of-them = All { $count } articles
knowledge-nothing-yet = Nothing is written here yet
knowledge-nothing-yet-hint = Articles appear here as they are published.
knowledge-none-found = Nothing was found
knowledge-none-found-hint = Try fewer or other words, or simply ask us.
knowledge-ask-us = Ask us
knowledge-may-answer = This may answer it already
knowledge-agents-only = For agents only
knowledge-changed-on = As of { $day }
knowledge-edit = Edit
knowledge-contents = On this page
knowledge-related = Related articles
knowledge-seen-by-writers = Only those who write articles see it.
knowledge-state-draft = Draft
knowledge-state-review = In review
knowledge-state-published = Published
knowledge-state-archived = Archived
knowledge-did-it-help = Did this help?
knowledge-yes = Yes
knowledge-no = No
knowledge-add-words = Add a word
knowledge-what-is-missing = What is missing or wrong?
knowledge-words-go-with-answer = It is sent with your yes or no.
knowledge-thank-you = Thank you. That helps us to make it better.
knowledge-does-it-solve = Does this solve it?
knowledge-your-words-stay = What you have written so far is kept.
knowledge-it-solves = Yes, I need no ticket
knowledge-go-on-with-ticket = No, go on with my ticket
knowledge-good-to-hear = Good to hear. No ticket was lodged.

# --- for whoever writes ---

knowledge-about = What is asked again and again, answered once.
knowledge-files = Pictures and files
knowledge-add-files = Add pictures and files
knowledge-files-send = Add them
knowledge-files-hint = A text shows a picture by its name: ![What it shows](picture.png). A file takes the place of one that has the same name.
knowledge-files-added =
    { $count ->
        [one] The file is there.
       *[other] { $count } files are there.
    }
knowledge-file-shown = in the text
knowledge-file-remove = Remove { $name }
knowledge-file-removed = { $name } was removed.
knowledge-write-one = Write an article
knowledge-states = Articles by state
knowledge-tab-published = Published
knowledge-tab-draft = Drafts
knowledge-tab-review = In review
knowledge-tab-archived = Archived
knowledge-review-due = Due for review
knowledge-none-here = No articles here
knowledge-none-here-hint = Write one, or make one from a ticket that was answered well.
knowledge-choose-for = Which article answers { $number }?
knowledge-back-to-ticket = Back to the ticket
knowledge-put-on = Put on { $number }
knowledge-parts = Parts of the article
knowledge-read = Read
knowledge-revisions = Revisions
knowledge-as-readers-see = As readers see it
knowledge-changed-when = Changed { $when }
knowledge-no-text-yet = There is no text yet.
knowledge-send-to-review = Send to review
knowledge-publish = Publish
knowledge-back-to-draft = Back to draft
knowledge-unpublish = Take back
knowledge-archive = Archive
knowledge-now-draft = It is a draft now.
knowledge-now-review = It waits for review.
knowledge-now-published = It is published.
knowledge-now-archived = It is archived.
knowledge-delete = Delete
knowledge-delete-about = The article goes with all its revisions and what people said of it. To keep it out of sight only, archive it.
knowledge-deleted = The article is deleted.
knowledge-about-it = About this article
knowledge-readers = Readers
knowledge-readers-public = everybody
knowledge-readers-tenant = whoever is signed in
knowledge-readers-agents = agents only
knowledge-category = Category
knowledge-language = Language
knowledge-owner = Owner
knowledge-author = Written by
knowledge-slug = Address
knowledge-review-on = Look at it again on
knowledge-published-on = Published on
knowledge-tags = Tags
knowledge-translations = In other languages
knowledge-translate = Translate it
knowledge-does-it-help = Does it help?
knowledge-nobody-said = Nobody has said anything yet.
knowledge-helped = Helped
knowledge-not-helped = Did not help
knowledge-people-and-visitors = { $people } · visitors { $visitors }
knowledge-spared = Tickets spared
knowledge-tickets = Tickets
knowledge-how-answered-with = answered with
knowledge-how-made-from = made into
knowledge-revision = Revision { $number }
knowledge-is-read = is read
knowledge-restore = Restore
knowledge-restored = Revision { $number } is restored, as a new one.
knowledge-restored-from = Restored from revision { $number }
knowledge-difference = What changed from { $from } to { $to }
knowledge-difference-first = What revision { $to } began with
knowledge-no-difference = Nothing differs.
knowledge-form-title = Title
knowledge-form-title-hint = As people would ask: “My laptop shows no second screen”.
knowledge-form-summary = In a sentence
knowledge-form-summary-hint = Shown in lists and search results.
knowledge-form-text = Text
knowledge-form-readers = Who reads it
knowledge-for-public = Everybody
knowledge-for-public-about = Also without signing in, if the desk shows its knowledge base to everybody.
knowledge-for-tenant = Signed in
knowledge-for-tenant-about = Everybody who has an account here.
knowledge-for-agents = Agents
knowledge-for-agents-about = Only those who work tickets.
knowledge-form-tags-hint = With commas between them.
knowledge-form-language-hint = Such as en or de.
knowledge-form-owner-hint = Who keeps it right.
knowledge-form-review-hint = From then on it is listed as due for review.
knowledge-form-slug-hint = Made of the title if you leave it empty. Old addresses go on working.
knowledge-form-note = What did you change?
knowledge-form-note-hint = Stands beside the revision.
knowledge-save-draft = Save as draft
knowledge-save = Save
knowledge-drafted = It is saved as a draft.
knowledge-made-from = Made from { $number }
knowledge-take-names-out = Take out names and whatever concerns one person only, then say it in general.
knowledge-translates = A translation of “{ $title }”
knowledge-seen-at-once = It is published: readers see at once what you save.
knowledge-wrong-day = Write a day such as 2026-03-31.
knowledge-choose-again = Choose from the list.
knowledge-link-one = Answer with an article
knowledge-make-from = Make an article from it
knowledge-answers-it = Answers it
knowledge-take-off = Take off
knowledge-taken-off = The article is off the ticket.
knowledge-is-on = The article is on the ticket.

# --- in the settings ---

knowledge-section-hint = articles, help, categories, public, review
knowledge-settings-about = Who may read the articles, how they are published, and the shelves that they stand on.
knowledge-to-articles = To the articles
knowledge-public = Show public articles to everybody
knowledge-public-hint = Also to those who are not signed in, and to search engines. Other articles stay for those who are.
knowledge-reviewed = Review before publishing
knowledge-reviewed-hint = A draft is sent to review first; whoever may publish looks at it.
knowledge-categories = Categories
knowledge-categories-about = The shelves of the knowledge base, in this order. They are not those of tickets.
knowledge-category-name = Name
knowledge-category-about = What is found there
knowledge-category-up = Move up
knowledge-category-down = Move down
knowledge-category-delete = Delete
knowledge-category-new = A new category
knowledge-category-add = Add category
knowledge-category-added = The category { $name } is added.
knowledge-category-deleted = The category is deleted.
