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
