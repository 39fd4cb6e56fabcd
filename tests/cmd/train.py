#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""erms train around the model that is live: what takes its place, what does not, what comes back; and
what is learned when there is no labelled mail, and in which order it comes."""
import fcntl, sqlite3, sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *
from learn import Offline

RETURNS = ['how do I return the shoes', 'send the parcel back', 'return label for my shoes please',
           'the shoes do not fit, money back', 'exchange for another size']
ENDS = ['', 'Thank you!', 'Kind regards, Kim', 'Please answer soon.', 'Best wishes from the coast', 'Hello again.',
        'It is urgent.']


def some(category, texts, count, first=0):
    """{path: bytes} of `count` different mails of a category."""
    return {f'{category}/{i:03}.eml': mail(
        f'c{i}@{category}.example', texts[i % len(texts)],
        f'{texts[(i * 3 + 1) % len(texts)]}. {texts[(i * 7 + i // 5) % len(texts)]}. {ENDS[i % len(ENDS)]} {i}')
        for i in range(first, first + count)}


class Home(Offline):
    trained = False

    @property
    def live(self):
        return self.bytes('current')

    def bytes(self, name):
        path = self.home / f'model/{name}.model'
        return path.read_bytes() if path.exists() else None

    def teach(self, *files):
        merged = {}
        for part in files:
            merged |= part
        return self.erms('import', self.archive(merged))

    def states(self):
        return [state for state, in self.query('SELECT state FROM training ORDER BY id')]

    def first(self):
        """A live model of two categories, 40 mails each."""
        self.teach(some('password', PASSWORD, 40), some('hours', HOURS, 40))
        self.erms('train')
        return self.live

    def spoil(self):
        """All mail about passwords was of the other category, but for ten new ones."""
        self.teach({path.replace('password', 'hours'): raw for path, raw in some('password', PASSWORD, 40).items()})
        self.teach(some('password', PASSWORD, 10, first=40))


class Gate(Home):
    def test_worse_on_new_mail(self):
        good = self.first()
        self.spoil()
        self.erms('train', expect=FAILED)
        self.assertRegex(self.last.stderr, r'of 10 mails that were labelled since its training the live model guesses '
                                           r'10 right, the new one [0-3]\b.*--force takes the new one')
        self.assertIn('model ', self.last.stdout)
        self.assertEqual(self.live, good)
        self.assertIsNone(self.bytes('previous'))
        self.assertIsNotNone(self.bytes('candidate'))
        self.assertEqual((self.home / 'model/candidate.model').stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.states(), ['live', 'refused'])

    def test_worse_on_old_mail(self):
        good = self.first()
        self.teach(some('hours', PASSWORD, 80, first=100), some('password', HOURS, 80, first=100))
        self.erms('train', expect=FAILED)
        self.assertRegex(self.last.stderr, r'of 80 mails that both have learned from the new model guesses '
                                           r'\d\.\d % right when they are held out; the live one (9\d|100)\.\d %')
        self.assertEqual(self.live, good)

    def test_the_next_training_is_compared_again(self):
        """When the labels are mended the new model takes over, and the refused one is gone."""
        self.first()
        self.spoil()
        self.erms('train', expect=FAILED)
        self.teach(some('password', PASSWORD, 40))
        self.erms('train')
        self.assertIsNone(self.bytes('candidate'))
        self.assertEqual(self.states(), ['live', 'refused', 'live'])

    def test_better(self):
        old = self.first()
        before, = self.query('SELECT model FROM training')
        self.teach(some('password', PASSWORD, 20, first=40), some('hours', HOURS, 20, first=40))
        out = self.erms('train')
        self.assertIn(f'it takes the place of model {before[0]}', out)
        self.assertEqual(self.bytes('previous'), old)
        self.assertNotEqual(self.live, old)
        rows = self.query('SELECT state, replaced, last_label, messages, who FROM training ORDER BY id')
        self.assertEqual(rows, [('live', None, 80, 80, rows[0][4]), ('live', before[0], 120, 120, rows[0][4])])
        self.assertTrue(rows[0][4])

    def test_a_new_category_is_no_reason_to_refuse(self):
        """Its mail is much like that of another; all of the old one's is not as sure as before."""
        old = self.first()
        self.teach(some('blocked', PASSWORD, 20, first=200), some('returns', RETURNS, 20))
        self.erms('train')
        self.assertNotEqual(self.live, old)
        self.assertEqual(self.bytes('previous'), old)

    def test_another_max_error_is_no_reason_to_refuse(self):
        old = self.first()
        conf = (self.home / 'erms.conf').read_text()
        (self.home / 'erms.conf').write_text(conf.replace('max-error = 0.05', 'max-error = 0.0001'))
        out = self.erms('train')
        self.assertIn('every answer is a suggestion', out)
        self.assertNotEqual(self.live, old)

    def test_nothing_new(self):
        self.first()
        self.teach(some('returns', RETURNS, 20))
        self.erms('train')
        files = [self.bytes(name) for name in ('current', 'previous', 'candidate')]
        (self.home / 'model/candidate.model').write_bytes(b'left by a training that was interrupted')
        self.assertIn('it is the live model already', self.erms('train'))
        self.assertEqual([self.bytes(name) for name in ('current', 'previous', 'candidate')], files)
        self.assertEqual(self.states(), ['live', 'live', 'same'])

    def test_what_cannot_be_used_is_replaced(self):
        good = self.first()
        self.teach(some('returns', RETURNS, 20))
        self.erms('train')
        better = self.live
        for damaged in (better[:-9], b'', b'this is no model at all' * 100, b'\0' * len(better)):
            (self.home / 'model/current.model').write_bytes(damaged)
            out = self.erms('train')
            self.assertRegex(out, r'current\.model.*it was replaced')
            self.assertEqual(self.live, better)
            self.assertEqual(self.bytes('previous'), good)  # what is damaged is not kept instead of it
        (self.home / 'model/current.model').unlink()
        self.assertNotIn('replaced', self.erms('train'))
        self.assertEqual(self.live, better)

    def test_a_model_of_another_home(self):
        foreign = self.first()
        self.home = self.dir / 'other'
        self.make_home(trained=False)
        (self.home / 'model/current.model').write_bytes(foreign)
        self.teach(some('returns', RETURNS, 5), some('hours', HOURS, 5))
        self.assertRegex(self.erms('train'), r'model [0-9a-f]+, which it replaces, was not trained in this home')
        self.assertNotEqual(self.live, foreign)
        self.assertEqual(self.bytes('previous'), foreign)

    def test_one_at_a_time(self):
        good = self.first()
        with open(self.home / 'model/lock', 'a') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for how in ([], ['--force'], ['--rollback']):
                self.erms('train', *how, expect=TRY_LATER)
        self.assertEqual(self.live, good)


