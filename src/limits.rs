//! Every limit, in one place (D13). A limit has a clear error when it is reached; `docs/limits.md` is printed from here.
//! Names carry units, the most significant word first.

/// A title, in characters (TKT-17).
pub const TITLE_CHARS_MAX: usize = 255;
/// A description or comment, in bytes of UTF-8.
pub const BODY_TEXT_BYTES_MAX: usize = 1024 * 1024;
/// A tag, in characters.
pub const TAG_CHARS_MAX: usize = 64;
/// Tags on one ticket.
pub const TAGS_MAX: usize = 50;
/// Links of one ticket.
pub const LINKS_MAX: usize = 500;
/// Sub-tickets of one ticket.
pub const CHILDREN_MAX: usize = 100;
/// Tickets above a ticket, one over the other.
pub const PARENTS_ABOVE_MAX: usize = 10;
/// Days of silence after which a resolved ticket is closed.
pub const CLOSE_DAYS_MAX: u32 = 365;
/// Tickets that one command closes, or tells of it.
pub const CLOSING_AT_ONCE: usize = 200;
/// Days for which the link to say how it was is good (RPT-14).
pub const SURVEY_LINK_DAYS: u32 = 30;
/// What somebody writes with a vote, in characters.
pub const SURVEY_COMMENT_CHARS_MAX: usize = 2000;
/// Days of one report.
pub const REPORT_DAYS_MAX: u32 = 1100;
/// Tickets among which alike ones are looked for: the newest.
pub const ALIKE_TICKETS_MAX: usize = 20_000;
/// Hours for which a ticket is compared with later ones.
pub const ALIKE_HOURS_MAX: u32 = 168;
/// Words of one text that are compared.
pub const ALIKE_WORDS_MAX: usize = 120;
/// Bytes of one text that are looked at for words.
pub const ALIKE_TEXT_BYTES_MAX: usize = 8 * 1024;
/// Tickets that are suggested as the same matter.
pub const ALIKE_SHOWN_MAX: usize = 5;
/// Candidates that are looked at for some that the reader may see.
pub const ALIKE_LOOKED_MAX: usize = 200;
/// Tickets of one proposed outage that are kept with it.
pub const OUTAGE_PROPOSED_MAX: usize = 200;
/// Outages that are declared or proposed at once.
pub const OUTAGES_LIVE_MAX: usize = 50;
/// What people are told of an outage, in characters.
pub const OUTAGE_MESSAGE_CHARS_MAX: usize = 500;
/// Tickets of an outage that one command joins to it, resolves, or tells.
pub const OUTAGE_AT_ONCE: usize = 200;
/// Merges that are followed from a ticket to the one on which its matter goes on.
pub const MERGES_FOLLOWED_MAX: usize = 100;
/// Watchers of one ticket.
pub const WATCHERS_MAX: usize = 200;
/// `custom` and `metadata` of a ticket, in bytes of JSON.
pub const CUSTOM_JSON_BYTES_MAX: usize = 64 * 1024;
/// Fields of one desk's own.
pub const FIELDS_MAX: usize = 200;
/// What a field is called, in characters.
pub const FIELD_LABEL_CHARS_MAX: usize = 100;
/// The key of a field.
pub const FIELD_KEY_CHARS_MAX: usize = 40;
/// The sentence below a field, in characters.
pub const FIELD_HELP_CHARS_MAX: usize = 500;
/// What can be chosen in one field.
pub const FIELD_OPTIONS_MAX: usize = 200;
/// One thing that can be chosen, in characters.
pub const FIELD_OPTION_CHARS_MAX: usize = 100;
/// A long text in a field, in characters.
pub const FIELD_TEXT_CHARS_MAX: usize = 10_000;
/// An address in a field, in bytes.
pub const FIELD_URL_BYTES_MAX: usize = 2000;
/// A pattern that values must fit, in characters.
pub const FIELD_PATTERN_CHARS_MAX: usize = 500;
/// What such a pattern may take in memory once it is read, in bytes.
pub const FIELD_PATTERN_BYTES_MAX: usize = 256 * 1024;
/// Steps of one checklist, and of one ticket.
pub const CHECKLIST_STEPS_MAX: usize = 100;
/// One step, in characters.
pub const CHECKLIST_STEP_CHARS_MAX: usize = 300;
/// Checklists of one desk that tickets can be given.
pub const CHECKLISTS_MAX: usize = 200;
/// Saved views of one desk, everybody's own among them.
pub const VIEWS_MAX: usize = 2000;
/// Saved views that stand in one rail.
pub const VIEWS_IN_RAIL: usize = 12;
/// Rows and groups of a condition that is clicked together.
pub const VIEW_PARTS_MAX: usize = 60;
/// Macros of one desk.
pub const MACROS_MAX: usize = 1000;
/// What one macro does.
pub const MACRO_ACTIONS_MAX: usize = 20;
/// Tickets on which a macro is used at once.
pub const MACRO_TICKETS_MAX: usize = 100;
/// Ready-made texts of one desk.
pub const SNIPPETS_MAX: usize = 5000;
/// One ready-made text, and what a macro writes, in bytes.
pub const SNIPPET_BYTES_MAX: usize = 32 * 1024;
/// Ready-made texts that are offered at once.
pub const SNIPPETS_OFFERED_MAX: usize = 30;
/// Templates of tickets of one desk.
pub const TICKET_TEMPLATES_MAX: usize = 200;
/// For how long something that was done at once can be undone as one.
pub const UNDO_FOR: std::time::Duration = std::time::Duration::from_secs(24 * 3600);
/// Tickets of one such thing.
pub const UNDO_TICKETS_MAX: usize = 200;
/// Such things that are dropped at once when they are over.
pub const UNDO_SWEPT_AT_ONCE: usize = 50;
/// A JSON body of the API, in bytes.
pub const JSON_BODY_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Nesting of JSON in a body.
pub const JSON_DEPTH_MAX: usize = 64;
/// One uploaded file, in bytes, as far as an operator sets no other limit. What a desk's people may send is said in its settings.
pub const UPLOAD_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;
/// One file of a form, in bytes: larger ones come by an upload that can go on where it broke off (ATT-16).
pub const FORM_FILE_BYTES_MAX: u64 = 50 * 1024 * 1024;
/// What a desk's people may send in one file as long as nobody changed it, in bytes: requesters, and those who work tickets (ATT-16).
pub const REQUESTER_FILE_BYTES: u64 = 25 * 1024 * 1024;
pub const AGENT_FILE_BYTES: u64 = UPLOAD_BYTES_MAX;
/// The smallest and the largest limit that a desk may set for one file, in bytes.
pub const FILE_BYTES_MIN: u64 = 64 * 1024;
pub const FILE_SIZE_MAX: u64 = 1024 * 1024 * 1024 * 1024;
/// Kinds of files that a desk may name, and one such kind, in characters.
pub const FILE_KINDS_MAX: usize = 200;
pub const FILE_KIND_CHARS_MAX: usize = 20;
/// An upload that nobody goes on with, or that nothing was made of, ends after so many hours.
pub const UPLOAD_HOURS: u64 = 24;
/// Uploads of one person that are under way or wait to be used.
pub const UPLOADS_MAX: usize = 50;
/// How long nothing of an upload may come before its request ends, in seconds; what came is kept.
pub const UPLOAD_IDLE_SECS: u64 = 30;
/// Bytes of an upload after which what came is flushed and written down.
pub const UPLOAD_FLUSH_BYTES: u64 = 64 * 1024 * 1024;
/// How long bytes are kept that nothing refers to any more, in days.
pub const BLOB_GRACE_DAYS: u64 = 7;
/// How often committed batches are sent to the place of the snapshots, in seconds.
pub const JOURNAL_SECS: u64 = 5;
/// An appliance that is followed and could not see for so long whether a standby took over writes nothing until it could, in seconds.
pub const LEASE_SECS: u64 = 30;
/// Committed batches of one store that wait for it, in bytes; beyond it they are forgotten, and a snapshot takes their place.
pub const JOURNAL_WAITING_BYTES_MAX: usize = 64 * 1024 * 1024;
/// How long a chunk stays in the place of the snapshots that none of them needs any more, in seconds.
pub const SNAPSHOT_GRACE_SECS: u64 = 24 * 3600;
/// How long an address lasts that gives a file without a sign-in, in minutes: usually, and at most.
pub const FILE_LINK_MINUTES: u32 = 15;
pub const FILE_LINK_MINUTES_MAX: u32 = 7 * 24 * 60;
/// All files of one letter, in bytes; what is more is named with a link.
pub const LETTER_FILE_BYTES_MAX: u64 = 20 * 1024 * 1024;
/// One raw mail, in bytes.
pub const MAIL_BYTES_MAX: usize = 50 * 1024 * 1024;
/// Nesting of MIME parts that is followed; what lies deeper is kept in the raw file only.
pub const MAIL_DEPTH_MAX: usize = 20;
/// MIME parts that are taken apart; the rest is kept in the raw file only.
pub const MAIL_PARTS_MAX: usize = 500;
/// The head of a mail that is read for headers, in bytes; what follows is kept in the raw file only.
pub const MAIL_HEAD_BYTES_MAX: usize = 256 * 1024;
/// Addresses of one mail that are looked at.
pub const MAIL_ADDRESSES_MAX: usize = 200;
/// Header fields of one head that are looked at; essential fields are found beyond it too.
pub const MAIL_FIELDS_MAX: usize = 1000;
/// Header fields of one mail that are kept for people to read.
pub const MAIL_FIELDS_KEPT_MAX: usize = 100;
/// One header field that is decoded, in bytes; what follows is kept in the raw file only.
pub const MAIL_FIELD_BYTES_MAX: usize = 16 * 1024;
/// Message ids of one `References` field: the first and the newest are kept.
pub const MAIL_REFERENCES_MAX: usize = 100;
/// Results of `Authentication-Results` of one mail that are looked at.
pub const MAIL_AUTH_RESULTS_MAX: usize = 50;
/// Recipients of one delivery report that are looked at.
pub const MAIL_BOUNCED_MAX: usize = 100;
/// Recipients of a mail that its entry in the ledger keeps, each of To and Cc.
pub const MAIL_RECIPIENTS_KEPT_MAX: usize = 50;
/// Mails that one page of the log looks at for what is sought; the next page goes on from there.
pub const MAIL_LOG_LOOKED_MAX: usize = 5000;
/// Filters of incoming mail.
pub const MAIL_FILTERS_MAX: usize = 200;
/// Conditions, and actions, of one filter.
pub const MAIL_FILTER_PARTS_MAX: usize = 20;
/// A value that a filter compares with, in characters.
pub const MAIL_FILTER_VALUE_CHARS_MAX: usize = 500;
/// The head of a text that filters look at, in bytes.
pub const MAIL_FILTER_TEXT_BYTES_MAX: usize = 256 * 1024;
/// Senders and domains that are blocked.
pub const BLOCKED_SENDERS_MAX: usize = 10_000;
/// Past mails that a filter is tried on.
pub const MAIL_TRIED_MAX: usize = 200;
/// Times that one mail was judged that the flight recorder keeps: the first and the newest.
pub const MAIL_ROUNDS_KEPT_MAX: usize = 10;
/// Compressed text of `winmail.dat`, unpacked, in bytes; what follows is kept in the raw file only.
pub const MAIL_UNPACKED_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Events of one invitation that are told in words; all of them are in its file.
pub const MAIL_EVENTS_MAX: usize = 20;
/// Messages within messages, in whatever wrapping, that are shown; what lies deeper is attached.
pub const MAIL_NESTED_MAX: usize = 4;
/// Pictures inside the HTML of one mail that become files; later ones are left out.
pub const MAIL_EMBEDDED_MAX: usize = 200;
/// Words of the mails that a mail may answer, with which it is compared.
pub const QUOTE_WORDS_MAX: usize = 100_000;
/// Addresses that one letter goes to, and that one mail's copies are remembered of.
pub const LETTER_RECIPIENTS_MAX: usize = 50;
/// Files of one letter.
pub const LETTER_FILES_MAX: usize = 50;
/// Letters of one state that a list shows.
pub const LETTERS_LISTED_MAX: usize = 500;
/// The message below an answer, in bytes; a longer one is left out.
pub const QUOTED_BYTES_MAX: usize = 64 * 1024;
/// How long an answer may be held so that it can be taken back, in seconds.
pub const SEND_HOLD_SECS_MAX: u32 = 600;
/// Days until a reminder.
pub const REMINDER_DAYS_MAX: u32 = 90;
/// Days for which letters are kept whole, at least: longer than any report about one takes.
pub const LETTER_DAYS_MIN: u32 = 30;
/// And at most.
pub const LETTER_DAYS_MAX: u32 = 3650;
/// Reminders while a ticket waits.
pub const REMINDERS_MAX: u32 = 10;
/// Tickets whose due targets one command acts on: few enough that others write between two of them.
pub const TARGETS_AT_ONCE: usize = 100;
/// Mails of one occasion that one person gets by themselves within `GATHERED_MINUTES`; what comes beyond is gathered in one.
pub const TOLD_ALONE_MAX: u32 = 3;
/// Minutes for which mails of one occasion to one person are gathered.
pub const GATHERED_MINUTES: u64 = 10;
/// Minutes for which urgent ones are gathered: the highest priority, whoever is on call, and levels beyond a target.
pub const URGENT_GATHERED_MINUTES: u64 = 1;
/// Instants at which held mails of one occasion to one person are gathered apart.
pub const GATHERED_ROUNDS_MAX: usize = 32;
/// Tickets that a gathered mail lists; it says how many there are.
pub const GATHERED_LISTED_MAX: usize = 50;
/// Tickets that one command times anew after policies or calendars changed.
pub const RETIMED_AT_ONCE: usize = 200;
/// Policies of service levels on one desk.
pub const SLA_POLICIES_MAX: usize = 100;
/// Steps of one policy.
pub const SLA_STEPS_MAX: usize = 20;
/// Rows of one policy that say how long teams may have a ticket.
pub const SLA_OPERATIONAL_ROWS_MAX: usize = 50;
/// Facts of one ticket's targets that are kept one by one; beyond it, old ones are carried forward as working time.
pub const SLA_FACTS_MAX: usize = 400;
/// Tickets that are looked at to try a policy.
pub const POLICY_TRIAL_TICKETS_MAX: usize = 5_000;
/// Why a ticket is escalated, in characters.
pub const ESCALATION_REASON_CHARS_MAX: usize = 2_000;
/// The condition of a rule that is kept, in bytes.
pub const CONDITION_BYTES_MAX: usize = 2_000;
/// Text of one ticket in which a rule looks for words, in bytes; what lies further down decides nothing.
pub const RULE_TEXT_BYTES_MAX: usize = 64 * 1024;
/// Reminders that one command enqueues.
pub const REMINDERS_AT_ONCE: usize = 200;
/// The name beside the sender's address, in characters.
pub const SENDER_NAME_CHARS_MAX: usize = 100;
/// A signature, in bytes.
pub const SIGNATURE_BYTES_MAX: usize = 4 * 1024;
/// The text of one mail template, in bytes.
pub const MAIL_TEMPLATE_BYTES_MAX: usize = 32 * 1024;
/// What a mail template may take to be filled in, in steps.
pub const MAIL_TEMPLATE_STEPS_MAX: u64 = 20_000;
/// What comes out of a mail template without what somebody wrote, in bytes.
pub const MAIL_TEMPLATE_OUTPUT_BYTES_MAX: usize = 256 * 1024;
/// Keys of one desk that mail is signed with.
pub const DKIM_KEYS_MAX: usize = 50;
/// How long the DNS may take to answer one question, in seconds.
pub const DNS_SECS_MAX: u64 = 5;
/// How long a mail server may take for its last word on a mail, in seconds (RFC 5321 4.5.3.2.6).
pub const SMTP_DATA_SECS_MAX: u64 = 600;
/// Connections to one mail server that are kept open.
pub const SMTP_POOL_MAX: usize = 8;
/// How long an idle connection to a mail server is kept, in seconds.
pub const SMTP_IDLE_SECS_MAX: u64 = 60;
/// Mailboxes of one desk.
pub const MAILBOXES_MAX: usize = 50;
/// Folders of one mailbox that are watched.
pub const MAILBOX_FOLDERS_MAX: usize = 20;
/// Addresses of one mailbox besides its own.
pub const MAILBOX_ALIASES_MAX: usize = 50;
/// Mails of one folder that are looked through.
pub const MAILBOX_MAILS_MAX: usize = 2_000_000;
/// A folder with no more mails than this is looked through as a whole each time; of a larger one only what is new, and all of it daily.
pub const MAILBOX_MAILS_WHOLE_MAX: u32 = 500;
/// Mails of one folder that could not be fetched and are remembered for another try.
pub const MAILBOX_TROUBLED_MAX: usize = 1000;
/// Mails that are asked for at once, and the bytes of all of them together.
pub const MAILBOX_BATCH_MAX: usize = 32;
/// The bytes of the mails that are asked for at once; a larger mail comes alone.
pub const MAILBOX_BATCH_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// How long a mail server may take for one answer, and how long a mail may stand still on its way, in seconds.
pub const MAILBOX_ANSWER_SECS_MAX: u64 = 40;
/// How long one mail may take on its way from a server, in seconds.
pub const MAILBOX_MAIL_SECS_MAX: u64 = 1200;
/// A line of a mail server's answer, in bytes.
pub const MAILBOX_LINE_BYTES_MAX: usize = 64 * 1024;
/// How long we wait in IDLE before it is renewed, in seconds: less than the 29 minutes of RFC 2177.
pub const MAILBOX_IDLE_SECS_MAX: u64 = 24 * 60;
/// The longest wait before a mailbox that fails is tried again, in seconds.
pub const MAILBOX_BACKOFF_SECS_MAX: u64 = 300;
/// How long before its end an access token is renewed, in seconds.
pub const OAUTH_RENEW_SECS: u64 = 600;
/// How long somebody may take to sign in for a mailbox, in seconds.
pub const OAUTH_SIGN_IN_SECS_MAX: u64 = 900;
/// HTML that is cleaned for display, in bytes; what follows is kept in the raw file only.
pub const HTML_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Nesting of HTML elements that is kept; deeper tags are dropped, their text stays.
pub const HTML_DEPTH_MAX: usize = 100;
/// HTML tags that are kept; later tags are dropped, their text stays.
pub const HTML_TAGS_MAX: usize = 50_000;
/// The attributes of one HTML tag, in bytes; the attributes of a longer tag are dropped.
pub const HTML_ATTRIBUTES_BYTES_MAX: usize = 8 * 1024;
/// A file name, in bytes of UTF-8: what common file systems take.
pub const FILENAME_BYTES_MAX: usize = 255;
/// A page of a list (API-06).
pub const PAGE_SIZE_DEFAULT: usize = 25;
/// The largest page of a list (API-06).
pub const PAGE_SIZE_MAX: usize = 100;
/// How deep `page` may go before a cursor is asked for, in rows.
pub const PAGE_ROWS_MAX: usize = 100_000;
/// Roles of a desk's own.
pub const ROLES_MAX: usize = 200;
/// The description of a role, in characters.
pub const ROLE_DESCRIPTION_CHARS_MAX: usize = 500;
/// Levels of organizations, one above the other.
pub const ORGANIZATION_DEPTH_MAX: usize = 16;
/// Mail domains of one organization.
pub const ORGANIZATION_DOMAINS_MAX: usize = 50;
/// Organizations that one narrowed role reaches; what lies further down is not reached.
pub const ORGANIZATIONS_REACHED_MAX: usize = 1000;
/// A query, in bytes.
pub const QUERY_BYTES_MAX: usize = 4 * 1024;
/// Terms in one query.
pub const QUERY_TERMS_MAX: usize = 64;
/// Fields or values that are offered where somebody types a query.
pub const QUERY_OFFERS_MAX: usize = 12;
/// Nesting of brackets in a query.
pub const QUERY_DEPTH_MAX: usize = 16;
/// The least that a search index can be written with, in bytes.
pub const SEARCH_MEMORY_BYTES_MIN: usize = 16_000_000;
/// Sets of words that mean the same.
pub const SYNONYM_SETS_MAX: usize = 500;
/// Words of one set.
pub const SYNONYMS_IN_SET_MAX: usize = 20;
/// One of them, in characters; it may be several words.
pub const SYNONYM_CHARS_MAX: usize = 60;
/// Languages whose endings of words a search looks for, besides English and the desk's own.
pub const SEARCH_LANGUAGES_MAX: usize = 6;
/// Values of one facet that are told of.
pub const FACET_VALUES_MAX: usize = 20;
/// Values of one facet that are counted.
pub const FACET_VALUES_LOOKED_MAX: usize = 2000;
/// Words of a question that articles are looked for by.
pub const ARTICLE_WORDS_ASKED_MAX: usize = 8;
/// People found by words among whom those of a role are looked for.
pub const PEOPLE_FOUND_MAX: usize = 5_000;
/// Words of a question that people are looked for by.
pub const PEOPLE_WORDS_ASKED_MAX: usize = 6;
/// The head of a text in which a search hit is looked for to be shown, in bytes.
pub const HIGHLIGHT_TEXT_BYTES_MAX: usize = 256 * 1024;
/// A file of settings, or one that holds a secret, in bytes.
pub const CONFIG_FILE_BYTES_MAX: u64 = 1024 * 1024;
/// Commands that may wait for the writer of one desk.
pub const WRITER_QUEUE_MAX: usize = 4096;
/// Commands in one group commit.
pub const WRITER_BATCH_MAX: usize = 256;
/// Bytes that one command may put.
pub const COMMAND_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How long an answered idempotency key is kept, in hours (API-02).
pub const IDEMPOTENCY_HOURS: u64 = 24;
/// An idempotency key, in bytes.
pub const IDEMPOTENCY_KEY_BYTES_MAX: usize = 255;
/// Free space on the data disk below which writes are refused, in bytes: enough for the engine to close cleanly.
pub const DISK_FREE_BYTES_MIN: u64 = 64 * 1024 * 1024;
/// Attempts of one job before it is a dead letter.
pub const JOB_ATTEMPTS_MAX: u32 = 12;
/// Jobs that one look at the background work goes through.
pub const JOBS_LOOKED_AT_MAX: usize = 10_000;
/// Tickets that a look at what will be closed goes through, of those told and not told each.
pub const FORECAST_TICKETS_MAX: usize = 500;
/// Failed jobs that a look at the background work shows.
pub const JOBS_FAILED_SHOWN_MAX: usize = 200;
/// How long a query waits for the index to reach the caller's own last write, in milliseconds (D9).
pub const INDEX_WAIT_MILLIS_MAX: u64 = 2000;
/// Desks that are open at once; of more, those that were not wanted for longest close.
pub const DESKS_OPEN_MAX: usize = 64;
/// How long a desk stays open that nobody asks for, in seconds.
pub const DESK_IDLE_SECS: u64 = 600;
/// Desks of one appliance.
pub const DESKS_MAX: usize = 10_000;
/// The plan of a desk, in characters.
pub const DESK_PLAN_CHARS_MAX: usize = 100;
/// Operators of one appliance.
pub const OPERATORS_MAX: usize = 100;
/// Desks that are handed out as downloads at once.
pub const EXPORTS_AT_ONCE: usize = 2;
/// Live connections of one appliance.
pub const LIVE_CONNECTIONS_MAX: usize = 20_000;
/// Messages that may wait for one live connection before it is told to read everything anew.
pub const LIVE_BACKLOG_MAX: usize = 64;
/// Sign-ins, resets and registrations from one address, per minute. A whole office may share an address.
// Computed by the compiler, which refuses a zero.
pub const CREDENTIALS_PER_MINUTE: std::num::NonZeroU32 = std::num::NonZeroU32::new(30).unwrap();
/// The fewest characters that a desk may ask of a new password.
pub const PASSWORD_CHARS_MIN: u32 = 8;
/// What a desk asks of a new password, in characters, until it is changed.
pub const PASSWORD_CHARS_DEFAULT: u32 = 10;
/// The most characters that a desk may ask of a new password.
pub const PASSWORD_CHARS_ASKED_MAX: u32 = 64;
/// A password, in bytes: longer ones cost time and add nothing.
pub const PASSWORD_BYTES_MAX: usize = 1024;
/// Passwords that are hashed at once; each holds as much memory as `sign_in.password_cost` says.
pub const PASSWORD_HASHES_AT_ONCE: usize = 2;
/// Passwords that may wait to be hashed; the next is refused with 503.
pub const PASSWORD_HASHES_WAITING_MAX: usize = 64;
/// Failed sign-ins of one account from one address, or one device, before the next has to wait.
pub const SIGN_IN_FREE_FAILURES: u32 = 5;
/// The longest wait between two failed sign-ins of one account from one address, in seconds; it doubles up to here.
pub const SIGN_IN_WAIT_SECS_MAX: u64 = 900;
/// How long failed sign-ins are remembered, in seconds.
pub const SIGN_IN_REMEMBERED_SECS: u64 = 3600;
/// Attempts on one account from addresses and devices that it does not know, before they are slowed all together.
pub const SIGN_IN_STRANGERS_MAX: u32 = 20;
/// After that, one attempt of strangers on one account in this many seconds.
pub const SIGN_IN_STRANGER_SECS: u64 = 45;
/// Accounts, pairs and devices whose failed sign-ins are remembered at once, each; the longest untouched is forgotten.
pub const SIGN_IN_REMEMBERED_MAX: usize = 50_000;
/// How long the second step of a sign-in may take, in seconds.
pub const SIGN_IN_SECOND_STEP_SECS: u64 = 300;
/// Addresses that are remembered per person as signed in from.
pub const SIGN_IN_PLACES_MAX: usize = 20;
/// How long a link to reset a password works, in minutes.
pub const RESET_LINK_MINUTES: u64 = 60;
/// How long a link that verifies a mail address works, in hours.
pub const VERIFY_LINK_HOURS: u64 = 48;
/// How long an invitation works, in hours.
pub const INVITATION_HOURS: u64 = 7 * 24;
/// How long nobody is sent another link for the same purpose, in seconds.
pub const LINK_AGAIN_SECS: u64 = 60;
/// How long a second factor may be set up, in minutes.
pub const ENROLMENT_MINUTES: u64 = 15;
/// Recovery codes of one person.
pub const RECOVERY_CODES: usize = 10;
/// Requests of one address, per minute. A whole office may share an address.
// Computed by the compiler, which refuses a zero.
pub const REQUESTS_PER_MINUTE_ADDRESS: std::num::NonZeroU32 = std::num::NonZeroU32::new(60_000).unwrap();
/// Requests of one person, per minute, with all sessions and tokens.
// Computed by the compiler, which refuses a zero.
pub const REQUESTS_PER_MINUTE_PERSON: std::num::NonZeroU32 = std::num::NonZeroU32::new(12_000).unwrap();
/// Requests that are worked on at once, over all desks.
pub const REQUESTS_IN_FLIGHT_MAX: usize = 1024;
/// How long a handler may take, in seconds; long enough for the largest upload over a slow line.
pub const HANDLER_SECS_MAX: u64 = 180;
/// All files of one upload with their frame, in bytes.
pub const UPLOAD_REQUEST_BYTES_MAX: usize = 100 * 1024 * 1024;
/// Files in one upload.
pub const UPLOAD_FILES_MAX: usize = 20;
/// Topics of one live connection.
pub const LIVE_TOPICS_MAX: usize = 50;

