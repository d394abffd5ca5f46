"""The report in words, Chinese or English: sealed by whom, when, unchanged or what changed; then what speaks against it."""

from collections.abc import Iterator
from datetime import timedelta, timezone
from typing import Final

from certs import oids
from seal.report import HARMLESS, DocumentReport, Indication, Result, SignatureReport

_BEIJING: Final = timezone(timedelta(hours=8))
_INDICATIONS: Final = {
    Indication.TOTAL_PASSED: ("验证通过", "passed"),
    Indication.INDETERMINATE: ("无法确定", "indeterminate"),
    Indication.TOTAL_FAILED: ("验证不通过", "failed"),
    Indication.NO_SIGNATURE_FOUND: ("未发现签章", "no signature found"),
}
_FINDINGS: Final = {
    "structure": ("格式", "structure"),
    "integrity": ("完整性", "integrity"),
    "coverage": ("保护范围", "coverage"),
    "value": ("签名值", "signature value"),
    "certificate": ("签章人证书", "signer's certificate"),
    "seal": ("印章", "seal"),
    "time": ("时间", "time"),
    "changes": ("签后变更", "changes"),
}
_CODES: Final = {
    "malformed": "不符合格式要求",
    "signature-missing": "缺少签名值",
    "version-mismatch": "版本不一致",
    "algorithm-mismatch": "算法不一致",
    "value-shared": "多个签名共用一个签名值",
    "limit-exceeded": "超出处理上限",
    "weak-algorithm": "使用了弱算法",
    "encrypted": "文件已加密",
    "unknown-form": "签名形式未知",
    "unknown-critical-extension": "含有未知的关键扩展",
    "content-modified": "签章后内容被修改",
    "member-missing": "签章后文件缺失",
    "data-hash-wrong": "原文杂凑值不符",
    "shown-but-unsigned": "存在未受保护的可见内容",
    "covered-later": "其余内容由后续签章保护",
    "entry-not-covered": "入口文件不在保护范围内",
    "value-wrong": "签名值验证失败",
    "wrong-bytes-signed": "签名对象错误",
    "signer-unknown": "签名人未知",
    "not-yet-valid": "证书尚未生效",
    "expired-at-signing": "签章时证书已过期",
    "revoked": "证书已被撤销",
    "usage": "证书用途不符",
    "chain-broken": "证书链无效",
    "no-anchor": "没有到受信任机构的证书链",
    "expired-since-signing": "证书在声称的签章时间之后过期",
    "revoked-unknown-order": "证书已撤销，无法证明签章在先",
    "no-revocation-information": "缺少证书撤销信息",
    "maker-value-wrong": "制章者签名验证失败",
    "signer-not-listed": "签章人证书不在印章证书列表中",
    "seal-expired-at-signing": "签章时印章不在有效期内",
    "seal-differs": "印章文件与签章中的印章不一致",
    "maker-certificate": "制章者证书无效",
    "not-usable": "印章不可用",
    "maker-no-anchor": "没有到受信任制章者的证书链",
    "seal-expired-since-signing": "印章在声称的签章时间之后过期",
    "timestamp-invalid": "时间戳无效",
    "time-order": "时间戳早于签章时间",
    "claimed-only": "时间为签章人声称，无时间戳证明",
    "visible-change": "签章后可见内容有变化",
    "forbidden-change": "签章后有不允许的变更",
    "not-a-revision": "签章后追加了非法数据",
}


def headline(report: DocumentReport, *, chinese: bool) -> str:
    """Return the one line a hurried reader needs."""
    word = _INDICATIONS[report.indication][0 if chinese else 1]
    reason = f"（{report.sub_indication}）" if chinese else f" ({report.sub_indication})"
    return word + (reason if report.sub_indication else "")


def lines(report: DocumentReport, *, chinese: bool) -> Iterator[str]:
    """Yield the report, line by line, the headline first."""
    yield headline(report, chinese=chinese)
    if report.failure is not None:
        yield f"  {report.failure[2]}"
    for one in report.signatures:
        yield from _signature(one, chinese=chinese)
    if report.remarks:
        yield f"  {'备注' if chinese else 'remarks'}: {' '.join(sorted(report.remarks))}"


def _signature(one: SignatureReport, *, chinese: bool) -> Iterator[str]:
    word = _INDICATIONS[one.indication][0 if chinese else 1]
    yield f"  [{one.id or '-'}] {word}: {_who(one, chinese=chinese)}{_when(one, chinese=chinese)}"
    changed = (*one.modified, *one.missing)
    if changed:
        yield f"      {'已变更' if chinese else 'changed'}: {', '.join(changed)}"
    elif one.findings["integrity"].result is Result.PASSED:
        yield f"      {'签章后内容未改变' if chinese else 'unchanged since it was sealed'}"
    for name, found in one.findings.items():
        if found.code is None or found.result is Result.PASSED:
            continue
        mark = "·" if found.code in HARMLESS else "✗" if found.result is Result.FAILED else "?"
        said = _CODES[found.code] if chinese else found.detail or found.code
        yield f"      {mark} {_FINDINGS[name][0 if chinese else 1]}: {said} [{found.code}]"


def _who(one: SignatureReport, *, chinese: bool) -> str:
    if one.seal is not None:
        name = one.seal.info.properties.name
        return f"“{name}”（{one.seal.info.seal_id}）" if chinese else f'seal "{name}" ({one.seal.info.seal_id})'
    if one.signer is not None:
        name = one.signer.subject.get(oids.COMMON_NAME) or str(one.signer.subject)
        return f"签名人 {name}" if chinese else f"signed by {name}"
    return "签章人未知" if chinese else "signer unknown"


def _when(one: SignatureReport, *, chinese: bool) -> str:
    times = one.times
    if times.proven is not None:
        at = times.proven.at.astimezone(_BEIJING)
        return f"，{at:%Y-%m-%d %H:%M:%S}（时间戳证明）" if chinese else f", {at:%Y-%m-%d %H:%M:%S%z} (proven)"
    if times.claimed is not None:
        at = times.claimed.astimezone(_BEIJING)
        return f"，{at:%Y-%m-%d %H:%M:%S}（声称）" if chinese else f", {at:%Y-%m-%d %H:%M:%S%z} (claimed)"
    return ""
