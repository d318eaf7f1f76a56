# What lasts: recurring tickets, calendar feeds, tickets on paper and as they were.

recurring-section = Recurring tickets
recurring-section-hint = schedule, repeat, every week, routine work
recurring-about = Templates that the desk lodges by itself, again and again.
recurring-add = Add a recurring ticket
recurring-make = Add this recurring ticket
recurring-look = Show the next times
recurring-none = Nothing recurs yet
recurring-none-hint = Check the backups each morning, renew the certificates each quarter: lodged by itself.
recurring-needs-template = A recurring ticket is lodged by a template, and there is none yet.
recurring-name-short = Recurring ticket
recurring-when = When
recurring-next = Next
recurring-paused = Paused
recurring-failed = Not lodged
recurring-name = Name
recurring-template = Template
recurring-template-hint = It says everything about the ticket: title, text, queue, priority, steps.
recurring-choose = Choose a template
recurring-requester = Requester
recurring-requester-hint = The mail address of the person for whom it is lodged.
recurring-rhythm = How often
recurring-daily = Every day
recurring-weekly = Every week, on some days
recurring-monthly-date = Every month, on a date
recurring-monthly-day = Every month, on a day of the week
recurring-every = Every so many
recurring-every-hint = 1 is each day, week or month; 2 is every other.
recurring-days = On these days
recurring-date = Date
recurring-date-hint = 31 is the last day of each month.
recurring-place = Which one
recurring-first = First
recurring-second = Second
recurring-third = Third
recurring-fourth = Fourth
recurring-place-last = Last
recurring-day = Day
recurring-weekday = Monday to Friday
recurring-at = Time of day
recurring-at-hint = When the clocks go forward over it, it is lodged an hour later; when they show it twice, the first time.
recurring-zone = Time zone
recurring-working-days = Only on working days of
recurring-working-days-hint = What falls on a day off is lodged on the next working day.
recurring-every-day = No calendar: on any day
recurring-from = From
recurring-from-hint = The first day. Weeks and months are counted from it.
recurring-until = Until
recurring-pause = Paused
recurring-pause-hint = Nothing is lodged, and nothing is made up for later.
recurring-next-times = Next times
recurring-never = It is not lodged any more.
recurring-trouble = The last one could not be lodged: { $why }
recurring-was-due = It was due { $when }. The next one is tried again.
recurring-last = The last one is { $ticket }, due { $when }.
recurring-lodge = Lodge one now
recurring-lodge-hint = Besides the schedule, which goes on as it is.
recurring-stays = Tickets that were lodged stay.
recurring-delete = Delete this recurring ticket
recurring-deleted = The recurring ticket is deleted.
recurring-saved = { $name } is saved.
recurring-says-daily = { $every ->
    [1] Every day at { $at }
   *[other] Every { $every } days at { $at }
}
recurring-says-weekly = { $every ->
    [1] Every week on { $days } at { $at }
   *[other] Every { $every } weeks on { $days } at { $at }
}
recurring-says-monthly = { $every ->
    [1] Every month on { $day } at { $at }
   *[other] Every { $every } months on { $day } at { $at }
}
recurring-says-date = day { $date }
recurring-says-day = { $place }: { $day }
told-lodged-again = lodged it on schedule
thing-recurring-ticket = recurring ticket
thing-ticket-template = ticket template
recurring-wrong-every = It comes every 1 to { $most } days, weeks or months.
recurring-wrong-time = The time of day is written as 09:00.
recurring-wrong-zone = There is no such time zone. They are named like Europe/Berlin.
recurring-ends-before = It ends before it begins.
recurring-wrong-days = Choose at least one day of the week.
recurring-wrong-day = Days are mon, tue, wed, thu, fri, sat and sun.
recurring-wrong-date = The date is 1 to 31.
recurring-wrong-place = The place is 1 to 4, or 5 for the last, and the day one of the week.
recurring-wrong-rhythm = The rhythm is daily, weekly or monthly.
recurring-wrong-date-of-day = A day is written as 2026-05-04.
recurring-no-template = There is no such template.
recurring-template-no-title = The template { $name } has no title. A ticket that nobody fills in needs one.
recurring-requester-gone = { $name } is not active any more, so nothing is lodged for them.
recurring-too-many = A desk has at most { $most } recurring tickets.
recurring-changed-meanwhile = Somebody changed this recurring ticket meanwhile. Look at it again.
refused-template-recurs = The recurring ticket { $name } is lodged by this template. Give it another one first.

feeds-tab = Calendar
feeds-about = An address that your calendar subscribes to: it shows when work is due, as far as you may see it at that moment.
feeds-none = No feed yet
feeds-none-hint = Make one below and give its address to your calendar.
feeds-made = Here is its address. Copy it now: it is not shown again.
feeds-address = Address of the feed
feeds-since = since { $when }
feeds-revoke = Revoke { $name }
feeds-revoked = The feed is revoked. Its address answers no more.
feeds-new = New feed
feeds-name = What is it for?
feeds-mine = My work, when it is due
feeds-teams = My teams' work, when it is due
feeds-reminders = My reminders
feeds-view = Tickets of a saved view
feeds-no-saved-view = No saved view
feeds-secret = Whoever knows the address reads the feed without signing in. Revoke it when it was seen by somebody else.
feeds-make = Make the feed
feeds-too-many = You have { $most } feeds already. Revoke one first.
feeds-show-nothing = Choose at least one thing that the feed shows.
feeds-no-view = There is no such view.
thing-feed = feed
