# Die Konsole: Listen, Tickets, Ausfälle, Suche, und was das Protokoll erzählt.

alike-same-department = gleiche Abteilung
alike-same-organization = gleiche Organisation
alike-within-minute = innerhalb einer Minute
alike-minutes-apart =
    { $count ->
        [one] { $count } Minute auseinander
       *[other] { $count } Minuten auseinander
    }
alike-hours-apart =
    { $count ->
        [one] { $count } Stunde auseinander
       *[other] { $count } Stunden auseinander
    }
alike-alike = Ähnliche
bulk-most-tickets-changed-once = Auf einmal lassen sich höchstens { $page_size_max } Tickets ändern.
bulk-no-ticket-selected = Es war kein Ticket ausgewählt.
bulk-nothing-chosen-selected-tickets = Für die ausgewählten Tickets wurde nichts gewählt.
bulk-changed =
    { $count ->
        [one] { $count } Ticket geändert.
       *[other] { $count } Tickets geändert.
    }
bulk-not = Nicht { $number }: { $why }
bulk-not-more =
    { $count ->
        [one] Nicht { $number } (und ein weiteres): { $why }
       *[other] Nicht { $number } (und { $count } weitere): { $why }
    }
thread-say-whether-reply-internal = Bitte sagen, ob es eine Antwort oder eine interne Notiz ist.
thread-attach-files-again = { $detail } Hängen Sie die Dateien noch einmal an.
thread-your-reply-leaves-seconds =
    { $seconds ->
        [one] Ihre Antwort wird in { $seconds } Sekunde gesendet.
       *[other] Ihre Antwort wird in { $seconds } Sekunden gesendet.
    }
links-tickets-not-tied-way = So lassen sich Tickets nicht verknüpfen.
links-there-no-ticket-write = Ein Ticket `{ $number }` gibt es nicht; schreiben Sie eine Nummer wie INC-000012.
links-tickets-were-not-linked = Die Tickets wurden nicht verknüpft
merge-there-no-such-ticket = Dieses Ticket gibt es nicht; schreiben Sie eine Nummer wie INC-000012.
merge-goes-here = { $name } geht hier weiter.
merge-ticket-own-again = Es ist wieder ein eigenes Ticket.
message-came = Kam über
message-from = Von
message-to = An
message-doubt = Zweifel
message-machine = Maschine
message-message-went = Eine Nachricht ist von { $from } zu { $to } gewandert.
message-message-became = Aus einer Nachricht von { $from } wurde { $to }.
message-text-went = Der Text von { $from } ist zu { $to } gewandert.
message-message-here-now-about = Die Nachricht ist jetzt hier. „Über diese Nachricht“ macht es rückgängig.
message-tickets-own-text-already = Das ist schon der eigene Text des Tickets.
message-message-ticket-own-now = Die Nachricht ist jetzt ein eigenes Ticket.
message-message-back-where = Die Nachricht ist wieder da, wo sie war.
new-ticket-lodged = { $number } ist angelegt.
outages-noticed =
    { $minutes ->
        [one] { $count } solche Tickets in einer Minute: Machen Sie eines davon zum Haupt-Ticket
       *[other] { $count } solche Tickets in { $minutes } Minuten: Machen Sie eines davon zum Haupt-Ticket
    }
outages-tickets-were-no-outage = { $count } Tickets, die kein Ausfall waren
outages-there-no-such-organization = Diese Organisation gibt es nicht.
outages-one-ticket-others-parts = Ein Ticket, die anderen, die dazugehören, und was alle erfahren.
outages-outage-declared-whoever-asked = Der Ausfall ist ausgerufen. Alle Melder erfahren davon.
outages-they-parts-now = Sie gehören jetzt dazu.
outages-no-part-any-more = Es gehört nicht mehr dazu.
outages-over = Es ist vorbei.
rail-my-work = Meine Arbeit
rail-unassigned = Nicht zugewiesen
rail-breaching-soon = Frist bald um
rail-breached = Frist verpasst
rail-waiting-us = Wartet auf uns
rail-waiting-them = Wartet auf andere
rail-all-tickets = Alle Tickets
property-form-names-no-property = Das Formular nennt keine Eigenschaft eines Tickets.
property-when-you-looked-now = Beim Ansehen war es { $was }, jetzt ist es { $present }. Gewünscht war { $wanted }; bitte noch einmal wählen, wenn das noch gilt.
property-not-changed = Nicht geändert: { $property }
property-levels = { $property } ist 1 (am höchsten) bis 4.
property-nothing = nichts
property-status = Status
property-priority = Priorität
property-assignee = Zuständig
property-queue = Queue
property-impact = Auswirkung
property-urgency = Dringlichkeit
property-category = Kategorie
satisfaction-write-date-such-2026 = Schreiben Sie ein Datum wie 2026-03-31.
service-level-until-now = { $text }, bis jetzt
service-level-round-clock = rund um die Uhr
service-level-hours = in den Zeiten von { $hours }
service-level-more-days =
    { $count ->
        [one] { $count } weiterer Tag
       *[other] { $count } weitere Tage
    }
