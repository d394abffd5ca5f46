"""pgAdmin 4 as a platform, from the environment of its own that `make pgadmin` builds."""

import json
import os
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.support.peers import ROOT
from tests.support.walker import Page, Walker

START_SECONDS: Final = 120
_FOLDER: Final = ROOT / ".cache" / "pgadmin"
_CSRF: Final = re.compile(r'"csrfToken": "([^"]+)"')


@contextmanager
def served(folder: Path, port: int, issuer: str, client: str, secret: str) -> Iterator[str]:
    """Serve it on a port of loopback with its data in a folder; gives its address."""
    programs = list(_FOLDER.glob("lib/python3*/site-packages/pgadmin4/pgAdmin4.py"))
    if not programs:
        pytest.skip("pgAdmin 4 is absent: `make pgadmin` installs it")
    data = folder / "pgadmin"
    data.mkdir()
    settings = {
        "SERVER_MODE": True, "DEFAULT_SERVER_PORT": port, "DATA_DIR": str(data), "LOG_FILE": str(data / "log"),
        "SQLITE_PATH": str(data / "pgadmin4.db"), "SESSION_DB_PATH": str(data / "sessions"),
        "STORAGE_DIR": str(data / "storage"), "AZURE_CREDENTIAL_CACHE_DIR": str(data / "azure"),
        "KERBEROS_CCACHE_DIR": str(data / "kerberos"), "UPGRADE_CHECK_ENABLED": False,
        "MASTER_PASSWORD_REQUIRED": False, "AUTHENTICATION_SOURCES": ["oauth2"], "OAUTH2_AUTO_CREATE_USER": True,
        "OAUTH2_CONFIG": [_provider(issuer, client, secret)],
    }  # fmt: skip
    written = data / "config_distro.py"
    written.write_text("".join(f"{name} = {value!r}\n" for name, value in settings.items()))
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(data), "CONFIG_DISTRO_FILE_PATH": str(written),
        "PGADMIN_SETUP_EMAIL": "administrator@example.com", "PGADMIN_SETUP_PASSWORD": "made-for-this-test",
    }  # fmt: skip
    log = data / "output"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [_FOLDER / "bin" / "python", programs[0]], env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    base = f"http://127.0.0.1:{port}"
    try:
        _await(process, base, log)
        yield base
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(data, ignore_errors=True)


def press_sign_in(walker: Walker, base: str) -> Page:
    """Press the provider's button of its sign-in page, whose form a script would draw."""
    page = walker.get(f"{base}/login")
    found = _CSRF.search(page.text)
    assert found, page.text
    said = {"csrf_token": found.group(1), "oauth2_button": "province", "email": "", "password": ""}
    return walker.post(f"{base}/authenticate/login", said)


def _provider(issuer: str, client: str, secret: str) -> dict[str, object]:
    with urllib.request.urlopen(f"{issuer}/.well-known/openid-configuration") as answer:
        told = json.load(answer)
    return {
        "OAUTH2_NAME": "province", "OAUTH2_DISPLAY_NAME": "Province", "OAUTH2_ICON": "fa-key",
        "OAUTH2_BUTTON_COLOR": "#0000ff", "OAUTH2_CLIENT_ID": client, "OAUTH2_CLIENT_SECRET": secret,
        "OAUTH2_SERVER_METADATA_URL": f"{issuer}/.well-known/openid-configuration",
        "OAUTH2_API_BASE_URL": f"{issuer}/", "OAUTH2_USERINFO_ENDPOINT": told["userinfo_endpoint"],
        "OAUTH2_SCOPE": "openid profile email", "OAUTH2_USERNAME_CLAIM": "email",
        "OAUTH2_CHALLENGE_METHOD": "S256", "OAUTH2_RESPONSE_TYPE": "code",
        "OAUTH2_LOGOUT_URL": told["end_session_endpoint"]
        + "?post_logout_redirect_uri={redirect_uri}&id_token_hint={id_token}",
    }  # fmt: skip


def _await(process: "subprocess.Popen[bytes]", base: str, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        assert process.poll() is None, log.read_text(errors="replace")
        assert time.monotonic() < until, log.read_text(errors="replace")
        try:
            with urllib.request.urlopen(f"{base}/misc/ping", timeout=10):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.2)
