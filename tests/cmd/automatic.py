#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Mail that machines send into a conversation: notes that somebody is away, bounces, spam. What
tests/mail/answerable.c says of each sign alone is here said of tickets, folders and answers."""
import sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *

MAILS = Path(__file__).resolve().parents[1] / 'data/mail'
KIM = 'kim@customer.example'
# As programs write them; {} is the subject of the mail they answer.
NOTES = ['Automatic reply: {}', 'Automatische Antwort: {}', 'Réponse automatique : {}',
         'Respuesta automática: {}', 'Risposta automatica: {}', 'Automatisch antwoord: {}',
         'Resposta automática: {}', 'Odpowiedź automatyczna: {}', 'Автоматический ответ: {}',
         'Otomatik yanıt: {}', '自动答复: {}', '自動応答: {}', 'Autosvar: {}', 'Automatická odpověď: {}',
         'Out of Office: {}', 'Abwesenheitsnotiz: {}', 'AutoReply: {}', 'Abwesend: {}', 'Auto: {}']
# What these are about: the state, who has it, since when, and where it is.
KEPT = 'state', 'owner', 'queue', 'category', 'reason', 'note', 'due', 'deadline'


class Notes(ErmsTest):
    """A note that somebody is away changes nothing about a ticket, whatever headers it lacks."""

    def answered(self):
        self.deliver(question(KIM))
        self.erms('run')
        return parse(self.smtp.received()[0]['mail'])

    def kept(self):
        ticket, = self.tickets()
        return {key: ticket[key] for key in KEPT if key in ticket}

    def note(self, subject, n=0, **headers):
        return mail(KIM, subject, 'I am away until Monday. I forgot my password, cannot log in.',
                    Message_ID=f'<note{n}@customer.example>', Return_Path=f'<{KIM}>', **headers)

    def test_d33_known_by_the_subject_alone(self):
        subject = self.answered()['Subject']
        before = self.kept()
        self.assertEqual(before['state'], 'answered')
        for n, form in enumerate(NOTES):
            self.deliver(self.note(form.format(subject), n))
        out = self.erms('run')
        self.assertIn(f'{len(NOTES)} new: 0 answered, 0 queued, {len(NOTES)} ignored', out)
        self.assertEqual(self.kept(), before)
        messages = self.ticket()['messages']
        self.assertEqual(len(messages), 1 + len(NOTES))
        self.assertEqual({m['machine'] for m in messages[1:]}, {'out-of-office'})
        self.assertEqual(len(self.smtp.received()), 1)
        self.assertEqual(len(self.folders()['Ignored']), len(NOTES))

    def test_d33_in_a_ticket_that_a_human_has(self):
        self.deliver(riddle(KIM))
        self.erms('run')
        before = self.kept()
        self.assertEqual(before['state'], 'open')
        self.deliver(self.note('Automatic reply: Strange', In_Reply_To=parse(riddle(KIM))['Message-ID']))
        self.erms('run')
        self.assertEqual(self.kept(), before)
        self.assertEqual(len(self.ticket()['messages']), 2)

    def test_d33_one_that_nobody_knows(self):
        """It looks like a human's mail: a human has it, and no machine answers it."""
        subject = self.answered()['Subject']
        self.deliver(self.note('Re: ' + subject))
        self.erms('run')
        self.assertEqual((self.kept()['state'], len(self.smtp.received())), ('open', 1))

    def test_d33_without_a_conversation(self):
        """A new mail with such a subject may be a human's: somebody looks."""
        self.deliver(self.note('Abwesenheitsnotiz'))
        self.erms('run')
        ticket, = self.tickets()
        self.assertEqual((ticket['state'], ticket['reason']), ('open', 'perhaps-machine'))
        self.assertEqual(self.smtp.received(), [])

    def test_d34_a_human_says_so(self):
        """Auto-Submitted: no. The subject is then a human's choice."""
        self.deliver(question(KIM, 'Abwesend: forgot password', Auto_Submitted='no'))
        self.erms('run')
        self.assertEqual(self.recipients(), [KIM])

    def test_d35_the_rule_is_shown(self):
        self.deliver(question(KIM, Auto_Submitted='auto-notified; owner-email="x@y.example"'))
        self.erms('run')
        message, = self.ticket()['messages']
        self.assertEqual(message['machine'], 'auto-submitted')
        self.assertIn('RFC 3834 5', message['verdict']['detail'])
        self.assertIn('auto-submitted', self.erms('ticket', 'show', '1'))
        path = self.dir / 'list.eml'
        path.write_bytes(question(KIM, List_Id='<friends.lists.example>'))
        self.assertIn('list-id', self.json('classify', str(path))[0]['why'])


