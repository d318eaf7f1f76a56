# Was lebt und bleibt: Entwürfe, Reiter, wer da ist, Mitteilungen, was beiseitegelegt ist.

live-draft-save = Entwurf speichern
live-draft-saved = Ihr Entwurf ist gespeichert.
live-draft-anew = Ihr Entwurf ist gespeichert. Was Sie zuvor begonnen hatten, wurde inzwischen anderswo gesendet oder verworfen: Sehen Sie nach, bevor Sie auch dies senden.
live-draft-both = Ihr Entwurf ist gespeichert. Er wurde inzwischen auch anderswo gespeichert, deshalb stehen nun beide Texte darin.
live-has-draft = Sie haben zu schreiben begonnen
live-is-aside = Beiseitegelegt

live-tabs = Offene Tickets
live-tab-keep = Als Reiter offen halten
live-tab-close = Reiter von { $number } schließen

live-share = Entwurf teilen
live-share-hint = Den anderen an diesem Ticket zeigen, bevor er gesendet wird
live-shared = Geteilter Entwurf
live-shared-by = { $count ->
    [0] { $who } hat diesen Entwurf geschrieben
    [one] { $who } und noch jemand haben diesen Entwurf geschrieben
   *[other] { $who } und { $count } weitere haben diesen Entwurf geschrieben
}
live-shared-save = Speichern
live-shared-send = Diese Antwort senden
live-shared-discard = Verwerfen
live-shared-changed = Jemand hat den Entwurf inzwischen geändert.
live-shared-yours = Er steht so da, wie er jetzt ist. Was Sie geschrieben haben, steht unten im Feld.
live-shared-not-saved = Der Entwurf wurde nicht gespeichert
live-leaves-in = { $seconds ->
    [one] Ihre Antwort geht in einer Sekunde hinaus.
   *[other] Ihre Antwort geht in { $seconds } Sekunden hinaus.
}

live-also-here = auch hier
live-replies = { $who } schreibt eine Antwort
live-writes-note = { $who } schreibt eine Notiz
live-online = online
live-idle = untätig
live-away = abwesend
live-team = Team

live-wrote-meanwhile = { $who } hat inzwischen geschrieben: „{ $words }“ Es steht oben. Wenn Ihres noch passt, senden Sie es noch einmal.
live-noted-meanwhile = { $who } hat inzwischen eine Notiz geschrieben: „{ $words }“ Sie steht oben. Wenn Ihres noch passt, senden Sie es noch einmal.

live-later = Später
live-put-aside = Beiseitelegen
live-put-aside-until = Beiseitelegen bis
live-until-answer = Bis die anfragende Person antwortet
live-in-an-hour = In einer Stunde
live-in-three-hours = In drei Stunden
live-tomorrow = Morgen früh
live-monday = Montag früh
live-in-a-month = In einem Monat
live-aside-until = { $who } hat es beiseitegelegt; es kommt { $at } zurück.
live-aside-answer = { $who } hat es beiseitegelegt, bis die anfragende Person antwortet.
live-wake = Wieder aufnehmen
live-not-put-aside = Es wurde nicht beiseitegelegt
live-remind-me = Erinnern
live-remind-when = Wann erinnern
live-remind-what = Woran?
live-remind = Erinnern
live-forget = Diese Erinnerung vergessen
live-not-reminded = Die Erinnerung wurde nicht gespeichert
live-mute = Stumm schalten
live-unmute = Wieder mitteilen
live-muted-now = Sie hören nichts mehr von { $number }.
live-unmuted-now = Sie hören wieder von { $number }.

live-did-snooze = hat es bis { $at } beiseitegelegt
live-did-snooze-answer = hat es beiseitegelegt, bis die anfragende Person antwortet
live-did-wake = hat es wieder aufgenommen
live-did-share = hat den Entwurf einer Antwort geteilt
live-did-change-draft = hat den geteilten Entwurf geändert
live-did-discard-draft = hat den geteilten Entwurf verworfen
live-did-send-draft = hat die Antwort gesendet, die { $who } geschrieben hat

live-bell = { $count ->
    [one] Mitteilungen: { $count } ungelesen
   *[other] Mitteilungen: { $count } ungelesen
}
live-bell-none = Mitteilungen
live-notifications = Mitteilungen
live-which = Welche Mitteilungen
live-all = Alle
live-unread = Ungelesene
live-is-unread = ungelesen
live-read-all = Alle als gelesen markieren
live-mark-read = Als gelesen markieren
live-mark-unread = Als ungelesen markieren
live-how = Wie Sie es erfahren
live-nothing = Noch nichts
live-nothing-hint = Was Sie betrifft, erscheint hier.
live-more = Ältere
live-show-all = Alle Mitteilungen

