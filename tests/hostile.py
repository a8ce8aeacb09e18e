"""What nobody means well by: values, bodies and addresses as they come over the wire."""

# Percent-encoded, as a field of a form or of an address holds them.
VALUES = {
    "zero byte": "a%00b",
    "lone surrogate": "%ED%A0%80",
    "no UTF-8": "%FF%FE%C3%28",
    "right to left": "%E2%80%AEevil%E2%81%A6%E2%80%8B",
    "emoji": "%F0%9F%91%A9%E2%80%8D%F0%9F%92%BB",
    "long": "x" * 10_000,
    "deep": "%5B" * 10_000,
    "beyond 64 bits": "9223372036854775808",
    "4,400 digits": "9" * 4_400,
    "negative": "-1",
    "not a number": "NaN",
    "infinite": "1e999",
    "other digits": "%D9%A1%D9%A2",
    "no such day": "0000-13-99",
    "day after all": "9999-12-31",
    "bad percent": "%zz%",
    "wildcards": "%25_%5C%27%22%3B--",
    "line ends": "a%0D%0AX-Evil:%201",
}
FORM = "application/x-www-form-urlencoded"
LIMIT = 2_621_440
PART = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n'
# Body and content type; each as the whole of a form.
BODIES: dict[str, tuple[bytes, str]] = {
    "2.5 MB": (b"note=" + b"x" * LIMIT, FORM),
    "1,001 fields": (b"&".join(b"f%d=1" % n for n in range(1001)), FORM),
    "deep JSON": (b"[" * 10_000 + b"]" * 10_000, "application/json"),
    "XML": (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "text/xml"),
    "no type": (b"version=1", ""),
    "odd type": (b"version=1", "\xff/;;=,"),
    "unknown charset": (b"version=1", f"{FORM}; charset=nonsense"),
    "wide charset": ("version=1".encode("utf-16"), f"{FORM}; charset=utf-16"),
    "zero bytes": (b"\x00" * 100, FORM),
    "no boundary": (b"--b--", "multipart/form-data"),
    "odd boundary": (b"--b--", "multipart/form-data; boundary=\xff\x00"),
    "cut short": (PART.format("version").encode(), "multipart/form-data; boundary=b"),
    "bad base64": (
        PART.format("a")
        .replace("\r\n\r\n", "\r\nContent-Transfer-Encoding: base64\r\n\r\n")
        .encode()
        + b"=\r\n--b--",
        "multipart/form-data; boundary=b",
    ),
    "1,001 parts": (
        b"".join(PART.format(n).encode() + b"1\r\n" for n in range(1001)) + b"--b--",
        "multipart/form-data; boundary=b",
    ),
}
PATHS = (
    "/tasks/99999999999999999999999999/",
    f"/tasks/{'9' * 4_400}/",
    "/contacts/9223372036854775808/",
    "/findings/99999999999999999999/",
    "/mails/99999999999999999999/",
    "/history/task/99999999999999999999/",
    "/history/%00/1/",
    "/history/acts/00000000-0000-0000-0000-000000000000/undo/",
    "/regions/%00/",
    "/regions/%ED%A0%80/",
    "/regions/%FF%FE/call/",
    f"/regions/{'x' * 5_000}/",
    "/clarifications/99999999999999999999/",
    "/answers/%00/",
    "/pause/%00/",
    "/pause/a:b:c/",
    "/sign-in/%F0%9F%91%A9:%00/",
    f"/sign-in/{'%2e' * 3_000}/",
    "/mails/previews/%00/",
    "/admin/regions/region/%00/change/",
    "/admin/regions/region/_5f_00/change/",
    "/admin/regions/region/99999999999999999999/change/",
    "/admin/rollout/task/99999999999999999999/history/",
    "/admin/rollout/task/99999999999999999999/delete/",
    "/admin/r/99999999999999999999/99999999999999999999/",
    "/%00",
    "/..%2f..%2fetc/passwd",
    "/static/..%2f..%2fmanage.py",
)
