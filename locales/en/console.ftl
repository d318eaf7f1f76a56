# console

alike-same-department = same department
alike-same-organization = same organization
alike-within-minute = within a minute
alike-alike = Alike
bulk-most-tickets-changed-once = At most { $page_size_max } tickets are changed at once.
bulk-no-ticket-selected = No ticket was selected.
bulk-nothing-chosen-selected-tickets = Nothing was chosen for the selected tickets.
thread-say-whether-reply-internal = Say whether it is a reply or an internal note.
thread-attach-files-again = { $detail } Attach the files again.
thread-your-reply-leaves-seconds = Your reply leaves in { $seconds } seconds.
links-tickets-not-tied-way = Tickets are not tied in this way.
links-there-no-ticket-write = There is no ticket `{ $number }`; write a number such as INC-000012.
links-tickets-were-not-linked = The tickets were not linked
merge-there-no-such-ticket = There is no such ticket; write a number such as INC-000012.
merge-goes-here = { $name } goes on here.
merge-ticket-own-again = It is a ticket of its own again.
message-came = Came by
message-from = From
message-to = To
message-doubt = Doubt
message-machine = Machine
message-message-went = A message went from { $from } to { $to }.
message-message-became = A message of { $from } became { $to }.
message-text-went = The text of { $from } went to { $to }.
message-message-here-now-about = The message is here now. “About this message” undoes it.
message-tickets-own-text-already = This is the ticket's own text already.
message-message-ticket-own-now = The message is a ticket of its own now.
message-message-back-where = The message is back where it was.
new-ticket-lodged = { $number } is lodged.
outages-there-no-such-organization = There is no such organization.
outages-one-ticket-others-parts = One ticket, the others that are parts of it, and what people are told.
outages-outage-declared-whoever-asked = The outage is declared. Whoever asked is told.
outages-they-parts-now = They are parts of it now.
outages-no-part-any-more = It is no part of it any more.
outages-over = It is over.
rail-my-work = My work
rail-unassigned = Unassigned
rail-breaching-soon = Breaching soon
rail-breached = Breached
rail-waiting-us = Waiting on us
rail-waiting-them = Waiting on them
rail-all-tickets = All tickets
property-form-names-no-property = The form names no property of a ticket.
property-when-you-looked-now = It was { $was } when you looked and is { $present } now. You wanted { $wanted }; choose it again if you still do.
property-not-changed = The { $property } was not changed
satisfaction-write-date-such-2026 = Write a date such as 2026-03-31.
service-level-until-now = { $text }, until now
service-level-round-clock = round the clock
service-level-waited = Waited
service-level-stood-still = Stood still: { $state }
service-level-over = Over: { $state }
service-level-no-policy = no policy
service-level-desk-answered = The desk answered
service-level-what-before-added-up = What was before was added up
service-level-missed = Missed: { $label }
service-level-used = { $share } % of { $label } used
service-level-due = Due: { $label }
service-level-due-2 = Due
tags-tags-were-not-changed = The tags were not changed
thread-requester = Requester
thread-to = To
thread-bcc = Bcc
thread-third-party = From { $from }, a third party
thread-watcher = Watcher
ticket-5-stars = { $stars } of 5 stars
ticket-good = Good
ticket-not-good = Not good
ticket-solved-outage-still-announced = This is solved, and its outage is still announced: end it and its parts
ticket-ticket-outage-announced-resolving = This is the ticket of an outage that is announced: resolving it ends the outage, and resolves its parts
ticket-part-outage-announced = A part of an outage that is announced
ticket-ticket-outage = This was the ticket of an outage
ticket-part-outage-over = A part of an outage that is over
pictures-back = Back to { $number }
word-1-highest = 1 Highest
word-2-high = 2 High
word-3-medium = 3 Medium
word-4-low = 4 Low
word-somebody = Somebody
written-signature = Signature
written-quoted-text = Quoted text
forward-forward = Forward
forward-ask-third-party = Ask a third party
forward-goes-out-mail-stays = It goes out as a mail and stays here as an internal note. Answers come back to this ticket; the requester sees neither.
forward-to = To
forward-addresses-commas-between-them = Addresses, with commas between them.
forward-tickets-number-added = The ticket's number is added.
forward-message = Message
forward-below-your-words-stands = Below your words stands what was said in public; take away what is nobody's business.
forward-files-ticket = Files of the ticket
forward-do-not-send = Do not send
list-due-first = Due first
list-last-change = Last change
list-newest = Newest
list-all-clear = All clear
list-nothing-waiting-here-enjoy = Nothing is waiting here. Enjoy the quiet, or look at what is unassigned.
list-select = Select { $number }
list-answered = (to be answered)
list-due = Due
list-move = { $keys } { $keys2 } move
list-select-2 = { $keys } select
list-all-keys = { $keys } all keys
list-selected-tickets = For the selected tickets
list-selected = { $part } selected
list-assign = Assign
list-status = Status
list-tag = Tag
list-apply = Apply
list-select-nothing = Select nothing
merge-merge = Merge { $number }
merge-merge-2 = Merge
merge-merge-into = Merge it into
merge-number-ticket-both-go = The number of the ticket that both go on in. You are asked once more before anything happens.
merge-look-both = Look at both
merge-leave = Leave it
merge-merge-into-2 = Merge into { $number }
merge-what-happens = What happens
merge-goes = It goes on in { $number }
merge-closed-both-conversations-stay = { $number } is closed. Both conversations stay as they are.
merge-answers-mail-come = Answers by mail to { $number } come to { $number2 }.
merge-nobody-reads-more-than = Nobody reads more than before.
merge-now-these-people-follow = From now on these people follow { $number } and can read all of it but notes:
merge-you-can-undo-any = You can undo it at any time.
message-message = A message of { $number }
message-raw-mail = The raw mail
message-message-2 = A message
message-how-came = How it came
message-why-here = Why it is here
message-number-ticket-belongs-ticket = The number of the ticket it belongs to. This ticket is deleted then, and comes back if you undo it.
message-number-ticket-belongs-files = The number of the ticket it belongs to. Its files and answers to it go along.
message-move = Move it to
message-belongs-elsewhere = It belongs elsewhere
message-move-2 = Move it
message-make-ticket-own-writer = Or make a ticket of its own of it; its writer becomes the requester, and nobody is told.
message-split-off = Split it off
message-what-moved = What was moved
new-ticket-incident = Incident
new-ticket-something-broken = Something is broken.
new-ticket-request = Request
new-ticket-somebody-needs-something = Somebody needs something.
new-ticket-somebody-who-called-came = For somebody who called or came by. They get a mail with the number.
new-ticket-what = What is it?
new-ticket-whom = For whom?
new-ticket-title = Title
new-ticket-what-happened = What happened?
new-ticket-rules = By the rules
new-ticket-nobody-yet = Nobody yet
new-ticket-create-ticket = Create the ticket
console-my-work = To my work
console-nothing-here = Nothing here
console-there-nothing-here = There is nothing here
console-number-may-mistyped-ticket = The number may be mistyped, or the ticket is not yours to see.
outages-outage = An outage?
outages-going = Going on
outages-over-2 = Over
outages-no-outage = No outage
outages-outages = Outages
outages-many-tickets-one-trouble = Many tickets that are one trouble: proposed by the desk, declared by people, told to everybody who is concerned.
outages-when-many-alike-tickets = When many alike tickets come within minutes, the desk proposes one here.
outages-outage-2 = Outage
outages-declare-outage = Declare an outage
outages-outage-over = Outage that is over
outages-who-reads-portal = Who reads it on the portal
outages-everybody-unless-you-tick = Everybody, unless you tick organizations: then only their people.
outages-tickets = The tickets
outages-choose-one-others-become = Choose the one that the others become parts of. Whoever asked gets one mail, in their own ticket.
outages-parent = Parent
outages-is = is { $number }
outages-part = Part
outages-what-people-told = What people are told
outages-portal-mail-empty-parents = On the portal, and in the mail. Empty: the parent's title in a sentence.
outages-declare-outage-2 = Declare the outage
outages-no-outage-2 = It is no outage
outages-ticket = Its ticket is { $ticket }
outages-came-since-alike = Came since, and is alike
outages-add = Add
outages-add-them = Add them
outages-read-portal = Read on the portal by { $told }
outages-portal-once-nobody-gets = On the portal at once; nobody gets another mail.
outages-change = Change it
outages-over-3 = It is over
outages-resolve-ticket-parts = Resolve the ticket and its parts
outages-each-requester-gets-one = Each requester gets one mail that it is over, and that their ticket is solved with it. Otherwise their tickets stay open.
outages-what-people-told-end = What people are told at the end
outages-end-outage = End the outage
outages-ticket-2 = Its ticket was { $ticket }
outages-parts = Parts: { $part_count }
outages-take-out = Take out
satisfaction-agent = Agent
satisfaction-day = Day
satisfaction-week = Week
satisfaction-satisfaction = Satisfaction
satisfaction-what-people-said-work = What people said of the work when it was solved. Good, or four and five stars, counts as good.
satisfaction-nobody-said-anything-yet = Nobody has said anything yet
satisfaction-people-asked-mail-says = People are asked in the mail that says that their ticket is solved.
satisfaction-found-good = { $percent } of { $bad } found it good.
satisfaction-stars-average = { $it } stars on average.
satisfaction-from = From
satisfaction-to = To
satisfaction-by = By
satisfaction-show = Show
satisfaction-good = Good
satisfaction-not-good = Not good
satisfaction-stars = Stars
satisfaction-share-good = Share of good
satisfaction-share-good-2 = Share of good: { $percent }
search-about = Words, “a phrase”, a number, or conditions like status:open assignee:me priority<=2
search-search-everything = Search everything
search-last-few-changes-still = The last few changes are still being indexed.
search-counts-newest = There is so much of it that only the newest is counted here.
search-nothing-found = Nothing found
search-try-fewer-words-leave = Try fewer words, or leave out a condition.
service-level-service-level = Service level
service-level-nothing-promised-ticket = Nothing is promised for this ticket.
service-level-escalated = Escalated
service-level-hand-since = { $who } has it in hand, since { $when }.
service-level-i-hand = I have it in hand
service-level-escalate = Escalate
service-level-why-needs-more = Why it needs more
service-level-why-needs-more-attention = Why it needs more attention
service-level-tell-team-lead = Tell the team lead
service-level-missed-2 = missed
service-level-no-due-time = no due time
service-level-of = { $used } of { $used2 }
service-level-how-worked-out = How this was worked out
rail-top = Top
rail-menu = Menu
rail-keys = Keys
rail-outages = Outages
rail-satisfaction = Satisfaction
rail-fold-rail = Fold the rail
rail-new = New
rail-whole-desk = The whole desk
rail-one-about-breach = One is about to breach.
rail-at-least = At least { $count }, and perhaps more that are closed
rail-go-anywhere-do-anything = Go anywhere, do anything
rail-place-action-tickets-number = A place, an action, or a ticket's number
rail-where-what-do = Where to, or what to do?
rail-matches = Matches
ticket-choose-ticket = Choose a ticket
ticket-press-j-begin = Press J to begin.
ticket-ticket = Ticket { $number }
ticket-conversation-history = Conversation and history
ticket-back-list = Back to the list
ticket-parts-ticket = Parts of the ticket
ticket-conversation = Conversation
ticket-history = History
ticket-stop-watching = Stop watching
ticket-watch = Watch
ticket-resolve = Resolve
ticket-open-again = Open again
ticket-goes-another-ticket = This goes on in another ticket
ticket-goes = This goes on in { $number }
ticket-answers-mail-go-there = Answers by mail go there, and whoever takes part here follows it.
ticket-undo-merge = Undo the merge
ticket-no-files-yet = No files yet
ticket-files-every-message-gather = Files of every message gather here.
ticket-about-ticket = About this ticket
ticket-properties = Properties
ticket-watchers = Watchers
ticket-nobody-yet = Nobody yet.
ticket-requester = Requester
ticket-how = How it was
ticket-closed-itself-if-nobody = Closed by itself { $when } if nobody writes.
ticket-outage = Outage
ticket-may-same = May be the same
ticket-link = Link
ticket-merge = Merge
ticket-declare-outage = Declare an outage
ticket-status = Status
ticket-impact = Impact
ticket-urgency = Urgency
ticket-none = None
ticket-add = Add
ticket-related = Related to
ticket-blocks = Blocks
ticket-blocked = Blocked by
ticket-duplicate = Duplicate of
ticket-causes = Causes
ticket-caused = Caused by
ticket-merged = Merged
ticket-merge-ticket-into-number = Merge this ticket into, by number
ticket-merge-into = Merge into
ticket-links = Links
ticket-how-tied = How it is tied
ticket-other-tickets-number = The other ticket's number
palette-view = view
palette-queue = queue
palette-page = page
palette-settings = settings
palette-ticket = ticket
palette-macro = macro
palette-report = report
palette-account = your account
palette-action = action
palette-go-to = Go to { $number }: { $title }
palette-find = Find anything
palette-which-queue = Which queue?
palette-which-report = Which report?
palette-nothing = There is nothing of that name.
palette-portal = The portal
palette-style-guide = Style guide
bulk-changed =
    { $count ->
        [one] { $count } ticket changed.
       *[other] { $count } tickets changed.
    }