class Bounces(ErmsTest):
    """All shapes of bounces are known, and lead to the ticket whose answer they give back."""

    def test_d27_every_shape(self):
        self.deliver(question(KIM))
        self.erms('run')
        answer = parse(self.smtp.received()[0]['mail'])['Message-ID'].strip('<>')
        shapes = sorted(MAILS.glob('bounce-*.eml'))
        self.assertGreaterEqual(len(shapes), 10)
        for path in shapes:
            raw = path.read_bytes().replace(b'erms.4711.K7Q429XM.a1b2c3@shop.example', answer.encode())
            self.deliver(raw.replace(b'\n', b'\r\n'))
        self.erms('run')
        self.assertEqual(len(self.smtp.received()), 1)
        messages = self.ticket()['messages']
        self.assertEqual(len(messages), 1 + len(shapes))
        self.assertEqual({(m['machine'], m['thread']) for m in messages[1:]}, {('bounce', 'bounce')})
        self.assertEqual(len(self.tickets()), 1)

    def test_d42_of_a_mail_that_is_not_ours(self):
        self.deliver((MAILS / 'bounce-postfix.eml').read_bytes())
        self.erms('run')
        ticket, = self.tickets()
        self.assertEqual((ticket['state'], ticket['reason']), ('ignored', 'machine'))


class Humans(ErmsTest):
    """Humans whose mail has a sign of machines. None is ignored, and no machine answers them."""

    FORM = dict(sender='no-reply@forms.example')
    OUR = dict(sender='service@shop.example')
    # What the mail has: 'sender', 'subject', headers. A form's customer is in Reply-To.
    MAILS = {
        'postmaster-failure': dict(sender='postmaster@firm.example', subject='Delivery failure of my parcel'),
        'postmaster-report': dict(sender='postmaster@firm.example', subject='Delivery report wanted'),
        'postmaster-warning': dict(sender='postmaster@firm.example', subject='Warning: message to you came back'),
        'postmaster-returned': dict(sender='postmaster@firm.example', subject='Returned mail'),
        'form-failure': FORM | dict(subject='Delivery failure: parcel', Return_Path='<>'),
        'form-one-click': FORM | dict(List_Unsubscribe='<https://forms.example/off>',
                                      List_Unsubscribe_Post='List-Unsubscribe=One-Click'),
        'form-list': FORM | dict(List_Unsubscribe='<https://forms.example/off>', X_PM_Message_Id='47'),
        'form-campaign': FORM | dict(X_Campaign_ID='47'),
        'form-null-path': FORM | dict(Return_Path='<>'),
        'form-autoreply': FORM | dict(X_Autoreply='yes'),
        'form-generated': FORM | dict(Auto_Submitted='auto-generated'),
        'form-ours': OUR | dict(Return_Path='<>', Reply_To='petra@shop.example'),
        'form-ours-generated': OUR | dict(Auto_Submitted='auto-generated', Reply_To='petra@shop.example'),
        'hubspot': dict(List_Unsubscribe='<https://crm.example/off>', X_HS_Cid='47'),
        'postmark': dict(List_Unsubscribe='<https://crm.example/off>', X_PM_Message_Id='47'),
        'brevo': dict(List_Unsubscribe='<https://crm.example/off>', X_Mailin_EID='47'),
        'mailchimp': dict(List_Unsubscribe='<https://crm.example/off>', X_MC_User='47'),
        'redirected': dict(X_MS_Exchange_Inbox_Rules_Loop='chef@firm.example', X_Auto_Response_Suppress='All'),
        'scanner': OUR,
        'scanner-generated': OUR | dict(Auto_Submitted='auto-generated'),
        'telephone': OUR | dict(X_Asterisk_CallerID='4711', Auto_Submitted='auto-generated'),
        'dmarc-forwarded': dict(subject='Fwd: Report domain: x.example Submitter: y.example'),
        'loop': dict(X_Loop='service@shop.example'),
        'ezmlm': dict(Mailing_List='contact all-help@lists.example; run by ezmlm', Precedence='bulk',
                      List_Post='<mailto:all@lists.example>', List_Unsubscribe='<mailto:off@lists.example>'),
        'majordomo': dict(Precedence='bulk', Sender='owner-all@lists.example'),
        'zendesk': dict(Auto_Submitted='auto-generated', X_Zendesk_From_Account_Id='47'),
        'github': dict(X_GitHub_Reason='mention', List_Unsubscribe_Post='List-Unsubscribe=One-Click'),
    }

    def in_queue(self, message):
        self.assertNotEqual(message['verdict']['action'], 'ignore', message)
        self.assertGreater(len(message['verdict']['detail']), 10)

    def test_d35_nobody_is_ignored(self):
        for name, options in self.MAILS.items():
            options = {'sender': f'{name}@customer.example', 'Message_ID': f'<{name}@x.example>'} | options
            if options['sender'] == self.FORM['sender']:
                options['Reply_To'] = f'{name}@customer.example'
            self.deliver(question(**options))
        often = question('often@customer.example', Message_ID='<often@x.example>')
        self.deliver(b'Delivered-To: service@shop.example\r\n' * 3 + often)
        count = len(self.MAILS) + 1
        self.assertIn(f'{count} new: 0 answered, {count} queued, 0 ignored', self.erms('run'))
        self.assertEqual(self.smtp.received(), [])
        for ticket in self.tickets():
            self.assertEqual(ticket['state'], 'open')
            message, = self.ticket(ticket['ticket'])['messages']
            self.in_queue(message)
            self.assertIn(ticket['reason'], ('perhaps-machine', 'calendar'), message)
        self.assertTrue(all(folder.startswith('Queues/') for folder in self.folders()))

    def running(self, subject, *replies):
        """A customer's mail with SUBJECT, and his further mails in the ticket: none is ignored."""
        self.deliver(riddle(KIM, subject))
        self.erms('run')
        first = parse(riddle(KIM, subject))['Message-ID']
        for n, reply in enumerate(replies):
            self.deliver(riddle(KIM, reply, Message_ID=f'<reply{n}@customer.example>', In_Reply_To=first))
        self.assertIn(f'{len(replies)} new: 0 answered, {len(replies)} queued, 0 ignored', self.erms('run'))
        ticket, = self.tickets()
        messages = self.ticket()['messages']
        self.assertEqual((ticket['state'], len(messages)), ('open', 1 + len(replies)))
        for message in messages[1:]:
            self.in_queue(message)
        self.assertEqual(self.smtp.received(), [])

    def test_d33_a_reply_about_somebody_away(self):
        about = 'Colis: le client est absent du bureau'
        self.running(about, *(mark + about for mark in (
            'RE : ', 'TR :', 'Rép: ', 'odp: ', 'R: ', 'RV: ', 'VS: ', 'YNT: ', '回复: ', '回复：', 'Rtr : ',
            'Antwoord op : ', '')))

    def test_d33_a_garage(self):
        self.running('Auto: Inspektion', 'Auto: Inspektion', 'Re: Auto: Inspektion')

    def test_d33_a_garage_by_number(self):
        self.deliver(question(KIM))
        self.erms('run')
        token = parse(self.smtp.received()[0]['mail'])['Subject'][-12:]
        self.deliver(riddle(KIM, f'Auto: Inspektion {token}'))
        self.assertIn('1 new: 0 answered, 1 queued, 0 ignored', self.erms('run'))
        self.assertEqual(self.tickets()[0]['state'], 'open')


