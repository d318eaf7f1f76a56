//! The texts that come with Lodge, and the few words of the frame around them, in the languages that there are. Others fall back to
//! English.

use super::{account_texts, target_texts};
use crate::desk::mail::occasion::Occasion;

/// Every language with texts: its code, and its own name.
pub const LANGUAGES: [(&str, &str); 4] = [("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español")];

/// The words of the frame. `{date}` and `{name}` are filled in.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    pub open: &'static str,
    pub wrote: &'static str,
    pub follows: &'static str,
    pub stop_copies: &'static str,
    pub stop_reminders: &'static str,
    /// The question how it was, and its two answers.
    pub how_was_it: &'static str,
    /// Behind "it is over", where the ticket is solved, too.
    pub solved_with_it: &'static str,
    /// Before the names of files that no mail carries.
    pub too_large: &'static str,
    pub good: &'static str,
    pub bad: &'static str,
    /// How dates are written (strftime).
    pub date: &'static str,
}

pub fn words(language: &str) -> Words {
    match language {
        "de" => Words {
            open: "Ticket öffnen",
            wrote: "Am {date} schrieb {name}:",
            follows: "Sie erhalten diese Mail, weil Sie dem Ticket folgen.",
            stop_copies: "Nicht mehr folgen",
            stop_reminders: "Keine Erinnerungen zu diesem Ticket",
            how_was_it: "Wie war es für Sie?",
            solved_with_it: ", und Ihr Ticket ist damit gelöst",
            too_large: "Zu groß für eine E-Mail und im Ticket zu finden:",
            good: "Gut",
            bad: "Nicht gut",
            date: "%d.%m.%Y um %H:%M",
        },
        "fr" => Words {
            open: "Ouvrir le ticket",
            wrote: "Le {date}, {name} a écrit :",
            follows: "Vous recevez ce message parce que vous suivez ce ticket.",
            stop_copies: "Ne plus suivre",
            stop_reminders: "Plus de rappels pour ce ticket",
            how_was_it: "Comment cela s'est-il passé ?",
            solved_with_it: " et votre ticket est ainsi résolu",
            too_large: "Trop volumineux pour un courriel, à retrouver dans le ticket :",
            good: "Bien",
            bad: "Pas bien",
            date: "%d/%m/%Y à %H:%M",
        },
        "es" => Words {
            open: "Abrir el ticket",
            wrote: "El {date}, {name} escribió:",
            follows: "Recibe este correo porque sigue el ticket.",
            stop_copies: "Dejar de seguir",
            stop_reminders: "Sin más recordatorios de este ticket",
            how_was_it: "¿Qué tal fue?",
            solved_with_it: " y con ello su ticket queda resuelto",
            too_large: "Demasiado grande para un correo; está en el ticket:",
            good: "Bien",
            bad: "Mal",
            date: "%d/%m/%Y a las %H:%M",
        },
        _ => Words {
            open: "Open the ticket",
            wrote: "On {date}, {name} wrote:",
            follows: "You get this mail because you follow the ticket.",
            stop_copies: "Stop following",
            stop_reminders: "No more reminders about this ticket",
            how_was_it: "How was it for you?",
            solved_with_it: ", and your ticket is solved with it",
            too_large: "Too large for a mail, and on the ticket:",
            good: "Good",
            bad: "Not good",
            date: "%Y-%m-%d at %H:%M",
        },
    }
}

/// Mail programs keep together what shares a subject, so nearly all do.
const RE: &str = "Re: {{ ticket.title }}";

