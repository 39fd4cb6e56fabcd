#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Which ticket a mail belongs to, what a customer's reply to an automatic answer means, and how old a
mail may be (hard cases C20 to C26)."""
import sqlite3, sys, time, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *

DAY = 24 * 60 * 60
KIM, EVE, PAT = 'kim@customer.example', 'eve@stranger.example', 'pat@customer.example'
PASS = 'mx.shop.example; dmarc=pass header.from=customer.example'
RESET = ANSWERS['password/reset.en.md']


class Threads(ErmsTest):
    def run_with(self, *mails, **options):
        self.deliver(*mails, **options)
        return self.erms('run')

    def answered(self, **headers):
        """Kim has an automatic answer: returns it parsed."""
        self.run_with(question(f'Kim <{KIM}>', **{'Message_ID': '<first@customer.example>'} | headers))
        self.assertEqual(self.recipients(), [KIM])
        return parse(self.smtp.received()[0]['mail'])

    def verdict(self, ticket, message=-1):
        return ticket['messages'][message]['verdict']

    def rest(self, days):
        """Nothing has happened in any ticket for so many days."""
        with sqlite3.connect(self.home / 'erms.db') as db:
            for table, column in ('ticket', 'updated_at'), ('ticket', 'created_at'), ('message', 'received_at'), \
                    ('reply', 'created_at'), ('reply', 'sent_at'), ('reply', 'moved_at'):
                db.execute(f'UPDATE {table} SET {column} = {column} - {days * DAY} WHERE {column} > 0')


class Strangers(Threads):
    """A ticket's number, or an id of it, is no key."""

    def check_stranger(self, mail, customer=EVE, who='its sender'):
        self.run_with(mail)
        kims, eves = self.ticket_of(KIM), self.ticket_of(customer)
        self.assertEqual((kims['state'], len(kims['messages'])), ('answered', 1))
        last = eves['messages'][0]
        self.assertEqual((last['thread'], last['verdict']['reason']), ('foreign', 'foreign-ticket'))
        # What the stranger may get: nothing of the other ticket, neither sent nor suggested.
        told = json.dumps(eves['replies']) + ''.join(
            sent['mail'].decode() for sent in self.smtp.received()[1:])
        for secret in KIM, kims['token'], 'first@customer.example', 'Kim':
            self.assertNotIn(secret, told)
        self.assertEqual([r['to'] for r in eves['replies']], [customer] * len(eves['replies']))
        self.assertEqual(self.recipients().count(KIM), 1)
        self.assertEqual(len(self.smtp.received()), 1)
        sentence = f'it names ticket {kims["ticket"]}, in which {who} has no part'
        self.assertEqual((last['verdict']['detail'], eves['why']), (sentence, sentence))
        self.assertIn(sentence, self.erms('ticket', 'list'))
        shown = self.erms('ticket', 'show', str(eves['ticket']))
        self.assertRegex(shown, f'(?m)^linked +names ticket {kims["ticket"]}, in which its sender has no part$')
        self.assertEqual(eves['linked'], kims['ticket'])
        self.assertEqual(kims['linked_by'], [{'ticket': eves['ticket'], 'thread': 'foreign'}])
        self.assertNotIn('linked', [event['what'] for event in kims['history']])

    def test_c20_stranger_with_the_number(self):
        self.check_stranger(question(EVE, 'Re: ' + self.answered()['Subject']))

    def test_c20_stranger_with_everything(self):
        answer = self.answered()
        self.check_stranger(question(EVE, 'Re: ' + answer['Subject'], In_Reply_To=answer['Message-ID'],
                                     References=f'<first@customer.example> {answer["Message-ID"]}'))

    def test_c20_customer_in_reply_to(self):
        """In Kim's name, answer to Eve; in Eve's name, answer to Kim."""
        answer = self.answered()
        self.check_stranger(question(KIM, 'Re: ' + answer['Subject'], Reply_To=EVE), who='its sender or Reply-To')
        self.run_with(question(EVE, 'Hello', In_Reply_To='<first@customer.example>', Reply_To=KIM))
        self.assertEqual(len(self.tickets()), 3)
        self.assertEqual(len(self.smtp.received()), 1)

    def test_c20_named_with_our_address(self):
        """Anybody can write our address into From: that names nobody into a ticket."""
        self.answered()
        self.run_with(mail('service@shop.example', 'Re: Forgot password', 'See below.', to=EVE,
                           In_Reply_To='<first@customer.example>'))
        before = len(self.ticket_of(KIM)['messages'])
        self.run_with(riddle(EVE, 'Re: Forgot password', In_Reply_To='<first@customer.example>'))
        self.assertEqual(len(self.ticket_of(KIM)['messages']), before)
        self.assertEqual(len(self.ticket_of(EVE)['messages']), 1)

    def test_marked_as_spam_in_a_running_ticket(self):
        """A filter errs: where there is a ticket, somebody has to look."""
        self.answered()
        self.run_with(riddle(KIM, 'Re: Forgot password', In_Reply_To='<first@customer.example>', X_Spam_Flag='YES'))
        ticket = self.ticket_of(KIM)
        self.assertEqual((ticket['state'], len(ticket['messages'])), ('open', 2))
        self.assertEqual(ticket['messages'][1]['verdict']['action'], 'suggest')

    def test_c20_by_our_web_form(self):
        """Its sender is our own address, which is in To of every mail."""
        self.check_stranger(question('service@shop.example', 'Form: ' + self.answered()['Subject'], Reply_To=EVE),
                            who='its sender or Reply-To')

    def test_c20_similar_addresses(self):
        subject = 'Re: ' + self.answered()['Subject']
        similar = ['kim+x@customer.example', 'k.im@customer.example', 'kim@customer.example.test', 'im@customer.example']
        self.run_with(*(riddle(sender, subject) for sender in similar))
        for sender in similar:
            self.assertEqual(self.ticket_of(sender)['messages'][0]['thread'], 'foreign')

    def test_c20_forged_sender_in_a_running_ticket(self):
        """From is not proven: a human may read it in the ticket, and nothing is answered by itself."""
        answer = self.answered()
        self.run_with(question(KIM, 'Re: ' + answer['Subject'], Cc=EVE, Message_ID='<forged@stranger.example>'),
                      question(EVE, 'Re: ' + answer['Subject'], In_Reply_To='<forged@stranger.example>'))
        ticket, = self.tickets()
        self.assertEqual(len(self.smtp.received()), 1)
        self.assertEqual([self.verdict(self.ticket(), i)['reason'] for i in (1, 2)], ['running-ticket'] * 2)

    def test_c21_forged_reference(self):
        """Right but for one character; of another installation; of a ticket that does not exist."""
        real = self.answered()['Message-ID']
        local, domain = real.strip('<>').split('@')
        prefix, token, number, mac = local.split('.')
        forged = ['.'.join((prefix, token, number, mac[:-1] + ('0' if mac[-1] != '0' else '1'))),
                  '.'.join((prefix, token, str(int(number) + 1), mac)), '.'.join((prefix, 'zzzz-zzzz', number, mac)),
                  '.'.join((prefix, token, '0' + number, mac)), local + '0', 'x' + local]
        ids = [f'<{one}@{domain}>' for one in forged] + [f'<{local}@elsewhere.example>']
        self.run_with(*(riddle(KIM, f'Strange {i}', In_Reply_To=one, References=one) for i, one in enumerate(ids)))
        for i in range(len(ids)):
            ticket = self.ticket_of(KIM, f'Strange {i}')
            self.assertEqual((ticket['messages'][0]['thread'], ticket['linked']), ('new', 0))
        self.assertEqual(len(self.ticket_of(KIM, 'Forgot password')['messages']), 1)


