"""Files without a mark of their encoding are read in the letters of their language, also short ones."""

import pytest

from attention_core.errors import ListError
from attention_core.lists.sentences import BEYOND, read_list

TEXTS = {
    "French": ("L’été dernier, nous étions à la plage.\nOù êtes-vous allé ?\nUn cœur : « oui ».", "cp1252 mac_roman"),
    "French word": ("Le café est fermé.", "cp1252 mac_roman cp850"),
    "German": ("Die Bären mögen Käse.\nÜber Nacht fiel Schnee.", "cp1252 mac_roman cp850 cp437"),
    "German marks": ("Es heißt „Winter“ – nicht „Übergang“.", "cp1252 mac_roman"),
    "Spanish": ("¿Dónde está el niño?\nMañana será otro día, señor.", "cp1252 mac_roman cp850"),
    "Swedish": ("Hunden åt maten för att den var hungrig.\nDet regnar på ön.", "cp1252 mac_roman cp850"),
    "Danish": ("Hunden spiste maden, fordi den var sulten på øen.\nBlåbær og rødgrød.", "cp1252 mac_roman cp850"),
    "Italian": ("Perché il cane è affamato?\nLa città è più bella.", "cp1252 mac_roman cp850"),
    "Portuguese": ("Não há razão.\nA canção é boa.", "cp1252 mac_roman cp850"),
    "Icelandic": ("Hundurinn borðaði matinn.\nÞað rignir í dag, ég á þrjá ketti.", "cp1252"),
    "Polish": ("Zażółć gęślą jaźń.\nPies zjadł całą kość.", "cp1250 iso8859_2 cp852"),
    "Czech": ("Pes snědl jídlo, protože měl hlad.\nŽluťoučký kůň.", "cp1250 iso8859_2"),
    "Hungarian": ("A kutya megette az ételt, mert éhes volt.\nEsik az eső.", "cp1250 iso8859_2"),
    "Romanian": ("Câinele a mâncat mâncarea şi ţipă.\nPlouă astăzi.", "cp1250 iso8859_2"),
    "Croatian": ("Došao je čovjek i žena, đak.", "cp1250 iso8859_2"),
    "Turkish": ("Köpek çok açtı, çünkü yemek yemedi.\nİstanbul’da yağmur yağıyor.", "cp1254"),
    "Lithuanian": ("Šuo suėdė maistą, nes buvo alkanas.", "cp1257"),
    "Latvian": ("Suns apēda ēdienu, jo bija izsalcis.\nŠodien līst lietus, bērns.", "cp1257"),
    "Estonian": ("Koer sõi toidu ära, sest ta oli näljane.\nÖö on pikk.", "cp1257 cp1252"),
    "Russian": ("Собака съела еду, потому что была голодна.\nИдёт дождь.", "cp1251 koi8_r cp866 iso8859_5"),
    "Russian word": ("Привет.", "cp1251 koi8_r cp866"),
    "Ukrainian": ("Собака з’їла їжу, бо була голодна.", "cp1251"),
    "Bulgarian": ("Кучето изяде храната, защото беше гладно.", "cp1251"),
    "Serbian": ("Пас је појео храну јер је био гладан.", "cp1251"),
    "Greek": ("Ο σκύλος έφαγε το φαγητό.\nΒρέχει πολύ σήμερα.", "cp1253 iso8859_7"),
    "Hebrew": ("הכלב אכל את האוכל כי היה רעב.", "cp1255"),
    "Arabic": ("أكل الكلب الطعام لأنه كان جائعا.", "cp1256 iso8859_6"),
    "Persian": ("سگ غذا را خورد چون گرسنه بود.", "cp1256"),
    "Japanese": ("犬が走った。\n雨が降っている。", "cp932 euc_jp"),
    "Chinese": ("狗跑了，因为它饿了。\n今天下雨。", "gb18030"),
    "Chinese speech": ("他说：“你好”。", "gb18030"),
    "Chinese of Taiwan": ("狗跑了，因為牠餓了。\n今天下雨。", "big5"),
    "Korean": ("개가 밥을 먹었다.\n오늘은 비가 온다.", "cp949"),
    "Thai": ("หมากินข้าวเพราะหิว\nวันนี้ฝนตก", "cp874"),
    "English marks": ("It’s fine – really.\n“Yes,” she said…", "cp1252 mac_roman"),
    "English speech": ("He said “no”.\nNothing else here.", "cp1252 mac_roman"),
    "English signs": ("It costs £5 and 10°.", "cp1252"),
    "Euro": ("Es kostet 5 € für Bücher.", "cp1252 iso8859_15"),
    "Names": ("Müller; résumé; señor; Ångström; São Paulo", "cp1252 mac_roman"),
}


@pytest.mark.parametrize(
    ("language", "codec"), [(name, codec) for name, (_, codecs) in TEXTS.items() for codec in codecs.split()]
)
def test_letters_of_a_language_tell_its_encoding(language, codec):
    text = TEXTS[language][0]
    found = read_list(text.encode(codec), "a.txt")
    assert found.sentences == tuple(text.splitlines())
    assert f"Nothing in it tells its encoding; {found.encoding} spells its letters best." in found.note
    asked = read_list(text.encode(codec), "a.txt", encoding=codec)
    assert asked.sentences == found.sentences
    assert asked.note == ""


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_an_encoding_that_bytes_tell_is_no_guess(codec):
    found = read_list("The naïve dog ran.\nIt rains.".encode(codec), "a.txt")
    assert found.sentences == ("The naïve dog ran.", "It rains.")
    assert found.note == ""


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_wide_encoding_that_is_asked_for_needs_no_mark(codec):
    found = read_list("The dog ran.\nIt rains.".encode(codec), "a.txt", encoding=codec[:6])
    assert found.sentences == ("The dog ran.", "It rains.")


@pytest.mark.parametrize("codec", ["utf-16", "utf-32", "utf-7", "shift_jis", "iso2022_jp", "hz"])
def test_an_encoding_that_does_not_fit_is_told_or_rejects_lines(codec):
    said = ""
    try:
        read_list("id,text\n1,Größe ~{ +ZeVm\n2,It rains.\n".encode("cp1252"), "a.csv", encoding=codec)
    except ListError as error:
        said = str(error)
    assert BEYOND not in said
