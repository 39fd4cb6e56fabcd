#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""erms run: limits, the breaker, the stop file, suppressed addresses; erms breaker."""
import re, socket, sqlite3, sys, time, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *

LONG = ('I forgot my password, cannot log in, password rejected. Please reset my password, I need a new '
        'password for my account, the password link expired. Ticket {} of {}.')
OPERATOR = 'boss@operator.example'


def robot(sender, number, subject='Forgot password'):
    """A robot's mail: numbers, dates and addresses change, the words do not."""
    return mail(sender, subject, LONG.format(number, f'2026-01-{number:02}') + f'\n{sender}')


def bounce(victim, cited, status='5.1.1', name='1'):
    """A delivery report (RFC 3464) that says that our mail CITED did not reach VICTIM."""
    return (f'From: MAILER-DAEMON@mx.example\r\nTo: service@shop.example\r\nSubject: Undelivered\r\n'
            f'Return-Path: <>\r\nMessage-ID: <b{name}@mx.example>\r\nMIME-Version: 1.0\r\n'
            f'Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n'
            f'--b\r\nContent-Type: text/plain\r\n\r\nYour mail to {victim} could not be delivered.\r\n'
            f'--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n'
            f'Final-Recipient: rfc822; {victim}\r\nAction: failed\r\nStatus: {status}\r\n\r\n'
            f'--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {cited}\r\nTo: {victim}\r\n'
            f'\r\n--b--\r\n').encode()


class Base(ErmsTest):
    limits, general = '', 'quiet-time = 1h'

    def setUp(self):
        super().setUp()
        self.configure(general=self.general, limits=self.limits)

    def age(self, seconds):
        """All that was done lies longer back."""
        with sqlite3.connect(self.home / 'erms.db') as db:
            db.execute('UPDATE reply SET created_at = created_at - ?1, moved_at = moved_at - ?1,'
                       ' sent_at = iif(sent_at, sent_at - ?1, 0)', (seconds,))
        db.close()

    def customers(self):
        """Who got an answer, the operator not counted."""
        return [to for to in self.recipients() if to != OPERATOR]

    def reasons(self):
        counts = {}
        for ticket in self.tickets():
            counts[ticket['reason']] = counts.get(ticket['reason'], 0) + 1
        return counts

    def outbox(self, *mails):
        """Answers that wait: the SMTP server is away."""
        self.configure(general=self.general, limits=self.limits, smtp=free_port())
        self.deliver(*mails)
        self.erms('run', expect=UNREACHABLE)
        self.configure(general=self.general, limits=self.limits)


