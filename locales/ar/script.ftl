# ما تقوله البرامج النصية.

js-unreachable = لا يمكن الوصول إلى المكتب. ما كتبته ما زال هنا.
js-unsaved = لم يُحفظ ذلك. ما كتبته ما زال هنا؛ حاول مرة أخرى بعد قليل.
js-attached = أُرفق { $name }
js-attached-many =
    { $count ->
        [one] أُرفق ملف واحد
        [two] أُرفق ملفان
        [few] أُرفقت { $count } ملفات
       *[other] أُرفق { $count } ملفًا
    }
js-over = متأخر { $lasting }
js-draft-saved = حُفظت المسودة
js-new-rows = { $count } جديدة
js-search-for = البحث عن «{ $words }»
js-hint-all-tickets = كل التذاكر
