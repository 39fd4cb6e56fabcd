#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""mail/smtp: the four outcomes, content, addresses, login."""
import tempfile
from pathlib import Path

from net import Case, Certificates, DIR, MAIL, Scripted, SmtpServer, body, main, probe


class Smtp(Case):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(dir=DIR))
        self.server = SmtpServer(self.dir, tls=Certificates(DIR))
        self.addCleanup(self.server.stop)
        self.mail = self.write(MAIL)

    def write(self, data, name='mail.eml'):
        (DIR / name).write_bytes(data)
        return DIR / name

    def send(self, *recipients, mail=None, sender='us@shop.example', **settings):
        commands = [word for to in recipients for word in ('send', sender, to, mail or self.mail, ',')]
        outcome = self.smtp(self.server, *commands[:-1], **{'auth': 'none'} | settings)
        self.assertIsNone(outcome.error)
        return [tuple(line.split(' ')[:2]) for line in outcome.lines]

    def test_outcomes_and_reuse(self):
        alive, dead = 'alive=1', 'alive=0'
        self.assertEqual(
            self.send('a@x.example', 'fail550@x.example', 'b@x.example', 'fail450@x.example',
                      'first450@x.example', 'first450@x.example', 'data450@x.example',
                      'data550@x.example', 'c@x.example'),
            [('sent', alive), ('refused', alive), ('sent', alive), ('later', alive), ('later', alive),
             ('sent', alive), ('later', alive), ('refused', alive), ('sent', alive)])
        self.assertEqual([m['to'][0] for m in self.server.received()],
                         [f'{who}@x.example' for who in ('a', 'b', 'first450', 'c')])
        self.assertEqual(self.send('fail421@x.example', 'a@x.example'), [('later', dead)] * 2)
        self.assertEqual(self.send('dropdata@x.example', 'a@x.example'), [('later', dead)] * 2)
        self.assertEqual(len(self.server.received()), 4)
        self.assertEqual(self.send('lost@x.example', 'a@x.example'), [('unknown', dead), ('later', dead)])
        self.assertEqual(self.send('hang@x.example', idle=1), [('unknown', dead)])
        self.assertEqual(len(self.server.received()), 6)

    def test_lost_within_the_content(self):
        big = self.write(b'Subject: big\r\n\r\n' + b'0123456789\r\n' * 2_000_000, 'big.eml')
        self.assertEqual(self.send('dropcontent@x.example', mail=big), [('later', 'alive=0')])
        self.assertEqual(self.server.received(), [])

    def test_outcomes_over_tls(self):
        tls = {'host': 'localhost', 'ca': self.server.tls.ca, 'auth': 'login'}
        for settings in (tls | {'port': self.server.tls_port, 'tls': 'implicit'},
                         tls | {'tls': 'starttls'}, tls | {'tls': 'starttls', 'auth': 'xoauth2'}):
            self.assertEqual(self.send('a@x.example', 'fail550@x.example', 'lost@x.example', **settings),
                             [('sent', 'alive=1'), ('refused', 'alive=1'), ('unknown', 'alive=0')])
            self.assertEqual(self.server.received()[-1] | {'mail': b''},
                             {'from': 'us@shop.example', 'to': ['lost@x.example'], 'user': 'support',
                              'tls': True, 'helo': 'probe.example', 'mail': b''})

    def test_content(self):
        odd = self.write(b'Subject: dots\n\n.\n..\n.a\r\n\r\nbare\rreturn\n.\r\n\nend', 'odd.eml')
        self.assertEqual(self.send('a@x.example', mail=odd, sender=''), [('sent', 'alive=1')])
        self.assertEqual(self.server.received()[0]['mail'],
                         b'Subject: dots\r\n\r\n.\r\n..\r\n.a\r\n\r\nbare\r\nreturn\r\n.\r\n\r\nend\r\n')
        self.assertEqual(self.server.received()[0]['from'], '')
        eight = self.write('Subject: ü\n\n'.encode(), 'eight.eml')
        self.assertEqual(self.send('a@x.example', mail=eight)[0][0], 'refused')

    def test_addresses_that_would_inject_commands(self):
        bad = ['a@x.example>\r\nRCPT TO:<b@x.example', 'a@x.example\n', '<a@x.example>', 'a b@x.example',
               'a@b@x.example', 'ü@x.example', '', 'a@', '@x.example', 'a@x.example SIZE=1']
        self.assertEqual(self.send(*bad), [('refused', 'alive=1')] * len(bad))
        self.assertEqual(self.send('a@x.example', sender='a>\r\nDATA'), [('refused', 'alive=1')])
        self.assertEqual(self.server.received(), [])

    def test_login(self):
        strict = SmtpServer(self.dir / 'strict', auth_required=True, tls=self.server.tls)
        self.addCleanup(strict.stop)
        send = ('send', 'a@b.example', 'c@d.example', self.mail)
        self.assertFails(self.smtp(strict, *send, secret='wrong'), 'login', 'login of support', '535')
        self.assertFails(self.smtp(strict, *send, secret='wrong', auth='xoauth2'), 'login')
        self.assertTrue(self.smtp(strict, *send).lines[0].startswith('sent'))
        self.assertTrue(self.smtp(strict, *send, auth='none').lines[0].startswith('refused'))
        self.assertEqual(len(strict.received()), 1)

    def test_scripted_replies(self):
        def smtp(replies, greeting=b'220 hi\r\n'):
            def talk(server, conn):
                conn.sendall(greeting)
                for line in server.read_lines(conn):
                    conn.sendall(replies.get(line.split(' ')[0], b'250 ok\r\n'))
            return talk
        for expected, replies in [
                ('unknown', {'DATA': b'354 go\r\n', '.': b'who are you?\r\n'}),
                ('unknown', {'DATA': b'354 go\r\n', '.': b'354 more\r\n'}),
                ('later', {'DATA': b'250 no need\r\n'}),
                ('later', {'DATA': b'354 go\r\n250 taken\r\n', '.': b'550 no\r\n'}),
                ('later', {'DATA': b'354 go\r\n450 later\r\n'}),
                ('later', {'RCPT': b'garbage\r\n'}),
                ('later', {'MAIL': b'421-bye\r\n421 bye\r\n'}),
                ('refused', {'MAIL': b'550-no\r\n550-not\r\n550 you\r\n'})]:
            quiet = {line: b'' for line in ('From:', 'Subject:', '', 'body')}
            with self.subTest(replies), Scripted(smtp(quiet | replies)) as server:
                outcome = self.smtp(server, 'send', 'a@b.example', 'c@d.example', self.mail, auth='none')
                self.assertEqual(outcome.lines[0].split(' ')[0], expected, outcome.lines)
        for code, greeting in [('unreachable', b'554 no service\r\n'), ('unreachable', b'421 later\r\n'),
                               ('protocol', b'* OK IMAP here\r\n'), ('too-much', b'220-' + b'x' * 9_000_000),
                               ('unreachable', b'')]:
            with self.subTest(greeting[:20]), Scripted(smtp({}, greeting)) as server:
                self.assertFails(self.smtp(server, auth='none', idle=1), code)
        with Scripted(smtp({'EHLO': b'502 what?\r\n'})) as server:
            self.assertIsNone(self.smtp(server, auth='none').error)
            self.assertFails(self.smtp(server), 'refused', '502')


if __name__ == '__main__':
    main()
