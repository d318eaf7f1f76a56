# على الورق.

sheet-tools = الورق
sheet-back = العودة إلى التذكرة
sheet-print = طباعة
sheet-pdf = PDF
sheet-with-notes = مع الملاحظات الداخلية
sheet-without-notes = بدون الملاحظات الداخلية
sheet-lodged = تاريخ الإنشاء
sheet-resolved = تاريخ الحل
sheet-closed = تاريخ الإغلاق
sheet-printed = طُبعت { $when }
sheet-missing = حيثما تظهر � يوجد حرف لا يحتوي هذا الملف على شكله. الصفحة في المكتب تعرضه.
sheet-cut = هناك المزيد: ينتهي هذا الملف هنا. الصفحة في المكتب تعرض كل شيء.
