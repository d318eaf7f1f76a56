//! What agents are told of targets that run out, and how a target is named, in the languages that there are.

use crate::desk::{mail::occasion::Occasion, service_levels::Target};

/// Subject and body; none for other occasions.
pub(super) fn built_in(occasion: Occasion, language: &str) -> Option<(&'static str, &'static str)> {
    Some(match (occasion, language) {
        (Occasion::TargetWarned, "de") => (
            "Frist läuft ab: {{ ticket.title }}",
            "Guten Tag {{ person.name }},\n\nbei {{ ticket.number }} läuft bald eine Frist ab: {{ ticket.title }} ({{ ticket.priority }}).\n\n{{ ticket.targets }}",
        ),
        (Occasion::TargetWarned, "fr") => (
            "Échéance proche : {{ ticket.title }}",
            "Bonjour {{ person.name }},\n\nune échéance de {{ ticket.number }} approche : {{ ticket.title }} ({{ ticket.priority }}).\n\n{{ ticket.targets }}",
        ),
        (Occasion::TargetWarned, "es") => (
            "Plazo próximo: {{ ticket.title }}",
            "Hola {{ person.name }},\n\nse acerca un plazo de {{ ticket.number }}: {{ ticket.title }} ({{ ticket.priority }}).\n\n{{ ticket.targets }}",
        ),
        (Occasion::TargetWarned, _) => (
            "Due soon: {{ ticket.title }}",
            "Hello {{ person.first_name }},\n\na target of {{ ticket.number }} runs out soon: {{ ticket.title }} ({{ ticket.priority }}).\n\n{{ ticket.targets }}",
        ),
        (Occasion::TargetMissed, "de") => (
            "Frist überschritten: {{ ticket.title }}",
            "Guten Tag {{ person.name }},\n\nbei {{ ticket.number }} ist eine Frist überschritten: {{ ticket.title }} ({{ ticket.priority }}).\n\n{{ ticket.targets }}",
        ),
        (Occasion::TargetMissed, "fr") => (
            "Échéance dépassée : {{ ticket.title }}",
            "Bonjour {{ person.name }},\n\nune échéance de {{ ticket.number }} est dépassée : {{ ticket.title }} ({{ ticket.priority }}).\n\n{{ ticket.targets }}",
        ),
        (Occasion::TargetMissed, "es") => (
            "Plazo vencido: {{ ticket.title }}",
            "Hola {{ person.name }},\n\nha vencido un plazo de {{ ticket.number }}: {{ ticket.title }} ({{ ticket.priority }}).\n\n{{ ticket.targets }}",
        ),
        (Occasion::TargetMissed, _) => (
            "Overdue: {{ ticket.title }}",
            "Hello {{ person.first_name }},\n\na target of {{ ticket.number }} was missed: {{ ticket.title }} ({{ ticket.priority }}).\n\n{{ ticket.targets }}",
        ),
        (Occasion::Escalated, "de") => (
            "Eskaliert: {{ ticket.title }}",
            "Guten Tag {{ person.name }},\n\n{{ ticket.number }} braucht mehr Aufmerksamkeit: {{ ticket.title }} ({{ ticket.priority }}).\n\n{{ ticket.escalation }}\n\n{{ ticket.targets }}",
        ),
        (Occasion::Escalated, "fr") => (
            "Escalade : {{ ticket.title }}",
            "Bonjour {{ person.name }},\n\n{{ ticket.number }} demande plus d'attention : {{ ticket.title }} ({{ ticket.priority }}).\n\n{{ ticket.escalation }}\n\n{{ ticket.targets }}",
        ),
        (Occasion::Escalated, "es") => (
            "Escalado: {{ ticket.title }}",
            "Hola {{ person.name }},\n\n{{ ticket.number }} necesita más atención: {{ ticket.title }} ({{ ticket.priority }}).\n\n{{ ticket.escalation }}\n\n{{ ticket.targets }}",
        ),
        (Occasion::Escalated, _) => (
            "Escalated: {{ ticket.title }}",
            "Hello {{ person.first_name }},\n\n{{ ticket.number }} needs more attention: {{ ticket.title }} ({{ ticket.priority }}).\n\n{{ ticket.escalation }}\n\n{{ ticket.targets }}",
        ),
        _ => return None,
    })
}