class Spam(ErmsTest):
    MARKS = dict(flag=dict(X_Spam_Flag='YES'), rspamd=dict(X_Spam='Yes'),
                 status=dict(X_Spam_Status='Yes, score=9.3 required=5.0'),
                 scl=dict(X_MS_Exchange_Organization_SCL='6'),
                 eop=dict(X_Forefront_Antispam_Report='CIP:192.0.2.1;SFV:SPM;DIR:INB;'),
                 bogofilter=dict(X_Bogosity='Spam, tests=bogofilter, spamicity=0.99'))

    def all_ignored(self, count):
        self.assertEqual(self.smtp.received(), [])
        self.assertEqual([(t['state'], t['reason'] in ('machine', 'spam')) for t in self.tickets()],
                         [('ignored', True)] * count)
        self.assertEqual(len(self.folders()['Ignored']), count)

    def test_d38_marked_by_a_filter(self):
        for name, headers in self.MARKS.items():
            self.deliver(question(f'{name}@customer.example', **headers))
        self.erms('run')
        self.all_ignored(len(self.MARKS))

    def test_d38_in_the_junk_folder(self):
        self.configure(mailbox='folder = Junk')
        with self.imap.boxes['support'].imap() as session:
            session.create('Junk')
            session.append('Junk', None, None, question(KIM))
        self.erms('run')
        self.all_ignored(1)

    def test_d38_not_marked(self):
        self.deliver(question(KIM, X_Spam_Flag='NO', X_Spam_Status='No, score=-1.9', X_Spam='no',
                              X_MS_Exchange_Organization_SCL='1', X_Bogosity='Ham, tests=bogofilter',
                              X_Forefront_Antispam_Report='SFV:NSPM;SCL:1;DIR:INB'))
        self.erms('run')
        self.assertEqual(self.recipients(), [KIM])


if __name__ == '__main__':
    unittest.main()
