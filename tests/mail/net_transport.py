#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""mail/transport: certificates, STARTTLS, time and size bounds."""
import os, socket, ssl, time

from net import Case, Certificates, DIR, MAIL, PLAIN, SELECT, Scripted, body, digest, fake_imap, free_port, main, probe


class Tls(Case):
    @classmethod
    def setUpClass(cls):
        cls.certs = Certificates(DIR)
        cls.good = {'tls': 'implicit', 'ca': cls.certs.ca, 'host': 'localhost'}

    def test_good_certificate_by_name_and_by_address(self):
        with Scripted(fake_imap(), self.certs.context()) as server:
            self.assertWorks(self.imap(server, 'select', 'INBOX', **self.good))
            self.assertWorks(self.imap(server, 'select', 'INBOX', **self.good | {'host': '127.0.0.1'}))

    def refused(self, leaf, words, **settings):
        with Scripted(fake_imap(), self.certs.context(leaf)) as server:
            self.assertFails(self.imap(server, **self.good | settings), 'tls', '[probe] localhost:',
                             words)
            self.assertEqual(server.lines, [])

    def test_bad_certificates(self):
        self.refused('server', 'unknown authority', ca=self.certs.path('stranger.pem'))
        self.refused('other', 'another name')
        self.refused('expired', 'expired')
        self.refused('server', 'cannot read the authorities', ca='/nonexistent.pem')

    def test_system_authorities_are_the_default(self):
        with Scripted(fake_imap(), self.certs.context()) as server:
            self.assertFails(self.imap(server, tls='implicit', host='localhost'), 'tls',
                             'unknown authority')

    def test_old_tls(self):
        context = self.certs.context()
        context.set_ciphers('DEFAULT:@SECLEVEL=0')
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        with Scripted(fake_imap(), context) as server:
            self.assertFails(self.imap(server, **self.good), 'tls')

    def test_server_without_tls(self):
        with Scripted(fake_imap()) as server:
            self.assertFails(self.imap(server, **self.good), 'tls')

    def test_silent_handshake(self):
        with Scripted(lambda server, conn: time.sleep(30)) as server:
            outcome = self.imap(server, idle=1, **self.good)
        self.assertFails(outcome, 'unreachable', 'silent')
        self.assertLess(outcome.seconds, 15)

    def test_imap_starttls(self):
        start = self.good | {'tls': 'starttls'}
        cases = [
            ('not offer', fake_imap(capability='IMAP4rev1 AUTH=PLAIN')),
            ('STARTTLS', fake_imap({'STARTTLS': b'%TAG% NO not now\r\n'}, 'IMAP4rev1 STARTTLS')),
            ('ahead', fake_imap({'STARTTLS': b'%TAG% OK go\r\n* OK injected\r\n'},
                                'IMAP4rev1 STARTTLS')),
            ('PREAUTH', fake_imap(greeting=b'* PREAUTH you are known\r\n')),
        ]
        for words, talk in cases:
            with self.subTest(words), Scripted(talk) as server:
                self.assertFails(self.imap(server, **start), 'tls', words)
                self.assertNotRegex(' '.join(server.lines), 'LOGIN|AUTHENTICATE')

    def test_capabilities_before_starttls_are_forgotten(self):
        def talk(server, conn):
            conn.sendall(b'* OK hi\r\n')
            for line in server.read_lines(conn):
                tag, command = line.encode().split(b' ', 1)
                offer = (b'* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED XFAKE\r\n'
                         if command == b'CAPABILITY' else b'')
                conn.sendall(offer + tag + b' OK done\r\n')
                if command == b'STARTTLS':
                    break
            conn = self.certs.context().wrap_socket(conn, server_side=True)
            for line in server.read_lines(conn):
                tag, command = line.encode().split(b' ', 1)
                offer = b'* CAPABILITY IMAP4rev1 MOVE\r\n' if command == b'CAPABILITY' else b''
                conn.sendall(offer + tag + b' OK done\r\n')
        with Scripted(talk) as server:
            outcome = self.imap(server, 'capability', 'XFAKE', ',', 'capability', 'MOVE',
                                **self.good | {'tls': 'starttls'})
        self.assertEqual(outcome.of('capability'), [('0',), ('1',)])

    def test_smtp_starttls(self):
        def smtp(offer, reply):
            def talk(server, conn):
                conn.sendall(b'220 hi\r\n')
                for line in server.read_lines(conn):
                    conn.sendall(reply if line == 'STARTTLS' else offer)
            return talk
        for words, talk in [
                ('not offer', smtp(b'250-x\r\n250 SIZE\r\n', b'')),
                ('454', smtp(b'250-x\r\n250 STARTTLS\r\n', b'554 no, 454 or so\r\n')),
                ('ahead', smtp(b'250-x\r\n250 STARTTLS\r\n', b'220 go\r\n250 injected\r\n'))]:
            with self.subTest(words), Scripted(talk) as server:
                self.assertFails(self.smtp(server, **self.good | {'tls': 'starttls'}), 'tls', words)
                self.assertNotIn('AUTH', ' '.join(server.lines))


