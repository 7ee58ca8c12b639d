"""Summaries for tests: one family's usual hour in any language, with text in its own script."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, time
from itertools import cycle
from typing import get_args

from convo.language.catalogue import say, translated_tags
from convo.language.tags import language
from convo.summary.content import (
    Action,
    Contact,
    Decision,
    Entry,
    Layout,
    NextMeeting,
    Person,
    Side,
    SummaryContent,
    Target,
)
from convo.summary.words import Twin, Words, dated, fixed_words, named, own_words, translated

TAGS = ("en", "ur", "pl", "bn", "ar", "ro", "pa", "so", "zh-Hant", "ti")
"""The school languages of the demo; a test that is slow takes these."""
EVERY_TAG = ("en", *translated_tags())
LAYOUTS: tuple[Layout, ...] = get_args(Layout)

# For layout and fonts only: each is a plain sentence of that script, not the translation of anything.
# fmt: off
SAMPLES = {
    "ur": ("روزانہ", "ہم چائے کے بعد مل کر پڑھیں گے", "وہ صبح خوشی سے اسکول آتی ہے اور اپنے دوستوں کو کہانی سناتی ہے"),  # noqa: E501
    "ar": ("كل يوم", "نقرأ معا بعد الشاي", "تأتي إلى المدرسة سعيدة في الصباح وتحكي قصة لأصدقائها"),
    "pl": ("codziennie", "Czytamy razem po kolacji", "Rano chętnie przychodzi do szkoły i opowiada kolegom, co przeczytała"),  # noqa: E501
    "bn": ("প্রতিদিন", "আমরা চায়ের পরে একসঙ্গে পড়ি", "সে সকালে খুশি মনে স্কুলে আসে এবং বন্ধুদের গল্প বলে"),
    "ro": ("în fiecare zi", "Citim împreună după cină", "Dimineața vine cu plăcere la școală și le povestește prietenilor"),  # noqa: E501
    "pa": ("ਹਰ ਰੋਜ਼", "ਅਸੀਂ ਚਾਹ ਤੋਂ ਬਾਅਦ ਇਕੱਠੇ ਪੜ੍ਹਦੇ ਹਾਂ", "ਉਹ ਸਵੇਰੇ ਖੁਸ਼ੀ ਨਾਲ ਸਕੂਲ ਆਉਂਦੀ ਹੈ ਅਤੇ ਦੋਸਤਾਂ ਨੂੰ ਕਹਾਣੀ ਸੁਣਾਉਂਦੀ ਹੈ"),
    "so": ("maalin kasta", "Waxaan wada akhrinaa shaaha ka dib", "Subaxdii dugsiga ayay faraxsan timaadaa oo saaxiibbadeed u sheekaysaa"),  # noqa: E501
    "zh-Hant": ("每天", "我們喝茶後一起閱讀", "她早上高高興興地上學，並給朋友們講故事"),
    "uk": ("щодня", "Читаємо разом після вечері", "Вранці вона радо йде до школи й розповідає друзям історію"),  # noqa: E501
    "el": ("κάθε μέρα", "Διαβάζουμε μαζί μετά το φαγητό", "Το πρωί έρχεται με χαρά στο σχολείο και λέει μια ιστορία"),  # noqa: E501
    "hi": ("हर दिन", "हम चाय के बाद साथ में पढ़ते हैं", "वह सुबह खुशी से स्कूल आती है और अपने दोस्तों को कहानी सुनाती है"),
    "gu": ("દરરોજ", "અમે ચા પછી સાથે વાંચીએ છીએ", "તે સવારે ખુશીથી શાળાએ આવે છે અને મિત્રોને વાર્તા કહે છે"),
    "ta": ("தினமும்", "தேநீருக்குப் பிறகு சேர்ந்து படிப்போம்", "அவள் காலையில் மகிழ்ச்சியாகப் பள்ளிக்கு வந்து கதை சொல்கிறாள்"),
    "ml": ("എല്ലാ ദിവസവും", "ചായയ്ക്കു ശേഷം ഒരുമിച്ചു വായിക്കും", "അവൾ രാവിലെ സന്തോഷത്തോടെ സ്കൂളിൽ വന്ന് കഥ പറയുന്നു"),
    "ti": ("መዓልታዊ", "ድሕሪ ሻሂ ብሓባር ነንብብ", "ንግሆ ብሓጎስ ናብ ቤት ትምህርቲ ትመጽእ ንመሓዙታ ድማ ዛንታ ትነግሮም"),
}
# fmt: on


def samples(tag: str) -> tuple[str, ...]:
    """Return a short, a middling and a long text in the language's script."""
    fixed = (
        "How often",
        "We have not agreed anything to do yet.",
        "Thank you for your time. It helped us to hear this from you.",
    )
    return SAMPLES.get(tag) or tuple(say(text, tag).text for text in fixed)


