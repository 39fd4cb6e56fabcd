#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a data scientist would build instead of erms: the peers that classifier.py compares with. One
process per step, so that time and memory are the peer's own; one thread. JSON on stdout.

    peers.py svc|cnb|fasttext tune TEXTS MAX_ERROR[,MAX_ERROR …]
    peers.py svc|cnb|fasttext run TEXTS SETTINGS TEMPERATURE

TEXTS is what `erms eval --texts` writes. `tune` looks at the training mail alone, cross-validates and
finds settings, temperature and thresholds; `run` fits on all training mail and classifies the test mail.
"""
import os

for name in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'):
    os.environ[name] = '1'
import json, math, random, re, subprocess, sys, tempfile, time, warnings
from pathlib import Path

FOLDS = 5


class Sklearn:
    """TF-IDF and a linear classifier; its scores become probabilities by a softmax with a temperature.
    (Platt scaling per category, and the plain values, gave the SVM less coverage.)"""
    ALL_FOLDS_BELOW = 4000  # settings of larger sets are chosen on one fold: that is enough mail

    def fit(self, texts, labels, settings):
        warnings.filterwarnings('ignore')
        self.vectorizer, self.classifier = self.make(settings)
        self.classifier.fit(self.vectorizer.fit_transform(texts), labels)
        self.classes = list(self.classifier.classes_)

    def scores(self, texts):
        """One row of scores per text, in the order of `classes`."""
        import numpy as np
        scores = self.decide(self.vectorizer.transform(texts))
        return scores if scores.ndim > 1 else np.stack([-scores, scores], axis=1)

    def guesses(self, scores, temperature):
        """(category, probability) for each row of scores."""
        import numpy as np
        scaled = (scores - scores.max(axis=1, keepdims=True)) * temperature
        probability = 1 / np.exp(scaled).sum(axis=1)  # of the best, whose numerator is 1
        return [(self.classes[c], float(p)) for c, p in zip(scores.argmax(axis=1), probability)]

    @staticmethod
    def temperature(held_out):
        """The one with the least log-loss; HELD_OUT: (classes, scores, labels) of each fold."""
        import numpy as np
        from scipy.optimize import minimize_scalar
        folds = []
        for classes, scores, labels in held_out:
            rows = [i for i, label in enumerate(labels) if label in classes]
            folds.append((scores[rows], [classes.index(labels[i]) for i in rows]))

        def loss(log_t):
            total = 0
            for scores, truth in folds:
                scaled = (scores - scores.max(axis=1, keepdims=True)) * math.exp(log_t)
                total += (np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(truth)), truth]).sum()
            return total
        return math.exp(minimize_scalar(loss, bounds=(-5, 7), method='bounded').x)


class Svc(Sklearn):
    SETTINGS = ['words min_df=1', 'words min_df=2']

    def make(self, settings):
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.pipeline import FeatureUnion
        from sklearn.svm import LinearSVC
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=int(settings[-1]))
        grams = TfidfVectorizer(analyzer='char_wb', ngram_range=(3, 5), sublinear_tf=True, min_df=2)
        return FeatureUnion([('words', words), ('grams', grams)]), LinearSVC(C=1)

    def decide(self, rows):
        return self.classifier.decision_function(rows)


class Cnb(Sklearn):
    SETTINGS = ['words 1-1 alpha=0.3', 'words 1-1 alpha=1', 'words 1-2 alpha=0.3', 'words 1-2 alpha=1']

    def make(self, settings):
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.naive_bayes import ComplementNB
        _, grams, alpha = settings.split()
        return (TfidfVectorizer(ngram_range=(1, int(grams[-1])), sublinear_tf=True),
                ComplementNB(alpha=float(alpha.split('=')[1])))

    def decide(self, rows):
        return self.classifier.predict_joint_log_proba(rows)


class FastText:
    """The command. Its fit time includes reading the text and writing the model, which is how it is used;
    the time to load the model again is taken off when it classifies."""
    COMMON = ['-wordNgrams', '2', '-dim', '50', '-bucket', '500000', '-thread', '1', '-verbose', '0']
    SETTINGS = ['lr=0.5 epoch=50 minn=4 maxn=4', 'lr=1 epoch=100 minn=4 maxn=4', 'lr=2 epoch=200 minn=4 maxn=4']
    LONG = ['lr=0.5 epoch=25', 'lr=1 epoch=50']  # for sets of over a million words
    ALL_FOLDS_BELOW = 500

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix='erms-fasttext-')
        self.file = Path(self.folder.name) / 'text'
        self.model = Path(self.folder.name) / 'model'
        self.peak = 0

    @staticmethod
    def line(text):
        """As fastText's tutorial prepares it: lower case, punctuation apart, one line."""
        return ' '.join(re.findall(r'\w+|[^\w\s]', text.lower()))

    def command(self, *args):
        start = time.perf_counter()
        process = subprocess.Popen(['fasttext', *map(str, args)], stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True)
        out = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        if status:
            sys.exit(f'fasttext {args}: status {status}')
        self.peak = max(self.peak, usage.ru_maxrss / 1024)
        return out, time.perf_counter() - start

    def fit(self, texts, labels, settings):
        self.classes = sorted(set(labels))
        lines = [f'__label__{self.classes.index(label)} {self.line(text)}\n' for text, label in zip(texts, labels)]
        random.Random(1).shuffle(lines)  # it learns in the order of the file: sorted ones would ruin it
        self.file.write_text(''.join(lines))
        options = [word for pair in settings.split() for word in ('-' + pair.replace('=', ' ')).split()]
        _, self.fit_seconds = self.command('supervised', '-input', self.file, '-output', self.model,
                                           *self.COMMON, *options)

    def predict(self, texts):
        self.file.write_text(''.join(self.line(text) + '\n' for text in texts))
        return self.command('predict-prob', f'{self.model}.bin', self.file, 1)

    def scores(self, texts):
        _, load = self.predict([])
        out, seconds = self.predict(texts)
        self.classify_seconds = max(seconds - load, 1e-6)
        return out.splitlines()

    def guesses(self, lines, _):
        pairs = [line.split() for line in lines]
        return [(self.classes[int(p[0][9:])], min(float(p[1]), 1)) if p else (None, 0) for p in pairs]

    @staticmethod
    def temperature(_):
        return 1


