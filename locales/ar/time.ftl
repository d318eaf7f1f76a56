# أسماء الشهور والأيام، والتواريخ والأوقات والأحجام.

month-1 = يناير
month-2 = فبراير
month-3 = مارس
month-4 = أبريل
month-5 = مايو
month-6 = يونيو
month-7 = يوليو
month-8 = أغسطس
month-9 = سبتمبر
month-10 = أكتوبر
month-11 = نوفمبر
month-12 = ديسمبر
month-short-1 = يناير
month-short-2 = فبراير
month-short-3 = مارس
month-short-4 = أبريل
month-short-5 = مايو
month-short-6 = يونيو
month-short-7 = يوليو
month-short-8 = أغسطس
month-short-9 = سبتمبر
month-short-10 = أكتوبر
month-short-11 = نوفمبر
month-short-12 = ديسمبر
day-1 = الاثنين
day-2 = الثلاثاء
day-3 = الأربعاء
day-4 = الخميس
day-5 = الجمعة
day-6 = السبت
day-7 = الأحد
day-short-1 = الاثنين
day-short-2 = الثلاثاء
day-short-3 = الأربعاء
day-short-4 = الخميس
day-short-5 = الجمعة
day-short-6 = السبت
day-short-7 = الأحد

date-day = { $day } { $month } { $year }
date-day-short = { $weekday } { $day } { $month }
date-exact = { $day }، { $time } { $zone }

span-now = الآن
span-minutes = { $count } د
span-hours = { $count } س
span-days = { $count } ي
span-months = { $count } ش
span-years = { $count } سنة

moment-now = الآن
moment-yesterday = أمس
moment-tomorrow = غدًا
moment-minutes-ago =
    { $count ->
        [one] قبل دقيقة
        [two] قبل دقيقتين
        [few] قبل { $count } دقائق
       *[other] قبل { $count } دقيقة
    }
moment-minutes-ahead =
    { $count ->
        [one] بعد دقيقة
        [two] بعد دقيقتين
        [few] بعد { $count } دقائق
       *[other] بعد { $count } دقيقة
    }
moment-hours-ago =
    { $count ->
        [one] قبل ساعة
        [two] قبل ساعتين
        [few] قبل { $count } ساعات
       *[other] قبل { $count } ساعة
    }
moment-hours-ahead =
    { $count ->
        [one] بعد ساعة
        [two] بعد ساعتين
        [few] بعد { $count } ساعات
       *[other] بعد { $count } ساعة
    }
moment-days-ago =
    { $count ->
        [one] قبل يوم
        [two] قبل يومين
        [few] قبل { $count } أيام
       *[other] قبل { $count } يومًا
    }
moment-days-ahead =
    { $count ->
        [one] بعد يوم
        [two] بعد يومين
        [few] بعد { $count } أيام
       *[other] بعد { $count } يومًا
    }
moment-months-ago =
    { $count ->
        [one] قبل شهر
        [two] قبل شهرين
        [few] قبل { $count } أشهر
       *[other] قبل { $count } شهرًا
    }
moment-months-ahead =
    { $count ->
        [one] بعد شهر
        [two] بعد شهرين
        [few] بعد { $count } أشهر
       *[other] بعد { $count } شهرًا
    }
moment-years-ago =
    { $count ->
        [one] قبل سنة
        [two] قبل سنتين
        [few] قبل { $count } سنوات
       *[other] قبل { $count } سنة
    }
moment-years-ahead =
    { $count ->
        [one] بعد سنة
        [two] بعد سنتين
        [few] بعد { $count } سنوات
       *[other] بعد { $count } سنة
    }

measure-percent = { $value } %
measure-minutes = { $minutes } د
measure-hours = { $hours } س
measure-hours-minutes = { $hours } س { $minutes } د
lasting-moment = <1 د
lasting-minutes = { $minutes } د
lasting-hours = { $hours } س { $minutes } د
lasting-whole-hours = { $hours } س
lasting-days = { $days } ي { $hours } س

date-day-full = { $weekday } { $day }
date-day-time = { $day }, { $time }
