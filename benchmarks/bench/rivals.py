"""The others: what they do with the same letters, each in a process of its own.

`python -m benchmarks.bench.rivals NAME LETTERS PORT` says that it is ready, waits for a
line and sends. The text is ready; none of them renders or leases anything.
"""

import json
import smtplib
import sys
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

Letters = list[dict[str, str]]
SENDER = "rollout@example.org"
PROCESSES = 2
SETTINGS: dict[str, Any] = {
    "EMAIL_HOST": "127.0.0.1",
    "DEFAULT_FROM_EMAIL": SENDER,
    "USE_TZ": True,
    "SECRET_KEY": "of a benchmark",
}


def main() -> None:
    name, path, port = sys.argv[1:4]
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    {"smtplib": plain, "django": django_mail, "post-office": post_office}[name](
        [json.loads(line) for line in lines], int(port)
    )


def wait_for_the_start() -> None:
    print(json.dumps({"ready": True}), flush=True)
    sys.stdin.readline()


def plain(letters: Letters, port: int) -> None:
    """The floor: finished bytes over one kept connection."""
    messages = [(letter["to"], as_bytes(letter)) for letter in letters]
    wait_for_the_start()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for to, message in messages:
            server.sendmail(SENDER, [to], message)


def as_bytes(letter: dict[str, str]) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["Subject"], message["From"] = letter["subject"], SENDER
    message["To"], message["Message-ID"] = letter["to"], make_msgid("b", "example.org")
    message.set_content(letter["text"])
    message.add_alternative(letter["html"], subtype="html")
    return message.as_bytes()


def django_mail(letters: Letters, port: int) -> None:
    """Django's own: one connection, one call, nothing recorded."""
    from django.conf import settings

    settings.configure(**SETTINGS, EMAIL_PORT=port)
    from django.core.mail import EmailMultiAlternatives, get_connection

    wait_for_the_start()
    messages = []
    for letter in letters:
        one = EmailMultiAlternatives(
            letter["subject"], letter["text"], SENDER, [letter["to"]]
        )
        one.attach_alternative(letter["html"], "text/html")
        messages.append(one)
    get_connection().send_messages(messages)


def post_office(letters: Letters, port: int) -> None:
    """Rows that are queued already, sent by its command with two processes."""
    import django
    from django.conf import settings

    settings.configure(
        **SETTINGS,
        EMAIL_PORT=port,
        EMAIL_BACKEND="post_office.EmailBackend",
        INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
        DATABASES={"default": database(sys.argv[4])},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    )
    django.setup()
    from django.core.management import call_command
    from post_office import mail

    call_command("migrate", verbosity=0)
    mail.send_many(
        [
            {
                "sender": SENDER,
                "recipients": [letter["to"]],
                "subject": letter["subject"],
                "message": letter["text"],
                "html_message": letter["html"],
            }
            for letter in letters
        ]
    )
    wait_for_the_start()
    call_command("send_queued_mail", processes=PROCESSES)


def database(place: str) -> dict[str, Any]:
    """The address of a PostgreSQL database, or a file that is opened as the product does."""
    url = urlparse(place)
    if url.scheme:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": url.path.lstrip("/"),
            "USER": url.username,
            "PASSWORD": url.password,
            "HOST": url.hostname,
            "PORT": url.port,
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": place,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
        },
    }


if __name__ == "__main__":
    main()
