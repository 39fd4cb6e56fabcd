#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How good and how fast the classifier is, beside what a data scientist would build (peers.py), on the
same text of the same mails in the same run.

    tests/bench/classifier.py TRAIN [TEST] [--out-of-scope DIR] [--few N] [--runs 3]
        [--max-error 0.01,0.02] [--peers svc,cnb,fasttext] [--erms build-release/cmd/erms] [--json]

TRAIN and TEST are folders of labelled mail as for `erms eval`; without TEST every fifth mail of each
category is the test. The mail of DIR joins the test mail; it belongs to none of the categories.
--few N: learns from N mails per category drawn at random, accuracy on TEST, median of five draws.

Thresholds are found on TRAIN alone. Of the test mail that has a category "answer" is the share that is
answered without a human, "wrong" the wrong ones among those; "best" is what could have been answered
within max-error, had TEST been known: it tells how well the mails are ordered, whoever broke the promise.
With mail of no category (o.o.s.): "o.o.s." is its share that is answered, "wrong+" counts it too, as
`erms eval` does. Fit times: erms' has its calibration in it, the peers' is the bare fit, without tuning or
cross-validation. Peak memory includes reading the mail. Times are medians of --runs.
Wants: apt-get install -y --no-install-recommends python3-sklearn fasttext
"""
import argparse, json, os, random, re, shutil, statistics, subprocess, sys, tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OUT_OF_SCOPE = 'out-of-scope'
DRAWS = 5
WANTED = {'svc': 'python3-sklearn', 'cnb': 'python3-sklearn', 'fasttext': 'fasttext'}


def measured(command):
    """(stdout, peak memory in MB) of a command that must succeed. This process stays small: what it
    takes counts as the command's until it has started."""
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        sys.exit(f'classifier.py: this failed: {" ".join(map(str, command))}')
    return out, usage.ru_maxrss / 1024


def auroc(good, bad):
    """The chance that one of GOOD is larger than one of BAD."""
    if not good or not bad:
        return None
    values = sorted([(v, 1) for v in good] + [(v, 0) for v in bad])
    ranks, i = 0, 0
    while i < len(values):
        j = i
        while j < len(values) and values[j][0] == values[i][0]:
            j += 1
        ranks += sum(is_good for _, is_good in values[i:j]) * (i + j + 1) / 2
        i = j
    return (ranks - len(good) * (len(good) + 1) / 2) / (len(good) * len(bad))


def macro_f1(pairs):
    """PAIRS of truth and guess; over the categories that are either."""
    seen, right = {}, {}
    for truth, guess in pairs:
        right[truth] = right.get(truth, 0) + (truth == guess)
        for category in (truth, guess):
            seen[category] = seen.get(category, 0) + 1
    seen.pop(None, None)
    return statistics.fmean(2 * right.get(c, 0) / n for c, n in seen.items())


def share(part, whole):
    return len(part) / len(whole) if whole else 0


def best_coverage(truths, guesses, max_error):
    """Share of the mail with a category that one threshold, chosen with the truth known, lets through."""
    rows = sorted(((p, t == g) for t, (g, p) in zip(truths, guesses) if t), reverse=True)
    wrong, best = 0, 0
    for i, (probability, right) in enumerate(rows, 1):
        wrong += not right
        if wrong <= i * max_error and (i == len(rows) or rows[i][0] < probability):
            best = i
    return best / len(rows)


def answers(truths, guesses, is_answered, error):
    """Coverage and error at one threshold, with the names of `erms eval` and some more."""
    rows = [(t, g, a) for t, (g, _), a in zip(truths, guesses, is_answered)]
    told = [row for row in rows if row[2]]
    inside, outside = [r for r in rows if r[0]], [r for r in rows if not r[0]]
    told_inside = [r for r in inside if r[2]]
    return {'coverage': share(told, rows), 'realised_error': share([r for r in told if r[0] != r[1]], told),
            'in_scope_answered': share(told_inside, inside),
            'in_scope_error': share([r for r in told_inside if r[0] != r[1]], told_inside),
            'best_coverage': best_coverage(truths, guesses, float(error)),
            'oos_answered': share([r for r in outside if r[2]], outside) if outside else None}


