"""The languages that convo knows, one row each; `tags.py` is the way in."""

from typing import NamedTuple


class Script(NamedTuple):
    """What a script needs on paper; sources: Windows 10 and macOS system font lists, measured in LibreOffice.

    ``word_font`` is on every Windows PC without an optional language feature ("Urdu Typesetting" is the one
    exception: nothing else on Windows draws Nastaliq). ``font_alt`` is what a Mac has instead.
    """

    code: str
    word_font: str
    font_alt: str
    line_height: float
    direction: str = "ltr"


LATIN = Script("Latn", "Calibri", "Carlito", 1.15)
CYRILLIC = LATIN._replace(code="Cyrl")
GREEK = LATIN._replace(code="Grek")
ARABIC = Script("Arab", "Arial", "Geeza Pro", 1.3, "rtl")
# The same letters as Arabic, but families in England read Urdu in the tall, sloping Nastaliq style.
NASTALIQ = Script("Arab", "Urdu Typesetting", "Noto Nastaliq Urdu", 1.9, "rtl")
HEBREW = Script("Hebr", "Arial", "Arial Hebrew", 1.2, "rtl")
BENGALI = Script("Beng", "Nirmala UI", "Bangla Sangam MN", 1.3)
GURMUKHI = Script("Guru", "Nirmala UI", "Gurmukhi Sangam MN", 1.3)
GUJARATI = Script("Gujr", "Nirmala UI", "Gujarati Sangam MN", 1.3)
DEVANAGARI = Script("Deva", "Nirmala UI", "Devanagari Sangam MN", 1.3)
TAMIL = Script("Taml", "Nirmala UI", "Tamil Sangam MN", 1.3)
TELUGU = Script("Telu", "Nirmala UI", "Telugu Sangam MN", 1.3)
KANNADA = Script("Knda", "Nirmala UI", "Kannada Sangam MN", 1.3)
MALAYALAM = Script("Mlym", "Nirmala UI", "Malayalam Sangam MN", 1.3)
SINHALA = Script("Sinh", "Nirmala UI", "Sinhala Sangam MN", 1.3)
ETHIOPIC = Script("Ethi", "Ebrima", "Kefa", 1.3)
HAN_SIMPLE = Script("Hans", "Microsoft YaHei", "PingFang SC", 1.3)
HAN_TRADITIONAL = Script("Hant", "Microsoft JhengHei", "PingFang TC", 1.3)
JAPANESE = Script("Jpan", "Yu Gothic", "Hiragino Sans", 1.3)
KOREAN = Script("Kore", "Malgun Gothic", "Apple SD Gothic Neo", 1.3)
THAI = Script("Thai", "Leelawadee UI", "Thonburi", 1.4)
BURMESE = Script("Mymr", "Myanmar Text", "Myanmar Sangam MN", 1.5)
KHMER = Script("Khmr", "Leelawadee UI", "Khmer Sangam MN", 1.5)
GEORGIAN = Script("Geor", "Segoe UI", "Helvetica Neue", 1.2)
ARMENIAN = Script("Armn", "Segoe UI", "Mshtakan", 1.2)


class Row(NamedTuple):
    """One language. ``locale`` is Babel's name for its data, empty where CLDR has none."""

    tag: str
    name: str
    own_name: str
    script: Script
    locale: str
    read_instead: str | None = None
    also: tuple[str, ...] = ()


MOST_READ = ("ur", "pa", "pl", "bn", "so", "ar", "gu", "pt", "ro", "uk")
"""What families of England's schools read most, after the Department for Education's count of languages."""

