"""What a production home refuses to start without; a development home starts and `doctor` says the same."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from trust.keys.ring import Grade
from trust.net.guard import Network, networks
from trust.settings import RefusedInProduction, Settings

_LOOPBACK_4: Final = IPv4Network("127.0.0.0/8")
_LOOPBACK_6: Final = IPv6Network("::1/128")


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that is fine for development only."""

    code: str
    zh: str
    en: str


def concerns(settings: Settings, grade: Grade) -> tuple[Concern, ...]:
    """Everything about these settings and keys that production refuses, whatever the mode is now."""
    found = []
    if grade is Grade.SOFTWARE and settings.keys.key_file is None:
        english = "software keys need TRUST_KEY_FILE, a file that only its owner reads"
        found.append(Concern("no-key-file", "软件密钥须由 TRUST_KEY_FILE 保护，该文件仅限属主读取", english))
    if settings.sm2.python_may_sign:
        english = "SM2 on Python integers takes time that depends on the key; unset [sm2] python_may_sign"
        found.append(
            Concern("python-signs", "纯 Python 的 SM2 运算时间与密钥相关；须取消 [sm2] python_may_sign", english)
        )
    if not settings.clock.supervised:
        english = "nothing watches this machine's clock; set [clock] supervised"
        found.append(Concern("clock-unsupervised", "本机时钟无人监管；受监管后设置 [clock] supervised", english))
    if _reaches_itself(networks(settings.net.allow)):
        english = "outbound calls may reach this machine itself; take loopback out of [net] allow"
        found.append(Concern("net-loopback", "对外请求可到达本机；须从 [net] allow 中去掉环回地址", english))
    return tuple(found)


def insist(settings: Settings, grade: Grade) -> None:
    """Let a development home pass, and a production home without concerns.

    Raises:
        RefusedInProduction: the message names every concern.
    """
    found = concerns(settings, grade)
    if settings.production and found:
        raise RefusedInProduction("; ".join(concern.en for concern in found))


def _reaches_itself(allowed: tuple[Network, ...]) -> bool:
    return any(
        one.overlaps(_LOOPBACK_4) if isinstance(one, IPv4Network) else one.overlaps(_LOOPBACK_6) for one in allowed
    )