class Recycled(Threads):
    NEW = dict(subject='My account', In_Reply_To='<first@customer.example>')

    def again(self, **headers):
        return question(KIM, **self.NEW | headers)

    def test_c22_recycled_with_a_new_subject(self):
        answer = self.answered()
        self.rest(20)
        self.run_with(self.again(In_Reply_To=answer['Message-ID']))
        old, new = self.ticket(1), self.ticket(2)
        self.assertEqual((new['messages'][0]['thread'], new['linked']), ('recycled', 1))
        self.assertEqual(old['linked_by'], [{'ticket': 2, 'thread': 'recycled'}])
        self.assertEqual((old['state'], len(old['messages']), old['replies'][0]['written_back']), ('answered', 1, 0))
        # Both name each other, in the history and above it.
        for number, sentence in (1, 'ticket 2 began with an old mail of '), (2, 'began with an old mail of ticket 1'):
            shown = self.erms('ticket', 'show', str(number))
            self.assertRegex(shown, f'(?m)^linked +{sentence}')
            self.assertRegex(shown, f'(?m)erms +linked +(it )?{sentence}')
        # It is a new question, answered like one: with its own token.
        self.assertEqual(self.verdict(new)['reason'], 'none')
        sent = parse(self.smtp.received()[1]['mail'])
        self.assertIn(new['token'], sent['Subject'])
        self.assertNotIn(old['token'], sent['Subject'])

    def test_c22_not_recycled(self):
        answer = self.answered()
        self.run_with(self.again())  # too soon
        self.rest(20)
        self.run_with(self.again(Message_ID='<open@customer.example>'))  # the ticket is open
        self.erms('ticket', 'close', '1')
        self.rest(20)
        with_token = f'My account {answer["Subject"][-12:]}'
        self.run_with(self.again(subject='Fwd: Re: forgot PASSWORD'), self.again(subject=with_token))
        ticket, = self.tickets()
        self.assertEqual(len(self.ticket()['messages']), 5)
        self.assertEqual(len(self.smtp.received()), 1)


