"""Telling people what happens to their accounts, over every channel that is known of them."""

from dataclasses import dataclass, field
from typing import Final, Protocol

from idp.storage.accounts import Accounts
from idp.storage.persons import Vault
from trust.storage.database import Database

WORDS: Final = {
    "linked": "您的账号关联了一个第三方账号。",
    "unlinked": "您的账号取消了一个第三方账号的关联。",
    "merged": "您的两个账号已合并，30 天内可以撤销。",
    "unmerged": "您的账号合并已撤销。",
    "recovery-begun": "有人申请找回您的账号。不是本人操作请立即取消：",
    "recovered": "您的账号已找回，原有登录方式需要重新设置。",
    "passkey-added": "您的账号添加了一把通行密钥。",
    "certificate-bound": "您的账号绑定了一张数字证书。",
    "app-added": "您的账号添加了一个手机应用，它可以确认扫码登录。",
    "device-removed": "您的账号移除了一种登录设备。",
    "password-changed": "您的账号密码已修改。不是本人操作请立即找回账号。",
    "totp-added": "您的账号启用了动态口令。",
    "totp-removed": "您的账号停用了动态口令。",
    "recovery-codes-made": "您的账号生成了新的恢复码，原恢复码已失效。",
    "recovery-cancelled": "找回账号的申请已取消。",
}


class Channel(Protocol):
    """A way to reach somebody: short messages, electronic mail."""

    def send(self, to: str, text: str) -> None:
        """Hand a text over; what cannot be delivered is the channel's to retry and to log, without the address."""


class Notices(Protocol):
    """Tells an account's person."""

    def tell(self, account: str, what: str, more: str = "") -> None:
        """Tell over all channels; call it after the transaction, networks are slow."""


@dataclass(frozen=True, slots=True)
class AccountNotices:
    """Sends to the phone and the address that an account has now."""

    database: Database
    vault: Vault
    sms: Channel | None = field(default=None)
    mail: Channel | None = field(default=None)

    def tell(self, account: str, what: str, more: str = "") -> None:
        """Tell over all channels."""
        with self.database.reading() as db:
            found = Accounts(db, self.vault).find(account)
        if found is None:
            return
        person, text = self.vault.open(found), WORDS[what] + more
        if self.sms is not None and person.phone:
            self.sms.send(person.phone, text)
        if self.mail is not None and person.email:
            self.mail.send(person.email, text)
