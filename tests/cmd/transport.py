#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""erms run: how servers are reached, and how a run begins and ends."""
import contextlib, signal, sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *


SECRET = 'Tr0ub4dor&3-unlikely'


class Connection(ErmsTest):
    """TLS and login, for IMAP and SMTP."""
    imap_options = {'users': {'support': SECRET}}
    smtp_options = {'users': {'support': SECRET}, 'auth_required': True}

    def make_home(self):
        super().make_home()
        (self.home / 'password').write_text(SECRET + '\n')

    def secret_file(self, name, text, mode=0o600):
        (self.home / name).write_text(text + '\n')
        (self.home / name).chmod(mode)

    def replace(self, old, new):
        conf = self.home / 'erms.conf'
        conf.write_text(conf.read_text().replace(old, new))

    def answers(self, tls):
        self.deliver(question('kim@customer.example'))
        self.erms('run')
        sent, = self.smtp.received()
        self.assertEqual((sent['user'], sent['tls'], sent['to']), ('support', tls, ['kim@customer.example']))
        self.assertEqual(self.folders(), {'Answered': ['Forgot password']})

    def refuses(self, code, *words):
        self.deliver(question('kim@customer.example'))
        self.erms('run', expect=code)
        for word in words:
            self.assertIn(word, self.last.stderr)
        self.assertEqual(self.smtp.received(), [])
        self.assertEqual(self.folders(), {'INBOX': ['Forgot password']})

    def test_tls_from_the_start(self):
        self.answers(tls=True)

    def test_starttls(self):
        self.configure(imap=self.imap.port, mailbox='tls = starttls', smtp=self.smtp.port,
                       smtp_extra='tls = starttls')
        self.answers(tls=True)

    def test_plain_only_if_configured(self):
        self.configure(imap=self.imap.port, mailbox='tls = none', smtp=self.smtp.port,
                       smtp_extra='tls = none')
        self.answers(tls=False)

    def test_no_plain_by_default(self):
        seen = []
        relay = self.relay(self.imap.port, SECRET.encode(), 'cut', to_server=True,
                           on_hit=lambda: seen.append(1))
        self.configure(imap=relay.port, mailbox='idle-timeout = 2s')
        self.refuses(UNREACHABLE, '[mailbox support]')
        self.assertEqual(seen, [])

    def test_no_plain_when_starttls_is_hidden(self):
        (self.dir / 'bare').mkdir()
        bare = Dovecot(self.dir / 'bare', tls=self.tls, starttls=False, users={'support': SECRET})
        self.addCleanup(bare.stop)
        login = self.relay(bare.port, b'AUTH', 'cut', to_server=True)
        self.configure(imap=login.port, mailbox='tls = starttls')
        self.refuses(UNREACHABLE, 'does not offer STARTTLS')
        self.assertEqual(login.hits, 0)

    def test_smtp_certificate_is_verified(self):
        self.configure(smtp_extra='ca-file = ' + self.tls.path('stranger.pem'))
        self.deliver(question('kim@customer.example'))
        self.erms('run', expect=UNREACHABLE)
        self.assertIn('[smtp]', self.last.stderr)
        self.assertIn('certificate', self.last.stderr)
        self.assertEqual(self.smtp.received(), [])

    def test_smtp_login_refused(self):
        self.secret_file('wrong', 'guess')
        self.configure(smtp_extra='password-file = wrong')
        self.deliver(question('kim@customer.example'))
        self.erms('run', expect=LOGIN)
        self.assertIn('[smtp]', self.last.stderr)
        self.assertNotIn('guess', self.last.stderr)
        self.configure()
        self.erms('run')
        self.assertEqual(self.recipients(), ['kim@customer.example'])

    def test_xoauth2(self):
        self.secret_file('token', self.imap.token('support'))
        self.configure(mailbox='auth = xoauth2\npassword-file = token', smtp_extra='auth = xoauth2')
        self.answers(tls=True)

    def test_password_file_for_others_to_read(self):
        for mode in 0o644, 0o640, 0o604, 0o660:
            self.secret_file('password', SECRET, mode)
            self.erms('run', expect=CONFIG)
            self.assertIn('can be read by others', self.last.stderr)
            self.assertNotIn(SECRET, self.last.stderr)

    def test_password_command(self):
        self.secret_file('keys', f'support {SECRET}')
        self.replace('password-file = password', f"password-command = sed -n 's/^support //p' {self.home}/keys")
        (self.home / 'password').unlink()
        self.answers(tls=True)

    def test_password_command_fails(self):
        self.replace('password-file = password', 'password-command = false')
        self.refuses(CONFIG, 'password-command')

    def test_two_sources_of_a_password(self):
        self.configure(mailbox='password-command = echo x')
        self.refuses(CONFIG, '[mailbox support]', 'exactly one')

    def test_the_secret_stays_secret(self):
        self.deliver(question('hang@customer.example'), riddle('lee@customer.example'))
        process = self.start('run', '--verbose')
        self.wait_until(self.smtp.received, 'the SMTP session')
        for name in 'cmdline', 'environ':
            with contextlib.suppress(PermissionError):  # environ is root's (tests/cmd/privileges.py)
                self.assertNotIn(SECRET, Path(f'/proc/{process.pid}/{name}').read_text())
        process.kill()
        shown = ''.join(process.communicate())
        self.erms('run', '--verbose', env={'G_MESSAGES_DEBUG': 'all'})
        shown += self.last.stdout + self.last.stderr
        self.erms('check', expect=None, env={'G_MESSAGES_DEBUG': 'all'})
        shown += self.last.stdout + self.last.stderr
        self.assertNotIn(SECRET, shown)
        for path in self.home.rglob('*'):
            if path.is_file() and path.name != 'password':
                self.assertNotIn(SECRET.encode(), path.read_bytes(), path)
        for sent in self.smtp.received():
            self.assertNotIn(SECRET.encode(), sent['mail'])


