//! Words that say that a telephone number follows.

use crate::guard::redact::context::Words;

/// Words for a telephone and its number in the languages that most callers write in.
pub(super) const WORDS: Words = Words {
    whole: |word| {
        let english = matches!(
            word,
            b"tel"
                | b"tele"
                | b"ph"
                | b"call"
                | b"dial"
                | b"mobile"
                | b"cell"
                | b"cellular"
                | b"fax"
                | b"telefax"
                | b"sms"
                | b"gsm"
                | b"hotline"
                | b"whatsapp"
                | b"viber"
        );
        let others = matches!(
            word,
            b"tlf"
                | b"tfn"
                | b"fon"
                | b"mobil"
                | b"movil"
                | b"celular"
                | b"cel"
                | b"handy"
                | b"handynummer"
                | b"anrufen"
                | b"puh"
                | b"puhelin"
                | b"portable"
                | b"appelez"
                | b"rappelez"
                | b"chiama"
                | b"cellulare"
                | b"llame"
                | b"ligue"
                | b"kom"
                | b"hp"
                | b"nomor"
        );
        english || others
    },
    parts: &["phone", "telefon", "telephon", "rufnummer"],
    wide: &[
        "tél",
        "Tél",
        "phon",
        "teléfon",
        "telefón",
        "Teléfon",
        "Telefón",
        "móvil",
        "Móvil",
        "telem",
        "Telem",
        "llám",
        "komórk",
        "Komórk",
        "gọi",
        "thoại",
        "sđt",
        "SĐT",
        "тел",
        "Тел",
        "моб",
        "Моб",
        "τηλ",
        "Τηλ",
        "κιν",
        "电话",
        "手机",
        "電話",
        "携帯",
        "手機",
        "전화",
        "휴대폰",
        "핸드폰",
        "هاتف",
        "جوال",
        "טלפון",
        "נייד",
        "फोन",
        "फ़ोन",
        "मोबाइल",
        "โทร",
        "ফোন",
    ],
};
