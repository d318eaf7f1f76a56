# Die Wissensdatenbank: Artikel, ihre Kategorien, und was Leute dazu sagen.

# --- was der Desk sagt ---

feature-knowledge = Wissensdatenbank
feature-about-knowledge = Artikel, die beantworten, was immer wieder gefragt wird, für Anfragende und für Agenten.
permission-knowledge-write = Artikel der Wissensdatenbank schreiben und ihre Entwürfe lesen.
permission-knowledge-publish = Artikel veröffentlichen, Veröffentlichtes ändern und die Kategorien pflegen.
thing-article = Artikel
thing-revision = Fassung
event-article-created = Ein Artikel der Wissensdatenbank wurde als Entwurf angelegt.
event-article-changed = Ein Artikel wurde geändert; was er zuvor sagte, steht in seinen Fassungen.
event-article-submitted = Ein Artikel wartet darauf, vor dem Veröffentlichen gelesen zu werden.
event-kb-published = Ein Artikel wurde veröffentlicht: Wer ihn lesen darf, findet ihn.
event-article-withdrawn = Ein Artikel ist wieder ein Entwurf.
event-article-archived = Ein Artikel wurde archiviert: Niemand findet ihn mehr, und er bleibt erhalten.
event-article-deleted = Ein Artikel wurde mit seinen Fassungen gelöscht.
event-article-rated = Jemand sagte, ob ein Artikel geholfen hat.
event-article-solved = Ein Artikel hat jemandem ein Ticket erspart; oder doch nicht.
event-knowledge-changed = Geändert wurde, was für die ganze Wissensdatenbank gilt, oder ihre Kategorien.
event-ticket-article = Ein Artikel wurde an ein Ticket gehängt oder davon genommen.
refused-article-title = Ein Artikel braucht einen Titel.
refused-article-too-long = Ein Artikel hat höchstens { $most } KB Text.
refused-article-category = Es gibt keine solche Kategorie von Artikeln.
refused-no-such-article = Es gibt keinen solchen Artikel.
refused-article-owner = Es gibt niemanden dieses Namens, der den Artikel pflegen könnte.
refused-article-translated = Es gibt schon einen auf { $language }; jede Übersetzung ist in einer anderen Sprache.
refused-article-slug = Eine Adresse braucht Buchstaben oder Ziffern.
refused-article-slug-taken = Die Adresse { $slug } gehört zu einem anderen Artikel.
refused-articles = Ein Desk hat höchstens { $most } Artikel; löschen Sie alte.
refused-article-changed = Jemand hat diesen Artikel inzwischen geändert. Sehen Sie ihn noch einmal an und tragen Sie Ihre Änderung ein.
refused-article-unreviewed = An diesem Desk geht ein Artikel zur Prüfung, bevor er veröffentlicht wird.
refused-article-review = Nur ein Entwurf geht zur Prüfung.
refused-article-empty = Ein Artikel ohne Text wird nicht veröffentlicht.
refused-article-unpublished = Dieser Artikel ist nicht veröffentlicht.
refused-article-categories = Es gibt höchstens { $most } Kategorien von Artikeln.
refused-article-category-in-use = In { $name } stehen Artikel; stellen Sie sie zuerst woandershin.
refused-ticket-articles = Ein Ticket hat höchstens { $most } Artikel.
