//! The texts about accounts that come with Lodge: links that let somebody in, and word of what was done to an account. A stranger's
//! words do not go into them, so whoever is not known yet is greeted without a name.

use crate::desk::mail::occasion::Occasion;

/// When and from where, below a word of what was done.
macro_rules! place {
    ($time:literal, $address:literal, $device:literal) => {
        concat!(
            $time,
            ": {{ event.time }}{% if event.address %}\n",
            $address,
            ": {{ event.address }}{% endif %}{% if event.device %}\n",
            $device,
            ": {{ event.device }}{% endif %}"
        )
    };
}

/// Subject and body; none for an occasion that is no account's.
pub(super) fn built_in(occasion: Occasion, language: &str) -> Option<(&'static str, &'static str)> {
    match language {
        "de" => german(occasion),
        "fr" => french(occasion),
        "es" => spanish(occasion),
        _ => english(occasion),
    }
}

fn english(occasion: Occasion) -> Option<(&'static str, &'static str)> {
    Some(match occasion {
        Occasion::PasswordReset => (
            "Set a new password · {{ desk.name }}",
            "Hello {{ person.name }},\n\nsomebody, most likely you, wants to set a new password for your account. This link does it:\n\n{{ link }}\n\nIt works once, for an hour. If it was not you, there is nothing to do: your password stays as it is.",
        ),
        Occasion::SignInWays => (
            "How you sign in · {{ desk.name }}",
            "Hello {{ person.name }},\n\nsomebody, most likely you, wants to set a new password for your account. This desk takes no passwords of its own from you; sign in here with one of the other ways:\n\n{{ link }}",
        ),
        Occasion::Registration => (
            "Finish your registration · {{ desk.name }}",
            "Hello,\n\nsomebody, most likely you, wants an account with this mail address. This link finishes it; you choose a password there:\n\n{{ link }}\n\nIt works once, for two days. If it was not you, there is nothing to do: without it there will be no account.",
        ),
        Occasion::AlreadyRegistered => (
            "You have an account already · {{ desk.name }}",
            "Hello {{ person.name }},\n\nsomebody, most likely you, wanted to register with this mail address. There is an account with it already. If you do not remember its password, or never set one, this link sets it:\n\n{{ link }}\n\nIt works once, for an hour. If it was not you, there is nothing to do.",
        ),
        Occasion::Invitation => (
            "Your invitation · {{ desk.name }}",
            "Hello {{ person.name }},\n\n{{ agent.name }} invites you to {{ desk.name }}. This link leads in; you choose a password there:\n\n{{ link }}\n\nIt works once, for seven days.",
        ),
        Occasion::PasswordChanged => (
            "Your password was changed · {{ desk.name }}",
            concat!(
                "Hello {{ person.name }},\n\nyour password was changed.\n\n",
                place!("When", "From the address", "With"),
                "\n\nIf that was you, all is well. If not, set a new password here, which ends every session, and tell the desk:\n\n{{ link }}"
            ),
        ),
        Occasion::NewDevice => (
            "A new sign-in · {{ desk.name }}",
            concat!(
                "Hello {{ person.name }},\n\nsomebody signed in with your account, from a device that we had not seen before.\n\n",
                place!("When", "From the address", "With"),
                "\n\nIf that was you, all is well. If not, set a new password here, which ends every session, and tell the desk:\n\n{{ link }}"
            ),
        ),
        Occasion::FactorSet => (
            "Your second factor is set up · {{ desk.name }}",
            concat!(
                "Hello {{ person.name }},\n\nfrom now on your account asks for a code besides the password.\n\n",
                place!("When", "From the address", "With"),
                "\n\nIf that was you, all is well. If not, set a new password here, which ends every session, and tell the desk:\n\n{{ link }}"
            ),
        ),
        Occasion::FactorRemoved => (
            "Your second factor was removed · {{ desk.name }}",
            concat!(
                "Hello {{ person.name }},\n\nyour account asks for no code any more, only for the password.\n\n",
                place!("When", "From the address", "With"),
                "\n\nIf that was you, all is well. If not, set a new password here, which ends every session, and tell the desk:\n\n{{ link }}"
            ),
        ),
        _ => return None,
    })
}

