#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""erms ticket: what an agent does with the mail that a human has to answer."""
import sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'lib'))
from erms import *
from servers import free_port

HOURS_MAIL = mail('Kim Muster <kim@customer.example>', 'Opening hours', 'When are you open on saturday?',
                  Message_ID='<hours@customer.example>', References='<older@customer.example>')
PASSWORD_MAIL = mail('lee@customer.example', 'Password', 'I forgot my password, cannot log in.')
STRANGE_MAIL = mail('pat@customer.example', 'Strange', 'Zebras eat purple umbrellas under water.')
HOLIDAYS = ('title: Holidays\nstate: approved\napprover: Erika Beispiel\nwhen: holiday, christmas\n---\n'
            'We are closed on holidays.\n')
GAP = ('title: Hours\nstate: approved\napprover: Erika Beispiel\n---\nWe are open {{company.nothing}}.\n')


class TicketTest(ErmsTest):
    def queued(self, *mails):
        """Mails that wait for a human."""
        self.configure(sending='off')
        self.deliver(*mails)
        self.erms('run')
        self.assertEqual(self.smtp.received(), [])

    def reply(self, *args, **options):
        return self.erms('ticket', 'reply', *args, **options)


class ListAndShow(TicketTest):
    def test_filters(self):
        self.queued(HOURS_MAIL, PASSWORD_MAIL, STRANGE_MAIL,
                    mail('bot@customer.example', 'Away', 'Away.', Auto_Submitted='auto-replied'))

        def listed(*options):
            return [ticket['subject'] for ticket in self.json('ticket', 'list', *options)]
        everything = ['Opening hours', 'Password', 'Strange', 'Away']
        self.assertEqual(listed(), everything[:3])
        self.assertEqual(listed('--all'), everything)
        self.assertEqual(listed('--state', 'ignored'), ['Away'])
        self.assertEqual(listed('--state', 'answered'), [])
        self.assertEqual(listed('--queue', 'front-desk'), ['Opening hours'])
        self.assertEqual(listed('--category', 'password'), ['Password'])
        self.assertEqual(listed('--customer', 'KIM@customer.example'), ['Opening hours'])
        self.assertEqual(listed('--limit', '2'), everything[:2])
        self.assertEqual(listed('--queue', 'front-desk', '--category', 'password'), [])
        self.erms('ticket', 'list', '--state', 'lost', expect=USAGE)
        self.assertIn('--state', self.last.stderr)
        self.erms('ticket', 'list', '--limit', '-1', expect=USAGE)
        self.erms('ticket', 'list', '--limit', 'x', expect=USAGE)
        self.erms('ticket', 'list', 'extra', expect=USAGE)

        table = self.erms('ticket', 'list')
        self.assertIn('Opening hours', table)
        self.assertIn('SUBJECT', table.splitlines()[0])
        self.assertEqual(len(table.splitlines()), 4)
        self.assertEqual(self.erms('ticket', 'list', '-q', 'nobody'), 'no tickets\n')

    def test_json_keys(self):
        self.queued(HOURS_MAIL)
        entry, = self.json('ticket', 'list')
        self.assertEqual(set(entry), {'ticket', 'token', 'state', 'customer', 'subject', 'queue', 'category',
                                      'probability', 'action', 'reason', 'why', 'answer', 'linked', 'created',
                                      'updated'})
        self.assertEqual((entry['ticket'], entry['state'], entry['answer'], entry['action']),
                         (1, 'open', 'hours/open.en', 'suggest'))
        shown = self.json('ticket', 'show', '1')
        self.assertEqual(set(shown), {'ticket', 'token', 'state', 'queue', 'category', 'customer', 'why',
                                      'label', 'linked', 'linked_by', 'suppressed', 'messages', 'replies',
                                      'history'})
        self.assertEqual(set(shown['messages'][0]), {
            'id', 'from', 'from_name', 'reply_to', 'subject', 'message_id', 'mailbox', 'language', 'thread',
            'machine', 'arrived', 'received', 'text', 'own_text', 'verdict'})
        self.assertEqual(set(shown['messages'][0]['verdict']), {
            'action', 'reason', 'detail', 'category', 'probability', 'threshold', 'candidates', 'words',
            'template', 'template_hash', 'model', 'authentication', 'at'})
        self.assertEqual(set(shown['replies'][0]), {
            'id', 'rank', 'state', 'origin', 'to', 'subject', 'template', 'template_hash', 'approver',
            'missing', 'message_id', 'server', 'sent', 'written_back', 'body'})
        self.assertEqual([event['what'] for event in shown['history']], ['taken', 'decided'])
        self.assertEqual(shown['messages'][0]['message_id'], 'hours@customer.example')

    def test_show_explains(self):
        self.queued(HOURS_MAIL)
        token = self.tickets()[0]['token']
        plain = self.erms('ticket', 'show', '1')
        for word in ('Kim Muster', 'hours/open.en', 'sending is switched off', 'When are you open',
                     'Dear Kim Muster,', 'suggestion 1', 'history', 'saturday'):
            self.assertIn(word, plain)
        for name in ('#1', token, '#' + token, token.lower()):
            self.assertEqual(self.erms('ticket', 'show', name), plain)

    def test_terminal_is_safe(self):
        self.queued(mail('kim@customer.example', 'Strange', 'Zebras \x1b[2J\x1b]0;title\x07 swim.\nNext line.'))
        plain = self.erms('ticket', 'show', '1') + self.erms('ticket', 'list')
        self.assertIn('Zebras', plain)
        self.assertNotRegex(plain, r'[\x00-\x08\x0b-\x1f\x7f]')

    def test_unknown_ticket(self):
        for args in (('show', '7'), ('reply', '7'), ('close', '7'), ('show', 'ZZZZ-ZZZZ'), ('show', '0'),
                     ('show', ''), ('show', '99999999999999999999999')):
            self.erms('ticket', *args, expect=FAILED)
            self.assertIn(f'there is no ticket {args[1]}', self.last.stderr)
        for args in ((), ('frobnicate',), ('show',), ('show', '1', '2')):
            self.erms('ticket', *args, expect=USAGE)


