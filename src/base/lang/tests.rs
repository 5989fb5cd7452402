//! Tags as sites write them, and what holds of the table.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn lang(tag: &str) -> Lang {
    Lang::parse(tag).unwrap_or_else(|| panic!("{tag}"))
}

#[test]
fn tags_have_names_and_directions() {
    #[rustfmt::skip]
    let tags = [
        ("en", "ltr", "English", "English"), ("ru", "ltr", "Russian", "Русский"), ("fa", "rtl", "Persian", "فارسی"),
        ("fa-AF", "rtl", "Dari", "دری"), ("prs", "rtl", "Dari", "دری"), ("fa-IR", "rtl", "Persian", "فارسی"),
        ("ar", "rtl", "Arabic", "العربية"), ("he", "rtl", "Hebrew", "עברית"), ("ps", "rtl", "Pashto", "پښتو"),
        ("ur", "rtl", "Urdu", "اردو"), ("ug", "rtl", "Uyghur", "ئۇيغۇرچە"), ("sd", "rtl", "Sindhi", "سنڌي"),
        ("ckb", "rtl", "Central Kurdish", "کوردیی ناوەندی"), ("ku", "ltr", "Kurdish", "Kurdî"),
        ("yi", "rtl", "Yiddish", "ייִדיש"), ("dv", "rtl", "Divehi", "ދިވެހިބަސް"), ("tg", "ltr", "Tajik", "Тоҷикӣ"),
        ("uz", "ltr", "Uzbek", "Oʻzbekcha"), ("uz-AF", "rtl", "Uzbek", "اوزبیک"), ("pa-PK", "rtl", "Punjabi", "پنجابی"),
        ("pa", "ltr", "Punjabi", "ਪੰਜਾਬੀ"), ("sd-Deva", "ltr", "Sindhi", "سنڌي"), ("ka", "ltr", "Georgian", "ქართული"),
        ("zh-Hant", "ltr", "Traditional Chinese", "繁體中文"), ("zh-CN", "ltr", "Simplified Chinese", "简体中文"),
        ("zh-Hant-CN", "ltr", "Traditional Chinese", "繁體中文"), ("es-419", "ltr", "Spanish", "Español"),
        ("de", "ltr", "German", "Deutsch"), ("fr", "ltr", "French", "Français"), ("zu", "ltr", "Zulu", "isiZulu"),
    ];
    for (tag, dir, english, native) in tags {
        let lang = lang(tag);
        assert_eq!((lang.to_string().as_str(), lang.dir()), (tag, dir));
        assert_eq!((lang.english_name(), lang.native_name()), (english, native), "{tag}");
    }
    assert_eq!(lang("ZH-hANT-tw").to_string(), "zh-Hant-TW");
    assert_eq!(lang("fa-AF").language(), "fa");
    assert_eq!(Lang::english(), lang(" EN "));
    assert_eq!(serde_json::to_string(&lang("fa-af")).unwrap(), "\"fa-AF\"");
    assert!(size_of::<Lang>() <= 24, "{} bytes", size_of::<Lang>());
}

#[test]
fn only_languages_mark_a_translation() {
    for part in ["fa", "ru", "fa-AF", "pt-BR", "en"] {
        assert!(is_language_suffix(part), "{part}");
    }
    for part in
        ["", "v2", "final", "md", "FA", "is-it", "fa-", "-AF", "fa-AF-x", "fas", "ckb", "xx", "zh-Hant", "é"]
    {
        assert!(!is_language_suffix(part), "{part}");
    }
}

#[test]
fn suggests_what_was_meant() {
    #[rustfmt::skip]
    let inputs = [
        ("fa_AF", "fa-AF"), ("eng", "en"), ("Persian", "fa"), ("Farsi", "fa"), ("русский", "ru"), ("ua", "uk"),
        ("iw-IL", "he-IL"), ("fa-Afghanistan", "fa"), ("en-GB-oed", "en"), ("xx", "-"), ("", "-"), ("-", "-"),
    ];
    for (input, expected) in inputs {
        assert_eq!(Lang::parse(input), None, "{input}");
        assert_eq!(suggest(input).map_or("-".to_owned(), |lang| lang.to_string()), expected, "{input}");
    }
}

#[test]
fn the_table_is_sorted_and_whole() {
    assert!(LANGUAGES.is_sorted_by(|a, b| a.code < b.code));
    assert_eq!(LANGUAGES.iter().filter(|row| row.code.len() == 2).count(), 183, "languages of ISO 639-1");
    assert_eq!(LANGUAGES.iter().map(|row| row.alpha3).collect::<BTreeSet<_>>().len(), LANGUAGES.len());
    let own = LANGUAGES.iter().filter(|row| row.code.len() == 2 && row.english != row.native).count();
    assert!(own >= 130, "{own} native names");
    let codes = RIGHT_TO_LEFT.iter().copied().chain(OTHER_WAY.iter().map(|&(code, _)| code));
    let codes = codes
        .chain(VARIANTS.iter().map(|variant| variant.code))
        .chain(MISTAKEN.iter().map(|&(_, code)| code));
    assert!(codes.into_iter().all(|code| language(code).is_some()));
    assert!(
        MISTAKEN.iter().all(|(wrong, _)| language(wrong).is_none()),
        "a code cannot be mistaken for another"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_tag_panics(tag in prop_oneof![any::<String>(), "[ a-zA-Z]{2,3}([-_][A-Za-z0-9é]{1,5}){0,3}"]) {
        let _ = is_language_suffix(&tag);
        for found in [Lang::parse(&tag), suggest(&tag)].into_iter().flatten() {
            prop_assert_eq!(lang(&found.to_string()), found);
            prop_assert!(!found.native_name().is_empty() && matches!(found.dir(), "ltr" | "rtl"));
        }
    }
}