class Many(Threads):
    def test_c23_newsletter(self):
        """Forty people answer one newsletter that we have, with all of them in To."""
        people = [f'somebody@firm{i}.example' for i in range(40)]
        self.run_with(mail('Corner Shop <service@shop.example>', 'News', 'We have new umbrellas.',
                           to=', '.join([*people, 'service@shop.example']), Message_ID='<news@shop.example>'))
        self.assertEqual([t['reason'] for t in self.tickets()], ['perhaps-machine'])
        self.run_with(*(question(person, 'Re: News', In_Reply_To='<news@shop.example>',
                                 References='<news@shop.example>') for person in people))
        tickets = self.tickets()
        self.assertEqual(len(tickets), 41)
        self.assertEqual(sorted(t['customer'] for t in tickets[1:]), sorted(people))
        self.assertLessEqual({t['reason'] for t in tickets[1:]}, {'none', 'limit-content'})

    def test_c23_our_answer_passed_on(self):
        """Kim passes our answer on to many, who all write to us about it."""
        answer = self.answered()
        people = [f'customer{i}@customer.example' for i in range(30)]
        self.run_with(*(question(person, 'AW: ' + answer['Subject'], In_Reply_To=answer['Message-ID'])
                        for person in people))
        tickets = self.tickets()
        self.assertEqual(len(tickets), 31)
        self.assertEqual({t['reason'] for t in tickets[1:]}, {'foreign-ticket'})
        self.assertEqual(len(self.smtp.received()), 1)

    def test_c24_reply_all_before_we_answered(self):
        """Kim writes to us and Pat; Pat answers all; Kim too: one ticket, and no answer by itself."""
        self.run_with(
            question(KIM, Cc=PAT, Message_ID='<kim@customer.example>'),
            question(PAT, 'Re: Forgot password', to=f'{KIM}, service@shop.example',
                     In_Reply_To='<kim@customer.example>', Message_ID='<pat@customer.example>'),
            question(KIM, 'Re: Re: Forgot password', to=f'{PAT}, service@shop.example',
                     In_Reply_To='<pat@customer.example>', References='<pat@customer.example>'))
        ticket, = self.tickets()
        self.assertEqual([m['thread'] for m in self.ticket()['messages']], ['new', 'reference', 'reference'])
        self.assertEqual((ticket['state'], self.smtp.received()), ('open', []))

    def test_c24_we_were_added_later(self):
        """We hold none of what they wrote before; Kim is in To of Pat's mail."""
        self.run_with(
            riddle(PAT, 'Re: Strange', to=KIM, Cc='service@shop.example', References='<unknown@customer.example>',
                   Message_ID='<pat@customer.example>'),
            riddle(KIM, 'Re: Strange', to=PAT, Cc='service@shop.example',
                   References='<unknown@customer.example> <pat@customer.example>'))
        self.assertEqual([m['thread'] for m in self.ticket()['messages']], ['new', 'reference'])

    def test_c25_token_alone(self):
        """The provider rewrote our Message-ID, or dropped In-Reply-To."""
        answer = self.answered()
        rewritten = '<0102018c-000000@eu-west-1.provider.example>'
        self.run_with(riddle(KIM, 'AW: ' + answer['Subject'], In_Reply_To=rewritten, References=rewritten),
                      riddle(KIM, 'Re: ' + answer['Subject']), riddle(EVE, 'AW: ' + answer['Subject'], In_Reply_To=rewritten))
        self.assertEqual([m['thread'] for m in self.ticket()['messages']], ['new', 'token', 'token'])
        self.assertEqual(self.ticket_of(EVE)['messages'][0]['thread'], 'foreign')

    def test_c26_our_answers_thread(self):
        """In-Reply-To, References and Re: are what Gmail, Outlook and Thunderbird go by."""
        self.configure(mailbox='authserv-id = mx.shop.example')  # of an unproven sender no word is echoed
        answer = self.answered(References='<zero@customer.example>', Authentication_Results=PASS)
        self.assertEqual(answer['In-Reply-To'], '<first@customer.example>')
        self.assertEqual(answer['References'].split(), ['<zero@customer.example>', '<first@customer.example>'])
        self.assertTrue(answer['Subject'].startswith('Re: '), answer['Subject'])
        # An agent's answer to the customer's reply to it.
        self.run_with(riddle(KIM, 'Re: ' + answer['Subject'], Message_ID='<second@customer.example>',
                             In_Reply_To=answer['Message-ID'],
                             References=f'{answer["References"]} {answer["Message-ID"]}'))
        self.erms('ticket', 'reply', '1', '--body', '-', input='Zebras do.\n')
        second = parse(self.smtp.received()[1]['mail'])
        self.assertEqual(second['In-Reply-To'], '<second@customer.example>')
        self.assertEqual(second['References'].split(),
                         ['<zero@customer.example>', '<first@customer.example>', answer['Message-ID'],
                          '<second@customer.example>'])
        self.assertEqual(second['Subject'], answer['Subject'])
        self.assertEqual(second['Subject'].count('[#'), 1)

    def test_c26_unproven_sender(self):
        """The subject is a neutral one then; the ids are what threads."""
        answer = self.answered(References='<zero@customer.example>')
        self.assertEqual(answer['In-Reply-To'], '<first@customer.example>')
        self.assertEqual(answer['References'].split(), ['<zero@customer.example>', '<first@customer.example>'])
        self.assertRegex(answer['Subject'], r' \[#[0-9A-Z]{4}-[0-9A-Z]{4}\]$')