def figures(truths, guesses):
    inside = [(t, g) for t, g in zip(truths, guesses) if t]
    return {'accuracy': share([1 for t, (g, _) in inside if t == g], inside),
            'macro_f1': macro_f1([(t, g) for t, (g, _) in inside]),
            'oos_auroc': auroc([p for _, (_, p) in inside],
                               [p for t, (_, p) in zip(truths, guesses) if not t])}


class Sets:
    """Folders of labelled mail made of others, with links."""

    def __init__(self, work):
        self.work, self.count = work, 0

    def folder(self):
        self.count += 1
        path = self.work / f'set{self.count}'
        path.mkdir()
        return path

    def with_out_of_scope(self, test, strange):
        if (Path(test) / OUT_OF_SCOPE).exists():
            sys.exit(f'classifier.py: {test} has a folder {OUT_OF_SCOPE} of its own')
        target = self.folder()
        for path in Path(test).iterdir():
            (target / path.name).symlink_to(path.resolve())
        (target / OUT_OF_SCOPE).symlink_to(Path(strange).resolve())
        return target

    def mail(self, source, path, target):
        """Links the mail PATH, or copies it out of its mbox file; names stay in their order."""
        category, _, name = path.partition('/')
        (target / category).mkdir(exist_ok=True)
        if (source / path).exists():
            (target / category / name.replace('/', '_')).symlink_to((source / path).resolve())
            return
        box, _, number = name.rpartition(':')
        content = (source / category / box).read_bytes()
        mails = re.split(rb'(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\n]*\n', content)
        new = target / category / f'{box.replace("/", "_")}:{int(number):08}'
        new.write_bytes(re.sub(rb'(?m)^>(>*From )', rb'\1', mails[int(number)]))

    def divide(self, source, paths, in_second):
        """Two folders; IN_SECOND is asked with the number of each mail in its category: 0, 1 …"""
        targets, seen = (self.folder(), self.folder()), {}
        for path in paths:
            category = path.split('/')[0]
            seen[category] = seen.get(category, -1) + 1
            self.mail(Path(source), path, targets[in_second(seen[category])])
        return targets

    def draw(self, source, paths, each, seed):
        """A folder with EACH mails per category; the same seed draws the same."""
        categories, target, chance = {}, self.folder(), random.Random(seed)
        for path in paths:
            categories.setdefault(path.split('/')[0], []).append(path)
        for category in sorted(categories):
            own = categories[category]
            for i in sorted(chance.sample(range(len(own)), min(each, len(own)))):
                self.mail(Path(source), own[i], target)
        return target


