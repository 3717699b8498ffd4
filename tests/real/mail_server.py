"""Real mail for the tests: Dovecot with one mailbox, and aiosmtpd that keeps what is sent to it."""

from __future__ import annotations

import email
import getpass
import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

USER, PASSWORD = "support@shop.example", "s3cret"

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
auth_failure_delay = 0
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
"""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _await_port(port: int, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"the mail server did not start: {log.read_text()[-1000:] if log.exists() else ''}")


class MailServer:
    """``imap_port``, ``smtp_port`` on 127.0.0.1, without TLS."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.imap_port, self.smtp_port = _free_port(), _free_port()
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        self.start_imap()
        self.start_smtp()

    def start_smtp(self) -> None:
        at, kept = f"127.0.0.1:{self.smtp_port}", str(self._folder / "sent")
        self._smtp = self._start("aiosmtpd", "-n", "-l", at, "-c", "aiosmtpd.handlers.Mailbox", kept)
        _await_port(self.smtp_port, self._folder / "aiosmtpd.log")

    def start_imap(self) -> None:
        root = os.geteuid() == 0
        owner = pwd.getpwnam("nobody" if root else getpass.getuser())
        words = {
            "folder": self._folder, "port": self.imap_port, "password": PASSWORD, "uid": owner.pw_uid,
            "gid": owner.pw_gid, "internal": "dovecot" if root else owner.pw_name,
            "login": "dovenull" if root else owner.pw_name,
            "group": "dovecot" if root else grp.getgrgid(owner.pw_gid).gr_name,
        }  # fmt: skip
        (self._folder / "mail").mkdir(exist_ok=True)
        if root:
            shutil.chown(self._folder / "mail", "nobody", owner.pw_gid)
        config = self._folder / "dovecot.conf"
        config.write_text(CONFIG.format(**words))
        self._start("dovecot", "-F", "-c", str(config))
        _await_port(self.imap_port, self._folder / "dovecot.log")

    def stop_smtp(self) -> None:
        self._smtp.terminate()
        self._smtp.wait(20)

    def _start(self, program: str, *args: str) -> subprocess.Popen[bytes]:
        found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")
        if found is None:
            raise RuntimeError(f"{program} is missing; run: sh config/setup-machine.sh")
        with (self._folder / f"{program}.out").open("ab") as log:
            self._running.append(subprocess.Popen((found, *args), stdout=log, stderr=log, stdin=subprocess.DEVNULL))
        return self._running[-1]

    def stop(self) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running = []

    def arrive(self, message: EmailMessage | bytes) -> None:
        """The mail lies in the mailbox when this returns."""
        raw = message if isinstance(message, bytes) else message.as_bytes()
        for _ in range(100):  # a server that has only just begun may refuse the first
            with imaplib.IMAP4("127.0.0.1", self.imap_port, timeout=60) as box:
                box.login(USER, PASSWORD)
                kind, said = box.append("INBOX", "", None, raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
                if kind == "OK":
                    return
            time.sleep(0.2)
        raise RuntimeError(f"Dovecot takes no mail: {said}")

    def sent(self) -> list[EmailMessage]:
        """What was sent to the sink, in order."""
        found = sorted((self._folder / "sent" / "new").glob("*"), key=lambda path: path.stat().st_mtime_ns)
        return [email.message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=default) for path in found]


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """In a folder of its own: as root Dovecot reads mail as nobody, who may not look into pytest's."""
    with tempfile.TemporaryDirectory(prefix="mail-") as folder:
        Path(folder).chmod(0o755)
        server = MailServer(Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.stop()