/// Connections at once; whoever comes then waits in the system's queue.
pub const CONNECTIONS_MAX: usize = 50_000;
/// Requests at once over one connection of HTTP/2.
pub const STREAMS_PER_CONNECTION_MAX: u32 = 100;
/// The head of a request over HTTP/2, in bytes.
pub const REQUEST_HEAD_BYTES_MAX: u32 = 64 * 1024;
/// How long a connection may take to say what it wants, and how long it may be idle, in seconds.
pub const REQUEST_HEAD_SECS_MAX: u64 = 60;
/// How long the body of a form or of JSON may take to come, in seconds.
pub const BODY_SECS_MAX: u64 = 30;
/// Ranges in one list of addresses from which a desk is open.
pub const ADDRESS_RANGES_MAX: usize = 500;
/// Sign-in providers of one desk.
pub const PROVIDERS_MAX: usize = 50;
/// Groups of one provider that give roles.
pub const GROUP_RULES_MAX: usize = 500;
/// Groups of one person that are looked at.
pub const GROUPS_OF_PERSON_MAX: usize = 2000;
/// What a provider knows somebody by, in bytes.
pub const SUBJECT_BYTES_MAX: usize = 512;
/// A secret of a provider, in bytes.
pub const PROVIDER_SECRET_BYTES_MAX: usize = 4096;
/// Certificates that a provider is trusted by, in bytes.
pub const CA_BYTES_MAX: usize = 64 * 1024;
/// How long a directory or identity provider may take to be reached, and then for each step, in seconds.
pub const DIRECTORY_SECS_MAX: u64 = 10;
/// Entries per page of a search in a directory.
pub const LDAP_PAGE_MAX: u16 = 1000;
/// People of one directory.
pub const DIRECTORY_PEOPLE_MAX: usize = 200_000;
/// How long one sync may take, in seconds; shorter than the lease of its job.
pub const SYNC_SECS_MAX: u64 = 110;
/// An answer of an identity provider, in bytes.
pub const OIDC_ANSWER_BYTES_MAX: usize = 512 * 1024;
/// A token of an identity provider, in bytes.
pub const OIDC_TOKEN_BYTES_MAX: usize = 64 * 1024;
/// How far an identity provider's clock may be off, in seconds.
pub const OIDC_SKEW_SECS_MAX: i64 = 60;
/// How long somebody may take at the identity provider, in seconds.
pub const OIDC_SIGN_IN_SECS_MAX: u64 = 600;
/// How long an unknown key waits before the identity provider's keys are fetched again, in seconds.
pub const OIDC_KEYS_SECS_MIN: u64 = 30;

