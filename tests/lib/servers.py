#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Private mail servers for tests and the demonstration: Dovecot for IMAP, aiosmtpd for SMTP.

From Python:   box = Dovecot(dir); box.deliver('support', b'...'); box.messages('support', 'INBOX')
               out = SmtpServer(dir); ...; out.received()
From a shell:  servers.py DIR                        starts both, prints key=value lines, also into
                                                     DIR/ports, and runs until it is killed
               servers.py DIR deliver USER FILE...   puts mails into an inbox of the running server
               servers.py DIR folders USER           one folder name a line
               servers.py DIR messages USER FOLDER   one line a mail: uid, flags, subject

Everything listens on free ports of 127.0.0.1, works as root and as a normal user, and ends with the
process that started it. Wants /usr/bin/python3 with Debian's python3-aiosmtpd, dovecot-imapd,
dovecot-lmtpd and openssl. Certificates are made once per DIR, in DIR/tls (see Certificates).
"""
import asyncio, atexit, base64, contextlib, ctypes, grp, hashlib, hmac, imaplib, itertools, json
import logging, os, pwd, re, shutil, signal, socket, ssl, subprocess, sys, tempfile, time
from pathlib import Path

SECRET = b'a shared secret for test tokens'  # signs the access tokens that Dovecot accepts
imaplib._MAXLINE = 100_000_000
logging.getLogger('mail.log').setLevel(logging.ERROR)


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def wait_for_greeting(port, process, seconds=15):
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', port), 1) as s:
            s.settimeout(5)
            if s.recv(1):
                return
        time.sleep(0.02)
    raise RuntimeError(f'nothing answers on port {port}')


class Certificates:
    """In DIR/tls: `ca` (the authority, ca.pem), the leaves `server` (localhost, 127.0.0.1), `other`
    (other.example) and `expired` (localhost, of 2020), and `stranger`, an authority that signed
    nothing here. NAME.pem is the certificate, NAME.key its key. Servers may share one (tls=)."""
    LEAVES = {'server': 'DNS:localhost,IP:127.0.0.1', 'other': 'DNS:other.example',
              'expired': 'DNS:localhost,IP:127.0.0.1'}

    def __init__(self, dir):
        self.dir = Path(dir, 'tls')
        self.ca = str(self.dir / 'ca.pem')
        if not (self.dir / 'done').exists():
            self.dir.mkdir(parents=True, exist_ok=True)
            for name in ('ca', 'stranger'):
                self._openssl('req', '-x509', '-days', '3650', '-subj', f'/CN=Test {name}',
                              *self._new_key(name), '-out', f'{name}.pem',
                              '-addext', 'keyUsage=critical,keyCertSign')
            for name, names in self.LEAVES.items():
                self._leaf(name, names)
            (self.dir / 'done').touch()

    def _openssl(self, *args):
        subprocess.run(('openssl',) + args, cwd=self.dir, check=True, capture_output=True)

    def _new_key(self, name):
        return ('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
                '-keyout', f'{name}.key')

    def _leaf(self, name, names):
        self._openssl('req', '-new', '-subj', f'/CN={name}', *self._new_key(name), '-out', 'leaf.csr')
        (self.dir / 'index').write_text('')
        (self.dir / 'ca.cnf').write_text(
            '[ca]\ndefault_ca=x\n[x]\ndatabase=index\nnew_certs_dir=.\ndefault_md=sha256\n'
            'rand_serial=yes\npolicy=p\nx509_extensions=e\nunique_subject=no\n'
            f'[p]\ncommonName=supplied\n[e]\nsubjectAltName={names}\nextendedKeyUsage=serverAuth\n'
            'basicConstraints=CA:FALSE\n')
        end = '20200201000000Z' if name == 'expired' else '20991231000000Z'
        self._openssl('ca', '-batch', '-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key',
                      '-startdate', '20200101000000Z', '-enddate', end, '-notext',
                      '-in', 'leaf.csr', '-out', f'{name}.pem')

    def path(self, name):
        return str(self.dir / name)

    def context(self, leaf='server'):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path(leaf + '.pem'), self.path(leaf + '.key'))
        return context


def decode_folder(name):
    """Modified UTF-7 (RFC 3501 5.1.3) to str."""
    def shift(m):
        packed = m[1].replace(',', '/')
        return base64.b64decode(packed + '=' * (-len(packed) % 4)).decode('utf-16-be') if packed else '&'
    return re.sub('&([^-]*)-', shift, name)


def quote_folder(name):
    def shift(m):
        return '&' + base64.b64encode(m[0].encode('utf-16-be')).decode().rstrip('=').replace('/', ',') + '-'
    wire = re.sub('[^\x20-\x7e]+', shift, name.replace('&', '&-'))
    return '"%s"' % re.sub(r'(["\\])', r'\\\1', wire)


class Mailbox:
    """One user's account on a Dovecot, from the outside: mails are dropped into the Maildir, and
    looked at with Python's imaplib, so that our own IMAP code is not checked by itself."""
    _counter = itertools.count()

    def __init__(self, port, user, password, maildir):
        self.port, self.user, self.password, self.maildir = port, user, password, Path(maildir)

    def deliver(self, mail, age=0):
        """A new mail in INBOX that arrived `age` seconds ago; UIDs follow the order of the calls."""
        now, n = time.time_ns(), next(self._counter)
        name = f'{now // 10**9}.M{now // 1000 % 10**6:06}P{os.getpid()}Q{n}.localhost'
        tmp = self.maildir / 'tmp' / name
        tmp.write_bytes(mail)
        owner = self.maildir.stat()
        if os.getuid() == 0:
            os.chown(tmp, owner.st_uid, owner.st_gid)
        os.utime(tmp, ns=(now, now - age * 10**9))  # Dovecot's INTERNALDATE
        tmp.rename(self.maildir / 'new' / name)

    @contextlib.contextmanager
    def imap(self):
        """A logged-in imaplib session."""
        with imaplib.IMAP4('127.0.0.1', self.port) as session:
            session.login(self.user, self.password)
            yield session

    def folders(self):
        """Names of the folders that can hold mail, sorted."""
        with self.imap() as session:
            lines = [line.decode() for line in session.list()[1]
                     if line and b'\\noselect' not in line.lower()]
        names = (re.match(r'\([^)]*\) (?:NIL|"."|".?.") "?(.*?)"?$', line)[1] for line in lines)
        return sorted(decode_folder(re.sub(r'\\(.)', r'\1', name)) for name in names)

    def messages(self, folder='INBOX'):
        """[(uid, set of flags, bytes)] by UID; nothing is marked as read."""
        with self.imap() as session:
            status, text = session.select(quote_folder(folder), readonly=True)
            if status != 'OK':
                raise KeyError(f'{folder}: {text}')
            if text == [b'0']:
                return []
            found = session.uid('FETCH', '1:*', '(UID FLAGS BODY.PEEK[])')[1]
        result = []
        for head, raw in (item for item in found if isinstance(item, tuple)):
            uid = int(re.search(rb'UID (\d+)', head)[1])
            flags = re.search(rb'FLAGS \(([^)]*)\)', head)[1].decode().split()
            result.append((uid, set(flags), raw))
        return sorted(result, key=lambda item: item[0])