class Reply(TicketTest):
    def test_suggestion_as_it_is(self):
        self.queued(HOURS_MAIL)
        self.assertEqual(self.folders(), {'Queues/front-desk': ['Opening hours']})
        self.assertIn('sent to kim@customer.example', self.reply('1'))

        sent, = self.smtp.received()
        # An agent wants to see the bounce: no null sender, no mark of a machine.
        self.assertEqual((sent['from'], sent['to']), ('service@shop.example', ['kim@customer.example']))
        answer, ticket = parse(sent['mail']), self.ticket()
        self.assertIsNone(answer['Auto-Submitted'])
        self.assertEqual(answer['In-Reply-To'], '<hours@customer.example>')
        self.assertEqual(answer['References'], '<older@customer.example> <hours@customer.example>')
        self.assertEqual(answer['Subject'], f'Re: Opening hours [#{ticket["token"]}]')
        self.assertIn('We are open from 9 to 5.', answer.get_content())

        self.assertEqual(self.folders(), {'Answered': ['Opening hours']})
        self.assertEqual((ticket['state'], ticket['queue'], ticket['why']), ('answered', None, None))
        self.assertEqual(ticket['replies'][0]['state'], 'sent')
        self.assertEqual([e['what'] for e in ticket['history']], ['taken', 'decided', 'approved', 'sent'])
        self.assertNotEqual(ticket['history'][3]['who'], 'erms')
        self.reply('1', expect=FAILED)
        self.assertIn('--again', self.last.stderr)
        self.assertEqual(len(self.smtp.received()), 1)

    def test_choose(self):
        self.answer('hours/holidays.en.md', HOLIDAYS)
        self.queued(HOURS_MAIL)
        self.reply('1', '--choose', '3', expect=FAILED)
        self.reply('1', '--choose', '0', expect=FAILED)
        self.reply('1', '--choose', '-1', expect=FAILED)
        self.reply('1', '--choose', '2')
        sent, = self.smtp.received()
        self.assertIn('We are closed on holidays.', parse(sent['mail']).get_content())
        self.assertEqual({r['template']: r['state'] for r in self.ticket()['replies']},
                         {'hours/open.en': 'dropped', 'hours/holidays.en': 'sent'})

    def test_body(self):
        self.queued(HOURS_MAIL, STRANGE_MAIL)
        text = self.dir / 'answer.txt'
        text.write_text('Grüß Gott,\n\nam Samstag bis 12 Uhr.\n')
        self.reply('1', '--body', str(text))
        self.reply('2', '--body', '-', input='No zebras here.\n.\nReally.\n')
        first, second = (parse(sent['mail']) for sent in self.smtp.received())
        self.assertEqual(first.get_content().replace('\r\n', '\n'), text.read_text())
        self.assertEqual(first['In-Reply-To'], '<hours@customer.example>')
        self.assertEqual(second.get_content().replace('\r\n', '\n'), 'No zebras here.\n.\nReally.\n')
        self.assertEqual(second['To'], 'pat@customer.example')
        self.assertEqual(self.folders(), {'Answered': ['Opening hours', 'Strange']})
        self.assertIn('edited', [e['detail'] for e in self.ticket(1)['history'] if e['what'] == 'approved'][0])

    def test_bad_body(self):
        self.queued(HOURS_MAIL)
        for data in (b'', b' \n\n', b'\xff\xfe', b'a\0b', b'x' * 300_000):
            (self.dir / 'body').write_bytes(data)
            self.reply('1', '--body', str(self.dir / 'body'), expect=BAD_DATA)
        self.reply('1', '--body', str(self.dir / 'nowhere'), expect=FAILED)
        self.assertIn('nowhere', self.last.stderr)
        self.assertEqual(self.smtp.received(), [])
        self.assertEqual(self.ticket()['replies'][0]['state'], 'draft')

    def test_editor(self):
        self.queued(HOURS_MAIL)
        editor = self.dir / 'editor'
        editor.write_text('#!/bin/sh\nsed -i "s/9 to 5/10 to 4/" "$2"\n')
        editor.chmod(0o700)
        self.reply('1', '--edit', env={'EDITOR': 'false'}, expect=FAILED)
        self.assertEqual(self.smtp.received(), [])
        self.reply('1', '--edit', env={'EDITOR': f'{editor} -x'})
        sent, = self.smtp.received()
        self.assertIn('We are open from 10 to 4.', parse(sent['mail']).get_content())

    def test_gap_is_never_sent(self):
        self.answer('hours/open.en.md', GAP)
        self.queued(HOURS_MAIL)
        reply, = self.ticket()['replies']
        self.assertEqual(reply['missing'], 'company.nothing')
        self.reply('1', expect=FAILED)
        self.assertIn('company.nothing', self.last.stderr)
        (self.dir / 'body').write_text(reply['body'] + '\nKind regards\n')
        self.reply('1', '--body', str(self.dir / 'body'), expect=FAILED)
        self.assertEqual(self.smtp.received(), [])
        self.assertEqual(self.ticket()['replies'][0]['state'], 'draft')
        self.reply('1', '--body', '-', input='We are open from 9 to 5.\n')
        self.assertEqual(len(self.smtp.received()), 1)

    def test_no_suggestion(self):
        self.queued(STRANGE_MAIL)
        for reply in self.ticket()['replies']:
            self.assertNotEqual(reply['state'], 'sent')
        self.reply('1', '--choose', '3', expect=FAILED)
        self.assertIn('no suggestion 3', self.last.stderr)
        self.assertIn('--body', self.last.stderr)


