#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""erms run and mail that has made other systems lose or double something."""
import signal, sys, threading, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *


class Identity(ErmsTest):
    """Which mail is which: nothing is lost because it looks known, nothing answered twice."""
    imap_options = {'users': {'support': 'secret', 'sales': 'secret'}}

    def test_a01_uidvalidity_changes(self):
        self.configure(mailbox='filing = keywords')
        self.deliver(question('kim@customer.example'), riddle('lee@customer.example'))
        self.erms('run')
        before = self.imap.boxes['support']
        with before.imap() as session:
            old = session.status('INBOX', '(UIDVALIDITY)')[1]
        for path in before.maildir.glob('dovecot*'):
            path.unlink()
        time.sleep(1.1)  # a new UIDVALIDITY is the time in seconds
        with before.imap() as session:
            self.assertNotEqual(session.status('INBOX', '(UIDVALIDITY)')[1], old)
        self.assertIn('0 new', self.erms('run'))
        self.deliver(question('new@customer.example'))
        self.assertIn('1 new: 1 answered', self.erms('run'))
        self.assertEqual(self.recipients(), ['kim@customer.example', 'new@customer.example'])
        self.assertEqual(len(self.tickets()), 3)

    def test_a01_uid_is_used_again(self):
        """The folder was emptied and made anew: UID 1 is another mail now."""
        self.configure(mailbox='filing = keywords')
        self.deliver(question('kim@customer.example'))
        self.erms('run')
        maildir = self.imap.boxes['support'].maildir
        for path in [*maildir.glob('dovecot*'), *maildir.glob('cur/*')]:
            path.unlink()
        time.sleep(1.1)
        self.deliver(question('new@customer.example'))
        self.assertEqual([uid for uid, _, _ in self.imap.messages('support')], [1])
        self.assertIn('1 new: 1 answered', self.erms('run'))
        self.assertEqual(self.recipients(), ['kim@customer.example', 'new@customer.example'])

    def test_a01_uidvalidity_changes_in_the_middle(self):
        """What was fetched has a UID of the old kind; under the new one it belongs to another mail."""
        def renumber():
            time.sleep(0.5)  # the server ends the session
            maildir = self.imap.boxes['support'].maildir
            for path in maildir.glob('dovecot*'):
                path.unlink()
            min(maildir.glob('cur/*'), key=lambda path: path.name).unlink()
            time.sleep(1.1)

        self.deliver(riddle('a@customer.example', 'first'), riddle('b@customer.example', 'second'),
                     riddle('c@customer.example', 'third'))
        relay = self.relay(self.imap.port, b'Subject: second', 'cut', times=1, on_hit=renumber)
        self.configure(imap=relay.port, mailbox='tls = none')
        self.erms('run', expect=UNREACHABLE)
        self.assertIn('UIDVALIDITY', self.last.stderr)
        self.erms('run')
        self.assertEqual(len(self.tickets()), 3)
        self.assertEqual(self.folders(), {'Queues/general': ['second', 'third']})

    def test_a06_no_message_id(self):
        twin = dict(Message_ID=None)
        self.deliver(mail('kim@customer.example', 'Hello', 'Zebras eat umbrellas.', **twin),
                     mail('kim@customer.example', 'Hello', 'Umbrellas eat zebras.', **twin),
                     mail('kim@customer.example', 'Hello', 'Zebras eat umbrellas.', **twin))
        self.erms('run')
        self.assertEqual(len(self.tickets()), 2)
        self.assertEqual(self.folders(), {'Queues/general': ['Hello'] * 3})
        self.deliver(mail('kim@customer.example', 'Hello', 'Zebras eat umbrellas.', **twin))
        self.assertIn('0 new', self.erms('run'))
        self.assertEqual(len(self.tickets()), 2)
        self.assertEqual(self.folders(), {'Queues/general': ['Hello'] * 4})

    def test_a07_same_message_id_other_content(self):
        same = dict(Message_ID='<always-the-same@shop-form.example>')
        self.deliver(mail('kim@customer.example', 'Form', 'Zebras eat umbrellas.', **same),
                     mail('kim@customer.example', 'Form', 'Purple umbrellas eat zebras.', **same))
        self.erms('run')
        texts = [self.ticket(t['ticket'])['messages'][0]['own_text'].strip() for t in self.tickets()]
        self.assertEqual(sorted(texts), ['Purple umbrellas eat zebras.', 'Zebras eat umbrellas.'])
        self.assertEqual(self.folders(), {'Queues/general': ['Form'] * 2})

    def test_a08_one_mail_in_two_mailboxes(self):
        self.configure(extra=f'''[mailbox sales]
host = localhost
port = {self.imap.tls_port}
ca-file = {self.tls.ca}
user = sales
password-file = password
addresses = sales@shop.example
''')
        raw = question('kim@customer.example', to='service@shop.example, sales@shop.example')
        for user, hop in ('support', 'mx1'), ('sales', 'mx2.far'):
            stamp = (f'Return-Path: <kim@customer.example>\r\nDelivered-To: {user}@shop.example\r\n'
                     f'Received: from {hop} by {user}; Mon, 5 Jan 2026 08:12:31 +0100\r\n')
            self.deliver(stamp.encode() + raw, user=user)
        self.erms('run')
        self.assertEqual(self.recipients(), ['kim@customer.example'])
        self.assertEqual(len(self.tickets()), 1)
        for user in 'support', 'sales':
            self.assertEqual(self.folders(user), {'Answered': ['Forgot password']}, user)


