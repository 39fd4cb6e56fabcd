#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What stands in the answers: lookups, gaps, languages, names, states and dates of templates."""
import datetime, email.header, sqlite3, sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *

ORDER = ['where is my order LV-200001', 'has the parcel of order LV-200002 been shipped', 'status of my order please',
         'tracking number of the shipment', 'my order LV-200003 has not arrived']
PASSWORT = ['ich habe mein Passwort vergessen', 'die Anmeldung mit meinem Passwort geht nicht',
            'bitte setzen Sie mein Passwort zurück', 'ich brauche ein neues Passwort für mein Konto',
            'der Link für das neue Passwort ist abgelaufen']
POLITE = ['', 'Hello, thank you for your help.', 'Good morning, it is urgent.', 'Vielen Dank und viele Grüße.']
STATUS = ('title: Status\nstate: approved\napprover: Erika Beispiel\ndiscloses: personal\n---\n'
          '{{greeting}}\n\nYour order {{order.number}} is {{order.status}}.\n')
ASK = 'title: Ask\nstate: approved\napprover: Erika Beispiel\n---\n{{greeting}}\n\nWhich order number, please?\n'
TABLE = '''CREATE TABLE orders (number TEXT, email TEXT, status TEXT);
INSERT INTO orders VALUES ('LV-000001', 'kim@customer.example', 'on its way'),
('LV-000002', 'lee@customer.example', 'waiting for your payment'), ('LV-000003', 'kim@customer.example', NULL);'''
BY_DATABASE = '''[category order]
mode = auto
queue = orders
[lookup order]
pattern = (LV-[0-9]{6})
database = orders.db
query = SELECT number, email, status FROM orders WHERE number = upper(:key)
owner = email
'''
BY_PROGRAM = '''[category order]
mode = auto
queue = orders
[lookup order]
pattern = (LV-[0-9]{{6}})
program = {program} --json
owner = email
timeout = 500ms
'''
PROGRAM = '''#!/usr/bin/python3
import json, sys, time
orders = {'LV-000001': ('kim@customer.example', 'on its way'), 'LV-000002': ('lee@customer.example', 'waiting'),
          'LV-000009': ('kim@customer.example', 'slow')}
option, key, address = sys.argv[1:]
if key == 'LV-000009':
    time.sleep(30)
if key in orders:
    print(json.dumps({'number': key, 'email': orders[key][0], 'status': orders[key][1]}))
'''


def asks(text, sender='kim@customer.example', **headers):
    return vouched(mail(sender, 'My order', f'Where is my order, has it been shipped? {text}', **headers))


class AnswersTest(ErmsTest):
    def learn(self):
        # With words around them that say nothing, so that the model does not get too sure of itself.
        texts = {'password': PASSWORD + PASSWORT, 'hours': HOURS, 'order': ORDER}
        super().learn({category: [f'{polite} {text}' for text in some for polite in POLITE]
                       for category, some in texts.items()}, each=90)

    def run_with(self, *mails):
        """Delivers, runs, and returns the text of each answer that left."""
        self.deliver(*mails)
        self.erms('run')
        return [parse(sent['mail']).get_content().replace('\r\n', '\n') for sent in self.smtp.received()]


