#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""erms run must not answer machines, nor anybody twice."""
import sys, unittest
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *

# Each is a question that a human would get an answer to, with one sign that none wrote it.
MACHINES = {
    'auto-replied': dict(Auto_Submitted='auto-replied'),
    'auto-generated': dict(Auto_Submitted='AUTO-GENERATED; x=y'),
    'auto-notified': dict(Auto_Submitted='auto-notified (see rfc)'),
    'suppress-all': dict(X_Auto_Response_Suppress='All'),
    'suppress-one': dict(X_Auto_Response_Suppress='DR, AutoReply'),
    'bulk': dict(Precedence='bulk'),
    'junk': dict(Precedence='Junk'),
    'list-precedence': dict(Precedence='list'),
    'list-id': dict(List_Id='<friends.lists.example>'),
    'unsubscribe': dict(List_Unsubscribe='<mailto:off@news.example>'),
    'list-post': dict(List_Post='<mailto:friends@lists.example>'),
    'feedback-id': dict(Feedback_ID='1:2:3:sender'),
    'null-path': dict(Return_Path='<>'),
    'x-loop': dict(X_Loop='service@shop.example'),
    'x-autoreply': dict(X_Autoreply='yes'),
    'spam': dict(X_Spam_Flag='YES'),
    'out-of-office': dict(subject='Out of office: Re: your mail'),
    'abwesend': dict(subject='Abwesenheitsnotiz'),
    'no-reply@': dict(sender='no-reply@bank.example'),
    'mailer-daemon@': dict(sender='MAILER-DAEMON@mx.example'),
    'bounces@': dict(sender='news-bounces@lists.example'),
    'reply-to-nobody': dict(Reply_To='donotreply@bank.example'),
    'our-address': dict(sender='Service <service@shop.example>'),
    'our-plus-address': dict(sender='service+tag@SHOP.example'),
}
HUMANS = {
    'auto-submitted-no': dict(Auto_Submitted='no'),
    'suppress-receipts': dict(X_Auto_Response_Suppress='DR, RN, NRN'),
    'suppress-none': dict(X_Auto_Response_Suppress='None'),
    'not-spam': dict(X_Spam_Flag='NO'),
    'first-class': dict(Precedence='first-class'),
    'web-form': dict(sender='Shop <form@shop.example>', Reply_To='web-form@customer.example'),
}


def report(kind, other):
    """A delivery report (RFC 3464) or a read receipt (RFC 8098)."""
    whole = MIMEMultipart('report', **{'report-type': kind})
    whole['From'], whole['To'] = 'postmaster@mx.example', 'service@shop.example'
    whole['Subject'], whole['Message-ID'] = 'Forgot password', f'<{kind}@mx.example>'
    whole.attach(MIMEText('I forgot my password, cannot log in.'))
    whole.attach(MIMEApplication(b'Final-Recipient: rfc822; kim@customer.example', other))
    return bytes(whole)


def sealed(name, subtype, **parameters):
    whole = MIMEMultipart('encrypted', **parameters)
    whole['From'], whole['To'] = f'{name}@customer.example', 'service@shop.example'
    whole['Subject'], whole['Message-ID'] = 'Forgot password', f'<{name}@customer.example>'
    whole.attach(MIMEApplication(b'Version: 1', subtype))
    whole.attach(MIMEApplication(b'sealed', 'octet-stream'))
    return bytes(whole)