class Bench:
    def __init__(self, options, work):
        self.options, self.work = options, work
        self.errors = options.max_error.split(',')
        self.sets = Sets(work)

    def paths(self, folder):
        """Of all mail, in order of arrival."""
        texts = self.work / 'paths.jsonl'
        measured([self.options.erms, 'eval', '--json', '--texts', texts, folder])
        return [json.loads(line)['path'] for line in open(texts)]

    def erms(self, train, test, errors, runs, texts):
        """Leaves what erms read in TEXTS."""
        times, row, peaks = [], {'name': 'erms', 'settings': '', 'at': {}}, []
        predictions = self.work / 'predictions.tsv'
        for i, error in enumerate(errors or ['0.01']):
            for _ in range(runs if i == 0 else 1):
                out, peak = measured([self.options.erms, 'eval', '--json', '--max-error', error, '--texts', texts,
                                      '--predictions', predictions, train, test])
                times.append(json.loads(out))
            # The memory that writing the texts takes is the benchmark's: once more, without.
            peaks.append(measured([self.options.erms, 'eval', '--max-error', error, train, test])[1])
            result, rows = times[-1], [line.split('\t') for line in predictions.read_text().splitlines()]
            self.truths = [None if r[1] == OUT_OF_SCOPE else r[1] for r in rows]
            guesses = [(r[2], float(r[3])) for r in rows]
            row['at'][error] = answers(self.truths, guesses, [r[4] == 'answer' for r in rows], error)
            row['at'][error] |= {key: result[key] for key in ('coverage', 'realised_error', 'oos_answered')}
        row |= {key: result[key] for key in ('accuracy', 'macro_f1', 'oos_auroc', 'model_bytes')}
        row |= {key: statistics.median(t[key] for t in times) for key in ('train_seconds', 'classify_seconds')}
        return row | {'mails_per_second': len(rows) / row['classify_seconds'], 'peak_mb': max(peaks)}

    def peer(self, name, errors, runs, texts):
        command = ['/usr/bin/python3', HERE / 'peers.py', name]
        tuned = json.loads(measured(command + ['tune', texts, ','.join(errors)])[0])
        fit, classify, peaks = [], [], []
        for _ in range(runs):
            out, peak = measured(command + ['run', texts, tuned['settings'], tuned['temperature']])
            result = json.loads(out)
            fit.append(result['fit_seconds'])
            classify.append(result['classify_seconds'])
            peaks.append(result['peak_mb'] or peak)
        guesses = result['guesses']
        row = {'name': name, 'settings': tuned['settings'], 'at': {}, **figures(self.truths, guesses)}
        for error, threshold in tuned['thresholds'].items():
            told = [threshold is not None and p >= threshold for _, p in guesses]
            row['at'][error] = answers(self.truths, guesses, told, error)
        row |= {'train_seconds': statistics.median(fit), 'classify_seconds': statistics.median(classify)}
        return row | {'mails_per_second': len(guesses) / row['classify_seconds'], 'peak_mb': max(peaks),
                      'model_bytes': None}

    def rows(self, train, test, errors, runs, names):
        """One row after the other, as soon as it is known."""
        texts = self.work / 'texts.jsonl'
        yield self.erms(train, test, errors, runs, texts)
        for name in names:
            yield self.peer(name, errors, runs, texts)


def available(names):
    """Those of the peers that are installed."""
    sklearn = subprocess.run(['/usr/bin/python3', '-c', 'import sklearn'], stderr=subprocess.DEVNULL).returncode == 0
    there = {'svc': sklearn, 'cnb': sklearn, 'fasttext': shutil.which('fasttext') is not None}
    for package in sorted({WANTED[name] for name in names if not there[name]}):
        print(f'classifier.py: goes on without {package}: '
              f'apt-get install -y --no-install-recommends {package}', file=sys.stderr)
    return [name for name in names if there[name]]


def ratio(a, b):
    return f'{a / b:.2f}x' if b else '-'


