#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""mail/imap against Dovecot, and against servers that lie."""
import socket

from net import Case, DIR, Dovecot, MAIL, PLAIN, SELECT, Scripted, body, digest, fake_imap, main


class Protocol(Case):
    def test_nonsense(self):
        for words, answer in [('garbage', b'hello world, this is not IMAP\r\n'),
                              ('wrong tag', b'zz99 OK done\r\n'),
                              ('bad', b'%TAG% BAD what?\r\n'),
                              ('bad literal', b'* 1 FETCH (UID 1 BODY[] {3}\r\nabcdefg)\r\n%TAG% OK done\r\n')]:
            with self.subTest(words), Scripted(fake_imap({'UID FETCH': answer})) as server:
                outcome = self.imap(server, *SELECT, 'fetch', '1', ',', 'list', '1', idle=2)
                self.assertFails(outcome, 'protocol')
                self.assertIn('already ended', outcome.lines[-1])

    def test_b15_deep_nesting_does_not_reach_the_parser(self):
        deep = b'(' * 30000 + b'\r\n%TAG% OK done\r\n'
        for start, answer in [('SELECT', b'* 1 FETCH (BODYSTRUCTURE ' + deep),
                              ('UID FETCH', b'* 1 FETCH (UID 1 BODY[] {2}\r\n"( BODYSTRUCTURE ' + deep),
                              ('UID FETCH', b'* 1 FETCH (BODY[] {4294967297}\r\n"( BODYSTRUCTURE ' + deep),
                              ('UID FETCH', b'* 1 FETCH (BODY[] {1}  " BODYSTRUCTURE ' + deep),
                              ('UID FETCH', b'* OK [BADCHARSET ({9}\r\n* 1 FETCH {99999}\r\n* 1 FETCH (BODYSTRUCTURE ' + deep),
                              ('UID FETCH', b'* THREAD ' + deep)]:
            with self.subTest(answer[:60]), Scripted(fake_imap({start: answer})) as server:
                self.assertFails(self.imap(server, *SELECT, 'fetch', '1', idle=2), 'protocol')
        with Scripted(fake_imap(greeting=b'* OK hi\r\n* 1 FETCH (BODYSTRUCTURE ' + deep)) as server:
            self.assertFails(self.imap(server, idle=2), 'protocol')

    def test_parentheses_in_a_mail_are_its_own(self):
        raw = b'(' * 3000 + b'\r\n* 1 FETCH {9}\r\n"('
        with Scripted(fake_imap({'UID FETCH': body(1, raw) + b'%TAG% OK done\r\n'})) as server:
            outcome = self.imap(server, *SELECT, 'fetch', '1')
        self.assertEqual(outcome.of('mail'), [('1', str(len(raw)), digest(raw))])

    def test_bye(self):
        def bye(conn, tag):
            conn.sendall(b'* BYE going down\r\n')
            conn.shutdown(socket.SHUT_RDWR)
        with Scripted(fake_imap({'UID FETCH': bye})) as server:
            self.assertFails(self.imap(server, *SELECT, 'fetch', '1'), 'unreachable')
        with Scripted(fake_imap(greeting=b'* BYE too many of you\r\n')) as server:
            self.assertFails(self.imap(server), 'unreachable', 'too many of you')

    def test_control_characters_do_not_reach_the_error_text(self):
        with Scripted(fake_imap({'SELECT': b'%TAG% NO \x1b[31mred \x07bell\r\n'})) as server:
            outcome = self.imap(server, 'select', 'X')
        self.assertFails(outcome, 'refused', 'red')
        self.assertNotRegex(outcome.error, '[\x00-\x1f]')

    def test_only_what_was_asked_for_is_passed_on(self):
        answer = (b'* 5 FETCH (FLAGS (\\Seen))\r\n' + body(77, b'foreign') + body(2, b'second')
                  + b'* 3 FETCH (UID 3 BODY[] NIL)\r\n* 4 FETCH (UID 4 FLAGS ())\r\n'
                  + body(2, b'twice') + b'* 6 EXISTS\r\n' + body(1, b'first') + b'%TAG% OK done\r\n')
        with Scripted(fake_imap({'UID FETCH': answer})) as server:
            outcome = self.imap(server, *SELECT, 'fetch', '1:4')
        self.assertWorks(outcome)
        self.assertEqual(outcome.of('mail'), [('2', '6', digest(b'second')), ('1', '5', digest(b'first'))])

    def test_no_to_fetch_is_an_error(self):
        with Scripted(fake_imap({'UID FETCH': body(1, b'one') + b'%TAG% NO some failed\r\n'})) as server:
            outcome = self.imap(server, *SELECT, 'fetch', '1,2', ',', 'select', 'INBOX')
        self.assertFails(outcome, 'refused', 'some failed')
        self.assertEqual(len(outcome.of('folder')), 2)

    def test_list_is_filtered_sorted_and_without_doubles(self):
        answer = (b'* 9 FETCH (UID 30 RFC822.SIZE 5 FLAGS (\\Deleted $Junk))\r\n'
                  b'* 2 FETCH (UID 4 RFC822.SIZE 5 FLAGS ())\r\n* 3 FETCH (FLAGS (\\Seen))\r\n'
                  b'* 8 FETCH (RFC822.SIZE 7 UID 20 FLAGS (Junk))\r\n'
                  b'* 9 FETCH (UID 30 RFC822.SIZE 5 FLAGS (\\Deleted $Junk))\r\n%TAG% OK done\r\n')
        with Scripted(fake_imap({'UID FETCH 10:*': answer})) as server:
            outcome = self.imap(server, *SELECT, 'list', '10')
        self.assertEqual(outcome.of('entry'), [('20', '7', 'junk'), ('30', '5', 'deleted', 'junk')])

    def test_empty_folder(self):
        talk = fake_imap({'SELECT': b'* 0 EXISTS\r\n%TAG% OK done\r\n', 'UID FETCH': b'%TAG% BAD set\r\n'})
        with Scripted(talk) as server:
            self.assertWorks(self.imap(server, *SELECT, 'list', '1'))

    def test_a_hundred_thousand_mails_are_listed_in_little_memory(self):
        def many(conn, tag):
            for i in range(0, 100_000, 1000):
                conn.sendall(b''.join(b'* %d FETCH (UID %d RFC822.SIZE 1000 FLAGS (\\Seen))\r\n' % (k, k)
                                      for k in range(i + 1, i + 1001)))
            conn.sendall(tag + b' OK done\r\n')
        with Scripted(fake_imap({'UID FETCH': many})) as server:
            outcome = self.imap(server, *SELECT, 'list', '1')
        self.assertEqual(len(outcome.of('entry')), 100_000)
        self.assertSmall(outcome, 40)

    def test_command_lines_are_bounded_and_sets_compacted(self):
        with Scripted(fake_imap()) as server:
            uids = ','.join(str(4_000_000_000 + 2 * i) for i in range(3000)) + ',4100000000:4100000500'
            self.assertWorks(self.imap(server, *SELECT, 'move', 'INBOX', uids, ',', 'fetch', '1:500,503',
                                       ',', 'keyword', 'erms', uids))
        self.assertLess(max(map(len, server.lines)), 8000)
        sets = ','.join(line.split(' ')[3] for line in server.lines if ' UID MOVE ' in line)
        self.assertEqual(sets, uids)
        self.assertIn('UID FETCH 1:500,503 (UID BODY.PEEK[])', ' '.join(server.lines))

    def test_copyuid(self):
        for name, answer, expected in [
                ('untagged, ranges, several',
                 b'* OK [COPYUID 9 1:2 11:12] moved\r\n* 1 EXPUNGE\r\n* OK [COPYUID 9 5 20] moved\r\n'
                 b'%TAG% OK done\r\n', [('1', '11', '9'), ('2', '12', '9'), ('5', '20', '9')]),
                ('tagged', b'%TAG% OK [COPYUID 9 2,5 7:8] done\r\n', [('2', '7', '9'), ('5', '8', '9')]),
                ('not told', b'%TAG% OK done\r\n', [('1', '0', '0'), ('2', '0', '0'), ('5', '0', '0')]),
                ('foreign and endless', b'%TAG% OK [COPYUID 9 1:4294967295 1:4294967295] done\r\n',
                 [('1', '1', '9'), ('2', '2', '9')])]:
            with self.subTest(name), Scripted(fake_imap({'UID MOVE': answer})) as server:
                outcome = self.imap(server, *SELECT, 'move', 'INBOX', '1,2,5')
                self.assertEqual(outcome.of('moved'), expected)

    def test_move_without_move_and_uidplus(self):
        with Scripted(fake_imap(capability='IMAP4rev1')) as server:
            outcome = self.imap(server, *SELECT, 'move', 'INBOX', '1:3')
        self.assertEqual(outcome.of('moved'), [('1', '0', '0'), ('2', '0', '0'), ('3', '0', '0')])
        said = [line.split(' ', 1)[1] for line in server.lines]
        at = said.index('UID COPY 1:3 "INBOX"')
        self.assertEqual(said[at + 1], 'UID STORE 1:3 +FLAGS.SILENT (\\Deleted)')
        self.assertNotIn('EXPUNGE', ' '.join(said))

    def test_failed_copy_deletes_nothing(self):
        talk = fake_imap({'UID COPY': b'%TAG% NO [OVERQUOTA] full\r\n'}, 'IMAP4rev1 UIDPLUS')
        with Scripted(talk) as server:
            self.assertFails(self.imap(server, *SELECT, 'move', 'INBOX', '1:3'), 'refused', 'full')
        self.assertNotRegex(' '.join(server.lines), 'STORE|EXPUNGE')

    def test_names_that_would_inject_commands(self):
        with Scripted(fake_imap()) as server:
            for name in ('x\r\nA1 DELETE INBOX', '', '\x7f', 'y' * 2000):
                self.assertFails(self.imap(server, 'select', name), 'refused', 'not a folder name')
            for keyword in ('a b', 'a)', '\\Deleted', 'ü', ''):
                self.assertFails(self.imap(server, *SELECT, 'keyword', keyword, '1'), 'refused')
        self.assertNotRegex(' '.join(server.lines), 'DELETE|STORE')