/// Routing rules of one desk.
pub const ROUTING_RULES_MAX: usize = 500;
/// People whom one routing rule makes watchers.
pub const RULE_WATCHERS_MAX: usize = 20;
/// Skills of one person or category.
pub const SKILLS_MAX: usize = 50;
/// How much work somebody can be said to have.
pub const CAPACITY_MAX: u32 = 10_000;
/// How much one open ticket may weigh when work is compared.
pub const LOAD_WEIGHT_MAX: u8 = 100;
/// Absences of one person that are kept.
pub const ABSENCES_MAX: usize = 50;
/// Open tickets that a queue may be limited to.
pub const WIP_LIMIT_MAX: u32 = 1_000_000;
/// Tickets that are assigned in one call.
pub const ASSIGNED_AT_ONCE_MAX: usize = 200;
/// Rotations of one desk.
pub const ROTATIONS_MAX: usize = 100;
/// Layers of one rotation.
pub const ROTATION_LAYERS_MAX: usize = 5;
/// People of one layer of a rotation.
pub const ROTATION_PEOPLE_MAX: usize = 50;
/// Overrides of one rotation that are kept.
pub const OVERRIDES_MAX: usize = 200;
/// How long one override lasts, in days.
pub const OVERRIDE_DAYS_MAX: u64 = 92;
/// Stretches of a rotation that are shown at once.
pub const ON_CALL_SPANS_MAX: usize = 500;
/// How far back a routing rule or a policy is tried, in days.
pub const TRIAL_DAYS_MAX: u32 = 365;
/// Tickets that are looked at to try a routing rule.
pub const TRIAL_TICKETS_MAX: usize = 2_000;
/// Tickets that a trial of a rule or policy shows.
pub const TRIAL_SHOWN_MAX: usize = 100;