class Trouble(TicketTest):
    def test_server_down(self):
        self.queued(HOURS_MAIL)
        self.configure(sending='off', smtp=free_port())
        self.assertIn('The next run sends it', self.reply('1', expect=TRY_LATER))
        self.assertEqual(self.ticket()['replies'][0]['state'], 'approved')
        self.assertEqual(self.folders(), {'Queues/front-desk': ['Opening hours']})
        self.configure(sending='off')
        self.assertIn('1 sent', self.erms('run'))
        self.assertEqual(len(self.smtp.received()), 1)
        self.assertEqual(self.folders(), {'Answered': ['Opening hours']})
        self.assertIn('0 sent', self.erms('run'))
        self.assertEqual(len(self.smtp.received()), 1)

    def test_server_busy(self):
        self.queued(mail('first450@customer.example', 'Opening hours', 'When are you open on saturday?'))
        self.assertIn('mailbox busy', self.reply('1', expect=TRY_LATER))
        self.assertIn('1 sent', self.erms('run'))
        self.assertEqual(len(self.smtp.received()), 1)

    def test_address_refused(self):
        self.queued(mail('fail550@customer.example', 'Opening hours', 'When are you open on saturday?'))
        self.reply('1', expect=FAILED)
        self.assertIn('no such user', self.last.stderr)
        ticket = self.ticket()
        self.assertEqual((ticket['state'], ticket['queue']), ('open', 'front-desk'))
        self.assertIn('no such user', ticket['why'])
        self.assertEqual(self.folders(), {'Queues/front-desk': ['Opening hours']})

    def test_answer_lost(self):
        self.queued(mail('lost@customer.example', 'Opening hours', 'When are you open on saturday?'))
        self.reply('1', expect=FAILED)
        self.assertEqual(self.ticket()['replies'][0]['state'], 'unknown')
        self.assertIn('nobody can know', self.ticket()['why'])
        self.erms('run')
        self.assertEqual(len(self.smtp.received()), 1)

    def test_mailbox_down(self):
        """The answer leaves; the mail is filed by the next run."""
        self.queued(HOURS_MAIL)
        self.configure(sending='off', imap=free_port())
        self.reply('1')
        self.assertIn('the next run files the mail', self.last.stderr)
        self.assertEqual(len(self.smtp.received()), 1)
        self.configure(sending='off')
        self.erms('run')
        self.assertEqual(self.folders(), {'Answered': ['Opening hours']})

    def test_without_smtp(self):
        self.queued(HOURS_MAIL)
        conf = self.home / 'erms.conf'
        conf.write_text(conf.read_text().split('[smtp]')[0])
        self.reply('1', expect=CONFIG)
        self.assertIn('[smtp]', self.last.stderr)

    def test_customer_writes_again(self):
        """What he wrote last is what is answered."""
        self.queued(HOURS_MAIL)
        self.deliver(mail('kim@customer.example', 'Re: Opening hours', 'And on sunday, are you open on sunday?',
                          In_Reply_To='<hours@customer.example>', Message_ID='<second@customer.example>'))
        self.erms('run')
        self.assertEqual(self.folders(), {'Queues/front-desk': ['Opening hours', 'Re: Opening hours']})
        # Two mails have suggestions: which one is meant is not guessed.
        self.reply('1', expect=FAILED)
        self.assertIn('--choose', self.last.stderr)
        self.assertEqual(self.smtp.received(), [])
        self.reply('1', '--choose', '2')
        sent, = self.smtp.received()
        self.assertEqual(parse(sent['mail'])['In-Reply-To'], '<second@customer.example>')
        self.assertEqual(self.folders(), {'Answered': ['Opening hours', 'Re: Opening hours']})
        self.assertEqual([r['state'] for r in self.ticket()['replies']], ['dropped', 'sent'])


    def test_other_address(self):
        """A mail that joins the ticket and wants its answer elsewhere does not get it unseen."""
        self.queued(mail('Kim Muster <kim@customer.example>', 'Opening hours', 'When are you open on saturday?',
                         Cc='evil@elsewhere.test', Message_ID='<hours@customer.example>'))
        self.deliver(mail('kim@customer.example', 'Re: Opening hours', 'And on sunday, are you open on sunday?',
                          In_Reply_To='<hours@customer.example>', Message_ID='<second@customer.example>',
                          Reply_To='evil@elsewhere.test'))
        self.erms('run')
        self.reply('1', '--choose', '2', expect=FAILED)
        self.assertIn('--to evil@elsewhere.test', self.last.stderr)
        self.assertEqual(self.smtp.received(), [])
        self.reply('1', '--choose', '2', '--to', 'evil@elsewhere.test')
        self.assertEqual(self.smtp.received()[0]['to'], ['evil@elsewhere.test'])

    def test_again(self):
        self.queued(HOURS_MAIL)
        self.reply('1')
        self.reply('1', '--body', '-', input='One more thing.\n', expect=FAILED)
        self.assertEqual(len(self.smtp.received()), 1)
        self.reply('1', '--again', '--body', '-', input='One more thing.\n')
        self.assertEqual(len(self.smtp.received()), 2)