class Lookup(AnswersTest):
    def make_home(self):
        super().make_home()
        self.answer('order/status.en.md', STATUS)
        self.answer('order/ask.en.md', ASK)
        with sqlite3.connect(self.home / 'orders.db') as db:
            db.executescript(TABLE)
        self.configure(extra=BY_DATABASE)

    def by_program(self, text=PROGRAM):
        program = self.dir / 'orders'
        program.write_text(text)
        program.chmod(0o755)
        self.configure(extra=BY_PROGRAM.format(program=program))

    def check_own_and_foreign(self):
        answer, = self.run_with(asks('The number is LV-000001.'),
                                asks('The number is LV-000002.', 'pat@customer.example'),
                                asks('The number is LV-777772.', 'joe@customer.example'))
        self.assertIn('Your order LV-000001 is on its way.', answer)
        foreign, unknown = self.ticket(2), self.ticket(3)
        for ticket in (foreign, unknown):
            self.assertEqual((ticket['queue'], ticket['messages'][0]['verdict']['reason']), ('orders', 'lookup'))
        # Nothing tells the two apart, not even for the agent who answers.
        strip = lambda ticket, number: [(r['template'], r['body'].replace(number, ''), r['missing'])
                                        for r in ticket['replies']]
        self.assertEqual(strip(foreign, 'LV-000002'), strip(unknown, 'LV-777772'))
        self.assertEqual(foreign['why'].replace('LV-000002', ''), unknown['why'].replace('LV-777772', ''))
        self.assertNotIn('waiting', json.dumps(foreign))

    def test_database(self):
        self.check_own_and_foreign()

    def test_program(self):
        self.by_program()
        self.check_own_and_foreign()

    def test_no_number(self):
        answer, = self.run_with(asks('Status of my order please.'))
        self.assertIn('Which order number, please?', answer)

    def test_two_numbers(self):
        self.assertEqual(self.run_with(asks('LV-000001 or LV-000003?')), [])
        self.assertEqual(self.ticket()['messages'][0]['verdict']['reason'], 'lookup')

    def test_number_written_twice(self):
        answer, = self.run_with(asks('LV-000001, I repeat lv-000001.'))
        self.assertIn('LV-000001 is on its way', answer)

    def test_no_value_is_a_gap(self):
        self.assertEqual(self.run_with(asks('LV-000003')), [])
        ticket = self.ticket()
        self.assertEqual(ticket['messages'][0]['verdict']['reason'], 'incomplete')
        self.assertEqual(ticket['replies'][0]['missing'], 'order.status')
        self.assertNotIn('{{', ticket['replies'][0]['body'])

    def test_reply_to_somebody_else(self):
        """Whoever writes in the customer's name and wants the answer elsewhere gets what anybody gets."""
        answer, = self.run_with(asks('LV-000001', Reply_To='thief@elsewhere.example'))
        self.assertIn('Which order number, please?', answer)
        self.assertNotIn('on its way', json.dumps(self.ticket()))
        (self.home / 'kb/order/ask.en.md').unlink()
        self.assertEqual(len(self.run_with(asks('LV-000002', Reply_To='lee@customer.example'))), 1)
        self.assertEqual(self.ticket(2)['messages'][0]['verdict']['reason'], 'disclosure')

    def test_slow_program(self):
        self.by_program()
        answer, = self.run_with(asks('LV-000009'), mail('lee@customer.example', 'Opening hours', 'When are you open on saturday?'))
        self.assertIn('We are open', answer)
        ticket = self.ticket()
        self.assertEqual((ticket['queue'], ticket['messages'][0]['verdict']['reason']), ('orders', 'lookup'))
        self.assertRegex(ticket['why'], 'second|time|ms')

    def test_broken_program(self):
        for text in ('#!/bin/sh\nexit 3\n', '#!/bin/sh\necho "{"\n', '#!/bin/sh\necho \'{"status":"sent"}\'\n'):
            self.by_program(text)
            self.deliver(asks(f'LV-000001, {len(text)} please', f'k{len(text)}@customer.example'))
            self.erms('run')
        self.assertEqual(self.smtp.received(), [])
        self.assertEqual({t['reason'] for t in self.tickets()}, {'lookup'})
        self.assertEqual(len(self.tickets()), 3)

    def test_mail_is_no_sql(self):
        self.configure(extra=BY_DATABASE.replace('(LV-[0-9]{6})', "(LV-[^ ]+)"))
        self.assertEqual(self.run_with(asks("LV-'OR'1'='1';DROP")), [])
        with sqlite3.connect(self.home / 'orders.db') as db:
            self.assertEqual(db.execute('SELECT count(*) FROM orders').fetchone(), (3,))


class Language(AnswersTest):
    def test_german(self):
        answer, = self.run_with(vouched(mail(
            'Jörg Müller <joerg@kunde.example>', 'Passwort für Jörg',
            'Guten Tag, ich habe mein Passwort vergessen. Bitte setzen Sie es zurück.\n\nGrüße')))
        self.assertIn('Guten Tag Jörg Müller,', answer)
        self.assertIn('Wählen Sie auf der Anmeldeseite „Passwort vergessen“.', answer)
        sent, = self.smtp.received()
        subject = parse(sent['mail'])['Subject']
        self.assertEqual(subject, f'Re: Passwort für Jörg [#{self.ticket()["token"]}]')
        self.assertTrue(sent['mail'].isascii())

    def test_no_answer_in_the_language(self):
        """Spanish, with the words that the model knows: a human, who sees what there is."""
        self.assertEqual(self.run_with(mail(
            'ana@cliente.example', 'Forgot password login',
            'Hola, he olvidado mi contraseña (password) y no puedo entrar en mi cuenta. ¿Me pueden ayudar '
            'con el login, por favor? Muchas gracias por su ayuda. (forgot password, reset password)')), [])
        ticket = self.ticket()
        self.assertEqual(ticket['messages'][0]['language'], 'es')
        self.assertEqual(ticket['state'], 'open')
        self.assertIn(ticket['messages'][0]['verdict']['reason'], ('language', 'confidence'))

    def test_hours_only_english(self):
        self.answer('hours/open.en.md', ANSWERS['hours/open.en.md'])
        self.assertEqual(self.run_with(mail('ute@kunde.example', 'opening hours',
                                            'Wann haben Sie denn am Samstag für uns Kunden geöffnet? (opening hours, '
                                            'open on saturday)')), [])
        self.assertIn(self.ticket()['messages'][0]['verdict']['reason'], ('language', 'confidence'))

    def test_names(self):
        names = {'Kim Muster': 'Dear Kim Muster,', '"Muster, Kim"': 'Dear Kim Muster,', '': 'Hello,',
                 '"service@shop.example"': 'Hello,', '"Winner! Click http://evil.example"': 'Hello,',
                 '"{{company.name}}"': 'Hello,', '"Shop Support Service"': 'Hello,', 'Zoë D\'Arcy-Łoś': 'Dear Zoë D\'Arcy-Łoś,'}
        mails = []
        for i, name in enumerate(names):
            raw = vouched(mail(f'c{i}@customer.example', 'Password',
                               'I forgot my password login. I cannot log in. Please reset my password.'))
            shown = name if name.isascii() else email.header.Header(name, 'utf-8').encode()
            mails.append(raw.replace(b'From: c', f'From: {shown} <c'.encode()).replace(
                b'@customer.example\r\nTo', b'@customer.example>\r\nTo'))
        answers = self.run_with(*mails)
        self.assertEqual(len(answers), len(names))
        greetings = {sent['to'][0]: parse(sent['mail']).get_content().split('\n')[0].strip() for sent in self.smtp.received()}
        for i, (name, greeting) in enumerate(names.items()):
            self.assertEqual(greetings[f'c{i}@customer.example'], greeting, name)

    def test_subjects(self):
        """Long, folded, encoded subjects come back in one piece, with one Re: and one number."""
        long = 'Größere Probleme mit dem Passwort für mein Konto, äöü ÄÖÜ ß € – „bitte schnell“ ' * 2
        self.deliver(vouched(mail('kim@kunde.example', 'AW: Re: ' + long.strip(), 'Ich habe mein Passwort vergessen. '
                                  'Bitte setzen Sie mein Passwort zurück.')))
        self.erms('run')
        sent, = self.smtp.received()
        subject = parse(sent['mail'])['Subject']
        self.assertTrue(subject.startswith('Re: Größere Probleme mit dem Passwort für mein Konto, äöü ÄÖÜ ß € – „bitte'))
        self.assertTrue(subject.endswith(f' [#{self.ticket()["token"]}]'))
        self.assertEqual(subject.count('Re:'), 1)
        self.assertTrue(all(len(line) <= 998 for line in sent['mail'].splitlines()))