service-level-ran = Lief { $by }
service-level-ran-past = Lief { $by }, über { $days } hinweg
service-level-waited = Wartete
service-level-stood-still = Stand still: { $state }
service-level-over = Vorbei: { $state }
service-level-no-policy = keine Richtlinie
service-level-here = Ab hier: { $policy }, { $priority }, { $calendar }
service-level-here-team = Ab hier: { $policy }, { $priority }, { $calendar }, beim Team { $team }
service-level-desk-answered = Der Servicedesk hat geantwortet
service-level-what-before-added-up = Was davor war, wurde zusammengezählt
service-level-missed = Verpasst: { $label }
service-level-used = { $share } % verbraucht: { $label }
service-level-due = Fällig: { $label }
service-level-due-2 = Frist
tags-tags-were-not-changed = Die Schlagwörter wurden nicht geändert
thread-requester = Melder
thread-to = An
thread-bcc = Bcc
thread-third-party = Von { $from }, einem Dritten
thread-watcher = Beobachter
ticket-5-stars = { $stars } von 5 Sternen
ticket-good = Gut
ticket-not-good = Nicht gut
ticket-solved-outage-still-announced = Das hier ist gelöst, aber der Ausfall ist noch ausgerufen: beenden Sie ihn mit seinen Teilen
ticket-ticket-outage-announced-resolving = Das ist das Ticket eines ausgerufenen Ausfalls: Wer es löst, beendet den Ausfall und löst alle Teile
ticket-part-outage-announced = Teil eines ausgerufenen Ausfalls
ticket-ticket-outage = Das war das Ticket eines Ausfalls
ticket-part-outage-over = Teil eines Ausfalls, der vorbei ist
pictures-back = Zurück zu { $number }
word-1-highest = 1 Am höchsten
word-2-high = 2 Hoch
word-3-medium = 3 Mittel
word-4-low = 4 Niedrig
word-somebody = Jemand
written-signature = Signatur
written-quoted-text = Zitierter Text
forward-forward = Weiterleiten
forward-ask-third-party = Einen Dritten fragen
forward-goes-out-mail-stays = Es geht als Mail hinaus und bleibt hier als interne Notiz stehen. Antworten kommen zu diesem Ticket zurück; der Melder sieht beides nicht.
forward-to = An
forward-addresses-commas-between-them = Adressen, durch Kommas getrennt.
forward-tickets-number-added = Die Nummer des Tickets kommt dazu.
forward-message = Nachricht
forward-below-your-words-stands = Unter Ihrem Text steht, was öffentlich gesagt wurde; nehmen Sie heraus, was niemanden angeht.
forward-files-ticket = Dateien des Tickets
forward-do-not-send = Nicht senden
list-due-first = Frist zuerst
list-last-change = Letzte Änderung
list-newest = Neueste
list-all-clear = Alles erledigt
list-nothing-waiting-here-enjoy = Hier wartet nichts. Genießen Sie die Ruhe, oder sehen Sie nach, was nicht zugewiesen ist.
list-select = { $number } auswählen
list-answered = (wartet auf Antwort)
list-due = Frist
list-move = { $keys } { $keys2 } bewegen
list-select-2 = { $keys } auswählen
list-all-keys = { $keys } alle Tasten
list-selected-tickets = Für die ausgewählten Tickets
list-selected = { $part } ausgewählt
list-assign = Zuweisen
list-status = Status
list-tag = Schlagwort
list-apply = Anwenden
list-select-nothing = Nichts auswählen
merge-merge = { $number } zusammenführen
merge-merge-2 = Zusammenführen
merge-merge-into = Zusammenführen mit
merge-number-ticket-both-go = Die Nummer des Tickets, in dem beide weitergehen. Bevor etwas geschieht, werden Sie noch einmal gefragt.
merge-look-both = Beide ansehen
merge-leave = Lassen
merge-merge-into-2 = Mit { $number } zusammenführen
merge-what-happens = Was geschieht
merge-goes = Es geht weiter in { $number }
merge-asked = gemeldet von { $requester }
merge-closed-both-conversations-stay = { $number } wird geschlossen. Beide Verläufe bleiben, wie sie sind.
merge-answers-mail-come = Antworten per Mail an { $number } kommen zu { $number2 }.
merge-nobody-reads-more-than = Niemand liest mehr als bisher.
merge-now-these-people-follow = Ab jetzt beobachten diese Personen { $number } und können alles lesen außer Notizen:
merge-you-can-undo-any = Sie können es jederzeit rückgängig machen.
message-message = Eine Nachricht von { $number }
message-raw-mail = Die rohe Mail
message-message-2 = Eine Nachricht
message-how-came = Wie sie kam
message-why-here = Warum sie hier ist
message-number-ticket-belongs-ticket = Die Nummer des Tickets, zu dem sie gehört. Dieses Ticket wird dann gelöscht und kommt wieder, wenn Sie es rückgängig machen.
message-number-ticket-belongs-files = Die Nummer des Tickets, zu dem sie gehört. Ihre Dateien und die Antworten darauf gehen mit.
message-move = Verschieben nach
message-belongs-elsewhere = Sie gehört woandershin
message-move-2 = Verschieben
message-make-ticket-own-writer = Oder ein eigenes Ticket daraus machen; wer geschrieben hat, wird der Melder, und niemand erfährt davon.
message-split-off = Abtrennen
message-what-moved = Was verschoben wurde
new-ticket-incident = Störung
new-ticket-something-broken = Etwas ist kaputt.
new-ticket-request = Anfrage
new-ticket-somebody-needs-something = Jemand braucht etwas.
new-ticket-somebody-who-called-came = Für jemanden, der anruft oder vorbeikommt. Es geht eine Mail mit der Nummer hinaus.
new-ticket-what = Was ist es?
new-ticket-whom = Für wen?
new-ticket-title = Titel
new-ticket-what-happened = Was ist passiert?
new-ticket-rules = Nach den Regeln
new-ticket-nobody-yet = Noch niemand
new-ticket-create-ticket = Ticket anlegen
console-my-work = Zu meiner Arbeit
console-nothing-here = Hier ist nichts
console-there-nothing-here = Hier ist nichts
console-number-may-mistyped-ticket = Vielleicht ist die Nummer vertippt, oder das Ticket ist nicht für Sie bestimmt.
outages-outage = Ein Ausfall?
outages-going = Läuft
outages-over-2 = Vorbei
outages-no-outage = Kein Ausfall
outages-outages = Ausfälle
outages-many-tickets-one-trouble = Viele Tickets, die ein und dieselbe Störung sind: vom Servicedesk vorgeschlagen, von Menschen ausgerufen, allen Betroffenen mitgeteilt.
outages-when-many-alike-tickets = Wenn binnen Minuten viele ähnliche Tickets kommen, wird hier ein Ausfall vorgeschlagen.
outages-outage-2 = Ausfall
outages-declare-outage = Ausfall ausrufen
outages-outage-over = Ausfall, der vorbei ist
outages-who-reads-portal = Wer es im Portal liest
outages-everybody-unless-you-tick = Alle, außer Sie kreuzen Organisationen an: dann nur deren Leute.
outages-tickets = Die Tickets
outages-choose-one-others-become = Wählen Sie das, zu dem die anderen gehören sollen. Jeder Melder bekommt eine Mail, im eigenen Ticket.
outages-parent = Haupt-Ticket
outages-is = ist { $number }
outages-part = Teil
outages-what-people-told = Was alle erfahren
outages-portal-mail-empty-parents = Im Portal und in der Mail. Leer: der Titel des Haupt-Tickets als Satz.
outages-declare-outage-2 = Ausfall ausrufen
outages-no-outage-2 = Es ist kein Ausfall
outages-ticket = Sein Ticket ist { $ticket }
outages-came-since-alike = Seitdem gekommen und ähnlich
outages-add = Hinzufügen
outages-add-them = Hinzufügen
outages-read-portal = Im Portal lesen es { $told }
outages-portal-once-nobody-gets = Sofort im Portal; niemand bekommt noch eine Mail.
outages-change = Ändern
outages-over-3 = Es ist vorbei
outages-resolve-ticket-parts = Das Ticket und seine Teile lösen
outages-each-requester-gets-one = Jeder Melder bekommt eine Mail, dass es vorbei und damit auch das eigene Ticket gelöst ist. Sonst bleiben die Tickets offen.
outages-what-people-told-end = Was alle am Ende erfahren
outages-end-outage = Ausfall beenden
outages-ticket-2 = Sein Ticket war { $ticket }
outages-parts = Teile: { $part_count }
outages-take-out = Herausnehmen
palette-view = Ansicht
palette-queue = Queue
palette-page = Seite
palette-settings = Einstellungen
palette-ticket = Ticket
palette-macro = Makro
palette-report = Bericht
palette-account = Ihr Konto
palette-action = Aktion
palette-go-to = Zu { $number }: { $title }
palette-find = Alles finden
palette-which-queue = Welche Queue?
palette-which-report = Welcher Bericht?
palette-nothing = Nichts heißt so.
palette-portal = Das Portal
palette-style-guide = Gestaltungsleitfaden
satisfaction-agent = Bearbeiter
satisfaction-day = Tag
satisfaction-week = Woche
satisfaction-satisfaction = Zufriedenheit
satisfaction-what-people-said-work = Was zur gelösten Arbeit gesagt wurde. Gut, oder vier und fünf Sterne, zählt als gut.
satisfaction-nobody-said-anything-yet = Noch hat niemand etwas gesagt
satisfaction-people-asked-mail-says = Gefragt wird in der Mail, die sagt, dass ein Ticket gelöst ist.
satisfaction-found-good = { $percent } von { $bad } fanden es gut.
satisfaction-stars-average = Im Schnitt { $it } Sterne.
satisfaction-from = Von
satisfaction-to = Bis
satisfaction-by = Nach
satisfaction-show = Zeigen
satisfaction-good = Gut
satisfaction-not-good = Nicht gut
satisfaction-stars = Sterne
satisfaction-share-good = Anteil gut
satisfaction-share-good-2 = Anteil gut: { $percent }
satisfaction-satisfaction-2 = Zufriedenheit nach { $by }
search-about = Wörter, „eine Wendung“, eine Nummer oder Bedingungen wie status:open assignee:me priority<=2
search-search-everything = Alles durchsuchen
search-last-few-changes-still = Die letzten Änderungen werden noch aufgenommen.
search-counts-newest = Es ist so viel, dass hier nur das Neueste gezählt ist.
search-nothing-found = Nichts gefunden
search-try-fewer-words-leave = Versuchen Sie es mit weniger Wörtern, oder lassen Sie eine Bedingung weg.
service-level-service-level = Service-Level
service-level-nothing-promised-ticket = Für dieses Ticket ist nichts zugesagt.
service-level-by = von { $who } { $when }
service-level-escalated = Eskaliert
service-level-hand-since = { $who } kümmert sich darum, seit { $when }.
service-level-i-hand = Ich kümmere mich
service-level-escalate = Eskalieren
service-level-why-needs-more = Warum es mehr braucht
service-level-why-needs-more-attention = Warum es mehr Aufmerksamkeit braucht
service-level-tell-team-lead = Teamleitung informieren
service-level-missed-2 = verpasst
service-level-no-due-time = keine Frist
service-level-of = { $used } von { $used2 }
service-level-late = verspätet
service-level-how-worked-out = Wie das berechnet ist
rail-top = Oben
rail-menu = Menü
rail-keys = Tasten
rail-outages = Ausfälle
rail-satisfaction = Zufriedenheit
rail-fold-rail = Leiste einklappen
rail-new = Neu
rail-whole-desk = Der ganze Servicedesk
rail-one-about-breach = Bei einem läuft die Frist gleich ab.
rail-at-least = Mindestens { $count }, dazu vielleicht geschlossene
rail-go-anywhere-do-anything = Überallhin gehen, alles tun
rail-place-action-tickets-number = Ein Ort, eine Aktion oder die Nummer eines Tickets
rail-where-what-do = Wohin, oder was tun?
rail-matches = Treffer
ticket-choose-ticket = Wählen Sie ein Ticket
ticket-press-j-begin = Mit J geht es los.
ticket-ticket = Ticket { $number }
ticket-conversation-history = Verlauf und Historie
ticket-back-list = Zurück zur Liste
ticket-parts-ticket = Teile des Tickets
ticket-conversation = Verlauf
ticket-history = Historie
ticket-stop-watching = Nicht mehr beobachten
ticket-watch = Beobachten
ticket-resolve = Lösen
ticket-open-again = Wieder öffnen
ticket-goes-another-ticket = Das geht in einem anderen Ticket weiter
ticket-goes = Das geht weiter in { $number }
ticket-answers-mail-go-there = Antworten per Mail gehen dorthin, und wer hier beteiligt ist, beobachtet es.
ticket-undo-merge = Zusammenführung aufheben
ticket-no-files-yet = Noch keine Dateien
ticket-files-every-message-gather = Hier sammeln sich die Dateien aller Nachrichten.
ticket-about-ticket = Über dieses Ticket
ticket-properties = Eigenschaften
ticket-watchers = Beobachter
ticket-nobody-yet = Noch niemand.
ticket-requester = Melder
ticket-asked = Gemeldet { $when }.
ticket-asked-via = Gemeldet { $when } { $way }.
ticket-more-open =
    { $count ->
        [one] Hat { $count } weiteres offen.
       *[other] Hat { $count } weitere offen.
    }
