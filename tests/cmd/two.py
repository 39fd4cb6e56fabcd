#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Two installations that answer each other's mail, and machines that answer everything: each
exchange ends. A small post office carries what one side sends into the other's mailbox."""
import email.policy, re, shutil, sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *

ROUNDS = 10
# The text of every answer is itself a question that gets an answer.
ANSWER = ('title: Password\nstate: approved\napprover: Erika Beispiel\n---\n'
          'I forgot my password, cannot log in.\nReset my password please.\n')
SHOP, FIRM = 'service@shop.example', 'help@firm.example'


class TwoTest(ErmsTest):
    imap_options = {'users': {'support': 'secret', 'other': 'secret'}}

    def setUp(self):
        super().setUp()
        self.carried = 0
        self.machines = {}  # address: what answers there
        self.rewrite = lambda mail: mail

    def say_it_like_a_customer(self):
        for name in ANSWERS:
            if name.startswith('password/'):
                self.answer(name, ANSWER)

    def make_home(self, trained=True):
        super().make_home(trained)
        self.say_it_like_a_customer()

    def second_home(self):
        """Another firm's installation, with a secret of its own."""
        first, self.home = self.home, self.dir / 'second'
        self.make_home()
        conf = self.home / 'erms.conf'
        box, smtp = conf.read_text().replace(SHOP, FIRM).replace('Corner Shop', 'Firm').split('[smtp]')
        conf.write_text(box.replace('user = support', 'user = other') + '[smtp]' + smtp)
        second, self.home = self.home, first
        return second

    def carry(self):
        """What was sent since the last time arrives, as a mail server would deliver it."""
        sent = self.smtp.received()
        for item in sent[self.carried:]:
            for to in item['to']:
                self.arrive(to, self.rewrite(parse(item['mail'])), item['from'])
        self.carried = len(sent)

    def arrive(self, to, mail, path):
        trace = f'Return-Path: <{path}>\r\nDelivered-To: {to}\r\nReceived: from mx.example by mail.example\r\n'
        raw = trace.encode() + mail.as_bytes(policy=email.policy.SMTP)
        if to in self.machines:
            self.machines[to](parse(raw))
        else:
            user = {SHOP: 'support', FIRM: 'other'}.get(to)
            if user:
                self.deliver(raw, user=user)

    def rounds(self, *homes):
        for _ in range(ROUNDS):
            for home in homes:
                self.erms('run', home=home)
                self.carry()
        return len(self.smtp.received())


class Two(TwoTest):
    """Both firms' answers would be answered by the other if a customer had written them."""

    def setUp(self):
        super().setUp()
        self.other = self.second_home()
        for home in self.home, self.other:
            conf = home / 'erms.conf'
            conf.write_text(conf.read_text().replace('[general]\n', '[general]\nquiet-time = 1s\n', 1))

    def test_control(self):
        """What is tested here is worth something: a customer who writes our answer gets one."""
        path = self.dir / 'control.eml'
        path.write_bytes(mail('kim@customer.example', 'Re: Forgot password',
                              ANSWER.split('---\n')[1], to=SHOP))
        self.assertEqual(self.json('classify', str(path))[0]['action'], 'send')

    def begin(self):
        """A customer's mail, forwarded by the shop to the firm under the shop's own address."""
        self.deliver(question(SHOP, to=FIRM, Return_Path=f'<{SHOP}>'), user='other')

    def first_tickets(self):
        """Who had which mail, after the exchange."""
        return [self.json('ticket', 'list', '--all', home=home) for home in (self.home, self.other)]

    def test_d32_ends_after_one(self):
        self.begin()
        self.assertEqual(self.rounds(self.home, self.other), 1)
        shops, firms = self.first_tickets()
        self.assertEqual([(t['state'], t['reason']) for t in shops], [('ignored', 'machine')])
        self.assertEqual([t['state'] for t in firms], ['answered'])

    def test_d32_when_the_marks_are_lost(self):
        """A gateway takes Auto-Submitted and every X- header away and makes a Message-ID of its own:
        the empty return path is left."""
        def strip(mail):
            for name in [n for n in mail.keys() if n.lower() == 'auto-submitted' or n.lower().startswith('x-')]:
                del mail[name]
            mail.replace_header('Message-ID', f'<{len(self.smtp.received())}@gateway.example>')
            return mail
        self.rewrite = strip
        self.begin()
        self.assertEqual(self.rounds(self.home, self.other), 1)
        shops, _ = self.first_tickets()
        self.assertEqual(self.json('ticket', 'show', str(shops[0]['ticket']))['messages'][0]['machine'],
                         'null-return-path')

    def test_d32_when_nothing_is_left(self):
        """The return path, too. Its subject has the number of a ticket, and is no reply."""
        def strip(mail):
            for name in [n for n in mail.keys() if n.lower() not in
                         ('from', 'to', 'subject', 'date', 'mime-version', 'content-type',
                          'content-transfer-encoding')]:
                del mail[name]
            mail['Message-ID'] = f'<{len(self.smtp.received())}@gateway.example>'
            return mail
        self.rewrite = strip
        arrive = self.arrive
        self.arrive = lambda to, mail, path: arrive(to, mail, parse_address(mail['From']))
        self.begin()
        self.assertEqual(self.rounds(self.home, self.other), 1)
        shops, _ = self.first_tickets()
        self.assertEqual([(t['state'], t['reason']) for t in shops], [('open', 'perhaps-machine')])

    def test_d31_our_own_answers_come_back(self):
        """All that the shop sends is sent to the shop as well."""
        arrive = self.arrive
        def both(to, mail, path):
            arrive(SHOP, mail, path)
        self.arrive = both
        self.deliver(question('kim@customer.example'))
        self.assertEqual(self.rounds(self.home), 1)
        back = [t for t in self.tickets() for m in self.ticket(t['ticket'])['messages'] if m['machine']]
        self.assertEqual(len(back), 1)
        self.assertIn('own-', self.ticket(back[0]['ticket'])['messages'][-1]['machine'])

    def test_d31_our_address_in_from(self):
        """Forged, a rule, a telephone or a colleague of ours: nothing leaves, and somebody looks."""
        self.deliver(question(SHOP), question('service+tag@shop.example', 'Again'),
                     question('SERVICE@Shop.Example', 'Once more', Reply_To=SHOP),
                     question(f'"kim@customer.example" <{SHOP}>', 'Yet again'))
        self.assertEqual(self.rounds(self.home), 0)
        for ticket in self.tickets():
            self.assertEqual((ticket['state'], ticket['reason']), ('open', 'perhaps-machine'))
            self.assertEqual(self.ticket(ticket['ticket'])['messages'][0]['machine'], 'own-address')


