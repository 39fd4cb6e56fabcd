#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What people rely on around an answer: who sees a bounce, what a correction changes, who says that a
machine wrote it, and what a stricter setting or a broken answer does."""
import sys, unittest
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *


def bounce(answer):
    whole = MIMEMultipart('report', **{'report-type': 'delivery-status'})
    whole['From'], whole['To'] = 'MAILER-DAEMON@mx.example', 'service@shop.example'
    whole['Subject'], whole['Message-ID'] = 'Undelivered Mail', '<bounce@mx.example>'
    whole['In-Reply-To'] = answer
    whole.attach(MIMEText('5.1.1 no such user'))
    whole.attach(MIMEApplication(b'Final-Recipient: rfc822; lee@customer.example', 'x-status'))
    return bytes(whole)


class Human(ErmsTest):
    def test_bounce_of_an_agents_answer_comes_back_to_people(self):
        self.deliver(riddle('lee@customer.example'))
        self.erms('run')
        self.erms('ticket', 'reply', '1', '--body', '-', input='We do not sell zebras.\n')
        sent, = self.smtp.received()
        self.deliver(bounce(parse(sent['mail'])['Message-ID']))
        self.erms('run')
        ticket, = self.tickets()
        self.assertEqual((ticket['state'], ticket['why']), ('open', 'our answer could not be delivered'))

    def test_a_delay_is_not_called_a_failure(self):
        self.deliver(riddle('lee@customer.example'))
        self.erms('run')
        self.erms('ticket', 'reply', '1', '--body', '-', input='We do not sell zebras.\n')
        late = bounce(parse(self.smtp.received()[0]['mail'])['Message-ID'])
        self.deliver(late.replace(b'5.1.1 no such user', b'4.2.2 still trying, nothing to do'))
        self.erms('run')
        self.assertIn('perhaps it is only late', self.tickets()[0]['why'])

    def test_bounce_with_an_id_that_is_not_ours_changes_nothing(self):
        self.deliver(riddle('lee@customer.example'))
        self.erms('run')
        self.erms('ticket', 'reply', '1', '--body', '-', input='We do not sell zebras.\n')
        mine = parse(self.smtp.received()[0]['mail'])['Message-ID']
        self.deliver(bounce(mine.replace('erms.', 'erms.x')))
        self.erms('run')
        self.assertEqual([t['state'] for t in self.tickets()], ['answered', 'ignored'])

    def test_a_correction_brings_other_suggestions(self):
        self.configure(sending='off')
        self.deliver(question('kim@customer.example'))
        self.erms('run')
        self.assertEqual(self.ticket()['replies'][0]['template'], 'password/reset.en')
        self.erms('label', '1', 'hours')
        drafts = [r['template'] for r in self.ticket()['replies'] if r['state'] == 'draft']
        self.assertEqual(drafts, ['hours/open.en'])
        self.erms('ticket', 'reply', '1')
        self.assertIn('We are open', parse(self.smtp.received()[0]['mail']).get_content())

    def test_a_correction_stops_the_waiting_answer(self):
        self.smtp.stop()
        self.deliver(question('kim@customer.example'))
        self.erms('run', expect=None)
        self.erms('label', '1', 'hours')
        self.erms('run', expect=None)
        self.assertEqual(self.tickets()[0]['state'], 'open')
        self.assertNotIn('approved', [r['state'] for r in self.ticket()['replies']])

    def test_only_a_machine_says_so(self):
        self.configure()
        conf = (self.home / 'erms.conf').read_text()
        (self.home / 'erms.conf').write_text(
            conf.replace('[company]', '[company]\nautomatic_en = Written by a machine.'))
        self.deliver(question('kim@customer.example'))
        self.erms('run')
        self.assertIn('Written by a machine.', parse(self.smtp.received()[0]['mail']).get_content())
        self.configure(sending='off')
        conf = (self.home / 'erms.conf').read_text()
        (self.home / 'erms.conf').write_text(
            conf.replace('[company]', '[company]\nautomatic_en = Written by a machine.'))
        self.deliver(question('lee@customer.example'))
        self.erms('run')
        self.erms('ticket', 'reply', '2')
        self.assertNotIn('Written by a machine.', parse(self.smtp.received()[1]['mail']).get_content())

    def test_a_stricter_error_needs_a_training(self):
        conf = (self.home / 'erms.conf').read_text().replace('max-error = 0.05', 'max-error = 0.0001')
        (self.home / 'erms.conf').write_text(conf)
        self.deliver(question('kim@customer.example'))
        self.erms('run')
        self.assertEqual(self.smtp.received(), [])
        self.assertEqual(self.tickets()[0]['reason'], 'no-threshold')

    def test_an_answer_for_something_else_is_not_sent_instead(self):
        """The right answer is broken; the one that is left is for holidays."""
        self.answer('password/reset.en.md', 'title: T\nstate: approved\napprover: E\n---\n{{greeting\n')
        self.answer('password/token.en.md',
                    'title: T\nstate: approved\napprover: E\nwhen: hardware token\n---\nCall us.\n')
        self.deliver(question('kim@customer.example'))
        self.erms('run')
        self.assertIn('reset.en.md:6', self.last.stderr)
        self.assertEqual(self.smtp.received(), [])
        self.assertEqual(self.tickets()[0]['reason'], 'ambiguous')

    def test_what_was_imported_as_handled_is_not_answered(self):
        raw = question('kim@customer.example')
        archive = self.dir / 'handled/password'
        archive.mkdir(parents=True)
        (archive / 'a.eml').write_bytes(raw)
        self.erms('import', str(archive.parent))
        self.deliver(raw)
        self.erms('run')
        self.assertEqual(self.smtp.received(), [])
        self.assertEqual(self.tickets()[0]['reason'], 'running-ticket')


if __name__ == '__main__':
    unittest.main()
