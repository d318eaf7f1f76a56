//! Answers above, below and between quotes, and what of them the sender wrote.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

#[test]
fn what_the_sender_wrote_stays_visible() {
    let table = [
        ("Thanks!\n\nOn Mon, 3 May 2021 at 10:00, Ann <a@x.example> wrote:\n> Hello\n> there\n", "Thanks!"),
        ("Thanks!\n\nOn Mon, 3 May 2021 at 10:00, Ann Longname\n<a@x.example> wrote:\n\n> Hello\n", "Thanks!"),
        ("Thanks!\n\nOn 3 May 2021, Ann wrote:\n\nHello\nthere\n", "Thanks!"),
        ("Danke!\n\nAm 03.05.21 um 10:00 schrieb Ann:\n> Hallo\n", "Danke!"),
        ("Merci\n\nLe lun. 3 mai 2021 à 10:00, Ann <a@x.example> a écrit :\n> Bonjour\n", "Merci"),
        ("Gracias\n\nEl lun, 3 may 2021 a las 10:00, Ann (<a@x.example>) escribió:\n\n> Hola\n", "Gracias"),
        ("Dank\n\nOp ma 3 mei 2021 om 10:00 schreef Ann <a@x.example>:\n> Hallo\n", "Dank"),
        ("Grazie\n\nIl giorno lun 3 mag 2021 alle ore 10:00 Ann <a@x.example> ha scritto:\n> Ciao\n", "Grazie"),
        ("Obrigado\n\nEm seg., 3 de mai. de 2021 às 10:00, Ann <a@x.example> escreveu:\n> Oi\n", "Obrigado"),
        ("Dzięki\n\nW dniu 3.05.2021 o 10:00, Ann pisze:\n> Cześć\n", "Dzięki"),
        ("Tack\n\nDen mån 3 maj 2021 kl 10:00 skrev Ann <a@x.example>:\n> Hej\n", "Tack"),
        ("了解です\n\n2021年5月3日(月) 10:00 Ann <a@x.example>のメール:\n> こんにちは\n", "了解です"),
        ("谢谢\n\nAnn <a@x.example> 于2021年5月3日 10:00写道：\n> 你好\n", "谢谢"),
        ("OK\n\n-----Original Message-----\nFrom: Ann\nHello\n", "OK"),
        ("OK\n\n-----Ursprüngliche Nachricht-----\nVon: Ann\nHallo\n", "OK"),
        ("OK\n\nVon: Ann <a@x.example>\nGesendet: Montag, 3. Mai 2021 10:00\nAn: Bob\nBetreff: Hallo\n\nText\n", "OK"),
        ("OK\n\nFrom: Ann\nSent: Monday\nTo: Bob\nSubject: Hi\n\nText\n", "OK"),
        ("OK\n\n*De :* Ann\n*Envoyé :* lundi\n*À :* Bob\n*Objet :* Salut\n\nTexte\n", "OK"),
        ("OK\n\n发件人: Ann\n发送时间: 2021年5月3日\n收件人: Bob\n主题: 你好\n\n正文\n", "OK"),
        ("> Is it on?\nYes.\n> And now?\nNo.\n", "Yes.\nNo."),
        ("From: the desk we see nothing.\nOr: nearly nothing.\n", "From: the desk we see nothing.\nOr: nearly nothing."),
        ("He wrote:\nhello\n", "He wrote:\nhello"),
        ("I read what you wrote: fine.\n", "I read what you wrote: fine."),
        ("On 3 May it broke again.\nPlease help.\n", "On 3 May it broke again.\nPlease help."),
        ("> only\n> quoted\n", "> only\n> quoted"),
        ("", ""),
    ];
    for (text, expected) in table {
        assert_eq!(visible(text), expected, "{text}");
    }
}

#[test]
fn long_texts_end_soon() {
    for line in ["> x\n", "On 1\n", "From: a\n", "On 3 May 2021, a wrote:\n> b\nc\n", "\n", "a@b\n", "x"] {
        let text = line.repeat(200_000);
        let started = Instant::now();
        folds(&text);
        assert!(started.elapsed() < Duration::from_secs(10), "{line:?}: {:?}", started.elapsed());
    }
}

proptest! {
    #[test]
    fn ranges_cover_the_text(parts in prop::collection::vec(prop::sample::select(vec![
        "> a\n", "b\n", "\n", "On 3 May 2021, x wrote:\n", "-----Original Message-----\n", "From: a\n", "Sent: b\n", "To: c\n", "ä", "\r\n", "年:\n",
    ]), 0..30)) {
        let text: String = parts.concat();
        let folds = folds(&text);
        let whole: String = folds.iter().map(|it| &text[it.range.clone()]).collect();
        prop_assert_eq!(&whole, &text);
        prop_assert!(folds.windows(2).all(|it| it[0].folded != it[1].folded));
        prop_assert!(text.trim().is_empty() || !visible(&text).is_empty());
    }
}