fn german(occasion: Occasion) -> Option<(&'static str, &'static str)> {
    Some(match occasion {
        Occasion::PasswordReset => (
            "Neues Passwort setzen · {{ desk.name }}",
            "Guten Tag {{ person.name }},\n\njemand, wahrscheinlich Sie selbst, möchte ein neues Passwort für Ihr Konto setzen. Das geht mit diesem Link:\n\n{{ link }}\n\nEr gilt einmal und eine Stunde lang. Waren Sie es nicht, ist nichts zu tun: Ihr Passwort bleibt, wie es ist.",
        ),
        Occasion::SignInWays => (
            "So melden Sie sich an · {{ desk.name }}",
            "Guten Tag {{ person.name }},\n\njemand, wahrscheinlich Sie selbst, möchte ein neues Passwort für Ihr Konto setzen. Für Sie gibt es hier kein eigenes Passwort; melden Sie sich auf einem der anderen Wege an:\n\n{{ link }}",
        ),
        Occasion::Registration => (
            "Registrierung abschließen · {{ desk.name }}",
            "Guten Tag,\n\njemand, wahrscheinlich Sie selbst, möchte ein Konto mit dieser Mailadresse. Dieser Link schließt das ab; dort wählen Sie ein Passwort:\n\n{{ link }}\n\nEr gilt einmal und zwei Tage lang. Waren Sie es nicht, ist nichts zu tun: ohne ihn entsteht kein Konto.",
        ),
        Occasion::AlreadyRegistered => (
            "Sie haben schon ein Konto · {{ desk.name }}",
            "Guten Tag {{ person.name }},\n\njemand, wahrscheinlich Sie selbst, wollte sich mit dieser Mailadresse registrieren. Damit gibt es schon ein Konto. Falls Sie das Passwort nicht mehr wissen oder nie eines gesetzt haben, setzt es dieser Link:\n\n{{ link }}\n\nEr gilt einmal und eine Stunde lang. Waren Sie es nicht, ist nichts zu tun.",
        ),
        Occasion::Invitation => (
            "Ihre Einladung · {{ desk.name }}",
            "Guten Tag {{ person.name }},\n\n{{ agent.name }} lädt Sie zu {{ desk.name }} ein. Dieser Link führt hinein; dort wählen Sie ein Passwort:\n\n{{ link }}\n\nEr gilt einmal und sieben Tage lang.",
        ),
        Occasion::PasswordChanged => (
            "Ihr Passwort wurde geändert · {{ desk.name }}",
            concat!(
                "Guten Tag {{ person.name }},\n\nIhr Passwort wurde geändert.\n\n",
                place!("Wann", "Von der Adresse", "Mit"),
                "\n\nWaren Sie es, ist alles gut. Wenn nicht, setzen Sie hier ein neues Passwort, was jede Sitzung beendet, und melden Sie sich bei uns:\n\n{{ link }}"
            ),
        ),
        Occasion::NewDevice => (
            "Neue Anmeldung · {{ desk.name }}",
            concat!(
                "Guten Tag {{ person.name }},\n\njemand hat sich mit Ihrem Konto angemeldet, von einem Gerät, das wir noch nicht kannten.\n\n",
                place!("Wann", "Von der Adresse", "Mit"),
                "\n\nWaren Sie es, ist alles gut. Wenn nicht, setzen Sie hier ein neues Passwort, was jede Sitzung beendet, und melden Sie sich bei uns:\n\n{{ link }}"
            ),
        ),
        Occasion::FactorSet => (
            "Ihr zweiter Faktor ist eingerichtet · {{ desk.name }}",
            concat!(
                "Guten Tag {{ person.name }},\n\nab jetzt fragt Ihr Konto neben dem Passwort nach einem Code.\n\n",
                place!("Wann", "Von der Adresse", "Mit"),
                "\n\nWaren Sie es, ist alles gut. Wenn nicht, setzen Sie hier ein neues Passwort, was jede Sitzung beendet, und melden Sie sich bei uns:\n\n{{ link }}"
            ),
        ),
        Occasion::FactorRemoved => (
            "Ihr zweiter Faktor wurde entfernt · {{ desk.name }}",
            concat!(
                "Guten Tag {{ person.name }},\n\nIhr Konto fragt nicht mehr nach einem Code, nur noch nach dem Passwort.\n\n",
                place!("Wann", "Von der Adresse", "Mit"),
                "\n\nWaren Sie es, ist alles gut. Wenn nicht, setzen Sie hier ein neues Passwort, was jede Sitzung beendet, und melden Sie sich bei uns:\n\n{{ link }}"
            ),
        ),
        _ => return None,
    })
}