class Automatic(ErmsTest):
    """Mail that no human wrote, or that nobody may answer by machine."""

    def by_subject(self):
        return {t['subject']: t for t in self.tickets()}

    def test_machines_get_no_answer(self):
        for name, options in MACHINES.items():
            options = {'sender': f'{name}@customer.example', 'subject': 'Forgot password',
                       'Message_ID': f'<{name}@x.example>'} | options
            self.deliver(question(**options))
        self.deliver(report('delivery-status', 'x-status'), report('disposition-notification', 'x-mdn'))
        out = self.erms('run')
        self.assertIn(f'{len(MACHINES) + 2} new: 0 answered', out)
        self.assertEqual(self.smtp.received(), [])
        # Surely a machine: nobody needs to look. Perhaps one: a human looks.
        reasons = {'machine': 'ignored', 'spam': 'ignored', 'perhaps-machine': 'open', 'to-ourselves': 'open'}
        seen = set()
        for ticket in self.tickets():
            self.assertEqual(ticket['state'], reasons.get(ticket['reason']),
                             self.ticket(ticket['ticket'])['messages'][0])
            seen.add(ticket['reason'])
        self.assertLessEqual({'machine', 'perhaps-machine'}, seen)
        folders = self.folders()
        self.assertNotIn('INBOX', folders)
        self.assertGreaterEqual(len(folders['Ignored']), 8)

    def test_humans_get_one(self):
        for name, options in HUMANS.items():
            self.deliver(question(**{'sender': f'{name}@customer.example', 'Message_ID': f'<{name}@x>'} | options))
        self.erms('run')
        self.assertEqual(sorted(self.recipients()), sorted(f'{name}@customer.example' for name in HUMANS))

    def test_marked_as_junk_by_the_server(self):
        self.deliver(question('kim@customer.example'))
        with self.imap.boxes['support'].imap() as session:
            session.select('INBOX')
            session.store('1', '+FLAGS', '($Junk)')
        self.erms('run')
        self.assertEqual(self.smtp.received(), [])
        self.assertEqual(self.tickets()[0]['state'], 'ignored')

    def test_our_own_answer_comes_back(self):
        self.deliver(question('kim@customer.example'))
        self.erms('run')
        answer = self.smtp.received()[0]['mail']
        redirected = parse(answer)
        for name in 'Auto-Submitted', 'X-Auto-Response-Suppress', 'Precedence':
            del redirected[name]
        redirected.replace_header('From', 'kim@customer.example')
        redirected.replace_header('To', 'service@shop.example')
        redirected.set_content('I forgot my password, cannot log in.')
        self.deliver(answer, bytes(redirected))
        self.assertIn('2 new: 0 answered, 0 queued, 2 ignored', self.erms('run'))
        self.assertEqual(len(self.smtp.received()), 1)
        self.assertIn('answered', {t['state'] for t in self.tickets()})

    def test_out_of_office_note_to_our_answer(self):
        """It joins the ticket and changes nothing about it."""
        self.deliver(question('kim@customer.example'))
        self.erms('run')
        answer = parse(self.smtp.received()[0]['mail'])
        self.deliver(question('kim@customer.example', 'Re: ' + answer['Subject'], Auto_Submitted='auto-replied',
                              In_Reply_To=answer['Message-ID']))
        self.erms('run')
        ticket, = self.tickets()
        self.assertEqual(ticket['state'], 'answered')
        self.assertEqual(len(self.ticket()['messages']), 2)
        self.assertEqual(len(self.smtp.received()), 1)

    def test_two_installations(self):
        """Our answer, read by another installation, is a machine's."""
        self.deliver(question('kim@customer.example'))
        self.erms('run')
        path = self.dir / 'answer.eml'
        path.write_bytes(self.smtp.received()[0]['mail'].replace(b'service@shop.example', b'other@firm.example'))
        self.assertEqual(self.json('classify', str(path))[0]['action'], 'ignore')

    def test_encrypted(self):
        inline = ('-----BEGIN PGP MESSAGE-----\n\nhQEMA5vJ\n=abcd\n-----END PGP MESSAGE-----\n')
        opaque = MIMEApplication(b'sealed', 'pkcs7-mime', **{'smime-type': 'enveloped-data', 'name': 'smime.p7m'})
        opaque['From'], opaque['To'] = 'smime@customer.example', 'service@shop.example'
        opaque['Subject'], opaque['Message-ID'] = 'Forgot password', '<smime@customer.example>'
        self.deliver(sealed('pgp', 'pgp-encrypted', protocol='application/pgp-encrypted'), bytes(opaque),
                     mail('inline@customer.example', 'Forgot password', inline))
        self.erms('run')
        self.assertEqual(self.smtp.received(), [])
        self.assertEqual([(t['state'], t['reason']) for t in self.tickets()], [('open', 'encrypted')] * 3)
        self.assertEqual(self.folders(), {'Queues/general': ['Forgot password'] * 3})

    def test_not_addressed_to_us(self):
        self.deliver(question('kim@customer.example', to='somebody@else.example'))
        self.erms('run')
        self.assertEqual((self.smtp.received(), self.tickets()[0]['reason']), ([], 'not-addressed'))


