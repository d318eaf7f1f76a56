# Glossar: so heißen die Dinge in Lodge auf Deutsch. Wer eine Phrase schreibt, bleibt bei diesen Wörtern.
#
#   agent           Bearbeiter              note, internal note   interne Notiz
#   requester       Melder                  reply                 Antwort
#   assignee        Zuständig, Zuständiger  merge                 zusammenführen
#   watcher         Beobachter              link                  verknüpfen
#   desk            Servicedesk             outage                Ausfall
#   ticket          Ticket                  due, due time         Frist
#   incident        Störung                 target, promise       Zusage
#   request         Anfrage                 service level         Service-Level
#   queue           Queue (die)             breach, missed        verpasst
#   status, state   Status                  on call, rotation     Rufbereitschaft, Plan
#   category        Kategorie               held mail             zurückgehaltene Mail
#   impact          Auswirkung              sign in, sign out     anmelden, abmelden
#   urgency         Dringlichkeit           second factor         zweiter Faktor
#   lodge a ticket  ein Ticket melden       mail                  Mail (die)
#
# Anrede: wo es natürlich geht, ohne; sonst „Sie“.

word-rule = Regel
word-cc = Cc
word-subject = Betreff
word-saved = Gespeichert.
word-new-ticket = Neues Ticket
word-search = Suche
word-desk = Der Servicedesk
word-nobody = Niemand
word-suppressed-addresses = Gesperrte Adressen
word-undo = Rückgängig
word-priority = Priorität
word-send = Senden
word-pages = Seiten
word-queue = Queue
word-add-tag = Schlagwort hinzufügen
word-assignee = Zuständig
word-skip-content = Zum Inhalt springen
word-tickets = Tickets
word-queues = Queues
word-ticket = Ticket
word-files = Dateien
word-category = Kategorie
word-save = Speichern
word-tags = Schlagwörter
word-my-tickets = Meine Tickets
word-your-account = Ihr Konto
word-profile-security = Profil und Sicherheit
word-access-tokens = Zugriffstoken
word-password = Passwort
word-name = Name
word-time-zone = Zeitzone
word-mail-address = Mailadresse
word-home = Start
word-added = { $name } ist hinzugefügt.
word-all = Alle
word-calendar = Kalender
word-deleted = { $name } ist gelöscht.
word-it-is-on = Eingeschaltet
word-off = Aus
word-order = Reihenfolge
word-organization = Organisation
word-people = Personen
word-saved-2 = { $name } ist gespeichert.
word-sender = Absender
word-state = Zustand
word-take-away = Entfernen
word-team = Team
word-test-connection = Verbindung prüfen
word-there-no-organization-name = Eine Organisation dieses Namens gibt es nicht; fügen Sie sie zuerst hinzu.
word-usual = Wie üblich
word-what-test-found = Was die Prüfung ergab