/// Subject and body.
pub(super) fn built_in(occasion: Occasion, language: &str) -> (&'static str, &'static str) {
    if let Some(it) = account_texts::built_in(occasion, language) {
        return it;
    }
    if let Some(it) = target_texts::built_in(occasion, language) {
        return it;
    }
    let body = match language {
        "de" => german(occasion),
        "fr" => french(occasion),
        "es" => spanish(occasion),
        _ => english(occasion),
    };
    let subject = match (occasion, language) {
        (Occasion::LodgedForYou | Occasion::Forward, _) => "{{ ticket.title }}",
        (Occasion::Assigned, "de") => "Ihnen zugewiesen: {{ ticket.title }}",
        (Occasion::Assigned, "fr") => "Attribué à vous : {{ ticket.title }}",
        (Occasion::Assigned, "es") => "Asignado a usted: {{ ticket.title }}",
        (Occasion::Assigned, _) => "Assigned to you: {{ ticket.title }}",
        (Occasion::Test, "de") => "Testmail von {{ desk.name }}",
        (Occasion::Test, "fr") => "Message d'essai de {{ desk.name }}",
        (Occasion::Test, "es") => "Correo de prueba de {{ desk.name }}",
        (Occasion::Test, _) => "A test mail of {{ desk.name }}",
        _ => RE,
    };
    (subject, body)
}

fn english(occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::Acknowledgement => {
            "Hello {{ person.first_name }},\n\nwe have your message, and it has the number {{ ticket.number }}. Answer to this mail to add something."
        }
        Occasion::Answer | Occasion::Forward => "{{ message }}",
        Occasion::Resolved => {
            "Hello {{ person.first_name }},\n\nwe believe that {{ ticket.number }} is solved. If it is not, just answer to this mail: that opens it again."
        }
        Occasion::Closed => {
            "Hello {{ person.first_name }},\n\n{{ ticket.number }} is closed now. If there is more to it, answer to this mail."
        }
        Occasion::Reminder => {
            "Hello {{ person.first_name }},\n\nwe cannot go on with {{ ticket.number }} without an answer from you. Our last message is below; please answer to this mail."
        }
        Occasion::StatusChanged => "Hello {{ person.first_name }},\n\n{{ ticket.number }} is now: {{ ticket.status }}.",
        Occasion::Assigned => {
            "Hello {{ person.first_name }},\n\n{{ ticket.number }} is yours now: {{ ticket.title }} ({{ ticket.priority }})."
        }
        Occasion::LodgedForYou => {
            "Hello {{ person.first_name }},\n\n{{ agent.name }} lodged a ticket for you. It has the number {{ ticket.number }}. Answer to this mail to add something."
        }
        Occasion::Test => "Hello {{ person.first_name }},\n\nif you can read this, {{ desk.name }} can send mail.",
        Occasion::ClosingSoon => {
            "Hello {{ person.first_name }},\n\nwe believe that {{ ticket.number }} is solved, and it is closed on {{ ticket.closes_on }}. If it is not solved, just answer to this mail: that opens it again."
        }
        Occasion::Outage => {
            "Hello {{ person.first_name }},\n\nwhat you told us in {{ ticket.number }} is a part of a larger trouble that we know of:\n\n{{ outage.message }}\n\nYou hear from us when it is over; there is nothing that you need to do."
        }
        Occasion::OutageOver => {
            "Hello {{ person.first_name }},\n\nthe trouble behind {{ ticket.number }} is over{{ outage.solved }}:\n\n{{ outage.message }}\n\nIf it is not over for you, just answer to this mail."
        }
        Occasion::Mentioned => "Hello {{ person.first_name }},\n\n{{ agent.name }} named you in {{ ticket.number }}: {{ ticket.title }}.",
        Occasion::Digest => "Hello {{ person.first_name }},\n\nthis is what happened on your tickets.",
        // Of accounts and targets: they have texts of their own.
        _ => "",
    }
}