ticket-how = Wie es war
ticket-closed-itself-if-nobody = Wird { $when } von selbst geschlossen, wenn niemand schreibt.
ticket-outage = Ausfall
ticket-may-same = Vielleicht dasselbe
ticket-link = Verknüpfen
ticket-merge = Zusammenführen
ticket-declare-outage = Ausfall ausrufen
ticket-status = Status
ticket-impact = Auswirkung
ticket-urgency = Dringlichkeit
ticket-none = Nichts
ticket-add = Hinzufügen
ticket-related = Gehört zu
ticket-blocks = Blockiert
ticket-blocked = Blockiert von
ticket-duplicate = Doppelt zu
ticket-causes = Verursacht
ticket-caused = Verursacht von
ticket-merged = Zusammengeführt
ticket-merge-ticket-into-number = Dieses Ticket zusammenführen mit (Nummer)
ticket-merge-into = Zusammenführen
ticket-links = Verknüpfungen
ticket-how-tied = Wie es verknüpft ist
ticket-other-tickets-number = Nummer des anderen Tickets

state-new = Neu
state-open = Offen
state-in-progress = In Arbeit
state-waiting = Wartet
state-resolved = Gelöst
state-closed = Geschlossen
state-assigned = Zugewiesen
state-accepted = Angenommen
state-scheduled = Geplant
state-awaiting-info = Wartet auf Auskunft
state-awaiting-callback = Wartet auf Rückruf
state-awaiting-parts = Wartet auf Teile
state-awaiting-approval = Wartet auf Genehmigung
state-cancelled = Abgebrochen
state-fulfilment = Wird erfüllt