live-told-assigned = { $who } hat es Ihnen gegeben
live-told-wrote = { $who } hat geschrieben
live-told-noted = { $who } hat eine Notiz geschrieben
live-told-mentioned = { $who } hat Sie genannt
live-told-moved = Es gibt Neues
live-told-lodged = { $who } hat es für Sie angelegt
live-told-waiting = Es wartet auf Ihre Antwort
live-told-target-warned = Eine Frist läuft ab
live-told-target-missed = Eine Frist ist überschritten
live-told-escalated = { $who } bittet um mehr Aufmerksamkeit
live-told-outage = Es gibt Neues zu einer Störung
live-told-reminder = Sie wollten erinnert werden
live-told-back = Es ist zurück
live-told-draft = { $who } teilt den Entwurf einer Antwort

live-event-assigned = Ein Ticket wird Ihnen gegeben
live-event-answered = Jemand antwortet in Ihrem Ticket
live-event-replied = Jemand schreibt in einem Ticket, das Sie bearbeiten
live-event-noted = Jemand schreibt eine interne Notiz
live-event-mentioned = Jemand aus dem Team nennt Sie
live-event-moved = Ihr Ticket ist gelöst, geschlossen oder geht weiter
live-event-lodged = Ein Ticket wird für Sie angelegt
live-event-waiting = Ihr Ticket wartet auf Sie
live-event-target-warned = Eine Frist läuft ab
live-event-target-missed = Eine Frist ist überschritten
live-event-escalated = Jemand bittet um mehr Aufmerksamkeit
live-event-outage = Ihr Ticket gehört zu einer Störung
live-event-reminder = Eine eigene Erinnerung
live-event-back = Ein beiseitegelegtes Ticket ist zurück
live-event-draft = Jemand teilt einen Entwurf

live-how-told = Mitteilungen
live-how-told-hint = Was Sie erfahren, und wie.
live-what-and-how = Was und wie
live-event = Was geschieht
live-way-email = Mail
live-way-in-app = Im Desk
live-way-push = Gerät
live-fixed = (für alle festgelegt)
live-quiet = Ruhezeiten und Sammelmail
live-quiet-hint = Zwischen diesen Zeiten geht keine Mail und nichts an Ihre Geräte, außer Dringendem. Es gilt Ihre eigene Zeitzone.
live-quiet-from = Ruhe von
live-quiet-until = Ruhe bis
live-digest = Mails
live-digest-off = Einzeln
live-digest-hourly = Gesammelt, einmal in der Stunde
live-digest-daily = Gesammelt, einmal am Tag
live-digest-at = Tägliche Mail um
live-toasts = Kurz in der Ecke zeigen
live-toasts-hint = Wenn Sie etwas betrifft und eine Seite offen ist.
live-save = Speichern
live-saved = Gespeichert.
live-devices = Geräte
live-devices-hint = Ein Browser, oder der als App installierte Desk, meldet sich auch, wenn keine Seite offen ist.
live-devices-script = Dafür müssen Skripte in Ihrem Browser eingeschaltet sein.
live-device-add = Auf diesem Gerät mitteilen
live-device-end = Nicht mehr mitteilen
live-device-ended = Dieses Gerät erfährt nichts mehr.
live-device-since = seit
live-muted = Stumme Tickets

live-rules-hint = Wie Menschen etwas erfahren, wenn sie nichts anderes sagen, und was sie nicht wählen können.
live-rules-defaults = Mitgeteilt durch
live-rules-locks = Für alle festgelegt
live-rules-locks-hint = Was hier angekreuzt ist, folgt der Tabelle darüber, was immer jemand gewählt hat.
live-rules-ways = Wege
live-rules-ways-hint = Ein abgeschalteter Weg gilt für niemanden.
live-rules-to-come = Noch nicht verfügbar: { $ways }.

live-app-broken = Etwas ist kaputt
live-app-mine = Meine Tickets
live-offline = Sie sind offline
live-offline-hint = Der Desk ist nicht zu erreichen. Was Sie geschrieben haben, bleibt in diesem Browser; die Seite kommt mit der Verbindung zurück.

js-draft-saved = Entwurf gespeichert
js-draft-here = Entwurf in diesem Browser behalten
js-draft-other = Ein anderer Stand dieses Entwurfs wurde { $at } gespeichert.
js-draft-take = Diesen Stand zeigen
js-draft-back = Zurück zu meinem
js-notice-open = Öffnen
js-new-rows = { $count ->
    [one] ein neues
   *[other] { $count } neue
}
js-push-on = Dieses Gerät wird benachrichtigt.
js-push-no = Ihr Browser erlaubt es nicht. Sehen Sie in seinen Einstellungen für diese Seite nach.
js-push-none = Dieser Browser kann nichts mitteilen, wenn keine Seite offen ist.

live-section-hint = Ereignisse, Kanäle, Push, Sammelmail, Vorgaben, Ruhezeiten
live-go-aside = Zu dem, was zurückgestellt ist
live-key-snooze = Bis später zurückstellen
live-key-remind = Sich erinnern lassen
live-key-keep-tab = Das Ticket als Reiter offen halten
live-key-close-tab = Reiter schließen
live-key-previous-tab = Voriger Reiter
live-key-next-tab = Nächster Reiter