class Windows(Base):
    """The windows of [limits] slide, whatever a robot calls itself."""
    limits = 'address = 3 in 7d\ndomain = 4 in 24h\ncontent = 5 in 24h'

    def test_d29_from_changes_by_a_byte(self):
        self.deliver(*(question(f'robot{n}@robot.example') for n in range(9)))
        self.assertIn('4 answered, 5 queued', self.erms('run'))
        self.assertEqual(len(self.customers()), 4)
        self.assertEqual(self.reasons(), {'none': 4, 'limit-domain': 5})
        self.assertIn('4 in 24h', self.tickets('--state', 'open')[0]['why'])
        self.deliver(question('kim@customer.example'))
        self.erms('run')
        self.assertEqual(self.customers()[4:], ['kim@customer.example'])

    def test_d29_domain_changes_too(self):
        self.deliver(*(robot(f'robot{n}@robot{n}.example', n, 'Re: ' * n + 'Password') for n in range(1, 10)))
        self.assertIn('5 answered, 4 queued', self.erms('run'))
        self.assertEqual(self.reasons(), {'none': 5, 'limit-content': 4})
        self.deliver(question('kim@customer.example', 'Another text'))
        self.erms('run')
        self.assertEqual(self.customers()[5:], ['kim@customer.example'])

    def test_mail_providers_are_no_domain(self):
        self.deliver(*(question(f'somebody{n}@gmail.com', f'Mail {n}') for n in range(5)))
        self.assertIn('5 answered', self.erms('run'))

    def test_d30_windows_slide(self):
        for hour in range(5):  # an answer every 5 hours: the fifth comes 20 hours after the first
            self.deliver(question(f'robot{hour}@robot.example', f'Mail {hour}'))
            self.erms('run')
            self.age(5 * 3600)
        self.assertEqual(len(self.customers()), 4)
        # 25 hours after the first: that has left the window, the other three have not.
        self.deliver(question('robot5@robot.example', 'Mail 5'))
        self.erms('run')
        self.deliver(question('robot6@robot.example', 'Mail 6'))
        self.erms('run')
        self.assertEqual(len(self.customers()), 5)

    def test_d30_address(self):
        for n in range(5):
            self.deliver(question('kim@customer.example', f'Mail {n}'))
            self.erms('run')
            self.age(26 * 3600)
        self.assertEqual(len(self.customers()), 3)
        self.assertEqual(self.reasons(), {'none': 3, 'limit-address': 2})

    def test_clock_set_back(self):
        self.deliver(*(question(f'robot{n}@robot.example') for n in range(5)))
        self.erms('run')
        self.age(-300 * 24 * 3600)
        self.deliver(question('robot9@robot.example', 'Later'))
        self.erms('run')
        self.assertEqual(len(self.customers()), 4)

    def test_d36_limit_reached_while_it_waits(self):
        self.outbox(question('kim@robot.example'), question('lee@other.example'))
        with sqlite3.connect(self.home / 'erms.db') as db:  # as if another run had sent them
            for n in range(4):
                db.execute("INSERT INTO reply (ticket_id, message_id, state, rank, attempts, created_at, sent_at,"
                           " origin, to_addr, subject, body) VALUES (2, 2, 'sent', 9, 1, ?1, ?1, 'auto', ?2, '', '')",
                           (int(time.time()), f'r{n}@robot.example'))
        db.close()
        self.erms('run')
        self.assertEqual(self.customers(), ['lee@other.example'])
        ticket = self.ticket_of('kim@robot.example')
        self.assertEqual(ticket['state'], 'open')
        self.assertIn('[limits] domain', ticket['why'])
        self.assertIn('draft', {r['state'] for r in ticket['replies']})

    def test_breaker_shows_the_windows(self):
        self.deliver(*(question(f'robot{n}@robot.example') for n in range(3)), robot('x@gmail.com', 5))
        self.erms('run')
        shown = self.json('breaker')
        self.assertIsNone(shown['tripped'])
        self.assertFalse(shown['stopped'])
        self.assertEqual(shown['total'], {'count': 4, 'limit': 300, 'seconds': 3600})
        self.assertEqual(shown['refused'], {'count': 0, 'limit': 10, 'seconds': 3600})
        self.assertEqual(shown['domains'], [{'domain': 'robot.example', 'count': 3, 'limit': 4},
                                            {'domain': 'gmail.com', 'count': 1, 'limit': 0}])
        self.assertEqual([(c['count'], c['limit']) for c in shown['contents']], [(3, 5), (1, 5)])
        text = self.erms('breaker')
        for words in 'not tripped', '4, limit 300 in 1h', 'robot.example', 'like ticket', 'shared':
            self.assertIn(words, text)


