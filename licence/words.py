"""The report on a licence in words, Chinese or English: the word for all of it, then the six answers."""

from collections.abc import Iterator
from datetime import timedelta, timezone
from typing import Final

from licence.verdicts import Overall, Verdict
from licence.verification import LicenceReport
from seal.report import Result

_BEIJING: Final = timezone(timedelta(hours=8))
_OVERALL: Final = {
    Overall.ACCEPTED: ("认可", "accepted"),
    Overall.ACCEPTED_AS_OF: ("认可，截至", "accepted as of"),
    Overall.INDETERMINATE: ("无法确定", "indeterminate"),
    Overall.REJECTED: ("不认可", "rejected"),
}
_VERDICTS: Final = {
    "integrity": ("完整性", "integrity"),
    "signer": ("签章人", "signer"),
    "seal": ("印章", "seal"),
    "authority": ("颁发权限", "authority"),
    "status": ("证照状态", "status"),
    "presentation": ("原件或加注件", "presentation"),
}
_RESULTS: Final = {
    Result.PASSED: ("通过", "passed"),
    Result.FAILED: ("不通过", "failed"),
    Result.INDETERMINATE: ("不确定", "open"),
    Result.NOT_APPLICABLE: ("不适用", "not applicable"),
}
_REASONS: Final = {
    "metadata-not-covered": "签章未保护证照元数据所在的 OFD.xml",
    "active-content": "文件含有脚本或动作",
    "signature-missing": "文件没有签章",
    "malformed": "不符合格式要求",
    "issuer-differs": "标识中的颁发机构、印章所有者、证书主体不是同一机构",
    "issuer-unknown": "手头的信任登记册中没有该颁发机构",
    "not-entitled": "该机构当时无权颁发此类证照",
    "outside-area": "该机构无权在此区划颁发此类证照",
    "entitlement-not-yet": "签章时颁证权限尚未开始",
    "entitlement-ended": "颁证权限已经终止",
    "not-known-since": "签章时有效；此后的状态在此无法得知",
    "expired": "证照有效期已满",
    "copy-expired": "加注件已过有效期",
    "other-purpose": "加注件用于其他事由",
}


def lines(report: LicenceReport, *, chinese: bool) -> Iterator[str]:
    """The report line by line, the word for all of it first."""
    side = 0 if chinese else 1
    word, code = _OVERALL[report.overall][side], f"[{report.overall.value}]"
    if report.as_of is not None:
        word = f"{word} {report.as_of.astimezone(_BEIJING):%Y-%m-%d %H:%M:%S} (UTC+8)"
    yield f"{word} {code}"
    yield f"  {report.identifier or ('没有证照标识' if chinese else 'no licence identifier')}"
    for name, verdict in report.verdicts.items():
        told = f"  {_VERDICTS[name][side]}: {_RESULTS[verdict.result][side]}"
        yield f"{told} {_reason(verdict, chinese=chinese)}".rstrip()


def _reason(verdict: Verdict, *, chinese: bool) -> str:
    if verdict.code is None:
        return ""
    said = _REASONS.get(verdict.code, "") if chinese else verdict.detail
    return f"{said} [{verdict.code}]".lstrip()
