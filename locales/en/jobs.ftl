# What the desk does by itself, in the settings.

jobs-section = Background work
jobs-section-hint = jobs, outbox, queue, dead letters, retry, what runs
jobs-about = What the desk does by itself, and whether it does. Nothing here needs you while all is well.
jobs-failed = What failed
jobs-none-failed = Nothing has failed, and nothing waits for you.
jobs-gave-up = given up
jobs-tries-on = is tried again
jobs-failed-since = Since { $when }, { $attempts ->
    [one] one attempt
   *[other] { $attempts } attempts
}
jobs-retry = Try again now
jobs-retry-all = Try all of them again now
jobs-discard = Give it up
jobs-retried = { $count ->
    [one] It is tried again now.
   *[other] { $count } are tried again now.
}
jobs-discarded = It is given up and gone.
jobs-works = What runs by itself
jobs-since = What was last done and what last failed is told since the desk was started, { $when }.
jobs-part = There is so much to do that only the first part of it was counted.
jobs-done = done { $when }
jobs-next = next { $when }
jobs-running = { $count ->
    [one] one under way
   *[other] { $count } under way
}
jobs-waiting = { $count ->
    [one] one waits
   *[other] { $count } wait
}
jobs-last-failure = Last failure { $when }: { $why }
jobs-state-fine = fine
jobs-state-idle = nothing to do yet
jobs-state-off = not set up
jobs-state-failing = cannot go on, and tries again
jobs-state-stuck = needs somebody
jobs-search = Search
jobs-search-about = Takes what was written into the search.
jobs-behind = { $count ->
    [one] one change behind
   *[other] { $count } changes behind
}

work-mail-in = Mail in
work-about-mail-in = Fetches mail from the mailboxes and makes tickets and answers of it.
work-mail-out = Mail out
work-about-mail-out = Sends the letters of the outbox.
work-account-mail = Mails about accounts
work-about-account-mail = Invitations, forgotten passwords, sign-ins from new devices.
work-notify = Notifications
work-about-notify = Decides who is told of what happened.
work-push = Devices
work-about-push = Tells telephones and browsers while no page is open.
work-clocks = Targets
work-about-clocks = Warns before a target is missed, and escalates.
work-closing = Closing
work-about-closing = Closes solved tickets after their days of silence, and tells requesters before.
work-recurring = Recurring tickets
work-about-recurring = Lodges what comes again and again.
work-later = What comes later
work-about-later = Brings back tickets that were put aside; reminders; mails that gather what happened.
work-outages = Outages
work-about-outages = Finishes the tickets of an outage that has ended.
work-alike = Alike tickets
work-about-alike = Compares each new ticket with those of the last hours.
work-retime = Timing anew
work-about-retime = Works out targets again after policies or calendars changed.
work-holidays = Holidays
work-about-holidays = Reads the holidays that calendars subscribe to.
work-directories = Directories
work-about-directories = Reads people and groups from directories.
work-tidying = Tidying up
work-about-tidying = Removes what is too old, renews sign-ins of mailboxes, sends reminders to requesters.