class Runs(ErmsTest):
    """How a run begins and ends."""

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        out, talk = process.communicate(timeout=30)
        self.assertEqual(process.returncode, DONE, talk)
        return out

    def test_two_runs_at_once(self):
        self.deliver(question('hang@customer.example'))
        self.start('run')
        self.wait_until(self.smtp.received, 'the first run at work')
        self.erms('run', expect=TRY_LATER)
        self.assertIn('another run is at work', self.last.stderr)
        self.assertEqual(len(self.smtp.received()), 1)

    def test_terminated_between_two_batches(self):
        count = 1100
        self.deliver(*(riddle(f'c{n}@customer.example', f'Mail {n:04}') for n in range(count)))
        relay = self.relay(self.imap.port, b'BODY.PEEK', 'hold', to_server=True, times=1)
        self.configure(imap=relay.port, mailbox='tls = none')
        process = self.start('run')
        self.wait_until(lambda: relay.hits, 'the first batch')
        process.send_signal(signal.SIGTERM)
        relay.release()
        self.assertIn('(stopped)', self.stop(process))
        folders = self.folders()
        first = len(folders['Queues/general'])
        self.assertEqual((first + len(folders['INBOX']), len(self.tickets())), (count, first))
        self.assertGreater(len(folders['INBOX']), 0)
        self.assertIn(f'{count - first} new', self.erms('run'))
        self.assertEqual(sorted(self.folders()['Queues/general']), [f'Mail {n:04}' for n in range(count)])

    def test_terminated_between_two_answers(self):
        self.deliver(*(question(f'c{n}@customer.example') for n in range(5)))
        relay = self.relay(self.smtp.port, b'c1@customer', 'hold', to_server=True, times=1)
        self.configure(smtp=relay.port, smtp_extra='tls = none')
        process = self.start('run')
        self.wait_until(lambda: relay.hits, 'the second answer')
        process.send_signal(signal.SIGTERM)
        relay.release()
        self.assertIn('2 sent', self.stop(process))
        self.assertEqual({name: len(mails) for name, mails in self.folders().items()},
                         {'Answered': 2, 'INBOX': 3})
        self.assertIn('3 sent', self.erms('run'))
        self.assertEqual(self.recipients(), [f'c{n}@customer.example' for n in range(5)])
        self.assertEqual(len(self.folders()['Answered']), 5)

    def test_repeats_until_terminated(self):
        process = self.start('run', '--every', '1')
        for n in range(2):
            self.deliver(question(f'c{n}@customer.example'))
            self.wait_until(lambda: len(self.smtp.received()) == n + 1, f'answer {n}')
        self.stop(process)
        self.assertEqual(self.recipients(), ['c0@customer.example', 'c1@customer.example'])

    def test_repeats_through_trouble(self):
        """A server that is away for a while ends nothing; a setting changed meanwhile is heard."""
        self.configure(imap=free_port())
        process = self.start('run', '--every', '1')
        time.sleep(1.5)
        self.assertIsNone(process.poll())
        self.configure()
        self.deliver(question('kim@customer.example'))
        self.wait_until(self.smtp.received, 'the answer')
        self.stop(process)


if __name__ == '__main__':
    unittest.main()
