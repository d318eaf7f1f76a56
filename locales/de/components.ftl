# Bausteine, die auf vielen Seiten stehen.

alike-may-one-these = Vielleicht ist es eines von diesen
alike-see-whether-known-already = Nachsehen, ob es schon bekannt ist
alike-many-since-you-hear = Viele sind betroffen, seit { $when }. Hier erfahren Sie, wenn es vorbei ist.
alike-since-if-concerns-you = Seit { $when }. Wenn Sie davon betroffen sind, brauchen Sie nicht zu schreiben.
attachment-being-checked = wird geprüft
attachment-preview-of = Vorschau von { $file }
attachment-picture-before = Das Bild davor
attachment-picture-after = Das nächste Bild
attachment-picture-close = Schließen
attachment-picture-file = Herunterladen
attachment-held-virus-found = zurückgehalten: Virus gefunden
attachment-optional = (freiwillig)
attachment-drop-them-anywhere-paste = Einfach hierher ziehen oder einen Screenshot einfügen.
attachment-up-each = Je Datei höchstens { $size }.
availability-away = Abwesend
availability-no-queue-gives-out = Solange das angekreuzt ist, teilt keine Queue hierher Tickets zu.
availability-absence = Abwesenheit { $i }
availability-first-day = Erster Tag
availability-last-day = Letzter Tag
availability-stands = Vertretung
availability-open-tickets-stay-where = Offene Tickets bleiben, wo sie sind. Was eine Queue zuteilen würde, bekommt die Vertretung; sie erfährt auch, was von Hand zugewiesen wird.
badge-remove-tag = Schlagwort { $name } entfernen
breadcrumb-you-here = Sie sind hier
composer-who-reads = Wer liest das?
composer-reply = Antwort
composer-internal-note = Interne Notiz
composer-to = An { $to }
composer-your-message = Ihre Nachricht
composer-write = Schreiben …
composer-attach = Anhängen
composer-attach-files = Dateien anhängen
composer-forward = Weiterleiten
composer-send-reply = Antwort senden
composer-add-note = Notiz hinzufügen
composer-who-not-reached-mail = Wer per Mail nicht erreicht wird
composer-nothing-sent-since = An { $address } wird seit { $day } nichts gesendet: { $reason }
composer-mail-comes-address-lifts = Kommt von der Adresse eine Mail, hebt das die Sperre von selbst auf.
composer-whoever-looks-after-settings = Aufheben kann es, wer die Einstellungen pflegt.
composer-you-can-lift-under = Aufheben lässt es sich unter { $addresses }.
composer-reply-without-mail = Eine Antwort steht am Ticket, aber es geht keine Mail dorthin.
composer-cc-bcc = An, Cc, Bcc
composer-mail-went-more =
    { $count ->
        [one] die Mail ging an { $count } weitere Adresse
       *[other] die Mail ging an { $count } weitere Adressen
    }
composer-to-2 = An
composer-bcc = Bcc
composer-requester = den Melder
composer-cc-everybody-whom-mail = Cc an alle, an die die Mail ging: { $all }
composer-send-along = Mitsenden: { $name }
countdown-clock-stands-still-left = { $label }: die Uhr steht, noch { $lasting }
countdown-time = { $label }: eingehalten
countdown-time-2 = eingehalten
countdown-by = { $label } bis { $exact }
countdown-over = { $lasting } drüber
delivery-taken-back-before-sent = Vor dem Senden zurückgenommen.
delivery-leaves = Wird { $when } gesendet.
delivery-try-again = Erneut versuchen
dialog-close = Schließen
field-optional = (freiwillig)
pagination-of = { $first }–{ $last } von { $total }
pagination-of-more = { $first }–{ $last } von mindestens { $total }
pagination-previous-page = Vorige Seite
pagination-next-page = Nächste Seite
priority-critical = Kritisch
priority-high = Hoch
priority-medium = Mittel
priority-low = Niedrig
status-pill-weve-got = Wir haben es
status-pill-were = Wir sind dran
status-pill-waiting-you = Wartet auf Sie
status-pill-solved = Gelöst
status-pill-closed = Geschlossen
thread-conversation = Verlauf
thread-internal-note = Interne Notiz
thread-about-message = Über diese Nachricht
thread-pictures-blocked =
    { $count ->
        [one] { $count } Bild von einem anderen Server wurde nicht geladen
       *[other] { $count } Bilder von anderen Servern wurden nicht geladen
    }
thread-show = Zeigen
why-why = Warum?