class Breaker(Base):
    """Over the limit "total" everything is a suggestion, until a human says otherwise."""
    limits = 'total = 6 in 1h\ndomain = none\ncontent = none'
    general = f'quiet-time = 1h\noperator = {OPERATOR}'

    def operator_mails(self):
        return [sent for sent in self.smtp.received() if sent['to'] == [OPERATOR]]

    def flood(self, count, first=0):
        words = ['anvil', 'birch', 'cedar', 'delta', 'ember', 'fjord', 'grove', 'heron', 'islet', 'jetty']
        self.deliver(*(mail(f'v{n}@victim{n}.example', f'Forgot password {words[n % 10]}',
                            f'I forgot my password, cannot log in. SPAM-{n} {words[n // 10 % 10]} {words[n // 100 % 10]} '
                            f'http://evil{n}.example/')
                       for n in range(first, first + count)))

    def test_d40_flood(self):
        self.flood(400)
        out = self.erms('run', expect=FAILED, timeout=300)
        self.assertIn('400 new', out)
        self.assertIn('breaker is tripped', self.last.stderr)
        self.assertIn('erms breaker reset', self.last.stderr)
        self.assertLessEqual(len(self.customers()), 6)
        for sent in self.smtp.received():
            whole = parse(sent['mail'])
            text = whole['Subject'] + whole.get_content()
            self.assertNotRegex(text, '(?i)evil|spam-')
        self.assertEqual({t['state'] for t in self.tickets()} - {'answered'}, {'open'})
        # The operator hears of it once, with nothing of any mail.
        alarm, = self.operator_mails()
        self.assertEqual(alarm['from'], '')
        said = parse(alarm['mail'])
        self.assertEqual(said['Auto-Submitted'], 'auto-generated')
        text = said.get_content().replace('\r\n', '\n')
        self.assertNotRegex(text, 'victim|password|evil')
        # It says what was at that moment, where, and what to type.
        for words in ('after 6 would be over the limit, 6 in 1h', 'total 6, limit 6 in 1h\n',
                      'refused 0, limit 10 in 1h\n', 'fullest domain 1 in 24h, no limit\n',
                      f'machine {socket.gethostname()}, home {self.home}', f'erms -C {self.home} breaker ',
                      f'erms -C {self.home} breaker reset', f'touch {self.home}/stop\n'):
            self.assertIn(words, text)
        self.assertNotIn('now: 1,', text)
        # So does the command, although what was dropped counts no more; and the operator may see domains.
        self.assertIn('total 6, limit 6 in 1h; refused 0', self.erms('breaker'))
        self.assertRegex(self.erms('breaker'), r'fullest domains then: victim[0-9]+\.example 1, ')
        self.assertIn('total 6, limit', self.json('breaker')['tripped']['figures'])
        # It stays so, and each run says so.
        self.age(48 * 3600)
        self.flood(3, 400)
        before = len(self.customers())
        self.erms('run', expect=FAILED)
        self.erms('run', expect=FAILED)
        self.assertEqual((len(self.customers()), len(self.operator_mails())), (before, 1))
        self.assertEqual(self.ticket(402)['messages'][0]['verdict']['reason'], 'breaker')
        # Until a human resets it.
        self.assertIn('total', self.erms('breaker', 'reset'))
        self.flood(2, 500)
        self.erms('run')
        self.assertEqual(len(self.customers()), before + 2)

    def test_reset_counts_anew_and_may_trip_again(self):
        self.flood(7)
        self.erms('run', expect=FAILED)
        self.erms('breaker', 'reset')
        self.flood(6, 100)
        self.erms('run')
        self.flood(1, 200)
        self.erms('run', expect=FAILED)
        self.assertEqual(len(self.operator_mails()), 2)

    def test_a_day_within_the_limit(self):
        self.flood(6)
        self.erms('run')
        self.age(3700)
        self.flood(6, 100)
        self.erms('run')
        self.assertEqual(len(self.customers()), 12)
        self.assertEqual(self.operator_mails(), [])

    def test_d36_tripped_while_it_waits(self):
        self.outbox(question('kim@customer.example'))
        self.erms('breaker', 'trip', 'a strange wave of mail')
        self.erms('run', expect=FAILED)
        self.assertEqual(self.customers(), [])
        ticket, = self.tickets()
        self.assertEqual(ticket['state'], 'open')
        self.assertIn('a strange wave of mail', ticket['why'])
        self.erms('ticket', 'reply', '1')  # an agent may
        self.assertEqual(self.customers(), ['kim@customer.example'])

    def test_the_operator_is_told_later(self):
        self.erms('breaker', 'trip')
        self.configure(general=self.general, limits=self.limits, smtp=free_port())
        self.erms('run', expect=UNREACHABLE)
        self.configure(general=self.general.replace('boss', 'first450'), limits=self.limits)
        self.erms('run', expect=TRY_LATER)
        self.assertEqual(self.smtp.received(), [])
        self.assertEqual(self.json('breaker')['tripped']['told'], 0)
        self.erms('run', expect=FAILED)
        self.erms('run', expect=FAILED)
        self.assertEqual(self.recipients(), ['first450@operator.example'])
        self.assertGreater(self.json('breaker')['tripped']['told'], 0)

    def test_told_although_sending_is_off(self):
        self.erms('breaker', 'trip')
        self.configure(sending='off', general=self.general)
        self.erms('run', expect=FAILED)
        self.assertEqual(self.recipients(), [OPERATOR])

    def test_nobody_to_tell(self):
        self.configure(limits=self.limits)
        self.flood(8)
        self.erms('run', expect=FAILED)
        self.assertEqual(self.operator_mails(), [])
        self.assertIn('[general] operator', self.erms('breaker'))

    def test_many_refused(self):
        self.configure(general=self.general, limits='refused = 3 in 1h\ndomain = none\ncontent = none')
        self.deliver(*(question(f'fail550+{n}@gone{n}.example', f'Mail {n}') for n in range(3)))
        self.erms('run', expect=FAILED)
        self.assertIn('3 automatic answers were refused', self.json('breaker')['tripped']['why'])
        self.assertEqual(self.recipients(), [OPERATOR])
        text = parse(self.smtp.received()[0]['mail']).get_content()
        for words in 'refused 3, limit 3 in 1h', 'fullest domain 0 in 24h, no limit', 'the queues now: 3.':
            self.assertIn(words, text)
        self.assertNotIn('gone', text)
        # What was before the reset does not count, even within the same second.
        time.sleep(1 - time.time() % 1)
        with sqlite3.connect(self.home / 'erms.db') as db:
            db.execute('UPDATE reply SET moved_at = ?', (int(time.time()),))
        db.close()
        self.assertEqual(self.json('breaker')['refused']['count'], 3)
        self.erms('breaker', 'reset')
        self.assertEqual(self.json('breaker')['refused']['count'], 0)

    def test_shared_domain_is_not_the_fullest(self):
        self.configure(general=self.general, limits='total = 5 in 1h\ncontent = none\naddress = none')
        self.deliver(*(question(f'kim{n}@gmail.com', f'Mail {n}') for n in range(4)),
                     *(question(f'lee{n}@firm.example', f'Letter {n}') for n in range(3)))
        self.erms('run', expect=FAILED)
        shown = self.json('breaker')['tripped']
        firms = int(re.search('firm.example ([0-9])', shown['domains'])[1])
        self.assertIn(f'fullest domain {firms}, limit 20 in 24h', shown['figures'])
        self.assertIn('gmail.com', shown['domains'])
        self.erms('breaker', 'reset')
        with sqlite3.connect(self.home / 'erms.db') as db:
            self.assertEqual(db.execute('SELECT domains FROM breaker').fetchall(), [(None,)])
        db.close()

    def test_no_limit_has_no_false_number(self):
        self.configure(general=self.general, limits='total = none\ndomain = none\ncontent = none')
        self.flood(4)
        self.erms('run')
        self.assertRegex(self.erms('breaker'), 'total +4 in 1h, no limit')
        self.assertEqual(self.json('breaker')['total'], {'count': 4, 'limit': 0, 'seconds': 3600})
        self.assertRegex(self.erms('breaker'), 'domain +1 +none +victim')

    def test_commands(self):
        self.assertIn('not tripped', self.erms('breaker', 'reset'))
        self.assertIn('suggestion', self.erms('breaker', 'trip', 'a', 'wave of', 'mail'))
        self.assertIn('by hand, by', self.json('breaker')['tripped']['why'])
        self.assertIn(': a wave of mail', self.json('breaker')['tripped']['why'])
        self.assertRegex(self.erms('breaker', 'trip', 'it', 'grows'), 'already, since .*: a wave of mail; .*: it grows')
        self.assertRegex(self.json('breaker')['tripped']['why'], ': a wave of mail; .*: it grows$')
        self.assertIn('tripped by hand', self.json('breaker')['tripped']['why'])
        self.assertIn('TRIPPED since', self.erms('breaker'))
        self.assertIn('not told yet', self.erms('breaker'))
        self.assertIn('WRONG the breaker is tripped', self.erms('check', expect=FAILED))
        self.erms('run', '--dry-run', expect=FAILED)
        self.erms('breaker', 'reset')
        self.erms('run')
        for wrong in (['on'], ['reset', 'x'], ['allow'], ['allow', 'a', 'b'], ['--json', 'reset']):
            self.erms('breaker', *wrong, expect=USAGE)
            self.assertIn('usage: erms breaker [OPTIONS] [reset | trip [WHY ...] | allow ADDRESS]', self.last.stderr)
        self.assertIn('erms breaker [OPTION…] [reset | trip [WHY ...] | allow ADDRESS]', self.erms('breaker', '--help'))
        self.erms('breaker', 'allow', 'nobody@customer.example', expect=FAILED)

    def test_dry_run_trips_nothing(self):
        self.flood(9)
        self.assertIn('6 would be answered', self.erms('run', '--dry-run'))
        self.assertIsNone(self.json('breaker')['tripped'])

    def test_operator_is_not_us(self):
        for ours in 'service@shop.example', 'Service+ops@Shop.example':
            self.configure(general=f'operator = {ours}')
            self.erms('run', expect=CONFIG)
            self.assertIn('[general] operator', self.last.stderr)
        self.configure(general='operator = nobody')
        self.erms('run', expect=CONFIG)


