#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Who may be told what: personal data only to whom our mail server vouches for, and nothing of a stranger's
mail repeated to anybody. Hard cases D39, E41, E43, E44 and the echo of D40."""
import json, re, sqlite3, sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from answers import BY_DATABASE, STATUS, AnswersTest
from erms import *

PUBLIC = ('title: Portal\nstate: approved\napprover: Erika Beispiel\n---\n'
          '{{greeting}}\n\nIn the customer portal you see where your order is.\n')
SECRET = 'on its way'


def results(value):
    return f'Authentication-Results: {value}'


def stamped(raw, *headers):
    """The mail as the mail server leaves it: its headers are on top of what came in."""
    return ''.join(header + '\r\n' for header in headers).encode() + raw


def domain(n):
    return f'town{n}.example'


def asks(n, number=None, text='', **headers):
    number = number or f'LV-1000{n:02}'
    return mail(f'Kim Muster <kim@{domain(n)}>', 'My order', f'Where is my order {number}, has it been shipped? {text}',
                **headers)


def passed(n):
    return results(f'mx.shop.example; dmarc=pass header.from={domain(n)}')


class DisclosureTest(AnswersTest):
    public = True

    def make_home(self):
        super().make_home()
        self.answer('order/status.en.md', STATUS)
        if self.public:
            self.answer('order/portal.en.md', PUBLIC)
        with sqlite3.connect(self.home / 'orders.db') as db:
            db.execute('CREATE TABLE orders (number TEXT, email TEXT, status TEXT)')
            db.executemany('INSERT INTO orders VALUES (?, ?, ?)',
                           [(f'LV-1000{n:02}', f'kim@{domain(n)}', SECRET) for n in range(50)])
        self.configure()

    def configure(self, extra=BY_DATABASE, **parts):
        super().configure(extra=extra, **parts)

    def outcomes(self, *mails):
        """Delivers, runs; for each mail its message with the verdict, and the text of the answer or None."""
        self.deliver(*mails)
        self.erms('run')
        self.sent = {parse(sent['mail'])['In-Reply-To']: sent['mail'] for sent in self.smtp.received()}
        messages = {f'<{m["message_id"]}>': (m, t) for t in map(lambda t: self.ticket(t['ticket']), self.tickets())
                    for m in t['messages']}
        out = []
        for raw in mails:
            key = re.search(rb'(?m)^Message-ID: (<.*>)', raw)[1].decode()
            message, ticket = messages[key]
            text = parse(self.sent[key]).get_content() if key in self.sent else None
            out.append((message['verdict'], text, ticket))
        return out


# The headers on top of a mail from kim@townN.example, and whether he is told; and what is said of it.
ROWS = [
    ('pass', lambda n: [passed(n)], True, 'mx.shop.example says dmarc=pass for {}, the domain of From'),
    ('folded', lambda n: [results(f'mx.shop.example (host x) 1;\r\n\tspf=fail (a \\( b)\r\n\tsmtp.mailfrom="x;y"@z.example;'
                                  f'\r\n\tdmarc=pass (p=none dis=none)\r\n header.from={domain(n)};')], True, 'dmarc=pass'),
    ('case', lambda n: [results(f'MX.Shop.EXAMPLE; DMARC=PASS header.from={domain(n).upper()}')], True, 'dmarc=pass'),
    ('fail', lambda n: [results(f'mx.shop.example; dmarc=fail (p=none) header.from={domain(n)}')], False,
     'mx.shop.example says dmarc=fail for {}'),
    ('forged below the real one', lambda n: [results(f'mx.shop.example; dmarc=fail header.from={domain(n)}'), passed(n)], False,
     'mx.shop.example says dmarc=fail for {}'),
    ('forged below one without dmarc', lambda n: [results('mx.shop.example; spf=pass'), passed(n)], False, 'says nothing of dmarc'),
    ('none', lambda n: [], False, 'no Authentication-Results of mx.shop.example'),
    ('no result', lambda n: [results('mx.shop.example; none')], False, 'says nothing of dmarc'),
    ('pass in a comment', lambda n: [results(f'mx.shop.example; spf=pass (dmarc=pass header.from={domain(n)})')], False,
     'says nothing of dmarc'),
    ('pass in quotes', lambda n: [results(f'mx.shop.example; spf=pass reason="; dmarc=pass header.from={domain(n)}"')], False,
     'says nothing of dmarc'),
    ("attacker's domain passes", lambda n: [results('mx.shop.example; dmarc=pass header.from=attacker.example')], False,
     'says dmarc=pass for attacker.example, but From is {}'),
    ("attacker's server", lambda n: [results(f'mx.attacker.example; dmarc=pass header.from={domain(n)}')], False,
     'no Authentication-Results of mx.shop.example'),
    ("another server's above ours", lambda n: [results('relay.example; dmarc=fail'), passed(n)], True, 'dmarc=pass'),
    ('two results', lambda n: [passed(n) + f'; dmarc=fail header.from={domain(n)}'], False, 'says dmarc=fail for {}'),
    ('malformed', lambda n: [passed(n) + ' ('], False, 'is malformed: a comment without end'),
    ('ARC', lambda n: ['ARC-' + passed(n).replace(': ', ': i=1; ')], False, 'no Authentication-Results of mx.shop.example'),
    ('two From', lambda n: [passed(n), f'From: kim@{domain(n)}'], False, 'the mail has several From headers'),
    ('space before the colon', lambda n: [passed(n).replace(':', ' :', 1)], False, 'malformed'),
]


class Public(DisclosureTest):
    def test_e41_all_variants(self):
        mails = [stamped(asks(n), *headers(n)) for n, (_, headers, _, _) in enumerate(ROWS)]
        for n, ((name, _, told, sentence), (verdict, text, ticket)) in enumerate(zip(ROWS, self.outcomes(*mails))):
            with self.subTest(name):
                self.assertEqual(verdict['action'], 'send', verdict)
                self.assertIn(sentence.format(domain(n)), verdict['authentication'])
                if told:
                    self.assertIn(f'Your order LV-1000{n:02} is {SECRET}.', text)
                else:
                    self.assertIn('In the customer portal', text)
                    self.assertEqual(verdict['template'], 'order/portal.en')

    def test_e41_not_configured(self):
        self.configure(mailbox='')
        (verdict, text, _), = self.outcomes(stamped(asks(1), passed(1)))
        self.assertIn('In the customer portal', text)
        self.assertIn('note  [mailbox support] has no authserv-id', self.erms('check', expect=None))
        self.assertIn('no authserv-id is configured (erms.conf: [mailbox support] authserv-id)', verdict['authentication'])

    def test_e43_headers_of_ours(self):
        headers = ['X-Erms-Authenticated: yes', 'X-Erms-Ticket: 1', 'X-Erms-Category: order', 'X-Erms: auto',
                   'Authenticated-Sender: kim', 'X-Authentication-Results: mx.shop.example; dmarc=pass header.from=' + domain(1)]
        plain, marked = self.outcomes(asks(2), stamped(asks(1), *headers))
        for verdict, text, ticket in plain, marked:
            self.assertIn('In the customer portal', text)
            self.assertEqual(verdict['template'], 'order/portal.en')
            self.assertEqual(len(ticket['messages']), 1)

    def test_e44_to_a_stranger_all_orders_are_alike(self):
        """Own, foreign and unknown numbers: the same bytes, but for what names the mail itself."""
        answers = self.outcomes(asks(1), asks(2, 'LV-100009'), asks(3, 'LV-999999'), asks(4, 'LV-100009 LV-999999'))
        blurred = set()
        for n, (verdict, text, ticket) in zip((1, 2, 3, 4), answers):
            raw, = [m for m in self.sent.values() if f'kim@{domain(n)}'.encode() in m]
            raw = re.sub(rb'(?im)^(Message-ID|In-Reply-To|References|Date|X-Received-At): .*\r\n(\s.*\r\n)*', b'', raw)
            raw = raw.replace(domain(n).encode(), b'').replace(ticket['token'].encode(), b'')
            blurred.add(raw)
        self.assertEqual(len(blurred), 1, blurred)

    def test_d39_web_form(self):
        form = stamped(mail('Kim Formname <service@shop.example>', 'Contact form: evilsubject',
                            'Where is my order LV-100001, has it been shipped?', Reply_To=f'kim@{domain(1)}'),
                       results('mx.shop.example; dmarc=pass header.from=shop.example'))
        (verdict, text, _), = self.outcomes(form)
        self.assertIn('In the customer portal', text)
        self.assertIn('would go to another address', verdict['authentication'])
        sent, = self.smtp.received()
        self.assertEqual(sent['to'], [f'kim@{domain(1)}'])
        self.check_no_echo(sent['mail'], 'Formname', 'evilsubject', 'LV-1')

    def check_no_echo(self, raw, *words):
        message = parse(raw)
        # The ids that a mail program needs to show the answer beside the mail are the only thing.
        for name in 'In-Reply-To', 'References':
            del message[name]
        whole = (message.as_string() + str(message['Subject']) + str(message['To']) + message.get_content()).lower()
        for word in words:
            self.assertNotIn(word.lower(), whole)
            self.assertNotIn(word.lower().encode(), re.sub(rb'(?im)^(In-Reply-To|References): .*\r\n(\s.*\r\n)*', b'', raw).lower())

    def test_d40_nothing_of_a_stranger_is_repeated(self):
        words = 'Evilname', 'Evilson', 'evilsubject', 'evilbody', 'evil.example', 'K7Q4-29XM', 'bcc', 'evilkey'
        mails = [
            mail('"Evilname Evilson" <a@one.example>', 'evilsubject: forgot password http://evil.example/ [#K7Q4-29XM]',
                 'I forgot my password, cannot log in. evilbody http://evil.example/'),
            mail('Evilname Evilson <a@two.example>', 'Re: Fwd: evilsubject', 'I forgot my password, cannot log in. evilbody\n\n-- \nEvilname'),
            mail('=?utf-8?q?Evilname_Evilson?= <a@three.example>', '=?utf-8?b?ZXZpbHN1YmplY3Q=?= password',
                 'I forgot my password, cannot log in. {{customer.name}} {{evilkey}} evilbody'),
            stamped(mail('Evilname Evilson <a@four.example>', 'evilsubject', 'I forgot my password, cannot log in.'),
                    results('mx.shop.example; dmarc=fail header.from=four.example')),
            mail('Evilname Evilson <a@five.example>', 'evilsubject\tBcc: x@evil.example', 'I forgot my password, cannot log in.',
                 Comments='evilbody', Organization='evilbody', List_Help=None),
        ]
        for (verdict, text, ticket) in self.outcomes(*mails):
            self.assertEqual(verdict['action'], 'send', verdict)
            self.assertTrue(text.startswith('Hello,'), text)
            raw, = [m for m in self.sent.values() if ticket['token'].encode() in m]
            self.check_no_echo(raw, *words)
            self.assertEqual(parse(raw)['Subject'], f'Your enquiry [#{ticket["token"]}]')
            self.assertTrue(parse(raw)['References'])

    def test_german_subject(self):
        (_, text, ticket), = self.outcomes(mail('Kim Muster <kim@town1.example>', 'Passwort', 'Ich habe mein Passwort vergessen und '
                                                'komme nicht mehr in mein Konto. Die Anmeldung mit meinem Passwort geht nicht.'))
        self.assertTrue(text.startswith('Guten Tag,'), text)
        raw, = self.sent.values()
        self.assertEqual(parse(raw)['Subject'], f'Ihre Anfrage [#{ticket["token"]}]')

    def test_subject_of_the_answer(self):
        self.answer('password/reset.en.md', 'title: Reset\nstate: approved\napprover: Erika Beispiel\nsubject: Your new password\n'
                    '---\n{{greeting}}\n\nOpen the login page.\n')
        (_, _, ticket), = self.outcomes(question('Kim Muster <kim@town1.example>', 'evilsubject'))
        raw, = self.sent.values()
        self.assertEqual(parse(raw)['Subject'], f'Re: Your new password [#{ticket["token"]}]')

    def test_name_of_a_stranger_is_a_gap(self):
        """A place that only the mail could fill is not filled from it."""
        self.answer('password/reset.en.md', 'title: Reset\nstate: approved\napprover: Erika Beispiel\n---\n'
                    '{{customer.name|dear customer}}: open the login page.\n')
        (_, text, _), = self.outcomes(question('Kim Muster <kim@town1.example>'))
        self.assertIn('dear customer: open', text)
        self.answer('password/reset.en.md', 'title: Reset\nstate: approved\napprover: Erika Beispiel\n---\n'
                    '{{customer.name}}: open the login page.\n')
        _, (verdict, text, ticket) = self.outcomes(question('Kim Muster <kim@town1.example>'), question('Lee Muster <lee@town2.example>'))
        self.assertIsNone(text)
        self.assertEqual(verdict['reason'], 'incomplete')
        self.assertIn('Lee Muster: open', ticket['replies'][0]['body'])  # an agent may

    def test_known_sender_keeps_subject_and_name(self):
        (_, text, ticket), = self.outcomes(stamped(question('Kim Muster <kim@town1.example>', 'Forgot password'), passed(1)))
        self.assertTrue(text.startswith('Dear Kim Muster,'), text)
        raw, = self.sent.values()
        self.assertEqual(parse(raw)['Subject'], f'Re: Forgot password [#{ticket["token"]}]')

    def test_shown(self):
        path = self.dir / 'mail.eml'
        for raw, sentence in (stamped(asks(1), passed(1)), 'mx.shop.example says dmarc=pass for town1.example, the domain of From'), \
                (asks(1), 'no Authentication-Results of mx.shop.example'):
            path.write_bytes(raw)
            self.assertEqual(json.loads(self.erms('classify', '--json', str(path)))[0]['authentication'], sentence)
            self.assertIn(f'sender:   {sentence}\n', self.erms('classify', '--explain', str(path)))
        self.outcomes(asks(1))
        self.assertIn(sentence, self.erms('ticket', 'show', '1'))

    def test_suggest_only_public(self):
        """The public answer obeys its own mode."""
        self.answer('order/portal.en.md', PUBLIC.replace('---', 'mode: suggest\n---', 1))
        (verdict, text, _), = self.outcomes(asks(1))
        self.assertIsNone(text)
        self.assertEqual(verdict['reason'], 'template-mode')


class NoPublic(DisclosureTest):
    public = False

    def test_e41_human(self):
        (verdict, text, ticket), (_, told, _) = self.outcomes(
            stamped(asks(1), results('mx.shop.example; dmarc=fail header.from=town1.example')), stamped(asks(2), passed(2)))
        self.assertIsNone(text)
        self.assertIn(SECRET, told)
        self.assertEqual((verdict['action'], verdict['reason']), ('suggest', 'disclosure'))
        self.assertIn('mx.shop.example says dmarc=fail for town1.example', verdict['detail'])
        # The agent, who decides, gets the whole draft.
        self.assertIn(f'Dear Kim Muster,\n\nYour order LV-100001 is {SECRET}.', ticket['replies'][0]['body'])
        self.assertEqual(ticket['replies'][0]['subject'], f'Re: My order [#{ticket["token"]}]')

    def test_public_for_something_else(self):
        """A public answer with `when` words of which none is in the mail is no variant of the personal one."""
        self.answer('order/lost.en.md', PUBLIC.replace('---', 'when: damaged, broken\n---', 1))
        (verdict, text, _), (_, fits, _) = self.outcomes(asks(1), asks(2, text='It arrived damaged.'))
        self.assertIsNone(text)
        self.assertEqual(verdict['reason'], 'disclosure')
        self.assertIn('In the customer portal', fits)

    def test_public_in_another_language(self):
        self.answer('order/portal.de.md', PUBLIC)
        (verdict, text, _), = self.outcomes(asks(1))
        self.assertIsNone(text)
        self.assertEqual(verdict['reason'], 'disclosure')

    def test_e44_foreign_like_unknown(self):
        """Not even for a known sender, the agent or the records."""
        foreign, unknown = self.outcomes(stamped(asks(1, 'LV-100009'), passed(1)), stamped(asks(2, 'LV-999999'), passed(2)))
        self.assertEqual(self.sent, {})
        blurred = []
        for (verdict, _, ticket), number, n in (foreign, 'LV-100009', 1), (unknown, 'LV-999999', 2):
            kept = {'verdict': {key: verdict[key] for key in ('action', 'reason', 'detail', 'template', 'authentication')},
                    'why': ticket['why'], 'queue': ticket['queue'], 'history': [(e['what'], e['detail']) for e in ticket['history']],
                    'replies': [(r['template'], r['body'], r['missing'], r['subject']) for r in ticket['replies']]}
            blurred.append(json.dumps(kept).replace(number, '').replace(domain(n), '').replace(ticket['token'], ''))
        self.assertEqual(foreign[0]['reason'], 'lookup')
        self.assertEqual(*blurred)
        self.assertNotIn(SECRET, self.erms('ticket', 'show', '1'))

    def test_e41_forgotten_while_it_waited(self):
        """What makes an answer allowed is asked again before it leaves."""
        self.smtp.stop()
        self.deliver(stamped(asks(1), passed(1)))
        self.erms('run', expect=None)
        self.assertEqual([r['state'] for r in self.ticket()['replies']], ['approved'])
        self.configure(mailbox='authserv-id = another.example')
        self.smtp = SmtpServer(self.dir / 'sent2', tls=self.tls)
        self.addCleanup(self.smtp.stop)
        self.configure(mailbox='authserv-id = another.example')
        self.erms('run')
        self.assertEqual(self.smtp.received(), [])
        self.assertEqual(self.ticket()['state'], 'open')
        self.assertIn('no Authentication-Results of another.example', self.ticket()['why'])


del AnswersTest, DisclosureTest

if __name__ == '__main__':
    unittest.main()