bulk-not = Not { $number }: { $why }
bulk-not-more = Not { $number } (and { $count } more): { $why }
service-level-by = by { $who } { $when }
service-level-hours = in the hours of { $hours }
service-level-more-days =
    { $count ->
        [one] { $count } more day
       *[other] { $count } more days
    }
service-level-ran = Ran { $by }
service-level-ran-past = Ran { $by }, past { $days }
service-level-here = From here on: { $policy }, { $priority }, { $calendar }
service-level-here-team = From here on: { $policy }, { $priority }, { $calendar }, with the team { $team }
service-level-late = late
alike-minutes-apart =
    { $count ->
        [one] { $count } minute apart
       *[other] { $count } minutes apart
    }
alike-hours-apart =
    { $count ->
        [one] { $count } hour apart
       *[other] { $count } hours apart
    }
property-levels = The { $property } is 1 (highest) to 4.
property-nothing = nothing
property-status = status
property-priority = priority
property-assignee = assignee
property-queue = queue
property-impact = impact
property-urgency = urgency
property-category = category
target-response = first response
target-resolution = resolution
target-update = next update
target-operational = team's part
via-email = by mail
via-api = through the API
via-chat = by chat
via-monitoring = through monitoring
via-phone = on the phone
via-walk-in = in person
field-name-title = title
field-name-description = description
field-name-priority = priority
field-name-impact = impact
field-name-urgency = urgency
field-name-category = category
field-name-subcategory = subcategory
field-name-requester = requester
field-name-organization = organization
field-name-department = department
field-name-channel = channel
field-name-kind = kind
field-name-scheduledat = planned time
field-name-dueat = due time
field-name-serviceitem = service
field-name-custom = further fields
field-name-metadata = further fields
relation-relates-to = relates to
relation-blocks = blocks
relation-blocked-by = blocked by
relation-duplicate = duplicate
relation-causes = causes
relation-caused-by = caused by
told-mail = Mail
told-somebody = somebody
told-lodged = lodged the ticket
told-imported = took the ticket in from elsewhere
told-lodged-via = lodged the ticket { $way }
told-erased = changed something that has been erased
told-wrote = wrote
told-wrote-via = wrote { $way }
told-note = wrote an internal note
told-note-via = wrote an internal note { $way }
told-file = added the file { $file }
told-linked = linked it to another ticket ({ $relation })
told-unlinked = took away a link to another ticket ({ $relation })
told-merged-other = merged { $number } into it
told-merged = merged it into { $number }
told-unmerged-other = undid that { $number } was merged into it
told-unmerged = undid that it was merged into { $number }
told-withdrawn = took a reply back before it was sent
told-mail-failed = could not deliver a mail to { $to }: { $answer }
told-mail-bounced = got a mail to { $to } back: { $answer }
told-mail-withdrawn = took a mail to { $to } back
told-mail-retried = sent a mail to { $to } on its way again
told-satisfaction-word = added a word to how it was
told-satisfaction-good = said that it was good
told-satisfaction-bad = said that it was not good
told-outage-left = took it out of an outage
told-outage-joined = made it a part of an outage
told-follows = follows it
told-follows-other = says that { $name } follows it
told-unfollows = no longer follows it
told-unfollows-other = says that { $name } no longer follows it
told-assigned-on-call = gave it to { $name }, who is on call
told-assigned-by-queue = gave it to { $name } as the queue assigns
told-took = took it
told-assigned = assigned it to { $name }
told-unassigned = took it off { $name }
told-queue = moved it to { $queue }
told-no-queue = took it out of its queue
told-status = set the status to { $status }
told-changed = changed the { $field }
told-changed-from-to = changed the { $field } from { $before } to { $after }
told-set = set the { $field } to { $after }
told-removed = took away the { $field } { $before }
told-another-queue = another queue
told-another = another
told-quoted = “{ $text }”
told-looks-into = is looking into it
told-on-hold = put it on hold
told-solved = marked it as solved
told-closed = closed it
told-reopened = opened it again
told-put-together = put it together with another ticket, where it goes on
told-and = { $first }, and { $second }
told-and-more = { $names } and { $count } more
told-tags-added =
    { $count ->
        [one] added the tag { $tags }
       *[other] added the tags { $tags }
    }
