#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""erms label corrects the live model: the next command uses it, a label taken back leaves no trace, and a
training makes it permanent."""
import re, sqlite3, sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *

STRAY = mail('kim@customer.example', 'Suitcase', 'The login link of my store account is locked, is the suitcase in the shop?')
REWORDED = mail('lee@customer.example', 'Suitcase', 'My store account is locked: login link of the suitcase?').decode()


class Correct(ErmsTest):
    def setUp(self):
        super().setUp()
        type(self).model = None  # every home is trained by itself: the training is on record
        shutil.rmtree(self.dir / 'archive', ignore_errors=True)

    def make_home(self, trained=True):
        type(self).model = None
        super().make_home(trained)

    def classify(self, text=REWORDED):
        result, = self.json('classify', '--explain', '-', input=text)
        return result

    def model_id(self):
        return re.search(r'model ([0-9a-f]{16}(?:\+\d+)?)', self.erms('check', expect=None))[1]

    def take(self, *mails):
        self.configure(sending='off')
        self.deliver(*mails)
        self.erms('run')

    def test_next_command_uses_it(self):
        self.take(STRAY)
        before, other = self.classify(), self.classify(question('x@customer.example').decode())
        self.assertEqual(before['category'], 'password')
        trained = self.model_id()
        said = self.erms('label', '1', 'hours')
        told = re.fullmatch(r'ticket 1 is hours; the model has learned it '
                            r'\(said password ([\d.]+), says hours ([\d.]+) now\)\n', said)
        self.assertTrue(told, said)
        after = self.classify()
        self.assertEqual(after['category'], 'hours')
        self.assertIn('suitcase', {word['word'].lower() for word in after['words'] if word['weight'] > 0})
        self.assertEqual(self.model_id(), f'{trained}+1')
        same = self.classify(STRAY.decode())
        self.assertEqual((same['category'], f'{same["probability"]:.2f}'), ('hours', told[2]))
        self.assertEqual(self.classify(question('x@customer.example').decode())['category'], other['category'])
        # The verdict on the next mail tells which model decided.
        self.deliver(REWORDED.encode())
        self.erms('run')
        verdict = self.ticket(2)['messages'][0]['verdict']
        self.assertEqual((verdict['category'], verdict['model']), ('hours', f'{trained}+1'))

    def test_taken_back(self):
        self.take(STRAY, question('lee@customer.example'))
        stray = self.ticket_of('kim@customer.example')['ticket']
        other = self.ticket_of('lee@customer.example')['ticket']
        file = (self.home / 'model/current.model').read_bytes()
        self.erms('label', str(other), 'hours')
        one, changed = self.model_id(), self.classify()
        self.erms('label', str(stray), 'hours')
        self.assertNotEqual(self.classify(), changed)
        self.erms('label', str(stray), '--none')
        self.erms('label', str(other), 'password')
        self.erms('label', str(stray), 'hours')
        self.erms('label', str(other), 'hours')
        two = self.classify()
        self.assertNotEqual(two, changed)
        # What training learned is relabelled and labelled back: exactly the trained model.
        self.erms('train')
        trained, before = self.model_id(), self.classify()
        self.assertNotIn('+', trained)
        self.assertNotEqual((self.home / 'model/current.model').read_bytes(), file)
        file = (self.home / 'model/current.model').read_bytes()
        self.erms('label', str(stray), 'password')
        self.assertEqual(self.model_id(), f'{trained}+1')
        self.assertNotEqual(self.classify(), before)
        self.erms('label', str(stray), 'hours')
        self.assertEqual((self.model_id(), self.classify()), (trained, before))
        self.assertEqual((self.home / 'model/current.model').read_bytes(), file)
        self.assertTrue(one.endswith('+1'))

    def test_training_makes_it_permanent(self):
        self.take(STRAY)
        self.erms('label', '1', 'hours')
        self.erms('train')
        self.assertNotIn('+', self.model_id())
        self.assertEqual(self.classify(STRAY.decode())['category'], 'hours')
        self.assertRegex(self.erms('label', '1', 'hours'), r'^ticket 1 is already labelled hours; the model says hours [\d.]+$')
        self.assertNotIn('+', self.model_id())

    def test_rollback(self):
        self.take(STRAY)
        trained, before = self.model_id(), self.classify()
        self.erms('label', '1', 'hours')
        self.erms('train')
        self.assertNotEqual(self.model_id(), trained)
        time.sleep(1.1)  # labels of the same second count as later ones
        self.erms('train', '--rollback')
        self.assertEqual((self.model_id(), self.classify()), (trained, before))
        self.erms('label', '1', 'password')
        self.erms('label', '1', 'hours')
        self.assertEqual(self.model_id(), f'{trained}+1')
        self.assertEqual(self.classify()['category'], 'hours')

    def test_none(self):
        self.take(STRAY)
        before, alike = self.classify(STRAY.decode()), self.classify()
        self.assertRegex(self.erms('label', '1', '--none'),
                         r'^ticket 1 belongs to none of the categories; the model is to take it for none of its '
                         r'categories \(surest: \w+ [\d.]+, (was password [\d.]+|as before)\)$')
        self.assertLess(self.classify(STRAY.decode())['probability'], before['probability'])
        self.assertLess(self.classify()['probability'], alike['probability'])

    def test_nothing_changed(self):
        self.take(STRAY)
        said = f'{self.classify(STRAY.decode())["category"]} {self.classify(STRAY.decode())["probability"]:.2f}'
        with sqlite3.connect(self.home / 'erms.db') as db:  # as if training had seen this label
            db.execute('UPDATE training SET last_label = 1000000')
        self.assertEqual(self.erms('label', '1', 'password'), f'ticket 1 is password; the model says {said} as before\n')

    def test_not_yet(self):
        self.answer('returns/how.en.md', 'title: Returns\nstate: draft\n---\nSend it.\n')
        self.take(STRAY)
        before = self.classify()
        self.assertIn('ticket 1 is returns; the model does not know this category yet, the next erms train',
                      self.erms('label', '1', 'returns'))
        self.assertEqual(self.classify(), before)
        model = (self.home / 'model/current.model')
        data = model.read_bytes()
        model.unlink()
        self.assertIn('there is no model yet', self.erms('label', '1', 'hours'))
        model.write_bytes(data)
        self.assertEqual(self.classify()['category'], 'hours')

    def test_too_many(self):
        folder = self.dir / 'more/hours'
        folder.mkdir(parents=True)
        for i in range(501):
            (folder / f'{i}.eml').write_bytes(mail(f'{i}@x.example', 'Hours', f'Open on sunday at {i}?'))
        self.erms('import', str(folder.parent))
        self.assertRegex(self.erms('check', expect=None),
                         'note  501 mails were labelled since the model was trained; it has learned only the newest 500')
        self.assertTrue(self.model_id().endswith('+500'))
        self.erms('train', expect=None)
        self.assertNotIn('labelled since', self.erms('check', expect=None))


if __name__ == '__main__':
    unittest.main()
