# Dateien aus Listen: bestellt, im Hintergrund erstellt, abgeholt.

export-kind = Art
export-category = Kategorie
export-channel = Kanal
export-requester-email = Adresse des Meldenden
export-closed = Geschlossen
export-due = Fällig
export-status-category = Bedeutung des Status
export-impact = Auswirkung
export-urgency = Dringlichkeit
export-comments = Nachrichten
export-minutes = Gearbeitete Minuten
export-id = Id
export-description = Beschreibung

export-link = Exportieren
export-title = Eine Liste exportieren
export-of = { $count ->
        [one] { $count } Ticket
       *[other] { $count } Tickets
    }: { $name }
export-of-all = alle Tickets, die Sie sehen dürfen
export-what-query = Welche Tickets
export-what-query-hint = In der Abfragesprache, wie in der Suche. Leer: alle, die Sie sehen dürfen.
export-what-columns = Spalten
export-what-format = Datei
export-format-csv = CSV, für Tabellenkalkulationen
export-format-csv-hint = Öffnet sich in Excel, LibreOffice und Numbers. Nichts, was jemand getippt hat, wird als Formel ausgeführt.
export-format-parquet = Parquet, für Auswertungen
export-format-parquet-hint = Mit Typen und gepackt, für DuckDB, pandas, Spark. Die Spalten heißen wie in der API.
export-now = Jetzt herunterladen
export-order = Im Hintergrund erstellen
export-order-hint = Die Datei entsteht, während Sie weiterarbeiten, und wird { $days } Tage aufgehoben.
export-mine = Ihre Dateien
export-none = Noch keine Datei
export-none-hint = Was Sie im Hintergrund erstellt haben, steht hier, bis es gelöscht wird.
export-state-waiting = Wartet
export-state-running = Wird erstellt
export-state-done = Fertig
export-state-failed = Ließ sich nicht erstellen
export-progress = { $done } von { $total }
export-left = noch etwa { $time }
export-at-least = Mindestens { $count } Tickets
export-rows = { $count ->
        [one] { $count } Ticket
       *[other] { $count } Tickets
    }, { $size }
export-until = aufgehoben bis { $day }
export-download = Herunterladen
export-stop = Abbrechen
export-drop = Entfernen
export-failed = Der Server konnte sie nicht erstellen; warum, steht in seinem Protokoll. Bestellen Sie sie neu, und wenn es wieder misslingt, sagen Sie es denen, die den Server betreiben.
export-said-ordered = Die Datei wird erstellt. Sie können diese Seite verlassen.
export-said-stopped = Die Datei wurde entfernt.

work-exports = Exporte
work-about-exports = Erstellt die Dateien aus Listen, die jemand bestellt hat.

refused-export-person = Dateien aus Listen bestellen nur Personen; dieser Aufrufer ist keine.
refused-export-column = Eine Spalte { $name } gibt es hier nicht. Nehmen Sie ein Feld eines Tickets, etwa number oder createdAt, oder custom. und den Schlüssel eines eigenen Feldes.
refused-export-columns = Eine Datei hat höchstens { $most } Spalten.
refused-export-format = Eine Datei ist csv oder parquet.
refused-export-language = Überschriften gibt es in en, de oder ar.
refused-exports-at-once = { $most } Ihrer Dateien entstehen noch. Warten Sie auf eine davon, oder brechen Sie sie ab.
refused-export-not-made = Die Datei ist noch nicht fertig.
refused-export-failed = Die Datei ließ sich nicht erstellen; bestellen Sie sie neu.
refused-export-index = Der Suchindex holt noch auf, und der Datei würden Tickets fehlen. Versuchen Sie es gleich noch einmal.
refused-exports-sent = Gerade werden { $most } Dateien gesendet. Versuchen Sie es gleich noch einmal, oder lassen Sie sie im Hintergrund erstellen.