/// The words of a mail that tells of many tickets at once.
pub(in crate::desk) struct Gathered {
    /// With `{count}`.
    pub subject: &'static str,
    pub greeting: &'static str,
    /// What happened within minutes, with `{count}`; `tickets` or `none_seen` ends it.
    pub at_once: &'static str,
    /// The same of what waited for a team's hours.
    pub waited: &'static str,
    /// The tickets stand below it.
    pub tickets: &'static str,
    /// None stands below it.
    pub none_seen: &'static str,
    /// Where there are more tickets than those.
    pub more: &'static str,
    /// Where its reader may not see all that it was to list.
    pub unseen: &'static str,
    /// The label of the way to all of them.
    pub all: &'static str,
}

/// What happened since the last mail, for those who want one mail for many things.
fn digest(language: &str) -> Gathered {
    match language {
        "de" => Gathered {
            subject: "Was seitdem geschah: {count}",
            greeting: "Guten Tag {{ person.name }},\n\n{{ message }}",
            at_once: "seit der letzten Mail ist {count}-mal etwas geschehen",
            waited: "seit der letzten Mail ist {count}-mal etwas geschehen",
            tickets: ", bei diesen Tickets:",
            none_seen: ".",
            more: "Das sind die ersten davon.",
            unseen: "Die übrigen Tickets können Sie nicht mehr sehen.",
            all: "Alle Mitteilungen",
        },
        "fr" => Gathered {
            subject: "Depuis le dernier message : {count}",
            greeting: "Bonjour {{ person.name }},\n\n{{ message }}",
            at_once: "depuis le dernier message, il s'est passé {count} choses",
            waited: "depuis le dernier message, il s'est passé {count} choses",
            tickets: ", sur ces tickets :",
            none_seen: ".",
            more: "Ce sont les premiers.",
            unseen: "Vous ne pouvez plus voir les autres tickets.",
            all: "Toutes les notifications",
        },
        "es" => Gathered {
            subject: "Desde el último correo: {count}",
            greeting: "Hola {{ person.name }},\n\n{{ message }}",
            at_once: "desde el último correo han ocurrido {count} cosas",
            waited: "desde el último correo han ocurrido {count} cosas",
            tickets: ", en estos tickets:",
            none_seen: ".",
            more: "Estos son los primeros.",
            unseen: "Los demás tickets ya no los puede ver.",
            all: "Todas las notificaciones",
        },
        _ => Gathered {
            subject: "What happened since: {count}",
            greeting: "Hello {{ person.first_name }},\n\n{{ message }}",
            at_once: "since the last mail, {count} things happened",
            waited: "since the last mail, {count} things happened",
            tickets: ", on these tickets:",
            none_seen: ".",
            more: "These are the first of them.",
            unseen: "You can no longer see the other tickets.",
            all: "All notifications",
        },
    }
}