class Force(Home):
    def test_force(self):
        good = self.first()
        self.erms('train', '--force', expect=FAILED)
        self.assertIn('there is no refused model', self.last.stderr)
        self.spoil()
        self.erms('train', expect=FAILED)
        refused = self.bytes('candidate')
        self.teach(some('password', PASSWORD, 1, first=77))
        out = self.erms('train', '--force')
        self.assertIn('has not learned from the mail that was labelled since', out)
        self.assertEqual((self.live, self.bytes('previous'), self.bytes('candidate')), (refused, good, None))
        rows = self.query('SELECT model, state, replaced, last_label FROM training ORDER BY id')
        self.assertEqual(rows[2], (rows[1][0], 'forced', rows[0][0], rows[1][3]))
        self.erms('train', '--force', expect=FAILED)
        self.assertEqual(self.live, refused)
        self.erms('train', '--rollback')
        self.assertEqual(self.live, good)

    def test_not_what_nobody_judged(self):
        """A training that was interrupted may leave one."""
        good = self.first()
        (self.home / 'model/candidate.model').write_bytes(b'rubbish')
        self.erms('train', '--force', expect=BAD_DATA)
        self.home, first = self.dir / 'other', self.home
        self.make_home(trained=False)
        self.teach(some('returns', RETURNS, 5), some('hours', HOURS, 5))
        self.erms('train')
        (first / 'model/candidate.model').write_bytes(self.live)
        self.home = first
        self.erms('train', '--force', expect=FAILED)
        self.assertEqual(self.live, good)

    def test_usage(self):
        self.erms('train', '--force', '--rollback', expect=USAGE)
        self.erms('train', 'everything', expect=USAGE)


