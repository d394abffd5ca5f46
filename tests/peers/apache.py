"""Apache with mod_auth_openidc as a platform, run as an ordinary user from a configuration written for one test."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

START_SECONDS: Final = 20
MODULES: Final = Path("/usr/lib/apache2/modules")

_CONFIGURATION: Final = """\
ServerName 127.0.0.1
ServerRoot {folder}
DefaultRuntimeDir {folder}
PidFile {folder}/pid
ErrorLog {folder}/log
LogLevel warn auth_openidc:info
Listen 127.0.0.1:{port}
DocumentRoot {folder}/pages
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authz_user_module {modules}/mod_authz_user.so
LoadModule dir_module {modules}/mod_dir.so
LoadModule env_module {modules}/mod_env.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule auth_openidc_module {modules}/mod_auth_openidc.so
StartServers 1
ServerLimit 1
ThreadsPerChild 16
MaxRequestWorkers 16

OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID {client}
OIDCClientSecret {secret}
OIDCRedirectURI {base}/inside/back
OIDCCryptoPassphrase {passphrase}
OIDCScope "openid profile email"
OIDCPKCEMethod S256
OIDCSessionInactivityTimeout 300
OIDCInfoHook iat access_token access_token_expires id_token userinfo refresh_token session
OIDCCookieSameSite On
OIDCRemoteUserClaim sub

<Directory {folder}/pages>
  ForceType "text/html; charset=utf-8"
</Directory>
<Location /inside>
  AuthType openid-connect
  Require valid-user
  Header always set x-sub "%{{OIDC_CLAIM_sub}}e"
  Header always set x-email "%{{OIDC_CLAIM_email}}e"
</Location>
<Location /outside>
  Require all granted
</Location>
"""


@contextmanager
def served(port: int, issuer: str, client: str, secret: str) -> Iterator[str]:
    """Serve it on a port of loopback; gives its address. `/inside/` wants a signed-in user."""
    program = shutil.which("apache2", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None or not (MODULES / "mod_auth_openidc.so").is_file():
        pytest.skip("Apache with mod_auth_openidc is absent: Debian's apache2-bin and libapache2-mod-auth-openidc")
    base = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="apache-", dir="/tmp") as name:  # where another user may come, too
        folder = Path(name)
        for each in ("inside", "outside"):
            page = folder / "pages" / each / "index.html"
            page.parent.mkdir(parents=True)
            page.write_text(f"<!doctype html><title>{each}</title><p id='here'>{each}</p>")
        written = folder / "apache.conf"
        written.write_text(
            _CONFIGURATION.format(
                folder=folder, port=port, modules=MODULES, issuer=issuer, client=client, secret=secret, base=base,
                passphrase=secrets.token_hex(16),
            )
        )  # fmt: skip
        process = subprocess.Popen(
            [program, "-f", str(written), "-DFOREGROUND"], stdin=subprocess.DEVNULL, **_ordinary(folder)
        )
        try:
            _await(process, port, folder / "log")
            yield base
        finally:
            process.terminate()
            process.wait(10)


def _ordinary(folder: Path) -> dict[str, Any]:
    """Become somebody without rights where we are root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    for each in (folder, *folder.rglob("*")):
        os.chown(each, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _await(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        said = log.read_text(errors="replace") if log.is_file() else ""
        assert process.poll() is None, said
        assert time.monotonic() < until, said
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
