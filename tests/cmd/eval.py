#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""erms eval: the contract that other people's scripts rely on. It needs no home."""
import sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *

KEYS = {'categories', 'train_messages', 'test_messages', 'accuracy', 'macro_f1', 'ece', 'coverage',
        'realised_error', 'oos_auroc', 'oos_answered', 'read_seconds', 'train_seconds', 'classify_seconds',
        'model_bytes'}
ORDER = ['where is my order', 'has the parcel been shipped', 'status of my order please',
         'tracking number of the shipment', 'my order has not arrived']
STRANGE = ['zebras eat purple umbrellas', 'my piano is out of tune', 'the moon is made of cheese']


NAMES = ['Anna', 'Bert', 'Clara', 'Doris', 'Emil', 'Frida', 'Georg', 'Hanna', 'Ida', 'Jonas']


class Eval(ErmsTest):
    def setUp(self):
        self.dir = self.home = Path(tempfile.mkdtemp(dir=self.root))

    def eval(self, *args, **options):
        return self.erms('eval', *map(str, args), home=None, **options)

    def measure(self, *args):
        return json.loads(self.eval(*args, '--json'))

    def archive(self, name, each, **strange):
        for category, texts in {'password': PASSWORD, 'hours': HOURS, **strange}.items():
            folder = self.dir / name / category
            folder.mkdir(parents=True)
            for i in range(each):
                # the names make each mail another one: copies would prove nothing
                text = f'{texts[i % len(texts)]} Greetings, {NAMES[i % 10]} {NAMES[i // 10 % 10]}'
                (folder / f'{i:03}.eml').write_bytes(mail(f'{name}{i}@{category}.example', text, f'{text} {i}'))
        return self.dir / name

    def test_train_and_test(self):
        result = self.measure(self.archive('train', 50), self.archive('test', 10), '--max-error', '0.05')
        self.assertEqual(set(result), KEYS)
        self.assertEqual((result['categories'], result['train_messages'], result['test_messages']), (2, 100, 20))
        self.assertEqual((result['accuracy'], result['macro_f1'], result['realised_error']), (1, 1, 0))
        self.assertGreater(result['coverage'], 0)
        self.assertLess(result['ece'], 0.2)
        self.assertEqual((result['oos_auroc'], result['oos_answered']), (None, None))
        self.assertGreater(result['model_bytes'], 0)
        self.assertGreaterEqual(result['train_seconds'], 0)

    def test_cross_validation(self):
        result = self.measure(self.archive('train', 50), '--max-error', '0.05')
        self.assertEqual((result['train_messages'], result['test_messages']), (100, 100))
        self.assertEqual(result['accuracy'], 1)

    def test_out_of_scope(self):
        train = self.archive('train', 60, order=ORDER)
        test = self.archive('test', 9, **{'out-of-scope': STRANGE})
        predictions = self.dir / 'predictions.tsv'
        result = self.measure(train, test, '--max-error', '0.05', '--predictions', predictions)
        self.assertEqual((result['categories'], result['test_messages'], result['accuracy']), (3, 27, 1))
        self.assertGreater(result['oos_auroc'], 0.9)
        self.assertEqual(result['oos_answered'], 0)

        rows = [line.split('\t') for line in predictions.read_text().splitlines()]
        self.assertEqual(len(rows), 27)
        self.assertEqual({tuple(map(bool, row)) for row in rows}, {(True,) * 5})
        answered = sum(row[4] == 'answer' for row in rows)
        self.assertEqual({row[4] for row in rows} | {'answer', 'abstain'}, {'answer', 'abstain'})
        self.assertAlmostEqual(answered / 27, result['coverage'])
        self.assertEqual(sorted({row[1] for row in rows}), ['hours', 'out-of-scope', 'password'])
        self.assertEqual(rows[0][0], 'hours/000.eml')
        for row in rows:
            self.assertRegex(row[3], r'^[01]\.[0-9]{6}$')

    def test_texts(self):
        train, test = self.archive('train', 3), self.archive('test', 1, **{'out-of-scope': STRANGE})
        body = mail('a@b.example', 'Wo ist\tmein Päckchen?', 'Seit Tagen "warte" ich auf das Päckchen.\n\nAnna')
        (test / 'hours/000.eml').write_bytes(body)
        texts = self.dir / 'texts.jsonl'
        self.eval(train, test, '--texts', texts)
        self.assertEqual(texts.stat().st_mode & 0o777, 0o600)
        rows = [json.loads(line) for line in texts.read_text(encoding='utf-8').splitlines()]
        self.assertEqual([(row['set'], row['path'], row['category']) for row in rows],
                         [('train', f'{c}/{i:03}.eml', c) for c in ('hours', 'password') for i in range(3)]
                         + [('test', 'hours/000.eml', 'hours'), ('test', 'out-of-scope/000.eml', None),
                            ('test', 'password/000.eml', 'password')])
        self.assertEqual({tuple(row) for row in rows}, {('set', 'path', 'category', 'subject', 'text', 'language')})
        self.assertIn('mein Päckchen?', rows[6]['subject'])
        self.assertIn('Seit Tagen "warte" ich auf das Päckchen.', rows[6]['text'])
        self.assertEqual(rows[6]['language'], 'de')

        self.eval(self.archive('lone', 3), '--texts', texts)  # cross-validated: all are for learning
        self.assertEqual([json.loads(line)['set'] for line in texts.read_text().splitlines()], ['train'] * 6)

    def test_plain(self):
        out = self.eval(self.archive('train', 20))
        self.assertIn('2 categories, 40 messages to learn from, 40 to test', out)
        self.assertRegex(out, r'accuracy +100\.00 %')

    def test_repeatable(self):
        train = self.archive('train', 20)
        runs = [self.measure(train) for _ in range(2)]
        for run in runs:
            for key in [key for key in run if key.endswith('_seconds')]:
                del run[key]
        self.assertEqual(*runs)

    def test_errors(self):
        train = self.archive('train', 5)
        self.eval(expect=USAGE)
        self.eval(train, train, train, expect=USAGE)
        for share in ('0', '1', '-1', 'nan', 'x'):
            self.eval(train, '--max-error', share, expect=USAGE)
        self.eval(self.dir / 'nowhere', expect=BAD_DATA)
        self.assertIn('nowhere', self.last.stderr)
        self.eval(train, self.dir / 'nowhere', expect=BAD_DATA)
        (self.dir / 'one/password').mkdir(parents=True)
        (self.dir / 'one/password/1.eml').write_bytes(mail('a@b.example', 'x', 'y'))
        self.eval(self.dir / 'one', expect=BAD_DATA)
        self.assertTrue(self.last.stderr.strip())
        self.eval(train, '--predictions', self.dir / 'nowhere/file', expect=FAILED)
        self.assertIn('nowhere/file', self.last.stderr)
        self.eval(train, '--texts', self.dir / 'nowhere/texts', expect=FAILED)
        self.assertIn('nowhere/texts', self.last.stderr)


if __name__ == '__main__':
    unittest.main()
