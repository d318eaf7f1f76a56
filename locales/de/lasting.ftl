# Was bleibt: wiederkehrende Tickets, Kalender-Feeds, Tickets auf Papier und so, wie sie waren.

recurring-section = Wiederkehrende Tickets
recurring-section-hint = Zeitplan, wiederholen, jede Woche, Routinearbeiten
recurring-about = Vorlagen, die der Desk von selbst immer wieder anlegt.
recurring-add = Wiederkehrendes Ticket anlegen
recurring-make = Dieses wiederkehrende Ticket anlegen
recurring-look = Nächste Termine zeigen
recurring-none = Noch kehrt nichts wieder
recurring-none-hint = Jeden Morgen die Backups prüfen, jedes Quartal die Zertifikate erneuern: von selbst angelegt.
recurring-needs-template = Ein wiederkehrendes Ticket wird nach einer Vorlage angelegt, und es gibt noch keine.
recurring-name-short = Wiederkehrendes Ticket
recurring-when = Wann
recurring-next = Als Nächstes
recurring-paused = Angehalten
recurring-failed = Nicht angelegt
recurring-name = Name
recurring-template = Vorlage
recurring-template-hint = Sie sagt alles über das Ticket: Titel, Text, Queue, Priorität, Schritte.
recurring-choose = Vorlage wählen
recurring-requester = Melder
recurring-requester-hint = Die Mailadresse der Person, für die es angelegt wird.
recurring-rhythm = Wie oft
recurring-daily = Jeden Tag
recurring-weekly = Jede Woche, an einigen Tagen
recurring-monthly-date = Jeden Monat, an einem Datum
recurring-monthly-day = Jeden Monat, an einem Wochentag
recurring-every = Abstand
recurring-every-hint = 1 heißt jeder Tag, jede Woche, jeder Monat; 2 jeder zweite.
recurring-days = An diesen Tagen
recurring-date = Datum
recurring-date-hint = 31 ist der letzte Tag jedes Monats.
recurring-place = Der wievielte
recurring-first = Erster
recurring-second = Zweiter
recurring-third = Dritter
recurring-fourth = Vierter
recurring-place-last = Letzter
recurring-day = Tag
recurring-weekday = Montag bis Freitag
recurring-at = Uhrzeit
recurring-at-hint = Überspringt die Zeitumstellung sie, wird eine Stunde später angelegt; gibt es sie zweimal, beim ersten Mal.
recurring-zone = Zeitzone
recurring-working-days = Nur an Arbeitstagen von
recurring-working-days-hint = Was auf einen freien Tag fällt, wird am nächsten Arbeitstag angelegt.
recurring-every-day = Kein Kalender: an jedem Tag
recurring-from = Von
recurring-from-hint = Der erste Tag. Wochen und Monate werden von ihm an gezählt.
recurring-until = Bis
recurring-pause = Angehalten
recurring-pause-hint = Es wird nichts angelegt und später nichts nachgeholt.
recurring-next-times = Nächste Termine
recurring-never = Es wird nicht mehr angelegt.
recurring-trouble = Das letzte konnte nicht angelegt werden: { $why }
recurring-was-due = Fällig war es { $when }. Das nächste wird wieder versucht.
recurring-last = Das letzte ist { $ticket }, fällig { $when }.
recurring-lodge = Jetzt eines anlegen
recurring-lodge-hint = Neben dem Zeitplan, der unverändert weitergeht.
recurring-stays = Angelegte Tickets bleiben.
recurring-delete = Dieses wiederkehrende Ticket löschen
recurring-deleted = Das wiederkehrende Ticket ist gelöscht.
recurring-saved = { $name } ist gespeichert.
recurring-says-daily = { $every ->
    [1] Jeden Tag um { $at }
   *[other] Alle { $every } Tage um { $at }
}
recurring-says-weekly = { $every ->
    [1] Jede Woche am { $days } um { $at }
   *[other] Alle { $every } Wochen am { $days } um { $at }
}
recurring-says-monthly = { $every ->
    [1] Jeden Monat, { $day }, um { $at }
   *[other] Alle { $every } Monate, { $day }, um { $at }
}
recurring-says-date = am { $date }.
recurring-says-day = { $place }: { $day }
told-lodged-again = hat es nach Zeitplan angelegt
thing-recurring-ticket = wiederkehrendes Ticket
thing-ticket-template = Ticketvorlage
recurring-wrong-every = Der Abstand sind 1 bis { $most } Tage, Wochen oder Monate.
recurring-wrong-time = Die Uhrzeit wird als 09:00 geschrieben.
recurring-wrong-zone = Diese Zeitzone gibt es nicht. Sie heißen etwa Europe/Berlin.
recurring-ends-before = Es endet, bevor es beginnt.
recurring-wrong-days = Wählen Sie mindestens einen Wochentag.
recurring-wrong-day = Tage sind mon, tue, wed, thu, fri, sat und sun.
recurring-wrong-date = Das Datum ist 1 bis 31.
recurring-wrong-place = Der wievielte ist 1 bis 4, oder 5 für den letzten, und der Tag einer der Woche.
recurring-wrong-rhythm = Der Rhythmus ist daily, weekly oder monthly.
recurring-wrong-date-of-day = Ein Tag wird als 2026-05-04 geschrieben.
recurring-no-template = Diese Vorlage gibt es nicht.
recurring-template-no-title = Die Vorlage { $name } hat keinen Titel. Ein Ticket, das niemand ausfüllt, braucht einen.
recurring-requester-gone = { $name } ist nicht mehr aktiv, deshalb wird nichts für diese Person angelegt.
recurring-too-many = Ein Desk hat höchstens { $most } wiederkehrende Tickets.
recurring-changed-meanwhile = Jemand hat dieses wiederkehrende Ticket inzwischen geändert. Sehen Sie es sich noch einmal an.
refused-template-recurs = Das wiederkehrende Ticket { $name } wird nach dieser Vorlage angelegt. Geben Sie ihm zuerst eine andere.

feeds-tab = Kalender
feeds-about = Eine Adresse, die Ihr Kalender abonniert: Sie zeigt, wann Arbeit fällig ist, soweit Sie sie in dem Moment sehen dürfen.
feeds-none = Noch kein Feed
feeds-none-hint = Legen Sie unten einen an und geben Sie seine Adresse Ihrem Kalender.
feeds-made = Hier ist seine Adresse. Kopieren Sie sie jetzt: Sie wird nicht noch einmal gezeigt.
feeds-address = Adresse des Feeds
feeds-since = seit { $when }
feeds-revoke = { $name } widerrufen
feeds-revoked = Der Feed ist widerrufen. Seine Adresse antwortet nicht mehr.
feeds-new = Neuer Feed
feeds-name = Wofür ist er?
feeds-mine = Meine Arbeit, wenn sie fällig ist
feeds-teams = Die Arbeit meiner Teams, wenn sie fällig ist
feeds-reminders = Meine Erinnerungen
feeds-view = Tickets einer gespeicherten Ansicht
feeds-no-saved-view = Keine gespeicherte Ansicht
feeds-secret = Wer die Adresse kennt, liest den Feed ohne Anmeldung. Widerrufen Sie ihn, wenn jemand anderes sie gesehen hat.
feeds-make = Feed anlegen
feeds-too-many = Sie haben schon { $most } Feeds. Widerrufen Sie zuerst einen.
feeds-show-nothing = Wählen Sie mindestens eines aus, das der Feed zeigt.
feeds-no-view = Diese Ansicht gibt es nicht.
thing-feed = Feed