def beside(text: str, tag: str) -> Twin:
    """Return the English with a sample of like length in the language's script."""
    if tag == "en":
        return translated(text, text, "en", "source")
    short, middle, long = samples(tag)
    sample = short if len(text) < 14 else f"{short} {short}" if len(text) < 25 else middle
    return translated(text, long if len(text) > 45 else sample, tag)


def all_words(tag: str, talk_by: date | None = None) -> Words:
    """Return the fixed words, with samples where the catalogue has none yet."""
    words = fixed_words(tag, talk_by, "Willow Bank Primary School")
    filled = {}
    for field in fields(words):
        twin: Twin = getattr(words, field.name)
        if twin.home.state == "missing":
            sample = beside(twin.english.text, tag).home.text
            if field.name == "page_of":
                sample = f"{samples(tag)[0]} \ue000 / \ue001"
            filled[field.name] = translated(twin.english.text, sample, tag, "draft")
    return replace(words, **filled)


WHAT = (
    "Read together for ten minutes after tea",
    "Pack the bag the evening before",
    "Hear Amina read to an adult",
    "Send home a photo of what went well",
    "Choose a book to tell a friend about",
)
WHO = ("Mother and Amina", "Father", "Mrs O'Brien", "Mr Khan, class teacher", "Amina")
WHOSE: tuple[Side, ...] = ("home", "home", "school", "school", "pupil")
HOW_OFTEN = ("4 days a week", "every school day", "3 times a week", "every Friday", "once a week")


def summary(
    tag: str = "ur", layout: Layout = "side", actions: int = 5, *, translate: bool = True, agreed: bool = True
) -> SummaryContent:
    """Return a usual summary: five actions, two targets, three entries, a decision."""

    def said(text: str) -> Twin:
        return beside(text, tag) if translate or tag == "en" else own_words(text)

    reading = said("Amina reads aloud to a friend without help")
    mornings = said("Mornings are calm and she comes in on time")
    by = dated(date(2027, 1, 22), tag)
    chosen = zip(range(actions), cycle(WHAT), cycle(WHO), cycle(WHOSE), cycle(HOW_OFTEN), strict=False)
    return SummaryContent(
        tag=tag,
        layout=layout,
        words=all_words(tag, date(2026, 10, 2)),
        addressed="Mrs Yasmin Hussain",
        child="Amina",
        school="Willow Bank Primary School",
        ring=Contact(beside("School office", tag), "0117 496 0123"),
        held_on=date(2026, 9, 17),
        starts_at=time(15, 30),
        when=dated(date(2026, 9, 17), tag, time(15, 30)),
        made_at=datetime(2026, 9, 17, 15, 20, tzinfo=UTC),
        present=(
            Person("Mrs Yasmin Hussain", beside("Mother", tag)),
            Person("Mrs O'Brien", beside("Class teacher", tag)),
            Person("Amina", beside("Pupil", tag)),
        ),
        actions=tuple(
            Action(
                side=side,
                what=said(what),
                who=said(who),
                by=by,
                how_often=said(often),
                we_will_know=said("She tells us what the story was about"),
                target=mornings if side == "school" else reading,
                agreed=agreed or number != 3,
            )
            for number, what, who, side, often in chosen
        ),
        next_meeting=NextMeeting(dated(date(2027, 1, 21), tag, time(15, 30)), beside("At school", tag)),
        keep_in_touch=said("A note in the reading record every Friday"),
        priorities=(said("Reading that she enjoys"), said("Calm mornings")),
        targets=(
            Target(
                reading,
                beside("English", tag),
                said("Reads with help, word by word"),
                said("Reads a short book alone"),
                by,
            ),
            Target(mornings, beside("Coming to school", tag), said("Late twice a week"), said("On time"), by),
        ),
        entries=(
            Entry(
                "parent",
                beside("Mother", tag),
                said("She loves stories at bedtime & drawing"),
                True,
                "strength",
            ),
            Entry("pupil", named("Amina"), said("I like it when Mrs O'Brien does the voices")),
            Entry(
                "school", named("Mrs O'Brien"), said("She helps others without being asked"), kind="strength"
            ),
            Entry("pupil", named("Amina"), said("I want to read a whole book to my brother"), kind="hope"),
        ),
        decisions=(
            Decision(said("Library card"), beside("Father", tag), "done"),
            Decision(
                said("Bed by eight"), beside("Mother", tag), "change", said("Her brother comes home late")
            ),
        ),
        understood="interpreter" if language(tag).direction == "rtl" else "own_language",
        signature=True,
    )
