#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""erms audit: what is put aside for review, and that a category whose promise breaks only suggests."""
import sqlite3, sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *


def hours(sender):
    return mail(sender, 'Opening hours', 'When are you open on saturday?')


class AuditTest(ErmsTest):
    def setUp(self):
        super().setUp()
        self.count = 0

    def ask(self, n=1, make=question, expect=DONE):
        """Mails of N new customers and a run; their tickets' numbers."""
        first = self.count + 1
        self.count += n
        self.deliver(*(make(f'c{i}@customer.example') for i in range(first, self.count + 1)))
        self.erms('run', expect=expect)
        return list(range(first, self.count + 1))

    def waiting(self):
        return [one['ticket'] for one in self.json('audit')['waiting']]

    def standing(self, category):
        found, = (one for one in self.json('audit')['categories'] if one['category'] == category)
        return found

    def reason(self, number):
        return self.ticket(number)['messages'][0]['verdict']['reason']

    def review(self, outcome, *numbers):
        for number in numbers:
            self.erms('audit', str(number), outcome)

    def history(self, number):
        return [event['what'] for event in self.ticket(number)['history']]


class Promise(AuditTest):
    def test_from_answer_to_fallback_and_back(self):
        self.assertIn('nothing waits for review', self.erms('audit'))
        tickets = self.ask(3)
        self.assertEqual(len(self.smtp.received()), 3)
        self.assertEqual(self.waiting(), tickets)
        first = self.json('audit')['waiting'][0]
        self.assertEqual((first['customer'], first['category'], first['template'], first['corrected']),
                         ('c1@customer.example', 'password', 'password/reset.en', None))
        self.assertTrue({'password', 'forgot', 'log'} & {word['word'].lower() for word in first['words']})
        self.assertRegex(self.erms('audit'), r'(?m)^1 .* c1@customer.example +Forgot password +password .*reset.en')

        self.assertIn('0 of 1 reviewed were wrong', self.erms('audit', '3', 'right'))
        self.assertEqual(self.waiting(), [1, 2])
        standing = self.standing('password')
        self.assertEqual([standing[key] for key in ('answers', 'waiting', 'reviewed', 'wrong', 'error', 'low',
                                                    'max_error', 'promise', 'why')],
                         [3, 2, 1, 0, 0, 0, 0.05, 'open', None])
        self.assertAlmostEqual(standing['high'], 0.975)
        out = self.erms('audit', '1', 'wrong')
        self.assertIn('1 of 2 reviewed were wrong', out)
        self.assertIn('ticket reply --again 1', out)
        self.assertNotIn('only suggests', out)
        self.assertNotIn('promise-broken', self.history(1))
        out = self.erms('audit', '2', 'wrong')
        self.assertIn('password only suggests for now: password: 2 of 3 reviewed answers were wrong, so with '
                      '95 % certainty over 13.5 % are; 5 % are allowed', out)
        self.assertEqual(self.history(2)[-2:], ['reviewed', 'promise-broken'])
        self.assertEqual(self.standing('password')['promise'], 'broken')

        # The next one only waits for an agent, with the answer as a suggestion; other categories go on.
        number, = self.ask()
        self.assertIn('the promise is broken, password only suggests', self.last.stderr)
        self.assertIn('erms audit --restore password', self.last.stderr)
        self.assertEqual(self.reason(number), 'promise-broken')
        ticket = self.ticket(number)
        self.assertIn('2 of 3 reviewed answers were wrong', ticket['why'])
        self.assertEqual([(reply['state'], reply['template']) for reply in ticket['replies']],
                         [('draft', 'password/reset.en')])
        other, = self.ask(make=hours)
        self.assertEqual(self.ticket(other)['state'], 'answered')
        self.assertEqual(len(self.smtp.received()), 4)
        self.assertEqual(self.json('classify', '-', input=question('x@y.example').decode())[0]['reason'],
                         'promise-broken')
        self.assertIn('WRONG the promise is broken, password only suggests', self.erms('check', expect=FAILED))
        self.assertIn('erms audit --restore password', self.erms('audit'))

        # An agent answers: nobody reviews agents.
        self.erms('ticket', 'reply', str(number))
        self.assertEqual(self.waiting(), [other])

        self.erms('audit', '--restore', 'hours', expect=FAILED)
        self.assertIn('hours: its promise is not broken', self.last.stderr)
        self.assertIn('password: counting begins anew\n', self.erms('audit', '--restore', 'password'))
        number, = self.ask()
        self.assertNotIn('promise', self.last.stderr)
        self.assertEqual(self.ticket(number)['state'], 'answered')
        standing = self.standing('password')
        self.assertEqual([standing[key] for key in ('answers', 'reviewed', 'wrong', 'promise')], [1, 0, 0, 'open'])
        self.assertGreater(standing['restored'], 0)
        self.assertTrue(standing['restored_by'])
        self.assertNotIn('WRONG', self.erms('check'))

    def test_operator_has_reacted(self):
        """What may only suggest by the settings is no news."""
        self.review('wrong', *self.ask(2))
        self.erms('run')
        self.assertIn('the promise is broken', self.last.stderr)
        conf = self.home / 'erms.conf'
        conf.write_text(conf.read_text().replace('[category password]\nmode = auto', '[category password]\nmode = suggest'))
        self.erms('run')
        self.assertEqual(self.last.stderr, '')
        self.erms('check')

    def test_restore_of_what_has_no_answers(self):
        self.review('wrong', *self.ask(1), *self.ask(1, make=hours))  # broken together
        for name, hint in (('nixx', ''), ('pasword', ', did you mean password?')):
            self.erms('audit', '--restore', name, expect=USAGE)
            self.assertIn(f'{name} is no category with automatic answers{hint}\n', self.last.stderr)
        with sqlite3.connect(self.home / 'erms.db') as db:
            self.assertEqual(db.execute('SELECT * FROM restore').fetchall(), [])

    def test_sent_before_it_was_restored(self):
        tickets = self.ask(4)
        self.review('wrong', *tickets[:2])
        self.assertIn('password: counting begins anew; 2 sent before that waited for review left the list',
                      self.erms('audit', '--restore', 'password'))
        self.assertEqual(self.waiting(), [])
        self.assertIn('was wrong; sent before password was restored: recorded, but it does not count\n',
                      self.erms('audit', str(tickets[2]), 'wrong'))
        self.assertIn('reviewed', self.history(tickets[2]))
        self.assertEqual(self.json('audit')['categories'], [])
        self.assertNotIn('restored', self.erms('audit', str(self.ask()[0]), 'wrong'))

    def test_agent_thinks_again(self):
        tickets = self.ask(2)
        self.review('wrong', *tickets)
        self.assertEqual(self.standing('password')['promise'], 'broken')
        self.review('right', tickets[0])
        self.assertEqual(self.standing('password')['promise'], 'open')

    def test_together(self):
        """Each category alone shows nothing, both together do; the one that is restored is out of it."""
        self.review('wrong', *self.ask(1))
        out = self.erms('audit', str(self.ask(1, make=hours)[0]), 'wrong')
        self.assertRegex(out, r'(?m)^all categories only suggest for now: all categories together: 2 of 2 .*: hours, password\)$')
        report = self.json('audit')
        self.assertEqual([one['promise'] for one in report['categories']], ['open', 'open'])
        self.assertEqual(report['together']['promise'], 'broken')
        for make in question, hours:
            number, = self.ask(make=make)
            self.assertIn('one by one: hours, password', self.last.stderr)
            self.assertIn('all categories together: 2 of 2', self.ticket(number)['why'])
        self.erms('audit', '--restore', 'password')
        # The other one needs it no more, and is told why.
        self.assertIn('hours: nothing is left to restore: its own promise is not broken, nor that of all '
                      'categories together (password was restored 2', self.erms('audit', '--restore', 'hours'))
        with sqlite3.connect(self.home / 'erms.db') as db:
            self.assertEqual(db.execute('SELECT category FROM restore').fetchall(), [('password',)])
        for make in question, hours:
            number, = self.ask(make=make)
            self.assertEqual(self.ticket(number)['state'], 'answered')

    def test_together_without_a_part_in_it(self):
        self.answer('returns/how.en.md', 'title: T\nstate: draft\n---\nSee our page.\n')
        one, two, three = *self.ask(2), *self.ask(1, make=hours)
        with sqlite3.connect(self.home / 'erms.db') as db:
            db.execute("UPDATE audit SET category = 'returns' WHERE id = 2")
        self.review('wrong', one, three)
        self.erms('audit', str(two), 'right')
        self.assertEqual(self.json('audit')['together']['promise'], 'broken')
        self.erms('audit', '--restore', 'returns', expect=FAILED)
        self.assertIn('returns has no part in the broken promise of all categories together: restore these, one by '
                      'one: hours, password', self.last.stderr)