class WrittenBack(Threads):
    def asked(self, n, back):
        """N customers are answered; the first BACK of them write back. The tickets' numbers."""
        first = len(self.tickets())
        self.run_with(*(question(f'c{first + i}@people.example', Message_ID=f'<{first + i}@people.example>')
                        for i in range(n)))
        self.run_with(*(riddle(f'c{first + i}@people.example', 'Re: Forgot password',
                               In_Reply_To=f'<{first + i}@people.example>') for i in range(back)))

    def shown(self, answer='password/reset.en'):
        found, = (a for a in self.json('kb', 'list') if a['answer'] == answer)
        return found['sent'], found['written_back']

    def test_reply_to_an_automatic_answer(self):
        answer = self.answered()
        self.run_with(riddle(KIM, 'AW: ' + answer['Subject'], In_Reply_To=answer['Message-ID']))
        ticket = self.ticket()
        self.assertEqual((ticket['state'], self.verdict(ticket)['reason']), ('open', 'running-ticket'))
        self.assertEqual(self.folders()['Queues/general'], ['AW: ' + answer['Subject']])
        self.assertEqual(ticket['replies'][0]['written_back'], ticket['messages'][1]['id'])
        event, = (e for e in ticket['history'] if e['what'] == 'wrote-back')
        self.assertEqual(event['detail'], 'kim@customer.example wrote back to the automatic answer password/reset.en')
        self.assertRegex(self.erms('ticket', 'show', '1'), '(?m)^written back +yes')
        self.assertEqual(self.shown(), (1, 1))
        self.assertRegex(self.erms('kb', 'list'), r'password/reset.en .* 1 +1 \(100 %\)')
        # Counted once, for the first mail.
        self.run_with(riddle(KIM, 'Re: Hello? ' + answer['Subject']))
        again = self.ticket()
        self.assertEqual(again['replies'][0]['written_back'], ticket['messages'][1]['id'])
        self.assertEqual(len([e for e in again['history'] if e['what'] == 'wrote-back']), 1)

    def test_what_does_not_count(self):
        """Machines, out-of-office notes, strangers, another question, a mail after an agent's answer."""
        answer = self.answered()
        reply = dict(In_Reply_To=answer['Message-ID'])
        self.run_with(riddle(KIM, 'Re: x', Auto_Submitted='auto-replied', **reply),
                      riddle(KIM, 'Out of office: x', **reply), riddle(EVE, 'Re: x', **reply),
                      riddle(KIM, 'Something else'))
        self.assertEqual(self.shown(), (1, 0))
        self.run_with(riddle(KIM, 'Re: y', **reply))
        self.assertEqual(self.shown(), (1, 1))
        self.run_with(question(PAT, Message_ID='<pat@customer.example>'))
        number = self.ticket_of(PAT)['ticket']
        self.erms('ticket', 'reply', str(number), '--again', '--body', '-', input='By hand.\n')
        self.run_with(riddle(PAT, 'Re: Forgot password', In_Reply_To='<pat@customer.example>'))
        self.assertEqual(self.shown(), (2, 1))

    def test_too_many_write_back(self):
        self.asked(4, 4)  # too few to show anything
        self.asked(1, 0)
        self.assertEqual(len(self.smtp.received()), 5)
        self.run_with(riddle('c4@people.example', 'Re: Forgot password', In_Reply_To='<4@people.example>'))
        self.assertEqual(self.shown(), (5, 5))
        self.run_with(question(KIM), mail(PAT, 'Saturday', f'{HOURS[0]}. {HOURS[1]}'))
        self.assertEqual(self.recipients()[5:], [PAT])  # another answer is not stopped
        ticket = self.ticket_of(KIM)
        self.assertEqual(self.verdict(ticket)['reason'], 'wrote-back')
        self.assertIn('customers wrote back to 5 of the last 5 automatic answers password/reset.en', ticket['why'])
        self.assertIn('54.9 %', ticket['why'])
        self.assertEqual(ticket['replies'][0]['template'], 'password/reset.en')
        # Another version begins anew, and its predecessor's answers do not count for it.
        self.answer('password/reset.en.md', RESET.replace('choose', 'click'))
        self.assertEqual(self.shown(), (0, 0))
        self.run_with(question('lee@customer.example'))
        self.assertEqual(self.recipients()[6:], ['lee@customer.example'])

    def test_the_operator_decides_how_many(self):
        self.configure(general='max-written-back = 1')
        self.asked(6, 6)
        self.run_with(question(KIM))
        self.assertEqual(len(self.smtp.received()), 7)
        self.configure(general='max-written-back = 0')
        self.run_with(question(PAT))
        self.assertEqual(self.verdict(self.ticket_of(PAT))['reason'], 'wrote-back')

    def test_while_the_answer_waits(self):
        """The share was passed after the decision and before the sending."""
        self.asked(5, 4)
        self.configure(smtp=free_port())
        self.deliver(question(KIM))
        self.erms('run', expect=None)
        self.assertEqual(self.ticket_of(KIM)['replies'][0]['state'], 'approved')
        self.run_and_back()
        self.assertEqual(len(self.smtp.received()), 5)
        ticket = self.ticket_of(KIM)
        self.assertEqual((ticket['state'], ticket['replies'][0]['state']), ('open', 'dropped'))
        self.assertIn('while the answer waited customers wrote back to 5 of the last 5', ticket['why'])

    def run_and_back(self):
        self.configure()
        self.run_with(riddle('c4@people.example', 'Re: Forgot password', In_Reply_To='<4@people.example>'))