def parse_address(header):
    return email.utils.parseaddr(str(header))[1]


class Robot(TwoTest):
    """A machine that answers every mail with the same question, without any header that says so."""

    def robot(self, subject, address='robot@auto.example', answers_from=None, text=None):
        """subject(theirs) is that of its answers, text(theirs) what they say."""
        self.answered = 0

        def answer(theirs):
            self.answered += 1
            own = answers_from(self.answered) if answers_from else address
            # It knows nothing of threads: no In-Reply-To, no References.
            self.deliver(question(own, subject(str(theirs['Subject'])), Return_Path=f'<{own}>',
                                  Message_ID=f'<{self.answered}@auto.example>') if not text else
                         mail(own, subject(str(theirs['Subject'])), text(theirs), Return_Path=f'<{own}>',
                              Message_ID=f'<{self.answered}@auto.example>'))
        self.machines = {address: answer}
        if answers_from:
            self.machines |= {answers_from(i): answer for i in range(1, 30)}
        self.deliver(question(address, Return_Path=f'<{address}>'))

    def no_limits(self):
        """The quiet time is over at once, and no limit holds: what is left are the tickets."""
        self.configure(general='quiet-time = 1s',
                       limits='address = none\ndomain = none\ncontent = none\ntotal = none')

    def slow_rounds(self):
        for _ in range(4):
            self.erms('run')
            self.carry()
            time.sleep(1.1)
        self.erms('run')
        return len(self.smtp.received())

    def test_d28_its_subject_grows(self):
        self.robot(lambda theirs: 'Re: ' + theirs)
        self.assertEqual(self.rounds(self.home), 1)
        self.assertEqual(self.answered, 1)

    def test_d28_its_subject_grows_and_no_limit_holds(self):
        self.no_limits()
        self.robot(lambda theirs: 'Re: ' + theirs)
        self.assertEqual(self.slow_rounds(), 1)
        ticket, = self.tickets()
        self.assertEqual(ticket['state'], 'open')
        self.assertEqual(self.ticket()['messages'][-1]['verdict']['reason'], 'running-ticket')

    def test_d28_its_subject_says_nothing(self):
        """No token, no reference: the limits are left."""
        self.robot(lambda theirs: 'Forgot password')
        self.assertEqual(self.rounds(self.home), 1)
        self.assertEqual({t['reason'] for t in self.tickets() if t['state'] == 'open'}, {'recently-answered'})

    def test_d28_another_address_answers(self):
        self.no_limits()
        self.robot(lambda theirs: 'Re: ' + theirs, answers_from=lambda n: 'noreply-desk@auto.example')
        self.assertEqual(self.slow_rounds(), 1)

    def test_d28_another_human_looking_address_answers(self):
        self.no_limits()
        self.robot(lambda theirs: 'Re: ' + theirs, answers_from=lambda n: 'desk@auto.example')
        self.assertEqual(self.slow_rounds(), 1)
        self.assertEqual(self.ticket_of('desk@auto.example')['messages'][0]['verdict']['reason'],
                         'foreign-ticket')

    def test_d28_it_quotes_our_answer(self):
        self.no_limits()
        self.robot(lambda theirs: 'Re: ' + theirs,
                   text=lambda theirs: 'I forgot my password, cannot log in.\n\n' +
                   re.sub('^', '> ', theirs.get_content(), flags=re.M))
        self.assertEqual(self.slow_rounds(), 1)
        self.assertEqual(self.ticket()['messages'][-1]['verdict']['reason'], 'running-ticket')

    def test_d28_it_says_our_answer(self):
        """Our own text, not even quoted."""
        self.no_limits()
        self.robot(lambda theirs: 'Re: ' + theirs, text=lambda theirs: theirs.get_content())
        self.assertEqual(self.slow_rounds(), 1)
        self.assertEqual(self.ticket()['messages'][-1]['verdict']['reason'], 'running-ticket')

    def changing(self, limits, address):
        """A robot whose address changes each time, and whose subject is always the same."""
        self.configure(limits=f'address = none\ndomain = none\ncontent = none\n{limits}')
        self.robot(lambda theirs: 'Forgot password', address(0), answers_from=address)
        return self.rounds(self.home)

    def test_d29_its_address_changes_by_a_byte(self):
        self.assertEqual(self.changing('domain = 3 in 1d', lambda n: f'robot{n}@auto.example'), 3)
        self.assertEqual({t['reason'] for t in self.tickets() if t['state'] == 'open'}, {'limit-domain'})

    def test_d29_its_domain_changes_by_a_byte(self):
        self.assertEqual(self.changing('content = 3 in 1d', lambda n: f'robot@auto{n}.example'), 3)
        self.assertEqual({t['reason'] for t in self.tickets() if t['state'] == 'open'}, {'limit-content'})


if __name__ == '__main__':
    unittest.main()
