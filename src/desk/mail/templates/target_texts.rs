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
