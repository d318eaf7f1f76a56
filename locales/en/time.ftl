# Names of months and days, dates, times, sizes.

month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
month-short-1 = Jan
month-short-2 = Feb
month-short-3 = Mar
month-short-4 = Apr
month-short-5 = May
month-short-6 = Jun
month-short-7 = Jul
month-short-8 = Aug
month-short-9 = Sep
month-short-10 = Oct
month-short-11 = Nov
month-short-12 = Dec
day-1 = Monday
day-2 = Tuesday
day-3 = Wednesday
day-4 = Thursday
day-5 = Friday
day-6 = Saturday
day-7 = Sunday
day-short-1 = Mon
day-short-2 = Tue
day-short-3 = Wed
day-short-4 = Thu
day-short-5 = Fri
day-short-6 = Sat
day-short-7 = Sun

date-day = { $day } { $month } { $year }
date-day-short = { $weekday } { $day } { $month }
date-exact = { $day }, { $time } { $zone }

span-now = now
span-minutes = { $count }m
span-hours = { $count }h
span-days = { $count }d
span-months = { $count }mo
span-years = { $count }y

moment-now = just now
moment-yesterday = yesterday
moment-tomorrow = tomorrow
moment-minutes-ago =
    { $count ->
        [one] { $count } minute ago
       *[other] { $count } minutes ago
    }
moment-minutes-ahead =
    { $count ->
        [one] in { $count } minute
       *[other] in { $count } minutes
    }
moment-hours-ago =
    { $count ->
        [one] { $count } hour ago
       *[other] { $count } hours ago
    }
moment-hours-ahead =
    { $count ->
        [one] in { $count } hour
       *[other] in { $count } hours
    }
moment-days-ago =
    { $count ->
        [one] { $count } day ago
       *[other] { $count } days ago
    }
moment-days-ahead =
    { $count ->
        [one] in { $count } day
       *[other] in { $count } days
    }
moment-months-ago =
    { $count ->
        [one] { $count } month ago
       *[other] { $count } months ago
    }
moment-months-ahead =
    { $count ->
        [one] in { $count } month
       *[other] in { $count } months
    }
moment-years-ago =
    { $count ->
        [one] { $count } year ago
       *[other] { $count } years ago
    }
moment-years-ahead =
    { $count ->
        [one] in { $count } year
       *[other] in { $count } years
    }

measure-percent = { $value } %
measure-minutes = { $minutes } min
measure-hours = { $hours } h
measure-hours-minutes = { $hours } h { $minutes } min
lasting-moment = <1m
lasting-minutes = { $minutes }m
lasting-hours = { $hours }h { $minutes }m
lasting-whole-hours = { $hours }h
lasting-days = { $days }d { $hours }h

date-day-full = { $weekday } { $day }
date-day-time = { $day }, { $time }
