# Eigene Felder.

fields-section = Felder
fields-section-hint = eigene Felder, Formulare, Pflichtfelder, Bedingungen, Prüfung
fields-further = Weitere Felder