class Bounced(Threads):
    def bounce(self, answer, cited):
        """What a mail system gives back of our answer, with the Message-ID CITED."""
        return (f'From: MAILER-DAEMON@mx.customer.example\nTo: service@shop.example\nSubject: Undelivered Mail\n'
                f'Message-ID: <bounce@mx.customer.example>\nMIME-Version: 1.0\n'
                'Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n'
                '--b\n\nIt could not be delivered.\n--b\nContent-Type: message/delivery-status\n\n'
                f'Reporting-MTA: dns; mx.customer.example\n\nFinal-Recipient: rfc822; {KIM}\nAction: failed\n'
                f'Status: 5.1.1\n\n--b\nContent-Type: text/rfc822-headers\n\nSubject: x\nMessage-ID: {cited}\n'
                '\n--b--\n').replace('\n', '\r\n').encode()

    def test_an_automatic_answer_comes_back(self):
        """It belongs to its ticket, which a human gets; it is nobody's reply."""
        answer = self.answered()
        self.run_with(self.bounce(answer, answer['Message-ID']))
        ticket = self.ticket()
        self.assertEqual((ticket['state'], ticket['messages'][1]['thread']), ('open', 'bounce'))
        self.assertEqual((self.verdict(ticket)['reason'], ticket['replies'][0]['written_back']), ('bounce', 0))
        self.assertIn('could not be delivered', ticket['why'])

    def test_a_forged_one_does_not(self):
        answer = self.answered()
        self.run_with(self.bounce(answer, answer['Message-ID'].replace('erms.', 'erms.0')))
        self.assertEqual((self.ticket()['state'], len(self.ticket()['messages'])), ('answered', 1))


