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
event-article-file-added = Eine Datei kam zu einem Artikel oder ersetzte eine, die ebenso heißt.
event-article-file-removed = Eine Datei wurde von einem Artikel entfernt.
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
refused-article-files = Ein Artikel hat höchstens { $most } Dateien; entfernen Sie einige.
refused-articles = Ein Desk hat höchstens { $most } Artikel; löschen Sie alte.
refused-article-changed = Jemand hat diesen Artikel inzwischen geändert. Sehen Sie ihn noch einmal an und tragen Sie Ihre Änderung ein.
refused-article-unreviewed = An diesem Desk geht ein Artikel zur Prüfung, bevor er veröffentlicht wird.
refused-article-review = Nur ein Entwurf geht zur Prüfung.
refused-article-empty = Ein Artikel ohne Text wird nicht veröffentlicht.
refused-article-unpublished = Dieser Artikel ist nicht veröffentlicht.
refused-article-categories = Es gibt höchstens { $most } Kategorien von Artikeln.
refused-article-category-in-use = In { $name } stehen Artikel; stellen Sie sie zuerst woandershin.
refused-ticket-articles = Ein Ticket hat höchstens { $most } Artikel.
refused-article-state = Ein Artikel ist ein Entwurf, in Prüfung, veröffentlicht oder archiviert.
refused-article-visibility = Leser sind public, tenant oder agents.
refused-article-day = Schreiben Sie einen Tag wie 2026-03-31.
refused-article-helped = Sagen Sie, ob er geholfen hat: ja oder nein.

# --- für alle, die lesen ---

knowledge-nav = Wissen
knowledge-title = Wissensdatenbank
knowledge-search = Wissensdatenbank durchsuchen
knowledge-popular = Was am meisten hilft
knowledge-further = Weiteres
knowledge-found = Was gefunden wurde
knowledge-so-many =
    { $count ->
        [0] Keine Artikel
        [one] Ein Artikel
       *[other] { $count } Artikel
    }
knowledge-all-of-them = Alle { $count } Artikel
knowledge-nothing-yet = Hier steht noch nichts
knowledge-nothing-yet-hint = Artikel erscheinen hier, sobald sie veröffentlicht sind.
knowledge-none-found = Nichts gefunden
knowledge-none-found-hint = Versuchen Sie es mit weniger oder anderen Wörtern, oder fragen Sie uns einfach.
knowledge-ask-us = Uns fragen
knowledge-may-answer = Das könnte es schon beantworten
knowledge-agents-only = Nur für Agenten
knowledge-changed-on = Stand: { $day }
knowledge-edit = Bearbeiten
knowledge-contents = Auf dieser Seite
knowledge-related = Verwandte Artikel
knowledge-seen-by-writers = Nur wer Artikel schreibt, sieht ihn.
knowledge-state-draft = Entwurf
knowledge-state-review = In Prüfung
knowledge-state-published = Veröffentlicht
knowledge-state-archived = Archiviert
knowledge-did-it-help = Hat das geholfen?
knowledge-yes = Ja
knowledge-no = Nein
knowledge-add-words = Etwas dazu sagen
knowledge-what-is-missing = Was fehlt oder ist falsch?
knowledge-words-go-with-answer = Es wird mit Ihrem Ja oder Nein gesendet.
knowledge-thank-you = Danke. Das hilft uns, ihn besser zu machen.
knowledge-does-it-solve = Löst das Ihr Anliegen?
knowledge-your-words-stay = Was Sie bisher geschrieben haben, bleibt erhalten.
knowledge-it-solves = Ja, ich brauche kein Ticket
knowledge-go-on-with-ticket = Nein, weiter mit meinem Ticket
knowledge-good-to-hear = Das freut uns. Es wurde kein Ticket angelegt.

# --- für alle, die schreiben ---

knowledge-about = Was immer wieder gefragt wird, einmal beantwortet.
knowledge-files = Bilder und Dateien
knowledge-add-files = Bilder und Dateien hinzufügen
knowledge-files-send = Hinzufügen
knowledge-files-hint = Ein Text zeigt ein Bild unter dessen Namen: ![Was zu sehen ist](bild.png). Eine Datei tritt an die Stelle der Datei, die ebenso heißt.
knowledge-files-added =
    { $count ->
        [one] Die Datei ist da.
       *[other] { $count } Dateien sind da.
    }
