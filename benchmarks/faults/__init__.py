"""The proof of the reminders: faults are made on purpose, and mails are counted.

The product runs in processes of its own and is touched only as its users and its machine
touch it: rows are arranged, processes are killed, clocks are stepped. The sink and the
oracle share no code with it.
"""