class Interrupted(ErmsTest):
    """The program is killed, the line is cut."""

    def test_a02_killed_while_sending(self):
        self.deliver(question('hang@customer.example'))
        process = self.start('run')
        self.wait_until(self.smtp.received, 'the answer at the SMTP server')
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.assertIn('INBOX', self.folders())
        self.erms('run')
        ticket, = self.tickets()
        self.assertEqual((ticket['state'], ticket['queue']), ('open', 'general'))
        self.assertIn('may have been sent', ticket['why'])
        self.assertEqual(self.folders(), {'Queues/general': ['Forgot password']})
        self.assertIn('0 new', self.erms('run'))
        self.assertEqual(len(self.smtp.received()), 1)

    def test_a02_killed_between_sending_and_moving(self):
        relay = self.relay(self.imap.port, b'UID MOVE', 'silence', to_server=True)
        self.configure(imap=relay.port, mailbox='tls = none')
        self.deliver(question('kim@customer.example'))
        process = self.start('run')
        self.wait_until(lambda: relay.hits, 'the MOVE')
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.assertEqual(len(self.smtp.received()), 1)
        self.assertEqual(self.folders(), {'INBOX': ['Forgot password']})
        self.configure()
        self.assertIn('0 new', self.erms('run'))
        self.assertEqual(len(self.smtp.received()), 1)
        self.assertEqual(self.folders(), {'Answered': ['Forgot password']})
        self.assertEqual(self.tickets()[0]['state'], 'answered')

    def test_a02_killed_after_the_move(self):
        """The server moved the mail, but nobody heard of it."""
        relay = self.relay(self.imap.port, b'COPYUID', 'silence')
        self.configure(imap=relay.port, mailbox='tls = none')
        self.deliver(question('kim@customer.example'), riddle('lee@customer.example'))
        process = self.start('run')
        self.wait_until(lambda: relay.hits, 'the MOVE')
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.configure()
        self.assertIn('0 new', self.erms('run'))
        self.assertEqual(self.recipients(), ['kim@customer.example'])
        self.assertEqual(self.folders(), {'Answered': ['Forgot password'], 'Queues/general': ['Strange']})

    def test_cut_in_the_middle_of_a_batch(self):
        self.deliver(*(riddle(f'c{n}@customer.example', f'Mail {n:02}') for n in range(40)))
        relay = self.relay(self.imap.port, b'Mail 23', 'cut', times=1)
        self.configure(imap=relay.port, mailbox='tls = none')
        self.assertIn('40 new: 0 answered, 40 queued', self.erms('run'))
        self.assertEqual(sorted(self.folders()['Queues/general']), [f'Mail {n:02}' for n in range(40)])
        self.assertEqual(len(self.tickets()), 40)

    def test_cut_once_at_a_single_mail(self):
        """A line that breaks once proves nothing about the mail."""
        self.deliver(question('kim@customer.example'))
        relay = self.relay(self.imap.port, b'Subject: Forgot', 'cut', times=1)
        self.configure(imap=relay.port, mailbox='tls = none')
        self.erms('run')
        self.assertEqual(self.recipients(), ['kim@customer.example'])
        self.assertEqual(self.folders(), {'Answered': ['Forgot password']})

    def test_a_mail_that_breaks_every_fetch(self):
        self.deliver(*(riddle(f'c{n}@customer.example', f'Mail {n:02}') for n in range(40)))
        relay = self.relay(self.imap.port, b'Mail 23', 'cut')
        self.configure(imap=relay.port, mailbox='tls = none')
        out = self.erms('run', expect=FAILED)
        self.assertIn('40 new: 0 answered, 40 queued', out)
        self.assertIn('UID 24 cannot be fetched', self.last.stderr)
        folders = self.folders()
        self.assertEqual(folders.pop('Unreadable'), ['Mail 23'])
        self.assertEqual(len(folders.pop('Queues/general')), 39)
        self.assertEqual(folders, {})
        held, = (t for t in self.tickets() if t['reason'] == 'unreadable')
        self.assertEqual((held['state'], held['queue']), ('open', 'general'))
        self.assertIn('0 new', self.erms('run'))

    def test_server_that_cuts_every_fetch(self):
        """Nothing can be fetched at all: that is the server's fault, no mail is touched for it."""
        self.deliver(*(riddle(f'c{n}@customer.example') for n in range(5)))
        relay = self.relay(self.imap.port, b'OK [READ', 'cut')
        self.configure(imap=relay.port, mailbox='tls = none')
        self.erms('run', expect=UNREACHABLE)
        self.assertEqual(self.tickets(), [])
        self.assertEqual(list(self.folders()), ['INBOX'])