/// What is read and thrown away of a body that was refused, in bytes, so that the refusal reaches its caller.
pub const REFUSED_BODY_BYTES_MAX: usize = 128 * 1024 * 1024;

const _: () = assert!(PAGE_SIZE_DEFAULT <= PAGE_SIZE_MAX && PAGE_SIZE_MAX <= PAGE_ROWS_MAX);
const _: () = assert!(BODY_TEXT_BYTES_MAX < JSON_BODY_BYTES_MAX);
const _: () = assert!(WRITER_BATCH_MAX <= WRITER_QUEUE_MAX);
/// Shifts of one day of a calendar.
pub const SHIFTS_PER_DAY_MAX: usize = 24;
/// Stretches of working time that one question lists.
pub const CALENDAR_PERIODS_MAX: usize = 1000;
/// Calendars of one desk that are in use.
pub const CALENDARS_MAX: usize = 500;
/// Dates of one calendar with hours of their own.
pub const CALENDAR_OVERRIDES_MAX: usize = 2000;
/// Holidays that one calendar holds, and days that its subscription may name.
pub const CALENDAR_HOLIDAYS_MAX: usize = 2000;
/// What a holiday or an overridden date is called, in characters.
pub const DAY_LABEL_CHARS_MAX: usize = 200;
/// Passages that one redaction makes unreadable.
pub const REDACTED_WORDS_MAX: usize = 50;
/// Why something was done, in characters.
pub const REASON_CHARS_MAX: usize = 500;
/// Categories of time of one desk.
pub const TIME_CATEGORIES_MAX: usize = 100;
/// Entries of time on one ticket.
pub const TIME_ENTRIES_MAX: usize = 2_000;
/// One entry of time, in minutes.
pub const TIME_ENTRY_MINUTES_MAX: u32 = 24 * 60;
/// What stands beside an entry of time, in characters.
pub const TIME_NOTE_CHARS_MAX: usize = 500;
/// Entries of time that one report looks at.
pub const TIME_REPORT_ENTRIES_MAX: usize = 20_000;
/// Recurring tickets of one desk.
pub const RECURRENCES_MAX: usize = 500;
/// Days, weeks or months between two of them.
pub const RECURRENCE_EVERY_MAX: u32 = 99;
/// Recurring tickets that one command lodges.
pub const RECURRING_AT_ONCE: usize = 20;
/// Occurrences that are shown ahead.
pub const OCCURRENCES_SHOWN: usize = 5;
/// Feeds of due work of one person.
pub const CALENDAR_FEEDS_MAX: usize = 10;
/// Events of one feed.
pub const DUE_EVENTS_MAX: usize = 500;
/// Pages of a ticket as a PDF.
pub const PAPER_PAGES_MAX: usize = 200;
/// Events of a ticket that are undone to show it as it was.
pub const AS_OF_EVENTS_MAX: usize = 5_000;
/// Announcements that one desk keeps.
pub const ANNOUNCEMENTS_MAX: usize = 500;
/// Announcements that stand on a page at once.
pub const ANNOUNCEMENTS_SHOWN_MAX: usize = 3;
/// An announcement, in characters.
pub const ANNOUNCEMENT_CHARS_MAX: usize = 4_000;
/// A desk's logo, in bytes.
pub const LOGO_BYTES_MAX: usize = 256 * 1024;
/// A person's own picture, in bytes. A browser with a script makes it small before it is sent.
pub const AVATAR_BYTES_MAX: usize = 512 * 1024;
/// The longer side of a picture that pages show.
pub const PICTURE_PIXELS_MAX: usize = 4096;
/// Regions of one desk.
pub const REGIONS_MAX: usize = 500;
/// Pauses of one question about working time.
pub const PREVIEW_PAUSES_MAX: usize = 1000;
/// The address of a calendar's subscription, in bytes.
pub const FEED_URL_BYTES_MAX: usize = 2000;
/// A file of holidays that is subscribed to, in bytes.
pub const FEED_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Events of such a file that are looked at.
pub const FEED_EVENTS_MAX: usize = 10_000;
/// Years before and after the present one whose subscribed holidays are kept.
pub const FEED_YEARS_BACK: i16 = 2;
pub const FEED_YEARS_AHEAD: i16 = 5;