class Login(Case):
    def test_login_command_quotes(self):
        with Scripted(fake_imap(capability='IMAP4rev1')) as server:
            self.assertWorks(self.imap(server, 'select', 'INBOX', user='a"b', secret='c\\d e'))
        self.assertIn('LOGIN "a\\"b" "c\\\\d e"', ' '.join(server.lines))

    def test_without_initial_response(self):
        def ask(conn, tag):
            conn.sendall(b'+ \r\n')
            self.assertEqual(conn.recv(100), b'AHN1cHBvcnQAc2VjcmV0\r\n')
            conn.sendall(tag + b' OK done\r\n')
        with Scripted(fake_imap({'AUTHENTICATE PLAIN': ask}, 'IMAP4rev1 AUTH=PLAIN')) as server:
            self.assertWorks(self.imap(server, 'select', 'INBOX'))

    def test_refusals(self):
        for code, words, answers, capability in [
                ('login', 'LOGINDISABLED', {}, 'IMAP4rev1 LOGINDISABLED'),
                ('login', 'wrong', {'LOGIN': b'%TAG% NO wrong\r\n'}, 'IMAP4rev1'),
                ('temporary', 'later', {'AUTH': b'%TAG% NO [UNAVAILABLE] later\r\n'},
                 'IMAP4rev1 AUTH=PLAIN SASL-IR')]:
            with self.subTest(words), Scripted(fake_imap(answers, capability)) as server:
                outcome = self.imap(server)
                self.assertFails(outcome, code, words)
                self.assertNotIn('secret', outcome.error)
        self.assertFails(self.imap(server, auth='xoauth2', port=0), 'unreachable')
        with Scripted(fake_imap()) as server:
            self.assertFails(self.imap(server, auth='xoauth2'), 'login', 'XOAUTH2')
            self.assertFails(self.imap(server, secret='a\r\nb'), 'login')

    def test_dovecot(self):
        odd = 'pa"ss\\w\u00f6rd {5}'
        server = Dovecot(DIR, {'support': 'secret', 'odd': odd})
        self.addCleanup(server.stop)
        tls = {'port': server.tls_port, 'tls': 'implicit', 'ca': server.tls.ca, 'host': 'localhost'}
        self.assertWorks(self.imap(server, 'select', 'INBOX', **tls))
        self.assertWorks(self.imap(server, 'select', 'INBOX', **tls | {'tls': 'starttls', 'port': server.port}))
        self.assertWorks(self.imap(server, 'select', 'INBOX', user='odd', secret=odd))
        token = server.token('support')
        self.assertWorks(self.imap(server, 'select', 'INBOX', auth='xoauth2', secret=token, **tls))
        # The refused ones last: Dovecot makes later logins wait.
        expired = server.token('support', -100)
        self.assertFails(self.imap(server, auth='xoauth2', secret=expired, **tls), 'login', 'login of support')
        self.assertFails(self.imap(server, secret='wrong', **tls), 'login', 'login of support')