class Odd(ErmsTest):
    """Mail that is too much, in one way or the other."""

    def test_a04_unparsable_among_others(self):
        self.deliver(question('kim@customer.example'),
                     b'\x00\x01\xff\xfe no header \x80 at all\r\n\r\n\xff\xff\x00',
                     riddle('lee@customer.example'))
        self.assertIn('3 new: 1 answered, 2 queued', self.erms('run'))
        folders = self.folders()
        self.assertEqual(len(folders.pop('Unreadable')), 1)
        self.assertEqual(folders, {'Answered': ['Forgot password'], 'Queues/general': ['Strange']})
        held, = (t for t in self.tickets() if t['reason'] == 'unreadable')
        self.assertEqual((held['state'], held['queue']), ('open', 'general'))
        (_, flags, raw), = self.imap.messages('support', 'Unreadable')
        self.assertNotIn('\\Seen', flags)
        self.assertIn(b'\xff\xfe no header \x80 at all', raw)

    def test_a05_thousands_with_changing_flags(self):
        count = 3000
        self.configure(sending='off')
        self.deliver(*(mail(f'c{n}@customer.example', f'Mail {n:04}', f'Zebras{n} eat umbrellas{n}.')
                       for n in range(count)))
        ended, changes = threading.Event(), []

        def change_flags():
            with self.imap.boxes['support'].imap() as session:
                session.select('INBOX')
                while not ended.is_set():
                    for what in '+FLAGS.SILENT', '-FLAGS.SILENT':
                        session.uid('STORE', '1:*', what, '(\\Seen \\Flagged)')
                    changes.append(1)

        other = threading.Thread(target=change_flags)
        other.start()
        try:
            self.wait_until(lambda: changes, 'the other client')
            self.assertIn(f'{count} new: 0 answered, {count} queued', self.erms('run'))
        finally:
            ended.set()
            other.join()
        self.assertIn('0 new', self.erms('run'))
        self.assertEqual(sorted(self.folders()['Queues/general']), [f'Mail {n:04}' for n in range(count)])
        self.assertEqual(len(self.json('ticket', 'list', '--all')), count)

    def test_a09_over_the_size_limit(self):
        self.configure(mailbox='max-size = 1K')
        self.deliver(mail('kim@customer.example', 'Large', 'I forgot my password. ' + 'Large! ' * 1000),
                     question('lee@customer.example'))
        self.assertIn('2 new: 1 answered, 1 queued', self.erms('run'))
        self.assertEqual(self.recipients(), ['lee@customer.example'])
        self.assertEqual(self.folders(), {'Answered': ['Forgot password'], 'Queues/general': ['Large']})
        stub, = (t for t in self.tickets() if t['reason'] == 'oversize')
        self.assertEqual((stub['customer'], stub['subject'], stub['state']),
                         ('kim@customer.example', 'Large', 'open'))
        self.assertIn('0 new', self.erms('run'))


if __name__ == '__main__':
    unittest.main()