/// What one draft holds, in bytes.
pub const DRAFT_BYTES_MAX: usize = 256 * 1024;
/// Fields of one draft: those of a form, and all that a desk may have of its own.
pub const DRAFT_FIELDS_MAX: usize = 220;
/// Drafts of one person; of more, the oldest go.
pub const DRAFTS_MAX: usize = 100;
/// How long a draft is kept that nobody touches, in days.
pub const DRAFT_DAYS: u64 = 90;
/// Drafts that agents share on one ticket.
pub const SHARED_DRAFTS_MAX: usize = 5;
/// People whom a shared draft names as its writers.
pub const DRAFT_WRITERS_MAX: usize = 20;
/// Addresses that a shared draft names.
pub const DRAFT_ADDRESSES_MAX: usize = 100;
/// Events of the log that are looked through for one page of changes.
pub const AUDIT_EVENTS: u64 = 2_000;
/// People who are invited with one answer of the first steps.
pub const INVITED_AT_ONCE_MAX: usize = 50;
/// Events that are looked through for the last change of a page of the settings.
pub const LAST_CHANGE_EVENTS: usize = 500;
/// Tickets that one person has open side by side; of more, the first goes.
pub const OPEN_TABS_MAX: usize = 12;
/// How far ahead a ticket is put aside, or one is reminded, in days.
pub const SNOOZE_DAYS_MAX: u64 = 366;
/// Tickets that come back in one command.
pub const SNOOZED_AT_ONCE: usize = 200;
/// Reminders of one person that wait.
pub const OWN_REMINDERS_MAX: usize = 200;
/// The words of a reminder, in characters.
pub const REMINDER_CHARS_MAX: usize = 500;
/// Notifications of one person that are not read; of more, the oldest go.
pub const NOTIFICATIONS_UNREAD_MAX: usize = 500;
/// Up to so many unread notifications are counted; beyond it the counter says so.
pub const NOTIFICATIONS_COUNTED_MAX: usize = 100;
/// How long a notification is kept, in days.
pub const NOTIFICATION_DAYS: u64 = 90;
/// Tickets that one person wants to hear nothing of.
pub const MUTED_TICKETS_MAX: usize = 500;
/// Devices of one person that are told of things; of more, the oldest goes.
pub const PUSH_DEVICES_MAX: usize = 10;
/// The address of a device at its push service, in bytes.
pub const PUSH_ENDPOINT_BYTES_MAX: usize = 2000;
/// What a device is called, in characters.
pub const PUSH_DEVICE_CHARS_MAX: usize = 100;
/// How long a push service keeps a message for a device that is off, in seconds.
pub const PUSH_TTL_SECS: u64 = 24 * 3600;
/// The text of one message to a device, in bytes: what fits into the one record that push services must take (RFC 8030 7.2).
pub const PUSH_MESSAGE_BYTES_MAX: usize = 3000;
/// What a push service answers, in bytes.
pub const PUSH_ANSWER_BYTES_MAX: usize = 16 * 1024;
/// People whom one message names.
pub const MENTIONS_MAX: usize = 20;
/// People of one team who are told when a message names it.
pub const MENTIONED_TEAM_MAX: usize = 50;
/// People and teams that are offered while a name is typed.
pub const MENTIONS_OFFERED_MAX: usize = 10;
/// Events that a live connection is told of after it was cut; of more, it is told to read everything anew.
pub const LIVE_CATCH_UP_MAX: usize = 500;
/// How long somebody counts as looking at a ticket after their page last said so, in seconds.
pub const PRESENCE_SECS: u64 = 45;
/// How long somebody counts as typing after they last did, in seconds.
pub const TYPING_SECS: u64 = 8;
/// How long an agent who does nothing counts as there, in seconds.
pub const IDLE_SECS: u64 = 600;
/// People who look at one ticket and are shown.
pub const PRESENT_MAX: usize = 50;
/// Tickets that one person looks at, at once, and is shown on.
pub const PRESENT_TICKETS_MAX: usize = 40;
/// People whom one word of a question may name before they are looked at one by one.
pub const CALLERS_LOOKED_AT: usize = 300;
/// People who are offered while somebody is named.
pub const CALLERS_OFFERED: usize = 8;
/// Queues of one's own that stand on the page at the start of a shift.
pub const SHIFT_QUEUES_MAX: usize = 20;
/// Colleagues whose load stands there.
pub const SHIFT_TEAM_MAX: usize = 30;
/// Tickets that one has put aside which are looked through for those that come back first.
pub const SHIFT_ASIDE_MAX: usize = 200;
/// Cards of one column of a board; the list has the rest.
pub const BOARD_CARDS: usize = 20;
/// Columns of a board by assignee; of more, those with the most.
pub const BOARD_COLUMNS: usize = 40;
/// Articles of one desk's knowledge base.
pub const ARTICLES_MAX: usize = 10_000;
/// The text of one article, in bytes.
pub const ARTICLE_BYTES_MAX: usize = 256 * 1024;
/// The summary of an article or the description of a category, in characters.
pub const ARTICLE_SUMMARY_CHARS_MAX: usize = 500;
/// What is said about a change of an article, in characters.
pub const ARTICLE_NOTE_CHARS_MAX: usize = 200;
/// Revisions of one article; of more, the oldest goes.
pub const ARTICLE_REVISIONS_MAX: usize = 300;
/// A side of a picture whose size is written into pages, in pixels; a larger one says nothing of worth.
pub const PICTURE_SIDE_MAX: u32 = 100_000;
/// Files of one article.
pub const ARTICLE_FILES_MAX: usize = 100;
/// Earlier addresses of one article that go on leading to it.
pub const ARTICLE_OLD_SLUGS_MAX: usize = 20;
/// Categories of articles.
pub const ARTICLE_CATEGORIES_MAX: usize = 200;
/// Words of one article that it is found by.
pub const ARTICLE_WORDS_MAX: usize = 4000;
/// Articles that one word of a question may name before they are ranked.
pub const ARTICLES_LOOKED_MAX: usize = 2000;
/// What is shown of an article below its title, in characters.
pub const ARTICLE_PREVIEW_CHARS_MAX: usize = 200;
/// What somebody says of an article in words, in characters.
pub const ARTICLE_WORDS_SAID_MAX: usize = 1000;
/// Votes a day of visitors of whom nothing is known that one article takes.
pub const ARTICLE_UNKNOWN_VOTES_A_DAY: u32 = 100;
/// Votes of one article that are looked through for words.
pub const ARTICLE_VOTES_LOOKED_MAX: usize = 5000;
/// Articles on one ticket.
pub const TICKET_ARTICLES_MAX: usize = 50;
/// Articles that are suggested at once.
pub const ARTICLES_SUGGESTED_MAX: usize = 4;
/// Words of what somebody types that articles are suggested by.
pub const ARTICLE_SUGGESTED_WORDS: usize = 8;
/// Rows of a list that are counted one by one; of more, the total is a bound unless it is cheap.
pub const LIST_COUNTED_MAX: usize = 100_000;
/// Documents that one search ranks, and counts by their values: of more, the newest.
pub const SEARCH_RANKED_MAX: usize = 20_000;
/// Comments that a ticket of the past may bring along.
pub const PAST_COMMENTS_MAX: usize = 1_000;
/// Columns of one file of a list.
pub const LIST_FILE_COLUMNS_MAX: usize = 100;
/// Files of lists that one person may wait for at once.
pub const LIST_FILES_AT_ONCE: usize = 3;
/// Files of lists that are kept for one person; of more, the oldest goes.
pub const LIST_FILES_KEPT: usize = 20;
/// Files of lists that are sent at once while they are made, over all desks: each holds a state of an index.
pub const LIST_FILES_SENT_AT_ONCE: usize = 16;
/// So long a piece of such a file waits for its reader, who then loses their turn, in seconds.
pub const LIST_FILE_PATIENCE_SECS: u64 = 60;
/// How long a file of a list is kept, in days.
pub const LIST_FILE_DAYS: u64 = 7;
/// Tickets of a list whose places are looked up at once for a file, and those of them that are read at once.
pub const LIST_FILE_PLACES_AT_ONCE: usize = 100_000;
pub const LIST_FILE_ROWS_AT_ONCE: usize = 500;
/// A file of which pictures and text are made, in bytes; of a longer text, its beginning is read.
pub const PREVIEW_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// As much of a plain text as is read for the search, in bytes.
pub const PREVIEW_TEXT_READ_BYTES: u64 = 4 * 1024 * 1024;
/// Text of one file that is searchable, in bytes.
pub const PREVIEW_TEXT_BYTES_MAX: usize = 1024 * 1024;
/// Pixels of a picture that is made smaller.
pub const PREVIEW_PIXELS_MAX: u64 = 50_000_000;
/// The longest side of a thumbnail, in pixels.
pub const THUMBNAIL_SIDE: u32 = 320;
/// The longest side of a preview, in pixels.
pub const PREVIEW_SIDE: u32 = 1600;
/// One thumbnail or preview, in bytes.
pub const PREVIEW_PICTURE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// What the files inside an office file come to when they are unpacked, in bytes.
pub const PREVIEW_UNPACKED_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Files inside an office file.
pub const PREVIEW_PARTS_MAX: usize = 5000;
/// Pages of a PDF whose text is read.
pub const PREVIEW_PAGES_MAX: usize = 500;
/// Memory of the process that takes a file apart, in bytes.
pub const PREVIEW_MEMORY_BYTES: u64 = 512 * 1024 * 1024;
/// Processor time of that process, in seconds.
pub const PREVIEW_CPU_SECS: u64 = 15;
/// How long that process may take in all, in seconds.
pub const PREVIEW_SECS: u64 = 45;
/// How often a file is tried; the last time for its text alone.
pub const PREVIEW_TRIES: u8 = 2;
/// Attachments with the same bytes whose tickets are told when their text is there.
pub const PREVIEW_WAITERS_MAX: usize = 1000;
/// Files that wait and are looked through for one that can be taken apart.
pub const PREVIEWS_LOOKED_AT: usize = 200;
/// Attachments from before there were previews that one round takes up.
pub const PREVIEWS_TAKEN_UP: usize = 500;