/// They are the desk's, and no template: there is no ticket that one could name.
pub(in crate::desk) fn gathered(occasion: Occasion, language: &str) -> Gathered {
    if occasion == Occasion::Digest {
        return digest(language);
    }
    let warned = occasion == Occasion::TargetWarned;
    let of = |soon: &'static str, missed: &'static str| if warned { soon } else { missed };
    match language {
        "de" => Gathered {
            subject: of("{count} Fristen laufen ab", "{count} Fristen überschritten"),
            greeting: "Guten Tag {{ person.name }},\n\n{{ message }}",
            at_once: of(
                "innerhalb weniger Minuten wurden {count} Fristen knapp",
                "innerhalb weniger Minuten wurden {count} Fristen überschritten",
            ),
            waited: of(
                "außerhalb der Arbeitszeit des Teams wurden {count} Fristen knapp",
                "außerhalb der Arbeitszeit des Teams wurden {count} Fristen überschritten",
            ),
            tickets: ", bei diesen Tickets:",
            none_seen: ".",
            more: "Das sind die ersten davon.",
            unseen: "Die übrigen Tickets können Sie nicht mehr sehen.",
            all: of("Alle, die bald fällig sind", "Alle überfälligen"),
        },
        "fr" => Gathered {
            subject: of("{count} échéances proches", "{count} échéances dépassées"),
            greeting: "Bonjour {{ person.name }},\n\n{{ message }}",
            at_once: of(
                "en quelques minutes, {count} échéances sont devenues proches",
                "en quelques minutes, {count} échéances ont été dépassées",
            ),
            waited: of(
                "hors des heures de travail de l'équipe, {count} échéances sont devenues proches",
                "hors des heures de travail de l'équipe, {count} échéances ont été dépassées",
            ),
            tickets: ", pour ces tickets :",
            none_seen: ".",
            more: "Ce sont les premiers.",
            unseen: "Vous ne pouvez plus voir les autres tickets.",
            all: of("Toutes les échéances proches", "Toutes les échéances dépassées"),
        },
        "es" => Gathered {
            subject: of("{count} plazos próximos", "{count} plazos vencidos"),
            greeting: "Hola {{ person.name }},\n\n{{ message }}",
            at_once: of("en pocos minutos se han acercado {count} plazos", "en pocos minutos han vencido {count} plazos"),
            waited: of(
                "fuera del horario del equipo se han acercado {count} plazos",
                "fuera del horario del equipo han vencido {count} plazos",
            ),
            tickets: ", en estos tickets:",
            none_seen: ".",
            more: "Estos son los primeros.",
            unseen: "Los demás tickets ya no los puede ver.",
            all: of("Todos los que vencen pronto", "Todos los vencidos"),
        },
        _ => Gathered {
            subject: of("Due soon: {count} targets", "Overdue: {count} targets"),
            greeting: "Hello {{ person.first_name }},\n\n{{ message }}",
            at_once: of("within a few minutes {count} targets came near their end", "within a few minutes {count} targets were missed"),
            waited: of(
                "outside the team's hours {count} targets came near their end",
                "outside the team's hours {count} targets were missed",
            ),
            tickets: ", on these tickets:",
            none_seen: ".",
            more: "These are the first of them.",
            unseen: "You can no longer see the other tickets.",
            all: of("All that are due soon", "All that are overdue"),
        },
    }
}

/// What a target is called.
pub(in crate::desk) fn target(target: Target, language: &str) -> &'static str {
    match (target, language) {
        (Target::Response, "de") => "Erste Antwort",
        (Target::Resolution, "de") => "Lösung",
        (Target::Update, "de") => "Nächste Nachricht",
        (Target::Operational, "de") => "Anteil des Teams",
        (Target::Response, "fr") => "Première réponse",
        (Target::Resolution, "fr") => "Résolution",
        (Target::Update, "fr") => "Prochaine nouvelle",
        (Target::Operational, "fr") => "Part de l'équipe",
        (Target::Response, "es") => "Primera respuesta",
        (Target::Resolution, "es") => "Resolución",
        (Target::Update, "es") => "Próxima noticia",
        (Target::Operational, "es") => "Parte del equipo",
        (Target::Response, _) => "First response",
        (Target::Resolution, _) => "Resolution",
        (Target::Update, _) => "Next update",
        (Target::Operational, _) => "The team's part",
    }
}

/// `due` and `was due`, before an instant.
pub(in crate::desk) fn due(missed: bool, language: &str) -> &'static str {
    match (missed, language) {
        (false, "de") => "fällig",
        (true, "de") => "war fällig",
        (false, "fr") => "échéance",
        (true, "fr") => "échéance passée",
        (false, "es") => "vence",
        (true, "es") => "venció",
        (false, _) => "due",
        (true, _) => "was due",
    }
}