fn french(occasion: Occasion) -> Option<(&'static str, &'static str)> {
    Some(match occasion {
        Occasion::PasswordReset => (
            "Choisir un nouveau mot de passe · {{ desk.name }}",
            "Bonjour {{ person.name }},\n\nquelqu'un, sans doute vous, souhaite choisir un nouveau mot de passe pour votre compte. Ce lien le permet :\n\n{{ link }}\n\nIl sert une seule fois, pendant une heure. Si ce n'était pas vous, il n'y a rien à faire : votre mot de passe ne change pas.",
        ),
        Occasion::SignInWays => (
            "Comment vous connecter · {{ desk.name }}",
            "Bonjour {{ person.name }},\n\nquelqu'un, sans doute vous, souhaite choisir un nouveau mot de passe pour votre compte. Il n'y a pas de mot de passe pour vous ici ; connectez-vous par l'un des autres moyens :\n\n{{ link }}",
        ),
        Occasion::Registration => (
            "Terminer votre inscription · {{ desk.name }}",
            "Bonjour,\n\nquelqu'un, sans doute vous, souhaite un compte avec cette adresse. Ce lien termine l'inscription ; vous y choisissez un mot de passe :\n\n{{ link }}\n\nIl sert une seule fois, pendant deux jours. Si ce n'était pas vous, il n'y a rien à faire : sans lui, il n'y aura pas de compte.",
        ),
        Occasion::AlreadyRegistered => (
            "Vous avez déjà un compte · {{ desk.name }}",
            "Bonjour {{ person.name }},\n\nquelqu'un, sans doute vous, a voulu s'inscrire avec cette adresse. Un compte existe déjà. Si vous avez oublié son mot de passe, ou n'en avez jamais choisi, ce lien permet de le choisir :\n\n{{ link }}\n\nIl sert une seule fois, pendant une heure. Si ce n'était pas vous, il n'y a rien à faire.",
        ),
        Occasion::Invitation => (
            "Votre invitation · {{ desk.name }}",
            "Bonjour {{ person.name }},\n\n{{ agent.name }} vous invite à rejoindre {{ desk.name }}. Ce lien vous y mène ; vous y choisissez un mot de passe :\n\n{{ link }}\n\nIl sert une seule fois, pendant sept jours.",
        ),
        Occasion::PasswordChanged => (
            "Votre mot de passe a été changé · {{ desk.name }}",
            concat!(
                "Bonjour {{ person.name }},\n\nvotre mot de passe a été changé.\n\n",
                place!("Quand", "Depuis l'adresse", "Avec"),
                "\n\nSi c'était vous, tout va bien. Sinon, choisissez ici un nouveau mot de passe, ce qui met fin à toutes les sessions, et prévenez-nous :\n\n{{ link }}"
            ),
        ),
        Occasion::NewDevice => (
            "Nouvelle connexion · {{ desk.name }}",
            concat!(
                "Bonjour {{ person.name }},\n\nquelqu'un s'est connecté à votre compte depuis un appareil que nous ne connaissions pas.\n\n",
                place!("Quand", "Depuis l'adresse", "Avec"),
                "\n\nSi c'était vous, tout va bien. Sinon, choisissez ici un nouveau mot de passe, ce qui met fin à toutes les sessions, et prévenez-nous :\n\n{{ link }}"
            ),
        ),
        Occasion::FactorSet => (
            "Votre second facteur est en place · {{ desk.name }}",
            concat!(
                "Bonjour {{ person.name }},\n\ndésormais, votre compte demande un code en plus du mot de passe.\n\n",
                place!("Quand", "Depuis l'adresse", "Avec"),
                "\n\nSi c'était vous, tout va bien. Sinon, choisissez ici un nouveau mot de passe, ce qui met fin à toutes les sessions, et prévenez-nous :\n\n{{ link }}"
            ),
        ),
        Occasion::FactorRemoved => (
            "Votre second facteur a été retiré · {{ desk.name }}",
            concat!(
                "Bonjour {{ person.name }},\n\nvotre compte ne demande plus de code, seulement le mot de passe.\n\n",
                place!("Quand", "Depuis l'adresse", "Avec"),
                "\n\nSi c'était vous, tout va bien. Sinon, choisissez ici un nouveau mot de passe, ce qui met fin à toutes les sessions, et prévenez-nous :\n\n{{ link }}"
            ),
        ),
        _ => return None,
    })
}