PEERS = {'svc': Svc, 'cnb': Cnb, 'fasttext': FastText}


def promised(errors, n, max_error):
    """Whether the exact one-sided 95 % Clopper-Pearson bound of ERRORS among N is at most MAX_ERROR: so
    few errors would be no more likely than 5 % if the error were larger."""
    if errors >= n * max_error:
        return False
    logs = (math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
            + k * math.log(max_error) + (n - k) * math.log1p(-max_error) for k in range(errors + 1))
    return sum(map(math.exp, logs)) <= 0.05


def threshold(pairs, max_error):
    """The lowest threshold whose bound holds, of (probability, right) of held-out mail; None: no such.
    Looks at every threshold and takes the best that passes, as one naively does: no correction for
    having looked so often, and mail in random order, whatever the drift."""
    pairs, errors, found = sorted(pairs, reverse=True), 0, None
    for i, (probability, right) in enumerate(pairs):
        errors += not right
        last_of_equals = i + 1 == len(pairs) or pairs[i + 1][0] < probability
        if last_of_equals and promised(errors, i + 1, max_error):
            found = probability
    return found


def read(path):
    """(texts, categories) of training mail, texts of test mail."""
    train, test = ([], []), []
    with open(path) as lines:
        for line in lines:
            mail = json.loads(line)
            text = mail['subject'] + '\n' + mail['text']
            if mail['set'] == 'test':
                test.append(text)
            else:
                train[0].append(text)
                train[1].append(mail['category'])
    return train, test


def stratified(categories):
    """The fold of each mail: categories evenly over the folds, mails in random order."""
    order = list(range(len(categories)))
    random.Random(1).shuffle(order)
    order.sort(key=lambda i: categories[i] or '')
    folds = [0] * len(order)
    for k, i in enumerate(order):
        folds[i] = k % FOLDS
    return folds


def held_out(peer, settings, texts, categories, folds, wanted):
    """For each wanted fold (its mails, classes, scores), learned from the others. Mail of no category is
    not learned from; it is guessed, and whatever is guessed is wrong."""
    for fold in wanted:
        learn = [i for i, f in enumerate(folds) if f != fold and categories[i]]
        mails = [i for i, f in enumerate(folds) if f == fold]
        peer.fit([texts[i] for i in learn], [categories[i] for i in learn], settings)
        yield mails, peer.classes, peer.scores([texts[i] for i in mails])


def tune(peer, train, max_errors):
    texts, categories = train
    folds = stratified(categories)
    choice = peer.SETTINGS
    if isinstance(peer, FastText) and sum(text.count(' ') for text in texts) > 1e6:
        choice = peer.LONG
    tried = range(FOLDS if len(texts) < peer.ALL_FOLDS_BELOW else 1)
    best = None
    for settings in choice:
        results, right = [], 0
        for mails, classes, scores in held_out(peer, settings, texts, categories, folds, tried):
            results.append((mails, classes, scores))
            guesses = peer.guesses(scores, 1)
            right += sum(g[0] == categories[i] for g, i in zip(guesses, mails))
        if best is None or right > best[0]:
            best = right, settings, results
    _, settings, results = best
    if max_errors:
        results += held_out(peer, settings, texts, categories, folds, range(len(tried), FOLDS))
    temperature = peer.temperature([(c, s, [categories[i] for i in m]) for m, c, s in results])
    pairs = []
    for mails, peer.classes, scores in results:
        pairs += [(p, g == categories[i]) for (g, p), i in zip(peer.guesses(scores, temperature), mails)]
    return {'settings': settings, 'temperature': temperature,
            'thresholds': {e: threshold(pairs, float(e)) for e in max_errors}}


def run(peer, train, test, settings, temperature):
    learn = [i for i, category in enumerate(train[1]) if category]
    texts, labels = [train[0][i] for i in learn], [train[1][i] for i in learn]
    start = time.perf_counter()
    peer.fit(texts, labels, settings)
    middle = time.perf_counter()
    scores = peer.scores(test)
    guesses = peer.guesses(scores, temperature)
    end = time.perf_counter()
    return {'fit_seconds': getattr(peer, 'fit_seconds', middle - start),
            'classify_seconds': getattr(peer, 'classify_seconds', end - middle),
            'peak_mb': getattr(peer, 'peak', None), 'guesses': guesses}


def main():
    name, step, texts, *rest = sys.argv[1:]
    peer = PEERS[name]()
    train, test = read(texts)
    if step == 'tune':
        result = tune(peer, train, [e for e in rest[0].split(',') if e])
    else:
        result = run(peer, train, test, rest[0], float(rest[1]))
    json.dump(result, sys.stdout)


if __name__ == '__main__':
    main()
