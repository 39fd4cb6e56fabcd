#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""erms run: an answer that waits, and what SMTP servers do to it."""
import sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *


class Outbox(ErmsTest):
    """An answer that waits, because the SMTP server was away, is looked at again before it leaves."""

    def setUp(self):
        super().setUp()
        self.configure(smtp=free_port())
        self.deliver(question('kim@customer.example', Message_ID='<first@customer.example>'))
        out = self.erms('run', expect=UNREACHABLE)
        self.assertIn('0 sent, 1 waiting', out)
        self.assertIn('[smtp]', self.last.stderr)
        self.assertEqual(self.folders(), {'INBOX': ['Forgot password']})

    def held(self, why, number=1):
        for _ in range(2):
            self.erms('run')
            self.assertEqual(self.smtp.received(), [])
        ticket = self.ticket(number)
        self.assertEqual((ticket['state'], ticket['queue']), ('open', 'general'))
        self.assertIn(why, ticket['why'])
        self.assertIn('Forgot password', self.folders()['Queues/general'])

    def test_sent_when_the_server_is_back(self):
        self.configure()
        self.assertIn('0 new: 0 answered, 0 queued, 0 ignored; 1 sent', self.erms('run'))
        self.assertIn('0 sent', self.erms('run'))
        self.assertEqual(self.recipients(), ['kim@customer.example'])
        self.assertEqual(self.folders(), {'Answered': ['Forgot password']})

    def test_sending_switched_off(self):
        self.configure(sending='off')
        self.held('sending is switched off')

    def test_sending_switched_off_while_the_server_is_away(self):
        self.configure(sending='off', smtp=free_port())
        self.erms('run', expect=None)
        self.configure()
        self.held('sending is switched off')

    def test_smtp_taken_out_of_the_settings(self):
        self.configure(sending='off')
        conf = self.home / 'erms.conf'
        text = conf.read_text()
        conf.write_text(text[:text.index('[smtp]')] + text[text.index('[category password]'):])
        self.held('sending is switched off')

    def test_template_changed(self):
        self.configure()
        self.answer('password/reset.en.md', ANSWERS['password/reset.en.md'].replace('Open', 'Close'))
        self.held('the template was changed')

    def test_template_withdrawn(self):
        self.configure()
        (self.home / 'kb/password/reset.en.md').unlink()
        self.held('the template was changed')

    def test_category_set_to_suggest(self):
        self.configure()
        conf = self.home / 'erms.conf'
        conf.write_text(conf.read_text().replace('[category password]\nmode = auto',
                                                 '[category password]\nmode = suggest'))
        self.held('set to suggest')

    def test_customer_writes_again(self):
        self.configure()
        self.deliver(question('kim@customer.example', 'Re: Forgot password', In_Reply_To='<first@customer.example>'))
        self.held('the customer wrote again')

    def test_agent_was_faster(self):
        self.configure()
        self.erms('ticket', 'reply', '1', '--body', '-', input='Done by hand.\n')
        self.erms('run')
        sent, = self.smtp.received()
        self.assertIn('Done by hand.', parse(sent['mail']).get_content())

    def test_ticket_closed(self):
        self.configure()
        self.erms('ticket', 'close', '1')
        self.erms('run')
        self.assertEqual(self.smtp.received(), [])


class Delivery(ErmsTest):
    """What the SMTP server says, and when it says nothing."""

    def once(self, local, **options):
        self.deliver(question(f'{local}@customer.example'))
        return self.erms('run', **options)

    def to_human(self, state, words, stored):
        ticket = self.ticket()
        self.assertEqual((ticket['state'], ticket['queue']), ('open', 'general'))
        self.assertIn(words, ticket['why'])
        self.assertEqual([r['state'] for r in ticket['replies']], [state, 'draft'] if state == 'failed' else [state])
        self.assertEqual(self.folders(), {'Queues/general': ['Forgot password']})
        for _ in range(2):
            self.assertIn('0 sent, 0 waiting', self.erms('run'))
        self.assertEqual(len(self.smtp.received()), stored)

    def test_null_sender(self):
        """RFC 3834 3.3: nobody answers our answer."""
        self.once('kim')
        sent, = self.smtp.received()
        self.assertEqual(sent['from'], '')
        answer = parse(sent['mail'])
        self.assertEqual(answer['Auto-Submitted'], 'auto-replied')
        self.assertTrue(answer['In-Reply-To'])

    def test_450_at_the_recipient(self):
        self.assertIn('0 sent, 1 waiting', self.once('first450'))
        self.assertEqual(self.folders(), {'INBOX': ['Forgot password']})
        self.assertIn('1 sent', self.erms('run'))
        self.assertIn('0 sent', self.erms('run'))
        self.assertEqual(len(self.smtp.received()), 1)
        self.assertEqual(self.folders(), {'Answered': ['Forgot password']})

    def test_450_for_ever(self):
        self.configure(general='max-attempts = 3')
        self.once('fail450')
        self.assertIn('1 waiting', self.erms('run'))
        self.assertIn('1 failed', self.erms('run'))
        self.to_human('failed', '450', 0)

    def test_450_at_the_content(self):
        self.configure(general='max-attempts = 2')
        self.assertIn('1 waiting', self.once('data450'))
        self.assertIn('1 failed', self.erms('run'))

    def test_421_and_the_next_recipient(self):
        """The server hangs up on one; the others of the run get theirs over a new session."""
        self.deliver(question('fail421@customer.example'), question('kim@customer.example'))
        self.assertIn('1 sent, 1 waiting', self.erms('run'))
        self.assertEqual(self.recipients(), ['kim@customer.example'])

    def test_550_at_the_recipient(self):
        self.assertIn('1 failed', self.once('fail550'))
        self.to_human('failed', '550', 0)

    def test_550_at_the_content(self):
        self.assertIn('1 failed', self.once('data550'))
        self.to_human('failed', '550', 0)

    def test_the_last_word_is_lost(self):
        self.assertIn('1 failed', self.once('lost'))
        self.to_human('unknown', 'may have been sent', 1)

    def test_no_last_word(self):
        self.configure(smtp_extra='idle-timeout = 1s')
        self.assertIn('1 failed', self.once('hang'))
        self.to_human('unknown', 'may have been sent', 1)

    def test_line_lost_before_the_content_ends(self):
        self.assertIn('0 sent, 1 waiting', self.once('dropdata'))
        relay = self.relay(self.smtp.port, b'Kind regards', 'cut', to_server=True)
        self.configure(smtp=relay.port, smtp_extra='tls = none')
        self.deliver(question('kim@customer.example'))
        self.erms('run')  # when nobody can know whether the dot arrived, a human is asked
        self.assertEqual(self.smtp.received(), [])
        kim = self.ticket_of('kim@customer.example')
        self.assertIn(kim['replies'][0]['state'], ('approved', 'unknown'))

    def test_an_unknown_answer_counts_for_the_quiet_time(self):
        self.once('lost')
        self.deliver(question('lost@customer.example', 'Again'))
        self.erms('run')
        self.assertEqual(len(self.smtp.received()), 1)

    def test_one_failure_stops_no_other(self):
        self.deliver(*(question(f'{local}@customer.example')
                       for local in ('a', 'fail550', 'b', 'lost', 'c', 'data450', 'd')))
        self.assertIn('4 sent, 1 waiting, 2 failed', self.erms('run'))
        self.assertEqual([to[0] for to in self.recipients()], ['a', 'b', 'l', 'c', 'd'])


if __name__ == '__main__':
    unittest.main()
