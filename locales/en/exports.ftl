# Files of lists: ordered, made in the background, fetched.

export-kind = Kind
export-category = Category
export-channel = Channel
export-requester-email = Requester's address
export-closed = Closed
export-due = Due
export-status-category = What the status means
export-impact = Impact
export-urgency = Urgency
export-comments = Messages
export-minutes = Minutes worked
export-id = Id
export-description = Description

export-link = Export
export-title = Export a list
export-of = { $count ->
        [one] { $count } ticket
       *[other] { $count } tickets
    }: { $name }
export-of-all = every ticket that you may see
export-what-query = Which tickets
export-what-query-hint = In the query language, as in the search. Empty: all that you may see.
export-what-columns = Columns
export-what-format = File
export-format-csv = CSV, for spreadsheets
export-format-csv-hint = Opens in Excel, LibreOffice and Numbers. Nothing that somebody typed is run as a formula.
export-format-parquet = Parquet, for analysis
export-format-parquet-hint = Typed and compressed, for DuckDB, pandas, Spark. Its columns have the names of the API.
export-now = Download now
export-order = Make it in the background
export-order-hint = The file is made while you go on working, and kept for { $days } days.
export-mine = Your files
export-none = No file yet
export-none-hint = What you have made in the background stands here until it is dropped.
export-state-waiting = Waits
export-state-running = Being made
export-state-done = Ready
export-state-failed = Could not be made
export-progress = { $done } of { $total }
export-left = about { $time } left
export-at-least = At least { $count } tickets
export-rows = { $count ->
        [one] { $count } ticket
       *[other] { $count } tickets
    }, { $size }
export-until = kept until { $day }
export-download = Download
export-stop = Stop
export-drop = Remove
export-failed = The server could not make it, and its log says why. Order it anew; if it fails again, tell whoever runs the server.
export-said-ordered = The file is being made. You can leave this page.
export-said-stopped = The file was taken away.

work-exports = Exports
work-about-exports = Makes the files of lists that people have ordered.

refused-export-person = Only people order files of lists; this caller is none.
refused-export-column = There is no column { $name } here. Take a member of a ticket, such as number or createdAt, or custom. and the key of one of the desk's own fields.
refused-export-columns = A file has at most { $most } columns.
refused-export-format = A file is csv or parquet.
refused-export-language = Headings come in en, de or ar.
refused-exports-at-once = { $most } of your files are still being made. Wait for one of them, or stop it.
refused-export-not-made = The file is not ready yet.
refused-export-failed = The file could not be made; order it anew.
refused-export-index = The search index is still catching up, and the file would lack tickets. Try again in a moment.
refused-exports-sent = { $most } files are being sent at this moment. Try again shortly, or have it made in the background.