knowledge-file-shown = im Text
knowledge-file-remove = { $name } entfernen
knowledge-file-removed = { $name } wurde entfernt.
knowledge-write-one = Artikel schreiben
knowledge-states = Artikel nach Status
knowledge-tab-published = Veröffentlicht
knowledge-tab-draft = Entwürfe
knowledge-tab-review = In Prüfung
knowledge-tab-archived = Archiviert
knowledge-review-due = Wieder zu prüfen
knowledge-none-here = Keine Artikel hier
knowledge-none-here-hint = Schreiben Sie einen, oder machen Sie einen aus einem Ticket, das gut beantwortet wurde.
knowledge-choose-for = Welcher Artikel beantwortet { $number }?
knowledge-back-to-ticket = Zurück zum Ticket
knowledge-put-on = An { $number } hängen
knowledge-parts = Teile des Artikels
knowledge-read = Lesen
knowledge-revisions = Fassungen
knowledge-as-readers-see = So sehen ihn die Leser
knowledge-changed-when = Geändert { $when }
knowledge-no-text-yet = Es gibt noch keinen Text.
knowledge-send-to-review = Zur Prüfung geben
knowledge-publish = Veröffentlichen
knowledge-back-to-draft = Zurück zum Entwurf
knowledge-unpublish = Zurückziehen
knowledge-archive = Archivieren
knowledge-now-draft = Er ist jetzt ein Entwurf.
knowledge-now-review = Er wartet auf die Prüfung.
knowledge-now-published = Er ist veröffentlicht.
knowledge-now-archived = Er ist archiviert.
knowledge-delete = Löschen
knowledge-delete-about = Der Artikel geht mit allen Fassungen und allem, was Leute dazu sagten. Soll er nur nicht mehr zu sehen sein, archivieren Sie ihn.
knowledge-deleted = Der Artikel ist gelöscht.
knowledge-about-it = Zu diesem Artikel
knowledge-readers = Leser
knowledge-readers-public = alle
knowledge-readers-tenant = alle Angemeldeten
knowledge-readers-agents = nur Agenten
knowledge-category = Kategorie
knowledge-language = Sprache
knowledge-owner = Verantwortlich
knowledge-author = Geschrieben von
knowledge-slug = Adresse
knowledge-review-on = Wieder prüfen am
knowledge-published-on = Veröffentlicht am
knowledge-tags = Schlagwörter
knowledge-translations = In anderen Sprachen
knowledge-translate = Übersetzen
knowledge-does-it-help = Hilft er?
knowledge-nobody-said = Noch hat niemand etwas gesagt.
knowledge-helped = Hat geholfen
knowledge-not-helped = Hat nicht geholfen
knowledge-people-and-visitors = { $people } · Besucher { $visitors }
knowledge-spared = Ersparte Tickets
knowledge-tickets = Tickets
knowledge-how-answered-with = beantwortet mit
knowledge-how-made-from = wurde zu
knowledge-revision = Fassung { $number }
knowledge-is-read = wird gelesen
knowledge-restore = Wiederherstellen
knowledge-restored = Fassung { $number } ist als neue wiederhergestellt.
knowledge-restored-from = Wiederhergestellt aus Fassung { $number }
knowledge-difference = Was sich von { $from } zu { $to } geändert hat
knowledge-difference-first = Womit Fassung { $to } begann
knowledge-no-difference = Es gibt keinen Unterschied.
knowledge-form-title = Titel
knowledge-form-title-hint = So, wie Leute fragen würden: „Mein Laptop zeigt keinen zweiten Bildschirm“.
knowledge-form-summary = In einem Satz
knowledge-form-summary-hint = Steht in Listen und Suchergebnissen.
knowledge-form-text = Text
knowledge-form-readers = Wer ihn liest
knowledge-for-public = Alle
knowledge-for-public-about = Auch ohne Anmeldung, wenn der Desk seine Wissensdatenbank allen zeigt.
knowledge-for-tenant = Angemeldete
knowledge-for-tenant-about = Alle, die hier ein Konto haben.
knowledge-for-agents = Agenten
knowledge-for-agents-about = Nur wer Tickets bearbeitet.
knowledge-form-tags-hint = Mit Kommas dazwischen.
knowledge-form-language-hint = Etwa en oder de.
knowledge-form-owner-hint = Wer dafür sorgt, dass er stimmt.
knowledge-form-review-hint = Ab dann steht er unter „Wieder zu prüfen“.
knowledge-form-slug-hint = Wird aus dem Titel gebildet, wenn Sie nichts eintragen. Alte Adressen führen weiter zum Artikel.
knowledge-form-note = Was haben Sie geändert?
knowledge-form-note-hint = Steht neben der Fassung.
knowledge-save-draft = Als Entwurf speichern
knowledge-save = Speichern
knowledge-drafted = Er ist als Entwurf gespeichert.
knowledge-made-from = Aus { $number } gemacht
knowledge-take-names-out = Nehmen Sie Namen heraus und alles, was nur eine Person betrifft, und sagen Sie es allgemein.
knowledge-translates = Eine Übersetzung von „{ $title }“
knowledge-seen-at-once = Er ist veröffentlicht: Leser sehen sofort, was Sie speichern.
knowledge-wrong-day = Schreiben Sie einen Tag wie 2026-03-31.
knowledge-choose-again = Wählen Sie aus der Liste.
knowledge-link-one = Mit einem Artikel beantworten
knowledge-make-from = Daraus einen Artikel machen
knowledge-answers-it = Beantwortet es
knowledge-take-off = Abnehmen
knowledge-taken-off = Der Artikel ist vom Ticket genommen.
knowledge-is-on = Der Artikel hängt am Ticket.

# --- in den Einstellungen ---

knowledge-section-hint = Artikel, Hilfe, Kategorien, öffentlich, Prüfung
knowledge-settings-about = Wer die Artikel lesen darf, wie sie veröffentlicht werden, und die Regale, in denen sie stehen.
knowledge-to-articles = Zu den Artikeln
knowledge-public = Öffentliche Artikel allen zeigen
knowledge-public-hint = Auch ohne Anmeldung und Suchmaschinen. Andere Artikel bleiben für Angemeldete.
knowledge-reviewed = Vor dem Veröffentlichen prüfen
knowledge-reviewed-hint = Ein Entwurf geht erst zur Prüfung; wer veröffentlichen darf, sieht ihn sich an.
knowledge-categories = Kategorien
knowledge-categories-about = Die Regale der Wissensdatenbank, in dieser Reihenfolge. Es sind nicht die der Tickets.
knowledge-category-name = Name
knowledge-category-about = Was dort zu finden ist
knowledge-category-up = Nach oben
knowledge-category-down = Nach unten
knowledge-category-delete = Löschen
knowledge-category-new = Eine neue Kategorie
knowledge-category-add = Kategorie hinzufügen
knowledge-category-added = Die Kategorie { $name } ist hinzugefügt.
knowledge-category-deleted = Die Kategorie ist gelöscht.