fn german(occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::Acknowledgement => {
            "Guten Tag {{ person.name }},\n\nIhre Nachricht ist angekommen und hat die Nummer {{ ticket.number }}. Antworten Sie auf diese Mail, um etwas zu ergänzen."
        }
        Occasion::Answer | Occasion::Forward => "{{ message }}",
        Occasion::Resolved => {
            "Guten Tag {{ person.name }},\n\nwir halten {{ ticket.number }} für gelöst. Falls nicht, antworten Sie einfach auf diese Mail: damit wird das Ticket wieder geöffnet."
        }
        Occasion::Closed => {
            "Guten Tag {{ person.name }},\n\n{{ ticket.number }} ist jetzt geschlossen. Falls noch etwas offen ist, antworten Sie auf diese Mail."
        }
        Occasion::Reminder => {
            "Guten Tag {{ person.name }},\n\nbei {{ ticket.number }} kommen wir ohne Ihre Antwort nicht weiter. Unsere letzte Nachricht steht unten; bitte antworten Sie auf diese Mail."
        }
        Occasion::StatusChanged => "Guten Tag {{ person.name }},\n\nneuer Stand von {{ ticket.number }}: {{ ticket.status }}.",
        Occasion::Assigned => {
            "Guten Tag {{ person.name }},\n\n{{ ticket.number }} ist Ihnen zugewiesen: {{ ticket.title }} ({{ ticket.priority }})."
        }
        Occasion::LodgedForYou => {
            "Guten Tag {{ person.name }},\n\n{{ agent.name }} hat ein Ticket für Sie angelegt. Es hat die Nummer {{ ticket.number }}. Antworten Sie auf diese Mail, um etwas zu ergänzen."
        }
        Occasion::Test => "Guten Tag {{ person.name }},\n\nwenn Sie das lesen, kann {{ desk.name }} Mails senden.",
        Occasion::ClosingSoon => {
            "Guten Tag {{ person.name }},\n\nwir halten {{ ticket.number }} für gelöst; das Ticket wird am {{ ticket.closes_on }} geschlossen. Falls es nicht gelöst ist, antworten Sie einfach auf diese Mail: damit wird es wieder geöffnet."
        }
        Occasion::Outage => {
            "Guten Tag {{ person.name }},\n\nwas Sie uns in {{ ticket.number }} gemeldet haben, gehört zu einer größeren Störung, die wir kennen:\n\n{{ outage.message }}\n\nWir melden uns, sobald sie behoben ist; Sie müssen nichts weiter tun."
        }
        Occasion::OutageOver => {
            "Guten Tag {{ person.name }},\n\ndie Störung hinter {{ ticket.number }} ist behoben{{ outage.solved }}:\n\n{{ outage.message }}\n\nFalls das bei Ihnen nicht so ist, antworten Sie einfach auf diese Mail."
        }
        Occasion::Mentioned => {
            "Guten Tag {{ person.name }},\n\n{{ agent.name }} hat Sie in {{ ticket.number }} genannt: {{ ticket.title }}."
        }
        Occasion::Digest => "Guten Tag {{ person.name }},\n\ndas ist bei Ihren Tickets geschehen.",
        // Of accounts and targets: they have texts of their own.
        _ => "",
    }
}

fn french(occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::Acknowledgement => {
            "Bonjour {{ person.name }},\n\nnous avons bien reçu votre message ; il porte le numéro {{ ticket.number }}. Répondez à ce message pour ajouter quelque chose."
        }
        Occasion::Answer | Occasion::Forward => "{{ message }}",
        Occasion::Resolved => {
            "Bonjour {{ person.name }},\n\nnous pensons que {{ ticket.number }} est résolu. Si ce n'est pas le cas, répondez simplement à ce message : le ticket sera rouvert."
        }
        Occasion::Closed => {
            "Bonjour {{ person.name }},\n\n{{ ticket.number }} est maintenant clos. S'il reste quelque chose, répondez à ce message."
        }
        Occasion::Reminder => {
            "Bonjour {{ person.name }},\n\nnous ne pouvons pas avancer sur {{ ticket.number }} sans votre réponse. Notre dernier message se trouve ci-dessous ; merci de répondre à ce message."
        }
        Occasion::StatusChanged => "Bonjour {{ person.name }},\n\nnouvel état de {{ ticket.number }} : {{ ticket.status }}.",
        Occasion::Assigned => {
            "Bonjour {{ person.name }},\n\n{{ ticket.number }} vous est attribué : {{ ticket.title }} ({{ ticket.priority }})."
        }
        Occasion::LodgedForYou => {
            "Bonjour {{ person.name }},\n\n{{ agent.name }} a créé un ticket pour vous. Il porte le numéro {{ ticket.number }}. Répondez à ce message pour ajouter quelque chose."
        }
        Occasion::Test => "Bonjour {{ person.name }},\n\nsi vous lisez ceci, {{ desk.name }} peut envoyer des messages.",
        Occasion::ClosingSoon => {
            "Bonjour {{ person.name }},\n\nnous pensons que {{ ticket.number }} est résolu ; le ticket sera clos le {{ ticket.closes_on }}. Si ce n'est pas résolu, répondez simplement à ce message : le ticket sera rouvert."
        }
        Occasion::Outage => {
            "Bonjour {{ person.name }},\n\nce que vous nous avez signalé dans {{ ticket.number }} fait partie d'une panne plus large que nous connaissons :\n\n{{ outage.message }}\n\nNous vous écrirons dès qu'elle sera terminée ; vous n'avez rien à faire."
        }
        Occasion::OutageOver => {
            "Bonjour {{ person.name }},\n\nla panne à l'origine de {{ ticket.number }} est terminée{{ outage.solved }} :\n\n{{ outage.message }}\n\nSi ce n'est pas le cas chez vous, répondez simplement à ce message."
        }
        Occasion::Mentioned => {
            "Bonjour {{ person.name }},\n\n{{ agent.name }} vous a mentionné dans {{ ticket.number }} : {{ ticket.title }}."
        }
        Occasion::Digest => "Bonjour {{ person.name }},\n\nvoici ce qui s'est passé sur vos tickets.",
        // Of accounts and targets: they have texts of their own.
        _ => "",
    }
}