class Rollback(Home):
    def two(self):
        """Two models, the newer one live."""
        old = self.first()
        self.teach(some('returns', RETURNS, 20))
        self.erms('train')
        return old, self.live

    def test_back_and_forth(self):
        old, new = self.two()
        labels = self.query('SELECT * FROM label')
        question = mail('x@y.example', 'Shoes', 'The shoes do not fit, money back').decode()
        guesses = []
        for now, before in ((old, new), (new, old), (old, new)):
            out = self.erms('train', '--rollback')
            self.assertRegex(out, r'^model [0-9a-f]+ is live now; model [0-9a-f]+ is kept')
            self.assertEqual('labelled since its training' in out, now == old)
            self.assertEqual((self.live, self.bytes('previous')), (now, before))
            guess, = self.json('classify', '-', input=question)
            guesses.append(guess['category'])
        self.assertEqual(guesses[1], 'returns')
        self.assertNotIn('returns', (guesses[0], guesses[2]))
        self.assertEqual(self.query('SELECT * FROM label'), labels)
        rows = self.query('SELECT model, state, replaced, messages, last_label FROM training ORDER BY id')
        first, second = rows[0][0], rows[1][0]
        self.assertEqual(rows[2:], [(first, 'back', second, 80, 80), (second, 'back', first, 100, 100),
                                    (first, 'back', second, 80, 80)])

    def test_the_nightly_training_does_not_undo_it(self):
        old, new = self.two()
        self.assertIn('erms train does as soon as there is something new to learn', self.erms('train', '--rollback'))
        for _ in range(2):
            self.assertIn('took this model back', self.erms('train'))
            self.assertEqual((self.live, self.bytes('previous')), (old, new))
        self.teach(some('returns', RETURNS, 3, first=20))
        self.erms('train')
        self.assertNotIn(self.live, (old, new))
        self.assertEqual(self.bytes('previous'), old)
        self.teach(some('returns', RETURNS, 1, first=23))  # which the next training does learn
        self.assertRegex(self.erms('train', '--rollback'), 'labelled since its training: erms train does\n')

    def test_after_it_the_live_one_is_compared_by_what_it_knows(self):
        """Mail that only the model learned which was taken back is new to the one that came back."""
        self.first()
        self.teach(some('password', PASSWORD, 10, first=40))
        self.erms('train')
        self.erms('train', '--rollback')
        self.teach({path.replace('password', 'hours'): raw for path, raw in some('password', PASSWORD, 40).items()})
        self.erms('train', expect=FAILED)
        self.assertIn('of 10 mails that were labelled since', self.last.stderr)

    def test_there_is_none(self):
        good = self.first()
        self.erms('train', '--rollback', expect=FAILED)
        self.assertIn('there is no earlier model', self.last.stderr)
        (self.home / 'model/previous.model').write_bytes(good[:-1])
        self.erms('train', '--rollback', expect=BAD_DATA)
        self.assertIn('previous.model', self.last.stderr)
        self.assertEqual(self.live, good)
        self.assertEqual(self.states(), ['live'])

    def test_from_a_damaged_model(self):
        old, new = self.two()
        (self.home / 'model/current.model').write_bytes(new[:1000])
        out = self.erms('train', '--rollback')
        self.assertEqual((self.live, self.bytes('previous')), (old, None))  # nobody wants that one back
        self.assertRegex(out, r'is live now; the one before was dropped: .*current\.model')
        (self.home / 'model/current.model').unlink()
        (self.home / 'model/previous.model').write_bytes(new)
        self.erms('train', '--rollback')
        self.assertEqual((self.live, self.bytes('previous')), (new, None))

    def test_with_broken_settings(self):
        old, new = self.two()
        (self.home / 'erms.conf').write_text('[general]\nnonsense = 1\n')
        shutil.rmtree(self.home / 'kb')
        self.erms('train', '--rollback')
        self.assertEqual(self.live, old)


class Order(Home):
    def home_of(self, name, *imports):
        self.home = self.dir / name
        self.make_home(trained=False)
        for files in imports:
            self.teach(files)
        return self.erms('train').split()[1]

    def test_categories_in_any_order(self):
        parts = [some('password', PASSWORD, 30), some('hours', HOURS, 17), some('returns', RETURNS, 23),
                 some('out-of-scope', ['zebras eat umbrellas', 'purple rain falls upwards'], 9)]
        one = self.home_of('one', *parts)
        self.assertEqual(self.home_of('two', *reversed(parts)), one)
        self.assertEqual(self.home_of('three', parts[2] | parts[0], parts[3] | parts[1]), one)
        self.assertNotEqual(self.home_of('four', *parts[:3]), one)

    def test_corrected_and_back(self):
        """A, then B, then A again: the same as A."""
        parts = [some('password', PASSWORD, 30), some('hours', HOURS, 30)]
        one = self.home_of('one', *parts)
        wrong = {path.replace('password', 'hours'): raw for path, raw in some('password', PASSWORD, 5).items()}
        self.assertNotEqual(self.home_of('two', *parts, wrong), one)
        self.assertEqual(self.home_of('three', *parts, wrong, parts[0]), one)


