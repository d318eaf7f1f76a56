# account

account-availability = Availability
account-whether-queues-assign-themselves = Whether queues that assign by themselves give you tickets.
account-you-there = Are you there?
account-you-open-tickets = You have { $open } open tickets.
account-you-know = You know { $join }.
account-your-other-desks = Your other desks
account-you-known-these-desks = You are known on these desks, too. Going there signs you in as yourself.
account-go = Go to { $name }
account-going-there = Going there
account-on-to = On to { $name }
account-opens-itself = It opens by itself.
account-welcome = Welcome
account-welcome-2 = Welcome to { $desk }
account-you-come-another-desk = You come from another desk where you are signed in.
account-sign-here = Sign in here
account-where-you-signed = Where you are signed in
account-about-you = About you
account-picture = Picture
account-picture-hint = A photo of you, so that people know whom they are talking to. Its middle is shown.
account-picture-use = Use this picture
account-picture-remove = Remove the picture
account-picture-none = Choose a picture first.
account-second-factor = Second factor
account-language = Language
account-such-europe-berlin-empty = Such as Europe/Berlin. Empty: the desk's.
account-you-no-password-here = You have no password here. { $mail } if you want one.
account-set-one-mail = Set one by mail
account-password-now = The password now
account-new-password = New password
account-change-password = Change the password
account-every-other-device-signed = Every other device is signed out.
account-set-up-signing-asks = Set up { $when }. Signing in asks for a code from your app. { $left }
account-one-stolen-password-alone = With one, a stolen password alone opens nothing: signing in also asks for a code from an app on your telephone.
account-your-role-needs-one = Your role needs one.
account-new-recovery-codes-remove = New recovery codes, or remove it
account-set-up = Set it up
account-no-recovery-code-left = No recovery code is left: make new ones.
account-signing-asks-code-your = Signing in asks for a code from your app.
account-your-role-needs-one-2 = Your role needs one. Set it up, and everything else works again.
account-code-your-telephone-besides = A code from your telephone besides the password.
account-you-need-app-shows = You need an app that shows codes, such as Aegis, 2FAS, Google Authenticator, or your password store.
account-scan-app = Scan this with the app.
account-code-your-app-scans = A code that your app scans
account-type-key-there = Or type this key there:
account-type-six-digits-app = Type the six digits that the app shows.
account-code-app = Code from the app
account-finish = Finish
account-code-now = A code now
account-make-new-recovery-codes = Make new recovery codes
account-remove-second-factor = Remove the second factor
account-recovery-codes = Recovery codes
account-print-them-write-them = Print them, or write them down, and keep them where the telephone is not.
account-each-works-once-instead = Each works once instead of a code from the app. They are not shown again; earlier ones work no more.
account-i-them = I have them
account-if-something-here-not = If something here is not you, sign out there and change your password.
account-sign-out-everywhere-else = Sign out everywhere else
account-one = this one
account-from = from { $address }
account-since = since { $when }
account-sign-out = Sign out { $device }
account-30-days = 30 days
account-90-days = 90 days
account-one-year = One year
account-until-ended = Until it is ended
account-program-one-your-tokens = A program that has one of your tokens acts in your name. Give each program its own, with no more than it needs.
account-no-access-tokens = No access tokens
account-make-one-below-program = Make one below for a program that is to work with this desk.
account-here-token-copy-now = Here is the token. Copy it now: it is not shown again.
account-token = The token
account-everything-you-may = everything you may
account-end = End { $name }
account-new-token = New token
account-what = What it is for
account-monitoring = Monitoring
account-how-long-works = How long it works
account-what-may-do = What it may do
account-everything-you-may-if = Everything you may, if nothing is ticked.
account-make-token = Make token
account-absence-first-last-day = An absence has a first and a last day, such as 2026-05-04.
account-there-no-such-person = There is no such person.
account-desk-no-host-name = The desk `{ $name }` has no host name; ask whoever runs it.
account-way-works-once-minute = This way in works once, for a minute. Go back to the other desk and come again.
account-sign-personal-access-token = Sign in for this; a personal access token is not enough.
account-desks = The desk's
account-your-password-changed-every = Your password is changed, and every other device signed out.
account-your-second-factor-removed = Your second factor is removed.
account-signed-out-there = Signed out there.
account-signed-out-everywhere-else = Signed out everywhere else.
account-token-works-no-more = The token works no more.

account-over = over
account-made = made { $when }
account-ended = ended { $when }
account-ends = ends { $when }
account-last-used = last used { $when }
account-recovery-codes-left =
    { $count ->
        [one] One recovery code is left: make new ones soon.
       *[other] { $count } recovery codes are left.
    }
account-recovery-codes-left-each =
    { $codes_left ->
        [one] { $codes_left } recovery code is left. Each opens the door once, on the day on which the telephone is gone.
       *[other] { $codes_left } recovery codes are left. Each opens the door once, on the day on which the telephone is gone.
    }
account-look = How pages look
account-theme = Light or dark
account-density = Room
account-density-hint = Compact shows more at once.
theme-system = As my system
theme-light = Light
theme-dark = Dark
density-comfortable = Comfortable
density-compact = Compact