class Draw(AuditTest):
    RARELY = 'audit-first = {}\naudit-share = 0.000001'

    def test_first_of_each_category(self):
        self.configure(general=self.RARELY.format(2))
        self.ask(4)
        self.ask(3, make=hours)
        self.assertEqual(self.waiting(), [1, 2, 5, 6])
        self.assertEqual(self.standing('password')['answers'], 4)

    def test_share(self):
        self.configure(general='audit-first = 1\naudit-share = 0.5')
        self.ask(30)
        drawn = self.waiting()
        self.assertEqual(drawn[0], 1)
        self.assertTrue(5 < len(drawn) < 26, drawn)

    def test_only_what_was_sent(self):
        """What waits, is withdrawn, or is refused is not put aside."""
        self.configure(smtp=1)
        self.ask(2, expect=UNREACHABLE)
        self.assertEqual(self.json('audit')['waiting'], [])
        self.configure(sending='off')
        self.erms('run')
        self.assertEqual(self.json('audit'), self.json('audit') | {'waiting': [], 'categories': []})
        self.configure()
        self.erms('run')
        self.assertEqual(self.json('audit')['categories'], [])
        self.erms('audit', '1', 'wrong', expect=FAILED)
        self.assertIn('ticket 1 has no automatic answer that was sent', self.last.stderr)

    def test_broken_while_it_waits(self):
        """An answer that was approved before does not leave."""
        answered = self.ask(2)
        self.configure(smtp=1)
        late, = self.ask(expect=UNREACHABLE)
        self.assertEqual(self.ticket(late)['replies'][0]['state'], 'approved')
        self.review('wrong', *answered)
        self.configure()
        self.erms('run')
        self.assertEqual(len(self.smtp.received()), 2)
        ticket = self.ticket(late)
        self.assertIn('the promise was broken while the answer waited', ticket['why'])
        self.assertEqual([reply['state'] for reply in ticket['replies']], ['dropped', 'draft'])
        self.assertEqual(self.folders()['Queues/general'], ['Forgot password'])


