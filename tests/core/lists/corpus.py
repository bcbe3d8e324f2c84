"""Small files in the shapes in which people have sentences, each with the sentences that its owner means."""

import io
import json

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

CAT, RAIN, DOG = "A cat slept on the mat.", "It rains, they say.", "The dog ate; it was hungry."
THREE = (CAT, RAIN, DOG)


def book(*rows, title="Sheet", hidden=()):
    """A workbook with one sheet of these rows, and hidden ones before it."""
    made = openpyxl.Workbook()
    sheet = made.active
    for name in hidden:
        sheet.title, sheet.sheet_state = name, "hidden"
        sheet.append(["code", "meaning"])
        sheet.append([1, "Nobody should see this sentence."])
        sheet = made.create_sheet()
    sheet.title = title
    for row in rows:
        sheet.append(row)
    made.active = made.worksheets.index(sheet)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def several(sheets):
    """A workbook with these sheets."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def not_shown():
    """A workbook in which a column and a row are hidden."""
    made = openpyxl.Workbook()
    sheet = made.active
    for row in (["sentence", "text"], ["Nobody should see this.", CAT], ["Nor should they this.", RAIN]):
        sheet.append(row)
    sheet.column_dimensions["A"].hidden = sheet.row_dimensions[3].hidden = True
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def parquet(table, **how):
    file = io.BytesIO()
    pq.write_table(table, file, **how)
    return file.getvalue()


def lines(*values):
    return "\n".join(json.dumps(value, ensure_ascii=False) for value in values)


def frame():
    return pd.DataFrame({"id": [1, 2, 3], "text": THREE, "score": [0.5, None, 1.0]})


def of_pandas():
    file = io.BytesIO()
    frame().set_index("id").to_parquet(file)
    return file.getvalue()


SNLI = {
    "annotator_labels": ["neutral", "entailment"],
    "captionID": "3416050480.jpg#4",
    "gold_label": "neutral",
    "sentence1": "A person on a horse jumps.",
    "sentence1_binary_parse": "( ( A person ) ( ( on ( a horse ) ) ( jumps . ) ) )",
    "sentence1_parse": "(ROOT (S (NP (DT A) (NN person)) (VP (VBZ jumps)) (. .)))",
    "sentence2": "A person is training his horse for a competition.",
}
CHAT = {"id": 7, "messages": [{"role": "user", "content": CAT}, {"role": "assistant", "content": RAIN}]}
SQUAD = {"version": "2", "data": [{"title": "Cats", "paragraphs": [{"context": CAT, "qas": [{"question": "Who slept?"}]}]}]}

TEXTS = {
    # Collections of sentences as they are handed out.
    "sms.tsv": (
        'ham\tGo until jurong point, crazy..\nham\t"Fine" he said\nspam\tWin a prize now\nham\tOk lar... Joking wif u oni...\n',
        ("Go until jurong point, crazy..", '"Fine" he said', "Win a prize now", "Ok lar... Joking wif u oni..."),
    ),
    "SMSSpamCollection.txt": (
        "ham\tGo until jurong point, crazy..\nspam\tWin a prize now\nham\tI'm home\n",
        ("Go until jurong point, crazy..", "Win a prize now", "I'm home"),
    ),
    "kaggle-sms.csv": ('v1,v2,,,\nham,Go until jurong point,,,\nspam,"Win, now",,,\n', ("Go until jurong point", "Win, now")),
    "tweets.csv": (
        'tweet_id,airline_sentiment,text\n5703,neutral,"@Air What ""they"" said."\n'
        '5704,positive,"plus you\'ve added\ncommercials"\n',
        ('@Air What "they" said.', "plus you've added commercials"),
    ),
    "cola.tsv": (
        "gj04\t1\t\tOur friends won't buy this analysis, let alone the next.\ngj04\t0\t*\tThey drank the pub.\n",
        ("Our friends won't buy this analysis, let alone the next.", "They drank the pub."),
    ),
    "sst.tsv": (
        'sentence\tlabel\n"it \'s a charming journey .\t1\nunflinchingly bleak\t0\nso good ."\t1\n',
        ("\"it 's a charming journey .", "unflinchingly bleak", 'so good ."'),
    ),
    "sts.csv": (
        "main-captions\tMSRvid\t2012test\t0001\t5.000\tA plane is taking off.\tAn air plane is taking off.\n"
        "main-captions\tMSRvid\t2012test\t0004\t3.800\tA man is playing a large flute.\tA man is playing a flute.\n",
        None,
    ),
    "snli.jsonl": (lines(SNLI, SNLI), (SNLI["sentence1"],) * 2),
    "mnli.tsv": (
        "index\tgenre\tsentence1_parse\tsentence1\tsentence2\n"
        "0\tslate\t(ROOT (S (NP a b c d e f)))\tThe new rights are nice.\tOld.\n",
        ("The new rights are nice.",),
    ),
    "blimp.jsonl": (
        lines({"sentence_good": "Many cats sleep.", "sentence_bad": "Many cats sleeps.", "field": "syntax", "UID": "x y z w"}),
        ("Many cats sleep.",),
    ),
    "tatoeba.tsv": (
        '1276\teng\tLet\'s try something.\n1277\teng\t"Hi," he said.\n1280\teng\tToday is June 18th.\n',
        ("Let's try something.", '"Hi," he said.', "Today is June 18th."),
    ),
    "tatoeba-pairs.tsv": (
        "1276\tLet's try something.\t2481\t¡Intentemos algo!\n1277\tI have to go.\t2482\tTengo que irme.\n",
        None,
    ),
    "qqp.tsv": (
        "id\tqid1\tquestion1\tquestion2\tis_duplicate\n1\t2\tHow can I read?\tHow do I read this long book?\t0\n",
        ("How can I read?",),
    ),
    "sentiment140.csv": (
        '"0","1467810369","Mon Apr 06 22:19:45 PDT 2009","NO_QUERY","_Special_","@switchfoot Awww, bummer."\n'
        '"4","1467810672","Mon Apr 06 22:19:49 PDT 2009","NO_QUERY","scott","is upset"\n'
        '"4","1467810917","Mon Apr 06 22:19:53 PDT 2009","NO_QUERY","mattycus","I dived café"\n'.encode("cp1252"),
        ("@switchfoot Awww, bummer.", "is upset", "I dived café"),
    ),
    "semeval.tsv": (
        '2641\tpositive\t"Gas by my house hit $3.39 :)\n2642\tnegative\tTheo is still ill\n2643\tnegative\t"its not that\n',
        ('"Gas by my house hit $3.39 :)', "Theo is still ill", '"its not that'),
    ),
    "tatoeba-detailed.csv": (
        "1276\teng\tLet's try something.\tCK\t2010-05-01 12:00:00\n1277\teng\tI have to go, now.\tCK\t\\N\n",
        ("Let's try something.", "I have to go, now."),
    ),
    "pairs-with-sources.txt": (
        "Go.\tVa !\tCC-BY 2.0 (France) Attribution: tatoeba.org #2877272 (CM)\n"
        "Hi.\tSalut !\tCC-BY 2.0 (France) Attribution: tatoeba.org #538123 (CM)\n"
        "I am here.\tJe suis ici.\tCC-BY 2.0 (France) Attribution: tatoeba.org #906328 (CM)\n",
        ("Go.", "Hi.", "I am here."),
    ),
    "mrpc.txt": (
        "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n"
        '1\t702876\t702977\tHe accused his brother, "the witness".\tReferring to him as only "the witness", he did.\n'
        "0\t2108705\t2108831\tThey owned it.\tThey bought it in 1995 for $ 693 million.\n",
        ('He accused his brother, "the witness".', "They owned it."),
    ),
    "sick.txt": (
        "pair_ID\tsentence_A\tsentence_B\tlabel\n1\tA group of kids is playing\tA group of boys in a yard is playing now\tNO\n",
        ("A group of kids is playing",),
    ),
    "elan.txt": (
        "Begin Time - hh:mm:ss.ms\tEnd Time - hh:mm:ss.ms\tdefault\n00:00:01.230\t00:00:02.500\tso I went home\n"
        "00:00:03.000\t00:00:04.000\tand it rained\n",
        ("so I went home", "and it rained"),
    ),
    # Surveys.
    "limesurvey.csv": (
        '"id. Response ID";"submitdate. Date submitted";"Q1. What did the dog eat, and why?"\n'
        '"1";"2024-01-01 10:00:00";"A bone; it was hungry"\n"2";"2024-01-01 10:02:00";"Nothing"\n',
        ("A bone; it was hungry", "Nothing"),
    ),
    "qualtrics.csv": (
        "StartDate,Q1,Q2\nStart Date,What did it eat?,How sure are you?\n"
        '"{""ImportId"":""startDate""}","{""ImportId"":""QID1""}",'
        '"{""ImportId"":""QID2""}"\n2024-01-02,A bone it found.,5\n2024-01-03,Its own tail.,2\n',
        ("A bone it found.", "Its own tail."),
    ),
    "google-form.csv": (
        "Timestamp,What did it eat and why did it do so?,How sure?\n"
        "2024/01/02 9:30:00,A bone it found.,5\n2024/01/03 9:31:00,Its tail.,2\n",
        ("A bone it found.", "Its tail."),
    ),
    "surveymonkey.csv": (
        "Respondent ID,What did it eat?\n,Open-Ended Response\n11,A bone it found.\n12,Its own tail.\n",
        ("A bone it found.", "Its own tail."),
    ),
    "legacy-qualtrics.csv": (
        "V1,Q1\nHow old are you?,What did it eat?\n31,A bone it found.\n32,Its own tail.\n",
        ("A bone it found.", "Its own tail."),
    ),
    # What spreadsheets of several languages save.
    "german.csv": (
        "Nr;Satz;Wert\r\n1;Die Katze schlief, sagt man.;0,5\r\n2;Es regnet.;1,5\r\n".encode("cp1252"),
        ("Die Katze schlief, sagt man.", "Es regnet."),
    ),
    "french.csv": (
        "N°;Texte\r\n1;L’été était chaud.\r\n2;Le garçon a mangé.\r\n".encode("cp1252"),
        ("L’été était chaud.", "Le garçon a mangé."),
    ),
    "french-mac.csv": (
        "N;Texte\r1;L’été était chaud.\r2;Le garçon a mangé.\r".encode("mac_roman"),
        ("L’été était chaud.", "Le garçon a mangé."),
    ),
    "german-dos.txt": (
        "Über größere Übergänge\r\nDie Bären mögen Käse\r\n".encode("cp850"),
        ("Über größere Übergänge", "Die Bären mögen Käse"),
    ),
    "russian.csv": (
        "№;Текст\n1;Собака съела еду, потому что была голодна.\n2;Это очень хорошо.\n".encode("cp1251"),
        ("Собака съела еду, потому что была голодна.", "Это очень хорошо."),
    ),
    "unicode-text.txt": (
        'id\ttext\r\n1\tДве кошки спят.\r\n2\t"Say ""no"""\r\n'.encode("utf-16"),
        ("Две кошки спят.", 'Say "no"'),
    ),
    "utf8-bom.csv": ("text;n\nÜber Nacht fiel Schnee.;1\n".encode("utf-8-sig"), ("Über Nacht fiel Schnee.",)),
    "decimal-commas.csv": ("1;Ein Satz;0,5\n2;Zwei Sätze;1,5\n3;Drei Wörter;2,5\n", ("Ein Satz", "Zwei Sätze", "Drei Wörter")),
    "sep-line.csv": ("sep=;\nid;text\n1;A cat, it slept.\n2;It rains.\n", ("A cat, it slept.", "It rains.")),
    "sep-tab.csv": ("sep=\t\nid\ttext\n1\tA cat slept.\n", ("A cat slept.",)),
    "title.csv": ("Spring survey\nid,text\n1,A cat slept.\n2,It rains.\n", ("A cat slept.", "It rains.")),
    "titles.csv": (
        "Spring survey\nWritten by Ann\n\nid;text;n\n1;A cat slept.;2\n2;It rains.;3\n",
        ("A cat slept.", "It rains."),
    ),
    "title-with-commas.csv": ("Spring survey,,\nid,text,n\n1,A cat slept.,2\n2,It rains.,3\n", ("A cat slept.", "It rains.")),
    "trailing.csv": ("id;text\n1;A cat slept.;\n2;It rains.;\n", ("A cat slept.", "It rains.")),
    "trailing-many.csv": ("id,text,,,\n1,A cat slept.,,,\n2,It rains.,,,\n", ("A cat slept.", "It rains.")),
    "trailing-in-names.csv": ("id,text,\n1,A cat slept.\n2,It rains.\n", ("A cat slept.", "It rains.")),
    "long-cell.csv": (f"id,text,log\n1,A cat slept.,{'x' * 131_073}\n2,It rains.,y\n", ("A cat slept.", "It rains.")),
    "bars.csv": ("id|text\n1|A cat, it slept\n2|It rains; they say\n", ("A cat, it slept", "It rains; they say")),
    "spaced.csv": ('id, text\n1, "A cat, it slept."\n2, It rains.\n', ("A cat, it slept.", "It rains.")),
    "backslash.csv": ('id,text\n1,"She said \\"no\\" twice."\n2,"It rains."\n', ('She said "no" twice.', "It rains.")),
    "backslash-unquoted.csv": (
        "id,text\n1,A cat\\, it slept.\n2,It rains.\n3,One\\, two.\n",
        ("A cat, it slept.", "It rains.", "One, two."),
    ),
    "of-r.csv": ('"text","n"\n"1","A cat slept.",3\n"2","It rains.",4\n', ("A cat slept.", "It rains.")),
    "two-lines.csv": (
        'id,text\n1,"The cat slept.\nThe dog ran."\n2,"Windows line\r\nending here."\n',
        ("The cat slept. The dog ran.", "Windows line ending here."),
    ),
    "single-marks.csv": (
        "id,text\n1,'The dog''s bone, again.'\n2,'It rains.'\n3,'He slept, too.'\n",
        ("The dog's bone, again.", "It rains.", "He slept, too."),
    ),
    "apostrophes.csv": (
        "id,text\n1,'Tis the dog's bone'\n2,It rains\n3,'hello' he said\n",
        ("'Tis the dog's bone'", "It rains", "'hello' he said"),
    ),
    "comments.csv": (
        "# exported by a tool\n# version 2, beta\nid,text\n1,A cat slept.\n2,It rains.\n",
        ("A cat slept.", "It rains."),
    ),
    "commented-names.tsv": ("#id\ttext\n1\tA cat slept.\n2\tIt rains.\n", ("A cat slept.", "It rains.")),
    "of-a-database.tsv": ("id\ttext\n1\t\\N\n2\tIt rains.\n", ("It rains.",)),
    "no-names.csv": ("Birds sing\nDogs bark\n", ("Birds sing", "Dogs bark")),
    "prose.csv": ("text\nA dog, a cat\nA bird, a bee\nRain, again\n", ("A dog, a cat", "A bird, a bee", "Rain, again")),
    "lone.tsv": (
        'sentence\tlabel\n"Go home .\t0\nIt rains .\t1\nHe said so ."\t0\n',
        ('"Go home .', "It rains .", 'He said so ."'),
    ),
    "quoted-word.tsv": ('sentence\tlabel\n"Fine" is short .\t0\nIt rains .\t1\n', ('"Fine" is short .', "It rains .")),
    "quoted.tsv": ('id\ttext\n1\t"Say ""no"""\n2\tIt rains.\n', ('Say "no"', "It rains.")),
    "excel-cell.tsv": (
        'id\ttext\n1\t"The cat slept.\nThe dog ran."\n2\tIt rains.\n',
        ("The cat slept. The dog ran.", "It rains."),
    ),
    "plain.txt": ("A cat slept.\n\nIt rains, they say.\n", ("A cat slept.", "It rains, they say.")),
    "one-tab.txt": ("A cat\tslept.\nIt rains.\n", ("A cat\tslept.", "It rains.")),
    "carets.csv": ("id^text^n\n1^A cat slept.^2\n2^It rains, they say.^3\n", ("A cat slept.", "It rains, they say.")),
    "groups.csv": (",Answers,,Meta\nid,text,note,n\n1,A cat slept.,x,2\n2,It rains.,y,3\n", ("A cat slept.", "It rains.")),
    "two-marks.csv": ("\ufeff\ufefftext,n\nA cat slept.,1\n", ("A cat slept.",)),
    "of-dos.csv": ("id,text\r\n1,A cat slept.\r\n2,It rains.\r\n\x1a", ("A cat slept.", "It rains.")),
    "of-dos.txt": ("A cat slept.\r\nIt rains.\r\n\x1a", ("A cat slept.", "It rains.")),
    "no-mark.txt": ("Собака съела еду.\r\nЭто хорошо.\r\n".encode("utf-16-le"), ("Собака съела еду.", "Это хорошо.")),
    "no-mark-greek.txt": ("Η γάτα κοιμάται.\nΒρέχει.\n".encode("utf-16-be"), ("Η γάτα κοιμάται.", "Βρέχει.")),
    "breaks-of-all-kinds.csv": (
        "id,text\r\n1,A cat slept.\n2,It rains.\r3,He ran.\r\n",
        ("A cat slept.", "It rains.", "He ran."),
    ),
    "numbers-among-texts.csv": ("text\n5\n7\nA cat slept.\n12\n", ("5", "7", "A cat slept.", "12")),
    # JSON of all shapes.
    "arrays-in-lines.jsonl": (lines([{"text": CAT}, {"text": RAIN}], [{"text": "He ran."}]), (CAT, RAIN, "He ran.")),
    "several-a-line.jsonl": (
        '{"text":"A cat slept."}{"text":"It rains."}\n{"text":"He ran."},\n',
        ("A cat slept.", "It rains.", "He ran."),
    ),
    "comma-too-many.json": ('[{"text": "A cat slept."}, {"text": "It rains."},]', ("A cat slept.", "It rains.")),
    "by-key.json": (json.dumps({"a1": {"text": CAT, "n": 1}, "b": {"text": RAIN}}), (CAT, RAIN)),
    "by-number.json": (frame().to_json(orient="index", force_ascii=False), THREE),
    "texts-by-key.json": (json.dumps({"q1": CAT, "q2": RAIN}), (CAT, RAIN)),
    "one-record.json": (json.dumps({"title": "On a cat", "body": CAT}), (CAT,)),
    "escapes.jsonl": ('{"text": "One\\nline \\u00e9 \\ud83d\\ude00"}\n', ("One line é 😀",)),
    "array.jsonl": (json.dumps([{"text": CAT}, {"text": RAIN}]), (CAT, RAIN)),
    "array.json": (json.dumps([{"id": 1, "text": CAT}, {"id": 2, "text": RAIN}], indent=2), (CAT, RAIN)),
    "strings.json": (json.dumps([CAT, RAIN]), (CAT, RAIN)),
    "strings.jsonl": (lines(CAT, RAIN), (CAT, RAIN)),
    "translation.jsonl": (lines({"id": 0, "translation": {"en": CAT, "fr": "Un chat."}}), (CAT,)),
    "chat.jsonl": (lines(CHAT), (CAT, RAIN)),
    "squad.json": (json.dumps(SQUAD), ("Who slept?",)),
    "pretty.json": (json.dumps({"data": [{"text": CAT}, {"text": RAIN}]}, indent=1), (CAT, RAIN)),
    "pandas.json": (frame().to_json(force_ascii=False), THREE),
    "holes.jsonl": (
        '{"text": NaN, "n": 1}\n{"text": "It rains.", "n": 2}\n{"text": 5}\n{"text": true}\n{"text": null}\n',
        ("It rains.",),
    ),
    "lists.jsonl": (lines({"tokens": "['a', 'b', 'c', 'd', 'e', 'f', 'g']", "said": "It rains."}), ("It rains.",)),
    "tweets.jsonl": (
        lines({"id": 1, "full_text": "Good night", "user": {"description": "All that I am and like to do, at length"}}),
        ("Good night",),
    ),
    "camel.jsonl": (lines({"asin": "B", "reviewText": "Good.", "summary": "Five stars"}, {"reviewText": CAT}), ("Good.", CAT)),
    "one-after-the-other.json": (
        '{\n  "text": "A cat slept."\n}\n{\n  "text": "It rains."\n}\n',
        ("A cat slept.", "It rains."),
    ),
    "split.json": (frame().to_json(orient="split", force_ascii=False), THREE),
    "values.json": (json.dumps([["id", "text"], [1, CAT], [2, RAIN]]), (CAT, RAIN)),
    "rows.jsonl": (lines(["id", "text"], [1, CAT], [2, RAIN]), (CAT, RAIN)),
    "hub.json": (
        json.dumps({"features": [{"name": "text"}], "rows": [{"row": {"text": CAT}}, {"row": {"text": RAIN}}]}),
        (CAT, RAIN),
    ),
    # Workbooks.
    "further-in.xlsx": (book([], [None, "Survey"], [], [None, "Nr", "Antwort"], [None, 1, CAT], [None, 2, RAIN]), (CAT, RAIN)),
    "plain.xlsx": (book(["id", "sentence"], [1, CAT], [2, RAIN]), (CAT, RAIN)),
    "title.xlsx": (book(["Answers of class 7"], [], ["no", "sentence", "n"], [1, CAT, 2], [2, RAIN, 3]), (CAT, RAIN)),
    "hidden.xlsx": (book(["id", "sentence"], [1, CAT], [2, RAIN], hidden=["lookup"]), (CAT, RAIN)),
    "numbers-first.xlsx": (
        several({"Counts": [["a", "b"], [1, 2]], "Texts": [["id", "text"], [1, CAT], [2, RAIN]]}),
        (CAT, RAIN),
    ),
    "escaped.xlsx": (book(["text"], ["A cat_x000D_\nslept."], ["It rains."]), ("A cat slept.", "It rains.")),
    "qualtrics.xlsx": (
        book(["Q1", "Q2"], ["What?", "How sure?"], ['{"ImportId":"QID1"}', '{"ImportId":"QID2"}'], [CAT, 5]),
        (CAT,),
    ),
    "alone.xlsx": (book(["My sentences"], [CAT], [RAIN]), (CAT, RAIN)),
    "merged.xlsx": (
        book([None, "Answers", None, "Meta"], ["id", "text", "note", "n"], [1, CAT, "x", 2], [2, RAIN, "y", 3]),
        (CAT, RAIN),
    ),
    "hidden-column.xlsx": (not_shown(), (CAT, RAIN)),
    # Parquet of several writers.
    "map.parquet": (
        parquet(pa.table({"t": pa.array([[("en", CAT)], [("en", RAIN)]], pa.map_(pa.string(), pa.string()))})),
        (CAT, RAIN),
    ),
    "pandas.parquet": (of_pandas(), THREE),
    "spark.parquet": (
        parquet(pa.table({"id": [1, 2], "text": [CAT.encode(), RAIN.encode()]}), store_schema=False, version="1.0"),
        (CAT, RAIN),
    ),
    "polars.parquet": (parquet(pa.table({"text": pa.array([CAT, RAIN], pa.string_view())})), (CAT, RAIN)),
    "large.parquet": (parquet(pa.table({"text": pa.array([CAT, RAIN], pa.large_string())}), compression="zstd"), (CAT, RAIN)),
    "duckdb.parquet": (
        parquet(pa.table({"text": pa.array([CAT, None, CAT]).dictionary_encode()}), store_schema=False),
        (CAT, CAT),
    ),
    "nested.parquet": (parquet(pa.table({"id": ["0"], "translation": [{"en": CAT, "fr": "Un chat."}]})), (CAT,)),
    "chat.parquet": (parquet(pa.table({"messages": [CHAT["messages"]]})), (CAT, RAIN)),
    "beside.parquet": (
        parquet(pa.table({"text": [CAT, RAIN], "odd": pa.array([b"a\xc9", b"b"]).view(pa.string())})),
        (CAT, RAIN),
    ),
}
# What cannot be known without its owner, and how it is asked for.
ASKED = {
    "sts.csv": ({"column": 6}, ("A plane is taking off.", "A man is playing a large flute.")),
    "tatoeba-pairs.tsv": ({"column": "column 2"}, ("Let's try something.", "I have to go.")),
    "translation.jsonl": ({"column": "translation.fr"}, ("Un chat.",)),
    "squad.json": ({"column": "data[].paragraphs[].context"}, (CAT,)),
    "hidden.xlsx": ({"sheet": "lookup"}, ("Nobody should see this sentence.",)),
    "title.csv": ({"begin_at": 1, "names": False, "column": 2}, ("text", "A cat slept.", "It rains.")),
    "qualtrics.xlsx": ({"skip": False}, ("What?", '{"ImportId":"QID1"}', CAT)),
    "no-names.csv": ({"names": True}, ("Dogs bark",)),
    "chat.jsonl": ({"column": "messages[].role"}, ("user", "assistant")),
    "sms.tsv": ({"quoting": "none", "names": True}, ('"Fine" he said', "Win a prize now", "Ok lar... Joking wif u oni...")),
    "unicode-text.txt": ({"separator": "none"}, ("id\ttext", "1\tДве кошки спят.", '2\t"Say ""no"""')),
    "german.csv": ({"encoding": "windows-1252", "separator": "semicolon"}, ("Die Katze schlief, sagt man.", "Es regnet.")),
    "plain.txt": ({"begin_at": 2}, ("It rains, they say.",)),
}


def data_of(name: str) -> bytes:
    """A file of the corpus."""
    data = TEXTS[name][0]
    return data if isinstance(data, bytes) else data.encode()