fn spanish(occasion: Occasion) -> Option<(&'static str, &'static str)> {
    Some(match occasion {
        Occasion::PasswordReset => (
            "Elija una contraseña nueva · {{ desk.name }}",
            "Hola {{ person.name }},\n\nalguien, probablemente usted, quiere elegir una contraseña nueva para su cuenta. Puede hacerlo con este enlace:\n\n{{ link }}\n\nSirve una sola vez, durante una hora. Si no fue usted, no hay nada que hacer: su contraseña no cambia.",
        ),
        Occasion::SignInWays => (
            "Cómo iniciar sesión · {{ desk.name }}",
            "Hola {{ person.name }},\n\nalguien, probablemente usted, quiere elegir una contraseña nueva para su cuenta. Aquí no hay una contraseña para usted; inicie sesión de alguna de las otras formas:\n\n{{ link }}",
        ),
        Occasion::Registration => (
            "Termine su registro · {{ desk.name }}",
            "Hola,\n\nalguien, probablemente usted, quiere una cuenta con esta dirección. Este enlace termina el registro; allí elige una contraseña:\n\n{{ link }}\n\nSirve una sola vez, durante dos días. Si no fue usted, no hay nada que hacer: sin él no habrá cuenta.",
        ),
        Occasion::AlreadyRegistered => (
            "Ya tiene una cuenta · {{ desk.name }}",
            "Hola {{ person.name }},\n\nalguien, probablemente usted, quiso registrarse con esta dirección. Ya hay una cuenta con ella. Si no recuerda su contraseña, o nunca eligió una, puede hacerlo con este enlace:\n\n{{ link }}\n\nSirve una sola vez, durante una hora. Si no fue usted, no hay nada que hacer.",
        ),
        Occasion::Invitation => (
            "Su invitación · {{ desk.name }}",
            "Hola {{ person.name }},\n\n{{ agent.name }} le invita a {{ desk.name }}. Este enlace le lleva allí; allí elige una contraseña:\n\n{{ link }}\n\nSirve una sola vez, durante siete días.",
        ),
        Occasion::PasswordChanged => (
            "Su contraseña ha cambiado · {{ desk.name }}",
            concat!(
                "Hola {{ person.name }},\n\nsu contraseña ha cambiado.\n\n",
                place!("Cuándo", "Desde la dirección", "Con"),
                "\n\nSi fue usted, todo está bien. Si no, elija aquí una contraseña nueva, lo que cierra todas las sesiones, y avísenos:\n\n{{ link }}"
            ),
        ),
        Occasion::NewDevice => (
            "Nuevo inicio de sesión · {{ desk.name }}",
            concat!(
                "Hola {{ person.name }},\n\nalguien inició sesión con su cuenta desde un dispositivo que no conocíamos.\n\n",
                place!("Cuándo", "Desde la dirección", "Con"),
                "\n\nSi fue usted, todo está bien. Si no, elija aquí una contraseña nueva, lo que cierra todas las sesiones, y avísenos:\n\n{{ link }}"
            ),
        ),
        Occasion::FactorSet => (
            "Su segundo factor está configurado · {{ desk.name }}",
            concat!(
                "Hola {{ person.name }},\n\na partir de ahora su cuenta pide un código además de la contraseña.\n\n",
                place!("Cuándo", "Desde la dirección", "Con"),
                "\n\nSi fue usted, todo está bien. Si no, elija aquí una contraseña nueva, lo que cierra todas las sesiones, y avísenos:\n\n{{ link }}"
            ),
        ),
        Occasion::FactorRemoved => (
            "Su segundo factor se ha quitado · {{ desk.name }}",
            concat!(
                "Hola {{ person.name }},\n\nsu cuenta ya no pide un código, solo la contraseña.\n\n",
                place!("Cuándo", "Desde la dirección", "Con"),
                "\n\nSi fue usted, todo está bien. Si no, elija aquí una contraseña nueva, lo que cierra todas las sesiones, y avísenos:\n\n{{ link }}"
            ),
        ),
        _ => return None,
    })
}
