# Stimme und Aussehen des Desks: Ankündigungen, Farbe und Logo; berichtigte Texte; Zeiten.

amend-edit = Text bearbeiten
amend-edit-hint = Was vorher dastand, bleibt im Verlauf. Eine Mail, die hinausging, ist draußen.
amend-text = Text
amend-save = Text speichern
amend-saved = Der Text ist gespeichert; der frühere steht im Verlauf.
amend-redact = Wörter unkenntlich machen
amend-redact-hint = Für Passwörter, Kartennummern und alles, was hier niemand lesen darf. Das Original bleibt im Prüfprotokoll.
amend-words = Wörter
amend-words-hint = Eine Stelle je Zeile, so wie sie im Text steht.
amend-everywhere = In allen Nachrichten dieses Tickets und in seinem Titel
amend-whole = Den ganzen Text
amend-reason = Grund
amend-redact-now = Unkenntlich machen
amend-redacted = { $places ->
    [one] Eine Stelle ist jetzt unkenntlich.
   *[other] { $places } Stellen sind jetzt unkenntlich.
}
amend-edited = bearbeitet
amend-was-redacted = teilweise unkenntlich
told-comment-edited = hat eine Nachricht bearbeitet
told-text-redacted = hat Wörter unkenntlich gemacht
told-time-booked = hat { $minutes } Minuten gebucht
told-time-changed = hat eine Zeitbuchung geändert
told-time-removed = hat { $minutes } Minuten gestrichen

announcements-section = Ankündigungen
announcements-section-hint = Hinweise, Banner, Wartung, geplante Ausfälle
announcements-about = Was der Desk allen sagt: auf der ersten Seite des Portals, in der Konsole oder auf beiden.
announcements-none = Nichts ist angekündigt
announcements-none-hint = Unten eine schreiben; sie steht sofort oder ab dem gewählten Zeitpunkt.
announcements-new = Allen etwas sagen
announcements-title = In einer Zeile
announcements-text = Mehr dazu
announcements-audience = Wer es liest
announcements-portal = Anfragende, auf der ersten Seite des Portals
announcements-agents = Bearbeitende, in der Konsole
announcements-everybody = Alle
announcements-urgent = Es ist dringend
announcements-from = Ab
announcements-until = Bis
announcements-zone-hint = In der Zeitzone des Desks ({ $zone }). Leer beginnt jetzt oder endet, wenn man sie beendet.
announcements-publish = Veröffentlichen
announcements-end = Jetzt beenden
announcements-live = steht jetzt
announcements-later = steht später
announcements-over = ist vorbei
announcements-published = Es ist angekündigt.
announcements-ended = Es ist vorbei.
announcements-delete = Löschen
announcements-deleted = Die Ankündigung ist gelöscht.
announcements-wrong-instant = Datum und Uhrzeit angeben, etwa 2026-03-31T08:00.

look-section = Aussehen
look-section-hint = Marke, Thema, Logo, Farbe, Akzent
look-about = Farbe und Zeichen des Desks auf jeder Seite. Wie hell eine Farbe ist, gehört zur Gestaltung, damit alles lesbar bleibt.
look-hue = Farbe
look-hue-hint = Von Rot über Gelb, Grün und Blau bis Violett.
look-chroma = Wie viel davon
look-chroma-hint = Von Grau bis zum Meisten, was sich noch gut liest.
look-logo = Logo
look-logo-hint = Ein Bild als PNG, JPEG oder WebP mit höchstens { $size } KB. Es wird 24 Pixel hoch gezeigt.
look-no-logo = Das Logo entfernen
look-save = Aussehen speichern
look-sample = So sieht es aus
look-sample-button = Ein Knopf
look-sample-badge = Eine Marke
look-sample-link = ein Verweis
look-whole-number = Eine ganze Zahl angeben.
