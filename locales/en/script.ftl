# What scripts say. Ids begin with `js-`; an argument is named `count` where it chooses the plural.

js-editor-format = Format the text
js-editor-bold = Bold
js-editor-italic = Italic
js-editor-strike = Strikethrough
js-editor-code = Code
js-editor-link = Link
js-editor-address = Address of the link
js-editor-set = Set link
js-editor-heading = Heading
js-editor-bullets = List
js-editor-numbers = Numbered list
js-editor-quote = Quote
js-editor-block = Block of code
js-editor-table = Table
js-editor-rows = Row below
js-editor-columns = Column after this
js-editor-norow = Remove the row
js-editor-nocolumn = Remove the column
js-editor-notable = Remove the table
js-editor-source = Write Markdown
js-editor-formatted = Write formatted text
js-unreachable = The desk cannot be reached. What you typed is still here.
js-unsaved = That was not saved. What you typed is still here; try again in a moment.
js-attached = { $name } is attached
js-attached-many =
    { $count ->
        [one] { $count } file is attached
       *[other] { $count } files are attached
    }
js-over = { $lasting } over
js-search-for = Search for “{ $words }”
js-hint-all-tickets = all tickets
js-caller-people = People
js-query-offers = Fields and values
js-caller-add = New person “{ $name }”
js-files-sending = Sending { $name } …
js-files-sent = { $name } is here
js-files-failed = { $name } could not be sent: { $why }
js-files-stop = Do not send { $name }