class Dovecot:
    """A private Dovecot: `port` (plain, offers STARTTLS), `tls_port`, `lmtp_port`; its log is
    DIR/dovecot.log. Users are {name: password}; token(user) is an access token for XOAUTH2.
    capability: what to announce after login (hides MOVE, UIDPLUS …); starttls=False hides that;
    leaf: which certificate to show; separator and prefix: of the personal namespace ('.', 'INBOX.'
    is what Courier looks like)."""

    def __init__(self, dir, users={'support': 'secret'}, capability=None, starttls=True,
                 leaf='server', separator='/', prefix='', tls=None):
        self.tls = tls or Certificates(dir)
        self.users = dict(users)
        # Short, because sockets live in it, and readable for the user that owns the mail.
        self.run = Path(tempfile.mkdtemp(prefix='erms-', dir='/tmp'))
        self.run.chmod(0o755)
        mail_user = pwd.getpwnam('nobody') if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        self.boxes = {}
        for user, password in self.users.items():
            maildir = self.run / 'mail' / user / 'Maildir'
            for sub in ('cur', 'new', 'tmp'):
                (maildir / sub).mkdir(parents=True)
            self.boxes[user] = Mailbox(None, user, password, maildir)
        if os.getuid() == 0:
            for path in [self.run / 'mail', *self.run.glob('mail/**/*')]:
                os.chown(path, mail_user.pw_uid, mail_user.pw_gid)
        key = self.run / 'keys/default/HS256/default'
        key.parent.mkdir(parents=True)
        key.write_bytes(base64.b64encode(SECRET))
        self._write('passwd', ''.join(f'{u}:{{PLAIN}}{p}\n' for u, p in self.users.items()))
        self._write('oauth2.conf', f'introspection_mode = local\nusername_attribute = sub\n'
                    f'local_validation_key_dict = fs:posix:prefix={self.run}/keys/\n')
        self.options = Path(dir).resolve(), mail_user, capability, starttls, leaf, separator, prefix
        self.process = None
        atexit.register(self.stop)
        for last in (False, False, True):  # somebody may take a port between the look and the bind
            try:
                return self._launch()
            except RuntimeError:
                if last:
                    raise

    def _launch(self):
        self.port, self.tls_port, self.lmtp_port = free_port(), free_port(), free_port()
        for box in self.boxes.values():
            box.port = self.port
        config = self._write('dovecot.conf', self._config(*self.options))
        self.process = subprocess.Popen(
            ['/usr/sbin/dovecot', '-F', '-c', config], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=end_with_parent)
        for port in (self.port, self.lmtp_port):
            wait_for_greeting(port, self.process)
        if self.process.poll() is not None:  # it was somebody else who answered
            raise RuntimeError('Dovecot has ended')

    def _write(self, name, text):
        (self.run / name).write_text(text)
        return str(self.run / name)

    def _config(self, dir, mail_user, capability, starttls, leaf, separator, prefix):
        # Run by root, Dovecot's logins must belong to somebody else.
        own_user, own_group = mail_user.pw_name, grp.getgrgid(mail_user.pw_gid).gr_name
        return f'''base_dir = {self.run}/run
state_dir = {self.run}/run
log_path = {dir}/dovecot.log
listen = 127.0.0.1
protocols = imap lmtp
default_internal_user = {own_user}
default_internal_group = {own_group}
default_login_user = {own_user}
mail_location = maildir:{self.run}/mail/%u/Maildir
first_valid_uid = 1
mail_fsync = never
mail_max_userip_connections = 100
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = plain login xoauth2 oauthbearer
ssl = {'yes' if starttls else 'no'}
ssl_cert = <{self.tls.path(leaf + '.pem')}
ssl_key = <{self.tls.path(leaf + '.key')}
{'imap_capability = ' + capability if capability else ''}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {self.run}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  args = {self.run}/passwd
}}
userdb {{
  driver = static
  args = uid={mail_user.pw_uid} gid={mail_user.pw_gid} home={self.run}/mail/%u allow_all_users=yes
}}
namespace {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {self.port}
  }}
  inet_listener imaps {{
    port = {self.tls_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {self.lmtp_port}
  }}
}}
'''

    def deliver(self, user, mail):
        self.boxes[user].deliver(mail)

    def folders(self, user):
        return self.boxes[user].folders()

    def messages(self, user, folder='INBOX'):
        return self.boxes[user].messages(folder)

    def token(self, user, seconds=3600):
        """An access token (JWT) for XOAUTH2; negative seconds: expired."""
        def pack(data):
            return base64.urlsafe_b64encode(data).rstrip(b'=')
        now = int(time.time())
        claims = {'sub': user, 'iat': now - 7200, 'exp': now + seconds, 'iss': 'test'}
        body = b'.'.join(pack(json.dumps(x).encode()) for x in ({'alg': 'HS256', 'typ': 'JWT'}, claims))
        return (body + b'.' + pack(hmac.new(SECRET, body, hashlib.sha256).digest())).decode()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.run, ignore_errors=True)


