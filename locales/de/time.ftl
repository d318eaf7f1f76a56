# Namen der Monate und Tage, Zeitangaben, Größen.

month-1 = Januar
month-2 = Februar
month-3 = März
month-4 = April
month-5 = Mai
month-6 = Juni
month-7 = Juli
month-8 = August
month-9 = September
month-10 = Oktober
month-11 = November
month-12 = Dezember
month-short-1 = Jan.
month-short-2 = Feb.
month-short-3 = März
month-short-4 = Apr.
month-short-5 = Mai
month-short-6 = Juni
month-short-7 = Juli
month-short-8 = Aug.
month-short-9 = Sept.
month-short-10 = Okt.
month-short-11 = Nov.
month-short-12 = Dez.
day-1 = Montag
day-2 = Dienstag
day-3 = Mittwoch
day-4 = Donnerstag
day-5 = Freitag
day-6 = Samstag
day-7 = Sonntag
day-short-1 = Mo.
day-short-2 = Di.
day-short-3 = Mi.
day-short-4 = Do.
day-short-5 = Fr.
day-short-6 = Sa.
day-short-7 = So.

date-day = { $day }. { $month } { $year }
date-day-short = { $weekday } { $day }. { $month }
date-exact = { $day }, { $time } Uhr { $zone }
zone-CET = MEZ
zone-CEST = MESZ

span-now = jetzt
span-minutes = { $count } Min.
span-hours = { $count } Std.
span-days = { $count } T.
span-months = { $count } Mon.
span-years = { $count } J.

moment-now = gerade eben
moment-yesterday = gestern
moment-tomorrow = morgen
moment-minutes-ago =
    { $count ->
        [one] vor { $count } Minute
       *[other] vor { $count } Minuten
    }
moment-minutes-ahead =
    { $count ->
        [one] in { $count } Minute
       *[other] in { $count } Minuten
    }
moment-hours-ago =
    { $count ->
        [one] vor { $count } Stunde
       *[other] vor { $count } Stunden
    }
moment-hours-ahead =
    { $count ->
        [one] in { $count } Stunde
       *[other] in { $count } Stunden
    }
moment-days-ago =
    { $count ->
        [one] vor { $count } Tag
       *[other] vor { $count } Tagen
    }
moment-days-ahead =
    { $count ->
        [one] in { $count } Tag
       *[other] in { $count } Tagen
    }
moment-months-ago =
    { $count ->
        [one] vor { $count } Monat
       *[other] vor { $count } Monaten
    }
moment-months-ahead =
    { $count ->
        [one] in { $count } Monat
       *[other] in { $count } Monaten
    }
moment-years-ago =
    { $count ->
        [one] vor { $count } Jahr
       *[other] vor { $count } Jahren
    }
moment-years-ahead =
    { $count ->
        [one] in { $count } Jahr
       *[other] in { $count } Jahren
    }

measure-percent = { $value } %
measure-minutes = { $minutes } Min.
measure-hours = { $hours } Std.
measure-hours-minutes = { $hours } Std. { $minutes } Min.
lasting-moment = <1 Min.
lasting-minutes = { $minutes } Min.
lasting-hours = { $hours } Std. { $minutes } Min.
lasting-whole-hours = { $hours } Std.
lasting-days = { $days } T. { $hours } Std.

date-day-full = { $weekday } { $day }
date-day-time = { $day }, { $time }
