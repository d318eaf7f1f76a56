# What is live and kept: drafts, tabs, who is here, notifications, what is put aside.

live-draft-save = Save draft
live-draft-saved = Your draft is saved.
live-draft-anew = Your draft is saved. What you had begun before was sent or discarded elsewhere meanwhile: look before you send this, too.
live-draft-both = Your draft is saved. It was also saved elsewhere meanwhile, so both texts stand in it now.
live-has-draft = You have begun to write
live-is-aside = Put aside

live-tabs = Open tickets
live-tab-keep = Keep open as a tab
live-tab-close = Close the tab of { $number }

live-share = Share draft
live-share-hint = Show it to the others on this ticket before it is sent
live-shared = Shared draft
live-shared-by = { $count ->
    [0] { $who } wrote this draft
    [one] { $who } and one more wrote this draft
   *[other] { $who } and { $count } more wrote this draft
}
live-shared-save = Save
live-shared-send = Send this reply
live-shared-discard = Put away
live-shared-changed = Somebody changed the draft meanwhile.
live-shared-yours = It is shown as it is now. What you wrote stands in the box below.
live-shared-not-saved = The draft was not saved
live-leaves-in = { $seconds ->
    [one] Your reply leaves in one second.
   *[other] Your reply leaves in { $seconds } seconds.
}

live-also-here = also here
live-replies = { $who } is writing a reply
live-writes-note = { $who } is writing a note
live-online = online
live-idle = idle
live-away = away
live-team = Team

live-wrote-meanwhile = { $who } wrote meanwhile: “{ $words }” It stands above. If yours still fits, send it again.
live-noted-meanwhile = { $who } wrote a note meanwhile: “{ $words }” It stands above. If yours still fits, send it again.

live-later = Later
live-put-aside = Put aside
live-put-aside-until = Put aside until
live-until-answer = Until the requester answers
live-in-an-hour = In an hour
live-in-three-hours = In three hours
live-tomorrow = Tomorrow morning
live-monday = Monday morning
live-in-a-month = In a month
live-aside-until = { $who } put it aside; it comes back { $at }.
live-aside-answer = { $who } put it aside until the requester answers.
live-wake = Take it up again
live-not-put-aside = It was not put aside
live-remind-me = Remind me
live-remind-when = When to remind me
live-remind-what = What about?
live-remind = Remind me
live-forget = Forget this reminder
live-not-reminded = The reminder was not kept
live-mute = Mute notifications
live-unmute = Notify me again
live-muted-now = You hear nothing of { $number } any more.
live-unmuted-now = You hear of { $number } again.

live-did-snooze = put it aside until { $at }
live-did-snooze-answer = put it aside until the requester answers
live-did-wake = took it up again
live-did-share = shared the draft of a reply
live-did-change-draft = changed the shared draft
live-did-discard-draft = put the shared draft away
live-did-send-draft = sent the reply that { $who } wrote

live-bell = { $count ->
    [one] Notifications: { $count } unread
   *[other] Notifications: { $count } unread
}
live-bell-none = Notifications
live-notifications = Notifications
live-which = Which notifications
live-all = All
live-unread = Unread
live-is-unread = unread
live-read-all = Mark all as read
live-mark-read = Mark as read
live-mark-unread = Mark as unread
live-how = How you are told
live-nothing = Nothing yet
live-nothing-hint = What concerns you appears here.
live-more = Older ones
live-show-all = All notifications

live-told-assigned = { $who } gave it to you
live-told-wrote = { $who } wrote
live-told-noted = { $who } wrote a note
live-told-mentioned = { $who } named you
live-told-moved = There is news
live-told-lodged = { $who } lodged it for you
live-told-waiting = It waits for your answer
live-told-target-warned = A target runs out
live-told-target-missed = A target was missed
live-told-escalated = { $who } asks for more attention
live-told-outage = There is news of an outage
live-told-reminder = You wanted to be reminded
live-told-back = It is back
live-told-draft = { $who } shares the draft of a reply

live-event-assigned = A ticket is given to you
live-event-answered = Somebody answers on your ticket
live-event-replied = Somebody writes on a ticket that you work
live-event-noted = Somebody writes an internal note
live-event-mentioned = A colleague names you
live-event-moved = Your ticket is solved, closed, or moves on
live-event-lodged = A ticket is lodged for you
live-event-waiting = Your ticket waits for you
live-event-target-warned = A target runs out
live-event-target-missed = A target is missed
live-event-escalated = Somebody asks for more attention
live-event-outage = Your ticket is a part of an outage
live-event-reminder = A reminder of your own
live-event-back = A ticket that you put aside is back
live-event-draft = A colleague shares a draft

live-how-told = Notifications
live-how-told-hint = What you are told of, and how.
live-what-and-how = What and how
live-event = What happens
live-way-email = Mail
live-way-in-app = On the desk
live-way-push = Device
live-fixed = (decided for everybody)
live-quiet = Quiet hours and digest
live-quiet-hint = Between these times nothing is mailed or sent to your devices, but for what is urgent. Your own time zone counts.
live-quiet-from = Quiet from
live-quiet-until = Quiet until
live-digest = Mails
live-digest-off = One by one
live-digest-hourly = Gathered, once an hour
live-digest-daily = Gathered, once a day
live-digest-at = Daily mail at
live-toasts = Show a short word in the corner
live-toasts-hint = When something concerns you and a page is open.
live-save = Save
live-saved = Saved.
live-devices = Devices
live-devices-hint = A browser, or the desk installed as an app, tells you while no page is open.
live-devices-script = This needs scripts to be switched on in your browser.
live-device-add = Tell me on this device
live-device-end = Tell it no more
live-device-ended = That device is told no more.
live-device-since = since
live-muted = Muted tickets

live-rules-hint = How people are told unless they say otherwise, and what they may not choose.
live-rules-defaults = Told by
live-rules-locks = Fixed for everybody
live-rules-locks-hint = What is ticked here follows the table above, whatever people chose.
live-rules-ways = Ways there are
live-rules-ways-hint = A way that is switched off is used for nobody.
live-rules-to-come = Not available yet: { $ways }.

live-app-broken = Something is broken
live-app-mine = My tickets
live-offline = You are offline
live-offline-hint = The desk cannot be reached. What you were writing is kept in this browser; the page comes back when the line does.

js-draft-saved = Draft saved
js-draft-here = Draft kept in this browser
js-draft-other = Another copy of this draft was saved { $at }.
js-draft-take = Show that copy
js-draft-back = Back to mine
js-notice-open = Open
js-new-rows = { $count ->
    [one] one new
   *[other] { $count } new
}
js-push-on = This device is told.
js-push-no = Your browser does not allow it. Look at its settings for this page.
js-push-none = This browser cannot be told while no page is open.

live-section-hint = events, channels, push, digest, defaults, quiet hours
live-go-aside = Go to what you put aside
live-key-snooze = Put aside until later
live-key-remind = Remind yourself
live-key-keep-tab = Keep the ticket open as a tab
live-key-close-tab = Close the tab
live-key-previous-tab = Previous tab
live-key-next-tab = Next tab
