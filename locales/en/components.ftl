# components

alike-may-one-these = It may be one of these
alike-see-whether-known-already = See whether it is known already
alike-many-since-you-hear = Many have this, since { $when }. You hear from us here when it is over.
alike-since-if-concerns-you = Since { $when }. If it concerns you, there is no need to write.
attachment-being-checked = being checked
attachment-preview-of = Preview of { $file }
attachment-picture-before = The picture before
attachment-picture-after = The next picture
attachment-picture-close = Close
attachment-picture-file = Download
attachment-held-virus-found = held: a virus was found
attachment-optional = (optional)
attachment-drop-them-anywhere-paste = Drop them anywhere or paste a screenshot.
attachment-up-each = Up to { $size } each.
availability-away = Away
availability-no-queue-gives-out = No queue gives out tickets here while this is ticked.
availability-absence = Absence { $i }
availability-first-day = First day
availability-last-day = Last day
availability-stands = Stands in
availability-open-tickets-stay-where = Open tickets stay where they are. What a queue would give goes to whoever stands in, who is also told of what is given by hand.
badge-remove-tag = Remove the tag { $name }
breadcrumb-you-here = You are here
composer-who-reads = Who reads this?
composer-reply = Reply
composer-internal-note = Internal note
composer-to = To { $to }
composer-your-message = Your message
composer-write = Write…
composer-attach = Attach
composer-attach-files = Attach files
composer-forward = Forward
composer-send-reply = Send reply
composer-add-note = Add note
composer-who-not-reached-mail = Who is not reached by mail
composer-nothing-sent-since = Nothing is sent to { $address } since { $day }: { $reason }
composer-mail-comes-address-lifts = Mail that comes from the address lifts that by itself.
composer-whoever-looks-after-settings = Whoever looks after the settings can lift it.
composer-you-can-lift-under = You can lift it under { $addresses }.
composer-cc-bcc = To, Cc, Bcc
composer-to-2 = To
composer-bcc = Bcc
composer-requester = the requester
composer-cc-everybody-whom-mail = Cc to everybody whom the mail went to: { $all }
composer-send-along = Send along: { $name }
countdown-clock-stands-still-left = { $label }: the clock stands still, { $lasting } left
countdown-time = { $label }: in time
countdown-time-2 = in time
countdown-by = { $label } by { $exact }
countdown-over = { $lasting } over
delivery-taken-back-before-sent = Taken back before it was sent.
delivery-leaves = It leaves { $when }.
delivery-try-again = Try again
dialog-close = Close
field-optional = (optional)
pagination-previous-page = Previous page
pagination-next-page = Next page
priority-critical = Critical
priority-high = High
priority-medium = Medium
priority-low = Low
status-pill-weve-got = We've got it
status-pill-were = We're on it
status-pill-waiting-you = Waiting for you
status-pill-solved = Solved
status-pill-closed = Closed
thread-conversation = Conversation
thread-internal-note = Internal note
thread-about-message = About this message
thread-show = Show
why-why = Why?
thread-pictures-blocked =
    { $count ->
        [one] { $count } picture from another server was not fetched
       *[other] { $count } pictures from other servers were not fetched
    }
composer-reply-without-mail = A reply stands on the ticket, and no mail goes there.
composer-mail-went-more =
    { $count ->
        [one] the mail went to { $count } more
       *[other] the mail went to { $count } more
    }
pagination-of = { $first }–{ $last } of { $total }
pagination-of-more = { $first }–{ $last } of at least { $total }
