# ما يرفضه المكتب، فيما يلقاه مقدمو الطلبات.

refused-not-found = غير موجود، أو ليس لك أن تراه: { $thing }.
thing-ticket = التذكرة
thing-page = الصفحة
thing-link = الرابط
refused-mail-address-password-wrong = عنوان البريد أو كلمة المرور غير صحيحة.
refused-write-something-attach-file = اكتب شيئًا أو أرفق ملفًا.
refused-ticket-needs-title-what = تحتاج التذكرة إلى عنوان: عم تدور؟
refused-title-most-characters = العنوان { $title_chars_max } محرفًا على الأكثر.
refused-did-not-come-page = لم يأت هذا من صفحة من صفحات المكتب. افتح الصفحة من جديد وكرر ذلك.