class Corrections(AuditTest):
    def labels(self):
        with sqlite3.connect(self.home / 'erms.db') as db:
            return db.execute("SELECT ticket_id, label.category FROM label JOIN message ON message.id = label.message_id "
                              "WHERE source = 'command' ORDER BY label.id").fetchall()

    def test_label_counts(self):
        """Drawn or not: as if all others were right."""
        self.configure(general=Draw.RARELY.format(1))
        tickets = self.ask(3)
        self.erms('label', str(tickets[2]), 'hours')
        standing = self.standing('password')
        self.assertEqual([standing[key] for key in ('known', 'reviewed', 'promise')], [1, 0, 'open'])
        self.erms('label', str(tickets[0]), 'hours')
        standing = self.standing('password')
        self.assertEqual([standing[key] for key in ('known', 'reviewed', 'wrong', 'promise')], [2, 0, 0, 'broken'])
        self.assertIn('2 of 3 automatic answers are known to be wrong', standing['why'])
        self.assertEqual(self.history(tickets[0]).count('promise-broken'), 1)
        # It was drawn: it waits all the same, marked.
        one, = self.json('audit')['waiting']
        self.assertEqual((one['ticket'], one['corrected']), (tickets[0], 'hours'))
        self.assertIn('password → hours', self.erms('audit'))
        self.erms('label', str(tickets[2]), 'password')
        self.assertEqual(self.standing('password')['promise'], 'open')

    def test_label_of_confirmed(self):
        self.erms('label', str(self.ask()[0]), 'password')
        self.assertEqual(self.standing('password')['known'], 0)

    def test_none_of_the_categories(self):
        one, two = self.ask(2)
        self.erms('label', str(one), '--none')
        self.assertEqual(self.standing('password')['known'], 1)
        self.erms('audit', str(two), 'wrong', '--none')
        self.assertEqual(self.standing('password')['known'], 2)
        self.assertEqual(self.labels(), [(one, None), (two, None)])

    def test_wrong_with_category(self):
        number, = self.ask()
        out = self.erms('audit', str(number), 'wrong', 'hours')
        self.assertRegex(out, fr'(?m)^ticket {number} is hours; the next erms train learns from it$')
        self.assertIn(f'ticket {number}: the answer as password was wrong', out)
        self.assertEqual(self.labels(), [(number, 'hours')])
        self.assertEqual(self.ticket(number)['category'], 'hours')
        self.assertEqual(self.waiting(), [])
        standing = self.standing('password')
        self.assertEqual([standing[key] for key in ('reviewed', 'wrong', 'known')], [1, 1, 1])

    def test_last_word(self):
        number, = self.ask()
        self.erms('audit', str(number), 'wrong', 'hours')
        self.erms('audit', str(number), 'right')
        self.assertEqual(self.labels()[-1], (number, 'password'))
        self.assertEqual(self.ticket(number)['category'], 'password')
        standing = self.standing('password')
        self.assertEqual([standing[key] for key in ('reviewed', 'wrong', 'known')], [1, 0, 0])
        self.erms('audit', str(number), 'wrong', 'hours')
        self.erms('label', str(number), 'password')
        standing = self.standing('password')
        self.assertEqual([standing[key] for key in ('waiting', 'reviewed', 'wrong', 'known')], [1, 0, 0, 0])
        self.erms('audit', str(number), 'wrong', 'hours')
        self.erms('audit', str(number), 'wrong', 'password')  # right category, wrong answer
        standing = self.standing('password')
        self.assertEqual([standing[key] for key in ('waiting', 'reviewed', 'wrong', 'known')], [0, 1, 1, 1])

    def test_import_corrects(self):
        raw = question('c1@customer.example')
        number, = self.ask(make=lambda sender: raw)
        folder = self.dir / 'handled' / 'hours'
        folder.mkdir(parents=True)
        (folder / '1.eml').write_bytes(raw)
        self.erms('import', str(folder.parent))
        self.assertEqual(self.standing('password')['known'], 1)

    def test_share_none_and_all(self):
        self.configure(general='audit-first = 1\naudit-share = 0')
        self.ask(3)
        self.assertEqual(self.waiting(), [1])
        self.configure(general='audit-first = 1\naudit-share = 1')
        self.assertEqual(self.waiting() + self.ask(2), [1, 4, 5])
        self.assertEqual(self.waiting(), [1, 4, 5])

    def test_not_drawn(self):
        self.configure(general=Draw.RARELY.format(1))
        tickets = self.ask(2)
        self.assertIn('was not drawn', self.erms('audit', str(tickets[1]), 'wrong'))
        standing = self.standing('password')
        self.assertEqual([standing[key] for key in ('reviewed', 'wrong', 'known')], [0, 0, 1])

    def test_usage(self):
        number, = map(str, self.ask())
        for args in ((number,), (number, 'perhaps'), (number, 'right', 'hours'), (number, 'right', '--none'),
                     (number, 'wrong', 'hours', '--none'), (number, 'wrong', 'hourz'), ('--none',),
                     ('--drift', '--restore', 'hours'), (number, 'right', '--json'), (number, 'right', '--drift')):
            self.erms('audit', *args, expect=USAGE)
        self.erms('audit', '99', 'right', expect=FAILED)
        self.assertEqual((self.waiting(), self.labels()), ([int(number)], []))
        self.erms('audit', number, 'wrong', 'hourz', expect=USAGE)
        self.assertIn('did you mean hours?', self.last.stderr)
        self.ask(make=riddle)
        self.erms('audit', '2', 'right', expect=FAILED)

    def test_the_model_cannot_be_opened(self):
        one, two = self.ask(2)
        (self.home / 'model/current.model').write_bytes(b'no model')
        out = self.erms('audit', str(one), 'wrong', 'hours')
        self.assertIn('is hours; the model could not be opened, the next erms train learns from it', out)
        self.assertRegex(self.last.stderr, r'current\.model.*; erms train makes a new one')
        self.erms('audit', str(two), 'right')
        self.assertEqual((self.waiting(), self.labels()), ([], [(one, 'hours')]))