# Own names are CLDR's, except where CLDR's is not what people here call it: Dari, Twi, the two Chinese
# scripts and the languages that CLDR does not name. "also" holds the spellings met in schools' lists.
ROWS = (
    Row("en", "English", "English", LATIN, "en_GB"),
    Row("ur", "Urdu", "اردو", NASTALIQ, "ur"),
    Row("pl", "Polish", "polski", LATIN, "pl"),
    Row("bn", "Bengali", "বাংলা", BENGALI, "bn", also=("Bangla",)),
    Row("ar", "Arabic", "العربية", ARABIC, "ar"),
    Row("ro", "Romanian", "română", LATIN, "ro", also=("Moldovan",)),
    Row("pa", "Panjabi", "ਪੰਜਾਬੀ", GURMUKHI, "pa_Guru", also=("Punjabi", "Punjabi (Gurmukhi)", "pa-Guru")),
    Row("so", "Somali", "Soomaali", LATIN, "so"),
    Row("zh-Hant", "Chinese (traditional)", "繁體中文", HAN_TRADITIONAL, "zh_Hant", also=("zh-TW", "zh-HK")),
    Row("ti", "Tigrinya", "ትግርኛ", ETHIOPIC, "ti"),
    Row("pt", "Portuguese", "português", LATIN, "pt_PT", also=("pt-PT",)),
    Row("pt-BR", "Portuguese (Brazil)", "português (Brasil)", LATIN, "pt_BR", also=("Brazilian",)),
    Row("gu", "Gujarati", "ગુજરાતી", GUJARATI, "gu"),
    Row("ta", "Tamil", "தமிழ்", TAMIL, "ta"),
    Row("tr", "Turkish", "Türkçe", LATIN, "tr"),
    Row("lt", "Lithuanian", "lietuvių", LATIN, "lt"),
    Row("uk", "Ukrainian", "українська", CYRILLIC, "uk"),
    Row("zh-Hans", "Chinese (simplified)", "简体中文", HAN_SIMPLE, "zh_Hans", also=("Mandarin", "zh-CN")),
    Row("yue", "Cantonese", "廣東話", HAN_TRADITIONAL, "zh_Hant_HK", read_instead="zh-Hant"),
    Row("yo", "Yoruba", "Èdè Yorùbá", LATIN, "yo"),
    Row("fa", "Persian", "فارسی", ARABIC, "fa", also=("Farsi",)),
    # Babel refuses "prs" and has Dari's words as Persian in Afghanistan, which is also the better BCP 47 tag.
    Row("fa-AF", "Dari", "دری", ARABIC, "fa_AF", also=("prs",)),
    Row("ps", "Pashto", "پښتو", ARABIC, "ps", also=("Pushto", "Pakhto")),
    Row("ku", "Kurdish (Kurmanji)", "kurdî (kurmancî)", LATIN, "ku", also=("kmr", "Kurdish", "Kurmanji")),
    Row("ckb", "Kurdish (Sorani)", "کوردیی ناوەندی", ARABIC, "ckb", also=("Sorani", "Central Kurdish")),
    Row("pa-Arab", "Panjabi (Shahmukhi)", "پنجابی", NASTALIQ, "pa_Arab", also=("pnb", "Shahmukhi")),
    Row("phr", "Pahari (Mirpuri, Pothwari)", "پہاڑی", NASTALIQ, "", "ur", ("Mirpuri", "Pothwari", "Pahari")),
    Row("syl", "Sylheti", "সিলেটি", BENGALI, "", "bn"),
    Row("skr", "Saraiki", "سرائیکی", NASTALIQ, "", "ur", ("Siraiki",)),
    Row("rom", "Romani", "Romani", LATIN, "", also=("Romany", "Roma")),
    Row("sq", "Albanian", "shqip", LATIN, "sq"),
    Row("am", "Amharic", "አማርኛ", ETHIOPIC, "am"),
    Row("hy", "Armenian", "հայերեն", ARMENIAN, "hy"),
    Row("az", "Azerbaijani", "azərbaycan", LATIN, "az", also=("Azeri",)),
    Row("bg", "Bulgarian", "български", CYRILLIC, "bg"),
    Row("my", "Burmese", "မြန်မာ", BURMESE, "my"),
    Row("bs", "Bosnian", "bosanski", LATIN, "bs"),
    Row("hr", "Croatian", "hrvatski", LATIN, "hr"),
    Row("cs", "Czech", "čeština", LATIN, "cs"),
    Row("cy", "Welsh", "Cymraeg", LATIN, "cy"),
    Row("da", "Danish", "dansk", LATIN, "da"),
    Row("nl", "Dutch", "Nederlands", LATIN, "nl", also=("Flemish",)),
    Row("et", "Estonian", "eesti", LATIN, "et"),
    Row("fil", "Filipino", "Filipino", LATIN, "fil", also=("tl", "Tagalog")),
    Row("fi", "Finnish", "suomi", LATIN, "fi"),
    Row("fr", "French", "français", LATIN, "fr"),
    Row("ka", "Georgian", "ქართული", GEORGIAN, "ka"),
    Row("de", "German", "Deutsch", LATIN, "de"),
    Row("el", "Greek", "Ελληνικά", GREEK, "el"),
    Row("ha", "Hausa", "Hausa", LATIN, "ha"),
    Row("he", "Hebrew", "עברית", HEBREW, "he"),
    Row("hi", "Hindi", "हिन्दी", DEVANAGARI, "hi"),
    Row("hu", "Hungarian", "magyar", LATIN, "hu"),
    Row("ig", "Igbo", "Igbo", LATIN, "ig"),
    Row("id", "Indonesian", "Indonesia", LATIN, "id"),
    Row("ga", "Irish", "Gaeilge", LATIN, "ga"),
    Row("it", "Italian", "italiano", LATIN, "it"),
    Row("ja", "Japanese", "日本語", JAPANESE, "ja"),
    Row("kn", "Kannada", "ಕನ್ನಡ", KANNADA, "kn"),
    Row("km", "Khmer", "ខ្មែរ", KHMER, "km", also=("Cambodian",)),
    Row("rw", "Kinyarwanda", "Ikinyarwanda", LATIN, "rw"),
    Row("ko", "Korean", "한국어", KOREAN, "ko"),
    Row("lv", "Latvian", "latviešu", LATIN, "lv"),
    Row("ln", "Lingala", "lingála", LATIN, "ln"),
    Row("lg", "Luganda", "Luganda", LATIN, "lg"),
    Row("mk", "Macedonian", "македонски", CYRILLIC, "mk"),
    Row("ms", "Malay", "Melayu", LATIN, "ms"),
    Row("ml", "Malayalam", "മലയാളം", MALAYALAM, "ml"),
    Row("mt", "Maltese", "Malti", LATIN, "mt"),
    Row("mr", "Marathi", "मराठी", DEVANAGARI, "mr"),
    Row("mn", "Mongolian", "монгол", CYRILLIC, "mn"),
    Row("ne", "Nepali", "नेपाली", DEVANAGARI, "ne"),
    Row("nb", "Norwegian", "norsk bokmål", LATIN, "nb"),
    Row("om", "Oromo", "Oromoo", LATIN, "om"),
    Row("ru", "Russian", "русский", CYRILLIC, "ru"),
    Row("sr", "Serbian", "српски", CYRILLIC, "sr"),
    Row("sn", "Shona", "chiShona", LATIN, "sn"),
    Row("sd", "Sindhi", "سنڌي", ARABIC, "sd"),
    Row("si", "Sinhala", "සිංහල", SINHALA, "si", also=("Sinhalese",)),
    Row("sk", "Slovak", "slovenčina", LATIN, "sk"),
    Row("sl", "Slovenian", "slovenščina", LATIN, "sl"),
    Row("es", "Spanish", "español", LATIN, "es"),
    Row("sw", "Swahili", "Kiswahili", LATIN, "sw"),
    Row("sv", "Swedish", "svenska", LATIN, "sv"),
    Row("te", "Telugu", "తెలుగు", TELUGU, "te"),
    Row("th", "Thai", "ไทย", THAI, "th"),
    Row("tw", "Twi", "Twi", LATIN, "ak", also=("ak", "Akan")),
    Row("uz", "Uzbek", "o‘zbek", LATIN, "uz"),
    Row("vi", "Vietnamese", "Tiếng Việt", LATIN, "vi"),
    Row("wo", "Wolof", "Wolof", LATIN, "wo"),
    Row("zu", "Zulu", "isiZulu", LATIN, "zu"),
)
