# The desk's own voice and look: announcements, colour and logo; texts that are put right; time.

amend-edit = Edit the text
amend-edit-hint = What it said before stays in the history. A mail that went out is out.
amend-text = Text
amend-save = Save the text
amend-saved = The text is saved; what it said before is in the history.
amend-redact = Make words unreadable
amend-redact-hint = For passwords, card numbers and what else nobody may read here. The original stays in the audit log.
amend-words = Words
amend-words-hint = One passage a line, as it stands in the text.
amend-everywhere = In every message of this ticket, and in its title
amend-whole = All of this text
amend-reason = Why
amend-redact-now = Make unreadable
amend-redacted = { $places ->
    [one] One place is unreadable now.
   *[other] { $places } places are unreadable now.
}
amend-edited = edited
amend-was-redacted = partly unreadable
told-comment-edited = edited a message
told-text-redacted = made words unreadable
told-time-booked = booked { $minutes } minutes
told-time-changed = changed an entry of time
told-time-removed = took { $minutes } minutes away

announcements-section = Announcements
announcements-section-hint = notices, banner, maintenance, planned downtime
announcements-about = What the desk tells everybody: on the portal's first page, in the console, or on both.
announcements-none = Nothing is announced
announcements-none-hint = Write one below; it stands at once, or from the instant you choose.
announcements-new = Tell everybody
announcements-title = In a line
announcements-text = More
announcements-audience = Who reads it
announcements-portal = Requesters, on the portal's first page
announcements-agents = Agents, in the console
announcements-everybody = Everybody
announcements-urgent = It is urgent
announcements-from = From
announcements-until = Until
announcements-zone-hint = In the desk's time zone ({ $zone }). Empty begins now, or ends when you end it.
announcements-publish = Publish
announcements-end = End it now
announcements-live = stands now
announcements-later = stands later
announcements-over = is over
announcements-published = It is announced.
announcements-ended = It is over.
announcements-delete = Delete
announcements-deleted = The announcement is deleted.
announcements-wrong-instant = Write a date and a time, such as 2026-03-31T08:00.

look-section = Look
look-section-hint = branding, theme, logo, colour, accent
look-about = The desk's colour and its sign, on every page. How light a colour is belongs to the design, so that everything stays readable.
look-hue = Colour
look-hue-hint = From red by yellow, green and blue to violet.
look-chroma = How much of it
look-chroma-hint = From grey to as much as can be read well.
look-logo = Logo
look-logo-hint = A PNG, JPEG or WebP picture of at most { $size } KB. It is shown 24 pixels high.
look-no-logo = Take the logo away
look-save = Save the look
look-sample = How it looks
look-sample-button = A button
look-sample-badge = A badge
look-sample-link = a link
look-whole-number = Write a whole number.