def end_with_parent():
    """In the child: ends it when the thread that started it ends, however that comes about."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


class SmtpServer:
    """An SMTP server on `port` (offers STARTTLS) and `tls_port`. Each mail is stored as DIR/NNNN.eml
    with the envelope in DIR/NNNN.json. `users` may log in (PLAIN, LOGIN, XOAUTH2 with the password
    as token); auth_required refuses mail without.

    The local part of a recipient, up to a "+", asks for a fault:
      fail450 fail550 fail421   reply to RCPT; 421 also closes
      first450                  450 to the first RCPT of this very address, then fine
      data450 data550           reply to the final dot; nothing is stored
      dropdata                  connection closed at the DATA command
      dropcontent               354, some bytes are read, then the connection is reset
      lost                      stored, then the connection is closed instead of the reply
      hang                      stored, then silence
    """

    def __init__(self, dir, users={'support': 'secret'}, starttls=True, auth_required=False,
                 leaf='server', tls=None):
        from aiosmtpd.controller import Controller
        self.dir = Path(dir)
        self.dir.mkdir(parents=True, exist_ok=True)
        self.tls = tls or Certificates(dir)
        self.users, self.seen, self.stored = dict(users), set(), itertools.count(1)
        options = {'authenticator': self._authenticate, 'auth_require_tls': False,
                   'auth_required': auth_required, 'server_hostname': 'localhost'}
        context = self.tls.context(leaf)
        self.controllers = []
        for own in ({'tls_context': context if starttls else None}, {'ssl_context': context}):
            for last in (False, False, True):  # as above
                controller = Controller(self, hostname='127.0.0.1', port=free_port(), **options, **own)
                controller.factory = self._factory(controller)
                try:
                    controller.start()
                    break
                except OSError:
                    if last:
                        raise
            self.controllers.append(controller)
        self.port, self.tls_port = (c.port for c in self.controllers)
        atexit.register(self.stop)

    @staticmethod
    def _factory(controller):
        from aiosmtpd.smtp import SMTP, syntax

        class Faulty(SMTP):
            @syntax('DATA')
            async def smtp_DATA(self, arg):
                faults = {fault_of(to) for to in self.envelope.rcpt_tos}
                if 'dropcontent' in faults:
                    await self.push('354 go on, I am going to leave')
                    await self._reader.read(1000)
                if faults & {'dropdata', 'dropcontent'}:
                    self.transport.abort()
                    return
                await super().smtp_DATA(arg)
        return lambda: Faulty(controller.handler, **controller.SMTP_kwargs)

    def _authenticate(self, server, session, envelope, mechanism, data):
        from aiosmtpd.smtp import AuthResult
        login, password = data.login.decode(), data.password.decode()
        return AuthResult(success=self.users.get(login) == password, handled=False, auth_data=login)

    async def auth_XOAUTH2(self, server, args):
        from aiosmtpd.smtp import AuthResult
        blob = base64.b64decode(args[1]) if len(args) > 1 else await server.challenge_auth('')
        match = re.fullmatch(rb'user=(.*?)\x01auth=Bearer (.*?)\x01\x01', blob)
        good = match and self.users.get(match[1].decode()) == match[2].decode()
        if not good:
            await server.challenge_auth('{"status":"400"}')
        return AuthResult(success=bool(good), handled=False, auth_data=match and match[1].decode())

    async def handle_RCPT(self, server, session, envelope, address, options):
        fault = fault_of(address)
        if fault == 'fail421':
            await server.push('421 shutting down')
            server.transport.close()
            return '421 shutting down'
        if fault == 'fail550':
            return '550 no such user'
        if fault == 'fail450' or fault == 'first450' and address not in self.seen:
            self.seen.add(address)
            return '450 mailbox busy'
        envelope.rcpt_tos.append(address)
        return '250 recipient ok'

    async def handle_DATA(self, server, session, envelope):
        faults = {fault_of(to) for to in envelope.rcpt_tos}
        for code in ('450', '550'):
            if 'data' + code in faults:
                return code + ' the content was not taken'
        base = self.dir / f'{next(self.stored):04}'
        base.with_suffix('.eml').write_bytes(envelope.original_content)
        base.with_suffix('.new').write_text(json.dumps({
            'from': envelope.mail_from.strip('<>'), 'to': envelope.rcpt_tos,
            'user': session.auth_data,
            'tls': server.transport.get_extra_info('ssl_object') is not None, 'helo': session.host_name}))
        base.with_suffix('.new').rename(base.with_suffix('.json'))  # received() sees it whole
        if 'lost' in faults:
            server.transport.abort()
        if faults & {'lost', 'hang'}:
            await asyncio.sleep(600)
        return f'250 stored as {base.name}'

    def received(self):
        """Every stored mail in order: its envelope (dict), the bytes under 'mail'."""
        return [json.loads(path.read_text()) | {'mail': path.with_suffix('.eml').read_bytes()}
                for path in sorted(self.dir.glob('[0-9]*.json'))]

    def stop(self):
        for controller in self.controllers:
            controller.stop()
        self.controllers = []


def fault_of(address):
    return re.split('[@+]', address)[0]


def main(dir, *command):
    dir = Path(dir).resolve()
    if command:
        known = dict(line.split('=', 1) for line in (dir / 'ports').read_text().splitlines())
        verb, user, *rest = command
        box = Mailbox(int(known['imap_port']), user, known['password'], f'{known["mail"]}/{user}/Maildir')
        if verb == 'deliver':
            for path in rest:
                box.deliver(Path(path).read_bytes())
        elif verb == 'folders':
            print(*box.folders(), sep='\n')
        elif verb == 'messages':
            for uid, flags, raw in box.messages(*rest):
                subject = re.search(rb'^subject:[ \t]*(.*?)\r?$', raw, re.I | re.M)
                print(uid, ','.join(sorted(flags)) or '-', subject[1].decode('utf-8', 'replace')
                      if subject else '', sep='\t')
        else:
            sys.exit(f'servers.py: unknown command {verb}')
        return
    dir.mkdir(parents=True, exist_ok=True)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))  # atexit stops the servers
    imap = Dovecot(dir)
    smtp = SmtpServer(dir / 'sent', tls=imap.tls)
    lines = ''.join(f'{key}={value}\n' for key, value in {
        'imap_port': imap.port, 'imaps_port': imap.tls_port, 'lmtp_port': imap.lmtp_port,
        'smtp_port': smtp.port, 'smtps_port': smtp.tls_port, 'user': 'support',
        'password': 'secret', 'ca_file': imap.tls.ca,
        'mail': imap.run / 'mail', 'sent': smtp.dir, 'pid': os.getpid()}.items())
    (dir / 'ports.new').write_text(lines)
    (dir / 'ports.new').rename(dir / 'ports')
    print(lines, end='', flush=True)
    while True:
        signal.pause()


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
