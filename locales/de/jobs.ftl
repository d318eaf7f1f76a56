# Was der Desk von selbst tut, in den Einstellungen.

jobs-section = Hintergrundarbeit
jobs-section-hint = Jobs, Postausgang, Warteschlange, gescheitert, wiederholen, was läuft
jobs-about = Was der Desk von selbst tut, und ob er es tut. Solange alles gut geht, brauchen Sie hier nichts zu tun.
jobs-failed = Was fehlgeschlagen ist
jobs-none-failed = Nichts ist fehlgeschlagen, und nichts wartet auf Sie.
jobs-gave-up = aufgegeben
jobs-tries-on = wird noch versucht
jobs-failed-since = Seit { $when }, { $attempts ->
    [one] ein Versuch
   *[other] { $attempts } Versuche
}
jobs-retry = Jetzt erneut versuchen
jobs-retry-all = Alle jetzt erneut versuchen
jobs-discard = Aufgeben
jobs-retried = { $count ->
    [one] Es wird jetzt erneut versucht.
   *[other] { $count } werden jetzt erneut versucht.
}
jobs-discarded = Es ist aufgegeben und fort.
jobs-works = Was von selbst läuft
jobs-since = Was zuletzt getan wurde und was zuletzt fehlschlug, ist seit dem Start des Desks bekannt: { $when }.
jobs-part = Es gibt so viel zu tun, dass nur der erste Teil davon gezählt wurde.
jobs-done = zuletzt { $when }
jobs-next = als Nächstes { $when }
jobs-running = { $count ->
    [one] eins läuft
   *[other] { $count } laufen
}
jobs-waiting = { $count ->
    [one] eins wartet
   *[other] { $count } warten
}
jobs-last-failure = Letzter Fehler { $when }: { $why }
jobs-state-fine = in Ordnung
jobs-state-idle = noch nichts zu tun
jobs-state-off = nicht eingerichtet
jobs-state-failing = stockt und versucht es erneut
jobs-state-stuck = braucht jemanden
jobs-search = Suche
jobs-search-about = Nimmt Geschriebenes in die Suche auf.
jobs-behind = { $count ->
    [one] eine Änderung zurück
   *[other] { $count } Änderungen zurück
}

work-mail-in = Eingehende Mail
work-about-mail-in = Holt Mail aus den Postfächern und macht Tickets und Antworten daraus.
work-mail-out = Ausgehende Mail
work-about-mail-out = Verschickt die Briefe des Postausgangs.
work-account-mail = Mails zu Konten
work-about-account-mail = Einladungen, vergessene Passwörter, Anmeldungen von neuen Geräten.
work-notify = Benachrichtigungen
work-about-notify = Entscheidet, wer wovon erfährt.
work-push = Geräte
work-about-push = Meldet sich auf Telefonen und in Browsern, während keine Seite offen ist.
work-clocks = Ziele
work-about-clocks = Warnt, bevor ein Ziel verfehlt wird, und eskaliert.
work-closing = Schließen
work-about-closing = Schließt gelöste Tickets nach den Tagen der Stille und sagt es vorher den Anfragenden.
work-recurring = Wiederkehrende Tickets
work-about-recurring = Legt an, was immer wieder kommt.
work-later = Was später kommt
work-about-later = Bringt zurückgestellte Tickets wieder; Erinnerungen; Mails, die Geschehenes sammeln.
work-outages = Ausfälle
work-about-outages = Schließt die Tickets eines Ausfalls ab, der vorbei ist.
work-alike = Ähnliche Tickets
work-about-alike = Vergleicht jedes neue Ticket mit denen der letzten Stunden.
work-retime = Neu berechnen
work-about-retime = Berechnet Ziele neu, nachdem sich Service-Level oder Kalender geändert haben.
work-holidays = Feiertage
work-about-holidays = Liest die Feiertage, die Kalender abonniert haben.
work-directories = Verzeichnisse
work-about-directories = Liest Personen und Gruppen aus Verzeichnissen.
work-tidying = Aufräumen
work-about-tidying = Entfernt zu Altes, erneuert Anmeldungen von Postfächern, erinnert Anfragende.