class Once(ErmsTest):
    """Nobody gets two answers by machine within a day, or one in a conversation that is under way."""

    def answered(self):
        """Kim has an answer: returns it parsed."""
        self.deliver(question('Kim <kim@customer.example>', Message_ID='<first@customer.example>'))
        self.erms('run')
        self.assertEqual(self.recipients(), ['kim@customer.example'])
        return parse(self.smtp.received()[0]['mail'])

    def test_a_second_mail_in_the_same_batch(self):
        self.deliver(question('kim@customer.example'), question('Kim <KIM@Customer.Example>', 'Again'))
        self.assertIn('1 answered, 1 queued', self.erms('run'))
        self.assertEqual(len(self.smtp.received()), 1)
        self.assertEqual(sorted((t['state'], t['reason']) for t in self.tickets()),
                         [('answered', 'none'), ('open', 'recently-answered')])

    def test_a_second_mail_later(self):
        self.answered()
        self.deliver(question('kim@customer.example', 'Again'))
        self.erms('run')
        self.assertEqual(len(self.smtp.received()), 1)
        self.assertEqual(self.ticket_of('kim@customer.example', 'Again')['messages'][0]['verdict']['reason'],
                         'recently-answered')

    def test_after_the_quiet_time(self):
        self.configure(general='quiet-time = 1s')
        self.answered()
        time.sleep(2.1)
        self.deliver(question('kim@customer.example', 'Again'))
        self.erms('run')
        self.assertEqual(len(self.smtp.received()), 2)

    def joins(self, thread, **headers):
        self.deliver(question('kim@customer.example', headers.pop('subject', 'Re: your answer'), **headers))
        self.erms('run')
        ticket, = self.tickets()
        self.assertEqual((ticket['state'], len(self.smtp.received())), ('open', 1))
        last = self.ticket()['messages'][-1]
        self.assertEqual((last['thread'], last['verdict']['reason']), (thread, 'running-ticket'))
        # Long after the quiet time, too.
        self.assertEqual(self.folders(), {'Answered': ['Forgot password'], 'Queues/general': [last['subject']]})

    def test_reply_by_our_message_id(self):
        self.configure(general='quiet-time = 1s')
        self.joins('our Message-ID', In_Reply_To=self.answered()['Message-ID'])

    def test_reply_by_reference(self):
        self.answered()
        self.joins('reference', References='<nobody@knows.example> <first@customer.example>')

    def test_reply_by_subject(self):
        self.joins('token', subject='AW: ' + self.answered()['Subject'])

    def stranger(self, **headers):
        """A stranger is a customer of his own, who learns nothing about the other ticket."""
        self.deliver(question('eve@stranger.example', headers.pop('subject', 'Re: x'), **headers))
        self.erms('run')
        kims, eves = self.ticket_of('kim@customer.example'), self.ticket_of('eve@stranger.example')
        self.assertEqual((kims['state'], len(kims['messages'])), ('answered', 1))
        self.assertEqual(eves['messages'][0]['thread'], 'foreign')
        for sent in self.smtp.received()[1:]:
            self.assertEqual(sent['to'], ['eve@stranger.example'])
            self.assertNotIn(b'kim', sent['mail'].lower())
            self.assertNotIn(kims['token'].encode(), sent['mail'])

    def test_stranger_with_the_token(self):
        self.stranger(subject='Re: ' + self.answered()['Subject'])

    def test_stranger_with_our_message_id(self):
        self.stranger(In_Reply_To=self.answered()['Message-ID'])

    def test_forged_message_id_of_ours(self):
        """Kim herself cannot make one up: another ticket's number, or a wrong hash."""
        real = self.answered()['Message-ID']
        middle = len(real) // 2
        forged = real[:middle] + ('a' if real[middle] != 'a' else 'b') + real[middle + 1:]
        self.deliver(riddle('kim@customer.example', In_Reply_To=forged))
        self.erms('run')
        self.assertEqual(self.ticket_of('kim@customer.example', 'Strange')['messages'][0]['thread'], 'new')


if __name__ == '__main__':
    unittest.main()