class Drift(AuditTest):
    def test_drift(self):
        self.assertIn('0 of at least 50 mails', self.erms('audit', '--drift'))
        self.assertEqual(self.json('audit', '--drift'), {'mails': 0, 'sentence': None})
        self.deliver(*(riddle(f'first{i}@customer.example') for i in range(3)))
        self.erms('run')
        self.assertIn('3 of at least 50 mails', self.erms('audit', '--drift'))
        self.assertEqual(self.json('audit', '--drift'), {'mails': 3, 'sentence': None})
        self.deliver(*(riddle(f'c{i}@customer.example') for i in range(60)))
        self.erms('run')
        drift = self.json('audit', '--drift')
        self.assertEqual((drift['mails'], drift['same_model'], drift['unknown']['changed']), (63, True, True))
        self.assertGreater(drift['unknown']['now'], 0.5)
        self.assertGreater(drift['unknown']['now'], drift['unknown']['training'] + 0.2)
        self.assertTrue(drift['confidence']['changed'])
        self.assertRegex(drift['sentence'], r'^mail has changed since training: [0-9]+ % unknown words, [0-9]+ % in '
                                            r'training; .*; label recent mail and train$')
        self.assertIn(drift['sentence'], self.erms('audit', '--drift'))
        self.assertIn('note  ' + drift['sentence'], self.erms('check'))

    def test_no_drift(self):
        """The mail of training again, from others."""
        texts = [(text, other) for text in PASSWORD for other in PASSWORD] + [(text, other) for text in HOURS
                                                                             for other in HOURS]
        self.deliver(*(mail(f'd{i}@customer.example', text, f'{text}. {other}')
                       for i, (text, other) in enumerate(texts)))
        self.erms('run')
        drift = self.json('audit', '--drift')
        self.assertEqual((drift['mails'], drift['sentence']), (50, None))
        self.assertAlmostEqual(sum(share['now'] for share in drift['mix']['categories']), 1)
        self.assertIn('mail is like that of training', self.erms('audit', '--drift'))
        self.assertIn('ok    the last 50 mails are like those of training', self.erms('check'))

    def test_without_model(self):
        (self.home / 'model/current.model').unlink()
        self.assertIn('there is no model', self.erms('audit', '--drift'))


if __name__ == '__main__':
    unittest.main()
