# SPDX-License-Identifier: Apache-2.0
"""A mixed batch of mails for tests that disturb the program: 50 in two accounts, of every kind that
takes a way of its own, German and English. earlier() comes first and makes the tickets into which
some of the batch are replies."""
from erms import mail, parse, question, riddle

PASSWORD_DE = 'Ich habe mein Passwort vergessen und kann mich nicht anmelden, bitte zurücksetzen.'
POLITE = ['', 'Hello, thank you for your help.', 'Good morning, it is urgent.', 'Vielen Dank und viele Grüße.']
EXTRA_TRAINING = {
    'password': ['ich habe mein Passwort vergessen', 'die Anmeldung mit meinem Passwort geht nicht',
                 'bitte setzen Sie mein Passwort zurück'],
    'order': ['where is my order LV-200001', 'has the parcel of order LV-200002 been shipped',
              'status of my order please', 'tracking number of the shipment', 'my order has not arrived']}

STATUS_ANSWER = ('title: Status\nstate: approved\napprover: Erika Beispiel\ndiscloses: personal\n---\n'
                 '{{greeting}}\n\nYour order {{order.number}} is {{order.status}}.\n')
ORDERS = '''CREATE TABLE orders (number TEXT, email TEXT, status TEXT);
INSERT INTO orders VALUES ('LV-000001', 'ida@first.example', 'on its way'),
('LV-000002', 'jan@second.example', 'waiting for your payment');'''
ORDER_CONF = '''[category order]
mode = auto
queue = orders
[lookup order]
pattern = (LV-[0-9]{6})
database = orders.db
query = SELECT number, email, status FROM orders WHERE number = upper(:key)
owner = email
'''

OVERSIZE = 100_000  # max-size in the configuration is below


def earlier():
    """Mails whose tickets exist before the batch: one is answered, one is queued."""
    return [question('early@bird.example', Message_ID='<early-1@bird.example>'),
            riddle('late@owl.example', Message_ID='<late-1@owl.example>')]


def bounce(sent):
    """A delivery status notification about an answer of ours."""
    cited = parse(sent)['Message-ID']
    return (b'From: MAILER-DAEMON@bird.example\r\nTo: service@shop.example\r\nSubject: Undelivered\r\n'
            b'Message-ID: <dsn-1@bird.example>\r\nDate: Mon, 05 Jan 2026 09:12:31 +0100\r\n'
            b'Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n'
            b'Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n'
            b'--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n'
            b'--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; bird.example\r\n\r\n'
            b'Final-Recipient: rfc822; early@bird.example\r\nAction: failed\r\nStatus: 5.1.1\r\n'
            b'--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: ' + cited.encode() +
            b'\r\n--b--\r\n')


def batch(sent):
    """{account: [mails]}: 50 in all. SENT: the answer to earlier()[0], as bytes."""
    answer = parse(sent)['Message-ID']
    first, second = [], []
    for i in range(9):  # answered by itself: English
        first.append(question(f'kim{i}@town{i}.example', f'Password, case {i}'))
    for i in range(4):  # and German
        second.append(mail(f'uwe{i}@dorf{i}.example', f'Passwort {i}', PASSWORD_DE))
    for i in range(3):
        second.append(mail(f'hal{i}@city{i}.example', f'Open {i}', 'When are you open on saturday? Opening hours?'))
    for i in range(4):  # nobody knows
        (first if i % 2 else second).append(riddle(f'lee{i}@land{i}.example', f'Strange {i}'))
    first += [
        mail('mia@third.example', 'Zwei Dinge', f'{PASSWORD_DE} When are you open on sunday?'),
        # Personal: own order, foreign order.
        mail('ida@first.example', 'My order', 'Where is my order LV-000001, has it been shipped?',
             Authentication_Results='mx.shop.example; dmarc=pass header.from=first.example'),
        mail('eve@evil.example', 'My order', 'Where is my order LV-000002, has it been shipped?',
             Authentication_Results='mx.shop.example; dmarc=pass header.from=evil.example'),
        # Machines.
        riddle('bot@office.example', 'Abwesend', Auto_Submitted='auto-replied'),
        riddle('news@list.example', 'Newsletter', List_Id='<news.list.example>', Precedence='bulk'),
        riddle('noreply@shop2.example', 'Receipt'),
        question('win@spam.example', 'Prize', X_Spam_Flag='YES'),
        bounce(sent),
        riddle('MAILER-DAEMON@far.example', 'Returned mail', Return_Path='<>', Auto_Submitted='auto-generated'),
        # Threads: into an answered ticket, into a queued one, of a stranger.
        mail('early@bird.example', 'Re: Forgot password', 'That did not help, I am still locked out.',
             In_Reply_To=answer, References=answer),
        riddle('late@owl.example', 'Re: Strange', In_Reply_To='<late-1@owl.example>'),
        question('stranger@else.example', 'Re: Forgot password', In_Reply_To=answer),
        # One Message-ID for two mails, and none at all.
        question('max@twice.example', 'Same id', Message_ID='<same@twice.example>'),
        mail('moe@other.example', 'Same id', 'When are you open on saturday? Opening hours?',
             Message_ID='<same@twice.example>'),
        question('nil@none.example', 'No id', Message_ID=None),
    ]
    second += [
        # Twice from one customer: only one gets an answer by itself.
        question('kim0@town0.example', 'Password again', Message_ID='<again@town0.example>'),
        question('two@pair.example', 'First'), question('two@pair.example', 'Second'),
        # What nobody here can read.
        b'\x00\xff\xfe garbage \x80\x81\r\nno header at all\r\n\r\n\x00\x00',
        b'From: sig@crypt.example\r\nTo: service@shop.example\r\nSubject: Secret\r\n'
        b'Message-ID: <secret@crypt.example>\r\nMIME-Version: 1.0\r\n'
        b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b\r\n\r\n'
        b'--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n'
        b'--b\r\nContent-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n--b--\r\n',
        mail('big@large.example', 'Large', 'I forgot my password. ' + 'x' * 70 + '\n' * 2 + ('y' * 70 + '\n') * 1500),
        mail('law@angry.example', 'Complaint', 'This is a complaint, my lawyer will sue you. I forgot my password.'),
        riddle('', 'From nobody'),
    ]
    # A8: the same mail arrived in both, and one twice in the same.
    both = [question('cc@both.example', 'Both'), riddle('cc2@both.example', 'Both strange')]
    twice = riddle('again@dup.example', 'Twice')
    first += both + [twice]
    second += both + [twice, twice]
    assert len(first) + len(second) == 50, (len(first), len(second))
    return {'support': first, 'sales': second}