class States(AnswersTest):
    MAIL = mail('kim@customer.example', 'Hours', 'When are you open on saturday?')

    def hours(self, keys):
        self.answer('hours/open.en.md', f'title: Hours\n{keys}---\nOpen from 9 to 5.\n')

    def reason(self, keys):
        """Why the answer with these KEYS is not sent."""
        self.hours(keys)
        self.assertEqual(self.run_with(self.MAIL), [])
        ticket = self.ticket()
        return ticket['messages'][0]['verdict']['reason'], [reply['template'] for reply in ticket['replies']
                                                            if reply['template'].startswith('hours')]

    def test_suggest(self):
        self.assertEqual(self.reason('state: approved\napprover: Erika Beispiel\nmode: suggest\n'),
                         ('template-mode', ['hours/open.en']))

    def test_off(self):
        self.assertEqual(self.reason('state: approved\napprover: Erika Beispiel\nmode: off\n'), ('no-template', []))

    def test_draft(self):
        self.assertEqual(self.reason('state: draft\n'), ('no-template', []))

    def test_retired(self):
        self.assertEqual(self.reason('state: retired\napprover: Erika Beispiel\n'), ('no-template', []))

    def test_nobody_approved(self):
        self.assertEqual(self.reason('state: approved\n'), ('no-template', []))

    def test_gap(self):
        self.answer('hours/open.en.md', 'title: Hours\nstate: approved\napprover: Erika Beispiel\n---\n'
                    'Open {{company.opening}}.\n')
        self.assertEqual(self.run_with(self.MAIL), [])
        self.assertEqual(self.ticket()['messages'][0]['verdict']['reason'], 'incomplete')
        self.assertIn('company.opening', self.ticket()['why'])

    def dates(self, start, end):
        day = lambda n: datetime.date.today() + datetime.timedelta(days=n)
        self.hours(f'state: approved\napprover: Erika Beispiel\nvalid-from: {day(start)}\nvalid-to: {day(end)}\n')
        return self.json('classify', '-', input=self.MAIL.decode())[0]['reason']

    def test_dates(self):
        # Two days from today on each side: midnight may come while this runs.
        self.assertEqual(self.dates(-2, 2), 'none')
        self.assertEqual(self.dates(2, 4), 'no-template')
        self.assertEqual(self.dates(-4, -2), 'no-template')

    def test_changed_while_it_waited(self):
        """An answer that was approved under another text does not leave."""
        self.deliver(self.MAIL)
        self.configure(smtp=1)
        self.erms('run', expect=UNREACHABLE)
        self.hours('state: approved\napprover: Erika Beispiel\n')
        self.configure()
        self.erms('run')
        self.assertEqual(self.smtp.received(), [])
        ticket = self.ticket()
        self.assertIn('template was changed', ticket['why'])
        self.assertEqual(self.folders(), {'Queues/front-desk': ['Hours']})


if __name__ == '__main__':
    unittest.main()