def table(rows, errors, strange):
    """Yields the lines of the table, each as soon as its row is known."""
    titles = ['        ', 'accuracy', '    F1']
    for percent in [f'@{float(error) * 100:g}%' for error in errors]:
        titles += ['answer' + percent, ' wrong', '  best']
        titles += ['o.o.s.', 'wrong+'] if strange else []
    titles += (['AUROC'] if strange else []) + ['  fit s', 'mails/s', 'peak MB', 'model MB', '|', 'accuracy']
    titles += [f'answer@{float(error) * 100:g}%' for error in errors] + ['   fit', 'mails/s']

    def line(cells):
        return ' '.join(cell.rjust(len(title)) for cell, title in zip(cells, titles))
    yield line(titles) + '   (right of |: erms against this peer)'
    erms = None
    for row in rows:
        cells = [row['name'], f'{row["accuracy"] * 100:.2f}', f'{row["macro_f1"] * 100:.2f}']
        for at in row['at'].values():
            cells += [f'{at["in_scope_answered"]:.3f}', f'{at["in_scope_error"] * 100:.2f}%',
                      f'{at["best_coverage"]:.3f}']
            cells += [f'{at["oos_answered"] * 100:.1f}%', f'{at["realised_error"] * 100:.2f}%'] if strange else []
        cells += [f'{row["oos_auroc"]:.4f}'] if strange else []
        cells += [f'{row["train_seconds"]:.2f}', f'{row["mails_per_second"]:.0f}', f'{row["peak_mb"]:.0f}',
                  f'{row["model_bytes"] / 1e6:.1f}' if row['model_bytes'] else '', '|']
        if not erms:
            erms = row
        else:
            cells += [f'{(erms["accuracy"] - row["accuracy"]) * 100:+.2f}']
            cells += [ratio(erms['at'][e]['in_scope_answered'], row['at'][e]['in_scope_answered']) for e in errors]
            cells += [ratio(row['train_seconds'], erms['train_seconds']),
                      ratio(erms['mails_per_second'], row['mails_per_second'])]
        yield line(cells) + (f'   {row["settings"]}' if row['settings'] else '')


def few(bench, each, train, test, names):
    """Accuracies of the draws by name."""
    paths, found = bench.paths(train), {}
    for seed in range(1, DRAWS + 1):
        drawn = bench.sets.draw(train, paths, each, seed)
        for row in bench.rows(drawn, test, [], 1, names):
            found.setdefault(row['name'], []).append(row['accuracy'])
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('train', metavar='TRAIN')
    parser.add_argument('test', metavar='TEST', nargs='?')
    parser.add_argument('--out-of-scope', metavar='DIR')
    parser.add_argument('--few', type=int, metavar='N')
    parser.add_argument('--runs', type=int, default=3)
    parser.add_argument('--max-error', default='0.01,0.02')
    parser.add_argument('--peers', default='svc,cnb,fasttext')
    parser.add_argument('--erms', default=str(ROOT / 'build-release/cmd/erms'))
    parser.add_argument('--json', action='store_true')
    options = parser.parse_args()
    options.erms = os.path.abspath(options.erms)
    names = [name for name in options.peers.split(',') if name]
    if set(names) - set(WANTED):
        parser.error(f'--peers: {", ".join(WANTED)}')
    if not os.access(options.erms, os.X_OK):
        parser.error(f'no {options.erms}: meson setup build-release --buildtype=release && ninja -C build-release')
    names = available(names)
    with tempfile.TemporaryDirectory(prefix='erms-bench-') as work:
        bench = Bench(options, Path(work))
        train, test = options.train, options.test
        if not test:
            train, test = bench.sets.divide(options.train, bench.paths(options.train), lambda i: i % 5 == 4)
        if options.out_of_scope:
            test = bench.sets.with_out_of_scope(test, options.out_of_scope)
        if options.few:
            found = few(bench, options.few, train, test, names)
            if options.json:
                print(json.dumps({'few': options.few, 'accuracy': found}))
                return
            print(f'{options.few} mails per category, accuracy, median of {DRAWS} draws (least, most)')
            for name, values in found.items():
                print(f'{name:9}{statistics.median(values) * 100:7.2f}   ({min(values) * 100:.2f}, '
                      f'{max(values) * 100:.2f})')
            return
        rows = bench.rows(train, test, bench.errors, options.runs, names)
        if options.json:
            print(json.dumps({'train': options.train, 'test': options.test, 'out_of_scope': options.out_of_scope,
                              'rows': list(rows)}, indent=1))
            return
        print(f'learned from {options.train}, tested with {options.test or "every fifth mail"}, {options.runs} runs')
        strange = (Path(test) / OUT_OF_SCOPE).exists()
        for line in table(rows, bench.errors, strange):
            print(line, flush=True)


if __name__ == '__main__':
    main()
