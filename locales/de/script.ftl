# Was die Skripte sagen.

js-editor-format = Text formatieren
js-editor-bold = Fett
js-editor-italic = Kursiv
js-editor-strike = Durchgestrichen
js-editor-code = Code
js-editor-link = Link
js-editor-address = Adresse des Links
js-editor-set = Link setzen
js-editor-heading = Überschrift
js-editor-bullets = Liste
js-editor-numbers = Nummerierte Liste
js-editor-quote = Zitat
js-editor-block = Codeblock
js-editor-table = Tabelle
js-editor-rows = Zeile darunter
js-editor-columns = Spalte danach
js-editor-norow = Zeile entfernen
js-editor-nocolumn = Spalte entfernen
js-editor-notable = Tabelle entfernen
js-editor-source = Markdown schreiben
js-editor-formatted = Formatiert schreiben
js-unreachable = Der Servicedesk ist nicht zu erreichen. Was Sie getippt haben, ist noch da.
js-unsaved = Das wurde nicht gespeichert. Was Sie getippt haben, ist noch da; versuchen Sie es gleich noch einmal.
js-attached = { $name } ist angehängt
js-attached-many =
    { $count ->
        [one] { $count } Datei ist angehängt
       *[other] { $count } Dateien sind angehängt
    }
js-over = { $lasting } drüber
js-search-for = Nach „{ $words }“ suchen
js-hint-all-tickets = alle Tickets
js-caller-people = Personen
js-query-offers = Felder und Werte
js-caller-add = Neue Person „{ $name }“
js-files-sending = { $name } wird gesendet …
js-files-sent = { $name } ist da
js-files-failed = { $name } konnte nicht gesendet werden: { $why }
js-files-stop = { $name } nicht senden
