#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""erms ticket: what an agent does with the mail that a human has to answer."""
import os, pty, re, subprocess, sys, time, unittest
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

ERIKA, IDA = {'SUDO_USER': 'erika'}, {'SUDO_USER': 'ida'}


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
                                      'updated', 'outcome', 'outcome_by'})
        self.assertEqual((entry['ticket'], entry['state'], entry['answer'], entry['action']),
                         (1, 'open', 'hours/open.en', 'suggest'))
        shown = self.json('ticket', 'show', '1')
        self.assertEqual(set(shown), {'ticket', 'token', 'state', 'queue', 'category', 'customer', 'why',
                                      'label', 'linked', 'linked_by', 'suppressed', 'messages', 'replies',
                                      'history'})
        self.assertEqual(set(shown['messages'][0]), {
            'id', 'from', 'from_name', 'reply_to', 'date', 'subject', 'message_id', 'mailbox', 'language', 'thread',
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
        for data, why in ((b'', 'the text is empty:'), (b' \n\n', 'the text is empty:'), (b'\xff\xfe', 'is not UTF-8;'),
                          (b'a\0b', 'has a zero byte;'), (b'x' * 300_000, 'is larger than 256 KiB;')):
            (self.dir / 'body').write_bytes(data)
            self.reply('1', '--body', str(self.dir / 'body'), expect=BAD_DATA)
            self.assertIn(f'body: {why} nothing was sent', self.last.stderr)
        self.reply('1', '--body', str(self.dir / 'nowhere'), expect=FAILED)
        self.assertIn('nowhere: No such file or directory; nothing was sent', self.last.stderr)
        self.reply('1', '--body', str(self.dir), expect=FAILED)
        self.assertIn('cannot be read: Is a directory; nothing was sent', self.last.stderr)
        self.assertEqual(self.smtp.received(), [])
        self.assertEqual(self.ticket()['replies'][0]['state'], 'draft')

    def test_editor(self):
        self.queued(HOURS_MAIL)
        editor = self.dir / 'editor'
        editor.write_text('#!/bin/sh\nsed -i "s/9 to 5/10 to 4/" "$2"\n')
        editor.chmod(0o700)
        self.reply('1', '--edit', env={'EDITOR': 'false'}, expect=FAILED)
        self.assertRegex(self.last.stderr, r'the editor \(false\): .*; nothing was sent')
        self.reply('1', '--edit', env={'EDITOR': 'no-such-editor'}, expect=FAILED)
        self.assertRegex(self.last.stderr, r'the editor \(no-such-editor\): .*; nothing was sent')
        self.assertEqual(self.smtp.received(), [])
        self.reply('1', '--edit', env={'EDITOR': f'{editor} -x'})
        sent, = self.smtp.received()
        self.assertIn('We are open from 10 to 4.', parse(sent['mail']).get_content())

    def edit(self, change, *args, **options):
        """--edit with an editor that is the shell command CHANGE, $1 the file; the stderr."""
        editor = self.dir / 'editor'
        editor.write_text(f'#!/bin/sh\n{change}\n')
        editor.chmod(0o700)
        self.reply('1', '--edit', *args, env={'EDITOR': str(editor), 'TMPDIR': str(self.dir)}, **options)
        return self.last.stderr

    def left(self):
        return list(self.dir.glob('erms-reply-*'))

    def test_backing_out_of_the_editor(self):
        """What is not changed is not sent, nor what is no text; each way has its own words."""
        self.queued(HOURS_MAIL)
        unchanged = 'nothing was changed; nothing was sent (erms ticket reply 1 sends it as it is)'
        for change in 'true', 'printf "\\n\\n" >>"$1"', 'touch "$1"':
            self.assertIn(unchanged, self.edit(change, expect=FAILED))
        for change, words in ((':>"$1"', 'the text is empty: nothing was sent'),
                              ('printf " \\n" >"$1"', 'the text is empty: nothing was sent'),
                              ('printf "\\377x" >"$1"', 'is not UTF-8; nothing was sent'),
                              ('head -c 300000 /dev/zero | tr "\\0" x >"$1"', 'is larger than 256 KiB; nothing was sent')):
            self.assertIn(words, self.edit(change, expect=BAD_DATA))
        self.assertIn('the edited text: No such file or directory; nothing was sent', self.edit('rm "$1"', expect=FAILED))
        self.assertEqual(self.smtp.received(), [])
        self.assertEqual({r['state'] for r in self.ticket()['replies']}, {'draft'})
        self.assertEqual([e['what'] for e in self.ticket()['history']], ['taken', 'decided'])

    def test_only_the_agent_can_read_what_he_edits(self):
        self.queued(HOURS_MAIL)
        self.edit('stat -c %a "$1" >mode; echo Monday. >>"$1"'.replace('>mode', f'>{self.dir}/mode'))
        self.assertEqual((self.dir / 'mode').read_text(), '600\n')
        self.assertEqual(self.left(), [])

    def test_what_was_edited_is_not_lost(self):
        """Somebody else was faster, while the editor was open."""
        self.queued(HOURS_MAIL)
        environment = ' '.join(self._call(('ticket', 'close', '1'))[0])
        self.assertIn('what you wrote is kept in', self.edit(f'echo On monday. >>"$1"; {environment}', expect=FAILED))
        kept, = self.left()
        self.assertIn(str(kept), self.last.stderr)
        self.assertIn('On monday.', kept.read_text())
        self.assertEqual(kept.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.smtp.received(), [])

    def test_unchanged_on_a_terminal(self):
        """There it is asked."""
        self.queued(HOURS_MAIL)
        command, environment = self._call(('ticket', 'reply', '1', '--edit'), env={'EDITOR': 'true'})
        for said, code, sent in ('\n', FAILED, 0), ('no\n', FAILED, 0), ('yes\n', DONE, 1):
            mine, theirs = pty.openpty()
            os.write(mine, said.encode())
            process = subprocess.run(command, stdin=theirs, capture_output=True, text=True, env=environment, timeout=60)
            os.close(mine), os.close(theirs)
            self.assertIn('Type yes to send it as it is', process.stdout)
            self.assertEqual((process.returncode, len(self.smtp.received())), (code, sent), process.stderr)

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

    def test_customer_writes_again_while_it_waits(self):
        """The agent's answer leaves; what nobody has read yet stays in the queue."""
        self.queued(HOURS_MAIL)
        self.configure(sending='off', smtp=free_port())
        self.reply('1', expect=TRY_LATER)
        self.configure(sending='off')
        self.deliver(mail('kim@customer.example', 'Re: Opening hours', 'And on sunday, are you open on sunday?',
                          In_Reply_To='<hours@customer.example>', Message_ID='<second@customer.example>'))
        self.assertIn('1 sent', self.erms('run'))
        self.assertEqual(self.folders(), {'Answered': ['Opening hours'], 'Queues/front-desk': ['Re: Opening hours']})
        ticket = self.ticket()
        self.assertEqual(ticket['state'], 'open')
        self.assertIn('draft', [r['state'] for r in ticket['replies']])

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


class Waiting(TicketTest):
    """An answer of an agent waits, because the SMTP server is away."""

    def setUp(self):
        super().setUp()
        self.queued(HOURS_MAIL)
        self.configure(sending='off', smtp=free_port())
        self.reply('1', '--body', '-', input='Erika says nine.\n', env=ERIKA, expect=TRY_LATER)

    def bodies(self):
        return [parse(sent['mail']).get_content().strip() for sent in self.smtp.received()]

    def states(self):
        return {r['body'].strip(): r['state'] for r in self.ticket()['replies']}

    def test_a_second_answer_is_refused(self):
        for options in ((), ('--again',)):
            self.reply('1', '--body', '-', *options, input='Ida says ten.\n', env=IDA, expect=FAILED)
            self.assertIn('an answer of erika waits to be sent', self.last.stderr)
            self.assertIn('--replace', self.last.stderr)
        self.configure(sending='off')
        self.reply('1', '--body', '-', input='Ida says ten.\n', env=IDA, expect=FAILED)
        self.erms('run')
        self.assertEqual(self.bodies(), ['Erika says nine.'])

    def test_replaced(self):
        out = self.reply('1', '--replace', '--body', '-', input='Ida says ten.\n', env=IDA, expect=TRY_LATER)
        self.assertIn('the answer of erika that waited to be sent is dropped', out)
        self.assertEqual(self.states(), {'Erika says nine.': 'dropped', 'Ida says ten.': 'approved'})
        dropped, = (e for e in self.ticket()['history'] if e['what'] == 'dropped')
        self.assertEqual((dropped['who'], dropped['detail']),
                         ('ida', 'the answer of erika that waited to be sent: replaced by an answer of ida'))
        self.configure(sending='off')
        self.erms('run')
        self.assertEqual(self.bodies(), ['Ida says ten.'])
        shown = self.erms('ticket', 'show', '1')
        self.assertIn('Erika says nine.', shown)
        self.assertIn('replaced by an answer of ida', shown)

    def test_nothing_is_dropped_when_the_other_is_no_answer(self):
        self.answer('hours/open.en.md', GAP)
        self.erms('label', '1', 'password')
        self.erms('label', '1', 'hours')
        self.reply('1', '--replace', '--choose', '1', env=IDA, expect=FAILED)
        self.assertIn('gap', self.last.stderr)
        self.assertEqual(self.states()['Erika says nine.'], 'approved')
        self.assertNotIn('dropped', [e['what'] for e in self.ticket()['history']])

    def test_corrected(self):
        """--edit begins with the text that waits."""
        editor = self.dir / 'editor'
        editor.write_text('#!/bin/sh\nsed -i s/nine/eight/ "$1"\n')
        editor.chmod(0o700)
        self.configure(sending='off')
        self.reply('1', '--replace', '--edit', env={'EDITOR': str(editor)})
        self.erms('run')
        self.assertEqual(self.bodies(), ['Erika says eight.'])

    def test_list_says_that_it_waits(self):
        entry, = self.tickets()
        self.assertEqual((entry['why'], entry['outcome'], entry['outcome_by']),
                         ('the answer of erika waits to be sent', 'waiting', 'erika'))
        self.assertIn('the answer of erika waits to be sent', self.erms('ticket', 'list'))
        shown = self.erms('ticket', 'show', '1')
        self.assertIn('why          the answer of erika waits to be sent', shown)
        self.assertRegex(shown, 'answer, approved .*, waits to be sent')
        self.assertEqual(self.ticket()['why'], 'the answer of erika waits to be sent')
        self.configure(sending='off')
        self.erms('run')
        entry, = self.tickets()
        self.assertEqual((entry['why'], entry['outcome'], entry['outcome_by']), ('answered by erika', 'sent', 'erika'))

    def test_an_agents_answer_and_the_automatic_one(self):
        """The automatic one waited first; only the agent's leaves."""
        self.configure(smtp=free_port())
        self.deliver(question('lee@customer.example'))
        self.erms('run', expect=UNREACHABLE)
        self.assertEqual(self.tickets()[1]['why'], 'the answer waits to be sent')
        self.reply('2', '--body', '-', input='Ida knows better.\n', env=IDA, expect=TRY_LATER)
        self.configure()
        self.erms('run')
        self.erms('run')
        self.assertEqual(self.bodies(), ['Erika says nine.', 'Ida knows better.'])
        self.assertEqual([e['detail'] for e in self.ticket(2)['history'] if e['what'] == 'dropped'],
                         ['the automatic answer that waited to be sent: replaced by an answer of ida'])
        self.assertIn('choose "forgot password"', self.erms('ticket', 'show', '2'))


class Stopped(TicketTest):
    def test_waits_for_the_stop_file(self):
        """The answer is stored; nothing, not even a connection, goes to the SMTP server."""
        self.queued(HOURS_MAIL)
        self.configure(sending='off', smtp=free_port())
        (self.home / 'stop').touch()
        out = self.reply('1', '--body', '-', input='Erika says nine.\n', env=ERIKA, expect=TRY_LATER)
        self.assertRegex(out, 'approved; not sent yet: .*/stop is there. When it is removed, the next run sends it')
        self.assertEqual(self.tickets()[0]['outcome'], 'waiting')
        self.configure(sending='off')
        self.erms('run', expect=None)
        self.assertEqual(self.smtp.received(), [])
        (self.home / 'stop').unlink()
        self.erms('run')
        sent, = self.smtp.received()
        self.assertIn('Erika says nine.', parse(sent['mail']).get_content())
        self.assertEqual(self.folders(), {'Answered': ['Opening hours']})


class Exchange(TicketTest):
    """What the customer has got already, and what went to and fro."""

    def answered(self, raw, **parts):
        """A mail that got its automatic answer, and the customer's next one."""
        self.configure(**parts)
        self.deliver(raw)
        self.erms('run')
        self.assertEqual(len(self.smtp.received()), 1)
        time.sleep(1.1)  # times are kept in seconds
        self.deliver(question('Kim Muster <kim@customer.example>', 'Re: Forgot password', Message_ID='<second@customer.example>',
                              In_Reply_To='<first@customer.example>'))
        self.erms('run')
        self.assertEqual(self.tickets()[0]['state'], 'open')

    FIRST = question('Kim Muster <kim@customer.example>', Message_ID='<first@customer.example>')

    def check_said(self):
        self.assertRegex(self.erms('ticket', 'show', '1'), r'suggestion 1: password/reset.en, sent already on \d{4}-\d\d-\d\d')
        self.reply('1', expect=FAILED)
        self.assertRegex(self.last.stderr, r'kim@customer.example got this text already on \d{4}.* --again')
        self.assertEqual(len(self.smtp.received()), 1)
        self.reply('1', '--again')
        self.assertEqual(len(self.smtp.received()), 2)

    def test_said_already(self):
        self.answered(vouched(self.FIRST))
        self.check_said()

    def test_said_already_to_a_stranger(self):
        """The greeting had no name."""
        self.answered(self.FIRST)
        self.check_said()

    def test_said_already_with_a_footer(self):
        configure = self.configure

        def with_footer(**parts):
            configure(**parts)
            conf = self.home / 'erms.conf'
            conf.write_text(conf.read_text().replace('[company]', '[company]\nautomatic_en = Written by a machine.'))
        self.configure = with_footer
        self.answered(self.FIRST)
        self.assertIn('Written by a machine.', parse(self.smtp.received()[0]['mail']).get_content())
        self.check_said()

    def test_another_text_is_no_repetition(self):
        self.answered(self.FIRST)
        self.reply('1', '--body', '-', input='Please call us.\n')
        self.assertEqual(len(self.smtp.received()), 2)

    def test_suppressed(self):
        self.queued(HOURS_MAIL)
        self.configure(smtp_extra='')
        self.deliver(question('fail550@customer.example'))
        self.erms('run')
        number = self.ticket_of('fail550@customer.example')['ticket']
        self.reply(str(number), '--body', '-', input='Hello.\n', expect=FAILED)
        self.assertIn('warning: fail550@customer.example is suppressed', self.last.stderr)
        self.reply('1')
        self.assertNotIn('suppressed', self.last.stderr)

    def test_in_order_of_time(self):
        self.answered(self.FIRST)
        shown = self.erms('ticket', 'show', '1')
        heads = re.findall('── (mail|answer|suggestion)', shown)
        self.assertEqual(heads, ['mail', 'answer', 'mail', 'suggestion'])
        self.assertIn('date         Mon, 05 Jan 2026 08:12:31 +0100 (so the sender says)', shown)
        self.assertRegex(shown, r'arrived      20\d\d-\d\d-\d\d \d\d:\d\d')
        self.assertEqual(self.ticket()['messages'][0]['date'], 'Mon, 05 Jan 2026 08:12:31 +0100')

    def test_neutral(self):
        line = 'nobody vouched for the sender, so subject and greeting repeat nothing of the mail'
        self.deliver(self.FIRST, vouched(question('Lee Muster <lee@customer.example>')), HOURS_MAIL)
        self.erms('run')
        shown = [self.erms('ticket', 'show', str(n)) for n in (1, 2)]
        self.assertEqual([line in text for text in shown], [True, False])
        self.assertIn('Your enquiry', shown[0])
        self.assertIn('Dear Lee Muster', shown[1])
        self.configure(sending='off')
        self.deliver(question('ann@customer.example'))
        self.erms('run')
        number = self.ticket_of('ann@customer.example')['ticket']
        self.reply(str(number))  # an agent's is none
        self.assertNotIn(line, self.erms('ticket', 'show', str(number)))

    def test_outcomes(self):
        """What became of each automatic answer can be counted."""
        self.deliver(*(question(f'{local}@customer.example') for local in ('kim', 'fail550', 'lost')), STRANGE_MAIL)
        self.erms('run')
        self.configure(smtp=free_port())
        self.deliver(question('late@customer.example'))
        self.erms('run', expect=UNREACHABLE)
        self.assertEqual(self.tickets()[-1]['outcome'], 'waiting')
        self.configure(sending='off')
        self.erms('run')
        self.assertEqual({t['customer'].split('@')[0]: (t['action'], t['reason'], t['outcome'], t['outcome_by']) for t in self.tickets()},
                         {'kim': ('send', 'none', 'sent', 'auto'), 'fail550': ('send', 'none', 'failed', 'auto'),
                          'lost': ('send', 'none', 'unknown', 'auto'), 'late': ('send', 'none', 'dropped', 'auto'),
                          'pat': ('suggest', self.ticket_of('pat@customer.example')['messages'][0]['verdict']['reason'], None, None)})


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
        # Not by the way: the agent who wrote it may be somebody else.
        self.erms('ticket', 'close', '1', expect=FAILED)
        self.assertRegex(self.last.stderr, 'the answer of .* waits to be sent .* --force')
        self.assertEqual((self.ticket()['state'], self.ticket()['replies'][0]['state']), ('open', 'approved'))
        self.assertIn('is dropped; its text stays in', self.erms('ticket', 'close', '1', '--force', env=IDA))
        self.assertIn('0 sent', self.erms('run'))
        self.assertEqual(self.smtp.received(), [])
        ticket = self.ticket()
        self.assertEqual((ticket['state'], ticket['replies'][0]['state']), ('closed', 'dropped'))
        dropped, = (e for e in ticket['history'] if e['what'] == 'dropped')
        self.assertEqual(dropped['who'], 'ida')
        self.assertRegex(dropped['detail'], 'the answer of .* that waited to be sent: the ticket was closed by ida')
        shown = self.erms('ticket', 'show', '1')
        self.assertIn('answer, dropped', shown)
        self.assertIn('We are open from 9 to 5.', shown)
        self.assertEqual(self.tickets()[0]['outcome'], 'dropped')

    def test_the_automatic_answer_that_waits(self):
        """Nobody wrote it: it needs no --force, but the history has it."""
        self.configure(smtp=free_port())
        self.deliver(question('kim@customer.example'))
        self.erms('run', expect=UNREACHABLE)
        self.assertIn('the automatic answer that waited to be sent is dropped', self.erms('ticket', 'close', '1'))
        self.assertIn('dropped', [e['what'] for e in self.ticket()['history']])
        self.assertIn('choose "forgot password"', self.erms('ticket', 'show', '1'))

    def test_reopened(self):
        self.queued(HOURS_MAIL)
        self.erms('ticket', 'close', '1')
        self.deliver(mail('kim@customer.example', 'Re: Opening hours', 'Hello? Are you open on sunday?',
                          In_Reply_To='<hours@customer.example>'))
        self.erms('run')
        self.assertEqual((self.ticket()['state'], self.ticket()['queue']), ('open', 'front-desk'))


if __name__ == '__main__':
    unittest.main()