target-response = erste Antwort
target-resolution = Lösung
target-update = nächste Rückmeldung
target-operational = Anteil des Teams

via-email = per Mail
via-api = über die API
via-chat = per Chat
via-monitoring = durch die Überwachung
via-phone = am Telefon
via-walk-in = persönlich

field-name-title = Titel
field-name-description = Beschreibung
field-name-priority = Priorität
field-name-impact = Auswirkung
field-name-urgency = Dringlichkeit
field-name-category = Kategorie
field-name-subcategory = Unterkategorie
field-name-requester = Melder
field-name-organization = Organisation
field-name-department = Abteilung
field-name-channel = Kanal
field-name-kind = Art
field-name-scheduledat = geplante Zeit
field-name-dueat = Frist
field-name-serviceitem = Service
field-name-custom = weitere Felder
field-name-metadata = weitere Felder

relation-relates-to = gehört zu
relation-blocks = blockiert
relation-blocked-by = blockiert von
relation-duplicate = doppelt
relation-causes = verursacht
relation-caused-by = verursacht von

# Sätze ohne Subjekt; davor steht, wer es war.
told-mail = Mail
told-somebody = jemand
told-lodged = hat das Ticket gemeldet
told-imported = hat das Ticket von anderswo übernommen
told-lodged-via = hat das Ticket { $way } gemeldet
told-erased = hat etwas geändert, das gelöscht wurde
told-wrote = hat geschrieben
told-wrote-via = hat { $way } geschrieben
told-note = hat eine interne Notiz geschrieben
told-note-via = hat { $way } eine interne Notiz geschrieben
told-file = hat die Datei { $file } hinzugefügt
told-linked = hat es mit einem anderen Ticket verknüpft ({ $relation })
told-unlinked = hat eine Verknüpfung mit einem anderen Ticket entfernt ({ $relation })
told-merged-other = hat { $number } hierher zusammengeführt
told-merged = hat es mit { $number } zusammengeführt
told-unmerged-other = hat die Zusammenführung von { $number } hierher aufgehoben
told-unmerged = hat die Zusammenführung mit { $number } aufgehoben
told-withdrawn = hat eine Antwort vor dem Senden zurückgenommen
told-mail-failed = konnte eine Mail an { $to } nicht zustellen: { $answer }
told-mail-bounced = hat eine Mail an { $to } zurückbekommen: { $answer }
told-mail-withdrawn = hat eine Mail an { $to } zurückgenommen
told-mail-retried = hat eine Mail an { $to } noch einmal auf den Weg gebracht
told-satisfaction-word = hat ein Wort dazu gesagt, wie es war
told-satisfaction-good = hat gesagt, dass es gut war
told-satisfaction-bad = hat gesagt, dass es nicht gut war
told-outage-left = hat es aus einem Ausfall herausgenommen
told-outage-joined = hat es einem Ausfall zugeordnet
told-follows = beobachtet es
told-follows-other = hat { $name } als Beobachter eingetragen
told-unfollows = beobachtet es nicht mehr
told-unfollows-other = hat { $name } als Beobachter ausgetragen
told-assigned-on-call = hat es { $name } aus der Rufbereitschaft gegeben
told-assigned-by-queue = hat es { $name } gegeben, wie die Queue zuteilt
told-took = hat es übernommen
told-assigned = hat es { $name } zugewiesen
told-unassigned = hat es { $name } abgenommen
told-queue = hat es in die Queue { $queue } verschoben
told-no-queue = hat es aus seiner Queue genommen
told-status = hat den Status auf { $status } gesetzt
told-changed = hat geändert: { $field }
told-changed-from-to = hat { $field } von { $before } in { $after } geändert
told-set = hat { $field } auf { $after } gesetzt
told-removed = hat { $field } { $before } entfernt
told-another-queue = eine andere
told-another = etwas anderes
told-quoted = „{ $text }“
told-looks-into = kümmert sich darum
told-on-hold = hat es zurückgestellt
told-solved = hat es als gelöst markiert
told-closed = hat es geschlossen
told-reopened = hat es wieder geöffnet
told-put-together = hat es mit einem anderen Ticket zusammengeführt, in dem es weitergeht
told-you-looks-into = kümmern sich darum
told-you-on-hold = haben es zurückgestellt
told-you-solved = haben es als gelöst markiert
told-you-closed = haben es geschlossen
told-you-reopened = haben es wieder geöffnet
told-you-put-together = haben es mit einem anderen Ticket zusammengeführt, in dem es weitergeht
told-and = { $first } und { $second }
told-and-more = { $names } und { $count } weitere
told-tags-added =
    { $count ->
        [one] hat das Schlagwort { $tags } hinzugefügt
       *[other] hat die Schlagwörter { $tags } hinzugefügt
    }
