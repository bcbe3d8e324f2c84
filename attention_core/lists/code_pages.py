"""Which code page of one byte a letter bytes were written in: that in which they spell the letters of one language."""

import unicodedata
from dataclasses import dataclass

_WEST = ("cp1252", "mac_roman", "cp850", "cp437", "iso8859_15")
_CENTRAL = ("cp1250", "iso8859_2", "cp852", "mac_latin2")
_TURKISH = ("cp1254", "cp857", "mac_turkish")
_BALTIC = ("cp1257", "iso8859_4", "cp775")
_CYRILLIC = ("cp1251", "koi8_r", "koi8_u", "cp866", "iso8859_5", "mac_cyrillic")
_GREEK = ("cp1253", "iso8859_7", "cp737", "mac_greek")
_UNION = "àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿœßªº"
_FINAL = "ךםןףץςةى"  # letters of which a word may have one, at its end
_MARKS = set("‘’‚“”„«»‹›–—…°§€£·•¿¡®©™½²³\u00a0\u00ad\ufeff")
_FEW = 3  # letters that are named as frequent, where they are but a part of a text
_ENOUGH = 3_000  # letters beyond ASCII


@dataclass(frozen=True)
class _Language:
    """The letters of a language beyond ASCII, small, and the code pages that it is written in, the likeliest first."""

    pages: tuple[str, ...]
    letters: frozenset[str]
    frequent: str = ""  # those of them that stand most often
    is_script: bool = False  # whether no letter of English belongs to it
    trust: float = 1.0


def _language(pages: tuple[str, ...], letters: str, frequent: str = "", trust: float = 1.0) -> _Language:
    return _Language(pages, frozenset(letters), frequent, len(frequent) > _FEW, trust)


_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
# Where two fit equally well, the earlier is taken.
_LANGUAGES = (
    _language(_WEST, "éèêëàâäçïîôöñùûüœæ", "éèà"),  # French, and words that English has from others
    _language(_WEST, "äöüßéàèáâç", "üäö"),
    _language(_WEST, "áéíñóúüªº", "óáí"),
    _language(_WEST, "ãáâàçéêíõóôúüªº", "ãçá"),
    _language(_WEST, "àèéìíîòóùúªº", "èàù"),
    _language(_WEST, "åäöéæøàüòôó", "äåø"),
    _language(_WEST, "áéëïóöüèêàç", "ëéï"),
    _language(_WEST, "áðéíóúýþæöø", "áðí"),
    _language(_WEST, "àçéèíïóòúü", "óàé"),
    _language(_TURKISH, "çğıİöşüâîû", "ıüş"),
    _language(_CENTRAL, "ąćęłńóśźż", "łęą"),
    _language(_CENTRAL, "áčďéěíňóřšťúůýžäĺľôŕ", "íáé"),
    _language(_CENTRAL, "áéíóöőúüű", "áéö"),
    _language(_CENTRAL, "čćđšž", "čšž"),
    _language(_CENTRAL, "ăâîşţ", "ăşţ"),
    _language(_BALTIC, "ąčęėįšųūž", "ėšų"),
    _language(_BALTIC, "āčēģīķļņšūž", "āēī"),
    _language(_BALTIC, "äöõüšž", "äõü"),
    _language(_CYRILLIC, _RUSSIAN, "оеаинтсрвл"),
    _language(_CYRILLIC, "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", "оаинвіеуртс"),
    _language(_CYRILLIC, "абвгдђежзијклљмнњопрстћуфхцчџшѓќѕ", "аиоенрсјту"),
    _language(_GREEK, "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ", "αοιετσνηυρς"),
    _language(("cp1255", "iso8859_8"), "אבגדהוזחטיךכלםמןנסעףפץצקרשת", "יהולאתמרבש"),
    _language(("cp1256", "iso8859_6"), "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگکی", "اليمونرتبة"),
    _language(_WEST, _UNION, trust=0.9),  # several western languages in one file
)


def likeliest(sample: bytes) -> tuple[str, float]:
    """The code page that fits best, and how well it does: 1 where every letter is one of a single language, down to −1."""
    best, most = "cp1252", -1.0
    texts: dict[str, str] = {}
    for language in _LANGUAGES:
        for rare, page in enumerate(language.pages):
            text = texts.setdefault(page, sample.decode(page, "replace"))
            if (score := _score(text, language) - 0.03 * rare) > most + 0.001:
                best, most = page, score
    return best, most


def _score(text: str, language: _Language) -> float:
    """The mean over all characters beyond ASCII of how well each stands where it does."""
    total, count, letters, frequent = 0.0, 0, 0, 0
    for place, character in enumerate(text):
        if character.isascii():
            continue
        before = text[place - 1] if place else " "
        after = text[place + 1] if place + 1 < len(text) else " "
        count += 1
        if character in language.letters or character.lower() in language.letters:
            letters += 1
            frequent += character.lower() in language.frequent
            total += _fit_of_letter(before, character, after, language.is_script)
        elif character in _MARKS:
            total += _fit_of_mark(before, character, after)
        elif unicodedata.combining(character) and language.is_script:
            total += 0.5  # vowel signs of Hebrew and Arabic
        else:
            total -= 1.0
        if count == _ENOUGH:
            break
    score, share = language.trust * total / max(count, 1), frequent / max(letters, 1)
    if language.is_script:
        return score * (0.6 + 0.6 * share) if letters else -1.0
    # Letters beyond ASCII are the fewer in words of Latin ones.
    is_usual = letters <= sum(character.isascii() and character.isalpha() for character in text)
    return score + 0.03 * share if is_usual else score - 1.0


def _fit_of_letter(before: str, letter: str, after: str, is_script: bool) -> float:
    """How well a letter stands where it does; large ones after small ones, say, or final ones within a word stand badly."""
    if (letter.isupper() and before.islower()) or (letter.islower() and after.isupper()):
        return -1.0
    is_alone = not (before.isalpha() or after.isalpha())
    if is_script:
        mixed = (before.isascii() and before.isalpha()) or (after.isascii() and after.isalpha())
        return -1.0 if mixed or (letter in _FINAL and after.isalpha()) else 0.5 if is_alone else 1.0
    if letter.isupper() and before.isupper() and after.islower():
        return 0.0
    return 1.0 if not is_alone or letter in "àéèáíóúyåöæøâêôšžčÀÉÁÍÓÚÅÖ" else 0.2


def _fit_of_mark(before: str, mark: str, after: str) -> float:
    """How well a sign stands where it does: an opening quotation mark before a word, a currency beside a number."""
    if mark in "’\u00ad·—–":
        return 1.0
    if mark in "“„«‘¿¡‹":
        return 1.0 if not before.isalpha() and (not after.isspace() or mark in "«‹“") else 0.0
    if mark in "”»›…™®":
        return 0.0 if after.isalpha() and mark != "…" else 1.0
    return 0.0 if before.isalpha() or (after.isalpha() and mark not in "©•§\u00a0") else 1.0