class Stop(Base):
    """While the home has a stop file nothing leaves, and each run fails, so that it is not forgotten."""
    general = f'quiet-time = 1h\noperator = {OPERATOR}'

    def stop(self):
        (self.home / 'stop').touch()

    def test_new_mail(self):
        self.stop()
        self.deliver(question('kim@customer.example'))
        self.assertIn('1 new: 0 answered, 1 queued', self.erms('run', expect=FAILED))
        self.assertIn(f'{self.home}/stop is there: nothing leaves until it is removed', self.last.stderr)
        self.erms('run', expect=FAILED)
        self.erms('run', '--dry-run', expect=FAILED)
        self.assertEqual(self.reasons(), {'stopped': 1})
        self.assertIn('WRONG', self.erms('check', expect=FAILED))
        self.assertTrue(self.json('breaker')['stopped'])
        (self.home / 'stop').unlink()
        self.erms('run')
        self.assertEqual(self.smtp.received(), [])  # it is a suggestion now
        self.erms('check')

    def test_d36_while_it_waits(self):
        self.outbox(question('kim@customer.example'))
        self.stop()
        self.erms('run', expect=FAILED)
        (self.home / 'stop').unlink()
        self.erms('run')
        self.assertEqual(self.smtp.received(), [])
        self.assertIn('stop file', self.tickets()[0]['why'])

    def test_agents_wait(self):
        self.deliver(riddle('kim@customer.example'), question('lee@customer.example'))
        self.configure(sending='off')
        self.erms('run')
        number = self.ticket_of('lee@customer.example')['ticket']
        self.stop()
        self.erms('ticket', 'reply', str(number), expect=TRY_LATER)
        self.assertIn('stop is there. When it is removed, the next run sends it', self.last.stdout)
        self.assertEqual({r['state'] for r in self.ticket(number)['replies']}, {'approved'})
        self.erms('run', expect=None)
        self.assertEqual(self.smtp.received(), [])
        (self.home / 'stop').unlink()
        self.erms('run')
        self.assertEqual(self.recipients(), ['lee@customer.example'])

    def test_an_agents_answer_in_the_outbox(self):
        self.configure(sending='off', smtp=free_port())
        self.deliver(question('lee@customer.example'))
        self.erms('run')
        self.erms('ticket', 'reply', '1', expect=TRY_LATER)
        self.configure(sending='off')
        self.stop()
        self.assertIn('0 sent, 1 waiting', self.erms('run', expect=FAILED))
        self.assertEqual(self.smtp.received(), [])
        (self.home / 'stop').unlink()
        self.erms('run')
        self.assertEqual(self.recipients(), ['lee@customer.example'])

    def test_in_the_middle_of_a_run(self):
        """The server hangs at one mail; the stop file comes meanwhile: no other leaves."""
        self.outbox(question('first@customer.example'), question('hang@customer.example', 'Two'),
                    riddle('agent@customer.example'))
        self.configure(general=self.general, smtp=free_port())
        number = self.ticket_of('agent@customer.example')['ticket']
        self.erms('ticket', 'reply', str(number), '--body', '-', input='Done.\n', expect=TRY_LATER)
        self.deliver(question('last@customer.example', 'Four'))
        self.erms('run', expect=UNREACHABLE)
        self.configure(general=self.general, smtp_extra='idle-timeout = 3s')
        run = self.start('run')
        self.wait_until(lambda: len(list(self.smtp.dir.glob('*.eml'))) == 2, 'the second mail')
        self.stop()
        run.communicate(timeout=60)
        self.assertEqual(self.recipients(), ['first@customer.example', 'hang@customer.example'])
        self.assertEqual(self.ticket_of('last@customer.example')['replies'][0]['state'], 'dropped')
        self.assertIn('approved', {r['state'] for r in self.ticket(number)['replies']})
        (self.home / 'stop').unlink()
        self.erms('run')
        self.assertEqual(self.recipients()[2:], ['agent@customer.example'])

    def test_the_operators_mail_waits(self):
        self.erms('breaker', 'trip')
        self.stop()
        self.erms('run', expect=FAILED)
        self.assertEqual(self.smtp.received(), [])
        (self.home / 'stop').unlink()
        self.erms('run', expect=FAILED)
        self.assertEqual(self.recipients(), [OPERATOR])


