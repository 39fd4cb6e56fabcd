#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""erms run and IMAP servers that are slow, silent, or shut."""
import re, sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *
from proxy import Refuser


class Slow(ErmsTest):
    """A server that takes its time, or for ever."""
    imap_options = {'users': {'support': 'secret', 'sales': 'secret'}}

    def two_mailboxes(self, relay, patience):
        self.configure(imap=relay.port, mailbox='tls = none\n' + patience, extra=f'''
[mailbox sales]
host = localhost
port = {self.imap.tls_port}
ca-file = {self.tls.ca}
user = sales
password-file = password
''')
        self.deliver(riddle('kim@customer.example'))
        self.deliver(question('lee@customer.example'), user='sales')

    def fails_in_time(self, seconds):
        begin = time.monotonic()
        self.erms('run', expect=None, timeout=60)
        self.assertLess(time.monotonic() - begin, seconds)
        self.assertIn(self.last.returncode, (UNREACHABLE, TRY_LATER), self.last.stderr)
        self.assertIn('[mailbox support]', self.last.stderr)
        self.assertEqual(self.recipients(), ['lee@customer.example'])
        self.assertEqual(self.folders('sales'), {'Answered': ['Forgot password']})
        self.assertEqual(self.folders(), {'INBOX': ['Strange']})
        self.configure()
        self.erms('run')
        self.assertEqual(self.folders(), {'Queues/general': ['Strange']})

    def test_a03_silent_before_the_greeting(self):
        self.two_mailboxes(self.relay(self.imap.port, b'* OK', 'silence'), 'idle-timeout = 1s')
        self.fails_in_time(8)

    def test_a03_silent_after_login(self):
        self.two_mailboxes(self.relay(self.imap.port, b'UIDVALIDITY', 'silence'), 'idle-timeout = 1s')
        self.fails_in_time(8)

    def test_a03_trickling(self):
        relay = self.relay(self.imap.port, b'BODY[]', 'trickle', pause=0.5)
        self.two_mailboxes(relay, 'idle-timeout = 2s\ndeadline = 3s')
        self.fails_in_time(15)

    def test_a03_slow_but_live(self):
        relay = self.relay(self.imap.port, b'BODY[]', 'trickle', pause=0.05, chunk=10)
        self.two_mailboxes(relay, 'idle-timeout = 1s\ndeadline = 60s')
        begin = time.monotonic()
        self.erms('run')
        self.assertGreater(time.monotonic() - begin, 1.5)
        self.assertEqual(self.folders(), {'Queues/general': ['Strange']})


def names(line, uid):
    """Does this UID FETCH of bodies ask for the mail?"""
    match = re.match(r'\S+ UID FETCH (\S+) \(UID BODY', line)
    ranges = (part.split(':') for part in match[1].split(',')) if match else ()
    return any(int(part[0]) <= uid <= int(part[-1]) for part in ranges)


class Picky(ErmsTest):
    """A server that says no to a mail, or to all of them for a while."""

    def run_behind(self, refuse, expect):
        proxy = Refuser(self.imap.port, refuse)
        self.addCleanup(proxy.stop)
        self.configure(imap=proxy.port, mailbox='tls = none')
        return self.erms('run', expect=expect)

    def test_one_mail_is_refused(self):
        self.deliver(*(riddle(f'c{i}@customer.example', f'mail {i}') for i in range(1, 6)))
        self.run_behind(lambda line: 'NO it is damaged' if names(line, 2) else None, FAILED)
        self.assertIn('UID 2', self.last.stderr)
        self.assertEqual(len(self.tickets()), 5)
        folders = self.folders()
        self.assertEqual(folders['Unreadable'], ['mail 2'])
        self.assertEqual(len(folders['Queues/general']), 4)

    def test_a_server_that_fails_everything_makes_no_stubs(self):
        self.deliver(*(riddle(f'c{i}@customer.example', f'mail {i}') for i in range(1, 6)))
        for answer in ('NO [UNAVAILABLE] later', 'NO cannot'):
            self.run_behind(lambda line: answer if 'BODY' in line else None, None)
            self.assertNotEqual(self.last.returncode, DONE)
            self.assertEqual(self.tickets(), [])
            self.assertEqual(len(self.folders()['INBOX']), 5)
        self.configure()
        self.erms('run')
        self.assertEqual(len(self.folders()['Queues/general']), 5)


class Refused(ErmsTest):
    """A10: each trouble has its exit code and its words, and no mail is touched."""

    def refused(self, code, *words):
        raw = riddle('kim@customer.example')
        self.deliver(raw)
        self.erms('run', expect=code)
        for word in words:
            self.assertIn(word, self.last.stderr)
        self.assertNotIn('secret', self.last.stderr)
        self.assertEqual(self.tickets(), [])
        (_, flags, stored), = self.imap.messages('support')
        self.assertEqual((flags - {'\\Recent'}, stored), (set(), raw))
        self.assertEqual(self.imap.folders('support'), ['INBOX'])

    def other_leaf(self, leaf):
        (self.dir / leaf).mkdir()
        other = Dovecot(self.dir / leaf, tls=self.tls, leaf=leaf)
        self.addCleanup(other.stop)
        self.configure(imap=other.tls_port)

    def test_a10_wrong_password(self):
        (self.home / 'password').write_text('guess\n')
        self.refused(LOGIN, '[mailbox support]', 'login of support')
        self.assertNotIn('guess', self.last.stderr)

    def test_a10_wrong_authority(self):
        self.configure(ca=self.tls.path('stranger.pem'))
        self.refused(UNREACHABLE, '[mailbox support]', 'certificate')

    def test_a10_certificate_of_another_host(self):
        self.other_leaf('other')
        self.refused(UNREACHABLE, '[mailbox support]', 'certificate')

    def test_a10_expired_certificate(self):
        self.other_leaf('expired')
        self.refused(UNREACHABLE, '[mailbox support]', 'certificate')

    def test_a10_nobody_listens(self):
        self.configure(imap=free_port())
        self.refused(UNREACHABLE, '[mailbox support]')

    def test_a10_missing_folder(self):
        self.configure(mailbox='folder = Post')
        self.refused(FAILED, '[mailbox support]', 'Post')

    def test_a10_expired_token(self):
        (self.home / 'token').write_text(self.imap.token('support', -60) + '\n')
        (self.home / 'token').chmod(0o600)
        self.configure(mailbox='auth = xoauth2\npassword-file = token')
        self.refused(LOGIN, '[mailbox support]', 'login of support')

    def test_a10_one_of_two_mailboxes(self):
        """The worst word is said, the other mailbox is served."""
        self.configure(mailbox='folder = Post', extra=f'''[mailbox other]
host = localhost
port = {self.imap.tls_port}
ca-file = {self.tls.ca}
user = support
password-file = password
''')
        self.deliver(question('kim@customer.example'))
        self.erms('run', expect=FAILED)
        self.assertEqual(self.recipients(), ['kim@customer.example'])


if __name__ == '__main__':
    unittest.main()
