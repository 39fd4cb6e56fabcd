#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How close are the answers to similar past questions to what the agent really wrote? And how long does it take to
find them among many?

    tests/bench/cases.py quality TRAIN ANSWERS [TEST ANSWERS] [--build build]
    tests/bench/cases.py speed MAILS ANSWERS [--cases 100000] [--build build]

TRAIN, TEST and MAILS are folders as for erms eval; ANSWERS is the folder with NAME.txt for each NAME.eml of the folder
before it. Needs bench-cases (ninja tests/bench-cases). Without TEST, each mail is left out in turn.

quality: the best of three suggestions, by two measures of likeness with the true answer:
  ROUGE-L  F1 of the longest common subsequence of words (Lin, ROUGE, 2004), lower case, no punctuation
  cosine   of TF-IDF vectors ((1 + ln tf) * ln(1 + N / df)) over all answers of the language
beside them three answers drawn from the same language (mean of ten draws), and what SQLite's FTS5 gives: bm25(), any
word of the question, unicode61 tokenizer, over past questions, and over questions and answers; also when only cases of
the question's language count. Mean and 95 % interval by bootstrap over the test mails (2,000 samples), also of the
difference from erms. Suggestions of erms are compared as they are shown, with names masked and no signature; so that
nobody gains by signatures, they are cut from all answers, and marks count as no words.
"""
import argparse, json, math, random, re, sqlite3, statistics, subprocess, sys, tempfile, time, unicodedata
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHOWN, DRAWS, SAMPLES = 3, 10, 2000
MARK = re.compile(r'\[[^\[\]\n]{2,24}\]|<[a-z_]{2,24}>')


def words(text):
    return re.findall(r'\w+', unicodedata.normalize('NFC', MARK.sub(' ', text)).lower())


def lcs(a, b):
    """Length of the longest common subsequence, bit-parallel (Crochemore et al. 2001)."""
    places, full = {}, (1 << len(a)) - 1
    for i, word in enumerate(a):
        places[word] = places.get(word, 0) | 1 << i
    row = full
    for word in b:
        match = row & places.get(word, 0)
        row = ((row + match) | (row - match)) & full
    return len(a) - bin(row).count('1')


def rouge_l(a, b):
    return 2 * lcs(a, b) / (len(a) + len(b)) if a and b else 0.0


class Cosine:
    def __init__(self, texts):  # of one language
        df = Counter(word for text in texts for word in set(text))
        self.idf = {word: math.log(1 + len(texts) / n) for word, n in df.items()}

    def vector(self, text):
        vector = {w: (1 + math.log(n)) * self.idf.get(w, 0) for w, n in Counter(text).items()}
        norm = math.sqrt(sum(x * x for x in vector.values())) or 1
        return {w: x / norm for w, x in vector.items()}

    def __call__(self, a, b):
        a, b = self.vector(a), self.vector(b)
        return sum(x * b.get(w, 0) for w, x in a.items())


def read_answers(folder):
    return {path.stem: path.read_text(encoding='utf-8', errors='replace') for path in Path(folder).glob('*.txt')}


CLOSING = re.compile(r'\n\s*(mit (freundlichen|besten) gr|freundliche gr|(best|kind|warm) regards|regards,|sincerely|'
                     r'cordialement|bien cordialement|atentamente|saludos|atenciosamente|cumprimentos)', re.I)


def content(answer):
    """Without the signature, much as the program cuts it, but not by its code."""
    cut = None
    for cut in CLOSING.finditer(answer):
        pass
    return answer[:cut.start()] if cut else answer


class Fts:
    """Plain FTS5: what one gets without any thought."""

    def __init__(self, cases):  # (name, text)
        self.db = sqlite3.connect(':memory:')
        self.db.execute('CREATE VIRTUAL TABLE cases USING fts5(name UNINDEXED, text)')
        self.db.executemany('INSERT INTO cases VALUES (?, ?)', cases)

    def find(self, question, limit):
        asked = ' OR '.join(f'"{word}"' for word in dict.fromkeys(words(question)))
        return [row[0] for row in self.db.execute(
            'SELECT name FROM cases WHERE cases MATCH ? ORDER BY bm25(cases) LIMIT ?', (asked, limit))] if asked else []


def interval(values, samples, share=0.95):
    n = len(values)
    means = sorted(sum(values[i] for i in sample) / n for sample in samples)
    cut = int(len(means) * (1 - share) / 2)
    return means[cut], means[-1 - cut]


def run(args, *arguments):
    program = Path(args.build) / 'tests/bench-cases'
    return subprocess.run([program, *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True).stdout


def quality(args):
    train_dir, train_answers = args.folders[:2]
    test_dir, test_answers = args.folders[2:] or (None, train_answers)
    answers = {name: content(text) for name, text in read_answers(train_answers).items()}
    truth = {name: content(text) for name, text in read_answers(test_answers).items()}
    rows = [json.loads(line) for line in run(args, 'find', train_dir, train_answers, *([test_dir] if test_dir else []))
            .splitlines()]
    past = [row for row in rows if row['kind'] != 'test']
    test = [row for row in rows if row['kind'] != 'train']
    text_of = {row['name']: row['subject'] + '\n' + row['text'] for row in past}
    language_of = {row['name']: row['language'] for row in past}
    by_language = {}
    for row in past:
        by_language.setdefault(row['language'], []).append(row['name'])
    answer_words = {name: words(text) for name, text in answers.items()}
    cosine = {language: Cosine([answer_words[name] for name in names]) for language, names in by_language.items()}
    everything = Cosine(list(answer_words.values()))
    questions = Fts(text_of.items())
    both = Fts((name, text + '\n' + answers[name]) for name, text in text_of.items())
    chance = random.Random(1)

    def plain(fts, row, same):
        asked = row['subject'] + '\n' + row['text']
        found = [name for name in fts.find(asked, len(past)) if test_dir or name != row['name']]
        return [answer_words[name] for name in found
                if not same or language_of[name] == row['language']][:SHOWN]

    def draw(row):
        names = [name for name in by_language.get(row['language'], list(answers))
                 if test_dir or name != row['name']]
        return [answer_words[name] for name in chance.sample(names, min(SHOWN, len(names)))]

    methods = {
        'random, same language': lambda row: [draw(row) for _ in range(DRAWS)],
        'FTS5 bm25, questions': lambda row: [plain(questions, row, False)],
        'FTS5 bm25, questions, same language': lambda row: [plain(questions, row, True)],
        'FTS5 bm25, questions and answers, same language': lambda row: [plain(both, row, True)],
        'erms': lambda row: [[words(found['answer']) for found in row['found']]],
        'best possible single answer, by cosine': None,
    }
    results = {}
    for method, pick in methods.items():
        results[method] = ([], [])
        for row in test:
            true, measure = words(truth[row['name']]), cosine.get(row['language'], everything)
            if pick:
                sets = pick(row)
            else:
                names = [name for name in by_language.get(row['language'], []) if test_dir or name != row['name']]
                sets = [[max((answer_words[name] for name in names), key=lambda a: measure(a, true), default=[])]]
            for values, like in zip(results[method], (rouge_l, measure)):
                values.append(statistics.mean(max((like(a, true) for a in shown), default=0.0) for shown in sets))
    sampler = random.Random(2)
    samples = [[sampler.randrange(len(test)) for _ in test] for _ in range(SAMPLES)]
    print(f'{len(test)} questions, {len(past)} past cases, '
          f'{"train/test split" if test_dir else "each question left out in turn"}; best of {SHOWN}; mean, 95 % interval, '
          f'and by how much erms is better')
    for method, measured in results.items():
        print(f'{method:48}', end='')
        for name, values, ours in zip(('ROUGE-L', 'cosine'), measured, results['erms']):
            low, high = interval(values, samples)
            print(f'  {name} {statistics.mean(values):.3f} [{low:.3f}, {high:.3f}]', end='')
            if method != 'erms':
                low, high = interval([a - b for a, b in zip(ours, values)], samples)
                print(f' {statistics.mean(ours) - statistics.mean(values):+.3f} [{low:+.3f}, {high:+.3f}]', end='')
        print()
    empty = sum(not row['found'] for row in test)
    print(f'questions for which erms found nothing: {empty}')


def speed(args):
    mails, answers = args.folders[:2]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / 'erms.db'
        print(run(args, 'speed', path, args.cases, mails, answers), end='')
        db = sqlite3.connect(path)
        rows = db.execute('SELECT past_case.id, subject || char(10) || own_text FROM past_case'
                          ' JOIN message ON message.id = past_case.message_id').fetchall()
        start = time.monotonic()
        fts = Fts(rows)
        built = time.monotonic() - start
        times = []
        for _, text in random.Random(3).sample(rows, 30):
            start = time.process_time()
            fts.find(text, SHOWN)
            times.append((time.process_time() - start) * 1000)
        times.sort()
        print(f'FTS5 bm25, questions only, in memory: built in {built:.1f} s, question median, processor '
              f'{statistics.median(times):.1f} ms, 95th {times[int(len(times) * 0.95)]:.1f} ms')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('what', choices=['quality', 'speed'])
    parser.add_argument('folders', nargs='+')
    parser.add_argument('--cases', type=int, default=100000)
    parser.add_argument('--build', default=str(ROOT / 'build'))
    args = parser.parse_args()
    if len(args.folders) not in ((2, 4) if args.what == 'quality' else (2,)):
        parser.error('folders: see above')
    (quality if args.what == 'quality' else speed)(args)


if __name__ == '__main__':
    sys.exit(main())