class Suppressed(Base):
    """A bounce of our mail suppresses the address that it went to, and only that."""

    def answer_of(self, customer, subject='Forgot password'):
        self.deliver(question(customer, subject))
        self.erms('run')
        sent = self.smtp.received()[-1]
        self.assertEqual(sent['to'], [customer])
        return parse(sent['mail'])['Message-ID']

    def suppressed(self):
        return [s['address'] for s in self.json('breaker')['suppressed']]

    def test_d27_our_answer_bounces(self):
        self.deliver(bounce('kim@customer.example', self.answer_of('kim@customer.example')))
        self.erms('run')
        self.assertEqual(self.recipients(), ['kim@customer.example'])  # no second mail
        ticket = self.ticket()
        self.assertEqual((ticket['state'], ticket['messages'][1]['verdict']['reason']), ('open', 'bounce'))
        self.assertEqual(self.suppressed(), ['kim@customer.example'])
        self.assertIn('5.1.1', ticket['suppressed'])
        self.assertIn('suppressed', {e['what'] for e in ticket['history']})
        self.assertIn('kim@customer.example', self.erms('breaker'))
        # No automatic answer ever again; an agent may.
        self.age(30 * 24 * 3600)
        self.deliver(question('kim@customer.example', 'Again'))
        self.erms('run')
        again = self.ticket_of('kim@customer.example', 'Again')
        self.assertEqual(again['messages'][0]['verdict']['reason'], 'suppressed')
        self.erms('ticket', 'reply', str(again['ticket']))
        self.assertEqual(len(self.recipients()), 2)
        # Until somebody lifts it.
        self.erms('breaker', 'allow', 'Kim@Customer.example')
        self.assertEqual(self.suppressed(), [])
        self.age(30 * 24 * 3600)
        self.deliver(question('kim@customer.example', 'Forgot password again'))
        self.erms('run')
        self.assertEqual(len(self.recipients()), 3)

    def test_d36_suppressed_while_it_waits(self):
        first = self.answer_of('kim@customer.example')
        self.age(2 * 24 * 3600)
        self.outbox(question('kim@customer.example', 'Again'))
        self.deliver(bounce('kim@customer.example', first))
        self.erms('run')
        self.assertEqual(len(self.recipients()), 1)
        self.assertIn('no automatic answers', self.ticket_of('kim@customer.example', 'Again')['why'])

    def test_temporary_failure(self):
        self.deliver(bounce('kim@customer.example', self.answer_of('kim@customer.example'), '4.2.2'))
        self.erms('run')
        self.assertEqual(self.suppressed(), [])

    def test_not_about_the_mailbox(self):
        """Our mail was refused, or the mailbox is full: that says nothing about the address."""
        cited = self.answer_of('kim@customer.example')
        for n, status in enumerate(('5.7.1', '5.2.2', '5.3.4')):
            self.deliver(bounce('kim@customer.example', cited, status, name=f'p{n}'))
        self.erms('run')
        self.assertEqual(self.suppressed(), [])

    def test_e42_forged_bounce(self):
        kims = self.answer_of('kim@customer.example')
        eves = self.answer_of('eve@stranger.example')
        middle = kims.index('@') - 4
        guess = kims[:middle] + ('a' if kims[middle] != 'a' else 'b') + kims[middle + 1:]
        for n, cited in enumerate(('<made-up@shop.example>', guess, '<erms.0.0.x@shop.example>', eves)):
            self.deliver(bounce('kim@customer.example', cited, name=str(n)))
        self.erms('run')
        self.assertEqual(self.suppressed(), ['eve@stranger.example'])
        self.age(2 * 24 * 3600)
        self.assertTrue(self.answer_of('kim@customer.example', 'Again'))

    def test_refused_by_the_server(self):
        self.deliver(question('fail550@gone.example'), question('data550@picky.example', 'Two'))
        self.erms('run')
        self.assertEqual(self.suppressed(), ['fail550@gone.example'])  # not what was refused for its content
        self.assertEqual({t['state'] for t in self.tickets()}, {'open'})

    def test_an_agents_answer_refused(self):
        self.configure(sending='off')
        self.deliver(question('fail550@gone.example'))
        self.erms('run')
        self.erms('ticket', 'reply', '1', expect=FAILED)
        self.assertEqual(self.suppressed(), [])


if __name__ == '__main__':
    unittest.main()
