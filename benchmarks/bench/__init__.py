"""How fast mails go out, beside what others do in the same run: `make bench`.

Every sender hands the same letters to the same mail server on this machine. Speed is
told as a ratio to the plainest way there is, as the machine is another one each time.
"""