told-tags-removed =
    { $count ->
        [one] hat das Schlagwort { $tags } entfernt
       *[other] hat die Schlagwörter { $tags } entfernt
    }
alike-done = erledigt
kind-incident = Störung
kind-request = Anfrage
kind-problem = Problem
kind-change = Änderung
kind-task = Aufgabe
question-priority = Priorität
question-queue = Queue
question-assignee = Zuständig
question-category = Kategorie
question-tags = Schlagwörter
question-watchers = Beobachter
letter-state-held = zurückgehalten
letter-state-queued = wartet
letter-state-sending = wird gesendet
letter-state-deferred = verschoben
letter-state-sent = gesendet
letter-state-failed = gescheitert
letter-state-bounced = zurückgekommen
letter-state-suppressed = gesperrt
letter-state-withdrawn = zurückgenommen
channel-portal = Portal
channel-email = Mail
channel-api = API
channel-chat = Chat
channel-monitoring = Überwachung
channel-phone = Telefon
channel-walk-in = persönlich
mail-rule-reply-token = sie ging an die eigene Antwortadresse des Tickets.
mail-rule-reference = sie antwortet auf eine Nachricht dieses Tickets.
mail-rule-delivery-report = sie berichtet über eine Nachricht, die wir zu diesem Ticket gesendet haben.
mail-rule-participant = ihr Betreff nennt das Ticket, und ihr Absender ist daran beteiligt.
why-said = { $name } hat es so gesagt.
why-said-by-desk = Ein Mailfilter oder ein anderer Teil des Servicedesks hat es so gesagt.
why-vip = Der Melder ist VIP, deshalb ist es mindestens { $priority }.
why-category = Die Kategorie { $name } sagt es so.
why-matrix = Es folgt aus Auswirkung { $impact } und Dringlichkeit { $urgency }.
why-default-priority = Niemand hat gesagt, wie sehr es stört; das ist der Standard.
why-default = Keine Regel hat gepasst; das ist der Standard.
why-rule = Die Regel { $name } sagt es so (Version { $version }).
why-manual = Unter den Personen der Queue gewählt
why-turn = Die Person war an der Reihe
why-least = Die Person hatte am wenigsten offene Arbeit ({ $load })
why-skills = Die Person kann das Nötige und hatte am wenigsten offene Arbeit ({ $load })
why-stands-in = { $how }; sie vertritt { $name }.
why-so = { $how }.
why-on-call = Die Person hatte Rufbereitschaft in { $name }.
why-fallback = Niemand von { $queue } konnte es nehmen; deshalb ging es an die Standardperson.
why-no-team = { $queue } hat kein eigenes Team; deshalb wurde niemand gewählt.
why-nobody-there = Von { $queue } war niemand da; deshalb wurde niemand gewählt.
why-all-full = Alle von { $queue }, die da waren, hatten so viel, wie geht; deshalb wurde niemand gewählt.
why-nobody-knows = Von { $queue } kannte sich niemand, der da war, aus mit { $skills }; deshalb wurde niemand gewählt.
why-queue-full = { $queue } war voll ({ $open } Tickets, höchstens { $limit }); deshalb ging es woandershin.
why-opened = Die Person hat es zuerst geöffnet.
why-answered = Die Person hat zuerst geantwortet.
thread-only-title = Nicht mehr als der Titel.