told-tags-removed =
    { $count ->
        [one] took off the tag { $tags }
       *[other] took off the tags { $tags }
    }
state-new = New
state-open = Open
state-in-progress = In progress
state-waiting = Waiting
state-resolved = Resolved
state-closed = Closed
state-assigned = Assigned
state-accepted = Accepted
state-scheduled = Scheduled
state-awaiting-info = Awaiting info
state-awaiting-callback = Awaiting callback
state-awaiting-parts = Awaiting parts
state-awaiting-approval = Awaiting approval
state-cancelled = Cancelled
state-fulfilment = Fulfilment
outages-noticed =
    { $minutes ->
        [one] { $count } tickets like this in a minute: make one of them the parent
       *[other] { $count } tickets like this in { $minutes } minutes: make one of them the parent
    }
ticket-asked = Asked { $when }.
ticket-asked-via = Asked { $when } { $way }.
ticket-more-open = Has { $count } more open.
outages-tickets-were-no-outage = { $count } tickets that were no outage
told-you-looks-into = are looking into it
told-you-on-hold = put it on hold
told-you-solved = marked it as solved
told-you-closed = closed it
told-you-reopened = opened it again
told-you-put-together = put it together with another ticket, where it goes on
merge-asked = asked by { $requester }
satisfaction-satisfaction-2 = Satisfaction by { $by }
alike-done = done
kind-incident = Incident
kind-request = Request
kind-problem = Problem
kind-change = Change
kind-task = Task
question-priority = Priority
question-queue = Queue
question-assignee = Assignee
question-category = Category
question-tags = Tags
question-watchers = Watchers
letter-state-held = held
letter-state-queued = queued
letter-state-sending = sending
letter-state-deferred = deferred
letter-state-sent = sent
letter-state-failed = failed
letter-state-bounced = bounced
letter-state-suppressed = suppressed
letter-state-withdrawn = withdrawn
channel-portal = portal
channel-email = email
channel-api = api
channel-chat = chat
channel-monitoring = monitoring
channel-phone = phone
channel-walk-in = walk in
mail-rule-reply-token = it was sent to the ticket's own reply address.
mail-rule-reference = it answers a message of this ticket.
mail-rule-delivery-report = it reports on a message that we sent on this ticket.
mail-rule-participant = its subject names the ticket, and its sender takes part in it.
why-said = { $name } said so.
why-said-by-desk = A mail filter or another part of the desk said so.
why-vip = The requester is a VIP, so it is at least { $priority }.
why-category = The category { $name } says so.
why-matrix = It follows from impact { $impact } and urgency { $urgency }.
why-default-priority = Nobody said how much it hurts; this is the desk's default.
why-default = No rule fitted; this is the desk's default.
why-rule = The rule { $name } says so (version { $version }).
why-manual = Chosen among the queue's people
why-turn = It was their turn
why-least = They had the least open work ({ $load })
why-skills = They know what is needed, and had the least open work ({ $load })
why-stands-in = { $how }; they stand in for { $name }.
why-so = { $how }.
why-on-call = They were on call in { $name }.
why-fallback = Nobody of { $queue } could take it, so that it went to its default person.
why-no-team = { $queue } has no team of its own, so nobody was chosen.
why-nobody-there = Nobody of { $queue } was there, so nobody was chosen.
why-all-full = Everybody of { $queue } who was there had as much as they can, so nobody was chosen.
why-nobody-knows = Nobody of { $queue } who was there knows { $skills }, so nobody was chosen.
why-queue-full = { $queue } was full ({ $open } tickets, { $limit } at most), so that it went elsewhere.
why-opened = They opened it first.
why-answered = They answered first.
thread-only-title = No more than the title.

