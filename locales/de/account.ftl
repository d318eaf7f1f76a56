# Das eigene Konto.

account-availability = Verfügbarkeit
account-whether-queues-assign-themselves = Ob Queues, die von selbst zuteilen, Ihnen Tickets geben.
account-you-there = Sind Sie da?
account-you-open-tickets =
    { $open ->
        [one] Sie haben { $open } offenes Ticket.
       *[other] Sie haben { $open } offene Tickets.
    }
account-you-know = Sie kennen sich aus mit { $join }.
account-your-other-desks = Ihre anderen Servicedesks
account-you-known-these-desks = Auch auf diesen Servicedesks sind Sie bekannt. Wer dorthin geht, ist dort gleich angemeldet.
account-go = Zu { $name }
account-going-there = Auf dem Weg
account-on-to = Weiter zu { $name }
account-opens-itself = Es öffnet sich von selbst.
account-welcome = Willkommen
account-welcome-2 = Willkommen bei { $desk }
account-you-come-another-desk = Sie kommen von einem anderen Servicedesk, bei dem Sie angemeldet sind.
account-sign-here = Hier anmelden
account-where-you-signed = Wo Sie angemeldet sind
account-about-you = Über Sie
account-picture = Bild
account-picture-hint = Ein Foto von Ihnen, damit man weiß, mit wem man spricht. Gezeigt wird seine Mitte.
account-picture-use = Dieses Bild verwenden
account-picture-remove = Bild entfernen
account-picture-none = Wählen Sie zuerst ein Bild.
account-second-factor = Zweiter Faktor
account-language = Sprache
account-such-europe-berlin-empty = Zum Beispiel Europe/Berlin. Leer: die des Servicedesks.
account-you-no-password-here = Sie haben hier kein Passwort. { $mail }, wenn Sie eines möchten.
account-set-one-mail = Per Mail eines setzen
account-password-now = Bisheriges Passwort
account-new-password = Neues Passwort
account-change-password = Passwort ändern
account-every-other-device-signed = Jedes andere Gerät wird abgemeldet.
account-set-up-signing-asks = Eingerichtet { $when }. Beim Anmelden wird ein Code aus Ihrer App verlangt. { $left }
account-one-stolen-password-alone = Mit ihm öffnet ein gestohlenes Passwort allein nichts: Beim Anmelden wird auch ein Code aus einer App auf Ihrem Telefon verlangt.
account-your-role-needs-one = Ihre Rolle verlangt einen.
account-new-recovery-codes-remove = Neue Wiederherstellungscodes, oder entfernen
account-set-up = Einrichten
account-no-recovery-code-left = Kein Wiederherstellungscode ist übrig: Machen Sie neue.
account-recovery-codes-left =
    { $count ->
        [one] Ein Wiederherstellungscode ist übrig: Machen Sie bald neue.
       *[other] { $count } Wiederherstellungscodes sind übrig.
    }
account-signing-asks-code-your = Beim Anmelden wird ein Code aus Ihrer App verlangt.
account-your-role-needs-one-2 = Ihre Rolle verlangt einen. Richten Sie ihn ein, dann geht alles andere wieder.
account-code-your-telephone-besides = Ein Code von Ihrem Telefon, zusätzlich zum Passwort.
account-you-need-app-shows = Sie brauchen eine App, die Codes zeigt, zum Beispiel Aegis, 2FAS, Google Authenticator oder Ihren Passwortspeicher.
account-scan-app = Scannen Sie das mit der App.
account-code-your-app-scans = Ein Code, den Ihre App scannt
account-type-key-there = Oder tippen Sie dort diesen Schlüssel ein:
account-type-six-digits-app = Tippen Sie die sechs Ziffern, die die App zeigt.
account-code-app = Code aus der App
account-finish = Fertigstellen
account-recovery-codes-left-each =
    { $codes_left ->
        [one] { $codes_left } Wiederherstellungscode ist übrig. Jeder öffnet die Tür einmal, an dem Tag, an dem das Telefon weg ist.
       *[other] { $codes_left } Wiederherstellungscodes sind übrig. Jeder öffnet die Tür einmal, an dem Tag, an dem das Telefon weg ist.
    }
account-code-now = Ein Code von jetzt
account-make-new-recovery-codes = Neue Wiederherstellungscodes machen
account-remove-second-factor = Zweiten Faktor entfernen
account-recovery-codes = Wiederherstellungscodes
account-print-them-write-them = Drucken oder schreiben Sie sie ab, und heben Sie sie dort auf, wo das Telefon nicht ist.
account-each-works-once-instead = Jeder gilt einmal, statt eines Codes aus der App. Sie werden nicht noch einmal gezeigt; frühere gelten nicht mehr.
account-i-them = Ich habe sie
account-if-something-here-not = Wenn hier etwas nicht von Ihnen ist, melden Sie es ab und ändern Sie Ihr Passwort.
account-sign-out-everywhere-else = Überall sonst abmelden
account-one = dieses
account-from = von { $address }
account-since = seit { $when }
account-last-used = zuletzt benutzt { $when }
account-sign-out = { $device } abmelden
account-30-days = 30 Tage
account-90-days = 90 Tage
account-one-year = Ein Jahr
account-until-ended = Bis es beendet wird
account-program-one-your-tokens = Ein Programm mit einem Ihrer Token handelt in Ihrem Namen. Geben Sie jedem ein eigenes, das nicht mehr darf als nötig.
account-no-access-tokens = Keine Zugriffstoken
account-make-one-below-program = Machen Sie unten eines für ein Programm, das mit diesem Servicedesk arbeiten soll.
account-here-token-copy-now = Hier ist das Token. Kopieren Sie es jetzt: Es wird nicht noch einmal gezeigt.
account-token = Das Token
account-everything-you-may = alles, was Sie dürfen
account-over = abgelaufen
account-made = gemacht { $when }
account-ended = abgelaufen { $when }
account-ends = läuft { $when } ab
account-end = { $name } beenden
account-new-token = Neues Token
account-what = Wofür es ist
account-monitoring = Überwachung
account-how-long-works = Wie lange es gilt
account-what-may-do = Was es darf
account-everything-you-may-if = Alles, was Sie dürfen, wenn nichts angekreuzt ist.
account-make-token = Token machen
account-absence-first-last-day = Eine Abwesenheit hat einen ersten und einen letzten Tag, zum Beispiel 2026-05-04.
account-there-no-such-person = Diese Person gibt es nicht.
account-desk-no-host-name = Der Servicedesk `{ $name }` hat keinen Hostnamen; fragen Sie, wer ihn betreibt.
account-way-works-once-minute = Dieser Weg gilt einmal, eine Minute lang. Gehen Sie zum anderen Servicedesk zurück, und kommen Sie noch einmal.
account-sign-personal-access-token = Dafür müssen Sie sich anmelden; ein persönliches Zugriffstoken genügt nicht.
account-desks = Die des Servicedesks
account-your-password-changed-every = Ihr Passwort ist geändert, und jedes andere Gerät abgemeldet.
account-your-second-factor-removed = Ihr zweiter Faktor ist entfernt.
account-signed-out-there = Dort abgemeldet.
account-signed-out-everywhere-else = Überall sonst abgemeldet.
account-token-works-no-more = Das Token gilt nicht mehr.
account-look = Aussehen der Seiten
account-theme = Hell oder dunkel
account-density = Abstände
account-density-hint = Kompakt zeigt mehr auf einmal.
theme-system = Wie mein System
theme-light = Hell
theme-dark = Dunkel
density-comfortable = Bequem
density-compact = Kompakt