keys-density = Kompakt oder bequem
rail-density = Kompakt oder bequem
bulk-more = Mehr
bulk-next-reply = Allen antworten
bulk-next-note = Interne Notiz an allen
bulk-next-merge = Zu einem zusammenführen
bulk-next-link = Mit einem Ticket verknüpfen
bulk-next-export = Als CSV exportieren
bulk-comment-title = An den ausgewählten Tickets schreiben
bulk-comment-about = Ein Text, der an jedem steht, als hätten Sie ihn dort geschrieben.
bulk-comment-do = An allen schreiben
bulk-merge-title = Ausgewählte Tickets zusammenführen
bulk-merge-about = Jede Unterhaltung bleibt, wie sie ist, und geht in einem Ticket weiter. Wer einem davon folgt, folgt dann diesem und darf es ganz lesen.
bulk-merge-do = Zusammenführen
bulk-link-title = Ausgewählte Tickets verknüpfen
bulk-link-about = Jedes wird mit einem anderen Ticket verbunden.
bulk-link-do = Verknüpfen
bulk-leave = Nichts tun
bulk-who-reads = Wer es liest
bulk-reply = Antwort
bulk-reply-about = An den Melder und alle, die dem Ticket folgen, auch per E-Mail
bulk-note = Interne Notiz
bulk-note-about = Nur für Bearbeiter
bulk-text = Text
bulk-placeholders = Namen, die an jedem Ticket für etwas anderes stehen
bulk-into = Die anderen gehen weiter in
bulk-into-hint = Vorgeschlagen ist das älteste.
bulk-into-other = Oder in einem anderen Ticket, mit seiner Nummer
bulk-link-how = Wie sie verbunden sind
bulk-link-to = Nummer des anderen Tickets
bulk-tickets =
    { $count ->
        [one] { $count } Ticket
       *[other] { $count } Tickets
    }
