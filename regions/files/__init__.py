"""What an uploaded file is by its bytes, what is kept of it, and how much is taken.

Imports nothing here: the process that decodes is to load no more than it needs.
"""