class Bounds(Case):
    def test_nobody_there(self):
        refused = PLAIN | {'port': free_port()}
        self.assertFails(probe('imap', refused), 'unreachable', 'cannot connect')
        self.assertFails(probe('imap', refused | {'host': 'no-such-host.invalid'}, limit=90),
                         'unreachable', 'no-such-host.invalid')

    def test_silent_server(self):
        with Scripted(lambda server, conn: time.sleep(30)) as server:
            outcome = self.imap(server, idle=1)
        self.assertFails(outcome, 'unreachable', 'silent for 1 seconds')
        self.assertLess(outcome.seconds, 15)

    def trickle(self, context=None, **settings):
        def drip(conn, tag):
            for byte in body(1, b'x' * 1000):
                conn.sendall(bytes([byte]))
                time.sleep(0.1)
        with Scripted(fake_imap({'UID FETCH': drip}), context) as server:
            outcome = self.imap(server, *SELECT, 'fetch', '1', idle=2, total=4, **settings)
        self.assertFails(outcome, 'unreachable', 'not done within')
        self.assertLess(outcome.seconds, 15)

    def test_trickling_server(self):
        self.trickle()

    def test_trickling_tls_server(self):
        certs = Certificates(DIR)
        self.trickle(certs.context(), tls='implicit', ca=certs.ca, host='localhost')

    def test_slow_but_live_download_completes(self):
        data = os.urandom(300_000)

        def slow(conn, tag):
            answer = body(1, data) + tag + b' OK done\r\n'
            for i in range(0, len(answer), 50_000):
                conn.sendall(answer[i:i + 50_000])
                time.sleep(0.5)
        with Scripted(fake_imap({'UID FETCH': slow})) as server:
            outcome = self.imap(server, *SELECT, 'fetch', '1', idle=2, total=60)
        self.assertEqual(outcome.of('mail'), [('1', '300000', digest(data))])
        self.assertGreater(outcome.seconds, 2.5)

    def test_eof_inside_a_literal(self):
        def cut(conn, tag):
            conn.sendall(body(1, MAIL) + body(2, b'x' * 5000, 2)[:3000])
            conn.shutdown(socket.SHUT_RDWR)
        with Scripted(fake_imap({'UID FETCH': cut})) as server:
            outcome = self.imap(server, *SELECT, 'fetch', '1,2', ',', 'list', '1', limit=10)
        self.assertEqual([m[0] for m in outcome.of('mail')], ['1'])
        self.assertFails(outcome, 'unreachable')
        self.assertIn('already ended', outcome.lines[-1])

    def test_byte_budget(self):
        with Scripted(fake_imap({'UID FETCH': body(1, b'x' * 1_000_000) + b'%TAG% OK done\r\n'})) as server:
            self.assertFails(self.imap(server, *SELECT, 'fetch', '1', max=100_000), 'too-much')
            self.assertWorks(self.imap(server, *SELECT, 'fetch', '1', max=1_100_000))

    def test_endless_line(self):
        def flood(conn, tag):
            conn.sendall(b'* ')
            for _ in range(300):
                conn.sendall(b'x' * 1_000_000)
        with Scripted(fake_imap({'UID FETCH': flood})) as server:
            outcome = self.imap(server, *SELECT, 'fetch', '1', max=5_000_000)
        self.assertFails(outcome, 'too-much')
        self.assertSmall(outcome, 60)

    def test_endless_greeting_needs_no_budget(self):
        def flood(server, conn):
            conn.sendall(b'* OK ')
            for _ in range(300):
                conn.sendall(b'x' * 1_000_000)
        with Scripted(flood) as server:
            outcome = self.imap(server)
        self.assertFails(outcome, 'too-much')
        self.assertSmall(outcome, 60)

    def test_literal_that_claims_gigabytes(self):
        def claim(conn, tag):
            conn.sendall(b'* 1 FETCH (UID 1 BODY[] {4000000000}\r\nabc')
            conn.shutdown(socket.SHUT_RDWR)
        with Scripted(fake_imap({'UID FETCH': claim})) as server:
            outcome = self.imap(server, *SELECT, 'fetch', '1', max=5_000_000)
        self.assertFails(outcome, 'unreachable')
        self.assertSmall(outcome, 60)


if __name__ == '__main__':
    main()
