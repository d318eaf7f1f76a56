# قاعدة المعرفة.

refused-article-helped = قل هل أفادك: نعم أو لا.
knowledge-nav = المعرفة
knowledge-title = قاعدة المعرفة
knowledge-search = ابحث في قاعدة المعرفة
knowledge-popular = الأكثر فائدة
knowledge-further = المزيد
knowledge-found = ما عُثر عليه
knowledge-so-many =
    { $count ->
        [zero] لا مقالات
        [one] مقالة واحدة
        [two] مقالتان
        [few] { $count } مقالات
        [many] { $count } مقالة
       *[other] { $count } مقالة
    }
knowledge-all-of-them = كل المقالات ({ $count })
knowledge-nothing-yet = لا شيء هنا بعد
knowledge-nothing-yet-hint = تظهر المقالات هنا عند نشرها.
knowledge-none-found = لم يُعثر على شيء
knowledge-none-found-hint = جرّب كلمات أقل أو غيرها، أو اسألنا مباشرة.
knowledge-ask-us = اسألنا
knowledge-may-answer = قد يكون الجواب هنا
knowledge-agents-only = للموظفين فقط
knowledge-changed-on = حتى { $day }
knowledge-edit = تحرير
knowledge-contents = في هذه الصفحة
knowledge-related = مقالات ذات صلة
knowledge-seen-by-writers = لا يراها إلا كاتبو المقالات.
knowledge-state-draft = مسودة
knowledge-state-review = قيد المراجعة
knowledge-state-published = منشورة
knowledge-state-archived = مؤرشفة
knowledge-did-it-help = هل أفادك هذا؟
knowledge-yes = نعم
knowledge-no = لا
knowledge-add-words = أضف كلمة
knowledge-what-is-missing = ما الناقص أو الخطأ؟
knowledge-words-go-with-answer = تُرسل مع نعم أو لا.
knowledge-thank-you = شكرًا لك. هذا يساعدنا على تحسينها.
knowledge-does-it-solve = هل يحل هذا مشكلتك؟
knowledge-your-words-stay = ما كتبته حتى الآن محفوظ.
knowledge-it-solves = نعم، لا أحتاج إلى تذكرة
knowledge-go-on-with-ticket = لا، أكمل تذكرتي
knowledge-good-to-hear = يسعدنا ذلك. لم تُقدَّم أي تذكرة.
