#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Nobody talks to our servers, our terminal or our customers through us: what mail, lookups, agents
and settings bring stays data, in headers, SMTP, IMAP, on the terminal and in JSON."""
import base64, json, re, sqlite3, sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *
from proxy import Refuser

OURS = {'From', 'To', 'Subject', 'Date', 'Message-Id', 'In-Reply-To', 'References', 'Auto-Submitted',
        'X-Auto-Response-Suppress', 'MIME-Version', 'Content-Type', 'Content-Transfer-Encoding'}
EVIL = 'Bcc: victim@elsewhere.example'
SMUGGLED = 'MAIL FROM:<service@shop.example>\r\nRCPT TO:<victim@elsewhere.example>\r\nDATA\r\nSubject: x\r\n\r\nx'
# What makes a terminal do things: C0, DEL, C1 as UTF-8, separators, marks of direction.
ORDERS = '\x1b]0;title\x07\x1b[31m\x9b2J\x85\x7f\u202e\u2066\u2028\u200f\b\b\x0c'


def word(text, how='b'):
    """TEXT as one encoded word, whatever is in it."""
    raw = text.encode()
    if how == 'b':
        return f'=?utf-8?b?{base64.b64encode(raw).decode()}?='
    return '=?utf-8?q?' + ''.join(f'={c:02X}' for c in raw) + '?='


def raw_mail(number, text='I forgot my password, cannot log in.', **fields):
    """Bytes of a mail whose headers are as given, right or not."""
    head = {'From': f'kim{number}@customer.example', 'To': 'service@shop.example', 'Subject': 'Forgot password',
            'Message-ID': f'<{number}@customer.example>'}
    head |= {name.replace('_', '-'): value for name, value in fields.items()}
    lines = ''.join(f'{name}: {value}\r\n' for name, value in head.items())
    return f'{lines}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n'.encode()


class InjectionTest(ErmsTest):
    def assert_clean(self, sent, to=None):
        """One mail as we write them, to one address."""
        raw = sent['mail']
        self.assertEqual(len(sent['to']), 1)
        if to:
            self.assertEqual(sent['to'], [to])
        self.assertIn(sent['from'], ('', 'service@shop.example'))
        self.assertNotRegex(raw, rb'[^\r]\n|\r[^\n]|[\0\x80-\xff]')
        head, body = raw.split(b'\r\n\r\n', 1)
        names = re.findall(rb'^([^\s:]+):', head, re.M)
        self.assertEqual(len(names), len(set(names)))
        self.assertLessEqual({n.decode() for n in names}, OURS)
        for line in raw.split(b'\r\n'):
            self.assertLessEqual(len(line), 998)
        for line in head.split(b'\r\n'):
            self.assertRegex(line, rb'^([A-Za-z-]+:|[ \t]+\S)')
        mail = parse(raw)
        for name in 'Subject', 'From', 'To':
            self.assertNotRegex(str(mail[name]), '[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]')
        return mail


class Mail(InjectionTest):
    """By customers."""

    def test_headers(self):
        mails, n = [], 0
        for how in 'b', 'q':
            for inner in (f'Hi\r\n{EVIL}', f'Hi\n{EVIL}', f'Hi\r{EVIL}', f'Hi\r\n\r\n.\r\n{SMUGGLED}', 'Hi\0there',
                          f'{ORDERS}Hi', '=?utf-8?q?=0D=0ABcc:_victim=40elsewhere.example?=', 'A' * 5000,
                          'ä' * 3000, f'Hi\u2028{EVIL}', '\ud7ff' * 400):
                for name in 'Subject', 'From', 'Reply_To':
                    n += 1
                    value = word(inner, how) + ('' if name == 'Subject' else f' <kim{n}@customer.example>')
                    mails.append(raw_mail(n, **{name: value}))
        for inner in ('<1@x> <2@x>', f'<a\r\n {EVIL}@x>', '<a\x0bb@x>', '<a b@x>', '<a@x', '<' + 'a' * 3000 + '@x>', '<ä@x>',
                      word(f'<a@x>\r\n{EVIL}'), f'<x@x>\r\n\t{EVIL}', '<a@x>\x00<b@x>', '<"\\\r\n"@x>'):
            for name in 'Message_ID', 'References', 'In_Reply_To':
                n += 1
                mails.append(raw_mail(n, **{name: inner}))
        self.configure(general='max-answers-per-domain = 1000\n' * self.knows('max-answers-per-domain'))
        self.deliver(*mails)
        self.erms('run')
        self.assertEqual(len(self.tickets()), n)
        for sent in self.smtp.received():
            self.assert_clean(sent)
            self.assertRegex(sent['to'][0], r'^kim\d+@customer\.example$')
        # An agent answers what the machine did not: the same holds.
        for ticket in [t for t in self.tickets() if t['state'] == 'open'][::4]:
            self.erms('ticket', 'reply', str(ticket['ticket']), '--body', '-', input='Hello', expect=None)
            self.assertIn(self.last.returncode, (DONE, FAILED), self.last.stderr)
        sent = self.smtp.received()
        self.assertGreater(len(sent), 10)
        for one in sent:
            self.assert_clean(one)

    def knows(self, setting):
        return setting in (Path(__file__).resolve().parents[2] / 'cmd/settings.c').read_text()

    def test_addresses(self):
        """The address of an answer is one that was there, or there is none."""
        odd = ['a@x.example>\r\nRCPT TO:<victim@elsewhere.example', '"a\r\n RCPT TO:<v@e.example>"@x.example',
               '<@relay.example,@other.example:kim@customer.example>', 'kim%elsewhere.example@shop.example',
               'elsewhere.example!kim', 'kim@customer.example, victim@elsewhere.example', '"a b"@x.example',
               '<a@x.example> BODY=8BITMIME', 'a@[127.0.0.1]', 'a@x.example\0.test', 'kïm@customer.example', 'a@b@c.example',
               '<<a@x.example>>', '<>', 'a' * 70 + '@x.example', 'a@' + 'x' * 300 + '.example', "';drop--@x.example",
               '$(id)@x.example', '|id@x.example', '-oQ/tmp@x.example', word('a@x.example\r\nBcc: v@e.example')]
        for name in 'From', 'Reply_To':
            self.deliver(*(raw_mail(f'{name}{i}'.lower(), **{name: value}) for i, value in enumerate(odd)))
        self.erms('run', expect=None)
        self.assertNotIn('INBOX', self.folders())
        for ticket in self.tickets():
            if ticket['state'] == 'open':
                to = self.ticket(ticket['ticket'])['messages'][0]
                self.erms('ticket', 'reply', str(ticket['ticket']), '--body', '-', '--to', ticket['customer'] or 'x',
                          input='Hello', expect=None)
        for sent in self.smtp.received():
            self.assert_clean(sent)
            self.assertRegex(sent['to'][0], r"^[!#-'*+/-9=?A-Z^-~.-]+@[a-z0-9.-]+$")
            self.assertNotIn('victim', sent['to'][0])

    def test_logs_have_no_mail_in_them(self):
        self.deliver(raw_mail(1, Subject='Xylophone password'), raw_mail(2, text='Marmalade for zebras', Subject='Umbrella'),
                     raw_mail(3, Subject=word('Quixotic\r\nerms: ticket 9: sent')))
        self.erms('run', '--verbose', env={'G_MESSAGES_DEBUG': 'all'})
        for word_ in 'Xylophone', 'Marmalade', 'zebras', 'Umbrella', 'Quixotic', 'ticket 9':
            self.assertNotIn(word_.lower(), (self.last.stdout + self.last.stderr).lower())


class Agent(InjectionTest):
    """By what agents write and look up."""
    BODIES = ['Hello\n.\nQUIT\n', f'Hello\r\n.\r\n{SMUGGLED}', f'Hello\n.\r\n{SMUGGLED}', f'Hello\r.\r{SMUGGLED}',
              f'Hello\r\n.\n{SMUGGLED}', '.', '..\n.\n..', '.\r\nx', f'Hello\r\r\n.\r\r\n{SMUGGLED}', 'From me\nFrom you\n',
              'x' * 5000, 'ä' * 5000, 'Hi\x1b[31m\x07', f'{EVIL}\n\nHi', '=?utf-8?q?x?=\n--=_boundary--\n']

    def test_bodies(self):
        for i, body in enumerate(self.BODIES):
            self.deliver(riddle(f'lee{i}@customer.example', f'Strange {i}'))
        self.erms('run')
        for i, body in enumerate(self.BODIES):
            ticket = self.ticket_of(f'lee{i}@customer.example')['ticket']
            path = self.dir / 'body'
            path.write_bytes(body.encode())
            self.erms('ticket', 'reply', str(ticket), '--body', str(path))
        received = self.smtp.received()
        self.assertEqual([s['to'] for s in received], [[f'lee{i}@customer.example'] for i in range(len(self.BODIES))])
        lines = lambda text: re.split('\r\n|\r|\n', text.rstrip('\r\n'))
        for body, sent in zip(self.BODIES, received):
            got = self.assert_clean(sent).get_payload(decode=True).decode()
            self.assertEqual(lines(got), lines(body))

    def test_no_answer_at_all(self):
        self.deliver(riddle('lee@customer.example'))
        self.erms('run')
        for body in b'a\0b', b'\xff\xfe', b' \n':
            (self.dir / 'body').write_bytes(body)
            self.erms('ticket', 'reply', '1', '--body', str(self.dir / 'body'), expect=BAD_DATA)
        self.assertEqual(self.smtp.received(), [])

    def test_lookups(self):
        self.answer('password/reset.en.md', 'title: S\nstate: approved\napprover: Erika Beispiel\ndiscloses: personal\n'
                    '---\nYour order: {{order.status}}.\nEnd\n')
        values = [f'sent\r\n.\r\n{SMUGGLED}', f'sent\n{EVIL}', 'sent\x1b[2J\x9b', '\u202esent\u2066', '{{company.name}}',
                  '{{order.status}}', 'x' * 100000, 'sent\u2028\u2029there', '.']
        with sqlite3.connect(self.home / 'orders.db') as db:
            db.execute('CREATE TABLE orders (number TEXT, email TEXT, status TEXT)')
            db.executemany('INSERT INTO orders VALUES (?, ?, ?)',
                           [(f'LV-{i}', f'kim{i}@customer.example', value) for i, value in enumerate(values)])
        self.configure(extra='[lookup order]\npattern = LV-[0-9]+\nowner = email\ndatabase = orders.db\n'
                       'query = SELECT email, status FROM orders WHERE number = :key\n')
        self.deliver(*(raw_mail(i, f'I forgot my password, cannot log in. LV-{i}') for i in range(len(values))))
        self.erms('run')
        for ticket in self.tickets():
            if ticket['state'] == 'open':
                self.erms('ticket', 'reply', str(ticket['ticket']))
        received = self.smtp.received()
        self.assertEqual(len(received), len(values))
        for sent in received:
            text = self.assert_clean(sent).get_content().replace('\r\n', '\n')
            self.assertRegex(text, r'\AYour order: [^\n]*\.\nEnd\n\Z')
            self.assertNotRegex(text, '[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]|{{|Corner Shop')


class Settings(InjectionTest):
    """By what stands in erms.conf, and servers that want to be talked through."""
    VERBS = ('CAPABILITY AUTHENTICATE LOGIN NAMESPACE LIST SELECT EXAMINE CREATE SUBSCRIBE UID APPEND NOOP LOGOUT '
             'STORE EXPUNGE CLOSE ENABLE ID').split()

    def lines(self, **parts):
        """What the IMAP server is told with these settings; nothing, if they are refused."""
        seen = []
        relay = Refuser(self.imap.port, lambda line: seen.append(line))
        self.addCleanup(relay.stop)
        mailbox = parts.pop('mailbox', '')
        self.configure(imap=relay.port, mailbox='tls = none\n' + mailbox, **parts)
        self.erms('run', expect=None)
        self.assertIn(self.last.returncode, (DONE, FAILED, CONFIG), self.last.stderr)
        return seen

    def test_folders_and_queues(self):
        for name in (r'A"B', r'A\\B', r'x\r\n9 DELETE INBOX', r'x\n9 DELETE INBOX', r'x" "y', '*', '%', r'A {5}', r'{3}\r\nabc',
                     'Größe/ü&x', r'A\tB', '(x)', '../../etc', '"', '~x', '#shared', 'NIL', 'a' * 900):
            for parts in (dict(mailbox=f'folder = {name}'), dict(mailbox=f'folder-prefix = {name}'), dict(mailbox=f'sent = {name}'),
                          dict(extra=f'[category password]\nqueue = {name}'), dict(general=f'default-queue = {name}')):
                with self.subTest(name=name, parts=parts):
                    self.deliver(riddle(f'{abs(hash((name, str(parts))))}@customer.example'))
                    for line in self.lines(**parts):
                        tag, _, rest = line.partition(' ')
                        verb = rest.split(' ')[0]
                        literal = not tag.isdigit()
                        self.assertTrue(literal or verb in self.VERBS, line)
                        self.assertNotIn('DELETE INBOX', '' if '"' in line else line)
                        self.assertNotRegex(line, '[\0-\x08\x0b-\x1f]')
            self.assertIn('INBOX', self.imap.folders('support'))

    def test_names_of_ours(self):
        """A company or a sender with line ends is refused, or made one line."""
        for old, new in ((r'name = Corner Shop', rf'name = Corner\r\n{EVIL}'), (r'from = Corner Shop <', rf'from = Corner\n{EVIL} <'),
                         (r'from = Corner Shop <service@shop.example>', rf'from = service@shop.example>\r\n{EVIL}\r\nX: <x'),
                         (r'hours = 9 to 5', rf'hours = 9\r\n.\r\n{EVIL}')):
            self.configure()
            conf = self.home / 'erms.conf'
            conf.write_text(conf.read_text().replace(old, new))
            self.deliver(question(f'kim{len(new)}@customer.example'))
            self.erms('run', expect=None)
            for sent in self.smtp.received():
                self.assert_clean(sent)


class Terminal(InjectionTest):
    """Mail cannot talk to the terminal of an agent."""

    def assert_harmless(self, text, lines=True):
        self.assertNotRegex(text, '[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]')

    def test_everything_that_is_printed(self):
        nasty = dict(Subject=word(f'Forgot password {ORDERS}x\r\ny'), From=f'{word("Kim" + ORDERS)} <kim@customer.example>')
        self.deliver(raw_mail(1, f'I forgot my password. {ORDERS} LV-1{ORDERS}', **nasty),
                     raw_mail(2, f'Zebras {ORDERS}', Subject=word(ORDERS + 'Strange'), From='lee@customer.example'))
        path = self.dir / f'mail\x1b[31m.eml'
        path.write_bytes(raw_mail(3, f'I forgot my password {ORDERS}', **nasty))
        self.configure(extra='[lookup order]\npattern = LV-.*\nowner = email\ndatabase = none.db\n'
                       'query = SELECT :key AS email\n')
        commands = [['run', '--dry-run', '--verbose'], ['run', '--verbose'], ['ticket', 'list', '--all'], ['ticket', 'show', '1'],
                    ['ticket', 'show', '2'], ['classify', '--explain', str(path)], ['label', '2', 'hours'], ['audit'], ['check'],
                    ['kb', 'check'], ['kb', 'list'], ['train'], ['ticket', 'close', '2'], ['ticket', 'show', f'9{ORDERS.strip(chr(0))}'],
                    ['ticket', 'list', f'--{ORDERS}']]
        for command in commands:
            with self.subTest(command=command):
                self.erms(*command, expect=None)
                self.assertNotEqual(self.last.stdout + self.last.stderr, '')
                self.assert_harmless(self.last.stdout + self.last.stderr)

    def test_json(self):
        self.deliver(raw_mail(1, f'Zebras {ORDERS} \U000e0041 "\\', Subject=word(f'"\\{ORDERS}'), From=f'{word("K" + ORDERS)} <kim@customer.example>'))
        self.erms('run')
        for command in (['ticket', 'list', '--all'], ['ticket', 'show', '1'], ['kb', 'list'], ['audit']):
            self.erms(*command, '--json', expect=None)
            json.loads(self.last.stdout)
            self.assert_harmless(self.last.stdout)
        message = self.ticket()['messages'][0]
        self.assertIn('\U000e0041 "\\', message['text'])  # nothing is lost on the way
        self.assertIn('\u202e', message['text'])

    def test_servers(self):
        """What a server says is no order either."""
        relay = Refuser(self.imap.port, lambda line: f'NO [ALERT] {ORDERS} denied' if 'SELECT' in line else None)
        self.addCleanup(relay.stop)
        self.configure(imap=relay.port, mailbox='tls = none')
        for command in 'run', 'check':
            self.erms(command, expect=None)
            self.assertIn('denied', self.last.stdout + self.last.stderr)
            self.assert_harmless(self.last.stdout + self.last.stderr)


if __name__ == '__main__':
    unittest.main()