class Age(Threads):
    def reason(self, sender):
        return self.verdict(self.ticket_of(sender))['reason']

    def test_first_run_over_a_full_inbox(self):
        """A year-old mail is a suggestion, whatever its Date says; today's is answered."""
        self.deliver(question(KIM, Date='Sun, 22 Nov 2099 08:00:00 +0000'), age=365 * DAY)
        self.deliver(question(PAT), age=6 * DAY)
        self.deliver(question('lee@customer.example', Date='Mon, 05 Jan 1998 08:12:31 +0100'))
        self.deliver(question('joe@customer.example'), age=8 * DAY)
        self.erms('run')
        self.assertEqual(sorted(self.recipients()), ['lee@customer.example', PAT])
        self.assertEqual((self.reason(KIM), self.reason('joe@customer.example')), ('old', 'old'))
        ticket = self.ticket_of(KIM)
        self.assertEqual((ticket['state'], ticket['why']), ('open', 'it is 365 days old'))
        self.assertEqual(ticket['replies'][0]['template'], 'password/reset.en')
        self.assertAlmostEqual(ticket['messages'][0]['arrived'], time.time() - 365 * DAY, delta=600)

    def test_how_old_is_a_setting(self):
        self.configure(general='max-age = 2h')
        self.deliver(question(KIM), age=3 * 3600)
        self.deliver(question(PAT), age=3600)
        self.erms('run')
        self.assertEqual(self.recipients(), [PAT])
        self.assertEqual(self.ticket_of(KIM)['why'], 'it is 3 hours old')

    def test_a_clock_is_wrong(self):
        """Ours jumped back, so mail seems to come from the future: its age is not known."""
        self.deliver(question(KIM), age=-3 * DAY)
        self.deliver(question(PAT), age=-3600)
        self.erms('run')
        self.assertEqual(self.recipients(), [PAT])
        self.assertIn('clock', self.ticket_of(KIM)['why'])


if __name__ == '__main__':
    unittest.main()