keys-density = Compact or comfortable
rail-density = Compact or comfortable
bulk-more = More
bulk-next-reply = Reply to all
bulk-next-note = Internal note on all
bulk-next-merge = Merge into one
bulk-next-link = Link to a ticket
bulk-next-export = Export as CSV
bulk-comment-title = Write to the selected tickets
bulk-comment-about = One text, written on each of them as if you had opened it.
bulk-comment-do = Write on all
bulk-merge-title = Merge the selected tickets
bulk-merge-about = Each conversation stays as it is and goes on in one ticket. Whoever follows one of them follows that one from then on, and may read all of it.
bulk-merge-do = Merge them
bulk-link-title = Link the selected tickets
bulk-link-about = Each of them is tied to one other ticket.
bulk-link-do = Link them
bulk-leave = Do nothing
bulk-who-reads = Who reads it
bulk-reply = Reply
bulk-reply-about = To the requester and the followers of each ticket, also by mail
bulk-note = Internal note
bulk-note-about = For agents only
bulk-text = Text
bulk-placeholders = Names that stand for something else on each ticket
bulk-into = The others go on in
bulk-into-hint = The oldest is suggested.
bulk-into-other = Or in another ticket, by number
bulk-link-how = How they are tied
bulk-link-to = The other ticket's number
bulk-tickets =
    { $count ->
        [one] { $count } ticket
       *[other] { $count } tickets
    }