class Mailbox(Case):
    @classmethod
    def setUpClass(cls):
        cls.users = ('fetch', 'scatter', 'move', 'folders', 'flags')
        cls.server = Dovecot(DIR, {user: 'secret' for user in cls.users})

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def as_user(self, user, *command, **settings):
        return self.imap(self.server, *command, user=user, **settings)

    def test_fetch_is_exact_and_leaves_flags(self):
        mails = [MAIL, b'Subject: =?x?=\n\n\xff\xfe\x80 8-bit, no end of line', b'\n', b'x' * 3_000_000,
                 b'Subject: a\n\nline )\r\n* 1 FETCH (UID 9)\n{5}\n']
        for mail in mails:
            self.server.deliver('fetch', mail)
        outcome = self.as_user('fetch', *SELECT, 'list', '1', ',', 'fetch', '1:5', ',', 'fetch', '4', '1000')
        stored = self.server.messages('fetch')
        self.assertEqual([raw for _, _, raw in stored],
                         [mail.replace(b'\r\n', b'\n').replace(b'\n', b'\r\n') for mail in mails])
        self.assertEqual(outcome.of('mail')[:5],
                         [(str(uid), str(len(raw)), digest(raw)) for uid, _, raw in stored])
        self.assertEqual(outcome.of('mail')[5], ('4', '1000', digest(b'x' * 1000)))
        self.assertEqual([e[1] for e in outcome.of('entry')], [str(len(raw)) for _, _, raw in stored])
        self.assertTrue(all('\\Seen' not in flags for _, flags, _ in stored))
        self.assertEqual(self.as_user('fetch', *SELECT, 'list', '6').of('entry'), [])

    def test_scattered_uids(self):
        for i in range(3600):
            self.server.deliver('scatter', b'Subject: %d\n\n%d\n' % (i, i))
        with self.server.boxes['scatter'].imap() as session:
            session.select('INBOX')
            gone = ','.join(str(uid) for uid in range(1, 3601) if uid % 2 == 0)
            session.uid('STORE', gone, '+FLAGS.SILENT', '(\\Deleted)')
            session.expunge()
        left = [str(uid) for uid in range(1, 3601, 2)]
        outcome = self.as_user('scatter', *SELECT, 'fetch', ','.join(left), ',', 'fetch', '1:10', ',',
                               'move', 'INBOX', '2,4')
        self.assertWorks(outcome)
        self.assertEqual([m[0] for m in outcome.of('mail')], left + ['1', '3', '5', '7', '9'])

    def test_move(self):
        for i in range(600):
            self.server.deliver('move', b'Subject: %d\n\n%d\n' % (i + 1, i + 1))
        outcome = self.as_user('move', 'ensure', 'Beantwortet/Grüße', ',', *SELECT, 'move',
                               'Beantwortet/Grüße', '1:100,102,400:700', ',', 'list', '1', ',',
                               'move', 'Missing', '101', ',', 'select', 'INBOX', 'readonly', ',',
                               'move', 'Beantwortet/Grüße', '101')
        self.assertEqual([line.split(' ')[1] for line in outcome.lines if line.startswith('error')],
                         ['refused', 'refused'])
        moved = [str(uid) for uid in [*range(1, 101), 102, *range(400, 601)]]
        self.assertEqual([m[0] for m in outcome.of('moved')], moved)
        self.assertEqual(len(outcome.of('entry')), 600 - len(moved))
        there = {str(uid): raw for uid, _, raw in self.server.messages('move', 'Beantwortet/Grüße')}
        for source, target, _ in outcome.of('moved'):
            self.assertIn(b'Subject: %s\r\n' % source.encode(), there[target])

    def test_folders(self):
        names = ['Grüße', 'a/b/c', 'R&D', '日本/語', 'Zu "klären"', 'back\\slash', '😀 ok', '！', 'inbox']
        commands = [word for name in names
                    for word in ('exists', name, ',', 'ensure', name, ',', 'ensure', name, ',',
                                 'exists', name, ',', 'select', name, ',')]
        outcome = self.as_user('folders', *commands, 'exists', '%', ',', 'select', 'Gr&APw-')
        self.assertEqual([e[0] for e in outcome.of('exists')], ['0', '1'] * 8 + ['1', '1', '0'])
        self.assertEqual(len(outcome.of('folder')), len(names))
        self.assertFails(outcome, 'refused', 'Gr&APw-')
        self.assertEqual(set(self.server.folders('folders')),
                         {'INBOX'} | set(names[:-1]))

    def test_other_separator_and_prefix(self):
        server = Dovecot(DIR, separator='.', prefix='INBOX.')
        self.addCleanup(server.stop)
        server.deliver('support', MAIL)
        outcome = self.imap(server, 'ensure', 'Answered/Grüße', ',', 'ensure', 'INBOX/Queue', ',',
                            *SELECT, 'move', 'Answered/Grüße', '1', ',', 'select', 'Answered/Grüße')
        self.assertWorks(outcome)
        self.assertEqual(set(server.folders('support')),
                         {'INBOX', 'INBOX.Answered.Grüße', 'INBOX.Queue'})
        self.assertEqual(len(server.messages('support', 'INBOX.Answered.Grüße')), 1)

    def test_keyword_and_append(self):
        for _ in range(3):
            self.server.deliver('flags', MAIL)
        path = DIR / 'append.eml'
        path.write_bytes(b'Subject: lines\n\na\r\nb\nc')
        outcome = self.as_user('flags', *SELECT, 'keyword', 'erms-held', '1,3', ',', 'keyword', '$Junk', '3',
                               'seen', ',', 'append', 'INBOX', path, ',', 'append', 'Missing', path, ',',
                               'list', '1')
        self.assertFails(outcome, 'refused', 'Missing')
        flags = [flags - {'\\Recent'} for _, flags, _ in self.server.messages('flags')]
        self.assertEqual(flags, [{'erms-held'}, set(), {'erms-held', '$Junk', '\\Seen'}, {'\\Seen'}])
        self.assertEqual(self.server.messages('flags')[3][2], b'Subject: lines\r\n\r\na\r\nb\r\nc')
        self.assertEqual(outcome.of('entry')[2][2:], ('junk',))

    def test_move_without_the_extension(self):
        for extra, left in (('UIDPLUS', 0), ('', 2)):
            server = Dovecot(DIR, capability=f'IMAP4rev1 SASL-IR NAMESPACE {extra}')
            self.addCleanup(server.stop)
            for i in range(2):
                server.deliver('support', MAIL)
            outcome = self.imap(server, 'ensure', 'Done', ',', *SELECT, 'move', 'Done', '1:2', ',',
                                'list', '1', ',', 'capability', 'MOVE')
            self.assertWorks(outcome)
            self.assertEqual(outcome.of('capability'), [('0',)])
            self.assertEqual([m[0] for m in outcome.of('moved')], ['1', '2'])
            self.assertEqual(len(server.messages('support', 'Done')), 2)
            self.assertEqual([e[2] for e in outcome.of('entry')], ['deleted'] * left)


if __name__ == '__main__':
    main()