bulk-left =
    { $count ->
        [one] { $count } Ticket blieb, wie es war. Der Grund steht daneben; Sie können es noch einmal versuchen.
       *[other] { $count } Tickets blieben, wie sie waren. Der Grund steht jeweils daneben; Sie können es noch einmal versuchen.
    }
bulk-only-itself = Wählen Sie außer dem genannten noch mindestens ein Ticket.
bulk-merged =
    { $count ->
        [one] { $count } Ticket geht in { $into } weiter.
       *[other] { $count } Tickets gehen in { $into } weiter.
    }
bulk-linked =
    { $count ->
        [one] { $count } Ticket mit { $to } verknüpft.
       *[other] { $count } Tickets mit { $to } verknüpft.
    }
bulk-noted =
    { $count ->
        [one] Notiz an { $count } Ticket geschrieben.
       *[other] Notiz an { $count } Tickets geschrieben.
    }
bulk-replied =
    { $count ->
        [one] { $count } Ticket beantwortet.
       *[other] { $count } Tickets beantwortet.
    }
bulk-replied-held =
    { $count ->
        [one] { $count } Ticket beantwortet. Die E-Mail geht in { $seconds } Sekunden hinaus.
       *[other] { $count } Tickets beantwortet. Die E-Mails gehen in { $seconds } Sekunden hinaus.
    }