bulk-left =
    { $count ->
        [one] { $count } ticket was left. Its reason stands beside it; you can try again.
       *[other] { $count } tickets were left. The reason stands beside each; you can try again.
    }
bulk-only-itself = Choose at least one ticket besides the one that is named.
bulk-merged =
    { $count ->
        [one] { $count } ticket goes on in { $into }.
       *[other] { $count } tickets go on in { $into }.
    }
bulk-linked =
    { $count ->
        [one] { $count } ticket linked to { $to }.
       *[other] { $count } tickets linked to { $to }.
    }
bulk-noted =
    { $count ->
        [one] Note written on { $count } ticket.
       *[other] Note written on { $count } tickets.
    }
bulk-replied =
    { $count ->
        [one] { $count } ticket answered.
       *[other] { $count } tickets answered.
    }
bulk-replied-held =
    { $count ->
        [one] { $count } ticket answered. The mail leaves in { $seconds } seconds.
       *[other] { $count } tickets answered. The mails leave in { $seconds } seconds.
    }
export-number = Number
export-created = Created
export-updated = Last changed
export-resolved = Resolved
property-due = due date
relation-duplicated-by = duplicated by
field-name-status = status
field-name-assignee = assignee
field-name-queue = queue
field-name-tags = tags
told-the-field = the change of the { $field }
told-the-change =
    { $count ->
        [one] the change of { $count } ticket
       *[other] the change of { $count } tickets
    }