fn spanish(occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::Acknowledgement => {
            "Hola {{ person.name }},\n\nhemos recibido su mensaje y tiene el número {{ ticket.number }}. Responda a este correo para añadir algo."
        }
        Occasion::Answer | Occasion::Forward => "{{ message }}",
        Occasion::Resolved => {
            "Hola {{ person.name }},\n\ncreemos que {{ ticket.number }} está resuelto. Si no lo está, responda a este correo y se abrirá de nuevo."
        }
        Occasion::Closed => "Hola {{ person.name }},\n\n{{ ticket.number }} está cerrado. Si queda algo pendiente, responda a este correo.",
        Occasion::Reminder => {
            "Hola {{ person.name }},\n\nno podemos seguir con {{ ticket.number }} sin su respuesta. Nuestro último mensaje está abajo; por favor, responda a este correo."
        }
        Occasion::StatusChanged => "Hola {{ person.name }},\n\nnuevo estado de {{ ticket.number }}: {{ ticket.status }}.",
        Occasion::Assigned => "Hola {{ person.name }},\n\n{{ ticket.number }} es suyo ahora: {{ ticket.title }} ({{ ticket.priority }}).",
        Occasion::LodgedForYou => {
            "Hola {{ person.name }},\n\n{{ agent.name }} ha creado un ticket para usted. Tiene el número {{ ticket.number }}. Responda a este correo para añadir algo."
        }
        Occasion::Test => "Hola {{ person.name }},\n\nsi puede leer esto, {{ desk.name }} puede enviar correo.",
        Occasion::ClosingSoon => {
            "Hola {{ person.name }},\n\ncreemos que {{ ticket.number }} está resuelto; se cerrará el {{ ticket.closes_on }}. Si no lo está, responda a este correo y se abrirá de nuevo."
        }
        Occasion::Outage => {
            "Hola {{ person.name }},\n\nlo que nos contó en {{ ticket.number }} es parte de una avería mayor que ya conocemos:\n\n{{ outage.message }}\n\nLe escribiremos cuando termine; no tiene que hacer nada."
        }
        Occasion::OutageOver => {
            "Hola {{ person.name }},\n\nla avería detrás de {{ ticket.number }} ha terminado{{ outage.solved }}:\n\n{{ outage.message }}\n\nSi no es así para usted, responda a este correo."
        }
        Occasion::Mentioned => "Hola {{ person.name }},\n\n{{ agent.name }} le ha mencionado en {{ ticket.number }}: {{ ticket.title }}.",
        Occasion::Digest => "Hola {{ person.name }},\n\nesto es lo que ha ocurrido en sus tickets.",
        // Of accounts and targets: they have texts of their own.
        _ => "",
    }
}