export-number = Nummer
export-created = Erstellt
export-updated = Zuletzt geändert
export-resolved = Gelöst
property-due = Fälligkeit
relation-duplicated-by = hat als Doppel
field-name-status = Status
field-name-assignee = Zuständig
field-name-queue = Queue
field-name-tags = Schlagwörter
told-the-field = die Änderung an: { $field }
told-the-change =
    { $count ->
        [one] die Änderung an { $count } Ticket
       *[other] die Änderung an { $count } Tickets
    }
told-the-merge =
    { $count ->
        [one] das Zusammenführen von { $count } Ticket
       *[other] das Zusammenführen von { $count } Tickets
    }
told-the-links =
    { $count ->
        [one] die Verknüpfung von { $count } Ticket
       *[other] die Verknüpfungen von { $count } Tickets
    }
told-the-replies =
    { $count ->
        [one] die Antwort auf { $count } Ticket
       *[other] die Antworten auf { $count } Tickets
    }
property-title = Titel
property-wrong-due = Schreiben Sie ein Datum mit Uhrzeit, oder nichts.
property-now = { $number }, { $property }: { $value }
ticket-parts-still-open =
    { $count ->
        [one] { $count } Teilticket ist noch offen.
       *[other] { $count } Teiltickets sind noch offen.
    }
tags-changed = Schlagwörter geändert
own-field-changed = geändert
links-linked = verknüpft
links-unlinked = Verknüpfung gelöst
links-not-unlinked = Die Verknüpfung besteht noch
watch-removed = folgt nicht mehr
watch-added = folgt ab jetzt
watch-not-changed = Wer folgt, ist unverändert
watch-nobody = So ist niemand bekannt. Wählen Sie jemanden aus der Liste, oder schreiben Sie die Adresse.
watch-change = Ändern, wer folgt
watch-add = Jemanden folgen lassen
watch-by-address = E-Mail-Adresse
watch-remove = { $name } folgt nicht mehr
requester-change = Melder ändern
requester-follows = Der Melder liest das Ticket und bekommt seine E-Mails. { $name } liest es dann nicht mehr, außer als jemand, der ihm folgt.
requester-keeps = { $name } folgt dem Ticket
requester-keeps-hint = Liest es weiterhin und erfährt von Antworten.
requester-leave = So lassen
requester-now = Der Melder ist { $name }
delete-title = { $number } löschen
delete-delete = Ticket löschen
delete-number = Nummer des Tickets
delete-type-number = Geben Sie { $number } ein, wenn Sie es wirklich wollen.
delete-follows = Niemand findet oder liest es mehr, und E-Mails dazu eröffnen ein neues Ticket. Die Nummer wird nie wieder vergeben. Was geschah, bleibt im Protokoll. Das lässt sich nicht rückgängig machen.
delete-leave = Behalten
delete-deleted = { $number } wurde gelöscht.
ticket-tasks = Aufgaben
ticket-change-title = Titel ändern
ticket-more = Mehr
ticket-new-part = Neues Teilticket
ticket-merge-other = Mit einem anderen zusammenführen
ticket-part-of = Teil von { $number }
ticket-sub-tickets = Teiltickets
ticket-no-parts = Keine. Arbeit, die jemand anderes tut oder die einen eigenen Termin hat, ist in einem gut aufgehoben.
ticket-no-links = Es ist mit keinem anderen Ticket verknüpft.
ticket-unlink = Verknüpfung mit { $number } lösen
ticket-child = Teil von
ticket-parent = Hat als Teil
ticket-due = Fällig
relation-child-of = Teil von
relation-parent-of = hat als Teil
new-ticket-task = Eine Aufgabe
new-ticket-piece-work = Eine Arbeit für jemanden
new-ticket-part-hint = Es wird für sich bearbeitet und geschlossen. Lassen Sie den Melder leer, wenn es nur Kollegen angeht: Dann ist es Ihres, und der Melder des Ganzen erfährt nichts davon.
told-links = die Änderung einer Verknüpfung
told-followers = die Änderung, wer folgt
caller-must = Neuer Melder
caller-must-hint = Geben Sie einen Namen, eine Adresse, eine Telefonnummer oder eine Organisation ein.
caller-must-hint-address = Die E-Mail-Adresse.
ticket-due-hint = Fällig am; leer nimmt es weg
new-ticket-part-what = Was ist zu tun?
told-file-removed = hat die Datei { $file } entfernt