told-the-merge =
    { $count ->
        [one] the merge of { $count } ticket
       *[other] the merge of { $count } tickets
    }
told-the-links =
    { $count ->
        [one] the link of { $count } ticket
       *[other] the links of { $count } tickets
    }
told-the-replies =
    { $count ->
        [one] the reply to { $count } ticket
       *[other] the replies to { $count } tickets
    }
property-title = title
property-wrong-due = Write a date and a time, or nothing.
property-now = { $number }, { $property }: { $value }
ticket-parts-still-open =
    { $count ->
        [one] { $count } sub-ticket is still open.
       *[other] { $count } sub-tickets are still open.
    }
tags-changed = tags changed
own-field-changed = changed
links-linked = linked
links-unlinked = link taken away
links-not-unlinked = The link is still there
watch-removed = follows no longer
watch-added = follows from now on
watch-not-changed = The followers are as they were
watch-nobody = Nobody is known by that. Choose somebody from the list, or write their address.
watch-change = Change followers
watch-add = Let somebody follow
watch-by-address = Mail address
watch-remove = { $name } follows no longer
requester-change = Change the requester
requester-follows = Whoever is the requester reads the ticket and gets its mails. { $name } reads it no longer, unless they follow it.
requester-keeps = { $name } follows the ticket
requester-keeps-hint = They go on reading it and hear of replies.
requester-leave = Leave it
requester-now = the requester is { $name }
delete-title = Delete { $number }
delete-delete = Delete the ticket
delete-number = Number of the ticket
delete-type-number = Type { $number } if you mean it.
delete-follows = Nobody finds or reads it any more, and mails to it open a new ticket. Its number is never given again. What happened to it stays in the audit log. This cannot be undone.
delete-leave = Keep it
delete-deleted = { $number } was deleted.
ticket-tasks = Tasks
ticket-change-title = Change the title
ticket-more = More
ticket-new-part = New sub-ticket
ticket-merge-other = Merge into another
ticket-part-of = part of { $number }
ticket-sub-tickets = Sub-tickets
ticket-no-parts = None. Work that somebody else does, or that has a date of its own, is well kept in one.
ticket-no-links = It is tied to no other ticket.
ticket-unlink = Take the link to { $number } away
ticket-child = Part of
ticket-parent = Has the part
ticket-due = Due
relation-child-of = part of
relation-parent-of = has the part
new-ticket-task = A task
new-ticket-piece-work = A piece of work for somebody
new-ticket-part-hint = It is worked and closed for itself. Leave the requester empty if it is only for colleagues: then it is yours, and the requester of the whole hears nothing of it.
told-links = the change of a link
told-followers = the change of the followers
caller-must = New requester
caller-must-hint = Type a name, an address, a telephone number or an organization.
caller-must-hint-address = Their mail address.
ticket-due-hint = Due on; nothing takes it away
new-ticket-part-what = What is to be done?
told-file-removed = took off the file { $file }
