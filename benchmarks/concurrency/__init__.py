"""Twenty people change five tasks at once: what was acknowledged is applied and recorded.

The product's own web process is asked over HTTP; the database is read past its code.
"""