class Cold(Home):
    QUESTIONS = {'password': 'I forgot my password, what now?', 'hours': 'What are your opening hours?'}

    def test_only_answers(self):
        out = self.erms('train')
        self.assertRegex(out, r'^model [0-9a-f]+: 0 messages, 2 categories, .*; 3 texts from kb/ as first examples')
        self.assertIn('no labelled mail yet', out)
        for category, text in self.QUESTIONS.items():
            result, = self.json('classify', '-', input=mail('kim@customer.example', 'Question', text).decode())
            self.assertEqual((result['category'], result['action'], result['reason']),
                             (category, 'suggest', 'no-threshold'))
            self.assertEqual(result['threshold'], 2)

    def test_the_starter_answers(self):
        """As after erms init: drafts in two languages; nothing is certain, much is guessed right."""
        self.home = self.dir / 'starter'
        self.erms('init', str(self.home), home=None)
        self.erms('train')
        right = 0
        for category, text in (('password', 'Ich habe mein Passwort vergessen.'), ('password', 'I need a new password'),
                               ('opening-hours', 'Wann haben Sie am Samstag geöffnet?'),
                               ('returns', 'How do I return the shoes I bought?'),
                               ('invoice', 'Bitte schicken Sie mir eine Kopie der Rechnung.'),
                               ('delivery', 'What does delivery to Austria cost?')):
            result, = self.json('classify', '-', input=mail('kim@customer.example', 'Frage', text).decode())
            self.assertGreater(result['threshold'], 1)
            right += result['category'] == category
        self.assertGreaterEqual(right, 5)

    def test_mails_beside_the_answers(self):
        self.answer('returns/how.en.md', 'title: T\nstate: draft\n---\nSee our page.\n')
        before = mail('kim@customer.example', 'Zebra', 'Zebras gallop homeward.').decode()
        self.erms('train')
        result, = self.json('classify', '-', input=before)
        self.assertNotEqual(result['category'], 'returns')
        tests = self.home / 'kb/returns/how.tests'
        tests.mkdir()
        (tests / '1.eml').write_bytes(mail('lee@customer.example', 'Zebra', 'Striped zebras gallop.'))
        self.assertIn('5 texts from kb/', self.erms('train'))
        result, = self.json('classify', '-', input=before)
        self.assertEqual(result['category'], 'returns')

    def test_enough_labelled_mail(self):
        self.teach(some('password', PASSWORD, 100), some('hours', HOURS, 99))
        self.assertIn('; 1 texts from kb/', self.erms('train'))


class Plain(Home):
    def test_of_no_category(self):
        self.teach(some('password', PASSWORD, 30), some('hours', HOURS, 30),
                   some('out-of-scope', ['zebras eat umbrellas', 'purple rain falls upwards'], 8))
        out = self.erms('train')
        self.assertRegex(out, r'^model [0-9a-f]+: 68 messages, 8 of them of no category, 2 categories, ')
        self.assertEqual(self.query('SELECT messages, none, categories FROM training'), [(68, 8, 2)])

    def test_which_error_can_be_proven(self):
        self.teach(some('password', PASSWORD, 40), some('hours', HOURS, 40))
        self.assertRegex(self.erms('train'), r'(?m)^80 labelled mails can carry an error of 5 %, not of 3 %$')
        conf = (self.home / 'erms.conf').read_text()
        (self.home / 'erms.conf').write_text(conf.replace('max-error = 0.05', 'max-error = 0.01'))
        self.assertRegex(self.erms('train'), r'80 labelled mails can carry an error of 5 %, not of 3 %; max-error is '
                                             r'1 %, so every answer is a suggestion: label more mail, or set max-error = 5 %')

    def test_too_few_for_any(self):
        self.teach(some('password', PASSWORD, 8), some('hours', HOURS, 8))
        self.assertIn('16 labelled mails can carry no error of 10 % or less yet: every answer is a suggestion',
                      self.erms('train'))


if __name__ == '__main__':
    unittest.main()
