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
        ("Спасибо\n\nпн, 3 мая 2021 г. в 10:00, Ann <a@x.example>:\n\n> Привет\n", "Спасибо"),
        ("Спасибо\n\n03.05.2021, 10:00, \"Ann\" <a@x.example>:\nПривет\n", "Спасибо"),
        ("好的\n\n在 2021-05-03 10:00:00，\"Ann\" <a@x.example> 写道：\n你好\n", "好的"),
        ("OK\n\nAt 2021-05-03 10:00:00, \"Ann\" <a@x.example> wrote:\nHello\n", "OK"),
        ("OK\n\n---- Ann Bee wrote ----\nHello\n", "OK"),
        ("Tak\n\nDen man. 3. maj 2021 kl. 10.00 skrev Ann <a@x.example>:\n\n> Hej\n", "Tak"),
        ("Takk\n\nman. 3. mai 2021 kl. 10:00 skrev Ann <a@x.example>:\n\n> Hei\n", "Takk"),
        ("Kiitos\n\nma 3. toukok. 2021 klo 10.00 Ann (a@x.example) kirjoitti:\n\n> Hei\n", "Kiitos"),
        ("Díky\n\npo 3. 5. 2021 v 10:00 odesílatel Ann <a@x.example> napsal:\n\n> Ahoj\n", "Díky"),
        ("Teşekkürler\n\nAnn <a@x.example>, 3 May 2021 Pzt, 10:00 tarihinde şunu yazdı:\n\n> Merhaba\n", "Teşekkürler"),
        ("감사합니다\n\n2021년 5월 3일 (월) 오전 10:00, Ann <a@x.example>님이 작성:\n\n> 안녕하세요\n", "감사합니다"),
        ("OK\n\n2021年5月3日(月) 10:00 Ann <a@x.example>:\n\n> Hello\n", "OK"),
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
fn long_texts_take_time_in_proportion() {
    for line in ["> x\n", "On 1\n", "From: a\n", "On 3 May 2021, a wrote:\n> b\nc\n", "\n", "a@b\n", "x"] {
        // The best of a few: what else runs on the machine only ever adds.
        let took = |count: usize| {
            let text = line.repeat(count);
            let once = || {
                let started = Instant::now();
                folds(&text);
                started.elapsed()
            };
            (0..3).map(|_| once()).min().unwrap_or_default().max(Duration::from_millis(1))
        };
        let (short, long) = (took(4_000), took(32_000));
        // Eight times as long; what looks at all for each of it would take sixty-four times.
        assert!(long.as_secs_f64() / short.as_secs_f64() < 32.0, "{line:?}: {short:?}, {long:?}");
    }
}

/// What is shown unfolded.
fn open(text: &str, originals: &[&str]) -> String {
    folds_against(text, originals).into_iter().filter(|it| !it.folded).map(|it| &text[it.range]).collect::<String>().trim().to_owned()
}

#[test]
fn answers_inside_are_found_by_the_original() {
    let original = "Hello Ann,\n\nis the printer switched on, and does its light blink when you press the button?\nWhich model is it?\n\nKind regards\nBob from the desk";
    let head = "From: Bob\nSent: Monday\nTo: Ann\nSubject: Printer\n\n";
    let table = [
        // Outlook: unmarked, answered inside and below.
        (format!("See below.\n\n{head}Hello Ann,\n\nis the printer switched on, and does its light\nblink when you press the button?\nYES it does\nWhich model is it?\nThe old one.\n\nKind regards\nBob from the desk\n"), vec!["See below.", "YES it does", "The old one."], vec!["Kind regards", "Subject"]),
        // All of it below, without a mark.
        (format!("{head}Hello Ann,\n\nis the printer switched on, and does its light blink when you press the button?\nWhich model is it?\n\nKind regards\nBob from the desk\n\nIt works again, thank you.\n"), vec!["It works again, thank you."], vec!["Subject"]),
        // Inside the marks.
        ("On 3 May 2021, Bob wrote:\n> Hello Ann,\n> is the printer switched on, and does its light blink when you press the button?\n> No, it is dark.\n> Which model is it? The old one.\n> Kind regards\n> Bob from the desk\n".to_owned(), vec!["No, it is dark.", "The old one."], vec!["Kind regards"]),
        // Quoted without any announcement.
        ("It works.\n\nHello Ann,\nis the printer switched on, and does its light blink when you press the button?\nWhich model is it?\nKind regards\nBob from the desk\n".to_owned(), vec!["It works."], vec!["Which model"]),
        // Smart quotes and rewritten addresses are no answers.
        (format!("OK\n\n{head}Hello Ann,\nis the printer switched on, and does its “light” blink when you press the button? https://safe.example/?url=y\nWhich model is it?\nKind regards\nBob from the desk\n"), vec!["OK"], vec!["Which model"]),
        // A history that is not ours stays closed.
        (format!("OK\n\n{head}Hello Ann,\nis the printer switched on, and does its light blink when you press the button?\nWhich model is it?\n\nFrom: Carl\nSent: Sunday\nTo: Bob\nSubject: else\n\nNobody here has seen this mail.\nNot one word of it.\n"), vec!["OK"], vec!["Nobody here"]),
    ];
    for (text, shown, hidden) in table {
        let got = open(&text, &[original]);
        for part in shown {
            assert!(got.contains(part), "{part} is not shown of\n{text}\n--\n{got}");
        }
        for part in hidden {
            assert!(!got.contains(part), "{part} is shown of\n{text}\n--\n{got}");
        }
    }
}

#[test]
fn questions_above_answers_stay_open() {
    for (text, expected) in [
        ("> Is it on?\nYes.\n> And now?\nNo.", "> Is it on?\nYes.\n> And now?\nNo."),
        ("On 3 May 2021, Ann wrote:\n> Is it on?\n\nYes.\n", "Yes."),
        ("Yes.\n\n> Is it on?\n", "Yes."),
    ] {
        assert_eq!(open(text, &[]), expected, "{text}");
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
        prop_assert!(folds.windows(2).all(|it| it[0].folded != it[1].folded || it[0].kind != it[1].kind));
        prop_assert!(text.trim().is_empty() || !visible(&text).is_empty());
    }
}
