#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""erms label TICKET --none, and mail imported as out of scope: mail that belongs to no category."""
import sqlite3, sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *
from learn import Offline, ONE, TWO


class None_(ErmsTest):
    def test_waits_in_the_default_queue_without_suggestions(self):
        self.configure(sending='off', extra='[category returns]\nqueue = returns')
        self.deliver(mail('kim@customer.example', 'Hours', 'Are you open on sunday?'))
        self.erms('run')
        before = self.ticket()
        self.assertEqual((before['queue'], before['category'], before['label']), ('front-desk', 'hours', None))
        self.assertIn('draft', [r['state'] for r in before['replies']])
        self.assertEqual(list(self.folders()), ['Queues/front-desk'])
        self.assertIn('ticket 1 belongs to none of the categories', self.erms('label', '1', '--none'))
        after = self.ticket()
        self.assertEqual((after['queue'], after['category'], after['state']), ('general', None, 'open'))
        self.assertIsNone(after['label']['category'])
        self.assertTrue(after['label']['who'])
        self.assertEqual({r['state'] for r in after['replies']}, {'dropped'})
        self.assertEqual(after['history'][-1]['detail'], 'hours → none of the categories')
        self.assertRegex(self.erms('ticket', 'show', '1'), r'(?m)^label +none of the categories, said ')
        self.erms('ticket', 'reply', '1', expect=None)
        self.assertNotEqual(self.last.returncode, DONE)
        self.erms('run')
        self.assertEqual(list(self.folders()), ['Queues/general'])
        # And back.
        self.erms('label', '1', 'hours')
        again = self.ticket()
        self.assertEqual((again['queue'], again['category'], again['label']['category']), ('front-desk', 'hours', 'hours'))
        self.assertEqual([r['template'] for r in again['replies'] if r['state'] == 'draft'], ['hours/open.en'])
        self.assertRegex(self.erms('ticket', 'show', '1'), r'(?m)^label +hours, said ')

    def test_suggestions_of_every_mail(self):
        self.configure(sending='off')
        first = mail('kim@customer.example', 'Hours', 'Are you open on sunday?')
        self.deliver(first)
        self.erms('run')
        self.deliver(mail('kim@customer.example', 'Re: Hours', 'And what are the opening hours on saturday?',
                          In_Reply_To=parse(first)['Message-ID']))
        self.erms('run')
        self.assertEqual([r['state'] for r in self.ticket()['replies']].count('draft'), 2)
        self.erms('label', '1', '--none')
        self.assertEqual({r['state'] for r in self.ticket()['replies']}, {'dropped'})

    def test_stops_the_waiting_answer(self):
        self.smtp.stop()
        self.deliver(question('kim@customer.example'))
        self.erms('run', expect=None)
        self.erms('label', '1', '--none')
        self.erms('run', expect=None)
        self.assertEqual((self.ticket()['state'], self.ticket()['queue']), ('open', 'general'))
        self.assertEqual({r['state'] for r in self.ticket()['replies']}, {'dropped'})

    def test_is_learned(self):
        self.configure(sending='off')
        self.deliver(*(mail(f'{i}@customer.example', 'Zebras', f'Are your zebras open on sunday? {"qrstuv"[i] * 4}')
                       for i in range(6)))
        self.erms('run')
        for i in range(6):
            self.erms('label', str(i + 1), '--none')
        self.erms('import', self.more())  # a class learns only once: then there is nothing else
        self.assertRegex(self.erms('train', expect=None), r'\b6 of them of no category, 2 categories\b')
        with sqlite3.connect(self.home / 'erms.db') as db:
            self.assertEqual(db.execute('SELECT none FROM training ORDER BY id DESC').fetchone(), (6,))

    def more(self):
        for name, texts in (('password', PASSWORD), ('hours', HOURS)):
            (self.dir / 'more' / name).mkdir(parents=True)
            for i, text in enumerate(texts):
                (self.dir / 'more' / name / f'{i}.eml').write_bytes(mail('x@y.example', text, text))
        return str(self.dir / 'more')

    def test_usage(self):
        self.deliver(riddle('kim@customer.example'))
        self.erms('run')
        for how in (['1'], ['1', 'hours', '--none'], ['--none'], ['1', 'hours', 'password'], []):
            self.erms('label', *how, expect=USAGE)
        self.erms('label', '1', 'out-of-scope', expect=USAGE)
        self.assertIn('--none', self.last.stderr)
        self.erms('label', '7', '--none', expect=FAILED)
        self.erms('label', '1', 'hour', expect=USAGE)
        self.assertIn('hour is no category, did you mean hours?', self.last.stderr)
        self.assertIn('the categories: hours, password; --none', self.last.stderr)
        self.assertIsNone(self.ticket()['label'])

    def test_said_again(self):
        self.configure(sending='off')
        self.deliver(mail('kim@customer.example', 'Hours', 'Are you open on sunday?'))
        self.erms('run')
        name = f'[#{self.ticket()["token"]}]'
        for how, said in (('password', 'password'), ('--none', 'none of the categories'), ('password', 'password')):
            self.erms('label', name, how)
            before, labels = self.ticket(), self.labels()
            self.assertRegex(self.erms('label', name, how), f'^ticket 1 is already labelled {said}; the model says ')
            self.assertEqual((self.ticket(), self.labels()), (before, labels))
        self.assertEqual(len(self.labels()), 3)

    def test_the_model_cannot_be_opened(self):
        self.deliver(riddle('kim@customer.example'))
        self.erms('run')
        (self.home / 'model/current.model').write_bytes(b'no model')
        self.erms('classify', '-', input=riddle('x@y.example').decode(), expect=BAD_DATA)
        self.assertRegex(self.last.stderr, r'current\.model.*; erms train makes a new one$')
        (self.home / 'model/previous.model').write_bytes(b'')
        self.assertIn('the model could not be opened', self.erms('label', '1', 'hours'))
        self.assertRegex(self.last.stderr, 'erms train makes a new one, erms train --rollback brings the former one back')
        self.assertEqual(self.ticket()['label']['category'], 'hours')

    def labels(self):
        with sqlite3.connect(self.home / 'erms.db') as db:
            return db.execute("SELECT category FROM label WHERE source = 'command'").fetchall()


class OutOfScope(Offline):
    trained = False

    def labels(self):
        return self.query('SELECT subject, category FROM message, label WHERE label.message_id = message.id '
                          'ORDER BY label.id')

    def test_import(self):
        where = self.archive({'password/1.eml': ONE, 'out-of-scope/2.eml': TWO})
        self.assertIn('2 messages learned, 0 relabelled, 0 known already', self.erms('import', where))
        self.assertEqual(self.labels(), [('Two', None), ('One', 'password')])
        self.assertIn('0 messages learned, 0 relabelled, 2 known already', self.erms('import', where))
        self.assertIn('1 messages learned, 1 relabelled', self.erms('import', self.archive(
            {'hours/2.eml': TWO, 'hours/3.eml': mail('x@y.example', 'Three', 'open?')})))
        self.assertIn('0 messages learned, 1 relabelled', self.erms('import', self.archive({'out-of-scope/1.eml': ONE})))
        self.assertEqual(self.labels(), [('Two', None), ('One', 'password'), ('Two', 'hours'), ('Three', 'hours'),
                                         ('One', None)])


if __name__ == '__main__':
    unittest.main()
