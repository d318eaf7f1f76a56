# أجزاء تظهر في صفحات كثيرة.

alike-done = منتهية
alike-may-one-these = قد تكون واحدة من هذه
alike-see-whether-known-already = انظر هل هي معروفة من قبل
alike-many-since-you-hear = هذا يصيب كثيرين منذ { $when }. ستعرف هنا متى ينتهي.
alike-since-if-concerns-you = منذ { $when }. إن كان يخصك فلا حاجة إلى أن تكتب.
attachment-being-checked = قيد الفحص
attachment-held-virus-found = محجوز: عُثر على فيروس
attachment-optional = (اختياري)
attachment-drop-them-anywhere-paste = أفلتها في أي مكان أو الصق لقطة شاشة.
attachment-up-each = حتى { $size } لكل ملف.
badge-remove-tag = إزالة الوسم { $name }
breadcrumb-you-here = أنت هنا
composer-who-reads = من يقرأ هذا؟
composer-reply = رد
composer-internal-note = ملاحظة داخلية
composer-to = إلى { $to }
composer-your-message = رسالتك
composer-write = اكتب…
composer-attach = إرفاق
composer-attach-files = إرفاق ملفات
composer-forward = تحويل
composer-send-reply = إرسال الرد
composer-add-note = إضافة الملاحظة
composer-who-not-reached-mail = من لا يصله البريد
composer-reply-without-mail = الرد يبقى في التذكرة ولا يُرسل بريد إلى هناك.
composer-cc-bcc = إلى، نسخة، نسخة مخفية
composer-to-2 = إلى
composer-bcc = نسخة مخفية
composer-requester = مقدم الطلب
countdown-clock-stands-still-left = { $label }: الساعة متوقفة، بقي { $lasting }
countdown-time = { $label }: في الموعد
countdown-time-2 = في الموعد
countdown-by = { $label } حتى { $exact }
countdown-over = متأخر { $lasting }
delivery-taken-back-before-sent = سُحب قبل الإرسال.
delivery-leaves = يُرسل { $when }.
delivery-try-again = حاول مرة أخرى
dialog-close = إغلاق
field-optional = (اختياري)
pagination-of = { $first }–{ $last } من { $total }
pagination-of-more = { $first }–{ $last } من { $total } على الأقل
pagination-previous-page = الصفحة السابقة
pagination-next-page = الصفحة التالية
priority-critical = حرجة
priority-high = عالية
priority-medium = متوسطة
priority-low = منخفضة
status-pill-weve-got = وصلتنا
status-pill-were = نعمل عليها
status-pill-waiting-you = بانتظارك
status-pill-solved = حُلت
status-pill-closed = مغلقة
thread-conversation = المحادثة
thread-internal-note = ملاحظة داخلية
thread-about-message = عن هذه الرسالة
thread-pictures-blocked =
    { $count ->
        [one] لم تُجلب صورة من خادم آخر
        [two] لم تُجلب صورتان من خوادم أخرى
        [few] لم تُجلب { $count } صور من خوادم أخرى
       *[other] لم تُجلب { $count } صورة من خوادم أخرى
    }
thread-show = عرض
why-why = لماذا؟