class Close(TicketTest):
    def test_close(self):
        self.queued(HOURS_MAIL)
        self.assertIn('ticket 1 is closed', self.erms('ticket', 'close', '1'))
        ticket = self.ticket()
        self.assertEqual((ticket['state'], ticket['queue']), ('closed', None))
        self.assertEqual(ticket['replies'][0]['state'], 'dropped')
        self.assertEqual(ticket['history'][-1]['what'], 'closed')
        self.assertEqual(self.folders(), {'Queues/front-desk': ['Opening hours']})
        self.erms('run')
        self.assertEqual(self.folders(), {'Answered': ['Opening hours']})
        self.erms('ticket', 'close', '1', expect=FAILED)
        self.assertIn('closed already', self.last.stderr)
        self.assertEqual(self.smtp.received(), [])

    def test_closed_before_it_was_sent(self):
        """An approved answer that waits does not leave after its ticket was closed."""
        self.queued(HOURS_MAIL)
        self.configure(sending='off', smtp=free_port())
        self.reply('1', expect=TRY_LATER)
        self.configure(sending='off')
        self.erms('ticket', 'close', '1')
        self.assertIn('0 sent', self.erms('run'))
        self.assertEqual(self.smtp.received(), [])

    def test_reopened(self):
        self.queued(HOURS_MAIL)
        self.erms('ticket', 'close', '1')
        self.deliver(mail('kim@customer.example', 'Re: Opening hours', 'Hello? Are you open on sunday?',
                          In_Reply_To='<hours@customer.example>'))
        self.erms('run')
        self.assertEqual((self.ticket()['state'], self.ticket()['queue']), ('open', 'front-desk'))


if __name__ == '__main__':
    unittest.main()
